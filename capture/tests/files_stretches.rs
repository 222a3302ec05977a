//! Workers that read stretches of a file and look for its records by themselves find what reading from front to back
//! finds, whatever stands in the file: records in records, damage anywhere, records that no one would believe.

use nettool_capture::file::{ReadOptions, Reader, for_each_chunk_ordered};
use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::Path;

/// Packets by number and octets, notes, and the error.
type Account = (Vec<(u64, Vec<u8>)>, Vec<String>, Option<String>);

fn header() -> Vec<u8> {
    let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    file.extend_from_slice(&65535u32.to_le_bytes());
    file.extend_from_slice(&1u32.to_le_bytes());
    file
}

fn record(seconds: u32, fraction: u32, data: &[u8]) -> Vec<u8> {
    let len = data.len() as u32;
    let mut record: Vec<u8> =
        [seconds, fraction, len, len].iter().flat_map(|word| word.to_le_bytes()).collect();
    record.extend_from_slice(data);
    record
}

fn front_to_back(octets: &[u8], name: &str) -> Account {
    let mut reader = Reader::from_reader(Cursor::new(octets.to_vec()), name, &ReadOptions::default());
    let (mut packets, mut error) = (Vec::new(), None);
    loop {
        match reader.next_chunk() {
            Ok(Some(chunk)) => {
                packets.extend(chunk.frames().map(|frame| (frame.number, frame.data.to_vec())))
            }
            Ok(None) => break,
            Err(found) => error = Some(found.to_string()),
        }
    }
    (packets, reader.notes().map(ToString::to_string).collect(), error)
}

fn in_stretches(path: &Path, chunk_octets: usize, threads: usize) -> Account {
    let options = ReadOptions { chunk_octets, ..ReadOptions::default() };
    let mut reader = Reader::open(&[path], &options).expect("it is there");
    let mut packets = Vec::new();
    let ended = for_each_chunk_ordered(
        &mut reader,
        threads,
        || (),
        |(), chunk| {
            let found: Vec<_> = chunk.frames().map(|frame| (frame.number, frame.data.to_vec())).collect();
            assert_eq!(found.len() as u64, chunk.packets());
            found
        },
        |found| {
            packets.extend(found);
            ControlFlow::<()>::Continue(())
        },
    );
    let error = ended.err().map(|error| error.to_string());
    (packets, reader.notes().map(ToString::to_string).collect(), error)
}

fn compare(octets: &[u8], what: &str) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("stretches");
    std::fs::write(&path, octets).expect("written");
    let want = front_to_back(octets, &path.to_string_lossy());
    for chunk_octets in [100, 1000, 7777, 1 << 20] {
        for threads in [2, 4] {
            let found = in_stretches(&path, chunk_octets, threads);
            assert!(found == want, "{what}, chunks of {chunk_octets} octets, {threads} threads");
        }
    }
    let mut counter = Reader::open(&[&path], &ReadOptions { chunk_octets: 1000, ..ReadOptions::default() })
        .expect("it is there");
    let error = counter.count().err().map(|error| error.to_string());
    assert_eq!((counter.packets(), error), (want.0.len() as u64, want.2), "{what}, counted");
}

/// Packets of which some carry a whole capture file, so that records stand where none begins.
fn nested() -> Vec<u8> {
    let inner: Vec<u8> = (0..40u32).flat_map(|n| record(1000 + n, n, &[n as u8; 50])).collect();
    let mut file = header();
    for n in 0..300u32 {
        match n % 5 {
            0 => file.extend(record(1000 + n, n, &inner)),
            1 => file.extend(record(1000 + n, n, &[])),
            _ => file.extend(record(1000 + n, n, &vec![n as u8; (n * 37 % 900) as usize])),
        }
    }
    file
}

/// As [`nested`], long enough for several lanes in a stretch.
#[test]
fn long_stretches_give_the_same_account() {
    let mut file = header();
    for _ in 0..6 {
        file.extend(&nested()[24..]);
    }
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("long");
    let mut state = 5u64;
    for round in 0..20 {
        let mut damaged = file.clone();
        for _ in 0..round % 4 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = 24 + (state >> 33) as usize % (file.len() - 24);
            damaged[at] = (state >> 25) as u8;
        }
        std::fs::write(&path, &damaged).expect("written");
        let want = front_to_back(&damaged, &path.to_string_lossy());
        for chunk_octets in [40_000, 100_000] {
            let found = in_stretches(&path, chunk_octets, 2);
            assert!(found == want, "round {round}, chunks of {chunk_octets} octets");
        }
    }
}

fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let padding = body.len().wrapping_neg() % 4;
    let len = (12 + body.len() + padding) as u32;
    let mut block: Vec<u8> = [kind, len].iter().flat_map(|word| word.to_le_bytes()).collect();
    block.extend_from_slice(body);
    block.extend(std::iter::repeat_n(0, padding));
    block.extend_from_slice(&len.to_le_bytes());
    block
}

fn section() -> Vec<u8> {
    block(0x0a0d_0d0a, &[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255])
}

fn interface() -> Vec<u8> {
    block(1, &[1, 0, 0, 0, 0, 0, 4, 0])
}

fn enhanced(interface: u32, data: &[u8]) -> Vec<u8> {
    let len = data.len() as u32;
    let mut body: Vec<u8> = [interface, 0, 7, len, len].iter().flat_map(|word| word.to_le_bytes()).collect();
    body.extend_from_slice(data);
    block(6, &body)
}

/// Blocks of which some carry a whole capture file; now and then a block of another kind, an interface, a section.
fn nested_blocks() -> Vec<u8> {
    let inner: Vec<u8> = section()
        .into_iter()
        .chain(interface())
        .chain((0..40u8).flat_map(|n| enhanced(0, &[n; 50])))
        .collect();
    let mut file = section();
    file.extend(interface());
    for n in 0..400u32 {
        match n {
            100 | 230 => file.extend(interface()),
            310 => file.extend(section().into_iter().chain(interface())),
            _ if n % 11 == 0 => file.extend(block(0x0bad_cafe, &[n as u8; 30])),
            _ if n % 5 == 0 => file.extend(enhanced(0, &inner)),
            _ => {
                file.extend(enhanced(u32::from(n > 100 && n < 310), &vec![n as u8; (n * 37 % 900) as usize]))
            }
        }
    }
    file
}

#[test]
fn blocks_that_stand_inside_of_blocks_are_not_taken_for_any() {
    let file = nested_blocks();
    compare(&file, "nested blocks");
    for missing in [1, 4, 12, 900, 12_345, file.len() / 2] {
        compare(&file[..file.len() - missing], &format!("{missing} octets missing"));
    }
}

#[test]
fn damaged_blocks_give_the_same_account() {
    let file = nested_blocks();
    let mut state = 11u64;
    for _ in 0..40 {
        let mut damaged = file.clone();
        for _ in 0..4 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = 48 + (state >> 33) as usize % (file.len() - 48);
            damaged[at] = (state >> 25) as u8;
        }
        compare(&damaged, &format!("damaged {state}"));
    }
}

#[test]
fn records_longer_than_many_stretches_are_found() {
    let mut file = header();
    let mut blocks: Vec<u8> = section().into_iter().chain(interface()).collect();
    for n in 0..60u32 {
        let data = vec![n as u8; if n % 9 == 4 { 200_000 } else { 60 + n as usize }];
        file.extend(record(1000 + n, n, &data));
        blocks.extend(enhanced(0, &data));
    }
    compare(&file, "long records");
    compare(&blocks, "long blocks");
    compare(&file[..file.len() - 100_000], "long records, cut");
}

#[test]
fn records_that_stand_inside_of_records_are_not_taken_for_any() {
    compare(&nested(), "nested");
}

#[test]
fn a_file_that_ends_anywhere_gives_the_same_account() {
    let file = nested();
    for missing in [1, 5, 16, 17, 900, 3000, 12_345, file.len() / 2] {
        compare(&file[..file.len() - missing], &format!("{missing} octets missing"));
    }
}

#[test]
fn damage_anywhere_gives_the_same_account() {
    let file = nested();
    let mut state = 7u64;
    for _ in 0..60 {
        let mut damaged = file.clone();
        for _ in 0..4 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = 24 + (state >> 33) as usize % (file.len() - 24);
            damaged[at] = (state >> 25) as u8;
        }
        compare(&damaged, &format!("damaged {state}"));
    }
}

#[test]
fn records_that_are_odd_give_the_same_account() {
    let mut odd = header();
    for n in 0..400u32 {
        // Days between them, parts of a second that are more than one, and many of no octets.
        let data = vec![0; if n % 3 == 0 { 700 } else { 0 }];
        odd.extend(record(n.wrapping_mul(1_000_003), if n % 7 == 0 { 2_000_000 } else { 0 }, &data));
    }
    compare(&odd, "odd");
    let empty: Vec<u8> = header().into_iter().chain((0..5000).flat_map(|n| record(n, 0, &[]))).collect();
    compare(&empty, "records without octets");
}
