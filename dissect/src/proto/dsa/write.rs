//! Tags around frames: from the CPU as Linux's taggers write them, padding included, to it as the switches do.

use super::tag::{Tagger, Way};
use crate::crc::Algorithm;

/// What a tag is to say; a tagger leaves out what it has no room for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Say {
    /// Switch port: source to the CPU, destination from it.
    pub port: u8,
    /// Switch in its tree.
    pub switch: u8,
    /// Priority or traffic class.
    pub priority: u8,
    /// VLAN, where the tag has one of its own (`dsa`, `edsa`, `ocelot`, `seville`).
    pub vid: u16,
    /// Port of the CPU, which `mxl862xx`, `ocelot` and `seville` write from it.
    pub cpu_port: u8,
}

/// Highest port that fits into every tag's field for it, and into a mask of 16 bits.
pub const MOST_PORT: u8 = 15;

/// The frame with its tag. `None` where the frame is shorter than its addresses and type, a number is too large, or the tagger's tags are not
/// written here: `hms`, `lan9645x`, `rtl_otto`.
pub fn write(tagger: &Tagger, way: Way, say: &Say, frame: &[u8]) -> Option<Vec<u8>> {
    let fits = say.port <= MOST_PORT
        && say.switch < 32
        && say.priority < 8
        && say.vid < 4096
        && say.cpu_port <= MOST_PORT;
    if frame.len() < 14 || !fits {
        return None;
    }
    let up = way == Way::ToCpu;
    Some(match tagger.name {
        "brcm" => behind_addresses(&brcm(up, say), &least(frame, if up { 0 } else { 64 })),
        "brcm-prepend" => [&brcm(up, say)[..], &least(frame, if up { 0 } else { 64 })].concat(),
        "brcm-legacy" | "brcm-legacy-fcs" => legacy(up, say, frame, tagger.name == "brcm-legacy-fcs")?,
        "dsa" => marvell(up, say, frame, &[]),
        "edsa" => marvell(up, say, frame, &[0xda, 0xda, 0, 0]),
        "trailer" if up => at_end(frame, &[0x80, say.port & 7, 0, 0], 0),
        "trailer" => at_end(frame, &[0x80, mask(say) as u8, 0x10, 0], 60),
        "gswip" if up => [&[0, 0, 0, 0, 0, 0, 0, (say.port & 7) << 4], frame].concat(),
        "gswip" => [&[2, 0, 0xc0, ((mask(say) << 1) as u8) | 1], frame].concat(),
        "lan9303" => behind_addresses(&words([0x8100, port(say) | if up { 0 } else { 0x10 }]), frame),
        "mtk" => mtk(up, say, frame),
        "mt7628" => {
            let low = if up { port(say) & 7 } else { mask(say) & 0x3f };
            behind_addresses(&words([0x8100 | low, 0xc00 | port(say)]), frame)
        }
        "qca" => {
            let low = if up { port(say) & 7 } else { 0x80 | mask(say) & 0x7f };
            behind_addresses(&words([0x8000 | prio(say) << 11 | low]), frame)
        }
        "ar9331" => {
            let word = 0x4030 | (prio(say) & 3) << 12 | port(say) | if up { 0 } else { 0x40 };
            [&word.to_le_bytes()[..], frame].concat()
        }
        "rtl4a" if up => behind_addresses(&words([0x8899, 0xa000 | port(say)]), frame),
        "rtl4a" => behind_addresses(&words([0x8899, 0xa000 | mask(say) & 0xff]), &least(frame, 60)),
        "rtl8_4" => behind_addresses(&rtl8_4(up, say), frame),
        "rtl8_4t" => at_end(frame, &rtl8_4(up, say), if up { 0 } else { 60 }),
        "ksz8795" | "ksz8463" | "ksz9477" | "ksz9893" | "lan937x" if up => at_end(frame, &[say.port & 7], 0),
        "ksz8795" => at_end(frame, &[mask(say) as u8 & 0x1f | over(frame, 0x40) as u8], 60),
        "ksz8463" => at_end(frame, &[mask(say) as u8 | (say.priority & 3) << 3], 60),
        "ksz9893" => {
            at_end(frame, &[mask(say) as u8 | (say.priority & 3) << 3 | over(frame, 0x20) as u8], 60)
        }
        "ksz9477" => {
            at_end(frame, &words([mask(say) & 0x7f | (prio(say) & 3) << 7 | over(frame, 0x200)]), 60)
        }
        "lan937x" => {
            at_end(frame, &words([mask(say) & 0xff | prio(say) << 8 | over(frame, 0x800) | 0x2000]), 60)
        }
        "hellcreek" if up => at_end(frame, &[say.port & 3], 0),
        "hellcreek" | "xrs700x" => at_end(frame, &[mask(say) as u8], if up { 0 } else { 60 }),
        "ocelot" => ocelot(up, say, frame, [0x88, 0x80, 0, 0x0a], 56),
        "seville" => ocelot(up, say, frame, [0x88, 0x80, 0, 0x05], 57),
        "ocelot-8021q" | "vsc73xx-8021q" | "mxl862xx-8021q" => vlan(0x8100, say, frame),
        "sja1105" => sja1105(up, say, frame),
        "sja1110" => sja1110(up, say, &least(frame, if up { 0 } else { 60 })),
        "nxp_netc" | "netc" => {
            let tag = [
                0xfd,
                0x3a,
                if up { 0x20 } else { 0x10 },
                1 | say.priority << 2,
                say.port << 3 | say.switch & 7,
                0,
            ];
            behind_addresses(&tag, frame)
        }
        "gsw1xx" => behind_addresses(
            &words([0x88c3, if up { port(say) << 8 } else { 0x9000 | mask(say) & 0xff }, 0, 0]),
            frame,
        ),
        "mxl862xx" if up => behind_addresses(&words([0x88c3, 0, 0, port(say)]), frame),
        "mxl862xx" => {
            let interface = port(say).saturating_add(16).checked_sub(u16::from(say.cpu_port))? & 0x1f;
            behind_addresses(&words([0x88c3, 0, interface, u16::from(say.cpu_port)]), frame)
        }
        "a5psw" if up => behind_addresses(&words([0xe001, port(say), 0, 0]), frame),
        "a5psw" => behind_addresses(&words([0xe001, 1, 0, mask(say) & 15]), &least(frame, 60)),
        "yt921x" => {
            let from = if up { 0x8000 | port(say) << 11 | prio(say) << 8 } else { 0x80 | prio(say) << 8 };
            let to = if up { 0 } else { 0x8000 | mask(say) & 0x7ff };
            behind_addresses(&words([0x9988, 0, from, to]), frame)
        }
        "yt922x" if up => behind_addresses(&words([0x9988, 0, port(say) << 2, 0]), frame),
        "yt922x" => {
            let first = 0x2200 | prio(say) << 10 | mask(say) >> 1 & 0x1ff;
            behind_addresses(&words([0x9988, first, mask(say) << 15, 0]), frame)
        }
        _ => return None,
    })
}

