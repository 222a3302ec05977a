//! Conditions as blocks in the order of the text, without a diagram: a second way to a program, for expressions whose
//! parts have little in common, where a diagram would ask everywhere what only one part wants to know.
//!
//! Each test becomes a question of its own. Then ways are led past questions whose answer is known on them, which never
//! adds an instruction. What is asked first in the text is asked first in the program.

use super::graph::{Block, BlockId, Blocks};
use super::hash::{Map, Places};
use super::logic::{Logic, LogicId, Pair};
use super::lower::Lowered;
use super::number::{Family, LayerId, Number, NumberId, Numbers};
use super::ranges::Ranges;
use super::rows::{add, each_target, gathered, lead_on, merged, reordered};
use super::tree::Range;
use super::ways::{absorbed, settled, threaded};

/// Longer expressions would take too long: what is known grows with every question.
pub(crate) const MOST_CONDITIONS: usize = 200;
const DEEPEST: usize = 400;

/// Ways to put the questions of the text; none where it holds what is no question (a loop), or where it has so many that
/// there is no hope of a program of `most` instructions: each takes one at least, and most take two.
pub(crate) fn blocks(lowered: &mut Lowered, most: usize) -> Vec<Blocks> {
    let Some(written) = written(lowered) else { return Vec::new() };
    let numbers = &lowered.numbers;
    if written.list.len() > most.saturating_add(most / 2) {
        return Vec::new();
    }
    let mut as_written = None;
    let first = mended(written, numbers, 2, &mut as_written);
    let fewer = absorbed(&first, numbers).map(|fewer| mended(fewer, numbers, 1, &mut None));
    // What was moved to where its number is at hand may have been equal to something where it stood.
    let unmoved = as_written.and_then(|blocks| absorbed(&blocks, numbers));
    fewer.into_iter().chain(unmoved).chain([first]).collect()
}

/// The conditions as blocks.
fn written(lowered: &mut Lowered) -> Option<Blocks> {
    if lowered.conditions.len() > MOST_CONDITIONS {
        return None;
    }
    let root = lowered.root;
    let mut sequence = Sequence {
        lowered,
        list: Vec::new(),
        ids: Places::default(),
        placed: Map::default(),
        resolved: Map::default(),
        depth: 0,
    };
    let (reject, accept) = (sequence.block(Block::Return(false)), sequence.block(Block::Return(true)));
    let root = sequence.condition(root, accept, reject)?;
    let mut written = merged(&sequence.list, root);
    if lowered.numbers.variables > 0 {
        written = unread_left_out(written, &lowered.numbers);
    }
    threaded(&mut written, &lowered.numbers);
    Some(written)
}

/// Leaves out what binds a variable that no way from there reads.
pub(crate) fn unread_left_out(mut blocks: Blocks, numbers: &Numbers) -> Blocks {
    let read = |number: NumberId| {
        let variables = numbers.parts(number).into_iter().filter_map(|part| match numbers.get(part) {
            Number::Variable(variable) => 1u64.checked_shl(variable.into()),
            _ => None,
        });
        variables.fold(0, |all, bit| all | bit)
    };
    let mut needs: Vec<u64> = Vec::with_capacity(blocks.list.len());
    let mut leads: Vec<BlockId> = Vec::with_capacity(blocks.list.len());
    for (id, block) in blocks.list.iter_mut().enumerate() {
        lead_on(block, |to| leads.get(to).copied().unwrap_or(to));
        let mut below = 0;
        each_target(block, |to| below |= needs.get(to).copied().unwrap_or(0));
        let (mut need, mut lead) = (below, id);
        match block {
            Block::Ask { number, .. } => need |= read(*number),
            Block::Compare { left, right, .. } => need |= read(*left) | read(*right),
            Block::Enter { x: Some((number, _)), cell: Some(variable), a: None, next } => {
                let bit = 1u64.checked_shl((*variable).into()).unwrap_or(0);
                if below & bit == 0 {
                    lead = *next;
                } else {
                    need = below & !bit | read(*number);
                }
            }
            _ => {}
        }
        needs.push(need);
        leads.push(lead);
    }
    let root = leads.get(blocks.root).copied().unwrap_or(blocks.root);
    merged(&blocks.list, root)
}

