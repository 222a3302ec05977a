//! Tags, labels, sessions and tunnels: each tests, and moves the offsets of all that follows.

use super::super::error::Span;
use super::super::insn::ancillary;
use super::super::number::{Family, FieldKind, Number, NumberId, Op, Variable};
use super::link::{Naming, ether_type, naming};
use super::{LogicId, Lower, Place, Result1};
use nettool_dissect::frame::LinkType;

const VXLAN_PORT: u32 = 4789;
const GENEVE_PORT: u32 = 6081;
const UDP: u32 = 17;
const LARGEST_LABEL: u32 = 0xf_ffff;
const LARGEST_NETWORK: u32 = 0xff_ffff;

/// What Geneve tells of the packet inside.
#[derive(Clone, Copy)]
struct GeneveVariables {
    /// Where its type stands, and where that is behind an Ethernet header.
    kind: (Variable, NumberId),
    /// Where it starts.
    payload: (Variable, NumberId),
    /// Whether it is an Ethernet frame.
    ethernet: Variable,
    /// Where `link` is read from: the first octet inside, whatever it is. None where the text does not read it.
    header: Option<Variable>,
}

impl Lower<'_> {
    // ---- VLAN -----------------------------------------------------------------------------------------------------

    pub(super) fn vlan(&mut self, ids: Option<(u32, u32)>) -> Result1 {
        if self.state.labels > 0 {
            return self.error("`vlan` behind `mpls` is not possible");
        }
        let tagged = matches!(naming(self.state.link), Naming::Ether | Naming::Wlan);
        if !tagged || self.state.link == LinkType::PPI {
            return self.error(format!("{} frames have no VLAN tags", self.state.link));
        }
        if let Some((first, last)) = ids {
            if let Some(id) = [first, last].into_iter().find(|id| *id > 4095) {
                // Of a range in decimal numbers, the one that is too large.
                let (of_first, of_last) = (first.to_string().len(), last.to_string().len());
                if self.place.end - self.place.start == of_first + 1 + of_last {
                    let Span { start, end } = self.place;
                    self.place = if id == first {
                        Span::new(start, start + of_first)
                    } else {
                        Span::new(end - of_last, end)
                    };
                }
                return self.wrong_value(format!("{id} is no VLAN; they go up to 4095"));
            }
            if first > last {
                return self.wrong_value("the range of VLANs ends before it starts");
            }
        }
        let moved_out = self.options.live
            && self.state.tags == 0
            && self.state.outermost
            && naming(self.state.link) == Naming::Ether;
        self.state.tags += 1;
        if moved_out { self.vlan_live(ids) } else { self.vlan_in_band(ids) }
    }

    fn vlan_test(&mut self, tci: NumberId, ids: Option<(u32, u32)>) -> Option<LogicId> {
        ids.map(|(first, last)| self.conditions.range(tci, 0x0fff, first, last))
    }

    fn tagged(&mut self) -> Result1 {
        let mut kinds = Vec::new();
        for kind in ether_type::VLAN {
            kinds.push(self.link_protocol(kind)?);
        }
        Ok(self.conditions.or(kinds))
    }

    fn vlan_in_band(&mut self, ids: Option<(u32, u32)>) -> Result1 {
        let mut parts = vec![self.tagged()?];
        // Geneve without an Ethernet frame names the tag in its own header, and the identifier of a network stands next to it.
        let behind_kind =
            if self.state.ethernet_inside.is_some() { self.state.payload } else { self.state.kind.plus(2) };
        let tci = self.load(behind_kind, 2);
        parts.extend(self.vlan_test(tci, ids));
        self.state.payload = self.state.payload.plus(4);
        self.state.kind = self.state.kind.plus(4);
        Ok(self.conditions.and(parts))
    }

    /// The tag may have been moved out of the frame: then nothing behind it has moved. Where there is none beside the packet,
    /// what follows is read behind a tag in it, also where none is there, as in files.
    fn vlan_live(&mut self, ids: Option<(u32, u32)>) -> Result1 {
        let (variable, moved) = self.numbers.variable();
        let present = self.numbers.add(Number::Ancillary(ancillary::VLAN_TAG_PRESENT));
        let zero = self.numbers.constant(0);
        let mut outside = vec![self.equal(present, 1), self.bind(variable, zero)];
        let tci = self.numbers.add(Number::Ancillary(ancillary::VLAN_TAG));
        outside.extend(self.vlan_test(tci, ids));
        let outside = self.conditions.and(outside);

        let present = self.equal(present, 1);
        let absent = self.not(present);
        let four = self.numbers.constant(4);
        let mut inside = vec![absent, self.bind(variable, four), self.tagged()?];
        let tci = self.load(self.state.kind.plus(2), 2);
        inside.extend(self.vlan_test(tci, ids));
        let inside = self.conditions.and(inside);

        let base = |place: Place| Place { base: Some(moved), ..place };
        self.state.payload = base(self.state.payload);
        self.state.kind = base(self.state.kind);
        Ok(self.or([outside, inside]))
    }

    // ---- MPLS -----------------------------------------------------------------------------------------------------

    pub(super) fn mpls(&mut self, label: Option<u32>) -> Result1 {
        if let Some(label) = label.filter(|label| *label > LARGEST_LABEL) {
            return self.wrong_value(format!("{label} is no MPLS label; they go up to {LARGEST_LABEL}"));
        }
        let first = if self.state.labels > 0 {
            let bottom = self.load(self.state.payload.plus(self.state.network.wrapping_sub(4)).plus(2), 1);
            self.masked(bottom, 1, 0)
        } else {
            match self.state.link {
                LinkType::ETHERNET
                | LinkType::NETANALYZER
                | LinkType::NETANALYZER_TRANSPARENT
                | LinkType::C_HDLC
                | LinkType::DSA_TAG_BRCM
                | LinkType::DSA_TAG_DSA
                | LinkType::DSA_TAG_EDSA
                | LinkType::DSA_TAG_BRCM_PREPEND
                | LinkType::PPP => self.link_protocol(ether_type::MPLS)?,
                link => return self.error(format!("{link} frames have no MPLS labels")),
            }
        };
        let mut parts = vec![first];
        if let Some(label) = label {
            let word = self.network(0, 4);
            parts.push(self.masked(word, 0xffff_f000, label << 12));
        }
        self.state.network += 4;
        self.state.network_without_snap += 4;
        self.state.labels += 1;
        Ok(self.conditions.and(parts))
    }

    // ---- PPPoE ----------------------------------------------------------------------------------------------------

    pub(super) fn pppoe_session(&mut self, session: Option<u32>) -> Result1 {
        if let Some(session) = session.filter(|session| *session > 0xffff) {
            return self.wrong_value(format!("{session} is no PPPoE session; they go up to 65535"));
        }
        let mut parts = vec![self.link_protocol(ether_type::PPPOE_SESSION)?];
        if let Some(session) = session {
            let field = self.network(2, 2);
            parts.push(self.equal(field, session));
        }
        let header = self.network_place().plus(6);
        self.enter(LinkType::PPP, header, header, header.plus(2));
        Ok(self.conditions.and(parts))
    }

    /// From here on the rules of `link` hold, at these places.
    pub(super) fn enter(&mut self, link: LinkType, header: Place, kind: Place, payload: Place) {
        self.state.link = link;
        self.state.header = header;
        self.state.kind = kind;
        self.state.payload = payload;
        self.state.network = 0;
        self.state.network_without_snap = if link == LinkType::ETHERNET { 3 } else { 0 };
        self.state.outermost = false;
        self.state.emulated = false;
    }

    // ---- tunnels over UDP -------------------------------------------------------------------------------------------

    fn udp_to(&mut self, family: Family, port: u32) -> Result1 {
        let kind = if family == Family::Ip6 { ether_type::IP6 } else { ether_type::IP };
        let mut parts = vec![self.link_protocol(kind)?];
        let field = self.field(family, FieldKind::Protocol);
        parts.push(self.equal(field, UDP));
        if family == Family::Ip4 {
            parts.push(self.first_fragment());
        }
        let field = self.field(family, FieldKind::DestinationPort);
        parts.push(self.equal(field, port));
        Ok(self.conditions.and(parts))
    }

    fn network_identifier(&mut self, family: Family, identifier: Option<u32>) -> Option<LogicId> {
        let identifier = identifier?;
        let word = self.transport(family, 12, 4);
        Some(self.masked(word, 0xffff_ff00, identifier << 8))
    }

    fn check_identifier(&self, identifier: Option<u32>) -> Result<(), super::Error> {
        match identifier.filter(|identifier| *identifier > LARGEST_NETWORK) {
            Some(identifier) => self.wrong_value(format!(
                "{identifier} is no network identifier; they go up to {LARGEST_NETWORK}"
            )),
            None => Ok(()),
        }
    }

    /// `transport base + network offset + more` as a number.
    fn behind_udp(&mut self, family: Family, more: u32) -> NumberId {
        let base = self.transport_base(family);
        let offset = self.network_place().offset.wrapping_add(more);
        self.numbers.sum(Some(base), offset)
    }

    pub(super) fn vxlan(&mut self, identifier: Option<u32>) -> Result1 {
        self.check_identifier(identifier)?;
        let (variable, inner) = self.numbers.variable();
        let mut arms = Vec::new();
        for family in [Family::Ip4, Family::Ip6] {
            let mut parts = vec![self.udp_to(family, VXLAN_PORT)?];
            let flags = self.transport(family, 8, 1);
            parts.push(self.equal(flags, 8));
            parts.extend(self.network_identifier(family, identifier));
            let frame = self.behind_udp(family, 16);
            parts.push(self.bind(variable, frame));
            arms.push(self.conditions.and(parts));
        }
        let header = Place { base: Some(inner), offset: 0 };
        self.enter(LinkType::ETHERNET, header, header.plus(12), header.plus(14));
        self.state.encapsulated = true;
        self.state.ethernet_inside = None;
        Ok(self.conditions.or(arms))
    }

    pub(super) fn geneve(&mut self, identifier: Option<u32>) -> Result1 {
        self.check_identifier(identifier)?;
        // In this order, so that the type is asked for before what is behind it.
        let (kind_variable, kind) = self.numbers.variable();
        let (payload_variable, payload) = self.numbers.variable();
        let (ethernet_variable, ethernet) = self.numbers.variable();
        let (header_variable, header) = self.reads_link.then(|| self.numbers.variable()).unzip();
        // Of an Ethernet frame inside, the type is the last of its header.
        let inner_kind = self.numbers.sum(Some(payload), 2u32.wrapping_neg());
        let variables = GeneveVariables {
            kind: (kind_variable, inner_kind),
            payload: (payload_variable, payload),
            ethernet: ethernet_variable,
            header: header_variable,
        };
        let mut arms = Vec::new();
        if self.by_tests {
            arms.push(self.geneve_in_one_way(variables, identifier)?);
        }
        for family in if self.by_tests { &[][..] } else { &[Family::Ip4, Family::Ip6] } {
            let family = *family;
            let mut parts = vec![self.udp_to(family, GENEVE_PORT)?];
            let version = self.transport(family, 8, 1);
            parts.push(self.masked(version, 0xc0, 0));
            parts.extend(self.network_identifier(family, identifier));
            // options in words behind a header of 8 octets
            let bits = self.numbers.constant(0x3f);
            let four = self.numbers.constant(4);
            let options = self
                .numbers
                .binary(Op::And, version, bits)
                .and_then(|words| self.numbers.binary(Op::Mul, words, four))
                .unwrap_or(version);
            let start = self.behind_udp(family, 8 + 8);
            let (base, more) = match self.numbers.get(start) {
                Number::Binary(Op::Add, base, more) => (Some(base), self.numbers.value(more).unwrap_or(0)),
                Number::Const(value) => (None, value),
                _ => (Some(start), 0),
            };
            let grown = match base {
                Some(base) => self.numbers.binary(Op::Add, options, base).unwrap_or(options),
                None => options,
            };
            let inside = self.numbers.sum(Some(grown), more);
            let behind_header = self.numbers.sum(Some(grown), more + 14);
            let outer_kind = self.behind_udp(family, 8 + 2);
            let protocol = self.transport(family, 8 + 2, 2);
            let is_ethernet = self.equal(protocol, ether_type::ETHERNET_BRIDGING);
            let (zero, one) = (self.numbers.constant(0), self.numbers.constant(1));
            let with = [
                is_ethernet,
                self.bind(payload_variable, behind_header),
                self.bind(kind_variable, inner_kind),
                self.bind(ethernet_variable, one),
            ];
            let with = self.and(with);
            let other = self.not(is_ethernet);
            let without = [
                other,
                self.bind(payload_variable, inside),
                self.bind(kind_variable, outer_kind),
                self.bind(ethernet_variable, zero),
            ];
            let without = self.and(without);
            parts.extend(header_variable.map(|header| self.bind(header, inside)));
            parts.push(self.or([with, without]));
            arms.push(self.conditions.and(parts));
        }
        let at = |number| Place { base: Some(number), offset: 0 };
        let header = header.map_or(at(payload).plus(14u32.wrapping_neg()), at);
        self.enter(LinkType::ETHERNET, header, at(kind), at(payload));
        self.state.encapsulated = true;
        self.state.ethernet_inside = Some(ethernet);
        Ok(self.conditions.or(arms))
    }

    /// The same with the start of the transport header in a variable.
    fn geneve_in_one_way(&mut self, variables: GeneveVariables, identifier: Option<u32>) -> Result1 {
        let GeneveVariables { kind, payload, ethernet, header } = variables;
        let (transport_variable, transport) = self.numbers.variable();
        let mut arms = Vec::new();
        for family in [Family::Ip4, Family::Ip6] {
            let base = self.transport_base(family);
            let parts = [self.udp_to(family, GENEVE_PORT)?, self.bind(transport_variable, base)];
            arms.push(self.and(parts));
        }
        let mut parts = vec![self.conditions.or(arms)];
        let udp = Place { base: Some(transport), offset: self.network_place().offset };
        let version = self.load(udp.plus(8), 1);
        parts.push(self.masked(version, 0xc0, 0));
        if let Some(identifier) = identifier {
            let word = self.load(udp.plus(12), 4);
            parts.push(self.masked(word, 0xffff_ff00, identifier << 8));
        }
        let words = self.with(Op::And, version, 0x3f);
        let options = self.with(Op::Mul, words, 4);
        let grown = self.numbers.binary(Op::Add, options, transport).unwrap_or(options);
        let inside = self.numbers.sum(Some(grown), udp.offset.wrapping_add(8 + 8));
        parts.push(self.bind(payload.0, inside));
        parts.extend(header.map(|header| self.bind(header, inside)));
        let protocol = self.load(udp.plus(8 + 2), 2);
        let is_ethernet = self.equal(protocol, ether_type::ETHERNET_BRIDGING);
        let (zero, one) = (self.numbers.constant(0), self.numbers.constant(1));
        let behind_header = self.numbers.sum(Some(payload.1), 14);
        let with = [
            is_ethernet,
            self.bind(payload.0, behind_header),
            self.bind(kind.0, kind.1),
            self.bind(ethernet, one),
        ];
        let with = self.and(with);
        let other = self.not(is_ethernet);
        let outer_kind = self.numbers.sum(Some(transport), udp.offset.wrapping_add(8 + 2));
        let without = [other, self.bind(kind.0, outer_kind), self.bind(ethernet, zero)];
        let without = self.and(without);
        parts.push(self.or([with, without]));
        Ok(self.conditions.and(parts))
    }
}

