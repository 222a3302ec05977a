//! Plugins from outside: they are found, they work wherever protocols do, and a broken one is said and left out.

mod harness;

use harness::{NETTOOL, Run, Scratch, finish, nettool, peer};
use std::path::Path;
use std::process::Command;

/// Frames with the lamp protocol of `nettool plugins new lamp`: what its sample holds, and one that is cut short.
const WHOLE: &str = "02000000000202000000000108004500002f00010000401166bb0a0000010a000002c350c350001b0000\
                     18010003000003e8abcdef01046c616d700200";
const SHORT: &str = "02000000000202000000000108004500002200010000401166c80a0000010a000002c350c350000e0000\
                     180100030000";

fn octets(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("digits"), 16).expect("hex"))
        .collect()
}

/// A pcap file of Ethernet frames.
fn capture(path: &Path, frames: &[&str]) {
    let mut file = octets("d4c3b2a1020004000000000000000000ffff000001000000");
    for frame in frames {
        let data = octets(frame);
        for word in [1_700_000_000, 0, data.len() as u32, data.len() as u32] {
            file.extend(word.to_le_bytes());
        }
        file.extend(data);
    }
    std::fs::write(path, file).expect("the folder is there");
}

/// Runs nettool in a folder, with the plugins that it finds by itself.
fn there(folder: &Path, arguments: &[&str]) -> Run {
    finish(
        Command::new(NETTOOL)
            .current_dir(folder)
            .env("TZ", "UTC")
            .env("NETTOOL_CONFIG", "none")
            .env("XDG_CONFIG_HOME", folder.join("config"))
            .env_remove("NETTOOL_PLUGINS")
            .args(arguments),
    )
}

#[test]
fn a_new_plugin_works_wherever_protocols_do() {
    let scratch = Scratch::new("a_new_plugin");
    let folder = scratch.path("");
    capture(&folder.join("lamp.pcap"), &[WHOLE, SHORT]);
    there(&folder, &["plugins", "new", "lamp"]).ends(0, &[]);
    let read = |more: &[&str]| {
        let arguments: Vec<&str> = ["--plugin", "lamp.star", "read"].iter().chain(more).copied().collect();
        let run = there(&folder, &arguments);
        run.ends(0, &[]);
        run.text()
    };
    let lines = read(&["-n", "-t", "lamp.pcap"]);
    let expected = "IP 10.0.0.1.50000 > 10.0.0.2.50000: lamp request, 3 octets, by 1000 ms, lamp\n\
                    IP 10.0.0.1.50000 > 10.0.0.2.50000: lamp request, 3 octets [malformed lamp]\n";
    assert_eq!(lines, expected);
    assert!(read(&["-V", "lamp.pcap"]).contains("    deadline: 1000 ms  [46:4]\n"));
    assert_eq!(
        read(&["-Y", "lamp.deadline == 1000", "--fields", "lamp.value,lamp.option.name.text", "lamp.pcap"]),
        "abcdef\tlamp\n"
    );
    assert!(read(&["--json", "-c", "1", "lamp.pcap"]).contains("\"lamp.deadline\":1000"));
    assert!(read(&["--stats", "protocols", "lamp.pcap"]).contains("lamp"));
    let elsewhere = read(&["--decode-as", "udp.port==50000:dns", "-Y", "lamp", "--count", "lamp.pcap"]);
    assert_eq!(elsewhere.trim(), "0");
}

#[test]
fn a_plugins_port_counts_before_that_of_a_built_in_protocol() {
    let scratch = Scratch::new("a_plugins_port");
    let folder = scratch.path("");
    there(&folder, &["plugins", "new", "lamp"]).ends(0, &[]);
    // the port from which scapy, and so nettool, sends where none is said is that of DNS
    let frame = "Ether()/IP()/UDP(dport=50000)/LAMP(value=b'abc')";
    there(&folder, &["--plugin", "lamp.star", "craft", "-w", "lamp.pcap", "-e", frame]).ends(0, &[]);
    let ports =
        ["--plugin", "lamp.star", "read", "--fields", "udp.srcport,udp.dstport,lamp.value", "lamp.pcap"];
    assert_eq!(there(&folder, &ports).ends(0, &[]).text(), "53\t50000\t616263\n");
    let said = [
        "--no-plugins",
        "read",
        "--decode-as",
        "udp.port==50000:syslog",
        "-Y",
        "syslog",
        "--count",
        "lamp.pcap",
    ];
    assert_eq!(there(&folder, &said).ends(0, &[]).text(), "1\n");
}

