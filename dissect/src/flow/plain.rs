//! The flow of what most frames are, by one look at their headers.

use super::scan::{MAX_TAGS, Scan};
use super::table::{End, Family, Key};
use super::tunnel::may_carry;
use crate::frame::LinkType;

impl Key {
    /// The key of a frame of TCP or UDP that carries no packet, right behind an IP header without options, fragments or extension headers,
    /// in Ethernet with at most two VLAN tags, and whether it went from the greater end to the lesser: what [`Key::of`] gives of a
    /// [`Scan`] of it. `None` where more has to be read to tell.
    #[inline]
    pub fn plain(link_type: LinkType, data: &[u8]) -> Option<(Key, bool)> {
        let (protocol @ (6 | 17), from, to) = Scan::plain(link_type, data)? else { return None };
        if may_carry(protocol, from, to) {
            return None;
        }
        let [d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5] = *data.first_chunk::<12>()?;
        let wide = |a, b, c, d, e, f| u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        let (to_mac, from_mac) = (wide(d0, d1, d2, d3, d4, d5), wide(s0, s1, s2, s3, s4, s5));
        let (mut vlans, mut tags) = ([0; MAX_TAGS], 0);
        let mut behind = data.get(12..)?;
        for slot in &mut vlans {
            let ([0x81, 0x00, c0, c1, inner @ ..] | [0x88, 0xa8, c0, c1, inner @ ..]) = behind else { break };
            *slot = u16::from_be_bytes([*c0, *c1]) & 0xfff;
            tags = u8::saturating_add(tags, 1);
            behind = inner;
        }
        let (family, source, destination) = addresses(behind)?;
        let source = End { address: source, mac: from_mac, port: from };
        let destination = End { address: destination, mac: to_mac, port: to };
        let reversed = source > destination;
        let (low, high) = if reversed { (destination, source) } else { (source, destination) };
        let key = Key { low, high, family, link: true, protocol, tags, vlans, ether_type: 0, switch_port: 0 };
        Some((key, reversed))
    }
}

/// Source and destination of an IP header behind its EtherType, whose length has room for the ports behind it.
#[inline]
fn addresses(data: &[u8]) -> Option<(Family, u128, u128)> {
    if let Some([0x08, 0x00, 0x45, _, l0, l1, _, _, _, _, _, _, _, _, s0, s1, s2, s3, d0, d1, d2, d3]) =
        data.first_chunk::<22>()
    {
        let address = |octets| u128::from(u32::from_be_bytes(octets));
        let (source, destination) = (address([*s0, *s1, *s2, *s3]), address([*d0, *d1, *d2, *d3]));
        return (u16::from_be_bytes([*l0, *l1]) >= 24).then_some((Family::V4, source, destination));
    }
    let ([0x86, 0xdd, v, _, _, _, l0, l1, _, _], rest) = data.split_first_chunk::<10>()? else { return None };
    let (source, rest) = rest.split_first_chunk::<16>()?;
    let destination = rest.first_chunk::<16>()?;
    let whole = v >> 4 == 6 && u16::from_be_bytes([*l0, *l1]) >= 4;
    whole.then_some((Family::V6, u128::from_be_bytes(*source), u128::from_be_bytes(*destination)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Frame, Meta};

    fn octets(hex: &str) -> Vec<u8> {
        let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
        let pair =
            |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("hex");
        digits.chunks_exact(2).map(pair).collect()
    }

    /// Compares with the scan of a frame; whether one look told its flow.
    fn same(data: &[u8]) -> bool {
        let Some(plain) = Key::plain(LinkType::ETHERNET, data) else { return false };
        let meta = Meta::new(LinkType::ETHERNET, u32::try_from(data.len()).expect("short"));
        let scan = Scan::of(&Frame { number: 1, data, meta });
        assert_eq!(plain, Key::of(&scan, None), "{data:02x?}");
        assert!(!scan.carries(), "{data:02x?}");
        true
    }

    #[test]
    fn one_look_tells_what_a_scan_tells() {
        let v4 = "45000028 00004000 40060000 0a000002 0a000001 01bbc350 0000000000000000 50100000 00000000";
        let v6 = "60000000 0010 11 40 20010db8000000000000000000000001 20010db8000000000000000000000002 00351388 0010 0000";
        let macs = "020000000001 020000000002";
        let mut told = 0;
        let mut state = 7_u64;
        for (tags, packet) in ["", "8100 6005", "88a8 0007 8100 0fff", "8100 0001 8100 0002 8100 0003"]
            .into_iter()
            .flat_map(|tags| [(tags, format!("0800 {v4}")), (tags, format!("86dd {v6}"))])
        {
            let whole = octets(&format!("{macs}{tags}{packet}"));
            assert_eq!(same(&whole), tags.len() < 20, "{tags}");
            (0..whole.len()).for_each(|len| told += u32::from(same(&whole[..len])));
            for _ in 0..4000 {
                let mut changed = whole.clone();
                for _ in 0..1 + state % 3 {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    let at = (state >> 33) as usize % changed.len();
                    changed[at] = (state >> 56) as u8;
                }
                told += u32::from(same(&changed));
            }
        }
        assert!(told > 5000, "{told}");
    }
}
