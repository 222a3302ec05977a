//! Statements that the host does not have.

use super::Source;
use super::tokens::Kind;

/// Modules of Python that a script may name: what people use of them is there without, or is said to be missing where it is used.
const MODULES: [&str; 17] = [
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
];

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
            _ => self.spread(first, last),
        }
    }

    fn import(&mut self, first: usize, last: usize) {
        let known = |at: usize| MODULES.contains(&self.word(at)) && !self.is(at + 1, "as");
        let all_known = if self.is(first, "from") {
            known(first + 1)
        } else {
            // `import a, b.c`
            let mut begins = true;
            (first + 1..last).all(|at| {
                let right = !begins || known(at);
                begins = self.is(at, ",");
                right && !self.is(at, "as")
            })
        };
        if all_known {
            self.take(self.start(first), self.end(last - 1), "pass");
        }
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
            spelled.push(match open {
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
        let indent = line.get(line.rfind('\n').map_or(0, |at| at + 1)..).unwrap_or_default();
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
        let inner = before.get(before.rfind('\n').map_or(0, |at| at + 1)..).unwrap_or_default().to_string();
        self.wrap(body, body, format!("{leave}\n{inner}"), "");
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

    /// `a, *b = c`.
    fn spread(&mut self, first: usize, last: usize) {
        let Some(equals) = self.at_depth(first, last).find(|at| self.is(*at, "=")) else { return };
        let starred = |at: &usize| self.is(*at, "*") && (*at == first || self.is(*at - 1, ","));
        let Some(star) = self.at_depth(first, equals).find(starred) else { return };
        let commas = |from: usize, to: usize| self.at_depth(from, to).filter(|at| self.is(*at, ",")).count();
        let (before, after) = (commas(first, star), commas(star, equals));
        self.replace(self.start(star), self.start(star + 1), "");
        let (from, to) = (self.start(equals + 1), self.end(last - 1));
        self.wrap(from, to, format!("_spread_({before},{after},"), ")");
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
