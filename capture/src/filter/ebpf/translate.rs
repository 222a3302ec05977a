//! Classic instructions to extended ones.
//!
//! Registers: A is 0, X is 7, scratch cells lie on the stack. Comparisons and arithmetic are those of 32 bits. In XDP
//! programs octets are read at the packet's start (or at the start plus X) after a comparison with the packet's end. One
//! comparison covers all that every way from there reads before it accepts, and is not made again where all ways to a
//! load have made it.

use super::super::check::{self, CheckError};
use super::super::insn::{CELLS, Instruction, ancillary, code as classic};
use super::bounds::Bounds;
use super::insn::{Insn, code, helper, register as r, size_bits};
use super::{Answers, Target, XDP_PASS};
use thiserror::Error;

/// Why a classic program has no counterpart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum Error {
    /// It breaks the kernel's rules for classic programs.
    #[error(transparent)]
    Refused(#[from] CheckError),
    /// It asks for a word beside the packet that this kind of program is not told.
    #[error("instruction {at}: `{word}` is not told to a program of this kind")]
    Word {
        /// Place of the instruction.
        at: usize,
        /// The word's name.
        word: &'static str,
    },
    /// It reads from the network header, of which XDP does not know where it starts.
    #[error("instruction {at}: XDP does not know where the network header starts")]
    NetworkHeader {
        /// Place of the instruction.
        at: usize,
    },
    /// A jump that is longer than 32767 instructions.
    #[error("the program is too long: a jump passes over more than 32767 instructions")]
    TooFar,
}

/// The most that the verifier lets a program add to a packet's start.
const MOST_OFFSET: u32 = 0xffff;
/// Constants behind `start + X` up to here share one pointer; what lies further is reached by a sum of its own.
const NEAR: u32 = 0x1000;

const A: u8 = 1;
const X: u8 = 2;

/// On every way that accepts, at least so many octets are read from the start, and behind X; `ANY` when all reject.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Ahead {
    start: u32,
    index: u32,
}

const ANY: u32 = u32::MAX;

/// What is known when an instruction is reached: octets that the packet has from its start, and behind X.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Known {
    start: u32,
    /// `None`: the pointer to start + X has to be made.
    index: Option<u32>,
    bounds: Bounds,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Label {
    At(usize),
    Reject,
    Accept,
}

struct Translator<'p> {
    classic: &'p [Instruction],
    target: Target,
    answers: Answers,
    /// Registers that are read behind each instruction before they are written.
    live: Vec<u8>,
    ahead: Vec<Ahead>,
    known: Vec<Option<Known>>,
    starts: Vec<usize>,
    out: Vec<Insn>,
    jumps: Vec<(usize, Label)>,
    /// Where the program says no for the last time.
    last_no: usize,
    context_used: bool,
    packet_used: bool,
}

/// Turns a classic program into an extended one.
///
/// # Errors
/// The program breaks the kernel's rules, or asks for what `target` does not have.
pub fn translate(program: &[Instruction], target: Target, answers: Answers) -> Result<Vec<Insn>, Error> {
    check::check(program)?;
    let mut translator = Translator {
        classic: program,
        target,
        answers,
        live: vec![0; program.len() + 1],
        ahead: vec![Ahead { start: ANY, index: ANY }; program.len() + 1],
        known: vec![None; program.len() + 1],
        starts: vec![0; program.len() + 1],
        out: Vec::new(),
        jumps: Vec::new(),
        last_no: 0,
        context_used: false,
        packet_used: false,
    };
    translator.look_ahead();
    translator.body()?;
    translator.finish()
}

/// Octets of a load from the packet.
fn load_size(number: u16) -> u32 {
    match number {
        classic::LD_W_ABS | classic::LD_W_IND => 4,
        classic::LD_H_ABS | classic::LD_H_IND => 2,
        _ => 1,
    }
}

/// Where an instruction goes on: the next, or two places.
fn ways(at: usize, i: Instruction) -> (Option<usize>, Option<usize>) {
    let next = at + 1;
    match i.code {
        classic::RET_K | classic::RET_A => (None, None),
        classic::JA => (Some(next + i.k as usize), None),
        _ if i.is_branch() => (Some(next + usize::from(i.jt)), Some(next + usize::from(i.jf))),
        _ => (Some(next), None),
    }
}

