//! From conditions to a diagram: what may be merged is, what must keep its place in the text stays there.

use super::super::hash::{Map, Set};
use super::super::logic::{Conditions, Logic, LogicId, Pair};
use super::super::lower::Lowered;
use super::super::number::{Family, LayerId, Number, NumberId, Numbers, Op};
use super::order::word_order;
use super::{ACCEPT, Diagram, Edge, Joint, NodeId, Order, Question, REJECT, TooLarge, family_number};

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

/// Turns conditions into a diagram; gives its root.
pub(crate) fn build(lowered: &mut Lowered, order: Order) -> Result<(Diagram, NodeId), TooLarge> {
    let budget = 60_000 + lowered.conditions.len() * 40;
    let mut diagram = Diagram::new(order, word_order(lowered), budget);
    let root = lowered.root;
    let mut builder = Builder {
        diagram: &mut diagram,
        numbers: &mut lowered.numbers,
        conditions: &lowered.conditions,
        pinned: &lowered.pinned,
        joints: &lowered.joints,
        parts: vec![None; lowered.conditions.len()],
    };
    let part = builder.whole(root)?;
    Ok((diagram, part.node))
}

struct Builder<'b> {
    diagram: &'b mut Diagram,
    numbers: &'b mut Numbers,
    conditions: &'b Conditions,
    pinned: &'b [NumberId],
    joints: &'b Set<LogicId>,
    /// What has been built of each condition.
    parts: Vec<Option<Part>>,
}

