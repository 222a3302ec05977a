#!/usr/bin/env python3
"""Random instances of scapy's layers, as expressions and as captures.

Each group has a function that yields expressions; NAME.txt takes them, NAME.pcap what scapy makes of them. What scapy builds wrongly,
or only with a value that a default should have given, is given in the expression. `make.py NAME...` writes some groups anew.
"""
import logging, os, random, sys, warnings
warnings.simplefilter("ignore")
logging.getLogger("scapy").setLevel(logging.CRITICAL)
import scapy.fields
from scapy.all import *
from scapy.layers.netflow import *
from scapy.layers.isakmp import *
for name in "dtp vtp ldp stun ikev2 gtp_v2 diameter tacacs".split():
    load_contrib(name)

HERE = os.path.dirname(os.path.abspath(__file__))
r = random.Random()


def number(bits):
    return r.choice([0, 1, (1 << bits) - 1, r.getrandbits(bits), r.getrandbits(bits)])


def address():
    return "%d.%d.%d.%d" % (r.randrange(1, 224), r.randrange(256), r.randrange(256), r.randrange(1, 255))


def address6():
    return "2001:db8:%x::%x" % (r.randrange(65536), r.randrange(1, 65536))


def mac():
    return "02:%02x:%02x:%02x:%02x:%02x" % tuple(r.randrange(256) for _ in range(5))


def word(most=10):
    return "".join(r.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(r.randrange(1, most + 1)))


def octets(count):
    return bytes(r.getrandbits(8) for _ in range(count))


def value(field):
    """A value for a field of scapy's, by its kind; None: leave it out."""
    name = type(field).__name__
    if isinstance(field, ConditionalField) or isinstance(field, (PadField, )):
        return value(field.fld)
    if isinstance(field, (FieldLenField, PacketField, PacketListField)) or name.startswith("FieldListField"):
        return None
    if isinstance(field, IPField):
        return repr(address())
    if isinstance(field, MACField):
        return repr(mac())
    if name in ("IP6Field",):
        return repr(address6())
    if isinstance(field, (StrFixedLenField,)):
        size = field.length_from(None) if field.length_from else 4
        return repr(octets(size))
    if isinstance(field, scapy.fields._BitField):
        return str(number(abs(field.size)))
    if name == "ThreeBytesField" or name == "X3BytesField":
        return str(number(24))
    if isinstance(field, Field) and isinstance(field.fmt, str) and field.fmt.lstrip("!<>@=") in "BHILQ" and not isinstance(field, StrField):
        return str(number(8 * struct.calcsize(field.fmt)))
    return None


def some(layer, skip=(), share=0.7, **given):
    """An expression of the layer with some of its fields."""
    cls = globals()[layer]
    parts = []
    for field in cls.fields_desc:
        field_name = field.name if not isinstance(field, ConditionalField) else field.fld.name
        if field_name in given:
            parts.append("%s=%s" % (field_name, given[field_name]))
        elif field_name not in skip and r.random() < share:
            text = value(field)
            if text is not None:
                parts.append("%s=%s" % (field_name, text))
    return "%s(%s)" % (layer, ",".join(parts))


def udp(port, text, source=None):
    head = 'Ether(src="%s",dst="%s")/IP(src="%s",dst="%s")' % (mac(), mac(), address(), address())
    return "%s/UDP(sport=%d,dport=%d)/%s" % (head, source or r.randrange(49152, 65536), port, text)


def tcp(port, text, source=None):
    head = 'Ether(src="%s",dst="%s")/IP(src="%s",dst="%s")' % (mac(), mac(), address(), address())
    return '%s/TCP(sport=%d,dport=%d,flags="PA",seq=%d)/%s' % (head, source or r.randrange(49152, 65536), port, number(32), text)


def ether(text):
    return 'Ether(src="%s",dst="%s")/%s' % (mac(), mac(), text)


# Octets that exporters give to elements, by number; text and octets are of any length.
NETFLOW_SIZES = {
    4: [1, 2, 3, 10, 14, 16, 17, 19, 20, 21, 22, 23, 24, 34, 40, 41, 42, 48, 50, 64, 85, 86, 92, 93, 128, 129, 148, 184, 185, 252, 253],
    2: [7, 11, 25, 26, 32, 36, 37, 54, 58, 59, 88, 180, 181, 182, 183, 186, 187, 190, 191, 205, 227, 228, 256],
    1: [4, 5, 6, 9, 13, 29, 30, 33, 35, 38, 39, 46, 49, 51, 52, 53, 55, 60, 61, 136, 176, 177, 178, 179, 188, 189, 192, 193, 195, 230, 233],
    3: [31, 70, 71, 79],
    8: [163, 164, 165, 171, 172, 218, 219, 220, 231, 232, 298, 299, 302, 352],
    6: [56, 57, 80, 81],
    16: [27, 28, 62, 63, 131],
    5: [82, 83, 84, 90, 94, 95, 96, 371],
}
NETFLOW_SIZES[4] += [8, 12, 15, 18, 44, 45, 47, 130, 225, 226]


