//! What a packet block's options say of a frame, and nettool's own option for what pcapng has no field for.
//!
//! The option is a custom binary one that other programs may copy (code 2989, private enterprise number 32473). Its
//! value is four octets, `NTL` and the version 1, then items of a tag, a length and a value; numbers are big-endian
//! whatever the section's order. A reader passes over tags that it does not know.
//!
//! | tag | value |
//! |---|---|
//! | 1 | outer VLAN tag that hardware moved out: TPID, TCI |
//! | 2 | the tag inside it: TPID, TCI |
//! | 3 | nothing: the tags have been put back into the data |
//! | 4 | transport checksum: 1 left to the card, 2 verified (also in `epb_flags`) |
//! | 5 | segmentation: `virtio_net_hdr.gso_type`, 1 if with ECN, size (16 bits), header length (16 bits) |
//! | 6 | clock: 1 host, 2 adapter |
//! | 7 | octets of FCS, where `epb_flags` cannot tell: none, or more than 15 |
//! | 8 | nothing: the time in the block means nothing |
//! | 9 | time before 1970: nanoseconds (64 bits, signed) |

use super::interfaces::PEN;
use nettool_dissect::frame::{
    ChecksumState, Direction, FLAG_CHECKSUM_NOT_READY, FLAG_CHECKSUM_VALID, Frame, Gso, GsoKind, Meta,
    Reception, TimeSource, Timestamp, VlanTag,
};

/// `opt_custom`, binary, may be copied.
const CUSTOM: u16 = 2989;
const EPB_FLAGS: u16 = 2;
const EPB_HASH: u16 = 3;
const EPB_DROPCOUNT: u16 = 4;
const EPB_QUEUE: u16 = 6;
/// Hash algorithm of `epb_hash` that network cards compute.
const TOEPLITZ: u8 = 5;
const MAGIC: [u8; 4] = *b"NTL\x01";

/// Fills `meta` from its options. Options of the obsolete packet block have the same codes for flags and hash; its
/// code 4 and above mean nothing.
pub(crate) fn read(meta: &mut Meta<'_>, obsolete: bool) {
    let options = meta.options;
    for (code, value) in options.iter() {
        match (code, value) {
            (EPB_FLAGS, value) => {
                if let Some(flags) = number(value, options.big_endian) {
                    read_flags(meta, flags);
                }
            }
            (EPB_HASH, [TOEPLITZ, hash @ ..]) => {
                meta.hash = hash.first_chunk().map(|h| u32::from_be_bytes(*h))
            }
            (EPB_DROPCOUNT, value) if !obsolete => {
                if let Some(count) = value.first_chunk::<8>() {
                    meta.drops = if options.big_endian {
                        u64::from_be_bytes(*count)
                    } else {
                        u64::from_le_bytes(*count)
                    };
                }
            }
            (EPB_QUEUE, value) if !obsolete => meta.queue = number(value, options.big_endian),
            (CUSTOM, value) => {
                if let Some(items) = own(value, options.big_endian) {
                    read_items(meta, items);
                }
            }
            _ => {}
        }
    }
}

fn number(value: &[u8], big_endian: bool) -> Option<u32> {
    let value = value.first_chunk::<4>()?;
    Some(if big_endian { u32::from_be_bytes(*value) } else { u32::from_le_bytes(*value) })
}

/// The items of a custom option, if it is nettool's.
fn own(value: &[u8], big_endian: bool) -> Option<&[u8]> {
    let (pen, rest) = value.split_first_chunk::<4>()?;
    if number(pen, big_endian)? != PEN {
        return None;
    }
    rest.strip_prefix(&MAGIC)
}

fn read_flags(meta: &mut Meta<'_>, flags: u32) {
    meta.direction = match flags & 3 {
        1 => Direction::In,
        2 => Direction::Out,
        _ => Direction::Unknown,
    };
    meta.reception = match flags >> 2 & 7 {
        1 => Reception::Unicast,
        2 => Reception::Multicast,
        3 => Reception::Broadcast,
        4 => Reception::Promiscuous,
        _ => Reception::Unknown,
    };
    if let fcs @ 1.. = (flags >> 5 & 15) as u8 {
        meta.fcs_len = Some(fcs);
    }
    if flags & FLAG_CHECKSUM_NOT_READY != 0 {
        meta.checksum = ChecksumState::NotReady;
    } else if flags & FLAG_CHECKSUM_VALID != 0 {
        meta.checksum = ChecksumState::Valid;
    }
}

