//! Tags of every bit that their descriptions know, around frames of every kind: port, switch, VLAN and priority must come
//! out of each, in both directions, and the frame must be what it was.
//!
//! The tags are packed here from the kernel's descriptions, not by what reads them.

use nettool_dissect::frame::{Direction, Frame, LinkType, Meta};
use nettool_dissect::proto::dsa::{self, Place, Way};

/// What a tag is to say. A tagger takes what it has room for.
#[derive(Clone, Copy, Debug)]
struct Say {
    port: u8,
    switch: u8,
    prio: u8,
    vid: u16,
    /// Octets for the fields that are of no importance here.
    noise: u64,
}

/// A tag around a frame, and what must be read from it.
struct Packed {
    frame: Vec<u8>,
    ports: Vec<u8>,
    switch: Option<u8>,
    prio: Option<u8>,
    vid: Option<u16>,
    inner: Vec<u8>,
}

fn packed(frame: Vec<u8>, ports: &[u8], inner: &[u8]) -> Packed {
    Packed { frame, ports: ports.to_vec(), switch: None, prio: None, vid: None, inner: inner.to_vec() }
}

impl Packed {
    fn prio(mut self, prio: u8) -> Packed {
        self.prio = Some(prio);
        self
    }
    fn switch(mut self, switch: u8) -> Packed {
        self.switch = Some(switch);
        self
    }
    fn vid(mut self, vid: u16) -> Packed {
        self.vid = Some(vid);
        self
    }
}

fn middle(tag: &[u8], frame: &[u8]) -> Vec<u8> {
    [&frame[..12], tag, &frame[12..]].concat()
}

fn front(tag: &[u8], frame: &[u8]) -> Vec<u8> {
    [tag, frame].concat()
}

fn padded(frame: &[u8], least: usize) -> Vec<u8> {
    let mut frame = frame.to_vec();
    if frame.len() < least {
        frame.resize(least, 0);
    }
    frame
}

fn back(tag: &[u8], frame: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let inner = padded(frame, 60);
    ([&inner[..], tag].concat(), inner)
}

fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn brcm(say: &Say, way: Way) -> [u8; 4] {
    let noise = say.noise.to_be_bytes();
    match way {
        Way::ToCpu => [0, noise[0], noise[1] & 0x3f, say.prio << 5 | say.port],
        Way::FromCpu => {
            let map = 1_u16 << (say.port % 9);
            [0x20 | say.prio << 2 | noise[0] & 3, noise[1] & 0x80, (map >> 8) as u8, map as u8]
        }
    }
}

/// The four octets of a Marvell tag of a frame, and the octets of the frame behind it.
fn marvell(say: &Say, way: Way, frame: &[u8]) -> ([u8; 4], Vec<u8>, u16, u8) {
    let tagged = frame[12..14] == [0x81, 0];
    let command = if way == Way::FromCpu { 1_u8 } else { [0, 3][usize::from(say.noise as u8 & 1)] };
    let (vid, prio, dei) = if tagged {
        let tci = u16::from_be_bytes([frame[14], frame[15]]);
        (tci & 0xfff, (tci >> 13) as u8, (tci >> 12 & 1) as u8)
    } else {
        (say.vid, say.prio, 0)
    };
    let code = if command == 0 { [0_u8, 2, 3, 4, 5][say.noise as usize % 5] } else { 0 };
    let tag = [
        command << 6 | u8::from(tagged) << 5 | say.switch,
        say.port << 3 | code & 6 | dei,
        prio << 5 | (code & 1) << 4 | (vid >> 8) as u8,
        vid as u8,
    ];
    // With a code the bits of the CFI's neighbours are the code's.
    let rest = if tagged { [&frame[..12], &frame[16..]].concat() } else { frame.to_vec() };
    (tag, rest, vid, prio)
}

