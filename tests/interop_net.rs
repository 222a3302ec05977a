//! Link layer, network layer and routing: every field that nettool and tshark both know has the same values in captures that
//! scapy built (and, where scapy has no layer, octets by the standard). What differs is listed with its reason.
//!
//! The captures lie in `tests/data/interop_net`.

mod harness;

use harness::tshark::{Exception, agree_below};

const HEADING: &str = "a heading of the tree, which nettool shows by its name and tshark by its octets";
const BUG: &str = "tshark 4.0 reads the wrong octets";
const REPEATED: &str = "tshark adds the same value twice, or for a part that is not there";
const FORM: &str = "the same moment, size or text in another form";

fn agree(test: &str, capture: &str, prefixes: &[&str], exceptions: &[Exception]) {
    agree_below(test, &format!("tests/data/interop_net/{capture}.pcap"), prefixes, exceptions);
}

#[test]
fn link_layer_protocols_agree() {
    let test = "link_layer_protocols_agree";
    agree(
        test,
        "link",
        &[
            "eth",
            "vlan",
            "ieee8021ad",
            "llc",
            "stp",
            "lacp",
            "lldp",
            "eapol",
            "eap",
            "macsec",
            "pppoed",
            "pppoe",
            "ppp",
            "lcp",
            "macc",
            "mpls",
            "hsr",
            "mrp",
            "arp",
            "ptp",
        ],
        &[
            ("eth.trailer", "what stands behind LLDP's end and MACsec's check value is called otherwise"),
            ("lacp.tlv_length", "tshark shows the length of the end mark, 0"),
        ],
    );
    agree(
        test,
        "lldp",
        &["lldp"],
        &[
            ("lldp.chassis.id", FORM),
            ("lldp.mgn.obj.id", FORM),
            ("lldp.mgn.addr.hex", "nettool names MAC addresses"),
            ("lldp.profinet.mrp_domain_uuid", FORM),
            ("lldp.profinet.subdomain_uuid", FORM),
            ("lldp.profinet.ir_data_uuid", FORM),
        ],
    );
    agree(
        test,
        "small",
        &["cmd", "loop", "wol", "rrcp"],
        &[
            ("loop.relevant_function", "tshark shows none behind a skip count that is no multiple of 8"),
            ("wol.mac", "tshark repeats the address as often as it stands there"),
            ("wol.passwd", "tshark 4.0 shows the octets of the text that it wrote of the password"),
            ("wol.sync", "tshark looks for the stream at the beginning of a datagram only"),
            (
                "rrcp.regaddr",
                "little-endian on the wire; tshark 4.0 reads it the other way, tcpdump as nettool",
            ),
            (
                "rrcp.regdata",
                "little-endian on the wire; tshark 4.0 reads it the other way, tcpdump as nettool",
            ),
            ("rrcp.protocol", "tshark has protocols of their own for REP and RLDP"),
        ],
    );
    agree(
        test,
        "batman",
        &["batadv"],
        &[
            ("batadv.batman.packet_type", "tshark shows none of a version that it does not know"),
            ("batadv.tvlv.version", "tshark 4.0 does not open the values of OGM2"),
            ("batadv.tvlv.len", "tshark 4.0 does not open the values of OGM2"),
            ("batadv.tvlv.gw.dl_speed", "tshark 4.0 does not open the values of OGM2"),
            ("batadv.tvlv.gw.ul_speed", "tshark 4.0 does not open the values of OGM2"),
        ],
    );
}

