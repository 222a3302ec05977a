//! A packet as text, and the values that its fields have where nothing was given.

use crate::craft::catalog::{Catalog, Class};
use crate::craft::value::{Packet, Value as Given};
use nettool_dissect::schema::{Auto, Given as Preset, Kind};
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

/// What a field has when nothing was given.
pub(super) fn default_of(class: &Class, field: &str) -> Given {
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
        _ => Given::Int(i128::from(field.default)),
    }
}

fn mac_text(number: u64) -> String {
    let octets = number.to_be_bytes();
    let parts: Vec<String> = octets.iter().skip(2).map(|octet| format!("{octet:02x}")).collect();
    parts.join(":")
}
