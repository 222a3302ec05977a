#!/usr/bin/env python3
"""Writes the sample captures of the plugins: python3 plugins/make.py. The frames are made from their fields here."""

import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))
MACS = bytes.fromhex("020000000002020000000001")


def ones(octets):
    """The Internet checksum."""
    if len(octets) % 2:
        octets += b"\0"
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ethernet(kind, payload):
    return MACS + struct.pack("!H", kind) + payload


def ip(protocol, payload, source, destination):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0, source, destination)
    return head[:10] + struct.pack("!H", ones(head)) + head[12:] + payload


A, B = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])


def udp(source_port, port, payload, source=A, destination=B):
    length = 8 + len(payload)
    head = struct.pack("!HHHH", source_port, port, length, 0)
    check = ones(source + destination + struct.pack("!HH", 17, length) + head + payload) or 0xFFFF
    datagram = head[:6] + struct.pack("!H", check) + payload
    return ethernet(0x0800, ip(17, datagram, source, destination))


SENT = {}


def tcp(source_port, port, payload, source=A, destination=B):
    here, there = (source, source_port, destination, port), (destination, port, source, source_port)
    sequence, acknowledged = SENT.get(here, 1), SENT.get(there, 1)
    SENT[here] = sequence + len(payload)
    head = struct.pack("!HHIIBBHHH", source_port, port, sequence, acknowledged, 0x50, 0x18, 8192, 0, 0)
    check = ones(source + destination + struct.pack("!HH", 6, len(head) + len(payload)) + head + payload)
    segment = head[:16] + struct.pack("!H", check) + head[18:] + payload
    return ethernet(0x0800, ip(6, segment, source, destination))


