//! IS-IS (ISO/IEC 10589, RFC 1195, RFC 5305, RFC 5308, RFC 5120): hellos, link state PDUs and sequence number PDUs; behind
//! LLC, PPP and GRE, by the network layer protocol identifier, the first octet of all OSI protocols.
//!
//! Identifiers have six octets; networks with other sizes (which nobody has seen) are shown as if they had six.

mod line;
mod segments;
mod values;
mod values_line;
mod verbose;

use crate::decode::Walk;
use crate::schema::{
    Checksum, ETHER_TYPE, Field, Given, Item, Kind, LLC_SAP, PPP_PROTO, Protocol, Size, Span, be16, be32,
    bits, block, bytes, custom, eq, flag, is_in, label, lit, ne, rest, u8, val, when,
};
use values::{CSNP, HELLO, LSP, PSNP};

const DISCRIMINATORS: &[(u64, &str)] = &[
    (0x00, "null"),
    (0x80, "SNAP"),
    (0x81, "CLNP"),
    (0x82, "ES-IS"),
    (0x83, "IS-IS"),
    (0x85, "IDRP"),
    (0x8e, "IPv6"),
    (0xcc, "IPv4"),
    (0xcf, "PPP"),
];

const TYPES: &[(u64, &str)] = &[
    (15, "L1 Lan IIH"),
    (16, "L2 Lan IIH"),
    (17, "p2p IIH"),
    (18, "L1 LSP"),
    (20, "L2 LSP"),
    (24, "L1 CSNP"),
    (25, "L2 CSNP"),
    (26, "L1 PSNP"),
    (27, "L2 PSNP"),
];

const LEVELS: &[(u64, &str)] = &[(1, "level 1"), (2, "level 2"), (3, "level 1 and 2")];

/// Whatever ISO network protocol follows, by its first octet.
pub(super) fn osi() -> Protocol {
    Protocol::new("osi", "OSI network layer")
        .source("ISO/IEC TR 9577")
        .on(LLC_SAP, &[0xfe])
        .on(PPP_PROTO, &[0x0023])
        .on(ETHER_TYPE, &[0xfefe, 0x00fe])
        .field(custom(
            [
                u8("nlpid").hex().names(DISCRIMINATORS).doc("network layer protocol"),
                bytes("content", rest()).doc("content"),
            ],
            |walk| {
                if walk.rest().first() == Some(&0x83) {
                    walk.next_named("isis");
                } else if walk.take("nlpid", 1).is_some() {
                    let left = walk.rest().len();
                    walk.take_octets("content", left);
                }
            },
        ))
        .leads_to(&["isis"])
        .summary(line::osi)
        .sample("0180c2000014 020000000001 0009 fefe03 820000000000")
}

