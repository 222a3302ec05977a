//! Switch tags of DSA conduits: what the host's network card and the switch add to every frame between them.
//!
//! One file a tagger family; each reads a frame into a [`Tag`], see [`tag`]. Here they are chosen
//! ([`Choice`], [`detect`]), shown (the `dsa` layer) and taken out ([`Tag::untagged`]).
//!
//! Which tagger a conduit uses does not stand in the frame. Order of trust: the user's word, what the capture file
//! recorded of the interface (`/sys/class/net/IF/dsa/tagging`), the link type, the look of the frames.

mod broadcom;
mod hints;
mod hosts;
mod lan9645x;
mod look;
mod marvell;
mod maxlinear;
mod mediatek;
mod microchip;
mod motorcomm;
mod nxp;
mod ocelot;
mod qualcomm;
mod realtek;
mod renesas;
mod single_octet;
pub mod tag;
mod tag_8021q;
mod write;

pub use hints::{Hint, hint};
pub use hosts::{Hosts, learn};
pub use look::{Detection, detect};
pub use tag::{Place, Ports, Seen, Tag, Tagger, ToldBy, Way};
pub use write::{MOST_PORT, Say, write};

use crate::decode::Walk;
use crate::frame::{Direction, Frame, Interface, LinkType, Meta};
use crate::render::line::{Body, Line};
use crate::schema::{ETHER_TYPE, Field, Kind, Protocol, Size, be16, bits, u8};

/// Which switch tag frames carry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Choice {
    /// What the interface or the link type says.
    #[default]
    Auto,
    /// No tag.
    None,
    /// This tagger's.
    Tagger(&'static Tagger),
    /// Another choice, and what was learnt of the conduit.
    Learnt(&'static Learnt),
}

/// What is known of a source of frames that they do not say themselves.
#[derive(PartialEq, Eq, Debug)]
pub struct Learnt {
    /// Which tag.
    pub choice: Choice,
    /// Whose addresses are the host's.
    pub hosts: Hosts,
}

impl Choice {
    fn hosts(self) -> Option<&'static Hosts> {
        match self {
            Choice::Learnt(learnt) => Some(&learnt.hosts),
            _ => None,
        }
    }
}

const FAMILIES: [&[Tagger]; 14] = [
    broadcom::TAGGERS,
    marvell::TAGGERS,
    maxlinear::TAGGERS,
    mediatek::TAGGERS,
    microchip::TAGGERS,
    qualcomm::TAGGERS,
    realtek::TAGGERS,
    nxp::TAGGERS,
    ocelot::TAGGERS,
    lan9645x::TAGGERS,
    tag_8021q::TAGGERS,
    single_octet::TAGGERS,
    motorcomm::TAGGERS,
    renesas::TAGGERS,
];

/// Every tagger.
pub fn taggers() -> impl Iterator<Item = &'static Tagger> {
    FAMILIES.into_iter().flatten()
}

/// The tagger with this sysfs name.
pub fn tagger(name: &str) -> Option<&'static Tagger> {
    taggers().find(|tagger| tagger.name == name)
}

/// The tagger of a frame; `None` for frames without a tag.
#[inline]
pub fn chosen(choice: Choice, link_type: LinkType, interface: Option<&Interface>) -> Option<&'static Tagger> {
    // Of most frames nothing tells of a tag.
    let untold = link_type == LinkType::ETHERNET && interface.is_none_or(|one| one.dsa_tagger.is_none());
    if untold && matches!(choice, Choice::Auto) { None } else { by_choice(choice, link_type, interface) }
}

fn by_choice(choice: Choice, link_type: LinkType, interface: Option<&Interface>) -> Option<&'static Tagger> {
    match choice {
        Choice::None => None,
        Choice::Tagger(tagger) if is_ethernet(link_type) => Some(tagger),
        Choice::Tagger(_) => None,
        Choice::Learnt(learnt) => by_choice(learnt.choice, link_type, interface),
        Choice::Auto => match link_type {
            LinkType::ETHERNET => interface?.dsa_tagger.as_deref().and_then(tagger),
            LinkType::DSA_TAG_BRCM => tagger("brcm"),
            LinkType::DSA_TAG_BRCM_PREPEND => tagger("brcm-prepend"),
            LinkType::DSA_TAG_DSA => tagger("dsa"),
            LinkType::DSA_TAG_EDSA => tagger("edsa"),
            _ => None,
        },
    }
}