/// TLVs and messages that scapy has no layers for.
#[test]
fn parts_of_link_layer_protocols_agree() {
    let test = "parts_of_link_layer_protocols_agree";
    agree(
        test,
        "link_tlvs",
        &["lldp", "cdp"],
        &[
            ("lldp.chassis.id", FORM),
            ("lldp.cisco.apiclist", HEADING),
            ("lldp.profinet.tsn_domain_uuid", FORM),
            ("lldp.profinet.tsn_nme_name_uuid", FORM),
            ("lldp.profinet.tsn_nme_parameter_uuid", FORM),
            ("lldp.profinet.time_domain_uuid", FORM),
            ("lldp.tlv.type", "tshark stops behind the mode of a port of Cisco's"),
            ("lldp.tlv.len", "tshark stops behind the mode of a port of Cisco's"),
        ],
    );
    agree(
        test,
        "cfm",
        &["cfm"],
        &[
            ("cfm.ccm.maid", HEADING),
            ("cfm.ccm.maid.padding", HEADING),
            ("cfm.tlv.tst.test.pattern", HEADING),
            ("cfm.lmm.lmr.txfcf", FORM),
            ("cfm.lmm.lmr.rxfcf", FORM),
            ("cfm.lmm.lmr.txfcb", FORM),
            ("cfm.itu.txfcf", FORM),
            ("cfm.itu.rxfcb", FORM),
            ("cfm.itu.txfcb", FORM),
            ("cfm.itu.reserved", FORM),
            ("cfm.tlv.org.spec.subtype", FORM),
            ("cfm.raps.req.st", "tshark has the requests of linear and of ring protection under one name"),
        ],
    );
    agree(
        test,
        "ptp_tlvs",
        &["ptp"],
        &[
            ("ptp.v2.an.tlvType", "tshark has another name in each kind of message, nettool aliases of one"),
            (
                "ptp.v2.an.lengthField",
                "tshark has another name in each kind of message, nettool aliases of one",
            ),
            (
                "ptp.v2.an.oe.organizationId",
                "tshark has another name in each kind of message, nettool aliases of one",
            ),
            (
                "ptp.v2.an.oe.organizationSubType",
                "tshark has another name in each kind of message, nettool aliases of one",
            ),
            (
                "ptp.v2.an.oe.cern.wr.wrMessageID",
                "tshark has another name in each kind of message, nettool aliases of one",
            ),
            ("ptp.v2.mm.reserved", "tshark shows none of its octets in a message without management TLV"),
            ("ptp.v2.mm.peerMeanPathDelay.subns", FORM),
            ("ptp.v2.mm.data", HEADING),
            ("ptp.v2.an.oe.reserved", FORM),
        ],
    );
    agree(test, "spt", &["mstp", "bpdu"], &[]);
    agree(
        test,
        "oam_variables",
        &["oampdu"],
        &[("oampdu.variable.branch", "tshark leaves out the end mark of a request")],
    );
    agree(
        test,
        "dcp_blocks",
        &["pn_dcp"],
        &[
            ("pn_dcp.block", HEADING),
            ("pn_dcp.suboption_tsn_nme_parameter_uuid", FORM),
            ("pn_dcp.suboption_device_rsi_properties_value", REPEATED),
        ],
    );
    agree(
        test,
        "avdecc",
        &["ieee17221"],
        &[
            ("ieee17221.flags", "tshark has the flags of several messages under one name"),
            ("ieee17221.flags.class_b", "tshark has the flags of several messages under one name"),
            ("ieee17221.flags.encrypted_pdu", "tshark has the flags of several messages under one name"),
            ("ieee17221.flags.fast_connect", "tshark has the flags of several messages under one name"),
            ("ieee17221.flags.saved_state", "tshark has the flags of several messages under one name"),
            ("ieee17221.flags.streaming_wait", "tshark has the flags of several messages under one name"),
            ("ieee17221.flags.supports_encrypted", "tshark has the flags of several messages under one name"),
            ("ieee17221.flags.talker_failed", "tshark has the flags of several messages under one name"),
            ("ieee17221.descriptor_type", "tshark does not read the descriptor of a lock"),
            ("ieee17221.descriptor_index", "tshark does not read the descriptor of a lock"),
            ("ieee17221.vlan_id", "tshark does not read the VLAN behind a stream's failure"),
            ("ieee17221.sampling_rate_pull", BUG),
        ],
    );
    agree(test, "registration", &["mrp-mvrp", "mrp-mmrp", "mrp-msrp"], &[]);
    agree(
        test,
        "avtp",
        &["ieee1722", "aaf", "cvf", "crf", "iec61883", "tscf", "ntscf", "acf", "acf-can", "acf-lin", "maap"],
        &[],
    );
    agree(
        test,
        "extensions",
        &["udld", "pagp", "geneve", "pim"],
        &[
            ("geneve.options", HEADING),
            ("geneve.option", HEADING),
            (
                "geneve.option.length",
                "tshark has the length of all options by this name too, and counts heads",
            ),
            ("pim.res_bytes", "tshark has the reserved octet of the header and of a join by one name"),
            ("pim.source", "tshark has a joined source by two names"),
            ("pim.group", "tshark has a group by the same name twice"),
        ],
    );
    agree(
        test,
        "ethercat",
        &["ecatf", "ecat", "ecat_mailbox"],
        &[
            ("ecat.data", "tshark shows registers and mailboxes in place of octets"),
            ("ecat_mailbox.coe.sdoidx", "tshark shows no object of a transfer that ends"),
            ("ecat_mailbox.coe.sdosub", "tshark shows no object of a transfer that ends"),
            ("ecat.reg.type", "tshark has the first two registers the other way round"),
            ("ecat.reg.revision", "tshark has the first two registers the other way round"),
            ("ecat.reg.dpram", "tshark has memory and ports the other way round"),
            ("ecat.reg.ports", "tshark has memory and ports the other way round"),
        ],
    );
    agree(
        test,
        "eap",
        &["eap"],
        &[
            ("eap.sim.subtype.attribute", HEADING),
            ("eap.aka.subtype.attribute", HEADING),
            ("eap.data", REPEATED),
        ],
    );
    agree(
        test,
        "ppp_options",
        &["ppp", "lcp", "ipcp", "ipv6cp"],
        &[
            ("ppp.length", REPEATED),
            ("lcp.opt.callback", HEADING),
            ("lcp.opt.numbered_mode", HEADING),
            ("lcp.opt.internationalization", HEADING),
            ("lcp.opt.multilink_hdr_fmt", HEADING),
            ("ipv6cp.opt.interface_identifier", HEADING),
        ],
    );
}