def netflow():
    for _ in range(10):
        flow = some("NetflowRecordV1")
        yield udp(2055, "NetflowHeader()/%s/%s" % (some("NetflowHeaderV1", skip=["count"]), flow), 2055)
    for _ in range(20):
        flows = "/".join(some("NetflowRecordV5") for _ in range(r.randrange(1, 4)))
        yield udp(2055, "NetflowHeader()/%s/%s" % (some("NetflowHeaderV5", skip=["count"]), flows), 2055)
    elements = [(number, size) for size, numbers in NETFLOW_SIZES.items() for number in numbers]
    for at in range(40):
        chosen = r.sample(elements, r.randrange(1, 9))
        text = {82, 83, 84, 94, 96, 371}
        of = lambda: b"".join(word(size).ljust(size, "x").encode() if kind in text else octets(size) for kind, size in chosen)
        fields = ",".join("NetflowTemplateFieldV9(fieldType=%d,fieldLength=%d)" % field for field in chosen)
        template = "NetflowTemplateV9(templateID=%d,template_fields=[%s])" % (256 + at, fields)
        records = ",".join("NetflowRecordV9(fieldValue=%r)" % of() for _ in range(r.randrange(1, 3)))
        data = "NetflowDataflowsetV9(templateID=%d,records=[%s])" % (256 + at, records)
        if at % 2:
            sets = "NetflowFlowsetV9(flowSetID=2,templates=[%s])/%s" % (template, data)
            yield udp(4739, "NetflowHeader()/%s/%s" % (some("NetflowHeaderV10", length=16 + len(eval(sets))), sets))
        else:
            sets = "NetflowFlowsetV9(templates=[%s])/%s" % (template, data)
            yield udp(2055, "NetflowHeader()/%s/%s" % (some("NetflowHeaderV9", count=3, unixSecs=number(31)), sets))
    for _ in range(10):
        scope = "NetflowOptionsFlowsetScopeV9(scopeFieldType=2,scopeFieldlength=4)"
        option = "NetflowOptionsFlowsetOptionV9(optionFieldType=34,optionFieldlength=4),NetflowOptionsFlowsetOptionV9(optionFieldType=35,optionFieldlength=1)"
        number_ = r.randrange(256, 65536)
        sets = "NetflowOptionsFlowsetV9(templateID=%d,option_scope_length=4,option_field_length=8,scopes=[%s],options=[%s])" % (number_, scope, option)
        sets += "/NetflowDataflowsetV9(templateID=%d,records=[NetflowRecordV9(fieldValue=%r)])" % (number_, octets(9))
        yield udp(2055, "NetflowHeader()/%s/%s" % (some("NetflowHeaderV9", count=2, unixSecs=number(31)), sets))


