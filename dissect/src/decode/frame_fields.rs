//! The `frame` pseudo layer: what is known of a frame beside its octets.

use super::{Dissection, LayerSpan, Node, Plan, Surroundings, encapsulation};
use crate::frame::{ChecksumState, Direction, Frame, GsoKind, TimeSource};
use crate::registry::{FieldId, ProtoId, Registry};

/// The fields of the layer by number: the first protocol's, in the order of its declaration, so that no name is looked up
/// for a frame. A test holds them against the registry.
#[derive(Clone, Copy, Debug)]
enum Known {
    Frame,
    Number,
    TimeEpoch,
    Time,
    TimeRelative,
    TimeDelta,
    TimeDeltaDisplayed,
    TimeSource,
    Len,
    CapLen,
    SectionNumber,
    InterfaceId,
    InterfaceName,
    InterfaceDescription,
    LinkType,
    EncapType,
    Direction,
    PacketFlags,
    FlagsDirection,
    FlagsReception,
    FlagsFcs,
    CrcError,
    TooLong,
    TooShort,
    WrongGap,
    Unaligned,
    StartDelimiter,
    Preamble,
    Symbol,
    ChecksumOffloaded,
    ChecksumVerified,
    VlanMoved,
    GsoType,
    GsoSize,
    Queue,
    Hash,
    Drops,
    PacketId,
    VerdictHardware,
    VerdictTc,
    VerdictXdp,
    Comment,
    ResponseTo,
    ResponseTime,
    Protocols,
}

struct Emitter<'a> {
    plan: &'a Plan,
    out: &'a mut Dissection,
    bits: u32,
}

impl Emitter<'_> {
    #[inline]
    fn field(&self, known: Known) -> Option<FieldId> {
        let id = FieldId(known as u16);
        self.plan.wants(id).then_some(id)
    }

    fn put(&mut self, known: Known, depth: u8, value: u64) -> Option<usize> {
        let field = self.field(known)?;
        let bits = if depth == 0 { self.bits } else { 0 };
        self.out.nodes.push(Node { field, depth, source: 0, start: 0, bits, value });
        self.out.nodes.len().checked_sub(1)
    }

    /// A field that says once more what another says, in Wireshark's form: only for those who name it.
    fn named(&mut self, known: Known, value: impl FnOnce() -> Option<u64>) {
        if self.names(known)
            && let Some(value) = value()
        {
            self.put(known, 1, value);
        }
    }

    fn names(&self, known: Known) -> bool {
        self.plan.names(FieldId(known as u16))
    }

    fn text(&mut self, known: Known, text: &[u8]) {
        if self.field(known).is_some() {
            let start = self.out.text.len() as u64;
            self.out.text.extend_from_slice(text);
            self.put(known, 1, start << 32 | text.len() as u64);
        }
    }
}

/// Emits the layer; returns where `frame.protocols` stands, to be filled when the layers are known.
pub(super) fn emit(
    plan: &Plan,
    frame: &Frame<'_>,
    around: &Surroundings<'_>,
    out: &mut Dissection,
) -> Option<usize> {
    let bits = u32::try_from(frame.data.len()).unwrap_or(u32::MAX).saturating_mul(8);
    let mut emitter = Emitter { plan, out, bits };
    let meta = &frame.meta;
    emitter.put(Known::Frame, 0, 0);
    emitter.put(Known::Number, 1, frame.number);
    if let Some(time) = meta.time {
        emitter.put(Known::TimeEpoch, 1, time.0.cast_unsigned());
        emitter.named(Known::Time, || Some(time.0.cast_unsigned()));
        let spans = [
            (Known::TimeRelative, around.first),
            (Known::TimeDelta, around.previous),
            (Known::TimeDeltaDisplayed, around.previous_shown),
        ];
        for (known, earlier) in spans {
            let earlier = earlier.unwrap_or(time);
            emitter.put(known, 1, time.since(earlier).cast_unsigned());
        }
        match meta.time_source {
            TimeSource::Unknown => {}
            TimeSource::Host => emitter.text(Known::TimeSource, b"host"),
            TimeSource::Adapter => emitter.text(Known::TimeSource, b"adapter"),
        }
    }
    emitter.put(Known::Len, 1, u64::from(meta.original_len));
    emitter.put(Known::CapLen, 1, frame.data.len() as u64);
    let (section, number) =
        around.interface.and_then(|interface| interface.place).unwrap_or((0, meta.interface));
    if section > 1 || section > 0 && emitter.names(Known::SectionNumber) {
        emitter.put(Known::SectionNumber, 1, u64::from(section));
    }
    emitter.put(Known::InterfaceId, 1, u64::from(number));
    if let Some(interface) = around.interface {
        if !interface.name.is_empty() {
            emitter.text(Known::InterfaceName, interface.name.as_bytes());
        }
        if !interface.description.is_empty() {
            emitter.text(Known::InterfaceDescription, interface.description.as_bytes());
        }
    }
    emitter.put(Known::LinkType, 1, u64::from(meta.link_type.0));
    emitter.named(Known::EncapType, || encapsulation::of(meta.link_type));
    match meta.direction {
        Direction::Unknown => {}
        Direction::In => emitter.text(Known::Direction, b"in"),
        Direction::Out => emitter.text(Known::Direction, b"out"),
    }
    packet_flags(&mut emitter, frame);
    offload(&mut emitter, frame);
    packet_options(&mut emitter, frame);
    for comment in meta.options.comments() {
        emitter.text(Known::Comment, comment);
    }
    for reply in around.facts.iter().flat_map(|facts| facts.replies()) {
        emitter.put(Known::ResponseTo, 1, reply.to);
        emitter.put(Known::ResponseTime, 1, reply.after.cast_unsigned());
    }
    emitter.put(Known::Protocols, 1, 0)
}

