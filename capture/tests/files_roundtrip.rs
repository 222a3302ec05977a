//! What is written is read back: every fact of `Meta` in pcapng, what pcap has room for in pcap, and copies that lose
//! nothing.

use nettool_capture::file::{
    Chunk, Compression, Event, Format, Interfaces, ReadOptions, Reader, Rotation, Selection, WriteOptions,
    Writer,
};
use nettool_dissect::frame::{
    ChecksumState, Direction, Frame, Gso, GsoKind, Interface, LinkType, Meta, MovedVlan, RawOptions,
    Reception, TimeSource, Timestamp, VlanTag,
};
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A frame that owns what it holds.
#[derive(Clone, Debug)]
struct Kept {
    data: Vec<u8>,
    options: Vec<u8>,
    meta: Meta<'static>,
}

impl Kept {
    fn frame(&self, number: u64) -> Frame<'_> {
        let options = RawOptions { bytes: &self.options, big_endian: false };
        Frame { number, data: &self.data, meta: Meta { options, ..self.meta } }
    }
}

fn simple(data: &[u8], seconds: i64) -> Kept {
    let mut meta = Meta::new(LinkType::ETHERNET, data.len() as u32);
    meta.time = Some(Timestamp::new(seconds, 123_456_789));
    Kept { data: data.to_vec(), options: Vec::new(), meta }
}

fn comment_option(text: &str) -> Vec<u8> {
    let mut option = 1u16.to_le_bytes().to_vec();
    option.extend_from_slice(&(text.len() as u16).to_le_bytes());
    option.extend_from_slice(text.as_bytes());
    option.resize(option.len().next_multiple_of(4), 0);
    option
}

fn tag() -> impl Strategy<Value = VlanTag> {
    (any::<u16>(), any::<u16>()).prop_map(|(tpid, tci)| VlanTag { tpid, tci })
}

fn vlan() -> impl Strategy<Value = MovedVlan> {
    prop_oneof![
        Just(MovedVlan::default()),
        (tag(), proptest::option::of(tag()), any::<bool>()).prop_map(|(outer, inner, put_back)| MovedVlan {
            outer: Some(outer),
            inner,
            put_back
        }),
    ]
}

fn gso() -> impl Strategy<Value = Gso> {
    let kind = prop_oneof![
        Just(GsoKind::Tcp4),
        Just(GsoKind::Tcp6),
        Just(GsoKind::Udp),
        Just(GsoKind::UdpL4),
        (6u8..).prop_map(GsoKind::Other),
    ];
    (kind, any::<bool>(), any::<u16>(), any::<u16>()).prop_map(|(kind, ecn, size, header_len)| Gso {
        kind,
        ecn,
        size,
        header_len,
    })
}

prop_compose! {
    fn kept()(
        data in proptest::collection::vec(any::<u8>(), 0..200),
        original_len in any::<u32>(),
        time in proptest::option::of(any::<i64>()),
        time_source in prop_oneof![Just(TimeSource::Unknown), Just(TimeSource::Host), Just(TimeSource::Adapter)],
        direction in prop_oneof![Just(Direction::Unknown), Just(Direction::In), Just(Direction::Out)],
        reception in prop_oneof![
            Just(Reception::Unknown), Just(Reception::Unicast), Just(Reception::Multicast),
            Just(Reception::Broadcast), Just(Reception::Promiscuous)
        ],
        checksum in prop_oneof![Just(ChecksumState::Unknown), Just(ChecksumState::NotReady), Just(ChecksumState::Valid)],
        fcs_len in proptest::option::of(any::<u8>()),
        vlan in vlan(),
        gso in proptest::option::of(gso()),
        queue in proptest::option::of(any::<u32>()),
        hash in proptest::option::of(any::<u32>()),
        drops in any::<u64>(),
        interface in 0u32..2,
        comments in proptest::collection::vec("[a-z]{0,9}", 0..3),
    ) -> Kept {
        let link_type = if interface == 0 { LinkType::ETHERNET } else { LinkType::LINUX_SLL2 };
        let mut meta = Meta::new(link_type, original_len);
        meta.time = time.map(Timestamp);
        meta.time_source = time_source;
        meta.direction = direction;
        meta.reception = reception;
        meta.checksum = checksum;
        meta.fcs_len = fcs_len;
        meta.vlan = vlan;
        meta.gso = gso;
        meta.queue = queue;
        meta.hash = hash;
        meta.drops = drops;
        meta.interface = interface;
        let options = comments.iter().flat_map(|text| comment_option(text)).collect();
        Kept { data, options, meta }
    }
}

