//! Requests and their answers, by the rules that protocols declare, and how long answers took.
//!
//! A request waits under its key ([`Pairing`](super::Pairing)) until its answer comes, or an ICMP error that quotes it; those that have waited
//! longest make room. Where answers come in the order of requests on a stream (HTTP), reassembly says which answers which; TFTP's come from a
//! port that the request does not know. Times go
//! into histograms with a fixed relative width, so that a million answers take no more memory than a thousand.

use super::pairing::Keys;
use super::reassembly::Segment;
use super::scan::Scan;
use super::tcp::nanoseconds;
use crate::decode::Network;
use crate::frame::Frame;
use crate::hash::Seeded;
use crate::registry::{ProtoId, Registry};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::hash::BuildHasher;

/// Services (protocol and who was asked) that are told apart; further ones of a protocol are counted together.
const MOST_SERVICES: usize = 4096;

/// Buckets of a histogram for each power of two: a time is known to 1/32.
const STEPS: u64 = 32;

/// How often times occurred, in buckets of 3 %.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Histogram {
    buckets: Vec<u32>,
    count: u64,
    min: i64,
    max: i64,
}

impl Histogram {
    /// Takes a time in nanoseconds into account.
    pub fn add(&mut self, nanoseconds: i64) {
        let nanoseconds = nanoseconds.max(0);
        self.min = if self.count == 0 { nanoseconds } else { self.min.min(nanoseconds) };
        self.max = self.max.max(nanoseconds);
        self.count = self.count.saturating_add(1);
        let bucket = bucket(nanoseconds.cast_unsigned());
        if self.buckets.len() <= bucket {
            self.buckets.resize(bucket.saturating_add(1), 0);
        }
        if let Some(slot) = self.buckets.get_mut(bucket) {
            *slot = slot.saturating_add(1);
        }
    }

    /// Times.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Shortest and longest; `None` without any.
    pub fn limits(&self) -> Option<(i64, i64)> {
        (self.count > 0).then_some((self.min, self.max))
    }

    /// The time that so many of a thousand did not exceed, to 3 %; 0 without any.
    pub fn quantile(&self, thousandths: u64) -> i64 {
        let rank = self.count.saturating_mul(thousandths).div_ceil(1000).max(1);
        let mut seen = 0_u64;
        for (at, count) in self.buckets.iter().enumerate() {
            seen = seen.saturating_add(u64::from(*count));
            if seen >= rank {
                return middle(at).cast_signed().clamp(self.min, self.max);
            }
        }
        self.max
    }
}

fn bucket(value: u64) -> usize {
    let power = u64::from(value.max(1).ilog2());
    let at = match power.checked_sub(5) {
        None => value,
        Some(shift) => {
            shift.saturating_add(1).saturating_mul(STEPS).saturating_add(value >> shift & (STEPS - 1))
        }
    };
    usize::try_from(at).unwrap_or(usize::MAX)
}

/// The middle of a bucket.
fn middle(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    match (bucket / STEPS).checked_sub(1) {
        None => bucket,
        Some(shift) => {
            let low = (STEPS | (bucket % STEPS)).checked_shl(u32::try_from(shift).unwrap_or(63)).unwrap_or(0);
            low.saturating_add(1_u64.checked_shl(u32::try_from(shift).unwrap_or(63)).unwrap_or(0) / 2)
        }
    }
}

/// Who was asked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Asked {
    /// Nobody by an IP address, or one of the many that are counted together.
    #[default]
    Any,
    /// An IPv4 address.
    V4([u8; 4]),
    /// An IPv6 address.
    V6([u8; 16]),
}

/// Source and destination, in a form that can be hashed.
fn hosts(network: Network) -> ([u8; 16], [u8; 16]) {
    let wide = |address: [u8; 4]| {
        let [a, b, c, d] = address;
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d]
    };
    match network {
        Network::None => ([0; 16], [0; 16]),
        Network::V4(from, to) => (wide(from), wide(to)),
        Network::V6(from, to) => (from, to),
    }
}

impl Asked {
    fn of(network: Network) -> Asked {
        match network {
            Network::None => Asked::Any,
            Network::V4(_, to) => Asked::V4(to),
            Network::V6(_, to) => Asked::V6(to),
        }
    }
}

