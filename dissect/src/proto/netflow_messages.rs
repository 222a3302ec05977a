//! Sets and templates of a NetFlow version 9 or IPFIX message, by its octets: what the decoder and the state across packets both need.

/// Sets and templates that are looked through in one message: more are no honest message.
const MOST: usize = 1024;

/// A template as a message defines it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Definition<'d> {
    /// Its number.
    pub(crate) id: u16,
    /// Fields that come first and name what the others are about, by the numbers of version 9.
    pub(crate) scopes: usize,
    /// Field specifiers.
    pub(crate) fields: &'d [u8],
    /// Whether types may be those of a vendor.
    pub(crate) ipfix: bool,
}

pub(crate) fn word(octets: &[u8], at: usize) -> Option<usize> {
    octets.get(at..)?.first_chunk().map(|pair| usize::from(u16::from_be_bytes(*pair)))
}

/// Octets of `count` specifiers.
fn specifiers_len(octets: &[u8], count: usize, ipfix: bool) -> Option<usize> {
    let mut at = 0_usize;
    for _ in 0..count {
        let first = *octets.get(at)?;
        at = at.saturating_add(if ipfix && first & 0x80 != 0 { 8 } else { 4 });
    }
    (at <= octets.len()).then_some(at)
}

/// Number and body of each set, as far as they are captured.
fn sets(message: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let ipfix = word(message, 0) == Some(10);
    let mut left = message.get(if ipfix { 16 } else { 20 }..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (kind, length) = (word(left, 0)?, word(left, 2)?);
        let body = left.get(4..length.min(left.len()))?;
        left = left.get(length..).unwrap_or_default();
        Some((kind, body))
    })
    .take(MOST)
}

/// Numbers of the templates that sets of records use.
pub(crate) fn uses(message: &[u8]) -> impl Iterator<Item = u16> {
    sets(message).filter_map(|(kind, _)| u16::try_from(kind).ok()).filter(|kind| *kind > 255).take(64)
}

/// Hands over each template that the message defines.
pub(crate) fn definitions<'d>(message: &'d [u8], mut each: impl FnMut(Definition<'d>)) {
    let ipfix = word(message, 0) == Some(10);
    let mut looked = 0_usize;
    for (kind, mut body) in sets(message) {
        looked = looked.saturating_add(1);
        let id = |body: &[u8]| word(body, 0).and_then(|id| u16::try_from(id).ok());
        match kind {
            0 | 2 => {
                while let (Some(id), Some(count), true) = (id(body), word(body, 2), looked < MOST) {
                    let Some(len) = specifiers_len(body.get(4..).unwrap_or_default(), count, ipfix) else {
                        break;
                    };
                    let fields = body.get(4..len.saturating_add(4)).unwrap_or_default();
                    each(Definition { id, scopes: 0, fields, ipfix });
                    body = body.get(len.saturating_add(4)..).unwrap_or_default();
                    looked = looked.saturating_add(1);
                }
            }
            1 => {
                let (Some(id), Some(scopes), Some(options)) = (id(body), word(body, 2), word(body, 4)) else {
                    continue;
                };
                if let Some(fields) = body.get(6..scopes.saturating_add(options).saturating_add(6)) {
                    each(Definition { id, scopes: scopes / 4, fields, ipfix });
                }
            }
            3 => {
                let fields = body.get(6..).unwrap_or_default();
                let (Some(id), Some(count)) = (id(body), word(body, 2)) else { continue };
                if let Some(fields) = specifiers_len(fields, count, ipfix).and_then(|len| fields.get(..len)) {
                    each(Definition { id, scopes: 0, fields, ipfix });
                }
            }
            _ => {}
        }
    }
}