def write(name, frames):
    with open(os.path.join(HERE, name), "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for number, frame in enumerate(frames):
            file.write(struct.pack("<IIII", 1_700_000_000 + number, 0, len(frame), len(frame)) + frame)


def vntag():
    def tag(kind, direction=0, pointer=0, to=0, looped=0, source=0):
        word = direction << 31 | pointer << 30 | to << 16 | looped << 15 | source
        return struct.pack("!IH", word, kind)

    inner = udp(1234, 1234, b"hello")[14:]
    arp = bytes.fromhex("0001080006040001020000000001" + A.hex() + "000000000000" + B.hex())
    return [
        ethernet(0x8926, tag(0x0800, direction=1, to=100, source=7) + inner),
        ethernet(0x8926, tag(0x0806, direction=1, pointer=1, to=3, looped=1, source=7) + arp),
        # Around a VLAN tag, as on a trunk; and cut within the tag.
        ethernet(0x8926, tag(0x8100, source=8) + struct.pack("!HH", 7, 0x0800) + inner),
        ethernet(0x8926, tag(0x0800)[:5]),
    ]


def mndp():
    def entry(kind, body):
        return struct.pack("!HH", kind, len(body)) + body

    whole = b"\0\0" + struct.pack("!H", 7) + b"".join([
        entry(1, MACS[6:]),
        entry(5, b"border-router"),
        entry(7, b"7.15.3 (stable)"),
        entry(8, b"MikroTik"),
        entry(10, struct.pack("<I", 86_461)),
        entry(11, b"AB12-CD34"),
        entry(12, b"RB4011iGS+"),
        entry(14, b"\1"),
        entry(15, bytes.fromhex("fe80000000000000000000fffe000001")),
        entry(16, b"bridge/ether1"),
        entry(17, A),
        entry(999, b"\1\2\3"),
    ])
    everyone = b"\xff" * 4
    return [
        udp(5678, 5678, b"\0\0\0\0", destination=everyone),
        udp(5678, 5678, whole, destination=everyone),
        # An entry that is longer than the datagram.
        udp(5678, 5678, b"\0\0\0\x08" + struct.pack("!HH", 5, 40) + b"short", destination=everyone),
    ]


def cannelloni():
    frames = [
        struct.pack("!IB", 0x123, 3) + b"\1\2\3",
        struct.pack("!IB", 0x9ABCDEF0, 0),
        # A request for transmission of four octets, an error frame, and a CAN FD frame with its bit rate switched.
        struct.pack("!IB", 0x40000321, 4),
        struct.pack("!IB", 0x20000080, 8) + bytes(8),
        struct.pack("!IBB", 0x7FF, 0x80 | 12, 0x05) + bytes(range(12)),
    ]
    return [
        udp(20000, 20000, struct.pack("!BBBH", 2, 0, 9, len(frames)) + b"".join(frames)),
        udp(20000, 20000, struct.pack("!BBBH", 2, 0, 10, 0)),
        # One frame fewer than the count says; another version, which is not taken.
        udp(20000, 20000, struct.pack("!BBBH", 2, 0, 11, 2) + frames[0]),
        udp(20000, 20000, struct.pack("!BBBH", 1, 0, 12, 1) + frames[0]),
    ]


def crc_ccitt(octets):
    register = 0xFFFF
    for octet in octets:
        register ^= octet << 8
        for _ in range(8):
            register = (register << 1 ^ 0x1021 if register & 0x8000 else register << 1) & 0xFFFF
    return register


def synphasor():
    def frame(kind, body, version=1, quality=0x0F):
        head = struct.pack("!HHHIB", 0xAA00 | kind << 4 | version, 16 + len(body), 7, 1_700_000_000, quality)
        whole = head + (500_000).to_bytes(3, "big") + body
        return whole + struct.pack("!H", crc_ccitt(whole))

    def fixed(name):
        return name.encode().ljust(16)

    unit = fixed("Station A") + struct.pack("!HHHHH", 7, 0x0004, 2, 1, 1)
    unit += fixed("VA") + fixed("I1") + fixed("ANALOG1") + b"".join(fixed(f"BREAKER {n}") for n in range(16))
    unit += struct.pack("!II", 915_527, 1 << 24 | 45_776) + struct.pack("!B3s", 1, b"\xff\xff\xfe")
    unit += struct.pack("!HHHH", 0, 0xFFFF, 1, 22)
    configuration = struct.pack("!IH", 1_000_000, 1) + unit + struct.pack("!h", 50)

    def counted(name):
        return bytes([len(name)]) + name.encode()

    third = counted("Station B") + struct.pack("!H", 8) + bytes(range(16)) + struct.pack("!HHHH", 0x000F, 1, 1, 1)
    third += counted("VA") + counted("T") + b"".join(counted(f"D{n}") for n in range(16))
    third += struct.pack("!HBBff", 0x8240, 0x09, 0, 1.0, 0.5) + struct.pack("!ff", 0.1, -40.0)
    third += struct.pack("!HH", 0, 0xFFFF) + struct.pack("!fff", 48.2, 16.4, 170.0) + b"M"
    third += struct.pack("!IIHH", 20_000, 10, 0, 3)
    values = struct.pack("!hhhhfhhH", 14635, 0, 1092, -10, 2500.0, 2500, 0, 0x3C12)
    # The third kind of configuration frame has version 2, and its units their own rate of transmission at the end.
    frames = [
        frame(4, struct.pack("!H", 5)),
        frame(3, configuration),
        frame(1, b"Substation north, line 4"),
        frame(0, struct.pack("!H", 0x2A31) + values, quality=0x16),
        frame(5, struct.pack("!HIH", 0, 1_000_000, 1) + third + struct.pack("!h", -5), version=2),
    ]
    broken = frames[0][:-1] + bytes([frames[0][-1] ^ 1])
    stream = [tcp(4712, 5000, frames[0] + frames[2])]
    return [udp(4713, 4713, octets) for octets in frames + [broken]] + stream


def enip():
    def message(command, body, session=0x11223344, status=0, context=b"nettool!"):
        return struct.pack("<HHII8sI", command, len(body), session, status, context, 0) + body

    def items(*entries):
        made = [struct.pack("<HH", kind, len(body)) + body for kind, body in entries]
        return struct.pack("<H", len(entries)) + b"".join(made)

    address = struct.pack("!HH4s8x", 2, 44818, A)
    name = b"1756-EN2T/B"
    identity = struct.pack("<H", 1) + address + struct.pack("<HHHBBHI", 1, 12, 166, 5, 28, 0x0030, 0x00C0FFEE)
    identity += bytes([len(name)]) + name + b"\3"
    security = struct.pack("<HBBB", 0x0003, 2, 1, 0x13)
    services = struct.pack("<HH16s", 1, 0x0120, b"Communications")
    request = bytes.fromhex("0e03200124013001")
    return [
        udp(50000, 44818, message(0x63, b"", session=0)),
        udp(44818, 50000, message(0x63, items((0x0C, identity), (0x86, security)), session=0), B, A),
        tcp(50000, 44818, message(0x65, struct.pack("<HH", 1, 0), session=0)),
        tcp(44818, 50000, message(0x65, struct.pack("<HH", 1, 0)), B, A),
        tcp(44818, 50000, message(0x04, items((0x100, services)), session=0), B, A),
        tcp(50000, 44818, message(0x6F, struct.pack("<IH", 0, 10) + items((0, b""), (0xB2, request)))),
        tcp(50000, 44818, message(0x70, struct.pack("<IH", 0, 0) + items(
            (0xA1, struct.pack("<I", 0xDEADBEEF)), (0xB1, struct.pack("<H", 3) + request),
            (0x8001, address), (0x8002, struct.pack("<II", 0xDEADBEEF, 5)),
            (0x8003, struct.pack("<HII", 0x8001, 7, 0) + request)))),
        # Two messages in a segment, the second of which goes on in another, with one more; and an answer that says no.
        tcp(50000, 44818, message(0x66, b"") + message(0, b"\1\2\3\4")[:26]),
        tcp(44818, 50000, message(0x6F, b"", status=0x64), B, A),
        tcp(50000, 44818, message(0, b"\1\2\3\4")[26:] + message(0x66, b"", session=5)),
    ]


for made in (vntag, mndp, cannelloni, synphasor, enip):
    write(made.__name__ + ".pcap", made())
