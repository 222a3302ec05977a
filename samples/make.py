#!/usr/bin/env python3
"""make.py [NAME...]: writes the sample captures of this folder again, octet for octet.

Needs scapy 2.8.0 (pip install scapy==2.8.0), zstd and lz4. Everything is fixed here: addresses from the documentation
ranges, times from 2026-01-01T00:00:00 UTC, no random number. The list of what each file holds is README.md.
"""
import os, socket, struct, subprocess, sys

from scapy.all import (ARP, BOOTP, DHCP, DNS, DNSQR, DNSRR, DNSRRSOA, DNSRRSRV, Dot1AD, Dot1Q, Dot3, Ether, ICMP, ICMPv6DestUnreach,
    ICMPv6EchoReply, ICMPv6EchoRequest, ICMPv6MLDone, ICMPv6MLQuery, ICMPv6MLReport, ICMPv6MLReport2, ICMPv6MLDMultAddrRec,
    ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6ND_RA, ICMPv6ND_RS, ICMPv6ND_Redirect, ICMPv6NDOptDstLLAddr, ICMPv6NDOptMTU,
    ICMPv6NDOptPrefixInfo, ICMPv6NDOptRDNSS, ICMPv6NDOptRedirectedHdr, ICMPv6NDOptRouteInfo, ICMPv6NDOptSrcLLAddr,
    ICMPv6PacketTooBig, ICMPv6TimeExceeded, IP, IPOption_LSRR, IPOption_NOP, IPOption_RR, IPOption_Router_Alert,
    IPOption_Timestamp, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, LLC, NTP, Pad1,
    PadN, RouterAlert, SNAP, STP, TCP, UDP, Raw, conf, fragment, fragment6)
from scapy.contrib.igmp import IGMP
from scapy.contrib.igmpv3 import IGMPv3, IGMPv3gr, IGMPv3mq, IGMPv3mr
from scapy.contrib.lldp import (LLDPDU, LLDPDUChassisID, LLDPDUEndOfLLDPDU, LLDPDUPortDescription, LLDPDUPortID,
    LLDPDUSystemCapabilities, LLDPDUSystemDescription, LLDPDUSystemName, LLDPDUTimeToLive, LLDPDUManagementAddress)
from scapy.layers.sctp import (SCTP, SCTPChunkAbort, SCTPChunkCookieAck, SCTPChunkCookieEcho, SCTPChunkData, SCTPChunkHeartbeatAck,
    SCTPChunkHeartbeatReq, SCTPChunkInit, SCTPChunkInitAck, SCTPChunkParamHeartbeatInfo, SCTPChunkParamStateCookie,
    SCTPChunkSACK, SCTPChunkShutdown, SCTPChunkShutdownAck, SCTPChunkShutdownComplete)

conf.verb = 0
HERE = os.path.dirname(os.path.abspath(__file__))
T0 = 1_767_225_600                     # 2026-01-01T00:00:00Z
M = 1 << 32                            # sequence numbers wrap
MAC1, MAC2, MACR = '02:00:00:00:00:01', '02:00:00:00:00:02', '02:00:00:00:00:fe'
A, B, R = '192.0.2.1', '192.0.2.2', '192.0.2.254'
A6, B6, R6 = '2001:db8::1', '2001:db8::2', '2001:db8::fe'
L1, L2, LR = 'fe80::1', 'fe80::2', 'fe80::fe'

# --- writers: octets in, file out -------------------------------------------------------------------------------------

