//! Walking over a chunk and writing frames takes no memory for each packet: an allocator that counts proves it.

#[path = "../../tests/harness/counting.rs"]
mod counting;

use counting::allocations;
use nettool_capture::file::{Event, Format, Interfaces, ReadOptions, Reader, WriteOptions, Writer};
use nettool_dissect::frame::{Direction, Frame, Interface, LinkType, Meta, TimeSource, Timestamp};

fn interfaces() -> Interfaces {
    Interfaces::new([Interface::new("eth0", LinkType::ETHERNET)])
}

fn frame(number: u64, data: &[u8]) -> Frame<'_> {
    let mut meta = Meta::new(LinkType::ETHERNET, data.len() as u32);
    meta.time = Some(Timestamp::new(number as i64, 5));
    meta.time_source = TimeSource::Host;
    meta.direction = Direction::In;
    meta.queue = Some(1);
    Frame { number, data, meta }
}

#[test]
fn walking_over_a_chunk_takes_no_memory_for_a_packet() {
    let directory = tempfile::tempdir().expect("a directory");
    for format in [Format::Pcap, Format::Pcapng] {
        let path = directory.path().join("x");
        let mut writer = Writer::create(&path, WriteOptions::new(format)).expect("can be made");
        for number in 1..=1000 {
            writer.write(&frame(number, &[7; 90]), &interfaces()).expect("taken");
        }
        writer.finish().expect("taken");
        let mut reader = Reader::open(&[&path], &ReadOptions::default()).expect("opens");
        let chunk = reader.next_chunk().expect("sound").expect("packets");
        assert_eq!(chunk.packets(), 1000);
        let mut octets = 0;
        let taken = allocations(|| {
            octets +=
                chunk.frames().filter(|frame| frame.meta.time.is_some()).map(|f| f.data.len()).sum::<usize>();
            octets += chunk.records().map(|record| record.data.len()).sum::<usize>();
            octets += chunk.events().filter(|event| matches!(event, Event::Packet(_))).count();
        });
        assert_eq!((taken, octets), (0, 2 * 90_000 + 1000), "{format}");
    }
}

#[test]
fn writing_frames_takes_no_memory_for_a_packet() {
    let directory = tempfile::tempdir().expect("a directory");
    for format in [Format::Pcap, Format::Pcapng] {
        let mut writer =
            Writer::create(directory.path().join("x"), WriteOptions::new(format)).expect("can be made");
        let interfaces = interfaces();
        writer.write(&frame(1, &[7; 90]), &interfaces).expect("taken");
        let taken = allocations(|| {
            for number in 2..=1000 {
                writer.write(&frame(number, &[7; 90]), &interfaces).expect("taken");
            }
        });
        assert_eq!(taken, 0, "{format}");
        writer.finish().expect("taken");
    }
}
