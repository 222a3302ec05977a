#!/usr/bin/env python3
"""Writes the captures of this folder, but those of make_media.py, as they are: what scapy has layers for is built from them, and what it
has none for is octets by the standard. `make.py FOLDER` writes them elsewhere, to be compared.
"""
import os
import struct
import sys

from scapy.all import *  # noqa: F403


FOLDER = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))


def octets(digits):
    return Raw(bytes.fromhex(digits))


def capture(name, link_type, start, frames):
    """`start`: seconds and microseconds of the first frame; each frame stands with its microseconds since."""
    with open(os.path.join(FOLDER, f'{name}.pcap'), 'wb') as out:
        out.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, link_type))
        for since, frame in frames:
            seconds, micros = divmod(start[0] * 10**6 + start[1] + since, 10**6)
            data = bytes(frame)
            out.write(struct.pack('<IIII', seconds, micros, len(data), len(data)) + data)


# B.A.T.M.A.N. advanced: every packet type
capture('batman', 1, (1795846081, 147056), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=17157)/octets('000f32050000000702000000000102000000000300ff0030010100080000006400000014040100180105000112345678800500000300000002000000000980050602000407000000')),
    (51, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=17157)/octets('010f32000000000802000000000102000000000602000000000508004500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364')),
    (91, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=17157)/octets('020f3201020000000001020000000002111111112002020000000003020000000004020000000005222222220004aabbccdd')),
    (130, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=17157)/octets('030f02000000000100000009000001f4')),
    (168, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=17157)/octets('040f320000000009020000000001000c0000000a010100080000006400000014')),
    (207, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=17157)/octets('400f320102000000000902000000000602000000000508004500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364')),
    (246, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=17157)/octets('410f321a02000000000902000000000100070500667261676d656e74667261676d656e74667261676d656e74667261676d656e74')),
    (284, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=17157)/octets('420f3201020000000009020000000001010002000000000602000000000508004500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364')),
    (326, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=17157)/octets('430f320802000000000202000000000101000007')),
    (429, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=17157)/octets('430f320802000000000202000000000101020007020000000001020000000003000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000')),
    (467, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=17157)/octets('430f320f020000000002020000000001010012340000000800000009')),
    (504, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=17157)/octets('440f3200020000000002020000000001000c0000050100080200000000098005')),
    (541, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=17157)/octets('010e320000000008020000000001')),
])

# BGP over TCP
capture('bgp', 1, (1795848816, 542308), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40000, dport=179, seq=1000, flags=24)/octets('ffffffffffffffffffffffffffffffff005c020000004550010001005002000602010000fde9900e00320002011020010db8000000000000000000000001002020010db83020010db800018020010db8000000000000000000000099')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40001, dport=179, seq=1000, flags=24)/octets('ffffffffffffffffffffffffffffffff0054020000003d50010001005002000602010000fde9900e002a0002012020010db8000000000000000000000001fe800000000000000000000000000001002020010db8')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40002, dport=179, seq=1000, flags=24)/octets('ffffffffffffffffffffffffffffffff0039020000002250010001005002000602010000fde9900e000f000101040a00000100180a0100080b')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40003, dport=179, seq=1000, flags=24)/octets('ffffffffffffffffffffffffffffffff003a020000002350010001005002000602010000fde9900e0010000104040a00000100300006410a0100')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40004, dport=179, seq=1000, flags=24)/octets('ffffffffffffffffffffffffffffffff004a020000003350010001005002000602010000fde9900e00200001800c00000000000000000a00000100700006410000fde9000000010a0100')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40005, dport=179, seq=1000, flags=24)/octets('ffffffffffffffffffffffffffffffff0057020000004050010001005002000602010000fde9900e002d00028018000000000000000020010db800000000000000000000000100780006410000fde90000000120010db8')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40006, dport=179, seq=1000, flags=24)/octets('ffffffffffffffffffffffffffffffff0039020000002250010001005002000602010000fde9900f000f0002012020010db83020010db80001')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40007, dport=179, seq=1000, flags=24)/octets('ffffffffffffffffffffffffffffffff0031020000001a50010001005002000602010000fde9900f0007000101180a0100')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40008, dport=179, seq=1000, flags=24)/octets('ffffffffffffffffffffffffffffffff003c020000002550010001005002000602010000fde9900f00120001807080000000010a00000100050a0100')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=40009, dport=179, seq=1000, flags=24)/octets('ffffffffffffffffffffffffffffffff0037020000002050010001005002000602010000fde9900e000d001946040a0000010003110001')),
])

# DHCP with options in sname and file
capture('dhcp_overload', 1, (1795848816, 542308), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.50')/UDP()/BOOTP(op=2, xid=7, yiaddr='10.0.0.50', chaddr=b'\x02\x00\x00\x00\x00\t\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00', sname=b'B\x04tftp\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00', file=b'C\x04boot\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00')/DHCP(options=[('message-type', 5),('dhcp-option-overload', 0),'end'])),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.50')/UDP()/BOOTP(op=2, xid=7, yiaddr='10.0.0.50', chaddr=b'\x02\x00\x00\x00\x00\t\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00', sname=b'B\x04tftp\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00', file=b'C\x04boot\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00')/DHCP(options=[('message-type', 5),('dhcp-option-overload', 1),'end'])),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.50')/UDP()/BOOTP(op=2, xid=7, yiaddr='10.0.0.50', chaddr=b'\x02\x00\x00\x00\x00\t\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00', sname=b'B\x04tftp\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00', file=b'C\x04boot\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00')/DHCP(options=[('message-type', 5),('dhcp-option-overload', 2),'end'])),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.50')/UDP()/BOOTP(op=2, xid=7, yiaddr='10.0.0.50', chaddr=b'\x02\x00\x00\x00\x00\t\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00', sname=b'B\x04tftp\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00', file=b'C\x04boot\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00')/DHCP(options=[('message-type', 5),('dhcp-option-overload', 3),'end'])),
])

