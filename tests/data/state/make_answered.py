#!/usr/bin/env python3
"""answered.pcap: requests and their answers, some sent again, some without one. solicitations.pcap: hosts that ask for routers at once."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from scapy.all import (ASN1_OID, DNS, DNSQR, DNSRR, ICMP, IP, NTP, SNMP, TCP, UDP, Ether, ICMPv6EchoReply, ICMPv6EchoRequest,
                       ICMPv6ND_RA, ICMPv6ND_RS, IPv6, Radius, SNMPget, SNMPresponse, SNMPvarbind)
from scapy.contrib.coap import CoAP
from written import captures

capture = captures(os.path.dirname(os.path.abspath(__file__)))
ONE, TWO = '02:00:00:00:00:01', '02:00:00:00:00:02'
frames, clock = [], [0]


def send(packet, micros):
    clock[0] += micros
    frames.append((clock[0], packet))


def there(packet, micros=100_000):
    send(Ether(src=ONE, dst=TWO) / IP(src='10.0.0.1', dst='10.0.0.2') / packet, micros)


def back(packet, micros=3_000):
    send(Ether(src=TWO, dst=ONE) / IP(src='10.0.0.2', dst='10.0.0.1') / packet, micros)


for number in range(6):
    there(ICMP(id=7, seq=number) / b'abcdefgh', 500_000)
    if number != 3:
        back(ICMP(type=0, id=7, seq=number) / b'abcdefgh', 12_345 * (number + 1))
for number in range(3):
    send(Ether(src=ONE, dst=TWO) / IPv6(src='fe80::1', dst='fe80::2') / ICMPv6EchoRequest(id=3, seq=number, data=b'x' * 8), 200_000)
    send(Ether(src=TWO, dst=ONE) / IPv6(src='fe80::2', dst='fe80::1') / ICMPv6EchoReply(id=3, seq=number, data=b'x' * 8), 310)
for number in range(3):
    name = f'h{number}.example'
    query = UDP(sport=4000 + number, dport=53) / DNS(id=100 + number, qd=DNSQR(qname=name))
    there(query)
    if number == 2:
        there(query, 1_000_000)
    back(UDP(sport=53, dport=4000 + number) / DNS(id=100 + number, qr=1, qd=DNSQR(qname=name), an=DNSRR(rrname=name, rdata='1.2.3.4')))
sequence = [1000, 5000]


def segment(side, flags, octets=b'', micros=1_000):
    ports = (4444, 80) if side == 0 else (80, 4444)
    packet = TCP(sport=ports[0], dport=ports[1], flags=flags, seq=sequence[side], ack=sequence[1 - side] if 'A' in flags else 0) / octets
    (there if side == 0 else back)(packet, micros)
    sequence[side] += len(octets) + ('S' in flags)


segment(0, 'S')
segment(1, 'SA')
segment(0, 'A')
for number in range(3):
    segment(0, 'PA', b'GET /%d HTTP/1.1\r\nHost: a\r\n\r\n' % number, 100_000)
    segment(1, 'PA', b'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc', 20_000)
for number in range(2):
    objects = [SNMPvarbind(oid=ASN1_OID('1.3.6.1.2.1.1.1.0'))]
    there(UDP(sport=4100, dport=161) / SNMP(PDU=SNMPget(id=5 + number, varbindlist=objects)))
    back(UDP(sport=161, dport=4100) / SNMP(PDU=SNMPresponse(id=5 + number, varbindlist=objects)))
there(UDP(sport=4200, dport=1812) / Radius(code=1, id=9, authenticator=b'a' * 16))
back(UDP(sport=1812, dport=4200) / Radius(code=2, id=9, authenticator=b'b' * 16))
there(UDP(sport=4300, dport=5683) / CoAP(type=0, code=1, msg_id=99, token=b'ab'))
back(UDP(sport=5683, dport=4300) / CoAP(type=2, code=69, msg_id=99, token=b'ab'))
there(UDP(sport=123, dport=123) / NTP(mode=3, version=4, sent=3900000000.5))
back(UDP(sport=123, dport=123) / NTP(mode=4, version=4, orig=3900000000.5, recv=3900000001, sent=3900000001.2))
capture('answered', 1, (1700000000, 0), frames)

asks = [('fe80::1', ONE), ('::', TWO), ('::', '02:00:00:00:00:03'), ('fe80::1', ONE)]
solicitations = [(1000 * at, Ether(src=sender, dst='33:33:00:00:00:02') / IPv6(src=address, dst='ff02::2', hlim=255) / ICMPv6ND_RS())
                 for at, (address, sender) in enumerate(asks)]
answer = Ether(src='02:00:00:00:00:09', dst='33:33:00:00:00:01') / IPv6(src='fe80::9', dst='ff02::1', hlim=255) / ICMPv6ND_RA()
capture('solicitations', 1, (1700000000, 0), solicitations + [(10_000, answer)])
