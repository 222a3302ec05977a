//! The display filter's meaning: verdicts on four frames that Wireshark 4 gives too (where it knows the form), the
//! places that errors point at, and what holds for any text.

use nettool_dissect::decode::{Decoder, Dissection, Plan, Surroundings};
use nettool_dissect::frame::{ChecksumState, Frame, LinkType, Meta, Timestamp};
use nettool_dissect::query::{Macros, Query, complete};
use nettool_dissect::registry::Registry;

/// 1: UDP from 10.0.0.1:1000 to 10.0.0.2:2000 with `hello world`. 2: TCP SYN+ACK from 10.0.0.3:443 to 10.0.0.2:2000, TTL
/// 10, with `GET / HTTP`. 3: 1.1.1.1 to 2.2.2.2 around UDP from 10.0.0.9:5353 to 10.0.0.1:5001. 4: VLAN 5, priority 3,
/// of 2, its checksum left to the card.
const FRAMES: [&str; 4] = [
    "02000000000202000000000108004500002700010000401166c30a0000010a00000203e807d000134e3f68656c6c6f20776f726c64",
    "020000000002020000000003080045000032000100000a069cc10a0000030a00000201bb07d000000000000000005012\
     20000b0f0000474554202f2048545450",
    "ffffffffffff02000000000108004500003100010000400474c301010101020202024500001d00010000401166c60a00\
     00090a00000114e9138900094b6078",
    "020000000002020000000003810060050800450000320001 00000a069cc10a0000030a00000201bb07d0000000000000\
     0000501220000b0f0000474554202f2048545450",
];

