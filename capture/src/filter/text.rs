//! Programs as text: the three forms that `tcpdump -d`, `-dd` and `-ddd` print, and the labelled form that the kernel's
//! `bpf_asm` takes. `assembler` reads all of them back.
//!
//! The forms follow tcpdump to the blank, because scripts cut them by column: numbers of loads and arithmetic are
//! signed, those of `and`, `or`, `xor` and comparisons hexadecimal, jump targets absolute in `-d`.

use super::insn::{Instruction, ancillary, code};
use std::fmt::{self, Write};

/// The text of `tcpdump -d`, one line an instruction: `(000) ldh      [12]`.
pub fn listing(program: &[Instruction]) -> String {
    let mut out = String::with_capacity(program.len().saturating_mul(44));
    for (at, instruction) in program.iter().enumerate() {
        let _ = writeln!(out, "{}", Line { at, instruction: *instruction });
    }
    out
}

/// One line of [`listing`], without its end.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// Place in the program, from 0.
    pub at: usize,
    /// The instruction there.
    pub instruction: Instruction,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Line { at, instruction } = *self;
        let operand = operand(at, instruction);
        write!(f, "({at:03}) {:<8} ", mnemonic(instruction.code))?;
        if instruction.is_branch() {
            let target = |offset: u8| at.saturating_add(1).saturating_add(offset.into());
            write!(f, "{operand:<16} jt {}\tjf {}", target(instruction.jt), target(instruction.jf))
        } else {
            f.write_str(&operand)
        }
    }
}

/// The word for an instruction; `unimp` for a number that is none.
pub fn mnemonic(number: u16) -> &'static str {
    match number {
        code::LD_W_ABS | code::LD_W_IND | code::LD_IMM | code::LD_MEM | code::LD_W_LEN => "ld",
        code::LD_H_ABS | code::LD_H_IND => "ldh",
        code::LD_B_ABS | code::LD_B_IND => "ldb",
        code::LDX_IMM | code::LDX_MEM | code::LDX_W_LEN => "ldx",
        code::LDX_B_MSH => "ldxb",
        code::ST => "st",
        code::STX => "stx",
        code::JA => "ja",
        code::JEQ_K | code::JEQ_X => "jeq",
        code::JGT_K | code::JGT_X => "jgt",
        code::JGE_K | code::JGE_X => "jge",
        code::JSET_K | code::JSET_X => "jset",
        code::ADD_K | code::ADD_X => "add",
        code::SUB_K | code::SUB_X => "sub",
        code::MUL_K | code::MUL_X => "mul",
        code::DIV_K | code::DIV_X => "div",
        code::MOD_K | code::MOD_X => "mod",
        code::OR_K | code::OR_X => "or",
        code::AND_K | code::AND_X => "and",
        code::XOR_K | code::XOR_X => "xor",
        code::LSH_K | code::LSH_X => "lsh",
        code::RSH_K | code::RSH_X => "rsh",
        code::NEG => "neg",
        code::RET_K | code::RET_A => "ret",
        code::TAX => "tax",
        code::TXA => "txa",
        _ => "unimp",
    }
}

fn operand(at: usize, instruction: Instruction) -> String {
    let Instruction { code: number, k, .. } = instruction;
    let signed = k.cast_signed();
    match number {
        code::LD_W_ABS | code::LD_H_ABS | code::LD_B_ABS => match ancillary_name(k) {
            Some(name) => format!("[{name}]"),
            None => format!("[{signed}]"),
        },
        code::LD_W_IND | code::LD_H_IND | code::LD_B_IND => format!("[x + {signed}]"),
        code::LD_IMM | code::LDX_IMM => format!("#{k:#x}"),
        code::LD_W_LEN | code::LDX_W_LEN => "#pktlen".to_owned(),
        code::LD_MEM | code::LDX_MEM | code::ST | code::STX => format!("M[{signed}]"),
        code::LDX_B_MSH => format!("4*([{signed}]&0xf)"),
        code::JA => (at as i64).saturating_add(1).saturating_add(signed.into()).to_string(),
        code::RET_K => format!("#{signed}"),
        code::RET_A | code::TAX | code::TXA | code::NEG => String::new(),
        code::AND_K | code::OR_K | code::XOR_K => format!("#{k:#x}"),
        _ if mnemonic(number) == "unimp" => format!("{number:#x}"),
        _ if number & code::X != 0 => "x".to_owned(),
        _ if number & code::CLASS == code::JMP => format!("#{k:#x}"),
        _ => format!("#{signed}"),
    }
}

