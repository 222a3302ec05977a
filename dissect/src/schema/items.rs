//! A list of items: a declaration's own, or one that several declarations hold.
//!
//! Options that stand in many messages, records that stand in many sections: they are declared once and made once, wherever they
//! stand. There are thousands of items, made anew in each run.

use super::{Item, Tlv};
use std::ops::Deref;
use std::sync::LazyLock;

/// Items in wire order.
#[derive(Clone, Debug)]
pub enum Items {
    /// Made for the place where they stand.
    Own(Vec<Item>),
    /// Those of a list that stands in other places too.
    Shared(&'static [Item]),
}

impl Items {
    /// The items.
    pub fn as_slice(&self) -> &[Item] {
        match self {
            Items::Own(items) => items,
            Items::Shared(items) => items,
        }
    }
}

impl Default for Items {
    fn default() -> Self {
        Items::Own(Vec::new())
    }
}

impl Deref for Items {
    type Target = [Item];

    fn deref(&self) -> &[Item] {
        self.as_slice()
    }
}

impl From<Vec<Item>> for Items {
    fn from(items: Vec<Item>) -> Items {
        Items::Own(items)
    }
}

impl<const N: usize> From<[Item; N]> for Items {
    fn from(items: [Item; N]) -> Items {
        Items::Own(items.into())
    }
}

impl FromIterator<Item> for Items {
    fn from_iter<I: IntoIterator<Item = Item>>(items: I) -> Items {
        Items::Own(items.into_iter().collect())
    }
}

impl<'a> IntoIterator for &'a Items {
    type Item = &'a Item;
    type IntoIter = std::slice::Iter<'a, Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The items of a list that is made on first use, and stands in several places.
pub fn shared(items: &'static LazyLock<Vec<Item>>) -> Items {
    Items::Shared(items)
}

/// A type-length-value list: a declaration's own, or one that stands in several places.
#[derive(Clone, Debug)]
pub enum Held {
    /// Made for the place where it stands.
    Own(Box<Tlv>),
    /// One that stands in other places too.
    Shared(&'static Tlv),
}

impl Deref for Held {
    type Target = Tlv;

    fn deref(&self) -> &Tlv {
        match self {
            Held::Own(list) => list,
            Held::Shared(list) => list,
        }
    }
}

/// The list that is made on first use, and stands in several places.
pub fn shared_list(list: &'static LazyLock<Tlv>) -> Item {
    Item::Tlv(Held::Shared(list))
}
