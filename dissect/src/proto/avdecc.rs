//! AVDECC, IEEE Std 1722.1-2021: discovery (§6), connection management (§8), and enumeration and control (§9) with the parts of the
//! entity model's commands that have a layout of their own (§7.4). Descriptors and values of controls are shown as octets.

use crate::schema::{
    Field, Item, Size, Test, be16, be32, be64, bits, bytes, flag, label, left, lit, mac, rest, text, u8, val,
    when,
};

const DESCRIPTORS: &[(u64, &str)] = &[
    (0x00, "ENTITY"),
    (0x01, "CONFIGURATION"),
    (0x02, "AUDIO_UNIT"),
    (0x03, "VIDEO_UNIT"),
    (0x04, "SENSOR_UNIT"),
    (0x05, "STREAM_INPUT"),
    (0x06, "STREAM_OUTPUT"),
    (0x07, "JACK_INPUT"),
    (0x08, "JACK_OUTPUT"),
    (0x09, "AVB_INTERFACE"),
    (0x0a, "CLOCK_SOURCE"),
    (0x0b, "MEMORY_OBJECT"),
    (0x0c, "LOCALE"),
    (0x0d, "STRINGS"),
    (0x0e, "STREAM_PORT_INPUT"),
    (0x0f, "STREAM_PORT_OUTPUT"),
    (0x10, "EXTERNAL_PORT_INPUT"),
    (0x11, "EXTERNAL_PORT_OUTPUT"),
    (0x12, "INTERNAL_PORT_INPUT"),
    (0x13, "INTERNAL_PORT_OUTPUT"),
    (0x14, "AUDIO_CLUSTER"),
    (0x15, "VIDEO_CLUSTER"),
    (0x16, "SENSOR_CLUSTER"),
    (0x17, "AUDIO_MAP"),
    (0x18, "VIDEO_MAP"),
    (0x19, "SENSOR_MAP"),
    (0x1a, "CONTROL"),
    (0x1b, "SIGNAL_SELECTOR"),
    (0x1c, "MIXER"),
    (0x1d, "MATRIX"),
    (0x1e, "MATRIX_SIGNAL"),
    (0x1f, "SIGNAL_SPLITTER"),
    (0x20, "SIGNAL_COMBINER"),
    (0x21, "SIGNAL_DEMULTIPLEXER"),
    (0x22, "SIGNAL_MULTIPLEXER"),
    (0x23, "SIGNAL_TRANSCODER"),
    (0x24, "CLOCK_DOMAIN"),
    (0x25, "CONTROL_BLOCK"),
];

