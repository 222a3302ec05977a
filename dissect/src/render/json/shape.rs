//! Layers with the fields of one seen before, in the same order: what stands between their values is put together once.
//!
//! A capture has few such orders. Each is kept as a row of steps: a text, then a node's value. Names, headings, the brackets and
//! commas of fields that stand several times are all within the texts. An order that is seen for the first time is only noted, so
//! that those which never come again cost no more than a look.

use super::{Form, JsonWriter, Page, room};
use crate::decode::row::Word;
use crate::decode::{Dissection, Node};
use crate::frame::Frame;
use crate::registry::{FieldId, Registry};

/// Octets of text that are copied as a whole.
pub(super) const WHOLE: usize = 64;

/// Orders that are kept.
const PLACES: usize = 256;

/// Fields of a layer beyond which its order is not kept.
const MOST: usize = 160;

/// What tells most orders of a layer's fields apart: its first field, how many there are, and some of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Order(u64);

impl Order {
    #[inline(always)]
    pub(super) fn of(nodes: &[Node]) -> Order {
        let len = nodes.len();
        let at = |at: usize| nodes.get(at).map_or(0, |node| u64::from(node.field.0));
        let first = at(0) | (len as u64) << 16;
        let some =
            at(len.wrapping_sub(1)) << 48 | at(len / 2) << 32 | at(len.wrapping_sub(4)) << 16 | at(len / 4);
        Order((first ^ some.rotate_left(7)).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ some)
    }

    fn place(self) -> usize {
        (self.0 ^ self.0 >> 29 ^ self.0 >> 47) as usize % PLACES
    }
}

/// A text and the value behind it.
#[derive(Clone, Copy)]
struct Step {
    text: Piece,
    /// The node; of those that a folded one stands for, this.
    node: u16,
    /// What the number is multiplied by; of groups how many nodes they have.
    scale: u16,
    /// The group that the node is the whole of, plus 1; 0: none.
    group: u16,
    form: Form,
    field: FieldId,
    /// Where the number stands in the row that is folded; without meaning for a node that stands for itself.
    word: Word,
}

/// Steps over nodes that stand for themselves, or over those of one that is folded.
struct Stretch {
    steps: Box<[Step]>,
    /// The folded one.
    folded: Option<u16>,
}

/// The nodes that a shape is made of, with those that are folded, and where each has its value.
pub(super) struct Unfolded {
    pub(super) nodes: Vec<Node>,
    /// The node that it is or that stands for it, and where that has its number.
    places: Vec<(u16, Option<Word>)>,
    /// Whether its value is always the same.
    fixed: Vec<bool>,
}

impl Unfolded {
    /// `None` where there are more than a shape has room for.
    pub(super) fn new(
        registry: &Registry,
        frame: &Frame<'_>,
        dissection: &Dissection,
        folded: &[Node],
    ) -> Option<Unfolded> {
        let nodes = Vec::with_capacity(folded.len());
        let mut all = Unfolded { nodes, places: Vec::new(), fixed: Vec::new() };
        for (node, at) in folded.iter().zip(0..) {
            dissection.unfold(registry, frame, std::slice::from_ref(node), &mut all.nodes);
            match registry.programs.folds().row(node.field) {
                Some(row) => {
                    all.places.extend(row.shown().iter().map(|place| (at, Some(place.word))));
                    all.fixed.extend(row.shown().iter().map(|place| place.fixed));
                }
                None => {
                    all.places.push((at, None));
                    all.fixed.push(false);
                }
            }
        }
        (all.nodes.len() <= MOST && all.nodes.len() == all.places.len()).then_some(all)
    }

    /// Whether a node's value is the same in all layers with these nodes.
    pub(super) fn is_fixed(&self, node: usize) -> bool {
        self.fixed.get(node).copied().unwrap_or(false)
    }
}

/// A text: pieces of it that are copied as a whole, and how long it is.
#[derive(Clone, Copy)]
struct Piece {
    start: u16,
    len: u16,
}

/// The steps of an order.
pub(super) struct Shape {
    fields: Box<[FieldId]>,
    stretches: Box<[Stretch]>,
    /// All texts, each from the beginning of a piece on.
    pieces: Box<[[u8; WHOLE]]>,
    /// What stands behind the last value.
    end: Piece,
}

/// Orders that came to one place with another there, beyond which none is kept.
const PATIENCE: u16 = 64;

#[derive(Default)]
struct Place {
    /// Whose steps are put together when it comes again.
    seen: u64,
    shape: Option<Box<Shape>>,
    changes: u16,
}

/// Orders of layers with one heading that are tried before a layer's fields are counted.
const TRIED: usize = 4;

/// The orders that are kept.
#[derive(Default)]
pub(super) struct Shapes {
    places: Vec<Place>,
    /// By heading: places of the orders that came last.
    last: Vec<[u8; TRIED]>,
}