fn ancillary_name(k: u32) -> Option<&'static str> {
    let word = ancillary::word(k)?;
    ancillary::NAMES.get(usize::try_from(word / 4).ok()?).copied()
}

/// The text of `tcpdump -dd`: one C initialiser a line.
pub fn c_initialisers(program: &[Instruction]) -> String {
    let mut out = String::with_capacity(program.len().saturating_mul(32));
    for i in program {
        let _ = writeln!(out, "{{ {:#x}, {}, {}, 0x{:08x} }},", i.code, i.jt, i.jf, i.k);
    }
    out
}

/// The text of `tcpdump -ddd`: the number of instructions, then four decimal numbers a line.
pub fn decimal(program: &[Instruction]) -> String {
    let mut out = String::with_capacity(program.len().saturating_mul(20).saturating_add(8));
    let _ = writeln!(out, "{}", program.len());
    for i in program {
        let _ = writeln!(out, "{} {} {} {}", i.code, i.jt, i.jf, i.k);
    }
    out
}

/// The form that `bpf_asm` takes: labels instead of numbers. `Err` holds the place of an instruction that has no text.
pub fn assembly(program: &[Instruction]) -> Result<String, usize> {
    let targets = jump_targets(program)?;
    let mut out = String::with_capacity(program.len().saturating_mul(36));
    for (at, instruction) in program.iter().enumerate() {
        let label = if targets.get(at) == Some(&true) { format!("L{at}:") } else { String::new() };
        let _ = write!(out, "{label:<8}");
        write_assembly(&mut out, at, *instruction).map_err(|fmt::Error| at)?;
    }
    Ok(out)
}

/// Which instructions are jumped to.
fn jump_targets(program: &[Instruction]) -> Result<Vec<bool>, usize> {
    let mut targets = vec![false; program.len()];
    for (at, instruction) in program.iter().enumerate() {
        let ways = if instruction.is_branch() {
            [target(at, instruction.jt.into()), target(at, instruction.jf.into())]
        } else if instruction.code == code::JA {
            [target(at, instruction.k.cast_signed().into()); 2]
        } else {
            continue;
        };
        for way in ways {
            *way.and_then(|t| targets.get_mut(t)).ok_or(at)? = true;
        }
    }
    Ok(targets)
}

fn target(at: usize, distance: i64) -> Option<usize> {
    usize::try_from((at as i64).checked_add(1)?.checked_add(distance)?).ok()
}

/// One line; an instruction that has no text is an error.
fn write_assembly(out: &mut String, at: usize, instruction: Instruction) -> fmt::Result {
    let Instruction { code: number, k, jt, jf } = instruction;
    let word = mnemonic(number);
    let label = |distance: i64| target(at, distance).ok_or(fmt::Error);
    match number {
        code::LD_W_ABS | code::LD_H_ABS | code::LD_B_ABS => match assembler_extension(k) {
            Some(name) if KERNELS_OWN.contains(&name) => writeln!(out, "{word} [{k:#x}] ; {name}"),
            Some(name) => writeln!(out, "{word} #{name}"),
            None => writeln!(out, "{word} [{k}]"),
        },
        code::LD_W_IND | code::LD_H_IND | code::LD_B_IND => writeln!(out, "{word} [x + {k}]"),
        code::LD_IMM | code::LDX_IMM => writeln!(out, "{word} #{k:#x}"),
        code::LD_W_LEN | code::LDX_W_LEN => writeln!(out, "{word} #len"),
        code::LD_MEM | code::LDX_MEM | code::ST | code::STX => writeln!(out, "{word} M[{k}]"),
        code::LDX_B_MSH => writeln!(out, "ldxb 4*([{k}]&0xf)"),
        code::JA => writeln!(out, "jmp L{}", label(k.cast_signed().into())?),
        code::RET_K => writeln!(out, "ret #{k}"),
        code::RET_A => writeln!(out, "ret a"),
        code::TAX | code::TXA | code::NEG => writeln!(out, "{word}"),
        _ if word == "unimp" => Err(fmt::Error),
        _ if instruction.is_branch() => {
            let operand = if number & code::X != 0 { "x".to_owned() } else { format!("#{k:#x}") };
            writeln!(out, "{word} {operand}, L{}, L{}", label(jt.into())?, label(jf.into())?)
        }
        _ if number & code::X != 0 => writeln!(out, "{word} x"),
        code::AND_K | code::OR_K | code::XOR_K => writeln!(out, "{word} #{k:#x}"),
        _ => writeln!(out, "{word} #{k}"),
    }
}

