//! The known name most like a mistyped one.

use crate::registry::Registry;

/// Names that one may have meant the beginning of, at most.
const MOST_BEGUN: usize = 4;

/// What an unknown field was meant to be: one with hardly another spelling, else those that its name is the beginning of, else what its last part
/// names (`eth.vlan`).
pub(super) fn nearest_field(name: &str, registry: &Registry) -> Option<String> {
    let names = || registry.names().map(|(known, _)| known);
    let close = nearest(name, names());
    let begins = format!("{name}.");
    let mut begun: Vec<&str> = names().filter(|known| known.starts_with(&begins)).take(1000).collect();
    begun.sort_unstable();
    begun.truncate(MOST_BEGUN);
    if !begun.is_empty() {
        return Some(begun.join("`, `"));
    }
    let last = name.rsplit_once('.').map(|(_, last)| last);
    let protocol = last.filter(|last| registry.protocol_named(last).is_some());
    match (close, protocol) {
        // Of a field in the same protocol the end alone is mistyped.
        (Some(close), Some(protocol)) if !close.ends_with(protocol) => Some(protocol.to_owned()),
        (close, protocol) => close.or(protocol).map(str::to_owned),
    }
}

/// Of `names`, the one that the fewest changed, missing, surplus or swapped letters make of `name`; `None` when all are
/// too far away. Of several equally near ones the first by alphabet.
pub fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let wanted: Vec<char> = name.chars().take(80).flat_map(char::to_lowercase).collect();
    let most = (wanted.len() / 3).clamp(1, 4);
    let mut best: Option<(usize, &str)> = None;
    for known in names {
        let limit = best.map_or(most, |(distance, _)| distance);
        if known.len().abs_diff(name.len()) > limit.saturating_add(4) {
            continue;
        }
        let letters: Vec<char> = known.chars().flat_map(char::to_lowercase).collect();
        let distance = distance(&wanted, &letters);
        if distance > limit {
            continue;
        }
        if best.is_none_or(|(least, first)| (distance, known) < (least, first)) {
            best = Some((distance, known));
        }
    }
    best.map(|(_, known)| known)
}

/// Optimal string alignment distance.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len().saturating_add(1));
        row.push(i.saturating_add(1));
        for (j, to) in b.iter().enumerate() {
            let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX);
            let next = j.saturating_add(1);
            let mut least = cell(&last, j).saturating_add(usize::from(from != to));
            least = least.min(cell(&last, next).saturating_add(1)).min(cell(&row, j).saturating_add(1));
            let swapped = i > 0
                && j > 0
                && a.get(i.wrapping_sub(1)) == Some(to)
                && b.get(j.wrapping_sub(1)) == Some(from);
            if swapped {
                least = least.min(cell(&before, j.wrapping_sub(1)).saturating_add(1));
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_with_the_fewest_changes_is_found() {
        let names = ["tcp.flags", "tcp.flags.syn", "udp.port", "tcp.port"];
        let find = |name| nearest(name, names.iter().copied());
        assert_eq!(find("tcp.flag"), Some("tcp.flags"));
        assert_eq!(find("tcp.prot"), Some("tcp.port"));
        assert_eq!(find("TCP.PORT"), Some("tcp.port"));
        assert_eq!(find("something"), None);
    }

    #[test]
    fn fields_are_found_by_their_beginning_and_their_last_part() {
        let find = |name| nearest_field(name, Registry::builtin());
        assert!(find("arp.src").is_some_and(|names| names.contains("arp.src.proto_ipv4")));
        assert_eq!(find("eth.vlan").as_deref(), Some("vlan"));
        assert_eq!(find("ip.adr").as_deref(), Some("ip.addr"));
        assert_eq!(find("tcp.flag").as_deref(), Some("tcp.flags"));
    }
}
