//! How large what lies in the registers of a classic program can be, so that sums that cannot wrap are known.

use super::super::insn::{CELLS, Instruction, ancillary, code};

/// The largest value of A, X and each scratch cell.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Bounds {
    a: u32,
    pub(super) x: u32,
    cells: [u32; CELLS],
}

/// All bits up to the highest one of a value.
fn filled(value: u32) -> u32 {
    u32::MAX.checked_shr(value.leading_zeros()).unwrap_or(0)
}

/// The largest result of arithmetic on values up to `a` and `b`; `exact` when the second is `b` itself.
fn arithmetic(number: u16, a: u32, b: u32, exact: bool) -> u32 {
    let unknown = u32::MAX;
    match number & 0xf0 {
        0x00 => a.saturating_add(b),
        0x20 => a.saturating_mul(b),
        0x30 => {
            if exact {
                a.checked_div(b).unwrap_or(unknown)
            } else {
                a
            }
        }
        0x40 | 0xa0 => filled(a | b),
        0x50 => a.min(b),
        0x60 if exact => u32::try_from(u64::from(a) << (b & 31)).unwrap_or(unknown),
        0x70 => {
            if exact {
                a >> (b & 31)
            } else {
                a
            }
        }
        0x90 => {
            if exact {
                a.min(b.saturating_sub(1))
            } else {
                a
            }
        }
        _ => unknown,
    }
}

impl Bounds {
    /// What holds on both ways.
    pub(super) fn join(&self, other: &Bounds) -> Bounds {
        let mut joined = *self;
        joined.a = self.a.max(other.a);
        joined.x = self.x.max(other.x);
        for (cell, other) in joined.cells.iter_mut().zip(other.cells) {
            *cell = (*cell).max(other);
        }
        joined
    }

    /// What holds behind an instruction.
    pub(super) fn follow(&mut self, i: Instruction) {
        let cell = i.k as usize;
        let held = self.cells.get(cell).copied().unwrap_or(u32::MAX);
        match i.code {
            code::LD_H_ABS | code::LD_B_ABS | code::LD_W_ABS if i.k >= ancillary::AREA => self.a = u32::MAX,
            code::LD_B_ABS | code::LD_B_IND => self.a = 0xff,
            code::LD_H_ABS | code::LD_H_IND => self.a = 0xffff,
            code::LD_W_ABS | code::LD_W_IND | code::LD_W_LEN => self.a = u32::MAX,
            code::LDX_W_LEN => self.x = u32::MAX,
            code::LDX_B_MSH => self.x = 60,
            code::LD_IMM => self.a = i.k,
            code::LDX_IMM => self.x = i.k,
            code::LD_MEM => self.a = held,
            code::LDX_MEM => self.x = held,
            code::ST | code::STX => {
                if let Some(place) = self.cells.get_mut(cell) {
                    *place = if i.code == code::ST { self.a } else { self.x };
                }
            }
            code::TAX => self.x = self.a,
            code::TXA => self.a = self.x,
            _ if i.code & code::CLASS == code::ALU => {
                let (operand, exact) = if i.code & code::X == 0 { (i.k, true) } else { (self.x, false) };
                self.a = arithmetic(i.code, self.a, operand, exact);
            }
            _ => {}
        }
    }
}
