//! Session announcements (SAP, RFC 2974): what multicast sessions there are, said by SDP. What is compressed or encrypted stays octets.

use crate::decode::Walk;
use crate::schema::{
    Protocol, Size, Test, UDP_PORT, be16, bits, block, bytes, eq, flag, ge, ipv4, ipv6, label, left, lit,
    look, rest, text, u8, val, when,
};

pub(super) fn sap() -> Protocol {
    Protocol::new("sap", "Session Announcement Protocol")
        .source("RFC 2974 §6")
        .on(UDP_PORT, &[9875])
        .accepts(UDP_PORT, |octets| octets.first().is_some_and(|first| first >> 5 == 1))
        .ports_below("udp", 9875, 9875)
        .field(u8("flags").hex().doc("flags").of([
            bits("flags.v", 3).default(1).doc("version"),
            flag("flags.a").doc("the source is an IPv6 address"),
            flag("flags.r").doc("reserved"),
            flag("flags.t").doc("the session is deleted"),
            flag("flags.e").doc("encrypted"),
            flag("flags.c").doc("compressed"),
        ]))
        .field(u8("auth.len").len_of_part("auth", 4, 0).unit("words").doc("length of the authentication"))
        .field(be16("message_identifier_hash").hex().brief().doc("announcement"))
        .field(when(eq("flags.a", 0), [ipv4("originating_source").brief().doc("who announces it").into()]))
        .field(when(
            ge("flags.a", 1),
            [ipv6("originating_source.ipv6").brief().doc("who announces it").into()],
        ))
        .field(block(
            label("auth").left_empty().doc("authentication"),
            Size::Octets(val("auth.len") * 4),
            [when(
                Test::Ge(left(), lit(1)),
                [
                    u8("auth.flags").hex().doc("flags").of([
                        bits("auth.flags.v", 3).doc("version"),
                        flag("auth.flags.p").doc("padded"),
                        bits("auth.flags.t", 4).names(&[(0, "PGP"), (1, "CMS")]).doc("kind"),
                    ]),
                    bytes("auth.subheader", rest()).doc("content").into(),
                ],
            )],
        ))
        .field(when(
            Test::All(vec![eq("flags.e", 0), eq("flags.c", 0), look(is_typed)]),
            [text("payload_type", Size::Nul).doc("kind of payload").into()],
        ))
        .leads_to(&["sdp"])
        .after(after)
        .sample(concat!(
            "01005e027ffe02000000000108004500008d0001000001114f5e0a000001e0027ffe269326930079cd7b200012",
            "340a0000016170706c69636174696f6e2f73647000763d300d0a6f3d2d2031203120494e204950342031302e30",
            "2e302e310d0a733d740d0a633d494e20495034203233392e312e312e312f310d0a743d3020300d0a6d3d617564",
            "696f2035303034205254502f4156502039380d0a",
        ))
        .sample(concat!(
            "01005e027ffe0200000000010800450000950001000001114f560a000001e0027ffe2693269300817ed5200212",
            "370a00000121616263646566676170706c69636174696f6e2f73647000763d300d0a6f3d2d2031203120494e20",
            "4950342031302e302e302e310d0a733d740d0a633d494e20495034203233392e312e312e312f310d0a743d3020",
            "300d0a6d3d617564696f2035303034205254502f4156502039380d0a",
        ))
}

/// Older announcements begin with SDP at once (RFC 2974 §6).
fn is_typed(octets: &[u8]) -> bool {
    !octets.starts_with(b"v=0") && octets.contains(&0)
}

fn after(walk: &mut Walk<'_, '_>) {
    let Some(flags) = walk.layer_octets().first() else { return };
    if flags & 3 == 0 && !walk.rest().is_empty() {
        walk.next_named("sdp");
    }
}