/// The flags of the packet block; those of errors where one is set.
fn packet_flags(emitter: &mut Emitter<'_>, frame: &Frame<'_>) {
    const ERRORS: [(u32, Known); 8] = [
        (24, Known::CrcError),
        (25, Known::TooLong),
        (26, Known::TooShort),
        (27, Known::WrongGap),
        (28, Known::Unaligned),
        (29, Known::StartDelimiter),
        (30, Known::Preamble),
        (31, Known::Symbol),
    ];
    let Some(flags) = frame.meta.packet_flags() else { return };
    emitter.put(Known::PacketFlags, 1, u64::from(flags));
    emitter.put(Known::FlagsDirection, 1, u64::from(flags & 3));
    emitter.put(Known::FlagsReception, 1, u64::from(flags >> 2 & 7));
    emitter.put(Known::FlagsFcs, 1, u64::from(flags >> 5 & 15));
    for (bit, known) in ERRORS {
        if flags >> 24 != 0 || emitter.names(known) {
            emitter.put(known, 1, u64::from(flags >> bit & 1));
        }
    }
}

/// Options of the packet block that are neither in [`crate::frame::Meta`] nor comments (`epb_packetid`, `epb_verdict`).
fn packet_options(emitter: &mut Emitter<'_>, frame: &Frame<'_>) {
    let options = frame.meta.options;
    let number = |value: &[u8]| {
        let octets = *value.first_chunk()?;
        Some(if options.big_endian { u64::from_be_bytes(octets) } else { u64::from_le_bytes(octets) })
    };
    for (code, value) in options.iter() {
        let (known, number) = match (code, value) {
            (5, value) => (Known::PacketId, number(value)),
            (7, [1, value @ ..]) => (Known::VerdictTc, number(value)),
            (7, [2, value @ ..]) => (Known::VerdictXdp, number(value)),
            (7, [0, value @ ..]) => {
                let digits: String = value.iter().map(|octet| format!("{octet:02x}")).collect();
                emitter.text(Known::VerdictHardware, digits.as_bytes());
                continue;
            }
            _ => continue,
        };
        if let Some(number) = number {
            emitter.put(known, 1, number);
        }
    }
}

/// What the network card did or left undone.
fn offload(emitter: &mut Emitter<'_>, frame: &Frame<'_>) {
    let meta = &frame.meta;
    match meta.checksum {
        ChecksumState::Unknown => {}
        ChecksumState::NotReady => {
            emitter.put(Known::ChecksumOffloaded, 1, 1);
        }
        ChecksumState::Valid => {
            emitter.put(Known::ChecksumVerified, 1, 1);
        }
    }
    if let Some(outer) = meta.vlan.outer {
        emitter.put(Known::VlanMoved, 1, u64::from(outer.tpid) << 16 | u64::from(outer.tci));
    }
    if let Some(inner) = meta.vlan.inner {
        emitter.put(Known::VlanMoved, 1, u64::from(inner.tpid) << 16 | u64::from(inner.tci));
    }
    if let Some(gso) = meta.gso {
        let kind = match gso.kind {
            GsoKind::Tcp4 => 1,
            GsoKind::Udp => 3,
            GsoKind::Tcp6 => 4,
            GsoKind::UdpL4 => 5,
            GsoKind::Other(kind) => u64::from(kind),
        };
        emitter.put(Known::GsoType, 1, kind);
        emitter.put(Known::GsoSize, 1, u64::from(gso.size));
    }
    if let Some(queue) = meta.queue {
        emitter.put(Known::Queue, 1, u64::from(queue));
    }
    if let Some(hash) = meta.hash {
        emitter.put(Known::Hash, 1, u64::from(hash));
    }
    if meta.drops > 0 {
        emitter.put(Known::Drops, 1, meta.drops);
    }
}

/// Fills `frame.protocols` with the names of the layers, and Wireshark's word between a layer and what an EtherType leads it to.
pub(super) fn fill_protocols(registry: &Registry, node: usize, out: &mut Dissection) {
    let Dissection { text, layers, chains, nodes, .. } = out;
    let names = chains.names(registry, layers);
    let start = text.len();
    text.extend_from_slice(names);
    if let Some(node) = nodes.get_mut(node) {
        node.value = (start as u64) << 32 | names.len() as u64;
    }
}

