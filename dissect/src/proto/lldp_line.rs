//! The one-line form of LLDP, as tcpdump writes it: a head with the system's name, and with `-v` what the TLVs hold; with `-vv`
//! their octets too.

use super::octets::Octets;
use crate::render::line::{Body, Line};

const KINDS: &[(u16, &str)] = &[
    (0, "End"),
    (1, "Chassis ID"),
    (2, "Port ID"),
    (3, "Time to Live"),
    (4, "Port Description"),
    (5, "System Name"),
    (6, "System Description"),
    (7, "System Capabilities"),
    (8, "Management Address"),
    (127, "Organization specific"),
];

const CHASSIS: &[(u8, &str)] = &[
    (1, "Chassis component"),
    (2, "Interface alias"),
    (3, "Port component"),
    (4, "MAC address"),
    (5, "Network address"),
    (6, "Interface name"),
    (7, "Local"),
];

const PORTS: &[(u8, &str)] = &[
    (1, "Interface alias"),
    (2, "Port component"),
    (3, "MAC address"),
    (4, "Network Address"),
    (5, "Interface Name"),
    (6, "Agent circuit ID"),
    (7, "Local"),
];

const CAPABILITIES: &[(u64, &str)] = &[
    (0x0001, "Other"),
    (0x0002, "Repeater"),
    (0x0004, "Bridge"),
    (0x0008, "WLAN AP"),
    (0x0010, "Router"),
    (0x0020, "Telephone"),
    (0x0040, "Docsis"),
    (0x0080, "Station Only"),
];

/// IETF RFC 4836, ifMauAutoNegCapAdvertisedBits.
const ADVERTISED: &[(u64, &str)] = &[
    (0x8000, "other"),
    (0x4000, "10BASE-T hdx"),
    (0x2000, "10BASE-T fdx"),
    (0x1000, "100BASE-T4"),
    (0x0800, "100BASE-TX hdx"),
    (0x0400, "100BASE-TX fdx"),
    (0x0200, "100BASE-T2 hdx"),
    (0x0100, "100BASE-T2 fdx"),
    (0x0080, "PAUSE for fdx"),
    (0x0040, "Asym PAUSE for fdx"),
    (0x0020, "Sym PAUSE for fdx"),
    (0x0010, "Asym and Sym PAUSE for fdx"),
    (0x0008, "1000BASE-{X LX SX CX} hdx"),
    (0x0004, "1000BASE-{X LX SX CX} fdx"),
    (0x0002, "1000BASE-T hdx"),
    (0x0001, "1000BASE-T fdx"),
];

/// RFC 4836, dot3MauType.
const MAUS: &[(u16, &str)] = &[
    (4, "10BASET hdx"),
    (5, "10BASET hdx"),
    (10, "10BASET hdx"),
    (11, "10BASET fdx"),
    (15, "100BASETX hdx"),
    (16, "100BASETX fdx"),
    (17, "100BASEFX hdx"),
    (18, "100BASEFX fdx"),
    (22, "1000BASEX fdx"),
    (24, "1000BASELX fdx"),
    (26, "1000BASESX fdx"),
    (29, "1000BASET hdx"),
    (30, "1000BASET fdx"),
    (31, "10GBASEX"),
    (32, "10GBASELX4"),
    (33, "10GBASER"),
    (34, "10GBASEER"),
    (35, "10GBASELR"),
    (36, "10GBASESR"),
    (54, "10GBASET"),
];

const MEDIA: &[(u64, &str)] = &[
    (0x01, "LLDP-MED capabilities"),
    (0x02, "network policy"),
    (0x04, "location identification"),
    (0x08, "extended power via MDI-PSE"),
    (0x10, "extended power via MDI-PD"),
    (0x20, "inventory"),
];

const APPLICATIONS: &[(u8, &str)] = &[
    (1, "voice"),
    (2, "voice signaling"),
    (3, "guest voice"),
    (4, "guest voice signaling"),
    (5, "softphone voice"),
    (6, "video conferencing"),
    (7, "streaming video"),
    (8, "video signaling"),
];

