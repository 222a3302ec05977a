//! Blocks to instructions.
//!
//! What A and X hold is known on every edge; a block is entered behind the loads that its predecessor has made
//! already. Blocks are placed from the last to the first (`layout`).

use super::code::{Coder, TooManyCells};
use super::graph::{Block, BlockId, Blocks};
use super::hash::Map;
use super::insn::{Instruction, code};
use super::layout::{Label, Layout};
use super::logic::Pair;
use super::number::{Number, NumberId, Numbers, Op};
use super::tree::{self, Branch, Comparison, Range, Test, Tree};

/// A program and what it is expected to cost.
#[derive(Clone, Debug)]
pub(crate) struct Emitted {
    pub(crate) instructions: Vec<Instruction>,
    /// Steps for an average packet, in thousandths.
    pub(crate) steps: u64,
}

/// What the registers hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Held {
    a: Option<NumberId>,
    x: Option<NumberId>,
}

/// A way into a block: from where, and how many of its loads are still to be made.
#[derive(Clone, Copy, Debug)]
struct Way {
    from: BlockId,
    held: Held,
    loads: usize,
}

/// How a block's question is put.
struct Asked {
    number: NumberId,
    tree: Tree,
}

struct Emitter<'e> {
    numbers: &'e mut Numbers,
    blocks: &'e Blocks,
    leaf: usize,
    first_cell: usize,
    store: bool,
    asked: Vec<Option<Asked>>,
    ways: Vec<Vec<Way>>,
    chains: Vec<Vec<Instruction>>,
    leaving: Vec<Held>,
    /// Chance of reaching a block, in millionths.
    chance: Vec<u64>,
    steps: u64,
    layout: Layout,
    roots: Vec<Option<Label>>,
}

const START: BlockId = BlockId::MAX;

/// Longer rows of equalities are placed as they are planned: a search through them all would be quadratic.
const WIDEST_CHOICE: usize = 8;

/// Makes the program. `leaf`: how many single values are compared in a row.
pub(crate) fn program(
    numbers: &mut Numbers,
    blocks: &Blocks,
    leaf: usize,
    snaplen: u32,
) -> Result<Emitted, TooManyCells> {
    let made = emit(numbers, blocks, leaf, snaplen, true)?;
    let stores = made.instructions.iter().any(|i| i.code == code::STX);
    let loads = made.instructions.iter().any(|i| matches!(i.code, code::LD_MEM | code::LDX_MEM));
    if stores && !loads { emit(numbers, blocks, leaf, snaplen, false) } else { Ok(made) }
}

fn emit(
    numbers: &mut Numbers,
    blocks: &Blocks,
    leaf: usize,
    snaplen: u32,
    store: bool,
) -> Result<Emitted, TooManyCells> {
    let count = blocks.list.len();
    let first_cell = usize::from(numbers.variables);
    let mut emitter = Emitter {
        numbers,
        blocks,
        leaf,
        first_cell,
        store,
        asked: (0..count).map(|_| None).collect(),
        ways: vec![Vec::new(); count],
        chains: vec![Vec::new(); count],
        leaving: vec![Held::default(); count],
        chance: vec![0; count],
        steps: 0,
        layout: Layout::default(),
        roots: vec![None; count],
    };
    emitter.follow()?;
    emitter.place(snaplen);
    let Emitter { layout, steps, .. } = emitter;
    Ok(Emitted { instructions: layout.finish(), steps: steps / 1000 })
}

