//! Any classic BPF program on any packet: the checker answers, the machine ends, and a program that the checker takes
//! ends by a return, a load out of range or a division by zero, never by leaving the program.

use crate::{Split, Target};
use nettool_capture::filter::check::{check, check_user, loops};
use nettool_capture::filter::insn::{Instruction, code};
use nettool_capture::filter::vm::{End, Packet, run, run_as_kernel};

/// See the module.
pub const TARGET: Target = Target {
    name: "cbpf",
    about: "checker and machine of classic BPF",
    run: try_program,
    corpora: &[],
    cost: 1,
    split: Split::Whole,
    words: &[],
};

const CODES: [u16; 46] = [
    code::LD_W_ABS,
    code::LD_H_ABS,
    code::LD_B_ABS,
    code::LD_W_IND,
    code::LD_H_IND,
    code::LD_B_IND,
    code::LD_IMM,
    code::LD_MEM,
    code::LD_W_LEN,
    code::LDX_IMM,
    code::LDX_MEM,
    code::LDX_W_LEN,
    code::LDX_B_MSH,
    code::ST,
    code::STX,
    code::ADD_K,
    code::ADD_X,
    code::SUB_K,
    code::SUB_X,
    code::MUL_K,
    code::MUL_X,
    code::DIV_K,
    code::DIV_X,
    code::OR_K,
    code::OR_X,
    code::AND_K,
    code::AND_X,
    code::LSH_K,
    code::LSH_X,
    code::RSH_K,
    code::RSH_X,
    code::NEG,
    code::MOD_K,
    code::MOD_X,
    code::XOR_K,
    code::XOR_X,
    code::JA,
    code::JEQ_K,
    code::JEQ_X,
    code::JGT_K,
    code::JGE_K,
    code::JSET_K,
    code::RET_K,
    code::RET_A,
    code::TAX,
    code::TXA,
];

/// Octets to a program and a packet: a count, then eight octets an instruction, then the packet. Codes above 255 are
/// taken as they are, others choose one that exists, so that most programs get past the first check.
fn split(octets: &[u8]) -> Option<(Vec<Instruction>, &[u8])> {
    let (&count, rest) = octets.split_first()?;
    let count = usize::from(count % 64).min(rest.len() / 8);
    let (program, packet) = rest.split_at_checked(count * 8)?;
    let program = program
        .chunks_exact(8)
        .map(|i| {
            let raw = u16::from_be_bytes([i[0], i[1]]);
            let code = if raw < 0x100 { CODES[usize::from(raw) % CODES.len()] } else { raw };
            Instruction::new(code, i[2] % 16, i[3] % 16, u32::from_be_bytes([i[4], i[5], i[6], i[7]]))
        })
        .collect();
    Some((program, packet))
}

fn try_program(octets: &[u8]) {
    let Some((program, data)) = split(octets) else { return };
    let packet = Packet::whole(data);
    let outcome = run_as_kernel(&program, &packet);
    let user = run(&program, &packet);
    if check(&program).is_ok() {
        for outcome in [outcome, user] {
            assert!(
                matches!(outcome.end, End::Returned | End::OutOfRange | End::DivisionByZero),
                "a program that the checker takes ends with {outcome:?}: {program:?}"
            );
            assert!(outcome.steps as usize <= program.len(), "{outcome:?} of {} instructions", program.len());
        }
        assert!(!loops(&program) && check_user(&program).is_ok(), "what the kernel takes, user space takes");
    }
}