fn ocelot(say: &Say, way: Way, prefix: [u8; 4], low: u32) -> Vec<u8> {
    let mut header = u128::from(say.prio) << 17 | u128::from(say.vid) | u128::from(say.noise & 0xf) << 12;
    match way {
        Way::FromCpu => {
            header |=
                1 << 127 | 1 << (low + u32::from(say.port % 10)) | u128::from(say.noise >> 8 & 0xffff) << 80;
            header |= 10 << 43;
        }
        Way::ToCpu => {
            header |= u128::from(say.port & 15) << 43 | u128::from(say.noise >> 16 & 0xffff_ffff) << 85;
            header |= u128::from(say.noise >> 3 & 0x3f) << 37 | u128::from(say.noise >> 5 & 0xff) << 20;
        }
    }
    [&prefix[..], &header.to_be_bytes()].concat()
}

fn tag_8021q(say: &Say) -> u16 {
    u16::from(say.prio) << 13 | 0xc00 | u16::from(say.switch & 7) << 6 | u16::from(say.port & 15)
}

fn is_link_local(frame: &[u8]) -> bool {
    frame.starts_with(&[1, 0x80, 0xc2]) || frame.starts_with(&[1, 0x1b, 0x19])
}

/// A time stamp trailer, its padding, and the header before it.
fn sja1110(say: &Say, way: Way, frame: &[u8]) -> Packed {
    let (port, switch, prio) = (say.port & 15, say.switch & 15, say.prio);
    let vlan = words(&[0xdadb, tag_8021q(say)]);
    if !is_link_local(frame) && say.noise & 4 == 0 {
        return packed(middle(&vlan, frame), &[port], frame).switch(switch & 7).prio(prio);
    }
    if way == Way::FromCpu {
        let port = port % 11;
        let pvid = words(&[[0xdadb, 0x8100][say.noise as usize & 1], u16::from(prio) << 13 | 0xfff]);
        let at = frame.len() + 8;
        let stamped = say.noise >> 1 & 1;
        let header = words(&[0xdadc, 0x8800 | (stamped as u16) << 13 | at as u16 & 0x7ff]);
        let trailer =
            (say.noise as u32 & 0xff) << 24 | u32::from(prio) << 21 | u32::from(switch) << 12 | 2 << port;
        let mut whole = middle(&[header, pvid].concat(), frame);
        whole.extend(trailer.to_be_bytes());
        return packed(whole, &[port], frame).switch(switch).prio(prio);
    }
    let behind = if say.noise & 8 == 0 { vlan } else { Vec::new() };
    if say.noise & 1 == 0 {
        let header = words(&[0xdadc, 0x2000 | u16::from(port) << 4 | u16::from(switch)]);
        return packed(middle(&[header, behind].concat(), frame), &[port], frame).switch(switch);
    }
    let at = frame.len() + 4 + behind.len();
    let header = words(&[0xdadc, 0x1000 | (say.noise as u16 & 2) << 12 | at as u16 & 0xfff]);
    let mut whole = middle(&[header, behind].concat(), frame);
    whole.resize(whole.len() + (say.noise >> 8 & 15) as usize, 0);
    whole.extend(say.noise.to_be_bytes());
    whole.extend([0, 0, 0, 0, switch << 4 | port]);
    packed(whole, &[port], frame).switch(switch)
}

/// A 28-octet header with the fields that Linux sets or reads.
fn lan9645x(say: &Say, way: Way, frame: &[u8]) -> Packed {
    let mut bits = [false; 224];
    let mut set = |value: u64, low: usize, width: usize| {
        for bit in 0..width {
            bits[223 - low - bit] = value >> bit & 1 == 1;
        }
    };
    set(u64::from(say.vid), 103, 12);
    set(u64::from(say.prio), 94, 3);
    let (mut before, mut gap) = (Vec::new(), 0);
    let port = say.port % 10;
    if way == Way::FromCpu {
        set(1, 191, 1);
        set(1 << port, 55, 10);
    } else {
        before = [&[0xff; 6][..], &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff], &[0x88, 0x80, 0, 0x11]].concat();
        set(u64::from(port), 140, 4);
        set(say.noise & 0x3fff_ffff, 194, 30);
        let (pop, kind) = [(0, 0), (3, 1), (2, 2)][say.noise as usize % 3];
        set(pop, 146, 2);
        set(kind, 144, 2);
        gap = [8, 4, 0][say.noise as usize % 3];
    }
    let header = bits.chunks(8).map(|octet| octet.iter().fold(0, |value, bit| value << 1 | u8::from(*bit)));
    let tag: Vec<u8> = before.into_iter().chain(header).chain(std::iter::repeat_n(0x5a, gap)).collect();
    packed(front(&tag, frame), &[port], frame).prio(say.prio).vid(say.vid)
}

