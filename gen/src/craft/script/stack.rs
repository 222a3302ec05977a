//! The stack that scripts run on. The language's host follows values that hold each other by calls within each other, where it
//! collects what nothing holds any more and where it freezes a script: between two statements. A list in a list in a list takes
//! no more than a step for each.

use std::thread::Builder;

/// Octets of stack for each octet that values may have: a list that holds one other takes some seventy, and a call for it some
/// hundred and sixty.
const FOR_EACH_OCTET: (usize, usize) = (5, 2);

/// Runs what evaluates `text` on a stack that is as deep as its values may be, where it has more than one statement.
pub(super) fn deep<T: Send>(text: &str, memory: usize, work: impl Fn() -> T + Sync) -> T {
    let text = text.trim();
    if !text.contains(['\n', ';']) && !text.starts_with("for") {
        return work();
    }
    let size = (memory / FOR_EACH_OCTET.1).saturating_mul(FOR_EACH_OCTET.0).max(8 << 20);
    let done = std::thread::scope(|scope| {
        let thread = Builder::new().name("script".into()).stack_size(size);
        let running = thread.spawn_scoped(scope, &work).ok()?;
        Some(running.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    // without a thread it runs here, on the stack that there is
    done.unwrap_or_else(work)
}
