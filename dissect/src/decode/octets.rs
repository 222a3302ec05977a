//! Numbers and DNS names out of octets.

use crate::render::put;

/// Pointers followed in one DNS name; four times as many labels behind them.
const MAX_DNS_STEPS: usize = 128;

/// Offsets are kept in 32 bits; frames are far shorter.
#[inline]
pub(super) fn small(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// `width` (at most 64) bits from bit `start`, most significant first; 0 where they are not all there.
#[inline]
pub(crate) fn bits_at(data: &[u8], start: usize, width: u16) -> u64 {
    // Most fields lie within eight octets from their first on, or within the last eight that there are: one load and two shifts.
    let first = (start / 8).min(data.len().saturating_sub(8));
    let shift = start.wrapping_sub(first.wrapping_mul(8));
    if let Some(word) = data.get(first..).and_then(<[u8]>::first_chunk)
        && shift.saturating_add(usize::from(width)) <= 64
    {
        let word = u64::from_be_bytes(*word).checked_shl(shift as u32).unwrap_or(0);
        return word.checked_shr(64_u32.saturating_sub(u32::from(width))).unwrap_or(0);
    }
    long_bits_at(data, start, width)
}

/// The same of fields that nine octets have a share in, and of octets so few that they fill no word.
fn long_bits_at(data: &[u8], start: usize, width: u16) -> u64 {
    let (first, shift) = (start / 8, start % 8);
    let needed = shift.saturating_add(usize::from(width)).div_ceil(8);
    let Some(octets) = data.get(first..first.saturating_add(needed)) else { return 0 };
    let all = octets.iter().fold(0_u128, |all, octet| all << 8 | u128::from(*octet));
    let unused = needed.saturating_mul(8).saturating_sub(shift).saturating_sub(usize::from(width));
    let mask = if width >= 64 { u128::from(u64::MAX) } else { (1_u128 << width).saturating_sub(1) };
    (all >> unused & mask) as u64
}

/// How the reading of a DNS name ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Whole,
    /// Pointers lead back to where they stand.
    Loop,
    /// More than the 255 octets of RFC 1035 §3.1.
    TooLong,
    /// A label of a kind that is not assigned (RFC 6891 §5).
    UnknownLabel,
}

impl Ending {
    /// What stands in place of a name that cannot be told; Wireshark's words.
    pub(crate) fn instead(self) -> Option<&'static [u8]> {
        match self {
            Self::Whole => None,
            Self::Loop => Some(b"<Name contains a pointer that loops>"),
            Self::TooLong => Some(b"<Name too long>"),
            Self::UnknownLabel => Some(b"<Unknown extended label>"),
        }
    }
}

/// Letters of the longest name, with its dots, without the closing one.
const LONGEST: usize = 253;

/// Walks a DNS name at `at`, with pointers counted from `base`, and hands each label on. Returns how it ended and the
/// offset behind it; `None` when it does not end within `data`.
pub(crate) fn walk_dns_name(
    data: &[u8],
    base: usize,
    at: usize,
    mut label: impl FnMut(&[u8]),
) -> Option<(Ending, usize)> {
    let (mut at, mut after, mut letters) = (at, None, 0_usize);
    let (mut pointers, mut steps) = (0_usize, 0_usize);
    let ending = loop {
        let len = *data.get(at)?;
        match len {
            0 => {
                at = at.saturating_add(1);
                break Ending::Whole;
            }
            1..=63 => {
                let start = at.saturating_add(1);
                let octets = data.get(start..start.saturating_add(usize::from(len)))?;
                letters = letters.saturating_add(octets.len()).saturating_add(usize::from(letters > 0));
                if letters <= LONGEST {
                    label(octets);
                }
                at = start.saturating_add(octets.len());
            }
            0xc0.. => {
                let low = *data.get(at.saturating_add(1))?;
                after.get_or_insert(at.saturating_add(2));
                pointers = pointers.saturating_add(1);
                at = base.saturating_add(usize::from(len & 0x3f) << 8 | usize::from(low));
                if pointers > MAX_DNS_STEPS {
                    break Ending::Loop;
                }
            }
            // The kind that never was, and another than usual where the name only begins.
            0x80..=0xbf => return None,
            _ if letters == 0 => return None,
            // A bit string of RFC 2673, which RFC 6891 withdrew.
            0x41 => {
                let bits = *data.get(at.saturating_add(1))?;
                let octets = usize::from(bits.max(1)).div_ceil(8);
                let start = at.saturating_add(2);
                let mut text = b"\\[x".to_vec();
                put::hex_octets(&mut text, data.get(start..start.saturating_add(octets))?, None);
                text.extend_from_slice(format!("/{bits}]").as_bytes());
                letters = letters.saturating_add(text.len()).saturating_add(1);
                if letters <= LONGEST {
                    label(&text);
                }
                at = start.saturating_add(octets);
            }
            _ => {
                at = at.saturating_add(1);
                break Ending::UnknownLabel;
            }
        }
        // Without a pointer each step moves on in the octets; behind one it may not.
        steps = steps.saturating_add(usize::from(after.is_some()));
        if steps > MAX_DNS_STEPS.saturating_mul(4) {
            break Ending::TooLong;
        }
    };
    let ending = if ending == Ending::Whole && letters > LONGEST { Ending::TooLong } else { ending };
    Some((ending, after.unwrap_or(at)))
}

/// Reads a DNS name for a line, without the closing dot (the root is empty). Octets that are no printable ASCII, and dots
/// and backslashes within labels, are escaped as RFC 4343 §2.1 does. Returns the offset behind the name; `None` when it does
/// not end within `data`, or says nothing.
pub(crate) fn read_dns_name(data: &[u8], base: usize, at: usize, out: &mut Vec<u8>) -> Option<usize> {
    let begin = out.len();
    let (ending, after) = walk_dns_name(data, base, at, |label| {
        if out.len() > begin {
            out.push(b'.');
        }
        label.iter().for_each(|octet| escape_label_octet(*octet, out));
    })?;
    (ending == Ending::Whole).then_some(after)
}

fn escape_label_octet(octet: u8, out: &mut Vec<u8>) {
    match octet {
        b'.' | b'\\' => out.extend([b'\\', octet]),
        0x21..=0x7e => out.push(octet),
        _ => {
            let digit = |value: u8| b'0'.saturating_add(value % 10);
            out.extend([b'\\', digit(octet / 100), digit(octet / 10), digit(octet)]);
        }
    }
}
