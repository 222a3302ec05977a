#!/usr/bin/env python3
"""certificates.pcap: certificates of a server of TLS 1.2, on its port and on another one. radius.pcap: every kind of attribute, and those
of vendors. transactions.pcap: what a message is to those before it (SIP, HTTP, SSH, TFTP with blocks that begin anew). The same octets each time: keys are fixed, and what signs (Ed25519) draws nothing.
"""
import datetime
import ipaddress
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from scapy.all import IP, TCP, UDP, Ether, Raw
from written import captures

capture = captures(os.path.dirname(os.path.abspath(__file__)))
LINK = Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')
START = (1700000000, 0)


def name(*parts):
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])


SIGNER = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
MODULUS = (1 << 1023) + int.from_bytes(bytes(range(1, 121)), 'big') | 1
RSA = rsa.RSAPublicNumbers(65537, MODULUS).public_key()
CURVE = ec.derive_private_key(7, ec.SECP256R1()).public_key()
CA = name((NameOID.COUNTRY_NAME, 'DE'), (NameOID.COMMON_NAME, 'Test, CA'))
HOST = name(
    (NameOID.COUNTRY_NAME, 'DE'), (NameOID.STATE_OR_PROVINCE_NAME, 'Saxony'), (NameOID.LOCALITY_NAME, 'Dresden'),
    (NameOID.ORGANIZATION_NAME, 'Example Öl'), (NameOID.ORGANIZATIONAL_UNIT_NAME, 'Lab'),
    (NameOID.COMMON_NAME, 'host.test'), (NameOID.EMAIL_ADDRESS, 'a@host.test'), (NameOID.DOMAIN_COMPONENT, 'test'),
    (NameOID.SERIAL_NUMBER, '77'))


def certificate(subject, key, extensions, until=datetime.datetime(2049, 12, 31, 23, 59, 59), number=0x1234):
    builder = x509.CertificateBuilder(CA, subject, key, number, datetime.datetime(2024, 2, 29, 3, 4, 5), until)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(SIGNER, None).public_bytes(serialization.Encoding.DER)


def usage(*names):
    every = ['digital_signature', 'content_commitment', 'key_encipherment', 'data_encipherment', 'key_agreement',
             'key_cert_sign', 'crl_sign', 'encipher_only', 'decipher_only']
    return x509.KeyUsage(**{one: one in names for one in every})


def uri(text):
    return x509.UniformResourceIdentifier(text)


LEAF = certificate(HOST, RSA, [
    (x509.SubjectAlternativeName([
        x509.DNSName('host.test'), x509.DNSName('*.host.test'), x509.IPAddress(ipaddress.ip_address('192.0.2.1')),
        x509.IPAddress(ipaddress.ip_address('2001:db8::1')), x509.RFC822Name('a@host.test'), uri('spiffe://x/y'),
        x509.DirectoryName(name((NameOID.COMMON_NAME, 'dir'))), x509.RegisteredID(x509.ObjectIdentifier('1.2.3.4'))]), False),
    (usage('digital_signature', 'key_encipherment'), True),
    (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), False),
    (x509.BasicConstraints(False, None), True),
    (x509.SubjectKeyIdentifier(b'\1' * 20), False),
    (x509.AuthorityKeyIdentifier(b'\2' * 20, None, None), False),
    (x509.CRLDistributionPoints([x509.DistributionPoint([uri('http://crl.test/a.crl')], None, None, None),
                                 x509.DistributionPoint([uri('http://crl.test/b.crl')], None, None, [uri('http://x')])]), False),
    (x509.AuthorityInformationAccess([
        x509.AccessDescription(AuthorityInformationAccessOID.OCSP, uri('http://ocsp.test')),
        x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, uri('http://ca.test/ca.crt'))]), False),
    (x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier('2.23.140.1.2.1'), ['http://cps.test']),
                               x509.PolicyInformation(x509.ObjectIdentifier('2.23.140.1.2.2'), None)]), False),
])
AUTHORITY = certificate(CA, CURVE, [
    (x509.BasicConstraints(True, 2), True),
    (usage('key_cert_sign', 'crl_sign'), True),
    (x509.AuthorityKeyIdentifier(b'\2' * 20, [x509.DirectoryName(CA)], 7), False),
    (x509.NameConstraints([x509.DNSName('.test')], [x509.RFC822Name('host.bad')]), True),
], datetime.datetime(2051, 3, 1), 2**150 + 1)
SMALL = certificate(CA, SIGNER.public_key(), [
    (x509.TLSFeature([x509.TLSFeatureType.status_request]), False),
    (usage('key_agreement', 'encipher_only', 'decipher_only'), False),
], number=5)


def counted(octets):
    return len(octets).to_bytes(3, 'big') + octets


def record(*certificates):
    message = b'\x0b' + counted(counted(b''.join(map(counted, certificates))))
    return b'\x16\3\3' + struct.pack('!H', len(message)) + message


