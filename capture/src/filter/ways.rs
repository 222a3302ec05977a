//! What is known on each way through blocks, and ways led past the questions that it answers.

use super::graph::{Block, BlockId, Blocks};
use super::number::{NumberId, Numbers};
use super::rows::{lead_on, merged, targets};
use super::tree::Range;
use std::rc::Rc;

/// Ranges of answers that are remembered of one question.
const MOST_SPANS: usize = 12;
/// Questions behind each other that are compared.
const DEEPEST: usize = 40;

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
pub(crate) fn threaded(blocks: &Blocks, numbers: &Numbers) -> Blocks {
    let mut list = blocks.list.clone();
    let mut known: Vec<Option<Facts>> = vec![None; list.len()];
    let root = past(&list, blocks.root, &Facts::default());
    if let Some(start) = known.get_mut(root) {
        *start = Some(Facts::default());
    }
    for id in (0..=root).rev() {
        let Some(facts) = known.get_mut(id).and_then(Option::take) else { continue };
        let mut led: Vec<(BlockId, BlockId)> = Vec::with_capacity(2);
        for (from, facts) in behind(&list[id], facts, numbers) {
            let to = past(&list, from, &facts);
            led.push((from, to));
            arrive(&mut known, to, facts);
        }
        let lead = |to: BlockId| led.iter().find(|(from, _)| *from == to).map(|(_, to)| *to);
        // Answers that are never given lead wherever another does.
        let fallback = led.first().map_or(0, |(_, to)| *to);
        lead_on(&mut list[id], |to| lead(to).unwrap_or(fallback));
    }
    merged(&list, root)
}

/// Single answers led to where all ways from there come together, whatever is asked on them: `port 53` of what is UDP need not
/// be looked at where UDP is enough. None where there are none.
pub(crate) fn settled(blocks: &Blocks, numbers: &Numbers) -> Option<Blocks> {
    let below = below(blocks);
    let again = |block: &Block| {
        let bit = question(block).map_or(0, question_bit);
        targets(block).into_iter().any(|to| below.get(to).is_some_and(|below| below & bit != 0))
    };
    if !blocks.list.iter().any(again) {
        return None;
    }
    let known = known(blocks, numbers);
    let mut list = blocks.list.clone();
    let mut changed = false;
    for id in 0..list.len() {
        let (Some(Some(facts)), Block::Ask { number, mask, ranges }) = (known.get(id), &list[id]) else {
            continue;
        };
        let (question, mut led, mut low) = ((*number, *mask), ranges.clone(), 0);
        for range in &mut led {
            let first = std::mem::replace(&mut low, range.high.wrapping_add(1));
            // A part of a wide range led elsewhere would cost a comparison.
            let asked = below.get(range.to).is_some_and(|below| below & question_bit(question) != 0);
            if first != range.high || !asked {
                continue;
            }
            let facts = facts.with(question, [(first, first)].into());
            let mut meeting = Meeting { list: &list, numbers, budget: MOST_MEETINGS };
            let to = meeting.of(range.to, &facts, 0);
            changed |= to != range.to;
            range.to = to;
        }
        list[id] = Block::Ask { number: question.0, mask: question.1, ranges: led };
    }
    changed.then(|| merged(&list, blocks.root))
}

/// Questions that are asked to find where ways meet.
const MOST_MEETINGS: u32 = 40;
/// Questions behind each other on such ways.
const DEEPEST_MEETING: usize = 10;

/// Finds where all ways from a block come together.
struct Meeting<'m> {
    list: &'m [Block],
    numbers: &'m Numbers,
    budget: u32,
}

impl Meeting<'_> {
    fn of(&mut self, to: BlockId, facts: &Facts, depth: usize) -> BlockId {
        let to = past(self.list, to, facts);
        let Some(block) = self.list.get(to) else { return to };
        let stays = match block {
            Block::Ask { number, .. } => self.numbers.can_trap(*number),
            _ => true,
        };
        if stays || depth == DEEPEST_MEETING || self.budget == 0 {
            return to;
        }
        self.budget -= 1;
        let mut met = None;
        for (way, facts) in behind(block, facts.clone(), self.numbers) {
            let end = self.of(way, &facts, depth + 1);
            if *met.get_or_insert(end) != end {
                return to;
            }
        }
        met.unwrap_or(to)
    }
}

/// The questions behind each block and in it, as bits of a set that may hold more.
fn below(blocks: &Blocks) -> Vec<u64> {
    let mut below: Vec<u64> = Vec::with_capacity(blocks.list.len());
    for block in &blocks.list {
        let own = question(block).map_or(0, question_bit);
        let sum = targets(block).into_iter().filter_map(|to| below.get(to)).fold(own, |sum, bits| sum | bits);
        below.push(sum);
    }
    below
}

fn question_bit(question: (NumberId, u32)) -> u64 {
    1 << ((question.0 ^ question.1.count_ones()) % 64)
}

/// What is known at each block: none where nothing leads.
fn known(blocks: &Blocks, numbers: &Numbers) -> Vec<Option<Facts>> {
    let mut known: Vec<Option<Facts>> = vec![None; blocks.list.len()];
    arrive(&mut known, blocks.root, Facts::default());
    for id in (0..=blocks.root).rev() {
        let Some(facts) = known.get(id).cloned().flatten() else { continue };
        for (to, facts) in behind(&blocks.list[id], facts, numbers) {
            arrive(&mut known, to, facts);
        }
    }
    known
}

