//! What stands between people's texts and the language: scapy has a field named `load`, which is a word of Starlark's own; where
//! it names an argument or an attribute it is spelled with a nought. And of what Python has beyond Starlark's grammar, what people
//! type: imports, `is`, `del`, `assert`, `while`, chained comparisons, powers, sets, generators, f-strings.

mod assignments;
mod expressions;
mod formats;
mod statements;
mod tokens;

use nettool_plugins::limits::{Edit, edited};
use tokens::Kind;
pub(super) use tokens::{Token, tokens};

/// How `load` is spelled within the language.
pub(crate) const LOAD: &str = "l0ad";

/// Texts within texts: expressions in f-strings, conditions that are moved.
const MAX_DEPTH: usize = 8;

/// What is spelled otherwise before the host sees it; strings and comments stay.
pub(crate) fn rewrites(text: &str) -> Vec<Edit> {
    within(text, 0)
}

fn within(text: &str, depth: usize) -> Vec<Edit> {
    if depth > MAX_DEPTH {
        return Vec::new();
    }
    let mut source =
        Source { text, tokens: tokens(text), depth, edits: Vec::new(), wraps: Vec::new(), moved: Vec::new() };
    source.statements();
    source.expressions();
    source.tabs();
    source.done()
}

/// Blanks for tabulators, as Python counts them in an indentation.
fn blanks(indent: &str) -> String {
    indent.replace('\t', TAB)
}

const TAB: &str = "        ";

struct Source<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    depth: usize,
    edits: Vec<Edit>,
    wraps: Vec<Wrap>,
    /// Parts of the text that are replaced as a whole.
    moved: Vec<(usize, usize)>,
}

/// Text put around a part.
struct Wrap {
    begin: usize,
    end: usize,
    open: String,
    close: String,
}

impl<'a> Source<'a> {
    fn done(mut self) -> Vec<Edit> {
        let moved = std::mem::take(&mut self.moved);
        let kept = |begin: usize, end: usize| !moved.iter().any(|(from, to)| *from <= begin && end <= *to);
        // at one place what closes comes first, the inner before the outer; then what opens, the outer before the inner
        let mut all = Vec::new();
        self.wraps.retain(|wrap| moved.contains(&(wrap.begin, wrap.end)) || kept(wrap.begin, wrap.end));
        self.wraps.sort_by_key(|wrap| std::cmp::Reverse(wrap.begin));
        all.extend(self.wraps.iter().map(|wrap| Edit { at: wrap.end, removed: 0, text: wrap.close.clone() }));
        self.wraps.sort_by_key(|wrap| std::cmp::Reverse(wrap.end));
        all.extend(self.wraps.iter().map(|wrap| Edit {
            at: wrap.begin,
            removed: 0,
            text: wrap.open.clone(),
        }));
        let own = |edit: &Edit| moved.contains(&(edit.at, edit.at + edit.removed));
        all.extend(self.edits.into_iter().filter(|edit| own(edit) || kept(edit.at, edit.at + edit.removed)));
        all
    }

    /// Blanks in place of the tabulators between tokens.
    fn tabs(&mut self) {
        let mut from = 0;
        for at in 0..self.tokens.len() {
            let (start, end) = (self.start(at), self.end(at));
            let between = self.text.get(from..start).unwrap_or_default();
            let found: Vec<usize> = between.match_indices('\t').map(|(tab, _)| from + tab).collect();
            for tab in found {
                self.replace(tab, tab + 1, TAB);
            }
            from = end;
        }
    }

