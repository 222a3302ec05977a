//! Tunnels, routing and application protocols: what tshark finds in captures that scapy built, nettool finds too.
//!
//! The captures lie in `tests/data/interop_app`, one a group. Fields are compared occurrence by occurrence.

mod harness;

use harness::nettool;

fn agree(test: &str, capture: &str, fields: &[&str]) {
    harness::tshark::agree(test, &format!("tests/data/interop_app/{capture}.pcap"), fields);
}

#[test]
fn tunnels_are_found_as_tshark_finds_them() {
    // Frame 4 is plain Ethernet in MPLS, which tshark takes for a control word: inner fields are not compared.
    agree(
        "tunnels_are_found_as_tshark_finds_them",
        "tunnels",
        &[
            "mpls.label",
            "mpls.exp",
            "mpls.bottom",
            "mpls.ttl",
            "gre.proto",
            "gre.key",
            "gre.sequence_number",
            "gre.flags_and_version",
            "gre.key.call_id",
            "gre.ack_number",
            "gre.checksum",
            "erspan.version",
            "erspan.vlan",
            "erspan.spanid",
            "erspan.index",
            "erspan.timestamp",
            "erspan.hw",
            "vxlan.vni",
            "vxlan.next_proto",
            "geneve.vni",
            "geneve.proto_type",
            "geneve.option.class",
            "geneve.option.type",
        ],
    );
}

#[test]
fn dns_messages_are_read_as_tshark_reads_them() {
    // Owners of SRV records are taken apart by tshark (dns.srv.service …) and missing from dns.resp.name; types in NSEC's
    // bitmaps count there as dns.resp.type.
    agree(
        "dns_messages_are_read_as_tshark_reads_them",
        "dns",
        &[
            "dns.id",
            "dns.flags",
            "dns.qry.name",
            "dns.qry.type",
            "dns.resp.ttl",
            "dns.a",
            "dns.aaaa",
            "dns.cname",
            "dns.ns",
            "dns.mx.mail_exchange",
            "dns.txt",
            "dns.soa.mname",
            "dns.srv.port",
            "dns.srv.target",
            "dns.rrsig.signature_expiration",
            "dns.ds.digest",
            "dns.opt.client.addr4",
        ],
    );
}

#[test]
fn names_of_every_odd_kind_are_read_as_tshark_reads_them() {
    agree(
        "names_of_every_odd_kind_are_read_as_tshark_reads_them",
        "names",
        &["dns.id", "dns.qry.name", "dns.qry.name.len", "dns.count.labels", "dns.qry.class"],
    );
}

#[test]
fn headers_that_contradict_themselves_end_where_tshark_ends_them() {
    agree(
        "headers_that_contradict_themselves_end_where_tshark_ends_them",
        "contradictions",
        &[
            "ip.src",
            "ip.dst",
            "ip.proto",
            "ip.ttl",
            "ipv6.src",
            "ipv6.dst",
            "ipv6.nxt",
            "tcp.srcport",
            "tcp.flags",
            "udp.srcport",
            "udp.length",
            "vxlan.vni",
            "icmpv6.type",
            "gre.proto",
            "mpls.label",
            "pwach.channel_type",
            "stp.version",
            "stp.type",
            "stp.root.hw",
        ],
    );
}

#[test]
fn dhcp_options_are_read_as_tshark_reads_them() {
    agree(
        "dhcp_options_are_read_as_tshark_reads_them",
        "dhcp",
        &[
            "dhcp.type",
            "dhcp.id",
            "dhcp.flags",
            "dhcp.ip.your",
            "dhcp.option.dhcp",
            "dhcp.option.hostname",
            "dhcp.option.request_list_item",
            "dhcp.option.router",
            "dhcp.option.domain_name_server",
            "dhcp.option.ip_address_lease_time",
            "dhcp.option.dhcp_server_id",
            "dhcp.option.time_offset",
            "dhcp.fqdn.name",
            "dhcp.option.agent_information_option.agent_circuit_id",
            "dhcp.option.tftp_server_name",
        ],
    );
    agree(
        "dhcp_options_are_read_as_tshark_reads_them",
        "dhcpv6",
        &[
            "dhcpv6.msgtype",
            "dhcpv6.xid",
            "dhcpv6.option.type",
            "dhcpv6.option.length",
            "dhcpv6.iaid",
            "dhcpv6.iaaddr.ip",
            "dhcpv6.iaprefix.pref_addr",
            "dhcpv6.dns_server",
            "dhcpv6.duid.type",
            "dhcpv6.linkaddr",
            "dhcpv6.elapsed_time",
        ],
    );
}

#[test]
fn times_and_management_are_read_as_tshark_reads_them() {
    let test = "times_and_management_are_read_as_tshark_reads_them";
    agree(
        test,
        "ntp",
        &[
            "ntp.flags.mode",
            "ntp.stratum",
            "ntp.xmt",
            "ntp.org",
            "ntp.refid",
            "ntp.keyid",
            "ntp.mac",
            "ntp.ext.type",
            "ntp.ctrl.sequence",
        ],
    );
    agree(
        test,
        "snmp",
        &["snmp.version", "snmp.community", "snmp.data", "snmp.request_id", "snmp.name", "snmp.value.octets"],
    );
}

