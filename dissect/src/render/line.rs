//! The one-line form: what a tcpdump user reads without relearning.
//!
//! No tree is built. Each protocol's summary writes straight from the octets into the buffer and hands its payload to
//! the next ([`Line::next`]); a protocol without a summary of its own is decoded and shown by its brief fields. With
//! `-v` and more a line has continuation lines behind a tab.

use super::time::{TimeForm, Zone, utc};
use super::{put, tcp_seq, time};
use crate::decode::{Decoder, Dissection, Network, Surroundings, Value};
use crate::frame::{Direction, Frame, LinkType, Timestamp};
use crate::proto::dsa::{self, Choice, Place, Tag, Tagger};
use crate::registry::{ProtoId, Registry};
use crate::schema::{ETHER_TYPE, Table, UDP_PORT};

/// Layers of one line beyond which the rest is only counted.
const MAX_LAYERS: u8 = 24;

/// Names in place of addresses and ports; the command line brings the system's. Each function writes the name, safe for
/// a terminal, or writes nothing and says so.
pub trait NameSource: Sync {
    /// The host name of an IPv4 address.
    fn ipv4(&self, address: [u8; 4], out: &mut Vec<u8>) -> bool;
    /// The host name of an IPv6 address.
    fn ipv6(&self, address: [u8; 16], out: &mut Vec<u8>) -> bool;
    /// The service name of a port.
    fn port(&self, table: Table, port: u16, out: &mut Vec<u8>) -> bool;
}

/// What a line shows.
#[derive(Clone, Copy)]
pub struct LineStyle<'n> {
    /// Time.
    pub time: TimeForm,
    /// Decimals of the second: 6 or 9.
    pub decimals: usize,
    /// Local time.
    pub zone: Zone,
    /// Link-layer header (`-e`).
    pub link: bool,
    /// Less protocol detail (`-q`).
    pub quick: bool,
    /// More detail: 0 to 3 (`-v`, `-vv`, `-vvv`).
    pub verbose: u8,
    /// TCP sequence numbers as they stand on the wire (`-S`).
    pub absolute_seq: bool,
    /// Frame numbers in front (`-#`).
    pub number: bool,
    /// Octets behind the line.
    pub dump: Dump,
    /// Names in place of numbers; `None` is `-n`.
    pub names: Option<&'n dyn NameSource>,
    /// Whether `any` was captured: interface and direction in front.
    pub interface: bool,
    /// Which switch tag frames carry.
    pub dsa: Choice,
}

/// Which octets follow a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Dump {
    /// None.
    #[default]
    None,
    /// Hex (`-x`; with the link header `-xx`).
    Hex {
        /// From the link-layer header on.
        link: bool,
    },
    /// Hex and ASCII (`-X`, `-XX`).
    HexAscii {
        /// From the link-layer header on.
        link: bool,
    },
    /// ASCII (`-A`, `-AA`).
    Ascii {
        /// From the link-layer header on.
        link: bool,
    },
}

impl Default for LineStyle<'_> {
    fn default() -> Self {
        LineStyle {
            time: TimeForm::Clock,
            decimals: 6,
            zone: utc,
            link: false,
            quick: false,
            verbose: 0,
            absolute_seq: false,
            number: false,
            dump: Dump::None,
            names: None,
            interface: false,
            dsa: Choice::Auto,
        }
    }
}

/// Octets of a layer and what follows: those captured, and how many there are by what surrounds them.
#[derive(Clone, Copy, Debug)]
pub struct Body<'a> {
    /// Captured octets.
    pub data: &'a [u8],
    /// Octets there should be; at least `data.len()`.
    pub len: usize,
}

impl<'a> Body<'a> {
    /// Without the first `octets`.
    #[inline]
    pub fn skip(self, octets: usize) -> Body<'a> {
        Body { data: self.data.get(octets..).unwrap_or_default(), len: self.len.saturating_sub(octets) }
    }

    /// Only the first `octets`.
    #[inline]
    pub fn limit(self, octets: usize) -> Body<'a> {
        Body { data: self.data.get(..octets).unwrap_or(self.data), len: self.len.min(octets) }
    }

    /// Whether octets are missing.
    pub fn is_cut(self) -> bool {
        self.data.len() < self.len
    }
}

