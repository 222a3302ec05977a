//! Conditions as a decision diagram: every node asks one question, each range of answers leads on, equal nodes are one.
//!
//! Questions are asked in one order (by where the octets are), so joining two diagrams walks both at once and what one
//! path has learnt is not asked again. Two kinds of diagram are not merged but put one behind the other: those with
//! loads whose place the user chose ("pinned": asked earlier than written, they could end the program where libpcap
//! accepts), and those whose merged form is larger than both. What a path says of the structure of the packet
//! (protocols, families) still holds for the one behind.

mod build;
mod join;
mod order;

pub(crate) use build::build;

use super::hash::{Map, Places, hash_of, room};
use super::logic::Pair;
use super::number::{Family, FieldKind, LayerId, Number, NumberId, Numbers, Variable};
use order::Rank;

/// Index of a node; 0 rejects, 1 accepts.
pub(crate) type NodeId = u32;
pub(crate) const REJECT: NodeId = 0;
pub(crate) const ACCEPT: NodeId = 1;

/// Index of a [`Question`].
pub(crate) type QuestionId = u32;

/// What a node asks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Question {
    /// The value of `number & mask`.
    Value { number: NumberId, mask: u32 },
    /// Whether two numbers stand in a relation: 0 or 1.
    Compare { left: NumberId, relation: Pair, right: NumberId },
    /// Nothing: from here on the layer's header is of the family that the node holds.
    Scope(LayerId),
    /// Nothing: from here on the variable is the number that the node holds.
    Bind(Variable),
}

/// Up to and with `high`, go on at `to`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Edge {
    pub(crate) high: u32,
    pub(crate) to: NodeId,
}

/// A node; its edges lie in the diagram's list of all edges.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Node {
    pub(crate) question: QuestionId,
    /// The family of a scope, the number of a binding.
    pub(crate) holds: u32,
    first: u32,
    count: u32,
}

/// The diagram became too large.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TooLarge;

/// How the order of questions may vary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Order {
    /// Ask for the IP protocol before the fragment offset.
    pub(crate) protocol_first: bool,
    /// Ask for addresses before both.
    pub(crate) addresses_first: bool,
    /// How to join what the text joins.
    pub(crate) joint: Joint,
}

/// How diagrams are joined.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Joint {
    /// Merged, where that does not grow.
    Merge,
    /// One behind the other; what is known of the packet's structure holds behind.
    Chain,
}

#[derive(Debug)]
pub(crate) struct Diagram {
    pub(crate) nodes: Vec<Node>,
    edges: Vec<Edge>,
    /// Edges of the nodes that are being made, a stack.
    scratch: Vec<Edge>,
    pub(crate) questions: Vec<Question>,
    ranks: Vec<Rank>,
    /// Whether a question asks for an address or a port.
    data: Vec<bool>,
    question_ids: Map<Question, QuestionId>,
    node_ids: Places,
    /// Questions below a node, folded to 64 bits.
    below: Vec<u64>,
    /// Questions on the longest path from a node.
    depths: Vec<u16>,
    both: Map<(NodeId, NodeId), NodeId>,
    either: Map<(NodeId, NodeId), NodeId>,
    negated: Map<NodeId, NodeId>,
    restricted: Map<(NodeId, QuestionId, u32, u32), NodeId>,
    /// Of the diagrams that are being put one behind the other.
    chained: Map<(NodeId, NodeId), NodeId>,
    order: Order,
    /// Position of the words of IPv6 addresses by how much they tell apart.
    word_order: Map<NumberId, (u32, u16)>,
    budget: usize,
    sizes: Map<NodeId, usize>,
    /// When a node was last seen on a walk, and the number of the walk.
    seen: Vec<u32>,
    walk: u32,
    to_see: Vec<NodeId>,
}

const MOST_QUESTIONS: usize = 500;

/// Longest path: what walks diagrams calls itself once for each question on it.
const DEEPEST: u16 = 500;

pub(crate) fn family_number(family: Family) -> u32 {
    match family {
        Family::Ip4 => 0,
        Family::Ip6 => 1,
        Family::Arp => 2,
    }
}

pub(crate) fn number_family(number: u32) -> Family {
    match number {
        0 => Family::Ip4,
        1 => Family::Ip6,
        _ => Family::Arp,
    }
}

/// A list with room for what ordinary expressions need.
fn with_room<T: Copy>(start: &[T]) -> Vec<T> {
    let mut list = Vec::with_capacity(128);
    list.extend_from_slice(start);
    list
}

