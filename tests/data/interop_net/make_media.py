#!/usr/bin/env python3
"""Writes sip.pcap and quic.pcap beside itself: SIP with SDP, and QUIC's first packets of a client with their protection.

Needs scapy, and cryptography for the packets of QUIC (RFC 9001 §5)."""
import os
import struct
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from scapy.all import IP, UDP, Ether, Raw
from scapy.all import wrpcap as write_frames

HERE = os.path.dirname(os.path.abspath(__file__))


def wrpcap(path, frames):
    for at, one in enumerate(frames):
        one.time = 1700000000 + at
    write_frames(path, frames)


def frame(payload, sport, dport):
    ether = Ether(src='02:00:00:00:00:01', dst='02:00:00:00:00:02')
    return ether / IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=sport, dport=dport) / Raw(payload)


SDP = '\r\n'.join('''v=0
o=alice 2890844526 2890844527 IN IP4 10.0.0.1
s=A call
i=what it is about
u=http://host.test/s
e=a@host.test (A B)
p=+1 617 555-6011
c=IN IP4 224.2.36.42/127/3
b=CT:128
b=X-YZ:128
t=2873397496 2873404696
r=604800 3600 0 90000
z=2882844526 -1h 2898848070 0
k=clear:abc
a=recvonly
a=charset:UTF-8
m=audio 49170/2 RTP/AVP 0 97
i=sound
c=IN IP4 10.0.0.9
b=AS:64
a=rtpmap:97 iLBC/8000/2
a=fmtp:97 mode=20
a=sendrecv
a=rtcp:53020
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20|1:4
a=candidate:1 1 UDP 2130706431 10.0.1.1 8998 typ host
m=video 51372 RTP/SAVPF 31 99
a=rtpmap:99 h263-1998/90000
'''.splitlines() + ['']).encode()


def sip(start, more=(), body=SDP):
    lines = [start,
             'Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK776;rport=5061;received=1.2.3.4',
             'From: "Alice" <sip:alice@atlanta.test:5070;transport=udp>;tag=1928301774',
             'To: Bob <sip:bob@biloxi.test>', 'Call-ID: a84b4c76e66710@pc33', 'CSeq: 314159 INVITE',
             'Contact: <sip:alice@10.0.0.1:5060>;expires=3600', 'Max-Forwards: 70', *more]
    if body:
        lines += ['Content-Type: application/sdp']
    return '\r\n'.join(lines + [f'Content-Length: {len(body)}', '', '']).encode() + body


wrpcap(os.path.join(HERE, 'sip.pcap'), [frame(data, 5060, 5060) for data in (
    sip('INVITE sip:bob@biloxi.test:5071;x=y SIP/2.0', [
        'Authorization: Digest username="bob", realm="a,b", nonce="84a4", uri="sip:x", response="2bd0"',
        'Supported: 100rel,timer', 'Session-Expires: 1800;refresher=uac',
        'P-Asserted-Identity: <sip:carol@atlanta.test>', 'User-Agent: x/1',
        'Record-Route: <sip:p1.test;lr>']),
    sip('SIP/2.0 200 OK'),
    sip('SIP/2.0 407 Proxy Authentication Required',
        ['Proxy-Authenticate: Digest realm="r", nonce="n", algorithm=MD5, qop="auth"'], b''),
    b'REGISTER sip:reg.test SIP/2.0\r\nv: SIP/2.0/TCP [2001:db8::1]:5060;ttl=3\r\nf: sip:anna@reg.test;tag=5\r\n'
    b't: sips:anna@reg.test\r\ni: 1\r\nCSeq: 1 REGISTER\r\nm: <sip:anna@1.1.1.1>\r\nExpires: 100\r\nl: 0\r\n\r\n')])


# --- QUIC ------------------------------------------------------------------------------------------------------------
def authenticated(key, data):
    mac = hmac.HMAC(key, hashes.SHA256())
    mac.update(data)
    return mac.finalize()


def expanded(secret, label, octets):
    label = b'tls13 ' + label
    info = struct.pack('!H', octets) + bytes([len(label)]) + label + b'\0'
    return authenticated(secret, info + b'\1')[:octets]