def wlan():
    def head(subtype):
        return 'Dot11(type=0,subtype=%d,addr1="%s",addr2="%s",addr3="%s",SC=%d,ID=%d)' % (subtype, mac(), mac(), mac(), number(16), number(15))

    def element():
        info = lambda number_, size: "Dot11Elt(ID=%d,info=%r)" % (number_, octets(size))
        suite = lambda: "RSNCipherSuite(cipher=%d)" % r.randrange(13)
        key = lambda: "AKMSuite(suite=%d)" % r.randrange(19)
        triplets = lambda: ",".join("Dot11EltCountryConstraintTriplet(first_channel_number=%d,num_channels=%d,mtp=%d)" % (r.randrange(1, 200), r.randrange(1, 20), r.randrange(30)) for _ in range(r.randrange(1, 3)))
        return r.choice([
            lambda: "Dot11Elt(ID=0,info=%r)" % word(),
            lambda: 'Dot11Elt(ID="SSID",info=%r)' % word(),
            lambda: "Dot11EltRates(rates=[%s])" % ",".join(str(r.randrange(256)) for _ in range(r.randrange(1, 9))),
            lambda: "Dot11EltRates(ID=50,rates=[%d])" % r.randrange(256),
            lambda: "Dot11EltDSSSet(channel=%d)" % r.randrange(1, 14),
            lambda: info(4, 6),
            lambda: info(6, 2),
            lambda: "Dot11EltCountry(country_string=%r,descriptors=[%s])" % (r.choice([b"DE ", b"US\x04"]), triplets()),
            lambda: info(11, 5),
            lambda: info(32, 1),
            lambda: info(33, 2),
            lambda: some("Dot11EltCSA", skip=["ID", "len"]),
            lambda: some("Dot11EltERP", skip=["ID", "len"]),
            lambda: some("Dot11EltHTCapabilities", skip=["ID", "len", "RX_MSC_Bitmask", "res5", "res6"], share=0.4),
            lambda: "Dot11EltHTOperation(%s)" % ",".join("%s=%d" % (name, r.randrange(2)) for name in ["primary_channel", "rifs_mode", "channel_width", "secondary_channel_offset", "ht_protection", "nongreenfield_ht_stas_present"]),
            lambda: "Dot11EltRSN(group_cipher_suite=%s,pairwise_cipher_suites=[%s,%s],akm_suites=[%s],mfp_capable=%d,ptksa_replay_counter=%d,pre_auth=%d)" % (suite(), suite(), suite(), key(), r.randrange(2), r.randrange(4), r.randrange(2)),
            lambda: "Dot11EltMicrosoftWPA(pairwise_cipher_suites=[%s],akm_suites=[%s])" % (suite(), key()),
            lambda: "Dot11EltVendorSpecific(oui=%d,info=%r)" % (r.choice([0x506f9a, 0x001018, 0x00904c]), octets(r.randrange(1, 9))),
            lambda: "Dot11EltVendorSpecific(oui=0x50f2,info=%r)" % bytes.fromhex("020101800003a4000027a4000042435e0062322f00"),
            lambda: some("Dot11EltOBSS", skip=["ID", "len"]),
            lambda: info(127, 8),
            lambda: info(191, 12),
            lambda: info(192, 5),
            lambda: info(54, 3),
            lambda: "Dot11Elt(ID=255,info=%r)" % (b"\x24" + octets(1) + bytes([r.randrange(64), r.randrange(2)]) + octets(3)),
        ])()

    for _ in range(120):
        subtype, body = r.choice([(8, "Dot11Beacon"), (8, "Dot11Beacon"), (5, "Dot11ProbeResp"), (4, "Dot11ProbeReq"), (0, "Dot11AssoReq"), (1, "Dot11AssoResp"), (2, "Dot11ReassoReq"), (3, "Dot11ReassoResp"), (11, "Dot11Auth"), (10, "Dot11Disas"), (12, "Dot11Deauth")])
        given = {"algo": r.randrange(2)} if body == "Dot11Auth" else {}
        text = head(subtype) + "/" + some(body, **given)
        if subtype not in (10, 12):
            for _ in range(r.randrange(1, 5)):
                text += "/" + element()
        yield text
    for _ in range(20):
        yield 'Dot11(type=2,subtype=8,FCfield=%d,addr1="%s",addr2="%s",addr3="%s")/%s/LLC()/SNAP()/IP(src="%s",dst="%s")/UDP(sport=9,dport=9)/Raw(b"abcd")' % (r.choice([1, 2]), mac(), mac(), mac(), some("Dot11QoS", skip=["A_MSDU_Present"]), address(), address())
    for action in ["0004250301020a", "030001000202100000", "030101000000021000", "030200080100", "08000102", "050401", "0a07010000000a"] :
        yield head(13) + "/Raw(%r)" % bytes.fromhex(action)
    for subtype, more in [(8, "05001012"), (9, "050010120102030405060708"), (8, "04001012"), (13, ""), (11, "")]:
        second = "" if subtype == 13 else ',addr2="%s"' % mac()
        yield 'Dot11(type=1,subtype=%d,addr1="%s"%s)' % (subtype, mac(), second) + ("/Raw(%r)" % bytes.fromhex(more) if more else "")
    for data in ["0100002000000000aabbccddeeff00112233445566778899", "01210220aabbccdd00112233445566778899"]:
        yield 'Dot11(type=2,subtype=0,FCfield=0x41,addr1="%s",addr2="%s",addr3="%s")/Raw(%r)' % (mac(), mac(), mac(), bytes.fromhex(data))


