//! 802.11: frame control, addresses that change places with the DS bits, headers before it.

use super::super::ast::{Direction, Name};
use super::super::error::Error;
use super::super::number::{NumberId, Numbers, Op};
use super::link::{Naming, naming};
use super::{LogicId, Lower, Place, Result1, State};
use nettool_dissect::frame::LinkType;

const TYPE: u32 = 0x0c;
const MANAGEMENT: u32 = 0x00;
const CONTROL: u32 = 0x04;
const DATA: u32 = 0x08;

/// Types, by name (IEEE 802.11-2020 §9.2.4.1.3).
const TYPES: &[(&str, u32)] =
    &[("mgt", MANAGEMENT), ("mgmt", MANAGEMENT), ("ctl", CONTROL), ("ctrl", CONTROL), ("data", DATA)];

/// Subtypes with their type, by name.
const SUBTYPES: &[(&str, u32)] = &[
    ("assocreq", 0x00),
    ("assoc-req", 0x00),
    ("assocresp", 0x10),
    ("assoc-resp", 0x10),
    ("reassocreq", 0x20),
    ("reassoc-req", 0x20),
    ("reassocresp", 0x30),
    ("reassoc-resp", 0x30),
    ("probereq", 0x40),
    ("probe-req", 0x40),
    ("proberesp", 0x50),
    ("probe-resp", 0x50),
    ("beacon", 0x80),
    ("atim", 0x90),
    ("disassoc", 0xa0),
    ("disassociation", 0xa0),
    ("auth", 0xb0),
    ("authentication", 0xb0),
    ("deauth", 0xc0),
    ("deauthentication", 0xc0),
    ("ps-poll", 0xa4),
    ("rts", 0xb4),
    ("cts", 0xc4),
    ("ack", 0xd4),
    ("cf-end", 0xe4),
    ("cf-end-ack", 0xf4),
    ("data", 0x08),
    ("data-cf-ack", 0x18),
    ("data-cf-poll", 0x28),
    ("data-cf-ack-poll", 0x38),
    ("null", 0x48),
    ("cf-ack", 0x58),
    ("cf-poll", 0x68),
    ("cf-ack-poll", 0x78),
    ("qos-data", 0x88),
    ("qos-data-cf-ack", 0x98),
    ("qos-data-cf-poll", 0xa8),
    ("qos-data-cf-ack-poll", 0xb8),
    ("qos", 0xc8),
    ("qos-cf-poll", 0xe8),
    ("qos-cf-ack-poll", 0xf8),
];

/// DS bits, by name.
const DIRECTIONS: &[(&str, u32)] = &[("nods", 0), ("tods", 1), ("fromds", 2), ("dstods", 3)];

impl State {
    /// Start of the 802.11 header and of the 802.2 header behind it; 24 octets, 2 more in QoS frames.
    pub(super) fn wlan_places(&mut self, numbers: &mut Numbers) {
        let mut w = Words { numbers };
        let (base, pad) = match self.link {
            LinkType::IEEE802_11_RADIOTAP => {
                let length = w.little_endian(2);
                (Some(length), Some(w.radiotap_pad()))
            }
            LinkType::PPI => (Some(w.little_endian(2)), None),
            LinkType::IEEE802_11_AVS => (Some(w.load(None, 4, 4)), None),
            LinkType::PRISM => (Some(w.prism_or_avs()), None),
            _ => (None, None),
        };
        self.header = Place { base, offset: 0 };
        let control = w.load(base, 0, 1);
        let qos = w.op(Op::And, control, 0x80);
        let qos = w.op(Op::Shr, qos, 6);
        let mut grown = match base {
            Some(base) => w.join(Op::Add, qos, base),
            None => qos,
        };
        if let Some(pad) = pad {
            let padding = w.join(Op::Mul, pad, qos);
            grown = w.join(Op::Add, padding, grown);
        }
        self.payload = Place { base: Some(grown), offset: 24 };
        self.kind = self.payload.plus(6);
        self.network = 8;
        self.network_without_snap = 3;
    }
}

struct Words<'n> {
    numbers: &'n mut Numbers,
}