#[test]
fn radio_headers_agree() {
    let test = "radio_headers_agree";
    let addresses = [
        ("wlan.addr", "tshark puts the source before the destination where there are four addresses"),
        ("wlan.duration", "tshark shows no duration where the field is an association identifier"),
        ("wlan.ta", "tshark calls the transmitter of a CF-End its BSS only"),
        ("wlan.bssid", "tshark shows no BSS of a CF-End+CF-Ack"),
        ("wlan.ssid", "tshark 4.0 shows its octets"),
    ];
    agree(test, "wlan", &["wlan"], &addresses);
    agree(
        test,
        "radiotap",
        &["wlan", "radiotap"],
        &[
            ("wlan.ssid", "tshark 4.0 shows its octets"),
            ("radiotap.vht.datarate.0", "tshark cuts the digits off that nettool rounds"),
            ("radiotap.mcs.have_bw", REPEATED),
            ("radiotap.vht.known", "tshark shows one octet of two"),
        ],
    );
}

/// The objects of RSVP are nodes, which tshark shows as a text of the whole.
const RSVP_NODES: &[&str] = &[
    "rsvp.integrity",
    "rsvp.msgid",
    "rsvp.msgid_ack",
    "rsvp.msgid_list",
    "rsvp.session",
    "rsvp.hop",
    "rsvp.time",
    "rsvp.error",
    "rsvp.scope",
    "rsvp.style",
    "rsvp.flowspec",
    "rsvp.filter",
    "rsvp.sender",
    "rsvp.tspec",
    "rsvp.adspec",
    "rsvp.policy",
    "rsvp.confirm",
    "rsvp.label",
    "rsvp.label_request",
    "rsvp.explicit_route",
    "rsvp.record_route",
    "rsvp.session_attribute",
    "rsvp.hello_obj",
    "rsvp.restart",
    "rsvp.notify_request",
    "rsvp.obj_unknown",
    "rsvp.dclass",
    "rsvp.admin_status",
    "rsvp.lsp_attributes",
    "rsvp.association",
];

