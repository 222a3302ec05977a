//! Sending frames as they are from one interface: an AF_PACKET socket and `sendmmsg`.
//!
//! What the kernel has taken is counted exactly, whatever ends a run: a call that took a part of a batch is gone on with, one
//! that had no room (`ENOBUFS`, `EAGAIN`) is repeated after a wait, and an error comes with the count up to it.

use super::batch::Batch;
use super::error::{Error, call};
use super::rtnetlink::Interface;
use super::sys;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

/// After so long without a frame taken, a send gives up.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was handed to the kernel.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sent {
    /// Frames that it took.
    pub frames: u64,
    /// Their octets.
    pub octets: u64,
    /// How often it had no room, so that the sender waited.
    pub waits: u64,
}

impl Sent {
    /// Adds another count.
    pub fn add(&mut self, other: Sent) {
        self.frames = self.frames.saturating_add(other.frames);
        self.octets = self.octets.saturating_add(other.octets);
        self.waits = self.waits.saturating_add(other.waits);
    }
}

/// An interface to send frames from.
#[derive(Debug)]
pub struct LinkSender {
    fd: OwnedFd,
    interface: Interface,
}

impl LinkSender {
    /// Opens one. With `bypass`, frames go straight to the driver: no queueing discipline, and no capture on this machine sees
    /// them (`PACKET_QDISC_BYPASS`, Linux ≥ 3.14).
    ///
    /// # Errors
    /// The interface is down, or a system call's error.
    pub fn open(interface: Interface, bypass: bool) -> Result<LinkSender, Error> {
        if !interface.up {
            return Err(Error::Down(interface.name));
        }
        let failed = |what| {
            let name = interface.name.clone();
            move |error: io::Error| call(what, &name, &error)
        };
        // Protocol 0: the socket receives nothing.
        let fd = sys::socket(libc::AF_PACKET, libc::SOCK_RAW, 0).map_err(failed("socket AF_PACKET"))?;
        if bypass {
            sys::set_option(fd.as_fd(), libc::SOL_PACKET, libc::PACKET_QDISC_BYPASS, 1)
                .map_err(failed("setsockopt PACKET_QDISC_BYPASS"))?;
        }
        sys::bind(fd.as_fd(), &address(interface.index, 0)).map_err(failed("bind AF_PACKET"))?;
        Ok(LinkSender { fd, interface })
    }

    /// The interface.
    pub fn interface(&self) -> &Interface {
        &self.interface
    }

    /// Sends the frames of a batch in order; `sent` counts those that went, on errors too.
    ///
    /// # Errors
    /// What the kernel answers to the first frame that it does not take; the rest is not sent.
    pub fn send(&mut self, batch: &Batch, sent: &mut Sent) -> Result<(), Error> {
        let mut first = 0;
        let mut stuck: Option<Instant> = None;
        while first < batch.len() {
            let error = match sys::send_many(self.fd.as_fd(), batch.starting_at(first)) {
                Ok(count) if count > 0 => {
                    let octets =
                        batch.starting_at(first).take(count).map(|frame| frame.len() as u64).sum::<u64>();
                    sent.add(Sent { frames: count as u64, octets, waits: 0 });
                    first += count;
                    stuck = None;
                    continue;
                }
                Ok(_) => io::Error::from_raw_os_error(libc::EAGAIN),
                Err(error) => error,
            };
            match error.raw_os_error() {
                Some(libc::EAGAIN | libc::ENOBUFS | libc::ENOMEM) => {
                    sent.waits = sent.waits.saturating_add(1);
                    let since = *stuck.get_or_insert_with(Instant::now);
                    if since.elapsed() > PATIENCE {
                        let seconds = PATIENCE.as_secs();
                        return Err(Error::Stuck { interface: self.interface.name.clone(), seconds });
                    }
                    self.wait_for_room(&error)?;
                }
                Some(libc::EINTR) => {}
                _ => return Err(self.refused(batch.get(first).map_or(0, <[u8]>::len), &error)),
            }
        }
        Ok(())
    }

    /// Waits until the socket's send buffer has room, or, where a queue below it was full, a moment.
    fn wait_for_room(&self, error: &io::Error) -> Result<(), Error> {
        if error.raw_os_error() == Some(libc::EAGAIN) {
            sys::wait(self.fd.as_fd(), libc::POLLOUT, Duration::from_millis(100))
                .map_err(|error| call("poll AF_PACKET", &self.interface.name, &error))?;
        } else {
            std::thread::sleep(Duration::from_micros(50));
        }
        Ok(())
    }

    fn refused(&self, octets: usize, error: &io::Error) -> Error {
        let Interface { name, mtu, header, .. } = &self.interface;
        match error.raw_os_error() {
            Some(libc::EMSGSIZE) => {
                Error::TooLong { octets, interface: name.clone(), mtu: *mtu, header: *header }
            }
            Some(libc::EINVAL) if octets < *header => {
                Error::TooShort { octets, interface: name.clone(), header: *header }
            }
            _ => call("sendmmsg AF_PACKET", name, error),
        }
    }
}

/// `struct sockaddr_ll` of an interface, with a protocol to receive (0: none).
pub(super) fn address(index: u32, protocol: u16) -> [u8; 20] {
    let mut address = [0u8; 20];
    let parts = [&(libc::AF_PACKET as u16).to_ne_bytes()[..], &protocol.to_be_bytes(), &index.to_ne_bytes()];
    let octets = parts.into_iter().flatten();
    address.iter_mut().zip(octets).for_each(|(to, from)| *to = *from);
    address
}
