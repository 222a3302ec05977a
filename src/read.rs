//! `nettool read FILE… [FILTER]`: frames of capture files, shown, counted or written again.

use crate::Global;
use crate::compare::{CompareOptions, Comparison};
use crate::follow::{self, FollowForm, Following};
use crate::joining::{JoinedFrames, Joining};
use crate::learning::{Learning, Learnt, Tracking, Turn};
use crate::looking_ahead;
use crate::outcome::{Exit, Failure, stdout_failure};
use crate::printed::Printed;
use crate::rewrite::Rewrite;
use crate::save::SaveOptions;
use crate::select::{Select, SelectOptions, Selector};
use crate::show::{Context, Renderer, Show, ShowOptions};
use crate::stats;
use crate::tagger;
use clap::Args;
use nettool_capture::file::{
    Chunk, FileError, NoteKind, ReadOptions, Reader, Record, Selection, Stopper, for_each_chunk_ordered,
};
use nettool_capture::filter::batch::{MANY, WIDTH};
use nettool_capture::filter::vm::Packet;
use nettool_capture::live::{Signal, Signals};
use nettool_dissect::decode::{Settings, Surroundings};
use nettool_dissect::flow::reassembly::Wants;
use nettool_dissect::flow::{DEFAULT_LIMIT, Follows};
use nettool_dissect::frame::Timestamp;
use nettool_dissect::proto::dsa::Choice;
use nettool_dissect::render::sheet::Sheet;
use nettool_dissect::render::tcp_seq::{Base, TcpSeq};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Read capture files: pcap or pcapng, plain, gzip, zstd or lz4
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  nettool read trace.pcapng\n  nettool read -n trace.pcap.gz tcp port 80\n  \
nettool read --fields frame.number,ip.src,tcp.dstport trace.pcap\n  nettool read -V -c 1 trace.pcap\n  \
nettool read --json trace.pcap | jq .\n  nettool read --count a.pcap b.pcapng\n  tcpdump -w - | nettool read -"
)]
pub(crate) struct Options {
    /// Capture files (`-`: standard input), merged by time; then a filter as tcpdump takes it
    #[arg(value_name = "FILE… FILTER", required_unless_present = "named")]
    words: Vec<String>,
    /// Capture file, as tcpdump and tshark write it; all words are then the filter
    #[arg(short = 'r', long = "file", value_name = "FILE")]
    named: Vec<String>,
    /// Only the number of frames
    #[arg(long)]
    count: bool,
    /// End after this many frames
    #[arg(short = 'c', value_name = "N")]
    limit: Option<u64>,
    /// Wait for more at the end of a file
    #[arg(long)]
    follow: bool,
    /// Read files twice, so that -V and --json show which later frame completes a fragment or segment, or answers a request;
    /// --fields and -Y that name such a field (ip.reassembled_in, dns.response_in) do so unasked
    #[arg(short = '2', long, conflicts_with = "follow")]
    two_pass: bool,
    /// Octets to keep of each frame that is written; 0: all
    #[arg(short, long, value_name = "SNAPLEN", default_value_t = 0, hide_default_value = true)]
    snaplen: u32,
    /// Write frames without their switch tag, as the user ports show them
    #[arg(long, requires = "write")]
    untag: bool,
    /// Write a file for each value of this field: dsa.port, vlan.id
    #[arg(long = "split-by", value_name = "FIELD", requires = "write")]
    split: Option<String>,
    /// A table over all frames in place of them: conv, endpoints (each alone or of one level: conv,tcp), protocols,
    /// io (with an interval in seconds: io,0.1), tcp (connections), latency (requests and answers), expert (findings)
    #[arg(long, value_name = "TABLE", value_parser = stats::kind, group = "tables")]
    stats: Vec<stats::Kind>,
    /// Flows that tables, and fields that need the frames before, keep; beyond, those silent longest are dropped, and counted
    #[arg(long, value_name = "N", default_value_t = DEFAULT_LIMIT)]
    flow_limit: usize,
    /// Write a page with charts, findings, connections, conversations, protocols and a packet list to search, for any browser
    #[arg(long, value_name = "OUT", group = "tables", conflicts_with_all = ["count", "write", "fields", "tree"])]
    html: Option<PathBuf>,
    /// Packets that the page lists
    #[arg(long, value_name = "N", default_value_t = 10_000, requires = "html")]
    html_packets: u64,
    /// The octets of a stream, both ways in order: tcp:N, udp:N (numbers of tcp.stream and udp.stream) or
    /// tcp:ADDRESS:PORT,ADDRESS:PORT
    #[arg(long, value_name = "STREAM", value_parser = follow::stream,
        conflicts_with_all = ["count", "write", "fields", "tree", "tables", "limit", "query"])]
    follow_stream: Option<follow::Stream>,
    /// How --follow-stream writes octets
    #[arg(long, value_name = "FORM", value_enum, default_value_t = FollowForm::Ascii, requires = "follow_stream")]
    follow_form: FollowForm,
    #[command(flatten)]
    compare: CompareOptions,
    #[command(flatten)]
    select: SelectOptions,
    #[command(flatten)]
    save: SaveOptions,
    #[command(flatten)]
    show: ShowOptions,
}

