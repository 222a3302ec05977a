#!/usr/bin/env python3
"""Makes the captures beside it: frames whose lines nettool writes as tcpdump 4.99 does, octet for octet. `make.py [FOLDER]`.

Needs scapy. A fixed seed chooses the values, so a second run makes the same files.
"""
import os
import random
import struct
import sys

from scapy.all import IP, TCP, UDP, Ether, Raw, load_contrib, wrpcap

load_contrib('ospf')
load_contrib('bfd')
from scapy.contrib.bfd import BFD  # noqa: E402
from scapy.contrib.ospf import (OSPF_DBDesc, OSPF_External_LSA, OSPF_Hdr, OSPF_Hello, OSPF_Link, OSPF_LSA_Hdr, OSPF_LSReq,  # noqa: E402
                                OSPF_LSReq_Item, OSPF_LSUpd, OSPF_Network_LSA, OSPF_NSSA_External_LSA, OSPF_Router_LSA,
                                OSPF_SummaryASBR_LSA, OSPF_SummaryIP_LSA)
from scapy.layers.hsrp import HSRP  # noqa: E402

FOLDER = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
R = random.Random(20)
LINK = Ether(src='02:00:00:00:00:01', dst='02:00:00:00:00:02')
LINK_1X = Ether(src='02:00:00:00:00:01', dst='01:80:c2:00:00:03', type=0x888e)
NET = LINK / IP(src='10.0.0.1', dst='10.0.0.2')


def address():
    return '.'.join(str(R.randrange(1, 255)) for _ in range(4))


def octets(count):
    return bytes(R.randrange(256) for _ in range(count))


def write(name, packets):
    for at, packet in enumerate(packets):
        packet.time = 1_700_000_000 + at
    wrpcap(os.path.join(FOLDER, name + '.pcap'), packets)


def ospf():
    def head(**more):
        return LINK / IP(src='10.0.0.1', dst='224.0.0.5', ttl=1) / OSPF_Hdr(src=address(), area=R.choice(['0.0.0.0', address()]), **more)

    for at in range(3):
        yield head(authtype=at % 2) / OSPF_Hello(options=R.randrange(256), hellointerval=R.randrange(60), deadinterval=R.randrange(200),
                                                 prio=R.randrange(255), router=R.choice(['0.0.0.0', address()]),
                                                 backup=R.choice(['0.0.0.0', address()]), neighbors=[address() for _ in range(at)])
        about = dict(age=R.randrange(3600), options=R.randrange(256), adrouter=address(), id=address())
        yield head() / OSPF_LSUpd(lsalist=[
            OSPF_Router_LSA(flags=R.randrange(32), linklist=[OSPF_Link(type=kind, id=address(), data=address(), metric=R.randrange(65536))
                                                             for kind in (1, 2, 3, 4)], **about),
            OSPF_Network_LSA(mask='255.255.240.0', routerlist=[address(), address()], **about),
            OSPF_SummaryIP_LSA(mask='255.255.255.0', metric=R.randrange(1 << 24), **about),
            OSPF_SummaryASBR_LSA(mask='0.0.0.0', metric=7, **about),
            OSPF_External_LSA(mask='255.0.0.0', ebit=at % 2, metric=20, fwdaddr=R.choice(['0.0.0.0', address()]), tag=at, **about),
            OSPF_NSSA_External_LSA(mask='255.255.255.255', ebit=1, metric=20, fwdaddr=address(), tag=3, **about)])
        yield head() / OSPF_DBDesc(options=R.randrange(256), dbdescr=R.randrange(8), mtu=1500, ddseq=R.randrange(1 << 32),
                                   lsaheaders=[OSPF_LSA_Hdr(type=kind, options=R.randrange(256), adrouter=address(), id=address(),
                                                            age=R.randrange(3600)) for kind in (1, 2, 3, 4, 5, 7)])
        yield head() / OSPF_LSReq(requests=[OSPF_LSReq_Item(type=kind, id=address(), adrouter=address()) for kind in (1, 2, 3, 4, 5, 7)])


