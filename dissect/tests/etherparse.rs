//! etherparse on the same octets: frames that it builds, whole and with octets changed, are read alike by both.
//!
//! It refuses more than this program does, so only what it reads to its end is compared. Checksums are its own sums.

use etherparse::{
    LinkExtSlice, NetSlice, PacketBuilder, SlicedPacket, TcpOptionElement, TransportSlice, VlanId,
};
use nettool_dissect::decode::{Decoder, Dissection, Surroundings};
use nettool_dissect::flow::scan::Scan;
use nettool_dissect::frame::{Frame, LinkType, Meta};
use nettool_dissect::registry::Registry;
use nettool_dissect::render::fields::{Columns, Separator};

/// xorshift64*.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % sides
    }

    fn octets<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.roll(256) as u8)
    }
}

/// A frame of etherparse's making.
fn built(dice: &mut Dice) -> Vec<u8> {
    let payload: Vec<u8> = (0..dice.roll(60)).map(|_| dice.roll(256) as u8).collect();
    let vlan = |dice: &mut Dice| VlanId::try_new(dice.roll(4096) as u16).expect("twelve bits");
    let link = PacketBuilder::ethernet2(dice.octets(), dice.octets());
    let tagged = match dice.roll(3) {
        0 => {
            let (outer, inner) = (vlan(dice), vlan(dice));
            link.double_vlan(outer, inner)
        }
        _ => {
            let tag = vlan(dice);
            link.single_vlan(tag)
        }
    };
    let hops = dice.roll(256) as u8;
    let network = match dice.roll(2) {
        0 => tagged.ipv4(dice.octets(), dice.octets(), hops),
        _ => tagged.ipv6(dice.octets(), dice.octets(), hops),
    };
    // Ports without a protocol of their own: what lies behind is not etherparse's to say.
    let (from, to) = (60_000 + dice.roll(1000) as u16, 61_000 + dice.roll(1000) as u16);
    let mut frame = Vec::new();
    if dice.roll(2) == 0 {
        network.udp(from, to).write(&mut frame, &payload).expect("it fits");
    } else {
        let mut tcp = network.tcp(from, to, dice.roll(1 << 32) as u32, dice.roll(65_536) as u16);
        for _ in 0..dice.roll(4) {
            tcp = match dice.roll(6) {
                0 => tcp.fin(),
                1 => tcp.syn(),
                2 => tcp.rst(),
                3 => tcp.psh(),
                4 => tcp.urg(dice.roll(65_536) as u16),
                _ => tcp.ack(dice.roll(1 << 32) as u32),
            };
        }
        let options = [
            TcpOptionElement::MaximumSegmentSize(dice.roll(65_536) as u16),
            TcpOptionElement::WindowScale(dice.roll(15) as u8),
            TcpOptionElement::Timestamp(dice.roll(1 << 32) as u32, dice.roll(1 << 32) as u32),
        ];
        let wanted = options.get(..dice.roll(4) as usize).unwrap_or_default();
        tcp.options(wanted).expect("they fit").write(&mut frame, &payload).expect("it fits");
    }
    frame
}

const NAMES: [&str; 20] = [
    "eth.dst",
    "eth.src",
    "vlan.id",
    "ieee8021ad.id",
    "ip.src",
    "ip.dst",
    "ip.ttl",
    "ip.proto",
    "ip.len",
    "ip.checksum",
    "ipv6.src",
    "ipv6.dst",
    "ipv6.hlim",
    "ipv6.plen",
    "udp.srcport",
    "udp.length",
    "tcp.srcport",
    "tcp.dstport",
    "tcp.window_size_value",
    "tcp.urgent_pointer",
];