# EIGRP, with classic and wide metrics
capture('eigrp', 1, (1795849274, 352784), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.10', proto=88)/octets('0201ee70000000000000000000000000000000640001000c010001000000000f000400080c000102')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.10', proto=88)/octets('02014678000000000000000000000000000000640002002800020010000000010000000000000000000000004f587953787037394c6c716737634959')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.10', proto=88)/octets('0201f0840000000000000000000000000000006400030009040a000009')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.10', proto=88)/octets('0201fd88000000000000000000000000000000640005000800000005')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.10', proto=88)/octets('0201fd810000000000000000000000000000006400060006000d')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.10', proto=88)/octets('020116a0000000000000000000000000000000640102001b0a0000030001f400000001000005dc00ff000000100a01010300300a000003c0a800010000000700000000000000000000060000000000000001000005dc00ff000000180a0203')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.10', proto=88)/octets('0201f5f8000000000000000000000000000000640402002afe8000000000000000000000000000090001f4000003e8000005dc01ff0000002020010db80004030040fe800000000000000000000000000009c0a8000100000000000000000000000000000300000000000003e8000005dc01000100003020010db8000100')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.10', proto=88)/octets('0201fd9a000000000000000000000000000000640602002c000000010a0000090000ff010005dc020000000000640000000186a0000000000a000003180a0300')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.10', proto=88)/octets('0201fd9a0000000000000000000000000000006406030050000000020a0000090000ff010005dc020000000000640000000186a0000000020a00000700000005000000060000000700000601fe8000000000000000000000000000033020010db8000500')),
])

