//! Which way frames went where neither their source nor their tags tell: by the addresses of the host, learnt from the capture.
//!
//! On a conduit every frame for one station is between the host and a station behind a switch port. So the addresses fall into two camps, and
//! which camp is the host's is told by frames whose way is known, by the interface's own address, or by this: a station stands behind one
//! port, and an address that sends with several port numbers is the host's. Where none of that tells, the length may: what came through a wire has
//! at least 60 octets (IEEE 802.3 §3.2.7), and who sends less is the host, whose switch pads. Where evidence contradicts itself, as where the host
//! forwards between ports in software, nothing is learnt: no answer rather than a wrong one.

use super::tag::{Ports, Tag, Way};
use super::{Choice, chosen, read_as};
use crate::frame::{Direction, Frame, Interface, Meta};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasher, RandomState};

/// Frames that are looked at.
const MOST_FRAMES: usize = 8192;
/// Octets of the shortest frame on a wire, without its check sequence.
const SHORTEST: usize = 60;
/// Addresses that are told apart; of a capture with more of them nothing further is learnt.
const MOST_ADDRESSES: usize = 1024;

type Address = [u8; 6];

/// Addresses of the host and of stations.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Hosts {
    host: Vec<Address>,
    stations: Vec<Address>,
}

impl Hosts {
    /// Whether nothing was learnt.
    pub fn is_empty(&self) -> bool {
        self.host.is_empty()
    }

    /// The way of a frame between two addresses, source second as in a frame.
    pub(super) fn way(&self, destination: &Address, source: &Address) -> Option<Way> {
        let host = |address: &Address| self.host.binary_search(address).is_ok();
        let station = |address: &Address| self.stations.binary_search(address).is_ok();
        let for_many = destination.first().is_some_and(|octet| octet & 1 == 1);
        match (host(source), host(destination)) {
            (true, false) => Some(Way::FromCpu),
            (false, true) => Some(Way::ToCpu),
            (false, false) if for_many && station(source) => Some(Way::ToCpu),
            _ => None,
        }
    }
}

/// Destination and source address in a frame without its tag.
pub(super) fn addresses(tag: &Tag, data: &[u8]) -> Option<(Address, Address)> {
    let front = tag.parts.first().filter(|(start, _)| *start == 0).map_or(0, |(_, len)| *len);
    let [d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5] = *data.get(front..)?.first_chunk::<12>()?;
    Some(([d0, d1, d2, d3, d4, d5], [s0, s1, s2, s3, s4, s5]))
}

/// What is known of an address.
#[derive(Default)]
struct Known {
    /// Who it exchanges frames with.
    peers: BTreeSet<Address>,
    /// Sent from the CPU, sent to it: by the source or the tag.
    from_cpu: bool,
    to_cpu: bool,
    /// Sent a frame that is shorter than any that came through a wire.
    short: bool,
    /// Ports that its frames to one station name, read as those to the CPU and as those from it.
    ports: [BTreeSet<u8>; 2],
}

