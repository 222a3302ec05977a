//! Two programs over the same packets, and packets steered down a program's branches.

use crate::packets::{Specimen, specimen};
use nettool_capture::filter::check::check_user;
use nettool_capture::filter::insn::{Instruction, code};
use nettool_capture::filter::random::Dice;
use nettool_capture::filter::vm::{self, End, Outcome, Packet};

/// What libpcap says of an expression.
pub(crate) struct Reference {
    pub(crate) optimised: Vec<Instruction>,
    pub(crate) raw: Vec<Instruction>,
}

/// A packet on which the programs disagree.
#[derive(Debug)]
pub(crate) struct Difference {
    pub(crate) packet: Vec<u8>,
    pub(crate) wire_len: u32,
    pub(crate) theirs: Outcome,
    pub(crate) ours: Outcome,
}

/// What came of a comparison.
#[derive(Default, Debug)]
pub(crate) struct Tally {
    pub(crate) whole: usize,
    /// Packets on which libpcap itself has no answer: its two programs differ, or read what they never wrote.
    pub(crate) nobody: usize,
    /// Those of them that are whole, so that no load which the optimiser has removed is the reason.
    pub(crate) contradicted: usize,
    /// Different verdicts on cut packets, where libpcap's optimised and raw programs also part.
    pub(crate) short: usize,
    pub(crate) first: Option<Difference>,
    pub(crate) first_short: Option<Difference>,
}

pub(crate) fn compare(ours: &[Instruction], theirs: &Reference, packets: &[Specimen]) -> Tally {
    let mut tally = Tally::default();
    let loses_stores = check_user(&theirs.optimised).is_err();
    for each in packets {
        let packet = each.packet();
        let raw = vm::run(&theirs.raw, &packet);
        let (mut verdict, mut program) = (vm::run(&theirs.optimised, &packet), &theirs.optimised);
        if loses_stores && reads_unwritten(program, &packet) {
            (verdict, program) = (raw, &theirs.raw);
        }
        let mine = vm::run(ours, &packet);
        if verdict.accepted() != raw.accepted()
            || verdict.end == End::Endless
            || (loses_stores && reads_unwritten(program, &packet))
        {
            tally.nobody += 1;
            let whole = |outcome: &Outcome| outcome.end != End::OutOfRange;
            let contradicted = verdict.accepted() != raw.accepted() && whole(&verdict) && whole(&raw);
            tally.contradicted += usize::from(contradicted && !each.cut);
            continue;
        }
        let differs = verdict.accepted() != mine.accepted() || mine.end == End::NoInstruction;
        let difference =
            || Difference { packet: each.data.clone(), wire_len: each.wire_len, theirs: verdict, ours: mine };
        // A frame shorter than its headers say is cut, whoever cut it.
        if each.cut || verdict.end == End::OutOfRange || mine.end == End::OutOfRange {
            if differs {
                tally.short += 1;
                tally.first_short.get_or_insert_with(difference);
            }
        } else {
            tally.whole += 1;
            if differs {
                tally.first.get_or_insert_with(difference);
            }
        }
    }
    tally
}

/// Whether a program reads a scratch cell that it has not written on its way.
fn reads_unwritten(program: &[Instruction], packet: &Packet<'_>) -> bool {
    let (mut written, mut unwritten) = (0u32, false);
    vm::run_watched(program, packet, |at, _| {
        let Instruction { code, k, .. } = program[at];
        match code {
            code::ST | code::STX => written |= 1 << (k & 31),
            code::LD_MEM | code::LDX_MEM => unwritten |= written & 1 << (k & 31) == 0,
            _ => {}
        }
    });
    unwritten
}

/// Where the value of A came from: octets, then `& mask`, then `>> shift`, then `+ add`.
#[derive(Clone, Copy)]
struct Source {
    at: usize,
    size: usize,
    mask: u32,
    shift: u32,
    add: u32,
}

