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


def registration(ether, to, version, *lists, long=False):
    """Attributes of IEEE 802.1Q clause 10.8: type, length of a value, and vectors: leave all, count, first value, events."""
    out = f'{version:02x}'
    for kind, length, *vectors in lists:
        body = ''.join(f'{leave << 13 | count:04x}' + first + events for leave, count, first, events in vectors) + '0000'
        out += f'{kind:02x}{length:02x}' + (f'{size(body):04x}' if long else '') + body
    return f'{to} {SOURCE} {ether}' + out + '0000'


def size(text):
    return len(octets(text))


STREAM = f'{SOURCE} 0007'
TALKER = STREAM + '91e0f0000001 0002 0100 0001 70 000001f4'
write('registration.pcap', [
    registration('88f5', '0180c2000021', 0, (1, 2, (0, 4, '0064', '6e 24'), (1, 1, '0001', '48'))),
    registration('88f5', '0180c2000021', 0, (1, 2, (1, 0, '0000', ''))),
    registration('88f6', '0180c2000020', 0, (1, 1, (0, 1, '00', '24'))),
    registration('88f6', '0180c2000020', 0, (2, 6, (0, 2, '01005e000001', '2a'), (1, 1, '333300000001', '00'))),
    registration('22ea', '0180c200000e', 0, (1, 25, (0, 1, TALKER, '24')), (2, 34, (0, 1, TALKER + up(8) + '08', '24')),
                 (3, 8, (0, 2, STREAM, '2a 60')), (4, 4, (0, 2, '05 02 0002', '2a')), long=True),
    registration('22ea', '0180c200000e', 0, (1, 25, (1, 0, '00' * 25, '')), (3, 8, (0, 5, STREAM, '6e 24 9b 40')), long=True),
])


def avtp(subtype, body, to='91e0f0000001'):
    return f'{to} {SOURCE} 22f0 {subtype:02x}' + body


def stream(subtype, body, bits=0x81, uncertain=0):
    return avtp(subtype, f'{bits:02x} 07 {uncertain:02x} {STREAM} 00000064' + body)


def acf(kind, body):
    return f'{kind << 9 | (size(body) + 2) // 4:04x}' + body


CAN = acf(1, '20 03' + up(8) + '000007ff' + up(8)), acf(1, '6a 1f' + up(8) + '1fffffff' + up(3) + '00'), acf(2, '42 04 00000123' + up(6) + '0000')
LIN = acf(3, '60 12' + up(8) + up(3) + '00')
write('avtp.pcap', [
    stream(5, '00000000' + f'{size("".join(CAN)):04x} 0000' + ''.join(CAN)),
    stream(5, '00000000' + f'{size(LIN):04x} 0000' + LIN, 0x88, 1),
    avtp(0x82, f'{0x8000 | size("".join(CAN)):04x} 09 {STREAM}' + ''.join(CAN)),
    stream(3, '02 01 0000 000c 10 00' + '00001234' + up(8), 0x89, 1), stream(3, '02 02 0000 0008 10 00' + up(8)),
    stream(2, '02 05 02 20 0018 10 00' + up(24)), stream(2, '04 05 04 10 0008 00 00' + up(8), 0x80),
    stream(0, '00000000 0018 5f a0 02 04 00 10 90 02 ffff' + up(16), 0x83, 1),
    stream(0, '00000000 00c8 5f a0 3f 06 c4 00 a0 00 0000' + up(192)),
    avtp(0x04, f'88 05 01 {STREAM} 2000bb80 0010 00a0 0000000000000064 00000000000003e8'),
    *(avtp(0xfe, f'{0x80 | kind:02x} 0810 0000000000000000 91e000000010 0008' + tail, '91e0f000ff00') for kind, tail in [
        (1, '000000000000 0000'), (2, '91e000000012 0002'), (3, '000000000000 0000')]),
])


def llc(to, protocol, body):
    frame = octets(f'aaaa03 00000c {protocol}' + body)
    return f'{to} {SOURCE} {len(frame):04x}' + frame.hex()


def udp(port, body):
    frame = octets(body)
    return (f'020000000002 {SOURCE} 0800 45 00 {28 + len(frame):04x} 0001 0000 40 11 0000 0a000001 0a000002'
            f'c000 {port:04x} {8 + len(frame):04x} 0000' + frame.hex())


def part(kind, body):
    return f'{kind:04x}{size(body) + 4:04x}' + body


def pim(kind, body):
    frame = octets(f'2{kind:x}000000' + body)
    return f'01005e00000d {SOURCE} 0800 45 00 {20 + len(frame):04x} 0001 0000 01 67 0000 0a000001 e000000d' + frame.hex()


