//! Header fields in capture filters against the display filter, which another part of the program evaluates: on plain
//! frames of every protocol that has such fields both accept the same.

use nettool_capture::filter::field::{FIELDS, Field};
use nettool_capture::filter::random::Dice;
use nettool_capture::filter::vm::{self, Packet};
use nettool_capture::filter::{Goal, Options, compile};
use nettool_dissect::decode::{Decoder, Dissection, Surroundings};
use nettool_dissect::frame::{Frame, LinkType, Meta};
use nettool_dissect::query::Query;
use nettool_dissect::registry::Registry;
use std::net::Ipv4Addr;

/// Octets of any value.
fn noise(dice: &mut Dice, count: usize) -> Vec<u8> {
    (0..count).map(|_| dice.roll() as u8).collect()
}

/// An Ethernet frame with a payload.
fn ethernet(kind: u16, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];
    frame.extend(kind.to_be_bytes());
    frame.extend(payload);
    frame
}

fn ip4(dice: &mut Dice, protocol: u8, fragment: u16, payload: &[u8]) -> Vec<u8> {
    let options = [0, 0, 0, 4, 8][dice.below(5)];
    let mut packet = noise(dice, 20);
    packet[0] = 0x45 + (options / 4) as u8;
    packet[2..4].copy_from_slice(&((20 + options + payload.len()) as u16).to_be_bytes());
    let flags = (dice.below(8) as u16) << 13;
    packet[6..8].copy_from_slice(&(flags & 0xdfff | fragment).to_be_bytes());
    packet[9] = protocol;
    packet.extend(std::iter::repeat_n(1, options));
    packet.extend(payload);
    ethernet(0x0800, &packet)
}

fn ip6(dice: &mut Dice, protocol: u8, payload: &[u8]) -> Vec<u8> {
    let mut packet = noise(dice, 40);
    packet[0] = 0x60 | packet[0] & 15;
    packet[4..6].copy_from_slice(&(payload.len() as u16).to_be_bytes());
    packet[6] = protocol;
    packet.extend(payload);
    ethernet(0x86dd, &packet)
}

/// A header of a protocol, with ports on which nothing else is looked for.
fn transport(dice: &mut Dice, protocol: u8) -> Vec<u8> {
    let mut header = noise(dice, 24);
    let port = |dice: &mut Dice| (50_000 + dice.below(8) as u16).to_be_bytes();
    header[0..2].copy_from_slice(&port(dice));
    header[2..4].copy_from_slice(&port(dice));
    match protocol {
        6 => header[12] = 0x50 | header[12] & 15,
        17 => {
            header.truncate(8);
            header[4..6].copy_from_slice(&8u16.to_be_bytes());
        }
        _ => header.truncate(12),
    }
    if protocol == 6 {
        header.truncate(20);
    }
    header
}

fn frames() -> Vec<Vec<u8>> {
    let mut dice = Dice::new(11);
    let mut out = Vec::new();
    for round in 0..12u16 {
        for protocol in [6, 17, 132] {
            let header = transport(&mut dice, protocol);
            out.push(ip4(&mut dice, protocol, 0, &header));
            out.push(ip6(&mut dice, protocol, &header));
        }
        let later = noise(&mut dice, 24);
        out.push(ip4(&mut dice, 6, 185 + round, &later));
        for kind in 0..4 {
            let mut message = noise(&mut dice, 8);
            message[0] = (round * 4 + kind) as u8;
            // Time stamps and masks; what errors quote is left out, since the display filter looks into that, too.
            message.resize(if (13..=18).contains(&message[0]) { 20 } else { 8 }, 0);
            out.push(ip4(&mut dice, 1, 0, &message));
        }
        let mut message = noise(&mut dice, 24);
        message[0] = 128 + (round % 2) as u8;
        out.push(ip6(&mut dice, 58, &message));
        let group = noise(&mut dice, 8);
        out.push(ip4(&mut dice, 2, 0, &[&[0x16, 0], &group[2..]].concat()));
        let mut question = noise(&mut dice, 28);
        question[..8].copy_from_slice(&[0, 1, 8, 0, 6, 4, 0, (1 + round % 4) as u8]);
        out.push(ethernet(if round % 4 < 2 { 0x0806 } else { 0x8035 }, &question));
        out.push(ethernet(38, &[0x42, 0x42, 3, 0, 0, 0, 0, 0]));
        out.push(ethernet(0x88b5 + round % 2, &noise(&mut dice, 20)));
    }
    out
}

/// What stands in a frame at a field's place, or near it: values that some frames have.
fn values(field: &Field, frames: &[Vec<u8>], dice: &mut Dice) -> Vec<u32> {
    let mut found = vec![0, field.largest(), field.largest() / 2];
    for header in [0, 14, 34, 54] {
        let frame = &frames[dice.below(frames.len())];
        let at = header + field.index as usize;
        let Some(octets) = frame.get(at..at + field.size as usize) else { continue };
        let loaded = octets.iter().fold(0u32, |value, octet| value << 8 | u32::from(*octet)) & field.mask;
        let by = field.shift.unsigned_abs();
        found.push(if field.shift < 0 { loaded << by } else { loaded >> by });
    }
    found
}

