//! EIGRP, RFC 7868: header and the list of type-length-values, whose content is shown as octets but for the parameters.

use super::octets::Octets;
use crate::render::line::{Body, Line};
use crate::schema::{
    Checksum, IP_PROTO, Names, Protocol, Tlv, TlvCase, be16, be32, bits, bytes, flag, label, rest, u8,
};

const OPERATIONS: &[(u64, &str)] = &[
    (1, "Update"),
    (2, "Request"),
    (3, "Query"),
    (4, "Reply"),
    (5, "Hello"),
    (10, "SIA-Query"),
    (11, "SIA-Reply"),
];

const TYPES: &[(u64, &str)] = &[
    (0x0001, "parameters"),
    (0x0002, "authentication"),
    (0x0003, "sequence"),
    (0x0004, "software version"),
    (0x0005, "next multicast sequence"),
    (0x0006, "peer information"),
    (0x0007, "peer termination"),
    (0x0102, "IPv4 internal route"),
    (0x0103, "IPv4 external route"),
    (0x0402, "IPv6 internal route"),
    (0x0403, "IPv6 external route"),
    (0x0602, "internal route"),
    (0x0603, "external route"),
];

pub(super) fn eigrp() -> Protocol {
    let mut list = Tlv::new(
        label("tlv").craft("tlvlist").doc("entry"),
        be16("tlv_type").hex().names(TYPES).doc("type"),
        be16("tlv.len").unit("octets").doc("length"),
    )
    .other([bytes("tlv.data", rest()).doc("content").into()]);
    let k = |name: &'static str| u8(name).doc("metric weight").into();
    list.cases = vec![TlvCase {
        kind: 1,
        field: label("tlv").doc("entry"),
        items: vec![
            k("par.k1"),
            k("par.k2"),
            k("par.k3"),
            k("par.k4"),
            k("par.k5"),
            k("par.k6"),
            be16("par.holdtime").unit("s").doc("hold time").into(),
        ],
    }];
    Protocol::new("eigrp", "Enhanced Interior Gateway Routing Protocol")
        .layer("EIGRP")
        .source("RFC 7868 §6")
        .on(IP_PROTO, &[88])
        .field(u8("version").craft("ver").default(2).doc("version"))
        .field(u8("opcode").default(5).names(OPERATIONS).doc("operation"))
        .field(be16("checksum").craft("chksum").hex().sum(Checksum::Whole).doc("checksum"))
        .field(be32("flags").hex().doc("flags").of([
            bits("flags.reserved", 28).hex().doc("reserved"),
            flag("flags.eot").doc("end of table"),
            flag("flags.restart").doc("restart"),
            flag("flags.condrecv").doc("conditional receive"),
            flag("flags.init").doc("first update"),
        ]))
        .field(be32("seq").doc("sequence number"))
        .field(be32("ack").doc("acknowledged"))
        .field(be16("vrid").doc("virtual router"))
        .field(be16("as").craft("asn").default(100).doc("autonomous system"))
        .field(list)
        .summary(summary)
        .sample("02000000000202000000000108004500003400010000405890660a000001e000000a02050000000000000000000000000000000000640001000c010001000000000f")
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.hosts();
    let mut octets = Octets::of(body);
    let (Some(_), Some(operation)) = (octets.u8(), octets.u8()) else {
        line.text("EIGRP");
        line.cut("eigrp", body);
        return;
    };
    line.text("EIGRP, ");
    line.text(Names::List(OPERATIONS).get(u64::from(operation)).unwrap_or("unknown"));
    line.text(", length: ");
    line.number(body.len as u64);
}
