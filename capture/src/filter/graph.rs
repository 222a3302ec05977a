//! A decision diagram as blocks that can be made code of: families and variables are known, numbers are loads.
//!
//! A block asks about one number and leads on by its answer. The same part of a diagram reached with an IPv4 and an
//! IPv6 header makes two groups of blocks that differ in offsets only; where that pays they become one ("shared"):
//! each way in loads the first number into A and an offset into X, and all behind reads relative to X.

use super::diagram::{ACCEPT, Diagram, NodeId, Question, REJECT, number_family};
use super::hash::{Map, Places, Set, hash_one};
use super::logic::Pair;
use super::number::{Family, LayerId, Number, NumberId, Numbers, Variable};
use super::ranges::Ranges;

/// Index of a [`Block`]; what a block leads to stands before it.
pub(crate) type BlockId = usize;

/// Blocks 0 and 1 reject and accept.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Block {
    Return(bool),
    /// The value of `number & mask` in ranges.
    Ask {
        number: NumberId,
        mask: u32,
        ranges: Ranges,
    },
    Compare {
        left: NumberId,
        relation: Pair,
        right: NumberId,
        yes: BlockId,
        no: BlockId,
    },
    /// A way into a shared part: X, and A if the part expects it.
    Enter {
        x: Option<(NumberId, NumberId)>,
        cell: Option<Variable>,
        a: Option<(NumberId, NumberId)>,
        next: BlockId,
    },
}

/// How diagrams become blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Shape {
    /// Join parts that differ in offsets only, where at least this much is saved.
    pub(crate) share: Option<usize>,
    /// Which variables to keep in X and scratch cells, rather than one copy of the rest for each value.
    pub(crate) keep: Keep,
}

/// Which variables are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Keep {
    None,
    All,
}

/// The diagram has too many shapes to be laid out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TooLarge;

/// Known families and variables: layers from [`LAYERS`], variables below, the shared part at [`SHARED`].
type Env = Vec<(u32, u32)>;
type EnvId = u32;
const LAYERS: u32 = 0x1_0000;
const SHARED: u32 = 0x2_0000;

/// Variables from here on are X and A of shared parts.
const SHARED_X: Variable = 0x4000;
const SHARED_A: Variable = 0x8000;

struct Shared {
    /// Numbers of the diagram as loads relative to X.
    loads: Map<NumberId, NumberId>,
    x: Option<NumberId>,
    /// What X holds on entry, for each way in.
    entries: Map<EnvId, Option<NumberId>>,
    first: NumberId,
    a: NumberId,
}

#[derive(Clone, Debug)]
pub(crate) struct Blocks {
    pub(crate) list: Vec<Block>,
    pub(crate) root: BlockId,
    /// Whether some part is shared.
    pub(crate) shared: bool,
}

impl Blocks {
    /// Whether some question has so many answers that the way to put it matters.
    pub(crate) fn has_lists(&self) -> bool {
        self.list.iter().any(|block| matches!(block, Block::Ask { ranges, .. } if ranges.len() > 9))
    }
}

struct Expander<'e> {
    diagram: &'e Diagram,
    numbers: &'e mut Numbers,
    shape: Shape,
    blocks: Vec<Block>,
    ids: Places,
    envs: Vec<Env>,
    env_ids: Map<Env, EnvId>,
    done: Map<(NodeId, EnvId), BlockId>,
    /// With which envs a node was reached.
    reached: Map<NodeId, Vec<EnvId>>,
    /// Layers and variables that a node's part of the diagram needs.
    needs: Vec<(u64, u64)>,
    resolved: Map<EnvId, Map<NumberId, NumberId>>,
    /// Numbers of the diagram in an env.
    loads: Map<(EnvId, NumberId), NumberId>,
    shared: Map<NodeId, Shared>,
    limit: usize,
    depth: usize,
}

const DEEPEST: usize = 700;