#[test]
fn reservations_agree() {
    let mut exceptions: Vec<Exception> = RSVP_NODES.iter().map(|name| (*name, HEADING)).collect();
    exceptions.extend([
        ("rsvp.loose_hop", "tshark calls that of an IPv6 hop otherwise"),
        ("rsvp.ero_rro_subobjects.flags", REPEATED),
        ("rsvp.rro.flags.bandwidth", "tshark calls it otherwise where the hop is IPv6"),
        ("rsvp.rro.flags.node", "tshark calls it otherwise where the hop is IPv6"),
        ("rsvp.detour.plr_id", "tshark 4.0 shows the octets the other way"),
        ("rsvp.detour.avoid_node_id", "tshark 4.0 shows the octets the other way"),
        ("rsvp.sender.short_call_id", "tshark shows none of a filter"),
    ]);
    agree("reservations_agree", "rsvp", &["rsvp"], &exceptions);
}

#[test]
fn announced_and_controlled_streams_agree() {
    let test = "announced_and_controlled_streams_agree";
    agree(test, "sap", &["sap", "sdp"], &[("sap.auth", HEADING), ("sdp.media.format", FORM)]);
    agree(test, "rtsp", &["rtsp", "sdp"], &[("sdp.media.format", FORM)]);
}

#[test]
fn building_automation_agrees() {
    let exceptions = [
        ("bvlc.length", "tshark 4.0 shows the length of the head before an NPDU"),
        ("bacnet.pinfo", "tshark shows an empty one too"),
        ("bacapp.processId", "tshark has no name for that of a subscription"),
        ("bacapp.complete_bitstring", "tshark shows the bits of known properties one by one"),
    ];
    agree("building_automation_agrees", "bacnet", &["bvlc", "bacnet", "bacapp"], &exceptions);
}

