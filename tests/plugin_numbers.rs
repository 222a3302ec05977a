//! Numbers of plugins that are more than some bits: with a fraction, or of as many octets as they need.

mod harness;

use harness::{Scratch, nettool};
use std::path::Path;

/// Runs with the plugin of this text, which must be right.
fn with(scratch: &Scratch, plugin: &str, arguments: &[&str]) -> String {
    let path = scratch.path("plugin.star");
    std::fs::write(&path, plugin).expect("the folder is there");
    let plugin = path.to_str().expect("the scratch folder has a plain name");
    let run = nettool(["--plugin", plugin].iter().chain(arguments));
    run.ends(0, &[]);
    run.text()
}

/// What is said of a plugin that is broken.
fn broken(scratch: &Scratch, plugin: &str) -> String {
    let path = scratch.path("broken.star");
    std::fs::write(&path, plugin).expect("the folder is there");
    let run = nettool(["plugins", "check", text(&path)]);
    run.ends(1, &[]);
    run.err
}

fn text(path: &Path) -> &str {
    path.to_str().expect("the scratch folder has a plain name")
}

const MEASURED: &str = r#"
protocol("meas", "Measurement", on = {"ethertype": 0x88b5}, fields = [
    be_f32("heat", unit = "K", default = 21.5),
    le_f32("damp"),
    be_f64("north"),
    le_f64("east", default = -3),
    repeat("sample", [be_f32("value")]),
], summary = "meas {heat}, {damp}[, {value:*}]")
"#;

#[test]
fn ieee_754_numbers_are_written_as_c_writes_them() {
    let scratch = Scratch::new("ieee_754_written");
    let craft = |given: &str| {
        with(&scratch, MEASURED, &["craft", "--hex", "-e", &format!("MEAS({given})")]).trim().to_owned()
    };
    // Python: struct.pack(">f", 21.5) + struct.pack("<f", 0) + …
    assert_eq!(craft(""), "41ac000000000000000000000000000000000000000008c0");
    assert_eq!(
        craft("heat=-40.25, damp=0.1, north=52.123456789, east=1e300, value=[1, 2.5]"),
        "c2210000cdcccc3d404a0fcd6e9b9cb29c7500883ce4377e3f80000040200000"
    );
    assert_eq!(craft("heat=float('inf'), north=3"), "7f80000000000000400800000000000000000000000008c0");
    assert_eq!(
        craft("heat=b'\\x3f\\xc0\\0\\0'"),
        "3fc00000000000000000000000000000000000000000 08c0".replace(' ', "")
    );
    for wrong in ["1e39", "'warm'"] {
        let path = scratch.path("plugin.star");
        let expression = format!("MEAS(heat={wrong})");
        nettool(["--plugin", text(&path), "craft", "-e", &expression])
            .ends(2, &["`MEAS.heat` takes a number that four octets hold (up to 3.4e38), not", "^"]);
    }
}

