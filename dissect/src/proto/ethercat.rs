//! EtherCAT (IEC 61158-4-12): frames of datagrams, with the registers and mailboxes that these read and write, and of mailboxes alone. Network variables and
//! process data are shown as octets.

use super::{ethercat_mailbox, ethercat_registers};
use crate::decode::Walk;
use crate::schema::{
    ETHER_TYPE, Item, Protocol, Size, bits, block, bytes, custom, decoded, flag, label, le16, le32, rest,
    switch, u8, val, when,
};

pub(super) fn ethercat() -> Protocol {
    Protocol::new("ecatf", "EtherCAT frame header")
        .layer("EtherCat")
        .source("IEC 61158-4-12 §5.3, ETG.1000.4")
        .on(ETHER_TYPE, &[0x88a4])
        .heads(&["ecat", "ecat_mailbox"])
        .later(fields)
        .after(|walk| {
            if let Some(octets) = walk.layer_octets().first_chunk::<2>() {
                let word = u16::from_le_bytes(*octets);
                let at = walk.layer_offset();
                walk.emit("length", at, 2, u64::from(word & 0x7ff));
                walk.emit("reserved", at, 2, u64::from(word >> 11 & 1));
                walk.emit("type", at, 2, u64::from(word >> 12));
            }
        })
        .sample("ffffffffffff 020000000001 88a4 0e10 08 00 0000 0001 0200 0000 0000 0000")
        .sample("ffffffffffff02000000000188a496100500e9030010128000000a000000001300204018100400000000000001000501e9030010128000000a000000001300304318100402000000000001000502e9030010128000000a000000001300202310600001020304000001000503e9030010128000000a000000001300306010600000000000000001000504e9030010120000000a00000000130020801060000000020600000100")
        .sample("ffffffffffff02000000000188a422110400e90380101880000012000000001300202110600008000000212223242526272801000401e90380100e800000080000000013008001000000010001000402e9038010138000000d00000000140200000000006170702e62696e01000403e9038010148000000e0000000014030001000000212223242526272801000404e90380100c80000006000000001404000100000001000405e9038010138000000d00000000140500018000006e6f2066696c6501000406e9038010328000002c0000000012000100002122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40414243444546474801000407e90380100a8000000400000000150140110001000408e90380100e00000008000000001522401100212223240100")
        .sample("ffffffffffff02000000000188a4e2100400e90300000a80000011000a000808080ffd0001000401e903100004800000e903000001000402e90300010480000001e4070001000403e903100102800000170001000404e903200102800000140001000405e9033001048000001200000001000406e9033401028000001d0001000407e903400102800000800e01000408e9030002028000000c0001000409e90310020280000004000100040ae903200204800000010000000100040be90300030e80000001020000000000000102000003040100040ce903100304800000010000020100040de903000402000000c2090100")
        .sample("ffffffffffff02000000000188a42a110400e903100402800000e80301000401e903200402800000e80301000402e903400402800000010001000403e903000502800000000001000404e90302050680000080010800000001000405e903080508800000212223242526272801000406e9030006108000000000000108000007001000020100000001000407e9030008108000000010800026000100801080002200010001000408e9030009108000002122232425262728292a2b2c2d2e2f3001000409e90310090880000021222324252627280100040ae903200910800000212223242526272821222324252627280100040be90330090680000000100000000c0100040ce90380090280000000070100040de90390090880000021222324252627280100040ee903a0090800000040420f00000000000100")
        .sample("ffffffffffff02000000000188a410500a000000001300204018100400000000")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    const COMMANDS: &[(u64, &str)] = &[
        (0, "NOP"),
        (1, "APRD"),
        (2, "APWR"),
        (3, "APRW"),
        (4, "FPRD"),
        (5, "FPWR"),
        (6, "FPRW"),
        (7, "BRD"),
        (8, "BWR"),
        (9, "BRW"),
        (10, "LRD"),
        (11, "LWR"),
        (12, "LRW"),
        (13, "ARMW"),
        (14, "FRMW"),
    ];
    protocol
        // A little-endian word: length in the low 11 bits, a reserved bit, the type in the high 4.
        .field(le16("header").hex().doc("length, reserved bit and type"))
        .field(when(
            crate::schema::Test::Eq(val("header") / 4096, crate::schema::lit(1)),
            [Item::Repeat(
                label("datagram").doc("datagram"),
                crate::schema::Count::ToEnd,
                vec![
                    u8("=ecat.cmd").names(COMMANDS).doc("command").into(),
                    u8("=ecat.idx").hex().doc("index").into(),
                    switch(
                        val("=ecat.cmd"),
                        [(10, logical()), (11, logical()), (12, logical())],
                        vec![
                            le16("=ecat.adp").hex().doc("device address").into(),
                            le16("=ecat.ado").hex().doc("offset").into(),
                        ],
                    ),
                    le16("=ecat.lenflags").hex().doc("length and flags").into(),
                    custom(
                        [
                            bits("=ecat.subframe.length", 11).unit("octets").doc("length of the data"),
                            bits("=ecat.subframe.reserved", 3).doc("reserved"),
                            flag("=ecat.subframe.circulating").doc("has been round the ring"),
                            flag("=ecat.subframe.more").doc("another datagram follows"),
                        ],
                        length_and_flags,
                    ),
                    le16("=ecat.int").hex().doc("interrupt").into(),
                    block(
                        bytes("=ecat.data", rest()).doc("data"),
                        Size::Octets(val("=ecat.lenflags").and(0x7ff)),
                        [
                            decoded([ethercat_registers::registers(), ethercat_mailbox::in_datagram()]),
                            bytes("=ecat.content", rest()).hidden().doc("data").into(),
                        ],
                    ),
                    le16("=ecat.cnt").doc("working counter").into(),
                ]
                .into(),
            )],
        ))
        .field(when(
            crate::schema::Test::Eq(val("header") / 4096, crate::schema::lit(5)),
            [ethercat_mailbox::message()],
        ))
        .extra(bits("length", 11).unit("octets").brief().doc("length"))
        .extra(bits("reserved", 1).doc("reserved"))
        .extra(
            bits("type", 4)
                .names(&[(1, "commands"), (4, "network variables"), (5, "mailbox")])
                .brief()
                .doc("type"),
        )
}

/// Logical commands have one address of 32 bits.
fn logical() -> Vec<Item> {
    vec![le32("=ecat.lad").hex().doc("logical address").into()]
}

/// The parts of the little-endian word before the cursor.
fn length_and_flags(walk: &mut Walk<'_, '_>) {
    let Some([low, high]) = walk.header().last_chunk::<2>().copied() else { return };
    let (word, at) = (u64::from(u16::from_le_bytes([low, high])), walk.offset().saturating_sub(2));
    walk.emit("=ecat.subframe.length", at, 2, word & 0x7ff);
    walk.emit("=ecat.subframe.reserved", at, 2, word >> 11 & 7);
    walk.emit("=ecat.subframe.circulating", at, 2, word >> 14 & 1);
    walk.emit("=ecat.subframe.more", at, 2, word >> 15);
}
