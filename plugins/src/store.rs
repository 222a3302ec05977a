//! What a plugin has said so far: the pieces that its calls made, and the protocols put together from them.
//!
//! A call such as `u8("version")` leaves a [`Piece`] here and returns its number; Starlark sees an opaque value.

use crate::expr::{self, Mention};
use crate::fault::{Fault, Span};
use crate::names::Names;
use nettool_dissect::schema::{Expr, Field, Item, Pair, Protocol, Test};
use starlark::any::ProvidesStaticType;
use starlark::eval::Evaluator;
use starlark::values::structs::{AllocStruct, StructRef};
use starlark::values::{Heap, Value};
use std::cell::{Cell, RefCell, RefMut};

/// Fields of a plugin.
pub(crate) const MAX_FIELDS: usize = 2000;
/// Calls that make a piece, used or not.
const MAX_PIECES: usize = 20_000;

/// A part of a declaration.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) item: Item,
    /// Fields that sizes, counts and conditions in it speak of.
    pub(crate) mentions: Vec<Mention>,
    /// Fields in it: name, where, and what they are.
    pub(crate) declared: Vec<Declared>,
    /// Fields without octets that belong to it.
    pub(crate) extra: Vec<Field>,
    /// It is a known type of a list, not a part by itself.
    pub(crate) case: Option<(Field, Vec<Item>)>,
}

/// A field, and where it was declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Declared {
    pub(crate) name: &'static str,
    pub(crate) span: Span,
    /// What two fields of one name must have in common.
    pub(crate) shape: String,
    /// Whether expressions can compute with it.
    pub(crate) whole: bool,
}

/// A protocol whose tables are not looked up yet: those of other plugins may come later.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) protocol: Protocol,
    /// Table, values, and where it says so.
    pub(crate) on: Vec<(String, Vec<u64>, Span)>,
    pub(crate) guess: Vec<(String, Span)>,
    /// Protocols that are said to follow, which may be another plugin's.
    pub(crate) leads: Vec<(&'static str, Span)>,
    /// Fields that lead on by a table.
    pub(crate) span: Span,
    /// Names under which the module keeps its functions.
    pub(crate) after: Option<String>,
    pub(crate) summary: Option<String>,
}

/// All that a plugin has said.
#[derive(Debug, Default, ProvidesStaticType)]
pub(crate) struct Store {
    text: String,
    /// The call that is made, where the host does not know.
    pub(crate) call: Cell<Span>,
    names: RefCell<Names>,
    pieces: RefCell<Vec<Piece>>,
    /// Rules about answers, with the fields that they speak of.
    rules: RefCell<Vec<(Pair, Vec<Mention>)>>,
    pub(crate) drafts: RefCell<Vec<Draft>>,
    /// Tables: those that are built in, of earlier plugins, and this one's.
    pub(crate) tables: RefCell<Vec<(&'static str, u8)>>,
}

impl Store {
    pub(crate) fn new(text: &str, tables: &[(&'static str, u8)]) -> Self {
        Store { text: text.to_owned(), tables: RefCell::new(tables.to_vec()), ..Store::default() }
    }

    /// The store of the plugin that runs.
    pub(crate) fn of<'a>(eval: &Evaluator<'_, 'a, '_>) -> Result<&'a Store, Fault> {
        let extra: Option<&'a dyn starlark::any::AnyLifetime<'_>> = eval.extra;
        extra
            .and_then(|extra| extra.downcast_ref::<Store>())
            .ok_or_else(|| Fault::new(Span::default(), "this works in plugins alone"))
    }

    /// Names, for good.
    pub(crate) fn names(&self) -> RefMut<'_, Names> {
        self.names.borrow_mut()
    }

