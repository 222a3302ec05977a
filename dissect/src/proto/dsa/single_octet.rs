//! Trailers of one octet: `hellcreek` (Hirschmann), `xrs700x` (Arrow).

use super::tag::{Place, Ports, Seen, Tag, Tagger, Way};

pub(super) const TAGGERS: &[Tagger] = &[
    Tagger { name: "hellcreek", number: 18, place: Place::Back, read: hellcreek },
    Tagger { name: "xrs700x", number: 19, place: Place::Back, read: xrs700x },
];

/// The last octet, and the way: frames from the CPU are padded to 60 octets before it.
fn last(seen: &Seen<'_>) -> Option<(usize, u8, Option<Way>)> {
    let at = seen.tail(1)?;
    let way = seen.way.or((at < 60).then_some(Way::ToCpu));
    Some((at, seen.octet(at)?, way))
}

fn hellcreek(seen: &Seen<'_>) -> Option<Tag> {
    let (at, octet, way) = last(seen)?;
    let way = way.unwrap_or(if octet > 3 { Way::FromCpu } else { Way::ToCpu });
    let mut tag = Tag::at(at, 1, Some(way));
    tag.guessed = seen.way.is_none() && at >= 60 && (1..4).contains(&octet);
    tag.ports = match way {
        Way::FromCpu => Ports::Mask(u32::from(octet)),
        Way::ToCpu => Ports::One(octet & 3),
    };
    Some(tag)
}

fn xrs700x(seen: &Seen<'_>) -> Option<Tag> {
    let (at, octet, way) = last(seen)?;
    let mut tag = Tag::at(at, 1, way);
    // A mask both ways; from the switch the lowest bit counts.
    tag.ports = match way {
        Some(Way::ToCpu) => {
            if octet == 0 {
                return None;
            }
            Ports::One(octet.trailing_zeros() as u8)
        }
        _ => Ports::Mask(u32::from(octet)),
    };
    Some(tag)
}
