//! NFLOG: the packet stands in one of the attributes behind a header of four octets (linux/netfilter/nfnetlink_log.h).
//!
//! Lengths and types are those of a machine that stores the lowest octet first. Attributes are followed as far as
//! [`ATTRIBUTES`]; the kernel writes the packet last, behind no more than that.

use super::super::code::Coder;
use super::super::compile::Goal;
use super::super::insn::{Instruction, code};
use super::super::layout::Layout;
use super::super::number::{NumberId, Numbers, Op, Variable};
use super::{LogicId, Lower, Place, State};

/// Most attributes before the packet.
const ATTRIBUTES: usize = 20;
/// Where the first attribute starts.
const FIRST: u32 = 4;
/// `NFULA_PAYLOAD`, as it is read, and octets of an attribute's header.
const PAYLOAD: u32 = 0x0900;
const HEADER: u32 = 4;

/// Where the attribute with the packet starts: a variable that the program binds before all else.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nflog(Variable, NumberId);

impl State {
    pub(super) fn nflog_places(&mut self, numbers: &mut Numbers) -> Nflog {
        let (variable, number) = numbers.variable();
        self.payload = Place { base: Some(number), offset: HEADER };
        Nflog(variable, number)
    }
}

impl Lower<'_> {
    /// The condition behind a walk to the packet, where it looks at that. The walk stands in front of the program that the
    /// condition becomes; only a program word for word has it as a condition of its own.
    pub(super) fn behind_nflog_attributes(&mut self, nflog: Nflog, condition: LogicId) -> LogicId {
        let Nflog(at, at_number) = nflog;
        if !self.variables_of(condition).contains(&at) {
            return condition;
        }
        if !self.rebinds && self.options.optimize != Goal::Literal {
            self.numbers.given = Some(at);
            return condition;
        }
        self.rebinds = true;
        let here = Place { base: Some(at_number), offset: 0 };
        let kind = self.load(here.plus(2), 2);
        let found = self.equal(kind, PAYLOAD);
        // Lengths do not count what pads attributes to words, and all start at words.
        let (low, high) = (self.load(here, 1), self.load(here.plus(1), 1));
        let high = self.with(Op::Shl, high, 8);
        let end = self.numbers.binary(Op::Add, high, at_number).unwrap_or(high);
        let end = self.numbers.binary(Op::Add, end, low).unwrap_or(end);
        let end = self.with(Op::Add, end, 3);
        let next = self.with(Op::And, end, 0xffff_fffc);
        let step = self.bind(at, next);
        let mut rest = found;
        for _ in 0..ATTRIBUTES {
            let onwards = self.and([step, rest]);
            rest = self.or([found, onwards]);
        }
        let first = self.numbers.constant(FIRST);
        let start = self.bind(at, first);
        self.and([start, rest, condition])
    }
}

/// A program behind the walk to the packet, whose place it finds in X, and in the cell of the variable if it looks there.
pub(crate) fn behind_walk(program: &[Instruction], variable: Variable) -> Vec<Instruction> {
    let mut layout = Layout::default();
    layout.push_all(program);
    let cell = Coder::cell(variable);
    let reads = |i: &Instruction| matches!(i.code, code::LD_MEM | code::LDX_MEM) && i.k == cell;
    if program.iter().any(reads) {
        layout.push(Instruction::statement(code::STX, cell));
    }
    let found = layout.here();
    let mut next = layout.push(Instruction::ret(0));
    // Octet 0 is the low one of the length: times 65537 they stand there twice, in both orders.
    let step = [
        Instruction::load_indexed(2, 0),
        Instruction::statement(code::MUL_K, 0x1_0001),
        Instruction::statement(code::RSH_K, 8),
        Instruction::statement(code::ADD_K, 3),
        Instruction::statement(code::AND_K, 0xfffc),
        Instruction::statement(code::ADD_X, 0),
        Instruction::statement(code::TAX, 0),
    ];
    for attribute in (0..=ATTRIBUTES).rev() {
        layout.branch(code::JEQ_K, PAYLOAD, found, next);
        layout.push(Instruction::load_indexed(2, 2));
        layout.push_all(if attribute > 0 { &step } else { &[] });
        next = layout.here();
    }
    layout.push(Instruction::statement(code::LDX_IMM, FIRST));
    layout.finish()
}

