"""The taggers of Linux, by the descriptions of their tags: what the kernel sends and takes.

`tx(frame, port, prio)` and `rx(frame, port)` give the octets on the wire, the tag as (offset, octets), the frame inside and the
answers; `special(frames)` gives further frames to the CPU, `bridge(frames, aware)` those that a bridge sends.
"""
import random
import struct
import zlib

from plain import LLDP_TO, MAC, PTP_TO, STP_TO, bridge_frames

CPU_PORT, PORTS = 5, 6


def h(text):
    return bytes.fromhex(text.replace(' ', ''))


def word(n):
    return struct.pack('>H', n)


def link_local(frame):
    """01:80:c2:00:00:0x, is_link_local_ether_addr()"""
    return frame[:5] == STP_TO[:5] and frame[5] < 16


def sja_link_local(frame):
    return frame[:3] in (STP_TO[:3], PTP_TO[:3])


def padded(frame, to):
    return frame + bytes(max(0, to - len(frame)))


def after_sa(frame, tag, **answer):
    return frame[:12] + tag + frame[12:], [(12, tag)], frame, answer


def in_front(frame, tag, **answer):
    return tag + frame, [(0, tag)], frame, answer


def behind(frame, tag, **answer):
    return frame + tag, [(len(frame), tag)], frame, answer


class Tagger:
    link_type = 1
    switch = 0
    top = 9

    def __init__(self, **settings):
        self.__dict__.update(settings)

    def special(self, f):
        return []

    def taken(self, f, what, port, tag, place=after_sa, delivered=True, **answer):
        wire, at, inner, answer = place(f.any(), tag, **answer)
        return what, port, wire, at, inner, answer, delivered


class Brcm(Tagger):
    place = staticmethod(after_sa)
    pad = 64
    top = 7

    def tx(self, frame, port, prio):
        return self.place(padded(frame, self.pad), bytes([0x20 | prio << 2, 0, port >> 3, 1 << port & 255]), port=port, prio=prio)

    def rx(self, frame, port):
        return self.place(frame, bytes([0, 0, 4, port]))

    def special(self, f):
        reasons = 'mirror', 'MAC learn', 'switching', 'protocol termination', 'protocol snooping', 'exception'
        for bit, what in enumerate(reasons):
            port, prio, cid = f.rng.randrange(4), f.rng.randrange(8), f.rng.randrange(256)
            tag = bytes([0, cid, 1 << bit, prio << 5 | port])
            yield self.taken(f, what, port, tag, self.place, reason=1 << bit, prio=prio, cid=cid)


class BrcmPrepend(Brcm):
    place = staticmethod(in_front)
    link_type = 282


class BrcmLegacy(Tagger):
    def tx(self, frame, port, prio):
        return after_sa(padded(frame, 66), bytes([0x88, 0x74, 0x40, 0, 0, port]), port=port)

    def rx(self, frame, port):
        return after_sa(frame, bytes([0x88, 0x74, 0, 0, 0, port]))

    def special(self, f):
        for opcode in range(4):
            port = f.rng.randrange(4)
            yield self.taken(f, f'opcode {opcode}', port, bytes([0x88, 0x74, opcode << 5, 0, 0, port]), opcode=opcode)
        tag = h('887400000001 81000000')
        yield self.taken(f, 'VLAN tag with TCI 0 behind the tag: stripped too', 1, tag)


class BrcmLegacyFcs(BrcmLegacy):
    def tx(self, frame, port, prio):
        frame = padded(frame, 66)
        tag = bytes([0x88, 0x74, 0x40 | len(frame) >> 8, len(frame) & 255, 0, port])
        fcs = struct.pack('<I', zlib.crc32(frame))
        return frame[:12] + tag + frame[12:] + fcs, [(12, tag), (len(frame) + 6, fcs)], frame, {'port': port}