impl Words<'_> {
    fn load(&mut self, base: Option<NumberId>, offset: u32, size: u8) -> NumberId {
        self.numbers.load(base, offset, size)
    }

    fn join(&mut self, op: Op, left: NumberId, right: NumberId) -> NumberId {
        self.numbers.binary(op, left, right).unwrap_or(left)
    }

    fn op(&mut self, op: Op, left: NumberId, right: u32) -> NumberId {
        let right = self.numbers.constant(right);
        self.join(op, left, right)
    }

    fn little_endian(&mut self, offset: u32) -> NumberId {
        let (low, high) = (self.load(None, offset, 1), self.load(None, offset + 1, 1));
        let high = self.op(Op::Shl, high, 8);
        self.join(Op::Or, high, low)
    }

    /// 1 when the radiotap flags say that the 802.11 header is padded to words.
    fn radiotap_pad(&mut self) -> NumberId {
        let present = self.load(None, 4, 1);
        let has_time = self.op(Op::And, present, 1);
        let skip = self.op(Op::Mul, has_time, 8);
        let flags = self.load(Some(skip), 8, 1);
        let pad = self.op(Op::Shr, flags, 5);
        let has_flags = self.op(Op::Shr, present, 1);
        let both = self.join(Op::And, pad, has_flags);
        self.op(Op::And, both, 1)
    }

    /// 144 octets of Prism header, or as many as an AVS header says: its first word is 0x80211000 and a version.
    fn prism_or_avs(&mut self) -> NumberId {
        let word = self.load(None, 0, 4);
        let word = self.op(Op::And, word, 0xffff_f000);
        let differs = self.op(Op::Xor, word, 0x8021_1000);
        let negative = self.numbers.negative(differs);
        let either = self.join(Op::Or, differs, negative);
        let prism = self.op(Op::Shr, either, 31);
        let avs = self.op(Op::Xor, prism, 1);
        let length = self.load(None, 4, 4);
        let length = self.join(Op::Mul, length, avs);
        let fixed = self.op(Op::Mul, prism, 144);
        self.join(Op::Add, length, fixed)
    }
}

