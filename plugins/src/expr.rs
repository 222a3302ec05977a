//! Sizes, counts and conditions as text: `length * 4 - 20`, `flags.ext and type in (1, 3)`.
//!
//! | binds weakest first | |
//! |---|---|
//! | `or`, `and`, `not` | conditions |
//! | `==` `!=` `<` `<=` `>` `>=`, `in (1, 2)` | comparison of numbers |
//! | `+` `-`, then `*` `/` `&` | numbers; `/` drops the remainder |
//! | `min(a, b)`, `align(a, 4)`, `left`, a field, `12`, `0x0c` | |
//! | `over(udp)` | the layer around is that protocol |
//!
//! A number where a condition is wanted holds when it is not 0. `left` is what the enclosing part has left.

use crate::fault::{Fault, Span};
use crate::names::Names;
use nettool_dissect::schema::{Expr, Test, claimed, lit};

/// Words that no field may have as its name.
pub(crate) const RESERVED: &[&str] =
    &["and", "or", "not", "in", "min", "align", "left", "rest", "nul", "over"];

/// Parts within parts of one expression.
const MAX_DEPTH: usize = 32;
/// Octets of an expression's text.
const MAX_TEXT: usize = 1000;

/// A field that an expression speaks of, and where.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Mention {
    pub(crate) name: &'static str,
    pub(crate) span: Span,
}

/// What a text means.
#[derive(Debug)]
enum Meaning {
    Number(Expr),
    Condition(Test),
}

/// Understands a number. `at` is where the text begins in the plugin; fields are added to `mentions`.
pub(crate) fn number(
    text: &str,
    at: usize,
    names: &mut Names,
    mentions: &mut Vec<Mention>,
) -> Result<Expr, Fault> {
    let whole = Span { begin: at, end: at.saturating_add(text.len()) };
    match meaning(text, at, names, mentions)? {
        Meaning::Number(expr) => Ok(expr),
        Meaning::Condition(_) => {
            Err(Fault::new(whole, format!("`{text}` is a condition; a number is wanted here")))
        }
    }
}

/// Understands a condition, as [`number`] does a number.
pub(crate) fn condition(
    text: &str,
    at: usize,
    names: &mut Names,
    mentions: &mut Vec<Mention>,
) -> Result<Test, Fault> {
    Ok(meaning(text, at, names, mentions)?.condition())
}

impl Meaning {
    fn condition(self) -> Test {
        match self {
            Meaning::Number(expr) => Test::Ne(expr, lit(0)),
            Meaning::Condition(test) => test,
        }
    }
}

fn meaning(text: &str, at: usize, names: &mut Names, mentions: &mut Vec<Mention>) -> Result<Meaning, Fault> {
    if text.len() > MAX_TEXT {
        let span = Span { begin: at, end: at.saturating_add(text.len()) };
        return Err(Fault::new(span, format!("an expression has at most {MAX_TEXT} octets")));
    }
    let mut reader = Reader { text, at: 0, base: at, names, mentions, depth: 0 };
    let meaning = reader.any()?;
    reader.blanks();
    match reader.rest().chars().next() {
        None => Ok(meaning),
        Some(_) => {
            Err(reader.fault_here("this does not belong to the expression; an operator is missing before it"))
        }
    }
}

struct Reader<'t, 'n> {
    text: &'t str,
    at: usize,
    base: usize,
    names: &'n mut Names,
    mentions: &'n mut Vec<Mention>,
    depth: usize,
}

