//! Juniper's link types: a header that begins with a magic number, and behind it what differs.

use super::super::error::Error;
use super::{Lower, Place, Result1};
use nettool_dissect::frame::LinkType;

/// The magic number, and the octet behind it, which is not compared.
const MAGIC: u32 = 0x4d47_4300;
const MAGIC_BITS: u32 = 0xffff_ff00;

/// Of Juniper's link types: where the network header starts, and where it does without a SNAP header. Within, `None` where
/// that is not known; without, where the link type is none of Juniper's.
pub(super) const fn payload(link: LinkType) -> Option<Option<(u32, u32)>> {
    Some(match link.0 {
        // Multilink PPP and Frame Relay, PPP, Frame Relay, C-HDLC
        130 | 131 | 134 | 179..=181 => Some((4, 3)),
        // GGSN, monitor
        133 | 164 => Some((12, 11)),
        // ATM2, ATM1
        135 => Some((8, 18)),
        137 => Some((4, 14)),
        // PPPoE and Ethernet, PPPoE over ATM
        167 | 178 => Some((32, 35)),
        168 => Some((6, 5)),
        // ES, services, VP, ISM, ST, VS, SRX end to end, Fibre Channel, ATM CEMIC
        132 | 136 | 183 | 194 | 200 | 232..=234 | 238 => None,
        _ => return None,
    })
}

impl Lower<'_> {
    /// The frame has Juniper's header; it does not say which protocol follows.
    pub(super) fn juniper_header(&mut self) -> Result1 {
        if payload(self.state.link) == Some(None) {
            let message = format!(
                "where the packet begins in {} frames is not known; `len`, `link[…]`, `less`, `greater` and `byte` work",
                self.state.link
            );
            return Err(Error::new(self.span, message));
        }
        let word = self.load(Place::at(0), 4);
        Ok(self.masked(word, MAGIC_BITS, MAGIC))
    }
}
