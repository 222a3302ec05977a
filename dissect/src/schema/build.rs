//! What a declaration says to the crafter beside names and defaults: layers that are parts of a protocol, what a layer sets
//! in the one below it, and functions that write what items cannot say.

/// A value that a declaration gives to a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Given {
    /// A number, as it stands on the wire.
    Number(u64),
    /// Octets, in wire order.
    Octets(&'static [u8]),
}

/// A crafter's layer that is a part of a protocol: an option, a record, an entry.
#[derive(Clone, Debug)]
pub struct Part {
    /// Name of the layer.
    pub layer: &'static str,
    /// Name of the node that the part is: the label of a block, a repeated part, or an entry of a type-length-value list.
    /// With `behind`, the field behind which the part begins.
    pub of: &'static str,
    /// Whether it is all of the header behind a field: the body of a message whose head is a layer of its own.
    pub behind: bool,
    /// Fields that it sets unless the user does.
    pub sets: Vec<(&'static str, Given)>,
}

/// Fields that a layer sets in the one below it, unless the user does.
#[derive(Clone, Debug)]
pub struct Below {
    /// The crafter's layer that this is about; empty: every layer of the protocol.
    pub layer: &'static str,
    /// The protocol below.
    pub protocol: &'static str,
    /// Its fields, by declared name.
    pub sets: Vec<(&'static str, Given)>,
}

/// What a part is filled up to when it is built.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Fill {
    /// It takes what it holds.
    #[default]
    None,
    /// Zero octets up to a multiple of so many.
    Zero(u8),
    /// So that the layer's header is a multiple of 8 octets, by one octet of zero or an option of this type.
    Options(u8),
}

/// Writes a part of a header. Values are asked for by the names of the fields declared with the function.
pub trait Build {
    /// Name of the crafter's layer that is built.
    fn layer(&self) -> &str;

    /// Whether the user gave the field a value.
    fn is_given(&self, field: &str) -> bool;

    /// Whether the user gave the field a number.
    fn is_number(&self, field: &str) -> bool;

    /// Whether the user gave the field a layer.
    fn is_packet(&self, field: &str) -> bool;

    /// The number that the user gave, or the declared default.
    fn number(&mut self, field: &str) -> u64;

    /// Octets that the user gave for a field that is no number.
    fn octets(&mut self, field: &str) -> Option<Vec<u8>>;

    /// Values given as a list, each as text or octets; one value is a list of one.
    fn texts(&mut self, field: &str) -> Vec<Vec<u8>>;

    /// Entries given to `list` as pairs: a number of the field `number`, or the name of one, and octets of the field `octets`.
    fn pairs(&mut self, list: &str, number: &str, octets: &str) -> Vec<(u64, Vec<u8>)>;

    /// Writes octets.
    fn put(&mut self, octets: &[u8]);

    /// Writes the field as its declaration says: the user's value, its automatic value, or its default.
    fn put_field(&mut self, field: &str);

    /// Writes the field with a number, unless the user gave one.
    fn put_number(&mut self, field: &str, number: u64);

    /// Octets written since the layer's first.
    fn written(&self) -> usize;

    /// Name of the next layer's protocol.
    fn next_protocol(&self) -> Option<&str>;

    /// The octets from here to the end of the layer's payload are this field's value, as a number of as many octets as it needs, seven
    /// bits each, the lowest first (MQTT 5.0 §1.5.5).
    fn put_variable_length(&mut self, field: &str);

    /// The number of octets that follow the layer's header, in decimal digits.
    fn put_payload_digits(&mut self);

    /// Octets that follow the layer's header are this field's value, once they are known.
    fn put_payload_length(&mut self, field: &str);
}

/// Writes what [`super::Item::Custom`] decodes.
pub type BuildFn = fn(&mut dyn Build);