pub(super) fn isis() -> Protocol {
    Protocol::new("isis", "Intermediate System to Intermediate System")
        .layer("ISIS_CommonHdr")
        .body("ISIS_L1_LAN_Hello", "max_area_adr", &[("type", 15), ("len", 27)])
        .body("ISIS_L2_LAN_Hello", "max_area_adr", &[("type", 16), ("len", 27)])
        .body("ISIS_P2P_Hello", "max_area_adr", &[("type", 17), ("len", 20)])
        .body("ISIS_L1_LSP", "max_area_adr", &[("type", 18), ("len", 27)])
        .body("ISIS_L2_LSP", "max_area_adr", &[("type", 20), ("len", 27)])
        .body("ISIS_L1_CSNP", "max_area_adr", &[("type", 24), ("len", 33)])
        .body("ISIS_L2_CSNP", "max_area_adr", &[("type", 25), ("len", 33)])
        .body("ISIS_L1_PSNP", "max_area_adr", &[("type", 26), ("len", 17)])
        .body("ISIS_L2_PSNP", "max_area_adr", &[("type", 27), ("len", 17)])
        .below("", "llc", &[("dsap", Given::Number(0xfe)), ("ssap", Given::Number(0xfe)), ("control", Given::Number(3))])
        .part("ISIS_GenericTlv", "clv", &[])
        .part("ISIS_GenericSubTlv", "lsp.ext_is_reachability.sub", &[])
        .part("ISIS_AreaEntry", "clv.areas", &[])
        .part("ISIS_ExtendedIpPrefix", "lsp.ext_ip_reachability.entries", &[])
        .part("ISIS_Ipv6Prefix", "lsp.ipv6_reachability.entries", &[])
        .part("ISIS_ExtendedIsNeighbourEntry", "lsp.ext_is_reachability.entries", &[])
        .part("ISIS_IsReachabilityEntry", "lsp.eis_neighbors.entries", &[])
        .part("ISIS_IpReachabilityEntry", "lsp.ip_reachability.entries", &[])
        .part("ISIS_LspEntry", "csnp.entry", &[])
        .source("ISO/IEC 10589 §9, RFC 1195, RFC 5305, RFC 5308")
        .later(fields)
        .summary(line::isis)
        .sample("0180c20000140200000000010077fefe03831b01000f01000001010203040506001e007440010203040506010104034900018102cc8e84040a000001e810fe80000000000000000000000000000106060200000000020a070173656372657408140000000000000000000000000000000000000000d303010014e50400000002fa0378797a")
        .sample("0180c2000014020000000001006efefe03831b010012010000006b04af010203040506000000000005b6ba030104034900018101cc8907726f757465723184080a0000010a000101020c000a80808001020304050701800c0a8080800a010000ffff0000820c4a8080800a020000ffff000086040a0000090e0205d9")
        .sample("0180c200001402000000000100d5fefe03831b01001401000000d204af010203040506000100000006168e8b1632010203040507000000642706040a00000108040a00000204080000000100000002030400000001120300000709044cee6b2887170000000a100a0100000014d90a02030006010400000007ec0c0000001e003020010db80005ed0c00020000000a002020010db8de0d00020102030405070000006400eb0800030000000a080af2090a0000090013020001e50400008002e81020010db80000000000000000000000018c1020010db8000000000000000000000009")
        .sample("0180c20000140200000000010046fefe0383210100180100000043010203040506000000000000000000ffffffffffffffff0920044c010203040506000000000005123403e80102030405070100000000062345")
        .sample("0180c20000140200000000010026fefe03831101001a010000002301020304050600091004b001020304050607080000000111110000000000000000")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    let whole = |name: &'static str| {
        be16(name).craft("pdulength").len_of(Span::Whole, 1, 0).unit("octets").doc("length of the PDU")
    };
    protocol
        .field(
            u8("irpd").craft("nlpid").hex().default(0x83).names(DISCRIMINATORS).doc("network layer protocol"),
        )
        .field(u8("len").craft("hdrlen").unit("octets").doc("length of the fixed header"))
        .field(u8("version").default(1).doc("version"))
        .field(u8("sysid_len").craft("idlen").doc("length of identifiers; 0: 6 octets"))
        .field(bits("type.reserved", 3).hex().doc("reserved"))
        .field(bits("type", 5).craft("pdutype").names(TYPES).doc("PDU"))
        .field(u8("version2").craft("pduversion").default(1).doc("version"))
        .field(u8("reserved").craft("hdrreserved").doc("reserved"))
        .field(u8("max_area_adr").craft("maxareaaddr").doc("most area addresses; 0: 3"))
        .field(when(
            is_in("type", &[15, 16, 17]),
            [
                bits("hello.reserved", 6).hex().doc("reserved").into(),
                bits("hello.circuit_type", 2)
                    .craft("circuittype")
                    .letters(&["L1", "L2"])
                    .default(2)
                    .hex()
                    .names(LEVELS)
                    .doc("circuit type")
                    .into(),
                identifier("hello.source_id", "source"),
                be16("hello.holding_timer")
                    .craft("holdingtime")
                    .default(30)
                    .unit("s")
                    .doc("holding time")
                    .into(),
                whole("hello.pdu_length").into(),
            ],
        ))
        .field(when(
            is_in("type", &[15, 16]),
            [
                bits("hello.reserved_priority", 1).doc("reserved").into(),
                bits("hello.priority", 7).craft("priority").default(1).doc("priority").into(),
                identifier("hello.lan_id", "designated system of the LAN"),
                content("hello.pdu_length", 27, HELLO),
            ],
        ))
        .field(when(
            eq("type", 17),
            [
                u8("hello.local_circuit_id").craft("localcircuitid").doc("local circuit").into(),
                content("hello.pdu_length", 20, HELLO),
            ],
        ))
        .field(when(
            is_in("type", &[18, 20]),
            [
                whole("lsp.pdu_length").into(),
                be16("lsp.remaining_life")
                    .craft("lifetime")
                    .default(1199)
                    .unit("s")
                    .doc("remaining lifetime")
                    .into(),
                identifier("lsp.lsp_id", "link state PDU"),
                be32("lsp.sequence_number").craft("seqnum").default(1).hex().doc("sequence number").into(),
                be16("lsp.checksum")
                    .craft("checksum")
                    .sum(Checksum::Fletcher(12))
                    .hex()
                    .doc("checksum")
                    .into(),
                Item::Group(
                    u8("lsp.type_block")
                        .craft("typeblock")
                        .letters(&["L1", "L2", "OL", "ADef", "ADel", "AExp", "AErr", "P"])
                        .default(3)
                        .hidden()
                        .doc("kinds of the system"),
                    vec![
                        flag("lsp.partition_repair").doc("repairs partitions").into(),
                        bits("lsp.att", 4).hex().doc("attached, by metric").of([
                            flag("lsp.error_metric").doc("attached by the error metric"),
                            flag("lsp.expense_metric").doc("attached by the expense metric"),
                            flag("lsp.delay_metric").doc("attached by the delay metric"),
                            flag("lsp.default_metric").doc("attached by the default metric"),
                        ]),
                        flag("lsp.overload").doc("overloaded").into(),
                        bits("lsp.is_type", 2).names(LEVELS).doc("levels of the system").into(),
                    ]
                    .into(),
                ),
                content("lsp.pdu_length", 27, LSP),
            ],
        ))
        .field(when(
            is_in("type", &[24, 25]),
            [
                whole("csnp.pdu_length").into(),
                identifier("csnp.source_id", "source"),
                bytes("csnp.source_circuit", Size::Octets(lit(1)))
                    .craft("sourcecircuit")
                    .doc("circuit of the source")
                    .into(),
                identifier("csnp.start_lsp_id", "first link state PDU"),
                identifier("csnp.end_lsp_id", "last link state PDU"),
                content("csnp.pdu_length", 33, CSNP),
            ],
        ))
        .field(when(
            is_in("type", &[26, 27]),
            [
                whole("psnp.pdu_length").into(),
                identifier("psnp.source_id", "source"),
                bytes("psnp.source_circuit", Size::Octets(lit(1)))
                    .craft("sourcecircuit")
                    .doc("circuit of the source")
                    .into(),
                content("psnp.pdu_length", 17, PSNP),
            ],
        ))
        .field(when(
            crate::schema::Test::All(
                [15, 16, 17, 18, 20, 24, 25, 26, 27].map(|kind| ne("type", kind)).to_vec(),
            ),
            [bytes("content", rest()).doc("content").into()],
        ))
}