#[test]
fn fields_accept_what_the_display_filter_accepts() {
    let registry = Registry::builtin();
    let frames = frames();
    fn frame(data: &[u8]) -> Frame<'_> {
        Frame { number: 1, data, meta: Meta::new(LinkType::ETHERNET, data.len() as u32) }
    }
    let mut dice = Dice::new(5);
    let (mut compared, mut accepted) = (0, 0);
    for field in FIELDS.iter().filter(|field| !field.name.starts_with("n")) {
        // Some are shown to those alone who name them.
        let named = Query::parse(field.name, registry).unwrap();
        let decoder = Decoder::with_plan(registry, named.plan(registry));
        let decoded: Vec<Dissection> = frames
            .iter()
            .map(|data| {
                let mut dissection = Dissection::default();
                decoder.decode(&frame(data), &Surroundings::default(), &mut dissection);
                dissection
            })
            .collect();
        let mut ever = 0;
        for value in values(field, &frames, &mut dice) {
            let shown = match field.name {
                "ip.src" | "ip.dst" => Ipv4Addr::from(value).to_string(),
                _ => value.to_string(),
            };
            for (ours, theirs) in [("=", "=="), ("!=", "!="), ("<", "<"), (">=", ">=")] {
                let text = format!("{} {ours} {value}", field.name);
                let query = Query::parse(&format!("{} {theirs} {shown}", field.name), registry).unwrap();
                let goals = [Goal::Balanced, Goal::Literal];
                for optimize in goals.into_iter().take(if ours == "<" { 2 } else { 1 }) {
                    let options = Options { optimize, ..Options::new(LinkType::ETHERNET) };
                    let program = compile(&text, &options).unwrap_or_else(|error| panic!("{text}: {error}"));
                    for (data, dissection) in frames.iter().zip(&decoded) {
                        let verdict = vm::run(&program.instructions, &Packet::whole(data)).accepted();
                        let expected = query.matches(registry, &frame(data), dissection);
                        assert_eq!(verdict, expected, "{text} on {data:02x?}");
                        compared += 1;
                        ever += usize::from(verdict);
                    }
                }
            }
        }
        assert!(ever > 0, "{}: no frame has it", field.name);
        accepted += ever;
    }
    assert!(accepted > 2_000 && compared > 100_000, "{accepted} of {compared}");
}

#[test]
fn fields_ask_for_their_protocol_on_either_side() {
    let frames = frames();
    let count = |text: &str| {
        let program = compile(text, &Options::new(LinkType::ETHERNET)).unwrap();
        let verdicts = frames.iter().map(|data| vm::run(&program.instructions, &Packet::whole(data)));
        verdicts.filter(|verdict| verdict.accepted()).count()
    };
    // The length of what TCP carries: nothing here, and only IPv4 says it in this way.
    let whole = count("tcp and ip and ip[6:2] & 0x1fff = 0");
    assert!(whole > 0);
    assert_eq!(count("ip.len - ip.hdr_len - tcp.hdr_len = 0"), whole);
    assert_eq!(count("0 = ip.len - ip.hdr_len - tcp.hdr_len"), whole);
    assert_eq!(count("len - ip.len = 14"), count("ip"));
    assert_eq!(count("tcp.srcport >= 0 and udp.srcport >= 0"), 0);
    assert_eq!(count("not tcp.srcport >= 0"), frames.len() - count("tcp.srcport >= 0"));
}

/// A frame with a switch tag: `tag` behind the addresses, or in front of them.
fn tagged(tag: &[u8], in_front: bool) -> Vec<u8> {
    let inner = ethernet(0x88b5, &[0; 46]);
    let at = if in_front { 0 } else { 12 };
    [&inner[..at], tag, &inner[at..]].concat()
}

#[test]
fn switch_ports_are_those_of_the_display_filter() {
    let registry = Registry::builtin();
    let decoder = Decoder::new(registry);
    let mut dice = Dice::new(9);
    for link in [
        LinkType::DSA_TAG_BRCM,
        LinkType::DSA_TAG_BRCM_PREPEND,
        LinkType::DSA_TAG_DSA,
        LinkType::DSA_TAG_EDSA,
    ] {
        let mut frames = Vec::new();
        for round in 0..400 {
            let mut tag = noise(&mut dice, 4);
            match link {
                LinkType::DSA_TAG_BRCM | LinkType::DSA_TAG_BRCM_PREPEND => tag[0] &= 0x3f,
                LinkType::DSA_TAG_EDSA => tag.splice(0..0, [0xda, 0xda, 0, 0]).for_each(drop),
                // The host's own virtual switches are not told from chips that are real.
                _ => {}
            }
            if round % 3 == 0 {
                let at = tag.len() - 4;
                tag[at + 1] &= 0x07;
                tag[at + 3] &= 0xe1;
            }
            frames.push(tagged(&tag, link == LinkType::DSA_TAG_BRCM_PREPEND));
        }
        let mut accepted = 0;
        for port in [0, 1, 2, 7, 8, 9, 30, 31] {
            let query = Query::parse(&format!("dsa.port == {port}"), registry).unwrap();
            for optimize in [Goal::Balanced, Goal::Literal] {
                let options = Options { optimize, ..Options::new(link) };
                let program = compile(&format!("dsa port {port}"), &options).unwrap();
                for data in &frames {
                    let frame = Frame { number: 1, data, meta: Meta::new(link, data.len() as u32) };
                    let mut dissection = Dissection::default();
                    decoder.decode(&frame, &Surroundings::default(), &mut dissection);
                    let expected = query.matches(registry, &frame, &dissection);
                    let verdict = vm::run(&program.instructions, &Packet::whole(data)).accepted();
                    assert_eq!(verdict, expected, "dsa port {port} on {link}: {:02x?}", &data[..22]);
                    accepted += usize::from(verdict);
                }
            }
        }
        assert!(accepted > 50, "{link}: {accepted}");
    }
}

#[test]
fn the_page_of_the_command_lists_all_fields() {
    let page = include_str!("../../docs/filter.md");
    for field in FIELDS {
        assert!(page.contains(&format!("`{}`", field.name)), "{} is not in docs/filter.md", field.name);
    }
}
