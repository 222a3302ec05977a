//! iperf3's control connection (iperf3 3.12, `iperf_api.h`, `iperf_api.c`): the cookie that names a test and begins each of its connections, states
//! of one octet, and the parameters and results as JSON behind their length.
//!
//! Connections with test data begin with the cookie too; what follows there is no message.

use super::octets::Octets;
use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    Begun, Field, Length, Names, Protocol, TCP_PORT, be32, be64, custom, flag, label, rest, text, u8,
};

/// Octets of a cookie: 36 of base 32 and a NUL.
const COOKIE: usize = 37;

/// Octets of JSON beyond which a length is none.
const MOST_JSON: u32 = 16 << 20;

const STATES: &[(u64, &str)] = &[
    (1, "test start"),
    (2, "test running"),
    (4, "test end"),
    (9, "parameter exchange"),
    (10, "create streams"),
    (11, "server terminates"),
    (12, "client terminates"),
    (13, "exchange results"),
    (14, "display results"),
    (15, "start"),
    (16, "done"),
    (0xfe, "server error"),
    (0xff, "access denied"),
];

/// Members that are fields of their own: numbers, and what is true or false.
const NUMBERS: &[&str] = &[
    "omit",
    "time",
    "num",
    "blockcount",
    "MSS",
    "parallel",
    "len",
    "bandwidth",
    "fqrate",
    "pacing_timer",
    "burst",
    "TOS",
    "window",
    "bytes",
    "retransmits",
    "errors",
    "packets",
];
const FLAGS: &[&str] = &["tcp", "udp", "sctp", "reverse", "bidirectional", "nodelay"];

pub(super) fn iperf3_control() -> Protocol {
    Protocol::new("iperf3ctl", "iperf3 control connection")
        .source("iperf3 3.12, iperf_api.h, iperf_api.c, net.c")
        .on(TCP_PORT, &[5201])
        .accepts(TCP_PORT, begins)
        .stream_of_single(length)
        .later(fields)
        .summary(summary)
        .sample("02000000000202000000000108004500004d00010000400666a80a0000010a0000029c401451000003e8000007d0501820009349000062347168727878326a646669347a617a706e617468616472706a33636d786d327062797600")
        .sample("02000000000102000000000208004500002900010000400666cc0a0000020a00000114519c40000007d00000040d50182000b65a000009")
        .sample("02000000000202000000000108004500007d00010000400666780a0000010a0000029c4014510000040d000007d15018200003b70000000000517b22746370223a747275652c226f6d6974223a302c2274696d65223a31302c22706172616c6c656c223a322c226c656e223a3133313037322c22636c69656e745f76657273696f6e223a22332e3132227d")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let number = |name: &'static str, doc: &'static str| -> Field { be64(name).doc(doc) };
    protocol.field(custom(
        [
            text("cookie", rest()).doc("cookie, the same in all connections of a test").brief(),
            u8("state").names(STATES).doc("state").brief(),
            be32("error").doc("error of iperf3"),
            be32("errno").doc("error of the system"),
            be32("length").unit("octets").doc("length of the JSON"),
            text("json", rest()).doc("parameters or results"),
            label("member").doc("member"),
            text("key", rest()).doc("name"),
            text("value", rest()).doc("value"),
            number("omit", "seconds at the start that do not count").unit("s"),
            number("time", "duration; 0: another limit").unit("s"),
            number("num", "octets to send; 0: another limit").unit("octets"),
            number("blockcount", "blocks to send; 0: another limit"),
            number("MSS", "maximum segment size").unit("octets"),
            number("parallel", "streams"),
            number("len", "octets of a block").unit("octets"),
            number("bandwidth", "rate to keep to; 0: none").unit("bit/s"),
            number("fqrate", "rate that the kernel keeps to").unit("bit/s"),
            number("pacing_timer", "time between looks at the rate").unit("µs"),
            number("burst", "blocks sent together"),
            number("TOS", "type of service"),
            number("window", "socket buffer").unit("octets"),
            number("bytes", "octets of a stream").unit("octets"),
            number("retransmits", "segments of a stream sent again"),
            number("errors", "datagrams of a stream that were lost"),
            number("packets", "datagrams of a stream"),
            flag("tcp").doc("test with TCP"),
            flag("udp").doc("test with UDP"),
            flag("sctp").doc("test with SCTP"),
            flag("reverse").doc("the server sends"),
            flag("bidirectional").doc("both send"),
            flag("nodelay").doc("without Nagle's algorithm"),
        ],
        message,
    ))
}

