//! Reading capture files: damage is reported with its place, and everything before it is delivered.

use nettool_capture::file::{FileError, Index, IndexedChunk, NoteKind, ReadOptions, Reader};
use std::io::Cursor;

/// Number of packets delivered, the error that ended reading if any, and the notes.
fn read(data: &[u8]) -> (u64, Option<FileError>, Vec<NoteKind>) {
    read_in_chunks(data, ReadOptions::default().chunk_octets)
}

fn read_in_chunks(data: &[u8], chunk_octets: usize) -> (u64, Option<FileError>, Vec<NoteKind>) {
    let options = ReadOptions { chunk_octets, ..ReadOptions::default() };
    let mut reader = Reader::from_reader(Cursor::new(data.to_vec()), "test", &options);
    let (mut packets, mut failed) = (0, None);
    loop {
        match reader.next_chunk() {
            Ok(Some(chunk)) => {
                let frames = chunk.frames().count() as u64;
                assert_eq!(frames, chunk.packets(), "scan and walk count alike");
                packets += frames;
            }
            Ok(None) => break,
            Err(error) => {
                assert!(failed.is_none(), "one error, then the end");
                failed = Some(error);
            }
        }
    }
    assert_eq!(reader.packets(), packets);
    (packets, failed, reader.notes().map(|note| note.kind).collect())
}

fn pcap_header(snaplen: u32) -> Vec<u8> {
    let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    file.extend_from_slice(&snaplen.to_le_bytes());
    file.extend_from_slice(&1u32.to_le_bytes());
    file
}

fn record(seconds: u32, fraction: u32, captured: u32, data: &[u8]) -> Vec<u8> {
    let mut record = Vec::new();
    for word in [seconds, fraction, captured, data.len() as u32] {
        record.extend_from_slice(&word.to_le_bytes());
    }
    record.extend_from_slice(data);
    record
}

fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let len = (12 + body.len()) as u32;
    let mut block = kind.to_le_bytes().to_vec();
    block.extend_from_slice(&len.to_le_bytes());
    block.extend_from_slice(body);
    block.extend_from_slice(&len.to_le_bytes());
    block
}

fn section() -> Vec<u8> {
    let mut body = 0x1a2b_3c4du32.to_le_bytes().to_vec();
    body.extend_from_slice(&[1, 0, 0, 0]);
    body.extend_from_slice(&[0xff; 8]);
    block(0x0a0d_0d0a, &body)
}

fn interface(snaplen: u32) -> Vec<u8> {
    let mut body = vec![1, 0, 0, 0];
    body.extend_from_slice(&snaplen.to_le_bytes());
    block(1, &body)
}

fn enhanced(interface: u32, captured: u32, data: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for word in [interface, 5, 6, captured, data.len() as u32] {
        body.extend_from_slice(&word.to_le_bytes());
    }
    body.extend_from_slice(data);
    body.resize(body.len().next_multiple_of(4), 0);
    block(6, &body)
}

fn concat(parts: &[Vec<u8>]) -> Vec<u8> {
    parts.concat()
}

#[test]
fn an_empty_file_is_said_to_be_empty() {
    let (packets, error, _) = read(&[]);
    assert!(packets == 0 && matches!(error, Some(FileError::Empty { .. })), "{error:?}");
}

#[test]
fn a_file_of_a_header_alone_holds_no_packets_and_no_damage() {
    assert!(matches!(read(&pcap_header(65535)), (0, None, _)));
    assert!(matches!(read(&section()), (0, None, _)));
    assert!(matches!(read(&concat(&[section(), interface(0)])), (0, None, _)));
}

#[test]
fn a_cut_header_tells_how_much_is_missing() {
    let header = pcap_header(65535);
    for len in 4..header.len() {
        let (_, error, _) = read(&header[..len]);
        let Some(FileError::HeaderCut { needed: 24, available, .. }) = error else {
            panic!("{len}: {error:?}")
        };
        assert_eq!(available, len as u64);
    }
    let (_, error, _) = read(&section()[..20]);
    assert!(matches!(error, Some(FileError::HeaderCut { needed: 28, available: 20, .. })), "{error:?}");
}

#[test]
fn octets_that_are_no_capture_are_named_with_their_start() {
    let (_, error, _) = read(b"GIF89a and more");
    assert!(error.expect("no capture").to_string().contains("starts with 47 49 46 38"));
    assert!(matches!(read(b"x"), (0, Some(FileError::NotACapture { .. }), _)));
}

