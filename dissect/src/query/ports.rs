//! Ports that a frame must have to be selected, looked for where they stand.
//!
//! `tcp.port == 443` can hold of a segment without that port only where its payload leads to another packet: through a tunnel, or a
//! protocol that quotes. Which protocols do is known from what leads to what, so that two numbers tell of most frames.

use super::eval::{Expr, Fields, Get, Member, Op, Right, Test};
use crate::flow::scan::Scan;
use crate::frame::LinkType;
use crate::registry::{FieldId, Named, ProtoId, Registry};
use crate::schema::{ETHER_TYPE, IP_PROTO, LINK_TYPE, TCP_PORT, Table, UDP_PORT};

/// A port, and where it has to stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Wanted {
    source: bool,
    port: u16,
}

/// What is asked of TCP, or of UDP.
#[derive(Clone, Debug, Default)]
struct Transport {
    /// One of these has to be there.
    wanted: Vec<Wanted>,
    /// A bit for each port: whether what it leads to may hold ports again. Empty where that is not told by ports.
    deep: Vec<u64>,
}

impl Transport {
    #[inline]
    fn excludes(&self, from: u16, to: u16) -> Option<bool> {
        let there = |wanted: &Wanted| wanted.port == if wanted.source { from } else { to };
        if self.wanted.iter().any(there) {
            return Some(false);
        }
        let deep = |port: u16| Some(self.deep.get(usize::from(port / 64))? >> (port % 64) & 1 == 1);
        (!(deep(from)? || deep(to)?)).then_some(true)
    }
}

/// Ports of which a selected frame has one.
#[derive(Clone, Debug)]
pub(super) struct Ports {
    tcp: Transport,
    udp: Transport,
}

impl Ports {
    /// Of a query's test; `None` where it tells nothing of ports, or the protocols before them are not where they usually are.
    pub(super) fn of(registry: &Registry, test: &Test) -> Option<Ports> {
        let field = |name: &str| match registry.named(name) {
            Some(Named::Field(id)) => Some(id),
            _ => None,
        };
        let names = ["tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport"].map(field);
        let [Some(a), Some(b), Some(c), Some(d)] = names else { return None };
        let fields = [a, b, c, d];
        let all = of_test(&fields, test)?;
        let holders: Vec<ProtoId> = fields.iter().flat_map(|field| registry.holders(*field)).collect();
        let [tcp, udp] = [("tcp", TCP_PORT, 0), ("udp", UDP_PORT, 2)].map(|(_, table, first)| Transport {
            wanted: all
                .iter()
                .filter(|(at, _)| at & 2 == first)
                .map(|(at, port)| Wanted { source: at & 1 == 0, port: *port })
                .collect(),
            deep: deep(registry, table, &holders),
        });
        is_usual(registry).then_some(Ports { tcp, udp })
    }

    /// Whether a frame has none of the ports; `None` where a look does not tell.
    #[inline]
    pub(super) fn exclude(&self, link_type: LinkType, data: &[u8]) -> Option<bool> {
        match Scan::plain(link_type, data)? {
            (6, from, to) => self.tcp.excludes(from, to),
            (17, from, to) => self.udp.excludes(from, to),
            _ => None,
        }
    }
}

/// Whether the numbers that are looked at lead to the protocols that are usually meant.
fn is_usual(registry: &Registry) -> bool {
    let usual = [
        (LINK_TYPE, u64::from(LinkType::ETHERNET.0), "eth"),
        (ETHER_TYPE, 0x8100, "vlan"),
        (ETHER_TYPE, 0x88a8, "ieee8021ad"),
        (ETHER_TYPE, 0x0800, "ip"),
        (ETHER_TYPE, 0x86dd, "ipv6"),
        (IP_PROTO, 6, "tcp"),
        (IP_PROTO, 17, "udp"),
    ];
    usual.into_iter().all(|(table, value, name)| {
        let meant = registry.protocol_named(name);
        meant.is_some() && registry.next(table, value) == meant
    })
}

/// For each port of a table whether a payload that it leads to may hold one of the protocols that have ports.
fn deep(registry: &Registry, table: Table, holders: &[ProtoId]) -> Vec<u64> {
    let reach = registry.reach(|id| holders.contains(&id));
    let reaches = |id: ProtoId| reach.get(usize::from(id.0)).copied().unwrap_or(true);
    // What octets look like is not told by ports.
    if registry.looks(table).any(reaches) {
        return Vec::new();
    }
    let ports = registry.by_number(table, false, reaches);
    let word = |ports: &[bool]| ports.iter().rev().fold(0, |word, deep| word << 1 | u64::from(*deep));
    ports.chunks(64).map(word).collect()
}