/// Lays a diagram out.
pub(crate) fn blocks(
    diagram: &Diagram,
    root: NodeId,
    numbers: &mut Numbers,
    shape: Shape,
) -> Result<Blocks, TooLarge> {
    let needs = needs(diagram, numbers);
    let mut expander = Expander {
        diagram,
        numbers,
        shape,
        blocks: Vec::new(),
        ids: Places::default(),
        envs: Vec::new(),
        env_ids: Map::default(),
        done: Map::default(),
        reached: Map::default(),
        needs,
        resolved: Map::default(),
        loads: Map::default(),
        shared: Map::default(),
        limit: 20_000,
        depth: 0,
    };
    expander.start();
    let empty = expander.env(Env::new());
    let mut at = expander.expand(root, empty)?;
    if let Some(least) = shape.share {
        let shared = expander.choose_shared(least);
        if !shared.is_empty() {
            expander.shared = shared;
            expander.done.clear();
            expander.start();
            at = expander.expand(root, empty)?;
        }
    }
    Ok(Blocks { list: expander.blocks, root: at, shared: !expander.shared.is_empty() })
}

/// Bits of the layers and variables that a number is made of.
fn number_needs(numbers: &Numbers, number: NumberId) -> (u64, u64) {
    let (mut layers, mut variables) = (0u64, 0u64);
    let mut stack = vec![number];
    while let Some(next) = stack.pop() {
        for part in numbers.parts(next) {
            match numbers.get(part) {
                Number::Variable(variable) => {
                    variables |= 1u64.checked_shl(variable.into()).unwrap_or(1 << 63)
                }
                Number::Field { layer, .. } | Number::Transport { layer, .. } => {
                    let bit = 1u64.checked_shl(layer.into()).unwrap_or(1 << 63);
                    if layers & bit == 0 {
                        layers |= bit;
                        stack.extend(numbers.layers.get(usize::from(layer)).and_then(|layer| layer.base));
                    }
                }
                _ => {}
            }
        }
    }
    (layers, variables)
}

fn needs(diagram: &Diagram, numbers: &Numbers) -> Vec<(u64, u64)> {
    let own: Vec<(u64, u64)> = diagram
        .questions
        .iter()
        .map(|question| match question {
            Question::Value { number, .. } => number_needs(numbers, *number),
            Question::Compare { left, right, .. } => {
                let (a, b) = (number_needs(numbers, *left), number_needs(numbers, *right));
                (a.0 | b.0, a.1 | b.1)
            }
            _ => (0, 0),
        })
        .collect();
    let mut needs: Vec<(u64, u64)> = Vec::with_capacity(diagram.nodes.len());
    for (id, node) in diagram.nodes.iter().enumerate() {
        let mut sum = own.get(node.question as usize).copied().unwrap_or_default();
        for edge in diagram.edges(id as NodeId) {
            let below = needs.get(edge.to as usize).copied().unwrap_or_default();
            sum = (sum.0 | below.0, sum.1 | below.1);
        }
        match diagram.questions.get(node.question as usize) {
            Some(Question::Scope(layer)) => sum.0 &= !1u64.checked_shl((*layer).into()).unwrap_or(0),
            Some(Question::Bind(variable)) => {
                sum.1 &= !1u64.checked_shl((*variable).into()).unwrap_or(0);
                let held = number_needs(numbers, node.holds);
                sum = (sum.0 | held.0, sum.1 | held.1);
            }
            _ => {}
        }
        needs.push(sum);
    }
    needs
}