fn named<T: PartialEq>(names: &[(T, &'static str)], value: T, other: &'static str) -> &'static str {
    names.iter().find(|(known, _)| *known == value).map_or(other, |(_, name)| name)
}

fn in_hex(line: &mut Line<'_, '_>, label: &str, number: u64, width: u32) {
    line.text(label);
    line.hex(number, width);
}

pub(super) fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.labelled("LLDP, length ", body.len as u64);
    let mut octets = Octets::of(body);
    while let Some(head) = octets.u16() {
        let (kind, len) = (head >> 9, usize::from(head & 0x1ff));
        if line.style.verbose > 0 {
            line.text("\n\t");
            line.text(named(KINDS, kind, "Unknown"));
            line.labelled(" TLV (", u64::from(kind));
            line.labelled("), length ", len as u64);
        }
        if kind == 0 {
            return;
        }
        let Some(value) = octets.take(len) else {
            line.text(" [|lldp]");
            return;
        };
        if line.style.verbose > 0 {
            let known = tlv(line, kind, value);
            if known.is_none() || line.style.verbose > 1 {
                line.octet_rows("\n\t  ", value);
            }
        } else if kind == 5 && !value.is_empty() {
            line.text(": ");
            line.untrusted(value);
        }
    }
    if body.is_cut() {
        line.text(" [|lldp]");
    }
}

/// `None` where the value is not known, or too short.
fn tlv(line: &mut Line<'_, '_>, kind: u16, value: &[u8]) -> Option<()> {
    let mut octets = Octets::new(value);
    match kind {
        1 | 2 => {
            let subtype = octets.u8()?;
            line.text("\n\t  Subtype ");
            let chassis = kind == 1;
            line.text(named(if chassis { CHASSIS } else { PORTS }, subtype, "Unknown"));
            line.labelled(" (", u64::from(subtype));
            line.text("): ");
            identifier(line, subtype, chassis, &mut octets)
        }
        3 => {
            line.labelled(": TTL ", u64::from(octets.u16()?));
            line.text("s");
            Some(())
        }
        4 | 5 => {
            line.text(if value.is_empty() { "" } else { ": " });
            line.untrusted(value);
            Some(())
        }
        6 => {
            line.text("\n\t  ");
            line.untrusted(value);
            Some(())
        }
        7 => {
            for label in ["\n\t  System  Capabilities ", "\n\t  Enabled Capabilities "] {
                let capabilities = octets.u16()?;
                line.text(label);
                line.bits(u64::from(capabilities), CAPABILITIES);
                in_hex(line, " (", u64::from(capabilities), 4);
                line.text(")");
            }
            Some(())
        }
        8 => management(line, &mut octets),
        127 => {
            let (oui, subtype) = (octets.u24()?, octets.u8()?);
            line.text(": OUI ");
            line.text(match oui {
                0x0000_80c2 => "Ethernet bridged",
                0x0000_120f => "IEEE 802.3 Private",
                0x0000_12bb => "ANSI/TIA",
                _ => "Unknown",
            });
            in_hex(line, " (", u64::from(oui), 6);
            line.text(")");
            match oui {
                0x0000_80c2 => bridges(line, subtype, &mut octets),
                0x0000_120f => ethernet(line, subtype, &mut octets),
                0x0000_12bb => media(line, subtype, &mut octets),
                _ => None,
            }
        }
        _ => None,
    }
}

fn identifier(line: &mut Line<'_, '_>, subtype: u8, chassis: bool, octets: &mut Octets<'_>) -> Option<()> {
    match (subtype, chassis) {
        (4, true) | (3, false) => line.mac(octets.array()?),
        (5, true) | (4, false) => address(line, octets)?,
        (1..=7, _) => line.untrusted(octets.left()),
        _ => return None,
    }
    Some(())
}

/// A family by IANA's number, and an address of it.
fn address(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let family = octets.u8()?;
    line.text("AFI ");
    line.text(match family {
        1 => "IPv4",
        2 => "IPv6",
        6 => "802",
        _ => "Unknown",
    });
    line.labelled(" (", u64::from(family));
    line.text("): ");
    match family {
        1 => line.ipv4(octets.array()?),
        2 => line.ipv6(octets.array()?),
        6 => line.mac(octets.array()?),
        _ => line.text("no AF printer"),
    }
    Some(())
}

