//! What holds for every declared protocol: a new one is tested the day it is listed.

use nettool_dissect::decode::{Decoder, Dissection, Plan, Surroundings, Value};
use nettool_dissect::frame::{Frame, Meta, Timestamp};
use nettool_dissect::query::Query;
use nettool_dissect::registry::{FieldId, ProtoId, Registry};
use nettool_dissect::render::json::JsonWriter;
use nettool_dissect::render::line::{LinePrinter, LineStyle};
use nettool_dissect::render::tree;
use nettool_dissect::schema::{Field, Item, Protocol, Sample};

fn frame<'a>(sample: &Sample, octets: &'a [u8], original: usize) -> Frame<'a> {
    let mut meta = Meta::new(sample.link_type, original as u32);
    meta.time = Some(Timestamp::new(1_700_000_000, 1_000));
    Frame { number: 1, data: octets, meta }
}

fn every_sample(mut check: impl FnMut(&Registry, ProtoId, &str, &Sample, Vec<u8>)) {
    let registry = Registry::builtin();
    for (at, protocol) in registry.protocols().iter().enumerate() {
        for sample in &protocol.samples {
            check(registry, ProtoId(at as u16), protocol.name, sample, sample.octets());
        }
    }
}

#[test]
fn every_field_has_a_doc_and_every_protocol_a_source() {
    let registry = Registry::builtin();
    for (_, info) in registry.fields() {
        assert!(!info.field.doc.is_empty(), "{} has no doc", info.name);
    }
    for protocol in registry.protocols() {
        assert!(!protocol.source.is_empty(), "{} names no source", protocol.name);
    }
}

#[test]
fn every_sample_is_decoded_whole_and_reaches_its_protocol() {
    every_sample(|registry, id, name, sample, octets| {
        let mut out = Dissection::default();
        Decoder::new(registry).decode(
            &frame(sample, &octets, octets.len()),
            &Surroundings::default(),
            &mut out,
        );
        assert!(out.layers.iter().any(|layer| layer.protocol == id), "{name}: sample does not reach it");
        let mut text = Vec::new();
        tree::write(&mut text, registry, &frame(sample, &octets, octets.len()), &out);
        assert!(out.notes.is_empty(), "{name}: {}", String::from_utf8_lossy(&text));
    });
}

#[test]
fn every_truncation_of_every_sample_renders_without_a_panic() {
    let style = LineStyle { link: true, verbose: 3, ..LineStyle::default() };
    every_sample(|registry, _, _, sample, octets| {
        let decoder = Decoder::new(registry);
        let mut printer = LinePrinter::new(registry, style);
        let mut json = JsonWriter::new(registry);
        let (mut out, mut text) = (Dissection::default(), Vec::new());
        for len in 0..octets.len() {
            for original in [len, octets.len()] {
                let frame = frame(sample, &octets[..len], original);
                decoder.decode(&frame, &Surroundings::default(), &mut out);
                text.clear();
                tree::write(&mut text, registry, &frame, &out);
                json.write(&mut text, &frame, &out);
                printer.print(&frame, &Surroundings::default(), None, &mut text);
            }
        }
    });
}

#[test]
fn a_frame_is_the_same_object_whatever_was_written_before_it() {
    let registry = Registry::builtin();
    let decoder = Decoder::new(registry);
    let mut practised = JsonWriter::new(registry);
    let mut out = Dissection::default();
    for _ in 0..3 {
        every_sample(|_, _, name, sample, octets| {
            for len in [octets.len(), octets.len() / 2, octets.len()] {
                let frame = frame(sample, &octets[..len], octets.len());
                decoder.decode(&frame, &Surroundings::default(), &mut out);
                let (mut text, mut fresh) = (Vec::new(), Vec::new());
                practised.write(&mut text, &frame, &out);
                JsonWriter::new(registry).write(&mut fresh, &frame, &out);
                assert_eq!(String::from_utf8_lossy(&text), String::from_utf8_lossy(&fresh), "{name}");
            }
        });
    }
}

