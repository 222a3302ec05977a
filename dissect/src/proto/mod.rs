//! Protocols, one file each; a new one is a file, a `mod` line and a line in [`all`].

mod announcement;
mod arp;
mod authentication;
mod avdecc;
mod avtp;
mod backbone_tag;
mod bacnet;
mod batman;
mod bfd;
mod bgp;
mod can;
mod cdp;
mod cdp_line;
mod cfm;
mod cfm_tlvs;
mod cisco_links;
mod coap;
mod configuration_test;
mod cooked;
mod data;
mod dccp;
mod dccp_line;
mod dhcp;
mod dhcpv6;
mod dhcpv6_line;
mod diameter;
mod dns;
mod doip;
pub mod dsa;
mod dtp;
mod eap_methods;
mod eapol;
mod eapol_line;
mod eigrp;
mod eigrp_line;
mod erspan;
mod esp;
mod ethercat;
mod ethercat_mailbox;
mod ethercat_registers;
mod ethernet;
mod exchange;
pub(crate) mod expert;
mod fragments;
mod frame;
mod geneve;
mod goose;
mod gre;
mod gtp;
mod gtpv2;
mod host_identity;
mod hosts;
mod hsrp;
mod http;
mod http_parts;
mod http_target;
mod http_write;
mod icmp;
mod icmp_extension;
mod icmpv6;
mod icmpv6_line;
mod iec104;
mod igmp;

mod ioam;
mod iperf3_control;
mod ipv4;
mod ipv4_options;
mod ipv6;
mod ipv6_embedded;
mod ipv6_options;
mod ipv6_routing;
mod isakmp;
mod isis;
mod knx;
mod l2tp;
mod l2tp_attributes;
mod l2tp_line;
mod l2tp_vendors;
mod ldp;
mod ldp_line;
mod llc;
mod lldp;
mod lldp_bridging;
mod lldp_line;
mod lldp_media;
mod lldp_organisation;
mod lldp_profinet;
mod lldp_vendors;
mod loopback;
mod mac_control;
mod macsec;
mod metadata;
mod mobile_ip;
mod mobility;
mod modbus;
mod mpls;
mod mptcp;
mod mptcp_line;
mod mqtt;
mod nd;
mod netbios;
pub(crate) mod netflow;
mod nflog;
pub mod note;
mod nsh;
mod ntp;
pub(crate) mod octets;
mod ospf;
mod pim;
mod pim_line;
mod ppp;
mod ppp_control;
mod ppp_line;
mod pppoe;
mod pptp;
mod profinet;
mod ptp;
pub(crate) mod quic;
pub(crate) mod radiotap;
mod radius;
mod radius_dictionary;
mod radius_line;
mod realtek;
mod redundancy;
mod registration;
mod rip;
mod routing_loop;
mod rpl;
mod rsvp;
mod rtcp_congestion;
mod rtcp_extended;
mod rtp;
mod rtp_parts;
mod rtsp;
mod sampled_values;
mod sctp;
mod sctp_gaps;
mod sctp_line;
mod sctp_parameters;
mod sdp;
mod segments;
mod services;
mod shim6;
mod sip;
mod sixlowpan;
mod slow;
mod slow_line;
mod slow_variables;
mod snmp;
mod someip;
mod ssh;
mod stp;
mod stun;
mod syslog;
mod tacacs;
mod tcp;
mod tcp_line;
mod tcp_sack;
mod tcp_state;
pub mod testframe;
mod text_head;
mod text_length;
mod text_span;
mod tftp;
pub(crate) mod tls;
mod udp;
mod udplite;
mod uds;
mod vlan;
mod vrrp;
mod vsock;
mod vtp;
mod vxlan;
mod wake_on_lan;
mod wireguard;
mod wlan;
mod wpan;

use crate::render::put;
use crate::schema::Protocol;
pub(crate) use ethernet::ether_type_name;
pub(crate) use ipv4::CHECKSUM_STATUS;

/// IANA "Assigned Internet Protocol Numbers", as tcpdump writes them.
pub(crate) fn ip_protocol_name(number: u64) -> Option<&'static str> {
    Some(match number {
        1 => "ICMP",
        2 => "IGMP",
        4 => "IPIP",
        6 => "TCP",
        17 => "UDP",
        41 => "IPv6",
        43 => "Routing",
        44 => "Fragment",
        46 => "RSVP",
        47 => "GRE",
        50 => "ESP",
        51 => "AH",
        58 => "ICMPv6",
        59 => "no next header",
        60 => "Options",
        88 => "EIGRP",
        89 => "OSPF",
        103 => "PIM",
        112 => "VRRP",
        115 => "L2TP",
        132 => "SCTP",
        135 => "Mobility",
        139 => "HIP",
        140 => "Shim6",
        136 => "UDPLite",
        0 => "Options",
        _ => return None,
    })
}

