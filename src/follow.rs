//! `nettool read --follow-stream`: the octets of one TCP or UDP stream, both ways, in order.

use crate::joining::untagged;
use crate::outcome::{Exit, Failure, stdout_failure};
use crate::read::{file_failure, for_each_pass};
use crate::select::Select;
use crate::{Color, Global};
use clap::ValueEnum;
use nettool_capture::file::{Chunk, Reader, Record};
use nettool_dissect::decode::Settings;
use nettool_dissect::flow::reassembly::find::{Finder, Transport, Which};
use nettool_dissect::flow::reassembly::{Datagram, Datagrams, Follow, Limits, MAX_TUNNELS, Overlap, Piece};
use nettool_dissect::flow::scan::Scan;
use nettool_dissect::frame::Frame;
use std::io::{IsTerminal, Write};
use std::net::{IpAddr, SocketAddr};

/// How octets are written.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FollowForm {
    /// Text, other octets as dots; in front of each piece its length
    Ascii,
    /// Offset, hex and text
    Hex,
    /// The octets as they are
    Raw,
    /// An object for each piece, octets in hex
    Json,
}

/// The stream that is followed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Stream {
    transport: Transport,
    which: Which,
}

/// Reads `tcp:3` or `udp:10.0.0.1:5000,10.0.0.2:53`.
pub(crate) fn stream(word: &str) -> Result<Stream, String> {
    let form = "write it as tcp:N, udp:N or tcp:ADDRESS:PORT,ADDRESS:PORT";
    let (transport, rest) = word.split_once([':', ',']).ok_or_else(|| form.to_owned())?;
    let transport = match transport {
        "tcp" => Transport::Tcp,
        "udp" => Transport::Udp,
        "tls" | "http" | "http2" | "sip" => {
            return Err(format!("`{transport}` is followed as the stream that carries it: tcp:{rest}"));
        }
        "quic" | "dtls" | "rtp" => {
            return Err(format!("`{transport}` is followed as the stream that carries it: udp:{rest}"));
        }
        _ => return Err(format!("`{transport}` is no transport; {form}")),
    };
    if let Ok(number) = rest.parse() {
        return Ok(Stream { transport, which: Which::Number(number) });
    }
    let (a, b) = rest.split_once(',').ok_or_else(|| format!("`{rest}` is no number; {form}"))?;
    Ok(Stream { transport, which: Which::Ends(end(a)?, end(b)?) })
}

/// Address and port; IPv6 addresses may stand without brackets, as tshark takes them.
fn end(text: &str) -> Result<SocketAddr, String> {
    let text = text.trim();
    let plain = || {
        let (address, port) = text.rsplit_once(':')?;
        Some(SocketAddr::new(address.parse::<IpAddr>().ok()?, port.parse().ok()?))
    };
    let wrong = || format!("`{text}` is no address with a port: 10.0.0.1:80, [2001:db8::1]:80");
    text.parse().ok().or_else(plain).ok_or_else(wrong)
}

/// What is followed, and how it is shown.
pub(crate) struct Following<'o> {
    pub(crate) stream: Stream,
    pub(crate) form: FollowForm,
    pub(crate) overlap: Overlap,
    pub(crate) settings: &'o Settings,
    pub(crate) select: Option<&'o Select>,
}

struct Run<'o> {
    following: &'o Following<'o>,
    packets: Packets,
    writer: PieceWriter,
    octets: Vec<u8>,
}

/// What finds the stream's packets, and puts their octets in order.
struct Packets {
    finder: Finder,
    follow: Follow,
    datagrams: Datagrams,
    cut: u64,
}

impl Packets {
    /// Takes a packet, and those that it carries.
    fn packet(&mut self, frame: &Frame<'_>, scan: &Scan<'_>, depth: usize) {
        if scan.fragment.is_none() {
            self.whole(frame, scan, depth);
        } else if let Some(Datagram::Whole(whole)) = self.datagrams.observe(frame, scan) {
            self.whole(frame, &scan.with_payload(whole.protocol, &whole.octets), depth);
        }
    }

    fn whole(&mut self, frame: &Frame<'_>, scan: &Scan<'_>, depth: usize) {
        match self.finder.take(scan, frame) {
            Some(back) if !self.follow.take(frame.number, scan, back) => self.cut += 1,
            _ => {}
        }
        if let Some(inner) = scan.inner().filter(|_| depth < MAX_TUNNELS) {
            self.packet(frame, &inner, depth + 1);
        }
    }
}

