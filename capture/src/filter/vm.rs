//! A machine for classic BPF programs: packet in, verdict and number of steps out.
//!
//! It runs any sequence of instructions, checked or not, without panic and in bounded time. What no rule covers
//! ends the program with verdict 0, as libpcap's machine and the kernel do: a load past the captured octets, a
//! division by 0, an instruction that does not exist, a jump outside. One thing differs between the two: a shift by X
//! of 32 or more gives 0 in libpcap's machine, the kernel shifts by X modulo 32; [`run`] does the former,
//! [`run_as_kernel`] the latter. No allocation per packet.

use super::insn::{CELLS, Instruction, ancillary, code};
use nettool_dissect::frame::{Direction, Frame, LinkType, Reception};

/// Steps after which a program that loops is stopped. The longest useful loop, `protochain` over the extension headers
/// of a 64 KiB packet, takes some 250 000.
pub const MAX_STEPS: u32 = 1 << 20;

/// What a packet socket knows of a packet beside its octets.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Facts {
    /// EtherType in host order, the one after a tag that was moved out.
    pub protocol: u16,
    /// To whom: 0 this host, 1 broadcast, 2 multicast, 3 other host, 4 outgoing.
    pub pkttype: u8,
    /// Interface index; `None` when the packet has no device, which ends a program that asks.
    pub ifindex: Option<u32>,
    /// Firewall mark.
    pub mark: u32,
    /// Receive queue.
    pub queue: u32,
    /// Hardware type of the interface (`ARPHRD_*`); `None` as for `ifindex`.
    pub hatype: Option<u16>,
    /// Receive hash.
    pub rxhash: u32,
    /// CPU.
    pub cpu: u32,
    /// Tag that was moved out: protocol identifier and control word.
    pub vlan: Option<(u16, u16)>,
    /// Offset of the transport payload.
    pub payload_offset: u32,
    /// What `random` gives.
    pub random: u32,
    /// Offset of the network header in the data.
    pub network_offset: u32,
}

impl Facts {
    /// What a packet socket would have known of `frame`, as far as its source tells. The protocol is read from the
    /// header of link types that have one.
    pub fn of(frame: &Frame<'_>) -> Facts {
        let meta = &frame.meta;
        let half = |at: u32| half(frame.data, at).and_then(|value| u16::try_from(value).ok());
        let (protocol, network_offset) = match meta.link_type {
            LinkType::ETHERNET => (half(12), 14),
            LinkType::LINUX_SLL => (half(14), 16),
            LinkType::LINUX_SLL2 => (half(0), 20),
            LinkType::RAW | LinkType::IPV4 | LinkType::IPV6 => match frame.data.first().map(|b| b >> 4) {
                Some(6) => (Some(0x86dd), 0),
                _ => (Some(0x0800), 0),
            },
            _ => (None, 0),
        };
        let pkttype = match (meta.direction, meta.reception) {
            (Direction::Out, _) => 4,
            (_, Reception::Broadcast) => 1,
            (_, Reception::Multicast) => 2,
            (_, Reception::Promiscuous) => 3,
            _ => 0,
        };
        let moved = if meta.vlan.put_back { None } else { meta.vlan.outer };
        Facts {
            protocol: protocol.unwrap_or(0),
            pkttype,
            ifindex: Some(meta.interface),
            queue: meta.queue.unwrap_or(0),
            hatype: Some(1),
            rxhash: meta.hash.unwrap_or(0),
            vlan: moved.map(|tag| (tag.tpid, tag.tci)),
            network_offset,
            ..Facts::default()
        }
    }

    /// The value of an ancillary word; `None` where the kernel ends the program.
    fn word(&self, word: u32, packet: &Packet<'_>, a: u32, x: u32) -> Option<u32> {
        Some(match word {
            ancillary::PROTOCOL => self.protocol.into(),
            ancillary::PKTTYPE => self.pkttype.into(),
            ancillary::IFINDEX => self.ifindex?,
            ancillary::NLATTR => attribute(packet.data, a, u32::try_from(packet.data.len()).ok()?, x),
            ancillary::NLATTR_NEST => nested_attribute(packet.data, a, x),
            ancillary::MARK => self.mark,
            ancillary::QUEUE => self.queue,
            ancillary::HATYPE => self.hatype?.into(),
            ancillary::RXHASH => self.rxhash,
            ancillary::CPU => self.cpu,
            ancillary::ALU_XOR_X => a ^ x,
            ancillary::VLAN_TAG => self.vlan.map_or(0, |(_, tci)| tci.into()),
            ancillary::VLAN_TAG_PRESENT => self.vlan.is_some().into(),
            ancillary::PAY_OFFSET => self.payload_offset,
            ancillary::RANDOM => self.random,
            ancillary::VLAN_TPID => self.vlan.map_or(0, |(tpid, _)| tpid.into()),
            _ => return None,
        })
    }
}

