//! A program as operations that are done for many packets at once: what `batch` runs.
//!
//! An instruction is looked at once for each thing that A and X may hold in front of it, as far as that is known before a
//! packet is seen: what was loaded from one place, a constant. So a comparison that stands behind two loads becomes two,
//! which read what was loaded without a way over A, and a load behind a constant X is a load from a fixed place.

use super::check::{check_user, loops};
use super::insn::{CELLS, Instruction, ancillary, code};
use super::prepared::{Load, load_of};

/// Longer programs have too many operations that no packet of a pass comes to.
const LONGEST: usize = 1500;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Comparison {
    Equal,
    Greater,
    AtLeast,
    Any,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Action {
    /// Loads into a column, masks, compares. What X is stands in a column too, where that is known.
    Test(Load, Comparison, usize, Option<usize>),
    /// Loads the length of an IPv4 header into a column; X needs it as well, or not.
    Length(usize, bool),
    /// Masks and compares what was loaded before into a column.
    Again(Comparison, usize),
    /// Masks and compares A.
    Held(Comparison),
    /// Loads into a column and A.
    Fetch(Load, usize, Option<usize>),
    /// An instruction of its own.
    Alone(u16),
    /// The verdict is `value`.
    Verdict,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Operation {
    pub(super) action: Action,
    /// What follows, when a comparison holds and when not.
    pub(super) yes: usize,
    pub(super) no: usize,
    /// Offset of the load, or the constant of an operation of its own.
    pub(super) at: u32,
    /// What is compared with.
    pub(super) value: u32,
    pub(super) mask: u32,
    /// From where to where in [`Plan::others`] it goes on, where one of several is asked for.
    pub(super) others: (usize, usize),
    /// Whether what was compared is needed in A behind it.
    pub(super) keep: bool,
}

/// Operations in an order in which each stands before what follows it, and where the columns that they use come from.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    pub(super) operations: Vec<Operation>,
    pub(super) sources: Vec<Source>,
    /// What comparisons compare with beside their value.
    pub(super) others: Vec<u32>,
}

/// The operations of a program; none where it cannot be run in passes.
pub(super) fn plan(program: &[Instruction]) -> Plan {
    let fits = program.len() <= LONGEST && check_user(program).is_ok() && !loops(program);
    if !fits || !program.iter().all(runs_in_passes) {
        return Plan::default();
    }
    let plan = [true, false].into_iter().find_map(|split| Planner::new(program, split).plan());
    plan.unwrap_or_default()
}

/// Whether an instruction needs no word from beside the packet, and its verdict is a constant.
fn runs_in_passes(instruction: &Instruction) -> bool {
    let Instruction { code: number, k, .. } = *instruction;
    match number {
        code::RET_A => false,
        code::LD_W_ABS | code::LD_H_ABS | code::LD_B_ABS | code::LDX_B_MSH => k < ancillary::LINK,
        _ => true,
    }
}

/// What the registers hold in front of an instruction, as far as it is known without a packet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
struct Known {
    /// The column that A was loaded from.
    a: Option<usize>,
    x: X,
}

/// What is known of X.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
enum X {
    /// Nothing.
    #[default]
    Any,
    Constant(u32),
    /// What a column holds.
    Column(usize),
}

/// Where the numbers of a column come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Source {
    /// A place that is the same for all packets, or behind the X of another column.
    Place(Load, u32, Option<usize>),
    /// The length of the header that starts there.
    Length(u32),
    /// A place behind X, loaded by one instruction.
    Behind(Load, usize),
}

impl Source {
    /// Where the header starts whose length it is.
    fn length(&self) -> Option<u32> {
        match *self {
            Source::Length(at) => Some(at),
            Source::Place(..) | Source::Behind(..) => None,
        }
    }
}

struct Planner<'p> {
    program: &'p [Instruction],
    /// Whether instructions are told apart by what is known in front of them.
    split: bool,
    /// Whether X is read by more than loads: then it is written even where it is known.
    reads_x: bool,
    columns: Vec<Source>,
    /// What is known in front of each instruction, for each way to it that differs.
    fronts: Vec<Vec<(Known, usize)>>,
    count: usize,
}