fn port(say: &Say) -> u16 {
    u16::from(say.port)
}

fn prio(say: &Say) -> u16 {
    u16::from(say.priority)
}

fn mask(say: &Say) -> u16 {
    1_u16.checked_shl(u32::from(say.port)).unwrap_or(0)
}

fn words<const N: usize>(words: [u16; N]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// The frame, padded to so many octets.
fn least(frame: &[u8], octets: usize) -> Vec<u8> {
    let mut frame = frame.to_vec();
    frame.resize(frame.len().max(octets), 0);
    frame
}

fn behind_addresses(tag: &[u8], frame: &[u8]) -> Vec<u8> {
    let (addresses, rest) = frame.split_at(frame.len().min(12));
    [addresses, tag, rest].concat()
}

fn at_end(frame: &[u8], tag: &[u8], octets: usize) -> Vec<u8> {
    [&least(frame, octets)[..], tag].concat()
}

/// The bit that overrides the port's state, for link-local groups 01:80:c2:00:00:0x.
fn over(frame: &[u8], bit: u16) -> u16 {
    let link_local = matches!(frame, [1, 0x80, 0xc2, 0, 0, ..16, ..]);
    if link_local { bit } else { 0 }
}

fn brcm(up: bool, say: &Say) -> [u8; 4] {
    let [high, low] = mask(say).to_be_bytes();
    if up { [0, 0, 4, say.priority << 5 | say.port] } else { [0x20 | say.priority << 2, 0, high & 1, low] }
}

fn legacy(up: bool, say: &Say, frame: &[u8], fcs: bool) -> Option<Vec<u8>> {
    if up {
        return Some(behind_addresses(&[0x88, 0x74, 0, 0, 0, say.port], frame));
    }
    let frame = least(frame, 66);
    let length = if fcs { (frame.len() & 0x7ff) as u16 } else { 0 };
    let mut all = behind_addresses(&words([0x8874, 0x4000 | length, port(say)]), &frame);
    if fcs {
        all.extend((Algorithm::named("crc32")?.of(&[&frame]) as u32).to_le_bytes());
    }
    Some(all)
}

/// A first 802.1Q tag is folded into the tag.
fn marvell(up: bool, say: &Say, frame: &[u8], before: &[u8]) -> Vec<u8> {
    let command = if up { 0xc0 } else { 0x40 };
    let first = command | say.switch;
    let port = say.port << 3;
    if let (Some(addresses), Some([0x81, 0, high, low, rest @ ..])) = (frame.get(..12), frame.get(12..)) {
        return [addresses, before, &[first | 0x20, port | high >> 4 & 1, high & 0xef, *low], rest].concat();
    }
    let [high, low] = (prio(say) << 13 | say.vid).to_be_bytes();
    behind_addresses(&[before, &[first, port, high, low]].concat(), frame)
}

/// From the CPU the tag takes the place of a VLAN tag's TPID.
fn mtk(up: bool, say: &Say, frame: &[u8]) -> Vec<u8> {
    if up {
        return behind_addresses(&words([port(say) & 7, 0]), frame);
    }
    let kind = match frame.get(12..14) {
        Some([0x81, 0]) => 1,
        Some([0x88, 0xa8]) => 2,
        _ => return behind_addresses(&words([mask(say) & 0x3f, 0]), frame),
    };
    let mut frame = frame.to_vec();
    if let Some(place) = frame.get_mut(12..14) {
        place.copy_from_slice(&[kind, mask(say) as u8 & 0x3f]);
    }
    frame
}

fn rtl8_4(up: bool, say: &Say) -> Vec<u8> {
    let priority = if say.priority == 0 { 0 } else { 0x800 | prio(say) << 8 };
    if up {
        words([0x8899, 0x400, priority, port(say)])
    } else {
        words([0x8899, 0x400, priority | 0x20, mask(say) & 0x7ff])
    }
}

fn ocelot(up: bool, say: &Say, frame: &[u8], prefix: [u8; 4], lowest: u32) -> Vec<u8> {
    let mut bits = u128::from(say.priority) << 17 | u128::from(say.vid);
    if up {
        // LLEN and WLEN count the frame with its check sequence and 80 octets, in words of 60.
        let octets = frame.len().saturating_add(84) as u128;
        bits |= (octets % 60) << 79 | ((octets / 60) & 0xff) << 71 | u128::from(say.port) << 43;
    } else {
        bits |= 1 << 127 | u128::from(mask(say) & 0x7ff) << lowest | u128::from(say.cpu_port) << 43;
    }
    [&prefix[..], &bits.to_be_bytes(), frame].concat()
}

fn vlan(tpid: u16, say: &Say, frame: &[u8]) -> Vec<u8> {
    let vid = 0xc00 | u16::from(say.switch & 7) << 6 | port(say);
    behind_addresses(&words([tpid, prio(say) << 13 | vid]), frame)
}

/// VLAN 4095, for frames whose port is told elsewhere.
fn any_vlan(say: &Say) -> Vec<u8> {
    words([0xdadb, prio(say) << 13 | 0xfff])
}

fn is_trapped(frame: &[u8]) -> bool {
    matches!(frame, [1, 0x80, 0xc2, ..] | [1, 0x1b, 0x19, ..])
}

fn sja1105(up: bool, say: &Say, frame: &[u8]) -> Vec<u8> {
    match (is_trapped(frame), up) {
        (false, _) => vlan(0xdadb, say, frame),
        (true, false) => behind_addresses(&any_vlan(say), frame),
        // Port and switch stand in the destination address.
        (true, true) => {
            let mut frame = frame.to_vec();
            if let Some(place) = frame.get_mut(3..5) {
                place.copy_from_slice(&[say.port, say.switch]);
            }
            frame
        }
    }
}

fn sja1110(up: bool, say: &Say, frame: &[u8]) -> Vec<u8> {
    let switch = u16::from(say.switch & 15);
    match (is_trapped(frame), up) {
        (false, _) => vlan(0xdadb, say, frame),
        (true, true) => behind_addresses(&words([0xdadc, 0x2000 | port(say) << 4 | switch]), frame),
        (true, false) => {
            let end = frame.len().saturating_add(8) & 0x7ff;
            let head = [words([0xdadc, 0x8800 | end as u16]), any_vlan(say)].concat();
            let trailer =
                u32::from(say.priority) << 21 | u32::from(switch) << 12 | u32::from(mask(say) & 0x7ff) << 1;
            [&behind_addresses(&head, frame)[..], &trailer.to_be_bytes()].concat()
        }
    }
}