fn ksz(say: &Say, way: Way, frame: &[u8], transmit: &[u8], prio: Option<u8>) -> Packed {
    if way == Way::FromCpu {
        let (whole, inner) = back(transmit, frame);
        let port = transmit.last().map_or(0, |mask| mask & 0x7f).trailing_zeros() as u8;
        let made = packed(whole, &[port], &inner);
        return prio.map_or(packed(made.frame.clone(), &made.ports, &inner), |prio| made.prio(prio));
    }
    let port = say.port & 7;
    let stamped = [&(say.noise as u32).to_be_bytes()[..], &[0x80 | port]].concat();
    let (whole, inner) = back(if say.noise & 1 == 0 { &stamped } else { &stamped[4..] }, frame);
    let mut whole = whole;
    if say.noise & 1 == 1
        && let Some(last) = whole.last_mut()
    {
        *last = port;
    }
    packed(whole, &[port], &inner)
}

/// A tag of every tagger; `None` for those that have none in this direction.
fn pack(tagger: &str, say: &Say, way: Way, frame: &[u8]) -> Option<Packed> {
    let noise = say.noise.to_be_bytes();
    let from_cpu = way == Way::FromCpu;
    let out_port = if from_cpu { say.port % 9 } else { say.port };
    Some(match tagger {
        "brcm" => {
            let inner = if from_cpu { padded(frame, 64) } else { frame.to_vec() };
            packed(middle(&brcm(say, way), &inner), &[out_port], &inner).prio(say.prio)
        }
        "brcm-prepend" => packed(front(&brcm(say, way), frame), &[out_port], frame).prio(say.prio),
        "brcm-legacy" | "brcm-legacy-fcs" => {
            let port = say.port & 15;
            let inner = if from_cpu { padded(frame, 66) } else { frame.to_vec() };
            let fcs = tagger.ends_with("fcs") && from_cpu;
            let length = if fcs { inner.len() as u16 & 0x7ff } else { 0 };
            let opcode = if from_cpu { 2 } else { noise[0] as u16 & 1 };
            let mut whole =
                middle(&[words(&[0x8874, opcode << 13 | length]), vec![0, port]].concat(), &inner);
            if fcs {
                whole.extend(&noise[..4]);
            }
            packed(whole, &[port], &inner)
        }
        "dsa" => {
            let (tag, rest, vid, prio) = marvell(say, way, frame);
            packed(middle(&tag, &rest), &[say.port], frame).switch(say.switch).prio(prio).vid(vid)
        }
        "edsa" => {
            let (tag, rest, vid, prio) = marvell(say, way, frame);
            let tag = [&[0xda, 0xda, 0, 0], &tag[..]].concat();
            packed(middle(&tag, &rest), &[say.port], frame).switch(say.switch).prio(prio).vid(vid)
        }
        "trailer" => {
            let port = say.port & 7;
            let tag = if from_cpu { [0x80, 1 << port, 0x10, 0] } else { [0x80, port, noise[0] & 0x10, 0] };
            let (whole, inner) = back(&tag, frame);
            packed(whole, &[port], &inner)
        }
        "mtk" if from_cpu => {
            let (port, learn) = (say.port % 6, noise[0] & 0x40);
            let kind = match frame[12..14] {
                [0x81, 0] => 1,
                [0x88, 0xa8] => 2,
                _ => 0,
            };
            let mut whole = frame.to_vec();
            if kind == 0 {
                whole = middle(&[0, 1 << port | learn, 0, 0], frame);
            } else {
                whole[12..14].copy_from_slice(&[kind, 1 << port | learn]);
            }
            packed(whole, &[port], frame)
        }
        "mtk" => packed(middle(&[0, say.port & 7, 0, 0], frame), &[say.port & 7], frame),
        "mt7628" => {
            let port = if from_cpu { say.port % 6 } else { say.port & 7 };
            let low = if from_cpu { 1 << port } else { u16::from(port) };
            let tag = words(&[0x8100 | low, 0xc00 | u16::from(port)]);
            packed(middle(&tag, frame), &[port], frame)
        }
        "rtl4a" => {
            let inner = if from_cpu { padded(frame, 60) } else { frame.to_vec() };
            let port = say.port & 7;
            let low = if from_cpu { 1 << port } else { u16::from(port) };
            packed(middle(&words(&[0x8899, 0xa000 | low]), &inner), &[port], &inner)
        }
        "rtl8_4" | "rtl8_4t" => {
            let port = say.port % 11;
            let (low, learn) = if from_cpu { (1 << port, 0x20) } else { (u16::from(port), 0) };
            let third = (noise[0] as u16 & 1) << 15 | 0x800 | u16::from(say.prio) << 8 | learn;
            let tag = words(&[0x8899, 0x400 | u16::from(noise[1] % 81), third, low]);
            if tagger == "rtl8_4" {
                packed(middle(&tag, frame), &[port], frame).prio(say.prio)
            } else {
                let (whole, inner) = back(&tag, frame);
                packed(whole, &[port], &inner).prio(say.prio)
            }
        }
        "rtl_otto" if from_cpu => {
            let (whole, inner) = back(&[say.port, 0xab, 0xcd, 0xef], frame);
            packed(whole, &[say.port], &inner)
        }
        "rtl_otto" => {
            let (whole, inner) = back(&[0x80, say.port | noise[0] & 0x40, 0x10, 0], frame);
            packed(whole, &[say.port], &inner)
        }
        "ksz8795" if from_cpu => {
            let port = say.port % 5;
            ksz(say, way, frame, &[1 << port | noise[0] & 0xc0], None)
        }
        "ksz8463" | "ksz9893" if from_cpu => {
            let (port, prio) = (say.port % 3, say.prio & 3);
            let flags = if tagger == "ksz9893" { noise[0] & 0x60 } else { 0 };
            let (whole, inner) = back(&[1 << port | prio << 3 | flags], frame);
            packed(whole, &[port], &inner).prio(prio)
        }
        "ksz8795" | "ksz8463" => {
            let (whole, inner) = back(&[say.port & 3], frame);
            packed(whole, &[say.port & 3], &inner)
        }
        "ksz9477" if from_cpu => {
            let (port, prio) = (say.port % 7, say.prio & 3);
            let tag = u16::from(prio) << 7 | 1 << port | noise[0] as u16 & 6 << 8;
            ksz(say, way, frame, &tag.to_be_bytes(), Some(prio))
        }
        "lan937x" if from_cpu => {
            let port = say.port & 7;
            let tag = 0x2000 | u16::from(say.prio) << 8 | 1 << port | (noise[0] as u16 & 0x18) << 8;
            let (whole, inner) = back(&tag.to_be_bytes(), frame);
            packed(whole, &[port], &inner).prio(say.prio)
        }
        "ksz9477" | "ksz9893" | "lan937x" => ksz(say, way, frame, &[], None),
        "lan9303" => {
            let port = say.port % 3;
            let word = if from_cpu { 0x10 | u16::from(port) } else { u16::from(port | noise[0] & 0x18) };
            packed(middle(&words(&[0x8100, word]), frame), &[port], frame)
        }
        "ocelot" | "seville" => {
            let (low, prefix) =
                if tagger == "ocelot" { (56, [0x88, 0x80, 0, 0xa]) } else { (57, [0x88, 0x80, 0, 5]) };
            let port = if from_cpu { say.port % 10 } else { say.port & 15 };
            let tag = ocelot(say, way, prefix, low);
            packed(front(&tag, frame), &[port], frame).prio(say.prio).vid(say.vid)
        }
        "lan9645x" => lan9645x(say, way, frame),
        "sja1105" => {
            let tag = words(&[0xdadb, tag_8021q(say)]);
            if from_cpu || !is_link_local(frame) {
                let made = packed(middle(&tag, frame), &[say.port & 15], frame);
                return Some(made.switch(say.switch & 7).prio(say.prio));
            }
            // Port and switch take the place of two octets of the address.
            let mut inner = frame.to_vec();
            inner[3..5].copy_from_slice(&[say.port, say.switch]);
            let whole = if noise[0] & 1 == 0 { middle(&tag, &inner) } else { inner.clone() };
            packed(whole, &[say.port], &inner).switch(say.switch)
        }
        "sja1110" => sja1110(say, way, frame),
        "hms" => {
            let (port, switch) = (say.port & 15, say.switch & 15);
            if !is_link_local(frame) {
                let tag = words(&[0x8100, tag_8021q(say)]);
                return Some(packed(middle(&tag, frame), &[port], frame).switch(switch & 7).prio(say.prio));
            }
            let flags = if from_cpu { 0x8000 } else { (noise[0] as u16 & 1) << 13 };
            let tag = words(&[0xdadc, flags | u16::from(switch) << 4 | u16::from(port)]);
            packed(middle(&tag, frame), &[port], frame).switch(switch)
        }
        "nxp_netc" | "netc" => {
            let (kind, len) = if from_cpu {
                (0x10, 6)
            } else {
                [(0, 6), (0x20, 6), (0x21, 14), (0x22, 14)][say.noise as usize & 3]
            };
            let switch = say.switch & 7;
            let mut tag = vec![0xfd, 0x3a, kind, 1 | say.prio << 2, say.port << 3 | switch];
            tag.resize(len, noise[3]);
            packed(middle(&tag, frame), &[say.port], frame).switch(switch).prio(say.prio)
        }
        "qca" => {
            let port = if from_cpu { say.port % 7 } else { say.port & 7 };
            let word = 0x8000
                | u16::from(say.prio) << 11
                | if from_cpu { 0x80 | 1 << port } else { u16::from(port) | noise[0] as u16 & 8 };
            packed(middle(&word.to_be_bytes(), frame), &[port], frame).prio(say.prio)
        }
        "ar9331" => {
            let (port, prio) = (say.port & 15, say.prio & 3);
            let word = 0x4030
                | u16::from(prio) << 12
                | (noise[0] as u16 & 0x80)
                | u16::from(port)
                | u16::from(from_cpu) << 6;
            packed(front(&word.to_le_bytes(), frame), &[port], frame).prio(prio)
        }
        "gswip" if from_cpu => {
            let port = say.port % 6;
            packed(front(&[2, noise[0] & 0x80, 0xc0 | noise[1] & 0x3f, 2 << port | 1], frame), &[port], frame)
        }
        "gswip" => {
            let mut tag = noise;
            tag[7] = (say.port & 7) << 4 | noise[7] & 0x8f;
            packed(front(&tag, frame), &[say.port & 7], frame)
        }
        "gsw1xx" => {
            let port = say.port & 7;
            let word = if from_cpu { 0x9000 | 1 << port } else { u16::from(port) << 8 };
            packed(middle(&words(&[0x88c3, word, 0, 0]), frame), &[port], frame)
        }
        "mxl862xx" => {
            let port = say.port % 9;
            let tag = if from_cpu {
                [0x88c3, 0, u16::from(port) + 16 - 9, 9]
            } else {
                [0x88c3, 0, 0, u16::from(port)]
            };
            packed(middle(&words(&tag), frame), &[port], frame)
        }
        "hellcreek" => {
            let port = say.port & 3;
            let (whole, inner) = back(&[if from_cpu { 1 << port } else { port }], frame);
            packed(whole, &[port], &inner)
        }
        "xrs700x" => {
            let port = say.port & 3;
            let (whole, inner) = back(&[1 << port], frame);
            packed(whole, &[port], &inner)
        }
        "a5psw" => {
            let inner = if from_cpu { padded(frame, 60) } else { frame.to_vec() };
            let port = say.port & 3;
            let tag = if from_cpu {
                [0xe001, 1, 0, 1 << port]
            } else {
                [0xe001, u16::from(port), noise[0] as u16, 0]
            };
            packed(middle(&words(&tag), &inner), &[port], &inner)
        }
        "yt921x" => {
            let port = say.port % 11;
            let tag = if from_cpu {
                [0x9988, 0, 0x80, 0x8000 | 1 << port]
            } else {
                [0x9988, say.vid, 0x8080 | u16::from(port) << 11 | u16::from(say.prio) << 8 | 0x36, 0]
            };
            let made = packed(middle(&words(&tag), frame), &[port], frame);
            if from_cpu { made } else { made.prio(say.prio) }
        }
        "yt922x" => {
            let port = say.port % 10;
            let tag = if !from_cpu {
                [0x9988, 0, u16::from(port) << 2, 0]
            } else if port == 0 {
                [0x9988, 0x2200 | u16::from(say.prio) << 10, 0x8000, 0]
            } else {
                [0x9988, 0x2200 | u16::from(say.prio) << 10 | 1 << (port - 1), 0, 0]
            };
            let made = packed(middle(&words(&tag), frame), &[port], frame);
            if from_cpu { made.prio(say.prio) } else { made }
        }
        "ocelot-8021q" | "vsc73xx-8021q" | "mxl862xx-8021q" => {
            let tag = words(&[0x8100, tag_8021q(say)]);
            packed(middle(&tag, frame), &[say.port & 15], frame).switch(say.switch & 7).prio(say.prio)
        }
        _ => return None,
    })
}