/// Requests of a protocol to a host, and their answers.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Service {
    /// Requests.
    pub requests: u64,
    /// Of these, sent again while they waited.
    pub repeated: u64,
    /// Times from the first request to its answer.
    pub times: Histogram,
    /// ICMP errors that ended requests: version of IP, type, code, and how often.
    pub errors: BTreeMap<(u8, u8, u8), u64>,
}

impl Service {
    /// Requests that an ICMP error ended.
    pub fn failed(&self) -> u64 {
        self.errors.values().fold(0, |sum, count| sum.saturating_add(*count))
    }
}

/// A frame's request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reply {
    /// The frame that asked.
    pub to: u64,
    /// Nanoseconds since.
    pub after: i64,
    /// Whether it says that nothing came of it, or only took it (SYN+ACK), and is no message of the same exchange.
    pub aside: bool,
    /// Which of the frame's messages answers, from 0.
    pub message: u16,
}

/// Which frames answer the requests of which, noted in a first look through a file: 16 octets each.
#[derive(Clone, Default, Debug)]
pub struct Answers {
    /// Requests, each with the first frame that answers it.
    by_request: Vec<(u64, u64)>,
    left_out: u64,
}

impl Answers {
    /// So many are kept: 64 MiB.
    pub const MOST: usize = 4 << 20;

    /// Takes what a frame answers, in the order of the file.
    pub fn note(&mut self, reply: Reply, frame: u64) {
        if reply.aside {
            return;
        }
        if self.by_request.len() < Self::MOST {
            self.by_request.push((reply.to, frame));
        } else {
            self.left_out = self.left_out.saturating_add(1);
        }
    }

    /// Makes it ready to be asked.
    pub fn complete(&mut self) {
        self.by_request.sort_unstable();
        self.by_request.dedup_by_key(|(request, _)| *request);
        self.by_request.shrink_to_fit();
    }

    /// The first frame that answers a request.
    pub fn of(&self, request: u64) -> Option<u64> {
        let at = self.by_request.binary_search_by_key(&request, |(request, _)| *request).ok()?;
        self.by_request.get(at).map(|(_, frame)| *frame)
    }

    /// Answers that there was no room for.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }
}

struct Waiting {
    frame: u64,
    time: i64,
    /// Who asks, see [`asker`].
    asker: u32,
    service: (ProtoId, Asked),
    /// What an error is looked up by.
    quote: Option<u64>,
}

/// Another host whose request the same answer answers: all routers answer all solicitations at once.
struct Other {
    asker: u32,
    time: i64,
}

/// Hosts that ask the same at the same time and are told apart.
const MOST_OTHERS: usize = 64;

/// A host, by its addresses: what it sends again comes from the same one.
fn asker(scan: &Scan<'_>) -> u32 {
    let [.., a, b, c, d] = hosts(scan.network).0;
    let [_, _, e, f, g, h] = scan.macs.map_or([0; 6], |(_, source)| source);
    u32::from_be_bytes([a, b, c, d]).rotate_left(5) ^ u32::from_be_bytes([e, f, g, h])
}

/// Whether a packet asks for an echo. Nobody sends such a request again under its number: where it stands twice, a copy was captured on
/// the way, and the answer is to the last one, as Wireshark has it.
fn is_echo(scan: &Scan<'_>) -> bool {
    matches!((scan.protocol, scan.payload.first()), (1, Some(8)) | (58, Some(128)))
}

/// Requests of a stream that a frame completes.
struct InOrder {
    waiting: Waiting,
    /// So many are not answered.
    left: u32,
}

