//! Conditions as a decision diagram: every node asks one question, each range of answers leads on, equal nodes are one.
//!
//! Questions are asked in one order (by where the octets are), so joining two diagrams walks both at once and what one
//! path has learnt is not asked again. Two kinds of diagram are not merged but put one behind the other: those with
//! loads whose place the user chose ("pinned": asked earlier than written, they could end the program where libpcap
//! accepts), and those whose merged form is larger than both. What a path says of the structure of the packet
//! (protocols, families) still holds for the one behind.

use super::hash::{Map, Set};
use super::logic::{Conditions, Logic, LogicId, Pair};
use super::lower::Lowered;
use super::number::{Family, LayerId, Number, NumberId, Numbers, Variable};

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

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Node {
    pub(crate) question: QuestionId,
    /// The family of a scope, the number of a binding.
    pub(crate) holds: u32,
    pub(crate) edges: Box<[Edge]>,
}

/// The diagram became too large.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TooLarge;

/// Where in the order a question stands.
type Rank = (u16, u32, u16, u32, u32);

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
    /// One behind the other; only what the link layer says holds behind.
    Loose,
}

#[derive(Debug)]
pub(crate) struct Diagram {
    pub(crate) nodes: Vec<Node>,
    pub(crate) questions: Vec<Question>,
    ranks: Vec<Rank>,
    /// Whether a question asks for an address or a port.
    data: Vec<bool>,
    /// Whether a question asks for what the link layer says.
    links: Vec<bool>,
    question_ids: Map<Question, QuestionId>,
    node_ids: Map<Node, NodeId>,
    /// Questions below a node, folded to 64 bits.
    below: Vec<u64>,
    /// Questions on the longest path from a node.
    depths: Vec<u16>,
    both: Map<(NodeId, NodeId), NodeId>,
    either: Map<(NodeId, NodeId), NodeId>,
    negated: Map<NodeId, NodeId>,
    restricted: Map<(NodeId, QuestionId, u32, u32), NodeId>,
    order: Order,
    /// Position of the words of IPv6 addresses by how much they tell apart.
    word_order: Map<NumberId, (u32, u16)>,
    budget: usize,
}

/// A diagram and how its questions may be moved.
#[derive(Clone, Copy, Debug)]
struct Part {
    node: NodeId,
    pin: Pin,
}

/// What must not be asked earlier than written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Pin {
    /// Nothing.
    Free,
    /// This number alone.
    Only(NumberId),
    /// The whole diagram stays where it is.
    Fixed,
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

/// Turns conditions into a diagram; gives its root.
pub(crate) fn build(lowered: &mut Lowered, order: Order) -> Result<(Diagram, NodeId), TooLarge> {
    let mut diagram = Diagram {
        nodes: Vec::new(),
        questions: Vec::new(),
        ranks: Vec::new(),
        data: Vec::new(),
        links: Vec::new(),
        question_ids: Map::default(),
        node_ids: Map::default(),
        below: Vec::new(),
        depths: Vec::new(),
        both: Map::default(),
        either: Map::default(),
        negated: Map::default(),
        restricted: Map::default(),
        order,
        word_order: word_order(lowered),
        budget: 60_000 + lowered.conditions.len() * 40,
    };
    for high in [0, 1] {
        let node = Node { question: QuestionId::MAX, holds: high, edges: Box::default() };
        diagram.nodes.push(node);
        diagram.below.push(0);
        diagram.depths.push(0);
    }
    let root = lowered.root;
    let mut builder = Builder {
        diagram: &mut diagram,
        numbers: &mut lowered.numbers,
        conditions: &lowered.conditions,
        pinned: &lowered.pinned,
        joints: &lowered.joints,
        parts: Map::default(),
    };
    let part = builder.whole(root)?;
    Ok((diagram, part.node))
}

