//! What `send` and `ask` share: where packets come from, how failures are told, how packets are shown before they are sent.

use crate::Global;
use crate::craft::files::Files;
use crate::craft::watch::watch;
use crate::craft::{seed, setting, text_of};
use crate::outcome::{Exit, Failure, stdout_failure};
use crate::show::{Context, Show};
use clap::Args;
use nettool_capture::file::FileError;
use nettool_capture::live;
use nettool_dissect::frame::{Frame, Meta};
use nettool_gen::craft::{Host, Script, ScriptError};
use nettool_gen::packets::{CraftedPackets, FilePackets, NotCrafted, NotSendable, Stream};
use nettool_gen::tx::{self, Begin};
use std::collections::HashMap;
use std::io::Write;
use std::net::{IpAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};

/// Where packets come from.
#[derive(Args, Debug)]
pub(crate) struct SourceOptions {
    /// Packets: an expression as scapy's users type it, or a script that makes them (`NAME.star`)
    #[arg(value_name = "EXPR|SCRIPT", required_unless_present = "read")]
    packets: Option<String>,
    /// Take the packets of this capture file; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "packets")]
    read: Option<PathBuf>,
    /// An option or variable of the script
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting, conflicts_with = "read")]
    set: Vec<(String, String)>,
    /// Random values follow from this number; without it they differ from run to run
    #[arg(long, value_name = "N", conflicts_with = "read")]
    seed: Option<u64>,
}

/// Packets, and where they came from a script that.
pub(crate) enum Source {
    /// From an expression or script.
    Crafted(Box<CraftedPackets>),
    /// From a file.
    File(Box<FilePackets>),
}

impl SourceOptions {
    /// The packets, for sending out of `interface`, and the script that makes them. With `ask`, neighbours may be asked for their
    /// addresses on the way.
    pub(crate) fn open(
        &self,
        interface: Option<&str>,
        ask: bool,
    ) -> Result<(Source, Option<Script>), Failure> {
        if let Some(path) = &self.read {
            let file = FilePackets::open(path.clone()).map_err(not_sendable)?;
            return Ok((Source::File(Box::new(file)), None));
        }
        let words = self.packets.as_deref().unwrap_or_default();
        let catalog = crate::protocols::catalog()?;
        nettool_gen::craft::look_up_hosts(addresses_of);
        let host = Host::new(catalog, seed(self.seed));
        let options: HashMap<String, String> = self.set.iter().cloned().collect();
        let path = Path::new(words);
        let is_script = path.extension().is_some_and(|end| end == "star") || path.is_file();
        let (name, text) = if is_script {
            (words.to_owned(), text_of(path)?)
        } else {
            ("expression".to_owned(), words.to_owned())
        };
        let watch = watch(1, None);
        let (packets, script) = host
            .script(&name, &text, &options, &Files::default())
            .map_err(|error| Failure::usage(told(error, 0)))?;
        drop(watch);
        let crafted = CraftedPackets::for_sending(catalog, packets, interface, ask)
            .map_err(|error| not_crafted(error, 0))?;
        Ok((Source::Crafted(Box::new(crafted)), Some(script)))
    }
}

/// The addresses of a host, by what the system asks: its files, and DNS.
fn addresses_of(name: &str) -> Vec<IpAddr> {
    let found = (name, 0).to_socket_addrs();
    found.map(|found| found.map(|address| address.ip()).collect()).unwrap_or_default()
}

/// Why a packet could not be made.
pub(crate) enum NotMade {
    /// From an expression or script.
    Crafted(NotCrafted),
    /// From a file.
    File(NotSendable),
}

impl NotMade {
    /// As the end of the run, after so many packets were sent.
    pub(crate) fn after(self, sent: u64) -> Failure {
        match self {
            NotMade::Crafted(error) => not_crafted(error, sent),
            NotMade::File(error) => not_sendable(error),
        }
    }
}

impl Stream for Source {
    type Error = NotMade;

    fn next(&mut self, into: &mut Vec<u8>) -> Result<Option<Begin>, NotMade> {
        match self {
            Source::Crafted(packets) => packets.next(into).map_err(NotMade::Crafted),
            Source::File(packets) => packets.next(into).map_err(NotMade::File),
        }
    }

    fn restart(&mut self) -> Result<bool, NotMade> {
        match self {
            Source::Crafted(packets) => packets.restart().map_err(NotMade::Crafted),
            Source::File(packets) => packets.restart().map_err(NotMade::File),
        }
    }
}

/// Why a file's packets cannot be sent.
fn not_sendable(error: NotSendable) -> Failure {
    match &error {
        NotSendable::File(FileError::Open { .. }) => Failure::access(error),
        NotSendable::File(_) => Failure::found(error),
        NotSendable::LinkType { .. } => Failure::usage(error),
    }
}

fn not_crafted(error: NotCrafted, sent: u64) -> Failure {
    match error {
        NotCrafted::Way(error) => not_sent(error, sent),
        NotCrafted::Script(error) => Failure::usage(told(error, sent)),
        NotCrafted::FirstLayer(_) => Failure::usage(after(error.to_string(), sent)),
    }
}

/// What is wrong with an expression or script, and how much of it was sent: in the sentence, which the place follows.
fn told(mut error: ScriptError, sent: u64) -> ScriptError {
    error.message = match sent {
        0 => format!("{}; nothing was sent", error.message),
        sent => after(error.message, sent),
    };
    error
}

fn after(text: String, sent: u64) -> String {
    match sent {
        0 if text.starts_with("packet ") => format!("{text}; nothing was sent"),
        0 => text,
        sent => format!("{text}; {} before", counted(sent, "packet was sent", "packets were sent")),
    }
}

/// Why packets cannot be sent, and how many were before.
pub(crate) fn not_sent(error: tx::Error, sent: u64) -> Failure {
    match error {
        tx::Error::System(error @ live::Error::Privilege { .. }) => crate::capture::access(error),
        tx::Error::NeedsInterface | tx::Error::NotIp | tx::Error::OtherLink { .. } => {
            Failure::usage(after(error.to_string(), sent))
        }
        tx::Error::TooLong { .. }
        | tx::Error::TooShort { .. }
        | tx::Error::NoNeighbour { .. }
        | tx::Error::Stuck { .. } => Failure::found(after(error.to_string(), sent)),
        tx::Error::System(_) | tx::Error::Down(_) | tx::Error::NoRoute { .. } => {
            Failure::access(after(error.to_string(), sent))
        }
    }
}

/// A number and what it counts.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Shows packets instead of sending them, at most `most`.
pub(crate) fn dry_run(packets: &mut Source, show: &Show, most: Option<u64>) -> Result<Exit, Failure> {
    let mut renderer = show.renderer();
    let mut out = Vec::new();
    let mut stdout = std::io::stdout().lock();
    show.head(&mut out);
    let mut octets = Vec::new();
    let mut number = 0u64;
    let mut fresh = false;
    let failed = |error: NotMade| error.after(0);
    while most.is_none_or(|most| number < most) {
        octets.clear();
        let begin = match packets.next(&mut octets) {
            Ok(begin) => begin,
            // What came before it stays.
            Err(error) => {
                stdout.write_all(&out).map_err(stdout_failure)?;
                return Err(failed(error));
            }
        };
        let Some(begin) = begin else {
            if most.is_none() || !std::mem::take(&mut fresh) || !packets.restart().map_err(failed)? {
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
