//! Lines typed one after the other: names that a line sets are there for the next ones.

use super::stack;
use super::{Grants, Host, Packets, convert, fault};
use crate::craft::error::ScriptError;
use nettool_plugins::limits;
use starlark::environment::{FrozenModule, Module};
use starlark::eval::Evaluator;
use std::collections::HashMap;

/// A conversation with a [`Host`].
pub struct Session<'h> {
    host: &'h Host,
    before: Vec<FrozenModule>,
}

/// What a line gave.
pub enum Answer {
    /// Packets.
    Packets(Box<Packets>),
    /// Another value, as it would be typed.
    Text(String),
    /// Nothing to show.
    Nothing,
}

/// Lines whose names are kept.
const MAX_LINES: usize = 10_000;

impl<'h> Session<'h> {
    /// A conversation that begins with nothing.
    pub fn new(host: &'h Host) -> Session<'h> {
        Session { host, before: Vec::new() }
    }

    /// Names that lines have set.
    pub fn names(&self) -> Vec<String> {
        self.before.iter().flat_map(|module| module.names().map(|name| name.as_str().to_string())).collect()
    }

    /// Evaluates a line.
    pub fn line(&mut self, text: &str, grants: &dyn Grants) -> Result<Answer, ScriptError> {
        const FILE: &str = "line";
        let host = self.host;
        let before = &self.before;
        let (list, shown, frozen) = stack::deep(text, host.limits.memory, || {
            let arguments = HashMap::new();
            let context = host.context(&arguments, grants);
            let dialect = super::dialect();
            let failed = |error: &starlark::Error| fault::of(error, host.catalog, FILE, text);
            let ast = super::parsed(FILE, text, &dialect).map_err(|error| failed(&error))?;
            let run = || {
                Module::with_temp_heap(|module| {
                    for earlier in before {
                        module.import_public_symbols(earlier);
                    }
                    let mut packets = Vec::new();
                    let shown = {
                        let mut evaluator = Evaluator::new(&module);
                        evaluator.extra = Some(&context);
                        let _run =
                            limits::limit(&mut evaluator, host.limits).map_err(|error| failed(&error))?;
                        let value =
                            evaluator.eval_module(ast, &host.globals).map_err(|error| failed(&error))?;
                        let is_packets = convert::packets(value, &mut packets);
                        let shown = !is_packets && !value.is_none();
                        if shown {
                            limits::showable(value, &evaluator).map_err(|error| failed(&error))?;
                        }
                        shown.then(|| super::python::repr::repr(value))
                    };
                    let frozen = module.freeze().map_err(|error| ScriptError::plain(&error.err_msg))?;
                    Ok((packets, shown, frozen))
                })
            };
            let (packets, shown, frozen) = fault::caught(FILE, text, run)?;
            let mut list = context.emitted.into_inner();
            list.extend(packets);
            Ok((list, shown, frozen))
        })?;
        if self.before.len() < MAX_LINES && frozen.names().next().is_some() {
            self.before.push(frozen);
        }
        Ok(match (list.is_empty(), shown) {
            (false, _) => Answer::Packets(Box::new(Packets::new(host.catalog, list, host.seed, FILE, text))),
            (true, Some(text)) => Answer::Text(text),
            (true, None) => Answer::Nothing,
        })
    }
}
