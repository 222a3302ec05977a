//! Numbers, addresses and untrusted text into a byte buffer, without the `fmt` machinery.

/// Two digits each for 0 to 99.
const PAIRS: &[u8; 200] = b"0001020304050607080910111213141516171819\
2021222324252627282930313233343536373839\
4041424344454647484950515253545556575859\
6061626364656667686970717273747576777879\
8081828384858687888990919293949596979899";

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Two hex digits for each octet, made once.
static HEX_PAIRS: [[u8; 2]; 256] = hex_pairs();

#[expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "evaluated at compile time")]
const fn hex_pairs() -> [[u8; 2]; 256] {
    let mut pairs = [[0; 2]; 256];
    let mut octet = 0;
    while octet < 256 {
        pairs[octet] = [HEX[octet >> 4], HEX[octet & 15]];
        octet += 1;
    }
    pairs
}

#[inline]
pub(super) fn pair(value: u64) -> [u8; 2] {
    let at = (value % 100).wrapping_mul(2) as usize;
    PAIRS.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or(*b"00")
}

#[inline]
pub(super) fn hex_pair(octet: u8) -> [u8; 2] {
    HEX_PAIRS.get(usize::from(octet)).copied().unwrap_or(*b"00")
}

/// The first `len` octets of a text of fixed room: copied as a whole and cut, which costs a few moves where a copy of
/// unknown length is a call.
#[inline]
pub(crate) fn short<const ROOM: usize>(out: &mut Vec<u8>, text: &[u8; ROOM], len: usize) {
    let end = out.len().saturating_add(len);
    out.extend_from_slice(text);
    out.truncate(end);
}

/// ASCII zeros in a word.
pub(super) const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The eight digits of a number below 10^8, one in an octet, the first in the lowest.
#[inline]
pub(super) fn eight_digits(value: u64) -> u64 {
    // Two numbers of four digits, four of two, eight of one: each division is a multiplication of all parts at once.
    let fours = (value / 10_000) | ((value % 10_000) << 32);
    let hundreds = fours.wrapping_mul(10_486) >> 20 & 0x7f_0000_007f;
    let twos = hundreds | fours.wrapping_sub(hundreds.wrapping_mul(100)) << 16;
    let tens = twos.wrapping_mul(103) >> 10 & 0x000f_000f_000f_000f;
    tens | twos.wrapping_sub(tens.wrapping_mul(10)) << 8
}

/// Fills what stands from `start` on up to `width` octets, and leaves one space behind it.
pub(crate) fn column(out: &mut Vec<u8>, start: usize, width: usize) {
    let width = width.max(out.len().saturating_sub(start));
    out.resize(start.saturating_add(width).saturating_add(1), b' ');
}

/// Decimal.
#[inline]
pub fn decimal(out: &mut Vec<u8>, value: u64) {
    if value >= 100_000_000 {
        return long_decimal(out, value);
    }
    let digits = eight_digits(value);
    let leading = (digits.trailing_zeros() / 8).min(7);
    let text = (digits | ZEROS) >> leading.wrapping_mul(8);
    short(out, &text.to_le_bytes(), 8_usize.wrapping_sub(leading as usize));
}

fn long_decimal(out: &mut Vec<u8>, value: u64) {
    decimal(out, value / 100_000_000);
    out.extend_from_slice(&(eight_digits(value % 100_000_000) | ZEROS).to_le_bytes());
}

/// Decimal at the end of a place; blanks are put in front of a short number. What does not fit is left out.
#[inline]
pub fn decimal_at_end(place: &mut [u8], mut value: u64) {
    const BLANKS: u64 = 0x2020_2020_2020_2020;
    if value < 100_000_000
        && let Some(last) = place.last_chunk_mut::<8>()
    {
        let digits = eight_digits(value);
        let leading = (digits.trailing_zeros() / 8).min(7);
        let blank = (1_u64 << leading.wrapping_mul(8)).wrapping_sub(1);
        *last = ((digits | ZEROS) & !blank | BLANKS & blank).to_le_bytes();
        return;
    }
    for digit in place.iter_mut().rev() {
        *digit = b'0'.wrapping_add((value % 10) as u8);
        value /= 10;
        if value == 0 {
            return;
        }
    }
}

/// Decimal with a sign where negative.
pub fn signed(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    decimal(out, value.unsigned_abs());
}