fn is_state(octet: u8) -> bool {
    Names::List(STATES).get(u64::from(octet)).is_some()
}

fn is_cookie(octets: &[u8]) -> bool {
    let letter = |octet: &u8| matches!(octet, b'a'..=b'z' | b'2'..=b'7');
    octets.len() < COOKIE && octets.iter().all(letter)
        || octets
            .first_chunk::<COOKIE>()
            .is_some_and(|cookie| matches!(cookie, [text @ .., 0] if text.iter().all(letter)))
}

/// Whether states stand here that nothing but states, JSON or the end follows: among test data an octet may look like one.
fn are_states(octets: &[u8]) -> bool {
    let run = octets.iter().take_while(|octet| is_state(**octet)).count();
    run > 0
        && match octets.get(run..).unwrap_or_default() {
            [] => true,
            json => {
                octets.first() != Some(&0xfe) && is_json(json)
                    || octets.first() == Some(&0xfe) && octets.len() <= 9
            }
        }
}

fn is_json(octets: &[u8]) -> bool {
    match octets {
        [0, _, _, _, first, ..] => *first == b'{',
        [0] | [0, _] | [0, _, _] | [0, _, _, _] => true,
        _ => false,
    }
}

fn begins(octets: &[u8]) -> bool {
    (octets.len() >= COOKIE && is_cookie(octets))
        || (octets.len() > 4 && is_json(octets))
        || (octets.len() <= 9 && are_states(octets))
}

fn length(begun: Begun<'_>) -> Length {
    match begun.octets {
        [0, l0, l1, l2, b'{', ..] => match u32::from_be_bytes([0, *l0, *l1, *l2]) {
            octets @ 2..=MOST_JSON => Length::of((octets as usize).saturating_add(4)),
            _ => Length::Alien,
        },
        octets if is_json(octets) => Length::at_least(5),
        [0xfe, ..] if are_states(begun.octets) => Length::of(9),
        octets if are_states(octets) => Length::of(1),
        octets if is_cookie(octets) => Length::of(COOKIE),
        _ => Length::Alien,
    }
}

fn message(walk: &mut Walk<'_, '_>) {
    let octets = walk.rest();
    if octets.len() >= COOKIE && is_cookie(octets) {
        walk.take_octets("cookie", COOKIE.saturating_sub(1));
        walk.advance(1);
    } else if octets.first().is_some_and(|octet| is_state(*octet)) {
        let state = walk.take("state", 1);
        if state == Some(0xfe) && walk.rest().len() >= 8 {
            walk.take("error", 4);
            walk.take("errno", 4);
        }
    } else if let Some(octets) = walk.take("length", 4) {
        let octets = usize::try_from(octets).unwrap_or(usize::MAX);
        walk.part(octets, |walk| {
            let (at, json) = (walk.offset(), walk.rest());
            walk.emit("json", at, json.len(), 0);
            members(walk, at, json);
            walk.advance(json.len());
        });
    }
}

