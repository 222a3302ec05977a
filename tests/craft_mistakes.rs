//! What people type who know scapy and slip: each ends with exit code 2, the place of the slip, and a sentence that mends it.

mod harness;

use harness::{Scratch, nettool};

/// An expression, the column of the slip, and what is said of it.
const SLIPS: &[(&str, usize, &str)] = &[
    ("IP(dts='1.2.3.4')", 4, "layer `IP` has no field `dts`; did you mean `dst`?"),
    ("Ether()/IPP()", 9, "there is no layer or name `IPP`; did you mean `IP`?"),
    ("hexdmp(IP())", 1, "there is no layer or name `hexdmp`; did you mean `hexdump`?"),
    ("UDP(sport=RandShrt())", 11, "did you mean `RandShort`?"),
    ("UDP(sport=RandShort)", 5, "not a function; call it: `RandShort()`"),
    ("UDP(dport={80,443})", 5, "not a set; several values are a list: `[1, 2]`"),
    ("UDP(dport=(80,))", 5, "a range is `(first, last)` or `(first, last, step)`"),
    ("UDP(dport='80')", 5, "did you mean `80`?"),
    ("TCP(dport=99999)", 5, "`TCP.dport` takes 0 to 65535, not 99999"),
    ("TCP(flags='SX')", 5, "the flags are F S R P A U E C N"),
    ("IP(proto='tpc')", 4, "did you mean `TCP`?"),
    ("DNSQR(qtype='AAA')", 7, "did you mean `AAAA`?"),
    (
        "IP()/TCP(options=[('MMS',1460)])",
        10,
        "`TCP.options` takes the name or number of an option, not \"MMS\"",
    ),
    ("DHCP(options=[('mesage-type','discover')])", 6, "did you mean `message-type`?"),
    ("IP(dst='1.2.3.4'))", 18, "`)` closes nothing that is open"),
    ("IP(dst='1.2.3.4'", 3, "`(` is not closed: a `)` is missing"),
    ("IP(dst='1.2.3.4\")", 8, "the text that begins here is not closed: a `'` is missing"),
    ("IP(dst=1.2.3.4)", 11, "an address stands in quotes"),
    ("Ether(dst=00:11:22:33:44:55)", 11, "an address stands in quotes"),
    ("Ether(dst=aa:bb:cc:dd:ee:ff)", 13, "an address stands in quotes"),
    ("IP(dst=\u{201c}1.2.3.4\u{201d})", 8, "texts stand in plain quotes"),
    ("IP(dst='localhost')", 4, "names of hosts are looked up by `nettool send` and `nettool ask` alone"),
    ("print 'hi'", 7, "`print` is a function"),
    ("IP() * 1.5", 1, "a packet is repeated a whole number of times: `IP()*3`"),
    ("IP() // TCP()", 1, "layers stand on each other with `/`: `IP()/TCP()`"),
    ("IP() | TCP()", 1, "layers stand on each other with `/`: `IP()/TCP()`"),
    ("IP() + TCP()", 1, "layers stand on each other with `/`: `IP()/TCP()`"),
    ("5 / IP()", 1, "a layer stands on a layer, a string or bytes"),
    ("fragment(IP(), 0)", 1, "a fragment has at least 8 octets of payload, not 0"),
    ("math.log2(8)", 1, "of it there are `math.ceil` and `math.floor`"),
    ("class A: pass", 1, "there are no classes"),
    ("IP()[TCP]", 1, "the packet has no layer TCP: it has IP"),
];

#[test]
fn a_slip_is_told_with_its_place_and_how_to_mend_it() {
    for (expression, column, sentence) in SLIPS {
        let place = format!("expression:1:{column}\n");
        nettool(["craft", "--hex", "-e", expression]).ends(2, &[sentence, &place, "^"]);
    }
}

#[test]
fn a_script_that_says_nothing_and_gives_no_packets_is_told_how_it_gives_some() {
    for expression in ["if True: IP()", "for i in range(3): IP(ttl=i)", "# nothing"] {
        let run = nettool(["craft", "-e", expression]);
        run.ends(0, &["no packets: a script gives its last line's value, and what `emit(packets)` is given"]);
    }
    assert_eq!(nettool(["craft", "-e", "print(1)"]).ends(0, &[]).err, "");
}

#[test]
fn scripts_are_indented_with_tabulators_too() {
    let scratch = Scratch::new("tabulators");
    let path = scratch.path("tabs.star");
    let text = "def f(n):\n\tr = []\n\twhile len(r) < n:\n\t\tr.append(IP(ttl=len(r)+1))\t# one\n\treturn r\n\
                print([p.ttl for p in f(3) if 1<p.ttl<3], '\t')\n";
    std::fs::write(&path, text).expect("the folder is there");
    let run = nettool(["craft", path.to_str().expect("a plain name")]);
    assert_eq!(run.ends(0, &[]).text(), "[2] \t\n");
}

#[test]
fn names_of_hosts_are_looked_up_where_packets_are_sent() {
    let run = nettool(["send", "--dry-run", "IP(src='127.0.0.2', dst=['localhost', '192.0.2.1'])/UDP()"]);
    let lines =
        "IP 127.0.0.2.53 > 127.0.0.1.53: UDP, length 0\nIP 127.0.0.2.53 > 192.0.2.1.53: UDP, length 0\n";
    assert_eq!(run.ends(0, &[]).text(), lines);
    nettool(["send", "--dry-run", "IP(dst='no such host')/UDP()"])
        .ends(2, &["`IP.dst` takes an IPv4 address"]);
}
