//! Any octets as a capture file, written again as pcap and as pcapng, copied in chunks and frame by frame: what is read
//! back is what was read first, as far as the format has room for it.

use crate::{Split, Target};
use nettool_capture::file::{Format, ReadOptions, Reader, WriteOptions, Writer};
use nettool_dissect::frame::{Direction, LinkType, Reception, Timestamp};
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// See the module.
pub const TARGET: Target = Target {
    name: "rewrite",
    about: "capture files written again in both formats, and read back",
    run: try_rewrite,
    corpora: &["samples"],
    cost: 10,
    split: Split::Whole,
    words: &[],
};

/// Decompressed octets that are read at most.
const LIMIT: u64 = 1 << 18;
/// Whole seconds that a pcap file can say.
const PCAP_SECONDS: i64 = 1 << 32;

#[derive(Clone, PartialEq, Eq, Debug)]
struct Seen {
    time: Option<Timestamp>,
    data: Vec<u8>,
    original: u32,
    link: LinkType,
    options: Vec<(u16, Vec<u8>)>,
    /// What options of known codes say: direction, reception, drops, queue.
    said: (Direction, Reception, u64, Option<u32>),
}

fn all(reader: &mut Reader, mut take: impl FnMut(&nettool_capture::file::Chunk)) -> Vec<Seen> {
    let mut seen = Vec::new();
    // Damage ends it: what came before is what counts here.
    while let Ok(Some(chunk)) = reader.next_chunk() {
        take(&chunk);
        seen.extend(chunk.frames().map(|frame| Seen {
            time: frame.meta.time,
            data: frame.data.to_vec(),
            original: frame.meta.original_len,
            link: frame.meta.link_type,
            options: frame.meta.options.iter().map(|(code, value)| (code, value.to_vec())).collect(),
            said: (frame.meta.direction, frame.meta.reception, frame.meta.drops, frame.meta.queue),
        }));
    }
    seen
}

fn scratch() -> PathBuf {
    let folder =
        if Path::new("/dev/shm").is_dir() { PathBuf::from("/dev/shm") } else { std::env::temp_dir() };
    folder.join(format!("nettool-fuzz-rewrite-{}-{:?}", std::process::id(), std::thread::current().id()))
}

/// Reads, writes and reads again; `None` where the format cannot hold it.
fn again(octets: &[u8], format: Format, chunks: bool) -> Option<(Vec<Seen>, Vec<Seen>)> {
    let options = ReadOptions { stream_limit: Some(LIMIT), ..ReadOptions::default() };
    let path = scratch();
    let mut writer =
        Writer::create(&path, WriteOptions::new(format)).unwrap_or_else(|error| panic!("{error}"));
    let mut reader = Reader::from_reader(Cursor::new(octets.to_vec()), "input", &options);
    let mut failed = false;
    let first = all(&mut reader, |chunk| {
        failed |= if chunks {
            writer.write_chunk(chunk, None).is_err()
        } else {
            chunk.frames().any(|frame| writer.write(&frame, chunk.interfaces()).is_err())
        };
    });
    writer.describe(reader.interfaces());
    failed |= writer.finish().is_err();
    let mut back = Reader::open(&[&path], &ReadOptions::default()).unwrap_or_else(|error| panic!("{error}"));
    let mut count = 0;
    let second = all(&mut back, |chunk| count += chunk.packets());
    let ended = back.next_chunk();
    drop(std::fs::remove_file(&path));
    if failed {
        return None;
    }
    assert!(matches!(ended, Ok(None)) && count == second.len() as u64);
    Some((first, second))
}

fn try_rewrite(octets: &[u8]) {
    for (format, chunks) in
        [(Format::Pcapng, true), (Format::Pcapng, false), (Format::Pcap, true), (Format::Pcap, false)]
    {
        let Some((first, second)) = again(octets, format, chunks) else { continue };
        let form = format!("{format}, {}", if chunks { "in chunks" } else { "frame by frame" });
        assert_eq!(first.len(), second.len(), "packets as {form}");
        for (number, (before, after)) in first.iter().zip(&second).enumerate() {
            let what = format!("packet {} as {form}", number + 1);
            assert_eq!(before.data, after.data, "octets of {what}");
            assert_eq!(before.original, after.original, "original length of {what}");
            assert_eq!(before.link.0 & 0xffff, after.link.0 & 0xffff, "link type of {what}");
            let room =
                |time: Timestamp| time.0 >= 0 && (format == Format::Pcapng || time.split().0 < PCAP_SECONDS);
            match before.time {
                // Microseconds are kept where a pcap file is copied.
                Some(time) if room(time) && before.time != after.time => {
                    panic!("time of {what}: {time:?} became {:?}", after.time)
                }
                None if format == Format::Pcapng => assert_eq!(after.time, None, "time of {what}"),
                _ => {}
            }
            if format == Format::Pcapng {
                assert_eq!(before.said, after.said, "{what}");
                // Flags, drop count and queue may be written in another form that says the same.
                for option in before.options.iter().filter(|(code, _)| ![2, 4, 6].contains(code)) {
                    assert!(after.options.contains(option), "{what} lost {option:?}: {:?}", after.options);
                }
            }
        }
    }
}