/// Frames of the kinds that cross a conduit, from the shortest to a jumbo.
fn frames() -> Vec<Vec<u8>> {
    let octets = |hex: &str| -> Vec<u8> {
        let digit = |at: usize| hex.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        (0..hex.len()).step_by(2).map_while(digit).collect()
    };
    let host = "020000000002020000000001";
    let ipv4 = |head: &str, len: usize| {
        let mut frame =
            octets(&format!("{head}08004500{len:04x}000100004011000a0a0000010a00000203e807d00000000"));
        let at = head.len() / 2;
        frame.resize(at + 2 + len, 0x2e);
        frame
    };
    vec![
        octets("ffffffffffff0200000000010806000108000604000102000000000a0a0000010000000000000a000002"),
        ipv4(host, 76),
        ipv4("01005e0000fb020000000001", 60),
        ipv4(&format!("{host}8100b064"), 64),
        ipv4(&format!("{host}88a8200a8100600b"), 64),
        octets(&format!(
            "{host}86dd60000000000c3a4020010db800000000000000000000000120010db80000000000000000000000028000000000010001aabbccdd"
        )),
        octets(
            "0180c2000000020000000001002642420300000000000000000000000000000000000000000080000200000000000000000014000200 0f00",
        ),
        octets("0180c200000e02000000000188cc0207040200000000010403706f310602007 80000"),
        octets(
            "011b1900000002000000000188f70002002c000000000000000000000000000000000000000000010001000000000000000000000000000000000000",
        ),
        ipv4(host, 1500),
        ipv4(host, 1980),
        ipv4(host, 8986),
    ]
}

