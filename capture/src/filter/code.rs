//! Straight-line code that brings a number into A, or two numbers into A and X.
//!
//! The caller says what A and X hold; what is there already is not loaded again. Operands that need A themselves go
//! through scratch cells. Sums however long are a loop; nesting is bounded by the parser.

use super::insn::{CELLS, Instruction, code};
use super::number::{Number, NumberId, Numbers, Op, Variable};

/// There are not enough scratch cells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TooManyCells;

/// What the registers hold while code is made.
#[derive(Clone, Debug)]
pub(crate) struct Coder<'n> {
    numbers: &'n Numbers,
    pub(crate) a: Option<NumberId>,
    pub(crate) x: Option<NumberId>,
    /// First scratch cell that is free for intermediate results.
    first_cell: usize,
    /// Variable n is in cell n; otherwise variables cannot be read.
    pub(crate) code: Vec<Instruction>,
}

impl<'n> Coder<'n> {
    pub(crate) fn new(
        numbers: &'n Numbers,
        a: Option<NumberId>,
        x: Option<NumberId>,
        first_cell: usize,
    ) -> Self {
        Coder { numbers, a, x, first_cell, code: Vec::new() }
    }

    fn put(&mut self, code: u16, k: u32) {
        self.code.push(Instruction::statement(code, k));
    }

    pub(crate) fn cell(variable: Variable) -> u32 {
        u32::from(variable)
    }

    /// A = number.
    pub(crate) fn load_a(&mut self, id: NumberId) -> Result<(), TooManyCells> {
        if self.a == Some(id) {
            return Ok(());
        }
        if self.x == Some(id) && !matches!(self.numbers.get(id), Number::Const(_)) {
            self.put(code::TXA, 0);
            self.a = Some(id);
            return Ok(());
        }
        match self.numbers.get(id) {
            Number::Const(value) => self.put(code::LD_IMM, value),
            Number::Length => self.put(code::LD_W_LEN, 0),
            Number::Ancillary(word) => self.code.push(Instruction::load_ancillary(word)),
            Number::Load { base: None, offset, size } => self.code.push(Instruction::load(size, offset)),
            Number::Load { base: Some(base), offset, size } => {
                self.load_x(base)?;
                self.code.push(Instruction::load_indexed(size, offset));
            }
            Number::HeaderLength { base, offset } => {
                match base {
                    None => self.code.push(Instruction::load(1, offset)),
                    Some(base) => {
                        self.load_x(base)?;
                        self.code.push(Instruction::load_indexed(1, offset));
                    }
                }
                self.put(code::AND_K, 0x0f);
                self.put(code::LSH_K, 2);
            }
            Number::Variable(variable) => self.put(code::LD_MEM, Self::cell(variable)),
            Number::Negative(inner) => {
                self.load_a(inner)?;
                self.put(code::NEG, 0);
            }
            Number::Binary(..) => self.binary(id)?,
            // Both are resolved before code is made.
            Number::Field { .. } | Number::Transport { .. } => self.put(code::LD_IMM, 0),
        }
        self.a = Some(id);
        Ok(())
    }

    /// Whether `load_x` leaves A alone.
    fn x_alone(&self, id: NumberId) -> bool {
        self.x == Some(id) || self.numbers.goes_to_x(id)
    }

    /// Whether `load_a` leaves X alone.
    fn a_alone(&self, mut id: NumberId) -> bool {
        loop {
            if self.a == Some(id) {
                return true;
            }
            id = match self.numbers.get(id) {
                Number::Load { base: Some(_), .. } | Number::HeaderLength { base: Some(_), .. } => {
                    return false;
                }
                Number::Binary(_, left, right) if self.numbers.value(right).is_some() => left,
                Number::Binary(..) => return false,
                Number::Negative(inner) => inner,
                _ => return true,
            };
        }
    }

    /// X = number; A is lost unless the number can go to X alone.
    pub(crate) fn load_x(&mut self, id: NumberId) -> Result<(), TooManyCells> {
        if self.x == Some(id) {
            return Ok(());
        }
        match self.numbers.get(id) {
            Number::Const(value) => self.put(code::LDX_IMM, value),
            Number::Length => self.put(code::LDX_W_LEN, 0),
            Number::HeaderLength { base: None, offset } => self.put(code::LDX_B_MSH, offset),
            Number::Variable(variable) => self.put(code::LDX_MEM, Self::cell(variable)),
            _ => {
                self.load_a(id)?;
                self.put(code::TAX, 0);
            }
        }
        self.x = Some(id);
        Ok(())
    }