def isakmp():
    cookies = lambda: "%r,resp_cookie=%r" % (octets(8), octets(8))
    spis = lambda: "%r,resp_SPI=%r" % (octets(8), octets(8))
    ciphers, hashes, groups = ["DES-CBC", "3DES-CBC", "AES-CBC"], ["MD5", "SHA", "SHA2-256"], ["1024MODPgr", "1536MODPgr", "2048MODPgr"]
    for _ in range(25):
        attributes = '[("Encryption","%s"),("KeyLength",%d),("Hash","%s"),("Authentication","PSK"),("GroupDesc","%s"),("LifeType","Seconds"),("LifeDuration",%d)]' % (r.choice(ciphers), r.choice([128, 256]), r.choice(hashes), r.choice(groups), r.randrange(65536))
        transform = "ISAKMP_payload_Transform(transform_count=1,transforms=%s)" % attributes
        first = r.choice([
            "ISAKMP_payload_SA(prop=ISAKMP_payload_Proposal(trans_nb=1,trans=%s))" % transform,
            "ISAKMP_payload_KE(ke=%r)/ISAKMP_payload_Nonce(nonce=%r)" % (octets(16), octets(r.randrange(8, 20))),
            'ISAKMP_payload_ID(IDtype=1,IdentData="%s",ProtoID=%d,Port=%d)/ISAKMP_payload_Hash(hash=%r)' % (address(), number(8), number(16), octets(16)),
            "ISAKMP_payload_ID(IDtype=2,IdentData=%r)/ISAKMP_payload_SIG(sig=%r)" % (word().encode(), octets(8)),
            "ISAKMP_payload_Hash(hash=%r)/ISAKMP_payload_Notify(doi=1,SPI=%r,notify_msg_type=%d,notify_data=%r)" % (octets(16), octets(r.choice([0, 4, 16])), r.choice([14, 24, 36136]), octets(5)),
            "ISAKMP_payload_Delete(doi=1,SPIsize=4,SPIcount=2,SPIs=[%r,%r])" % (octets(4), octets(4)),
        ])
        vendors = "".join("/ISAKMP_payload_VendorID(VendorID=%r)" % octets(16) for _ in range(r.randrange(3)))
        yield udp(500, "ISAKMP(init_cookie=%s,exch_type=%d,id=%d)/%s%s" % (cookies(), r.choice([2, 4, 5, 32]), number(32), first, vendors), 500)
    yield udp(500, "ISAKMP(init_cookie=%s,exch_type=2,next_payload=5,flags=1)/Raw(%r)" % (cookies(), octets(40)), 500)
    transforms = lambda: "IKEv2_Transform(next_payload=3,transform_type=1,transform_id=%d,length=12,key_length=%d)/IKEv2_Transform(next_payload=3,transform_type=2,transform_id=%d)/IKEv2_Transform(next_payload=3,transform_type=3,transform_id=%d)/IKEv2_Transform(transform_type=4,transform_id=%d)" % (r.choice([12, 20]), r.choice([128, 256]), r.randrange(1, 8), r.randrange(14), r.choice([14, 19, 31]))
    selector = lambda: 'IPv4TrafficSelector(IP_protocol_ID=%d,start_port=%d,end_port=%d,starting_address_v4="%s",ending_address_v4="%s")' % (number(8), number(16), number(16), address(), address())
    payloads = [
        lambda: "IKEv2_SA(prop=IKEv2_Proposal(trans_nb=4,SPI=%r,trans=%s))" % (octets(r.choice([0, 4, 8])), transforms()),
        lambda: "IKEv2_KE(group=%d,ke=%r)" % (r.choice([14, 19, 31]), octets(32)),
        lambda: "IKEv2_Nonce(nonce=%r)" % octets(r.randrange(16, 32)),
        lambda: "IKEv2_Notify(proto=%d,type=%d,SPI=%r,notify=%r)" % (r.choice([0, 1, 3]), r.choice([16388, 16389, 16404, 14]), octets(r.choice([0, 4])), octets(r.choice([0, 2, 20]))),
        lambda: "IKEv2_VendorID(vendorID=%r)" % octets(16),
        lambda: 'IKEv2_IDi(IDtype=1,ID="%s")' % address(),
        lambda: "IKEv2_IDr(IDtype=2,ID=%r)" % word().encode(),
        lambda: 'IKEv2_IDr(IDtype=5,ID="%s")' % address6(),
        lambda: "IKEv2_CERTREQ(cert_encoding=4,cert_authority=%r)" % octets(20),
        lambda: "IKEv2_AUTH(auth_type=%d,load=%r)" % (r.choice([1, 2, 14]), octets(20)),
        lambda: "IKEv2_TSi(traffic_selector=[%s,%s])" % (selector(), selector()),
        lambda: "IKEv2_TSr(traffic_selector=[%s])" % selector(),
        lambda: "IKEv2_Delete(proto=3,SPIsize=4,SPInum=2,SPI=[%r,%r])" % (octets(4), octets(4)),
        lambda: "IKEv2_CP(CFGType=%d,attributes=[ConfigurationAttribute(type=25,value=%r),ConfigurationAttribute(type=3,length=0,value=b\"\")])" % (r.randrange(1, 5), word().encode()),
    ]
    for at in range(60):
        chosen = "/".join(payload() for payload in r.sample(payloads, r.randrange(1, 6)))
        head = "IKEv2(init_SPI=%s,exch_type=%d,flags=%d,id=%d)" % (spis(), r.choice([34, 35, 36, 37]), r.choice([8, 32, 40]), number(32))
        if at % 6 == 5:
            chosen = r.choice(["IKEv2_Encrypted(next_payload=35,load=%r)", "IKEv2_Encrypted_Fragment(next_payload=35,frag_number=1,frag_total=2,load=%r)"]) % octets(40)
        yield udp(500, head + "/" + chosen, 500)