impl Shapes {
    /// The steps of a layer whose order has been seen before; `make` puts them together when that is the first time.
    #[inline(always)]
    pub(super) fn get(
        &mut self,
        order: Order,
        nodes: &[Node],
        make: impl FnOnce() -> Option<Shape>,
    ) -> Option<&Shape> {
        let place = self.places.get_mut(order.place());
        let known = place.is_some_and(|place| place.shape.as_ref().is_some_and(|shape| shape.fits(nodes)));
        if !known {
            self.learn(order, nodes, make)?;
        }
        if let Some(last) = nodes.first().and_then(|head| self.last.get_mut(Self::heading(head))) {
            last.copy_within(..TRIED - 1, 1);
            last.first_mut().into_iter().for_each(|first| *first = order.place() as u8);
        }
        self.places.get(order.place())?.shape.as_deref()
    }

    /// The steps of the layer that `nodes` begin with, if its fields stand in one of the orders that came last under its heading.
    #[inline(always)]
    pub(super) fn at_head_of(&self, nodes: &[Node]) -> Option<&Shape> {
        let last = self.last.get(Self::heading(nodes.first()?))?;
        last.iter().find_map(|place| {
            let shape = self.places.get(usize::from(*place))?.shape.as_deref();
            shape.filter(|shape| shape.begins(nodes))
        })
    }

    #[inline(always)]
    fn heading(head: &Node) -> usize {
        usize::from(head.field.0) % PLACES
    }

    #[cold]
    fn learn(&mut self, order: Order, nodes: &[Node], make: impl FnOnce() -> Option<Shape>) -> Option<()> {
        if nodes.len() > MOST {
            return None;
        }
        if self.places.is_empty() {
            self.places.resize_with(PLACES, Place::default);
            self.last.resize(PLACES, [0; TRIED]);
        }
        let place = self.places.get_mut(order.place())?;
        if place.seen != order.0 {
            place.seen = order.0;
            return None;
        }
        if place.changes >= PATIENCE {
            return None;
        }
        place.changes = place.changes.saturating_add(1);
        place.shape = Some(Box::new(make()?));
        Some(())
    }
}

impl Shape {
    /// Nodes that it was made for.
    #[inline(always)]
    pub(super) fn nodes(&self) -> usize {
        self.fields.len()
    }

    /// Whether the layer that `nodes` begin with is one that it was made for.
    #[inline(always)]
    fn begins(&self, nodes: &[Node]) -> bool {
        // Most others are longer or shorter.
        let (Some((head, fields)), true) =
            (self.fields.split_first(), nodes.get(self.fields.len()).is_none_or(|behind| behind.depth == 0))
        else {
            return false;
        };
        let Some((first, rest)) = nodes.get(..self.fields.len()).and_then(<[Node]>::split_first) else {
            return false;
        };
        first.field == *head
            && rest.iter().zip(fields).all(|(node, field)| node.field == *field && node.depth > 0)
    }

    #[inline]
    fn fits(&self, nodes: &[Node]) -> bool {
        self.fields.len() == nodes.len()
            && self.fields.iter().zip(nodes).all(|(field, node)| *field == node.field)
    }

    /// Writes the nodes that it was made for.
    pub(super) fn write(
        &self,
        writer: &mut JsonWriter<'_>,
        page: &mut Page<'_>,
        mut at: usize,
        frame: &Frame<'_>,
        dissection: &Dissection,
        nodes: &[Node],
    ) -> usize {
        for stretch in &self.stretches {
            let Some(folded) = stretch.folded else {
                at = self.single(writer, page, at, frame, dissection, nodes, &stretch.steps);
                continue;
            };
            let Some(folded) = nodes.get(usize::from(folded)) else { continue };
            at = self.row(writer, page, at, frame, dissection, folded, &stretch.steps);
        }
        self.text(page, at, self.end)
    }

    /// Steps over nodes that stand for themselves.
    #[expect(clippy::too_many_arguments, reason = "it is put in place where it is called")]
    #[inline(always)]
    fn single(
        &self,
        writer: &mut JsonWriter<'_>,
        page: &mut Page<'_>,
        mut at: usize,
        frame: &Frame<'_>,
        dissection: &Dissection,
        nodes: &[Node],
        steps: &[Step],
    ) -> usize {
        for step in steps {
            at = self.text(page, at, step.text);
            let Some(node) = nodes.get(usize::from(step.node)) else { continue };
            if step.group > 0 {
                let all = nodes.get(usize::from(step.node)..).unwrap_or_default();
                let all = all.get(..usize::from(step.scale)).unwrap_or_default();
                let parts = || all.to_vec();
                at = writer
                    .group_text(page, at, step.group, node.value, usize::from(step.scale), parts)
                    .unwrap_or(at);
                continue;
            }
            at = writer.value(page, at, frame, dissection, node, step.form, step.scale);
        }
        at
    }

