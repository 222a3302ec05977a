//! Numbers and DNS names out of octets.

/// Pointers followed and labels read in one DNS name.
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

/// Reads a DNS name at `at`, with pointers counted from `base`, and writes it without the closing dot (the root is
/// empty). Octets that are no printable ASCII, and dots and backslashes within labels, are escaped as RFC 4343 §2.1
/// does. Returns the offset behind the name; `None` when it does not end within `data`.
pub(crate) fn read_dns_name(data: &[u8], base: usize, at: usize, out: &mut Vec<u8>) -> Option<usize> {
    let (mut at, mut after) = (at, None);
    let begin = out.len();
    for _ in 0..MAX_DNS_STEPS {
        let len = *data.get(at)?;
        match len {
            0 => return Some(after.unwrap_or(at.saturating_add(1))),
            1..=63 => {
                let start = at.saturating_add(1);
                let label = data.get(start..start.saturating_add(usize::from(len)))?;
                if out.len() > begin {
                    out.push(b'.');
                }
                label.iter().for_each(|octet| escape_label_octet(*octet, out));
                at = start.saturating_add(usize::from(len));
            }
            0xc0.. => {
                let low = *data.get(at.saturating_add(1))?;
                after.get_or_insert(at.saturating_add(2));
                at = base.saturating_add(usize::from(len & 0x3f) << 8 | usize::from(low));
            }
            _ => return None,
        }
    }
    None
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
