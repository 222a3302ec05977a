//! What a node's octets mean.

use super::{Dissection, Node};
use crate::frame::Frame;
use crate::registry::Registry;
use crate::schema::{Base, Kind};

/// The value of a node, by its field's kind.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Value<'a> {
    /// A heading: no value but its presence.
    None,
    /// True or false.
    Bool(bool),
    /// Unsigned number, scaled.
    Uint(u64),
    /// Signed number, scaled.
    Int(i64),
    /// IEEE 754 number of single precision.
    Float(f32),
    /// IEEE 754 number of double precision.
    Double(f64),
    /// IEEE 802 address.
    Mac([u8; 6]),
    /// EUI-64.
    Eui64([u8; 8]),
    /// IPv4 address.
    Ipv4([u8; 4]),
    /// IPv6 address.
    Ipv6([u8; 16]),
    /// Octets, as far as captured.
    Bytes(&'a [u8]),
    /// Text of the frame, not checked to be UTF-8, without a closing NUL.
    Text(&'a [u8]),
    /// Text that decoding put together.
    Made(&'a [u8]),
    /// Nanoseconds since 1970.
    Time(i64),
    /// Nanoseconds.
    Duration(i64),
    /// A span of time in nanoseconds that is written in milliseconds.
    Milliseconds(i64),
}

impl Dissection {
    /// The value of a node.
    pub fn value<'a>(&'a self, registry: &Registry, frame: &Frame<'a>, node: &Node) -> Value<'a> {
        let Some(info) = registry.field(node.field) else { return Value::None };
        let scaled = node.value.saturating_mul(u64::from(info.field.scale));
        match info.field.kind {
            Kind::Label => Value::None,
            Kind::Bool => Value::Bool(node.value != 0),
            Kind::Uint(Base::Dec | Base::Hex) => Value::Uint(scaled),
            Kind::Int => {
                Value::Int(signed(node.value, node.bits).saturating_mul(i64::from(info.field.scale)))
            }
            Kind::Float => Value::Float(f32::from_bits(node.value as u32)),
            Kind::Double => Value::Double(f64::from_bits(node.value)),
            Kind::Fixed(bits) => Value::Double(node.value as f64 / (1_u64 << bits.min(63)) as f64),
            Kind::Mac => {
                let [_, _, octets @ ..] = node.value.to_be_bytes();
                Value::Mac(octets)
            }
            Kind::Eui64 => Value::Eui64(node.value.to_be_bytes()),
            Kind::Ipv4 => Value::Ipv4((node.value as u32).to_be_bytes()),
            Kind::Ipv6 => {
                let mut address = [0; 16];
                let octets = self.octets(frame, node);
                address.iter_mut().zip(octets).for_each(|(to, from)| *to = *from);
                Value::Ipv6(address)
            }
            Kind::Bytes => Value::Bytes(self.octets(frame, node)),
            Kind::Text => {
                let octets = self.octets(frame, node);
                let end = octets.iter().position(|octet| *octet == 0).unwrap_or(octets.len());
                Value::Text(octets.get(..end).unwrap_or(octets))
            }
            Kind::Made => Value::Made(self.made(node)),
            Kind::Time => Value::Time(node.value.cast_signed()),
            Kind::UnixTime => Value::Time(node.value.cast_signed().saturating_mul(1_000_000_000)),
            Kind::NtpTime => Value::Time(ntp_nanoseconds(node.value)),
            Kind::Duration => Value::Duration(node.value.cast_signed()),
            Kind::Milliseconds => Value::Milliseconds(node.value.cast_signed()),
        }
    }
}

/// An NTP time stamp as nanoseconds since 1970. Seconds with the highest bit clear belong to the era that begins in 2036
/// (RFC 4330 §3); 0 is no time, and stays 0.
fn ntp_nanoseconds(stamp: u64) -> i64 {
    const SECONDS_1900_TO_1970: i64 = 2_208_988_800;
    const ERA: i64 = 1 << 32;
    if stamp == 0 {
        return 0;
    }
    let seconds = (stamp >> 32).cast_signed().saturating_sub(SECONDS_1900_TO_1970);
    let era = if stamp >> 63 == 0 { ERA } else { 0 };
    let fraction = (stamp & 0xffff_ffff).saturating_mul(1_000_000_000) >> 32;
    seconds.saturating_add(era).saturating_mul(1_000_000_000).saturating_add(fraction.cast_signed())
}

/// A number of `bits` bits in two's complement.
pub(crate) fn signed(value: u64, bits: u32) -> i64 {
    match 64_u32.checked_sub(bits) {
        Some(unused) if unused < 64 => (value << unused).cast_signed() >> unused,
        _ => value.cast_signed(),
    }
}
