//! One-line forms of the slow protocols, as tcpdump writes them: a head, and with `-v` what the TLVs hold.

use super::octets::Octets;
use crate::render::line::{Body, Line};

/// IEEE Std 802.1AX-2020 §6.4.2.3.
const STATES: &[(u64, &str)] = &[
    (0x01, "Activity"),
    (0x02, "Timeout"),
    (0x04, "Aggregation"),
    (0x08, "Synchronization"),
    (0x10, "Collecting"),
    (0x20, "Distributing"),
    (0x40, "Default"),
    (0x80, "Expired"),
];

/// IEEE Std 802.3-2022 table 57–3.
const OAM_FLAGS: &[(u64, &str)] = &[
    (0x01, "Link Fault"),
    (0x02, "Dying Gasp"),
    (0x04, "Critical Event"),
    (0x08, "Local Evaluating"),
    (0x10, "Local Stable"),
    (0x20, "Remote Evaluating"),
    (0x40, "Remote Stable"),
];

/// IEEE Std 802.3-2022 table 57–8.
const OAM_CONFIG: &[(u64, &str)] = &[
    (0x01, "Active"),
    (0x02, "Unidirectional"),
    (0x04, "Remote-Loopback"),
    (0x08, "Link-Events"),
    (0x10, "Variable-Retrieval"),
];

/// `LACPv1, length 110`; the length has the subtype too, which stands before the body.
pub(super) fn lacp(line: &mut Line<'_, '_>, body: Body<'_>) {
    tlvs(line, body, "LACP", |line, kind, value| match kind {
        1 | 2 => port(line, value),
        3 => {
            line.labelled("\n\t  Max Delay ", u64::from(value.u16()?));
            Some(())
        }
        _ => None,
    });
}

/// `MARKERv1, length 110`.
pub(super) fn marker(line: &mut Line<'_, '_>, body: Body<'_>) {
    tlvs(line, body, "MARKER", |line, kind, value| {
        if !matches!(kind, 1 | 2) {
            return None;
        }
        let (port, system, transaction) = (value.u16()?, value.array()?, value.u32()?);
        line.text("\n\t  Request System ");
        line.mac(system);
        line.labelled(", Request Port ", u64::from(port));
        line.text(", Request Transaction ID ");
        line.hex(u64::from(transaction), 8);
        Some(())
    });
}

fn name(of: &str, kind: u8) -> &'static str {
    match (of, kind) {
        (_, 0) => "Terminator",
        ("LACP", 1) => "Actor Information",
        ("LACP", 2) => "Partner Information",
        ("LACP", 3) => "Collector Information",
        ("MARKER", 1) => "Marker Information",
        ("MARKER", 2) => "Marker Response Information",
        _ => "Unknown",
    }
}

