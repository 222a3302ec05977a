//! libpnet's datalink channel: the backend for systems whose packet sockets have no ring.
//!
//! In: an interface of a form that needs no header of ours. Out: its frames, stamped when they are read; what the kernel
//! knows beside the octets is not told. One call and one copy a frame. The socket is made here and handed to libpnet, so
//! that the filter runs in the kernel and its drops can be counted.

use super::error::{Error, Note};
use super::interfaces::{self, Identity};
use super::linklayer::Form;
use super::program::{REJECT, Wanted, assemble};
use super::sys::{Sys, wait_readable};
use super::watch::{LOOK, Watch};
use super::{Counts, Options, Sink, Source, Taken};
use nettool_dissect::frame::{Frame, Interface, Meta, TimeSource, Timestamp};
use pnet_datalink::{Channel, Config, DataLinkReceiver};
use std::io;
use std::ops::ControlFlow;
use std::os::fd::{AsFd, BorrowedFd, IntoRawFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Octets of the buffer that a frame is read into: more than the longest frame that is kept, so that a longer one is not
/// cut without a word.
const READ_BUFFER: usize = 256 << 10;
/// Frames shown before the session is asked again.
const BATCH: usize = 256;
/// How long a read waits, since libpnet's wait cannot be woken.
const WAIT: Duration = Duration::from_millis(50);

/// An open channel.
pub(crate) struct Portable {
    sys: Arc<dyn Sys>,
    receiver: Box<dyn DataLinkReceiver>,
    /// Our own handle on libpnet's socket.
    fd: OwnedFd,
    watch: Watch,
    interfaces: Vec<Interface>,
    snaplen: usize,
    counts: Counts,
    dropped_before: Option<u64>,
    closed: bool,
}

/// Opens a channel on an interface.
pub(crate) fn open(
    sys: &Arc<dyn Sys>,
    identity: &Identity,
    options: &Options,
) -> Result<(Portable, Vec<Note>), Error> {
    let form = Form::of(identity.hardware);
    let name = &identity.name;
    if form.without_header() {
        return Err(Error::Backend { backend: "pnet", what: "give cooked captures", instead: "packet" });
    }
    if !form.is_as_in_the_kernel() {
        return Err(Error::Backend { backend: "pnet", what: "capture CAN frames", instead: "packet" });
    }
    let failed = |call| move |error: io::Error| Error::call(call, name, &error, "");
    let unknown = || Error::Library {
        backend: "pnet",
        interface: name.clone(),
        said: "its list of interfaces lacks it".to_owned(),
    };
    let listed = pnet_datalink::interfaces().into_iter().find(|one| one.name == *name).ok_or_else(unknown)?;
    let socket = sys.socket(libc::AF_PACKET, libc::SOCK_RAW, 0).map_err(failed("socket AF_PACKET"))?;
    let wanted = Wanted {
        form,
        loopback: identity.hardware == super::linklayer::HARDWARE_LOOPBACK,
        any: false,
        sent_ignored: false,
        crossing: options.crossing,
        without: options.without,
        filter: options.filter.as_ref().map(|programs| &*programs.kernel),
        snaplen: options.snaplen,
    };
    let program = assemble(&wanted).ok_or_else(|| failed("setsockopt SO_ATTACH_FILTER")(too_long()))?;
    sys.attach_filter(socket.as_fd(), &program).map_err(failed("setsockopt SO_ATTACH_FILTER"))?;
    enlarge(&**sys, socket.as_fd(), options.buffer);
    let fd = socket.try_clone().map_err(failed("fcntl F_DUPFD"))?;
    let config = Config {
        read_buffer_size: READ_BUFFER,
        read_timeout: Some(WAIT),
        promiscuous: options.promiscuous,
        // libpnet closes it when the channel is dropped.
        socket_fd: Some(socket.into_raw_fd()),
        ..Config::default()
    };
    let receiver = match pnet_datalink::channel(&listed, config).map_err(failed("open with libpnet"))? {
        Channel::Ethernet(_, receiver) => receiver,
        _ => return Err(unknown()),
    };
    let mut interface = Interface::new(name.clone(), form.link_type());
    interface.snaplen = options.snaplen;
    interface.dsa_tagger = interfaces::dsa_tagger(name);
    let opened = Portable {
        sys: sys.clone(),
        receiver,
        fd,
        watch: Watch::new(identity),
        interfaces: vec![interface],
        snaplen: options.snaplen as usize,
        counts: Counts::default(),
        dropped_before: interfaces::dropped(name),
        closed: false,
    };
    Ok((opened, vec![Note::Portable(name.clone())]))
}

/// Asks for room for frames that wait, beyond the system's limit (`net.core.rmem_max`) where CAP_NET_ADMIN allows.
fn enlarge(sys: &dyn Sys, fd: BorrowedFd<'_>, buffer: usize) {
    // The kernel doubles the value for its own book-keeping.
    let octets = i32::try_from(buffer / 2).unwrap_or(i32::MAX / 2).to_ne_bytes();
    let set = |name| sys.set_option(fd, libc::SOL_SOCKET, name, &octets);
    // What is refused leaves the system's default, which works.
    drop(set(libc::SO_RCVBUFFORCE).or_else(|_| set(libc::SO_RCVBUF)));
}

/// Octets of frames, with the kernel's book-keeping, that may wait in the socket.
fn room(sys: &dyn Sys, fd: BorrowedFd<'_>) -> usize {
    let mut octets = [0u8; 4];
    match sys.option(fd, libc::SOL_SOCKET, libc::SO_RCVBUF, &mut octets) {
        Ok(_) => usize::try_from(i32::from_ne_bytes(octets)).unwrap_or_default(),
        Err(_) => READ_BUFFER,
    }
}

fn too_long() -> io::Error {
    io::Error::from_raw_os_error(libc::EINVAL)
}

impl Source for Portable {
    fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    fn take(&mut self, wait: Duration, stop: BorrowedFd<'_>, sink: Sink<'_>) -> Result<Taken, Error> {
        let mut shown = 0usize;
        let name = self.interfaces.first().map(|interface| interface.name.clone()).unwrap_or_default();
        while shown < BATCH {
            // libpnet waits on every read, so ask before each whether it would.
            let patience = if shown > 0 || wait.is_zero() { Duration::ZERO } else { wait.min(LOOK) };
            if !self.readable(patience, stop, &name)? {
                break;
            }
            let data = match self.receiver.next() {
                Ok(data) => data,
                Err(error) => match error.raw_os_error() {
                    None => break,
                    Some(libc::EINTR | libc::EAGAIN) => break,
                    Some(libc::ENETDOWN | libc::ENODEV | libc::ENXIO) => return self.watch.look(&*self.sys),
                    Some(_) => return Err(Error::call("recvfrom AF_PACKET", &name, &error, "")),
                },
            };
            let interface = self.interfaces.first();
            let mut meta = Meta::new(
                interface.map_or(nettool_dissect::frame::LinkType::ETHERNET, |interface| interface.link_type),
                u32::try_from(data.len()).unwrap_or(u32::MAX),
            );
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            meta.time = Some(Timestamp(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)));
            meta.time_source = TimeSource::Host;
            shown += 1;
            let data = data.get(..self.snaplen).unwrap_or(data);
            if sink(&Frame { number: 0, data, meta }) == ControlFlow::Break(()) {
                break;
            }
        }
        match shown {
            0 if wait.is_zero() || self.closed => Ok(Taken::Idle),
            0 => self.watch.look(&*self.sys),
            _ => Ok(Taken::Frames),
        }
    }

    fn close_intake(&mut self) -> Result<(), Error> {
        self.closed = true;
        let name = self.interfaces.first().map(|interface| interface.name.as_str()).unwrap_or_default();
        self.sys
            .attach_filter(self.fd.as_fd(), &REJECT)
            .map_err(|error| Error::call("setsockopt SO_ATTACH_FILTER", name, &error, ""))
    }

    fn counts(&mut self) -> Counts {
        super::afpacket::read_statistics(&*self.sys, self.fd.as_fd(), &mut self.counts);
        let name = self.interfaces.first().map(|interface| interface.name.as_str()).unwrap_or_default();
        if let (Some(now), Some(before)) = (interfaces::dropped(name), self.dropped_before) {
            self.counts.interface_drops = Some(now.saturating_sub(before));
        }
        self.counts
    }

    fn memory(&self) -> usize {
        room(&*self.sys, self.fd.as_fd())
    }
}

impl Portable {
    fn readable(&self, wait: Duration, stop: BorrowedFd<'_>, name: &str) -> Result<bool, Error> {
        let found = wait_readable(&*self.sys, self.fd.as_fd(), stop, wait)
            .map_err(|error| Error::call("poll", name, &error, ""))?;
        // An error is readable too: the read tells which.
        Ok(found != 0)
    }
}
