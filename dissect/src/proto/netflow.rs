//! Cisco NetFlow versions 1, 5, 7 and 9 (RFC 3954) and IPFIX (RFC 7011).
//!
//! Records of version 9 and IPFIX are read by the template that stands in the same message, or else by the one that the exporter sent in an
//! earlier one (`flow::templates`). Records without a template are shown as octets, and structured data (basicList and the like) too.

#[path = "netflow_elements.rs"]
mod elements;
#[path = "netflow_messages.rs"]
pub(crate) mod messages;

use crate::decode::Walk;
use crate::flow::reassembly::Joined;
use crate::schema::{
    Build, Count, Field, Fill, Item, Kind, Protocol, Size, Span, Test, Tlv, TlvCase, UDP_PORT, be16, be32,
    be64, bits, block, built, bytes, crafted, custom_both, decoded, eq, flag, ge, ipv4, ipv6, label, left,
    lit, mac, ne, repeat, rest, switch, text, times, u8, val, when,
};
use elements::{ELEMENTS, Shape, place};
use messages::{Definition, definitions, word};

const PORTS: &[u64] = &[2055, 2056, 4739, 9995, 9996];

/// RFC 3954 §6.1.
const SCOPES: &[(u64, &str)] =
    &[(1, "System"), (2, "Interface"), (3, "Line card"), (4, "Cache"), (5, "Template")];

const DIRECTIONS: &[(u64, &str)] = &[(0, "ingress"), (1, "egress")];

const END_REASONS: &[(u64, &str)] = &[
    (1, "idle timeout"),
    (2, "active timeout"),
    (3, "end of flow"),
    (4, "forced end"),
    (5, "lack of resources"),
];

const SETS: &[(u64, u64, &str)] = &[
    (0, 0, "template (version 9)"),
    (1, 1, "options template (version 9)"),
    (2, 2, "template"),
    (3, 3, "options template"),
    (4, 255, "reserved"),
    (256, 65_535, "data"),
];

/// Bits of TCP, the lowest first.
const LETTERS: &[&str] = &["F", "S", "R", "P", "A", "U", "E", "C"];

const TCP_FLAGS: [&str; 8] = [
    "tcpflags.cwr",
    "tcpflags.ece",
    "tcpflags.urg",
    "tcpflags.ack",
    "tcpflags.psh",
    "tcpflags.rst",
    "tcpflags.syn",
    "tcpflags.fin",
];

/// Octets of a record of version 1, 5 and 7.
const FLOW_1: u16 = 48;
const FLOW_5: u16 = 48;
const FLOW_7: u16 = 52;