def segment(port, octets):
    return LINK / IP(src='10.0.0.2', dst='10.0.0.1') / TCP(sport=port, dport=40000, seq=1, ack=1, flags='PA') / Raw(octets)


capture('certificates', 1, START, [
    (0, segment(443, record(LEAF, AUTHORITY))),
    (1, segment(443, record(SMALL))),
    (2, segment(44300, record(SMALL))),
])


def attribute(kind, value):
    return bytes([kind, len(value) + 2]) + value


def of_vendor(vendor, *attributes):
    return attribute(26, struct.pack('!I', vendor) + b''.join(attribute(kind, value) for kind, value in attributes))


NUMBER, ADDRESS, ADDRESS_6 = struct.pack('!I', 7), bytes([192, 0, 2, 1]), bytes.fromhex('20010db8000000000000000000000001')
PREFIX = bytes.fromhex('002020010db8')
STANDARD = [
    (1, b'bob'), (2, b'0123456789abcdef'), (3, b'\5' + bytes(range(16))), (4, ADDRESS), (5, NUMBER), (6, NUMBER), (7, NUMBER), (8, ADDRESS),
    (9, ADDRESS), (10, NUMBER), (11, b'filter'), (12, NUMBER), (13, NUMBER), (14, ADDRESS), (15, NUMBER), (16, NUMBER),
    (18, b'hello'), (19, b'123'), (20, b'id'), (22, b'route'), (24, b'\1\2'), (25, b'\3\4'), (27, NUMBER), (28, NUMBER),
    (29, NUMBER), (30, b'00-11'), (31, b'22-33'), (32, b'nas'), (33, b'\5'), (60, b'challenge'), (61, NUMBER), (62, NUMBER),
    (64, b'\1\0\0\x0d'), (65, b'\1\0\0\6'), (66, b'\1192.0.2.1'), (67, b'192.0.2.2'), (69, b'\1abcdefgh'), (76, NUMBER),
    (77, b'fast'), (78, b'token'), (81, b'\x01100'), (82, b'\2id'), (83, b'\1\0\0\7'), (85, NUMBER), (87, b'port'), (88, b'pool'),
    (89, b'user'), (90, b'\1client'), (91, b'server'), (92, b'rule'), (95, ADDRESS_6), (96, bytes(range(8))), (97, PREFIX),
    (98, ADDRESS_6), (99, b'route'), (100, b'pool'), (101, NUMBER), (102, b'key'), (123, PREFIX), (133, NUMBER), (135, b'policy'),
    (136, NUMBER), (144, b'tunnel'), (146, b'service'), (168, ADDRESS_6), (169, ADDRESS_6), (170, PREFIX), (171, b'pool'),
    (172, b'pool'), (177, NUMBER),
]
ACCOUNTING = [
    (40, struct.pack('!I', 2)), (41, NUMBER), (42, NUMBER), (43, NUMBER), (44, b'session'), (45, NUMBER), (46, NUMBER), (47, NUMBER),
    (48, NUMBER), (49, NUMBER), (50, b'multi'), (51, NUMBER), (52, NUMBER), (53, NUMBER), (55, struct.pack('!I', 1700000000)),
    (57, NUMBER), (59, b'\0\1\2\3\4\5\6\7'), (68, b'connection'), (86, NUMBER), (96, bytes(range(8))),
]
VENDORS = [
    of_vendor(9, (1, b'shell:priv-lvl=15'), (2, b'Gi0/1')), of_vendor(9, (191, NUMBER)), of_vendor(11, (1, NUMBER)),
    of_vendor(311, (1, b'response'), (7, NUMBER), (10, b'DOMAIN')), of_vendor(311, (16, b'\x80\1abcdefgh'), (17, b'\x80\2abcdefgh')),
    of_vendor(311, (28, ADDRESS), (11, b'challenge')), of_vendor(99999, (1, b'not known here')), of_vendor(1916, (203, b'vlan')),
    of_vendor(2011, (1, NUMBER), (20, NUMBER)), of_vendor(2636, (1, b'user'), (2, b'allow')), of_vendor(3561, (1, b'circuit')),
    of_vendor(4874, (1, b'router'), (4, ADDRESS), (10, b'in')), of_vendor(6527, (9, ADDRESS)), of_vendor(10415, (1, b'262011234567890')),
    of_vendor(12356, (1, b'group')), of_vendor(14122, (1, b'location'), (7, NUMBER)), of_vendor(14179, (2, NUMBER), (6, b'acl')),
    of_vendor(14823, (1, b'role'), (2, NUMBER)), of_vendor(14988, (8, b'1M/2M'), (1, NUMBER)), of_vendor(25053, (1, b'group')),
    of_vendor(25461, (1, b'role')), of_vendor(25506, (1, NUMBER)),
]