/// Offset of the first netlink attribute of type `kind` in `data[from..end]`, or 0. Headers are in host byte order.
fn attribute(data: &[u8], from: u32, end: u32, kind: u32) -> u32 {
    let (mut at, end) = (from as usize, end as usize);
    while let Some(&[a, b, c, d]) = data.get(at..end.min(data.len())).and_then(|rest| rest.first_chunk::<4>())
    {
        let length = usize::from(u16::from_ne_bytes([a, b]));
        if length < 4 || length > end.saturating_sub(at) {
            return 0;
        }
        if u32::from(u16::from_ne_bytes([c, d]) & 0x3fff) == kind {
            return u32::try_from(at).unwrap_or(0);
        }
        at = at.saturating_add(length.next_multiple_of(4));
    }
    0
}

/// The same among the attributes inside the one at `from`.
fn nested_attribute(data: &[u8], from: u32, kind: u32) -> u32 {
    let Some(&[a, b]) = data.get(from as usize..).and_then(|rest| rest.first_chunk::<2>()) else { return 0 };
    let length = u32::from(u16::from_ne_bytes([a, b]));
    let end = from.saturating_add(length);
    if length < 4 || end as usize > data.len() {
        return 0;
    }
    attribute(data, from.saturating_add(4), end, kind)
}

/// A packet as a program sees it.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// The captured octets.
    pub data: &'a [u8],
    /// Length on the wire, in octets.
    pub wire_len: u32,
    /// What a packet socket knows beside them; `None` for a packet from a file: loads of ancillary words then end the
    /// program, as every load past the end does.
    pub facts: Option<&'a Facts>,
}

impl<'a> Packet<'a> {
    /// A whole packet of which only the octets are known.
    pub fn whole(data: &'a [u8]) -> Self {
        Packet { data, wire_len: u32::try_from(data.len()).unwrap_or(u32::MAX), facts: None }
    }
}

/// Why a program ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// By a return.
    Returned,
    /// By a load past the captured octets, or of a word that the packet does not have.
    OutOfRange,
    /// By a division or modulus by 0.
    DivisionByZero,
    /// By an instruction that does not exist, or by leaving the program.
    NoInstruction,
    /// Stopped after [`MAX_STEPS`].
    Endless,
}

/// What a program says of a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Octets to keep; 0 rejects.
    pub verdict: u32,
    /// Instructions executed, the return included.
    pub steps: u32,
    /// Why it ended.
    pub end: End,
    /// The instruction it ended at.
    pub at: usize,
}

impl Outcome {
    /// Whether the packet is accepted.
    pub fn accepted(&self) -> bool {
        self.verdict != 0
    }
}

/// Runs a program as libpcap's machine does.
pub fn run(program: &[Instruction], packet: &Packet<'_>) -> Outcome {
    execute::<false>(program, packet, |_, _| {})
}

/// Runs a program as the kernel does: shifts by a register use the low five bits.
pub fn run_as_kernel(program: &[Instruction], packet: &Packet<'_>) -> Outcome {
    execute::<true>(program, packet, |_, _| {})
}

/// Runs a program and shows every instruction, before it is executed, with the registers.
pub fn run_watched(
    program: &[Instruction],
    packet: &Packet<'_>,
    watch: impl FnMut(usize, Registers),
) -> Outcome {
    execute::<false>(program, packet, watch)
}

/// The registers of the machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Registers {
    /// The accumulator.
    pub a: u32,
    /// The index.
    pub x: u32,
}

#[inline]
fn octet(data: &[u8], at: u32) -> Option<u32> {
    data.get(at as usize).map(|b| u32::from(*b))
}

#[inline]
fn half(data: &[u8], at: u32) -> Option<u32> {
    let bytes = data.get(at as usize..)?.first_chunk::<2>()?;
    Some(u16::from_be_bytes(*bytes).into())
}

#[inline]
fn word(data: &[u8], at: u32) -> Option<u32> {
    let bytes = data.get(at as usize..)?.first_chunk::<4>()?;
    Some(u32::from_be_bytes(*bytes))
}

/// An absolute load: octets of the packet, or a word from beside it.
#[inline]
fn absolute(code: u16, k: u32, packet: &Packet<'_>, r: Registers) -> Option<u32> {
    let at = if k >= ancillary::LINK { return special(code, k, packet, r) } else { k };
    sized(code, packet.data, at)
}

#[inline]
fn sized(code: u16, data: &[u8], at: u32) -> Option<u32> {
    match code {
        code::LD_W_ABS | code::LD_W_IND => word(data, at),
        code::LD_H_ABS | code::LD_H_IND => half(data, at),
        _ => octet(data, at),
    }
}