fn read_items(meta: &mut Meta<'_>, mut items: &[u8]) {
    while let [tag, len, rest @ ..] = items {
        let Some((value, rest)) = rest.split_at_checked(usize::from(*len)) else { return };
        items = rest;
        match (*tag, value) {
            (1, [a, b, c, d]) => {
                meta.vlan.outer =
                    Some(VlanTag { tpid: u16::from_be_bytes([*a, *b]), tci: u16::from_be_bytes([*c, *d]) });
            }
            (2, [a, b, c, d]) => {
                meta.vlan.inner =
                    Some(VlanTag { tpid: u16::from_be_bytes([*a, *b]), tci: u16::from_be_bytes([*c, *d]) });
            }
            (3, []) => meta.vlan.put_back = true,
            (4, [1]) => meta.checksum = ChecksumState::NotReady,
            (4, [2]) => meta.checksum = ChecksumState::Valid,
            (5, [kind, ecn, s0, s1, h0, h1]) => {
                meta.gso = Some(Gso {
                    kind: gso_kind(*kind),
                    ecn: *ecn != 0,
                    size: u16::from_be_bytes([*s0, *s1]),
                    header_len: u16::from_be_bytes([*h0, *h1]),
                });
            }
            (6, [1]) => meta.time_source = TimeSource::Host,
            (6, [2]) => meta.time_source = TimeSource::Adapter,
            (7, [len]) => meta.fcs_len = Some(*len),
            (8, []) => meta.time = None,
            (9, value) => {
                if let Ok(value) = <[u8; 8]>::try_from(value) {
                    meta.time = Some(Timestamp(i64::from_be_bytes(value)));
                }
            }
            _ => {}
        }
    }
}

/// `virtio_net_hdr.gso_type` without its ECN bit (linux/virtio_net.h).
fn gso_kind(kind: u8) -> GsoKind {
    match kind {
        1 => GsoKind::Tcp4,
        3 => GsoKind::Udp,
        4 => GsoKind::Tcp6,
        5 => GsoKind::UdpL4,
        other => GsoKind::Other(other),
    }
}

fn gso_number(kind: GsoKind) -> u8 {
    match kind {
        GsoKind::Tcp4 => 1,
        GsoKind::Udp => 3,
        GsoKind::Tcp6 => 4,
        GsoKind::UdpL4 => 5,
        GsoKind::Other(other) => other,
    }
}

/// Appends the options of `frame`'s packet block, little-endian and padded, with the end mark if there is any. Options
/// that the frame was read with are kept, save those that its `Meta` has a field for, which speak for the frame as it
/// is now. `extra_comment` follows the comments there are.
pub(crate) fn write(frame: &Frame<'_>, extra_comment: Option<&str>, out: &mut Vec<u8>) {
    let start = out.len();
    let meta = &frame.meta;
    for (code, value) in meta.options.iter() {
        match code {
            EPB_HASH if value.first() == Some(&TOEPLITZ) && meta.hash.is_some() => {}
            EPB_FLAGS | EPB_DROPCOUNT | EPB_QUEUE => {}
            CUSTOM if own(value, meta.options.big_endian).is_some() => {}
            _ => copy_option(code, value, meta.options.big_endian, out),
        }
    }
    if let Some(comment) = extra_comment {
        option(1, comment.as_bytes(), out);
    }
    if let Some(flags) = meta.packet_flags() {
        option(EPB_FLAGS, &flags.to_le_bytes(), out);
    }
    if let Some(hash) = meta.hash {
        let [a, b, c, d] = hash.to_be_bytes();
        option(EPB_HASH, &[TOEPLITZ, a, b, c, d], out);
    }
    if meta.drops != 0 {
        option(EPB_DROPCOUNT, &meta.drops.to_le_bytes(), out);
    }
    if let Some(queue) = meta.queue {
        option(EPB_QUEUE, &queue.to_le_bytes(), out);
    }
    write_own(meta, out);
    if out.len() > start {
        out.extend_from_slice(&[0; 4]);
    }
}

