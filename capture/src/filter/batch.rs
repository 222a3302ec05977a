//! A program over many packets at once: verdicts of 64 packets, one operation after the other.
//!
//! Packet by packet, a filter waits: for the first octets of a packet to come from memory, and after every comparison
//! that the processor has guessed wrong. Here each operation is done for all packets that have come to it, as bits in a
//! word; no branch depends on what is in a packet, and the loads of many packets are under way together. Operations stand
//! in the order of the program, whose jumps only go forward, so one pass is enough. No allocation per packet.
//!
//! What is loaded stands in columns, one number of each packet, so that many are compared in a few instructions; what is
//! loaded from the same place again is there already. A itself is kept only where a program computes with it.

use super::insn::{CELLS, Instruction, code};
use super::passes::{Action, Comparison, Operation, Plan, plan};
use super::prepared::{Done, Load, Machine, Prepared, alone, half, octet, word};
use super::vm::Packet;

/// Packets in one pass.
pub const WIDTH: usize = 64;

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
    /// What was loaded from one place, of each packet, and for which packets.
    columns: Vec<Column>,
    /// Scratch cells of each packet; none where the program has no use for them.
    cells: Vec<[u32; WIDTH]>,
}

/// One number of each packet.
#[derive(Clone, Debug)]
struct Column {
    numbers: [u32; WIDTH],
    /// The packets it has been loaded for, as bits.
    loaded: u64,
}

impl Batch {
    /// Makes a program ready. Any program is taken; one that cannot be run in passes runs packet by packet.
    pub fn new(program: &[Instruction]) -> Batch {
        let single = Prepared::new(program);
        let Plan { operations, columns } = plan(program);
        let waiting = vec![0; operations.len()];
        let uses = |i: &Instruction| matches!(i.code, code::ST | code::STX | code::LD_MEM | code::LDX_MEM);
        // The checker has seen that no cell is read before it is written: what is left in them does not matter.
        let cells = if program.iter().any(uses) { vec![[0; WIDTH]; CELLS] } else { Vec::new() };
        let columns = vec![Column { numbers: [0; WIDTH], loaded: 0 }; columns];
        Batch { single, operations, waiting, a: [0; WIDTH], x: [0; WIDTH], columns, cells }
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
        self.columns.iter_mut().for_each(|column| column.loaded = 0);
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
        let Batch { columns, x: register, .. } = self;
        let missing = here & !columns.get(column).map_or(0, |column| column.loaded);
        if missing == 0 {
            return here;
        }
        // What X is in stands before what is loaded behind it.
        let cut = column.min(columns.len());
        let (before, rest) = columns.split_at_mut(cut);
        let Some(Column { numbers, loaded }) = rest.first_mut() else { return 0 };
        let x = x.and_then(|x| before.get(x)).map_or(&*register, |column| &column.numbers);
        let got = match load {
            Load::Octet => gather(numbers, missing, packets, x, |data, _| octet(data, at)),
            Load::Half => gather(numbers, missing, packets, x, |data, _| half(data, at)),
            Load::Word => gather(numbers, missing, packets, x, |data, _| word(data, at)),
            Load::OctetX => gather(numbers, missing, packets, x, |data, x| octet(data, at.wrapping_add(x))),
            Load::HalfX => gather(numbers, missing, packets, x, |data, x| half(data, at.wrapping_add(x))),
            Load::WordX => gather(numbers, missing, packets, x, |data, x| word(data, at.wrapping_add(x))),
            Load::Nothing => missing,
        };
        *loaded |= got & missing;
        here & *loaded
    }