#[test]
fn plugins_are_found_in_their_places_and_only_where_they_are_wanted() {
    let scratch = Scratch::new("plugins_are_found");
    let folder = scratch.path("");
    capture(&folder.join("lamp.pcap"), &[WHOLE]);
    std::fs::create_dir_all(folder.join("config/nettool/plugins")).expect("a folder");
    std::fs::create_dir_all(folder.join("plugins")).expect("a folder");
    there(&folder, &["plugins", "new", "lamp", "--directory", "plugins"]).ends(0, &[]);
    there(&folder, &["plugins", "new", "torch", "--directory", "config/nettool/plugins"]).ends(0, &[]);
    let list = there(&folder, &["plugins", "list"]).ends(0, &[]).text();
    assert!(list.contains("plugins/lamp.star") && list.contains("here") && list.contains("user"), "{list}");
    // Both want port 50000: the user's own plugin counts more than that of the directory.
    let count = |query: &str, more: &[&str]| {
        let arguments: Vec<&str> =
            more.iter().chain(&["read", "-Y", query, "--count", "lamp.pcap"]).copied().collect();
        there(&folder, &arguments)
    };
    assert_eq!(count("torch", &[]).ends(0, &[]).text().trim(), "1");
    assert_eq!(count("lamp", &[]).ends(0, &[]).text().trim(), "0");
    assert_eq!(count("lamp", &["--plugin", "plugins/lamp.star"]).ends(0, &[]).text().trim(), "1");
    count("lamp", &["--no-plugins"]).ends(2, &["lamp"]);
    let json = there(&folder, &["plugins", "list", "--json"]).text();
    assert!(json.contains("\"kind\":\"data\"") && json.contains("udp.port 50000"), "{json}");
}

#[test]
fn a_broken_plugin_is_said_with_its_place_and_the_rest_works() {
    let scratch = Scratch::new("a_broken_plugin");
    let folder = scratch.path("");
    capture(&folder.join("lamp.pcap"), &[WHOLE]);
    there(&folder, &["plugins", "new", "lamp"]).ends(0, &[]);
    let broken = "protocol(\n    \"foo\",\n    \"Foo\",\n    fields = [be16(\"length\"), bytes(\"data\", \"lenght - 4\")],\n)\n";
    std::fs::write(folder.join("foo.star"), broken).expect("a file");
    let run = there(
        &folder,
        &["--plugin", "foo.star", "--plugin", "lamp.star", "read", "-Y", "lamp", "--count", "lamp.pcap"],
    );
    run.ends(
        0,
        &[
            "plugin foo.star:4:46: `lenght` is not a field of `foo`; did you mean `length`?",
            "bytes(\"data\", \"lenght - 4\")],\n                                               ^^^^^^",
        ],
    );
    assert_eq!(run.text().trim(), "1");
    there(&folder, &["--plugin", "foo.star", "plugins", "list"]).ends(1, &["foo.star:4:46"]);
    there(&folder, &["--plugin", "absent.star", "plugins", "list"]).ends(1, &["absent.star"]);
    // what leads to a protocol that a broken file names has its reason; what leads to nothing at all is said too
    let leads = |to: &str| format!("protocol('leads{to}', 'P', [u8('a')], leads_to = ['{to}'])\n");
    std::fs::write(folder.join("to-foo.star"), leads("foo")).expect("a file");
    std::fs::write(folder.join("to-udq.star"), leads("udq")).expect("a file");
    let names =
        ["--plugin", "foo.star", "--plugin", "to-foo.star", "--plugin", "to-udq.star", "plugins", "list"];
    let said = there(&folder, &names).err;
    assert!(
        said.contains("to-udq.star:1:") && said.contains("`udq` is no protocol; did you mean `udp`?"),
        "{said}"
    );
    assert!(!said.contains("to-foo.star"), "{said}");
}

