//! Expressions that the host does not have.

use super::tokens::Kind;
use super::{LOAD, Source, formats};

/// Functions of modules, under the names that they have here. Of a module that is not named with a function only the name goes.
pub(super) const FUNCTIONS: &[(&str, &str, &str)] = &[
    ("struct", "pack", "_pack_"),
    ("struct", "unpack", "_unpack_"),
    ("struct", "calcsize", "_calcsize_"),
    ("binascii", "hexlify", "bytes_hex"),
    ("binascii", "unhexlify", "hex_bytes"),
    ("binascii", "b2a_hex", "bytes_hex"),
    ("binascii", "a2b_hex", "hex_bytes"),
    ("int", "from_bytes", "_number_"),
    ("itertools", "product", "_pairs_"),
    ("itertools", "chain", "_chain_"),
    ("random", "randint", "_randint_"),
    ("random", "randrange", "_randrange_"),
    ("random", "choice", "_choice_"),
    ("random", "random", "_fraction_"),
    ("random", "getrandbits", "_randbits_"),
    ("random", "randbytes", "_randbytes_"),
    ("random", "seed", "_reseed_"),
    ("random", "shuffle", "_shuffle_"),
    ("random", "sample", "_sample_"),
    ("random", "choices", "_choices_"),
    ("random", "uniform", "_uniform_"),
    ("os", "urandom", "_randbytes_"),
    ("struct", "unpack_from", "_unpack_from_"),
    ("itertools", "permutations", "_permutations_"),
    ("itertools", "combinations", "_combinations_"),
    ("math", "ceil", "_ceil_"),
    ("math", "floor", "_floor_"),
    ("functools", "reduce", "reduce"),
    ("zlib", "crc32", "crc32"),
    ("base64", "b64encode", "b64encode"),
    ("base64", "b64decode", "b64decode"),
    ("socket", "", ""),
];

/// Methods of lists: what else is looked up in the records of DNS is looked up in the first.
const OF_LISTS: [&str; 10] =
    ["append", "extend", "insert", "pop", "remove", "clear", "index", "count", "sort", "copy"];

