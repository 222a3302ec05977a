//! Recognising a tagger by the look of the frames, where neither file nor user names it.
//!
//! Some tags have a mark of their own: an EtherType that is nobody else's, or a magic at a fixed place. Of the others only
//! those are recognised whose frames cannot be plain Ethernet: nearly no frame reads well as it stands, nearly all do
//! without the tag. Trailers of an octet or two leave readable frames behind, and are never guessed.

use super::{Place, Seen, Tag, read, tagger};
use crate::frame::{Frame, LinkType};
use crate::proto::dsa::Tagger;

/// Frames that are looked at before a verdict.
const WANTED: usize = 64;

/// Frames that a tag without a mark must be seen on.
const LEAST_UNMARKED: usize = 4;

/// A tagger, and how sure it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Detection {
    /// The tagger.
    pub tagger: &'static Tagger,
    /// Frames that bear its tag.
    pub hits: usize,
    /// Frames that were looked at.
    pub frames: usize,
    /// Whether its tag has a mark of its own.
    pub marked: bool,
    /// Further taggers of which all these tags may be: their octets are the same.
    pub alike: Vec<&'static str>,
}

impl Detection {
    /// `high` when every frame bears the tag, there are enough of them and the tag has a mark of its own; `low` where
    /// the tag has none and not every frame, or only a few, bear it, or where it may be another's; else `medium`.
    pub fn confidence(&self) -> &'static str {
        let all = self.hits == self.frames && self.frames >= 8;
        match (all, self.marked) {
            _ if !self.alike.is_empty() => "low",
            (true, true) => "high",
            (false, false) => "low",
            _ => "medium",
        }
    }
}

/// What a frame says of a tagger.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// No conduit of this tagger carries such a frame.
    Never,
    /// It does not bear its tag.
    Not,
    /// It may bear it: other tags look alike.
    May,
    /// It bears it, and no tag that looks alike.
    Sure,
}

/// A tagger's name, whether its tag has a mark, and what a frame says of it.
type Test = (&'static str, bool, fn(&Octets<'_>) -> Look);

/// The octets of a frame.
struct Octets<'a>(&'a [u8]);

impl Octets<'_> {
    fn at(&self, at: usize) -> Option<u8> {
        self.0.get(at).copied()
    }

    fn word(&self, at: usize) -> Option<u16> {
        be16(self.0, at)
    }

    /// The four words behind the addresses.
    fn words(&self) -> Option<[u16; 4]> {
        Some([self.word(12)?, self.word(14)?, self.word(16)?, self.word(18)?])
    }
}

/// `Sure` or `Not`.
fn sure(is: bool) -> Look {
    if is { Look::Sure } else { Look::Not }
}

/// `Sure`, `May` or `Not`.
fn grade(may: bool, is_sure: bool) -> Look {
    match (may, is_sure) {
        (true, true) => Look::Sure,
        (true, false) => Look::May,
        (false, _) => Look::Not,
    }
}

