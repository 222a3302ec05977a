//! What a script may take, in plugins and in everything else that runs the language: steps, memory, depth; and that not even a
//! panic of the script host ends the program.
//!
//! The host counts its memory only now and then, and some of its values have a size beyond which it panics or asks for more
//! than there is. So what makes or grows a value is checked before it is done (`checks`): operators are replaced, and methods
//! are called through a check that is put into the text (`text`). Memory is looked at there and, with what values hold outside of
//! the host's heap ([`Charge`]), every thousand steps. What panics all the same is caught, without a word on stderr. What no check sees,
//! such as the comparison of lists that hold each other many times, is for who runs scripts: `stuck`.

mod checks;
mod text;
mod widths;

pub use text::{Edit, Extras, behind_string, edited, parse, parse_with, place};

use starlark::environment::{Globals, GlobalsBuilder, LibraryExtension};
use starlark::eval::Evaluator;
use starlark::values::{FrozenValue, Heap, Value};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{LazyLock, Once};

/// How much a script may take.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Function calls and turns of loops.
    pub steps: u64,
    /// Octets of its values.
    pub memory: usize,
    /// Calls within each other.
    pub calls: usize,
    /// Entries of a list, or octets of a text, that one operation makes.
    pub length: u64,
}

impl Bounds {
    /// The same within what the process may have at all.
    #[must_use]
    pub fn within_process(mut self) -> Bounds {
        if let Some(all) = rustix::process::getrlimit(rustix::process::Resource::As).current {
            self.memory = self.memory.min(usize::try_from(all / 8).unwrap_or(usize::MAX)).max(1 << 20);
        }
        self
    }
}

/// How many times something of unknown length may be repeated.
const UNKNOWN_TIMES: u64 = 16;

/// A script asks for more than it may have.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Exceeded(String);

fn exceeded(sentence: String) -> starlark::Error {
    starlark::Error::new_other(Exceeded(sentence))
}

