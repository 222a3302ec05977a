//! `mutate TARGET|all [COUNT [SEED]]`: tries COUNT changed inputs on a target, after its first inputs as they are.
//!
//! An input that makes a target panic, or that it does not finish within a minute, is written to `fuzz/crashes/`; the
//! exit code is then 1. The same seed tries the same inputs. With `NETTOOL_FUZZ_SLOWEST=1` the input that took longest is kept there too.

use nettool_fuzz::mutate::{Random, mutate};
use nettool_fuzz::{TARGETS, Target, project};
use rustix::time::{ClockId, clock_gettime};
use std::collections::BTreeSet;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// What is being tried, for the panic hook and the watchman.
static NOW: Mutex<Option<(&'static str, Instant, Vec<u8>)>> = Mutex::new(None);
/// Where the last panic came from, and what it said.
static PLACE: Mutex<(String, String)> = Mutex::new((String::new(), String::new()));

const TOO_LONG: Duration = Duration::from_secs(60);

fn keep(target: &str, input: &[u8]) -> PathBuf {
    let sum = input.iter().fold(0xcbf2_9ce4_8422_2325u64, |sum, octet| {
        (sum ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3)
    });
    let folder = project().join("fuzz/crashes").join(target);
    let path = folder.join(format!("{sum:016x}"));
    if let Err(error) = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, input)) {
        eprintln!("mutate: {}: {error}", path.display());
    }
    path
}

/// Ends the process when one input takes longer than [`TOO_LONG`]: a thread cannot be stopped from outside.
fn watch() {
    loop {
        std::thread::sleep(Duration::from_secs(1));
        let now = NOW.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((target, since, input)) = now.as_ref()
            && since.elapsed() > TOO_LONG
        {
            let path = keep(target, input);
            println!("{target}: not done after {TOO_LONG:?} with {}", path.display());
            std::process::exit(1);
        }
    }
}

/// Processor time of this thread: what else the machine does does not count.
fn worked() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

struct Report {
    tried: u64,
    places: BTreeSet<String>,
    slowest: (Duration, Vec<u8>),
}

fn one(target: &Target, input: Vec<u8>, report: &mut Report) -> Vec<u8> {
    let set = |value| *NOW.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = value;
    let start = Instant::now();
    set(Some((target.name, start, input.clone())));
    let before = worked();
    let outcome = catch_unwind(AssertUnwindSafe(|| (target.run)(&input)));
    set(None);
    report.tried += 1;
    let took = worked().saturating_sub(before);
    if took > report.slowest.0 {
        report.slowest = (took, input.clone());
    }
    if outcome.is_err() {
        let (place, said) = PLACE.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        // One file for each place in the code: a fault is found thousands of times.
        if report.places.insert(place.clone()) {
            let said: String = said.chars().take(1500).collect();
            println!("{}: {place}: {said}\n  kept as {}", target.name, keep(target.name, &input).display());
        }
    }
    input
}

fn try_target(target: &Target, count: u64, seed: u64) -> bool {
    let mut report = Report { tried: 0, places: BTreeSet::new(), slowest: (Duration::ZERO, Vec::new()) };
    let mut inputs = target.inputs();
    for input in inputs.clone() {
        one(target, input, &mut report);
    }
    let mut random = Random(seed);
    let first = inputs.len();
    for _ in 0..count / target.cost.max(1) {
        let Some(from) = random.of(&inputs).cloned() else { break };
        let made = one(target, mutate(&from, &inputs, target.words, &mut random), &mut report);
        // A few made inputs are changed further, so that changes add up.
        if random.below(16) == 0 {
            if inputs.len() < first + 256 {
                inputs.push(made);
            } else {
                let at = first + random.below(256);
                inputs[at] = made;
            }
        }
    }
    println!(
        "{}: {} inputs, {} places that panic, slowest input {:.1} ms ({})",
        target.name,
        report.tried,
        report.places.len(),
        report.slowest.0.as_secs_f64() * 1e3,
        target.about
    );
    if std::env::var_os("NETTOOL_FUZZ_SLOWEST").is_some() {
        println!("  the slowest is kept as {}", keep(target.name, &report.slowest.1).display());
    }
    report.places.is_empty()
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let wanted = arguments.next().unwrap_or_default();
    let number = |text: Option<String>, default: u64| text.map_or(Some(default), |text| text.parse().ok());
    let targets: Vec<_> = TARGETS.iter().filter(|target| wanted == "all" || wanted == target.name).collect();
    let (Some(count), Some(seed), false) =
        (number(arguments.next(), 100_000), number(arguments.next(), 1), targets.is_empty())
    else {
        eprintln!("usage: mutate TARGET|all [COUNT [SEED]]; targets:");
        for target in TARGETS {
            eprintln!("  {:10} {}", target.name, target.about);
        }
        return ExitCode::from(2);
    };
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let payload = info.payload();
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let said = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no text").to_owned();
        *PLACE.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = (place, said);
    }));
    std::thread::spawn(watch);
    let mut good = true;
    for target in targets {
        good &= try_target(target, count, seed);
        // A run that is cut off shows what it has done.
        drop(std::io::stdout().flush());
    }
    if good { ExitCode::SUCCESS } else { ExitCode::from(1) }
}
