//! BFD (RFC 5880), single hop and multihop (RFC 5881, 5883).

use super::octets::Octets;
use crate::render::line::{Body, Line};
use crate::render::put;
use crate::schema::{
    Item, Names, Protocol, Size, Span, UDP_PORT, be32, bits, block, built, bytes, decoded, flag, ge, label,
    left, lit, rest, switch, text, u8, val, when,
};

const DIAGNOSTICS: &[(u64, &str)] = &[
    (0, "No Diagnostic"),
    (1, "Control Detection Time Expired"),
    (2, "Echo Function Failed"),
    (3, "Neighbor Signaled Session Down"),
    (4, "Forwarding Plane Reset"),
    (5, "Path Down"),
    (6, "Concatenated Path Down"),
    (7, "Administratively Down"),
    (8, "Reverse Concatenated Path Down"),
];

const STATES: &[(u64, &str)] = &[(0, "AdminDown"), (1, "Down"), (2, "Init"), (3, "Up")];

const FLAGS: &[(u64, &str)] = &[
    (0x20, "Poll"),
    (0x10, "Final"),
    (8, "Control Plane Independent"),
    (4, "Authentication Present"),
    (2, "Demand"),
    (1, "Multipoint"),
];

const AUTHENTICATIONS: &[(u64, &str)] = &[
    (1, "Simple Password"),
    (2, "Keyed MD5"),
    (3, "Meticulous Keyed MD5"),
    (4, "Keyed SHA1"),
    (5, "Meticulous Keyed SHA1"),
];

pub(super) fn bfd() -> Protocol {
    Protocol::new("bfd", "Bidirectional Forwarding Detection")
        .layer("BFD")
        .part("OptionalAuth", "auth", &[])
        .ports_below("udp", 7784, 7784)
        .source("RFC 5880 §4")
        .on(UDP_PORT, &[3784, 4784, 6784])
        .later(fields)
        .summary(summary)
        .sample("02000000000202000000000108004500003400010000401166b60a0000010a000002c0000ec8002081d320c0031811111111222222223b9aca003b9aca003b9aca00")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let interval =
        |name: &'static str, doc: &'static str| be32(name).unit("µs").default(1_000_000_000).doc(doc);
    protocol
        .field(bits("version", 3).default(1).doc("version").brief())
        .field(bits("diag", 5).hex().names(DIAGNOSTICS).doc("diagnostic"))
        .field(Item::Group(
            u8("flags").craft("state_and_flags").hex().doc("state and flags"),
            vec![
                bits("sta", 2).hex().default(3).names(STATES).doc("state").brief().into(),
                bits("flags.written", 6)
                    .craft("flags")
                    .letters(&["M", "D", "A", "C", "F", "P"])
                    .hidden()
                    .doc("flags without the state")
                    .of([
                        flag("flags.p").craft("P").doc("poll"),
                        flag("flags.f").craft("F").doc("final"),
                        flag("flags.c").craft("C").doc("control plane independent"),
                        flag("flags.a").craft("A").doc("authentication is there"),
                        flag("flags.d").craft("D").doc("demand"),
                        flag("flags.m").craft("M").doc("multipoint"),
                    ]),
            ]
            .into(),
        ))
        .field(u8("detect_time_multiplier").craft("detect_mult").default(3).doc("detection multiplier"))
        .field(u8("message_length").craft("len").unit("octets").len_of(Span::Header, 1, 0).doc("length"))
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
            [block(
                label("auth").craft("optional_auth").left_empty().doc("authentication").hidden(),
                rest(),
                authentication_section(),
            )],
        ))
}

fn authentication_section() -> [Item; 4] {
    let digest = |octets: i64, usual: &'static [u8]| {
        bytes("auth.written", Size::Octets(lit(octets))).craft("auth_key").default_bytes(usual).hidden()
    };
    let (md5, sha1) = (digest(16, &MD5), digest(20, &SHA1));
    [
        u8("auth.type").craft("auth_type").default(1).names(AUTHENTICATIONS).doc("authentication").into(),
        u8("auth.len").craft("auth_len").unit("octets").len_of(Span::Whole, 1, 0).doc("length").into(),
        u8("auth.key").craft("auth_keyid").default(1).doc("key").into(),
        switch(
            val("auth.type"),
            [(
                1,
                vec![
                    text("auth.password", Size::Octets((val("auth.len") - 3).min(left())))
                        .craft("auth_key")
                        .default_bytes(b"password")
                        .doc("password")
                        .into(),
                ],
            )],
            vec![
                u8("auth.reserved").craft("reserved").doc("reserved").into(),
                be32("auth.seq_num").craft("sequence_number").doc("sequence number").into(),
                decoded([bytes("auth.data", rest())
                    .alias("auth.hash")
                    .alias("checksum")
                    .doc("digest")
                    .into()]),
                built([switch(
                    val("auth.type"),
                    [
                        (2, vec![md5.clone().doc("digest").into()]),
                        (3, vec![md5.doc("digest").into()]),
                        (4, vec![sha1.clone().doc("digest").into()]),
                        (5, vec![sha1.doc("digest").into()]),
                    ],
                    vec![],
                )]),
            ],
        ),
    ]
}