/// Octets of a chunk where each becomes several of text.
const JSON_CHUNK: usize = 128 << 10;

/// The paths among the words, and the filter that the others make: the first word is a file, further ones are as long
/// as they name something that exists.
fn split_words(words: &[String]) -> (&[String], &[String]) {
    let files =
        words.iter().skip(1).take_while(|word| *word == "-" || Path::new(word.as_str()).exists()).count();
    words.split_at((files + 1).min(words.len()))
}

/// A word that was meant as a file, though nothing of that name exists, rather than as the start of a filter.
fn meant_as_file(word: &str) -> bool {
    let expression = word.contains(char::is_whitespace) || word.starts_with(|c: char| c.is_ascii_digit());
    let named = word.contains('/') && !expression;
    named || [".pcap", ".pcapng", ".cap", ".gz", ".zst", ".lz4"].iter().any(|end| word.ends_with(end))
}

pub(crate) fn run(options: &Options, global: &Global) -> Result<Exit, Failure> {
    let (paths, filter) = options.paths_and_filter();
    if let Some(word) = filter.first().filter(|word| options.named.is_empty() && meant_as_file(word)) {
        return Err(Failure::access(format!("{word}: no such file")));
    }
    let filter = options.select.capture_filter(filter.join(" "))?;
    // Before the first thread: what is being written is to be finished, a screen need not be filled.
    let signals = options.save.write.is_some().then(Signals::take).transpose().map_err(Failure::found)?;
    let mut read_options = ReadOptions { follow: options.follow, ..ReadOptions::default() };
    if global.json {
        // Four times as much text as there are octets: it should still be in the processor's cache when it is written.
        read_options.chunk_octets = JSON_CHUNK;
    }
    let mut reader = Reader::open(paths, &read_options).map_err(file_failure)?;
    let interrupted = signals.map(|signals| stop_on_signal(signals, reader.stopper()));
    let ended = carry_out(options, global, paths, filter, &mut reader);
    let mut lost = false;
    for note in reader.notes() {
        tell!("nettool: {note}");
        lost |= !matches!(note.kind, NoteKind::FractionCarried);
    }
    let interrupted = interrupted.is_some_and(|came| came.load(Ordering::Relaxed));
    ended.map(|exit| match exit {
        Exit::Done if interrupted => Exit::Interrupted,
        Exit::Done if lost => Exit::Found,
        exit => exit,
    })
}

