//! DHCP for IPv4 (RFC 2131) and BOOTP (RFC 951), with the options that an overloaded `sname` or `file` field holds (RFC
//! 2132 §9.3).

mod body;
mod line;
mod options;
mod parts;
mod vendor;

use crate::schema::{
    Item, Kind, Protocol, Size, Tlv, TlvCase, UDP_PORT, be16, be32, bits, block, built, bytes, decoded, eq,
    flag, ipv4, label, lit, look, mac, ne, not, rest, same, shared_list, text, turned, u8, val, when,
};
use std::sync::LazyLock;

/// IANA "Hardware Types" that DHCP clients have.
const HARDWARE: &[(u64, &str)] = &[
    (1, "Ethernet"),
    (6, "IEEE 802"),
    (7, "ARCNET"),
    (15, "Frame Relay"),
    (16, "ATM"),
    (18, "Fibre Channel"),
    (20, "serial line"),
    (24, "IEEE 1394"),
    (27, "EUI-64"),
    (32, "InfiniBand"),
    (255, "not a hardware address"),
];

fn option_name(code: u64) -> Option<&'static str> {
    match code {
        0 => Some("padding"),
        255 => Some("end"),
        _ => u8::try_from(code).ok().and_then(options::option).map(|entry| entry.doc),
    }
}

pub(super) fn dhcp() -> Protocol {
    Protocol::new("dhcp", "Dynamic Host Configuration Protocol")
        .alias("bootp")
        .layer("BOOTP")
        .body("DHCP", "cookie", &[])
        .ports_below("udp", 67, 68)
        .source("RFC 2131 §2, RFC 2132, RFC 951 §3")
        .on(UDP_PORT, &[67, 68])
        .later(fields)
        .answers([turned("type", &[(1, 2)]), same("id")])
        .summary(line::summary)
        .sample("ffffffffffff02000000000108004500018e000100004011795f00000000ffffffff00430044017a633d020106000000feed0000000000000000c0000232c00002010000000002000000000100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000638253633501053304000002580308c0000201c00002020608c0000203c00002040104ffffff003604c00002010f0765782e746573743a040000012c3b04000001f41c04c00002ff2a04c00002051a02057821080a000000c0000201790c100a01c000020900c00002017711037375620265780474657374000161c0042b06010461626364ff").sample("ffffffffffff020000000001080045000187000100004011796600000000ffffffff00440043017332750101060000000001000000000000000000000000000000000000000002000000000100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000638253633501033204c00002323604c0000201510f050000026831026578047465737400520e0104706f727402060200000000014d0504757365725d0200075e03010310611100676767676767676767676767676767673d0fff00000001000300010200000000017c0800000009036162637d0a0000000905010378797aff")
        .sample("ffffffffffff02000000000108004500021200010000401178db00000000ffffffff0044004301fe928f0101060000001234000000000000000000000000000000000000000002000000000100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000638253633501013c09505845436c69656e742b2106010b08070001010a00000109070001046d656e750a030a4638470400008000ff531600078007002b0000007f0a0000010a0000020a0000015a1f010100000000000000000500000007111111111111111111111111111111117b10546123456754612345671103006400013d13ff0000000100010001112233440200000000014d0757696e646f77733f0905010106040a0000017a1801040a000001040c000000010000000200000003090200037d1200000de90d01063030313132320203736572521b090b0000118b060504676f6c640d02000597080100000100000002f2134c3251564c414e3d352c485454504449523d64ff")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol
        .field(
            u8("type")
                .craft("op")
                .default(1)
                .names(&[(1, "boot request"), (2, "boot reply")])
                .doc("operation"),
        )
        .field(u8("hw.type").craft("htype").hex().default(1).names(HARDWARE).doc("hardware type"))
        .field(u8("hw.len").craft("hlen").default(6).doc("length of the hardware address"))
        .field(u8("hops").doc("hops"))
        .field(be32("id").craft("xid").hex().doc("transaction"))
        .field(be16("secs").unit("s").doc("time since the client began"))
        .field(
            be16("flags")
                .craft("flags")
                .hex()
                .letters(&["", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "B"])
                .doc("flags")
                .of([
                    flag("flags.bc").doc("answers are to be broadcast"),
                    bits("flags.reserved", 15).hex().doc("reserved"),
                ]),
        )
        .field(ipv4("ip.client").craft("ciaddr").doc("client's address"))
        .field(ipv4("ip.your").craft("yiaddr").doc("your address"))
        .field(ipv4("ip.server").craft("siaddr").doc("next server"))
        .field(ipv4("ip.relay").craft("giaddr").doc("relay agent"))
        // one field of 16 octets when built, whatever length is said
        .field(built([bytes("hw.written_addr", Size::Octets(lit(16)))
            .craft("chaddr")
            .reads(Kind::Mac)
            .hidden()
            .doc("hardware address")
            .into()]))
        .field(decoded([when(
            eq("hw.len", 6),
            [
                mac("hw.mac_addr").craft("chaddr").doc("client's MAC address").into(),
                bytes("hw.addr_padding", Size::Octets(lit(10))).doc("padding of the client's address").into(),
            ],
        )]))
        .field(decoded([when(
            ne("hw.len", 6),
            [
                bytes("hw.addr", Size::Octets(val("hw.len").min(lit(16))))
                    .craft("chaddr")
                    .doc("client's hardware address")
                    .into(),
                bytes("hw.addr_padding", Size::Octets(lit(16) - val("hw.len").min(lit(16))))
                    .doc("padding of the client's address")
                    .into(),
            ],
        )]))
        // Each pair is tried at its own place: text first, so that behind it the test of the options looks elsewhere and fails.
        .field(when(
            not(look(server_holds_options)),
            [text("server", Size::Octets(lit(64))).craft("sname").doc("server's name").into()],
        ))
        .field(when(
            look(server_holds_options),
            [block(
                label("server.options").doc("options in the place of the server's name"),
                Size::Octets(lit(64)),
                [options()],
            )],
        ))
        .field(when(
            not(look(file_holds_options)),
            [text("file", Size::Octets(lit(128))).craft("file").doc("boot file").into()],
        ))
        .field(when(
            look(file_holds_options),
            [block(
                label("file.options").doc("options in the place of the boot file"),
                Size::Octets(lit(128)),
                [options()],
            )],
        ))
        .field(when(
            crate::schema::Test::Ge(crate::schema::left(), lit(4)),
            [
                ipv4("cookie").default(0x6382_5363).doc("magic cookie").into(),
                when(eq("cookie", 0x6382_5363), [parts::every_option(), options()]),
                when(
                    ne("cookie", 0x6382_5363),
                    [bytes("vendor_specific_options", rest()).doc("vendor's area (BOOTP)").into()],
                ),
            ],
        ))
}

