//! Two captures of the same traffic at two points: which packets both saw, and when.
//!
//! A packet is known again by its octets, but for those that change on the way ([`Ignore`]). Packets of both points come in the order of
//! their files, the points in any rhythm; those that the other has not shown yet wait in a window, and when that is full the oldest counts as
//! not seen there. What both saw is judged in the order of the second point: delay and its variation (RFC 3550 §6.4.1). Order (RFC 4737 §3) is judged where
//! packets arrive: at either point.
//!
//! Which way a packet went follows from the times: of the two directions between two hosts, the one in which the second point is later by more
//! leads to it. Half of what the directions differ by is the delay, half of what they add up to the offset between the clocks, as in NTP; with one direction
//! alone, the clocks are taken as equal. What one clock gains on the other is told from the least delays of each stretch of time, and taken out
//! first. Memory: the window, and a sample of the delays.

mod delays;
mod drift;
mod fingerprint;

pub use delays::{Delays, SAMPLE};
pub use fingerprint::{Fingerprint, Ignore, fingerprint, fingerprints};

use crate::hash::Seeded;
use delays::MOST_SAMPLES;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, VecDeque};

/// Pairs of hosts that are told apart; of further ones the packets count as one pair.
const MOST_PAIRS: usize = 1 << 16;

/// A packet at a point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sight {
    /// What it is known again by.
    pub packet: Fingerprint,
    /// The pair of its hosts, as a number, and whether it goes from the greater to the lesser.
    pub pair: u64,
    /// See `pair`.
    pub reversed: bool,
    /// Position in its capture, from 1.
    pub number: u64,
    /// Nanoseconds since 1970.
    pub time: i64,
}

/// A capture point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Point {
    /// The first.
    A,
    /// The second.
    B,
}

/// Packets with the same octets that wait: hardly ever more than one, which then takes no memory of its own.
#[derive(Debug)]
enum Alike {
    One(Sight),
    Several(VecDeque<Sight>),
}

impl Alike {
    fn push(&mut self, sight: Sight) {
        match self {
            Alike::One(first) => *self = Alike::Several(VecDeque::from([*first, sight])),
            Alike::Several(all) => all.push_back(sight),
        }
    }

    fn first(&self) -> Option<&Sight> {
        match self {
            Alike::One(first) => Some(first),
            Alike::Several(all) => all.front(),
        }
    }
}

#[derive(Debug, Default)]
struct Waiting {
    /// By packet: those that wait, in order of arrival.
    packets: HashMap<Fingerprint, Alike, Seeded>,
    /// In order of arrival.
    order: VecDeque<(u64, Fingerprint)>,
    count: usize,
    /// Frames seen.
    seen: u64,
    /// The earliest and the latest time.
    span: Option<(i64, i64)>,
}

/// Both saw it.
#[derive(Clone, Copy, Debug)]
struct Match {
    a: u64,
    at_a: i64,
    at_b: i64,
    pair: u64,
    reversed: bool,
    /// Others have the same octets, so that the times may belong to two packets.
    ambiguous: bool,
}

/// The same for the other order.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    b: u64,
    pair: u64,
    reversed: bool,
}

/// What is known of one direction between two hosts.
#[derive(Clone, Debug, Default)]
pub struct Way {
    /// Packets that both points saw.
    pub matched: u64,
    /// Packets that only the first saw, while the second was there.
    pub only_a: u64,
    /// Packets that only the second saw, while the first was there.
    pub only_b: u64,
    /// Packets that one saw before the other capture began, or behind its end.
    pub outside: u64,
    /// Copies that only the first saw of packets that both saw.
    pub copies_a: u64,
    /// Copies that only the second saw.
    pub copies_b: u64,
    /// Packets that came to the second point behind one that had left the first later; where packets go that way.
    pub reordered: u64,
    /// Packets that came to the first point behind one that had left the second later; where packets go this way.
    pub reordered_at_a: u64,
    /// Time at the second point less time at the first.
    pub delays: Delays,
    /// The greatest number at the first point so far, in the order of the second.
    furthest: u64,
    /// The greatest number at the second point so far, in the order of the first.
    furthest_b: u64,
}

impl Way {
    fn add(&mut self, other: &Way, jitter: i64) {
        self.matched = self.matched.saturating_add(other.matched);
        self.only_a = self.only_a.saturating_add(other.only_a);
        self.only_b = self.only_b.saturating_add(other.only_b);
        self.outside = self.outside.saturating_add(other.outside);
        self.copies_a = self.copies_a.saturating_add(other.copies_a);
        self.copies_b = self.copies_b.saturating_add(other.copies_b);
        self.reordered = self.reordered.saturating_add(other.reordered);
        self.reordered_at_a = self.reordered_at_a.saturating_add(other.reordered_at_a);
        self.delays.add(&other.delays, jitter);
    }
}

