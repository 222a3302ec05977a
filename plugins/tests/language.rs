//! What plugins may say, what becomes of it, and what is said about mistakes.

use nettool_dissect::decode::{Decoder, Dissection, Plan, Surroundings};
use nettool_dissect::frame::{Frame, LinkType, Meta};
use nettool_dissect::registry::{FieldId, Registry};
use nettool_dissect::render::line::{LinePrinter, LineStyle};
use nettool_dissect::render::time::TimeForm;
use nettool_dissect::render::tree;
use nettool_plugins::{Places, Plugins, from_text};
use std::path::{Path, PathBuf};

fn registry(text: &str) -> Registry {
    let plugins = from_text(Path::new("p.star"), text).unwrap_or_else(|problem| panic!("{problem}"));
    plugins.registry().expect("a plugin that is read makes a registry")
}

/// An Ethernet frame of type 0x9999 with this payload.
fn octets(payload: &[u8]) -> Vec<u8> {
    [&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x99, 0x99][..], payload].concat()
}

fn frame(octets: &[u8]) -> Frame<'_> {
    Frame { number: 1, data: octets, meta: Meta::new(LinkType::ETHERNET, octets.len() as u32) }
}

/// The tree behind the Ethernet header, without octet ranges.
fn shown(registry: &Registry, payload: &[u8]) -> String {
    let octets = octets(payload);
    let (mut out, mut text) = (Dissection::default(), Vec::new());
    Decoder::new(registry).decode(&frame(&octets), &Surroundings::default(), &mut out);
    tree::write(&mut text, registry, &frame(&octets), &out);
    let text = String::from_utf8(text).expect("a tree is text");
    let own = text.lines().skip_while(|line| !line.starts_with("T ") && *line != "T").skip(1);
    own.map(|line| line.split("  [").next().unwrap_or_default().trim()).collect::<Vec<_>>().join("; ")
}

fn line(registry: &Registry, payload: &[u8]) -> String {
    let octets = octets(payload);
    let mut text = Vec::new();
    let style = LineStyle { time: TimeForm::None, ..LineStyle::default() };
    LinePrinter::new(registry, style).print(&frame(&octets), &Surroundings::default(), None, &mut text);
    String::from_utf8(text).expect("a line is text").trim_end().to_owned()
}

/// A plugin for EtherType 0x9999.
fn with(rest: &str) -> String {
    format!("protocol('t', 'T', on = {{'ethertype': 0x9999}}, {rest})")
}

