//! Layers with the fields of one seen before, in the same order: what stands between their values is put together once.
//!
//! A capture has few such orders. Each is kept as a row of steps: a text, then a node's value. Names, headings, the brackets and
//! commas of fields that stand several times are all within the texts. An order that is seen for the first time is only noted, so
//! that those which never come again cost no more than a look.
//!
//! Steps whose values are short stand together: whether there is room for all of them is asked once, and a step needs no more than
//! its own octets and the number that it writes.

use super::{FREE, Form, JsonWriter, Page, short};
use crate::decode::row::Word;
use crate::decode::{Dissection, Node};
use crate::frame::Frame;
use crate::registry::{FieldId, Registry};

/// Octets of text that are copied as a whole.
const WHOLE: usize = 48;

/// Octets that a step with a short value may touch.
const SPAN: usize = 128;

/// Orders that are kept: several times those that captures hold, as two that share a place are not both kept.
const PLACES: usize = 1024;

/// Headings that are told apart when the order that came last is tried.
const HEADINGS: usize = 256;

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
    text: [u8; WHOLE],
    len: u8,
    form: Form,
    /// The node; of those that a folded one stands for, this.
    node: u16,
    /// What the number is multiplied by; of groups how many nodes they have.
    scale: u16,
    /// The group that the node is the whole of, plus 1.
    group: u16,
    field: FieldId,
    /// Where the number stands in the row that is folded; without meaning for a node that stands for itself.
    word: Word,
}

/// Steps over nodes that stand for themselves, or over those of one that is folded.
struct Stretch {
    steps: Box<[Step]>,
    /// The folded one.
    folded: Option<u16>,
    /// Octets that are enough for all, where no value is a long one.
    bound: Option<usize>,
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

/// The steps of an order.
pub(super) struct Shape {
    fields: Box<[FieldId]>,
    stretches: Box<[Stretch]>,
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
    last: Vec<[u16; TRIED]>,
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
            last.first_mut().into_iter().for_each(|first| *first = order.place() as u16);
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
        usize::from(head.field.0) % HEADINGS
    }

    #[cold]
    fn learn(&mut self, order: Order, nodes: &[Node], make: impl FnOnce() -> Option<Shape>) -> Option<()> {
        if nodes.len() > MOST {
            return None;
        }
        if self.places.is_empty() {
            self.places.resize_with(PLACES, Place::default);
            self.last.resize(HEADINGS, [0; TRIED]);
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
                at = stretch.single(writer, page, at, frame, dissection, nodes);
                continue;
            };
            let Some(folded) = nodes.get(usize::from(folded)) else { continue };
            at = stretch.row(writer, page, at, frame, dissection, folded);
        }
        at
    }
}

impl Stretch {
    /// Steps over nodes that stand for themselves.
    #[inline(always)]
    fn single(
        &self,
        writer: &mut JsonWriter<'_>,
        page: &mut Page<'_>,
        mut at: usize,
        frame: &Frame<'_>,
        dissection: &Dissection,
        nodes: &[Node],
    ) -> usize {
        let node = |step: &Step| nodes.get(usize::from(step.node));
        if let Some(bound) = self.bound {
            page.ensure(at, bound);
            let number = |step: &Step| node(step).map_or((0, 0), |node| (node.value, node.bits));
            let parts = |step: &Step| {
                let all = nodes.iter().skip(usize::from(step.node));
                all.take(usize::from(step.scale)).copied().collect()
            };
            return run(&self.steps, writer, page.room, at, number, parts);
        }
        for step in &self.steps {
            at = page.text(at, &step.text, step.len);
            if let Some(node) = node(step) {
                at = writer.value(page, at, frame, dissection, node, step.form, step.scale);
            }
        }
        at
    }

    /// Steps over the numbers of a row that is folded.
    #[inline(always)]
    fn row(
        &self,
        writer: &mut JsonWriter<'_>,
        page: &mut Page<'_>,
        mut at: usize,
        frame: &Frame<'_>,
        dissection: &Dissection,
        folded: &Node,
    ) -> usize {
        let octets = dissection.source(frame, folded.source);
        let window = octets.get(folded.offset()..).unwrap_or_default();
        if let Some(bound) = self.bound {
            page.ensure(at, bound);
            let registry = writer.registry;
            let number = |step: &Step| (step.word.value(window), step.word.width());
            let parts = |step: &Step| {
                let mut all = Vec::new();
                dissection.unfold(registry, frame, std::slice::from_ref(folded), &mut all);
                all.into_iter().skip(usize::from(step.node)).take(usize::from(step.scale)).collect()
            };
            return run(&self.steps, writer, page.room, at, number, parts);
        }
        for step in &self.steps {
            at = page.text(at, &step.text, step.len);
            let start = folded.start.saturating_add(step.word.start());
            let (field, bits, value) = (step.field, step.word.width(), step.word.value(window));
            let node = Node { field, start, bits, value, ..*folded };
            at = writer.value(page, at, frame, dissection, &node, step.form, step.scale);
        }
        at
    }
}

