//! BFD (RFC 5880), single hop and multihop (RFC 5881, 5883).

use crate::schema::{
    Protocol, Size, Span, UDP_PORT, be32, bits, bytes, flag, ge, left, rest, switch, text, u8, val, when,
};

const DIAGNOSTICS: &[(u64, &str)] = &[
    (0, "no diagnostic"),
    (1, "control detection time expired"),
    (2, "echo function failed"),
    (3, "neighbor signaled session down"),
    (4, "forwarding plane reset"),
    (5, "path down"),
    (6, "concatenated path down"),
    (7, "administratively down"),
    (8, "reverse concatenated path down"),
];

pub(super) fn bfd() -> Protocol {
    Protocol::new("bfd", "Bidirectional Forwarding Detection")
        .layer("BFD")
        .ports_below("udp", 7784, 7784)
        .source("RFC 5880 §4")
        .on(UDP_PORT, &[3784, 4784, 6784])
        .later(fields)
        .sample("02000000000202000000000108004500003400010000401166b60a0000010a000002c0000ec8002081d320c0031811111111222222223b9aca003b9aca003b9aca00")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let interval =
        |name: &'static str, doc: &'static str| be32(name).unit("µs").default(1_000_000_000).doc(doc);
    protocol
        .field(bits("version", 3).default(1).doc("version").brief())
        .field(bits("diag", 5).hex().names(DIAGNOSTICS).doc("diagnostic"))
        .field(
            u8("flags").hex().letters(&["M", "D", "A", "C", "F", "P"]).doc("state and flags").of([
                bits("sta", 2)
                    .hex()
                    .default(3)
                    .names(&[(0, "AdminDown"), (1, "Down"), (2, "Init"), (3, "Up")])
                    .doc("state")
                    .brief(),
                flag("flags.p").craft("P").doc("poll"),
                flag("flags.f").craft("F").doc("final"),
                flag("flags.c").craft("C").doc("control plane independent"),
                flag("flags.a").craft("A").doc("authentication is there"),
                flag("flags.d").craft("D").doc("demand"),
                flag("flags.m").craft("M").doc("multipoint"),
            ]),
        )
        .field(u8("detect_time_multiplier").craft("detect_mult").default(3).doc("detection multiplier"))
        .field(u8("message_length").craft("len").unit("octets").len_of(Span::Whole, 1, 0).doc("length"))
        .field(be32("my_discriminator").hex().default(0x1111_1111).doc("my discriminator").brief())
        .field(be32("your_discriminator").hex().default(0x2222_2222).doc("your discriminator").brief())
        .field(
            interval("desired_min_tx_interval", "desired minimum transmit interval").craft("min_tx_interval"),
        )
        .field(
            interval("required_min_rx_interval", "required minimum receive interval")
                .craft("min_rx_interval"),
        )
        .field(
            interval("required_min_echo_interval", "required minimum echo interval")
                .craft("echo_rx_interval"),
        )
        .field(when(
            ge("flags.a", 1),
            [
                u8("auth.type")
                    .names(&[
                        (1, "simple password"),
                        (2, "keyed MD5"),
                        (3, "meticulous keyed MD5"),
                        (4, "keyed SHA-1"),
                        (5, "meticulous keyed SHA-1"),
                    ])
                    .doc("authentication")
                    .into(),
                u8("auth.len").unit("octets").doc("length").into(),
                u8("auth.key").doc("key").into(),
                switch(
                    val("auth.type"),
                    [(
                        1,
                        vec![
                            text("auth.password", Size::Octets((val("auth.len") - 3).min(left())))
                                .doc("password")
                                .into(),
                        ],
                    )],
                    vec![
                        u8("auth.reserved").doc("reserved").into(),
                        be32("auth.seq_num").doc("sequence number").into(),
                        bytes("auth.data", rest()).alias("auth.hash").doc("digest").into(),
                    ],
                ),
            ],
        ))
}
