//! Pipes, growing files and several threads: nothing waits that need not, and everything can be stopped.

use nettool_capture::file::{
    Compression, FileError, Format, Interfaces, ReadOptions, Reader, WriteError, WriteOptions, Writer,
    for_each_chunk_ordered,
};
use nettool_dissect::frame::{Frame, Interface, LinkType, Meta, Timestamp};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;

fn header() -> Vec<u8> {
    let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    file.extend_from_slice(&65535u32.to_le_bytes());
    file.extend_from_slice(&1u32.to_le_bytes());
    file
}

fn record(seconds: u32, data: &[u8]) -> Vec<u8> {
    let len = data.len() as u32;
    let mut record: Vec<u8> = [seconds, 0, len, len].iter().flat_map(|word| word.to_le_bytes()).collect();
    record.extend_from_slice(data);
    record
}

fn capture(packets: u32) -> Vec<u8> {
    let mut file = header();
    (0..packets).for_each(|n| file.extend(record(n, &[n as u8; 100])));
    file
}

fn fifo(directory: &Path) -> PathBuf {
    let path = directory.join("fifo");
    let status = std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo is there");
    assert!(status.success());
    path
}

#[test]
fn each_packet_in_a_pipe_is_delivered_before_the_next_is_written() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = fifo(directory.path());
    let (ask, asked) = mpsc::channel::<u32>();
    let writer = {
        let path = path.clone();
        std::thread::spawn(move || {
            let mut pipe = OpenOptions::new().write(true).open(path).expect("the reader is there");
            pipe.write_all(&header()).expect("taken");
            // A packet is written only when the one before has come out.
            for number in asked {
                pipe.write_all(&record(number, b"octets")).expect("taken");
            }
            pipe.write_all(&record(9, b"cut")[..10]).expect("taken");
        })
    };
    let mut reader = Reader::open(&[&path], &ReadOptions::default()).expect("opening does not wait");
    for number in 0..5 {
        ask.send(number).expect("the writer is there");
        let chunk = reader.next_chunk().expect("sound").expect("a packet");
        assert_eq!(chunk.packets(), 1);
    }
    drop(ask);
    // A writer that ends in the middle of a record leaves damage, not silence.
    assert!(matches!(reader.next_chunk(), Err(FileError::Cut { available: 10, packet: 6, .. })));
    assert!(reader.next_chunk().expect("ended").is_none());
    writer.join().expect("no panic");
}

#[test]
fn a_wait_for_a_silent_pipe_can_be_stopped() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = fifo(directory.path());
    // Never written to; held open so that there is no end.
    let hold = OpenOptions::new().read(true).write(true).open(&path).expect("opens");
    let mut reader = Reader::open(&[&path], &ReadOptions::default()).expect("opens");
    let stopper = reader.stopper();
    let stop = std::thread::spawn(move || stopper.stop());
    assert!(reader.next_chunk().expect("no damage").is_none());
    stop.join().expect("no panic");
    drop(hold);
}

#[test]
fn a_consumer_that_has_enough_does_not_wait_for_a_pipe() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = fifo(directory.path());
    let mut hold = OpenOptions::new().read(true).write(true).open(&path).expect("opens");
    hold.write_all(&capture(3)).expect("fits into the pipe");
    let mut reader =
        Reader::open(&[&path], &ReadOptions { chunk_octets: 1, ..ReadOptions::default() }).expect("opens");
    let mut seen = 0;
    let ended = for_each_chunk_ordered(
        &mut reader,
        2,
        || (),
        |(), chunk| chunk.packets(),
        |packets| {
            seen += packets;
            if seen >= 3 { ControlFlow::Break("enough") } else { ControlFlow::Continue(()) }
        },
    );
    assert_eq!(ended.expect("no damage"), Some("enough"));
}

#[test]
fn a_growing_file_is_followed_until_stopped() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("growing.pcap");
    let mut file = File::create(&path).expect("can be made");
    let mut reader =
        Reader::open(&[&path], &ReadOptions { follow: true, ..ReadOptions::default() }).expect("opens");
    let stopper = reader.stopper();
    let (read, reads) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        while let Some(chunk) = reader.next_chunk().expect("sound") {
            read.send(chunk.packets()).expect("the test listens");
        }
    });
    // In pieces that end anywhere.
    for piece in capture(3).chunks(50) {
        file.write_all(piece).expect("taken");
        file.flush().expect("taken");
    }
    let mut packets = 0;
    while packets < 3 {
        packets += reads.recv().expect("more comes");
    }
    file.write_all(&record(9, b"later")).expect("taken");
    assert_eq!(reads.recv().expect("more comes"), 1);
    stopper.stop();
    thread.join().expect("ends without damage");
}

