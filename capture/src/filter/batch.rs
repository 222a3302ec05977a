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
//!
//! An operation costs nearly as much for ten packets of 64 as for all. Where only few come to one in front of which nothing
//! has to be remembered (`passes` says which), they wait there until the other 64s of the same call have come as far, and
//! go on together.

use super::column::{Column, From, columns, compare};
use super::insn::{CELLS, Instruction, code};
use super::lanes::{Numbers, bit, each, first, holding, transposed};
use super::passes::{Action, Comparison, Operation, Plan, Wait, meetings, plan};
use super::prepared::{Done, Load, Machine, Prepared, alone, octet};
use super::vm::Packet;
use super::window::Window;

pub use super::lanes::WIDTH;

/// Packets in one call of [`Batch::accepted_of_many`].
pub const MANY: usize = 512;
/// So few packets of 64 wait for more.
const FEW: u32 = 20;
/// Fewer packets are looked at one by one in the end.
const ALONE: usize = 4;
/// With fewer packets in a call none would come to those that wait.
const WORTH: usize = 2 * WIDTH;

/// A program ready to run over many packets at once.
#[derive(Clone, Debug)]
pub struct Batch {
    /// What runs one packet, and every program that cannot be run in passes.
    single: Prepared,
    /// Empty where the program cannot be run in passes.
    operations: Vec<Operation>,
    /// Packets that have come to each operation, as bits.
    waiting: Vec<u64>,
    /// Those of the pass that have not come to their end yet.
    under_way: u64,
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
    /// Where packets may wait for others.
    meetings: Vec<Meeting>,
    /// Index in `meetings` of each operation.
    meeting_of: Vec<Option<u16>>,
}

/// Packets that wait in front of an operation, by their numbers in the call.
#[derive(Clone, Debug, Default)]
struct Meeting {
    wait: Wait,
    packets: Vec<u16>,
}