def message(code, identifier, port, octets):
    head = struct.pack('!BBH', code, identifier, 20 + len(octets)) + bytes(range(16))
    return LINK / IP(src='10.0.0.1', dst='10.0.0.2') / UDP(sport=40000, dport=port) / Raw(head + octets)


capture('radius', 1, START, [
    (0, message(1, 1, 1812, b''.join(attribute(*one) for one in STANDARD))),
    (1, message(4, 2, 1813, b''.join(attribute(*one) for one in ACCOUNTING))),
    (2, message(1, 3, 1812, b''.join(VENDORS))),
])


def sip(line, number, method):
    head = f'{line}\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK{number}\r\nFrom: <sip:a@test>;tag=1\r\nTo: <sip:b@test>\r\n'
    return (head + f'Call-ID: call@10.0.0.1\r\nCSeq: {number} {method}\r\nContent-Length: 0\r\n\r\n').encode()


def datagram(sent, source, destination, octets):
    hosts = ('10.0.0.1', '10.0.0.2') if sent else ('10.0.0.2', '10.0.0.1')
    return LINK / IP(src=hosts[0], dst=hosts[1]) / UDP(sport=source, dport=destination) / Raw(octets)


class Connection:
    """Segments of a connection to a port, with sequence numbers."""

    def __init__(self, port):
        self.port, self.next = port, {True: 1000, False: 5000}
        self.frames = [self.segment(True, b'', 'S'), self.segment(False, b'', 'SA'), self.segment(True, b'', 'A')]

    def segment(self, sent, octets, flags='PA'):
        hosts = ('10.0.0.1', '10.0.0.2') if sent else ('10.0.0.2', '10.0.0.1')
        ports = (40001, self.port) if sent else (self.port, 40001)
        ack = self.next[not sent] if 'A' in flags else 0
        tcp = TCP(sport=ports[0], dport=ports[1], seq=self.next[sent], ack=ack, flags=flags)
        self.next[sent] += len(octets) + ('S' in flags)
        return LINK / IP(src=hosts[0], dst=hosts[1]) / tcp / Raw(octets)

    def say(self, sent, *parts):
        self.frames += [self.segment(sent, part) for part in parts]
        return self


def key_exchange():
    lists = ['curve25519-sha256,kex', 'ssh-ed25519', 'aes128-ctr', 'aes256-ctr', 'hmac-sha2-256', 'hmac-sha2-512', 'none', 'zlib', '', '']
    payload = b'\x14' + bytes(range(16)) + b''.join(struct.pack('!I', len(one)) + one.encode() for one in lists) + bytes(5)
    padding = 8 - (len(payload) + 5) % 8 + 8
    return struct.pack('!IB', len(payload) + padding + 1, padding) + payload + bytes(padding)


HTTP = (Connection(80)
        .say(True, b'GET /a?b=1 HTTP/1.1\r\nHost: host.test\r\n\r\n')
        .say(False, b'HTTP/1.1 200 OK\r\nContent-Length: 6\r\nServer: s\r\n\r\n', b'hello\n')
        .say(True, b'GET /c HTTP/1.1\r\nHost: host.test\r\n\r\n')
        .say(False, b'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'))
OTHER_HTTP = Connection(45678).say(True, b'GET /d HTTP/1.1\r\nHost: host.test\r\n\r\n')
EXCHANGE = key_exchange()
SSH = (Connection(22)
       .say(True, b'SSH-2.0-client\r\n').say(False, b'SSH-2.0-server\r\n')
       .say(True, EXCHANGE[:100], EXCHANGE[100:]).say(False, EXCHANGE))
CALL = [
    datagram(True, 5060, 5060, sip('INVITE sip:b@test SIP/2.0', 1, 'INVITE')),
    datagram(False, 5060, 5060, sip('SIP/2.0 180 Ringing', 1, 'INVITE')),
    datagram(False, 5060, 5060, sip('SIP/2.0 200 OK', 1, 'INVITE')),
    datagram(True, 5060, 5060, sip('ACK sip:b@test SIP/2.0', 1, 'ACK')),
    datagram(True, 5060, 5060, sip('BYE sip:b@test SIP/2.0', 2, 'BYE')),
    datagram(False, 5060, 5060, sip('SIP/2.0 200 OK', 2, 'BYE')),
]


def block(kind, number):
    return struct.pack('!HH', kind, number) + (b'data' if kind == 3 else b'')


TRANSFER = [datagram(True, 2000, 69, b'\0\2up.bin\0octet\0'), datagram(False, 3000, 2000, block(4, 0))]
for number in (1, 30000, 60000, 65535, 0, 1):
    TRANSFER += [datagram(True, 2000, 3000, block(3, number)), datagram(False, 3000, 2000, block(4, number))]
FRAMES = HTTP.frames + OTHER_HTTP.frames + SSH.frames + CALL + TRANSFER
capture('transactions', 1, START, [(at * 2500, frame) for at, frame in enumerate(FRAMES)])
