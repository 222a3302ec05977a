//! Recognising a tagger by the look of the frames, where neither file nor user names it.
//!
//! Only taggers whose tag has a mark of its own are recognised: an EtherType that is nobody else's, or a magic at a
//! fixed place. What could be an ordinary frame is never taken for a tag.

use super::{Tagger, read, tagger};
use crate::frame::{Frame, LinkType};

/// Frames that are looked at before a verdict.
const WANTED: usize = 64;

/// A tagger, and how sure it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Detection {
    /// The tagger.
    pub tagger: &'static Tagger,
    /// Frames that bear its tag.
    pub hits: usize,
    /// Frames that were looked at.
    pub frames: usize,
}

impl Detection {
    /// `high` when every frame bears the tag and there are enough of them, else `medium`.
    pub fn confidence(&self) -> &'static str {
        if self.hits == self.frames && self.frames >= 8 { "high" } else { "medium" }
    }
}

/// A tagger's name, and the test for its mark.
type Mark = (&'static str, fn(&[u8]) -> bool);

/// Taggers with a mark.
const MARKED: &[Mark] = &[
    ("brcm-legacy", |data| be16(data, 12) == Some(0x8874) && octet(data, 16) == Some(0)),
    ("edsa", |data| be16(data, 12) == Some(0xdada) && be16(data, 14) == Some(0)),
    ("rtl4a", |data| be16(data, 12) == Some(0x8899) && octet(data, 14).is_some_and(|o| o >> 4 == 0xa)),
    ("rtl8_4", |data| be16(data, 12) == Some(0x8899) && octet(data, 14) == Some(4)),
    ("rtl8_4t", |data| {
        let at = data.len().checked_sub(8).filter(|at| *at >= 14);
        at.is_some_and(|at| be16(data, at) == Some(0x8899) && octet(data, at.saturating_add(2)) == Some(4))
    }),
    ("ocelot", |data| data.starts_with(&[0x88, 0x80, 0, 0x0a]) && data.len() >= 34),
    ("seville", |data| data.starts_with(&[0x88, 0x80, 0, 0x05]) && data.len() >= 34),
    ("sja1105", |data| be16(data, 12) == Some(0xdadb)),
    ("sja1110", |data| be16(data, 12) == Some(0xdadc)),
    ("nxp_netc", |data| be16(data, 12) == Some(0xfd3a) && octet(data, 14).is_some_and(|o| o >> 4 <= 2)),
    ("a5psw", |data| be16(data, 12) == Some(0xe001) && be16(data, 14).is_some_and(|word| word <= 15)),
    ("yt921x", |data| {
        let (rx, tx) = (be16(data, 16), be16(data, 18));
        be16(data, 12) == Some(0x9988)
            && (rx.is_some_and(|w| w >> 15 == 1) || tx.is_some_and(|w| w >> 15 == 1))
    }),
];

/// The tagger that the first frames of a source look like; `None` for plain Ethernet. More than half of the frames
/// must bear the mark, and what is behind each tag must be an EtherType or length that makes sense.
pub fn detect<'f>(frames: impl Iterator<Item = Frame<'f>>) -> Option<Detection> {
    let mut hits = [0_usize; MARKED.len()];
    let mut total = 0_usize;
    for frame in frames.filter(|frame| frame.meta.link_type == LinkType::ETHERNET).take(WANTED) {
        total = total.saturating_add(1);
        for ((name, test), hits) in MARKED.iter().zip(&mut hits) {
            if test(frame.data) && makes_sense(name, &frame) {
                *hits = hits.saturating_add(1);
            }
        }
    }
    let (best, hits) = MARKED.iter().zip(hits).max_by_key(|(_, hits)| *hits)?;
    if hits == 0 || hits.saturating_mul(2) <= total {
        return None;
    }
    Some(Detection { tagger: tagger(best.0)?, hits, frames: total })
}

/// Whether the frame without its tag begins with addresses and an EtherType in use, or a length that fits.
fn makes_sense(name: &str, frame: &Frame<'_>) -> bool {
    let Some(tag) = tagger(name).and_then(|tagger| read(tagger, frame.data, &frame.meta)) else {
        return false;
    };
    let mut inner = Vec::with_capacity(frame.data.len());
    tag.untagged(frame.data, &mut inner);
    let Some(kind) = be16(&inner, 12) else { return false };
    let known = matches!(
        kind,
        0x0800
            | 0x0806
            | 0x86dd
            | 0x8100
            | 0x88a8
            | 0x88cc
            | 0x88f7
            | 0x8863
            | 0x8864
            | 0x888e
            | 0x8847
            | 0x9000
    );
    let length = kind < 0x600 && usize::from(kind).saturating_add(14) <= inner.len();
    let source = inner.get(6).is_some_and(|octet| octet & 1 == 0);
    (known || length) && source
}

fn be16(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..).and_then(<[u8]>::first_chunk).map(|octets| u16::from_be_bytes(*octets))
}

fn octet(data: &[u8], at: usize) -> Option<u8> {
    data.get(at).copied()
}
