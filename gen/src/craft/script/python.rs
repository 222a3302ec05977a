//! What people type of Python and of scapy's small functions, beyond what the language has: formats with widths, octets of text and
//! numbers, addresses as numbers, constants of protocols. `source` spells methods of literals as calls of these.

use super::class::Shared;
use super::functions::refused;
use super::packet::PacketValue;
use super::{bytes::BytesFunction, convert};
use crate::craft::encode;
use crate::craft::value::Packet;
use starlark::collections::SmallMap;
use starlark::environment::GlobalsBuilder;
use starlark::values::bytes::StarlarkBytes;
use starlark::values::float::StarlarkFloat;
use starlark::values::tuple::UnpackTuple;
use starlark::values::{Heap, Value, ValueLike};
use std::net::Ipv4Addr;

/// Numbers and addresses that have a name in scapy or in Python's `socket`.
const CONSTANTS: &[(&str, i32)] = &[
    ("ETH_P_ALL", 3),
    ("ETH_P_IP", 0x800),
    ("ETH_P_ARP", 0x806),
    ("ETH_P_RARP", 0x8035),
    ("ETH_P_IPV6", 0x86dd),
    ("ETH_P_MACSEC", 0x88e5),
    ("IPPROTO_IP", 0),
    ("IPPROTO_ICMP", 1),
    ("IPPROTO_IGMP", 2),
    ("IPPROTO_IPIP", 4),
    ("IPPROTO_TCP", 6),
    ("IPPROTO_UDP", 17),
    ("IPPROTO_IPV6", 41),
    ("IPPROTO_GRE", 47),
    ("IPPROTO_ESP", 50),
    ("IPPROTO_AH", 51),
    ("IPPROTO_ICMPV6", 58),
    ("IPPROTO_NONE", 59),
    ("IPPROTO_DSTOPTS", 60),
    ("IPPROTO_SCTP", 132),
    ("AF_INET", 2),
    ("AF_INET6", 10),
];

pub(crate) fn constants(builder: &mut GlobalsBuilder) {
    for (name, number) in CONSTANTS {
        builder.set(name, *number);
    }
    builder.set("ETHER_ANY", "00:00:00:00:00:00");
    builder.set("ETHER_BROADCAST", "ff:ff:ff:ff:ff:ff");
    builder.set("bytearray", BytesFunction { digits: false });
}

/// Characters that a width may ask for.
const WIDEST: usize = 65_536;

/// How a value is to be written: `[[fill]align][sign][#][0][width][,][.precision][type]`.
#[derive(Default)]
struct Spec {
    fill: char,
    align: Option<char>,
    sign: char,
    alternate: bool,
    width: usize,
    grouped: bool,
    precision: Option<usize>,
    kind: char,
}

impl Spec {
    fn of(text: &str) -> Option<Spec> {
        let chars: Vec<char> = text.chars().collect();
        let mut spec = Spec { fill: ' ', sign: '-', ..Spec::default() };
        let mut at = 0;
        let is_align = |c: Option<&char>| c.is_some_and(|c| matches!(c, '<' | '>' | '^' | '='));
        if is_align(chars.get(1)) {
            spec.fill = *chars.first()?;
            spec.align = chars.get(1).copied();
            at = 2;
        } else if is_align(chars.first()) {
            spec.align = chars.first().copied();
            at = 1;
        }
        if let Some(sign) = chars.get(at).filter(|c| matches!(c, '+' | '-' | ' ')) {
            spec.sign = *sign;
            at += 1;
        }
        if chars.get(at) == Some(&'#') {
            spec.alternate = true;
            at += 1;
        }
        if chars.get(at) == Some(&'0') {
            if spec.align.is_none() {
                (spec.fill, spec.align) = ('0', Some('='));
            }
            at += 1;
        }
        let number = |at: &mut usize| {
            let digits: String =
                chars.get(*at..).unwrap_or_default().iter().take_while(|c| c.is_ascii_digit()).collect();
            *at += digits.len();
            digits.parse::<usize>().ok()
        };
        spec.width = number(&mut at).unwrap_or(0);
        if matches!(chars.get(at), Some(',' | '_')) {
            spec.grouped = true;
            at += 1;
        }
        if chars.get(at) == Some(&'.') {
            at += 1;
            spec.precision = Some(number(&mut at)?);
        }
        if let Some(kind) = chars.get(at) {
            spec.kind = *kind;
            at += 1;
        }
        let known =
            matches!(spec.kind, '\0' | 'd' | 'x' | 'X' | 'o' | 'b' | 'c' | 's' | 'f' | 'F' | 'e' | 'g');
        let small = spec.width <= WIDEST && spec.precision.unwrap_or(0) <= 64;
        (at == chars.len() && known && small).then_some(spec)
    }

