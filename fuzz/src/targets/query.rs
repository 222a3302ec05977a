//! Any text as a display filter: an error has its place in the text; a query asked of what its own plan decodes gives the
//! verdict that it gives on a full decode.

use crate::packets::samples;
use crate::{Split, Target};
use nettool_dissect::decode::{Decoder, Dissection, Surroundings};
use nettool_dissect::frame::Frame;
use nettool_dissect::query::{Query, complete};
use nettool_dissect::registry::Registry;

/// See the module.
pub const TARGET: Target = Target {
    name: "query",
    about: "display filters: errors with a place, one verdict whatever is decoded",
    run: try_query,
    corpora: &[],
    cost: 8,
    split: Split::Lines,
    words: &[
        "ip",
        "tcp",
        "ip.src",
        "ip.addr",
        "tcp.port",
        "tcp.flags",
        "eth.dst",
        "vlan.id",
        "dns.qry.name",
        "frame.len",
        "frame.protocols",
        "frame.time_epoch",
        "data.data",
        "nettool.malformed",
        "==",
        "!=",
        "~=",
        ">=",
        "contains",
        "matches",
        "in",
        "{",
        "}",
        "..",
        "&&",
        "||",
        "^^",
        "not",
        "!",
        "(",
        ")",
        "[0:2]",
        "[-1]",
        "& 0x10",
        "192.0.2.1",
        "192.0.2.0/24",
        "2001:db8::/32",
        "02:00:00:00:00:01",
        "\"exam\"",
        "\"(?i)ex.*le\"",
        "len(",
        "upper(",
        "count(",
        "any",
        "all",
        "80",
        "0x0800",
        "-1",
        "18446744073709551616",
        "1.5",
        "\"2026-01-01 00:00:00\"",
        "True",
        "${private_ipv4:ip.src}",
        "'a'",
    ],
};

fn try_query(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    let registry = Registry::builtin();
    let (at, found) = complete(registry, &text);
    assert!(at <= text.len() && text.is_char_boundary(at), "completion at {at} of {}", text.len());
    drop(found);
    let query = match Query::parse(&text, registry) {
        Ok(query) => query,
        Err(error) => {
            assert!(error.span.start <= error.span.end && error.span.end <= text.len(), "{error:?}");
            assert!(error.to_string().contains('^'), "{error:?}");
            return;
        }
    };
    let (full, part) = (Decoder::new(registry), Decoder::with_plan(registry, query.plan(registry)));
    let (mut all, mut some) = (Dissection::default(), Dissection::default());
    let sum = octets.iter().fold(7usize, |sum, octet| sum.wrapping_mul(31) ^ usize::from(*octet));
    let frames = samples();
    for kept in frames.iter().cycle().skip(sum % frames.len().max(1)).take(16) {
        let frame = Frame { number: 1, data: &kept.data, meta: kept.meta };
        full.decode(&frame, &Surroundings::default(), &mut all);
        part.decode(&frame, &Surroundings::default(), &mut some);
        let right = query.matches(registry, &frame, &all);
        assert_eq!(query.matches(registry, &frame, &some), right, "`{text}` planned, on {:02x?}", kept.data);
    }
}
