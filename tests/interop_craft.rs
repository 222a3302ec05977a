//! What scapy builds of random stacks with random values, nettool builds too, octet by octet; and nettool takes those octets
//! apart and writes them again as they were. Needs Python with scapy.

mod harness;

use harness::{NETTOOL, Scratch, nettool, skip};
use std::process::Command;

/// Makes expressions and prints each with what scapy makes of it: `expression TAB hex`, one a line.
const MAKER: &str = r#"
import random, sys, logging
logging.getLogger("scapy").setLevel(logging.ERROR)
from scapy.all import *
r = random.Random(int(sys.argv[1]))
n = lambda bits: r.choice([0, 1, (1 << bits) - 1, r.getrandbits(bits)])
mac = lambda: '"02:%02x:%02x:%02x:%02x:%02x"' % tuple(r.randrange(256) for _ in range(5))
v4 = lambda: '"%d.%d.%d.%d"' % (r.randrange(1, 224), n(8), n(8), r.randrange(1, 255))
v6 = lambda: '"2001:db8:%x::%x"' % (r.randrange(65536), r.randrange(1, 65536))
def some(*fields):
    return ",".join(f() for f in fields if r.random() < 0.5)
def f(name, value):
    return lambda: name + "=" + str(value())
payload = lambda: r.choice(['("x"*%d)' % r.randrange(1, 40), '"odd"', r'b"\x00\xff\x80"'])
def udp(): return "UDP(" + some(f("sport", lambda: n(16)), f("dport", lambda: r.choice([7, 9, 4000, 65535])), f("chksum", lambda: n(16)), f("len", lambda: n(16))) + ")/" + payload()
def tcp():
    options = lambda: r.choice(['[("MSS",%d)]' % n(16), '[("NOP",None),("WScale",%d)]' % n(4), '[("Timestamp",(%d,%d)),("EOL",None)]' % (n(32), n(32)), '[("SAck",(%d,%d)),("SAckOK","")]' % (n(32), n(32))])
    flags = lambda: '"' + "".join(r.sample("FSRPAUEC", r.randrange(1, 5))) + '"'
    return "TCP(" + some(f("sport", lambda: n(16)), f("dport", lambda: n(16)), f("seq", lambda: n(32)), f("ack", lambda: n(32)), f("flags", flags), f("window", lambda: n(16)), f("urgptr", lambda: n(16)), f("options", options)) + ")" + r.choice(["", "/" + payload()])
def icmp(): return "ICMP(" + some(f("id", lambda: n(16)), f("seq", lambda: n(16))) + ")/" + payload()
def echo6(): return "ICMPv6EchoRequest(" + some(f("id", lambda: n(16)), f("seq", lambda: n(16)), f("data", lambda: '"ping"')) + ")"
def dns():
    q = 'DNSQR(qname="%s.test",qtype=%s)' % (r.choice("abc"), r.choice(["1", '"AAAA"', '"MX"']))
    a = r.choice(["[]", '[DNSRR(rrname="a.test",rdata=%s,ttl=%d)]' % (v4(), n(16)), '[DNSRRMX(rrname="a.test",preference=%d,exchange="m.test")]' % n(16), '[DNSRR(rrname="a.test",type="TXT",rdata=["a","bc"])]', '[DNSRRSRV(rrname="a.test",port=%d,target="s.test")]' % n(16)])
    return "UDP(sport=4000,dport=53)/DNS(id=%d,qr=%d,qd=%s,an=%s)" % (n(16), n(1), q, a)
def vxlan(): return "UDP(sport=5000)/VXLAN(vni=%d)/Ether(src=%s,dst=%s)/IP(src=%s,dst=%s)/UDP(sport=1,dport=2)" % (n(24), mac(), mac(), v4(), v4())
def gre(): return "GRE(%s)/IP(src=%s,dst=%s)/UDP(sport=1,dport=2)" % (some(lambda: "key_present=1,key=%d" % n(32), lambda: "seqnum_present=1,sequence_number=%d" % n(32), lambda: "chksum_present=1"), v4(), v4())
def rip(): return "UDP(sport=520,dport=520)/RIP(cmd=2,version=2)/RIPEntry(addr=%s,mask=\"255.255.255.0\",metric=%d)" % (v4(), n(4))
def ip():
    options = lambda: r.choice(['[IPOption_NOP()]', '[IPOption_RR(routers=[%s])]' % v4(), '[IPOption_LSRR(routers=[%s,%s])]' % (v4(), v4())])
    head = "IP(src=%s,dst=%s,%s)" % (v4(), v4(), some(f("tos", lambda: n(8)), f("id", lambda: n(16)), f("ttl", lambda: n(8)), f("flags", lambda: r.choice(['"DF"', '"MF"', "0"])), f("frag", lambda: n(13)), f("options", options)))
    return head.replace(",)", ")") + "/" + r.choice([udp, tcp, icmp, dns, vxlan, gre, rip])()