def varint(number):
    for size, bits in ((1, 0), (2, 1), (4, 2), (8, 3)):
        if number < 1 << (8 * size - 2):
            return (number | bits << (8 * size - 2)).to_bytes(size, 'big')


def initial(version, dcid, scid, number, frames, token=b'', kind=0):
    salt, prefix = {1: ('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', b'quic '),
                    0x6b3343cf: ('0dede3def700a6db819381be6e269dcbf9bd2ed9', b'quicv2 ')}[version]
    client = expanded(authenticated(bytes.fromhex(salt), dcid), b'client in', 32)
    key, iv, hp = (expanded(client, prefix + name, octets) for name, octets in ((b'key', 16), (b'iv', 12), (b'hp', 16)))
    number_octets = number.to_bytes(2, 'big')
    first = 0xc0 | kind << 4 | 1
    head = bytes([first]) + struct.pack('!I', version) + bytes([len(dcid)]) + dcid + bytes([len(scid)]) + scid
    head += varint(len(token)) + token + (0x4000 | len(frames) + 2 + 16).to_bytes(2, 'big') + number_octets
    nonce = bytes(a ^ b for a, b in zip(iv, number.to_bytes(12, 'big')))
    sealed = AESGCM(key).encrypt(nonce, frames, head)
    packet = bytearray(head + sealed)
    at = len(head) - 2
    cover = Cipher(algorithms.AES(hp), modes.ECB()).encryptor().update(bytes(packet[at + 4:at + 20]))
    packet[0] ^= cover[0] & 15
    packet[at] ^= cover[1]
    packet[at + 1] ^= cover[2]
    return bytes(packet)


def extension(kind, data):
    return struct.pack('!HH', kind, len(data)) + data


def counted(data, octets=2):
    return len(data).to_bytes(octets, 'big') + data


def parameter(kind, data):
    return varint(kind) + varint(len(data)) + data


def hello(name, more=b''):
    parameters = b''.join([parameter(1, varint(30000)), parameter(3, varint(1472)), parameter(4, varint(2097152)),
                           parameter(5, varint(131072)), parameter(6, varint(131072)), parameter(7, varint(65536)),
                           parameter(8, varint(8)), parameter(9, varint(3)), parameter(10, varint(3)),
                           parameter(11, varint(25)), parameter(14, varint(4)), parameter(15, b'\1\2\3\4'),
                           parameter(0x20, varint(1200)), parameter(27, b'xyz')])
    extensions = b''.join([
        extension(0, counted(b'\0' + counted(name))), extension(10, counted(bytes.fromhex('001d00170018'))),
        extension(16, counted(counted(b'h3', 1) + counted(b'hq', 1))),
        extension(13, counted(bytes.fromhex('040308040401'))),
        extension(43, counted(bytes.fromhex('0304'), 1)), extension(45, counted(b'\1', 1)),
        extension(51, counted(bytes.fromhex('001d') + counted(b'K' * 32))), extension(27, counted(b'\0\2', 1)),
        extension(57, parameters), extension(5, b'\1\0\0\0\0'), more])
    body = b'\3\3' + b'R' * 32 + b'\0' + counted(bytes.fromhex('130113021303')) + b'\1\0' + counted(extensions)
    return b'\1' + counted(body, 3)


def crypto(offset, data):
    return b'\6' + varint(offset) + varint(len(data)) + data


def padded(frames):
    return frames + bytes(max(0, 1100 - len(frames)))


whole = hello(b'host.test')
resumed = hello(b'again.test', extension(42, b'') + extension(41, counted(counted(b'ticket') + b'\0\0\1\0') + counted(counted(b'B' * 32, 1))))
wrpcap(os.path.join(HERE, 'quic.pcap'), [frame(data, 50000 + at, 443) for at, data in enumerate((
    initial(1, bytes.fromhex('8394c8f03e515708'), b'', 2, padded(crypto(0, whole))),
    # Two frames, the second part first, with a token; and pings.
    initial(1, b'\1\2\3\4\5\6\7\x09', b'sc', 0, padded(b'\1' + crypto(100, whole[100:]) + crypto(0, whole[:100])), b'token'),
    initial(0x6b3343cf, b'\x11\2\3\4\5\6\7\x08', b'', 1, padded(crypto(0, resumed)), kind=1),
    # An acknowledgement with ranges, and an end.
    initial(1, b'\x21\2\3\4\5\6\7\x08', b'', 3,
            padded(b'\2' + b''.join(map(varint, (900, 25, 1, 3, 2, 4))) + b'\x1c' + varint(0x128) + varint(6) + varint(4) + b'gone'))))])