# HIP
capture('hip', 1, (1795845180, 421674), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2', nh=139)/octets('3b05012171a30000000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f01ff000203040000')),
    (173, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2', nh=139)/octets('3b0e022167780000000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f0081000c0000000000000000000000050101000c0a1f1234000102030405060702010007030004aabbccdd0000000000024100020001000002c10014000c10040200ff050103aabbccddeeff612e6263')),
    (298, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2', nh=139)/octets('3b0f0321ecfa0001000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f0041000c000000020000000012345678014100140a001234000102030405060700010203040506070243000400020004f04100140000000000000000000000000000000000000000f1010009050000000000000000000000')),
    (415, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2', nh=139)/octets('3b0e1021cf260000000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f018100040000000701c1000800000005000000060000000000c100340000040100000e1020010db80000000000000000000000090101050000000e100000123420010db800000000000000000000000a')),
    (526, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2', nh=139)/octets('3b0611219e800000000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f03400008000000106162636400000000')),
    (641, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2', nh=139)/octets('3b121221b5110000000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f0381000470696e6703a200040102010203a400021001000003a600021002000003a8000201020000ffda001020010db800000000000000000000000b00000000ffde002020010db800000000000000000000000b20010db800000000000000000000000c0000000002cb000210200000')),
    (752, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2', nh=139)/octets('3b0f1321ed2d0000000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f0281001000000000000000000000000000000000000000000fff000600000001000200000000000003c10004706f6e6703000005010101017800000000000000026000060000000100030000000000000262000400000014')),
])

# HSRP 1 and 2
capture('hsrp', 1, (1795848816, 542308), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.102')/UDP(sport=1985, dport=1985)/HSRPv2(state=6, identifier='02:00:00:00:00:01', virtualIP='10.0.0.254')/HSRPv2TextAuth()),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.102')/UDP(sport=1985, dport=1985)/octets('020400010002')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.102')/UDP(sport=1985, dport=1985)/HSRPv2(opcode=2, state=5, identifier='02:00:00:00:00:01', virtualIP='10.0.0.254')/HSRPmd5(sourceip='10.0.0.1', keyid=7)),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='fe80::1', dst='ff02::66')/UDP()/HSRPv2(state=6, identifier='02:00:00:00:00:01', virtualIP='fe80::5')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.2')/UDP()/HSRP()),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.2')/UDP(sport=1985, dport=1985)/HSRPAdvertise(state=2, activegroups=1, passivegroups=2)),
])

# IPv4 with options, ICMP, IGMP, TCP and its options, UDP
capture('ipv4', 1, (1795849012, 712291), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2', tos=184, id=7, ttl=9)/UDP(sport=1000, dport=2000)/octets('61626364')),
    (162, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2', options=[IPOption_Router_Alert(copy_flag=1, optclass=0, option=20, length=4, alert=0)])/UDP(sport=1000, dport=2000)/octets('61626364')),
    (312, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2', options=[IPOption_RR(routers=['0.0.0.0','0.0.0.0'], copy_flag=0, optclass=0, option=7, length=11, pointer=4),IPOption_EOL(copy_flag=0, optclass=0, option=0)])/UDP(sport=1000, dport=2000)/octets('61626364')),
    (482, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2', options=[IPOption_LSRR(routers=['1.1.1.1'], copy_flag=1, optclass=0, option=3, length=7, pointer=4),IPOption_EOL(copy_flag=0, optclass=0, option=0)])/UDP(sport=1000, dport=2000)/octets('61626364')),
    (627, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2', id=9, flags=1)/UDP(sport=1, dport=2, len=68, chksum=60256)/octets('000000000000000000000000000000000000000000000000')),
    (627, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2', id=9, flags=1, frag=4, proto=17)/octets('0000000000000000000000000000000000000000000000000000000000000000')),
    (627, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2', id=9, frag=8, proto=17)/octets('00000000')),
    (1435, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=1000, dport=2000, seq=1, window=1024, options=[('MSS', 1460),('SAckOK', b''),('Timestamp', (1, 0)),('NOP', None),('WScale', 7)])),
    (1589, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=2000, dport=1000, seq=9, ack=2, flags=18)),
    (1704, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=1000, dport=2000, seq=2, ack=10, flags=24, options=[('NOP', None),('NOP', None),('SAck', (20, 30))])/octets('64617461')),
    (1887, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=1000, dport=2000, seq=6, ack=10, flags=20)),
    (2002, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=1001, dport=2000, seq=6, options=[('TFO', (1, 2)),('EOL', None)])),
    (2113, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2', proto=136)/octets('03e807d00008000061626364')),
    (2222, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/ICMP(id=5, seq=6)/octets('70696e67')),
    (2651, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/ICMP(type=0, id=5, seq=6)/octets('70696e67')),
    (3111, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/ICMP(type=3, code=4, nexthopmtu=1400)/IPerror(src='10.0.0.1', dst='10.0.0.2')/UDPerror(sport=1, dport=2)),
    (3606, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/ICMP(type=5, code=1, gw='10.0.0.9')/IPerror(src='10.0.0.1', dst='10.0.0.2')/UDPerror(sport=1, dport=2)),
    (4100, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/ICMP(type=11)/IPerror(src='10.0.0.1', dst='10.0.0.2')/UDPerror(sport=1, dport=2)),
    (9035, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/ICMP(type=13, id=1, seq=2, ts_ori=1, ts_rx=2, ts_tx=3)),
    (9277, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/IGMPv2_MR(gaddr='224.1.1.1')),
    (9456, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/IGMP_MQ(mrcode=100)),
    (9604, octets('020000000002020000000001080045000028000100000102a5d10a0000010a000002220000000000000101000001e00101010a000009')),
    (9732, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/SCTP(sport=1000, dport=2000, tag=7)/SCTPChunkInit(init_tag=9, a_rwnd=1000, n_out_streams=3, n_in_streams=4, init_tsn=5)),
    (9966, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/SCTP(sport=1000, dport=2000, tag=7)/SCTPChunkData(tsn=5, stream_id=1, stream_seq=2, data=octets('61626364'))),
    (10184, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/SCTP(sport=1000, dport=2000, tag=7)/SCTPChunkSACK(cumul_tsn_ack=5, a_rwnd=1000)),
    (10379, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/SCTP(sport=1000, dport=2000, tag=7)/SCTPChunkHeartbeatReq(params=[SCTPChunkParamHeartbeatInfo(type=1, len=4, data=b'')])),
    (10638, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/SCTP(sport=1000, dport=2000, tag=7)/SCTPChunkAbort()),
    (10927, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/SCTP(sport=1000, dport=2000, tag=7)/SCTPChunkShutdown(cumul_tsn_ack=7)),
    (11109, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/IP(src='1.1.1.1', dst='2.2.2.2')/UDP(sport=1000, dport=2000)/octets('61626364')),
    (11303, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/AH(nh=17, payloadlen=4, spi=5, seq=6, icv=b'123456789012')/octets('03e807d0000c000061626364')),
])

# IPv6 with extension headers, ICMPv6, neighbour discovery, MLD
capture('ipv6', 1, (1795849012, 747105), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2', tc=32, fl=5, hlim=9)/UDP(sport=1000, dport=2000)/octets('61626364')),
    (164, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/IPv6ExtHdrHopByHop(options=[RouterAlert(otype=5, optlen=2, value=0),PadN(otype=1, optlen=0, optdata=b'')])/UDP(sport=1000, dport=2000)/octets('61626364')),
    (409, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/IPv6ExtHdrDestOpt(options=[PadN(otype=1, optlen=2, optdata=b'\x00\x00'),PadN(otype=1, optlen=0, optdata=b'')])/UDP(sport=1000, dport=2000)/octets('61626364')),
    (634, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/IPv6ExtHdrRouting(addresses=['2001:db8::9'])/UDP(sport=1000, dport=2000)/octets('61626364')),
    (810, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/IPv6ExtHdrFragment(m=1, id=7)/octets('03e807d0000c00000000000000000000')),
    (1050, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/ICMPv6EchoRequest(id=5, seq=6, data=b'ping')),
    (1165, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/ICMPv6EchoReply(id=5, seq=6, data=b'ping')),
    (1273, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/ICMPv6DestUnreach(code=4)/IPerror6(src='2001:db8::1', dst='2001:db8::2')/UDPerror(sport=1, dport=2)),
    (1725, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/ICMPv6PacketTooBig(mtu=1400)/IPerror6(src='2001:db8::1', dst='2001:db8::2')/UDPerror(sport=1, dport=2)),
    (1955, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/ICMPv6TimeExceeded()/IPerror6(src='2001:db8::1', dst='2001:db8::2')/UDPerror(sport=1, dport=2)),
    (2198, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='fe80::1', dst='ff02::2')/ICMPv6ND_RS()/ICMPv6NDOptSrcLLAddr(lladdr='02:00:00:00:00:01')),
    (2373, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='fe80::1', dst='ff02::1')/ICMPv6ND_RA(chlim=64, M=1, reachabletime=5, retranstimer=6)/ICMPv6NDOptSrcLLAddr(lladdr='02:00:00:00:00:01')/ICMPv6NDOptMTU(mtu=1400)/ICMPv6NDOptPrefixInfo(validlifetime=100, preferredlifetime=50, prefix='2001:db8::')),
    (2770, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='fe80::1', dst='ff02::1:ff00:2')/ICMPv6ND_NS(tgt='fe80::2')/ICMPv6NDOptSrcLLAddr(lladdr='02:00:00:00:00:01')),
    (2941, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='fe80::2', dst='fe80::1')/ICMPv6ND_NA(R=0, S=1, tgt='fe80::2')/ICMPv6NDOptDstLLAddr(lladdr='02:00:00:00:00:02')),
    (3131, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='fe80::1', dst='ff02::16', hlim=1)/IPv6ExtHdrHopByHop(options=[RouterAlert(otype=5, optlen=2, value=0),PadN(otype=1, optlen=0, optdata=b'')])/ICMPv6MLReport2(records=[ICMPv6MLDMultAddrRec(rtype=4, auxdata_len=0, sources_number=0, dst='ff02::5', auxdata=b'')])),
    (3400, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='fe80::1', dst='ff02::1', hlim=1)/IPv6ExtHdrHopByHop(options=[RouterAlert(otype=5, optlen=2, value=0),PadN(otype=1, optlen=0, optdata=b'')])/ICMPv6MLQuery(mrd=1000)),
    (3602, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/TCP(sport=1000, dport=2000)),
    (3724, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/IPv6(src='2001:db8:1::1', dst='2001:db8:1::2')/UDP(sport=1000, dport=2000)/octets('61626364')),
])

