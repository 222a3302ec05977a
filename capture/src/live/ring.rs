//! The TPACKET_V3 receive ring (linux/if_packet.h, Linux ≥ 3.2): blocks of frames that kernel and program pass back
//! and forth by one status word each.
//!
//! In: the mapped memory. Out: [`Record`]s, one a frame, cut from a block that is ours until it is dropped. Every offset
//! and length that the kernel wrote is checked against the block, so that a wrong one ends the block, not the program.
//! No call, lock or allocation happens per frame or per block.

use super::sys::Memory;
use std::sync::atomic::Ordering;

/// The block is ours to read (`TP_STATUS_USER`).
const STATUS_USER: u32 = 1;
/// The kernel had lost frames when it closed this block (`TP_STATUS_LOSING`, which older rings have with each frame).
const STATUS_LOSING: u32 = 1 << 2;
/// The transport checksum is left to the network card (`TP_STATUS_CSUMNOTREADY`).
pub(crate) const STATUS_CHECKSUM_NOT_READY: u32 = 1 << 3;
/// `vlan_tci` holds a tag that is not in the octets (`TP_STATUS_VLAN_VALID`).
pub(crate) const STATUS_VLAN: u32 = 1 << 4;
/// `vlan_tpid` holds its protocol identifier (`TP_STATUS_VLAN_TPID_VALID`, Linux ≥ 3.14).
pub(crate) const STATUS_VLAN_TPID: u32 = 1 << 6;
/// The checksum has been verified (`TP_STATUS_CSUM_VALID`, Linux ≥ 3.18).
pub(crate) const STATUS_CHECKSUM_VALID: u32 = 1 << 7;
/// A TCP frame that stands for several (`TP_STATUS_GSO_TCP`, Linux ≥ 6.4).
pub(crate) const STATUS_GSO_TCP: u32 = 1 << 8;
/// The time is from the network card (`TP_STATUS_TS_RAW_HARDWARE`).
pub(crate) const STATUS_TIME_HARDWARE: u32 = 1 << 31;

/// `struct tpacket_block_desc`: octets before a block's first frame that are not ours to slice, because the status
/// word lies among them.
const BLOCK_HEAD: usize = 48;
const BLOCK_STATUS: usize = 8;
const BLOCK_FRAMES: usize = 12;
const BLOCK_FIRST: usize = 16;

/// `struct tpacket3_hdr`, aligned, and the `struct sockaddr_ll` after it (`TPACKET3_HDRLEN`).
pub(crate) const FRAME_HEAD: usize = 68;

/// The ring: memory, its division, and the block that comes next.
#[derive(Debug)]
pub(crate) struct Ring {
    memory: Memory,
    block_size: usize,
    blocks: usize,
    next: usize,
}

impl Ring {
    /// `None` when the memory does not hold a whole number of blocks, or none.
    pub(crate) fn new(memory: Memory, block_size: usize) -> Option<Ring> {
        let blocks = memory.len().checked_div(block_size)?;
        let whole =
            blocks > 0 && blocks.checked_mul(block_size) == Some(memory.len()) && block_size > BLOCK_HEAD;
        whole.then_some(Ring { memory, block_size, blocks, next: 0 })
    }

    /// Octets of memory.
    pub(crate) fn size(&self) -> usize {
        self.memory.len()
    }

    fn start(&self) -> usize {
        // In range: `next` is kept below `blocks`, and their product was checked at the start.
        self.next.saturating_mul(self.block_size)
    }

    /// The next block, if the kernel has handed it over.
    pub(crate) fn take(&mut self) -> Option<Block<'_>> {
        let start = self.start();
        let status = self.memory.word(start.saturating_add(BLOCK_STATUS))?;
        // Acquire: what the kernel wrote before it set the status is visible after this load.
        let status = status.load(Ordering::Acquire);
        if status & STATUS_USER == 0 {
            return None;
        }
        let read = |at| Some(self.memory.word(start.saturating_add(at))?.load(Ordering::Relaxed));
        // A block that says nonsense of itself is taken as empty, and so handed back.
        let (frames, at) = match (read(BLOCK_FRAMES)?, (read(BLOCK_FIRST)? as usize).checked_sub(BLOCK_HEAD))
        {
            (frames, Some(first)) => (frames, first),
            (_, None) => (0, 0),
        };
        Some(Block { frames, at, losing: status & STATUS_LOSING != 0, ring: self })
    }
}