impl Diagram {
    /// With the two nodes that reject and accept.
    fn new(order: Order, word_order: Map<NumberId, (u32, u16)>, budget: usize) -> Diagram {
        let end = |holds| Node { question: QuestionId::MAX, holds, first: 0, count: 0 };
        let mut nodes = Vec::with_capacity(128);
        nodes.extend([end(0), end(1)]);
        Diagram {
            nodes,
            edges: Vec::with_capacity(256),
            scratch: Vec::with_capacity(64),
            questions: Vec::with_capacity(32),
            ranks: Vec::with_capacity(32),
            data: Vec::with_capacity(32),
            question_ids: room(56),
            node_ids: Places::with_room(),
            below: with_room(&[0, 0]),
            depths: with_room(&[0, 0]),
            both: room(56),
            either: room(56),
            negated: room(56),
            restricted: room(56),
            chained: room(56),
            order,
            word_order,
            budget,
            sizes: room(28),
            seen: with_room(&[]),
            walk: 0,
            to_see: with_room(&[]),
        }
    }

    fn question(&mut self, question: Question, numbers: &Numbers) -> Result<QuestionId, TooLarge> {
        if let Some(id) = self.question_ids.get(&question) {
            return Ok(*id);
        }
        if self.questions.len() >= MOST_QUESTIONS {
            return Err(TooLarge);
        }
        let rank = self.rank(question, numbers);
        let id = self.questions.len() as QuestionId;
        self.questions.push(question);
        self.ranks.push(rank);
        self.data.push(match question {
            Question::Value { number, .. } => {
                self.word_order.contains_key(&number)
                    || matches!(numbers.get(number), Number::Field { kind, .. } if kind != FieldKind::Protocol)
            }
            _ => false,
        });
        self.question_ids.insert(question, id);
        Ok(id)
    }

    /// A node with one edge.
    fn single(&mut self, question: QuestionId, holds: u32, to: NodeId) -> Result<NodeId, TooLarge> {
        let base = self.scratch.len();
        self.scratch.push(Edge { high: u32::MAX, to });
        self.node(question, holds, base)
    }

    /// A node of the edges that lie on the stack from `base` on; a question whose answer does not matter is not asked.
    fn node(&mut self, question: QuestionId, holds: u32, base: usize) -> Result<NodeId, TooLarge> {
        self.inline(question, base);
        let mut kept = base;
        for at in base..self.scratch.len() {
            let edge = self.scratch[at];
            if kept > base && self.scratch[kept - 1].to == edge.to {
                self.scratch[kept - 1].high = edge.high;
            } else {
                self.scratch[kept] = edge;
                kept += 1;
            }
        }
        self.scratch.truncate(kept);
        let only = match &self.scratch[base..] {
            [] => Some(REJECT),
            [only] => match self.questions.get(question as usize) {
                Some(Question::Bind(_)) => None,
                Some(Question::Scope(_)) if only.to > ACCEPT => None,
                _ => Some(only.to),
            },
            _ => None,
        };
        let made = match only {
            Some(only) => only,
            None => self.intern(question, holds, base)?,
        };
        self.scratch.truncate(base);
        Ok(made)
    }

    /// Equal nodes are one.
    fn intern(&mut self, question: QuestionId, holds: u32, base: usize) -> Result<NodeId, TooLarge> {
        let edges = &self.scratch[base..];
        let hash = hash_of((question, holds), edges.iter().map(|edge| (edge.high, edge.to)));
        let known = self.node_ids.find(hash, |id| {
            let node = self.get(id);
            node.question == question && node.holds == holds && self.edges(id) == edges
        });
        if let Some(id) = known {
            return Ok(id);
        }
        self.budget = self.budget.checked_sub(edges.len()).ok_or(TooLarge)?;
        let (mut below, mut depth) = (1 << (question % 64), 0);
        for edge in edges {
            below |= self.below.get(edge.to as usize).copied().unwrap_or(0);
            depth = depth.max(self.depths.get(edge.to as usize).copied().unwrap_or(0));
        }
        if depth >= DEEPEST {
            return Err(TooLarge);
        }
        let id = self.nodes.len() as NodeId;
        let (first, count) = (self.edges.len() as u32, edges.len() as u32);
        self.edges.extend_from_slice(&self.scratch[base..]);
        self.depths.push(depth + 1);
        self.below.push(below);
        self.nodes.push(Node { question, holds, first, count });
        self.node_ids.insert(hash, id);
        Ok(id)
    }

