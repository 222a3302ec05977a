//! Cisco Dynamic Trunking Protocol, behind SNAP. No public specification: the layout is the one that Wireshark and scapy agree on.

use crate::schema::{Given, Protocol, SNAP_PID, Tlv, be16, bits, bytes, case, label, mac, rest, text, u8};

const TYPES: &[(u64, &str)] = &[(1, "Domain"), (2, "Trunk Status"), (3, "Trunk Type"), (4, "Sender ID")];

const STATUSES: &[(u64, &str)] = &[(1, "on"), (2, "off"), (3, "desirable"), (4, "auto")];

const KINDS: &[(u64, &str)] = &[(0, "negotiated"), (1, "native"), (2, "ISL"), (5, "802.1Q")];

pub(super) fn dtp() -> Protocol {
    Protocol::new("dtp", "Dynamic Trunking Protocol")
        .layer("DTP")
        .part("DtpGenericTlv", "tlv", &[("tlv_type", 1)])
        .part("DTPDomain", "tlv", &[("tlv_type", 1)])
        .part("DTPStatus", "tlv", &[("tlv_type", 2)])
        .part("DTPType", "tlv", &[("tlv_type", 3)])
        .part("DTPNeighbor", "tlv", &[("tlv_type", 4)])
        .source("Cisco, as Wireshark and scapy have it")
        .below("", "snap", &[("=llc.oui", Given::Number(0x0c)), ("=llc.cisco_pid", Given::Number(0x2004))])
        .on(SNAP_PID, &[0x000c_2004])
        .field(u8("version").craft("ver").default(1).doc("version"))
        .field(
            Tlv::new(label("tlv").craft("tlvlist").doc("value"), be16("tlv_type"), be16("tlv_len"))
                .head("tlv_type", Some("tlv_len"), [
                    be16("tlv_type").craft("type").hex().names(TYPES).doc("type").into(),
                    be16("tlv_len").craft("length").craft("len").unit("octets").doc("length").into(),
                ])
                .cases([
                    case(1, label("tlv").doc("value"), [text("domain", rest()).craft("domain").default_bytes(b"\0").brief().doc("domain").into()]),
                    case(2, label("tlv").doc("value"), [u8("status").craft("status").default(3).hex().doc("status").of([
                        bits("tos", 1).names(&[(0, "access"), (1, "trunk")]).brief().doc("operating status"),
                        bits("status.reserved", 4).doc("reserved"),
                        bits("tas", 3).names(STATUSES).brief().doc("administrative status"),
                    ])]),
                    case(3, label("tlv").doc("value"), [u8("trunk_type").craft("dtptype").default(0xa5).hex().doc("type").of([
                        bits("tot", 3).names(KINDS).brief().doc("operating type"),
                        bits("trunk_type.reserved", 2).doc("reserved"),
                        bits("tat", 3).names(KINDS).brief().doc("administrative type"),
                    ])]),
                    case(4, label("tlv").doc("value"), [mac("senderid").craft("neighbor").doc("sender").into()]),
                ])
                .other([bytes("data", rest()).craft("value").doc("value").into()]),
        )
        .sample("01000ccccccc0200000000010026aaaa0300000c200401000100096c61623100000200050300030005a50004000a020000000001")
}