    fn binary(&mut self, id: NumberId) -> Result<(), TooManyCells> {
        let mut spine = Vec::new();
        let mut left = id;
        while let Number::Binary(op, next, right) = self.numbers.get(left) {
            if self.a == Some(left) {
                break;
            }
            spine.push((op, left, right));
            left = next;
            // What needs no X on its way to A can wait until the right operand is there.
            let held = self.a.is_some_and(|a| a == next || self.numbers.is_part(a, next));
            if self.numbers.value(right).is_none() && !self.x_alone(right) && !held && self.a_alone(next) {
                break;
            }
        }
        let Some((op, whole, right)) = spine.pop() else { return Ok(()) };
        if self.numbers.value(right).is_some() || self.x_alone(right) {
            self.load_a(left)?;
            self.operate(op, right)?;
        } else {
            if left == right {
                // X takes what A has.
                self.load_a(left)?;
                self.put(code::TAX, 0);
                self.x = Some(left);
            } else {
                self.pair(left, right)?;
            }
            self.put(with_x(op), 0);
        }
        self.a = Some(whole);
        while let Some((op, whole, right)) = spine.pop() {
            self.operate(op, right)?;
            self.a = Some(whole);
        }
        Ok(())
    }

    /// A = A op right.
    fn operate(&mut self, op: Op, right: NumberId) -> Result<(), TooManyCells> {
        if let Some(value) = self.numbers.value(right) {
            self.put(with_constant(op), value);
            return Ok(());
        }
        if self.x_alone(right) {
            self.load_x(right)?;
            self.put(with_x(op), 0);
            return Ok(());
        }
        let either_way = matches!(op, Op::Add | Op::Mul | Op::And | Op::Or | Op::Xor);
        let left = self.a.take();
        if either_way && self.a_alone(right) {
            self.put(code::TAX, 0);
            self.x = left;
            self.load_a(right)?;
            self.put(with_x(op), 0);
            return Ok(());
        }
        let cell = self.take_cell()?;
        self.put(code::ST, cell);
        self.load_a(right)?;
        if either_way {
            self.put(code::LDX_MEM, cell);
            self.x = left;
        } else {
            self.put(code::TAX, 0);
            self.put(code::LD_MEM, cell);
            self.x = Some(right);
        }
        self.first_cell -= 1;
        self.put(with_x(op), 0);
        Ok(())
    }

    fn take_cell(&mut self) -> Result<u32, TooManyCells> {
        if self.first_cell >= CELLS {
            return Err(TooManyCells);
        }
        self.first_cell += 1;
        Ok(self.first_cell as u32 - 1)
    }

    /// A = left, X = right, to be compared: now and then the way to the left operand leaves the right one in X.
    pub(crate) fn compared(&mut self, left: NumberId, right: NumberId) -> Result<(), TooManyCells> {
        let mut other = self.clone();
        let apart = self.pair(left, right);
        if other.numbers.is_part(right, left)
            && other.load_a(left).is_ok()
            && other.x == Some(right)
            && (apart.is_err() || other.code.len() < self.code.len())
        {
            *self = other;
            return Ok(());
        }
        apart
    }

    /// A = left, X = right.
    pub(crate) fn pair(&mut self, left: NumberId, right: NumberId) -> Result<(), TooManyCells> {
        // What X holds already is of use only where the left operand does not go through X itself.
        if self.numbers.goes_to_x(right) || (self.x == Some(right) && self.a_alone(left)) {
            self.load_a(left)?;
            return self.load_x(right);
        }
        // On the way to X the right operand goes through A: what A holds now is lost, and must not be counted on.
        let held = self.a.take();
        let alone = self.a_alone(left);
        self.a = held;
        if alone {
            self.load_x(right)?;
            if self.numbers.get(left) == Number::Length || self.a != Some(left) {
                self.a = None;
            }
            return self.load_a(left);
        }
        self.load_a(right)?;
        let cell = self.take_cell()?;
        self.put(code::ST, cell);
        self.load_a(left)?;
        self.put(code::LDX_MEM, cell);
        self.x = Some(right);
        self.first_cell -= 1;
        Ok(())
    }
}

fn with_constant(op: Op) -> u16 {
    match op {
        Op::Add => code::ADD_K,
        Op::Sub => code::SUB_K,
        Op::Mul => code::MUL_K,
        Op::Div => code::DIV_K,
        Op::Mod => code::MOD_K,
        Op::And => code::AND_K,
        Op::Or => code::OR_K,
        Op::Xor => code::XOR_K,
        Op::Shl => code::LSH_K,
        Op::Shr => code::RSH_K,
    }
}

fn with_x(op: Op) -> u16 {
    with_constant(op) | code::X
}
