//! One JSON object a frame, on one line.
//!
//! `{"number":1,"time":1700000000.000001000,"len":66,"cap_len":66,…,"layers":[{"protocol":"eth","eth.dst":"…"},…]}`.
//! Each layer is an object with its fields by whole name, flat, in wire order. A field that occurs several times in a
//! layer is an array of its values. Numbers and flags are JSON numbers and booleans, addresses and text are strings,
//! octets are strings of hex digits. `"notes"` lists what is cut or malformed.

mod group;
mod shape;

use super::sheet::{Sheet, grow};
use super::{put, room};
use crate::decode::{Dissection, Node, Note, NoteKind, Value, value};
use crate::frame::{Frame, Timestamp};
use crate::registry::{FieldId, ProtoId, Registry};
use crate::schema::Kind;
use group::Group;
use shape::{Draft, Order, Shape, Shapes, Unfolded};

/// Writes objects; keeps scratch memory. One a thread.
pub struct JsonWriter<'r> {
    registry: &'r Registry,
    /// Where each field's key is, plus 1; 0: not made yet. Few of the fields that there are stand in a capture.
    known: Vec<u16>,
    keys: Vec<Key>,
    groups: Vec<Group>,
    /// `{"protocol":"tcp"` for each protocol.
    heads: Vec<Label>,
    shapes: Shapes,
    /// Rare values, before they stand in their place.
    scratch: Vec<u8>,
    /// Nodes of a layer with those that others stand for.
    unfolded: Vec<Node>,
    /// Where a frame is written whose text goes elsewhere.
    sheet: Sheet,
}

/// Room for a label that is copied as a whole.
const ROOM: usize = 48;

/// What stands around a name in a label.
const FRINGE: usize = ",\"\":".len();

/// Octets that must be free before a field is written.
const FREE: usize = 64 + room::LONGEST + 8;

/// Text that stands before a value.
struct Label {
    text: [u8; ROOM],
    len: u8,
    /// The text, where it does not fit `text`.
    long: Box<[u8]>,
}

impl Label {
    fn new(whole: &str) -> Label {
        let mut text = [0; ROOM];
        text.iter_mut().zip(whole.bytes()).for_each(|(to, from)| *to = from);
        match u8::try_from(whole.len()) {
            Ok(len) if whole.len() <= ROOM => Label { text, len, long: Box::default() },
            _ => Label { text, len: 0, long: whole.as_bytes().into() },
        }
    }

    fn octets(&self) -> &[u8] {
        let short = self.text.get(..usize::from(self.len)).unwrap_or_default();
        if self.long.is_empty() { short } else { &self.long }
    }
}

/// What stands before a field's value, and how that is written.
struct Key {
    /// `,"tcp.srcport":`
    label: Label,
    form: Form,
    /// What numbers are multiplied by.
    scale: u16,
    /// The group that the field is the whole of, plus 1; 0: none.
    group: u16,
}

/// How a value is written: the commonest kinds, without a trip through [`Value`].
#[derive(Clone, Copy)]
enum Form {
    Number,
    Signed,
    Bool,
    Heading,
    Mac,
    Ipv4,
    Time,
    Duration,
    /// Octets in hexadecimal.
    Octets,
    Other,
    /// Of the frame: stands elsewhere in the object.
    Elsewhere,
    /// A comment of the frame, with others in an array.
    Comment,
    /// A number with its parts.
    Group,
    /// No value: a text alone.
    Nothing,
}

impl Form {
    /// Whether values are longer than what room is made for, or rare.
    fn is_long(self) -> bool {
        matches!(self, Form::Octets | Form::Other | Form::Elsewhere | Form::Comment)
    }
}

