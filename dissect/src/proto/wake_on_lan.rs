//! Wake-on-LAN: AMD's Magic Packet, behind its EtherType or anywhere in a UDP datagram.

use super::octets::Octets;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{ETHER_TYPE, Protocol, Size, UDP_PORT, bytes, custom, left, lit, mac, rest, when};

/// Octets in which the synchronisation stream may begin: senders put it first or behind a short header of their own.
const SEARCHED: usize = 64;

/// The address comes sixteen times.
const REPEATED: usize = 16;

pub(super) fn wake_on_lan() -> Protocol {
    Protocol::new("wol", "Wake-on-LAN")
        .source("AMD 20213 (Magic Packet Technology)")
        .on(ETHER_TYPE, &[0x0842])
        .on(UDP_PORT, &[7, 9])
        .accepts(UDP_PORT, |data| begin(data).is_some())
        .heuristic(UDP_PORT, |data| data.starts_with(&[0xff; 6]) && begin(data) == Some(0))
        .field(custom([bytes("leading", rest()).doc("octets before the synchronisation stream")], leading))
        .field(bytes("sync", Size::Octets(lit(6))).default_bytes(&[0xff; 6]).doc("synchronisation stream"))
        .field(mac("mac").brief().doc("station to wake"))
        .field(bytes("repetitions", Size::Octets(lit(90))).doc("the address fifteen times more"))
        .field(when(password(4), [bytes("passwd", Size::Octets(lit(4))).doc("password").into()]))
        .field(when(password(6), [bytes("passwd", Size::Octets(lit(6))).doc("password").into()]))
        .summary(summary)
        .sample(concat!(
            "ffffffffffff 020000000001 0842 ffffffffffff 020000000002 020000000002 020000000002 020000000002",
            "020000000002 020000000002 020000000002 020000000002 020000000002 020000000002 020000000002",
            "020000000002 020000000002 020000000002 020000000002 020000000002 736563726574"
        ))
}

/// So many octets are left, and no more.
fn password(octets: i64) -> crate::schema::Test {
    crate::schema::Test::Eq(left(), lit(octets))
}

/// Where the synchronisation stream begins, with the address sixteen times behind it.
fn begin(data: &[u8]) -> Option<usize> {
    let windows = data.windows(6).take(SEARCHED);
    windows.enumerate().filter(|(_, six)| *six == [0xff; 6]).map(|(at, _)| at).find(|at| {
        let Some(addresses) = data.get(at.saturating_add(6)..) else { return false };
        let mut each = addresses.chunks_exact(6).take(REPEATED);
        match each.next() {
            Some(first) => each.by_ref().filter(|six| *six == first).count() == REPEATED.saturating_sub(1),
            None => false,
        }
    })
}

fn leading(walk: &mut Walk<'_, '_>) {
    if let Some(octets) = begin(walk.rest()).filter(|octets| *octets > 0) {
        walk.take_octets("leading", octets);
    }
}

fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("Wake-on-LAN");
    let from = begin(body.data).unwrap_or(0);
    let mut octets = Octets::of(body.skip(from.saturating_add(6)));
    let Some(address) = octets.array::<6>() else {
        line.cut("wol", body);
        return;
    };
    line.text(", MAC ");
    line.mac(address);
    let behind = body.len.saturating_sub(from).saturating_sub(102);
    if matches!(behind, 4 | 6) {
        line.text(", with password");
    }
    line.text(", length ");
    line.number(body.len as u64);
}