/// Link types whose frames are Ethernet but for the tag.
fn is_ethernet(link_type: LinkType) -> bool {
    matches!(
        link_type,
        LinkType::ETHERNET
            | LinkType::DSA_TAG_BRCM
            | LinkType::DSA_TAG_BRCM_PREPEND
            | LinkType::DSA_TAG_DSA
            | LinkType::DSA_TAG_EDSA
            | LinkType::DEBUG_ONLY
    )
}

/// Reads the tag of a frame. Where neither source nor tag tell the way, and `hosts` neither, the tag has none, and of what differs
/// with it nothing: ports stand there where both ways name the same.
pub fn read(tagger: &Tagger, data: &[u8], meta: &Meta<'_>, hosts: Option<&Hosts>) -> Option<Tag> {
    let mut tag = read_as(tagger, data, meta)?;
    if meta.direction != Direction::Unknown {
        tag.told_by = Some(ToldBy::Source);
        return Some(tag);
    }
    if tag.way.is_some() && !tag.guessed {
        tag.told_by = Some(ToldBy::Tag);
        return Some(tag);
    }
    let as_way = |direction| read_as(tagger, data, &Meta { direction, ..*meta });
    let by_hosts = |way: Way| {
        let direction = if way == Way::ToCpu { Direction::In } else { Direction::Out };
        let tag = as_way(direction)?;
        let (destination, source) = hosts::addresses(&tag, data)?;
        (hosts?.way(&destination, &source) == Some(way)).then_some(tag)
    };
    match (by_hosts(Way::ToCpu), by_hosts(Way::FromCpu)) {
        (Some(found), None) | (None, Some(found)) => {
            Some(Tag { told_by: Some(ToldBy::Addresses), guessed: false, ..found })
        }
        _ => {
            let ports = |direction| as_way(direction).map(|tag| tag.ports.iter().collect::<Vec<u8>>());
            if ports(Direction::In) != ports(Direction::Out) {
                tag.ports = Ports::None;
            }
            Some(Tag { way: None, ..tag })
        }
    }
}

/// Reads the tag of a frame by what its source says of it.
fn read_as(tagger: &Tagger, data: &[u8], meta: &Meta<'_>) -> Option<Tag> {
    let way = match meta.direction {
        Direction::Unknown => None,
        Direction::In => Some(Way::ToCpu),
        Direction::Out => Some(Way::FromCpu),
    };
    let cut = usize::try_from(meta.original_len).is_ok_and(|len| len > data.len());
    let fcs = meta.fcs_len.map_or(0, usize::from);
    let seen = Seen { data, cut, way, fcs };
    let Some(mut tag) = (tagger.read)(&seen) else {
        // A trailer that the snap length has cut off: there was one, and nothing more is known.
        let lost = tagger.place == Place::Back && cut && data.len() >= 14;
        return lost.then(|| Tag { way, lost, ..Tag::default() });
    };
    // Some conduits take tags out in hardware: such a frame is plain Ethernet whatever the interface says.
    if tagger.place != Place::Back && look::is_plain(&seen) && !look::holds_a_frame(&seen, tagger.place, &tag)
    {
        return None;
    }
    // The source's word counts more than the tag's: a switch that sends up what only the host should send is broken.
    tag.way = way.or(tag.way);
    Some(tag)
}

/// The frame's tagger and tag.
pub fn of_frame(
    choice: Choice,
    frame: &Frame<'_>,
    interface: Option<&Interface>,
) -> Option<(&'static Tagger, Tag)> {
    let tagger = chosen(choice, frame.meta.link_type, interface)?;
    Some((tagger, read(tagger, frame.data, &frame.meta, choice.hosts())?))
}

