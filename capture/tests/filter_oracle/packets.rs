//! Packets that try filters: built from the same lists as the random expressions, bent at random and cut; real
//! captures are mixed in where a folder of them is named. The same on every run.

use nettool_capture::filter::random::{Dice, MACS, PORTS, TAGS, V4, V6};
use nettool_capture::filter::vm::Packet;
use nettool_dissect::frame::LinkType;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::Path;

/// A packet, and whether it was cut by us.
pub(crate) struct Specimen {
    pub(crate) data: Vec<u8>,
    pub(crate) wire_len: u32,
    pub(crate) cut: bool,
}

impl Specimen {
    /// As a program sees it.
    pub(crate) fn packet(&self) -> Packet<'_> {
        Packet { data: &self.data, wire_len: self.wire_len, facts: None }
    }
}

struct Maker {
    dice: Dice,
}

fn be(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

impl Maker {
    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.dice.roll() as u8).collect()
    }

    fn v4(&mut self) -> [u8; 4] {
        self.dice.pick(&V4).parse::<Ipv4Addr>().unwrap().octets()
    }

    fn v6(&mut self) -> [u8; 16] {
        self.dice.pick(&V6).parse::<Ipv6Addr>().unwrap().octets()
    }

    fn mac(&mut self) -> Vec<u8> {
        self.dice.pick(&MACS).split(':').map(|part| u8::from_str_radix(part, 16).unwrap()).collect()
    }

    fn port(&mut self) -> u16 {
        self.dice.one(&PORTS)
    }

    fn tag(&mut self) -> u32 {
        self.dice.one(&TAGS)
    }

    fn transport(&mut self, six: bool) -> (u8, Vec<u8>) {
        let (source, destination) = (self.port(), self.port());
        match self.dice.below(12) {
            0..=3 => {
                let flags = self.dice.one(&[2u16, 0x12, 0x10, 0x18, 0x11, 4, 0x3f]);
                let offset = self.dice.one(&[5u16, 5, 8, 15]);
                let mut data = be(&[source, destination, 0, 7, 0, 9, offset << 12 | flags, 8192, 0, 0]);
                data.resize(usize::from(offset) * 4, 1);
                data.extend_from_slice(self.dice.one(&[&b""[..], b"GET / HTTP/1.1", b"\x16\x03\x01\0\x50"]));
                (6, data)
            }
            4..=6 => {
                let body = self.dice.one(&[0usize, 4, 12, 100]);
                let mut data = be(&[source, destination, 8 + body as u16, 0]);
                data.extend(self.bytes(body));
                (17, data)
            }
            7 => (132, joined(&[&be(&[source, destination]), &self.bytes(20)])),
            8 if six => (58, joined(&[&[self.dice.one(&[1, 128, 129, 133, 135, 136]), 0], &self.bytes(26)])),
            8 => (1, joined(&[&[self.dice.one(&[0, 3, 5, 8, 11]), self.dice.one(&[0, 1])], &self.bytes(26)])),
            _ => {
                let protocol = self.dice.one(&[2, 9, 47, 50, 51, 89, 103, 112, 4, 41, 59, 255]);
                (protocol, self.bytes(28))
            }
        }
    }

    fn ip4(&mut self, protocol: u8, body: &[u8]) -> Vec<u8> {
        let words = self.dice.one(&[5u8, 5, 5, 5, 6, 8, 15]);
        let fragment = self.dice.one(&[0u16, 0, 0, 0, 0x4000, 0x4000, 0x2000, 0x00b9, 0x20b9]);
        let length = u16::from(words) * 4 + body.len() as u16;
        let ttl = self.dice.one(&[1, 5, 64, 255]);
        let mut data = vec![0x40 | words, self.dice.one(&[0, 0, 0x10])];
        data.extend(be(&[length, 0x1234, fragment]));
        data.extend([ttl, protocol, 0x56, 0x78]);
        data.extend(self.v4());
        data.extend(self.v4());
        data.resize(usize::from(words) * 4, 1);
        joined(&[&data, body])
    }

    fn any4(&mut self) -> Vec<u8> {
        let (protocol, body) = self.transport(false);
        self.ip4(protocol, &body)
    }

    fn ip6(&mut self, next: u8, body: &[u8]) -> Vec<u8> {
        let mut data = vec![0x60, 0, 0, 0];
        data.extend(be(&[body.len() as u16]));
        data.extend([next, self.dice.one(&[1, 5, 64, 255])]);
        data.extend(self.v6());
        data.extend(self.v6());
        joined(&[&data, body])
    }

    fn any6(&mut self) -> Vec<u8> {
        let (mut protocol, mut body) = self.transport(true);
        for _ in 0..self.dice.one(&[0, 0, 0, 1, 2]) {
            let header = self.dice.one(&[0u8, 43, 60, 44, 51]);
            let second = if header == 51 { 4 } else { 0 };
            let fill: &[u8] = if header == 51 { &[0; 22] } else { &[0; 6] };
            body = joined(&[&[protocol, second], fill, &body]);
            protocol = header;
        }
        self.ip6(protocol, &body)
    }

    fn arp(&mut self) -> Vec<u8> {
        let operation = self.dice.one(&[1u16, 2, 3]);
        joined(&[
            &be(&[1, 0x800, 0x0604, operation]),
            &self.mac(),
            &self.v4(),
            &self.mac(),
            &self.v4(),
            &[0; 18],
        ])
    }

    fn mpls(&mut self) -> Vec<u8> {
        let labels = self.dice.one(&[1, 1, 2, 3]);
        let mut data = vec![];
        for i in 0..labels {
            data.extend((self.tag() << 12 | u32::from(i == labels - 1) << 8 | 64).to_be_bytes());
        }
        let body = if self.dice.once_in(3) { self.any6() } else { self.any4() };
        joined(&[&data, &body])
    }

    fn network(&mut self) -> (u16, Vec<u8>) {
        match self.dice.below(16) {
            0..=6 => (0x0800, self.any4()),
            7..=10 => (0x86dd, self.any6()),
            11 => (0x0806, self.arp()),
            12 => (0x8847, self.mpls()),
            13 => (0x8035, self.arp()),
            _ => {
                let kind = self.dice.one(&[
                    0x6000, 0x6002, 0x6003, 0x6004, 0x6007, 0x80f3, 0x809b, 0x8137, 0x88cc, 0x9000, 0x8863,
                    0x05dd,
                ]);
                (kind, self.bytes(46))
            }
        }
    }

    fn pppoe(&mut self) -> Vec<u8> {
        let (protocol, body) = match self.dice.below(3) {
            0 => (0x57, self.any6()),
            1 => (0xc021, self.bytes(20)),
            _ => (0x21, self.any4()),
        };
        joined(&[&be(&[0x1100, self.tag() as u16, body.len() as u16 + 2, protocol]), &body])
    }

    fn tunnel(&mut self) -> Vec<u8> {
        let tag = (self.tag() << 8).to_be_bytes();
        let (kind, mut inner) = self.network();
        let mut head = vec![];
        let mut port = 4789;
        if self.dice.once_in(2) {
            port = 6081;
            let options = self.dice.one(&[0u8, 0, 1, 4]);
            let ether = self.dice.once_in(2);
            head.extend([options | self.dice.one(&[0, 0, 0, 0x40]), 0]);
            head.extend(be(&[if ether { 0x6558 } else { kind }]));
            head.extend(tag);
            head.extend(vec![0; usize::from(options) * 4]);
            if ether {
                inner = self.ethernet(kind, &inner);
            }
        } else {
            head.extend([8, 0, 0, 0]);
            head.extend(tag);
            inner = self.ethernet(kind, &inner);
        }
        let body = joined(&[&be(&[40000, port, 0, 0]), &head, &inner]);
        if self.dice.once_in(3) { self.ip6(17, &body) } else { self.ip4(17, &body) }
    }

    fn ethernet(&mut self, kind: u16, body: &[u8]) -> Vec<u8> {
        joined(&[&self.mac(), &self.mac(), &be(&[kind]), body])
    }

    fn llc(&mut self) -> Vec<u8> {
        let kind = self.dice.one(&[0x0800u16, 0x86dd, 0x0806, 0x809b, 0x80f3, 0x8137]);
        match self.dice.below(9) {
            0 => joined(&[&[0x42, 0x42, 3], &self.bytes(35)]),
            1 => joined(&[&[0xe0, 0xe0, 3], &self.bytes(35)]),
            2 => joined(&[&[0xf0, 0xf0, 3], &self.bytes(35)]),
            3 => joined(&[&[0xff, 0xff], &self.bytes(40)]),
            4 => {
                let nlpid = self.dice.one(&[0x81, 0x82, 0x83]);
                let pdu = self.dice.one(&[15, 16, 17, 18, 20, 24, 25, 26, 27]);
                joined(&[&[0xfe, 0xfe, 3, nlpid], &self.bytes(3), &[pdu], &self.bytes(30)])
            }
            5 => joined(&[&[0xaa, 0xaa, 3, 8, 0, 7], &be(&[0x809b]), &self.bytes(30)]),
            6 => {
                let control = self.dice.one(&[1, 5, 9, 3, 0x13, 0x63, 0x7f, 0xaf, 0xe3, 0x0f, 0]);
                joined(&[&[self.dice.one(&[0, 0xaa, 0xfe]), 1, control], &self.bytes(40)])
            }
            _ => joined(&[&[0xaa, 0xaa, 3, 0, 0, 0], &be(&[kind]), &self.any4()]),
        }
    }

    /// EtherType (or length) and what follows it.
    fn payload(&mut self) -> (u16, Vec<u8>) {
        match self.dice.below(20) {
            0..=9 => self.network(),
            10..=12 => {
                let (mut kind, mut body) = self.network();
                for _ in 0..self.dice.one(&[1, 1, 2, 3]) {
                    let tci = self.tag() as u16 | self.dice.one(&[0, 0x2000, 0x1000]);
                    body = joined(&[&be(&[tci, kind]), &body]);
                    kind = self.dice.one(&[0x8100, 0x8100, 0x88a8, 0x9100]);
                }
                (kind, body)
            }
            13 => (0x8864, self.pppoe()),
            14..=15 => {
                let body = self.tunnel();
                (if body[0] >> 4 == 6 { 0x86dd } else { 0x0800 }, body)
            }
            16 => (self.dice.one(&[0x8847, 0x8848]), self.mpls()),
            17 => (0x6003, joined(&[&[0x20, 0, 0x81, 2, 8, 1], &self.bytes(40)])),
            _ => {
                let body = self.llc();
                (body.len() as u16, body)
            }
        }
    }

    fn wlan(&mut self) -> Vec<u8> {
        let kind = self.dice.one(&[0x08u8, 0x08, 0x88, 0x80, 0x40, 0xd4, 0xc4, 0x00, 0xb4]);
        let bits = self.dice.one(&[0u8, 1, 2, 3, 0x40]);
        let mut data = vec![kind, bits, 0, 0];
        for _ in 0..3 {
            data.extend(self.mac());
        }
        data.extend([0, 0]);
        if bits & 3 == 3 {
            data.extend(self.mac());
        }
        if kind & 0x8c == 0x88 {
            data.extend([0, 0]);
        }
        let (kind, body) = self.network();
        joined(&[&data, &[0xaa, 0xaa, 3, 0, 0, 0], &be(&[kind]), &body])
    }

    fn packet(&mut self, link: LinkType) -> Vec<u8> {
        let (kind, body) = self.payload();
        let cooked = if kind < 1536 { self.dice.one(&[4, 1]) } else { kind };
        match link {
            LinkType::ETHERNET => self.ethernet(kind, &body),
            LinkType::LINUX_SLL => joined(&[
                &be(&[self.dice.below(5) as u16, 1, 6]),
                &self.mac(),
                &[0, 0],
                &be(&[cooked]),
                &body,
            ]),
            LinkType::LINUX_SLL2 => {
                let head = be(&[cooked, 0, 0, self.dice.below(4) as u16, 1]);
                joined(&[&head, &[self.dice.below(5) as u8, 6], &self.mac(), &[0, 0], &body])
            }
            LinkType::RAW | LinkType::IPV4 | LinkType::IPV6 => {
                if self.dice.once_in(3) {
                    self.any6()
                } else {
                    self.any4()
                }
            }
            LinkType::NULL | LinkType::LOOP => {
                let family = self.dice.one(&[2u32, 2, 10, 24, 28, 30, 7]);
                let order = if link == LinkType::LOOP || self.dice.once_in(3) {
                    u32::to_be_bytes
                } else {
                    u32::to_ne_bytes
                };
                let body = if family == 2 { self.any4() } else { self.any6() };
                joined(&[&order(family), &body])
            }
            LinkType::PPP | LinkType::PPP_HDLC | LinkType::C_HDLC => {
                let protocol = self.dice.one(&[0x21u16, 0x57, 0x281, 0x0800, 0x86dd, 0x23, 0x2b, 0xc021]);
                let body = match protocol {
                    0x57 | 0x86dd => self.any6(),
                    0x281 => self.mpls(),
                    _ => self.any4(),
                };
                joined(&[&[0xff, 3], &be(&[protocol]), &body])
            }
            LinkType::PPP_ETHER => self.pppoe(),
            LinkType::IEEE802_11 => self.wlan(),
            LinkType::IEEE802_11_RADIOTAP => {
                let extra = self.dice.one(&[0usize, 4, 9, 16]);
                // Which of time, flags and further words are said to be there; the flags may tell of padding.
                let present = [self.dice.one(&[0u8, 0, 1, 2, 3]), 0, 0, self.dice.one(&[0u8, 0, 0, 0x80])];
                let head = joined(&[&[0, 0, 8 + extra as u8, 0], &present]);
                joined(&[&head, &vec![self.dice.one(&[0u8, 0x10, 0x20]); extra], &self.wlan()])
            }
            LinkType::PPI => {
                let extra = self.dice.one(&[0usize, 4, 12]);
                let inner = self.dice.one(&[105u8, 105, 105, 1]);
                joined(&[&[0, 0, 8 + extra as u8, 0, inner, 0, 0, 0], &vec![0; extra], &self.wlan()])
            }
            LinkType::IEEE802_11_AVS => self.avs(),
            LinkType::PRISM => match self.dice.once_in(2) {
                true => self.avs(),
                false => joined(&[&[0, 0, 0, 0x44], &[0; 140], &self.wlan()]),
            },
            LinkType::DSA_TAG_DSA | LinkType::DSA_TAG_BRCM => {
                let tag = [self.dice.one(&[0x40, 0xc0, 0, 0x20, 0x80]), self.dice.below(256) as u8, 0, 7];
                joined(&[&self.mac(), &self.mac(), &tag, &be(&[kind]), &body])
            }
            other => self.rare_packet(other, kind, &body),
        }
    }

    /// Behind headers of which only what filters look at is made.
    fn rare_packet(&mut self, link: LinkType, kind: u16, body: &[u8]) -> Vec<u8> {
        let arcnet = self.dice.one(&[212u8, 213, 214, 196, 221, 240]);
        let network = if self.dice.once_in(3) { self.any6() } else { self.any4() };
        let six = network[0] >> 4 == 6;
        match link {
            LinkType::SUNATM if self.dice.once_in(2) => {
                let control = self.dice.one(&[[0xff, 0], [0, 1], [0, 0]]);
                joined(&[&[1, 0, 0, 5], &control, &self.ethernet(kind, body)])
            }
            LinkType::SUNATM => joined(&[&[self.dice.one(&[2, 0x82, 3]), 0, 0, 1], &self.llc()]),
            LinkType::ATM_RFC1483 | LinkType::ATM_CLIP => self.llc(),
            LinkType::FDDI => joined(&[&[0x50], &self.mac(), &self.mac(), &self.llc()]),
            LinkType::IEEE802_5 => joined(&[&[0x10, 0x40], &self.mac(), &self.mac(), &self.llc()]),
            LinkType::ARCNET => joined(&[&[0xab, 0, arcnet, 0, 0, 1], &network]),
            LinkType::ARCNET_LINUX => joined(&[&[0xab, 0, 0, 0, arcnet, 0, 0, 1], &network]),
            LinkType::ENC => {
                let family: u32 = if six { 10 } else { 2 };
                joined(&[&family.to_ne_bytes(), &[0; 8], &network])
            }
            LinkType::IPNET => joined(&[&[1, if six { 26 } else { 2 }], &[0; 22], &network]),
            LinkType::PPP_BSDOS => {
                let protocol = self.dice.one(&[0x21u8, 0x57, 0x2d, 0x2f, 0x23, 0x29]);
                joined(&[&[0; 6], &[protocol], &[0; 17], &network])
            }
            LinkType(130..=183) => {
                let length = self.dice.one(&[0usize, 2, 4, 8, 28]);
                joined(&[b"MGC", &[0x80], &vec![0; length], &network])
            }
            _ => self.bytes(64),
        }
    }
}