/// nettool's own option, when there is something to say.
fn write_own(meta: &Meta<'_>, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(&CUSTOM.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out.extend_from_slice(&PEN.to_le_bytes());
    out.extend_from_slice(&MAGIC);
    let items = out.len();
    for (tag, vlan) in [(1, meta.vlan.outer), (2, meta.vlan.inner)] {
        if let Some(VlanTag { tpid, tci }) = vlan {
            let ([a, b], [c, d]) = (tpid.to_be_bytes(), tci.to_be_bytes());
            out.extend_from_slice(&[tag, 4, a, b, c, d]);
        }
    }
    if meta.vlan.put_back {
        out.extend_from_slice(&[3, 0]);
    }
    if let Some(gso) = meta.gso {
        let ([a, b], [c, d]) = (gso.size.to_be_bytes(), gso.header_len.to_be_bytes());
        out.extend_from_slice(&[5, 6, gso_number(gso.kind), u8::from(gso.ecn), a, b, c, d]);
    }
    match meta.time_source {
        TimeSource::Unknown => {}
        TimeSource::Host => out.extend_from_slice(&[6, 1, 1]),
        TimeSource::Adapter => out.extend_from_slice(&[6, 1, 2]),
    }
    if let Some(fcs @ (0 | 16..)) = meta.fcs_len {
        out.extend_from_slice(&[7, 1, fcs]);
    }
    match meta.time {
        None => out.extend_from_slice(&[8, 0]),
        Some(Timestamp(ns)) if ns < 0 => {
            out.extend_from_slice(&[9, 8]);
            out.extend_from_slice(&ns.to_be_bytes());
        }
        Some(_) => {}
    }
    if out.len() == items {
        out.truncate(start);
        return;
    }
    close_option(start, out);
}

/// Writes the length of the option at `start`, whose value ends where `out` ends, and pads it.
fn close_option(start: usize, out: &mut Vec<u8>) {
    let len = out.len().saturating_sub(start).saturating_sub(4) as u16;
    let [a, b] = len.to_le_bytes();
    if let Some(field) = out.get_mut(start.saturating_add(2)..start.saturating_add(4)) {
        field.copy_from_slice(&[a, b]);
    }
    out.resize(start.saturating_add(4).saturating_add(usize::from(len).next_multiple_of(4)), 0);
}

/// Appends an option, little-endian; a value longer than an option can be is cut.
pub(crate) fn option(code: u16, value: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(&code.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out.extend_from_slice(value.get(..usize::from(u16::MAX)).unwrap_or(value));
    close_option(start, out);
}

/// Copies an option of a packet block into a little-endian section: numbers are turned, everything else is kept.
fn copy_option(code: u16, value: &[u8], big_endian: bool, out: &mut Vec<u8>) {
    match code {
        // Packet identifier; verdicts of the kernel's eBPF hooks are 64-bit numbers behind the kind.
        5 => copy_number(code, value, 8, big_endian, out),
        7 if matches!(value.first(), Some(1 | 2)) => copy_turned(code, value, 1, 8, big_endian, out),
        _ => copy_common(code, value, big_endian, out),
    }
}

/// Copies an option whose value starts with a number of `len` octets.
pub(crate) fn copy_number(code: u16, value: &[u8], len: usize, big_endian: bool, out: &mut Vec<u8>) {
    copy_turned(code, value, 0, len, big_endian, out);
}

/// Copies an option that any block may have: custom ones start with a private enterprise number, comments and others
/// have no numbers.
pub(crate) fn copy_common(code: u16, value: &[u8], big_endian: bool, out: &mut Vec<u8>) {
    match code {
        2988 | 2989 | 19372 | 19373 => copy_turned(code, value, 0, 4, big_endian, out),
        _ => option(code, value, out),
    }
}

fn copy_turned(code: u16, value: &[u8], at: usize, len: usize, big_endian: bool, out: &mut Vec<u8>) {
    let start = out.len().saturating_add(4).saturating_add(at);
    option(code, value, out);
    if big_endian
        && at.saturating_add(len) <= value.len()
        && let Some(number) = out.get_mut(start..start.saturating_add(len))
    {
        number.reverse();
    }
}

/// Starts a little-endian block; gives what [`close_block`] needs.
pub(crate) fn open_block(kind: u32, out: &mut Vec<u8>) -> usize {
    let start = out.len();
    out.extend_from_slice(&kind.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    start
}

/// Ends the block that starts at `start`: its length, twice.
pub(crate) fn close_block(start: usize, out: &mut Vec<u8>) {
    let len = (out.len().saturating_sub(start).saturating_add(4) as u32).to_le_bytes();
    let field = start.saturating_add(4)..start.saturating_add(8);
    if let Some(field) = out.get_mut(field) {
        field.copy_from_slice(&len);
    }
    out.extend_from_slice(&len);
}