impl Emitter<'_> {
    // ---- forwards: what the registers hold ------------------------------------------------------------------------------

    fn follow(&mut self) -> Result<(), TooManyCells> {
        let root = self.blocks.root;
        let x = self.numbers.given.map(|variable| self.numbers.add(Number::Variable(variable)));
        if let Some(ways) = self.ways.get_mut(root) {
            ways.push(Way { from: START, held: Held { a: None, x }, loads: 0 });
            self.chance[root] = 1_000_000;
        }
        for id in (0..=root).rev() {
            if self.ways[id].is_empty() {
                continue;
            }
            self.enter(id)?;
            self.leave(id);
        }
        Ok(())
    }

    /// The code in front of a block's comparisons, and how much of it each way in needs.
    fn enter(&mut self, id: BlockId) -> Result<(), TooManyCells> {
        if let Block::Ask { number, mask, ranges } = &self.blocks.list[id] {
            let asked = self.ask(*number, *mask, ranges);
            self.asked[id] = Some(asked);
        }
        let mut ways = std::mem::take(&mut self.ways[id]);
        let mut codes = Vec::with_capacity(ways.len());
        for way in &ways {
            codes.push(self.loads(id, way.held)?);
        }
        let longest = codes.iter().max_by_key(|(code, _)| code.len()).cloned().unwrap_or_default();
        let fits = codes.iter().all(|(code, _)| longest.0.ends_with(code));
        let (chain, full) = if fits { longest } else { self.loads(id, Held::default())? };
        let mut leaving: Option<Held> = None;
        for (way, (code, held)) in ways.iter_mut().zip(codes) {
            let held = if chain.ends_with(&code) {
                way.loads = code.len();
                held
            } else {
                way.loads = chain.len();
                full
            };
            leaving = Some(match leaving {
                None => held,
                Some(before) => Held {
                    a: before.a.filter(|a| held.a == Some(*a)),
                    x: before.x.filter(|x| held.x == Some(*x)),
                },
            });
        }
        let mean = ways.iter().map(|way| way.loads as u64).sum::<u64>() / ways.len().max(1) as u64;
        self.steps += mean * self.chance[id];
        self.ways[id] = ways;
        self.chains[id] = chain;
        self.leaving[id] = leaving.unwrap_or_default();
        Ok(())
    }

    fn loads(&self, id: BlockId, held: Held) -> Result<(Vec<Instruction>, Held), TooManyCells> {
        let mut coder = Coder::new(self.numbers, held.a, held.x, self.first_cell);
        let held = match &self.blocks.list[id] {
            Block::Return(_) => held,
            Block::Ask { .. } => {
                let number = self.asked[id].as_ref().map_or(0, |asked| asked.number);
                coder.load_a(number)?;
                Held { a: coder.a, x: coder.x }
            }
            Block::Compare { left, right, .. } => {
                coder.compared(*left, *right)?;
                Held { a: Some(*left), x: Some(*right) }
            }
            Block::Enter { x, cell, a, next } => {
                let mut held = held;
                if let (Some((number, symbol)), Some(cell), None, true) = (x, cell, a, self.store)
                    && self.through_a(*number, *symbol, *next)
                {
                    coder.load_a(*number)?;
                    coder.code.push(Instruction::statement(code::ST, Coder::cell(*cell)));
                    held = Held { a: Some(*symbol), x: coder.x.filter(|x| self.stays(*x, *symbol)) };
                } else if let Some((number, symbol)) = x {
                    coder.load_x(*number)?;
                    if let Some(cell) = cell.filter(|_| self.store) {
                        coder.code.push(Instruction::statement(code::STX, Coder::cell(cell)));
                    }
                    held = Held { a: coder.a.filter(|a| self.stays(*a, *symbol)), x: Some(*symbol) };
                }
                if let Some((number, symbol)) = a {
                    let before = coder.x;
                    coder.load_a(*number)?;
                    if x.is_some() && coder.x != before {
                        return Err(TooManyCells);
                    }
                    held = Held { a: Some(*symbol), x: if x.is_some() { held.x } else { coder.x } };
                }
                held
            }
        };
        Ok((coder.code, held))
    }

    /// Whether a number is the same when a variable has got another value.
    fn stays(&self, number: NumberId, symbol: NumberId) -> bool {
        number != symbol && !self.numbers.is_part(symbol, number)
    }

    /// Whether a variable need not be in X: it is made in A, and what follows does not load behind it.
    fn through_a(&self, number: NumberId, symbol: NumberId, next: BlockId) -> bool {
        let behind = |number: &NumberId| matches!(self.numbers.get(*number), Number::Load { base: Some(base), .. } if base == symbol);
        let needs_x = match self.blocks.list.get(next) {
            Some(Block::Ask { number, .. }) => behind(number),
            Some(Block::Compare { left, right, .. }) => behind(left) || behind(right),
            _ => false,
        };
        !needs_x && !self.numbers.goes_to_x(number)
    }

    fn leave(&mut self, id: BlockId) {
        let held = self.leaving[id];
        let chance = self.chance[id];
        match &self.blocks.list[id] {
            Block::Return(_) => self.steps += chance,
            Block::Ask { number, mask, ranges } => {
                let chances = chances(self.numbers, *number, *mask, ranges);
                let tree = self.asked[id].take();
                let depths = tree.as_ref().map(|asked| depths(&asked.tree)).unwrap_or_default();
                for (range, share) in ranges.iter().zip(&chances) {
                    let steps = depths.get(&range.to).copied().unwrap_or(1);
                    self.steps += steps * chance * share / 1000;
                    self.reach(id, range.to, held, chance * share / 1000);
                }
                self.asked[id] = tree;
            }
            Block::Compare { yes, no, .. } => {
                self.steps += chance;
                self.reach(id, *yes, held, chance / 4);
                self.reach(id, *no, held, chance * 3 / 4);
            }
            Block::Enter { next, .. } => self.reach(id, *next, held, chance),
        }
    }

    fn reach(&mut self, from: BlockId, to: BlockId, held: Held, chance: u64) {
        self.chance[to] += chance;
        let ways = &mut self.ways[to];
        if !ways.iter().any(|way| way.from == from) {
            ways.push(Way { from, held, loads: 0 });
        }
    }

    /// Which number to have in A, and which comparisons to make.
    fn ask(&mut self, number: NumberId, mask: u32, ranges: &[Range]) -> Asked {
        let maximum = self.numbers.maximum(number);
        if mask != u32::MAX {
            if let [none, some] = ranges
                && none.high == 0
            {
                let comparison = Comparison {
                    test: Test::AnyBit,
                    value: mask & maximum,
                    yes: Branch::To(some.to),
                    no: Branch::To(none.to),
                };
                return Asked { number, tree: Tree { comparisons: vec![comparison] } };
            }
            if let Some(comparisons) = bits(mask & maximum, ranges) {
                return Asked { number, tree: Tree { comparisons } };
            }
            let mask = self.numbers.constant(mask);
            let masked = self.numbers.binary(Op::And, number, mask).unwrap_or(number);
            let tree = tree::plan(ranges, self.leaf, &|value| weight(self.numbers, number, value));
            return Asked { number: masked, tree };
        }
        // Boundaries that are all multiples of a power of two need not look at the bits below it.
        let inner = ranges.len().saturating_sub(1);
        let bits = ranges.iter().take(inner).map(|range| range.high.wrapping_add(1).trailing_zeros()).min();
        if let Some(bits @ 1..=31) = bits {
            let shifted: Vec<Range> =
                ranges.iter().map(|range| Range { high: range.high >> bits, to: range.to }).collect();
            if tree::least(&shifted) + 1 < tree::least(ranges) {
                let shift = self.numbers.constant(bits);
                let number = self.numbers.binary(Op::Shr, number, shift).unwrap_or(number);
                return Asked { number, tree: tree::plan(&shifted, self.leaf, &|_| 0) };
            }
        }
        let tree = tree::plan(ranges, self.leaf, &|value| weight(self.numbers, number, value));
        Asked { number, tree }
    }

    // ---- backwards: placing ---------------------------------------------------------------------------------------------

    fn place(&mut self, snaplen: u32) {
        for id in 0..=self.blocks.root {
            if self.ways[id].is_empty() || self.roots[id].is_some() {
                continue;
            }
            self.place_block(id, snaplen);
            // Ways into a shared part stand right before it, so that one of them needs no jump.
            let entries: Vec<BlockId> = self.ways[id]
                .iter()
                .map(|way| way.from)
                .filter(|from| matches!(self.blocks.list.get(*from), Some(Block::Enter { .. })))
                .collect();
            for entry in entries {
                self.place_block(entry, snaplen);
            }
        }
        let start = self.label(START, self.blocks.root);
        self.layout.go_on_at(start);
    }

    fn place_block(&mut self, id: BlockId, snaplen: u32) {
        if self.roots[id].is_some() {
            return;
        }
        let root = match &self.blocks.list[id] {
            Block::Return(accept) => self.layout.push(Instruction::ret(if *accept { snaplen } else { 0 })),
            Block::Compare { relation, yes, no, .. } => {
                let jump = match relation {
                    Pair::Equal => code::JEQ_X,
                    Pair::Greater => code::JGT_X,
                    Pair::GreaterEqual => code::JGE_X,
                };
                let (yes, no) = (self.label(id, *yes), self.label(id, *no));
                self.layout.branch(jump, 0, yes, no)
            }
            Block::Ask { .. } => self.place_tree(id),
            Block::Enter { next, .. } => {
                let target = self.label(id, *next);
                self.layout.go_on_at(target);
                self.layout.here()
            }
        };
        self.roots[id] = Some(root);
        self.layout.push_all(&self.chains[id]);
    }

    fn place_tree(&mut self, id: BlockId) -> Label {
        let comparisons =
            self.asked[id].as_ref().map_or_else(Vec::new, |asked| asked.tree.comparisons.clone());
        let mut labels: Vec<Label> = Vec::with_capacity(comparisons.len());
        let mut at = 0;
        while at < comparisons.len() {
            let row = row(&comparisons, at);
            let last = at + row == comparisons.len();
            self.place_row(id, &comparisons[at..at + row], last, &mut labels);
            at += row;
        }
        labels.last().copied().unwrap_or(0)
    }

    /// Places comparisons each of which is made where the one before it in the list has failed: in any order, so first
    /// those that stand somewhere already with the same ways on.
    fn place_row(&mut self, id: BlockId, row: &[Comparison], last: bool, labels: &mut Vec<Label>) {
        let to = |emitter: &Self, labels: &[Label], branch: Branch| match branch {
            Branch::To(to) => emitter.label(id, to),
            Branch::Test(at) => labels.get(at).copied().unwrap_or(0),
        };
        let Some(first) = row.first() else { return };
        let mut next = to(self, labels, first.no);
        let mut left: Vec<(u16, u32, Label)> = Vec::with_capacity(row.len());
        for comparison in row {
            let code = match comparison.test {
                Test::Equal => code::JEQ_K,
                Test::AtLeast => code::JGE_K,
                Test::AnyBit => code::JSET_K,
            };
            left.push((code, comparison.value, to(self, labels, comparison.yes)));
        }
        left.reverse();
        while !left.is_empty() {
            // What loads stand in front of must be here, not elsewhere.
            let here_only = last && left.len() == 1 && !self.chains[id].is_empty();
            let choice = if row.len() > WIDEST_CHOICE { 1 } else { left.len() };
            let placed = left.iter().enumerate().rev().take(choice).find_map(|(at, (code, value, yes))| {
                let label = self.layout.placed(*code, *value, *yes, next)?;
                (!here_only || label == self.layout.here()).then_some((at, label))
            });
            let (at, label) = match placed {
                Some(found) => found,
                None => {
                    let at = left.len() - 1;
                    let (code, value, yes) = left[at];
                    (at, self.layout.branch(code, value, yes, next))
                }
            };
            left.remove(at);
            next = label;
            labels.push(label);
        }
    }

    /// Where to go on from one block to another.
    fn label(&self, from: BlockId, to: BlockId) -> Label {
        let root = self.roots.get(to).copied().flatten().unwrap_or(0);
        let loads = self.ways[to].iter().find(|way| way.from == from).map_or(0, |way| way.loads);
        root + loads
    }
}