/// Up to 64 packets on their way.
struct Group<'g, 'p> {
    packets: &'g [Packet<'p>],
    /// Their numbers in the call.
    numbers: &'g [u16],
    /// The operation they start at.
    start: usize,
    /// Columns of lengths that are needed there, and where from.
    lengths: &'g [(usize, u32)],
    /// Whether few may wait for others.
    waits: bool,
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
        let mut meeting_of = vec![None; operations.len()];
        let mut kept = Vec::new();
        for wait in meetings(&operations, &sources) {
            if let (Some(slot), Ok(number)) = (meeting_of.get_mut(wait.operation), u16::try_from(kept.len()))
            {
                *slot = Some(number);
                kept.push(Meeting { wait, packets: Vec::with_capacity(MANY) });
            }
        }
        let (columns, window) = columns(&sources);
        Batch {
            single,
            operations,
            waiting,
            under_way: 0,
            a: [0; WIDTH],
            x: [0; WIDTH],
            columns,
            others,
            window,
            cells,
            meetings: kept,
            meeting_of,
        }
    }

    /// The verdict for one packet: octets to keep, 0 rejects.
    pub fn verdict(&self, packet: &Packet<'_>) -> u32 {
        self.single.verdict(packet)
    }

    /// Which of up to [`WIDTH`] packets are accepted, the first as the lowest bit. Packets beyond are not looked at.
    pub fn accepted(&mut self, packets: &[Packet<'_>]) -> u64 {
        let mut bits = [0; MANY / WIDTH];
        self.accepted_of_many(packets.get(..WIDTH).unwrap_or(packets), &mut bits);
        bits.first().copied().unwrap_or(0)
    }

    /// Which of up to [`MANY`] packets are accepted, 64 in each word, the first as the lowest bit of the first word. Packets
    /// beyond are not looked at.
    pub fn accepted_of_many(&mut self, packets: &[Packet<'_>], bits: &mut [u64; MANY / WIDTH]) {
        *bits = [0; MANY / WIDTH];
        let packets = packets.get(..MANY).unwrap_or(packets);
        if self.operations.is_empty() {
            for (i, packet) in packets.iter().enumerate() {
                set(bits, i, self.single.verdict(packet) != 0);
            }
            return;
        }
        let operations = std::mem::take(&mut self.operations);
        let waits = packets.len() >= WORTH && !self.meetings.is_empty();
        for (at, (packets, bits)) in packets.chunks(WIDTH).zip(bits.iter_mut()).enumerate() {
            let numbers: [u16; WIDTH] = std::array::from_fn(|lane| (at * WIDTH + lane) as u16);
            let group = Group { packets, numbers: &numbers, start: 0, lengths: &[], waits };
            *bits = transposed(self.pass(&operations, &group));
        }
        if waits {
            self.meet(&operations, packets, bits);
        }
        self.operations = operations;
    }

    /// Takes those that have waited for others on, in the order of the operations.
    fn meet(&mut self, operations: &[Operation], packets: &[Packet<'_>], bits: &mut [u64; MANY / WIDTH]) {
        let packet = |number: u16| packets.get(usize::from(number)).copied();
        for at in 0..self.meetings.len() {
            let Some(meeting) = self.meetings.get_mut(at) else { return };
            let Meeting { wait: Wait { operation: start, lengths }, packets: mut waiting } =
                std::mem::take(meeting);
            let last = waiting.len() / WIDTH * WIDTH;
            for numbers in waiting.chunks(WIDTH) {
                if numbers.len() < ALONE {
                    let taken =
                        |number: &&u16| packet(**number).is_some_and(|packet| self.verdict(&packet) != 0);
                    numbers.iter().filter(taken).for_each(|number| set(bits, usize::from(*number), true));
                    continue;
                }
                let mut together = [Packet::whole(&[]); WIDTH];
                for (to, number) in together.iter_mut().zip(numbers) {
                    *to = packet(*number).unwrap_or(*to);
                }
                let packets = together.get(..numbers.len()).unwrap_or_default();
                let waits = last > 0 || numbers.len() > 2 * ALONE;
                let group = Group { packets, numbers, start, lengths: &lengths, waits };
                let accepted = self.pass(operations, &group);
                each(accepted, |lane| {
                    if let Some(number) = numbers.get(lane) {
                        set(bits, usize::from(*number), true);
                    }
                });
            }
            waiting.clear();
            if let Some(meeting) = self.meetings.get_mut(at) {
                *meeting = Meeting { wait: Wait { operation: start, lengths }, packets: waiting };
            }
        }
    }

    /// Takes packets from the operation they start at through all behind it; gives those that are accepted.
    fn pass(&mut self, operations: &[Operation], group: &Group<'_, '_>) -> u64 {
        let Group { packets, numbers, start, lengths, waits } = *group;
        self.a = [0; WIDTH];
        self.x = [0; WIDTH];
        self.columns.iter_mut().for_each(Column::renew);
        if let Some(window) = &mut self.window {
            window.renew(start == 0);
        }
        if let Some(waiting) = self.waiting.get_mut(start) {
            *waiting = first(packets.len());
        }
        let mut accepted = 0;
        self.under_way = first(packets.len());
        for (column, at) in lengths {
            self.lengths(*at, *column, false, self.under_way, packets);
        }
        for (at, operation) in operations.iter().enumerate().skip(start) {
            let Some(waiting) = self.waiting.get_mut(at) else { continue };
            let here = std::mem::take(waiting);
            if here == 0 {
                continue;
            }
            if waits
                && at != start
                && here.count_ones() <= FEW
                && let Some(meeting) = self.meeting_of.get(at).copied().flatten()
                && let Some(meeting) = self.meetings.get_mut(usize::from(meeting))
            {
                each(here, |lane| meeting.packets.extend(numbers.get(lane)));
                self.under_way &= !here;
                continue;
            }
            let (yes, no) = match operation.action {
                Action::Verdict => {
                    accepted |= if operation.value != 0 { here } else { 0 };
                    self.under_way &= !here;
                    continue;
                }
                Action::Fetch(load, column, x) => {
                    (self.fetch(load, operation.at, column, x, here, packets), 0)
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
            self.under_way &= !here | yes | no;
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

    /// Loads a column and, from there, A.
    fn fetch(
        &mut self,
        load: Load,
        at: u32,
        column: usize,
        x: Option<usize>,
        here: u64,
        packets: &[Packet<'_>],
    ) -> u64 {
        let here = self.load(load, at, column, x, here, packets);
        let all = self.all(here);
        let Batch { columns, a, .. } = self;
        let Some(column) = columns.get(column) else { return 0 };
        if all {
            column.copy_to(a);
        } else {
            each(here, |i| a[i] = column.number(i));
        }
        here
    }

    /// Whether no packet is under way but those of `here`: then it does not matter what becomes of the numbers of others.
    const fn all(&self, here: u64) -> bool {
        self.under_way & !here == 0
    }

    /// Loads the lengths of IPv4 headers into a column, and X.
    fn lengths(&mut self, at: u32, column: usize, x: bool, here: u64, packets: &[Packet<'_>]) -> u64 {
        let all = self.all(here);
        let Batch { columns, x: register, window, .. } = self;
        let Some(column) = columns.get_mut(column) else { return 0 };
        let here = column.load_lengths(at, here, From { packets, x: register, behind_header: false }, window);
        if x && all {
            column.copy_to(register);
        } else if x {
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
            code::AND_X => self.each(here, |a, x| *a &= *x),
            code::OR_K => self.each(here, |a, _| *a |= k),
            code::OR_X => self.each(here, |a, x| *a |= *x),
            code::MUL_K => self.each(here, |a, _| *a = a.wrapping_mul(k)),
            code::LSH_K if k < 32 => self.each(here, |a, _| *a <<= k),
            code::RSH_K if k < 32 => self.each(here, |a, _| *a >>= k),
            code::JEQ_X => return self.beside(here, |a, x| a == x),
            code::JGT_X => return self.beside(here, |a, x| a > x),
            code::JGE_X => return self.beside(here, |a, x| a >= x),
            code::JSET_X => return self.beside(here, |a, x| a & x != 0),
            _ => return self.each_rare(number, k, here, packets),
        }
        (0, here)
    }

    /// Compares A with X: the packets for which it holds, and the others.
    #[inline(always)]
    fn beside(&self, here: u64, holds: impl Fn(u32, u32) -> bool) -> (u64, u64) {
        let told: Numbers = std::array::from_fn(|lane| u32::from(holds(self.a[lane], self.x[lane])));
        let yes = holding(&told, here, |told| told != 0);
        (yes, here & !yes)
    }

    #[inline(always)]
    fn each(&mut self, here: u64, change: impl Fn(&mut u32, &mut u32)) {
        if self.all(here) {
            self.a.iter_mut().zip(&mut self.x).for_each(|(a, x)| change(a, x));
        } else {
            each(here, |i| change(&mut self.a[i], &mut self.x[i]));
        }
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
        let all = self.all(here);
        let Batch { cells, a, x, .. } = self;
        let Some(cell) = cells.get_mut(k as usize) else { return };
        let (to, from): (&mut Numbers, &Numbers) = match number {
            code::ST => (cell, a),
            code::STX => (cell, x),
            code::LD_MEM => (a, cell),
            _ => (x, cell),
        };
        if all {
            *to = *from;
        } else {
            each(here, |i| to[i] = from[i]);
        }
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

/// Sets or leaves the bit of a packet.
fn set(bits: &mut [u64; MANY / WIDTH], number: usize, accepted: bool) {
    if let Some(word) = bits.get_mut(number / WIDTH) {
        *word |= u64::from(accepted) << (number % WIDTH);
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
        let (mut in_passes, mut accepted, mut met) = (0, 0, 0);
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
            for count in [WIDTH, dice.below(WIDTH), WORTH + dice.below(MANY)] {
                let octets: Vec<Vec<u8>> = (0..count)
                    .map(|_| {
                        (0..dice.below(20) + round % 3 * 25)
                            .map(|_| dice.one(&[0, 1, 5, 7, 0x45, 0xff]))
                            .collect()
                    })
                    .collect();
                let packets: Vec<Packet<'_>> = octets.iter().map(|data| Packet::whole(data)).collect();
                let mut bits = [0; MANY / WIDTH];
                batch.accepted_of_many(&packets, &mut bits);
                let mut expected = [0; MANY / WIDTH];
                for (i, packet) in packets.iter().enumerate() {
                    set(&mut expected, i, vm::run(&program, packet).verdict != 0);
                }
                assert_eq!(bits, expected, "{program:?}");
                accepted += bits.iter().map(|bits| bits.count_ones()).sum::<u32>();
                if count <= WIDTH {
                    assert_eq!(batch.accepted(&packets), bits[0]);
                }
                met += usize::from(count > WIDTH && !batch.meetings.is_empty());
            }
        }
        assert!(in_passes > 100 && accepted > 1000, "{in_passes} programs in passes, {accepted} accepted");
        assert!(met > 100, "{met} programs where packets may wait");
    }
}
