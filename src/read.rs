//! `nettool read FILE… [FILTER]`: frames of capture files, shown, counted or written again.

use crate::Global;
use crate::outcome::{Exit, Failure, stdout_failure};
use crate::show::{Context, Renderer, Show, ShowOptions};
use clap::Args;
use nettool_capture::file::{Chunk, FileError, NoteKind, ReadOptions, Reader, for_each_chunk_ordered};
use nettool_dissect::decode::Settings;
use nettool_dissect::frame::Timestamp;
use nettool_dissect::render::tcp_seq::{Base, TcpSeq};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Condvar, Mutex, PoisonError};

/// Read capture files: pcap or pcapng, plain, gzip, zstd or lz4
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  nettool read trace.pcapng\n  nettool read -n trace.pcap.gz tcp port 80\n  \
nettool read --fields frame.number,ip.src,tcp.dstport trace.pcap\n  nettool read -V -c 1 trace.pcap\n  \
nettool read --json trace.pcap | jq .\n  nettool read --count a.pcap b.pcapng\n  tcpdump -w - | nettool read -"
)]
pub(crate) struct Options {
    /// Capture files (`-`: standard input), merged by time; then a filter as tcpdump takes it
    #[arg(value_name = "FILE… FILTER", required = true)]
    words: Vec<String>,
    /// Only the number of frames
    #[arg(long)]
    count: bool,
    /// End after this many frames
    #[arg(short = 'c', value_name = "N")]
    limit: Option<u64>,
    /// Wait for more at the end of a file
    #[arg(long)]
    follow: bool,
    #[command(flatten)]
    show: ShowOptions,
}

/// The paths among the words, and the filter that the others make: the first word is a file, further ones are as long
/// as they name something that exists.
fn split_words(words: &[String]) -> (&[String], String) {
    let files =
        words.iter().skip(1).take_while(|word| *word == "-" || Path::new(word.as_str()).exists()).count();
    let (paths, filter) = words.split_at((files + 1).min(words.len()));
    (paths, filter.join(" "))
}

/// A word that was meant as a file, though nothing of that name exists, rather than as the start of a filter.
fn meant_as_file(word: &str) -> bool {
    let named = word.contains('/') && !word.starts_with(|c: char| c.is_ascii_digit());
    named || [".pcap", ".pcapng", ".cap", ".gz", ".zst", ".lz4"].iter().any(|end| word.ends_with(end))
}

pub(crate) fn run(options: &Options, global: &Global) -> Result<Exit, Failure> {
    let (paths, filter) = split_words(&options.words);
    if let Some(word) = options.words.get(paths.len()).filter(|word| meant_as_file(word)) {
        return Err(Failure::access(format!("{word}: no such file")));
    }
    if !filter.is_empty() {
        return Err(Failure::usage(format!("filter `{filter}`: capture filters are not part of this build")));
    }
    let show = options.show.understand(global, Settings::default())?;
    let read_options = ReadOptions { follow: options.follow, ..ReadOptions::default() };
    let mut reader = Reader::open(paths, &read_options).map_err(file_failure)?;
    let ended =
        if options.count { count(&mut reader, options) } else { print(&mut reader, &show, options.limit) };
    let mut lost = false;
    for note in reader.notes() {
        eprintln!("nettool: {note}");
        lost |= !matches!(note.kind, NoteKind::FractionCarried);
    }
    ended.map(|exit| if lost && exit == Exit::Done { Exit::Found } else { exit })
}

fn file_failure(error: FileError) -> Failure {
    if error.is_access() { Failure::access(error) } else { Failure::found(error) }
}

fn count(reader: &mut Reader, options: &Options) -> Result<Exit, Failure> {
    let result = reader.count();
    let packets = reader.packets().min(options.limit.unwrap_or(u64::MAX));
    writeln!(std::io::stdout(), "{packets}").map_err(stdout_failure)?;
    result.map(|_| Exit::Done).map_err(file_failure)
}

/// What must be learnt from frames in the order of the file, before they are rendered in any order.
#[derive(Default)]
struct InOrder {
    tcp: TcpSeq,
    first: Option<Timestamp>,
    previous: Option<Timestamp>,
    /// Number of the frame that comes next.
    next: u64,
}