/// The answers to a mask of two bits told apart bit by bit, which needs no `and`; `None` where that is no shorter.
fn bits(mask: u32, ranges: &[Range]) -> Option<Vec<Comparison>> {
    if mask.count_ones() != 2 {
        return None;
    }
    let low = mask & mask.wrapping_neg();
    let high = mask ^ low;
    let to = |value: u32| ranges.iter().find(|range| value <= range.high).map(|range| Branch::To(range.to));
    let mut best: Option<Vec<Comparison>> = None;
    for (first, second) in [(low, high), (high, low)] {
        let mut comparisons = Vec::new();
        let mut tell = |value: u32, yes: Branch, no: Branch| {
            if yes == no {
                return yes;
            }
            comparisons.push(Comparison { test: Test::AnyBit, value, yes, no });
            Branch::Test(comparisons.len() - 1)
        };
        let yes = tell(second, to(mask)?, to(first)?);
        let no = tell(second, to(second)?, to(0)?);
        tell(first, yes, no);
        if best.as_ref().is_none_or(|best| comparisons.len() < best.len()) {
            best = Some(comparisons);
        }
    }
    best.filter(|best| best.len() <= tree::least(ranges) + 1)
}

/// How many comparisons from the first on can be made in any order: equalities, each behind the one before it.
fn row(comparisons: &[Comparison], at: usize) -> usize {
    let equal = |at: usize| comparisons.get(at).filter(|comparison| comparison.test == Test::Equal);
    let mut end = at + 1;
    while equal(at).is_some() && equal(end).is_some_and(|next| next.no == Branch::Test(end - 1)) {
        end += 1;
    }
    end - at
}