impl Key {
    fn new(registry: &Registry, field: FieldId) -> Key {
        let info = registry.field(field);
        let (name, kind) = info.map_or(("", Kind::Label), |info| (info.name, info.field.kind));
        let is_frame = info.is_some_and(|info| info.protocol == ProtoId(0));
        let mut form = match kind {
            Kind::Label => Form::Heading,
            Kind::Bool => Form::Bool,
            Kind::Uint(_) => Form::Number,
            Kind::Int => Form::Signed,
            Kind::Mac => Form::Mac,
            Kind::Ipv4 => Form::Ipv4,
            Kind::Time => Form::Time,
            Kind::Duration => Form::Duration,
            Kind::Bytes => Form::Octets,
            _ => Form::Other,
        };
        // The `frame` pseudo layer stands without its prefix.
        let own = if is_frame { name.strip_prefix("frame.").unwrap_or(name) } else { name };
        let own = match (is_frame, own) {
            (true, "time_epoch") => "time",
            (true, "number") => {
                form = Form::Elsewhere;
                own
            }
            (true, "comment") => {
                form = Form::Comment;
                own
            }
            _ => own,
        };
        let label = Label::new(&[",\"", own, "\":"].concat());
        Key { label, form, scale: info.map_or(1, |info| info.field.scale), group: 0 }
    }
}

/// Where text is put together, up to a place that goes from call to call.
struct Page<'p> {
    room: &'p mut Vec<u8>,
    /// Up to here a field fits.
    limit: usize,
    scratch: &'p mut Vec<u8>,
}

impl<'p> Page<'p> {
    /// Text goes on at a place in `room`.
    fn at(at: usize, room: &'p mut Vec<u8>, scratch: &'p mut Vec<u8>) -> Self {
        let mut page = Page { room, limit: 0, scratch };
        page.ensure(at, FREE);
        page
    }

    /// Sees to it that so many octets fit, and a field.
    fn ensure(&mut self, at: usize, octets: usize) {
        let wanted = octets.saturating_add(FREE);
        if at.saturating_add(wanted) > self.room.len() {
            grow(self.room, at, wanted);
        }
        self.limit = self.room.len().saturating_sub(FREE);
    }

    /// Sees to it that the next field fits.
    #[inline(always)]
    fn ready(&mut self, at: usize) {
        if at > self.limit {
            self.ensure(at, FREE);
        }
    }

    /// A label; room for the value behind it is there too.
    #[inline(always)]
    fn label(&mut self, at: usize, label: &Label) -> usize {
        self.ready(at);
        if label.long.is_empty() {
            return room::text(self.room, at, &label.text, usize::from(label.len));
        }
        self.copy(at, &label.long)
    }

    /// The first octets of a text; room for the value behind it is there too.
    #[inline(always)]
    fn text<const N: usize>(&mut self, at: usize, text: &[u8; N], len: u8) -> usize {
        self.ready(at);
        room::text(self.room, at, text, usize::from(len))
    }

    #[inline(always)]
    fn octet(&mut self, at: usize, octet: u8) -> usize {
        self.ready(at);
        room::octet(self.room, at, octet)
    }

    /// Octets as they are; room for a value behind them is there too.
    fn copy(&mut self, at: usize, octets: &[u8]) -> usize {
        self.ensure(at, octets.len());
        let end = at.saturating_add(octets.len());
        if let Some(place) = self.room.get_mut(at..end) {
            place.copy_from_slice(octets);
        }
        end
    }

    /// Octets in hexadecimal, in quotation marks.
    fn hex(&mut self, at: usize, octets: &[u8]) -> usize {
        self.ensure(at, octets.len().saturating_mul(2));
        room::hex(self.room, at, octets)
    }

    /// What `write` appends.
    fn append(&mut self, at: usize, write: impl FnOnce(&mut Vec<u8>)) -> usize {
        let mut scratch = std::mem::take(self.scratch);
        scratch.clear();
        write(&mut scratch);
        let at = self.copy(at, &scratch);
        *self.scratch = scratch;
        at
    }
}

/// Fields that stand several times in a layer, or may: numbers with equal last bits.
#[derive(Default)]
struct Repeated {
    seen: [u64; 4],
    again: [u64; 4],
}

impl Repeated {
    fn of(fields: &[Node]) -> Repeated {
        let mut repeated = Repeated::default();
        for node in fields {
            let (word, bit) = Self::place(node.field);
            if let (Some(seen), Some(again)) = (repeated.seen.get_mut(word), repeated.again.get_mut(word)) {
                *again |= *seen & bit;
                *seen |= bit;
            }
        }
        repeated
    }

