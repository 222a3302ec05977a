"""The frames of the scenario, before a switch tag is on them."""
import random
import struct

MAC = bytes.fromhex('0200000000e0')
BROADCAST = b'\xff' * 6
STP_TO, LLDP_TO, PTP_TO = (bytes.fromhex(a) for a in ('0180c2000000', '0180c200000e', '011b19000000'))


def total(octets):
    octets += b'\0' * (len(octets) % 2)
    n = sum(struct.unpack('>%dH' % (len(octets) // 2), octets))
    while n >> 16:
        n = (n & 0xffff) + (n >> 16)
    return ~n & 0xffff


class Frames:
    """The frames of the scenario, without tags."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def mac(self):
        return b'\x02' + self.rng.randbytes(5)

    def arp(self, src):
        ip = self.rng.randbytes(2)
        asks = src + b'\x0a' + ip + b'\x01' + bytes(6) + b'\x0a' + ip + b'\xfe'
        return BROADCAST + src + bytes.fromhex('08060001080006040001') + asks

    def udp4(self, to, src, length=48, vlan=b''):
        body = self.rng.randbytes(4) + struct.pack('>HH', 8 + length, 0) + b'.' * length
        addresses = b'\x0a' + self.rng.randbytes(3) + b'\x0a' + self.rng.randbytes(3)
        check = total(addresses + struct.pack('>HH', 17, len(body)) + body)
        body = body[:6] + struct.pack('>H', check or 0xffff) + body[8:]
        head = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(body), self.rng.randrange(65536), 0, 64, 17, 0) + addresses
        head = head[:10] + struct.pack('>H', total(head)) + head[12:]
        return to + src + vlan + b'\x08\x00' + head + body

    def udp6(self, to, src):
        body = self.rng.randbytes(4) + struct.pack('>HH', 56, 0) + b'.' * 48
        addresses = b''.join(bytes.fromhex('20010db8') + bytes(10) + self.rng.randbytes(2) for _ in range(2))
        check = total(addresses + struct.pack('>II', len(body), 17) + body)
        body = body[:6] + struct.pack('>H', check or 0xffff) + body[8:]
        return to + src + b'\x86\xdd' + struct.pack('>IHBB', 0x60000000, 56, 17, 64) + addresses + body

    def stp(self, src):
        bpdu = b'\0\0\0\0\0' + b'\x80\0' + src + bytes(4) + b'\x80\0' + src + bytes.fromhex('8001000014000200' '0f00')
        return STP_TO + src + b'\0\x26\x42\x42\x03' + bpdu + bytes(8)

    def lldp(self, src, port):
        name = b'lan%d' % (port + 1)
        return LLDP_TO + src + bytes.fromhex('88cc020704') + src + b'\x04\x05\x05' + name + bytes.fromhex('060200780000')

    def ptp(self, src, reserved2=0, seq=None):
        head = bytes([0, 2]) + struct.pack('>H', 44) + bytes(12) + struct.pack('>I', reserved2)
        seq = self.rng.randbytes(2) if seq is None else struct.pack('>H', seq)
        head += src[:3] + b'\xff\xfe' + src[3:] + b'\0\1' + seq + bytes(2)
        return PTP_TO + src + b'\x88\xf7' + head + bytes(10)

    @staticmethod
    def ptp_over_udp(frame):
        """A message over Ethernet, over UDP instead, without a checksum."""
        body = struct.pack('>HHHH', 319, 319, 8 + len(frame) - 14, 0) + frame[14:]
        head = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(body), 1, 0, 1, 17, 0) + bytes([10, 0, 0, 1, 224, 0, 1, 129])
        head = head[:10] + struct.pack('>H', total(head)) + head[12:]
        return b'\1\0\x5e\0\1\x81' + frame[6:12] + b'\x08\0' + head + body

    def tci(self, dei):
        return struct.pack('>H', self.rng.randrange(8) << 13 | dei << 12 | self.rng.randrange(2, 4095))

    def from_cpu(self, ports):
        """(port, what, socket priority, frame)"""
        for port in ports:
            prio = self.rng.randrange(1, 8)
            yield port, 'ARP request, 42 octets', 0, self.arp(MAC)
            yield port, 'IPv4 UDP', 0, self.udp4(self.mac(), MAC)
            yield port, f'IPv4 UDP, SO_PRIORITY {prio}', prio, self.udp4(self.mac(), MAC)
            yield port, '802.1Q', 0, self.udp4(self.mac(), MAC, vlan=b'\x81\0' + self.tci(0))
            yield port, '802.1Q with DEI', 0, self.udp4(self.mac(), MAC, vlan=b'\x81\0' + self.tci(1))
            two = b'\x88\xa8' + self.tci(0) + b'\x81\0' + self.tci(0)
            yield port, '802.1ad + 802.1Q', 0, self.udp4(self.mac(), MAC, vlan=two)
            yield port, 'IPv6 UDP', 0, self.udp6(self.mac(), MAC)
            yield port, 'STP BPDU', 0, self.stp(MAC)
            yield port, 'LLDP', 0, self.lldp(MAC, port)
            yield port, 'PTP over Ethernet', 0, self.ptp(MAC)
            if port == 1:
                yield port, 'IPv4 UDP, 1514 octets', 0, self.udp4(self.mac(), MAC, length=1472)

    def to_cpu(self, ports):
        """(port, what, frame)"""
        ports = list(ports)
        self.rng.shuffle(ports)
        for port in ports:
            src = self.mac()
            yield port, 'ARP request, 42 octets', self.arp(src)
            yield port, 'IPv4 UDP', self.udp4(MAC, src)
            yield port, '802.1Q', self.udp4(MAC, src, vlan=b'\x81\0' + self.tci(self.rng.randrange(2)))
            yield port, 'IPv6 UDP', self.udp6(MAC, src)

    def any(self):
        return self.udp4(MAC, self.mac(), length=self.rng.randrange(24, 92))


def bridge_frames(f, aware):
    """What br0 sends; a bridge that filters VLANs sends all of it tagged, as the kernel hands it to the tagger."""
    def tag(frame):
        return frame[:12] + b'\x81\0\0\1' + frame[12:] if aware else frame
    for _ in range(2):
        yield 'bridge, broadcast', tag(f.arp(MAC))
        yield 'bridge, unknown unicast', tag(f.udp4(f.mac(), MAC))
    for vid in (10, 11, 12):
        tci = struct.pack('>H', f.rng.randrange(8) << 13 | vid)
        yield f'bridge, 802.1Q VID {vid}', f.udp4(f.mac(), MAC, vlan=b'\x81\0' + tci)
    yield 'bridge, BPDU by br0', tag(f.stp(MAC))