#[test]
fn routing_messages_are_read_as_tshark_reads_them() {
    let test = "routing_messages_are_read_as_tshark_reads_them";
    agree(
        test,
        "routing",
        &[
            "rip.command",
            "rip.version",
            "rip.metric",
            "rip.family",
            "vrrp.virt_rtr_id",
            "vrrp.prio",
            "vrrp.ip_addr",
            "vrrp.ipv6_addr",
            "ospf.msg",
            "ospf.srcrouter",
            "ospf.hello.active_neighbor",
            "ospf.lsa.seqnum",
            "ospf.lsa.router.linkid",
            "bgp.type",
            "bgp.length",
            "bgp.open.myas",
            "bgp.cap.type",
            "bgp.cap.4as",
            "bgp.update.path_attribute.type_code",
            "bgp.update.path_attribute.next_hop",
            "bgp.nlri_prefix",
        ],
    );
    agree(
        test,
        "misc",
        &[
            "esp.spi",
            "esp.sequence",
            "gtp.message",
            "gtp.teid",
            "gtp.ext_hdr.pdu_ses_con.qos_flow_id",
            "bfd.sta",
            "bfd.flags",
            "bfd.my_discriminator",
            "radius.code",
            "radius.User_Name",
            "mbtcp.trans_id",
            "modbus.func_code",
            "pim.optiontype",
        ],
    );
}

#[test]
fn text_protocols_are_read_as_tshark_reads_them() {
    agree(
        "text_protocols_are_read_as_tshark_reads_them",
        "text",
        &[
            "http.request.method",
            "http.request.uri",
            "http.host",
            "http.response.code",
            "http.content_type",
            "ssh.protocol",
            "syslog.facility",
            "syslog.level",
            "syslog.msg",
            "sip.Method",
            "sip.Call-ID",
            "sip.CSeq",
        ],
    );
}

#[test]
fn conversations_that_others_announce_are_found_as_tshark_finds_them() {
    let test = "conversations_that_others_announce_are_found_as_tshark_finds_them";
    let fields = ["tftp.opcode", "tftp.block", "rtp.p_type", "rtp.seq", "rtp.ssrc", "rtcp.pt", "udp.srcport"];
    agree(test, "announced", &fields);
}

/// By its control connection, which tshark does not look at; what the user says counts more.
#[test]
fn datagrams_of_iperf3_are_known_by_their_control_connection_and_the_users_word_by_itself() {
    let path = "tests/data/interop_app/announced.pcap";
    let found = nettool(["read", "--fields", "frame.number,iperf3.sequence", "-Y", "iperf3", path]);
    assert_eq!(found.text(), "16\t1\n");
    let told = ["read", "-Y", "tftp", "--count", "--decode-as", "udp.port==50001:syslog", path];
    assert_eq!(nettool(told).text().trim(), "4");
    let lines = nettool(["read", "-n", path]);
    assert!(lines.text().contains("10.0.0.2.50001 > 10.0.0.1.40000: TFTP, length 604, DATA block 1"));
    assert!(lines.text().contains("10.0.0.1.41000 > 10.0.0.9.50002: UDP, length 12"));
}

/// Functions of Modbus, questions and answers; what tshark calls data and registers are told apart here by their sizes.
#[test]
fn modbus_functions_are_read_as_tshark_reads_them() {
    agree(
        "modbus_functions_are_read_as_tshark_reads_them",
        "modbus",
        &[
            "modbus.func_code",
            "modbus.reference_num",
            "modbus.bit_cnt",
            "modbus.word_cnt",
            "modbus.diagnostic_code",
            "modbus.ev_status",
            "modbus.ev_count",
            "modbus.event",
            "modbus.and_mask",
            "modbus.or_mask",
            "modbus.read_reference_num",
            "modbus.write_word_cnt",
            "modbus.reference_num_32",
            "modbus.reference_type",
            "modbus.byte_cnt_16",
            "modbus.mei",
            "modbus.read_device_id",
            "modbus.object_id",
            "modbus.objects_len",
            "modbus.object_str_value",
            "modbus.exception_code",
        ],
    );
}

#[test]
fn industrial_and_media_messages_are_read_as_tshark_reads_them() {
    agree(
        "industrial_and_media_messages_are_read_as_tshark_reads_them",
        "industrial",
        &[
            "bfd.auth.type",
            "bfd.auth.password",
            "bfd.auth.seq_num",
            "hsr_prp_supervision.path",
            "hsr_prp_supervision.version",
            "hsr_prp_supervision.supervision_seqno",
            "hsr_prp_supervision.tlv.type",
            "hsr_prp_supervision.source_mac_address",
            "hsr_prp_supervision.red_box_mac_address",
            "pn_mrp.prio",
            "pn_mrp.sa",
            "pn_mrp.ring_state",
            "pn_mrp.transition",
            "pn_mrp.time_stamp",
            "pn_mrp.sequence_id",
            "crf.seqnum",
            "crf.type",
            "crf.stream_id",
            "crf.pull",
            "crf.base_frequency",
            "crf.data_len",
            "crf.timestamp_interval",
            "aaf.format_info",
            "aaf.nominal_sample_rate",
            "aaf.channels_per_frame",
            "aaf.bit_depth",
            "syslog.version",
            "syslog.hostname",
            "syslog.appname",
            "syslog.procid",
            "syslog.msg",
        ],
    );
}

