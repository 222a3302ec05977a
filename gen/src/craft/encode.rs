//! A value for a field becomes a number or octets, or a fault that says what the field takes.

use super::catalog::{Class, NameId};
use super::error::{CraftError, near};
use super::value::Value;
use super::words;
use nettool_dissect::schema::{Endian, Expr, Field, Kind, Names, Size};
use std::net::{Ipv4Addr, Ipv6Addr};

/// Checks a value when it is given: it must do for one of the fields that the name stands for.
pub(crate) fn check(class: &Class, id: NameId, name: &str, value: &Value) -> Result<(), CraftError> {
    let fields = class.fields_of(id);
    let mut fault = None;
    for field in fields {
        match check_one(class, field, name, value) {
            Ok(()) => return Ok(()),
            Err(error) => {
                // of several faults the one about a range is nearest to what was meant
                if fault.is_none() || matches!(error, CraftError::Range { .. }) {
                    fault = Some(error);
                }
            }
        }
    }
    fault.map_or(Ok(()), Err)
}

fn check_one(class: &Class, field: &'static Field, name: &str, value: &Value) -> Result<(), CraftError> {
    if field.kind == Kind::Label {
        return Ok(());
    }
    match value {
        Value::Auto | Value::Random(_) | Value::Packet(_) => Ok(()),
        Value::List(values) => values.iter().try_for_each(|value| check_one(class, field, name, value)),
        // of a range what it reaches, not its step
        Value::Tuple(values) if is_number(field) && super::choice::ends(values).is_some() => {
            let ends = super::choice::ends(values).flatten().into_iter().flatten();
            ends.map(Value::Int).try_for_each(|value| check_one(class, field, name, &value))
        }
        Value::Tuple(values) => values.iter().try_for_each(|value| check_one(class, field, name, value)),
        Value::Text(text) if is_network(field.kind, text) => Ok(()),
        value if is_number(field) => number(field, class.name, name, value).map(|_| ()),
        Value::Int(_) | Value::Float(_) if field.craft.iter().any(|c| c.starts_with(char::is_lowercase)) => {
            Ok(())
        }
        value => octets(field, class.name, name, value).map(|_| ()),
    }
}

/// Whether a field is written as a number of bits.
pub(crate) fn is_number(field: &Field) -> bool {
    matches!(field.size, Size::Bits(_)) && !matches!(field.kind, Kind::Bytes | Kind::Text)
        || matches!(field.kind, Kind::Uint(_) | Kind::Int | Kind::Bool)
}

/// Whether text names a network for an address field: `10.0.0.0/24`.
pub(super) fn is_network(kind: Kind, text: &str) -> bool {
    match kind {
        Kind::Ipv4 => network4(text).is_some() || span4(text).is_some(),
        Kind::Ipv6 => network6(text).is_some() || span6(text).is_some(),
        _ => false,
    }
}

/// First address and number of addresses of `10.0.0.0/24`.
pub(crate) fn network4(text: &str) -> Option<(u32, u64)> {
    let (address, bits) = text.split_once('/')?;
    let bits: u32 = bits.parse().ok().filter(|bits| *bits <= 32)?;
    let address = u32::from(address.parse::<Ipv4Addr>().ok()?);
    let free = 32 - bits;
    let first = if free == 32 { 0 } else { address >> free << free };
    Some((first, 1 << free))
}

/// First address and free bits of `2001:db8::/126`.
pub(crate) fn network6(text: &str) -> Option<(u128, u8)> {
    let (address, bits) = text.split_once('/')?;
    let bits: u8 = bits.parse().ok().filter(|bits| *bits <= 128)?;
    let address = u128::from(address.parse::<Ipv6Addr>().ok()?);
    let free = 128 - bits;
    let first = if free == 128 { 0 } else { address >> free << free };
    Some((first, free))
}

/// First address and number of addresses of `10.0.0.1-10.0.0.3`.
pub(crate) fn span4(text: &str) -> Option<(u32, u64)> {
    let (first, last) = text.split_once('-')?;
    let address = |text: &str| text.parse::<Ipv4Addr>().ok().map(u32::from);
    let (first, last) = (address(first)?, address(last)?);
    Some((first, u64::from(last.checked_sub(first)?) + 1))
}

/// First address and number of addresses of `2001:db8::1-2001:db8::3`.
pub(crate) fn span6(text: &str) -> Option<(u128, u64)> {
    let (first, last) = text.split_once('-')?;
    let address = |text: &str| text.parse::<Ipv6Addr>().ok().map(u128::from);
    let (first, last) = (address(first)?, address(last)?);
    Some((first, u64::try_from(last.checked_sub(first)?).ok()?.checked_add(1)?))
}