#[test]
fn mistakes_are_said_with_their_place() {
    for (text, place, message) in [
        ("u9('a')", (1, 1), "did you mean"),
        ("protocol('t', 'T', [u8('a', dok = '')])", (1, 29), "no option `dok`; did you mean `doc`?"),
        ("protocol('t', 'T', [u8('a', doc = 3)])", (1, 29), "`doc` is a number; a text is wanted"),
        ("protocol('t', 'T', [bytes('a', 'b - 2')])", (1, 33), "`b` is not a field of `t`"),
        ("protocol('t', 'T', [u8('len'), bytes('a', 'len ** 2')])", (1, 49), "wanted"),
        ("protocol('t', 'T', [when('a = 1', [])])", (1, 29), "write `==` to compare"),
        ("protocol('t', 'T', [u8('a')], on = {'udp.prot': 1})", (1, 38), "did you mean `udp.port`?"),
        ("protocol('t', 'T', [u8('a')], on = {'udp.port': 65536})", (1, 38), "does not fit the 16 bits"),
        ("protocol('t', 'T', [u8('a')], message = 'b + 1')", (1, 42), "`b` is not a field of `t`"),
        ("protocol('t', 'T', [text('s', 'nul'), u8('a')], message = 'a')", (1, 49), "`a` has no fixed place"),
        ("protocol('t', 'T', [u8('a')], message = 'left')", (1, 31), "a stream has no end"),
        ("protocol('t', 'T', [u8('a')], summary = 'x {b}')", (1, 45), "`b` is not a field of `t`"),
        ("protocol('t', 'T', [u8('a')], summary = 'x {a')", (1, 44), "this brace is not closed"),
        ("protocol('tcp', 'T', [u8('a')])", (1, 11), "`tcp` is built in"),
        ("protocol('t.u', 'T', [u8('a')])", (1, 11), "no dots"),
        ("protocol('t', 'T', [u8('left')])", (1, 25), "is a word of expressions"),
        (
            "protocol('t', 'T', [u8('a'), be16('a', signed = True)])",
            (1, 36),
            "declared twice with different meanings",
        ),
        ("protocol('t', 'T', ['a'])", (1, 1), "`fields`, entry 0, is a text"),
        ("protocol('t', 'T', [be16('a', parts = [u8('b')])])", (1, 31), "as many bits"),
        (
            "protocol('t', 'T', [le16('a', parts = [bits('b', 4), bits('c', 12)])])",
            (1, 31),
            "lies within an octet",
        ),
        (
            "protocol('t', 'T', [be16('a', checksum = 'crc16-modbsu')])",
            (1, 31),
            "did you mean `crc16-modbus`?",
        ),
        ("protocol('t', 'T', [u8('a', checksum = 'crc32')])", (1, 29), "has 32 bits, the field has not"),
        ("protocol('t', 'T', [u8('a', default = 256)])", (1, 29), "does not fit 8 bits"),
        ("protocol('t', 'T', [u8('a', length_of = 'b')])", (1, 25), "`a` counts `b`"),
        ("protocol('t', 'T', [u8('a')], guess = 'udp.port')", (1, 31), "needs `begins`"),
        ("protocol('t', 'T', [u8('a')], answers = [same('b')])", (1, 48), "`b` is not a field"),
        ("protocol('t', 'T', [u8('a')], sample = '0')", (1, 31), "pairs of hex digits"),
        ("protocol('t', 'T', [bits('a', 65)])", (1, 21), "1 to 64 are possible"),
        ("protocol('t', 'T', [u8('a', next = 'ethertyp')])", (1, 29), "did you mean `ethertype`?"),
        ("protocol('t', 'T', [u8('a')], then = 'ipv5')", (1, 39), "`ipv5` is no protocol; did you mean `ip"),
        ("protocol('t', 'T', [u8('a')], leads_to = ['udp', 'tpc'])", (1, 51), "`tpc` is no protocol"),
        ("protocol('t', 'T', [u8('a', names = {256: 'x'})])", (1, 29), "the name of 256 does not fit 8 bits"),
        ("protocol('t', 'T', [u8('a'), u8('a')])", (1, 34), "`a` is declared twice"),
        ("protocol('t', 'T', [repeat('r', [])])", (1, 21), "`r` repeats nothing"),
        ("protocol('t', 'T', [u8('b'), bits('a', 3)])", (1, 36), "bits(\"reserved\", 5) fills it"),
        ("protocol('t', 'T', [bits('a', 3), bytes('b', 2)])", (1, 27), "an octet has 3 bits of 8"),
        ("protocol('t', 'T', [repeat('r', [bits('a', 3)])])", (1, 40), "an octet has 3 bits of 8"),
        ("x = (", (1, 6), ""),
        ("load('other.star', 'x')", (1, 1), ""),
        ("fail('no')", (1, 1), "no"),
    ] {
        let problem = from_text(Path::new("p.star"), text).map(|_| ()).expect_err(text);
        assert_eq!(problem.place, Some(place), "{text}: {problem}");
        assert!(problem.message.contains(message), "{text}: {problem}");
    }
    let nothing = from_text(Path::new("p.star"), "x = 1").map(|_| ()).expect_err("nothing is declared");
    assert!(nothing.to_string().contains("declares no protocol"), "{nothing}");
}

#[test]
fn a_plugin_that_does_not_end_is_ended() {
    for text in [
        "def f():\n    for a in range(1000000):\n        for b in range(1000000):\n            pass\nf()",
        "def f(n):\n    return f(n + 1)\nf(0)",
        "x = [0]\nfor i in range(60):\n    x = x + x",
        "x = [0]\ny = [x.extend(x) for i in range(60)]",
        "x = 'a' * 2000000000",
        "x = [0] * 2000000000",
        "x = [0] * 1000000\ny = [x + [i] for i in range(1000)]",
        "l = [u8('a%d' % i) for i in range(30000)]",
        "protocol('t', 'T', [u8('a%d' % i) for i in range(3000)])",
        "protocol('t', 'T', [u8('a', doc = 'x' * 5000)])",
    ] {
        assert!(from_text(Path::new("p.star"), text).is_err(), "{text}");
    }
}

#[test]
fn parts_of_little_endian_numbers_are_named_from_the_highest_bit_on() {
    let registry = registry(&with(
        "fields = [le16('w', hex = True, parts = [bits('high', 4), bits('mid', 4), u8('low')]), \
         le32('v', parts = [le16('b') if False else bits('b', 16), bits('c', 16)])]",
    ));
    let shown = shown(&registry, &[0x34, 0x12, 1, 2, 3, 4]);
    assert_eq!(shown, "w: 0x1234; low: 52; high: 1; mid: 2; v: 67305985; c: 513; b: 1027");
}

#[test]
fn checksums_are_verified() {
    let registry = registry(&with(
        "fields = [be16('n'), be16('crc', hex = True, checksum = 'crc16-modbus'), bytes('more', 'rest')]",
    ));
    // 0x0102: a CRC that any calculator gives.
    let right = nettool_dissect::crc::Algorithm::named("crc16-modbus").expect("a name").of(&[&[1, 2]]);
    let [high, low] = (right as u16).to_be_bytes();
    assert!(shown(&registry, &[1, 2, high, low]).contains("checksum status: Good (1)"));
    let wrong = shown(&registry, &[1, 2, high, low ^ 1]);
    assert!(wrong.contains("checksum status: Bad (0)"), "{wrong}");
    assert!(wrong.contains(&format!("checksum that would be right: {right:#06x}")), "{wrong}");
}

