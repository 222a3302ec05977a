//! Sets become packets: every combination of the values of a stack's fields, in scapy's order (outer layers change slowest,
//! within a layer the last field does), one at a time in one buffer.
//!
//! A combination is built once; as long as only numbers change that do not shape the packet, the next one is made by
//! writing those and mending the checksums that cover them by what changed (RFC 1624). No allocation happens then.

use super::build::{Built, Track, build};
use super::catalog::Catalog;
use super::choice::Choices;
use super::error::CraftError;
use super::finish::{Spot, Sum};
use super::random::Rng;
use super::value::{Layer, Packet};
use nettool_dissect::checksum;
use nettool_dissect::schema::Checksum;

/// One field that takes several values.
struct Dimension {
    layer: usize,
    entry: usize,
    choices: Choices,
    at: u64,
    /// Where the value lies in the packet that was built; empty where it shapes it.
    patches: Vec<Patch>,
}

/// A number in the packet, and the words of each checksum that it lies in.
struct Patch {
    spot: Spot,
    track: Track,
    words: Vec<Words>,
}

/// Octets of a packet whose sum is part of a checksum's.
#[derive(Clone, Copy)]
struct Words {
    sum: usize,
    from: usize,
    to: usize,
}

/// The packets of one stack with sets.
pub struct Expansion<'c> {
    catalog: &'c Catalog,
    packet: Packet,
    dimensions: Vec<Dimension>,
    rng: Rng,
    octets: Vec<u8>,
    /// Octets of layers that only stand below.
    cut: usize,
    sums: Vec<Sum>,
    totals: Vec<u16>,
    /// For each checksum the words of outer checksums that it lies in.
    nested: Vec<Vec<Words>>,
    patchable: bool,
    started: bool,
    /// The first packet is to be made once more.
    again: bool,
    ended: bool,
    fault: Option<CraftError>,
}

impl<'c> Expansion<'c> {
    /// Prepares the packets of `packet`; random values follow from `seed`.
    pub fn new(catalog: &'c Catalog, packet: Packet, seed: u64) -> Result<Self, CraftError> {
        let mut dimensions = Vec::new();
        for (at, layer) in packet.layers.iter().enumerate() {
            let class = catalog.class(layer.class);
            let mut of_layer = Vec::new();
            for (entry, (name, value)) in layer.set.iter().enumerate() {
                if class.takes_lists(*name) && !super::choice::has_random(value) {
                    continue;
                }
                let fields = class.fields_of(*name);
                if let Some(choices) = Choices::of(fields, value)? {
                    let dimension = Dimension { layer: at, entry, choices, at: 0, patches: Vec::new() };
                    of_layer.push((class.order_of(*name), dimension));
                }
            }
            of_layer.sort_by_key(|(order, _)| std::cmp::Reverse(*order));
            dimensions.extend(of_layer.into_iter().map(|(_, dimension)| dimension));
        }
        let ended =
            packet.layers.is_empty() || dimensions.iter().any(|dimension| dimension.choices.count() == 0);
        Ok(Expansion {
            catalog,
            packet,
            dimensions,
            rng: Rng::new(seed),
            octets: Vec::new(),
            cut: 0,
            sums: Vec::new(),
            totals: Vec::new(),
            nested: Vec::new(),
            patchable: false,
            started: false,
            again: false,
            ended,
            fault: None,
        })
    }

    /// How many packets there are; `None` where they are more than can be numbered.
    pub fn count(&self) -> Option<u64> {
        if self.packet.layers.is_empty() {
            return Some(0);
        }
        self.dimensions
            .iter()
            .try_fold(1_u64, |product, dimension| product.checked_mul(dimension.choices.count()))
    }

    /// Whether there is no packet, and never was.
    pub fn is_empty(&self) -> bool {
        self.ended && !self.started
    }

    /// Begins again at the first packet, with random values that follow from `seed`: what was built serves again. False where it
    /// cannot, since there is no packet or none could be built.
    pub fn again(&mut self, seed: u64) -> bool {
        if !self.started || self.fault.is_some() {
            return false;
        }
        self.dimensions.iter_mut().for_each(|dimension| dimension.at = 0);
        self.rng = Rng::new(seed);
        (self.again, self.ended) = (true, false);
        true
    }

    /// Makes the next packet; false at the end.
    #[inline]
    pub fn advance(&mut self) -> bool {
        if self.ended {
            return false;
        }
        let fresh = !self.started;
        let again = std::mem::take(&mut self.again);
        if again && self.dimensions.is_empty() {
            return true;
        }
        let changed = if fresh || again { Some(0) } else { self.step() };
        let Some(changed) = changed else { return false };
        self.started = true;
        let result = if fresh || !self.patchable || !self.can_patch(changed) {
            self.rebuild()
        } else {
            self.patch(changed)
        };
        if let Err(fault) = result {
            self.ended = true;
            self.fault = Some(fault);
        }
        true
    }

