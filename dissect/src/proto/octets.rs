//! A cursor over a body's octets, for one-line forms: every step says whether it fits.

use crate::render::line::Body;

/// Reads on in octets; network order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Octets<'a> {
    left: &'a [u8],
}

impl<'a> Octets<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        Octets { left: data }
    }

    pub(crate) fn of(body: Body<'a>) -> Self {
        Octets { left: body.data }
    }

    /// What has not been read.
    pub(crate) fn left(&self) -> &'a [u8] {
        self.left
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    pub(crate) fn take(&mut self, octets: usize) -> Option<&'a [u8]> {
        let (taken, left) = self.left.split_at_checked(octets)?;
        self.left = left;
        Some(taken)
    }

    /// As many as there are, at most `octets`.
    pub(crate) fn take_up_to(&mut self, octets: usize) -> &'a [u8] {
        let (taken, left) = self.left.split_at_checked(octets).unwrap_or((self.left, &[]));
        self.left = left;
        taken
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, left) = self.left.split_first_chunk::<N>()?;
        self.left = left;
        Some(*taken)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[octet]| octet)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u24(&mut self) -> Option<u32> {
        self.array().map(|[a, b, c]| u32::from_be_bytes([0, a, b, c]))
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    /// Up to and without the next `end` octet, which is passed; all that is left when there is none.
    pub(crate) fn until(&mut self, end: u8) -> &'a [u8] {
        match self.left.iter().position(|octet| *octet == end) {
            Some(at) => {
                let taken = self.take_up_to(at);
                self.take_up_to(1);
                taken
            }
            None => self.take_up_to(self.left.len()),
        }
    }
}