/// The fewest digits that stand for this number alone: plain where that is short, with an exponent of ten elsewhere.
pub fn float<F>(out: &mut Vec<u8>, value: F)
where
    F: Copy + Into<f64> + std::fmt::Display + std::fmt::LowerExp,
{
    let size = value.into().abs();
    let text = match size == 0.0 || (1e-5..1e16).contains(&size) || !size.is_finite() {
        true => value.to_string(),
        false => format!("{value:e}"),
    };
    out.extend_from_slice(text.to_ascii_lowercase().as_bytes());
}

/// A number with so many digits that count, in the form of C's `%g`.
pub fn general(out: &mut Vec<u8>, value: f64, digits: u16) {
    if !value.is_finite() {
        return float(out, value);
    }
    let digits = i32::from(digits.max(1));
    let places = |count: i32| usize::try_from(count).unwrap_or(0);
    let scientific = format!("{value:.*e}", places(digits.saturating_sub(1)));
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let short = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    let text = if (-4..digits).contains(&exponent) {
        short(&format!("{value:.*}", places(digits.saturating_sub(1).saturating_sub(exponent))))
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{}e{sign}{:02}", short(mantissa), exponent.unsigned_abs())
    };
    out.extend_from_slice(text.as_bytes());
}

/// Decimal with zeros in front to `width` digits.
pub fn padded(out: &mut Vec<u8>, value: u64, width: usize) {
    let digits = value.checked_ilog10().map_or(1, |log| (log as usize).saturating_add(1));
    out.extend(std::iter::repeat_n(b'0', width.saturating_sub(digits)));
    decimal(out, value);
}

/// Six digits with leading zeros (microseconds).
#[inline]
pub fn six(out: &mut Vec<u8>, value: u32) {
    let value = u64::from(value);
    let [a, b] = pair(value / 10_000);
    let [c, d] = pair(value / 100);
    let [e, f] = pair(value);
    out.extend_from_slice(&[a, b, c, d, e, f]);
}

/// Two digits with a leading zero.
#[inline]
pub fn two(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(&pair(value));
}

/// Hexadecimal without leading zeros.
pub fn hex(out: &mut Vec<u8>, value: u64) {
    let nibbles = 16_u32.saturating_sub(value.leading_zeros() / 4).max(1);
    for at in (0..nibbles).rev() {
        let nibble = value >> at.saturating_mul(4) & 15;
        out.push(HEX.get(nibble as usize).copied().unwrap_or(b'0'));
    }
}

/// `0x` and hexadecimal with leading zeros to at least `width` digits.
pub fn hex_padded(out: &mut Vec<u8>, value: u64, width: u32) {
    out.extend_from_slice(b"0x");
    let nibbles = 16_u32.saturating_sub(value.leading_zeros() / 4).max(width).min(16);
    for at in (0..nibbles).rev() {
        let nibble = value >> at.saturating_mul(4) & 15;
        out.push(HEX.get(nibble as usize).copied().unwrap_or(b'0'));
    }
}

/// The two digits of each octet, by arithmetic on all of them at once: payloads are long.
#[inline(always)]
pub(super) fn digits(octets: &[u8; 16]) -> [u8; 32] {
    let mut pairs = [0; 16];
    for (pair, octet) in pairs.iter_mut().zip(octets) {
        // The high nibble in the low octet, since that is written first.
        let nibbles = u16::from(*octet) >> 4 | (u16::from(*octet) & 15) << 8;
        let letters = (nibbles.wrapping_add(0x0606) >> 4) & 0x0101;
        *pair = nibbles.wrapping_add(0x3030).wrapping_add(letters.wrapping_mul(u16::from(b'a' - b'9' - 1)));
    }
    let mut text = [0; 32];
    for (digits, pair) in text.as_chunks_mut().0.iter_mut().zip(pairs) {
        *digits = u16::to_le_bytes(pair);
    }
    text
}

/// Octets in hexadecimal, with `between` between them.
pub fn hex_octets(out: &mut Vec<u8>, octets: &[u8], between: Option<u8>) {
    match between {
        None => {
            let (many, rest) = octets.as_chunks::<16>();
            out.reserve(octets.len().saturating_mul(2));
            many.iter().for_each(|octets| out.extend_from_slice(&digits(octets)));
            rest.iter().for_each(|octet| out.extend_from_slice(&hex_pair(*octet)));
        }
        Some(between) => {
            out.reserve(octets.len().saturating_mul(3));
            for (at, octet) in octets.iter().enumerate() {
                if at > 0 {
                    out.push(between);
                }
                out.extend_from_slice(&hex_pair(*octet));
            }
        }
    }
}