#[test]
fn every_cut_of_a_pcap_file_delivers_the_whole_records_before_it_and_names_the_offset() {
    let records = [record(1, 2, 5, b"12345"), record(3, 4, 0, b""), record(5, 6, 3, b"abc")];
    let mut file = pcap_header(65535);
    let mut ends = vec![file.len()];
    for record in &records {
        file.extend_from_slice(record);
        ends.push(file.len());
    }
    for len in ends[0]..=file.len() {
        let whole = ends.iter().filter(|end| **end <= len).count() - 1;
        let (packets, error, _) = read(&file[..len]);
        assert_eq!(packets, whole as u64, "cut to {len}");
        if ends.contains(&len) {
            assert!(error.is_none(), "cut to {len}: {error:?}");
            continue;
        }
        let Some(FileError::Cut { offset, needed, available, packet, .. }) = &error else {
            panic!("cut to {len}: {error:?}")
        };
        assert_eq!(*offset, ends[whole] as u64);
        assert_eq!(*available, (len - ends[whole]) as u64);
        assert_eq!(*packet, whole as u64 + 1);
        assert!(needed > available);
        assert!(error.as_ref().is_some_and(|error| error.to_string().contains(&format!("offset {offset} "))));
    }
}

#[test]
fn every_cut_of_a_pcapng_file_delivers_the_whole_blocks_before_it() {
    let blocks = [section(), interface(0), enhanced(0, 5, b"12345"), enhanced(0, 4, b"1234")];
    let file = concat(&blocks);
    for len in 28..file.len() {
        let (packets, error, _) = read(&file[..len]);
        let whole = if len < 28 + 20 + 40 { 0 } else { 1 };
        assert_eq!(packets, whole, "cut to {len}");
        let boundary = [28, 48, 88].contains(&len);
        assert_eq!(error.is_none(), boundary, "cut to {len}: {error:?}");
    }
}

#[test]
fn a_record_of_four_gigabytes_is_damage_and_takes_no_memory() {
    for captured in [u32::MAX, 0x7fff_ffff, 262_145] {
        let file = concat(&[pcap_header(65535), record(1, 1, 4, b"good"), record(1, 1, captured, b"xxxx")]);
        let (packets, error, _) = read(&file);
        let Some(FileError::TooLong { offset: 44, length, limit: 262_144, packet: 2, .. }) = error else {
            panic!("{error:?}")
        };
        assert_eq!((packets, length), (1, u64::from(captured)));
    }
}

#[test]
fn a_record_that_is_as_long_as_its_snaplen_allows_is_read() {
    let data = vec![7; 300_000];
    let file = concat(&[pcap_header(300_000), record(1, 1, 300_000, &data), record(1, 1, 1, b"x")]);
    assert!(matches!(read_in_chunks(&file, 1 << 16), (2, None, _)));
}

#[test]
fn snaplen_zero_limits_nothing() {
    let file = concat(&[pcap_header(0), record(1, 1, 4, b"good")]);
    assert!(matches!(read(&file), (1, None, _)));
    let file = concat(&[section(), interface(0), enhanced(0, 5, b"12345")]);
    assert!(matches!(read(&file), (1, None, _)));
}

#[test]
fn a_second_or_more_of_microseconds_carries_over_and_is_noted_once() {
    let file = concat(&[pcap_header(0), record(1, 1_500_000, 1, b"a"), record(1, u32::MAX, 1, b"b")]);
    let mut reader = Reader::from_reader(Cursor::new(file), "test", &ReadOptions::default());
    let chunk = reader.next_chunk().expect("no damage").expect("a chunk");
    let times: Vec<i64> = chunk.frames().filter_map(|frame| frame.meta.time).map(|time| time.0).collect();
    assert_eq!(times, [2_500_000_000, 1_000_000_000 + 4_294_967_295_000]);
    let notes: Vec<_> = reader.notes().collect();
    assert_eq!(notes.len(), 1);
    assert_eq!((notes[0].count, notes[0].offset, notes[0].packet), (2, 24, 1));
}

#[test]
fn impossible_block_lengths_end_reading_at_their_offset() {
    for length in [0u32, 8, 13, 30, u32::MAX - 3] {
        let mut bad = enhanced(0, 4, b"1234");
        bad[4..8].copy_from_slice(&length.to_le_bytes());
        let file = concat(&[section(), interface(0), enhanced(0, 4, b"good"), bad]);
        let (packets, error, _) = read(&file);
        assert_eq!(packets, 1);
        let Some(FileError::BlockLength { offset: 84, length: found, kind: 6, .. }) = error else {
            panic!("{length}: {error:?}")
        };
        assert_eq!(found, length);
    }
}

#[test]
fn block_lengths_that_differ_are_told_apart_from_a_cut() {
    let mut bad = enhanced(0, 4, b"1234");
    let end = bad.len();
    bad[end - 4..].copy_from_slice(&40u32.to_le_bytes());
    let (packets, error, _) = read(&concat(&[section(), interface(0), bad]));
    assert!(
        matches!(error, Some(FileError::BlockLengthsDiffer { offset: 48, first: 36, last: 40, .. })),
        "{error:?}"
    );
    assert_eq!(packets, 0);
}

#[test]
fn unknown_blocks_and_link_types_are_passed_on() {
    let unknown = block(0x0bad_cafe, b"whatever");
    let mut odd = interface(0);
    odd[8..10].copy_from_slice(&0xfffeu16.to_le_bytes());
    let file = concat(&[section(), unknown, odd, enhanced(0, 4, b"good")]);
    let mut reader = Reader::from_reader(Cursor::new(file), "test", &ReadOptions::default());
    let chunk = reader.next_chunk().expect("no damage").expect("a chunk");
    assert_eq!(chunk.frames().next().map(|frame| frame.meta.link_type.0), Some(0xfffe));
    assert_eq!(chunk.events().count(), 4);
}

