//! Octets that no protocol takes.

use crate::decode::Walk;
use crate::schema::{Protocol, be32, bytes, rest};

pub(super) fn data() -> Protocol {
    Protocol::new("data", "Data")
        .layer("Raw")
        .layer("Padding")
        .source("nettool")
        .field(bytes("data", rest()).craft("load").doc("octets"))
        .extra(be32("len").doc("length").unit("octets"))
        .after(length)
}

fn length(walk: &mut Walk<'_, '_>) {
    let octets = walk.header().len() as u64;
    walk.emit("len", walk.layer_offset(), 0, octets);
}