    /// A question asked again where its answer is known to lie in a range is not asked again.
    fn inline(&mut self, question: QuestionId, base: usize) {
        let asks = |diagram: &Self, to: NodeId| to > ACCEPT && diagram.get(to).question == question;
        if !self.scratch[base..].iter().any(|edge| asks(self, edge.to)) {
            return;
        }
        let edges = self.scratch.split_off(base);
        let mut low = 0u32;
        for edge in edges {
            if asks(self, edge.to) {
                let start = self.scratch.len();
                let inner = self.get(edge.to);
                for at in inner.first..inner.first + inner.count {
                    let Some(inner) = self.edges.get(at as usize).copied() else { break };
                    if inner.high >= low {
                        self.scratch.push(Edge { high: inner.high.min(edge.high), to: inner.to });
                    }
                    if inner.high >= edge.high {
                        break;
                    }
                }
                // What the inner node does not know of (its last range was cut) goes where its last range goes.
                let last_to = self.edges(edge.to).last().map_or(REJECT, |inner| inner.to);
                match self.scratch[start..].last_mut() {
                    Some(last) if last.high >= edge.high => {}
                    Some(last) if last.to == last_to => last.high = edge.high,
                    _ => self.scratch.push(Edge { high: edge.high, to: last_to }),
                }
            } else {
                self.scratch.push(edge);
            }
            low = edge.high.wrapping_add(1);
        }
    }

    /// The edges of a node.
    pub(crate) fn edges(&self, id: NodeId) -> &[Edge] {
        let node = self.get(id);
        self.edges.get(node.first as usize..(node.first + node.count) as usize).unwrap_or_default()
    }

    /// One of the edges of a node.
    fn edge(&self, node: Node, at: u32) -> Option<Edge> {
        if at < node.count { self.edges.get((node.first + at) as usize).copied() } else { None }
    }

    /// The part of the diagram below `root` as numbers: equal for equal diagrams, however they were made.
    pub(crate) fn form(&self, root: NodeId) -> Vec<u32> {
        let mut places: Map<NodeId, u32> = room(56);
        places.insert(root, 0);
        let mut order = with_room(&[root]);
        let mut form = Vec::with_capacity(512);
        let mut at = 0;
        while let Some(id) = order.get(at).copied() {
            at += 1;
            if id <= ACCEPT {
                form.extend([u32::MAX, id]);
                continue;
            }
            let node = self.get(id);
            form.extend(match self.questions.get(node.question as usize) {
                Some(Question::Value { number, mask }) => [0, *number, *mask, 0],
                Some(Question::Compare { left, relation, right }) => [1, *left, *right, *relation as u32],
                Some(Question::Scope(layer)) => [2, (*layer).into(), 0, 0],
                Some(Question::Bind(variable)) => [3, (*variable).into(), 0, 0],
                None => [4, 0, 0, 0],
            });
            form.extend([node.holds, node.count]);
            for edge in self.edges(id) {
                let next = places.len() as u32;
                let place = *places.entry(edge.to).or_insert(next);
                if place == next {
                    order.push(edge.to);
                }
                form.extend([edge.high, place]);
            }
        }
        form
    }

    pub(crate) fn get(&self, id: NodeId) -> Node {
        self.nodes[id as usize]
    }

    /// Addresses and ports: what they are says little of what comes behind, and there are many of them.
    fn is_data(&self, question: QuestionId) -> bool {
        self.data.get(question as usize).copied().unwrap_or(false)
    }

    /// How many tests a diagram takes.
    fn size(&mut self, id: NodeId) -> usize {
        if let Some(size) = self.sizes.get(&id) {
            return *size;
        }
        let mut size = 0;
        self.walk(id, |diagram, node| {
            size += diagram.get(node).count as usize;
            true
        });
        self.sizes.insert(id, size);
        size
    }

    /// Shows every node below `id` once, `id` too; ends when `show` says so.
    fn walk(&mut self, id: NodeId, mut show: impl FnMut(&Self, NodeId) -> bool) {
        self.walk += 1;
        self.seen.resize(self.nodes.len(), 0);
        let mut stack = std::mem::take(&mut self.to_see);
        stack.push(id);
        while let Some(next) = stack.pop() {
            if next > ACCEPT && std::mem::replace(&mut self.seen[next as usize], self.walk) != self.walk {
                if !show(self, next) {
                    break;
                }
                stack.extend(self.edges(next).iter().map(|edge| edge.to));
            }
        }
        stack.clear();
        self.to_see = stack;
    }
}
