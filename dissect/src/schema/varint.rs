//! Numbers of as many octets as they need.

/// How such a number lies in its octets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Varint {
    /// Seven bits an octet, the lowest first; the highest bit of an octet says that more follow (LEB128 of DWARF 5 §7.6, Protocol
    /// Buffers' varint, MQTT 5.0 §1.5.5). At most so many octets, 10 for 64 bits.
    Leb128(u8),
    /// Two bits that say whether there are 1, 2, 4 or 8 octets, and the number in what they leave (RFC 9000 §16).
    Quic,
}

/// What the beginning of some octets is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Taken {
    /// A number, and how many octets it takes.
    Number(u64, usize),
    /// The beginning of one: so many octets at least are needed.
    Cut(usize),
    /// More octets, or more bits, than such a number has.
    TooLong,
}

impl Varint {
    /// Reads the number with which octets begin.
    pub fn read(self, octets: &[u8]) -> Taken {
        match self {
            Varint::Leb128(most) => leb128(octets, most),
            Varint::Quic => quic(octets),
        }
    }

    /// Bits that the greatest number has.
    pub fn bits(self) -> u16 {
        match self {
            Varint::Leb128(most) => u16::from(most).saturating_mul(7).min(64),
            Varint::Quic => 62,
        }
    }

    /// The octets of a number, as few as it needs.
    pub fn octets(self, number: u64) -> Vec<u8> {
        match self {
            Varint::Leb128(_) => {
                let (mut octets, mut left) = (Vec::new(), number);
                while left > 0x7f {
                    octets.push((left & 0x7f) as u8 | 0x80);
                    left >>= 7;
                }
                octets.push(left as u8);
                octets
            }
            Varint::Quic => {
                let (size, prefix): (usize, u8) = match number {
                    0..0x40 => (1, 0),
                    0x40..0x4000 => (2, 0x40),
                    0x4000..0x4000_0000 => (4, 0x80),
                    _ => (8, 0xc0),
                };
                let all = number.to_be_bytes();
                let mut octets = all.get(all.len().saturating_sub(size)..).unwrap_or_default().to_vec();
                if let Some(first) = octets.first_mut() {
                    *first = *first & 0x3f | prefix;
                }
                octets
            }
        }
    }
}

fn leb128(octets: &[u8], most: u8) -> Taken {
    let mut number = 0_u64;
    for (at, octet) in octets.iter().take(usize::from(most)).enumerate() {
        let part = u64::from(octet & 0x7f);
        let shift = u32::try_from(at).unwrap_or(u32::MAX).saturating_mul(7);
        let shifted = part.checked_shl(shift).unwrap_or(0);
        if shifted.checked_shr(shift).unwrap_or(0) != part {
            return Taken::TooLong;
        }
        number |= shifted;
        if octet & 0x80 == 0 {
            return Taken::Number(number, at.saturating_add(1));
        }
    }
    match octets.len() < usize::from(most) {
        true => Taken::Cut(octets.len().saturating_add(1)),
        false => Taken::TooLong,
    }
}

fn quic(octets: &[u8]) -> Taken {
    let Some(first) = octets.first() else { return Taken::Cut(1) };
    let size = 1_usize << (first >> 6);
    let Some(octets) = octets.get(..size) else { return Taken::Cut(size) };
    let number = octets.iter().fold(0_u64, |all, octet| all << 8 | u64::from(*octet));
    let bits = size.saturating_mul(8).saturating_sub(2);
    Taken::Number(number & (1_u64 << bits).wrapping_sub(1), size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_standards() {
        let leb = Varint::Leb128(10);
        // DWARF 5 figure 22, MQTT 5.0 table 1-1
        for (number, octets) in [
            (2, &[2][..]),
            (127, &[0x7f]),
            (128, &[0x80, 1]),
            (12_857, &[0x80 | 0x39, 0x64]),
            (268_435_455, &[0xff, 0xff, 0xff, 0x7f]),
            (u64::MAX, &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]),
        ] {
            assert_eq!(leb.octets(number), octets);
            assert_eq!(leb.read(octets), Taken::Number(number, octets.len()));
        }
        // RFC 9000 §A.1
        for (number, octets) in [
            (151_288_809_941_952_652, &[0xc2, 0x19, 0x7c, 0x5e, 0xff, 0x14, 0xe8, 0x8c][..]),
            (494_878_333, &[0x9d, 0x7f, 0x3e, 0x7d]),
            (15_293, &[0x7b, 0xbd]),
            (37, &[0x25]),
        ] {
            assert_eq!(Varint::Quic.octets(number), octets);
            assert_eq!(Varint::Quic.read(octets), Taken::Number(number, octets.len()));
        }
        assert_eq!(Varint::Quic.read(&[0x40, 0x25]), Taken::Number(37, 2));
    }

    #[test]
    fn what_is_cut_or_too_long_is_none() {
        assert_eq!(Varint::Leb128(4).read(&[0x80, 0x80]), Taken::Cut(3));
        assert_eq!(Varint::Leb128(4).read(&[0x80, 0x80, 0x80, 0x80, 1]), Taken::TooLong);
        assert_eq!(Varint::Leb128(10).read(&[0xff; 10]), Taken::TooLong);
        assert_eq!(
            Varint::Leb128(10).read(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 2]),
            Taken::TooLong
        );
        assert_eq!(Varint::Quic.read(&[]), Taken::Cut(1));
        assert_eq!(Varint::Quic.read(&[0xc0, 1]), Taken::Cut(8));
    }
}
