//! Tokens to a tree, with a span on every node. Precedence, loosest first: `or`, `xor`, `and`, `not`, comparisons,
//! `&`, `+ -`, `* / %`, sign.

use super::error::{At, QueryErrorKind, at};
use super::token::{Lexer, Spanned, Token};
use crate::registry::Registry;
use std::ops::Range;

/// Brackets and signs in one another beyond which a query is refused.
const MAX_DEPTH: usize = 40;

/// Words that stand between values.
const OPERATORS: [&str; 11] =
    ["and", "AND", "or", "OR", "xor", "XOR", "in", "contains", "matches", "bitand", "bitwise_and"];

/// Operators that nest to the left (arithmetic, slices, `xor`) beyond which a query is refused.
const MAX_LINKS: usize = 400;

/// A part of a query.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub(super) span: Range<usize>,
    pub(super) kind: Kind,
}

/// What a part of a query is.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Word(String),
    Text { octets: Vec<u8>, pattern: String },
    Char(u8),
    Slice(Box<Tree>, Vec<Slice>),
    Layer(Box<Tree>, Vec<Layers>),
    Raw(Box<Tree>),
    Sign(Box<Tree>),
    Arithmetic(Arithmetic, Box<Tree>, Box<Tree>),
    Call(String, Vec<Tree>),
    Compare { quantifier: Option<Quantifier>, first: Box<Tree>, rest: Vec<(Relation, Tree)> },
    In { quantifier: Option<Quantifier>, negated: bool, left: Box<Tree>, set: Vec<Element> },
    Not(Box<Tree>),
    And(Vec<Tree>),
    Or(Vec<Tree>),
    Xor(Box<Tree>, Box<Tree>),
}

/// Octets of a slice: from an offset, which counts from the end if negative.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Slice {
    pub(super) from: i64,
    pub(super) to: To,
}

/// Where a slice ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum To {
    /// So many octets.
    Length(u64),
    /// Up to and including this offset, from the end if negative.
    Last(i64),
    /// The end.
    End,
}

/// Which occurrences of a protocol: first and last, from 1, from the end if negative.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Layers {
    pub(super) first: i64,
    pub(super) last: i64,
}

/// How many of a field's values a comparison must hold for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Quantifier {
    Any,
    All,
}

/// Relations between two sides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Relation {
    AnyEq,
    AllEq,
    AllNe,
    AnyNe,
    Gt,
    Lt,
    Ge,
    Le,
    Contains,
    Matches,
}

/// Operators between numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Arithmetic {
    And,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

/// A member of a set.
#[derive(Clone, Debug)]
pub(super) enum Element {
    One(Tree),
    Range(Tree, Tree),
}

/// Reads a whole query.
pub(super) fn parse(text: &str, registry: &Registry) -> Result<Tree, At> {
    let mut lexer = Lexer::new(text, registry);
    let now = lexer.next()?;
    if now.token == Token::End {
        return at(QueryErrorKind::Empty, 0..text.len());
    }
    let mut parser = Parser { lexer, now, depth: 0, links: 0, before: 0 };
    let tree = parser.or()?;
    match parser.now.token {
        Token::End => Ok(tree),
        _ => parser.expected("`and`, `or` or the end of the query"),
    }
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    now: Spanned,
    depth: usize,
    links: usize,
    /// End of the token before.
    before: usize,
}

fn node(span: Range<usize>, kind: Kind) -> Tree {
    Tree { span, kind }
}