class Dsa(Tagger):
    link_type = 284
    lead = b''
    switch_limit = 32

    def words(self, command, device, port, vlan, d1=0, vid=0, code_bit=0):
        """The tag and, of a frame whose VLAN tag it swallows, what is left of the frame behind it."""
        if vlan:
            tci = vlan[0]
            tag = bytes([command << 6 | 0x20 | device, port << 3 | d1 | tci >> 12 & 1])
            return self.lead + tag + word(tci & 0xefff | code_bit)
        return self.lead + bytes([command << 6 | device, port << 3 | d1]) + word(vid | code_bit)

    def put(self, frame, command, device, source, d1=0, vid=0, code_bit=0, **answer):
        vlan = frame[12:14] == b'\x81\0' and struct.unpack('>H', frame[14:16])
        tag = self.words(command, device, source, vlan, d1, vid, code_bit)
        rest = frame[16:] if vlan else frame[12:]
        if vlan:
            answer.update(tagged=1, vid=vlan[0] & 4095, prio=vlan[0] >> 13)
        return frame[:12] + tag + rest, [(12, tag)], frame, answer

    def tx(self, frame, port, prio):
        return self.put(frame, 1, self.switch, port, port=port, switch=self.switch)

    def rx(self, frame, port):
        return self.put(frame, 3, self.switch, port, switch=self.switch)

    def special(self, f):
        codes = {0: 'management trap', 2: 'IGMP/MLD trap', 3: 'policy trap', 4: 'ARP mirror', 5: 'policy mirror'}
        for code, what in codes.items():
            for vlan in (b'', b'\x81\0' + f.tci(f.rng.randrange(2))):
                port = f.rng.randrange(4)
                frame = f.udp4(MAC, f.mac(), vlan=vlan)
                d1, low = (code & 4) | (code & 2), (code & 1) << 12
                yield f'TO_CPU {what}', port, *self.put(frame, 0, self.switch, port, d1, 0, low, switch=self.switch), True
        yield 'TO_SNIFFER: dropped', 2, *self.put(f.any(), 2, self.switch, 2, switch=self.switch), False
        yield 'FORWARD of device 9: dropped', 2, *self.put(f.any(), 3, 9, 2, switch=9), False

    def bridge(self, f, aware):
        for what, frame in bridge_frames(f, aware):
            tagged = frame[12:14] == b'\x81\0' and aware
            if tagged:
                yield what, *self.put(frame, 3, 1, 0, switch=1)
            else:
                tag = self.lead + h('c1000fff')
                yield what, *after_sa(frame, tag, switch=1, vid=4095, prio=0)


class Edsa(Dsa):
    link_type = 285
    lead = h('dada0000')


class Trailer(Tagger):
    top = 7

    def tx(self, frame, port, prio):
        return behind(padded(frame, 60), bytes([0x80, 1 << port, 0x10, 0]), port=port)

    def rx(self, frame, port):
        return behind(frame, bytes([0x80, port, 0, 0]))

    def special(self, f):
        yield self.taken(f, 'bit 4 of the third octet set', 2, h('80021000'), behind)


class Gsw1xx(Tagger):
    def tx(self, frame, port, prio):
        return after_sa(frame, h('88c3') + word(0x9000 | 1 << port) + bytes(4), port=port)

    def rx(self, frame, port):
        return after_sa(frame, h('88c3') + bytes([port]) + bytes(5))

    def special(self, f):
        yield self.taken(f, 'other bits of the tag set', 3, h('88c3 03') + f.rng.randbytes(5))


class Gswip(Tagger):
    top = 6

    def tx(self, frame, port, prio):
        return in_front(frame, bytes([2, 0, 0xc0, 1 << port + 1 | 1]), port=port)

    def rx(self, frame, port):
        return in_front(frame, bytes([0] * 7 + [port << 4]))


class Mxl862xx(Tagger):
    def tx(self, frame, port, prio):
        return after_sa(frame, h('88c30000') + word(port + 16 - CPU_PORT) + word(CPU_PORT), port=port)

    def rx(self, frame, port):
        return after_sa(frame, h('88c300000000') + word(port))


