//! Texts with checks put into them: `a.join(b)` becomes `_grown_(a).join(b)`, `a *= b` becomes `a *= _times_(a,b)`. Places in
//! what runs are told as places in what was written.

use starlark::codemap::{CodeMap, FileSpan, Pos, Span};
use starlark::syntax::ast::{
    AssignOp, AssignTargetP, AstExpr, AstNoPayload, AstStmt, ClauseP, ExprP, ForClauseP, StmtP,
};
use starlark::syntax::{AstModule, Dialect};
use std::cell::RefCell;
use std::collections::VecDeque;

/// Methods that make or grow something, with which a few words ask for gigabytes.
pub(super) const GROWING: [&str; 5] = ["extend", "join", "format", "replace", "update"];

/// Texts whose places are known.
const MAX_TEXTS: usize = 64;

/// Levels of parentheses: the host goes down into them on the stack.
const MAX_NESTING: usize = 100;
/// Operators, calls, attributes and indexes one after the other and around each other.
const MAX_LINKS: usize = 1000;
/// Digits of a number, letters of a name.
const MAX_DIGITS: usize = 4300;
/// Words that are operators.
const WORDS: [&[u8]; 7] = [b"not", b"and", b"or", b"if", b"else", b"lambda", b"in"];

/// What a language of scripts has beyond the host's: the functions of these names do it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extras<'a> {
    /// Methods that some function calls, `caller(this, "name", …)`, besides those that grow something.
    pub methods: &'a [&'a str],
    /// The function that calls them, and those that grow something; `_grown_` if it is empty.
    pub caller: &'a str,
    /// Methods that change a list which may be the value of a field: `changer(of, "field", "name", …)` calls them.
    pub changing: &'a [&'a str],
    /// The function that calls those.
    pub changer: &'a str,
    /// Operators, each with the function that stands for it.
    pub operators: &'a [(&'a str, &'a str)],
    /// The function that gives what a loop goes over; none if it is empty.
    pub each: &'a str,
}

/// Edits that put checks into a text.
struct Checks<'a> {
    text: &'a str,
    extras: Extras<'a>,
    edits: Vec<Edit>,
}

/// Octets put into a text before one of its octets, and how many of it they replace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// The octet before which they are put.
    pub at: usize,
    /// Octets that they replace.
    pub removed: usize,
    /// What is put there.
    pub text: String,
}

/// A text that runs, and how it was written.
struct Changed {
    runs: String,
    written: String,
    /// The last edits first.
    stages: Vec<Vec<Edit>>,
}

thread_local! {
    static TEXTS: RefCell<VecDeque<Changed>> = const { RefCell::new(VecDeque::new()) };
}

/// Reads a text, and puts the checks into it. `rewrites` says what is spelled otherwise before the host sees it.
///
/// # Errors
/// What is wrong with the text.
pub fn parse(
    file: &str,
    written: &str,
    dialect: &Dialect,
    rewrites: impl FnOnce(&str) -> Vec<Edit>,
) -> starlark::Result<AstModule> {
    parse_with(file, written, dialect, rewrites, Extras::default())
}