#[cold]
fn special(code: u16, k: u32, packet: &Packet<'_>, r: Registers) -> Option<u32> {
    let facts = packet.facts?;
    match ancillary::word(k) {
        Some(word) => facts.word(word, packet, r.a, r.x),
        None if k >= ancillary::AREA => None,
        None => sized(code, packet.data, header_offset(k, facts)),
    }
}

/// The offset behind a load relative to the network or link header.
fn header_offset(k: u32, facts: &Facts) -> u32 {
    if k >= ancillary::NETWORK {
        k.wrapping_sub(ancillary::NETWORK).wrapping_add(facts.network_offset)
    } else {
        k.wrapping_sub(ancillary::LINK)
    }
}

/// `ldxb 4*([k]&0xf)`
#[inline]
fn header_length(k: u32, packet: &Packet<'_>) -> Option<u32> {
    let at = match packet.facts {
        Some(facts) if (ancillary::LINK..ancillary::AREA).contains(&k) => header_offset(k, facts),
        _ => k,
    };
    octet(packet.data, at).map(|b| (b & 15) * 4)
}

/// `None` is a division by zero.
#[inline]
fn arithmetic<const KERNEL: bool>(code: u16, a: u32, b: u32) -> Option<u32> {
    let by = if KERNEL { b & 31 } else { b };
    Some(match code & 0xf0 {
        0x00 => a.wrapping_add(b),
        0x10 => a.wrapping_sub(b),
        0x20 => a.wrapping_mul(b),
        0x30 => a.checked_div(b)?,
        0x40 => a | b,
        0x50 => a & b,
        0x60 => a.checked_shl(by).unwrap_or(0),
        0x70 => a.checked_shr(by).unwrap_or(0),
        0x90 => a.checked_rem(b)?,
        _ => a ^ b,
    })
}

#[inline]
fn holds(code: u16, a: u32, b: u32) -> bool {
    match code & 0xf0 {
        0x10 => a == b,
        0x20 => a > b,
        0x30 => a >= b,
        _ => a & b != 0,
    }
}