def trunks():
    def snap(layer):
        return 'Dot3(src="%s",dst="01:00:0c:cc:cc:cc")/LLC()/SNAP(OUI=0xc)/%s' % (mac(), layer)

    for _ in range(15):
        yield snap('DTP(tlvlist=[DTPDomain(domain=%r),DTPStatus(status=%r),DTPType(dtptype=%r),DTPNeighbor(neighbor="%s")])' % (word().encode() + b"\0", octets(1), octets(1), mac()))
    for _ in range(15):
        yield snap("VTP(code=1,followers=%d,domname=%r,rev=%d,uid=%r,md5=%r)" % (number(8), word(20), number(31), address(), octets(16)))
    for _ in range(10):
        vlans = ",".join("VTPVlanInfo(vlanid=%d,vlanname=%r,mtu=%d,dot10index=%d,status=%d)" % (number(12), word(12), number(16), number(32), number(1)) for _ in range(r.randrange(1, 4)))
        yield snap("VTP(code=2,seq=%d,domname=%r,rev=%d,vlaninfo=[%s])" % (number(8), word(20), number(31), vlans))
    for _ in range(5):
        yield snap("VTP(code=3,domname=%r,startvalue=%d)" % (word(20), number(16)))


def ldp():
    fec = lambda: "[%s]" % ",".join('("%s",%d)' % (address(), r.choice([32])) for _ in range(r.randrange(1, 4)))
    flag = lambda: r.randrange(2)
    messages = [
        lambda: "LDPNotification(id=%d,status=(%d,%d,%d,%d,%d))" % (number(32), flag(), flag(), r.randrange(0x1a), number(32), number(16)),
        lambda: 'LDPInit(id=%d,params=[%d,%d,%d,%d,%d,"%s",%d])' % (number(32), number(16), flag(), flag(), number(8), number(16), address(), number(16)),
        lambda: "LDPKeepAlive(id=%d)" % number(32),
        lambda: 'LDPAddress(id=%d,address=["%s","%s"])' % (number(32), address(), address()),
        lambda: 'LDPAddressWM(id=%d,address=["%s"])' % (number(32), address()),
        lambda: "LDPLabelMM(id=%d,fec=%s,label=%d)" % (number(32), fec(), number(20)),
        lambda: "LDPLabelReqM(id=%d,fec=%s)" % (number(32), fec()),
        lambda: "LDPLabelWM(id=%d,fec=%s,label=%d)" % (number(32), fec(), number(20)),
        lambda: "LDPLabelRelM(id=%d,fec=%s,label=%d)" % (number(32), fec(), number(20)),
    ]
    for _ in range(15):
        yield udp(646, 'LDP(id="%s",space=%d)/LDPHello(id=%d,params=[%d,%d,%d])' % (address(), number(16), number(32), number(16), flag(), flag()), 646)
    for _ in range(45):
        yield tcp(646, 'LDP(id="%s")/%s' % (address(), "/".join(r.choice(messages)() for _ in range(r.randrange(1, 4)))))


def stun():
    attributes = [
        lambda: 'STUNMappedAddress(port=%d,ip="%s")' % (number(16), address()),
        lambda: 'STUNXorMappedAddress(xport=%d,xip="%s")' % (number(16), address()),
        lambda: "STUNUsername(username=%r)" % word(),
        lambda: "STUNMessageIntegrity()",
        lambda: "STUNPriority(priority=%d)" % number(32),
        lambda: "STUNUseCandidate()",
        lambda: "STUNIceControlling(tie_breaker=%d)" % number(64),
        lambda: "STUNGoogNetworkInfo(network_id=%d)" % number(16),
        lambda: "STUNFingerprint(crc_32=%d)" % number(32),
        lambda: "STUNGenericTlv(type=0x8022,value=%r)" % word(),
        lambda: "STUNGenericTlv(type=0x14,value=%r)" % word(),
        lambda: "STUNGenericTlv(type=0x9,value=%r)" % (b"\0\0\x04\x01Unauthorized"),
        lambda: "STUNGenericTlv(type=0xd,value=%r)" % octets(4),
    ]
    for _ in range(60):
        yield udp(3478, "STUN(stun_message_type=%d,transaction_id=%d,attributes=[%s])" % (r.choice([1, 0x11, 0x101, 0x111]), number(96), ",".join(r.choice(attributes)() for _ in range(r.randrange(4)))))