/// What etherparse makes of a frame, in the order of [`NAMES`]; `None` where it or this comparison does not go on.
fn theirs(frame: &[u8]) -> Option<Vec<String>> {
    let sliced = SlicedPacket::from_ethernet(frame).ok()?;
    let mut row = vec![String::new(); NAMES.len()];
    let mut set = |name: &str, value: String| {
        let place = NAMES.iter().position(|known| *known == name).expect("a name of the list");
        row[place] = value;
    };
    let mac = |octets: [u8; 6]| octets.map(|octet| format!("{octet:02x}")).join(":");
    set("eth.dst", mac(*frame.first_chunk()?));
    set("eth.src", mac(*frame.get(6..)?.first_chunk()?));
    let (mut tags, mut service_tags) = (Vec::new(), Vec::new());
    let mut kind = u16::from_be_bytes(*frame.get(12..)?.first_chunk()?);
    for tag in &sliced.link_exts {
        let LinkExtSlice::Vlan(tag) = tag else { return None };
        let id = tag.vlan_identifier().value().to_string();
        match kind {
            0x8100 => tags.push(id),
            0x88a8 => service_tags.push(id),
            // Old numbers of outer tags; names of their own here.
            _ => return None,
        }
        kind = tag.ether_type().0;
    }
    set("vlan.id", tags.join(","));
    set("ieee8021ad.id", service_tags.join(","));
    match sliced.net.as_ref()? {
        NetSlice::Ipv4(slice) => {
            let header = slice.header();
            if slice.is_payload_fragmented()
                || slice.extensions().auth.is_some()
                || !header.options().is_empty()
            {
                return None;
            }
            set("ip.src", header.source_addr().to_string());
            set("ip.dst", header.destination_addr().to_string());
            set("ip.ttl", header.ttl().to_string());
            set("ip.proto", header.protocol().0.to_string());
            set("ip.len", header.total_len().to_string());
            set("ip.checksum", format!("0x{:04x}", header.header_checksum()));
        }
        NetSlice::Ipv6(slice) => {
            let header = slice.header();
            if !slice.extensions().slice().is_empty() || header.payload_length() == 0 {
                return None;
            }
            set("ipv6.src", header.source_addr().to_string());
            set("ipv6.dst", header.destination_addr().to_string());
            set("ipv6.hlim", header.hop_limit().to_string());
            set("ipv6.plen", header.payload_length().to_string());
        }
        NetSlice::Arp(_) => return None,
    }
    match sliced.transport? {
        TransportSlice::Udp(udp) => {
            set("udp.srcport", udp.source_port().to_string());
            set("udp.length", udp.length().to_string());
        }
        TransportSlice::Tcp(tcp) => {
            set("tcp.srcport", tcp.source_port().to_string());
            set("tcp.dstport", tcp.destination_port().to_string());
            set("tcp.window_size_value", tcp.window_size().to_string());
            set("tcp.urgent_pointer", tcp.urgent_pointer().to_string());
        }
        _ => return None,
    }
    Some(row)
}

fn framed(data: &[u8]) -> Frame<'_> {
    Frame { number: 1, data, meta: Meta::new(LinkType::ETHERNET, data.len() as u32) }
}

struct Ours {
    registry: &'static Registry,
    decoder: Decoder<'static>,
    dissection: Dissection,
    columns: Columns,
    statuses: Columns,
}

impl Ours {
    fn new() -> Ours {
        let registry = Registry::builtin();
        let columns = |names: &[&str]| {
            Columns::new(registry, names.iter().copied(), Separator::Tab).expect("all are fields")
        };
        Ours {
            registry,
            decoder: Decoder::new(registry),
            dissection: Dissection::default(),
            columns: columns(&NAMES),
            statuses: columns(&["ip.checksum.status", "tcp.checksum.status", "udp.checksum.status"]),
        }
    }

    fn row(&mut self, data: &[u8], statuses: bool) -> Vec<String> {
        let frame = framed(data);
        self.decoder.decode(&frame, &Surroundings::default(), &mut self.dissection);
        let mut out = Vec::new();
        let columns = if statuses { &self.statuses } else { &self.columns };
        columns.write(&mut out, self.registry, &frame, &self.dissection);
        let text = String::from_utf8(out).expect("columns are text");
        text.trim_end_matches('\n').split('\t').map(str::to_owned).collect()
    }
}

#[test]
fn frames_that_etherparse_builds_are_read_alike_and_their_checksums_are_good() {
    let (mut dice, mut ours) = (Dice(0x6e65_7474_6f6f_6c01), Ours::new());
    for _ in 0..3000 {
        let data = built(&mut dice);
        let theirs = theirs(&data).expect("it reads what it built");
        assert_eq!(ours.row(&data, false), theirs, "{data:02x?}");
        let statuses = ours.row(&data, true);
        assert!(statuses.iter().all(|status| status.is_empty() || status == "1"), "{statuses:?} {data:02x?}");
    }
}

#[test]
fn frames_with_octets_changed_are_read_alike_as_far_as_etherparse_reads_them() {
    let (mut dice, mut ours) = (Dice(0x1234_5678_9abc_def1), Ours::new());
    let mut compared = 0;
    for _ in 0..20_000 {
        let mut data = built(&mut dice);
        for _ in 0..=dice.roll(3) {
            let place = dice.roll(data.len() as u64) as usize;
            data[place] = dice.roll(256) as u8;
        }
        if dice.roll(10) == 0 {
            data.truncate(dice.roll(data.len() as u64) as usize);
        }
        let Some(theirs) = theirs(&data) else { continue };
        compared += 1;
        assert_eq!(ours.row(&data, false), theirs, "{data:02x?}");
    }
    assert!(compared > 8000, "only {compared} compared");
}

#[test]
fn the_flow_scan_finds_the_ports_that_etherparse_finds() {
    let mut dice = Dice(0x0dd_ba11);
    for _ in 0..3000 {
        let data = built(&mut dice);
        let sliced = SlicedPacket::from_ethernet(&data).expect("it reads what it built");
        let theirs = match sliced.transport.expect("there is one") {
            TransportSlice::Udp(udp) => (udp.source_port(), udp.destination_port()),
            TransportSlice::Tcp(tcp) => (tcp.source_port(), tcp.destination_port()),
            other => panic!("{other:?} was not built"),
        };
        assert_eq!(Scan::of(&framed(&data)).ports, Some(theirs), "{data:02x?}");
    }
}