#[test]
fn functions_run_behind_the_header_and_write_the_line() {
    let text = "def total(octets):\n    if octets[0] == 9:\n        fail('no')\n    return {'sum': octets[0] + octets[1], 'payload': 1}\n\
                def say(fields):\n    return 'a is %d' % fields['a']\n"
        .to_owned()
        + &with("fields = [u8('a'), u8('b')], extra = [be16('sum', doc = 'sum')], after = total, summary = say");
    let registry = registry(&text);
    let good = shown(&registry, &[3, 4, 5, 6]);
    assert!(good.starts_with("a: 3; b: 4; sum: 7"), "{good}");
    assert_eq!(line(&registry, &[3, 4, 5, 6]), "a is 3");
    let bad = shown(&registry, &[9, 4, 5, 6]);
    assert!(bad.contains("malformed"), "{bad}");
}

#[test]
fn a_function_that_does_not_end_is_malformed_and_the_program_goes_on() {
    let text = "def after(octets):\n    for i in range(100000000):\n        pass\n".to_owned()
        + &with("fields = [u8('a')], after = after, summary = lambda fields: 7");
    let registry = registry(&text);
    assert!(shown(&registry, &[1]).contains("malformed"));
    assert!(line(&registry, &[1]).contains("[the plugin's summary fails]"), "{}", line(&registry, &[1]));
}

#[test]
fn what_follows_is_chosen_by_field_by_name_or_by_look() {
    let registry = registry(
        "table('t.kind', 8)\n\
         protocol('t', 'T', [u8('k', next = 't.kind'), u8('n')], payload = 'n', on = {'ethertype': 0x9999}, summary = 't {k}')\n\
         protocol('u', 'U', [u8('v')], on = {'t.kind': 5}, then = 'u', summary = 'u {v}')",
    );
    assert_eq!(line(&registry, &[5, 2, 7, 8, 9]), "t 5: u 7: u 8");
    assert_eq!(line(&registry, &[6, 2, 7, 8, 9]), "t 6");
}

/// The plugins that come along, together.
fn shipped() -> Plugins {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let plugins = Plugins::load(&Places::default(), &[folder]);
    assert!(plugins.problems.is_empty() && plugins.plugins.len() >= 5, "{:?}", plugins.problems);
    plugins
}

#[test]
fn what_comes_along_says_what_each_field_is_and_where_it_is_defined() {
    for plugin in &shipped().plugins {
        assert!(!plugin.imperative, "{}", plugin.path.display());
        for protocol in &plugin.protocols {
            assert!(!protocol.source.is_empty() && !protocol.layers.is_empty(), "{}", protocol.name);
        }
    }
}

/// Payloads of the sample captures.
fn samples() -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    for plugin in &shipped().plugins {
        let file = std::fs::read(plugin.path.with_extension("pcap")).expect("each has a sample capture");
        let mut rest = file.get(24..).unwrap_or_default();
        while let Some((head, more)) = rest.split_at_checked(16) {
            let len = u32::from_le_bytes(head[8..12].try_into().expect("four octets")) as usize;
            let (data, more) = more.split_at_checked(len).expect("whole records");
            frames.push(data.to_vec());
            rest = more;
        }
    }
    frames
}

#[test]
fn every_truncation_of_what_comes_along_is_shown_and_plans_find_what_the_whole_finds() {
    let registry = shipped().registry().expect("a registry");
    let own: Vec<FieldId> = registry
        .fields()
        .filter(|(_, info)| registry.protocol(info.protocol).is_some_and(|protocol| protocol.plugin))
        // Hidden fields are there only for who asks for them.
        .filter(|(_, info)| !info.field.hidden)
        .map(|(id, _)| id)
        .collect();
    assert!(own.len() > 200, "{}", own.len());
    let whole = Decoder::new(&registry);
    let planned = Decoder::with_plan(&registry, Plan::of(&registry, own.iter().copied()));
    let mut printer = LinePrinter::new(&registry, LineStyle::default());
    let (mut all, mut some, mut text) = (Dissection::default(), Dissection::default(), Vec::new());
    for octets in samples() {
        for len in 0..=octets.len() {
            let mut part = frame(&octets[..len]);
            part.meta.original_len = octets.len() as u32;
            whole.decode(&part, &Surroundings::default(), &mut all);
            planned.decode(&part, &Surroundings::default(), &mut some);
            text.clear();
            printer.print(&part, &Surroundings::default(), None, &mut text);
            tree::write(&mut text, &registry, &part, &all);
            for id in &own {
                let of =
                    |out: &Dissection| out.all(*id).map(|node| (node.start, node.bits)).collect::<Vec<_>>();
                assert_eq!(of(&all), of(&some), "{:?} at {len}", registry.field(*id).map(|info| info.name));
            }
        }
    }
}
