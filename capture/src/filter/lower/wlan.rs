//! 802.11: frame control, addresses that change places with the DS bits, headers before it.

use super::super::ast::{Direction, Name};
use super::super::error::Error;
use super::super::hash::Set;
use super::super::logic::Logic;
use super::super::number::{Number, NumberId, Numbers, Op, Variable};
use super::link::{Naming, naming};
use super::{LogicId, Lower, Place, Result1, State, listed};
use nettool_dissect::frame::LinkType;

const TYPE: u32 = 0x0c;
const MANAGEMENT: u32 = 0x00;
const CONTROL: u32 = 0x04;
const DATA: u32 = 0x08;

/// Types, by name (IEEE 802.11-2020 §9.2.4.1.3).
const TYPES: &[(&str, u32)] = &[
    ("mgt", MANAGEMENT),
    ("mgmt", MANAGEMENT),
    ("management", MANAGEMENT),
    ("ctl", CONTROL),
    ("ctrl", CONTROL),
    ("control", CONTROL),
    ("data", DATA),
];

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
    ("bar", 0x84),
    ("ba", 0x94),
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

/// Offsets that only a look at the packet tells: each is a variable that the program binds before all else.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wlan {
    /// Octets of the header before the 802.11 header, where there is one.
    before: Option<(Variable, NumberId)>,
    /// Where the 802.2 header starts.
    llc: (Variable, NumberId),
}

impl State {
    /// Start of the 802.11 header and of the 802.2 header behind it.
    pub(super) fn wlan_places(&mut self, numbers: &mut Numbers) -> Wlan {
        let before = (self.link != LinkType::IEEE802_11).then(|| numbers.variable());
        let llc = numbers.variable();
        self.header = Place { base: before.map(|(_, number)| number), offset: 0 };
        self.payload = Place { base: Some(llc.1), offset: 0 };
        self.kind = self.payload.plus(6);
        self.network = 8;
        self.network_without_snap = 3;
        Wlan { before, llc }
    }
}

/// Octets of an 802.11 header without the QoS field, and what that adds.
const HEADER: u32 = 24;
const QOS: u32 = 2;
/// The frame control's bit for the QoS field in data frames.
const QOS_BIT: u32 = 0x80;

/// Bits of the radiotap word `present`, as it is read (the header is lowest octet first): the time is there, the flags
/// are, another such word follows. In the flags: the 802.11 header is padded to words.
const PRESENT_TIME: u32 = 0x0100_0000;
const PRESENT_FLAGS: u32 = 0x0200_0000;
const PRESENT_MORE: u32 = 0x80;
const DATA_PAD: u32 = 0x20;