/// Does with the frames what the options ask for.
fn carry_out(
    options: &Options,
    global: &Global,
    paths: &[String],
    filter: String,
    reader: &mut Reader,
) -> Result<Exit, Failure> {
    if options.save.write.is_some() && (!options.stats.is_empty() || options.html.is_some()) {
        return Err(Failure::usage(
            "-w writes frames, --stats and --html tell of them: give them to two runs",
        ));
    }
    let plain = options.stats.is_empty() && options.save.write.is_none();
    if options.count && plain && filter.is_empty() && !options.select.asks() && !options.show.names_fields() {
        // Record headers tell all: no protocol need be known.
        return count(reader, options);
    }
    let settings = Settings { dsa: options.dsa_choice(paths, reader)?, ..Settings::default() };
    let mut show = if options.looks_into_frames() {
        options.show.understand(global, settings.clone())?
    } else {
        options.show.understand_without(global, settings.clone())?
    };
    if options.html.is_some() {
        show = show.for_list();
    }
    let select = options.select.understand(&show, settings.clone(), filter, global.numeric > 0)?;
    if let Some(stream) = options.follow_stream {
        let overlap = options.show.reassembly()?.unwrap_or_default().overlap;
        let (form, select) = (options.follow_form, select.as_ref());
        return Following { stream, form, overlap, settings: &settings, select }.run(reader, global);
    }
    if let Some(other) = &options.compare.compare {
        let (first, select) = (paths.join(" "), select.as_ref());
        let mut taggers = [settings.dsa; 2];
        let mut second = Reader::open(&[other.to_string_lossy().into_owned()], &ReadOptions::default())
            .map_err(file_failure)?;
        taggers[1] = options.dsa_of_other(&mut second)?;
        let comparison = Comparison { first, other, options: &options.compare, taggers, select };
        return comparison.run([reader, &mut second], global);
    }
    let wants = select.as_ref().map_or_else(Wants::default, Select::joins);
    let follows = select.as_ref().map_or_else(Follows::default, Select::follows);
    let split = options.split.as_deref().map(|name| Follows::named(show.registry(), name));
    let follows = follows.or(split.unwrap_or_default());
    // Tables and files need only what is asked for.
    let (wants, follows) = if plain && !options.count {
        (wants.or(show.joins()), follows.or(show.follows()))
    } else {
        (wants, follows)
    };
    let kinds = if options.html.is_some() { &stats::html::KINDS[..] } else { &options.stats };
    let wants = wants.or(stats::joins(kinds)).or(follows.joins());
    let mut joining = Joining::new(|| show.registry(), options.show.reassembly()?, wants, settings.dsa);
    let track = |follows| Tracking::new(|| show.registry(), follows, options.flow_limit, settings.clone());
    let mut tracking = track(follows);
    let requests = Follows { requests: follows.requests, ..Follows::default() };
    if (wants.later || options.two_pass)
        && (joining.is_some() || requests.any())
        && options.reads_twice(paths)?
    {
        let mut reader = Reader::open(paths, &ReadOptions::default()).map_err(file_failure)?;
        let (ahead, answers) =
            looking_ahead::look_ahead(&mut reader, joining.clone(), track(requests), select.as_ref())?;
        joining = joining.map(|joining| joining.with(ahead));
        tracking = tracking.map(|tracking| tracking.with(answers));
    }
    let shown = plain && !options.count && show.wants_times();
    let times = shown || select.as_ref().is_some_and(Select::wants_times);
    let learning = Learning::new(times, joining, tracking);
    let run = Run { show: &show, select: select.as_ref(), limit: options.limit, learning: &learning };
    let ended = frames(options, global, reader, &run, settings);
    learning.tell();
    ended
}

/// Does it with the frames of a run.
fn frames(
    options: &Options,
    global: &Global,
    reader: &mut Reader,
    run: &Run<'_>,
    settings: Settings,
) -> Result<Exit, Failure> {
    let show = run.show;
    if !options.stats.is_empty() || options.html.is_some() {
        let stats = stats::Stats {
            kinds: if options.html.is_some() { &stats::html::KINDS[..] } else { &options.stats },
            settings,
            show,
            flow_limit: options.flow_limit,
            json: global.json,
            room: stats::room::of_terminal(),
        };
        match &options.html {
            Some(out) => {
                let (paths, _) = options.paths_and_filter();
                stats::html::run(reader, run, &stats, paths, options.html_packets, out)
            }
            None => stats::run(reader, run, &stats),
        }
    } else if options.save.write.is_some() {
        let rewrite =
            Rewrite { save: &options.save, split: &options.split, snaplen: options.snaplen, settings, show };
        rewrite.run(reader, run, options.untag)
    } else {
        match (options.count, run.select) {
            (true, None) => count(reader, options),
            (true, Some(select)) => count_selected(reader, run, select),
            (false, _) => print(reader, run, !options.files_are_there()),
        }
    }
}

/// Ends the reading when a signal asks for it; tells whether one did.
fn stop_on_signal(signals: Signals, stopper: Stopper) -> Arc<AtomicBool> {
    let came = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&came);
    std::thread::spawn(move || {
        while signals.wait() != Signal::Stop {}
        told.store(true, Ordering::Relaxed);
        stopper.stop();
    });
    came
}