/// In each address, the words that have the fewest different values come first.
fn word_order(lowered: &Lowered) -> Map<NumberId, (u32, u16)> {
    let mut values: Map<NumberId, Set<u32>> = Map::default();
    for words in &lowered.addresses {
        for word in words {
            values.entry(*word).or_default();
        }
    }
    for at in 0..lowered.conditions.len() {
        if let Logic::Test { number, low, .. } = lowered.conditions.get(at as LogicId)
            && let Some(values) = values.get_mut(number)
        {
            values.insert(*low);
        }
    }
    let count = |word: &NumberId| values.get(word).map_or(0, Set::len);
    let mut order = Map::default();
    for words in &lowered.addresses {
        let offset = words.first().map_or(0, |word| match lowered.numbers.get(*word) {
            Number::Load { offset, .. } => offset,
            _ => 0,
        });
        let mut sorted: Vec<NumberId> = words.to_vec();
        sorted.sort_by_key(count);
        for (at, word) in sorted.into_iter().enumerate() {
            order.insert(word, (offset, at as u16));
        }
    }
    order
}

impl Diagram {
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
        self.links.push(match question {
            Question::Value { number, mask } => {
                mask == u32::MAX && matches!(numbers.get(number), Number::Load { base: None, size: 2, .. })
                    || matches!(numbers.get(number), Number::Load { size: 1, offset: 0, .. })
            }
            _ => false,
        });
        self.data.push(match question {
            Question::Value { number, .. } => {
                use super::number::FieldKind;
                self.word_order.contains_key(&number)
                    || matches!(numbers.get(number), Number::Field { kind, .. } if kind != FieldKind::Protocol)
            }
            _ => false,
        });
        self.question_ids.insert(question, id);
        Ok(id)
    }

    fn rank(&self, question: Question, numbers: &Numbers) -> Rank {
        match question {
            Question::Value { number, mask } => {
                let (group, offset, sub) = self.place(number, numbers);
                (group, offset, sub, number, !mask)
            }
            Question::Compare { left, relation, right } => {
                let place = self.place(left, numbers).max(self.place(right, numbers));
                (place.0, place.1, 999, left, right << 2 | relation as u32)
            }
            Question::Scope(layer) => {
                let layer = numbers.layers.get(usize::from(layer)).copied();
                let (group, offset) =
                    layer.map_or((0, 0), |layer| base_place(layer.base, layer.offset, numbers));
                (group, offset, 1, 0, 0)
            }
            Question::Bind(variable) => (variable, u32::MAX, 0, 0, 0),
        }
    }

    /// Group, offset and position there of a number.
    fn place(&self, number: NumberId, numbers: &Numbers) -> (u16, u32, u16) {
        if let Some((offset, at)) = self.word_order.get(&number) {
            let group = match numbers.get(number) {
                Number::Load { base, .. } => base_place(base, 0, numbers).0,
                _ => 0,
            };
            return (group, *offset, at + 2);
        }
        use super::number::FieldKind;
        match numbers.get(number) {
            Number::Const(_) | Number::Length | Number::Ancillary(_) => (0, 0, 0),
            Number::Variable(variable) => (variable + 1, 0, 0),
            Number::Load { base, offset, .. } | Number::HeaderLength { base, offset } => {
                let (group, offset) = base_place(base, offset, numbers);
                (group, offset, 0)
            }
            Number::Field { layer, kind, .. } => {
                let layer = numbers.layers.get(usize::from(layer)).copied();
                let (group, start) =
                    layer.map_or((0, 0), |layer| base_place(layer.base, layer.offset, numbers));
                let (more, sub) = match kind {
                    FieldKind::Source if self.order.addresses_first => (0, 2),
                    FieldKind::Destination if self.order.addresses_first => (0, 3),
                    FieldKind::Protocol if self.order.protocol_first => (0, 4),
                    FieldKind::Protocol => (7, 0),
                    FieldKind::Source => (12, 0),
                    FieldKind::Destination => (16, 0),
                    FieldKind::SourcePort => (TRANSPORT, 0),
                    FieldKind::DestinationPort => (TRANSPORT + 2, 0),
                };
                (group, start.saturating_add(more), sub)
            }
            Number::Transport { layer, .. } => {
                let layer = numbers.layers.get(usize::from(layer)).copied();
                let (group, start) =
                    layer.map_or((0, 0), |layer| base_place(layer.base, layer.offset, numbers));
                (group, start.saturating_add(TRANSPORT), 0)
            }
            Number::Binary(..) | Number::Negative(_) => numbers
                .parts(number)
                .into_iter()
                .filter(|part| !matches!(numbers.get(*part), Number::Binary(..) | Number::Negative(_)))
                .map(|part| self.place(part, numbers))
                .max()
                .map_or((0, 0, 900), |(group, offset, _)| (group, offset, 900)),
        }
    }

    /// A node; a question whose answer does not matter is not asked.
    fn node(&mut self, question: QuestionId, holds: u32, mut edges: Vec<Edge>) -> Result<NodeId, TooLarge> {
        if edges
            .iter()
            .any(|edge| self.nodes.get(edge.to as usize).is_some_and(|node| node.question == question))
        {
            edges = self.inlined(question, &edges);
        }
        let mut kept = 0;
        for at in 0..edges.len() {
            let edge = edges[at];
            if kept > 0 && edges[kept - 1].to == edge.to {
                edges[kept - 1].high = edge.high;
            } else {
                edges[kept] = edge;
                kept += 1;
            }
        }
        edges.truncate(kept);
        let asked = self.questions.get(question as usize);
        match edges.as_slice() {
            [] => return Ok(REJECT),
            [only] => match asked {
                Some(Question::Bind(_)) => {}
                Some(Question::Scope(_)) if only.to > ACCEPT => {}
                _ => return Ok(only.to),
            },
            _ => {}
        }
        let node = Node { question, holds, edges: edges.into_boxed_slice() };
        if let Some(id) = self.node_ids.get(&node) {
            return Ok(*id);
        }
        self.budget = self.budget.checked_sub(node.edges.len()).ok_or(TooLarge)?;
        let id = self.nodes.len() as NodeId;
        let (mut below, mut depth) = (1 << (question % 64), 0);
        for edge in &node.edges {
            below |= self.below.get(edge.to as usize).copied().unwrap_or(0);
            depth = depth.max(self.depths.get(edge.to as usize).copied().unwrap_or(0));
        }
        if depth >= DEEPEST {
            return Err(TooLarge);
        }
        self.depths.push(depth + 1);
        self.below.push(below);
        self.nodes.push(node.clone());
        self.node_ids.insert(node, id);
        Ok(id)
    }

    /// A question asked again where its answer is known to lie in a range is not asked again.
    fn inlined(&self, question: QuestionId, edges: &[Edge]) -> Vec<Edge> {
        let mut flat = Vec::with_capacity(edges.len() + 4);
        let mut low = 0u32;
        for edge in edges {
            match self.nodes.get(edge.to as usize) {
                Some(node) if node.question == question && edge.to > ACCEPT => {
                    for inner in &node.edges {
                        if inner.high >= low {
                            flat.push(Edge { high: inner.high.min(edge.high), to: inner.to });
                        }
                        if inner.high >= edge.high {
                            break;
                        }
                    }
                    // What the inner node does not know of (its last range was cut) goes where its last range goes.
                    if let (Some(last), Some(inner)) = (flat.last_mut(), node.edges.last())
                        && last.high < edge.high
                    {
                        if last.to == inner.to {
                            last.high = edge.high;
                        } else {
                            flat.push(Edge { high: edge.high, to: inner.to });
                        }
                    }
                }
                _ => flat.push(*edge),
            }
            low = edge.high.wrapping_add(1);
        }
        flat
    }

    pub(crate) fn get(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    fn not(&mut self, id: NodeId) -> Result<NodeId, TooLarge> {
        if id <= ACCEPT {
            return Ok(1 - id);
        }
        if let Some(done) = self.negated.get(&id) {
            return Ok(*done);
        }
        let node = self.get(id).clone();
        let mut edges = Vec::with_capacity(node.edges.len());
        for edge in &node.edges {
            edges.push(Edge { high: edge.high, to: self.not(edge.to)? });
        }
        let made = self.node(node.question, node.holds, edges)?;
        self.negated.insert(id, made);
        self.negated.insert(made, id);
        Ok(made)
    }

    /// Both (or either) of two diagrams whose questions stand in the same order.
    fn merge(&mut self, both: bool, f: NodeId, g: NodeId) -> Result<NodeId, TooLarge> {
        let (absorbing, neutral) = if both { (REJECT, ACCEPT) } else { (ACCEPT, REJECT) };
        if f == absorbing || g == absorbing {
            return Ok(absorbing);
        }
        if f == neutral || f == g {
            return Ok(g);
        }
        if g == neutral {
            return Ok(f);
        }
        let key = (f.min(g), f.max(g));
        let known = if both { &self.both } else { &self.either };
        if let Some(done) = known.get(&key) {
            return Ok(*done);
        }
        let (fq, gq) = (self.get(f).question, self.get(g).question);
        let (fr, gr) = (self.ranks[fq as usize], self.ranks[gq as usize]);
        let made = if fq == gq {
            let (left, right) = (self.get(f).clone(), self.get(g).clone());
            if left.holds != right.holds {
                // The same layer of two families on one path: impossible unless the tests before it say nothing.
                return Err(TooLarge);
            }
            let mut edges = Vec::with_capacity(left.edges.len() + right.edges.len());
            let (mut i, mut j) = (0, 0);
            while let (Some(a), Some(b)) = (left.edges.get(i), right.edges.get(j)) {
                let high = a.high.min(b.high);
                edges.push(Edge { high, to: self.merge(both, a.to, b.to)? });
                i += usize::from(a.high == high);
                j += usize::from(b.high == high);
            }
            self.node(fq, left.holds, edges)?
        } else {
            let (upper, other) = if fr < gr { (f, g) } else { (g, f) };
            let node = self.get(upper).clone();
            let mut edges = Vec::with_capacity(node.edges.len());
            for edge in &node.edges {
                edges.push(Edge { high: edge.high, to: self.merge(both, edge.to, other)? });
            }
            self.node(node.question, node.holds, edges)?
        };
        let known = if both { &mut self.both } else { &mut self.either };
        known.insert(key, made);
        Ok(made)
    }

    /// `id` where the answer to a question is known to lie within `low` to `high`.
    fn restrict(
        &mut self,
        id: NodeId,
        question: QuestionId,
        low: u32,
        high: u32,
    ) -> Result<NodeId, TooLarge> {
        if id <= ACCEPT || self.below[id as usize] & 1 << (question % 64) == 0 {
            return Ok(id);
        }
        let key = (id, question, low, high);
        if let Some(done) = self.restricted.get(&key) {
            return Ok(*done);
        }
        let node = self.get(id).clone();
        let silent = matches!(self.questions[question as usize], Question::Scope(_) | Question::Bind(_));
        let made = if node.question == question && silent {
            match node.edges.first() {
                Some(edge) if node.holds == low => self.restrict(edge.to, question, low, high)?,
                _ => id,
            }
        } else {
            let mut edges = Vec::with_capacity(node.edges.len());
            let mut start = 0;
            for edge in &node.edges {
                let outside = node.question == question && (edge.high < low || start > high);
                start = edge.high.wrapping_add(1);
                if !outside {
                    edges.push(Edge { high: edge.high, to: self.restrict(edge.to, question, low, high)? });
                }
            }
            if let (Some(last), Some(full)) = (edges.last_mut(), node.edges.last()) {
                last.high = full.high;
            }
            self.node(node.question, node.holds, edges)?
        };
        self.restricted.insert(key, made);
        Ok(made)
    }

    /// Puts `g` behind `f`: where `f` does not decide alone, `g` does.
    fn chain(
        &mut self,
        both: bool,
        f: NodeId,
        g: NodeId,
        known: &mut Map<(NodeId, NodeId), NodeId>,
    ) -> Result<NodeId, TooLarge> {
        let (open, closed) = if both { (ACCEPT, REJECT) } else { (REJECT, ACCEPT) };
        if f == open {
            return Ok(g);
        }
        if f == closed {
            return Ok(closed);
        }
        if g == open {
            return Ok(f);
        }
        if let Some(done) = known.get(&(f, g)) {
            return Ok(*done);
        }
        let node = self.get(f).clone();
        let silent = matches!(self.questions[node.question as usize], Question::Scope(_) | Question::Bind(_));
        let data = self.is_data(node.question);
        let telling = match (self.order.joint, data) {
            (Joint::Merge, true) => node.edges.len() <= 6,
            (_, true) => false,
            (Joint::Loose, false) => self.is_link(node.question),
            (_, false) => node.edges.len() <= 24,
        };
        let mut edges = Vec::with_capacity(node.edges.len());
        let mut low = 0;
        for edge in &node.edges {
            let rest = if silent {
                self.restrict(g, node.question, node.holds, node.holds)?
            } else if telling {
                self.restrict(g, node.question, low, edge.high)?
            } else {
                g
            };
            low = edge.high.wrapping_add(1);
            edges.push(Edge { high: edge.high, to: self.chain(both, edge.to, rest, known)? });
        }
        let made = self.node(node.question, node.holds, edges)?;
        known.insert((f, g), made);
        Ok(made)
    }

    /// Addresses and ports: what they are says little of what comes behind, and there are many of them.
    fn is_data(&self, question: QuestionId) -> bool {
        self.data.get(question as usize).copied().unwrap_or(false)
    }

    /// The link layer's word for the protocol, or the like.
    fn is_link(&self, question: QuestionId) -> bool {
        self.links.get(question as usize).copied().unwrap_or(false)
    }

    /// How many tests a diagram takes.
    fn size(&self, id: NodeId) -> usize {
        let mut seen = Set::default();
        let mut stack = vec![id];
        let mut size = 0;
        while let Some(next) = stack.pop() {
            if next > ACCEPT && seen.insert(next) {
                let node = self.get(next);
                size += node.edges.len();
                stack.extend(node.edges.iter().map(|edge| edge.to));
            }
        }
        size
    }
}