impl Lower<'_> {
    /// The condition with the offsets bound that it needs, as libpcap computes them: before everything else.
    pub(super) fn behind_wlan_header(&mut self, wlan: &Wlan, condition: LogicId) -> LogicId {
        let used = self.variables_of(condition);
        let needs_llc = used.contains(&wlan.llc.0);
        let mut parts = Vec::new();
        if self.options.link_type == LinkType::PPI {
            // Other link types than 802.11 may stand behind PPI: libpcap accepts nothing of them.
            let link = self.numbers.load(None, 4, 4);
            parts.push(self.equal(link, 105u32.swap_bytes()));
        }
        if let Some((variable, _)) = wlan.before
            && (needs_llc || used.contains(&variable))
        {
            parts.push(self.bind_length_before(variable));
        }
        if needs_llc {
            parts.push(self.bind_llc(wlan));
        }
        if parts.is_empty() {
            return condition;
        }
        parts.push(condition);
        self.conditions.and(parts)
    }

    /// Variables that the tests of a condition use.
    pub(super) fn variables_of(&self, condition: LogicId) -> Set<Variable> {
        let mut numbers: Vec<NumberId> = Vec::new();
        let (mut seen, mut stack) = (Set::default(), vec![condition]);
        while let Some(id) = stack.pop() {
            if !seen.insert(id) {
                continue;
            }
            match self.conditions.get(id) {
                Logic::Constant(_) => {}
                Logic::Not(inner) => stack.push(*inner),
                Logic::And(parts) | Logic::Or(parts) => stack.extend(parts),
                Logic::Test { number, .. } | Logic::Bind(_, number) => numbers.push(*number),
                Logic::Compare { left, right, .. } => numbers.extend([*left, *right]),
                Logic::Chain { next, base, .. } => numbers.extend([*next, *base]),
            }
        }
        let (mut variables, mut known) = (Set::default(), Set::default());
        while let Some(number) = numbers.pop() {
            if !known.insert(number) {
                continue;
            }
            match self.numbers.get(number) {
                Number::Variable(variable) => {
                    variables.insert(variable);
                }
                Number::Field { layer, .. } | Number::Transport { layer, .. } => {
                    numbers.extend(self.numbers.layers.get(usize::from(layer)).and_then(|layer| layer.base));
                }
                _ => numbers.extend(self.numbers.operands(number)),
            }
        }
        variables
    }

    /// `number op constant`; only with constants that have a result.
    pub(super) fn with(&mut self, op: Op, number: NumberId, constant: u32) -> NumberId {
        let constant = self.numbers.constant(constant);
        self.numbers.binary(op, number, constant).unwrap_or(number)
    }

    fn bind_length_before(&mut self, variable: Variable) -> LogicId {
        if matches!(self.options.link_type, LinkType::IEEE802_11_RADIOTAP | LinkType::PPI) {
            let (low, high) = (self.numbers.load(None, 2, 1), self.numbers.load(None, 3, 1));
            let high = self.with(Op::Shl, high, 8);
            let length = self.numbers.binary(Op::Or, high, low).unwrap_or(low);
            return self.bind(variable, length);
        }
        let length = self.numbers.load(None, 4, 4);
        let told = self.bind(variable, length);
        if self.options.link_type == LinkType::IEEE802_11_AVS {
            return told;
        }
        // What is called Prism may be AVS, by its first word; a Prism header has 144 octets.
        let word = self.numbers.load(None, 0, 4);
        let avs = self.masked(word, 0xffff_f000, 0x8021_1000);
        let fixed = self.numbers.constant(144);
        let parts = [self.and([avs, told]), self.bind(variable, fixed)];
        self.or(parts)
    }

    /// Binds the start of the 802.2 header: the QoS field and radiotap's padding are in data frames alone.
    fn bind_llc(&mut self, wlan: &Wlan) -> LogicId {
        let base = wlan.before.map(|(_, number)| number);
        let control = self.numbers.load(base, 0, 1);
        let data = if self.by_tests {
            self.data_by_bits(control)
        } else {
            self.conditions.range(control, TYPE, DATA, DATA)
        };
        let qos = self.any_bit(control, QOS_BIT);
        if self.by_tests {
            return self.bind_llc_again(wlan, base, data, qos);
        }
        let mut arms = Vec::new();
        if self.options.link_type == LinkType::IEEE802_11_RADIOTAP {
            // Rare, so without a branch of its own for the QoS field.
            let bit = self.with(Op::And, control, QOS_BIT);
            let grown = self.with(Op::Shr, bit, 6);
            let grown = base.and_then(|base| self.numbers.binary(Op::Add, grown, base).ok()).unwrap_or(grown);
            let more = self.with(Op::Add, grown, HEADER + 3);
            let rounded = self.with(Op::And, more, 0xffff_fffc);
            let pad = [self.padded_header(), self.bind(wlan.llc.0, rounded)];
            arms.push(self.conditions.and(pad));
        }
        let with_qos = self.numbers.sum(base, HEADER + QOS);
        let with_qos = [qos, self.bind(wlan.llc.0, with_qos)];
        arms.push(self.conditions.and(with_qos));
        let plain = self.numbers.sum(base, HEADER);
        let plain = self.bind(wlan.llc.0, plain);
        arms.push(plain);
        let arms = self.conditions.or(arms);
        let in_data = self.and([data, arms]);
        self.or([in_data, plain])
    }

    /// The same, with one way for all frames.
    fn bind_llc_again(
        &mut self,
        wlan: &Wlan,
        base: Option<NumberId>,
        data: LogicId,
        qos: LogicId,
    ) -> LogicId {
        let (variable, llc) = wlan.llc;
        let plain = self.numbers.sum(base, HEADER);
        let grown = self.with(Op::Add, llc, QOS);
        let otherwise = self.truth(true);
        let with_qos = [qos, self.bind(variable, grown)];
        let with_qos = self.and(with_qos);
        let mut in_data = vec![data, self.or([with_qos, otherwise])];
        if self.options.link_type == LinkType::IEEE802_11_RADIOTAP {
            let more = self.with(Op::Add, llc, 3);
            let rounded = self.with(Op::And, more, 0xffff_fffc);
            let pad = [self.padded_header(), self.bind(variable, rounded)];
            let pad = self.and(pad);
            in_data.push(self.or([pad, otherwise]));
        }
        let in_data = self.conditions.and(in_data);
        let in_data = self.or([in_data, otherwise]);
        let plain = self.bind(variable, plain);
        self.and([plain, in_data])
    }

    /// The radiotap flags say that the 802.11 header is padded to words. libpcap looks for them behind one word of
    /// presence bits only.
    fn padded_header(&mut self) -> LogicId {
        let present = self.numbers.load(None, 4, 4);
        let flags =
            self.conditions.range(present, PRESENT_FLAGS | PRESENT_MORE, PRESENT_FLAGS, PRESENT_FLAGS);
        let time = self.any_bit(present, PRESENT_TIME);
        let no_time = self.not(time);
        let mut arms = Vec::new();
        for (time, at) in [(time, 16), (no_time, 8)] {
            let octet = self.numbers.load(None, at, 1);
            let pad = self.any_bit(octet, DATA_PAD);
            arms.push(self.conditions.and([time, pad]));
        }
        let pad = self.conditions.or(arms);
        self.and([flags, pad])
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

    /// A data frame.
    pub(super) fn wlan_data(&mut self) -> LogicId {
        if self.by_tests {
            let octet = self.control_octet();
            return self.data_by_bits(octet);
        }
        self.of_type(DATA)
    }

    /// The same with a test for each bit of the type.
    fn data_by_bits(&mut self, control: NumberId) -> LogicId {
        let other = self.any_bit(control, CONTROL);
        let bits = [self.not(other), self.any_bit(control, DATA)];
        self.and(bits)
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
        if self.by_tests {
            return self.wlan_end_by_bits(source, test);
        }
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

    /// The same with a test for each bit.
    fn wlan_end_by_bits(&mut self, source: bool, mut test: impl FnMut(&mut Self, u32) -> LogicId) -> LogicId {
        const TO: u32 = 1;
        const FROM: u32 = 2;
        let near = if source { 10 } else { 4 };
        let mut far = test(self, 16);
        if source {
            let ends = [self.ds_bit(TO, false), far];
            let relayed = [self.ds_bit(TO, true), test(self, 24)];
            let ways = [self.and(ends), self.and(relayed)];
            far = self.or(ways);
        }
        let bit = if source { FROM } else { TO };
        let here = [self.ds_bit(bit, false), test(self, near)];
        let there = [self.ds_bit(bit, true), far];
        let in_data = [self.and(here), self.and(there)];
        let in_data = self.or(in_data);
        let octet = self.control_octet();
        let (control, data) = (self.any_bit(octet, CONTROL), self.any_bit(octet, DATA));
        let management = [self.not(data), test(self, near)];
        let management = self.and(management);
        let in_data = self.and([data, in_data]);
        let arms = [self.not(control), self.or([management, in_data])];
        self.and(arms)
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
                self.wrong_value(format!("{number} is no 802.11 {what}; its bits are {mask:#04x}"))
            }
            Name::Word(word) => {
                let found = table.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
                found.map(|(_, value)| *value).ok_or_else(|| {
                    let names = table.iter().map(|(known, _)| *known);
                    let error =
                        Error::new(self.place, format!("`{word}` is no 802.11 {what}")).near(word, names);
                    // One name of each.
                    let first = |(at, (_, value)): &(usize, &(&str, u32))| {
                        !table.iter().take(*at).any(|(_, before)| before == value)
                    };
                    listed(error, table.iter().enumerate().filter(first).map(|(_, (known, _))| *known))
                })
            }
        }
    }

    pub(super) fn wlan_type(&mut self, kind: &Name, subtype: Option<&Name>) -> Result1 {
        if let (Name::Number(number), Err(_)) = (kind, self.only_wlan()) {
            return self.error(format!(
                "frames of 802.11 have types, {} has not; that of ICMP is `icmp[icmptype] = {number}`",
                self.state.link
            ));
        }
        self.place = self.operand.0;
        let number = self.named(kind, TYPES, TYPE, "type")?;
        self.place = self.operand.1;
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
        if let Name::Number(number) = subtype {
            return self.wrong_value(format!(
                "each type has its own subtype {number}: write the type too, as in `type mgt subtype {number}`, or the name"
            ));
        }
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

#[cfg(test)]
mod tests {
    use crate::filter::{Options, compile};
    use nettool_dissect::frame::LinkType;

    fn accepts(link: LinkType, text: &str, frame: &[u8]) -> bool {
        let program = compile(text, &Options::new(link)).map_err(|error| error.render(text));
        program.unwrap().matches(frame, frame.len() as u32)
    }

    /// A frame with this frame control octet and, behind the header and `more` octets, this EtherType and what follows.
    fn frame(control: u8, more: usize, kind: &[u8]) -> Vec<u8> {
        let mut frame = vec![0u8; 24 + more];
        frame[0] = control;
        frame.extend([0xaa, 0xaa, 3, 0, 0, 0]);
        frame.extend_from_slice(kind);
        frame.resize(frame.len() + 60, 0);
        frame
    }

    #[test]
    fn a_tag_stands_behind_the_snap_header() {
        let tagged = |more| frame(if more == 2 { 0x88 } else { 0x08 }, more, &[0x81, 0, 0, 7, 8, 6]);
        for more in [0, 2] {
            assert!(accepts(LinkType::IEEE802_11, "vlan 7 and arp", &tagged(more)));
            assert!(!accepts(LinkType::IEEE802_11, "vlan 8", &tagged(more)));
        }
    }

    #[test]
    fn only_data_frames_have_the_qos_field() {
        let (data, qos, control) =
            (frame(0x08, 0, &[8, 6]), frame(0x88, 2, &[8, 6]), frame(0x8c, 0, &[8, 6]));
        assert!(accepts(LinkType::IEEE802_11, "arp", &data) && accepts(LinkType::IEEE802_11, "arp", &qos));
        assert!(!accepts(LinkType::IEEE802_11, "arp", &control));
    }

    #[test]
    fn radiotap_tells_of_a_padded_header_behind_one_word_of_presence_bits() {
        // Flags (bit 1) with the padding bit; the QoS header of 26 octets is padded to 28.
        let with = |present: u8, more: u8, octets: usize| {
            let head = [0, 0, 12, 0, present, 0, 0, more, 0x20, 0, 0, 0];
            [&head[..], &frame(0x88, octets, &[8, 6])].concat()
        };
        assert!(accepts(LinkType::IEEE802_11_RADIOTAP, "arp", &with(2, 0, 4)));
        assert!(accepts(LinkType::IEEE802_11_RADIOTAP, "arp", &with(0, 0, 2)));
        assert!(accepts(LinkType::IEEE802_11_RADIOTAP, "arp", &with(2, 0x80, 2)));
    }

    #[test]
    fn behind_ppi_only_frames_of_802_11_are_looked_at() {
        let with = |link: u8| [&[0, 0, 8, 0, link, 0, 0, 0][..], &frame(0x08, 0, &[8, 6])].concat();
        assert!(accepts(LinkType::PPI, "arp", &with(105)) && accepts(LinkType::PPI, "not ip", &with(105)));
        assert!(!accepts(LinkType::PPI, "not ip", &with(1)));
    }
}