/// An IEEE 802 address: `02:00:00:00:00:01`.
#[inline]
pub fn mac(out: &mut Vec<u8>, address: [u8; 6]) {
    let mut text = *b"00:00:00:00:00:00";
    for (slot, octet) in text.chunks_mut(3).zip(address) {
        if let Some(digits) = slot.first_chunk_mut() {
            *digits = hex_pair(octet);
        }
    }
    out.extend_from_slice(&text);
}

/// Each octet in decimal with a dot behind it, and how long that is.
pub(super) static DOTTED: [([u8; 4], u8); 256] = dotted();

#[expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "evaluated at compile time")]
const fn dotted() -> [([u8; 4], u8); 256] {
    let mut all = [([b'.'; 4], 0); 256];
    let mut octet = 0;
    while octet < 256 {
        let hundreds = b'0' + (octet / 100) as u8;
        let tens = b'0' + (octet / 10 % 10) as u8;
        let ones = b'0' + (octet % 10) as u8;
        all[octet] = match octet {
            0..10 => ([ones, b'.', b'.', b'.'], 2),
            10..100 => ([tens, ones, b'.', b'.'], 3),
            _ => ([hundreds, tens, ones, b'.'], 4),
        };
        octet += 1;
    }
    all
}

/// An IPv4 address.
#[inline]
pub fn ipv4(out: &mut Vec<u8>, address: [u8; 4]) {
    for octet in address {
        let (text, len) = DOTTED.get(usize::from(octet)).copied().unwrap_or_default();
        short(out, &text, usize::from(len));
    }
    // The dot behind the last.
    out.truncate(out.len().saturating_sub(1));
}

/// An IPv6 address in the form of RFC 5952.
pub fn ipv6(out: &mut Vec<u8>, address: [u8; 16]) {
    let bits = u128::from_be_bytes(address);
    // ::ffff:192.0.2.1 (RFC 5952 §5)
    if bits >> 32 == 0xffff {
        out.extend_from_slice(b"::ffff:");
        ipv4(out, (bits as u32).to_be_bytes());
        return;
    }
    let mut groups = [0_u16; 8];
    for (slot, octets) in groups.iter_mut().zip(address.as_chunks::<2>().0) {
        *slot = u16::from_be_bytes(*octets);
    }
    let (skip, skipped) = longest_zeros(&groups);
    let mut at = 0_usize;
    while let Some(group) = groups.get(at) {
        if at == skip && skipped > 1 {
            out.extend_from_slice(b"::");
            at = at.saturating_add(skipped);
            continue;
        }
        if at > 0 && !(at == skip.saturating_add(skipped) && skipped > 1) {
            out.push(b':');
        }
        let [high, low] = group.to_be_bytes();
        let ([a, b], [c, d]) = (hex_pair(high), hex_pair(low));
        match *group {
            0x1000.. => out.extend_from_slice(&[a, b, c, d]),
            0x100.. => out.extend_from_slice(&[b, c, d]),
            0x10.. => out.extend_from_slice(&[c, d]),
            _ => out.push(d),
        }
        at = at.saturating_add(1);
    }
}

/// First and length of the longest run of zero groups.
fn longest_zeros(groups: &[u16; 8]) -> (usize, usize) {
    let (mut best, mut best_len, mut run) = (0_usize, 0_usize, 0_usize);
    for (at, group) in groups.iter().enumerate() {
        run = if *group == 0 { run.saturating_add(1) } else { 0 };
        if run > best_len {
            best_len = run;
            best = at.saturating_add(1).saturating_sub(run);
        }
    }
    (best, best_len)
}

/// Untrusted text for a terminal: valid UTF-8 passes, control characters (C0, DEL, C1), backslashes and octets that
/// are no UTF-8 become `\n`, `\t`, `\r`, `\\` or `\xNN`.
pub fn escaped(out: &mut Vec<u8>, text: &[u8]) {
    for chunk in text.utf8_chunks() {
        let mut plain = chunk.valid();
        while let Some(at) = plain.find(|c: char| c.is_control() || c == '\\' || is_reordering(c)) {
            let (before, after) = plain.split_at(at);
            out.extend_from_slice(before.as_bytes());
            let mut characters = after.chars();
            if let Some(control) = characters.next() {
                escape(out, control);
            }
            plain = characters.as_str();
        }
        out.extend_from_slice(plain.as_bytes());
        for octet in chunk.invalid() {
            out.extend_from_slice(b"\\x");
            out.extend_from_slice(&hex_pair(*octet));
        }
    }
}