# IS-IS over 802.2
capture('isis', 1, (1795846156, 759648), [
    (0, Dot3(dst='01:80:c2:00:00:14', src='02:00:00:00:00:01')/LLC(dsap=254, ssap=254, ctrl=3)/octets('831b01000f01000001010203040506001e007440010203040506010104034900018102cc8e84040a000001e810fe80000000000000000000000000000106060200000000020a070173656372657408140000000000000000000000000000000000000000d303010014e50400000002fa0378797a')),
    (1528, Dot3(dst='01:80:c2:00:00:14', src='02:00:00:00:00:01')/LLC(dsap=254, ssap=254, ctrl=3)/octets('831b01001001000003010203040506001e003801000000000000000104034900010a1136000000000000000000000000000000000c02c26b')),
    (2945, Dot3(dst='01:80:c2:00:00:14', src='02:00:00:00:00:01')/LLC(dsap=254, ssap=254, ctrl=3)/octets('831401001101000002010203040506001e003d01010403490001f00f000000000501020304050700000006e91020010db8000000000000000000000001')),
    (10362, Dot3(dst='01:80:c2:00:00:14', src='02:00:00:00:00:01')/LLC(dsap=254, ssap=254, ctrl=3)/octets('831b010012010000006b04af010203040506000000000005b6ba030104034900018101cc8907726f757465723184080a0000010a000101020c000a80808001020304050701800c0a8080800a010000ffff0000820c4a8080800a020000ffff000086040a0000090e0205d9')),
    (25124, Dot3(dst='01:80:c2:00:00:14', src='02:00:00:00:00:01')/LLC(dsap=254, ssap=254, ctrl=3)/octets('831b01001401000000d204af010203040506000100000006168e8b1632010203040507000000642706040a00000108040a00000204080000000100000002030400000001120300000709044cee6b2887170000000a100a0100000014d90a02030006010400000007ec0c0000001e003020010db80005ed0c00020000000a002020010db8de0d00020102030405070000006400eb0800030000000a080af2090a0000090013020001e50400008002e81020010db80000000000000000000000018c1020010db8000000000000000000000009')),
    (26793, Dot3(dst='01:80:c2:00:00:14', src='02:00:00:00:00:01')/LLC(dsap=254, ssap=254, ctrl=3)/octets('83210100180100000043010203040506000000000000000000ffffffffffffffff0920044c010203040506000000000005123403e80102030405070100000000062345')),
    (27994, Dot3(dst='01:80:c2:00:00:14', src='02:00:00:00:00:01')/LLC(dsap=254, ssap=254, ctrl=3)/octets('83210100190100000039010203040506000000000000000000ffffffffffffffff091004b001020304050607080000000100000a0401616263')),
    (28992, Dot3(dst='01:80:c2:00:00:14', src='02:00:00:00:00:01', len=38)/LLC(dsap=254, ssap=254, ctrl=3)/octets('831101001a010000002301020304050600091004b00102030405060708000000011111')/Padding(load=b'\x00\x00\x00\x00\x00\x00\x00\x00')),
    (29956, Dot3(dst='01:80:c2:00:00:14', src='02:00:00:00:00:01', len=38)/LLC(dsap=254, ssap=254, ctrl=3)/octets('831101001b010000002301020304050600091004b00102030405060708000000011111')/Padding(load=b'\x00\x00\x00\x00\x00\x00\x00\x00')),
])

# L2TP 2 and 3
capture('l2tp', 1, (1795848816, 542308), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2', proto=115)/octets('00000000c803009c00000007000100028008000000000001800d00000001000100026572728008000000020100800a0000000300000003800a00000004000000010008000000060102800a00000007686f7374000c0000000876656e646f7280080000000a0008800a0000003c0a000009800a0000003d00000009800a0000003f00000005800a0000004000000006800900000042656e648008000000440005')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP()/L2TP(hdr=3200, version=3, session_id=7, ns=1, nr=2)/PPP(proto=32776)/octets('000000000001800d00000001000100026572728008000000020100800a0000000300000003800a00000004000000010008000000060102800a00000007686f7374000c0000000876656e646f7280080000000a0008800a0000003c0a000009800a0000003d00000009800a0000003f00000005800a0000004000000006800900000042656e648008000000440005')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP()/L2TP(hdr=3200, tunnel_id=7, ns=1, nr=2)/PPP(proto=32776)/octets('0000000000028008000000090007800a0000000b6368616c80160000000d0000000000000000000000000000000080080000000e0003800a0000000f00000001000a0000001000000010000a0000001100000020000a0000001200000002000a000000130000000100090000001531323300090000001634353600070000001737000a000000180000ffff000a000000190000000100080000001d0002000c0000000c001001616476000e000000050000000000000000')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP()/L2TP(version=3)/PPP(proto=7)/octets('aabbccdd')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2', proto=115)/octets('00000007aabbccdd')),
])

# Ethernet, VLAN, LLC, spanning tree, LACP, LLDP, EAP, MACsec, PPPoE, PTP
capture('link', 1, (1795849012, 702529), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/Dot1Q(prio=3, vlan=5)/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=1000, dport=2000)/octets('61626364')),
    (257, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/Dot1AD(prio=1, vlan=100)/Dot1Q(dei=1, vlan=7)/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=1000, dport=2000)/octets('61626364')),
    (388, Dot3(dst='01:80:c2:00:00:00', src='02:00:00:00:00:01')/LLC()/STP(rootid=4096, rootmac='02:00:00:00:00:09', pathcost=4, bridgeid=32768, bridgemac='02:00:00:00:00:01', portid=32769)),
    (706, Dot3(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/LLC()/SNAP()/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=1000, dport=2000)/octets('61626364')),
    (830, Ether(dst='01:80:c2:00:00:02', src='02:00:00:00:00:01', type=34825)/octets('0101011400010200000000010007000000033d00000002140000020000000002000900000004050000000310000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000')),
    (1102, Ether(dst='01:80:c2:00:00:0e', src='02:00:00:00:00:01', type=35020)/octets('02070402000000000104050565746830060200780a037377310c0861207377697463680804706f72740000000000')),
    (1167, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/EAPOL(version=2, type=1)),
    (1297, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/EAPOL()/EAP(code=1, id=5, type=1)),
    (1422, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/EAPOL()/EAP(code=2, id=5, type=1, identity=b'user')),
    (1513, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=35045)/octets('220000000007020000000001000100000000000000000000000000000000000000000000000000000000000000000000000000000000')),
    (1595, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/PPPoED()/PPPoED_Tags(tag_list=[PPPoETag(tag_type=257, tag_len=0, tag_value=b''),PPPoETag(tag_type=259, tag_len=4, tag_value=b'\x01\x02\x03\x04')])),
    (1837, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/PPPoE(sessionid=5)/PPP()/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=1000, dport=2000)/octets('61626364')),
    (6072, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/PPPoE(sessionid=5)/PPP()/PPP_LCP_Configure(options=[PPP_LCP_MRU_Option(type=1, len=4, max_recv_unit=1492),PPP_LCP_Magic_Number_Option(type=5, len=6, magic_number=16909060)], id=1)),
    (6137, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=34824)/octets('000100ff000000000000000000000000000000000000000000000000000000000000000000000000000000000000')),
    (6189, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=34824)/octets('01010003000100020000000000000000000000000000000000000000000000000000000000000000000000000000')),
    (6449, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=34887)/octets('00064609000c81084500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364')),
    (6500, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=35119)/octets('1026000708004500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364')),
    (6546, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=35043)/octets('0001021280000200000000010000000100020000006401120007ffffffffffffffffffffffffffffffff0000')),
    (6706, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/ARP(hwsrc='02:00:00:00:00:01', psrc='10.0.0.1', hwdst='00:00:00:00:00:00', pdst='10.0.0.2')),
    (6947, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/ARP(hwsrc='02:00:00:00:00:01', psrc='10.0.0.1', hwdst='02:00:00:00:00:02', pdst='10.0.0.2', op=2)),
    (7139, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=32821)/octets('0001080006040003020000000001c000020202000000000100000000')),
    (7192, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0002002c00000200000000000064000000000000020000fffe000001000100070000000065536f100000000a')),
])