/// The same for a language that has more than the host's.
///
/// # Errors
/// What is wrong with the text.
pub fn parse_with(
    file: &str,
    written: &str,
    dialect: &Dialect,
    rewrites: impl FnOnce(&str) -> Vec<Edit>,
    extras: Extras<'_>,
) -> starlark::Result<AstModule> {
    if let Some(at) = too_deep(written) {
        let sentence = format!(
            "this goes on too long without a comma: {MAX_NESTING} parentheses within each other, {MAX_LINKS} operators and {MAX_DIGITS} digits are the most"
        );
        let mut error = super::exceeded(sentence);
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        error.set_span(
            Span::new(Pos::new(at), Pos::new(at.saturating_add(1))),
            &CodeMap::new(file.to_owned(), written.to_owned()),
        );
        return Err(error);
    }
    let mut first = rewrites(written);
    bytes_in_tuples(written, &mut first);
    let text = edited(written, &mut first);
    let parsed = match AstModule::parse(file, text.clone(), dialect) {
        Ok(parsed) => parsed,
        Err(error) => {
            keep(Changed { runs: text, written: written.to_owned(), stages: vec![first] });
            return Err(error);
        }
    };
    let mut checks = Checks { text: &text, extras, edits: Vec::new() };
    checks.statement(parsed.statement());
    let mut second = checks.edits;
    if first.is_empty() && second.is_empty() {
        return Ok(with_operators(parsed, extras));
    }
    let runs = edited(&text, &mut second);
    let ast = if second.is_empty() { parsed } else { AstModule::parse(file, runs.clone(), dialect)? };
    keep(Changed { runs, written: written.to_owned(), stages: vec![second, first] });
    Ok(with_operators(ast, extras))
}

fn keep(changed: Changed) {
    TEXTS.with_borrow_mut(|texts| {
        if texts.len() >= MAX_TEXTS {
            texts.pop_front();
        }
        texts.push_back(changed);
    });
}

/// The text with the edits done; of two at one place the one that was found first, the outer one, comes first.
pub fn edited(text: &str, edits: &mut [Edit]) -> String {
    edits.sort_by_key(|edit| edit.at);
    let mut runs = String::with_capacity(text.len().saturating_add(edits.len().saturating_mul(16)));
    let mut done = 0;
    for edit in edits.iter() {
        runs.push_str(text.get(done..edit.at).unwrap_or_default());
        runs.push_str(&edit.text);
        done = edit.at.saturating_add(edit.removed);
    }
    runs.push_str(text.get(done..).unwrap_or_default());
    runs
}

/// The host takes octets behind a comma for no value, unless they stand in parentheses.
fn bytes_in_tuples(text: &str, edits: &mut Vec<Edit>) {
    let octets = text.as_bytes();
    let (mut at, mut behind_comma) = (0, false);
    while let Some(octet) = octets.get(at) {
        match octet {
            b'#' => at = at.saturating_add(until(octets, at, |octet| octet == b'\n')),
            b'"' | b'\'' => {
                at = behind_string(octets, at);
                behind_comma = false;
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let letters = until(octets, at, |octet| !octet.is_ascii_alphanumeric() && octet != b'_');
                let end = at.saturating_add(letters.max(1));
                let word = octets.get(at..end).unwrap_or_default();
                let is_bytes =
                    matches!(word, b"b" | b"rb" | b"br") && matches!(octets.get(end), Some(b'"' | b'\''));
                if is_bytes && behind_comma {
                    let close = behind_string(octets, end);
                    edits.push(Edit { at, removed: 0, text: "(".into() });
                    edits.push(Edit { at: close, removed: 0, text: ")".into() });
                    at = close;
                } else {
                    at = end;
                }
                behind_comma = false;
            }
            octet => {
                behind_comma = *octet == b',' || behind_comma && octet.is_ascii_whitespace();
                at = at.saturating_add(1);
            }
        }
    }
}

/// Puts checked functions in place of operators.
fn with_operators(mut ast: AstModule, extras: Extras<'_>) -> AstModule {
    let names = [("+", "_sum_"), ("*", "_product_"), ("%", "_filled_"), ("<<", "_shifted_")];
    let all = names.iter().chain(extras.operators);
    ast.replace_binary_operators(&all.map(|(sign, name)| ((*sign).to_owned(), (*name).to_owned())).collect());
    ast
}

