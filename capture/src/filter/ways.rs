//! What is known on each way through blocks, and ways led past the questions that it answers.

use super::graph::{Block, BlockId, Blocks};
use super::number::{NumberId, Numbers};
use super::ranges::Ranges;
use super::rows::{each_target, lead_on, merged, question};
use super::tree::{self, Range};

/// Ranges of answers that are remembered of one question.
const MOST_SPANS: usize = 12;
/// Questions behind each other that are compared.
const DEEPEST: usize = 40;

/// Answers that a question may still have: a stretch of [`Walk::spans`].
#[derive(Clone, Copy, Debug)]
struct Answers {
    first: usize,
    count: usize,
}

/// What is known on a way: for each question that was asked, the answers that are left.
#[derive(Clone, Debug, Default)]
struct Facts(Vec<((NumberId, u32), Answers)>);

impl Facts {
    fn of(&self, question: (NumberId, u32)) -> Option<Answers> {
        self.0.iter().find(|(known, _)| *known == question).map(|(_, answers)| *answers)
    }

    /// With one thing more. Where many ranges are left they are not remembered.
    fn with(&self, question: (NumberId, u32), answers: Answers) -> Facts {
        let mut facts = Facts(Vec::with_capacity(self.0.len() + 1));
        facts.0.extend(self.0.iter().filter(|(known, _)| *known != question));
        if answers.count <= MOST_SPANS {
            facts.0.push((question, answers));
        }
        facts
    }
}

/// A walk along the ways through blocks.
struct Walk<'w> {
    numbers: &'w Numbers,
    /// Spans from a value to another, in order for each question. All that was ever known on some way.
    spans: Vec<(u32, u32)>,
}

