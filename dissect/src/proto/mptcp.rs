//! Multipath TCP, RFC 8684: what TCP's option of that kind holds.

use crate::schema::{
    Item, Test, be16, be32, be64, bits, bytes, eq, flag, ge, ipv4, ipv6, label, left, lit, repeat, rest,
    switch, u8, val, when,
};

/// RFC 8684 §8.1 table 3.
const MPTCP: &[(u64, &str)] = &[
    (0, "MP_CAPABLE"),
    (1, "MP_JOIN"),
    (2, "DSS"),
    (3, "ADD_ADDR"),
    (4, "REMOVE_ADDR"),
    (5, "MP_PRIO"),
    (6, "MP_FAIL"),
    (7, "MP_FASTCLOSE"),
    (8, "MP_TCPRST"),
];

pub(super) fn items() -> [Item; 2] {
    [
        bits("options.mptcp.subtype", 4).names(MPTCP).doc("subtype").into(),
        switch(
            val("options.mptcp.subtype"),
            [
                (0, capable()),
                (1, join()),
                (2, data_sequence()),
                (3, add_address()),
                (
                    4,
                    vec![
                        bits("options.mptcp.reserved", 4).doc("reserved").into(),
                        repeat(
                            label("options.mptcp.addresses").doc("addresses"),
                            [u8("options.mptcp.addrid").doc("address identifier").into()],
                        ),
                    ],
                ),
                (
                    5,
                    vec![
                        bits("options.mptcp.reserved", 3).doc("reserved").into(),
                        flag("options.mptcp.backup.flag").doc("backup path").into(),
                        when(
                            ge("option_len", 4),
                            [u8("options.mptcp.addrid").doc("address identifier").into()],
                        ),
                    ],
                ),
                (
                    6,
                    vec![
                        bits("options.mptcp.reserved", 12).doc("reserved").into(),
                        be64("options.mptcp.dsn").doc("data sequence number").into(),
                    ],
                ),
                (
                    7,
                    vec![
                        bits("options.mptcp.reserved", 12).doc("reserved").into(),
                        be64("options.mptcp.recvkey").hex().doc("receiver's key").into(),
                    ],
                ),
                (
                    8,
                    vec![
                        bits("options.mptcp.rst.flags", 3).doc("reset flags").of([
                            flag("options.mptcp.flag_U.flag").doc("U"),
                            flag("options.mptcp.flag_V.flag").doc("V"),
                            flag("options.mptcp.flag_W.flag").doc("W"),
                        ]),
                        flag("options.mptcp.rst.transient")
                            .alias("options.mptcp.flag_T.flag")
                            .doc("transient")
                            .into(),
                        u8("options.mptcp.rst.reason")
                            .alias("options.mptcp.rst_reason")
                            .names(REASONS)
                            .doc("reason")
                            .into(),
                    ],
                ),
            ],
            vec![
                bits("options.mptcp.reserved", 4).doc("reserved").into(),
                bytes("options.mptcp.data", rest()).doc("data").into(),
            ],
        ),
    ]
}

/// IANA "MPTCP MP_TCPRST Reason Codes".
const REASONS: &[(u64, &str)] = &[
    (0, "unspecified error"),
    (1, "MPTCP-specific error"),
    (2, "lack of resources"),
    (3, "administratively prohibited"),
    (4, "too much outstanding data"),
    (5, "unacceptable performance"),
    (6, "middlebox interference"),
];

fn capable() -> Vec<Item> {
    vec![
        bits("options.mptcp.version", 4).doc("version").into(),
        u8("options.mptcp.flags").hex().doc("flags").of([
            flag("options.mptcp.checksumreq.flags").doc("checksum required"),
            flag("options.mptcp.extensibility.flag").doc("extensibility"),
            flag("options.mptcp.c.flag")
                .alias("options.mptcp.nomoresubflows.flag")
                .doc("no further addresses to this one"),
            bits("options.mptcp.capable.reserved", 4).alias("options.mptcp.reserved.flag").doc("reserved"),
            flag("options.mptcp.sha256.flag").alias("options.mptcp.sha1.flag").doc("HMAC-SHA256"),
        ]),
        when(ge("option_len", 12), [be64("options.mptcp.sendkey").hex().doc("sender's key").into()]),
        when(ge("option_len", 20), [be64("options.mptcp.recvkey").hex().doc("receiver's key").into()]),
        when(ge("option_len", 22), [be16("options.mptcp.datalvllen").doc("data length").into()]),
        when(ge("option_len", 24), [be16("options.mptcp.checksum").hex().doc("checksum").into()]),
    ]
}

