//! Which comparisons tell the ranges of one number apart, and in which order.
//!
//! A boundary between two ranges costs one comparison; a single value inside a range costs one as well, by equality.
//! Nothing is cheaper than that many comparisons; a long run of single values is cut in halves by further comparisons,
//! each of which is paid in size and saves steps.

/// A range of answers up to and with `high`, and where it leads.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Range {
    pub(crate) high: u32,
    pub(crate) to: usize,
}

/// Comparisons that cBPF has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Test {
    Equal,
    AtLeast,
    AnyBit,
}

/// A tree of comparisons in an arena; a branch is another comparison or a target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Branch {
    To(usize),
    Test(usize),
}

/// One comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Comparison {
    pub(crate) test: Test,
    pub(crate) value: u32,
    pub(crate) yes: Branch,
    pub(crate) no: Branch,
}

/// Comparisons, operands before what uses them; the last is the first to be made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    pub(crate) comparisons: Vec<Comparison>,
}

/// How many comparisons the ranges need at least.
pub(crate) fn least(ranges: &[Range]) -> usize {
    let mut count = 0;
    let mut at = 1;
    while at < ranges.len() {
        if is_point(ranges, at) {
            at += 1;
        }
        count += 1;
        at += 1;
    }
    count
}

/// Whether a range is a single value.
fn is_one(ranges: &[Range], at: usize) -> bool {
    let low = at.checked_sub(1).and_then(|at| ranges.get(at)).map_or(0, |before| before.high.wrapping_add(1));
    ranges.get(at).is_some_and(|range| range.high == low)
}

/// A single value with the same target on both sides.
fn is_point(ranges: &[Range], at: usize) -> bool {
    let (Some(before), Some(here), Some(after)) =
        (at.checked_sub(1).and_then(|at| ranges.get(at)), ranges.get(at), ranges.get(at + 1))
    else {
        return false;
    };
    before.to == after.to && here.high == before.high + 1
}

struct Piece {
    /// First and last range of it.
    first: usize,
    last: usize,
    /// Ranges in it that are single values.
    points: Vec<usize>,
}

/// A tree for these ranges. `leaf`: how many single values may be compared one after the other; `weight`: how likely a
/// value is.
pub(crate) fn plan(ranges: &[Range], leaf: usize, weight: &dyn Fn(u32) -> u32) -> Tree {
    let mut tree = Tree::default();
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < ranges.len() {
        let mut piece = Piece { first: at, last: at, points: Vec::new() };
        // A single value at either end is told by equality as well as by its one boundary, and equalities can be put in
        // any order.
        if at == 0 && ranges.len() > 2 && ranges[0].high == 0 && !is_point(ranges, 1) {
            piece = Piece { first: 1, last: 1, points: vec![0] };
        }
        while is_point(ranges, piece.last + 1) {
            piece.points.push(piece.last + 1);
            piece.last += 2;
        }
        if let [before, last] = ranges.get(piece.last..).unwrap_or_default()
            && before.high.checked_add(1) == Some(last.high)
            && !(piece.first == piece.last && is_one(ranges, piece.first))
        {
            piece.points.push(piece.last + 1);
            piece.last += 1;
        }
        at = piece.last + 1;
        pieces.push(piece);
    }
    let mut planner = Planner { ranges, leaf, weight, tree: &mut tree };
    planner.pieces(&pieces);
    tree
}

struct Planner<'p> {
    ranges: &'p [Range],
    leaf: usize,
    weight: &'p dyn Fn(u32) -> u32,
    tree: &'p mut Tree,
}