def pcap(frames, link=1, snap=262144, order='<', magic=0xa1b2c3d4, unit=1000, step=1_000_000):
    """A pcap file; frames are octets or (octets, original length); `step` ns apart, times in `unit` ns."""
    out = struct.pack(order + 'IHHiIII', magic, 2, 4, 0, 0, snap, link)
    for i, f in enumerate(frames):
        data, orig = f if isinstance(f, tuple) else (bytes(f), len(bytes(f)))
        data = data[:snap]
        ns = i * step + 123_456_789
        out += struct.pack(order + 'IIII', T0 + ns // 10**9, ns % 10**9 // unit, len(data), orig) + data
    return out

def pad(b): return b + bytes(-len(b) % 4)

def options(order, opts):
    """pcapng options; `opts` is a list of (code, octets)."""
    if not opts: return b''
    return b''.join(struct.pack(order + 'HH', c, len(v)) + pad(v) for c, v in opts) + bytes(4)

def block(order, kind, body):
    body = pad(body)
    n = len(body) + 12
    return struct.pack(order + 'II', kind, n) + body + struct.pack(order + 'I', n)

def shb(order='<', *opts): return block(order, 0x0a0d0d0a, struct.pack(order + 'IHHq', 0x1a2b3c4d, 1, 0, -1) + options(order, opts))
def idb(order='<', link=1, snap=262144, *opts): return block(order, 1, struct.pack(order + 'HHI', link, 0, snap) + options(order, opts))
def epb(order, iface, stamp, data, orig=None, *opts):
    return block(order, 6, struct.pack(order + 'IIIII', iface, stamp >> 32, stamp & 0xffffffff, len(data), orig or len(data)) + pad(data) + options(order, opts))
def spb(order, data, orig=None): return block(order, 3, struct.pack(order + 'I', orig or len(data)) + pad(data))
def opb(order, iface, drops, stamp, data):   # the obsolete packet block
    return block(order, 2, struct.pack(order + 'HHIIII', iface, drops, stamp >> 32, stamp & 0xffffffff, len(data), len(data)) + pad(data))

# --- the frames -------------------------------------------------------------------------------------------------------

def eth(src=MAC1, dst=MAC2, **k): return Ether(src=src, dst=dst, **k)
def ab(**k): return eth() / IP(src=A, dst=B, id=k.pop('id', 1), flags=k.pop('flags', 'DF'), **k)
def ba(**k): return eth(MAC2, MAC1) / IP(src=B, dst=A, id=k.pop('id', 2), flags=k.pop('flags', 'DF'), **k)
def ab6(**k): return eth() / IPv6(src=A6, dst=B6, **k)
def ba6(**k): return eth(MAC2, MAC1) / IPv6(src=B6, dst=A6, **k)
def min60(p): b = bytes(p); return b + bytes(max(0, 60 - len(b)))
def text(n): return bytes(0x20 + i % 95 for i in range(n))

def arp():
    who = dict(hwsrc=MAC1, psrc=A, hwdst='00:00:00:00:00:00')
    bc = 'ff:ff:ff:ff:ff:ff'
    return [min60(p) for p in (
        eth(dst=bc) / ARP(op=1, pdst=B, **who),
        eth(MAC2, MAC1) / ARP(op=2, hwsrc=MAC2, psrc=B, hwdst=MAC1, pdst=A),
        eth(dst=bc) / ARP(op=1, hwsrc=MAC1, psrc='0.0.0.0', hwdst='00:00:00:00:00:00', pdst=A),       # probe, RFC 5227
        eth(dst=bc) / ARP(op=1, pdst=A, **who),                                                        # announcement
        eth(dst=bc, type=0x8035) / ARP(op=3, hwsrc=MAC1, psrc='0.0.0.0', hwdst=MAC1, pdst='0.0.0.0'),  # RARP
        eth(MACR, MAC1, type=0x8035) / ARP(op=4, hwsrc=MACR, psrc=R, hwdst=MAC1, pdst=A))]

def icmp():
    udp = IP(src=A, dst=B, id=77, ttl=1) / UDP(sport=40000, dport=33434) / text(32)
    r = lambda d=A: eth(MACR, MAC1) / IP(src=R, dst=d, id=9)
    out = []
    for i in range(1, 4):
        out += [ab(id=i) / ICMP(type=8, id=0x1234, seq=i) / text(56), ba(id=i) / ICMP(type=0, id=0x1234, seq=i) / text(56)]
    out += [r() / ICMP(type=3, code=c, nexthopmtu=1400 if c == 4 else 0) / udp for c in (0, 1, 3, 4, 10, 13)]
    out += [r() / ICMP(type=11, code=0) / udp, r() / ICMP(type=11, code=1) / udp, r() / ICMP(type=12, code=0, ptr=20) / udp,
            r() / ICMP(type=5, code=1, gw='192.0.2.253') / udp,
            ab(id=8) / ICMP(type=13, id=1, seq=1, ts_ori=43200000, ts_rx=0, ts_tx=0),
            ba(id=8) / ICMP(type=14, id=1, seq=1, ts_ori=43200000, ts_rx=43200010, ts_tx=43200011),
            ab(id=9) / ICMP(type=17, id=2, seq=1, addr_mask='0.0.0.0'), ba(id=9) / ICMP(type=18, id=2, seq=1, addr_mask='255.255.255.0')]
    return [min60(p) for p in out]

def tcp_conversation(up, down, sport, dport, isn, peer_isn, said, close=True, options_=True):
    """SYN to FIN; `said` is a list of (from client?, octets)."""
    c, s, ts = isn, peer_isn, 1000
    o = lambda n, e: ([('NOP', None), ('NOP', None), ('Timestamp', (n, e))] if options_ else [])
    syn = [('MSS', 1460), ('SAckOK', b''), ('Timestamp', (ts, 0)), ('NOP', None), ('WScale', 7)] if options_ else []
    sa = [('MSS', 1460), ('SAckOK', b''), ('Timestamp', (5000, ts)), ('NOP', None), ('WScale', 9)] if options_ else []
    out = [up() / TCP(sport=sport, dport=dport, flags='S', seq=c % M, ack=0, window=64240, options=syn),
           down() / TCP(sport=dport, dport=sport, flags='SA', seq=s % M, ack=(c + 1) % M, window=65160, options=sa),
           up() / TCP(sport=sport, dport=dport, flags='A', seq=(c + 1) % M, ack=(s + 1) % M, window=502, options=o(ts + 1, 5000))]
    c, s = c + 1, s + 1
    for mine, data in said:
        ts += 10
        if mine:
            out += [up() / TCP(sport=sport, dport=dport, flags='PA', seq=c % M, ack=s % M, window=502, options=o(ts, 5000 + ts)) / data]
            c += len(data)
            out += [down() / TCP(sport=dport, dport=sport, flags='A', seq=s % M, ack=c % M, window=128, options=o(5001 + ts, ts))]
        else:
            out += [down() / TCP(sport=dport, dport=sport, flags='PA', seq=s % M, ack=c % M, window=128, options=o(5002 + ts, ts)) / data]
            s += len(data)
            out += [up() / TCP(sport=sport, dport=dport, flags='A', seq=c % M, ack=s % M, window=501, options=o(ts + 1, 5002 + ts))]
    if close:
        out += [up() / TCP(sport=sport, dport=dport, flags='FA', seq=c % M, ack=s % M, window=501, options=o(ts + 5, 5010 + ts)),
                down() / TCP(sport=dport, dport=sport, flags='FA', seq=s % M, ack=(c + 1) % M, window=128, options=o(5012 + ts, ts + 5)),
                up() / TCP(sport=sport, dport=dport, flags='A', seq=(c + 1) % M, ack=(s + 1) % M, window=501, options=o(ts + 6, 5012 + ts))]
    return out

GET = b'GET /index.html HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: sample/1.0\r\nAccept: */*\r\n\r\n'
BODY = b'<!doctype html><title>It works</title><p>' + b'nettool reads this. ' * 40 + b'\n'
OK = b'HTTP/1.1 200 OK\r\nServer: sample\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n' % len(BODY) + BODY

def http():
    v4 = tcp_conversation(ab, ba, 49152, 80, 0x10000000, 0x20000000, [(True, GET), (False, OK)])
    v6 = tcp_conversation(ab6, ba6, 49153, 80, 0xfffffff0, 0x7fffffff, [(True, GET), (False, OK)])
    return v4 + v6

def tcp_trouble():
    """A handshake, then a segment lost and sent again, duplicate acknowledgements with SACK, a zero window, a keep-alive, a reset."""
    o = lambda *x: [('NOP', None), ('NOP', None), ('Timestamp', (x[0], x[1]))]
    up = lambda f, seq, ack, d=b'', w=502, opt=None: ab() / TCP(sport=50000, dport=5001, flags=f, seq=seq, ack=ack, window=w, options=opt or o(1, 2)) / d
    dn = lambda f, seq, ack, d=b'', w=128, opt=None: ba() / TCP(sport=5001, dport=50000, flags=f, seq=seq, ack=ack, window=w, options=opt or o(3, 4)) / d
    syn = [('MSS', 1460), ('SAckOK', b''), ('Timestamp', (1, 0)), ('NOP', None), ('WScale', 7)]
    sack = lambda l, r: [('NOP', None), ('NOP', None), ('Timestamp', (3, 4)), ('NOP', None), ('NOP', None), ('SAck', (l, r))]
    c, s = 1000, 9000
    d = text(500)
    return [up('S', c, 0, opt=syn), dn('SA', s, c + 1, opt=syn), up('A', c + 1, s + 1), up('PA', c + 1, s + 1, d),
            up('PA', c + 1001, s + 1, d), dn('A', s + 1, c + 501, opt=sack(c + 1001, c + 1501)), up('PA', c + 1501, s + 1, d),
            dn('A', s + 1, c + 501, opt=sack(c + 1001, c + 2001)), up('PA', c + 501, s + 1, d), dn('A', s + 1, c + 2001),
            dn('A', s + 1, c + 2001, w=0), up('A', c + 2000, s + 1), dn('A', s + 1, c + 2001, w=128), up('RA', c + 2001, s + 1)]

def tcp_options():
    """Every option in use, one packet each where it makes sense; raw numbers where scapy has no name."""
    def p(flags, opts, n): return ab(id=100 + n) / TCP(sport=51000 + n, dport=179, flags=flags, seq=1, ack=1 if 'A' in flags else 0, window=1024, options=opts)
    rows = [('S', [('MSS', 1400)]), ('S', [('WScale', 14)]), ('S', [('SAckOK', b'')]), ('A', [('NOP', None), ('NOP', None), ('SAck', (10, 20, 30, 40, 50, 60))]),
            ('S', [('Timestamp', (0x01020304, 0))]), ('A', [(28, struct.pack('!H', 0x8000 | 5))]),         # user timeout, RFC 5482
            ('A', [(19, bytes(range(16)))]),                                                                # MD5 signature, RFC 2385
            ('A', [(29, bytes([1, 2]) + bytes(range(12)))]),                                                # authentication, RFC 5925
            ('S', [(34, b'')]), ('S', [(34, bytes(range(8)))]),                                             # fast open, RFC 7413
            ('S', [(30, bytes([0x01, 0x81]) + bytes(range(8)))]),                                           # MPTCP capable, RFC 8684
            ('A', [(30, bytes([0x20, 0x01]) + bytes(range(4)))]),                                           # MPTCP data ack
            ('S', [(254, struct.pack('!H', 0xf989) + b'\0\0')]),                                            # experiment, RFC 6994
            ('S', [('MSS', 536), ('EOL', None)])]
    return [p(f, o, n) for n, (f, o) in enumerate(rows)]

def dns():
    def ask(i, name, kind): return ab(id=i) / UDP(sport=40000 + i, dport=53) / DNS(id=i, rd=1, qd=DNSQR(qname=name, qtype=kind))
    def tell(i, name, kind, an=None, ns=None, ar=None, rcode=0):
        return ba(id=i) / UDP(sport=53, dport=40000 + i) / DNS(id=i, qr=1, rd=1, ra=1, rcode=rcode, qd=DNSQR(qname=name, qtype=kind), an=an or [], ns=ns or [], ar=ar or [])
    rr = lambda n, t, d, ttl=300: DNSRR(rrname=n, type=t, rdata=d, ttl=ttl)
    return [ask(1, 'www.example.com', 'A'), tell(1, 'www.example.com', 'A', [rr('www.example.com', 'CNAME', 'web.example.com'), rr('web.example.com', 'A', '198.51.100.7')]),
            ask(2, 'www.example.com', 'AAAA'), tell(2, 'www.example.com', 'AAAA', [rr('www.example.com', 'AAAA', '2001:db8:1::7')]),
            ask(3, 'nosuch.example.com', 'A'), tell(3, 'nosuch.example.com', 'A', rcode=3, ns=[DNSRRSOA(rrname='example.com', mname='ns1.example.com', rname='hostmaster.example.com', serial=2026010101, refresh=7200, retry=900, expire=1209600, minimum=300, ttl=300)]),
            ask(4, 'example.com', 'MX'), tell(4, 'example.com', 'TXT', [rr('example.com', 'TXT', [b'v=spf1 -all', b'second string'])]),
            ask(5, '_sip._udp.example.com', 'SRV'), tell(5, '_sip._udp.example.com', 'SRV', [DNSRRSRV(rrname='_sip._udp.example.com', priority=10, weight=60, port=5060, target='sip.example.com', ttl=60)]),
            ask(6, '7.100.51.198.in-addr.arpa', 'PTR'), tell(6, '7.100.51.198.in-addr.arpa', 'PTR', [rr('7.100.51.198.in-addr.arpa', 'PTR', 'web.example.com')])]

def dhcp():
    xid, hw = 0x3903f326, bytes.fromhex(MAC1.replace(':', ''))
    def m(op, src, dst, smac, dmac, kind, opts, yi='0.0.0.0'):
        sp, dp = (68, 67) if op == 1 else (67, 68)
        return Ether(src=smac, dst=dmac) / IP(src=src, dst=dst, id=op, ttl=64) / UDP(sport=sp, dport=dp) / BOOTP(op=op, xid=xid, chaddr=hw, yiaddr=yi, siaddr=R if op == 2 else '0.0.0.0') / DHCP(options=[('message-type', kind)] + opts + ['end'])
    bc, lease = 'ff:ff:ff:ff:ff:ff', [('server_id', R), ('lease_time', 3600), ('subnet_mask', '255.255.255.0'), ('router', R), ('name_server', R, '198.51.100.53'), ('domain', b'example.com')]
    return [m(1, '0.0.0.0', '255.255.255.255', MAC1, bc, 'discover', [('hostname', b'board-1'), ('param_req_list', [1, 3, 6, 15, 42])]),
            m(2, R, A, MACR, MAC1, 'offer', lease, A),
            m(1, '0.0.0.0', '255.255.255.255', MAC1, bc, 'request', [('requested_addr', A), ('server_id', R), ('hostname', b'board-1')]),
            m(2, R, A, MACR, MAC1, 'ack', lease, A), m(1, A, R, MAC1, MACR, 'release', [('server_id', R)])]

def vlan():
    body = lambda i: IP(src=A, dst=B, id=i) / UDP(sport=1000 + i, dport=2000) / text(40)
    e = lambda: Ether(src=MAC1, dst=MAC2)
    return [e() / Dot1Q(vlan=100, prio=3) / body(1), e() / Dot1Q(vlan=0, prio=7) / body(2), e() / Dot1Q(vlan=4094, id=1) / body(3),
            e() / Dot1AD(vlan=200, prio=5) / Dot1Q(vlan=10) / body(4), e() / Dot1Q(vlan=300) / Dot1Q(vlan=20) / body(5),
            e() / Dot1AD(vlan=1000) / Dot1AD(vlan=2000) / Dot1Q(vlan=3000) / body(6),
            Ether(src=MAC1, dst=MAC2, type=0x9100) / Dot1Q(vlan=400, type=0x8100) / Dot1Q(vlan=30) / body(7),
            min60(e() / Dot1Q(vlan=100) / ARP(op=1, hwsrc=MAC1, psrc=A, pdst=B)), e() / Dot1Q(vlan=100) / IPv6(src=A6, dst=B6) / ICMPv6EchoRequest(id=1, seq=1, data=text(32))]

def nd():
    ll = lambda s, d, m='33:33:00:00:00:01', sm=MAC1: Ether(src=sm, dst=m) / IPv6(src=s, dst=d, hlim=255)
    hbh = IPv6ExtHdrHopByHop(options=[RouterAlert(value=0), PadN(optdata=b'')])
    mld = lambda s, d, sm=MAC1, dm='33:33:00:00:00:16': Ether(src=sm, dst=dm) / IPv6(src=s, dst=d, hlim=1) / hbh
    return [ll('::', 'ff02::1:ff00:1', '33:33:ff:00:00:01') / ICMPv6ND_NS(tgt=L1),                      # duplicate address detection
            ll(L1, 'ff02::2', '33:33:00:00:00:02') / ICMPv6ND_RS() / ICMPv6NDOptSrcLLAddr(lladdr=MAC1),
            ll(LR, 'ff02::1', sm=MACR) / ICMPv6ND_RA(chlim=64, M=1, O=1, prf=1, routerlifetime=1800, reachabletime=30000, retranstimer=1000) / ICMPv6NDOptSrcLLAddr(lladdr=MACR) / ICMPv6NDOptMTU(mtu=1500) / ICMPv6NDOptPrefixInfo(prefix='2001:db8::', prefixlen=64, L=1, A=1, validlifetime=86400, preferredlifetime=14400) / ICMPv6NDOptRDNSS(lifetime=600, dns=['2001:db8::53']) / ICMPv6NDOptRouteInfo(prefix='2001:db8:ffff::', plen=48, rtlifetime=1800),
            ll(A6, 'ff02::1:ff00:2', '33:33:ff:00:00:02') / ICMPv6ND_NS(tgt=B6) / ICMPv6NDOptSrcLLAddr(lladdr=MAC1),
            ll(B6, A6, MAC1, MAC2) / ICMPv6ND_NA(tgt=B6, R=0, S=1, O=1) / ICMPv6NDOptDstLLAddr(lladdr=MAC2),
            ll(LR, A6, MAC1, MACR) / ICMPv6ND_Redirect(tgt=L2, dst=B6) / ICMPv6NDOptDstLLAddr(lladdr=MAC2) / ICMPv6NDOptRedirectedHdr(pkt=bytes(IPv6(src=A6, dst=B6) / UDP(sport=1, dport=2) / text(16))),
            mld(LR, 'ff02::1', MACR, '33:33:00:00:00:01') / ICMPv6MLQuery(mrd=10000), mld(L1, 'ff05::42', dm='33:33:00:00:00:42') / ICMPv6MLReport(mladdr='ff05::42'),
            mld(L1, 'ff02::16') / ICMPv6MLReport2(records=[ICMPv6MLDMultAddrRec(rtype=4, dst='ff05::42', sources=[]), ICMPv6MLDMultAddrRec(rtype=1, dst='ff05::43', sources=['2001:db8::9'])]),
            mld(L1, 'ff02::2', dm='33:33:00:00:00:02') / ICMPv6MLDone(mladdr='ff05::42'),
            ab6() / ICMPv6EchoRequest(id=7, seq=1, data=text(56)), ba6() / ICMPv6EchoReply(id=7, seq=1, data=text(56)),
            eth(MACR, MAC1) / IPv6(src=R6, dst=A6) / ICMPv6PacketTooBig(mtu=1280) / IPv6(src=A6, dst=B6) / UDP(sport=1, dport=2) / text(64),
            eth(MACR, MAC1) / IPv6(src=R6, dst=A6) / ICMPv6DestUnreach(code=4) / IPv6(src=A6, dst=B6) / UDP(sport=1, dport=2) / text(16),
            eth(MACR, MAC1) / IPv6(src=R6, dst=A6) / ICMPv6TimeExceeded() / IPv6(src=A6, dst=B6, hlim=1) / UDP(sport=1, dport=33434) / text(16)]

def ext():
    u = UDP(sport=40000, dport=40001) / text(24)
    ah = struct.pack('!BBHII', 17, 4, 0, 0x11223344, 7) + bytes(range(12))
    udp6 = bytes(IPv6(src=A6, dst=B6) / u)[40:]
    return [ab6() / IPv6ExtHdrHopByHop(options=[PadN(optdata=bytes(4))]) / u,
            ab6() / IPv6ExtHdrHopByHop(options=[Pad1(), Pad1(), RouterAlert(value=0)]) / IPv6ExtHdrDestOpt(options=[PadN(optdata=bytes(12))]) / u,
            ab6() / IPv6ExtHdrRouting(addresses=[R6], segleft=0, type=0) / u,
            ab6() / IPv6ExtHdrFragment(id=0xabcdef01, offset=0, m=0) / u,                                   # an atomic fragment, RFC 6946
            ab6(nh=51) / Raw(ah + udp6),
            ab6(nh=43) / Raw(struct.pack('!BBBBBBH', 17, 2, 4, 0, 0, 0, 0) + socket.inet_pton(socket.AF_INET6, B6) + udp6),   # segment routing, RFC 8754
            ab6(nh=50) / Raw(struct.pack('!II', 0x1000, 1) + bytes(range(48))), ab6(nh=59) / Raw(b''), eth(type=0x800) / IP(src=A, dst=B, id=5, proto=51) / Raw(struct.pack('!BB', 17, 4) + ah[2:] + bytes(IP(src=A, dst=B) / u)[20:])]

def fragments():
    big = IP(src=A, dst=B, id=0x4242, flags=0) / UDP(sport=5000, dport=5001) / text(3000)
    f4 = [eth() / f for f in fragment(big, fragsize=1480)]
    big6 = IPv6(src=A6, dst=B6) / IPv6ExtHdrFragment(id=0x01020304) / UDP(sport=5000, dport=5001) / text(3000)
    f6 = [eth() / f for f in fragment6(big6, 1500)]
    icmp_ = [eth() / f for f in fragment(IP(src=A, dst=B, id=0x4343) / ICMP(type=8, id=1, seq=1) / text(1600), fragsize=800)]
    return f4 + f6 + icmp_[::-1]                                                                          # the last one out of order

def ip_options():
    def p(opts, n): return eth() / IP(src=A, dst=B, id=n, options=opts) / UDP(sport=1000, dport=2000 + n) / text(16)
    return [p(IPOption_RR(pointer=8, routers=[R, '0.0.0.0', '0.0.0.0']), 1), p(IPOption_LSRR(routers=[R, '192.0.2.253']), 2), p(IPOption_Router_Alert(), 3),
            p(IPOption_Timestamp(pointer=9, flg=0, timestamp=43200000), 4),
            p([IPOption_NOP(), IPOption_NOP(), IPOption_Router_Alert()], 5)]

def udplite():
    def lite(cover, data):
        head = struct.pack('!HHHH', 5000, 5001, cover, 0)
        ph = socket.inet_aton(A) + socket.inet_aton(B) + struct.pack('!BBH', 0, 136, 8 + len(data))
        covered = (head + data)[:cover or None]
        b = ph + covered + bytes(len(covered) % 2); s = sum(struct.unpack('!%dH' % (len(b) // 2), b))
        while s >> 16: s = (s & 0xffff) + (s >> 16)
        return head[:6] + struct.pack('!H', ~s & 0xffff or 0xffff) + data
    return [eth() / IP(src=A, dst=B, id=i, proto=136) / Raw(lite(c, text(64))) for i, c in enumerate((0, 8, 20, 72))]

def sctp():
    u = lambda tag, *ch: _sctp(ab, 40000, 40001, tag, ch)
    d = lambda tag, *ch: _sctp(ba, 40001, 40000, tag, ch)
    i = 0x11111111; r = 0x22222222
    return [u(0, SCTPChunkInit(init_tag=i, a_rwnd=65535, n_out_streams=10, n_in_streams=10, init_tsn=1)),
            d(i, SCTPChunkInitAck(init_tag=r, a_rwnd=65535, n_out_streams=10, n_in_streams=10, init_tsn=100, params=[SCTPChunkParamStateCookie(cookie=b'state cookie of the samples!')])),
            u(r, SCTPChunkCookieEcho(cookie=b'state cookie of the samples!')), d(i, SCTPChunkCookieAck()),
            u(r, SCTPChunkData(beginning=1, ending=1, tsn=1, stream_id=2, stream_seq=0, proto_id=0, data=text(100))),
            d(i, SCTPChunkSACK(cumul_tsn_ack=1, a_rwnd=65535, n_gap_ack=1, gap_ack_list=['2:3'], n_dup_tsn=0)),
            u(r, SCTPChunkHeartbeatReq(params=[SCTPChunkParamHeartbeatInfo(data=b'beat')])), d(i, SCTPChunkHeartbeatAck(params=[SCTPChunkParamHeartbeatInfo(data=b'beat')])),
            u(r, SCTPChunkData(beginning=1, ending=0, tsn=2, stream_id=3, stream_seq=0, proto_id=0, data=b'first half'), SCTPChunkData(beginning=0, ending=1, tsn=3, stream_id=3, stream_seq=0, proto_id=0, data=b'second half!')),
            u(r, SCTPChunkShutdown(cumul_tsn_ack=100)), d(i, SCTPChunkShutdownAck()), u(r, SCTPChunkShutdownComplete()),
            d(i, SCTPChunkAbort())]

def _sctp(way, sport, dport, tag, chunks):
    p = SCTP(sport=sport, dport=dport, tag=tag)
    for c in chunks: p = p / c
    return way() / p

def igmp():
    e = lambda g: Ether(src=MAC1, dst='01:00:5e:' + ':'.join('%02x' % b for b in bytes([socket.inet_aton(g)[1] & 127]) + socket.inet_aton(g)[2:]))
    ip = lambda s, g: IP(src=s, dst=g, ttl=1, id=1, tos=0xc0, options=IPOption_Router_Alert())
    v1 = struct.pack('!BBH4s', 0x12, 0, 0, socket.inet_aton('239.1.2.3')); s = sum(struct.unpack('!4H', v1)); s = (s & 0xffff) + (s >> 16)
    v1 = v1[:2] + struct.pack('!H', ~s & 0xffff) + v1[4:]
    return [min60(p) for p in (e('224.0.0.1') / ip(R, '224.0.0.1') / IGMP(type=0x11, mrcode=100, gaddr='0.0.0.0'), e('239.1.2.3') / IP(src=A, dst='239.1.2.3', ttl=1, proto=2, id=1) / Raw(v1),
            e('239.1.2.3') / ip(A, '239.1.2.3') / IGMP(type=0x16, mrcode=0, gaddr='239.1.2.3'), e('224.0.0.2') / ip(A, '224.0.0.2') / IGMP(type=0x17, mrcode=0, gaddr='239.1.2.3'),
            e('224.0.0.1') / ip(R, '224.0.0.1') / IGMPv3(type=0x11, mrcode=100) / IGMPv3mq(gaddr='239.1.2.3', qqic=125, srcaddrs=['198.51.100.1']),
            e('224.0.0.22') / ip(A, '224.0.0.22') / IGMPv3(type=0x22) / IGMPv3mr(records=[IGMPv3gr(rtype=4, maddr='239.1.2.3', srcaddrs=[]), IGMPv3gr(rtype=1, maddr='232.1.1.1', srcaddrs=['198.51.100.1', '198.51.100.2'])]))]

def lldp():
    du = LLDPDUChassisID(subtype=4, id=bytes.fromhex(MAC1.replace(':', ''))) / LLDPDUPortID(subtype=5, id=b'lan3') / LLDPDUTimeToLive(ttl=120)
    du = du / LLDPDUPortDescription(description=b'uplink to the lab') / LLDPDUSystemName(system_name=b'board-1') / LLDPDUSystemDescription(description=b'embedded Linux board, 4 switch ports')
    du = du / LLDPDUSystemCapabilities(mac_bridge_available=1, router_available=1, mac_bridge_enabled=1) / LLDPDUManagementAddress(management_address_subtype=1, management_address=socket.inet_aton(A), interface_numbering_subtype=2, interface_number=3, object_id=b'') / LLDPDUEndOfLLDPDU()
    return [Ether(src=MAC1, dst='01:80:c2:00:00:0e', type=0x88cc) / du]

def llc():
    stp = lambda **k: Dot3(src=MAC1, dst='01:80:c2:00:00:00') / LLC(dsap=0x42, ssap=0x42, ctrl=3) / STP(rootid=32768, rootmac=MAC1, bridgeid=32768, bridgemac=MAC1, portid=0x8001, maxage=20, hellotime=2, fwddelay=15, **k)
    ipx = struct.pack('!HHBBI6sHI6sH', 0xffff, 30, 0, 0, 1, bytes.fromhex('020000000002'), 0x4000, 1, bytes.fromhex('020000000001'), 0x4000)
    return [min60(stp(pathcost=4)), min60(stp(pathcost=0, bpduflags=1)), Dot3(src=MAC1, dst=MAC2) / LLC(dsap=0xaa, ssap=0xaa, ctrl=3) / SNAP(OUI=0, code=0x800) / IP(src=A, dst=B, id=1) / ICMP(type=8, id=1, seq=1) / text(16),
            min60(Dot3(src=MAC1, dst='01:00:0c:cc:cc:cc') / LLC(dsap=0xaa, ssap=0xaa, ctrl=3) / SNAP(OUI=0x00000c, code=0x2000) / Raw(b'\x02\xb4\0\0' + b'\0\1\0\7lab' + b'\0\3\0\x08lan3')),
            min60(Dot3(src=MAC1, dst=MAC2) / LLC(dsap=0xe0, ssap=0xe0, ctrl=3) / Raw(ipx)),
            min60(Dot3(src=MAC1, dst=MAC2) / Raw(bytes([0xf0, 0xf0, 0x7f]))), min60(Dot3(src=MAC1, dst=MAC2) / Raw(bytes([0xf0, 0xf1, 0x02, 0x05]))), min60(Dot3(src=MAC1, dst=MAC2) / Raw(ipx))]

def ip_mix():
    """Network-layer packets without a link header: for the raw, null, loop, PPP and cooked link types."""
    v4 = IP(src=A, dst=B, id=1) / ICMP(type=8, id=1, seq=1) / text(56)
    v6 = IPv6(src=A6, dst=B6) / ICMPv6EchoRequest(id=1, seq=1, data=text(56))
    ntp = IP(src=A, dst=B, id=2) / UDP(sport=123, dport=123) / NTP(version=4, mode=3, stratum=0, precision=-20, ref=0, orig=0, recv=0, sent=3976214400)
    return [(2, 0x800, bytes(v4)), (10, 0x86dd, bytes(v6)), (2, 0x800, bytes(ntp))]

def raw(): return [b for _, _, b in ip_mix()]
def null(order='<'): return [struct.pack(order + 'I', {2: 2, 10: 30}[f]) + b for f, _, b in ip_mix()]
def ppp(): return [struct.pack('!BBH', 0xff, 3, {0x800: 0x21, 0x86dd: 0x57}[e]) + b for _, e, b in ip_mix()] + [bytes.fromhex('ff03c0210101000e010405dc0506deadbeef')]
def cooked(): return [struct.pack('!HHH8sH', k, 1, 6, bytes.fromhex(MAC1.replace(':', '')) + b'\0\0', e) + b for k, (_, e, b) in zip((0, 4, 3), ip_mix())]
def cooked2(): return [struct.pack('!HHIHBB8s', e, 0, 3 + k, 1, k, 6, bytes.fromhex(MAC1.replace(':', '')) + b'\0\0') + b for k, (_, e, b) in zip((0, 4, 1), ip_mix())]

def malformed():
    """What a broken sender or a broken wire makes; each packet is wrong in one place."""
    good = bytearray(bytes(ab() / TCP(sport=1, dport=2, flags='A', seq=1, ack=1) / text(20)))
    def with_(at, octets, base=good): b = bytearray(base); b[at:at + len(octets)] = octets; return bytes(b)
    udp = bytes(ab() / UDP(sport=1, dport=2) / text(20))
    opt = bytes(ab() / TCP(sport=1, dport=2, flags='S', options=[('MSS', 1460)]))
    return [with_(14, b'\x44'), with_(14, b'\x4f'), with_(14, b'\x55'), with_(16, b'\x20\x00'), with_(16, b'\x00\x10'), with_(46, b'\x40'), with_(46, b'\xf0'),
            with_(24, b'\x12\x34'), with_(50, b'\xde\xad'), with_(38, b'\x00\x04', udp), with_(38, b'\xff\x00', udp), with_(54, b'\x02\x00', opt), with_(54, b'\x02\x29', opt),
            bytes(good[:13]), bytes(good[:20]), bytes(good[:40]), bytes(eth(type=0x806)) + bytes.fromhex('0001080006ff0001') + bytes(10),
            bytes(eth(type=0x8100)) + b'\0', bytes(eth(type=0x86dd)) + bytes.fromhex('60000000ffff3c40') + bytes(32), bytes(eth()) [:12] + b'\x05\xdc' + b'\xaa\xaa']

def hostile():
    """Text that would drive a terminal, in payloads and names."""
    evil = b'\x1b]0;title\x07\x1b[2J\x9b31m\r\n\x00\xff'
    name = struct.pack('!6HB', 1, 0x100, 1, 0, 0, 0, len(evil)) + evil + b'\0\0\1\0\1'
    lldp_ = b'\x02\x07\x04' + bytes(6) + b'\x04' + bytes([1 + len(evil)]) + b'\x05' + evil + b'\x06\x02\0x' + b'\x0a' + bytes([len(evil)]) + evil + b'\0\0'
    return [ab() / UDP(sport=9, dport=9) / evil, ab() / UDP(sport=5000, dport=53) / name,
            Ether(src=MAC1, dst='01:80:c2:00:00:0e', type=0x88cc) / Raw(lldp_), ab() / UDP(sport=514, dport=514) / (b'<34>' + evil),
            ab() / TCP(sport=1, dport=80, flags='PA', seq=1, ack=1) / (b'GET /' + evil + b' HTTP/1.0\r\n\r\n')]

# --- pcapng files -----------------------------------------------------------------------------------------------------

def pcapng_mixed():
    o = '<'; ns = (9, b'\x09'); t = T0 * 10**9 + 123_456_789
    arp_, http_, raw_ = arp(), [bytes(p) for p in http()], raw()
    out = shb(o, (1, b'two interfaces, every kind of block'), (2, b'sample board'), (3, b'Linux'), (4, b'samples/make.py'))
    out += idb(o, 1, 262144, (2, b'lan0'), (3, b'the first switch port'), (6, bytes.fromhex(MAC1.replace(':', ''))), (8, struct.pack('<Q', 10**9)), ns, (12, b'Linux'))
    out += idb(o, 101, 96, (2, b'tun0'), (9, b'\x06'), (4, socket.inet_aton(A) + socket.inet_aton('255.255.255.0')))
    flags = lambda v: (2, struct.pack('<I', v))
    out += epb(o, 0, t, arp_[0], None, (1, b'who asks first'), flags(2 | 3 << 2))
    out += epb(o, 0, t + 1000, arp_[1], None, flags(1 | 1 << 2), (6, struct.pack('<I', 3)))
    out += epb(o, 1, (t + 2_000_000) // 1000, raw_[0][:60], len(raw_[0]), (1, b'cut by the snap length'), (4, struct.pack('<Q', 7)))
    for i, p in enumerate(http_[:6]): out += epb(o, 0, t + 3_000_000 + i * 100_000, p, None, flags(1 if i % 2 else 2))
    out += block(o, 4, struct.pack('<HH', 1, 16) + pad(socket.inet_aton(A) + b'board-1.lan\0') + struct.pack('<HH', 2, 28) + pad(socket.inet_pton(socket.AF_INET6, A6) + b'board-1.lan\0') + bytes(4))
    out += block(o, 10, struct.pack('<II', 0x544c534b, 52) + pad(b'CLIENT_RANDOM ' + b'00' * 19))
    out += block(o, 0xbad, struct.pack('<I', 32473) + b'a custom block of the documentation enterprise number')
    out += opb(o, 0, 2, (t + 5_000_000), http_[6])
    out += block(o, 0x7000beef, b'unknown, kept as it is  ')
    stat = lambda i, rx, dr: block(o, 5, struct.pack('<III', i, (t // 1000 >> 32) if i else (t >> 32), (t // 1000 if i else t) & 0xffffffff) + options(o, [(4, struct.pack('<Q', rx)), (5, struct.pack('<Q', dr))]))
    return out + stat(0, 9, 5) + stat(1, 1, 7)

def pcapng_sections():
    frames = [bytes(p) for p in dns()]; out = b''
    for n, o in enumerate('<>'):
        out += shb(o, (4, b'samples/make.py')) + idb(o, 1, 65535, (2, b'eth%d' % n))
        for i, p in enumerate(frames[n * 6:n * 6 + 6]): out += epb(o, 0, T0 * 10**6 + n * 10**6 + i * 1000, p)
    return out

def pcapng_resolutions():
    """One interface for each way to count time: default, milliseconds, nanoseconds, 2^-16, 2^-32, an offset in seconds."""
    f = [bytes(p) for p in igmp()]; o = '<'; out = shb(o)
    for res in ((), ((9, b'\x03'),), ((9, b'\x09'),), ((9, b'\x90'),), ((9, b'\xa0'),), ((9, b'\x06'), (14, struct.pack('<q', T0)))): out += idb(o, 1, 0, *res)
    ticks = (T0 * 10**6 + 500_000, T0 * 10**3 + 500, T0 * 10**9 + 500_000_000, (T0 << 16) + (1 << 15), (T0 << 32) + (1 << 31), 500_000)
    for i, (t, p) in enumerate(zip(ticks, f)): out += epb(o, i, t, p)
    return out

def pcapng_simple(): return shb('<') + idb('<', 1, 80) + b''.join(spb('<', bytes(p)[:80], len(bytes(p))) for p in icmp()[:6])

def files():
    b = lambda fs: [bytes(f) for f in fs]
    yield 'arp.pcap', pcap(b(arp()))
    yield 'icmp.pcap', pcap(b(icmp()))
    yield 'http.pcap', pcap(b(http()), step=2_500_000)
    yield 'tcp-trouble.pcap', pcap(b(tcp_trouble()), step=40_000_000)
    yield 'tcp-options.pcap', pcap(b(tcp_options()))
    yield 'dns.pcap', pcap(b(dns()), step=12_345_000)
    yield 'dhcp.pcap', pcap(b(dhcp()), step=250_000_000)
    yield 'vlan.pcap', pcap(b(vlan()))
    yield 'ipv6-nd.pcap', pcap(b(nd()), step=100_000_000)
    yield 'ipv6-extensions.pcap', pcap(b(ext()))
    yield 'fragments.pcap', pcap(b(fragments()))
    yield 'ip-options.pcap', pcap(b(ip_options()))
    yield 'udplite.pcap', pcap(b(udplite()))
    yield 'sctp.pcap', pcap(b(sctp()))
    yield 'igmp.pcap', pcap(b(igmp()))
    yield 'lldp.pcap', pcap(b(lldp()))
    yield 'llc.pcap', pcap(b(llc()))
    yield 'raw.pcap', pcap(raw(), link=101)
    yield 'null.pcap', pcap(null(), link=0)
    yield 'loop.pcap', pcap(null('>'), link=108)
    yield 'ppp.pcap', pcap(ppp(), link=9)
    yield 'cooked.pcap', pcap(cooked(), link=113)
    yield 'cooked2.pcap', pcap(cooked2(), link=276)
    yield 'nanoseconds.pcap', pcap(b(arp()), magic=0xa1b23c4d, unit=1, step=1_001)
    yield 'big-endian.pcap', pcap(b(icmp()), order='>')
    yield 'snaplen.pcap', pcap([(bytes(p)[:64], len(bytes(p))) for p in http()], snap=64)
    yield 'cut.pcap', pcap(b(dns()))[:-37]
    yield 'malformed.pcap', pcap(malformed())
    yield 'hostile.pcap', pcap(b(hostile()))
    yield 'mixed.pcapng', pcapng_mixed()
    yield 'sections.pcapng', pcapng_sections()
    yield 'resolutions.pcapng', pcapng_resolutions()
    yield 'simple.pcapng', pcapng_simple()

def main():
    want = set(sys.argv[1:])
    for name, data in files():
        if not want or name in want:
            open(os.path.join(HERE, name), 'wb').write(data)
    if not want or 'packed' in want:
        import gzip
        data = open(os.path.join(HERE, 'dns.pcap'), 'rb').read()
        open(os.path.join(HERE, 'dns.pcap.gz'), 'wb').write(gzip.compress(data, 9, mtime=0))
        for tool, end in (('zstd', 'zst'), ('lz4', 'lz4')):
            with open(os.path.join(HERE, 'dns.pcap.' + end), 'wb') as out:
                subprocess.run([tool, '-q', '-c', os.path.join(HERE, 'dns.pcap')], check=True, stdout=out)

main()