    /// Keeps a piece; the value stands for it.
    pub(crate) fn put<'v>(&self, piece: Piece, call: Span, heap: Heap<'v>) -> Result<Value<'v>, Fault> {
        if piece.declared.len() > MAX_FIELDS {
            return Err(Fault::new(call, format!("more than {MAX_FIELDS} fields")));
        }
        let mut pieces = self.pieces.borrow_mut();
        if pieces.len() >= MAX_PIECES {
            return Err(Fault::new(call, format!("more than {MAX_PIECES} fields and parts")));
        }
        let number = i32::try_from(pieces.len()).unwrap_or(i32::MAX);
        pieces.push(piece);
        Ok(heap.alloc(AllocStruct([("part", number)])))
    }

    /// The piece that a value stands for.
    pub(crate) fn piece(&self, value: Value<'_>) -> Option<Piece> {
        self.pieces.borrow().get(number_of(value, "part")?).cloned()
    }

    /// Keeps a rule about answers; the value stands for it.
    pub(crate) fn put_rule<'v>(
        &self,
        rule: (Pair, Vec<Mention>),
        call: Span,
        heap: Heap<'v>,
    ) -> Result<Value<'v>, Fault> {
        let mut rules = self.rules.borrow_mut();
        if rules.len() >= MAX_PIECES {
            return Err(Fault::new(call, format!("more than {MAX_PIECES} rules")));
        }
        let number = i32::try_from(rules.len()).unwrap_or(i32::MAX);
        rules.push(rule);
        Ok(heap.alloc(AllocStruct([("answer", number)])))
    }

    /// The rule that a value stands for.
    pub(crate) fn rule(&self, value: Value<'_>) -> Option<(Pair, Vec<Mention>)> {
        self.rules.borrow().get(number_of(value, "answer")?).cloned()
    }

    /// The text of a call.
    fn source(&self, call: Span) -> &str {
        self.text.get(call.begin..call.end).unwrap_or_default()
    }

    /// Where a text stands as a literal within a call: the place of its first octet.
    fn literal(&self, call: Span, text: &str) -> Option<usize> {
        let source = self.source(call);
        let found = ['"', '\''].iter().find_map(|quote| {
            let quoted = format!("{quote}{text}{quote}");
            source.find(&quoted)
        })?;
        Some(call.begin.saturating_add(found).saturating_add(1))
    }

    /// The place of a literal, or of the call where it is none.
    pub(crate) fn span_of(&self, call: Span, text: &str) -> Span {
        match self.literal(call, text) {
            Some(begin) => Span { begin, end: begin.saturating_add(text.len().max(1)) },
            None => self.head(call),
        }
    }

    /// The place of a keyword in a call.
    pub(crate) fn keyword(&self, call: Span, name: &str) -> Span {
        let source = self.source(call);
        let found = source.match_indices(name).find(|(at, _)| {
            let before = source.get(..*at).and_then(|before| before.chars().next_back());
            let after = source.get(at.saturating_add(name.len())..).unwrap_or_default().trim_start();
            before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '"')
                && after.starts_with('=')
                && !after.starts_with("==")
        });
        match found {
            Some((at, _)) => {
                let begin = call.begin.saturating_add(at);
                Span { begin, end: begin.saturating_add(name.len()) }
            }
            None => self.head(call),
        }
    }

    /// The place of an option's text: behind its keyword, where it stands there.
    pub(crate) fn option(&self, call: Span, option: &str, text: &str) -> Span {
        let keyword = self.keyword(call, option);
        let behind = Span { begin: keyword.begin, end: call.end };
        self.literal(behind, text)
            .map_or(keyword, |begin| Span { begin, end: begin.saturating_add(text.len().max(1)) })
    }

    /// The name of the called function: all of a long call would be too much to mark.
    pub(crate) fn head(&self, call: Span) -> Span {
        let len = self.source(call).find('(').unwrap_or(call.end.saturating_sub(call.begin));
        Span { begin: call.begin, end: call.begin.saturating_add(len) }
    }

    /// A number computed from fields.
    pub(crate) fn number(&self, call: Span, text: &str, mentions: &mut Vec<Mention>) -> Result<Expr, Fault> {
        self.placed(call, text, mentions, expr::number)
    }

    /// A condition over fields.
    pub(crate) fn condition(
        &self,
        call: Span,
        text: &str,
        mentions: &mut Vec<Mention>,
    ) -> Result<Test, Fault> {
        self.placed(call, text, mentions, expr::condition)
    }

    fn placed<T>(
        &self,
        call: Span,
        text: &str,
        mentions: &mut Vec<Mention>,
        read: impl FnOnce(&str, usize, &mut Names, &mut Vec<Mention>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let literal = self.literal(call, text);
        let mut own = Vec::new();
        let result = read(text, literal.unwrap_or(0), &mut self.names(), &mut own);
        let head = self.head(call);
        if literal.is_none() {
            own.iter_mut().for_each(|mention| mention.span = head);
        }
        mentions.append(&mut own);
        result.map_err(|fault| match literal {
            Some(_) => fault,
            None => Fault::new(head, format!("{} in `{text}`", fault.message)),
        })
    }
}

/// The number in an opaque value of this kind.
fn number_of(value: Value<'_>, kind: &str) -> Option<usize> {
    let made = StructRef::from_value(value)?;
    let (_, number) = made.iter().find(|(name, _)| name.as_str() == kind)?;
    usize::try_from(number.unpack_i32()?).ok()
}

/// The place of the call that runs.
pub(crate) fn call_of(eval: &Evaluator<'_, '_, '_>) -> Span {
    let place = eval.call_stack_top_location().map(|place| crate::limits::place(&place));
    match place {
        Some((begin, end, _)) => Span { begin, end },
        None => Store::of(eval).map_or_else(|_| Span::default(), |store| store.call.get()),
    }
}
