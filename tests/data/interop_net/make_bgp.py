#!/usr/bin/env python3
"""Makes bgp_families.pcap: address families and attributes of BGP that scapy has no layers for, by the standards' layouts.
`make_bgp.py FOLDER` writes it elsewhere, to be compared.

Octets of values count up, so that a field that is read at the wrong place differs.
"""
import os
import sys

from scapy.all import IP, TCP, Ether

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from written import captures, octets  # noqa: E402

capture = captures(HERE)


def size(text):
    return len(bytes.fromhex(text.replace(' ', '')))


def up(count, first=0x21):
    return bytes((first + i) & 255 for i in range(count)).hex()


def message(kind, body):
    return 'ff' * 16 + f'{size(body) + 19:04x}{kind:02x}' + body.replace(' ', '')


def update(*attributes, routes=''):
    """Attributes: flags, type and value."""
    path = ''.join(f'{flags | 0x10:02x}{kind:02x}{size(value):04x}{value}' for flags, kind, value in attributes)
    return message(2, f'0000{size(path):04x}' + path + routes)


def reach(family, sub, routes, hop='0a000001'):
    return 0x80, 14, f'{family:04x}{sub:02x}{size(hop):02x}{hop}00' + routes


def unreach(family, sub, routes):
    return 0x80, 15, f'{family:04x}{sub:02x}' + routes


def tlv(kind, body):
    return f'{kind:04x}{size(body):04x}' + body


def routes(kind, body):
    """A route of link state."""
    return tlv(kind, body)


IGP = tlv(512, '0000fde9') + tlv(513, '0a0b0c0d') + tlv(514, '00000001') + tlv(515, '0a000009')
LEVEL = tlv(512, '0000fde9') + tlv(515, '010203040506')
PSEUDO = tlv(512, '0000fdea') + tlv(515, '01020304050607')
PEER = tlv(512, '0000fdea') + tlv(516, '0a00000a')
NODE = '02 0000000000000064' + tlv(256, LEVEL)
LINK = '03 0000000000000065' + tlv(256, IGP) + tlv(257, IGP)
ENDS = (tlv(258, '0000000700000008') + tlv(259, '0a010001') + tlv(260, '0a010002') + tlv(261, '20010db8' + up(12))
        + tlv(262, '20010db8' + up(12, 0x41)) + tlv(263, '0002'))


def link_state(*attributes):
    return update((0x80, 29, ''.join(tlv(kind, body) for kind, body in attributes)),
                  reach(16388, 71, routes(1, NODE)))


def each(*messages):
    """A frame for each message, of a connection of its own."""
    return [(number, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01') / IP(src='10.0.0.1', dst='10.0.0.2')
             / TCP(sport=40000 + number, dport=179, seq=1000, flags='PA') / octets(text))
            for number, text in enumerate(messages)]


capture('bgp_link_state', 1, (1795848816, 0), each(
    update(reach(16388, 71, routes(1, NODE))),
    update(reach(16388, 71, routes(1, '01 0000000000000064' + tlv(256, PSEUDO)) + routes(1, '07 0000000000000066' + tlv(256, PEER)))),
    update(reach(16388, 71, routes(2, LINK + ENDS))),
    update(unreach(16388, 71, routes(2, LINK + ENDS))),
    update(reach(16388, 71, routes(3, NODE + tlv(263, '0002') + tlv(264, '03') + tlv(265, '18 0a0100')))),
    update(reach(16388, 71, routes(4, NODE + tlv(263, '0002') + tlv(265, '30 20010db80001')))),
    update(reach(16388, 128, routes(1, '0000 fde9 00000007' + NODE) + routes(1, '0001 0a000009 0007' + NODE)
                 + routes(1, '0002 0000fde9 0007' + NODE))),
    link_state((1024, 'f0')), link_state((1025, up(5))), link_state((1026, b'router-a'.hex())), link_state((1027, '490001')),
    link_state((1028, '0a000001'), (1029, '20010db8' + up(12)), (1030, '0a000002'), (1031, '20010db8' + up(12, 0x31))),
    link_state((266, '010a 020b'), (267, '010c')),
    link_state((1088, '00000005')), link_state((1089, '4cee6b28')), link_state((1090, '4cbebc20')),
    link_state((1091, '4cbebc20 4cbebc21 4cbebc22 4cbebc23 4cbebc24 4cbebc25 4cbebc26 4cbebc27')),
    link_state((1092, '0000000a')), link_state((1092, '00000a')), link_state((1093, '1500')), link_state((1094, 'c0')),
    link_state((1095, '0a')), link_state((1095, '0102')), link_state((1095, '010203')),
    link_state((1096, up(12))), link_state((1097, up(3))), link_state((1098, b'to-b'.hex())),
    link_state((1152, 'f0')), link_state((1153, up(8))), link_state((1154, up(16))), link_state((1155, '00000014')),
    link_state((1156, '0a000003')), link_state((1156, '20010db8' + up(12))), link_state((1157, up(4))),
    link_state((1034, 'c0 00 001f40' + tlv(1161, '003e80'))), link_state((1035, '00 01 80')),
    link_state((1036, '00 00 0003e8' + tlv(1161, '003a98'))),
    link_state((1039, '80 01 00 64' + tlv(1040, '00000001') + tlv(1041, '00000002') + tlv(1042, '00000004'))),
    link_state((1158, 'e0 00 0000 00000065')), link_state((1158, '34 01 0000 0f4240')),
    link_state((1170, 'e0')), link_state((1173, up(8))),
    link_state((1099, '30 0a 0000 05dc01')), link_state((1099, 'c0 0a 0000 00000007')),
    link_state((1101, 'c0 00 0000 05dc01')), link_state((1102, 'c0 01 0000 05dc02')), link_state((1103, '10 02 0000 00000009')),
    link_state((1114, '80000064')), link_state((1115, '80000064 000000c8')), link_state((1116, '00000032')),
    link_state((1117, '80000003')), link_state((1118, '4cbebc20')), link_state((1119, '4cbebc20')),
    link_state((1120, '4cbebc20')),
    link_state((1122, '04 04 0000 f0000000' + up(4) + tlv(1092, '0000000a') + tlv(1114, '00000064'))),
))

