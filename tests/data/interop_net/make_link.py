#!/usr/bin/env python3
"""Makes link_tlvs.pcap, cfm.pcap, ptp_tlvs.pcap and spt.pcap: what scapy has no layers for, by the standards' layouts. `make_link.py [FOLDER]`.

Octets of values count up, so that a field that is read at the wrong place differs.
"""
import os
import struct
import sys

FOLDER = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
SOURCE = '020000000001'


def octets(text):
    return bytes.fromhex(text.replace(' ', ''))


def up(count, first=0x21):
    return bytes((first + i) & 255 for i in range(count)).hex()


def write(name, frames):
    with open(os.path.join(FOLDER, name), 'wb') as out:
        out.write(struct.pack('<IHHIIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1))
        for number, frame in enumerate(frames):
            frame = octets(frame)
            out.write(struct.pack('<IIII', 1700000000 + number, 0, len(frame), len(frame)) + frame)


def lldp(*values):
    head = f'0180c200000e {SOURCE} 88cc 0207 04 {SOURCE} 0403 05 6574 0602 0078 '
    parts = [octets(value) for value in values]
    return head + ''.join((127 << 9 | len(part)).to_bytes(2, 'big').hex() + part.hex() for part in parts) + '0000'


def cdp(*values):
    parts = ''.join(f'{kind:04x}{len(octets(body)) + 4:04x}' + body for kind, body in values)
    frame = octets('aaaa0300000c2000 02b40000' + parts)
    return f'01000ccccccc {SOURCE} {len(frame):04x}' + frame.hex()


ENERGY = up(60) + '0102030405060708 0068 0004' + ''.join(
    f'{kind:08x}{len(octets(body)) + 8:08x}' + body
    for kind, body in [(7, '61620000'), (8, '63640000'), (9, '65660000'), (0x17, up(14))])
write('link_tlvs.pcap', [
    lldp('00120f 02 07 01 05 5a 0082 0081' + up(17, 0x11)),
    lldp('001b3f 00' + up(9)),
    lldp('000ecf 09' + up(16)), lldp('000ecf 0a 07 01' + up(6)), lldp('000ecf 0b' + up(16)),
    lldp('000ecf 0c' + up(16)), lldp('000ecf 0d' + up(26)),
    *(lldp(f'000142 {kind:02x}' + up(size)) for kind, size in [
        (0xc9, 1), (0xca, 1), (0xcb, 4), (0xcc, 1), (0xcd, 2), (0xce, 5), (0xcf, 41), (0xd0, 4), (0xd1, 1), (0xd2, 7),
        (0xd3, 2), (0xd4, 9), (0xd6, 5), (0xd7, 6), (0xd8, 1), (0xd9, 12), (0xda, 1), (0xdb, 2)]),
    *(lldp(f'00400d {kind:02x}' + up(size)) for kind, size in [(1, 7), (3, 4), (4, 12), (5, 4), (6, 4), (7, 1)]),
    lldp('00040d 0b' + up(46)), lldp('00040d 0c' + up(42)),
    lldp('00005e 01' + b'https://example.net/mud'.hex()), lldp('a42305 02' + up(5)), lldp('a42305 03' + up(4)),
    lldp('001b21 02 080a 0000 8000 8906 1d1b21 08'), lldp('001b21 01 0c05 0000 8000 80'),
    cdp((0x1f, '0a'), (0x1f, '05')), cdp((7, '0a000001')), cdp((0x1d, ENERGY)),
])


def cfm(opcode, flags, offset, body):
    return f'0180c2000031 {SOURCE} 8902 60 {opcode:02x} {flags:02x} {offset:02x}' + body


def check(domain, association):
    name = octets(domain + association)
    return cfm(1, 0x86, 70, '00000001 0002' + (name + bytes(48 - len(name))).hex() + up(16) + '00')


DOMAINS = ['01', '02 04 61626364', '03 08 0102030405060708', '04 03 616263']
ASSOCIATIONS = ['01 02 0123', '02 04 61626364', '03 02 4567', '04 07 01020304050607']
TRACE = '01 0014 04 04 aabbccdd 05 0102030405 06 010203040506'
write('cfm.pcap', [
    *(cfm(opcode, 0xa5, size, up(size) + '00') for opcode, size in [
        (33, 0), (35, 0), (39, 4), (40, 32), (43, 12), (47, 32), (48, 20), (49, 20), (50, 20), (51, 20), (52, 0), (53, 16),
        (54, 16), (55, 16), (37, 4)]),
    cfm(32, 0x05, 13, '01' + up(12) + '00'),
    *(check(domain, association) for domain in DOMAINS for association in ASSOCIATIONS),
    cfm(4, 0xe3, 6, '00000001 40 01' + TRACE + '05 0007 01 aabbccddeeff 00'),
    cfm(4, 0x80, 6, '00000001 40 02 05 000d 01 aabbccddeeff 04 03 01020304'),
    cfm(4, 0x80, 6, '00000001 40 03 06 000d 02 aabbccddeeff 04 03 01020304'),
    cfm(4, 0x80, 6, '00000001 40 03 08 0010' + up(16) + '00'),
    cfm(5, 0x80, 17, f'00000001 40 {SOURCE} 020000000002 07 0008' + up(8) + '1f 0006 aabbcc 01 0102 00'),
    *(cfm(37, 0, 4, f'00000007 20 0009 {kind:02x}' + up(8) + '00') for kind in range(4)),
    cfm(3, 0, 4, '00000007 03 0009' + up(9) + '00'),
])


def ptp(kind, body, sdo=0, flags=0x0200):
    frame = octets(body)
    return (f'011b19000000 {SOURCE} 88f7 {sdo << 4 | kind:02x} 02 {34 + len(frame):04x} 00 00 {flags:04x} 000000000000000000000000'
            '020000fffe000001 0001 0007 05 01' + frame.hex())


def tlv(kind, body):
    return f'{kind:04x}{len(octets(body)):04x}' + body


ANNOUNCE = '000000000000 00000000 0025 00 80 f8 fe ffff 80 020000fffe000001 0000 a0'
ANY = 'ffffffffffffffffffff'


def manage(kind, body):
    return ptp(13, ANY + '01 01 02 00' + tlv(1, f'{kind:04x}' + body))


write('ptp_tlvs.pcap', [
    ptp(8, up(10) + tlv(3, '0080c2 000001' + up(22)), 1),
    ptp(0, up(10), 1), ptp(0, up(10), 1, 0), ptp(0, up(10)),
    ptp(12, ANY + tlv(3, '0080c2 000002 fd fe 01 07 2122'), 1),
    ptp(12, ANY + tlv(0x8000, '0080c2 000004 f9' + up(5)), 1),
    ptp(12, ANY + tlv(0x8000, '0080c2 000005 f9' + up(3)), 1),
    ptp(11, ANNOUNCE + tlv(3, '080030 dead01 2000 000d')),
    ptp(11, ANNOUNCE + tlv(3, '1c129d 000001' + up(12))), ptp(11, ANNOUNCE + tlv(3, '1c129d 000002' + up(12))),
    ptp(13, ANY + '01 01 02 00' + tlv(3, '6897e8 000001' + up(42))),
    *(ptp(12, ANY + tlv(3, f'080030 dead01 {kind:04x}' + up(size))) for kind, size in [
        (0x1000, 0), (0x1001, 0), (0x1002, 0), (0x1003, 6), (0x1004, 16), (0x1005, 0)]),
    ptp(12, ANY + tlv(4, 'b0 01 0000012c')), ptp(12, ANY + tlv(5, 'b0 01 0000012c 00 01')), ptp(12, ANY + tlv(6, 'b0 00')),
    manage(0x2015, up(8)), manage(0x201d, '01 02 fd 00'), manage(0x2020, '09 00'),
    manage(0x2021, '05 00000001 00000002 000000000003 00'), manage(0x4001, up(20)),
])

REGION = '00' + b'region'.ljust(32, b'\0').hex() + '0001' + up(16)
TREE = ('0000 04 02 7c 8000020000000001 00000000 8000020000000001 8001 0100 1400 0200 0f00 00 0040' + REGION
        + '00000002 8000020000000001 14 0055' + REGION + '2d 00' + up(32, 0x51))
write('spt.pcap', [f'0180c2000000 {SOURCE} {len(octets(TREE)) + 3:04x} 424203' + TREE])