def ip6():
    head = "IPv6(src=%s,dst=%s,%s)" % (v6(), v6(), some(f("tc", lambda: n(8)), f("fl", lambda: n(20)), f("hlim", lambda: n(8))))
    extra = r.choice(["", "/IPv6ExtHdrHopByHop(options=[RouterAlert(value=%d)])" % n(16), "/IPv6ExtHdrDestOpt(options=[PadN(optdata=\"ab\")])", "/IPv6ExtHdrRouting(addresses=[%s])" % v6(), "/IPv6ExtHdrFragment(id=%d,m=%d,offset=%d)" % (n(32), n(1), n(13))])
    return head.replace(",)", ")") + extra + "/" + r.choice([udp, tcp, echo6])()
def arp(): return "ARP(op=%d,hwsrc=%s,psrc=%s,hwdst=%s,pdst=%s)" % (r.choice([1, 2]), mac(), v4(), mac(), v4())
def frame():
    tags = r.choice(["", "/Dot1Q(vlan=%d,prio=%d)" % (n(12), n(3)), "/Dot1AD(vlan=%d)/Dot1Q(vlan=%d)" % (n(12), n(12))])
    return "Ether(src=%s,dst=%s)%s/" % (mac(), mac(), tags) + r.choice([ip, ip, ip6, arp])()
for _ in range(int(sys.argv[2])):
    text = frame()
    print(text + "\t" + bytes(eval(text)).hex())
"#;

/// Frames of one run of the test.
const FRAMES: usize = 400;

fn made_by_scapy(seed: u64) -> Option<Vec<(String, String)>> {
    let (seed, frames) = (seed.to_string(), FRAMES.to_string());
    let out = Command::new("python3").args(["-c", MAKER, &seed, &frames]).output().ok()?;
    if !out.status.success() {
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(said.contains("ModuleNotFoundError"), "the maker fails: {said}");
        return None;
    }
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    Some(text.lines().filter_map(|line| line.split_once('\t')).map(|(a, b)| (a.into(), b.into())).collect())
}

#[test]
fn random_stacks_are_built_as_scapy_builds_them() {
    let Some(cases) = made_by_scapy(20_261_128) else {
        return skip("random_stacks_are_built_as_scapy_builds_them", "python3 with scapy is missing");
    };
    let folder = Scratch::new("craft");
    let text: String = cases.iter().map(|(expression, _)| format!("{expression}\n")).collect();
    let file = folder.file("expressions", text.as_bytes());
    let run = nettool(["craft", "--hex", "--batch", file.to_str().expect("a plain name")]);
    let answers = run.text();
    let lines: Vec<&str> = answers.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(lines.len(), cases.len(), "{NETTOOL} answers each expression once:\n{answers}");
    for ((expression, wanted), got) in cases.iter().zip(lines) {
        assert_eq!(got, wanted, "{expression}");
    }
}

#[test]
fn what_scapy_built_is_taken_apart_and_written_again_as_it_was() {
    let Some(cases) = made_by_scapy(1) else {
        return skip(
            "what_scapy_built_is_taken_apart_and_written_again_as_it_was",
            "python3 with scapy is missing",
        );
    };
    let folder = Scratch::new("craft-again");
    let literal = |hex: &str| {
        let pairs: Vec<&str> = (0..hex.len() / 2).filter_map(|at| hex.get(at * 2..at * 2 + 2)).collect();
        format!("dissect(b\"\\x{}\")\n", pairs.join("\\x"))
    };
    let text: String = cases.iter().map(|(_, hex)| literal(hex)).collect();
    let file = folder.file("octets", text.as_bytes());
    let run = nettool(["craft", "--hex", "--batch", file.to_str().expect("a plain name")]);
    let answers = run.text();
    let lines: Vec<&str> = answers.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(lines.len(), cases.len(), "{answers}");
    for ((expression, wanted), got) in cases.iter().zip(lines) {
        assert_eq!(got, wanted, "{expression}");
    }
}