impl Options {
    /// Whether the files can be read twice; told where the user's words need it and they cannot.
    fn reads_twice(&self, paths: &[String]) -> Result<bool, Failure> {
        let once = paths.iter().find(|path| !std::fs::metadata(path).is_ok_and(|data| data.is_file()));
        let once = once.map(|path| if path == "-" { "standard input" } else { path });
        match once.or_else(|| self.follow.then_some("a growing file")) {
            None => Ok(true),
            Some(name) if self.two_pass => Err(Failure::usage(format!(
                "-2: {name} can only be read once; save it to a file first, or leave -2 out"
            ))),
            Some(name) => {
                tell!("nettool: {name} is read once: no frame tells which later one completes its part");
                Ok(false)
            }
        }
    }

    /// Whether all that is read lies in files, none of which is waited for.
    fn files_are_there(&self) -> bool {
        let (paths, _) = self.paths_and_filter();
        !self.follow && paths.iter().all(|path| std::fs::metadata(path).is_ok_and(|data| data.is_file()))
    }

    /// The capture files, and the words of the filter.
    fn paths_and_filter(&self) -> (&[String], &[String]) {
        if self.named.is_empty() { split_words(&self.words) } else { (&self.named, &self.words) }
    }

    /// Whether protocols must be known; copies and tables of flows know what they need by themselves.
    fn looks_into_frames(&self) -> bool {
        let flows = !self.stats.is_empty() && self.stats.iter().all(stats::Kind::is_of_flows);
        let copies = self.save.write.is_some() && self.split.is_none();
        let counts = self.count && self.follow_stream.is_none() && self.compare.compare.is_none();
        self.select.asks() || self.html.is_some() || !(flows || copies || counts)
    }

    /// The switch tagger that the user names, else the one that the first frames look like.
    fn dsa_choice(&self, paths: &[String], reader: &mut Reader) -> Result<Choice, Failure> {
        let option = "--dsa";
        tagger::of_source(option, tagger::named(option, &self.show.dsa)?, paths, reader)
    }

    /// The same of the capture that is compared: as the first is told where that is told, otherwise by its own frames.
    fn dsa_of_other(&self, reader: &mut Reader) -> Result<Choice, Failure> {
        let name = self.compare.compare_dsa.as_ref();
        let option = "--compare-dsa";
        let choice = tagger::named(option, name.unwrap_or(&self.show.dsa))?;
        let path = self.compare.compare.as_ref().map(|path| path.to_string_lossy().into_owned());
        tagger::of_source(option, choice, path.as_slice(), reader)
    }
}

pub(crate) fn file_failure(error: FileError) -> Failure {
    if error.is_access() { Failure::access(error) } else { Failure::found(error) }
}

fn count(reader: &mut Reader, options: &Options) -> Result<Exit, Failure> {
    let result = reader.count();
    let packets = reader.packets().min(options.limit.unwrap_or(u64::MAX));
    writeln!(std::io::stdout(), "{packets}").map_err(stdout_failure)?;
    result.map(|_| Exit::Done).map_err(file_failure)
}

/// What a run does with frames.
pub(crate) struct Run<'s> {
    pub(crate) show: &'s Show,
    pub(crate) select: Option<&'s Select>,
    pub(crate) limit: Option<u64>,
    /// State over all frames, as far as something wanted needs it.
    pub(crate) learning: &'s Learning,
}

pub(crate) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Counts the frames that a query selects.
fn count_selected(reader: &mut Reader, run: &Run<'_>, select: &Select) -> Result<Exit, Failure> {
    let mut found = 0_u64;
    let limit = run.limit.unwrap_or(u64::MAX);
    let result = for_each_chunk_ordered(
        reader,
        threads(),
        || select.selector(),
        |selector, chunk| {
            let learnt = run.learning.pass(&chunk, Some(selector))?;
            selector.learn(learnt.known);
            count_taken(&chunk, selector, learnt.times, &learnt.joined)
        },
        |taken| {
            match taken {
                Ok(taken) => found = found.saturating_add(taken).min(limit),
                Err(failure) => return ControlFlow::Break(Some(failure)),
            }
            if found == limit { ControlFlow::Break(None) } else { ControlFlow::Continue(()) }
        },
    );
    if let Ok(Some(Some(failure))) = result {
        return Err(failure);
    }
    writeln!(std::io::stdout(), "{found}").map_err(stdout_failure)?;
    result.map(|_| Exit::Done).map_err(file_failure)
}

/// A record that is shown, and the time of the frame before it.
pub(crate) struct Taken<'c> {
    pub(crate) record: Record<'c>,
    previous: Option<Timestamp>,
}

