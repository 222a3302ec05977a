"""Writes tunnels.pcap.gz of this folder again (scapy 2.8.0): the same TCP and UDP sessions, and ICMP errors about some, bare, in tunnels,
over MPLS, and behind fragments."""
import sys
from scapy.all import *
from scapy.contrib.geneve import GENEVE
from scapy.contrib.gtp import GTP_U_Header
from scapy.contrib.mpls import MPLS

A, B = "10.0.0.1", "10.0.0.2"


def session(port, wrap, seq, answer=9000):
    def c(data=b"", **k):
        return 0, IP(src=A, dst=B) / TCP(sport=port, dport=80, **k) / data

    def s(data=b"", **k):
        return 1, IP(src=B, dst=A) / TCP(sport=80, dport=port, **k) / data

    options = [("MSS", 1460), ("WScale", 7)]
    get = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    ok = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    up, down = seq + 1 + len(get), answer + 1 + len(ok)
    steps = [
        c(flags="S", seq=seq, options=options),
        s(flags="SA", seq=answer, ack=seq + 1, options=options),
        c(flags="A", seq=seq + 1, ack=answer + 1),
        c(get, flags="PA", seq=seq + 1, ack=answer + 1),
        s(flags="A", seq=answer + 1, ack=up),
        c(get, flags="PA", seq=seq + 1, ack=answer + 1),
        s(ok, flags="PA", seq=answer + 1, ack=up),
        c(flags="FA", seq=up, ack=down),
        s(flags="FA", seq=down, ack=up + 1),
        c(flags="A", seq=up + 1, ack=down + 1),
    ]
    return [wrap(*step) for step in steps]


def eth(back):
    return Ether(src="02:00:00:00:00:0%d" % (1 + back), dst="02:00:00:00:00:0%d" % (2 - back))


def outer(back):
    return IP(src="192.0.2.%d" % (1 + back), dst="192.0.2.%d" % (2 - back))


def outer6(back, net):
    return IPv6(src="2001:db8:%x::%d" % (net, 1 + back), dst="2001:db8:%x::%d" % (net, 2 - back))


def vxlan(back, network):
    return eth(back) / outer(back) / UDP(sport=40000 + back, dport=4789) / VXLAN(vni=network, flags=8) / eth(back)


wraps = {
    "bare": lambda back, p: eth(back) / p,
    "vxlan": lambda back, p: vxlan(back, 7) / p,
    "gre": lambda back, p: eth(back) / outer(back) / GRE() / p,
    "gretap": lambda back, p: eth(back) / outer(back) / GRE(proto=0x6558) / eth(back) / p,
    "ipip": lambda back, p: eth(back) / outer(back) / p,
    "6in4": lambda back, p: eth(back) / outer(back) / outer6(back, 9) / p[IP].payload,
    "4in6": lambda back, p: eth(back) / outer6(back, 1) / p,
    "gtp": lambda back, p: eth(back) / outer(back) / UDP(sport=2152, dport=2152) / GTP_U_Header(teid=5 + back, gtp_type=255) / p,
    "geneve": lambda back, p: eth(back) / outer(back) / UDP(sport=50000 + back, dport=6081) / GENEVE(vni=9) / eth(back) / p,
    "mpls": lambda back, p: eth(back) / MPLS(label=99, s=1, ttl=9) / p,
    "gre in vxlan": lambda back, p: vxlan(back, 8) / outer(back) / GRE() / p,
}
packets = []
for k, (name, wrap) in enumerate(wraps.items()):
    packets += session(30000 + k, wrap, 1000 + k * 7)
    packets += session(31000, wrap, 1000 + k * 1009)
    if name == "6in4":
        continue
    packets += [wrap(0, IP(src=A, dst=B) / UDP(sport=1111, dport=5432) / b"x")]
    packets += [wrap(0, IP(src=A, dst=B) / UDP(sport=1000 + k, dport=53) / DNS(id=k, qd=DNSQR(qname="a.example")))]
    for inner, kind in ((TCP(sport=32000 + k, dport=81, flags="S", seq=5), 3), (UDP(sport=33000 + k, dport=811) / b"abc", 11)):
        sent, unseen = IP(src=A, dst="10.0.0.9") / inner, IP(src=A, dst="10.0.0.77") / inner
        packets += [wrap(0, sent)]
        packets += [wrap(1, IP(src="10.0.0.9", dst=A) / ICMP(type=kind, code=0) / p) for p in (sent, unseen)]
big = eth(0) / IP(src=A, dst=B) / TCP(sport=1234, dport=5432, seq=100, flags="PA") / (b"C" * 1400)
whole = outer(0) / UDP(sport=44444, dport=4789) / VXLAN(vni=3, flags=8) / big
whole.id = 9
packets += [eth(0) / p for p in fragment(whole, 1000)]
time = 1000.0
for packet in packets:
    packet.time = time
    time += 0.003
wrpcap("tunnels.pcap.gz", packets, gz=True)
