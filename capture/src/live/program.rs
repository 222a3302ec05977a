//! The classic BPF program that a live socket runs: what the capture itself leaves out, and then the user's filter.
//!
//! In: the direction asked for, the session to leave out, the compiled filter. Out: one program. Parts are joined by
//! falling through, which works because jumps are relative and every part leaves the accumulator and X to the next.
//! Loads use the kernel's ancillary and network-header offsets (linux/filter.h), so that the parts made here do not
//! depend on the link type.

use super::error::Error;
use super::linklayer::{Form, HARDWARE_LOOPBACK, PACKET_OUTGOING};
use crate::filter::insn::{Instruction, ancillary, code};
use std::net::{IpAddr, SocketAddr};

/// Which frames are wanted, by direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Crossing {
    /// Received.
    In,
    /// Sent.
    Out,
    /// Both.
    #[default]
    InOut,
}

/// Most instructions that the kernel takes (`BPF_MAXINSNS`).
pub(crate) const MOST_INSTRUCTIONS: usize = 4096;

const PROTOCOL: u32 = ancillary::AREA + ancillary::PROTOCOL;
const PACKET_TYPE: u32 = ancillary::AREA + ancillary::PKTTYPE;
const IFINDEX: u32 = ancillary::AREA + ancillary::IFINDEX;
const HARDWARE: u32 = ancillary::AREA + ancillary::HATYPE;
const NET: u32 = ancillary::NETWORK;

const fn op(code: u16, k: u32) -> Instruction {
    Instruction::statement(code, k)
}

const fn unless_equal(k: u32, leave_out: u8) -> Instruction {
    Instruction::branch(code::JEQ_K, k, 0, leave_out)
}

/// Accepts nothing: what a socket runs while it is set up and when it takes no more.
pub(crate) const REJECT: [Instruction; 1] = [Instruction::ret(0)];

/// Leaves out frames that were sent (or, with `sent`, all others).
fn direction(sent: bool) -> [Instruction; 3] {
    let (jt, jf) = if sent { (1, 0) } else { (0, 1) };
    let outgoing = u32::from(PACKET_OUTGOING);
    [op(code::LD_W_ABS, PACKET_TYPE), Instruction::branch(code::JEQ_K, outgoing, jt, jf), Instruction::ret(0)]
}

/// Leaves out the sent side of loopback frames, which come again as received.
const LOOPBACK_ONCE: [Instruction; 5] = [
    op(code::LD_W_ABS, HARDWARE),
    unless_equal(HARDWARE_LOOPBACK as u32, 3),
    op(code::LD_W_ABS, PACKET_TYPE),
    unless_equal(PACKET_OUTGOING as u32, 1),
    Instruction::ret(0),
];

/// A TCP connection whose frames are left out, both ways.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Connection {
    /// One end.
    pub one: SocketAddr,
    /// The other.
    pub other: SocketAddr,
}

impl Connection {
    /// The SSH session that the process runs in: from `SSH_CONNECTION` here or, because sudo takes it away, in the
    /// processes above as far as they may be read.
    ///
    /// # Errors
    /// [`Error::NoSession`] when none of them has it.
    pub fn of_ssh_session() -> Result<Connection, Error> {
        let mut found = std::env::var("SSH_CONNECTION").ok();
        let mut process = "self".to_owned();
        // Bounded, should the table of processes change while it is walked.
        for _ in 0..64 {
            if found.is_some() {
                break;
            }
            let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
            let Some(parent) = status.lines().find_map(|line| line.strip_prefix("PPid:")) else { break };
            process = parent.trim().to_owned();
            if process == "0" {
                break;
            }
            let environment = std::fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
            found = environment
                .split(|octet| *octet == 0)
                .find_map(|entry| entry.strip_prefix(b"SSH_CONNECTION="))
                .and_then(|value| String::from_utf8(value.to_vec()).ok());
        }
        found.as_deref().and_then(Connection::parse).ok_or(Error::NoSession)
    }

    /// The value of `SSH_CONNECTION`: client address and port, server address and port.
    pub fn parse(text: &str) -> Option<Connection> {
        let mut words = text.split_ascii_whitespace();
        let mut end = || {
            // A zone (`fe80::1%eth0`) says nothing that the frames carry.
            let address: IpAddr = words.next()?.split('%').next()?.parse().ok()?;
            Some(SocketAddr::new(address.to_canonical(), words.next()?.parse().ok()?))
        };
        let connection = Connection { one: end()?, other: end()? };
        (connection.one.is_ipv4() == connection.other.is_ipv4()).then_some(connection)
    }