    fn write(&self, value: Value<'_>) -> Option<String> {
        let number = value
            .unpack_i32()
            .map(i128::from)
            .or_else(|| (value.get_type() == "int").then(|| value.to_str().parse().ok()).flatten());
        let fraction = value.downcast_ref::<StarlarkFloat>().map(|fraction| fraction.0);
        if matches!(self.kind, 'f' | 'F' | 'e' | 'g') || fraction.is_some() && self.kind == '\0' {
            let fraction = fraction.or(number.map(|number| number as f64))?;
            let digits = match (self.kind, self.precision) {
                ('\0', None) => fraction.abs().to_string(),
                (_, precision) => format!("{:.*}", precision.unwrap_or(6), fraction.abs()),
            };
            return Some(self.padded(fraction < 0.0, "", &digits, '>'));
        }
        if let (Some(number), false) = (number, self.kind == 's') {
            let absolute = number.unsigned_abs();
            let (prefix, digits) = match self.kind {
                'x' => ("0x", format!("{absolute:x}")),
                'X' => ("0X", format!("{absolute:X}")),
                'o' => ("0o", format!("{absolute:o}")),
                'b' => ("0b", format!("{absolute:b}")),
                'c' => return char::from_u32(u32::try_from(number).ok()?).map(String::from),
                _ => ("", absolute.to_string()),
            };
            let digits = if self.grouped { grouped(&digits) } else { digits };
            return Some(self.padded(number < 0, if self.alternate { prefix } else { "" }, &digits, '>'));
        }
        if !matches!(self.kind, '\0' | 's') {
            return None;
        }
        let text: String = value.to_str().chars().take(self.precision.unwrap_or(usize::MAX)).collect();
        Some(self.padded(false, "", &text, '<'))
    }

    fn padded(&self, negative: bool, prefix: &str, digits: &str, usual: char) -> String {
        let sign = match (negative, self.sign) {
            (true, _) => "-",
            (false, '+') if usual == '>' => "+",
            (false, ' ') if usual == '>' => " ",
            _ => "",
        };
        let taken = sign.len() + prefix.len() + digits.chars().count();
        let missing = self.width.saturating_sub(taken);
        let fill = |count: usize| self.fill.to_string().repeat(count);
        match self.align.unwrap_or(usual) {
            '<' => format!("{sign}{prefix}{digits}{}", fill(missing)),
            '^' => format!("{}{sign}{prefix}{digits}{}", fill(missing / 2), fill(missing - missing / 2)),
            '=' => format!("{sign}{prefix}{}{digits}", fill(missing)),
            _ => format!("{}{sign}{prefix}{digits}", fill(missing)),
        }
    }
}

fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Python's `str.format`.
fn formatted<'v>(
    template: &str,
    values: &[Value<'v>],
    named: &SmallMap<String, Value<'v>>,
) -> starlark::Result<String> {
    let mut out = String::new();
    let mut rest = template;
    let mut next = 0;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
            out.push_str(&from[..1]);
            rest = after;
            continue;
        }
        let wrong = |what: &str| refused(format!("`{template}` is no format: {what}"));
        let inside = from.strip_prefix('{').ok_or_else(|| wrong("a `}` stands alone"))?;
        let (field, after) = inside.split_once('}').ok_or_else(|| wrong("a `{` has no `}`"))?;
        let (name, spec) = field.split_once(':').unwrap_or((field, ""));
        let name = name.split('!').next().unwrap_or(name);
        let value = match (name.parse::<usize>(), name) {
            (Ok(index), _) => values.get(index),
            (_, "") => {
                next += 1;
                values.get(next - 1)
            }
            (_, name) => named.get(name),
        };
        let value = value.ok_or_else(|| wrong("it wants more values than there are"))?;
        let written = Spec::of(spec).and_then(|spec| spec.write(*value));
        out.push_str(
            &written.ok_or_else(|| wrong(&format!("`{spec}` does not fit `{}`", value.get_type())))?,
        );
        rest = after;
        if out.len() > 16 * WIDEST {
            let most = 16 * WIDEST;
            return Err(refused(format!("`format` would give more than {most} entries or characters")));
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn octets(value: Value<'_>) -> starlark::Result<Vec<u8>> {
    let given = convert::value(value)?;
    convert::octets(&given)
        .ok_or_else(|| refused(format!("text or bytes are wanted, not a {}", value.get_type())))
}

/// Python's `struct.pack`: numbers of so many octets, strings, padding.
fn packed(format: &str, values: &[Value<'_>]) -> starlark::Result<Vec<u8>> {
    let wrong = |what: &str| refused(format!("`struct.pack(\"{format}\")` {what}"));
    let little = !format.starts_with(['!', '>']);
    let mut values = values.iter();
    let mut out = Vec::new();
    let mut count = String::new();
    for letter in format.trim_start_matches(['!', '>', '<', '=', '@']).chars() {
        if letter.is_ascii_digit() {
            count.push(letter);
            continue;
        }
        let times = if count.is_empty() { 1 } else { count.parse().unwrap_or(usize::MAX) };
        count.clear();
        if times > WIDEST {
            return Err(wrong("has too many values"));
        }
        let size = match letter {
            'b' | 'B' | '?' => 1,
            'h' | 'H' => 2,
            'i' | 'I' | 'l' | 'L' => 4,
            'q' | 'Q' => 8,
            'x' => {
                out.resize(out.len() + times, 0);
                continue;
            }
            's' => {
                let value = values.next().ok_or_else(|| wrong("wants more values"))?;
                let mut text = octets(*value)?;
                text.resize(times, 0);
                out.extend(text);
                continue;
            }
            ' ' => continue,
            letter => return Err(wrong(&format!("does not know `{letter}`"))),
        };
        for _ in 0..times {
            let value = values.next().ok_or_else(|| wrong("wants more values"))?;
            let number: i128 = value
                .unpack_bool()
                .map(i128::from)
                .or_else(|| value.to_str().parse().ok())
                .ok_or_else(|| wrong("wants numbers"))?;
            let bits = 8 * size as u32;
            let (least, most) = if letter.is_ascii_lowercase() && letter != '?' {
                (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1)
            } else {
                (0, (1_i128 << bits) - 1)
            };
            if !(least..=most).contains(&number) {
                return Err(wrong(&format!("takes {least} to {most} for `{letter}`, not {number}")));
            }
            let all = number.to_le_bytes();
            let part = all.iter().take(size).copied();
            if little { out.extend(part) } else { out.extend(part.rev()) }
        }
    }
    if values.next().is_some() {
        return Err(wrong("has values to spare"));
    }
    Ok(out)
}

fn address(text: &str) -> starlark::Result<Ipv4Addr> {
    text.parse().map_err(|_| refused(format!("`{text}` is no IPv4 address")))
}

/// A packet without layers.
fn nothing() -> PacketValue {
    PacketValue::new(Shared::default().0, Packet::default())
}

#[starlark::starlark_module]
pub(crate) fn register(builder: &mut GlobalsBuilder) {
    /// `"…".format(…)`.
    fn _format_<'v>(
        #[starlark(require = pos)] template: &str,
        #[starlark(args)] values: UnpackTuple<Value<'v>>,
        #[starlark(kwargs)] named: SmallMap<String, Value<'v>>,
    ) -> starlark::Result<String> {
        formatted(template, &values.items, &named)
    }

    /// `struct.pack(…)`.
    fn _pack_<'v>(
        #[starlark(require = pos)] format: &str,
        #[starlark(args)] values: UnpackTuple<Value<'v>>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        Ok(heap.alloc(StarlarkBytes::new(&packed(format, &values.items)?)))
    }

    /// `b"…".join(…)`.
    fn _join_<'v>(
        #[starlark(require = pos)] between: Value<'v>,
        #[starlark(require = pos)] parts: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let between = octets(between)?;
        let parts = parts.iterate(heap)?.map(octets).collect::<starlark::Result<Vec<_>>>()?;
        if parts.iter().map(|part| part.len() + between.len()).sum::<usize>() > 16 * WIDEST {
            return Err(refused("the octets joined are more than a packet holds".into()));
        }
        Ok(heap.alloc(StarlarkBytes::new(&parts.join(&between[..]))))
    }

    /// `b"…".decode()`.
    fn _text_<'v>(
        #[starlark(require = pos)] octets: Value<'v>,
        #[starlark(require = pos, default = "utf-8")] encoding: &str,
    ) -> starlark::Result<String> {
        let _ = encoding;
        Ok(String::from_utf8_lossy(&self::octets(octets)?).into_owned())
    }

    /// The sum of numbers.
    fn sum<'v>(
        #[starlark(require = pos)] numbers: Value<'v>,
        #[starlark(default = 0)] start: i64,
        heap: Heap<'v>,
    ) -> starlark::Result<i64> {
        let number = |value: Value<'v>| value.to_str().parse::<i64>().ok();
        let mut numbers = numbers.iterate(heap)?;
        let total = numbers.try_fold(start, |sum, value| sum.checked_add(number(value)?));
        total.ok_or_else(|| refused("`sum` takes whole numbers".into()))
    }

    /// A number in hexadecimal, as `0x1f`.
    fn hex(#[starlark(require = pos)] number: i64) -> starlark::Result<String> {
        let sign = if number < 0 { "-" } else { "" };
        Ok(format!("{sign}{:#x}", number.unsigned_abs()))
    }

    /// The octets that hexadecimal digits are.
    fn hex_bytes<'v>(
        #[starlark(require = pos)] digits: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let text = String::from_utf8_lossy(&octets(digits)?).into_owned();
        let octets = super::bytes::from_digits(&text)
            .ok_or_else(|| refused("`hex_bytes` takes pairs of hexadecimal digits".into()))?;
        Ok(heap.alloc(StarlarkBytes::new(&octets)))
    }

    /// Octets as hexadecimal digits.
    fn bytes_hex<'v>(
        #[starlark(require = pos)] value: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let digits: String = octets(value)?.iter().map(|octet| format!("{octet:02x}")).collect();
        Ok(heap.alloc(StarlarkBytes::new(digits.as_bytes())))
    }

    /// The octets of a MAC address.
    fn mac2str<'v>(#[starlark(require = pos)] address: &str, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        let octets = encode::mac(address).ok_or_else(|| refused(format!("`{address}` is no MAC address")))?;
        Ok(heap.alloc(StarlarkBytes::new(&octets)))
    }

    /// Octets as a MAC address.
    fn str2mac<'v>(#[starlark(require = pos)] value: Value<'v>) -> starlark::Result<String> {
        let parts: Vec<String> = octets(value)?.iter().map(|octet| format!("{octet:02x}")).collect();
        Ok(parts.join(":"))
    }

    /// The octets of an IPv4 address.
    fn inet_aton<'v>(#[starlark(require = pos)] text: &str, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        Ok(heap.alloc(StarlarkBytes::new(&address(text)?.octets())))
    }

    /// The octets of an address of a family, `AF_INET` or `AF_INET6`.
    fn inet_pton<'v>(
        #[starlark(require = pos)] family: i32,
        #[starlark(require = pos)] text: &str,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        if family == 2 {
            return Ok(heap.alloc(StarlarkBytes::new(&address(text)?.octets())));
        }
        let address: std::net::Ipv6Addr =
            text.parse().map_err(|_| refused(format!("`{text}` is no IPv6 address")))?;
        Ok(heap.alloc(StarlarkBytes::new(&address.octets())))
    }

    /// The IPv4 address that a number is.
    fn ltoa(#[starlark(require = pos)] number: i64) -> starlark::Result<String> {
        let number = u32::try_from(number).map_err(|_| refused("`ltoa` takes 32 bits".into()))?;
        Ok(Ipv4Addr::from(number).to_string())
    }

    /// The number that an IPv4 address is.
    fn atol(#[starlark(require = pos)] text: &str) -> starlark::Result<i64> {
        Ok(i64::from(u32::from(address(text)?)))
    }

    /// A packet without layers.
    fn NoPayload() -> starlark::Result<PacketValue> {
        Ok(nothing())
    }

    /// A packet without layers.
    fn Packet() -> starlark::Result<PacketValue> {
        Ok(nothing())
    }
}

