//! Tokens to the tree of `ast`: the grammar of pcap-filter(7), with its odd corners.
//!
//! `and` and `or` have equal precedence and group to the left, `not` takes one term, a bare value behind `and` or `or`
//! takes over the qualifiers of its left neighbour, and a parenthesised expression gives back the qualifiers that stood
//! before it. `%` and `^` take everything behind them as their right operand, as in libpcap's grammar. Runs of `not`,
//! `-` and joined terms are loops; what nests for real (parentheses, brackets, `%`) may nest [`DEPTH`] deep.

mod arithmetic;
mod mend;
mod special;
mod value;

use super::ast::{Direction, Kind, Name, Node, NodeId, NodeKind, Protocol, Qualifiers, Special, Tree, Value};
use super::error::{Error, Span};
use super::field;
use super::lex::{self, Lexeme, Token};

/// How deep parentheses and brackets may nest.
pub const DEPTH: usize = 200;

const TERM: &[&str] = &["a primitive such as `tcp port 80`", "`not`", "`(`"];
const VALUE: &[&str] = &["a name", "an address", "a number"];

/// Parses a whole expression.
pub fn parse(text: &str) -> Result<Tree, Error> {
    let lexemes = lex::tokens(text)?;
    let mut parser = Parser::new(text, &lexemes);
    if lexemes.len() > 1 {
        let (root, _) = parser.expression(None)?;
        if parser.peek() != &Token::End {
            return Err(parser.unexpected(&["`and`", "`or`", "the end"]));
        }
        parser.tree.root = Some(root);
    }
    Ok(parser.tree)
}

/// A value of a list that was read: an address, a network, a port, a range.
pub(crate) fn list_value(word: &str) -> Result<Value, Error> {
    let lexemes = lex::tokens(word)?;
    let mut parser = Parser::new(word, &lexemes);
    let value = parser.plain_value()?;
    match parser.peek() {
        Token::End => Ok(value),
        _ => Err(Error::new(parser.span(), format!("`{word}` is no address, network, port or range"))),
    }
}

type Parsed = Result<(NodeId, Option<Qualifiers>), Error>;

