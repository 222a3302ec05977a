//! What may stand at the end of a query that is being typed: for shells and the terminal UI.

use crate::registry::{Named, Registry};

/// A word that may be put in place of the last one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Completion {
    /// The word.
    pub word: String,
    /// What it is, in a few words.
    pub doc: String,
}

/// Octet at which the last word of `text` begins, and the words that it may become, by alphabet. Names are offered up
/// to their next dot when many go on behind it, values of named fields behind `==`.
pub fn complete(registry: &Registry, text: &str) -> (usize, Vec<Completion>) {
    let start = text
        .char_indices()
        .rev()
        .find(|(_, c)| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-')))
        .map_or(0, |(offset, c)| offset.saturating_add(c.len_utf8()));
    let word = text.get(start..).unwrap_or_default();
    let before = text.get(..start).unwrap_or_default();
    if let Some(field) = compared_field(registry, before) {
        return (start, values(registry, field, word));
    }
    let mut found: Vec<Completion> = registry
        .names()
        .filter(|(name, _)| name.starts_with(word) && !name.is_empty())
        .map(|(name, named)| Completion { word: name.to_owned(), doc: doc(registry, named) })
        .collect();
    found.sort_by(|a, b| a.word.cmp(&b.word));
    // A first word alone would list every field of every protocol: protocols first.
    if !word.contains('.') && found.len() > 200 {
        found.retain(|completion| !completion.word.contains('.'));
    }
    (start, found)
}

fn doc(registry: &Registry, named: &Named) -> String {
    let id = named.fields().first();
    let info = id.and_then(|id| registry.field(*id));
    let text = info.map_or("", |info| info.field.doc);
    match named {
        Named::Field(_) => text.to_owned(),
        Named::Any(ids) => {
            let names: Vec<&str> =
                ids.iter().filter_map(|id| registry.field(*id)).map(|info| info.name).collect();
            names.join(" or ")
        }
    }
}

/// The field that the text before the word compares.
fn compared_field(registry: &Registry, before: &str) -> Option<crate::registry::FieldId> {
    let before = before.trim_end().trim_end_matches('"');
    let operator = ["==", "!=", "eq", "ne", "{", ","].iter().find_map(|sign| before.strip_suffix(sign))?;
    let operator = operator.trim_end().trim_end_matches("in").trim_end();
    let name = operator.rsplit(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-'))).next()?;
    registry.named(name)?.fields().first().copied()
}

fn values(registry: &Registry, field: crate::registry::FieldId, word: &str) -> Vec<Completion> {
    let Some(info) = registry.field(field) else { return Vec::new() };
    let named = |value: u64, name: &str| Completion { word: value.to_string(), doc: name.to_owned() };
    let all: Vec<Completion> = match info.field.names {
        crate::schema::Names::List(list) => list.iter().map(|(value, name)| named(*value, name)).collect(),
        crate::schema::Names::Ranges(list) => list.iter().map(|(low, _, name)| named(*low, name)).collect(),
        crate::schema::Names::None | crate::schema::Names::Of(_) => Vec::new(),
    };
    all.into_iter().filter(|completion| completion.word.starts_with(word)).collect()
}
