//! The numbers that Wireshark has for link types.

use crate::frame::LinkType;
use std::sync::OnceLock;

/// The number of a link type as `frame.encap_type` shows it; `None` where Wireshark has none.
pub(super) fn of(link_type: LinkType) -> Option<u64> {
    static TABLE: OnceLock<Vec<(u32, u64)>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let lines = include_str!("encapsulations.txt").lines().filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| {
                let (link_type, number) = line.split_once(' ')?;
                Some((link_type.parse().ok()?, number.parse().ok()?))
            })
            .collect()
    });
    let at = table.binary_search_by_key(&link_type.0, |(link_type, _)| *link_type).ok()?;
    table.get(at).map(|(_, number)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_types_have_the_numbers_of_wireshark() {
        assert_eq!(of(LinkType::ETHERNET), Some(1));
        assert_eq!(of(LinkType::LINUX_SLL), Some(25));
        assert_eq!(of(LinkType::LINUX_SLL2), Some(210));
        assert_eq!(of(LinkType(9999)), None);
    }
}
