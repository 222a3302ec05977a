//! Headers as wholes: heads that stand without a body, headers that were read and stay as they were, padding behind everything else.

use super::build::Builder;
use super::catalog::{Class, NameId};
use super::encode;
use super::error::CraftError;
use super::value::Value;
use nettool_dissect::schema::{Kind, Part};

impl<'a> Builder<'a> {
    /// Where the layers behind a head are layers of their own, a head of which nothing behind was given stands alone, as scapy's does:
    /// the field that is its last.
    pub(super) fn bare_head(&self, class: &Class, set: &[(NameId, Value)]) -> Option<&'static str> {
        let named = class.declaration.layers.contains(&class.name)
            || class.declaration.presets.iter().any(|(name, _)| *name == class.name);
        let known = |part: &&Part| class.sets.iter().all(|set| part.sets.contains(set));
        let bodies =
            class.declaration.parts.iter().filter(|part| part.behind && named && !part.sets.is_empty());
        let last = bodies.clone().find(known)?.of;
        let mut fields = Vec::new();
        super::catalog::collect(class.declaration.header(), &mut fields);
        let at = fields.iter().rposition(|field| field.name == last)?;
        let (head, rest) = fields.split_at(at + 1);
        let own = |name: NameId| head.iter().any(|field| class.means(name, field));
        let given = set.iter().any(|(name, value)| {
            *value != Value::Auto && !own(*name) && rest.iter().any(|field| class.means(*name, field))
        });
        (!given).then_some(last)
    }

    /// Writes a header that nobody changed. Where a layer above is written anew its checksum may cover the header's addresses:
    /// the fields are gone through to know where they lie.
    pub(super) fn as_it_stood(&mut self, at: usize, class: &'a Class, octets: &[u8]) {
        let network =
            matches!(class.declaration.name, "ip" | "ipv6") || class.declaration.name.starts_with("ipv6.");
        let mut above = self.stack.iter().skip(at + 1);
        if network && above.any(|layer| layer.verbatim.is_none()) {
            let (bit, tracks, shaping) = (self.bit, self.tracks.len(), self.shaping.len());
            let (lengths, counted, sums) = (self.lengths.len(), self.counted.len(), self.sums.len());
            let behind = self.behind.len();
            self.root(class.root());
            let fits = self.bit == bit + octets.len() * 8 && self.fault.is_none();
            self.fault = None;
            self.bit = bit;
            self.tracks.truncate(tracks);
            self.shaping.truncate(shaping);
            self.lengths.truncate(lengths);
            self.counted.truncate(counted);
            self.sums.truncate(sums);
            self.behind.truncate(behind);
            if let Some(placed) = self.placed.last_mut().filter(|_| !fits) {
                placed.addresses.clear();
            }
        }
        self.put(octets);
    }

    /// The Ethernet address of the group that the frame's IP packet goes to (RFC 1112 §6.4, RFC 2464 §7), and whose value says so.
    pub(super) fn group_address(&mut self, at: usize) -> Option<u64> {
        let name =
            |at: usize| self.stack.get(at).map(|layer| self.catalog.class(layer.class).declaration.name);
        if name(at) != Some("eth") {
            return None;
        }
        let mut above = at + 1;
        while matches!(name(above), Some("vlan" | "ieee8021ad")) {
            above += 1;
        }
        if !matches!(name(above), Some("ip" | "ipv6")) {
            return None;
        }
        let layer = self.stack.get(above)?;
        let class = self.catalog.class(layer.class);
        let entry = layer.named(self.catalog, "dst")?;
        let field = class.fields_of(class.name("dst")?).first()?;
        let (_, value) = layer.set.get(entry)?;
        let group = match field.kind {
            Kind::Ipv4 => {
                let address = encode::number(field, class.name, "dst", value).ok()?;
                (address >> 28 == 14).then_some(0x0100_5e00_0000 | address & 0x7f_ffff)
            }
            _ => {
                let octets = encode::octets(field, class.name, "dst", value).ok()?;
                let [0xff, .., a, b, c, d] = *octets.as_slice() else { return None };
                Some(0x3333_0000_0000 | u64::from(u32::from_be_bytes([a, b, c, d])))
            }
        };
        self.shaping.push((above, entry));
        group
    }

    /// Fills an Ethernet frame up to the octets that a protocol declares.
    pub(super) fn fill_frame(&mut self, at: usize) {
        let name = |at: usize| self.stack.get(at).map(|layer| self.catalog.class(layer.class).declaration);
        let Some(wanted) = name(at).and_then(|protocol| protocol.frame_octets) else { return };
        let mut below = at;
        while let Some(under) = below.checked_sub(1) {
            below = under;
            match name(below).map_or("", |protocol| protocol.name) {
                "eth" => break,
                "vlan" | "ieee8021ad" => {}
                _ => return,
            }
        }
        let start = self.placed.get(below).map_or(0, |placed| placed.start);
        // octets that stand alone are filled up as a whole frame with its check sequence is
        let whole =
            self.stack.len() == 1 && self.nesting == 0 && name(at).is_some_and(|known| known.name == "macc");
        let wanted = if whole { usize::from(wanted) + 4 } else { usize::from(wanted) };
        let missing = (start + wanted).saturating_sub(self.bit / 8);
        let read = self.stack.get(at).is_some_and(|layer| layer.verbatim.is_some() || layer.read.is_some());
        if (at > 0 || whole) && missing > 0 && !read {
            self.put(&vec![0; missing]);
        }
    }

    /// Octets that stand behind everything else.
    pub(super) fn padding_layer(&mut self) {
        let given = self.frame.set.first().map(|(_, value)| value.clone());
        if let Some(value) = given {
            match self.plain_octets(&value) {
                Some(octets) => self.padding.extend_from_slice(&octets),
                None => self.fail(CraftError::Kind {
                    layer: "Padding".into(),
                    field: "load".into(),
                    wants: "a string or bytes",
                    value: value.kind().into(),
                    near: None,
                }),
            }
            if let Some(layer) = self.frame.layer {
                self.shaping.push((layer, 0));
            }
        }
    }
}