/// Two captures being compared.
#[derive(Debug)]
pub struct Compare {
    window: usize,
    a: Waiting,
    b: Waiting,
    /// Packets that both saw, of late.
    both: HashMap<Fingerprint, u32, Seeded>,
    both_order: VecDeque<Fingerprint>,
    /// What both saw, by position in the second capture, until its turn comes.
    turns: BTreeMap<u64, Match>,
    /// What both saw and can be told apart, by position in the first capture, until its turn comes.
    arrivals: BTreeMap<u64, Arrival>,
    pairs: HashMap<u64, [Way; 2], Seeded>,
    gave_up: u64,
    last_offset: Option<i64>,
    clocks: Clocks,
    /// Time of the first packet that both saw.
    origin: Option<i64>,
    /// Delays that are kept.
    samples: usize,
}

/// What the clocks of the two points may differ by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Clocks {
    /// One may be ahead, and run faster.
    #[default]
    Drift,
    /// One may be ahead.
    Offset,
    /// Nothing: they are kept equal.
    Same,
}

/// The comparison's result.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Packets at the first and second point.
    pub packets: [u64; 2],
    /// From the first point to the second.
    pub there: Way,
    /// From the second to the first; delays are still those of the second point less the first.
    pub back: Way,
    /// What the second clock is ahead by, in nanoseconds; `None`: not known, for lack of two directions.
    pub offset: Option<i64>,
    /// What the second clock gains on the first, in nanoseconds a nanosecond, taken out of the delays from the first packet that both saw on;
    /// `None`: nothing that could be told from none.
    pub drift: Option<f64>,
    /// Packets that had to leave the window before the other capture had come as far.
    pub gave_up: u64,
}

impl Compare {
    /// With a window of so many packets of each point.
    pub fn new(window: usize, clocks: Clocks) -> Self {
        Compare {
            clocks,
            origin: None,
            samples: 0,
            window: window.max(1),
            a: Waiting::default(),
            b: Waiting::default(),
            both: HashMap::default(),
            both_order: VecDeque::new(),
            turns: BTreeMap::new(),
            arrivals: BTreeMap::new(),
            pairs: HashMap::default(),
            gave_up: 0,
            last_offset: None,
        }
    }

    /// The point whose next packet is wanted, of two that have come to these times: the one that is behind, by the packet last found at
    /// both; before there is one, the one of which fewer packets wait.
    pub fn behind(&self, at_a: i64, at_b: i64) -> Point {
        let a = match self.last_offset {
            Some(offset) => at_a.saturating_add(offset) <= at_b,
            None => self.a.count <= self.b.count,
        };
        if a { Point::A } else { Point::B }
    }

    /// Takes the next packet of a point.
    pub fn take(&mut self, point: Point, sight: Sight) {
        let (own, other) = match point {
            Point::A => (&mut self.a, &mut self.b),
            Point::B => (&mut self.b, &mut self.a),
        };
        own.seen = own.seen.saturating_add(1);
        let (first, last) = own.span.unwrap_or((sight.time, sight.time));
        own.span = Some((first.min(sight.time), last.max(sight.time)));
        match other.remove(&sight.packet) {
            Some((found, several)) => {
                let (a, b) = if point == Point::A { (sight, found) } else { (found, sight) };
                let ambiguous = several || self.both.contains_key(&a.packet);
                if !ambiguous {
                    self.last_offset = Some(b.time.saturating_sub(a.time));
                }
                self.remember(a.packet);
                let Sight { number, time, pair, reversed, .. } = a;
                let found = Match { a: number, at_a: time, at_b: b.time, pair, reversed, ambiguous };
                self.turns.insert(b.number, found);
                if !ambiguous {
                    self.arrivals.insert(number, Arrival { b: b.number, pair, reversed });
                }
            }
            None => own.insert(sight),
        }
        self.shrink(Point::A);
        self.shrink(Point::B);
        self.judge(false);
        self.judge_arrivals(false);
    }

