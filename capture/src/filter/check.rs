//! The rules by which Linux takes or refuses a classic BPF program (`net/core/filter.c`, `bpf_check_classic`), so that
//! a program is refused here, with the place, instead of by `EINVAL`.
//!
//! A program that passes always ends, never reads a scratch cell that some path has not written, and jumps only
//! forward and inside itself. User space also runs programs that loop (libpcap makes one for `protochain`):
//! [`check_user`] allows them.

use super::insn::{CELLS, Instruction, MAX_INSTRUCTIONS, ancillary, code};
use thiserror::Error;

/// Why the kernel would refuse a program. Places count from 0, as tcpdump's `-d` does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum CheckError {
    /// No instruction at all.
    #[error("the program is empty")]
    Empty,
    /// More than the kernel's limit.
    #[error("{length} instructions, the kernel takes at most {MAX_INSTRUCTIONS}")]
    TooLong {
        /// Instructions in the program.
        length: usize,
    },
    /// An instruction that does not exist.
    #[error("instruction {at}: {code:#x} is no instruction")]
    Opcode {
        /// Place of the instruction.
        at: usize,
        /// Its number.
        code: u16,
    },
    /// Division or modulus by a constant 0.
    #[error("instruction {at}: division by constant 0")]
    DivisionByZero {
        /// Place of the instruction.
        at: usize,
    },
    /// Shift by a constant of 32 or more.
    #[error("instruction {at}: shift by {by}, a register has 32 bits")]
    Shift {
        /// Place of the instruction.
        at: usize,
        /// The constant.
        by: u32,
    },
    /// A scratch cell that does not exist.
    #[error("instruction {at}: there is no scratch cell M[{cell}], the last one is M[15]")]
    Cell {
        /// Place of the instruction.
        at: usize,
        /// The cell.
        cell: u32,
    },
    /// A scratch cell that is read although some way to the instruction does not write it.
    #[error("instruction {at}: M[{cell}] is read, but not written on every way there")]
    CellNotWritten {
        /// Place of the instruction.
        at: usize,
        /// The cell.
        cell: u32,
    },
    /// A jump that leaves the program, or goes back.
    #[error("instruction {at}: jump to {target}, outside the {length} instructions or backward")]
    Jump {
        /// Place of the instruction.
        at: usize,
        /// Where it would go.
        target: i64,
        /// Instructions in the program.
        length: usize,
    },
    /// A load from the ancillary area at an offset that has no word.
    #[error("instruction {at}: no ancillary word at {k:#x}")]
    Ancillary {
        /// Place of the instruction.
        at: usize,
        /// The offset.
        k: u32,
    },
    /// The last instruction is not a return.
    #[error("the last instruction is not a return")]
    NoReturn,
}

/// Judges a program by the kernel's rules.
pub fn check(program: &[Instruction]) -> Result<(), CheckError> {
    if program.len() > MAX_INSTRUCTIONS {
        return Err(CheckError::TooLong { length: program.len() });
    }
    judge(program, false)
}

/// Judges a program by the kernel's rules, but lets `ja` go back and sets no limit on length: what user space runs.
pub fn check_user(program: &[Instruction]) -> Result<(), CheckError> {
    judge(program, true)
}

/// Whether the program jumps back, so that only user space can run it.
pub fn loops(program: &[Instruction]) -> bool {
    program.iter().any(|i| i.code == code::JA && i.k.cast_signed() < 0)
}

fn judge(program: &[Instruction], back: bool) -> Result<(), CheckError> {
    if program.is_empty() {
        return Err(CheckError::Empty);
    }
    for (at, instruction) in program.iter().enumerate() {
        operands(at, *instruction)?;
        for target in targets(at, *instruction) {
            let low = if back { 0 } else { at as i64 + 1 };
            if target < low || target >= program.len() as i64 {
                return Err(CheckError::Jump { at, target, length: program.len() });
            }
        }
    }
    match program.last().map(|i| i.code) {
        Some(code::RET_K | code::RET_A) => cells(program),
        _ => Err(CheckError::NoReturn),
    }
}

/// Where an instruction may go, when it jumps at all.
fn targets(at: usize, instruction: Instruction) -> impl Iterator<Item = i64> {
    let next = at as i64 + 1;
    let pair = if instruction.is_branch() {
        [Some(next + i64::from(instruction.jt)), Some(next + i64::from(instruction.jf))]
    } else if instruction.code == code::JA {
        [Some(next + i64::from(instruction.k.cast_signed())), None]
    } else {
        [None, None]
    };
    pair.into_iter().flatten()
}

