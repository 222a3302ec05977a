//! What a switch tag is made of, whichever family it belongs to.
//!
//! A family file reads a frame into a [`Tag`]: where its octets lie, what it says of ports, switch, VLAN and priority,
//! and the fields that only this tagger has. The decoder shows it, `--untag` takes it out.

use crate::frame::VlanTag;

/// Which way a frame crosses the conduit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// Received from the switch.
    ToCpu,
    /// Sent to the switch.
    FromCpu,
}

impl Way {
    /// `to-cpu` or `from-cpu`.
    pub fn name(self) -> &'static str {
        match self {
            Way::ToCpu => "to-cpu",
            Way::FromCpu => "from-cpu",
        }
    }
}

/// How the way of a frame is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ToldBy {
    /// The capture file or the socket.
    Source,
    /// The tag: its forms differ.
    Tag,
    /// The addresses: the host's are learnt from the capture.
    Addresses,
}

impl ToldBy {
    /// `recorded`, `tag` or `addresses`.
    pub fn name(self) -> &'static str {
        match self {
            ToldBy::Source => "recorded",
            ToldBy::Tag => "tag",
            ToldBy::Addresses => "addresses",
        }
    }
}

/// Where a tagger puts its octets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Before the destination address.
    Front,
    /// Behind the source address.
    Middle,
    /// Behind payload and padding.
    Back,
}

/// A tagger.
#[derive(Clone, Copy)]
pub struct Tagger {
    /// Name in sysfs.
    pub name: &'static str,
    /// `DSA_TAG_PROTO_*`, `net/dsa.h`; 0 where the kernel has none.
    pub number: u16,
    /// Where the tag stands.
    pub place: Place,
    /// Reads the tag of a frame; `None` when it has none, or is too short or cut.
    pub read: fn(&Seen<'_>) -> Option<Tag>,
}

impl PartialEq for Tagger {
    fn eq(&self, other: &Tagger) -> bool {
        self.name == other.name
    }
}

impl Eq for Tagger {}

impl std::fmt::Debug for Tagger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// A frame on a conduit.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Its octets, as captured.
    pub data: &'a [u8],
    /// Whether the snap length has cut it: then nothing is known of its end.
    pub cut: bool,
    /// Which way it went, where the source tells.
    pub way: Option<Way>,
    /// Octets of frame check sequence at its end, where the source tells: a trailing tag stands before them.
    pub fcs: usize,
}

impl Seen<'_> {
    /// Octet at an offset.
    pub fn octet(&self, at: usize) -> Option<u8> {
        self.data.get(at).copied()
    }

    /// Two octets at an offset, network order.
    pub fn be16(&self, at: usize) -> Option<u16> {
        self.data.get(at..).and_then(<[u8]>::first_chunk).map(|octets| u16::from_be_bytes(*octets))
    }

    /// Four octets at an offset, network order.
    pub fn be32(&self, at: usize) -> Option<u32> {
        self.data.get(at..).and_then(<[u8]>::first_chunk).map(|octets| u32::from_be_bytes(*octets))
    }

    /// Where the frame ends, without its check sequence.
    pub fn end(&self) -> usize {
        self.data.len().saturating_sub(self.fcs)
    }

    /// Offset of the last `octets` octets before the check sequence, if the frame is whole.
    pub fn tail(&self, octets: usize) -> Option<usize> {
        if self.cut { None } else { self.end().checked_sub(octets).filter(|at| *at >= 14) }
    }
}

/// Switch ports that a tag names.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Ports {
    /// None: the tag does not say.
    #[default]
    None,
    /// One, by number.
    One(u8),
    /// Each whose bit is set.
    Mask(u32),
}

impl Ports {
    /// The port numbers in rising order.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        let mask = match self {
            Ports::None => 0,
            Ports::One(port) => 1_u64.checked_shl(u32::from(port)).unwrap_or(0),
            Ports::Mask(mask) => u64::from(mask),
        };
        (0..64).filter(move |port| mask >> port & 1 == 1)
    }
}

