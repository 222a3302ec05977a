//! Realtek's protocols behind EtherType 0x8899: remote control (RRCP), echo (REP) and loop detection (RLDP).
//!
//! The switch tags of Realtek bear the same EtherType with other numbers in the first octet (4, and 0xa in its upper
//! half); where a tagger is known the tag is taken before this protocol is asked.

use super::octets::Octets;
use crate::render::line::{Body, Line};
use crate::schema::{
    ETHER_TYPE, Names, Protocol, Test, be16, be32, bits, bytes, eq, flag, is_in, le16, le32, lit, mac, ne,
    rest, u8, when,
};

const PROTOCOLS: &[(u64, &str)] = &[(1, "RRCP"), (2, "REP"), (3, "RLDP"), (0x23, "RLDP2")];

const OPERATIONS: &[(u64, &str)] = &[(0, "hello"), (1, "get"), (2, "set")];

pub(super) fn realtek() -> Protocol {
    let hello_reply = Test::All(vec![eq("protocol", 1), eq("opcode", 0), eq("reply", 1)]);
    let register = Test::All(vec![eq("protocol", 1), is_in("opcode", &[1, 2])]);
    let wide = Test::All(vec![
        eq("protocol", 1),
        is_in("opcode", &[1, 2]),
        Test::Ge(crate::schema::left(), lit(12)),
    ]);
    Protocol::new("rrcp", "Realtek Remote Control Protocol")
        .source("OpenRRCP's description of RTL8316B, RTL8324 and RTL8326")
        .on(ETHER_TYPE, &[0x8899])
        .field(u8("protocol").default(1).names(PROTOCOLS).brief().doc("protocol"))
        .field(when(
            eq("protocol", 1),
            [
                flag("reply").doc("reply").into(),
                bits("opcode", 7).default(1).names(OPERATIONS).doc("operation").into(),
                be16("authkey").hex().default(0x2379).doc("authentication key").into(),
            ],
        ))
        .field(when(
            hello_reply,
            [
                u8("hello_reply.downlink_port").doc("port towards the asking station").into(),
                u8("hello_reply.uplink_port").doc("port of the answering switch").into(),
                mac("hello_reply.uplink_mac").doc("address of the answering switch").into(),
                be16("hello_reply.chip_id").hex().doc("chip").into(),
                be32("hello_reply.vendor_id").hex().doc("vendor").into(),
            ],
        ))
        .field(when(
            register,
            [le16("regaddr").hex().doc("register").into(), le16("regdata").hex().doc("value").into()],
        ))
        .field(when(
            wide,
            [
                le16("regdata_high").hex().doc("upper half of the value").into(),
                le32("cookie1").hex().doc("cookie").into(),
                le32("cookie2").hex().doc("cookie").into(),
            ],
        ))
        .field(when(ne("protocol", 1), [bytes("=realtek.packet", rest()).doc("content").into()]))
        .summary(summary)
        .sample("020000000002 020000000001 8899 01 01 2379 0002 1234 0000 00000000 00000000 0000")
        .sample("020000000001 020000000002 8899 01 80 2379 03 05 020000000002 8326 00000001")
        .sample("ffffffffffff 020000000001 8899 03 0000000000")
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    let (Some(protocol), Some(operation)) = (octets.u8(), octets.u8()) else {
        line.text("RRCP");
        line.cut("rrcp", body);
        return;
    };
    if protocol != 1 {
        line.text(Names::List(PROTOCOLS).get(u64::from(protocol)).unwrap_or("Realtek"));
        return;
    }
    line.text(if operation & 0x80 == 0 { "RRCP query: " } else { "RRCP reply: " });
    match Names::List(OPERATIONS).get(u64::from(operation & 0x7f)) {
        Some(name) => line.text(name),
        None => {
            line.text("unknown opcode (");
            line.hex(u64::from(operation & 0x7f), 2);
            line.text(")");
        }
    }
    if rrcp(line, &mut octets, operation).is_none() {
        line.text(" ");
        line.cut("rrcp", body);
    }
}

/// Key, register, cookie, and what a switch says of itself; `None` when they are not all there.
fn rrcp(line: &mut Line<'_, '_>, octets: &mut Octets<'_>, operation: u8) -> Option<()> {
    let key = octets.u16()?;
    let register = matches!(operation & 0x7f, 1 | 2);
    if register {
        line.text(" addr=");
        line.hex(u64::from(u16::from_le_bytes(octets.array()?)), 4);
        line.text(", data=");
        line.hex(u64::from(u32::from_le_bytes(octets.array()?)), 8);
    }
    line.text(", auth=");
    line.hex(u64::from(key), 4);
    if register {
        let (low, high) = (u32::from_le_bytes(octets.array()?), u32::from_le_bytes(octets.array()?));
        line.text(", cookie=");
        line.hex(u64::from(high) << 32 | u64::from(low), 16);
    } else if operation == 0x80 {
        let (down, up, address) = (octets.u8()?, octets.u8()?, octets.array()?);
        let (chip, vendor) = (octets.u16()?, octets.u32()?);
        line.text(" downlink_port=");
        line.number(u64::from(down));
        line.text(", uplink_port=");
        line.number(u64::from(up));
        line.text(", uplink_mac=");
        line.mac(address);
        line.text(", vendor_id=");
        super::put::hex_octets(line.out, &vendor.to_be_bytes(), None);
        line.text(", chip_id=");
        super::put::hex_octets(line.out, &chip.to_be_bytes(), None);
    }
    Some(())
}