struct Parser<'t> {
    text: &'t str,
    lexemes: &'t [Lexeme],
    at: usize,
    /// For an opening parenthesis: where its partner is; else its own place.
    partner: Vec<usize>,
    /// The first token from here on that is neither `(` nor `not`.
    core: Vec<usize>,
    depth: usize,
    encapsulated: bool,
    /// What was looked for and was not there, and where.
    might: (usize, &'static [&'static str]),
    tree: Tree,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str, lexemes: &'t [Lexeme]) -> Self {
        let last = lexemes.len() - 1;
        let mut partner: Vec<usize> = (0..lexemes.len()).collect();
        let mut open = Vec::new();
        for (at, lexeme) in lexemes.iter().enumerate() {
            match lexeme.token {
                Token::Sign("(") => open.push(at),
                Token::Sign(")") => {
                    if let Some(opened) = open.pop() {
                        partner[opened] = at;
                    }
                }
                _ => {}
            }
        }
        for opened in open {
            partner[opened] = last;
        }
        let mut core: Vec<usize> = (0..lexemes.len()).collect();
        for at in (0..last).rev() {
            if matches!(lexemes[at].token, Token::Sign("(") | Token::Not) {
                core[at] = core[at + 1];
            }
        }
        Parser {
            text,
            lexemes,
            at: 0,
            partner,
            core,
            depth: 0,
            encapsulated: false,
            might: (0, &[]),
            tree: Tree::default(),
        }
    }

    // ---- tokens -------------------------------------------------------------------------------------------------

    fn token(&self, at: usize) -> &'t Token {
        self.lexemes.get(at).map_or(&Token::End, |lexeme| &lexeme.token)
    }

    fn peek(&self) -> &'t Token {
        self.token(self.at)
    }

    fn span(&self) -> Span {
        self.lexemes.get(self.at).map_or_else(Span::default, |lexeme| lexeme.span)
    }

    /// The place of what was taken last.
    fn taken(&self) -> Span {
        self.at
            .checked_sub(1)
            .and_then(|at| self.lexemes.get(at))
            .map_or_else(Span::default, |lexeme| lexeme.span)
    }

    fn take(&mut self) {
        if self.at + 1 < self.lexemes.len() {
            self.at += 1;
        }
    }

    fn sign(&mut self, sign: &'static str) -> bool {
        let found = *self.peek() == Token::Sign(sign);
        if found {
            self.take();
        }
        found
    }

    fn word(&mut self, words: &[&str]) -> bool {
        let found = matches!(self.peek(), Token::Word(word) if words.contains(word));
        if found {
            self.take();
        }
        found
    }

    fn unexpected(&self, expected: &[&'static str]) -> Error {
        let might = if self.might.0 == self.at { self.might.1 } else { &[] };
        let expected = [might, expected].concat();
        let mend = match expected.as_slice() {
            [.., "`)`"] if *self.peek() == Token::End => Some("a `)` is missing".to_owned()),
            ["`,`", "`}`"] if *self.peek() != Token::End => {
                Some("values in braces have `,` between them".to_owned())
            }
            known => self.mend().or_else(|| self.unjoined(known)),
        };
        self.cannot_stand(&expected).mended(mend)
    }

    fn cannot_stand(&self, expected: &[&'static str]) -> Error {
        let shown = |word: &str| Error::new(self.span(), format!("`{word}` cannot stand here"));
        match self.peek() {
            Token::End => Error::new(self.span(), "the expression ends too early").expecting(expected),
            Token::Name(name) => {
                let words = mend::field_names(name).chain(lex::known_words());
                shown(name).near(name, words).expecting(expected)
            }
            Token::Word(word) => shown(word).expecting(expected),
            Token::Sign(sign) => shown(sign).expecting(expected),
            Token::And => shown("and").expecting(expected),
            Token::Or => shown("or").expecting(expected),
            Token::Not => shown("not").expecting(expected),
            Token::List(name) => shown(&format!("@{name}")).expecting(expected),
            Token::Number(_) => Error::new(self.span(), "a number cannot stand here").expecting(expected),
            Token::Ipv4 { .. } | Token::Ipv6(_) | Token::Ether(_) | Token::Octet(_) => {
                Error::new(self.span(), "an address cannot stand here").expecting(expected)
            }
        }
    }

    fn number(&mut self) -> Result<u32, Error> {
        match self.peek() {
            Token::Number(value) => {
                self.take();
                Ok(*value)
            }
            _ => Err(self.unexpected(&["a number"])),
        }
    }

    /// A number that may stand in parentheses, if there is one; errors call it `what`.
    fn optional_number(&mut self, what: &'static [&'static str]) -> Result<Option<u32>, Error> {
        self.might = (self.at, what);
        let start = self.at;
        while *self.peek() == Token::Sign("(") {
            self.take();
        }
        let opened = self.at - start;
        if opened == 0 && !matches!(self.peek(), Token::Number(_)) {
            return Ok(None);
        }
        let value = self.number()?;
        for _ in 0..opened {
            if !self.sign(")") {
                return Err(self.unexpected(&["`)`"]));
            }
        }
        Ok(Some(value))
    }

    fn name(&mut self) -> Result<Name, Error> {
        let name = match self.peek() {
            Token::Name(name) => Name::Word(name.clone()),
            Token::Word(word) => Name::Word((*word).to_owned()),
            Token::Number(value) => Name::Number(*value),
            _ => return Err(self.unexpected(&["a name", "a number"])),
        };
        self.take();
        Ok(name)
    }

    fn only_name(&mut self) -> Result<String, Error> {
        match self.peek() {
            Token::Name(name) => {
                self.take();
                Ok(name.clone())
            }
            _ => Err(self.unexpected(&["a name"])),
        }
    }

    fn deeper(&mut self) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > DEPTH {
            let message = format!("nested more than {DEPTH} deep; take parentheses out");
            return Err(Error::new(self.span(), message));
        }
        Ok(())
    }

    fn push(&mut self, kind: NodeKind, span: Span) -> NodeId {
        self.tree.nodes.push(Node { kind, span, operand: (span, span), grouped: false });
        self.tree.nodes.len() - 1
    }

    fn node_span(&self, node: NodeId) -> Span {
        self.tree.nodes[node].span
    }

    // ---- what follows? --------------------------------------------------------------------------------------------

    fn is_operator(&self, at: usize) -> bool {
        matches!(self.token(at), Token::Sign(sign) if !matches!(*sign, "(" | ")" | "[" | "]" | ":" | "{" | "}" | ","))
    }

    /// Whether a value, with its qualifiers left out, stands here, rather than a term.
    fn value_follows(&self) -> bool {
        let core = self.core.get(self.at).copied().unwrap_or(self.at);
        match self.token(core) {
            Token::Name(name) if matches!(name.as_str(), "inner" | "dsa") => !self.word_behind(core),
            Token::Name(_) => !self.is_operator(core + 1),
            Token::Ipv4 { .. } | Token::Ipv6(_) | Token::Ether(_) | Token::Octet(_) => true,
            Token::Number(_) => {
                let mut next = core + 1;
                while *self.token(next) == Token::Sign(")") && next < self.lexemes.len() {
                    let inside = (self.at..core).any(|at| self.partner[at] == next && at != next);
                    if !inside {
                        break;
                    }
                    next += 1;
                }
                !self.is_operator(next)
            }
            _ => false,
        }
    }

    fn word_behind(&self, at: usize) -> bool {
        matches!(self.token(at + 1), Token::Word(_) | Token::Not | Token::Sign("("))
    }

    /// Whether the parenthesis here encloses a number rather than tests.
    fn number_in_parentheses(&self) -> bool {
        let end = self.partner.get(self.at).copied().unwrap_or(self.at);
        self.is_operator(end + 1)
    }

    // ---- expressions ----------------------------------------------------------------------------------------------

    fn expression(&mut self, inherit: Option<Qualifiers>) -> Parsed {
        let (mut left, mut qualifiers) = self.term(inherit)?;
        loop {
            let both = match self.peek() {
                Token::And => true,
                Token::Or => false,
                _ => return Ok((left, qualifiers)),
            };
            self.take();
            let (right, next) = if self.value_follows() {
                match qualifiers {
                    Some(from) => (self.value(from, true)?, qualifiers),
                    None => return Err(self.nothing_to_inherit()),
                }
            } else {
                self.term(qualifiers)?
            };
            qualifiers = next;
            left = self.join(both, left, right);
        }
    }

    fn nothing_to_inherit(&self) -> Error {
        let at = self.core.get(self.at).copied().unwrap_or(self.at);
        let span = self.lexemes.get(at).map_or_else(Span::default, |lexeme| lexeme.span);
        let error =
            Error::new(span, "a value alone takes its qualifiers from its left neighbour, which has none");
        match self.token(at) {
            Token::Name(name) => {
                error.near(name, lex::known_words()).mended(self.name_meant(name)).expecting(TERM)
            }
            _ => error.mended(self.bare_value(at)).expecting(&[
                "`host`",
                "`port`",
                "another qualifier in front",
            ]),
        }
    }

    fn join(&mut self, both: bool, left: NodeId, right: NodeId) -> NodeId {
        let span = self.node_span(left).to(self.node_span(right));
        self.push(if both { NodeKind::And(left, right) } else { NodeKind::Or(left, right) }, span)
    }

    fn nots(&mut self) -> Vec<Span> {
        let mut nots = Vec::new();
        while *self.peek() == Token::Not {
            nots.push(self.span());
            self.take();
        }
        nots
    }

    fn negate(&mut self, nots: Vec<Span>, mut node: NodeId) -> NodeId {
        for not in nots.into_iter().rev() {
            let span = not.to(self.node_span(node));
            node = self.push(NodeKind::Not(node), span);
        }
        node
    }

    fn term(&mut self, inherit: Option<Qualifiers>) -> Parsed {
        let nots = self.nots();
        let (node, qualifiers) = self.positive_term(inherit)?;
        Ok((self.negate(nots, node), qualifiers))
    }

    fn positive_term(&mut self, inherit: Option<Qualifiers>) -> Parsed {
        let start = self.span();
        match self.peek() {
            Token::Sign("(") if self.number_in_parentheses() => self.relation(),
            Token::Sign("(") => {
                self.deeper()?;
                self.take();
                let (node, _) = self.expression(inherit)?;
                if !self.sign(")") {
                    return Err(self.unexpected(&["`and`", "`or`", "`)`"]));
                }
                self.depth -= 1;
                self.tree.nodes[node].span = start.to(self.taken());
                self.tree.nodes[node].grouped = true;
                Ok((node, inherit))
            }
            Token::Number(_) | Token::Sign("-") | Token::Word("len" | "length") => self.relation(),
            Token::Name(name) if field::find(name).is_some() => self.relation(),
            Token::Name(name) if name == "inner" && self.word_behind(self.at) => self.inner(inherit),
            Token::Name(name) if name == "dsa" && *self.token(self.at + 1) == Token::Word("port") => {
                self.take();
                self.take();
                let port = self.number()?;
                let span = start.to(self.taken());
                let node = self.push(NodeKind::Special(Special::DsaPort(port)), span);
                self.tree.nodes[node].operand = (self.taken(), self.taken());
                Ok((node, None))
            }
            Token::Word(word) => match Protocol::from_word(word) {
                Some(protocol) => self.protocol_term(protocol, start),
                None => self.head_or_special(None, start),
            },
            _ => Err(self.unexpected(TERM)),
        }
    }

    /// `inner`: what follows reads the frame inside, which it does anyway; the word makes the reader see it.
    fn inner(&mut self, inherit: Option<Qualifiers>) -> Parsed {
        if !self.encapsulated {
            return Err(Error::new(self.span(), "`inner` needs `vxlan` or `geneve` before it"));
        }
        self.take();
        self.positive_term_or_not(inherit)
    }

    fn positive_term_or_not(&mut self, inherit: Option<Qualifiers>) -> Parsed {
        self.deeper()?;
        let parsed = self.term(inherit)?;
        self.depth -= 1;
        Ok(parsed)
    }

    fn protocol_term(&mut self, protocol: Protocol, start: Span) -> Parsed {
        if *self.token(self.at + 1) == Token::Sign("[") {
            return self.relation();
        }
        self.take();
        let flags = matches!(self.peek(), Token::Name(name) if name == "flags");
        if protocol == Protocol::Tcp && flags {
            self.take();
            return self.tcp_flags(start);
        }
        match self.peek() {
            Token::Word(word) if lex::QUALIFIERS.contains(word) => {
                self.head_or_special(Some(protocol), start)
            }
            Token::And | Token::Or | Token::End | Token::Sign(")") => {
                Ok((self.push(NodeKind::Protocol(protocol), start), None))
            }
            _ => Err(self.unexpected(&["`and`", "`or`", "`host`", "`port`", "`[`", "the end"])),
        }
    }

    fn head_or_special(&mut self, protocol: Option<Protocol>, start: Span) -> Parsed {
        let direction = self.direction();
        let kind = self.kind(direction.is_some())?;
        if direction.is_none() && kind.is_none() {
            let keyword = self.at;
            let special = self.special(protocol)?;
            let node = self.push(NodeKind::Special(special), start.to(self.taken()));
            if let Some(first) = self.lexemes.get(keyword + 1).filter(|_| self.at > keyword + 1) {
                self.tree.nodes[node].operand = (first.span, self.taken());
            }
            return Ok((node, None));
        }
        let qualifiers = Qualifiers { protocol, direction, kind };
        let node = self.value(qualifiers, false)?;
        let span = start.to(self.node_span(node));
        self.tree.nodes[node].span = span;
        Ok((node, Some(qualifiers)))
    }

    fn direction(&mut self) -> Option<Direction> {
        let found = match self.peek() {
            Token::Word("src") => Direction::Source,
            Token::Word("dst") => Direction::Destination,
            Token::Word("addr1" | "address1") => Direction::Address(1),
            Token::Word("addr2" | "address2") => Direction::Address(2),
            Token::Word("addr3" | "address3") => Direction::Address(3),
            Token::Word("addr4" | "address4") => Direction::Address(4),
            Token::Word("ra") => Direction::Receiver,
            Token::Word("ta") => Direction::Transmitter,
            _ => return None,
        };
        self.take();
        let partner = match found {
            Direction::Source => "dst",
            Direction::Destination => "src",
            _ => return Some(found),
        };
        let joined = match self.peek() {
            Token::And => Direction::Both,
            Token::Or => Direction::Either,
            _ => return Some(found),
        };
        if *self.token(self.at + 1) == Token::Word(partner) {
            self.take();
            self.take();
            return Some(joined);
        }
        Some(found)
    }

    fn kind(&mut self, directed: bool) -> Result<Option<Kind>, Error> {
        let kind = match self.peek() {
            Token::Word("host") => Kind::Host,
            Token::Word("net") => Kind::Net,
            Token::Word("port") => Kind::Port,
            Token::Word("portrange") => Kind::PortRange,
            Token::Word("proto") => Kind::Proto,
            Token::Word("protochain") => Kind::ProtoChain,
            Token::Word("gateway") => Kind::Gateway,
            _ => return Ok(None),
        };
        if directed && matches!(kind, Kind::Proto | Kind::ProtoChain | Kind::Gateway) {
            return Err(self.unexpected(&["`host`", "`net`", "`port`", "`portrange`", "an address"]));
        }
        self.take();
        Ok(Some(kind))
    }
}
