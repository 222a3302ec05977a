//! What is filled in when the whole packet is written: lengths, then checksums, the innermost layer's first.

use super::build::Builder;
use super::error::CraftError;
use super::value::Value;
use nettool_dissect::checksum;
use nettool_dissect::schema::{Checksum, Field, IP_PROTO, Over, Span};

/// Bits of the packet that hold a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Spot {
    /// First bit.
    pub(crate) bit: usize,
    /// How many; more than 64 are octets.
    pub(crate) width: u16,
    /// Least significant octet first.
    pub(crate) little: bool,
}

impl Spot {
    /// The octet behind the last one that the bits touch.
    pub(crate) fn end_octet(self) -> usize {
        (self.bit + usize::from(self.width)).div_ceil(8)
    }

    /// Writes a number; bits that do not exist are left out.
    pub(crate) fn write(self, out: &mut [u8], value: u64) {
        let (first, width) = (self.bit / 8, usize::from(self.width));
        if self.bit.is_multiple_of(8) && width.is_multiple_of(8) && width <= 64 {
            let octets = width / 8;
            let Some(place) = out.get_mut(first..first + octets) else { return };
            if self.little {
                place.copy_from_slice(&value.to_le_bytes()[..octets]);
            } else {
                place.copy_from_slice(&value.to_be_bytes()[8 - octets..]);
            }
            return;
        }
        for at in 0..width {
            let bit = self.bit + at;
            let one = value >> (width - 1 - at) & 1;
            if let Some(octet) = out.get_mut(bit / 8) {
                let mask = 0x80 >> (bit % 8);
                *octet = if one == 1 { *octet | mask } else { *octet & !mask };
            }
        }
    }
}

/// A layer of the stack in the octets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Placed {
    pub(crate) start: usize,
    pub(crate) header_end: usize,
    pub(crate) end: usize,
    /// Addresses in it: declared name and first octet.
    pub(crate) addresses: Vec<(&'static str, usize)>,
}

/// A length to be filled in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Length {
    pub(crate) layer: usize,
    pub(crate) spot: Spot,
    pub(crate) of: Span,
    pub(crate) unit: u16,
    pub(crate) bias: i32,
    pub(crate) from: usize,
    pub(crate) part_start: usize,
    pub(crate) in_part: bool,
    pub(crate) part_end: usize,
    pub(crate) field: &'static Field,
}

/// A count of entries, or of octets of a part, to be filled in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted {
    pub(crate) part: &'static str,
    pub(crate) spot: Spot,
    pub(crate) unit: u16,
    pub(crate) bias: i32,
    pub(crate) entries: bool,
    pub(crate) field: &'static Field,
}

/// A checksum in the packet: what it covers.
#[derive(Clone, Debug)]
pub(crate) struct Sum {
    pub(crate) spot: Spot,
    pub(crate) kind: Checksum,
    /// Octets that it covers; each stretch begins a word.
    pub(crate) covers: Vec<(usize, usize)>,
    /// What else is summed: protocol and length.
    pub(crate) constant: u16,
}

impl Sum {
    /// The checksum of the packet as it is; its own field counts as 0.
    pub(crate) fn compute(&self, out: &mut [u8]) -> u64 {
        self.spot.write(out, 0);
        if self.kind == Checksum::Crc32c {
            let parts: Vec<&[u8]> = self.covers.iter().filter_map(|(from, to)| out.get(*from..*to)).collect();
            // sent with its least significant octet first (RFC 9260 appendix A)
            return u64::from(checksum::crc32c(&parts).swap_bytes());
        }
        if let (Checksum::Fletcher(_), Some((from, to))) = (self.kind, self.covers.first().copied()) {
            return fletcher(out.get(from..to).unwrap_or_default(), (self.spot.bit / 8).saturating_sub(from));
        }
        if let Checksum::By(algorithm, over) = self.kind {
            let octets = self.spot.end_octet() - self.spot.bit / 8;
            let zeros = [0_u8; 8];
            let part = |at: usize| {
                self.covers.get(at).and_then(|(from, to)| out.get(*from..*to)).unwrap_or_default()
            };
            return match over {
                Over::Whole => algorithm.of(&[part(0), zeros.get(..octets).unwrap_or_default(), part(1)]),
                Over::Before | Over::After => algorithm.of(&[part(0)]),
            };
        }
        if let (Checksum::Cisco, Some((from, to))) = (self.kind, self.covers.first().copied()) {
            return u64::from(!cisco(out.get(from..to).unwrap_or_default()));
        }
        let mut total = self.constant;
        for (from, to) in &self.covers {
            total = checksum::add(total, checksum::sum(out.get(*from..*to).unwrap_or_default()));
        }
        self.finish(total)
    }

