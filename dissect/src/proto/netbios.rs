//! NetBIOS over TCP and UDP: the name service, the datagram service and the session service of RFC 1001 and RFC 1002.
//!
//! What datagrams and sessions carry (SMB) is payload. A name has sixteen octets, of which the last one is its suffix, and stands
//! as 32 letters, one for each half of an octet (RFC 1001 §14.1).

use crate::decode::Walk;
use crate::render::line::{Body, Line};
use crate::schema::{
    Begun, Build, Field, Given, Item, Kind, Length, Protocol, Size, Span, TCP_PORT, UDP_PORT, be16, be32,
    bits, block, bytes, crafted, custom, custom_both, decoded, eq, flag, ipv4, is_in, label, left, lit, mac,
    repeat, rest, same, switch, text, times, turned, u8, val, when,
};

/// RFC 1002 §4.2.1.1.
const OPCODES: &[(u64, &str)] = &[
    (0, "name query"),
    (5, "registration"),
    (6, "release"),
    (7, "WACK"),
    (8, "refresh"),
    (15, "multi-homed"),
];

const RCODES: &[(u64, &str)] = &[
    (0, "no error"),
    (1, "format error"),
    (2, "server failure"),
    (3, "no such name"),
    (4, "not implemented"),
    (5, "refused"),
    (6, "name is in use"),
    (7, "name is in conflict"),
];

const TYPES: &[(u64, &str)] = &[(1, "A"), (2, "NS"), (10, "NULL"), (32, "NB"), (33, "NBSTAT")];

const NODES: &[(u64, &str)] = &[(0, "B-node"), (1, "P-node"), (2, "M-node"), (3, "H-node")];

/// Letters of a name without its suffix, and with it.
const SHORT: usize = 30;
const WHOLE: usize = 32;

/// Fields of a head and the numbers that a body sets in them.
type Sets = &'static [(&'static str, u64)];

pub(super) fn name_service() -> Protocol {
    const QUERY: &[(&str, u64)] = &[("flags.opcode", 0), ("flags.nm", 0x11), ("count.queries", 1)];
    const STATUS: &[(&str, u64)] = &[("flags.opcode", 0), ("flags.nm", 1), ("count.queries", 1)];
    const ANSWER: &[(&str, u64)] =
        &[("flags.response", 1), ("flags.opcode", 0), ("flags.nm", 0x50), ("count.answers", 1)];
    const STATUSES: &[(&str, u64)] =
        &[("flags.response", 1), ("flags.opcode", 0), ("flags.nm", 0x40), ("count.answers", 1)];
    const REGISTER: &[(&str, u64)] =
        &[("flags.opcode", 5), ("flags.nm", 0x11), ("count.queries", 1), ("count.add_rr", 1)];
    const WAIT: &[(&str, u64)] =
        &[("flags.response", 1), ("flags.opcode", 7), ("flags.nm", 0x40), ("count.answers", 1)];
    const BODIES: &[(&str, u64, Sets)] = &[
        ("NBNSQueryRequest", 1, QUERY),
        ("NBNSNodeStatusRequest", 2, STATUS),
        ("NBNSQueryResponse", 3, ANSWER),
        ("NBNSNodeStatusResponse", 4, STATUSES),
        ("NBNSRegistrationRequest", 5, REGISTER),
        ("NBNSWackResponse", 6, WAIT),
    ];
    let mut protocol = Protocol::new("nbns", "NetBIOS Name Service")
        .layer("NBNSHeader")
        .part("NBNS_ADD_ENTRY", "written.addresses", &[])
        .part("NBNSNodeStatusResponseService", "written.names", &[])
        .ports_below("udp", 137, 137)
        .source("RFC 1002 §4.2")
        .on(UDP_PORT, &[137])
        .accepts(UDP_PORT, |data| data.len() >= 12)
        .answers([turned("flags.response", &[(0, 1)]), same("id")])
        .later(fields)
        .summary(summary)
        .sample("ffffffffffff02000000000108004500004e000100004011f595c0000209c00002ff00890089003ae5ae12340110000100000000000020464845504643454c45484643455046464641434143414341434143414341424d0000200001")
        .sample("02000000000202000000000108004500005a000100004011f681c0000207c0000209008900890046c1a9123485000000000100000000204547454a454d45464644454646434647454646434341434143414341434143410000200001000493e000066000c0000207")
        .sample("0200000000020200000000010800450000ad000100004011f62ec0000207c0000209008900890099ea3d123584000000000100000000204848474a474f474547504848484443414341434143414341434143414341414100002100010000000000590246494c455345525645522020202020200400574f524b47524f555020202020202000840002000000000700000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000")
        .sample("ffffffffffff020000000001080045000060000100004011f583c0000209c00002ff00890089004c69581236291000010000000000012045494550464446454341434143414341434143414341434143414341434141410000200001c00c002000010000000000060000c0000209");
    for (layer, number, head) in BODIES {
        let sets: Vec<_> = head.iter().map(|(field, value)| (*field, Given::Number(*value))).collect();
        protocol =
            protocol.body(layer, "count.add_rr", &[("written.body", *number)]).below(layer, "nbns", &sets);
    }
    protocol
}

