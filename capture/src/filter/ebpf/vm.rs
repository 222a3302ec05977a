//! A machine for extended programs, as strict as the kernel's verifier is about memory: a load outside the context, the
//! packet or the stack is a fault, not a value.
//!
//! It knows the instructions and helpers that are made here. Any sequence of instructions ends in bounded time and
//! without panic.

use super::Target;
use super::insn::{Insn, code, helper};
use crate::filter::vm::{Facts, Packet};
use thiserror::Error;

/// What a program answers to a packet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Register 0 at the end, its lower half.
    pub answer: i32,
    /// Instructions executed.
    pub steps: u32,
    /// The map and the queue that the packet was sent to.
    pub redirected: Option<(i32, u32)>,
}

/// Why a program cannot go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum Fault {
    /// Memory that the program may not touch.
    #[error("instruction {at}: no memory at {address:#x}")]
    Memory {
        /// Place of the instruction.
        at: usize,
        /// Where it reached.
        address: u64,
    },
    /// An instruction, helper or word that does not exist here.
    #[error("instruction {at}: nothing that this machine knows")]
    Unknown {
        /// Place of the instruction.
        at: usize,
    },
    /// It left the program, or did not end.
    #[error("instruction {at}: behind the end, or endless")]
    Lost {
        /// Place of the instruction.
        at: usize,
    },
}

const MAX_STEPS: u32 = 1 << 20;
const CONTEXT: u64 = 0x0100_0000;
const DATA: u64 = 0x1000_0000;
const STACK_TOP: u64 = 0x7000_0000;
const STACK_SIZE: usize = 512;
/// What lies in registers that a call has lost.
const LOST: u64 = 0xdead_dead_dead_dead;

struct Machine<'p> {
    registers: [u64; 11],
    stack: [u8; STACK_SIZE],
    packet: &'p Packet<'p>,
    target: Target,
    redirected: Option<(i32, u32)>,
}

/// Runs a program. The words beside the packet are those of its facts, or zeros.
///
/// # Errors
/// The program touches memory that is not its own, or is none that this machine knows.
pub fn run(program: &[Insn], target: Target, packet: &Packet<'_>) -> Result<Outcome, Fault> {
    let mut machine =
        Machine { registers: [LOST; 11], stack: [0; STACK_SIZE], packet, target, redirected: None };
    machine.registers[1] = CONTEXT;
    machine.registers[10] = STACK_TOP;
    let (mut at, mut steps) = (0usize, 0u32);
    loop {
        let insn = *program.get(at).ok_or(Fault::Lost { at })?;
        if steps >= MAX_STEPS {
            return Err(Fault::Lost { at });
        }
        steps += 1;
        match machine.step(at, insn, program.get(at + 1))? {
            Next::At(next) => at = next,
            Next::End => {
                let answer = machine.registers[0] as u32;
                return Ok(Outcome { answer: answer.cast_signed(), steps, redirected: machine.redirected });
            }
        }
    }
}

enum Next {
    At(usize),
    End,
}

fn jump(at: usize, distance: i16) -> Result<usize, Fault> {
    (at + 1).checked_add_signed(distance.into()).ok_or(Fault::Lost { at })
}

fn arithmetic(operation: u8, wide: bool, a: u64, b: u64) -> Option<u64> {
    let by = if wide { b & 63 } else { b & 31 } as u32;
    let (a, b) = if wide { (a, b) } else { (a & 0xffff_ffff, b & 0xffff_ffff) };
    let result = match operation {
        code::ADD => a.wrapping_add(b),
        code::SUB => a.wrapping_sub(b),
        code::MUL => a.wrapping_mul(b),
        code::DIV => a.checked_div(b).unwrap_or(0),
        code::OR => a | b,
        code::AND => a & b,
        code::LSH => a << by,
        code::RSH => a >> by,
        code::NEG => a.wrapping_neg(),
        code::MOD => a.checked_rem(b).unwrap_or(a),
        code::XOR => a ^ b,
        code::MOV => b,
        _ => return None,
    };
    Some(if wide { result } else { result & 0xffff_ffff })
}