/// A line in the making.
pub struct Line<'a, 'o> {
    /// Where it goes.
    pub out: &'o mut Vec<u8>,
    /// What it shows.
    pub style: &'a LineStyle<'a>,
    /// Protocols.
    pub registry: &'a Registry,
    /// The frame.
    pub frame: &'a Frame<'a>,
    /// Addresses of the innermost network layer.
    pub network: Network,
    /// Ports of the innermost transport layer.
    pub ports: (u16, u16),
    /// Which kind of ports they are.
    pub transport: Option<Table>,
    /// Subtracted from TCP sequence and acknowledgement numbers; `None` before the connection is known.
    pub tcp_base: Option<tcp_seq::Base>,
    /// Inside a packet that another one quotes.
    pub quoted: bool,
    /// The protocol that another packet has announced for the conversation, until a datagram has it.
    announced: Option<ProtoId>,
    /// For the forms of plugins.
    pub(super) spare: &'o mut Dissection,
    tag: Option<(&'static Tagger, Tag)>,
    layers: u8,
    /// The protocol whose summary is being written.
    current: Option<ProtoId>,
    /// Whether the network layer's addresses have been written.
    hosts_written: bool,
}

/// Renders frames as lines. One a thread; keeps buffers.
pub struct LinePrinter<'r> {
    registry: &'r Registry,
    style: LineStyle<'r>,
    first: Option<Timestamp>,
    previous: Option<Timestamp>,
    spare: Dissection,
}

impl<'r> LinePrinter<'r> {
    /// A printer of lines of a style.
    pub fn new(registry: &'r Registry, style: LineStyle<'r>) -> Self {
        LinePrinter { registry, style, first: None, previous: None, spare: Dissection::default() }
    }

    /// Sets what [`TimeForm::Delta`] and [`TimeForm::SinceFirst`] count from, where frames are not printed in one run.
    pub fn set_times(&mut self, first: Option<Timestamp>, previous: Option<Timestamp>) {
        (self.first, self.previous) = (first, previous);
    }

    /// Appends the frame's line, with the octets that the style wants behind it.
    pub fn print(
        &mut self,
        frame: &Frame<'_>,
        around: &Surroundings<'_>,
        tcp_base: Option<tcp_seq::Base>,
        out: &mut Vec<u8>,
    ) {
        if self.style.number {
            let digits = frame.number.checked_ilog10().unwrap_or(0) as usize;
            out.extend(std::iter::repeat_n(b' ', 4_usize.saturating_sub(digits)));
            put::decimal(out, frame.number);
            out.extend_from_slice(b"  ");
        }
        if let Some(now) = frame.meta.time {
            let first = *self.first.get_or_insert(now);
            let earlier = match self.style.time {
                TimeForm::Delta => self.previous.unwrap_or(now),
                _ => first,
            };
            self.previous = Some(now);
            if self.style.time != TimeForm::None {
                time::write(out, self.style.time, now, earlier, self.style.zone, self.style.decimals);
                out.push(b' ');
            }
        }
        if self.style.interface
            && let Some(interface) = around.interface
        {
            let start = out.len();
            put::escaped(out, interface.name.as_bytes());
            put::column(out, start, 5);
            // The cooked header says it itself, and to whom a frame was addressed.
            if frame.meta.link_type != LinkType::LINUX_SLL2 {
                out.extend_from_slice(match frame.meta.direction {
                    Direction::In => b"In  ",
                    Direction::Out => b"Out ",
                    Direction::Unknown => b"",
                });
            }
        }
        let mut line = Line {
            out,
            style: &self.style,
            registry: self.registry,
            frame,
            network: Network::None,
            ports: (0, 0),
            transport: None,
            tcp_base,
            quoted: false,
            announced: around.joined.and_then(|joined| joined.announced),
            spare: &mut self.spare,
            tag: dsa::of_frame(self.style.dsa, frame, around.interface),
            layers: 0,
            current: None,
            hosts_written: false,
        };
        line.frame();
        out.push(b'\n');
        super::hex::after_line(out, frame, self.style.dump);
        for comment in frame.meta.options.comments() {
            out.extend_from_slice(b"\t# ");
            put::escaped(out, comment);
            out.push(b'\n');
        }
    }
}