impl Parser<'_> {
    fn advance(&mut self) -> Result<Spanned, At> {
        let next = self.lexer.next()?;
        self.before = self.now.span.end;
        Ok(std::mem::replace(&mut self.now, next))
    }

    fn expected<T>(&self, expected: &'static str) -> Result<T, At> {
        let found = match self.lexer.text.get(self.now.span.clone()) {
            Some("") | None => "the end of the query".to_owned(),
            Some(text) => format!("`{text}`"),
        };
        at(QueryErrorKind::Expected { expected, found }, self.now.span.clone())
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.now.token, Token::Sign(known) if known == sign)
    }

    fn is_word(&self, words: &[&str]) -> bool {
        matches!(&self.now.token, Token::Word(word) if words.contains(&word.as_str()))
    }

    fn take_sign(&mut self, sign: &'static str, expected: &'static str) -> Result<(), At> {
        if self.is_sign(sign) { self.advance().map(|_| ()) } else { self.expected(expected) }
    }

    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, At>) -> Result<T, At> {
        if self.depth >= MAX_DEPTH {
            return at(QueryErrorKind::TooLarge, self.now.span.clone());
        }
        self.depth = self.depth.saturating_add(1);
        let result = inner(self);
        self.depth = self.depth.saturating_sub(1);
        result
    }

    /// Counts an operator whose left side may be another of its kind.
    fn link(&mut self) -> Result<(), At> {
        self.links = self.links.saturating_add(1);
        if self.links > MAX_LINKS {
            return at(QueryErrorKind::TooLarge, self.now.span.clone());
        }
        Ok(())
    }

    fn or(&mut self) -> Result<Tree, At> {
        let first = self.xor()?;
        let mut all = vec![first];
        while self.is_sign("||") || self.is_word(&["or", "OR"]) {
            self.advance()?;
            all.push(self.xor()?);
        }
        Ok(joined(all, Kind::Or))
    }

    fn xor(&mut self) -> Result<Tree, At> {
        let mut left = self.and()?;
        while self.is_sign("^^") || self.is_word(&["xor", "XOR"]) {
            self.link()?;
            self.advance()?;
            let right = self.and()?;
            left = node(left.span.start..right.span.end, Kind::Xor(Box::new(left), Box::new(right)));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Tree, At> {
        let first = self.not()?;
        let mut all = vec![first];
        while self.is_sign("&&") || self.is_word(&["and", "AND"]) {
            self.advance()?;
            all.push(self.not()?);
        }
        Ok(joined(all, Kind::And))
    }

    fn not(&mut self) -> Result<Tree, At> {
        if self.is_sign("!") || self.is_word(&["not", "NOT"]) {
            let start = self.advance()?.span.start;
            let inner = self.deeper(Self::not)?;
            return Ok(node(start..inner.span.end, Kind::Not(Box::new(inner))));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Tree, At> {
        let start = self.now.span.start;
        let quantifier = match &self.now.token {
            Token::Word(word) if word == "any" => Some(Quantifier::Any),
            Token::Word(word) if word == "all" => Some(Quantifier::All),
            _ => None,
        };
        if quantifier.is_some() {
            self.advance()?;
        }
        let first = self.sum_of_bits()?;
        let mut rest = Vec::new();
        loop {
            let negated = self.is_word(&["not"]);
            if negated || self.is_word(&["in"]) {
                if !rest.is_empty() {
                    return self.expected("`and`, `or` or the end of the query");
                }
                self.advance()?;
                if negated {
                    if !self.is_word(&["in"]) {
                        return self.expected("`in`");
                    }
                    self.advance()?;
                }
                let set = self.set()?;
                let span = start..self.before;
                return Ok(node(span, Kind::In { quantifier, negated, left: Box::new(first), set }));
            }
            let Some(relation) = self.relation() else { break };
            self.advance()?;
            // A set of values behind `==` is what older versions of the language wrote for `in`.
            if relation == Relation::AnyEq && self.is_sign("{") && rest.is_empty() {
                let mut set = self.set()?;
                // One computation in braces is no set.
                if let [Element::One(Tree { kind: Kind::Arithmetic(..) | Kind::Sign(_), .. })] =
                    set.as_slice()
                    && let Some(Element::One(computed)) = set.pop()
                {
                    rest.push((relation, computed));
                    continue;
                }
                let span = start..self.before;
                return Ok(node(span, Kind::In { quantifier, negated: false, left: Box::new(first), set }));
            }
            let right = self.sum_of_bits()?;
            rest.push((relation, right));
        }
        match rest.last() {
            Some((_, last)) => {
                let span = start..last.span.end.max(first.span.end);
                Ok(node(span, Kind::Compare { quantifier, first: Box::new(first), rest }))
            }
            None if quantifier.is_some() => self.expected("a comparison behind `any` or `all`"),
            None => Ok(first),
        }
    }

    fn relation(&self) -> Option<Relation> {
        let sign = match &self.now.token {
            Token::Sign(sign) => sign,
            Token::Word(word) => word.as_str(),
            _ => return None,
        };
        Some(match sign {
            "==" | "eq" | "any_eq" => Relation::AnyEq,
            "===" | "all_eq" => Relation::AllEq,
            "!=" | "ne" | "all_ne" => Relation::AllNe,
            "!==" | "~=" | "any_ne" => Relation::AnyNe,
            ">" | "gt" => Relation::Gt,
            "<" | "lt" => Relation::Lt,
            ">=" | "ge" => Relation::Ge,
            "<=" | "le" => Relation::Le,
            "contains" => Relation::Contains,
            "matches" | "~" => Relation::Matches,
            _ => return None,
        })
    }

    fn set(&mut self) -> Result<Vec<Element>, At> {
        let open = self.now.span.clone();
        self.take_sign("{", "`{` and the values")?;
        let mut set = Vec::new();
        loop {
            if self.now.token == Token::End {
                return at(QueryErrorKind::Unclosed { what: "the set" }, open);
            }
            let first = self.sum_of_bits()?;
            if self.is_sign("..") {
                self.advance()?;
                let last = self.sum_of_bits()?;
                set.push(Element::Range(first, last));
            } else {
                set.push(Element::One(first));
            }
            if self.is_sign("}") {
                self.advance()?;
                return Ok(set);
            }
            // Commas; older versions of the language took blanks.
            if self.is_sign(",") {
                self.advance()?;
            }
        }
    }

    fn sum_of_bits(&mut self) -> Result<Tree, At> {
        let mut left = self.sum()?;
        while self.is_sign("&") || self.is_word(&["bitand", "bitwise_and"]) {
            self.link()?;
            self.advance()?;
            let right = self.sum()?;
            left = arithmetic(Arithmetic::And, left, right);
        }
        Ok(left)
    }

    fn sum(&mut self) -> Result<Tree, At> {
        let mut left = self.product()?;
        loop {
            let operator = match self.now.token {
                Token::Sign("+") => Arithmetic::Add,
                Token::Sign("-") => Arithmetic::Sub,
                _ => return Ok(left),
            };
            self.link()?;
            self.advance()?;
            let right = self.product()?;
            left = arithmetic(operator, left, right);
        }
    }

    fn product(&mut self) -> Result<Tree, At> {
        let mut left = self.signed()?;
        loop {
            let operator = match self.now.token {
                Token::Sign("*") => Arithmetic::Mul,
                Token::Sign("/") => Arithmetic::Div,
                Token::Sign("%") => Arithmetic::Rem,
                _ => return Ok(left),
            };
            self.link()?;
            self.advance()?;
            let right = self.signed()?;
            left = arithmetic(operator, left, right);
        }
    }

    fn signed(&mut self) -> Result<Tree, At> {
        if self.is_sign("-") || self.is_sign("+") {
            let sign = self.advance()?;
            let inner = self.deeper(Self::signed)?;
            let span = sign.span.start..inner.span.end;
            return Ok(match sign.token {
                Token::Sign("-") => node(span, Kind::Sign(Box::new(inner))),
                _ => inner,
            });
        }
        self.postfix()
    }

    fn postfix(&mut self) -> Result<Tree, At> {
        let mut tree = self.primary()?;
        loop {
            if self.is_sign("[") && self.now.span.start == tree.span.end {
                self.link()?;
                let slices = self.slices()?;
                let span = tree.span.start..self.before;
                tree = node(span, Kind::Slice(Box::new(tree), slices));
            } else if self.is_sign("#") && matches!(tree.kind, Kind::Word(_)) {
                let layers = self.layers()?;
                let span = tree.span.start..self.before;
                tree = node(span, Kind::Layer(Box::new(tree), layers));
            } else {
                return Ok(tree);
            }
        }
    }

    fn primary(&mut self) -> Result<Tree, At> {
        let start = self.now.span.start;
        match &self.now.token {
            Token::Sign("(") => {
                self.advance()?;
                let inner = self.deeper(Self::or)?;
                self.take_sign(")", "`)`")?;
                Ok(node(start..self.before, inner.kind))
            }
            // Braces around a computation, as Wireshark writes them.
            Token::Sign("{") => {
                self.advance()?;
                let inner = self.deeper(Self::sum_of_bits)?;
                self.take_sign("}", "`}`")?;
                Ok(node(start..self.before, inner.kind))
            }
            Token::Sign("@") => {
                self.advance()?;
                let inner = self.deeper(Self::primary)?;
                Ok(node(start..inner.span.end, Kind::Raw(Box::new(inner))))
            }
            Token::Word(word) if OPERATORS.contains(&word.as_str()) => self.expected("a field or a value"),
            Token::Word(_) => {
                let Spanned { token: Token::Word(word), span } = self.advance()? else {
                    return self.expected("a field or a value");
                };
                if self.is_sign("(") && self.now.span.start == span.end {
                    return self.call(word, span);
                }
                Ok(node(span, Kind::Word(word)))
            }
            Token::Text { .. } | Token::Char(_) => {
                let Spanned { token, span } = self.advance()?;
                let kind = match token {
                    Token::Text { octets, pattern } => Kind::Text { octets, pattern },
                    Token::Char(octet) => Kind::Char(octet),
                    _ => return self.expected("a field or a value"),
                };
                Ok(node(span, kind))
            }
            Token::Sign(_) | Token::End => self.expected("a field or a value"),
        }
    }

    fn call(&mut self, name: String, span: Range<usize>) -> Result<Tree, At> {
        self.advance()?;
        let mut arguments = Vec::new();
        if !self.is_sign(")") {
            loop {
                arguments.push(self.deeper(Self::sum_of_bits)?);
                if !self.is_sign(",") {
                    break;
                }
                self.advance()?;
            }
        }
        self.take_sign(")", "`,` or `)`")?;
        Ok(node(span.start..self.before, Kind::Call(name, arguments)))
    }

    /// `[0:3, 5, 7-9, 10:]`, read from the text: its `0:3` is no octet string.
    fn slices(&mut self) -> Result<Vec<Slice>, At> {
        let open = self.now.span.clone();
        let mut scan = Scan { lexer: &mut self.lexer, open };
        let mut slices = Vec::new();
        loop {
            slices.push(scan.slice()?);
            if scan.sign(',') {
                continue;
            }
            if scan.sign(']') {
                break;
            }
            return scan.expected("`:`, `-`, `,` or `]`");
        }
        let end = self.lexer.at;
        self.now = self.lexer.next()?;
        self.before = end;
        Ok(slices)
    }

    /// `#2`, `#[1, 3-4, -1]`.
    fn layers(&mut self) -> Result<Vec<Layers>, At> {
        let open = self.now.span.clone();
        let mut scan = Scan { lexer: &mut self.lexer, open };
        let mut layers = Vec::new();
        if scan.sign('[') {
            loop {
                layers.push(scan.layers()?);
                if scan.sign(',') {
                    continue;
                }
                if scan.sign(']') {
                    break;
                }
                return scan.expected("`,` or `]`");
            }
        } else {
            let number = scan.number()?;
            layers.push(Layers { first: number, last: number });
        }
        let end = self.lexer.at;
        self.now = self.lexer.next()?;
        self.before = end;
        Ok(layers)
    }
}

/// Reads the insides of brackets.
struct Scan<'s, 't> {
    lexer: &'s mut Lexer<'t>,
    open: Range<usize>,
}

impl Scan<'_, '_> {
    fn sign(&mut self, sign: char) -> bool {
        self.lexer.skip_blanks();
        let hit = self.lexer.rest().starts_with(sign);
        if hit {
            self.lexer.at = self.lexer.at.saturating_add(sign.len_utf8());
        }
        hit
    }

    fn expected<T>(&self, expected: &'static str) -> Result<T, At> {
        match self.lexer.rest().chars().next() {
            Some(c) => {
                let end = self.lexer.at.saturating_add(c.len_utf8());
                at(QueryErrorKind::Expected { expected, found: format!("`{c}`") }, self.lexer.at..end)
            }
            None => at(QueryErrorKind::Unclosed { what: "the bracket" }, self.open.clone()),
        }
    }

    fn number(&mut self) -> Result<i64, At> {
        let negative = self.sign('-');
        self.lexer.skip_blanks();
        let rest = self.lexer.rest();
        let hex = rest.strip_prefix("0x").filter(|rest| rest.starts_with(|c: char| c.is_ascii_hexdigit()));
        let (digits, radix, skip) = match hex {
            Some(digits) => (digits, 16, 2_usize),
            None => (rest, 10, 0),
        };
        let len = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
        let Ok(value) = i64::from_str_radix(digits.get(..len).unwrap_or_default(), radix) else {
            return self.expected("a number");
        };
        self.lexer.at = self.lexer.at.saturating_add(skip).saturating_add(len);
        Ok(if negative { value.saturating_neg() } else { value })
    }

    fn slice(&mut self) -> Result<Slice, At> {
        if self.sign(':') {
            let start = self.lexer.at;
            let to = u64::try_from(self.number()?);
            let Ok(to) = to else { return at(QueryErrorKind::Backwards, start..self.lexer.at) };
            return Ok(Slice { from: 0, to: To::Length(to) });
        }
        let start = self.lexer.at;
        let from = self.number()?;
        if self.sign(':') {
            self.lexer.skip_blanks();
            if self.lexer.rest().starts_with([']', ',']) {
                return Ok(Slice { from, to: To::End });
            }
            let length = self.number()?;
            return match u64::try_from(length) {
                Ok(length) if length > 0 => Ok(Slice { from, to: To::Length(length) }),
                _ => at(QueryErrorKind::Backwards, start..self.lexer.at),
            };
        }
        if self.sign('-') {
            let last = self.number()?;
            if (from < 0) == (last < 0) && last < from {
                return at(QueryErrorKind::Backwards, start..self.lexer.at);
            }
            return Ok(Slice { from, to: To::Last(last) });
        }
        Ok(Slice { from, to: To::Length(1) })
    }

    fn layers(&mut self) -> Result<Layers, At> {
        let start = self.lexer.at;
        if self.sign(':') {
            return Ok(Layers { first: 1, last: self.number()? });
        }
        let first = self.number()?;
        // `[2:2]` is the second and third, `[2:]` those from the second on, `[:2]` the first two, as in slices.
        let last = if self.sign(':') {
            self.lexer.skip_blanks();
            if self.lexer.rest().starts_with([']', ',']) {
                if first < 0 { -1 } else { i64::MAX }
            } else {
                first.saturating_add(self.number()?).saturating_sub(1)
            }
        } else if self.sign('-') {
            self.number()?
        } else {
            first
        };
        if (first < 0) == (last < 0) && last < first {
            return at(QueryErrorKind::Backwards, start..self.lexer.at);
        }
        Ok(Layers { first, last })
    }
}

fn arithmetic(operator: Arithmetic, left: Tree, right: Tree) -> Tree {
    let span = left.span.start..right.span.end;
    node(span, Kind::Arithmetic(operator, Box::new(left), Box::new(right)))
}

fn joined(mut all: Vec<Tree>, kind: fn(Vec<Tree>) -> Kind) -> Tree {
    if all.len() == 1
        && let Some(only) = all.pop()
    {
        return only;
    }
    let start = all.first().map_or(0, |tree| tree.span.start);
    let end = all.last().map_or(0, |tree| tree.span.end);
    node(start..end, kind(all))
}
