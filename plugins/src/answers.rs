//! How messages answer each other: `answers = [same("id"), turned("type", {1: 2})]`.

use crate::expr::Mention;
use crate::fault::{Fault, Span};
use crate::options::{entries, kind, unsigned, unsigned_list};
use crate::store::Store;
use nettool_dissect::schema::Pair;
use starlark::values::Value;

/// A rule about one field, or about two.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Word {
    Same,
    Within,
    Quoted,
    Swapped,
    Hosts,
    Echoed,
}

fn field(store: &Store, call: Span, name: &str, mentions: &mut Vec<Mention>) -> Result<&'static str, Fault> {
    let span = store.span_of(call, name);
    let name = store.names().keep(name, span)?;
    mentions.push(Mention { name, span });
    Ok(name)
}

/// A rule of a field, and of a second one where the word takes two.
pub(crate) fn rule(
    store: &Store,
    call: Span,
    word: Word,
    first: &str,
    second: Option<&str>,
) -> Result<(Pair, Vec<Mention>), Fault> {
    let mut mentions = Vec::new();
    let a = field(store, call, first, &mut mentions)?;
    let b = match second {
        Some(second) => field(store, call, second, &mut mentions)?,
        None => a,
    };
    let pair = match word {
        Word::Same => Pair::Same(a),
        Word::Within => Pair::Within(a),
        Word::Quoted => Pair::Quoted(a),
        Word::Swapped => Pair::Swapped(a, b),
        Word::Hosts => Pair::Hosts(a, b),
        Word::Echoed => Pair::Echoed(a, b),
    };
    Ok((pair, mentions))
}

/// `turned(field, {request: answer})`; an answer may be a list of them.
pub(crate) fn turned(
    store: &Store,
    call: Span,
    name: &str,
    kinds: Value<'_>,
) -> Result<(Pair, Vec<Mention>), Fault> {
    let mut mentions = Vec::new();
    let name = field(store, call, name, &mut mentions)?;
    let wrong = || {
        let message =
            format!("the kinds are {}; a dict such as {{1: 2}}, request and answer, is wanted", kind(kinds));
        Fault::new(store.head(call), message)
    };
    let mut pairs = Vec::new();
    for (request, answers) in entries(kinds).ok_or_else(wrong)? {
        let request = unsigned(request).ok_or_else(wrong)?;
        let answers = unsigned_list(answers).ok_or_else(wrong)?;
        pairs.extend(answers.into_iter().map(|answer| (request, answer)));
    }
    Ok((Pair::Turned(name, pairs), mentions))
}