/// ICMP errors that end a request: version of IP, type and code (RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1, RFC 4443 §3).
const ERRORS: [((u8, u8, u8), &str); 31] = [
    ((4, 3, 0), "net unreachable"),
    ((4, 3, 1), "host unreachable"),
    ((4, 3, 2), "protocol unreachable"),
    ((4, 3, 3), "port unreachable"),
    ((4, 3, 4), "fragmentation needed"),
    ((4, 3, 5), "source route failed"),
    ((4, 3, 6), "net unknown"),
    ((4, 3, 7), "host unknown"),
    ((4, 3, 8), "source host isolated"),
    ((4, 3, 9), "net prohibited"),
    ((4, 3, 10), "host prohibited"),
    ((4, 3, 11), "net unreachable for this TOS"),
    ((4, 3, 12), "host unreachable for this TOS"),
    ((4, 3, 13), "administratively prohibited"),
    ((4, 3, 14), "host precedence violation"),
    ((4, 3, 15), "precedence cutoff"),
    ((4, 11, 0), "time to live exceeded in transit"),
    ((4, 11, 1), "fragment reassembly time exceeded"),
    ((4, 12, 0), "parameter problem"),
    ((6, 1, 0), "no route"),
    ((6, 1, 1), "administratively prohibited"),
    ((6, 1, 2), "beyond scope of source address"),
    ((6, 1, 3), "address unreachable"),
    ((6, 1, 4), "port unreachable"),
    ((6, 1, 5), "source address failed policy"),
    ((6, 1, 6), "reject route"),
    ((6, 2, 0), "packet too big"),
    ((6, 3, 0), "hop limit exceeded in transit"),
    ((6, 3, 1), "fragment reassembly time exceeded"),
    ((6, 4, 0), "erroneous header field"),
    ((6, 4, 1), "unrecognized next header"),
];

/// What an ICMP error that ends requests says, by the version of IP, type and code.
pub fn icmp_error(version: u8, kind: u8, code: u8) -> Option<&'static str> {
    ERRORS.iter().find(|(known, _)| *known == (version, kind, code)).map(|(_, name)| *name)
}

/// Port at which TFTP takes requests.
const TFTP: u16 = 69;

/// Requests that wait, and what became of others.
pub struct Requests {
    waiting: HashMap<u64, Waiting, Seeded>,
    /// Keys in the order of their requests; some are answered by now.
    order: VecDeque<(u64, u64)>,
    /// Keys of requests, by what an error quotes.
    quotes: HashMap<u64, u64, Seeded>,
    /// Further hosts that wait for the same answer, by key.
    others: HashMap<u64, Vec<Other>, Seeded>,
    /// Requests of streams, by frame.
    in_order: BTreeMap<u64, InOrder>,
    /// What TFTP is, and keys of its requests: a hash of both hosts and the port of the one that asks.
    tftp: Option<ProtoId>,
    hosts: Seeded,
    services: HashMap<(ProtoId, Asked), Service, Seeded>,
    limit: usize,
    evicted: u64,
    last: i64,
}

impl Requests {
    /// Octets that a request takes while it waits.
    pub const OCTETS_PER_REQUEST: usize = size_of::<(u64, Waiting)>() + 2 * size_of::<(u64, u64)>();

    /// For at most `limit` requests at a time (at least 16), and as many of streams.
    pub fn new(registry: &Registry, limit: usize) -> Self {
        Requests {
            quotes: HashMap::default(),
            others: HashMap::default(),
            in_order: BTreeMap::new(),
            tftp: registry.protocol_named("tftp"),
            hosts: Seeded::default(),
            waiting: HashMap::default(),
            order: VecDeque::new(),
            services: HashMap::default(),
            limit: limit.max(16),
            evicted: 0,
            last: 0,
        }
    }

    /// Takes a frame into account, by the keys of its messages; puts into `replies` what it answers. `segment`: what is known of its segment.
    pub fn take(
        &mut self,
        keys: &[Keys],
        scan: &Scan<'_>,
        frame: &Frame<'_>,
        segment: Option<&Segment>,
        replies: &mut Vec<Reply>,
    ) {
        let time = nanoseconds(frame.meta.time, self.last);
        self.last = time;
        // Who asks whom is told by the innermost packet, as the keys are.
        let innermost = scan.carries().then(|| scan.innermost());
        let scan = innermost.as_ref().unwrap_or(scan);
        if let Some(segment) = segment.filter(|segment| segment.asks > 0 || !segment.answers.is_empty()) {
            return self.exchange(segment, scan, frame.number, time, replies);
        }
        for (message, keys) in (0..).zip(keys) {
            let reply = match (keys.answer.quote, keys.service) {
                (Some(quote), _) => self.fail(quote, scan, time),
                (None, Some(service)) => self.message(service, keys, scan, frame.number, time),
                (None, None) => self.transfer(scan, frame.number, time),
            };
            replies.extend(reply.map(|reply| Reply { message, ..reply }));
        }
    }

