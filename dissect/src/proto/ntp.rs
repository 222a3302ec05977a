//! NTP versions 1 to 4 (RFC 5905), with extension fields and authenticators, control messages (RFC 9327) and the private
//! mode of ntpd.

#[path = "ntp_private.rs"]
mod private_items;

use super::exchange::Exchange;
use super::octets::Octets;
use crate::decode::Walk;
use crate::frame::Timestamp;
use crate::render::line::{Body, Line};
use crate::render::{put, time};
use crate::schema::{
    Item, Kind, Protocol, Size, Test, UDP_PORT, be16, be32, bits, bytes, custom, decoded, echoed, eq, flag,
    is_in, label, left, lit, look, not, ntp_time, repeat, rest, same, switch, turned, u8, val, when,
};

const LEAP: &[(u64, &str)] = &[
    (0, "no warning"),
    (1, "last minute has 61 seconds"),
    (2, "last minute has 59 seconds"),
    (3, "clock unsynchronized"),
];

const MODES: &[(u64, &str)] = &[
    (0, "reserved"),
    (1, "symmetric active"),
    (2, "symmetric passive"),
    (3, "client"),
    (4, "server"),
    (5, "broadcast"),
    (6, "control"),
    (7, "private"),
];

/// IANA "NTP Extension Field Types".
const EXTENSIONS: &[(u64, &str)] = &[
    (0x0104, "unique identifier"),
    (0x0204, "NTS cookie"),
    (0x0304, "NTS cookie placeholder"),
    (0x0404, "NTS authenticator and encrypted fields"),
    (0x0200, "autokey no-operation request"),
    (0x2005, "UDP checksum complement"),
    (0x8200, "autokey no-operation response"),
    (0xf323, "experimental: time scale"),
];

const OPCODES: &[(u64, &str)] = &[
    (1, "read status"),
    (2, "read variables"),
    (3, "write variables"),
    (4, "read clock variables"),
    (5, "write clock variables"),
    (6, "set trap"),
    (7, "trap response"),
    (8, "configure"),
    (9, "save configuration"),
    (10, "read MRU list"),
    (11, "read ordered list"),
    (12, "request nonce"),
    (31, "unset trap"),
];

pub(super) fn ntp() -> Protocol {
    Protocol::new("ntp", "Network Time Protocol")
        .layer("NTPHeader")
        .layer("NTP")
        .laid_out("NTPHeader", "flags.mode", (6, 7), 3)
        .layer_as("NTPControl", &[("flags.vn", 2), ("flags.mode", 6)])
        .layer_as("NTPPrivate", &[("flags.vn", 2), ("flags.mode", 7)])
        .calls("NTPPrivate", "response", "flags.r")
        .calls("NTPPrivate", "more", "flags.more")
        .ports_below("udp", 123, 123)
        .source("RFC 5905 §7.3, RFC 9327 §2; IANA \"Network Time Protocol (NTP) Parameters\"")
        .on(UDP_PORT, &[123])
        .later(|protocol| EXCHANGE.declare(fields(protocol)))
        .after(|walk| EXCHANGE.show(walk))
        .answers([turned("flags.mode", &[(1, 2), (3, 4), (6, 6), (7, 7)]), echoed("xmt", "org"), same("ctrl.sequence")])
        .summary(summary)
        .sample("02000000000202000000000108004500004c000100004011669e0a0000010a000002007b007b00381dc5240104f6000000000000000000000000e8f0000000000000e8f0000100000000e8f0000200000000e8f0000300000000")
        .sample("02000000000202000000000108004500008400010000401166660a0000010a000002007b007b0070eb9023020a0000000000000000007f0000010000000000000000eeb07cc31f9b10000000000000000000e8f00003000000000104002411111111111111111111111111111111111111111111111111111111111111110000000100112233445566778899aabbccddeeff")
        .sample("02000000000202000000000108004500003c00010000401166ae0a0000010a000002007b007b0028b4461682000700000005000000117374726174756d3d322c206c6561703d30000000")
        .sample("02000000000202000000000108004500006c000100004011667e0a0000010a000002007b9c4000587b4097000301000100480a0000020a000001007b0306060aff4a0101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101010101")
        .sample("02000000000202000000000108004500003000010000401166ba0a0000010a0000029c40007b001c48e3160800070000000000000008613d312c20623d32")
}