fn holds(operation: u8, a: u64, b: u64) -> Option<bool> {
    Some(match operation {
        code::JA => true,
        code::JEQ => a == b,
        code::JNE => a != b,
        code::JGT => a > b,
        code::JGE => a >= b,
        code::JLT => a < b,
        code::JLE => a <= b,
        code::JSET => a & b != 0,
        _ => return None,
    })
}

impl Machine<'_> {
    fn read(&self, register: u8) -> u64 {
        self.registers.get(usize::from(register)).copied().unwrap_or(LOST)
    }

    fn write(&mut self, register: u8, value: u64) {
        // Register 10 is never written.
        if let Some(place) = self.registers[..10].get_mut(usize::from(register)) {
            *place = value;
        }
    }

    fn step(&mut self, at: usize, insn: Insn, second: Option<&Insn>) -> Result<Next, Fault> {
        let Insn { code: number, dst, src, off, imm } = insn;
        let unknown = Fault::Unknown { at };
        let operand = match number & code::REGISTER {
            0 => i64::from(imm).cast_unsigned(),
            _ => self.read(src),
        };
        let mut next = at + 1;
        match number & code::CLASS {
            code::ALU if number == code::BIG_ENDIAN => {
                let value = self.read(dst);
                self.write(
                    dst,
                    match imm {
                        16 => u64::from(u16::from_be(value as u16)),
                        32 => u64::from(u32::from_be(value as u32)),
                        _ => return Err(unknown),
                    },
                );
            }
            class @ (code::ALU | code::ALU64) => {
                let wide = class == code::ALU64;
                let result = arithmetic(number & 0xf0, wide, self.read(dst), operand).ok_or(unknown)?;
                self.write(dst, result);
            }
            code::LDX => {
                let value = self.load(at, self.read(src).wrapping_add_signed(off.into()), number & 0x18)?;
                self.write(dst, value);
            }
            code::STX => {
                let address = self.read(dst).wrapping_add_signed(off.into());
                self.store(at, address, number & 0x18, self.read(src))?;
            }
            code::LD if number == code::LOAD_64 => {
                let high = second.ok_or(unknown)?.imm;
                let value = u64::from(high.cast_unsigned()) << 32 | u64::from(imm.cast_unsigned());
                self.write(dst, value);
                next += 1;
            }
            code::LD => match self.old_load(number, self.read(src), imm).ok_or(unknown)? {
                Some(value) => self.call_ends(value),
                None => {
                    self.write(0, 0);
                    return Ok(Next::End);
                }
            },
            code::JMP if number == code::EXIT => return Ok(Next::End),
            code::JMP if number == code::CALL => self.call(at, imm)?,
            class => {
                let (mut a, mut b) = (self.read(dst), operand);
                if class == code::JMP32 {
                    (a, b) = (a & 0xffff_ffff, b & 0xffff_ffff);
                }
                if holds(number & 0xf0, a, b).ok_or(unknown)? {
                    next = jump(at, off)?;
                }
            }
        }
        Ok(Next::At(next))
    }

    /// `LD_ABS` and `LD_IND`: `Some(None)` where the packet has no such octets, which ends the program.
    fn old_load(&self, number: u8, index: u64, imm: i32) -> Option<Option<u64>> {
        if self.target == Target::Xdp || self.read(6) != CONTEXT {
            return None;
        }
        let base = match number & 0xe0 {
            code::ABS => 0,
            code::IND => index as u32,
            _ => return None,
        };
        let from = base.wrapping_add(imm.cast_unsigned()) as usize;
        let size = match number & 0x18 {
            code::WORD => 4,
            code::HALF => 2,
            code::OCTET => 1,
            _ => return None,
        };
        let octets = from.checked_add(size).and_then(|end| self.packet.data.get(from..end));
        Some(octets.map(|octets| octets.iter().fold(0u64, |sum, octet| sum << 8 | u64::from(*octet))))
    }

    /// A result, and the registers that calls lose.
    fn call_ends(&mut self, result: u64) {
        self.registers[0] = result;
        self.registers[1..=5].fill(LOST);
    }

    fn call(&mut self, at: usize, function: i32) -> Result<(), Fault> {
        let facts = self.facts();
        let result = match function {
            helper::RANDOM => facts.random.into(),
            helper::PROCESSOR => facts.cpu.into(),
            helper::REDIRECT_MAP if self.target == Target::Xdp => {
                self.redirected = Some(((self.read(1) as u32).cast_signed(), self.read(2) as u32));
                // `XDP_REDIRECT`
                4
            }
            _ => return Err(Fault::Unknown { at }),
        };
        self.call_ends(result);
        Ok(())
    }

    fn facts(&self) -> Facts {
        self.packet.facts.copied().unwrap_or_default()
    }

    fn load(&self, at: usize, address: u64, size: u8) -> Result<u64, Fault> {
        let fault = Fault::Memory { at, address };
        if (CONTEXT..CONTEXT + 256).contains(&address) {
            return if size == code::WORD {
                self.context(address - CONTEXT).ok_or(fault)
            } else {
                Err(fault)
            };
        }
        let (memory, start): (&[u8], u64) = if address >= STACK_TOP - STACK_SIZE as u64 {
            (&self.stack, STACK_TOP - STACK_SIZE as u64)
        } else {
            (self.packet.data, DATA)
        };
        let from = address.checked_sub(start).and_then(|from| usize::try_from(from).ok()).ok_or(fault)?;
        let octets = memory.get(from..).ok_or(fault)?;
        let value = match size {
            code::OCTET => octets.first().map(|octet| u64::from(*octet)),
            code::HALF => octets.first_chunk().map(|half| u16::from_ne_bytes(*half).into()),
            code::WORD => octets.first_chunk().map(|word| u32::from_ne_bytes(*word).into()),
            _ => octets.first_chunk().map(|double| u64::from_ne_bytes(*double)),
        };
        value.ok_or(fault)
    }

    fn store(&mut self, at: usize, address: u64, size: u8, value: u64) -> Result<(), Fault> {
        let fault = Fault::Memory { at, address };
        let octets = match size {
            code::OCTET => 1,
            code::HALF => 2,
            code::WORD => 4,
            _ => 8,
        };
        let from = address.checked_sub(STACK_TOP - STACK_SIZE as u64).ok_or(fault)? as usize;
        let place = from.checked_add(octets).and_then(|end| self.stack.get_mut(from..end)).ok_or(fault)?;
        let all =
            if cfg!(target_endian = "little") { value } else { value << (64 - 8 * octets) }.to_ne_bytes();
        place.copy_from_slice(all.get(..octets).ok_or(fault)?);
        Ok(())
    }

    /// A word of `struct __sk_buff` or `struct xdp_md`.
    fn context(&self, offset: u64) -> Option<u64> {
        let facts = self.facts();
        let end = DATA + self.packet.data.len() as u64;
        Some(match (offset, self.target) {
            (0, Target::Xdp) => DATA,
            (4, Target::Xdp) => end,
            (12, Target::Xdp) => facts.ifindex.unwrap_or(0).into(),
            (16, Target::Xdp) => facts.queue.into(),
            (_, Target::Xdp) => return None,
            (0, _) => self.packet.wire_len.into(),
            (4, _) => facts.pkttype.into(),
            (8, _) => facts.mark.into(),
            (12, _) => facts.queue.into(),
            (16, _) => facts.protocol.to_be().into(),
            (20, _) => facts.vlan.is_some().into(),
            (24, _) => facts.vlan.map_or(0, |(_, tag)| tag.into()),
            (28, _) => facts.vlan.map_or(0, |(kind, _)| kind.to_be().into()),
            (40, _) => facts.ifindex.unwrap_or(0).into(),
            (68, _) => facts.rxhash.into(),
            _ => return None,
        })
    }
}