class Ksz(Tagger):
    """ksz9477, ksz9893, lan937x: `tag` makes the word"""
    ptp = False
    top = 6

    def tx(self, frame, port, prio):
        frame = padded(frame, 60)
        control = link_local(frame)
        tag, prio = self.tag(port, prio, control)
        answer = {'override': int(control)} if self.overrides else {}
        if prio is not None:
            answer['prio'] = prio
        return behind(frame, bytes(4 * self.ptp) + tag, port=port, **answer)

    overrides = True

    def rx(self, frame, port):
        return behind(frame, bytes([port]))

    def special(self, f):
        for _ in range(3):
            port, at = f.rng.randrange(4), f.rng.randrange(4) << 30 | f.rng.randrange(10**9)
            tag = struct.pack('>IB', at, 0x80 | port)
            yield self.taken(f, 'with timestamp', port, tag, behind, ts_sec=at >> 30, ts_nsec=at & (1 << 30) - 1)


class Ksz9477(Ksz):
    def tag(self, port, prio, control):
        return word(1 << port | (prio & 3) << 7 | control << 9), prio & 3


class Ksz9893(Ksz):
    """of three ports; the driver writes `1 << port` all the same, and the bit of port 3 is one of the priority's"""

    def tag(self, port, prio, control):
        return bytes([1 << port | (prio & 3) << 3 | control << 5]), prio & (2 if port == 3 else 3)


class Lan937x(Ksz):
    def tag(self, port, prio, control):
        return word(1 << port | prio << 8 | control << 11 | 1 << 13), prio


class Ksz8795(Ksz):
    def tag(self, port, prio, control):
        return bytes([1 << port | control << 6]), None

    def special(self, f):
        return []


class Ksz8463(Ksz9893):
    """times travel in the messages, where the kernel clears them"""
    overrides = False

    def tag(self, port, prio, control):
        return super().tag(port, prio, False)

    def special(self, f):
        for port in (1, 2):
            src = f.mac()
            stamp = f.rng.randrange(1, 1 << 32)
            frames = [f.ptp(src, reserved2=stamp, seq=port), f.ptp(src, reserved2=0, seq=port)]
            for udp in (False, True):
                with_stamp, clear = (f.ptp_over_udp(frame) if udp else frame for frame in frames)
                tag = bytes([port])
                what = 'PTP with the time of receipt in the message' + ', over UDP' * udp
                yield what, port, with_stamp + tag, [(len(clear), tag)], clear, {}, True


class Lan9303(Tagger):
    top = 3

    def tx(self, frame, port, prio):
        return after_sa(frame, h('8100') + word(0x10 | port), port=port)

    def rx(self, frame, port):
        return after_sa(frame, h('8100') + word(port))


class Qca(Tagger):
    top = 6

    def tx(self, frame, port, prio):
        return after_sa(frame, word(0x8080 | 1 << port), port=port)

    def rx(self, frame, port):
        return after_sa(frame, word(0x8000 | port))

    def special(self, f):
        for prio in (2, 7):
            port = f.rng.randrange(4)
            yield self.taken(f, f'priority {prio}, tagged bit', port, word(0x8008 | prio << 11 | port), prio=prio)
        ack = struct.pack('<III', 5 << 29 | 1 << 28 | 4 << 20 | 0x30, 7, 0x12345678)
        yield 'register read answer: consumed', None, ack + word(0x8080) + bytes(46), None, None, {'opcode': 2}, False
        mib = struct.pack('<III', 1, 2, 3)
        yield 'MIB frame: consumed', 2, mib + word(0x8042) + bytes(150), None, None, {'opcode': 1}, False


class Rtl4a(Tagger):
    def tx(self, frame, port, prio):
        return after_sa(padded(frame, 60), h('8899') + word(0xa000 | 1 << port), port=port)

    def rx(self, frame, port):
        return after_sa(frame, h('8899') + word(0xa000 | port))


class Rtl84(Tagger):
    place = staticmethod(after_sa)
    pad = 0

    def tx(self, frame, port, prio):
        return self.place(padded(frame, self.pad), h('8899040000 20') + word(1 << port), port=port)

    def rx(self, frame, port):
        return self.place(frame, h('889904000000') + word(port))

    def special(self, f):
        yield self.taken(f, 'reason 80 (trap)', 3, h('8899045000000003'), self.place, reason=80)
        yield self.taken(f, 'FID 2, priority 5, keep', 0, h('88990400ad800000'), self.place, prio=5)


