//! Checksums: the Internet checksum (RFC 1071), with pseudo-headers, and CRC-32c (RFC 9260 appendix A).

use crate::decode::Network;

/// One's complement sum of 16-bit words in network order, folded to 16 bits, not complemented. An odd last octet
/// counts as the high half of a word.
#[inline]
pub fn sum(data: &[u8]) -> u16 {
    // Words are added in the machine's order, 8 octets at a time: the sum of swapped words is the swapped sum.
    let (words, tail) = data.as_chunks::<8>();
    let (mut low, mut high) = (0_u64, 0_u64);
    for word in words {
        let word = u64::from_ne_bytes(*word);
        low = low.wrapping_add(word & 0xffff_ffff);
        high = high.wrapping_add(word >> 32);
    }
    let mut last = [0_u8; 8];
    last.iter_mut().zip(tail).for_each(|(to, from)| *to = *from);
    let last = u64::from_ne_bytes(last);
    let mut total = u128::from(low).wrapping_add(u128::from(high));
    total = total.wrapping_add(u128::from(last & 0xffff_ffff)).wrapping_add(u128::from(last >> 32));
    let mut folded = (total as u64 & 0xffff_ffff).wrapping_add((total >> 32) as u64);
    while folded >> 16 != 0 {
        folded = (folded & 0xffff).wrapping_add(folded >> 16);
    }
    u16::from_be_bytes((folded as u16).to_ne_bytes())
}

/// One's complement addition.
#[inline]
pub fn add(a: u16, b: u16) -> u16 {
    let (sum, carry) = a.overflowing_add(b);
    sum.wrapping_add(u16::from(carry))
}

/// Sum of the pseudo-header (RFC 9293 §3.1, RFC 8200 §8.1) for `len` octets of `protocol`; 0 without a network layer.
pub fn pseudo(network: Network, protocol: u8, len: usize) -> u16 {
    let len = u32::try_from(len).unwrap_or(u32::MAX);
    let addresses = match network {
        Network::None => return 0,
        Network::V4(source, destination) => add(sum(&source), sum(&destination)),
        Network::V6(source, destination) => add(sum(&source), sum(&destination)),
    };
    add(add(addresses, u16::from(protocol)), add((len >> 16) as u16, len as u16))
}

const CRC32C: [u32; 256] = crc32c_table();

#[expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "evaluated at compile time")]
const fn crc32c_table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let mut crc = at as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0x82f6_3b78 } else { crc >> 1 };
            bit += 1;
        }
        table[at] = crc;
        at += 1;
    }
    table
}

/// CRC-32c with initial and final inversion, over parts in order.
pub fn crc32c(parts: &[&[u8]]) -> u32 {
    let octets = parts.iter().flat_map(|part| part.iter());
    !octets.fold(u32::MAX, |crc, octet| {
        let at = usize::from((crc as u8) ^ octet);
        CRC32C.get(at).copied().unwrap_or(0) ^ crc >> 8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sum_of_rfc_1071_example() {
        assert_eq!(sum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), 0xddf2);
    }

    #[test]
    fn odd_octet_is_the_high_half() {
        assert_eq!(sum(&[0x12, 0x34, 0x56]), 0x1234 + 0x5600);
    }

    #[test]
    fn crc_of_the_check_string() {
        assert_eq!(crc32c(&[b"1234", b"56789"]), 0xe306_9283);
    }
}