/// The layer.
pub(super) fn protocol() -> Protocol {
    let mut protocol = Protocol::new("dsa", "Switch tag (DSA)")
        .source("Linux net/dsa/tag_*.c, include/net/dsa.h")
        .leads(&[ETHER_TYPE])
        .leads_to(&["eth", "llc"])
        .heads(&["eth"])
        .later(fields)
        .summary(summary);
    for (number, hex) in SAMPLES {
        protocol = protocol.sample_on(LinkType(*number), hex);
    }
    protocol
}

/// Fields that every tagger has, then those of each family.
fn fields(mut protocol: Protocol) -> Protocol {
    let made = |name| Field::new(name, Kind::Made, Size::Rest);
    let mut fields = vec![
        made("tag").alias("tagger").doc("tagger, by its sysfs name"),
        made("direction").alias("dir").doc("direction: to-cpu or from-cpu"),
        made("direction.source").doc("how the direction is known"),
        u8("port").doc("switch port: source to the CPU, destination from it"),
        u8("switch").doc("switch in its tree"),
        bits("vid", 12).doc("VLAN in the switch tag"),
        bits("priority", 3).alias("prio").doc("priority in the switch tag"),
        be16("=eth.type").hex().doc("EtherType"),
        be16("=eth.len").doc("length of the 802.2 part"),
    ];
    let families = [
        broadcom::fields(),
        marvell::fields(),
        maxlinear::fields(),
        mediatek::fields(),
        microchip::fields(),
        motorcomm::fields(),
        nxp::fields(),
        ocelot::fields(),
        lan9645x::fields(),
        qualcomm::fields(),
        realtek::fields(),
        renesas::fields(),
        tag_8021q::fields(),
    ];
    fields.extend(families.into_iter().flatten());
    protocol.items = vec![crate::schema::Item::Custom(fields, decode, None)];
    protocol
}

/// Frames of the link types that name their tagger: brcm and dsa to the CPU, edsa from it.
const SAMPLES: &[(u32, &str)] = &[
    (
        281,
        "ffffffffffff0200000000e0000004010806000108000604000102000000 00e00a0000010000000000000a000002000000000000000000000000000000000000",
    ),
    (
        284,
        "ffffffffffff0200000000e0c00800000806000108000604000102000000 00e00a0000010000000000000a000002000000000000000000000000000000000000",
    ),
    (
        285,
        "ffffffffffff0200000000e0dada0000400800000806000108000604000102000000 00e00a0000010000000000000a000002000000000000000000000000000000000000",
    ),
];

fn decode(walk: &mut Walk<'_, '_>) {
    let Some((tagger, tag)) = walk.switch_tag() else { return };
    let (start, octets) = tag.parts.first().copied().unwrap_or((0, 0));
    if !tag.bridge_vlan {
        walk.emit_made("tag", start, octets, |text| text.extend_from_slice(tagger.name.as_bytes()));
    }
    if let Some(way) = tag.way {
        walk.emit_made("direction", start, 0, |text| text.extend_from_slice(way.name().as_bytes()));
        if let Some(by) = tag.told_by {
            walk.emit_made("direction.source", start, 0, |text| text.extend_from_slice(by.name().as_bytes()));
        }
    }
    for port in tag.ports.iter() {
        walk.emit("port", start, 0, u64::from(port));
    }
    let numbers = [
        ("switch", tag.switch.map(u64::from)),
        ("vid", tag.vid.map(u64::from)),
        ("priority", tag.priority.map(u64::from)),
    ];
    for (name, value) in numbers {
        if let Some(value) = value {
            walk.emit(name, start, 0, value);
        }
    }
    for own in &tag.own {
        walk.emit_bits(own.name, own.start, own.bits, own.value);
    }
    match tagger.place {
        Place::Front => {
            walk.advance(octets);
            walk.next_named("eth");
        }
        Place::Back => {
            take_from(walk, start);
            walk.next_named("eth");
        }
        Place::Middle => middle(walk, &tag),
    }
}