/// Writes short values, for all of which there is room. `number` gives a step's number and how many bits it has, `parts` the nodes of
/// a group.
#[inline(always)]
fn run(
    steps: &[Step],
    writer: &mut JsonWriter<'_>,
    room: &mut [u8],
    mut at: usize,
    number: impl Fn(&Step) -> (u64, u32),
    parts: impl Fn(&Step) -> Vec<Node>,
) -> usize {
    for step in steps {
        let Some(place) = room.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<SPAN>) else { return at };
        if let Some(text) = place.first_chunk_mut() {
            *text = step.text;
        }
        let len = usize::from(step.len & 63);
        at = at.wrapping_add(len);
        let Some(place) = place.get_mut(len..) else { return at };
        let (value, bits) = number(step);
        let written = match step.form {
            Form::Nothing => 0,
            Form::Group => {
                let text = writer.group_text(step.group, value, || parts(step)).unwrap_or_default();
                let end = at.wrapping_add(text.len());
                if let Some(place) = room.get_mut(at..end) {
                    place.copy_from_slice(text);
                }
                text.len()
            }
            _ => short(place, value, bits, step.form, step.scale),
        };
        at = at.wrapping_add(written);
    }
    at
}

/// A shape that is being put together.
pub(super) struct Draft<'n> {
    fields: Box<[FieldId]>,
    all: &'n Unfolded,
    stretches: Vec<Stretching>,
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
        self.step(node, Form::Group, u16::try_from(nodes).ok()?, group)
    }

    fn step(&mut self, node: usize, form: Form, scale: u16, group: u16) -> Option<()> {
        let (at, word) = *self.all.places.get(node)?;
        let field = self.all.nodes.get(node)?.field;
        let (folded, node, word) = match word {
            None => (None, at, Word::default()),
            Some(word) => {
                let before = self.all.places.iter().position(|(first, _)| *first == at)?;
                (Some(at), u16::try_from(node.checked_sub(before)?).ok()?, word)
            }
        };
        self.put(Step { text: [0; WHOLE], len: 0, form, node, scale, group, field, word }, folded)
    }

    /// Adds a step behind the text since the last, in steps of its own as far as it does not fit.
    fn put(&mut self, step: Step, folded: Option<u16>) -> Option<()> {
        let text = std::mem::take(&mut self.text);
        let mut parts = text.chunks(WHOLE.saturating_sub(1)).peekable();
        let mut last: &[u8] = &[];
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                last = part;
                break;
            }
            let alone = Step { form: Form::Nothing, node: 0, ..step };
            self.add(Step { text: whole(part), len: u8::try_from(part.len()).ok()?, ..alone }, folded);
        }
        self.add(Step { text: whole(last), len: u8::try_from(last.len()).ok()?, ..step }, folded);
        Some(())
    }

    fn add(&mut self, step: Step, folded: Option<u16>) {
        let long = step.form.is_long();
        match self.stretches.last_mut() {
            Some(last) if last.folded == folded && last.long == long => last.steps.push(step),
            _ => self.stretches.push(Stretching { folded, long, steps: vec![step] }),
        }
    }

    pub(super) fn finish(mut self) -> Option<Shape> {
        let (folded, field) = (self.stretches.last().and_then(|last| last.folded), FieldId(0));
        let (text, form, word) = ([0; WHOLE], Form::Nothing, Word::default());
        self.put(Step { text, len: 0, form, node: 0, scale: 1, group: 0, field, word }, folded)?;
        let stretches = self.stretches.into_iter().map(Stretching::finish).collect();
        Some(Shape { fields: self.fields, stretches })
    }
}

/// A text with what fills it up.
fn whole(part: &[u8]) -> [u8; WHOLE] {
    let mut text = [0; WHOLE];
    text.iter_mut().zip(part).for_each(|(to, from)| *to = *from);
    text
}

/// A stretch that is being put together.
struct Stretching {
    folded: Option<u16>,
    long: bool,
    steps: Vec<Step>,
}

impl Stretching {
    fn finish(self) -> Stretch {
        let span = |step: &Step| match step.form {
            Form::Group => SPAN.saturating_add(FREE.saturating_mul(usize::from(step.scale))),
            _ => SPAN,
        };
        let bound = self.steps.iter().map(span).fold(SPAN, usize::saturating_add);
        Stretch { steps: self.steps.into(), folded: self.folded, bound: (!self.long).then_some(bound) }
    }
}