/// The octets of `02:00:00:00:00:01`, `0200.0000.0001` or `02-00-00-00-00-01`.
pub(crate) fn mac(text: &str) -> Option<Vec<u8>> {
    let parts: Vec<&str> = text.split([':', '-']).collect();
    if parts.len() < 2 {
        return None;
    }
    parts
        .iter()
        .map(|part| if (1..=2).contains(&part.len()) { u8::from_str_radix(part, 16).ok() } else { None })
        .collect()
}

/// Bits that a number of a field takes.
pub(crate) fn width(field: &Field) -> Option<u16> {
    match (&field.size, field.kind) {
        (Size::Bits(width), _) => Some(*width),
        (Size::Varint(varint), _) => Some(varint.bits()),
        _ => None,
    }
}

fn wants(field: &Field) -> &'static str {
    match field.kind {
        Kind::Ipv4 => "an IPv4 address",
        Kind::Ipv6 => "an IPv6 address",
        Kind::Mac | Kind::Eui64 => "a MAC address",
        Kind::Bytes | Kind::Text | Kind::Made => "a string or bytes",
        Kind::Bool => "0 or 1",
        Kind::NtpTime | Kind::UnixTime | Kind::Time | Kind::Duration => "a number of seconds",
        Kind::Milliseconds => "a number of milliseconds",
        Kind::Float => "a number that four octets hold (up to 3.4e38)",
        Kind::Double | Kind::Fixed(_) => "a number",
        Kind::Label => "a list of entries",
        Kind::Uint(_) | Kind::Int if !field.letters.is_empty() => "a number or names of flags",
        Kind::Uint(_) | Kind::Int if !field.words.is_empty() || !matches!(field.names, Names::None) => {
            "a number or one of its names"
        }
        Kind::Uint(_) | Kind::Int => "a number",
    }
}

fn wrong(field: &Field, layer: &str, name: &str, value: &Value) -> CraftError {
    let said = match value {
        Value::Text(text) if matches!(field.kind, Kind::Ipv4 | Kind::Ipv6) => {
            format!("{text:?}{}", super::hosts::said(field.kind, text))
        }
        Value::Text(text) if !field.letters.is_empty() => {
            let letters: Vec<&str> = field.letters.iter().copied().filter(|name| !name.is_empty()).collect();
            format!("{text:?}; the flags are {}", letters.join(" "))
        }
        Value::Text(text) => format!("{text:?}"),
        Value::Float(number) => format!("{number:?}"),
        Value::Tuple(_) if is_number(field) => {
            "a tuple: a range is `(first, last)` or `(first, last, step)`, several values are a list".into()
        }
        value => value.kind().to_string(),
    };
    let close = match value {
        Value::Text(text) if is_number(field) && text.parse::<i64>().is_ok() => Some(text.to_string()),
        Value::Text(text) => {
            let list: &[(u64, &str)] = if let Names::List(list) = field.names { list } else { &[] };
            let computed = |look_up: fn(u64) -> Option<&'static str>| {
                (0..=u64::from(u16::MAX)).filter_map(look_up).collect::<Vec<_>>()
            };
            let computed = if let Names::Of(look_up) = field.names { computed(look_up) } else { Vec::new() };
            let known = list.iter().chain(field.words).map(|(_, word)| *word);
            let known = known.chain(computed).chain(words::names(layer, name));
            near(text, known.chain(field.letters.iter().copied().filter(|letter| letter.len() > 1)))
        }
        _ => None,
    };
    CraftError::Kind {
        layer: layer.into(),
        field: name.into(),
        wants: wants(field),
        value: said,
        near: close,
    }
}

