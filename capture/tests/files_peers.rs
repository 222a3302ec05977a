//! tshark, capinfos, tcpdump and editcap as judges: they read what is written here, and what they write is read here.

#[path = "../../tests/harness/skip.rs"]
mod skip;

use nettool_capture::file::{
    Compression, Format, Interfaces, ReadOptions, Reader, Rotation, WriteOptions, Writer, compression_of_name,
};
use nettool_dissect::frame::{
    ChecksumState, Direction, Frame, Gso, GsoKind, Interface, LinkType, Meta, MovedVlan, Reception,
    TimeSource, Timestamp, VlanTag,
};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a peer and nettool must agree on: time in nanoseconds, original and captured length.
type Seen = (i64, u32, usize);

fn have(test: &str, programs: &[&str]) -> bool {
    let missing: Vec<&str> = programs.iter().copied().filter(|program| !skip::installed(program)).collect();
    missing.iter().for_each(|program| skip::skip(test, &format!("needs {program}")));
    missing.is_empty()
}

fn run(program: &str, arguments: &[&str]) -> (String, bool) {
    let output = Command::new(program).env("TZ", "UTC").args(arguments).output().expect("it is installed");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.success())
}

/// Seconds and up to nine digits behind a point, as nanoseconds.
fn nanoseconds(text: &str) -> i64 {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction: i64 = format!("{fraction:0<9}")[..9].parse().expect("digits");
    seconds.parse::<i64>().expect("digits") * 1_000_000_000 + fraction
}

fn tshark_sees(path: &Path) -> Vec<Seen> {
    let path = path.to_str().expect("a plain name");
    let fields = ["-e", "frame.time_epoch", "-e", "frame.len", "-e", "frame.cap_len"];
    let (out, success) = run("tshark", &[&["-n", "-r", path, "-T", "fields"][..], &fields].concat());
    assert!(success, "tshark reads {path}");
    out.lines()
        .map(|line| {
            let mut columns = line.split('\t');
            let mut next = || columns.next().expect("three columns");
            (nanoseconds(next()), next().parse().expect("a number"), next().parse().expect("a number"))
        })
        .collect()
}

fn nettool_sees(path: &Path) -> Vec<Seen> {
    let mut reader = Reader::open(&[path], &ReadOptions::default()).expect("opens");
    let mut seen = Vec::new();
    while let Some(chunk) = reader.next_chunk().expect("sound") {
        seen.extend(
            chunk.frames().map(|frame| {
                (frame.meta.time.unwrap_or_default().0, frame.meta.original_len, frame.data.len())
            }),
        );
    }
    seen
}

fn interfaces() -> Interfaces {
    let mut eth0 = Interface::new("eth0", LinkType::ETHERNET);
    eth0.description = "uplink".to_owned();
    eth0.dsa_tagger = Some("ocelot".to_owned());
    Interfaces::new([eth0, Interface::new("wan", LinkType::ETHERNET)])
}

/// Ethernet frames with a UDP packet each, of all that `Meta` can say.
fn write(path: &Path, options: WriteOptions, packets: u64) {
    let interfaces = interfaces();
    let mut writer = Writer::create(path, options).expect("can be made");
    for number in 1..=packets {
        let mut data = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0];
        data.extend_from_slice(&[
            0, 60, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 9, 0, 9, 0, 40, 0, 0,
        ]);
        data.resize(74 + (number % 7) as usize, number as u8);
        let mut meta = Meta::new(LinkType::ETHERNET, data.len() as u32 + (number % 3) as u32);
        meta.time = Some(Timestamp::new(1_700_000_000 + number as i64, 123_456_789));
        meta.time_source = TimeSource::Adapter;
        meta.direction = if number.is_multiple_of(2) { Direction::In } else { Direction::Out };
        meta.reception = Reception::Multicast;
        meta.checksum = ChecksumState::NotReady;
        meta.gso = Some(Gso { kind: GsoKind::UdpL4, ecn: false, size: 1400, header_len: 42 });
        meta.queue = Some(3);
        meta.hash = Some(0x1234_5678);
        meta.drops = number / 2;
        meta.interface = (number % 2) as u32;
        if number.is_multiple_of(5) {
            meta.vlan.outer = Some(VlanTag { tpid: 0x8100, tci: 7 });
        }
        let frame = Frame { number, data: &data, meta };
        let comment = format!("number {number}");
        writer.write_with_comment(&frame, &interfaces, Some(&comment)).expect("taken");
    }
    writer.finish().expect("taken");
}

