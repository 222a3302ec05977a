//! `--fields a,b,c`: chosen fields of each frame in columns.

use super::{put, time};
use crate::decode::{Dissection, Plan, Value};
use crate::frame::{Frame, Timestamp};
use crate::registry::{FieldId, Registry};
use crate::schema::{Base, Kind};

/// How columns are set apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Separator {
    /// Tabulator; values have none.
    #[default]
    Tab,
    /// Comma, with values in double quotes where RFC 4180 wants it.
    Csv,
}

/// A choice of fields.
#[derive(Clone, Debug)]
pub struct Columns {
    names: Vec<String>,
    fields: Vec<Vec<FieldId>>,
    separator: Separator,
}

impl Columns {
    /// Columns by name; `Err` is the first name that no field has.
    pub fn new<'n>(
        registry: &Registry,
        names: impl IntoIterator<Item = &'n str>,
        separator: Separator,
    ) -> Result<Self, &'n str> {
        let mut columns = Columns { names: Vec::new(), fields: Vec::new(), separator };
        for name in names {
            let fields = registry.named(name).ok_or(name)?.fields().to_vec();
            columns.names.push(name.to_owned());
            columns.fields.push(fields);
        }
        Ok(columns)
    }

    /// What a decoder must find for them.
    pub fn plan(&self, registry: &Registry) -> Plan {
        Plan::of(registry, self.ids())
    }

    /// The fields of all columns.
    pub fn ids(&self) -> impl Iterator<Item = FieldId> + '_ {
        self.fields.iter().flatten().copied()
    }

    /// Appends a line with the names.
    pub fn header(&self, out: &mut Vec<u8>) {
        for (at, name) in self.names.iter().enumerate() {
            if at > 0 {
                out.push(self.between());
            }
            out.extend_from_slice(name.as_bytes());
        }
        out.push(b'\n');
    }

    fn between(&self) -> u8 {
        match self.separator {
            Separator::Tab => b'\t',
            Separator::Csv => b',',
        }
    }

    /// Appends a frame's line: several values of a column joined by commas, absent ones empty.
    pub fn write(&self, out: &mut Vec<u8>, registry: &Registry, frame: &Frame<'_>, dissection: &Dissection) {
        for (at, fields) in self.fields.iter().enumerate() {
            if at > 0 {
                out.push(self.between());
            }
            let start = out.len();
            let mut more = false;
            for node in dissection.nodes.iter().filter(|node| fields.contains(&node.field)) {
                if more {
                    out.push(b',');
                }
                more = true;
                value(out, registry, frame, dissection, node);
            }
            if self.separator == Separator::Csv {
                quote(out, start);
            }
        }
        out.push(b'\n');
    }
}

/// Puts what was written since `start` in double quotes where it holds commas, quotes or line ends.
fn quote(out: &mut Vec<u8>, start: usize) {
    let cell = out.get(start..).unwrap_or_default();
    if !cell.iter().any(|octet| matches!(octet, b',' | b'"' | b'\n')) {
        return;
    }
    let times = |octet: u8| if octet == b'"' { 2 } else { 1 };
    let quoted: Vec<u8> = cell.iter().flat_map(|octet| std::iter::repeat_n(*octet, times(*octet))).collect();
    out.truncate(start);
    out.push(b'"');
    out.extend_from_slice(&quoted);
    out.push(b'"');
}

/// A value as Wireshark's field output writes it: hex numbers with `0x` and leading zeros, flags as 1 and 0, octets
/// in hex without separators, IEEE 754 numbers with the digits that they are sure to have.
pub fn value(
    out: &mut Vec<u8>,
    registry: &Registry,
    frame: &Frame<'_>,
    dissection: &Dissection,
    node: &crate::decode::Node,
) {
    match dissection.value(registry, frame, node) {
        Value::None => {
            // A layer's or an option's presence, by its name.
            if let Some(info) = registry.field(node.field) {
                out.extend_from_slice(info.name.as_bytes());
            }
        }
        Value::Bool(set) => out.push(if set { b'1' } else { b'0' }),
        Value::Uint(number) => {
            let kind = registry.field(node.field).map(|info| info.field.kind);
            if kind == Some(Kind::Uint(Base::Hex)) {
                let width = registry.field(node.field).and_then(|info| info.field.width()).unwrap_or(8);
                put::hex_padded(out, number, u32::from(width.div_ceil(8)).saturating_mul(2));
            } else {
                put::decimal(out, number);
            }
        }
        Value::Int(number) => put::signed(out, number),
        Value::Float(number) => put::general(out, number.into(), 6),
        Value::Double(number) => put::general(out, number, 15),
        Value::Mac(address) => put::mac(out, address),
        Value::Eui64(octets) => put::hex_octets(out, &octets, Some(b':')),
        Value::Ipv4(address) => put::ipv4(out, address),
        Value::Ipv6(address) => put::ipv6(out, address),
        Value::Bytes(octets) => put::hex_octets(out, octets, None),
        Value::Text(text) | Value::Made(text) => put::cell(out, text),
        Value::Time(nanoseconds)
            if registry
                .field(node.field)
                .is_some_and(|info| info.field.kind != Kind::Time || info.name != "frame.time_epoch") =>
        {
            // Wireshark shows moments so, and one of them as seconds.
            match nanoseconds {
                0 => out.extend_from_slice(b"NULL"),
                _ => time::long(out, Timestamp(nanoseconds)),
            }
        }
        Value::Time(nanoseconds) => {
            let (seconds, fraction) = Timestamp(nanoseconds).split();
            put::signed(out, seconds);
            put::fraction(out, fraction, 9);
        }
        Value::Duration(nanoseconds) => put::seconds(out, nanoseconds, 9),
        Value::Milliseconds(nanoseconds) => put::milliseconds(out, nanoseconds),
    }
}

/// A time as ISO 8601, for callers that want one.
pub fn iso_time(out: &mut Vec<u8>, at: Timestamp) {
    time::iso(out, at, 9);
}
