//! A program over many packets at once: verdicts of 64 packets, one operation after the other.
//!
//! Packet by packet, a filter waits: for the first octets of a packet to come from memory, and after every comparison
//! that the processor has guessed wrong. Here each operation is done for all packets that have come to it, as bits in a
//! word; no branch depends on what is in a packet, and the loads of many packets are under way together. Operations stand
//! in the order of the program, whose jumps only go forward, so one pass is enough. No allocation per packet.
//!
//! What is loaded stands in columns, one number of each packet, so that many are compared in a few instructions; what is
//! loaded from the same place again is there already. Most loads take their octets from a `window`. A itself is kept only
//! where a program computes with it. Packets are bits in the order of `lanes`.

use super::column::{Column, From, columns, compare};
use super::insn::{CELLS, Instruction, code};
use super::lanes::{Numbers, bit, each, first, transposed};
use super::passes::{Action, Comparison, Operation, Plan, plan};
use super::prepared::{Done, Load, Machine, Prepared, alone, octet};
use super::vm::Packet;
use super::window::Window;

pub use super::lanes::WIDTH;

/// A program ready to run over many packets at once.
#[derive(Clone, Debug)]
pub struct Batch {
    /// What runs one packet, and every program that cannot be run in passes.
    single: Prepared,
    /// Empty where the program cannot be run in passes.
    operations: Vec<Operation>,
    /// Packets that have come to each operation, as bits.
    waiting: Vec<u64>,
    a: Numbers,
    x: Numbers,
    /// What was loaded from one place, of each packet, and for which packets.
    columns: Vec<Column>,
    /// What some comparisons compare with beside their value.
    others: Vec<u32>,
    /// The octets that most columns are loaded from; none for programs that load next to nothing.
    window: Option<Window>,
    /// Scratch cells of each packet; none where the program has no use for them.
    cells: Vec<Numbers>,
}

impl Batch {
    /// Makes a program ready. Any program is taken; one that cannot be run in passes runs packet by packet.
    pub fn new(program: &[Instruction]) -> Batch {
        let single = Prepared::new(program);
        let Plan { operations, sources, others } = plan(program);
        let waiting = vec![0; operations.len()];
        let uses = |i: &Instruction| matches!(i.code, code::ST | code::STX | code::LD_MEM | code::LDX_MEM);
        // The checker has seen that no cell is read before it is written: what is left in them does not matter.
        let cells = if program.iter().any(uses) { vec![[0; WIDTH]; CELLS] } else { Vec::new() };
        let (columns, window) = columns(&sources);
        Batch { single, operations, waiting, a: [0; WIDTH], x: [0; WIDTH], columns, others, window, cells }
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
        self.columns.iter_mut().for_each(Column::renew);
        if let Some(window) = &mut self.window {
            window.renew();
        }
        if let Some(start) = self.waiting.first_mut() {
            *start = first(packets.len());
        }
        let operations = std::mem::take(&mut self.operations);
        let accepted = self.pass(&operations, packets);
        self.operations = operations;
        transposed(accepted)
    }

