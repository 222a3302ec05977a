//! Logical link control, IEEE Std 802.2 (ISO/IEC 8802-2), and the subnetwork access protocol behind it (IEEE Std 802).
//!
//! The control field has one octet in unnumbered frames and two in the others; which it is stands in its lowest bits.

use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    ETHER_TYPE, LLC_SAP, Protocol, SNAP_PID, be16, be24, bits, custom_both, flag, switch, u8, val,
};

/// Service access points, as tcpdump writes them.
const SAPS: &[(u64, &str)] = &[
    (0x00, "Null"),
    (0x02, "802.1B I"),
    (0x03, "802.1B G"),
    (0x04, "SNA"),
    (0x06, "IP"),
    (0x0e, "ProWay NM"),
    (0x42, "STP"),
    (0x4e, "RS511"),
    (0x7e, "ISO8208"),
    (0x80, "XNS"),
    (0x8e, "ProWay"),
    (0x98, "ARP"),
    (0xaa, "SNAP"),
    (0xbc, "Banyan Vines"),
    (0xe0, "IPX"),
    (0xf0, "NetBeui"),
    (0xf4, "LAN Manager"),
    (0xfe, "OSI"),
    (0xff, "Global"),
];

const FRAME_TYPES: &[(u64, &str)] = &[(0, "information"), (1, "supervisory"), (3, "unnumbered")];

const SUPERVISORY: &[(u64, &str)] =
    &[(0, "Receiver Ready"), (1, "Receiver not Ready"), (2, "Reject"), (3, "Selective Reject")];

const COMMANDS: &[(u64, &str)] = &[
    (0x00, "ui"),
    (0x0f, "dm"),
    (0x10, "disc"),
    (0x18, "ua"),
    (0x1b, "sabme"),
    (0x1c, "test"),
    (0x11, "frmr"),
    (0x2b, "xid"),
];

const OUIS: &[(u64, &str)] = &[
    (0x00_0000, "Ethernet"),
    (0x00_000c, "Cisco"),
    (0x00_005e, "IANA"),
    (0x00_00f8, "Cisco bridged"),
    (0x00_80c2, "Ethernet bridged"),
    (0x08_0007, "Appletalk"),
];

/// IEEE Std 802.1Q annex on bridged encapsulations (RFC 2684 §5.2), and Cisco's numbers.
const BRIDGED: &[(u64, &str)] = &[
    (1, "Ethernet + FCS"),
    (2, "Token Ring/802.5 + FCS"),
    (3, "FDDI + FCS"),
    (4, "802.5 + FCS"),
    (7, "Ethernet w/o FCS"),
    (0xe, "BPDU"),
];

const CISCO: &[(u64, &str)] = &[
    (0x0104, "PortChannel"),
    (0x010b, "PVST"),
    (0x010c, "VLAN bridge"),
    (0x0111, "UDLD"),
    (0x2000, "CDP"),
    (0x2001, "CGMP"),
    (0x2003, "VTP"),
    (0x2004, "DTP"),
    (0x200a, "STP uplink fast"),
];

pub(super) fn llc() -> Protocol {
    Protocol::new("llc", "802.2 logical link control")
        .layer("LLC")
        .below("", "eth", &[("type", crate::schema::Given::Number(0x8870))])
        .below("", "vlan", &[("etype", crate::schema::Given::Number(0x8870))])
        .below("", "sll", &[("=sll.etype", crate::schema::Given::Number(122))])
        .below("", "gre", &[("proto", crate::schema::Given::Number(122))])
        .source("ISO/IEC 8802-2 §3, §5")
        .field(u8("dsap").hex().names(SAPS).doc("destination service access point").of([
            bits("dsap.sap", 7).hex().doc("service access point"),
            flag("dsap.ig").doc("group"),
        ]))
        .field(u8("ssap").hex().names(SAPS).doc("source service access point").of([
            bits("ssap.sap", 7).hex().doc("service access point"),
            flag("ssap.cr").doc("response"),
        ]))
        .field(custom_both(
            [
                bits("control", 8).craft("ctrl").hex().doc("control"),
                bits("control.n_r", 7).doc("receive sequence number"),
                bits("control.n_s", 7).doc("send sequence number"),
                flag("control.p").doc("poll"),
                flag("control.f").doc("final"),
                bits("control.s_ftype", 2).names(SUPERVISORY).doc("supervisory frame"),
                bits("control.u_modifier_cmd", 6).names(COMMANDS).doc("command"),
                bits("control.u_modifier_resp", 6).names(COMMANDS).doc("response"),
                bits("control.ftype", 2).names(FRAME_TYPES).doc("frame type"),
            ],
            control,
            |build| build.put_field("control"),
        ))
        .leads(&[LLC_SAP])
        .after(after)
        .summary(summary)
        .sample("0180c2000000 020000000001 0026 424203 0000000000 8000020000000001 00000000 8000020000000001 8001 0000 1400 0200 0f00")
        .sample("020000000002 020000000001 0004 04050105")
        .sample("020000000002 020000000001 0003 f0f07f")
}

