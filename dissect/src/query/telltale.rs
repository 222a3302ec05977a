//! Octets that a frame must hold to be selected.
//!
//! `tcp.port == 443` can only hold of a frame in which 01 bb stands somewhere: a number that is declared as whole octets in
//! network order lies in the frame as it is. To look for a few octets takes a fraction of a decode, and most frames have
//! none of them. Where a value may come from elsewhere (made by a hook, taken out by the network card, joined from
//! several frames), nothing is concluded.
//!
//! Ports of most frames are where a look at their headers finds them: a payload need not be searched where nothing in it could be
//! another packet ([`super::ports`]).

use super::eval::{Expr, Fields, Get, Member, Op, Right, Source, Test};
use super::ports::Ports;
use crate::frame::{Frame, LinkType};
use crate::registry::{FieldId, ProtoId, Registry, collect};
use crate::schema::{Endian, Field, Item, Size};
use memchr::memmem::Finder;

/// Texts of octets beyond which looking for each costs as much as a decode.
const MOST: usize = 4;

/// What a selected frame holds: at least one of some texts of octets.
#[derive(Clone, Debug)]
pub struct Telltale {
    octets: Vec<Finder<'static>>,
    ports: Option<Ports>,
}

impl Telltale {
    /// Of a query's test; `None` where it tells nothing.
    pub(super) fn of(registry: &Registry, test: &Test) -> Option<Telltale> {
        let octets = of_test(registry, test)?;
        let octets = octets.iter().map(|octets| Finder::new(octets).into_owned()).collect();
        Some(Telltale { octets, ports: Ports::of(registry, test) })
    }

    /// Whether the query cannot select the frame. Of a frame that completes something with frames before it, this must
    /// not be asked: what was joined is not in it.
    #[inline]
    pub fn excludes(&self, frame: &Frame<'_>) -> bool {
        frame.meta.vlan.outer.is_none() && self.excludes_octets(frame.meta.link_type, frame.data)
    }

    /// Whether the query cannot select a frame of these octets that has no tag beside them.
    #[inline]
    pub fn excludes_octets(&self, link_type: LinkType, data: &[u8]) -> bool {
        !compresses(link_type) && !self.octets.iter().any(|octets| octets.find(data).is_some())
    }

    /// The same of a frame that has no switch tag either.
    #[inline]
    pub fn excludes_untagged(&self, link_type: LinkType, data: &[u8]) -> bool {
        let by_ports = self.ports.as_ref().and_then(|ports| ports.exclude(link_type, data));
        by_ports.unwrap_or_else(|| self.excludes_octets(link_type, data))
    }
}

/// Whether frames may hold headers that stand for others (RFC 6282): what they stand for is not in them.
fn compresses(link_type: LinkType) -> bool {
    matches!(link_type, LinkType::IEEE802_15_4_WITHFCS | LinkType::IEEE802_15_4_NOFCS)
}

/// Texts one of which must be there.
type Texts = Vec<Vec<u8>>;

fn of_test(registry: &Registry, test: &Test) -> Option<Texts> {
    match test {
        // Any part will do: that with the longest texts lets the fewest frames pass.
        Test::And(parts) => parts
            .iter()
            .filter_map(|part| of_test(registry, part))
            .max_by_key(|texts| texts.iter().map(Vec::len).min()),
        Test::Or(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(of_test(registry, part)?);
            }
            few(all)
        }
        Test::Compare { left: Expr::Fields(fields), op: Op::Eq, right, all: false } => {
            of_value(registry, fields, right).and_then(few)
        }
        Test::In { left: Expr::Fields(fields), set, all: false } => {
            let mut all = Vec::new();
            for member in set {
                let Member::One(one) = member else { return None };
                all.extend(of_value(registry, fields, one)?);
            }
            few(all)
        }
        _ => None,
    }
}

fn few(mut texts: Texts) -> Option<Texts> {
    texts.sort_unstable();
    texts.dedup();
    (!texts.is_empty() && texts.len() <= MOST).then_some(texts)
}

/// How the value lies in a frame for each field that may have it.
fn of_value(registry: &Registry, fields: &Fields, value: &Right) -> Option<Texts> {
    let number = match *value {
        Right::Number(number) => u64::try_from(number).ok()?,
        Right::Net4 { address, mask: u32::MAX } => u64::from(address),
        _ => return None,
    };
    let all = number.to_be_bytes();
    let text = |source: &Source| {
        let octets = plain_octets(registry, source.field).filter(|_| source.get == Get::Number(1))?;
        let (high, low) = all.split_at_checked(all.len().checked_sub(octets)?)?;
        high.iter().all(|octet| *octet == 0).then(|| low.to_vec())
    };
    if fields.layers.is_some() {
        return None;
    }
    fields.sources.iter().map(text).collect()
}

/// Octets of a number that every protocol which holds the field declares as it lies in the frame; `None` where it may come
/// from elsewhere.
fn plain_octets(registry: &Registry, field: FieldId) -> Option<usize> {
    let mut octets = None;
    for holder in registry.holders(field) {
        let protocol = registry.protocol(holder).filter(|_| holder != ProtoId(0))?;
        let is_it = |declared: &Field| registry.local(protocol, declared.name) == Some(field);
        if protocol.generated().iter().any(is_it) {
            return None;
        }
        let mut bits = 0_usize;
        for item in protocol.header() {
            match item {
                Item::Field(declared) if is_it(declared) => {
                    let Size::Bits(width @ (16 | 32 | 48 | 64)) = declared.size else { return None };
                    if !bits.is_multiple_of(8) || declared.endian != Endian::Big || declared.scale != 1 {
                        return None;
                    }
                    octets = Some(usize::from(width / 8));
                }
                other => {
                    let mut inside = Vec::new();
                    collect(std::slice::from_ref(other), &mut inside);
                    if inside.into_iter().any(is_it) {
                        return None;
                    }
                }
            }
            if let Item::Field(declared) | Item::Group(declared, _) = item
                && let Size::Bits(width) = declared.size
            {
                bits = bits.saturating_add(usize::from(width));
            }
        }
    }
    octets
}