impl<'t> Reader<'t, '_> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at = self.at.saturating_add(rest.len().saturating_sub(rest.trim_start().len()));
    }

    /// A word, number or sign that is not taken yet.
    fn peek(&mut self) -> &'t str {
        self.blanks();
        let rest = self.rest();
        let word =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.')).unwrap_or(rest.len());
        let len = match rest.as_bytes() {
            _ if word > 0 => word,
            [b'=' | b'!' | b'<' | b'>', b'=', ..] => 2,
            [] => 0,
            _ => rest.chars().next().map_or(0, char::len_utf8),
        };
        rest.get(..len).unwrap_or_default()
    }

    fn take(&mut self, token: &str) -> bool {
        if self.peek() != token {
            return false;
        }
        self.at = self.at.saturating_add(token.len());
        true
    }

    fn span(&self, from: usize, to: usize) -> Span {
        Span { begin: self.base.saturating_add(from), end: self.base.saturating_add(to) }
    }

    fn fault_here(&mut self, message: impl Into<String>) -> Fault {
        let len = self.peek().len();
        let at = self.at;
        Fault::new(self.span(at, at.saturating_add(len)), message)
    }

    fn expect(&mut self, token: &str) -> Result<(), Fault> {
        if self.take(token) {
            return Ok(());
        }
        Err(self.fault_here(format!("`{token}` is missing here")))
    }

    fn any(&mut self) -> Result<Meaning, Fault> {
        self.depth = self.depth.saturating_add(1);
        if self.depth > MAX_DEPTH {
            return Err(self.fault_here(format!("more than {MAX_DEPTH} parts within each other")));
        }
        let first = self.all()?;
        let done = if self.peek() == "or" {
            let mut tests = vec![first.condition()];
            while self.take("or") {
                tests.push(self.all()?.condition());
            }
            Meaning::Condition(Test::Any(tests))
        } else {
            first
        };
        self.depth = self.depth.saturating_sub(1);
        Ok(done)
    }

    fn all(&mut self) -> Result<Meaning, Fault> {
        let first = self.opposite()?;
        if self.peek() != "and" {
            return Ok(first);
        }
        let mut tests = vec![first.condition()];
        while self.take("and") {
            tests.push(self.opposite()?.condition());
        }
        Ok(Meaning::Condition(Test::All(tests)))
    }

    fn opposite(&mut self) -> Result<Meaning, Fault> {
        let mut turned = false;
        let mut any = false;
        while self.take("not") {
            turned = !turned;
            any = true;
        }
        let meaning = self.comparison()?;
        Ok(match (any, turned) {
            (false, _) => meaning,
            (true, true) => Meaning::Condition(Test::Not(Box::new(meaning.condition()))),
            (true, false) => Meaning::Condition(meaning.condition()),
        })
    }

    fn comparison(&mut self) -> Result<Meaning, Fault> {
        let start = self.at;
        let left = self.sum()?;
        let sign = self.peek();
        if !matches!(sign, "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "=") {
            return Ok(left);
        }
        if sign == "=" {
            return Err(self.fault_here("write `==` to compare"));
        }
        let left = self.as_number(left, start)?;
        self.take(sign);
        if sign == "in" {
            return Ok(Meaning::Condition(Test::In(left, self.list()?)));
        }
        let start = self.at;
        let right = self.sum()?;
        let right = self.as_number(right, start)?;
        let not = |test| Test::Not(Box::new(test));
        Ok(Meaning::Condition(match sign {
            "==" => Test::Eq(left, right),
            "!=" => Test::Ne(left, right),
            ">=" => Test::Ge(left, right),
            "<=" => Test::Ge(right, left),
            "<" => not(Test::Ge(left, right)),
            _ => not(Test::Ge(right, left)),
        }))
    }

    fn as_number(&self, meaning: Meaning, start: usize) -> Result<Expr, Fault> {
        match meaning {
            Meaning::Number(expr) => Ok(expr),
            Meaning::Condition(_) => {
                let part = self.text.get(start..self.at).unwrap_or_default();
                let begin = start.saturating_add(part.len().saturating_sub(part.trim_start().len()));
                let end = start.saturating_add(part.trim_end().len());
                Err(Fault::new(self.span(begin, end), "this is a condition; a number is wanted here"))
            }
        }
    }

    fn list(&mut self) -> Result<Vec<u64>, Fault> {
        self.expect("(")?;
        let mut values = Vec::new();
        loop {
            let word = self.peek();
            let value = integer(word).ok_or_else(|| self.fault_here("a number is wanted here"))?;
            self.take(word);
            values.push(value.cast_unsigned());
            if !self.take(",") || self.peek() == ")" {
                break;
            }
        }
        self.expect(")")?;
        Ok(values)
    }

    fn sum(&mut self) -> Result<Meaning, Fault> {
        let start = self.at;
        let mut left = self.product()?;
        loop {
            let sign = self.peek();
            if !matches!(sign, "+" | "-") {
                return Ok(left);
            }
            let a = self.as_number(left, start)?;
            self.take(sign);
            let from = self.at;
            let b = self.product()?;
            let b = self.as_number(b, from)?;
            let (a, b) = (Box::new(a), Box::new(b));
            left = Meaning::Number(if sign == "+" { Expr::Add(a, b) } else { Expr::Sub(a, b) });
        }
    }

    fn product(&mut self) -> Result<Meaning, Fault> {
        let start = self.at;
        let mut left = self.atom()?;
        loop {
            let sign = self.peek();
            if !matches!(sign, "*" | "/" | "&") {
                return Ok(left);
            }
            let a = self.as_number(left, start)?;
            self.take(sign);
            let from = self.at;
            let b = self.atom()?;
            let b = self.as_number(b, from)?;
            let (a, b) = (Box::new(a), Box::new(b));
            left = Meaning::Number(match sign {
                "*" => Expr::Mul(a, b),
                "/" => Expr::Div(a, b),
                _ => Expr::And(a, b),
            });
        }
    }

    fn inner_number(&mut self) -> Result<Expr, Fault> {
        let start = self.at;
        let meaning = self.any()?;
        self.as_number(meaning, start)
    }

    fn atom(&mut self) -> Result<Meaning, Fault> {
        let word = self.peek();
        let start = self.at;
        match word {
            "" => return Err(self.fault_here("the expression ends where a number or a field is wanted")),
            "(" => {
                self.take("(");
                let inner = self.any()?;
                self.expect(")")?;
                return Ok(inner);
            }
            "left" => {
                self.take(word);
                return Ok(Meaning::Number(claimed()));
            }
            "min" | "align" => {
                self.take(word);
                return self.call(word);
            }
            "over" => {
                self.take(word);
                self.expect("(")?;
                let name = self.peek();
                if !is_name(name) {
                    return Err(self.fault_here("a protocol's name is wanted here"));
                }
                self.take(name);
                let name = self.names.keep(name, self.span(start, self.at))?;
                self.expect(")")?;
                return Ok(Meaning::Condition(Test::Over(name)));
            }
            _ => {}
        }
        if let Some(value) = integer(word) {
            self.take(word);
            return Ok(Meaning::Number(lit(value)));
        }
        if RESERVED.contains(&word) || !is_name(word) {
            return Err(self.fault_here(format!("`{word}` stands where a number or a field is wanted")));
        }
        self.take(word);
        let span = self.span(start, self.at);
        let name = self.names.keep(word, span)?;
        self.mentions.push(Mention { name, span });
        Ok(Meaning::Number(Expr::Field(name)))
    }

    fn call(&mut self, word: &str) -> Result<Meaning, Fault> {
        self.expect("(")?;
        let a = self.inner_number()?;
        self.expect(",")?;
        if word == "min" {
            let b = self.inner_number()?;
            self.expect(")")?;
            return Ok(Meaning::Number(a.min(b)));
        }
        let octets = self.peek();
        let unit = integer(octets).and_then(|unit| u8::try_from(unit).ok()).filter(|unit| *unit > 0);
        let unit = unit.ok_or_else(|| self.fault_here("a number of octets from 1 to 255 is wanted here"))?;
        self.take(octets);
        self.expect(")")?;
        Ok(Meaning::Number(a.align(unit)))
    }
}

