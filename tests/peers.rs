//! nettool beside tcpdump and tshark on the same files: they agree on count, time, lengths and addresses, and both read
//! what nettool writes.
//!
//! The project's own captures are compared always; those of a folder `../shared/captures`, where it is there, too.

mod harness;

use harness::{ROOT, Run, Scratch, captures, finish, installed, nettool, skip};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What both are asked for.
const FIELDS: [&str; 10] = [
    "frame.number",
    "frame.time_epoch",
    "frame.cap_len",
    "frame.len",
    "eth.src",
    "eth.dst",
    "ip.src",
    "ip.dst",
    "ipv6.src",
    "ipv6.dst",
];

const NUMBER: usize = 0;
const TIME: usize = 1;
/// The first field that is an address.
const ADDRESSES: usize = 4;
const IP_DST: usize = 7;

fn tshark(file: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::new("tshark");
    // Each packet by itself, names left alone: nothing is put together here.
    for preference in ["ip.defragment", "ipv6.defragment", "tcp.desegment_tcp_streams"] {
        command.args(["-o", &format!("{preference}:FALSE")]);
    }
    finish(command.env("TZ", "UTC").args(["-n", "-r"]).arg(file).args(arguments))
}

fn both() -> Vec<PathBuf> {
    let mut files = captures("samples");
    files.extend(captures("tests/data"));
    files.extend(captures("../shared/captures"));
    files
}

/// One line per packet of tab-separated fields; several values of one field are joined by commas by both.
fn rows(text: &str) -> Vec<Vec<String>> {
    text.lines().map(|line| line.split('\t').map(|value| value.to_owned()).collect()).collect()
}

fn first(value: Option<&String>) -> &str {
    value.and_then(|value| value.split(',').next()).unwrap_or_default()
}

/// A time as tshark prints it where the record's own is one: nine digits of nanoseconds. A record with a second's worth of
/// nanoseconds or more is printed by tshark as its two numbers, by nettool as the time that they add up to.
fn is_time(text: &str) -> bool {
    text.split_once('.').is_some_and(|(_, nanoseconds)| nanoseconds.len() == 9) && !text.contains(".-")
}

/// What differs between tshark's and nettool's view of a file, in words; empty when nothing does. None where tshark does
/// not know the link type.
fn differences(file: &Path) -> Option<Vec<String>> {
    let fields: Vec<_> =
        FIELDS.iter().chain(&["ip.cur_rt", "frame.protocols"]).flat_map(|field| ["-e", field]).collect();
    let theirs = tshark(file, &[&["-T", "fields"], &fields[..]].concat());
    if theirs.code != 0 && theirs.err.contains("unknown or unsupported") {
        return None;
    }
    let names = FIELDS.join(",") + ",frame.protocols";
    let options = ["read", "--no-reassembly", "--fields", names.as_str()].map(std::ffi::OsStr::new);
    let mine = nettool(options.into_iter().chain([file.as_os_str()]));
    let mut found = Vec::new();
    if !(0..=1).contains(&mine.code) || mine.err.contains("panicked") {
        return Some(vec![format!("exit {}: {}", mine.code, mine.err.trim())]);
    }
    let (mut theirs, mine) = (rows(&theirs.text()), rows(&mine.text()));
    // tshark also lists custom blocks of pcapng, as records without time or layers.
    theirs.retain(|row| !(row[TIME].is_empty() && row.last().is_some_and(|protocols| protocols == "data")));
    for row in &mut theirs {
        // With a source route, tshark calls its end the destination, and what stands in the header the current one.
        let current = row[FIELDS.len()].clone();
        if !current.is_empty() {
            row[IP_DST] = current;
        }
    }
    if theirs.len() != mine.len() {
        found.push(format!("{} packets, tshark has {}", mine.len(), theirs.len()));
    }
    // tshark does not know the tags of switch chips: its addresses behind them are those of other octets.
    let tagged = file.components().any(|part| part.as_os_str() == "dsa");
    for (number, (theirs, mine)) in theirs.iter().zip(&mine).enumerate() {
        for (column, field) in FIELDS.iter().enumerate() {
            let (their, my) = (first(theirs.get(column)), first(mine.get(column)));
            let address = column >= ADDRESSES;
            // Nothing is said of a link type that is shown as octets.
            if address && mine.last().is_some_and(|protocols| protocols == "data") {
                continue;
            }
            // Numbers of records after one that is left out differ.
            if column == NUMBER || column == TIME && !is_time(their) {
                continue;
            }
            // Where tshark finds no address, nettool may know a layer that tshark does not.
            if their != my && !(address && (tagged || their.is_empty())) {
                found.push(format!("packet {}: {field} is {my:?}, tshark says {their:?}", number + 1));
            }
        }
    }
    Some(found)
}

