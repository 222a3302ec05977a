//! The last net under scripts: an operation without an end in sight, or memory that no check saw, ends the program with a sentence
//! instead of all of the machine's time and memory.

use nettool_gen::craft;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Time between two looks: memory is filled at some gigabytes a second.
const LOOK: Duration = Duration::from_millis(10);
/// Time without a single step.
const STUCK: Duration = Duration::from_secs(6);
/// Octets that the process may grow by while scripts run: what they may have, twice over, and what is made of it.
const GROWN: u64 = 3 << 29;

/// Looks on from another thread as long as it lives.
pub(super) struct Watch {
    done: Arc<AtomicBool>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Relaxed);
    }
}

/// Looks on while scripts run; without a thread there is no last net, and the checks have to do.
pub(super) fn watch() -> Watch {
    let done = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&done);
    let looks = std::thread::Builder::new().name("watch".into()).stack_size(256 << 10);
    let _ = looks.spawn(move || look_on(&seen));
    Watch { done }
}

fn look_on(done: &AtomicBool) {
    let before = resident().unwrap_or(0);
    let mut last = (None, Instant::now());
    while !done.load(Ordering::Relaxed) {
        std::thread::sleep(LOOK);
        let turns = craft::turns();
        if turns.is_none() {
            last.1 = Instant::now();
            continue;
        }
        if turns != last.0 {
            last = (turns, Instant::now());
        }
        if last.1.elapsed() > STUCK {
            end(
                "an operation of the script has no end in sight: does it compare or show lists that hold each other many times?",
            );
        }
        if resident().is_some_and(|now| now.saturating_sub(before) > GROWN) {
            end(
                "the script needs more memory than it may have; describe sets with ranges and lists, which are not kept",
            );
        }
    }
}

/// Octets of this process in memory.
fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    text.split(' ').nth(1)?.parse::<u64>().ok()?.checked_mul(4096)
}

/// Ends the program: the script does not come back.
fn end(sentence: &str) -> ! {
    eprintln!("nettool: {sentence}\n  --> line 1, column 1");
    std::process::exit(2)
}