#[test]
fn results_come_in_order_whatever_the_workers_do() {
    let octets = capture(3000);
    for threads in [1, 2, 5] {
        let options = ReadOptions { chunk_octets: 1000, ..ReadOptions::default() };
        let mut reader = Reader::from_reader(std::io::Cursor::new(octets.clone()), "test", &options);
        let turn = AtomicU64::new(0);
        let mut next = 1;
        let ended = for_each_chunk_ordered(
            &mut reader,
            threads,
            || 0u64,
            |_, chunk| {
                // Every other chunk takes longer.
                if turn.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) {
                    std::hint::black_box((0..50_000u64).fold(0, u64::wrapping_add));
                }
                chunk.frames().map(|frame| frame.number).collect::<Vec<_>>()
            },
            |numbers| {
                for number in numbers {
                    assert_eq!(number, next);
                    next += 1;
                }
                ControlFlow::<()>::Continue(())
            },
        );
        assert!(ended.expect("sound").is_none());
        assert_eq!(next, 3001);
    }
}

#[test]
fn damage_is_told_after_the_results_of_all_that_is_good() {
    let mut octets = capture(100);
    octets.truncate(octets.len() - 1);
    let options = ReadOptions { chunk_octets: 1000, ..ReadOptions::default() };
    let mut reader = Reader::from_reader(std::io::Cursor::new(octets), "test", &options);
    let mut packets = 0;
    let ended = for_each_chunk_ordered(
        &mut reader,
        3,
        || (),
        |(), chunk| chunk.packets(),
        |count| {
            packets += count;
            ControlFlow::<()>::Continue(())
        },
    );
    assert!(matches!(ended, Err(FileError::Cut { packet: 100, .. })));
    assert_eq!(packets, 99);
}

#[test]
#[should_panic]
fn a_panic_in_a_worker_is_passed_on_and_nobody_waits() {
    let options = ReadOptions { chunk_octets: 1000, ..ReadOptions::default() };
    let mut reader = Reader::from_reader(std::io::Cursor::new(capture(500)), "test", &options);
    let _ = for_each_chunk_ordered(
        &mut reader,
        2,
        || (),
        |(), chunk| assert!(chunk.first_number() < 200, "a worker's own fault"),
        |()| ControlFlow::<()>::Continue(()),
    );
}

#[test]
fn a_file_that_shrinks_while_it_is_read_is_an_error() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("x.pcap");
    let options = ReadOptions { chunk_octets: 4096, ..ReadOptions::default() };
    for threads in [1, 2] {
        std::fs::write(&path, capture(10_000)).expect("can be written");
        let mut reader = Reader::open(&[&path], &options).expect("opens");
        let (mut next, cut) = (1, std::sync::Once::new());
        let ended = for_each_chunk_ordered(
            &mut reader,
            threads,
            || (),
            |(), chunk| {
                cut.call_once(|| {
                    let file = OpenOptions::new().write(true).open(&path).expect("opens");
                    file.set_len(500_000).expect("can be cut");
                });
                let sound = |frame: Frame<'_>| frame.data == [frame.number.wrapping_sub(1) as u8; 100];
                assert!(chunk.frames().all(sound));
                (chunk.first_number(), chunk.packets())
            },
            |(first, packets)| {
                assert_eq!(first, next);
                next += packets;
                ControlFlow::<()>::Continue(())
            },
        );
        assert!(matches!(ended, Err(FileError::Truncated { available: 500_000, .. })), "{ended:?}");
        assert_eq!(next - 1, (500_000 - 24) / 116);
    }
}