# Mobile IPv6
capture('mobility', 1, (1795845180, 423735), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/MIP6MH_BRR()),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/MIP6MH_HoTI(cookie=b'12345678')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/MIP6MH_CoTI(cookie=b'12345678')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/MIP6MH_HoT(index=5, cookie=b'12345678', token=b'abcdefgh')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/MIP6MH_CoT(index=5, cookie=b'12345678', token=b'abcdefgh')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/MIP6MH_BU(options=[PadN(otype=1, optlen=0, optdata=b''),MIP6OptAltCoA(otype=3, olen=16, acoa='2001:db8::9'),MIP6OptNonceIndices(otype=4, olen=4, hni=3, coni=4),PadN(otype=1, optlen=2, optdata=b'\x00\x00'),MIP6OptBindingAuthData(otype=5, olen=12, authenticator=0)], seq=7, mhtime=64)),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/MIP6MH_BU(options=[MIP6OptMobNetPrefix(otype=6, olen=18, reserved=0, plen=64, prefix='2001:db8:1::'),MIP6OptLLAddr(otype=7, olen=7, ocode=2, pad=0, lla='02:00:00:00:00:05'),MIP6OptMNID(otype=8, olen=6, subtype=1, id=b'a@b.c'),PadN(otype=1, optlen=1, optdata=b'\x00'),MIP6OptMsgAuth(otype=9, olen=17, subtype=1, mspi=5, authdata=b'AAAAAAAAAAAA'),PadN(otype=1, optlen=0, optdata=b''),MIP6OptReplayProtection(otype=10, olen=8, timestamp=9838263503974109457),MIP6OptCGAParamsReq(otype=11, olen=0),MIP6OptCGAParams(otype=12, olen=3, cgaparams=b'xyz'),MIP6OptSignature(otype=13, olen=6, sig=b'sigsig'),MIP6OptHomeKeygenToken(otype=14, olen=5, hkt=b'token'),MIP6OptCareOfTestInit(otype=15, olen=0),MIP6OptCareOfTest(otype=16, olen=8, cokt=b'12345678'),PadN(otype=1, optlen=0, optdata=b'')], seq=8, flags=0, mhtime=64)),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/MIP6MH_BA(options=[MIP6OptBRAdvice(otype=2, olen=2, rinter=9)], seq=7, mhtime=16)),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/MIP6MH_BA(status=135, flags=0, seq=7, mhtime=16)),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/MIP6MH_BE(status=1, ha='2001:db8::77')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/MIP6MH_BE(status=2, ha='2001:db8::77')),
    (3081, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/MIP6MH_Generic(mhtype=8, msg=b'\x00\x07\xf0\x00\x00\x10\x03\x10 \x01\r\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\t\x01\x04')/octets('0000000000000000')),
    (3198, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/MIP6MH_Generic(mhtype=9, msg=b'\x00\x80\x00\x07\x00\x10\x01\x04\x00\x00')/octets('0000000000000000')),
    (3310, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/MIP6MH_Generic(mhtype=12, msg=b'\x02\x00 \x01\r\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05 \x01\r\xb8\x00\x00\x00\x00')/octets('0000000000000006')),
    (3413, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/MIP6MH_Generic(mhtype=13, msg=b'\x00\x03')/octets('0000000900000000')),
    (3517, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/MIP6MH_Generic(mhtype=20, msg=b'\x00\x03')/octets('0000000900000000')),
    (3670, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='2001:db8::1', dst='2001:db8::2')/MIP6MH_BU(options=[MIP6OptUnknown(otype=22, olen=18, odata=b'\x00@ \x01\r\xb8\x00\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00'),MIP6OptUnknown(otype=23, olen=2, odata=b'\x00\x01'),MIP6OptUnknown(otype=24, olen=2, odata=b'\x00\x04'),MIP6OptUnknown(otype=25, olen=8, odata=b'\x00\x00\x02\x00\x00\x00\x00\x05'),MIP6OptUnknown(otype=27, olen=8, odata=b'\x00\x00\x00\x00\x01\x02\x03\x04'),MIP6OptUnknown(otype=28, olen=4, odata=b'\x00\x00\x00\t'),MIP6OptUnknown(otype=29, olen=6, odata=b'b\x00\n\x00\x00\x01'),Pad1(otype=0),Pad1(otype=0),Pad1(otype=0),Pad1(otype=0),Pad1(otype=0),Pad1(otype=0)], seq=1, flags=65, mhtime=16)),
])

