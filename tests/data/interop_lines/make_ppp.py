#!/usr/bin/env python3
"""ppp.pcap: control messages of PPP, each option in several lengths. Left out is what tcpdump 4.99 writes by mistake
(numbers of unknown authentication protocols as 0x04x, [|LCP] behind the text of identifications)."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from scapy.all import PPP, Ether, PPPoE, Raw
from written import captures

LCP, IPCP, IPV6CP, CCP, PAP, CHAP = 0xc021, 0x8021, 0x8057, 0x80fd, 0xc023, 0xc223
frames = []


def message(protocol, code, content, length=None):
    head = struct.pack('!BBH', code, 3, len(content) + 4 if length is None else length)
    frames.append(Ether(src='02:00:00:00:00:01', dst='02:00:00:00:00:02') / PPPoE(sessionid=5)
                  / PPP(proto=protocol) / Raw(head + content))


def option(kind, value):
    return bytes([kind, len(value) + 2]) + value


def options(protocol, kinds, values):
    for kind in kinds:
        for value in values:
            message(protocol, 1, option(kind, value))


SOME = [b'', b'\1', b'\5\xdc', b'\1\2\3\4', b'\0\0\x0c\1abcd']
options(LCP, [kind for kind in range(34) if kind != 3], SOME)
options(LCP, [3], [b'', b'\0'] + [struct.pack('!H', protocol) + rest for protocol in (0xc023, 0xc223, 0xc227, 0xc027, 0xc123)
                                 for rest in (b'', b'\5', b'\6', b'\x80', b'\x81')])
options(LCP, [4], [b'\xc0\x25abcd'])
options(LCP, [13], [bytes([operation]) + b'abc' for operation in range(8)])
options(LCP, [19], [bytes([kind]) + value for kind in range(7) for value in (b'', b'abcd', b'abcdef')])
options(IPCP, [0, 1, 2, 3, 4, 5, 128, 129, 130, 131, 132, 133, 144],
        [b'', b'\1', b'\0\x2d', b'\0\x2d\x0f\1', b'\1\2\3\4', b'\1\2\3\4\5\6\7\x08', b'\0\x37'])
options(IPV6CP, range(4), [b'', b'\1\2\3\4\5\6\7\x08', b'\0\x4f'])
options(CCP, range(30), [b'', b'\x2c', b'\x78\0', b'\1\2\3\4'])
for protocol in (LCP, IPCP, IPV6CP, CCP):
    for code in [code for code in range(18) if code != 12]:
        for content in (b'', b'\0\0\0\7', b'\xc0\x21\0\7abc', b'\0\0\0\7\0\0\0\x09abc'):
            message(protocol, code, content)
message(LCP, 1, option(1, b'\5\xdc') + option(7, b'') + option(5, b'\1\2\3\4'))
message(LCP, 1, b'\1\0')
message(IPCP, 1, b'\3\x0a\1\1')
for length in (0, 3, 4, 8, 9, 20):
    message(LCP, 1, option(1, b'\5\xdc'), length)
message(PAP, 1, b'\4user\6secret')
message(PAP, 2, b'\2ok')
message(PAP, 3, b'\3bad')
message(CHAP, 1, b'\x100123456789abcdefserver')
message(CHAP, 2, b'\x100123456789abcdefclient')
message(CHAP, 3, b'welcome')
message(CHAP, 4, b'go away')
captures(os.path.dirname(os.path.abspath(__file__)))('ppp', 1, (1700000000, 0), list(enumerate(frames)))
