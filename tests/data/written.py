"""Captures written frame by frame, for the make.py beside them."""
import os
import struct
import sys

from scapy.all import Raw


def octets(digits):
    return Raw(bytes.fromhex(digits))


def captures(folder):
    """What writes captures to `folder`, or to the one that the command line names."""
    folder = sys.argv[1] if len(sys.argv) > 1 else folder

    def capture(name, link_type, start, frames):
        """`start`: seconds and microseconds of the first frame; each frame stands with its microseconds since."""
        with open(os.path.join(folder, f'{name}.pcap'), 'wb') as out:
            out.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, link_type))
            for since, frame in frames:
                seconds, micros = divmod(start[0] * 10**6 + start[1] + since, 10**6)
                data = bytes(frame)
                out.write(struct.pack('<IIII', seconds, micros, len(data), len(data)) + data)

    return capture
