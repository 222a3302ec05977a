//! Taggers that put port and switch into a VLAN identifier: `ocelot-8021q`, `vsc73xx-8021q`, `mxl862xx-8021q` (OpenWrt),
//! and the VLAN of `sja1105`, `sja1110`, `hms` and `mt7628`.
//!
//! VID: bits 11–10 are 3; bit 9 with bits 5–4 the bridge number (0: none); bits 8–6 the switch; bits 3–0 the port.
//! With a bridge number the port is not told. Other VIDs are ordinary VLANs; under a bridge that knows VLANs, some chips are told no
//! port but the bridge's VLAN, in the frame's own VLAN tag.

use super::tag::{Place, Ports, Seen, Tag, Tagger};
use crate::schema::{Field, bits, flag};

pub(super) const TAGGERS: &[Tagger] = &[
    Tagger { name: "ocelot-8021q", number: 20, place: Place::Middle, read },
    Tagger {
        name: "vsc73xx-8021q",
        number: 28,
        place: Place::Middle,
        read: |seen| read(seen).or_else(|| bridge_vlan(seen)),
    },
    Tagger { name: "mxl862xx-8021q", number: 0, place: Place::Middle, read },
];

pub(super) fn fields() -> Vec<Field> {
    vec![
        bits("tag_8021q.vbid", 3).doc("bridge; the tag then names no port"),
        flag("tag_8021q.bridge_vlan").doc("no switch tag: the VLAN is one of a bridge that knows VLANs"),
        flag("tag_8021q.dei").doc("frame may be dropped first"),
    ]
}

fn read(seen: &Seen<'_>) -> Option<Tag> {
    let tpid = seen.be16(12)?;
    if !matches!(tpid, 0x8100 | 0x88a8) || seen.be16(14)? & 0xc00 != 0xc00 {
        return None;
    }
    let mut tag = Tag::at(12, 4, seen.way);
    read_tci(seen, 14, &mut tag)?;
    Some(tag)
}

/// The VLAN tag that a frame of a bridge that knows VLANs has in place of a switch tag. It belongs to the frame, and stays.
pub(super) fn bridge_vlan(seen: &Seen<'_>) -> Option<Tag> {
    let (tpid, tci) = (seen.be16(12)?, seen.be16(14)?);
    if !matches!(tpid, 0x8100 | 0x88a8) {
        return None;
    }
    let mut tag = Tag { way: seen.way, bridge_vlan: true, ..Tag::default() };
    tag.vid = Some(tci & 0xfff);
    tag.priority = Some((tci >> 13) as u8);
    tag.own("tag_8021q.bridge_vlan", 14 * 8 + 4, 12, 1_u32);
    Some(tag)
}

/// Reads the control information at `at` into the tag: ports, switch, VID, priority, bridge.
pub(super) fn read_tci(seen: &Seen<'_>, at: usize, tag: &mut Tag) -> Option<()> {
    let tci = seen.be16(at)?;
    let bit = at.saturating_mul(8);
    tag.vid = Some(tci & 0xfff);
    tag.priority = Some((tci >> 13) as u8);
    tag.own("tag_8021q.dei", bit.saturating_add(3), 1, tci >> 12 & 1);
    if tci & 0xfff == 0xfff || tci & 0xc00 != 0xc00 {
        return Some(());
    }
    let vbid = tci >> 7 & 4 | tci >> 4 & 3;
    if vbid == 0 {
        tag.switch = Some((tci >> 6 & 7) as u8);
        tag.ports = Ports::One((tci & 15) as u8);
    } else {
        tag.own("tag_8021q.vbid", bit.saturating_add(6), 3, vbid);
    }
    Some(())
}