/// What stands at an offset and behind is no payload.
fn take_from(walk: &mut Walk<'_, '_>, start: usize) {
    let end = walk.offset().saturating_add(walk.rest().len());
    if start > walk.offset() && start < end {
        walk.take_trailer(end.saturating_sub(start));
    }
}

/// Behind a tag between source address and EtherType.
fn middle(walk: &mut Walk<'_, '_>, tag: &Tag) {
    if let Some((start, _)) = tag.parts.get(1) {
        take_from(walk, *start);
    }
    if let Some((start, octets)) = tag.parts.first().filter(|(start, _)| *start == walk.offset()) {
        walk.seek(start.saturating_add(*octets));
    }
    if tag.no_frame {
        return;
    }
    if let (Some(vlan), Some(_)) = (tag.swallowed, tag.tci_in_frame) {
        // The tag's control information stands in place: the VLAN layer begins with it.
        walk.next(ETHER_TYPE, u64::from(vlan.tpid));
        return;
    }
    let Some(kind) = walk.rest().first_chunk::<2>().map(|octets| u16::from_be_bytes(*octets)) else {
        walk.missing(2);
        walk.stop();
        return;
    };
    if kind >= 0x600 {
        walk.take("=eth.type", 2);
    } else {
        walk.take("=eth.len", 2);
    }
    if let Some(vlan) = tag.swallowed {
        walk.insert_swallowed_tag(vlan, kind);
    }
    if kind >= 0x600 {
        walk.next(ETHER_TYPE, u64::from(kind));
    } else {
        walk.limit_payload(i64::from(kind));
        walk.next_named("llc");
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some((tagger, tag)) = line.switch_tag() else { return };
    if !tag.bridge_vlan {
        write_tag(line, tagger, &tag);
    }
    if tag.no_frame {
        line.text("no user's frame, length ");
        line.number(body.len as u64);
        return;
    }
    let (start, octets) = tag.parts.first().copied().unwrap_or((0, 0));
    match tagger.place {
        Place::Front => {
            if let Some(eth) = line.registry.protocol_named("eth") {
                line.protocol(eth, body.skip(start.saturating_add(octets)));
            }
        }
        Place::Back => {
            if let Some(eth) = line.registry.protocol_named("eth") {
                line.protocol(eth, if tag.lost { body } else { body.limit(start) });
            }
        }
        Place::Middle => {
            // The body begins behind the addresses.
            let payload = tag.parts.get(1).map_or(body.len, |(start, _)| start.saturating_sub(12));
            let body = body.limit(payload);
            let behind = body.skip(if start == 12 { octets } else { 0 });
            if let (Some(vlan), Some(_)) = (tag.swallowed, tag.tci_in_frame) {
                line.ether_type_inside(vlan.tpid, behind);
                return;
            }
            let Some(kind) = behind.data.first_chunk::<2>() else {
                line.cut("dsa", behind);
                return;
            };
            line.ether_type_inside(u16::from_be_bytes(*kind), behind.skip(2));
        }
    }
}

/// `dsa brcm to-cpu port 3, prio 2, `.
fn write_tag(line: &mut Line<'_, '_>, tagger: &Tagger, tag: &Tag) {
    line.text("dsa:");
    line.text(tagger.name);
    if let Some(way) = tag.way {
        line.text(" ");
        line.text(way.name());
    }
    if tag.lost {
        line.text(" (tag cut off)");
    }
    let mut before = " port ";
    for port in tag.ports.iter() {
        line.text(before);
        if let Some(switch) = tag.switch {
            line.number(u64::from(switch));
            line.text(".");
        }
        line.number(u64::from(port));
        before = "+";
    }
    if let Some(vid) = tag.vid {
        line.text(", vlan ");
        line.number(u64::from(vid));
    }
    if let Some(priority) = tag.priority.filter(|priority| *priority != 0) {
        line.text(", prio ");
        line.number(u64::from(priority));
    }
    line.text(", ");
}
