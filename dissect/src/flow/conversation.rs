//! Conversations and endpoints of a level, summed up from flows.

use super::dense::Dense;
use super::table::{Count, End, Family, FlowTable, Key, Traffic};
use std::hash::{Hash, Hasher};
use std::net::{Ipv4Addr, Ipv6Addr};

/// What two parties are, or one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// IEEE 802 addresses.
    Ethernet,
    /// IPv4 addresses.
    V4,
    /// IPv6 addresses.
    V6,
    /// Addresses and TCP ports.
    Tcp,
    /// Addresses and UDP ports (UDP-Lite too).
    Udp,
    /// Addresses and SCTP ports.
    Sctp,
    /// VLAN numbers of frames, outer one first.
    Vlan,
    /// Ports of a switch by its tag.
    SwitchPort,
}

/// Every level with the name that the command line has for it, and a title.
pub const LEVELS: [(Level, &str, &str); 8] = [
    (Level::Ethernet, "eth", "Ethernet"),
    (Level::V4, "ip", "IPv4"),
    (Level::V6, "ipv6", "IPv6"),
    (Level::Tcp, "tcp", "TCP"),
    (Level::Udp, "udp", "UDP"),
    (Level::Sctp, "sctp", "SCTP"),
    (Level::Vlan, "vlan", "VLAN"),
    (Level::SwitchPort, "dsa", "Switch port"),
];

/// A party to a conversation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Party {
    /// IEEE 802 address.
    Mac([u8; 6]),
    /// IP address.
    Host(Family, u128),
    /// IP address and port.
    Socket(Family, u128, u16),
    /// VLAN numbers; the second 0 where there is one tag.
    Vlan(u16, u16),
    /// Port of the switch.
    SwitchPort(u16),
}

impl Hash for Party {
    /// As few words as hold what differs between the parties of a level.
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut host = |family: Family, address: u128, port: u16| match family {
            Family::V6 => {
                state.write_u128(address);
                state.write_u16(port);
            }
            Family::V4 | Family::Link => state.write_u64((address as u64) << 16 | u64::from(port)),
        };
        match *self {
            Party::Host(family, address) => host(family, address, 0),
            Party::Socket(family, address, port) => host(family, address, port),
            Party::Mac([a, b, c, d, e, f]) => state.write_u64(u64::from_be_bytes([0, 0, a, b, c, d, e, f])),
            Party::Vlan(outer, inner) => state.write_u32(u32::from(outer) << 16 | u32::from(inner)),
            Party::SwitchPort(port) => state.write_u16(port),
        }
    }
}

impl Party {
    fn of(level: Level, key: &Key, end: &End) -> Option<Party> {
        let [.., m0, m1, m2, m3, m4, m5] = end.mac.to_be_bytes();
        let socket = || Some(Party::Socket(key.family, end.address, end.port));
        match level {
            Level::Ethernet => key.link.then_some(Party::Mac([m0, m1, m2, m3, m4, m5])),
            Level::V4 if key.family == Family::V4 => Some(Party::Host(Family::V4, end.address)),
            Level::V6 if key.family == Family::V6 => Some(Party::Host(Family::V6, end.address)),
            Level::Tcp if key.protocol == 6 && key.has_ports() => socket(),
            Level::Udp if matches!(key.protocol, 17 | 136) && key.has_ports() => socket(),
            Level::Sctp if key.protocol == 132 && key.has_ports() => socket(),
            Level::Vlan if key.tags > 0 => {
                let [outer, inner] = key.vlans;
                Some(Party::Vlan(outer, inner))
            }
            Level::SwitchPort => key.switch_port.checked_sub(1).map(Party::SwitchPort),
            _ => None,
        }
    }

    /// Appends it as text: `02:…:01`, `10.0.0.1`, `10.0.0.1:80`, `[2001:db8::1]:80`, `5`, `5.10`, `port 3`.
    pub fn write(&self, out: &mut Vec<u8>) {
        use crate::render::put;
        let host = |out: &mut Vec<u8>, family: Family, address: u128| match family {
            Family::V6 => put::ipv6(out, Ipv6Addr::from(address).octets()),
            Family::V4 | Family::Link => put::ipv4(out, Ipv4Addr::from(address as u32).octets()),
        };
        match *self {
            Party::Mac(mac) => put::mac(out, mac),
            Party::Host(family, address) => host(out, family, address),
            Party::Socket(family, address, port) => {
                let brackets = family == Family::V6;
                if brackets {
                    out.push(b'[');
                }
                host(out, family, address);
                if brackets {
                    out.push(b']');
                }
                out.push(b':');
                put::decimal(out, u64::from(port));
            }
            Party::Vlan(outer, inner) => {
                put::decimal(out, u64::from(outer));
                if inner != 0 {
                    out.push(b'.');
                    put::decimal(out, u64::from(inner));
                }
            }
            Party::SwitchPort(port) => {
                out.extend_from_slice(b"port ");
                put::decimal(out, u64::from(port));
            }
        }
    }
}

