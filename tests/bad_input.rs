//! Bad input, from outside: a clear sentence with the place, the exit code of the contract, all that was good shown,
//! nothing written lost.
//!
//! Exit codes: 1 damaged input, 2 usage, 3 no such file, interface or privilege. Offsets in the expectations are
//! counted by hand from the octets that the test writes.

mod harness;

use harness::{NETTOOL, ROOT, Scratch, nettool, nettool_fed};
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

const HEADER: usize = 24;

/// A pcap file header (µs, little-endian, Ethernet).
fn header(snaplen: u32, link: u32) -> Vec<u8> {
    [0xa1b2_c3d4u32, 2 | 4 << 16, 0, 0, snaplen, link].iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// A pcap record with these lengths in its header, whatever the octets.
fn record(fraction: u32, captured: u32, original: u32, octets: &[u8]) -> Vec<u8> {
    let mut made: Vec<u8> =
        [1_767_225_600, fraction, captured, original].iter().flat_map(|word| word.to_le_bytes()).collect();
    made.extend_from_slice(octets);
    made
}

/// An ARP request of 60 octets.
fn arp() -> Vec<u8> {
    let mut frame = vec![0xff; 6];
    frame.extend_from_slice(&[
        2, 0, 0, 0, 0, 1, 0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 192, 0, 2, 1,
    ]);
    frame.extend_from_slice(&[0, 0, 0, 0, 0, 0, 192, 0, 2, 2]);
    frame.resize(60, 0);
    frame
}

fn good(count: usize) -> Vec<u8> {
    (0..count).flat_map(|_| record(0, 60, 60, &arp())).collect()
}

/// A pcapng block with a right or a given total length.
fn block(kind: u32, body: &[u8], length: Option<u32>) -> Vec<u8> {
    let length = length.unwrap_or(12 + body.len() as u32).to_le_bytes();
    [&kind.to_le_bytes()[..], &length, body, &length].concat()
}

fn section() -> Vec<u8> {
    block(0x0a0d_0d0a, &[&0x1a2b_3c4du32.to_le_bytes()[..], &[1, 0, 0, 0], &[0xff; 8]].concat(), None)
}

fn described(link: u16) -> Vec<u8> {
    block(1, &[&link.to_le_bytes()[..], &[0, 0], &262_144u32.to_le_bytes()].concat(), None)
}

fn packet(interface: u32, octets: &[u8]) -> Vec<u8> {
    let length = octets.len() as u32;
    let words = [interface, 0, 1, length, length];
    let mut body: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    body.extend_from_slice(octets);
    body.resize(body.len().next_multiple_of(4), 0);
    block(6, &body, None)
}

#[test]
fn an_empty_file_is_named_and_called_empty() {
    let scratch = Scratch::new("empty");
    let file = scratch.file("nothing.pcap", b"");
    nettool(["read".as_ref(), file.as_os_str()]).ends(1, &["nothing.pcap", "empty"]);
    nettool_fed(["read", "-"], b"").ends(1, &["stdin", "empty"]);
}

#[test]
fn a_file_with_only_its_header_holds_no_packet_and_is_no_error() {
    let scratch = Scratch::new("header-only");
    for (name, octets) in [("head.pcap", header(65535, 1)), ("head.pcapng", section())] {
        let file = scratch.file(name, &octets);
        let run = nettool(["read".as_ref(), file.as_os_str()]);
        run.ends(0, &[]);
        assert_eq!(run.text(), "");
        assert_eq!(nettool(["read".as_ref(), "--count".as_ref(), file.as_os_str()]).text().trim(), "0");
    }
}

#[test]
fn a_header_that_is_cut_is_said_with_the_place() {
    let scratch = Scratch::new("cut-header");
    for (name, octets) in [("cut.pcap", &header(65535, 1)[..10]), ("cut.pcapng", &section()[..10])] {
        let file = scratch.file(name, octets);
        nettool(["read".as_ref(), file.as_os_str()]).ends(1, &[name, "header", "10"]);
    }
}

#[test]
fn what_is_no_capture_is_refused() {
    let scratch = Scratch::new("no-capture");
    let file = scratch.file("notes.txt", b"these are no packets, but a letter to a friend\n");
    nettool(["read".as_ref(), file.as_os_str()]).ends(1, &["notes.txt", "no capture file"]);
}

#[test]
fn a_record_cut_by_the_end_of_the_file_is_said_with_offset_and_the_rest_is_shown() {
    let scratch = Scratch::new("cut-record");
    let whole = [header(65535, 1), good(4)].concat();
    // The last record lacks its last 7 octets; it starts behind the header and three records of 16 + 60.
    let offset = (HEADER + 3 * 76).to_string();
    let file = scratch.file("cut.pcap", &whole[..whole.len() - 7]);
    let run = nettool(["read".as_ref(), "-n".as_ref(), file.as_os_str()]);
    run.ends(1, &["cut.pcap", &offset]);
    assert_eq!(run.lines(), 3, "{}", run.text());
    // The same when only part of the record header is there.
    let file = scratch.file("cut.pcap", &whole[..HEADER + 3 * 76 + 9]);
    let run = nettool(["read".as_ref(), "-n".as_ref(), file.as_os_str()]);
    run.ends(1, &["cut.pcap", &offset]);
    assert_eq!(run.lines(), 3, "{}", run.text());
    // And through a pipe, where the size is not known before.
    let run = nettool_fed(["read", "-n", "-"], &whole[..whole.len() - 7]);
    run.ends(1, &["stdin", &offset]);
    assert_eq!(run.lines(), 3, "{}", run.text());
}

#[test]
fn a_record_that_claims_more_than_there_is_is_said_with_offset() {
    let scratch = Scratch::new("long-record");
    for claimed in [5_000, 0x7fff_ffff, 0xffff_ffff] {
        let octets = [header(65535, 1), good(2), record(0, claimed, claimed, &[7; 50])].concat();
        let file = scratch.file("long.pcap", &octets);
        let run = nettool(["read".as_ref(), "-n".as_ref(), file.as_os_str()]);
        run.ends(1, &["long.pcap", &(HEADER + 2 * 76).to_string()]);
        assert_eq!(run.lines(), 2, "{}", run.text());
        let run = nettool_fed(["read", "-n", "-"], &octets);
        run.ends(1, &["stdin", &(HEADER + 2 * 76).to_string()]);
        assert_eq!(run.lines(), 2, "{}", run.text());
    }
}

#[test]
fn a_snap_length_of_0_means_no_limit() {
    let scratch = Scratch::new("snaplen-0");
    let file = scratch.file("zero.pcap", &[header(0, 1), good(3)].concat());
    let run = nettool(["read".as_ref(), "-n".as_ref(), file.as_os_str()]);
    run.ends(0, &[]);
    assert_eq!(run.lines(), 3);
}

#[test]
fn a_fraction_of_a_second_or_more_is_carried_over_and_said_with_offset() {
    let scratch = Scratch::new("fraction");
    let octets = [header(65535, 1), good(1), record(1_500_000, 60, 60, &arp()), good(1)].concat();
    let file = scratch.file("late.pcap", &octets);
    let run = nettool(["read".as_ref(), "-n".as_ref(), "-tt".as_ref(), file.as_os_str()]);
    run.ends(0, &["late.pcap", &(HEADER + 76).to_string()]);
    let text = run.text();
    assert_eq!(run.lines(), 3, "{text}");
    assert!(text.lines().nth(1).is_some_and(|line| line.starts_with("1767225601.500000")), "{text}");
}

#[test]
fn impossible_block_lengths_are_said_with_offset_and_the_rest_is_shown() {
    let scratch = Scratch::new("block-length");
    let before = [section(), described(1), packet(0, &arp()), packet(0, &arp())].concat();
    for length in [0, 8, 11, 33, 0x7fff_fff1, 0xffff_fffc] {
        let octets = [&before[..], &block(6, &[0; 40], Some(length)), &packet(0, &arp())].concat();
        let file = scratch.file("length.pcapng", &octets);
        let run = nettool(["read".as_ref(), "-n".as_ref(), file.as_os_str()]);
        run.ends(1, &["length.pcapng", &before.len().to_string()]);
        assert_eq!(run.lines(), 2, "length {length}: {}", run.text());
    }
}

#[test]
fn unknown_blocks_are_passed_over_without_a_word() {
    let scratch = Scratch::new("unknown-block");
    let octets =
        [section(), described(1), packet(0, &arp()), block(0x6000_1234, &[9; 20], None), packet(0, &arp())]
            .concat();
    let file = scratch.file("unknown.pcapng", &octets);
    let run = nettool(["read".as_ref(), "-n".as_ref(), file.as_os_str()]);
    run.ends(0, &[]);
    assert_eq!((run.lines(), run.err.as_str()), (2, ""));
}

#[test]
fn an_unknown_link_type_is_named_and_its_octets_are_shown() {
    let scratch = Scratch::new("unknown-link");
    for (name, octets) in [
        ("link.pcap", [header(65535, 60_001), good(1)].concat()),
        ("link.pcapng", [section(), described(60_001), packet(0, &arp())].concat()),
    ] {
        let file = scratch.file(name, &octets);
        let run = nettool(["read".as_ref(), "-n".as_ref(), file.as_os_str()]);
        run.ends(0, &[]);
        assert!(run.text().contains("60001"), "{}", run.text());
        let run = nettool(["read".as_ref(), "-V".as_ref(), file.as_os_str()]);
        run.ends(0, &[]);
        assert!(run.text().contains("60001"), "{}", run.text());
    }
}

#[test]
fn a_packet_of_an_interface_that_nobody_described_is_left_out_and_said_with_offset() {
    let scratch = Scratch::new("no-interface");
    let before = [section(), described(1), packet(0, &arp())].concat();
    let octets = [&before[..], &packet(5, &arp()), &packet(0, &arp())].concat();
    let file = scratch.file("id.pcapng", &octets);
    let run = nettool(["read".as_ref(), "-n".as_ref(), file.as_os_str()]);
    run.ends(1, &["id.pcapng", &before.len().to_string(), "interface 5"]);
    assert_eq!(run.lines(), 2, "{}", run.text());
}

#[test]
fn a_directory_and_a_missing_file_are_access_errors() {
    let scratch = Scratch::new("directory");
    nettool(["read".as_ref(), scratch.path("").as_os_str()]).ends(3, &["directory"]);
    nettool(["read".as_ref(), scratch.path("absent.pcap").as_os_str()])
        .ends(3, &["absent.pcap", "no such file"]);
}

#[test]
fn a_missing_file_among_good_ones_is_named() {
    let run = nettool(["read", "-n", "samples/arp.pcap", "samples/absent.pcap"]);
    run.ends(3, &["absent.pcap"]);
}

#[test]
fn a_fifo_whose_writer_goes_away_early_shows_what_came() {
    let scratch = Scratch::new("fifo");
    let fifo = scratch.path("pipe");
    let made = Command::new("mkfifo").arg(&fifo).status().expect("coreutils are there");
    assert!(made.success());
    let child = Command::new(NETTOOL)
        .args(["read".as_ref(), "-n".as_ref(), fifo.as_os_str()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("nettool starts");
    let octets = [header(65535, 1), good(5)].concat();
    let mut pipe = fs::OpenOptions::new().write(true).open(&fifo).expect("the reader opens the other end");
    pipe.write_all(&octets[..octets.len() - 30]).expect("a pipe holds so little");
    drop(pipe);
    let output = child.wait_with_output().expect("nettool ends");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains(&(HEADER + 4 * 76).to_string()), "{stderr}");
    assert_eq!(output.stdout.iter().filter(|&&octet| octet == b'\n').count(), 4);
}

#[test]
fn damaged_compressed_files_show_what_came_before_and_say_so() {
    let scratch = Scratch::new("compressed");
    for end in ["gz", "zst", "lz4"] {
        let octets = fs::read(format!("{ROOT}/samples/dns.pcap.{end}")).expect("the sample is there");
        let name = format!("cut.pcap.{end}");
        let file = scratch.file(&name, &octets[..octets.len() / 2]);
        let run = nettool(["read".as_ref(), "-n".as_ref(), file.as_os_str()]);
        run.ends(1, &[&name]);
    }
}

#[test]
fn terminal_control_codes_from_the_wire_never_reach_the_output() {
    for mode in [
        &[][..],
        &["-V"],
        &["-A"],
        &["-X"],
        &["-x"],
        &["-v"],
        &["-vv"],
        &["-e"],
        &["-q"],
        &["--json"],
        &["-V", "--color", "always"],
        &["--fields", "dns.qry.name,data.data,frame.comment,eth.trailer"],
    ] {
        let run = nettool(["read", "--color", "never"].iter().chain(mode).chain(&["samples/hostile.pcap"]));
        if mode.contains(&"always") {
            // Colours are asked for: only SGR sequences may be there.
            let text = run.text().replace("\u{1b}[", "\u{1}");
            assert!(!text.contains('\u{1b}') && !text.contains('\u{7}'), "{mode:?}: {text:?}");
            continue;
        }
        assert!(run.code == 0 || run.code == 1, "{run:?}");
        let text = String::from_utf8(run.out.clone()).expect("output is UTF-8");
        let strange: Vec<_> =
            text.chars().filter(|c| c.is_control() && *c != '\n' && *c != '\t').map(|c| c as u32).collect();
        assert!(strange.is_empty(), "{mode:?} lets {strange:x?} through:\n{text:?}");
    }
}

#[test]
fn malformed_packets_are_shown_as_such_and_the_rest_is_shown() {
    for mode in [&["-n"][..], &["-nV"], &["-nvv"], &["--json"], &["-nX"]] {
        let run = nettool(["read"].iter().chain(mode).chain(&["samples/malformed.pcap"]));
        assert!(run.code == 0 || run.code == 1, "{run:?}");
        assert!(!run.err.contains("panicked"), "{run:?}");
    }
    assert_eq!(nettool(["read", "--count", "samples/malformed.pcap"]).text().trim(), "20");
}

#[test]
fn wrong_usage_is_exit_2_with_the_mend() {
    nettool(["read"]).ends(2, &["usage"]);
    nettool(["read", "--nosuch", "samples/arp.pcap"]).ends(2, &["--nosuch"]);
    nettool(["nosuch"]).ends(2, &["nosuch"]);
    nettool(["man", "nosuch"]).ends(2, &["nosuch"]);
    nettool(["completions", "nosuch"]).ends(2, &["nosuch", "bash"]);
}
