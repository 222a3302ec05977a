//! Counting by two threads: the same count as reading, whatever stands in the records.

use nettool_capture::file::{ReadOptions, Reader};
use std::io::Write;

/// A pcap file of `packets` records whose payload is made of record headers: the second thread is led astray.
fn deceptive(packets: u32) -> Vec<u8> {
    let header = |seconds: u32, len: u32| [seconds, 1, len, len].map(u32::to_le_bytes).concat();
    let decoy: Vec<u8> = (0..40).flat_map(|_| [header(7, 4), vec![0; 4]].concat()).collect();
    let mut file = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 262_144, 1].map(u32::to_le_bytes).concat();
    for number in 0..packets {
        file.extend(header(number, decoy.len() as u32));
        file.extend(&decoy);
    }
    file
}

#[test]
fn a_long_file_full_of_decoys_is_counted_by_its_own_headers() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    let packets = 40_000;
    file.write_all(&deceptive(packets)).expect("room");
    let mut reader = Reader::open(&[file.path()], &ReadOptions::default()).expect("opens");
    assert_eq!(reader.count().expect("sound"), u64::from(packets));
}

#[test]
fn damage_behind_the_middle_of_a_long_file_is_found_at_its_offset() {
    let mut bytes = deceptive(40_000);
    let record = 16 + 40 * 20;
    let at = 24 + 30_000 * record;
    bytes[at + 8..at + 12].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(&bytes).expect("room");
    let mut reader = Reader::open(&[file.path()], &ReadOptions::default()).expect("opens");
    let error = reader.count().expect_err("damaged");
    assert_eq!(reader.packets(), 30_000);
    assert!(error.to_string().contains(&at.to_string()), "{error}");
}