fn two_interfaces() -> Interfaces {
    let mut eth0 = Interface::new("eth0", LinkType::ETHERNET);
    eth0.description = "the first".to_owned();
    eth0.dsa_tagger = Some("edsa".to_owned());
    eth0.snaplen = 70_000;
    Interfaces::new([eth0, Interface::new("any", LinkType::LINUX_SLL2)])
}

fn write_all(path: &Path, options: WriteOptions, frames: &[Kept], interfaces: &Interfaces) {
    let mut writer = Writer::create(path, options).expect("a file can be made");
    for (index, kept) in frames.iter().enumerate() {
        writer.write(&kept.frame(index as u64 + 1), interfaces).expect("a frame can be written");
    }
    let written = writer.finish().expect("the file can be ended");
    assert_eq!(written.packets, frames.len() as u64);
}

fn read_all(path: &Path) -> (Vec<Kept>, Interfaces) {
    let options = ReadOptions { chunk_octets: 700, ..ReadOptions::default() };
    let mut reader = Reader::open(&[path], &options).expect("it was just written");
    let mut frames = Vec::new();
    while let Some(chunk) = reader.next_chunk().expect("nothing is damaged") {
        frames.extend(chunk.frames().map(|frame| Kept {
            data: frame.data.to_vec(),
            options: frame.meta.options.bytes.to_vec(),
            meta: Meta { options: RawOptions::default(), ..frame.meta },
        }));
    }
    assert_eq!(reader.notes().count(), 0);
    (frames, reader.interfaces().clone())
}

fn comments(kept: &Kept) -> Vec<Vec<u8>> {
    kept.frame(1).meta.options.comments().map(<[u8]>::to_vec).collect()
}

fn directory() -> tempfile::TempDir {
    tempfile::tempdir().expect("a directory for the test")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everything_known_of_a_frame_survives_pcapng(frames in proptest::collection::vec(kept(), 0..20)) {
        let directory = directory();
        let path = directory.path().join("x.pcapng");
        let interfaces = two_interfaces();
        write_all(&path, WriteOptions::new(Format::Pcapng), &frames, &interfaces);
        let (read, back) = read_all(&path);
        prop_assert_eq!(read.len(), frames.len());
        for (before, after) in frames.iter().zip(&read) {
            prop_assert_eq!(&before.data, &after.data);
            prop_assert_eq!(before.meta, after.meta);
            prop_assert_eq!(comments(before), comments(after));
        }
        if !frames.is_empty() {
            let described = interfaces.iter().zip(0..).map(|(interface, number)| {
                let place = Some((1, number));
                Interface { place, ..interface.clone() }
            });
            prop_assert!(described.eq(back.iter().cloned()));
        }
    }

    #[test]
    fn reading_and_writing_pcapng_again_changes_nothing(frames in proptest::collection::vec(kept(), 1..8)) {
        let directory = directory();
        let (first, second) = (directory.path().join("1.pcapng"), directory.path().join("2.pcapng"));
        write_all(&first, WriteOptions::new(Format::Pcapng), &frames, &two_interfaces());
        let (read, interfaces) = read_all(&first);
        write_all(&second, WriteOptions::new(Format::Pcapng), &read, &interfaces);
        prop_assert_eq!(std::fs::read(&first).expect("written"), std::fs::read(&second).expect("written"));
    }

    #[test]
    fn pcap_keeps_time_lengths_and_octets(
        frames in proptest::collection::vec((proptest::collection::vec(any::<u8>(), 0..200), any::<u32>(), any::<u32>(), 0u32..1_000_000_000), 0..20),
        nanoseconds in any::<bool>(),
    ) {
        let directory = directory();
        let path = directory.path().join("x.pcap");
        let frames: Vec<Kept> = frames.into_iter().map(|(data, original_len, seconds, ns)| {
            let mut kept = simple(&data, 0);
            kept.meta.original_len = original_len;
            let ns = if nanoseconds { ns } else { ns / 1000 * 1000 };
            kept.meta.time = Some(Timestamp::new(seconds.into(), ns));
            kept
        }).collect();
        let options = WriteOptions { nanoseconds: Some(nanoseconds), ..WriteOptions::new(Format::Pcap) };
        write_all(&path, options, &frames, &two_interfaces());
        let (read, _) = read_all(&path);
        prop_assert_eq!(read.len(), frames.len());
        for (before, after) in frames.iter().zip(&read) {
            prop_assert_eq!(&before.data, &after.data);
            prop_assert_eq!(before.meta, after.meta);
        }
    }
}