/// A number as it is written: decimal, or hexadecimal behind `0x`.
fn integer(word: &str) -> Option<i64> {
    match word.strip_prefix("0x") {
        Some(hex) => i64::from_str_radix(hex, 16).ok().filter(|_| !hex.starts_with(['+', '-'])),
        None => word.parse().ok().filter(|_| word.starts_with(|c: char| c.is_ascii_digit())),
    }
}

/// Whether a word can be the name of a field or protocol.
pub(crate) fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
        && !word.ends_with('.')
        && !word.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let (mut names, mut mentions) = (Names::default(), Vec::new());
        match meaning(text, 100, &mut names, &mut mentions) {
            Ok(meaning) => format!("{meaning:?}"),
            Err(fault) => format!("{}-{}: {}", fault.span.begin, fault.span.end, fault.message),
        }
    }

    #[test]
    fn operators_bind_as_in_python() {
        assert_eq!(shown("a + 2 * b"), shown("a+(2*b)"));
        assert_eq!(shown("a - 1 - b"), shown("(a - 1) - b"));
        assert_eq!(shown("a or b and not c == 1"), shown("(a) or ((b) and (not (c == 1)))"));
        assert_eq!(shown("a < b"), shown("not a >= b"));
        assert_eq!(shown("a in (1, 0x10)"), "Condition(In(Field(\"a\"), [1, 16]))");
    }

    #[test]
    fn errors_point_into_the_text() {
        for (text, error) in [
            ("", "100-100: the expression ends where a number or a field is wanted"),
            ("a = 1", "102-103: write `==` to compare"),
            ("a +", "103-103: the expression ends where a number or a field is wanted"),
            ("a b", "102-103: this does not belong to the expression; an operator is missing before it"),
            ("(a == 1) + 2", "100-108: this is a condition; a number is wanted here"),
            ("align(a, 0)", "109-110: a number of octets from 1 to 255 is wanted here"),
            ("a in (b)", "106-107: a number is wanted here"),
            ("ü", "100-102: `ü` stands where a number or a field is wanted"),
            ("min(1 2)", "106-107: `,` is missing here"),
        ] {
            assert_eq!(shown(text), error, "{text}");
        }
    }

    #[test]
    fn depth_is_limited() {
        assert!(shown(&"(".repeat(900)).contains("within each other"));
        assert!(shown(&"not ".repeat(240)).contains("ends where"));
        assert!(shown(&"1+".repeat(900)).contains("at most 1000 octets"));
    }
}