def exporters():
    """Templates in messages of their own, before the records that use them."""
    elements = [(number_, size) for size, numbers in NETFLOW_SIZES.items() for number_ in numbers if number_ not in (70, 71, 79)]
    known = []
    for at in range(6):
        version = 9 + at % 2
        hosts = 'Ether(src="%s",dst="%s")/IP(src="%s",dst="%s")' % (mac(), mac(), address(), address())
        chosen = r.sample(elements, r.randrange(2, 8))
        known.append([version, hosts, number(32), 300 + at % 2, chosen])
    def message(version, hosts, domain, sets, count):
        port = 2055 if version == 9 else 4739
        head = "NetflowHeaderV9(count=%d,unixSecs=%d,SourceID=%d)" % (count, number(31), domain) if version == 9 else "NetflowHeaderV10(length=%d,ExportTime=%d,ObservationDomainID=%d)" % (16 + len(eval(sets)), number(31), domain)
        return "%s/UDP(sport=40000,dport=%d)/NetflowHeader()/%s/%s" % (hosts, port, head, sets)
    for version, hosts, domain, template, chosen in known:
        fields = ",".join("NetflowTemplateFieldV9(fieldType=%d,fieldLength=%d)" % field for field in chosen)
        yield message(version, hosts, domain, "NetflowFlowsetV9(flowSetID=%d,templates=[NetflowTemplateV9(templateID=%d,template_fields=[%s])])" % (0 if version == 9 else 2, template, fields), 1)
    text = {82, 83, 84, 94, 96, 371}
    for _ in range(40):
        version, hosts, domain, template, chosen = r.choice(known)
        of = lambda: b"".join(word(size).ljust(size, "x").encode() if kind in text else octets(size) for kind, size in chosen)
        records = ",".join("NetflowRecordV9(fieldValue=%r)" % of() for _ in range(r.randrange(1, 3)))
        yield message(version, hosts, domain, "NetflowDataflowsetV9(templateID=%d,records=[%s])" % (template, records), 1)


def gtpv2():
    digits = lambda count: "".join(r.choice("0123456789") for _ in range(count))
    inner = [
        lambda: "IE_EPSBearerID(EBI=%d)" % r.randrange(5, 16),
        lambda: "IE_Bearer_QoS(PCI=%d,PriorityLevel=%d,PVI=%d,QCI=%d,MaxBitRateForUplink=%d,GuaranteedBitRateForDownlink=%d)" % (r.randrange(2), r.randrange(16), r.randrange(2), number(8), number(40), number(40)),
        lambda: 'IE_FTEID(ipv4_present=1,InterfaceType=%d,GRE_Key=%d,ipv4="%s",instance=%d)' % (r.randrange(38), number(32), address(), r.randrange(4)),
        lambda: "IE_Cause(Cause=%d,CS=%d)" % (r.choice([16, 64, 73, 94]), r.randrange(2)),
    ]
    elements = inner + [
        lambda: "IE_IMSI(IMSI=b'%s')" % digits(15),
        lambda: "IE_MSISDN(digits=b'49%s')" % digits(10),
        lambda: "IE_MEI(MEI=b'%s')" % digits(16),
        lambda: "IE_RecoveryRestart(restart_counter=%d)" % number(8),
        lambda: 'IE_APN(APN="%s.%s")' % (word(), word()),
        lambda: "IE_AMBR(AMBR_Uplink=%d,AMBR_Downlink=%d)" % (number(32), number(32)),
        lambda: 'IE_IP_Address(length=4,address="%s")' % address(),
        lambda: "IE_RAT(RAT_type=%d)" % r.randrange(1, 10),
        lambda: 'IE_PAA(PDN_type=1,ipv4="%s")' % address(),
        lambda: "IE_BearerContext(IE_list=[%s])" % ",".join(r.choice(inner)() for _ in range(r.randrange(1, 4))),
        lambda: "IE_ChargingID(ChargingID=%d)" % number(32),
        lambda: "IE_ChargingCharacteristics(ChargingCharacteristic=%d)" % number(16),
        lambda: "IE_BearerFlags(VB=%d,PPC=%d)" % (r.randrange(2), r.randrange(2)),
        lambda: "IE_APN_Restriction(APN_Restriction=%d)" % r.randrange(5),
        lambda: "IE_SelectionMode(SelectionMode=%d)" % r.randrange(3),
        lambda: "IE_Port_Number(PortNumber=%d)" % number(16),
        lambda: 'IE_FQDN(fqdn=b"%s.%s")' % (word(), word()),
        lambda: "IE_PrivateExtension(enterprisenum=%d,proprietaryvalue=%r)" % (number(15), octets(4)),
    ]
    messages = ["CreateSessionRequest", "CreateSessionResponse", "ModifyBearerRequest", "DeleteSessionRequest", "CreateBearerRequest", "UpdateBearerResponse", "ReleaseBearerRequest"]
    yield udp(2123, "GTPHeader(seq=1,T=0)/GTPV2EchoRequest(IE_list=[IE_RecoveryRestart(restart_counter=7)])")
    for at in range(80):
        chosen = ",".join(r.choice(elements)() for _ in range(r.randrange(1, 6)))
        yield udp(2123, "GTPHeader(seq=%d,teid=%d)/GTPV2%s(IE_list=[%s])" % (at + 2, number(32), r.choice(messages), chosen))


