//! The packet filter: libpcap's language, compiled to classic BPF, judged by the kernel's rules, run, printed and
//! explained.
//!
//! The way of an expression: `lex` and `parse` make the tree of `ast`, `lower` turns it into conditions (`logic`) on
//! numbers (`number`) by the rules of the link type. Then `diagram`, `graph`, `tree` and `emit` make the program, or
//! `literal` word for word; `sequence` is a second way to blocks, in the order of the text, which `rows` and `ways` improve.
//! `check` judges every program by the kernel's rules. `compile` is the front door.

pub mod assembler;
pub mod ast;
pub mod batch;
mod bitmap;
pub mod check;
mod code;
mod column;
pub mod compile;
mod constant;
mod diagram;
mod dominance;
pub mod ebpf;
mod emit;
pub mod error;
pub mod explain;
pub mod field;
mod graph;
mod hash;
pub mod insn;
pub mod landmarks;
mod lanes;
mod layout;
mod least;
mod lex;
mod literal;
mod logic;
mod lower;
pub mod names;
mod number;
pub mod parse;
mod passes;
pub mod prepared;
pub mod random;
mod ranges;
mod rows;
mod sequence;
pub mod text;
pub mod trace;
pub mod traps;
mod tree;
pub mod vm;
mod ways;
mod window;
pub mod wording;

pub use compile::{Goal, Options, Program, compile, compile_tree};
pub use error::{Error, Span};
