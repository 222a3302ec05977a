//! Lines typed one after the other: names that a line sets are there for the next ones.

use super::packet::PacketValue;
use super::stack;
use super::{Grants, Host, Packets, convert, fault};
use crate::craft::error::ScriptError;
use crate::craft::value::{Layer, Packet};
use nettool_plugins::limits;
use starlark::environment::{FrozenModule, Module};
use starlark::eval::Evaluator;
use starlark::values::dict::{AllocDict, DictRef};
use starlark::values::list::ListRef;
use starlark::values::{Heap, Value};
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

/// Lists and dictionaries that earlier lines have set and this one names become ones that it may change.
fn thaw<'v>(module: &Module<'v>, before: &[FrozenModule], text: &str) {
    let mut known = std::collections::HashSet::new();
    for earlier in before.iter().rev() {
        for name in earlier.names().map(|name| name.as_str().to_string()) {
            if !text.contains(&name) || !known.insert(name.clone()) {
                continue;
            }
            let Ok(Some(value)) = earlier.get_option(&name) else { continue };
            let heap = module.heap();
            let value = heap.access_owned_frozen_value(&value);
            if matches!(value.get_type(), "list" | "dict") {
                module.set(&name, thawed(value, heap, 0));
            }
        }
    }
}

/// Lists within lists.
const MAX_DEPTH: usize = 32;

fn thawed<'v>(value: Value<'v>, heap: Heap<'v>, depth: usize) -> Value<'v> {
    if depth > MAX_DEPTH {
        return value;
    }
    if let Some(list) = ListRef::from_value(value) {
        return heap.alloc(list.iter().map(|value| thawed(value, heap, depth + 1)).collect::<Vec<_>>());
    }
    match DictRef::from_value(value) {
        Some(dict) => {
            let entries = dict.iter().map(|(key, value)| (key, thawed(value, heap, depth + 1)));
            heap.alloc(AllocDict(entries.collect::<Vec<_>>()))
        }
        None => value,
    }
}

/// Whether a text that is being typed goes on: brackets are open, or it is a block that no empty line has ended.
pub fn unfinished(text: &str) -> bool {
    let tokens = super::source::tokens(text);
    let open = |token: &super::source::Token| {
        token.pair.is_none() && matches!(text.get(token.start..token.end), Some("(" | "[" | "{"))
    };
    let last = tokens
        .iter()
        .rev()
        .find(|token| token.start < token.end && text.get(token.start..token.end) != Some("\n"));
    let colon = last.is_some_and(|token| text.get(token.start..token.end) == Some(":"));
    let in_block = text.trim_end().contains('\n') && text.lines().any(|line| line.starts_with([' ', '\t']));
    let ended = text.ends_with("\n");
    tokens.iter().any(open) || text.trim_end().ends_with('\\') || colon || in_block && !ended
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

    /// What may stand behind a name that lines have set, and a dot: fields and methods.
    pub fn attributes(&self, name: &str) -> Vec<String> {
        let value = self.before.iter().rev().find_map(|module| module.get(name).ok());
        value.map_or_else(Vec::new, |value| value.value().dir_attr())
    }

    /// What may stand behind a layer and a dot.
    pub fn attributes_of_layer(&self, name: &str) -> Vec<String> {
        let catalog = self.host.catalog;
        let Some(class) = catalog.named(name) else { return Vec::new() };
        let packet = PacketValue::new(catalog, Packet::new(vec![Layer::new(class)]));
        Module::with_temp_heap(|module| module.heap().alloc(packet).dir_attr())
    }

    /// Names that a line may use: the language's, and those that lines have set.
    pub fn words(&self) -> Vec<String> {
        let mut words = self.host.names();
        words.extend(self.names());
        words
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
            let ast = super::parsed(FILE, text, &dialect)
                .map_err(|error| fault::unpaired(FILE, text).unwrap_or_else(|| failed(&error)))?;
            let run = || {
                Module::with_temp_heap(|module| {
                    for earlier in before {
                        module.import_public_symbols(earlier);
                    }
                    thaw(&module, before, text);
                    let mut packets = Vec::new();
                    let shown = {
                        let mut evaluator = Evaluator::new(&module);
                        evaluator.extra = Some(&context);
                        let _run =
                            limits::limit(&mut evaluator, host.limits).map_err(|error| failed(&error))?;
                        let value =
                            evaluator.eval_module(ast, host.globals(text)).map_err(|error| failed(&error))?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::craft::{Catalog, NoGrants};

    #[test]
    fn lists_of_earlier_lines_change_and_blocks_go_on_to_an_empty_line() {
        let host = Host::new(Catalog::builtin(), 0);
        let mut session = Session::new(&host);
        for line in ["l = [1]", "d = {'a': l}", "l.append(2)", "d['b'] = 3", "l += [4]"] {
            assert!(session.line(line, &NoGrants).is_ok(), "{line}");
        }
        for (line, shown) in [("l", "[1, 2, 4]"), ("d", "{'a': [1], 'b': 3}")] {
            match session.line(line, &NoGrants) {
                Ok(Answer::Text(text)) => assert_eq!(text, shown),
                _ => panic!("{line} is shown"),
            }
        }
        for (text, goes_on) in [
            ("IP(", true),
            ("IP()", false),
            ("x = [1,\n2]", false),
            ("for i in l:", true),
            ("for i in l:\n    emit(IP())", true),
            ("for i in l:\n    emit(IP())\n", false),
            ("'('", false),
            ("a = \\", true),
        ] {
            assert_eq!(unfinished(text), goes_on, "{text:?}");
        }
    }
}
