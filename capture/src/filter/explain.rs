//! What an expression was understood as: its text with all parentheses, a tree of its tests with a phrase and a count of
//! instructions for each, and remarks on traps.
//!
//! Counts of single tests are those of the test compiled alone, with the offsets that the tests before it have moved;
//! the whole program shares what they have in common, so it is usually smaller than their sum.

use super::ast::{NodeId, NodeKind, Tree};
use super::error::Error;
use super::traps::{Remark, Weight, remarks};
use super::wording::{canonical, chain, meaning};
use super::{Goal, Options, compile_tree, parse};
use std::fmt;

/// Deeper nests are cut in the drawing.
const DEEPEST: usize = 40;
/// Tests of one run of `and` or `or` that are drawn; the rest is counted.
const LONGEST: usize = 100;
/// How many nodes all counts of instructions together look at: every count walks the whole expression, whose tests move
/// offsets. An expression of 4000 hosts is within it; of a longer one the first tests get their counts.
const COUNTED: usize = 1_000_000;

/// One line of the tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Blanks and strokes in front.
    pub lead: String,
    /// The test, or the word that joins tests.
    pub text: String,
    /// The test in words; empty for a word that joins.
    pub meaning: String,
    /// Instructions of the part compiled alone; `None` for a line that stands for several, and far behind in a text too long
    /// to count all.
    pub instructions: Option<usize>,
    /// How deep in the tree, from 0.
    pub depth: usize,
}

/// What an expression was understood as.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explanation {
    /// The expression as written.
    pub expression: String,
    /// With all parentheses and inherited qualifiers.
    pub canonical: String,
    /// Its tree.
    pub lines: Vec<Line>,
    /// Traps.
    pub remarks: Vec<Remark>,
    /// Instructions of the program.
    pub instructions: usize,
    /// Instructions of the literal translation (`-O0`); `None` when that has too many.
    pub literal: Option<usize>,
    /// What the program says whatever the packet, when it does.
    pub always: Option<bool>,
}

/// Explains an expression, or says why it does not compile.
pub fn explain(expression: &str, options: &Options<'_>) -> Result<Explanation, Error> {
    let tree = parse::parse(expression)?;
    let program = compile_tree(tree.clone(), expression.len(), options)?;
    let literal =
        compile_tree(tree.clone(), expression.len(), &Options { optimize: Goal::Literal, ..*options });
    let mut drawing = Drawing { tree: &tree, options, lines: Vec::new(), counted: 0 };
    if let Some(root) = tree.root {
        drawing.node(root, "", "", 0);
    }
    let lines = drawing.lines;
    let first = program.instructions.first().filter(|_| program.instructions.len() == 1);
    Ok(Explanation {
        expression: expression.to_owned(),
        canonical: tree.root.map(|root| canonical(&tree, root)).unwrap_or_default(),
        lines,
        remarks: remarks(&tree, expression, options.link_type, options.live),
        instructions: program.instructions.len(),
        literal: literal.ok().map(|program| program.instructions.len()),
        always: first.map(|instruction| instruction.k != 0),
    })
}

struct Drawing<'a, 'o> {
    tree: &'a Tree,
    options: &'a Options<'o>,
    lines: Vec<Line>,
    /// Nodes that counts have looked at.
    counted: usize,
}

impl Drawing<'_, '_> {
    /// A node and what is below it; `first` stands before its own line, `rest` before those below.
    fn node(&mut self, id: NodeId, first: &str, rest: &str, depth: usize) {
        let Some(node) = self.tree.nodes.get(id) else { return };
        let (word, parts) = match node.kind {
            NodeKind::And(..) => ("and: all of", chain(self.tree, id)),
            NodeKind::Or(..) => ("or: any of", chain(self.tree, id)),
            NodeKind::Not(inner) => ("not", vec![inner]),
            _ => {
                let (text, size) = (canonical(self.tree, id), self.size(id));
                self.push(first, text, meaning(self.tree, id), size, depth);
                return;
            }
        };
        if depth >= DEEPEST {
            let size = self.size(id);
            self.push(first, "…".to_owned(), "nested deeper than is drawn".to_owned(), size, depth);
            return;
        }
        let size = self.size(id);
        self.push(first, word.to_owned(), String::new(), size, depth);
        let left_out = parts.len().saturating_sub(LONGEST);
        let last = parts.len().min(LONGEST).saturating_sub(1);
        for (i, part) in parts.into_iter().take(LONGEST).enumerate() {
            let ends = i == last && left_out == 0;
            let (stroke, below) = if ends { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            self.node(part, &format!("{rest}{stroke}"), &format!("{rest}{below}"), depth.saturating_add(1));
        }
        if left_out > 0 {
            let text = format!("… and {left_out} more");
            self.push(&format!("{rest}└─ "), text, String::new(), None, depth.saturating_add(1));
        }
    }

    fn push(&mut self, lead: &str, text: String, meaning: String, instructions: Option<usize>, depth: usize) {
        self.lines.push(Line { lead: lead.to_owned(), text, meaning, instructions, depth });
    }

    /// Instructions of a part compiled alone. Long runs are not compiled a second time for every prefix of theirs, so
    /// the work stays in proportion to the drawing.
    fn size(&mut self, id: NodeId) -> Option<usize> {
        self.counted = self.counted.saturating_add(self.tree.nodes.len());
        if self.counted > COUNTED {
            return None;
        }
        clause(self.tree, id, self.options).ok().map(|program| program.instructions.len())
    }
}

/// A part of an expression compiled alone, behind the offsets that the tests before it have moved.
pub(crate) fn clause(tree: &Tree, id: NodeId, options: &Options<'_>) -> Result<super::Program, Error> {
    let alone = Tree { root: Some(id), ..tree.clone() };
    compile_tree(alone, 0, options)
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.lines.is_empty() {
            writeln!(f, "an empty expression accepts every packet")?;
        } else {
            writeln!(f, "understood as\n  {}\n", self.canonical)?;
        }
        let width = self.lines.iter().map(|line| line.lead.chars().count() + line.text.chars().count());
        let width = width.filter(|width| *width <= 60).max().unwrap_or(0);
        for line in &self.lines {
            let used = line.lead.chars().count() + line.text.chars().count();
            let gap = " ".repeat(width.saturating_sub(used));
            let count = match line.instructions {
                Some(1) => "  1 instruction".to_owned(),
                Some(count) => format!("{count:>3} instructions"),
                None => String::new(),
            };
            writeln!(f, "  {}{}{gap}  {count}  {}", line.lead, line.text, line.meaning)?;
        }
        let plural = if self.instructions == 1 { "" } else { "s" };
        write!(f, "\nprogram: {} instruction{plural}", self.instructions)?;
        if let Some(literal) = self.literal {
            write!(f, ", the literal translation has {literal}")?;
        }
        writeln!(f)?;
        match self.always {
            Some(true) if !self.lines.is_empty() => writeln!(f, "\nwarning: every packet is accepted")?,
            Some(false) => writeln!(f, "\nwarning: no packet can be accepted")?,
            _ => {}
        }
        for remark in &self.remarks {
            let word = if remark.weight == Weight::Warning { "warning" } else { "note" };
            if remark.span.end == 0 {
                writeln!(f, "\n{word}: {}", remark.message)?;
                continue;
            }
            let shown = Error {
                span: remark.span,
                message: remark.message.clone(),
                expected: Vec::new(),
                nearest: None,
                mend: None,
            };
            writeln!(f, "\n{word}: {}", shown.render(&self.expression))?;
        }
        Ok(())
    }
}