fn meta(way: Option<Way>, len: usize) -> Meta<'static> {
    let mut meta = Meta::new(LinkType::ETHERNET, u32::try_from(len).unwrap_or(u32::MAX));
    meta.direction = match way {
        None => Direction::Unknown,
        Some(Way::ToCpu) => Direction::In,
        Some(Way::FromCpu) => Direction::Out,
    };
    meta
}

#[test]
fn whatever_a_tag_says_comes_out_and_the_frame_is_what_it_was() {
    let mut state = 0x1234_5678_9abc_def1_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for tagger in dsa::taggers() {
        for (number, frame) in frames().iter().enumerate() {
            for way in [Way::ToCpu, Way::FromCpu] {
                for port in 0..16 {
                    let noise = random();
                    let (switch, prio) = ((noise >> 40) as u8 & 31, (noise >> 48) as u8 & 7);
                    let say = Say { port, switch, prio, vid: (noise >> 52) as u16 & 0xffd, noise };
                    let Some(made) = pack(tagger.name, &say, way, frame) else {
                        wrong.push(format!("{} has no packer here", tagger.name));
                        continue;
                    };
                    // A position of eleven bits is all that the header has room for.
                    if tagger.name == "sja1110" && frame.len() > 2000 {
                        continue;
                    }
                    tried += 1;
                    let found = dsa::read(tagger, &made.frame, &meta(Some(way), made.frame.len()), None);
                    let Some(found) = found else {
                        wrong.push(format!("{} {} frame {number}: no tag, {say:?}", tagger.name, way.name()));
                        continue;
                    };
                    let mut untagged = Vec::new();
                    found.untagged(&made.frame, &mut untagged);
                    let ports: Vec<u8> = found.ports.iter().collect();
                    let same = |told: Option<u16>, read: Option<u16>| told.is_none() || told == read;
                    let right = ports == made.ports
                        && found.way == Some(way)
                        && same(made.switch.map(u16::from), found.switch.map(u16::from))
                        && same(made.prio.map(u16::from), found.priority.map(u16::from))
                        && same(made.vid, found.vid)
                        && untagged == made.inner;
                    if !right {
                        wrong.push(format!(
                            "{} {} frame {number}: ports {ports:?} not {:?}, switch {:?} {:?}, prio {:?} {:?}, vid {:?} {:?}, frame whole {}; {say:?}",
                            tagger.name, way.name(), made.ports, found.switch, made.switch, found.priority, made.prio,
                            found.vid, made.vid, untagged == made.inner
                        ));
                    }
                }
            }
        }
    }
    wrong.truncate(40);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 10_000, "{tried} frames");
}

