#!/usr/bin/env python3
"""Writes the captures of this folder, as they are: what scapy has layers for is built from them, and what it
has none for is octets by the standard. `make.py FOLDER` writes them elsewhere, to be compared.
"""
import os
import sys

from scapy.all import *  # noqa: F403

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from written import captures, octets  # noqa: E402

capture = captures(HERE)


# conversations that others announce: TFTP, SDP in SIP, iperf3
capture('announced', 1, (1795857988, 746912), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=40000)/TFTP()/TFTP_RRQ(filename=b'boot.img')/TFTP_Options(options=[TFTP_Option(oname=b'blksize', value=b'1428'),TFTP_Option(oname=b'tsize', value=b'0')])),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/UDP(sport=50001, dport=40000)/octets('0006626c6b73697a65003134323800')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=40000, dport=50001)/octets('00040000')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/UDP(sport=50001, dport=40000)/octets('00030001414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141414141')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=40000, dport=50001)/octets('00040001')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=41000)/TFTP()/TFTP_WRQ(filename=b'log.txt')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/UDP(sport=50002, dport=41000)/octets('00040000')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=41000, dport=50002)/octets('0003000142424242424242424242424242424242424242424242424242424242424242424242424242424242424242424242424242424242424242424242424242424242424242424242424242424242424242424242424242424242424242424242424242424242')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.9')/UDP(sport=41000, dport=50002)/octets('000300016e6f742074667470')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=5060, dport=5060)/octets('494e56495445207369703a626f624031302e302e302e32205349502f322e300d0a5669613a205349502f322e302f5544502031302e302e302e313a353036300d0a43616c6c2d49443a20310d0a435365713a203120494e564954450d0a436f6e74656e742d547970653a206170706c69636174696f6e2f7364700d0a436f6e74656e742d4c656e6774683a203134350d0a0d0a763d300d0a6f3d2d2031203120494e204950342031302e302e302e310d0a733d2d0d0a633d494e204950342031302e302e302e310d0a743d3020300d0a6d3d617564696f203439313730205254502f41565020300d0a6d3d766964656f203531333732205254502f4156502033310d0a633d494e204950342031302e302e302e370d0a613d727463703a35333032300d0a')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/UDP(sport=49180, dport=49170)/octets('80000007000000a00000123476767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/UDP(sport=49181, dport=49171)/octets('81c9000700001234000000000000000000000000000000000000000000000000')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.7')/UDP(sport=49190, dport=51372)/octets('80000007000000a00000123476767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676767676')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.7')/UDP(sport=49191, dport=53020)/octets('80c9000100001234')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=45000, dport=5555, seq=1, flags=24)/octets('6162636465666768696a6b6c6d6e6f707172737475767778797a3233343536376162636400')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=45001, dport=5555)/octets('6553f100000000050000000100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000')),
])

# DHCP options
capture('dhcp', 1, (1700000000, 0), [
    (0, Ether(dst='ff:ff:ff:ff:ff:ff', src='02:00:00:00:00:01')/IP(src='0.0.0.0', dst='255.255.255.255')/UDP(sport=68, dport=67)/BOOTP(xid=65261, flags=32768, chaddr=b'\x02\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00')/DHCP(options=[('message-type', 1),('param_req_list', [1, 3, 6, 15, 119, 121]),('hostname', b'h1'),('client_id', b'\x01\x02\x00\x00\x00\x00\x01'),('max_dhcp_size', 1500),('vendor_class_id', b'MSFT 5.0'),'end'])),
    (1000000, Ether(dst='ff:ff:ff:ff:ff:ff', src='02:00:00:00:00:01')/IP(src='0.0.0.0', dst='255.255.255.255')/UDP()/BOOTP(op=2, xid=65261, yiaddr='192.0.2.50', siaddr='192.0.2.1', chaddr=b'\x02\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00')/DHCP(options=[('message-type', 5),('lease_time', 600),('router', '192.0.2.1', '192.0.2.2'),('name_server', '192.0.2.3', '192.0.2.4'),('subnet_mask', '255.255.255.0'),('server_id', '192.0.2.1'),('domain', b'ex.test'),('renewal_time', 300),('rebinding_time', 500),('broadcast_address', '192.0.2.255'),('NTP_server', '192.0.2.5'),('interface-mtu', 1400),('static-routes', '10.0.0.0', '192.0.2.1'),('classless_static_routes', ['10.1.0.0/16:192.0.2.9', '0.0.0.0/0:192.0.2.1']),(119, b'\x03sub\x02ex\x04test\x00\x01a\xc0\x04'),('vendor_specific', b'\x01\x04abcd'),'end'])),
    (2000000, Ether(dst='ff:ff:ff:ff:ff:ff', src='02:00:00:00:00:01')/IP(src='0.0.0.0', dst='255.255.255.255')/UDP(sport=68, dport=67)/BOOTP(xid=1, chaddr=b'\x02\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00')/DHCP(options=[('message-type', 3),('requested_addr', '192.0.2.50'),('server_id', '192.0.2.1'),('client_FQDN', b'\x05\x00\x00\x02h1\x02ex\x04test\x00'),('relay_agent_information', b'\x01\x04port\x02\x06\x02\x00\x00\x00\x00\x01'),('user_class', b'\x04user'),('pxe_client_architecture', b'\x00\x07'),('pxe_client_network_interface', b'\x01\x03\x10'),('pxe_client_machine_identifier', b'\x00gggggggggggggggg'),('client_id', b'\xff\x00\x00\x00\x01\x00\x03\x00\x01\x02\x00\x00\x00\x00\x01'),('vendor_class', b'\x00\x00\x00\t\x03abc'),('vendor_specific_information', b'\x00\x00\x00\t\x05\x01\x03xyz'),'end'])),
    (3000000, Ether(dst='ff:ff:ff:ff:ff:ff', src='02:00:00:00:00:01')/IP(src='0.0.0.0', dst='255.255.255.255')/UDP(sport=68, dport=67)/BOOTP(xid=2, ciaddr='192.0.2.50', chaddr=b'\x02\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00')/DHCP(options=[('message-type', 7),('server_id', '192.0.2.1'),'pad','pad',('tftp_server_name', b'tftp.test'),('boot-file-name', b'boot.img'),('tftp_server_address', '192.0.2.7'),('time_zone', 4294963696),('ip-forwarding', 1),('NetBIOS_node_type', 8),('dhcp-option-overload', 1),('subnet-selection', '192.0.2.0'),('rapid_commit', b''),('error_message', b'bye'),(251, b'\x01\x02'),'end'])),
])

