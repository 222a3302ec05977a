"""TLS handshakes over several records and segments: hellos with post-quantum key shares, chains of certificates. Writes hello.pcap.gz."""
import gzip, io, struct
from scapy.all import Ether, IP, TCP, Raw, PcapWriter

def vec(width, octets):
    return len(octets).to_bytes(width, "big") + octets

def extension(kind, octets):
    return struct.pack("!H", kind) + vec(2, octets)

def hello(name, shares):
    shares = b"".join(struct.pack("!H", group) + vec(2, bytes([group & 255]) * length) for group, length in shares)
    extensions = b"".join([
        extension(0, vec(2, b"\0" + vec(2, name.encode()))),
        extension(10, vec(2, struct.pack("!3H", 0x11ec, 29, 23))),
        extension(13, vec(2, struct.pack("!3H", 0x0403, 0x0804, 0x0401))),
        extension(51, vec(2, shares)),
        extension(43, vec(1, struct.pack("!2H", 0x0304, 0x0303))),
        extension(16, vec(2, vec(1, b"h2") + vec(1, b"http/1.1"))),
    ])
    body = b"\x03\x03" + bytes(range(32)) + vec(1, bytes(32)) + vec(2, struct.pack("!3H", 0x1301, 0x1302, 0xc02f)) + vec(1, b"\0") + vec(2, extensions)
    return b"\x01" + vec(3, body)

def server_hello():
    body = b"\x03\x03" + bytes(range(32)) + vec(1, b"") + b"\xc0\x2f\0" + vec(2, extension(0xff01, b"\0"))
    return b"\x02" + vec(3, body)

def retry():
    random = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
    body = b"\x03\x03" + random + vec(1, bytes(32)) + b"\x13\x01\0" + vec(2, extension(43, b"\x03\x04") + extension(51, b"\0\x1d"))
    return b"\x02" + vec(3, body)

def chain(lengths):
    return b"\x0b" + vec(3, vec(3, b"".join(vec(3, b"\x30\x82" + struct.pack("!H", length - 4) + bytes(length - 4)) for length in lengths)))

def records(octets, most, version=b"\x03\x03", kind=22):
    return b"".join(bytes([kind]) + version + vec(2, octets[at:at + most]) for at in range(0, len(octets), most))

CHANGE, SEALED = records(b"\1", 1, kind=20), records(b"\x0b\0\0\x30" + bytes(36), 40)
out, clock = [], 1.0

def stream(port, turns, segment, order=lambda pieces: pieces):
    """`turns`: who speaks (0: client), and what."""
    global clock
    next_, ends = [1000, 2000], [("10.0.0.1", 40000 + len(out)), ("10.0.0.2", port)]
    def put(who, flags, seq, data=b""):
        global clock
        (source, sport), (target, dport) = ends[who], ends[1 - who]
        ack = next_[1 - who] if "A" in flags else 0
        packet = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src=source, dst=target) / TCP(sport=sport, dport=dport, seq=seq, ack=ack, flags=flags)
        packet = packet / Raw(data) if data else packet
        packet.time, clock = clock, clock + 0.001
        out.append(packet)
    for who, flags in [(0, "S"), (1, "SA")]:
        put(who, flags, next_[who])
        next_[who] += 1
    put(0, "A", next_[0])
    for who, octets in turns:
        pieces = []
        for at in range(0, len(octets), segment):
            pieces.append((next_[who] + at, octets[at:at + segment]))
        for seq, data in order(pieces):
            put(who, "PA", seq, data)
        next_[who] += len(octets)

quantum = hello("quantum.example", [(0x11ec, 1216), (29, 32)])
huge = hello("huge.example", [(0x11ec, 1216), (0x0202, 4500), (29, 32)])
flight = server_hello() + chain([3000, 5200, 900]) + b"\x0e\0\0\0"
key = b"\x10" + vec(3, vec(1, bytes(65)))
stream(443, [(0, records(quantum, 16384, b"\x03\x01")), (1, records(flight, 16384))], 1400)
stream(443, [(0, records(huge, 16384, b"\x03\x01")), (1, records(flight, 4096))], 1400)
stream(443, [(0, records(huge, 512, b"\x03\x01")), (1, records(flight, 700)), (0, records(key, 40) + CHANGE + SEALED), (1, CHANGE + SEALED)], 1400)
stream(443, [(0, records(huge, 1, b"\x03\x01"))], 1400)
stream(443, [(0, records(quantum, 300, b"\x03\x01")), (1, records(flight, 512))], 97)
stream(443, [(0, records(huge, 900, b"\x03\x01")), (1, records(flight, 512))], 600, lambda pieces: pieces[::-1] if len(pieces) < 12 else pieces[:1] + pieces[:0:-1])
stream(8443, [(0, records(quantum, 16384, b"\x03\x01")), (1, records(retry(), 512) + CHANGE), (0, CHANGE + records(huge, 2000))], 1400)

data = io.BytesIO()
writer = PcapWriter(data, linktype=1)
for packet in out:
    writer.write(packet)
writer.flush()
with open("hello.pcap.gz", "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as zipped:
    zipped.write(data.getvalue())
