//! Tokens to the tree of `ast`: the grammar of pcap-filter(7), with its odd corners.
//!
//! `and` and `or` have equal precedence and group to the left, `not` takes one term, a bare value behind `and` or `or`
//! takes over the qualifiers of its left neighbour, and a parenthesised expression gives back the qualifiers that stood
//! before it. `%` and `^` take everything behind them as their right operand, as in libpcap's grammar. Runs of `not`,
//! `-` and joined terms are loops; what nests for real (parentheses, brackets, `%`) may nest [`DEPTH`] deep.

use super::ast::{
    Arithmetic, ArithmeticId, ArithmeticKind, ByteOperator, Compared, Direction, Kind, Mask, Name, Node,
    NodeId, NodeKind, Operator, Protocol, Qualifiers, Relation, Special, Tree, Value,
};
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
    let mut parser = Parser::new(&lexemes);
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
    let mut parser = Parser::new(&lexemes);
    let value = parser.plain_value()?;
    match parser.peek() {
        Token::End => Ok(value),
        _ => Err(Error::new(parser.span(), format!("`{word}` is no address, network, port or range"))),
    }
}

type Parsed = Result<(NodeId, Option<Qualifiers>), Error>;

struct Parser<'t> {
    lexemes: &'t [Lexeme],
    at: usize,
    /// For an opening parenthesis: where its partner is; else its own place.
    partner: Vec<usize>,
    /// The first token from here on that is neither `(` nor `not`.
    core: Vec<usize>,
    depth: usize,
    encapsulated: bool,
    tree: Tree,
}

