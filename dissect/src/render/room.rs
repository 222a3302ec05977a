//! Short texts one behind the other, into room that is there already.
//!
//! A vector keeps its length in memory, and each addition waits for the one before to have been noted there. Where a frame
//! becomes hundreds of short texts that wait is most of the time; here the place goes from call to call in a register. What
//! does not fit the room is left out, and the place moves on all the same: the caller sees to it that there is enough.

use super::put::{DOTTED, ZEROS, digits, eight_digits, hex_pair, pair};

/// The most that a number takes.
pub(super) const LONGEST: usize = 40;

/// The first `len` octets of a text, copied as a whole.
#[inline(always)]
pub(super) fn text<const N: usize>(room: &mut [u8], at: usize, text: &[u8; N], len: usize) -> usize {
    if let Some(place) = room.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *place = *text;
    }
    at.wrapping_add(len)
}

/// One octet.
#[inline(always)]
pub(super) fn octet(room: &mut [u8], at: usize, octet: u8) -> usize {
    text(room, at, &[octet], 1)
}

/// Decimal.
#[inline(always)]
pub(super) fn decimal(room: &mut [u8], at: usize, value: u64) -> usize {
    if value < 10 {
        return octet(room, at, b'0'.wrapping_add(value as u8));
    }
    if value < 100 {
        return text(room, at, &pair(value), 2);
    }
    if value < 10_000 {
        return up_to_four(room, at, value);
    }
    if value < 100_000_000 {
        return up_to_eight(room, at, value);
    }
    long_decimal(room, at, value)
}

#[inline(always)]
fn up_to_four(room: &mut [u8], at: usize, value: u64) -> usize {
    let high = value / 100;
    let [a, b] = pair(high);
    let [c, d] = pair(value.wrapping_sub(high.wrapping_mul(100)));
    if value < 1000 { text(room, at, &[b, c, d], 3) } else { text(room, at, &[a, b, c, d], 4) }
}

#[inline(always)]
fn up_to_eight(room: &mut [u8], at: usize, value: u64) -> usize {
    let digits = eight_digits(value);
    let leading = (digits.trailing_zeros() / 8).min(7);
    let digits = (digits | ZEROS) >> leading.wrapping_mul(8);
    text(room, at, &digits.to_le_bytes(), 8_usize.wrapping_sub(leading as usize))
}

#[inline(always)]
fn eight(room: &mut [u8], at: usize, value: u64) -> usize {
    text(room, at, &(eight_digits(value) | ZEROS).to_le_bytes(), 8)
}

fn long_decimal(room: &mut [u8], at: usize, value: u64) -> usize {
    let high = value / 100_000_000;
    let at = if high < 100_000_000 {
        up_to_eight(room, at, high)
    } else {
        let at = up_to_eight(room, at, high / 100_000_000);
        eight(room, at, high % 100_000_000)
    };
    eight(room, at, value % 100_000_000)
}

/// Decimal with a sign where negative.
#[inline(always)]
pub(super) fn signed(room: &mut [u8], at: usize, value: i64) -> usize {
    let at = if value < 0 { octet(room, at, b'-') } else { at };
    decimal(room, at, value.unsigned_abs())
}

/// Whole seconds and nine decimals.
#[inline(always)]
pub(super) fn seconds(room: &mut [u8], at: usize, seconds: u64, nanoseconds: u32) -> usize {
    if seconds == 0 && nanoseconds == 0 {
        return text(room, at, b"0.000000000     ", 11);
    }
    let at = decimal(room, at, seconds);
    let at = octet(room, at, b'.');
    let nanoseconds = u64::from(nanoseconds);
    let at = eight(room, at, nanoseconds / 10);
    octet(room, at, b'0'.wrapping_add((nanoseconds % 10) as u8))
}

/// An IEEE 802 address in quotation marks.
#[inline(always)]
pub(super) fn mac(room: &mut [u8], at: usize, address: [u8; 6]) -> usize {
    let [[a, b], [c, d], [e, f], [g, h], [i, j], [k, l]] = address.map(hex_pair);
    let whole = [
        b'"', a, b, b':', c, d, b':', e, f, b':', g, h, b':', i, j, b':', k, l, b'"', b' ', b' ', b' ', b' ',
        b' ',
    ];
    text(room, at, &whole, 19)
}

/// An IPv4 address in quotation marks.
#[inline(always)]
pub(super) fn ipv4(room: &mut [u8], at: usize, address: [u8; 4]) -> usize {
    let mut at = octet(room, at, b'"');
    for part in address {
        let (digits, len) = DOTTED.get(usize::from(part)).copied().unwrap_or_default();
        at = text(room, at, &digits, usize::from(len));
    }
    // In place of the dot behind the last.
    octet(room, at.wrapping_sub(1), b'"')
}

/// Octets in hexadecimal, in quotation marks.
pub(super) fn hex(room: &mut [u8], at: usize, octets: &[u8]) -> usize {
    let (many, rest) = octets.as_chunks::<16>();
    let mut at = octet(room, at, b'"');
    for octets in many {
        at = text(room, at, &digits(octets), 32);
    }
    for octet in rest {
        at = text(room, at, &hex_pair(*octet), 2);
    }
    octet(room, at, b'"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut [u8], usize) -> usize) -> String {
        let mut room = [b'~'; 64];
        let end = write(&mut room, 3);
        assert!(end <= 3 + LONGEST);
        String::from_utf8(room[3..end].to_vec()).expect("digits")
    }

    #[test]
    fn numbers_are_those_of_the_other_writer() {
        let powers = (0..20).map(|power| 10_u64.pow(power));
        let near = powers.flat_map(|power| [power - 1, power, power + 1, power.saturating_mul(7), power / 3]);
        for value in near.chain(0..2000).chain([u64::MAX, 4_294_967_295]) {
            assert_eq!(written(|room, at| decimal(room, at, value)), value.to_string());
            let negative = value.cast_signed();
            assert_eq!(written(|room, at| signed(room, at, negative)), negative.to_string());
        }
    }

    #[test]
    fn times_and_addresses_are_those_of_the_other_writer() {
        assert_eq!(written(|room, at| seconds(room, at, 0, 0)), "0.000000000");
        assert_eq!(written(|room, at| seconds(room, at, 0, 1)), "0.000000001");
        assert_eq!(written(|room, at| seconds(room, at, 1_700_000_000, 987_654_321)), "1700000000.987654321");
        assert_eq!(written(|room, at| mac(room, at, [2, 0, 0xff, 0x1a, 9, 0x90])), "\"02:00:ff:1a:09:90\"");
        assert_eq!(written(|room, at| ipv4(room, at, [0, 255, 10, 99])), "\"0.255.10.99\"");
    }

    #[test]
    fn octets_are_those_of_the_other_writer() {
        let all: Vec<u8> = (0..=255).rev().collect();
        for len in [0, 1, 15, 16, 17, 40, 256] {
            let mut room = [b'~'; 600];
            let end = hex(&mut room, 3, &all[..len]);
            let mut want = Vec::new();
            super::super::put::hex_octets(&mut want, &all[..len], None);
            assert_eq!(&room[..3], b"~~~");
            assert_eq!(room[3..end], [b"\"", want.as_slice(), b"\""].concat());
        }
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        let mut room = [b'~'; 4];
        assert_eq!(decimal(&mut room, 2, 123_456), 8);
        assert_eq!(decimal(&mut room, 90, 5), 91);
        assert_eq!(&room, b"~~~~");
    }
}
