"""Fragments and TCP streams within tunnels, and tunnels within fragments. Writes tunnels.pcap.gz (scapy 2.8.0)."""
import gzip, io, struct
from scapy.all import Ether, IP, IPv6, GRE, UDP, TCP, DNS, DNSQR, ICMP, Raw, PcapWriter, fragment, fragment6, IPv6ExtHdrFragment, ICMPv6EchoRequest
from scapy.layers.vxlan import VXLAN
from scapy.contrib.geneve import GENEVE
from scapy.contrib.gtp import GTP_U_Header

def outer(number):
    return IP(src="192.0.2.1", dst="192.0.2.2", id=number)

def eth():
    return Ether(src="02:00:00:00:01:01", dst="02:00:00:00:01:02")

TUNNELS = {
    "ipip": lambda n, inner: outer(n) / inner,
    "gre": lambda n, inner: outer(n) / GRE(key_present=1, key=7, seqnum_present=1, sequence_number=n) / inner,
    "greteb": lambda n, inner: outer(n) / GRE(proto=0x6558) / eth() / inner,
    "vxlan": lambda n, inner: outer(n) / UDP(sport=50000 + n % 3, dport=4789) / VXLAN(vni=77) / eth() / inner,
    "geneve": lambda n, inner: outer(n) / UDP(sport=50000, dport=6081) / GENEVE(vni=78, proto=0x6558) / eth() / inner,
    "gtp": lambda n, inner: outer(n) / UDP(sport=2152, dport=2152) / GTP_U_Header(teid=9, gtp_type=255) / inner,
    "sit": lambda n, inner: IPv6(src="2001:db8::1", dst="2001:db8::2", nh=4) / inner,
}

out = []
def put(packet):
    packet = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / packet
    packet = Ether(bytes(packet)) if False else packet
    packet.time = 1000 + len(out) * 0.001
    out.append(packet)

def message(name, number):
    octets = bytes(DNS(id=number, qd=DNSQR(qname=name)))
    return struct.pack("!H", len(octets)) + octets

number = 0
for at, (name, wrap) in enumerate(TUNNELS.items()):
    inside = f"10.{at}.0.1", f"10.{at}.0.2"
    # A datagram in fragments inside, the last first.
    datagram = IP(src=inside[0], dst=inside[1], id=100 + at) / UDP(sport=4000, dport=53) / DNS(id=at, qd=DNSQR(qname=f"fragments.{name}.example")) 
    for piece in fragment(datagram, 24)[::-1]:
        number += 1
        put(wrap(number, piece))
    # A stream inside, cut with no regard to its messages.
    stream = b"".join(message(f"m{n}.{name}.example", n) for n in range(4))
    seq, ends = 1000, (41000 + at, 53)
    number += 1
    put(wrap(number, IP(src=inside[0], dst=inside[1], id=1) / TCP(sport=ends[0], dport=53, seq=seq, flags="S")))
    number += 1
    put(wrap(number, IP(src=inside[1], dst=inside[0], id=1) / TCP(sport=53, dport=ends[0], seq=5000, ack=seq + 1, flags="SA")))
    for start in range(0, len(stream), 50):
        number += 1
        put(wrap(number, IP(src=inside[0], dst=inside[1], id=2 + start) / TCP(sport=ends[0], dport=53, seq=seq + 1 + start, ack=5001, flags="PA") / Raw(stream[start:start + 50])))
    # The tunnel's own packet in fragments, with a datagram in fragments inside.
    large = IP(src=inside[0], dst=inside[1], id=200 + at) / UDP(sport=4001, dport=9) / Raw(bytes(range(256)) * 5)
    for piece in fragment(large, 800):
        number += 1
        whole = wrap(number, piece)
        if name == "sit":
            for part in fragment6(IPv6(src="2001:db8::1", dst="2001:db8::2") / IPv6ExtHdrFragment(id=number) / piece, 500):
                put(part)
        else:
            for part in fragment(IP(bytes(whole)), 400):
                put(part)
    # And a message over both.
    number += 1
    whole = wrap(number, IP(src=inside[0], dst=inside[1], id=900) / TCP(sport=ends[0], dport=53, seq=seq + 1 + len(stream), ack=5001, flags="PA") / Raw(message("a." * 60 + "example", 9)))
    if name != "sit":
        for part in fragment(IP(bytes(whole)), 64):
            put(part)

# IPv6 inside: 6in4, and GRE.
for nh, wrap in ((41, lambda inner: outer(1) / inner), (47, lambda inner: outer(2) / GRE(proto=0x86dd) / inner)):
    whole = IPv6(src="2001:db8:1::1", dst="2001:db8:1::2") / IPv6ExtHdrFragment(id=nh) / UDP(sport=4002, dport=53) / DNS(qd=DNSQR(qname="six.example.")) / Raw(b"x" * 600)
    for piece in fragment6(whole, 300):
        put(wrap(piece))

data = io.BytesIO()
writer = PcapWriter(data, linktype=1)
for packet in out:
    writer.write(packet)
writer.flush()
with open("tunnels.pcap.gz", "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as zipped:
    zipped.write(data.getvalue())
