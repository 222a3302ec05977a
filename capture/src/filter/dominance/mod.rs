//! Tests in the order of the text, led on where an edge in front of them has decided them: a third way to a program.
//!
//! This is how the optimiser of the BSD packet filter goes about branches (McCanne and Jacobson, USENIX 1993): every test of
//! the text is a block of its own; an edge that leads to a test whose outcome is known, because each way to the edge passes
//! the same test on one side, goes on to what that outcome leads to; and a test of the number that was loaded in front of
//! a row of tests is pulled up to the head of the row. Both are done until nothing changes; then equal blocks become one.
//! It knows less than the other ways (see [`super::ways`]), and now and then keeps together what those tear apart.

mod sets;
mod text;

use super::graph::{Block, Blocks};
use super::logic::Pair;
use super::lower::Lowered;
use super::number::{Number, NumberId, Numbers, Variable};
use super::ranges::Ranges;
use super::rows::merged;
use super::sequence::unread_left_out;
use super::tree::Range;
use sets::Sets;
use text::Writer;

/// Rounds until nothing changes; ordinary texts take two or three.
const MOST_ROUNDS: usize = 40;

type NodeId = usize;
const REJECT: NodeId = 0;
const ACCEPT: NodeId = 1;

/// The blocks of an expression. None where it has a loop or is too long.
pub(crate) fn blocks(lowered: &mut Lowered) -> Option<Blocks> {
    let mut writer = Writer::new(&mut lowered.numbers, &lowered.conditions);
    let root = writer.condition(lowered.root, ACCEPT, REJECT)?;
    let nodes = writer.nodes;
    let mut graph = Graph::new(nodes, root, &lowered.numbers);
    for _ in 0..MOST_ROUNDS {
        if !graph.round() {
            break;
        }
    }
    let blocks = graph.blocks(&lowered.numbers);
    Some(if lowered.numbers.variables > 0 { unread_left_out(blocks, &lowered.numbers) } else { blocks })
}

/// What decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Jump {
    Equal(u32),
    GreaterEqual(u32),
    AnyBit(u32),
    Pair(Pair, NumberId),
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Leaf,
    /// `number & mask` is in A.
    Test {
        number: NumberId,
        mask: u32,
        jump: Jump,
    },
    /// A variable, its value, and the number that it is from here on.
    Bind(Variable, NumberId, NumberId),
}

#[derive(Clone, Copy, Debug)]
struct Node {
    kind: Kind,
    yes: NodeId,
    no: NodeId,
}

impl Node {
    const fn leaf(id: NodeId) -> Node {
        Node { kind: Kind::Leaf, yes: id, no: id }
    }

    /// What A holds behind it.
    fn held(&self) -> Option<(NumberId, u32)> {
        match self.kind {
            Kind::Test { number, mask, .. } => Some((number, mask)),
            _ => None,
        }
    }

    fn is_leaf(&self) -> bool {
        matches!(self.kind, Kind::Leaf)
    }

    fn is_test(&self) -> bool {
        matches!(self.kind, Kind::Test { .. })
    }

    fn to(&self, side: bool) -> NodeId {
        if side { self.yes } else { self.no }
    }

    fn lead(&mut self, side: bool, to: NodeId) {
        *if side { &mut self.yes } else { &mut self.no } = to;
    }
}

/// What is in A on the ways to a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Arriving {
    Nothing,
    /// A class of nodes, see [`Graph::classes`].
    Same(usize),
    Several,
}

struct Graph<'g> {
    nodes: Vec<Node>,
    root: NodeId,
    numbers: &'g Numbers,
    /// Nodes that load the same number are of one class.
    classes: Vec<Option<usize>>,
    /// Of each class the edges that leave its nodes: twice the node, and 1 more where it says no.
    leaving: Sets,
    /// What can be reached, by distance from the leaves.
    levels: Vec<Vec<NodeId>>,
    level: Vec<usize>,
    /// Edges that all ways to a node pass.
    edges: Sets,
    /// Nodes that all ways to a node pass, where they have been looked for since an edge was moved.
    dominators: Option<Sets>,
    arriving: Vec<Arriving>,
    /// Variables that are bound in a node or behind it.
    bound: Vec<u64>,
}

