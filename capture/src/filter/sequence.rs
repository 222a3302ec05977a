//! Conditions as blocks in the order of the text, without a diagram: a second way to a program, for expressions whose
//! parts have little in common, where a diagram would ask everywhere what only one part wants to know.
//!
//! Each test becomes a question of its own. Then ways are led past questions whose answer is known on them, which never
//! adds an instruction. What is asked first in the text is asked first in the program.

use super::graph::{Block, BlockId, Blocks};
use super::hash::{Map, Places, hash_one};
use super::logic::{Logic, LogicId};
use super::lower::Lowered;
use super::number::{Family, LayerId, Number, NumberId};
use super::tree::Range;
use std::rc::Rc;

/// Longer expressions would take too long: what is known grows with every question.
pub(crate) const MOST_CONDITIONS: usize = 200;
/// Ranges of answers that are remembered of one question.
const MOST_SPANS: usize = 12;
const DEEPEST: usize = 400;

/// The conditions as blocks; `None` where they hold what is no question (a loop, a variable).
pub(crate) fn blocks(lowered: &mut Lowered) -> Option<Blocks> {
    if lowered.conditions.len() > MOST_CONDITIONS || lowered.numbers.variables > 0 {
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
    let written = Blocks { list: sequence.list, root, shared: false };
    Some(gathered(threaded(&written)))
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
                Some(self.block(Block::Compare { left, relation, right, yes, no }))
            }
            Logic::Chain { .. } | Logic::Bind(..) => None,
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
        let mut ranges = Vec::with_capacity(3);
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

    fn ask(&mut self, number: NumberId, mask: u32, ranges: Vec<Range>) -> BlockId {
        match ranges.as_slice() {
            [only] => only.to,
            _ => self.block(Block::Ask { number, mask, ranges }),
        }
    }
}

fn add(list: &mut Vec<Block>, ids: &mut Places, block: Block) -> BlockId {
    let hash = hash_one(&block);
    if let Some(id) = ids.find(hash, |id| list.get(id as usize) == Some(&block)) {
        return id as BlockId;
    }
    ids.insert(hash, list.len() as u32);
    list.push(block);
    list.len() - 1
}

/// Answers that a question may still have: spans from a value to another, in order. Many ways know the same.
type Spans = Rc<[(u32, u32)]>;

/// What is known on a way: for each question that was asked, the answers that are left.
#[derive(Clone, Debug, Default)]
struct Facts(Vec<((NumberId, u32), Spans)>);

impl Facts {
    fn of(&self, question: (NumberId, u32)) -> Option<&Spans> {
        self.0.iter().find(|(known, _)| *known == question).map(|(_, spans)| spans)
    }

    fn with(&self, question: (NumberId, u32), spans: Spans) -> Facts {
        let mut facts = Facts(Vec::with_capacity(self.0.len() + 1));
        facts.0.extend(self.0.iter().filter(|(known, _)| *known != question).cloned());
        if spans.len() <= MOST_SPANS {
            facts.0.push((question, spans));
        }
        facts
    }

    /// What is known where two ways meet.
    fn meet(&mut self, other: &Facts) {
        self.0.retain_mut(|(question, spans)| match other.of(*question) {
            Some(others) => {
                if spans != others {
                    *spans = either(spans.iter().chain(others.iter()).copied().collect());
                }
                spans.len() <= MOST_SPANS
            }
            None => false,
        });
    }
}

/// Values in any of the spans.
fn either(mut all: Vec<(u32, u32)>) -> Spans {
    if all.len() == 1 {
        return all.into();
    }
    all.sort_unstable();
    let mut joined: Vec<(u32, u32)> = Vec::with_capacity(all.len());
    for (low, high) in all {
        match joined.last_mut() {
            Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
            _ => joined.push((low, high)),
        }
    }
    joined.into()
}

/// Values in `spans` from `low` to `high`.
fn within(spans: &[(u32, u32)], low: u32, high: u32) -> impl Iterator<Item = (u32, u32)> + '_ {
    spans.iter().map(move |span| (span.0.max(low), span.1.min(high))).filter(|(low, high)| low <= high)
}

