//! What `send` and `ask` share: where packets come from, how failures are told, how packets are shown before they are sent.

use crate::Global;
use crate::outcome::{Exit, Failure, stdout_failure};
use crate::show::{Context, Show};
use nettool_capture::file::FileError;
use nettool_capture::live;
use nettool_dissect::frame::{Frame, Meta};
use nettool_gen::packets::{FilePackets, NotSendable, Packets};
use nettool_gen::tx::{self, Begin};
use std::io::Write;
use std::path::Path;

/// The packets of a file.
pub(crate) fn file(path: &Path) -> Result<FilePackets, Failure> {
    FilePackets::open(path.to_owned()).map_err(not_sendable)
}

/// Why a file's packets cannot be sent.
pub(crate) fn not_sendable(error: NotSendable) -> Failure {
    match &error {
        NotSendable::File(FileError::Open { .. }) => Failure::access(error),
        NotSendable::File(_) => Failure::found(error),
        NotSendable::LinkType { .. } => Failure::usage(error),
    }
}

/// Why packets cannot be sent, and how many were before.
pub(crate) fn not_sent(error: tx::Error, sent: u64) -> Failure {
    let after = |text: String| match sent {
        0 => text,
        sent => format!("{text}; {} before", counted(sent, "packet was sent", "packets were sent")),
    };
    match error {
        tx::Error::System(error @ live::Error::Privilege { .. }) => crate::capture::access(error),
        tx::Error::NeedsInterface | tx::Error::NotIp | tx::Error::OtherLink { .. } => {
            Failure::usage(after(error.to_string()))
        }
        tx::Error::TooLong { .. }
        | tx::Error::TooShort { .. }
        | tx::Error::NoNeighbour { .. }
        | tx::Error::Stuck { .. } => Failure::found(after(error.to_string())),
        tx::Error::System(_) | tx::Error::Down(_) | tx::Error::NoRoute { .. } => {
            Failure::access(after(error.to_string()))
        }
    }
}

/// A number and what it counts.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Shows packets instead of sending them, at most `most`.
pub(crate) fn dry_run<P: Packets>(
    packets: &mut P,
    show: &Show,
    most: Option<u64>,
    failed: impl Fn(P::Error) -> Failure,
) -> Result<Exit, Failure> {
    let mut renderer = show.renderer();
    let mut out = Vec::new();
    let mut stdout = std::io::stdout().lock();
    show.head(&mut out);
    let mut octets = Vec::new();
    let mut number = 0u64;
    let mut fresh = false;
    while most.is_none_or(|most| number < most) {
        octets.clear();
        let Some(begin) = packets.next(&mut octets).map_err(&failed)? else {
            if most.is_none() || !std::mem::take(&mut fresh) || !packets.restart().map_err(&failed)? {
                break;
            }
            continue;
        };
        fresh = true;
        number = number.saturating_add(1);
        renderer.render(&frame(begin, &octets, number), &Context::default(), &mut out);
        if out.len() > 64 << 10 {
            stdout.write_all(&out).map_err(stdout_failure)?;
            out.clear();
        }
    }
    stdout.write_all(&out).map_err(stdout_failure)?;
    Ok(Exit::Done)
}

/// A packet as a frame without time.
fn frame(begin: Begin, octets: &[u8], number: u64) -> Frame<'_> {
    let length = u32::try_from(octets.len()).unwrap_or(u32::MAX);
    Frame { number, data: octets, meta: Meta::new(begin.link_type(), length) }
}

/// The options, but addresses and ports as numbers: what is sent is known by them.
pub(crate) fn numeric(global: &Global) -> Global {
    Global { numeric: global.numeric.max(1), ..global.clone() }
}