fn control(walk: &mut Walk<'_, '_>) {
    let Some(first) = walk.rest().first().copied() else {
        walk.missing(1);
        walk.stop();
        return;
    };
    let response = walk.header().get(1).is_some_and(|ssap| ssap & 1 == 1);
    let (at, poll) = (walk.offset(), if response { "control.f" } else { "control.p" });
    let bit = at.saturating_mul(8);
    if first & 3 == 3 {
        walk.take("control", 1);
        let modifier = if response { "control.u_modifier_resp" } else { "control.u_modifier_cmd" };
        walk.emit(modifier, at, 1, u64::from(first >> 5 << 3 | first >> 2 & 3));
        walk.emit_bits(poll, bit.saturating_add(3), 1, u64::from(first >> 4 & 1));
        walk.emit_bits("control.ftype", bit.saturating_add(6), 2, 3);
        return;
    }
    let Some([_, second]) = walk.rest().first_chunk::<2>().copied() else {
        walk.missing(2);
        walk.stop();
        return;
    };
    walk.emit("control", at, 2, u64::from(second) << 8 | u64::from(first));
    walk.emit_bits("control.n_r", bit.saturating_add(8), 7, u64::from(second >> 1));
    walk.emit_bits(poll, bit.saturating_add(15), 1, u64::from(second & 1));
    if first & 1 == 0 {
        walk.emit_bits("control.n_s", bit, 7, u64::from(first >> 1));
        walk.emit_bits("control.ftype", bit.saturating_add(7), 1, 0);
    } else {
        walk.emit_bits("control.s_ftype", bit.saturating_add(4), 2, u64::from(first >> 2 & 3));
        walk.emit_bits("control.ftype", bit.saturating_add(6), 2, 1);
    }
    walk.advance(2);
}

fn after(walk: &mut Walk<'_, '_>) {
    if let [dsap, _, 0x03] = walk.header() {
        walk.next(LLC_SAP, u64::from(*dsap));
    } else if let [dsap @ 0xfe, _, _, _] = walk.header() {
        walk.next(LLC_SAP, u64::from(*dsap));
    }
}

const SAP_OF_SNAP: [(&str, crate::schema::Given); 3] = {
    use crate::schema::Given::Number;
    [("dsap", Number(0xaa)), ("ssap", Number(0xaa)), ("control", Number(3))]
};