/// The built-in protocols. `frame` comes first: it is the pseudo layer that every frame has.
pub fn all() -> Vec<Protocol> {
    vec![
        frame::frame(),
        note::note(),
        expert::expert(),
        data::data(),
        ethernet::ethernet(),
        dsa::protocol(),
        vlan::vlan(),
        vlan::service_vlan(),
        ipv4::ipv4(),
        tcp::tcp(),
        udp::udp(),
        dns::dns(),
        dns::mdns(),
        dns::llmnr(),
        dhcp::dhcp(),
        dhcpv6::dhcpv6(),
        ntp::ntp(),
        tftp::tftp(),
        tls::tls(),
        coap::coap(),
        eigrp::eigrp(),
        l2tp::l2tp3(),
        l2tp::l2tp(),
        hsrp::hsrp(),
        someip::someip(),
        doip::doip(),
        uds::uds(),
        snmp::snmp(),
        iperf3_control::iperf3_control(),
        testframe::iperf3(),
        testframe::test_frame(),
        radius::radius(),
        tacacs::tacacs(),
        diameter::diameter(),
        netbios::name_service(),
        netbios::datagram_service(),
        netbios::session_service(),
        netflow::netflow(),
        modbus::modbus(),
        iec104::control(),
        iec104::unit(),
        knx::knxip(),
        mqtt::mqtt(),
        rtp::rtcp(),
        rtp::rtp(),
        rtsp::rtsp(),
        bacnet::bvlc(),
        bacnet::npdu(),
        bacnet::apdu(),
        announcement::sap(),
        pim::pim(),
        bfd::bfd(),
        gtp::gtp(),
        gtpv2::gtpv2(),
        wireguard::wireguard(),
        esp::esp(),
        isakmp::isakmp(),
        isakmp::encapsulation(),
        quic::quic(),
        syslog::syslog(),
        ssh::ssh(),
        sip::sip(),
        sdp::sdp(),
        stun::stun(),
        http::ssdp(),
        http::http(),
        bgp::bgp(),
        ospf::ospf(),
        ldp::ldp(),
        vrrp::vrrp(),
        rip::ripng(),
        rip::rip(),
        rsvp::rsvp(),
        llc::llc(),
        llc::snap(),
        arp::arp(),
        cooked::sll(),
        cooked::sll2(),
        loopback::null(),
        loopback::raw(),
        ipv6::ipv6(),
        ipv6_options::hop_by_hop(),
        ipv6_options::destination(),
        ipv6_routing::routing(),
        ipv6_routing::fragment(),
        authentication::ah(),
        mpls::mpls(),
        mpls::control_word(),
        mpls::channel(),
        vxlan::vxlan(),
        vxlan::vxlan_gpe(),
        nsh::nsh(),
        gre::gre(),
        erspan::erspan(),
        erspan::erspan3(),
        geneve::geneve(),
        icmp::icmp(),
        igmp::igmp(),
        udplite::udplite(),
        dccp::dccp(),
        sctp::sctp(),
        icmp_extension::extension(),
        icmpv6::icmpv6(),
        stp::stp(),
        ppp::ppp(),
        pptp::pptp(),
        ppp::chdlc(),
        ppp::slarp(),
        ppp_control::lcp(),
        ppp_control::ipcp(),
        ppp_control::ipv6cp(),
        ppp_control::ccp(),
        ppp_control::ecp(),
        ppp_control::pap(),
        ppp_control::chap(),
        pppoe::session(),
        pppoe::discovery(),
        mac_control::mac_control(),
        slow::slow(),
        slow::lacp(),
        slow::marker(),
        slow::oam(),
        slow::ossp(),
        eapol::eapol(),
        eapol::eap(),
        macsec::macsec(),
        lldp::lldp(),
        cdp::cdp(),
        dtp::dtp(),
        vtp::vtp(),
        ptp::ptp(),
        redundancy::hsr(),
        redundancy::prp(),
        redundancy::supervision(),
        redundancy::mrp(),
        redundancy::redundancy_tag(),
        cfm::cfm(),
        ethercat::ethercat(),
        profinet::profinet(),
        avtp::avtp(),
        registration::mvrp(),
        registration::mmrp(),
        registration::msrp(),
        cisco_links::udld(),
        cisco_links::pagp(),
        isis::osi(),
        isis::isis(),
        backbone_tag::backbone_tag(),
        batman::batman(),
        metadata::metadata(),
        configuration_test::configuration_test(),
        wake_on_lan::wake_on_lan(),
        realtek::realtek(),
        vsock::vsock(),
        nflog::nflog(),
        radiotap::radiotap(),
        radiotap::prism(),
        wlan::wlan(),
        host_identity::host_identity(),
        shim6::shim6(),
        mobile_ip::mobile_ip(),
        mobility::mobility(),
        can::can(),
        goose::goose(),
        sampled_values::sampled_values(),
        wpan::wpan(),
        sixlowpan::sixlowpan(),
    ]
}