def telecontrol():
    """IEC 60870-5-104, by octets: scapy's layers lie on top of each other otherwise."""
    sizes = {1: 1, 2: 4, 3: 1, 5: 2, 7: 5, 9: 3, 11: 3, 13: 5, 15: 5, 30: 8, 31: 8, 32: 9, 33: 12, 34: 10, 35: 10, 36: 12, 37: 12, 45: 1, 46: 1, 47: 1, 48: 3, 49: 3, 50: 5, 51: 4, 58: 8, 59: 8, 60: 8, 61: 10, 62: 10, 63: 12, 64: 11, 70: 1, 100: 1, 101: 1, 103: 7, 105: 1}
    time = lambda: struct.pack("<H", r.randrange(60000)) + bytes([r.randrange(60), r.randrange(24), r.randrange(1, 29), r.randrange(1, 13), r.randrange(100)])
    timed = {30, 31, 32, 33, 34, 35, 36, 37, 58, 59, 60, 61, 62, 63, 64, 103}
    def element(kind):
        size = sizes[kind]
        if kind in (13, 36, 50, 63):
            body = struct.pack("<f", r.randrange(-1000, 1000) / 4)
            body += octets(1)
        elif kind in (9, 34, 48, 61):
            body = struct.pack("<h", r.choice([0, 16384, -16384, -32768, 8192])) + octets(1)
        else:
            body = octets(size - (7 if kind in timed else 0))
        return body + (time() if kind in timed else b"")
    for number_ in (0x07, 0x0b, 0x43, 0x83):
        yield tcp(2404, "Raw(%r)" % (b"\x68\x04" + bytes([number_, 0, 0, 0])))
    yield tcp(2404, "Raw(%r)" % (b"\x68\x04\x01\x00" + struct.pack("<H", number(15) << 1)))
    for _ in range(60):
        kind = r.choice(sorted(sizes))
        count = r.randrange(1, 4)
        body = struct.pack("<HH", number(15) << 1, number(15) << 1) + bytes([kind, count, r.choice([1, 3, 5, 6, 7, 20, 0x47, 0x86]), number(8)]) + struct.pack("<H", number(16))
        for at in range(count):
            body += struct.pack("<I", number(24))[:3] + element(kind)
        yield tcp(2404, "Raw(%r)" % (b"\x68" + bytes([len(body)]) + body))


def buildings():
    """KNXnet/IP, by octets."""
    host = lambda: b"\x08\x01" + octets(4) + octets(2)
    def message(service, body):
        return udp(3671, "Raw(%r)" % (b"\x06\x10" + struct.pack("!HH", service, len(body) + 6) + body), 3671)
    frame = lambda code: bytes([code, 0, 0xbc, 0xe0]) + octets(4) + r.choice([b"\x01\x00\x81", b"\x01\x00\x00", b"\x03\x00\x80" + octets(2)])
    for _ in range(4):
        yield message(0x0201, host())
        yield message(0x0205, host() + host() + b"\x04\x04\x02\x00")
        yield message(0x0206, octets(1) + b"\0" + host() + b"\x04\x04" + octets(2))
        yield message(0x0207, octets(1) + b"\0" + host())
        yield message(0x0208, octets(1) + b"\0")
        yield message(0x0209, octets(1) + b"\0" + host())
        yield message(0x020a, octets(1) + b"\0")
        yield message(0x0420, b"\x04" + octets(2) + b"\0" + frame(0x11))
        yield message(0x0421, b"\x04" + octets(2) + b"\0")
        yield message(0x0530, frame(0x29))
        yield message(0x0531, b"\x04\0" + octets(2))
        yield message(0x0532, b"\x06\0" + octets(4))
        yield message(0x0204, b"\x36\x01\x02\0" + octets(4) + octets(6) + octets(4) + octets(6) + word(20).encode().ljust(30, b"\0") + b"\x06\x02\x02\x01\x04\x01")


