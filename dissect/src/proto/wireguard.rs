//! WireGuard (J. A. Donenfeld, "WireGuard: Next Generation Kernel Network Tunnel", §5.4): message heads; what they carry is
//! encrypted.

use crate::schema::{Protocol, Size, UDP_PORT, be24, bytes, flag, le32, le64, lit, rest, switch, u8, val};

const TYPES: &[(u64, &str)] =
    &[(1, "handshake initiation"), (2, "handshake response"), (3, "cookie reply"), (4, "transport data")];

pub(super) fn wireguard() -> Protocol {
    let octets =
        |name: &'static str, size: i64, doc: &'static str| bytes(name, Size::Octets(lit(size))).doc(doc);
    Protocol::new("wg", "WireGuard")
        .layer("Wireguard")
        .body("WireguardInitiation", "reserved", &[("type", 1)])
        .body("WireguardResponse", "reserved", &[("type", 2)])
        .body("WireguardCookieReply", "reserved", &[("type", 3)])
        .body("WireguardTransport", "reserved", &[("type", 4)])
        .ports_below("udp", 51820, 53)
        .source("WireGuard: Next Generation Kernel Network Tunnel, §5.4")
        .on(UDP_PORT, &[51820])
        .accepts(UDP_PORT, |data| match data {
            [1, 0, 0, 0, ..] => data.len() == 148,
            [2, 0, 0, 0, ..] => data.len() == 92,
            [3, 0, 0, 0, ..] => data.len() == 64,
            [4, 0, 0, 0, ..] => data.len() >= 16,
            _ => false,
        })
        .field(u8("type").craft("message_type").default(1).names(TYPES).doc("message").brief())
        .field(be24("reserved").craft("reserved_zero").hex().doc("reserved"))
        .field(switch(
            val("type"),
            [
                (1, vec![
                    le32("sender").craft("sender_index").hex().doc("sender").brief().into(),
                    octets("ephemeral", 32, "ephemeral key").craft("unencrypted_ephemeral").into(),
                    octets("encrypted_static", 48, "encrypted static key").into(),
                    octets("encrypted_timestamp", 28, "encrypted time stamp").into(),
                    octets("mac1", 16, "MAC 1").into(),
                    octets("mac2", 16, "MAC 2").into(),
                ]),
                (2, vec![
                    le32("sender").craft("sender_index").hex().doc("sender").into(),
                    le32("receiver").craft("receiver_index").hex().doc("receiver").brief().into(),
                    octets("ephemeral", 32, "ephemeral key").craft("unencrypted_ephemeral").into(),
                    octets("encrypted_empty", 16, "encrypted nothing").into(),
                    octets("mac1", 16, "MAC 1").into(),
                    octets("mac2", 16, "MAC 2").into(),
                ]),
                (3, vec![
                    le32("receiver").craft("receiver_index").hex().doc("receiver").into(),
                    octets("nonce", 24, "nonce").into(),
                    octets("encrypted_cookie", 32, "encrypted cookie").into(),
                ]),
                (4, vec![
                    le32("receiver").craft("receiver_index").hex().doc("receiver").into(),
                    le64("counter").doc("counter").brief().into(),
                    bytes("encrypted_packet", rest()).craft("encrypted_encapsulated_packet").doc("encrypted packet").into(),
                ]),
            ],
            vec![],
        ))
        .extra(flag("keepalive").hidden().doc("keeps the connection alive: carries nothing"))
        .after(|walk| {
            // The tag of an empty packet is all that such a message has (§5.4.6).
            if walk.header().first() == Some(&4) && walk.header().len() == 32 {
                walk.emit("keepalive", walk.layer_offset().saturating_add(16), 16, 1);
            }
        })
        .sample("02000000000202000000000108004500003c00010000401166ae0a0000010a000002ca6cca6c0028480404000000785634120900000000000000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
}