# --- industrial Ethernet, NTP's control messages, RTCP's extended reports and transport-wide feedback -----------------
def ethernet(kind, digits, destination='02:00:00:00:00:02'):
    return Ether(src='02:00:00:00:00:01', dst=destination, type=kind) / Raw(bytes.fromhex(digits.replace(' ', '')))


def profinet(frame, service, kind, blocks):
    blocks = bytes.fromhex(blocks.replace(' ', ''))
    return ethernet(0x8892, f'{frame:04x}{service:02x}{kind:02x} 00000007 0001 {len(blocks):04x}' + blocks.hex())


def ethercat(*datagrams):
    body = b''.join(bytes.fromhex(datagram.replace(' ', '')) for datagram in datagrams)
    return ethernet(0x88a4, struct.pack('<H', len(body) | 0x1000).hex() + body.hex())


def udp(sport, dport, digits):
    return frame(bytes.fromhex(digits.replace(' ', '')), sport, dport)


wrpcap(os.path.join(HERE, 'control.pcap'), [
    profinet(0xfefe, 5, 0, 'ffff 0000'),
    profinet(0xfefe, 5, 0, '0202 0004 64657631'),
    profinet(0xfeff, 5, 1, '0205 0006 0000 0102 0202 0202 0006 0000 64657631 0203 0006 0000 002a 0301 0204 0004 0000 0100'
             '0102 000e 0001 0a000002 ffffff00 0a000001 0201 0009 0000 76656e646f7273 00 0207 0004 0000 0064'),
    profinet(0xfefd, 4, 0, '0102 000e 0001 0a000002 ffffff00 0a000001 0501 0002 0000'),
    profinet(0xfefd, 4, 1, '0504 0003 010200 00'),
    profinet(0xfefd, 3, 0, '0202 0102'),
    profinet(0xfefc, 6, 0, '0202 0006 0000 64657631 0601 0004 0000 0001'),
    ethernet(0x8892, '8001' + '11' * 40 + '1234 35 00'),
    ethernet(0x8892, 'c001' + '22' * 40 + '0100 b6 00'),
    ethercat('04 05 0110 3001 0480 0000 0a0b0c0d 0100', '0a 06 00000100 0200 0100 1122 0300'),
    ethercat('07 00 0000 0001 0200 0000 0000 0100'),
    udp(123, 40000, '16 82 0001 0618 0000 0000 0008 73797374656d3d78'),
    udp(123, 40000, '16 81 0002 9614 0017 0000 0000'),
    udp(123, 40000, '16 c2 0003 0500 0017 0000 0000'),
    udp(123, 40000, '16 84 0004 0203 0017 0000 0000'),
    udp(5005, 5005, '80c9 0001 00001234 8fcd 0008 00001234 00005678 0001 000a 000003 04 2003 d555 10 20 30 40 0050 60 70 0080 0000'),
    udp(5005, 5005, '80c9 0001 00001234 80cf 0016 00001234 04 00 0002 e8f00003 80000000 05 00 0003 00005678 11112222 00010000'
        '06 e8 0009 00005678 0001 0064 00000003 00000001 00000002 00000009 00000004 00000001 3c 40 3e 01'
        '01 00 0003 00005678 0001 0020 4010 8001'),
    udp(5005, 5005, '80c9 0001 00001234 80cf 000a 00001234 07 00 0008 00005678 10 05 20 01 0064 00c8 0050 0028 e7 b0 40 10 5d 7f 2a 29 b5 00 003c 0078 00c8'),
])
