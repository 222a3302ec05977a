//! Values of fields and the layers that hold them, as scripts and callers give them: nothing here knows octets.

use super::catalog::{Catalog, ClassId, NameId};
use super::error::CraftError;
use std::sync::Arc;

/// A value given to a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Left to the crafter (`None` in scripts).
    Auto,
    /// A whole number.
    Int(i128),
    /// A number with a fraction, for times.
    Float(f64),
    /// Octets.
    Octets(Arc<[u8]>),
    /// Text: a name of a value, an address, or octets in UTF-8.
    Text(Arc<str>),
    /// A list: several values of one field in turn, or the entries of a repeated part.
    List(Arc<[Value]>),
    /// A tuple: a range `(first, last[, step])` for numbers, an option for lists of options.
    Tuple(Arc<[Value]>),
    /// Layers: an option, a record, or a packet within a packet.
    Packet(Packet),
    /// Drawn anew for each packet.
    Random(Random),
}

impl Default for Random {
    fn default() -> Self {
        Random::Int(0, 0)
    }
}

/// What a random value is drawn from.
#[derive(Clone, Debug, PartialEq)]
pub enum Random {
    /// A whole number between two, both included.
    Int(i128, i128),
    /// So many octets, between two numbers.
    Octets(u32, u32),
    /// An IPv4 address in a network: first address and how many.
    Ipv4(u32, u64),
    /// An IPv6 address in a network: first address and bits that are drawn.
    Ipv6(u128, u8),
    /// An address whose first octets are given.
    Mac(Arc<[u8]>),
    /// One of a list.
    Choice(Arc<[Value]>),
    /// Letters and digits, between two numbers of them.
    Letters(u32, u32),
}

impl Value {
    /// Text.
    pub fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    /// Octets.
    pub fn octets(octets: &[u8]) -> Value {
        Value::Octets(octets.into())
    }

    /// What messages call it.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Auto => "None",
            Value::Int(_) => "a number",
            Value::Float(_) => "a fraction",
            Value::Octets(_) => "bytes",
            Value::Text(_) => "a string",
            Value::List(_) => "a list",
            Value::Tuple(_) => "a tuple",
            Value::Packet(_) => "a packet",
            Value::Random(_) => "a random value",
        }
    }
}

/// One layer: which, and the fields that were set.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Which layer.
    pub class: ClassId,
    /// Fields that were set, in the order in which they were first set.
    pub set: Vec<(NameId, Value)>,
    /// Octets of the header that it was read from, until a field is changed.
    pub verbatim: Option<Arc<[u8]>>,
    /// What it was read from, once a field is changed.
    pub(crate) read: Option<Arc<Read>>,
}

/// A header as it was read, with the values that were read from it.
#[derive(Debug, PartialEq)]
pub(crate) struct Read {
    pub(crate) octets: Arc<[u8]>,
    pub(crate) set: Vec<(NameId, Value)>,
}

impl Layer {
    /// A layer with everything automatic.
    pub fn new(class: ClassId) -> Layer {
        Layer { class, set: Vec::new(), verbatim: None, read: None }
    }

    /// Sets a field by any of its names; the value is checked.
    pub fn set(&mut self, catalog: &Catalog, name: &str, value: Value) -> Result<(), CraftError> {
        let class = catalog.class(self.class);
        let id = class.name(name).ok_or_else(|| class.no_such_field(name))?;
        let value = super::hosts::addressed(class, id, value);
        super::encode::check(class, id, name, &value)?;
        self.edited();
        // a whole number stands for all of its parts that were read
        if let Some(read) = &self.read {
            let parts = class.parts(id);
            self.set.retain(|entry| !parts.contains(&entry.0) || !read.set.contains(entry));
        }
        self.put(class.same(id), id, value);
        Ok(())
    }

    /// Called before a field is changed: the layer is no longer written as it stood.
    pub(crate) fn edited(&mut self) {
        if let Some(octets) = self.verbatim.take() {
            self.read = Some(Arc::new(Read { octets, set: self.set.clone() }));
        }
    }

    pub(crate) fn put(&mut self, same: &[NameId], id: NameId, value: Value) {
        match self.set.iter_mut().find(|(known, _)| *known == id || same.contains(known)) {
            Some(entry) => *entry = (id, value),
            None => self.set.push((id, value)),
        }
    }

    /// The value that was given for a name.
    pub fn get(&self, catalog: &Catalog, name: &str) -> Option<&Value> {
        self.set.get(self.named(catalog, name)?).map(|(_, value)| value)
    }

    /// Index of the value that was given for a name.
    pub(crate) fn named(&self, catalog: &Catalog, name: &str) -> Option<usize> {
        let class = catalog.class(self.class);
        let id = class.name(name)?;
        let same = class.same(id);
        self.set.iter().position(|(known, _)| *known == id || same.contains(known))
    }
}

/// A stack of layers, the outermost first. Its values may still be sets; [`super::Expansion`] makes packets of it.
#[derive(Clone, Debug, Default)]
pub struct Packet {
    /// The layers.
    pub layers: Arc<Vec<Layer>>,
    /// How many of them, from the first on, only stand below: lengths and checksums know them, and they are not written.
    pub below: usize,
    /// When it was seen, in nanoseconds since 1970, if it was read from a file.
    pub time: Option<i64>,
}

/// When a packet was seen is no part of what it is.
impl PartialEq for Packet {
    fn eq(&self, other: &Packet) -> bool {
        self.layers == other.layers && self.below == other.below
    }
}

impl Packet {
    /// A packet of these layers.
    pub fn new(layers: Vec<Layer>) -> Packet {
        Packet { layers: Arc::new(layers), below: 0, time: None }
    }

    /// The same packet with other layers.
    pub(crate) fn with_layers(&self, layers: Vec<Layer>) -> Packet {
        Packet { layers: Arc::new(layers), ..*self }
    }
}
