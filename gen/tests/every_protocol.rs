//! What holds for every declared protocol: its samples are taken apart into layers, and the layers written again are the sample.

use nettool_dissect::registry::Registry;
use nettool_gen::craft::{Catalog, Expansion, Layer, Packet, fuzz, of_link};

/// The octets of a packet whose fields have one value each.
fn octets(catalog: &Catalog, packet: Packet) -> Result<Vec<u8>, String> {
    let mut expansion = Expansion::new(catalog, packet, 0).map_err(|error| error.to_string())?;
    match expansion.next_octets() {
        Some(Ok(octets)) => Ok(octets.to_vec()),
        Some(Err(error)) => Err(error.to_string()),
        None => Err("no packet".into()),
    }
}

#[test]
fn every_sample_is_written_again_as_it_was() {
    let catalog = Catalog::builtin();
    for protocol in Registry::builtin().protocols() {
        for sample in &protocol.samples {
            let whole = sample.octets();
            let packet = of_link(catalog, sample.link_type, &whole);
            let again = octets(catalog, packet);
            assert_eq!(again.as_deref(), Ok(&whole[..]), "{}", protocol.name);
        }
    }
}

#[test]
fn every_layer_that_is_declared_can_be_crafted() {
    let catalog = Catalog::builtin();
    for protocol in Registry::builtin().protocols() {
        let presets = protocol.presets.iter().map(|(name, _)| *name);
        let parts = protocol.parts.iter().map(|part| part.layer);
        for name in protocol.layers.iter().copied().chain(presets).chain(parts) {
            assert!(catalog.named(name).is_some(), "{}: no layer {name}", protocol.name);
        }
        let mut classes = catalog.classes();
        let any = classes.any(|(_, class)| class.protocol_name() == protocol.name);
        assert!(any || protocol.header().is_empty(), "{} has no layer", protocol.name);
    }
}

/// Layers whose fields, each with its value, give their octets without what was read from the frame.
#[test]
fn headers_of_fixed_layout_are_written_from_their_fields_alone() {
    const FIXED: [&str; 11] =
        ["Ether", "Dot1Q", "Dot1AD", "ARP", "IP", "IPv6", "TCP", "UDP", "ICMP", "BFD", "HSRP"];
    let catalog = Catalog::builtin();
    let mut tried = 0;
    for protocol in Registry::builtin().protocols() {
        for sample in &protocol.samples {
            let whole = sample.octets();
            // Version 2 of HSRP is a list of parts that scapy, and so the crafter's class, does not have.
            if protocol.name == "hsrp" && whole.len() > 62 {
                continue;
            }
            let packet = of_link(catalog, sample.link_type, &whole);
            let fixed = |layer: &Layer| FIXED.contains(&catalog.class(layer.class).name);
            let layers: Vec<Layer> = packet
                .layers
                .iter()
                .map(|layer| {
                    let mut layer = layer.clone();
                    if fixed(&layer) {
                        layer.verbatim = None;
                    }
                    layer
                })
                .collect();
            tried += layers.iter().filter(|layer| fixed(layer)).count();
            let again = octets(catalog, Packet::new(layers));
            assert_eq!(again.as_deref(), Ok(&whole[..]), "{}", protocol.name);
        }
    }
    assert!(tried > 200, "{tried} headers were written from their fields");
}

#[test]
fn every_part_has_fields() {
    for (_, class) in Catalog::builtin().classes().filter(|(_, class)| class.part) {
        assert!(class.field_names().next().is_some(), "{}", class.name);
    }
}

#[test]
fn every_layer_builds_with_nothing_given() {
    let catalog = Catalog::builtin();
    for (id, class) in catalog.classes() {
        let built = octets(catalog, Packet::new(vec![Layer::new(id)]));
        assert!(built.is_ok(), "{}: {built:?}", class.name);
    }
}

/// Every layer, with random values where nothing is given, is built as often as one asks, and the same for the same seed.
#[test]
fn every_layer_is_built_with_random_values() {
    let catalog = Catalog::builtin();
    let made = |id, seed| {
        let packet = fuzz(catalog, &Packet::new(vec![Layer::new(id)]));
        let mut expansion = Expansion::new(catalog, packet, seed).map_err(|error| error.to_string())?;
        let octets = expansion.next_octets().ok_or("no packet")?.map_err(|error| error.to_string())?;
        Ok::<_, String>(octets.to_vec())
    };
    let mut failed = Vec::new();
    for (id, class) in catalog.classes() {
        for seed in 1..6 {
            let one = made(id, seed);
            assert_eq!(one, made(id, seed), "{}", class.name);
            if let Err(error) = one {
                failed.push(format!("{}: {error}", class.name));
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

/// Every number of a header varies that does not follow from something else, whatever names it has.
#[test]
fn random_headers_vary_in_every_number() {
    let catalog = Catalog::builtin();
    let layers = ["IP", "UDP"].map(|name| Layer::new(catalog.named(name).expect(name)));
    let packet = fuzz(catalog, &Packet::new(layers.to_vec()));
    let mut seen = vec![std::collections::BTreeSet::new(); 28];
    for seed in 0..64 {
        let mut expansion = Expansion::new(catalog, packet.clone(), seed).expect("a packet");
        let octets = expansion.next_octets().expect("a packet").expect("octets");
        for (seen, octet) in seen.iter_mut().zip(octets) {
            seen.insert(*octet);
        }
    }
    let still: Vec<usize> =
        seen.iter().enumerate().filter(|(_, seen)| seen.len() == 1).map(|(at, _)| at).collect();
    // version, length, lower half of the fragment's offset, protocol, UDP's length
    assert_eq!(still, [0, 2, 3, 7, 9, 24, 25]);
}

/// Texts and octets vary in their length, a field of a fixed size is filled.
#[test]
fn random_octets_fill_fields_and_lengths_follow() {
    let catalog = Catalog::builtin();
    let lengths = |name: &str| {
        let packet = fuzz(catalog, &Packet::new(vec![Layer::new(catalog.named(name).expect(name))]));
        let made = (0..40).map(|seed| {
            let mut expansion = Expansion::new(catalog, packet.clone(), seed).expect(name);
            expansion.next_octets().expect(name).expect(name).len()
        });
        made.collect::<std::collections::BTreeSet<usize>>()
    };
    assert!(lengths("Raw").len() > 10, "{:?}", lengths("Raw"));
    assert!(lengths("Raw").iter().all(|length| *length <= 64));
    assert!(lengths("DNSQR").len() > 10, "{:?}", lengths("DNSQR"));
    assert!(lengths("TFTP_RRQ").len() > 10, "{:?}", lengths("TFTP_RRQ"));
    assert_eq!(lengths("HSRP").len(), 1);
}
