//! Resource reservation, RFC 2205, with the services of RFC 2210, label-switched paths (RFC 3209, RFC 3473), refresh reduction (RFC 2961),
//! authentication (RFC 2747) and fast reroute (RFC 4090). What optical networks ask for in bandwidths of their own is shown as octets.

mod objects;
mod services;
mod sessions;
mod written;

use super::octets::Octets;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    Checksum, IP_PROTO, Item, Protocol, Size, Span, be16, bits, flag, label, ne, u8, val, when,
};

/// Number, name, tcpdump's name, and the field that Wireshark has for it.
type Kind = (u64, &'static str, &'static str, &'static str);

/// IANA "RSVP Message Types".
const KINDS: &[Kind] = &[
    (1, "Path", "Path", "path"),
    (2, "Resv", "Resv", "resv"),
    (3, "PathErr", "PathErr", "perr"),
    (4, "ResvErr", "ResvErr", "rerr"),
    (5, "PathTear", "PathTear", "ptear"),
    (6, "ResvTear", "ResvTear", "rtear"),
    (7, "ResvConf", "ResvConf", "resvconf"),
    (10, "ResvTearConfirm", "unknown (10)", "rtearconf"),
    (12, "Bundle", "Bundle", "bundle"),
    (13, "Ack", "Acknowledgement", "ack"),
    (15, "Srefresh", "Refresh", "srefresh"),
    (20, "Hello", "Hello", "hello"),
    (21, "Notify", "unknown (21)", "notify"),
];

const BUNDLE: i64 = 12;

fn kind(number: u64) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.0 == number)
}

pub(super) fn rsvp() -> Protocol {
    let protocol = Protocol::new("rsvp", "Resource Reservation Protocol")
        .layer("RSVP")
        .source("RFC 2205 §3.1, RFC 3209 §4")
        .on(IP_PROTO, &[46])
        .later(fields)
        .either("ctype", objects::TYPES)
        .leads_to(&["rsvp"])
        .after(after)
        .summary(summary)
        .sample(concat!(
            "02000000000202000000000108004600019400010000402ed0340a0000010a000002940400001101acf1400001",
            "7c0024040101000102030405060000000000000001000102030405060708090a0b0c0d0e0f000c170101000001",
            "00000007000c18010000000100000007001001070a000002000000010a000001000c03010a0000010000000300",
            "08050100007530002c140101080a000005200081080a00000618002004fde9021420010db80000000000000000",
            "00000009800000081301000008000010cf070707040674756e6e656c00000018cd01070720014b189680000000",
            "010000000200000003000c0b070a0000010000006400240c0200000007010000067f00000548435000461c4000",
            "4843500000000040000005dc002c0d020000000901000008040000010000000106000001484350000800000100",
            "0000640a000001000005dc0028150101080a00000520010308010100000064021420010db80000000000000000",
            "000000098002000c3f070a0000010a0000090008e1010000002e0008c40180000001000cc50100010008000000",
            "04000cc701000100020a000001",
        ))
        .sample(concat!(
            "02000000000202000000000108004500008000010000402e664d0a0000010a0000021002679c4000006c000c01",
            "010a00000211011388000c03010a0000010000000300080501000075300008080100000012003009020000000a",
            "020000097f00000548435000461c40004843500000000040000005dc820000024843500000000010000c0a010a",
            "00000100001389",
        ))
        .sample(concat!(
            "02000000000202000000000108004500004400010000402e66890a0000010a000002100cafc340000030101499",
            "c740000014000c16010000000100000002100d97c940000014000c18010000000100000007",
        ));
    written::layers(protocol)
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let protocol = protocol
        .field(bits("version", 4).craft("Version").default(1).doc("version"))
        .field(Item::Group(
            bits("flags", 4).craft("Flags").default(1).hex().doc("flags"),
            vec![
                bits("flags.reserved", 3).doc("reserved").into(),
                flag("flags.refresh").doc("can have its refreshes reduced").into(),
            ]
            .into(),
        ))
        .field(
            u8("msg")
                .craft("Class")
                .default(1)
                .named_by(|number| kind(number).map(|kind| kind.1))
                .brief()
                .doc("message"),
        )
        .field(be16("message_checksum").craft("chksum").hex().sum(Checksum::Whole).doc("checksum"))
        .field(u8("sending_ttl").craft("TTL").default(1).doc("TTL with which it was sent"))
        .field(u8("reserved").craft("dataofs").doc("reserved"))
        .field(
            be16("message_length")
                .craft("Length")
                .len_of(Span::Whole, 1, 0)
                .unit("octets")
                .doc("length with header"),
        )
        .field(when(
            ne("msg", BUNDLE),
            [Item::Block(
                label("objects").doc("objects"),
                Size::Octets(val("message_length") - 8),
                vec![objects::list().into()].into(),
            )],
        ))
        .field(written::objects())
        .extra(u8("checksum.status").names(super::CHECKSUM_STATUS).doc("checksum status"))
        .extra(be16("checksum.calculated").hex().doc("checksum that would be right"));
    KINDS.iter().fold(protocol, |protocol, kind| {
        protocol.extra(flag(kind.3).hidden().doc("the message is of this kind"))
    })
}

fn after(walk: &mut Walk<'_, '_>) {
    let Some([_, number, c0, c1, ..]) = walk.layer_octets().first_chunk::<8>().copied() else { return };
    if let Some(kind) = kind(u64::from(number)) {
        walk.emit(kind.3, walk.layer_offset().saturating_add(1), 1, 1);
    }
    // A checksum of 0 is none (RFC 2205 §3.1.1).
    if (c0, c1) != (0, 0) {
        super::icmp::emit_status(walk, u16::from_be_bytes([c0, c1]));
    }
    // A bundle's messages stand one behind the other.
    if !walk.rest().is_empty() {
        walk.next_named("rsvp");
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.hosts();
    let mut octets = Octets::of(body);
    let (Some(first), Some(number), Some(sum), Some(ttl), Some(_), Some(length)) =
        (octets.u8(), octets.u8(), octets.u16(), octets.u8(), octets.u8(), octets.u16())
    else {
        return line.cut("rsvp", body);
    };
    line.text("RSVPv");
    line.number(u64::from(first >> 4));
    line.text(" ");
    match kind(u64::from(number)) {
        Some(kind) => line.text(kind.2),
        None => {
            line.text("unknown (");
            line.number(u64::from(number));
            line.text(")");
        }
    }
    line.text(" Message");
    if line.style.verbose > 0 {
        line.text(" (");
        line.number(u64::from(number));
        line.text("), Flags: [");
        line.text(if first & 1 == 1 { "Refresh reduction capable" } else { "none" });
        line.text("], length: ");
        line.number(u64::from(length));
        line.text(", ttl: ");
        line.number(u64::from(ttl));
        line.text(", checksum: ");
        line.hex(u64::from(sum), 4);
    } else {
        line.text(", length: ");
        line.number(u64::from(length));
    }
}
