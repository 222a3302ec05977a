//! What a classic BPF program is made of: one instruction, the numbers of all instructions, and the words that a
//! packet socket gives beside the octets.
//!
//! Numbers are those of `linux/filter.h` and `linux/bpf_common.h`; they are the same in BSD's `net/bpf.h`. Both
//! registers, A and X, hold 32 bits and are 0 at the start; there are 16 scratch cells. Loads from the packet are
//! big-endian and may stand at any offset. No I/O and no meaning beyond the numbers here: `vm` runs programs,
//! `check` judges them, `text` writes and reads them.

/// One instruction, laid out as `struct sock_filter`.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Instruction {
    /// What to do: one of the numbers of [`code`].
    pub code: u16,
    /// For a branch: how many instructions to leave out when the condition holds.
    pub jt: u8,
    /// For a branch: how many instructions to leave out when it does not.
    pub jf: u8,
    /// The constant: an offset, an operand, a cell, a distance or a verdict.
    pub k: u32,
}

impl Instruction {
    /// An instruction from its four numbers.
    pub const fn new(code: u16, jt: u8, jf: u8, k: u32) -> Self {
        Instruction { code, jt, jf, k }
    }

    /// An instruction that does not branch (`BPF_STMT`).
    pub const fn statement(code: u16, k: u32) -> Self {
        Instruction { code, jt: 0, jf: 0, k }
    }

    /// A branch that compares A with `k` (`BPF_JUMP`).
    pub const fn branch(code: u16, k: u32, jt: u8, jf: u8) -> Self {
        Instruction { code, jt, jf, k }
    }

    /// `ld [k]`, `ldh [k]` or `ldb [k]` by `size` in octets; any size but 1 and 2 loads a word.
    pub const fn load(size: u8, k: u32) -> Self {
        Self::statement(
            match size {
                1 => code::LD_B_ABS,
                2 => code::LD_H_ABS,
                _ => code::LD_W_ABS,
            },
            k,
        )
    }

    /// `ld [x + k]`, `ldh [x + k]` or `ldb [x + k]` by `size` in octets; any size but 1 and 2 loads a word.
    pub const fn load_indexed(size: u8, k: u32) -> Self {
        Self::statement(
            match size {
                1 => code::LD_B_IND,
                2 => code::LD_H_IND,
                _ => code::LD_W_IND,
            },
            k,
        )
    }

    /// The load of an ancillary word, see [`ancillary`].
    pub const fn load_ancillary(word: u32) -> Self {
        Self::statement(code::LD_W_ABS, ancillary::AREA.wrapping_add(word))
    }

    /// `ret #k`: accept `k` octets, or reject with 0.
    pub const fn ret(k: u32) -> Self {
        Self::statement(code::RET_K, k)
    }

    /// `ja`: leaves out the next `k` instructions.
    pub const fn jump(k: u32) -> Self {
        Self::statement(code::JA, k)
    }

    /// Whether this is a conditional branch, the only kind of instruction whose `jt` and `jf` mean something.
    pub const fn is_branch(self) -> bool {
        self.code & code::CLASS == code::JMP && self.code != code::JA
    }

    /// Whether `k` has a meaning; libpcap's optimiser leaves anything in it where it has none.
    pub const fn has_constant(self) -> bool {
        match self.code {
            code::TAX | code::TXA | code::NEG | code::RET_A | code::LD_W_LEN | code::LDX_W_LEN => false,
            other => !matches!(other & code::CLASS, code::ALU | code::JMP) || other & code::X == 0,
        }
    }

    /// The same instruction with 0 in every field that has no meaning, so that equal programs compare equal.
    pub const fn plain(self) -> Self {
        let (jt, jf) = if self.is_branch() { (self.jt, self.jf) } else { (0, 0) };
        Instruction { code: self.code, jt, jf, k: if self.has_constant() { self.k } else { 0 } }
    }
}

/// The numbers of all instructions that the kernel takes (`linux/bpf_common.h`).
pub mod code {
    /// Mask of the class of an instruction.
    pub const CLASS: u16 = 0x07;
    /// Class: load A.
    pub const LD: u16 = 0x00;
    /// Class: load X.
    pub const LDX: u16 = 0x01;
    /// Class: arithmetic on A.
    pub const ALU: u16 = 0x04;
    /// Class: jumps.
    pub const JMP: u16 = 0x05;
    /// Bit of the operand of arithmetic and branches: X instead of the constant.
    pub const X: u16 = 0x08;