/// The blocks with every way led past the questions whose answer is known on it.
fn threaded(blocks: &Blocks) -> Blocks {
    let mut list = blocks.list.clone();
    let mut known: Vec<Option<Facts>> = vec![None; list.len()];
    let mut root = blocks.root;
    if let Some(start) = known.get_mut(root) {
        *start = Some(Facts::default());
    }
    for id in (0..=root).rev() {
        let Some(facts) = known.get_mut(id).and_then(Option::take) else { continue };
        let mut go = |to: BlockId, facts: &Facts| {
            let to = past(&list, to, facts);
            match known.get_mut(to) {
                Some(Some(there)) => there.meet(facts),
                Some(none) => *none = Some(facts.clone()),
                None => {}
            }
            to
        };
        let changed = match &list[id] {
            Block::Ask { number, mask, ranges } => {
                let question = (*number, *mask);
                let last = ranges.last().map_or(0, |range| range.high);
                let all = facts.of(question).cloned().unwrap_or_else(|| [(0, last)].into());
                // All ways to one block have their answers in common.
                let mut answers: Vec<(BlockId, Vec<(u32, u32)>)> = Vec::with_capacity(2);
                let mut low = 0;
                for range in ranges {
                    let spans = within(&all, low, range.high);
                    match answers.iter_mut().find(|(to, _)| *to == range.to) {
                        Some((_, known)) => known.extend(spans),
                        None => answers.push((range.to, spans.collect())),
                    }
                    low = range.high.wrapping_add(1);
                }
                let led: Vec<(BlockId, BlockId)> = answers
                    .into_iter()
                    .filter(|(_, spans)| !spans.is_empty())
                    .map(|(to, spans)| (to, go(to, &facts.with(question, either(spans)))))
                    .collect();
                let lead = |to: BlockId| led.iter().find(|(from, _)| *from == to).map(|(_, to)| *to);
                let fallback = led.first().map_or(0, |(_, to)| *to);
                let ranges = ranges
                    .iter()
                    .map(|range| Range { high: range.high, to: lead(range.to).unwrap_or(fallback) })
                    .collect();
                Some(Block::Ask { number: *number, mask: *mask, ranges })
            }
            Block::Compare { left, relation, right, yes, no } => {
                let (yes, no) = (go(*yes, &facts), go(*no, &facts));
                Some(Block::Compare { left: *left, relation: *relation, right: *right, yes, no })
            }
            _ => None,
        };
        if let Some(changed) = changed {
            list[id] = changed;
        }
    }
    root = past(&list, root, &Facts::default());
    merged(&list, root)
}

/// Where a way to `to` leads, past questions whose answer is known.
fn past(list: &[Block], mut to: BlockId, facts: &Facts) -> BlockId {
    while let Some(Block::Ask { number, mask, ranges }) = list.get(to) {
        let Some(spans) = facts.of((*number, *mask)) else { break };
        let mut ends = spans.iter().flat_map(|(low, high)| {
            let first = ranges.partition_point(|range| range.high < *low);
            ranges.iter().skip(first).scan(false, move |done, range| {
                let here = (!*done).then_some(range.to);
                *done |= range.high >= *high;
                here
            })
        });
        match ends.next() {
            Some(end) if ends.all(|other| other == end) && end < to => to = end,
            _ => break,
        }
    }
    to
}

/// Questions in a row of which each ends the row at the same block, or goes on with the next: those about one number are
/// put together, where the first of them stands. Nothing is loaded earlier by it.
fn gathered(blocks: Blocks) -> Blocks {
    let Blocks { mut list, root, .. } = blocks;
    let mut ways = vec![0usize; list.len()];
    for to in list.iter().flat_map(targets) {
        ways[to] += 1;
    }
    for id in (0..=root).rev() {
        for (end, next) in ends(&list[id]).into_iter().flat_map(|(a, b)| [(a, b), (b, a)]) {
            let mut before = id;
            let mut at = next;
            // Blocks in between have one way in: what is moved out of the row is missed by nobody.
            while ways[at] == 1
                && let Some((a, b)) = ends(&list[at])
                && (a == end || b == end)
            {
                let rest = if a == end { b } else { a };
                if let Some(joined) = joined(&list[id], &list[at], end, at) {
                    list[id] = joined;
                    if before == id {
                        list[id] = led(&list[id], at, rest);
                    } else {
                        list[before] = led(&list[before], at, rest);
                    }
                } else {
                    before = at;
                }
                at = rest;
            }
        }
    }
    merged(&list, root)
}