/// The wire value of a field that is a number.
pub(crate) fn number(field: &Field, layer: &str, name: &str, value: &Value) -> Result<u64, CraftError> {
    let bits = width(field).unwrap_or(64);
    match value {
        Value::Int(given) if field.kind.is_float() => float(field, layer, name, value, *given as f64),
        Value::Float(given) if field.kind.is_float() => float(field, layer, name, value, *given),
        Value::Int(given) => in_range(field, bits, layer, name, *given),
        // a fraction is scaled already
        Value::Float(fraction) if field.fraction > 0 || field.kind == Kind::NtpTime => {
            fits(field, bits, layer, name, (fraction * scale_of(field)) as i128)
        }
        Value::Float(fraction) => {
            let scale = scale_of(field);
            let whole = matches!(field.kind, Kind::Uint(_) | Kind::Int | Kind::Bool) && scale <= 1.0;
            if whole && fraction.fract() != 0.0 {
                return Err(wrong(field, layer, name, value));
            }
            in_range(field, bits, layer, name, (fraction * scale) as i128).or_else(|error| {
                if scale > 1.0 { in_range(field, bits, layer, name, *fraction as i128) } else { Err(error) }
            })
        }
        Value::Text(text) => {
            // exactly scapy's word is that one, though it be like a name of the declaration's
            let named = !matches!(field.names, Names::None);
            let exact = named.then(|| words::exact(layer, name, text)).flatten();
            let known = exact.or_else(|| word(field, text)).or_else(|| words::number(layer, name, text));
            let known = known.or_else(|| field.octets.then(|| wire_number(field, text.as_bytes())));
            known.ok_or_else(|| wrong(field, layer, name, value)).and_then(|number| {
                if bits < 64 && number >> bits != 0 {
                    return Err(wrong(field, layer, name, value));
                }
                Ok(number)
            })
        }
        Value::List(values) if !field.letters.is_empty() => values.iter().try_fold(0, |sum, value| {
            let listed = if let Value::Text(text) = value { listed(field.letters, text) } else { None };
            Ok(sum | listed.map_or_else(|| number(field, layer, name, value), Ok)?)
        }),
        // scapy takes a record's first address
        Value::List(values) if field.kind == Kind::Ipv4 && !values.is_empty() => {
            number(field, layer, name, &values[0])
        }
        Value::Octets(octets) if octets.len() * 8 == usize::from(bits) => {
            Ok(octets.iter().fold(0, |number, octet| number << 8 | u64::from(*octet)))
        }
        Value::Octets(octets) if field.octets => Ok(wire_number(field, octets)),
        // an address as text, in octets
        Value::Octets(octets) if matches!(field.kind, Kind::Ipv4 | Kind::Mac) => {
            let text = std::str::from_utf8(octets).ok();
            text.and_then(|text| word(field, text)).ok_or_else(|| wrong(field, layer, name, value))
        }
        Value::Auto => Ok(field.default),
        value => Err(wrong(field, layer, name, value)),
    }
}

/// The number that octets in wire order are, cut or filled up to the field's width.
fn wire_number(field: &Field, octets: &[u8]) -> u64 {
    let count = usize::from(width(field).unwrap_or(64) / 8).min(8);
    let mut wire = [0; 8];
    wire.iter_mut().take(count).zip(octets).for_each(|(to, from)| *to = *from);
    match field.endian {
        Endian::Big => u64::from_be_bytes(wire).checked_shr(64 - 8 * count as u32).unwrap_or(0),
        Endian::Little | Endian::Native => u64::from_le_bytes(wire),
    }
}

/// Units of the wire in one unit that is given.
fn scale_of(field: &Field) -> f64 {
    match field.kind {
        Kind::NtpTime => 4_294_967_296.0,
        _ => f64::from(1_u32.wrapping_shl(u32::from(field.fraction))),
    }
}

/// The bits of an IEEE 754 number; one of single precision reaches to 3.4e38.
fn float(field: &Field, layer: &str, name: &str, value: &Value, given: f64) -> Result<u64, CraftError> {
    let bits = field.kind.float_bits(given);
    let kept = field.kind.float_of(bits).is_none_or(f64::is_finite) || !given.is_finite();
    kept.then_some(bits).ok_or_else(|| wrong(field, layer, name, value))
}

fn in_range(field: &Field, bits: u16, layer: &str, name: &str, number: i128) -> Result<u64, CraftError> {
    let number = match field.kind {
        Kind::NtpTime if number >> 32 == 0 => number << 32,
        _ if field.fraction > 0 && number >> (bits - u16::from(field.fraction)) == 0 => {
            number << field.fraction
        }
        _ => number,
    };
    fits(field, bits, layer, name, number)
}

/// The number on the wire, if the field has room for it.
fn fits(field: &Field, bits: u16, layer: &str, name: &str, number: i128) -> Result<u64, CraftError> {
    let most = if bits >= 64 { i128::from(u64::MAX) } else { (1_i128 << bits) - 1 };
    let signed = field.negative || matches!(field.kind, Kind::Int | Kind::Duration | Kind::Time);
    let least = if signed { -(1_i128 << (bits.clamp(1, 64) - 1)) } else { 0 };
    if number < least || number > most {
        let most = if signed { most >> 1 } else { most };
        let value = number.to_string();
        return Err(CraftError::Range { layer: layer.into(), field: name.into(), least, most, value });
    }
    let wire = number as u64;
    Ok(if bits >= 64 { wire } else { wire & ((1 << bits) - 1) })
}