impl<'p> Planner<'p> {
    fn new(program: &'p [Instruction], split: bool) -> Planner<'p> {
        let reads_x = program.iter().enumerate().any(|(at, instruction)| match instruction.code {
            code::TXA | code::STX => true,
            code::LD_W_IND | code::LD_H_IND | code::LD_B_IND => compared(program, at + 1).is_none(),
            other => matches!(other & code::CLASS, code::ALU | code::JMP) && other & code::X != 0,
        });
        Planner {
            program,
            split,
            reads_x,
            columns: Vec::new(),
            fronts: vec![Vec::new(); program.len()],
            count: 0,
        }
    }

    /// The number of the operation for an instruction with what is known there. Jumps are followed.
    fn front(&mut self, mut at: usize, known: Known) -> usize {
        at = landing(self.program, at);
        let mut known = if self.split { known } else { Known::default() };
        while self.split
            && !self.reads_x
            && let Some(Instruction { code: code::LDX_IMM, k, .. }) = self.program.get(at).copied()
        {
            // Nothing to be done: what reads X knows it.
            known.x = X::Constant(k);
            at = landing(self.program, at + 1);
        }
        match self.program.get(at) {
            Some(Instruction { code: code::LDX_B_MSH, .. }) => known.x = X::Any,
            // What A was does not matter in front of what writes it.
            Some(next) if load_of(next.code, next.k).is_some() => known.a = None,
            _ => {}
        }
        let Some(fronts) = self.fronts.get_mut(at) else { return usize::MAX };
        if let Some((_, number)) = fronts.iter().find(|(there, _)| *there == known) {
            return *number;
        }
        fronts.push((known, self.count));
        self.count += 1;
        self.count - 1
    }

    fn plan(mut self) -> Option<Plan> {
        self.front(0, Known::default());
        // Numbers are given when an operation is first led to; places in order of the program.
        let mut placed: Vec<(usize, Operation)> = Vec::with_capacity(self.program.len());
        for at in 0..self.program.len() {
            let mut next = 0;
            while let Some((known, number)) = self.fronts.get(at).and_then(|fronts| fronts.get(next)).copied()
            {
                next += 1;
                let operation = self.operation(at, known);
                placed.push((number, operation));
            }
            if self.count > LONGEST {
                return None;
            }
        }
        let mut places = vec![usize::MAX; self.count];
        for (place, (number, _)) in placed.iter().enumerate() {
            *places.get_mut(*number)? = place;
        }
        let place = |number: usize| places.get(number).copied().unwrap_or(usize::MAX);
        let mut operations: Vec<Operation> = placed
            .into_iter()
            .map(|(_, operation)| Operation {
                yes: place(operation.yes),
                no: place(operation.no),
                ..operation
            })
            .collect();
        let others = join(&mut operations);
        keep(&mut operations);
        Some(Plan { operations, sources: self.columns, others })
    }

    /// The operation that starts with the instruction at `at`, with what follows it as far as it can be joined.
    fn operation(&mut self, at: usize, known: Known) -> Operation {
        let instruction = |at: usize| self.program.get(at).copied().unwrap_or(Instruction::ret(0));
        let first = instruction(at);
        let plain = Operation {
            action: Action::Alone(first.code),
            yes: usize::MAX,
            no: usize::MAX,
            at: first.k,
            value: 0,
            mask: u32::MAX,
            others: (0, 0),
            keep: false,
        };
        if first.code == code::RET_K {
            return Operation { action: Action::Verdict, value: first.k, ..plain };
        }
        let load = load_of(first.code, first.k);
        let Some((compare_at, comparison, mask)) = compared(self.program, at + usize::from(load.is_some()))
        else {
            return match load {
                Some(load) => self.fetch(at, load, first.k, known, plain),
                None => self.alone(at, first, known, plain),
            };
        };
        let compare = instruction(compare_at);
        let (action, place, column) = match (load, known.a) {
            (Some(load), _) => {
                let (load, place, x, column) = self.loaded(at, load, first.k, known);
                (Action::Test(load, comparison, column, x), place, Some(column))
            }
            (None, Some(column)) => (Action::Again(comparison, column), first.k, Some(column)),
            (None, None) => (Action::Held(comparison), first.k, None),
        };
        let behind = Known { a: column.filter(|_| mask == u32::MAX), ..known };
        let after = compare_at + 1;
        let yes = self.front(after + usize::from(compare.jt), behind);
        let no = self.front(after + usize::from(compare.jf), behind);
        Operation { action, yes, no, at: place, value: compare.k, mask, ..plain }
    }

    /// What a load is, its place, the column that X is in, and the column that it goes to.
    fn loaded(&mut self, at: usize, load: Load, k: u32, known: Known) -> (Load, u32, Option<usize>, usize) {
        let (load, place, x) = fixed(load, k, known.x);
        let column = self.column(match (load, x) {
            (Load::OctetX | Load::HalfX | Load::WordX, None) => Source::Behind(load, at),
            _ => Source::Place(load, place, x),
        });
        (load, place, x, column)
    }

    /// A load of what is computed with.
    fn fetch(&mut self, at: usize, load: Load, k: u32, known: Known, plain: Operation) -> Operation {
        let (load, place, x, column) = self.loaded(at, load, k, known);
        let next = self.front(at + 1, Known { a: Some(column), ..known });
        Operation { action: Action::Fetch(load, column, x), yes: next, no: next, at: place, ..plain }
    }

    fn alone(&mut self, at: usize, first: Instruction, known: Known, plain: Operation) -> Operation {
        let behind = match first.code {
            code::LDX_IMM => Known { x: X::Constant(first.k), ..known },
            code::LDX_B_MSH if self.split => {
                let column = self.column(Source::Length(first.k));
                let next = self.front(at + 1, Known { x: X::Column(column), ..known });
                return Operation {
                    action: Action::Length(column, self.reads_x),
                    yes: next,
                    no: next,
                    ..plain
                };
            }
            code::LDX_B_MSH | code::LDX_MEM | code::LDX_W_LEN | code::TAX => Known { x: X::Any, ..known },
            code::ST | code::STX => known,
            _ if first.is_branch() => known,
            _ => Known { a: None, ..known },
        };
        let after = at + 1;
        let (yes, no) = match first.is_branch() {
            true => (after + usize::from(first.jt), after + usize::from(first.jf)),
            false => (after, after),
        };
        let (yes, no) = (self.front(yes, behind), self.front(no, behind));
        Operation { yes, no, ..plain }
    }

    /// The column of a source, one for each.
    fn column(&mut self, source: Source) -> usize {
        self.columns.iter().position(|known| *known == source).unwrap_or_else(|| {
            self.columns.push(source);
            self.columns.len() - 1
        })
    }
}

/// Where the unconditional jumps from `at` lead, which only go forward.
fn landing(program: &[Instruction], mut at: usize) -> usize {
    while let Some(jump) = program.get(at).filter(|instruction| instruction.code == code::JA) {
        at = at.saturating_add(1).saturating_add(jump.k as usize);
    }
    at
}

/// The comparison that stands at an instruction, or where jumps from it lead, perhaps behind a mask: where, which and the mask.
fn compared(program: &[Instruction], at: usize) -> Option<(usize, Comparison, u32)> {
    let at = landing(program, at);
    let first = program.get(at)?;
    let masked = program
        .get(at + 1)
        .filter(|next| first.code == code::AND_K && next.code == code::JEQ_K)
        .map(|_| (at + 1, Comparison::Equal, first.k));
    let plain = match first.code {
        code::JEQ_K => Some(Comparison::Equal),
        code::JGT_K => Some(Comparison::Greater),
        code::JGE_K => Some(Comparison::AtLeast),
        code::JSET_K => Some(Comparison::Any),
        _ => None,
    };
    masked.or(plain.map(|comparison| (at, comparison, u32::MAX)))
}

/// A load behind an X that is a constant is one from a fixed place; behind one that is in a column it goes by that.
fn fixed(load: Load, at: u32, x: X) -> (Load, u32, Option<usize>) {
    let fixed = match load {
        Load::OctetX => Load::Octet,
        Load::HalfX => Load::Half,
        Load::WordX => Load::Word,
        other => return (other, at, None),
    };
    match x {
        X::Any => (load, at, None),
        X::Constant(x) => (fixed, at.wrapping_add(x), None),
        X::Column(column) => (load, at, Some(column)),
    }
}

/// Joins comparisons of one column that stand in a row and lead to the same place: one of several values. Those that nothing
/// leads to any more are taken out. Gives the values beside the first.
fn join(operations: &mut Vec<Operation>) -> Vec<u32> {
    let mut others = Vec::new();
    for at in (0..operations.len()).rev() {
        let Some(first) = operations.get(at).copied() else { continue };
        let next = operations.get(first.no).filter(|next| one_more(&first, next)).copied();
        if let (Some(next), Some(operation)) = (next, operations.get_mut(at)) {
            let start = others.len();
            others.push(next.value);
            others.extend_from_within(next.others.0..next.others.1);
            (operation.no, operation.others) = (next.no, (start, others.len()));
        }
    }
    take_out(operations);
    others
}

/// Takes out the operations that nothing leads to.
fn take_out(operations: &mut Vec<Operation>) {
    let mut led_to = vec![false; operations.len()];
    led_to.iter_mut().take(1).for_each(|start| *start = true);
    let mut places = Vec::with_capacity(operations.len());
    let mut kept = Vec::with_capacity(operations.len());
    for (at, operation) in operations.iter().enumerate() {
        places.push(kept.len());
        if !led_to.get(at).copied().unwrap_or(false) {
            continue;
        }
        kept.push(*operation);
        for to in [operation.yes, operation.no] {
            if let Some(led_to) = led_to.get_mut(to) {
                *led_to = true;
            }
        }
    }
    for operation in &mut kept {
        for to in [&mut operation.yes, &mut operation.no] {
            *to = places.get(*to).copied().unwrap_or(usize::MAX);
        }
    }
    *operations = kept;
}

/// Whether a comparison asks the same column for one more value, with the same outcome.
fn one_more(first: &Operation, next: &Operation) -> bool {
    let column = match first.action {
        Action::Test(_, Comparison::Equal, column, _) | Action::Again(Comparison::Equal, column) => column,
        _ => return false,
    };
    next.action == Action::Again(Comparison::Equal, column)
        && first.mask == u32::MAX
        && next.mask == u32::MAX
        && first.yes == next.yes
}

/// Finds the comparisons whose number is needed in A behind them.
fn keep(operations: &mut [Operation]) {
    let mut needed = vec![false; operations.len()];
    for at in (0..operations.len()).rev() {
        let Some(operation) = operations.get_mut(at) else { continue };
        let behind = [operation.yes, operation.no].iter().any(|to| needed.get(*to).copied().unwrap_or(false));
        let masked = operation.mask != u32::MAX;
        let here = match operation.action {
            Action::Test(..) | Action::Fetch(..) => false,
            Action::Again(..) => behind && !masked,
            Action::Held(_) => true,
            Action::Verdict => false,
            Action::Length(..) => behind,
            Action::Alone(number) => match number {
                code::LDX_B_MSH | code::LDX_IMM | code::LDX_MEM | code::STX | code::LDX_W_LEN | code::JA => {
                    behind
                }
                code::LD_IMM | code::LD_MEM | code::LD_W_LEN | code::TXA => false,
                // A load, with nothing compared right behind it, writes A, too.
                other => load_of(other, 0).is_none(),
            },
        };
        operation.keep = behind && (masked || matches!(operation.action, Action::Test(..)));
        if let Some(needed) = needed.get_mut(at) {
            *needed = here;
        }
    }
}

/// Loads and comparisons that must be to come where packets are to wait for others.
const WORTH_WAITING: u32 = 3;
/// A, X, scratch cells and columns, as bits of what has to be remembered.
const A: u64 = 1;
const X: u64 = 2;
const FIRST_CELL: u32 = 2;
const FIRST_COLUMN: u32 = FIRST_CELL + CELLS as u32;

/// An operation in front of which packets may wait.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Wait {
    pub(super) operation: usize,
    /// Columns of lengths of headers that are to be loaded once more behind it, and where from.
    pub(super) lengths: Vec<(usize, u32)>,
}