# DHCPv6 options
capture('dhcpv6', 1, (1700000000, 0), [
    (0, Ether(dst='33:33:00:01:00:02', src='02:00:00:00:00:01')/IPv6(src='fe80::1', dst='ff02::1:2')/UDP()/DHCP6_Solicit(trid=1092283)/DHCP6OptClientId(duid=DUID_LLT(type=1, hwtype=1, timeval=5, lladdr='02:00:00:00:00:01'))/DHCP6OptElapsedTime(elapsedtime=3)/DHCP6OptOptReq()/DHCP6OptIA_NA(iaid=7, T1=1, T2=2)/DHCP6OptRapidCommit()/DHCP6OptVendorClass(vcdata=[VENDOR_CLASS_DATA(len=3, data=b'abc')], enterprisenum=9)/DHCP6OptUserClass(userclassdata=[USER_CLASS_DATA(len=1, data=b'u')])),
    (1000000, Ether(dst='33:33:00:01:00:02', src='02:00:00:00:00:01')/IPv6(src='fe80::1', dst='ff02::1:2')/UDP()/DHCP6_Advertise(trid=1092283)/DHCP6OptServerId(duid=DUID_LL(type=3, hwtype=1, lladdr='02:00:00:00:00:02'))/DHCP6OptIA_NA(ianaopts=[DHCP6OptIAAddress(optcode=5, optlen=24, addr='2001:db8::50', preflft=300, validlft=400)], iaid=7, T1=100, T2=200)/DHCP6OptIA_PD(iapdopt=[DHCP6OptIAPrefix(optcode=26, optlen=25, preflft=1, validlft=2, plen=48, prefix='2001:db8:1::')], iaid=9, T1=1, T2=2)/DHCP6OptDNSServers(dnsservers=['2001:db8::53','2001:db8::54'])/DHCP6OptDNSDomains(dnsdomains=['ex.test.','b.test.'])/DHCP6OptStatusCode(statusmsg=b'ok')/DHCP6OptPref()/DHCP6OptInfoRefreshTime(reftime=99)/DHCP6OptClientFQDN(fqdn=b'h.ex.test.')),
    (2000000, Ether(dst='ff:ff:ff:ff:ff:ff', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/UDP()/DHCP6_RelayForward(hopcount=1, linkaddr='2001:db8::9', peeraddr='fe80::1')/DHCP6OptIfaceId(ifaceid=b'eth0')/DHCP6OptRemoteID(enterprisenum=9, remoteid=b'rid')/DHCP6OptRelayMsg(message=DHCP6_Request(msgtype=3, trid=5)/DHCP6OptClientId(optcode=1, optlen=9, duid=DUID_EN(type=2, enterprisenum=9, id=b'xyz')))),
])

# DNS records
capture('dns', 1, (1700000000, 0), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=41000)/DNS(qd=[DNSQR(qname=b'host.test.', qtype=1, unicastresponse=0, qclass=1)], id=1)),
    (1000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=41000)/DNS(qd=[DNSQR(qname=b'.', qtype=2, unicastresponse=0, qclass=1)], id=2, rd=0)),
    (2000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(dport=41000)/DNS(qd=[DNSQR(qname=b'host.test.', qtype=1, unicastresponse=0, qclass=1)], an=[DNSRR(rrname=b'host.test.', type=1, cacheflush=0, rclass=1, ttl=300, rdata='192.0.2.1'),DNSRR(rrname=b'host.test.', type=28, cacheflush=0, rclass=1, ttl=300, rdata='2001:db8::1'),DNSRR(rrname=b'host.test.', type=5, cacheflush=0, rclass=1, ttl=300, rdata=b'c.host.test.'),DNSRR(rrname=b'host.test.', type=2, cacheflush=0, rclass=1, ttl=300, rdata=b'ns.host.test.'),DNSRR(rrname=b'host.test.', type=12, cacheflush=0, rclass=1, ttl=300, rdata=b'p.host.test.'),DNSRR(rrname=b'host.test.', type=16, cacheflush=0, rclass=1, ttl=300, rdata=[b'a=1',b'b;c']),DNSRRMX(rrname=b'host.test.', type=15, cacheflush=0, rclass=1, ttl=0, preference=5, exchange=b'mail.host.test.')], id=3, qr=1, aa=1, ra=1)),
    (3000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(dport=41000)/DNS(qd=[DNSQR(qname=b'host.test.', qtype=1, unicastresponse=0, qclass=1)], ns=[DNSRRSOA(rrname=b'test.', type=6, rclass=1, ttl=0, mname=b'ns.test.', rname=b'root.test.', serial=7, refresh=8, retry=9, expire=10, minimum=11)], id=4, qr=1, rcode=3)),
    (4000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(dport=41000)/DNS(qd=[DNSQR(qname=b'host.test.', qtype=1, unicastresponse=0, qclass=1)], an=[DNSRRSRV(rrname=b'_x._tcp.test.', type=33, cacheflush=0, rclass=1, ttl=0, priority=1, weight=2, port=3, target=b't.test.'),DNSRRNAPTR(rrname=b'n.test.', type=35, cacheflush=0, rclass=1, ttl=0, order=1, preference=2, flags_len=1, flags=b'S', services_len=7, services=b'SIP+D2U', regexp_len=0, regexp=b'', replacement=b'_sip._udp.test.'),DNSRRDS(rrname=b'd.test.', type=43, cacheflush=0, rclass=1, ttl=0, keytag=5, algorithm=8, digesttype=2, digest=b'\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01'),DNSRRDNSKEY(rrname=b'd.test.', type=48, cacheflush=0, rclass=1, ttl=0, flags=257, protocol=3, algorithm=13, publickey=b'kkkkkkkkkkkkkkkkkkkk'),DNSRRRSIG(rrname=b'd.test.', type=46, cacheflush=0, rclass=1, ttl=0, typecovered=1, algorithm=8, labels=2, originalttl=300, expiration=1700000000, inception=1690000000, keytag=9, signersname=b'd.test.', signature=b'ssssssssssssssssssss'),DNSRRNSEC(typebitmaps=b'\x00\x06@\x01\x00\x00\x00\x03', rrname=b'd.test.', type=47, cacheflush=0, rclass=1, ttl=0, nextname=b'e.test.'),DNSRRNSEC3(typebitmaps=b'\x00\x01@', rrname=b'd.test.', type=50, cacheflush=0, rclass=1, ttl=0, hashalg=1, flags=1, iterations=2, saltlength=2, salt=b'ab', hashlength=4, nexthashedownername=b'hash'),DNSRRTSIG(rrname=b'k.test.', type=250, rclass=1, ttl=0, algo_name=b'hmac-sha256.', time_signed=1700000000, fudge=300, mac_len=4, mac_data=b'mmmm', original_id=5, error=0, other_len=0, other_data=b'')], id=5, qr=1)),
    (5000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=41000)/DNS(qd=[DNSQR(qname=b'host.test.', qtype=1, unicastresponse=0, qclass=1)], ar=[DNSRROPT(rdata=[EDNS0COOKIE(optcode=10, optlen=8, client_cookie=b'cookie12', server_cookie=b''),EDNS0ClientSubnet(optcode=8, optlen=7, family=1, source_plen=24, scope_plen=0, address=b'192.0.2.0'),EDNS0PADDING(optcode=12, optlen=8, padding=b'\x00\x00\x00\x00\x00\x00\x00\x00')], rrname=b'.', type=41, rclass=1232, extrcode=0, version=0, z=32768)], id=6)),
    (6000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(dport=41000)/DNS(qd=[DNSQR(qname=b'host.test.', qtype=1, unicastresponse=0, qclass=1)], an=[DNSRRHTTPS(svc_params=[SvcParam(key=1, len=6, value=[b'h2',b'h3']),SvcParam(key=4, len=4, value=['192.0.2.1']),SvcParam(key=3, len=2, value=443)], rrname=b'h.test.', type=65, cacheflush=0, rclass=1, ttl=0, svc_priority=1, target_name=b'.')], id=7, qr=1)),
    (7000000, Ether(dst='01:00:5e:00:00:fb', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.251')/UDP(sport=5353, dport=5353)/DNS(qd=[DNSQR(qname=b'_http._tcp.local.', qtype=12, unicastresponse=0, qclass=1)], rd=0)),
    (8000000, Ether(dst='01:00:5e:00:00:fb', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.251')/UDP(sport=5353, dport=5353)/DNS(qd=[], an=[DNSRR(rrname=b'h.local.', type=1, cacheflush=0, rclass=1, ttl=120, rdata='10.0.0.1')], qr=1, aa=1, rd=0)),
    (9000000, Ether(dst='01:00:5e:00:00:fc', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.252')/UDP(sport=50000)/LLMNRQuery(qd=[DNSQR(qname=b'ping.', qtype=1, unicastresponse=0, qclass=1)], id=4660)),
    (10000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=41000, dport=53, seq=1000, ack=2000, flags=24)/DNS(qd=[DNSQR(qname=b'host.test.', qtype=1, unicastresponse=0, qclass=1)], id=8)),
    (11000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=41001, dport=53, seq=1000, ack=2000, flags=24)/DNS(qd=[DNSQR(qname=b'host.test.', qtype=1, unicastresponse=0, qclass=1)], id=9)/octets('001b000a0100000100000000000004686f737404746573740000010001')),
    (12000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=41000)/DNS(qd=[DNSQR(qname=b'zone.test.', qtype=6, unicastresponse=0, qclass=1)], ns=[DNSRR(rrname=b'host.test.', type=1, cacheflush=0, rclass=1, ttl=300, rdata='192.0.2.1')], id=11, opcode=5)),
])

# EtherCAT, PROFINET, AVTP, BFD, syslog
capture('industrial', 1, (1795859033, 914329), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.1')/UDP(sport=30490, dport=30490)/octets('ffff81000000005b0000000101010200c00000000000002001000111123400010100000300000007060200101234000101000003000200100000002700090400c00002010011772d000502000001000200100100056162633d7807646566673d313200')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=30509, dport=30491)/octets('111104210000002c0000000001012000000000517878787878787878787878787878787878787878787878787878787878787878')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=49152, dport=3784)/octets('20c403211111111122222222000f4240000f424000000000010901706173736f7264')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=49152, dport=3784)/octets('20c403341111111122222222000f4240000f424000000000041c030000000007aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')),
    (1545, Ether(dst='01:15:4e:00:01:00', src='02:00:00:00:00:01', type=35067)/octets('0001000714060200000000011e0602000000000900000000000000000000000000000000000000000000000000000000')),
    (1615, Ether(dst='01:15:4e:00:01:00', src='02:00:00:00:00:01', type=35119)/octets('1026000788fb000100081706020000000001000000000000000000000000000000000000000000000000')),
    (1651, Ether(dst='01:15:4e:00:00:01', src='02:00:00:00:00:01', type=35043)/octets('0001021280000200000000010000000100020000006401120007ffffffffffffffffffffffffffffffff00000000')),
    (1683, Ether(dst='91:e0:f0:00:00:01', src='02:00:00:00:00:01', type=8944)/octets('0481050102000000000100000000bb80001000a0000000000000006400000000000003e8')),
    (1715, Ether(dst='91:e0:f0:00:00:01', src='02:00:00:00:00:01', type=8944)/octets('0281070002000000000100000000006404140210000800000102030405060708')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=514, dport=514)/octets('3c33343e3120323032362d30312d30325430333a30343a30355a20686f73742061707020373720494431202d20697420776f726b73')),
])