#[test]
fn check_shows_what_has_changed() {
    let scratch = Scratch::new("check_shows");
    let folder = scratch.path("");
    there(&folder, &["plugins", "new", "lamp"]).ends(0, &[]);
    there(&folder, &["plugins", "new", "lamp"]).ends(2, &["is there already"]);
    there(&folder, &["plugins", "check", "lamp.star"]).ends(0, &[]);
    capture(&folder.join("lamp.pcap"), &[WHOLE]);
    there(&folder, &["plugins", "check", "lamp.star"]).ends(1, &[]);
    there(&folder, &["plugins", "check", "--write", "lamp.star"]).ends(0, &[]);
    let right = there(&folder, &["plugins", "check", "lamp.star"]);
    assert!(right.ends(0, &[]).text().contains("as expected, 1 frames"), "{}", right.text());
    let path = folder.join("lamp.star");
    let text = std::fs::read_to_string(&path).expect("a file").replace("unit = \"ms\"", "unit = \"s\"");
    std::fs::write(&path, text).expect("a file");
    let wrong = there(&folder, &["plugins", "check", "lamp.star"]);
    let shown = wrong.ends(1, &[]).text();
    assert!(shown.contains("-     deadline: 1000 ms  [46:4]\n+     deadline: 1000 s  [46:4]\n"), "{shown}");
}

#[test]
fn what_others_can_write_is_not_read() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new("what_others_can_write");
    let folder = scratch.path("");
    std::fs::create_dir_all(folder.join("plugins")).expect("a folder");
    there(&folder, &["plugins", "new", "lamp", "--directory", "plugins"]).ends(0, &[]);
    let mode = |path: &str, mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(folder.join(path), permissions).expect("my own file");
    };
    mode("plugins", 0o777);
    there(&folder, &["plugins", "list"]).ends(1, &["others can write", "chmod"]);
    mode("plugins", 0o755);
    mode("plugins/lamp.star", 0o666);
    there(&folder, &["plugins", "list"]).ends(1, &["others can write"]);
    mode("plugins/lamp.star", 0o644);
    there(&folder, &["plugins", "list"]).ends(0, &[]);
}

#[test]
fn the_plugins_that_come_along_show_what_is_expected() {
    nettool(["plugins", "check", "plugins"]).ends(0, &[]);
}

/// Fields that Wireshark has too, by plugin.
const SHARED: &[(&str, &[&str])] = &[
    (
        "vntag",
        &[
            "vntag.dir",
            "vntag.ptr",
            "vntag.dst",
            "vntag.looped",
            "vntag.r",
            "vntag.version",
            "vntag.src",
            "vntag.etype",
        ],
    ),
    (
        "mndp",
        &[
            "mndp.header.seqno",
            "mndp.tlv.type",
            "mndp.tlv.length",
            "mndp.mac",
            "mndp.identity",
            "mndp.board",
            "mndp.softwareid",
            "mndp.version",
            "mndp.platform",
            "mndp.unpack",
            "mndp.ipv6address",
            "mndp.interfacename",
            "mndp.ipv4address",
        ],
    ),
    (
        "synphasor",
        &[
            "synphasor.sync",
            "synphasor.frsize",
            "synphasor.idcode_stream_source",
            "synphasor.fracsec_raw",
            "synphasor.conf.timebase",
            "synphasor.conf.numpmu",
            "synphasor.idcode_data_source",
            "synphasor.num_phasors",
            "synphasor.num_analog_values",
            "synphasor.num_digital_status_words",
            "synphasor.conf.cfgcnt",
            "synphasor.rate_of_transmission",
            "synphasor.command",
            "synphasor.conf.window",
            "synphasor.conf.grp_dly",
        ],
    ),
    (
        "enip",
        &[
            "enip.command",
            "enip.length",
            "enip.session",
            "enip.status",
            "enip.options",
            "enip.sinport",
            "enip.sinaddr",
            "enip.rs.version",
            "enip.rs.flags",
            "enip.lsr.capaflags",
            "enip.srrd.iface",
            "enip.sud.iface",
            "enip.timeout",
            "enip.lir.vendor",
            "enip.lir.serial",
            "enip.lir.name",
            "enip.lir.state",
            "enip.cpf.itemcount",
            "enip.cpf.typeid",
            "enip.cpf.length",
            "enip.cpf.cai.connid",
            "enip.cpf.sai.connid",
            "enip.cpf.sai.seq",
            "enip.security_profiles",
            "enip.cip_security_state",
            "enip.iana_port_state_flags",
        ],
    ),
];