/// Header.
fn fields(protocol: Protocol) -> Protocol {
    let records = val("count.answers") + val("count.auth_rr") + val("count.add_rr");
    protocol
        .field(be16("id").craft("NAME_TRN_ID").hex().brief().doc("transaction"))
        .field(Item::Group(
            be16("flags").hex().doc("flags"),
            vec![
                flag("flags.response").craft("RESPONSE").doc("response").into(),
                bits("flags.opcode", 4).craft("OPCODE").names(OPCODES).brief().doc("operation").into(),
                bits("flags.nm", 7)
                    .craft("NM_FLAGS")
                    .letters(&["B", "res1", "res0", "RA", "RD", "TC", "AA"])
                    .hidden()
                    .doc("flags of the name")
                    .of([
                        flag("flags.authoritative").doc("authoritative"),
                        flag("flags.truncated").doc("truncated"),
                        flag("flags.recdesired").doc("recursion desired"),
                        flag("flags.recavail").doc("recursion available"),
                        bits("flags.reserved", 2).hidden().doc("reserved"),
                        flag("flags.broadcast").doc("broadcast"),
                    ]),
                bits("flags.rcode", 4).craft("RCODE").names(RCODES).doc("answer").into(),
            ]
            .into(),
        ))
        .field(be16("count.queries").craft("QDCOUNT").doc("questions"))
        .field(be16("count.answers").craft("ANCOUNT").doc("answers"))
        .field(be16("count.auth_rr").craft("NSCOUNT").doc("records of authorities"))
        .field(be16("count.add_rr").craft("ARCOUNT").doc("further records"))
        .field(decoded([
            times(label("query").doc("question"), val("count.queries"), question()),
            times(label("record").doc("record"), records, record()),
        ]))
        .field(crafted([
            bits("written.body", 0).hidden().doc("kind of body").into(),
            switch(
                val("written.body"),
                [
                    (1, asked("QUESTION_NAME", "QUESTION_TYPE", "QUESTION_CLASS", 32)),
                    (2, asked("QUESTION_NAME", "QUESTION_TYPE", "QUESTION_CLASS", 33)),
                    (3, answered()),
                    (4, told()),
                    (5, registered()),
                    (6, waiting()),
                ],
                vec![],
            ),
        ]))
}

fn made(name: &'static str) -> Field {
    Field::new(name, Kind::Made, Size::Rest)
}

fn question() -> [Item; 3] {
    [
        custom([made("name").brief().doc("name")], |walk| read_name(walk, "name")),
        be16("type").names(TYPES).doc("type").into(),
        be16("class").names(&[(1, "IN")]).doc("class").into(),
    ]
}

