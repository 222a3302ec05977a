//! Why a filter accepts or rejects a packet: which of its tests decided, and the values that they read.
//!
//! The verdict is the program's. To find the test that decided, every test of the expression is also compiled alone,
//! behind the offsets that the tests before it have moved, and asked; the values that it read are named by the
//! packet's headers. Meant for people and a few thousand packets, not for speed.

use super::ast::{NodeId, NodeKind, Tree};
use super::error::Error;
use super::insn::{Instruction, ancillary, code};
use super::landmarks::{Landmark, landmarks};
use super::vm::{self, End, Outcome, Packet};
use super::wording::{canonical, chain};
use super::{Options, Program, compile_tree, parse};
use nettool_dissect::frame::LinkType;
use std::fmt;

/// Tests that are listed where several decided together.
const MOST: usize = 6;

/// A filter with each of its tests at hand.
pub struct Tracer {
    tree: Tree,
    link: LinkType,
    program: Program,
    tests: Vec<Test>,
}

/// A test compiled alone.
struct Test {
    node: NodeId,
    text: String,
    program: Vec<Instruction>,
}

/// Why a packet was accepted or rejected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// What the program says.
    pub outcome: Outcome,
    /// The tests that decided.
    pub reasons: Vec<Reason>,
    /// Tests that decided as well, but are not listed.
    pub more: usize,
}

/// A test that decided.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reason {
    /// The test, with all its qualifiers.
    pub test: String,
    /// Whether it holds; `None` when the packet ends before what it reads.
    pub holds: Option<bool>,
    /// Names and values of what it read, in that order.
    pub values: Vec<(String, String)>,
}

impl Tracer {
    /// Compiles an expression and each of its tests.
    pub fn new(expression: &str, options: &Options<'_>) -> Result<Tracer, Error> {
        let tree = parse::parse(expression)?;
        let program = compile_tree(tree.clone(), expression.len(), options)?;
        let mut tests = Vec::new();
        for (node, _) in tree.nodes.iter().enumerate().filter(|(_, node)| is_test(&node.kind)) {
            let alone = Tree { root: Some(node), ..tree.clone() };
            let program = compile_tree(alone, expression.len(), options)?.instructions;
            tests.push(Test { node, text: canonical(&tree, node), program });
        }
        Ok(Tracer { tree, link: options.link_type, program, tests })
    }

    /// Judges a packet and finds what decided.
    pub fn packet(&self, packet: &Packet<'_>) -> Finding {
        let outcome = vm::run(&self.program.instructions, packet);
        let mut values: Vec<Option<bool>> = vec![None; self.tree.nodes.len()];
        for test in &self.tests {
            let own = vm::run(&test.program, packet);
            if let Some(value) = values.get_mut(test.node) {
                *value = (own.end != End::OutOfRange).then_some(own.accepted());
            }
        }
        let deciding = if outcome.end == End::OutOfRange {
            self.tests
                .iter()
                .map(|test| test.node)
                .filter(|node| values.get(*node) == Some(&None))
                .take(1)
                .collect()
        } else {
            self.join(&mut values);
            self.deciding(&values)
        };
        let marks = landmarks(self.link, packet.data);
        let shown = deciding.iter().take(MOST);
        let reasons = shown.filter_map(|node| self.reason(*node, packet, &marks)).collect();
        Finding { outcome, reasons, more: deciding.len().saturating_sub(MOST) }
    }

    /// Values of joined tests from those of their parts, which stand before them.
    fn join(&self, values: &mut [Option<bool>]) {
        for (id, node) in self.tree.nodes.iter().enumerate() {
            let of = |id: NodeId| values.get(id).copied().flatten().unwrap_or(false);
            let joined = match node.kind {
                NodeKind::And(left, right) => of(left) && of(right),
                NodeKind::Or(left, right) => of(left) || of(right),
                NodeKind::Not(inner) => !of(inner),
                _ => continue,
            };
            if let Some(value) = values.get_mut(id) {
                *value = Some(joined);
            }
        }
    }

    /// The tests without which the verdict would not be what it is, found from the root down.
    fn deciding(&self, values: &[Option<bool>]) -> Vec<NodeId> {
        let of = |id: NodeId| values.get(id).copied().flatten().unwrap_or(false);
        let mut open: Vec<NodeId> = self.tree.root.into_iter().collect();
        let mut found = Vec::new();
        while let Some(id) = open.pop() {
            let any = match self.tree.nodes.get(id).map(|node| &node.kind) {
                Some(NodeKind::And(..)) => !of(id),
                Some(NodeKind::Or(..)) => of(id),
                Some(NodeKind::Not(inner)) => {
                    open.push(*inner);
                    continue;
                }
                _ => {
                    found.push(id);
                    continue;
                }
            };
            let parts = chain(&self.tree, id);
            if any {
                open.extend(parts.into_iter().find(|part| of(*part) == of(id)));
            } else {
                open.extend(parts.into_iter().rev());
            }
        }
        found
    }