/// The blocks that a block leads to, each once.
fn targets(block: &Block) -> Vec<BlockId> {
    let mut targets = match block {
        Block::Ask { ranges, .. } => ranges.iter().map(|range| range.to).collect(),
        Block::Compare { yes, no, .. } => vec![*yes, *no],
        Block::Enter { next, .. } => vec![*next],
        Block::Return(_) => Vec::new(),
    };
    targets.sort_unstable();
    targets.dedup();
    targets
}

/// The two blocks that a question leads to.
fn ends(block: &Block) -> Option<(BlockId, BlockId)> {
    let Block::Ask { ranges, .. } = block else { return None };
    let first = ranges.first()?.to;
    let other = ranges.iter().find(|range| range.to != first)?.to;
    ranges.iter().all(|range| range.to == first || range.to == other).then_some((first, other))
}

/// One question in place of two about the same number: to `end` with what leads there from either.
fn joined(first: &Block, later: &Block, end: BlockId, at: BlockId) -> Option<Block> {
    let (Block::Ask { number, mask, ranges }, Block::Ask { number: other, mask: its, ranges: more }) =
        (first, later)
    else {
        return None;
    };
    if (number, mask) != (other, its) {
        return None;
    }
    let on = ranges.iter().map(|range| range.to).find(|to| *to != end).unwrap_or(at);
    let mut out: Vec<Range> = Vec::with_capacity(ranges.len() + more.len());
    let (mut i, mut j) = (0, 0);
    while let (Some(a), Some(b)) = (ranges.get(i), more.get(j)) {
        let high = a.high.min(b.high);
        let to = if a.to == end || b.to == end { end } else { on };
        match out.last_mut() {
            Some(last) if last.to == to => last.high = high,
            _ => out.push(Range { high, to }),
        }
        i += usize::from(a.high == high);
        j += usize::from(b.high == high);
    }
    Some(Block::Ask { number: *number, mask: *mask, ranges: out })
}

/// A question with the ways to one block led to another.
fn led(block: &Block, from: BlockId, to: BlockId) -> Block {
    match block {
        Block::Ask { number, mask, ranges } => {
            let lead =
                |range: &Range| Range { high: range.high, to: if range.to == from { to } else { range.to } };
            Block::Ask { number: *number, mask: *mask, ranges: ranges.iter().map(lead).collect() }
        }
        other => other.clone(),
    }
}

/// Equal blocks as one, and without such as lead one way only.
fn merged(list: &[Block], root: BlockId) -> Blocks {
    let mut made: Vec<Block> = Vec::with_capacity(list.len());
    let mut ids = Places::default();
    let mut moved: Vec<BlockId> = Vec::with_capacity(list.len());
    let mut met = vec![false; list.len()];
    let mut stack = vec![root];
    while let Some(id) = stack.pop() {
        if let Some(met) = met.get_mut(id).filter(|met| !**met) {
            *met = true;
            stack.extend(targets(&list[id]));
        }
    }
    for (block, met) in list.iter().zip(met).take(root + 1) {
        // What nothing leads to is left out; the two returns have their places.
        if !met && !matches!(block, Block::Return(_)) {
            moved.push(0);
            continue;
        }
        let to = |id: BlockId| moved.get(id).copied().unwrap_or(0);
        let id = match block {
            Block::Return(accept) => add(&mut made, &mut ids, Block::Return(*accept)),
            Block::Ask { number, mask, ranges } => {
                let mut joined: Vec<Range> = Vec::with_capacity(ranges.len());
                for range in ranges {
                    match joined.last_mut() {
                        Some(last) if last.to == to(range.to) => last.high = range.high,
                        _ => joined.push(Range { high: range.high, to: to(range.to) }),
                    }
                }
                match joined.as_slice() {
                    [only] => only.to,
                    _ => {
                        let block = Block::Ask { number: *number, mask: *mask, ranges: joined };
                        add(&mut made, &mut ids, block)
                    }
                }
            }
            Block::Compare { left, relation, right, yes, no } => {
                let (yes, no) = (to(*yes), to(*no));
                if yes == no {
                    yes
                } else {
                    let block = Block::Compare { left: *left, relation: *relation, right: *right, yes, no };
                    add(&mut made, &mut ids, block)
                }
            }
            Block::Enter { x, cell, a, next } => {
                let block = Block::Enter { x: *x, cell: *cell, a: *a, next: to(*next) };
                add(&mut made, &mut ids, block)
            }
        };
        moved.push(id);
    }
    let root = moved.get(root).copied().unwrap_or(0);
    Blocks { list: made, root, shared: false }
}
