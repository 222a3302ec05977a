//! Link-layer addresses of neighbours that the kernel does not know: asked for by ARP (RFC 826) or neighbour solicitation
//! (RFC 4861 §7.2.2), many at a time.
//!
//! The kernel's own table is left as it is: to be told there, an answer would have to be to the kernel's question.

use super::error::{Error, call};
use super::link::address;
use super::rtnetlink::Interface;
use super::sys;
use nettool_dissect::checksum;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

/// How often an address is asked for.
const ROUNDS: u32 = 3;
/// How long each time. The kernel waits a second (`retrans_time_ms`); stations that are there answer in a few milliseconds, and
/// this happens for every host that is not.
const WAIT: Duration = Duration::from_millis(300);

const ETHERTYPE_ARP: u16 = 0x0806;
const ETHERTYPE_IPV6: u16 = 0x86dd;

/// Asks on an interface for the addresses of all `wanted` (of one family) and gives those that answered. `source` is the
/// address to ask from.
///
/// # Errors
/// A system call's error.
pub(super) fn resolve(
    interface: &Interface,
    source: Option<IpAddr>,
    wanted: &[IpAddr],
) -> Result<HashMap<IpAddr, [u8; 6]>, Error> {
    let ether_type = match wanted.first() {
        Some(IpAddr::V4(_)) => ETHERTYPE_ARP,
        Some(IpAddr::V6(_)) => ETHERTYPE_IPV6,
        None => return Ok(HashMap::new()),
    };
    let failed = |what| move |error: io::Error| call(what, &interface.name, &error);
    let fd = sys::socket(libc::AF_PACKET, libc::SOCK_RAW, 0).map_err(failed("socket AF_PACKET"))?;
    sys::bind(fd.as_fd(), &address(interface.index, ether_type)).map_err(failed("bind AF_PACKET"))?;
    let mut found = HashMap::new();
    for _ in 0..ROUNDS {
        for &to in wanted.iter().filter(|to| !found.contains_key(*to)).collect::<Vec<_>>() {
            let question = question(interface, source, to);
            match sys::send(fd.as_fd(), &question, &[]) {
                Ok(_) => {}
                // No room at the moment: the next round asks again.
                Err(error) if matches!(error.raw_os_error(), Some(libc::EAGAIN | libc::ENOBUFS)) => {}
                Err(error) => return Err(call("send AF_PACKET", &interface.name, &error)),
            }
            listen(&fd, interface, Instant::now(), wanted, &mut found)?;
        }
        listen(&fd, interface, Instant::now() + WAIT, wanted, &mut found)?;
        if found.len() >= wanted.len() {
            break;
        }
    }
    Ok(found)
}