/// Comparisons on the way to each target, roughly.
fn depths(tree: &Tree) -> Map<usize, u64> {
    let mut deepest = vec![0u64; tree.comparisons.len()];
    let mut targets: Map<usize, (u64, u64)> = Map::default();
    for at in (0..tree.comparisons.len()).rev() {
        let here = deepest[at] + 1;
        let comparison = tree.comparisons[at];
        for branch in [comparison.yes, comparison.no] {
            match branch {
                Branch::Test(next) => deepest[next] = deepest[next].max(here),
                Branch::To(target) => {
                    let (sum, count) = targets.entry(target).or_default();
                    *sum += here;
                    *count += 1;
                }
            }
        }
    }
    targets.into_iter().map(|(target, (sum, count))| (target, sum / count.max(1))).collect()
}

/// How often a value is met, in thousandths, where that is known.
fn weight(numbers: &Numbers, number: NumberId, value: u32) -> u32 {
    match numbers.get(number) {
        Number::Load { size: 2, .. } => match value {
            0x0800 => 500,
            0x86dd => 200,
            0x0806 => 50,
            0x8100 => 60,
            _ => 0,
        },
        Number::Load { size: 1, .. } | Number::Variable(_) => match value {
            6 => 350,
            17 => 300,
            1 | 58 => 60,
            _ => 0,
        },
        _ => 0,
    }
}