fn tlvs(
    line: &mut Line<'_, '_>,
    body: Body<'_>,
    of: &str,
    show: impl Fn(&mut Line<'_, '_>, u8, &mut Octets<'_>) -> Option<()>,
) {
    let mut octets = Octets::of(body);
    let Some(version) = octets.u8() else {
        line.cut(of, body);
        return;
    };
    line.text(of);
    line.labelled("v", u64::from(version));
    line.labelled(", length ", (body.len as u64).saturating_add(1));
    if line.style.verbose == 0 {
        return;
    }
    while let (Some(kind), Some(len)) = (octets.u8(), octets.u8()) {
        line.text("\n\t");
        line.text(name(of, kind));
        line.text(" TLV (");
        line.hex(u64::from(kind), 2);
        line.labelled("), length ", u64::from(len));
        if kind == 0 {
            return;
        }
        let Some(value) = octets.take(usize::from(len).saturating_sub(2)).filter(|_| len > 2) else {
            line.cut("slow", Body { data: octets.left(), len: body.len });
            return;
        };
        let known = show(line, kind, &mut Octets::new(value));
        if known.is_none() || line.style.verbose > 1 {
            line.octet_rows("\n\t  ", value);
        }
    }
}

fn port(line: &mut Line<'_, '_>, value: &mut Octets<'_>) -> Option<()> {
    let (priority, system, key) = (value.u16()?, value.array()?, value.u16()?);
    let (port_priority, port, state) = (value.u16()?, value.u16()?, value.u8()?);
    line.text("\n\t  System ");
    line.mac(system);
    line.labelled(", System Priority ", u64::from(priority));
    line.labelled(", Key ", u64::from(key));
    line.labelled(", Port ", u64::from(port));
    line.labelled(", Port Priority ", u64::from(port_priority));
    line.text("\n\t  State Flags ");
    line.bits(u64::from(state), STATES);
    Some(())
}

/// `OAM, length 57`, with the code and what it brings behind it.
pub(super) fn oam(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.labelled("OAM, length ", (body.len as u64).saturating_add(1));
    let mut octets = Octets::of(body);
    let (Some(flags), Some(code)) = (octets.u16(), octets.u8()) else {
        line.text(" ");
        line.cut("oam", body);
        return;
    };
    if line.style.verbose == 0 {
        return;
    }
    line.text("\n\tCode ");
    line.text(match code {
        0 => "Information",
        1 => "Event Notification",
        2 => "Variable Request",
        3 => "Variable Response",
        4 => "Loopback Control",
        0xfe => "Vendor Specific",
        _ => "Unknown",
    });
    line.text(" OAM PDU, Flags ");
    line.bits(u64::from((flags & 0xff) as u8), OAM_FLAGS);
    match code {
        0 => while information(line, &mut octets).is_some() {},
        1 => {
            let Some(sequence) = octets.u16() else { return };
            line.labelled("\n\t  Sequence Number ", u64::from(sequence));
            while event(line, &mut octets).is_some() {}
        }
        4 => {
            let command = octets.u8().unwrap_or(0);
            line.text(match command {
                1 => "\n\t  Command Enable OAM Remote Loopback (",
                2 => "\n\t  Command Disable OAM Remote Loopback (",
                _ => "\n\t  Command Unknown (",
            });
            line.number(u64::from(command));
            line.text(")");
        }
        _ => line.octet_rows("\n\t  ", octets.left()),
    }
}

/// IEEE Std 802.3-2022 §57.5.2.
fn information(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let kind = octets.u8()?;
    let len = octets.u8()?;
    line.text(match kind {
        0 => "\n\t  End of TLV marker",
        1 => "\n\t  Local",
        2 => "\n\t  Remote",
        0xfe => "\n\t  Organization specific",
        _ => "\n\t  Unknown",
    });
    line.labelled(" Information Type (", u64::from(kind));
    line.labelled("), length ", u64::from(len));
    if kind == 0 {
        return None;
    }
    let value = octets.take(usize::from(len).checked_sub(2)?)?;
    let mut fields = Octets::new(value);
    if !matches!(kind, 1 | 2) || value.len() != 14 {
        line.octet_rows("\n\t  ", value);
        return Some(());
    }
    line.labelled("\n\t    OAM-Version ", u64::from(fields.u8()?));
    line.labelled(", Revision ", u64::from(fields.u16()?));
    let state = fields.u8()?;
    line.text("\n\t    State-Parser-Action ");
    line.text(match state & 3 {
        0 => "forwarding",
        1 => "looping back",
        2 => "discarding",
        _ => "reserved",
    });
    line.text(", State-MUX-Action ");
    line.text(if state & 4 == 0 { "forwarding" } else { "discarding" });
    line.text("\n\t    OAM-Config Flags ");
    line.bits(u64::from(fields.u8()?), OAM_CONFIG);
    line.labelled(", OAM-PDU-Config max-PDU size ", u64::from(fields.u16()?));
    let oui = fields.u24()?;
    line.text("\n\t    OUI Unknown (");
    line.hex(u64::from(oui), 6);
    line.text("), Vendor-Private ");
    line.hex(u64::from(fields.u32()?), 8);
    Some(())
}

/// IEEE Std 802.3-2022 §57.5.3.
fn event(line: &mut Line<'_, '_>, octets: &mut Octets<'_>) -> Option<()> {
    let kind = octets.u8()?;
    let len = octets.u8()?;
    line.text(match kind {
        0 => "\n\t  End of TLV marker",
        1 => "\n\t  Errored Symbol Period Event",
        2 => "\n\t  Errored Frame Event",
        3 => "\n\t  Errored Frame Period Event",
        4 => "\n\t  Errored Frame Seconds Summary Event",
        0xfe => "\n\t  Organization specific",
        _ => "\n\t  Unknown",
    });
    line.labelled(" Link Event Type (", u64::from(kind));
    line.labelled("), length ", u64::from(len));
    if kind == 0 {
        return None;
    }
    let value = octets.take(usize::from(len).checked_sub(2)?)?;
    // Window and threshold have 8 octets, 2 or 4 by kind; what is counted 8, and totals 8 or 4.
    let widths: [usize; 5] = match (kind, value.len()) {
        (1, 38) => [8, 8, 8, 8, 4],
        (2, 24) => [2, 4, 4, 8, 4],
        (3, 26) => [4, 4, 4, 8, 4],
        (4, 16) => [2, 2, 2, 4, 4],
        _ => {
            line.octet_rows("\n\t  ", value);
            return Some(());
        }
    };
    let mut fields = Octets::new(value);
    line.labelled("\n\t    Timestamp ", u64::from(fields.u16()?).saturating_mul(100));
    line.text(" ms");
    let labels = [
        ", Errored Window ",
        "\n\t    Errored Threshold ",
        "\n\t    Errors ",
        "\n\t    Error Running Total ",
        "\n\t    Event Running Total ",
    ];
    for (label, width) in labels.into_iter().zip(widths) {
        let number = fields.take(width)?.iter().fold(0_u64, |number, octet| number << 8 | u64::from(*octet));
        line.labelled(label, number);
    }
    Some(())
}