#[cfg(test)]
mod tests {
    use crate::filter::random::{Dice, Expressions};
    use crate::filter::vm::{Facts, Packet, run};
    use crate::filter::{Goal, Options, compile};
    use nettool_dissect::frame::LinkType;

    /// A long frame with up to two tags and something behind them.
    fn frame(dice: &mut Dice) -> Vec<u8> {
        let mut frame: Vec<u8> = (0..400).map(|_| dice.roll() as u8).collect();
        let mut at = 12;
        for _ in 0..dice.below(3) {
            let kind: u16 = dice.one(&[0x8100, 0x88a8, 0x9100]);
            frame[at..at + 2].copy_from_slice(&kind.to_be_bytes());
            frame[at + 2..at + 4].copy_from_slice(&dice.one(&[5u16, 6, 100, 1024]).to_be_bytes());
            at += 4;
        }
        let kind: u16 = dice.one(&[0x0800, 0x0800, 0x86dd, 0x0806, 0x8847, 0x8864]);
        frame[at..at + 2].copy_from_slice(&kind.to_be_bytes());
        frame[at + 2] = if kind == 0x86dd { 0x60 } else { 0x45 };
        frame
    }

    #[test]
    fn where_no_tag_was_moved_out_a_socket_sees_what_a_file_has() {
        let written = [
            "vlan or ip6",
            "not vlan and arp",
            "vlan 5 or vlan 6",
            "not vlan 5 and ip",
            "(vlan 5 and arp) or arp",
            "vlan or vlan or ip",
            "(vlan and ip) or (vlan and arp)",
            "vlan or mpls or ip",
            "len > 60 and vlan 5 or arp",
            "vlan 100-2000 or host 10.0.0.1 or ip6 or port in {80, 443}",
        ];
        let random = (0..4000).map(|seed| Expressions::new(LinkType::ETHERNET, seed).expression());
        // Where `vlan` is not come to, nothing has moved in a socket: it stands first.
        let before = ["vlan 5 and", "vlan or", "not vlan and", "not vlan 6 or"];
        let random = random.filter(|text| !text.contains("vlan")).zip(before.into_iter().cycle());
        let random = random.map(|(text, before)| format!("{before} ({text})")).take(60);
        let mut dice = Dice::new(3);
        let frames: Vec<Vec<u8>> = (0..150).map(|_| frame(&mut dice)).collect();
        let facts = Facts { ifindex: Some(2), hatype: Some(1), network_offset: 14, ..Facts::default() };
        let (mut compared, mut accepted) = (0, 0);
        for text in written.into_iter().map(str::to_owned).chain(random) {
            for optimize in [Goal::Balanced, Goal::Literal] {
                let file = Options { optimize, netmask: Some(0), ..Options::new(LinkType::ETHERNET) };
                let (Ok(socket), Ok(file)) =
                    (compile(&text, &Options { live: true, ..file }), compile(&text, &file))
                else {
                    continue;
                };
                for data in &frames {
                    let inside = run(&file.instructions, &Packet::whole(data)).accepted();
                    let packet = Packet { facts: Some(&facts), ..Packet::whole(data) };
                    let live = run(&socket.instructions, &packet).accepted();
                    assert_eq!(live, inside, "{text} on {:02x?}", &data[..40]);
                    compared += 1;
                    accepted += usize::from(live);
                }
            }
        }
        assert!(compared > 10_000 && accepted > 1000, "{accepted} of {compared}");
    }

