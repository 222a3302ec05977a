//! PROFINET's TLVs in LLDP (IEC 61158-6-10 §4.11): delays of the port, its states, the redundancy domain and the clock that leads.

use crate::schema::{
    Item, Size, Test, be16, be32, bits, bytes, flag, left, lit, mac, rest, switch, text, u8, val, when,
};

const SUBTYPES: &[(u64, &str)] = &[
    (1, "measured delays"),
    (2, "port status"),
    (3, "alias"),
    (4, "MRP port status"),
    (5, "interface MAC address"),
    (6, "PTCP status"),
    (7, "MAU type extension"),
    (8, "MRP interconnection port status"),
    (9, "TSN domain"),
    (10, "TSN management address"),
    (11, "TSN management name"),
    (12, "TSN management parameters"),
    (13, "TSN time domain"),
];

pub(super) fn profinet() -> Vec<Item> {
    let delay = |name: &'static str, doc: &'static str| be32(name).unit("ns").doc(doc).into();
    vec![
        u8("profinet.subtype").hex().names(SUBTYPES).doc("subtype").into(),
        switch(
            val("profinet.subtype"),
            [
                (
                    1,
                    vec![
                        delay("profinet.port_rx_delay_local", "delay of the port's receiver"),
                        delay("profinet.port_rx_delay_remote", "delay of the neighbour's receiver"),
                        delay("profinet.port_tx_delay_local", "delay of the port's sender"),
                        delay("profinet.port_tx_delay_remote", "delay of the neighbour's sender"),
                        delay("profinet.cable_delay_local", "delay of the cable"),
                    ],
                ),
                (2, states()),
                (3, vec![text("profinet.alias", rest()).doc("alias of the port").into()]),
                (
                    4,
                    vec![
                        bytes("profinet.mrp_domain_uuid", Size::Octets(lit(16)))
                            .doc("redundancy domain")
                            .into(),
                        be16("profinet.mrrt_port_status")
                            .hex()
                            .names(&[(0, "off"), (1, "configured"), (2, "up")])
                            .doc("state")
                            .into(),
                    ],
                ),
                (5, vec![mac("profinet.cm_mac_add").doc("address of the interface").into()]),
                (6, clock()),
                (9, uuid("profinet.tsn_domain_uuid", "TSN domain")),
                (10, manager()),
                (11, uuid("profinet.tsn_nme_name_uuid", "name of the management entity")),
                (12, uuid("profinet.tsn_nme_parameter_uuid", "parameters of the management entity")),
                (13, time_domain()),
            ],
            vec![bytes("profinet.value", rest()).doc("value").into()],
        ),
    ]
}

fn uuid(name: &'static str, doc: &'static str) -> Vec<Item> {
    vec![bytes(name, Size::Octets(lit(16))).doc(doc).into()]
}

/// The network management entity's address; the length counts the subtype too.
fn manager() -> Vec<Item> {
    vec![
        u8("profinet.tsn_nme_management_addr_str_length")
            .hex()
            .unit("octets")
            .doc("length of subtype and address")
            .into(),
        u8("profinet.tsn_nme_management_addr_subtype")
            .hex()
            .names(&[(1, "IPv4"), (2, "IPv6"), (6, "IEEE 802")])
            .doc("address family")
            .into(),
        bytes(
            "profinet.tsn_nme_management_addr",
            Size::Octets(val("profinet.tsn_nme_management_addr_str_length") - 1),
        )
        .doc("address")
        .into(),
    ]
}

fn time_domain() -> Vec<Item> {
    let mut items = vec![
        be16("profinet.time_domain_number")
            .hex()
            .names(&[
                (0, "working clock"),
                (1, "global time"),
                (2, "working clock, redundant"),
                (3, "global time, redundant"),
            ])
            .doc("time domain")
            .into(),
    ];
    items.extend(uuid("profinet.time_domain_uuid", "time domain"));
    items.push(
        bytes("profinet.time_domain_master_identity", Size::Octets(lit(8)))
            .doc("clock that leads the domain")
            .into(),
    );
    items
}

fn states() -> Vec<Item> {
    vec![
        be16("profinet.rtc2_port_status")
            .hex()
            .names(&[(0, "off"), (1, "synchronisation data loaded"), (2, "up")])
            .doc("state for real-time class 2")
            .into(),
        be16("profinet.rtc3").hex().doc("state for real-time class 3").of([
            flag("profinet.rtc3_port_status.optimized").doc("optimised"),
            bits("profinet.rtc3_port_status.high", 1).doc("reserved"),
            bits("profinet.rtc3_port_status.preambleLength", 1)
                .hex()
                .names(&[(0, "7 octets"), (1, "1 octet")])
                .doc("preamble"),
            bits("profinet.rtc3_port_status.fragmentation", 1)
                .hex()
                .names(&[(0, "off"), (1, "on")])
                .doc("fragmentation"),
            bits("profinet.rtc3_port_status.reserved", 9).hex().doc("reserved"),
            bits("profinet.rtc3_port_status", 3)
                .hex()
                .names(&[(0, "off"), (2, "up"), (3, "down"), (4, "running")])
                .doc("state"),
        ]),
    ]
}

fn clock() -> Vec<Item> {
    let period = |valid: &'static str, value: &'static str, doc: &'static str| -> [Item; 2] {
        [bits(valid, 1).doc("the value behind counts").into(), bits(value, 31).unit("ns").doc(doc).into()]
    };
    let mut items = vec![
        mac("profinet.master_source_address").doc("clock that leads").into(),
        bytes("profinet.subdomain_uuid", Size::Octets(lit(16))).doc("subdomain").into(),
        bytes("profinet.ir_data_uuid", Size::Octets(lit(16)))
            .doc("engineering of the isochronous frames")
            .into(),
    ];
    items.extend(period(
        "profinet.length_of_period_valid",
        "profinet.length_of_period_length",
        "length of the period",
    ));
    let green = period(
        "profinet.green_period_begin_valid",
        "profinet.green_period_begin_offset",
        "begin of the green part",
    );
    items.extend(period(
        "profinet.red_period_begin_valid",
        "profinet.red_period_begin_offset",
        "begin of the red part",
    ));
    items.extend(period(
        "profinet.orange_period_begin_valid",
        "profinet.orange_period_begin_offset",
        "begin of the orange part",
    ));
    items.push(when(Test::Ge(left(), lit(4)), green));
    items
}
