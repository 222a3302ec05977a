//! Marks of what could not be shown whole: the fields that [`crate::decode::Note`]s put into the tree and into queries.

use crate::schema::{Protocol, Severity, bytes, flag, rest};

/// Names of the marks, in the order in which the registry keeps them.
pub(crate) const FIELDS: [&str; 4] =
    ["nettool.undissected", "nettool.cut", "nettool.malformed", "nettool.too_deep"];

pub(super) fn note() -> Protocol {
    Protocol::new("nettool", "nettool's remarks")
        .source("nettool")
        .extra(bytes("undissected", rest()).doc("octets that no field describes"))
        .extra(flag("cut").doc("the snap length cut the frame here"))
        .extra(
            flag("malformed")
                .alias("=_ws.malformed")
                .expert(Severity::Error, 1, 1, "malformed")
                .doc("does not fit what stands around it"),
        )
        .extra(
            flag("too_deep")
                .expert(Severity::Warning, 1, 1, "nested too deep")
                .doc("nested too deep; not taken further apart"),
        )
}
