//! Relations and the numbers between them.

use super::super::ast::{Arithmetic, ArithmeticId, ArithmeticKind, NodeKind, Operator, Protocol, Relation};
use super::super::error::{Error, Span};
use super::super::field;
use super::super::lex::{self, Token};
use super::super::names;
use super::{Parsed, Parser};

impl Parser<'_> {
    pub(super) fn relation_sign(&mut self) -> Option<Relation> {
        let relation = match self.peek() {
            Token::Sign("=") => Relation::Equal,
            Token::Sign("!=") => Relation::NotEqual,
            Token::Sign(">") => Relation::Greater,
            Token::Sign(">=") => Relation::GreaterEqual,
            Token::Sign("<") => Relation::Less,
            Token::Sign("<=") => Relation::LessEqual,
            _ => return None,
        };
        self.take();
        Some(relation)
    }

    pub(super) fn relation(&mut self) -> Parsed {
        let left = self.arithmetic(0)?;
        let Some(relation) = self.relation_sign() else {
            let error = self.unexpected(&["`=`", "`!=`", "`>`", "`>=`", "`<`", "`<=`", "an operator"]);
            let ended = matches!(self.peek(), Token::End | Token::And | Token::Or | Token::Sign(")"));
            let mend = match self.tree.arithmetic.get(left).map(|node| &node.kind) {
                Some(ArithmeticKind::Binary(Operator::And, ..)) if ended => {
                    Some("for any of these bits write `!= 0` behind".to_owned())
                }
                Some(ArithmeticKind::Field(field)) if ended && field.largest() == 1 => {
                    Some(format!("write `{} = 1`", field.name))
                }
                _ => None,
            };
            return Err(error.mended(mend));
        };
        let right = self.arithmetic(0)?;
        let span = self.tree.arithmetic[left].span.to(self.tree.arithmetic[right].span);
        Ok((self.push(NodeKind::Relation { left, relation, right }, span), None))
    }

    pub(super) fn push_arithmetic(&mut self, kind: ArithmeticKind, span: Span) -> ArithmeticId {
        self.tree.arithmetic.push(Arithmetic { kind, span });
        self.tree.arithmetic.len() - 1
    }

    pub(super) fn operator(&self) -> Option<(Operator, u8)> {
        Some(match self.peek() {
            Token::Sign("|") => (Operator::Or, 1),
            Token::Sign("&") => (Operator::And, 2),
            Token::Sign("<<") => (Operator::ShiftLeft, 3),
            Token::Sign(">>") => (Operator::ShiftRight, 3),
            Token::Sign("+") => (Operator::Add, 4),
            Token::Sign("-") => (Operator::Subtract, 4),
            Token::Sign("*") => (Operator::Multiply, 5),
            Token::Sign("/") => (Operator::Divide, 5),
            // No precedence in libpcap's grammar: taken at once, whatever stands before.
            Token::Sign("%") => (Operator::Modulo, u8::MAX),
            Token::Sign("^") => (Operator::Xor, u8::MAX),
            _ => return None,
        })
    }

    pub(super) fn arithmetic(&mut self, weakest: u8) -> Result<ArithmeticId, Error> {
        self.deeper()?;
        let mut left = self.operand()?;
        while let Some((operator, strength)) = self.operator() {
            if strength < weakest {
                break;
            }
            self.take();
            let right = self.arithmetic(if strength == u8::MAX { 0 } else { strength + 1 })?;
            let span = self.tree.arithmetic[left].span.to(self.tree.arithmetic[right].span);
            left = self.push_arithmetic(ArithmeticKind::Binary(operator, left, right), span);
        }
        self.depth -= 1;
        Ok(left)
    }

    pub(super) fn operand(&mut self) -> Result<ArithmeticId, Error> {
        let mut signs = Vec::new();
        while *self.peek() == Token::Sign("-") {
            signs.push(self.span());
            self.take();
        }
        let start = self.span();
        let mut operand = match self.peek() {
            Token::Number(value) => {
                self.take();
                self.push_arithmetic(ArithmeticKind::Number(*value), start)
            }
            Token::Word("len" | "length") => {
                self.take();
                self.push_arithmetic(ArithmeticKind::Length, start)
            }
            Token::Name(name) => match field::find(name) {
                Some(field) => {
                    self.take();
                    self.push_arithmetic(ArithmeticKind::Field(field), start)
                }
                None => {
                    let fields = field::FIELDS.iter().map(|field| field.name);
                    let flag = ["tcp-", "icmp-", "icmp6-"].map(|prefix| format!("{prefix}{name}"));
                    let flag = flag.into_iter().find(|flag| lex::named_number(flag).is_some());
                    return Err(Error::new(start, format!("`{name}` is no number, protocol or field"))
                        .near(name, fields.chain(lex::known_words()))
                        .mended(flag.map(|flag| format!("write `{flag}`")))
                        .expecting(&[
                            "a number",
                            "`len`",
                            "`proto[offset:size]`",
                            "a field such as `ip.ttl`",
                        ]));
                }
            },
            Token::Sign("(") => {
                self.take();
                let inside = self.arithmetic(0)?;
                if !self.sign(")") {
                    return Err(self.unexpected(&["an operator", "`)`"]));
                }
                self.tree.arithmetic[inside].span = start.to(self.taken());
                inside
            }
            Token::Word(word) => match Protocol::from_word(word) {
                Some(protocol) => self.load(protocol, start)?,
                None => return Err(self.unexpected(&["a number", "`len`", "`proto[offset:size]`"])),
            },
            _ => return Err(self.unexpected(&["a number", "`len`", "`proto[offset:size]`", "`(`"])),
        };
        for sign in signs.into_iter().rev() {
            let span = sign.to(self.tree.arithmetic[operand].span);
            operand = self.push_arithmetic(ArithmeticKind::Negative(operand), span);
        }
        Ok(operand)
    }

    pub(super) fn load(&mut self, protocol: Protocol, start: Span) -> Result<ArithmeticId, Error> {
        self.take();
        if !self.sign("[") {
            let number = names::built_in_protocol(protocol.word());
            let mend = number.map(|number| format!("the number of {} is {number}", protocol.word()));
            let mend = self.mend().or(mend);
            return Err(self.unexpected(&["`[`"]).mended(mend));
        }
        let index = self.arithmetic(0)?;
        let size = if self.sign(":") {
            let place = self.span();
            match self.number()? {
                size @ (1 | 2 | 4) => size,
                other => {
                    let message = format!("{other} octets cannot be loaded; the size is 1, 2 or 4");
                    return Err(Error::new(place, message));
                }
            }
        } else {
            1
        };
        if !self.sign("]") {
            return Err(self.unexpected(&["an operator", "`:` and a size", "`]`"]));
        }
        let span = start.to(self.taken());
        Ok(self.push_arithmetic(ArithmeticKind::Load { protocol, index, size }, span))
    }
}
