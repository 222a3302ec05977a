//! Who claims an IPv4 address by ARP: two that claim the same are noticed (RFC 5227).

use super::scan::Scan;
use crate::frame::{Frame, LinkType};
use crate::hash::Seeded;
use std::collections::HashMap;

/// Who claimed an address last, and in which frame.
type Claim = ([u8; 6], u64);

/// Claims of addresses, by VLAN.
#[derive(Clone, Debug)]
pub struct Neighbours {
    /// By outer VLAN and address.
    known: HashMap<(u16, [u8; 4]), Claim, Seeded>,
    limit: usize,
    evicted: u64,
}

impl Neighbours {
    /// For at most `limit` addresses (at least 16).
    pub fn new(limit: usize) -> Self {
        Neighbours { known: HashMap::default(), limit: limit.max(16), evicted: 0 }
    }

    /// Takes a frame into account; the frame in which somebody else claimed the sender's address before.
    pub fn take(&mut self, scan: &Scan<'_>, frame: &Frame<'_>) -> Option<u64> {
        if scan.ether_type != 0x0806 || frame.meta.link_type != LinkType::ETHERNET {
            return None;
        }
        let (hardware, address) = sender(frame.data)?;
        let [vlan, _] = scan.vlans;
        let claim = (hardware, frame.number);
        if let Some(known) = self.known.get_mut(&(vlan, address)) {
            let (before, since) = std::mem::replace(known, claim);
            return (before != hardware).then_some(since);
        }
        if self.known.len() >= self.limit {
            // A sweep over a large network: what was learnt so far says little about what comes.
            self.evicted = self.evicted.saturating_add(self.known.len() as u64);
            self.known.clear();
        }
        self.known.insert((vlan, address), claim);
        None
    }

    /// Claims that had to make room for others.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }
}

/// Sender's hardware and protocol address of ARP for IPv4 over Ethernet; no address is no claim.
fn sender(data: &[u8]) -> Option<([u8; 6], [u8; 4])> {
    let (_, mut rest) = data.split_at_checked(12)?;
    loop {
        let ([t0, t1], after) = rest.split_first_chunk::<2>()?;
        match u16::from_be_bytes([*t0, *t1]) {
            0x8100 | 0x88a8 | 0x9100 => rest = after.get(2..)?,
            0x0806 => {
                let ([0, 1, 8, 0, 6, 4, _, _], body) = after.split_first_chunk::<8>()? else { return None };
                let (hardware, body) = body.split_first_chunk::<6>()?;
                let address = body.first_chunk::<4>()?;
                return (*address != [0; 4]).then_some((*hardware, *address));
            }
            _ => return None,
        }
    }
}