pub(super) fn netflow() -> Protocol {
    Protocol::new("cflow", "Cisco NetFlow/IPFIX")
        .alias("netflow")
        .layer("NetflowHeader")
        .body("NetflowHeaderV1", "version", &[("version", 1)])
        .body("NetflowHeaderV5", "version", &[("version", 5)])
        .body("NetflowHeaderV9", "version", &[("version", 9)])
        .body("NetflowHeaderV10", "version", &[("version", 10)])
        .part("NetflowRecordV1", "pdu.v1", &[])
        .part("NetflowRecordV5", "pdu.v5", &[])
        .part("NetflowFlowsetV9", "set", &[("flowset_id", 0)])
        .part("NetflowOptionsFlowsetV9", "set", &[("flowset_id", 1)])
        .part("NetflowOptionsFlowset10", "set", &[("flowset_id", 3)])
        .part("NetflowTemplateV9", "template", &[])
        .part("NetflowTemplateFieldV9", "field", &[])
        .part("NetflowOptionsFlowsetScopeV9", "scope", &[])
        .part("NetflowOptionsFlowsetOptionV9", "option", &[])
        .part("NetflowDataflowsetV9", "written", &[])
        .part("NetflowRecordV9", "written.record", &[])
        .ports_below("udp", 2055, 2055)
        .source("RFC 3954 §5, §6, RFC 7011 §3; Cisco NetFlow Services Solutions Guide, appendix A")
        .on(UDP_PORT, PORTS)
        .accepts(UDP_PORT, |data| matches!(data, [0, 1 | 5 | 7 | 9 | 10, ..]))
        .later(fields)
        .after(after)
        .sample("02000000000202000000000108004500006400010000401166860a0000010a0000020807080700508d0000050001000013886553f100000000070000001000014064c0000201c6336401c00002fe000100020000000300000078000003e8000007d0c350003500021100fde8fde918180000")
        .sample("02000000000202000000000108004500007800010000401166720a0000010a000002080708070064358d00090004000013886553f1000000000100000010000000100102000200010004003e00100001001401030004000400010004000a00020000010200180000000720010db80000000000000000000000010103000c0102030405060000")
        .sample("02000000000202000000000108004500008e000100004011665c0a0000010a00000212831283007a3715000a00726553f100000000010000001000020020010200048001000400007279003e00100052ffff80010004000000090003001601030003000100950004000a000200010002010200200000000720010db800000000000000000000000103657468050505050103000c0102030405060708")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(be16("version").default(1).brief().doc("version"))
        .field(switch(
            val("version"),
            [
                (1, header_with_nanoseconds(FLOW_1, vec![flows("pdu.v1", flow_1())])),
                (
                    5,
                    header_with_nanoseconds(
                        FLOW_5,
                        vec![
                            sequence(),
                            u8("engine_type").craft("engineType").doc("kind of engine").into(),
                            u8("engine_id").craft("engineID").doc("engine").into(),
                            be16("sampling").craft("samplingInterval").hex().doc("sampling").of([
                                bits("samplingmode", 2).doc("sampling mode"),
                                bits("samplerate", 14).doc("one packet in so many is looked at"),
                            ]),
                            flows("pdu.v5", flow_5()),
                        ],
                    ),
                ),
                (
                    7,
                    header_with_nanoseconds(
                        FLOW_7,
                        vec![
                            sequence(),
                            bytes("reserved", Size::Octets(lit(4))).doc("reserved").into(),
                            flows("pdu.v7", flow_7()),
                        ],
                    ),
                ),
                // before version 9: a length given to it is that of the message, not of its sets
                (
                    10,
                    with_sets([
                        be16("len")
                            .craft("length")
                            .unit("octets")
                            .len_of(Span::After, 1, 4)
                            .doc("length")
                            .into(),
                        be32("exporttime").craft("ExportTime").unit("s").doc("seconds since 1970").into(),
                        be32("sequence").craft("flowSequence").brief().doc("sequence number").into(),
                        be32("od_id").craft("ObservationDomainID").doc("observation domain").into(),
                    ]),
                ),
                (
                    9,
                    with_sets([
                        be16("count").craft("count").brief().doc("records").into(),
                        be32("sysuptime")
                            .craft("sysUptime")
                            .unit("ms")
                            .doc("time since the system's start")
                            .into(),
                        be32("unix_secs").craft("unixSecs").unit("s").doc("seconds since 1970").into(),
                        be32("sequence").craft("packageSequence").brief().doc("sequence number").into(),
                        be32("source_id").craft("SourceID").doc("source").into(),
                    ]),
                ),
            ],
            vec![bytes("unknown", rest()).doc("octets of an unknown version").into()],
        ))
        .extra(Field::new("timestamp", Kind::Time, Size::Bits(64)).doc("time of export"))
}

fn with_sets<const N: usize>(header: [Item; N]) -> Vec<Item> {
    header.into_iter().chain(sets()).collect()
}

fn sequence() -> Item {
    be32("sequence").craft("flowSequence").brief().doc("sequence number").into()
}

/// The head of versions 1 to 7, behind the version.
fn header_with_nanoseconds(record: u16, more: Vec<Item>) -> Vec<Item> {
    let mut items = vec![
        be16("count").craft("count").len_of(Span::Payload, record, 0).brief().doc("flows").into(),
        be32("sysuptime").craft("sysUptime").unit("ms").doc("time since the system's start").into(),
        be32("unix_secs").craft("unixSecs").unit("s").doc("seconds since 1970").into(),
        be32("unix_nsecs").craft("unixNanoSeconds").unit("ns").doc("nanoseconds").into(),
    ];
    items.extend(more);
    items
}

