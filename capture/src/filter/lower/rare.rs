//! PFLOG, SunATM and SS7: each on its own link types only.

use super::super::ast::{Compared, Name, Relation, Special};
use super::super::error::Error;
use super::super::number::NumberId;
use super::{LogicId, Lower, Place, Result1, listed};
use nettool_dissect::frame::LinkType;

/// `enum pf_reason` of OpenBSD's net/pfvar.h.
const REASONS: &[(&str, u32)] = &[
    ("match", 0),
    ("bad-offset", 1),
    ("fragment", 2),
    ("short", 3),
    ("normalize", 4),
    ("memory", 5),
    ("bad-timestamp", 6),
    ("congestion", 7),
    ("ip-option", 8),
    ("proto-cksum", 9),
    ("state-mismatch", 10),
    ("state-insert", 11),
    ("state-limit", 12),
    ("src-limit", 13),
    ("synproxy", 14),
];

/// Actions of a rule.
const ACTIONS: &[(&str, u32)] = &[
    ("pass", 0),
    ("accept", 0),
    ("drop", 1),
    ("block", 1),
    ("scrub", 2),
    ("noscrub", 3),
    ("nat", 4),
    ("nonat", 5),
    ("binat", 6),
    ("nobinat", 7),
    ("rdr", 8),
    ("nordr", 9),
    ("synproxy-drop", 10),
];

