//! Plugins that only declare: they give names to values and call the words of the language.
//!
//! Such a text is evaluated as it stands. The host's compiler would describe each of its own functions to itself before the
//! first call, which takes longer than to evaluate five plugins here. Whatever else there is in a text, and whatever is wrong
//! with it, is left to the host, which also tells it.

use crate::fault::Span;
use crate::limits::place;
use crate::store::Store;
use starlark::codemap;
use starlark::environment::Globals;
use starlark::eval::Evaluator;
use starlark::syntax::AstModule;
use starlark::syntax::ast::{ArgumentP, AssignTargetP, AstExpr, AstLiteral, AstStmt, ExprP, StmtP};
use starlark::values::dict::AllocDict;
use starlark::values::list::AllocList;
use starlark::values::tuple::AllocTuple;
use starlark::values::{Heap, Value};
use std::collections::HashMap;

/// Whether a text looks as if it only declared: its statements are assignments and expressions.
pub(crate) fn only_declares(written: &AstStmt) -> bool {
    match &written.node {
        StmtP::Statements(all) => all.iter().all(only_declares),
        StmtP::Expression(_) | StmtP::Assign(_) => true,
        _ => false,
    }
}

/// Evaluates a text that only declares; `None` where it does more, or is wrong.
pub(crate) fn evaluate(ast: &AstModule, words: &Globals, eval: &mut Evaluator<'_, '_, '_>) -> Option<()> {
    let store = Store::of(eval).ok()?;
    Plain { ast, words, store, eval, named: HashMap::new() }.statement(ast.statement())
}

/// A text that is being evaluated.
struct Plain<'p, 'v, 'a, 'e> {
    ast: &'p AstModule,
    words: &'p Globals,
    store: &'a Store,
    eval: &'p mut Evaluator<'v, 'a, 'e>,
    named: HashMap<&'p str, Value<'v>>,
}

impl<'p, 'v> Plain<'p, 'v, '_, '_> {
    fn statement(&mut self, written: &'p AstStmt) -> Option<()> {
        match &written.node {
            StmtP::Statements(all) => all.iter().try_for_each(|one| self.statement(one)),
            StmtP::Expression(expression) => self.value(expression).map(drop),
            StmtP::Assign(assigned) => {
                let AssignTargetP::Identifier(name) = &assigned.lhs.node else { return None };
                // What a name means does not change from line to line.
                let new = assigned.ty.is_none() && self.word(&name.ident).is_none();
                let value = self.value(&assigned.rhs)?;
                (new && self.named.insert(&name.ident, value).is_none()).then_some(())
            }
            _ => None,
        }
    }

    fn value(&mut self, written: &'p AstExpr) -> Option<Value<'v>> {
        let heap = self.eval.heap();
        match &written.node {
            ExprP::Literal(literal) => self::literal(literal, heap),
            ExprP::Identifier(name) => {
                self.named.get(name.ident.as_str()).copied().or_else(|| self.word(&name.ident))
            }
            ExprP::Minus(number) => self.value(number)?.minus(heap).ok(),
            ExprP::List(values) => Some(heap.alloc(AllocList(self.values(values)?))),
            ExprP::Tuple(values) => Some(heap.alloc(AllocTuple(self.values(values)?))),
            ExprP::Dict(entries) => {
                let keys = self.values(entries.iter().map(|(key, _)| key))?;
                let values = self.values(entries.iter().map(|(_, value)| value))?;
                let dict = heap.alloc(AllocDict(keys.into_iter().zip(values)));
                // The host refuses keys that are there twice.
                (dict.length().ok() == i32::try_from(entries.len()).ok()).then_some(dict)
            }
            ExprP::Call(called, given) => {
                let called = self.value(called)?;
                let (mut unnamed, mut named) = (Vec::new(), Vec::new());
                for argument in &given.args {
                    match &argument.node {
                        ArgumentP::Positional(value) => unnamed.push(self.value(value)?),
                        ArgumentP::Named(name, value) => named.push((name.node.as_str(), self.value(value)?)),
                        _ => return None,
                    }
                }
                self.store.call.set(self.span(written.span));
                self.eval.eval_function(called, &unnamed, &named).ok()
            }
            _ => None,
        }
    }

    fn values(&mut self, written: impl IntoIterator<Item = &'p AstExpr>) -> Option<Vec<Value<'v>>> {
        written.into_iter().map(|one| self.value(one)).collect()
    }

    /// What the language itself means by a name.
    fn word(&self, name: &str) -> Option<Value<'v>> {
        self.words.iter().find(|(known, _)| *known == name).map(|(_, word)| word.to_value())
    }

    fn span(&self, span: codemap::Span) -> Span {
        let (begin, end, _) = place(&self.ast.file_span(span));
        Span { begin, end }
    }
}

fn literal<'v>(written: &AstLiteral, heap: Heap<'v>) -> Option<Value<'v>> {
    match written {
        AstLiteral::String(text) => Some(heap.alloc(text.node.as_str())),
        AstLiteral::Int(number) => {
            number.node.to_string().parse::<u64>().ok().map(|number| heap.alloc(number))
        }
        AstLiteral::Float(number) => Some(heap.alloc(number.node)),
        _ => None,
    }
}
