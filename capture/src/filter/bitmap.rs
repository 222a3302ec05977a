//! Dense sets as bitmaps: where many values of a small range lead one way and the rest of it another, one constant of 32
//! bits tells them apart (`ld #bits; rsh x; jset #1`) instead of a comparison for each.
//!
//! A second form of a list of blocks, to be tried beside the first: the way over X costs five steps, and X may have to be
//! loaded again behind it.

use super::graph::{Block, BlockId, Blocks};
use super::number::{NumberId, Numbers, Op};
use super::ranges::Ranges;
use super::tree::{self, Range};

/// Values that one constant tells apart.
const WIDTH: u32 = 32;
/// Comparisons that a bitmap must save to be worth its instructions.
const WORTH: usize = 6;

/// The blocks with bitmaps where they save something; `None` where they save nothing.
pub(crate) fn with_bitmaps(blocks: &Blocks, numbers: &mut Numbers) -> Option<Blocks> {
    let mut list: Vec<Block> = Vec::with_capacity(blocks.list.len() + 4);
    let mut moved: Vec<BlockId> = Vec::with_capacity(blocks.list.len());
    for block in &blocks.list {
        let to = |id: BlockId| moved.get(id).copied().unwrap_or(0);
        let block = match block {
            Block::Return(accept) => Block::Return(*accept),
            Block::Compare { left, relation, right, yes, no } => {
                Block::Compare { left: *left, relation: *relation, right: *right, yes: to(*yes), no: to(*no) }
            }
            Block::Enter { x, cell, a, next } => Block::Enter { x: *x, cell: *cell, a: *a, next: to(*next) },
            Block::Ask { number, mask, ranges } => {
                let mut ranges: Ranges =
                    ranges.iter().map(|range| Range { high: range.high, to: to(range.to) }).collect();
                if *mask == u32::MAX {
                    ranges = dense(*number, ranges, numbers, &mut list);
                }
                Block::Ask { number: *number, mask: *mask, ranges }
            }
        };
        moved.push(list.len());
        list.push(block);
    }
    let grown = list.len() > blocks.list.len();
    let root = moved.get(blocks.root).copied()?;
    grown.then_some(Blocks { list, root, shared: blocks.shared })
}

/// The ranges with dense parts joined to one each, which leads to a bitmap that is put into `list`.
fn dense(number: NumberId, ranges: Ranges, numbers: &mut Numbers, list: &mut Vec<Block>) -> Ranges {
    let mut out = Ranges::new();
    let mut at = 0;
    while let Some(range) = ranges.get(at) {
        let low = out.last().map_or(0, |last| last.high.wrapping_add(1));
        match window(&ranges, at, low) {
            Some((end, inside, outside)) => {
                let part = ranges.get(at..=end).unwrap_or_default();
                let bitmap = bitmap(number, part, low, inside, outside, numbers);
                out.push(Range { high: part.last().map_or(range.high, |last| last.high), to: list.len() });
                list.push(bitmap);
                at = end + 1;
            }
            None => {
                out.push(*range);
                at += 1;
            }
        }
    }
    out
}

/// The last range of a dense part that starts with the range at `first` and the value `low`, and its two targets.
fn window(ranges: &[Range], first: usize, low: u32) -> Option<(usize, BlockId, BlockId)> {
    let inside = ranges.get(first)?.to;
    let (before, most) = (low.checked_sub(1)?, low.checked_add(WIDTH - 1)?);
    let (mut last, mut outside) = (None, None);
    for (at, range) in ranges.iter().enumerate().skip(first) {
        if range.high > most {
            break;
        }
        if range.to == inside {
            last = Some(at);
        } else if *outside.get_or_insert(range.to) != range.to {
            break;
        }
    }
    let (last, outside) = (last?, outside?);
    // What the part costs as comparisons, between values of the other target on both sides.
    let mut part = vec![Range { high: before, to: outside }];
    part.extend_from_slice(ranges.get(first..=last)?);
    part.push(Range { high: u32::MAX, to: outside });
    let single =
        [part[0], Range { high: ranges.get(last)?.high, to: inside }, Range { high: u32::MAX, to: outside }];
    (tree::least(&part) >= tree::least(&single) + WORTH).then_some((last, inside, outside))
}

/// `bits >> (number - low) & 1`
fn bitmap(
    number: NumberId,
    part: &[Range],
    low: u32,
    inside: BlockId,
    outside: BlockId,
    numbers: &mut Numbers,
) -> Block {
    let (mut bits, mut from) = (0u32, low);
    for range in part {
        if range.to == inside {
            for value in from..=range.high {
                bits |= 1u32.checked_shl(value - low).unwrap_or(0);
            }
        }
        from = range.high.wrapping_add(1);
    }
    let (start, bits) = (numbers.constant(low), numbers.constant(bits));
    let place = numbers.binary(Op::Sub, number, start);
    let shifted = place.and_then(|place| numbers.binary(Op::Shr, bits, place)).unwrap_or(bits);
    let ranges = [Range { high: 0, to: outside }, Range { high: u32::MAX, to: inside }].into_iter().collect();
    Block::Ask { number: shifted, mask: 1, ranges }
}

#[cfg(test)]
mod tests {
    use crate::filter::{Options, compile, vm};
    use nettool_dissect::frame::LinkType;

    #[test]
    fn sixteen_even_ports_are_one_bitmap_and_the_same_set() {
        let ports: Vec<String> = (0..16).map(|i| (9000 + 2 * i).to_string()).collect();
        let text = format!("udp dst port ({})", ports.join(" or "));
        let program = compile(&text, &Options::new(LinkType::RAW)).unwrap().instructions;
        assert!(program.len() < 24, "{} instructions", program.len());
        let mut frame = [0u8; 28];
        frame[..10].copy_from_slice(&[0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17]);
        for port in (8900..9100u16).chain([0, 8, 65_535]) {
            frame[22..24].copy_from_slice(&port.to_be_bytes());
            let accepted = vm::run(&program, &vm::Packet::whole(&frame)).accepted();
            assert_eq!(accepted, (9000..9032).contains(&port) && port % 2 == 0, "{port}");
        }
    }
}