# SOME/IP, GTP-U, RADIUS, CoAP, Modbus, PIM
capture('misc', 1, (1700000000, 0), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/ESP(spi=4660, seq=7, data=b'eeeeeeeeeeeeeeeeeeeeeeee')),
    (1000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=2152, dport=2152)/octets('30ff00210000001145000021000100004011f6c7c0000201c000020200010002000d31f9696e6e6572')),
    (2000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=2152, dport=2152)/octets('34ff002500000011000000850110090045000021000100004011f6c7c0000201c000020200010002000d31f9696e6e6572')),
    (3000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=49152, dport=3784)/octets('20c0031811111111222222223b9aca003b9aca003b9aca00')),
    (4000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=40000)/Radius(attributes=[RadiusAttr_User_Name(type=1, len=6, value=b'bob!'),RadiusAttr_NAS_IP_Address(type=4, len=6, value='10.0.0.1'),RadiusAttr_NAS_Port(type=5, len=6, value=3)], id=7)),
    (5000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=1000, ack=2000, flags=24)/octets('000100000006010300100002')),
    (6000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.13', ttl=1, proto=103)/octets('2000dfef0001000200690014000412345678')),
])

# Modbus functions
capture('modbus', 1, (1795858856, 760438), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=1, ack=1, flags=24)/octets('000100000006010100130025')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=502, dport=40000, seq=1, ack=13, flags=24)/octets('000100000008010105cd6bb20e1b')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=13, ack=15, flags=24)/octets('000200000006010200c40016')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=502, dport=40000, seq=15, ack=25, flags=24)/octets('000200000006010203acdb35')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=25, ack=27, flags=24)/octets('0003000000060103006b0003')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=502, dport=40000, seq=27, ack=37, flags=24)/octets('000300000009010306022b00000064')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=37, ack=42, flags=24)/octets('000400000006010400080001')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=502, dport=40000, seq=42, ack=49, flags=24)/octets('000400000005010402000a')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=49, ack=53, flags=24)/octets('000500000006010500acff00')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=502, dport=40000, seq=53, ack=61, flags=24)/octets('000500000006010500acff00')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=61, ack=65, flags=24)/octets('000600000006010600010003')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=502, dport=40000, seq=65, ack=73, flags=24)/octets('000600000006010600010003')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=73, ack=77, flags=24)/octets('0007000000020107')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=502, dport=40000, seq=77, ack=81, flags=24)/octets('00070000000301076d')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=81, ack=86, flags=24)/octets('00080000000601080000a537')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=502, dport=40000, seq=86, ack=93, flags=24)/octets('00080000000601080000a537')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=93, ack=98, flags=24)/octets('000900000002010b')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=502, dport=40000, seq=98, ack=101, flags=24)/octets('000900000006010bffff0108')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=101, ack=110, flags=24)/octets('000a00000002010c')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=502, dport=40000, seq=110, ack=109, flags=24)/octets('000a0000000b010c080000010801212000')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=109, ack=127, flags=24)/octets('000b00000009010f0013000a02cd01')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=502, dport=40000, seq=127, ack=124, flags=24)/octets('000b00000006010f0013000a')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=124, ack=139, flags=24)/octets('000c0000000b01100001000204000a0102')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=502, dport=40000, seq=139, ack=141, flags=24)/octets('000c00000006011000010002')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=141, ack=151, flags=24)/octets('000d000000020111')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=502, dport=40000, seq=151, ack=149, flags=24)/octets('000d000000060111030aff01')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=149, ack=163, flags=24)/octets('000e0000001101140e0600040001000206000300090002')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=502, dport=40000, seq=163, ack=172, flags=24)/octets('000e0000000f01140c05060dfe0020050633cd0040')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=172, ack=184, flags=24)/octets('000f0000001001150d0600040007000306af04be100d')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=502, dport=40000, seq=184, ack=194, flags=24)/octets('000f0000001001150d0600040007000306af04be100d')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=194, ack=206, flags=24)/octets('0010000000080116000400f20025')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=502, dport=40000, seq=206, ack=208, flags=24)/octets('0010000000080116000400f20025')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=208, ack=220, flags=24)/octets('001100000011011700030006000e00030600ff00ff00ff')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=502, dport=40000, seq=220, ack=231, flags=24)/octets('00110000000f01170c00fe0acd00010003000d00ff')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=231, ack=241, flags=24)/octets('001200000004011804de')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=502, dport=40000, seq=241, ack=241, flags=24)/octets('00120000000a01180006000201b81284')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=241, ack=257, flags=24)/octets('001300000005012b0e0100')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=502, dport=40000, seq=257, ack=252, flags=24)/octets('001300000018012b0e0101000003010541636d6521010241420203312e30')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=502, seq=252, ack=287, flags=24)/octets('001400000006010300ffffff')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=502, dport=40000, seq=287, ack=264, flags=24)/octets('001400000003018302')),
])