fn management(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let len = octets.u8()?;
    line.labelled("\n\t  Management Address length ", u64::from(len));
    line.text(", ");
    address(line, &mut Octets::new(octets.take(usize::from(len))?))?;
    let (numbering, number, identifier) = (octets.u8()?, octets.u32()?, octets.u8()?);
    line.text(match numbering {
        2 => "\n\t  Interface Index Interface Numbering (",
        3 => "\n\t  System Port Number Interface Numbering (",
        _ => "\n\t  Unknown Interface Numbering (",
    });
    line.number(u64::from(numbering));
    line.labelled("): ", u64::from(number));
    if identifier > 0 {
        line.labelled("\n\t  OID length ", u64::from(identifier));
        line.text(" 0x");
        super::put::hex_octets(line.out, octets.take(usize::from(identifier))?, None);
    }
    Some(())
}

fn subtype_line(line: &mut Line<'_, '_>, name: &str, subtype: u8) {
    line.text("\n\t  ");
    line.text(name);
    line.labelled(" Subtype (", u64::from(subtype));
    line.text(")");
}

/// IEEE Std 802.1Q-2022 annex D.
fn bridges(line: &mut Line<'_, '_>, subtype: u8, octets: &mut Octets<'_>) -> Option<()> {
    let name = match subtype {
        1 => "Port VLAN Id",
        2 => "Port and Protocol VLAN ID",
        3 => "VLAN name",
        4 => "Protocol Identity",
        7 => "Link aggregation",
        8 => "Congestion Notification",
        9 => "ETS Configuration",
        10 => "ETS Recommendation",
        11 => "Priority Flow Control Configuration",
        12 => "Application Priority",
        13 => "EVB",
        14 => "CDCP",
        _ => "unknown",
    };
    subtype_line(line, name, subtype);
    match subtype {
        1 => line.labelled("\n\t    port vlan id (PVID): ", u64::from(octets.u16()?)),
        2 => {
            let (flags, vlan) = (octets.u8()?, octets.u16()?);
            line.labelled("\n\t    port and protocol vlan id (PPVID): ", u64::from(vlan));
            line.text(", flags ");
            line.bits(u64::from(flags), &[(2, "supported"), (4, "enabled")]);
            in_hex(line, " (", u64::from(flags), 2);
            line.text(")");
        }
        3 => {
            line.labelled("\n\t    vlan id (VID): ", u64::from(octets.u16()?));
            let len = octets.u8()?;
            line.text("\n\t    vlan name: ");
            line.untrusted(octets.take(usize::from(len))?);
        }
        4 => {
            let len = octets.u8()?;
            line.text("\n\t    protocol identity: 0x");
            super::put::hex_octets(line.out, octets.take(usize::from(len))?, None);
        }
        7 => aggregation(line, octets)?,
        8 => {
            for label in ["Pre-Priority CNPV Indicator", "Pre-Priority Ready Indicator"] {
                by_priority(line, label, octets.u8()?);
            }
        }
        9 => {
            let head = octets.u8()?;
            line.labelled("\n\t    Willing:", u64::from(head >> 7));
            line.labelled(", CBS:", u64::from(head >> 6 & 1));
            line.labelled(", RES:", u64::from(head >> 3 & 7));
            line.labelled(", Max TCs:", u64::from(head & 7));
            selection(line, octets)?;
        }
        10 => {
            line.labelled("\n\t    RES: ", u64::from(octets.u8()?));
            selection(line, octets)?;
        }
        11 => {
            let head = octets.u8()?;
            line.labelled("\n\t    Willing: ", u64::from(head >> 7));
            line.labelled(", MBC: ", u64::from(head >> 6 & 1));
            line.labelled(", RES: ", u64::from(head >> 4 & 3));
            line.labelled(", PFC cap:", u64::from(head & 15));
            by_priority(line, "PFC Enable", octets.u8()?);
        }
        12 => {
            line.labelled("\n\t    RES: ", u64::from(octets.u8()?));
            if octets.is_empty() {
                return Some(());
            }
            line.text("\n\t    Application Priority Table");
            while let (Some(head), Some(protocol)) = (octets.u8(), octets.u16()) {
                line.labelled("\n\t      Priority: ", u64::from(head >> 5));
                line.labelled(", RES: ", u64::from(head >> 3 & 3));
                line.labelled(", Sel: ", u64::from(head & 7));
                line.labelled(", Protocol ID: ", u64::from(protocol));
            }
        }
        13 | 14 => {}
        _ => return None,
    }
    Some(())
}