    /// Steps over the numbers of a row that is folded.
    #[expect(clippy::too_many_arguments, reason = "it is put in place where it is called")]
    #[inline(always)]
    fn row(
        &self,
        writer: &mut JsonWriter<'_>,
        page: &mut Page<'_>,
        mut at: usize,
        frame: &Frame<'_>,
        dissection: &Dissection,
        folded: &Node,
        steps: &[Step],
    ) -> usize {
        let octets = dissection.source(frame, folded.source);
        let window = octets.get(folded.offset()..).unwrap_or_default();
        for step in steps {
            at = self.text(page, at, step.text);
            let value = step.word.value(window);
            if step.group > 0 {
                let (first, len) = (usize::from(step.node), usize::from(step.scale));
                let parts = || {
                    let mut all = Vec::new();
                    dissection.unfold(writer.registry, frame, std::slice::from_ref(folded), &mut all);
                    all.into_iter().skip(first).take(len).collect()
                };
                at = writer.group_text(page, at, step.group, value, len, parts).unwrap_or(at);
                continue;
            }
            let start = folded.start.saturating_add(step.word.start());
            let (field, bits) = (step.field, step.word.width());
            let node = Node { field, start, bits, value, ..*folded };
            at = writer.value(page, at, frame, dissection, &node, step.form, step.scale);
        }
        at
    }

    /// A text; room for the value behind it is there too.
    #[inline(always)]
    fn text(&self, page: &mut Page<'_>, at: usize, text: Piece) -> usize {
        page.ready(at);
        let (start, len) = (usize::from(text.start), usize::from(text.len));
        match self.pieces.get(start) {
            Some(piece) if len <= WHOLE => room::text(page.room, at, piece, len),
            _ => {
                let pieces = self.pieces.get(start..).unwrap_or_default().as_flattened();
                page.copy(at, pieces.get(..len).unwrap_or_default())
            }
        }
    }
}

/// A shape that is being put together.
pub(super) struct Draft<'n> {
    fields: Box<[FieldId]>,
    all: &'n Unfolded,
    stretches: Vec<(Option<u16>, Vec<Step>)>,
    pieces: Vec<[u8; WHOLE]>,
    /// The text before the next value.
    text: Vec<u8>,
}

impl<'n> Draft<'n> {
    /// Of nodes as they are, and with those that are folded.
    pub(super) fn new(nodes: &[Node], all: &'n Unfolded) -> Draft<'n> {
        Draft {
            fields: nodes.iter().map(|node| node.field).collect(),
            all,
            stretches: Vec::new(),
            pieces: Vec::new(),
            text: Vec::new(),
        }
    }

    /// More text.
    pub(super) fn text(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
    }

    /// The value of the `node`-th node; headings have but one.
    pub(super) fn value(&mut self, node: usize, form: Form, scale: u16) -> Option<()> {
        if matches!(form, Form::Heading) {
            self.text(b"true");
            return Some(());
        }
        self.step(node, form, scale, 0)
    }

    /// A group of so many nodes.
    pub(super) fn group(&mut self, node: usize, group: u16, nodes: usize) -> Option<()> {
        let at = |node: usize| self.all.places.get(node).map(|(at, word)| (word.is_some(), *at));
        let (folded, first) = at(node)?;
        // All of one row, or none.
        let parts = node..node.checked_add(nodes)?;
        if !parts
            .into_iter()
            .all(|part| at(part).is_some_and(|part| part == (true, first) || !(folded || part.0)))
        {
            return None;
        }
        self.step(node, Form::Number, u16::try_from(nodes).ok()?, group)
    }

    fn step(&mut self, node: usize, form: Form, scale: u16, group: u16) -> Option<()> {
        let text = self.piece()?;
        let (at, word) = *self.all.places.get(node)?;
        let field = self.all.nodes.get(node)?.field;
        let (folded, node, word) = match word {
            None => (None, at, Word::default()),
            Some(word) => {
                let before = self.all.places.iter().position(|(first, _)| *first == at)?;
                (Some(at), u16::try_from(node.checked_sub(before)?).ok()?, word)
            }
        };
        let step = Step { text, node, scale, group, form, field, word };
        match self.stretches.last_mut() {
            Some((last, steps)) if *last == folded => steps.push(step),
            _ => self.stretches.push((folded, vec![step])),
        }
        Some(())
    }

    /// The text since the last value.
    fn piece(&mut self) -> Option<Piece> {
        let (start, len) = (u16::try_from(self.pieces.len()).ok()?, u16::try_from(self.text.len()).ok()?);
        for part in self.text.chunks(WHOLE) {
            let mut piece = [0; WHOLE];
            piece.iter_mut().zip(part).for_each(|(to, from)| *to = *from);
            self.pieces.push(piece);
        }
        if len == 0 {
            self.pieces.push([0; WHOLE]);
        }
        self.text.clear();
        Some(Piece { start, len })
    }

    pub(super) fn finish(mut self) -> Option<Shape> {
        let end = self.piece()?;
        let stretch = |(folded, steps): (Option<u16>, Vec<Step>)| Stretch { steps: steps.into(), folded };
        let stretches = self.stretches.into_iter().map(stretch).collect();
        Some(Shape { fields: self.fields, stretches, pieces: self.pieces.into(), end })
    }
}