/// The bits of a fragment's offset.
const FRAGMENT: u32 = 0x1fff;

/// The chance of each range, in thousandths.
fn chances(numbers: &Numbers, number: NumberId, mask: u32, ranges: &[Range]) -> Vec<u64> {
    // A fragment is rare. Of other bits, and of lengths, nothing is known: most numbers are lengths that no packet has.
    if mask == FRAGMENT && ranges.len() == 2 {
        return vec![950, 50];
    }
    if mask != u32::MAX || matches!(numbers.get(number), Number::Length) {
        return vec![1000 / ranges.len().max(1) as u64; ranges.len()];
    }
    let mut low = 0u32;
    let mut chances = vec![0u64; ranges.len()];
    let points = ranges.len() as u64 / 2 + 1;
    let (mut known, mut wide) = (0u64, 0u64);
    for (at, range) in ranges.iter().enumerate() {
        if range.high == low {
            chances[at] = u64::from(weight(numbers, number, low)).max((300 / points).min(20));
            known += chances[at];
        } else {
            wide += u64::from(range.high - low);
        }
        low = range.high.wrapping_add(1);
    }
    let rest = 1000u64.saturating_sub(known);
    low = 0;
    for (at, range) in ranges.iter().enumerate() {
        if range.high != low {
            chances[at] = rest * u64::from(range.high - low) / wide.max(1);
        }
        low = range.high.wrapping_add(1);
    }
    chances
}