pub(super) fn snap() -> Protocol {
    Protocol::new("snap", "802 subnetwork access protocol")
        .layer("SNAP")
        .below("", "llc", &SAP_OF_SNAP)
        .source("IEEE Std 802-2014 §9.5")
        .on(LLC_SAP, &[0xaa])
        .field(be24("=llc.oui").craft("OUI").hex().names(OUIS).doc("organisation"))
        .field(switch(
            val("=llc.oui"),
            [
                (0x00_0000, vec![ether_type().into()]),
                (0x00_00f8, vec![ether_type().into()]),
                (0x08_0007, vec![ether_type().into()]),
                (0x00_000c, vec![be16("=llc.cisco_pid").craft("code").hex().names(CISCO).doc("protocol").into()]),
                (0x00_e02b, pid("=llc.extreme_pid", &[(0xbb, "EDP")])),
                (0x00_8037, pid("=llc.hpteam_pid", &[(2, "HP teaming heartbeat")])),
                (0x00_4096, pid("=llc.wlccp_pid", &[(0, "WLCCP")])),
                (0x00_17f2, pid("=llc.apple_awdl_pid", &[(0x800, "AWDL")])),
                (0x00_01e8, pid("=llc.force10_pid", &[(0x111, "FEFD")])),
                (0x00_1090, pid("=llc.cimetrics_pid", &[(1, "U+4 MS/TP")])),
                (
                    0x00_0081,
                    pid(
                        "=llc.nortel_pid",
                        &[(0x1a1, "NDP flatnet hello"), (0x1a2, "NDP segment hello"), (0x1a3, "NDP bridge hello")],
                    ),
                ),
                (0x00_e052, pid("=llc.foundry_pid", &[(0x2000, "FDP")])),
                (
                    0x00_1958,
                    pid(
                        "=llc.bluetooth_pid",
                        &[
                            (1, "AMP_U L2CAP ACL data"),
                            (2, "AMP-C activity report"),
                            (3, "AMP-C security frames"),
                            (4, "AMP-C link supervision request"),
                            (5, "AMP-C link supervision reply"),
                        ],
                    ),
                ),
                (
                    0x00_005e,
                    pid(
                        "=llc.iana_pid",
                        &[
                            (1, "MARS data, short form"),
                            (3, "MARS and NHRP control"),
                            (4, "MARS data, long form"),
                            (5, "SCSP"),
                            (6, "VRID"),
                            (7, "L2TP"),
                            (8, "VPN ID"),
                            (9, "MSDP GRE"),
                        ],
                    ),
                ),
                (0x00_80c2, vec![be16("=llc.pid").craft("code").hex().names(BRIDGED).doc("protocol").into()]),
            ],
            vec![be16("=llc.pid").craft("code").hex().doc("protocol").into()],
        ))
        .leads(&[ETHER_TYPE, SNAP_PID])
        .leads_to(&["eth"])
        .after(after_snap)
        .summary(snap_summary)
        .sample("020000000002 020000000001 0028 aaaa03 000000 0800 4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364")
}