# NTP: time, extensions, control, private
capture('ntp', 1, (1700000000, 0), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP()/NTPHeader(mode=4, stratum=1, poll=4, precision=-10, ref=Decimal('3908042752'), orig=Decimal('3908042753'), recv=Decimal('3908042754'), sent=Decimal('3908042755'))),
    (1000000, octets('02000000000202000000000108004500004c000100004011669e0a0000010a000002007b007b0038ed66db000a000000000000000000000000000000000000000000eeb07d05a37320000000000000000000e8f0000300000000')),
    (2000000, octets('020000000002020000000001080045000060000100004011668a0a0000010a000002007b007b004cd4ed24020a0000008000000040000a000009e8f0000000000000eeb07d05a38380000000000000000000e8f00003000000000000000100112233445566778899aabbccddeeff')),
    (3000000, octets('02000000000202000000000108004500008400010000401166660a0000010a000002007b007b0070c75423020a0000000000000000007f0000010000000000000000eeb07d05a394b0000000000000000000e8f00003000000000104002411111111111111111111111111111111111111111111111111111111111111110000000100112233445566778899aabbccddeeff')),
    (4000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP()/NTPControl(op_code=2, sequence=7, association_id=5)),
    (5000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP()/NTPControl(response=1, op_code=2, sequence=7, association_id=5, data=b'stratum=2, leap=0')),
    (6000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP()/NTPPrivate(implementation=3, request_code=42)),
])