/// Questions brought together, equal blocks made one and ways led past what is known on them. A second pass finds something
/// now and then, a third hardly ever.
fn mended(mut blocks: Blocks, numbers: &Numbers, passes: usize, unmoved: &mut Option<Blocks>) -> Blocks {
    for _ in 0..passes {
        let mut moved = gathered(&mut blocks);
        if let Some(before) = reordered(&mut blocks) {
            moved = true;
            unmoved.get_or_insert(before);
        }
        let led = threaded(&mut blocks, numbers);
        let settled = settled(&blocks, numbers);
        if !moved && !led && settled.is_none() {
            break;
        }
        blocks = settled.unwrap_or(blocks);
    }
    blocks
}

struct Sequence<'s> {
    lowered: &'s mut Lowered,
    list: Vec<Block>,
    ids: Places,
    placed: Map<(LogicId, BlockId, BlockId), BlockId>,
    resolved: Map<NumberId, NumberId>,
    depth: usize,
}

impl Sequence<'_> {
    fn block(&mut self, block: Block) -> BlockId {
        add(&mut self.list, &mut self.ids, block)
    }

    fn concrete(&mut self, id: NumberId) -> NumberId {
        // What stands at a fixed place is the same everywhere.
        if matches!(
            self.lowered.numbers.get(id),
            Number::Const(_) | Number::Length | Number::Ancillary(_) | Number::Load { base: None, .. }
        ) {
            return id;
        }
        if let Some(known) = self.resolved.get(&id) {
            return *known;
        }
        let family = |_: LayerId, family: Option<Family>| family.or(Some(Family::Ip4));
        self.lowered.numbers.resolve(id, &family, &|_| None, &mut self.resolved)
    }

    fn condition(&mut self, id: LogicId, yes: BlockId, no: BlockId) -> Option<BlockId> {
        if let Some(block) = self.placed.get(&(id, yes, no)) {
            return Some(*block);
        }
        self.depth += 1;
        let block = if self.depth > DEEPEST { None } else { self.placed_anew(id, yes, no) };
        self.depth -= 1;
        self.placed.insert((id, yes, no), block?);
        block
    }

    fn placed_anew(&mut self, id: LogicId, mut yes: BlockId, mut no: BlockId) -> Option<BlockId> {
        match self.lowered.conditions.get(id).clone() {
            Logic::Constant(value) => Some(if value { yes } else { no }),
            Logic::Not(inner) => self.condition(inner, no, yes),
            Logic::And(parts) => {
                for part in parts.iter().rev() {
                    yes = self.condition(*part, yes, no)?;
                }
                Some(yes)
            }
            Logic::Or(parts) => {
                for part in parts.iter().rev() {
                    no = self.condition(*part, yes, no)?;
                }
                Some(no)
            }
            Logic::Test { number, mask, low, high } => {
                let number = self.concrete(number);
                Some(self.test(number, mask, low, high, yes, no))
            }
            Logic::Compare { left, relation, right } => {
                let (left, right) = (self.concrete(left), self.concrete(right));
                if left == right && !self.lowered.numbers.can_trap(left) {
                    return Some(if relation == Pair::Greater { no } else { yes });
                }
                Some(self.block(Block::Compare { left, relation, right, yes, no }))
            }
            Logic::Bind(variable, number) => {
                let number = self.concrete(number);
                let symbol = self.lowered.numbers.add(Number::Variable(variable));
                let x = Some((number, symbol));
                Some(self.block(Block::Enter { x, cell: Some(variable), a: None, next: yes }))
            }
            Logic::Chain { .. } => None,
        }
    }

    fn test(
        &mut self,
        number: NumberId,
        mask: u32,
        low: u32,
        high: u32,
        yes: BlockId,
        no: BlockId,
    ) -> BlockId {
        let numbers = &self.lowered.numbers;
        if let Number::Const(value) = numbers.get(number) {
            return if (low..=high).contains(&(value & mask)) { yes } else { no };
        }
        let maximum = numbers.maximum(number);
        let mask = if mask & maximum == maximum { u32::MAX } else { mask };
        let maximum = maximum & mask;
        let high = high.min(maximum);
        let mut ranges = Ranges::new();
        if low > high {
            return no;
        }
        if low > 0 {
            ranges.push(Range { high: low - 1, to: no });
        }
        ranges.push(Range { high, to: yes });
        if high < maximum {
            ranges.push(Range { high: maximum, to: no });
        }
        self.ask(number, mask, ranges)
    }

    fn ask(&mut self, number: NumberId, mask: u32, ranges: Ranges) -> BlockId {
        match *ranges {
            [only] => only.to,
            _ => self.block(Block::Ask { number, mask, ranges }),
        }
    }
}
