//! What holds for every declared protocol: its samples are taken apart into layers, and the layers written again are the sample.

use nettool_dissect::registry::Registry;
use nettool_gen::craft::{Catalog, Expansion, Layer, Packet, of_link};

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
                .map(
                    |layer| {
                        if fixed(layer) { Layer { verbatim: None, ..layer.clone() } } else { layer.clone() }
                    },
                )
                .collect();
            tried += layers.iter().filter(|layer| fixed(layer)).count();
            let again = octets(catalog, Packet::new(layers));
            assert_eq!(again.as_deref(), Ok(&whole[..]), "{}", protocol.name);
        }
    }
    assert!(tried > 200, "{tried} headers were written from their fields");
}

#[test]
fn every_layer_builds_with_nothing_given() {
    let catalog = Catalog::builtin();
    for (id, class) in catalog.classes() {
        let built = octets(catalog, Packet::new(vec![Layer::new(id)]));
        assert!(built.is_ok(), "{}: {built:?}", class.name);
    }
}
