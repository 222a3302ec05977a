//! Code that follows the conditions word for word: every test loads what it compares, nothing is shared.
//!
//! Shaped like libpcap's unoptimised code, and the in-house oracle of the other backend. Variables live in scratch
//! cells and are 0 until bound.

use super::code::{Coder, TooManyCells};
use super::hash::Map;
use super::insn::{Instruction, code};
use super::layout::{Label, Layout};
use super::logic::{Conditions, Logic, LogicId, Pair};
use super::lower::Lowered;
use super::number::{Family, LayerId, NumberId, Numbers};

/// A program that accepts with `snaplen`.
pub(crate) fn program(lowered: &mut Lowered, snaplen: u32) -> Result<Vec<Instruction>, TooManyCells> {
    let root = lowered.root;
    let mut literal = Literal {
        numbers: &mut lowered.numbers,
        conditions: &lowered.conditions,
        layout: Layout::default(),
        placed: Map::default(),
        resolved: Map::default(),
    };
    let reject = literal.layout.push(Instruction::ret(0));
    let accept = literal.layout.push(Instruction::ret(snaplen));
    let start = literal.condition(root, accept, reject)?;
    literal.layout.go_on_at(start);
    let variables = literal.numbers.variables;
    for variable in 0..variables {
        literal.layout.push(Instruction::statement(code::ST, Coder::cell(variable)));
    }
    if variables > 0 {
        literal.layout.push(Instruction::statement(code::LD_IMM, 0));
    }
    Ok(literal.layout.finish())
}

struct Literal<'l> {
    numbers: &'l mut Numbers,
    conditions: &'l Conditions,
    layout: Layout,
    placed: Map<(LogicId, Label, Label), Label>,
    resolved: Map<NumberId, NumberId>,
}