impl<'w> Walk<'w> {
    fn new(numbers: &'w Numbers) -> Walk<'w> {
        Walk { numbers, spans: Vec::with_capacity(128) }
    }

    fn spans(&self, answers: Answers) -> &[(u32, u32)] {
        self.spans.get(answers.first..answers.first + answers.count).unwrap_or_default()
    }

    /// Adds a span to the answers that are being put down from `first` on.
    fn put(&mut self, first: usize, low: u32, high: u32) {
        match self.spans.get_mut(first..).and_then(<[_]>::last_mut) {
            Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
            _ => self.spans.push((low, high)),
        }
    }

    /// What was put down from `first` on. More than is remembered needs no place.
    fn put_down(&mut self, first: usize) -> Answers {
        let answers = Answers { first, count: self.spans.len() - first };
        if answers.count > MOST_SPANS {
            self.spans.truncate(first);
        }
        answers
    }

    /// Puts down the part of some spans that lies between two values.
    fn put_within(&mut self, first: usize, all: Answers, low: u32, high: u32) {
        for at in all.first..all.first + all.count {
            let span = self.spans[at];
            let (low, high) = (span.0.max(low), span.1.min(high));
            if low <= high {
                self.put(first, low, high);
            }
        }
    }

    /// All answers to the question of a block that are still possible.
    fn left(&mut self, question: (NumberId, u32), ranges: &[Range], facts: &Facts) -> Answers {
        facts.of(question).unwrap_or_else(|| {
            self.spans.push((0, ranges.last().map_or(0, |range| range.high)));
            Answers { first: self.spans.len() - 1, count: 1 }
        })
    }

    /// What is known where two ways meet.
    fn meet(&mut self, facts: &mut Facts, other: &Facts) {
        facts.0.retain_mut(|(question, answers)| match other.of(*question) {
            Some(others) => {
                if self.spans(*answers) != self.spans(others) {
                    *answers = self.either(*answers, others);
                }
                answers.count <= MOST_SPANS
            }
            None => false,
        });
    }

    /// Values in either.
    fn either(&mut self, one: Answers, other: Answers) -> Answers {
        let first = self.spans.len();
        let (mut i, mut j) = (one.first, other.first);
        let (one_end, other_end) = (one.first + one.count, other.first + other.count);
        while i < one_end || j < other_end {
            let from_one = j == other_end || (i < one_end && self.spans[i] <= self.spans[j]);
            let (low, high) = self.spans[if from_one { i } else { j }];
            *if from_one { &mut i } else { &mut j } += 1;
            self.put(first, low, high);
        }
        self.put_down(first)
    }

    /// The blocks that a block leads to, each once, with what is known on the way there.
    fn behind(&mut self, block: &Block, mut facts: Facts) -> Vec<(BlockId, Facts)> {
        match block {
            Block::Return(_) => Vec::new(),
            Block::Ask { number, mask, ranges } => {
                let question = (*number, *mask);
                let all = self.left(question, ranges, &facts);
                let mut ways = Vec::with_capacity(2);
                // All ways to one block have their answers in common.
                for (at, range) in ranges.iter().enumerate() {
                    if ranges.iter().take(at).any(|before| before.to == range.to) {
                        continue;
                    }
                    let first = self.spans.len();
                    let mut low = at.checked_sub(1).map_or(0, |at| ranges[at].high.wrapping_add(1));
                    for more in ranges.iter().skip(at) {
                        if more.to == range.to {
                            self.put_within(first, all, low, more.high);
                        }
                        low = more.high.wrapping_add(1);
                    }
                    let answers = self.put_down(first);
                    if answers.count > 0 {
                        ways.push((range.to, facts.with(question, answers)));
                    }
                }
                ways
            }
            Block::Compare { yes, no, .. } => vec![(*yes, facts.clone()), (*no, facts)],
            Block::Enter { x, a, next, .. } => {
                for (_, symbol) in [x, a].into_iter().flatten() {
                    facts.0.retain(|((number, _), _)| !self.numbers.parts(*number).contains(symbol));
                }
                vec![(*next, facts)]
            }
        }
    }

    /// What is known at each block: none where nothing leads.
    fn known(&mut self, blocks: &Blocks) -> Vec<Option<Facts>> {
        let mut known: Vec<Option<Facts>> = vec![None; blocks.list.len()];
        self.arrive(&mut known, blocks.root, Facts::default());
        for id in (0..=blocks.root).rev() {
            let Some(facts) = known.get(id).cloned().flatten() else { continue };
            for (to, facts) in self.behind(&blocks.list[id], facts) {
                self.arrive(&mut known, to, facts);
            }
        }
        known
    }

    fn arrive(&mut self, known: &mut [Option<Facts>], to: BlockId, facts: Facts) {
        match known.get_mut(to) {
            Some(Some(there)) => self.meet(there, &facts),
            Some(none) => *none = Some(facts),
            None => {}
        }
    }

    /// The ranges of a question without those that no answer falls into, where that saves comparisons.
    fn narrowed(&self, block: &Block, facts: &Facts) -> Option<Ranges> {
        let Block::Ask { number, mask, ranges } = block else { return None };
        let own = facts.of((*number, *mask)).map(|answers| self.spans(answers));
        let parts = || facts.0.iter().filter(|((other, part), _)| other == number && part != mask);
        if own.is_none() && parts().next().is_none() {
            return None;
        }
        // Of a single value all bits are known: those that another question has looked at have to be such as it found.
        let of_parts = |value: u32| {
            parts().filter(|((_, part), _)| part & !mask == 0).all(|((_, part), answers)| {
                self.spans(*answers).iter().any(|(from, to)| (*from..=*to).contains(&(value & part)))
            })
        };
        let kept = |all_known: bool| {
            let (mut out, mut low) = (Ranges::new(), 0);
            for range in ranges {
                let first = std::mem::replace(&mut low, range.high.wrapping_add(1));
                let met = own
                    .is_none_or(|spans| spans.iter().any(|(from, to)| *from <= range.high && *to >= first))
                    && (!all_known || first != range.high || of_parts(first));
                // Those without answers are the range's before them.
                match out.last_mut() {
                    Some(last) if !met => last.high = range.high,
                    None if !met => {}
                    _ => out.add(range.high, range.to),
                }
            }
            out
        };
        // A list that has lost some values is a list still, and may have been equal to another one.
        let out = Some(kept(true)).filter(|out| out.len() == 1).unwrap_or_else(|| kept(false));
        (!out.is_empty() && tree::least(&out) < tree::least(ranges)).then_some(out)
    }

    /// Where a way to `to` leads, past questions whose answer is known.
    fn past(&self, list: &[Block], mut to: BlockId, facts: &Facts) -> BlockId {
        while let Some(Block::Ask { number, mask, ranges }) = list.get(to) {
            let Some(answers) = facts.of((*number, *mask)) else { break };
            match self.only(answers, ranges) {
                Some(end) if end < to => to = end,
                _ => break,
            }
        }
        to
    }

    /// Where all these answers lead, if that is one place.
    fn only(&self, answers: Answers, ranges: &[Range]) -> Option<BlockId> {
        let mut end = None;
        for (low, high) in self.spans(answers) {
            let first = ranges.partition_point(|range| range.high < *low);
            for range in ranges.iter().skip(first) {
                if *end.get_or_insert(range.to) != range.to {
                    return None;
                }
                if range.high >= *high {
                    break;
                }
            }
        }
        end
    }
}

/// Leads every way past the questions whose answer is known on it. Says whether there were such.
pub(crate) fn threaded(blocks: &mut Blocks, numbers: &Numbers) -> bool {
    let list = &mut blocks.list;
    let mut walk = Walk::new(numbers);
    let mut known: Vec<Option<Facts>> = vec![None; list.len()];
    let mut changed = false;
    if let Some(start) = known.get_mut(blocks.root) {
        *start = Some(Facts::default());
    }
    for id in (0..=blocks.root).rev() {
        let Some(facts) = known.get_mut(id).and_then(Option::take) else { continue };
        let narrowed = walk.narrowed(&list[id], &facts);
        let mut led: Vec<(BlockId, BlockId)> = Vec::with_capacity(2);
        for (from, facts) in walk.behind(&list[id], facts) {
            let to = walk.past(list, from, &facts);
            led.push((from, to));
            walk.arrive(&mut known, to, facts);
        }
        let lead = |to: BlockId| led.iter().find(|(from, _)| *from == to).map(|(_, to)| *to);
        // Answers that are never given lead wherever another does.
        let fallback = led.first().map_or(0, |(_, to)| *to);
        let mut unlike = false;
        each_target(&list[id], |to| unlike |= lead(to) != Some(to));
        if unlike {
            lead_on(&mut list[id], |to| lead(to).unwrap_or(fallback));
            changed = true;
        }
        if let Some(ranges) = narrowed
            && let Block::Ask { ranges: all, .. } = &mut list[id]
        {
            *all = ranges
                .iter()
                .map(|range| Range { high: range.high, to: lead(range.to).unwrap_or(fallback) })
                .collect();
            changed = true;
        }
    }
    if changed {
        *blocks = merged(&blocks.list, blocks.root);
    }
    changed
}

/// Single answers led to where all ways from there come together, whatever is asked on them: `port 53` of what is UDP need not
/// be looked at where UDP is enough. None where there are none.
pub(crate) fn settled(blocks: &Blocks, numbers: &Numbers) -> Option<Blocks> {
    let below = below(blocks);
    let again = |block: &Block| {
        let bit = question(block).map_or(0, question_bit);
        let mut again = false;
        each_target(block, |to| again |= below.get(to).is_some_and(|below| below & bit != 0));
        again
    };
    if !blocks.list.iter().any(again) {
        return None;
    }
    let mut walk = Walk::new(numbers);
    let known = walk.known(blocks);
    let mut list = blocks.list.clone();
    let mut changed = false;
    for id in 0..list.len() {
        let (Some(Some(facts)), Block::Ask { number, mask, ranges }) = (known.get(id), &list[id]) else {
            continue;
        };
        let (question, mut led, mut low) = ((*number, *mask), ranges.clone(), 0);
        // All answers that lead to one place may be led on together: that costs nothing. Each is led from where it led before
        // any of them was.
        let mut moves: Vec<(BlockId, BlockId)> = Vec::new();
        for (from, facts) in walk.behind(&list[id], facts.clone()) {
            if below.get(from).is_some_and(|below| below & question_bit(question) != 0) {
                let to = Meeting { list: &list, walk: &mut walk, budget: MOST_MEETINGS }.of(from, &facts, 0);
                moves.push((from, to));
            }
        }
        for range in &mut led {
            if let Some((_, to)) = moves.iter().find(|(from, to)| *from == range.to && from != to) {
                range.to = *to;
                changed = true;
            }
        }
        let mut comparisons = comparisons_of(&led);
        for at in 0..led.len() {
            let range = led[at];
            let first = std::mem::replace(&mut low, range.high.wrapping_add(1));
            // A part of a wide range led elsewhere would cost a comparison.
            let asked = below.get(range.to).is_some_and(|below| below & question_bit(question) != 0);
            if first != range.high || !asked {
                continue;
            }
            walk.spans.push((first, first));
            let answers = Answers { first: walk.spans.len() - 1, count: 1 };
            let facts = facts.with(question, answers);
            let mut meeting = Meeting { list: &list, walk: &mut walk, budget: MOST_MEETINGS };
            let to = meeting.of(range.to, &facts, 0);
            led[at].to = to;
            // So would a value at the edge of one.
            let after = comparisons_of(&led);
            if after > comparisons {
                led[at].to = range.to;
            } else {
                changed |= to != range.to;
                comparisons = after;
            }
        }
        list[id] = Block::Ask { number: question.0, mask: question.1, ranges: led };
    }
    changed.then(|| merged(&list, blocks.root))
}

/// Comparisons that tell ranges apart, those that lead to one place taken together.
fn comparisons_of(ranges: &Ranges) -> usize {
    let mut joined = Ranges::new();
    ranges.iter().for_each(|range| joined.add(range.high, range.to));
    tree::least(&joined)
}

/// Questions that are asked to find where ways meet.
const MOST_MEETINGS: u32 = 40;
/// Questions behind each other on such ways.
const DEEPEST_MEETING: usize = 10;

/// Finds where all ways from a block come together.
struct Meeting<'m, 'w> {
    list: &'m [Block],
    walk: &'m mut Walk<'w>,
    budget: u32,
}

impl Meeting<'_, '_> {
    fn of(&mut self, to: BlockId, facts: &Facts, depth: usize) -> BlockId {
        let to = self.walk.past(self.list, to, facts);
        let Some(block) = self.list.get(to) else { return to };
        let stays = match block {
            Block::Ask { number, .. } => self.walk.numbers.can_trap(*number),
            _ => true,
        };
        if stays || depth == DEEPEST_MEETING || self.budget == 0 {
            return to;
        }
        self.budget -= 1;
        let mut met = None;
        for (way, facts) in self.walk.behind(block, facts.clone()) {
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
        let mut sum = own;
        each_target(block, |to| sum |= below.get(to).copied().unwrap_or(0));
        below.push(sum);
    }
    below
}

fn question_bit(question: (NumberId, u32)) -> u64 {
    1 << ((question.0 ^ question.1.count_ones()) % 64)
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
    let mut walk = Walk::new(numbers);
    let known = walk.known(blocks);
    for (from, block) in list.iter().enumerate().skip(first) {
        let (Some(Some(facts)), Some(question)) = (known.get(from), question(block)) else { continue };
        let same = |to: &BlockId| questions.get(*to) == Some(&Some(question));
        let found = (0..from).filter(same).find(|to| {
            let mut trial = Trial { list, walk: &mut walk, budget: &mut *budget, depth: 0 };
            trial.same_ways(from, *to, facts)
        });
        if let Some(to) = found {
            return Some((from, to));
        }
    }
    None
}

/// Whether two blocks decide the same.
struct Trial<'t, 'w> {
    list: &'t [Block],
    walk: &'t mut Walk<'w>,
    budget: &'t mut u32,
    depth: usize,
}

impl Trial<'_, '_> {
    /// Whether `to` decides as `from` does, for what is known.
    fn same(&mut self, from: BlockId, to: BlockId, facts: &Facts) -> bool {
        if from == to {
            return true;
        }
        let (from, to) = (self.walk.past(self.list, from, facts), self.walk.past(self.list, to, facts));
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
        let all = self.walk.left(question, mine, facts);
        let (mut i, mut j, mut low) = (0, 0, 0);
        while let (Some(a), Some(b)) = (mine.get(i), others.get(j)) {
            let high = a.high.min(b.high);
            if a.to != b.to {
                let first = self.walk.spans.len();
                self.walk.put_within(first, all, low, high);
                let answers = self.walk.put_down(first);
                if answers.count > 0 && !self.same(a.to, b.to, &facts.with(question, answers)) {
                    return false;
                }
            }
            i += usize::from(a.high == high);
            j += usize::from(b.high == high);
            low = high.wrapping_add(1);
        }
        true
    }
}