    /// The field for a sum of words.
    pub(crate) fn finish(&self, total: u16) -> u64 {
        match !total {
            0 if self.kind == Checksum::PseudoUdp => 0xffff,
            sum => u64::from(sum),
        }
    }
}

/// The sum of words where an octet left over is a word by its sign, as Cisco's devices have it.
fn cisco(octets: &[u8]) -> u16 {
    let (even, last) = octets.split_at(octets.len() - octets.len() % 2);
    let last = last
        .first()
        .map_or(0, |last| if *last > 0x80 { 0xff00 | u16::from(*last - 1) } else { u16::from(*last) });
    checksum::add(checksum::sum(even), last)
}

/// The check octets at `at` that make both of Fletcher's sums 0 (ISO/IEC 8473 annex C).
fn fletcher(octets: &[u8], at: usize) -> u64 {
    let (low, high) = octets.iter().fold((0_i64, 0_i64), |(low, high), octet| {
        let low = (low + i64::from(*octet)) % 255;
        (low, (high + low) % 255)
    });
    let behind = octets.len().saturating_sub(at + 1) as i64;
    let first = match (behind * low - high).rem_euclid(255) {
        0 => 255,
        first => first,
    };
    let second = 510 - low - first;
    let second = if second > 255 { second - 255 } else { second };
    (first << 8 | second) as u64
}