#[test]
fn a_frame_is_the_same_object_where_rows_of_numbers_are_one_node() {
    let registry = Registry::builtin();
    let (decoder, folding) = (Decoder::new(registry), Decoder::new(registry).folding());
    let (mut json, mut practised) = (JsonWriter::new(registry), JsonWriter::new(registry));
    let (mut out, mut folded) = (Dissection::default(), Dissection::default());
    let (mut text, mut same) = (Vec::new(), Vec::new());
    let mut fewer = 0;
    every_sample(|_, _, name, sample, octets| {
        // As it is, with each octet changed in turn, and cut in the middle.
        let mut changed = octets.clone();
        for at in (0..octets.len()).rev() {
            changed[at] ^= 1 << (at % 8);
            for len in [octets.len(), at] {
                let frame = frame(sample, &changed[..len], octets.len());
                decoder.decode(&frame, &Surroundings::default(), &mut out);
                folding.decode(&frame, &Surroundings::default(), &mut folded);
                text.clear();
                same.clear();
                json.write(&mut text, &frame, &out);
                practised.write(&mut same, &frame, &folded);
                assert_eq!(String::from_utf8_lossy(&same), String::from_utf8_lossy(&text), "{name}");
                fewer += out.nodes.len() - folded.nodes.len();
            }
            changed[at] = octets[at];
        }
    });
    assert!(fewer > 1000, "{fewer} nodes are folded");
}

#[test]
fn a_frame_is_the_same_object_where_a_list_that_came_before_is_one_node() {
    let registry = Registry::builtin();
    let (decoder, folding) = (Decoder::new(registry), Decoder::new(registry).folding());
    let (mut json, mut practised) = (JsonWriter::new(registry), JsonWriter::new(registry));
    let (mut out, mut folded) = (Dissection::default(), Dissection::default());
    let (mut text, mut same) = (Vec::new(), Vec::new());
    // Time stamps; the same before the marks; a segment size and what goes with it; one mark; a list with octets left over.
    let lists: [&[u8]; 6] = [
        &[1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2],
        &[8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1],
        &[2, 4, 5, 180, 4, 2, 1, 1],
        &[1, 1, 1, 1],
        &[8, 11, 0, 0, 0, 1, 0, 0, 0, 2, 9, 1],
        &[1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1, 0, 0],
    ];
    let mut fewer = [0; 6];
    for round in 0..40 {
        for (list, fewer) in lists.iter().zip(&mut fewer) {
            let mut octets =
                vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 40 + list.len() as u8];
            octets.extend([0, 1, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0x30, 0x39, 0x15, 0xb3]);
            octets.extend([0, 0, 0, 1, 0, 0, 0, 1, (list.len() as u8 / 4 + 5) << 4, 0x10, 1, 1, 0, 0, 0, 0]);
            let options = octets.len();
            octets.extend(*list);
            // Other values, and now and then another type or length.
            if let Some(octet) = octets.get_mut(options + round % 20) {
                *octet ^= (round * 37) as u8 & if round % 5 == 0 { 0xff } else { 0xf0 };
            }
            let sample = Sample { link_type: nettool_dissect::frame::LinkType::ETHERNET, hex: "" };
            let frame = frame(&sample, &octets, octets.len());
            decoder.decode(&frame, &Surroundings::default(), &mut out);
            folding.decode(&frame, &Surroundings::default(), &mut folded);
            text.clear();
            same.clear();
            json.write(&mut text, &frame, &out);
            practised.write(&mut same, &frame, &folded);
            assert_eq!(String::from_utf8_lossy(&same), String::from_utf8_lossy(&text), "{list:x?}");
            *fewer = usize::max(*fewer, out.nodes.len() - folded.nodes.len());
        }
    }
    assert!(fewer[0] > fewer[5] && fewer[1] == fewer[0], "{fewer:?} nodes less");
}

