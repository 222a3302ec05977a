#!/usr/bin/env python3
"""Makes doip.pcap: diagnostics over IP and what goes through them, built by scapy. `make_vehicles.py [FOLDER]`.

Its values are fixed by a seed, so that a second run makes the same file.
"""
import os
import random
import sys

from scapy.all import IP, TCP, UDP, Ether, load_contrib, wrpcap

load_contrib('automotive.doip')
load_contrib('automotive.uds')
from scapy.contrib.automotive.doip import DoIP  # noqa: E402
from scapy.contrib.automotive.uds import (UDS, UDS_CC, UDS_CDTCI, UDS_CDTCS, UDS_DSC, UDS_ER, UDS_IOCBI, UDS_LC,  # noqa: E402
                                          UDS_NR, UDS_RC, UDS_RD, UDS_RDBI, UDS_RDBPI, UDS_RDTCI, UDS_RMBA, UDS_ROE,
                                          UDS_RSDBI, UDS_RTE, UDS_RU, UDS_SA, UDS_SDT, UDS_TD, UDS_TP, UDS_WDBI, UDS_WMBA)
from scapy.packet import Raw  # noqa: E402

FOLDER = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
R = random.Random(14229)
HERE, THERE = ('02:00:00:00:00:01', '10.0.0.1'), ('02:00:00:00:00:02', '10.0.0.2')
next_number = {HERE: 1000, THERE: 5000}


def octets(count):
    return bytes(R.randrange(256) for _ in range(count))


def asked(message):
    return Ether(src=HERE[0], dst=THERE[0]) / IP(src=HERE[1], dst=THERE[1]) / UDP(sport=40000, dport=13400) / message


def said(message, answer=False):
    sender, receiver = (THERE, HERE) if answer else (HERE, THERE)
    ports = dict(sport=13400, dport=40000) if answer else dict(sport=40000, dport=13400)
    number = next_number[sender]
    next_number[sender] += len(bytes(message))
    return (Ether(src=sender[0], dst=receiver[0]) / IP(src=sender[1], dst=receiver[1])
            / TCP(flags='PA', seq=number, ack=next_number[receiver], **ports) / message)


def diagnostic(message, answer=False):
    ends = dict(source_address=0x7, target_address=0xe80) if not answer else dict(source_address=0xe80, target_address=0x7)
    return said(DoIP(payload_type=0x8001, **ends) / message, answer)