    /// `ld [k]`: A = word at offset k.
    pub const LD_W_ABS: u16 = 0x20;
    /// `ldh [k]`: A = half-word at offset k.
    pub const LD_H_ABS: u16 = 0x28;
    /// `ldb [k]`: A = octet at offset k.
    pub const LD_B_ABS: u16 = 0x30;
    /// `ld [x + k]`: A = word at offset X + k.
    pub const LD_W_IND: u16 = 0x40;
    /// `ldh [x + k]`: A = half-word at offset X + k.
    pub const LD_H_IND: u16 = 0x48;
    /// `ldb [x + k]`: A = octet at offset X + k.
    pub const LD_B_IND: u16 = 0x50;
    /// `ld #k`: A = k.
    pub const LD_IMM: u16 = 0x00;
    /// `ld M[k]`: A = scratch cell k.
    pub const LD_MEM: u16 = 0x60;
    /// `ld #pktlen`: A = length on the wire.
    pub const LD_W_LEN: u16 = 0x80;
    /// `ldx #k`: X = k.
    pub const LDX_IMM: u16 = 0x01;
    /// `ldx M[k]`: X = scratch cell k.
    pub const LDX_MEM: u16 = 0x61;
    /// `ldx #pktlen`: X = length on the wire.
    pub const LDX_W_LEN: u16 = 0x81;
    /// `ldxb 4*([k]&0xf)`: X = four times the low half of the octet at offset k, the length of an IPv4 header.
    pub const LDX_B_MSH: u16 = 0xb1;
    /// `st M[k]`: scratch cell k = A.
    pub const ST: u16 = 0x02;
    /// `stx M[k]`: scratch cell k = X.
    pub const STX: u16 = 0x03;

    /// `add #k`
    pub const ADD_K: u16 = 0x04;
    /// `add x`
    pub const ADD_X: u16 = 0x0c;
    /// `sub #k`
    pub const SUB_K: u16 = 0x14;
    /// `sub x`
    pub const SUB_X: u16 = 0x1c;
    /// `mul #k`
    pub const MUL_K: u16 = 0x24;
    /// `mul x`
    pub const MUL_X: u16 = 0x2c;
    /// `div #k`
    pub const DIV_K: u16 = 0x34;
    /// `div x`
    pub const DIV_X: u16 = 0x3c;
    /// `or #k`
    pub const OR_K: u16 = 0x44;
    /// `or x`
    pub const OR_X: u16 = 0x4c;
    /// `and #k`
    pub const AND_K: u16 = 0x54;
    /// `and x`
    pub const AND_X: u16 = 0x5c;
    /// `lsh #k`
    pub const LSH_K: u16 = 0x64;
    /// `lsh x`
    pub const LSH_X: u16 = 0x6c;
    /// `rsh #k`
    pub const RSH_K: u16 = 0x74;
    /// `rsh x`
    pub const RSH_X: u16 = 0x7c;
    /// `neg`: A = -A.
    pub const NEG: u16 = 0x84;
    /// `mod #k`; Linux 3.7 and later.
    pub const MOD_K: u16 = 0x94;
    /// `mod x`; Linux 3.7 and later.
    pub const MOD_X: u16 = 0x9c;
    /// `xor #k`; Linux 3.7 and later.
    pub const XOR_K: u16 = 0xa4;
    /// `xor x`; Linux 3.7 and later.
    pub const XOR_X: u16 = 0xac;

    /// `ja`: leaves out k instructions.
    pub const JA: u16 = 0x05;
    /// `jeq #k`
    pub const JEQ_K: u16 = 0x15;
    /// `jeq x`
    pub const JEQ_X: u16 = 0x1d;
    /// `jgt #k`, unsigned.
    pub const JGT_K: u16 = 0x25;
    /// `jgt x`
    pub const JGT_X: u16 = 0x2d;
    /// `jge #k`, unsigned.
    pub const JGE_K: u16 = 0x35;
    /// `jge x`
    pub const JGE_X: u16 = 0x3d;
    /// `jset #k`: A & k is not 0.
    pub const JSET_K: u16 = 0x45;
    /// `jset x`
    pub const JSET_X: u16 = 0x4d;

    /// `ret #k`
    pub const RET_K: u16 = 0x06;
    /// `ret`: verdict is A.
    pub const RET_A: u16 = 0x16;
    /// `tax`: X = A.
    pub const TAX: u16 = 0x07;
    /// `txa`: A = X.
    pub const TXA: u16 = 0x87;
}