impl Maker {
    /// An 802.11 frame behind an AVS header, which tells its own length.
    fn avs(&mut self) -> Vec<u8> {
        joined(&[&[0x80, 0x21, 0x10, 1, 0, 0, 0, 64], &[0; 56], &self.wlan()])
    }
}

/// `count` packets of a link type: three quarters whole, the rest bent or cut.
pub(crate) fn specimens(link: LinkType, count: usize, captures: Option<&Path>) -> Vec<Specimen> {
    let mut maker = Maker { dice: Dice::new(u64::from(link.0) + 77) };
    let mut whole: Vec<Vec<u8>> = captures.map(|folder| captured(folder, link)).unwrap_or_default();
    whole.truncate(count / 3);
    while whole.len() < count * 6 / 10 {
        whole.push(maker.packet(link));
    }
    let mut out: Vec<Specimen> = whole.iter().map(|data| specimen(data.clone(), false)).collect();
    while out.len() < count {
        let mut data = whole[maker.dice.below(whole.len())].clone();
        if maker.dice.once_in(2) {
            for _ in 0..maker.dice.one(&[1, 1, 2, 4]) {
                let at = maker.dice.below(data.len().min(80));
                if let Some(octet) = data.get_mut(at) {
                    let any = maker.dice.roll() as u8;
                    *octet = maker.dice.one(&[0, 1, 0xff, 0x45, 6, 17, any]);
                }
            }
            out.push(specimen(data, false));
        } else {
            let wire_len = data.len() as u32;
            data.truncate(maker.dice.below(data.len().min(90)));
            out.push(Specimen { data, wire_len, cut: true });
        }
    }
    out
}