#[test]
fn no_frame_that_a_query_for_a_value_selects_is_excluded_by_its_octets() {
    let mut told = 0;
    every_sample(|registry, _, name, sample, octets| {
        let mut out = Dissection::default();
        let frame = frame(sample, &octets, octets.len());
        Decoder::new(registry).decode(&frame, &Surroundings::default(), &mut out);
        for node in &out.nodes {
            let Some(info) = registry.field(node.field) else { continue };
            let text = match out.value(registry, &frame, node) {
                Value::Uint(number) => format!("{} == {number}", info.name),
                Value::Ipv4(address) => format!("{} == {}", info.name, std::net::Ipv4Addr::from(address)),
                _ => continue,
            };
            let Ok(query) = Query::parse(&text, registry) else { continue };
            if let Some(telltale) = query.telltale(registry).filter(|_| query.matches(registry, &frame, &out))
            {
                told += 1;
                assert!(!telltale.excludes(&frame), "{name}: {text}");
                let untagged = frame.meta.vlan.outer.is_none();
                let excluded = untagged && telltale.excludes_untagged(frame.meta.link_type, frame.data);
                assert!(!excluded, "{name}: {text}");
            }
        }
    });
    assert!(told > 100, "{told} of the queries tell octets");
}

#[test]
fn a_plan_of_one_field_finds_what_the_whole_decode_finds() {
    every_sample(|registry, _, name, sample, octets| {
        let frame = frame(sample, &octets, octets.len());
        let mut whole = Dissection::default();
        Decoder::new(registry).decode(&frame, &Surroundings::default(), &mut whole);
        let mut fields: Vec<FieldId> = whole.nodes.iter().map(|node| node.field).collect();
        fields.sort_unstable();
        fields.dedup();
        for field in fields {
            let mut part = Dissection::default();
            let decoder = Decoder::with_plan(registry, Plan::of(registry, [field]));
            decoder.decode(&frame, &Surroundings::default(), &mut part);
            let key =
                |out: &Dissection| out.all(field).map(|node| (node.start, node.bits)).collect::<Vec<_>>();
            let field = registry.field(field).map_or("", |info| info.name);
            assert_eq!(key(&part), key(&whole), "{name}: {field}");
        }
    });
}

/// Fields that are made later must not be needed before: what a declaration leads to, and how whole names begin, stands with it.
#[test]
fn what_fields_made_later_say_stands_with_the_declaration() {
    let registry = Registry::builtin();
    let head = |name: &'static str| name.split('.').next().unwrap_or_default();
    let later: Vec<&Protocol> = registry.protocols().iter().filter(|protocol| protocol.is_later()).collect();
    let mut wrong = Vec::new();
    for protocol in registry.protocols() {
        let mut fields = Vec::new();
        every_field(protocol.header(), &mut fields);
        fields.extend(protocol.generated());
        let either = protocol.either.iter().map(|(name, _)| *name);
        let names = fields.iter().flat_map(|field| field.aliases.iter().copied().chain([field.name]));
        for name in names.chain(either).filter_map(|name| name.strip_prefix('=')) {
            let told = head(protocol.name) == head(name) || protocol.heads.contains(&head(name));
            let others = later.iter().any(|other| {
                other.name != protocol.name
                    && (other.heads.contains(&head(name)) || head(other.name) == head(name))
            });
            if if protocol.is_later() { !told } else { others } {
                wrong.push(format!("{}: .heads(&[\"{}\"])", protocol.name, head(name)));
            }
        }
        for table in fields.iter().filter_map(|field| field.next) {
            if protocol.is_later() && !protocol.leads.contains(&table) {
                wrong.push(format!("{}: .leads(&[{table:?}])", protocol.name));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn every_field<'a>(items: &'a [Item], fields: &mut Vec<&'a Field>) {
    for item in items {
        match item {
            Item::Field(field) => fields.push(field),
            Item::Group(field, inner) | Item::Block(field, _, inner) | Item::Repeat(field, _, inner) => {
                fields.push(field);
                every_field(inner, fields);
            }
            Item::When(_, inner) | Item::Behind(_, inner) => every_field(inner, fields),
            Item::Switch(_, cases, other) => {
                cases.iter().for_each(|(_, _, inner)| every_field(inner, fields));
                every_field(other, fields);
            }
            Item::Tlv(list) => {
                fields.push(&list.entry);
                every_field(&list.head, fields);
                for case in &list.cases {
                    fields.push(&case.field);
                    every_field(&case.items, fields);
                }
                every_field(&list.other, fields);
                fields.extend(&list.padding);
            }
            Item::Custom(declared, ..) => fields.extend(declared),
        }
    }
}
