//! Wireshark's expert information: what the values of fields mean that deserve attention. See [`crate::schema::Expert`].

use crate::schema::{Field, Kind, Protocol, SEVERITIES, Size, be32};

/// Names of the fields, in the order in which the registry keeps them.
pub(crate) const FIELDS: [&str; 3] = ["_ws.expert", "_ws.expert.message", "_ws.expert.severity"];

pub(super) fn expert() -> Protocol {
    Protocol::new("_ws.expert", "Expert information")
        .source("nettool")
        .extra(Field::new("message", Kind::Made, Size::Rest).doc("what"))
        .extra(be32("severity").names(SEVERITIES).doc("severity"))
}