#[test]
fn every_compression_is_read_back() {
    let directory = directory();
    let frames: Vec<Kept> = (0..2000).map(|n| simple(&[n as u8; 333], n)).collect();
    for compression in [Compression::None, Compression::Gzip, Compression::Zstd, Compression::Lz4] {
        for format in [Format::Pcap, Format::Pcapng] {
            let path = directory.path().join("x");
            let options = WriteOptions { compression, ..WriteOptions::new(format) };
            write_all(&path, options, &frames, &two_interfaces());
            let (read, _) = read_all(&path);
            assert_eq!(read.len(), frames.len(), "{format} {compression}");
            assert!(read.iter().zip(&frames).all(|(a, b)| a.data == b.data && a.meta.time == b.meta.time));
        }
    }
}

#[test]
fn vlan_tag_moved_out_by_hardware_is_put_back_before_the_ethertype_in_pcap() {
    let directory = directory();
    let path = directory.path().join("x.pcap");
    let mut kept = simple(&[0x11; 20], 1);
    kept.meta.vlan = MovedVlan {
        outer: Some(VlanTag { tpid: 0x88a8, tci: 5 }),
        inner: Some(VlanTag { tpid: 0x8100, tci: 0x2007 }),
        put_back: false,
    };
    let mut there = kept.clone();
    there.meta.vlan.put_back = true;
    write_all(&path, WriteOptions::new(Format::Pcap), &[kept, there], &two_interfaces());
    let (read, _) = read_all(&path);
    let mut expected = vec![0x11; 12];
    expected.extend_from_slice(&[0x88, 0xa8, 0, 5, 0x81, 0, 0x20, 7]);
    expected.extend_from_slice(&[0x11; 8]);
    assert_eq!(read[0].data, expected);
    assert_eq!(read[0].meta.original_len, 28);
    assert_eq!(read[1].data, [0x11; 20]);
}

#[test]
fn snaplen_cuts_data_and_keeps_the_original_length() {
    let directory = directory();
    for format in [Format::Pcap, Format::Pcapng] {
        let path = directory.path().join("x");
        let options = WriteOptions { snaplen: 7, ..WriteOptions::new(format) };
        write_all(&path, options, &[simple(b"0123456789", 1)], &two_interfaces());
        let (read, _) = read_all(&path);
        assert_eq!((read[0].data.as_slice(), read[0].meta.original_len), (&b"0123456"[..], 10));
    }
}

#[test]
fn a_file_without_packets_has_a_header_of_its_interface() {
    let directory = directory();
    for format in [Format::Pcap, Format::Pcapng] {
        let path = directory.path().join("x");
        let mut writer = Writer::create(&path, WriteOptions::new(format)).expect("a file can be made");
        writer.describe(&Interfaces::new([Interface::new("lo", LinkType::LINUX_SLL)]));
        writer.finish().expect("ends");
        let (read, interfaces) = read_all(&path);
        assert!(read.is_empty());
        let _ = interfaces;
        let mut reader = Reader::open(&[&path], &ReadOptions::default()).expect("just written");
        assert!(reader.count().is_ok());
        assert_eq!(
            reader.interfaces().get(0).map(|interface| interface.link_type),
            Some(LinkType::LINUX_SLL)
        );
    }
}

fn written_in(directory: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(directory)
        .expect("it is there")
        .map(|entry| entry.expect("readable").path())
        .collect();
    files.sort();
    files
}

fn count(path: &Path) -> u64 {
    Reader::open(&[path], &ReadOptions::default()).expect("just written").count().expect("sound")
}