#[test]
fn ieee_754_numbers_are_read_shown_and_asked_for() {
    let scratch = Scratch::new("ieee_754_read");
    let file = scratch.path("frames.pcap");
    let frames = "[Ether(dst='02:00:00:00:00:01')/MEAS(heat=-40.25, damp=0.1, north=52.123456789, value=[1, 2.5, 1e-9]), \
                  Ether(dst='02:00:00:00:00:01')/MEAS(heat=float('inf'), damp=float('nan'), north=1e300, east=0.1+0.2)]";
    with(&scratch, MEASURED, &["craft", "-w", text(&file), "-e", frames]);
    let read = |arguments: &[&str]| {
        let arguments: Vec<&str> = [&["read", "-n"], arguments, &[text(&file)]].concat();
        with(&scratch, MEASURED, &arguments)
    };
    assert_eq!(read(&["-t"]), "meas -40.25 K, 0.1, 1 2.5 1e-9\nmeas inf K, nan\n");
    // as tshark writes FT_FLOAT and FT_DOUBLE: %.6g and %.15g
    assert_eq!(
        read(&["--fields", "meas.heat,meas.damp,meas.north,meas.east,meas.value"]),
        "-40.25\t0.1\t52.123456789\t-3\t1,2.5,1e-09\ninf\tnan\t1e+300\t0.3\t\n"
    );
    let json = read(&["--json"]);
    for part in [
        "\"meas.heat\":-40.25,\"meas.damp\":0.1,",
        "[1,2.5,1e-9]",
        "\"inf\"",
        "\"nan\"",
        ":0.30000000000000004",
    ] {
        assert!(json.contains(part), "{part} in {json}");
    }
    for (query, count) in [
        ("meas.heat == -40.25", 1),
        ("meas.damp == 0.1", 1),
        ("meas.damp > 0.1", 0),
        ("meas.damp != 0.1", 1),
        ("meas.damp == meas.damp", 1),
        ("meas.north >= 52.12 && meas.north < 5.3e+01", 1),
        ("meas.value == 1.0e-09", 1),
        ("meas.value in {2 .. 3}", 1),
        ("meas.value in {-1.5 .. 0}", 0),
        ("meas.damp * 2 == 0.2", 1),
        ("meas.heat + 1 == -39.25", 1),
        ("-meas.heat == 40.25", 1),
        ("abs(meas.heat) == 40.25", 1),
        ("max(meas.value) == 2.5", 1),
        ("meas.heat == inf", 1),
        ("meas.heat < 0x10", 1),
        ("string(meas.heat) matches \"^-40\"", 1),
    ] {
        assert_eq!(read(&["--count", "-Y", query]).trim(), count.to_string(), "{query}");
    }
    let plugin = scratch.path("plugin.star");
    for (query, said) in [
        ("meas.heat == warm", "`warm` is not a number (80, 0.5, 1.25e8, inf)"),
        ("meas.heat == frame.len", "a number with a fraction cannot be compared with a number"),
        ("meas.heat & 1 == 1", "`&` does not go with a number with a fraction"),
        ("meas.heat in {3 .. 2}", "the range ends before it begins"),
    ] {
        nettool(["--plugin", text(&plugin), "read", "-Y", query, text(&file)]).ends(2, &[said, "^"]);
    }
}

#[test]
fn what_goes_with_whole_numbers_alone_is_refused_of_others() {
    let scratch = Scratch::new("whole_numbers_alone");
    for (option, said) in [
        ("hex = True", "`hex` is for whole numbers; this one has a fraction"),
        ("names = {1: 'a'}", "`names` is for whole numbers"),
        ("next = 'ethertype'", "`next` is for whole numbers"),
        ("default = 'x'", "`default` is a text; a number is wanted"),
    ] {
        let plugin = format!("protocol('x', 'X', fields = [be_f32('a', {option})])\n");
        let message = broken(&scratch, &plugin);
        assert!(message.contains(said) && message.contains("broken.star:1:42:"), "{option}: {message}");
    }
    let message = broken(&scratch, "protocol('x', 'X', fields = [le_f64('a'), bytes('b', 'a')])\n");
    assert!(message.contains(": `a` is no whole number; expressions compute with these"), "{message}");
}

/// Messages of a kind octet, a length of variable size, and what it counts; a list of entries whose types and lengths are such
/// numbers too; a number as QUIC has them.
const VARIABLE: &str = r#"
protocol("vq", "Numbers of variable size", on = {"tcp.port": 7883}, message = "behind(length)", fields = [
    u8("kind", default = 3),
    varint("length", octets = 4, length_of = "body"),
    block("body", "length", [
        varint("id", coding = "quic"),
        varint("size", length_of = "text"),
        text("text", "size"),
        tlv("entry", [varint("type"), varint("len")], other = [bytes("data", "rest")]),
    ]),
], summary = "vq {kind} id {id} {text}")
"#;