const TESTS: &[Test] = &[
    ("brcm-legacy", true, |o| match legacy(o) {
        Some(Legacy::Sized) => Look::Never,
        found => sure(found.is_some()),
    }),
    ("brcm-legacy-fcs", true, |o| match legacy(o) {
        Some(Legacy::Unsized) => Look::Not,
        found => grade(found.is_some(), found == Some(Legacy::Sized)),
    }),
    ("edsa", true, |o| sure(o.word(12) == Some(0xdada) && o.word(14) == Some(0))),
    ("rtl4a", true, |o| sure(o.word(12) == Some(0x8899) && o.at(14).is_some_and(|o| o >> 4 == 0xa))),
    ("rtl8_4", true, |o| sure(o.word(12) == Some(0x8899) && o.at(14) == Some(4))),
    ("rtl8_4t", true, |o| {
        let at = o.0.len().checked_sub(8).filter(|at| *at >= 14);
        sure(at.is_some_and(|at| o.word(at) == Some(0x8899) && o.at(at.saturating_add(2)) == Some(4)))
    }),
    ("trailer", true, |o| match o.0.last_chunk() {
        // A mask and 0x10 towards the switch, a number below 8 from it.
        Some([0x80, ports, 0 | 0x10, 0]) => grade(true, *ports != 0),
        _ => Look::Not,
    }),
    ("rtl_otto", true, |o| {
        let at = o.0.len().checked_sub(4).filter(|at| *at >= 60);
        sure(
            at.is_some_and(|at| o.0.ends_with(&[0xab, 0xcd, 0xef]) && o.at(at).is_some_and(|port| port < 64)),
        )
    }),
    ("ocelot", true, |o| sure(o.0.starts_with(&[0x88, 0x80, 0, 0x0a]) && o.0.len() >= 34)),
    ("seville", true, |o| sure(o.0.starts_with(&[0x88, 0x80, 0, 0x05]) && o.0.len() >= 34)),
    ("lan9645x", true, |o| {
        sure(o.0.starts_with(&[0xff; 6]) && o.0.get(12..16) == Some(&[0x88, 0x80, 0, 0x11]))
    }),
    ("sja1105", true, |o| match o.word(12) {
        Some(0xdadc) => Look::Never,
        kind => sure(kind == Some(0xdadb)),
    }),
    ("sja1110", true, |o| match o.words() {
        // Frames with this VLAN alone have their port told over SPI, which this chip does not need.
        Some([0xdadb, tci, ..]) if tci & 0xfff == 0xfff => Look::Never,
        Some([0xdadb, ..]) => Look::May,
        // From the CPU a trailer follows, and to it with a time stamp, which no HMS tag has.
        Some([0xdadc, word, ..]) => grade(
            word >> 15 == 0 || word & 0x800 != 0,
            word & 0x8800 == 0x8800 || (word & 0xd000 == 0x1000 && usize::from(word & 0xfff) <= o.0.len()),
        ),
        _ => Look::Not,
    }),
    ("hms", true, |o| match o.words() {
        Some([0xdadb, ..]) => Look::Never,
        Some([0xdadc, word, ..]) => grade(word & 0x8800 != 0x8800, word & 0x8f00 == 0x8000),
        Some([0x8100 | 0x88a8, tci, ..]) => grade(tci & 0xc00 == 0xc00, false),
        _ => Look::Not,
    }),
    ("nxp_netc", true, |o| sure(o.word(12) == Some(0xfd3a) && o.at(14).is_some_and(|o| o >> 4 <= 2))),
    ("a5psw", true, |o| sure(o.word(12) == Some(0xe001) && o.word(14).is_some_and(|word| word <= 15))),
    ("yt921x", true, |o| {
        sure(matches!(o.words(), Some([0x9988, _, from, to]) if from >> 15 == 1 || to >> 15 == 1))
    }),
    ("yt922x", true, |o| match o.words() {
        Some([0x9988, to, from, 0]) => {
            grade(to & 0x2200 == 0x2200 || (to == 0 && from & 0x1fc3 == 0), to != 0)
        }
        _ => Look::Not,
    }),
    ("gsw1xx", true, |o| match o.words() {
        Some([0x88c3, word, 0, 0]) => grade(word >> 15 == 1 || word & 0xf0ff == 0, word != 0),
        _ => Look::Not,
    }),
    ("mxl862xx", true, |o| match o.words() {
        Some([0x88c3, 0, to, port]) => grade(to < 32 && port < 16, to != 0 || port != 0),
        _ => Look::Not,
    }),
    // 0x8137 is IPX.
    ("mt7628", true, |o| match o.words() {
        Some([kind @ (0x8100..=0x8136 | 0x8138..=0x813f), tci, ..]) => {
            grade(tci & 0xc00 == 0xc00, kind != 0x8100)
        }
        _ => Look::Not,
    }),
    ("dsa", false, |o| match o.0.get(12..16) {
        // A command of 2 is for a sniffer, and FORWARD and FROM_CPU have no code.
        Some([first, _, third, _]) => {
            grade(first >> 6 != 2 && (first >> 6 == 0 || third & 0x10 == 0), first >> 6 != 0)
        }
        _ => Look::Not,
    }),
    ("brcm", false, |o| broadcom(o, 12)),
    ("brcm-prepend", false, |o| broadcom(o, 0)),
    ("mtk", false, |o| match o.0.get(12..16) {
        Some([0, ports, 0, 0]) => sure(*ports < 0x80),
        Some([1 | 2, ports, ..]) => sure(*ports < 0x80),
        _ => Look::Not,
    }),
    ("qca", false, |o| match o.word(12) {
        // RARP, AppleTalk and its address resolution.
        Some(0x8035 | 0x809b | 0x80f3) => Look::Not,
        Some(word) if word >> 14 == 2 => sure(word & 0x780 == 0x080 || word & 0x7c0 == 0),
        _ => Look::Not,
    }),
    ("ar9331", false, |o| match o.0 {
        [low, high, ..] => sure(high >> 6 == 1 && low & 0x30 == 0x30),
        _ => Look::Not,
    }),
    ("gswip", false, |o| match o.0 {
        [2, 0 | 0x80, third, ..] if third & 0xc0 == 0xc0 => Look::Sure,
        [_, _, _, _, _, _, _, seventh, ..] => grade(seventh & 0x8f == 0, false),
        _ => Look::Not,
    }),
];