# VRRP, RIP, OSPF, BGP
capture('routing', 1, (1700000000, 0), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP()/RIP(cmd=2, version=2)/RIPEntry(addr='192.0.2.0', mask='255.255.255.0', metric=4)),
    (1000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP()/RIP()/RIPEntry(AF=0, metric=16)),
    (2000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.18', ttl=255)/VRRP(addrlist=['198.51.100.254','198.51.100.253'], vrid=33, priority=90)),
    (3000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.18', ttl=255)/VRRPv3(vrid=33, priority=90, addrlist=['198.51.100.254'])),
    (4000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='fe80::1', dst='ff02::12', hlim=255)/VRRPv3(vrid=33, priority=90, addrlist=['fe80::9'])),
    (5000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.5', ttl=1, proto=89)/octets('020100300101010100000000ee9300000000000000000000ffffff00000a0001000000280a0000010000000002020202')),
    (6000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.5', ttl=1, proto=89)/octets('02020048010101010000000070310000000000000000000005dc00000000000100010001c0a8000001010101800000010000002400010002c0a80000010101018000000100000024')),
    (7000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.5', ttl=1, proto=89)/octets('02040084010101010000000098d200000000000000000000000000030001000101010101010101018000000197a10024000000010a000000ffffff000300000a00010002c0a800000101010180000001568c0020ffffff00010101010202020200010005c0a80000020202028000000158770024ffffff00000000140000000000000000')),
    (8000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.5', ttl=1, proto=89)/octets('0205002c0101010100000000b8fa0000000000000000000000010001c0a80000010101018000000100000024')),
    (9000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.5', ttl=1, proto=89)/octets('020300240101010100000000f7d100000000000000000000000000010101010101010101')),
    (10000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40001, dport=179, seq=1, flags=24)/octets('ffffffffffffffffffffffffffffffff002d0104fde800b401010101100206010400010001020641040000fde8ffffffffffffffffffffffffffffffff001304')),
    (11000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40002, dport=179, seq=1, flags=24)/octets('ffffffffffffffffffffffffffffffff003a020000001f4001010040020602010000fde84003040a000001c00808000100020003000418c00002')),
])

# SNMP
capture('snmp', 1, (1700000000, 0), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=40000)/SNMP(PDU=SNMPget(varbindlist=[SNMPvarbind(oid=ASN1_OID('1.3.6.1.2.1.1.1.0'), value=ASN1_NULL(0), noSuchObject=None, noSuchInstance=None, endOfMibView=None)], id=ASN1_INTEGER(7), error=ASN1_INTEGER(0), error_index=ASN1_INTEGER(0)))),
    (1000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(dport=40000)/SNMP(PDU=SNMPresponse(varbindlist=[SNMPvarbind(oid=ASN1_OID('1.3.6.1.2.1.1.3.0'), value=ASN1_TIME_TICKS(5), noSuchObject=None, noSuchInstance=None, endOfMibView=None),SNMPvarbind(oid=ASN1_OID('1.3.6.1.2.1.1.5.0'), value=ASN1_STRING(b'name'), noSuchObject=None, noSuchInstance=None, endOfMibView=None)], id=ASN1_INTEGER(7), error=ASN1_INTEGER(0), error_index=ASN1_INTEGER(0)), community=ASN1_STRING(b'c'))),
])