#[test]
fn a_tag_that_is_cut_is_no_other_and_one_behind_the_payload_is_lost() {
    let say = Say { port: 2, switch: 1, prio: 3, vid: 100, noise: 0x0102_0304_0506_0708 };
    for tagger in dsa::taggers() {
        for way in [Way::ToCpu, Way::FromCpu] {
            for frame in frames().iter().take(9) {
                let Some(made) = pack(tagger.name, &say, way, frame) else { continue };
                for len in 0..made.frame.len() {
                    let cut = made.frame.get(..len).unwrap_or_default();
                    let found = dsa::read(tagger, cut, &meta(Some(way), made.frame.len()), None);
                    let mut untagged = Vec::new();
                    let Some(found) = found else { continue };
                    found.untagged(cut, &mut untagged);
                    assert!(untagged.len() <= cut.len() + 4, "{} {len}", tagger.name);
                    if tagger.place == Place::Back {
                        assert!(found.lost && found.ports.iter().count() == 0, "{} {len}", tagger.name);
                    }
                }
            }
        }
    }
}

#[test]
fn a_frame_whose_tag_the_conduit_has_taken_out_is_plain() {
    let ip = frames().get(1).cloned().unwrap_or_default();
    for tagger in dsa::taggers().filter(|tagger| tagger.place != Place::Back) {
        for way in [None, Some(Way::ToCpu), Some(Way::FromCpu)] {
            assert_eq!(dsa::read(tagger, &ip, &meta(way, ip.len()), None), None, "{} {way:?}", tagger.name);
        }
    }
}