    fn remember(&mut self, packet: Fingerprint) {
        let count = self.both.entry(packet).or_insert(0);
        *count = count.saturating_add(1);
        self.both_order.push_back(packet);
        if self.both_order.len() > self.window
            && let Some(old) = self.both_order.pop_front()
            && let Some(count) = self.both.get_mut(&old)
        {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.both.remove(&old);
            }
        }
    }

    fn shrink(&mut self, point: Point) {
        let waiting = if point == Point::A { &mut self.a } else { &mut self.b };
        if waiting.count <= self.window {
            return;
        }
        if let Some(sight) = waiting.pop_oldest() {
            self.gave_up = self.gave_up.saturating_add(1);
            self.alone(point, &sight);
        }
    }

    /// A packet that only one point saw.
    fn alone(&mut self, point: Point, sight: &Sight) {
        let copy = self.both.contains_key(&sight.packet);
        let outside = self.is_outside(point, sight);
        let way = self.way(sight.pair, sight.reversed);
        let count = match (point, copy) {
            (_, false) if outside => &mut way.outside,
            (Point::A, false) => &mut way.only_a,
            (Point::A, true) => &mut way.copies_a,
            (Point::B, false) => &mut way.only_b,
            (Point::B, true) => &mut way.copies_b,
        };
        *count = count.saturating_add(1);
    }

    /// Whether the other capture had not begun, or had ended, when a packet would have come there, however long it took; told once a packet
    /// was found at both.
    fn is_outside(&self, point: Point, sight: &Sight) -> bool {
        let ways = self.pairs.get(&sight.pair);
        let delays = ways.map(|[there, back]| if sight.reversed { &back.delays } else { &there.delays });
        let known = delays.and_then(|delays| delays.min().zip(delays.max()));
        let Some((least, most)) = known.or(self.last_offset.map(|offset| (offset, offset))) else {
            return false;
        };
        let (other, soonest, latest) = match point {
            Point::A => (&self.b, sight.time.saturating_add(least), sight.time.saturating_add(most)),
            Point::B => (&self.a, sight.time.saturating_sub(most), sight.time.saturating_sub(least)),
        };
        other.span.is_some_and(|(first, last)| latest < first || soonest > last)
    }

    fn way(&mut self, pair: u64, reversed: bool) -> &mut Way {
        let room = self.pairs.len() < MOST_PAIRS || self.pairs.contains_key(&pair);
        let [there, back] = self.pairs.entry(if room { pair } else { 0 }).or_default();
        if reversed { back } else { there }
    }

    /// Judges what both saw as far as nothing before it in the second capture still waits.
    fn judge(&mut self, all: bool) {
        while let Some((number, _)) = self.turns.first_key_value() {
            let before = self.b.oldest().is_some_and(|oldest| oldest < *number);
            if before && !all && self.turns.len() <= self.window {
                return;
            }
            let Some((_, found)) = self.turns.pop_first() else { return };
            let at = found.at_a.saturating_sub(*self.origin.get_or_insert(found.at_a));
            let room = self.samples < MOST_SAMPLES;
            let way = self.way(found.pair, found.reversed);
            way.matched = way.matched.saturating_add(1);
            if found.ambiguous {
                continue;
            }
            let kept = way.delays.push(at, found.at_b.saturating_sub(found.at_a), room);
            if found.a < way.furthest {
                way.reordered = way.reordered.saturating_add(1);
            }
            way.furthest = way.furthest.max(found.a);
            self.samples = self.samples.saturating_add(usize::from(kept));
        }
    }

    /// Judges the order at the first point of what came there from the second.
    fn judge_arrivals(&mut self, all: bool) {
        while let Some((number, _)) = self.arrivals.first_key_value() {
            let before = self.a.oldest().is_some_and(|oldest| oldest < *number);
            if before && !all && self.arrivals.len() <= self.window {
                return;
            }
            let Some((_, Arrival { b, pair, reversed })) = self.arrivals.pop_first() else { return };
            let way = self.way(pair, reversed);
            if b < way.furthest_b {
                way.reordered_at_a = way.reordered_at_a.saturating_add(1);
            }
            way.furthest_b = way.furthest_b.max(b);
        }
    }

    /// Takes out of the delays what the second clock gains, where that can be told.
    fn straighten(&mut self) -> Option<f64> {
        if self.clocks != Clocks::Drift {
            return None;
        }
        // Of two hosts, the direction that is later at the second point leads there; of one direction alone it does not matter.
        let leads = |[one, other]: &[Way; 2]| match (one.delays.min(), other.delays.min()) {
            (Some(one), Some(other)) => one >= other,
            (one, _) => one.is_some(),
        };
        let sorted = || {
            self.pairs
                .values()
                .map(|ways| if leads(ways) { (&ways[0], &ways[1]) } else { (&ways[1], &ways[0]) })
        };
        let drift = drift::drift(sorted().map(|ways| &ways.0.delays), sorted().map(|ways| &ways.1.delays))?;
        for way in self.pairs.values_mut().flatten() {
            way.delays = way.delays.without(drift);
        }
        Some(drift)
    }

    /// Both captures have ended.
    pub fn end(mut self) -> Compared {
        for point in [Point::A, Point::B] {
            while let Some(sight) = (if point == Point::A { &mut self.a } else { &mut self.b }).pop_oldest() {
                self.alone(point, &sight);
            }
        }
        self.judge(true);
        self.judge_arrivals(true);
        let drift = self.straighten();
        let packets = [self.a.seen, self.b.seen];
        let mut compared = Compared {
            packets,
            there: Way::default(),
            back: Way::default(),
            offset: None,
            drift,
            gave_up: self.gave_up,
        };
        let least = |way: &Way| way.delays.min();
        let two_ways = |[one, other]: &&[Way; 2]| least(one).is_some() && least(other).is_some();
        let mut offsets: Vec<i64> = Vec::new();
        for [one, other] in self.pairs.values().filter(two_ways) {
            let (there, back) = if least(one) >= least(other) { (one, other) } else { (other, one) };
            if let (Some(quickest), Some(back)) = (least(there), back.delays.max()) {
                offsets.push(quickest.midpoint(back));
            }
            compared.there.add(there, there.delays.jitter);
            compared.back.add(back, back.delays.variation_by_moment());
        }
        offsets.sort_unstable();
        compared.offset = offsets.get(offsets.len() / 2).copied().filter(|_| self.clocks != Clocks::Same);
        let offset = compared.offset.unwrap_or(0);
        for [one, other] in self.pairs.values().filter(|ways| !two_ways(ways)) {
            let leads = match (least(one), least(other)) {
                (Some(least), _) => least >= offset,
                (_, Some(least)) => least < offset,
                (None, None) => {
                    // Nobody knows which way they went: what only one point saw was lost behind it.
                    for way in [one, other] {
                        let unknown = Way { only_b: 0, copies_b: 0, ..way.clone() };
                        compared.there.add(&unknown, 0);
                        compared
                            .back
                            .add(&Way { only_b: way.only_b, copies_b: way.copies_b, ..Way::default() }, 0);
                    }
                    continue;
                }
            };
            let (there, back) = if leads { (one, other) } else { (other, one) };
            compared.there.add(there, there.delays.jitter);
            compared.back.add(back, back.delays.variation_by_moment());
        }
        compared
    }
}