fn flags(default: u64) -> Item {
    let of = u8("tcpflags").craft("tcpFlags").letters(LETTERS).default(default).hex().doc("TCP flags");
    Item::Group(of, TCP_FLAGS.map(|name| flag(name).doc("TCP flag").into()).into())
}

/// Ways of naming the same in scapy: the fields of versions 1 and 5 differ.
fn addresses(
    source: &'static str,
    destination: &'static str,
    interfaces: [&'static str; 2],
    host: u64,
) -> [Item; 5] {
    [
        ipv4("srcaddr").craft(source).default(host).doc("source").into(),
        ipv4("dstaddr").craft(destination).default(host).doc("destination").into(),
        ipv4("nexthop").craft("nexthop").doc("next hop").into(),
        be16("inputint").craft(interfaces[0]).doc("incoming interface").into(),
        be16("outputint").craft(interfaces[1]).doc("outgoing interface").into(),
    ]
}

fn counts(names: [&'static str; 4], packets: u64, octets: u64) -> [Item; 6] {
    [
        be32("packets").craft(names[0]).default(packets).doc("packets").into(),
        be32("octets").craft(names[1]).default(octets).doc("octets").into(),
        be32("timestart")
            .craft(names[2])
            .unit("ms")
            .doc("first packet, time since the system's start")
            .into(),
        be32("timeend").craft(names[3]).unit("ms").doc("last packet, time since the system's start").into(),
        be16("srcport").craft("srcport").doc("source port").into(),
        be16("dstport").craft("dstport").doc("destination port").into(),
    ]
}

fn flows(name: &'static str, items: Vec<Item>) -> Item {
    Item::Repeat(label(name).doc("flow"), Count::Times(val("count")), items.into())
}

fn padding(octets: i64) -> Field {
    bytes("padding", Size::Octets(lit(octets))).doc("padding")
}

fn flow_1() -> Vec<Item> {
    let mut items = Vec::from(addresses("ipsrc", "ipdst", ["inputIfIndex", "outpuIfIndex"], 0));
    items.extend(counts(["dpkts", "dbytes", "starttime", "endtime"], 0, 0));
    items.extend([
        padding(2).craft("padding").into(),
        u8("protocol").craft("proto").named_by(super::ip_protocol_name).doc("IP protocol").into(),
        u8("tos").craft("tos").hex().doc("type of service").into(),
        decoded([flags(0), padding(3).into()]),
        // scapy counts the flags as padding
        built([be32("flags_and_padding").craft("padding1").hidden().doc("TCP flags and padding").into()]),
        bytes("reserved", Size::Octets(lit(4))).craft("padding2").doc("reserved").into(),
    ]);
    items
}

fn flow_5() -> Vec<Item> {
    let mut items = Vec::from(addresses("src", "dst", ["input", "output"], 0x7f00_0001));
    items.extend(counts(["dpkts", "dOctets", "first", "last"], 1, 60));
    items.extend([
        padding(1).craft("pad1").into(),
        flags(2),
        u8("protocol").craft("prot").default(6).named_by(super::ip_protocol_name).doc("IP protocol").into(),
        u8("tos").craft("tos").hex().doc("type of service").into(),
    ]);
    items.extend(systems());
    items.push(padding(2).craft("pad2").into());
    items
}

fn systems() -> [Item; 4] {
    [
        be16("srcas").craft("src_as").doc("source's autonomous system").into(),
        be16("dstas").craft("dst_as").doc("destination's autonomous system").into(),
        u8("srcmask").craft("src_mask").doc("bits of the source's prefix").into(),
        u8("dstmask").craft("dst_mask").doc("bits of the destination's prefix").into(),
    ]
}

fn flow_7() -> Vec<Item> {
    let mut items = Vec::from(addresses("src", "dst", ["input", "output"], 0));
    items.extend(counts(["dpkts", "dOctets", "first", "last"], 0, 0));
    items.extend([
        u8("flags").hex().doc("which fields are valid").into(),
        flags(0),
        u8("protocol").craft("prot").named_by(super::ip_protocol_name).doc("IP protocol").into(),
        u8("tos").craft("tos").hex().doc("type of service").into(),
    ]);
    items.extend(systems());
    items.extend([padding(2).craft("pad2").into(), ipv4("routersc").doc("router that was bypassed").into()]);
    items
}

/// Sets of version 9 and IPFIX.
fn sets() -> [Item; 2] {
    let mut list = Tlv::new(
        label("set").doc("set"),
        be16("flowset_id").craft("flowSetID").ranges(SETS).brief().doc("set"),
        be16("flowset_length").craft("length").unit("octets").doc("length"),
    );
    let case = |kind: u64, items: Vec<Item>| TlvCase { kind, field: label("set").doc("set"), items };
    list.cases =
        vec![case(0, templates()), case(1, options_9()), case(2, templates()), case(3, options_10())];
    list.other = vec![Item::Custom(data_fields(), data, None)];
    // the crafter's set of records
    let written = crafted([repeat(
        label("written").hidden().doc("set of records"),
        [
            be16("flowset_id").craft("templateID").default(255).hidden().doc("template").into(),
            be16("flowset_length")
                .craft("length")
                .len_of_part("written.body", 1, 4)
                .hidden()
                .doc("length")
                .into(),
            block(
                label("written.body").craft("records").fill(Fill::Zero(4)).hidden().doc("records"),
                rest(),
                [repeat(
                    label("written.record").hidden().doc("record"),
                    [bytes("written.value", rest()).craft("fieldValue").hidden().doc("record").into()],
                )],
            ),
        ],
    )]);
    [list.into(), written]
}

fn behind_templates() -> Item {
    when(ge_left(1), [bytes("padding", rest()).doc("padding").into()])
}

fn template_id() -> Item {
    be16("template_id").craft("templateID").default(255).brief().doc("template").into()
}

fn templates() -> Vec<Item> {
    vec![
        repeat(
            label("template").craft("templates").doc("template"),
            [when(
                ge_left(4),
                [
                    template_id(),
                    be16("template_field_count").craft("fieldCount").count_of("field").doc("fields").into(),
                    times(
                        label("field").craft("template_fields").doc("field"),
                        val("template_field_count"),
                        [field()],
                    ),
                ],
            )],
        ),
        behind_templates(),
    ]
}

fn options_9() -> Vec<Item> {
    vec![block(
        label("template").fill(Fill::Zero(4)).doc("template"),
        rest(),
        [
            template_id(),
            be16("option_scope_length")
                .craft("option_scope_length")
                .unit("octets")
                .len_of_part("scopes", 1, 0)
                .doc("length of the scopes")
                .into(),
            be16("option_length")
                .craft("option_field_length")
                .unit("octets")
                .len_of_part("options", 1, 0)
                .doc("length of the options")
                .into(),
            block(
                label("scopes").craft("scopes").doc("scopes"),
                Size::Octets(val("option_scope_length")),
                [repeat(
                    label("scope").doc("scope"),
                    [
                        be16("scope_field_type").craft("scopeFieldType").names(SCOPES).doc("scope").into(),
                        be16("template_field_length")
                            .craft("scopeFieldlength")
                            .unit("octets")
                            .doc("length")
                            .into(),
                    ],
                )],
            ),
            block(
                label("options").craft("options").doc("options"),
                Size::Octets(val("option_length")),
                [repeat(label("option").doc("option"), [specifier("optionFieldType", "optionFieldlength")])],
            ),
            behind_templates(),
        ],
    )]
}

fn options_10() -> Vec<Item> {
    vec![
        template_id(),
        be16("template_ipfix_total_field_count").craft("field_count").doc("fields").into(),
        be16("template_ipfix_scope_field_count")
            .craft("scope_field_count")
            .doc("fields that are scopes")
            .into(),
        times(
            label("field").craft("scopes").doc("field"),
            val("template_ipfix_total_field_count"),
            [field()],
        ),
        behind_templates(),
    ]
}

fn ge_left(octets: i64) -> Test {
    Test::Ge(left(), lit(octets))
}

/// A field of a template.
fn field() -> Item {
    specifier("fieldType", "fieldLength")
}

/// Type and length, with the vendor's number where the type is one of a vendor (IPFIX).
fn specifier(kind: &'static str, length: &'static str) -> Item {
    let type_9 = || be16("template_field_type").named_by(elements::name).doc("information element");
    let vendor = || flag("template_ipfix_pen_provided").craft("enterpriseBit").doc("a vendor's element");
    let type_10 = || {
        bits("template_ipfix_field_type", 15).craft(kind).named_by(elements::name).doc("information element")
    };
    let octets = || {
        be16("template_field_length")
            .craft(length)
            .unit("octets")
            .doc("length; 65535: stands before the value")
    };
    let pen = || {
        when(
            ge("template_ipfix_pen_provided", 1),
            [be32("template_ipfix_field_pen").craft("enterpriseNumber").doc("vendor").into()],
        )
    };
    Item::When(
        Test::All(Vec::new()),
        vec![
            decoded([
                when(eq("version", 9), [type_9().into(), octets().into()]),
                when(ne("version", 9), [vendor().into(), type_10().into(), octets().into(), pen()]),
            ]),
            built([
                vendor().hidden().into(),
                custom_both([type_10().hidden(), octets().hidden()], |_| {}, write_specifier),
                pen(),
            ]),
        ]
        .into(),
    )
}

/// Without a length, that of the element.
fn write_specifier(build: &mut dyn Build) {
    let kind = build.number("template_ipfix_field_type");
    build.put_field("template_ipfix_field_type");
    let natural = u16::try_from(kind).ok().and_then(place).and_then(|at| ELEMENTS.get(at));
    // scapy knows lengths of fields in templates, none of options
    let natural = natural.filter(|_| build.layer() == "NetflowTemplateFieldV9");
    build.put_number("template_field_length", natural.map_or(0, |element| u64::from(element.octets)));
}

/// Places of what is declared with [`data`].
const UNKNOWN: usize = 1;
const PADDING: usize = 2;
const DATA: usize = 3;
const SCOPE: usize = 4;
const PARTS: usize = SCOPE + 5;
const FLAGS: usize = PARTS + 4;
const FIRST: usize = FLAGS + TCP_FLAGS.len();

fn data_fields() -> Vec<Field> {
    let mut fields = vec![
        label("flow").doc("flow"),
        bytes("enterprise_private_entry", rest()).doc("value of an element without a field here"),
        bytes("padding", rest()).doc("padding"),
        bytes("data", rest()).doc("records whose template is not in the message"),
        bytes("scope_system", rest()).doc("scope: system"),
        be32("scope_interface").doc("scope: interface"),
        be32("scope_linecard").doc("scope: line card"),
        bytes("scope_cache", rest()).doc("scope: cache"),
        bytes("scope_template", rest()).doc("scope: template"),
        bits("mpls_exp", 3).doc("class"),
        flag("mpls_bos").doc("end of the stack"),
        u8("appl_id.classification_engine_id").doc("engine that told the application"),
        bytes("appl_id.selector_id", rest()).doc("application, as the engine numbers it"),
    ];
    fields.extend(TCP_FLAGS.map(|name| flag(name).doc("TCP flag")));
    fields.extend(ELEMENTS.iter().map(|element| {
        let field = match element.shape {
            Shape::Number | Shape::Flags => be64(element.field),
            Shape::Hex | Shape::Icmp => be64(element.field).hex(),
            Shape::Label => bits(element.field, 20),
            Shape::Millis => be64(element.field).unit("ms"),
            Shape::Seconds | Shape::Millis1970 | Shape::Micros | Shape::Nanos => {
                Field::new(element.field, Kind::Time, Size::Bits(64))
            }
            Shape::V4 => ipv4(element.field),
            Shape::V6 => ipv6(element.field),
            Shape::Mac => mac(element.field),
            Shape::Text => text(element.field, rest()),
            Shape::Bytes | Shape::Application => bytes(element.field, rest()),
        };
        match element.id {
            4 => field.named_by(super::ip_protocol_name),
            6 => field.hex(),
            61 => field.names(DIRECTIONS),
            136 => field.names(END_REASONS),
            _ => field,
        }
        .doc(element.doc)
    }));
    fields
}

/// A field specifier: type, whether the type is a vendor's, and length.
struct Specifier {
    kind: u16,
    vendor: u32,
    length: u16,
}

impl<'d> Definition<'d> {
    /// The specifiers in turn.
    fn specifiers(&self) -> impl Iterator<Item = Specifier> + use<'d> {
        let (mut left, ipfix) = (self.fields, self.ipfix);
        std::iter::from_fn(move || {
            let ([a, b, c, d], after) = left.split_first_chunk::<4>()?;
            left = after;
            let (kind, length) = (u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d]));
            if !ipfix || kind & 0x8000 == 0 {
                return Some(Specifier { kind, vendor: 0, length });
            }
            let (vendor, after) = left.split_first_chunk::<4>()?;
            left = after;
            Some(Specifier { kind: kind & 0x7fff, vendor: u32::from_be_bytes(*vendor), length })
        })
    }

    /// Octets that a record has at least.
    fn least(&self) -> usize {
        let octets = self.specifiers().map(|field| match field.length {
            0xffff => 1,
            length => usize::from(length),
        });
        octets.fold(0, usize::saturating_add)
    }
}