#[test]
fn rotation_by_packets_size_and_time_loses_no_packet() {
    let frames: Vec<Kept> = (0..10).map(|n| simple(&[n as u8; 84], n)).collect();
    let rotations = [
        (Rotation { packets: Some(4), ..Rotation::default() }, vec![4, 4, 2]),
        (Rotation { time: Some(Duration::from_secs(3)), ..Rotation::default() }, vec![3, 3, 3, 1]),
        (Rotation { octets: Some(24 + 3 * 300), ..Rotation::default() }, vec![]),
        (Rotation { octets: Some(1), ..Rotation::default() }, vec![1; 10]),
    ];
    for (rotation, expected) in rotations {
        for format in [Format::Pcap, Format::Pcapng] {
            let directory = directory();
            let options = WriteOptions { rotation, ..WriteOptions::new(format) };
            write_all(&directory.path().join("r.pcap"), options, &frames, &two_interfaces());
            let counts: Vec<u64> = written_in(directory.path()).iter().map(|path| count(path)).collect();
            assert_eq!(counts.iter().sum::<u64>(), 10, "{rotation:?}");
            if !expected.is_empty() {
                assert_eq!(counts, expected, "{rotation:?} {format}");
            }
            if let Some(most) = rotation.octets.filter(|most| *most > 500) {
                for path in written_in(directory.path()) {
                    assert!(std::fs::metadata(path).expect("there").len() <= most);
                }
            }
        }
    }
}

#[test]
fn a_ring_keeps_the_newest_files() {
    let directory = directory();
    let rotation = Rotation { packets: Some(1), files: Some(3), ..Rotation::default() };
    let options = WriteOptions { rotation, ..WriteOptions::new(Format::Pcap) };
    let frames: Vec<Kept> = (0..9).map(|n| simple(b"x", n)).collect();
    write_all(&directory.path().join("r.pcap"), options, &frames, &two_interfaces());
    let names: Vec<_> = written_in(directory.path())
        .iter()
        .filter_map(|p| p.file_name()?.to_str().map(str::to_owned))
        .collect();
    assert_eq!(names, ["r_00007.pcap", "r_00008.pcap", "r_00009.pcap"]);
}

/// A pcapng file in either byte order, with every kind of block.
fn full_pcapng(big_endian: bool) -> Vec<u8> {
    let word = |value: u32| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let half = |value: u16| if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
    let block = |kind: u32, body: &[u8]| {
        let mut body = body.to_vec();
        body.resize(body.len().next_multiple_of(4), 0);
        let len = word(12 + body.len() as u32);
        [&word(kind)[..], &len, &body, &len].concat()
    };
    let option = |code: u16, value: &[u8]| {
        let mut option = [half(code), half(value.len() as u16)].concat();
        option.extend_from_slice(value);
        option.resize(option.len().next_multiple_of(4), 0);
        option
    };
    let end = vec![0; 4];
    let mut section = [&word(0x1a2b_3c4d)[..], &half(1), &half(0), &[0xff; 8]].concat();
    section.extend_from_slice(&[option(1, b"of the section"), option(4, b"someone"), end.clone()].concat());
    let interface = [&half(1)[..], &half(0), &word(0), &option(2, b"eth9"), &option(9, &[3]), &end].concat();
    let time = [word(0), word(5_000)].concat();
    let packet = |data: &[u8], options: &[u8]| {
        let mut body =
            [&word(0)[..], &time, &word(data.len() as u32), &word(data.len() as u32), data].concat();
        body.resize(body.len().next_multiple_of(4), 0);
        body.extend_from_slice(options);
        body
    };
    let custom = option(2989, &[&word(999)[..], b"opaque"].concat());
    let flags = option(2, &word(1 | 1 << 16));
    let identifier =
        if big_endian { option(5, &77u64.to_be_bytes()) } else { option(5, &77u64.to_le_bytes()) };
    let statistics = [
        &word(0)[..],
        &time,
        &option(2, &time),
        &option(4, &if big_endian { 3u64.to_be_bytes() } else { 3u64.to_le_bytes() }),
        &end,
    ]
    .concat();
    let names = [&half(1)[..], &half(8), &[10, 0, 0, 1], b"abc\0", &half(0), &half(0)].concat();
    [
        block(0x0a0d_0d0a, &section),
        block(1, &interface),
        block(10, &[&word(0x544c_534b)[..], &word(5), b"KEYS\n\0\0\0"].concat()),
        block(6, &packet(b"first", &[custom, flags, identifier, option(1, b"hello"), end].concat())),
        block(4, &names),
        block(3, &[&word(4)[..], b"spbl"].concat()),
        block(0x0bad, &[&word(999)[..], b"custom"].concat()),
        block(2, &[&half(0)[..], &half(9), &time, &word(3), &word(3), b"old\0"].concat()),
        block(5, &statistics),
    ]
    .concat()
}