impl Planner<'_> {
    fn low(&self, at: usize) -> u32 {
        at.checked_sub(1).and_then(|at| self.ranges.get(at)).map_or(0, |before| before.high.wrapping_add(1))
    }

    fn add(&mut self, test: Test, value: u32, yes: Branch, no: Branch) -> Branch {
        if yes == no {
            return yes;
        }
        self.tree.comparisons.push(Comparison { test, value, yes, no });
        Branch::Test(self.tree.comparisons.len() - 1)
    }

    fn is_single(&self, piece: &Piece) -> bool {
        piece.points.is_empty() && self.low(piece.first) == self.ranges[piece.last].high
    }

    fn pieces(&mut self, pieces: &[Piece]) -> Branch {
        match pieces {
            [] => Branch::To(0),
            [only] => self.points(self.ranges[only.first].to, &only.points),
            [left, right] if self.is_single(right) => {
                let (yes, no) = (Branch::To(self.ranges[right.first].to), left);
                let no = self.pieces(std::slice::from_ref(no));
                self.add(Test::Equal, self.low(right.first), yes, no)
            }
            [left, right] if self.is_single(left) => {
                let yes = Branch::To(self.ranges[left.first].to);
                let no = self.pieces(std::slice::from_ref(right));
                self.add(Test::Equal, self.low(left.first), yes, no)
            }
            _ => {
                let cost = |piece: &Piece| 1 + piece.points.len();
                let total: usize = pieces.iter().map(cost).sum();
                let mut left = 0;
                let mut cut = 1;
                for (at, piece) in pieces.iter().enumerate() {
                    left += cost(piece);
                    if left * 2 >= total {
                        // Take the nearer side.
                        let over = left * 2 - total;
                        let under = total - (left - cost(piece)) * 2;
                        cut = if under < over { at } else { at + 1 };
                        break;
                    }
                }
                let cut = cut.clamp(1, pieces.len() - 1);
                let (below, above) = pieces.split_at(cut);
                let value = above.first().map_or(0, |piece| self.low(piece.first));
                let no = self.pieces(below);
                let yes = self.pieces(above);
                self.add(Test::AtLeast, value, yes, no)
            }
        }
    }

    fn points(&mut self, around: usize, points: &[usize]) -> Branch {
        if points.len() <= self.leaf {
            let mut ordered: Vec<usize> = points.to_vec();
            ordered.sort_by_key(|at| std::cmp::Reverse((self.weight)(self.ranges[*at].high)));
            let mut next = Branch::To(around);
            for at in ordered.into_iter().rev() {
                let range = self.ranges[at];
                next = self.add(Test::Equal, range.high, Branch::To(range.to), next);
            }
            return next;
        }
        let (below, above) = points.split_at(points.len() / 2);
        let value = above.first().map_or(0, |at| self.ranges[*at].high);
        let no = self.points(around, below);
        let yes = self.points(around, above);
        self.add(Test::AtLeast, value, yes, no)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(tree: &Tree, value: u32) -> (usize, usize) {
        let mut at = Branch::Test(tree.comparisons.len() - 1);
        let mut steps = 0;
        loop {
            match at {
                Branch::To(to) => return (to, steps),
                Branch::Test(index) => {
                    let c = tree.comparisons[index];
                    steps += 1;
                    let holds = match c.test {
                        Test::Equal => value == c.value,
                        Test::AtLeast => value >= c.value,
                        Test::AnyBit => value & c.value != 0,
                    };
                    at = if holds { c.yes } else { c.no };
                }
            }
        }
    }

    #[test]
    fn every_value_reaches_its_target_in_few_steps() {
        let mut ranges = Vec::new();
        for n in 0..100u32 {
            ranges.push(Range { high: n * 10 + 4, to: 0 });
            ranges.push(Range { high: n * 10 + 5 + (n % 3) * (n % 2), to: 1 + (n % 4) as usize });
        }
        ranges.push(Range { high: u32::MAX, to: 0 });
        let tree = plan(&ranges, 4, &|_| 0);
        for value in (0..1100).chain([u32::MAX]) {
            let expected = ranges.iter().find(|range| value <= range.high).expect("a range").to;
            let (found, steps) = walk(&tree, value);
            assert_eq!(found, expected, "{value}");
            assert!(steps <= 12, "{value}: {steps}");
        }
    }

    #[test]
    fn single_values_cost_one_comparison_each() {
        let ranges = [9, 10, 19, 20, 29, 30, u32::MAX]
            .iter()
            .enumerate()
            .map(|(at, high)| Range { high: *high, to: at % 2 })
            .collect::<Vec<_>>();
        assert_eq!(least(&ranges), 3);
        assert_eq!(plan(&ranges, 8, &|_| 0).comparisons.len(), 3);
    }
}
