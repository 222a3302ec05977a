//! What stands behind OSPF's messages, not counted by their length: link-local signalling (RFC 5613), and the authentication
//! trailer of version 3 (RFC 7166).

use crate::schema::{
    Item, Size, Test, Tlv, be16, be32, be64, bits, block, bytes, case, eq, flag, label, left, lit, rest, val,
    when,
};

/// Behind a hello or a description whose options say so.
pub(super) fn signalling2() -> Item {
    when(
        Test::All(vec![eq("v2.options.l", 1), Test::In(val("msg"), vec![1, 2]), Test::Ge(left(), lit(4))]),
        signalling(
            "v2.lls.tlv",
            list("v2.lls.tlv").cases([
                case(
                    1,
                    label("v2.lls.ext.options.tlv").doc("extended options"),
                    [options("lls.ext.options")],
                ),
                case(
                    2,
                    label("v2.lls.authentication").doc("cryptographic authentication"),
                    [
                        be32("v2.lls.sequence_number").doc("sequence number").into(),
                        bytes("v2.lls.auth_data", rest()).doc("digest").into(),
                    ],
                ),
            ]),
        ),
    )
}

pub(super) fn signalling3() -> Item {
    when(
        Test::All(vec![eq("v3.options.l", 1), Test::In(val("msg"), vec![1, 2]), Test::Ge(left(), lit(4))]),
        signalling(
            "v3.lls.tlv",
            list("v3.lls.tlv").cases([case(
                1,
                label("v3.lls.ext.options.tlv").doc("extended options"),
                [options("v3.lls.ext.options")],
            )]),
        ),
    )
}

fn list(entry: &'static str) -> Tlv {
    Tlv::new(
        label(entry).doc("value"),
        be16("lls.type").doc("type"),
        be16("lls.length").unit("octets").doc("length"),
    )
    .body_len()
    .align(4)
    .other([bytes("lls.value", rest()).doc("content").into()])
}

fn options(name: &'static str) -> Item {
    let [restart, resynchronisation, others] = if name == "lls.ext.options" {
        ["lls.ext.options.rs", "lls.ext.options.lr", "lls.ext.options.reserved"]
    } else {
        ["v3.lls.ext.options.rs", "v3.lls.ext.options.lr", "v3.lls.ext.options.reserved"]
    };
    be32(name).hex().doc("extended options").of([
        bits(others, 30).hex().doc("reserved"),
        flag(restart).doc("restart signal"),
        flag(resynchronisation).doc("can resynchronise out of band"),
    ])
}

fn signalling(part: &'static str, list: Tlv) -> [Item; 3] {
    let heading = if part == "v2.lls.tlv" { "v2.lls" } else { "v3.lls" };
    [
        be16("lls.checksum").hex().doc("checksum of the link-local block").into(),
        be16("lls.data_length").scale(4).unit("octets").doc("length of the link-local block").into(),
        block(
            label(heading).doc("link-local signalling"),
            Size::Octets((val("lls.data_length") * 4 - 4).min(left())),
            [list.into()],
        ),
    ]
}

/// The options of a hello and a description say that it is there; other messages have it where they are longer than they say.
pub(super) fn authentication3() -> Item {
    when(
        Test::Ge(left(), lit(16)),
        [
            be16("at.auth_type").names(&[(1, "HMAC")]).doc("authentication").into(),
            be16("at.auth_data_len").unit("octets").doc("length of the trailer").into(),
            be16("at.reserved").hex().doc("reserved").into(),
            be16("at.sa_id").doc("security association").into(),
            be64("at.crypto_seq_nbr").doc("sequence number").into(),
            bytes("at.auth_data", Size::Octets((val("at.auth_data_len") - 16).min(left())))
                .doc("digest")
                .into(),
        ],
    )
}