impl Literal<'_> {
    fn concrete(&mut self, id: NumberId) -> NumberId {
        let family = |_: LayerId, family: Option<Family>| family.or(Some(Family::Ip4));
        self.numbers.resolve(id, &family, &|_| None, &mut self.resolved)
    }

    fn coder(&self) -> Coder<'_> {
        Coder::new(self.numbers, None, None, usize::from(self.numbers.variables))
    }

    /// Places the code of a condition; what it is joined with on the right is placed first.
    fn condition(&mut self, mut id: LogicId, mut yes: Label, mut no: Label) -> Result<Label, TooManyCells> {
        let mut asked = Vec::new();
        let conditions = self.conditions;
        let label = loop {
            if let Some(label) = self.placed.get(&(id, yes, no)) {
                break *label;
            }
            asked.push((id, yes, no));
            match conditions.get(id) {
                Logic::Constant(value) => break if *value { yes } else { no },
                Logic::Not(inner) => {
                    id = *inner;
                    std::mem::swap(&mut yes, &mut no);
                }
                Logic::And(parts) => {
                    let Some((first, rest)) = parts.split_first() else { break yes };
                    for part in rest.iter().rev() {
                        yes = self.condition(*part, yes, no)?;
                    }
                    id = *first;
                }
                Logic::Or(parts) => {
                    let Some((first, rest)) = parts.split_first() else { break no };
                    for part in rest.iter().rev() {
                        no = self.condition(*part, yes, no)?;
                    }
                    id = *first;
                }
                Logic::Test { number, mask, low, high } => {
                    break self.test(*number, *mask, *low, *high, yes, no)?;
                }
                Logic::Compare { left, relation, right } => {
                    let (left, right) = (self.concrete(*left), self.concrete(*right));
                    let mut coder = self.coder();
                    coder.pair(left, right)?;
                    let loads = coder.code;
                    let jump = match relation {
                        Pair::Equal => code::JEQ_X,
                        Pair::Greater => code::JGT_X,
                        Pair::GreaterEqual => code::JGE_X,
                    };
                    self.layout.branch(jump, 0, yes, no);
                    self.layout.push_all(&loads);
                    break self.layout.here();
                }
                Logic::Chain { extensions, next, base, offset, protocol } => {
                    let (next, base) = (self.concrete(*next), self.concrete(*base));
                    break self.chain(*extensions, next, base, *offset, *protocol, yes, no)?;
                }
                Logic::Bind(variable, number) => {
                    let number = self.concrete(*number);
                    let mut coder = self.coder();
                    coder.load_a(number)?;
                    let loads = coder.code;
                    self.layout.go_on_at(yes);
                    self.layout.push(Instruction::statement(code::ST, Coder::cell(*variable)));
                    self.layout.push_all(&loads);
                    break self.layout.here();
                }
            }
        };
        for key in asked {
            self.placed.insert(key, label);
        }
        Ok(label)
    }

    /// A loop over headers: A holds what the next one is, X where it stands.
    #[allow(clippy::too_many_arguments, reason = "the parts of one condition and its two ways out")]
    fn chain(
        &mut self,
        extensions: bool,
        next: NumberId,
        base: NumberId,
        offset: u32,
        protocol: u32,
        yes: Label,
        no: Label,
    ) -> Result<Label, TooManyCells> {
        const AUTHENTICATION: u32 = 51;
        const EXTENSIONS: [u32; 4] = [0, 60, 43, 44];
        let cell = u32::from(self.numbers.variables);
        if cell as usize >= super::insn::CELLS {
            return Err(TooManyCells);
        }
        let step = |plus: u32, unit: u32, from_here: bool| {
            let mut code = vec![
                Instruction::load_indexed(1, offset),
                Instruction::statement(code::ST, cell),
                Instruction::load_indexed(1, offset.wrapping_add(1)),
                Instruction::statement(code::ADD_K, plus),
                Instruction::statement(code::MUL_K, unit),
            ];
            if from_here {
                code.push(Instruction::statement(code::ADD_X, 0));
            }
            code.push(Instruction::statement(code::TAX, 0));
            code.push(Instruction::statement(code::LD_MEM, cell));
            code
        };
        // libpcap forgets to add where an authentication header starts; its verdict is the measure.
        let mut backs = vec![self.layout.push(Instruction::jump(0))];
        self.layout.push_all(&step(2, 4, false));
        let mut test = self.layout.branch(code::JEQ_K, AUTHENTICATION, self.layout.here(), no);
        if extensions {
            backs.push(self.layout.push(Instruction::jump(0)));
            self.layout.push_all(&step(1, 8, true));
            let walk = self.layout.here();
            for kind in EXTENSIONS.iter().rev() {
                test = self.layout.branch(code::JEQ_K, *kind, walk, test);
            }
        }
        let start = self.layout.branch(code::JEQ_K, protocol, yes, test);
        for back in backs {
            self.layout.go_back(back, start);
        }
        let mut coder = self.coder();
        coder.load_x(base)?;
        coder.load_a(next)?;
        if coder.x != Some(base) {
            coder.code.push(Instruction::statement(code::ST, cell));
            coder.a = None;
            coder.load_x(base)?;
            coder.code.push(Instruction::statement(code::LD_MEM, cell));
        }
        let loads = coder.code;
        self.layout.push_all(&loads);
        Ok(self.layout.here())
    }

    fn test(
        &mut self,
        number: NumberId,
        mask: u32,
        low: u32,
        high: u32,
        yes: Label,
        no: Label,
    ) -> Result<Label, TooManyCells> {
        let number = self.concrete(number);
        let mut coder = self.coder();
        coder.load_a(number)?;
        let mut loads = coder.code;
        let whole = mask == u32::MAX;
        if low > high {
            self.layout.go_on_at(no);
        } else if !whole && low == 1 && high >= mask {
            self.layout.branch(code::JSET_K, mask, yes, no);
        } else if !whole && low == 0 && high == 0 {
            self.layout.branch(code::JSET_K, mask, no, yes);
        } else {
            if !whole {
                loads.push(Instruction::statement(code::AND_K, mask));
            }
            if low == high {
                self.layout.branch(code::JEQ_K, low, yes, no);
            } else {
                let mut upper = yes;
                if high < u32::MAX {
                    upper = self.layout.branch(code::JGT_K, high, no, yes);
                }
                if low > 0 {
                    self.layout.branch(code::JGE_K, low, upper, no);
                } else if high == u32::MAX {
                    self.layout.go_on_at(yes);
                }
            }
        }
        self.layout.push_all(&loads);
        Ok(self.layout.here())
    }
}