/// A block that is ours; dropping it hands it back.
#[derive(Debug)]
pub(crate) struct Block<'ring> {
    ring: &'ring mut Ring,
    frames: u32,
    at: usize,
    losing: bool,
}

impl Block<'_> {
    /// Whether the kernel counts drops that nobody has read yet. It drops only while every block is full, so those it
    /// had counted when this one was closed came before its first frame.
    pub(crate) fn is_losing(&self) -> bool {
        self.losing
    }

    /// The next frame of the block, with its octets and those around it to work on.
    pub(crate) fn record(&mut self) -> Option<Record<'_>> {
        self.frames = self.frames.checked_sub(1)?;
        let start = self.ring.start().saturating_add(BLOCK_HEAD);
        let length = self.ring.block_size.saturating_sub(BLOCK_HEAD);
        // SAFETY: the kernel set TP_STATUS_USER (acquire load when the block was taken), so until the block is handed
        // back it writes nothing here; the only other slice, in the last `Record`, has ended with its borrow of `self`.
        let block = unsafe { self.ring.memory.slice(start, length) }?;
        let record = Record::parse(block, self.at)?;
        match record.next {
            0 => self.frames = 0,
            step => self.at = self.at.saturating_add(step as usize),
        }
        Some(record)
    }
}

impl Drop for Block<'_> {
    fn drop(&mut self) {
        if let Some(status) = self.ring.memory.word(self.ring.start().saturating_add(BLOCK_STATUS)) {
            // Release: our reads of the block are done before the kernel may write again.
            status.store(0, Ordering::Release);
        }
        let next = self.ring.next.saturating_add(1);
        self.ring.next = if next == self.ring.blocks { 0 } else { next };
    }
}

/// One frame as the kernel stored it (`struct tpacket3_hdr` and `struct sockaddr_ll`).
#[derive(Debug)]
pub(crate) struct Record<'block> {
    next: u32,
    /// Seconds and nanoseconds since 1970.
    pub(crate) time: (u32, u32),
    /// Octets on the wire.
    pub(crate) length: u32,
    /// `STATUS_*`.
    pub(crate) status: u32,
    /// Receive hash; 0 when not asked for.
    pub(crate) hash: u32,
    /// Tag control information, with `STATUS_VLAN`.
    pub(crate) vlan_tci: u16,
    /// Tag protocol identifier, with `STATUS_VLAN_TPID`.
    pub(crate) vlan_tpid: u16,
    /// Protocol (`sll_protocol`), in host byte order.
    pub(crate) protocol: u16,
    /// Interface index.
    pub(crate) ifindex: i32,
    /// Hardware type (`ARPHRD_*`).
    pub(crate) hardware: u16,
    /// To whom (`PACKET_*`).
    pub(crate) packet_type: u8,
    /// Octets of `address` in use.
    pub(crate) address_len: u8,
    /// Link-layer address of the sender.
    pub(crate) address: [u8; 8],
    /// The octets before the frame that may be overwritten (they follow the headers), and then the frame.
    octets: &'block mut [u8],
    /// Where the frame starts in `octets`.
    frame: usize,
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(*bytes.get(at..)?.first_chunk()?))
}