impl<'g> Graph<'g> {
    fn new(nodes: Vec<Node>, root: NodeId, numbers: &'g Numbers) -> Graph<'g> {
        let (mut known, mut classes) = (Vec::new(), Vec::with_capacity(nodes.len()));
        for node in &nodes {
            classes.push(node.held().map(|held| {
                known.iter().position(|other| *other == held).unwrap_or_else(|| {
                    known.push(held);
                    known.len() - 1
                })
            }));
        }
        let mut leaving = Sets::default();
        leaving.empty(known.len(), 2 * nodes.len());
        for (id, class) in classes.iter().enumerate() {
            if let Some(class) = class {
                leaving.insert(*class, 2 * id);
                leaving.insert(*class, 2 * id + 1);
            }
        }
        Graph {
            root,
            numbers,
            classes,
            leaving,
            levels: Vec::new(),
            level: Vec::new(),
            edges: Sets::default(),
            dominators: None,
            arriving: Vec::new(),
            bound: vec![0; nodes.len()],
            nodes,
        }
    }

    /// Leads edges on and pulls tests up. Says whether there was anything to do.
    fn round(&mut self) -> bool {
        self.find_levels();
        self.find_bound();
        self.find_edges();
        let mut changed = false;
        for level in 1..self.levels.len() {
            for at in (0..self.levels[level].len()).rev() {
                let node = self.levels[level][at];
                changed |= self.led_on(node, true);
                changed |= self.led_on(node, false);
            }
        }
        if changed {
            self.find_levels();
        }
        self.find_arriving();
        let mut pulled = false;
        for level in 1..self.levels.len() {
            for at in (0..self.levels[level].len()).rev() {
                let node = self.levels[level][at];
                for side in [false, true] {
                    if self.pulled(node, side) {
                        pulled = true;
                        self.dominators = None;
                        self.find_arriving();
                    }
                }
            }
        }
        changed || pulled
    }

    fn find_levels(&mut self) {
        self.dominators = None;
        self.level.clear();
        self.level.resize(self.nodes.len(), usize::MAX);
        self.levels.iter_mut().for_each(Vec::clear);
        let mut stack = vec![(self.root, false)];
        while let Some((id, left)) = stack.pop() {
            if self.level[id] != usize::MAX {
                continue;
            }
            let node = self.nodes[id];
            if node.is_leaf() {
                self.set_level(id, 0);
            } else if left {
                self.set_level(id, 1 + self.level[node.yes].max(self.level[node.no]));
            } else {
                stack.extend([(id, true), (node.no, false), (node.yes, false)]);
            }
        }
    }

    fn set_level(&mut self, id: NodeId, level: usize) {
        self.level[id] = level;
        if self.levels.len() <= level {
            self.levels.resize(level + 1, Vec::new());
        }
        self.levels[level].push(id);
    }

    fn find_bound(&mut self) {
        if self.numbers.variables == 0 {
            return;
        }
        self.bound.fill(0);
        for id in self.levels.iter().flatten() {
            let node = self.nodes[*id];
            let own = match node.kind {
                Kind::Bind(variable, ..) => 1u64.checked_shl(variable.into()).unwrap_or(u64::MAX),
                _ => 0,
            };
            self.bound[*id] = own | self.bound[node.yes] | self.bound[node.no];
        }
    }

    fn find_edges(&mut self) {
        let count = self.nodes.len();
        self.edges.full(count, 2 * count);
        self.edges.clear(self.root);
        for id in self.levels.iter().rev().flatten() {
            let node = self.nodes[*id];
            if !node.is_leaf() {
                self.edges.meet(node.yes, *id, 2 * id);
                self.edges.meet(node.no, *id, 2 * id + 1);
            }
        }
    }

    /// The levels are those of before a test was pulled up, so the nodes are walked afresh.
    fn find_dominators(&self) -> Sets {
        let count = self.nodes.len();
        let mut dominators = Sets::default();
        dominators.full(count, count);
        dominators.clear(self.root);
        dominators.insert(self.root, self.root);
        for id in self.in_order() {
            let node = self.nodes[id];
            if !node.is_leaf() {
                dominators.meet(node.yes, id, node.yes);
                dominators.meet(node.no, id, node.no);
            }
        }
        dominators
    }

    /// All that can be reached, each before what it leads to.
    fn in_order(&self) -> Vec<NodeId> {
        let mut done = vec![false; self.nodes.len()];
        let mut order = Vec::with_capacity(self.nodes.len());
        let mut stack = vec![(self.root, false)];
        while let Some((id, left)) = stack.pop() {
            if done[id] {
                continue;
            }
            let node = self.nodes[id];
            if left || node.is_leaf() {
                done[id] = true;
                order.push(id);
            } else {
                stack.extend([(id, true), (node.no, false), (node.yes, false)]);
            }
        }
        order.reverse();
        order
    }

    /// What can be reached is what the levels hold: nothing is lost by pulling up.
    fn find_arriving(&mut self) {
        self.arriving.clear();
        self.arriving.resize(self.nodes.len(), Arriving::Nothing);
        for id in self.levels.iter().skip(1).flatten() {
            let node = self.nodes[*id];
            for to in [node.yes, node.no] {
                let now = &mut self.arriving[to];
                *now = match (*now, self.classes[*id]) {
                    (Arriving::Nothing, Some(class)) => Arriving::Same(class),
                    (Arriving::Same(before), Some(class)) if before == class => *now,
                    _ => Arriving::Several,
                };
            }
        }
    }

    /// Leads the edge of a node past tests that are decided.
    fn led_on(&mut self, id: NodeId, side: bool) -> bool {
        let mut changed = false;
        loop {
            let to = self.nodes[id].to(side);
            let next = self.nodes[to];
            if !next.is_test() {
                return changed;
            }
            let target = if next.yes == next.no { Some(next.yes) } else { self.decided(id, side, to) };
            let Some(target) = target else { return changed };
            self.nodes[id].lead(side, target);
            if matches!(self.nodes[id].kind, Kind::Bind(..)) {
                self.nodes[id].lead(!side, target);
            }
            changed = true;
        }
    }

    /// Where a test leads on the edge of a node, if that edge or one in front of it decides it.
    fn decided(&self, id: NodeId, side: bool, next: NodeId) -> Option<NodeId> {
        let class = self.classes[next]?;
        let own = 2 * id + usize::from(!side);
        for (word, (before, same)) in self.edges.row(id).iter().zip(self.leaving.row(class)).enumerate() {
            let mut bits = before & same;
            while bits != 0 {
                let edge = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                if let Some(target) = self.folded(edge, next) {
                    return Some(target);
                }
            }
        }
        if self.classes[id] == Some(class) { self.folded(own, next) } else { None }
    }

    /// Where a test of the same number leads behind an edge.
    fn folded(&self, edge: usize, next: NodeId) -> Option<NodeId> {
        let (from, side) = (edge / 2, edge.is_multiple_of(2));
        let next = self.nodes[next];
        let (Kind::Test { number, jump: known, .. }, Kind::Test { jump, .. }) =
            (self.nodes[from].kind, next.kind)
        else {
            return None;
        };
        if self.moves(from, number, known) {
            return None;
        }
        match (known, jump, side) {
            _ if known == jump => Some(next.to(side)),
            (Jump::Equal(_), Jump::Equal(_), true) => Some(next.no),
            _ => None,
        }
    }

    /// Whether a number may be another one behind a node: a variable in it is bound there.
    fn moves(&self, from: NodeId, number: NumberId, jump: Jump) -> bool {
        let bound = self.bound[from];
        if bound == 0 {
            return false;
        }
        let other = match jump {
            Jump::Pair(_, right) => right,
            _ => number,
        };
        [number, other].into_iter().flat_map(|number| self.numbers.parts(number)).any(|part| {
            matches!(self.numbers.get(part), Number::Variable(variable)
                if bound >> (variable & 63) & 1 == 1)
        })
    }

    /// In a row of tests that all end it on one `side` at the same node: the one that asks for the number that is in A in
    /// front of the row is moved to where another number comes into A first.
    fn pulled(&mut self, head: NodeId, side: bool) -> bool {
        let Arriving::Same(class) = self.arriving[head] else { return false };
        if !self.nodes[head].is_test() {
            return false;
        }
        let end = self.nodes[head].to(side);
        let in_row = |graph: &Self, at: NodeId| graph.nodes[at].is_test() && graph.nodes[at].to(side) == end;
        let on = |graph: &Self, at: NodeId| graph.nodes[at].to(!side);
        // The first of the row that asks for something else, and what stands before it in the row.
        let (mut before, mut other) = (None, head);
        while in_row(self, other) && self.classes[other] == Some(class) {
            before = Some(other);
            other = on(self, other);
        }
        let (mut last, mut pull) = (other, other);
        while in_row(self, pull) && self.classes[pull] != Some(class) {
            last = pull;
            pull = on(self, pull);
        }
        if pull == other || !in_row(self, pull) || !self.only_through(head, pull, side) {
            return false;
        }
        let rest = on(self, pull);
        self.nodes[last].lead(!side, rest);
        self.nodes[pull].lead(!side, other);
        match before {
            Some(before) => self.nodes[before].lead(!side, pull),
            None => {
                for at in 0..self.nodes.len() {
                    for side in [true, false] {
                        if at != pull && self.nodes[at].to(side) == head {
                            self.nodes[at].lead(side, pull);
                        }
                    }
                }
            }
        }
        true
    }

    /// Whether all ways to the nodes of a row, up to `last`, pass its head.
    fn only_through(&mut self, head: NodeId, last: NodeId, side: bool) -> bool {
        let dominators = match self.dominators.take() {
            Some(known) => known,
            None => self.find_dominators(),
        };
        let mut at = head;
        let mut only = true;
        while only && at != last {
            at = self.nodes[at].to(!side);
            only = dominators.has(at, head);
        }
        self.dominators = Some(dominators);
        only
    }

    // ---- blocks ---------------------------------------------------------------------------------------------------------------

    fn blocks(self, numbers: &Numbers) -> Blocks {
        let order = self.in_order();
        let mut list = vec![Block::Return(false), Block::Return(true)];
        let mut ids = vec![0; self.nodes.len()];
        ids[ACCEPT] = 1;
        for id in order.iter().rev().filter(|id| **id > ACCEPT) {
            let node = self.nodes[*id];
            let (yes, no) = (ids[node.yes], ids[node.no]);
            ids[*id] = list.len();
            list.push(match node.kind {
                Kind::Leaf => Block::Return(*id == ACCEPT),
                Kind::Bind(variable, number, symbol) => {
                    Block::Enter { x: Some((number, symbol)), cell: Some(variable), a: None, next: yes }
                }
                Kind::Test { number, mask, jump } => block(numbers, number, mask, jump, yes, no),
            });
        }
        merged(&list, ids[self.root])
    }
}

fn block(numbers: &Numbers, number: NumberId, mask: u32, jump: Jump, yes: usize, no: usize) -> Block {
    let maximum = numbers.maximum(number) & mask;
    let mut ranges = Ranges::new();
    let mut mask = mask;
    match jump {
        Jump::Pair(relation, right) => return Block::Compare { left: number, relation, right, yes, no },
        Jump::Equal(value) => {
            if value > 0 {
                ranges.push(Range { high: value - 1, to: no });
            }
            ranges.push(Range { high: value, to: yes });
            if value < maximum {
                ranges.push(Range { high: maximum, to: no });
            }
        }
        Jump::GreaterEqual(value) => {
            ranges.push(Range { high: value.saturating_sub(1), to: no });
            ranges.push(Range { high: maximum, to: yes });
        }
        Jump::AnyBit(bits) => {
            mask = bits;
            ranges.push(Range { high: 0, to: no });
            ranges.push(Range { high: maximum & bits, to: yes });
        }
    }
    Block::Ask { number, mask, ranges }
}

#[cfg(test)]
mod tests {
    use crate::filter::{Options, compile};
    use nettool_dissect::frame::LinkType;