/// Takes in answers until `end`, or until all that is `wanted` is `found`.
fn listen(
    fd: &OwnedFd,
    interface: &Interface,
    end: Instant,
    wanted: &[IpAddr],
    found: &mut HashMap<IpAddr, [u8; 6]>,
) -> Result<(), Error> {
    let mut frame = [0u8; 256];
    loop {
        match sys::receive(fd.as_fd(), &mut frame) {
            Ok(got) => {
                let said = frame.get(..got).and_then(answer);
                if let Some((from, mac)) = said.filter(|(from, _)| wanted.contains(from)) {
                    found.insert(from, mac);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                let left = end.saturating_duration_since(Instant::now());
                if left.is_zero() || found.len() >= wanted.len() {
                    return Ok(());
                }
                sys::wait(fd.as_fd(), libc::POLLIN, left)
                    .map_err(|error| call("poll AF_PACKET", &interface.name, &error))?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(call("recv AF_PACKET", &interface.name, &error)),
        }
    }
}

/// The frame that asks for `to`.
fn question(interface: &Interface, source: Option<IpAddr>, to: IpAddr) -> Vec<u8> {
    match to {
        IpAddr::V4(to) => {
            let from = match source {
                Some(IpAddr::V4(from)) => from,
                _ => Ipv4Addr::UNSPECIFIED,
            };
            request(interface.mac, from, to)
        }
        IpAddr::V6(to) => {
            let from = match source {
                Some(IpAddr::V6(from)) => from,
                _ => Ipv6Addr::UNSPECIFIED,
            };
            solicitation(interface.mac, from, to)
        }
    }
}

fn request(mac: [u8; 6], from: Ipv4Addr, to: Ipv4Addr) -> Vec<u8> {
    let mut frame = vec![0xff; 6];
    frame.extend(mac);
    frame.extend(ETHERTYPE_ARP.to_be_bytes());
    frame.extend([0, 1, 8, 0, 6, 4, 0, 1]);
    frame.extend(mac);
    frame.extend(from.octets());
    frame.extend([0; 6]);
    frame.extend(to.octets());
    frame
}

fn solicitation(mac: [u8; 6], from: Ipv6Addr, to: Ipv6Addr) -> Vec<u8> {
    let [.., a, b, c] = to.octets();
    // The solicited-node group of the target (RFC 4291 §2.7.1), and its Ethernet address (RFC 2464 §7).
    let group = [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, a, b, c];
    let mut message = vec![135, 0, 0, 0, 0, 0, 0, 0];
    message.extend(to.octets());
    message.extend([1, 1]);
    message.extend(mac);
    let mut summed = from.octets().to_vec();
    summed.extend(group);
    summed.extend([0, 0, 0, 32, 0, 0, 0, 58]);
    summed.extend(&message);
    let sum = (!checksum::sum(&summed)).to_be_bytes();
    message.iter_mut().skip(2).zip(sum).for_each(|(to, from)| *to = from);
    let mut frame = vec![0x33, 0x33, 0xff, a, b, c];
    frame.extend(mac);
    frame.extend(ETHERTYPE_IPV6.to_be_bytes());
    frame.extend([0x60, 0, 0, 0, 0, 32, 58, 255]);
    frame.extend(from.octets());
    frame.extend(group);
    frame.extend(message);
    frame
}

/// Whose address a frame tells, and the address: an ARP reply, or a neighbour advertisement with its option.
fn answer(frame: &[u8]) -> Option<(IpAddr, [u8; 6])> {
    let ether_type =
        frame.get(12..).and_then(<[u8]>::first_chunk).map(|octets| u16::from_be_bytes(*octets))?;
    let body = frame.get(14..)?;
    match ether_type {
        ETHERTYPE_ARP => {
            let told = body.first_chunk() == Some(&[0, 1, 8, 0, 6, 4, 0, 2]);
            let mac = body.get(8..).and_then(<[u8]>::first_chunk)?;
            let of = body.get(14..).and_then(<[u8]>::first_chunk::<4>)?;
            told.then(|| (IpAddr::from(*of), *mac))
        }
        ETHERTYPE_IPV6 => {
            let message = body.get(40..).filter(|_| body.get(6) == Some(&58))?;
            let of = message.get(8..).and_then(<[u8]>::first_chunk::<16>)?;
            let option = message.get(24..).and_then(<[u8]>::first_chunk::<8>)?;
            let [2, 1, mac @ ..] = *option else { return None };
            (message.first() == Some(&136)).then(|| (IpAddr::from(*of), mac))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nettool_dissect::decode::{Decoder, Dissection, Surroundings};
    use nettool_dissect::frame::{Frame, LinkType, Meta};
    use nettool_dissect::registry::Registry;
    use nettool_dissect::render::line::{LinePrinter, LineStyle};

    const MAC: [u8; 6] = [2, 0, 0, 0, 0, 1];

    fn line(frame: &[u8]) -> String {
        let registry = Registry::builtin();
        let frame = Frame { number: 1, data: frame, meta: Meta::new(LinkType::ETHERNET, frame.len() as u32) };
        let mut out = Vec::new();
        LinePrinter::new(registry, LineStyle::default()).print(
            &frame,
            &Surroundings::default(),
            None,
            &mut out,
        );
        let mut found = Dissection::default();
        Decoder::new(registry).decode(&frame, &Surroundings::default(), &mut found);
        assert_eq!(found.notes, [], "nothing is malformed");
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn questions_are_those_that_they_are_meant_to_be() {
        let said = line(&request(MAC, [10, 0, 0, 1].into(), [10, 0, 0, 2].into()));
        assert!(said.contains("Request who-has 10.0.0.2 tell 10.0.0.1"), "{said}");
        let said = line(&solicitation(MAC, "fe80::1".parse().unwrap(), "fe80::2".parse().unwrap()));
        assert!(said.contains("fe80::1 > ff02::1:ff00:2") && said.contains("who has fe80::2"), "{said}");
    }

    #[test]
    fn a_question_is_no_answer_and_no_prefix_is_too_short() {
        let mut reply = request(MAC, [10, 0, 0, 1].into(), [10, 0, 0, 2].into());
        assert_eq!(answer(&reply), None);
        reply[21] = 2;
        assert_eq!(answer(&reply), Some((IpAddr::from([10, 0, 0, 1]), MAC)));
        let mut advertised = solicitation(MAC, "fe80::1".parse().unwrap(), "fe80::2".parse().unwrap());
        assert_eq!(answer(&advertised), None);
        advertised[54] = 136;
        advertised[78] = 2;
        assert_eq!(answer(&advertised), Some(("fe80::2".parse().unwrap(), MAC)));
        for frame in [reply, advertised] {
            for end in 0..frame.len() {
                answer(&frame[..end]);
            }
        }
    }
}