/// The number that a word stands for.
fn word(field: &Field, text: &str) -> Option<u64> {
    match field.kind {
        Kind::Ipv4 => return text.parse::<Ipv4Addr>().ok().map(|address| u64::from(u32::from(address))),
        Kind::Mac | Kind::Eui64 => {
            let octets = mac(text)?;
            let width = if field.kind == Kind::Mac { 6 } else { 8 };
            return (octets.len() == width)
                .then(|| octets.iter().fold(0, |number, octet| number << 8 | u64::from(*octet)));
        }
        _ => {}
    }
    if let Some((number, _)) = field.words.iter().find(|(_, word)| *word == text) {
        return Some(*number);
    }
    if !field.letters.is_empty() {
        return flags(field.letters, text);
    }
    if let Some((number, _)) = field.words.iter().find(|(_, word)| word.eq_ignore_ascii_case(text)) {
        return Some(*number);
    }
    if let Some(number) = field.names.value_of(text) {
        return Some(number);
    }
    match width(field) {
        // numbers that look like addresses: identifiers of routers, of reference clocks
        Some(32) => {
            let address = text.parse::<Ipv4Addr>().ok().map(|address| u64::from(u32::from(address)));
            address.or_else(|| (field.unit == "ms").then(|| clock(text)).flatten())
        }
        Some(16) if field.name.ends_with("_version") => version(text),
        _ => None,
    }
}

/// `12:30:05.250` as milliseconds since midnight, as scapy's users write a time of ICMP's.
fn clock(text: &str) -> Option<u64> {
    let (time, fraction) = text.split_once('.').unwrap_or((text, ""));
    let number = |text: &str, most: u64| {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_digit());
        text.parse::<u64>().ok().filter(|number| digits && *number <= most)
    };
    let mut parts = time.split(':');
    let (hours, minutes) = (number(parts.next()?, 29)?, number(parts.next()?, 59)?);
    let seconds = parts.next().map_or(Some(0), |seconds| number(seconds, 59))?;
    if parts.next().is_some() || fraction.len() > 3 || !fraction.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    let milliseconds = format!("{fraction:0<3}").parse::<u64>().ok()?;
    Some(((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds)
}

/// `v12.4`: two numbers of an octet each.
fn version(text: &str) -> Option<u64> {
    let (major, minor) = text.strip_prefix('v')?.split_once('.')?;
    Some(u64::from(major.parse::<u8>().ok()?) << 8 | u64::from(minor.parse::<u8>().ok()?))
}

/// `SA`, `DF+MF`: the letters' bits.
pub(crate) fn flags(letters: &[&str], text: &str) -> Option<u64> {
    let bit = |name: &str| letters.iter().position(|letter| *letter == name).map(|at| 1_u64 << at);
    if text.is_empty() {
        return Some(0);
    }
    if let Some(all) = text.split(['+', '|']).map(|name| bit(name.trim())).collect::<Option<Vec<_>>>() {
        return Some(all.iter().fold(0, |sum, bit| sum | bit));
    }
    let mut buffer = [0; 4];
    text.chars().map(|letter| bit(letter.encode_utf8(&mut buffer))).try_fold(0, |sum, bit| Some(sum | bit?))
}

/// One of a list of flags: scapy looks for it in the row of its letters, so that of several letters the first counts.
fn listed(letters: &[&str], text: &str) -> Option<u64> {
    let row = letters.iter().all(|letter| letter.len() == 1).then(|| letters.concat())?;
    row.find(text).map(|at| 1 << at)
}

/// The octets of a field that is none.
pub(crate) fn octets(field: &Field, layer: &str, name: &str, value: &Value) -> Result<Vec<u8>, CraftError> {
    let fault = || wrong(field, layer, name, value);
    match (field.kind, value) {
        (Kind::Ipv6, Value::Octets(octets))
            if octets.len() != 16 && matches!(field.size, Size::Octets(Expr::Const(16))) =>
        {
            let text = std::str::from_utf8(octets).ok();
            let address = text.and_then(|text| text.parse::<Ipv6Addr>().ok());
            address.map(|address| address.octets().to_vec()).ok_or_else(fault)
        }
        (Kind::Ipv6, Value::Text(text)) => {
            text.parse::<Ipv6Addr>().map(|address| address.octets().to_vec()).map_err(|_| fault())
        }
        (Kind::Made, Value::Text(text)) if matches!(field.size, Size::DnsName) => {
            dns_name(text.as_bytes()).ok_or_else(fault)
        }
        (Kind::Made, Value::Octets(octets)) if matches!(field.size, Size::DnsName) => {
            // octets that end a name as the wire does are one already
            if octets.last() == Some(&0) || points(octets) {
                Ok(octets.to_vec())
            } else {
                dns_name(octets).ok_or_else(fault)
            }
        }
        (Kind::Made, Value::Text(text)) => identifier(field, text).ok_or_else(fault),
        (_, Value::Text(text)) => Ok(match field.reads {
            Some(Kind::Bytes) => digits(text).unwrap_or_else(|| text.as_bytes().to_vec()),
            Some(Kind::Mac) => mac(text).unwrap_or_else(|| text.as_bytes().to_vec()),
            Some(Kind::Ipv4) => match text.parse::<std::net::IpAddr>() {
                Ok(std::net::IpAddr::V4(address)) => address.octets().to_vec(),
                Ok(std::net::IpAddr::V6(address)) => address.octets().to_vec(),
                Err(_) => text.as_bytes().to_vec(),
            },
            Some(Kind::Ipv6) => text
                .parse::<Ipv6Addr>()
                .map_or_else(|_| text.as_bytes().to_vec(), |address| address.octets().to_vec()),
            _ => text.as_bytes().to_vec(),
        }),
        (_, Value::Octets(octets)) => Ok(octets.to_vec()),
        (Kind::Ipv6, Value::Int(number)) => {
            u128::try_from(*number).map(|number| number.to_be_bytes().to_vec()).map_err(|_| fault())
        }
        (_, Value::Auto) => Ok(field.default_bytes.to_vec()),
        (Kind::Bytes | Kind::Text, Value::Int(number)) => number_in_octets(field, *number).ok_or_else(fault),
        (Kind::Bytes | Kind::Text, Value::List(values)) => values
            .iter()
            .map(|value| match value {
                Value::Int(number) => u8::try_from(*number).map_err(|_| fault()),
                _ => Err(fault()),
            })
            .collect(),
        (_, Value::List(values)) if values.len() == 1 => {
            values.first().map_or_else(|| Err(fault()), |value| octets(field, layer, name, value))
        }
        _ => Err(fault()),
    }
}

/// The octets that hexadecimal digits are, with `-`, `:` and `.` between them.
fn digits(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|octet| !matches!(octet, b'-' | b':' | b'.')).collect();
    let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let pairs = digits.len().is_multiple_of(2).then(|| digits.chunks(2));
    pairs?.map(octet).collect()
}