fn record() -> [Item; 6] {
    let [name, kind, class] = question();
    [
        name,
        kind,
        class,
        be32("ttl").unit("s").doc("time to live").into(),
        be16("data_length").unit("octets").doc("length of the data").into(),
        block(
            label("rdata").doc("data").hidden(),
            Size::Octets(val("data_length").min(left())),
            [switch(
                val("type"),
                [(32, vec![addresses()]), (33, status().into())],
                vec![bytes("data", rest()).doc("data").into()],
            )],
        ),
    ]
}

fn addresses() -> Item {
    repeat(
        label("entry").doc("address of the name"),
        [
            be16("nb_flags").hex().doc("flags of the name").of([
                flag("nb_flags.group").doc("name of a group"),
                bits("nb_flags.ont", 2).names(NODES).doc("kind of node"),
                bits("nb_flags.reserved", 13).hidden().doc("reserved"),
            ]),
            ipv4("addr").brief().doc("address").into(),
        ],
    )
}

/// RFC 1002 §4.2.18.
fn status() -> [Item; 4] {
    [
        u8("number_of_names").doc("names").into(),
        times(
            label("node_name").doc("name of the node"),
            val("number_of_names"),
            [
                custom([made("netbios_name").doc("name")], read_plain_name),
                u8("netbios_suffix").hex().doc("suffix of the name").into(),
                be16("name_flags").hex().doc("flags of the name").of([
                    flag("name_flags.group").doc("name of a group"),
                    bits("name_flags.ont", 2).names(NODES).doc("kind of node"),
                    flag("name_flags.drg").doc("is being given up"),
                    flag("name_flags.cnf").doc("is in conflict"),
                    flag("name_flags.act").doc("is in use"),
                    flag("name_flags.prm").doc("is the node's own"),
                    bits("name_flags.reserved", 9).hidden().doc("reserved"),
                ]),
            ],
        ),
        mac("unit_id").doc("address of the interface").into(),
        bytes("statistics", rest()).doc("statistics").into(),
    ]
}

/// A name of fifteen octets as it is, without what fills it up.
fn read_plain_name(walk: &mut Walk<'_, '_>) {
    let Some(octets) = walk.rest().get(..SHORT / 2) else { return walk.missing(SHORT / 2) };
    walk.emit_made("netbios_name", walk.offset(), octets.len(), |made| {
        made.extend_from_slice(filled(octets))
    });
    walk.advance(octets.len());
}

/// A name in letters, or two octets that point to one further in front (RFC 1002 §4.1).
fn read_name(walk: &mut Walk<'_, '_>, field: &str) {
    let (at, octets, message) = (walk.offset(), walk.rest(), walk.layer_octets());
    let (letters, taken) = match octets {
        [high @ 0xc0..=0xff, low, ..] => {
            let to = usize::from(u16::from_be_bytes([high & 0x3f, *low]));
            (message.get(to..).and_then(first_label), 2)
        }
        octets => {
            let whole = scope_end(octets);
            (first_label(octets), whole)
        }
    };
    match letters.map(halves) {
        Some(name) if taken > 0 => walk.emit_made(field, at, taken, |made| shown(&name, made)),
        _ if taken > 0 => {}
        _ => return walk.missing(WHOLE.saturating_add(2)),
    }
    walk.advance(taken);
}

/// The first label, if it has the letters of a name.
fn first_label(octets: &[u8]) -> Option<&[u8]> {
    match octets {
        [0x20, after @ ..] => after.get(..WHOLE),
        _ => None,
    }
}

/// Octets of the labels up to the one without letters; 0 where they do not end.
fn scope_end(octets: &[u8]) -> usize {
    let mut at = 0_usize;
    while let Some(length) = octets.get(at) {
        at = at.saturating_add(usize::from(*length)).saturating_add(1);
        if *length == 0 {
            return at;
        }
        if at > 255 {
            break;
        }
    }
    0
}

fn halves(letters: &[u8]) -> Vec<u8> {
    let half = |letter: u8| letter.wrapping_sub(b'A') & 15;
    letters
        .chunks_exact(2)
        .map(|pair| pair.iter().fold(0, |octet, letter| octet << 4 | half(*letter)))
        .collect()
}