/// Where a text goes deeper than the host's stack is sure to bear: in parentheses, or in chains of operators, attributes, indexes and
/// calls, each of which is a level too.
fn too_deep(text: &str) -> Option<usize> {
    let octets = text.as_bytes();
    // texts with values in them go deep too, and quotes in them are not told apart here
    let nested = text.match_indices("{f").nth(MAX_NESTING);
    if let Some((at, _)) = nested {
        return Some(at);
    }
    // links of the chain at each level of parentheses
    let (mut chains, mut links) = (vec![0_usize], 0_usize);
    let mut at = 0;
    while let Some(octet) = octets.get(at) {
        let mut next = at.saturating_add(1);
        let mut link = false;
        match octet {
            b'#' => next = at.saturating_add(until(octets, at, |octet| octet == b'\n')),
            b'"' | b'\'' => next = behind_string(octets, at),
            b'(' | b'[' | b'{' => {
                link = true;
                chains.push(0);
            }
            b')' | b']' | b'}' if chains.len() > 1 => {
                links = links.saturating_sub(chains.pop().unwrap_or(0));
            }
            b',' | b';' | b'\n' => {
                if let Some(chain) = chains
                    .last_mut()
                    .filter(|_| *octet != b'\n' || links == 0 || octets.get(next) != Some(&b' '))
                {
                    links = links.saturating_sub(*chain);
                    *chain = 0;
                }
            }
            b'0'..=b'9' => {
                let digits = until(octets, at, |octet| !octet.is_ascii_alphanumeric());
                if digits > MAX_DIGITS {
                    return Some(at);
                }
                next = at.saturating_add(digits.max(1));
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let letters =
                    until(octets, at, |octet| !octet.is_ascii_alphanumeric() && octet != b'_').max(1);
                next = at.saturating_add(letters);
                let word = octets.get(at..next).unwrap_or_default();
                link = WORDS.contains(&word) || letters > MAX_DIGITS;
                if letters > MAX_DIGITS {
                    return Some(at);
                }
            }
            b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'~' | b'<' | b'>' | b'.' => link = true,
            _ => {}
        }
        if link {
            links = links.saturating_add(1);
            let outer = chains.len().saturating_sub(if matches!(octet, b'(' | b'[' | b'{') { 2 } else { 1 });
            if let Some(chain) = chains.get_mut(outer) {
                *chain = chain.saturating_add(1);
            }
        }
        if chains.len() > MAX_NESTING || links > MAX_LINKS {
            return Some(at);
        }
        at = next;
    }
    None
}

/// Octets from `at` on before one that ends them.
fn until(octets: &[u8], at: usize, ends: impl Fn(u8) -> bool) -> usize {
    octets.get(at..).unwrap_or_default().iter().take_while(|octet| !ends(**octet)).count()
}

/// Where a string that begins at `at` has ended.
pub fn behind_string(octets: &[u8], at: usize) -> usize {
    let quote = octets.get(at).copied().unwrap_or(b'"');
    let long = octets.get(at..at.saturating_add(3)) == Some(&[quote; 3]);
    let mut at = at.saturating_add(if long { 3 } else { 1 });
    while let Some(octet) = octets.get(at) {
        if *octet == b'\\' {
            at = at.saturating_add(2);
        } else if *octet == quote && (!long || octets.get(at..at.saturating_add(3)) == Some(&[quote; 3])) {
            return at.saturating_add(if long { 3 } else { 1 });
        } else if *octet == b'\n' && !long {
            return at;
        } else {
            at = at.saturating_add(1);
        }
    }
    at
}