    /// Takes the packets that wait at the first operation through all of them; gives those that are accepted.
    fn pass(&mut self, operations: &[Operation], packets: &[Packet<'_>]) -> u64 {
        let mut accepted = 0;
        for (at, operation) in operations.iter().enumerate() {
            let Some(here) = self.waiting.get(at).copied().filter(|here| *here != 0) else { continue };
            let (yes, no) = match operation.action {
                Action::Verdict => {
                    accepted |= if operation.value != 0 { here } else { 0 };
                    continue;
                }
                Action::Alone(number) => self.each_alone(number, operation.at, here, packets),
                Action::Length(column, x) => (self.lengths(operation.at, column, x, here, packets), 0),
                Action::Test(load, comparison, column, x) => {
                    let here = self.load(load, operation.at, column, x, here, packets);
                    self.again(comparison, column, operation, here)
                }
                Action::Again(comparison, column) => self.again(comparison, column, operation, here),
                Action::Held(comparison) => self.held(comparison, operation, here),
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

    /// Loads a column for the packets of `here`; gives those that have the octets. X is what another column holds, or X.
    fn load(
        &mut self,
        load: Load,
        at: u32,
        column: usize,
        x: Option<usize>,
        here: u64,
        packets: &[Packet<'_>],
    ) -> u64 {
        let Batch { columns, x: register, window, .. } = self;
        // What X is in stands before what is loaded behind it.
        let cut = column.min(columns.len());
        let (before, rest) = columns.split_at_mut(cut);
        let Some(column) = rest.first_mut() else { return 0 };
        let lengths = x.and_then(|x| before.get(x)).and_then(Column::lengths);
        let from = From { packets, x: lengths.unwrap_or(register), behind_header: lengths.is_some() };
        column.load(load, at, here, from, window)
    }

    /// Loads the lengths of IPv4 headers into a column, and X.
    fn lengths(&mut self, at: u32, column: usize, x: bool, here: u64, packets: &[Packet<'_>]) -> u64 {
        let Batch { columns, x: register, window, .. } = self;
        let Some(column) = columns.get_mut(column) else { return 0 };
        let here = column.load_lengths(at, here, From { packets, x: register, behind_header: false }, window);
        if x {
            each(here, |i| register[i] = column.number(i));
        }
        here
    }

    /// Masks and compares a column for the packets of `here`: those for which it holds, and the others.
    fn again(
        &mut self,
        comparison: Comparison,
        column: usize,
        operation: &Operation,
        here: u64,
    ) -> (u64, u64) {
        let Batch { columns, a, others, .. } = self;
        let Some(column) = columns.get(column) else { return (0, 0) };
        if operation.keep {
            each(here, |i| a[i] = column.number(i) & operation.mask);
        }
        let others = others.get(operation.others.0..operation.others.1).unwrap_or_default();
        let yes = column.compare(operation, comparison, others, here);
        (yes, here & !yes)
    }

    /// The same with A.
    fn held(&mut self, comparison: Comparison, operation: &Operation, here: u64) -> (u64, u64) {
        let yes = compare(comparison, &self.a, operation, &[], here);
        if operation.mask != u32::MAX {
            each(here, |i| self.a[i] &= operation.mask);
        }
        (yes, here & !yes)
    }

    /// An instruction of its own for every packet of `here`; what ends a packet rejects it.
    fn each_alone(&mut self, number: u16, k: u32, here: u64, packets: &[Packet<'_>]) -> (u64, u64) {
        match number {
            code::LDX_B_MSH => return self.header_lengths(k, here, packets),
            code::ST | code::STX | code::LD_MEM | code::LDX_MEM => self.move_cells(number, k, here),
            code::JA => {}
            code::TAX => self.each(here, |a, x| *x = *a),
            code::LDX_IMM => self.each(here, |_, x| *x = k),
            code::LD_IMM => self.each(here, |a, _| *a = k),
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
    fn each(&mut self, here: u64, change: impl Fn(&mut u32, &mut u32)) {
        each(here, |i| change(&mut self.a[i], &mut self.x[i]));
    }

    /// `ldxb 4*([k]&0xf)`
    fn header_lengths(&mut self, k: u32, here: u64, packets: &[Packet<'_>]) -> (u64, u64) {
        let mut next = 0u64;
        each(here, |i| {
            if let Some(value) = packets.get(i).and_then(|packet| octet(packet.data, k)) {
                self.x[i] = (value & 15) << 2;
                next |= bit(i);
            }
        });
        (0, next)
    }

    /// Scratch cells; the checker has seen that `k` is one.
    fn move_cells(&mut self, number: u16, k: u32, here: u64) {
        let Batch { cells, a, x, .. } = self;
        let Some(cell) = cells.get_mut(k as usize) else { return };
        each(here, |i| match number {
            code::ST => cell[i] = a[i],
            code::STX => cell[i] = x[i],
            code::LD_MEM => a[i] = cell[i],
            _ => x[i] = cell[i],
        });
    }

    fn each_rare(&mut self, number: u16, k: u32, here: u64, packets: &[Packet<'_>]) -> (u64, u64) {
        let (mut yes, mut no) = (0u64, 0u64);
        each(here, |i| {
            let Some(packet) = packets.get(i) else { return };
            let mut machine = Machine::<0> { a: self.a[i], x: self.x[i], cells: [] };
            if let Done::Next(held) = alone(number, k, packet, &mut machine) {
                *(if held { &mut yes } else { &mut no }) |= bit(i);
            }
            (self.a[i], self.x[i]) = (machine.a, machine.x);
        });
        (yes, no)
    }
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
                    .map(|_| {
                        (0..dice.below(20) + round % 3 * 25)
                            .map(|_| dice.one(&[0, 1, 5, 7, 0x45, 0xff]))
                            .collect()
                    })
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
