#!/usr/bin/env python3
"""split.pcap: requests and answers that lie behind several fragments or segments, and several answers that one segment completes."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from scapy.all import (DNS, DNSQR, DNSRR, ICMP, IP, TCP, UDP, Ether, ICMPv6EchoReply, ICMPv6EchoRequest, IPv6,
                       IPv6ExtHdrFragment, fragment, fragment6)
from written import captures

capture = captures(os.path.dirname(os.path.abspath(__file__)))
ONE, TWO = '02:00:00:00:00:01', '02:00:00:00:00:02'
frames, clock = [], [0]


def send(packet, back=False):
    clock[0] += 1_000
    source, destination = (TWO, ONE) if back else (ONE, TWO)
    frames.append((clock[0], Ether(src=source, dst=destination) / packet))


def v4(payload, number, back=False):
    hosts = ('10.0.0.1', '10.0.0.2')
    source, destination = reversed(hosts) if back else hosts
    for piece in fragment(IP(src=source, dst=destination, id=number) / payload, 1480):
        send(piece, back)


def v6(payload, number, back=False):
    hosts = ('2001:db8::1', '2001:db8::2')
    source, destination = reversed(hosts) if back else hosts
    for piece in fragment6(IPv6(src=source, dst=destination) / IPv6ExtHdrFragment(id=number) / payload, 1280):
        send(piece, back)


def question(number, name):
    return DNS(id=number, qd=DNSQR(qname=name, qtype='TXT'))


def answer(number, name, records=1):
    text = DNSRR(rrname=name, type='TXT', rdata=b'x' * 250)
    return DNS(id=number, qr=1, qd=DNSQR(qname=name, qtype='TXT'), an=[text] * records)


for number in range(3):
    v4(ICMP(id=7, seq=number) / (b'p' * 4000), 100 + number)
    v4(ICMP(type=0, id=7, seq=number) / (b'p' * 4000), 200 + number, True)
v4(UDP(sport=5555, dport=53) / question(77, 'large.example'), 9)
v4(UDP(sport=53, dport=5555) / answer(77, 'large.example', 12), 10, True)
v6(ICMPv6EchoRequest(id=3, seq=1, data=b'q' * 3000), 5)
v6(ICMPv6EchoReply(id=3, seq=1, data=b'q' * 3000), 6, True)

state = {False: [1000, 0], True: [5000, 0]}


def segment(port, flags, data=b'', back=False):
    own, peer = state[back], state[not back]
    ports = (port, 40000) if back else (40000, port)
    v4(TCP(sport=ports[0], dport=ports[1], flags=flags, seq=own[0], ack=0 if flags == 'S' else peer[0]) / data, 300, back)
    own[0] += len(data) + (1 if 'S' in flags else 0)


def connection(port):
    segment(port, 'S')
    segment(port, 'SA', back=True)
    segment(port, 'A')


def message(dns):
    octets = bytes(dns)
    return struct.pack('!H', len(octets)) + octets


connection(53)
one, two = message(answer(1, 'one.example')), message(answer(2, 'two.example'))
segment(53, 'PA', message(question(1, 'one.example')))
segment(53, 'PA', message(question(2, 'two.example')))
# The second segment completes both.
segment(53, 'A', one[:90], True)
segment(53, 'PA', one[90:] + two, True)
# A question in two segments, and its answer in three.
three = message(question(3, 'three.example'))
segment(53, 'A', three[:11])
segment(53, 'PA', three[11:])
three = message(answer(3, 'three.example', 2))
for start in range(0, len(three), 250):
    segment(53, 'PA', three[start:start + 250], True)

connection(80)
segment(80, 'PA', b'GET /one HTTP/1.1\r\nHost: www.example\r\n\r\n')
segment(80, 'A', b'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n', True)
segment(80, 'PA', b'twenty octets of it.', True)

capture('split', 1, (1700000000, 0), frames)