def found():
    yield DoIP(payload_type=0, nack=R.randrange(5))
    yield DoIP(payload_type=1)
    yield DoIP(payload_type=2, eid=octets(6))
    yield DoIP(payload_type=3, vin=b'WVWZZZ1KZAW000001')
    for action, status in ((0, 0), (0x10, 0x10)):
        yield DoIP(payload_type=4, vin=b'WVWZZZ1KZAW00000%d' % (status // 16), logical_address=R.randrange(65536), eid=octets(6),
                   gid=octets(6), further_action=action, vin_gid_status=status)
    yield DoIP(payload_type=0x4001)
    yield DoIP(payload_type=0x4002, node_type=1, max_open_sockets=R.randrange(256), cur_open_sockets=R.randrange(256),
               max_data_size=R.randrange(1 << 32))
    yield DoIP(payload_type=0x4003)
    for mode in range(3):
        yield DoIP(payload_type=0x4004, diagnostic_power_mode=mode)


def activated():
    for kind in (0, 1, 0xe0):
        yield said(DoIP(payload_type=5, source_address=R.randrange(65536), activation_type=kind, reserved_oem=octets(4)))
        yield said(DoIP(payload_type=6, logical_address_tester=R.randrange(65536), logical_address_doip_entity=R.randrange(65536),
                        routing_activation_response=0x10 if kind else 6, reserved_oem=octets(4)), True)
    yield said(DoIP(payload_type=7), True)
    yield said(DoIP(payload_type=8, source_address=R.randrange(65536)))
    for kind in (0x8002, 0x8003):
        for previous in (b'', b'\x10\x03'):
            code = dict(ack_code=0) if kind == 0x8002 else dict(nack_code=R.randrange(2, 9))
            yield said(DoIP(payload_type=kind, source_address=R.randrange(65536), target_address=R.randrange(65536),
                            previous_msg=previous, **code), True)


def services():
    """(request, response)"""
    for session in (1, 2, 3, 0x40):
        yield UDS() / UDS_DSC(diagnosticSessionType=session), b'\x50' + bytes([session]) + octets(4)
    for kind in range(1, 6):
        yield UDS() / UDS_ER(resetType=kind), b'\x51' + bytes([kind]) + (octets(1) if kind == 4 else b'')
    yield UDS() / UDS_CDTCI(groupOfDTCHighByte=0xff, groupOfDTCMiddleByte=0xff, groupOfDTCLowByte=0x33), b'\x54'
    yield UDS() / UDS_RDTCI(reportType=2, DTCStatusMask=0xff), b'\x59\x02\xff' + octets(8)
    yield UDS() / UDS_RDTCI(reportType=1, DTCStatusMask=0x08), b'\x59\x01\xff\x01' + octets(2)
    yield UDS() / UDS_RDBI(identifiers=[0xf190, 0xf187]), b'\x62\xf1\x90' + octets(9)
    yield UDS() / UDS_RDBI(identifiers=[R.randrange(65536)]), b'\x62' + octets(4)
    yield UDS() / UDS_RMBA(memorySizeLen=1, memoryAddressLen=2, memoryAddress2=R.randrange(65536), memorySize1=4), b'\x63' + octets(4)
    yield UDS() / UDS_RSDBI(dataIdentifier=0x105), b'\x64\x01\x05' + octets(2)
    for level in (1, 3):
        yield UDS() / UDS_SA(securityAccessType=level), b'\x67' + bytes([level]) + octets(4)
        yield UDS() / UDS_SA(securityAccessType=level + 1, securityKey=octets(4)), b'\x67' + bytes([level + 1])
    yield UDS() / UDS_CC(controlType=3), b'\x68\x03'
    yield UDS() / UDS_RDBPI(transmissionMode=1, periodicDataIdentifier=0xe3), b'\x6a'
    yield UDS() / UDS_WDBI(dataIdentifier=R.randrange(65536)) / Raw(octets(5)), b'\x6e' + octets(2)
    for parameter in range(4):
        yield (UDS() / UDS_IOCBI(dataIdentifier=R.randrange(65536)) / Raw(bytes([parameter]) + octets(2)),
               b'\x6f' + octets(2) + bytes([parameter]) + octets(1))
    for kind in (1, 2, 3):
        yield (UDS() / UDS_RC(routineControlType=kind, routineIdentifier=R.randrange(65536)) / Raw(octets(2)),
               b'\x71' + bytes([kind]) + octets(2) + octets(3))
    yield (UDS() / UDS_RD(memorySizeLen=4, memoryAddressLen=4, memoryAddress4=R.randrange(1 << 32), memorySize4=R.randrange(1 << 32)),
           b'\x74\x20' + octets(2))
    yield (UDS() / UDS_RU(memorySizeLen=2, memoryAddressLen=3, memoryAddress3=R.randrange(1 << 24), memorySize2=R.randrange(1 << 16)),
           b'\x75\x40' + octets(4))
    for block in (1, 2, 255):
        yield UDS() / UDS_TD(blockSequenceCounter=block, transferRequestParameterRecord=octets(20)), b'\x76' + bytes([block])
    yield UDS() / UDS_RTE(), b'\x77'
    yield (UDS() / UDS_WMBA(memorySizeLen=1, memoryAddressLen=2, memoryAddress2=R.randrange(65536), memorySize1=3, dataRecord=octets(3)),
           b'\x7d\x12' + octets(3))
    yield UDS() / UDS_TP(subFunction=0), b'\x7e\0'
    yield UDS() / UDS_TP(subFunction=0x80), None
    yield UDS() / UDS_SDT() / Raw(octets(6)), b'\xc4' + octets(6)
    for kind in (1, 2):
        yield UDS() / UDS_CDTCS(DTCSettingType=kind), b'\xc5' + bytes([kind])
    yield UDS() / UDS_ROE(eventType=1, eventWindowTime=2, eventTypeRecord=octets(1)), b'\xc6\1\0\2'
    yield UDS() / UDS_LC(linkControlType=1, baudrateIdentifier=3), b'\xc7\1'
    for service, code in ((0x22, 0x31), (0x10, 0x78), (0x27, 0x35), (0x2e, 0x7f)):
        yield None, UDS() / UDS_NR(requestServiceId=service, negativeResponseCode=code)


packets = [asked(message) for message in found()] + list(activated())
for request, response in services():
    if request is not None:
        packets.append(diagnostic(request))
    if response is not None:
        packets.append(diagnostic(Raw(response) if isinstance(response, bytes) else response, True))
for at, packet in enumerate(packets):
    packet.time = 1_700_000_000 + at / 8
wrpcap(os.path.join(FOLDER, 'doip.pcap'), packets)
