//! Checksums by name: what a declaration says when its protocol's checksum is none of the Internet's.
//!
//! A CRC is its five parameters (Williams, "A Painless Guide to CRC Error Detection Algorithms", 1993); the names are
//! those of the common catalogues. Octets are taken one by one without tables: what carries such checksums is short.

/// The parameters of a cyclic redundancy check.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Crc {
    /// Width in bits: 8, 16 or 32.
    pub width: u8,
    /// Generator polynomial without its highest term, most significant bit first.
    pub poly: u32,
    /// The register before the first octet.
    pub init: u32,
    /// Whether octets are taken least significant bit first, and the result is turned around too.
    pub reflect: bool,
    /// What the result is combined with.
    pub xor: u32,
}

/// A checksum algorithm over a run of octets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Algorithm {
    /// The Internet checksum (RFC 1071).
    Internet,
    /// Octets added, the low 8 bits.
    Sum8,
    /// What makes the octets add up to 0 in 8 bits (Modbus ASCII, Intel hex).
    Complement8,
    /// Octets combined by exclusive or.
    Xor8,
    /// Octets added, the low 16 bits.
    Sum16,
    /// Fletcher's of 16 bits, modulo 255 (RFC 1146).
    Fletcher16,
    /// Adler-32 (RFC 1950 §9).
    Adler32,
    /// A cyclic redundancy check.
    Crc(Crc),
}

const fn crc(width: u8, poly: u32, init: u32, reflect: bool, xor: u32) -> Algorithm {
    Algorithm::Crc(Crc { width, poly, init, reflect, xor })
}

/// Every algorithm that has a name.
pub const ALGORITHMS: &[(&str, Algorithm)] = &[
    ("internet", Algorithm::Internet),
    ("sum8", Algorithm::Sum8),
    ("complement8", Algorithm::Complement8),
    ("xor8", Algorithm::Xor8),
    ("sum16", Algorithm::Sum16),
    ("fletcher16", Algorithm::Fletcher16),
    ("adler32", Algorithm::Adler32),
    ("crc8", crc(8, 0x07, 0, false, 0)),
    ("crc8-j1850", crc(8, 0x1d, 0xff, false, 0xff)),
    ("crc8-maxim", crc(8, 0x31, 0, true, 0)),
    ("crc16-arc", crc(16, 0x8005, 0, true, 0)),
    ("crc16-ccitt-false", crc(16, 0x1021, 0xffff, false, 0)),
    ("crc16-dnp", crc(16, 0x3d65, 0, true, 0xffff)),
    ("crc16-kermit", crc(16, 0x1021, 0, true, 0)),
    ("crc16-modbus", crc(16, 0x8005, 0xffff, true, 0)),
    ("crc16-x25", crc(16, 0x1021, 0xffff, true, 0xffff)),
    ("crc16-xmodem", crc(16, 0x1021, 0, false, 0)),
    ("crc32", crc(32, 0x04c1_1db7, u32::MAX, true, u32::MAX)),
    ("crc32-bzip2", crc(32, 0x04c1_1db7, u32::MAX, false, u32::MAX)),
    ("crc32-mpeg2", crc(32, 0x04c1_1db7, u32::MAX, false, 0)),
    ("crc32c", crc(32, 0x1edc_6f41, u32::MAX, true, u32::MAX)),
];

impl Algorithm {
    /// The algorithm called `name`.
    pub fn named(name: &str) -> Option<Algorithm> {
        ALGORITHMS.iter().find(|(known, _)| *known == name).map(|(_, algorithm)| *algorithm)
    }

    /// Width of the result in bits.
    pub fn width(self) -> u16 {
        match self {
            Algorithm::Sum8 | Algorithm::Complement8 | Algorithm::Xor8 => 8,
            Algorithm::Internet | Algorithm::Sum16 | Algorithm::Fletcher16 => 16,
            Algorithm::Adler32 => 32,
            Algorithm::Crc(crc) => u16::from(crc.width),
        }
    }