/// Calls `each` with the records of a chunk that are taken.
fn for_each_taken<'c>(
    chunk: &'c Chunk,
    selector: &mut Selector<'_>,
    times: Times,
    joined: &JoinedFrames,
    mut each: impl FnMut(Taken<'c>),
) -> Result<(), Failure> {
    let asks = selector.asks();
    if !asks && selector.filters() {
        let keep = |record: &Record<'c>| *record;
        return for_each_pass(chunk, selector, keep, |records, bits| {
            let taken = records.iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1);
            taken.for_each(|(_, record)| each(Taken { record: *record, previous: times.previous }));
        });
    }
    let filters = selector.filters();
    let mut previous = times.previous;
    // Of what is passed over, the last alone has a time that matters: in pcap each has one.
    let mut passed = None;
    for record in chunk.records() {
        if filters && !selector.passes(record.link_type(), record.data, record.original_len)? {
            let before = passed.take().and_then(|passed: Record<'_>| passed.time()).or(previous);
            previous = if asks { record.time().or(before) } else { before };
            continue;
        }
        if !asks {
            each(Taken { record, previous });
            continue;
        }
        let joined = joined.of(record.number);
        if joined.is_none()
            && record.is_all_in_data()
            && selector.excludes(record.link_type(), record.described_interface(), record.data)
        {
            passed = Some(record);
            continue;
        }
        let before = passed.take().and_then(|passed: Record<'_>| passed.time()).or(previous);
        previous = record.time().or(before);
        let frame = record.frame();
        let around = Surroundings {
            interface: chunk.interfaces().get(frame.meta.interface),
            first: times.first.or(frame.meta.time),
            previous: before,
            previous_shown: before,
            joined,
            facts: None,
        };
        if selector.takes(&frame, &around) {
            each(Taken { record, previous: before });
        }
    }
    Ok(())
}

/// Asks the capture filter about many records at a time: `each` gets what was kept of up to [`WIDTH`] of them and, as
/// bits, which pass.
pub(crate) fn for_each_pass<'c, T>(
    chunk: &'c Chunk,
    selector: &mut Selector<'_>,
    keep: impl Fn(&Record<'c>) -> T,
    mut each: impl FnMut(&[T], u64),
) -> Result<(), Failure> {
    let mut records: Vec<T> = Vec::with_capacity(MANY);
    let mut packets: Vec<Packet<'c>> = Vec::with_capacity(MANY);
    let mut link_type = None;
    let mut coming = chunk.records();
    loop {
        let record = coming.next();
        let other = record.as_ref().is_none_or(|record| Some(record.link_type()) != link_type);
        if let Some(link_type) = link_type.filter(|_| other || packets.len() == MANY) {
            let passing = selector.passing(link_type, &packets)?;
            records.chunks(WIDTH).zip(passing).for_each(|(records, bits)| each(records, bits));
            records.clear();
            packets.clear();
        }
        let Some(record) = record else { return Ok(()) };
        link_type = Some(record.link_type());
        packets.push(Packet { data: record.data, wire_len: record.original_len, facts: None });
        records.push(keep(&record));
    }
}

fn count_taken(
    chunk: &Chunk,
    selector: &mut Selector<'_>,
    times: Times,
    joined: &JoinedFrames,
) -> Result<u64, Failure> {
    let mut count = 0_u64;
    if !selector.asks() && selector.filters() {
        for_each_pass(chunk, selector, |_| (), |_, bits| count += u64::from(bits.count_ones()))?;
        return Ok(count);
    }
    for_each_taken(chunk, selector, times, joined, |_| count += 1)?;
    Ok(count)
}

/// Adds the records of a chunk that are taken to `kept`.
pub(crate) fn keep(
    chunk: &Chunk,
    selector: &mut Selector<'_>,
    times: Times,
    joined: &JoinedFrames,
    kept: &mut Selection,
) -> Result<(), Failure> {
    if !selector.asks() && selector.filters() {
        return for_each_pass(chunk, selector, Record::spot, |spots, mut bits| {
            while let Some(spot) = spots.get(bits.trailing_zeros() as usize) {
                kept.add(*spot);
                bits &= bits - 1;
            }
        });
    }
    for_each_taken(chunk, selector, times, joined, |taken| kept.push(&taken.record))
}

/// The records of a chunk that are taken.
pub(crate) fn take<'c>(
    chunk: &'c Chunk,
    selector: &mut Selector<'_>,
    times: Times,
    joined: &JoinedFrames,
) -> Result<Vec<Taken<'c>>, Failure> {
    let mut taken = Vec::new();
    for_each_taken(chunk, selector, times, joined, |one| taken.push(one))?;
    Ok(taken)
}

