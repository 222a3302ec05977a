//! How short a program can be that asks what a diagram asks, as long as it loads every field from its own place.
//!
//! What stands in a reduced diagram decides something for some packet, so every program with the right verdicts has to
//! compute it, and to tell its ranges apart. Programs that load a field behind IPv4 and behind IPv6 with one instruction
//! are shorter than this; libpcap makes no such. So a program that is no larger than this is no larger than libpcap's.

use super::graph::{Block, BlockId, Blocks};
use super::hash::{Map, Set};
use super::number::{Number, NumberId, Numbers};
use super::tree::Range;

/// Where a range ends, and where what is behind it leads.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct End {
    high: u32,
    next: BlockId,
    /// Where what is before it and what is behind the next range lead, if that is one place.
    around: Option<BlockId>,
}

fn each_end(ranges: &[Range]) -> impl Iterator<Item = End> {
    ranges.iter().zip(ranges.iter().skip(1)).enumerate().map(|(at, (range, next))| {
        let same = ranges.get(at + 2).is_none_or(|behind| behind.to == range.to);
        End { high: range.high, next: next.to, around: same.then_some(range.to) }
    })
}

/// The least number of instructions.
pub(crate) fn instructions(blocks: &Blocks, numbers: &Numbers) -> usize {
    let mut asked: Map<(NumberId, u32), Vec<End>> = Map::default();
    let mut computed: Vec<NumberId> = Vec::new();
    let mut pairs: Set<(NumberId, NumberId)> = Set::default();
    let mut returns = 0;
    for block in &blocks.list {
        match block {
            Block::Return(_) => returns += 1,
            Block::Ask { number, mask, ranges } => {
                computed.push(*number);
                let ends = asked.entry((*number, *mask)).or_default();
                ends.extend(each_end(ranges));
            }
            Block::Compare { left, right, .. } => {
                computed.extend([*left, *right]);
                pairs.insert((*left, *right));
            }
            Block::Enter { x, a, .. } => computed.extend(x.iter().chain(a).map(|(number, _)| *number)),
        }
    }
    returns + comparisons(asked.into_values().collect()) + pairs.len() + operations(computed, numbers)
}

/// Comparisons that tell the ranges of all questions apart, given where these end. The first one of a question stands behind
/// its load; others may be in common with other questions that compare with the same number and go on to the same place.
fn comparisons(mut questions: Vec<Vec<End>>) -> usize {
    let mut met: Map<End, usize> = Map::default();
    let mut spared = 0;
    for ends in &mut questions {
        ends.sort_unstable();
        ends.dedup_by_key(|end| end.high);
        spared += singled(ends);
        ends.iter().for_each(|end| *met.entry(*end).or_default() += 1);
    }
    // What no question but one compares with is that one's first comparison; of the others, a first one for two at least.
    let alone = |ends: &&Vec<End>| ends.iter().any(|end| met.get(end) == Some(&1));
    let alone = questions.iter().filter(alone).count();
    let first = alone + (questions.len() - alone) / 2;
    (questions.len() + met.len().saturating_sub(first)).saturating_sub(spared)
}

/// Leaves one end of each single value, which takes one comparison. Says how many comparisons of the others are spared where
/// one mask in front makes single values of several networks.
fn singled(ends: &mut Vec<End>) -> usize {
    let (mut left, mut at) = (Vec::with_capacity(ends.len()), 0);
    let mut networks = [0usize; 32];
    while let Some(end) = ends.get(at) {
        let (low, next) = (end.high.wrapping_add(1), ends.get(at + 1));
        let pair = next.is_some_and(|next| next.high == low);
        // A single value leads one way, all around it another; what is on either side of other ends may be told apart further.
        left.push(if pair { *end } else { End { next: 0, around: None, ..*end } });
        at += 1 + usize::from(pair);
        let bits = low.trailing_zeros().min(31);
        if !pair && next.is_some_and(|next| (1..=bits).any(|bits| next.high == low | ((1 << bits) - 1))) {
            let size = next.map_or(0, |next| (next.high - low).count_ones());
            networks.iter_mut().skip(size as usize).take(1).for_each(|count| *count += 1);
        }
    }
    *ends = left;
    networks.into_iter().map(|count| count.saturating_sub(1)).sum()
}

/// Numbers that take an instruction each.
fn operations(computed: Vec<NumberId>, numbers: &Numbers) -> usize {
    let (mut seen, mut stack, mut count) = (Set::default(), computed, 0);
    while let Some(number) = stack.pop() {
        if seen.insert(number) {
            count += usize::from(!matches!(numbers.get(number), Number::Const(_) | Number::Variable(_)));
            stack.extend(numbers.operands(number));
        }
    }
    count
}