class Rtl84t(Rtl84):
    place = staticmethod(behind)
    pad = 60


class Hellcreek(Tagger):
    top = 3

    def tx(self, frame, port, prio):
        return behind(padded(frame, 60), bytes([1 << port]), port=port)

    def rx(self, frame, port):
        return behind(frame, bytes([port]))


class Xrs700x(Tagger):
    top = 6

    def tx(self, frame, port, prio):
        return behind(padded(frame, 60), bytes([1 << port]), port=port)

    def rx(self, frame, port):
        return behind(frame, bytes([1 << port]))


class A5psw(Tagger):
    def tx(self, frame, port, prio):
        return after_sa(padded(frame, 60), h('e001000100000000')[:6] + word(1 << port), port=port)

    def rx(self, frame, port):
        return after_sa(frame, h('e001') + word(port) + bytes(4))


class Yt921x(Tagger):
    def tx(self, frame, port, prio):
        return after_sa(frame, h('99880000') + word(0x80 | prio << 8) + word(0x8000 | 1 << port), port=port, prio=prio)

    def rx(self, frame, port):
        return after_sa(frame, h('99880000') + word(0x8000 | port << 11) + bytes(2))


class Yt922x(Tagger):
    def tx(self, frame, port, prio):
        mask = 1 << port
        tag = h('9988') + word(0x2200 | prio << 10 | mask >> 1) + word((mask & 1) << 15) + bytes(2)
        return after_sa(frame, tag, port=port, prio=prio)

    def rx(self, frame, port):
        return after_sa(frame, h('99880000') + word(port << 2) + bytes(2))


class Ocelot(Tagger):
    prefix = h('8880000a')
    mask_bit = 56

    def inject(self, frame, port, prio, tci=0):
        bits = 1 << 127 | 1 << self.mask_bit + port | PORTS << 43 | prio << 17 | tci
        return in_front(frame, self.prefix + bits.to_bytes(16, 'big'), port=port, prio=prio)

    def tx(self, frame, port, prio):
        return self.inject(frame, port, prio)

    def extract(self, frame, port, rewrite=0, value=0, prio=0, kind=0, tci=0):
        length = len(frame) + 4
        width = (length + 80) // 60
        bits = rewrite << 117 | value << 85 | (length + 80 - 60 * width) << 79 | width << 71 | port << 43
        bits |= 1 << 20 | prio << 17 | kind << 16 | tci
        return self.prefix + bits.to_bytes(16, 'big')

    def rx(self, frame, port):
        return in_front(frame, self.extract(frame, port))

    def special(self, f):
        for _ in range(4):
            port, prio, kind, tci = f.rng.randrange(4), f.rng.randrange(8), f.rng.randrange(2), f.rng.randrange(65536)
            frame = f.any()
            tag = self.extract(frame, port, 0, f.rng.randrange(1 << 32), prio, kind, tci)
            yield 'QoS class, rewrite value, classified VLAN', port, *in_front(frame, tag, prio=prio, tci=tci, tagtype=kind), True

    def bridge(self, f, aware):
        for what, frame in bridge_frames(f, aware):
            tci = 0
            if aware:
                tci = struct.unpack('>H', frame[14:16])[0]
                frame = frame[:12] + frame[16:]
            wire, tag, inner, answer = self.inject(frame, 1, 0, tci)
            yield what, wire, tag, inner, {'port': 1, 'vid': tci & 4095, 'tci': tci}


class Seville(Ocelot):
    prefix = h('88800005')
    mask_bit = 57