    #[inline]
    fn place(field: FieldId) -> (usize, u64) {
        (usize::from(field.0 >> 6 & 3), 1 << (field.0 & 63))
    }

    /// Whether any does.
    #[inline]
    fn any(&self) -> bool {
        self.again.iter().any(|again| *again != 0)
    }

    /// False when the field stands in the layer once.
    #[inline]
    fn has(&self, field: FieldId) -> bool {
        let (word, bit) = Self::place(field);
        self.again.get(word).is_some_and(|again| again & bit != 0)
    }
}

impl<'r> JsonWriter<'r> {
    /// A writer of a registry's fields.
    pub fn new(registry: &'r Registry) -> Self {
        let head = |name: &str| Label::new(&["{\"protocol\":\"", name, "\""].concat());
        JsonWriter {
            registry,
            known: vec![0; registry.field_bound()],
            keys: Vec::new(),
            groups: Vec::new(),
            heads: registry.protocols().iter().map(|protocol| head(protocol.name)).collect(),
            shapes: Shapes::default(),
            scratch: Vec::new(),
            unfolded: Vec::new(),
            sheet: Sheet::default(),
        }
    }

    /// Appends a frame's object and a line end.
    pub fn write(&mut self, out: &mut Vec<u8>, frame: &Frame<'_>, dissection: &Dissection) {
        let mut sheet = std::mem::take(&mut self.sheet);
        sheet.clear();
        self.write_on(&mut sheet, frame, dissection);
        out.extend_from_slice(sheet.text());
        self.sheet = sheet;
    }

    /// The same, on a sheet.
    pub fn write_on(&mut self, sheet: &mut Sheet, frame: &Frame<'_>, dissection: &Dissection) {
        let nodes = dissection.nodes.as_slice();
        let (mut scratch, mut shapes) = (std::mem::take(&mut self.scratch), std::mem::take(&mut self.shapes));
        let (room, at) = sheet.open();
        let mut page = Page::at(at, room, &mut scratch);
        let at = room::text(page.room, at, b"{\"number\":", 10);
        let at = room::decimal(page.room, at, frame.number);
        let of_frame = nodes.first().is_some_and(|node| self.is_frame(node));
        let (at, mut rest) = match shapes.at_head_of(nodes).filter(|_| of_frame) {
            Some(shape) => {
                let (about, layers) = nodes.split_at_checked(shape.nodes()).unwrap_or((nodes, &[]));
                (shape.write(self, &mut page, at, frame, dissection, about), layers)
            }
            None => {
                let first_layer = nodes.iter().position(|node| node.depth == 0 && !self.is_frame(node));
                let (about, layers) = nodes.split_at(first_layer.unwrap_or(nodes.len()));
                let at = match shapes.get(Order::of(about), about, || {
                    self.about_shape(&Unfolded::new(self.registry, frame, dissection, about)?, about)
                }) {
                    Some(shape) => shape.write(self, &mut page, at, frame, dissection, about),
                    None => self.about(&mut page, at, frame, dissection, about),
                };
                (at, layers)
            }
        };
        page.ready(at);
        let mut at = room::text(page.room, at, b",\"layers\":", 10);
        let mut before = b'[';
        while let Some((head, tail)) = rest.split_first() {
            at = page.octet(at, before);
            before = b',';
            if let Some(shape) = shapes.at_head_of(rest) {
                let (all, after) = rest.split_at_checked(shape.nodes()).unwrap_or((rest, &[]));
                at = shape.write(self, &mut page, at, frame, dissection, all);
                rest = after;
                continue;
            }
            let len = tail.iter().position(|node| node.depth == 0).unwrap_or(tail.len());
            let (fields, after) = tail.split_at(len);
            let all = rest.get(..=len).unwrap_or_default();
            at = match shapes.get(Order::of(all), all, || {
                let unfolded = Unfolded::new(self.registry, frame, dissection, all)?;
                self.shape(&unfolded, all, |node| dissection.value(self.registry, frame, node))
            }) {
                Some(shape) => shape.write(self, &mut page, at, frame, dissection, all),
                None if fields.iter().any(Node::is_folded) => {
                    let mut unfolded = std::mem::take(&mut self.unfolded);
                    unfolded.clear();
                    dissection.unfold(self.registry, frame, fields, &mut unfolded);
                    let behind = self.layer(&mut page, at, frame, dissection, head, &unfolded);
                    self.unfolded = unfolded;
                    behind
                }
                None => self.layer(&mut page, at, frame, dissection, head, fields),
            };
            rest = after;
        }
        if before == b'[' {
            at = page.octet(at, before);
        }
        at = page.octet(at, b']');
        if !dissection.notes.is_empty() {
            at = page.append(at, |out| self.notes(out, &dissection.notes));
        }
        page.ready(at);
        let end = room::text(page.room, at, b"}\n", 2);
        sheet.close(end);
        (self.scratch, self.shapes) = (scratch, shapes);
    }

