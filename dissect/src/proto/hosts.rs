//! Addresses as text, for those who search in them (`ip.src_host contains "192.168."`): Wireshark's names for what name
//! resolution makes of an address, which without it is the address as it is written.

use crate::decode::Walk;
use crate::render::put;
use crate::schema::{Field, Kind, Size};

fn made(name: &'static str, doc: &'static str) -> Field {
    Field::new(name, Kind::Made, Size::Rest).doc(doc).hidden()
}

/// A network layer's.
pub(super) fn of_network() -> Vec<Field> {
    vec![made("src_host", "source as text"), made("dst_host", "destination as text")]
}

/// Ethernet's.
pub(super) fn of_link() -> Vec<Field> {
    vec![made("dst_resolved", "destination as text"), made("src_resolved", "source as text")]
}

/// Shows IPv4's.
#[inline]
pub(super) fn show_v4(walk: &mut Walk<'_, '_>, source: [u8; 4], destination: [u8; 4]) {
    if walk.asked_by_name() {
        let at = walk.layer_offset();
        walk.emit_made("src_host", at.saturating_add(12), 4, |out| put::ipv4(out, source));
        walk.emit_made("dst_host", at.saturating_add(16), 4, |out| put::ipv4(out, destination));
    }
}

/// Shows IPv6's.
#[inline]
pub(super) fn show_v6(walk: &mut Walk<'_, '_>, source: [u8; 16], destination: [u8; 16]) {
    if walk.asked_by_name() {
        let at = walk.layer_offset();
        walk.emit_made("src_host", at.saturating_add(8), 16, |out| put::ipv6(out, source));
        walk.emit_made("dst_host", at.saturating_add(24), 16, |out| put::ipv6(out, destination));
    }
}

/// Shows Ethernet's.
#[inline]
pub(super) fn show_resolved(walk: &mut Walk<'_, '_>) {
    if !walk.asked_by_name() {
        return;
    }
    let Some([d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5]) = walk.header().first_chunk::<12>().copied()
    else {
        return;
    };
    let at = walk.layer_offset();
    walk.emit_made("dst_resolved", at, 6, |out| put::mac(out, [d0, d1, d2, d3, d4, d5]));
    walk.emit_made("src_resolved", at.saturating_add(6), 6, |out| put::mac(out, [s0, s1, s2, s3, s4, s5]));
}
