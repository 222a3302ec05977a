//! PROFINET over Ethernet (IEC 61158-6-10): cyclic real-time data with its status, and the discovery and configuration protocol
//! (DCP, §4.3) with its blocks.

use crate::schema::{
    ETHER_TYPE, Field, Item, Protocol, Size, Test, be16, be32, bits, block, bytes, eq, flag, ge, ipv4, is_in,
    label, left, mac, not, rest, switch, text, u8, val, when,
};

const SERVICES: &[(u64, &str)] = &[(3, "get"), (4, "set"), (5, "identify"), (6, "hello")];
const KINDS: &[(u64, &str)] = &[(0, "request"), (1, "response"), (5, "response, not supported")];
const OPTIONS: &[(u64, &str)] = &[
    (1, "IP"),
    (2, "device"),
    (3, "DHCP"),
    (5, "control"),
    (6, "device initiative"),
    (7, "TSN"),
    (0xff, "all"),
];
const IP: &[(u64, &str)] = &[(1, "MAC address"), (2, "parameter"), (3, "full suite")];
const DEVICE: &[(u64, &str)] = &[
    (1, "vendor"),
    (2, "name of station"),
    (3, "identifier"),
    (4, "role"),
    (5, "options"),
    (6, "alias name"),
    (7, "instance"),
    (8, "OEM identifier"),
    (9, "standard gateway"),
    (10, "RSI properties"),
];
const TSN: &[(u64, &str)] = &[
    (1, "domain name"),
    (2, "network management entity"),
    (3, "parameters of the network management entity"),
    (4, "agent of the network management entity"),
];
const CONTROL: &[(u64, &str)] = &[
    (1, "start"),
    (2, "end"),
    (3, "signal"),
    (4, "response"),
    (5, "factory reset"),
    (6, "reset to factory"),
];
const ERRORS: &[(u64, &str)] = &[
    (0, "none"),
    (1, "option unknown"),
    (2, "suboption unknown"),
    (3, "suboption not set"),
    (4, "resource"),
    (5, "not settable now"),
    (6, "in operation"),
];

pub(super) fn profinet() -> Protocol {
    Protocol::new("pn_dcp", "PROFINET real-time and DCP")
        .layer("ProfinetIO")
        .alias("pn_rt")
        .source("IEC 61158-6-10 §4.3, §4.7")
        .on(ETHER_TYPE, &[0x8892])
        .heads(&["pn_rt"])
        .later(fields)
        .sample("010ecf000000 020000000001 8892 fefe 05 00 00000001 0001 0004 ffff 0000 00000000")
        .sample("020000000002 020000000001 8892 feff 05 01 00000001 0000 000a 0202 0006 0000 6465763100")
        .sample("020000000002 020000000001 8892 feff 05 01 00000001 0000 001a 0102 000e 0001 0a000002 ffffff00 0a000001 0504 0003 020200 00 0000")
        .sample("020000000002 020000000001 8892 8001 0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728 1234 35 00")
}

/// Header and generated fields.
fn fields(protocol: Protocol) -> Protocol {
    protocol.field(be16("=pn_rt.frame_id").craft("frameID").hex().brief().doc("frame")).field(Item::Switch(
        val("=pn_rt.frame_id"),
        vec![(0x0100, 0xfbff, cyclic().into()), (0xfefc, 0xfeff, discovery().into())],
        vec![bytes("=pn_rt.data", rest()).doc("data").into()].into(),
    ))
}

/// Data, and behind them what they were worth when they were sent (§4.7.2.1).
fn cyclic() -> Vec<Item> {
    vec![when(
        Test::Ge(left(), crate::schema::lit(4)),
        [
            bytes("=pn_rt.data", Size::Octets(left() - 4)).doc("data").into(),
            be16("=pn_rt.cycle_counter").unit("31.25 µs").doc("when the data were sent").into(),
            u8("=pn_rt.ds").hex().doc("data status").of([
                flag("=pn_rt.ds_ignore").doc("data are to be ignored"),
                bits("=pn_rt.ds_Reserved_2", 1).doc("reserved"),
                flag("=pn_rt.ds_ok").doc("no problem"),
                flag("=pn_rt.ds_operate").doc("provider runs"),
                bits("=pn_rt.ds_res3", 1).doc("reserved"),
                flag("=pn_rt.ds_valid").doc("data are valid"),
                flag("=pn_rt.ds_redundancy").doc("redundancy"),
                flag("=pn_rt.ds_primary").doc("primary"),
            ]),
            u8("=pn_rt.transfer_status").doc("transfer status; 0: good").into(),
        ],
    )]
}

