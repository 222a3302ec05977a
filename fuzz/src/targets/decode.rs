//! Any octets as a frame of any link type: every rendering ends, is text without control codes, and agrees with the
//! others; a decode for a few fields finds what a full one finds.

use crate::{Split, Target};
use nettool_dissect::decode::{Decoder, Dissection, MAX_LAYERS, Node, Plan, Settings, Surroundings};
use nettool_dissect::flow::Pairing;
use nettool_dissect::frame::{
    ChecksumState, Direction, Frame, Gso, GsoKind, LinkType, Meta, Timestamp, VlanTag,
};
use nettool_dissect::registry::{FieldId, Registry};
use nettool_dissect::render::json::JsonWriter;
use nettool_dissect::render::line::{Dump, LinePrinter, LineStyle};
use nettool_dissect::render::{fields, tree};
use nettool_dissect::schema::Kind;
use std::cell::RefCell;

/// See the module.
pub const TARGET: Target = Target {
    name: "decode",
    about: "frames of every link type, decoded and rendered in every form",
    run: try_frame,
    corpora: &["samples", "tests/data", "dissect/tests/data", "capture/tests/data"],
    cost: 4,
    split: Split::Packets,
    words: &[],
};

/// Octets before the frame in an input: link type (2), how much longer the original was (1), what is known (1).
const HEAD: usize = 4;

/// An input for a frame.
pub fn input(frame: &Frame<'_>) -> Vec<u8> {
    let link = frame.meta.link_type.0.min(0xffff) as u16;
    let longer = frame.meta.original_len.saturating_sub(frame.data.len() as u32).min(255) as u8;
    [&link.to_be_bytes()[..], &[longer, 0], frame.data].concat()
}

/// The frame of an input.
pub(super) fn frame(octets: &[u8]) -> Option<Frame<'_>> {
    let (head, data) = octets.split_first_chunk::<HEAD>()?;
    let [high, low, longer, known] = *head;
    let mut link = u32::from(u16::from_be_bytes([high, low]));
    // Most numbers are no link type: choose one that is.
    let named = LinkType::named().count();
    if LinkType(link).name().is_none() && known & 1 == 0 {
        link = LinkType::named().nth(link as usize % named).map_or(1, |(link, _)| link.0);
    }
    let mut meta = Meta::new(LinkType(link), (data.len() as u32).saturating_add(longer.into()));
    meta.time =
        (known & 2 == 0).then(|| Timestamp(i64::from_be_bytes([high, low, longer, known, 0, 1, 2, 3])));
    meta.checksum = if known & 4 == 0 { ChecksumState::Unknown } else { ChecksumState::NotReady };
    meta.direction = if known & 8 == 0 { Direction::Unknown } else { Direction::Out };
    if known & 16 != 0 {
        meta.vlan.outer = Some(VlanTag { tpid: 0x8100, tci: u16::from_be_bytes([high, low]) });
    }
    meta.fcs_len = (known & 32 != 0).then_some(4);
    meta.gso =
        (known & 64 != 0).then_some(Gso { kind: GsoKind::Tcp4, ecn: false, size: 1448, header_len: 66 });
    Some(Frame { number: 1, data, meta })
}

/// The keys of a frame as a request and as an answer do not depend on what was looked at before.
fn pairs(registry: &'static Registry, frame: &Frame<'_>) {
    thread_local! {
        static PAIRING: RefCell<Option<Pairing<'static>>> = const { RefCell::new(None) };
    }
    PAIRING.with_borrow_mut(|pairing| {
        let pairing = pairing.get_or_insert_with(|| Pairing::new(registry, Settings::default()));
        let (request, answer) = (pairing.request(frame, false), pairing.answer(frame));
        assert_eq!((pairing.request(frame, false), pairing.answer(frame)), (request, answer));
        assert!(answer.quote.is_none() || answer.exact().next().is_none(), "an error is no answer by itself");
    });
}

