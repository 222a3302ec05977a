#!/usr/bin/env python3
"""Writes connections.pcap.gz: QUIC handshakes of aioquic, and Initial packets with their handshake in any order: make.py [FOLDER]

Needs aioquic (which brings cryptography). Each run has other keys; the tests hold nettool against tshark on whatever was written.
"""
import datetime
import gzip
import os
import struct
import sys

from aioquic.buffer import Buffer, encode_uint_var
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.connection import QuicConnection
from aioquic.quic.crypto import CryptoPair
from aioquic.quic.packet import encode_quic_retry, pull_quic_header
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

V1, V2 = 1, 0x6B3343CF
KEY = ec.generate_private_key(ec.SECP256R1())
LONG = ["h3"] + ["proto-%03d-%s" % (at, "x" * 20) for at in range(60)]


def certificate():
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "quic.example")])
    now = datetime.datetime(2026, 1, 1)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(KEY.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=3650))
    return builder.sign(KEY, hashes.SHA256())


CERTIFICATE = certificate()


def folded(octets):
    words = struct.unpack("!%dH" % ((len(octets) + 1) // 2), octets + b"\0" * (len(octets) % 2))
    total = sum(words)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Capture:
    def __init__(self):
        self.octets = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
        self.micros = 1700000000 * 10**6

    def add(self, data, back, port, server=443, v6=False):
        self.micros += 3100
        ends = ((2, 1), (server, port)) if back else ((1, 2), (port, server))
        (source, destination), ports = ends
        length = 8 + len(data)
        udp = struct.pack("!HHH", *ports, length)
        if v6:
            pair = b"".join(bytes.fromhex("20010db8") + bytes(11) + bytes([end]) for end in (source, destination))
            pseudo = pair + struct.pack("!II", length, 17)
            header = b"\x86\xdd" + struct.pack("!IHBB", 0x60000000, length, 17, 64) + pair
        else:
            pair = bytes([10, 0, 0, source, 10, 0, 0, destination])
            pseudo = pair + struct.pack("!HH", 17, length)
            head = struct.pack("!BBHHHBB", 0x45, 0, 20 + length, 0, 0x4000, 64, 17)
            header = b"\x08\0" + head + struct.pack("!H", folded(head + pair)) + pair
        udp += struct.pack("!H", folded(pseudo + udp + b"\0\0" + data) or 0xFFFF)
        frame = bytes([2, 0, 0, 0, 0, destination, 2, 0, 0, 0, 0, source]) + header + udp + data
        seconds, micros = divmod(self.micros, 10**6)
        self.octets += struct.pack("<IIII", seconds, micros, len(frame), len(frame)) + frame


def client(version=V1, supported=None, alpn=("h3",)):
    configuration = QuicConfiguration(
        is_client=True, alpn_protocols=list(alpn), server_name="quic.example", verify_mode=0
    )
    configuration.original_version = version
    if supported:
        configuration.supported_versions = supported
    connection = QuicConnection(configuration=configuration)
    connection.connect(("10.0.0.2", 443), now=0.5)
    return connection


def server(first, retry=None, original=None, supported=None):
    configuration = QuicConfiguration(
        is_client=False, alpn_protocols=["h3"], certificate=CERTIFICATE, private_key=KEY
    )
    if supported:
        configuration.supported_versions = supported
    header = pull_quic_header(Buffer(data=first), host_cid_length=8)
    return QuicConnection(
        configuration=configuration,
        original_destination_connection_id=original or header.destination_cid,
        retry_source_connection_id=retry,
    )


def sent(connection, now):
    return [datagram for datagram, _ in connection.datagrams_to_send(now=now)]


def run(capture, one, port, other=None, first=None, supported=None, v6=False, rounds=2):
    """What two ends say to each other."""
    now = 1.0
    for _ in range(rounds):
        for datagram in first or sent(one, now):
            capture.add(datagram, False, port, v6=v6)
            other = other or server(datagram, supported=supported)
            other.receive_datagram(datagram, ("10.0.0.1", port), now=now)
        first, now = None, now + 0.01
        for datagram in sent(other, now):
            capture.add(datagram, True, port, v6=v6)
            one.receive_datagram(datagram, ("10.0.0.2", 443), now=now)
        now += 0.01


def retried(capture, port):
    one = client()
    first = sent(one, 1.0)[0]
    capture.add(first, False, port)
    header = pull_quic_header(Buffer(data=first), host_cid_length=8)
    chosen = os.urandom(8)
    retry = encode_quic_retry(
        version=V1,
        source_cid=chosen,
        destination_cid=header.source_cid,
        original_destination_cid=header.destination_cid,
        retry_token=b"token-of-the-server",
    )
    capture.add(retry, True, port)
    one.receive_datagram(retry, ("10.0.0.2", 443), now=1.01)
    again = sent(one, 1.02)
    run(capture, one, port, server(again[0], chosen, header.destination_cid), again)


def number_at(datagram):
    """Where the packet number of an Initial packet stands."""
    buffer = Buffer(data=datagram)
    buffer.pull_bytes(5)
    buffer.pull_bytes(buffer.pull_uint8())
    buffer.pull_bytes(buffer.pull_uint8())
    buffer.pull_bytes(buffer.pull_uint_var())
    buffer.pull_uint_var()
    return buffer.tell()


def hello(alpn):
    """The handshake in a client's first datagrams."""
    pieces = {}
    for datagram in sent(client(alpn=alpn), 1.0):
        header = pull_quic_header(Buffer(data=datagram), host_cid_length=8)
        keys = CryptoPair()
        keys.setup_initial(cid=header.destination_cid, is_client=False, version=V1)
        _, frames, _ = keys.decrypt_packet(datagram[: header.packet_length], number_at(datagram), 0)
        buffer = Buffer(data=frames)
        while not buffer.eof() and buffer.pull_uint_var() == 6:
            offset, length = buffer.pull_uint_var(), buffer.pull_uint_var()
            pieces[offset] = buffer.pull_bytes(length)
    return b"".join(pieces[offset] for offset in sorted(pieces))


def crypto(octets, start, end=None):
    octets = octets[start:end]
    return b"\x06" + encode_uint_var(start) + encode_uint_var(len(octets)) + octets


def initial(destination, source, number, frames, client=True, keys_of=None, pad=1200, number_octets=2):
    keys = CryptoPair()
    keys.setup_initial(cid=keys_of or destination, is_client=client, version=V1)

    def header():
        length = 0x4000 | number_octets + len(frames) + 16
        ids = bytes([len(destination)]) + destination + bytes([len(source)]) + source
        sent = (number & (1 << 8 * number_octets) - 1).to_bytes(number_octets, "big")
        return bytes([0xC0 | number_octets - 1]) + struct.pack("!I", V1) + ids + b"\0" + struct.pack("!H", length) + sent

    frames += b"\0" * max(0, pad - len(header()) - len(frames) - 16)
    return keys.encrypt_packet(header(), frames, number)


ACK = b"\x02\x00\x0a\x00\x00"
SERVER = b"\x77" * 5


class Ids:
    """Identifiers and a port for one connection after the other."""

    def __init__(self):
        self.count = 0

    def next(self):
        self.count += 1
        return bytes([0xD0, self.count] * 4), bytes([0x50, self.count] * 4), 51000 + self.count


def in_any_order(capture):
    small, big, ids = hello(["h3"]), hello(LONG), Ids()

    def says(*packets):
        there, here, port = ids.next()
        for number, frames in packets:
            capture.add(initial(there, here, number, frames), False, port)

    # In one packet, with PING and PADDING between, as browsers do; over packets, the last first; in pieces of both.
    between = (crypto(small, 200), b"\x01", bytes(40), crypto(small, 0, 50), bytes(3), crypto(small, 50, 120))
    says((0, b"".join(between) + crypto(small, 120, 200)))
    says((1, crypto(big, 1000, 2000)), (2, crypto(big, 2000)), (0, crypto(big, 0, 1000)))
    says(
        (0, crypto(big, 500, 900) + b"\x01" + crypto(big, 1500, 1900) + crypto(big, 0, 100)),
        (1, crypto(big, 900, 1200) + crypto(big, 100, 500)),
        (2, crypto(big, 1900) + crypto(big, 1200, 1500)),
    )
    # Sent again, whole and in pieces; overlapping; with a hole that stays.
    says((0, crypto(small, 0)), (1, crypto(small, 0)), (2, b"\x01" + crypto(small, 0, 100) + crypto(small, 100)))
    says((0, crypto(big, 0, 1000)), (1, crypto(big, 900, 1900)), (2, crypto(big, 1800)))
    says((0, crypto(big, 0, 1000)), (2, crypto(big, 2000)))
    return small, ids


def beside(capture, small, ids):
    # Packet numbers of fewer octets than they need, and the end of a connection before it began.
    there, here, port = ids.next()
    capture.add(initial(there, here, 299, crypto(small, 0)), False, port)
    close = b"\x1c\x41\x28\x06\x09no thanks"
    capture.add(initial(here, SERVER, 0, ACK + close, False, there, 0, 1), True, port)
    capture.add(initial(there, here, 300, ACK, pad=0, number_octets=1), False, port)
    # The same ports for another connection; a client without an identifier.
    there, _, _ = ids.next()
    capture.add(initial(there, b"", 0, crypto(small, 0)), False, 51001)
    capture.add(initial(b"", SERVER, 0, ACK, False, there), True, 51001)
    capture.add(b"\x60" + SERVER + b"\xaa" * 40, False, 51001)
    # Version negotiation; a port that says nothing.
    there, here, port = ids.next()
    capture.add(initial(there, here, 0, crypto(small, 0)), False, port)
    versions = struct.pack("!2I", V2, 0x1A2A3A4A)
    capture.add(b"\x80\0\0\0\0\x08" + here + b"\x08" + there + versions, True, port)
    there, here, port = ids.next()
    capture.add(initial(there, here, 0, crypto(small, 0)), False, port, 9999)
    capture.add(initial(here, SERVER, 0, ACK, False, there, 0), True, port, 9999)
    capture.add(b"\x40" + here + b"\xaa" * 40, True, port, 9999)


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    capture = Capture()
    run(capture, client(), 50001)
    run(capture, client(version=V2, supported=[V2, V1]), 50002, supported=[V2, V1])
    # The server chooses version 2; aioquic's client then writes that version with the keys of the other.
    run(capture, client(supported=[V2, V1]), 50003, supported=[V2, V1], rounds=1)
    run(capture, client(), 50004, v6=True)
    run(capture, client(alpn=LONG), 50005)
    retried(capture, 50007)
    beside(capture, *in_any_order(capture))
    with open(os.path.join(folder, "connections.pcap.gz"), "wb") as out:
        out.write(gzip.compress(capture.octets, mtime=0))


main()