    /// Whether an IP packet (from its first octet) belongs to it; fragments do not count.
    #[cfg(any(test, feature = "libpcap"))]
    pub(crate) fn owns(&self, packet: &[u8]) -> bool {
        use std::net::{Ipv4Addr, Ipv6Addr};
        let ends = || {
            let (source, destination, transport): (IpAddr, IpAddr, &[u8]) = match packet.first()? >> 4 {
                4 => {
                    let fragment = u16::from_be_bytes(*packet.get(6..)?.first_chunk()?) & 0x1fff;
                    let header = usize::from(packet.first()? & 0xf).checked_mul(4)?;
                    if *packet.get(9)? != 6 || fragment != 0 {
                        return None;
                    }
                    let at = |from: usize| Some(Ipv4Addr::from(*packet.get(from..)?.first_chunk::<4>()?));
                    (at(12)?.into(), at(16)?.into(), packet.get(header..)?)
                }
                6 if *packet.get(6)? == 6 => {
                    let at = |from: usize| Some(Ipv6Addr::from(*packet.get(from..)?.first_chunk::<16>()?));
                    (at(8)?.into(), at(24)?.into(), packet.get(40..)?)
                }
                _ => return None,
            };
            let [a, b, c, d] = *transport.first_chunk()?;
            let (from, to) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            Some((SocketAddr::new(source, from), SocketAddr::new(destination, to)))
        };
        ends().is_some_and(|ends| ends == (self.one, self.other) || ends == (self.other, self.one))
    }

    /// The program part that rejects its frames and falls through for others.
    fn exclusion(&self) -> Vec<Instruction> {
        let mut part = one_way(self.one, self.other);
        part.extend(one_way(self.other, self.one));
        part
    }
}

/// Rejects TCP frames from `source` to `destination`; every test that does not hold jumps behind the rejection.
fn one_way(source: SocketAddr, destination: SocketAddr) -> Vec<Instruction> {
    let mut tests = Vec::new();
    match (source.ip(), destination.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            tests.extend([op(code::LD_W_ABS, PROTOCOL), unless_equal(0x0800, 0)]);
            tests.extend([op(code::LD_B_ABS, NET + 9), unless_equal(6, 0)]);
            tests.extend(words(12, &from.octets()));
            tests.extend(words(16, &to.octets()));
            // A later fragment has no ports.
            tests.extend([op(code::LD_H_ABS, NET + 6), Instruction::branch(code::JSET_K, 0x1fff, 0, 0)]);
            // Without options, which no TCP in use sends: loads from the network header take no index everywhere.
            tests.extend([op(code::LD_B_ABS, NET), unless_equal(0x45, 0)]);
            tests.extend([op(code::LD_H_ABS, NET + 20), unless_equal(u32::from(source.port()), 0)]);
            tests.extend([op(code::LD_H_ABS, NET + 22), unless_equal(u32::from(destination.port()), 0)]);
        }
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            tests.extend([op(code::LD_W_ABS, PROTOCOL), unless_equal(0x86dd, 0)]);
            tests.extend([op(code::LD_B_ABS, NET + 6), unless_equal(6, 0)]);
            tests.extend(words(8, &from.octets()));
            tests.extend(words(24, &to.octets()));
            tests.extend([op(code::LD_H_ABS, NET + 40), unless_equal(u32::from(source.port()), 0)]);
            tests.extend([op(code::LD_H_ABS, NET + 42), unless_equal(u32::from(destination.port()), 0)]);
        }
        // `parse` lets no mixed pair through.
        _ => return tests,
    }
    let length = tests.len();
    for (index, test) in tests.iter_mut().enumerate().filter(|(_, test)| test.is_branch()) {
        // Over the rest and the return behind it: at most 32 instructions.
        let out = u8::try_from(length - index).unwrap_or(u8::MAX);
        match test.code {
            code::JSET_K => test.jt = out,
            _ => test.jf = out,
        }
    }
    tests.push(Instruction::ret(0));
    tests
}

/// Tests that the words from `at` in the network header are these octets.
fn words(at: u32, octets: &[u8]) -> impl Iterator<Item = Instruction> {
    (at..).step_by(4).zip(octets.chunks_exact(4)).flat_map(|(at, word)| {
        let value = word.iter().fold(0u32, |value, octet| value << 8 | u32::from(*octet));
        [op(code::LD_W_ABS, NET + at), unless_equal(value, 0)]
    })
}

