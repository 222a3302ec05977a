//! Any octets as a capture file: read as a stream in small chunks, as a file in large ones, and by two workers in stretches,
//! all give the same packets, the same notes and the same error; counting gives the same number.

use crate::{Split, Target};
use nettool_capture::file::{Chunk, ReadOptions, Reader, for_each_chunk_ordered};
use nettool_dissect::frame::Timestamp;
use std::fs::File;
use std::io::{Cursor, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// See the module.
pub const TARGET: Target = Target {
    name: "file",
    about: "pcap and pcapng, plain and compressed, as a stream and in stretches",
    run: try_file,
    corpora: &["samples"],
    cost: 2,
    split: Split::Whole,
    words: &[],
};

/// Decompressed octets that are read at most: a small input may unpack to gigabytes.
const LIMIT: u64 = 1 << 20;

/// What a packet is, in a form to compare: number, time, captured and original length, interface, a sum of its octets.
type Seen = (u64, Option<Timestamp>, usize, u32, u32, u64);

#[derive(PartialEq, Eq, Debug)]
struct Account {
    packets: Vec<Seen>,
    notes: Vec<String>,
    error: Option<String>,
}

fn sum(octets: &[u8]) -> u64 {
    octets.iter().fold(octets.len() as u64, |sum, octet| sum.rotate_left(5) ^ u64::from(*octet))
}

/// The packets of a chunk, after a look at everything in it.
fn seen(chunk: &Chunk) -> Vec<Seen> {
    let mut packets = Vec::new();
    for frame in chunk.frames() {
        // What a consumer looks at beside the octets.
        let options = frame.meta.options.iter().map(|(_, value)| sum(value)).fold(0, u64::wrapping_add);
        let interface = chunk.interfaces().get(frame.meta.interface);
        assert!(interface.is_some(), "packet {} has no interface", frame.number);
        packets.push((
            frame.number,
            frame.meta.time,
            frame.data.len(),
            frame.meta.original_len,
            frame.meta.interface,
            sum(frame.data) ^ options,
        ));
    }
    assert_eq!(packets.len() as u64, chunk.packets(), "packets of a chunk");
    for event in chunk.events() {
        std::hint::black_box(event);
    }
    packets
}

fn account(reader: &mut Reader) -> Account {
    let mut packets = Vec::new();
    let mut error = None;
    loop {
        match reader.next_chunk() {
            Ok(Some(chunk)) => packets.extend(seen(&chunk)),
            Ok(None) => break,
            Err(found) => {
                assert!(error.is_none(), "a second error: {found}");
                error = Some(found.to_string());
            }
        }
    }
    Account { packets, notes: notes(reader), error }
}

/// The same by two workers, which claim stretches of the file.
fn account_in_stretches(reader: &mut Reader) -> Account {
    let mut packets = Vec::new();
    let ended = for_each_chunk_ordered(
        reader,
        2,
        || (),
        |(), chunk| seen(&chunk),
        |chunk| {
            packets.extend(chunk);
            ControlFlow::<()>::Continue(())
        },
    );
    let error = ended.err().map(|found| found.to_string());
    Account { packets, notes: notes(reader), error }
}

fn notes(reader: &Reader) -> Vec<String> {
    reader.notes().map(ToString::to_string).collect()
}

/// A file in memory, one for each thread that tries inputs.
fn scratch() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let folder =
            if Path::new("/dev/shm").is_dir() { PathBuf::from("/dev/shm") } else { std::env::temp_dir() };
        folder.join(format!("nettool-fuzz-{}", std::process::id()))
    })
}

fn try_file(octets: &[u8]) {
    let path = scratch();
    let name = path.to_string_lossy().into_owned();
    let small = ReadOptions { chunk_octets: 1, stream_limit: Some(LIMIT), ..ReadOptions::default() };
    let large = ReadOptions { stream_limit: Some(LIMIT), ..ReadOptions::default() };
    let streamed = account(&mut Reader::from_reader(Cursor::new(octets.to_vec()), &name, &small));
    let written = File::create(path).and_then(|mut file| file.write_all(octets));
    if let Err(error) = written {
        panic!("{name}: {error}");
    }
    let open = |options| Reader::open(&[path], options).unwrap_or_else(|error| panic!("{error}"));
    let whole = account(&mut open(&large));
    let stretches = ReadOptions { chunk_octets: 256, stream_limit: Some(LIMIT), ..ReadOptions::default() };
    let in_stretches = account_in_stretches(&mut open(&stretches));
    let mut counter = open(&large);
    let counted = counter.count();
    drop(std::fs::remove_file(path));
    assert_eq!(whole, streamed, "as a file on the left, as a stream on the right");
    assert_eq!(in_stretches, streamed, "in stretches on the left, as a stream on the right");
    assert_eq!(counter.packets(), whole.packets.len() as u64, "counted");
    assert_eq!(counted.is_err(), whole.error.is_some(), "counting fails where reading does");
}
