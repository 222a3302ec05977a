//! Layers that were read, of which scripts changed something. Where values alone do not say all of a header (text, encodings with
//! a choice, parts that nothing has a name for), what was changed is put into the octets that were read.

use super::build::{Builder, build_nested};
use super::catalog::Class;
use super::encode;
use super::finish::{Length, Spot};
use super::from_octets::{Placed, places};
use super::value::{Layer, Packet, Value};
use nettool_dissect::schema::{Auto, Endian};

impl Builder<'_> {
    /// The header with what was changed in it; `None` where it is written from its values.
    pub(super) fn patched(&mut self, class: &Class, layer: &Layer) -> Option<Vec<u8>> {
        let read = layer.read.as_ref()?;
        let mut before = Layer::new(layer.class);
        before.set.clone_from(&read.set);
        let alone = build_nested(self.catalog, &Packet::new(vec![before]), self.nesting + 1);
        if alone.is_ok_and(|built| built.octets == *read.octets) {
            return None;
        }
        let mut octets = read.octets.to_vec();
        let places = places(self.catalog, class, &read.octets);
        for (name, value) in &layer.set {
            let same = class.same(*name);
            let was = read.set.iter().find(|(known, _)| known == name || same.contains(known));
            if was.is_some_and(|(_, known)| known == value) || *value == Value::Auto {
                continue;
            }
            let place = places.iter().find(|place| place.name == *name || same.contains(&place.name))?;
            put(class, place, value, &mut octets)?;
        }
        let left = |place: &&Placed| {
            let set = |(name, value): &(_, Value)| {
                (*name == place.name || class.same(*name).contains(&place.name)) && *value != Value::Auto
            };
            !layer.set.iter().any(set)
        };
        for place in places.iter().filter(left) {
            self.ask_anew(place);
        }
        Some(octets)
    }

    /// A length or checksum that was taken away is computed.
    fn ask_anew(&mut self, place: &Placed) {
        let layer = self.placed.len().saturating_sub(1);
        let spot = Spot { bit: self.bit + place.bit, ..spot(place) };
        match place.field.auto {
            Auto::Sum(checksum) => self.sums.push((layer, checksum, spot)),
            Auto::Len { of, unit, bias } => self.lengths.push(Length {
                layer,
                spot,
                of,
                unit,
                bias,
                from: spot.end_octet(),
                part_start: 0,
                in_part: false,
                part_end: 0,
                field: place.field,
            }),
            _ => {}
        }
    }
}

fn spot(place: &Placed) -> Spot {
    let width = u16::try_from(place.bits).unwrap_or(u16::MAX);
    Spot { bit: place.bit, width, little: place.field.endian != Endian::Big }
}

/// Puts a value where the field lies; one of another size does not fit.
fn put(class: &Class, place: &Placed, value: &Value, octets: &mut [u8]) -> Option<()> {
    if encode::is_number(place.field) && place.bits <= 64 {
        let number = encode::number(place.field, class.name, "", value).ok()?;
        spot(place).write(octets, number);
        return Some(());
    }
    let given = encode::octets(place.field, class.name, "", value).ok()?;
    let first = place.bit / 8;
    let place = octets.get_mut(first..first.checked_add(place.bits.div_ceil(8))?)?;
    (place.len() == given.len()).then(|| place.copy_from_slice(&given))
}

#[cfg(test)]
mod tests {
    use crate::craft::{Catalog, Host, NoGrants, Packet, build::build, from_octets, of_link};
    use nettool_dissect::registry::Registry;

    /// What is taken apart is built again as it was, for every protocol and each of its layers, once a field may have changed.
    #[test]
    fn every_sample_is_built_from_what_was_read() {
        let catalog = Catalog::builtin();
        let mut layers = 0;
        for protocol in Registry::builtin().protocols() {
            for sample in &protocol.samples {
                let octets = sample.octets();
                let whole = of_link(catalog, sample.link_type, &octets);
                for at in 0..whole.layers.len() {
                    let mut stack = whole.layers.to_vec();
                    stack[at].edited();
                    let name = catalog.class(stack[at].class).name;
                    let built = build(catalog, &Packet::new(stack));
                    let built = built.unwrap_or_else(|error| panic!("{}, {name}: {error}", protocol.name));
                    assert_eq!(built.octets, octets, "{}, {name}", protocol.name);
                    layers += 1;
                }
            }
        }
        assert!(layers > 500, "{layers}");
    }

    /// What is built by default is taken apart, and built from what was read, as it was: for every layer that there is.
    #[test]
    fn every_layer_is_read_as_it_is_built() {
        let catalog = Catalog::builtin();
        let mut tried = 0;
        for (id, class) in catalog.classes().filter(|(_, class)| !class.part) {
            let made = build(catalog, &Packet::new(vec![crate::craft::Layer::new(id)]));
            let made = made.unwrap_or_else(|error| panic!("{}: {error}", class.name)).octets;
            let read = from_octets(catalog, class.protocol, &made);
            let mut stack = read.layers.to_vec();
            stack.iter_mut().for_each(super::Layer::edited);
            let again = build(catalog, &Packet::new(stack));
            let again = again.unwrap_or_else(|error| panic!("{}: {error}", class.name)).octets;
            assert_eq!(again, made, "{}", class.name);
            tried += 1;
        }
        assert!(tried > 250, "{tried} layers");
    }

    /// A number that is changed stands where it was read, whatever else the layer holds; what is taken away is computed.
    #[test]
    fn what_was_changed_is_what_differs() {
        let host = Host::new(Catalog::builtin(), 0);
        let text = "q = IP(bytes(IP(src=\"1.1.1.1\", dst=\"2.2.2.2\") / VRRP(priority=5, addrlist=[\"1.2.3.4\"])))\n\
            q[VRRP].priority = 7\ndel q[VRRP].chksum\nemit(q)\n\
            emit(IP(src=\"1.1.1.1\", dst=\"2.2.2.2\") / VRRP(priority=7, addrlist=[\"1.2.3.4\"]))\n\
            d = DNS(bytes(DNS(qr=1, ra=1, qd=DNSQR(qname=\"a.test\"))))\nemit(Raw(str([d.qr, d.ra, d.rd, d.tc])))\n\
            d.qr = 0\nemit(d)\nemit(DNS(ra=1, qd=DNSQR(qname=\"a.test\")))";
        let (mut packets, _) = host.script("t.star", text, &Default::default(), &NoGrants).unwrap();
        let mut made = Vec::new();
        while let Some(frame) = packets.next_frame() {
            made.push(frame.unwrap().octets.to_vec());
        }
        assert_eq!(made[0], made[1]);
        assert_eq!(String::from_utf8_lossy(&made[2]), "[1, 1, 1, 0]");
        assert_eq!(made[3], made[4]);
    }
}