/// Whether the instruction exists and its constant is one that it takes.
fn operands(at: usize, instruction: Instruction) -> Result<(), CheckError> {
    let Instruction { code, k, .. } = instruction;
    match code {
        code::LD_W_ABS | code::LD_H_ABS | code::LD_B_ABS => {
            if k >= ancillary::AREA && ancillary::word(k).is_none() {
                return Err(CheckError::Ancillary { at, k });
            }
        }
        code::LD_MEM | code::LDX_MEM | code::ST | code::STX => {
            if k as usize >= CELLS {
                return Err(CheckError::Cell { at, cell: k });
            }
        }
        code::DIV_K | code::MOD_K if k == 0 => return Err(CheckError::DivisionByZero { at }),
        code::LSH_K | code::RSH_K if k >= 32 => return Err(CheckError::Shift { at, by: k }),
        code::LD_W_IND | code::LD_H_IND | code::LD_B_IND => {}
        code::LD_IMM | code::LD_W_LEN | code::LDX_IMM | code::LDX_W_LEN | code::LDX_B_MSH => {}
        code::ADD_K | code::SUB_K | code::MUL_K | code::DIV_K | code::OR_K | code::AND_K => {}
        code::ADD_X | code::SUB_X | code::MUL_X | code::DIV_X | code::OR_X | code::AND_X => {}
        code::LSH_K | code::RSH_K | code::MOD_K | code::XOR_K => {}
        code::LSH_X | code::RSH_X | code::MOD_X | code::XOR_X | code::NEG => {}
        code::JA | code::JEQ_K | code::JGT_K | code::JGE_K | code::JSET_K => {}
        code::JEQ_X | code::JGT_X | code::JGE_X | code::JSET_X => {}
        code::RET_K | code::RET_A | code::TAX | code::TXA => {}
        _ => return Err(CheckError::Opcode { at, code }),
    }
    Ok(())
}

/// Cells that every way to an instruction has written, in one pass from front to back: jumps only go forward. A jump
/// back (only in user space) reaches an instruction that was judged with what the way before it had written; later
/// rounds of a loop have written at least that.
fn cells(program: &[Instruction]) -> Result<(), CheckError> {
    let mut arriving = vec![u16::MAX; program.len()];
    let mut written = 0u16;
    for (at, instruction) in program.iter().enumerate() {
        let bit = 1u16.checked_shl(instruction.k).unwrap_or(0);
        written &= arriving.get(at).copied().unwrap_or(0);
        match instruction.code {
            code::ST | code::STX => written |= bit,
            code::LD_MEM | code::LDX_MEM if written & bit == 0 => {
                return Err(CheckError::CellNotWritten { at, cell: instruction.k });
            }
            _ => {}
        }
        if instruction.code & code::CLASS == code::JMP {
            for target in targets(at, *instruction) {
                if let Some(mask) = usize::try_from(target).ok().and_then(|t| arriving.get_mut(t)) {
                    *mask &= written;
                }
            }
            written = u16::MAX;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use Instruction as I;

    #[test]
    fn a_cell_that_one_arm_leaves_unwritten_is_refused() {
        let program = [
            I::load(1, 0),
            I::branch(code::JEQ_K, 1, 0, 1),
            I::statement(code::ST, 3),
            I::statement(code::LD_MEM, 3),
            I::statement(code::RET_A, 0),
        ];
        assert_eq!(check(&program), Err(CheckError::CellNotWritten { at: 3, cell: 3 }));
        let mut both = program.to_vec();
        both.insert(0, I::statement(code::ST, 3));
        assert_eq!(check(&both), Ok(()));
    }

    #[test]
    fn jumps_must_stay_inside_and_go_forward() {
        let out = [I::branch(code::JEQ_K, 0, 0, 1), I::ret(0)];
        assert_eq!(check(&out), Err(CheckError::Jump { at: 0, target: 2, length: 2 }));
        let back = [I::ret(0), I::jump(u32::MAX - 1), I::ret(0)];
        assert_eq!(check(&back), Err(CheckError::Jump { at: 1, target: 0, length: 3 }));
        assert_eq!(check_user(&back), Ok(()));
        assert!(loops(&back));
    }

    #[test]
    fn constants_that_the_kernel_refuses_are_refused_with_their_place() {
        let one = |i: I| check(&[i, I::ret(0)]);
        assert_eq!(one(I::statement(code::DIV_K, 0)), Err(CheckError::DivisionByZero { at: 0 }));
        assert_eq!(one(I::statement(code::MOD_K, 0)), Err(CheckError::DivisionByZero { at: 0 }));
        assert_eq!(one(I::statement(code::RSH_K, 32)), Err(CheckError::Shift { at: 0, by: 32 }));
        assert_eq!(one(I::statement(code::ST, 16)), Err(CheckError::Cell { at: 0, cell: 16 }));
        assert_eq!(one(I::load(2, 0xffff_f040)), Err(CheckError::Ancillary { at: 0, k: 0xffff_f040 }));
        assert_eq!(one(I::statement(0x21, 0)), Err(CheckError::Opcode { at: 0, code: 0x21 }));
        assert_eq!(check(&[I::load(1, 0)]), Err(CheckError::NoReturn));
        assert_eq!(check(&[]), Err(CheckError::Empty));
        assert_eq!(check(&vec![I::ret(0); 4097]), Err(CheckError::TooLong { length: 4097 }));
        assert_eq!(check(&vec![I::ret(0); 4096]), Ok(()));
    }

    #[test]
    fn unreachable_instructions_are_taken() {
        assert_eq!(check(&[I::ret(1), I::load(4, 0), I::ret(0)]), Ok(()));
    }
}