class Tag8021q(Tagger):
    tpid = h('8100')
    top = 7

    def vid(self, port, switch=None, vbid=0):
        switch = self.switch if switch is None else switch
        return 3 << 10 | vbid >> 2 << 9 | switch << 6 | (vbid & 3) << 4 | port

    def tag(self, port, prio, switch=None, vbid=0):
        return self.tpid + word(prio << 13 | self.vid(port, switch, vbid))

    def tx(self, frame, port, prio):
        return after_sa(frame, self.tag(port, prio), port=port, prio=prio, switch=self.switch)

    def rx(self, frame, port):
        return after_sa(frame, self.tag(port, self.random.randrange(8)), **({'switch': self.switch} if self.switch else {}))

    random = random.Random(5)

    def special(self, f):
        yield self.taken(f, 'switch 6 is not here: dropped', 1, self.tag(1, 0, 6), delivered=False, switch=6)
        yield self.taken(f, 'from a port of bridge 5', None, self.tag(0, 2, 0, 5), prio=2)

    def bridge(self, f, aware):
        for what, frame in bridge_frames(f, aware):
            if aware:
                yield what, frame, None, None, {}
            else:
                wire, tag, inner, _ = after_sa(frame, self.tag(0, 0, 0, 1))
                yield what, wire, tag, inner, {'vbid': 1, 'prio': 0}


class Ocelot8021q(Tag8021q):
    """link-local frames are injected through registers of the switch: they have no tag on the conduit"""

    def tx(self, frame, port, prio):
        if link_local(frame):
            return frame, None, None, {}
        return super().tx(frame, port, prio)

    def bridge(self, f, aware):
        """no transmit offload: the bridge sends to each port"""
        for what, frame in bridge_frames(f, aware):
            yield what, *super().tx(frame, 1, 0)


class Vsc73xx(Tag8021q):
    pass


class Sja1105(Tag8021q):
    tpid = h('dadb')

    def tx(self, frame, port, prio):
        if sja_link_local(frame):
            return after_sa(frame, self.tpid + word(prio << 13 | 4095), prio=prio)
        return super().tx(frame, port, prio)


class Sja1110(Sja1105):
    """data as sja1105; control frames have a header and a trailer of their own; all are padded to 60 octets"""
    stamp = None

    def tx(self, frame, port, prio):
        frame = padded(frame, 60)
        if not sja_link_local(frame):
            return Tag8021q.tx(self, frame, port, prio)
        vlan = self.tpid + word(prio << 13 | 4095)
        end = len(frame) + 8
        header = h('dadc') + word(0x8800 | (self.stamp is not None) << 13 | end)
        trailer = struct.pack('>I', (self.stamp or 0) << 24 | prio << 21 | self.switch << 12 | 1 << port + 1)
        wire = frame[:12] + header + vlan + frame[12:] + trailer
        return wire, [(12, header + vlan), (end, trailer)], frame, {'port': port, 'prio': prio, 'switch': self.switch}

    def control(self, f, port, trailer, vlan, switch=None):
        switch = self.switch if switch is None else switch
        frame = f.rng.choice((f.stp, f.ptp))(f.mac())
        behind_header = self.tag(port, 3, switch) if vlan else b''
        if not trailer:
            header = h('dadc') + word(0x2000 | port << 4 | switch) + behind_header
            return after_sa(frame, header, switch=switch)
        end = len(frame) + 4 + len(behind_header)
        header = h('dadc') + word(0x3000 | end) + behind_header
        at = f.rng.randrange(1 << 62)
        tail = bytes(trailer - 1) + struct.pack('>Q', at) + bytes(4) + bytes([switch << 4 | port])
        wire = frame[:12] + header + frame[12:] + tail
        return wire, [(12, header), (end, tail)], frame, {'switch': switch, 'tstamp': at}

    def special(self, f):
        yield from super().special(f)
        for vlan in (False, True):
            for pad in (0, 1, 4, 15):
                port = f.rng.randrange(4)
                what = ('trap to the host', f'trap with timestamp, {pad - 1} octets of padding')[pad > 0]
                what += ', 8021q VLAN too' * vlan
                yield what, port, *self.control(f, port, pad, vlan), True
        records = b''.join(bytes([n, n << 4 | (n & 1) << 3]) + f.rng.randbytes(8) for n in range(3))
        meta = LLDP_TO + f.mac() + h('dadc') + word(0x4000 | 2 << 4 | self.switch) + records + bytes(14)
        yield 'meta frame with three time stamps: consumed', None, meta, None, None, {'meta': 1}, False