    fn reason(&self, node: NodeId, packet: &Packet<'_>, marks: &[Landmark]) -> Option<Reason> {
        let at = self.tests.binary_search_by_key(&node, |test| test.node).ok()?;
        let test = self.tests.get(at)?;
        let (outcome, values) = values_read(&test.program, packet, marks);
        let holds = (outcome.end != End::OutOfRange).then_some(outcome.accepted());
        Some(Reason { test: test.text.clone(), holds, values })
    }
}

fn is_test(kind: &NodeKind) -> bool {
    !matches!(kind, NodeKind::And(..) | NodeKind::Or(..) | NodeKind::Not(_))
}

/// Runs a program and names what it loads from the packet.
pub fn values_read(
    program: &[Instruction],
    packet: &Packet<'_>,
    marks: &[Landmark],
) -> (Outcome, Vec<(String, String)>) {
    let mut loads: Vec<(u32, usize)> = Vec::new();
    let mut words: Vec<(u32, u32)> = Vec::new();
    let mut pending: Option<u32> = None;
    let mut length = false;
    let outcome = vm::run_watched(program, packet, |at, registers| {
        if let Some(word) = pending.take() {
            words.push((word, registers.a));
        }
        let Some(Instruction { code: number, k, .. }) = program.get(at).copied() else { return };
        match number {
            code::LD_W_ABS | code::LD_H_ABS | code::LD_B_ABS if ancillary::word(k).is_some() => {
                pending = ancillary::word(k);
            }
            code::LD_W_ABS => loads.push((k, 4)),
            code::LD_H_ABS => loads.push((k, 2)),
            code::LD_B_ABS => loads.push((k, 1)),
            code::LD_W_IND => loads.push((k.wrapping_add(registers.x), 4)),
            code::LD_H_IND => loads.push((k.wrapping_add(registers.x), 2)),
            code::LD_B_IND => loads.push((k.wrapping_add(registers.x), 1)),
            code::LD_W_LEN | code::LDX_W_LEN => length = true,
            _ => {}
        }
    });
    let mut values: Vec<(String, String)> = Vec::new();
    let mut add = |value: (String, String)| {
        if !values.contains(&value) {
            values.push(value);
        }
    };
    for (word, value) in words {
        let name =
            usize::try_from(word / 4).ok().and_then(|at| ancillary::NAMES.get(at)).copied().unwrap_or("word");
        add((name.to_owned(), value.to_string()));
    }
    if length {
        add(("length".to_owned(), packet.wire_len.to_string()));
    }
    for (at, size) in loads {
        add(named(at as usize, size, packet.data, marks));
    }
    (outcome, values)
}

/// The field that a load reads, or its offsets.
fn named(at: usize, size: usize, data: &[u8], marks: &[Landmark]) -> (String, String) {
    let end = at.saturating_add(size);
    let holds = |mark: &&Landmark| mark.at <= at && end <= mark.at.saturating_add(mark.size);
    if let Some((mark, value)) = marks.iter().find(holds).and_then(|mark| Some((mark, mark.value(data)?))) {
        return (mark.name.to_owned(), value);
    }
    let place =
        if size == 1 { format!("octet {at}") } else { format!("octets {at}-{}", end.saturating_sub(1)) };
    let value = match data.get(at..end) {
        Some(octets) => {
            let number = octets.iter().fold(0u64, |sum, octet| sum.wrapping_shl(8) | u64::from(*octet));
            format!("{number:#x}")
        }
        None => format!("past the end at {}", data.len()),
    };
    (place, value)
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.outcome.accepted() { "accepted" } else { "rejected" };
        write!(f, "{verdict}")?;
        match self.outcome.end {
            End::Returned => {}
            End::OutOfRange => write!(f, ", the packet is too short")?,
            End::DivisionByZero => write!(f, ", division by 0")?,
            End::NoInstruction | End::Endless => write!(f, ", the program does not end well")?,
        }
        write!(f, " after {} steps", self.outcome.steps)?;
        for reason in &self.reasons {
            let holds = match reason.holds {
                Some(true) => "yes",
                Some(false) => "no",
                None => "cut off",
            };
            write!(f, "; {} `{}`", holds, reason.test)?;
            for (i, (name, value)) in reason.values.iter().enumerate() {
                write!(f, "{}{name} {value}", if i == 0 { ": " } else { ", " })?;
            }
        }
        if self.more > 0 {
            write!(f, "; and {} more", self.more)?;
        }
        Ok(())
    }
}