/// A bit for each priority, the lowest first.
fn by_priority(line: &mut Line<'_, '_>, label: &str, set: u8) {
    line.text("\n\t    ");
    line.text(label);
    line.text("\n\t     Priority : 0  1  2  3  4  5  6  7\n\t     Value    : ");
    for priority in 0..8 {
        line.number(u64::from(set >> priority & 1));
        line.text(if priority < 7 { "  " } else { "" });
    }
}

/// The tables of enhanced transmission selection: classes by priority, their share and their algorithm.
fn selection(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let classes = octets.u32()?;
    line.text("\n\t    Priority Assignment Table\n\t     Priority : 0   1   2   3   4   5   6   7\n\t     Value    : ");
    for priority in 0..8_u32 {
        let class = classes >> (28_u32.saturating_sub(priority.saturating_mul(4))) & 15;
        line.number(u64::from(class));
        line.text(if priority < 7 { "   " } else { "" });
    }
    let tables = [
        "\n\t    TC Bandwidth Table\n\t     TC%   : 0   1   2   3   4   5   6   7\n\t     Value : ",
        "\n\t    TSA Assignment Table\n\t     Traffic Class: 0   1   2   3   4   5   6   7\n\t     Value        : ",
    ];
    for table in tables {
        line.text(table);
        for (at, value) in octets.array::<8>()?.into_iter().enumerate() {
            let start = line.out.len();
            line.number(u64::from(value));
            let width = line.out.len().saturating_sub(start);
            if at < 7 {
                line.text("    ".get(width.min(3)..).unwrap_or(" "));
            }
        }
    }
    Some(())
}

fn aggregation(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    line.text("\n\t    aggregation status ");
    line.bits(u64::from(octets.u8()?), &[(1, "supported"), (2, "enabled")]);
    line.labelled(", aggregation port ID ", u64::from(octets.u32()?));
    Some(())
}

/// IEEE Std 802.3-2022 §79.3.
fn ethernet(line: &mut Line<'_, '_>, subtype: u8, octets: &mut Octets<'_>) -> Option<()> {
    let name = match subtype {
        1 => "MAC/PHY configuration/status",
        2 => "Power via MDI",
        3 => "Link aggregation",
        4 => "Max frame size",
        _ => "unknown",
    };
    subtype_line(line, name, subtype);
    match subtype {
        1 => {
            let (state, advertised, unit) = (octets.u8()?, octets.u16()?, octets.u16()?);
            line.text("\n\t    autonegotiation ");
            line.bits(u64::from(state), &[(1, "supported"), (2, "enabled")]);
            in_hex(line, " (", u64::from(state), 2);
            line.text(")\n\t    PMD autoneg capability ");
            line.bits(u64::from(advertised), ADVERTISED);
            in_hex(line, " (", u64::from(advertised), 4);
            line.text(")\n\t    MAU type ");
            line.text(named(MAUS, unit, "unknown"));
            in_hex(line, " (", u64::from(unit), 4);
            line.text(")");
        }
        2 => {
            let (support, pair, class) = (octets.u8()?, octets.u8()?, octets.u8()?);
            line.text("\n\t    MDI power support ");
            let names = [(1, "PSE"), (2, "supported"), (4, "enabled"), (8, "can be controlled")];
            line.bits(u64::from(support), &names);
            line.text(", power pair ");
            line.text(named(&[(1, "signal"), (2, "spare")], pair, "unknown"));
            line.text(", power class ");
            let classes = [(1, "class0"), (2, "class1"), (3, "class2"), (4, "class3"), (5, "class4")];
            line.text(named(&classes, class, "unknown"));
        }
        3 => aggregation(line, octets)?,
        4 => line.labelled("\n\t    MTU size ", u64::from(octets.u16()?)),
        _ => return None,
    }
    Some(())
}