/// What a message shows of its exchange.
const EXCHANGE: Exchange =
    Exchange { to: "request_in", time: Some(("delta_time", Kind::Duration)), within: "response_in" };

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(Item::Group(
            u8("flags").hex().doc("flags"),
            vec![
                bits("flags.li", 2).craft("leap").names(LEAP).doc("leap indicator").of([
                    flag("flags.r").hidden().doc("response, of a private message"),
                    flag("flags.more").hidden().doc("more messages, of a private message"),
                ]),
                bits("flags.vn", 3).craft("version").default(4).doc("version").into(),
                bits("flags.mode", 3).craft("mode").default(3).names(MODES).doc("mode").into(),
            ]
            .into(),
        ))
        .field(switch(val("flags.mode"), [(6, control()), (7, private())], time_items()))
}

fn time_items() -> Vec<Item> {
    vec![
        u8("stratum")
            .default(2)
            .names(&[(0, "unspecified"), (1, "primary reference"), (16, "unsynchronized")])
            .doc("stratum")
            .into(),
        u8("ppoll")
            .craft("poll")
            .takes_negative()
            .default(10)
            .doc("poll interval, power of 2 seconds")
            .into(),
        u8("precision")
            .craft("precision")
            .takes_negative()
            .display(precision)
            .doc("precision, power of 2 seconds")
            .into(),
        be32("rootdelay").craft("delay").fraction(16).display(short).doc("root delay").into(),
        be32("rootdispersion").craft("dispersion").fraction(16).display(short).doc("root dispersion").into(),
        // a name of a clock, or an address of a server
        Item::Switch(
            val("stratum"),
            vec![(0, 1, vec![reference().craft("ref_id").into()].into())],
            vec![
                reference()
                    .craft("id")
                    .reads(crate::schema::Kind::Ipv4)
                    .default_bytes(&[127, 0, 0, 1])
                    .into(),
            ]
            .into(),
        ),
        ntp_time("reftime").craft("ref").doc("reference time").into(),
        ntp_time("org").craft("orig").doc("origin time").into(),
        ntp_time("rec").craft("recv").doc("receive time").into(),
        ntp_time("xmt").craft("sent").doc("transmit time").into(),
        // An authenticator has at most 24 octets; what is longer begins with an extension field (RFC 7822 §3).
        repeat(label("ext").doc("extension field"), [when(Test::Ge(left(), lit(28)), extension())]),
        when(
            Test::Ge(left(), lit(4)),
            [
                bytes("keyid", Size::Octets(lit(4))).doc("key").into(),
                bytes("mac", rest()).doc("message authentication code").into(),
            ],
        ),
    ]
}

fn reference() -> crate::schema::Field {
    bytes("refid", Size::Octets(lit(4))).doc("reference")
}

fn extension() -> [Item; 3] {
    [
        be16("ext.type").hex().names(EXTENSIONS).doc("extension field").into(),
        be16("ext.length").unit("octets").len_of_part("ext.value", 1, 4).doc("length").into(),
        bytes("ext.value", Size::Octets(val("ext.length") - 4)).doc("value").into(),
    ]
}