impl<'t> Parser<'t> {
    fn new(lexemes: &'t [Lexeme]) -> Self {
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
        Parser { lexemes, at: 0, partner, core, depth: 0, encapsulated: false, tree: Tree::default() }
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
        let shown = |word: &str| Error::new(self.span(), format!("`{word}` cannot stand here"));
        match self.peek() {
            Token::End => Error::new(self.span(), "the expression ends too early").expecting(expected),
            Token::Name(name) => shown(name).near(name, lex::known_words()).expecting(expected),
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

    /// A number that may stand in parentheses, if there is one.
    fn optional_number(&mut self) -> Result<Option<u32>, Error> {
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
        self.tree.nodes.push(Node { kind, span, grouped: false });
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
            Token::Name(name) => error.near(name, lex::known_words()).expecting(TERM),
            _ => error.expecting(&["`host`", "`port`", "another qualifier in front"]),
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
                Ok((self.push(NodeKind::Special(Special::DsaPort(port)), span), None))
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
        const HEADS: &[&str] = &[
            "src",
            "dst",
            "addr1",
            "addr2",
            "addr3",
            "addr4",
            "address1",
            "address2",
            "address3",
            "address4",
            "ra",
            "ta",
            "host",
            "net",
            "port",
            "portrange",
            "proto",
            "protochain",
            "gateway",
            "broadcast",
            "multicast",
            "type",
            "subtype",
            "dir",
            "direction",
        ];
        match self.peek() {
            Token::Word(word) if HEADS.contains(word) => self.head_or_special(Some(protocol), start),
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
            let special = self.special(protocol)?;
            let span = start.to(self.taken());
            return Ok((self.push(NodeKind::Special(special), span), None));
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

    // ---- values ---------------------------------------------------------------------------------------------------

    /// A value, or several in parentheses joined by `and` and `or`.
    fn value(&mut self, qualifiers: Qualifiers, inherited: bool) -> Result<NodeId, Error> {
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
            self.push(NodeKind::Primitive { qualifiers, inherited, value }, span)
        };
        Ok(self.negate(nots, node))
    }

    fn single_value(&mut self, qualifiers: Qualifiers) -> Result<Value, Error> {
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
        self.plain_value()
    }

    fn plain_value(&mut self) -> Result<Value, Error> {
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
            Token::Word(word) => {
                let message = format!("`{word}` is a keyword; write `\\{word}` for the name");
                return Err(Error::new(self.span(), message).expecting(VALUE));
            }
            _ => return Err(self.unexpected(VALUE)),
        };
        self.take();
        Ok(value)
    }

    fn mask(&mut self) -> Result<Option<Mask>, Error> {
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

    fn set(&mut self, qualifiers: Qualifiers) -> Result<Value, Error> {
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
            let comma = self.sign(",");
            if self.sign("}") {
                return Ok(Value::Set(values));
            }
            if !comma && *self.peek() == Token::End {
                return Err(self.unexpected(&["`,`", "`}`"]));
            }
        }
    }

    // ---- primitives with syntax of their own -------------------------------------------------------------------------

    fn special(&mut self, protocol: Option<Protocol>) -> Result<Special, Error> {
        let Token::Word(word) = self.peek() else { return Err(self.unexpected(TERM)) };
        let special = match *word {
            "broadcast" | "multicast" | "type" | "subtype" | "dir" | "direction" => {
                return self.qualified(word, protocol);
            }
            "mask" => return Err(self.unexpected(TERM)),
            _ => {
                self.take();
                match *word {
                    "less" => Special::Less(self.number()?),
                    "greater" => Special::Greater(self.number()?),
                    "byte" => self.byte()?,
                    "inbound" => Special::Inbound,
                    "outbound" => Special::Outbound,
                    "ifindex" => Special::InterfaceIndex(self.number()?),
                    "vlan" => Special::Vlan(self.vlan()?),
                    "mpls" => Special::Mpls(self.optional_number()?),
                    "pppoed" => Special::PppoeDiscovery,
                    "pppoes" => Special::PppoeSession(self.optional_number()?),
                    "geneve" => Special::Geneve(self.network_identifier()?),
                    "vxlan" => Special::Vxlan(self.network_identifier()?),
                    other => return self.rare(other),
                }
            }
        };
        Ok(special)
    }

    fn qualified(&mut self, word: &str, protocol: Option<Protocol>) -> Result<Special, Error> {
        self.take();
        Ok(match word {
            "broadcast" => Special::Broadcast(protocol),
            "multicast" => Special::Multicast(protocol),
            "type" => {
                let name = self.name()?;
                let subtype = if self.word(&["subtype"]) { Some(self.name()?) } else { None };
                Special::WlanType(name, subtype)
            }
            "subtype" => Special::WlanSubtype(self.name()?),
            _ => Special::WlanDirection(self.name()?),
        })
    }

    fn network_identifier(&mut self) -> Result<Option<u32>, Error> {
        self.encapsulated = true;
        if matches!(self.peek(), Token::Name(name) if name == "vni") {
            self.take();
            return Ok(Some(self.number()?));
        }
        self.optional_number()
    }

    fn vlan(&mut self) -> Result<Option<(u32, u32)>, Error> {
        if let Token::Name(range) = self.peek() {
            let ends = range.split_once('-').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
            return match ends {
                Some((first, last)) => {
                    self.take();
                    Ok(Some((first, last)))
                }
                None => {
                    Err(self.unexpected(&["a VLAN number", "a range such as 100-200", "`and`", "the end"]))
                }
            };
        }
        Ok(self.optional_number()?.map(|id| (id, id)))
    }

    fn byte(&mut self) -> Result<Special, Error> {
        let index = self.number()?;
        let operator = match self.peek() {
            Token::Sign("=") => ByteOperator::Equal,
            Token::Sign("<") => ByteOperator::Less,
            Token::Sign(">") => ByteOperator::Greater,
            Token::Sign("&") => ByteOperator::And,
            Token::Sign("|") => ByteOperator::Or,
            _ => return Err(self.unexpected(&["`=`", "`<`", "`>`", "`&`", "`|`"])),
        };
        self.take();
        Ok(Special::Byte(index, operator, self.number()?))
    }

    /// 802.2, PFLOG, SunATM and SS7.
    fn rare(&mut self, word: &str) -> Result<Special, Error> {
        Ok(match word {
            "llc" => Special::Llc(match self.peek() {
                Token::Name(name) => {
                    self.take();
                    Some(name.clone())
                }
                Token::Word("rnr" | "rulenum") => {
                    self.take();
                    Some("rnr".to_owned())
                }
                _ => None,
            }),
            "on" | "ifname" => Special::PflogInterface(self.only_name()?),
            "rset" | "ruleset" => Special::PflogRuleSet(self.only_name()?),
            "rnr" | "rulenum" => Special::PflogRule(self.number()?),
            "srnr" | "subrulenum" => Special::PflogSubRule(self.number()?),
            "reason" => Special::PflogReason(match self.name()? {
                Name::Word(word) => word,
                Name::Number(number) => number.to_string(),
            }),
            "action" => Special::PflogAction(self.name()?),
            "vpi" | "vci" => Special::AtmField(word.to_owned(), self.compared()?),
            "lane" | "metac" | "bcc" | "oam" | "oamf4" | "oamf4ec" | "oamf4sc" | "sc" | "ilmic"
            | "connectmsg" | "metaconnect" => Special::AtmType(word.to_owned()),
            "fisu" | "lssu" | "lsu" | "msu" | "hfisu" | "hlssu" | "hmsu" => {
                Special::Mtp2Type(word.to_owned())
            }
            "sio" | "opc" | "dpc" | "sls" | "hsio" | "hopc" | "hdpc" | "hsls" => {
                Special::Mtp3Field(word.to_owned(), self.compared()?)
            }
            _ => {
                self.at = self.at.saturating_sub(1);
                return Err(self.unexpected(TERM));
            }
        })
    }

    fn compared(&mut self) -> Result<Compared, Error> {
        let mut list = Vec::new();
        let grouped = self.sign("(");
        loop {
            let relation = self.relation_sign().unwrap_or(Relation::Equal);
            list.push((relation, self.number()?));
            if !grouped {
                return Ok(Compared(list));
            }
            match self.peek() {
                Token::Or => self.take(),
                Token::Sign(")") => {
                    self.take();
                    return Ok(Compared(list));
                }
                _ => return Err(self.unexpected(&["`or`", "`)`"])),
            }
        }
    }

    fn tcp_flags(&mut self, start: Span) -> Parsed {
        let (mut set, mut clear) = (0u8, 0u8);
        loop {
            let not = *self.peek() == Token::Not;
            if not {
                self.take();
            }
            let name = match self.peek() {
                Token::Name(name) => name.as_str(),
                _ => return Err(self.unexpected(&["a flag such as `syn`"])),
            };
            const FLAGS: &[&str] = &["fin", "syn", "rst", "push", "ack", "urg", "ece", "cwr", "psh"];
            let Some(bit) = FLAGS.iter().position(|flag| *flag == name) else {
                return Err(Error::new(self.span(), format!("`{name}` is no TCP flag"))
                    .near(name, FLAGS.iter().copied())
                    .expecting(&["`fin`", "`syn`", "`rst`", "`push`", "`ack`", "`urg`", "`ece`", "`cwr`"]));
            };
            let bit = if bit == 8 { 8 } else { 1 << bit };
            let wanted = if not { &mut clear } else { &mut set };
            *wanted |= bit;
            self.take();
            if !self.sign(",") {
                break;
            }
        }
        let span = start.to(self.taken());
        if set & clear != 0 {
            return Err(Error::new(span, "a flag is asked to be both set and clear"));
        }
        Ok((self.push(NodeKind::Special(Special::TcpFlags(set, clear)), span), None))
    }

    // ---- numbers --------------------------------------------------------------------------------------------------

    fn relation_sign(&mut self) -> Option<Relation> {
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

    fn relation(&mut self) -> Parsed {
        let left = self.arithmetic(0)?;
        let Some(relation) = self.relation_sign() else {
            return Err(self.unexpected(&["`=`", "`!=`", "`>`", "`>=`", "`<`", "`<=`", "an operator"]));
        };
        let right = self.arithmetic(0)?;
        let span = self.tree.arithmetic[left].span.to(self.tree.arithmetic[right].span);
        Ok((self.push(NodeKind::Relation { left, relation, right }, span), None))
    }

    fn push_arithmetic(&mut self, kind: ArithmeticKind, span: Span) -> ArithmeticId {
        self.tree.arithmetic.push(Arithmetic { kind, span });
        self.tree.arithmetic.len() - 1
    }

    fn operator(&self) -> Option<(Operator, u8)> {
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

    fn arithmetic(&mut self, weakest: u8) -> Result<ArithmeticId, Error> {
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

    fn operand(&mut self) -> Result<ArithmeticId, Error> {
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
                    return Err(Error::new(start, format!("`{name}` is no number, protocol or field"))
                        .near(name, fields.chain(lex::known_words())));
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

    fn load(&mut self, protocol: Protocol, start: Span) -> Result<ArithmeticId, Error> {
        self.take();
        if !self.sign("[") {
            return Err(self.unexpected(&["`[`"]));
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
