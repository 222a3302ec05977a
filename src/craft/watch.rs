//! The last net under scripts: an operation without an end in sight, or memory that no check saw, ends the program with a sentence
//! instead of all of the machine's time and memory. Of a batch only the expression ends: the program begins again behind what
//! it has answered, and knows what that line's answer is.

use nettool_gen::craft;
use rustix::time::{ClockId, clock_gettime};
use std::collections::BTreeSet;
use std::os::unix::process::CommandExt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Time between two looks: memory is filled at some gigabytes a second.
const LOOK: Duration = Duration::from_millis(10);
/// Time without a single step: of the clock, so that scripts side by side do not share it, and of the processor, so that on a busy
/// machine a script that got no turn is not taken for one that has no end.
const STUCK: Duration = Duration::from_secs(6);
/// Octets that the process may grow by for each script that runs: what it may have, twice over, and what is made of it.
const GROWN: u64 = 3 << 29;

const ENDLESS: &str = "an operation of the script has no end in sight: does it compare or show lists that hold each other many times?";
const TOO_LARGE: &str =
    "the script needs more memory than it may have; describe sets with ranges and lists, which are not kept";

/// The lines of a batch, as far as they have got.
#[derive(Default)]
pub(crate) struct Lines {
    running: Mutex<BTreeSet<usize>>,
    /// The last line whose answer is out.
    answered: AtomicUsize,
    /// Whether the text came from standard input, which can be read but once.
    piped: bool,
}

/// A line that is worked on.
pub(super) struct Working<'a> {
    lines: &'a Lines,
    number: usize,
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.lines.running().remove(&self.number);
    }
}

impl Lines {
    /// The lines of a batch behind those that are answered already.
    pub(super) fn new(answered: usize, piped: bool) -> Lines {
        Lines { running: Mutex::default(), answered: AtomicUsize::new(answered), piped }
    }

    fn running(&self) -> MutexGuard<'_, BTreeSet<usize>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a line is worked on, as long as what this gives lives.
    pub(super) fn working(&self, number: usize) -> Working<'_> {
        self.running().insert(number);
        Working { lines: self, number }
    }

    /// Notes that the answers up to a line are out.
    pub(super) fn answered(&self, number: usize) {
        self.answered.store(number, Ordering::Relaxed);
    }
}

/// Looks on from another thread as long as it lives.
pub(crate) struct Watch {
    done: Arc<AtomicBool>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Relaxed);
    }
}

/// Looks on while scripts run, so many side by side; without a thread there is no last net, and the checks have to do.
pub(crate) fn watch(workers: usize, lines: Option<Arc<Lines>>) -> Watch {
    let done = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&done);
    let looks = std::thread::Builder::new().name("watch".into()).stack_size(256 << 10);
    let most = GROWN.saturating_mul(workers.max(1) as u64);
    let _ = looks.spawn(move || look_on(&seen, most, lines.as_deref()));
    Watch { done }
}

fn look_on(done: &AtomicBool, most: u64, lines: Option<&Lines>) {
    let before = resident().unwrap_or(0);
    let mut last = (None, Instant::now(), worked());
    while !done.load(Ordering::Relaxed) {
        std::thread::sleep(LOOK);
        let turns = craft::turns();
        if turns.is_none() {
            last = (None, Instant::now(), worked());
            continue;
        }
        if turns != last.0 {
            last = (turns, Instant::now(), worked());
        }
        if last.1.elapsed() > STUCK && worked().saturating_sub(last.2) > STUCK {
            end(ENDLESS, lines);
        }
        if resident().is_some_and(|now| now.saturating_sub(before) > most) {
            end(TOO_LARGE, lines);
        }
    }
}

/// Processor time of this process.
fn worked() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap_or_default()
}

/// Octets of this process in memory.
fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    text.split(' ').nth(1)?.parse::<u64>().ok()?.checked_mul(4096)
}

/// Ends the program, or begins a batch again: the script does not come back.
fn end(sentence: &str, lines: Option<&Lines>) -> ! {
    if let Some(lines) = lines.filter(|lines| !lines.piped) {
        let error = again(sentence, lines);
        tell!("nettool: the batch cannot go on: {error}");
    }
    let place = lines.and_then(|lines| lines.running().first().copied()).unwrap_or(1);
    tell!("nettool: {sentence}\n  --> line {place}, column 1");
    std::process::exit(2)
}

/// Begins the batch again behind what is answered. Where several lines are worked on, each of them is then worked on alone, until it is
/// known which of them does not end.
fn again(sentence: &str, lines: &Lines) -> std::io::Error {
    let running: Vec<usize> = lines.running().iter().copied().collect();
    let mut command = match std::env::current_exe() {
        Ok(program) => std::process::Command::new(program),
        Err(error) => return error,
    };
    command.args(std::env::args_os().skip(1));
    command.arg(format!("--answered={}", lines.answered.load(Ordering::Relaxed)));
    match running.as_slice() {
        [line] => command.arg(format!("--stopped={line}:{sentence}")),
        several => command.arg(format!("--alone={}", several.last().copied().unwrap_or(0))),
    };
    command.exec()
}