    fn is_frame(&self, node: &Node) -> bool {
        self.registry.field(node.field).is_some_and(|info| info.protocol == ProtoId(0))
    }

    /// Where a field's key is.
    #[inline]
    fn key(&mut self, field: FieldId) -> usize {
        match self.known.get(usize::from(field.0)).copied().unwrap_or(0).checked_sub(1) {
            Some(at) => usize::from(at),
            None => self.learn(field),
        }
    }

    #[cold]
    fn learn(&mut self, field: FieldId) -> usize {
        let at = self.keys.len();
        let mut key = Key::new(self.registry, field);
        if matches!(key.form, Form::Number)
            && let Some(group) = Group::of(self.registry, field, ROOM - FRINGE)
        {
            self.groups.push(group);
            key.group = u16::try_from(self.groups.len()).unwrap_or(0);
        }
        self.keys.push(key);
        if let Some(slot) = self.known.get_mut(usize::from(field.0)) {
            *slot = u16::try_from(at.saturating_add(1)).unwrap_or(0);
        }
        at
    }

    /// The `frame` pseudo layer, without its prefix.
    fn about(
        &mut self,
        page: &mut Page<'_>,
        mut at: usize,
        frame: &Frame<'_>,
        dissection: &Dissection,
        nodes: &[Node],
    ) -> usize {
        let mut comments = false;
        for node in nodes.iter().filter(|node| node.depth > 0) {
            let key = self.key(node.field);
            let Some(key) = self.keys.get(key) else { continue };
            match key.form {
                Form::Elsewhere => {}
                Form::Comment => comments = true,
                _ => {
                    at = page.label(at, &key.label);
                    at = self.value(page, at, frame, dissection, node, key.form, key.scale);
                }
            }
        }
        if !comments {
            return at;
        }
        page.append(at, |out| {
            out.extend_from_slice(b",\"comments\":[");
            for (index, comment) in frame.meta.options.comments().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                string(out, comment);
            }
            out.push(b']');
        })
    }

    fn layer(
        &mut self,
        page: &mut Page<'_>,
        mut at: usize,
        frame: &Frame<'_>,
        dissection: &Dissection,
        head: &Node,
        fields: &[Node],
    ) -> usize {
        let protocol = self.registry.field(head.field).map_or(ProtoId(0), |info| info.protocol);
        if let Some(label) = self.heads.get(usize::from(protocol.0)) {
            at = page.label(at, label);
        }
        let repeated = Repeated::of(fields);
        let mut index = 0_usize;
        while let Some(node) = fields.get(index) {
            let whole = index;
            index = index.saturating_add(1);
            let known = self.key(node.field);
            let Some(key) = self.keys.get(known) else { continue };
            let (once, group) = (!repeated.has(node.field), key.group);
            if once && group > 0 {
                let rest = fields.get(whole..).unwrap_or_default();
                if let Some((behind, parts)) = self.group(page, at, rest, group, &repeated) {
                    at = behind;
                    index = index.saturating_add(parts);
                    continue;
                }
            }
            let Some(key) = self.keys.get(known) else { continue };
            if once {
                at = page.label(at, &key.label);
                at = self.value(page, at, frame, dissection, node, key.form, key.scale);
                continue;
            }
            let (before, from_here) = fields.split_at(whole);
            if before.iter().any(|other| other.field == node.field) {
                continue;
            }
            at = page.label(at, &key.label);
            let mut same = from_here.iter().filter(|other| other.field == node.field).peekable();
            let several = same.clone().nth(1).is_some();
            if several {
                at = page.octet(at, b'[');
            }
            while let Some(node) = same.next() {
                page.ready(at);
                at = self.value(page, at, frame, dissection, node, key.form, key.scale);
                if same.peek().is_some() {
                    at = page.octet(at, b',');
                }
            }
            if several {
                at = page.octet(at, b']');
            }
        }
        page.octet(at, b'}')
    }

    /// A number with its parts, if they stand here as declared, each once: the place behind, and how many parts there are.
    #[inline]
    fn group(
        &mut self,
        page: &mut Page<'_>,
        at: usize,
        nodes: &[Node],
        group: u16,
        repeated: &Repeated,
    ) -> Option<(usize, usize)> {
        let known = self.groups.get(usize::from(group).checked_sub(1)?)?;
        let all = known.stands_in(nodes)?;
        if repeated.any() && all.iter().any(|node| repeated.has(node.field)) {
            return None;
        }
        let text = self.group_text(group, all.first()?.value, || all.to_vec())?;
        Some((page.copy(at, text), all.len().saturating_sub(1)))
    }

    /// A number and its parts, which `parts` gives where their text is not known.
    #[inline]
    fn group_text(&mut self, group: u16, value: u64, parts: impl FnOnce() -> Vec<Node>) -> Option<&[u8]> {
        let at = usize::from(group).checked_sub(1)?;
        if self.groups.get(at)?.text(value).is_none() {
            let text = self.new_group_text(&parts())?;
            self.groups.get_mut(at)?.keep(value, &text);
        }
        self.groups.get(at)?.text(value)
    }

    /// Puts the text of a number and its parts together.
    #[cold]
    fn new_group_text(&mut self, all: &[Node]) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        for node in all {
            let key = self.key(node.field);
            let key = self.keys.get(key)?;
            text.extend_from_slice(key.label.octets());
            match key.form {
                Form::Bool => text.extend_from_slice(if node.value == 0 { b"false" } else { b"true" }),
                _ => put::decimal(&mut text, node.value.saturating_mul(u64::from(key.scale))),
            }
        }
        Some(text)
    }

    /// What a frame's own fields look like, for those in the same order; `None` where there are comments.
    fn about_shape(&mut self, all: &Unfolded, nodes: &[Node]) -> Option<Shape> {
        let mut draft = Draft::new(nodes, all);
        for (at, node) in nodes.iter().enumerate().filter(|(_, node)| node.depth > 0) {
            let key = self.key(node.field);
            let key = self.keys.get(key)?;
            match key.form {
                Form::Elsewhere => {}
                Form::Comment => return None,
                _ => {
                    draft.text(key.label.octets());
                    draft.value(at, key.form, key.scale)?;
                }
            }
        }
        draft.finish()
    }

    /// What a layer looks like, as [`JsonWriter::layer`] writes it, for those in the same order.
    fn shape<'v>(
        &mut self,
        all: &Unfolded,
        nodes: &[Node],
        value: impl Fn(&Node) -> Value<'v>,
    ) -> Option<Shape> {
        let (head, fields) = all.nodes.split_first()?;
        let mut draft = Draft::new(nodes, all);
        let protocol = self.registry.field(head.field).map_or(ProtoId(0), |info| info.protocol);
        if let Some(label) = self.heads.get(usize::from(protocol.0)) {
            draft.text(label.octets());
        }
        let repeated = Repeated::of(fields);
        let mut index = 0_usize;
        while let Some(node) = fields.get(index) {
            let whole = index;
            index = index.saturating_add(1);
            let known = self.key(node.field);
            let key = self.keys.get(known)?;
            let (before, from_here) = fields.split_at_checked(whole)?;
            if !repeated.has(node.field) && key.group > 0 {
                let known = self.groups.get(usize::from(key.group).checked_sub(1)?)?;
                if let Some(parts) = known.stands_in(from_here)
                    && !parts.iter().any(|part| repeated.has(part.field))
                {
                    draft.group(index, key.group, parts.len())?;
                    index = whole.saturating_add(parts.len());
                    continue;
                }
            }
            if before.iter().any(|other| other.field == node.field) {
                continue;
            }
            draft.text(key.label.octets());
            let same = from_here.iter().zip(index..).filter(|(other, _)| other.field == node.field);
            let several = same.clone().nth(1).is_some();
            for (nth, (node, at)) in same.enumerate() {
                if several {
                    draft.text(if nth == 0 { b"[" } else { b"," });
                }
                if all.is_fixed(at) {
                    let mut text = Vec::new();
                    write(&mut text, value(node));
                    draft.text(&text);
                    continue;
                }
                draft.value(at, key.form, key.scale)?;
            }
            if several {
                draft.text(b"]");
            }
        }
        draft.text(b"}");
        draft.finish()
    }

    fn notes(&self, out: &mut Vec<u8>, notes: &[Note]) {
        if notes.is_empty() {
            return;
        }
        out.extend_from_slice(b",\"notes\":[");
        for (at, note) in notes.iter().enumerate() {
            let kind = match note.kind {
                NoteKind::Cut => "cut",
                NoteKind::Malformed => "malformed",
                NoteKind::TooDeep => "too_deep",
            };
            let field = self.registry.field(note.field).map_or("", |info| info.name);
            let protocol = self.registry.protocol(note.protocol).map_or("", |protocol| protocol.name);
            let comma = if at > 0 { "," } else { "" };
            let text = format!(
                "{comma}{{\"kind\":\"{kind}\",\"protocol\":\"{protocol}\",\"field\":\"{field}\",\"offset\":{},\
                 \"needed\":{},\"available\":{}}}",
                note.offset, note.needed, note.available
            );
            out.extend_from_slice(text.as_bytes());
        }
        out.push(b']');
    }

    /// A field's value; there is room for it where it is a short one.
    #[expect(
        clippy::too_many_arguments,
        reason = "each stays in a register: it is put in place wherever a value is written"
    )]
    #[inline(always)]
    fn value(
        &self,
        page: &mut Page<'_>,
        at: usize,
        frame: &Frame<'_>,
        dissection: &Dissection,
        node: &Node,
        form: Form,
        scale: u16,
    ) -> usize {
        match form {
            Form::Octets => page.hex(at, dissection.octets(frame, node)),
            Form::Other | Form::Elsewhere | Form::Comment => self.rare(page, at, frame, dissection, node),
            Form::Group | Form::Nothing => at,
            _ => {
                let place = page.room.get_mut(at..).unwrap_or_default();
                at.wrapping_add(short(place, node.value, node.bits, form, scale))
            }
        }
    }

    fn rare(
        &self,
        page: &mut Page<'_>,
        at: usize,
        frame: &Frame<'_>,
        dissection: &Dissection,
        node: &Node,
    ) -> usize {
        match dissection.value(self.registry, frame, node) {
            Value::Text(text) | Value::Made(text) if is_plain(text) => {
                let at = page.octet(at, b'"');
                let at = page.copy(at, text);
                room::octet(page.room, at, b'"')
            }
            value => page.append(at, |out| write(out, value)),
        }
    }
}