fn control() -> Vec<Item> {
    vec![
        u8("ctrl.flags2").hex().doc("operation").of([
            flag("ctrl.flags2.r").craft("response").doc("response"),
            flag("ctrl.flags2.error").craft("err").doc("error"),
            flag("ctrl.flags2.more").craft("more").doc("more fragments"),
            bits("ctrl.flags2.opcode", 5).craft("op_code").names(OPCODES).doc("operation"),
        ]),
        be16("ctrl.sequence").craft("sequence").doc("sequence").into(),
        Item::Group(be16("ctrl.status").craft("status").hex().doc("status"), status().into()),
        be16("ctrl.associd").craft("association_id").doc("association").into(),
        be16("ctrl.offset").craft("offset").doc("offset").into(),
        be16("ctrl.count")
            .craft("count")
            .len_of_part("ctrl.data", 1, 0)
            .unit("octets")
            .doc("length of the data")
            .into(),
        decoded([custom(
            DATA.map(|(_, name, doc)| crate::schema::text(name, rest()).doc(doc).hidden()),
            of_operation,
        )]),
        crate::schema::text("ctrl.data", Size::Octets(val("ctrl.count").min(left())))
            .craft("data")
            .doc("data")
            .into(),
        crate::schema::built([crate::schema::custom_both(
            [],
            |_| {},
            |build| {
                let written = build.written();
                build.put(&vec![0; written.next_multiple_of(4).saturating_sub(written)]);
            },
        )]),
        bytes("padding", rest()).craft("authenticator").doc("padding and authenticator").into(),
    ]
}

/// What the data of a control message are, by the operation.
const DATA: [(u8, &str, &str); 6] = [
    (7, "ctrl.trapmsg", "what the trap says"),
    (8, "ctrl.configuration", "configuration"),
    (9, "ctrl.configuration", "file of the configuration"),
    (10, "ctrl.mru", "list of those that asked last"),
    (11, "ctrl.ordlist", "ordered list"),
    (12, "ctrl.nonce", "nonce"),
];

/// The data once more, below the name that its operation has for it.
fn of_operation(walk: &mut Walk<'_, '_>) {
    let head = walk.layer_octets();
    let operation = head.get(1).map_or(0, |octet| octet & 0x1f);
    let count = head.get(10..).and_then(<[u8]>::first_chunk).map_or(0, |count| u16::from_be_bytes(*count));
    let octets = usize::from(count).min(walk.rest().len());
    if let Some((_, name, _)) = DATA.iter().find(|(known, _, _)| *known == operation).filter(|_| octets > 0) {
        walk.emit(name, walk.offset(), octets, 0);
    }
}

/// The status word is the system's, an association's or a clock's, by the association that stands behind it and the operation
/// (RFC 9327 §3).
fn status() -> Vec<Item> {
    const SOURCES: &[(u64, &str)] = &[
        (0, "unspecified"),
        (1, "atomic clock or GPS"),
        (2, "LF radio"),
        (3, "HF radio"),
        (4, "UHF radio"),
        (5, "local"),
        (6, "NTP"),
        (7, "other"),
        (8, "wristwatch"),
        (9, "telephone"),
    ];
    const SELECTED: &[(u64, &str)] = &[
        (0, "rejected"),
        (1, "false ticker"),
        (2, "excess"),
        (3, "outlier"),
        (4, "candidate"),
        (5, "backup"),
        (6, "system peer"),
        (7, "PPS peer"),
    ];
    const ERRORS: &[(u64, &str)] = &[
        (0, "unspecified"),
        (1, "authentication failure"),
        (2, "invalid message"),
        (3, "invalid operation"),
        (4, "unknown association"),
        (5, "unknown variable"),
        (6, "invalid value"),
        (7, "prohibited"),
    ];
    let is_error = || eq("ctrl.flags2.error", 1);
    let is_clock = || is_in("ctrl.flags2.opcode", &[4, 5]);
    // Two octets further stands the association.
    let of_system = || look(|octets| octets.get(2..4) == Some(&[0, 0]));
    let fine = |test: Test| Test::All(vec![not(is_error()), test]);
    vec![
        when(is_error(), [bits("ctrl.err_status", 8).names(ERRORS).doc("error").into()]),
        when(
            fine(is_clock()),
            [
                bits("ctrl.clock_status.status", 8).doc("status of the clock").into(),
                bits("ctrl.clock_status.code", 8).doc("code of the clock's event").into(),
            ],
        ),
        when(
            fine(Test::All(vec![not(is_clock()), of_system()])),
            [
                bits("ctrl.sys_status.li", 2).doc("leap").into(),
                bits("ctrl.sys_status.clksrc", 6).names(SOURCES).doc("source").into(),
                bits("ctrl.sys_status.count", 4).doc("events since they were asked for").into(),
                bits("ctrl.sys_status.code", 4).doc("last event").into(),
            ],
        ),
        when(
            fine(Test::All(vec![not(is_clock()), not(of_system())])),
            [
                flag("ctrl.peer_status.config").doc("configured").into(),
                flag("ctrl.peer_status.authenable").doc("authentication is on").into(),
                flag("ctrl.peer_status.authentic").doc("is authentic").into(),
                flag("ctrl.peer_status.reach").doc("is reached").into(),
                flag("ctrl.peer_status.bcast").doc("broadcast").into(),
                bits("ctrl.peer_status.selection", 3).names(SELECTED).doc("selection").into(),
                bits("ctrl.peer_status.count", 4).doc("events since they were asked for").into(),
                bits("ctrl.peer_status.code", 4).doc("last event").into(),
            ],
        ),
    ]
}