#[test]
fn numbers_of_variable_size_are_written_and_read() {
    let scratch = Scratch::new("varint");
    let craft = |given: &str| {
        with(&scratch, VARIABLE, &["craft", "--hex", "-e", &format!("VQ({given})")]).trim().to_owned()
    };
    // RFC 9000 §A.1 for the number of QUIC; the lengths are MQTT 5.0 §1.5.5's
    assert_eq!(craft("id=15293, text='ab'"), "03057bbd026162");
    assert_eq!(craft("id=494878333"), "03059d7f3e7d00");
    assert_eq!(craft("id=151288809941952652"), "0309c2197c5eff14e88c00");
    assert_eq!(craft("length=300, id=37"), "03ac022500");
    assert_eq!(craft("entry=[{'type': 300, 'data': 'x'}, {'type': 1}]"), "03080000ac0201780100");
    let long = craft("text='a'*200");
    assert!(long.starts_with("03cb0100c80161") && long.len() == 2 * (3 + 203), "{long}");
    // a count that grows within a part whose length it moves
    let moved = r#"
protocol("mv", "Moved", fields = [
    varint("whole", length_of = "part"), varint("many", count_of = "value"),
    block("part", "whole", [repeat("value", [u8("octet")], count = "many")]), be16("sum", checksum = "internet"),
])
"#;
    let hex = with(&scratch, moved, &["craft", "--hex", "-e", "MV(octet=[7]*200)"]);
    assert!(hex.starts_with("c801c80107") && hex.trim().len() == 2 * (4 + 200 + 2), "{hex}");
    let set = craft("id=[63, 64]");
    assert_eq!(set, "03023f00\n0303404000");
    let plugin = scratch.path("plugin.star");
    nettool(["--plugin", text(&plugin), "craft", "-e", "VQ(id=1<<62)"])
        .ends(2, &["`VQ.id` takes 0 to 4611686018427387903, not 4611686018427387904"]);
    let read = |hex: &str, fields: &str| {
        let file = scratch.path("read.pcap");
        let frame = format!("Ether()/IP()/TCP(dport=7883, flags='PA')/bytes.fromhex('{hex}')");
        with(&scratch, VARIABLE, &["craft", "-w", text(&file), "-e", &frame]);
        with(&scratch, VARIABLE, &["read", "--fields", fields, text(&file)])
    };
    assert_eq!(read("03057bbd026162", "vq.length,vq.id,vq.size,vq.text"), "5\t15293\t2\tab\n");
    assert_eq!(read(&long, "vq.length,vq.size"), "203\t200\n");
    assert_eq!(read("03080000ac0201780100", "vq.type,vq.len,vq.data"), "300,1\t1,0\t78\n");
    // a length of five octets is none
    assert_eq!(read("038080808001", "vq.length,nettool.malformed"), "\t1\n");
}

#[test]
fn messages_of_a_stream_end_where_a_plugin_says() {
    let scratch = Scratch::new("plugin_streams");
    let file = scratch.path("streams.pcap");
    let script = scratch.path("streams.star");
    let lines = r#"
protocol("ln", "Lines", on = {"tcp.port": 7884}, message = "until(0d0a)", fields = [
    text("word", "rest"),
], summary = "ln {word}")
"#;
    // a message over several segments, several in one
    let segments = r#"
def stream(port, parts):
    seq = 1
    for part in parts:
        emit(Ether()/IP()/TCP(sport=40000, dport=port, seq=seq, ack=1, flags="PA")/part)
        seq += len(part)
stream(7883, [b"\x03\x05\x7b", b"\xbd\x02ab\x03\x02\x25\x00\x03", b"\xcb\x01\x00\xc8\x01" + b"a"*100, b"a"*100])
stream(7884, [b"HELLO wor", b"ld\r", b"\nQUIT\r\nNO"])
"#;
    std::fs::write(&script, segments).expect("the folder is there");
    let plugin = [VARIABLE, lines].concat();
    with(&scratch, &plugin, &["craft", "-w", text(&file), text(&script)]);
    let fields = "frame.number,vq.id,vq.length,ln.word";
    let shown = with(&scratch, &plugin, &["read", "--fields", fields, "-Y", "vq or ln", text(&file)]);
    assert_eq!(shown, "2\t15293,37\t5,2\t\n4\t0\t203\t\n7\t\t\tHELLO world\\r\\n,QUIT\\r\\n\n");
    for (message, said) in [
        ("until(0)", "`until` takes the octets that end a message, in hex digits"),
        ("behind(none)", "`none` is not a field of `x`"),
        ("behind(b)", "`b` has no fixed place"),
    ] {
        let fields = "[varint('a'), u8('b')]";
        let message =
            broken(&scratch, &format!("protocol('x', 'X', fields = {fields}, message = '{message}')\n"));
        assert!(message.contains(said), "{message}");
    }
}