impl Following<'_> {
    /// Follows the stream through all files.
    pub(crate) fn run(&self, reader: &mut Reader, global: &Global) -> Result<Exit, Failure> {
        let form = if global.json { FollowForm::Json } else { self.form };
        let coloured = match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        };
        let mut run = Run {
            following: self,
            packets: Packets {
                finder: Finder::new(self.stream.transport, self.stream.which),
                follow: Follow::new(),
                datagrams: Datagrams::new(Limits::default(), self.overlap),
                cut: 0,
            },
            writer: PieceWriter {
                form,
                coloured,
                offsets: [0; 2],
                began: false,
                missing: 0,
                text: Vec::new(),
            },
            octets: Vec::new(),
        };
        let mut selector = self.select.map(Select::selector);
        while let Some(chunk) = reader.next_chunk().map_err(file_failure)? {
            match selector.as_mut().filter(|selector| selector.filters()) {
                None => chunk.records().for_each(|record| run.record(&chunk, &record)),
                Some(selector) => for_each_pass(
                    &chunk,
                    selector,
                    |record| *record,
                    |records, bits| {
                        let passing = records.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1);
                        passing.for_each(|(_, record)| run.record(&chunk, record));
                    },
                )?,
            }
            run.write()?;
        }
        run.end()
    }
}

impl Run<'_> {
    fn record(&mut self, chunk: &Chunk, record: &Record<'_>) {
        let frame = record.frame();
        let interface = chunk.interfaces().get(frame.meta.interface);
        let plain = untagged(self.following.settings.dsa, &frame, interface, &mut self.octets);
        self.packets.packet(&plain, &Scan::of(&plain), 0);
    }

    fn write(&mut self) -> Result<(), Failure> {
        if let Some((number, from, to)) = self.packets.finder.found() {
            self.writer.begin(self.following.stream.transport, number, from, to);
        }
        let found = self.packets.finder.found();
        for piece in self.packets.follow.pieces() {
            self.writer.piece(&piece, found);
        }
        std::io::stdout().write_all(&self.writer.text).map_err(stdout_failure)?;
        self.writer.text.clear();
        Ok(())
    }

    fn end(mut self) -> Result<Exit, Failure> {
        self.packets.follow.end();
        self.write()?;
        let name = if self.following.stream.transport == Transport::Tcp { "TCP" } else { "UDP" };
        if self.packets.finder.found().is_none() {
            let streams = self.packets.finder.streams();
            let mend = match (self.following.stream.which, streams) {
                (_, 0) => format!("there is no {name} stream"),
                (Which::Number(number), streams) if number < streams => {
                    format!("of {name} stream {number} the capture has no packet, only ICMP errors about it")
                }
                (Which::Number(_), _) => {
                    format!("the {name} streams are numbered from 0 to {}", streams.saturating_sub(1))
                }
                (Which::Ends(..), _) => format!("none of {streams} {name} streams is between these ends"),
            };
            return Err(Failure::found(format!("--follow-stream: no such stream; {mend}")));
        }
        self.writer.end();
        std::io::stdout().write_all(&self.writer.text).map_err(stdout_failure)?;
        if self.writer.missing > 0 {
            tell!("nettool: {} octets of the stream are not in the capture", self.writer.missing);
        }
        if self.packets.cut > 0 {
            tell!("nettool: {} packets of the stream were cut by the snap length", self.packets.cut);
        }
        Ok(Exit::Done)
    }
}

/// Writes pieces as text.
struct PieceWriter {
    form: FollowForm,
    coloured: bool,
    /// Octets of each way so far.
    offsets: [u64; 2],
    began: bool,
    missing: u64,
    text: Vec<u8>,
}

const RULE: &str = "===================================================================\n";

impl PieceWriter {
    fn begin(&mut self, transport: Transport, number: u32, from: SocketAddr, to: SocketAddr) {
        if std::mem::replace(&mut self.began, true) || matches!(self.form, FollowForm::Raw | FollowForm::Json)
        {
            return;
        }
        let name = if transport == Transport::Tcp { "tcp" } else { "udp" };
        let form = if self.form == FollowForm::Hex { "hex" } else { "ascii" };
        let head = format!(
            "\n{RULE}Follow: {name},{form}\nFilter: {name}.stream eq {number}\nNode 0: {}\nNode 1: {}\n",
            shown(from),
            shown(to)
        );
        self.text.extend_from_slice(head.as_bytes());
    }

    fn end(&mut self) {
        if matches!(self.form, FollowForm::Ascii | FollowForm::Hex) {
            self.text.extend_from_slice(RULE.as_bytes());
        }
    }