    /// The packet that was made last.
    #[inline]
    pub fn result(&self) -> Result<&[u8], &CraftError> {
        match &self.fault {
            None => Ok(self.octets.get(self.cut..).unwrap_or_default()),
            Some(fault) => Err(fault),
        }
    }

    /// The next packet's octets, until the next call; `None` at the end.
    pub fn next_octets(&mut self) -> Option<Result<&[u8], CraftError>> {
        if !self.advance() {
            return None;
        }
        Some(self.result().map_err(Clone::clone))
    }

    /// The layers of the packet that [`Expansion::next_octets`] gave last, each field with its one value.
    pub fn current(&mut self) -> Packet {
        self.concrete()
    }

    /// Moves to the next combination; the index of the slowest dimension that changed.
    #[inline]
    fn step(&mut self) -> Option<usize> {
        for (at, dimension) in self.dimensions.iter_mut().enumerate().rev() {
            dimension.at += 1;
            if dimension.at < dimension.choices.count() {
                return Some(at);
            }
            dimension.at = 0;
        }
        self.ended = true;
        None
    }

    fn can_patch(&self, changed: usize) -> bool {
        let changed = self
            .dimensions
            .iter()
            .enumerate()
            .filter(|(at, dimension)| *at >= changed || dimension.choices.is_random());
        changed.into_iter().all(|(_, dimension)| !dimension.patches.is_empty())
    }

    /// The stack with one value for each field.
    fn concrete(&mut self) -> Packet {
        if self.dimensions.is_empty() {
            return self.packet.clone();
        }
        let mut layers: Vec<Layer> = self.packet.layers.to_vec();
        for dimension in &self.dimensions {
            let value = dimension.choices.value(dimension.at, &mut self.rng);
            if let Some((_, entry)) =
                layers.get_mut(dimension.layer).and_then(|l| l.set.get_mut(dimension.entry))
            {
                *entry = value;
            }
        }
        self.packet.with_layers(layers)
    }

    fn rebuild(&mut self) -> Result<(), CraftError> {
        let packet = self.concrete();
        let built = build(self.catalog, &packet)?;
        self.take(built);
        Ok(())
    }

    fn take(&mut self, built: Built) {
        let Built { octets, tracks, shaping, sums, starts } = built;
        let below = self.packet.below;
        self.cut = if below == 0 { 0 } else { starts.get(below).copied().unwrap_or(octets.len()) };
        self.octets = octets;
        self.patchable = !self.dimensions.is_empty()
            && sums.iter().all(|sum| {
                !matches!(
                    sum.kind,
                    Checksum::Crc32c | Checksum::Cisco | Checksum::Fletcher(_) | Checksum::By(..)
                )
            });
        for dimension in &mut self.dimensions {
            let place = (dimension.layer, dimension.entry);
            dimension.patches.clear();
            if shaping.contains(&place) {
                continue;
            }
            let own = tracks.iter().filter(|track| (track.layer, track.entry) == place);
            dimension.patches.extend(own.map(|track| Patch {
                spot: track.spot,
                track: *track,
                words: words_of(track.spot, &sums, 0),
            }));
        }
        self.nested = sums.iter().enumerate().map(|(at, sum)| words_of(sum.spot, &sums, at + 1)).collect();
        self.totals.clear();
        for sum in &sums {
            let mut total = sum.constant;
            for (from, to) in &sum.covers {
                total = checksum::add(total, checksum::sum(self.octets.get(*from..*to).unwrap_or_default()));
            }
            // the sum's own field counts as 0
            let stored = self.octets.get(sum.spot.bit / 8..sum.spot.end_octet()).unwrap_or_default();
            let own = checksum::sum(stored);
            let odd = sum.covers.first().is_some_and(|(from, _)| (sum.spot.bit / 8 - from) % 2 == 1);
            let own = if odd { own.swap_bytes() } else { own };
            self.totals.push(checksum::add(total, !own));
        }
        self.sums = sums;
    }

