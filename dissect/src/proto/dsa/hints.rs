//! Taggers that frames may be of, where their look decides for none: a word for those who know what conduit it was.
//!
//! Trailers of an octet or two leave readable frames behind, and tags in the form of a VLAN tag read as one. Neither is ever
//! taken for a switch tag; but where all frames have the same octets too many, or all VLANs are of those that drivers number ports
//! by, it is worth a word.

use super::look::{first, undecided};
use super::microchip::inner_end;
use crate::frame::Frame;
use std::collections::BTreeSet;

/// Frames that must show it.
const LEAST: usize = 4;

/// What the first frames of a source may bear.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hint {
    /// Names of taggers.
    pub taggers: Vec<&'static str>,
    /// What the frames have in common.
    pub why: &'static str,
}

/// What the first frames may bear, if that is to be said at all.
pub fn hint<'f>(frames: impl Iterator<Item = Frame<'f>>) -> Option<Hint> {
    let frames: Vec<Frame<'f>> = first(frames).collect();
    let taggers = undecided(frames.iter().copied());
    if !taggers.is_empty() {
        return Some(Hint { taggers, why: "without such tags they make sense" });
    }
    trailers(&frames).or_else(|| vlans(&frames)).or_else(|| lan9303(&frames))
}

/// Frames that are all an octet or two longer than their packets, which no padding makes them.
fn trailers(frames: &[Frame<'_>]) -> Option<Hint> {
    let (mut known, mut one, mut two, mut valid) = (0_usize, 0_usize, 0_usize, 0_usize);
    for frame in frames {
        let Some(over) = excess(frame) else { continue };
        known = known.saturating_add(1);
        match over {
            1 | 5 => one = one.saturating_add(1),
            2 | 6 => {
                two = two.saturating_add(1);
                let valid_bit = frame.data.last_chunk().is_some_and(|[high, _]| high & 0x20 != 0);
                valid = valid.saturating_add(usize::from(valid_bit));
            }
            _ => {}
        }
    }
    let all = one.saturating_add(two);
    if known < LEAST || all.saturating_mul(10) < known.saturating_mul(9) {
        return None;
    }
    let (taggers, why): (&[&'static str], _) = match (two, valid) {
        (0, _) => (
            &["hellcreek", "ksz8463", "ksz8795", "ksz9477", "ksz9893", "lan937x", "xrs700x"],
            "they are an octet longer than their packets",
        ),
        (_, 0) => (&["ksz9477"], "they are an octet or two longer than their packets"),
        _ if valid == two => (&["lan937x"], "they are an octet or two longer than their packets"),
        _ => (&["ksz9477", "lan937x"], "they are an octet or two longer than their packets"),
    };
    Some(Hint { taggers: taggers.to_vec(), why })
}

/// Octets behind the packet and its padding.
fn excess(frame: &Frame<'_>) -> Option<usize> {
    let len = frame.data.len();
    let whole = usize::try_from(frame.meta.original_len).ok() == Some(len) && frame.meta.fcs_len.is_none();
    // PRP's trailer (IEC 62439-3) has its own mark.
    let own = frame.data.ends_with(&[0x88, 0xfb]);
    let end = inner_end(frame.data).filter(|_| whole && !own)?;
    len.checked_sub(if len < 60 { end } else { end.max(60) })
}

/// The control information of a frame's first VLAN tag.
fn tci(frame: &Frame<'_>) -> Option<u16> {
    match frame.data.get(12..)?.first_chunk()? {
        [0x81, 0, high, low] => Some(u16::from_be_bytes([*high, *low])),
        _ => None,
    }
}

/// Frames that all have a VLAN of the numbers that name a switch and one of its first ports, or a bridge.
fn vlans(frames: &[Frame<'_>]) -> Option<Hint> {
    let (mut total, mut found) = (0_usize, 0_usize);
    for frame in frames {
        total = total.saturating_add(1);
        let names_a_port = tci(frame).is_some_and(|tci| {
            let bridge = tci & 0x230 != 0 && tci & 0x1cf == 0;
            tci & 0xc00 == 0xc00 && (bridge || (tci & 0x230 == 0 && tci & 15 < 12))
        });
        found = found.saturating_add(usize::from(names_a_port));
    }
    (total >= LEAST && found.saturating_mul(10) >= total.saturating_mul(9)).then(|| Hint {
        taggers: vec!["ocelot-8021q", "vsc73xx-8021q", "mxl862xx-8021q"],
        why: "their VLANs are those that drivers number switch ports by",
    })
}

/// Frames that all have a VLAN tag without priority and VLAN below 32, where each address sends those below 16 or those above.
fn lan9303(frames: &[Frame<'_>]) -> Option<Hint> {
    let (mut total, mut from_cpu, mut to_cpu) = (0_usize, BTreeSet::new(), BTreeSet::new());
    for frame in frames {
        total = total.saturating_add(1);
        let word = tci(frame).filter(|tci| tci & 0xffe4 == 0)?;
        let source: [u8; 6] = *frame.data.get(6..)?.first_chunk()?;
        if word & 0x18 == 0x10 {
            from_cpu.insert(source)
        } else {
            to_cpu.insert(source)
        };
    }
    let both = !from_cpu.is_empty() && !to_cpu.is_empty() && from_cpu.is_disjoint(&to_cpu);
    (total >= LEAST && both).then(|| Hint {
        taggers: vec!["lan9303"],
        why: "their VLAN tags have its port numbers and bits in place of a VLAN",
    })
}