#[inline(always)]
fn execute<const KERNEL: bool>(
    program: &[Instruction],
    packet: &Packet<'_>,
    mut watch: impl FnMut(usize, Registers),
) -> Outcome {
    let mut r = Registers::default();
    let mut cells = [0u32; CELLS];
    let (mut at, mut steps) = (0usize, 0u32);
    let end = loop {
        let Some(&Instruction { code, jt, jf, k }) = program.get(at) else { break End::NoInstruction };
        if steps >= MAX_STEPS {
            break End::Endless;
        }
        steps += 1;
        watch(at, r);
        let operand = if code & code::X == 0 { k } else { r.x };
        let mut next = at + 1;
        match code {
            code::LD_W_ABS | code::LD_H_ABS | code::LD_B_ABS => match absolute(code, k, packet, r) {
                Some(value) => r.a = value,
                None => break End::OutOfRange,
            },
            code::LD_W_IND | code::LD_H_IND | code::LD_B_IND => {
                match sized(code, packet.data, r.x.wrapping_add(k)) {
                    Some(value) => r.a = value,
                    None => break End::OutOfRange,
                }
            }
            code::LDX_B_MSH => match header_length(k, packet) {
                Some(value) => r.x = value,
                None => break End::OutOfRange,
            },
            code::JEQ_K
            | code::JEQ_X
            | code::JGT_K
            | code::JGT_X
            | code::JGE_K
            | code::JGE_X
            | code::JSET_K
            | code::JSET_X => {
                next += usize::from(if holds(code, r.a, operand) { jt } else { jf });
            }
            code::RET_K => return Outcome { verdict: k, steps, end: End::Returned, at },
            code::RET_A => return Outcome { verdict: r.a, steps, end: End::Returned, at },
            code::JA => match next.checked_add_signed(k.cast_signed() as isize) {
                Some(target) => next = target,
                None => break End::NoInstruction,
            },
            code::LD_IMM => r.a = k,
            code::LDX_IMM => r.x = k,
            code::LD_W_LEN => r.a = packet.wire_len,
            code::LDX_W_LEN => r.x = packet.wire_len,
            code::TAX => r.x = r.a,
            code::TXA => r.a = r.x,
            code::NEG => r.a = r.a.wrapping_neg(),
            code::LD_MEM | code::LDX_MEM | code::ST | code::STX => {
                let Some(cell) = cells.get_mut(k as usize) else { break End::NoInstruction };
                match code {
                    code::LD_MEM => r.a = *cell,
                    code::LDX_MEM => r.x = *cell,
                    code::ST => *cell = r.a,
                    _ => *cell = r.x,
                }
            }
            code::ADD_K
            | code::ADD_X
            | code::SUB_K
            | code::SUB_X
            | code::MUL_K
            | code::MUL_X
            | code::DIV_K
            | code::DIV_X
            | code::OR_K
            | code::OR_X
            | code::AND_K
            | code::AND_X
            | code::LSH_K
            | code::LSH_X
            | code::RSH_K
            | code::RSH_X
            | code::MOD_K
            | code::MOD_X
            | code::XOR_K
            | code::XOR_X => match arithmetic::<KERNEL>(code, r.a, operand) {
                Some(value) => r.a = value,
                None => break End::DivisionByZero,
            },
            _ => break End::NoInstruction,
        }
        at = next;
    };
    Outcome { verdict: 0, steps, end, at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Instruction as I;

    fn verdict(program: &[I], data: &[u8]) -> u32 {
        run(program, &Packet::whole(data)).verdict
    }

    #[test]
    fn a_load_past_the_end_rejects_whatever_the_size() {
        for (size, fits) in [(1, 3), (2, 2), (4, 0)] {
            let program = |k| [I::load(size, k), I::ret(7)];
            assert_eq!(verdict(&program(fits), &[1, 2, 3, 4]), 7);
            assert_eq!(verdict(&program(fits + 1), &[1, 2, 3, 4]), 0);
            assert_eq!(verdict(&program(u32::MAX), &[1, 2, 3, 4]), 0);
            let indexed = [I::statement(code::LDX_IMM, u32::MAX), I::load_indexed(size, fits + 1), I::ret(7)];
            assert_eq!(verdict(&indexed, &[1, 2, 3, 4]), 7, "x + k wraps");
        }
    }

    #[test]
    fn divisors_of_zero_reject_and_shifts_differ_between_the_machines() {
        let by = |op, x| {
            [
                I::statement(code::LDX_IMM, x),
                I::statement(code::LD_IMM, 12),
                I::statement(op, 0),
                I::statement(code::RET_A, 0),
            ]
        };
        assert_eq!(run(&by(code::DIV_X, 0), &Packet::whole(&[])).end, End::DivisionByZero);
        assert_eq!(run(&by(code::MOD_X, 0), &Packet::whole(&[])).end, End::DivisionByZero);
        assert_eq!(verdict(&by(code::DIV_X, 5), &[]), 2);
        assert_eq!(verdict(&by(code::LSH_X, 32), &[]), 0);
        assert_eq!(run_as_kernel(&by(code::LSH_X, 33), &Packet::whole(&[])).verdict, 24);
    }

    #[test]
    fn ancillary_words_are_there_for_sockets_and_out_of_range_for_files() {
        let program = [I::load_ancillary(ancillary::VLAN_TAG), I::statement(code::RET_A, 0)];
        let facts = Facts { vlan: Some((0x8100, 0x2064)), ..Facts::default() };
        let packet = Packet { facts: Some(&facts), ..Packet::whole(&[]) };
        assert_eq!(run(&program, &packet).verdict, 0x2064);
        assert_eq!(run(&program, &Packet::whole(&[])).end, End::OutOfRange);
        let device = [I::load_ancillary(ancillary::IFINDEX), I::ret(9)];
        assert_eq!(run(&device, &packet).end, End::OutOfRange, "no device ends the program");
    }

    #[test]
    fn loops_are_stopped_and_leaving_the_program_rejects() {
        let forever = [I::jump(u32::MAX), I::ret(1)];
        let outcome = run(&forever, &Packet::whole(&[]));
        assert_eq!((outcome.verdict, outcome.end, outcome.steps), (0, End::Endless, MAX_STEPS));
        assert_eq!(run(&[I::jump(5)], &Packet::whole(&[])).end, End::NoInstruction);
        assert_eq!(run(&[I::jump(0x8000_0000)], &Packet::whole(&[])).end, End::NoInstruction);
        assert_eq!(run(&[], &Packet::whole(&[])).end, End::NoInstruction);
    }

    #[test]
    fn netlink_attributes_are_found_by_type_and_bounded_by_the_packet() {
        let mut data = vec![];
        for (kind, value) in [(1u16, [1u8, 2, 3, 4]), (2, [5, 6, 7, 8])] {
            data.extend(8u16.to_ne_bytes());
            data.extend(kind.to_ne_bytes());
            data.extend(value);
        }
        assert_eq!(attribute(&data, 0, 16, 2), 8);
        assert_eq!(attribute(&data, 0, 16, 3), 0);
        assert_eq!(attribute(&data, 0, 12, 2), 0, "cut");
        assert_eq!(nested_attribute(&data, 0, 1), 0);
        assert_eq!(attribute(&[0, 0, 0, 0], 0, 4, 0), 0, "length 0 does not loop");
    }
}