#[cfg(test)]
mod tests {
    use crate::craft::Catalog;
    use crate::craft::script::Host;

    fn built(text: &str) -> String {
        let host = Host::new(Catalog::builtin(), 0);
        let packets = host.expression(&format!("Raw({text})"));
        let mut packets = match packets {
            Ok(packets) => packets,
            Err(error) => return error.to_string(),
        };
        match packets.next_frame() {
            Some(Ok(frame)) => String::from_utf8_lossy(frame.octets).into_owned(),
            Some(Err(error)) => error.to_string(),
            None => String::new(),
        }
    }

    #[test]
    fn texts_and_octets_are_made_as_python_makes_them() {
        for (text, wanted) in [
            (r#""{:02d}|{:<4}|{:>4}|{:^5}|{}".format(5, "ab", 7, "x", 1.5)"#, "05|ab  |   7|  x  |1.5"),
            (r#""{0:#06x} {1:+d} {0:b} {name!r:.2} {{}}".format(10, 3, name="abc")"#, "0x000a +3 1010 ab {}"),
            (r#""{:,} {:.2f}".format(1234567, 2)"#, "1,234,567 2.00"),
            (r#"f"{5:02x}-{'a':>3}-{3}""#, "05-  a-3"),
            (r#""abc".encode() + b"d""#, "abcd"),
            (r#"b"-".join([b"a", b"b"])"#, "a-b"),
            (r#"b"abc".decode() + "d""#, "abcd"),
            (r#""a" "b""#, "ab"),
            (r#"struct.pack("!HB3s", 0x4142, 67, "DE")"#, "ABCDE\0"),
            (r#"struct.pack("<I", 0x44434241)"#, "ABCD"),
            (
                r#"hex(255) + str(sum([1, 2, 3])) + ltoa(0x01020304) + str(atol("0.0.1.0"))"#,
                "0xff61.2.3.4256",
            ),
            (
                r#"hex_bytes("4142") + inet_aton("65.66.67.68") + mac2str("41:42:43:44:45:46")"#,
                "ABABCDABCDEF",
            ),
        ] {
            assert_eq!(built(text), wanted, "{text}");
        }
        for (text, said) in [
            (r#""{:q}".format(5)"#, "`q` does not fit `int`"),
            (r#""{} {}".format(5)"#, "it wants more values than there are"),
            (r#"struct.pack("!B", 300)"#, "takes 0 to 255 for `B`, not 300"),
            (r#"ltoa(-1)"#, "`ltoa` takes 32 bits"),
        ] {
            assert!(built(text).contains(said), "{text}: {}", built(text));
        }
    }
}