pub(crate) fn specimen(data: Vec<u8>, cut: bool) -> Specimen {
    Specimen { wire_len: data.len() as u32, data, cut }
}

/// Up to 8 packets of each classic pcap file below a folder, of one link type.
fn captured(folder: &Path, link: LinkType) -> Vec<Vec<u8>> {
    let mut out = vec![];
    let mut folders = vec![folder.to_owned()];
    let mut files = vec![];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "pcap") {
                files.push(path);
            }
        }
    }
    files.sort();
    for file in files {
        out.extend(first_packets(&std::fs::read(file).unwrap_or_default(), link, 8));
    }
    out
}

fn first_packets(bytes: &[u8], link: LinkType, limit: usize) -> Vec<Vec<u8>> {
    let word = |at: usize, little: bool| -> Option<u32> {
        let four: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    };
    let little = match word(0, true) {
        Some(0xa1b2_c3d4 | 0xa1b2_3c4d) => true,
        Some(0xd4c3_b2a1 | 0x4d3c_b2a1) => false,
        _ => return vec![],
    };
    let wanted = word(20, little).map(|kind| match kind & 0xffff {
        12 | 14 => 101,
        other => other,
    });
    let mut out = vec![];
    let mut at = 24;
    while wanted == Some(link.0) && out.len() < limit {
        let (Some(captured), Some(wire)) = (word(at + 8, little), word(at + 12, little)) else { break };
        let Some(data) = bytes.get(at + 16..at + 16 + captured as usize) else { break };
        if captured == wire && captured < 2000 {
            out.push(data.to_vec());
        }
        at += 16 + captured as usize;
    }
    out
}