#[test]
fn what_wireshark_knows_too_has_its_values() {
    for (name, fields) in SHARED {
        let capture = format!("plugins/{name}.pcap");
        let mut arguments = vec!["-r", &capture, "-T", "fields", "-E", "occurrence=a"];
        fields.iter().for_each(|field| arguments.extend(["-e", field]));
        let Some(theirs) = peer("what_wireshark_knows_too_has_its_values", "tshark", arguments) else {
            return;
        };
        let plugin = format!("plugins/{name}.star");
        let ours = nettool(["--plugin", &plugin, "read", "--fields", &fields.join(","), &capture]);
        ours.ends(0, &[]);
        let table = |text: &str| -> Vec<Vec<String>> {
            text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
        };
        let (ours, theirs) = (table(&ours.text()), table(&theirs.text()));
        assert_eq!(ours.len(), theirs.len(), "{capture}");
        for (column, field) in fields.iter().enumerate() {
            let rows = ours
                .iter()
                .zip(&theirs)
                .map(|(ours, theirs)| (ours[column].as_str(), theirs[column].as_str()));
            // Where it takes a frame for something else it has no value.
            let both: Vec<_> = rows.filter(|(_, theirs)| !theirs.is_empty()).collect();
            // A message that goes on in the next segment is shown as far as it is there; it waits for the rest.
            let agree =
                |(ours, theirs): &(&str, &str)| ours == theirs || ours.starts_with(&format!("{theirs},"));
            assert!(both.iter().all(agree), "{field} of {capture}: {both:?}");
            assert!(!both.is_empty(), "{field} of {capture}: it knows no value of it");
        }
    }
}

/// A protocol with entries that have parts which may be missing, and lists of their own.
const BOX: &str = r#"
protocol(
    "box", "Log box",
    on = {"udp.port": 6200},
    fields = [
        u8("entries", count_of = "entry"),
        repeat("entry", [
            u8("flags", parts = [flag("has_name"), flag("has_addr"), bits("count", 6)]),
            when("has_name", [u8("name_len", length_of = "name"), text("name", "name_len")]),
            when("has_addr", [ipv4("addr")]),
            repeat("sample", [be16("sample.value", signed = True)], count = "count"),
        ], count = "entries"),
        u8("end", default = 0xff),
    ],
)
"#;