#[cfg(test)]
mod tests {
    use crate::filter::{Options, compile};
    use nettool_dissect::frame::LinkType;

    /// A UDP datagram to port 53 behind attributes of odd lengths.
    fn frame() -> Vec<u8> {
        let mut frame = vec![2, 0, 0, 5];
        frame.extend([8, 0, 1, 0, 8, 0, 0, 0]);
        frame.extend([9, 0, 10, 0, b'd', b'r', b'o', b'p', 0, 0, 0, 0]);
        frame.extend([32, 0, 9, 0]);
        frame.extend([0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        frame.extend([4, 0, 0, 53, 0, 8, 0, 0]);
        frame
    }

    #[test]
    fn tests_look_at_the_packet_behind_the_attributes() {
        let frame = frame();
        let accepts = |text: &str| {
            let program = compile(text, &Options::new(LinkType::NFLOG)).map_err(|error| error.render(text));
            program.unwrap().matches(&frame, frame.len() as u32)
        };
        for text in [
            "ip",
            "udp port 53",
            "src host 10.0.0.1 and dst net 10.0.0.0/24",
            "ip[8] = 64",
            "nflog.res_id = 5",
        ] {
            assert!(accepts(text), "{text}");
        }
        for text in ["ip6", "udp port 54", "src host 10.0.0.2", "tcp", "nflog.family = 10", "arp"] {
            assert!(!accepts(text), "{text}");
        }
    }

    #[test]
    fn an_attribute_of_more_octets_than_one_counts_is_passed() {
        let mut long = frame();
        // 301 octets and three that pad them.
        let attribute = [&[45, 1, 16, 0][..], &[9; 300]].concat();
        long.splice(12..12, attribute);
        let program = compile("udp port 53 and src 10.0.0.1", &Options::new(LinkType::NFLOG)).unwrap();
        assert!(program.matches(&long, long.len() as u32));
    }

    #[test]
    fn what_follows_the_walk_is_as_small_as_elsewhere() {
        let size = |link, text: &str| compile(text, &Options::new(link)).unwrap().instructions.len();
        let walk = size(LinkType::NFLOG, "ip[8] = 64") - size(LinkType::RAW, "ip[8] = 64");
        for text in ["udp port 53", "host 10.0.0.1 and not tcp port 22", "ip6 and tcp dst portrange 80-90"] {
            let (here, there) = (size(LinkType::NFLOG, text), size(LinkType::RAW, text));
            assert!(here <= there + walk + 12, "{text}: {here}, on packets alone {there}, the walk {walk}");
        }
    }

    #[test]
    fn programs_agree_with_those_word_for_word_however_the_attributes_are_bent() {
        use crate::filter::Goal;
        use crate::filter::random::Dice;
        let (frame, mut dice) = (frame(), Dice::new(3));
        for text in
            ["udp port 53", "not ip6", "src host 10.0.0.1 and ip[8] = 64 or geneve", "port 53 or tcp[2] > 5"]
        {
            let options = Options::new(LinkType::NFLOG);
            let program = compile(text, &options).unwrap();
            let literal = compile(text, &Options { optimize: Goal::Literal, ..options }).unwrap();
            for _ in 0..2000 {
                let mut bent = frame.clone();
                for _ in 0..dice.below(4) {
                    let at = dice.below(bent.len());
                    bent[at] = dice.one(&[0, 1, 4, 5, 6, 8, 9, 17, 53, 60, 0x45, 0x60, 0xff]);
                }
                bent.truncate(bent.len() - dice.below(3) * dice.below(20));
                let length = bent.len() as u32;
                assert_eq!(
                    program.matches(&bent, length),
                    literal.matches(&bent, length),
                    "{text}: {bent:?}"
                );
            }
        }
    }

    #[test]
    fn a_message_without_the_packet_is_rejected() {
        let program = compile("not tcp", &Options::new(LinkType::NFLOG)).unwrap();
        assert!(!program.matches(&[2, 0, 0, 5, 8, 0, 1, 0, 8, 0, 0, 0], 12));
    }
}