/// Registers that an instruction reads, and writes.
fn use_of(i: Instruction) -> (u8, u8) {
    match i.code {
        classic::LD_W_ABS if ancillary::word(i.k) == Some(ancillary::ALU_XOR_X) => (A | X, A),
        classic::LD_W_ABS | classic::LD_H_ABS | classic::LD_B_ABS => (0, A),
        classic::LD_IMM | classic::LD_MEM | classic::LD_W_LEN => (0, A),
        classic::LD_W_IND | classic::LD_H_IND | classic::LD_B_IND => (X, A),
        classic::LDX_IMM | classic::LDX_MEM | classic::LDX_W_LEN | classic::LDX_B_MSH => (0, X),
        classic::ST | classic::RET_A => (A, 0),
        classic::STX => (X, 0),
        classic::TAX => (A, X),
        classic::TXA => (X, A),
        classic::JA | classic::RET_K => (0, 0),
        _ => {
            let read = if i.code & classic::X == 0 || i.code == classic::NEG { A } else { A | X };
            (read, if i.is_branch() { 0 } else { A })
        }
    }
}

impl Translator<'_> {
    fn xdp(&self) -> bool {
        self.target == Target::Xdp
    }

    /// A load from the packet at a constant, in XDP: where, and how many octets.
    fn constant_load(&self, i: Instruction) -> Option<(u32, u32)> {
        let size = match i.code {
            classic::LD_W_ABS | classic::LD_H_ABS | classic::LD_B_ABS => load_size(i.code),
            classic::LDX_B_MSH => 1,
            _ => return None,
        };
        match i.k {
            ancillary::AREA.. if i.code != classic::LDX_B_MSH => None,
            ancillary::LINK..ancillary::NETWORK => Some((i.k - ancillary::LINK, size)),
            _ => Some((i.k, size)),
        }
    }

    /// A load from the packet at X and a constant, in XDP.
    fn indexed_load(i: Instruction) -> Option<(u32, u32)> {
        let indexed = matches!(i.code, classic::LD_W_IND | classic::LD_H_IND | classic::LD_B_IND);
        indexed.then(|| (i.k, load_size(i.code)))
    }

    /// Whether no packet is long enough for a load.
    fn beyond(&self, i: Instruction) -> bool {
        let near_nothing = |(at, size): (u32, u32)| at > MOST_OFFSET - size;
        self.xdp() && i.k < ancillary::NETWORK && self.constant_load(i).is_some_and(near_nothing)
    }

    fn look_ahead(&mut self) {
        for (at, i) in self.classic.iter().copied().enumerate().rev() {
            let (one, other) = ways(at, i);
            let (mut live, mut ahead) = (0, Ahead { start: ANY, index: ANY });
            for way in [one, other].into_iter().flatten() {
                live |= self.live_before(way);
                let next = self.ahead.get(way).copied().unwrap_or(ahead);
                ahead = Ahead { start: ahead.start.min(next.start), index: ahead.index.min(next.index) };
            }
            let accepts = match i.code {
                classic::RET_K => i.k != 0,
                classic::RET_A => true,
                _ => false,
            };
            let (_, writes) = use_of(i);
            if accepts {
                ahead = Ahead { start: 0, index: 0 };
            }
            if writes & X != 0 && ahead.index != ANY {
                ahead.index = 0;
            }
            let reach = |octets: &mut u32, load: Option<(u32, u32)>, most: u32| {
                if let Some((at, size)) = load
                    && *octets != ANY
                    && at <= most - size
                {
                    *octets = (at + size).max(*octets);
                }
            };
            reach(&mut ahead.start, self.constant_load(i), MOST_OFFSET);
            reach(&mut ahead.index, Self::indexed_load(i), NEAR);
            self.live[at] = live;
            self.ahead[at] = ahead;
        }
    }

    fn live_before(&self, at: usize) -> u8 {
        let Some(i) = self.classic.get(at) else { return 0 };
        let (reads, writes) = use_of(*i);
        self.live[at] & !writes | reads
    }

    fn body(&mut self) -> Result<(), Error> {
        self.known[0] = Some(Known::default());
        for at in 0..self.classic.len() {
            self.starts[at] = self.out.len();
            let Some(mut known) = self.known[at] else { continue };
            let i = self.classic[at];
            if self.beyond(i) {
                self.jump(Label::Reject);
                continue;
            }
            self.instruction(at, i, &mut known)?;
            known.bounds.follow(i);
            if use_of(i).1 & X != 0 || calls(self.out.get(self.starts[at]..)) {
                known.index = None;
            }
            let (one, other) = ways(at, i);
            for way in [one, other].into_iter().flatten() {
                let arriving = &mut self.known[way];
                *arriving = Some(match *arriving {
                    None => known,
                    Some(before) => Known {
                        start: before.start.min(known.start),
                        index: before.index.zip(known.index).map(|(a, b)| a.min(b)),
                        bounds: before.bounds.join(&known.bounds),
                    },
                });
            }
        }
        Ok(())
    }

    fn push(&mut self, insn: Insn) {
        self.out.push(insn);
    }

    fn jump(&mut self, label: Label) {
        self.conditional(Insn::new(code::JMP | code::JA, 0, 0, 0, 0), label);
    }

    fn conditional(&mut self, insn: Insn, label: Label) {
        self.jumps.push((self.out.len(), label));
        self.out.push(insn);
    }

    fn instruction(&mut self, at: usize, i: Instruction, known: &mut Known) -> Result<(), Error> {
        let k = i.k.cast_signed();
        let mov = |dst, src| Insn::new(code::ALU | code::MOV | code::REGISTER, dst, src, 0, 0);
        match i.code {
            classic::LD_W_ABS | classic::LD_H_ABS | classic::LD_B_ABS => match ancillary::word(i.k) {
                Some(word) => self.word(at, word)?,
                None if i.k >= ancillary::NETWORK && self.xdp() => return Err(Error::NetworkHeader { at }),
                None => self.load(r::A, i, at, known),
            },
            classic::LD_W_IND | classic::LD_H_IND | classic::LD_B_IND => self.load_indexed(i, at, known),
            classic::LDX_B_MSH if i.k >= ancillary::NETWORK && self.xdp() => {
                return Err(Error::NetworkHeader { at });
            }
            classic::LDX_B_MSH => self.header_length(i, at, known),
            classic::LD_IMM => self.push(Insn::alu(code::MOV, r::A, k)),
            classic::LDX_IMM => self.push(Insn::alu(code::MOV, r::X, k)),
            classic::LD_W_LEN => self.length(r::A),
            classic::LDX_W_LEN => self.length(r::X),
            classic::LD_MEM => self.push(Insn::load(4, r::A, r::STACK, cell(i.k))),
            classic::LDX_MEM => self.push(Insn::load(4, r::X, r::STACK, cell(i.k))),
            classic::ST => self.push(store(r::A, i.k)),
            classic::STX => self.push(store(r::X, i.k)),
            classic::TAX => self.push(mov(r::X, r::A)),
            classic::TXA => self.push(mov(r::A, r::X)),
            classic::RET_K => self.answer(i.k),
            classic::RET_A => self.answer_of_a(),
            classic::NEG => self.push(Insn::alu(code::NEG, r::A, 0)),
            classic::JA if i.k == 0 => {}
            classic::JA => self.jump(Label::At(at + 1 + i.k as usize)),
            _ if i.is_branch() => self.branch(at, i),
            _ => self.arithmetic(i),
        }
        Ok(())
    }

    fn arithmetic(&mut self, i: Instruction) {
        // The operations have the same numbers in both machines.
        let operation = (i.code & 0xf0) as u8;
        if i.code & classic::X == 0 {
            self.push(Insn::alu(operation, r::A, i.k.cast_signed()));
            return;
        }
        if matches!(i.code, classic::DIV_X | classic::MOD_X) {
            // Division by 0 rejects; the extended machine would go on.
            self.conditional(Insn::new(code::JMP32 | code::JEQ, r::X, 0, 0, 0), Label::Reject);
        }
        self.push(Insn::new(code::ALU | code::REGISTER | operation, r::A, r::X, 0, 0));
    }

    fn branch(&mut self, at: usize, i: Instruction) {
        let next = at + 1;
        let (yes, no) = (next + usize::from(i.jt), next + usize::from(i.jf));
        if yes == no {
            if yes != next {
                self.jump(Label::At(yes));
            }
            return;
        }
        let (holds, fails) = match i.code & 0xf0 {
            0x10 => (code::JEQ, Some(code::JNE)),
            0x20 => (code::JGT, Some(code::JLE)),
            0x30 => (code::JGE, Some(code::JLT)),
            _ => (code::JSET, None),
        };
        let compare = |operation: u8| match i.code & classic::X {
            0 => Insn::new(code::JMP32 | operation, r::A, 0, 0, i.k.cast_signed()),
            _ => Insn::new(code::JMP32 | code::REGISTER | operation, r::A, r::X, 0, 0),
        };
        match fails {
            Some(fails) if yes == next => self.conditional(compare(fails), Label::At(no)),
            _ => {
                self.conditional(compare(holds), Label::At(yes));
                if no != next {
                    self.jump(Label::At(no));
                }
            }
        }
    }

    // ---- the packet ---------------------------------------------------------------------------------------------------

    /// A load at a constant.
    fn load(&mut self, dst: u8, i: Instruction, at: usize, known: &mut Known) {
        let Some((from, size)) = self.constant_load(i).filter(|_| self.xdp()) else {
            self.context_used = true;
            self.push(Insn::new(
                code::LD | code::ABS | size_bits(load_size(i.code)),
                0,
                0,
                0,
                i.k.cast_signed(),
            ));
            return;
        };
        if from + size > known.start {
            let later = self.ahead.get(at + 1).map_or(ANY, |ahead| ahead.start);
            known.start = if later == ANY { from + size } else { later.max(from + size) };
            self.guard(r::DATA, known.start);
        }
        self.read(dst, r::DATA, from, size);
    }

    /// A load at X and a constant.
    fn load_indexed(&mut self, i: Instruction, at: usize, known: &mut Known) {
        let size = load_size(i.code);
        if !self.xdp() {
            self.context_used = true;
            let number = code::LD | code::IND | size_bits(size);
            self.push(Insn::new(number, 0, r::X, 0, i.k.cast_signed()));
            return;
        }
        self.packet_used = true;
        let most = MOST_OFFSET - NEAR;
        if i.k > NEAR - size || known.bounds.x > most {
            return self.load_far(i.k, size);
        }
        let have = known.index.unwrap_or_else(|| {
            // Never, as was found here; the verifier does not follow every way by which it was found.
            let beyond = Insn::new(code::JMP | code::JGT, r::X, 0, 0, most.cast_signed());
            self.conditional(beyond, Label::Reject);
            self.push(Insn::copy(r::POINTER, r::DATA));
            self.push(Insn::new(code::ALU64 | code::ADD | code::REGISTER, r::POINTER, r::X, 0, 0));
            0
        });
        let need = i.k + size;
        known.index = Some(have);
        if need > have {
            let later = self.ahead.get(at + 1).map_or(ANY, |ahead| ahead.index);
            let octets = if later == ANY { need } else { later.max(need) };
            known.index = Some(octets);
            self.guard(r::POINTER, octets);
        }
        self.read(r::A, r::POINTER, i.k, size);
    }

    /// A load whose sum may wrap, or lies far behind X.
    fn load_far(&mut self, k: u32, size: u32) {
        let most = (MOST_OFFSET - size).cast_signed();
        self.push(Insn::new(code::ALU | code::MOV | code::REGISTER, r::FIRST, r::X, 0, 0));
        self.push(Insn::alu(code::ADD, r::FIRST, k.cast_signed()));
        self.conditional(Insn::new(code::JMP | code::JGT, r::FIRST, 0, 0, most), Label::Reject);
        self.push(Insn::copy(r::THIRD, r::DATA));
        self.push(Insn::new(code::ALU64 | code::ADD | code::REGISTER, r::THIRD, r::FIRST, 0, 0));
        self.guard(r::THIRD, size);
        self.read(r::A, r::THIRD, 0, size);
    }

    /// Rejects packets that end before `octets` behind a pointer.
    fn guard(&mut self, pointer: u8, octets: u32) {
        self.push(Insn::copy(r::SECOND, pointer));
        self.push(Insn::new(code::ALU64 | code::ADD, r::SECOND, 0, 0, octets.cast_signed()));
        let beyond = Insn::new(code::JMP | code::JGT | code::REGISTER, r::SECOND, r::END, 0, 0);
        self.conditional(beyond, Label::Reject);
    }

    /// Reads octets that a guard has made sure of, in network order.
    fn read(&mut self, dst: u8, pointer: u8, from: u32, size: u32) {
        self.packet_used = true;
        match i16::try_from(from) {
            Ok(offset) => self.push(Insn::load(size, dst, pointer, offset)),
            Err(_) => {
                self.push(Insn::copy(r::SECOND, pointer));
                self.push(Insn::new(code::ALU64 | code::ADD, r::SECOND, 0, 0, from.cast_signed()));
                self.push(Insn::load(size, dst, r::SECOND, 0));
            }
        }
        if size > 1 {
            self.push(Insn::new(code::BIG_ENDIAN, dst, 0, 0, if size == 2 { 16 } else { 32 }));
        }
    }

    /// `ldxb 4*([k]&0xf)`
    fn header_length(&mut self, i: Instruction, at: usize, known: &mut Known) {
        let length = |register| [Insn::alu(code::AND, register, 15), Insn::alu(code::LSH, register, 2)];
        if self.xdp() {
            self.load(r::X, i, at, known);
            self.out.extend(length(r::X));
            return;
        }
        // The old load writes register 0.
        let kept = self.live[at] & A != 0;
        if kept {
            self.push(Insn::copy(r::DATA, r::A));
        }
        self.load(r::A, i, at, known);
        self.out.extend(length(r::A));
        self.push(Insn::copy(r::X, r::A));
        if kept {
            self.push(Insn::copy(r::A, r::DATA));
        }
    }

    fn length(&mut self, dst: u8) {
        if self.xdp() {
            self.packet_used = true;
            self.push(Insn::copy(dst, r::END));
            self.push(Insn::new(code::ALU64 | code::SUB | code::REGISTER, dst, r::DATA, 0, 0));
        } else {
            self.context(dst, 0);
        }
    }

    /// A word of the context.
    fn context(&mut self, dst: u8, offset: i16) {
        self.context_used = true;
        self.push(Insn::load(4, dst, r::CONTEXT, offset));
    }

    /// A word beside the packet, from `struct __sk_buff` or `struct xdp_md`.
    fn word(&mut self, at: usize, word: u32) -> Result<(), Error> {
        let call = |function| Insn::new(code::CALL, 0, 0, 0, function);
        match (word, self.xdp()) {
            (ancillary::ALU_XOR_X, _) => {
                self.push(Insn::new(code::ALU | code::XOR | code::REGISTER, r::A, r::X, 0, 0));
            }
            (ancillary::CPU | ancillary::RANDOM, _) => {
                let function = if word == ancillary::CPU { helper::PROCESSOR } else { helper::RANDOM };
                self.push(call(function));
                self.push(Insn::new(code::ALU | code::MOV | code::REGISTER, r::A, r::A, 0, 0));
            }
            (ancillary::IFINDEX, true) => self.context(r::A, 12),
            (ancillary::QUEUE, true) => self.context(r::A, 16),
            (ancillary::PKTTYPE, false) => self.context(r::A, 4),
            (ancillary::MARK, false) => self.context(r::A, 8),
            (ancillary::QUEUE, false) => self.context(r::A, 12),
            (ancillary::VLAN_TAG_PRESENT, false) => self.context(r::A, 20),
            (ancillary::VLAN_TAG, false) => self.context(r::A, 24),
            (ancillary::RXHASH, false) => self.context(r::A, 68),
            (ancillary::IFINDEX, false) => {
                self.context(r::A, 40);
                // Without an interface the classic load ends the program.
                self.conditional(Insn::new(code::JMP32 | code::JEQ, r::A, 0, 0, 0), Label::Reject);
            }
            (ancillary::PROTOCOL | ancillary::VLAN_TPID, false) => {
                self.context(r::A, if word == ancillary::PROTOCOL { 16 } else { 28 });
                self.push(Insn::new(code::BIG_ENDIAN, r::A, 0, 0, 16));
            }
            _ => {
                let name = ancillary::NAMES.get(word as usize / 4).copied().unwrap_or("?");
                return Err(Error::Word { at, word: name });
            }
        }
        Ok(())
    }

    // ---- the ends -----------------------------------------------------------------------------------------------------

    fn rejection(&self) -> i32 {
        match self.answers {
            Answers::Octets => 0,
            Answers::Numbers { other, .. } => other,
            Answers::Redirect { .. } => XDP_PASS,
        }
    }

    fn end_with(&mut self, number: i32) {
        self.push(Insn::alu(code::MOV, r::A, number));
        self.push(Insn::exit());
    }

    fn answer(&mut self, verdict: u32) {
        match self.answers {
            _ if verdict == 0 => {
                self.last_no = self.out.len();
                self.end_with(self.rejection());
            }
            Answers::Octets => self.end_with(verdict.cast_signed()),
            Answers::Numbers { matching, .. } => self.end_with(matching),
            Answers::Redirect { .. } => self.jump(Label::Accept),
        }
    }

    fn answer_of_a(&mut self) {
        if self.answers == Answers::Octets {
            return self.push(Insn::exit());
        }
        self.conditional(Insn::new(code::JMP32 | code::JEQ, r::A, 0, 0, 0), Label::Reject);
        self.answer(1);
    }

    fn redirection(&mut self, map: i32) {
        /// `BPF_PSEUDO_MAP_FD`
        const MAP_OF_DESCRIPTOR: u8 = 1;
        self.context(r::SECOND, 16);
        self.push(Insn::new(code::LOAD_64, r::FIRST, MAP_OF_DESCRIPTOR, 0, map));
        self.push(Insn::new(0, 0, 0, 0, 0));
        self.push(Insn::alu(code::MOV, r::THIRD, XDP_PASS));
        self.push(Insn::new(code::CALL, 0, 0, 0, helper::REDIRECT_MAP));
        self.push(Insn::exit());
    }

    /// The common ends, the start, and the distances of all jumps.
    fn finish(mut self) -> Result<Vec<Insn>, Error> {
        let accept = self.out.len();
        if let Answers::Redirect { map } = self.answers
            && self.jumps.iter().any(|(_, to)| *to == Label::Accept)
        {
            self.redirection(map);
        }
        // What jumps from behind the last no needs another one.
        let mut reject = self.last_no;
        if self.jumps.iter().any(|(from, to)| *to == Label::Reject && *from >= reject) {
            reject = self.out.len();
            self.end_with(self.rejection());
        }
        for (from, label) in std::mem::take(&mut self.jumps) {
            let to = match label {
                Label::At(at) => self.starts.get(at).copied().unwrap_or(reject),
                Label::Accept => accept,
                Label::Reject => reject,
            };
            // Classic jumps go forward only.
            let distance =
                to.checked_sub(from + 1).and_then(|d| i16::try_from(d).ok()).ok_or(Error::TooFar)?;
            if let Some(insn) = self.out.get_mut(from) {
                insn.off = distance;
            }
        }
        let mut program = Vec::with_capacity(self.out.len() + 5);
        if self.context_used {
            program.push(Insn::copy(r::CONTEXT, r::FIRST));
        }
        if self.packet_used {
            program.push(Insn::load(4, r::DATA, r::FIRST, 0));
            program.push(Insn::load(4, r::END, r::FIRST, 4));
        }
        // Both registers are 0 at the start of a classic program.
        for (bit, register) in [(A, r::A), (X, r::X)] {
            if self.live_before(0) & bit != 0 {
                program.push(Insn::alu(code::MOV, register, 0));
            }
        }
        program.append(&mut self.out);
        Ok(program)
    }
}

/// Whether a helper function is called, which loses registers 1 to 5.
fn calls(part: Option<&[Insn]>) -> bool {
    part.is_some_and(|part| part.iter().any(|insn| insn.code == code::CALL))
}

/// Where a scratch cell lies below the stack's end.
fn cell(k: u32) -> i16 {
    let below = CELLS.saturating_sub(k as usize).saturating_mul(4);
    i16::try_from(below).map_or(0, |below| -below)
}

fn store(register: u8, k: u32) -> Insn {
    Insn::new(code::STX | code::MEM | code::WORD, r::STACK, register, cell(k), 0)
}