#[test]
fn entries_of_a_plugins_part_are_given_as_dicts_tuples_and_columns() {
    let scratch = Scratch::new("plugin_entries");
    let folder = scratch.path("");
    std::fs::write(folder.join("box.star"), BOX).expect("the folder is there");
    for (fields, hex) in [
        (r#"has_name=1, name="abc""#, "018003616263ff"),
        (r#"has_name=1, name="abc", count=2, sample_value=[5, -6]"#, "01820361626300 05fffaff"),
        (
            r#"entry=[{"has_name": 1, "name": "ab", "count": 1, "sample_value": [7]}, {"has_addr": 1, "addr": "1.2.3.4"}]"#,
            "028102616200074001020304ff",
        ),
        (r#"entry=[BOX(has_name=1, name="a"), {}]"#, "0280016100ff"),
        (r#"has_addr=1, addr=["1.2.3.4", "5.6.7.8"]"#, "0240010203044005060708ff"),
        (
            r#"has_name=[1, 0], name=["x"], has_addr=[0, 1], addr=["0.0.0.0", "9.9.9.9"]"#,
            "028001784009090909ff",
        ),
    ] {
        let expression = format!("BOX({fields})");
        let run = there(&folder, &["--plugin", "box.star", "craft", "--hex", "-e", &expression]);
        run.ends(0, &[]);
        assert_eq!(run.text().trim(), hex.replace(' ', ""), "{expression}");
    }
    let wrong = there(&folder, &["--plugin", "box.star", "craft", "-e", r#"BOX(entry=[{"nam": 1}])"#]);
    wrong.ends(2, &["layer `BOX` has no field `nam`; did you mean `name`?"]);
}

#[test]
fn what_a_plugins_part_holds_is_read_by_its_fields() {
    let scratch = Scratch::new("plugin_read_parts");
    let folder = scratch.path("");
    std::fs::write(folder.join("box.star"), BOX).expect("the folder is there");
    let script = "b = BOX(bytes.fromhex(\"02820261620007fff84001020304ff\"))\n\
                  print(b.entries, b.sample_value, b.flags, b.name_len, b.addr, b.end, bytes(b).hex())\n\
                  print(BOX(bytes.fromhex(\"00ff\")).sample_value)\n";
    std::fs::write(folder.join("read.star"), script).expect("the folder is there");
    let run = there(&folder, &["--plugin", "box.star", "craft", "read.star"]);
    run.ends(0, &[]);
    let wanted = "2 [7, -8] [130, 64] [2] [\"1.2.3.4\"] 255 02820261620007fff84001020304ff\n0\n";
    assert_eq!(run.text().replace('\'', "\""), wanted);
}

/// A list of types and lengths, one of which holds another.
const LISTS: &str = r#"
protocol("tl", "Lists", on = {"ethertype": 0x88b6}, fields = [
    tlv("item", [u8("kind"), u8("size")], cases = {
        2: case("host", [ipv4("ip")]),
        3: case("more", [tlv("inner", [be16("inner_kind"), be16("inner_size")], covers_head = True, cases = {
            1: case("heat", [be16("degrees")]),
        })]),
    }, other = [bytes("data", "rest")]),
])
"#;

#[test]
fn entries_of_a_plugins_types_and_lengths_are_given_by_their_fields() {
    let scratch = Scratch::new("plugin_lists");
    let folder = scratch.path("");
    std::fs::write(folder.join("tl.star"), LISTS).expect("the folder is there");
    for (fields, hex) in [
        (r#"item=[{"kind": 2, "ip": "1.2.3.4"}, {"kind": 9, "data": "a"}]"#, "020401020304 090161"),
        (r#"item=[{"ip": "1.2.3.4"}]"#, "020401020304"),
        (r#"item=[(2, "1.2.3.4"), ("host", "1.1.1.1")]"#, "020401020304 020401010101"),
        (r#"item=[{"kind": 2, "size": 9, "ip": "1.1.1.1"}]"#, "020901010101"),
        (r#"item=[{"inner": [{"degrees": 5}, {"inner_kind": 9}]}]"#, "030a 000100060005 00090004"),
        (r#"item=[{"degrees": 5}]"#, "0306 000100060005"),
        (r#"ip="1.2.3.4", degrees=7"#, "020401020304 0306000100060007"),
        (r#"ip=["1.2.3.4", "2.2.2.2"]"#, "020401020304 020402020202"),
    ] {
        let expression = format!("TL({fields})");
        let run = there(&folder, &["--plugin", "tl.star", "craft", "--hex", "-e", &expression]);
        run.ends(0, &[]);
        assert_eq!(run.text().trim(), hex.replace(' ', ""), "{expression}");
    }
    let deep = "d = {\"degrees\": 1}\nfor i in range(99999):\n    d = {\"item\": [d]}\nTL(item = [d])\n";
    std::fs::write(folder.join("deep.star"), deep).expect("the folder is there");
    let run = there(&folder, &["--plugin", "tl.star", "craft", "deep.star"]);
    run.ends(2, &["nested more than 32 deep"]);
}

#[test]
fn what_a_plugin_declares_is_crafted_and_read_back() {
    let scratch = Scratch::new("what_a_plugin_declares");
    let file = scratch.path("crafted.pcap");
    let path = file.to_str().expect("the scratch folder has a plain name");
    let with = |plugin: &str, arguments: &[&str]| {
        let plugin = format!("plugins/{plugin}.star");
        let run = nettool(["--plugin", &plugin].iter().chain(arguments));
        run.ends(0, &[]);
        run.text()
    };
    // Length, checksum and the port that leads there fill themselves.
    let command = "IP(src=\"10.0.0.1\",dst=\"10.0.0.2\")/UDP(sport=4713)/Synchrophasor(frtype=4,command=5)";
    with("synphasor", &["craft", "-e", command, "-w", path]);
    let fields = "udp.dstport,synphasor.frsize,synphasor.command,synphasor.checksum.status";
    assert_eq!(with("synphasor", &["read", "--fields", fields, path]), "4713\t18\t0x0005\t1\n");
    let tag = "Ether()/VNTag(dst=100,src=7,dir=1)/IP(dst=\"10.0.0.2\")/UDP(dport=9999)";
    with("vntag", &["craft", "-e", tag, "-w", path]);
    let fields = "eth.type,vntag.dir,vntag.dst,vntag.src,vntag.etype,udp.dstport";
    assert_eq!(with("vntag", &["read", "--fields", fields, path]), "0x8926\t1\t100\t7\t0x0800\t9999\n");
    nettool(["--plugin", "plugins/vntag.star", "craft", "-e", "VNTag(dst=1<<14)", "--hex"])
        .ends(2, &["dst", "^"]);
}