fn copy(
    inputs: &[&Path],
    output: &Path,
    options: WriteOptions,
    keep: impl Fn(&Chunk) -> Option<Selection>,
) -> u64 {
    let mut reader = Reader::open(inputs, &ReadOptions::default()).expect("there");
    let mut writer = Writer::create(output, options).expect("can be made");
    while let Some(chunk) = reader.next_chunk().expect("sound") {
        writer.write_chunk(&chunk, keep(&chunk).as_ref()).expect("can be written");
    }
    writer.finish().expect("ends").blocks_left_out
}

fn kinds(path: &Path) -> Vec<u32> {
    let mut reader = Reader::open(&[path], &ReadOptions::default()).expect("there");
    let mut kinds = Vec::new();
    while let Some(chunk) = reader.next_chunk().expect("sound") {
        kinds.extend(chunk.events().map(|event| match event {
            Event::Packet(_) => 6,
            Event::Block(block) => block.kind,
            Event::Damaged(_) => panic!("nothing is damaged"),
        }));
    }
    kinds
}

#[test]
fn a_copied_pcapng_file_is_the_same_octet_for_octet() {
    let directory = directory();
    let (input, output) = (directory.path().join("in"), directory.path().join("out"));
    let octets = [full_pcapng(false), full_pcapng(true), full_pcapng(false)].concat();
    std::fs::write(&input, &octets).expect("can be written");
    copy(&[&input], &output, WriteOptions::new(Format::Pcapng), |_| None);
    assert!(std::fs::read(&output).expect("written") == octets);
    copy(&[&input], &output, WriteOptions::new(Format::Pcapng), |chunk| {
        let mut selection = chunk.select();
        chunk.records().for_each(|record| selection.push(&record));
        Some(selection)
    });
    assert!(std::fs::read(&output).expect("written") == octets);
}

#[test]
fn a_selection_of_pcapng_packets_keeps_all_other_blocks() {
    let directory = directory();
    let (input, output) = (directory.path().join("in"), directory.path().join("out"));
    std::fs::write(&input, full_pcapng(true)).expect("can be written");
    copy(&[&input], &output, WriteOptions::new(Format::Pcapng), |chunk| {
        let mut selection = chunk.select();
        chunk.records().filter(|record| record.data != b"spbl").for_each(|record| selection.push(&record));
        assert_eq!(selection.packets(), 2);
        Some(selection)
    });
    assert_eq!(kinds(&output), [0x0a0d_0d0a, 1, 10, 6, 4, 0x0bad, 6, 5]);
}

#[test]
fn blocks_of_either_byte_order_are_turned_when_packets_are_written_anew() {
    let directory = directory();
    for big_endian in [false, true] {
        let (input, output) = (directory.path().join("in"), directory.path().join("out"));
        std::fs::write(&input, full_pcapng(big_endian)).expect("can be written");
        let options = WriteOptions { snaplen: 100, ..WriteOptions::new(Format::Pcapng) };
        assert_eq!(copy(&[&input], &output, options, |_| None), 0);
        assert_eq!(kinds(&output), [0x0a0d_0d0a, 1, 10, 6, 4, 6, 0x0bad, 6, 5]);
        let (read, interfaces) = read_all(&output);
        assert_eq!(interfaces.get(0).map(|interface| interface.name.as_str()), Some("eth9"));
        let first = read[0].frame(1);
        assert_eq!(first.meta.time, Some(Timestamp::new(5, 0)));
        assert_eq!(first.meta.direction, Direction::In);
        let options: Vec<(u16, Vec<u8>)> =
            first.meta.options.iter().map(|(code, value)| (code, value.to_vec())).collect();
        assert!(options.contains(&(2, (1u32 | 1 << 16).to_le_bytes().to_vec())), "{options:?}");
        assert!(options.contains(&(5, 77u64.to_le_bytes().to_vec())));
        assert!(options.contains(&(2989, [&999u32.to_le_bytes()[..], b"opaque"].concat())));
        assert!(options.contains(&(1, b"hello".to_vec())));
        assert_eq!(read[1].meta.time, None);
        assert_eq!(read[2].meta.drops, 9);
        let octets = std::fs::read(&output).expect("written");
        let holds = |part: &[u8]| octets.windows(part.len()).any(|window| window == part);
        assert!(holds(b"of the section") && holds(b"KEYS\n") && holds(&0x544c_534bu32.to_le_bytes()));
        let statistics =
            [&0u32.to_le_bytes()[..], &1u32.to_le_bytes(), &705_032_704u32.to_le_bytes()].concat();
        assert!(holds(&statistics), "5 s in nanoseconds, as two words");
    }
}