# MQTT 3 and 5
capture('mqtt', 1, (1795851035, 786297), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=50000, dport=1883, seq=1000, ack=5000, flags=24)/octets('102a00044d51545404ee003c0006636c69656e74000677696c6c2f740004676f6e6500047573657200027077')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=1883, dport=50000, seq=5000, ack=1044, flags=24)/octets('20020100')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=50000, dport=1883, seq=1044, ack=5004, flags=24)/octets('3b0c0003612f62000768656c6c6f')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=50000, dport=1883, seq=1058, ack=5004, flags=24)/octets('300a0003612f6268656c6c6f')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=1883, dport=50000, seq=5004, ack=1070, flags=24)/octets('40020007')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=1883, dport=50000, seq=5008, ack=1070, flags=24)/octets('50020007')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=50000, dport=1883, seq=1070, ack=5012, flags=24)/octets('62020007')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=1883, dport=50000, seq=5012, ack=1074, flags=24)/octets('70020007')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=50000, dport=1883, seq=1074, ack=5016, flags=24)/octets('820e00090003612f23010003622f2b02')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=1883, dport=50000, seq=5016, ack=1090, flags=24)/octets('900400090180')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=50000, dport=1883, seq=1090, ack=5022, flags=24)/octets('a207000a0003612f23')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=1883, dport=50000, seq=5022, ack=1099, flags=24)/octets('b002000a')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=50000, dport=1883, seq=1099, ack=5026, flags=24)/octets('c000')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=1883, dport=50000, seq=5026, ack=1101, flags=24)/octets('d000')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=50000, dport=1883, seq=1101, ack=5028, flags=24)/octets('e000')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=50001, dport=1883, seq=1000, ack=5000, flags=24)/octets('104700044d51545405ce003c0f11000000102100142600016b0001760006636c69656e740c180000000503000474657874000677696c6c2f740004676f6e6500047573657200027077')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=1883, dport=50001, seq=5000, ack=1073, flags=24)/octets('200e00000b240112000369643522000a')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=50001, dport=1883, seq=1073, ack=5016, flags=24)/octets('3b1c0003612f6200070f01012300030b8101090004636f727268656c6c6f')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=50001, dport=1883, seq=1103, ack=5016, flags=24)/octets('300b0003612f620068656c6c6f')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=1883, dport=50001, seq=5016, ack=1116, flags=24)/octets('400a000710061f0003776879')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=1883, dport=50001, seq=5028, ack=1116, flags=24)/octets('5003000780')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=50001, dport=1883, seq=1116, ack=5033, flags=24)/octets('620400079200')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=1883, dport=50001, seq=5033, ack=1122, flags=24)/octets('7003000792')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=50001, dport=1883, seq=1122, ack=5038, flags=24)/octets('82110009020b050003612f232d0003622f2b12')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=1883, dport=50001, seq=5038, ack=1141, flags=24)/octets('90050009000180')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=50001, dport=1883, seq=1141, ack=5045, flags=24)/octets('a208000a000003612f23')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.2', dst='10.0.0.1')/TCP(sport=1883, dport=50001, seq=5045, ack=1151, flags=24)/octets('b005000a000011')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=50001, dport=1883, seq=1151, ack=5052, flags=24)/octets('e00a8e081c00056f74686572')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=50001, dport=1883, seq=1163, ack=5052, flags=24)/octets('f00f180d150005534352414d1600027878')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/TCP(sport=50009, dport=1883, seq=2000, flags=24)/octets('300a0003612f6268656c6c6fc000300a0003612f6268656c6c6f')),
])

# OSPF: opaque and external advertisements
capture('ospf', 1, (1795848816, 542308), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='224.0.0.5', proto=89)/octets('020401000101010100000000806d00000000000000000000000000050005020a0100000101010101800000010000001c00010004010101010005020a0100000201010101800000010000005c0002004400010001010000000002000402020202000300040a000001000400040a000002000500040000000a000600044cbebc200009000400000001000b00080000000100000002000502090300000001010101800000010000002c00010004000000780002000101000000000300040a0000010005020a04000000010101018000000100000028000100046000000000070007726f7574657231000005020b0900000001010101800000010000001861626364')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IPv6(src='fe80::1', dst='ff02::5', nh=89)/octets('030400a80101010100000000000000000000000400054005000000010101010180000001000000340700000a2000000020010db8fe8000000000000000000000000000050000000700052007000000020101010180000001000000200000000a2000000020010db80005200400000003010101018000000100000020000000130000000a0303030300052003000000040101010180000001000000200000000a2000000020010db8')),
])