/// What a socket is to run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) form: Form,
    /// The interface is the loopback.
    pub(crate) loopback: bool,
    /// All interfaces, the loopback among them.
    pub(crate) any: bool,
    /// The kernel leaves sent frames out by itself (`PACKET_IGNORE_OUTGOING`).
    pub(crate) sent_ignored: bool,
    pub(crate) crossing: Crossing,
    pub(crate) without: Option<Connection>,
    pub(crate) filter: Option<&'a [Instruction]>,
    /// Octets to keep of each frame, as the link type counts them.
    pub(crate) snaplen: u32,
}

/// The whole program; `None` when the user's filter cannot run in the kernel on this form (it then has to be run on each
/// frame) or all is too long.
pub(crate) fn assemble(wanted: &Wanted<'_>) -> Option<Vec<Instruction>> {
    let mut program = Vec::new();
    match wanted.crossing {
        Crossing::Out => program.extend(direction(true)),
        Crossing::In if !wanted.sent_ignored => program.extend(direction(false)),
        Crossing::InOut if wanted.loopback && !wanted.sent_ignored => program.extend(direction(false)),
        Crossing::InOut if wanted.any => program.extend(LOOPBACK_ONCE),
        Crossing::In | Crossing::InOut => {}
    }
    if let Some(connection) = &wanted.without {
        program.extend(connection.exclusion());
    }
    match wanted.filter {
        Some(filter) if wanted.form.without_header() => program.extend(for_headerless(wanted.form, filter)?),
        Some(_) if !wanted.form.is_as_in_the_kernel() => return None,
        Some(filter) => program.extend_from_slice(filter),
        None => program.push(Instruction::ret(wanted.snaplen)),
    }
    (program.len() <= MOST_INSTRUCTIONS).then_some(program)
}

/// What XDP runs on an Ethernet frame: the connection left out, the user's filter, which looks at octets alone.
pub(crate) fn for_frames(without: Option<Connection>, filter: Option<&[Instruction]>) -> Vec<Instruction> {
    const ETHERNET: u32 = 14;
    let mut program = without.map_or_else(Vec::new, |connection| connection.exclusion());
    for instruction in &mut program {
        match (instruction.code, instruction.k) {
            (code::LD_W_ABS, PROTOCOL) => *instruction = op(code::LD_H_ABS, 12),
            (code::LD_W_ABS | code::LD_H_ABS | code::LD_B_ABS, k @ NET..PROTOCOL) => {
                instruction.k = k - NET + ETHERNET;
            }
            _ => {}
        }
    }
    match filter {
        Some(filter) => program.extend_from_slice(filter),
        None => program.push(Instruction::ret(u32::MAX)),
    }
    program
}

/// A filter compiled for a cooked link type, turned to a socket that shows no link-layer header: loads from the
/// pseudo-header become ancillary loads, loads behind it move forward.
fn for_headerless(form: Form, filter: &[Instruction]) -> Option<Vec<Instruction>> {
    // Cooked v2 is the only form whose whole header the kernel can tell.
    if form != Form::Cooked {
        return None;
    }
    const HEADER: u32 = 20;
    // The kernel has moved the tag out and names the type behind it, so that a test for a tag would never hold.
    let tests_tag = |instruction: &Instruction| {
        instruction.code == code::JEQ_K && matches!(instruction.k, 0x8100 | 0x88a8 | 0x9100)
    };
    // Nor does it count the header that it does not show.
    let asks_length =
        |instruction: &Instruction| matches!(instruction.code, code::LD_W_LEN | code::LDX_W_LEN);
    if filter.iter().any(|instruction| tests_tag(instruction) || asks_length(instruction)) {
        return None;
    }
    filter
        .iter()
        .map(|instruction| {
            let indirect = matches!(instruction.code, code::LD_W_IND | code::LD_H_IND | code::LD_B_IND);
            let absolute = matches!(
                instruction.code,
                code::LD_W_ABS | code::LD_H_ABS | code::LD_B_ABS | code::LDX_B_MSH
            );
            if !(absolute || indirect) || instruction.k >= ancillary::LINK {
                return Some(*instruction);
            }
            match (instruction.k.checked_sub(HEADER), instruction.k, instruction.code) {
                (Some(k), ..) => Some(Instruction { k, ..*instruction }),
                (_, 0, code::LD_H_ABS) => Some(op(code::LD_W_ABS, PROTOCOL)),
                (_, 4, code::LD_W_ABS) => Some(op(code::LD_W_ABS, IFINDEX)),
                (_, 8, code::LD_H_ABS) => Some(op(code::LD_W_ABS, HARDWARE)),
                (_, 10, code::LD_B_ABS) => Some(op(code::LD_W_ABS, PACKET_TYPE)),
                // An indirect load inside the header cannot be told apart from one behind it; other fields are not
                // to be had.
                _ => None,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