fn discovery() -> Vec<Item> {
    vec![
        u8("service_id").names(SERVICES).brief().doc("service").into(),
        u8("service_type").names(KINDS).brief().doc("type").into(),
        be32("xid").hex().brief().doc("transaction").into(),
        when(
            eq("=pn_rt.frame_id", 0xfefe),
            [be16("response_delay").unit("10 ms").doc("response delay").into()],
        ),
        when(not(eq("=pn_rt.frame_id", 0xfefe)), [be16("reserved16").doc("reserved").into()]),
        be16("data_length").unit("octets").doc("length of the blocks").into(),
        block(
            label("blocks").doc("blocks").hidden(),
            Size::Octets(val("data_length")),
            [Item::Repeat(label("block").doc("block"), crate::schema::Count::ToEnd, one().into())],
        ),
        bytes("padding", rest()).doc("padding").into(),
    ]
}

/// Option, suboption, length, body, and padding to an even number.
fn one() -> Vec<Item> {
    let body = switch(
        val("option"),
        [(1, ip()), (2, device()), (3, dhcp()), (5, control()), (6, initiative()), (7, domain())],
        plain(),
    );
    vec![
        u8("option").names(OPTIONS).doc("option").into(),
        switch(
            val("option"),
            [
                (1, suboption("suboption_ip", IP)),
                (2, suboption("suboption_device", DEVICE)),
                (3, suboption("suboption_dhcp", &[])),
                (5, suboption("suboption_control", CONTROL)),
                (6, suboption("suboption_deviceinitiative", &[(1, "device initiative")])),
                (7, suboption("suboption_tsn", TSN)),
                (0xff, suboption("suboption_all", &[(0xff, "all")])),
            ],
            suboption("suboption_manuf", &[]),
        ),
        // A request that asks names options alone.
        when(
            not(Test::All(vec![eq("service_id", 3), eq("service_type", 0)])),
            [
                be16("block_length").unit("octets").doc("length").into(),
                block(
                    label("body").doc("body").hidden(),
                    Size::Octets(val("block_length").min(left())),
                    [
                        body,
                        when(
                            Test::Ge(left(), crate::schema::lit(1)),
                            [bytes("block_data", rest()).doc("data").into()],
                        ),
                    ],
                ),
                when(
                    Test::All(vec![
                        Test::Ne(val("block_length").and(1), crate::schema::lit(0)),
                        Test::Ge(left(), crate::schema::lit(1)),
                    ]),
                    [bytes("block_padding", Size::Octets(crate::schema::lit(1))).doc("padding").into()],
                ),
            ],
        ),
    ]
}