/// Forms of a legacy Broadcom tag.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Legacy {
    /// To the CPU.
    Up,
    /// Towards the switch, without the length of the frame.
    Unsized,
    /// The same with it.
    Sized,
}

fn legacy(octets: &Octets<'_>) -> Option<Legacy> {
    let tag = octets.word(12) == Some(0x8874) && octets.at(16) == Some(0);
    let word = octets.word(14).filter(|_| tag)?;
    Some(match (word >> 13, word & 0x7ff) {
        (2, 0) => Legacy::Unsized,
        (2, _) => Legacy::Sized,
        _ => Legacy::Up,
    })
}

/// A 4-octet Broadcom tag with its reserved bits clear.
fn broadcom(octets: &Octets<'_>, at: usize) -> Look {
    match octets.0.get(at..at.saturating_add(4)) {
        Some([0, _, reason, _]) => grade(reason & 0xc0 == 0, false),
        Some([first, second, third, _]) if first >> 5 == 1 => sure(second & 0x7f == 0 && third & 0xfe == 0),
        _ => Look::Not,
    }
}

/// What the first frames say of a tagger.
#[derive(Clone, Copy, Default)]
struct Votes {
    may: usize,
    sure: usize,
    /// Frames that may bear it, with a header that fits behind it.
    firm: usize,
    /// A frame is none of this tagger's.
    never: bool,
}

/// What the first frames say.
struct Poll {
    votes: [Votes; TESTS.len()],
    total: usize,
    /// Frames that read well as they stand.
    plain: usize,
}

impl Poll {
    /// Whether these may be tags without a mark: plain Ethernet reads well as it stands, and behind such tags are more than numbers.
    fn unmarked_may_be(&self, votes: &Votes) -> bool {
        let firm = votes.firm.saturating_mul(2) >= votes.may;
        firm && self.plain.saturating_mul(10) <= self.total && self.total >= LEAST_UNMARKED
    }

    /// Whether nine of ten frames may bear a tag.
    fn most(&self, votes: &Votes) -> bool {
        !votes.never && votes.may.saturating_mul(10) >= self.total.saturating_mul(9)
    }
}