def accounts():
    texts = [1, 263, 264, 269, 280, 281, 282, 283, 292, 293, 294, 296, 461]
    numbers = [27, 85, 258, 259, 265, 266, 267, 268, 270, 272, 273, 274, 276, 277, 278, 285, 291, 295, 415, 416, 420, 432, 439, 450, 480, 485]
    def attribute():
        kind = r.randrange(4)
        if kind == 0:
            return "AVP_Unknown(avpCode=%d,avpFlags=64,val=%r)" % (r.choice(texts), word(20).encode())
        if kind == 1:
            return "AVP_Unknown(avpCode=%d,avpFlags=64,val=%r)" % (r.choice(numbers), struct.pack("!I", number(31)))
        if kind == 2:
            return "AVP_Unknown(avpCode=257,avpFlags=64,val=%r)" % (b"\0\x01" + octets(4))
        return "AVP_Unknown(avpCode=%d,avpFlags=64,val=%r)" % (r.choice([412, 414, 421]), octets(8))
    for at in range(40):
        chosen = ",".join(attribute() for _ in range(r.randrange(2, 6)))
        yield tcp(3868, "DiamG(drFlags=%d,drCode=%d,drAppId=%d,drHbHId=%d,drEtEId=%d,avpList=[%s])" % (r.choice([0x80, 0xc0, 0, 0x40]), r.choice([257, 258, 272, 280]), r.choice([0, 4]), number(32), number(32), chosen))


def terminals():
    """TACACS+ whose bodies are not obfuscated, by octets."""
    def message(kind, number_, body):
        return tcp(49, "Raw(%r)" % (bytes([0xc0, kind, number_, 1]) + octets(4) + struct.pack("!I", len(body)) + body))
    for _ in range(8):
        user, port, host, data = (word().encode() for _ in range(4))
        who = bytes([r.randrange(16), 1, 1])
        yield message(1, 1, b"\x01" + who + bytes([len(user), len(port), len(host), len(data)]) + user + port + host + data)
        yield message(1, 2, bytes([r.choice([1, 2, 4, 5]), 0]) + struct.pack("!HH", len(user), len(data)) + user + data)
        yield message(1, 3, struct.pack("!HHB", len(user), 0, 0) + user)
        arguments = [b"service=shell", b"cmd=" + word().encode()]
        lengths = bytes(len(argument) for argument in arguments)
        yield message(2, 1, b"\x06" + who + bytes([len(user), len(port), len(host), 2]) + lengths + user + port + host + b"".join(arguments))
        yield message(2, 2, bytes([1, 2]) + struct.pack("!HH", 0, 0) + lengths + b"".join(arguments))
        yield message(3, 1, bytes([r.choice([2, 4, 8])]) + b"\x06" + who + bytes([len(user), len(port), len(host), 2]) + lengths + user + port + host + b"".join(arguments))
        yield message(3, 2, struct.pack("!HHB", len(user), len(data), 1) + user + data)


GROUPS = {
    "netflow": (netflow, 1),
    "dot11": (wlan, 105),
    "isakmp": (isakmp, 1),
    "trunks": (trunks, 1),
    "ldp": (ldp, 1),
    "stun": (stun, 1),
    "exporters": (exporters, 1),
    "gtpv2": (gtpv2, 1),
    "telecontrol": (telecontrol, 1),
    "buildings": (buildings, 1),
    "accounts": (accounts, 1),
    "terminals": (terminals, 1),
}


def main():
    for name in sys.argv[1:] or GROUPS:
        group, link = GROUPS[name]
        r.seed(name)
        expressions = list(group())
        with open(os.path.join(HERE, name + ".txt"), "w") as file:
            file.writelines(expression + "\n" for expression in expressions)
        packets = [eval(expression) for expression in expressions]
        for at, packet in enumerate(packets):
            packet.time = 1700000000 + at
        writer = PcapWriter(os.path.join(HERE, name + ".pcap"), linktype=link)
        for packet in packets:
            writer.write(packet)
        writer.close()


if __name__ == "__main__":
    main()