thread_local! {
    static BOUNDS: Cell<Bounds> =
        const { Cell::new(Bounds { steps: 0, memory: usize::MAX, calls: 0, length: u64::MAX }) };
    /// Octets outside of the host's heap.
    static HELD: Cell<usize> = const { Cell::new(0) };
    /// Whether a panic of this thread is expected and will be caught.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// Runs that are under way.
static RUNNING: AtomicUsize = AtomicUsize::new(0);
/// Work under way that takes its time for a good reason.
static PAUSED: AtomicUsize = AtomicUsize::new(0);
/// Grows while they get on.
static TURNS: AtomicU64 = AtomicU64::new(0);

fn bounds() -> Bounds {
    BOUNDS.get()
}

/// A run; the limits of the one around it are in force again when it ends.
#[derive(Debug)]
#[must_use]
pub struct Run {
    before: Bounds,
    held: usize,
}

impl Drop for Run {
    fn drop(&mut self) {
        BOUNDS.set(self.before);
        HELD.set(self.held);
        RUNNING.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Sets the limits of a run, which lasts as long as what this gives.
///
/// # Errors
/// Where they are set already.
pub fn limit(eval: &mut Evaluator<'_, '_, '_>, bounds: Bounds) -> starlark::Result<Run> {
    let set = eval
        .set_max_callstack_size(bounds.calls)
        .and_then(|()| eval.set_max_heap_size(bounds.memory))
        .and_then(|()| eval.set_max_tick_count(bounds.steps));
    set.map_err(|error| exceeded(error.to_string()))?;
    eval.set_check_cancelled(Box::new(|| {
        TURNS.fetch_add(1, Ordering::Relaxed);
        HELD.get() > BOUNDS.get().memory
    }));
    RUNNING.fetch_add(1, Ordering::Relaxed);
    Ok(Run { before: BOUNDS.replace(bounds), held: HELD.replace(0) })
}

/// Whether a run has more memory than it may.
fn memory(heap: Heap<'_>) -> starlark::Result<()> {
    TURNS.fetch_add(1, Ordering::Relaxed);
    let most = BOUNDS.get().memory;
    if heap.allocated_bytes().saturating_add(HELD.get()) > most {
        return Err(exceeded(format!("more than {} MiB of memory", most >> 20)));
    }
    Ok(())
}

/// Octets that a value of the language holds outside of the host's heap.
#[derive(Debug)]
pub struct Charge(usize);

impl Charge {
    /// Counts so many.
    pub fn new(octets: usize) -> Charge {
        HELD.set(HELD.get().saturating_add(octets));
        Charge(octets)
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        HELD.set(HELD.get().saturating_sub(self.0));
    }
}

/// Something that takes its time for a good reason: a file is read, packets are written.
pub fn at_length<T>(work: impl FnOnce() -> T) -> T {
    PAUSED.fetch_add(1, Ordering::Relaxed);
    let done = work();
    TURNS.fetch_add(1, Ordering::Relaxed);
    PAUSED.fetch_sub(1, Ordering::Relaxed);
    done
}

/// How far the runs of this process have got; `None` while there is none. A number that stays the same for seconds means that a
/// single operation has no end in sight.
pub fn turns() -> Option<u64> {
    let running = RUNNING.load(Ordering::Relaxed) > 0 && PAUSED.load(Ordering::Relaxed) == 0;
    running.then(|| TURNS.load(Ordering::Relaxed))
}

/// The checks, and functions in place of the host's own; to be added behind those.
pub fn checked(builder: &mut GlobalsBuilder) {
    checks::operators(builder);
    checks::functions(builder);
    checks::numerals(builder);
    checks::texts(builder);
}

/// Looks whether a value can be shown as text.
///
/// # Errors
/// Where it would be too long, or goes too deep.
pub fn showable<'v>(value: Value<'v>, eval: &Evaluator<'v, '_, '_>) -> starlark::Result<()> {
    checks::showable(value, eval)
}

/// Looks whether what a method will make is too much.
///
/// # Errors
/// Where it is.
pub fn growing<'v>(
    this: Value<'v>,
    method: &str,
    given: &[Value<'v>],
    eval: &Evaluator<'v, '_, '_>,
) -> starlark::Result<()> {
    checks::growing(this, method, given, eval)
}

/// Looks whether an operation makes too many entries or octets.
///
/// # Errors
/// Where it does.
pub fn lengthy(length: u64, eval: &Evaluator<'_, '_, '_>) -> starlark::Result<()> {
    checks::check(length, eval)
}

/// Looks whether a text with values put into it would be too long.
///
/// # Errors
/// Where it would be.
pub fn fillable<'v>(
    format: Value<'v>,
    values: Value<'v>,
    eval: &Evaluator<'v, '_, '_>,
) -> starlark::Result<()> {
    checks::filled(format, values, eval)
}

/// `format % values`, with the widths and precisions that Python has.
///
/// # Errors
/// What the format does not fit, or what would be too long.
pub fn filled<'v>(
    format: Value<'v>,
    values: Value<'v>,
    eval: &Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    checks::fill(format, values, eval)
}

/// The whole number that a value is, or that a text is the digits of.
///
/// # Errors
/// Where it is none, or too long.
pub fn whole<'v>(
    value: Value<'v>,
    base: Option<Value<'v>>,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    checks::whole(value, base, eval)
}

/// A function of the host that a check stands in front of.
pub fn standard(name: &str) -> FrozenValue {
    static STANDARD: LazyLock<Globals> = LazyLock::new(|| Globals::extended_by(&[LibraryExtension::SetType]));
    STANDARD.iter().find(|(known, _)| *known == name).map_or_else(FrozenValue::new_none, |(_, found)| found)
}

/// Runs scripts; `None` when the host panics.
pub fn caught<T>(run: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            if !EXPECTED.get() {
                before(info);
            }
        }));
    });
    let outer = EXPECTED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(run));
    EXPECTED.set(outer);
    done.ok()
}
