//! The lines of BGP's OPEN and NOTIFICATION messages.

use super::line::families;
use crate::proto::octets::Octets;
use crate::render::line::Line;
use crate::schema::Names;

const CAPABILITIES: &[(u64, &str)] = &[
    (1, "Multiprotocol Extensions"),
    (2, "Route Refresh"),
    (3, "Cooperative Route Filtering"),
    (5, "Extended Next Hop Encoding"),
    (6, "Extended Message"),
    (7, "BGPsec"),
    (8, "Multiple Labels"),
    (9, "Role"),
    (64, "Graceful Restart"),
    (65, "32-Bit AS Number"),
    (67, "Dynamic Capability"),
    (68, "Multi session BGP"),
    (69, "Multiple Paths"),
    (70, "Enhanced Route Refresh"),
    (71, "Long-lived Graceful Restart"),
    (73, "FQDN"),
    (128, "Route Refresh (Cisco)"),
];

pub(super) fn open(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    line.labelled("\n\t  Version ", u64::from(octets.u8()?));
    line.labelled(", my AS ", u64::from(octets.u16()?));
    line.labelled(", Holdtime ", u64::from(octets.u16()?));
    line.text("s, ID ");
    line.ipv4(octets.array()?);
    let length = octets.u8()?;
    line.labelled("\n\t  Optional parameters, length: ", u64::from(length));
    let mut options = Octets::new(octets.take(usize::from(length))?);
    while let Some(kind) = options.u8() {
        let length = options.u8()?;
        let mut value = Octets::new(options.take(usize::from(length))?);
        line.text("\n\t    Option ");
        line.text(match kind {
            1 => "Authentication Information",
            2 => "Capabilities Advertisement",
            255 => "Extended Length",
            _ => "Unknown",
        });
        line.labelled(" (", u64::from(kind));
        line.labelled("), length: ", u64::from(length));
        while kind == 2 && !value.is_empty() {
            capability(line, &mut value)?;
        }
    }
    Some(())
}

fn capability(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let [kind, length] = [octets.u8()?, octets.u8()?];
    let mut value = Octets::new(octets.take(usize::from(length))?);
    line.text("\n\t      ");
    line.text(Names::List(CAPABILITIES).get(u64::from(kind)).unwrap_or("Unknown"));
    line.labelled(" (", u64::from(kind));
    line.labelled("), length: ", u64::from(length));
    match kind {
        1 => {
            let [family, subfamily] = [value.u16()?, value.u16()? & 0xff];
            line.text("\n\t\t");
            families(line, family, subfamily);
        }
        64 => {
            let word = value.u16()?;
            line.text("\n\t\tRestart Flags: ");
            line.bits(u64::from(word >> 12), &[(8, "R"), (4, "N")]);
            line.labelled(", Restart Time ", u64::from(word & 0xfff));
            line.text("s");
            while !value.is_empty() {
                let (family, subfamily, flags) = (value.u16()?, value.u8()?, value.u8()?);
                line.text("\n\t\t  ");
                families(line, family, u16::from(subfamily));
                line.text(", Forwarding state preserved: ");
                line.text(if flags & 0x80 != 0 { "yes" } else { "no" });
            }
        }
        65 => line.labelled("\n\t\t 4 Byte AS ", u64::from(value.u32()?)),
        69 => {
            while !value.is_empty() {
                let (family, subfamily, ways) = (value.u16()?, value.u8()?, value.u8()?);
                line.text("\n\t\t");
                families(line, family, u16::from(subfamily));
                line.text(", Send/Receive: ");
                line.text(match ways {
                    1 => "Receive",
                    2 => "Send",
                    3 => "Both",
                    _ => "Bogus",
                });
            }
        }
        5 => {
            while !value.is_empty() {
                let [family, subfamily, hop] = [value.u16()?, value.u16()?, value.u16()?];
                line.text("\n\t\t");
                families(line, family, subfamily);
                line.text(", next hop AFI ");
                super::line::family_name(line, hop);
            }
        }
        _ if !value.is_empty() => line.octet_rows("\n\t\t", value.left()),
        _ => {}
    }
    Some(())
}

const ERRORS: &[(u64, &str)] = &[
    (1, "Message Header Error"),
    (2, "OPEN Message Error"),
    (3, "UPDATE Message Error"),
    (4, "Hold Timer Expired"),
    (5, "Finite State Machine Error"),
    (6, "Cease"),
    (7, "ROUTE-REFRESH Message Error"),
];

/// Subcodes of an error (RFC 4271 §4.5, RFC 4486, RFC 6608 and others).
fn subcodes(code: u8) -> &'static [(u64, &'static str)] {
    match code {
        1 => &[(1, "Connection Not Synchronized"), (2, "Bad Message Length"), (3, "Bad Message Type")],
        2 => &[
            (1, "Unsupported Version Number"),
            (2, "Bad Peer AS"),
            (3, "Bad BGP Identifier"),
            (4, "Unsupported Optional Parameter"),
            (5, "Authentication Failure"),
            (6, "Unacceptable Hold Time"),
            (7, "Unsupported Capability"),
            (11, "Role Mismatch"),
        ],
        3 => &[
            (1, "Malformed Attribute List"),
            (2, "Unrecognized Well-known Attribute"),
            (3, "Missing Well-known Attribute"),
            (4, "Attribute Flags Error"),
            (5, "Attribute Length Error"),
            (6, "Invalid ORIGIN Attribute"),
            (7, "AS Routing Loop"),
            (8, "Invalid NEXT_HOP Attribute"),
            (9, "Optional Attribute Error"),
            (10, "Invalid Network Field"),
            (11, "Malformed AS_PATH"),
        ],
        5 => &[(1, "In OpenSent State"), (2, "In OpenConfirm State"), (3, "In Established State")],
        6 => &[
            (1, "Maximum Number of Prefixes Reached"),
            (2, "Administrative Shutdown"),
            (3, "Peer De-configured"),
            (4, "Administrative Reset"),
            (5, "Connection Rejected"),
            (6, "Other Configuration Change"),
            (7, "Connection Collision Resolution"),
            (8, "Out of Resources"),
            (9, "Hard Reset"),
            (10, "BFD Down"),
        ],
        7 => &[(1, "Invalid Message Length")],
        _ => &[],
    }
}

pub(super) fn notification(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let [code, subcode] = [octets.u8()?, octets.u8()?];
    line.text(", ");
    line.text(Names::List(ERRORS).get(u64::from(code)).unwrap_or("Unknown Error"));
    line.labelled(" (", u64::from(code));
    line.text(")");
    let names = subcodes(code);
    if !names.is_empty() {
        line.text(", subcode ");
        line.text(Names::List(names).get(u64::from(subcode)).unwrap_or("Unknown"));
        line.labelled(" (", u64::from(subcode));
        line.text(")");
    }
    // RFC 9003: a text of the operator.
    if code == 6
        && matches!(subcode, 2 | 4)
        && let Some(length) = octets.u8()
    {
        line.labelled(", Shutdown Communication (length: ", u64::from(length));
        line.text("): \"");
        line.untrusted(octets.take(usize::from(length))?);
        line.text("\"");
    } else if code == 6 && subcode == 1 && octets.left().len() >= 7 {
        let (family, subfamily) = (octets.u16()?, octets.u8()?);
        line.text(", ");
        families(line, family, u16::from(subfamily));
        line.labelled(", Max Prefixes: ", u64::from(octets.u32()?));
    }
    Some(())
}