/// Lets each chunk pass in the order of the file.
#[derive(Default)]
struct Turnstile {
    order: Mutex<InOrder>,
    passed: Condvar,
}

/// What a chunk's frames need to know of those before them.
#[derive(Default)]
struct Before {
    first: Option<Timestamp>,
    previous: Option<Timestamp>,
    /// For each frame of the chunk.
    bases: Vec<Option<Base>>,
}

impl Turnstile {
    fn pass(&self, chunk: &Chunk, tcp: bool, before: &mut Before) {
        let mut order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        while order.next != 0 && order.next != chunk.first_number() {
            order = self.passed.wait(order).unwrap_or_else(PoisonError::into_inner);
        }
        before.bases.clear();
        (before.first, before.previous) = (order.first, order.previous);
        if tcp {
            for frame in chunk.frames() {
                let base = order.tcp.observe(&frame);
                before.bases.push(base);
                order.previous = frame.meta.time.or(order.previous);
                order.first = order.first.or(frame.meta.time);
            }
        } else {
            for record in chunk.records() {
                order.previous = record.time().or(order.previous);
                order.first = order.first.or(order.previous);
            }
        }
        before.first = before.first.or(order.first);
        order.next = chunk.first_number() + chunk.packets();
        drop(order);
        self.passed.notify_all();
    }
}

/// What a worker keeps between chunks.
struct Worker<'s> {
    renderer: Renderer<'s>,
    before: Before,
}

/// A chunk's text.
struct Text {
    octets: Vec<u8>,
    /// Where each frame's text ends; only kept when frames are counted.
    ends: Vec<usize>,
}

fn render_chunk(
    worker: &mut Worker<'_>,
    chunk: &Chunk,
    turnstile: &Turnstile,
    show: &Show,
    ends: bool,
) -> Text {
    turnstile.pass(chunk, show.wants_tcp_base(), &mut worker.before);
    let mut text = Text { octets: Vec::with_capacity(chunk.packets() as usize * 128), ends: Vec::new() };
    let before = &worker.before;
    let mut previous = before.previous;
    for (at, frame) in chunk.frames().enumerate() {
        let context = Context {
            interface: chunk.interfaces().get(frame.meta.interface),
            first: before.first,
            previous,
            tcp_base: before.bases.get(at).copied().flatten(),
        };
        worker.renderer.render(&frame, &context, &mut text.octets);
        previous = frame.meta.time.or(previous);
        if ends {
            text.ends.push(text.octets.len());
        }
    }
    text
}

fn print(reader: &mut Reader, show: &Show, limit: Option<u64>) -> Result<Exit, Failure> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let turnstile = Turnstile::default();
    let mut head = Vec::new();
    show.head(&mut head);
    let mut out = std::io::stdout().lock();
    out.write_all(&head).map_err(stdout_failure)?;
    let mut left = limit.unwrap_or(u64::MAX);
    if left == 0 {
        return Ok(Exit::Done);
    }
    let result = for_each_chunk_ordered(
        reader,
        threads,
        || Worker { renderer: show.renderer(), before: Before::default() },
        |worker, chunk| render_chunk(worker, &chunk, &turnstile, show, limit.is_some()),
        |text| {
            let frames = (text.ends.len() as u64).min(left);
            let end = match usize::try_from(frames).ok().and_then(|frames| frames.checked_sub(1)) {
                Some(last) if limit.is_some() => text.ends.get(last).copied().unwrap_or(0),
                _ => text.octets.len(),
            };
            left -= frames;
            let written =
                out.write_all(text.octets.get(..end).unwrap_or_default()).and_then(|()| out.flush());
            match written {
                Err(error) => ControlFlow::Break(Err(stdout_failure(error))),
                Ok(()) if left == 0 => ControlFlow::Break(Ok(Exit::Done)),
                Ok(()) => ControlFlow::Continue(()),
            }
        },
    );
    match result {
        Ok(Some(ended)) => ended,
        Ok(None) => Ok(Exit::Done),
        Err(error) => Err(file_failure(error)),
    }
}
