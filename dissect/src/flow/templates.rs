//! Templates of NetFlow version 9 and IPFIX, which exporters send seldom and use in all messages behind: kept from frame to frame.
//!
//! A template is known by the exporter's address, the observation domain (source identifier) and its number; a new definition takes
//! the place of an older one (RFC 3954 §9, RFC 7011 §8.1). What is kept is bounded: the oldest makes room.

use super::scan::Scan;
use crate::decode::Network;
use crate::hash::Seeded;
use crate::proto::netflow::messages::{Definition, definitions, uses};
use crate::registry::Registry;
use crate::schema::UDP_PORT;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Templates that are kept at most.
pub const MOST_TEMPLATES: usize = 8192;

/// Octets of field specifiers beyond which a template is not kept.
const LONGEST: usize = 4096;

/// A template of an earlier message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    /// Its number.
    pub id: u16,
    /// Fields that name what the others are about, by the numbers of version 9.
    pub scopes: usize,
    /// Whether field types may be those of a vendor (IPFIX).
    pub ipfix: bool,
    /// Field specifiers, as they stand in the message.
    pub fields: Arc<[u8]>,
}

/// Which ports lead to these protocols.
#[derive(Clone, Debug)]
pub(super) struct Exporters(Arc<Vec<bool>>);

impl Exporters {
    pub(super) fn new(registry: &Registry) -> Self {
        let own = registry.protocol_named("cflow");
        Exporters(registry.by_number(UDP_PORT, false, |id| Some(id) == own))
    }

    /// Whether a datagram may be a message.
    #[inline]
    pub(super) fn concern(&self, from: u16, to: u16) -> bool {
        let leads = |port: u16| self.0.get(usize::from(port)).copied().unwrap_or(false);
        leads(from) || leads(to)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Key {
    exporter: [u8; 16],
    version: u8,
    domain: u32,
    id: u16,
}

/// What exporters have told.
#[derive(Default)]
pub(super) struct Templates {
    kept: HashMap<Key, Kept, Seeded>,
    /// In the order in which they were first told.
    order: VecDeque<Key>,
    evicted: u64,
}

impl Templates {
    /// How many had to make room.
    pub(super) fn evicted(&self) -> u64 {
        self.evicted
    }

    /// Learns from a message; the templates of earlier ones that it uses.
    pub(super) fn observe(&mut self, scan: &Scan<'_>) -> Vec<Kept> {
        let message = scan.payload.get(8..).unwrap_or_default();
        let (version, at) = match message {
            [0, 9, ..] => (9, 16),
            [0, 10, ..] => (10, 12),
            _ => return Vec::new(),
        };
        let Some(domain) = message.get(at..).and_then(<[u8]>::first_chunk) else { return Vec::new() };
        let exporter = match scan.network {
            Network::None => return Vec::new(),
            Network::V4(source, _) => {
                let mut address = [0; 16];
                address.iter_mut().zip(source).for_each(|(to, from)| *to = from);
                address
            }
            Network::V6(source, _) => source,
        };
        let key = |id| Key { exporter, version, domain: u32::from_be_bytes(*domain), id };
        // What the message defines itself is found there: what it uses is looked up before it is learnt from.
        let mut known: Vec<Kept> = Vec::new();
        for id in uses(message) {
            if let Some(kept) = self.kept.get(&key(id)).filter(|_| known.iter().all(|kept| kept.id != id)) {
                known.push(kept.clone());
            }
        }
        definitions(message, |definition| self.keep(key(definition.id), &definition));
        known
    }

    fn keep(&mut self, key: Key, definition: &Definition<'_>) {
        if definition.fields.len() > LONGEST {
            return;
        }
        if let Some(before) = self.kept.get(&key)
            && *before.fields == *definition.fields
            && before.scopes == definition.scopes
        {
            return;
        }
        let kept = Kept {
            id: definition.id,
            scopes: definition.scopes,
            ipfix: definition.ipfix,
            fields: definition.fields.into(),
        };
        if self.kept.insert(key, kept).is_some() {
            return;
        }
        self.order.push_back(key);
        while self.kept.len() > MOST_TEMPLATES {
            let Some(oldest) = self.order.pop_front() else { break };
            if self.kept.remove(&oldest).is_some() {
                self.evicted = self.evicted.saturating_add(1);
            }
        }
    }
}