/// Text that a terminal shows as it is.
fn plain(what: &str, out: &[u8]) {
    let text = std::str::from_utf8(out).unwrap_or_else(|error| panic!("{what} is no UTF-8: {error}"));
    let strange = text.chars().find(|c| c.is_control() && *c != '\n' && *c != '\t');
    assert!(strange.is_none(), "{what} holds {strange:?}: {text:?}");
    assert!(out.is_empty() || out.ends_with(b"\n"), "{what} ends without a line end: {text:?}");
}

/// Reads one JSON value and gives what follows it; `None` when it is none.
fn json(text: &[u8], depth: usize) -> Option<&[u8]> {
    match text.first()? {
        _ if depth > 64 => None,
        b'"' => string(text),
        b'{' => items(text.get(1..)?, b'}', |text| json(string(text)?.strip_prefix(b":")?, depth + 1)),
        b'[' => items(text.get(1..)?, b']', |text| json(text, depth + 1)),
        b't' => text.strip_prefix(b"true"),
        b'f' => text.strip_prefix(b"false"),
        b'n' => text.strip_prefix(b"null"),
        _ => {
            let end = text.iter().position(|c| !b"+-.eE0123456789".contains(c)).unwrap_or(text.len());
            let number = std::str::from_utf8(text.get(..end)?).ok()?;
            let digits = number.trim_start_matches('-');
            (digits.len() == 1 || !digits.starts_with('0') || digits.starts_with("0.")).then_some(())?;
            number.parse::<f64>().ok().and_then(|_| text.get(end..))
        }
    }
}

fn string(text: &[u8]) -> Option<&[u8]> {
    let mut rest = text.strip_prefix(b"\"")?;
    loop {
        match rest.first()? {
            b'"' => return rest.get(1..),
            b'\\' => match rest.get(1)? {
                b'u' => {
                    rest.get(2..6)?.iter().all(u8::is_ascii_hexdigit).then_some(())?;
                    rest = rest.get(6..)?;
                }
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => rest = rest.get(2..)?,
                _ => return None,
            },
            0..0x20 => return None,
            _ => rest = rest.get(1..)?,
        }
    }
}

fn items<'a>(text: &'a [u8], end: u8, item: impl Fn(&'a [u8]) -> Option<&'a [u8]>) -> Option<&'a [u8]> {
    if text.first() == Some(&end) {
        return text.get(1..);
    }
    let mut rest = text;
    loop {
        rest = item(rest)?;
        match rest.first()? {
            b',' => rest = rest.get(1..)?,
            c if *c == end => return rest.get(1..),
            _ => return None,
        }
    }
}

/// The tree hangs together.
fn sound(registry: &Registry, frame: &Frame<'_>, dissection: &Dissection) {
    assert!(dissection.layers.len() <= MAX_LAYERS + 1, "{} layers", dissection.layers.len());
    let mut depth = 0;
    for (at, node) in dissection.nodes.iter().enumerate() {
        let name = registry.field(node.field).map(|info| info.name);
        assert!(name.is_some(), "node {at} is of no field");
        assert!(node.depth <= depth + u8::from(at > 0), "{name:?} at depth {} follows {depth}", node.depth);
        depth = node.depth;
        let len = dissection.source(frame, node.source).len();
        assert!(node.offset() <= len, "{name:?} begins at {} of {len}", node.offset());
    }
    for note in &dissection.notes {
        assert!(registry.protocol(note.protocol).is_some(), "{note:?}");
    }
}