    fn word(&self, at: usize) -> &'a str {
        self.tokens.get(at).and_then(|token| self.text.get(token.start..token.end)).unwrap_or_default()
    }

    fn is(&self, at: usize, word: &str) -> bool {
        self.word(at) == word && self.kind(at) != Some(Kind::Text)
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    fn start(&self, at: usize) -> usize {
        self.tokens.get(at).map_or(self.text.len(), |token| token.start)
    }

    fn end(&self, at: usize) -> usize {
        self.tokens.get(at).map_or(self.text.len(), |token| token.end)
    }

    fn replace(&mut self, from: usize, to: usize, text: impl Into<String>) {
        self.edits.push(Edit { at: from, removed: to.saturating_sub(from), text: text.into() });
    }

    /// Replaces a part whose inside is looked at no more.
    fn take(&mut self, from: usize, to: usize, text: impl Into<String>) {
        self.moved.push((from, to));
        self.replace(from, to, text);
    }

    fn wrap(&mut self, begin: usize, end: usize, open: impl Into<String>, close: impl Into<String>) {
        self.wraps.push(Wrap { begin, end, open: open.into(), close: close.into() });
    }

    /// A part of the text as the host reads it.
    fn spelled(&self, from: usize, to: usize) -> String {
        let part = self.text.get(from..to).unwrap_or_default();
        edited(part, &mut within(part, self.depth + 1))
    }

    /// Whether a token may end an operand.
    fn ends_operand(&self, at: usize) -> bool {
        match self.kind(at) {
            Some(Kind::Name) => !KEYWORDS.contains(&self.word(at)),
            Some(Kind::Number | Kind::Text) => true,
            Some(Kind::Sign) => matches!(self.word(at), ")" | "]" | "}"),
            _ => false,
        }
    }

    /// The first token of the operand that ends with `at`: a name, a literal or brackets, and what is looked up, called or indexed.
    fn operand_from(&self, mut at: usize) -> usize {
        loop {
            if let (")" | "]" | "}", Some(open)) =
                (self.word(at), self.tokens.get(at).and_then(|token| token.pair))
            {
                at = open;
                let before = at.wrapping_sub(1);
                if self.is(at, "{") || !self.ends_operand(before) {
                    return at;
                }
                at = before;
                continue;
            }
            let before = at.wrapping_sub(1);
            if !self.is(before, ".") || !self.ends_operand(before.wrapping_sub(1)) {
                return at;
            }
            at = before - 1;
        }
    }

    /// The last token of the operand that begins with `at`.
    fn operand_to(&self, mut at: usize) -> usize {
        while matches!(self.word(at), "-" | "+" | "~") {
            at += 1;
        }
        let closing = |at: usize| self.tokens.get(at).and_then(|token| token.pair).filter(|pair| *pair > at);
        at = closing(at).unwrap_or(at);
        loop {
            match (self.word(at + 1), self.kind(at + 1)) {
                (".", Some(Kind::Sign)) => at += 2,
                ("(" | "[", Some(Kind::Sign)) => match closing(at + 1) {
                    Some(close) => at = close,
                    None => return at,
                },
                _ => return at,
            }
        }
    }
}