fn private() -> Vec<Item> {
    vec![
        u8("priv.auth_seq").doc("authentication and sequence").of([
            flag("priv.auth").craft("auth").doc("authenticated"),
            bits("priv.seq", 7).craft("seq").doc("sequence"),
        ]),
        u8("priv.impl")
            .craft("implementation")
            .names(&[(0, "universal"), (2, "XNTPD, old"), (3, "XNTPD")])
            .doc("implementation")
            .into(),
        u8("priv.reqcode").craft("request_code").doc("request").into(),
        when(
            Test::Any(vec![Test::Ge(left(), lit(4)), crate::schema::not(Test::All(Vec::new()))]),
            [
                bits("priv.err", 4).hex().craft("err").doc("error").into(),
                bits("priv.numitems", 12).craft("nb_items").doc("items").into(),
                bits("priv.reserved", 4).craft("mbz").hex().doc("reserved").into(),
                bits("priv.itemsize", 12)
                    .craft("data_item_size")
                    .unit("octets")
                    .doc("size of an item")
                    .into(),
            ],
        ),
        Item::Custom(
            private_items::fields(),
            private_items::decode,
            Some(|build| build.put_field("priv.data")),
        ),
    ]
}

fn precision(value: u64, out: &mut Vec<u8>) {
    put::signed(out, i64::from((value as u8).cast_signed()));
}

/// 16.16 fixed point seconds.
fn short(value: u64, out: &mut Vec<u8>) {
    put::decimal(out, value >> 16);
    let fraction = (value & 0xffff).saturating_mul(1_000_000_000) >> 16;
    put::fraction(out, u32::try_from(fraction).unwrap_or(0), 6);
    out.extend_from_slice(b" s");
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    let Some(first) = octets.u8() else {
        line.text("NTP");
        line.cut("ntp", body);
        return;
    };
    line.text("NTPv");
    line.number(u64::from(first >> 3 & 7));
    line.text(", ");
    let names = [
        "unspecified",
        "symmetric active",
        "symmetric passive",
        "Client",
        "Server",
        "Broadcast",
        "Control Message",
        "Reserved",
    ];
    line.text(names.get(usize::from(first & 7)).copied().unwrap_or("unspecified"));
    line.text(", length ");
    line.number(body.len as u64);
    if line.style.verbose == 0 {
        return;
    }
    if first & 7 < 6 && verbose(line, first, octets).is_none() {
        line.text(" [|ntp]");
    }
}