impl Checks<'_> {
    fn put(&mut self, at: usize, text: &str) {
        self.edits.push(Edit { at, removed: 0, text: text.to_owned() });
    }

    fn statement(&mut self, written: &AstStmt) {
        if let StmtP::AssignModify(target, operator, value) = &written.node {
            let check = match operator {
                AssignOp::Add => Some("_plus_"),
                AssignOp::Multiply => Some("_times_"),
                AssignOp::Percent => Some("_fills_"),
                AssignOp::LeftShift => Some("_shifts_"),
                _ => None,
            };
            let (begin, end) = ends(target.span);
            if let Some(check) = check {
                // what stands on the left is looked at twice; a call there is not made twice
                let left = self.text.get(begin..end).filter(|left| !left.contains('('));
                let left = if matches!(target.node, AssignTargetP::Tuple(_)) { None } else { left };
                let (begin, end) = ends(value.span);
                // a value in parentheses may have a place within them
                self.put(begin, &format!("{check}({},(", left.unwrap_or("None")));
                self.expression(value);
                return self.put(end, "))");
            }
        }
        if matches!(
            written.node,
            StmtP::Statements(_) | StmtP::If(..) | StmtP::IfElse(..) | StmtP::For(_) | StmtP::Def(_)
        ) {
            written.node.visit_stmt(|inner| self.statement(inner));
            return self.heads(&written.node);
        }
        written.node.visit_expr(|inner| self.expression(inner));
    }

    /// Expressions of a statement that has others in it.
    fn heads(&mut self, written: &StmtP<AstNoPayload>) {
        match written {
            StmtP::If(test, _) | StmtP::IfElse(test, _) => self.expression(test),
            StmtP::For(turns) => self.over(&turns.over),
            StmtP::Def(function) => {
                for parameter in &function.params {
                    parameter.visit_expr(|inner| self.expression(inner));
                }
            }
            _ => {}
        }
    }

    /// What a loop goes over.
    fn over(&mut self, written: &AstExpr) {
        let plain = matches!(written.node, ExprP::List(_) | ExprP::Dict(_) | ExprP::Tuple(_));
        if self.extras.each.is_empty() || plain {
            return self.expression(written);
        }
        let (begin, end) = ends(written.span);
        self.put(begin, &format!("{}((", self.extras.each));
        self.expression(written);
        self.put(end, "))");
    }

    fn clauses(&mut self, first: &ForClauseP<AstNoPayload>, rest: &[ClauseP<AstNoPayload>]) {
        self.over(&first.over);
        for clause in rest {
            match clause {
                ClauseP::For(turns) => self.over(&turns.over),
                ClauseP::If(test) => self.expression(test),
            }
        }
    }

    fn expression(&mut self, written: &AstExpr) {
        match &written.node {
            ExprP::ListComprehension(entry, first, rest) => {
                self.expression(entry);
                return self.clauses(first, rest);
            }
            ExprP::DictComprehension(entry, first, rest) => {
                self.expression(&entry.0);
                self.expression(&entry.1);
                return self.clauses(first, rest);
            }
            _ => {}
        }
        if let ExprP::Call(called, arguments) = &written.node
            && let ExprP::Dot(inner, name) = &called.node
            && self.extras.changing.contains(&name.node.as_str())
            && let ExprP::Dot(of, field) = &inner.node
            && let (begin, end) = ends(name.span)
            && let Some((_, open)) = around(self.text, begin, end)
            && let before = self.text.get(..ends(field.span).0).unwrap_or_default().trim_end()
            && let Some(dot) = before.strip_suffix('.').map(str::len)
            // a field in parentheses is none of a packet
            && !self.text.get(ends(field.span).1..begin).unwrap_or_default().contains(')')
        {
            let within = self.text.get(ends(of.span).1..dot).unwrap_or_default();
            let begin = before_parentheses(self.text, ends(called.span).0, within.matches(')').count());
            self.put(begin, &format!("{}(", self.extras.changer));
            self.expression(of);
            let text = format!(",\"{}\",\"{}\",", field.node, name.node);
            self.edits.push(Edit { at: dot, removed: open.saturating_sub(dot), text });
            for argument in &arguments.args {
                self.expression(argument.expr());
            }
            return;
        }
        if let ExprP::Call(called, arguments) = &written.node
            && let ExprP::Dot(inner, name) = &called.node
            && let method = name.node.as_str()
            && (GROWING.contains(&method) || self.extras.methods.contains(&method))
            && let (begin, end) = ends(name.span)
            && let Some((dot, open)) = around(self.text, begin, end)
        {
            let within = self.text.get(ends(inner.span).1..dot).unwrap_or_default();
            let begin = before_parentheses(self.text, ends(called.span).0, within.matches(')').count());
            let caller = if self.extras.caller.is_empty() { "_grown_" } else { self.extras.caller };
            self.put(begin, &format!("{caller}("));
            self.expression(inner);
            let text = format!(",\"{method}\",");
            self.edits.push(Edit { at: dot, removed: open.saturating_sub(dot), text });
            for argument in &arguments.args {
                self.expression(argument.expr());
            }
            return;
        }
        written.node.visit_expr(|inner| self.expression(inner));
    }
}

