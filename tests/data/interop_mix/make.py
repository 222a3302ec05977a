"""make.py SEED FRAMES OUT: random stacks of layers, some cut, built with scapy 2.8.0, for tests/interop_mix.rs.

mix.pcap.gz is `python3 make.py 20 1500 mix.pcap && gzip -9n mix.pcap`.
"""
import random
import struct
import sys

from scapy.all import (
    ARP, Dot1AD, Dot1Q, Dot3, DNS, DNSQR, DNSRR, Ether, GRE, ICMP, ICMPv6DestUnreach, ICMPv6EchoRequest,
    ICMPv6ND_NS, ICMPv6NDOptSrcLLAddr, IP, IPOption_Router_Alert, IPOption_RR, IPv6, IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, LLC, PadN, PPP, PPPoE, Raw, STP, TCP, UDP,
)
from scapy.contrib.mpls import MPLS
from scapy.layers.vxlan import VXLAN

rnd = random.Random(int(sys.argv[1]))
NAMES = ["a.example.", "www.very.long.name.example.com.", "x" * 63 + ".org.", "_ldap._tcp.local."]


def number(bits):
    return rnd.randrange(1 << bits)


def ip4():
    return "%d.%d.%d.%d" % (rnd.choice([10, 172, 192, 203]), number(8), number(8), rnd.randrange(1, 255))


def ip6():
    return "2001:db8:" + ":".join("%x" % rnd.randrange(1, 1 << 16) for _ in range(6))


def mac():
    return "02:" + ":".join("%02x" % number(8) for _ in range(5))


def octets():
    # Nothing that looks like a protocol of its own.
    return Raw(bytes(rnd.choice(b"\xa5\x5a\xc3\x3c") for _ in range(rnd.randrange(1, 120))))


def port():
    return rnd.randrange(30000, 32000)


def dns():
    name = rnd.choice(NAMES)
    message = DNS(id=number(16), qr=number(1), qd=[DNSQR(qname=name, qtype=rnd.choice([1, 28, 12, 15, 16, 33, 6]))])
    message.qd = message.qd * rnd.choice([1, 1, 2]) if isinstance(message.qd, list) else message.qd
    if message.qr:
        message.an = [DNSRR(rrname=name, type="A", rdata=ip4()), DNSRR(rrname=name, type="TXT", rdata=["abc", "d"])]
    return message


def tcp():
    options = rnd.choice([
        [],
        [("MSS", 1460), ("SAckOK", b"")],
        [("Timestamp", (number(32), number(32))), ("NOP", None), ("WScale", 7)],
        [("NOP", None), ("NOP", None), ("SAck", (number(32), number(32)))],
    ])
    flags = rnd.choice(["S", "SA", "A", "PA", "FA", "R", "RA", "PAU", "AE", "SEC"])
    segment = TCP(sport=port(), dport=port(), flags=flags, seq=number(32), ack=number(32), window=number(16), options=options)
    return segment / octets() if rnd.random() < 0.6 and "R" not in flags else segment


def error4():
    quoted = IP(src=ip4(), dst=ip4(), ttl=3) / rnd.choice([UDP(sport=port(), dport=33434) / b"", tcp()])
    return ICMP(type=rnd.choice([3, 11]), code=number(1)) / quoted


def error6():
    return ICMPv6DestUnreach(code=4) / IPv6(src=ip6(), dst=ip6()) / UDP(sport=port(), dport=port()) / b"abcdefgh"


def gre(depth):
    kind = rnd.choice([0x800, 0x86DD, 0x6558, 0x8847])
    head = GRE(proto=kind, key_present=number(1), seqnum_present=number(1), chksum_present=number(1))
    if kind == 0x800:
        return head / IP(src=ip4(), dst=ip4()) / UDP(sport=port(), dport=port()) / octets()
    if kind == 0x86DD:
        return head / IPv6(src=ip6(), dst=ip6()) / tcp()
    if kind == 0x6558:
        return head / ethernet(depth + 1)
    return head / MPLS(label=rnd.randrange(16, 1 << 20), s=1, ttl=4) / IP(src=ip4(), dst=ip4()) / tcp()


def transport(version, depth):
    kind = rnd.randrange(10 if depth < 2 else 7)
    if kind < 3:
        return tcp()
    if kind < 5:
        return UDP(sport=port(), dport=rnd.choice([53, 5353])) / dns()
    if kind == 5:
        return UDP(sport=port(), dport=port()) / octets()
    if kind == 6:
        if version == 6:
            return rnd.choice([
                ICMPv6EchoRequest(id=number(16), seq=number(16), data=b"abc"),
                ICMPv6ND_NS(tgt=ip6()) / ICMPv6NDOptSrcLLAddr(lladdr=mac()),
            ])
        return ICMP(type=rnd.choice([0, 8]), id=number(16), seq=number(16)) / octets()
    if kind == 7:
        return error6() if version == 6 else error4()
    if kind == 8:
        return UDP(sport=port(), dport=4789) / VXLAN(vni=number(24), flags=8) / ethernet(depth + 1)
    return gre(depth)


def network(depth, pseudowire=False):
    kind = rnd.randrange(9 if pseudowire else 10)
    if kind < 5:
        options = rnd.choice([[], [], [IPOption_RR(routers=["192.0.2.1"])], [IPOption_Router_Alert()]])
        head = IP(src=ip4(), dst=ip4(), ttl=rnd.randrange(1, 256), tos=number(8), id=number(16), flags=rnd.choice([0, 2]), options=options)
        return head / transport(4, depth)
    if kind < 9:
        head = IPv6(src=ip6(), dst=ip6(), hlim=number(8), tc=number(8), fl=number(20))
        for extension in rnd.choice([[], [], [IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0\0")])], [IPv6ExtHdrDestOpt()],
                                     [IPv6ExtHdrRouting(addresses=[ip6()], segleft=0)], [IPv6ExtHdrFragment(id=number(32))]]):
            head = head / extension
        return head / transport(6, depth)
    return ARP(op=rnd.choice([1, 2]), hwsrc=mac(), psrc=ip4(), hwdst=mac(), pdst=ip4())


def ethernet(depth=0):
    frame = Ether(src=mac(), dst=mac())
    for _ in range(rnd.choice([0, 0, 0, 1, 2])):
        frame = frame / rnd.choice([Dot1Q(vlan=number(12), prio=number(3)), Dot1AD(vlan=number(12), prio=number(3))])
    kind = rnd.randrange(14)
    if kind == 0:
        labels = MPLS(label=rnd.randrange(16, 1 << 20), s=0, ttl=64) / MPLS(label=rnd.randrange(16, 1 << 20), s=1, ttl=3)
        return frame / labels / network(depth, pseudowire=True)
    if kind == 1 and depth == 0:
        bridge = STP(version=0, bpdutype=0, rootmac=mac(), bridgemac=mac(), portid=number(16))
        return Dot3(src=mac(), dst="01:80:c2:00:00:00") / LLC(dsap=0x42, ssap=0x42, ctrl=3) / bridge
    if kind == 2:
        return frame / PPPoE(sessionid=number(16)) / PPP() / network(depth, pseudowire=True)
    return frame / network(depth)


def main():
    random.seed(int(sys.argv[1]))
    with open(sys.argv[3], "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for at in range(int(sys.argv[2])):
            octets_ = bytes(ethernet())
            wire = len(octets_)
            if rnd.random() < 0.05:
                octets_ = octets_[: rnd.randrange(14, wire + 1)]
            out.write(struct.pack("<IIII", 1700000000 + at // 100, at % 100 * 10000, len(octets_), wire) + octets_)


main()