fn arrive(known: &mut [Option<Facts>], to: BlockId, facts: Facts) {
    match known.get_mut(to) {
        Some(Some(there)) => there.meet(&facts),
        Some(none) => *none = Some(facts),
        None => {}
    }
}

/// The blocks that a block leads to, each once, with what is known on the way there.
fn behind(block: &Block, facts: Facts, numbers: &Numbers) -> Vec<(BlockId, Facts)> {
    match block {
        Block::Return(_) => Vec::new(),
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
            answers.retain(|(_, spans)| !spans.is_empty());
            answers.into_iter().map(|(to, spans)| (to, facts.with(question, either(spans)))).collect()
        }
        Block::Compare { yes, no, .. } => vec![(*yes, facts.clone()), (*no, facts)],
        Block::Enter { x, a, next, .. } => {
            let mut facts = facts;
            for (_, symbol) in [x, a].into_iter().flatten() {
                facts.0.retain(|((number, _), _)| !numbers.parts(*number).contains(symbol));
            }
            vec![(*next, facts)]
        }
    }
}

/// Blocks left out for others that ask the same: a question in between, whose answer is known on the way, does no harm.
/// Fewer instructions, and now and then a step more. None where nothing can be left out.
pub(crate) fn absorbed(blocks: &Blocks, numbers: &Numbers) -> Option<Blocks> {
    let mut now: Option<Blocks> = None;
    let (mut budget, mut first) = (MOST_TRIALS, 0);
    while let Some((from, to)) = absorbable(now.as_ref().unwrap_or(blocks), numbers, first, &mut budget) {
        // What stands before has been tried.
        first = to;
        let Blocks { mut list, root, .. } =
            now.unwrap_or_else(|| Blocks { list: blocks.list.clone(), ..*blocks });
        for block in &mut list {
            lead_on(block, |way| if way == from { to } else { way });
        }
        now = Some(merged(&list, if root == from { to } else { root }));
    }
    now
}

/// Pairs of blocks, and of blocks behind them, that are compared.
const MOST_TRIALS: u32 = 2000;

/// A block and one that stands before it and decides the same, for what is known at the first.
fn absorbable(
    blocks: &Blocks,
    numbers: &Numbers,
    first: BlockId,
    budget: &mut u32,
) -> Option<(BlockId, BlockId)> {
    let list = &blocks.list;
    let questions: Vec<Option<(NumberId, u32)>> = list.iter().map(question).collect();
    let twice = |at: usize| questions[at].is_some() && questions[..at].contains(&questions[at]);
    if !(first..list.len()).any(twice) {
        return None;
    }
    let known = known(blocks, numbers);
    for (from, block) in list.iter().enumerate().skip(first) {
        let (Some(Some(facts)), Some(question)) = (known.get(from), question(block)) else { continue };
        let same = |to: &BlockId| questions.get(*to) == Some(&Some(question));
        let found = (0..from).filter(same).find(|to| {
            let mut trial = Trial { list, budget: &mut *budget, depth: 0 };
            trial.same_ways(from, *to, facts)
        });
        if let Some(to) = found {
            return Some((from, to));
        }
    }
    None
}

fn question(block: &Block) -> Option<(NumberId, u32)> {
    match block {
        Block::Ask { number, mask, .. } => Some((*number, *mask)),
        _ => None,
    }
}

/// Whether two blocks decide the same.
struct Trial<'t> {
    list: &'t [Block],
    budget: &'t mut u32,
    depth: usize,
}

impl Trial<'_> {
    /// Whether `to` decides as `from` does, for what is known.
    fn same(&mut self, from: BlockId, to: BlockId, facts: &Facts) -> bool {
        if from == to {
            return true;
        }
        let (from, to) = (past(self.list, from, facts), past(self.list, to, facts));
        from == to
            || (self.list.get(from).and_then(question).is_some()
                && self.list.get(from).and_then(question) == self.list.get(to).and_then(question)
                && self.same_ways(from, to, facts))
    }

    /// The same, of two blocks that put one question.
    fn same_ways(&mut self, from: BlockId, to: BlockId, facts: &Facts) -> bool {
        let (Some(Block::Ask { number, mask, ranges: mine }), Some(Block::Ask { ranges: others, .. })) =
            (self.list.get(from), self.list.get(to))
        else {
            return false;
        };
        if *self.budget == 0 || self.depth == DEEPEST {
            return false;
        }
        *self.budget -= 1;
        self.depth += 1;
        let same = self.same_answers(*number, *mask, mine, others, facts);
        self.depth -= 1;
        same
    }

    fn same_answers(
        &mut self,
        number: NumberId,
        mask: u32,
        mine: &[Range],
        others: &[Range],
        facts: &Facts,
    ) -> bool {
        let question = (number, mask);
        let last = mine.last().map_or(0, |range| range.high);
        let all = facts.of(question).cloned().unwrap_or_else(|| [(0, last)].into());
        let (mut i, mut j, mut low) = (0, 0, 0);
        while let (Some(a), Some(b)) = (mine.get(i), others.get(j)) {
            let high = a.high.min(b.high);
            let spans: Vec<(u32, u32)> = within(&all, low, high).collect();
            if !spans.is_empty()
                && a.to != b.to
                && !self.same(a.to, b.to, &facts.with(question, spans.into()))
            {
                return false;
            }
            i += usize::from(a.high == high);
            j += usize::from(b.high == high);
            low = high.wrapping_add(1);
        }
        true
    }
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
