//! A program over many packets at once: verdicts of 64 packets, one operation after the other.
//!
//! Packet by packet, a filter waits: for the first octets of a packet to come from memory, and after every comparison
//! that the processor has guessed wrong. Here each operation is done for all packets that have come to it, as bits in a
//! word; no branch depends on what is in a packet, and the loads of many packets are under way together. Operations stand
//! in the order of the program, whose jumps only go forward, so one pass is enough. No allocation per packet.

use super::check::{check_user, loops};
use super::insn::{CELLS, Instruction, ancillary, code};
use super::prepared::{Done, Load, Machine, Prepared, alone, half, load_of, octet, word};
use super::vm::Packet;

/// Packets in one pass.
pub const WIDTH: usize = 64;
/// Longer programs have too many operations that no packet of a pass comes to.
const LONGEST: usize = 1500;

/// A program ready to run over many packets at once.
#[derive(Clone, Debug)]
pub struct Batch {
    /// What runs one packet, and every program that cannot be run in passes.
    single: Prepared,
    /// Empty where the program cannot be run in passes.
    operations: Vec<Operation>,
    /// Packets that have come to each operation, as bits.
    waiting: Vec<u64>,
    a: [u32; WIDTH],
    x: [u32; WIDTH],
    /// Scratch cells of each packet; none where the program has no use for them.
    cells: Vec<[u32; WIDTH]>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Comparison {
    Equal,
    Greater,
    AtLeast,
    Any,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Action {
    /// Loads, masks, compares.
    Test(Load, Comparison),
    /// An instruction of its own.
    Alone(u16),
    /// The verdict is `value`.
    Verdict,
    /// Goes on at `yes`.
    Go,
}

#[derive(Clone, Copy, Debug)]
struct Operation {
    action: Action,
    yes: usize,
    no: usize,
    at: u32,
    value: u32,
    mask: u32,
}

impl Batch {
    /// Makes a program ready. Any program is taken; one that cannot be run in passes runs packet by packet.
    pub fn new(program: &[Instruction]) -> Batch {
        let single = Prepared::new(program);
        let fits = program.len() <= LONGEST && check_user(program).is_ok() && !loops(program);
        let operations = if fits && program.iter().all(runs_in_passes) {
            (0..program.len()).map(|at| operation(program, at)).collect()
        } else {
            Vec::new()
        };
        let waiting = vec![0; operations.len()];
        let uses = |i: &Instruction| matches!(i.code, code::ST | code::STX | code::LD_MEM | code::LDX_MEM);
        // The checker has seen that no cell is read before it is written: what is left in them does not matter.
        let cells = if program.iter().any(uses) { vec![[0; WIDTH]; CELLS] } else { Vec::new() };
        Batch { single, operations, waiting, a: [0; WIDTH], x: [0; WIDTH], cells }
    }

    /// The verdict for one packet: octets to keep, 0 rejects.
    pub fn verdict(&self, packet: &Packet<'_>) -> u32 {
        self.single.verdict(packet)
    }

    /// Which of up to [`WIDTH`] packets are accepted, the first as the lowest bit. Packets beyond are not looked at.
    pub fn accepted(&mut self, packets: &[Packet<'_>]) -> u64 {
        let packets = packets.get(..WIDTH).unwrap_or(packets);
        if self.operations.is_empty() {
            let bits = packets.iter().enumerate();
            return bits.fold(0, |bits, (i, packet)| bits | u64::from(self.single.verdict(packet) != 0) << i);
        }
        self.a = [0; WIDTH];
        self.x = [0; WIDTH];
        self.waiting.fill(0);
        if let Some(first) = self.waiting.first_mut() {
            *first = if packets.len() == WIDTH { u64::MAX } else { (1 << packets.len()) - 1 };
        }
        let mut accepted = 0;
        for at in 0..self.operations.len() {
            let Some(here) = self.waiting.get(at).copied().filter(|here| *here != 0) else { continue };
            let Some(operation) = self.operations.get(at).copied() else { break };
            let (yes, no) = match operation.action {
                Action::Verdict => {
                    accepted |= if operation.value != 0 { here } else { 0 };
                    continue;
                }
                Action::Go => (here, 0),
                Action::Alone(number) => self.each_alone(number, operation.at, here, packets),
                Action::Test(load, comparison) => self.test(load, comparison, operation, here, packets),
            };
            if let Some(bits) = self.waiting.get_mut(operation.yes) {
                *bits |= yes;
            }
            if let Some(bits) = self.waiting.get_mut(operation.no) {
                *bits |= no;
            }
        }
        accepted
    }

    /// Loads, masks and compares for every packet of `here`: those for which it holds, and the others that have the octets.
    fn test(
        &mut self,
        load: Load,
        comparison: Comparison,
        operation: Operation,
        here: u64,
        packets: &[Packet<'_>],
    ) -> (u64, u64) {
        let Operation { at, value, mask, .. } = operation;
        macro_rules! sweep {
            ($load:expr) => {
                match comparison {
                    Comparison::Equal => self.sweep(here, packets, $load, |a| a & mask, |a| a == value),
                    Comparison::Greater => self.sweep(here, packets, $load, |a| a, |a| a > value),
                    Comparison::AtLeast => self.sweep(here, packets, $load, |a| a, |a| a >= value),
                    Comparison::Any => self.sweep(here, packets, $load, |a| a, |a| a & value != 0),
                }
            };
        }
        match load {
            Load::Nothing => sweep!(|_, a, _| Some(a)),
            Load::Octet => sweep!(|data, _, _| octet(data, at)),
            Load::Half => sweep!(|data, _, _| half(data, at)),
            Load::Word => sweep!(|data, _, _| word(data, at)),
            Load::OctetX => sweep!(|data, _, x: u32| octet(data, at.wrapping_add(x))),
            Load::HalfX => sweep!(|data, _, x: u32| half(data, at.wrapping_add(x))),
            Load::WordX => sweep!(|data, _, x: u32| word(data, at.wrapping_add(x))),
        }
    }

    #[inline(always)]
    fn sweep(
        &mut self,
        mut here: u64,
        packets: &[Packet<'_>],
        load: impl Fn(&[u8], u32, u32) -> Option<u32>,
        masked: impl Fn(u32) -> u32,
        holds: impl Fn(u32) -> bool,
    ) -> (u64, u64) {
        let (mut yes, mut no) = (0u64, 0u64);
        while here != 0 {
            let i = here.trailing_zeros() as usize % WIDTH;
            here &= here - 1;
            let Some(packet) = packets.get(i) else { continue };
            if let Some(a) = load(packet.data, self.a[i], self.x[i]) {
                let a = masked(a);
                self.a[i] = a;
                let held = u64::from(holds(a));
                yes |= held << i;
                no |= (held ^ 1) << i;
            }
        }
        (yes, no)
    }

    /// An instruction of its own for every packet of `here`; what ends a packet rejects it.
    fn each_alone(&mut self, number: u16, k: u32, here: u64, packets: &[Packet<'_>]) -> (u64, u64) {
        match number {
            code::LDX_B_MSH => return self.header_lengths(k, here, packets),
            code::ST | code::STX | code::LD_MEM | code::LDX_MEM => self.move_cells(number, k, here),
            code::LD_IMM => self.each(here, |a, _| *a = k),
            code::LDX_IMM => self.each(here, |_, x| *x = k),
            code::TAX => self.each(here, |a, x| *x = *a),
            code::TXA => self.each(here, |a, x| *a = *x),
            code::ADD_K => self.each(here, |a, _| *a = a.wrapping_add(k)),
            code::ADD_X => self.each(here, |a, x| *a = a.wrapping_add(*x)),
            code::SUB_K => self.each(here, |a, _| *a = a.wrapping_sub(k)),
            code::SUB_X => self.each(here, |a, x| *a = a.wrapping_sub(*x)),
            code::AND_K => self.each(here, |a, _| *a &= k),
            code::LSH_K => self.each(here, |a, _| *a = a.checked_shl(k).unwrap_or(0)),
            code::RSH_K => self.each(here, |a, _| *a = a.checked_shr(k).unwrap_or(0)),
            _ => return self.each_rare(number, k, here, packets),
        }
        (0, here)
    }

    #[inline(always)]
    fn each(&mut self, mut here: u64, change: impl Fn(&mut u32, &mut u32)) {
        while here != 0 {
            let i = here.trailing_zeros() as usize % WIDTH;
            here &= here - 1;
            change(&mut self.a[i], &mut self.x[i]);
        }
    }

    /// `ldxb 4*([k]&0xf)`
    fn header_lengths(&mut self, k: u32, mut here: u64, packets: &[Packet<'_>]) -> (u64, u64) {
        let mut next = 0u64;
        while here != 0 {
            let i = here.trailing_zeros() as usize % WIDTH;
            here &= here - 1;
            if let Some(value) = packets.get(i).and_then(|packet| octet(packet.data, k)) {
                self.x[i] = (value & 15) << 2;
                next |= 1 << i;
            }
        }
        (0, next)
    }

    /// Scratch cells; the checker has seen that `k` is one.
    fn move_cells(&mut self, number: u16, k: u32, mut here: u64) {
        let Batch { cells, a, x, .. } = self;
        let Some(cell) = cells.get_mut(k as usize) else { return };
        while here != 0 {
            let i = here.trailing_zeros() as usize % WIDTH;
            here &= here - 1;
            match number {
                code::ST => cell[i] = a[i],
                code::STX => cell[i] = x[i],
                code::LD_MEM => a[i] = cell[i],
                _ => x[i] = cell[i],
            }
        }
    }

    fn each_rare(&mut self, number: u16, k: u32, mut here: u64, packets: &[Packet<'_>]) -> (u64, u64) {
        let (mut yes, mut no) = (0u64, 0u64);
        while here != 0 {
            let i = here.trailing_zeros() as usize % WIDTH;
            here &= here - 1;
            let Some(packet) = packets.get(i) else { continue };
            let mut machine = Machine::<0> { a: self.a[i], x: self.x[i], cells: [] };
            if let Done::Next(held) = alone(number, k, packet, &mut machine) {
                yes |= u64::from(held) << i;
                no |= u64::from(!held) << i;
            }
            (self.a[i], self.x[i]) = (machine.a, machine.x);
        }
        (yes, no)
    }
}

/// Whether an instruction needs no word from beside the packet, and its verdict is a constant.
fn runs_in_passes(instruction: &Instruction) -> bool {
    let Instruction { code: number, k, .. } = *instruction;
    match number {
        code::RET_A => false,
        code::LD_W_ABS | code::LD_H_ABS | code::LD_B_ABS | code::LDX_B_MSH => k < ancillary::LINK,
        _ => true,
    }
}

/// Where the unconditional jumps from `at` lead, which only go forward.
fn landing(program: &[Instruction], mut at: usize) -> usize {
    while let Some(jump) = program.get(at).filter(|instruction| instruction.code == code::JA) {
        at = at.saturating_add(1).saturating_add(jump.k as usize);
    }
    at
}

/// The operation that starts with the instruction at `at`, with what follows it as far as it can be joined.
fn operation(program: &[Instruction], at: usize) -> Operation {
    let instruction = |at: usize| program.get(at).copied().unwrap_or(Instruction::ret(0));
    let first = instruction(at);
    let plain = |action, yes, no, value| Operation { action, yes, no, at: first.k, value, mask: u32::MAX };
    match first.code {
        code::RET_K => return plain(Action::Verdict, at, at, first.k),
        code::JA => {
            let to = at.saturating_add(1).saturating_add(first.k as usize);
            return plain(Action::Go, to, to, 0);
        }
        _ => {}
    }
    let load = load_of(first.code, first.k);
    let mut compare_at = if load.is_some() { landing(program, at + 1) } else { at };
    let mut mask = u32::MAX;
    if instruction(compare_at).code == code::AND_K && instruction(compare_at + 1).code == code::JEQ_K {
        mask = instruction(compare_at).k;
        compare_at += 1;
    }
    let compare = instruction(compare_at);
    let comparison = match compare.code {
        code::JEQ_K => Some(Comparison::Equal),
        code::JGT_K => Some(Comparison::Greater),
        code::JGE_K => Some(Comparison::AtLeast),
        code::JSET_K => Some(Comparison::Any),
        _ => None,
    };
    if let Some(comparison) = comparison {
        let after = compare_at + 1;
        return Operation {
            action: Action::Test(load.unwrap_or(Load::Nothing), comparison),
            yes: after + usize::from(compare.jt),
            no: after + usize::from(compare.jf),
            at: first.k,
            value: compare.k,
            mask,
        };
    }
    let after = at + 1;
    let (yes, no) = match first.is_branch() {
        true => (after + usize::from(first.jt), after + usize::from(first.jf)),
        false => (landing(program, after), landing(program, after)),
    };
    plain(Action::Alone(first.code), yes, no, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::random::Dice;
    use crate::filter::vm;

    #[test]
    fn a_pass_accepts_the_packets_that_the_machine_accepts() {
        const CODES: [u16; 40] = [
            0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x28, 0x30, 0x28, 0x00, 0x80, 0x01, 0x81, 0xb1, 0x04, 0x0c,
            0x14, 0x2c, 0x3c, 0x44, 0x54, 0x54, 0x5c, 0x64, 0x7c, 0x84, 0x9c, 0xac, 0x05, 0x15, 0x15, 0x1d,
            0x25, 0x35, 0x3d, 0x45, 0x4d, 0x06, 0x07, 0x87,
        ];
        let mut dice = Dice::new(8);
        let (mut in_passes, mut accepted) = (0, 0);
        for round in 0..4000 {
            let length = 2 + dice.below(12);
            let mut program: Vec<Instruction> = (1..length)
                .map(|_| {
                    let number =
                        if round % 9 == 0 { dice.one(&[0x02, 0x60, 0x16]) } else { dice.one(&CODES) };
                    let k = dice.one(&[0, 1, 2, 3, 5, 7, 12, 0x0f, 0xff, u32::MAX, 0xffff_f000]);
                    let k = if number == code::JA { k & 1 } else { k };
                    Instruction::new(number, dice.below(3) as u8, dice.below(3) as u8, k)
                })
                .collect();
            program.push(Instruction::ret(dice.one(&[0, 7])));
            let mut batch = Batch::new(&program);
            in_passes += usize::from(!batch.operations.is_empty());
            for count in [WIDTH, dice.below(WIDTH)] {
                let octets: Vec<Vec<u8>> = (0..count)
                    .map(|_| (0..dice.below(20)).map(|_| dice.one(&[0, 1, 5, 7, 0x45, 0xff])).collect())
                    .collect();
                let packets: Vec<Packet<'_>> = octets.iter().map(|data| Packet::whole(data)).collect();
                let bits = batch.accepted(&packets);
                for (i, packet) in packets.iter().enumerate() {
                    let verdict = vm::run(&program, packet).verdict != 0;
                    assert_eq!(bits >> i & 1 == 1, verdict, "{program:?} on {:?}", packet.data);
                    accepted += usize::from(verdict);
                }
                assert_eq!(bits.checked_shr(count as u32).unwrap_or(0), 0, "bits beyond the packets");
            }
        }
        assert!(in_passes > 100 && accepted > 1000, "{in_passes} programs in passes, {accepted} accepted");
    }
}
