//! Programs made ready to run many times in user space: the same verdicts as `vm`, in fewer and cheaper steps.
//!
//! A classic program spends most of its steps in "load, perhaps mask, compare": here that is one operation. A branch to a
//! return is the return itself, unconditional jumps are gone. Operations are laid out so that the one that follows a
//! failed comparison stands behind it: the processor then guesses the way through a filter, instead of waiting for each
//! comparison to know where the next operation lies. No allocation per packet, no counting of steps: programs that loop,
//! or that the checker refuses, are left to `vm`.

use super::check::{check_user, loops};
use super::insn::{CELLS, Instruction, ancillary, code};
use super::vm::{self, Packet};

/// A program ready to run.
#[derive(Clone, Debug)]
pub struct Prepared {
    operations: Vec<Operation>,
    verdicts: Vec<u32>,
    program: Vec<Instruction>,
    /// Whether `operations` stand for the program.
    ready: bool,
    /// Whether the program uses scratch cells.
    cells: bool,
}

/// Set in the number of the next operation: the rest is an index of [`Prepared::verdicts`].
const VERDICT: u16 = 0x8000;
/// Verdict 0 is always the first.
const REJECT: u16 = VERDICT;
/// What is too rare to have an operation, such as a word from beside the packet: the whole program runs once more, as
/// `vm` runs it.
const SLOW: u16 = u16::MAX;

/// One operation: what to load into A, what to compare it with, where to go. What follows when the comparison fails, or
/// when there is none, is the next operation.
#[derive(Clone, Copy, Debug)]
struct Operation {
    action: Action,
    /// Where to go when the comparison holds.
    yes: u16,
    /// Offset of the load, or the constant of an operation of its own.
    at: u32,
    /// What is compared with.
    value: u32,
    mask: u32,
}

macro_rules! actions {
    ($($load:ident: $equal:ident $greater:ident $at_least:ident $any:ident $masked:ident;)*) => {
        /// What an operation does. Loads and comparisons are joined; what is rare stays an instruction.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        enum Action { $($equal, $greater, $at_least, $any, $masked,)* Alone(u16), Go }

        /// What a comparison may load before it.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(super) enum Load { $($load),* }

        impl Action {
            /// A load joined with a comparison by its code; only equality can have a mask before it.
            fn joined(load: Load, comparison: u16, masked: bool) -> Option<Action> {
                Some(match (load, comparison, masked) {
                    $((Load::$load, code::JEQ_K, true) => Action::$masked,
                    (Load::$load, code::JEQ_K, false) => Action::$equal,
                    (Load::$load, code::JGT_K, false) => Action::$greater,
                    (Load::$load, code::JGE_K, false) => Action::$at_least,
                    (Load::$load, code::JSET_K, false) => Action::$any,)*
                    _ => return None,
                })
            }
        }

        impl Prepared {
            /// From one operation to the next, up to a verdict.
            #[inline(always)]
            fn run<const N: usize>(&self, packet: &Packet<'_>) -> u16 {
                let mut machine = Machine { a: 0, x: 0, cells: [0; N] };
                let mut next = 0u16;
                'jump: loop {
                    let Some(operations) = self.operations.get(usize::from(next)..) else { return REJECT };
                    for operation in operations {
                        let Operation { action, at, value, mask, .. } = *operation;
                        let holds = match action {
                            $(Action::$equal => {
                                let Some(a) = load(Load::$load, packet, &machine, at) else { return REJECT };
                                machine.a = a;
                                a == value
                            }
                            Action::$greater => {
                                let Some(a) = load(Load::$load, packet, &machine, at) else { return REJECT };
                                machine.a = a;
                                a > value
                            }
                            Action::$at_least => {
                                let Some(a) = load(Load::$load, packet, &machine, at) else { return REJECT };
                                machine.a = a;
                                a >= value
                            }
                            Action::$any => {
                                let Some(a) = load(Load::$load, packet, &machine, at) else { return REJECT };
                                machine.a = a;
                                a & value != 0
                            }
                            Action::$masked => {
                                let Some(a) = load(Load::$load, packet, &machine, at) else { return REJECT };
                                machine.a = a & mask;
                                a & mask == value
                            })*
                            Action::Go => true,
                            Action::Alone(number) => match alone(number, at, packet, &mut machine) {
                                Done::Next(holds) => holds,
                                Done::Ends(verdict) => return verdict,
                            },
                        };
                        if holds {
                            next = operation.yes;
                            if next >= VERDICT {
                                return next;
                            }
                            continue 'jump;
                        }
                    }
                    return REJECT;
                }
            }
        }
    };
}

