#!/usr/bin/env python3
"""Makes tunnelled.pcap: requests and answers in tunnels whose outer addresses and ports are not turned around in answers."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from written import captures
from scapy.contrib.geneve import GENEVE
from scapy.layers.all import DNS, DNSQR, DNSRR, GRE, ICMP, IP, UDP, VXLAN, Ether

HOSTS = "10.1.0.1", "10.1.0.2"
ENDS = "192.0.2.1", "192.0.2.2"


def ether(back):
    pair = ("02:00:00:00:00:01", "02:00:00:00:00:02")[:: -1 if back else 1]
    return Ether(src=pair[0], dst=pair[1])


def tunnel(kind, inner, back, port):
    source, destination = ENDS[:: -1 if back else 1]
    outer = ether(back) / IP(src=source, dst=destination, id=port)
    if kind == "vxlan":
        return outer / UDP(sport=port, dport=4789) / VXLAN(vni=7, flags=8) / ether(back) / inner
    if kind == "geneve":
        return outer / UDP(sport=port, dport=6081) / GENEVE(vni=7, proto=0x6558) / ether(back) / inner
    if kind == "gre":
        return outer / GRE() / inner
    # The answer comes by another way.
    return ether(back) / IP(src="198.51.100.1" if back else source, dst="198.51.100.2" if back else destination) / inner


packets = []
for number, kind in enumerate(("vxlan", "geneve", "gre", "ipip")):
    for back in (False, True):
        source, destination = HOSTS[:: -1 if back else 1]
        echo = IP(src=source, dst=destination) / ICMP(type=0 if back else 8, id=9, seq=number) / b"ping"
        packets.append(tunnel(kind, echo, back, 50000 + 10 * number + back))
    for back in (False, True):
        source, destination = HOSTS[:: -1 if back else 1]
        ports = {"sport": 53, "dport": 3000 + number} if back else {"sport": 3000 + number, "dport": 53}
        answer = DNSRR(rrname="example.net", rdata="192.0.2.9") if back else None
        message = DNS(id=number + 1, qr=int(back), qd=DNSQR(qname="example.net"), an=answer)
        datagram = IP(src=source, dst=destination) / UDP(**ports) / message
        packets.append(tunnel(kind, datagram, back, 50100 + 10 * number + back))
timed = [(at * 1500, packet) for at, packet in enumerate(packets)]
captures(os.path.dirname(os.path.abspath(__file__)))("tunnelled", 1, (1700000000, 0), timed)
