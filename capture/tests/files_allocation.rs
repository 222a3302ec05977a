//! Walking over a chunk and writing frames takes no memory for each packet: an allocator that counts proves it.

use nettool_capture::file::{Event, Format, Interfaces, ReadOptions, Reader, WriteOptions, Writer};
use nettool_dissect::frame::{Direction, Frame, Interface, LinkType, Meta, TimeSource, Timestamp};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator, counting what each thread takes.
struct Counting;

// SAFETY: everything is passed on to the system's allocator as it came; counting touches a thread's own cell only.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // A thread that is ending has no cell any more; it is not one that counts.
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the contract of `alloc`, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: `pointer` came from `alloc` above with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(work: impl FnOnce()) -> u64 {
    let before = COUNT.get();
    work();
    COUNT.get() - before
}

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