/// Operations, in their order, in front of which nothing has to be remembered of a packet but lengths of headers, which are as
/// soon loaded again, and some way is still to go.
pub(super) fn meetings(operations: &[Operation], sources: &[Source]) -> Vec<Wait> {
    if sources.len() > (u64::BITS - FIRST_COLUMN) as usize {
        return Vec::new();
    }
    let lengths = |front: u64| -> Vec<(usize, u32)> {
        let needed = sources.iter().enumerate().filter(|(number, _)| front & column(*number) != 0);
        needed.filter_map(|(number, source)| Some((number, source.length()?))).collect()
    };
    let mut remembered = vec![0u64; operations.len()];
    let mut length = vec![0u32; operations.len()];
    let mut found = Vec::new();
    for (at, operation) in operations.iter().enumerate().rev() {
        let behind = [operation.yes, operation.no];
        let later = behind.iter().fold(0, |bits, to| bits | remembered.get(*to).copied().unwrap_or(0));
        let (reads, writes) = touched(operation);
        let front = later & !writes | reads;
        let longest = behind.iter().filter_map(|to| length.get(*to)).max().copied().unwrap_or(0);
        let steps = longest + u32::from(operation.action != Action::Verdict);
        if let (Some(remembered), Some(length)) = (remembered.get_mut(at), length.get_mut(at)) {
            (*remembered, *length) = (front, steps);
        }
        if steps >= WORTH_WAITING && at > 0 {
            let lengths = lengths(front);
            if lengths.iter().fold(front, |rest, (number, _)| rest & !column(*number)) == 0 {
                found.push(Wait { operation: at, lengths });
            }
        }
    }
    found.reverse();
    found
}