/// A value of the commonest kinds, at the beginning of room that is enough; how long it is.
#[inline(always)]
fn short(room: &mut [u8], number: u64, bits: u32, form: Form, scale: u16) -> usize {
    match form {
        Form::Number => room::decimal(room, 0, number.saturating_mul(u64::from(scale))),
        Form::Signed => {
            let value = value::signed(number, bits).saturating_mul(i64::from(scale));
            room::signed(room, 0, value)
        }
        Form::Bool if number == 0 => room::text(room, 0, b"false   ", 5),
        Form::Bool | Form::Heading => room::text(room, 0, b"true", 4),
        Form::Mac => {
            let [_, _, octets @ ..] = number.to_be_bytes();
            room::mac(room, 0, octets)
        }
        Form::Ipv4 => room::ipv4(room, 0, (number as u32).to_be_bytes()),
        Form::Time => {
            let (seconds, fraction) = Timestamp(number.cast_signed()).split();
            let at = if seconds < 0 { room::octet(room, 0, b'-') } else { 0 };
            room::seconds(room, at, seconds.unsigned_abs(), fraction)
        }
        Form::Duration => {
            let span = number.cast_signed();
            let at = if span < 0 { room::octet(room, 0, b'-') } else { 0 };
            let all = span.unsigned_abs();
            room::seconds(room, at, all / 1_000_000_000, (all % 1_000_000_000) as u32)
        }
        _ => 0,
    }
}