impl Key {
    /// Later fragments have no ports.
    fn has_ports(&self) -> bool {
        self.low.port != 0 || self.high.port != 0
    }
}

/// What two parties said to each other; `a` spoke first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Conversation {
    /// Who sent the first frame.
    pub a: Party,
    /// The other one; the same as `a` for levels that have but one party.
    pub b: Party,
    /// From `a` to `b` as `up`, back as `down`.
    pub traffic: Traffic,
}

/// The conversations of a level, those with the most frames first; equal ones in the order of their first frames.
#[derive(Clone, Debug)]
pub struct Conversations {
    /// By their parties, the lesser first.
    sums: Dense<(Party, Party), Traffic>,
    order: Vec<u32>,
}

impl Conversations {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// They, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Conversation> + Clone {
        self.order.iter().map(|number| {
            // Each number in `order` is one of `sums`.
            let nobody = ((Party::Vlan(0, 0), Party::Vlan(0, 0)), Traffic::NONE);
            let ((low, high), traffic) = self.sums.at(*number as usize).copied().unwrap_or(nobody);
            if traffic.first_down {
                let turned = Traffic { up: traffic.down, down: traffic.up, first_down: false, ..traffic };
                Conversation { a: high, b: low, traffic: turned }
            } else {
                Conversation { a: low, b: high, traffic }
            }
        })
    }
}

/// Sums the conversations of a level up.
pub fn conversations(table: &FlowTable, level: Level) -> Conversations {
    let mut sums: Dense<(Party, Party), Traffic> = Dense::default();
    for (key, traffic) in table.flows() {
        let (Some(low), Some(high)) = (Party::of(level, &key, &key.low), Party::of(level, &key, &key.high))
        else {
            continue;
        };
        let turned = low > high;
        let parties = if turned { (high, low) } else { (low, high) };
        let hash = sums.hash(&parties);
        match sums.get_mut(hash, &parties) {
            Some(sum) => sum.merge(traffic, turned),
            None => {
                let mut sum = Traffic::NONE;
                sum.merge(traffic, turned);
                sums.insert(hash, parties, sum);
            }
        }
    }
    let order = in_order(&sums);
    Conversations { sums, order }
}

/// Numbers of those with the most frames first. A conversation is too large to be moved a dozen times.
fn in_order(sums: &Dense<(Party, Party), Traffic>) -> Vec<u32> {
    let place = |(number, (_, traffic)): (u32, &(_, Traffic))| {
        let frames = traffic.up.frames.saturating_add(traffic.down.frames);
        ((std::cmp::Reverse(frames), traffic.first_frame), number)
    };
    // A frame begins several conversations where it carries packets within its packet.
    let parties = |number: u32| {
        let turned = |((low, high), traffic): &((Party, Party), Traffic)| match traffic.first_down {
            true => (*high, *low),
            false => (*low, *high),
        };
        sums.at(number as usize).map(turned)
    };
    let mut places: Vec<_> = (0..).zip(sums.iter()).map(place).collect();
    places.sort_unstable_by(|(order, number), (others, other)| {
        order.cmp(others).then_with(|| parties(*number).cmp(&parties(*other)))
    });
    places.into_iter().map(|(_, number)| number).collect()
}

/// What a party sent and got.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Endpoint {
    /// Who.
    pub party: Party,
    /// Sent.
    pub sent: Count,
    /// Received.
    pub received: Count,
}

/// The endpoints of a level, those with the most frames first.
pub fn endpoints(table: &FlowTable, level: Level) -> Vec<Endpoint> {
    let mut sums: Dense<Party, (Count, Count)> = Dense::default();
    for (key, traffic) in table.flows() {
        let ends = [(&key.low, traffic.up, traffic.down), (&key.high, traffic.down, traffic.up)];
        let single = matches!(level, Level::Vlan | Level::SwitchPort);
        for (end, sent, received) in ends.into_iter().take(if single { 1 } else { 2 }) {
            let Some(party) = Party::of(level, &key, end) else { continue };
            let hash = sums.hash(&party);
            match sums.get_mut(hash, &party) {
                Some(sum) => {
                    sum.0.add(sent);
                    sum.1.add(received);
                }
                None => sums.insert(hash, party, (sent, received)),
            }
        }
    }
    let of = |(party, (sent, received)): &(Party, (Count, Count))| Endpoint {
        party: *party,
        sent: *sent,
        received: *received,
    };
    let mut found: Vec<Endpoint> = sums.iter().map(of).collect();
    found.sort_unstable_by_key(|one| {
        (std::cmp::Reverse(one.sent.frames.saturating_add(one.received.frames)), one.party)
    });
    found
}
