//! A plugin to begin with: one that works.

use crate::expr::{RESERVED, is_name};
use nettool_dissect::registry::Registry;

/// The text of a new plugin for a protocol of this name.
pub fn template(name: &str) -> Result<String, String> {
    if !is_name(name) || name.contains('.') || RESERVED.contains(&name) {
        return Err(format!(
            "`{name}` cannot be a protocol: letters, digits and `_`, beginning with a letter"
        ));
    }
    if Registry::builtin().protocol_named(name).is_some() {
        return Err(format!("`{name}` is built in; choose another name"));
    }
    Ok(TEMPLATE.replace("NAME", name))
}

const TEMPLATE: &str = r#"# NAME: say here what the protocol is for, and where it is specified.
# The language is described in docs/plugins.md; `nettool plugins check NAME.star` tries this file.

TYPES = {
    1: "request",
    2: "answer",
    (128, 255): "private",
}

protocol(
    "NAME",
    "A protocol of mine",
    source = "the document that defines it, with section",
    # Which number in which table leads here: udp.port, tcp.port, ethertype, ip.proto and others.
    on = {"udp.port": 50000},
    fields = [
        # Four bits of version, four bits of flags in one octet.
        bits("version", 4, default = 1, doc = "version"),
        flag("urgent", doc = "urgent"),
        bits("reserved", 3, doc = "reserved"),
        u8("type", names = TYPES, doc = "type"),
        # When a frame is built, the length is worked out.
        be16("length", length_of = "value", unit = "octets", doc = "length of the value"),
        # There only where the flag says so.
        when("urgent", [be32("deadline", unit = "ms", doc = "deadline")]),
        # As long as another field says.
        bytes("value", "length", doc = "value"),
        # Options until the message ends: type, length, body.
        tlv(
            "option",
            [u8("option.type", doc = "type"), u8("option.length", unit = "octets", doc = "length")],
            doc = "unknown option",
            cases = {
                1: case("option.name", [text("option.name.text", "rest", doc = "text")], doc = "name"),
            },
        ),
    ],
    summary = "NAME {type}, {length}[, by {deadline}][, {option.name.text}]",
    # An Ethernet frame that holds it: tried by `nettool plugins check`, shown in the reference.
    sample = """
        020000000002 020000000001 0800
        4500002f 00010000 4011 66bb 0a000001 0a000002
        c350c350 001b 0000
        1801 0003 000003e8 abcdef 01046c616d70 0200""",
)
"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::set::from_text;
    use std::path::Path;

    #[test]
    fn the_template_is_a_plugin() {
        let text = template("lamp").expect("a name");
        let plugins = from_text(Path::new("lamp.star"), &text).map_err(|problem| problem.to_string());
        let plugins = plugins.expect("the template is read");
        assert_eq!(plugins.plugins.len(), 1);
        assert!(plugins.registry().is_ok());
    }

    #[test]
    fn names_that_cannot_be_are_refused() {
        for name in ["tcp", "a b", "", "1st", "a.b", "left"] {
            assert!(template(name).is_err(), "{name}");
        }
    }
}