/// ANSI/TIA-1057 §10.2.
fn media(line: &mut Line<'_, '_>, subtype: u8, octets: &mut Octets<'_>) -> Option<()> {
    let name = match subtype {
        1 => "LLDP-MED Capabilities",
        2 => "Network policy",
        3 => "Location identification",
        4 => "Extended power-via-MDI",
        5 => "Inventory - hardware revision",
        6 => "Inventory - firmware revision",
        7 => "Inventory - software revision",
        8 => "Inventory - serial number",
        9 => "Inventory - manufacturer name",
        10 => "Inventory - model name",
        11 => "Inventory - asset ID",
        _ => "unknown",
    };
    subtype_line(line, name, subtype);
    match subtype {
        1 => {
            let (capabilities, device) = (octets.u16()?, octets.u8()?);
            line.text("\n\t    Media capabilities ");
            line.bits(u64::from(capabilities), MEDIA);
            in_hex(line, " (", u64::from(capabilities), 4);
            line.text(")\n\t    Device type [");
            let devices = [
                (0, "not defined"),
                (1, "endpoint class 1"),
                (2, "endpoint class 2"),
                (3, "endpoint class 3"),
                (4, "network connectivity"),
            ];
            line.text(named(&devices, device, "unknown"));
            in_hex(line, "] (", u64::from(device), 2);
            line.text(")");
        }
        2 => {
            let (application, high, low) = (octets.u8()?, octets.u8()?, octets.u16()?);
            line.text("\n\t    Application type [");
            line.text(named(APPLICATIONS, application, "none"));
            in_hex(line, "] (", u64::from(application), 2);
            line.text("), Flags ");
            line.bits(u64::from(high >> 5), &[(4, "Unknown"), (2, "Tagged"), (1, "X")]);
            let vlan = u64::from(high & 0x1f) << 7 | u64::from(low >> 9);
            line.labelled("\n\t    Vlan id ", vlan);
            line.labelled(", L2 priority ", u64::from(low >> 6 & 7));
            line.labelled(", DSCP value ", u64::from(low & 0x3f));
        }
        3 => {
            let format = octets.u8()?;
            line.text("\n\t    Location data format ");
            let formats = [(1, "coordinate-based LCI"), (2, "civic address LCI"), (3, "ECS ELIN")];
            line.text(named(&formats, format, "unknown"));
            in_hex(line, " (", u64::from(format), 2);
            line.text(")");
            match format {
                3 => {
                    line.text("\n\t    ECS ELIN id ");
                    line.untrusted(octets.left());
                }
                _ => line.octet_rows("\n\t    ", octets.left()),
            }
        }
        4 => {
            let (head, power) = (octets.u8()?, octets.u16()?);
            line.text("\n\t    Power type [");
            line.text(if head >> 6 == 0 { "PSE device" } else { "PD device" });
            line.text("], Power source [");
            line.text(match (head >> 6, head >> 4 & 3) {
                (0, 1) => "PSE - primary power source",
                (0, 2) => "PSE - backup power source",
                (1, 1) => "PSE",
                (1, 2) => "local",
                (1, 3) => "PSE and local",
                _ => "unknown",
            });
            line.text("]\n\t    Power priority [");
            let priorities = [(1, "critical"), (2, "high"), (3, "low")];
            line.text(named(&priorities, head & 15, "unknown"));
            in_hex(line, "] (", u64::from(head & 15), 2);
            line.labelled("), Power ", u64::from(power / 10));
            line.labelled(".", u64::from(power % 10));
            line.text(" Watts");
        }
        5..=11 => {
            let labels = [
                "Hardware revision",
                "Firmware revision",
                "Software revision",
                "Serial number",
                "Manufacturer name",
                "Model name",
                "Asset ID",
            ];
            line.text("\n\t  ");
            line.text(labels.get(usize::from(subtype.saturating_sub(5))).copied().unwrap_or(""));
            line.text(" ");
            line.untrusted(octets.left());
        }
        _ => return None,
    }
    Some(())
}