#[test]
fn a_rotated_copy_of_pcapng_starts_each_file_with_section_and_interfaces() {
    let directory = directory();
    let input = directory.path().join("in");
    std::fs::write(&input, full_pcapng(true)).expect("can be written");
    let out = directory.path().join("out");
    std::fs::create_dir(&out).expect("can be made");
    let rotation = Rotation { packets: Some(1), ..Rotation::default() };
    copy(
        &[&input],
        &out.join("r.pcapng"),
        WriteOptions { rotation, ..WriteOptions::new(Format::Pcapng) },
        |_| None,
    );
    let files = written_in(&out);
    assert_eq!(files.len(), 3);
    for file in files {
        assert_eq!(count(&file), 1);
        assert_eq!(kinds(&file)[..2], [0x0a0d_0d0a, 1]);
    }
}

#[test]
fn files_are_merged_by_time_and_keep_their_interfaces() {
    let directory = directory();
    let paths = ["a.pcap", "b.pcapng", "c.pcap"].map(|name| directory.path().join(name));
    let times: [&[i64]; 3] = [&[1, 4, 9, 9], &[2, 3, 20], &[0, 5, 9]];
    for ((path, times), format) in paths.iter().zip(times).zip([Format::Pcap, Format::Pcapng, Format::Pcap]) {
        let frames: Vec<Kept> =
            times.iter().map(|time| simple(path.to_string_lossy().as_bytes(), *time)).collect();
        write_all(path, WriteOptions::new(format), &frames, &two_interfaces());
    }
    let options = ReadOptions { chunk_octets: 1, ..ReadOptions::default() };
    let mut reader = Reader::open(&paths, &options).expect("just written");
    let mut seen = Vec::new();
    while let Some(chunk) = reader.next_chunk().expect("sound") {
        for frame in chunk.frames() {
            assert_eq!(frame.number, seen.len() as u64 + 1);
            let file = chunk_file(&chunk, frame.meta.interface);
            assert_eq!(frame.data, paths[file].to_string_lossy().as_bytes());
            seen.push((frame.meta.time.expect("all have one").split().0, file));
        }
    }
    let expected = [(0, 2), (1, 0), (2, 1), (3, 1), (4, 0), (5, 2), (9, 0), (9, 0), (9, 2), (20, 1)];
    assert_eq!(seen, expected);
    let merged = directory.path().join("merged.pcapng");
    let inputs: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    copy(&inputs, &merged, WriteOptions::new(Format::Pcapng), |_| None);
    let (read, interfaces) = read_all(&merged);
    assert_eq!(read.len(), 10);
    assert_eq!(interfaces.len(), 4);
    let plain = directory.path().join("merged.pcap");
    copy(&inputs, &plain, WriteOptions::new(Format::Pcap), |chunk| {
        let mut selection = chunk.select();
        chunk.records().filter(|record| record.number % 2 == 0).for_each(|record| selection.push(&record));
        Some(selection)
    });
    let times: Vec<i64> =
        read_all(&plain).0.iter().map(|kept| kept.meta.time.expect("has one").split().0).collect();
    assert_eq!(times, [1, 3, 5, 9, 20]);
}

fn chunk_file(chunk: &Chunk, interface: u32) -> usize {
    chunk.interfaces().file(interface).expect("described") as usize
}

#[test]
fn damage_in_one_merged_file_lets_the_others_go_on() {
    let directory = directory();
    let (good, bad) = (directory.path().join("good"), directory.path().join("bad"));
    let frames: Vec<Kept> = (0..4).map(|n| simple(b"abcdef", n)).collect();
    write_all(&good, WriteOptions::new(Format::Pcap), &frames, &two_interfaces());
    let octets = std::fs::read(&good).expect("written");
    std::fs::write(&bad, &octets[..octets.len() - 1]).expect("can be written");
    let mut reader = Reader::open(&[&bad, &good], &ReadOptions::default()).expect("both there");
    let chunk = reader.next_chunk().expect("good first").expect("a chunk");
    assert_eq!(chunk.frames().count(), 7);
    let error = reader.next_chunk().expect_err("then the damage");
    assert!(error.to_string().contains("offset 90 "), "{error}");
    assert!(reader.next_chunk().expect("then the end").is_none());
}