/// Seen from the server's name on: it is overloaded.
fn server_holds_options(octets: &[u8]) -> bool {
    overload(octets.get(192..)) & 2 != 0
}

/// Seen from the boot file on: it is overloaded.
fn file_holds_options(octets: &[u8]) -> bool {
    overload(octets.get(128..)) & 1 != 0
}

/// The value of the overload option, from the magic cookie on; 0 where there is none.
fn overload(octets: Option<&[u8]>) -> u8 {
    let Some((&[0x63, 0x82, 0x53, 0x63], mut left)) = octets.and_then(<[u8]>::split_first_chunk) else {
        return 0;
    };
    loop {
        left = match left {
            [0, after @ ..] => after,
            [52, 1, value, ..] => return *value,
            [255, ..] | [_] | [] => return 0,
            [_, length, after @ ..] => after.get(usize::from(*length)..).unwrap_or_default(),
        };
    }
}

fn options() -> Item {
    static LIST: LazyLock<Tlv> = LazyLock::new(list);
    shared_list(&LIST)
}

fn list() -> Tlv {
    let node = || label("option").craft("options").doc("option");
    let mut list = Tlv::new(
        node(),
        u8("option.type").named_by(option_name).words(&options::WORDS).doc("type"),
        u8("option.length").unit("octets").doc("length"),
    )
    .body_len()
    .single(&[0, 255])
    .end(255)
    .padding(bytes("option.padding", rest()).doc("padding"))
    .other([bytes("option.value", rest()).doc("value").into()]);
    list.cases = options::OPTIONS
        .iter()
        .map(|entry| TlvCase { kind: u64::from(entry.code), field: node(), items: body::items(entry) })
        .collect::<Vec<TlvCase>>();
    list.cases.push(TlvCase {
        kind: 0,
        field: label("option.pad").doc("padding"),
        items: Vec::<Item>::new(),
    });
    list.cases.push(TlvCase {
        kind: 255,
        field: label("option.end_mark").doc("end"),
        items: Vec::<Item>::new(),
    });
    list
}
