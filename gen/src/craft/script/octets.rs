//! Octets shown and read, summed up and damaged, as scapy's functions do.

use super::functions::{context, octets_of, packet_of, refused, some_octets};
use super::packet::PacketValue;
use crate::craft::from_octets;
use nettool_dissect::checksum;
use starlark::environment::GlobalsBuilder;
use starlark::eval::Evaluator;
use starlark::values::bytes::StarlarkBytes;
use starlark::values::none::NoneType;
use starlark::values::{Heap, Value};

fn digits(octets: &[u8], between: &str) -> String {
    let pairs: Vec<String> = octets.iter().map(|octet| format!("{octet:02X}")).collect();
    pairs.join(between)
}

fn letters(octets: &[u8]) -> String {
    octets.iter().map(|octet| if (0x20..0x7f).contains(octet) { char::from(*octet) } else { '.' }).collect()
}

/// Octets on one line: digits, and letters behind them, or one of them alone.
fn on_a_line(octets: &[u8], only_digits: bool, only_letters: bool) -> String {
    match (only_digits, only_letters) {
        (true, _) => digits(octets, " "),
        (_, true) => letters(octets),
        _ => format!("{}  {}", digits(octets, " "), letters(octets)),
    }
}

/// Prints text, or gives it.
fn shown<'v>(text: String, given: bool, eval: &Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
    if given {
        return Ok(eval.heap().alloc(text));
    }
    context(eval)?.grants.print(&(text + "\n"));
    Ok(Value::new_none())
}

/// The octets that lines of digits are, with or without a place before and letters behind them, as `hexdump` and tcpdump print
/// them.
fn from_lines(text: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let is_digits =
            |word: &str| word.len().is_multiple_of(2) && word.bytes().all(|c| c.is_ascii_hexdigit());
        let (place, rest) = line.split_once(' ').unwrap_or(("", line));
        let plain = place.trim_end_matches(':').trim_start_matches("0x");
        let is_place =
            (place.ends_with(':') || plain.len() >= 3) && plain.bytes().all(|c| c.is_ascii_hexdigit());
        let rest = if is_place && !plain.is_empty() { rest } else { line };
        // two blanks part digits from letters
        let dump = rest.trim_start();
        let mut blanks = 0;
        let mut taken = 0;
        for word in dump.split(' ') {
            if word.is_empty() {
                blanks += 1;
                continue;
            }
            let apart = blanks > 0 && taken != 8;
            blanks = 0;
            if taken > 0 && apart || taken >= 16 || !is_digits(word) {
                break;
            }
            for pair in word.as_bytes().chunks(2) {
                octets.push(u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?);
                taken += 1;
            }
        }
    }
    (!octets.is_empty()).then_some(octets)
}

/// The pseudo header that checksums of transport layers begin with (RFC 768, RFC 8200 §8.1), over a version of IP.
fn pseudo(packet: &PacketValue, version: u8, protocol: i32, length: usize) -> starlark::Result<Vec<u8>> {
    let octets = octets_of(packet)?;
    let part = |from: usize, to: usize| octets.get(from..to).map(<[u8]>::to_vec);
    let layer = if version == 4 { "IP" } else { "IPv6" };
    let wrong = || refused(format!("this pseudo header is made of a layer {layer}"));
    // a length that the header was given counts
    let given = packet
        .text_of("len")
        .and_then(|text| text.parse::<usize>().ok())
        .filter(|_| packet.text_of("ihl").is_some());
    let header = octets.first().map_or(0, |first| usize::from(first & 15) * 4);
    let length = given.map_or(length, |given| given.saturating_sub(header));
    let protocol =
        u8::try_from(protocol).map_err(|_| refused("a protocol is a number from 0 to 255".into()))?;
    let mut all;
    match octets.first().map(|first| first >> 4).filter(|known| *known == version) {
        Some(4) => {
            all = part(12, 20).ok_or_else(wrong)?;
            all.extend([0, protocol]);
            all.extend((length as u16).to_be_bytes());
        }
        Some(6) => {
            all = part(8, 40).ok_or_else(wrong)?;
            all.extend((length as u32).to_be_bytes());
            all.extend([0, 0, 0, protocol]);
        }
        _ => return Err(wrong()),
    }
    Ok(all)
}

/// The checksum of octets behind the pseudo header that a layer of a version of IP gives.
fn transport_sum(below: Value<'_>, version: u8, protocol: i32, octets: Value<'_>) -> starlark::Result<i32> {
    let octets = some_octets(octets)?;
    let mut all = pseudo(packet_of(below)?, version, protocol, octets.len())?;
    all.extend_from_slice(&octets);
    Ok(i32::from(!checksum::sum(&all)))
}