/// The tagger that the first frames of a source look like; `None` for plain Ethernet. What is behind each tag must be an
/// EtherType or length that makes sense. A tag with a mark must be on more than half of the frames; one without on nine of
/// ten, a quarter beyond doubt, when no more than one of ten makes sense as it stands.
pub fn detect<'f>(frames: impl Iterator<Item = Frame<'f>>) -> Option<Detection> {
    let poll = poll(frames);
    let enough = |marked: bool, votes: &Votes| {
        if marked {
            !votes.never && votes.sure > 0 && votes.may.saturating_mul(2) > poll.total
        } else {
            poll.unmarked_may_be(votes) && poll.most(votes) && votes.sure.saturating_mul(4) >= poll.total
        }
    };
    let mut best: Option<(Detection, Votes)> = None;
    let mut tie = false;
    let votes = || TESTS.iter().zip(&poll.votes);
    for ((name, marked, _), votes) in votes().filter(|(test, votes)| enough(test.1, votes)) {
        let (tagger, hits, frames, marked) = (tagger(name)?, votes.may, poll.total, *marked);
        let found = Detection { tagger, hits, frames, marked, alike: Vec::new() };
        let rank = |marked: bool, votes: &Votes| (marked, votes.may, votes.sure);
        match &best {
            Some((known, before)) if rank(known.marked, before) > rank(marked, votes) => {}
            Some((known, before)) if rank(known.marked, before) == rank(marked, votes) => tie = true,
            _ => (best, tie) = (Some((found, *votes)), false),
        }
    }
    let (mut found, _) = best.filter(|_| !tie)?;
    let alike = |(test, votes): &(&Test, &Votes)| {
        test.1 && !votes.never && votes.may >= found.hits && test.0 != found.tagger.name
    };
    found.alike =
        if found.marked { votes().filter(alike).map(|(test, _)| test.0).collect() } else { Vec::new() };
    Some(found)
}

/// Taggers that nine of ten of the first frames may be of, where no one of them is the likeliest: for those who know what
/// conduit it was.
pub(super) fn undecided<'f>(frames: impl Iterator<Item = Frame<'f>>) -> Vec<&'static str> {
    let poll = poll(frames);
    let may = |(test, votes): &(&Test, &Votes)| {
        // VLAN tags with and without a mark are judged by what stands in all of them.
        let (known, least) = if test.1 {
            (!matches!(test.0, "mt7628" | "hms"), LEAST_UNMARKED)
        } else {
            (poll.unmarked_may_be(votes), LEAST_UNMARKED.saturating_mul(4))
        };
        known && poll.total >= least && poll.most(votes)
    };
    TESTS.iter().zip(&poll.votes).filter(may).map(|(test, _)| test.0).collect()
}

fn poll<'f>(frames: impl Iterator<Item = Frame<'f>>) -> Poll {
    let mut poll = Poll { votes: [Votes::default(); TESTS.len()], total: 0, plain: 0 };
    for frame in first(frames) {
        poll.total = poll.total.saturating_add(1);
        poll.plain = poll.plain.saturating_add(usize::from(reads_plain(frame.data)));
        for ((name, _, test), votes) in TESTS.iter().zip(&mut poll.votes) {
            let look = test(&Octets(frame.data));
            votes.never |= look == Look::Never;
            let sense = if matches!(look, Look::May | Look::Sure) { sense(name, &frame) } else { Fit::No };
            if sense > Fit::No {
                votes.firm = votes.firm.saturating_add(usize::from(sense == Fit::Surely));
                votes.may = votes.may.saturating_add(1);
                votes.sure = votes.sure.saturating_add(usize::from(look == Look::Sure));
            }
        }
    }
    poll
}

/// The frames that are looked at.
pub(super) fn first<'f>(frames: impl Iterator<Item = Frame<'f>>) -> impl Iterator<Item = Frame<'f>> {
    let of_interest =
        |frame: &Frame<'_>| matches!(frame.meta.link_type, LinkType::ETHERNET | LinkType::DEBUG_ONLY);
    frames.filter(of_interest).take(WANTED)
}

/// Whether the frame without its tag begins with addresses and an EtherType in use, or a length that fits.
fn sense(name: &str, frame: &Frame<'_>) -> Fit {
    let Some(tag) = tagger(name).and_then(|tagger| read(tagger, frame.data, &frame.meta, None)) else {
        return Fit::No;
    };
    if tag.lost {
        return Fit::No;
    }
    let mut inner = Vec::with_capacity(frame.data.len());
    tag.untagged(frame.data, &mut inner);
    let source = inner.get(6).is_some_and(|octet| octet & 1 == 0);
    if source { fit_behind_vlans(&inner, 12).0 } else { Fit::No }
}

