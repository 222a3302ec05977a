//! Data rates of HT and VHT frames, from what radiotap says of the modulation (IEEE Std 802.11-2020 §19.5, §21.5), and what it says of each
//! user of a VHT frame.

use crate::decode::Walk;
use crate::proto::put;
use crate::schema::{Field, Kind, bits, label, u8};

const USERS: [[&str; 5]; 4] = [
    ["vht.nsts.0", "vht.mcs.0", "vht.nss.0", "vht.coding.0", "vht.datarate.0"],
    ["vht.nsts.1", "vht.mcs.1", "vht.nss.1", "vht.coding.1", "vht.datarate.1"],
    ["vht.nsts.2", "vht.mcs.2", "vht.nss.2", "vht.coding.2", "vht.datarate.2"],
    ["vht.nsts.3", "vht.mcs.3", "vht.nss.3", "vht.coding.3", "vht.datarate.3"],
];

const CODINGS: &[(u64, &str)] = &[(0, "BCC"), (1, "LDPC")];

pub(super) fn fields() -> impl Iterator<Item = Field> {
    let users = USERS.iter().flat_map(|[streams, scheme, spatial, coding, rate]| {
        [
            u8(streams).doc("space-time streams of a user"),
            bits(scheme, 4).doc("scheme of a user"),
            bits(spatial, 4).doc("spatial streams of a user"),
            bits(coding, 1).names(CODINGS).doc("coding of a user"),
            u8(rate).kind(Kind::Made).unit("Mb/s").doc("data rate of a user"),
        ]
    });
    [label("vht.user").doc("a user")].into_iter().chain(users)
}

/// Coded bits of a carrier times 12 times the rate of the code, by scheme.
const BITS: [u64; 10] = [6, 12, 18, 24, 36, 48, 54, 60, 72, 80];

/// Data carriers at 20, 40, 80 and 160 MHz.
const CARRIERS: [u64; 4] = [52, 108, 234, 468];

/// The rate in 100 bit/s.
fn rate(scheme: usize, carriers: usize, streams: u64, short: bool) -> Option<u64> {
    let bits = BITS.get(scheme)?.checked_mul(*CARRIERS.get(carriers)?)?.checked_mul(streams)?;
    // A symbol takes 4 us, or 3.6 us.
    let unit: u64 = if short { 432 } else { 480 };
    Some(bits.checked_mul(100_000)?.checked_add(unit / 2)?.checked_div(unit).unwrap_or(0))
}

fn emit_rate(walk: &mut Walk<'_, '_>, name: &'static str, at: usize, size: usize, rate: u64) {
    walk.emit_made(name, at, size, |out| {
        put::decimal(out, rate / 10_000);
        let mut rest = rate % 10_000;
        if rest > 0 {
            out.push(b'.');
        }
        while rest > 0 {
            out.push(b'0'.saturating_add(u8::try_from(rest / 1_000).unwrap_or(0)));
            rest = (rest % 1_000).saturating_mul(10);
        }
    });
}

/// What is known, flags, scheme: the rate, where all that it depends on is known.
pub(super) fn high_throughput(walk: &mut Walk<'_, '_>, at: usize, octets: &[u8]) {
    let [known, flags, scheme] = octets else { return };
    if known & 7 != 7 || *scheme > 31 {
        return;
    }
    let carriers = usize::from(flags & 3 == 1);
    let streams = u64::from(scheme / 8).saturating_add(1);
    if let Some(rate) = rate(usize::from(scheme & 7), carriers, streams, flags & 4 != 0) {
        emit_rate(walk, "datarate", at, 3, rate);
    }
}

/// Octets of a VHT field: what is known (2), flags, bandwidth, schemes and streams of four users, their codings, and two more.
pub(super) fn very_high_throughput(walk: &mut Walk<'_, '_>, at: usize, octets: &[u8]) {
    let [known, _, flags, bandwidth, users @ ..] = octets else { return };
    let Some((users, [codings, ..])) = users.split_first_chunk::<4>() else { return };
    let carriers = match bandwidth {
        0 => Some(0),
        1..=3 => Some(1),
        4..=10 => Some(2),
        11..=25 => Some(3),
        _ => None,
    };
    for (number, (user, names)) in users.iter().zip(USERS).enumerate() {
        let [streams_name, scheme_name, spatial_name, coding_name, rate_name] = names;
        let (scheme, streams) = (u64::from(user >> 4), u64::from(user & 15));
        if streams == 0 {
            continue;
        }
        let place = at.saturating_add(4).saturating_add(number);
        let node = walk.open("vht.user");
        walk.emit(streams_name, place, 1, streams << (flags & 1));
        walk.emit(scheme_name, place, 1, scheme);
        walk.emit(spatial_name, place, 1, streams);
        walk.emit(coding_name, at.saturating_add(8), 1, u64::from(codings >> number & 1));
        if let (Some(carriers), 0x44) = (carriers, known & 0x44)
            && let Some(rate) = rate(usize::from(user >> 4), carriers, streams, flags & 4 != 0)
        {
            emit_rate(walk, rate_name, place, 1, rate);
        }
        walk.close(node);
    }
}