#[test]
fn a_file_that_grows_while_it_is_read_is_read_to_its_new_end() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("x.pcap");
    let options = ReadOptions { chunk_octets: 4096, ..ReadOptions::default() };
    for threads in [1, 2] {
        // The writer stands in the middle of a record when reading begins.
        let whole = capture(10_000);
        let (first, rest) = whole.split_at(600_050);
        std::fs::write(&path, first).expect("can be written");
        let mut reader = Reader::open(&[&path], &options).expect("opens");
        let (mut packets, grown) = (0, std::sync::Once::new());
        let ended = for_each_chunk_ordered(
            &mut reader,
            threads,
            || (),
            |(), chunk| {
                grown.call_once(|| {
                    let mut file = OpenOptions::new().append(true).open(&path).expect("opens");
                    file.write_all(rest).expect("taken");
                });
                chunk.packets()
            },
            |found| {
                packets += found;
                ControlFlow::<()>::Continue(())
            },
        );
        assert!(matches!(ended, Ok(None)), "{ended:?}");
        assert_eq!(packets, 10_000);
    }
}

#[test]
fn compressed_data_that_ends_early_gives_what_came_out_and_then_the_error() {
    let directory = tempfile::tempdir().expect("a directory");
    let interfaces = Interfaces::new([Interface::new("", LinkType::ETHERNET)]);
    for compression in [Compression::Gzip, Compression::Zstd, Compression::Lz4] {
        let path = directory.path().join("x");
        let options = WriteOptions { compression, ..WriteOptions::new(Format::Pcap) };
        let mut writer = Writer::create(&path, options).expect("can be made");
        for number in 0..100 {
            write_one(&mut writer, number, &interfaces).expect("taken");
            // What a killed writer leaves: everything up to here can be unpacked.
            if number == 49 {
                writer.flush().expect("taken");
                let left = directory.path().join("left");
                std::fs::copy(&path, &left).expect("can be copied");
                let mut reader = Reader::open(&[&left], &ReadOptions::default()).expect("opens");
                let error = reader.count().expect_err("the end is missing");
                assert!(matches!(error, FileError::Compressed { .. }), "{compression}: {error}");
                assert_eq!(reader.packets(), 50, "{compression}");
            }
        }
        writer.finish().expect("taken");
        assert_eq!(
            Reader::open(&[&path], &ReadOptions::default()).expect("opens").count().expect("sound"),
            100
        );
    }
}

/// `octets` as one gzip member, one zstd frame, one LZ4 frame.
fn packed(octets: &[u8]) -> [(Compression, Vec<u8>); 3] {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(octets).expect("memory takes all");
    let mut lz4 = lz4_flex::frame::FrameEncoder::new(Vec::new());
    lz4.write_all(octets).expect("memory takes all");
    [
        (Compression::Gzip, gzip.finish().expect("memory takes all")),
        (Compression::Zstd, zstd::encode_all(octets, 1).expect("memory takes all")),
        (Compression::Lz4, lz4.finish().expect("memory takes all")),
    ]
}

/// Packets that a file of these octets gives, and what then is wrong.
fn counted(octets: &[u8]) -> (u64, Option<String>) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("x");
    std::fs::write(&path, octets).expect("can be written");
    let mut reader = Reader::open(&[&path], &ReadOptions::default()).expect("opens");
    let error = reader.count().err().map(|error| {
        let text = error.to_string();
        text.replace(&path.display().to_string(), "x")
    });
    (reader.packets(), error)
}