fn octets(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        hex.chars().filter_map(|c| c.to_digit(16)).map(|digit| u8::try_from(digit).unwrap()).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// Numbers of the frames that a query selects, with a plan of its fields alone and with all fields.
fn selected(text: &str) -> Vec<u64> {
    let registry = Registry::builtin();
    let query = Query::parse(text, registry).unwrap_or_else(|error| panic!("{error}"));
    let planned = Decoder::with_plan(registry, query.plan(registry));
    let plan = query.plan(registry);
    let hidden = |id| registry.field(id).is_some_and(|info| info.field.hidden);
    // What only those see who name it is not among all fields.
    let named = plan.fields().is_some_and(|mut fields| fields.any(hidden));
    let whole =
        if named { Plan::of(registry, registry.fields().map(|(id, _)| id)) } else { Plan::everything() };
    let whole = Decoder::with_plan(registry, whole);
    let mut out = Dissection::default();
    let mut hits = Vec::new();
    for (at, hex) in FRAMES.iter().enumerate() {
        let data = octets(hex);
        let mut meta = Meta::new(LinkType::ETHERNET, data.len() as u32);
        meta.time = Some(Timestamp::new(1_700_000_000, 500_000_000 + at as u32));
        if at == 3 {
            meta.checksum = ChecksumState::NotReady;
        }
        let frame = Frame { number: at as u64 + 1, data: &data, meta };
        let around = Surroundings {
            first: Some(Timestamp::new(1_700_000_000, 500_000_000)),
            ..Surroundings::default()
        };
        let verdicts = [&planned, &whole].map(|decoder| {
            decoder.decode(&frame, &around, &mut out);
            query.matches(registry, &frame, &out)
        });
        assert_eq!(
            verdicts[0],
            verdicts[1],
            "`{text}` on frame {}: with its plan, and with all fields",
            at + 1
        );
        if verdicts[0] {
            hits.push(frame.number);
        }
    }
    hits
}

#[track_caller]
fn selects(text: &str, frames: &[u64]) {
    assert_eq!(selected(text), frames, "{text}");
}

#[test]
fn relations_hold_for_any_value_but_not_equal_for_all() {
    selects("ip.addr == 10.0.0.2", &[1, 2, 4]);
    selects("ip.addr != 10.0.0.2", &[3]);
    selects("ip.addr !== 10.0.0.2", &[1, 2, 3, 4]);
    selects("ip.addr ~= 10.0.0.2", &[1, 2, 3, 4]);
    selects("ip.addr === 10.0.0.2", &[]);
    selects("any ip.addr > 10.0.0.2", &[2, 3, 4]);
    selects("all ip.addr > 10.0.0.1", &[2, 4]);
    selects("udp.port any_eq 2000", &[1]);
    selects("udp.port all_ne 2000", &[3]);
    selects("tcp.port != 1", &[2, 4]);
    selects(
        "tcp.srcport gt 442 and tcp.srcport lt 444 and tcp.srcport ge 443 and tcp.srcport le 443",
        &[2, 4],
    );
    selects("9 < ip.ttl <= 10", &[2, 4]);
    selects("64 == ip.ttl", &[1, 3]);
    selects("all udp.port in {1000, 2000}", &[1]);
    selects("any udp.port in {2000, 5001}", &[1, 3]);
}

#[test]
fn logic_binds_not_before_and_before_xor_before_or() {
    selects("not udp and tcp or ip", &[1, 2, 3, 4]);
    selects("tcp or udp and frame.len > 60", &[2, 3, 4]);
    selects("!(tcp || vlan)", &[1, 3]);
    selects("tcp xor vlan", &[2]);
    selects("tcp ^^ ip.ttl == 10 || vlan", &[4]);
    selects("! ! tcp", &[2, 4]);
}

#[test]
fn sets_hold_values_ranges_and_networks() {
    selects("ip.ttl in {5..20, 64}", &[1, 2, 3, 4]);
    selects("udp.port in {5000..6000}", &[3]);
    selects("ip.src in {10.0.0.0/30}", &[1, 2, 4]);
    selects("tcp.port not in {443}", &[1, 3]);
    selects("ip.ttl == {10}", &[2, 4]);
    selects("udp.port in {1 2 1000}", &[1]);
    selects("eth.src in {02:00:00:00:00:00..02:00:00:00:00:01}", &[1, 3]);
    selects("ip.ttl in {5 + 5}", &[2, 4]);
}

#[test]
fn slices_take_octets_of_fields_and_protocols() {
    selects("frame[12:2] == 08:00", &[1, 2, 3]);
    selects("frame[-4:4] == 48:54:54:50", &[2, 4]);
    selects("frame[0-2] == 02:00:00", &[1, 2, 4]);
    selects("frame[:3] == ff:ff:ff", &[3]);
    selects("frame[3:] contains ff", &[3]);
    selects("eth.src[0:2,5] == 02:00:03", &[2, 4]);
    selects("eth.src[0:3] == 02:00:00 && tcp.len > 5", &[2, 4]);
    selects("tcp[13] == 0x12", &[2, 4]);
    selects("tcp[13] == 12", &[2, 4]);
    selects("tcp[13] & 0x02", &[2, 4]);
    selects("tcp[13] & 2 == 2", &[2, 4]);
    selects("ip.src[3] > 1", &[2, 3, 4]);
    selects("ip.src[0:2] == 0a:00", &[1, 2, 3, 4]);
    selects("udp[8:5] == \"hello\"", &[1]);
    selects("ip[-4:] == 0a:00:00:02", &[1, 2, 4]);
    selects("frame[1000:2] == 00:00", &[]);
    selects("udp[4:2] == 00:13", &[1]);
}

#[test]
fn protocols_contain_what_they_carry_but_are_as_long_as_their_headers() {
    selects("udp contains \"hello\"", &[1]);
    selects("ip contains \"hello\"", &[1]);
    selects("tcp contains 47:45:54", &[2, 4]);
    selects("frame contains 0a:01", &[]);
    selects("frame contains 'h'", &[1]);
    selects("udp contains 68656c6c", &[1]);
    selects("frame contains 02.00.00.00.00.02", &[1, 2, 4]);
    selects("len(udp) == 8", &[1, 3]);
    selects("len(ip) == 20", &[1, 2, 3, 4]);
}

#[test]
fn patterns_ignore_case_and_take_raw_texts() {
    selects("frame matches \"HEL+O\"", &[1]);
    selects("frame matches r\"hel+o\"", &[1]);
    selects("frame matches \"\\x68ello\"", &[1]);
    selects("udp ~ \"h.*d$\"", &[1]);
    selects("string(ip.src) matches \"^10\\.\"", &[1, 2, 3, 4]);
    selects("string(ip.src) matches \"^10\\\\.\"", &[1, 2, 3, 4]);
    selects("lower(frame.protocols) contains \"vlan\"", &[4]);
}

#[test]
fn numbers_are_written_as_in_c_and_computed_with() {
    selects("udp.srcport == 0x3e8 && udp.srcport == 01750 && udp.srcport == 0b1111101000", &[1]);
    selects("ip.ttl == 8 * 8", &[1, 3]);
    selects("ip.ttl + 2 * 3 == 70", &[1, 3]);
    selects("ip.ttl % 2 == 0 && ip.ttl / 2 == 5", &[2, 4]);
    selects("ip.ttl & 0x40 == 0x40", &[1, 3]);
    selects("ip.ttl bitwise_and 64", &[1, 3]);
    selects("ip.ttl & 1", &[]);
    selects("ip.ttl + 1", &[1, 2, 3, 4]);
    selects("ip.ttl / (ip.ttl - 64) == 0", &[2, 4]);
    selects("udp.srcport - 2000 == -1000", &[1]);
    selects("-udp.srcport == -1000", &[1]);
    selects("ip.len >= udp.length + 20", &[1, 3]);
    selects("ip.len - 1 > udp.length", &[1, 3]);
    selects("tcp.flags & 0x12 == 0x12", &[2, 4]);
    selects("ip.src & 0.0.0.1 == 0.0.0.1", &[1, 2, 3, 4]);
    selects("frame.len == frame.cap_len", &[1, 2, 3, 4]);
}

#[test]
fn functions_compute_over_all_values() {
    selects("count(ip) > 1", &[3]);
    selects("count(ip.addr) == 4", &[3]);
    selects("max(udp.srcport, udp.dstport) == 2000", &[1]);
    selects("min(udp.port) == 1000", &[1]);
    selects("max(ip.ttl, 20) == 64", &[1, 3]);
    selects("abs(ip.ttl - 20) == 10", &[2, 4]);
    selects("upper(frame.protocols) == \"ETH:ETHERTYPE:IP:UDP:DATA\"", &[1]);
    selects("len(ip.src) == 4", &[1, 2, 3, 4]);
}

#[test]
fn values_have_names_times_and_addresses() {
    selects("tcp.flags.syn == 1 && tcp.flags.ack == true", &[2, 4]);
    selects("tcp.flags.syn == \"Set\"", &[2, 4]);
    selects("ip.checksum.status == \"Good\"", &[1, 2, 3, 4]);
    selects("ip.proto == TCP", &[2, 4]);
    selects("eth.addr == 02-00-00-00-00-01", &[1, 3]);
    selects("eth.addr == 0200.0000.0001", &[1, 3]);
    selects("eth.dst == ip.dst[0:4]", &[]);
    selects("frame.time >= \"2023-11-14 22:13:20.5\" && frame.time < \"2023-11-15\"", &[1, 2, 3, 4]);
    selects("frame.time_epoch > 1700000000.500000001", &[3, 4]);
    selects("frame.time_relative >= 2ns", &[3, 4]);
    selects("frame.checksum_offloaded", &[4]);
    selects("vlan.id == 5 && vlan.priority == 3", &[4]);
    selects("ip.src == 10.0.0.0/255.255.255.252", &[1, 2, 4]);
    selects("ip.src == ip.dst", &[]);
}

#[test]
fn layers_are_counted_from_the_outside_or_the_inside() {
    selects("ip.addr#2 == 10.0.0.9", &[3]);
    selects("ip.addr#[-1] == 10.0.0.9", &[3]);
    selects("ip.addr#1 == 1.1.1.1", &[3]);
    selects("ip#2", &[3]);
    selects("ip.src#[1-2] == 10.0.0.9", &[3]);
    selects("ip.src#3", &[]);
}

#[test]
fn the_at_sign_takes_the_octets_of_any_field() {
    selects("@ip.src == 0a:00:00:01", &[1]);
    selects("@ip.ttl == 40", &[1, 3]);
    selects("@udp.srcport[1] == e8", &[1]);
}

#[test]
fn macros_are_put_in_with_their_arguments() {
    selects("${private_ipv4} && tcp", &[2, 4]);
    selects("${udp_conv:10.0.0.2;10.0.0.1;2000;1000}", &[1]);
    let mut macros = Macros::default();
    macros.set("port", "tcp.port == $1 || udp.port == $1");
    macros.set("twice", "${port:443} && ${port:2000}");
    macros.set("loop", "${loop}");
    let registry = Registry::builtin();
    assert!(Query::parse_with("${twice}", registry, &macros).is_ok());
    let error = |text: &str| Query::parse_with(text, registry, &macros).unwrap_err().to_string();
    assert_eq!(
        error("tcp && ${prt:1}").lines().next(),
        Some("macro `prt` is not defined; did you mean `port`?")
    );
    assert!(error("${loop}").starts_with("macros expand without end"));
    assert_eq!(error("tcp && ${port:x}").lines().last(), Some("         ^^^^^^^^^"));
}

#[track_caller]
fn fails(text: &str, message: &str, carets: &str) {
    let error = Query::parse(text, Registry::builtin()).expect_err(text).to_string();
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(lines, [message, &format!("  {text}"), &format!("  {carets}")], "{error}");
}

#[test]
fn errors_name_what_is_wrong_and_point_at_it() {
    fails(
        "ip.src == 10.0.0.1 && tcp.flag == 2",
        "`tcp.flag` is not a field or protocol; did you mean `tcp.flags`?",
        "                      ^^^^^^^^",
    );
    fails(
        "_ws.exprt == 1",
        "`_ws.exprt` is not a field or protocol; did you mean `_ws.expert`?",
        "^^^^^^^^^",
    );
    fails("len() > 1", "`len` takes one field", "^^^^^");
    fails("count(5) > 1", "`count` takes one field", "^^^^^^^^");
    fails("tcp.port == 80 | udp", "expected `||` (or `or`), found `|`", "               ^");
    fails("${tcp_conv:1;2}", "macro `tcp_conv` wants 4 arguments: `${tcp_conv:a;b}`", "^^^^^^^^^^^^^^^");
    let flag = "expected a number, found `t`; a flag is a field here: `tcp.flags.syn == 1`";
    fails("tcp[tcpflags] & tcp-syn != 0", flag, "    ^");
    fails("tcp.port == -1", "`-1` is less than `tcp.srcport` can be (0)", "            ^^");
    fails("tcp.prt", "`tcp.prt` is not a field or protocol; did you mean `tcp.port`?", "^^^^^^^");
    fails("ip.ttl / 0 == 0", "nothing can be divided by 0", "         ^");
    fails("ip.ttl == foo", "`foo` is not a number (80, 0x50, 0b1010000, 0120, 'P')", "          ^^^");
    fails(
        "tcp.checksum.status == \"Baad\"",
        "`Baad` is neither a number nor a value of `tcp.checksum.status`; did you mean `Bad`?",
        "                       ^^^^^^",
    );
    fails(
        "ip.src == 10.0.0",
        "`10.0.0` is not an IPv4 address or network (10.0.0.1, 10.0.0.0/8)",
        "          ^^^^^^",
    );
    fails("(ip", "expected `)`, found the end of the query", "   ^");
    fails("ip.ttl ==", "expected a field or a value, found the end of the query", "         ^");
    fails("ip ip", "expected `and`, `or` or the end of the query, found `ip`", "   ^^");
    fails("ip.ttl contains 1", "`contains` does not go with a number", "^^^^^^");
    fails("ip.ttl[0] == 1", "`[ ]` does not go with a number", "^^^^^^");
    fails("frame matches \"(\"", "`(` is not a regular expression: unclosed group", "              ^^^");
    fails("frame[2-1] == 1", "the range ends before it begins", "      ^^^");
    fails("udp.port in {9..1}", "the range ends before it begins", "             ^^^^");
    fails("frame contains \"abc", "the text has no end", "               ^^^^");
    fails("1 == 1", "a comparison needs a field on one side", "^^^^^^");
    fails("len(ip, tcp) == 1", "`len` takes one field", "^^^^^^^^^^^^");
    fails("ip.src == tcp.port", "an IPv4 address cannot be compared with a number", "^^^^^^^^^^^^^^^^^^");
    fails(
        "size(ip) == 1",
        "`size` is not a function; there are len, count, lower, upper, max, min, abs and string",
        "^^^^",
    );
    fails("", "an empty query selects nothing; leave it out to see every packet", "^");
    fails("ip § tcp", "expected a field, a value or an operator, found `§`", "   ^");
}

#[test]
fn nesting_has_a_limit() {
    let registry = Registry::builtin();
    for text in [
        "(".repeat(50_000),
        "!".repeat(60_000),
        "-".repeat(60_000),
        "@".repeat(60_000),
        "lower(".repeat(9_000),
    ] {
        assert!(Query::parse(&text, registry).is_err());
    }
    let long = vec!["ip"; 10_000].join(" or ");
    assert!(Query::parse(&long, registry).is_ok());
}

#[test]
fn every_field_name_is_a_query_and_completes_itself() {
    let registry = Registry::builtin();
    for (name, _) in registry.names() {
        let query = Query::parse(name, registry).unwrap_or_else(|error| panic!("{error}"));
        assert!(!query.fields().is_empty(), "{name}");
    }
    let words =
        |text: &str| complete(registry, text).1.into_iter().map(|found| found.word).collect::<Vec<_>>();
    assert!(words("tcp.po").contains(&"tcp.port".to_owned()));
    assert_eq!(complete(registry, "ip && tcp.po").0, 6);
    assert_eq!(words("tcp.checksum.status == "), ["0", "1", "2", "3"]);
    assert!(complete(registry, "tcp.flags.sy").1.iter().all(|found| !found.doc.is_empty()));
}

#[test]
fn forms_that_wireshark_takes_are_taken() {
    selects("{ip.ttl + 2} == 66", &[1, 3]);
    selects("ip.ttl == {60 + 4}", &[1, 3]);
    selects("ip.proto == \"TCP (6)\"", &[2, 4]);
    selects("eth.src contains 00:03", &selected("eth.src[4:2] == 00:03"));
    selects("bootp.type == 1", &[]);
    selects("ssl.handshake.type == 1", &[]);
}

#[test]
fn what_makes_no_sense_is_refused_with_the_mend() {
    let refused = |text: &str| match Query::parse(text, Registry::builtin()) {
        Ok(_) => panic!("{text} is taken"),
        Err(error) => error.to_string(),
    };
    assert!(refused("tcp.port = 80").starts_with("expected `==` (or `eq`), found `=`\n"));
    assert!(refused("tcp.port == http").starts_with("a number cannot be compared with a protocol\n"));
    assert!(refused("ip.src[0] == 127").contains("octets are hexadecimal: 7f\n"));
    assert!(refused("ip.src == ${ip.dst}").contains("or `ip.dst` for that of the same packet\n"));
    assert!(refused("ip.src == ${nothing.here}").starts_with("macro `nothing.here` is not defined"));
}
