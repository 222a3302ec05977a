#!/usr/bin/env python3
"""make.py FOLDER | --lines | --validate RECORDED

Frames as the Linux kernel's taggers send and take them, with what a reader must find in them: written from the
descriptions of the tags, without a look at how nettool reads them. FOLDER receives NAME.pcap (no direction), NAME.pcapng
(direction) and NAME.jsonl (answers); `--lines` prints the same, one frame a line, for the test; `--validate` makes the
frames of captures that were recorded from a kernel again, which shows what these are worth.
"""
import json
import os
import re
import struct
import sys

from plain import Frames
from taggers import RECORDED, TAGGERS


def row(wire, direction, what, tag, inner, answer, delivered=True, port=None):
    out = {'len': len(wire), 'dir': direction, 'port': port, 'what': what, 'wire': wire}
    out.update(answer)
    if direction == 'to-cpu':
        out['delivered'] = delivered
    if tag:
        out['tag'] = [[at, octets.hex()] for at, octets in tag]
        out['inner' if delivered else 'inner_if_decoded'] = inner.hex()
    return out


def rows(name, tagger):
    f = Frames(name)
    ports = getattr(tagger, 'ports', (0, 1, 2, 3))
    if name.endswith('bridge'):
        for what, wire, tag, inner, answer in tagger.bridge(f, name.endswith('_vlanbridge')):
            yield row(wire, 'from-cpu', what, tag, inner, answer, port=answer.pop('port', None))
        return
    for port, what, prio, frame in f.from_cpu((1, 2) if '_switch' in name else ports):
        wire, tag, inner, answer = tagger.tx(frame, port, prio)
        yield row(wire, 'from-cpu', what, tag, inner, answer, port=answer.pop('port', None))
    if name.endswith('_ptp'):
        return
    for port, what, frame in f.to_cpu(ports):
        wire, tag, inner, answer = tagger.rx(frame, port)
        yield row(wire, 'to-cpu', what, tag, inner, answer, True, port)
    wire, tag, inner, answer = tagger.rx(f.any(), tagger.top)
    yield row(wire, 'to-cpu', f'port {tagger.top}', tag, inner, answer, False, tagger.top)
    for what, port, wire, tag, inner, answer, delivered in tagger.special(f):
        yield row(wire, 'to-cpu', what, tag, inner, answer, delivered, port)


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack('<II', kind, len(body) + 12) + body + struct.pack('<I', len(body) + 12)


def write(folder, name, tagger):
    plain = struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, tagger.link_type)
    ng = block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1))
    ng += block(1, struct.pack('<HHI', tagger.link_type, 0, 65535) + struct.pack('<HH', 2, 4) + b'eth0' + bytes(4))
    lines = []
    for n, r in enumerate(rows(name, tagger), 1):
        wire = r.pop('wire')
        at = 1_700_000_000_000_000 + n * 1000
        plain += struct.pack('<IIII', at // 10**6, at % 10**6, len(wire), len(wire)) + wire
        flags = struct.pack('<HHI', 2, 4, 1 if r['dir'] == 'to-cpu' else 2) + bytes(4)
        body = struct.pack('<IIIII', 0, at >> 32, at & 0xffffffff, len(wire), len(wire)) + wire + bytes(-len(wire) % 4) + flags
        ng += block(6, body)
        lines.append(json.dumps({'n': n, **r}) + '\n')
    base = os.path.join(folder, name)
    for end, octets in (('.pcap', plain), ('.pcapng', ng), ('.jsonl', ''.join(lines).encode())):
        with open(base + end, 'wb') as out:
            out.write(octets)


def print_lines():
    for name, tagger in {**TAGGERS, **RECORDED}.items():
        for r in rows(name, tagger):
            if r.get('tag'):
                facts = [f'{key}={r[key]}' for key in ('port', 'switch', 'vid', 'prio') if r.get(key) is not None]
                inner = r.get('inner') or r['inner_if_decoded']
                of = re.sub('_(switch.|bridge|vlanbridge|ptp)$', '', name)
                print(name, of, r['dir'], r['wire'].hex(), inner, ','.join(facts) or '-', r['what'], sep='\t')


def classic(path):
    b, at, out = open(path, 'rb').read(), 24, []
    while at < len(b):
        n = struct.unpack('<I', b[at + 8:at + 12])[0]
        out.append(b[at + 16:at + 16 + n])
        at += 16 + n
    return out


def validate(folder):
    """The recorded frames, made again from the frames without tags."""
    plain = [json.loads(line) for line in open(f'{folder}/dsa.jsonl')]
    same = differ = 0
    for name, tagger in RECORDED.items():
        answers = [json.loads(line) for line in open(f'{folder}/{name}.jsonl')]
        wires = classic(f'{folder}/{name}.pcap')
        lan = lambda a: int(a['iface'][3]) - 1
        known = {(a['iface'], a['what']): bytes.fromhex(a['inner']) for a in plain if a['dir'] == 'from-cpu'}
        for a, wire in zip(answers, wires):
            if not a.get('tag') or 'TCI 0' in a['what']:
                continue
            if a['dir'] == 'from-cpu':
                prio = int(a['what'].split('PRIORITY ')[1]) if 'PRIORITY' in a['what'] else 0
                made, tag, inner, facts = tagger.tx(known[a['iface'], a['what']], lan(a), prio)
            elif a['what'].split()[-1] in ('octets', 'UDP', '802.1Q'):
                if '8021q' in name or 'sja' in name or name == 'ocelot':
                    continue
                made, tag, inner, facts = tagger.rx(bytes.fromhex(a['inner']), a['port'])
                facts['port'] = a['port']
            else:
                continue
            want = {k: a[k] for k in ('port', 'switch', 'vid', 'prio') if a.get(k) is not None}
            have = {k: facts[k] for k in ('port', 'switch', 'vid', 'prio') if facts.get(k) is not None}
            ok = made == wire and [[o, t.hex()] for o, t in tag] == a['tag'] and inner.hex() == a['inner']
            ok = ok and all(have.get(k) == v for k, v in want.items())
            same, differ = same + ok, differ + (not ok)
            if not ok:
                print(name, a['n'], a['what'], a['tag'], tag, want, have, made == wire, inner.hex() == a['inner'])
    print(f'{same} frames made as recorded, {differ} differ')


if __name__ == '__main__':
    if sys.argv[1:] == ['--lines']:
        print_lines()
    elif sys.argv[1:2] == ['--validate']:
        validate(sys.argv[2])
    else:
        os.makedirs(sys.argv[1], exist_ok=True)
        for each, maker in TAGGERS.items():
            write(sys.argv[1], each, maker)