RD = '0000 fde9 00000007'
SOURCE, GROUP = '20 0a010203', '20 e8010203'
SOURCE6, GROUP6 = '80 20010db8' + up(12), '80 ff3e' + up(14)
ROUTER6 = '20010db8' + up(12, 0x61)


def multicast(kind, body):
    return f'{kind:02x}{size(body):02x}' + body


def rule(*parts):
    body = ''.join(parts)
    return f'{size(body):02x}' + body if size(body) < 240 else f'{0xf000 | size(body):04x}' + body


PREFIXES = '01 18 0a0100', '02 10 0a02'
PREFIXES6 = '01 40 00 20010db800000001', '02 30 00 20010db80003'
OTHERS = ('03 81 06', '04 03 50 d5 01bb', '05 91 01bb', '06 11 0400 d5 ffff', '07 81 08', '08 81 00', '09 81 12',
          '0a 12 0040 d4 05dc', '0b 81 2e', '0c 81 0e')
capture('bgp_families', 1, (1795848816, 0), each(
    update(reach(1, 133, rule(*PREFIXES, *OTHERS), '')), update(unreach(1, 133, rule(*PREFIXES) + rule('03 81 11'))),
    update(reach(1, 134, rule(RD, *PREFIXES, '03 81 06'), '')),
    update(reach(2, 133, rule(*PREFIXES6), '')),
    update(reach(1, 133, rule(*PREFIXES, *OTHERS * 6), '')),
    update(reach(1, 5, multicast(1, RD + '0a000001') + multicast(2, RD + '0000fde9') + multicast(3, RD + SOURCE + GROUP + '0a000001')
                 + multicast(4, '0316' + RD + SOURCE + GROUP + '0a000001' + '0a000002') + multicast(5, RD + SOURCE + GROUP)
                 + multicast(6, RD + '0000fde9' + SOURCE + GROUP) + multicast(7, RD + '0000fde9' + SOURCE + GROUP))),
    update(reach(2, 5, multicast(1, RD + ROUTER6) + multicast(3, RD + SOURCE6 + GROUP6 + ROUTER6)
                 + multicast(5, RD + SOURCE6 + GROUP6) + multicast(7, RD + '0000fde9' + SOURCE6 + GROUP6), ROUTER6)),
    update(reach(1, 66, '80' + RD + '0a000001 e8010203', '0a000001')),
    update(reach(25, 65, '0011' + RD + '0001 0002 0008 0186a1' + '000c' + RD + '0a000001')),
    update(reach(1, 73, '60 00000001 00000064 0a000009')), update(reach(2, 73, 'c0 00000001 00000064' + ROUTER6, ROUTER6)),
    update(reach(1, 132, '60 0000fde9 0002 fde9 00000064')),
    update(unreach(1, 5, multicast(5, RD + SOURCE + GROUP))),
    update(reach(1, 1, '00000001 18 0a0100 00000002 18 0a0200')), update(reach(2, 1, '00000001 20 20010db8', ROUTER6)),
    update((0x40, 1, '00'), (0x40, 3, '0a000001'), routes='00000001 18 0a0100 00000002 10 0a02'),
    update((0xc0, 22, '00 06 003e81 0a000009')),
    update((0xc0, 128, '0000fde9' + '40 01 01 00' + '40 05 04 00000064')),
    update((0x80, 33, '000e 01 00 0000fde9 01 00 0000fdea' + '0045 01' + up(20) + '000c' + up(12, 0x41) + up(20, 0x51) + '000a' + up(10, 0x71))),
    update((0xc0, 36, '02 0000fde9 0001 80 0000fdea 0002 46' + '01 0000fdeb 0003 01')),
    update((0xc0, 19, '8001 0009 0064 80 04 00000007' + up(4))),
    update((0xc0, 16, '0605 01 0000 003e81' + '8006 fde9 4b189680' + '4004 fde9 4b189680')),
    update((0xc0, 16, '8800 8000 00000007' + '8801 0064 00000a00' + '8802 ff 02 00000500' + '8803 00 01 000005dc' + '8804 0064 0a000001'
            + '8805 000b 00000014')),
    update((0xc0, 16, '0604 0003 05dc 0000' + '04 e0 01 02 0003 04 00' + '44 f0 01 02 03 04 05 06' + '800b 0064 0065 0003')),
    update((0xc0, 16, '8009 0000000000 2e' + '8007 000000000003' + '8008 fde9 00000064' + '8108 0a000001 0064' + '8208 0000fde9 0064')),
))