    /// Instructions of libpcap 1.10.3 and 1.11, the fewer of the two, where other ways to a program need more.
    #[test]
    fn programs_are_no_larger_than_libpcaps_where_the_order_of_the_text_is_best() {
        let theirs = [
            (
                LinkType::PPP_HDLC,
                "ip proto 0 || (dst and src net (0.0.0.0/0 or 10.20) and host (10.20.30.40 or 8.8.8.8))",
                19,
            ),
            (
                LinkType::PPP_HDLC,
                "sctp and icmp6 or (host 172.16.5.4 and (rarp or (igmp[1] & 0x14 >> 29 < 20 and byte 13 = 0)))",
                11,
            ),
            (LinkType::NULL, "(host 10.20.30.40 or 224.0.0.5 or igmp) && ip net 10.0.0.0/8", 18),
            (LinkType::LINUX_SLL, "port 4789 or udp port 1024 or src and dst port 67 && (! ip)", 21),
            (LinkType::IEEE802_11, "ether dst host 01:80:c2:00:00:00 or wlan src aa:00:04:00:01:08", 34),
            (
                LinkType::ETHERNET,
                "less 64 || (vlan and dst port 123 && (sctp or arp dst net 192.168.1.0/24)) or src port 6081 or not 67",
                41,
            ),
        ];
        for (link, expression, theirs) in theirs {
            let program = compile(expression, &Options::new(link)).expect("it compiles");
            let size = program.instructions.len();
            assert!(size <= theirs, "{expression}: {size}, libpcap {theirs}");
        }
    }

    #[test]
    fn texts_of_any_length_are_taken() {
        let texts = ["(ip or not tcp and udp) and ".repeat(300) + "udp", "!".repeat(5_000) + "ip"];
        for text in texts {
            assert!(compile(&text, &Options::new(LinkType::ETHERNET)).is_ok());
        }
    }
}