/// Places of `count` units that are damaged: so many, or a share of them.
fn places(
    all: usize,
    share: Option<Value<'_>>,
    count: Option<i32>,
    eval: &Evaluator<'_, '_, '_>,
) -> starlark::Result<Vec<usize>> {
    let share = share.and_then(super::python::iterate::fraction).unwrap_or(0.01);
    let wanted = match count {
        Some(count) => usize::try_from(count).unwrap_or(0),
        None => ((all as f64 * share) as usize).max(1),
    };
    let mut rng = context(eval)?.rng.borrow_mut();
    let mut places: Vec<usize> = (0..all).collect();
    for at in 0..wanted.min(all) {
        let other = at + usize::try_from(rng.below((all - at) as u64)).unwrap_or(0);
        places.swap(at, other);
    }
    places.truncate(wanted);
    Ok(places)
}

#[starlark::starlark_module]
pub(crate) fn register(builder: &mut GlobalsBuilder) {
    /// Prints octets in hexadecimal and as characters; with `dump` it gives the text.
    fn hexdump<'v>(
        #[starlark(require = pos)] packet: Value<'v>,
        #[starlark(default = false)] dump: bool,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let octets = some_octets(packet)?;
        let text = from_octets::hexdump(&octets);
        shown(text.trim_end_matches('\n').to_string(), dump, eval)
    }

    /// The same on one line.
    fn linehexdump<'v>(
        #[starlark(require = pos)] packet: Value<'v>,
        #[starlark(default = 0)] onlyasc: i32,
        #[starlark(default = 0)] onlyhex: i32,
        #[starlark(default = false)] dump: bool,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        shown(on_a_line(&some_octets(packet)?, onlyhex != 0, onlyasc != 0), dump, eval)
    }

    /// The octets as scapy's `hexstr` writes them: digits, and letters behind them.
    fn hexstr<'v>(
        #[starlark(require = pos)] packet: Value<'v>,
        #[starlark(default = 0)] onlyasc: i32,
        #[starlark(default = 0)] onlyhex: i32,
    ) -> starlark::Result<String> {
        Ok(on_a_line(&some_octets(packet)?, onlyhex != 0, onlyasc != 0))
    }

    /// Prints octets as an array of C has them.
    fn chexdump<'v>(
        #[starlark(require = pos)] packet: Value<'v>,
        #[starlark(default = false)] dump: bool,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let octets: Vec<String> = some_octets(packet)?.iter().map(|octet| format!("{octet:#04x}")).collect();
        shown(octets.join(", "), dump, eval)
    }

    /// Prints where the octets of two packets differ: a line of one, and below it the other's where it is another one.
    fn hexdiff<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<NoneType> {
        let (a, b) = (some_octets(a)?, some_octets(b)?);
        let mut text = String::new();
        for at in (0..a.len().max(b.len())).step_by(16) {
            let line = |octets: &[u8]| {
                octets.get(at..).unwrap_or_default().iter().take(16).copied().collect::<Vec<u8>>()
            };
            let (first, second) = (line(&a), line(&b));
            let written = |octets: &[u8]| format!("{:<47}  {}", digits(octets, " "), letters(octets));
            text.push_str(&format!(
                "{at:04x} {} {}\n",
                if first == second { ' ' } else { '<' },
                written(&first)
            ));
            if first != second {
                text.push_str(&format!("     > {}\n", written(&second)));
            }
        }
        context(eval)?.grants.print(&text);
        Ok(NoneType)
    }

    /// The octets that a dump in hexadecimal shows.
    fn import_hexcap<'v>(
        #[starlark(require = pos)] text: Option<&str>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let text =
            text.ok_or_else(|| refused("give the dump as text: `import_hexcap(\"0000  45 00 …\")`".into()))?;
        let octets =
            from_lines(text).ok_or_else(|| refused("there are no hexadecimal digits in this dump".into()))?;
        Ok(heap.alloc(StarlarkBytes::new(&octets)))
    }

    /// The octets that hexadecimal digits are.
    fn hex_bytes<'v>(
        #[starlark(require = pos)] digits: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let text = String::from_utf8_lossy(&some_octets(digits)?).into_owned();
        let octets = super::bytes::from_digits(&text)
            .ok_or_else(|| refused("`hex_bytes` takes pairs of hexadecimal digits".into()))?;
        Ok(heap.alloc(StarlarkBytes::new(&octets)))
    }

    /// Octets as hexadecimal digits.
    fn bytes_hex<'v>(
        #[starlark(require = pos)] value: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let digits: String = some_octets(value)?.iter().map(|octet| format!("{octet:02x}")).collect();
        Ok(heap.alloc(StarlarkBytes::new(digits.as_bytes())))
    }

    /// Text or octets as octets.
    fn bytes_encode<'v>(
        #[starlark(require = pos)] value: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        Ok(heap.alloc(StarlarkBytes::new(&some_octets(value)?)))
    }

    /// Octets or text as text.
    fn plain_str<'v>(#[starlark(require = pos)] value: Value<'v>) -> starlark::Result<String> {
        Ok(String::from_utf8_lossy(&some_octets(value)?).into_owned())
    }

    /// The internet checksum of octets (RFC 1071).
    fn checksum<'v>(#[starlark(require = pos)] octets: Value<'v>) -> starlark::Result<i32> {
        Ok(i32::from(!checksum::sum(&some_octets(octets)?)))
    }

    /// The pseudo header of a transport layer over IPv4.
    fn in4_pseudoheader<'v>(
        #[starlark(require = pos)] proto: i32,
        #[starlark(require = pos)] u: Value<'v>,
        #[starlark(require = pos)] plen: i32,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let length = usize::try_from(plen).unwrap_or(0);
        Ok(heap.alloc(StarlarkBytes::new(&pseudo(packet_of(u)?, 4, proto, length)?)))
    }

    /// The same over IPv6.
    fn in6_pseudoheader<'v>(
        #[starlark(require = pos)] nh: i32,
        #[starlark(require = pos)] u: Value<'v>,
        #[starlark(require = pos)] plen: i32,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        let length = usize::try_from(plen).unwrap_or(0);
        Ok(heap.alloc(StarlarkBytes::new(&pseudo(packet_of(u)?, 6, nh, length)?)))
    }

    /// The checksum of a transport layer over IPv4.
    fn in4_chksum<'v>(
        #[starlark(require = pos)] proto: i32,
        #[starlark(require = pos)] u: Value<'v>,
        #[starlark(require = pos)] p: Value<'v>,
    ) -> starlark::Result<i32> {
        transport_sum(u, 4, proto, p)
    }

    /// The checksum of a transport layer over IPv6.
    fn in6_chksum<'v>(
        #[starlark(require = pos)] nh: i32,
        #[starlark(require = pos)] u: Value<'v>,
        #[starlark(require = pos)] p: Value<'v>,
    ) -> starlark::Result<i32> {
        transport_sum(u, 6, nh, p)
    }

    /// Octets of which some were changed, at random: so many, or a share.
    fn corrupt_bytes<'v>(
        #[starlark(require = pos)] octets: Value<'v>,
        p: Option<Value<'v>>,
        n: Option<i32>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let mut octets = some_octets(octets)?;
        for at in places(octets.len(), p, n, eval)? {
            let added = 1 + context(eval)?.rng.borrow_mut().below(255) as u8;
            if let Some(octet) = octets.get_mut(at) {
                *octet = octet.wrapping_add(added);
            }
        }
        Ok(eval.heap().alloc(StarlarkBytes::new(&octets)))
    }

    /// Octets of which some bits were turned over, at random: so many, or a share.
    fn corrupt_bits<'v>(
        #[starlark(require = pos)] octets: Value<'v>,
        p: Option<Value<'v>>,
        n: Option<i32>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let mut octets = some_octets(octets)?;
        for bit in places(octets.len().saturating_mul(8), p, n, eval)? {
            if let Some(octet) = octets.get_mut(bit / 8) {
                *octet ^= 1 << (bit % 8);
            }
        }
        Ok(eval.heap().alloc(StarlarkBytes::new(&octets)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dumps_are_read_with_places_and_letters_and_without() {
        let wanted: Vec<u8> = (0x41..0x53).collect();
        for dump in [
            "0000  41 42 43 44 45 46 47 48  49 4A 4B 4C 4D 4E 4F 50  ABCDEFGHIJKLMNOP\n0010  51 52  QR",
            "\t0x0000:  4142 4344 4546 4748 494a 4b4c 4d4e 4f50  ABCDEFGHIJKLMNOP\n\t0x0010:  5152  QR",
            "41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f 50 51 52".replacen(" 51", "\n51", 1).as_str(),
            "4142434445464748494a4b4c4d4e4f50\n5152",
        ] {
            assert_eq!(from_lines(dump).as_ref(), Some(&wanted), "{dump}");
        }
        assert_eq!(from_lines("nothing"), None);
    }
}
