//! The thread that takes frames from the ring and finds the requests that they answer.

use super::pending::{Match, Pending};
use super::{Outcome, Reply};
use crate::tx::{Begin, destination};
use nettool_capture::filter::{self, names::SystemNames};
use nettool_capture::live::{self, Counts, Nudge, Programs, Source, Taken};
use nettool_dissect::flow::Pairing;
use nettool_dissect::frame::{Direction, Frame, LinkType};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::ControlFlow;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What both threads know.
pub(super) struct Shared {
    pub(super) pending: Mutex<Pending>,
    /// Whether requests stay for further answers.
    pub(super) stay: bool,
    pub(super) ended: AtomicBool,
    pub(super) frames: AtomicU64,
    pub(super) nudge: Nudge,
}

impl Shared {
    /// Ends the receiving thread.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.nudge.give();
    }
}

/// The longest wait for a frame; the nudge ends it before.
const SLEEP: Duration = Duration::from_secs(1);

pub(super) struct Receiver<'a> {
    pub(super) source: Box<dyn Source>,
    pub(super) pairing: Pairing<'a>,
    pub(super) shared: &'a Shared,
    pub(super) lots: SyncSender<Vec<Outcome>>,
}

impl Receiver<'_> {
    /// Until the asking has ended, or the interface.
    pub(super) fn run(mut self) -> (Counts, Result<(), live::Error>) {
        let result = self.receive();
        (self.source.counts(), result)
    }

    fn receive(&mut self) -> Result<(), live::Error> {
        let Receiver { source, pairing, shared, lots } = self;
        while !shared.ended.load(Ordering::Acquire) {
            let mut lot = Vec::new();
            let mut frames = 0;
            let taken = source.take(SLEEP, shared.nudge.as_fd(), &mut |frame| {
                frames += 1;
                lot.extend(outcome(pairing, shared, frame));
                ControlFlow::Continue(())
            })?;
            shared.frames.fetch_add(frames, Ordering::Relaxed);
            // Nobody hears: the asking has ended.
            if !lot.is_empty() && lots.send(lot).is_err() {
                return Ok(());
            }
            if let Taken::Event(live::Event::Gone(name)) = taken {
                return Err(live::Error::Gone(name));
            }
        }
        Ok(())
    }
}

/// What a frame tells of a request.
fn outcome(pairing: &mut Pairing<'_>, shared: &Shared, frame: &Frame<'_>) -> Option<Outcome> {
    if frame.meta.direction == Direction::Out {
        let key = pairing.request(frame, false).answer?;
        let time = frame.meta.time?;
        shared.pending.lock().unwrap_or_else(PoisonError::into_inner).stamp(key, time);
        return None;
    }
    let answer = pairing.answer(frame);
    let time = frame.meta.time.unwrap_or_else(super::now);
    let found =
        shared.pending.lock().unwrap_or_else(PoisonError::into_inner).answer(&answer, time, shared.stay);
    let Match { probe, nanoseconds } = found?;
    let (link_type, octets) = packet(frame);
    let reply = Reply { octets: octets.into(), link_type, time: frame.meta.time };
    Some(Outcome::Answered { probe, reply, nanoseconds })
}

/// What was on the wire: an IP packet that was seen on all interfaces has a header in front that was not.
fn packet<'a>(frame: &Frame<'a>) -> (LinkType, &'a [u8]) {
    /// Octets of a `LINUX_SLL2` header, which begins with the EtherType.
    const COOKED: usize = 20;
    match (frame.meta.link_type, frame.data.first_chunk::<2>()) {
        (LinkType::LINUX_SLL2, Some([0x08, 0x00] | [0x86, 0xdd])) => {
            (LinkType::RAW, frame.data.get(COOKED..).unwrap_or_default())
        }
        (link_type, _) => (link_type, frame.data),
    }
}

/// A filter expression that passes answers to a packet and errors about it; `None` where there is none so simple.
pub(super) fn passes(begin: Begin, octets: &[u8]) -> Option<String> {
    let packet = match begin {
        Begin::Network => octets,
        Begin::Link => {
            let kind = octets.get(12..).and_then(<[u8]>::first_chunk::<2>)?;
            match kind {
                [0x08, 0x06] => return Some("arp".to_owned()),
                [0x08, 0x00] | [0x86, 0xdd] => octets.get(14..)?,
                _ => return None,
            }
        }
    };
    destination(packet)?;
    source(packet).map(|source| format!("host {source}"))
}

/// The source address in an IP header, unless it is none.
fn source(packet: &[u8]) -> Option<IpAddr> {
    let address = match packet.first()? >> 4 {
        4 => IpAddr::V4(Ipv4Addr::from(*packet.get(12..).and_then(<[u8]>::first_chunk::<4>)?)),
        6 => IpAddr::V6(Ipv6Addr::from(*packet.get(8..).and_then(<[u8]>::first_chunk::<16>)?)),
        _ => return None,
    };
    Some(address).filter(|address| !address.is_unspecified())
}

/// The filter, compiled for an interface; `None` where it has no use there.
pub(super) fn programs(text: &str, interface: &str) -> Option<Programs> {
    let link_type = live::link_type(interface).ok()?;
    let names = SystemNames::new();
    let options = filter::Options { names: &names, ..filter::Options::new(link_type) };
    let compile = |live| filter::compile(text, &filter::Options { live, ..options }).ok();
    Some(Programs { kernel: compile(true)?.instructions, octets: compile(false)?.instructions })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_made_where_addresses_say_what_comes_back() {
        let mut packet = vec![0u8; 28];
        packet[0] = 0x45;
        packet[12..16].copy_from_slice(&[10, 0, 0, 1]);
        assert_eq!(passes(Begin::Network, &packet).as_deref(), Some("host 10.0.0.1"));
        let mut frame = vec![2u8; 12];
        frame.extend([8, 0]);
        frame.extend(&packet);
        assert_eq!(passes(Begin::Link, &frame).as_deref(), Some("host 10.0.0.1"));
        frame[13] = 6;
        assert_eq!(passes(Begin::Link, &frame).as_deref(), Some("arp"));
        frame[12] = 0x81;
        assert_eq!(passes(Begin::Link, &frame), None);
        packet[12..16].fill(0);
        assert_eq!(
            passes(Begin::Network, &packet),
            None,
            "a host without an address hears what is sent to others"
        );
        for end in 0..packet.len() {
            passes(Begin::Network, &packet[..end]);
        }
        assert!(programs("host 10.0.0.1 or arp", "lo").is_some());
    }
}