/// A value.
fn write(out: &mut Vec<u8>, value: Value<'_>) {
    match value {
        Value::None => out.extend_from_slice(b"true"),
        Value::Bool(set) => out.extend_from_slice(if set { b"true" } else { b"false" }),
        Value::Uint(number) => put::decimal(out, number),
        Value::Int(number) => put::signed(out, number),
        Value::Float(number) if number.is_finite() => put::float(out, number),
        Value::Double(number) if number.is_finite() => put::float(out, number),
        // JSON has no number for them.
        Value::Float(number) => quoted(out, |out| put::float(out, number)),
        Value::Double(number) => quoted(out, |out| put::float(out, number)),
        Value::Mac(address) => quoted(out, |out| put::mac(out, address)),
        Value::Eui64(octets) => quoted(out, |out| put::hex_octets(out, &octets, Some(b':'))),
        Value::Ipv4(address) => quoted(out, |out| put::ipv4(out, address)),
        Value::Ipv6(address) => quoted(out, |out| put::ipv6(out, address)),
        Value::Bytes(octets) => quoted(out, |out| put::hex_octets(out, octets, None)),
        Value::Text(text) | Value::Made(text) => string(out, text),
        Value::Time(nanoseconds) => {
            let (seconds, fraction) = Timestamp(nanoseconds).split();
            put::signed(out, seconds);
            put::fraction(out, fraction, 9);
        }
        Value::Duration(nanoseconds) => put::seconds(out, nanoseconds, 9),
        Value::Milliseconds(nanoseconds) => put::milliseconds(out, nanoseconds),
    }
}

