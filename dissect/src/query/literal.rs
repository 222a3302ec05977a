//! Words and quoted texts to values, by the type that the field beside them has.

use super::eval::Right;
use std::net::{Ipv4Addr, Ipv6Addr};

/// What a value is; decides how literals beside it are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Type {
    Bool,
    Number,
    Float,
    Double,
    Mac,
    Eui64,
    Ip4,
    Ip6,
    Octets,
    Layer,
    Text,
    Time,
    Span,
    Milliseconds,
}

impl Type {
    pub(super) fn name(self) -> &'static str {
        match self {
            Type::Bool => "a flag",
            Type::Number => "a number",
            Type::Float | Type::Double => "a number with a fraction",
            Type::Mac => "an Ethernet address",
            Type::Eui64 => "an EUI-64",
            Type::Ip4 => "an IPv4 address",
            Type::Ip6 => "an IPv6 address",
            Type::Octets => "octets",
            Type::Layer => "a protocol",
            Type::Text => "text",
            Type::Time => "a time",
            Type::Span | Type::Milliseconds => "a span of time",
        }
    }

    /// How to write a literal of it, for messages.
    pub(super) fn wanted(self) -> &'static str {
        match self {
            Type::Bool => "true, false, 1 or 0",
            Type::Number => "a number (80, 0x50, 0b1010000, 0120, 'P')",
            Type::Float | Type::Double => "a number (80, 0.5, 1.25e8, inf)",
            Type::Mac => "an Ethernet address (02:00:00:00:00:01)",
            Type::Eui64 => "an EUI-64 (eight octets: 02:00:00:ff:fe:00:00:01)",
            Type::Ip4 => "an IPv4 address or network (10.0.0.1, 10.0.0.0/8)",
            Type::Ip6 => "an IPv6 address or network (2001:db8::1, 2001:db8::/32)",
            Type::Octets | Type::Layer => "octets (0a:01, 0a01, \"text\")",
            Type::Text => "text",
            Type::Time => "a time (\"2026-01-31 12:00:00.5\", in UTC, or seconds since 1970)",
            Type::Span => "a span of time (0.5, 5ms, 20us)",
            Type::Milliseconds => "a span of time (0.5 milliseconds, 5ms, 20us)",
        }
    }

    /// Whether values of it are IEEE 754 numbers.
    pub(super) fn is_float(self) -> bool {
        matches!(self, Type::Float | Type::Double)
    }

    /// Whether values of it are octets.
    pub(super) fn is_octets(self) -> bool {
        matches!(self, Type::Octets | Type::Layer | Type::Text)
    }
}

/// A number as C and Wireshark write it.
pub(super) fn number(text: &str) -> Option<i128> {
    let digits = |text: &str, radix| {
        let clean = !text.is_empty() && text.chars().all(|c| c.is_digit(radix));
        if clean { i128::from_str_radix(text, radix).ok() } else { None }
    };
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return digits(hex, 16);
    }
    if let Some(binary) = text.strip_prefix("0b").or_else(|| text.strip_prefix("0B")) {
        return digits(binary, 2);
    }
    match text.strip_prefix('0') {
        Some(octal) if !octal.is_empty() => digits(octal, 8),
        _ => digits(text, 10),
    }
}

/// A number with a fraction. Beside one of single precision it is the nearest of these, so that `0.1` is equal to what is sent for it.
pub(super) fn float(text: &str, single: bool) -> Option<f64> {
    let value = match number(text) {
        Some(number) if text.starts_with("0x") || text.starts_with("0X") || text.starts_with("0b") => {
            number as f64
        }
        _ => text.parse::<f64>().ok()?,
    };
    Some(if single { f64::from(value as f32) } else { value })
}

/// Octets in hex: `0a:01`, `0a-01`, `0a.01`, `0a01`, `0200.0000.0001`, `a`.
pub(super) fn octets(text: &str) -> Option<Vec<u8>> {
    let text = text.strip_prefix(':').unwrap_or(text);
    let nibble = |c: char| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = |group: &str, out: &mut Vec<u8>| {
        let digits: Option<Vec<u8>> = group.chars().map(nibble).collect();
        let digits = digits?;
        match digits.as_slice() {
            [] => None,
            [one] => {
                out.push(*one);
                Some(())
            }
            _ if digits.len().is_multiple_of(2) => {
                out.extend(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |all, d| all << 4 | d)));
                Some(())
            }
            _ => None,
        }
    };
    if let Some(hex) = text.strip_prefix("0x") {
        let mut out = Vec::new();
        pairs(hex, &mut out)?;
        return Some(out);
    }
    let mut out = Vec::new();
    match [':', '-', '.'].into_iter().find(|between| text.contains(*between)) {
        Some(between) => {
            for group in text.split(between) {
                if group.len() > 2 && group.len() != 4 {
                    return None;
                }
                pairs(group, &mut out)?;
            }
        }
        None => pairs(text, &mut out)?,
    }
    Some(out)
}

/// An address with the length or mask of its network.
pub(super) fn net4(text: &str) -> Option<Right> {
    let (address, mask) = match text.split_once('/') {
        None => (text, u32::MAX),
        Some((address, mask)) if mask.contains('.') => (address, u32::from(mask.parse::<Ipv4Addr>().ok()?)),
        Some((address, length)) => {
            let length = length.parse::<u32>().ok().filter(|length| *length <= 32)?;
            (address, u32::MAX.checked_shl(32_u32.saturating_sub(length)).unwrap_or(0))
        }
    };
    let address = u32::from(address.parse::<Ipv4Addr>().ok()?);
    Some(if mask == u32::MAX { Right::Number(i128::from(address)) } else { Right::Net4 { address, mask } })
}