impl Builder<'_> {
    /// Computes the checksums of an entry that is written.
    pub(super) fn fill_part_sums(&mut self, noted: usize, start: usize) {
        let end = self.out.len();
        for (kind, spot) in self.part_sums.split_off(noted.min(self.part_sums.len())) {
            let Checksum::Fletcher(skip) = kind else { continue };
            let covers = vec![((start + usize::from(skip)).min(end), end)];
            let sum = Sum { spot, kind, covers, constant: 0 };
            let value = sum.compute(&mut self.out);
            spot.write(&mut self.out, value);
        }
    }

    pub(super) fn fill_lengths(&mut self) -> Result<(), CraftError> {
        for length in std::mem::take(&mut self.lengths) {
            let Some(placed) = self.placed.get(length.layer) else { continue };
            let (start, header_end, end) = if length.in_part {
                (length.part_start, length.part_end, length.part_end)
            } else {
                (placed.start, placed.header_end, placed.end)
            };
            let octets = match length.of {
                Span::Header => header_end - start,
                Span::Payload => end - header_end,
                Span::Padded => end - header_end + self.padding.len(),
                Span::Whole => end - start,
                Span::After => end.saturating_sub(length.from),
            };
            let value = octets.div_ceil(usize::from(length.unit.max(1))) as i64 + i64::from(length.bias);
            self.patch_checked(length.spot, value, length.field);
        }
        self.take_fault()
    }

    fn take_fault(&mut self) -> Result<(), CraftError> {
        self.fault_now().map_or(Ok(()), Err)
    }

    /// Computes the checksums, the innermost layer's first, and says what they cover.
    pub(super) fn fill_sums(&mut self) -> Vec<Sum> {
        let mut sums = Vec::new();
        let mut asked = std::mem::take(&mut self.sums);
        asked.sort_by_key(|(layer, _, _)| std::cmp::Reverse(*layer));
        for (layer, kind, spot) in asked {
            let Some(placed) = self.placed.get(layer) else { continue };
            let whole = (placed.start, placed.end);
            let sum = match kind {
                Checksum::Header => {
                    Some(Sum { spot, kind, covers: vec![(placed.start, placed.header_end)], constant: 0 })
                }
                Checksum::Whole | Checksum::Crc32c | Checksum::Cisco => {
                    Some(Sum { spot, kind, covers: vec![whole], constant: 0 })
                }
                Checksum::Ospf => {
                    let at = |octets: usize| (placed.start + octets).min(placed.end);
                    let cryptographic = self.out.get(at(14)..at(16)) == Some(&[0, 2]);
                    let covers = vec![(at(0), at(16)), (at(24), placed.end)];
                    (!cryptographic).then_some(Sum { spot, kind, covers, constant: 0 })
                }
                Checksum::Fletcher(skip) => {
                    let from = (placed.start + usize::from(skip)).min(placed.end);
                    Some(Sum { spot, kind, covers: vec![(from, placed.end)], constant: 0 })
                }
                Checksum::By(_, over) => {
                    let (at, behind) = (spot.bit / 8, spot.end_octet());
                    let (before, after) = ((placed.start, at), (behind, placed.end));
                    let covers = match over {
                        Over::Before => vec![before],
                        Over::After => vec![after],
                        Over::Whole => vec![before, after],
                    };
                    Some(Sum { spot, kind, covers, constant: 0 })
                }
                Checksum::Pseudo | Checksum::PseudoUdp => self.with_pseudo_header(layer, kind, spot, whole),
            };
            if let Some(sum) = sum {
                let value = sum.compute(&mut self.out);
                spot.write(&mut self.out, value);
                sums.push(sum);
            }
        }
        sums
    }

    /// The network layer below gives addresses; without one the checksum stays 0.
    fn with_pseudo_header(
        &mut self,
        layer: usize,
        kind: Checksum,
        spot: Spot,
        whole: (usize, usize),
    ) -> Option<Sum> {
        let (stack, catalog) = (self.stack(), self.catalog());
        let protocol =
            |at: usize| stack.get(at).map_or("", |layer| catalog.class(layer.class).declaration.name);
        let mut below = layer.checked_sub(1)?;
        // further layers of the same message (an option stacked on its message) stand between
        let mut length = whole.1 - whole.0;
        let mut destination = None;
        let mut source = None;
        let (addresses, octets) = loop {
            let name = protocol(below);
            let said = if name == "ip" { self.said_length(below) } else { None };
            let placed = self.placed.get(below)?;
            match name {
                "ip" => {
                    length = said.unwrap_or(length);
                    let hops: Vec<usize> = self.source_route(below);
                    destination = destination.or(hops.last().copied());
                    break (placed, 4);
                }
                "ipv6" => break (placed, 16),
                "ipv6.routing" => {
                    let left = placed.start + 3;
                    let kind = self.out.get(placed.start + 2).copied();
                    let mut hops = placed.addresses.iter().map(|(_, at)| *at);
                    let last = if kind == Some(4) { hops.next() } else { hops.next_back() };
                    // of a segment list scapy takes the last segment also where it filled in that none is left
                    let filled = kind == Some(4)
                        && self
                            .stack()
                            .get(below)
                            .is_some_and(|layer| layer.get(self.catalog(), "segleft").is_none());
                    let left = filled || self.out.get(left).is_some_and(|left| *left != 0);
                    if left && destination.is_none() {
                        destination = last;
                    }
                }
                "ipv6.dstopts" => {
                    // scapy looks at a lone option; RFC 6275 §6.3 says nothing of others beside it
                    let lone = !matches!(self.stack().get(below).and_then(|layer| layer.get(self.catalog(), "options")), Some(Value::List(options)) if options.len() > 1);
                    let home =
                        placed.addresses.iter().find(|(name, _)| lone && name.contains("home_address"));
                    source = home.map(|(_, at)| *at).or(source);
                }
                "ipv6.hopopts" | "ipv6.fraghdr" => {}
                _ => return None,
            }
            below = below.checked_sub(1)?;
        };
        let find = |name| addresses.addresses.iter().find(|(known, _)| *known == name).map(|(_, at)| *at);
        let source = source.or_else(|| find("src"))?;
        let destination = destination.or_else(|| find("dst"))?;
        let class = self.stack().get(layer).map(|layer| self.catalog().class(layer.class))?;
        let number = class.declaration.on.iter().find(|(table, _)| *table == IP_PROTO)?.1.first().copied()?;
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        let sized = checksum::add((length >> 16) as u16, length as u16);
        Some(Sum {
            spot,
            kind,
            covers: vec![whole, (source, source + octets), (destination, destination + octets)],
            constant: checksum::add(sized, number as u16),
        })
    }

    /// Octets of payload that a given total length of an IPv4 header stands for.
    fn said_length(&mut self, layer: usize) -> Option<usize> {
        let above = self.stack().get(layer)?;
        let entry = above.named(self.catalog(), "len")?;
        if above.set.get(entry)?.1 == Value::Auto {
            return None;
        }
        // a checksum that covers it is computed anew for each of its values
        self.shaping.push((layer, entry));
        let at = self.placed.get(layer)?.start;
        let total = self.out.get(at + 2..at + 4)?;
        let total = usize::from(u16::from_be_bytes([total[0], total[1]]));
        let header = usize::from(self.out.get(at)? & 15) * 4;
        Some(total.saturating_sub(header))
    }

    /// Hops of the one source route in an IPv4 header.
    fn source_route(&self, layer: usize) -> Vec<usize> {
        let Some(placed) = self.placed.get(layer) else { return Vec::new() };
        let Some(header) = self.out.get(placed.start..placed.header_end) else { return Vec::new() };
        let mut at = 20;
        let mut found = Vec::new();
        let mut routes = 0;
        while let Some(kind) = header.get(at) {
            let len = match kind {
                0 => break,
                1 => 1,
                _ => usize::from(header.get(at + 1).copied().unwrap_or(0)).max(2),
            };
            if matches!(kind, 131 | 137) {
                routes += 1;
                let inside = placed.start + at..placed.start + at + len;
                found = placed.addresses.iter().map(|(_, at)| *at).filter(|at| inside.contains(at)).collect();
            }
            at += len;
        }
        if routes == 1 { found } else { Vec::new() }
    }
}