# PTP management messages
capture('ptp_management', 1, (1795848816, 594544), [
    (0, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02004a00000000000000000000000000000000020000fffe00000100010007047f020000fffe0000050001010102000001001620000300000180f8feffff80020000fffe0000010000')),
    (53, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02004800000000000000000000000000000000020000fffe00000100010007047f020000fffe000005000101010200000100142001000100000000006400000000000000c80000')),
    (95, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02005600000000000000000000000000000000020000fffe00000100010007047f020000fffe000005000101010200000100222002020000fffe00000100010100ffff7fffffff80f8feffff80020000fffe000001')),
    (135, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003a00000000000000000000000000000000020000fffe00000100010007047f020000fffe00000500010101020000010006200300253d20')),
    (176, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02005000000000000000000000000000000000020000fffe00000100010007047f020000fffe0000050001010102000001001c2004020000fffe000001000109000000000000640000010300010002')),
    (215, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003800000000000000000000000000000000020000fffe00000100010007047f020000fffe0000050001010102000001000420058000')),
    (255, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003800000000000000000000000000000000020000fffe00000100010007047f020000fffe0000050001010102000001000420068100')),
    (296, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003800000000000000000000000000000000020000fffe00000100010007047f020000fffe0000050001010102000001000420070500')),
    (336, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003800000000000000000000000000000000020000fffe00000100010007047f020000fffe0000050001010102000001000420080100')),
    (375, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003800000000000000000000000000000000020000fffe00000100010007047f020000fffe0000050001010102000001000420090100')),
    (414, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003800000000000000000000000000000000020000fffe00000100010007047f020000fffe00000500010101020000010004200a0300')),
    (452, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003800000000000000000000000000000000020000fffe00000100010007047f020000fffe00000500010101020000010004200bff00')),
    (492, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003800000000000000000000000000000000020000fffe00000100010007047f020000fffe00000500010101020000010004200c0200')),
    (531, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02004000000000000000000000000000000000020000fffe00000100010007047f020000fffe0000050001010102000001000c200f000065536f100000000a')),
    (569, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003800000000000000000000000000000000020000fffe00000100010007047f020000fffe0000050001010102000001000420102100')),
    (608, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003a00000000000000000000000000000000020000fffe00000100010007047f020000fffe00000500010101020000010006201100250500')),
    (646, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003800000000000000000000000000000000020000fffe00000100010007047f020000fffe0000050001010102000001000420123000')),
    (683, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003800000000000000000000000000000000020000fffe00000100010007047f020000fffe0000050001010102000001000420130820')),
    (721, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003800000000000000000000000000000000020000fffe00000100010007047f020000fffe0000050001010102000001000420140100')),
    (758, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003800000000000000000000000000000000020000fffe00000100010007047f020000fffe0000050001010102000001000420160100')),
    (802, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02004200000000000000000000000000000000020000fffe00000100010007047f020000fffe0000050001010102000001000e4000020000fffe00000100020100')),
    (840, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003800000000000000000000000000000000020000fffe00000100010007047f020000fffe0000050001010102000001000440020100')),
    (877, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003800000000000000000000000000000000020000fffe00000100010007047f020000fffe0000050001010102000001000460000100')),
    (916, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003800000000000000000000000000000000020000fffe00000100010007047f020000fffe0000050001010102000001000460010200')),
    (959, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02007600000000000000000000000000000000020000fffe00000100010007047f020000fffe00000500010101020000010042000180000a49454545203830322e330006020000000001000100040a000001001b19000d6d616b65723b6d6f64656c3b3105313b323b330475736572001b19000100')),
    (998, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02004000000000000000000000000000000000020000fffe00000100010007047f020000fffe0000050001010102000001000c000209757365722064657363')),
    (1035, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003800000000000000000000000000000000020000fffe00000100010007047f020000fffe0000050001010102000001000400050001')),
    (1075, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003600000000000000000000000000000000020000fffe00000100010007047f020000fffe000005000101010000000100022000')),
    (1115, Ether(dst='01:1b:19:00:00:00', src='02:00:00:00:00:01', type=35063)/octets('0d02003800000000000000000000000000000000020000fffe00000100010007047f020000fffe0000050001010102000001000477771234')),
])

# 802.11 behind radiotap
capture('radiotap', 127, (1795845411, 64774), [
    (0, RadioTap(present=18479, mac_timestamp=1, Rate=1.0, ChannelFrequency=2412, ChannelFlags=160, dBm_AntSignal=-60, Antenna=1)/Dot11FCS(addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02', addr3='02:00:00:00:00:03', SC=288, fcs=67305985)/LLC()/SNAP()/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=1000, dport=2000)/octets('61626364')),
    (3, RadioTap(present=18478, Rate=6.0, ChannelFrequency=5180, ChannelFlags=320, dBm_AntSignal=-70, Antenna=1)/Dot11(addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02', addr3='02:00:00:00:00:03', SC=288)/LLC()/SNAP()/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=1000, dport=2000)/octets('61626364')),
    (5, RadioTap(present=134217774, Rate=54.0, ChannelFrequency=2437, ChannelFlags=1152, dBm_AntSignal=-70, lsig_data1=1, lsig_rate=2)/Dot11(addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02', addr3='02:00:00:00:00:03', SC=288)/LLC()/SNAP()/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=1000, dport=2000)/octets('61626364')),
    (6, octets('000014000200180000070409070000000c000000080000000200000000010200000000020200000000032001aaaa0300000008004500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364')),
    (8, RadioTap(present=2097154, KnownVHT=511, PresentVHT=4, VHT_bandwidth=4, mcs_nss=b'\x92\x00\x00\x00\x01', GroupID=63, PartialAID=1280)/Dot11(addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02', addr3='02:00:00:00:00:03', SC=288)/LLC()/SNAP()/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=1000, dport=2000)/octets('61626364')),
    (9, RadioTap(present=4194304, timestamp=12345678, ts_accuracy=22, ts_position=1, ts_flags=3)/Dot11(addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02', addr3='02:00:00:00:00:03', SC=288)/LLC()/SNAP()/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=1000, dport=2000)/octets('61626364')),
    (10, RadioTap(Ext=[RadioTapExtendedPresenceMask(present=32)], present=2684354592, dBm_AntSignal=-40, notdecoded=b'\xd7')/Dot11(addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02', addr3='02:00:00:00:00:03', SC=288)/LLC()/SNAP()/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=1000, dport=2000)/octets('61626364')),
    (11, RadioTap(present=262144, ChannelPlusFlags=65856, ChannelPlusFrequency=5180, ChannelPlusNumber=36, notdecoded=b'\x14')/Dot11(addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02', addr3='02:00:00:00:00:03', SC=288)/LLC()/SNAP()/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=1000, dport=2000)/octets('61626364')),
])

# RTCP: reports, descriptions, feedback
capture('rtcp', 1, (1795848816, 542308), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=5005, dport=5005)/octets('81c8000c00001234e8f000038000000000000064000000050000019000005678100000030000002000000007123456780000010081ca00050000123401056140622e6302046e616d65000000')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=5005, dport=5005)/octets('80c900010000123482ca0008000012340103616263000000000056780604746f6f6c08060370726578790000')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=5005, dport=5005)/octets('80c900010000123482cb0004000012340000567804676f6e65000000')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=5005, dport=5005)/octets('80c900010000123481cb000100001234')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=5005, dport=5005)/octets('80c900010000123483cc000400001234746573746461746164617461')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=5005, dport=5005)/octets('80c900010000123481cd00040000123400005678000500ff01000001')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=5005, dport=5005)/octets('80c900010000123483cd000400001234000056780000999908123456')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=5005, dport=5005)/octets('80c90001000012348fcd00050000123400005678000100020000030420021020')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=5005, dport=5005)/octets('80c900010000123481ce00020000123400005678')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=5005, dport=5005)/octets('80c900010000123482ce0003000012340000567800080042')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=5005, dport=5005)/octets('80c900010000123484ce000400001234000056780000999907000000')),
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=5005, dport=5005)/octets('80c90001000012348fce0005000012340000000052454d42010bd00000009999')),
])

# loopback tests, Wake-on-LAN, RRCP, Cisco MetaData
capture('small', 1, (1795844532, 228733), [
    (0, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=35081)/octets('01010001000708004500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364')),
    (475, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=35081)/octets('0101000100ff86dd6000000000091140000000000000000000000000000000010000000000000000000000000000000100010002000987d778')),
    (519, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/IP(src='1.1.1.1', dst='2.2.2.2')/GRE(proto=35081)/octets('08000101000100074500002000010000401166ca0a0000010a00000203e807d0000c1b5561626364')),
    (743, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/octets('080002000200000000030100070055555555555555555555555555555555555555555555555555555555555555555555555555555555')),
    (785, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/octets('0000020002000000000302000200000000040100090055555555555555555555555555555555555555555555555555555555555555555555555555555555')),
    (825, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/octets('00000100090055555555555555555555555555555555555555555555555555555555555555555555555555555555')),
    (861, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/octets('00000300090055555555555555555555555555555555555555555555555555555555555555555555555555555555')),
    (900, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01')/octets('09000300090055555555555555555555555555555555555555555555555555555555555555555555555555555555')),
    (939, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=2114)/octets('ffffffffffff020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007')),
    (978, Ether(dst='ff:ff:ff:ff:ff:ff', src='02:00:00:00:00:01')/IP(src='1.1.1.1', dst='255.255.255.255')/UDP(sport=4000, dport=9)/octets('ffffffffffff020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007')),
    (1144, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=2114)/octets('ffffffffffff02000000000702000000000702000000000702000000000702000000000702000000000702000000000702000000000702000000000702000000000702000000000702000000000702000000000702000000000702000000000702000000000761626364')),
    (1183, Ether(dst='ff:ff:ff:ff:ff:ff', src='02:00:00:00:00:01')/IP(src='1.1.1.1', dst='255.255.255.255')/UDP(sport=4000, dport=9)/octets('ffffffffffff02000000000702000000000702000000000702000000000702000000000702000000000702000000000702000000000702000000000702000000000702000000000702000000000702000000000702000000000702000000000702000000000761626364')),
    (1345, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=2114)/octets('ffffffffffff020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007736563726574')),
    (1384, Ether(dst='ff:ff:ff:ff:ff:ff', src='02:00:00:00:00:01')/IP(src='1.1.1.1', dst='255.255.255.255')/UDP(sport=4000, dport=9)/octets('ffffffffffff020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007736563726574')),
    (1543, Ether(dst='ff:ff:ff:ff:ff:ff', src='02:00:00:00:00:01')/IP(src='1.1.1.1', dst='255.255.255.255')/UDP(sport=4000, dport=40000)/octets('ffffffffffff020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007')),
    (1733, Ether(dst='ff:ff:ff:ff:ff:ff', src='02:00:00:00:00:01')/IP(src='1.1.1.1', dst='255.255.255.255')/UDP(sport=4000, dport=7)/octets('68656c6c6fffffffffffff020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007020000000007')),
    (1905, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=34969)/octets('01002379000000000000000000000000000000000000000000000000000000000000000000000000000000000000')),
    (1944, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=34969)/octets('01802379030502000000000283260000000100000000000000000000000000000000000000000000000000000000')),
    (1986, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=34969)/octets('01012379000212340000112233445566778800000000000000000000000000000000000000000000000000000000')),
    (2023, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=34969)/octets('01812379000212340000112233445566778800000000000000000000000000000000000000000000000000000000')),
    (2065, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=34969)/octets('01022379000212340000112233445566778800000000000000000000000000000000000000000000000000000000')),
    (2102, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=34969)/octets('01032379000000000000000000000000000000000000000000000000000000000000000000000000000000000000')),
    (2138, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=34969)/octets('02000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000')),
    (2175, Ether(dst='02:00:00:00:00:02', src='02:00:00:00:00:01', type=34969)/octets('03000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000')),
])

# 802.11 headers
capture('wlan', 105, (1795845411, 57811), [
    (0, Dot11(addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02', addr3='02:00:00:00:00:03', SC=288)/LLC()/SNAP()/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=1000, dport=2000)/octets('61626364')),
    (153, Dot11(FCfield=1, addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02', addr3='02:00:00:00:00:03', SC=288)/LLC()/SNAP()/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=1000, dport=2000)/octets('61626364')),
    (313, Dot11(FCfield=2, addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02', addr3='02:00:00:00:00:03', SC=288)/LLC()/SNAP()/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=1000, dport=2000)/octets('61626364')),
    (466, Dot11(FCfield=3, addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02', addr3='02:00:00:00:00:03', SC=288, addr4='02:00:00:00:00:04')/LLC()/SNAP()/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=1000, dport=2000)/octets('61626364')),
    (623, Dot11(subtype=8, FCfield=1, addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02', addr3='02:00:00:00:00:03', SC=304)/Dot11QoS(TID=5)/LLC()/SNAP()/IP(src='10.0.0.1', dst='10.0.0.2')/UDP(sport=1000, dport=2000)/octets('61626364')),
    (872, Dot11(subtype=4, type=2, FCfield=17, addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02', addr3='02:00:00:00:00:03', SC=304)),
    (915, octets('08410000020000000001020000000002020000000003300130313233343536373839303132333435')),
    (1034, Dot11(FCfield=13, addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02', addr3='02:00:00:00:00:03', SC=305)/LLC(dsap=48, ssap=49, ctrl=50)/octets('33343536373839303132333435')),
    (1146, Dot11(subtype=8, type=1, ID=100, addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02')/octets('000000000000000000000000')),
    (1245, Dot11(subtype=9, type=1, ID=100, addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02')/octets('000000000000000000000000')),
    (1346, Dot11(subtype=10, type=1, ID=49153, addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02')),
    (1448, Dot11(subtype=11, type=1, ID=100, addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02')),
    (1548, Dot11(subtype=12, type=1, ID=100, addr1='02:00:00:00:00:01')),
    (1642, Dot11(subtype=13, type=1, ID=100, addr1='02:00:00:00:00:01')),
    (1735, Dot11(subtype=14, type=1, ID=100, addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02')),
    (1830, Dot11(subtype=15, type=1, ID=100, addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02')),
    (1925, Dot11(addr1='ff:ff:ff:ff:ff:ff', addr2='02:00:00:00:00:02', addr3='02:00:00:00:00:02')/Dot11Beacon(cap=256)/Dot11Elt(info=b'test')/Dot11EltRates(rates=[130,132])),
    (2298, Dot11(addr1='ff:ff:ff:ff:ff:ff', addr2='02:00:00:00:00:02', addr3='02:00:00:00:00:02')/Dot11ProbeReq()/Dot11Elt(info=b'test')),
    (2482, Dot11(addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02', addr3='02:00:00:00:00:02')/Dot11Auth(seqnum=1)),
    (2616, Dot11(addr1='02:00:00:00:00:01', addr2='02:00:00:00:00:02', addr3='02:00:00:00:00:02')/Dot11Deauth(reason=7)),
])
