#!/usr/bin/env python3
"""names.pcap: questions with names of every odd kind. contradictions.pcap: headers that say of themselves what cannot be."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from scapy.all import AH, GRE, IP, IPv6, LLC, STP, TCP, UDP, Dot3, Ether, ICMPv6EchoRequest, Raw
from scapy.contrib.mpls import MPLS
from written import captures

capture = captures(os.path.dirname(os.path.abspath(__file__)))


def labels(*parts):
    return b''.join(bytes([len(part)]) + part for part in parts)


def chain(pointers):
    """A name through so many pointers, the first in the question, the others behind it."""
    behind = 12 + 6
    octets = struct.pack('!H', 0xc000 | behind) + TYPE
    for at in range(pointers - 1):
        octets += struct.pack('!H', 0xc000 | behind + 2 * (at + 1))
    return octets + b'\3abc\0'


TYPE = struct.pack('!HH', 1, 1)
LONG = [b'a' * 63, b'b' * 63, b'c' * 63]
NAMES = [
    b'\xc0\x0c', b'\3abc\xc0\x0c', b'\x3f' + b'b' * 63 + b'\xc0\x0c', b'\xc0\xff', b'\xc0\0', b'\xc0\4',
    b'\x41\3\xa0\0', b'\x42abc\0', b'\3abc\x40\0', b'\3abc\x7f\0', b'\x80abc\0', b'\3abc\x80\0', b'\xbf\0',
    labels(*LONG, b'd' * 60) + b'\0', labels(*LONG, b'd' * 61) + b'\0', labels(*LONG, b'd' * 62) + b'\0',
    labels(*LONG, b'd' * 63) + b'\0', labels(*[b'a'] * 126) + b'\0', labels(*[b'a'] * 127) + b'\0',
    labels(*[b'a'] * 130) + b'\0', labels(b'a.b', b'c') + b'\0', labels(b'a\\b', b'c\\.d') + b'\0',
    labels(b'a"b\'') + b'\0', labels(b'a b') + b'\0', labels(b'a\0b', b'c') + b'\0', labels(bytes(range(1, 32))) + b'\0',
    labels(b'\x7f\x80') + b'\0', labels(b'\xff\xfe\xc3') + b'\0', labels('ü日'.encode(), '😀'.encode()) + b'\0',
    labels(b'\xc2\x85x') + b'\0', labels(b'a,b') + b'\0', labels(b'\xe6\x97', b'\xa5') + b'\0',
    labels('\u202eabc'.encode()) + b'\0', b'\0',
]
ETHER = Ether(src='02:00:00:00:00:01', dst='02:00:00:00:00:02')
FOUR, SIX = IP(src='10.0.0.1', dst='10.0.0.2'), IPv6(src='2001:db8::1', dst='2001:db8::2')


def question(octets):
    return ETHER / FOUR / UDP(sport=4000, dport=53) / Raw(struct.pack('!6H', 1, 0x100, 1, 0, 0, 0) + octets)


questions = [question(name + TYPE) for name in NAMES] + [question(chain(pointers)) for pointers in (1, 2, 16, 40, 100)]
capture('names', 1, (1700000000, 0), list(enumerate(questions)))

PORTS = UDP(sport=7, dport=50000) / b'abcdefgh'
CONTRADICTIONS = [
    *[ETHER / IP(src='10.0.0.1', dst='10.0.0.2', len=length) / PORTS for length in (1, 10, 19, 20, 28, 36, 1000, 65535)],
    *[ETHER / IPv6(src='2001:db8::1', dst='2001:db8::2', plen=length) / PORTS for length in (8, 16, 1000, 65535)],
    *[ETHER / network / UDP(sport=50001, dport=4789, len=length) / bytes(16)
      for network in (FOUR, SIX) for length in (1, 7, 8, 9, 24, 1000)],
    ETHER / FOUR / UDP(sport=50001, dport=4789, len=0) / bytes(16),
    *[ETHER / IP(src='10.0.0.1', dst='10.0.0.2', version=version) / PORTS for version in (0, 3, 5, 15)],
    *[ETHER / IP(src='10.0.0.1', dst='10.0.0.2', ihl=ihl) / PORTS for ihl in (0, 1, 4)],
    *[ETHER / IPv6(src='2001:db8::1', dst='2001:db8::2', version=version) / PORTS for version in (0, 4, 5, 7)],
    Ether(type=0x800) / SIX / TCP(sport=1, dport=2), Ether(type=0x86dd) / FOUR / PORTS,
    ETHER / FOUR / GRE(proto=0x800) / SIX / ICMPv6EchoRequest(), ETHER / FOUR / GRE(proto=0x86dd) / FOUR / PORTS,
    ETHER / SIX / AH(nh=4, payloadlen=4, icv=b'x' * 12) / SIX / PORTS, ETHER / FOUR / IP(proto=4) / SIX / PORTS,
    ETHER / MPLS(label=13, s=1, ttl=9) / Raw(bytes.fromhex('1000000745000000')),
    ETHER / MPLS(label=13, s=1, ttl=9) / FOUR / PORTS, ETHER / MPLS(label=14, s=1, ttl=1) / FOUR / PORTS,
    *[Dot3(src='02:00:00:00:00:01', dst='01:80:c2:00:00:00') / LLC(dsap=0x42, ssap=0x42, ctrl=3)
      / STP(version=version, bpdutype=kind, rootmac='02:00:00:00:00:09')
      for version in (0, 2, 3, 4, 255) for kind in (0, 1, 2, 3, 0x80, 0x81, 0xff)],
]
capture('contradictions', 1, (1700000000, 0), list(enumerate(CONTRADICTIONS)))