/// A decode for a few fields finds the same as a full one.
fn planned(registry: &Registry, frame: &Frame<'_>, full: &Dissection, choice: u64) {
    let all: Vec<FieldId> = registry.fields().map(|(id, _)| id).collect();
    let mut wanted: Vec<FieldId> =
        (0..3).map(|turn| all[(choice.rotate_left(turn * 21) % all.len() as u64) as usize]).collect();
    // Hidden fields are there only for who asks for them, and so are flags of the packet block that are not set.
    wanted.retain(|field| {
        let asked_for = |name: &str| name.starts_with("frame.packet_flags") || name == "frame.section_number";
        registry.field(*field).is_some_and(|info| !info.field.hidden && !asked_for(info.name))
    });
    // Fields that are there are worth more than fields at random.
    wanted.extend(full.nodes.get((choice as usize) % full.nodes.len().max(1)).map(|node| node.field));
    let decoder = Decoder::with_plan(registry, Plan::of(registry, wanted.iter().copied()));
    let mut part = Dissection::default();
    decoder.decode(frame, &Surroundings::default(), &mut part);
    for field in wanted {
        let info = registry.field(field);
        let name = info.map(|info| info.name);
        let is_text = info.is_some_and(|info| info.field.kind == Kind::Made);
        let value = |dissection: &Dissection| {
            let text = |node| if is_text { dissection.made(node).to_vec() } else { Vec::new() };
            // How long a layer is that is cut, a decode that skips its fields need not know.
            let bits = |node: &Node| if node.depth == 0 { 0 } else { node.bits };
            let number = |node: &Node| if is_text { 0 } else { node.value };
            dissection
                .all(field)
                .map(|node| (node.start, bits(node), number(node), text(node)))
                .collect::<Vec<_>>()
        };
        assert_eq!(value(&part), value(full), "{name:?}: planned on the left, full on the right");
    }
}

fn try_frame(octets: &[u8]) {
    let Some(frame) = frame(octets) else { return };
    let registry = Registry::builtin();
    let around = Surroundings::default();
    let mut dissection = Dissection::default();
    Decoder::new(registry).decode(&frame, &around, &mut dissection);
    sound(registry, &frame, &dissection);
    pairs(registry, &frame);
    let mut out = Vec::new();
    tree::write(&mut out, registry, &frame, &dissection);
    plain("the tree", &out);
    out.clear();
    JsonWriter::new(registry).write(&mut out, &frame, &dissection);
    plain("JSON", &out);
    let rest = json(&out, 0);
    assert_eq!(rest, Some(&b"\n"[..]), "JSON: {}", String::from_utf8_lossy(&out));
    let (mut folded, mut rows) = (Vec::new(), Dissection::default());
    Decoder::new(registry).folding().decode(&frame, &around, &mut rows);
    JsonWriter::new(registry).write(&mut folded, &frame, &rows);
    assert_eq!(String::from_utf8_lossy(&folded), String::from_utf8_lossy(&out), "rows as one node");
    for (verbose, quick, link, dump) in [
        (0, false, false, Dump::None),
        (0, true, true, Dump::Ascii { link: false }),
        (1, false, true, Dump::Hex { link: false }),
        (3, false, false, Dump::HexAscii { link: true }),
    ] {
        out.clear();
        let style = LineStyle {
            verbose,
            quick,
            link,
            dump,
            absolute_seq: quick,
            number: link,
            ..LineStyle::default()
        };
        LinePrinter::new(registry, style).print(&frame, &around, None, &mut out);
        plain("the line", &out);
        let lines = out.iter().filter(|&&octet| octet == b'\n').count();
        assert!(
            verbose > 0 || dump != Dump::None || lines == 1,
            "{lines} lines: {}",
            String::from_utf8_lossy(&out)
        );
    }
    let choice =
        octets.iter().fold(1u64, |sum, octet| sum.wrapping_mul(0x0100_0000_01b3) ^ u64::from(*octet));
    let names: Vec<_> = registry.fields().map(|(_, info)| info.name).collect();
    let some = [names[(choice % names.len() as u64) as usize], "frame.len"];
    if let Ok(columns) = fields::Columns::new(registry, some, fields::Separator::Tab) {
        out.clear();
        columns.write(&mut out, registry, &frame, &dissection);
        plain("columns", &out);
        assert_eq!(out.iter().filter(|&&octet| octet == b'\n').count(), 1, "columns are one line");
    }
    planned(registry, &frame, &dissection, choice);
}
