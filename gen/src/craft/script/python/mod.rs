//! What people type of Python and of scapy's small functions, beyond what the language has: formats with widths, octets of text and
//! numbers, addresses as numbers, constants of protocols. `source` spells methods of literals as calls of these.

mod format;
pub(super) mod iterate;
pub(super) mod kinds;
pub(super) mod methods;
pub(super) mod modules;
mod pack;
pub(super) mod repr;

use super::bytes::BytesFunction;
use super::class::{ClassValue, NO_LAYER, Shared};
use super::convert;
use super::functions::refused;
use super::packet::PacketValue;
use crate::craft::encode;
use crate::craft::script::fault::article;
use crate::craft::value::Packet;
use nettool_plugins::limits;
use starlark::collections::SmallMap;
use starlark::environment::GlobalsBuilder;
use starlark::eval::Evaluator;
use starlark::values::bytes::StarlarkBytes;
use starlark::values::list::ListRef;
use starlark::values::none::NoneType;
use starlark::values::range::Range;
use starlark::values::tuple::{AllocTuple, TupleRef, UnpackTuple};
use starlark::values::{Heap, Value};
use std::net::Ipv4Addr;
use std::num::NonZeroI32;

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
    builder.set("__name__", "__main__");
    // what `while` goes through: more turns than a script has
    builder.set("_turns_", Range::new(0, i32::MAX, NonZeroI32::new(1).unwrap_or(NonZeroI32::MAX)));
}

fn octets(value: Value<'_>) -> starlark::Result<Vec<u8>> {
    let given = convert::value(value)?;
    convert::octets(&given)
        .ok_or_else(|| refused(format!("text or bytes are wanted, not {}", article(value.get_type()))))
}

fn address(text: &str) -> starlark::Result<Ipv4Addr> {
    text.parse().map_err(|_| refused(format!("`{text}` is no IPv4 address")))
}

fn address_of(octets: &[u8]) -> starlark::Result<String> {
    if let Ok(octets) = <[u8; 4]>::try_from(octets) {
        return Ok(Ipv4Addr::from(octets).to_string());
    }
    let octets = <[u8; 16]>::try_from(octets);
    let wrong = |octets: std::array::TryFromSliceError| refused(format!("this is no address: {octets}"));
    Ok(std::net::Ipv6Addr::from(octets.map_err(wrong)?).to_string())
}

pub(super) fn same<'v>(a: Value<'v>, b: Value<'v>) -> starlark::Result<bool> {
    // a truth is a number too
    if a.unpack_bool().is_some() != b.unpack_bool().is_some()
        && let (Some(a), Some(b)) = (iterate::number(a), iterate::number(b))
    {
        return Ok(a == b);
    }
    if matches!(b.get_type(), "flags" | "type") { b.equals(a) } else { a.equals(b) }
}

/// Whether a value is of the type that a function makes, or of a layer.
fn is_of(value: Value<'_>, wanted: Value<'_>) -> bool {
    if let Some(class) = ClassValue::from_value(wanted) {
        return PacketValue::from_value(value).is_some_and(|packet| packet.begins_with(class));
    }
    let kind = value.get_type();
    match wanted.to_str().as_str() {
        "str" => kind == "string",
        "bytes" | "bytearray" => kind == "bytes",
        "Packet" => kind == "packet",
        NO_LAYER => PacketValue::from_value(value).is_some_and(PacketValue::is_empty),
        "int" => matches!(kind, "int" | "bool" | "flags"),
        "PacketList" => kind == "packets",
        name => kind == name,
    }
}

