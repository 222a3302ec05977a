//! What an extended BPF program is made of: one instruction, and the numbers of those that are made here.
//!
//! Numbers are those of `linux/bpf.h` and RFC 9669. There are eleven registers of 64 bits: 0 holds results, 1 to 5
//! arguments of calls (lost by them), 6 to 9 are kept, 10 points behind the stack.

/// One instruction, as `struct bpf_insn` has it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Insn {
    /// What to do: one of the numbers of [`code`], with its operand and size.
    pub code: u8,
    /// The register that is written, or compared.
    pub dst: u8,
    /// The register that is read.
    pub src: u8,
    /// A distance in instructions, or an offset in octets.
    pub off: i16,
    /// The constant.
    pub imm: i32,
}

/// Registers and their use here.
pub mod register {
    /// The accumulator A, and the verdict.
    pub const A: u8 = 0;
    /// The context at the start; lost by calls, free otherwise.
    pub const FIRST: u8 = 1;
    /// Free.
    pub const SECOND: u8 = 2;
    /// Free.
    pub const THIRD: u8 = 3;
    /// XDP: where X points in the packet.
    pub const POINTER: u8 = 4;
    /// The context, where it is needed later.
    pub const CONTEXT: u8 = 6;
    /// The index X.
    pub const X: u8 = 7;
    /// XDP: the first octet of the packet. Else: A, while a header length is read.
    pub const DATA: u8 = 8;
    /// XDP: behind the last octet of the packet.
    pub const END: u8 = 9;
    /// Behind the stack.
    pub const STACK: u8 = 10;
}

/// The numbers of instructions.
pub mod code {
    /// Mask of the class of an instruction.
    pub const CLASS: u8 = 0x07;
    /// Class: old loads, and constants of 64 bits.
    pub const LD: u8 = 0x00;
    /// Class: loads.
    pub const LDX: u8 = 0x01;
    /// Class: stores of registers.
    pub const STX: u8 = 0x03;
    /// Class: arithmetic of 32 bits.
    pub const ALU: u8 = 0x04;
    /// Class: jumps that compare 64 bits.
    pub const JMP: u8 = 0x05;
    /// Class: jumps that compare 32 bits; Linux 5.1 and later.
    pub const JMP32: u8 = 0x06;
    /// Class: arithmetic of 64 bits.
    pub const ALU64: u8 = 0x07;
    /// Bit of the operand of arithmetic and jumps: a register instead of the constant.
    pub const REGISTER: u8 = 0x08;

    /// Size: 4 octets.
    pub const WORD: u8 = 0x00;
    /// Size: 2 octets.
    pub const HALF: u8 = 0x08;
    /// Size: 1 octet.
    pub const OCTET: u8 = 0x10;
    /// Size: 8 octets.
    pub const DOUBLE: u8 = 0x18;
    /// Mode: at a register and an offset.
    pub const MEM: u8 = 0x60;
    /// Mode: octets of the skb of the context at a constant; ends the program when there are none.
    pub const ABS: u8 = 0x20;
    /// Mode: the same at a register and a constant.
    pub const IND: u8 = 0x40;
    /// A constant of 64 bits, in two instructions; with source 1 the map of a descriptor.
    pub const LOAD_64: u8 = LD | DOUBLE;

    /// Arithmetic, with [`ALU`] or [`ALU64`].
    pub const ADD: u8 = 0x00;
    /// Subtraction.
    pub const SUB: u8 = 0x10;
    /// Multiplication.
    pub const MUL: u8 = 0x20;
    /// Division, unsigned.
    pub const DIV: u8 = 0x30;
    /// Or.
    pub const OR: u8 = 0x40;
    /// And.
    pub const AND: u8 = 0x50;
    /// Shift to the left.
    pub const LSH: u8 = 0x60;
    /// Shift to the right.
    pub const RSH: u8 = 0x70;
    /// Negation.
    pub const NEG: u8 = 0x80;
    /// Remainder, unsigned.
    pub const MOD: u8 = 0x90;
    /// Exclusive or.
    pub const XOR: u8 = 0xa0;
    /// Copy.
    pub const MOV: u8 = 0xb0;
    /// From or to network order; the constant is the number of bits.
    pub const BIG_ENDIAN: u8 = ALU | REGISTER | 0xd0;

    /// Jumps, with [`JMP`] or [`JMP32`]: always.
    pub const JA: u8 = 0x00;
    /// When equal.
    pub const JEQ: u8 = 0x10;
    /// When greater, unsigned.
    pub const JGT: u8 = 0x20;
    /// When greater or equal, unsigned.
    pub const JGE: u8 = 0x30;
    /// When a bit is common.
    pub const JSET: u8 = 0x40;
    /// When not equal.
    pub const JNE: u8 = 0x50;
    /// When less, unsigned.
    pub const JLT: u8 = 0xa0;
    /// When less or equal, unsigned.
    pub const JLE: u8 = 0xb0;
    /// A call of a helper function of the kernel.
    pub const CALL: u8 = JMP | 0x80;
    /// The end; the verdict is in register 0.
    pub const EXIT: u8 = JMP | 0x90;
}

/// Helper functions of the kernel (`enum bpf_func_id`).
pub mod helper {
    /// A random number.
    pub const RANDOM: i32 = 7;
    /// The processor.
    pub const PROCESSOR: i32 = 8;
    /// Sends the packet to what a map holds; Linux 4.14.
    pub const REDIRECT_MAP: i32 = 51;
}

impl Insn {
    /// An instruction from its five numbers.
    pub const fn new(code: u8, dst: u8, src: u8, off: i16, imm: i32) -> Self {
        Insn { code, dst, src, off, imm }
    }

    /// Copies a register, all 64 bits.
    pub const fn copy(dst: u8, src: u8) -> Self {
        Insn::new(code::ALU64 | code::MOV | code::REGISTER, dst, src, 0, 0)
    }

    /// Arithmetic of 32 bits with a constant; the upper half becomes 0.
    pub const fn alu(operation: u8, dst: u8, imm: i32) -> Self {
        Insn::new(code::ALU | operation, dst, 0, 0, imm)
    }

    /// A load of `size` octets at a register and an offset; any size but 1 and 2 loads a word.
    pub const fn load(size: u32, dst: u8, src: u8, off: i16) -> Self {
        Insn::new(code::LDX | code::MEM | size_bits(size), dst, src, off, 0)
    }

    /// The end.
    pub const fn exit() -> Self {
        Insn::new(code::EXIT, 0, 0, 0, 0)
    }

    /// The eight octets of `struct bpf_insn`, in the byte order of this machine.
    pub fn octets(self) -> [u8; 8] {
        let registers = if cfg!(target_endian = "little") {
            self.src << 4 | self.dst & 0xf
        } else {
            self.dst << 4 | self.src & 0xf
        };
        let ([o, p], [a, b, c, d]) = (self.off.to_ne_bytes(), self.imm.to_ne_bytes());
        [self.code, registers, o, p, a, b, c, d]
    }
}

/// The bits of a load or store of 1, 2 or 4 octets.
pub const fn size_bits(size: u32) -> u8 {
    match size {
        1 => code::OCTET,
        2 => code::HALF,
        _ => code::WORD,
    }
}

/// A program as the kernel and object files have it.
pub fn octets(program: &[Insn]) -> Vec<u8> {
    program.iter().flat_map(|insn| insn.octets()).collect()
}