/// The octets of an identifier in hexadecimal, in parts as it is shown: `0102.0304.0506.00-00`.
fn identifier(field: &Field, text: &str) -> Option<Vec<u8>> {
    let Size::Octets(nettool_dissect::schema::Expr::Const(count)) = field.size else {
        return Some(text.as_bytes().to_vec());
    };
    let digits: Vec<u8> = text.bytes().filter(|octet| !matches!(octet, b'.' | b'-' | b':')).collect();
    let octet = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let octets: Vec<u8> = digits.chunks(2).map(octet).collect::<Option<_>>()?;
    let count = usize::try_from(count).ok()?;
    // one octet more is a circuit or a fragment that the field does not have
    (octets.len() == count || octets.len() == count + 1).then_some(octets)
}

/// A number for octets of a fixed count, in network order.
fn number_in_octets(field: &Field, number: i128) -> Option<Vec<u8>> {
    let Size::Octets(nettool_dissect::schema::Expr::Const(count)) = field.size else { return None };
    let count = usize::try_from(count).ok().filter(|count| *count <= 16)?;
    let all = number.to_be_bytes();
    let (high, low) = all.split_at(16 - count);
    high.iter().all(|octet| *octet == 0).then(|| low.to_vec())
}

/// Whether octets are labels that end with a pointer.
fn points(mut octets: &[u8]) -> bool {
    loop {
        octets = match octets {
            [0xc0..=0xff, _] => return true,
            [length @ 1..=63, after @ ..] => match after.get(usize::from(*length)..) {
                Some(after) => after,
                None => return false,
            },
            _ => return false,
        };
    }
}

/// A DNS name as the wire has it: labels with their lengths, and the root's.
pub(crate) fn dns_name(text: &[u8]) -> Option<Vec<u8>> {
    let mut wire = Vec::with_capacity(text.len() + 2);
    let text = text.strip_suffix(b".").unwrap_or(text);
    if !text.is_empty() {
        for label in text.split(|octet| *octet == b'.') {
            let label = label.get(..label.len().min(63))?;
            wire.push(label.len() as u8);
            wire.extend_from_slice(label);
        }
    }
    wire.push(0);
    Some(wire)
}