def bgp():
    def message(kind, body):
        return NET / TCP(sport=40000, dport=179, flags='PA') / Raw(b'\xff' * 16 + struct.pack('>HB', 19 + len(body), kind) + body)

    def attribute(flags, kind, value):
        length = struct.pack('>H', len(value)) if flags & 0x10 else bytes([len(value)])
        return bytes([flags, kind]) + length + value

    def update(withdrawn, attributes, routes):
        attributes = b''.join(attributes)
        return message(2, struct.pack('>H', len(withdrawn)) + withdrawn + struct.pack('>H', len(attributes)) + attributes + routes)

    def path(*segments):
        return b''.join(bytes([kind, count]) + octets(2 * count) for kind, count in segments)

    for origin in range(3):
        yield update(b'\x14' + octets(2) + b'\x10', [
            attribute(0x40, 1, bytes([origin])), attribute(0x40, 2, path((2, 3), (1, 2))), attribute(0x40, 3, octets(4)),
            attribute(0x80, 4, octets(4)), attribute(0x40, 5, octets(4)), attribute(0x40, 6, b''),
            attribute(0xc0, 7, octets(2) + octets(4)), attribute(0xc0, 8, octets(8))], b'\x08\x0a\x18\xc0\x00\x02\x1f' + octets(3) + b'\x02')
    yield update(b'', [
        attribute(0x80, 9, octets(4)), attribute(0x80, 10, octets(8)),
        attribute(0xc0, 16, bytes([0, 2]) + octets(6) + bytes([1, 3]) + octets(6) + bytes([0x40, 6]) + octets(6)),
        attribute(0x90, 14, struct.pack('>HBB', 1, 1, 4) + octets(4) + b'\0\x18\x0a\x01\x02'),
        attribute(0x90, 14, struct.pack('>HBB', 2, 1, 16) + octets(16) + b'\0\x40' + octets(8)),
        attribute(0x90, 15, struct.pack('>HB', 2, 1) + b'\x20' + octets(4)), attribute(0x90, 15, struct.pack('>HB', 1, 1)),
        attribute(0xc0, 17, bytes([2, 2]) + octets(8)), attribute(0xc0, 18, octets(8)), attribute(0xc0, 32, octets(12)),
        attribute(0x90, 14, struct.pack('>HBB', 1, 128, 12) + bytes(8) + octets(4) + b'\0\x70\0\1\1\0\0\xfd\xe8\0\0\0\1\x0a\2\3')], b'')
    capabilities = [(1, b'\0\1\0\1'), (1, b'\0\2\0\x80'), (2, b''), (64, b'\x80\x78\0\1\1\x80'), (65, b'\0\1\0\0'), (69, b'\0\1\1\3'),
                    (128, b'')]
    options = b''.join(bytes([2, len(value) + 2, kind, len(value)]) + value for kind, value in capabilities)
    yield message(1, b'\4' + struct.pack('>HH', 65001, 90) + bytes([1, 2, 3, 4, len(options)]) + options)
    for code, subcode in [(1, 1), (1, 3), (2, 2), (2, 6), (3, 1), (3, 5), (3, 11), (4, 0), (6, 4), (9, 9)]:
        yield message(3, bytes([code, subcode]))
    yield message(3, b'\6\2\5hello')
    yield message(4, b'')
    yield message(5, b'\0\1\0\1')


def bfd():
    for state in range(4):
        yield BFD(diag=R.randrange(9), sta=state, flags=R.randrange(64) & 0x3b, detect_mult=R.randrange(1, 9),
                  min_tx_interval=R.randrange(10**6), min_rx_interval=R.randrange(10**6), echo_rx_interval=R.randrange(10**7))
    for kind, length in [(1, 6), (2, 21), (3, 21), (4, 25), (5, 25)]:
        check = b'secret' if kind == 1 else b'\0' + octets(length - 1)
        control = bytearray(bytes(BFD()))
        control[1] |= 4
        control[3] = 27 + length
        yield Raw(bytes(control) + bytes([kind, 3 + length, 7]) + check)


def eap():
    contents = [(1, 1, b'user1'), (2, 1, b'user1'), (1, 2, b'hello'), (2, 3, b'\x0d'), (1, 4, b'\4abcdname'), (1, 13, b'\x80\0\0\1\0'),
                (1, 21, b'\x20\1'), (1, 43, b'\x21\0\0\0\4'), (1, 18, b'\x0a\0\0\x0f'), (1, 23, b'\1\0\0'), (1, 6, b'zz'), (1, 5, b'zz')]
    for code, kind, content in contents:
        yield bytes([code, 9]) + struct.pack('>H', 5 + len(content)) + bytes([kind]) + content
    yield b'\3\x09\0\4'
    yield b'\4\x09\0\4'


def eapol():
    for body in eap():
        yield LINK_1X / Raw(b'\1\0' + struct.pack('>H', len(body)) + body)
    for kind in range(1, 5):
        yield LINK_1X / Raw(bytes([2, kind, 0, 7]) + b'x' * 7)


def radius():
    def attribute(kind, value):
        return bytes([kind, 2 + len(value)]) + value

    for code in (1, 2, 3, 4, 5, 11, 12, 13, 40, 41, 43):
        values = b''.join([attribute(1, b'bob'), attribute(4, octets(4)), attribute(5, octets(4)), attribute(40, struct.pack('>I', R.randrange(1, 4))),
                           attribute(8, octets(4)), attribute(12, octets(4)), attribute(27, struct.pack('>I', R.randrange(10**5))),
                           attribute(6, struct.pack('>I', R.randrange(1, 9))), attribute(61, struct.pack('>I', R.randrange(0, 5))),
                           attribute(45, struct.pack('>I', R.randrange(1, 4))), attribute(31, b'02-00-00-00-00-01'),
                           attribute(64, b'\0\0\0\x0d'), attribute(65, b'\1\0\0\6'), attribute(49, struct.pack('>I', R.randrange(1, 11))),
                           attribute(32, b'nas')])
        yield bytes([code, 7]) + struct.pack('>H', 20 + len(values)) + octets(16) + values


write('ospf', list(ospf()))
write('bgp', list(bgp()))
write('bfd', [NET / UDP(sport=50001, dport=3784) / control for control in bfd()])
write('eapol', list(eapol()))
write('hsrp', [NET / UDP(sport=1985, dport=1985) / HSRP(opcode=R.randrange(3), state=state, group=R.randrange(256), priority=R.randrange(256),
                                                       auth=b'abc\0\0\0\0\0') for state in (0, 1, 2, 4, 8, 16)])
write('radius', [NET / UDP(sport=40000, dport=1812) / Raw(message) for message in radius()])