# HTTP, SIP, SSH, syslog
capture('text', 1, (1700000000, 0), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, seq=1000, ack=2000, flags=24)/octets('474554202f696e6465782e68746d6c20485454502f312e310d0a486f73743a20686f73742e746573740d0a557365722d4167656e743a20742f310d0a0d0a')),
    (1000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=80, dport=40001, seq=1, flags=24)/octets('485454502f312e3120323030204f4b0d0a5365727665723a20730d0a436f6e74656e742d547970653a20746578742f706c61696e0d0a436f6e74656e742d4c656e6774683a20320d0a0d0a6869')),
    (2000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=22, dport=40001, seq=1, flags=24)/octets('5353482d322e302d4f70656e5353485f392e320d0a')),
    (3000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=514, dport=514)/octets('3c33343e3120323032362d30332d30315431323a30303a30305a20686f7374206170702037202d202d20697420776f726b73')),
    (4000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=5060, dport=5060)/octets('494e56495445207369703a6240686f73742e74657374205349502f322e300d0a5669613a205349502f322e302f55445020683b6272616e63683d7a390d0a46726f6d3a203c7369703a6140686f73742e746573743e0d0a546f3a203c7369703a6240686f73742e746573743e0d0a43616c6c2d49443a203140680d0a435365713a203120494e564954450d0a436f6e74656e742d4c656e6774683a20300d0a0d0a')),
])

