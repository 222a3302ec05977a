//! Assignments that the host does not have: `a = b = 5`, `a, *b = c`, `x: int = 5`, `x **= 2`, `x[1:3] = y`; and annotations of types,
//! which are left out.

use super::Source;
use super::tokens::Kind;

impl Source<'_> {
    /// The assignment of the tokens from `first` up to the one before `last`, if it is one.
    pub(super) fn assignment(&mut self, first: usize, last: usize) {
        self.annotated(first, last);
        let power = self.at_depth(first, last).find(|at| self.is(*at, "**="));
        if let Some(power) = power {
            return self.power(first, power, last);
        }
        // those behind `lambda` are usual values of what it takes
        let before = self.at_depth(first, last).take_while(|at| !self.is(*at, "lambda"));
        let equals: Vec<usize> = before.filter(|at| self.is(*at, "=")).collect();
        match equals.as_slice() {
            [] => {}
            [equals] => match self.sliced(first, *equals) {
                Some(of) => {
                    let value = self.spelled(self.start(equals + 1), self.end(last - 1));
                    self.take(self.start(first), self.end(last - 1), format!("_cut_({of},{value})"));
                }
                None => self.spread(first, *equals, last),
            },
            several => self.several(first, several, last),
        }
    }

    /// `a = b = c`: the value is kept, and given to one after the other.
    fn several(&mut self, first: usize, equals: &[usize], last: usize) {
        let Some(behind) = equals.last() else { return };
        let value = self.spelled(self.start(behind + 1), self.end(last - 1));
        let mut spelled = format!("_value_ = {value}");
        let mut begin = first;
        for equal in equals {
            let target = self.spelled(self.start(begin), self.end(equal - 1));
            spelled.push_str(&format!("; {target} = _value_"));
            begin = equal + 1;
        }
        self.take(self.start(first), self.end(last - 1), spelled);
    }

    /// `x **= 2`.
    fn power(&mut self, first: usize, power: usize, last: usize) {
        let target = self.spelled(self.start(first), self.end(power - 1));
        let value = self.spelled(self.start(power + 1), self.end(last - 1));
        self.take(self.start(first), self.end(last - 1), format!("{target} = _pow_({target}, {value})"));
    }

    /// `x[1:3]` as what `_cut_` takes: the list and the two ends.
    pub(super) fn sliced(&self, first: usize, end: usize) -> Option<String> {
        let close = end.checked_sub(1)?;
        let open = self.tokens.get(close)?.pair.filter(|open| *open > first && self.is(close, "]"))?;
        let mut colons = self.at_depth(open + 1, close).filter(|at| self.is(*at, ":"));
        let colon = colons.next().filter(|_| colons.next().is_none())?;
        let part = |from: usize, to: usize| {
            if from < to { self.spelled(self.start(from), self.end(to - 1)) } else { "None".into() }
        };
        Some(format!("{},{},{}", part(first, open), part(open + 1, colon), part(colon + 1, close)))
    }

    /// `a, *b = c`.
    fn spread(&mut self, first: usize, equals: usize, last: usize) {
        let starred = |at: &usize| self.is(*at, "*") && (*at == first || self.is(*at - 1, ","));
        let Some(star) = self.at_depth(first, equals).find(starred) else { return };
        let commas = |from: usize, to: usize| self.at_depth(from, to).filter(|at| self.is(*at, ",")).count();
        let (before, after) = (commas(first, star), commas(star, equals));
        self.replace(self.start(star), self.start(star + 1), "");
        let (from, to) = (self.start(equals + 1), self.end(last - 1));
        self.wrap(from, to, format!("_spread_({before},{after},"), ")");
    }

    /// `x: int = 5` without the type.
    fn annotated(&mut self, first: usize, last: usize) {
        if self.kind(first) == Some(Kind::Name) && self.is(first + 1, ":") {
            let equals = self.at_depth(first + 2, last).find(|at| self.is(*at, "="));
            match equals {
                Some(equals) => self.take(self.end(first), self.start(equals), " "),
                // `x: int` alone says nothing
                None if first + 2 < last => self.take(self.start(first), self.end(last - 1), "pass"),
                None => {}
            }
        }
    }

    /// `def f(x: int, y: str = "a") -> str:` without types.
    pub(super) fn untyped(&mut self, first: usize, last: usize) {
        let Some(close) =
            self.tokens.get(first + 2).and_then(|open| open.pair).filter(|_| self.is(first + 2, "("))
        else {
            return;
        };
        let mut begins = true;
        let inside: Vec<usize> = self.at_depth(first + 3, close).collect();
        for at in inside {
            let colon = begins && self.is(at, ":");
            begins = self.is(at, ",") || begins && !self.is(at, "=") && !colon;
            if colon {
                let end = self.at_depth(at, close).find(|at| self.is(*at, "=") || self.is(*at, ","));
                self.take(self.start(at), self.end(end.unwrap_or(close) - 1), "");
            }
        }
        if self.is(close + 1, "->")
            && let Some(colon) = (close + 2..last).find(|at| self.is(*at, ":"))
        {
            self.take(self.start(close + 1), self.start(colon), "");
        }
    }
}
