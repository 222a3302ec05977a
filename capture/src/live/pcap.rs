//! libpcap as a backend (`--features libpcap`): for comparing, and for devices that only libpcap opens.
//!
//! In: a name that libpcap knows. Out: its frames with their times; what the kernel knows beside the octets is not
//! told. The user's filter is this program's and runs here on each frame.

use super::afpacket::accepts;
use super::error::Error;
use super::program::Connection;
use super::{Counts, Crossing, Options, Sink, Source, Taken, TimeChoice};
use crate::filter::insn::Instruction;
use nettool_dissect::frame::{Frame, Interface, LinkType, Meta, TimeSource, Timestamp};
use pcap::{Active, Capture, Direction, Precision};
use std::ops::ControlFlow;
use std::os::fd::BorrowedFd;
use std::time::Duration;

/// How long a read waits, since libpcap's wait cannot be woken.
const WAIT_MS: i32 = 50;
/// Frames shown before the session is asked again.
const BATCH: usize = 256;

/// An open libpcap handle.
pub(crate) struct Pcap {
    capture: Capture<Active>,
    interfaces: Vec<Interface>,
    link_type: LinkType,
    filter: Option<Vec<Instruction>>,
    without: Option<Connection>,
    memory: usize,
    closed: bool,
}

/// Opens a device with libpcap.
pub(crate) fn open(name: &str, options: &Options) -> Result<Pcap, Error> {
    if options.times == TimeChoice::Adapter {
        return Err(Error::Backend { backend: "pcap", what: "set the clock of a card", instead: "packet" });
    }
    let failed = |error: pcap::Error| match &error {
        pcap::Error::PcapError(said) if said.contains("permission") => Error::Privilege {
            call: "pcap_activate",
            interface: name.to_owned(),
            errno: libc::EPERM,
            needs: "CAP_NET_RAW",
        },
        _ => Error::Library { backend: "pcap", interface: name.to_owned(), said: error.to_string() },
    };
    let capture = Capture::from_device(name)
        .map_err(failed)?
        .promisc(options.promiscuous)
        .snaplen(i32::try_from(options.snaplen).unwrap_or(i32::MAX))
        .buffer_size(i32::try_from(options.buffer).unwrap_or(i32::MAX))
        .timeout(i32::try_from(options.hold.as_millis()).unwrap_or(WAIT_MS).clamp(1, WAIT_MS))
        .precision(Precision::Nano)
        .open()
        .map_err(failed)?;
    let direction = match options.crossing {
        Crossing::In => Direction::In,
        Crossing::Out => Direction::Out,
        Crossing::InOut => Direction::InOut,
    };
    if options.crossing != Crossing::InOut {
        capture.direction(direction).map_err(failed)?;
    }
    let link_type = link_type(capture.get_datalink().0);
    let mut interface = Interface::new(name, link_type);
    interface.snaplen = options.snaplen;
    interface.dsa_tagger = super::interfaces::dsa_tagger(name);
    Ok(Pcap {
        // So that a wait of ours is never longer than asked for.
        capture: capture.setnonblock().map_err(failed)?,
        interfaces: vec![interface],
        link_type,
        filter: options.filter.as_ref().map(|programs| programs.octets.clone()),
        without: options.without,
        memory: options.buffer,
        closed: false,
    })
}

/// The number in files for a number of libpcap (`DLT_*`): they differ for the few types that differ between systems.
fn link_type(dlt: i32) -> LinkType {
    match dlt {
        // DLT_RAW
        12 | 14 => LinkType::RAW,
        other => LinkType(u32::try_from(other).unwrap_or_default()),
    }
}

impl Source for Pcap {
    fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    fn take(&mut self, wait: Duration, stop: BorrowedFd<'_>, sink: Sink<'_>) -> Result<Taken, Error> {
        let Pcap { capture, filter, without, link_type, .. } = self;
        let mut shown = 0usize;
        let header = match *link_type {
            LinkType::ETHERNET => 14,
            LinkType::LINUX_SLL2 => 20,
            LinkType::LINUX_SLL => 16,
            _ => 0,
        };
        while shown < BATCH {
            let packet = match capture.next_packet() {
                Ok(packet) => packet,
                Err(pcap::Error::TimeoutExpired | pcap::Error::NoMorePackets) => break,
                Err(error) => {
                    let interface = self.interfaces.first().map(|one| one.name.clone()).unwrap_or_default();
                    return Err(Error::Library { backend: "pcap", interface, said: error.to_string() });
                }
            };
            shown += 1;
            let mut meta = Meta::new(*link_type, packet.header.len);
            // Nanoseconds, because that precision was asked for.
            let nanoseconds = u32::try_from(packet.header.ts.tv_usec).unwrap_or_default();
            meta.time = Some(Timestamp::new(packet.header.ts.tv_sec, nanoseconds));
            meta.time_source = TimeSource::Host;
            let frame = Frame { number: 0, data: packet.data, meta };
            let owned =
                |connection: &Connection| connection.owns(packet.data.get(header..).unwrap_or_default());
            if without.as_ref().is_some_and(owned) || filter.as_ref().is_some_and(|f| !accepts(f, &frame)) {
                continue;
            }
            if sink(&frame) == ControlFlow::Break(()) {
                break;
            }
        }
        if shown == 0 && !wait.is_zero() && !self.closed {
            let limit = i32::try_from(wait.as_millis()).unwrap_or(WAIT_MS).clamp(1, WAIT_MS);
            super::signals::wait([(stop, true)], limit.min(2));
        }
        Ok(if shown > 0 { Taken::Frames } else { Taken::Idle })
    }

    fn close_intake(&mut self) -> Result<(), Error> {
        self.closed = true;
        Ok(())
    }

    fn counts(&mut self) -> Counts {
        match self.capture.stats() {
            Ok(stats) => Counts {
                received: u64::from(stats.received),
                kernel_drops: u64::from(stats.dropped),
                interface_drops: Some(u64::from(stats.if_dropped)),
            },
            Err(_) => Counts::default(),
        }
    }

    fn memory(&self) -> usize {
        self.memory
    }
}
