//! How a request and its answer belong together: declared with the protocol, used by whatever pairs packets.
//!
//! A rule speaks of fields that the protocol declares. Each makes a part of a key from a request, and the same part from its
//! answer, so that pairing is one look-up whatever the number of requests that wait.

/// One rule of a protocol.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pair {
    /// The request's first field is the answer's second, and the other way round (ports).
    Swapped(&'static str, &'static str),
    /// The same for addresses of hosts, source and destination: what goes to a group, or comes from a host that has no
    /// address yet, is answered by whoever it is.
    Hosts(&'static str, &'static str),
    /// Equal in both (identifiers).
    Same(&'static str),
    /// The answer's second field repeats the request's first.
    Echoed(&'static str, &'static str),
    /// What kind of message: a request has the first value of a pair, its answer the second. Others are neither.
    Turned(&'static str, Vec<(u64, u64)>),
    /// Equal in both, but no reason by itself to call one the answer of the other (a VLAN).
    Within(&'static str),
    /// Tells requests apart where an error message quotes one.
    Quoted(&'static str),
    /// With one of these values the payload is a request, quoted because it failed.
    Quotes(&'static str, Vec<u64>),
}

impl Pair {
    /// The fields that it speaks of.
    pub fn fields(&self) -> impl Iterator<Item = &'static str> + use<> {
        let (first, second) = match self {
            Pair::Swapped(a, b) | Pair::Hosts(a, b) | Pair::Echoed(a, b) => (*a, Some(*b)),
            Pair::Same(a) | Pair::Turned(a, _) | Pair::Within(a) | Pair::Quoted(a) | Pair::Quotes(a, _) => {
                (*a, None)
            }
        };
        std::iter::once(first).chain(second)
    }
}

/// [`Pair::Swapped`].
pub fn swapped(from: &'static str, to: &'static str) -> Pair {
    Pair::Swapped(from, to)
}

/// [`Pair::Hosts`].
pub fn hosts(from: &'static str, to: &'static str) -> Pair {
    Pair::Hosts(from, to)
}

/// [`Pair::Same`].
pub fn same(field: &'static str) -> Pair {
    Pair::Same(field)
}

/// [`Pair::Echoed`].
pub fn echoed(request: &'static str, answer: &'static str) -> Pair {
    Pair::Echoed(request, answer)
}

/// [`Pair::Turned`].
pub fn turned(field: &'static str, kinds: &[(u64, u64)]) -> Pair {
    Pair::Turned(field, kinds.to_vec())
}

/// [`Pair::Within`].
pub fn within(field: &'static str) -> Pair {
    Pair::Within(field)
}

/// [`Pair::Quoted`].
pub fn quoted(field: &'static str) -> Pair {
    Pair::Quoted(field)
}

/// [`Pair::Quotes`].
pub fn quotes(field: &'static str, kinds: &[u64]) -> Pair {
    Pair::Quotes(field, kinds.to_vec())
}