fn verbose(line: &mut Line<'_, '_>, first: u8, mut octets: Octets<'_>) -> Option<()> {
    let (stratum, poll, precision) = (octets.u8()?, octets.u8()?, octets.u8()?);
    line.text("\n\tLeap indicator: ");
    line.text(["", "+1s", "-1s", "clock unsynchronized"].get(usize::from(first >> 6)).copied().unwrap_or(""));
    line.text(" (");
    line.number(u64::from(first & 0xc0));
    line.text("), Stratum ");
    line.number(u64::from(stratum));
    line.text(match stratum {
        0 => " (unspecified)",
        1 => " (primary reference)",
        2..=15 => " (secondary reference)",
        _ => " (reserved)",
    });
    line.text(", poll ");
    let poll = i32::from(poll.cast_signed());
    put::signed(line.out, i64::from(poll));
    if let Some(seconds) = 1_u64.checked_shl(poll.unsigned_abs()) {
        line.text(if poll < 0 { " (1/" } else { " (" });
        line.number(seconds);
        line.text("s)");
    }
    line.text(", precision ");
    put::signed(line.out, i64::from(precision.cast_signed()));
    line.text("\n\tRoot Delay: ");
    fixed(line, octets.u32()?);
    line.text(", Root dispersion: ");
    fixed(line, octets.u32()?);
    line.text(", Reference-ID: ");
    let reference: [u8; 4] = octets.array()?;
    match stratum {
        0 if reference == [0; 4] => line.text("(unspec)"),
        0 | 1 => {
            let end = reference.iter().position(|octet| *octet == 0).unwrap_or(4);
            line.untrusted(reference.get(..end).unwrap_or(&reference));
        }
        _ => line.hex(u64::from(u32::from_be_bytes(reference)), 8),
    }
    let (reftime, origin, receive, transmit) = (octets.u64()?, octets.u64()?, octets.u64()?, octets.u64()?);
    for (name, stamp) in [
        ("\n\t  Reference Timestamp:  ", reftime),
        ("\n\t  Origin Timestamp:     ", origin),
        ("\n\t  Receive Timestamp:    ", receive),
        ("\n\t  Transmit Timestamp:   ", transmit),
    ] {
        line.text(name);
        moment(line, stamp);
    }
    line.text("\n\t    Originator - Receive Timestamp:  ");
    difference(line, origin, receive);
    line.text("\n\t    Originator - Transmit Timestamp: ");
    difference(line, origin, transmit);
    let more = octets.left();
    if let Some((key, code)) = more.split_first_chunk::<4>().filter(|_| matches!(more.len(), 4 | 20 | 24)) {
        line.text("\n\tKey id: ");
        line.number(u64::from(u32::from_be_bytes(*key)));
        if !code.is_empty() {
            line.text("\n\tAuthentication: ");
            put::hex_octets(line.out, code, None);
        }
    } else if !more.is_empty() {
        line.text("\n\tExtension fields and authenticator: ");
        line.number(more.len() as u64);
        line.text(" octets");
    }
    Some(())
}

fn fixed(line: &mut Line<'_, '_>, value: u32) {
    line.number(u64::from(value >> 16));
    let fraction = u64::from(value & 0xffff).saturating_mul(1_000_000) >> 16;
    line.text(".");
    put::padded(line.out, fraction, 6);
}

fn nanoseconds(fraction: u64) -> u64 {
    (fraction & 0xffff_ffff).saturating_mul(1_000_000_000) >> 32
}

fn moment(line: &mut Line<'_, '_>, stamp: u64) {
    line.number(stamp >> 32);
    line.text(".");
    put::padded(line.out, nanoseconds(stamp), 9);
    if stamp >> 32 != 0 {
        const SECONDS_1900_TO_1970: i64 = 2_208_988_800;
        let era = if stamp >> 63 == 0 { 1_i64 << 32 } else { 0 };
        let seconds = (stamp >> 32).cast_signed().saturating_add(era).saturating_sub(SECONDS_1900_TO_1970);
        line.text(" (");
        time::iso(line.out, Timestamp::new(seconds, 0), 0);
        line.text(")");
    }
}

/// `later - origin`; without an origin the later moment itself.
fn difference(line: &mut Line<'_, '_>, origin: u64, later: u64) {
    if origin == 0 {
        moment(line, later);
        return;
    }
    let span = later.wrapping_sub(origin).cast_signed();
    match span {
        0 => {}
        1.. => line.text("+"),
        _ => line.text("-"),
    }
    let span = span.unsigned_abs();
    line.number(span >> 32);
    line.text(".");
    put::padded(line.out, nanoseconds(span), 9);
}