/// A field of one tagger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Own {
    /// Name below `dsa.`, as declared.
    pub name: &'static str,
    /// First bit in the frame.
    pub start: usize,
    /// Bits.
    pub bits: usize,
    /// Value.
    pub value: u64,
}

/// What a tag says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tag {
    /// Which way, by the source or by the tag itself.
    pub way: Option<Way>,
    /// Whether that is only the likelier one: both forms of the tag may read so.
    pub guessed: bool,
    /// How the way is known, where it is.
    pub told_by: Option<ToldBy>,
    /// Source port (to CPU) or destination ports (from CPU).
    pub ports: Ports,
    /// Index of the switch in its tree, where the tag has one.
    pub switch: Option<u8>,
    /// VLAN in the tag.
    pub vid: Option<u16>,
    /// Priority or traffic class in the tag.
    pub priority: Option<u8>,
    /// Octets of the tag: offset and length of up to two parts, in rising order.
    pub parts: Vec<(usize, usize)>,
    /// A VLAN tag that the switch tag has swallowed, to be put back behind the source address. Where its control
    /// information still stands in the frame, `Some` tells the TPID and `tci_in_frame` where.
    pub swallowed: Option<VlanTag>,
    /// Offset of the swallowed tag's control information, where it still stands in the frame.
    pub tci_in_frame: Option<usize>,
    /// Octets of the frame inside that the switch has used for itself and that are 0 without the tag: offset, length.
    pub cleared: Option<(usize, usize)>,
    /// Fields of this tagger.
    pub own: Vec<Own>,
    /// There is no switch tag: the frame's own VLAN tag, of a bridge, tells the switch where it goes.
    pub bridge_vlan: bool,
    /// What follows the tag is no user's frame: register access, counters, time stamps.
    pub no_frame: bool,
    /// The tag stood in the part that the snap length has cut off.
    pub lost: bool,
}

impl Tag {
    /// A tag of `len` octets at `at`.
    pub fn at(at: usize, len: usize, way: Option<Way>) -> Tag {
        Tag { way, parts: vec![(at, len)], ..Tag::default() }
    }

    /// Adds a field of the tagger: bits counted from the frame's first octet.
    pub fn own(&mut self, name: &'static str, start: usize, bits: usize, value: impl Into<u64>) {
        self.own.push(Own { name, start, bits, value: value.into() });
    }

    /// Adds a field of whole octets.
    pub fn octets(&mut self, name: &'static str, at: usize, len: usize, value: impl Into<u64>) {
        self.own(name, at.saturating_mul(8), len.saturating_mul(8), value);
    }

    /// Appends the frame as the user port would show it: without the tag, a swallowed VLAN tag put back.
    pub fn untagged(&self, data: &[u8], out: &mut Vec<u8>) {
        let mut at = 0;
        let mut pending = self.swallowed;
        if let Some((start, len)) = self.cleared.filter(|(start, len)| {
            start.checked_add(*len).is_some_and(|end| self.parts.iter().all(|part| end <= part.0))
        }) {
            out.extend_from_slice(data.get(..start).unwrap_or_default());
            out.resize(out.len().saturating_add(len), 0);
            at = start.saturating_add(len);
        }
        for (start, len) in &self.parts {
            out.extend_from_slice(data.get(at..*start).unwrap_or_default());
            at = start.saturating_add(*len);
            if let Some(vlan) = pending.take() {
                out.extend_from_slice(&vlan.tpid.to_be_bytes());
                if self.tci_in_frame.is_none() {
                    out.extend_from_slice(&vlan.tci.to_be_bytes());
                }
            }
        }
        out.extend_from_slice(data.get(at..).unwrap_or_default());
    }
}

/// The way that the source tells, else the one that the tag's own bits suggest.
pub fn way_or(seen: &Seen<'_>, guess: Way) -> Way {
    seen.way.unwrap_or(guess)
}