impl Lower<'_> {
    fn control_octet(&mut self) -> NumberId {
        self.header(0, 1)
    }

    fn of_type(&mut self, kind: u32) -> LogicId {
        let octet = self.control_octet();
        self.conditions.range(octet, TYPE, kind, kind)
    }

    /// A data frame (behind PPI also: of 802.11).
    pub(super) fn wlan_data(&mut self) -> LogicId {
        let data = self.of_type(DATA);
        if self.state.link == LinkType::PPI {
            let link = self.numbers.load(None, 4, 4);
            let wlan = self.equal(link, 105u32.swap_bytes());
            return self.and([wlan, data]);
        }
        data
    }

    fn ds_bit(&mut self, bit: u32, set: bool) -> LogicId {
        let octet = self.header(1, 1);
        let test = self.any_bit(octet, bit);
        if set { test } else { self.not(test) }
    }

    /// What holds of the frame's source or destination, wherever it stands.
    fn wlan_end(&mut self, source: bool, mut test: impl FnMut(&mut Self, u32) -> LogicId) -> LogicId {
        const TO: u32 = 1;
        const FROM: u32 = 2;
        let mut arms = Vec::new();
        let data = self.of_type(DATA);
        if source {
            let here = [self.ds_bit(FROM, false), test(self, 10)];
            arms.push(self.and(here));
            let relayed = [self.ds_bit(FROM, true), self.ds_bit(TO, true), test(self, 24)];
            arms.push(self.and(relayed));
            let from = [self.ds_bit(FROM, true), self.ds_bit(TO, false), test(self, 16)];
            arms.push(self.and(from));
        } else {
            let to = [self.ds_bit(TO, true), test(self, 16)];
            arms.push(self.and(to));
            let here = [self.ds_bit(TO, false), test(self, 4)];
            arms.push(self.and(here));
        }
        let arms = self.conditions.or(arms);
        let in_data = self.and([data, arms]);
        let management = [self.of_type(MANAGEMENT), test(self, if source { 10 } else { 4 })];
        let in_management = self.and(management);
        self.or([in_data, in_management])
    }

    pub(super) fn wlan_host(&mut self, direction: Option<Direction>, address: [u8; 6]) -> Result1 {
        let at = |lower: &mut Self, offset: u32| lower.ether_at(offset, address);
        Ok(match direction {
            Some(Direction::Source) => self.wlan_end(true, at),
            Some(Direction::Destination) => self.wlan_end(false, at),
            None | Some(Direction::Either) => {
                let ends = [self.wlan_end(true, at), self.wlan_end(false, at)];
                self.or(ends)
            }
            Some(Direction::Both) => {
                let ends = [self.wlan_end(true, at), self.wlan_end(false, at)];
                self.and(ends)
            }
            Some(Direction::Address(1)) => at(self, 4),
            Some(Direction::Address(2)) => {
                // Clear-to-send and acknowledgement frames have one address only.
                let octet = self.control_octet();
                let short = [0xc4, 0xd4].map(|kind| self.conditions.range(octet, 0xfc, kind, kind));
                let short = self.or(short);
                let parts = [self.not(short), at(self, 10)];
                self.and(parts)
            }
            Some(Direction::Address(3)) => {
                let control = self.of_type(CONTROL);
                let parts = [self.not(control), at(self, 16)];
                self.and(parts)
            }
            Some(Direction::Address(_)) => {
                let octet = self.header(1, 1);
                let both = self.conditions.range(octet, 3, 3, 3);
                let parts = [both, at(self, 24)];
                self.and(parts)
            }
            Some(Direction::Receiver) => {
                let parts = [self.of_data_kind(), at(self, 4)];
                self.and(parts)
            }
            Some(Direction::Transmitter) => {
                let parts = [self.of_data_kind(), at(self, 10)];
                self.and(parts)
            }
        })
    }

    /// Data frames, and the reserved type beside them, as libpcap has it for `ra` and `ta`.
    fn of_data_kind(&mut self) -> LogicId {
        let control = self.header(0, 1);
        self.any_bit(control, 8)
    }

    pub(super) fn wlan_multicast(&mut self) -> Result1 {
        Ok(self.wlan_end(false, |lower, offset| {
            let octet = lower.header(offset, 1);
            lower.any_bit(octet, 1)
        }))
    }

    fn only_wlan(&self) -> Result<(), Error> {
        match naming(self.state.link) {
            Naming::Wlan => Ok(()),
            _ => {
                self.error(format!("frames of 802.11 have types and directions, {} has not", self.state.link))
            }
        }
    }

    fn named(&self, name: &Name, table: &[(&'static str, u32)], mask: u32, what: &str) -> Result<u32, Error> {
        match name {
            Name::Number(number) if number & !mask == 0 => Ok(*number),
            Name::Number(number) => {
                self.error(format!("{number} is no 802.11 {what}; its bits are {mask:#04x}"))
            }
            Name::Word(word) => {
                let found = table.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
                found.map(|(_, value)| *value).ok_or_else(|| {
                    Error::new(self.span, format!("`{word}` is no 802.11 {what}"))
                        .near(word, table.iter().map(|(known, _)| *known))
                })
            }
        }
    }

    pub(super) fn wlan_type(&mut self, kind: &Name, subtype: Option<&Name>) -> Result1 {
        let number = self.named(kind, TYPES, TYPE, "type")?;
        let (mask, value) = match subtype {
            None => (TYPE, number),
            Some(name) => {
                let own: Vec<(&'static str, u32)> =
                    SUBTYPES.iter().copied().filter(|(_, value)| value & TYPE == number).collect();
                let subtype = self.named(name, &own, 0xf0, "subtype of this type")?;
                (0xfc, number | subtype)
            }
        };
        self.only_wlan()?;
        let octet = self.control_octet();
        Ok(self.conditions.range(octet, mask, value, value))
    }

    pub(super) fn wlan_subtype(&mut self, subtype: &Name) -> Result1 {
        let value = self.named(subtype, SUBTYPES, 0xf0, "subtype")?;
        self.only_wlan()?;
        let octet = self.control_octet();
        Ok(self.conditions.range(octet, 0xfc, value, value))
    }

    pub(super) fn wlan_direction(&mut self, direction: &Name) -> Result1 {
        let value = self.named(direction, DIRECTIONS, 3, "direction")?;
        self.only_wlan()?;
        let octet = self.header(1, 1);
        Ok(self.conditions.range(octet, 3, value, value))
    }
}