/// Words that no operand ends with.
const KEYWORDS: [&str; 21] = [
    "and", "or", "not", "in", "is", "if", "else", "elif", "for", "lambda", "return", "while", "assert",
    "del", "def", "yield", "import", "from", "raise", "with", "as",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(text: &str) -> String {
        edited(text, &mut rewrites(text))
    }

    #[test]
    fn load_is_another_word_where_it_is_a_name_alone() {
        assert_eq!(prepared("Raw(load = \"load=\")"), "Raw(l0ad = \"load=\")");
        assert_eq!(prepared("p[Raw].load == 'x'  # .load"), "p[Raw].l0ad == 'x'  # .load");
        assert_eq!(prepared("load(\"a.star\", \"b\")"), "load(\"a.star\", \"b\")");
        assert_eq!(prepared("payload=1; load == 2"), "payload=1; load == 2");
    }

    #[test]
    fn what_python_has_beyond_the_language_is_spelled_in_it() {
        for (written, spelled) in [
            ("if x:\n    del p[IP].chksum  # gone\n", "if x:\n    p[IP].chksum=None  # gone\n"),
            ("del a.b, d['k'], x", "a.b=None; _del_(d,'k'); x=None"),
            ("model = 1", "model = 1"),
            ("IP(ttl=2**6, id=2 ** 16-1)/f(**k)", "IP(ttl=_pow_(2,6), id=_pow_(2 , 16)-1)/f(**k)"),
            ("a.b(1)**-x[2]", "_pow_(a.b(1),-x[2])"),
            ("import struct, socket\nfrom scapy.all import *", "pass\npass"),
            ("import numpy", "import numpy"),
            ("x is not None, y is z", "x != None, y == z"),
            ("x in y and f(a not in b)", "_in_(x , y) and f(not _in_(a , b))"),
            ("[x for x in y if x in z]", "[x for x in y if _in_(x , z)]"),
            ("0 <= x < 5", "(0 <= x and (x) < 5)"),
            ("f(1<x<5)", "f((1<x and (x) <5))"),
            ("if x:\n\tf('\t')\n", "if x:\n        f('\t')\n"),
            ("while x:\n\tf()\n", "for _turn_ in _turns_:\n        if not (x): break\n        f()\n"),
            (
                "not 1 < f(2 < 3 < 4) <= 5",
                "not (1 < f((2 < 3 and (3) < 4)) and (f((2 < 3 and (3) < 4))) <= 5)",
            ),
            ("[x for x in y if 1 < x]", "[x for x in y if 1 < x]"),
            ("a == b and c == d", "a == b and c == d"),
            ("sum(x for x in y)", "sum([x for x in y])"),
            ("{1, 2}, {}, {1: 2}, {x for x in y}", "set([1, 2]), {}, {1: 2}, set([x for x in y])"),
            ("[*a, 1, *b]", "([]+list(a)+[ 1, ]+list(b)+[])"),
            ("a, *b = c", "a, b = _spread_(1,0,c)"),
            ("f = lambda x, y=2: x", "f = lambda x, y=2: x"),
            ("a = p.b = c", "_value_ = c; a = _value_; p.b = _value_"),
            ("x: int = 5", "x = 5"),
            ("def f(a: int, b: str = 'x') -> str: pass", "def f(a, b = 'x') : pass"),
            ("x **= 2", "x = _pow_(x, 2)"),
            ("x[1:] = y", "_cut_(x,1,None,y)"),
            ("del x[:2]", "_cut_(x,None,2,[])"),
            ("{**a, 'b': 1}", "({}|dict(a)|{ 'b': 1})"),
            ("with PcapReader('x') as r: f(r)", "r = PcapReader('x')\nif True: f(r)"),
            ("from itertools import product as p, chain", "p = _pairs_; chain = _chain_"),
            ("type(x) == int", "_type_(x) == int"),
            ("f'{a:>{w}}'", "_format_('{:>{}}',(a),(w))"),
            ("assert x == 1, 'y'", "_assert_(x == 1, 'y')"),
            ("raise ValueError('x')", "fail('x')"),
            ("1_000 + 0x_ff", "1000 + 0xff"),
            ("while i < 3:\n    i += 1", "for _turn_ in _turns_:\n    if not (i < 3): break\n    i += 1"),
            ("f'{a} {p[IP].src!r:>5} {{}} {x=}'", "_format_('{} {!r:>5} {{}} x={!r}',(a),(p[IP].src),(x))"),
            ("f'a' \"b\"", "_format_('a')+\"b\""),
            ("struct.pack('!H', 1) + socket.AF_INET", "_pack_('!H', 1) + AF_INET"),
            ("u'x' B'y'", "'x'+b'y'"),
            ("a/'x' 'y' 'z'", "a/('x'+'y'+'z')"),
            ("'x' 'y' % 5, f('x' 'y')", "('x'+'y') % 5, f('x'+'y')"),
            ("p[DNS].qd.qname = p.an.append", "p[DNS].qd[0].qname = p.an.append"),
        ] {
            assert_eq!(prepared(written), spelled, "{written}");
        }
    }
}