actions! {
    Nothing: Equal Greater AtLeast Any MaskedEqual;
    Octet: OctetEqual OctetGreater OctetAtLeast OctetAny OctetMasked;
    Half: HalfEqual HalfGreater HalfAtLeast HalfAny HalfMasked;
    Word: WordEqual WordGreater WordAtLeast WordAny WordMasked;
    OctetX: OctetXEqual OctetXGreater OctetXAtLeast OctetXAny OctetXMasked;
    HalfX: HalfXEqual HalfXGreater HalfXAtLeast HalfXAny HalfXMasked;
    WordX: WordXEqual WordXGreater WordXAtLeast WordXAny WordXMasked;
}

pub(super) struct Machine<const N: usize> {
    pub(super) a: u32,
    pub(super) x: u32,
    pub(super) cells: [u32; N],
}

#[inline(always)]
fn load<const N: usize>(what: Load, packet: &Packet<'_>, machine: &Machine<N>, at: u32) -> Option<u32> {
    match what {
        Load::Nothing => Some(machine.a),
        Load::Octet => octet(packet.data, at),
        Load::Half => half(packet.data, at),
        Load::Word => word(packet.data, at),
        Load::OctetX => octet(packet.data, at.wrapping_add(machine.x)),
        Load::HalfX => half(packet.data, at.wrapping_add(machine.x)),
        Load::WordX => word(packet.data, at.wrapping_add(machine.x)),
    }
}

/// The load from the packet that an instruction is.
pub(super) fn load_of(number: u16, k: u32) -> Option<Load> {
    Some(match number {
        code::LD_B_ABS if k < ancillary::LINK => Load::Octet,
        code::LD_H_ABS if k < ancillary::LINK => Load::Half,
        code::LD_W_ABS if k < ancillary::LINK => Load::Word,
        code::LD_B_IND => Load::OctetX,
        code::LD_H_IND => Load::HalfX,
        code::LD_W_IND => Load::WordX,
        _ => return None,
    })
}

#[inline(always)]
pub(super) fn octet(data: &[u8], at: u32) -> Option<u32> {
    data.get(at as usize).map(|octet| u32::from(*octet))
}

#[inline(always)]
pub(super) fn half(data: &[u8], at: u32) -> Option<u32> {
    let at = at as usize;
    let octets = data.get(at..at.wrapping_add(2))?;
    Some(u16::from_be_bytes(octets.try_into().ok()?).into())
}

#[inline(always)]
pub(super) fn word(data: &[u8], at: u32) -> Option<u32> {
    let at = at as usize;
    let octets = data.get(at..at.wrapping_add(4))?;
    Some(u32::from_be_bytes(octets.try_into().ok()?))
}

/// What came of an instruction of its own.
pub(super) enum Done {
    /// Whether a comparison holds; false for anything else.
    Next(bool),
    /// The program ends.
    Ends(u16),
}

/// An instruction that is not joined with others.
#[inline]
pub(super) fn alone<const N: usize>(
    number: u16,
    k: u32,
    packet: &Packet<'_>,
    machine: &mut Machine<N>,
) -> Done {
    let Machine { a, x, cells } = machine;
    let operand = if number & code::X == 0 { k } else { *x };
    match number {
        code::LDX_B_MSH => match octet(packet.data, k) {
            Some(value) => *x = (value & 15) << 2,
            None if k >= ancillary::LINK => return Done::Ends(SLOW),
            None => return Done::Ends(REJECT),
        },
        code::LD_W_LEN => *a = packet.wire_len,
        code::LDX_W_LEN => *x = packet.wire_len,
        code::LD_IMM => *a = k,
        code::LDX_IMM => *x = k,
        code::TAX => *x = *a,
        code::TXA => *a = *x,
        code::NEG => *a = a.wrapping_neg(),
        code::ST | code::STX | code::LD_MEM | code::LDX_MEM => {
            let Some(cell) = cells.get_mut(k as usize) else { return Done::Ends(REJECT) };
            match number {
                code::ST => *cell = *a,
                code::STX => *cell = *x,
                code::LD_MEM => *a = *cell,
                _ => *x = *cell,
            }
        }
        code::JEQ_X => return Done::Next(*a == operand),
        code::JGT_X => return Done::Next(*a > operand),
        code::JGE_X => return Done::Next(*a >= operand),
        code::JSET_X => return Done::Next(*a & operand != 0),
        code::ADD_K | code::ADD_X => *a = a.wrapping_add(operand),
        code::SUB_K | code::SUB_X => *a = a.wrapping_sub(operand),
        code::MUL_K | code::MUL_X => *a = a.wrapping_mul(operand),
        code::AND_K | code::AND_X => *a &= operand,
        code::OR_K | code::OR_X => *a |= operand,
        code::XOR_K | code::XOR_X => *a ^= operand,
        code::LSH_K | code::LSH_X => *a = a.checked_shl(operand).unwrap_or(0),
        code::RSH_K | code::RSH_X => *a = a.checked_shr(operand).unwrap_or(0),
        code::DIV_K | code::DIV_X => match a.checked_div(operand) {
            Some(value) => *a = value,
            None => return Done::Ends(REJECT),
        },
        code::MOD_K | code::MOD_X => match a.checked_rem(operand) {
            Some(value) => *a = value,
            None => return Done::Ends(REJECT),
        },
        code::RET_A => return Done::Ends(SLOW),
        _ => {
            let Some(what) = load_of(number, k) else { return Done::Ends(SLOW) };
            match load(what, packet, machine, k) {
                Some(value) => machine.a = value,
                None => return Done::Ends(REJECT),
            }
        }
    }
    Done::Next(false)
}

