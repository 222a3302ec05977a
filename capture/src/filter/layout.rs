//! Instructions placed from the last to the first.
//!
//! All branches of cBPF go forward, so with the targets already placed every distance is known when a branch is
//! placed, and a target that is further than the 255 instructions that a branch reaches gets a way station: a `ja`,
//! or, where the target is a `ret`, a copy of it. Way stations are shared by all branches that reach them.

use super::hash::Map;
use super::insn::{Instruction, code};

/// A placed instruction, counted from the end of the program.
pub(crate) type Label = usize;

/// How far a branch reaches, less the room for a way station of its other side.
const REACH: usize = 253;

/// A program under construction, last instruction first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    reversed: Vec<Instruction>,
    /// The way station placed last for a far target.
    stations: Map<Label, Label>,
    /// Where each branch stands that was placed: the same one again, with the same ways on, need not be placed twice,
    /// whatever was loaded before it.
    branches: Map<(u16, u32, Label, Label), Label>,
}

impl Layout {
    /// Places an instruction that goes on to what was placed before it.
    pub(crate) fn push(&mut self, instruction: Instruction) -> Label {
        self.reversed.push(instruction);
        self.reversed.len() - 1
    }

    /// Places straight-line code.
    pub(crate) fn push_all(&mut self, instructions: &[Instruction]) {
        self.reversed.extend(instructions.iter().rev());
    }

    /// The label of what was placed last.
    pub(crate) fn here(&self) -> Label {
        self.reversed.len().saturating_sub(1)
    }

    /// Makes sure that the next instruction can go on at `target`.
    pub(crate) fn go_on_at(&mut self, target: Label) {
        if self.reversed.is_empty() || target == self.here() {
            return;
        }
        self.station(target);
    }

    fn station(&mut self, target: Label) -> Label {
        let instruction = match self.reversed.get(target) {
            Some(ret) if ret.code == code::RET_K => *ret,
            _ => Instruction::jump((self.reversed.len() - target - 1) as u32),
        };
        let station = self.push(instruction);
        self.stations.insert(target, station);
        station
    }

    fn near(&mut self, target: Label) -> Label {
        if self.reversed.len() - target <= REACH {
            return target;
        }
        match self.stations.get(&target) {
            Some(station) if self.reversed.len() - station <= REACH => *station,
            _ => self.station(target),
        }
    }

    /// Places a conditional branch.
    pub(crate) fn branch(&mut self, code: u16, k: u32, yes: Label, no: Label) -> Label {
        let key = (code, k, yes, no);
        let yes = self.near(yes);
        let no = self.near(no);
        let at = self.reversed.len();
        let distance = |target: Label| u8::try_from(at - target - 1).unwrap_or(u8::MAX);
        let label = self.push(Instruction::branch(code, k, distance(yes), distance(no)));
        self.branches.insert(key, label);
        label
    }

    /// The same branch, where it was placed already and is near.
    pub(crate) fn placed(&self, code: u16, k: u32, yes: Label, no: Label) -> Option<Label> {
        let label = self.branches.get(&(code, k, yes, no)).copied()?;
        (self.reversed.len() - label <= REACH).then_some(label)
    }

    /// Lets the `ja` at `from` go back to `target`, which was placed after it.
    pub(crate) fn go_back(&mut self, from: Label, target: Label) {
        if let Some(jump) = self.reversed.get_mut(from) {
            jump.k = (from as u32).wrapping_sub(target as u32).wrapping_sub(1);
        }
    }

    /// The program, first instruction first.
    pub(crate) fn finish(mut self) -> Vec<Instruction> {
        self.reversed.reverse();
        self.reversed
    }
}

#[cfg(test)]
mod tests {
    use super::super::{check, vm};
    use super::*;

    #[test]
    fn far_targets_get_way_stations_and_keep_their_meaning() {
        let mut layout = Layout::default();
        let reject = layout.push(Instruction::ret(0));
        let accept = layout.push(Instruction::ret(7));
        let mut next = reject;
        for value in (0..1000u32).rev() {
            next = layout.branch(code::JEQ_K, value, accept, next);
        }
        layout.push(Instruction::load(2, 0));
        let program = layout.finish();
        assert!(program.len() < 1020, "{}", program.len());
        check::check(&program).expect("the kernel takes it");
        for value in [0u16, 1, 254, 255, 256, 999, 1000, 65535] {
            let octets = value.to_be_bytes();
            let outcome = vm::run(&program, &vm::Packet::whole(&octets));
            assert_eq!(outcome.accepted(), value < 1000, "{value}");
        }
    }
}
