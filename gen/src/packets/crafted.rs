//! Packets that an expression or a script describes, with what it leaves to the machine filled in: addresses by the interface,
//! the routes and the neighbours, as scapy does.

use super::Stream;
use crate::craft::{Catalog, CraftError, Expansion, Packet, Packets, ScriptError, Value};
use crate::tx::{self, Begin, Out, Router, destination};
use nettool_dissect::frame::LinkType;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// Why a described packet cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum NotCrafted {
    /// The script.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// A system call's error, or no such interface.
    #[error(transparent)]
    Way(#[from] tx::Error),
    /// It begins with a layer that is never on a wire by itself.
    #[error(
        "a packet that begins with {0} cannot be sent; put Ether()/ or IP()/ in front, or name an interface (-i) to send it as it is"
    )]
    FirstLayer(
        /// The layer.
        &'static str,
    ),
}

/// The packets of an expression or a script.
pub struct CraftedPackets {
    packets: Packets,
    router: Router,
    /// By description: whether the Ethernet destination of its packets is to follow from their IP destination.
    find_destination: Vec<bool>,
}

impl CraftedPackets {
    /// The packets, completed for sending out of `interface` or where the routing table says. With `ask`, neighbours are asked
    /// for their link-layer addresses; else those stay as they are described.
    ///
    /// # Errors
    /// No such interface, or a packet that cannot be built.
    pub fn for_sending(
        catalog: &'static Catalog,
        mut packets: Packets,
        interface: Option<&str>,
        ask: bool,
    ) -> Result<CraftedPackets, NotCrafted> {
        let mut router = Router::new(interface)?;
        let mut find_destination = Vec::new();
        for packet in packets.descriptions_mut() {
            let wanted = complete(catalog, packet, &mut router).map_err(unplaced)?;
            find_destination.push(wanted && ask);
        }
        Ok(CraftedPackets { packets, router, find_destination })
    }
}

fn unplaced(error: CraftError) -> NotCrafted {
    NotCrafted::Script(ScriptError::plain(&error.to_string()))
}

/// Fills in what a description leaves to the machine; whether Ethernet destinations are yet to be found, packet by packet.
fn complete(catalog: &'static Catalog, packet: &mut Packet, router: &mut Router) -> Result<bool, CraftError> {
    let named = |packet: &Packet, at: usize| {
        packet.layers.get(at).map_or("", |layer| catalog.class(layer.class).declaration.name)
    };
    let ethernet = named(packet, 0) == "eth";
    let at = (0..packet.layers.len())
        .take(8)
        .find(|at| matches!(named(packet, *at), "ip" | "ipv6" | "arp"))
        .filter(|at| *at == 0 || ethernet);
    let given = |packet: &Packet, at: usize, name: &str| {
        packet.layers.get(at).and_then(|layer| layer.get(catalog, name)).is_some()
    };
    let Some(at) = at else {
        if ethernet
            && !given(packet, 0, "src")
            && let Some(mac) = router.through().map(|one| one.mac)
        {
            set(catalog, packet, 0, "src", &mac_text(mac))?;
        }
        return Ok(false);
    };
    let is_arp = named(packet, at) == "arp";
    let to = first_destination(catalog, packet, at, is_arp)?;
    if let Some(to) = to {
        let name = if is_arp { "psrc" } else { "src" };
        if !given(packet, at, name)
            && let Some(source) = router.source(to)
        {
            set(catalog, packet, at, name, &source.to_string())?;
        }
    }
    if (ethernet || is_arp)
        && let Some(mac) = outgoing_mac(router, to)
    {
        if is_arp && !given(packet, at, "hwsrc") {
            set(catalog, packet, at, "hwsrc", &mac_text(mac))?;
        }
        if ethernet && !given(packet, 0, "src") {
            set(catalog, packet, 0, "src", &mac_text(mac))?;
        }
    }
    if ethernet && is_arp && !given(packet, 0, "dst") {
        set(catalog, packet, 0, "dst", "ff:ff:ff:ff:ff:ff")?;
    }
    Ok(ethernet && !is_arp && !given(packet, 0, "dst"))
}

fn set(catalog: &Catalog, packet: &mut Packet, at: usize, name: &str, text: &str) -> Result<(), CraftError> {
    let layers = Arc::make_mut(&mut packet.layers);
    match layers.get_mut(at) {
        Some(layer) => layer.set(catalog, name, Value::text(text)),
        None => Ok(()),
    }
}

/// Where the first of the described packets goes, from its layer `at` on.
fn first_destination(
    catalog: &'static Catalog,
    packet: &Packet,
    at: usize,
    is_arp: bool,
) -> Result<Option<IpAddr>, CraftError> {
    let layers = packet.layers.get(at..).unwrap_or_default().to_vec();
    let mut first = Expansion::new(catalog, Packet::new(layers), 0)?;
    let Some(octets) = first.next_octets() else { return Ok(None) };
    let octets = octets?;
    if !is_arp {
        return Ok(destination(octets));
    }
    // Target protocol address, behind two hardware addresses of 6 octets.
    let target = octets.get(24..).and_then(<[u8]>::first_chunk::<4>);
    Ok(target.filter(|_| octets.get(4..6) == Some(&[6, 4])).map(|to| IpAddr::V4(Ipv4Addr::from(*to))))
}

/// The link-layer address that packets to there are sent from.
fn outgoing_mac(router: &mut Router, to: Option<IpAddr>) -> Option<[u8; 6]> {
    let index = match router.through() {
        Some(interface) => interface.index,
        None => router.outgoing(to?)?,
    };
    router.interface(index).ok().map(|interface| interface.mac)
}

fn mac_text(mac: [u8; 6]) -> String {
    mac.map(|octet| format!("{octet:02x}")).join(":")
}

/// Offset of the IP header in an Ethernet frame, behind VLAN tags.
fn ip_offset(frame: &[u8]) -> Option<usize> {
    let mut at = 12_usize;
    for _ in 0..4 {
        match frame.get(at..)?.first_chunk::<2>()? {
            [0x08, 0x00] | [0x86, 0xdd] => return Some(at.saturating_add(2)),
            [0x81, 0x00] | [0x88, 0xa8] => at = at.saturating_add(4),
            _ => return None,
        }
    }
    None
}

impl Stream for CraftedPackets {
    type Error = NotCrafted;

    fn next(&mut self, into: &mut Vec<u8>) -> Result<Option<Begin>, NotCrafted> {
        let Some(made) = self.packets.next_frame() else { return Ok(None) };
        let made = made?;
        into.extend_from_slice(made.octets);
        let begin = match made.link_type {
            LinkType::RAW => Begin::Network,
            LinkType::ETHERNET => Begin::Link,
            _ if self.router.through().is_some() => Begin::Link,
            _ => return Err(NotCrafted::FirstLayer(made.first_layer)),
        };
        if self.find_destination.get(self.packets.place()) == Some(&true)
            && let Some(to) = ip_offset(into).and_then(|at| destination(into.get(at..)?))
            && let Out::Link(_, Some(head)) = self.router.way(to)?.out
        {
            into.iter_mut().zip(head).take(6).for_each(|(to, from)| *to = from);
        }
        Ok(Some(begin))
    }

    fn restart(&mut self) -> Result<bool, NotCrafted> {
        self.packets.begin_again();
        Ok(true)
    }
}