/// Digests of `password`, the usual one.
const MD5: [u8; 16] = 0x5f4d_cc3b_5aa7_65d6_1d83_27de_b882_cf99_u128.to_be_bytes();
const SHA1: [u8; 20] = [
    0x5b, 0xaa, 0x61, 0xe4, 0xc9, 0xb9, 0x3f, 0x3f, 0x06, 0x82, 0x25, 0x0b, 0x6c, 0xf8, 0x33, 0x1b, 0x7e,
    0xe6, 0x8f, 0xd8,
];

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    let (Some(first), Some(flags), Some(multiplier), Some(length)) =
        (octets.u8(), octets.u8(), octets.u8(), octets.u8())
    else {
        line.text("BFD");
        line.cut("bfd", body);
        return;
    };
    line.labelled("BFDv", u64::from(first >> 5));
    let verbose = line.style.verbose > 0;
    if verbose {
        line.labelled(", length: ", body.len as u64);
        line.text("\n\tControl, State ");
    } else {
        line.text(", Control, State ");
    }
    line.text(Names::List(STATES).get(u64::from(flags >> 6)).unwrap_or("unknown"));
    line.text(", Flags: ");
    line.bits(u64::from(flags & 0x3f), FLAGS);
    if !verbose {
        line.labelled(", length: ", body.len as u64);
        return;
    }
    line.text(", Diagnostic: ");
    let diagnostic = u64::from(first & 0x1f);
    line.text(Names::List(DIAGNOSTICS).get(diagnostic).unwrap_or("unknown"));
    line.text(" (");
    line.hex(diagnostic, 2);
    line.text(")");
    if session(line, &mut octets, multiplier, length).is_none() {
        line.text(" ");
        line.cut("bfd", body);
        return;
    }
    if flags & 4 != 0 && authentication(line, &mut octets).is_none() {
        line.text(" ");
        line.cut("bfd", body);
    }
}

/// Discriminators and intervals, which stand in microseconds.
fn session(line: &mut Line<'_, '_>, octets: &mut Octets<'_>, multiplier: u8, length: u8) -> Option<()> {
    let [mine, yours] = [octets.u32()?, octets.u32()?];
    let intervals = [
        ("\n\t  Desired min Tx Interval:    ", octets.u32()?),
        ("\n\t  Required min Rx Interval:   ", octets.u32()?),
        ("\n\t  Required min Echo Interval: ", octets.u32()?),
    ];
    let transmit = u64::from(intervals.first()?.1);
    line.labelled("\n\tDetection Timer Multiplier: ", u64::from(multiplier));
    line.labelled(" (", transmit.saturating_mul(u64::from(multiplier)) / 1000);
    line.labelled(" ms Detection time), BFD Length: ", u64::from(length));
    line.text("\n\tMy Discriminator: ");
    line.hex(u64::from(mine), 8);
    line.text(", Your Discriminator: ");
    line.hex(u64::from(yours), 8);
    for (name, value) in intervals {
        line.text(name);
        let milliseconds = value / 1000;
        for limit in [1000, 100, 10] {
            line.text(if milliseconds < limit { " " } else { "" });
        }
        line.labelled("", u64::from(milliseconds));
        line.text(" ms");
    }
    Some(())
}

fn authentication(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let [kind, length, key] = [octets.u8()?, octets.u8()?, octets.u8()?];
    line.text("\n\tAuthentication: ");
    line.text(Names::List(AUTHENTICATIONS).get(u64::from(kind)).unwrap_or("unknown"));
    line.labelled(" (", u64::from(kind));
    line.labelled("), length: ", u64::from(length));
    line.labelled("\n\t  Auth Key ID: ", u64::from(key));
    let left = usize::from(length).saturating_sub(3);
    if kind == 1 {
        line.text(", Password: ");
        line.untrusted(octets.take(left)?);
        return Some(());
    }
    octets.u8()?;
    line.text(", Sequence Number: ");
    line.hex(u64::from(octets.u32()?), 8);
    line.text(if kind < 4 { "\n\t  Digest: " } else { "\n\t  Hash: " });
    // Reserved octet and sequence number stand before.
    put::hex_octets(line.out, octets.take(left.saturating_sub(5))?, None);
    Some(())
}