#[test]
fn members_and_frames_follow_each_other_and_what_is_no_data_is_passed_over() {
    let whole = capture(10);
    let (first, second) = whole.split_at(100);
    // Frames that decoders pass over (RFC 8878 §3.1.2, LZ4 frame format): pzstd begins with one.
    let skippable = [0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
    for ((compression, first), (_, second)) in packed(first).into_iter().zip(packed(second)) {
        let both = [first.clone(), second.clone()].concat();
        assert_eq!(counted(&both), (10, None), "{compression}");
        let passed: &[u8] = if compression == Compression::Gzip { &[0; 300_000] } else { &skippable };
        let padded = match compression {
            Compression::Gzip => [&both, passed].concat(),
            _ => [passed, &first, passed, passed, &second, passed].concat(),
        };
        assert_eq!(counted(&padded), (10, None), "{compression}");
        let (packets, error) = counted(&[&both[..], b"none"].concat());
        let error = error.unwrap_or_default();
        assert_eq!(packets, 10, "{compression}: {error}");
        assert!(error.contains(" data damaged after "), "{compression}: {error}");
        for cut in [both.len() - 1, first.len() + 5, first.len() / 2, 6, 5, 4] {
            let (packets, error) = counted(&both[..cut]);
            let error = error.unwrap_or_default();
            assert!(packets < 10 || cut == both.len() - 1, "{compression}, {cut}: {error}");
            assert!(error.contains(" data cut short, "), "{compression}, {cut}: {error}");
        }
    }
}

#[test]
fn what_is_no_capture_is_named_with_what_makes_one_of_it() {
    for (start, said) in [
        (&b"\x1f"[..], "x: is no capture file that nettool knows: starts with 1f at offset 0"),
        (b"\xfd7zXZ\0\0\0\0", "x: is packed in a form of xz: `xz -dc x | nettool read -`"),
        (b"BZh91AY", "x: is packed in a form of bzip2: `bzip2 -dc x | nettool read -`"),
        (
            b"snoop\0\0\0\0\0\0\x02",
            "x: is a capture of snoop; `editcap x OUT.pcapng` makes a pcapng file of it",
        ),
        (
            b"hello world",
            "x: is no capture file that nettool knows: starts with 68 65 6c 6c 6f 20 77 6f at offset 0",
        ),
    ] {
        assert_eq!(counted(start), (0, Some(said.to_owned())));
    }
}

fn write_one(writer: &mut Writer, number: u64, interfaces: &Interfaces) -> Result<(), WriteError> {
    let data = [number as u8; 1000];
    let mut meta = Meta::new(LinkType::ETHERNET, 1000);
    meta.time = Some(Timestamp::new(number as i64, 0));
    writer.write(&Frame { number, data: &data, meta }, interfaces)
}

#[test]
fn a_full_device_is_told_with_the_packets_lost() {
    let interfaces = Interfaces::new([Interface::new("", LinkType::ETHERNET)]);
    for format in [Format::Pcap, Format::Pcapng] {
        let mut writer = Writer::create("/dev/full", WriteOptions::new(format)).expect("it opens");
        let failed = (1..=10).find_map(|number| write_one(&mut writer, number, &interfaces).err());
        let failed = failed.or_else(|| writer.finish().err()).expect("it is full");
        let WriteError::Write { name, kept, .. } = &failed else { panic!("{failed}") };
        assert_eq!((name.as_str(), *kept), ("/dev/full", 0));
    }
}

#[test]
fn an_output_that_is_being_read_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("x.pcap");
    std::fs::write(&path, capture(3)).expect("can be written");
    let link = directory.path().join("link");
    std::os::unix::fs::symlink(&path, &link).expect("can be made");
    let reader = Reader::open(&[&path], &ReadOptions::default()).expect("opens");
    let options = WriteOptions { inputs: reader.file_ids().collect(), ..WriteOptions::new(Format::Pcap) };
    assert!(matches!(Writer::create(&link, options), Err(WriteError::SameFile { .. })));
    assert_eq!(std::fs::read(&path).expect("there"), capture(3));
}

#[test]
fn an_output_that_cannot_be_made_is_named() {
    let error =
        Writer::create("/nonexistent/x.pcap", WriteOptions::new(Format::Pcap)).expect_err("no such folder");
    assert!(error.to_string().contains("/nonexistent/x.pcap"));
    let directory = std::env::temp_dir();
    assert!(matches!(
        Writer::create(&directory, WriteOptions::new(Format::Pcap)),
        Err(WriteError::Create { .. })
    ));
}

#[test]
fn a_second_link_type_in_pcap_is_refused_with_the_mend() {
    let directory = tempfile::tempdir().expect("a directory");
    let interfaces =
        Interfaces::new([Interface::new("", LinkType::ETHERNET), Interface::new("", LinkType::RAW)]);
    let mut writer =
        Writer::create(directory.path().join("x"), WriteOptions::new(Format::Pcap)).expect("made");
    write_one(&mut writer, 1, &interfaces).expect("the first");
    let meta = Meta::new(LinkType::RAW, 1);
    let error =
        writer.write(&Frame { number: 2, data: b"x", meta }, &interfaces).expect_err("another link type");
    assert!(error.to_string().contains("pcapng"), "{error}");
}