# MPLS, GRE, ERSPAN, VXLAN, GENEVE, L2TP
capture('tunnels', 1, (1700000000, 0), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=34887)/octets('007d003c007d1d3d45000021000100004011f6c7c0000201c000020200010002000d31f9696e6e6572')),
    (1000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=34887)/octets('0001013c600000000014064020010db8000c0000000000000000000120010db8000c000000000000000000020001000200000000000000005002200034530000')),
    (2000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=34887)/octets('0001013c00000005061122335502061122335501080045000021000100004011f6c7c0000201c000020200010002000d31f9696e6e6572')),
    (3000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=34887)/octets('0001113c061122335502061122335501080045000021000100004011f6c7c0000201c000020200010002000d31f9696e6e6572')),
    (4000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=34887)/octets('0000013c45000021000100004011f6c7c0000201c000020200010002000d31f9696e6e6572')),
    (5000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=34887)/octets('0000213c600000000014064020010db8000c0000000000000000000120010db8000c000000000000000000020001000200000000000000005002200034530000')),
    (6000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/GRE()/IP(src='192.0.2.1', dst='192.0.2.2')/UDP(sport=1, dport=2)/octets('696e6e6572')),
    (7000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/GRE(key_present=1, seqnum_present=1, key=99, sequence_number=5)/IP(src='192.0.2.1', dst='192.0.2.2')/UDP(sport=1, dport=2)/octets('696e6e6572')),
    (8000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/GRE(chksum_present=1)/IPv6(src='2001:db8:c::1', dst='2001:db8:c::2')/TCP(sport=1, dport=2)),
    (9000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/GRE(key_present=1, key=305419947)/Ether(dst='06:11:22:33:55:02', src='06:11:22:33:55:01')/IP(src='192.0.2.1', dst='192.0.2.2')/UDP(sport=1, dport=2)/octets('696e6e6572')),
    (10000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/GRE()/Ether(dst='06:11:22:33:55:02', src='06:11:22:33:55:01')/IPv6(src='2001:db8:c::1', dst='2001:db8:c::2')/TCP(sport=1, dport=2)),
    (11000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/GRE_PPTP(seqnum_present=1, acknum_present=1, call_id=77, sequence_number=9, ack_number=4)/HDLC()/PPP()/IP(src='192.0.2.1', dst='192.0.2.2')/UDP(sport=1, dport=2)/octets('696e6e6572')),
    (12000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/GRE_PPTP(acknum_present=1, call_id=77, ack_number=4)),
    (13000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/GRE(seqnum_present=1, proto=35006, sequence_number=8)/octets('1003000400000001061122335502061122335501080045000021000100004011f6c7c0000201c000020200010002000d31f9696e6e6572')),
    (14000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/GRE(seqnum_present=1, proto=8939, sequence_number=8)/octets('200300040000004d0005003c061122335502061122335501080045000021000100004011f6c7c0000201c000020200010002000d31f9696e6e6572')),
    (15000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/GRE(seqnum_present=1, proto=8939, sequence_number=8)/octets('200300040000004d000000010c00015500000063061122335502061122335501080045000021000100004011f6c7c0000201c000020200010002000d31f9696e6e6572')),
    (16000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/GRE(proto=35006)/octets('061122335502061122335501080045000021000100004011f6c7c0000201c000020200010002000d31f9696e6e6572')),
    (17000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=49321)/VXLAN(vni=77)/Ether(dst='06:11:22:33:55:02', src='06:11:22:33:55:01')/Dot1Q(vlan=6)/IP(src='192.0.2.1', dst='192.0.2.2')/UDP(sport=1, dport=2)/octets('696e6e6572')),
    (18000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=49321)/VXLAN(flags=136, gpflags=64, gpid=9, vni=77)/Ether(dst='06:11:22:33:55:02', src='06:11:22:33:55:01')/IP(src='192.0.2.1', dst='192.0.2.2')/UDP(sport=1, dport=2)/octets('696e6e6572')),
    (19000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=49321, dport=4790)/VXLAN(vni=78)/IP(src='192.0.2.1', dst='192.0.2.2')/UDP(sport=1, dport=2)/octets('696e6e6572')),
    (20000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=49321, dport=4790)/VXLAN(vni=78)/IPv6(src='2001:db8:c::1', dst='2001:db8:c::2')/TCP(sport=1, dport=2)),
    (21000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=49321, dport=4790)/VXLAN(vni=78)/Ether(dst='06:11:22:33:55:02', src='06:11:22:33:55:01')/IP(src='192.0.2.1', dst='192.0.2.2')/UDP(sport=1, dport=2)/octets('696e6e6572')),
    (22000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=5000, dport=6081)/octets('008086dd00000900600000000014064020010db8000c0000000000000000000120010db8000c000000000000000000020001000200000000000000005002200034530000')),
    (23000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=5000, dport=6081)/octets('044065580000090001028002313233343536373801030100061122335502061122335501080045000021000100004011f6c7c0000201c000020200010002000d31f9696e6e6572')),
    (24000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=5000, dport=6081)/octets('00006558abcdef00061122335502061122335501080045000021000100004011f6c7c0000201c000020200010002000d31f9696e6e6572')),
    (25000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/IP(src='192.0.2.1', dst='192.0.2.2')/UDP(sport=1, dport=2)/octets('696e6e6572')),
    (26000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/IPv6(src='2001:db8:c::1', dst='2001:db8:c::2')/TCP(sport=1, dport=2)),
    (27000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/IP(src='192.0.2.1', dst='192.0.2.2')/UDP(sport=1, dport=2)/octets('696e6e6572')),
    (28000000, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/IPv6(src='2001:db8:c::1', dst='2001:db8:c::2')/TCP(sport=1, dport=2)),
])