/// A name without what fills it up.
fn filled(name: &[u8]) -> &[u8] {
    let last = name.iter().rposition(|octet| !matches!(octet, b' ' | 0));
    name.get(..last.map_or(0, |last| last.saturating_add(1))).unwrap_or_default()
}

/// A name without what fills it up, and its suffix: `WORKGROUP<1d>`.
fn shown(octets: &[u8], made: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let (name, suffix) = octets.split_at(octets.len().min(15));
    let end =
        name.iter().rposition(|octet| !matches!(octet, b' ' | 0)).map_or(0, |last| last.saturating_add(1));
    made.extend_from_slice(name.get(..end).unwrap_or_default());
    for suffix in suffix {
        let digit = |half: u8| DIGITS.get(usize::from(half)).copied().unwrap_or(b'?');
        made.extend_from_slice(&[b'<', digit(suffix >> 4), digit(suffix & 15), b'>']);
    }
}

/// A name of fifteen octets as it is built, its suffix behind it.
fn written_name(name: &'static str, craft: &'static str) -> Item {
    let build: fn(&mut dyn Build) = match name {
        "written.name" => |build| write_name(build, "written.name"),
        "source_name.written" => |build| write_name(build, "source_name.written"),
        _ => |build| write_name(build, "destination_name.written"),
    };
    custom_both([text(name, rest()).craft(craft).hidden().doc("name")], |_| {}, build)
}

fn write_name(build: &mut dyn Build, field: &str) {
    let usual: &[u8] = match build.layer() {
        "NBNSNodeStatusRequest" => b"*\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        "NBNSRegistrationRequest" => b"Windows",
        _ => b"windows",
    };
    let name = build.octets(field).unwrap_or_else(|| usual.to_vec());
    let filled = name.iter().copied().chain(std::iter::repeat(b' ')).take(SHORT / 2);
    let letter = |half: u8| half.saturating_add(b'A');
    build.put(&[0x20]);
    filled.for_each(|octet| build.put(&[letter(octet >> 4), letter(octet & 15)]));
}

fn suffix(name: &'static str, craft: [&'static str; 2]) -> [Item; 2] {
    let [suffix, nul] = craft;
    [
        be16(name).craft(suffix).default(0x4141).hidden().doc("suffix in letters").into(),
        u8("written.nul").craft(nul).hidden().doc("end of the name").into(),
    ]
}

fn asked(name: &'static str, kind: &'static str, class: &'static str, number: u64) -> Vec<Item> {
    let mut items = vec![written_name("written.name", name)];
    items.extend(suffix("written.suffix", ["SUFFIX", "NULL"]));
    items.push(be16("written.type").craft(kind).default(number).names(TYPES).hidden().doc("type").into());
    items.push(be16("written.class").craft(class).default(1).hidden().doc("class").into());
    items
}

fn lifetime(seconds: u64) -> Item {
    be32("written.ttl").craft("TTL").default(seconds).hidden().doc("time to live").into()
}

fn length() -> Field {
    be16("written.length").craft("RDLENGTH").hidden().doc("length of the data")
}

/// An address and its flags.
fn entry() -> Vec<Item> {
    vec![
        bits("written.group", 1)
            .craft("G")
            .names(&[(1, "Group name")])
            .hidden()
            .doc("name of a group")
            .into(),
        bits("written.node", 2).craft("OWNER_NODE_TYPE").names(NODES).hidden().doc("kind of node").into(),
        bits("written.unused", 13).craft("UNUSED").hidden().doc("unused").into(),
        ipv4("written.address").craft("NB_ADDRESS").default(0x7f00_0001).hidden().doc("address").into(),
    ]
}

fn answered() -> Vec<Item> {
    let mut items = asked("RR_NAME", "QUESTION_TYPE", "QUESTION_CLASS", 32);
    let list = label("written.addresses").craft("ADDR_ENTRY").default(1).hidden().doc("addresses");
    items.extend([
        lifetime(300_000),
        length().len_of_part("written.addresses", 1, 0).into(),
        Item::Repeat(list, crate::schema::Count::ToEnd, entry().into()),
    ]);
    items
}

