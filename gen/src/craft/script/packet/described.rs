//! A packet as text, and the values that its fields have where nothing was given.

use crate::craft::catalog::{Catalog, Class, NameId};
use crate::craft::encode;
use crate::craft::value::{Packet, Value as Given};
use nettool_dissect::schema::{Auto, Given as Preset, Kind, Size};
use std::fmt;

/// A packet as one would type it.
pub(super) fn describe(catalog: &Catalog, packet: &Packet, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (at, layer) in packet.layers.iter().enumerate() {
        if at > 0 {
            out.write_str("/")?;
        }
        let class = catalog.class(layer.class);
        write!(out, "{}(", class.name)?;
        for (at, (name, value)) in layer.set.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(out, "{comma}{}=", class.name_of(*name))?;
            describe_value(catalog, value, out)?;
        }
        out.write_str(")")?;
    }
    Ok(())
}

fn describe_value(catalog: &Catalog, value: &Given, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let list = |values: &[Given], out: &mut fmt::Formatter<'_>| {
        values.iter().enumerate().try_for_each(|(at, value)| {
            out.write_str(if at > 0 { ", " } else { "" })?;
            describe_value(catalog, value, out)
        })
    };
    match value {
        Given::Auto => out.write_str("None"),
        Given::Int(number) => write!(out, "{number}"),
        Given::Float(fraction) => write!(out, "{fraction}"),
        Given::Text(text) => write!(out, "{text:?}"),
        Given::Octets(octets) => write!(out, "b\"{}\"", octets.escape_ascii()),
        Given::List(values) => {
            out.write_str("[")?;
            list(values, out)?;
            out.write_str("]")
        }
        Given::Tuple(values) => {
            out.write_str("(")?;
            list(values, out)?;
            out.write_str(if values.len() == 1 { ",)" } else { ")" })
        }
        Given::Packet(packet) => describe(catalog, packet, out),
        Given::Random(random) => write!(out, "<{random:?}>"),
    }
}

/// Whether two packets have the same layers and the same values, whichever way those were written and in whichever order.
pub(super) fn same(catalog: &Catalog, a: &Packet, b: &Packet) -> bool {
    let layers = a.layers.iter().zip(b.layers.iter());
    a.layers.len() == b.layers.len()
        && layers.into_iter().all(|(a, b)| {
            let class = catalog.class(a.class);
            a.class == b.class
                && a.set.len() == b.set.len()
                && a.set.iter().all(|(name, value)| {
                    let same = class.same(*name);
                    let other = b.set.iter().find(|(known, _)| known == name || same.contains(known));
                    other.is_some_and(|(_, other)| value == other || octets_alike(value, other))
                })
        })
}

/// Whether text and octets are the same octets.
fn octets_alike(a: &Given, b: &Given) -> bool {
    matches!((a, b), (Given::Text(text), Given::Octets(octets)) | (Given::Octets(octets), Given::Text(text))
        if text.as_bytes() == &**octets)
}

/// A value that was given by a name, as it is once it is written: the number that a word stands for, the octets of a name of DNS.
pub(crate) fn as_read(class: &Class, name: NameId, value: &Given) -> Option<Given> {
    let Given::Text(text) = value else { return None };
    let field = class.fields_of(name).first()?;
    match (field.kind, &field.size) {
        (Kind::Made, Size::DnsName) if !text.ends_with('.') => {
            Some(Given::octets(format!("{text}.").as_bytes()))
        }
        (Kind::Made, Size::DnsName) => Some(Given::octets(text.as_bytes())),
        (Kind::Uint(_), Size::Bits(_)) if field.fraction == 0 => {
            let number = encode::number(field, class.name, class.name_of(name), value).ok()?;
            Some(Given::Int(i128::from(number)))
        }
        _ => None,
    }
}

/// What a field has when nothing was given.
pub(crate) fn default_of(class: &Class, field: &str) -> Given {
    let Some(field) = class.name(field).and_then(|id| class.fields_of(id).first().copied()) else {
        return Given::Auto;
    };
    match class.sets.iter().find(|(name, _)| *name == field.name) {
        Some((_, Preset::Number(number))) => return Given::Int(i128::from(*number)),
        Some((_, Preset::Octets(octets))) => return Given::octets(octets),
        None => {}
    }
    if !matches!(field.auto, Auto::Default | Auto::Next(_)) {
        return Given::Auto;
    }
    match field.kind {
        Kind::Label => Given::List(Vec::new().into()),
        Kind::Ipv4 => Given::text(&std::net::Ipv4Addr::from(field.default as u32).to_string()),
        Kind::Ipv6 => {
            let octets: [u8; 16] = field.default_bytes.try_into().unwrap_or([0; 16]);
            Given::text(&std::net::Ipv6Addr::from(octets).to_string())
        }
        Kind::Mac => Given::text(&mac_text(field.default)),
        Kind::Bytes | Kind::Text | Kind::Made => Given::octets(field.default_bytes),
        kind => match kind.float_of(field.default) {
            Some(number) => Given::Float(number),
            None => Given::Int(i128::from(field.default)),
        },
    }
}

fn mac_text(number: u64) -> String {
    let octets = number.to_be_bytes();
    let parts: Vec<String> = octets.iter().skip(2).map(|octet| format!("{octet:02x}")).collect();
    parts.join(":")
}