    /// A message that is paired by its keys.
    fn message(
        &mut self,
        service: ProtoId,
        keys: &Keys,
        scan: &Scan<'_>,
        frame: u64,
        time: i64,
    ) -> Option<Reply> {
        let found = keys.answer.exact().chain(keys.answer.open());
        if let Some((key, request)) = found.filter_map(|key| Some((key, self.remove(key)?))).next() {
            return Some(self.answer(key, request, time));
        }
        let key = keys.request?;
        let service = (service, Asked::of(scan.network));
        let request = Waiting { frame, time, asker: asker(scan), service, quote: keys.quote };
        if is_echo(scan)
            && let Some(waiting) = self.waiting.get_mut(&key)
        {
            (waiting.frame, waiting.time) = (request.frame, request.time);
        }
        self.ask(key, request);
        None
    }

    /// A request comes.
    fn ask(&mut self, key: u64, request: Waiting) {
        let again = self.asked_before(key, &request);
        let quote = request.quote;
        let service = self.service(request.service);
        service.requests = service.requests.saturating_add(1);
        service.repeated = service.repeated.saturating_add(u64::from(again));
        if let Some(quote) = quote {
            // What is sent again may have another identification: an error may quote either.
            self.quotes.insert(quote, key);
        }
        if let Some(waiting) = self.waiting.get_mut(&key) {
            let old = std::mem::replace(&mut waiting.quote, quote);
            if let Some(old) = old.filter(|old| Some(*old) != quote) {
                self.quotes.remove(&old);
            }
            return;
        }
        self.wait(key, request);
    }

    /// Whether the host that asks has asked this before; another one waits beside the first from now on.
    fn asked_before(&mut self, key: u64, request: &Waiting) -> bool {
        let Some(first) = self.waiting.get(&key) else { return false };
        if first.asker == request.asker {
            return true;
        }
        let others = self.others.entry(key).or_default();
        let known = others.iter().any(|other| other.asker == request.asker);
        if !known && others.len() < MOST_OTHERS {
            others.push(Other { asker: request.asker, time: request.time });
        }
        known
    }

    fn answer(&mut self, key: u64, request: Waiting, time: i64) -> Reply {
        let after = time.saturating_sub(request.time);
        let others = self.others.remove(&key).unwrap_or_default();
        let times = &mut self.service(request.service).times;
        times.add(after);
        others.iter().for_each(|other| times.add(time.saturating_sub(other.time)));
        Reply { to: request.frame, after, aside: false, message: 0 }
    }

    /// An error ends the request that it quotes.
    fn fail(&mut self, quote: u64, scan: &Scan<'_>, time: i64) -> Option<Reply> {
        let version = if matches!(scan.network, Network::V6(..)) { 6 } else { 4 };
        let [kind, code] = *scan.payload.first_chunk::<2>()?;
        if matches!((version, kind), (4, 4 | 5) | (6, 137)) {
            // Source quench and redirects: the request went on.
            return None;
        }
        let key = self.quotes.get(&quote).copied()?;
        let request = self.remove(key)?;
        self.others.remove(&key);
        let errors = &mut self.service(request.service).errors;
        let count = errors.entry((version, kind, code)).or_insert(0);
        *count = count.saturating_add(1);
        Some(Reply { to: request.frame, after: time.saturating_sub(request.time), aside: true, message: 0 })
    }

    /// Requests and answers that come in order on a stream.
    fn exchange(
        &mut self,
        segment: &Segment,
        scan: &Scan<'_>,
        frame: u64,
        time: i64,
        replies: &mut Vec<Reply>,
    ) {
        if segment.asks > 0
            && let Some(protocol) = segment.protocol
        {
            let asked = (protocol, Asked::of(scan.network));
            let service = self.service(asked);
            service.requests = service.requests.saturating_add(u64::from(segment.asks));
            if self.in_order.len() >= self.limit && self.in_order.pop_first().is_some() {
                self.evicted = self.evicted.saturating_add(1);
            }
            let waiting = Waiting { frame, time, asker: 0, service: asked, quote: None };
            self.in_order.insert(frame, InOrder { waiting, left: segment.asks });
        }
        for (message, request) in (0..).zip(&segment.answers) {
            let Some(known) = self.in_order.get_mut(request) else { continue };
            let Waiting { time: asked, service, .. } = known.waiting;
            known.left = known.left.saturating_sub(1);
            if known.left == 0 {
                self.in_order.remove(request);
            }
            let after = time.saturating_sub(asked);
            self.service(service).times.add(after);
            replies.push(Reply { to: *request, after, aside: false, message });
        }
    }