/// Evaluates the expressions of a file and prints the packets of each, in hexadecimal, on a line.
const EVALUATOR: &str = r#"
import sys, logging, warnings
warnings.simplefilter("ignore")
logging.getLogger("scapy").setLevel(logging.CRITICAL)
from scapy.all import *
from scapy.layers.http import *
for name in "mpls bgp ospf eigrp isis lldp cdp lacp igmp igmpv3 erspan geneve modbus coap mqtt bfd gtp slowprot nsh macsec dtp vtp tacacs wireguard stun ldp ptp_v2 ripng ikev2 automotive.someip mac_control pim rsvp vrrp".split():
    load_contrib(name)
def flat(value):
    if isinstance(value, Packet):
        return [bytes(packet) for packet in value]
    return sum([flat(part) for part in value], [])
for line in open(sys.argv[1]):
    print(" ".join(octets.hex() for octets in flat(eval(line))))
"#;

/// Expressions as people type them, over all layers that both have: `tests/data/interop_craft/typed.txt`.
#[test]
fn what_people_type_is_built_as_scapy_builds_it() {
    const NAME: &str = "what_people_type_is_built_as_scapy_builds_it";
    let path = format!("{}/tests/data/interop_craft/typed.txt", harness::ROOT);
    let expressions = std::fs::read_to_string(&path).expect("the expressions are in the project");
    let Ok(out) = Command::new("python3").args(["-c", EVALUATOR, &path]).output() else {
        return skip(NAME, "python3 is missing");
    };
    if !out.status.success() {
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(said.contains("ModuleNotFoundError"), "the evaluator fails: {said}");
        return skip(NAME, "python3 with scapy is missing");
    }
    let wanted = String::from_utf8_lossy(&out.stdout).into_owned();
    let run = nettool(["craft", "--hex", "--batch", &path]);
    let text = run.text();
    let mut answers: Vec<Vec<&str>> = Vec::new();
    for line in text.lines() {
        match (line.starts_with(['#', '!']), answers.last_mut()) {
            (true, _) => answers.push(if line.starts_with('!') { vec![line] } else { Vec::new() }),
            (false, Some(answer)) => answer.push(line),
            (false, None) => {}
        }
    }
    for ((expression, wanted), got) in expressions.lines().zip(wanted.lines()).zip(answers) {
        assert_eq!(got.join(" "), wanted, "{expression}");
    }
}

/// What is changed in frames that were taken apart; each line is Python and the crafter's language.
const EDITED: &str = r#"
a.qd[0].qname = "longer.example"
a.an[0].rdata = "1.2.3.4"
a.an[1].rrname = "b.test"; a.an[1].ttl = 9
a.an[2].rdata = ["xyz"]; del a.id
a.an[3].exchange = "mail.longer.test"; a.an[3].preference = 7
a.an[4].rdata = "cname.test"; a.qd[0].qtype = "AAAA"
a.an = a.an + [DNSRR(rrname="new.test", rdata="7.7.7.7")]; del a.ancount; del q[IP].len; del q[IP].chksum; del q[UDP].len; del q[UDP].chksum
a.qd = [DNSQR(qname="x.test")]
q[UDP].dport = 5353; del q[UDP].chksum; a.qd[0].qname = "b.example"
a.qd = [DNSQR(qname="x.test"), DNSQR(qname="y.test")]; del a.qdcount; del q[UDP].len
q[IP].ttl = 3; a.id = 9; a.an[0].rdata = "9.9.9.9"
r = a.an[1]; r.rdata = "4.4.4.4"; r.rdata = "5.5.5.5"; a.an[0].ttl = 5
"#;

/// Makes frames, changes them, and prints both in hexadecimal and the change.
const EDITOR: &str = r#"
import sys, logging, warnings
warnings.simplefilter("ignore")
logging.getLogger("scapy").setLevel(logging.CRITICAL)
from scapy.all import *
from scapy.layers.dns import dns_compress
message = DNS(id=7, qr=1, qd=[DNSQR(qname="a.example")], an=[DNSRR(rrname="a.example", rdata="1.1.1.1"),
    DNSRR(rrname="a.example", rdata="2.1.1.1"), DNSRR(rrname="a.example", type="TXT", rdata=["a", "bc"]),
    DNSRRMX(rrname="x.example", exchange="m.example"), DNSRR(type="CNAME", rdata="foo.example")],
    ar=[DNSRROPT(rdata=[EDNS0TLV(optcode=3, optdata=b"12345678")])])
make = lambda payload: bytes(Ether(dst="ff:ff:ff:ff:ff:ff", src="00:00:00:00:00:00")/IP(src="127.0.0.1", dst="127.0.0.1")/UDP(sport=53)/payload)
for line in sys.argv[1].splitlines():
    q = Ether(make(message))
    a = q[DNS]
    exec(line)
    # with names that point, scapy leaves pointers as they were: what they should say is what whole names say
    print(make(message).hex(), bytes(q).hex(), line)
    print(make(dns_compress(message)).hex(), bytes(q)[42:].hex(), line)