/// The bit of a column.
fn column(number: usize) -> u64 {
    1u64.checked_shl(FIRST_COLUMN + number as u32).unwrap_or(0)
}

/// What an operation reads and what it surely writes.
fn touched(operation: &Operation) -> (u64, u64) {
    let a = if operation.keep { A } else { 0 };
    match operation.action {
        Action::Verdict => (0, 0),
        Action::Test(load, _, to, x) => {
            let behind = matches!(load, Load::OctetX | Load::HalfX | Load::WordX);
            let reads = if behind { x.map_or(X, column) } else { 0 };
            (reads, column(to) | a)
        }
        Action::Fetch(load, to, x) => {
            let behind = matches!(load, Load::OctetX | Load::HalfX | Load::WordX);
            (if behind { x.map_or(X, column) } else { 0 }, column(to) | A)
        }
        Action::Length(to, x) => (0, column(to) | if x { X } else { 0 }),
        Action::Again(_, from) => (column(from), a),
        Action::Held(_) => (A, 0),
        Action::Alone(number) => touched_alone(number, operation.at),
    }
}

fn touched_alone(number: u16, k: u32) -> (u64, u64) {
    let cell = 1u64 << (FIRST_CELL + k % CELLS as u32);
    let x = if number & code::X == 0 { 0 } else { X };
    match number {
        code::JA => (0, 0),
        code::ST => (A, cell),
        code::STX => (X, cell),
        code::LD_MEM => (cell, A),
        code::LDX_MEM => (cell, X),
        code::LD_IMM | code::LD_W_LEN => (0, A),
        code::LDX_IMM | code::LDX_W_LEN | code::LDX_B_MSH => (0, X),
        code::TAX => (A, X),
        code::TXA => (X, A),
        _ => match (load_of(number, k), number & code::CLASS) {
            (Some(Load::OctetX | Load::HalfX | Load::WordX), _) => (X, A),
            (Some(_), _) => (0, A),
            (None, code::ALU) => (A | x, A),
            // Comparisons, and whatever else there may be.
            _ => (A | x, 0),
        },
    }
}