impl Expander<'_> {
    fn start(&mut self) {
        self.blocks.clear();
        self.ids.clear();
        self.block(Block::Return(false));
        self.block(Block::Return(true));
    }

    fn block(&mut self, block: Block) -> BlockId {
        let hash = hash_one(&block);
        if let Some(id) = self.ids.find(hash, |id| self.blocks.get(id as usize) == Some(&block)) {
            return id as BlockId;
        }
        self.ids.insert(hash, self.blocks.len() as u32);
        self.blocks.push(block);
        self.blocks.len() - 1
    }

    fn env(&mut self, env: Env) -> EnvId {
        if let Some(id) = self.env_ids.get(&env) {
            return *id;
        }
        let id = self.envs.len() as EnvId;
        self.envs.push(env.clone());
        self.env_ids.insert(env, id);
        id
    }

    /// What of an env a node needs.
    fn projected(&mut self, env: EnvId, node: NodeId) -> EnvId {
        let (layers, variables) = self.needs.get(node as usize).copied().unwrap_or_default();
        let bit = |set: u64, at: u32| set & 1u64.checked_shl(at).unwrap_or(1 << 63) != 0;
        let kept: Env = self.envs[env as usize]
            .iter()
            .copied()
            .filter(|(key, _)| match *key {
                SHARED => true,
                LAYERS.. => bit(layers, key - LAYERS),
                _ => bit(variables, *key),
            })
            .collect();
        self.env(kept)
    }

    fn with(&mut self, env: EnvId, key: u32, value: u32) -> EnvId {
        let mut changed = self.envs[env as usize].clone();
        changed.retain(|(known, _)| *known != key);
        changed.push((key, value));
        changed.sort_unstable();
        self.env(changed)
    }

    fn known(&self, env: EnvId, key: u32) -> Option<u32> {
        self.envs[env as usize].iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }

    /// A number of the diagram as loads, in an env.
    fn concrete(&mut self, number: NumberId, env: EnvId) -> NumberId {
        if let Some(shared) = self.known(env, SHARED).and_then(|node| self.shared.get(&node)) {
            if let Some(load) = shared.loads.get(&number) {
                return *load;
            }
            if number == shared.first {
                return shared.a;
            }
        }
        // What stands at a fixed place is the same everywhere.
        if matches!(
            self.numbers.get(number),
            Number::Const(_) | Number::Length | Number::Ancillary(_) | Number::Load { base: None, .. }
        ) {
            return number;
        }
        if let Some(load) = self.loads.get(&(env, number)) {
            return *load;
        }
        let mut known = self.resolved.remove(&env).unwrap_or_default();
        let facts = self.envs[env as usize].clone();
        let zero = self.numbers.constant(0);
        let get = |key: u32| facts.iter().find(|(known, _)| *known == key).map(|(_, value)| *value);
        let family = |layer: LayerId, family: Option<Family>| {
            family.or_else(|| get(LAYERS + u32::from(layer)).map(number_family)).or(Some(Family::Ip4))
        };
        let given = self.numbers.given;
        let variable = |variable: Variable| {
            let stays = variable >= SHARED_X || given == Some(variable);
            if stays { None } else { Some(get(variable.into()).unwrap_or(zero)) }
        };
        let made = self.numbers.resolve(number, &family, &variable, &mut known);
        self.resolved.insert(env, known);
        self.loads.insert((env, number), made);
        made
    }

    fn expand(&mut self, node: NodeId, env: EnvId) -> Result<BlockId, TooLarge> {
        if node <= ACCEPT {
            return Ok(node as BlockId);
        }
        let env = self.projected(env, node);
        if let Some(done) = self.done.get(&(node, env)) {
            return Ok(*done);
        }
        if self.blocks.len() > self.limit || self.depth > DEEPEST {
            return Err(TooLarge);
        }
        self.depth += 1;
        let block = self.expand_new(node, env)?;
        self.depth -= 1;
        self.done.insert((node, env), block);
        Ok(block)
    }

    fn expand_new(&mut self, id: NodeId, env: EnvId) -> Result<BlockId, TooLarge> {
        if self.shared.contains_key(&id) && self.known(env, SHARED).is_none() {
            return self.enter(id, env);
        }
        let diagram = self.diagram;
        let (node, edges) = (diagram.get(id), diagram.edges(id));
        let question = self.diagram.questions.get(node.question as usize).copied().ok_or(TooLarge)?;
        let first = edges.first().map_or(0, |edge| edge.to);
        match question {
            Question::Scope(layer) => {
                let inner = self.with(env, LAYERS + u32::from(layer), node.holds);
                self.expand(first, inner)
            }
            Question::Bind(variable) => self.bind(variable, node.holds, first, env),
            Question::Value { number, mask } => {
                let reached = self.reached.entry(id).or_default();
                if !reached.contains(&env) {
                    reached.push(env);
                }
                let number = self.concrete(number, env);
                if self.ends(number) {
                    return Ok(REJECT as BlockId);
                }
                if let Some(value) = self.numbers.value(number) {
                    let edge = edges.iter().find(|edge| value & mask <= edge.high);
                    return self.expand(edge.map_or(0, |edge| edge.to), env);
                }
                let mut ranges = Ranges::new();
                for edge in edges {
                    let to = self.expand(edge.to, env)?;
                    ranges.add(edge.high, to);
                }
                match *ranges {
                    [only] => Ok(only.to),
                    _ => Ok(self.block(Block::Ask { number, mask, ranges })),
                }
            }
            Question::Compare { left, relation, right } => {
                let (left, right) = (self.concrete(left, env), self.concrete(right, env));
                if self.ends(left) || self.ends(right) {
                    return Ok(REJECT as BlockId);
                }
                let no = self.expand(first, env)?;
                let yes = self.expand(edges.last().map_or(0, |edge| edge.to), env)?;
                if yes == no {
                    return Ok(yes);
                }
                Ok(self.block(Block::Compare { left, relation, right, yes, no }))
            }
        }
    }

    /// Whether no packet comes further: a variable that no test has bound is 0, and what stands before the place that it
    /// tells stands before the packet then.
    fn ends(&self, number: NumberId) -> bool {
        self.numbers.variables > 0 && self.numbers.never(number)
    }

    fn bind(
        &mut self,
        variable: Variable,
        number: NumberId,
        child: NodeId,
        env: EnvId,
    ) -> Result<BlockId, TooLarge> {
        let number = self.concrete(number, env);
        let used = self.needs.get(child as usize).is_some_and(|needs| needs.1 >> variable.min(63) & 1 != 0);
        if child <= ACCEPT || !used {
            return self.expand(child, env);
        }
        let kept = match self.shape.keep {
            Keep::None => false,
            Keep::All => self.numbers.value(number).is_none_or(|value| value > 1),
        };
        if !kept {
            let inner = self.with(env, variable.into(), number);
            return self.expand(child, inner);
        }
        let symbol = self.numbers.add(Number::Variable(variable));
        let inner = self.with(env, variable.into(), symbol);
        let next = self.expand(child, inner)?;
        Ok(self.block(Block::Enter { x: Some((number, symbol)), cell: Some(variable), a: None, next }))
    }

    // ---- shared parts ---------------------------------------------------------------------------------------------

    fn enter(&mut self, node: NodeId, env: EnvId) -> Result<BlockId, TooLarge> {
        let inside = self.with(env, SHARED, node);
        let (first, a, x, entry) = {
            let shared = self.shared.get(&node).ok_or(TooLarge)?;
            (shared.first, shared.a, shared.x, shared.entries.get(&env).copied())
        };
        let Some(entry) = entry else { return Err(TooLarge) };
        // One env for all ways in: what the part needs is relative to X.
        let inner =
            self.env(self.envs[inside as usize].iter().copied().filter(|(key, _)| *key == SHARED).collect());
        let next = self.expand_shared(node, inner)?;
        let first = self.concrete(first, env);
        let x = entry.zip(x);
        Ok(self.block(Block::Enter { x, cell: None, a: Some((first, a)), next }))
    }

    fn expand_shared(&mut self, node: NodeId, env: EnvId) -> Result<BlockId, TooLarge> {
        if let Some(done) = self.done.get(&(node, env)) {
            return Ok(*done);
        }
        let block = self.expand_new(node, env)?;
        self.done.insert((node, env), block);
        Ok(block)
    }

    /// Nodes whose parts are worth sharing, the uppermost ones.
    fn choose_shared(&mut self, least: usize) -> Map<NodeId, Shared> {
        let mut chosen = Map::default();
        let mut covered: Set<NodeId> = Set::default();
        let mut candidates: Vec<NodeId> =
            self.reached.iter().filter(|(_, envs)| envs.len() > 1).map(|(node, _)| *node).collect();
        // Parents have larger ids than what they lead to.
        candidates.sort_unstable_by(|a, b| b.cmp(a));
        for node in candidates {
            if covered.contains(&node) {
                continue;
            }
            let envs = self.reached.get(&node).cloned().unwrap_or_default();
            if let Some((shared, saved)) = self.shareable(node, &envs)
                && saved >= least as isize
            {
                chosen.insert(node, shared);
                covered.extend(self.part(node));
            }
        }
        chosen
    }

    /// All nodes of a part.
    fn part(&self, node: NodeId) -> Vec<NodeId> {
        let mut seen = Set::default();
        let mut stack = vec![node];
        let mut part = Vec::new();
        while let Some(next) = stack.pop() {
            if next > ACCEPT && seen.insert(next) {
                part.push(next);
                stack.extend(self.diagram.edges(next).iter().map(|edge| edge.to));
            }
        }
        part
    }

    /// How a part can be shared between envs, and how many instructions that saves, roughly.
    fn shareable(&mut self, node: NodeId, envs: &[EnvId]) -> Option<(Shared, isize)> {
        let part = self.part(node);
        let mut own = None;
        let mut rest: Vec<NumberId> = Vec::new();
        let mut size = 0usize;
        for id in &part {
            let asked = self.diagram.get(*id);
            match *self.diagram.questions.get(asked.question as usize)? {
                Question::Value { number, .. } => {
                    size += self.diagram.edges(*id).len() + usize::from(*id != node);
                    if *id == node {
                        own = Some(number);
                    } else if !rest.contains(&number) {
                        rest.push(number);
                    }
                }
                _ => return None,
            }
        }
        let first = own?;
        if rest.contains(&first) {
            return None;
        }
        let mut dependent = Vec::new();
        for number in rest {
            let forms: Vec<NumberId> = envs.iter().map(|env| self.concrete(number, *env)).collect();
            if forms.windows(2).any(|pair| pair[0] != pair[1]) {
                dependent.push((number, forms));
            } else if !self.leaves_x(*forms.first()?) {
                return None;
            }
        }
        let copies = envs.len() as isize;
        let tag = node as Variable & 0x3fff;
        let a = self.numbers.add(Number::Variable(SHARED_A + tag));
        if dependent.is_empty() {
            let entries = envs.iter().map(|env| (*env, None)).collect();
            let saved = size as isize * (copies - 1) - (copies - 1);
            return Some((Shared { loads: Map::default(), x: None, entries, first, a }, saved));
        }
        let (offsets, bases) = self.relative(&dependent, envs.len())?;
        let x = self.numbers.add(Number::Variable(SHARED_X + tag));
        let mut loads = Map::default();
        for ((number, forms), offset) in dependent.iter().zip(offsets) {
            let Number::Load { size, .. } = self.numbers.get(*forms.first()?) else { return None };
            let load = self.numbers.add(Number::Load { base: Some(x), offset, size });
            loads.insert(*number, load);
        }
        let entries = envs.iter().copied().zip(bases.into_iter().map(Some)).collect();
        let saved = size as isize * (copies - 1) - (copies - 1) - copies;
        Some((Shared { loads, x: Some(x), entries, first, a }, saved))
    }

    /// Offsets relative to one base for each env, when there are such.
    fn relative(
        &mut self,
        dependent: &[(NumberId, Vec<NumberId>)],
        envs: usize,
    ) -> Option<(Vec<u32>, Vec<NumberId>)> {
        let form =
            |numbers: &Numbers, at: usize, env: usize| match numbers.get(*dependent.get(at)?.1.get(env)?) {
                Number::Load { base, offset, .. } => Some((base, offset)),
                _ => None,
            };
        // An env with a base at run time sets the offsets; with none, the first load is at X + 0.
        let mut model = None;
        for env in 0..envs {
            if let (Some(base), _) = form(self.numbers, 0, env)? {
                model = model.or(Some((env, base)));
            }
        }
        let mut offsets = Vec::new();
        for at in 0..dependent.len() {
            let (env, shift) = match model {
                Some((env, _)) => (env, 0),
                None => (0, form(self.numbers, 0, 0)?.1),
            };
            offsets.push(form(self.numbers, at, env)?.1.wrapping_sub(shift));
        }
        let mut bases = Vec::new();
        for env in 0..envs {
            let (base, offset) = form(self.numbers, 0, env)?;
            let delta = offset.wrapping_sub(*offsets.first()?);
            for (at, relative) in offsets.iter().enumerate() {
                let (other, offset) = form(self.numbers, at, env)?;
                if other != base || offset.wrapping_sub(*relative) != delta {
                    return None;
                }
            }
            if base.is_some() && delta != 0 {
                return None;
            }
            bases.push(match base {
                Some(base) => base,
                None => self.numbers.constant(delta),
            });
        }
        Some((offsets, bases))
    }

    /// Whether a number gets into A without X.
    fn leaves_x(&self, mut number: NumberId) -> bool {
        loop {
            number = match self.numbers.get(number) {
                Number::Load { base: None, .. }
                | Number::Const(_)
                | Number::Length
                | Number::Ancillary(_) => {
                    return true;
                }
                Number::Binary(_, left, right) if self.numbers.value(right).is_some() => left,
                Number::Negative(inner) => inner,
                _ => return false,
            };
        }
    }
}
