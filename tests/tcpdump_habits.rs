//! What fingers that know tcpdump type: the same letters, and for those that have another name here, a word about it.

mod harness;

use harness::{ROOT, Scratch, finish, installed, nettool, skip};

#[test]
fn a_file_named_with_r_leaves_all_words_to_the_filter() {
    let run =
        nettool(["read", "-n", "--count", "-r", "samples/http.pcap", "tcp", "port", "80", "and", "ip6"]);
    let words = nettool(["read", "-n", "--count", "samples/http.pcap", "tcp port 80 and ip6"]);
    assert_eq!(run.ends(0, &[]).text(), words.ends(0, &[]).text());
    let two = nettool(["read", "--count", "-r", "samples/http.pcap", "-r", "samples/dns.pcap"]);
    assert_eq!(two.ends(0, &[]).text(), "32\n", "20 and 12 frames");
    nettool(["read", "--count", "-r", "samples/http.pcap", "samples/dns.pcap"]).ends(2, &["samples"]);
    nettool(["read", "--count"]).ends(2, &["<FILE"]);
}

#[test]
fn a_filter_comes_from_a_file() {
    let scratch = Scratch::new("filter-file");
    let file = scratch.file("web", b"# what browsers do\ntcp port 80   # plain\n  or tcp port 443\n\n");
    let file = file.to_str().expect("a path");
    let run = nettool(["read", "--count", "samples/http.pcap", "-F", file]);
    let words = nettool(["read", "--count", "samples/http.pcap", "tcp port 80 or tcp port 443"]);
    assert_eq!(run.ends(0, &[]).text(), words.text());
    nettool(["read", "samples/http.pcap", "udp", "-F", file]).ends(2, &["second one", "`udp`"]);
    let empty = scratch.file("empty", b"# nothing\n");
    nettool(["read", "samples/http.pcap", "-F", empty.to_str().expect("a path")])
        .ends(2, &["no filter in it"]);
    nettool(["read", "samples/http.pcap", "-F", "/nonexistent"]).ends(3, &["/nonexistent: no such file"]);
    let wrong = scratch.file("wrong", b"tcp prt 80\n");
    nettool(["read", "samples/http.pcap", "-F", wrong.to_str().expect("a path")])
        .ends(2, &["tcp prt 80", "^"]);
}

#[test]
fn a_program_gets_each_file_that_is_complete() {
    let scratch = Scratch::new("postrotate");
    let out = scratch.path("part.pcap");
    let out = out.to_str().expect("a path");
    let run = nettool(["read", "samples/http.pcap", "-w", out, "--rotate-packets", "8", "-z", "gzip"]);
    run.ends(0, &[]);
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let parts: Vec<_> = (1..=3).map(|part| scratch.path(&format!("part_{part:05}.pcap.gz"))).collect();
    // gzip removes what it has packed when it is done with it.
    let packed = |part: &std::path::PathBuf| part.exists() && !part.with_extension("").exists();
    while !parts.iter().all(packed) && std::time::Instant::now() < end {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let mut arguments = vec!["read", "--count"];
    arguments.extend(parts.iter().map(|part| part.to_str().expect("a path")));
    assert_eq!(nettool(arguments).ends(0, &[]).text(), "20\n");
    let run = nettool(["read", "samples/http.pcap", "-w", out, "-z", "/nonexistent/program"]);
    run.ends(0, &["/nonexistent/program", "part.pcap", "no such file"]);
    nettool(["read", "samples/http.pcap", "-z", "gzip"]).ends(2, &["--write"]);
}

#[test]
fn dumps_are_those_of_tcpdump_whichever_letters_ask_for_them() {
    let test = "dumps_are_those_of_tcpdump_whichever_letters_ask_for_them";
    if !installed("tcpdump") {
        return skip(test, "needs tcpdump");
    }
    for capture in ["icmp.pcap", "dns.pcap", "vlan.pcap"] {
        for letters in ["-A", "-AA", "-x", "-xx", "-X", "-XX", "-Ax", "-AxX", "-AAxx"] {
            let mut peer = std::process::Command::new("tcpdump");
            peer.env("TZ", "UTC").args(["-n", letters, "-r"]).arg(format!("{ROOT}/samples/{capture}"));
            let theirs = finish(&mut peer);
            let mine = nettool(["read", "-n", letters, &format!("samples/{capture}")]);
            assert_eq!(mine.ends(0, &[]).text(), theirs.text(), "{letters} {capture}");
        }
    }
}

#[test]
fn decimals_of_times_have_tcpdumps_names() {
    let first = |arguments: &[&str]| {
        let run = nettool([&["read", "-n", "-c", "1", "samples/http.pcap"], arguments].concat());
        run.ends(0, &[]).text().split(' ').next().unwrap_or_default().to_owned()
    };
    assert_eq!(first(&["--nano"]), "00:00:00.123456000");
    assert_eq!(first(&["--micro"]), "00:00:00.123456");
    assert_eq!(first(&["--nano", "--micro"]), "00:00:00.123456");
}

#[test]
fn options_of_another_name_are_pointed_out() {
    nettool(["capture", "-r", "x.pcap"]).ends(2, &["nettool read FILE"]);
    nettool(["read", "samples/http.pcap", "-d", "ip"]).ends(2, &["nettool filter -d"]);
    nettool(["read", "samples/http.pcap", "-T", "json"]).ends(2, &["--json"]);
    nettool(["capture", "lo", "-y", "NO_SUCH"]).ends(2, &["NO_SUCH"]);
}
