#!/usr/bin/env python3
"""Writes handshakes.pcap: connections with data in their SYN (TCP Fast Open, RFC 7413), and how they end: make_handshakes.py [FOLDER]"""
import os
import sys

from scapy.all import IP, TCP, Ether, Raw, wrpcap

ENDS = (("02:00:00:00:00:01", "10.0.0.1"), ("02:00:00:00:00:02", "10.0.0.2"))
COOKIE = b"12345678"


def segment(back, port, flags, seq, ack, data=b"", **more):
    (mac, source), (other, destination) = ENDS[::-1] if back else ENDS
    ports = {"sport": 9000, "dport": port} if back else {"sport": port, "dport": 9000}
    tcp = TCP(flags=flags, seq=seq, ack=ack, **ports, **more)
    return Ether(src=mac, dst=other) / IP(src=source, dst=destination) / tcp / Raw(data)


def connection(port, options, data, taken, answer=()):
    behind = 1001 + len(data)
    return [
        segment(False, port, "S", 1000, 0, data, options=options),
        segment(True, port, "SA", 5000, 1001 + taken, options=list(answer)),
        segment(False, port, "A", behind, 5001),
        segment(True, port, "PA", 5001, behind, b"answer"),
        segment(False, port, "FA", behind, 5007),
        segment(False, port, "FA", behind, 5007),
        segment(True, port, "FA", 5007, behind + 1),
        segment(False, port, "FA", behind, 5008),
        segment(True, port, "R", 5008, 77, b"gone" if port % 2 else b""),
    ]


def fast_open(cookie):
    # Padded by hand: what stands behind the end mark is nobody's.
    return [("NOP", None)] * 2 + [(34, cookie)]


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    frames = [
        *connection(1001, fast_open(COOKIE), b"GET /", 5),
        *connection(1002, fast_open(COOKIE), b"GET /", 0),
        *connection(1003, fast_open(b""), b"", 0, fast_open(COOKIE)),
        *connection(1004, fast_open(COOKIE), b"", 0),
        *connection(1005, fast_open(b""), b"data", 4),
        *connection(1006, [], b"data", 4),
        *connection(1007, fast_open(COOKIE), b"GET /", 2),
        segment(False, 2000, "S", 1, 77),
        segment(False, 2000, "A", 2, 77, urgptr=9),
        segment(False, 2000, "R", 2, 77, b"go away"),
        segment(False, 2001, "", 2, 77),
    ]
    for at, frame in enumerate(frames):
        frame.time = 1700000000 + at * 0.01
    wrpcap(os.path.join(folder, "handshakes.pcap"), frames)


main()
