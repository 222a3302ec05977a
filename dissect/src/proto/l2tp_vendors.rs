//! Attributes of L2TP that vendors define: Cisco's of before RFC 3931, and the Broadband Forum's of access lines (RFC 5515).

use super::l2tp_attributes::PSEUDOWIRES;
use crate::decode::Walk;
use crate::schema::{
    Item, be16, be32, be64, bits, bytes, custom, flag, label, repeat, rest, switch, text, u8, val,
};

fn value() -> Vec<Item> {
    vec![bytes("=l2tp.avp.value", rest()).doc("value").into()]
}

/// The vendor's own number of an attribute, in front of the cursor.
fn type_before(walk: &mut Walk<'_, '_>, name: &str) {
    if let Some(octets) = walk.header().last_chunk() {
        walk.emit(name, walk.offset().saturating_sub(2), 2, u64::from(u16::from_be_bytes(*octets)));
    }
}

pub(super) fn cisco_type() -> Item {
    custom([be16("=l2tp.avp.ciscotype").hidden().doc("Cisco's attribute")], |walk| {
        type_before(walk, "=l2tp.avp.ciscotype");
    })
}

pub(super) fn broadband_type() -> Item {
    custom([be16("=l2tp.avp.broadbandtype").hidden().doc("the Broadband Forum's attribute")], |walk| {
        type_before(walk, "=l2tp.avp.broadbandtype");
    })
}

pub(super) fn cisco() -> Item {
    let long = |name: &'static str, doc: &'static str| -> Vec<Item> { vec![be32(name).doc(doc).into()] };
    let octets =
        |name: &'static str, doc: &'static str| -> Vec<Item> { vec![bytes(name, rest()).doc(doc).into()] };
    switch(
        val("=l2tp.avp.type"),
        [
            (1, long("=l2tp.cisco.assigned_control_connection_id", "assigned control connection")),
            (
                2,
                vec![repeat(
                    label("=l2tp.cisco.pseudowires").hidden().doc("pseudowires"),
                    [be16("=l2tp.cisco.pw_type").names(PSEUDOWIRES).doc("pseudowire").into()],
                )],
            ),
            (3, long("=l2tp.cisco.local_session_id", "local session")),
            (4, long("=l2tp.cisco.remote_session_id", "remote session")),
            (5, octets("=l2tp.cisco.assigned_cookie", "cookie")),
            (6, vec![text("=l2tp.cisco.remote_end_id", rest()).doc("remote end").into()]),
            (7, vec![be16("=l2tp.cisco.pseudowire_type").names(PSEUDOWIRES).doc("pseudowire").into()]),
            (
                8,
                vec![
                    bits("=l2tp.cisco.circuit_reserved", 14).hex().doc("reserved").into(),
                    flag("=l2tp.cisco.circuit_type").doc("new circuit").into(),
                    flag("=l2tp.cisco.circuit_status").doc("circuit is up").into(),
                ],
            ),
            (9, vec![be64("=l2tp.cisco.tie_breaker").hex().doc("tie breaker").into()]),
            (10, vec![be16("=l2tp.cisco.draft_avp_version").doc("version of the draft").into()]),
            (12, octets("=l2tp.cisco.message_digest", "digest")),
            (13, octets("=l2tp.cisco.nonce", "nonce")),
            (14, vec![be16("=l2tp.cisco.interface_mtu").unit("octets").doc("interface MTU").into()]),
        ],
        value(),
    )
}

/// RFC 5515 §6, rates in bits per second, delays in milliseconds.
pub(super) fn broadband() -> Item {
    let rate = |name: &'static str, doc: &'static str| -> Vec<Item> {
        vec![be64(name).unit("bit/s").doc(doc).into()]
    };
    let delay =
        |name: &'static str, doc: &'static str| -> Vec<Item> { vec![be32(name).unit("ms").doc(doc).into()] };
    let string =
        |name: &'static str, doc: &'static str| -> Vec<Item> { vec![text(name, rest()).doc(doc).into()] };
    switch(
        val("=l2tp.avp.type"),
        [
            (1, string("=l2tp.broadband.agent_circuit_id", "circuit of the agent")),
            (2, string("=l2tp.broadband.agent_remote_id", "remote end of the agent")),
            (129, rate("=l2tp.broadband.actual_dr_up", "actual rate upstream")),
            (130, rate("=l2tp.broadband.actual_dr_down", "actual rate downstream")),
            (131, rate("=l2tp.broadband.minimum_dr_up", "smallest rate upstream")),
            (132, rate("=l2tp.broadband.minimum_dr_down", "smallest rate downstream")),
            (133, rate("=l2tp.broadband.attainable_dr_up", "attainable rate upstream")),
            (134, rate("=l2tp.broadband.attainable_dr_down", "attainable rate downstream")),
            (135, rate("=l2tp.broadband.maximum_dr_up", "largest rate upstream")),
            (136, rate("=l2tp.broadband.maximum_dr_down", "largest rate downstream")),
            (137, rate("=l2tp.broadband.minimum_dr_up_low_power", "smallest rate upstream at low power")),
            (138, rate("=l2tp.broadband.minimum_dr_down_low_power", "smallest rate downstream at low power")),
            (
                139,
                delay("=l2tp.broadband.maximum_interleaving_delay_up", "largest interleaving delay upstream"),
            ),
            (140, delay("=l2tp.broadband.actual_interleaving_delay_up", "interleaving delay upstream")),
            (
                141,
                delay(
                    "=l2tp.broadband.maximum_interleaving_delay_down",
                    "largest interleaving delay downstream",
                ),
            ),
            (142, delay("=l2tp.broadband.actual_interleaving_delay_down", "interleaving delay downstream")),
            (
                144,
                vec![
                    u8("=l2tp.broadband.access_loop_encapsulation.data_link")
                        .names(&[(0, "ATM AAL5"), (1, "Ethernet")])
                        .doc("data link")
                        .into(),
                    u8("=l2tp.broadband.access_loop_encapsulation.enc1")
                        .names(&[
                            (0, "not said"),
                            (1, "untagged"),
                            (2, "single-tagged"),
                            (3, "double-tagged"),
                        ])
                        .doc("encapsulation, first part")
                        .into(),
                    u8("=l2tp.broadband.access_loop_encapsulation.enc2")
                        .names(&[
                            (0, "not said"),
                            (1, "PPPoA, LLC"),
                            (2, "PPPoA, null"),
                            (3, "IPoA, LLC"),
                            (4, "IPoA, null"),
                            (5, "Ethernet over AAL5, LLC, with FCS"),
                            (6, "Ethernet over AAL5, LLC, without FCS"),
                            (7, "Ethernet over AAL5, null, with FCS"),
                            (8, "Ethernet over AAL5, null, without FCS"),
                        ])
                        .doc("encapsulation, second part")
                        .into(),
                ],
            ),
            (
                145,
                vec![
                    be32("=l2tp.broadband.ancp_access_line_type")
                        .names(&[
                            (1, "ADSL1"),
                            (2, "ADSL2"),
                            (3, "ADSL2+"),
                            (4, "VDSL1"),
                            (5, "VDSL2"),
                            (6, "SDSL"),
                            (7, "unknown"),
                        ])
                        .doc("access line")
                        .into(),
                ],
            ),
            (254, vec![be32("=l2tp.broadband.iwf_session").doc("interworking session").into()]),
        ],
        value(),
    )
}