#[test]
fn tshark_reads_what_is_written_with_the_same_times_and_lengths() {
    let test = "tshark_reads_what_is_written_with_the_same_times_and_lengths";
    if !have(test, &["tshark"]) {
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    for format in [Format::Pcap, Format::Pcapng] {
        for (compression, extension) in [
            (Compression::None, ""),
            (Compression::Gzip, ".gz"),
            (Compression::Zstd, ".zst"),
            (Compression::Lz4, ".lz4"),
        ] {
            for nanoseconds in [true, false] {
                let path = directory.path().join(format!("x.{format}{extension}"));
                assert_eq!(compression_of_name(&path), compression);
                let options =
                    WriteOptions { compression, nanoseconds: Some(nanoseconds), ..WriteOptions::new(format) };
                write(&path, options, 50);
                let seen = nettool_sees(&path);
                assert_eq!(seen.len(), 50);
                assert_eq!(tshark_sees(&path), seen, "{format} {compression}");
            }
        }
    }
}

#[test]
fn tshark_shows_what_pcapng_has_fields_for() {
    let test = "tshark_shows_what_pcapng_has_fields_for";
    if !have(test, &["tshark"]) {
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("x.pcapng");
    let comment = Some("of the file".to_owned());
    write(
        &path,
        WriteOptions { comment, filter: Some("udp".to_owned()), ..WriteOptions::new(Format::Pcapng) },
        2,
    );
    let path = path.to_str().expect("a plain name");
    let fields = [
        "frame.interface_name",
        "frame.interface_description",
        "frame.comment",
        "frame.packet_flags_direction",
        "frame.packet_flags_reception_type",
        "frame.interface_queue",
        "frame.drop_count",
    ];
    let mut arguments = vec!["-n", "-r", path, "-T", "fields"];
    fields.iter().for_each(|field| arguments.extend(["-e", field]));
    let (out, success) = run("tshark", &arguments);
    assert!(success);
    let rows: Vec<Vec<&str>> = out.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows[0][..3], ["wan", "", "number 1"]);
    assert_eq!(rows[1][..3], ["eth0", "uplink", "number 2"]);
    assert!(rows[0][3].ends_with('2') && rows[1][3].ends_with('1'), "{rows:?}");
    assert!(rows[0][4].ends_with('2'), "multicast: {rows:?}");
    assert_eq!(rows[0][5], "3");
    assert_eq!(rows[1][6], "1");
}

#[test]
fn capinfos_finds_the_comment_and_nothing_amiss() {
    let test = "capinfos_finds_the_comment_and_nothing_amiss";
    if !have(test, &["capinfos"]) {
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("x.pcapng");
    let comment = Some("of the file".to_owned());
    write(
        &path,
        WriteOptions { comment, filter: Some("udp port 9".to_owned()), ..WriteOptions::new(Format::Pcapng) },
        9,
    );
    let (out, success) = run("capinfos", &[path.to_str().expect("a plain name")]);
    assert!(success, "{out}");
    for line in ["of the file", "Number of packets:   9", "udp port 9", "nanosecond"] {
        assert!(out.contains(line), "{line}: {out}");
    }
}

#[test]
fn tcpdump_reads_what_is_written_and_finds_the_vlan_tags_put_back() {
    let test = "tcpdump_reads_what_is_written_and_finds_the_vlan_tags_put_back";
    if !have(test, &["tcpdump"]) {
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    for format in [Format::Pcap, Format::Pcapng] {
        let path = directory.path().join("x");
        write(&path, WriteOptions::new(format), 50);
        let path = path.to_str().expect("a plain name");
        let (out, success) = run("tcpdump", &["-n", "-tt", "--nano", "-r", path]);
        assert!(success);
        assert_eq!(out.lines().count(), 50);
        assert!(out.starts_with("1700000001.123456789 "), "{out}");
        if format == Format::Pcap {
            let (out, success) = run("tcpdump", &["-n", "-r", path, "vlan 7 and ip"]);
            assert!(success);
            assert_eq!(out.lines().count(), 10, "every fifth has a tag");
        }
    }
}

#[test]
fn rotated_files_join_to_the_whole_again_by_mergecap() {
    let test = "rotated_files_join_to_the_whole_again_by_mergecap";
    if !have(test, &["mergecap"]) {
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    for format in [Format::Pcap, Format::Pcapng] {
        let folder = directory.path().join(format.to_string());
        std::fs::create_dir(&folder).expect("can be made");
        let rotation = Rotation { octets: Some(2000), ..Rotation::default() };
        write(&folder.join("r.pcap"), WriteOptions { rotation, ..WriteOptions::new(format) }, 50);
        let mut parts: Vec<PathBuf> =
            std::fs::read_dir(&folder).expect("there").map(|entry| entry.expect("readable").path()).collect();
        parts.sort();
        assert!(parts.len() > 2);
        let whole = directory.path().join("whole.pcapng");
        let mut arguments = vec!["-a", "-w", whole.to_str().expect("a plain name")];
        arguments.extend(parts.iter().filter_map(|part| part.to_str()));
        assert!(run("mergecap", &arguments).1);
        let single = directory.path().join("single");
        write(&single, WriteOptions::new(format), 50);
        assert_eq!(nettool_sees(&whole), nettool_sees(&single));
    }
}

#[test]
fn merging_gives_the_order_of_mergecap() {
    let test = "merging_gives_the_order_of_mergecap";
    if !have(test, &["mergecap", "editcap"]) {
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let place = |name: &str| directory.path().join(name).to_str().expect("a plain name").to_owned();
    write(Path::new(&place("a")), WriteOptions::new(Format::Pcapng), 50);
    write(
        Path::new(&place("b")),
        WriteOptions { compression: Compression::Gzip, ..WriteOptions::new(Format::Pcap) },
        30,
    );
    // No two packets of different files at the same time: of those mergecap takes the last file's first.
    assert!(run("editcap", &["-t", "0.3", &place("b"), &place("b.gz")]).1);
    assert!(run("editcap", &["-t", "-7.25", &place("a"), &place("c")]).1);
    assert!(run("mergecap", &["-w", &place("all"), &place("a"), &place("b.gz"), &place("c")]).1);
    let mut reader =
        Reader::open(&[place("a"), place("b.gz"), place("c")], &ReadOptions::default()).expect("all open");
    let mut merged = Vec::new();
    while let Some(chunk) = reader.next_chunk().expect("sound") {
        merged.extend(
            chunk.frames().map(|frame| {
                (frame.meta.time.unwrap_or_default().0, frame.meta.original_len, frame.data.len())
            }),
        );
    }
    assert_eq!(merged.len(), 130);
    assert_eq!(merged, nettool_sees(Path::new(&place("all"))));
}

#[test]
fn every_layout_that_editcap_writes_is_read() {
    let test = "every_layout_that_editcap_writes_is_read";
    if !have(test, &["editcap", "tshark"]) {
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let original = directory.path().join("x.pcapng");
    write(&original, WriteOptions::new(Format::Pcapng), 40);
    let original = original.to_str().expect("a plain name");
    for layout in ["pcap", "nsecpcap", "modpcap", "nokiapcap", "rh6_1pcap", "suse6_3pcap", "pcapng"] {
        let path = directory.path().join(layout);
        assert!(
            run("editcap", &["-F", layout, original, path.to_str().expect("a plain name")]).1,
            "{layout}"
        );
        let seen = nettool_sees(&path);
        assert_eq!(seen.len(), 40);
        assert_eq!(seen, tshark_sees(&path), "{layout}");
        for format in [Format::Pcap, Format::Pcapng] {
            let copy = directory.path().join("copy");
            let mut reader = Reader::open(&[&path], &ReadOptions::default()).expect("opens");
            let mut writer = Writer::create(&copy, WriteOptions::new(format)).expect("can be made");
            while let Some(chunk) = reader.next_chunk().expect("sound") {
                writer.write_chunk(&chunk, None).expect("taken");
            }
            writer.finish().expect("taken");
            // pcapng tells of the VLAN tag that every fifth packet lost; pcap has it back in the data.
            let grown = if layout == "pcapng" && format == Format::Pcap { 4 } else { 0 };
            let expected: Vec<Seen> = (1..)
                .zip(&seen)
                .map(|(number, &(time, original, captured))| match number % 5 {
                    0 => (time, original + grown, captured + grown as usize),
                    _ => (time, original, captured),
                })
                .collect();
            assert_eq!(expected, tshark_sees(&copy), "{layout} as {format}");
        }
    }
}

/// The project's captures, and further ones beside it where there are any.
fn captures() -> Vec<PathBuf> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders = vec![project.join("samples"), project.join("../shared/captures")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name.to_string_lossy().contains(".pcap")) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_capture_at_hand_is_counted_and_copied_as_tshark_counts_it() {
    let test = "every_capture_at_hand_is_counted_and_copied_as_tshark_counts_it";
    if !have(test, &["tshark"]) {
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let mut compared = 0;
    for path in captures() {
        let name = path.to_str().expect("a plain name");
        let (packets, success) = tshark_counts(name);
        if packets == 0 && !success {
            // A link type that this tshark has not learnt, or a file that is none for it.
            continue;
        }
        let mut reader = Reader::open(&[&path], &ReadOptions::default()).expect("opens");
        let damaged = reader.count().is_err();
        assert_eq!(reader.packets(), packets, "{name}");
        compared += 1;
        let copy = directory.path().join("copy.pcapng");
        let copied = copy_to(&path, &copy);
        assert_eq!(copied, packets, "{name}");
        let (counted, success) = tshark_counts(copy.to_str().expect("a plain name"));
        assert!(success, "{name}: tshark reads the copy");
        assert_eq!(counted, packets, "{name}, copied");
        if !damaged {
            assert_eq!(nettool_sees(&path), nettool_sees(&copy), "{name}");
        }
    }
    assert!(compared > 20, "the project has samples");
}

/// Packets that tshark finds, and whether it reads to the end. It shows custom blocks too, as records without a link
/// type; those are no packets.
fn tshark_counts(path: &str) -> (u64, bool) {
    let (out, success) = run("tshark", &["-n", "-r", path, "-T", "fields", "-e", "frame.encap_type"]);
    (out.lines().filter(|line| !line.is_empty()).count() as u64, success)
}

/// Writes all that is good in a file as pcapng.
fn copy_to(from: &Path, to: &Path) -> u64 {
    let mut reader = Reader::open(&[from], &ReadOptions::default()).expect("opens");
    let mut writer = Writer::create(to, WriteOptions::new(Format::Pcapng)).expect("can be made");
    while let Ok(Some(chunk)) = reader.next_chunk() {
        writer.write_chunk(&chunk, None).expect("taken");
    }
    writer.describe(reader.interfaces());
    writer.finish().expect("taken").packets
}

#[test]
fn moved_out_vlan_tags_survive_what_wireshark_does_with_the_file() {
    let test = "moved_out_vlan_tags_survive_what_wireshark_does_with_the_file";
    if !have(test, &["editcap"]) {
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let (ours, theirs) = (directory.path().join("x.pcapng"), directory.path().join("y.pcapng"));
    write(&ours, WriteOptions::new(Format::Pcapng), 10);
    let copied = run("editcap", &[ours.to_str().expect("plain"), theirs.to_str().expect("plain")]).1;
    assert!(copied);
    let mut reader = Reader::open(&[&theirs], &ReadOptions::default()).expect("opens");
    let chunk = reader.next_chunk().expect("sound").expect("packets");
    let tags: Vec<MovedVlan> = chunk.frames().map(|frame| frame.meta.vlan).collect();
    assert_eq!(tags[4].outer, Some(VlanTag { tpid: 0x8100, tci: 7 }));
    assert_eq!(tags[3].outer, None);
}
