//! The pseudo layer of what is known of a frame beside its octets: [`crate::frame::Meta`] and its source's words.

use crate::flow::State;
use crate::schema::{Field, Kind, Protocol, Size, be32, be64, bits, flag};

const GSO: &[(u64, &str)] =
    &[(1, "TCP over IPv4"), (3, "UDP fragments"), (4, "TCP over IPv6"), (5, "UDP segments")];

/// `epb_flags` (draft-ietf-opsawg-pcapng §4.3.1).
const DIRECTION: &[(u64, &str)] = &[(0, "Unknown"), (1, "Inbound"), (2, "Outbound")];
const RECEPTION: &[(u64, &str)] =
    &[(0, "Not specified"), (1, "Unicast"), (2, "Multicast"), (3, "Broadcast"), (4, "Promiscuous")];

pub(super) fn frame() -> Protocol {
    let span = |name| Field::new(name, Kind::Duration, Size::Bits(64));
    let made = |name| Field::new(name, Kind::Made, Size::Rest);
    Protocol::new("frame", "Frame")
        .source("pcapng packet block, linux/if_packet.h")
        .extra(be64("number").doc("number"))
        .extra(Field::new("time_epoch", Kind::Time, Size::Bits(64)).doc("time"))
        .extra(Field::new("time", Kind::Time, Size::Bits(64)).hidden().doc("time as a date, in UTC"))
        .extra(span("time_relative").doc("time since the first frame"))
        .extra(span("time_delta").doc("time since the frame before"))
        .extra(span("time_delta_displayed").doc("time since the frame shown before"))
        .extra(made("time_source").doc("clock of the time stamp: host or adapter"))
        .extra(be32("len").doc("length on the wire").unit("octets").alias("pkt_len"))
        .extra(be32("cap_len").doc("length captured").unit("octets"))
        .extra(be32("section_number").doc("section of the pcapng file"))
        .extra(be32("interface_id").doc("interface number"))
        .extra(made("interface_name").doc("interface"))
        .extra(made("interface_description").doc("interface description"))
        .extra(be32("link_type").doc("link type"))
        .extra(be32("encap_type").hidden().doc("link type in Wireshark's numbers (WTAP_ENCAP)"))
        .extra(made("direction").doc("direction through the interface: in or out"))
        .extra(be32("packet_flags").hex().doc("flags of the packet block (epb_flags)"))
        .extra(be32("packet_flags_direction").hex().names(DIRECTION).doc("direction"))
        .extra(be32("packet_flags_reception_type").names(RECEPTION).doc("reception"))
        .extra(be32("packet_flags_fcs_length").doc("frame check sequence").unit("octets"))
        .extra(flag("packet_flags_crc_error").doc("frame check sequence is wrong"))
        .extra(flag("packet_flags_packet_too_error").doc("frame is too long"))
        .extra(flag("packet_flags_packet_too_short_error").doc("frame is too short"))
        .extra(flag("packet_flags_wrong_inter_frame_gap_error").doc("gap before the frame is wrong"))
        .extra(flag("packet_flags_unaligned_frame_error").doc("frame ends within an octet"))
        .extra(flag("packet_flags_start_frame_delimiter_error").doc("start of frame delimiter is wrong"))
        .extra(flag("packet_flags_preamble_error").doc("preamble is wrong"))
        .extra(flag("packet_flags_symbol_error").doc("symbol error"))
        .extra(flag("checksum_offloaded").doc("transport checksum left to the network card"))
        .extra(flag("checksum_verified").doc("transport checksum verified by the network card"))
        .extra(be32("vlan_moved").hex().doc("VLAN tag (TPID, TCI) taken out by the network card"))
        .extra(bits("gso_type", 8).names(GSO).doc("segmentation left to the network card"))
        .extra(bits("gso_size", 16).doc("payload of each segment on the wire").unit("octets"))
        .extra(be32("interface_queue").doc("hardware queue").alias("queue"))
        .extra(be32("hash").hex().doc("receive hash"))
        .extra(be64("drop_count").doc("frames lost before this one").alias("drops"))
        .extra(be64("packet_id").doc("number by which the packet is known elsewhere (epb_packetid)"))
        .extra(made("verdict.hw").doc("verdict of the hardware, in hex"))
        .extra(be64("verdict.ebpf_tc").doc("verdict of eBPF at the queueing discipline (TC_ACT)"))
        .extra(be64("verdict.ebpf_xdp").doc("verdict of eBPF at the driver (XDP)"))
        .extra(made("comment").doc("comment"))
        .extra(be64("response_to").from_state(State::Requests).doc("answers the request in frame"))
        .extra(span("response_time").from_state(State::Requests).doc("time since that request"))
        .extra(made("protocols").doc("layers"))
}