#[test]
fn a_packet_of_an_interface_that_nothing_describes_is_left_out_and_noted() {
    let file = concat(&[
        section(),
        enhanced(0, 4, b"soon"),
        interface(0),
        enhanced(0, 4, b"good"),
        enhanced(7, 4, b"lost"),
        enhanced(0, 4, b"good"),
    ]);
    for chunk in [1, 60, 1 << 20] {
        let (packets, error, notes) = read_in_chunks(&file, chunk);
        assert!(error.is_none());
        assert_eq!(packets, 2);
        assert_eq!(notes, [NoteKind::UnknownInterface { id: 0, described: 0 }]);
    }
}

#[test]
fn a_packet_that_does_not_fit_its_block_is_left_out_and_noted() {
    let file = concat(&[
        section(),
        interface(0),
        enhanced(0, 9, b"1234"),
        block(6, &[0; 8]),
        enhanced(0, 4, b"good"),
    ]);
    let (packets, error, notes) = read(&file);
    assert!(error.is_none());
    assert_eq!(packets, 1);
    assert_eq!(notes, [NoteKind::BlockContents { needed: 41, available: 36 }]);
}

#[test]
fn an_interface_description_that_is_too_small_takes_its_number_and_its_packets_along() {
    let file = concat(&[
        section(),
        block(1, &[1, 0, 0, 0]),
        interface(0),
        enhanced(0, 4, b"lost"),
        enhanced(1, 4, b"good"),
    ]);
    let (packets, error, notes) = read(&file);
    assert!(error.is_none());
    assert_eq!(packets, 1);
    assert_eq!(notes.len(), 2);
}

#[test]
fn a_directory_and_a_missing_file_are_matters_of_access() {
    let directory = Reader::open(&[std::env::temp_dir()], &ReadOptions::default()).expect_err("a directory");
    assert!(matches!(directory, FileError::Directory { .. }) && directory.is_access());
    let missing = Reader::open(&["/nonexistent/x.pcap"], &ReadOptions::default()).expect_err("nothing there");
    assert!(missing.is_access() && missing.to_string().contains("/nonexistent/x.pcap"));
}

#[test]
fn the_index_gives_every_packet_by_its_number() {
    let mut pcap = pcap_header(0);
    let mut pcapng = concat(&[section(), interface(0)]);
    for number in 1..=500u32 {
        pcap.extend(record(number, 0, 4, &number.to_le_bytes()));
        pcapng.extend(enhanced(number % 2, 4, &number.to_le_bytes()));
        if number == 1 {
            pcapng.extend(interface(0));
        }
        if number % 100 == 0 {
            pcapng.extend(block(0x0bad_cafe, b"between!"));
        }
    }
    // The first packet of the pcapng file names an interface that comes after it.
    for (file, packets) in [(pcap, 500u32), (pcapng, 499)] {
        let kept = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(kept.path(), &file).expect("room");
        for chunk_octets in [1, 3000, 1 << 20] {
            let options = ReadOptions { chunk_octets, ..ReadOptions::default() };
            let streamed = Reader::from_reader(Cursor::new(file.clone()), "test", &options);
            let placed = Reader::open(&[kept.path()], &options).expect("opens");
            for mut reader in [streamed, placed] {
                let mut index = Index::default();
                while let Some(chunk) = reader.next_chunk().expect("sound") {
                    index.push(IndexedChunk::new(chunk));
                }
                assert_eq!(index.packets(), u64::from(packets));
                for number in (1..=packets).rev() {
                    let chunk = index.chunk(number.into()).expect("can be read").expect("it is there");
                    let record = chunk.record(number.into()).expect("it is in that chunk");
                    assert_eq!(record.number, u64::from(number));
                    assert_eq!(record.data, (number + 500 - packets).to_le_bytes());
                }
                for none in [0, u64::from(packets) + 1] {
                    assert!(index.chunk(none).expect("nothing to read").is_none());
                }
            }
        }
    }
}

#[test]
fn chunks_hold_no_more_packets_than_asked_for() {
    let mut file = pcap_header(0);
    (0..5000u32).for_each(|number| file.extend(record(number, 0, 4, &number.to_le_bytes())));
    for (chunk_octets, chunk_packets) in [(1 << 20, 7), (1 << 20, 1), (100_000, 4999), (50, u64::MAX)] {
        let options = ReadOptions { chunk_octets, chunk_packets, ..ReadOptions::default() };
        let mut reader = Reader::from_reader(Cursor::new(file.clone()), "test", &options);
        let mut numbers = 0u32;
        while let Some(chunk) = reader.next_chunk().expect("sound") {
            assert!(chunk.packets() <= chunk_packets);
            for frame in chunk.frames() {
                assert_eq!(frame.data, numbers.to_le_bytes());
                numbers += 1;
            }
        }
        assert_eq!(numbers, 5000);
    }
}