/// How well octets read as an EtherType or length with what belongs behind it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Fit {
    No,
    /// A known number, or a length that fits.
    Perhaps,
    /// A header that fits is behind it.
    Surely,
}

/// Judges the EtherType or length at an offset, VLAN tags passed over; behind them, any may be.
fn fit(data: &[u8], at: usize) -> Fit {
    let (found, inner) = fit_behind_vlans(data, at);
    if inner == at { found } else { found.max(Fit::Perhaps) }
}

/// The same without that concession, and where it stands.
fn fit_behind_vlans(data: &[u8], at: usize) -> (Fit, usize) {
    let kind = |at| be16(data, at);
    let mut inner = at;
    for _ in 0..3 {
        if matches!(kind(inner), Some(0x8100 | 0x88a8)) {
            inner = inner.saturating_add(4);
        }
    }
    (fit_one(data, inner), inner)
}

fn fit_one(data: &[u8], at: usize) -> Fit {
    let Some(kind) = be16(data, at) else { return Fit::No };
    let body = data.get(at.saturating_add(2)..).unwrap_or_default();
    let surely = |is: bool| if is { Fit::Surely } else { Fit::No };
    match kind {
        0x0800 => surely(
            matches!(body, [0x45..=0x4f, ..]) && be16(body, 2).is_some_and(|len| len >= 20 || len == 0),
        ),
        0x86dd => surely(matches!(body, [0x60..=0x6f, ..])),
        0x0806 => surely(be16(body, 2) == Some(0x0800)),
        0x88cc => surely(body.first().is_some_and(|octet| octet >> 1 == 1)),
        0x8100 | 0x88a8 => Fit::Perhaps,
        0x88f7 | 0x8863 | 0x8864 | 0x888e | 0x8847 | 0x8848 | 0x8808 | 0x8809 | 0x8892 | 0x88a4 | 0x88e5
        | 0x88fb | 0x892f | 0x8902 | 0x9000 | 0x22f0 | 0x4305 => Fit::Perhaps,
        3..0x600 if usize::from(kind) <= body.len() => match body {
            [0x42, 0x42, ..]
            | [0xaa, 0xaa, 3, ..]
            | [0xfe, 0xfe, ..]
            | [0xe0, 0xe0, ..]
            | [0xf0, 0xf0, ..] => Fit::Surely,
            _ => Fit::Perhaps,
        },
        _ => Fit::No,
    }
}

/// Whether a frame may be plain Ethernet. What only fits as a length may also be a tag.
fn reads_plain(data: &[u8]) -> bool {
    match fit(data, 12) {
        Fit::No => false,
        Fit::Perhaps => be16(data, 12).is_some_and(|kind| kind >= 0x600),
        Fit::Surely => true,
    }
}

/// Whether the frame reads well as it stands.
pub(super) fn is_plain(seen: &Seen<'_>) -> bool {
    // Numbers below and a VLAN's are what some taggers write.
    matches!(seen.be16(12), Some(0x0800 | 0x0806 | 0x86dd | 0x88cc)) && fit(seen.data, 12) == Fit::Surely
}

/// Whether what stands behind the tag reads as well as a frame that [`is_plain`].
pub(super) fn holds_a_frame(seen: &Seen<'_>, place: Place, tag: &Tag) -> bool {
    let Some((start, octets)) = tag.parts.first() else { return true };
    let behind = start.saturating_add(*octets);
    let at = if place == Place::Front { behind.saturating_add(12) } else { behind };
    tag.no_frame || tag.swallowed.is_some() || fit(seen.data, at) == Fit::Surely
}

fn be16(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..).and_then(<[u8]>::first_chunk).map(|octets| u16::from_be_bytes(*octets))
}