/// Transport headers rank behind the longest IPv4 header.
const TRANSPORT: u32 = 60;

/// Group and offset of `base + offset`.
fn base_place(base: Option<NumberId>, offset: u32, numbers: &Numbers) -> (u16, u32) {
    let Some(base) = base else { return (0, offset) };
    match numbers.get(base) {
        Number::Variable(variable) => (variable + 1, offset),
        Number::Transport { layer, .. } => {
            let layer = numbers.layers.get(usize::from(layer)).copied();
            let group = layer.map_or(0, |layer| base_place(layer.base, 0, numbers).0);
            (group, offset.saturating_add(TRANSPORT))
        }
        _ => {
            let group = numbers.parts(base).into_iter().filter_map(|part| match numbers.get(part) {
                Number::Variable(variable) => Some(variable + 1),
                Number::Field { layer, .. } | Number::Transport { layer, .. } => {
                    let layer = numbers.layers.get(usize::from(layer)).copied()?;
                    layer.base.map(|base| base_place(Some(base), 0, numbers).0)
                }
                _ => None,
            });
            (group.max().unwrap_or(0), offset.saturating_add(0x1_0000))
        }
    }
}

struct Builder<'b> {
    diagram: &'b mut Diagram,
    numbers: &'b mut Numbers,
    conditions: &'b Conditions,
    pinned: &'b [NumberId],
    joints: &'b Set<LogicId>,
    parts: Map<LogicId, Part>,
}