impl Prepared {
    /// Makes a program ready. Any program is taken; one that cannot be laid out runs as `vm` runs it.
    pub fn new(program: &[Instruction]) -> Prepared {
        let uses = |i: &Instruction| matches!(i.code, code::ST | code::STX | code::LD_MEM | code::LDX_MEM);
        let mut prepared = Prepared {
            operations: Vec::new(),
            verdicts: vec![0],
            program: program.to_vec(),
            ready: false,
            cells: program.iter().any(uses),
        };
        if check_user(program).is_ok() && !loops(program) {
            prepared.ready = prepared.lay_out().is_some();
        }
        prepared
    }

    /// The program that it was made from.
    pub fn program(&self) -> &[Instruction] {
        &self.program
    }

    /// The verdict: octets to keep, 0 rejects.
    #[inline]
    pub fn verdict(&self, packet: &Packet<'_>) -> u32 {
        let end = match (self.ready, self.cells) {
            (false, _) => SLOW,
            (true, false) => self.run::<0>(packet),
            (true, true) => self.run::<CELLS>(packet),
        };
        if end == SLOW {
            return vm::run(&self.program, packet).verdict;
        }
        self.verdicts.get(usize::from(end ^ VERDICT)).copied().unwrap_or(0)
    }

    /// Lays out the operations, each run of failing comparisons one after the other; `None` when there are too many.
    fn lay_out(&mut self) -> Option<()> {
        let mut placed: Vec<Option<u16>> = vec![None; self.program.len()];
        // Comparisons whose target is not laid out yet: the operation, and the instruction that it goes to.
        let mut open: Vec<(Option<usize>, usize)> = vec![(None, 0)];
        while let Some((from, target)) = open.pop() {
            let mut at = target;
            let mut entry = None;
            loop {
                let here = match self.destination(at)? {
                    Place::Verdict(verdict) => Some(verdict),
                    Place::Instruction(real) => {
                        at = real;
                        placed.get(real).copied().flatten()
                    }
                };
                if let Some(known) = here {
                    // The first of a run needs no operation of its own to go there.
                    if entry.is_none() && from.is_some() {
                        entry = Some(known);
                    } else {
                        self.operations.push(Operation {
                            action: Action::Go,
                            yes: known,
                            at: 0,
                            value: 0,
                            mask: 0,
                        });
                    }
                    break;
                }
                let number =
                    u16::try_from(self.operations.len()).ok().filter(|number| *number < VERDICT - 1)?;
                *placed.get_mut(at)? = Some(number);
                entry.get_or_insert(number);
                let (operation, yes, next) = self.joined(at);
                if let Some(yes) = yes {
                    open.push((Some(self.operations.len()), yes));
                }
                self.operations.push(operation);
                at = next;
            }
            if let (Some(from), Some(entry)) = (from, entry) {
                self.operations.get_mut(from)?.yes = entry;
            }
        }
        Some(())
    }

    /// Where an instruction really is: through jumps, and at a verdict where one stands.
    fn destination(&mut self, mut at: usize) -> Option<Place> {
        loop {
            match self.program.get(at).copied()? {
                Instruction { code: code::JA, k, .. } => at = at.checked_add(1)?.checked_add(k as usize)?,
                Instruction { code: code::RET_K, k, .. } => {
                    let known = self.verdicts.iter().position(|verdict| *verdict == k);
                    let index = known.unwrap_or_else(|| {
                        self.verdicts.push(k);
                        self.verdicts.len().saturating_sub(1)
                    });
                    let index = u16::try_from(index).ok().filter(|index| *index < VERDICT - 1)?;
                    return Some(Place::Verdict(VERDICT | index));
                }
                _ => return Some(Place::Instruction(at)),
            }
        }
    }

