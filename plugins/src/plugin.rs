//! A plugin: text in, protocols out.

use crate::fault::{Fault, Problem};
use crate::host::{GLOBALS, WORDS};
use crate::limits::{self, Bounds, caught, limit};
use crate::plain;
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
    if let Some(declaration) = declare_plainly(text, tables) {
        return Ok(declaration);
    }
    // What is wrong with a plugin, or asks for more than these words, is told with all of them at hand.
    declare_with(&WORDS, path, text, tables).or_else(|_| declare_with(&GLOBALS, path, text, tables))
}

/// Reads a text that only declares, and is right.
fn declare_plainly(text: &str, tables: &[(&'static str, u8)]) -> Option<Declaration> {
    let ast = limits::parse("plugin", text, &DIALECT, |_| Vec::new()).ok()?;
    if !plain::only_declares(ast.statement()) {
        return None;
    }
    let store = Store::new(text, tables);
    let evaluated = caught(|| {
        Module::with_temp_heap(|module| {
            let mut eval = Evaluator::new(&module);
            let _run = limit(&mut eval, bounds(MAX_STEPS)).ok()?;
            eval.extra = Some(&store);
            plain::evaluate(&ast, &WORDS, &mut eval)
        })
    });
    evaluated.flatten()?;
    let (drafts, tables) = (store.drafts.take(), store.tables.take());
    let with_functions = drafts.iter().any(|draft| draft.after.is_some() || draft.summary.is_some());
    (!drafts.is_empty() && !with_functions).then_some(Declaration { drafts, tables })
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

#[cfg(test)]
mod tests {
    use super::*;
    use nettool_dissect::schema::BUILTIN_TABLES;

    #[test]
    fn texts_that_only_declare_say_the_same_to_the_host() {
        for file in std::fs::read_dir(env!("CARGO_MANIFEST_DIR")).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "star") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let plainly = declare_plainly(&text, BUILTIN_TABLES).expect("a plugin that only declares");
            let by_host = declare_with(&WORDS, &path, &text, BUILTIN_TABLES).unwrap();
            assert_eq!(format!("{plainly:?}"), format!("{by_host:?}"), "{}", path.display());
        }
    }

    #[test]
    fn what_does_more_than_declare_is_left_to_the_host() {
        for text in [
            "def f(x):\n    return {}\nprotocol('a', 'A', [u8('b')], after = f)",
            "protocol('a', 'A', [u8('b' + str(n)) for n in range(3)])",
            "protocol('a', 'A', [u9('b')])",
            "X = 1\nX = 2\nprotocol('a', 'A', [u8('b')])",
            "u8 = be16\nprotocol('a', 'A', [u8('b')])",
            "protocol('a', 'A', [u8('b', names = {1: 'c', 1: 'd'})])",
            "u8('b')",
        ] {
            assert!(declare_plainly(text, BUILTIN_TABLES).is_none(), "{text}");
        }
    }
}
