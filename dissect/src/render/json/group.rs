//! Numbers with parts (`tcp.flags` and its bits), whose text is kept by value.
//!
//! The parts divide the octets of the whole, so that one value has one text. Captures have few of them.

use crate::decode::Node;
use crate::registry::{FieldId, Registry};
use crate::schema::{Field, Item, Kind, Protocol, Size};

/// Values of a group that are kept.
const KEPT: usize = 16;

/// Parts that a group may have.
const MOST: usize = 20;

/// A number and its parts.
pub(super) struct Group {
    parts: Box<[FieldId]>,
    texts: [Option<(u64, Box<[u8]>)>; KEPT],
}

impl Group {
    /// The group that a field is the whole of, if no name in it is longer than `longest`.
    pub(super) fn of(registry: &Registry, field: FieldId, longest: usize) -> Option<Group> {
        let info = registry.field(field)?;
        let protocol = registry.protocol(info.protocol)?;
        let mut parts = Vec::new();
        find(registry, protocol, protocol.header(), info.field, &mut parts)?;
        let short = |id: &FieldId| registry.field(*id).is_some_and(|info| info.name.len() <= longest);
        let fits = (1..=MOST).contains(&parts.len()) && short(&field) && parts.iter().all(short);
        fits.then(|| Group { parts: parts.into(), texts: [const { None }; KEPT] })
    }

    /// The fields of the whole and of its parts, if they stand at the beginning of `nodes` as they are declared.
    pub(super) fn stands_in<'n>(&self, nodes: &'n [Node]) -> Option<&'n [Node]> {
        let all = nodes.get(..=self.parts.len())?;
        let (_, parts) = all.split_first()?;
        parts.iter().zip(&self.parts).all(|(node, part)| node.field == *part).then_some(all)
    }

    #[inline]
    fn place(value: u64) -> usize {
        ((value ^ value >> 4 ^ value >> 8) & 15) as usize
    }

    /// The text of a value, if it is kept.
    #[inline]
    pub(super) fn text(&self, value: u64) -> Option<&[u8]> {
        let (of, text) = self.texts.get(Self::place(value))?.as_ref()?;
        (*of == value).then_some(&**text)
    }

    /// Keeps the text of a value in place of another's.
    pub(super) fn keep(&mut self, value: u64, text: &[u8]) {
        if let Some(kept) = self.texts.get_mut(Self::place(value)) {
            *kept = Some((value, text.into()));
        }
    }
}

/// The parts of the group that `whole` is, wherever it stands among items.
fn find(
    registry: &Registry,
    protocol: &Protocol,
    items: &[Item],
    whole: &Field,
    parts: &mut Vec<FieldId>,
) -> Option<()> {
    items.iter().find_map(|item| match item {
        Item::Group(field, inner) if std::ptr::eq(field, whole) => {
            plain(field)?;
            divide(registry, protocol, inner, parts)
        }
        Item::Group(_, inner)
        | Item::Block(_, _, inner)
        | Item::Repeat(_, _, inner)
        | Item::When(_, inner)
        | Item::Behind(_, inner) => find(registry, protocol, inner, whole, parts),
        Item::Switch(_, cases, other) => cases
            .iter()
            .map(|(_, _, inner)| inner)
            .chain([other])
            .find_map(|inner| find(registry, protocol, inner, whole, parts)),
        Item::Field(_) | Item::Tlv(_) | Item::Custom(..) => None,
    })
}

fn divide(registry: &Registry, protocol: &Protocol, items: &[Item], parts: &mut Vec<FieldId>) -> Option<()> {
    for item in items {
        match item {
            Item::Field(field) => {
                plain(field)?;
                parts.push(registry.local(protocol, field.name)?);
            }
            Item::Group(field, inner) => {
                plain(field)?;
                parts.push(registry.local(protocol, field.name)?);
                divide(registry, protocol, inner, parts)?;
            }
            _ => return None,
        }
    }
    Some(())
}

/// Whether a field is a number of fixed width that is shown.
fn plain(field: &Field) -> Option<()> {
    let number = matches!(field.kind, Kind::Uint(_) | Kind::Bool) && matches!(field.size, Size::Bits(_));
    (number && !field.hidden).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Named;

    #[test]
    fn groups_are_known_by_their_declaration() {
        let registry = Registry::builtin();
        let parts = |name: &str| match registry.named(name) {
            Some(Named::Field(id)) => Group::of(registry, id, 44).map(|group| group.parts.len()),
            _ => None,
        };
        assert_eq!(parts("tcp.flags"), Some(10));
        assert_eq!(parts("ip.dsfield"), Some(2));
        assert_eq!(parts("ip.flags"), Some(3));
        assert_eq!(parts("tcp.srcport"), None);
    }
}