impl Builder<'_> {
    /// Builds what `root` needs, children first, without recursion.
    fn whole(&mut self, root: LogicId) -> Result<Part, TooLarge> {
        let mut stack = vec![(root, false)];
        while let Some((id, ready)) = stack.pop() {
            if self.parts.contains_key(&id) {
                continue;
            }
            let operands = self.operands(id);
            if ready || operands.is_empty() {
                let part = self.one(id, &operands)?;
                self.parts.insert(id, part);
            } else {
                stack.push((id, true));
                stack.extend(operands.into_iter().map(|operand| (operand, false)));
            }
        }
        self.parts.get(&root).copied().ok_or(TooLarge)
    }

    /// The operands; those of a chain of the same kind all at once.
    fn operands(&self, id: LogicId) -> Vec<LogicId> {
        match self.conditions.get(id) {
            Logic::Not(inner) => vec![*inner],
            Logic::And(_) => self.flat(id, true),
            Logic::Or(_) => self.flat(id, false),
            _ => Vec::new(),
        }
    }

    fn flat(&self, id: LogicId, both: bool) -> Vec<LogicId> {
        let mut flat = Vec::new();
        let mut stack = vec![id];
        while let Some(next) = stack.pop() {
            match self.conditions.get(next) {
                Logic::And(parts) if both && (next == id || self.joints.contains(&next)) => {
                    stack.extend(parts.iter().rev());
                }
                Logic::Or(parts) if !both && (next == id || self.joints.contains(&next)) => {
                    stack.extend(parts.iter().rev());
                }
                _ => flat.push(next),
            }
        }
        flat
    }

    fn one(&mut self, id: LogicId, operands: &[LogicId]) -> Result<Part, TooLarge> {
        let parts: Vec<Part> =
            operands.iter().filter_map(|operand| self.parts.get(operand).copied()).collect();
        match self.conditions.get(id) {
            Logic::Constant(value) => Ok(Part { node: if *value { ACCEPT } else { REJECT }, pin: Pin::Free }),
            Logic::Not(_) => {
                let part = parts.first().copied().ok_or(TooLarge)?;
                Ok(Part { node: self.diagram.not(part.node)?, ..part })
            }
            Logic::And(_) => self.join(true, &parts, self.joints.contains(&id)),
            Logic::Or(_) => self.join(false, &parts, true),
            Logic::Test { number, mask, low, high } => self.test(*number, *mask, *low, *high),
            Logic::Compare { left, relation, right } => self.compare(*left, *relation, *right),
            Logic::Chain { .. } => Err(TooLarge),
            Logic::Bind(variable, number) => {
                let (number, scopes) = self.generic(*number);
                let question = self.diagram.question(Question::Bind(*variable), self.numbers)?;
                let edges = vec![Edge { high: u32::MAX, to: ACCEPT }];
                let node = self.diagram.node(question, number, edges)?;
                Ok(Part { node: self.in_scopes(node, &scopes)?, pin: Pin::Fixed })
            }
        }
    }

    /// The number with families left open, and the families that it was written for.
    fn generic(&mut self, number: NumberId) -> (NumberId, Vec<(LayerId, Family)>) {
        let mut scopes: Vec<(LayerId, Family)> = Vec::new();
        for part in self.numbers.parts(number) {
            if let Number::Field { layer, family: Some(family), .. }
            | Number::Transport { layer, family: Some(family) } = self.numbers.get(part)
                && !scopes.contains(&(layer, family))
            {
                scopes.push((layer, family));
            }
        }
        let mixed = scopes
            .iter()
            .any(|(layer, family)| scopes.iter().any(|(other, another)| other == layer && another != family));
        if mixed {
            let family = |_: LayerId, family: Option<Family>| family;
            let concrete = self.numbers.resolve(number, &family, &|_| None, &mut Map::default());
            return (concrete, Vec::new());
        }
        if scopes.is_empty() {
            return (number, scopes);
        }
        let generic = self.numbers.resolve(number, &|_, _| None, &|_| None, &mut Map::default());
        (generic, scopes)
    }

    fn in_scopes(&mut self, mut node: NodeId, scopes: &[(LayerId, Family)]) -> Result<NodeId, TooLarge> {
        for (layer, family) in scopes {
            let question = self.diagram.question(Question::Scope(*layer), self.numbers)?;
            let edges = vec![Edge { high: u32::MAX, to: node }];
            node = self.diagram.node(question, family_number(*family), edges)?;
        }
        Ok(node)
    }

    fn pin(&self, number: NumberId) -> Pin {
        if matches!(self.numbers.get(number), Number::Field { .. }) {
            return Pin::Free;
        }
        if self.numbers.can_trap(number) {
            return Pin::Fixed;
        }
        if !self.pinned.is_empty() && self.numbers.parts(number).iter().any(|part| self.pinned.contains(part))
        {
            return Pin::Only(number);
        }
        Pin::Free
    }

    fn test(&mut self, number: NumberId, mask: u32, low: u32, high: u32) -> Result<Part, TooLarge> {
        let pin = self.pin(number);
        let (number, scopes) = self.generic(number);
        let maximum = self.numbers.maximum(number) & mask;
        let mask =
            if mask & self.numbers.maximum(number) == self.numbers.maximum(number) { u32::MAX } else { mask };
        let high = high.min(maximum);
        let question = self.diagram.question(Question::Value { number, mask }, self.numbers)?;
        let mut edges = Vec::new();
        if low > high {
            edges.push(Edge { high: maximum, to: REJECT });
        } else {
            if low > 0 {
                edges.push(Edge { high: low - 1, to: REJECT });
            }
            edges.push(Edge { high, to: ACCEPT });
            if high < maximum {
                edges.push(Edge { high: maximum, to: REJECT });
            }
        }
        let node = self.diagram.node(question, 0, edges)?;
        Ok(Part { node: self.in_scopes(node, &scopes)?, pin })
    }

    fn compare(&mut self, left: NumberId, relation: Pair, right: NumberId) -> Result<Part, TooLarge> {
        let pin = match (self.pin(left), self.pin(right)) {
            (Pin::Free, Pin::Free) => Pin::Free,
            _ => Pin::Fixed,
        };
        // Both sides in one number, so that their families are seen together.
        let joined = self.numbers.add(Number::Binary(super::number::Op::Sub, left, right));
        let (joined, scopes) = self.generic(joined);
        let (left, right) = match self.numbers.get(joined) {
            Number::Binary(_, left, right) => (left, right),
            _ => (left, right),
        };
        let question = self.diagram.question(Question::Compare { left, relation, right }, self.numbers)?;
        let edges = vec![Edge { high: 0, to: REJECT }, Edge { high: 1, to: ACCEPT }];
        let node = self.diagram.node(question, 0, edges)?;
        Ok(Part { node: self.in_scopes(node, &scopes)?, pin })
    }

    fn join(&mut self, both: bool, parts: &[Part], balanced: bool) -> Result<Part, TooLarge> {
        let mut runs: Vec<Part> = Vec::new();
        let mut run: Vec<Part> = Vec::new();
        for part in parts {
            if !self.belongs(&run, *part) {
                self.flush(both, balanced, &mut run, &mut runs)?;
            }
            run.push(*part);
        }
        self.flush(both, balanced, &mut run, &mut runs)?;
        let Some(mut whole) = runs.pop() else {
            return Ok(Part { node: if both { ACCEPT } else { REJECT }, pin: Pin::Free });
        };
        while let Some(front) = runs.pop() {
            let node = self.diagram.chain(both, front.node, whole.node, &mut Map::default())?;
            whole = Part { node, pin: if node <= ACCEPT { Pin::Free } else { Pin::Fixed } };
        }
        Ok(whole)
    }

    /// Whether a part may be merged with those before it.
    fn belongs(&self, run: &[Part], part: Part) -> bool {
        let Some(last) = run.last() else { return true };
        let only = |pin: Pin| if let Pin::Only(number) = pin { Some(number) } else { None };
        match (last.pin, part.pin) {
            (Pin::Fixed, _) | (_, Pin::Fixed) => false,
            (Pin::Free, Pin::Free) => {
                run.iter().all(|part| part.pin == Pin::Free) || self.asks_before(part, run)
            }
            (one, other) => {
                let number = only(one).or(only(other));
                run.iter().chain([&part]).all(|part| {
                    only(part.pin).is_none_or(|own| Some(own) == number)
                        && (part.pin != Pin::Free
                            || number.is_none_or(|number| self.is_before(part.node, number)))
                })
            }
        }
    }

    /// A free part behind a pinned one: all it asks stands before what is pinned.
    fn asks_before(&self, part: Part, run: &[Part]) -> bool {
        run.iter().all(|other| match other.pin {
            Pin::Only(number) => self.is_before(part.node, number),
            Pin::Free => true,
            Pin::Fixed => false,
        })
    }

    /// Whether all questions of a diagram stand before a number in the order.
    fn is_before(&self, node: NodeId, number: NumberId) -> bool {
        let place = self.diagram.place(number, self.numbers);
        let mut seen = Set::default();
        let mut stack = vec![node];
        while let Some(next) = stack.pop() {
            if next > ACCEPT && seen.insert(next) {
                let node = self.diagram.get(next);
                let rank = self.diagram.ranks[node.question as usize];
                if (rank.0, rank.1, rank.2) >= place {
                    return false;
                }
                stack.extend(node.edges.iter().map(|edge| edge.to));
            }
        }
        true
    }

    fn flush(
        &mut self,
        both: bool,
        balanced: bool,
        run: &mut Vec<Part>,
        runs: &mut Vec<Part>,
    ) -> Result<(), TooLarge> {
        let pin = run.iter().map(|part| part.pin).find(|pin| *pin != Pin::Free).unwrap_or(Pin::Free);
        let nodes: Vec<NodeId> = run.iter().map(|part| part.node).collect();
        let merged = if balanced { self.reduce(both, &nodes)? } else { vec![self.fold(both, &nodes)?] };
        runs.extend(merged.into_iter().map(|node| Part { node, pin }));
        run.clear();
        Ok(())
    }

    /// Merges from the first on: what comes later may rest on what stands before.
    fn fold(&mut self, both: bool, run: &[NodeId]) -> Result<NodeId, TooLarge> {
        let mut made = if both { ACCEPT } else { REJECT };
        for node in run {
            made = self.diagram.merge(both, made, *node)?;
        }
        Ok(made)
    }

    /// Merges neighbours pair by pair while that pays.
    fn reduce(&mut self, both: bool, run: &[NodeId]) -> Result<Vec<NodeId>, TooLarge> {
        if run.len() <= 1 {
            return Ok(run.to_vec());
        }
        let (left, right) = run.split_at(run.len() / 2);
        let (mut left, right) = (self.reduce(both, left)?, self.reduce(both, right)?);
        if let ([f], [g]) = (left.as_slice(), right.as_slice())
            && self.diagram.order.joint == Joint::Merge
        {
            let made = self.diagram.merge(both, *f, *g)?;
            let limit = self.diagram.size(*f) + self.diagram.size(*g);
            if self.diagram.size(made) <= limit + limit / 8 + 6 {
                return Ok(vec![made]);
            }
        }
        left.extend(right);
        Ok(left)
    }
}