fn told() -> Vec<Item> {
    let mut items = asked("RR_NAME", "RR_TYPE", "RR_CLASS", 33);
    items.extend([
        lifetime(0),
        length().default(83).into(),
        u8("written.count").craft("NUM_NAMES").count_of("written.names").hidden().doc("names").into(),
        repeat(
            label("written.names").craft("NODE_NAME").default(1).hidden().doc("names"),
            [
                bytes("written.plain", Size::Octets(lit(15)))
                    .craft("NETBIOS_NAME")
                    .default_bytes(b"WINDOWS        ")
                    .hidden()
                    .doc("name")
                    .into(),
                u8("written.plain_suffix").craft("SUFFIX").hidden().doc("suffix").into(),
                u8("written.flags").craft("NAME_FLAGS").default(4).hidden().doc("flags of the name").into(),
                u8("written.rest").craft("UNUSED").hidden().doc("unused").into(),
            ],
        ),
        mac("written.unit").craft("MAC_ADDRESS").hidden().doc("address of the interface").into(),
        bytes("written.statistics", Size::Octets(lit(46)))
            .craft("STATISTICS")
            .hidden()
            .doc("statistics")
            .into(),
    ]);
    items
}

fn registered() -> Vec<Item> {
    let mut items = asked("QUESTION_NAME", "QUESTION_TYPE", "QUESTION_CLASS", 32);
    items.extend([
        be16("written.owner").craft("RR_NAME").default(0xc00c).hidden().doc("where the name stands").into(),
        be16("written.owner_type").craft("RR_TYPE").default(32).names(TYPES).hidden().doc("type").into(),
        be16("written.owner_class").craft("RR_CLASS").default(1).hidden().doc("class").into(),
        lifetime(0),
        length().default(6).into(),
    ]);
    items.extend(entry());
    items
}

fn waiting() -> Vec<Item> {
    let mut items = asked("RR_NAME", "RR_TYPE", "RR_CLASS", 32);
    items.extend([
        lifetime(2),
        length().default(2).into(),
        be16("written.rdata")
            .craft("RDATA")
            .default(10512)
            .hidden()
            .doc("flags of what is waited for")
            .into(),
    ]);
    items
}

pub(super) fn datagram_service() -> Protocol {
    const TYPES: &[(u64, &str)] = &[
        (16, "direct unique"),
        (17, "direct group"),
        (18, "broadcast"),
        (19, "error"),
        (20, "query request"),
        (21, "positive query response"),
        (22, "negative query response"),
    ];
    let names = [
        written_name("source_name.written", "SourceName"),
        written_name("destination_name.written", "DestinationName"),
    ];
    let [source, destination] = names;
    let mut written = vec![source];
    written.extend(suffix("written.suffix1", ["SUFFIX1", "NULL1"]));
    written.push(destination);
    written.extend(suffix("written.suffix2", ["SUFFIX2", "NULL2"]));
    Protocol::new("nbdgm", "NetBIOS Datagram Service")
        .layer("NBTDatagram")
        .ports_below("udp", 138, 138)
        .source("RFC 1002 §4.4")
        .on(UDP_PORT, &[138])
        .accepts(UDP_PORT, |data| data.len() >= 10 && matches!(data.first(), Some(16..=22)))
        .field(u8("type").craft("Type").default(16).names(TYPES).brief().doc("message"))
        .field(u8("flags").craft("Flags").default(2).hex().doc("flags").of([
            bits("reserved", 4).hidden().doc("reserved"),
            bits("node_type", 2).names(NODES).doc("kind of node"),
            flag("first").doc("first fragment"),
            flag("next").doc("more fragments follow"),
        ]))
        .field(be16("dgram_id").craft("ID").hex().doc("datagram"))
        .field(ipv4("src.ip").craft("SourceIP").default(0x7f00_0001).brief().doc("source"))
        .field(be16("src.port").craft("SourcePort").default(138).doc("source port"))
        .field(when(
            is_in("type", &[16, 17, 18]),
            [
                be16("dgram_len").craft("Length").unit("octets").len_of(Span::Payload, 1, 68).doc("length").into(),
                be16("pkt_offset").craft("Offset").unit("octets").doc("offset of the fragment").into(),
                decoded([
                    custom([made("source_name").doc("name of the source")], |walk| read_name(walk, "source_name")),
                    custom([made("destination_name").doc("name of the destination")], |walk| {
                        read_name(walk, "destination_name");
                    }),
                ]),
                Item::When(crate::schema::not(crate::schema::Test::All(Vec::new())), written.into()),
            ],
        ))
        .field(decoded([
            when(eq("type", 19), [u8("error_code").hex().doc("error").into()]),
            when(
                is_in("type", &[20, 21, 22]),
                [custom([made("destination_name").doc("name of the destination")], |walk| {
                    read_name(walk, "destination_name");
                })],
            ),
        ]))
        .summary(summary)
        .sample("ffffffffffff020000000001080045000072000100004011f571c0000209c00002ff008a008a005e8712100a0000c0000209008a004800002045494550464446454341434143414341434143414341434143414341434141410020464845504643454c45484643455046464641434143414341434143414341424d00ff534d42")
}

