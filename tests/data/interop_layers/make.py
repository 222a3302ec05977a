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


GROUPS = {"netflow": (netflow, 1)}


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
