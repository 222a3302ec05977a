//! Blocks put in a better order without changing what they decide: questions about one number in one place, equal blocks
//! as one.

use super::graph::{Block, BlockId, Blocks};
use super::hash::{Places, hash_one};
use super::number::NumberId;
use super::ranges::Ranges;

/// Questions in a row of which each ends the row at the same block, or goes on with the next: those about one number are
/// put together, where the first of them stands. Nothing is loaded earlier by it. Says whether there were such.
pub(crate) fn gathered(blocks: &mut Blocks) -> bool {
    let list = &mut blocks.list;
    let mut ways = vec![0u32; list.len()];
    list.iter().for_each(|block| each_target(block, |to| ways[to] += 1));
    let mut moved = false;
    for id in (0..=blocks.root).rev() {
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
                    lead_on(&mut list[before], |to| if to == at { rest } else { to });
                    moved = true;
                } else {
                    before = at;
                }
                at = rest;
            }
        }
    }
    if moved {
        *blocks = merged(&blocks.list, blocks.root);
    }
    moved
}

/// Shows the blocks that a block leads to, each once.
pub(crate) fn each_target(block: &Block, mut show: impl FnMut(BlockId)) {
    match block {
        Block::Ask { ranges, .. } => {
            for (at, range) in ranges.iter().enumerate() {
                if !ranges.iter().take(at).any(|before| before.to == range.to) {
                    show(range.to);
                }
            }
        }
        Block::Compare { yes, no, .. } => {
            show(*yes);
            if no != yes {
                show(*no);
            }
        }
        Block::Enter { next, .. } => show(*next),
        Block::Return(_) => {}
    }
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
    let mut out = Ranges::new();
    let (mut i, mut j) = (0, 0);
    while let (Some(a), Some(b)) = (ranges.get(i), more.get(j)) {
        let high = a.high.min(b.high);
        let to = if a.to == end || b.to == end { end } else { on };
        out.add(high, to);
        i += usize::from(a.high == high);
        j += usize::from(b.high == high);
    }
    Some(Block::Ask { number: *number, mask: *mask, ranges: out })
}

/// Leads the ways out of a block elsewhere.
pub(crate) fn lead_on(block: &mut Block, lead: impl Fn(BlockId) -> BlockId) {
    match block {
        Block::Return(_) => {}
        Block::Ask { ranges, .. } => ranges.iter_mut().for_each(|range| range.to = lead(range.to)),
        Block::Compare { yes, no, .. } => (*yes, *no) = (lead(*yes), lead(*no)),
        Block::Enter { next, .. } => *next = lead(*next),
    }
}

/// The blocks that lead to each block.
struct Ways {
    /// Where the ways to a block end in the list of all.
    ends: Vec<usize>,
    from: Vec<BlockId>,
}

impl Ways {
    fn of(list: &[Block]) -> Ways {
        let mut ends = vec![0; list.len()];
        list.iter().for_each(|block| each_target(block, |to| ends[to] += 1));
        let mut sum = 0;
        for end in &mut ends {
            sum += std::mem::replace(end, sum);
        }
        // Each end is a start so far, and moves on as the ways are put down.
        let mut from = vec![0; sum];
        for (id, block) in list.iter().enumerate() {
            each_target(block, |to| {
                from[ends[to]] = id;
                ends[to] += 1;
            });
        }
        Ways { ends, from }
    }

    fn to(&self, block: BlockId) -> &[BlockId] {
        let start = block.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.from.get(start..self.ends[block]).unwrap_or_default()
    }
}

/// In a row of questions of which each ends it at the same block or goes on with the next, the one first that is about the
/// number which was asked for in front of the row: it is in A there. Gives what the blocks were before, where there were such.
pub(crate) fn reordered(blocks: &mut Blocks) -> Option<Blocks> {
    let list = &mut blocks.list;
    let ways = Ways::of(list);
    let mut before: Option<Vec<Block>> = None;
    for head in (0..blocks.root).rev() {
        let Some((a, b)) = ends(&list[head]) else { continue };
        // In front of all ways into the row the same is asked, and something else than in its head.
        let mut asked = ways.to(head).iter().map(|from| question(&list[*from]));
        let Some(Some(wanted)) = asked.next() else { continue };
        if asked.any(|other| other != Some(wanted)) || question(&list[head]) == Some(wanted) {
            continue;
        }
        'ends: for (end, mut at) in [(a, b), (b, a)] {
            let mut row = vec![head];
            while ways.to(at).len() == 1
                && let Some((a, b)) = ends(&list[at])
                && (a == end || b == end)
            {
                row.push(at);
                let rest = if a == end { b } else { a };
                if question(&list[at]) == Some(wanted) {
                    before.get_or_insert_with(|| list.clone());
                    rotate(list, &row, rest);
                    break 'ends;
                }
                at = rest;
            }
        }
    }
    let before = Blocks { list: before?, ..*blocks };
    *blocks = merged(&blocks.list, blocks.root);
    Some(before)
}

/// The number that a block asks for, and its mask.
pub(crate) fn question(block: &Block) -> Option<(NumberId, u32)> {
    match block {
        Block::Ask { number, mask, .. } => Some((*number, *mask)),
        _ => None,
    }
}

/// The last of a row becomes the first, where the first stood; `rest` is what follows the row.
fn rotate(list: &mut [Block], row: &[BlockId], rest: BlockId) {
    let (Some(last), Some(first)) = (row.last(), row.first()) else { return };
    let mut moved = list[*last].clone();
    lead_on(&mut moved, |to| if to == rest { row[1] } else { to });
    for at in (1..row.len()).rev() {
        let mut block = list[row[at - 1]].clone();
        let (old, new) = (row[at], row.get(at + 1).copied().unwrap_or(rest));
        lead_on(&mut block, |to| if to == old { new } else { to });
        list[row[at]] = block;
    }
    list[*first] = moved;
}

/// Equal blocks as one, and without such as lead one way only.
pub(crate) fn merged(list: &[Block], root: BlockId) -> Blocks {
    let mut made: Vec<Block> = Vec::with_capacity(list.len());
    let mut ids = Places::default();
    let mut moved: Vec<BlockId> = Vec::with_capacity(list.len());
    let mut met = vec![false; list.len()];
    met.iter_mut().skip(root).take(1).for_each(|met| *met = true);
    for id in (0..=root).rev() {
        if met[id] {
            each_target(&list[id], |to| met[to] = true);
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
                let mut joined = Ranges::new();
                ranges.iter().for_each(|range| joined.add(range.high, to(range.to)));
                match *joined {
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

pub(crate) fn add(list: &mut Vec<Block>, ids: &mut Places, block: Block) -> BlockId {
    let hash = hash_one(&block);
    if let Some(id) = ids.find(hash, |id| list.get(id as usize) == Some(&block)) {
        return id as BlockId;
    }
    ids.insert(hash, list.len() as u32);
    list.push(block);
    list.len() - 1
}