/// Which of the fields has to have which value; one of them.
fn of_test(fields: &[FieldId; 4], test: &Test) -> Option<Vec<(usize, u16)>> {
    match test {
        Test::And(parts) => parts.iter().find_map(|part| of_test(fields, part)),
        Test::Or(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(of_test(fields, part)?);
            }
            (!all.is_empty()).then_some(all)
        }
        Test::Compare { left: Expr::Fields(named), op: Op::Eq, right, all: false } => {
            of_value(fields, named, right)
        }
        Test::In { left: Expr::Fields(named), set, all: false } => {
            let mut all = Vec::new();
            for member in set {
                let Member::One(one) = member else { return None };
                all.extend(of_value(fields, named, one)?);
            }
            (!all.is_empty()).then_some(all)
        }
        _ => None,
    }
}

fn of_value(fields: &[FieldId; 4], named: &Fields, value: &Right) -> Option<Vec<(usize, u16)>> {
    let Right::Number(number) = *value else { return None };
    let port = u16::try_from(number).ok().filter(|_| named.layers.is_none() && !named.sources.is_empty())?;
    let at = |field: FieldId| fields.iter().position(|known| *known == field);
    let sources = named.sources.iter();
    sources.map(|source| Some((at(source.field).filter(|_| source.get == Get::Number(1))?, port))).collect()
}

#[cfg(test)]
mod tests {
    use crate::frame::LinkType;
    use crate::query::Query;
    use crate::registry::Registry;
    use crate::schema::TCP_PORT;

    /// Ethernet, IPv4, and TCP or UDP with these ports and this payload.
    fn frame(protocol: u8, from: u16, to: u16, payload: &[u8]) -> Vec<u8> {
        let transport = if protocol == 6 { 20 } else { 8 };
        let len =
            u16::try_from([20, transport, payload.len()].iter().sum::<usize>()).expect("short").to_be_bytes();
        let mut octets = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
        octets.extend([0x45, 0, len[0], len[1], 0, 0, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        octets.extend(from.to_be_bytes().into_iter().chain(to.to_be_bytes()));
        octets.extend(if protocol == 6 {
            &[0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0, 0, 0, 0, 0, 0][..]
        } else {
            &[0; 4]
        });
        octets.extend(payload);
        octets
    }

    fn excludes(registry: &Registry, query: &str, octets: &[u8]) -> bool {
        let query = Query::parse(query, registry).expect("a query");
        let telltale = query.telltale(registry).expect("a telltale");
        telltale.excludes_untagged(LinkType::ETHERNET, octets)
    }

    #[test]
    fn ports_are_looked_for_where_they_stand() {
        let registry = Registry::builtin();
        let payload = [1, 0xbb, 0, 0, 0, 0, 0, 0];
        for query in ["tcp.port == 443", "tcp.dstport == 443", "tcp.port in {443, 8443} && ip.ttl == 64"] {
            assert!(excludes(registry, query, &frame(6, 50000, 80, &payload)), "{query}");
            assert!(excludes(registry, query, &frame(17, 50000, 443, &payload)), "{query}");
            assert!(!excludes(registry, query, &frame(6, 50000, 443, &payload)), "{query}");
        }
        assert!(excludes(registry, "tcp.dstport == 443", &frame(6, 443, 50000, &payload)));
        assert!(!excludes(registry, "tcp.port == 443 || udp.port == 53", &frame(17, 53, 50000, &[])));
    }

    #[test]
    fn what_may_hold_another_packet_is_searched() {
        let registry = Registry::builtin();
        let inner = frame(6, 50000, 443, &[]);
        let vxlan = [&[8, 0, 0, 0, 0, 0, 1, 0][..], &inner].concat();
        assert!(!excludes(registry, "tcp.port == 443", &frame(17, 50000, 4789, &vxlan)));
        assert!(!excludes(
            registry,
            "tcp.port == 443",
            &frame(1, 0x0303, 0, &[&[0; 4], &inner[14..]].concat())
        ));
    }

    #[test]
    fn the_user_s_word_on_ports_counts() {
        let mut registry = Registry::new(crate::proto::all()).expect("consistent");
        let vxlan = registry.protocol_named("vxlan").expect("built in");
        registry.decode_as(TCP_PORT, 80, vxlan);
        assert!(!excludes(&registry, "tcp.port == 443", &frame(6, 50000, 80, &[1, 0xbb])));
    }
}