    fn piece(&mut self, piece: &Piece, found: Option<(u32, SocketAddr, SocketAddr)>) {
        let back = match piece {
            Piece::Octets { back, .. } | Piece::Missing { back, .. } => *back,
        };
        if let Piece::Missing { octets, .. } = piece {
            self.missing = self.missing.saturating_add(u64::from(*octets));
        }
        if self.coloured && matches!(self.form, FollowForm::Ascii | FollowForm::Hex) {
            self.text.extend_from_slice(if back { b"\x1b[34m" } else { b"\x1b[31m" });
        }
        match (self.form, piece) {
            (FollowForm::Raw, Piece::Octets { octets, .. }) => self.text.extend_from_slice(octets),
            (FollowForm::Raw, Piece::Missing { .. }) => {}
            (FollowForm::Json, _) => self.json(piece, back, found),
            (_, Piece::Missing { octets, .. }) => {
                let gap =
                    format!("{}[{octets} octets are not in the capture]\n", if back { "\t" } else { "" });
                self.text.extend_from_slice(gap.as_bytes());
            }
            (FollowForm::Hex, Piece::Octets { octets, .. }) => self.hex(octets, back),
            (FollowForm::Ascii, Piece::Octets { octets, .. }) => self.ascii(octets, back),
        }
        if self.coloured && matches!(self.form, FollowForm::Ascii | FollowForm::Hex) {
            self.text.extend_from_slice(b"\x1b[0m");
        }
    }

    fn ascii(&mut self, octets: &[u8], back: bool) {
        let length = format!("{}{}\n", if back { "\t" } else { "" }, octets.len());
        self.text.extend_from_slice(length.as_bytes());
        // What a terminal would take for more than text is a dot.
        let shown = |octet: &u8| match octet {
            b'\r' | b'\n' | 0x20..=0x7e => *octet,
            _ => b'.',
        };
        self.text.extend(octets.iter().map(shown));
        self.text.push(b'\n');
    }

    fn hex(&mut self, octets: &[u8], back: bool) {
        let offset = &mut self.offsets[usize::from(back)];
        for line in octets.chunks(16) {
            let mut hex = String::with_capacity(50);
            let mut text = String::with_capacity(18);
            for (at, octet) in line.iter().enumerate() {
                if at == 8 {
                    hex.push(' ');
                    text.push(' ');
                }
                hex.push_str(&format!(" {octet:02x}"));
                text.push(if matches!(octet, 0x20..=0x7e) { char::from(*octet) } else { '.' });
            }
            let tab = if back { "\t" } else { "" };
            let line_text = format!("{tab}{offset:08X} {hex:<50} {text}");
            self.text.extend_from_slice(line_text.trim_end_matches(' ').as_bytes());
            self.text.push(b'\n');
            *offset += line.len() as u64;
        }
    }

    fn json(&mut self, piece: &Piece, back: bool, found: Option<(u32, SocketAddr, SocketAddr)>) {
        let Some((number, a, b)) = found else { return };
        let (from, to) = if back { (b, a) } else { (a, b) };
        let offset = &mut self.offsets[usize::from(back)];
        let mut object = serde_json::json!({
            "stream": number, "node": u8::from(back), "from": from.to_string(), "to": to.to_string(), "offset": *offset,
        });
        match piece {
            Piece::Octets { frame, octets, .. } => {
                object["frame"] = (*frame).into();
                object["data"] = octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>().into();
                *offset += octets.len() as u64;
            }
            Piece::Missing { octets, .. } => {
                object["missing"] = (*octets).into();
                *offset += u64::from(*octets);
            }
        }
        self.text.extend_from_slice(object.to_string().as_bytes());
        self.text.push(b'\n');
    }
}

/// An end as tshark writes it: IPv6 addresses without brackets.
fn shown(end: SocketAddr) -> String {
    format!("{}:{}", end.ip(), end.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_named_by_number_or_by_their_ends() {
        let ends = |a: &str, b: &str| Which::Ends(a.parse().expect("an end"), b.parse().expect("an end"));
        let of = |word| stream(word).map(|stream| (stream.transport, stream.which));
        assert_eq!(of("tcp:3"), Ok((Transport::Tcp, Which::Number(3))));
        assert_eq!(of("udp:10.0.0.1:5,10.0.0.2:53"), Ok((Transport::Udp, ends("10.0.0.1:5", "10.0.0.2:53"))));
        assert_eq!(
            of("tcp:fe80::1:80,[fe80::2]:81"),
            Ok((Transport::Tcp, ends("[fe80::1]:80", "[fe80::2]:81")))
        );
        for wrong in ["tcp", "sctp:1", "tcp:x", "tcp:10.0.0.1,10.0.0.2", "tcp:1.2.3.4:99999,1.2.3.4:1"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }
}