    /// TFTP (RFC 1350 §4): the answer comes from a port that the server chooses.
    fn transfer(&mut self, scan: &Scan<'_>, frame: u64, time: i64) -> Option<Reply> {
        let (from, to) = scan.ports.filter(|_| scan.protocol == 17)?;
        let [0, kind] = *scan.payload.get(8..)?.first_chunk::<2>()? else { return None };
        let tftp = self.tftp?;
        let key = |a: Network, port: u16| self.hosts.hash_one((hosts(a), port));
        match kind {
            1 | 2 if to == TFTP => {
                let service = (tftp, Asked::of(scan.network));
                self.ask(
                    key(scan.network, from),
                    Waiting { frame, time, asker: asker(scan), service, quote: None },
                );
                None
            }
            3..=6 if from != TFTP => {
                let asked = match scan.network {
                    Network::V4(from, to) => Network::V4(to, from),
                    Network::V6(from, to) => Network::V6(to, from),
                    Network::None => Network::None,
                };
                let key = key(asked, to);
                let of_tftp = self.waiting.get(&key).is_some_and(|waiting| waiting.service.0 == tftp);
                let request = self.remove(key).filter(|_| of_tftp)?;
                Some(self.answer(key, request, time))
            }
            _ => None,
        }
    }

    /// Takes a request out.
    fn remove(&mut self, key: u64) -> Option<Waiting> {
        let request = self.waiting.remove(&key)?;
        if let Some(quote) = &request.quote {
            self.quotes.remove(quote);
        }
        Some(request)
    }

    fn wait(&mut self, key: u64, request: Waiting) {
        // Answered ones stand in the order until they come to its front.
        while self.waiting.len() >= self.limit || self.order.len() >= self.limit.saturating_mul(2) {
            let Some((oldest, frame)) = self.order.pop_front() else { break };
            if self.waiting.get(&oldest).is_some_and(|waiting| waiting.frame == frame) {
                self.remove(oldest);
                self.others.remove(&oldest);
                self.evicted = self.evicted.saturating_add(1);
            }
        }
        self.order.push_back((key, request.frame));
        self.waiting.insert(key, request);
    }

    fn service(&mut self, of: (ProtoId, Asked)) -> &mut Service {
        let of = if self.services.len() < MOST_SERVICES || self.services.contains_key(&of) {
            of
        } else {
            (of.0, Asked::Any)
        };
        self.services.entry(of).or_default()
    }

    /// The services, those with the most requests first.
    pub fn services(&self) -> Vec<(ProtoId, Asked, &Service)> {
        let mut all: Vec<_> =
            self.services.iter().map(|((id, asked), service)| (*id, *asked, service)).collect();
        all.sort_unstable_by_key(|(id, asked, service)| (std::cmp::Reverse(service.requests), *id, *asked));
        all
    }

    /// Requests that had to make room before an answer came.
    pub fn evicted(&self) -> u64 {
        self.evicted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_right_to_one_in_thirty() {
        let mut times = Histogram::default();
        (1..=100_000_i64).for_each(|time| times.add(time * 1000));
        assert_eq!(times.limits(), Some((1000, 100_000_000)));
        for (thousandths, right) in
            [(500, 50_000_000_i64), (950, 95_000_000), (990, 99_000_000), (1000, 100_000_000)]
        {
            let found = times.quantile(thousandths);
            assert!((found - right).abs() <= right / 30, "{thousandths}: {found}");
        }
        let mut one = Histogram::default();
        one.add(7);
        assert_eq!((one.quantile(500), one.quantile(999)), (7, 7));
        one.add(i64::MAX);
        assert!(one.quantile(1000) > i64::MAX / 32 * 31);
    }
}