    #[inline]
    fn patch(&mut self, changed: usize) -> Result<(), CraftError> {
        for (at, dimension) in self.dimensions.iter().enumerate() {
            if at < changed && !dimension.choices.is_random() {
                continue;
            }
            let wide = dimension.choices.wire(dimension.at, &mut self.rng, &dimension.patches[0].track)?;
            for patch in &dimension.patches {
                for words in &patch.words {
                    subtract(&mut self.totals, &self.octets, *words);
                }
                write(patch.spot, &mut self.octets, wide);
                for words in &patch.words {
                    add(&mut self.totals, &self.octets, *words);
                }
            }
        }
        for at in 0..self.sums.len() {
            let (Some(sum), Some(total), Some(nested)) =
                (self.sums.get(at), self.totals.get(at), self.nested.get(at))
            else {
                break;
            };
            let value = sum.finish(*total);
            if nested.is_empty() {
                sum.spot.write(&mut self.octets, value);
                continue;
            }
            for words in nested {
                subtract(&mut self.totals, &self.octets, *words);
            }
            sum.spot.write(&mut self.octets, value);
            for words in nested {
                add(&mut self.totals, &self.octets, *words);
            }
        }
        Ok(())
    }
}

#[inline]
fn subtract(totals: &mut [u16], octets: &[u8], words: Words) {
    if let (Some(total), Some(octets)) = (totals.get_mut(words.sum), octets.get(words.from..words.to)) {
        *total = checksum::add(*total, !small_sum(octets));
    }
}

#[inline]
fn add(totals: &mut [u16], octets: &[u8], words: Words) {
    if let (Some(total), Some(octets)) = (totals.get_mut(words.sum), octets.get(words.from..words.to)) {
        *total = checksum::add(*total, small_sum(octets));
    }
}

#[inline]
fn small_sum(octets: &[u8]) -> u16 {
    match octets {
        [a, b] => u16::from_be_bytes([*a, *b]),
        [a, b, c, d] => checksum::add(u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d])),
        octets => checksum::sum(octets),
    }
}

/// Writes a number of up to 128 bits.
#[inline]
fn write(spot: Spot, out: &mut [u8], value: u128) {
    if spot.width == 128 {
        let first = spot.bit / 8;
        if let Some(place) = out.get_mut(first..first + 16) {
            place.copy_from_slice(&value.to_be_bytes());
        }
    } else {
        spot.write(out, value as u64);
    }
}

/// The words of the checksums from `first` on that bits lie in.
fn words_of(spot: Spot, sums: &[Sum], first: usize) -> Vec<Words> {
    let mut words = Vec::new();
    let (start, end) = (spot.bit / 8, spot.end_octet());
    for (at, sum) in sums.iter().enumerate().skip(first) {
        for (from, to) in &sum.covers {
            if start < *to && end > *from && spot != sum.spot {
                let begin = start.max(*from);
                let begin = begin - (begin - from) % 2;
                let finish = end.min(*to);
                let finish = (finish + (finish - from) % 2).min(*to);
                words.push(Words { sum: at, from: begin, to: finish });
            }
        }
    }
    words
}

/// The packet without sets: each field's first value.
pub fn first(packet: &Packet, catalog: &Catalog, seed: u64) -> Result<Option<Packet>, CraftError> {
    let mut expansion = Expansion::new(catalog, packet.clone(), seed)?;
    Ok(if expansion.ended { None } else { Some(expansion.concrete()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::craft::Host;

    fn all(expansion: &mut Expansion<'_>) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| expansion.next_octets().map(|made| made.expect("it is built").to_vec()))
            .collect()
    }

    #[test]
    fn what_begins_again_is_what_is_made_anew() {
        let catalog = Catalog::builtin();
        let host = Host::new(catalog, 0);
        for text in [
            "IP()/UDP()/'x'",
            "Ether()/IP(dst='10.0.0.0/30')/TCP(dport=[1, 2], seq=RandInt())",
            "IP(options=[IPOption_RR(routers=['1.2.3.4'])], ttl=(1, 3))/ICMP()",
            "Ether()/IP(src=RandIP())/UDP(dport=RandShort())/DNS(id=RandShort())",
            "IPv6(dst='fd00::/126')/SCTP()/Raw(RandString(RandNum(1, 9)))",
            "fuzz(IP()/UDP()/DNS())",
        ] {
            let packets = host.expression(text).expect("it is an expression");
            for (packet, _) in packets.descriptions() {
                let prepare = |seed| Expansion::new(catalog, packet.clone(), seed).expect("it has packets");
                let mut kept = prepare(1);
                assert!(!kept.again(2), "{text}: nothing was made yet");
                all(&mut kept);
                for seed in [2, 3] {
                    assert!(kept.again(seed), "{text}");
                    assert_eq!(all(&mut kept), all(&mut prepare(seed)), "{text}");
                }
                // also from the middle
                kept.again(4);
                kept.next_octets();
                assert!(kept.again(5), "{text}");
                assert_eq!(all(&mut kept), all(&mut prepare(5)), "{text}");
            }
        }
    }
}