impl Source<'_> {
    pub(super) fn expressions(&mut self) {
        for at in 0..self.tokens.len() {
            match self.kind(at) {
                Some(Kind::Name) => self.name(at),
                Some(Kind::Number) => self.number(at),
                Some(Kind::Text) => self.literal(at),
                Some(Kind::Sign) => self.sign(at),
                _ => {}
            }
        }
        self.chains(0, self.tokens.len());
    }

    fn name(&mut self, at: usize) {
        let attribute = self.is(at.wrapping_sub(1), ".");
        match self.word(at) {
            "load" if attribute || self.is(at + 1, "=") => self.replace(self.start(at), self.end(at), LOAD),
            "qd" | "an" | "ns" | "ar"
                if attribute
                    && self.is(at + 1, ".")
                    && self.kind(at + 2) == Some(Kind::Name)
                    && !OF_LISTS.contains(&self.word(at + 2)) =>
            {
                self.replace(self.end(at), self.end(at), "[0]");
            }
            "type" if !attribute && self.is(at + 1, "(") => {
                self.replace(self.start(at), self.end(at), "_type_");
            }
            "is" if self.is(at + 1, "not") => self.replace(self.start(at), self.end(at + 1), "!="),
            "is" => self.replace(self.start(at), self.end(at), "=="),
            module if !attribute && self.is(at + 1, ".") => {
                let function = self.word(at + 2);
                let named = |known: &&(&str, &str, &str)| {
                    known.0 == module && (known.1 == function || known.1.is_empty())
                };
                if let Some((_, known, name)) = FUNCTIONS.iter().find(named) {
                    let end = if known.is_empty() { self.start(at + 2) } else { self.end(at + 2) };
                    self.replace(self.start(at), end, *name);
                }
            }
            _ => {}
        }
    }

    fn number(&mut self, at: usize) {
        let number = self.word(at);
        if number.contains('_') {
            let plain = number.replace('_', "");
            self.replace(self.start(at), self.end(at), plain);
        }
    }

    /// A literal, and one that stands behind it and belongs to it.
    fn literal(&mut self, at: usize) {
        let (start, end) = (self.start(at), self.end(at));
        let word = self.word(at);
        let prefix = word.find(['"', '\'']).unwrap_or(0);
        let letters = word.get(..prefix).unwrap_or_default().to_ascii_lowercase();
        if letters.contains('f')
            && let Some(call) = formats::call(word, &letters, |part| {
                nettool_plugins::limits::edited(part, &mut super::within(part, self.depth + 1))
            })
        {
            self.take(start, end, call);
        } else {
            let known = letters.replace('u', "");
            if word.get(..prefix) != Some(known.as_str()) {
                self.replace(start, start + prefix, known);
            }
        }
        if self.kind(at + 1) == Some(Kind::Text) {
            self.replace(end, self.start(at + 1), "+");
            self.together(at);
        }
    }

    /// Literals that stand behind each other are one before any sign beside them counts: `IP()/"a" "b"`.
    fn together(&mut self, at: usize) {
        let beside = |at: usize| self.kind(at) == Some(Kind::Sign);
        let opens = matches!(self.word(at.wrapping_sub(1)), "(" | "[" | "{" | "," | "=" | ":");
        let last = (at..).take_while(|at| self.kind(*at) == Some(Kind::Text)).last().unwrap_or(at);
        let closes = matches!(self.word(last + 1), ")" | "]" | "}" | "," | ":");
        let first = self.kind(at.wrapping_sub(1)) != Some(Kind::Text);
        let signs = beside(at.wrapping_sub(1)) && !opens || beside(last + 1) && !closes;
        if first && signs {
            self.wrap(self.start(at), self.end(last), "(", ")");
        }
    }

    fn sign(&mut self, at: usize) {
        let pair = self.tokens.get(at).and_then(|token| token.pair).filter(|pair| *pair > at);
        match (self.word(at), pair) {
            ("**", _) if self.ends_operand(at.wrapping_sub(1)) => {
                let (from, to) = (self.operand_from(at - 1), self.operand_to(at + 1));
                self.wrap(self.start(from), self.end(to), "_pow_(", ")");
                self.replace(self.start(at), self.end(at), ",");
            }
            ("(", Some(close)) if self.at_depth(at + 1, close).any(|at| self.is(at, "for")) => {
                self.wrap(self.end(at), self.start(close), "[", "]");
            }
            ("{", Some(close)) if self.doubly_starred(at, close) => {}
            ("{", Some(close)) if close > at + 1 => {
                let dict = self.at_depth(at + 1, close).any(|at| matches!(self.word(at), ":" | "**"));
                if !dict {
                    self.replace(self.start(at), self.end(at), "set([");
                    self.replace(self.start(close), self.end(close), "])");
                }
            }
            ("[", Some(close)) if !self.ends_operand(at.wrapping_sub(1)) => self.stars(at, close),
            _ => {}
        }
    }

    /// `{**a, "b": 1}`: dictionaries put together.
    fn doubly_starred(&mut self, open: usize, close: usize) -> bool {
        let starred: Vec<usize> = self
            .at_depth(open + 1, close)
            .filter(|at| self.is(*at, "**") && (*at == open + 1 || self.is(*at - 1, ",")))
            .collect();
        if starred.is_empty() {
            return false;
        }
        self.wrap(self.start(open), self.end(close), "(", ")");
        for star in starred {
            let comma = self.at_depth(star + 1, close).find(|at| self.is(*at, ","));
            self.replace(self.start(star), self.end(star), "}|dict(");
            match comma {
                Some(comma) => self.replace(self.start(comma), self.end(comma), ")|{"),
                None => self.replace(self.start(close), self.start(close), ")|{"),
            }
        }
        true
    }

    /// `[*a, 1]`: lists put together.
    fn stars(&mut self, open: usize, close: usize) {
        let starred: Vec<usize> = self
            .at_depth(open + 1, close)
            .filter(|at| self.is(*at, "*") && (self.is(*at - 1, ",") || *at == open + 1))
            .collect();
        if starred.is_empty() {
            return;
        }
        self.wrap(self.start(open), self.end(close), "(", ")");
        for star in starred {
            let comma = self.at_depth(star + 1, close).find(|at| self.is(*at, ","));
            self.replace(self.start(star), self.end(star), "]+list(");
            match comma {
                Some(comma) => self.replace(self.start(comma), self.end(comma), ")+["),
                None => self.replace(self.start(close), self.start(close), ")+["),
            }
        }
    }

    /// Comparisons one after the other, in brackets each on their own.
    fn chains(&mut self, first: usize, last: usize) {
        let mut operators: Vec<(usize, usize)> = Vec::new();
        let (mut begin, mut loops) = (first, 0_usize);
        let all: Vec<usize> = self.at_depth(first, last).collect();
        for at in all {
            if let Some(close) = self.tokens.get(at).and_then(|token| token.pair).filter(|pair| *pair > at) {
                self.chains(at + 1, close);
                continue;
            }
            let word = if self.kind(at) == Some(Kind::Text) { "" } else { self.word(at) };
            match word {
                "for" => {
                    self.chain(begin, at, &mut operators);
                    (begin, loops) = (at + 1, loops + 1);
                }
                "in" if loops > 0 && !self.is(at.wrapping_sub(1), "not") => {
                    loops -= 1;
                    operators.clear();
                    begin = at + 1;
                }
                "not" if self.is(at + 1, "in") => operators.push((at, at + 1)),
                "is" if self.is(at + 1, "not") => operators.push((at, at + 1)),
                "in" if self.is(at.wrapping_sub(1), "not") => {}
                "not" if self.is(at.wrapping_sub(1), "is") => {}
                "<" | ">" | "<=" | ">=" | "==" | "!=" | "in" | "is" => operators.push((at, at)),
                "and" | "or" | "not" | "if" | "else" | "elif" | "lambda" | ":" | "," | "=" | "return"
                | "assert" | "while" | "\n" | ";" | "+=" | "-=" | "*=" | "/=" | "|=" | "&=" => {
                    self.chain(begin, at, &mut operators);
                    begin = at + 1;
                }
                _ if self.kind(at) == Some(Kind::End) => {
                    self.chain(begin, at, &mut operators);
                    (begin, loops) = (at + 1, 0);
                }
                _ => {}
            }
        }
        self.chain(begin, last, &mut operators);
    }

    /// `a < b < c` as `(a < b and (b) < c)`; `a in b` alone as a call, as the host's lists do not ask what they are asked for whether it is
    /// equal to theirs.
    fn chain(&mut self, begin: usize, end: usize, operators: &mut Vec<(usize, usize)>) {
        let found = std::mem::take(operators);
        if let [(at, until)] = *found.as_slice()
            && self.is(until, "in")
            && begin < at
            && until + 1 < end
        {
            let not = if at < until { "not " } else { "" };
            self.wrap(self.start(begin), self.end(end - 1), format!("{not}_in_("), ")");
            self.replace(self.start(at), self.end(until), ",");
            return;
        }
        if found.len() < 2 || end <= begin {
            return;
        }
        self.wrap(self.start(begin), self.end(end - 1), "(", ")");
        for pair in found.windows(2) {
            let [(_, before), (at, _)] = pair else { continue };
            let middle = self.spelled(self.start(before + 1), self.end(at - 1));
            let place = self.start(*at);
            let before = self.text.get(..place).unwrap_or_default();
            let blank = if before.ends_with(char::is_whitespace) { "" } else { " " };
            self.wrap(place, place, format!("{blank}and ({}) ", middle.replace('\n', " ")), "");
        }
    }
}