/// Untrusted text in a column, as tshark writes it: control characters as in C (`\n`, `\033`), those that a terminal may obey
/// otherwise as `\u0085`, the replacement character for octets that are no UTF-8; backslashes stay as they are.
pub fn cell(out: &mut Vec<u8>, text: &[u8]) {
    let mut left = text;
    while let Some(after) = cell_part(out, left) {
        left = after;
    }
}

/// Text up to the first number that is no character and yet written as one; what stands behind it.
fn cell_part<'a>(out: &mut Vec<u8>, text: &'a [u8]) -> Option<&'a [u8]> {
    let mut at = 0_usize;
    for chunk in text.utf8_chunks() {
        let mut plain = chunk.valid();
        while let Some(at) = plain.find(|c: char| c.is_control() || is_reordering(c)) {
            let (before, after) = plain.split_at(at);
            out.extend_from_slice(before.as_bytes());
            let mut characters = after.chars();
            if let Some(control) = characters.next() {
                as_in_c(out, control);
            }
            plain = characters.as_str();
        }
        out.extend_from_slice(plain.as_bytes());
        if !chunk.invalid().is_empty() {
            out.extend_from_slice("\u{fffd}".as_bytes());
        }
        at = at.saturating_add(chunk.valid().len());
        // Half a surrogate pair, and what lies above the last character: one replacement, as in tshark.
        match text.get(at..).unwrap_or_default() {
            [0xed, 0xa0..=0xbf, 0x80..=0xbf, after @ ..]
            | [0xf4, 0x90..=0xbf, 0x80..=0xbf, 0x80..=0xbf, after @ ..] => return Some(after),
            _ => at = at.saturating_add(chunk.invalid().len()),
        }
    }
    None
}

fn as_in_c(out: &mut Vec<u8>, control: char) {
    let code = u32::from(control);
    let letter = match control {
        '\u{7}' => b'a',
        '\u{8}' => b'b',
        '\t' => b't',
        '\n' => b'n',
        '\u{b}' => b'v',
        '\u{c}' => b'f',
        '\r' => b'r',
        _ => {
            let digits: &[u32] = if code < 0x80 { &[6, 3, 0] } else { &[12, 8, 4, 0] };
            out.extend_from_slice(if code < 0x80 { b"\\" } else { b"\\u" });
            let mask = if code < 0x80 { 7 } else { 15 };
            out.extend(
                digits.iter().filter_map(|shift| b"0123456789ABCDEF".get((code >> shift & mask) as usize)),
            );
            return;
        }
    };
    out.extend_from_slice(&[b'\\', letter]);
}