# the name, datagram and session services of NetBIOS
BETWEEN = Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')
NODES = BETWEEN/IP(src='192.0.2.9', dst='192.0.2.7')
NAMED = lambda name, suffix: bytes(NBNSQueryRequest(QUESTION_NAME=name, SUFFIX=suffix))[:34]
capture('netbios', 1, (1700000000, 0), [
    (0, NODES/UDP()/NBNSHeader(NAME_TRN_ID=0x1234)/NBNSQueryRequest(QUESTION_NAME='WORKGROUP', SUFFIX=0x424e)),
    (1000000, NODES/UDP()/NBNSHeader(NAME_TRN_ID=0x1234)/NBNSQueryResponse(RR_NAME='FILESERVER', SUFFIX=0x4341, ADDR_ENTRY=[NBNS_ADD_ENTRY(NB_ADDRESS='192.0.2.7', OWNER_NODE_TYPE=3), NBNS_ADD_ENTRY(NB_ADDRESS='192.0.2.8', G=1)])),
    (2000000, NODES/UDP()/NBNSHeader(NAME_TRN_ID=0x1235)/NBNSNodeStatusRequest()),
    (3000000, NODES/UDP()/NBNSHeader(NAME_TRN_ID=0x1235)/NBNSNodeStatusResponse(NODE_NAME=[NBNSNodeStatusResponseService(NETBIOS_NAME='FILESERVER     ', SUFFIX=0x20), NBNSNodeStatusResponseService(NETBIOS_NAME='WORKGROUP      ', NAME_FLAGS=0x84)], MAC_ADDRESS='02:00:00:00:00:07', RDLENGTH=89)),
    (4000000, NODES/UDP()/NBNSHeader(NAME_TRN_ID=0x1236)/NBNSRegistrationRequest(QUESTION_NAME='HOST', NB_ADDRESS='192.0.2.9', OWNER_NODE_TYPE=1)),
    (5000000, NODES/UDP()/NBNSHeader(NAME_TRN_ID=0x1237, RCODE=3)/NBNSQueryResponse(RR_NAME='NOBODY', ADDR_ENTRY=[])),
    (6000000, NODES/UDP()/NBTDatagram(SourceName='HOST', DestinationName='WORKGROUP', SUFFIX2=0x424e, SourceIP='192.0.2.9', Flags=0x0a, ID=7)/octets('ff534d42')),
    (7000000, NODES/UDP()/NBTDatagram(Type=17, SourceName='A', DestinationName='B', SourceIP='192.0.2.9', Flags=3)/octets('00')),
    (8000000, NODES/TCP(sport=1024, dport=139, flags='PA', seq=1, ack=1)/NBTSession(TYPE=0x81)/(NAMED('FILESERVER', 0x4341)+NAMED('HOST', 0x4141))),
    (9000000, NODES/TCP(sport=1024, dport=139, flags='PA', seq=73, ack=1)/NBTSession()/octets('00112233')),
    (10000000, NODES/TCP(sport=1024, dport=139, flags='PA', seq=81, ack=1)/NBTSession(TYPE=0x83)/octets('82')),
    (11000000, NODES/TCP(sport=1024, dport=139, flags='PA', seq=86, ack=1)/NBTSession(TYPE=0x84)/octets('c0000207008b')),
    (12000000, NODES/TCP(sport=1024, dport=139, flags='PA', seq=96, ack=1)/NBTSession(TYPE=0x85)),
])