#[inline]
fn quoted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    write(out);
    out.push(b'"');
}

/// Whether a text stands in a string as it is.
fn is_plain(text: &[u8]) -> bool {
    // All are looked at, many at a time: most texts are plain.
    !text.iter().fold(false, |odd, octet| odd | !matches!(octet, b' '..=b'~') | matches!(octet, b'"' | b'\\'))
}

/// A JSON string (RFC 8259 §7). Control characters, C1 ones included, are escaped; octets that are no UTF-8 become
/// U+FFFD.
pub fn string(out: &mut Vec<u8>, text: &[u8]) {
    if is_plain(text) {
        return quoted(out, |out| out.extend_from_slice(text));
    }
    out.push(b'"');
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' => out.extend_from_slice(b"\\\""),
                '\\' => out.extend_from_slice(b"\\\\"),
                '\n' => out.extend_from_slice(b"\\n"),
                '\r' => out.extend_from_slice(b"\\r"),
                '\t' => out.extend_from_slice(b"\\t"),
                c if c.is_control() => {
                    let code = u32::from(c);
                    out.extend_from_slice(b"\\u00");
                    put::hex_octets(out, &[code as u8], None);
                }
                c => {
                    let mut utf8 = [0; 4];
                    out.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
                }
            }
        }
        if !chunk.invalid().is_empty() {
            out.extend_from_slice("\u{fffd}".as_bytes());
        }
    }
    out.push(b'"');
}
