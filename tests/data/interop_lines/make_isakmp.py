#!/usr/bin/env python3
"""isakmp.pcap: proposals, identities, certificates, notifications and deletions of both versions, and what NAT traversal puts around them.
Nonces and authentication data stand last, behind which tcpdump 4.99 goes on to the end of the message; no answers of version 1, whose
direction tcpdump remembers."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from scapy.all import IP, UDP, Ether, Raw
from written import captures

frames = []


def payloads(entries):
    """Each a kind and its content."""
    octets = b''
    for at, (_, content) in enumerate(entries):
        following = entries[at + 1][0] if at + 1 < len(entries) else 0
        octets += struct.pack('!BBH', following, 0, len(content) + 4) + content
    return octets


def message(version, exchange, flags, number, entries):
    body = payloads(entries)
    first = entries[0][0] if entries else 0
    responder = b'abcdefgh' if version == 0x20 and exchange != 34 else bytes(8)
    return b'12345678' + responder + bytes([first, version, exchange, flags]) + struct.pack('!II', number, 28 + len(body)) + body


def send(octets, port=500):
    frames.append(Ether(src='02:00:00:00:00:01', dst='02:00:00:00:00:02') / IP(src='10.0.0.1', dst='10.0.0.2')
                  / UDP(sport=port, dport=port) / Raw(octets))


def attribute(kind, value):
    if isinstance(value, int):
        return struct.pack('!HH', 0x8000 | kind, value)
    return struct.pack('!HH', kind, len(value)) + value


def listed(kind, contents):
    octets = b''
    for at, content in enumerate(contents):
        octets += struct.pack('!BBH', kind if at + 1 < len(contents) else 0, 0, len(content) + 4) + content
    return octets


def proposal(number, protocol, spi, transforms):
    return bytes([number, protocol, len(spi), len(transforms)]) + spi + listed(3, transforms)


def transform(number, kind, attributes=()):
    return struct.pack('!BBH', number, kind, 0) + b''.join(attributes)


def transform_2(kind, number, attributes=()):
    return struct.pack('!BBH', kind, 0, number) + b''.join(attributes)


def association(*proposals):
    return 1, struct.pack('!II', 1, 1) + listed(2, proposals)


FIRST = [attribute(1, 7), attribute(14, 256), attribute(2, 2), attribute(3, 1), attribute(4, 2), attribute(11, 1),
         attribute(12, b'\0\0\x70\x80')]
OTHER = [attribute(1, 5), attribute(2, 1), attribute(3, 3), attribute(4, 5), attribute(11, 2), attribute(12, 28800)]
LATER = [attribute(4, 1), attribute(5, 2), attribute(6, 256), attribute(1, 1), attribute(2, 3600)]
send(message(0x10, 2, 0, 0, [association(proposal(1, 1, b'', [transform(1, 1, FIRST), transform(2, 1, OTHER)])), (13, b'v' * 16)]))
send(message(0x10, 2, 0, 0, [(4, b'k' * 32), (10, b'n' * 16)]))
for kind, value in [(1, b'\x0a\0\0\1'), (2, b'host.test'), (3, b'user@host.test'), (4, b'\x0a\0\0\0\xff\xff\xff\0'), (5, bytes(15) + b'\1'),
                    (6, bytes(16) + b'\xff' * 8 + bytes(8)), (7, b'\x0a\0\0\1\x0a\0\0\x09'), (8, bytes(15) + b'\1' + bytes(15) + b'\2'),
                    (9, b'dn'), (10, b'gn'), (11, b'key'), (12, b'?')]:
    send(message(0x10, 2, 0, 0, [(5, bytes([kind, 17, 1, 0xf4]) + value), (8, b'h' * 20)]))
for kind in range(12):
    send(message(0x10, 2, 0, 0, [(6, bytes([kind]) + b'cert'), (7, bytes([kind]) + b'ca'), (9, b's' * 16)]))
for kind in [*range(31), 8192, 16384, 24577, 24578, 40000]:
    send(message(0x10, 5, 0, 9, [(11, struct.pack('!IBBH', 1, 3, 4, kind) + b'\1\2\3\4\0\0\0\1')]))
send(message(0x10, 5, 0, 9, [(11, struct.pack('!IBBH', 1, 1, 16, 14) + b'12345678abcdefgh')]))
for protocol in range(5):
    send(message(0x10, 5, 0, 9, [(12, struct.pack('!IBBH', 1, protocol, 4, 2) + b'\1\2\3\4\5\6\7\x08')]))
send(message(0x10, 32, 0, 77, [(8, b'h' * 20), association(
    proposal(1, 3, b'\1\2\3\4', [transform(at, kind, LATER) for at, kind in enumerate(range(14))]),
    proposal(2, 2, b'\1\2\3\5', [transform(at, kind) for at, kind in enumerate(range(9))]),
    proposal(3, 4, b'', [transform(at, kind) for at, kind in enumerate(range(5))])), (10, b'n' * 16)]))
send(message(0x10, 32, 1, 77, [(8, b'e' * 60)]))
send(bytes(4) + message(0x10, 32, 1, 77, [(8, b'e' * 60)]), 4500)
send(b'\xff', 4500)
send(b'\1\2\3\4\0\0\0\1' + b'z' * 20, 4500)
send(message(0x20, 34, 8, 0, [(33, listed(2, [
    proposal(1, 1, b'', [transform_2(1, 12, [attribute(14, 256)]), transform_2(2, 5), transform_2(3, 12), transform_2(4, 14)]),
    proposal(2, 3, b'\1\2\3\4', [transform_2(kind, at) for kind in range(7) for at in range(20)])])),
    (34, struct.pack('!HH', 14, 0) + b'k' * 32), (43, b'vendor')]))
send(message(0x20, 34, 8, 0, [(40, b'n' * 32)]))
for kind in [*range(40), *range(16384, 16400)]:
    send(message(0x20, 37, 8, 2, [(41, struct.pack('!BBH', 3, 0, kind))]))
send(message(0x20, 37, 8, 2, [(41, struct.pack('!BBH', 3, 4, 7) + b'\1\2\3\4')]))
for kind, value in [(1, b'\x0a\0\0\1'), (2, b'host.test'), (3, b'user@host.test'), (5, bytes(15) + b'\1'), (9, b'dn'), (11, b'key')]:
    send(message(0x20, 35, 8, 1, [(35, bytes([kind, 0, 0, 0]) + value), (36, bytes([kind, 0, 0, 0]) + value),
                                  (39, b'\2\0\0\0' + b'a' * 20)]))
send(message(0x20, 35, 8, 1, [(37, b'\4cert'), (38, b'\4ca'), (44, b'\1\0\0\0' + b't' * 16), (45, b'\1\0\0\0' + b't' * 16), (46, b'z' * 64)]))
send(message(0x20, 37, 8, 2, [(42, struct.pack('!BBH', 3, 4, 2) + b'\1\2\3\4\5\6\7\x08')]))
send(message(0x20, 37, 8, 2, []))
captures(os.path.dirname(os.path.abspath(__file__)))('isakmp', 1, (1700000000, 0), list(enumerate(frames)))