/// The template of that number: the last in the message, or the one that an earlier message had.
fn template<'t>(message: &'t [u8], joined: Option<&'t Joined>, wanted: u16) -> Option<Definition<'t>> {
    let mut found = None;
    definitions(message, |definition| {
        if definition.id == wanted {
            found = Some(definition);
        }
    });
    found.or_else(|| {
        let kept = joined?.templates.iter().find(|kept| kept.id == wanted)?;
        Some(Definition { id: wanted, scopes: kept.scopes, fields: &kept.fields, ipfix: kept.ipfix })
    })
}

/// Records of a set.
fn data(walk: &mut Walk<'_, '_>) {
    let message = walk.layer_octets();
    let from = walk.offset().saturating_sub(walk.layer_offset());
    let wanted = from.checked_sub(4).and_then(|at| word(message, at)).and_then(|id| u16::try_from(id).ok());
    let found = wanted.and_then(|id| template(message, walk.joined(), id));
    let Some(template) = found.filter(|template| template.least() > 0) else {
        let octets = walk.rest().len();
        if octets > 0 {
            walk.emit_octets_at(DATA, walk.offset(), octets, 0);
            walk.advance(octets);
        }
        return;
    };
    let least = template.least();
    while walk.rest().len() >= least && !walk.too_deep() {
        let node = walk.open("flow");
        for (at, field) in template.specifiers().enumerate() {
            if !value(walk, &field, at < template.scopes) {
                walk.close(node);
                walk.missing(walk.rest().len().saturating_add(1));
                return;
            }
        }
        walk.close(node);
    }
    let octets = walk.rest().len();
    if octets > 0 {
        walk.emit_octets_at(PADDING, walk.offset(), octets, 0);
        walk.advance(octets);
    }
}

