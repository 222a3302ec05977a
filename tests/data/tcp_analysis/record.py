#!/usr/bin/env python3
"""Records receiver.pcap.gz and sender.pcap.gz again, at the two ends of a path that loses, delays, doubles and reorders: record.py [FOLDER]

Needs root, iproute2, ethtool and tcpdump. Two network namespaces of its own are joined by a third, in which this program passes frames
on, or not; each run differs in its octets, and the tests hold nettool against tshark on whatever was recorded. Connections: bulk both ways, over IPv4 and IPv6; a reader that sleeps (closed
windows, probes); keep-alives; a reset; a port where nobody listens.
"""
import ctypes
import gzip
import heapq
import os
import random
import select
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

SPACES = ("nettool-rec-a", "nettool-rec-b")
BETWEEN = "nettool-rec-m"
ADDRESSES = (("10.77.0.1", "fd77::1"), ("10.77.0.2", "fd77::2"))
PORT = 5000
# Python's own setns came with 3.12.
LIBC = ctypes.CDLL(None, use_errno=True)


def run(*words, check=True):
    return subprocess.run(words, check=check, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def inside(space):
    """Moves the calling thread into a network namespace."""
    with open("/run/netns/" + space) as handle:
        if LIBC.setns(handle.fileno(), 0x40000000) != 0:
            raise OSError(ctypes.get_errno(), space)


def build():
    for space in (*SPACES, BETWEEN):
        run("ip", "netns", "add", space)
    for at, (space, addresses) in enumerate(zip(SPACES, ADDRESSES)):
        run("ip", "link", "add", "v0", "netns", space, "type", "veth", "peer", "name", "m%d" % at, "netns", BETWEEN)
        run("ip", "-n", BETWEEN, "link", "set", "m%d" % at, "up")
        within = ("ip", "-n", space)
        run(*within, "addr", "add", addresses[0] + "/24", "dev", "v0")
        run(*within, "addr", "add", addresses[1] + "/64", "dev", "v0", "nodad")
        run(*within, "link", "set", "v0", "up")
        # Segments, and their checksums, as they are on the wire.
        for feature in ("tso", "gso", "gro", "tx"):
            run("ip", "netns", "exec", space, "ethtool", "-K", "v0", feature, "off", check=False)


def relay(stop):
    """Passes frames on after 3 to 6 ms; of a hundred it loses two, doubles one and holds three back."""
    inside(BETWEEN)
    ends = [socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) for _ in SPACES]
    for at, end in enumerate(ends):
        end.bind(("m%d" % at, 0))
    dice, due, serial = random.Random(5), [], 0
    while not stop.is_set():
        wait = max(0.0, due[0][0] - time.monotonic()) if due else 0.05
        for end in select.select(ends, [], [], min(wait, 0.05))[0]:
            frame, source = end.recvfrom(65536)
            if source[2] == socket.PACKET_OUTGOING or dice.random() < 0.02:
                continue
            for _ in range(2 if dice.random() < 0.01 else 1):
                later = 0.004 if dice.random() < 0.03 else 0.0
                serial += 1
                moment = time.monotonic() + 0.003 + later + dice.random() * 0.0005
                heapq.heappush(due, (moment, serial, ends.index(end), frame))
        while due and due[0][0] <= time.monotonic():
            _, _, at, frame = heapq.heappop(due)
            try:
                ends[1 - at].send(frame)
            except OSError:
                pass


def serve(listener, count):
    """Echoes a little, reads slowly where the first octet asks for it."""
    for _ in range(count):
        peer, _ = listener.accept()
        threading.Thread(target=answer, args=(peer,), daemon=True).start()


def answer(peer):
    kind = peer.recv(1)
    try:
        if kind == b"s":
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            time.sleep(1.5)
        if kind == b"d":
            peer.sendall(b"d" * 120_000)
        if kind == b"r":
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        while peer.recv(65536):
            pass
    finally:
        peer.close()


def connect(kind, data, address=ADDRESSES[1][0], port=PORT, idle=0):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as peer:
        peer.settimeout(20)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
        try:
            peer.connect((address, port))
            peer.sendall(kind + data)
            time.sleep(idle)
            peer.shutdown(socket.SHUT_WR)
            while peer.recv(65536):
                pass
        except OSError:
            pass


def traffic():
    ready = threading.Event()

    def server():
        inside(SPACES[1])
        listener = socket.create_server(("::", PORT), family=socket.AF_INET6, dualstack_ipv6=True)
        ready.set()
        serve(listener, 6)

    def client():
        inside(SPACES[0])
        connect(b"u", b"u" * 250_000)
        connect(b"d", b"")
        connect(b"u", b"u" * 120_000, address=ADDRESSES[1][1])
        connect(b"s", b"s" * 100_000)
        connect(b"k", b"k", idle=3)
        connect(b"r", b"r" * 10)
        connect(b"x", b"", port=5999)

    threading.Thread(target=server, daemon=True).start()
    ready.wait(10)
    caller = threading.Thread(target=client)
    caller.start()
    caller.join(120)


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as place:
        try:
            build()
            names = dict(zip(SPACES, ("sender", "receiver")))
            taps = [subprocess.Popen(["ip", "netns", "exec", space, "tcpdump", "-i", "v0", "-U", "--immediate-mode", "-Z", "root", "-w",
                                      os.path.join(place, name)], stderr=subprocess.DEVNULL)
                    for space, name in names.items()]
            # tcpdump writes the file's head when it has begun.
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline and not all(
                    os.path.exists(os.path.join(place, name)) for name in names.values()):
                time.sleep(0.05)
            stop = threading.Event()
            passing = threading.Thread(target=relay, args=(stop,), daemon=True)
            passing.start()
            traffic()
            time.sleep(0.5)
            stop.set()
            passing.join(5)
            for tap in taps:
                tap.terminate()
                tap.wait()
            for name in names.values():
                with open(os.path.join(place, name), "rb") as plain:
                    data = plain.read()
                with open(os.path.join(folder, name + ".pcap.gz"), "wb") as out:
                    out.write(gzip.compress(data, 9, mtime=0))
        finally:
            for space in (*SPACES, BETWEEN):
                run("ip", "netns", "del", space, check=False)


if __name__ == "__main__":
    main()