    /// Loads the lengths of IPv4 headers into a column, and X.
    fn lengths(&mut self, at: u32, column: usize, x: bool, here: u64, packets: &[Packet<'_>]) -> u64 {
        let Batch { columns, x: register, .. } = self;
        let Some(Column { numbers, loaded }) = columns.get_mut(column) else { return 0 };
        let missing = here & !*loaded;
        if missing != 0 {
            let length = |data: &[u8], _| octet(data, at).map(|octet| (octet & 15) << 2);
            *loaded |= gather(numbers, missing, packets, register, length) & missing;
        }
        let here = here & *loaded;
        if x {
            each_bit(here, |i| register[i] = numbers[i]);
        }
        here
    }

    /// Masks and compares a column for the packets of `here`: those for which it holds, and the others.
    fn again(
        &mut self,
        comparison: Comparison,
        column: usize,
        operation: Operation,
        here: u64,
    ) -> (u64, u64) {
        let Batch { columns, a, .. } = self;
        let Some(Column { numbers, .. }) = columns.get(column) else { return (0, 0) };
        if operation.keep {
            each_bit(here, |i| a[i] = numbers[i] & operation.mask);
        }
        let yes = compare(comparison, numbers, operation, here);
        (yes, here & !yes)
    }

    /// The same with A.
    fn held(&mut self, comparison: Comparison, operation: Operation, here: u64) -> (u64, u64) {
        let yes = compare(comparison, &self.a, operation, here);
        if operation.mask != u32::MAX {
            each_bit(here, |i| self.a[i] &= operation.mask);
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
    fn each(&mut self, mut here: u64, change: impl Fn(&mut u32, &mut u32)) {
        while here != 0 {
            let i = here.trailing_zeros() as usize % WIDTH;
            here &= here - 1;
            change(&mut self.a[i], &mut self.x[i]);
        }
    }

    /// `ldxb 4*([k]&0xf)`
    fn header_lengths(&mut self, k: u32, here: u64, packets: &[Packet<'_>]) -> (u64, u64) {
        let mut next = 0u64;
        each_bit(here, |i| {
            if let Some(value) = packets.get(i).and_then(|packet| octet(packet.data, k)) {
                self.x[i] = (value & 15) << 2;
                next |= 1 << i;
            }
        });
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

/// From so many packets on all 64 are looked at, wanted or not: without a search for the next one that is cheaper.
const DENSE: u32 = 20;

/// Does something for each bit, by its place.
#[inline(always)]
fn each_bit(mut bits: u64, mut act: impl FnMut(usize)) {
    while bits != 0 {
        act(bits.trailing_zeros() as usize % WIDTH);
        bits &= bits - 1;
    }
}

/// Loads a number of each packet of `wanted`, perhaps of others too; gives the packets that have it. With each packet
/// stands its X.
#[inline(always)]
fn gather(
    numbers: &mut [u32; WIDTH],
    wanted: u64,
    packets: &[Packet<'_>],
    x: &[u32; WIDTH],
    load: impl Fn(&[u8], u32) -> Option<u32>,
) -> u64 {
    let mut got = 0u64;
    if wanted.count_ones() < DENSE {
        each_bit(wanted, |i| {
            if let Some(number) = packets.get(i).and_then(|packet| load(packet.data, x[i])) {
                numbers[i] = number;
                got |= 1 << i;
            }
        });
        return got;
    }
    for ((packet, number), x) in packets.iter().zip(numbers.iter_mut()).zip(x) {
        let loaded = load(packet.data, *x);
        *number = loaded.unwrap_or(0);
        got = got >> 1 | u64::from(loaded.is_some()) << 63;
    }
    got.checked_shr((WIDTH - packets.len()) as u32).unwrap_or(0)
}

/// For which packets of `here` a comparison with a column holds.
fn compare(comparison: Comparison, numbers: &[u32; WIDTH], operation: Operation, here: u64) -> u64 {
    let Operation { value, mask, .. } = operation;
    match comparison {
        Comparison::Equal => holds(numbers, here, |a| a & mask == value),
        Comparison::Greater => holds(numbers, here, |a| a > value),
        Comparison::AtLeast => holds(numbers, here, |a| a >= value),
        Comparison::Any => holds(numbers, here, |a| a & value != 0),
    }
}

#[inline(always)]
fn holds(numbers: &[u32; WIDTH], here: u64, holds: impl Fn(u32) -> bool) -> u64 {
    let mut bits = 0u64;
    if here.count_ones() < DENSE {
        each_bit(here, |i| bits |= u64::from(holds(numbers[i])) << i);
        return bits;
    }
    let mut octets = [0u8; WIDTH];
    for (octet, number) in octets.iter_mut().zip(numbers) {
        *octet = u8::from(holds(*number));
    }
    for eight in octets.rchunks_exact(8) {
        // Eight octets of 0 or 1 to the bits of one.
        let eight = u64::from_le_bytes(eight.try_into().unwrap_or_default());
        bits = bits << 8 | eight.wrapping_mul(0x0102_0408_1020_4080) >> 56;
    }
    bits & here
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
