//! The packet filter: libpcap's language, compiled to classic BPF, judged by the kernel's rules, run, printed and
//! explained.

pub mod assembler;
pub mod check;
pub mod insn;
pub mod landmarks;
pub mod names;
pub mod prepared;
pub mod random;
pub mod text;
pub mod vm;
