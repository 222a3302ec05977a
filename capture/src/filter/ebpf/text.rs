//! Extended programs as text: the listing that the kernel's verifier and bpftool write, C initialisers of
//! `struct bpf_insn`, and plain numbers.

use super::insn::{Insn, code};
use std::fmt::{self, Write};

/// One line an instruction: place, number, and what it does as the verifier's log words it.
pub fn listing(program: &[Insn]) -> String {
    let mut out = String::with_capacity(program.len().saturating_mul(36));
    let mut second_half = false;
    for (at, insn) in program.iter().enumerate() {
        // The second instruction of a constant of 64 bits is no instruction of its own.
        let shown = !second_half;
        second_half = shown && insn.code == code::LOAD_64;
        if shown {
            let _ = writeln!(out, "{at:4}: {}", Line(*insn));
        }
    }
    out
}

/// One initialiser of `struct bpf_insn` a line: code, destination, source, offset, constant.
pub fn c_initialisers(program: &[Insn]) -> String {
    let mut out = String::with_capacity(program.len().saturating_mul(36));
    for i in program {
        let _ = writeln!(out, "{{ {:#04x}, {}, {}, {}, {} }},", i.code, i.dst, i.src, i.off, i.imm);
    }
    out
}

/// The number of instructions, then five decimal numbers a line.
pub fn decimal(program: &[Insn]) -> String {
    let mut out = String::with_capacity(program.len().saturating_mul(24).saturating_add(8));
    let _ = writeln!(out, "{}", program.len());
    for i in program {
        let _ = writeln!(out, "{} {} {} {} {}", i.code, i.dst, i.src, i.off, i.imm);
    }
    out
}

struct Line(Insn);

/// What the verifier calls an operation of arithmetic.
fn operator(operation: u8) -> &'static str {
    match operation & 0xf0 {
        code::ADD => "+=",
        code::SUB => "-=",
        code::MUL => "*=",
        code::DIV => "/=",
        code::OR => "|=",
        code::AND => "&=",
        code::LSH => "<<=",
        code::RSH => ">>=",
        code::MOD => "%=",
        code::XOR => "^=",
        _ => "=",
    }
}

fn comparison(operation: u8) -> &'static str {
    match operation & 0xf0 {
        code::JEQ => "==",
        code::JNE => "!=",
        code::JGT => ">",
        code::JGE => ">=",
        code::JLT => "<",
        code::JLE => "<=",
        _ => "&",
    }
}

fn size_name(number: u8) -> &'static str {
    match number & 0x18 {
        code::WORD => "u32",
        code::HALF => "u16",
        code::OCTET => "u8",
        _ => "u64",
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Insn { code: number, dst, src, off, imm } = self.0;
        write!(f, "({number:02x}) ")?;
        let by_register = number & code::REGISTER != 0;
        let size = size_name(number);
        match number & code::CLASS {
            code::ALU if number == code::BIG_ENDIAN => write!(f, "r{dst} = be{imm} r{dst}"),
            class @ (code::ALU | code::ALU64) => {
                let r = if class == code::ALU { 'w' } else { 'r' };
                match (number & 0xf0, by_register) {
                    (code::NEG, _) => write!(f, "{r}{dst} = -{r}{dst}"),
                    (operation, true) => write!(f, "{r}{dst} {} {r}{src}", operator(operation)),
                    (operation, false) => write!(f, "{r}{dst} {} {imm}", operator(operation)),
                }
            }
            code::LDX => write!(f, "r{dst} = *({size} *)(r{src} {off:+})"),
            code::STX => write!(f, "*({size} *)(r{dst} {off:+}) = r{src}"),
            code::LD if number == code::LOAD_64 && src == 1 => write!(f, "r{dst} = map[fd {imm}]"),
            code::LD if number == code::LOAD_64 => write!(f, "r{dst} = {imm} ll"),
            code::LD if number & 0xe0 == code::ABS => write!(f, "r0 = *({size} *)skb[{imm}]"),
            code::LD => write!(f, "r0 = *({size} *)skb[r{src} + {imm}]"),
            code::JMP if number == code::EXIT => f.write_str("exit"),
            code::JMP if number == code::CALL => write!(f, "call {}#{imm}", helper_name(imm)),
            code::JMP if number & 0xf0 == code::JA => write!(f, "goto pc{off:+}"),
            class => {
                let r = if class == code::JMP32 { 'w' } else { 'r' };
                let compare = comparison(number);
                if by_register {
                    write!(f, "if {r}{dst} {compare} {r}{src} goto pc{off:+}")
                } else {
                    write!(f, "if {r}{dst} {compare} {imm:#x} goto pc{off:+}")
                }
            }
        }
    }
}

fn helper_name(number: i32) -> &'static str {
    use super::insn::helper;
    match number {
        helper::RANDOM => "bpf_get_prandom_u32",
        helper::PROCESSOR => "bpf_get_smp_processor_id",
        helper::REDIRECT_MAP => "bpf_redirect_map",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_read_as_the_verifier_writes_them() {
        let line = |insn| Line(insn).to_string();
        assert_eq!(line(Insn::copy(6, 1)), "(bf) r6 = r1");
        assert_eq!(line(Insn::load(4, 8, 1, 0)), "(61) r8 = *(u32 *)(r1 +0)");
        assert_eq!(line(Insn::load(1, 0, 8, 23)), "(71) r0 = *(u8 *)(r8 +23)");
        assert_eq!(
            line(Insn::new(code::LD | code::ABS | code::HALF, 0, 0, 0, 12)),
            "(28) r0 = *(u16 *)skb[12]"
        );
        assert_eq!(
            line(Insn::new(code::LD | code::IND | code::OCTET, 0, 7, 0, 14)),
            "(50) r0 = *(u8 *)skb[r7 + 14]"
        );
        assert_eq!(line(Insn::new(code::JMP32 | code::JNE, 0, 0, 3, 0x800)), "(56) if w0 != 0x800 goto pc+3");
        assert_eq!(line(Insn::new(code::JMP | code::JGT | 8, 2, 9, 1, 0)), "(2d) if r2 > r9 goto pc+1");
        assert_eq!(line(Insn::new(code::STX | code::MEM, 10, 7, -64, 0)), "(63) *(u32 *)(r10 -64) = r7");
        assert_eq!(line(Insn::new(code::BIG_ENDIAN, 0, 0, 0, 16)), "(dc) r0 = be16 r0");
        assert_eq!(line(Insn::alu(code::MOV, 0, 2)), "(b4) w0 = 2");
        assert_eq!(line(Insn::exit()), "(95) exit");
    }
}