/// The first octet of a place and the one behind its last.
fn ends(span: Span) -> (usize, usize) {
    (span.begin().get() as usize, span.end().get() as usize)
}

/// Where the parentheses begin that stand around what is at `at`.
fn before_parentheses(text: &str, at: usize, count: usize) -> usize {
    let mut before = text.get(..at).unwrap_or_default();
    for _ in 0..count {
        before = before.trim_end().strip_suffix('(').unwrap_or(before);
    }
    if count == 0 { at } else { before.len() }
}

/// Where the dot before a name stands, and the octet behind the parenthesis after it.
fn around(text: &str, begin: usize, end: usize) -> Option<(usize, usize)> {
    let before = text.get(..begin)?.trim_end();
    let dot = before.strip_suffix('.')?.len();
    let after = text.get(end..)?;
    let open = after.find(|c: char| !c.is_whitespace())?;
    after.get(open..)?.starts_with('(').then(|| (dot, end.saturating_add(open).saturating_add(1)))
}

/// First octet and the one behind the last of a place, in the text as it was written; and that text, where it is another one
/// than the place's own.
pub fn place(span: &FileSpan) -> (usize, usize, Option<String>) {
    let (begin, end) = (span.span.begin().get() as usize, span.span.end().get() as usize);
    TEXTS.with_borrow(|texts| {
        let Some(changed) = texts.iter().rev().find(|changed| changed.runs == span.file.source()) else {
            return (begin, end, None);
        };
        (changed.before(begin), changed.before(end).max(changed.before(begin)), Some(changed.written.clone()))
    })
}

impl Changed {
    /// The octet as it was written.
    fn before(&self, at: usize) -> usize {
        self.stages.iter().fold(at, |at, edits| before(edits, at))
    }
}

/// The octet as it was before the edits.
fn before(edits: &[Edit], at: usize) -> usize {
    let (mut added, mut removed) = (0_usize, 0_usize);
    for edit in edits {
        let here = edit.at.saturating_add(added).saturating_sub(removed);
        if here >= at {
            break;
        }
        if at < here.saturating_add(edit.text.len()) {
            return edit.at;
        }
        added = added.saturating_add(edit.text.len());
        removed = removed.saturating_add(edit.removed);
    }
    at.saturating_add(removed).saturating_sub(added)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_make_or_grow_are_checked_and_places_stay_those_that_were_written() {
        let dialect = Dialect { enable_top_level_stmt: true, enable_lambda: true, ..Dialect::Standard };
        let written =
            "a = []\nif a:\n    a .extend ( [',' . join(a), 1] )\nb = (a)\nb *= (2)\nc = a.pop(missing)\n";
        parse("f", written, &dialect, |_| Vec::new()).unwrap();
        TEXTS.with_borrow(|texts| {
            let changed = texts.back().unwrap();
            let runs = "a = []\nif a:\n    _grown_(a ,\"extend\", [_grown_(',' ,\"join\",a), 1] )\nb = (a)\nb *= (_times_(b,(2)))\nc = a.pop(missing)\n";
            assert_eq!(changed.runs, runs);
            for word in ["a = []", "[", ", 1] )", "b = (a)", "c = a.pop", "missing"] {
                let at = changed.runs.find(word).unwrap();
                assert_eq!(Some(changed.before(at)), written.find(word), "{word}");
            }
        });
    }
}