/// Names that the kernel's assembler knows and `bpfc` does not: the load is written out, the name stands in the comment.
const KERNELS_OWN: &[&str] = &["vlan_avail", "vlan_tpid", "rand"];

/// The name that `bpf_asm` has for an ancillary word.
fn assembler_extension(k: u32) -> Option<&'static str> {
    let word = ancillary::word(k)?;
    ASSEMBLER_EXTENSIONS.iter().find(|(_, value)| *value == word).map(|(name, _)| *name)
}

/// Names of ancillary words in `bpf_asm`'s language (`tools/bpf/bpf_exp.l`), the first of each word is the one to write.
pub(super) const ASSEMBLER_EXTENSIONS: &[(&str, u32)] = &[
    ("proto", ancillary::PROTOCOL),
    ("type", ancillary::PKTTYPE),
    ("ifidx", ancillary::IFINDEX),
    ("nla", ancillary::NLATTR),
    ("nlan", ancillary::NLATTR_NEST),
    ("mark", ancillary::MARK),
    ("queue", ancillary::QUEUE),
    ("hatype", ancillary::HATYPE),
    ("rxhash", ancillary::RXHASH),
    ("cpu", ancillary::CPU),
    ("vlan_tci", ancillary::VLAN_TAG),
    ("vlan_avail", ancillary::VLAN_TAG_PRESENT),
    ("vlan_pr", ancillary::VLAN_TAG_PRESENT),
    ("poff", ancillary::PAY_OFFSET),
    ("rand", ancillary::RANDOM),
    ("vlan_tpid", ancillary::VLAN_TPID),
];

#[cfg(test)]
mod tests {
    use super::*;
    use Instruction as I;

    #[test]
    fn each_form_is_tcpdumps_text_for_a_small_program() {
        let program = [I::load(2, 12), I::branch(code::JEQ_K, 0x800, 0, 1), I::ret(262_144), I::ret(0)];
        assert_eq!(
            listing(&program),
            "(000) ldh      [12]\n(001) jeq      #0x800           jt 2\tjf 3\n(002) ret      #262144\n(003) ret      #0\n"
        );
        assert_eq!(
            c_initialisers(&program),
            "{ 0x28, 0, 0, 0x0000000c },\n{ 0x15, 0, 1, 0x00000800 },\n{ 0x6, 0, 0, 0x00040000 },\n{ 0x6, 0, 0, 0x00000000 },\n"
        );
        assert_eq!(decimal(&program), "4\n40 0 0 12\n21 0 1 2048\n6 0 0 262144\n6 0 0 0\n");
        assert_eq!(
            assembly(&program).unwrap(),
            "        ldh [12]\n        jeq #0x800, L2, L3\nL2:     ret #262144\nL3:     ret #0\n"
        );
    }

    #[test]
    fn offsets_are_signed_and_ancillary_words_have_names() {
        let line = |i| Line { at: 7, instruction: i }.to_string();
        assert_eq!(line(I::load(1, u32::MAX)), "(007) ldb      [-1]");
        assert_eq!(line(I::load_ancillary(ancillary::VLAN_TAG_PRESENT)), "(007) ld       [vlanp]");
        assert_eq!(line(I::load(4, 0xffff_f040)), "(007) ld       [-4032]");
        assert_eq!(line(I::jump(u32::MAX - 2)), "(007) ja       5");
        assert_eq!(line(I::statement(code::TAX, 5)), "(007) tax      ");
        assert_eq!(line(I::statement(0x21, 5)), "(007) unimp    0x21");
    }

    #[test]
    fn words_that_assemblers_call_differently_are_loaded_by_number() {
        let program = [I::load_ancillary(ancillary::VLAN_TAG_PRESENT), I::statement(code::RET_A, 0)];
        let text = assembly(&program).unwrap();
        assert_eq!(text, "        ld [0xfffff030] ; vlan_avail\n        ret a\n");
        assert_eq!(super::super::assembler::read_program(&text).as_deref(), Ok(&program[..]));
        let named = "        ld #vlan_avail\n        ret a\n";
        assert_eq!(super::super::assembler::read_program(named).as_deref(), Ok(&program[..]));
    }

    #[test]
    fn what_has_no_label_form_is_named_by_its_place() {
        assert_eq!(assembly(&[I::ret(0), I::statement(0x21, 0)]), Err(1));
        assert_eq!(assembly(&[I::jump(9)]), Err(0));
    }
}
