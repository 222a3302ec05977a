//! Cisco MetaData (CMD): the security group tag of TrustSec between an EtherType and the payload.
//!
//! Behind Ethernet the next EtherType stands last; behind GRE it comes first.

use super::octets::Octets;
use crate::render::line::{Body, Line};
use crate::schema::{ETHER_TYPE, Field, Protocol, be16, not, over, u8, when};

pub(super) fn metadata() -> Protocol {
    Protocol::new("cmd", "Cisco MetaData")
        .source("draft-smith-kandula-sxp §3, Cisco TrustSec inline tagging")
        .on(ETHER_TYPE, &[0x8909])
        .field(when(over("gre"), [kind().into()]))
        .field(u8("version").default(1).doc("version"))
        .field(u8("length").default(1).doc("options, 4 octets each"))
        .field(be16("options").hex().default(1).names(&[(1, "security group tag")]).doc("option"))
        .field(be16("sgt").brief().doc("security group tag"))
        .field(when(not(over("gre")), [kind().into()]))
        .leads(&[ETHER_TYPE])
        .summary(summary)
        .sample("020000000002 020000000001 8909 01 01 0001 0007 0800 4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364")
        .sample("020000000002 020000000001 0800 4500003800010000402f66940a0000010a000002 00008909 0800 01 01 0001 0007 4500001800010000403b66a80a0000010a00000261626364")
}

fn kind() -> Field {
    be16("type").hex().named_by(super::ether_type_name).next(ETHER_TYPE).doc("EtherType behind the tag")
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let mut octets = Octets::of(body);
    let (Some(a), Some(_), Some(c), Some(d)) = (octets.u16(), octets.u16(), octets.u16(), octets.u16())
    else {
        line.text("CMD");
        line.cut("cmd", body);
        return;
    };
    // A version octet first, or an EtherType: which of the two forms it is shows in the first two octets.
    let in_gre = a >= 0x600;
    let (group, kind) = if in_gre { (d, a) } else { (c, d) };
    if line.style.link || line.style.verbose > 0 {
        line.text("CMD, SGT ");
        line.number(u64::from(group));
        line.text(": ");
    }
    line.ether_type_inside(kind, body.skip(8));
}
