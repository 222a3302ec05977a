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