/// Learns from the first frames of a source.
pub fn learn<'f, 'i>(
    choice: Choice,
    frames: impl Iterator<Item = Frame<'f>>,
    interface: impl Fn(&Frame<'_>) -> Option<&'i Interface>,
) -> Hosts {
    let mut known: BTreeMap<Address, Known> = BTreeMap::new();
    let mut copies = Copies::default();
    for frame in frames.take(MOST_FRAMES) {
        let interface = interface(&frame);
        let Some(tagger) = chosen(choice, frame.meta.link_type, interface) else { continue };
        if let Some(address) = interface.and_then(|interface| interface.address) {
            known.entry(address).or_default().from_cpu = true;
        }
        let as_way = |direction| read_as(tagger, frame.data, &Meta { direction, ..frame.meta });
        let Some(tag) = as_way(frame.meta.direction).filter(|tag| !tag.no_frame && !tag.lost) else {
            continue;
        };
        let Some((destination, source)) = addresses(&tag, frame.data) else { continue };
        if known.len() > MOST_ADDRESSES {
            return Hosts::default();
        }
        let one = known.entry(source).or_default();
        match tag.way.filter(|_| !tag.guessed) {
            Some(Way::FromCpu) => one.from_cpu = true,
            Some(Way::ToCpu) => one.to_cpu = true,
            None => {}
        }
        one.short |= untagged_len(&tag, &frame) < SHORTEST;
        if destination.first().is_some_and(|octet| octet & 1 == 1) {
            continue;
        }
        one.peers.insert(destination);
        for (direction, ports) in [Direction::In, Direction::Out].into_iter().zip(&mut one.ports) {
            if let Some(Ports::One(port)) = as_way(direction).map(|tag| single(tag.ports)) {
                ports.insert(port);
            }
        }
        known.entry(destination).or_default().peers.insert(source);
        copies.see(&tag, &frame);
    }
    if copies.found { Hosts::default() } else { camps(&known) }
}

/// Octets of a frame without its tag.
fn untagged_len(tag: &Tag, frame: &Frame<'_>) -> usize {
    let swallowed = match (tag.swallowed, tag.tci_in_frame) {
        (Some(_), Some(_)) => 2,
        (Some(_), None) => 4,
        (None, _) => 0_usize,
    };
    let tags: usize = tag.parts.iter().map(|(_, len)| *len).sum();
    let len = usize::try_from(frame.meta.original_len).unwrap_or(usize::MAX);
    len.saturating_add(swallowed).saturating_sub(tags)
}

/// A mask of one port is that port.
fn single(ports: Ports) -> Ports {
    let mut all = ports.iter();
    match (all.next(), all.next()) {
        (Some(port), None) => Ports::One(port),
        _ => Ports::None,
    }
}

/// The same frame twice with different tags, once up and once down: the host forwards in software.
#[derive(Default)]
struct Copies {
    hasher: RandomState,
    /// Hashes of frames and their tags.
    seen: HashMap<u64, u64>,
    found: bool,
}

impl Copies {
    fn see(&mut self, tag: &Tag, frame: &Frame<'_>) {
        let mut octets = Vec::with_capacity(frame.data.len());
        tag.untagged(frame.data, &mut octets);
        // Without the trailing padding, which stands in one of them.
        let end = octets.iter().rposition(|octet| *octet != 0).map_or(0, |at| at.saturating_add(1));
        let hash = self.hasher.hash_one(octets.get(..end).unwrap_or_default());
        let parts = tag.parts.iter().filter_map(|(at, len)| frame.data.get(*at..at.saturating_add(*len)));
        let tag = self.hasher.hash_one(parts.collect::<Vec<_>>());
        self.found |= *self.seen.entry(hash).or_insert(tag) != tag;
    }
}

/// Divides the addresses that exchange frames into two camps, and finds the host's.
fn camps(known: &BTreeMap<Address, Known>) -> Hosts {
    let mut found = Hosts::default();
    // Where frames to the CPU are as short, as on virtual switches, their length says nothing.
    let wire = !known.values().any(|known| known.short && known.to_cpu);
    let mut camp: BTreeMap<Address, bool> = BTreeMap::new();
    for first in known.keys() {
        if camp.contains_key(first) {
            continue;
        }
        camp.insert(*first, false);
        let mut whole = vec![*first];
        let mut at = 0;
        let mut divided = true;
        while let Some(address) = whole.get(at).copied() {
            at = at.saturating_add(1);
            let own = camp.get(&address).copied().unwrap_or(false);
            for peer in known.get(&address).iter().flat_map(|known| &known.peers) {
                match camp.get(peer) {
                    None => {
                        camp.insert(*peer, !own);
                        whole.push(*peer);
                    }
                    Some(other) => divided &= *other != own,
                }
            }
        }
        if !divided {
            continue;
        }
        let (one, other): (Vec<Address>, Vec<Address>) =
            whole.into_iter().partition(|address| camp.get(address) == Some(&false));
        let any = |of: &[Address], is: fn(&Known) -> bool| {
            of.iter().filter_map(|address| known.get(address)).any(is)
        };
        let host =
            |own: &[Address], others: &[Address]| any(own, Known::is_host) || any(others, Known::is_station);
        let short = |own: &[Address]| wire && any(own, |known| known.short);
        let (hosts, stations) = match (host(&one, &other), host(&other, &one)) {
            (true, false) => (one, other),
            (false, true) => (other, one),
            (false, false) if short(&one) && !short(&other) => (one, other),
            (false, false) if short(&other) && !short(&one) => (other, one),
            _ => continue,
        };
        found.host.extend(hosts);
        found.stations.extend(stations);
    }
    found.host.sort_unstable();
    found.stations.sort_unstable();
    found
}

impl Known {
    fn is_host(&self) -> bool {
        let [as_source, as_destination] = &self.ports;
        self.from_cpu || (self.peers.len() >= 2 && as_source.len() >= 2 && as_destination.len() >= 2)
    }

    fn is_station(&self) -> bool {
        self.to_cpu
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ToldBy, of_frame, tagger};
    use super::*;
    use crate::frame::LinkType;

    const HOST: u8 = 0xe0;

    /// A frame of tag_8021q on a port, between two addresses by their last octets.
    fn frame(to: u8, from: u8, port: u8, content: u8) -> Vec<u8> {
        let mut octets = vec![2, 0, 0, 0, 0, to, 2, 0, 0, 0, 0, from, 0x81, 0, 0x0c, port, 8, 0];
        octets.extend([0x45, 0, 0, 46, content]);
        octets.resize(64, content);
        octets
    }

    fn learnt(frames: &[Vec<u8>]) -> Hosts {
        let choice = tagger("vsc73xx-8021q").map_or(Choice::None, Choice::Tagger);
        let frames = frames.iter().map(|data| Frame {
            number: 1,
            data,
            meta: Meta::new(LinkType::ETHERNET, data.len() as u32),
        });
        learn(choice, frames, |_| None)
    }

    #[test]
    fn who_sends_to_several_ports_is_the_host() {
        let hosts =
            learnt(&[frame(1, HOST, 0, 1), frame(HOST, 1, 0, 2), frame(2, HOST, 1, 3), frame(HOST, 2, 1, 4)]);
        let way = |to: u8, from: u8| hosts.way(&[2, 0, 0, 0, 0, to], &[2, 0, 0, 0, 0, from]);
        assert_eq!(way(1, HOST), Some(Way::FromCpu));
        assert_eq!(way(HOST, 1), Some(Way::ToCpu));
        assert_eq!(hosts.way(&[0xff; 6], &[2, 0, 0, 0, 0, 2]), Some(Way::ToCpu));
        assert_eq!((way(1, 2), way(3, 4), hosts.way(&[0xff; 6], &[2, 0, 0, 0, 0, 9])), (None, None, None));
        let choice = tagger("vsc73xx-8021q").map_or(Choice::None, Choice::Tagger);
        let choice = Choice::Learnt(Box::leak(Box::new(super::super::Learnt { choice, hosts })));
        let data = frame(1, HOST, 0, 1);
        let one = Frame { number: 1, data: &data, meta: Meta::new(LinkType::ETHERNET, 64) };
        let tag = of_frame(choice, &one, None).map(|(_, tag)| (tag.way, tag.told_by));
        assert_eq!(tag, Some((Some(Way::FromCpu), Some(ToldBy::Addresses))));
    }

    #[test]
    fn who_sends_less_than_a_wire_carries_is_the_host() {
        let mut short = frame(1, HOST, 1, 7);
        short.truncate(50);
        let hosts = learnt(&[short.clone(), frame(2, HOST, 1, 1)]);
        assert_eq!(hosts.way(&[2, 0, 0, 0, 0, 2], &[2, 0, 0, 0, 0, HOST]), Some(Way::FromCpu));
        // Where both do, it says nothing.
        let mut back = frame(HOST, 1, 1, 8);
        back.truncate(50);
        assert!(learnt(&[short, back]).is_empty());
    }

    #[test]
    fn what_may_be_either_is_not_learnt() {
        // One pair; a pair of hosts behind one port; forwarding between ports in software; a triangle.
        assert!(learnt(&[frame(1, HOST, 0, 1), frame(HOST, 1, 0, 2)]).is_empty());
        assert!(learnt(&[frame(1, HOST, 0, 1), frame(2, HOST, 0, 2), frame(HOST, 2, 0, 3)]).is_empty());
        assert!(
            learnt(&[frame(2, 1, 0, 1), frame(2, 1, 1, 1), frame(3, 1, 0, 2), frame(3, 1, 2, 2)]).is_empty()
        );
        let triangle = [frame(1, HOST, 0, 1), frame(2, HOST, 1, 2), frame(1, 2, 1, 3), frame(2, 1, 0, 4)];
        assert!(learnt(&triangle).is_empty());
    }
}
