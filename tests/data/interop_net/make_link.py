#!/usr/bin/env python3
"""Makes link_tlvs.pcap, cfm.pcap, ptp_tlvs.pcap and others: what scapy has no layers for, by the standards' layouts. `make_link.py [FOLDER]`.

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


def write(name, frames, link_type=1):
    with open(os.path.join(FOLDER, name), 'wb') as out:
        out.write(struct.pack('<IHHIIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, link_type))
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
TRACE = '01 0013 04 04 aabbccdd 05 0102030405 06 010203040506'
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


def eap(code, kind, body):
    frame = octets(f'{kind:02x}' + body)
    length = 4 + len(frame)
    return f'0180c2000003 {SOURCE} 888e 0200 {length:04x} {code:02x} 07 {length:04x}' + frame.hex()


def name(text):
    return text.encode().hex()


SUITE = '00000000 0001'
write('eap.pcap', [
    eap(1, 18, '0a0000 0f02 0002 0001 0000 0a01 0000'),
    eap(2, 18, '0b0000 0705 0000' + up(16) + '1001 0001'),
    eap(1, 18, '0c0000 0c01 4000 0b05 0000' + up(16)),
    eap(2, 18, '0e0000 1601 0001'),
    eap(1, 23, '010000 0105 0000' + up(16) + '0205 0000' + up(16) + '0b05 0000' + up(16)),
    eap(2, 23, '010000 0303 0040' + up(8)), eap(2, 23, '0e0000 1601 0000'),
    eap(2, 23, '050000 0e03 0005 6162636465 000000'),
    eap(1, 26, '01 05 001b 10' + up(16) + name('server')),
    eap(2, 26, '02 05 003b 31' + up(16) + '00' * 8 + up(24, 0x51) + '00' + name('user1')),
    eap(1, 26, '03 05 0011' + name('S=ABCDEF M=ok')), eap(2, 26, '03'),
    eap(1, 26, '04 05 0015' + name('E=691 R=0 C=x V=3')), eap(2, 26, '04'),
    eap(1, 33, '8003 0002 0001'), eap(1, 33, '800c 0038 00 01 01 00' + up(52)),
    eap(1, 46, '01 00 01 00 00 0020' + up(48)),
    eap(2, 46, '02 00 01 00 00 0020' + up(32) + '0005' + name('user1') + '0010' + up(32)),
    eap(1, 46, '03 04 01 00 00 0010' + up(16) + '0003010203' + up(16)),
    eap(1, 47, '00' + up(16) + name('server')), eap(2, 47, '40' + up(48) + name('peer')),
    eap(1, 47, '80' + up(32) + up(20)), eap(2, 47, 'c0' + up(16) + up(20)),
    eap(1, 48, '02 07 01 0112' + up(16)),
    eap(2, 48, '02 07 02 0418' + up(22) + '0606' + name('peer') + '0312' + up(16)),
    eap(1, 49, '80 00000020' + up(28)), eap(1, 49, '20' + up(40)),
    eap(1, 51, '01 0006' + name('server') + up(32) + '000c' + SUITE * 2),
    eap(2, 51, '02 0004' + name('peer') + '0006' + name('server') + up(64) + '0006' + SUITE * 2 + '0000' + up(16)),
    eap(1, 51, '03' + up(64) + '0006' + name('server') + SUITE + '0002 4142' + up(16)),
    eap(2, 51, '04 0000' + up(16)), eap(2, 51, '05 00000001'), eap(1, 51, '06 00000002' + up(16)),
    eap(1, 43, '21 0004 0010' + up(16)), eap(1, 254, '00372a 00000001 01 00'),
])


def ppp(protocol, code, body):
    frame = octets(body)
    return f'ff03 {protocol} {code:02x} 01 {4 + len(frame):04x}' + frame.hex()


def option(kind, body):
    return f'{kind:02x}{len(octets(body)) + 2:02x}' + body


write('ppp_options.pcap', [
    ppp('c021', 1, option(1, '05d4') + option(2, '000a0000') + option(3, 'c22305') + option(5, up(4))),
    ppp('c021', 1, option(9, '07') + option(10, '04') + option(11, '07') + option(13, '0161626364')),
    ppp('c021', 1, option(17, '05dc') + option(18, '') + option(19, '00') + option(23, '0007')),
    *(ppp('c021', 1, option(19, body)) for body in ['02 0a000001', f'03 {SOURCE}', '05' + up(6)]),
    ppp('c021', 1, option(27, '0204') + option(28, '0000006a' + name('en'))),
    ppp('8021', 1, option(1, '0a0000010a000002') + option(2, '002d0f01') + option(3, '0a000001')),
    ppp('8021', 1, option(2, '0061 0010 0020 0100 0005 00a8 0102')),
    ppp('8021', 1, option(2, '0003 0010 0001 00a8 0104 0001')),
    ppp('8057', 1, option(1, '020000fffe000001')),
], 9)


def oam(code, body):
    return f'0180c2000002 {SOURCE} 8809 03 0050 {code:02x}' + body


write('oam_variables.pcap', [
    oam(2, '07 0002 07 001a 04 0001 06 0003 03 0002 00' + '00' * 30),
    oam(3, '07 0002 02 1234 07 001a 04 00000001 06 0003 06 010203040506 00' + '00' * 20),
    oam(4, '01' + '00' * 41), oam(4, '02' + '00' * 41),
])


def dcp(service, kind, option_number, suboption, body):
    part = octets(body)
    block = f'{option_number:02x}{suboption:02x}{len(part):04x}' + part.hex() + '00' * (len(part) & 1)
    return (f'010ecf000000 {SOURCE} 8892 {"feff" if kind else "fefd"} {service:02x} {kind:02x} 00000001 0000'
            f'{len(octets(block)):04x}' + block)


write('dcp_blocks.pcap', [
    dcp(5, 1, 2, 7, '0000 1234'), dcp(5, 1, 2, 10, '0000 003f'), dcp(5, 1, 2, 8, '0000 0123 4567'),
    dcp(5, 1, 3, 255, '0000 ff01 02'), dcp(5, 1, 7, 3, '0000' + up(16)), dcp(5, 1, 7, 2, '0000 0102'),
])


def avdecc(kind, message, body, status=0, length=None):
    part = octets(body)
    length = len(part) - 8 if length is None else length
    return f'91e0f0010000 {SOURCE} 22f0 {kind:02x} {message:02x} {status << 3 | length >> 8:02x}{length & 255:02x}' + part.hex()


def command(message, number, body):
    return avdecc(0xfb, message, f'0000000000000001 0000000000000002 0007 {number:04x}' + body)


write('avdecc.pcap', [
    avdecc(0xfa, 0, '020000fffe000001 0011223344556677' + up(48), 10),
    *(avdecc(0xfc, message, up(8) + '0000000000000001 0000000000000002 0000000000000003 0001 0002 91e0f0000001 0003 0004'
             'ffff 0064 0000', message) for message in range(4)),
    command(0, 0, up(4) + up(12)), command(0, 1, up(4) + up(12)), command(0, 4, '0000 0000 0005 0001'),
    command(1, 7, '0000 0001'), command(0, 9, '0005 0001'),
    command(1, 0x0f, '0005 0001' + up(44)), command(1, 0x13, up(8)), command(1, 0x15, '0002 0000 2000bb80'),
    command(1, 0x17, '0024 0000 0001 0000'), command(1, 0x1d, '001b 0000 0005 0001 0002'),
    command(1, 0x27, '0009 0000' + up(12) + '00 07 0002 0103 0002 0002 0002'),
    command(1, 0x28, '0000 0002' + up(16)), command(0, 0x22, '0005 0001'), command(0, 0x34, '0000 0000 0001 0002'),
    command(0, 0x36, '0000 0000 0001 03e8'),
    avdecc(0xfb, 2, '0000000000000001 0000000000000002 0007 0001 1004 0000000000001000 01020304'),
])
