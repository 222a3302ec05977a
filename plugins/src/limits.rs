//! What a plugin may take: steps, memory, depth; and that not even a panic of the script host ends the program.
//!
//! The host counts its memory only now and then, and some of its values have a size beyond which it panics. So sums and
//! products, with which a few words ask for gigabytes, are checked before they are made, memory is looked at before each
//! statement, and what panics all the same is caught, without a word on stderr.

use crate::fault::Fault;
use crate::options::integer;
use crate::store::call_of;
use starlark::environment::GlobalsBuilder;
use starlark::eval::{BeforeStmtFunc, BeforeStmtFuncDyn, Evaluator};
use starlark::starlark_module;
use starlark::syntax::AstModule;
use starlark::values::Value;
use std::cell::Cell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

/// Octets of the script's memory.
const MAX_MEMORY: usize = 64 << 20;
/// Calls within each other.
const MAX_CALLS: usize = 50;
/// Entries of a list, or octets of a text, that a sum or product makes.
const MAX_LENGTH: i64 = 1 << 20;

/// Sets the limits of a run.
pub(crate) fn limit(eval: &mut Evaluator<'_, '_, '_>, steps: u64) -> starlark::Result<()> {
    let set = eval.set_max_callstack_size(MAX_CALLS);
    let set =
        set.and_then(|()| eval.set_max_heap_size(MAX_MEMORY)).and_then(|()| eval.set_max_tick_count(steps));
    set.map_err(|error| Fault::new(Default::default(), error.to_string()))?;
    eval.before_stmt_for_dap(BeforeStmtFunc::from_dyn(Box::new(Memory)));
    Ok(())
}

/// Looks at memory before each statement.
struct Memory;

impl<'e> BeforeStmtFuncDyn<'e> for Memory {
    fn call<'v>(
        &mut self,
        _: starlark::codemap::FileSpanRef,
        _: bool,
        eval: &mut Evaluator<'v, '_, 'e>,
    ) -> starlark::Result<()> {
        if eval.heap().allocated_bytes() > MAX_MEMORY {
            return Err(
                Fault::new(call_of(eval), format!("more than {} MiB of memory", MAX_MEMORY >> 20)).into()
            );
        }
        Ok(())
    }
}

/// Puts checked functions in place of `+` and `*`.
pub(crate) fn check_sums(ast: &mut AstModule) {
    let names = [("+", "checked_sum"), ("*", "checked_product")];
    ast.replace_binary_operators(&HashMap::from(
        names.map(|(sign, name)| (sign.to_owned(), name.to_owned())),
    ));
}

/// Entries or octets; 0 for what has none.
fn length(value: Value<'_>) -> i64 {
    let length = match value.unpack_str() {
        Some(text) => i32::try_from(text.len()).unwrap_or(i32::MAX),
        None if value.get_type() == "int" => 0,
        None => value.length().unwrap_or(0),
    };
    i64::from(length)
}

fn too_long(eval: &Evaluator<'_, '_, '_>) -> starlark::Error {
    Fault::new(call_of(eval), format!("more than {MAX_LENGTH} entries or characters")).into()
}

#[starlark_module]
pub(crate) fn checked(builder: &mut GlobalsBuilder) {
    fn checked_sum<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        if length(a).saturating_add(length(b)) > MAX_LENGTH {
            return Err(too_long(eval));
        }
        a.add(b, eval.heap())
    }

    fn checked_product<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let times = |value: Value<'v>| integer(value).unwrap_or(0);
        let made = length(a).saturating_mul(times(b)).max(length(b).saturating_mul(times(a)));
        if made > MAX_LENGTH {
            return Err(too_long(eval));
        }
        a.mul(b, eval.heap())
    }
}

thread_local! {
    /// Whether a panic of this thread is expected and will be caught.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// Runs scripts; `None` when the host panics.
pub(crate) fn caught<T>(run: impl FnOnce() -> T) -> Option<T> {
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