const COMMANDS: &[(u64, &str)] = &[
    (0x00, "ACQUIRE_ENTITY"),
    (0x01, "LOCK_ENTITY"),
    (0x02, "ENTITY_AVAILABLE"),
    (0x03, "CONTROLLER_AVAILABLE"),
    (0x04, "READ_DESCRIPTOR"),
    (0x05, "WRITE_DESCRIPTOR"),
    (0x06, "SET_CONFIGURATION"),
    (0x07, "GET_CONFIGURATION"),
    (0x08, "SET_STREAM_FORMAT"),
    (0x09, "GET_STREAM_FORMAT"),
    (0x0a, "SET_VIDEO_FORMAT"),
    (0x0b, "GET_VIDEO_FORMAT"),
    (0x0c, "SET_SENSOR_FORMAT"),
    (0x0d, "GET_SENSOR_FORMAT"),
    (0x0e, "SET_STREAM_INFO"),
    (0x0f, "GET_STREAM_INFO"),
    (0x10, "SET_NAME"),
    (0x11, "GET_NAME"),
    (0x12, "SET_ASSOCIATION_ID"),
    (0x13, "GET_ASSOCIATION_ID"),
    (0x14, "SET_SAMPLING_RATE"),
    (0x15, "GET_SAMPLING_RATE"),
    (0x16, "SET_CLOCK_SOURCE"),
    (0x17, "GET_CLOCK_SOURCE"),
    (0x18, "SET_CONTROL"),
    (0x19, "GET_CONTROL"),
    (0x1a, "INCREMENT_CONTROL"),
    (0x1b, "DECREMENT_CONTROL"),
    (0x1c, "SET_SIGNAL_SELECTOR"),
    (0x1d, "GET_SIGNAL_SELECTOR"),
    (0x1e, "SET_MIXER"),
    (0x1f, "GET_MIXER"),
    (0x20, "SET_MATRIX"),
    (0x21, "GET_MATRIX"),
    (0x22, "START_STREAMING"),
    (0x23, "STOP_STREAMING"),
    (0x24, "REGISTER_UNSOLICITED_NOTIFICATION"),
    (0x25, "DEREGISTER_UNSOLICITED_NOTIFICATION"),
    (0x26, "IDENTIFY_NOTIFICATION"),
    (0x27, "GET_AVB_INFO"),
    (0x28, "GET_AS_PATH"),
    (0x29, "GET_COUNTERS"),
    (0x2a, "REBOOT"),
    (0x2b, "GET_AUDIO_MAP"),
    (0x2c, "ADD_AUDIO_MAPPINGS"),
    (0x2d, "REMOVE_AUDIO_MAPPINGS"),
    (0x2e, "GET_VIDEO_MAP"),
    (0x2f, "ADD_VIDEO_MAPPINGS"),
    (0x30, "REMOVE_VIDEO_MAPPINGS"),
    (0x31, "GET_SENSOR_MAP"),
    (0x32, "ADD_SENSOR_MAPPINGS"),
    (0x33, "REMOVE_SENSOR_MAPPINGS"),
    (0x34, "START_OPERATION"),
    (0x35, "ABORT_OPERATION"),
    (0x36, "OPERATION_STATUS"),
    (0x37, "AUTH_ADD_KEY"),
    (0x38, "AUTH_DELETE_KEY"),
    (0x39, "AUTH_GET_KEY_LIST"),
    (0x3a, "AUTH_GET_KEY"),
    (0x3b, "AUTH_ADD_KEY_TO_CHAIN"),
    (0x3c, "AUTH_DELETE_KEY_FROM_CHAIN"),
    (0x3d, "AUTH_GET_KEYCHAIN_LIST"),
    (0x3e, "AUTH_GET_IDENTITY"),
    (0x3f, "AUTH_ADD_TOKEN"),
    (0x40, "AUTH_DELETE_TOKEN"),
    (0x41, "AUTHENTICATE"),
    (0x42, "DEAUTHENTICATE"),
    (0x43, "ENABLE_TRANSPORT_SECURITY"),
    (0x44, "DISABLE_TRANSPORT_SECURITY"),
    (0x45, "ENABLE_STREAM_ENCRYPTION"),
    (0x46, "DISABLE_STREAM_ENCRYPTION"),
    (0x49, "SET_STREAM_BACKUP"),
    (0x4a, "GET_STREAM_BACKUP"),
    (0x4b, "GET_DYNAMIC_INFO"),
];

fn id(name: &'static str, doc: &'static str) -> Item {
    be64(name).hex().doc(doc).into()
}

fn number(name: &'static str, doc: &'static str) -> Item {
    be16(name).doc(doc).into()
}

/// Stream valid bit, version and kind of message; `names` are those of the protocol.
fn head(names: &'static [(u64, &'static str)]) -> [Item; 3] {
    [
        flag("svfield").doc("stream identifier is valid").into(),
        bits("verfield", 3).doc("version").into(),
        bits("=ieee17221.message_type", 4).names(names).brief().doc("message").into(),
    ]
}

fn length() -> Item {
    bits("=ieee17221.control_data_length", 11).unit("octets").doc("length").into()
}

/// What stands behind the known parts.
fn remains() -> Item {
    when(Test::Ge(left(), lit(1)), [bytes("=ieee17221.data", rest()).doc("data").into()])
}