/// Words that a packet socket gives beside the octets: loads with an absolute offset of [`AREA`](ancillary::AREA)
/// plus one of these (`SKF_AD_*` of `linux/filter.h`). Any load size gives the full value.
pub mod ancillary {
    /// Where the ancillary words begin (`SKF_AD_OFF`).
    pub const AREA: u32 = 0xffff_f000;
    /// Loads from here on, below [`AREA`], read from the network header (`SKF_NET_OFF`).
    pub const NETWORK: u32 = 0xfff0_0000;
    /// Loads from here on, below [`NETWORK`], read from the link header (`SKF_LL_OFF`).
    pub const LINK: u32 = 0xffe0_0000;

    /// EtherType as the kernel sees it, after a tag moved out.
    pub const PROTOCOL: u32 = 0;
    /// To whom: 0 this host, 1 broadcast, 2 multicast, 3 other host, 4 outgoing.
    pub const PKTTYPE: u32 = 4;
    /// Interface index.
    pub const IFINDEX: u32 = 8;
    /// Offset of the netlink attribute of type X at or after offset A; 0 when there is none.
    pub const NLATTR: u32 = 12;
    /// The same inside the attribute at offset A.
    pub const NLATTR_NEST: u32 = 16;
    /// Firewall mark.
    pub const MARK: u32 = 20;
    /// Receive queue.
    pub const QUEUE: u32 = 24;
    /// Hardware type of the interface (`ARPHRD_*`).
    pub const HATYPE: u32 = 28;
    /// Receive hash.
    pub const RXHASH: u32 = 32;
    /// CPU that runs the filter.
    pub const CPU: u32 = 36;
    /// A ^ X instead of a load.
    pub const ALU_XOR_X: u32 = 40;
    /// Control word of the VLAN tag that was moved out.
    pub const VLAN_TAG: u32 = 44;
    /// 1 when a VLAN tag was moved out, else 0.
    pub const VLAN_TAG_PRESENT: u32 = 48;
    /// Offset of the transport payload, as the kernel's flow dissector finds it.
    pub const PAY_OFFSET: u32 = 52;
    /// A random number.
    pub const RANDOM: u32 = 56;
    /// Protocol identifier of the VLAN tag that was moved out.
    pub const VLAN_TPID: u32 = 60;

    /// Names of all ancillary words, as tcpdump's `-d` text has them, by `offset / 4`.
    pub const NAMES: [&str; 16] = [
        "proto",
        "type",
        "ifidx",
        "nla",
        "nlan",
        "mark",
        "queue",
        "hatype",
        "rxhash",
        "cpu",
        "xor_x",
        "vlan_tci",
        "vlanp",
        "poff",
        "random",
        "vlan_tpid",
    ];

    /// The ancillary word that an absolute load at `k` asks for; `None` when it is an ordinary offset, unaligned or
    /// past the last word.
    pub const fn word(k: u32) -> Option<u32> {
        let offset = k.wrapping_sub(AREA);
        if k >= AREA && offset <= VLAN_TPID && offset.is_multiple_of(4) { Some(offset) } else { None }
    }
}

/// The longest program that the kernel takes (`BPF_MAXINSNS`).
pub const MAX_INSTRUCTIONS: usize = 4096;
/// Scratch cells (`BPF_MEMWORDS`).
pub const CELLS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_without_meaning_are_cleared_and_others_kept() {
        assert_eq!(Instruction::new(code::TAX, 1, 2, 5).plain(), Instruction::statement(code::TAX, 0));
        assert_eq!(Instruction::new(code::ADD_X, 0, 0, 5).plain(), Instruction::statement(code::ADD_X, 0));
        let branch = Instruction::branch(code::JEQ_K, 7, 1, 2);
        assert_eq!(branch.plain(), branch);
        assert_eq!(
            Instruction::branch(code::JEQ_X, 7, 1, 2).plain(),
            Instruction::branch(code::JEQ_X, 0, 1, 2)
        );
        let load = Instruction::load(2, 12);
        assert_eq!(load.plain(), load);
    }

    #[test]
    fn only_aligned_offsets_of_the_area_are_ancillary_words() {
        assert_eq!(ancillary::word(0xffff_f02c), Some(ancillary::VLAN_TAG));
        assert_eq!(ancillary::word(0xffff_f03c), Some(ancillary::VLAN_TPID));
        assert_eq!(ancillary::word(0xffff_f040), None);
        assert_eq!(ancillary::word(0xffff_f02d), None);
        assert_eq!(ancillary::word(12), None);
    }
}