impl<'block> Record<'block> {
    fn parse(block: &'block mut [u8], at: usize) -> Option<Record<'block>> {
        let (head, rest) = block.get_mut(at..)?.split_at_mut_checked(FRAME_HEAD)?;
        let captured = u32_at(head, 12)? as usize;
        // `tp_mac` counts from the start of the header.
        let frame = usize::from(u16_at(head, 24)?).checked_sub(FRAME_HEAD)?;
        let octets = rest.get_mut(..frame.checked_add(captured)?)?;
        Some(Record {
            next: u32_at(head, 0)?,
            time: (u32_at(head, 4)?, u32_at(head, 8)?),
            length: u32_at(head, 16)?,
            status: u32_at(head, 20)?,
            hash: u32_at(head, 28)?,
            // The kernel keeps 16 bits in a 32-bit word.
            vlan_tci: u32_at(head, 32)? as u16,
            vlan_tpid: u16_at(head, 36)?,
            protocol: u16::from_be(u16_at(head, 50)?),
            ifindex: u32_at(head, 52)? as i32,
            hardware: u16_at(head, 56)?,
            packet_type: *head.get(58)?,
            address_len: *head.get(59)?,
            address: *head.get(60..)?.first_chunk()?,
            octets,
            frame,
        })
    }

    /// The frame.
    pub(crate) fn data(&self) -> &[u8] {
        self.octets.get(self.frame..).unwrap_or_default()
    }

    /// The frame, to be changed where it lies.
    pub(crate) fn data_mut(&mut self) -> &mut [u8] {
        self.octets.get_mut(self.frame..).unwrap_or_default()
    }

    /// The `N` octets right before the frame, where the kernel puts the `struct virtio_net_hdr`.
    pub(crate) fn before<const N: usize>(&self) -> Option<[u8; N]> {
        self.octets.get(self.frame.checked_sub(N)?..)?.first_chunk().copied()
    }

    /// Opens a gap of `N` octets after the frame's first `keep` ones and fills it, by moving those `keep` towards
    /// lower addresses: the frame itself is not copied. False when there is no room before it or it is too short.
    pub(crate) fn insert<const N: usize>(&mut self, keep: usize, filling: [u8; N]) -> bool {
        let Some(start) = self.frame.checked_sub(N) else { return false };
        let Some(end) = self.frame.checked_add(keep).filter(|end| *end <= self.octets.len()) else {
            return false;
        };
        self.octets.copy_within(self.frame..end, start);
        let Some(gap) = end.checked_sub(N).and_then(|from| self.octets.get_mut(from..end)) else {
            return false;
        };
        gap.copy_from_slice(&filling);
        self.frame = start;
        true
    }
}

const _: () = {
    assert!(std::mem::size_of::<libc::tpacket_block_desc>() == BLOCK_HEAD);
    assert!(std::mem::offset_of!(libc::tpacket_hdr_v1, block_status) + 8 == BLOCK_STATUS);
    assert!(std::mem::offset_of!(libc::tpacket_hdr_v1, num_pkts) + 8 == BLOCK_FRAMES);
    assert!(std::mem::offset_of!(libc::tpacket_hdr_v1, offset_to_first_pkt) + 8 == BLOCK_FIRST);
    assert!(libc::TPACKET3_HDRLEN == FRAME_HEAD);
    assert!(std::mem::offset_of!(libc::tpacket3_hdr, tp_next_offset) == 0);
    assert!(std::mem::offset_of!(libc::tpacket3_hdr, tp_sec) == 4);
    assert!(std::mem::offset_of!(libc::tpacket3_hdr, tp_snaplen) == 12);
    assert!(std::mem::offset_of!(libc::tpacket3_hdr, tp_len) == 16);
    assert!(std::mem::offset_of!(libc::tpacket3_hdr, tp_status) == 20);
    assert!(std::mem::offset_of!(libc::tpacket3_hdr, tp_mac) == 24);
    assert!(std::mem::offset_of!(libc::tpacket3_hdr, hv1) == 28);
    assert!(std::mem::offset_of!(libc::tpacket_hdr_variant1, tp_vlan_tci) + 28 == 32);
    assert!(std::mem::offset_of!(libc::tpacket_hdr_variant1, tp_vlan_tpid) + 28 == 36);
    assert!(std::mem::offset_of!(libc::sockaddr_ll, sll_protocol) + 48 == 50);
    assert!(std::mem::offset_of!(libc::sockaddr_ll, sll_ifindex) + 48 == 52);
    assert!(std::mem::offset_of!(libc::sockaddr_ll, sll_hatype) + 48 == 56);
    assert!(std::mem::offset_of!(libc::sockaddr_ll, sll_pkttype) + 48 == 58);
    assert!(std::mem::offset_of!(libc::sockaddr_ll, sll_addr) + 48 == 60);
};
