# Left out is what scapy takes for an answer without looking closely: another server port, another IPv6 host, NTP of any mode.
# Packets, and packets that may answer them: "LINK HEX LINK HEX VERDICT NAME" a line, by scapy's own answers().
import sys
from scapy.all import *
conf.checkIPID = False
A, B, C = "10.0.0.1", "10.0.0.2", "10.9.9.9"
A6, B6, C6 = "fd00::1", "fd00::2", "fd00::9"

def pairs():
    """Name, request, and answers, some of them to nothing."""
    there, back = IP(src=A, dst=B), IP(src=B, dst=A)
    there6, back6 = IPv6(src=A6, dst=B6), IPv6(src=B6, dst=A6)
    yield "echo", there/ICMP(type=8, id=7, seq=3), [back/ICMP(type=0, id=7, seq=s) for s in (3, 4)] + [back/ICMP(type=8, id=7, seq=3), back/ICMP(type=0, id=8, seq=3), IP(src=C, dst=A)/ICMP(type=0, id=7, seq=3)]
    yield "timestamp", there/ICMP(type=13, id=7, seq=3), [back/ICMP(type=14, id=7, seq=3), back/ICMP(type=14, id=7, seq=4), back/ICMP(type=0, id=7, seq=3)]
    yield "mask", there/ICMP(type=17, id=7, seq=3), [back/ICMP(type=18, id=7, seq=3)]
    yield "syn", there/TCP(sport=1000, dport=80, flags="S", seq=0), [back/TCP(sport=80, dport=1000, flags=f, seq=0, ack=1) for f in ("SA", "RA")] + [back/TCP(sport=81, dport=1000, flags="SA", ack=1), back/TCP(sport=80, dport=1001, flags="SA", ack=1), there/TCP(sport=80, dport=1000, flags="SA", ack=1)]
    yield "udp", there/UDP(sport=1000, dport=9)/b"x", [back/UDP(sport=9, dport=1000)/b"y", back/UDP(sport=9, dport=1001)/b"y"]
    yield "dns", there/UDP(sport=1000, dport=53)/DNS(id=5, qr=0, qd=DNSQR(qname="a.b")), [back/UDP(sport=53, dport=1000)/DNS(id=i, qr=q, qd=DNSQR(qname="a.b")) for i in (5, 6) for q in (0, 1)]
    yield "ntp", there/UDP(sport=123, dport=123)/NTPHeader(mode=3, sent=12345), [back/UDP(sport=123, dport=123)/NTPHeader(mode=4, orig=12345)]
    yield "snmp", there/UDP(sport=1000, dport=161)/SNMP(PDU=SNMPget(id=9, varbindlist=[SNMPvarbind(oid="1.3.6")])), [back/UDP(sport=161, dport=1000)/SNMP(PDU=SNMPresponse(id=i, varbindlist=[SNMPvarbind(oid="1.3.6")])) for i in (9, 10)]
    yield "bootp", there/UDP(sport=68, dport=67)/BOOTP(op=1, xid=77), [back/UDP(sport=67, dport=68)/BOOTP(op=2, xid=x) for x in (77, 78)]
    yield "echo6", there6/ICMPv6EchoRequest(id=7, seq=3), [back6/ICMPv6EchoReply(id=7, seq=s) for s in (3, 4)]
    yield "ns", IPv6(src=A6, dst="ff02::1:ff00:2")/ICMPv6ND_NS(tgt=B6), [back6/ICMPv6ND_NA(tgt=B6), IPv6(src=C6, dst=A6)/ICMPv6ND_NA(tgt=C6)]
    yield "udp6", there6/UDP(sport=1000, dport=9)/b"x", [back6/UDP(sport=9, dport=1000)/b"y", back6/UDP(sport=9, dport=1001)/b"y"]
    yield "syn6", there6/TCP(sport=1000, dport=80, flags="S", seq=0), [back6/TCP(sport=80, dport=1000, flags="RA", ack=1), back6/TCP(sport=80, dport=1001, flags="RA", ack=1)]
    ether = Ether(src="02:00:00:00:00:01", dst="ff:ff:ff:ff:ff:ff")
    yield "arp", ether/ARP(op=1, psrc=A, pdst=B), [Ether()/ARP(op=o, psrc=p, pdst=A) for o in (1, 2) for p in (B, C)]
    yield "vlan", ether/Dot1Q(vlan=5)/ARP(op=1, psrc=A, pdst=B), [Ether()/Dot1Q(vlan=v)/ARP(op=2, psrc=B, pdst=A) for v in (5, 6)]

def errors(name, probe):
    """Errors from the end and from a router that quote what was sent, as routers do."""
    if IP in probe and Ether not in probe:
        quote = bytes(probe)[:28]
        for kind, code in ((11, 0), (3, 3), (3, 1)):
            for source in (B, C):
                yield IP(bytes(IP(src=source, dst=A)/ICMP(type=kind, code=code)/Raw(quote)))
    if IPv6 in probe and not ICMPv6ND_NS in probe:
        quote = bytes(probe)
        for kind in (ICMPv6TimeExceeded, ICMPv6DestUnreach):
            for source in (B6, C6):
                yield IPv6(bytes(IPv6(src=source, dst=A6)/kind()/Raw(quote)))

def again(packet):
    return packet.__class__(bytes(packet))

everything = [(name, again(request), [again(answer) for answer in answers]) for name, request, answers in pairs()]
replies = [(name, answer) for name, request, answers in everything for answer in answers + list(errors(name, request))]
link = lambda packet: "1" if isinstance(packet, Ether) else "101"
for name, request, _ in everything:
    for other, answer in replies:
        if link(request) != link(answer):
            continue
        try:
            verdict = int(bool(answer.answers(request)))
        except Exception:
            continue
        print(link(request), bytes(request).hex(), bytes(answer).hex(), verdict, name, other, answer.summary().replace(" ", "_"))