#[test]
fn network_layer_protocols_agree() {
    let test = "network_layer_protocols_agree";
    agree(
        test,
        "ipv4",
        &["ip", "udp", "tcp", "icmp", "igmp", "sctp", "ah", "udplite"],
        &[
            ("ip.dst", "tshark shows the end of a source route, nettool what stands in the field"),
            ("ip.host", "as ip.dst"),
            ("ip.frag_offset", "nettool shows octets, tshark 4.0 units of 8"),
            ("ip.fragments", HEADING),
            ("tcp.options", HEADING),
            ("tcp.options.sack_le", "tshark shows it relative to the stream's first sequence number"),
            ("tcp.options.sack_re", "tshark shows it relative to the stream's first sequence number"),
            ("tcp.option_kind", "tshark goes on behind the end mark"),
            ("udp.length", "tshark calls UDP-Lite's coverage so"),
            ("udp.checksum.status", "tshark calls UDP-Lite's checksum of 0 illegal"),
            ("icmp.unused", "nettool shows the next hop's MTU apart from what is unused"),
            (
                "icmp.resptime",
                "the reply goes the way of the request, which tshark takes for its answer all the same",
            ),
            ("sctp.checksum.status", "tshark does not verify by default"),
            ("udp.payload", "tshark counts UDP-Lite as UDP"),
            ("udp.stream", "tshark counts UDP-Lite and datagrams in tunnels and quotations as streams"),
            ("udp.time_delta", "as udp.stream"),
            ("udp.time_relative", "as udp.stream"),
            ("sctp.data_tsn", "tshark shows it relative to the first"),
        ],
    );
    agree(
        test,
        "ipv6",
        &["ipv6", "icmpv6", "udp", "tcp"],
        &[
            ("ipv6.opt.padn", "tshark shows an empty padding too"),
            ("icmpv6.reserved", "tshark shows no reserved octets of these messages"),
            ("icmpv6.resptime", "as icmp.resptime"),
            ("udp.checksum.status", "tshark verifies the checksum of a quoted beginning too"),
            ("udp.stream", "tshark counts datagrams in tunnels and quotations as streams"),
            ("udp.time_delta", "as udp.stream"),
            ("udp.time_relative", "as udp.stream"),
        ],
    );
    agree(
        test,
        "mobility",
        &["mip6"],
        &[
            ("mip6.auth.auth_data", BUG),
            ("mip6.mseg_id.timestamp", "tshark counts NTP time from 1970"),
            ("mip6.cgar.cga_par", BUG),
            ("mip6.sign.sign", BUG),
            ("mip6.phkt.phkt", BUG),
            ("mip6.mocot.co_keygen_tok", BUG),
            ("mip6.timestamp_tmp", FORM),
        ],
    );
    agree(
        test,
        "hip",
        &["hip"],
        &[("hip.tlv.locator_address", REPEATED), ("hip.tlv.esp_trans_res", REPEATED)],
    );
    agree(
        test,
        "l2tp",
        &["l2tp"],
        &[
            ("l2tp.offset_bit", "tshark shows the bits that version 3 has left out of version 2 no more"),
            ("l2tp.priority", "tshark shows the bits that version 3 has left out of version 2 no more"),
            ("l2tp.avp.router_id", FORM),
            ("l2tp.avp.pseudowire_type", "tshark says that data is of an unknown kind of pseudowire"),
        ],
    );
}

#[test]
fn routing_protocols_agree() {
    let test = "routing_protocols_agree";
    agree(
        test,
        "isis",
        &["isis"],
        &[
            ("isis.hello.reserved", "tshark calls the bit before the priority so too"),
            ("isis.lsp.eis_neighbors.delay_metric", BUG),
            ("isis.lsp.eis_neighbors.expense_metric", BUG),
            ("isis.lsp.eis_neighbors.error_metric", BUG),
            ("isis.lsp.eis_neighbors_delay_metric.supported", BUG),
            ("isis.lsp.eis_neighbors.expense_metric_supported", BUG),
            ("isis.lsp.eis_neighbors.error_metric_supported", BUG),
            ("isis.lsp.ext_ip_reachability.subclvs_length", REPEATED),
            ("isis.lsp.default_metric", BUG),
            ("isis.lsp.delay_metric", BUG),
            ("isis.lsp.expense_metric", BUG),
            ("isis.lsp.error_metric", BUG),
        ],
    );
    agree(
        test,
        "bgp",
        &["bgp"],
        &[
            ("bgp.update.path_attribute.mp_reach_nlri.next_hop", "tshark includes the length octet"),
            ("bgp.prefix_length", "tshark 4.0 does not open VPN prefixes of IPv6"),
            ("bgp.rd", "tshark 4.0 does not open VPN prefixes of IPv6"),
            ("bgp.mp_reach_nlri_ipv6_prefix", "tshark 4.0 does not open VPN prefixes of IPv6"),
        ],
    );
    agree(test, "hsrp", &["hsrp", "hsrp2"], &[]);
    agree(
        test,
        "eigrp",
        &["eigrp"],
        &[("eigrp.metric.flags.cd", "tshark reads the flags of this metric as 16 bits, low octet first")],
    );
    agree(test, "ospf", &["ospf"], &[]);
}