/// The values behind a fixed header, up to where the PDU ends: LLC pads.
fn content(length: &'static str, header: i64, names: values::Names) -> Item {
    block(label("clvs").doc("values").hidden(), Size::Octets(val(length) - header), [values::values(names)])
}

/// Identifiers are shown as `0102.0304.0506`, with `.00` of a pseudonode and `-00` of a fragment.
fn identifier(name: &'static str, doc: &'static str) -> Item {
    let known = IDENTIFIERS.iter().find(|known| known.0 == name);
    let (size, craft, default) = known.map_or((6, "", &[][..]), |known| (known.1, known.2, known.3));
    let decode = match size {
        6 => |walk: &mut Walk<'_, '_>| take_identifier(walk, 6),
        7 => |walk: &mut Walk<'_, '_>| take_identifier(walk, 7),
        _ => |walk: &mut Walk<'_, '_>| take_identifier(walk, 8),
    };
    let mut field = Field::new(name, Kind::Made, Size::Octets(lit(size))).default_bytes(default).doc(doc);
    if !craft.is_empty() {
        field = field.craft(craft);
    }
    custom([field], decode)
}

/// Identifiers, their octets, and what the crafter calls them and writes when nothing is given.
const IDENTIFIERS: &[(&str, i64, &str, &[u8])] = &[
    ("hello.source_id", 6, "sourceid", &SYSTEM),
    ("hello.lan_id", 7, "lanid", &[0; 7]),
    ("hello.neighbor_systemid", 6, "neighboursystemid", &[0; 6]),
    ("lsp.lsp_id", 8, "lspid", &[1, 2, 3, 4, 5, 6, 0, 0]),
    ("lsp.eis_neighbors.is_neighbor", 7, "neighbourid", &[1, 2, 3, 4, 5, 6, 7]),
    ("lsp.ext_is_reachability.is_neighbor_id", 7, "neighbourid", &[1, 2, 3, 4, 5, 6, 7]),
    ("csnp.source_id", 6, "sourceid", &SYSTEM),
    ("csnp.start_lsp_id", 8, "startlspid", &[0; 8]),
    ("csnp.end_lsp_id", 8, "endlspid", &[0xff; 8]),
    ("csnp.lsp_id", 8, "lspid", &[1, 2, 3, 4, 5, 6, 7, 8]),
    ("psnp.source_id", 6, "sourceid", &SYSTEM),
    ("lsp.adj_sid.system_id", 6, "", &[]),
    ("lsp.srv6_endx_sid.system_id", 6, "", &[]),
    ("lsp.srlg.system_id", 6, "", &[]),
    ("lsp.purge_originator_id.system_id", 6, "", &[]),
];

const SYSTEM: [u8; 6] = [1, 2, 3, 4, 5, 6];

/// Reads the identifier that the item declares.
fn take_identifier(walk: &mut Walk<'_, '_>, octets: usize) {
    let Some(identifier) = walk.rest().get(..octets) else {
        walk.missing(octets);
        return;
    };
    let at = walk.offset();
    for (name, ..) in IDENTIFIERS {
        walk.emit_made(name, at, octets, |out| write_identifier(out, identifier));
    }
    walk.advance(octets);
}

fn write_identifier(out: &mut Vec<u8>, octets: &[u8]) {
    for (at, octet) in octets.iter().enumerate() {
        match at {
            2 | 4 | 6 => out.push(b'.'),
            7 => out.push(b'-'),
            _ => {}
        }
        super::put::hex_octets(out, &[*octet], None);
    }
}
