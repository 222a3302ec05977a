//! Statements that the host does not have.

use super::tokens::Kind;
use super::{Source, blanks};

/// Modules of Python that a script may name: what people use of them is there without, or is said to be missing where it is used.
const MODULES: [&str; 20] = [
    "scapy",
    "struct",
    "socket",
    "binascii",
    "random",
    "itertools",
    "sys",
    "os",
    "time",
    "logging",
    "math",
    "string",
    "typing",
    "collections",
    "functools",
    "__future__",
    "ipaddress",
    "base64",
    "zlib",
    "argparse",
];

/// What `with` opens: files of packets.
const OF_PACKETS: [&str; 6] =
    ["PcapReader", "PcapNgReader", "RawPcapReader", "PcapWriter", "PcapNgWriter", "RawPcapWriter"];

impl Source<'_> {
    pub(super) fn statements(&mut self) {
        let mut first = 0;
        while first < self.tokens.len() {
            let last = (first..self.tokens.len()).find(|at| self.kind(*at) == Some(Kind::End));
            let last = last.unwrap_or(self.tokens.len());
            if first < last {
                self.statement(first, last);
            }
            first = last + 1;
        }
    }

    /// The statement of the tokens from `first` up to the one before `last`.
    fn statement(&mut self, first: usize, last: usize) {
        match self.word(first) {
            "import" | "from" => self.import(first, last),
            "del" => self.delete(first, last),
            "while" => self.turns(first, last),
            // what is done in one line behind a head
            "if" | "for" | "else" | "elif" | "def" => {
                if self.is(first, "def") {
                    self.untyped(first, last);
                }
                if let Some(colon) = self.colon(first, last)
                    && colon + 1 < last
                {
                    self.statement(colon + 1, last);
                }
            }
            "assert" => {
                self.replace(self.start(first), self.start(first + 1), "");
                self.wrap(self.start(first + 1), self.end(last - 1), "_assert_(", ")");
            }
            "raise" if self.kind(first + 1) == Some(Kind::Name) && self.is(first + 2, "(") => {
                self.replace(self.start(first), self.start(first + 2), "fail");
            }
            "with" => self.with(first, last),
            _ => self.assignment(first, last),
        }
    }

    fn import(&mut self, first: usize, last: usize) {
        let known = |at: usize| MODULES.contains(&self.word(at)) && !self.is(at + 1, "as");
        if self.is(first, "from") {
            if known(first + 1) {
                let names = self.imported(first, last);
                let spelled = if names.is_empty() { "pass".to_string() } else { names.join("; ") };
                self.take(self.start(first), self.end(last - 1), spelled);
            }
            return;
        }
        // `import a, b.c`
        let mut begins = true;
        let all_known = (first + 1..last).all(|at| {
            let right = !begins || known(at);
            begins = self.is(at, ",");
            right && !self.is(at, "as")
        });
        if all_known {
            self.take(self.start(first), self.end(last - 1), "pass");
        }
    }

    /// `from itertools import product, chain as c`: what has another name here gets the one that it is asked for by.
    fn imported(&self, first: usize, last: usize) -> Vec<String> {
        let module = self.word(first + 1);
        let begin = (first + 2..last).find(|at| self.is(*at, "import")).map_or(last, |at| at + 1);
        let names = (begin..last).filter(|at| self.kind(*at) == Some(Kind::Name) && !self.is(*at, "as"));
        names
            .filter(|at| !self.is(at.wrapping_sub(1), "as"))
            .filter_map(|at| {
                let name = self.word(at);
                let own = if self.is(at + 1, "as") { self.word(at + 2) } else { name };
                let known = super::expressions::FUNCTIONS
                    .iter()
                    .find(|(of, function, _)| *of == module && *function == name);
                let spelled = known.map_or(name, |(.., spelled)| spelled);
                (spelled != own).then(|| format!("{own} = {spelled}"))
            })
            .collect()
    }

    /// `del a.b, c[k], d`: a field that is filled in again, an entry, a name.
    fn delete(&mut self, first: usize, last: usize) {
        let mut spelled = Vec::new();
        let mut begin = first + 1;
        while begin < last {
            let comma = self.at_depth(begin, last).find(|at| self.is(*at, ",")).unwrap_or(last);
            let end = comma.max(begin + 1) - 1;
            let (from, to) = (self.start(begin), self.end(end));
            let open = self.tokens.get(end).and_then(|token| token.pair).filter(|_| self.is(end, "]"));
            let part = self.sliced(begin, end + 1);
            spelled.push(match open {
                Some(_) if part.is_some() => format!("_cut_({},[])", part.unwrap_or_default()),
                Some(open) if open > begin => {
                    let of = self.spelled(from, self.start(open));
                    format!("_del_({of},{})", self.spelled(self.end(open), self.start(end)))
                }
                _ => format!("{}=None", self.spelled(from, to)),
            });
            begin = comma + 1;
        }
        if !spelled.is_empty() {
            self.take(self.start(first), self.end(last - 1), spelled.join("; "));
        }
    }

    /// `while a:` as a loop that has no end but the one that `a` gives it.
    fn turns(&mut self, first: usize, last: usize) {
        let Some(colon) = self.colon(first, last) else { return };
        let line = self.text.get(..self.start(first)).unwrap_or_default();
        let indent = blanks(line.get(line.rfind('\n').map_or(0, |at| at + 1)..).unwrap_or_default());
        if !indent.chars().all(char::is_whitespace) {
            return;
        }
        let test = self.spelled(self.start(first + 1), self.end(colon - 1));
        let leave = format!("if not ({}): break", test.replace('\n', " "));
        self.take(self.start(first), self.end(colon - 1), "for _turn_ in _turns_");
        if colon + 1 < last {
            // the body stands on the same line
            let inner = format!("{indent}    ");
            let (from, to) = (self.end(colon), self.start(colon + 1));
            self.replace(from, to, format!("\n{inner}{leave}\n{inner}"));
            return self.statement(colon + 1, last);
        }
        let body = (last..self.tokens.len()).find(|at| self.kind(*at) != Some(Kind::End));
        let Some(body) = body.map(|at| self.start(at)) else { return };
        let before = self.text.get(..body).unwrap_or_default();
        let inner = blanks(before.get(before.rfind('\n').map_or(0, |at| at + 1)..).unwrap_or_default());
        self.wrap(body, body, format!("{leave}\n{inner}"), "");
    }

    /// `with PcapReader(…) as r:`, of files of packets alone: they need no closing.
    fn with(&mut self, first: usize, last: usize) {
        let Some(colon) = self.colon(first, last) else { return };
        let named = |at: &usize| self.is(*at, "as");
        let (of_packets, name) =
            (OF_PACKETS.contains(&self.word(first + 1)), self.at_depth(first, colon).find(named));
        let line = self.text.get(..self.start(first)).unwrap_or_default();
        let indent = blanks(line.get(line.rfind('\n').map_or(0, |at| at + 1)..).unwrap_or_default());
        let Some(name) = name.filter(|name| of_packets && name + 2 == colon) else { return };
        if !indent.chars().all(char::is_whitespace) {
            return;
        }
        let value = self.spelled(self.start(first + 1), self.end(name - 1));
        let name = self.word(name + 1);
        self.take(self.start(first), self.end(colon - 1), format!("{name} = {value}\n{indent}if True"));
        if colon + 1 < last {
            self.statement(colon + 1, last);
        }
    }

    /// The colon that ends a head.
    fn colon(&self, first: usize, last: usize) -> Option<usize> {
        let mut lambdas = 0_usize;
        self.at_depth(first, last).find(|at| {
            lambdas += usize::from(self.is(*at, "lambda"));
            let colon = self.is(*at, ":");
            let ends = colon && lambdas == 0;
            lambdas -= usize::from(colon && lambdas > 0);
            ends
        })
    }

    /// The tokens of a part that stand in no brackets within it.
    pub(super) fn at_depth(&self, first: usize, last: usize) -> impl Iterator<Item = usize> {
        let mut at = first;
        std::iter::from_fn(move || {
            let here = at;
            if here >= last {
                return None;
            }
            let pair = self.tokens.get(here).and_then(|token| token.pair);
            at = pair.filter(|pair| *pair > here).unwrap_or(here) + 1;
            Some(here)
        })
    }
}