/// One value of a record; false when it does not fit.
fn value(walk: &mut Walk<'_, '_>, field: &Specifier, scope: bool) -> bool {
    let mut octets = usize::from(field.length);
    if field.length == 0xffff {
        let (head, length) = match walk.rest() {
            [255, a, b, ..] => (3, u16::from_be_bytes([*a, *b])),
            [255, ..] | [] => return false,
            [length, ..] => (1, u16::from(*length)),
        };
        walk.advance(head);
        octets = usize::from(length);
    }
    let Some(taken) = walk.rest().get(..octets) else { return false };
    let at = walk.offset();
    walk.advance(octets);
    if octets == 0 {
        return true;
    }
    if scope {
        let place = match field.kind {
            1..=5 => SCOPE.saturating_add(usize::from(field.kind)).saturating_sub(1),
            _ => UNKNOWN,
        };
        walk.emit_octets_at(place, at, octets, number(taken));
        return true;
    }
    // the registry's number for elements that tell the other direction of a flow (RFC 5103 §6.1)
    let known = place(field.kind).filter(|_| matches!(field.vendor, 0 | 29_305));
    let known = known.and_then(|at| ELEMENTS.get(at).map(|element| (at, element.shape)));
    match known.and_then(|(at, shape)| Some((at, shape, read(shape, taken)?))) {
        Some((place, shape, value)) => {
            let shown = if shape == Shape::Label { value >> 4 } else { value };
            walk.emit_octets_at(FIRST.saturating_add(place), at, octets, shown);
            parts(walk, shape, at, octets, value);
        }
        None => walk.emit_octets_at(UNKNOWN, at, octets, 0),
    }
    true
}