/// The protocol number of an organisation.
fn pid(name: &'static str, names: &'static [(u64, &'static str)]) -> Vec<crate::schema::Item> {
    vec![be16(name).craft("code").hex().names(names).doc("protocol").into()]
}

fn ether_type() -> crate::schema::Field {
    be16("=llc.type").craft("code").hex().named_by(super::ether_type_name).next(ETHER_TYPE).doc("EtherType")
}

fn after_snap(walk: &mut Walk<'_, '_>) {
    let Some([o0, o1, o2, p0, p1]) = walk.header().first_chunk::<5>().copied() else { return };
    let number = [0, 0, 0, o0, o1, o2, p0, p1];
    let oui = u32::from_be_bytes([0, o0, o1, o2]);
    match oui {
        0 | 0xf8 | 0x08_0007 => {}
        0x80c2 if matches!((p0, p1), (0, 1 | 7)) => {
            // A pad keeps the address of the bridged frame aligned (RFC 2684 §5.2).
            if walk.rest().first_chunk() == Some(&[0, 0]) {
                walk.advance(2);
            }
            if p1 == 1 {
                walk.take_trailer(4);
            }
            walk.next_named("eth");
        }
        _ => {
            walk.next(SNAP_PID, u64::from_be_bytes(number));
        }
    }
}

fn name(list: &[(u64, &'static str)], value: u64) -> Option<&'static str> {
    list.iter().find(|entry| entry.0 == value).map(|entry| entry.1)
}

/// `dsap STP (0x42) Individual`
fn sap(line: &mut Line<'_, '_>, what: &str, sap: u8, bit: [&str; 2]) {
    line.text(what);
    let shown = if sap == 0xff { sap } else { sap & 0xfe };
    line.text(name(SAPS, u64::from(shown)).unwrap_or("Unknown"));
    line.text(" (");
    line.hex(u64::from(sap & 0xfe), 2);
    line.text(") ");
    line.text(if sap & 1 == 0 { bit[0] } else { bit[1] });
    line.text(", ");
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some([dsap, ssap, control]) = body.data.first_chunk::<3>().copied() else {
        line.cut("llc", body);
        return;
    };
    if (dsap, ssap) == (0xff, 0xff) {
        line.text("IPX 802.3: ");
        line.unknown("IPX", body);
        return;
    }
    let unnumbered = control & 3 == 3;
    let wide = body.data.get(3).map_or(u64::from(control), |high| u64::from(*high) << 8 | u64::from(control));
    if line.style.link {
        line.text("LLC, ");
        sap(line, "dsap ", dsap, ["Individual", "Group"]);
        sap(line, "ssap ", ssap, ["Command", "Response"]);
        line.text("ctrl ");
        line.hex(if unnumbered { u64::from(control) } else { wide }, if unnumbered { 2 } else { 4 });
        line.text(": ");
    }
    let payload = body.skip(if unnumbered { 3 } else { 4 });
    if control == 3 && line.next(LLC_SAP, u64::from(dsap), payload) {
        return;
    }
    if !line.style.link {
        line.text(name(SAPS, u64::from(dsap)).unwrap_or("Unknown DSAP"));
        line.text(" ");
    }
    let flags = match (ssap & 1 == 1, if unnumbered { control & 0x10 != 0 } else { wide & 0x100 != 0 }) {
        (false, false) => "Command",
        (true, false) => "Response",
        (false, true) => "Poll",
        (true, true) => "Final",
    };
    if unnumbered {
        line.text("Unnumbered, ");
        let modifier = u64::from(control >> 5 << 3 | control >> 2 & 3);
        line.text(name(COMMANDS, modifier).unwrap_or("unknown"));
    } else if control & 1 == 0 {
        line.text("Information, send seq ");
        line.number(u64::from(control >> 1));
        line.text(", rcv seq ");
        line.number(wide >> 9);
    } else {
        line.text("Supervisory, ");
        line.text(name(SUPERVISORY, u64::from(control >> 2 & 3)).unwrap_or("?"));
        line.text(", rcv seq ");
        line.number(wide >> 9);
    }
    line.text(", Flags [");
    line.text(flags);
    line.text("], length ");
    line.number(body.len as u64);
}

fn snap_summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some([o0, o1, o2, p0, p1]) = body.data.first_chunk::<5>().copied() else {
        line.cut("snap", body);
        return;
    };
    let (oui, pid) = (u32::from_be_bytes([0, o0, o1, o2]), u16::from_be_bytes([p0, p1]));
    let mut payload = body.skip(5);
    let typed = matches!(oui, 0 | 0xf8 | 0x08_0007);
    if line.style.link {
        line.text("oui ");
        line.text(name(OUIS, u64::from(oui)).unwrap_or("Unknown"));
        line.text(" (");
        line.hex(u64::from(oui), 6);
        line.text(if oui == 0 { "), ethertype " } else { "), pid " });
        let names = if oui == 0x80c2 { BRIDGED } else { CISCO };
        if typed {
            line.ether_type_text(pid, true);
        } else {
            let known = name(names, u64::from(pid)).filter(|_| matches!(oui, 0xc | 0x80c2));
            line.text(known.unwrap_or("Unknown"));
            line.text(" (");
            line.hex(u64::from(pid), 4);
            line.text(")");
        }
        line.text(", length ");
        line.number(payload.len as u64);
        line.text(": ");
    }
    let done = if typed {
        line.next(ETHER_TYPE, u64::from(pid), payload)
    } else if oui == 0x80c2 && matches!(pid, 1 | 7) {
        if payload.data.first_chunk() == Some(&[0, 0]) {
            payload = payload.skip(2);
        }
        match line.registry.protocol_named("eth") {
            Some(id) => {
                line.protocol(id, payload.limit(payload.len.saturating_sub(if pid == 1 { 4 } else { 0 })));
                true
            }
            None => false,
        }
    } else {
        line.next(SNAP_PID, u64::from_be_bytes([0, 0, 0, o0, o1, o2, p0, p1]), payload)
    };
    if !done && !line.style.link {
        line.text("SNAP, oui ");
        line.hex(u64::from(oui), 6);
        line.text(", pid ");
        line.hex(u64::from(pid), 4);
        line.text(", ");
        line.unknown("", payload);
    }
}