    /// Geneve over UDP over IPv4 with one word of options, and what is inside.
    fn geneve(protocol: u16, inside: &[u8]) -> Vec<u8> {
        let mut packet = vec![0x45, 0, 0, 100, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        packet.extend([0, 9, 0x17, 0xc1, 0, 80, 0, 0, 1, 0]);
        packet.extend(protocol.to_be_bytes());
        packet.extend([0, 0, 7, 0, 0, 0, 0, 0]);
        packet.extend(inside);
        packet
    }

    #[test]
    fn link_octets_inside_geneve_are_counted_from_the_first_octet_inside_whatever_it_is() {
        let frame = [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 9, 8, 0][..], &[0x45; 40]].concat();
        let (ethernet, bare) = (geneve(0x6558, &frame), geneve(0x0800, &[0x45, 9, 8, 7, 6, 5, 4, 3, 2, 1]));
        for (text, in_ethernet, in_bare) in [
            ("geneve 7 and ether[0] = 2", true, false),
            ("geneve and ether[11] = 9", true, false),
            ("geneve and link[0] = 0x45", false, true),
            ("geneve and byte 3 = 7", false, true),
            ("geneve and (link[1:2] = 0x908 or ether[12:2] = 0x800 and ip)", true, true),
            ("geneve 7 and ether[link[8] * 2] >= 3 << link[9]", false, true),
        ] {
            for optimize in [Goal::Balanced, Goal::Speed, Goal::Literal] {
                let options = Options { optimize, ..Options::new(LinkType::RAW) };
                let program =
                    compile(text, &options).map_err(|error| error.render(text)).expect("it compiles");
                for (packet, wanted) in [(&ethernet, in_ethernet), (&bare, in_bare)] {
                    let found = program.matches(packet, packet.len() as u32);
                    assert_eq!(found, wanted, "{optimize:?} {text}");
                }
            }
        }
    }
}