/// What elements consist of.
fn parts(walk: &mut Walk<'_, '_>, shape: Shape, at: usize, octets: usize, value: u64) {
    let end = at.saturating_add(octets);
    match shape {
        Shape::Flags => {
            let bit = end.saturating_mul(8).saturating_sub(8);
            for (place, name) in TCP_FLAGS.iter().enumerate() {
                let set = value >> 7_usize.saturating_sub(place) & 1;
                walk.emit_bits(name, bit.saturating_add(place), 1, set);
            }
        }
        Shape::Label => {
            let bit = end.saturating_mul(8).saturating_sub(4);
            walk.emit_bits("mpls_exp", bit, 3, value >> 1 & 7);
            walk.emit_bits("mpls_bos", bit.saturating_add(3), 1, value & 1);
        }
        Shape::Icmp => {
            for (name, id, shift) in [("type", 178, 8), ("code", 179, 0)] {
                let place = place(id).map_or(0, |place| FIRST.saturating_add(place));
                let at = at.saturating_add(usize::from(name == "code"));
                walk.emit_octets_at(place, at, 1, value >> shift & 0xff);
            }
        }
        Shape::Application => {
            let engine = walk.all_octets().get(at).copied().map_or(0, u64::from);
            walk.emit("appl_id.classification_engine_id", at, 1, engine);
            walk.emit("appl_id.selector_id", at.saturating_add(1), octets.saturating_sub(1), 0);
        }
        _ => {}
    }
}

