//! The interfaces that a source describes, and how each of them tells time.
//!
//! One list serves all files and sections of a source; [`Meta::interface`](nettool_dissect::frame::Meta) indexes it.
//! It only grows, and a chunk keeps the list as it was when the chunk was read.

use nettool_dissect::frame::{Interface, LinkType, RawOptions, Timestamp};
use std::sync::Arc;

/// Interfaces kept of all files and sections of a source together: a file of nothing but interface descriptions must
/// not fill the memory.
pub(crate) const MAX_INTERFACES: u32 = 65_536;

/// Private enterprise number under which nettool writes its own custom options (RFC 5612, for documentation).
pub(crate) const PEN: u32 = 32_473;
/// Text before the tagger's name in the custom option of an interface description.
pub(crate) const DSA_OPTION: &str = "nettool:dsa=";

/// How timestamps of an interface count (pcapng `if_tsresol`, `if_tsoffset`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Clock {
    resolution: Resolution,
    offset_seconds: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Resolution {
    /// Units of `n` ns.
    Times(u64),
    /// Units of 1/n ns.
    Parts(u64),
    /// Units of 2^-n s.
    Binary(u8),
    /// Units so small that no 64-bit count of them reaches 1 ns.
    Vanishing,
}

impl Clock {
    /// Microseconds from 1970, what a pcapng interface without options means.
    pub(crate) const MICROSECONDS: Clock = Clock { resolution: Resolution::Times(1000), offset_seconds: 0 };
    /// Nanoseconds from 1970.
    pub(crate) const NANOSECONDS: Clock = Clock { resolution: Resolution::Times(1), offset_seconds: 0 };

    /// From the octet of `if_tsresol` and the seconds of `if_tsoffset`.
    pub(crate) fn new(tsresol: u8, offset_seconds: i64) -> Clock {
        let exponent = tsresol & 0x7f;
        let resolution = if tsresol & 0x80 != 0 {
            Resolution::Binary(exponent)
        } else if let Some(up) = 9u32.checked_sub(u32::from(exponent)) {
            Resolution::Times(10u64.pow(up))
        } else {
            10u64.checked_pow(u32::from(exponent) - 9).map_or(Resolution::Vanishing, Resolution::Parts)
        };
        Clock { resolution, offset_seconds }
    }

    /// Nanoseconds from 1970 of a timestamp; saturates.
    #[inline]
    pub(crate) fn time(self, units: u64) -> Timestamp {
        if let (Resolution::Times(factor), 0) = (self.resolution, self.offset_seconds) {
            let ns = units.checked_mul(factor).and_then(|ns| i64::try_from(ns).ok());
            return Timestamp(ns.unwrap_or(i64::MAX));
        }
        self.general(units)
    }

    #[cold]
    fn general(self, units: u64) -> Timestamp {
        let units = u128::from(units);
        let ns = match self.resolution {
            Resolution::Times(factor) => units.saturating_mul(u128::from(factor)),
            Resolution::Parts(parts) => units.checked_div(u128::from(parts)).unwrap_or(0),
            Resolution::Binary(shift) => (units.saturating_mul(1_000_000_000)) >> shift,
            Resolution::Vanishing => 0,
        };
        let ns = i128::try_from(ns).unwrap_or(i128::MAX);
        let ns = ns.saturating_add(i128::from(self.offset_seconds).saturating_mul(1_000_000_000));
        Timestamp(ns.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64)
    }
}

/// An interface with what reading its packets needs, and its options as the file had them.
#[derive(Clone, Debug)]
pub(crate) struct Described {
    pub(crate) interface: Interface,
    pub(crate) clock: Clock,
    /// `if_fcslen`, or the FCS length in a pcap header.
    pub(crate) fcs_len: Option<u8>,
    /// Options of the interface description block, verbatim.
    pub(crate) options: Box<[u8]>,
    pub(crate) big_endian: bool,
    /// Which of the source's files it comes from.
    pub(crate) file: u32,
}

impl Described {
    /// From the body of an interface description block, without type and lengths; `None` when it is too small.
    /// Options that make no sense are passed over: an interface with an odd name still has packets.
    pub(crate) fn parse(body: &[u8], big_endian: bool, file: u32) -> Option<Described> {
        let (head, options) = body.split_first_chunk::<8>()?;
        let [l0, l1, _, _, s0, s1, s2, s3] = *head;
        let (link, snaplen) = if big_endian {
            (u16::from_be_bytes([l0, l1]), u32::from_be_bytes([s0, s1, s2, s3]))
        } else {
            (u16::from_le_bytes([l0, l1]), u32::from_le_bytes([s0, s1, s2, s3]))
        };
        let mut interface = Interface::new("", LinkType(u32::from(link)));
        interface.snaplen = snaplen;
        let (mut tsresol, mut tsoffset, mut fcs_len) = (6u8, 0i64, None);
        for (code, value) in (RawOptions { bytes: options, big_endian }).iter() {
            match (code, value) {
                (2, name) => interface.name = text(name),
                (3, description) => interface.description = text(description),
                (6, address) => interface.address = address.first_chunk().copied(),
                (9, [resolution]) => tsresol = *resolution,
                (13, [len]) => fcs_len = Some(*len),
                (14, value) => {
                    if let Ok(value) = <[u8; 8]>::try_from(value) {
                        tsoffset =
                            if big_endian { i64::from_be_bytes(value) } else { i64::from_le_bytes(value) };
                    }
                }
                (2988, value) => {
                    if let Some(tagger) = tagger(value, big_endian) {
                        interface.dsa_tagger = Some(tagger);
                    }
                }
                _ => {}
            }
        }
        let clock = Clock::new(tsresol, tsoffset);
        Some(Described { interface, clock, fcs_len, options: options.into(), big_endian, file })
    }
}