/// Every member with a plain value, however deep: names and values stand in the text.
fn members(walk: &mut Walk<'_, '_>, at: usize, json: &[u8]) {
    let (mut place, mut key) = (0, None);
    while let Some(octet) = json.get(place) {
        let start = place;
        match octet {
            b'"' => {
                place = end_of_text(json, place);
                let span = (start.saturating_add(1), place.saturating_sub(1).max(start.saturating_add(1)));
                match key.take() {
                    Some(key) => member(walk, at, json, key, span),
                    None => key = Some(span),
                }
            }
            b'{' | b'[' | b'}' | b']' => (place, key) = (place.saturating_add(1), None),
            b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' => place = place.saturating_add(1),
            _ => {
                let ends = |octet: &u8| matches!(octet, b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n');
                let rest = json.get(place..).unwrap_or_default();
                place = place.saturating_add(rest.iter().position(ends).unwrap_or(rest.len()).max(1));
                if let Some(key) = key.take() {
                    member(walk, at, json, key, (start, place));
                }
            }
        }
        if walk.too_deep() {
            return;
        }
    }
}

/// Where a text ends that begins with a quotation mark, behind its last one.
fn end_of_text(json: &[u8], start: usize) -> usize {
    let mut place = start.saturating_add(1);
    while let Some(octet) = json.get(place) {
        place = place.saturating_add(if *octet == b'\\' { 2 } else { 1 });
        if *octet == b'"' {
            break;
        }
    }
    place.min(json.len())
}

fn member(walk: &mut Walk<'_, '_>, at: usize, json: &[u8], key: (usize, usize), value: (usize, usize)) {
    let span = |(start, end): (usize, usize)| (at.saturating_add(start), end.saturating_sub(start));
    let octets = |(start, end): (usize, usize)| json.get(start..end).unwrap_or_default();
    let (name, text) = (octets(key), octets(value));
    let node = walk.open("member");
    let (start, len) = span(key);
    walk.emit("key", start, len, 0);
    let (start, len) = span(value);
    walk.emit("value", start, len, 0);
    walk.close(node);
    let is = |known: &&&str| known.as_bytes() == name;
    if let Some(known) = NUMBERS.iter().find(is)
        && let Some(number) = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok())
    {
        walk.emit(known, start, len, number);
    } else if let Some(known) = FLAGS.iter().find(is) {
        walk.emit(known, start, len, u64::from(matches!(text, b"true" | b"1")));
    }
}

/// `iperf3 state parameter exchange`, `iperf3 cookie …`, `iperf3 JSON, length 128`: the first message.
fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("iperf3 ");
    let mut octets = Octets::of(body);
    match body.data {
        data if data.len() >= COOKIE && is_cookie(data) => {
            line.text("cookie ");
            line.untrusted(data.get(..COOKIE.saturating_sub(1)).unwrap_or_default());
        }
        [state, ..] if is_state(*state) => {
            line.text("state ");
            line.text(Names::List(STATES).get(u64::from(*state)).unwrap_or_default());
        }
        _ => {
            line.text("JSON, length ");
            line.number(u64::from(octets.u32().unwrap_or(0)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(octets: &[u8]) -> Length {
        length(Begun { octets, asked: 0, resume: 0 })
    }

    #[test]
    fn states_cookies_and_lengths_are_told_from_test_data() {
        assert_eq!(of(b"\x09"), Length::of(1));
        assert_eq!(of(b"\x01\x02"), Length::of(1));
        assert_eq!(of(b"\x0d\0\0\0\x02{}"), Length::of(1));
        assert_eq!(of(b"\0\0\0\x02"), Length::at_least(5));
        assert_eq!(of(b"\0\0\0\x02{}\x0e"), Length::of(6));
        assert_eq!(of(b"pp"), Length::of(COOKIE));
        assert_eq!(of(b"\xfe\0\0\0\x01\0\0\0\0"), Length::of(9));
        for data in [&b"\x01test data"[..], b"\0\0\0\x09[", b"Not a cookie", b"\x80"] {
            assert_eq!(of(data), Length::Alien, "{data:?}");
        }
        assert!(!begins(&[1; 100]) && !begins(b"\0\0\0\x05"));
    }

    #[test]
    fn text_ends_behind_its_last_mark_also_where_it_is_cut() {
        assert_eq!(end_of_text(br#""a\"b","#, 0), 6);
        assert_eq!(end_of_text(br#""a\"#, 0), 3);
    }
}
