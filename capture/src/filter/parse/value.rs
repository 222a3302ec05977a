//! Values behind qualifiers: addresses, names, numbers, sets and lists.

use super::super::ast::{Kind, Mask, NodeId, NodeKind, Protocol, Qualifiers, Value};
use super::super::error::Error;
use super::super::lex::Token;
use super::{Parser, VALUE};

/// What may stand behind the qualifiers.
const fn expected_of(kind: Option<Kind>) -> &'static [&'static str] {
    match kind {
        Some(Kind::Port) => &["a port number", "a service's name", "`in {…}`"],
        Some(Kind::PortRange) => &["a range such as 8000-8080"],
        Some(Kind::Net) => &["a network such as 10.0.0.0/8", "a network's name", "`in {…}`"],
        Some(Kind::Proto | Kind::ProtoChain) => &["a protocol's number", "its name such as `\\tcp`"],
        Some(Kind::Gateway) => &["a host's name"],
        Some(Kind::Host) => &["an address", "a host's name", "`in {…}`"],
        None => &["`host`", "`net`", "`port`", "`portrange`", "an address", "a host's name"],
    }
}

impl Parser<'_> {
    /// A value, or several in parentheses joined by `and` and `or`.
    pub(super) fn value(&mut self, qualifiers: Qualifiers, inherited: bool) -> Result<NodeId, Error> {
        let nots = self.nots();
        let start = self.span();
        let node = if *self.peek() == Token::Sign("(") {
            self.deeper()?;
            self.take();
            let mut left = self.value(qualifiers, inherited)?;
            loop {
                let both = match self.peek() {
                    Token::And => true,
                    Token::Or => false,
                    Token::Sign(")") => break,
                    _ => return Err(self.unexpected(&["`and`", "`or`", "`)`"])),
                };
                self.take();
                let right = self.value(qualifiers, true)?;
                left = self.join(both, left, right);
            }
            self.take();
            self.depth -= 1;
            self.tree.nodes[left].span = start.to(self.taken());
            self.tree.nodes[left].grouped = true;
            left
        } else {
            let value = self.single_value(qualifiers)?;
            let span = start.to(self.taken());
            self.push(NodeKind::Primitive { qualifiers, inherited, value, place: span }, span)
        };
        Ok(self.negate(nots, node))
    }

    pub(super) fn single_value(&mut self, qualifiers: Qualifiers) -> Result<Value, Error> {
        if matches!(self.peek(), Token::Name(name) if name == "in") {
            match self.token(self.at + 1) {
                Token::Sign("{") => return self.set(qualifiers),
                Token::List(name) => {
                    self.take();
                    self.take();
                    return Ok(Value::List(name.clone()));
                }
                _ => {}
            }
        }
        self.might = (self.at, expected_of(qualifiers.kind));
        self.plain_value()
    }

    pub(super) fn plain_value(&mut self) -> Result<Value, Error> {
        let value = match self.peek() {
            Token::Number(number) => Value::Number(*number),
            Token::Name(name) => Value::Name(name.clone()),
            Token::Ether(address) => Value::Ether(*address),
            Token::Octet(octet) => Value::Octet(*octet),
            Token::Ipv4 { address, bits } => {
                self.take();
                let mask = self.mask()?;
                return Ok(Value::Ipv4 { address: *address, bits: *bits, mask });
            }
            Token::Ipv6(address) => {
                self.take();
                let prefix = if self.sign("/") { Some(self.number()?) } else { None };
                return Ok(Value::Ipv6 { address: *address, prefix });
            }
            Token::Word(word) if self.word_before(&["src", "dst"]) && Protocol::from_word(word).is_some() => {
                let message =
                    format!("`{word}` cannot stand here; the protocol stands first: `{word} src …`");
                return Err(Error::new(self.span(), message).expecting(self.expected_here()));
            }
            Token::Word(word) => {
                let message = format!("`{word}` is a keyword; write `\\{word}` for the name");
                return Err(Error::new(self.span(), message).expecting(self.expected_here()));
            }
            _ => return Err(self.unexpected(self.value_expected())),
        };
        self.take();
        Ok(value)
    }

    fn value_expected(&self) -> &'static [&'static str] {
        if self.might.0 == self.at { &[] } else { VALUE }
    }

    fn expected_here(&self) -> &'static [&'static str] {
        if self.might.0 == self.at { self.might.1 } else { VALUE }
    }

    fn word_before(&self, words: &[&str]) -> bool {
        let before = self.at.checked_sub(1).map(|at| self.token(at));
        matches!(before, Some(Token::Word(word)) if words.contains(word))
    }

    pub(super) fn mask(&mut self) -> Result<Option<Mask>, Error> {
        if self.sign("/") {
            return Ok(Some(Mask::Prefix(self.number()?)));
        }
        if self.word(&["mask"]) {
            return match self.peek() {
                Token::Ipv4 { address, bits } => {
                    self.take();
                    Ok(Some(Mask::Bits(*address, *bits)))
                }
                _ => Err(self.unexpected(&["a mask such as 255.255.0.0"])),
            };
        }
        Ok(None)
    }

    pub(super) fn set(&mut self, qualifiers: Qualifiers) -> Result<Value, Error> {
        if !matches!(
            qualifiers.kind,
            Some(Kind::Host | Kind::Net | Kind::Port | Kind::PortRange | Kind::Proto)
        ) {
            let message = "`in { … }` belongs behind `host`, `net`, `port`, `portrange` or `proto`";
            return Err(Error::new(self.span(), message));
        }
        self.take();
        self.take();
        let mut values = Vec::new();
        loop {
            let start = self.span();
            let value = self.plain_value()?;
            values.push((value, start.to(self.taken())));
            if self.sign("}") {
                return Ok(Value::Set(values));
            }
            if !self.sign(",") {
                return Err(self.unexpected(&["`,`", "`}`"]));
            }
        }
    }
}