    /// The checksum of parts in order.
    pub fn of(self, parts: &[&[u8]]) -> u64 {
        let octets = || parts.iter().flat_map(|part| part.iter().copied());
        let total = || octets().fold(0_u64, |sum, octet| sum.wrapping_add(u64::from(octet)));
        match self {
            Algorithm::Internet => u64::from(!internet(octets())),
            Algorithm::Sum8 => total() & 0xff,
            Algorithm::Complement8 => total().wrapping_neg() & 0xff,
            Algorithm::Xor8 => octets().fold(0, |all, octet| all ^ u64::from(octet)),
            Algorithm::Sum16 => total() & 0xffff,
            Algorithm::Fletcher16 => {
                let (low, high) = twofold(octets(), 0, 255);
                high << 8 | low
            }
            Algorithm::Adler32 => {
                let (low, high) = twofold(octets(), 1, 65_521);
                high << 16 | low
            }
            Algorithm::Crc(crc) => u64::from(crc.of(octets())),
        }
    }
}

/// The one's complement sum, word by word: parts may end within a word.
fn internet(octets: impl Iterator<Item = u8>) -> u16 {
    let mut high = true;
    octets.fold(0, |sum, octet| {
        let word = if high { u16::from(octet) << 8 } else { u16::from(octet) };
        high = !high;
        crate::checksum::add(sum, word)
    })
}

/// The sum of the octets, and the sum of those sums.
fn twofold(octets: impl Iterator<Item = u8>, first: u64, modulus: u64) -> (u64, u64) {
    octets.fold((first, 0_u64), |(low, high), octet| {
        let low = low.wrapping_add(u64::from(octet)).checked_rem(modulus).unwrap_or(0);
        (low, high.wrapping_add(low).checked_rem(modulus).unwrap_or(0))
    })
}

impl Crc {
    /// The check of octets in order.
    fn of(self, octets: impl Iterator<Item = u8>) -> u32 {
        let unused = 32_u32.saturating_sub(u32::from(self.width));
        // The register stands at the top of 32 bits, or mirrored at their bottom, so that one step fits all widths.
        let register = if self.reflect {
            let poly = (self.poly << unused).reverse_bits();
            octets.fold((self.init << unused).reverse_bits(), |register, octet| {
                (0..8).fold(register ^ u32::from(octet), |register, _| {
                    if register & 1 == 1 { register >> 1 ^ poly } else { register >> 1 }
                })
            })
        } else {
            let poly = self.poly << unused;
            let register = octets.fold(self.init << unused, |register, octet| {
                (0..8).fold(register ^ u32::from(octet) << 24, |register, _| {
                    if register >> 31 == 1 { register << 1 ^ poly } else { register << 1 }
                })
            });
            register >> unused
        };
        register ^ self.xor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_gives_the_catalogues_value_for_the_check_string() {
        let check = |name: &str| {
            let algorithm = Algorithm::named(name).expect("a known name");
            let (whole, parts) = (algorithm.of(&[b"123456789"]), algorithm.of(&[b"123", b"", b"456789"]));
            assert_eq!(whole, parts, "{name}");
            whole
        };
        for (name, expected) in [
            ("crc8", 0xf4),
            ("crc8-j1850", 0x4b),
            ("crc8-maxim", 0xa1),
            ("crc16-arc", 0xbb3d),
            ("crc16-ccitt-false", 0x29b1),
            ("crc16-dnp", 0xea82),
            ("crc16-kermit", 0x2189),
            ("crc16-modbus", 0x4b37),
            ("crc16-x25", 0x906e),
            ("crc16-xmodem", 0x31c3),
            ("crc32", 0xcbf4_3926),
            ("crc32-bzip2", 0xfc89_1918),
            ("crc32-mpeg2", 0x0376_e6e7),
            ("crc32c", 0xe306_9283),
            ("adler32", 0x091e_01de),
            ("fletcher16", 0x1ede),
            ("sum8", 0xdd),
            ("complement8", 0x23),
            ("xor8", 0x31),
            ("sum16", 0x01dd),
        ] {
            assert_eq!(check(name), expected, "{name}");
        }
        assert_eq!(check("internet"), u64::from(!crate::checksum::sum(b"123456789")));
        assert!(ALGORITHMS.iter().all(|(name, _)| { Algorithm::named(name).is_some() }));
    }
}
