//! Blocks put in a better order without changing what they decide: questions about one number in one place, equal blocks
//! as one.

use super::graph::{Block, BlockId, Blocks};
use super::hash::{Places, hash_one};
use super::tree::Range;

/// Questions in a row of which each ends the row at the same block, or goes on with the next: those about one number are
/// put together, where the first of them stands. Nothing is loaded earlier by it.
pub(crate) fn gathered(blocks: Blocks) -> Blocks {
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
                    lead_on(&mut list[before], |to| if to == at { rest } else { to });
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
pub(crate) fn targets(block: &Block) -> Vec<BlockId> {
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

/// Leads the ways out of a block elsewhere.
pub(crate) fn lead_on(block: &mut Block, lead: impl Fn(BlockId) -> BlockId) {
    match block {
        Block::Return(_) => {}
        Block::Ask { ranges, .. } => ranges.iter_mut().for_each(|range| range.to = lead(range.to)),
        Block::Compare { yes, no, .. } => (*yes, *no) = (lead(*yes), lead(*no)),
        Block::Enter { next, .. } => *next = lead(*next),
    }
}

/// In a row of questions of which each ends it at the same block or goes on with the next, the one first that is about the
/// number which was asked for in front of the row: it is in A there.
pub(crate) fn reordered(blocks: Blocks) -> Blocks {
    let Blocks { mut list, root, .. } = blocks;
    let mut ways: Vec<Vec<BlockId>> = vec![Vec::new(); list.len()];
    for (from, block) in list.iter().enumerate() {
        for to in targets(block) {
            ways[to].push(from);
        }
    }
    let question = |block: &Block| match block {
        Block::Ask { number, mask, .. } => Some((*number, *mask)),
        _ => None,
    };
    for head in (0..root).rev() {
        let Some((a, b)) = ends(&list[head]) else { continue };
        // In front of all ways into the row the same is asked, and something else than in its head.
        let mut before = ways[head].iter().map(|from| question(&list[*from]));
        let Some(Some(wanted)) = before.next() else { continue };
        if before.any(|other| other != Some(wanted)) || question(&list[head]) == Some(wanted) {
            continue;
        }
        'ends: for (end, mut at) in [(a, b), (b, a)] {
            let mut row = vec![head];
            while ways[at].len() == 1
                && let Some((a, b)) = ends(&list[at])
                && (a == end || b == end)
            {
                row.push(at);
                let rest = if a == end { b } else { a };
                if question(&list[at]) == Some(wanted) {
                    rotate(&mut list, &row, rest);
                    break 'ends;
                }
                at = rest;
            }
        }
    }
    merged(&list, root)
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

pub(crate) fn add(list: &mut Vec<Block>, ids: &mut Places, block: Block) -> BlockId {
    let hash = hash_one(&block);
    if let Some(id) = ids.find(hash, |id| list.get(id as usize) == Some(&block)) {
        return id as BlockId;
    }
    ids.insert(hash, list.len() as u32);
    list.push(block);
    list.len() - 1
}