class Mt7628(Tagger):
    top = 6

    def tx(self, frame, port, prio):
        return after_sa(frame, word(0x8100 | 1 << port) + word(0xc00 | port), port=port)

    def rx(self, frame, port):
        return after_sa(frame, word(0x8100 | port) + word(0xc00 | port))


class NxpNetc(Tagger):
    switch = 1

    def tag(self, kind, subtype, port, prio, switch=None, qv=1):
        switch = self.switch if switch is None else switch
        return h('fd3a') + bytes([kind << 4 | subtype, qv | prio << 2, switch | port << 3, 0])

    def tx(self, frame, port, prio):
        return after_sa(frame, self.tag(1, 0, port, prio), port=port, prio=prio, switch=self.switch)

    def rx(self, frame, port):
        return after_sa(frame, self.tag(0, 0, port, 0), switch=self.switch)

    def special(self, f):
        for kind in (0, 2):
            for prio in (0, 3, 7):
                port = f.rng.randrange(4)
                what = f"{('forwarded', '', 'to the host')[kind]}, priority {prio}"
                yield self.taken(f, what, port, self.tag(kind, 0, port, prio), prio=prio, switch=self.switch)
        for subtype in (1, 2):
            port = f.rng.randrange(4)
            tag = self.tag(2, subtype, port, 5) + f.rng.randbytes(8)
            yield self.taken(f, f'to the host with time stamp, subtype {subtype}: dropped', port, tag, delivered=False,
                             prio=5, switch=self.switch)


TAGGERS = {
    'brcm-prepend': BrcmPrepend(), 'brcm-legacy-fcs': BrcmLegacyFcs(), 'edsa': Edsa(), 'edsa_switch3': Edsa(switch=3),
    'edsa_bridge': Edsa(), 'edsa_vlanbridge': Edsa(), 'trailer': Trailer(), 'gsw1xx': Gsw1xx(),
    'ksz9893': Ksz9893(), 'ksz9893_ptp': Ksz9893(ptp=True), 'lan937x': Lan937x(), 'lan937x_ptp': Lan937x(ptp=True),
    'ksz8463': Ksz8463(), 'qca': Qca(), 'rtl8_4': Rtl84(), 'hellcreek': Hellcreek(), 'a5psw': A5psw(), 'yt922x': Yt922x(),
    'seville': Seville(), 'seville_bridge': Seville(), 'seville_vlanbridge': Seville(),
    'ocelot-8021q': Ocelot8021q(), 'ocelot-8021q_switch1': Ocelot8021q(switch=1), 'ocelot-8021q_bridge': Ocelot8021q(),
    'sja1110': Sja1110(), 'sja1110_switch1': Sja1110(switch=1), 'sja1110_ptp': Sja1110(stamp=5), 'sja1110_bridge': Sja1110(),
    'sja1110_vlanbridge': Sja1110(), 'nxp_netc': NxpNetc(), 'nxp_netc_switch7': NxpNetc(switch=7), 'netc': NxpNetc(),
    'mxl862xx-8021q': Vsc73xx(),
}
RECORDED = {
    'brcm': Brcm(), 'brcm-legacy': BrcmLegacy(), 'dsa': Dsa(), 'dsa_switch3': Dsa(switch=3), 'gswip': Gswip(),
    'xrs700x': Xrs700x(),
    'ksz8795': Ksz8795(), 'ksz9477': Ksz9477(), 'ksz9477_ptp': Ksz9477(ptp=True), 'lan9303': Lan9303(), 'rtl4a': Rtl4a(),
    'rtl8_4t': Rtl84t(), 'ocelot': Ocelot(), 'vsc73xx-8021q': Vsc73xx(), 'vsc73xx-8021q_switch1': Vsc73xx(switch=1),
    'sja1105': Sja1105(), 'sja1105_switch1': Sja1105(switch=1), 'yt921x': Yt921x(), 'mxl862xx': Mxl862xx(), 'mt7628': Mt7628(),
}
