//! The tag of a backbone service instance, which carries a customer's frame whole (IEEE Std 802.1Q-2022 §9.7, once 802.1ah).

use crate::render::line::{Body, Line};
use crate::schema::{ETHER_TYPE, Given, LINK_TYPE, Protocol, be24, bits, flag};

pub(super) fn backbone_tag() -> Protocol {
    Protocol::new("ieee8021ah", "802.1ah service instance tag")
        .layer("Dot1AH")
        .below("", "eth", &[("type", Given::Number(0x88e7))])
        .source("IEEE Std 802.1Q-2022 §9.7")
        .on(ETHER_TYPE, &[0x88e7])
        .field(bits("priority", 3).craft("prio").doc("priority code point").brief())
        .field(flag("drop").craft("dei").doc("frame may be dropped first"))
        .field(flag("nca").doc("the customer's addresses are not used"))
        .field(bits("res1", 1).doc("reserved"))
        .field(bits("res2", 2).doc("reserved"))
        .field(be24("isid").doc("service instance").brief())
        .leads(&[LINK_TYPE])
        .leads_to(&["eth"])
        .after(|walk| {
            walk.next(LINK_TYPE, 1);
        })
        .summary(summary)
        .sample(concat!(
            "020000000002 020000000001 88e7 60 00004d 020000000012 020000000011 0800",
            "4500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364"
        ))
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    let Some([first, high, middle, low]) = body.data.first_chunk::<4>().copied() else {
        line.cut("802.1ah", body);
        return;
    };
    line.text("ISID ");
    line.number(u64::from(u32::from_be_bytes([0, high, middle, low])));
    line.text(", p ");
    line.number(u64::from(first >> 5));
    line.text(": ");
    line.next(LINK_TYPE, 1, body.skip(4));
}