/// Packets that walk a program's branches, made from others by turning one comparison after the other.
pub(crate) fn steered(program: &[Instruction], base: &[Specimen], count: usize, seed: u64) -> Vec<Specimen> {
    let mut dice = Dice::new(seed);
    let mut out: Vec<Specimen> = vec![];
    for round in 0..count {
        let mut data = match out.last() {
            Some(last) if round % 4 != 0 => last.data.clone(),
            _ => base[dice.below(base.len())].data.clone(),
        };
        for _ in 0..1 + dice.below(4) {
            turn(program, &mut data, &mut dice);
        }
        out.push(specimen(data, false));
    }
    out
}

/// Bends `data` so that one of the comparisons it meets goes the other way; lengthens it where a load found no octets.
fn turn(program: &[Instruction], data: &mut Vec<u8>, dice: &mut Dice) {
    let mut source: Option<Source> = None;
    let mut met: Vec<(u16, u32, Source, bool)> = vec![];
    let outcome = vm::run_watched(program, &Packet::whole(data), |at, registers| {
        let Instruction { code: number, k, .. } = program[at];
        let load = |at: u32, size| Some(Source { at: at as usize, size, mask: u32::MAX, shift: 0, add: 0 });
        match number {
            code::LD_W_ABS => source = load(k, 4),
            code::LD_H_ABS => source = load(k, 2),
            code::LD_B_ABS => source = load(k, 1),
            code::LD_W_IND => source = load(k.wrapping_add(registers.x), 4),
            code::LD_H_IND => source = load(k.wrapping_add(registers.x), 2),
            code::LD_B_IND => source = load(k.wrapping_add(registers.x), 1),
            code::AND_K => source = source.map(|s| Source { mask: s.mask & (k << s.shift), ..s }),
            code::RSH_K => source = source.map(|s| Source { shift: s.shift + (k & 31), ..s }),
            code::ADD_K => source = source.map(|s| Source { add: s.add.wrapping_add(k), ..s }),
            code::SUB_K => source = source.map(|s| Source { add: s.add.wrapping_sub(k), ..s }),
            code::SUB_X => source = source.map(|s| Source { add: s.add.wrapping_sub(registers.x), ..s }),
            _ if number & code::CLASS == code::JMP && number != code::JA => {
                let value = if number & code::X == 0 { k } else { registers.x };
                let holds = match number & 0xf0 {
                    0x10 => registers.a == value,
                    0x20 => registers.a > value,
                    0x30 => registers.a >= value,
                    _ => registers.a & value != 0,
                };
                if let Some(source) = source {
                    met.push((number & 0xf0, value, source, holds));
                }
            }
            _ if number & code::CLASS == code::LD || number & code::CLASS == code::ALU => source = None,
            code::TXA => source = None,
            _ => {}
        }
    });
    if outcome.end == End::OutOfRange && data.len() < 400 {
        data.resize(data.len() + 1 + dice.below(60), dice.one(&[0, 0xff, 6]));
        return;
    }
    let Some((operator, value, source, holds)) = met.get(dice.below(met.len())).copied() else { return };
    let near = dice.below(3) as u32;
    let wanted = match (operator, holds) {
        (0x10, true) => value ^ 1 << dice.below(source.size * 8),
        (0x10, false) => value,
        (0x20, true) => value.wrapping_sub(near),
        (0x20, false) => value.wrapping_add(1 + near),
        (0x30, true) => value.wrapping_sub(1 + near),
        (0x30, false) => value.wrapping_add(near),
        (_, true) => 0,
        (_, false) => value,
    };
    let raw = wanted.wrapping_sub(source.add).checked_shl(source.shift).unwrap_or(0);
    let Some(octets) = data.get_mut(source.at..source.at.saturating_add(source.size)) else { return };
    let old = octets.iter().fold(0u32, |sum, octet| sum << 8 | u32::from(*octet));
    let new = (raw & source.mask) | (old & !source.mask);
    octets.copy_from_slice(&new.to_be_bytes()[4 - source.size..]);
}
