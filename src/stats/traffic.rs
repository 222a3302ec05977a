//! Conversations, endpoints and the protocols: tables of who sent how much.

use super::sheet::{Cell, Column, Sheet};
use super::tables::rate;
use nettool_dissect::flow::{Conversation, Endpoint, Entry, Level};
use nettool_dissect::frame::Timestamp;
use nettool_dissect::registry::Registry;
use std::borrow::Cow;

/// Cells of a conversation.
const CONVERSATION: usize = 13;
/// Cells of an endpoint.
const ENDPOINT: usize = 7;
/// Cells of a protocol.
const PROTOCOL: usize = 5;

/// Whether conversations of a level have no two ends.
fn is_single(level: Level) -> bool {
    matches!(level, Level::Vlan | Level::SwitchPort)
}

/// The table of so many conversations of a level, without its rows.
pub(super) fn conversations(
    (level, name, title): (Level, &'static str, &'static str),
    count: usize,
) -> Sheet<CONVERSATION> {
    let single = is_single(level);
    let both = |column: Column| column.when(!single);
    let (head, key) = if single { (title, name) } else { ("A", "a") };
    Sheet {
        kind: "conversation",
        level: Some(name),
        title: format!("{title} conversations: {count}"),
        columns: [
            Column::words(head, key),
            both(Column::words("B", "b")),
            Column::numbers("frames", "frames").rounds(),
            Column::numbers("octets", "octets").rounds(),
            both(Column::numbers("A>B", "a_to_b_frames").rounds()),
            both(Column::numbers("octets", "a_to_b_octets").rounds().goes(1)),
            both(Column::numbers("B>A", "b_to_a_frames").rounds()),
            both(Column::numbers("octets", "b_to_a_octets").rounds().goes(2)),
            Column::numbers("", "first_frame"),
            Column::numbers("start", "start").rounds().goes(4),
            Column::numbers("duration", "duration").rounds().goes(3),
            Column::numbers(if single { "bit/s" } else { "A>B bit/s" }, "").rounds().goes(5),
            both(Column::numbers("B>A bit/s", "").rounds().goes(6)),
        ],
    }
}

/// A conversation's row. `origin`: time of the first frame.
pub(super) fn conversation(one: Conversation, origin: Timestamp) -> [Cell; CONVERSATION] {
    let traffic = &one.traffic;
    let all = traffic.up.plus(traffic.down);
    let duration = (traffic.start <= traffic.end).then(|| traffic.end.since(traffic.start));
    let timed = |span: i64| if duration.is_some() { Cell::Seconds(span) } else { Cell::Blank };
    let rate = |octets: u64| Cell::of(duration.and_then(|duration| rate(octets, duration)));
    [
        Cell::Party(one.a),
        Cell::Party(one.b),
        Cell::Count(all.frames),
        Cell::Count(all.octets),
        Cell::Count(traffic.up.frames),
        Cell::Count(traffic.up.octets),
        Cell::Count(traffic.down.frames),
        Cell::Count(traffic.down.octets),
        Cell::Count(traffic.first_frame),
        timed(traffic.start.since(origin)),
        timed(duration.unwrap_or(0)),
        rate(traffic.up.octets),
        rate(traffic.down.octets),
    ]
}

/// The table of so many endpoints of a level, without its rows.
pub(super) fn endpoints(
    (_, name, title): (Level, &'static str, &'static str),
    count: usize,
) -> Sheet<ENDPOINT> {
    Sheet {
        kind: "endpoint",
        level: Some(name),
        title: format!("{title} endpoints: {count}"),
        columns: [
            Column::words("address", "address"),
            Column::numbers("frames", "frames").rounds(),
            Column::numbers("octets", "octets").rounds(),
            Column::numbers("sent", "sent_frames").rounds(),
            Column::numbers("octets", "sent_octets").rounds(),
            Column::numbers("received", "received_frames").rounds(),
            Column::numbers("octets", "received_octets").rounds(),
        ],
    }
}

/// An endpoint's row.
pub(super) fn endpoint(one: &Endpoint) -> [Cell; ENDPOINT] {
    let all = one.sent.plus(one.received);
    [
        Cell::Party(one.party),
        Cell::Count(all.frames),
        Cell::Count(all.octets),
        Cell::Count(one.sent.frames),
        Cell::Count(one.sent.octets),
        Cell::Count(one.received.frames),
        Cell::Count(one.received.octets),
    ]
}

/// The table of protocols, without its rows.
pub(super) fn protocols() -> Sheet<PROTOCOL> {
    Sheet {
        kind: "protocol",
        level: None,
        title: String::new(),
        columns: [
            Column::words("protocol", ""),
            Column::words("", "path"),
            Column::numbers("frames", "frames"),
            Column::numbers("%", ""),
            Column::numbers("octets", "octets"),
        ],
    }
}

/// The rows of protocols, each below the one that it stands in.
pub(super) fn protocol_rows<'e>(
    entries: &'e [Entry],
    registry: &'e Registry,
) -> impl ExactSizeIterator<Item = [Cell; PROTOCOL]> + Clone + 'e {
    let all: u64 = entries.iter().filter(|entry| entry.depth == 0).map(|entry| entry.count.frames).sum();
    let name = |entry: &Entry| registry.protocol(entry.protocol).map_or("", |protocol| protocol.name);
    let mut path: Vec<&'e str> = Vec::new();
    entries.iter().map(move |entry| {
        path.truncate(entry.depth);
        path.push(name(entry));
        [
            Cell::Text(Cow::Owned(format!("{}{}", "  ".repeat(entry.depth), name(entry)))),
            Cell::Text(Cow::Owned(path.join(":"))),
            Cell::Count(entry.count.frames),
            Cell::Share(entry.count.frames as f64 * 100.0 / all.max(1) as f64),
            Cell::Count(entry.count.octets),
        ]
    })
}