/// Address families and attributes of BGP beyond prefixes.
#[test]
fn routes_that_are_no_prefixes_agree() {
    let test = "routes_that_are_no_prefixes_agree";
    agree(
        test,
        "bgp_link_state",
        &["bgp"],
        &[
            ("bgp.update.path_attribute.mp_reach_nlri.next_hop", "tshark includes the length octet"),
            ("bgp.ls.tlv.application_specific_link_attributes.udabm", FORM),
            (
                "bgp.ls.bandwidth_value",
                "tshark shows megabits per second of what stands there in octets per second",
            ),
        ],
    );
    agree(
        test,
        "bgp_families",
        &["bgp"],
        &[
            ("bgp.update.path_attribute.mp_reach_nlri.next_hop", "tshark includes the length octet"),
            (
                "bgp.update.path_attribute.mp_reach_nlri.next_hop.ipv4",
                "tshark shows none of families without prefixes",
            ),
            (
                "bgp.update.path_attribute.mp_reach_nlri.next_hop.ipv6",
                "tshark shows none of families without prefixes",
            ),
            ("bgp.flowspec_nlri.op.lt", "tshark has the operators of code points as those of flags"),
            ("bgp.flowspec_nlri.op.gt", "tshark has the operators of code points as those of flags"),
            ("bgp.flowspec_nlri.op.equal", "tshark has the operators of code points as those of flags"),
            ("bgp.flowspec_nlri.op.un_bit5", "tshark has the operators of code points as those of flags"),
            ("bgp.flowspec_nlri.op.flg_not", "tshark has the operators of code points as those of flags"),
            ("bgp.flowspec_nlri.op.flg_match", "tshark has the operators of code points as those of flags"),
            ("bgp.ext_com_qos.flags", BUG),
            ("bgp.ext_com_qos.flags.remarking", BUG),
            ("bgp.ext_com_qos.flags.ignore_remarking", BUG),
            ("bgp.ext_com_qos.flags.agg_marking", BUG),
            ("bgp.update.path_attribute.dpath", HEADING),
            ("bgp.update.attribute.dpath.length", "tshark knows paths of one domain"),
            ("bgp.update.attribute.dpath.ga", "tshark knows paths of one domain"),
            ("bgp.update.attribute.dpath.la", "tshark knows paths of one domain"),
            ("bgp.update.attribute.dpath.isf.safi", "tshark knows paths of one domain"),
            ("bgp.update.path_attribute.bgpsec.ss.ski", FORM),
            ("bgp.update.path_attribute.bgpsec.ss.sig", FORM),
        ],
    );
}

#[test]
fn application_protocols_beyond_the_first_floor_agree() {
    let test = "application_protocols_beyond_the_first_floor_agree";
    agree(test, "mqtt", &["mqtt"], &[("mqtt.prop_string_len", "tshark shows no length of a content type")]);
    agree(
        test,
        "rtcp",
        &["rtcp"],
        &[("rtcp.rtpfb.nack_pid", "tshark adds the packets that the bit mask names")],
    );
    agree(
        test,
        "ptp_management",
        &["ptp"],
        &[
            ("ptp.v2.mm.data", "tshark shows the whole data beside its parts"),
            ("ptp.v2.mm.reserved", "reserved octets within the data and before it"),
            ("ptp.v2.mm.physicalLayerProtocol", REPEATED),
            ("ptp.v2.mm.protocolAddress", REPEATED),
            ("ptp.v2.mm.productDescription", REPEATED),
            ("ptp.v2.mm.revisionData", REPEATED),
            ("ptp.v2.mm.userDescription", REPEATED),
        ],
    );
    agree(
        test,
        "dhcp_overload",
        &["dhcp"],
        &[
            ("dhcp.server", "octets that are no text are escaped otherwise"),
            ("dhcp.file", "octets that are no text are escaped otherwise"),
            ("dhcp.option.type", "tshark reads overloaded fields last, and shows the end mark as 0"),
            ("dhcp.option.length", "tshark reads overloaded fields last"),
            ("dhcp.option.value", "tshark shows the octets of options that it opens too"),
        ],
    );
}