LINK = ('01 {flags} 020000000001 01 80 00000003 00000001 00000011 020000000002 01 80 00000004 00000001 00000012 0001 0003'
        + part(1, b'switch'.hex()) + part(2, b'Fa0/1'.hex()) + part(3, '020000000099'))
IP = '45000014 00010000 40 00 66ea 0a000001 0a000002'
write('extensions.pcap', [
    llc('01000ccccccc', '0111', '21 02 4a5b' + part(1, b'FOC1'.hex()) + part(2, b'Gi0/1'.hex()) + part(3, '00000001' + '0004' + b'FOC2'.hex()
        + '0005' + b'Gi0/2'.hex()) + part(4, '0f') + part(5, '05') + part(6, b'switch'.hex()) + part(7, '00000009')),
    llc('01000ccccccc', '0104', LINK.replace('{flags}', '05')), llc('01000ccccccc', '0104', '02 05 020000000001 020000000002 00000007'),
    udp(6081, '0900 0800 000007 00' + '0132 01 01 01234563' + '0132 02 03' + up(12) + '0132 03 02' + up(8) + IP),
    pim(3, '01 00 0a000002 00 01 00d2 01 00 00 20 e1010001 0001 0001 01 00 04 20 0a000009 01 00 07 20 0a00000a'),
    pim(3, '01 00 0a000002 00 01 00d2 01 00 81 20 e1010001 0002 0000 01 01 04 20 0a000009 40 04 0a000007'
           '01 01 04 20 0a00000b 03 01 00 45 05 01 0a000008'),
])


def datagrams(*parts):
    """Of EtherCAT: command, device, offset or address, data, working counter."""
    out = b''
    for number, (command, device, offset, data, counter) in enumerate(parts):
        more = 0x8000 if number + 1 < len(parts) else 0
        data = octets(data)
        out += struct.pack('<BBHHHH', command, number, device, offset, len(data) | more, 0) + data + struct.pack('<H', counter)
    return f'ffffffffffff {SOURCE} 88a4' + struct.pack('<H', len(out) | 0x1000).hex() + out.hex()


def mailbox(kind, body, counter=1):
    return struct.pack('<HHBB', size(body), 0, 0, counter << 4 | kind).hex() + body


MESSAGES = [mailbox(3, text) for text in [
    '0020 40 1810 04 00000000', '0030 43 1810 04 02000000', '0020 23 1060 00 01020304', '0030 60 1060 00 00000000', '0020 80 1060 00 00000206',
    '0020 21 1060 00 08000000' + up(8), '0080 01 00 0000 0100']] + [
    mailbox(4, '02 00 00000000' + b'app.bin'.hex()), mailbox(4, '03 00 01000000' + up(8)), mailbox(4, '04 00 01000000'),
    mailbox(4, '05 00 01800000' + b'no file'.hex()), mailbox(2, '00010000' + up(40)), mailbox(5, '0140 1100'), mailbox(5, '2240 1100' + up(4))]
REGISTERS = [
    (0x0000, '11 00 0a00 08 08 08 0f fd00'), (0x0010, 'e903 0000'), (0x0100, '01 e4 07 00'), (0x0110, '1700'[:4] + ''), (0x0120, '1400'),
    (0x0130, '1200 0000'), (0x0134, '1d00'), (0x0140, '80 0e'), (0x0200, '0c00'), (0x0210, '0400'), (0x0220, '0100 0000'),
    (0x0300, '0102 0000 0000 0000 01 02 00 00 03 04'), (0x0310, '01 00 00 02'), (0x0400, 'c209'), (0x0410, 'e803'), (0x0420, 'e803'),
    (0x0440, '0100'), (0x0500, '0000'), (0x0502, '8001 0800 0000'), (0x0508, up(8)), (0x0600, '00000001 0800 00 07 0010 00 02 0100 0000'),
    (0x0800, '0010 8000 2600 0100 8010 8000 2200 0100'), (0x0900, up(16)), (0x0910, up(8)), (0x0920, up(8) + up(8)), (0x0930, '0010 0000 00 0c'),
    (0x0980, '00 07'), (0x0990, up(8)), (0x09a0, '40420f00 00000000')]
write('ethercat.pcap', [
    *(datagrams((5, 1001, 0x1000, message + '00' * 8, 1)) for message in MESSAGES),
    *(datagrams((4, 1001, offset, data, 1)) for offset, data in REGISTERS),
    datagrams((7, 0, 0x0130, '0200', 3), (10, 0, 0x0100, up(8), 1)),
    f'ffffffffffff {SOURCE} 88a4' + struct.pack('<H', size(MESSAGES[0]) | 0x5000).hex() + MESSAGES[0],
])