/// Characters that change the order in which a terminal shows others.
fn is_reordering(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn escape(out: &mut Vec<u8>, control: char) {
    match control {
        '\n' => out.extend_from_slice(b"\\n"),
        '\t' => out.extend_from_slice(b"\\t"),
        '\r' => out.extend_from_slice(b"\\r"),
        '\\' => out.extend_from_slice(b"\\\\"),
        _ => {
            let mut utf8 = [0; 4];
            for octet in control.encode_utf8(&mut utf8).as_bytes() {
                out.extend_from_slice(b"\\x");
                out.extend_from_slice(&hex_pair(*octet));
            }
        }
    }
}

/// Seconds with so many decimals, from nanoseconds.
pub fn seconds(out: &mut Vec<u8>, nanoseconds: i64, decimals: usize) {
    if nanoseconds < 0 {
        out.push(b'-');
    }
    let all = nanoseconds.unsigned_abs();
    decimal(out, all / 1_000_000_000);
    fraction(out, (all % 1_000_000_000) as u32, decimals);
}

/// Milliseconds, from nanoseconds, with the decimals that there are.
pub fn milliseconds(out: &mut Vec<u8>, nanoseconds: i64) {
    if nanoseconds < 0 {
        out.push(b'-');
    }
    let all = nanoseconds.unsigned_abs();
    decimal(out, all / 1_000_000);
    let part = (all % 1_000_000) as u32;
    if part > 0 {
        fraction(out, part.saturating_mul(1000), 6);
        while out.pop_if(|digit| *digit == b'0').is_some() {}
    }
}

/// A dot and so many decimals (at most nine) of a nanosecond part.
pub fn fraction(out: &mut Vec<u8>, nanoseconds: u32, decimals: usize) {
    if decimals == 0 {
        return;
    }
    let nanoseconds = u64::from(nanoseconds % 1_000_000_000);
    let mut text = [b'.'; 10];
    let [_, eight @ .., last] = &mut text;
    *eight = (eight_digits(nanoseconds / 10) | ZEROS).to_le_bytes();
    *last = b'0'.wrapping_add((nanoseconds % 10) as u8);
    short(out, &text, decimals.min(9).wrapping_add(1));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = b"before ".to_vec();
        write(&mut out);
        String::from_utf8(out).expect("digits").split_off(7)
    }

    #[test]
    fn numbers_of_every_length_are_written_as_they_are() {
        let powers = (0..20).map(|power| 10_u64.pow(power));
        let near = powers.flat_map(|power| [power - 1, power, power + 1, power.saturating_mul(7), power / 3]);
        for value in near.chain(0..120_000).chain([u64::MAX, 99_999_999, 100_000_000, 4_294_967_295]) {
            assert_eq!(text(|out| decimal(out, value)), value.to_string());
        }
    }

    #[test]
    fn ieee_754_numbers_have_the_digits_that_tell_them_apart() {
        for (value, want) in [
            (0.1_f32, "0.1"),
            (125_000_000.0, "125000000"),
            (-0.0, "-0"),
            (1e-7, "1e-7"),
            (3.4e38, "3.4e38"),
            (f32::NEG_INFINITY, "-inf"),
            (f32::NAN, "nan"),
        ] {
            assert_eq!(text(|out| float(out, value)), want);
        }
        assert_eq!(text(|out| float(out, 0.1_f64 + 0.2)), "0.30000000000000004");
    }

    #[test]
    fn numbers_are_written_with_the_digits_that_c_would_write() {
        for (value, want) in [
            (200_000.0, "200000"),
            (1e7, "1e+07"),
            (0.0, "0"),
            (1.5, "1.5"),
            (1.25e8, "1.25e+08"),
            (0.000_01, "1e-05"),
            (999_999.9, "1e+06"),
            (-123_456.7, "-123457"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(text(|out| general(out, value, 6)), want);
        }
        assert_eq!(text(|out| general(out, 1.0 / 3.0, 15)), "0.333333333333333");
    }

    #[test]
    fn numbers_stand_at_the_end_of_their_place() {
        let values = [0, 7, 10, 9_999_999, 99_999_999, 100_000_000, 12_345_678_901, u64::MAX];
        for (value, width) in values.into_iter().flat_map(|value| (1..25).map(move |width| (value, width))) {
            let mut place = vec![b' '; width];
            decimal_at_end(&mut place, value);
            let whole = format!("{value:>width$}");
            assert_eq!(String::from_utf8_lossy(&place), whole[whole.len() - width..], "{value} in {width}");
        }
    }

    #[test]
    fn fractions_have_as_many_digits_as_asked_for() {
        for (nanoseconds, decimals, want) in [
            (0, 9, ".000000000"),
            (1, 9, ".000000001"),
            (123_456_789, 6, ".123456"),
            (987_654_321, 9, ".987654321"),
        ] {
            assert_eq!(text(|out| fraction(out, nanoseconds, decimals)), want);
        }
        assert_eq!(text(|out| fraction(out, 5, 0)), "");
        assert_eq!(text(|out| fraction(out, 999_999_999, 1)), ".9");
    }

    #[test]
    fn octets_in_hexadecimal_are_two_digits_each_whatever_their_number() {
        let all: Vec<u8> = (0..=255).collect();
        for len in (0..=70).chain([256]) {
            let octets = &all[all.len() - len..];
            let want: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
            assert_eq!(text(|out| hex_octets(out, octets, None)), want);
        }
    }

    #[test]
    fn addresses_have_each_octet_in_decimal() {
        for octet in 0..=255_u8 {
            let address = [octet, 255 - octet, 0, octet.wrapping_mul(7)];
            assert_eq!(text(|out| ipv4(out, address)), Ipv4Addr::from(address).to_string());
        }
    }
}
