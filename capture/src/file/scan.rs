//! What hopping from record to record needs in both formats: numbers in either byte order, where a scan stands, and
//! what stops it.

/// Reads `N` octets at `at`.
#[inline]
pub(crate) fn octets<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk::<N>().copied()
}

/// A 32-bit number at `at`.
#[inline]
pub(crate) fn word(bytes: &[u8], at: usize, big_endian: bool) -> Option<u32> {
    let raw = octets::<4>(bytes, at)?;
    Some(if big_endian { u32::from_be_bytes(raw) } else { u32::from_le_bytes(raw) })
}

/// A 16-bit number at `at`.
#[inline]
pub(crate) fn half(bytes: &[u8], at: usize, big_endian: bool) -> Option<u16> {
    let raw = octets::<2>(bytes, at)?;
    Some(if big_endian { u16::from_be_bytes(raw) } else { u16::from_le_bytes(raw) })
}

/// Why scanning stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Halt {
    /// The wanted octets are scanned.
    Full,
    /// The record at the end of what was scanned goes on: so many octets from its start are needed, at least.
    More {
        /// Octets from the start of the record.
        needed: u64,
    },
    /// The record there claims more than is believed.
    TooLong {
        /// Claimed.
        length: u32,
        /// Believed.
        limit: u32,
    },
    /// A section header stands here, all of it.
    Section {
        /// Length of its block.
        len: usize,
    },
    /// An interface description stands here, all of it.
    Interface {
        /// Length of its block.
        len: usize,
    },
    /// An impossible block length.
    Length {
        /// Block type.
        kind: u32,
        /// Claimed.
        length: u32,
    },
    /// Block lengths that differ.
    Differ {
        /// At the start.
        first: u32,
        /// At the end.
        last: u32,
    },
    /// A section header without byte order.
    ByteOrder {
        /// What stands there.
        magic: u32,
    },
}

/// Where a scan stands: whole records before `at`, `packets` of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Progress {
    pub(crate) at: usize,
    pub(crate) packets: u64,
}

/// Where a scan may stop: at whichever comes first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Target {
    pub(crate) octets: usize,
    pub(crate) packets: u64,
}

/// Octets that are touched ahead of the record headers: the processor then fetches them in a row, instead of one
/// cache miss for each record.
const AHEAD: usize = 16 << 10;
/// How close to the end of what is touched a scan may come.
pub(crate) const AHEAD_STEP: usize = AHEAD / 2;

/// Reads one octet of each cache line of the next [`AHEAD`] octets; gives where that ends.
#[inline]
pub(crate) fn touch(bytes: &[u8], from: usize) -> usize {
    let end = from.saturating_add(AHEAD);
    let window = bytes.get(from..end.min(bytes.len())).unwrap_or_default();
    let mut sum = 0u8;
    for line in window.chunks(64) {
        sum ^= line.first().copied().unwrap_or(0);
    }
    std::hint::black_box(sum);
    end
}