impl Lower<'_> {
    pub(super) fn rare(&mut self, special: &Special) -> Result1 {
        match special {
            Special::PflogInterface(name) => self.pflog_text(4, 16, name),
            Special::PflogRuleSet(name) => self.pflog_text(20, 16, name),
            Special::PflogRule(number) => self.pflog_number(36, 4, *number),
            Special::PflogSubRule(number) => self.pflog_number(40, 4, *number),
            Special::PflogReason(name) => {
                let number = self.pflog_name(&Name::Word(name.clone()), REASONS, "reason")?;
                self.pflog_number(3, 1, number)
            }
            Special::PflogAction(name) => {
                let number = self.pflog_name(name, ACTIONS, "action")?;
                self.pflog_number(2, 1, number)
            }
            Special::AtmType(word) => self.atm_type(word),
            Special::AtmField(word, compared) => self.atm_field(word, compared),
            Special::Mtp2Type(word) => self.mtp2_type(word),
            Special::Mtp3Field(word, compared) => self.mtp3_field(word, compared),
            _ => self.error("this primitive has no meaning here"),
        }
    }

    fn only_on(&self, links: &[LinkType], what: &str) -> Result<(), Error> {
        if links.contains(&self.state.link) {
            return Ok(());
        }
        self.error(format!("{what} are found on {} only, not on {}", links[0], self.state.link))
    }

    // ---- PFLOG ----------------------------------------------------------------------------------------------------

    fn pflog(&self) -> Result<(), Error> {
        self.only_on(&[LinkType::PFLOG], "interfaces, rules, reasons and actions of the packet filter")
    }

    fn pflog_number(&mut self, offset: u32, size: u8, value: u32) -> Result1 {
        self.pflog()?;
        let number = self.load(Place::at(offset), size);
        Ok(self.equal(number, value))
    }

    fn pflog_name(&self, name: &Name, table: &[(&'static str, u32)], what: &str) -> Result<u32, Error> {
        match name {
            Name::Number(number @ 0..=255) => Ok(*number),
            Name::Number(number) => self.wrong_value(format!("{number} is no {what}")),
            Name::Word(word) if word.bytes().all(|octet| octet.is_ascii_digit()) => word
                .parse::<u8>()
                .map(u32::from)
                .or_else(|_| self.wrong_value(format!("{word} is no {what}"))),
            Name::Word(word) => {
                let found = table.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
                found.map(|(_, value)| *value).ok_or_else(|| {
                    let names = || table.iter().map(|(known, _)| *known);
                    let error = Error::new(self.place, format!("`{word}` is no {what}")).near(word, names());
                    listed(error, names())
                })
            }
        }
    }

    fn pflog_text(&mut self, offset: u32, room: usize, text: &str) -> Result1 {
        self.pflog()?;
        if text.len() >= room {
            return self.wrong_value(format!("`{text}` is longer than {} letters", room - 1));
        }
        let mut tests = Vec::new();
        let mut rest = text.as_bytes();
        let mut at = offset;
        while !rest.is_empty() {
            let size = if rest.len() >= 4 {
                4
            } else if rest.len() >= 2 {
                2
            } else {
                1
            };
            let (chunk, behind) = rest.split_at(size);
            let value = chunk.iter().fold(0u32, |value, octet| value << 8 | u32::from(*octet));
            let number = self.load(Place::at(at), size as u8);
            tests.push(self.equal(number, value));
            at += size as u32;
            rest = behind;
        }
        Ok(self.conditions.and(tests))
    }

    // ---- SunATM ---------------------------------------------------------------------------------------------------

    fn atm(&self) -> Result<(), Error> {
        self.only_on(&[LinkType::SUNATM], "ATM channels")
    }

    /// What the cells carry: 1 is LAN emulation, 2 is 802.2.
    pub(super) fn atm_traffic(&mut self, traffic: u32) -> LogicId {
        let flags = self.load(Place::at(0), 1);
        self.masked(flags, 0x0f, traffic)
    }

    /// From here on it is Ethernet behind the LAN emulation header, two octets that tell of control frames.
    fn lan_emulation(&mut self) -> LogicId {
        let test = self.atm_traffic(1);
        let frame = Place::at(6);
        self.enter(LinkType::ETHERNET, frame, frame.plus(12), frame.plus(14));
        self.state.emulated = true;
        test
    }

    fn channel(&mut self, channel: u32) -> LogicId {
        let path = self.load(Place::at(1), 1);
        let path = self.equal(path, 0);
        let number = self.load(Place::at(2), 2);
        let number = self.equal(number, channel);
        self.and([path, number])
    }

    fn atm_type(&mut self, word: &str) -> Result1 {
        self.atm()?;
        Ok(match word {
            "lane" => self.lan_emulation(),
            "metac" => self.channel(1),
            "bcc" => self.channel(2),
            "oamf4sc" => self.channel(3),
            "oamf4ec" => self.channel(4),
            "sc" => self.channel(5),
            "ilmic" => self.channel(16),
            "oam" | "oamf4" => {
                let channels = [self.channel(3), self.channel(4)];
                self.or(channels)
            }
            other => {
                let (channel, messages): (u32, &[u32]) = match other {
                    "connectmsg" => (5, &[0x05, 0x02, 0x07, 0x0f, 0x4d, 0x5a]),
                    _ => (1, &[0x05, 0x02, 0x07, 0x4d, 0x5a]),
                };
                let message = self.load(Place::at(4 + 5), 1);
                let parts = [self.channel(channel), self.one_of(message, messages)];
                self.and(parts)
            }
        })
    }

    fn atm_field(&mut self, word: &str, compared: &Compared) -> Result1 {
        self.atm()?;
        let (number, most) = match word {
            "vpi" => (self.load(Place::at(1), 1), 0xff),
            _ => (self.load(Place::at(2), 2), 0xffff),
        };
        largest(compared, word, most)?;
        Ok(self.compared(number, u32::MAX, compared, |value| value))
    }

    fn compared(
        &mut self,
        number: NumberId,
        mask: u32,
        compared: &Compared,
        place: impl Fn(u32) -> u32,
    ) -> LogicId {
        let mut tests = Vec::new();
        for (relation, value, _) in &compared.0 {
            let value = place(*value);
            let (low, high, negated) = match relation {
                Relation::Equal => (value, value, false),
                Relation::NotEqual => (value, value, true),
                Relation::Greater => (0, value, true),
                Relation::LessEqual => (0, value, false),
                Relation::GreaterEqual => (value, u32::MAX, false),
                Relation::Less => (value, u32::MAX, true),
            };
            let test = self.conditions.range(number, mask, low, high);
            tests.push(if negated { self.not(test) } else { test });
        }
        self.conditions.or(tests)
    }

    // ---- SS7 ------------------------------------------------------------------------------------------------------

    /// How far the signal unit is from the packet's start.
    fn ss7(&self) -> Result<u32, Error> {
        self.only_on(&[LinkType::MTP2, LinkType::MTP2_WITH_PHDR, LinkType::ERF], "signal units")?;
        Ok(match self.state.link {
            LinkType::MTP2_WITH_PHDR => 4,
            LinkType::ERF => 20,
            _ => 0,
        })
    }

    fn mtp2_type(&mut self, word: &str) -> Result1 {
        let start = self.ss7()?;
        let (number, mask, unit) = if word.starts_with('h') {
            (self.load(Place::at(start + 4), 2), 0xff80, 7)
        } else {
            (self.load(Place::at(start + 2), 1), 0x3f, 0)
        };
        let (low, high) = match word.trim_start_matches('h') {
            "fisu" => (0, 0),
            "lssu" | "lsu" => (1, 2),
            _ => (3, 0x1ff),
        };
        Ok(self.conditions.range(number, mask, low << unit, high << unit))
    }

    fn mtp3_field(&mut self, word: &str, compared: &Compared) -> Result1 {
        let start = self.ss7()?;
        let high_speed = word.starts_with('h');
        let start = if high_speed { start + 3 } else { start };
        let most = match word.trim_start_matches('h') {
            "sio" => 255,
            "sls" => 15,
            _ => 0x3fff,
        };
        largest(compared, word, most)?;
        Ok(match word.trim_start_matches('h') {
            "sio" => {
                let number = self.load(Place::at(start + 3), 1);
                self.compared(number, u32::MAX, compared, |value| value)
            }
            "opc" => {
                let number = self.load(Place::at(start + 4), 4);
                self.compared(number, 0x00c0_ff0f, compared, |value| {
                    (value & 0x3c00) >> 10 | (value & 0x03fc) << 6 | (value & 3) << 22
                })
            }
            "dpc" => {
                let number = self.load(Place::at(start + 4), 2);
                self.compared(number, 0xff3f, compared, |value| (value & 0xff) << 8 | (value & 0x3f00) >> 8)
            }
            _ => {
                let number = self.load(Place::at(start + 7), 1);
                self.compared(number, 0xf0, compared, |value| value << 4)
            }
        })
    }
}

/// No value may be larger than the field holds.
fn largest(compared: &Compared, word: &str, most: u32) -> Result<(), Error> {
    match compared.0.iter().find(|(_, value, _)| *value > most) {
        Some((_, value, place)) => {
            Err(Error::new(*place, format!("{value} is too large for `{word}`, which goes up to {most}")))
        }
        None => Ok(()),
    }
}