#[test]
fn count_time_lengths_and_addresses_are_those_of_tshark() {
    if !installed("tshark") {
        return skip("count_time_lengths_and_addresses_are_those_of_tshark", "needs tshark");
    }
    let mut wrong = Vec::new();
    let mut packets = 0;
    for file in both() {
        let Some(found) = differences(&file) else { continue };
        packets += 1;
        if !found.is_empty() {
            wrong.push(format!(
                "{}:\n  {}",
                file.display(),
                found.iter().take(5).cloned().collect::<Vec<_>>().join("\n  ")
            ));
        }
    }
    assert!(packets >= 30, "only {packets} captures found");
    assert!(wrong.is_empty(), "{} files differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// tcpdump's whole account of a file: time, lengths and every octet.
fn tcpdump(file: &Path) -> Run {
    finish(Command::new("tcpdump").env("TZ", "UTC").args(["-nn", "-tt", "-XX", "-r"]).arg(file))
}

#[test]
fn tcpdump_reads_the_same_octets_and_times_from_what_nettool_wrote() {
    let test = "tcpdump_reads_the_same_octets_and_times_from_what_nettool_wrote";
    if !installed("tcpdump") {
        return skip(test, "needs tcpdump");
    }
    let scratch = Scratch::new("tcpdump-reads");
    let mut compared = 0;
    for file in captures("samples") {
        let before = tcpdump(&file);
        // What tcpdump itself does not read (several link types, compression) is tshark's to compare.
        if before.code != 0 || before.lines() == 0 {
            continue;
        }
        for name in ["out.pcap", "out.pcapng"] {
            let out = scratch.path(name);
            let run = nettool(["read".as_ref(), file.as_os_str(), "-w".as_ref(), out.as_os_str()]);
            assert!((0..=1).contains(&run.code), "{run:?}");
            let after = tcpdump(&out);
            assert_eq!(after.code, 0, "{}: {}", file.display(), after.err);
            assert_eq!(after.text(), before.text(), "{} as {name}", file.display());
            compared += 1;
        }
    }
    assert!(compared >= 50, "only {compared} files compared");
}

/// tshark's account of what a pcapng file knows beside the octets.
fn known(file: &Path) -> String {
    let fields = [
        "frame.time_epoch",
        "frame.cap_len",
        "frame.len",
        "frame.interface_name",
        "frame.comment",
        "frame.packet_flags",
    ];
    let fields: Vec<_> = fields.iter().flat_map(|field| ["-e", field]).collect();
    tshark(file, &[&["-T", "fields"], &fields[..]].concat()).text()
}

#[test]
fn a_rewritten_pcapng_file_keeps_interfaces_comments_and_flags() {
    let test = "a_rewritten_pcapng_file_keeps_interfaces_comments_and_flags";
    if !installed("tshark") {
        return skip(test, "needs tshark");
    }
    let scratch = Scratch::new("rewritten");
    for sample in ["mixed", "sections", "resolutions", "simple"] {
        let file = Path::new(ROOT).join(format!("samples/{sample}.pcapng"));
        let out = scratch.path("out.pcapng");
        nettool(["read".as_ref(), file.as_os_str(), "-w".as_ref(), out.as_os_str()]).ends(0, &[]);
        assert_eq!(known(&out), known(&file), "{sample}");
    }
}

#[test]
fn frames_are_cut_as_editcap_cuts_them() {
    let test = "frames_are_cut_as_editcap_cuts_them";
    if !installed("tshark") || !installed("editcap") {
        return skip(test, "needs tshark and editcap");
    }
    let scratch = Scratch::new("cut");
    let fields: Vec<_> =
        ["time_epoch", "cap_len", "len"].iter().map(|name| format!("frame.{name}")).collect();
    let mut arguments = vec!["-T", "fields"];
    arguments.extend(fields.iter().flat_map(|field| ["-e", field]));
    for sample in ["http.pcap", "mixed.pcapng"] {
        let file = Path::new(ROOT).join("samples").join(sample);
        let theirs = scratch.path(&format!("theirs-{sample}"));
        finish(Command::new("editcap").args(["-s", "61"]).arg(&file).arg(&theirs)).ends(0, &[]);
        for name in ["ours.pcap", "ours.pcapng"] {
            // More than one link type has no place in pcap.
            if (sample, name) == ("mixed.pcapng", "ours.pcap") {
                continue;
            }
            let ours = scratch.path(name);
            nettool(["read".as_ref(), "-s61".as_ref(), file.as_os_str(), "-w".as_ref(), ours.as_os_str()])
                .ends(0, &[]);
            assert_eq!(
                tshark(&ours, &arguments).text(),
                tshark(&theirs, &arguments).text(),
                "{sample} as {name}"
            );
        }
    }
}

#[test]
fn compressed_output_is_what_its_own_tool_unpacks() {
    let scratch = Scratch::new("packed");
    for (end, tool) in [("gz", "gzip"), ("zst", "zstd"), ("lz4", "lz4")] {
        if !installed(tool) {
            skip("compressed_output_is_what_its_own_tool_unpacks", &format!("needs {tool}"));
            continue;
        }
        for format in ["pcap", "pcapng"] {
            let plain = scratch.path(&format!("plain.{format}"));
            let packed = scratch.path(&format!("packed.{format}.{end}"));
            for out in [&plain, &packed] {
                nettool(["read".as_ref(), "samples/http.pcap".as_ref(), "-w".as_ref(), out.as_os_str()])
                    .ends(0, &[]);
            }
            let unpacked = finish(Command::new(tool).arg("-dc").arg(&packed));
            unpacked.ends(0, &[]);
            assert_eq!(unpacked.out, std::fs::read(&plain).expect("it was written"), "{format}.{end}");
            let count = nettool(["read".as_ref(), "--count".as_ref(), packed.as_os_str()]);
            assert_eq!(count.text().trim(), "20");
        }
    }
}

#[test]
fn counts_are_those_of_the_readme_of_the_samples() {
    let readme =
        std::fs::read_to_string(format!("{ROOT}/samples/README.md")).expect("the samples are described");
    let mut counted = 0;
    for row in readme.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let packets = cells[2];
        let names: Vec<_> = cells[1].split('`').skip(1).step_by(2).collect();
        // Scripts stand in a table of their own.
        for name in names.iter().filter(|name| !name.ends_with(".star")) {
            let name = if name.starts_with('.') { format!("dns.pcap{name}") } else { (*name).to_owned() };
            let run = nettool(["read", "--count", &format!("samples/{name}")]);
            assert_eq!(run.text().lines().last(), Some(packets), "{name}: {run:?}");
            counted += 1;
        }
    }
    assert_eq!(counted, captures("samples").len(), "every sample is described");
}

/// A pcapng block with its length at both ends.
fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u32 + 12).to_le_bytes();
    [&kind.to_le_bytes()[..], &length, body, &length].concat()
}