/// What the octets mean; `None` where their number does not suit the element.
fn read(shape: Shape, octets: &[u8]) -> Option<u64> {
    let value = (octets.len() <= 8).then(|| number(octets));
    let time = |unit: u64| value.map(|value| value.saturating_mul(unit).min(i64::MAX.cast_unsigned()));
    match shape {
        Shape::Number | Shape::Hex | Shape::Flags | Shape::Millis => value,
        Shape::Seconds => time(1_000_000_000),
        Shape::Millis1970 => time(1_000_000),
        Shape::Micros | Shape::Nanos => value.filter(|_| octets.len() == 8).map(|stamp| {
            let seconds = (stamp >> 32).saturating_sub(2_208_988_800);
            let fraction = (stamp & 0xffff_ffff).saturating_mul(1_000_000_000) >> 32;
            seconds.saturating_mul(1_000_000_000).saturating_add(fraction)
        }),
        Shape::V4 => value.filter(|_| octets.len() == 4),
        Shape::Mac => value.filter(|_| octets.len() == 6),
        Shape::Label => value.filter(|_| octets.len() == 3),
        Shape::Icmp => value.filter(|_| octets.len() == 2),
        Shape::V6 => (octets.len() == 16).then_some(0),
        Shape::Text | Shape::Bytes | Shape::Application => Some(0),
    }
}

/// The last eight octets as a number.
fn number(octets: &[u8]) -> u64 {
    octets.iter().fold(0, |number, octet| number << 8 | u64::from(*octet))
}

fn after(walk: &mut Walk<'_, '_>) {
    let header = walk.header();
    let (Some(version), start) = (word(header, 0), walk.layer_offset()) else { return };
    let at: usize = if version == 10 { 4 } else { 8 };
    let Some(seconds) = header.get(at..).and_then(<[u8]>::first_chunk) else { return };
    let mut time = u64::from(u32::from_be_bytes(*seconds)).saturating_mul(1_000_000_000);
    let mut octets = 4;
    if version < 9
        && let Some(more) = header.get(12..).and_then(<[u8]>::first_chunk)
    {
        time = time.saturating_add(u64::from(u32::from_be_bytes(*more)));
        octets = 8;
    }
    walk.emit("timestamp", start.saturating_add(at), octets, time);
}