fn join() -> Vec<Item> {
    vec![
        bits("options.mptcp.join.reserved", 3).doc("reserved").into(),
        flag("options.mptcp.backup.flag").doc("backup path").into(),
        u8("options.mptcp.addrid").doc("address identifier").into(),
        switch(
            val("option_len"),
            [
                (
                    12,
                    vec![
                        be32("options.mptcp.recvtok").hex().doc("receiver's token").into(),
                        be32("options.mptcp.sendrand").hex().doc("sender's random number").into(),
                    ],
                ),
                (
                    16,
                    vec![
                        be64("options.mptcp.sendtrunchmac").hex().doc("sender's truncated HMAC").into(),
                        be32("options.mptcp.sendrand").hex().doc("sender's random number").into(),
                    ],
                ),
            ],
            vec![bytes("options.mptcp.sendhmac", rest()).doc("sender's HMAC").into()],
        ),
    ]
}

fn data_sequence() -> Vec<Item> {
    vec![
        bits("options.mptcp.dss.reserved", 7).doc("reserved").into(),
        flag("options.mptcp.datafin.flag").doc("data FIN").into(),
        flag("options.mptcp.dseqn8.flag").doc("data sequence number has 8 octets").into(),
        flag("options.mptcp.dseqnpresent.flag")
            .doc("data sequence number, subflow number, length are there")
            .into(),
        flag("options.mptcp.dataack8.flag").doc("data acknowledgement has 8 octets").into(),
        flag("options.mptcp.dataackpresent.flag").doc("data acknowledgement is there").into(),
        when(
            ge("options.mptcp.dataackpresent.flag", 1),
            [
                when(
                    ge("options.mptcp.dataack8.flag", 1),
                    [be64("options.mptcp.rawdataack8").doc("data acknowledgement").into()],
                ),
                when(
                    eq("options.mptcp.dataack8.flag", 0),
                    [be32("options.mptcp.rawdataack").doc("data acknowledgement").into()],
                ),
            ],
        ),
        when(
            ge("options.mptcp.dseqnpresent.flag", 1),
            [
                when(
                    ge("options.mptcp.dseqn8.flag", 1),
                    [be64("options.mptcp.rawdataseqno8").doc("data sequence number").into()],
                ),
                when(
                    eq("options.mptcp.dseqn8.flag", 0),
                    [be32("options.mptcp.rawdataseqno").doc("data sequence number").into()],
                ),
                be32("options.mptcp.subflowseqno").doc("subflow sequence number").into(),
                be16("options.mptcp.datalvllen").doc("data length").into(),
                when(
                    crate::schema::Test::Ge(left(), crate::schema::lit(2)),
                    [be16("options.mptcp.checksum").hex().doc("checksum").into()],
                ),
            ],
        ),
    ]
}

fn add_address() -> Vec<Item> {
    // Kind, length, subtype, identifier take 4 octets; a port 2, an HMAC 8 more (RFC 8684 §3.4.1).
    let has_v6 = || Test::Ge(val("option_len"), lit(20));
    vec![
        bits("options.mptcp.ipver", 4).hidden().doc("version of the address, before RFC 8684").of([
            bits("options.mptcp.addaddr.reserved", 3).doc("reserved"),
            flag("options.mptcp.echo.flag").alias("options.mptcp.echo").doc("echo"),
        ]),
        u8("options.mptcp.addrid").doc("address identifier").into(),
        when(has_v6(), [ipv6("options.mptcp.ipv6").doc("address").into()]),
        when(Test::Not(Box::new(has_v6())), [ipv4("options.mptcp.ipv4").doc("address").into()]),
        switch(
            left(),
            [
                (2, vec![be16("options.mptcp.port").doc("port").into()]),
                (
                    8,
                    vec![
                        be64("options.mptcp.addrtrunchmac")
                            .alias("options.mptcp.addaddrtrunchmac")
                            .hex()
                            .doc("truncated HMAC")
                            .into(),
                    ],
                ),
                (
                    10,
                    vec![
                        be16("options.mptcp.port").doc("port").into(),
                        be64("options.mptcp.addrtrunchmac")
                            .alias("options.mptcp.addaddrtrunchmac")
                            .hex()
                            .doc("truncated HMAC")
                            .into(),
                    ],
                ),
            ],
            vec![],
        ),
    ]
}
