//! Diagrams joined: negated, merged, restricted to what is known, put one behind the other.

use super::{ACCEPT, Diagram, Edge, Joint, NodeId, Question, QuestionId, REJECT, TooLarge};

impl Diagram {
    pub(super) fn not(&mut self, id: NodeId) -> Result<NodeId, TooLarge> {
        if id <= ACCEPT {
            return Ok(1 - id);
        }
        if let Some(done) = self.negated.get(&id) {
            return Ok(*done);
        }
        let node = self.get(id);
        let base = self.scratch.len();
        for at in 0..node.count {
            let Some(edge) = self.edge(node, at) else { break };
            let to = self.not(edge.to)?;
            self.scratch.push(Edge { high: edge.high, to });
        }
        let made = self.node(node.question, node.holds, base)?;
        self.negated.insert(id, made);
        self.negated.insert(made, id);
        Ok(made)
    }

    /// Both (or either) of two diagrams whose questions stand in the same order.
    pub(super) fn merge(&mut self, both: bool, f: NodeId, g: NodeId) -> Result<NodeId, TooLarge> {
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
        let (left, right) = (self.get(f), self.get(g));
        let rank = |question: QuestionId| self.ranks[question as usize];
        let made = if left.question == right.question {
            if left.holds != right.holds {
                // The same layer of two families on one path: impossible unless the tests before it say nothing.
                return Err(TooLarge);
            }
            let base = self.scratch.len();
            let (mut i, mut j) = (0, 0);
            while let (Some(a), Some(b)) = (self.edge(left, i), self.edge(right, j)) {
                let high = a.high.min(b.high);
                let to = self.merge(both, a.to, b.to)?;
                self.scratch.push(Edge { high, to });
                i += u32::from(a.high == high);
                j += u32::from(b.high == high);
            }
            self.node(left.question, left.holds, base)?
        } else {
            let (node, other) =
                if rank(left.question) < rank(right.question) { (left, g) } else { (right, f) };
            let base = self.scratch.len();
            for at in 0..node.count {
                let Some(edge) = self.edge(node, at) else { break };
                let to = self.merge(both, edge.to, other)?;
                self.scratch.push(Edge { high: edge.high, to });
            }
            self.node(node.question, node.holds, base)?
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
        let node = self.get(id);
        let silent = matches!(self.questions[question as usize], Question::Scope(_) | Question::Bind(_));
        let made = if node.question == question && silent {
            match self.edge(node, 0) {
                Some(edge) if node.holds == low => self.restrict(edge.to, question, low, high)?,
                _ => id,
            }
        } else {
            let base = self.scratch.len();
            let (mut start, mut last) = (0, 0);
            for at in 0..node.count {
                let Some(edge) = self.edge(node, at) else { break };
                last = edge.high;
                let outside = node.question == question && (edge.high < low || start > high);
                start = edge.high.wrapping_add(1);
                if !outside {
                    let to = self.restrict(edge.to, question, low, high)?;
                    self.scratch.push(Edge { high: edge.high, to });
                }
            }
            if let Some(end) = self.scratch[base..].last_mut() {
                end.high = last;
            }
            self.node(node.question, node.holds, base)?
        };
        self.restricted.insert(key, made);
        Ok(made)
    }

    /// Puts `g` behind `f`: where `f` does not decide alone, `g` does.
    pub(super) fn chain(&mut self, both: bool, f: NodeId, g: NodeId) -> Result<NodeId, TooLarge> {
        self.chained.clear();
        self.chain_below(both, f, g)
    }

    fn chain_below(&mut self, both: bool, f: NodeId, g: NodeId) -> Result<NodeId, TooLarge> {
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
        if let Some(done) = self.chained.get(&(f, g)) {
            return Ok(*done);
        }
        let node = self.get(f);
        let silent = matches!(self.questions[node.question as usize], Question::Scope(_) | Question::Bind(_));
        let data = self.is_data(node.question);
        let telling = match (self.order.joint, data) {
            (Joint::Merge, true) => node.count <= 6,
            (Joint::Chain, true) => false,
            (_, false) => node.count <= 24,
        };
        let base = self.scratch.len();
        let mut low = 0;
        for at in 0..node.count {
            let Some(edge) = self.edge(node, at) else { break };
            let rest = if silent {
                self.restrict(g, node.question, node.holds, node.holds)?
            } else if telling {
                self.restrict(g, node.question, low, edge.high)?
            } else {
                g
            };
            low = edge.high.wrapping_add(1);
            let to = self.chain_below(both, edge.to, rest)?;
            self.scratch.push(Edge { high: edge.high, to });
        }
        let made = self.node(node.question, node.holds, base)?;
        self.chained.insert((f, g), made);
        Ok(made)
    }
}