/// An option, padded.
fn option(code: u16, value: &[u8]) -> Vec<u8> {
    let mut out = [&code.to_le_bytes()[..], &(value.len() as u16).to_le_bytes(), value].concat();
    out.resize(out.len().next_multiple_of(4), 0);
    out
}

/// A section with two interfaces, Ethernet and raw IP, and a packet on the second for each set of options.
fn section(packets: &[Vec<u8>]) -> Vec<u8> {
    let mut out = block(
        0x0a0d_0d0a,
        &[&0x1a2b_3c4du32.to_le_bytes()[..], &[1, 0, 0, 0], &(-1i64).to_le_bytes()].concat(),
    );
    for link_type in [1u8, 101] {
        out.extend(block(1, &[link_type, 0, 0, 0, 0, 0, 0, 0]));
    }
    for options in packets {
        let octets = [0x45, 0, 0, 20, 0, 1, 0, 0, 64, 253, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2];
        let words = [1u32, 0x0006_09e2, 0x1234_5678, 20, 20].map(u32::to_le_bytes).concat();
        out.extend(block(6, &[&words[..], &octets, options].concat()));
    }
    out
}

#[test]
fn what_a_packet_block_says_of_its_frame_has_the_names_and_forms_of_tshark() {
    if !installed("tshark") {
        return skip(
            "what_a_packet_block_says_of_its_frame_has_the_names_and_forms_of_tshark",
            "needs tshark",
        );
    }
    const NAMES: [&str; 21] = [
        "frame.time",
        "frame.time_epoch",
        "frame.section_number",
        "frame.interface_id",
        "frame.encap_type",
        "frame.packet_flags",
        "frame.packet_flags_direction",
        "frame.packet_flags_reception_type",
        "frame.packet_flags_fcs_length",
        "frame.packet_flags_crc_error",
        "frame.packet_flags_packet_too_error",
        "frame.packet_flags_packet_too_short_error",
        "frame.packet_flags_wrong_inter_frame_gap_error",
        "frame.packet_flags_unaligned_frame_error",
        "frame.packet_flags_start_frame_delimiter_error",
        "frame.packet_flags_preamble_error",
        "frame.packet_flags_symbol_error",
        "frame.packet_id",
        "frame.verdict.ebpf_tc",
        "frame.drop_count",
        "frame.interface_queue",
    ];
    let flags = |word: u32| option(2, &word.to_le_bytes());
    let packets = [
        Vec::new(),
        flags(0),
        flags(0x0500_0009),
        [flags(0xff00_0012), option(4, &7u64.to_le_bytes()), option(6, &3u32.to_le_bytes())].concat(),
        [
            option(5, &0x0102_0304_0506_0708u64.to_le_bytes()),
            option(7, &[&[1][..], &2u64.to_le_bytes()].concat()),
        ]
        .concat(),
    ];
    let scratch = Scratch::new("packet-blocks");
    let file = scratch.file("said.pcapng", &[section(&packets), section(&packets[2..])].concat());
    let named: Vec<_> = NAMES.iter().flat_map(|name| ["-e", name]).collect();
    let theirs = tshark(&file, &[&["-T", "fields"], &named[..]].concat());
    let names = NAMES.join(",");
    let mine = nettool([Path::new("read"), Path::new("--fields"), Path::new(&names), &file]);
    assert_eq!(mine.text(), theirs.text());
    assert_eq!(mine.text().lines().count(), 8);
}