/// Certificates of TLS 1.2, by every field; those on a port that says nothing too. Subject, issuer and validity are nettool's own forms.
#[test]
fn certificates_are_read_as_tshark_reads_them() {
    let test = "certificates_are_read_as_tshark_reads_them";
    let path = "tests/data/interop_app/certificates.pcap";
    let prefixes =
        ["tls", "x509af", "x509if", "x509sat", "x509ce", "pkcs1", "pkix1explicit", "pkix1implicit", "ber"];
    harness::tshark::agree_below(test, path, &prefixes, &[]);
    let fields = "tls.handshake.certificate.subject,tls.handshake.certificate.issuer,tls.handshake.certificate.not_before";
    let found = nettool([
        "read",
        "--fields",
        fields,
        "-Y",
        "tls.handshake.certificate.not_after > \"2050-12-31\"",
        path,
    ]);
    let text = found.text();
    let subjects = "serialNumber=77,DC=test,emailAddress=a@host.test,CN=host.test,OU=Lab,O=Example Öl,L=Dresden,ST=Saxony,C=DE,\
        CN=Test\\, CA,C=DE";
    assert!(text.starts_with(subjects), "{text}");
    assert_eq!(text.lines().count(), 1);
}

/// Attributes of every kind, and those of vendors.
#[test]
fn radius_attributes_are_read_as_tshark_reads_them() {
    harness::tshark::agree_below(
        "radius_attributes_are_read_as_tshark_reads_them",
        "tests/data/interop_app/radius.pcap",
        &["radius"],
        &[
            ("radius.avp", "tshark shows the octets where nettool has a node"),
            ("radius.Framed_IP_Address", "tshark calls it Framed-IP-Address, which is understood too"),
            ("radius.Login_IP_Host", "the same"),
            ("radius.3GPP_IMSI", "tshark hands it to the dissector of numbers"),
        ],
    );
}

/// What a message is to those before it: requests and their answers, streams of messages, blocks of a transfer. nettool tells the final
/// answer of a SIP request, tshark every one; the file that is read is a source in nettool, a destination in tshark.
#[test]
fn messages_are_put_to_those_before_them_as_tshark_puts_them() {
    let test = "messages_are_put_to_those_before_them_as_tshark_puts_them";
    let path = "tests/data/interop_app/transactions.pcap";
    let exceptions = [
        ("http.request.line", "tshark ends lines with their end"),
        ("http.response.line", "the same"),
        ("http.file_data", "text there, octets here"),
        ("http.response_in", "known in the second look only"),
        ("sip.response-request", "the final answer has it"),
        ("sip.response-time", "the same"),
        ("sip.msg_hdr", "ends of lines are written as one and as two characters"),
    ];
    harness::tshark::agree_below(test, path, &["http", "ssh", "sip", "tftp"], &exceptions);
    let found = nettool([
        "read",
        "--fields",
        "frame.number,sip.response-request,sip.response-time",
        "-Y",
        "sip.response-request",
        path,
    ]);
    assert_eq!(found.text(), "23\t21\t5\n26\t25\t2\n");
}

#[test]
fn messages_of_netbios_are_read_as_tshark_reads_them() {
    // Behind names, tshark says what their suffixes mean; what says something in answers alone it shows there alone.
    agree(
        "messages_of_netbios_are_read_as_tshark_reads_them",
        "netbios",
        &[
            "nbns.id",
            "nbns.flags",
            "nbns.flags.response",
            "nbns.flags.opcode",
            "nbns.flags.recdesired",
            "nbns.flags.broadcast",
            "nbns.count.queries",
            "nbns.count.answers",
            "nbns.count.add_rr",
            "nbns.type",
            "nbns.class",
            "nbns.ttl",
            "nbns.data_length",
            "nbns.nb_flags",
            "nbns.nb_flags.group",
            "nbns.nb_flags.ont",
            "nbns.addr",
            "nbns.number_of_names",
            "nbns.netbios_name",
            "nbns.name_flags",
            "nbns.name_flags.group",
            "nbns.name_flags.act",
            "nbns.unit_id",
            "nbdgm.type",
            "nbdgm.flags",
            "nbdgm.first",
            "nbdgm.next",
            "nbdgm.node_type",
            "nbdgm.dgram_id",
            "nbdgm.src.ip",
            "nbdgm.src.port",
            "nbdgm.dgram_len",
            "nbdgm.pkt_offset",
            "nbdgm.source_name",
            "nbdgm.destination_name",
            "nbss.type",
            "nbss.length",
            "nbss.error_code",
            "nbss.retarget_ip_address",
            "nbss.retarget_port",
        ],
    );
}