/// Text of an option, up to a NUL that some writers leave.
fn text(value: &[u8]) -> String {
    let end = value.iter().position(|octet| *octet == 0).unwrap_or(value.len());
    String::from_utf8_lossy(value.get(..end).unwrap_or_default()).into_owned()
}

/// The tagger in nettool's custom option.
fn tagger(value: &[u8], big_endian: bool) -> Option<String> {
    let (pen, value) = value.split_first_chunk::<4>()?;
    let pen = if big_endian { u32::from_be_bytes(*pen) } else { u32::from_le_bytes(*pen) };
    let name = std::str::from_utf8(value).ok()?.strip_prefix(DSA_OPTION)?;
    (pen == PEN).then(|| name.to_owned())
}

/// Whether a custom option of an interface is nettool's tagger.
pub(crate) fn is_dsa_option(value: &[u8], big_endian: bool) -> bool {
    tagger(value, big_endian).is_some()
}

/// The interfaces of a source, in the order in which they were described.
#[derive(Clone, Debug, Default)]
pub struct Interfaces {
    list: Vec<Arc<Described>>,
}

impl Interfaces {
    /// A list of interfaces that do not come from a file.
    pub fn new(list: impl IntoIterator<Item = Interface>) -> Self {
        let described = |interface| {
            Arc::new(Described {
                interface,
                clock: Clock::NANOSECONDS,
                fcs_len: None,
                options: Box::default(),
                big_endian: false,
                file: 0,
            })
        };
        Interfaces { list: list.into_iter().map(described).take(MAX_INTERFACES as usize).collect() }
    }

    /// The interface that `Meta::interface` names.
    pub fn get(&self, index: u32) -> Option<&Interface> {
        self.described(index).map(|described| &described.interface)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All of them, by index.
    pub fn iter(&self) -> impl Iterator<Item = &Interface> {
        self.list.iter().map(|described| &described.interface)
    }

    /// The number, from 0, of the file (of those that [`Reader::open`](super::Reader::open) was given) that describes
    /// interface `index`.
    pub fn file(&self, index: u32) -> Option<u32> {
        self.described(index).map(|described| described.file)
    }

    pub(crate) fn described(&self, index: u32) -> Option<&Arc<Described>> {
        self.list.get(index as usize)
    }

    /// Adds one; `None` when the list is full.
    pub(crate) fn push(&mut self, described: Described) -> Option<u32> {
        let index = u32::try_from(self.list.len()).ok().filter(|index| *index < MAX_INTERFACES)?;
        self.list.push(Arc::new(described));
        Some(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resolution_gives_nanoseconds() {
        for (tsresol, units, ns) in [
            (6u8, 1_700_000_000_123_456, 1_700_000_000_123_456_000i64),
            (9, 1_700_000_000_123_456_789, 1_700_000_000_123_456_789),
            (0, 1_700_000_000, 1_700_000_000_000_000_000),
            (3, 1_700_000_000_123, 1_700_000_000_123_000_000),
            (12, 1_700_000_000_123_456, 1_700_000_000_123),
            (19, 10_000_000_000, 1),
            (29, u64::MAX, 0),
            (127, u64::MAX, 0),
            (0x80 | 10, 1024, 1_000_000_000),
            (0x80 | 32, 3 << 31, 1_500_000_000),
            (0x80 | 127, u64::MAX, 0),
            (0, u64::MAX, i64::MAX),
        ] {
            assert_eq!(Clock::new(tsresol, 0).time(units).0, ns, "if_tsresol {tsresol:#x}");
        }
    }

    #[test]
    fn offset_counts_in_seconds_both_ways() {
        assert_eq!(Clock::new(6, -1).time(2_500_000).0, 1_500_000_000);
        assert_eq!(Clock::new(9, i64::MAX).time(5).0, i64::MAX);
        assert_eq!(Clock::new(9, i64::MIN).time(5).0, i64::MIN);
    }

    #[test]
    fn interface_description_tells_name_clock_and_tagger() {
        let mut body = vec![1, 0, 0, 0, 0, 0, 4, 0];
        let mut option = |code: u16, value: &[u8]| {
            body.extend_from_slice(&code.to_le_bytes());
            body.extend_from_slice(&(value.len() as u16).to_le_bytes());
            body.extend_from_slice(value);
            body.resize(body.len().next_multiple_of(4), 0);
        };
        option(2, b"eth0");
        option(9, &[9]);
        let mut tagger = PEN.to_le_bytes().to_vec();
        tagger.extend_from_slice(b"nettool:dsa=edsa");
        option(2988, &tagger);
        option(0, &[]);
        let described = Described::parse(&body, false, 0).expect("long enough");
        assert_eq!(described.interface.name, "eth0");
        assert_eq!(described.interface.snaplen, 262_144);
        assert_eq!(described.interface.dsa_tagger.as_deref(), Some("edsa"));
        assert_eq!(described.clock, Clock::NANOSECONDS);
        assert!(Described::parse(&body[..7], false, 0).is_none());
    }
}
