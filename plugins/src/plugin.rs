//! A plugin: text in, protocols out.

use crate::fault::{Fault, Problem};
use crate::host::{GLOBALS, WORDS};
use crate::limits::{self, Bounds, caught, limit};
use crate::script::Function;
use crate::store::{Draft, Store};
use starlark::environment::{FrozenModule, Globals, Module};
use starlark::eval::Evaluator;
use starlark::syntax::{AstModule, Dialect, DialectTypes};
use std::path::Path;
use std::sync::Arc;

/// Octets of a plugin's text.
pub const MAX_TEXT: usize = 256 << 10;
/// Steps while a plugin is read.
const MAX_STEPS: u64 = 2_000_000;

const DIALECT: Dialect = Dialect {
    enable_def: true,
    enable_lambda: true,
    enable_load: false,
    enable_keyword_only_arguments: true,
    enable_positional_only_arguments: true,
    enable_types: DialectTypes::Disable,
    enable_load_reexport: false,
    enable_top_level_stmt: true,
    enable_f_strings: true,
    ..Dialect::Standard
};

/// What a plugin may take.
pub(crate) fn bounds(steps: u64) -> Bounds {
    Bounds { steps, memory: 64 << 20, calls: 50, length: 1 << 20 }
}

/// What a plugin declares.
#[derive(Debug)]
pub(crate) struct Declaration {
    pub(crate) drafts: Vec<Draft>,
    /// The tables that were there, and behind them its own.
    pub(crate) tables: Vec<(&'static str, u8)>,
}

/// Runs a plugin's text. `tables` are those that there are already.
pub(crate) fn declare(
    path: &Path,
    text: &str,
    tables: &[(&'static str, u8)],
) -> Result<Declaration, Problem> {
    if text.len() > MAX_TEXT {
        return Err(Problem::whole(path, format!("more than {} KiB", MAX_TEXT >> 10)));
    }
    // What is wrong with a plugin, or asks for more than these words, is told with all of them at hand.
    declare_with(&WORDS, path, text, tables).or_else(|_| declare_with(&GLOBALS, path, text, tables))
}

fn declare_with(
    globals: &Globals,
    path: &Path,
    text: &str,
    tables: &[(&'static str, u8)],
) -> Result<Declaration, Problem> {
    let of_host = |error: starlark::Error| Problem::of_host(path, text, &error);
    let ast = limits::parse("plugin", text, &DIALECT, |_| Vec::new()).map_err(of_host)?;
    let store = Store::new(text, tables);
    let frozen = caught(|| {
        Module::with_temp_heap(|module| run(&module, ast, globals, &store).map(|()| module.freeze()))
    });
    let frozen = frozen.ok_or_else(|| Problem::whole(path, "asks for more than the script host can hold"))?;
    let frozen = frozen.map_err(of_host)?;
    let frozen = frozen.map_err(|_| Problem::whole(path, "its functions cannot be kept"))?;
    let (mut drafts, tables) = (store.drafts.take(), store.tables.take());
    for draft in &mut drafts {
        attach(&frozen, draft).map_err(|fault| Problem::at(path, text, &fault))?;
    }
    if drafts.is_empty() {
        return Err(Problem::whole(
            path,
            "declares no protocol; it ends with protocol(\"name\", \"title\", [fields])",
        ));
    }
    Ok(Declaration { drafts, tables })
}

fn run<'v>(module: &Module<'v>, ast: AstModule, globals: &Globals, store: &Store) -> starlark::Result<()> {
    let mut eval = Evaluator::new(module);
    let _run = limit(&mut eval, bounds(MAX_STEPS))?;
    eval.extra = Some(store);
    eval.eval_module(ast, globals).map(|_| ())
}

/// Gives a protocol the functions that the module has kept for it.
fn attach(module: &FrozenModule, draft: &mut Draft) -> Result<(), Fault> {
    if draft.after.is_none() && draft.summary.is_none() {
        return Ok(());
    }
    let get = |name: &Option<String>| match name {
        None => Ok(None),
        Some(name) => module
            .get_any_visibility(name)
            .map(|(value, _)| Some(value))
            .map_err(|_| Fault::new(draft.span, "its functions cannot be kept")),
    };
    let script = Function::new(get(&draft.after)?, get(&draft.summary)?, &draft.protocol);
    if let Some(rules) = &mut draft.protocol.rules {
        rules.script = Some(Arc::new(script));
    }
    Ok(())
}
