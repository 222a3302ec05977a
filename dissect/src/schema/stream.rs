//! How messages lie in a stream: what a protocol over TCP declares so that reassembly finds them.

use super::framing::Framing;

/// The beginning of a message, as far as the stream is known.
#[derive(Clone, Copy, Debug)]
pub struct Begun<'a> {
    /// Octets from the message's first; never empty.
    pub octets: &'a [u8],
    /// What the last message of the other side that is not answered yet asks for, by [`Length::Known`]; 0 is nothing.
    pub asked: u8,
    /// What [`Length::More`] gave when there were fewer octets; 0 at first.
    pub resume: u64,
}

/// How long a message is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Length {
    /// So many octets, of which not all need be there yet.
    Known {
        /// Octets of the whole message.
        octets: u64,
        /// Octets that are shown where the whole is too long to be kept: those before a body.
        head: usize,
        /// What the message asks of the answer to it, where it is one that is answered.
        asks: Option<u8>,
        /// Whether it answers.
        answers: bool,
    },
    /// To be asked again when there are so many octets.
    More {
        /// Octets from the message's first.
        least: usize,
        /// Handed back then, so that nothing is read twice.
        resume: u64,
    },
    /// It ends with the stream.
    ToEnd {
        /// Octets before the body.
        head: usize,
    },
    /// The octets are no message of this protocol.
    Alien,
}

impl Length {
    /// A message of so many octets.
    pub fn of(octets: usize) -> Length {
        Length::Known { octets: octets as u64, head: octets, asks: None, answers: false }
    }

    /// To be asked again when there are so many octets.
    pub fn at_least(octets: usize) -> Length {
        Length::More { least: octets, resume: 0 }
    }
}

/// Says how long the message is that a stream goes on with. Must be cheap: what it has read it should not read again.
pub type LengthFn = fn(Begun<'_>) -> Length;

/// What a protocol says of its streams.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    /// Where a message ends.
    pub ends: Ends,
    /// Whether the protocol reads on by itself where several whole messages stand in a segment.
    pub several: bool,
    /// The stream that its messages carry, where they are cut with no regard to it.
    pub inner: Option<Inner>,
}

/// What says where a message ends.
#[derive(Clone, Copy, Debug)]
pub enum Ends {
    /// A function.
    Told(LengthFn),
    /// Fields of the message, by what a plugin declares.
    Declared(&'static Framing),
}

impl Stream {
    /// How long the message is that a stream goes on with.
    pub fn length(&self, begun: Begun<'_>) -> Length {
        match self.ends {
            Ends::Told(length) => length(begun),
            Ends::Declared(framing) => framing.length(begun),
        }
    }
}

/// A stream within the messages of one direction.
#[derive(Clone, Copy, Debug)]
pub struct Inner {
    /// What a whole message carries of it; `true`: the stream has been sealed before, and no inner message is incomplete.
    pub carries: fn(&[u8], bool) -> Carries,
    /// Where an inner message ends.
    pub length: LengthFn,
}

/// What a message carries of the stream within.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Carries {
    /// Nothing, and an inner message does not go on behind it.
    Nothing,
    /// These octets.
    Octets(std::ops::Range<usize>),
    /// Nothing, and what comes behind is sealed: encrypted.
    Seal,
    /// Octets that are sealed.
    Sealed,
}