/// Times before a chunk's first frame.
#[derive(Clone, Copy, Default)]
pub(crate) struct Times {
    pub(crate) first: Option<Timestamp>,
    previous: Option<Timestamp>,
}

impl Times {
    /// Of a chunk's first and last frame that have one.
    pub(crate) fn of(chunk: &Chunk) -> Times {
        let mut ends = Times::default();
        for record in chunk.records() {
            ends.previous = record.time().or(ends.previous);
            ends.first = ends.first.or(ends.previous);
        }
        ends
    }

    /// Goes on behind a chunk with these ends; the times before it.
    pub(crate) fn pass(&mut self, ends: Times) -> Times {
        let previous = self.previous;
        self.first = self.first.or(ends.first);
        self.previous = ends.previous.or(self.previous);
        Times { first: self.first, previous }
    }
}

/// What must be learnt from frames in the order of the file, before they are rendered in any order.
#[derive(Default)]
struct InOrder {
    tcp: TcpSeq,
    times: Times,
    /// Number of the frame that comes next.
    next: u64,
    /// Chunks that wait for their turn: to wake nobody is a system call too.
    waiting: usize,
}

/// Lets each chunk pass in the order of the file.
#[derive(Default)]
pub(crate) struct Turnstile {
    order: Mutex<InOrder>,
    passed: Condvar,
    turn: Turn,
}

impl Turnstile {
    /// Learns from `records` of the chunk once those of the chunks before have passed. Gives the times before them;
    /// for each record's TCP numbers `bases` gets what they are relative to.
    pub(crate) fn pass<'c>(
        &self,
        chunk: &Chunk,
        records: impl Iterator<Item = Record<'c>>,
        bases: Option<&mut Vec<Option<Base>>>,
    ) -> (Times, Times) {
        self.turn.await_briefly(chunk.first_number());
        let mut order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        while order.next.max(1) != chunk.first_number() {
            order.waiting = order.waiting.saturating_add(1);
            order = self.passed.wait(order).unwrap_or_else(PoisonError::into_inner);
            order.waiting = order.waiting.saturating_sub(1);
        }
        let mut before = order.times;
        if let Some(bases) = bases {
            bases.clear();
            for record in records {
                let frame = record.frame();
                bases.push(order.tcp.observe(&frame));
                order.times.previous = frame.meta.time.or(order.times.previous);
                order.times.first = order.times.first.or(frame.meta.time);
            }
        } else {
            for record in records {
                order.times.previous = record.time().or(order.times.previous);
                order.times.first = order.times.first.or(order.times.previous);
            }
        }
        before.first = before.first.or(order.times.first);
        let after = order.times;
        order.next = chunk.first_number() + chunk.packets();
        self.turn.set(order.next);
        let waited_for = order.waiting > 0;
        drop(order);
        if waited_for {
            self.passed.notify_all();
        }
        (before, after)
    }
}

/// What a worker keeps between chunks.
struct Worker<'s> {
    renderer: Renderer<'s>,
    selector: Option<Selector<'s>>,
    bases: Vec<Option<Base>>,
}

/// Texts that have been written; their memory is used again.
#[derive(Default)]
struct Pool(Mutex<Vec<Text>>);