impl Waiting {
    fn insert(&mut self, sight: Sight) {
        self.order.push_back((sight.number, sight.packet));
        match self.packets.entry(sight.packet) {
            Entry::Vacant(place) => {
                place.insert(Alike::One(sight));
            }
            Entry::Occupied(mut place) => place.get_mut().push(sight),
        }
        self.count = self.count.saturating_add(1);
        // Most of the queue may be of packets that were found: leave those out.
        if self.order.len() > self.count.saturating_mul(4).saturating_add(1024) {
            let packets = &self.packets;
            self.order.retain(|(number, packet)| waits(packets, packet, *number));
        }
    }

    /// The first that waits of these octets, and whether more do.
    fn remove(&mut self, packet: &Fingerprint) -> Option<(Sight, bool)> {
        let (found, several) = match self.packets.get_mut(packet)? {
            Alike::One(sight) => (*sight, false),
            Alike::Several(all) => (all.pop_front()?, !all.is_empty()),
        };
        if !several {
            self.packets.remove(packet);
        }
        self.count = self.count.saturating_sub(1);
        Some((found, several))
    }

    /// Position of the oldest that waits.
    fn oldest(&mut self) -> Option<u64> {
        while let Some((number, packet)) = self.order.front() {
            if waits(&self.packets, packet, *number) {
                return Some(*number);
            }
            self.order.pop_front();
        }
        None
    }

    fn pop_oldest(&mut self) -> Option<Sight> {
        self.oldest()?;
        let (_, packet) = self.order.pop_front()?;
        self.remove(&packet).map(|(sight, _)| sight)
    }
}

/// Whether the packet with this number still waits: those of one fingerprint leave in the order in which they came.
fn waits(packets: &HashMap<Fingerprint, Alike, Seeded>, packet: &Fingerprint, number: u64) -> bool {
    packets.get(packet).and_then(Alike::first).is_some_and(|first| first.number <= number)
}