"#;

#[test]
fn entries_of_what_was_taken_apart_change_as_in_scapy() {
    const NAME: &str = "entries_of_what_was_taken_apart_change_as_in_scapy";
    let lines = EDITED.trim();
    let Ok(out) = Command::new("python3").args(["-c", EDITOR, lines]).output() else {
        return skip(NAME, "python3 is missing");
    };
    if !out.status.success() {
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(said.contains("ModuleNotFoundError"), "the editor fails: {said}");
        return skip(NAME, "python3 with scapy is missing");
    }
    let folder = Scratch::new("craft-edited");
    let wanted = String::from_utf8_lossy(&out.stdout).into_owned();
    assert_eq!(wanted.lines().count(), lines.lines().count() * 2, "each change in each frame");
    let mut script = String::new();
    for line in wanted.lines() {
        let (frame, rest) = line.split_once(' ').expect("the frame");
        let (_, change) = rest.split_once(' ').expect("the change");
        let change = change.replace("; ", "\n");
        script.push_str(&format!("q = dissect(bytes.fromhex(\"{frame}\"))\na = q[DNS]\n{change}\nemit(q)\n"));
    }
    let file = folder.file("changes.star", script.as_bytes());
    let run = nettool(["craft", "--hex", file.to_str().expect("a plain name")]);
    let text = run.text();
    let got: Vec<&str> = text.lines().collect();
    for (at, line) in wanted.lines().enumerate() {
        let mut words = line.splitn(3, ' ').skip(1);
        let (octets, change) = (words.next(), words.next());
        let got = got.get(at).unwrap_or(&"");
        assert!(octets.is_some_and(|octets| got.ends_with(octets)), "{change:?}\n{got}\n{octets:?}");
        assert!(at % 2 == 1 || octets == Some(got), "{change:?}");
    }
}

/// Runs scripts and prints what each emits, in hexadecimal, on a line; `T(x)` emits a value as text.
const RUNNER: &str = r#"
import sys, logging, warnings
warnings.simplefilter("ignore")
logging.getLogger("scapy").setLevel(logging.CRITICAL)
import struct, socket, binascii, itertools
from scapy.all import *
def run(text):
    out = []
    def emit(value):
        if isinstance(value, Packet):
            out.extend(bytes(packet).hex() for packet in value)
        else:
            for part in value:
                emit(part)
    names = dict(globals(), emit=emit, T=lambda value: out.append(str(value).encode().hex()))
    exec(compile(text, "script", "exec"), names)
    return " ".join(out)
for text in open(sys.argv[1]).read().rstrip("\n").split("\n---\n"):
    print(run(text))
"#;

/// Scripts as people write them, parted by `---`: `tests/data/interop_craft/language.txt`.
#[test]
fn scripts_give_what_python_with_scapy_gives() {
    const NAME: &str = "scripts_give_what_python_with_scapy_gives";
    let path = format!("{}/tests/data/interop_craft/language.txt", harness::ROOT);
    let scripts = std::fs::read_to_string(&path).expect("the scripts are in the project");
    let Ok(out) = Command::new("python3").args(["-c", RUNNER, &path]).output() else {
        return skip(NAME, "python3 is missing");
    };
    if !out.status.success() {
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(said.contains("ModuleNotFoundError"), "the runner fails: {said}");
        return skip(NAME, "python3 with scapy is missing");
    }
    let wanted = String::from_utf8_lossy(&out.stdout).into_owned();
    let folder = Scratch::new("craft-language");
    let scripts: Vec<&str> = scripts.trim_end().split("\n---\n").collect();
    assert_eq!(scripts.len(), wanted.lines().count(), "one answer a script");
    // one run for all: what parts them is a packet too
    const END: &str = "end of a script";
    let mut text = "def T(value): emit(Raw(str(value)))\n".to_string();
    scripts.iter().for_each(|script| text.push_str(&format!("{script}\nT(\"{END}\")\n")));
    let file = folder.file("scripts.star", text.as_bytes());
    let run = nettool(["craft", "--hex", file.to_str().expect("a plain name")]);
    let end: String = END.bytes().map(|octet| format!("{octet:02x}")).collect();
    let text = run.text();
    let mut given =
        text.split(end.as_str()).map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    for (script, wanted) in scripts.iter().zip(wanted.lines()) {
        assert_eq!(given.next().unwrap_or_default(), wanted, "{script}\n{}", run.err);
    }
}