impl Builder<'_> {
    /// Builds what `root` needs, children first, without recursion.
    fn whole(&mut self, root: LogicId) -> Result<Part, TooLarge> {
        let mut stack: Vec<(LogicId, Option<Vec<LogicId>>)> = Vec::with_capacity(64);
        stack.push((root, None));
        while let Some((id, ready)) = stack.pop() {
            if self.part(id).is_some() {
                continue;
            }
            let first = ready.is_none();
            let operands = ready.unwrap_or_else(|| self.operands(id));
            if first && !operands.is_empty() {
                let at = stack.len();
                stack.extend(operands.iter().map(|operand| (*operand, None)));
                // Behind its operands, which are taken from the end.
                stack.insert(at, (id, Some(operands)));
            } else {
                let part = self.one(id, &operands)?;
                if let Some(place) = self.parts.get_mut(id as usize) {
                    *place = Some(part);
                }
            }
        }
        self.part(root).ok_or(TooLarge)
    }

    fn part(&self, id: LogicId) -> Option<Part> {
        self.parts.get(id as usize).copied().flatten()
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
        if let Logic::And(parts) | Logic::Or(parts) = self.conditions.get(id)
            && !parts.iter().any(|part| self.joints.contains(part))
        {
            return parts.to_vec();
        }
        let (mut flat, mut stack) = (Vec::with_capacity(8), Vec::with_capacity(8));
        stack.push(id);
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
        let parts: Vec<Part> = operands.iter().filter_map(|operand| self.part(*operand)).collect();
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
                let node = self.diagram.single(question, number, ACCEPT)?;
                Ok(Part { node: self.in_scopes(node, &scopes)?, pin: Pin::Fixed })
            }
        }
    }

    /// The number with families left open, and the families that it was written for.
    fn generic(&mut self, number: NumberId) -> (NumberId, Vec<(LayerId, Family)>) {
        match self.numbers.get(number) {
            Number::Const(_) | Number::Length | Number::Ancillary(_) | Number::Load { base: None, .. } => {
                return (number, Vec::new());
            }
            Number::Field { layer, family: Some(family), kind } => {
                let open = self.numbers.add(Number::Field { layer, family: None, kind });
                return (open, vec![(layer, family)]);
            }
            _ => {}
        }
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
            node = self.diagram.single(question, family_number(*family), node)?;
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
        let edges = &mut self.diagram.scratch;
        let base = edges.len();
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
        let node = self.diagram.node(question, 0, base)?;
        Ok(Part { node: self.in_scopes(node, &scopes)?, pin })
    }

    fn compare(&mut self, left: NumberId, relation: Pair, right: NumberId) -> Result<Part, TooLarge> {
        if left == right && !self.numbers.can_trap(left) {
            let node = if relation == Pair::Greater { REJECT } else { ACCEPT };
            return Ok(Part { node, pin: Pin::Free });
        }
        let pin = match (self.pin(left), self.pin(right)) {
            (Pin::Free, Pin::Free) => Pin::Free,
            _ => Pin::Fixed,
        };
        // Both sides in one number, so that their families are seen together.
        let joined = self.numbers.add(Number::Binary(Op::Sub, left, right));
        let (joined, scopes) = self.generic(joined);
        let (left, right) = match self.numbers.get(joined) {
            Number::Binary(_, left, right) => (left, right),
            _ => (left, right),
        };
        let question = self.diagram.question(Question::Compare { left, relation, right }, self.numbers)?;
        let base = self.diagram.scratch.len();
        self.diagram.scratch.extend([Edge { high: 0, to: REJECT }, Edge { high: 1, to: ACCEPT }]);
        let node = self.diagram.node(question, 0, base)?;
        Ok(Part { node: self.in_scopes(node, &scopes)?, pin })
    }

    fn join(&mut self, both: bool, parts: &[Part], balanced: bool) -> Result<Part, TooLarge> {
        let mut runs: Vec<Part> = Vec::new();
        let mut run: Vec<Part> = Vec::with_capacity(parts.len());
        let mut known: Set<NodeId> = Set::default();
        for (at, part) in parts.iter().enumerate() {
            // What has failed, or held, once does so again.
            let again = match parts.len() {
                0..=16 => parts.iter().take(at).any(|before| before.node == part.node),
                _ => !known.insert(part.node),
            };
            if again {
                continue;
            }
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
            let node = self.diagram.chain(both, front.node, whole.node)?;
            whole = Part { node, pin: if node <= ACCEPT { Pin::Free } else { Pin::Fixed } };
        }
        Ok(whole)
    }

    /// Whether a part may be merged with those before it.
    fn belongs(&mut self, run: &[Part], part: Part) -> bool {
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
    fn asks_before(&mut self, part: Part, run: &[Part]) -> bool {
        run.iter().all(|other| match other.pin {
            Pin::Only(number) => self.is_before(part.node, number),
            Pin::Free => true,
            Pin::Fixed => false,
        })
    }

    /// Whether all questions of a diagram stand before a number in the order.
    fn is_before(&mut self, node: NodeId, number: NumberId) -> bool {
        let place = self.diagram.place(number, self.numbers);
        let mut before = true;
        self.diagram.walk(node, |diagram, node| {
            let rank = diagram.ranks[diagram.get(node).question as usize];
            before = (rank.0, rank.1, rank.2) < place;
            before
        });
        before
    }

    fn flush(
        &mut self,
        both: bool,
        balanced: bool,
        run: &mut Vec<Part>,
        runs: &mut Vec<Part>,
    ) -> Result<(), TooLarge> {
        let pin = run.iter().map(|part| part.pin).find(|pin| *pin != Pin::Free).unwrap_or(Pin::Free);
        if balanced {
            self.reduce(both, run, pin, runs)?;
        } else {
            runs.push(Part { node: self.fold(both, run)?, pin });
        }
        run.clear();
        Ok(())
    }

    /// Merges from the first on: what comes later may rest on what stands before.
    fn fold(&mut self, both: bool, run: &[Part]) -> Result<NodeId, TooLarge> {
        let mut made = if both { ACCEPT } else { REJECT };
        for part in run {
            made = self.diagram.merge(both, made, part.node)?;
        }
        Ok(made)
    }

    /// Merges neighbours pair by pair while that pays. What is left goes to the end of `out`.
    fn reduce(&mut self, both: bool, run: &[Part], pin: Pin, out: &mut Vec<Part>) -> Result<(), TooLarge> {
        if run.len() <= 1 {
            out.extend(run.iter().map(|part| Part { pin, ..*part }));
            return Ok(());
        }
        let (left, right) = run.split_at(run.len() / 2);
        let start = out.len();
        self.reduce(both, left, pin, out)?;
        let of_left = out.len() - start;
        self.reduce(both, right, pin, out)?;
        if let Some([f, g]) = out.get(start..).filter(|_| of_left == 1)
            && self.diagram.order.joint == Joint::Merge
        {
            let (f, g) = (f.node, g.node);
            let node = self.diagram.merge(both, f, g)?;
            let limit = self.diagram.size(f) + self.diagram.size(g);
            if self.diagram.size(node) <= limit + limit / 8 + 6 {
                out.truncate(start);
                out.push(Part { node, pin });
            }
        }
        Ok(())
    }
}
