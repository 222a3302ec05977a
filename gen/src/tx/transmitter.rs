//! Packets that begin at the link layer or at IP, each sent where it belongs.

use super::batch::Batch;
use super::error::Error;
use super::link::{LinkSender, Sent};
use super::rtnetlink::Interface;
use super::stack::Stack;
use super::way::{Out, Router, destination};
use nettool_dissect::frame::LinkType;
use std::net::IpAddr;

/// What a packet's first octet is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Begin {
    /// A link-layer header.
    Link,
    /// An IPv4 or IPv6 header; the link layer is to be added.
    Network,
}

impl Begin {
    /// The link type of such a packet on Ethernet.
    pub fn link_type(self) -> LinkType {
        match self {
            Begin::Link => LinkType::ETHERNET,
            Begin::Network => LinkType::RAW,
        }
    }
}

/// Sends packets; keeps those for one interface together until it is flushed.
#[derive(Debug)]
pub struct Transmitter {
    router: Router,
    bypass: bool,
    links: Vec<LinkSender>,
    stack: Stack,
    waiting: Batch,
    /// The link that `waiting` is for.
    current: usize,
    sent: Sent,
}

impl Transmitter {
    /// A transmitter out of the interface that is named, or where the routing table says.
    ///
    /// # Errors
    /// No such interface, it is down, or no privilege to send.
    pub fn new(through: Option<&str>, bypass: bool) -> Result<Transmitter, Error> {
        let router = Router::new(through)?;
        let mut transmitter = Transmitter {
            router,
            bypass,
            links: Vec::new(),
            stack: Stack::default(),
            waiting: Batch::default(),
            current: 0,
            sent: Sent::default(),
        };
        if let Some(interface) = transmitter.router.through().cloned() {
            transmitter.links.push(LinkSender::open(interface, bypass)?);
        }
        Ok(transmitter)
    }

    /// What has been sent up to now.
    pub fn sent(&self) -> Sent {
        self.sent
    }

    /// The interface that was named.
    pub fn through(&self) -> Option<&Interface> {
        self.router.through()
    }

    /// What it finds ways by.
    pub fn router(&mut self) -> &mut Router {
        &mut self.router
    }

    /// Finds the ways of packets that will be sent, all at once.
    ///
    /// # Errors
    /// A system call's error; what has no way is told when it is sent.
    pub fn prepare<'a>(&mut self, packets: impl Iterator<Item = (Begin, &'a [u8])>) -> Result<(), Error> {
        let ends = packets.filter(|(begin, _)| *begin == Begin::Network);
        self.router.find(ends.filter_map(|(_, octets)| destination(octets)))
    }

    /// Whether a packet goes to all hosts of a network.
    pub fn goes_to_everyone(&mut self, begin: Begin, octets: &[u8]) -> bool {
        let to = destination(octets).filter(|_| begin == Begin::Network);
        to.is_some_and(|to| self.router.way(to).is_ok_and(|way| way.everyone))
    }

    /// Whether there is a way for a packet.
    ///
    /// # Errors
    /// There is none.
    pub fn has_way(&mut self, begin: Begin, octets: &[u8]) -> Result<(), Error> {
        match begin {
            Begin::Link => Ok(()),
            Begin::Network => self.router.way(destination(octets).ok_or(Error::NotIp)?).map(drop),
        }
    }

    /// Takes a packet, and sends those before it where it goes another way. It is sent by [`Transmitter::flush`] at the latest.
    ///
    /// # Errors
    /// No way for it, or what became of a packet before it.
    pub fn send(&mut self, begin: Begin, octets: &[u8]) -> Result<(), Error> {
        match begin {
            Begin::Link => {
                let link = self.links.first().filter(|_| self.router.through().is_some());
                let interface = link.ok_or(Error::NeedsInterface)?.interface();
                if !interface.is_ethernet() {
                    let carries = match interface.hardware {
                        65534 | 768..=778 | 512 => "IP packets".to_owned(),
                        other => format!("frames of hardware type {other}"),
                    };
                    let interface = interface.name.clone();
                    return Err(Error::OtherLink { interface, carries, begins: "Ethernet" });
                }
                self.queue(0, &[], octets)
            }
            Begin::Network => {
                let to = destination(octets).ok_or(Error::NotIp)?;
                match self.router.way(to)?.out {
                    Out::Link(index, head) => {
                        let link = self.link(index)?;
                        self.queue(link, head.as_ref().map_or(&[], |head| head), octets)
                    }
                    Out::Stack => self.hand_to_stack(octets, to),
                }
            }
        }
    }

    fn hand_to_stack(&mut self, octets: &[u8], to: IpAddr) -> Result<(), Error> {
        self.flush()?;
        self.stack.send(octets, to, &mut self.sent)
    }

    /// The place of the link with that index, opened if need be.
    fn link(&mut self, index: u32) -> Result<usize, Error> {
        if let Some(at) = self.links.iter().position(|link| link.interface().index == index) {
            return Ok(at);
        }
        let interface = self.router.interface(index)?;
        self.links.push(LinkSender::open(interface, self.bypass)?);
        Ok(self.links.len().saturating_sub(1))
    }

    fn queue(&mut self, link: usize, head: &[u8], octets: &[u8]) -> Result<(), Error> {
        if link != self.current || self.waiting.len() >= super::BATCH {
            self.flush()?;
            self.current = link;
        }
        self.waiting.push(head, octets);
        Ok(())
    }

    /// Sends what waits.
    ///
    /// # Errors
    /// What the kernel answers; [`Transmitter::sent`] tells how many it took.
    pub fn flush(&mut self) -> Result<(), Error> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let Some(link) = self.links.get_mut(self.current) else { return Ok(()) };
        let done = link.send(&self.waiting, &mut self.sent);
        self.waiting.clear();
        done
    }
}
