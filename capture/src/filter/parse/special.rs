//! Primitives with a syntax of their own.

use super::super::ast::{ByteOperator, Compared, Name, NodeKind, Protocol, Relation, Special};
use super::super::error::{Error, Span};
use super::super::lex::Token;
use super::{Parsed, Parser, TERM};

impl Parser<'_> {
    pub(super) fn special(&mut self, protocol: Option<Protocol>) -> Result<Special, Error> {
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
                    "mpls" => Special::Mpls(self.optional_number(&["an MPLS label"])?),
                    "pppoed" => Special::PppoeDiscovery,
                    "pppoes" => Special::PppoeSession(self.optional_number(&["a session number"])?),
                    "geneve" => Special::Geneve(self.network_identifier()?),
                    "vxlan" => Special::Vxlan(self.network_identifier()?),
                    other => return self.rare(other),
                }
            }
        };
        Ok(special)
    }

    pub(super) fn qualified(&mut self, word: &str, protocol: Option<Protocol>) -> Result<Special, Error> {
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

    pub(super) fn network_identifier(&mut self) -> Result<Option<u32>, Error> {
        self.encapsulated = true;
        if matches!(self.peek(), Token::Name(name) if name == "vni") {
            self.take();
            return Ok(Some(self.number()?));
        }
        self.optional_number(&["a network identifier", "`vni`"])
    }

    pub(super) fn vlan(&mut self) -> Result<Option<(u32, u32)>, Error> {
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
        let what = &["a VLAN number", "a range such as 100-200"];
        Ok(self.optional_number(what)?.map(|id| (id, id)))
    }

    pub(super) fn byte(&mut self) -> Result<Special, Error> {
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
    pub(super) fn rare(&mut self, word: &str) -> Result<Special, Error> {
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

    pub(super) fn compared(&mut self) -> Result<Compared, Error> {
        let mut list = Vec::new();
        let grouped = self.sign("(");
        loop {
            let relation = self.relation_sign().unwrap_or(Relation::Equal);
            let value = self.number()?;
            list.push((relation, value, self.taken()));
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

    pub(super) fn tcp_flags(&mut self, start: Span) -> Parsed {
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
}
