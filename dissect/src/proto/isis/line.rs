//! The one-line form of IS-IS.

use super::super::octets::Octets;
use super::{DISCRIMINATORS, TYPES, write_identifier};
use crate::render::line::{Body, Line};
use crate::schema::Names;

pub(super) fn osi(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some(discriminator) = body.data.first() else {
        line.cut("OSI", body);
        return;
    };
    if *discriminator == 0x83 {
        line.named("isis", body);
        return;
    }
    line.text(Names::List(DISCRIMINATORS).get(u64::from(*discriminator)).unwrap_or("OSI NLPID unknown"));
    line.text(", length ");
    line.number(body.len as u64);
}

/// `IS-IS, L1 Lan IIH, src-id 0102.0304.0506, lan-id 0102.0304.0506.01, prio 64, length 116`
pub(super) fn isis(line: &mut Line<'_, '_>, body: Body<'_>) {
    if line.style.verbose > 0 {
        super::verbose::write(line, body);
        return;
    }
    line.text("IS-IS, ");
    if pdu(line, body).is_none() {
        line.cut("isis", body);
    }
}

fn identifier(line: &mut Line<'_, '_>, what: &str, octets: &[u8]) {
    line.text(what);
    write_identifier(line.out, octets);
}

fn pdu(line: &mut Line<'_, '_>, body: Body<'_>) -> Option<()> {
    let mut octets = Octets::of(body);
    octets.take(4)?;
    let kind = octets.u8()? & 0x1f;
    octets.take(3)?;
    match Names::List(TYPES).get(u64::from(kind)) {
        Some(name) => line.text(name),
        None => {
            line.text("PDU type ");
            line.number(u64::from(kind));
        }
    }
    let length = match kind {
        15..=17 => {
            octets.u8()?;
            identifier(line, ", src-id ", octets.take(6)?);
            octets.u16()?;
            let length = octets.u16()?;
            if kind != 17 {
                let priority = octets.u8()? & 0x7f;
                identifier(line, ", lan-id ", octets.take(7)?);
                line.text(", prio ");
                line.number(u64::from(priority));
            }
            length
        }
        18 | 20 => {
            let (length, lifetime) = (octets.u16()?, octets.u16()?);
            identifier(line, ", lsp-id ", octets.take(8)?);
            line.text(", seq ");
            line.hex(u64::from(octets.u32()?), 8);
            line.text(", lifetime ");
            for _ in
                0..5_usize.saturating_sub(lifetime.checked_ilog10().unwrap_or(0) as usize).saturating_sub(1)
            {
                line.text(" ");
            }
            line.number(u64::from(lifetime));
            line.text("s");
            length
        }
        24..=27 => {
            let length = octets.u16()?;
            identifier(line, ", src-id ", octets.take(7)?);
            length
        }
        _ => return Some(()),
    };
    line.text(", length ");
    line.number(u64::from(length));
    Some(())
}