/// Chains of layers that are kept with their names.
const CHAINS: usize = 16;

/// Layers of a chain that is kept.
const LINKS: usize = 12;

/// What the chains of layers that came are called: a capture has few.
#[derive(Clone, Debug, Default)]
pub(super) struct Chains {
    kept: [Chain; CHAINS],
}

#[derive(Clone, Debug, Default)]
struct Chain {
    layers: Vec<ProtoId>,
    names: Vec<u8>,
}

impl Chains {
    /// The names of these layers.
    fn names(&mut self, registry: &Registry, layers: &[LayerSpan]) -> &[u8] {
        let print = layers.iter().fold(layers.len(), |print, layer| {
            (print ^ usize::from(layer.protocol.0)).wrapping_mul(0x9e37_79b1)
        });
        let Some(chain) = self.kept.get_mut(print >> 16 & (CHAINS - 1)) else { return &[] };
        let ids = layers.iter().map(|layer| &layer.protocol);
        if chain.layers.len() != layers.len() || !chain.layers.iter().eq(ids) {
            chain.layers.clear();
            chain.names.clear();
            name(registry, layers, &mut chain.names);
            if layers.len() <= LINKS {
                chain.layers.extend(layers.iter().map(|layer| layer.protocol));
            }
        }
        &chain.names
    }
}

/// Appends the names of layers.
fn name(registry: &Registry, layers: &[LayerSpan], out: &mut Vec<u8>) {
    let mut typed = false;
    for (at, id) in layers.iter().map(|layer| layer.protocol).enumerate() {
        if at > 0 {
            let between: &[u8] =
                if typed && !registry.is_chosen_by_length(id) { b":ethertype:" } else { b":" };
            out.extend_from_slice(between);
        }
        typed = registry.has_ether_type(id);
        out.extend_from_slice(registry.protocol(id).map_or("", |protocol| protocol.name).as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_known_by_number_are_those_of_the_registry() {
        let known = [
            (Known::Frame, "frame"),
            (Known::Number, "frame.number"),
            (Known::TimeEpoch, "frame.time_epoch"),
            (Known::Time, "frame.time"),
            (Known::TimeRelative, "frame.time_relative"),
            (Known::TimeDelta, "frame.time_delta"),
            (Known::TimeDeltaDisplayed, "frame.time_delta_displayed"),
            (Known::TimeSource, "frame.time_source"),
            (Known::Len, "frame.len"),
            (Known::CapLen, "frame.cap_len"),
            (Known::SectionNumber, "frame.section_number"),
            (Known::InterfaceId, "frame.interface_id"),
            (Known::InterfaceName, "frame.interface_name"),
            (Known::InterfaceDescription, "frame.interface_description"),
            (Known::LinkType, "frame.link_type"),
            (Known::EncapType, "frame.encap_type"),
            (Known::Direction, "frame.direction"),
            (Known::PacketFlags, "frame.packet_flags"),
            (Known::FlagsDirection, "frame.packet_flags_direction"),
            (Known::FlagsReception, "frame.packet_flags_reception_type"),
            (Known::FlagsFcs, "frame.packet_flags_fcs_length"),
            (Known::CrcError, "frame.packet_flags_crc_error"),
            (Known::TooLong, "frame.packet_flags_packet_too_error"),
            (Known::TooShort, "frame.packet_flags_packet_too_short_error"),
            (Known::WrongGap, "frame.packet_flags_wrong_inter_frame_gap_error"),
            (Known::Unaligned, "frame.packet_flags_unaligned_frame_error"),
            (Known::StartDelimiter, "frame.packet_flags_start_frame_delimiter_error"),
            (Known::Preamble, "frame.packet_flags_preamble_error"),
            (Known::Symbol, "frame.packet_flags_symbol_error"),
            (Known::ChecksumOffloaded, "frame.checksum_offloaded"),
            (Known::ChecksumVerified, "frame.checksum_verified"),
            (Known::VlanMoved, "frame.vlan_moved"),
            (Known::GsoType, "frame.gso_type"),
            (Known::GsoSize, "frame.gso_size"),
            (Known::Queue, "frame.interface_queue"),
            (Known::Hash, "frame.hash"),
            (Known::Drops, "frame.drop_count"),
            (Known::PacketId, "frame.packet_id"),
            (Known::VerdictHardware, "frame.verdict.hw"),
            (Known::VerdictTc, "frame.verdict.ebpf_tc"),
            (Known::VerdictXdp, "frame.verdict.ebpf_xdp"),
            (Known::Comment, "frame.comment"),
            (Known::ResponseTo, "frame.response_to"),
            (Known::ResponseTime, "frame.response_time"),
            (Known::Protocols, "frame.protocols"),
        ];
        for (known, name) in known {
            let info = Registry::builtin().field(FieldId(known as u16));
            assert_eq!(info.map(|info| info.name), Some(name));
        }
    }
}
