//! Names of values that scapy's users type and that declarations do not have, by layer and field (`words.txt`). They are looked at
//! where a declaration does not know a word, and not before: a run that needs none does not read them.

use std::collections::HashMap;
use std::sync::LazyLock;

const TEXT: &str = include_str!("words.txt");

/// The names of one field.
#[derive(Clone, Copy)]
struct Table {
    /// Whether names stand for bits, of which several may be given.
    bits: bool,
    /// Lines of a number and its name.
    lines: &'static str,
}

static TABLES: LazyLock<HashMap<&'static str, Table>> = LazyLock::new(|| {
    let mut tables = HashMap::new();
    let mut rest = TEXT;
    while let Some((line, after)) = rest.split_once('\n') {
        rest = after;
        let Some(fields) = line.strip_prefix(['=', '*']) else { continue };
        let entries: usize =
            after.split_inclusive('\n').take_while(|line| begins_with_digit(line)).map(str::len).sum();
        let (lines, behind) = after.split_at(entries);
        let table = Table { bits: line.starts_with('*'), lines };
        tables.extend(fields.split_whitespace().map(|field| (field, table)));
        rest = behind;
    }
    tables
});

fn begins_with_digit(line: &str) -> bool {
    line.starts_with(|first: char| first.is_ascii_digit())
}

/// The number that a word stands for in a field of a layer; letter case does not matter where nothing else fits.
pub(super) fn number(layer: &str, field: &str, word: &str) -> Option<u64> {
    let table = TABLES.get(format!("{layer}.{field}").as_str())?;
    table.number(word).or_else(|| table.bits.then(|| table.several(word)).flatten())
}

/// The number that a word stands for, letter case and all.
pub(super) fn exact(layer: &str, field: &str, word: &str) -> Option<u64> {
    entries_of(layer, field).find(|(_, name)| *name == word).map(|(number, _)| number)
}

/// The numbers that have a name in a field, each with it.
pub(super) fn entries_of(layer: &str, field: &str) -> impl Iterator<Item = (u64, &'static str)> {
    entries(TABLES.get(format!("{layer}.{field}").as_str()).map_or("", |table| table.lines))
}

/// The names that a field has here.
pub(super) fn names(layer: &str, field: &str) -> impl Iterator<Item = &'static str> {
    let lines = TABLES.get(format!("{layer}.{field}").as_str()).map_or("", |table| table.lines);
    entries(lines).map(|(_, name)| name)
}

fn entries(lines: &'static str) -> impl Iterator<Item = (u64, &'static str)> {
    let entry = |line: &'static str| line.split_once(' ').and_then(|(n, name)| Some((n.parse().ok()?, name)));
    lines.lines().filter_map(entry)
}

impl Table {
    fn number(self, word: &str) -> Option<u64> {
        let exact = entries(self.lines).find(|(_, name)| *name == word);
        let close = || entries(self.lines).find(|(_, name)| name.eq_ignore_ascii_case(word));
        exact.or_else(close).map(|(number, _)| number)
    }

    /// `one+other`, or letters without anything between them.
    fn several(self, words: &str) -> Option<u64> {
        let all = |sum: u64, word: &str| Some(sum | self.number(word)?);
        if words.contains('+') {
            return words.split('+').map(str::trim).try_fold(0, all);
        }
        let mut buffer = [0; 4];
        words.chars().try_fold(0, |sum, letter| all(sum, letter.encode_utf8(&mut buffer)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::craft::Catalog;

    #[test]
    fn every_table_is_of_a_field_that_there_is_and_holds_what_fits_it() {
        let catalog = Catalog::builtin();
        assert!(TABLES.len() > 300, "{} tables", TABLES.len());
        for (place, table) in TABLES.iter() {
            let (layer, field) = place.rsplit_once('.').unwrap();
            let id = catalog.named(layer).unwrap_or_else(|| panic!("there is no layer {layer}"));
            let class = catalog.class(id);
            assert!(class.name(field).is_some(), "{place} is no field");
            let known = entries(table.lines).count();
            assert_eq!(known, table.lines.lines().count(), "{place}: a line is no number and name");
            assert!(known > 0, "{place} has no names");
        }
    }

    #[test]
    fn words_and_bits_are_numbers() {
        assert_eq!(number("BOOTP", "op", "BOOTREPLY"), Some(2));
        assert_eq!(number("RIP", "cmd", "Resp"), Some(2));
        assert_eq!(number("EIGRP", "flags", "init+cond-recv"), Some(3));
        assert_eq!(number("EIGRP", "flags", "nothing"), None);
        assert_eq!(number("Nothing", "at", "all"), None);
    }
}