#[test]
fn calls_and_the_first_packets_of_quic_agree() {
    let test = "calls_and_the_first_packets_of_quic_agree";
    agree(
        test,
        "sip",
        &["sip", "sdp"],
        &[
            ("sip.msg_body", "tshark shows the body's layer in its place"),
            ("sdp.media.format", "tshark writes names for the numbers of known formats"),
            ("sdp.key_and_salt", FORM),
        ],
    );
    agree(test, "quic", &["quic", "tls"], &[]);
}

#[test]
fn control_messages_and_reports_agree() {
    let test = "control_messages_and_reports_agree";
    agree(
        test,
        "control",
        &["pn_dcp", "pn_rt", "ecatf", "ecat", "ntp.ctrl", "rtcp"],
        &[
            (
                "pn_dcp.option",
                "tshark calls those in a list of what a device knows, and the one that is answered, by the same name",
            ),
            ("pn_dcp.suboption_device", "the same"),
            ("pn_dcp.suboption_ip", "the same"),
            ("pn_rt.data", "tshark hands them to PROFINET IO"),
            ("ecat.data", "tshark numbers the datagrams of a frame, and shows registers in place of octets"),
            ("ecat.cmd", "tshark numbers the datagrams of a frame"),
            ("ecat.idx", "tshark numbers the datagrams of a frame"),
            ("ecat.adp", "tshark numbers the datagrams of a frame"),
            ("ecat.ado", "tshark numbers the datagrams of a frame"),
            ("ecat.lad", "tshark numbers the datagrams of a frame"),
            ("ecat.cnt", "tshark numbers the datagrams of a frame"),
            ("rtcp.xr.timestamp", FORM),
            ("rtcp.xr.voipmetrics.moslq", FORM),
            ("rtcp.xr.voipmetrics.moscq", FORM),
        ],
    );
}

#[test]
fn buses_and_substations_agree() {
    let test = "buses_and_substations_agree";
    let can = [
        ("can.reserved", "nettool shows the flags of CAN FD apart in every frame"),
        ("can.id", "tshark shows no identifier of error frames"),
        ("can.flags.xtd", "as can.id"),
        ("can.flags.rtr", "as can.id"),
        ("can.flags.err", "tshark shows it in no frame of CAN FD"),
        ("can.err.ctrl_specific", "tshark puts blanks between the octets"),
        ("canfd.flags.brs", "tshark shows the flags in frames of CAN FD alone"),
        ("canfd.flags.esi", "as canfd.flags.brs"),
        ("data.data", "tshark has no data layer in error frames"),
        ("data.len", "nettool has the length as can.len"),
    ];
    agree(test, "can", &["can", "canfd", "data"], &can);
    let moments =
        ["goose.t", "goose.utc_time", "sv.refrTm"].map(|name| (name, "tshark writes times as text"));
    let plain = ("goose.padding", "the same, by tshark's name of another thing");
    let floating = ("sv.meas_value", "tshark looks into samples by an option alone");
    agree(test, "substation", &["goose", "sv"], &[&moments[..], &[plain, floating]].concat());
    let made = "streams are counted in frames' own octets";
    let wpan = ["udp.stream", "udp.time_delta", "udp.time_relative"].map(|name| (name, made));
    agree(test, "wpan", &["wpan", "6lowpan", "ipv6", "udp", "icmpv6"], &wpan);
}

#[test]
fn diagnostics_of_vehicles_agree() {
    let test = "diagnostics_of_vehicles_agree";
    let alone = "tshark looks into requests for downloads alone, not for uploads or of memory";
    let memory = [
        "uds.rd.memory_size_length",
        "uds.rd.memory_address_length",
        "uds.rd.memory_address",
        "uds.rd.memory_size",
        "uds.rd.compression_method",
        "uds.rd.encrypting_method",
        "uds.rd.max_number_of_block_length_length",
        "uds.rd.max_number_of_block_length",
    ]
    .map(|name| (name, alone));
    agree(test, "doip", &["doip", "uds"], &memory);
}