/// `template % values`.
pub(super) fn percent<'v>(
    template: &str,
    values: Value<'v>,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    limits::fillable(eval.heap().alloc(template), values, eval)?;
    format::percent(template, values, eval)
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
        heap: Heap<'v>,
    ) -> starlark::Result<String> {
        format::formatted(template, &values.items, &named, heap)
    }

    /// `struct.pack(…)`.
    fn _pack_<'v>(
        #[starlark(require = pos)] format: &str,
        #[starlark(args)] values: UnpackTuple<Value<'v>>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        Ok(heap.alloc(StarlarkBytes::new(&pack::packed(format, &values.items)?)))
    }

    /// `struct.unpack(…)`.
    fn _unpack_<'v>(
        #[starlark(require = pos)] format: &str,
        #[starlark(require = pos)] octets: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        Ok(heap.alloc(AllocTuple(pack::unpacked(format, &self::octets(octets)?, heap)?)))
    }

    /// `struct.calcsize(…)`.
    fn _calcsize_(#[starlark(require = pos)] format: &str) -> starlark::Result<i64> {
        Ok(pack::size(format)? as i64)
    }

    /// `int.from_bytes(…)`.
    fn _number_<'v>(
        #[starlark(require = pos)] octets: Value<'v>,
        #[starlark(default = "big")] byteorder: &str,
        #[starlark(default = false)] signed: bool,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let mut octets = self::octets(octets)?;
        if byteorder == "little" {
            octets.reverse();
        }
        if octets.len() > 512 {
            return Err(refused("`int.from_bytes` takes at most 512 octets".into()));
        }
        let mut number = heap.alloc(0);
        for octet in &octets {
            number = number.left_shift(heap.alloc(8), heap)?.bit_or(heap.alloc(i32::from(*octet)), heap)?;
        }
        if signed && octets.first().is_some_and(|first| *first > 0x7f) {
            let places = i32::try_from(octets.len() * 8).unwrap_or(0);
            number = number.sub(heap.alloc(1).left_shift(heap.alloc(places), heap)?, heap)?;
        }
        Ok(number)
    }

    /// A method of a value.
    fn _called_<'v>(
        #[starlark(require = pos)] this: Value<'v>,
        #[starlark(require = pos)] method: &str,
        #[starlark(args)] given: UnpackTuple<Value<'v>>,
        #[starlark(kwargs)] named: SmallMap<String, Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        methods::called(this, method, &given.items, &named, eval)
    }

    /// A method of a list that may be the value of a field.
    fn _changed_<'v>(
        #[starlark(require = pos)] of: Value<'v>,
        #[starlark(require = pos)] field: &str,
        #[starlark(require = pos)] method: &str,
        #[starlark(args)] given: UnpackTuple<Value<'v>>,
        #[starlark(kwargs)] named: SmallMap<String, Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        methods::changed(of, field, method, &given.items, &named, eval)
    }

    /// `template % values`, and what is left of a division.
    fn _filled_<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        match a.unpack_str() {
            Some(template) => {
                limits::fillable(a, b, eval)?;
                format::percent(template, b, eval)
            }
            None => a.percent(b, eval.heap()),
        }
    }

    /// `a / b`: octets may stand below a packet too.
    fn _over_<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let packets = matches!(b.get_type(), "packet" | "layer" | "packets");
        match a.get_type() {
            "string" | "bytes" if packets => {
                let raw = convert::raw(Shared::default().0, convert::value(a)?);
                let raw = raw.map(|raw| PacketValue::new(Shared::default().0, raw));
                heap.alloc(raw.ok_or_else(|| refused("there is no layer Raw".into()))?).div(b, heap)
            }
            "list" | "packets" if packets => Err(refused(
                "a list stands on a layer, and not below one: write `[p/TCP() for p in packets]`".into(),
            )),
            _ => a.div(b, heap),
        }
    }

    /// `a == b`: flags are the same as their letters, on either side.
    fn _same_<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
    ) -> starlark::Result<bool> {
        same(a, b)
    }

    /// `a != b`.
    fn _differs_<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
    ) -> starlark::Result<bool> {
        Ok(!same(a, b)?)
    }

    /// `a < b`: of packets, whether the second answers the first.
    fn _less_<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
    ) -> starlark::Result<bool> {
        match (PacketValue::from_value(a), PacketValue::from_value(b)) {
            (Some(a), Some(b)) => super::answered::answers(a, b),
            _ => Ok(a.compare(b)?.is_lt()),
        }
    }

    /// `a > b`: of packets, whether the first is answered by the second.
    fn _greater_<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
    ) -> starlark::Result<bool> {
        match (PacketValue::from_value(a), PacketValue::from_value(b)) {
            (Some(a), Some(b)) => super::answered::answers(b, a),
            _ => Ok(a.compare(b)?.is_gt()),
        }
    }

    /// `a in b`: flags in a list are there as letters or as a number, types as the functions that make them.
    fn _in_<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
    ) -> starlark::Result<bool> {
        // what is the same as values of another kind is asked for itself; all else by the host, as loops do it often
        if matches!(a.get_type(), "flags" | "type") {
            let list = ListRef::from_value(b).map(ListRef::content);
            if let Some(all) = list.or(TupleRef::from_value(b).map(TupleRef::content)) {
                for value in all {
                    if same(a, *value)? {
                        return Ok(true);
                    }
                }
                return Ok(false);
            }
        }
        b.is_in(a)
    }

    /// `del a[b]`.
    fn _del_<'v>(
        #[starlark(require = pos)] of: Value<'v>,
        #[starlark(require = pos)] key: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<NoneType> {
        if let Some(packet) = PacketValue::from_value(of) {
            packet.cut(key)?;
            return Ok(NoneType);
        }
        let pop = of.get_attr_error("pop", eval.heap())?;
        eval.eval_function(pop, &[key], &[])?;
        Ok(NoneType)
    }

    /// `assert a, "what is wrong"`.
    fn _assert_<'v>(
        #[starlark(require = pos)] holds: Value<'v>,
        #[starlark(require = pos)] message: Option<Value<'v>>,
    ) -> starlark::Result<NoneType> {
        if holds.to_bool() {
            return Ok(NoneType);
        }
        Err(refused(message.map_or_else(|| "the assertion does not hold".into(), repr::text)))
    }

    /// Whether a value is of a type, of a layer, or of one of several.
    fn isinstance<'v>(
        #[starlark(require = pos)] value: Value<'v>,
        #[starlark(require = pos)] wanted: Value<'v>,
    ) -> starlark::Result<bool> {
        Ok(match TupleRef::from_value(wanted) {
            Some(all) => all.iter().any(|wanted| is_of(value, wanted)),
            None => is_of(value, wanted),
        })
    }

    /// Sets a field that is named by a text.
    fn setattr<'v>(
        #[starlark(require = pos)] of: Value<'v>,
        #[starlark(require = pos)] name: &str,
        #[starlark(require = pos)] value: Value<'v>,
    ) -> starlark::Result<NoneType> {
        of.set_attr(name, value)?;
        Ok(NoneType)
    }

    /// A number in hexadecimal, as `0x1f`.
    fn hex(#[starlark(require = pos)] number: i64) -> starlark::Result<String> {
        let sign = if number < 0 { "-" } else { "" };
        Ok(format!("{sign}{:#x}", number.unsigned_abs()))
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

    /// The IPv4 address that four octets are.
    fn inet_ntoa<'v>(#[starlark(require = pos)] value: Value<'v>) -> starlark::Result<String> {
        address_of(&octets(value)?)
    }

    /// The address of a family that octets are.
    fn inet_ntop<'v>(
        #[starlark(require = pos)] family: i32,
        #[starlark(require = pos)] value: Value<'v>,
    ) -> starlark::Result<String> {
        let octets = octets(value)?;
        let wanted = if family == 2 { 4 } else { 16 };
        if octets.len() != wanted {
            return Err(refused(format!(
                "an address of this family has {wanted} octets, not {}",
                octets.len()
            )));
        }
        address_of(&octets)
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
            (r#""{0:#06x} {1:+d} {0:b} {name!r:.2} {{}}".format(10, 3, name="abc")"#, "0x000a +3 1010 'a {}"),
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