/// A talker's or a listener's abilities.
fn abilities(whole: Field, names: [&'static str; 9]) -> Item {
    let [video, audio, midi, smpte, clock, control, other, reserved, implemented] = names;
    whole.of([
        flag(video).doc("video"),
        flag(audio).doc("audio"),
        flag(midi).doc("MIDI"),
        flag(smpte).doc("SMPTE time code"),
        flag(clock).doc("media clock"),
        flag(control).doc("control"),
        flag(other).doc("other"),
        bits(reserved, 8).hex().doc("reserved"),
        flag(implemented).doc("implemented"),
    ])
}

/// Which entities there are.
pub(super) fn discovery() -> Vec<Item> {
    const MESSAGES: &[(u64, &str)] =
        &[(0, "ENTITY_AVAILABLE"), (1, "ENTITY_DEPARTING"), (2, "ENTITY_DISCOVER")];
    let [stream, version, message] = head(MESSAGES);
    let capabilities = be32("=ieee17221.entity_capabilities").hex().doc("abilities of the entity").of([
        bits("=ieee17221.entity_capabilities.reserved", 14).hex().doc("reserved"),
        flag("=ieee17221.entity_capabilities.general_controller_ignore").doc("controllers may ignore it"),
        flag("=ieee17221.entity_capabilities.entity_not_ready").doc("not ready"),
        flag("=ieee17221.entity_capabilities.aem_interface_index_valid").doc("interface index is valid"),
        flag("=ieee17221.entity_capabilities.aem_identify_control_index_valid")
            .doc("identify index is valid"),
        flag("=ieee17221.entity_capabilities.aem_authentication_required").doc("authentication required"),
        flag("=ieee17221.entity_capabilities.aem_authentication_supported").doc("authentication supported"),
        bits("=ieee17221.entity_capabilities.reserved11", 1).doc("reserved"),
        flag("=ieee17221.entity_capabilities.gptp_supported").doc("gPTP"),
        flag("=ieee17221.entity_capabilities.class_b").doc("class B"),
        flag("=ieee17221.entity_capabilities.class_a").doc("class A"),
        flag("=ieee17221.entity_capabilities.vendor_unique").doc("vendor's own commands"),
        flag("=ieee17221.entity_capabilities.association_id_valid").doc("association is valid"),
        flag("=ieee17221.entity_capabilities.association_id_supported").doc("associations"),
        flag("=ieee17221.entity_capabilities.legacy_avc").doc("AV/C"),
        flag("=ieee17221.entity_capabilities.aem_supported").doc("entity model"),
        flag("=ieee17221.entity_capabilities.gateway_entity").doc("gateway"),
        flag("=ieee17221.entity_capabilities.address_access").doc("address access"),
        flag("=ieee17221.entity_capabilities.efu_mode").doc("firmware upgrade"),
    ]);
    vec![
        stream,
        version,
        message,
        bits("=ieee17221.valid_time", 5).unit("2 s").doc("how long this is valid").into(),
        length(),
        id("=ieee17221.entity_id", "entity"),
        id("=ieee17221.entity_model_id", "model of the entity"),
        capabilities,
        number("=ieee17221.talker_stream_sources", "streams that it can send"),
        abilities(
            be16("=ieee17221.talker_capabilities").hex().doc("abilities as talker"),
            [
                "=ieee17221.talker_capabilities.video_source",
                "=ieee17221.talker_capabilities.audio_source",
                "=ieee17221.talker_capabilities.midi_source",
                "=ieee17221.talker_capabilities.smpte_source",
                "=ieee17221.talker_capabilities.media_clock_source",
                "=ieee17221.talker_capabilities.control_source",
                "=ieee17221.talker_capabilities.other_source",
                "=ieee17221.talker_capabilities.reserved",
                "=ieee17221.talker_capabilities.implemented",
            ],
        ),
        number("=ieee17221.listener_stream_sinks", "streams that it can receive"),
        abilities(
            be16("=ieee17221.listener_capabilities").hex().doc("abilities as listener"),
            [
                "=ieee17221.listener_capabilities.video_source",
                "=ieee17221.listener_capabilities.audio_source",
                "=ieee17221.listener_capabilities.midi_source",
                "=ieee17221.listener_capabilities.smpte_source",
                "=ieee17221.listener_capabilities.media_clock_source",
                "=ieee17221.listener_capabilities.control_source",
                "=ieee17221.listener_capabilities.other_source",
                "=ieee17221.listener_capabilities.reserved",
                "=ieee17221.listener_capabilities.implemented",
            ],
        ),
        be32("=ieee17221.controller_capabilities").hex().doc("abilities as controller").of([
            bits("=ieee17221.controller_capabilities.reserved", 30).hex().doc("reserved"),
            flag("=ieee17221.controller_capabilities.layer3_proxy").doc("proxy for IP"),
            flag("=ieee17221.controller_capabilities.implemented").doc("implemented"),
        ]),
        be32("=ieee17221.available_index").hex().doc("counts announcements").into(),
        id("=ieee17221.gptp_grandmaster_id", "grandmaster"),
        u8("=ieee17221.gptp_domain_number").doc("gPTP domain").into(),
        u8("=ieee17221.adp.reserved").doc("reserved").into(),
        number("=ieee17221.current_configuration_index", "configuration"),
        number("=ieee17221.identify_control_index", "identify control"),
        number("=ieee17221.interface_index", "interface"),
        id("=ieee17221.association_id", "association"),
        bytes("=ieee17221.adp.reserved4", rest()).doc("reserved").into(),
    ]
}

/// Who listens to whom.
pub(super) fn connection() -> Vec<Item> {
    const MESSAGES: &[(u64, &str)] = &[
        (0, "CONNECT_TX_COMMAND"),
        (1, "CONNECT_TX_RESPONSE"),
        (2, "DISCONNECT_TX_COMMAND"),
        (3, "DISCONNECT_TX_RESPONSE"),
        (4, "GET_TX_STATE_COMMAND"),
        (5, "GET_TX_STATE_RESPONSE"),
        (6, "CONNECT_RX_COMMAND"),
        (7, "CONNECT_RX_RESPONSE"),
        (8, "DISCONNECT_RX_COMMAND"),
        (9, "DISCONNECT_RX_RESPONSE"),
        (10, "GET_RX_STATE_COMMAND"),
        (11, "GET_RX_STATE_RESPONSE"),
        (12, "GET_TX_CONNECTION_COMMAND"),
        (13, "GET_TX_CONNECTION_RESPONSE"),
    ];
    const STATES: &[(u64, &str)] = &[
        (0, "SUCCESS"),
        (1, "LISTENER_UNKNOWN_ID"),
        (2, "TALKER_UNKNOWN_ID"),
        (3, "TALKER_DEST_MAC_FAIL"),
        (4, "TALKER_NO_STREAM_INDEX"),
        (5, "TALKER_NO_BANDWIDTH"),
        (6, "TALKER_EXCLUSIVE"),
        (7, "LISTENER_TALKER_TIMEOUT"),
        (8, "LISTENER_EXCLUSIVE"),
        (9, "STATE_UNAVAILABLE"),
        (10, "NOT_CONNECTED"),
        (11, "NO_SUCH_CONNECTION"),
        (12, "COULD_NOT_SEND_MESSAGE"),
        (13, "TALKER_MISBEHAVING"),
        (14, "LISTENER_MISBEHAVING"),
        (16, "CONTROLLER_NOT_AUTHORIZED"),
        (17, "INCOMPATIBLE_REQUEST"),
        (31, "NOT_SUPPORTED"),
    ];
    let [stream, version, message] = head(MESSAGES);
    vec![
        stream,
        version,
        message,
        bits("=ieee17221.status_field", 5).names(STATES).brief().doc("status").into(),
        length(),
        id("=ieee17221.stream_id", "stream"),
        id("=ieee17221.controller_guid", "controller"),
        id("=ieee17221.talker_guid", "talker"),
        id("=ieee17221.listener_guid", "listener"),
        be16("=ieee17221.talker_unique_id").hex().doc("stream of the talker").into(),
        be16("=ieee17221.listener_unique_id").hex().doc("stream of the listener").into(),
        mac("=ieee17221.dest_mac").doc("destination of the stream").into(),
        number("=ieee17221.connection_count", "connections"),
        number("=ieee17221.sequence_id", "sequence number"),
        be16("=ieee17221.flags").hex().doc("flags").of([
            bits("=ieee17221.flags.reserved", 9).hex().doc("reserved"),
            flag("=ieee17221.flags.talker_failed").doc("the talker failed"),
            flag("=ieee17221.flags.encrypted_pdu").doc("encrypted"),
            flag("=ieee17221.flags.supports_encrypted").doc("encryption supported"),
            flag("=ieee17221.flags.streaming_wait").doc("waits until it is started"),
            flag("=ieee17221.flags.saved_state").doc("the state is kept"),
            flag("=ieee17221.flags.fast_connect").doc("from a kept state"),
            flag("=ieee17221.flags.class_b").doc("class B"),
        ]),
        be16("=ieee17221.vlan_id").hex().doc("VLAN of the stream").into(),
        remains(),
    ]
}

/// Commands to entities and their answers.
pub(super) fn control() -> Vec<Item> {
    const MESSAGES: &[(u64, &str)] = &[
        (0, "AEM_COMMAND"),
        (1, "AEM_RESPONSE"),
        (2, "ADDRESS_ACCESS_COMMAND"),
        (3, "ADDRESS_ACCESS_RESPONSE"),
        (4, "AVC_COMMAND"),
        (5, "AVC_RESPONSE"),
        (6, "VENDOR_UNIQUE_COMMAND"),
        (7, "VENDOR_UNIQUE_RESPONSE"),
        (14, "EXTENDED_COMMAND"),
        (15, "EXTENDED_RESPONSE"),
    ];
    const STATES: &[(u64, &str)] = &[
        (0, "SUCCESS"),
        (1, "NOT_IMPLEMENTED"),
        (2, "NO_SUCH_DESCRIPTOR"),
        (3, "ENTITY_LOCKED"),
        (4, "ENTITY_ACQUIRED"),
        (5, "NOT_AUTHENTICATED"),
        (6, "AUTHENTICATION_DISABLED"),
        (7, "BAD_ARGUMENTS"),
        (8, "NO_RESOURCES"),
        (9, "IN_PROGRESS"),
        (10, "ENTITY_MISBEHAVING"),
        (11, "NOT_SUPPORTED"),
        (12, "STREAM_IS_RUNNING"),
    ];
    let [stream, version, message] = head(MESSAGES);
    vec![
        stream,
        version,
        message,
        bits("=ieee17221.status", 5).hex().names(STATES).brief().doc("status").into(),
        length(),
        id("=ieee17221.target_guid", "entity"),
        id("=ieee17221.controller_guid", "controller"),
        number("=ieee17221.sequence_id", "sequence number"),
        Item::Switch(
            val("=ieee17221.message_type"),
            vec![(0, 1, model().into()), (2, 3, addresses().into())],
            vec![].into(),
        ),
        remains(),
    ]
}

fn addresses() -> Vec<Item> {
    vec![
        number("=ieee17221.count", "parts"),
        Item::Repeat(
            label("=ieee17221.tlv").doc("part"),
            crate::schema::Count::Times(val("=ieee17221.count")),
            vec![
                bits("=ieee17221.tlv_mode", 4)
                    .hex()
                    .names(&[(0, "read"), (1, "write"), (2, "execute")])
                    .doc("what is done")
                    .into(),
                bits("=ieee17221.tlv_length", 12).hex().unit("octets").doc("length").into(),
                id("=ieee17221.tlv_address", "address"),
                bytes("=ieee17221.memory_data", Size::Octets(val("=ieee17221.tlv_length")))
                    .doc("data")
                    .into(),
            ]
            .into(),
        ),
    ]
}

fn descriptor() -> [Item; 2] {
    [
        be16("=ieee17221.descriptor_type").hex().names(DESCRIPTORS).doc("kind of descriptor").into(),
        be16("=ieee17221.descriptor_index").hex().doc("descriptor").into(),
    ]
}

/// The descriptor that a command is about and what follows it, which commands that ask leave out.
fn about<const N: usize>(octets: i64, items: [Item; N]) -> Vec<Item> {
    let mut all: Vec<Item> = descriptor().into();
    all.push(when(Test::Ge(left(), lit(octets)), items));
    all
}

fn model() -> Vec<Item> {
    let configured = || -> Vec<Item> {
        let mut items = vec![
            number("=ieee17221.configuration", "configuration"),
            number("=ieee17221.reserved", "reserved"),
        ];
        items.extend(descriptor());
        items
    };
    let configuration = || {
        vec![when(
            Test::Ge(left(), lit(4)),
            [number("=ieee17221.reserved", "reserved"), number("=ieee17221.configuration", "configuration")],
        )]
    };
    let maps = || {
        about(
            4,
            [
                number("=ieee17221.map_index", "map"),
                number("=ieee17221.number_of_maps", "maps"),
                when(Test::Ge(left(), lit(4)), [number("=ieee17221.number_of_mappings", "mappings")]),
            ],
        )
    };
    let mappings = || about(4, [number("=ieee17221.number_of_mappings", "mappings")]);
    let cases: Vec<(u64, u64, Vec<Item>)> = vec![
        (0x00, 0x00, acquire()),
        (0x01, 0x01, lock()),
        (0x04, 0x05, configured()),
        (0x06, 0x07, configuration()),
        (0x08, 0x09, about(8, [id("=ieee17221.stream_format", "format of the stream")])),
        (0x0e, 0x0f, stream_information()),
        (
            0x10,
            0x11,
            about(
                4,
                [
                    number("=ieee17221.name_index", "which name"),
                    number("=ieee17221.configuration_index", "configuration"),
                    when(
                        Test::Ge(left(), lit(64)),
                        [text("=ieee17221.name", Size::Octets(lit(64))).doc("name").into()],
                    ),
                ],
            ),
        ),
        (0x12, 0x13, vec![when(Test::Ge(left(), lit(8)), [id("=ieee17221.association_id", "association")])]),
        (
            0x14,
            0x15,
            about(
                4,
                [
                    bits("=ieee17221.sampling_rate_pull", 3).doc("multiplier of the rate").into(),
                    bits("=ieee17221.sampling_rate_base_frequency", 29)
                        .unit("Hz")
                        .doc("sampling rate")
                        .into(),
                ],
            ),
        ),
        (
            0x16,
            0x17,
            about(
                4,
                [
                    number("=ieee17221.clock_source_id", "source of the clock"),
                    number("=ieee17221.reserved", "reserved"),
                ],
            ),
        ),
        (
            0x1c,
            0x1d,
            about(
                6,
                [
                    be16("=ieee17221.signal_type").hex().names(DESCRIPTORS).doc("kind of signal").into(),
                    number("=ieee17221.signal_index", "signal"),
                    number("=ieee17221.signal_output", "output"),
                ],
            ),
        ),
        (0x20, 0x21, matrix()),
        (0x27, 0x27, interface_information()),
        (
            0x28,
            0x28,
            vec![
                be16("=ieee17221.descriptor_index").hex().doc("descriptor").into(),
                number("=ieee17221.as_path_count", "clocks"),
                Item::Repeat(
                    label("=ieee17221.as_path").doc("clock"),
                    crate::schema::Count::Times(val("=ieee17221.as_path_count")),
                    vec![id("=ieee17221.get_as_info_clock_id", "clock")].into(),
                ),
            ],
        ),
        (0x2b, 0x2b, maps()),
        (0x2c, 0x2d, mappings()),
        (0x2e, 0x2e, maps()),
        (0x2f, 0x30, mappings()),
        (0x31, 0x31, maps()),
        (0x32, 0x33, mappings()),
        (
            0x34,
            0x34,
            about(
                4,
                [
                    number("=ieee17221.operation_id", "operation"),
                    be16("=ieee17221.operation_type").hex().doc("kind of operation").into(),
                ],
            ),
        ),
        (0x35, 0x35, about(2, [number("=ieee17221.operation_id", "operation")])),
        (
            0x36,
            0x36,
            about(
                4,
                [
                    number("=ieee17221.operation_id", "operation"),
                    be16("=ieee17221.percent_complete").unit("0.1 %").doc("how much is done").into(),
                ],
            ),
        ),
        (0x24, 0x25, Vec::new()),
        (0x08, 0x2a, descriptor().into()),
    ];
    let cases = cases.into_iter().map(|(low, high, items)| (low, high, items.into())).collect();
    vec![
        flag("=ieee17221.u_flag").doc("nobody asked").into(),
        bits("=ieee17221.command_type", 15).hex().names(COMMANDS).brief().doc("command").into(),
        Item::Switch(val("=ieee17221.command_type"), cases, vec![].into()),
    ]
}

fn acquire() -> Vec<Item> {
    let mut items = vec![
        flag("=ieee17221.flags.release").doc("given back").into(),
        bits("=ieee17221.acquire.reserved", 30).hex().doc("reserved").into(),
        flag("=ieee17221.flags.persistent").doc("for good").into(),
        id("=ieee17221.owner_guid", "owner"),
    ];
    items.extend(descriptor());
    items
}

fn lock() -> Vec<Item> {
    let mut items = vec![
        bits("=ieee17221.lock.reserved", 31).hex().doc("reserved").into(),
        flag("=ieee17221.flags.unlock").doc("unlocked").into(),
        id("=ieee17221.locked_guid", "who has locked it"),
    ];
    items.extend(descriptor());
    items
}

/// §7.4.15: which of the parts count, and the parts.
fn stream_information() -> Vec<Item> {
    about(
        44,
        [
            flag("=ieee17221.flags.stream_format_valid").doc("the format is valid").into(),
            flag("=ieee17221.flags.stream_id_valid").doc("the stream is valid").into(),
            flag("=ieee17221.flags.msrp_acc_lat_valid").doc("the latency is valid").into(),
            flag("=ieee17221.flags.dest_mac_valid").doc("the destination is valid").into(),
            flag("=ieee17221.flags.msrp_failure_valid").doc("the failure is valid").into(),
            flag("=ieee17221.flags.connected").doc("connected").into(),
            flag("=ieee17221.flags.stream_vlan_id_valid").doc("the VLAN is valid").into(),
            bits("=ieee17221.info.reserved", 25).hex().doc("further flags").into(),
            id("=ieee17221.stream_format64", "format of the stream"),
            id("=ieee17221.stream_id", "stream"),
            be32("=ieee17221.msrp_accumulated_latency").unit("ns").doc("latency").into(),
            mac("=ieee17221.dest_mac").doc("destination of the stream").into(),
            u8("=ieee17221.msrp_failure_code").doc("why the reservation failed").into(),
            u8("=ieee17221.info.reserved8").doc("reserved").into(),
            bytes("=ieee17221.msrp_failure_bridge_id", Size::Octets(lit(8))).doc("where it failed").into(),
            when(
                Test::Ge(left(), lit(4)),
                [
                    be16("=ieee17221.vlan_id").hex().doc("VLAN of the stream").into(),
                    number("=ieee17221.reserved", "reserved"),
                ],
            ),
        ],
    )
}

fn matrix() -> Vec<Item> {
    about(
        12,
        [
            number("=ieee17221.matrix_column", "column"),
            number("=ieee17221.matrix_row", "row"),
            number("=ieee17221.matrix_region_width", "width"),
            number("=ieee17221.matrix_region_height", "height"),
            flag("=ieee17221.matrix_rep").doc("the values are repeated").into(),
            bits("=ieee17221.matrix_direction", 1)
                .names(&[(0, "horizontal"), (1, "vertical")])
                .doc("direction")
                .into(),
            bits("=ieee17221.matrix_value_count", 14).doc("values").into(),
            number("=ieee17221.matrix_item_offset", "first item"),
        ],
    )
}

fn interface_information() -> Vec<Item> {
    let mapping = vec![
        u8("=ieee17221.msrp_mapping_traffic_class").doc("traffic class").into(),
        u8("=ieee17221.msrp_mapping_priority").doc("priority").into(),
        be16("=ieee17221.msrp_vlan_id").doc("VLAN").into(),
    ];
    about(
        16,
        [
            id("=ieee17221.avb_info_gptp_grandmaster_id", "grandmaster"),
            be32("=ieee17221.avb_info_propagation_delay").unit("ns").doc("delay of the link").into(),
            u8("=ieee17221.avb_info_gptp_domain_number").doc("gPTP domain").into(),
            bits("=ieee17221.avb_info.reserved", 5).doc("reserved").into(),
            flag("=ieee17221.srp_enabled_flag").doc("SRP runs").into(),
            flag("=ieee17221.gptp_enabled_flag").doc("gPTP runs").into(),
            flag("=ieee17221.as_capable_flag").doc("the neighbour knows gPTP").into(),
            number("=ieee17221.msrp_mappings_count", "mappings"),
            Item::Repeat(
                label("=ieee17221.msrp_mapping").doc("mapping"),
                crate::schema::Count::Times(val("=ieee17221.msrp_mappings_count")),
                mapping.into(),
            ),
        ],
    )
}