/// Taggers whose tags are not told from another's by any bit, or bear no mark, are left out.
#[test]
fn a_tagger_with_a_mark_is_recognised_and_plain_frames_are_no_taggers() {
    let plain = frames();
    let seen = |frames: &[Vec<u8>]| {
        let metas: Vec<_> = frames.iter().map(|frame| meta(None, frame.len())).collect();
        let all = frames.iter().zip(metas).map(|(data, meta)| Frame { number: 1, data, meta });
        dsa::detect(all).map(|found| found.tagger.name)
    };
    assert_eq!(seen(&plain), None);
    let marked = [
        "brcm-legacy",
        "edsa",
        "rtl4a",
        "rtl8_4",
        "rtl8_4t",
        "ocelot",
        "seville",
        "sja1105",
        "sja1110",
        "nxp_netc",
        "a5psw",
        "yt921x",
        "yt922x",
        "gsw1xx",
        "mxl862xx",
        "mt7628",
    ];
    for name in marked {
        let mut tagged = Vec::new();
        for (at, frame) in plain.iter().enumerate().filter(|(_, frame)| frame.len() < 2000) {
            for way in [Way::ToCpu, Way::FromCpu] {
                let noise = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(at as u64 + 1);
                let say = Say { port: at as u8 % 4, switch: 1, prio: at as u8 & 7, vid: 0, noise };
                tagged.extend(pack(name, &say, way, frame).map(|made| made.frame));
            }
        }
        assert_eq!(seen(&tagged), Some(name), "{name}");
    }
}
