//! The pseudo layer of what is known of a frame beside its octets: [`crate::frame::Meta`] and its source's words.

use crate::flow::State;
use crate::schema::{Field, Kind, Protocol, Size, be32, be64, bits, flag};

const GSO: &[(u64, &str)] =
    &[(1, "TCP over IPv4"), (3, "UDP fragments"), (4, "TCP over IPv6"), (5, "UDP segments")];

pub(super) fn frame() -> Protocol {
    let span = |name| Field::new(name, Kind::Duration, Size::Bits(64));
    let made = |name| Field::new(name, Kind::Made, Size::Rest);
    Protocol::new("frame", "Frame")
        .source("pcapng packet block, linux/if_packet.h")
        .extra(be64("number").doc("number"))
        .extra(Field::new("time_epoch", Kind::Time, Size::Bits(64)).doc("time").alias("time"))
        .extra(span("time_relative").doc("time since the first frame"))
        .extra(span("time_delta").doc("time since the frame before"))
        .extra(span("time_delta_displayed").doc("time since the frame shown before"))
        .extra(made("time_source").doc("clock of the time stamp: host or adapter"))
        .extra(be32("len").doc("length on the wire").unit("octets").alias("pkt_len"))
        .extra(be32("cap_len").doc("length captured").unit("octets"))
        .extra(be32("interface_id").doc("interface number"))
        .extra(made("interface_name").doc("interface"))
        .extra(made("interface_description").doc("interface description"))
        .extra(be32("link_type").doc("link type").alias("encap_type"))
        .extra(made("direction").doc("direction through the interface: in or out"))
        .extra(flag("checksum_offloaded").doc("transport checksum left to the network card"))
        .extra(flag("checksum_verified").doc("transport checksum verified by the network card"))
        .extra(be32("vlan_moved").hex().doc("VLAN tag (TPID, TCI) taken out by the network card"))
        .extra(bits("gso_type", 8).names(GSO).doc("segmentation left to the network card"))
        .extra(bits("gso_size", 16).doc("payload of each segment on the wire").unit("octets"))
        .extra(be32("queue").doc("hardware queue"))
        .extra(be32("hash").hex().doc("receive hash"))
        .extra(be64("drops").doc("frames lost before this one"))
        .extra(made("comment").doc("comment"))
        .extra(be64("response_to").from_state(State::Requests).doc("answers the request in frame"))
        .extra(span("response_time").from_state(State::Requests).doc("time since that request"))
        .extra(made("protocols").doc("layers"))
}