impl Pool {
    fn get(&self) -> Text {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn put(&self, mut text: Text) {
        text.sheet.clear();
        text.ends.clear();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(text);
    }
}

/// A chunk's text.
#[derive(Default)]
struct Text {
    sheet: Sheet,
    /// Where each frame's text ends; only kept when frames are counted.
    ends: Vec<usize>,
}

fn render_chunk(
    worker: &mut Worker<'_>,
    chunk: &Chunk,
    shown: &Turnstile,
    run: &Run<'_>,
    mut text: Text,
) -> Result<Text, Failure> {
    let bases = run.show.wants_tcp_base().then_some(&mut worker.bases);
    let learnt = run.learning.pass(chunk, worker.selector.as_mut());
    let Some(selector) = &mut worker.selector else {
        let Learnt { times, joined, known } = learnt?;
        worker.renderer.learn(known);
        // Of all frames the times are known; lines have some that are relative to what was shown before.
        let times = if run.show.wants_times() { times } else { shown.pass(chunk, chunk.records(), bases).0 };
        text.sheet.reserve((chunk.packets() as usize).saturating_mul(128));
        let mut previous = times.previous;
        let all = chunk.records().map(|record| {
            let before = previous;
            previous = record.time().or(previous);
            Taken { record, previous: before }
        });
        let known = Known { bases: &worker.bases, joined: &joined, all: times, shown: times };
        render(&mut worker.renderer, &known, chunk, all, run, &mut text);
        return Ok(text);
    };
    let found = learnt.and_then(|Learnt { times, joined, known }| {
        selector.learn(known.clone());
        worker.renderer.learn(known);
        Ok((take(chunk, selector, times, &joined)?, times, joined))
    });
    let (taken, all, joined) = found.inspect_err(|_| {
        // The others wait for this chunk to have passed.
        shown.pass(chunk, std::iter::empty(), None);
    })?;
    let shown = shown.pass(chunk, taken.iter().map(|taken| taken.record), bases).0;
    text.sheet.reserve(taken.len().saturating_mul(128));
    let known = Known { bases: &worker.bases, joined: &joined, all, shown };
    render(&mut worker.renderer, &known, chunk, taken.into_iter(), run, &mut text);
    Ok(text)
}

/// What was learnt of a chunk's frames in the order of the file.
struct Known<'k> {
    bases: &'k [Option<Base>],
    joined: &'k JoinedFrames,
    /// Times before the chunk: of all frames, and of those shown.
    all: Times,
    shown: Times,
}

fn render<'c>(
    renderer: &mut Renderer<'_>,
    known: &Known<'_>,
    chunk: &Chunk,
    records: impl Iterator<Item = Taken<'c>>,
    run: &Run<'_>,
    text: &mut Text,
) {
    let mut context = Context {
        first: known.all.first,
        first_shown: known.shown.first,
        previous_shown: known.shown.previous,
        ..Context::default()
    };
    for (at, taken) in records.enumerate() {
        let frame = taken.record.frame();
        context.previous = taken.previous;
        context.interface = chunk.interfaces().get(frame.meta.interface);
        context.tcp_base = known.bases.get(at).copied().flatten();
        context.joined = known.joined.of(frame.number);
        renderer.render_on(&frame, &context, &mut text.sheet);
        context.previous_shown = frame.meta.time.or(context.previous_shown);
        if let Some(limit) = run.limit {
            text.ends.push(text.sheet.end());
            // What comes behind the last that is wanted is not written.
            if text.ends.len() as u64 >= limit {
                break;
            }
        }
    }
}

fn print(reader: &mut Reader, run: &Run<'_>, at_once: bool) -> Result<Exit, Failure> {
    let (show, limit) = (run.show, run.limit);
    let shown = Turnstile::default();
    let mut head = Vec::new();
    show.head(&mut head);
    let mut out = Printed::new(at_once);
    let pool = Pool::default();
    out.write(&head).map_err(stdout_failure)?;
    let mut left = limit.unwrap_or(u64::MAX);
    if left == 0 {
        return out.end().map(|()| Exit::Done).map_err(stdout_failure);
    }
    let result = for_each_chunk_ordered(
        reader,
        threads(),
        || Worker {
            renderer: show.renderer(),
            selector: run.select.map(Select::selector),
            bases: Vec::new(),
        },
        |worker, chunk| render_chunk(worker, &chunk, &shown, run, pool.get()),
        |text| {
            let text = match text {
                Ok(text) => text,
                Err(failure) => return ControlFlow::Break(Err(failure)),
            };
            let frames = (text.ends.len() as u64).min(left);
            let end = match usize::try_from(frames).ok().and_then(|frames| frames.checked_sub(1)) {
                Some(last) if limit.is_some() => text.ends.get(last).copied().unwrap_or(0),
                _ => text.sheet.end(),
            };
            left -= frames;
            let written = out.write(text.sheet.text().get(..end).unwrap_or_default());
            pool.put(text);
            match written {
                Err(error) => ControlFlow::Break(Err(stdout_failure(error))),
                Ok(()) if left == 0 => ControlFlow::Break(Ok(Exit::Done)),
                Ok(()) => ControlFlow::Continue(()),
            }
        },
    );
    // What came before damage is told before it.
    out.end().map_err(stdout_failure)?;
    match result {
        Ok(Some(ended)) => ended,
        Ok(None) => Ok(Exit::Done),
        Err(error) => Err(file_failure(error)),
    }
}