impl<'a> Line<'a, '_> {
    fn frame(&mut self) {
        let frame = self.frame;
        let len = usize::try_from(frame.meta.original_len).unwrap_or(usize::MAX).max(frame.data.len());
        let body = Body { data: frame.data, len };
        let link = match &self.tag {
            Some((tagger, _)) if tagger.place != Place::Middle => self.registry.protocol_named("dsa"),
            _ => self.registry.link(frame.meta.link_type),
        };
        match link {
            Some(id) => self.protocol(id, body),
            None => {
                self.text("link type ");
                self.number(u64::from(frame.meta.link_type.0));
                self.text(", length ");
                self.number(len as u64);
            }
        }
    }

    /// Writes the summary of a protocol over a body.
    pub fn protocol(&mut self, id: ProtoId, body: Body<'_>) {
        let Some(protocol) = self.registry.protocol(id) else { return };
        if self.layers >= MAX_LAYERS {
            self.text("[nested too deep]");
            return;
        }
        self.layers = self.layers.saturating_add(1);
        let outer = self.current.replace(id);
        match (protocol.summary, protocol.rules.as_ref().and_then(|rules| rules.line.as_ref())) {
            (Some(summary), _) => summary(self, body),
            (None, Some(format)) => self.format(id, outer, protocol, format, body),
            (None, None) => self.brief(id, body),
        }
    }

    /// Writes what `value` leads to in `table`; false when it leads nowhere, or nothing is captured of it.
    pub fn next(&mut self, table: Table, value: u64, body: Body<'_>) -> bool {
        match self.registry.next(table, value) {
            Some(id) => {
                self.protocol(id, body);
                true
            }
            None => false,
        }
    }

    /// Writes the summary of the protocol called `name`.
    pub fn named(&mut self, name: &str, body: Body<'_>) {
        match self.registry.protocol_named(name) {
            Some(id) => self.protocol(id, body),
            None => self.unknown(name, body),
        }
    }

    /// The protocol that a transport payload belongs to, by ports or by its look.
    pub fn by_ports(&mut self, table: Table, a: u16, b: u16, body: Body<'_>) -> Option<ProtoId> {
        self.ports = (a, b);
        self.transport = Some(table);
        if body.data.is_empty() {
            return None;
        }
        if table == UDP_PORT
            && let Some(announced) = self.announced.take()
            && !self.quoted
            && !self.registry.is_forced(table, a, b)
        {
            return Some(announced);
        }
        self.registry
            .next_by_ports(table, a, b, body.data)
            .or_else(|| self.registry.next_by_look(table, body.data))
    }

    /// A protocol without a summary: its title and brief fields.
    fn brief(&mut self, id: ProtoId, body: Body<'_>) {
        let Some(protocol) = self.registry.protocol(id) else { return };
        if self.transport.is_none() {
            self.hosts();
        }
        self.text(protocol.title);
        let Some(plan) = self.registry.programs.brief(self.registry, id) else { return };
        let decoder = Decoder::with_plan(self.registry, plan);
        let mut dissection = Dissection::default();
        let meta =
            crate::frame::Meta::new(self.frame.meta.link_type, u32::try_from(body.len).unwrap_or(u32::MAX));
        let part = Frame { number: self.frame.number, data: body.data, meta };
        decoder.decode_part(&part, id, &mut dissection);
        for node in dissection.nodes.iter().take(12) {
            let Some(info) = self.registry.field(node.field) else { continue };
            self.text(", ");
            self.text(info.field.doc);
            if !matches!(dissection.value(self.registry, &part, node), Value::None) {
                self.text(" ");
                super::tree::value(self.out, self.registry, &part, &dissection, node);
            }
        }
        self.text(", length ");
        self.number(body.len as u64);
    }

    /// The rest of an Ethernet header behind the addresses, and its payload.
    pub fn ether_type(&mut self, kind: u16, payload: Body<'_>, frame_len: usize) {
        if kind < 0x600 {
            if self.style.link {
                self.text(", 802.3, length ");
                self.number(u64::from(kind));
                self.text(": ");
            }
            self.llc(payload.limit(usize::from(kind)));
            return;
        }
        if self.style.link {
            self.link_type_and_length(kind, frame_len);
        }
        self.ether_payload(kind, payload);
    }

    /// `, ethertype IPv4 (0x0800), length 60: `
    pub fn link_type_and_length(&mut self, kind: u16, frame_len: usize) {
        self.text(if self.style.quick { ", " } else { ", ethertype " });
        self.ether_type_text(kind, !self.style.quick);
        self.text(", length ");
        self.number(frame_len as u64);
        self.text(": ");
    }

    /// The name of the protocol whose summary has just been called.
    pub fn protocol_name(&self) -> &'static str {
        self.current.and_then(|id| self.registry.protocol(id)).map_or("", |protocol| protocol.name)
    }

    /// Whether the protocol at hand is the frame's first.
    pub fn is_first_layer(&self) -> bool {
        self.layers == 1
    }

    /// An EtherType behind a tag, and its payload.
    pub fn ether_type_inside(&mut self, kind: u16, payload: Body<'_>) {
        if kind < 0x600 {
            if self.style.link {
                self.text("length ");
                self.number(u64::from(kind));
                self.text(": ");
            }
            self.llc(payload.limit(usize::from(kind)));
            return;
        }
        if self.style.link {
            self.text("ethertype ");
            self.ether_type_text(kind, true);
            self.text(", ");
        }
        self.ether_payload(kind, payload);
    }

    /// The name of an EtherType, with its number on request.
    pub fn ether_type_text(&mut self, kind: u16, number: bool) {
        let name = crate::proto::ether_type_name(u64::from(kind));
        self.text(name.unwrap_or("Unknown"));
        if number {
            self.text(" (0x");
            let [high, low] = kind.to_be_bytes();
            put::hex_octets(self.out, &[high, low], None);
            self.text(")");
        }
    }

    fn llc(&mut self, payload: Body<'_>) {
        match self.registry.protocol_named("llc") {
            Some(id) => self.protocol(id, payload),
            None => self.unknown("LLC", payload),
        }
    }

    /// What an EtherType leads to.
    pub fn ether_payload(&mut self, kind: u16, payload: Body<'_>) {
        if self.next(ETHER_TYPE, u64::from(kind), payload) {
            return;
        }
        if !self.style.link {
            self.text("ethertype ");
            self.ether_type_text(kind, true);
            self.text(", ");
        }
        self.unknown("", payload);
    }

    /// Octets that nothing is known of.
    pub fn unknown(&mut self, what: &str, body: Body<'_>) {
        if !what.is_empty() {
            self.text(what);
            self.text(", ");
        }
        self.text("length ");
        self.number(body.len as u64);
    }

    /// A header that is not all there: `[|ip]` when cut by the snap length, else what is missing.
    pub fn cut(&mut self, what: &str, body: Body<'_>) {
        if body.is_cut() {
            self.text("[|");
            self.text(what);
            self.text("]");
        } else {
            self.text(" [");
            self.text(what);
            self.text(" too short: ");
            self.number(body.data.len() as u64);
            self.text(" octets]");
        }
    }

    /// Octets in rows of sixteen, each behind `before` and its offset.
    pub fn octet_rows(&mut self, before: &str, octets: &[u8]) {
        for (at, row) in octets.chunks(16).enumerate() {
            self.text(before);
            self.hex((at as u64).saturating_mul(16), 4);
            self.text(": ");
            for pair in row.chunks(2) {
                self.text(" ");
                put::hex_octets(self.out, pair, None);
            }
        }
    }

    /// Trusted text.
    #[inline]
    pub fn text(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    /// Text of the frame.
    pub fn untrusted(&mut self, text: &[u8]) {
        put::escaped(self.out, text);
    }

    /// A decimal number.
    #[inline]
    pub fn number(&mut self, number: u64) {
        put::decimal(self.out, number);
    }

    /// A decimal number behind its label.
    pub(crate) fn labelled(&mut self, label: &str, number: u64) {
        self.text(label);
        self.number(number);
    }

    /// The names of the bits that are set, in brackets, or `[none]`.
    pub(crate) fn bits(&mut self, value: u64, names: &[(u64, &str)]) {
        self.text("[");
        let mut any = false;
        for (_, name) in names.iter().filter(|(bit, _)| value & bit != 0) {
            self.text(if any { ", " } else { "" });
            self.text(name);
            any = true;
        }
        self.text(if any { "]" } else { "none]" });
    }

    /// `0x` and hex with leading zeros.
    pub fn hex(&mut self, number: u64, width: u32) {
        put::hex_padded(self.out, number, width);
    }

    /// An IEEE 802 address.
    #[inline]
    pub fn mac(&mut self, address: [u8; 6]) {
        if address == [0xff; 6] && self.style.names.is_some() {
            self.out.extend_from_slice(b"Broadcast");
        } else {
            put::mac(self.out, address);
        }
    }

    /// An IPv4 address, or its name.
    #[inline]
    pub fn ipv4(&mut self, address: [u8; 4]) {
        if !self.style.names.is_some_and(|names| names.ipv4(address, self.out)) {
            put::ipv4(self.out, address);
        }
    }

    /// An IPv6 address, or its name.
    #[inline]
    pub fn ipv6(&mut self, address: [u8; 16]) {
        if !self.style.names.is_some_and(|names| names.ipv6(address, self.out)) {
            put::ipv6(self.out, address);
        }
    }

    /// A port, or its service's name.
    #[inline]
    pub fn port(&mut self, table: Table, port: u16) {
        if !self.style.names.is_some_and(|names| names.port(table, port, self.out)) {
            put::decimal(self.out, u64::from(port));
        }
    }

    /// `10.0.0.1.80 > 10.0.0.2.1234: `, addresses from the network layer.
    #[inline]
    pub fn endpoints(&mut self, table: Table, from: u16, to: u16) {
        let network = if self.hosts_written { Network::None } else { self.network };
        match network {
            Network::V4(source, destination) => {
                self.ipv4(source);
                self.out.push(b'.');
                self.port(table, from);
                self.text(" > ");
                self.ipv4(destination);
                self.out.push(b'.');
                self.port(table, to);
            }
            Network::V6(source, destination) => {
                self.ipv6(source);
                self.out.push(b'.');
                self.port(table, from);
                self.text(" > ");
                self.ipv6(destination);
                self.out.push(b'.');
                self.port(table, to);
            }
            Network::None => {
                self.port(table, from);
                self.text(" > ");
                self.port(table, to);
            }
        }
        self.text(": ");
    }

    /// Sets the addresses of a new network layer.
    #[inline]
    pub fn set_network(&mut self, network: Network) {
        self.network = network;
        self.hosts_written = false;
    }

    /// `10.0.0.1 > 10.0.0.2: `, for protocols without ports; once for each network layer.
    pub fn hosts(&mut self) {
        if std::mem::replace(&mut self.hosts_written, true) {
            return;
        }
        match self.network {
            Network::V4(source, destination) => {
                self.ipv4(source);
                self.text(" > ");
                self.ipv4(destination);
                self.text(": ");
            }
            Network::V6(source, destination) => {
                self.ipv6(source);
                self.text(" > ");
                self.ipv6(destination);
                self.text(": ");
            }
            Network::None => {}
        }
    }

    /// Whether a transport checksum was left to the network card: then what stands in the frame proves nothing.
    pub fn checksum_offloaded(&self) -> bool {
        self.frame.meta.checksum == crate::frame::ChecksumState::NotReady
    }

    /// The switch tag of the frame, with its tagger.
    pub fn switch_tag(&self) -> Option<(&'static Tagger, Tag)> {
        self.tag.clone()
    }

    /// Whether the frame's first Ethernet header has a switch tag behind its addresses.
    pub fn at_switch_tag(&self) -> bool {
        self.layers == 1 && self.tag.as_ref().is_some_and(|(tagger, _)| tagger.place == Place::Middle)
    }

    /// The link type of the frame.
    pub fn link_type(&self) -> LinkType {
        self.frame.meta.link_type
    }
}
