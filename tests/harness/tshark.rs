//! Fields of a capture as nettool and as tshark fill them, side by side.

use super::{nettool, peer};
use nettool_dissect::registry::Registry;
use std::collections::BTreeSet;

/// A field that differs, and why.
pub(crate) type Exception = (&'static str, &'static str);

/// Options of tshark with which it verifies the checksums that nettool always verifies.
pub(crate) const CHECKED: &[&str] =
    &["-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"];

/// A frame's columns, a text for each field.
pub(crate) type Row = Vec<String>;

/// What nettool and tshark print of these fields, a pair of rows for each frame; `None` where tshark is missing.
#[track_caller]
pub(crate) fn rows(test: &str, path: &str, fields: &[&str], options: &[&str]) -> Option<Vec<(Row, Row)>> {
    let mut arguments = [&["-n", "-r", path, "-T", "fields"], options].concat();
    fields.iter().for_each(|field| arguments.extend(["-e", field]));
    let theirs = peer(test, "tshark", arguments)?;
    assert!(theirs.code == 0 && theirs.lines() > 0, "tshark reads {path}: {}", theirs.err);
    let ours = nettool(["read", "--fields", fields.join(",").as_str(), path]);
    let (ours, theirs) = (ours.ends(0, &[]).text(), theirs.text());
    assert_eq!(ours.lines().count(), theirs.lines().count(), "{path}: frames");
    let row = |line: &str| line.split('\t').map(str::to_owned).collect();
    Some(ours.lines().zip(theirs.lines()).map(|(ours, theirs)| (row(ours), row(theirs))).collect())
}

/// The same number, octets or text but for letter case and colons.
pub(crate) fn same(ours: &str, theirs: &str) -> bool {
    let number = |text: &str| match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    };
    ours.eq_ignore_ascii_case(theirs)
        || number(ours).is_some_and(|ours| number(theirs) == Some(ours))
        || ours.replace(':', "").eq_ignore_ascii_case(&theirs.replace(':', ""))
}

/// Holds these fields of a capture against tshark's, occurrence by occurrence.
///
/// A field that tshark knows and does not fill in any frame of the capture tells nothing.
#[track_caller]
pub(crate) fn agree(test: &str, path: &str, fields: &[&str]) {
    let Some(rows) = rows(test, path, fields, CHECKED) else { return };
    let (mut found, mut wrong) = (0, Vec::new());
    for (column, field) in fields.iter().enumerate() {
        let values = || rows.iter().map(|(ours, theirs)| (ours[column].as_str(), theirs[column].as_str()));
        let filled = values().filter(|(_, theirs)| !theirs.is_empty()).count();
        found += filled;
        for (at, (ours, theirs)) in values().enumerate().filter(|_| filled > 0) {
            let (a, b): (Vec<_>, Vec<_>) = (ours.split(',').collect(), theirs.split(',').collect());
            if a.len() != b.len() || !a.iter().zip(&b).all(|(ours, theirs)| same(ours, theirs)) {
                wrong.push(format!("frame {}, {field}: nettool {ours:?}, tshark {theirs:?}", at + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{path}: {} differ\n{}", wrong.len(), wrong.join("\n"));
    assert!(found > 0, "{path}: tshark finds none of {fields:?}");
}

/// Holds every field below these prefixes that both programs know against tshark's, but for the exceptions.
///
/// Which fields are compared follows from the two programs' own lists: one that is added to a declaration is compared the day it
/// is declared.
#[track_caller]
pub(crate) fn agree_below(test: &str, path: &str, prefixes: &[&str], exceptions: &[Exception]) {
    let Some(known) = known(test) else { return };
    let below = |name: &str| {
        prefixes.iter().any(|prefix| name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.')))
            && !exceptions.iter().any(|(field, _)| *field == name)
    };
    let registry = Registry::builtin();
    let ours: BTreeSet<&str> = registry.fields().map(|(_, info)| info.name).collect();
    let fields: Vec<&str> = ours.into_iter().filter(|name| below(name) && known.contains(*name)).collect();
    agree(test, path, &fields);
}

/// Names of tshark's fields that are values.
fn known(test: &str) -> Option<BTreeSet<String>> {
    let list = peer(test, "tshark", ["-G", "fields"])?.text();
    let value = |line: &str| {
        let mut columns = line.split('\t');
        let (kind, _, name, of) = (columns.next()?, columns.next()?, columns.next()?, columns.next()?);
        (kind == "F" && !matches!(of, "FT_NONE" | "FT_FRAMENUM")).then(|| name.to_owned())
    };
    Some(list.lines().filter_map(value).collect())
}