pub(super) fn session_service() -> Protocol {
    const TYPES: &[(u64, &str)] = &[
        (0, "session message"),
        (0x81, "session request"),
        (0x82, "positive session response"),
        (0x83, "negative session response"),
        (0x84, "retarget session response"),
        (0x85, "session keepalive"),
    ];
    Protocol::new("nbss", "NetBIOS Session Service")
        .layer("NBTSession")
        .below("NBTSession", "tcp", &[("srcport", Given::Number(139)), ("dstport", Given::Number(139))])
        .source("RFC 1002 §4.3")
        .on(TCP_PORT, &[139])
        .accepts(TCP_PORT, |data| matches!(data, [0 | 0x81..=0x85, 0 | 1, ..]))
        .stream_of_single(session_length)
        .field(u8("type").craft("TYPE").hex().names(TYPES).brief().doc("message"))
        .field(bits("reserved", 7).craft("RESERVED").hidden().doc("reserved"))
        .field(bits("length", 17).craft("LENGTH").unit("octets").len_of(Span::Payload, 1, 0).brief().doc("length"))
        .field(decoded([
            when(
                eq("type", 0x81),
                [
                    custom([made("called_name").doc("name that is called")], |walk| read_name(walk, "called_name")),
                    custom([made("calling_name").doc("name that calls")], |walk| read_name(walk, "calling_name")),
                ],
            ),
            when(eq("type", 0x83), [u8("error_code").hex().doc("error").into()]),
            when(
                eq("type", 0x84),
                [
                    ipv4("retarget_ip_address").doc("address to go to").into(),
                    be16("retarget_port").doc("port to go to").into(),
                ],
            ),
        ]))
        .sample("020000000002020000000001080045000030000100004006f6b6c0000209c00002070400008b000000010000000150182000ba8c000000000004ff534d42")
        .sample("020000000002020000000001080045000070000100004006f676c0000209c00002070400008b000000010000000150182000c819000081000044204547454a454d45464644454646434647454646434341434143414341434143410020454945504644464543414341434143414341434143414341434143414341414100")
}

/// Four octets of head say how many follow.
fn session_length(begun: Begun<'_>) -> Length {
    match begun.octets {
        [0 | 0x81..=0x85, high @ (0 | 1), middle, low, ..] => {
            let follow = usize::from(*high) << 16 | usize::from(*middle) << 8 | usize::from(*low);
            Length::of(follow.saturating_add(4))
        }
        [_, _, _, _, ..] => Length::Alien,
        _ => Length::at_least(4),
    }
}

/// As tcpdump has it without its printer of SMB.
fn summary(line: &mut Line<'_, '_>, body: Body<'_>) {
    line.text("UDP, length ");
    line.number(body.len as u64);
}
