#!/usr/bin/env python3
"""Captures of troubled TCP connections: make.py [SEED [SEGMENTS]] > file.pcap

Each connection is a walk of both sides over what segments can do: go on, come again, skip, answer, acknowledge again, close and
open windows, probe, keep alive, end, begin anew. It is no TCP, on purpose: every rule of an analysis is met often, in
combinations that a network makes rarely. The same arguments make the same octets.
"""
import random
import struct
import sys

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


class Side:
    def __init__(self, dice, address, port):
        self.address, self.port, self.dice = address, port, dice
        self.begin()

    def begin(self):
        self.next = self.dice.choice([self.dice.randrange(1 << 32), 0xFFFFF000])
        self.sent, self.window, self.shift = [], 1000, None


class Connection:
    def __init__(self, dice, out, number):
        self.dice, self.out = dice, out
        self.sides = [Side(dice, b'\x0a\0\0\x01', 10000 + number), Side(dice, b'\x0a\0\0\x02', 80)]
        if dice.random() < 0.3:
            self.sides.reverse()
        self.open()

    def segment(self, at, flags, seq=None, data=b'', ack=None, window=None, options=b''):
        side, peer = self.sides[at], self.sides[1 - at]
        seq = side.next if seq is None else seq & 0xFFFFFFFF
        ack = (self.acked[at] if ack is None else ack) & 0xFFFFFFFF if flags & ACK else 0
        window = side.window if window is None else window
        options += b'\1' * (-len(options) % 4)
        header = struct.pack('!HHIIBBHHH', side.port, peer.port, seq, ack, (20 + len(options)) * 4, flags, window, 0, 0)
        self.out.packet(side.address, peer.address, header + options + data)

    def open(self):
        dice = self.dice
        client, server = self.sides
        self.acked = [server.next, client.next]
        kind = dice.random()
        if kind < 0.15:
            return  # the capture began later
        offers = [dice.choice([None, 0, 2, 7]), dice.choice([None, 0, 3])]
        scale = lambda shift: b'' if shift is None else bytes([3, 3, shift])
        for _ in range(dice.choice([1, 1, 1, 2])):
            self.segment(0, SYN, options=scale(offers[0]))
        if kind < 0.2:
            self.segment(1, RST | ACK, seq=0, ack=client.next + 1)
            return
        client.next += 1
        self.acked[1] = client.next
        for _ in range(dice.choice([1, 1, 1, 2])):
            self.segment(1, SYN | ACK, options=scale(offers[1]))
        server.next += 1
        self.acked[0] = server.next
        if kind < 0.95:
            self.segment(0, ACK)

    def data(self, at, size=None, push=True):
        side = self.sides[at]
        size = size or self.dice.choice([1, 2, 10, 100, 1000])
        seq = side.next & 0xFFFFFFFF
        side.sent.append((seq, size))
        side.sent = side.sent[-40:]
        side.next = seq + size & 0xFFFFFFFF
        return seq, b'x' * size

    def step(self):
        dice = self.dice
        at = dice.randrange(2)
        side, peer = self.sides[at], self.sides[1 - at]
        push = dice.choice([0, PSH])
        act = dice.random()
        if act < 0.30:
            seq, octets = self.data(at)
            self.segment(at, ACK | push, seq, octets)
        elif act < 0.36:
            self.data(at)  # lost before the capture
        elif act < 0.46 and side.sent:
            seq, size = dice.choice(side.sent[-4:])
            size = dice.choice([size, size, size + 10, max(1, size // 2)])
            self.segment(at, ACK | push, seq, b'x' * size)
        elif act < 0.60:
            self.acked[at] = peer.next
            self.segment(at, ACK)
        elif act < 0.64 and peer.sent:
            self.acked[at] = dice.choice(peer.sent)[0] + dice.choice([0, 1])
            self.segment(at, ACK)
        elif act < 0.74:
            for _ in range(dice.choice([1, 2, 3, 4])):
                options = b''
                if dice.random() < 0.5 and peer.sent:
                    seq, size = dice.choice(peer.sent)
                    options = b'\1\1' + struct.pack('!BBII', 5, 10, seq, seq + size & 0xFFFFFFFF)
                self.segment(at, ACK, options=options)
            if peer.sent and dice.random() < 0.6:
                seq = self.acked[at] & 0xFFFFFFFF
                self.segment(1 - at, ACK | push, seq, b'x' * 100)
        elif act < 0.80:
            side.window = dice.choice([0, 10, 100, 500, 65535])
            self.segment(at, ACK)
        elif act < 0.84:
            self.segment(at, ACK, seq=side.next - 1, data=b'x' * dice.choice([0, 1]))
            if dice.random() < 0.7:
                self.segment(1 - at, ACK)
        elif act < 0.88 and peer.window == 0:
            self.segment(at, ACK, seq=side.next, data=b'x')
            if dice.random() < 0.7:
                self.segment(1 - at, ACK, ack=self.acked[1 - at] + dice.choice([0, 1]))
        elif act < 0.92:
            edge = self.acked[1 - at] + (peer.window << dice.choice([0, 0, 2, 3, 7])) - side.next & 0xFFFFFFFF
            if 0 < edge < 1400:
                seq, octets = self.data(at, edge)
                self.segment(at, ACK | push, seq, octets)
        elif act < 0.94:
            self.segment(at, FIN | ACK)
            side.next = side.next + 1 & 0xFFFFFFFF
            self.segment(1 - at, ACK, ack=side.next)
        elif act < 0.96:
            self.segment(at, RST | dice.choice([0, ACK]))
        elif act < 0.98:
            for one in self.sides:
                if dice.random() < 0.8:
                    one.begin()
            self.open()


class Capture:
    def __init__(self, dice, file):
        self.dice, self.file, self.now, self.count = dice, file, 1_700_000_000_000_000, 0
        file.write(struct.pack('<IHHiIII', 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))

    def packet(self, source, destination, segment):
        self.now += self.dice.choice([10, 100, 500, 2000, 10_000, 50_000, 300_000])
        self.count += 1
        head = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(segment), self.count & 0xFFFF, 0, 64, 6, 0)
        frame = b'\2\0\0\0\0\2\2\0\0\0\0\1\x08\0' + head + source + destination + segment
        self.file.write(struct.pack('<IIII', *divmod(self.now, 1_000_000), len(frame), len(frame)) + frame)


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    segments = int(sys.argv[2]) if len(sys.argv) > 2 else 1500
    dice = random.Random(seed)
    out = Capture(dice, sys.stdout.buffer)
    connections, number = [], 0
    while out.count < segments:
        if len(connections) < 4 or dice.random() < 0.01:
            connections = connections[-6:] + [Connection(dice, out, number)]
            number += 1
        dice.choice(connections).step()


main()