/// An address with the length of its network.
pub(super) fn net6(text: &str) -> Option<Right> {
    let (address, length) = match text.split_once('/') {
        None => (text, 128),
        Some((address, length)) => (address, length.parse::<u32>().ok().filter(|length| *length <= 128)?),
    };
    let mask = u128::MAX.checked_shl(128_u32.saturating_sub(length)).unwrap_or(0);
    Some(Right::Net6 { address: u128::from(address.parse::<Ipv6Addr>().ok()?), mask })
}

/// Nanoseconds of a span of time: seconds with a fraction, or with a unit.
pub(super) fn span(text: &str) -> Option<i128> {
    span_in(text, 1_000_000_000)
}

/// The same, milliseconds where there is no unit.
pub(super) fn milliseconds(text: &str) -> Option<i128> {
    span_in(text, 1_000_000)
}

fn span_in(text: &str, usual: i128) -> Option<i128> {
    let (text, negative) = match text.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (value, unit) = text.split_at_checked(end)?;
    let unit: i128 = match unit {
        "" => usual,
        "s" => 1_000_000_000,
        "ms" => 1_000_000,
        "us" | "µs" => 1_000,
        "ns" => 1,
        "min" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        "d" => 86_400_000_000_000,
        _ => return None,
    };
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    if whole.len() > 18 || fraction.len() > 18 || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let digits = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<i128>().ok() };
    let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let part = digits(fraction)?.checked_mul(unit)?.checked_div(scale)?;
    let all = digits(whole)?.checked_mul(unit)?.checked_add(part)?;
    Some(if negative { all.saturating_neg() } else { all })
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Nanoseconds since 1970 of `2026-01-31 12:00:00.5`, `2026-01-31T12:00:00Z`, `2026-01-31`, `Jan 31, 2026 12:00:00`, or
/// seconds since 1970. Universal time.
pub(super) fn time(text: &str) -> Option<i128> {
    let text = text.trim();
    if let Some(since) = span(text).filter(|_| text.ends_with(|c: char| c.is_ascii_digit())) {
        return Some(since);
    }
    let text = text.strip_suffix('Z').or_else(|| text.strip_suffix(" UTC")).unwrap_or(text);
    let (year, month, day, clock) = if text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let mut words = text.split_whitespace();
        let month = words.next()?.get(..3)?.to_ascii_lowercase();
        let month = MONTHS.iter().position(|known| *known == month)?;
        let day = words.next()?.trim_end_matches(',').parse::<i64>().ok()?;
        let year = words.next()?.parse::<i64>().ok()?;
        (year, i64::try_from(month).ok()?.saturating_add(1), day, words.next())
    } else {
        let (date, clock) = match text.split_once(['T', ' ']) {
            Some((date, clock)) => (date, Some(clock)),
            None => (text, None),
        };
        let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
        (parts.next()??, parts.next()??, parts.next()??, clock)
    };
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(0..=9999).contains(&year) {
        return None;
    }
    let days = days_since_1970(year, month, day);
    let mut seconds = 0_i128;
    let mut clock = clock.unwrap_or("0").trim().splitn(3, ':');
    for unit in [3600, 60] {
        let part = clock.next().unwrap_or("0").parse::<u8>().ok().filter(|part| *part < 60)?;
        seconds = seconds.saturating_add(i128::from(part).saturating_mul(unit));
    }
    let fraction = span(clock.next().unwrap_or("0"))?;
    let whole = i128::from(days).checked_mul(86_400)?.checked_add(seconds)?;
    whole.checked_mul(1_000_000_000)?.checked_add(fraction)
}

/// Day number of a date of the Gregorian calendar: years are counted from March, so that the leap day is the last.
pub(crate) fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year.saturating_sub(1) } else { year };
    let month = month.saturating_add(9).rem_euclid(12);
    let leap = year.div_euclid(4).saturating_sub(year.div_euclid(100)).saturating_add(year.div_euclid(400));
    let of_year = month.saturating_mul(153).saturating_add(2).div_euclid(5);
    year.saturating_mul(365)
        .saturating_add(leap)
        .saturating_add(of_year)
        .saturating_add(day)
        .saturating_sub(719_469)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_the_calendar_does() {
        assert_eq!(days_since_1970(1970, 1, 1), 0);
        assert_eq!(days_since_1970(1969, 12, 31), -1);
        assert_eq!(days_since_1970(2000, 3, 1), 11_017);
        assert_eq!(days_since_1970(2024, 2, 29), 19_782);
    }

    #[test]
    fn times_are_read_in_every_form() {
        let expected = Some(1_700_000_000_500_000_000);
        for text in [
            "2023-11-14 22:13:20.5",
            "2023-11-14T22:13:20.5Z",
            "Nov 14, 2023 22:13:20.500000000 UTC",
            "1700000000.5",
        ] {
            assert_eq!(time(text), expected, "{text}");
        }
        assert_eq!(time("2023-13-01"), None);
        assert_eq!(time("2023-11-14 25:99"), None);
    }

    #[test]
    fn spans_are_read_with_units() {
        assert_eq!(span("1.5"), Some(1_500_000_000));
        assert_eq!(span("20us"), Some(20_000));
        assert_eq!(span("-5ms"), Some(-5_000_000));
        assert_eq!(span("x"), None);
        assert_eq!(span("."), None);
    }

    #[test]
    fn octets_are_read_in_every_form() {
        for text in ["0a:01", "0a-01", "0a.01", "0a01", "a:1", "0x0a01", ":0a:01"] {
            assert_eq!(octets(text).as_deref(), Some(&[10, 1][..]), "{text}");
        }
        assert_eq!(octets("0200.0000.0001").map(|octets| octets.len()), Some(6));
        for text in ["", "xy", "0a:", "123"] {
            assert_eq!(octets(text), None, "{text}");
        }
    }
}