    /// The operation that starts with the instruction at `at`, the instruction to go to when it holds, and the one to go
    /// on with.
    fn joined(&self, at: usize) -> (Operation, Option<usize>, usize) {
        let instruction = |at: usize| self.program.get(at).copied().unwrap_or(Instruction::ret(0));
        let first = instruction(at);
        let load = load_of(first.code, first.k);
        let mut compare_at = if load.is_some() { at.saturating_add(1) } else { at };
        let mut mask = None;
        let second = instruction(compare_at);
        if second.code == code::AND_K && instruction(compare_at.saturating_add(1)).code == code::JEQ_K {
            mask = Some(second.k);
            compare_at = compare_at.saturating_add(1);
        }
        let compare = instruction(compare_at);
        let joined = Action::joined(load.unwrap_or(Load::Nothing), compare.code, mask.is_some());
        let (action, branch, branch_at) = match joined {
            Some(action) => (action, compare, compare_at),
            None => (Action::Alone(first.code), first, at),
        };
        let after = branch_at.saturating_add(1);
        let value = if joined.is_some() { compare.k } else { 0 };
        let operation = Operation { action, yes: REJECT, at: first.k, value, mask: mask.unwrap_or(u32::MAX) };
        if branch.is_branch() {
            let yes = after.saturating_add(branch.jt.into());
            (operation, Some(yes), after.saturating_add(branch.jf.into()))
        } else {
            (operation, None, after)
        }
    }
}

/// Where a jump goes.
enum Place {
    Verdict(u16),
    Instruction(usize),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::random::Dice;
    use crate::filter::vm::Facts;

    /// Any program that the checker takes, from all instructions, and any packet.
    #[test]
    fn verdicts_are_those_of_the_machine_for_any_program() {
        const CODES: [u16; 49] = [
            0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x28, 0x30, 0x00, 0x60, 0x80, 0x01, 0x61, 0x81, 0xb1, 0x02,
            0x03, 0x04, 0x0c, 0x14, 0x1c, 0x24, 0x2c, 0x34, 0x3c, 0x44, 0x54, 0x54, 0x5c, 0x64, 0x6c, 0x74,
            0x7c, 0x84, 0x94, 0x9c, 0xa4, 0xac, 0x05, 0x15, 0x15, 0x1d, 0x25, 0x35, 0x3d, 0x45, 0x4d, 0x16,
            0x06,
        ];
        let mut dice = Dice::new(5);
        let (mut taken, mut accepted) = (0, 0);
        for _ in 0..60_000 {
            let length = 2 + dice.below(12);
            let mut program: Vec<Instruction> = (1..length)
                .map(|_| {
                    let k =
                        dice.one(&[0, 1, 2, 3, 5, 7, 12, 15, 0x0f, 0xff, u32::MAX, 0xffff_f000, 0xfff0_0001]);
                    let (jt, jf) = (dice.below(3) as u8, dice.below(3) as u8);
                    let number = dice.one(&CODES);
                    let k = if number == code::JA { k & 1 } else { k };
                    Instruction::new(number, jt, jf, k)
                })
                .collect();
            program.push(Instruction::ret(dice.one(&[0, 7, 9])));
            taken += usize::from(check_user(&program).is_ok());
            let prepared = Prepared::new(&program);
            for _ in 0..4 {
                let data: Vec<u8> =
                    (0..dice.below(20)).map(|_| dice.one(&[0, 1, 5, 7, 0x45, 0xff])).collect();
                let facts = Facts { protocol: 5, ..Facts::default() };
                for facts in [None, Some(&facts)] {
                    let packet = Packet { facts, ..Packet::whole(&data) };
                    let verdict = vm::run(&program, &packet).verdict;
                    assert_eq!(prepared.verdict(&packet), verdict, "{program:?} on {data:?}");
                    accepted += usize::from(verdict != 0);
                }
            }
        }
        assert!(taken > 1000 && accepted > 1000, "{taken} programs judged, {accepted} packets accepted");
    }

    #[test]
    fn loops_and_broken_programs_are_left_to_the_machine() {
        for program in
            [vec![], vec![Instruction::jump(u32::MAX), Instruction::ret(1)], vec![Instruction::load(1, 0)]]
        {
            assert_eq!(Prepared::new(&program).verdict(&Packet::whole(&[1, 2])), 0);
        }
    }
}
