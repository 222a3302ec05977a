//! Streams followed: the octets that tshark shows, in its order and its forms.

mod harness;

use harness::{Scratch, nettool, peer};

const ORDER: &str = "tests/data/reassembly/order.pcap.gz";
const ODD: &str = "tests/data/reassembly/odd.pcap.gz";

fn theirs(test: &str, file: &str, stream: &str, form: &str) -> Option<Vec<u8>> {
    let (transport, number) = stream.split_once(':').expect("a stream has a transport");
    let wanted = format!("follow,{transport},{form},{number}");
    peer(test, "tshark", ["-q", "-r", file, "-z", wanted.as_str()]).map(|run| run.out)
}

fn ours(file: &str, stream: &str, form: &str) -> Vec<u8> {
    let run = nettool(["read", "--follow-stream", stream, "--follow-form", form, file]);
    run.ends(0, &[]);
    run.out
}

/// Octets of a followed stream as tshark writes them raw: hex, a line a piece, answers behind a tabulator.
fn decoded(raw: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(raw);
    let lines = text.lines().skip_while(|line| !line.starts_with("Node 1")).skip(1);
    let digits: Vec<u32> = lines
        .take_while(|line| !line.starts_with('='))
        .flat_map(|line| line.chars().filter_map(|digit| digit.to_digit(16)).collect::<Vec<_>>())
        .collect();
    digits.chunks_exact(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect()
}

#[test]
fn octets_are_those_that_tshark_finds_whatever_the_order_of_segments() {
    let test = "octets_are_those_that_tshark_finds_whatever_the_order_of_segments";
    let mut streams: Vec<(&str, String)> = (0..12).map(|number| (ORDER, format!("tcp:{number}"))).collect();
    // The third has a hole, which tshark fills with words.
    streams.extend([0, 1, 3, 4].map(|number| (ODD, format!("tcp:{number}"))));
    streams.extend(["tcp:0", "tcp:1"].map(|stream| ("samples/http.pcap", stream.to_owned())));
    streams.extend(["udp:0", "udp:3"].map(|stream| ("samples/dns.pcap", stream.to_owned())));
    streams.push(("samples/fragments.pcap", "udp:0".to_owned()));
    streams.push(("samples/tcp-trouble.pcap", "tcp:0".to_owned()));
    for (file, stream) in streams {
        let Some(theirs) = theirs(test, file, &stream, "raw") else { return };
        let theirs = decoded(&theirs);
        assert!(!theirs.is_empty(), "{file} {stream}: tshark finds nothing");
        assert_eq!(ours(file, &stream, "raw"), theirs, "{file} {stream}");
    }
}

#[test]
fn text_and_hex_have_the_form_of_tshark() {
    let test = "text_and_hex_have_the_form_of_tshark";
    let streams = [
        ("samples/dns.pcap", "udp:0"),
        ("samples/fragments.pcap", "udp:0"),
        (ORDER, "tcp:1"),
        (ODD, "tcp:4"),
    ];
    for (file, stream) in streams {
        for form in ["ascii", "hex"] {
            let Some(theirs) = theirs(test, file, stream, form) else { return };
            // A blank at the end of a line is not always there.
            let trimmed = |octets: &[u8]| -> Vec<String> {
                String::from_utf8_lossy(octets).lines().map(|line| line.trim_end().to_owned()).collect()
            };
            assert_eq!(trimmed(&ours(file, stream, form)), trimmed(&theirs), "{file} {stream} {form}");
        }
    }
}

#[test]
fn a_hole_is_named_in_its_place() {
    let text = String::from_utf8_lossy(&ours(ODD, "tcp:2", "ascii")).into_owned();
    assert!(text.contains("[14 octets are not in the capture]"), "{text}");
    let json = String::from_utf8_lossy(&ours(ODD, "tcp:2", "json")).into_owned();
    assert!(json.contains(r#""missing":14"#) && json.lines().count() == 18, "{json}");
}

#[test]
fn ends_name_a_stream_in_any_order_and_a_stream_that_is_not_there_is_said() {
    let by_ends = ours("samples/http.pcap", "tcp:192.0.2.2:80,192.0.2.1:49152", "ascii");
    assert_eq!(by_ends, ours("samples/http.pcap", "tcp:0", "ascii"));
    nettool(["read", "--follow-stream", "tcp:7", "samples/http.pcap"]).ends(1, &["numbered from 0 to 1"]);
    nettool(["read", "--follow-stream", "tcp:0", "samples/dns.pcap"]).ends(1, &["there is no tcp stream"]);
    nettool(["read", "--follow-stream", "icmp:0", "samples/dns.pcap"]).ends(2, &["no transport"]);
}

#[test]
fn octets_of_a_stream_do_not_reach_the_terminal_as_commands() {
    for form in ["ascii", "hex", "json"] {
        let run = nettool([
            "read",
            "--color",
            "never",
            "--follow-stream",
            "tcp:0",
            "--follow-form",
            form,
            "samples/hostile.pcap",
        ]);
        assert!(!run.out.contains(&0x1b), "{form}: {}", run.text());
    }
}

/// A capture (raw IP) of segments one way, by sequence number.
fn segments(segments: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
    let mut file = words(&[0xa1b2_c3d4, 0x0004_0002, 0, 0, 65535, 101]);
    for (at, (seq, data)) in segments.iter().enumerate() {
        let len = 40 + data.len() as u32;
        file.extend(words(&[1_767_225_600, at as u32, len, len]));
        file.extend([0x45, 0]);
        file.extend((len as u16).to_be_bytes());
        file.extend([0, 0, 0, 0, 64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2, 0x1b, 0x58, 0x23, 0x28]);
        file.extend(seq.to_be_bytes());
        file.extend([0, 0, 0, 0, 0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0]);
        file.extend(data);
    }
    file
}

#[test]
fn a_segment_that_is_sent_again_a_window_later_stands_in_its_place() {
    let scratch = Scratch::new("follow_window");
    let part = |number: u32| format!("{number:06}").repeat(200).into_bytes();
    let segment = |number: u32| (1 + number * 1200, part(number));
    let mut sent: Vec<_> = (0..3000).filter(|number| *number != 7).map(segment).collect();
    sent.insert(2900, segment(7));
    let file = scratch.file("window.pcap", &segments(&sent));
    let found = ours(&file.to_string_lossy(), "tcp:0", "raw");
    assert!(found == (0..3000).flat_map(part).collect::<Vec<u8>>(), "{} octets", found.len());
}

#[test]
fn what_stands_behind_a_fin_misses_nothing() {
    let scratch = Scratch::new("follow_fin");
    let mut file = segments(&[(1, b"before".to_vec()), (7, Vec::new()), (8, b"behind".to_vec())]);
    // FIN and ACK in the second one.
    file[24 + 16 + 46 + 16 + 33] = 0x11;
    let file = scratch.file("fin.pcap", &file);
    let run = nettool(["read", "--follow-stream", "tcp:0", "--follow-form", "raw", &file.to_string_lossy()]);
    run.ends(0, &[]);
    assert_eq!((run.out.as_slice(), run.err.as_str()), (&b"beforebehind"[..], ""));
}