fn suboption(name: &'static str, names: &'static [(u64, &'static str)]) -> Vec<Item> {
    vec![u8(name).names(names).doc("suboption").into()]
}

/// What stands before a value: information in answers and greetings, a qualifier in what sets; a filter has none.
fn before(information: Field) -> Item {
    let answers = Test::Any(vec![eq("service_type", 1), eq("service_id", 6)]);
    let sets = Test::All(vec![eq("service_id", 4), eq("service_type", 0)]);
    Item::When(
        Test::Ge(left(), crate::schema::lit(2)),
        vec![
            when(answers.clone(), [information.into()]),
            when(
                Test::All(vec![not(answers), sets]),
                [be16("block_qualifier")
                    .names(&[(0, "temporary"), (1, "permanent")])
                    .doc("qualifier")
                    .into()],
            ),
        ]
        .into(),
    )
}

fn information() -> Field {
    be16("block_info").doc("information")
}

fn plain() -> Vec<Item> {
    vec![before(information())]
}

fn ip() -> Vec<Item> {
    const STATES: &[(u64, &str)] = &[
        (0, "not set"),
        (1, "set"),
        (2, "set by DHCP"),
        (0x80, "not set, address conflict"),
        (0x81, "set, address conflict"),
        (0x82, "set by DHCP, address conflict"),
    ];
    vec![
        before(be16("suboption_ip_block_info").names(STATES).doc("information")),
        when(eq("suboption_ip", 1), [mac("suboption_ip_mac_address").doc("address of the port").into()]),
        when(
            is_in("suboption_ip", &[2, 3]),
            [
                ipv4("suboption_ip_ip").doc("address").into(),
                ipv4("suboption_ip_subnetmask").doc("mask").into(),
                ipv4("suboption_ip_standard_gateway").doc("gateway").into(),
            ],
        ),
    ]
}

fn device() -> Vec<Item> {
    vec![
        before(information()),
        switch(
            val("suboption_device"),
            [
                (1, vec![text("suboption_device_devicevendorvalue", rest()).doc("vendor").into()]),
                (2, vec![text("suboption_device_nameofstation", rest()).doc("name").into()]),
                (
                    3,
                    vec![
                        be16("suboption_vendor_id").hex().doc("vendor").into(),
                        be16("suboption_device_id").hex().doc("device").into(),
                    ],
                ),
                (
                    4,
                    vec![
                        u8("suboption_device_role")
                            .hex()
                            .doc("role: 1 device, 2 controller, 4 multidevice, 8 supervisor")
                            .into(),
                        u8("reserved8").doc("reserved").into(),
                    ],
                ),
                (
                    5,
                    vec![Item::Repeat(
                        label("supported").doc("option that the device knows").hidden(),
                        crate::schema::Count::ToEnd,
                        vec![
                            u8("supported.option").names(OPTIONS).doc("option that it knows").into(),
                            u8("supported.suboption").doc("suboption that it knows").into(),
                        ]
                        .into(),
                    )],
                ),
                (6, vec![text("suboption_device_aliasname", rest()).doc("alias").into()]),
                (
                    7,
                    vec![
                        u8("instance_id_high")
                            .alias("suboption_device_instance")
                            .hex()
                            .doc("instance, high octet")
                            .into(),
                        u8("instance_id_low").hex().doc("instance, low octet").into(),
                    ],
                ),
                (
                    8,
                    vec![
                        be16("suboption_device_oem_ven_id").hex().doc("vendor").into(),
                        be16("suboption_device_oem_dev_id").hex().doc("device").into(),
                    ],
                ),
                (10, vec![remote_services()]),
            ],
            Vec::new(),
        ),
    ]
}

fn dhcp() -> Vec<Item> {
    vec![
        before(information()),
        when(
            ge("block_length", 4),
            [
                u8("suboption_dhcp_option_code").doc("DHCP option").into(),
                u8("suboption_dhcp_parameter_length").unit("octets").doc("length").into(),
                when(
                    Test::All(vec![
                        is_in("suboption_dhcp", &[61, 255]),
                        Test::Ge(left(), crate::schema::lit(1)),
                    ]),
                    [u8("suboption_dhcp_parameter_data").hex().doc("kind of the value").into()],
                ),
                when(
                    Test::All(vec![eq("suboption_dhcp", 61), Test::Ge(left(), crate::schema::lit(1))]),
                    [text("suboption_dhcp_client_id", rest()).doc("client").into()],
                ),
            ],
        ),
    ]
}

/// Remote service interface.
fn remote_services() -> Item {
    be16("suboption_device_rsi_properties_value").hex().doc("properties").of([
        bits("suboption_device_rsi_properties_value.otherbits", 10).hex().doc("reserved"),
        flag("suboption_device_rsi_properties_value.bit5").doc("CIM, implicit read"),
        flag("suboption_device_rsi_properties_value.bit4").doc("CIM"),
        flag("suboption_device_rsi_properties_value.bit3").doc("AR, implicit read"),
        flag("suboption_device_rsi_properties_value.bit2").doc("AR"),
        flag("suboption_device_rsi_properties_value.bit1").doc("CLRPC"),
        flag("suboption_device_rsi_properties_value.bit0").doc("IP stack"),
    ])
}

/// What a TSN domain is called, and who manages it.
fn domain() -> Vec<Item> {
    let uuid = |name: &'static str, doc: &'static str| {
        vec![Item::from(bytes(name, Size::Octets(crate::schema::lit(16))).doc(doc))]
    };
    vec![
        before(information()),
        when(
            Test::Ge(left(), crate::schema::lit(1)),
            [switch(
                val("suboption_tsn"),
                [
                    (1, vec![text("suboption_tsn_domain_name", rest()).doc("name of the domain").into()]),
                    (2, vec![be16("suboption_tsn_nme_prio").doc("priority of the entity").into()]),
                    (3, uuid("suboption_tsn_nme_parameter_uuid", "parameters")),
                    (4, uuid("suboption_tsn_nme_agent", "agent")),
                ],
                Vec::new(),
            )],
        ),
    ]
}

fn control() -> Vec<Item> {
    // An answer tells which option it speaks of, and what came of it.
    vec![switch(
        val("suboption_control"),
        [
            (
                3,
                vec![
                    before(information()),
                    when(
                        Test::Ge(left(), crate::schema::lit(2)),
                        [be16("suboption_control_signal_value").hex().doc("signal").into()],
                    ),
                ],
            ),
            (
                4,
                vec![
                    u8("suboption_control_option").names(OPTIONS).doc("option answered").into(),
                    u8("response.suboption").doc("suboption answered").into(),
                    u8("block_error").names(ERRORS).doc("error").into(),
                ],
            ),
            (6, vec![be16("block_qualifier_reset").hex().doc("what is reset").into()]),
        ],
        plain(),
    )]
}

fn initiative() -> Vec<Item> {
    vec![
        before(information()),
        when(
            Test::Ge(left(), crate::schema::lit(2)),
            [be16("deviceinitiative_value").names(&[(0, "off"), (1, "on")]).doc("sends greetings").into()],
        ),
    ]
}
