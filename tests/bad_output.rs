//! Output that cannot be written: a full disk, a closed pipe, a path that does not work. What is wrong is said, no file that
//! was there is lost.

mod harness;

use harness::{NETTOOL, ROOT, Scratch, nettool, shell};
use std::fs;
use std::process::Command;

#[test]
fn a_full_disk_is_said_and_is_no_success() {
    nettool(["read", "samples/http.pcap", "-w", "/dev/full"])
        .ends(1, &["/dev/full", "no space left", "not even its header"]);
    nettool(["read", "samples/mixed.pcapng", "-w", "/dev/full"]).ends(1, &["/dev/full", "no space left"]);
    shell("nettool read -n samples/http.pcap >/dev/full").ends(1, &["stdout", "no space left"]);
    shell("nettool read --json samples/http.pcap >/dev/full").ends(1, &["stdout", "no space left"]);
}

#[test]
fn an_output_that_is_also_the_input_is_refused_and_left_alone() {
    let scratch = Scratch::new("same-file");
    let octets = fs::read(format!("{ROOT}/samples/dns.pcap")).expect("the sample is there");
    let file = scratch.file("same.pcap", &octets);
    let run = nettool(["read".as_ref(), file.as_os_str(), "-w".as_ref(), file.as_os_str()]);
    assert!(run.code == 2 || run.code == 3, "{run:?}");
    run.ends(run.code, &["same.pcap"]);
    assert_eq!(fs::read(&file).expect("it is still there"), octets);
}

#[test]
fn an_output_that_cannot_be_made_is_named() {
    let scratch = Scratch::new("no-output");
    let inside = scratch.path("absent/out.pcap");
    nettool(["read".as_ref(), "samples/arp.pcap".as_ref(), "-w".as_ref(), inside.as_os_str()])
        .ends(3, &["out.pcap", "no such file"]);
    let folder = scratch.path("");
    nettool(["read".as_ref(), "samples/arp.pcap".as_ref(), "-w".as_ref(), folder.as_os_str()])
        .ends(3, &["directory"]);
}

#[test]
fn an_output_that_exists_is_replaced_only_when_the_new_one_is_whole() {
    let scratch = Scratch::new("exists");
    let old = fs::read(format!("{ROOT}/samples/arp.pcap")).expect("the sample is there");
    let file = scratch.file("out.pcap", &old);
    // A run that finds no input leaves the old file as it was.
    nettool(["read".as_ref(), "samples/absent.pcap".as_ref(), "-w".as_ref(), file.as_os_str()])
        .ends(3, &["absent.pcap"]);
    assert_eq!(fs::read(&file).expect("the old file is there"), old);
    nettool(["read".as_ref(), "samples/dns.pcap".as_ref(), "-w".as_ref(), file.as_os_str()]).ends(0, &[]);
    let count = nettool(["read".as_ref(), "--count".as_ref(), file.as_os_str()]);
    assert_eq!(count.text().trim(), "12");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    for command in ["read -n", "read -V", "read --json", "read -x", "read --fields frame.number"] {
        let run = shell(&format!("set -o pipefail; nettool {command} samples/http.pcap | head -1"));
        assert_eq!(run.lines(), 1, "{run:?}");
        assert_eq!(run.err, "", "{run:?}");
    }
}

#[test]
fn where_nobody_reads_stderr_the_work_goes_on() {
    let scratch = Scratch::new("deaf");
    let out = scratch.path("out.pcap");
    for arguments in [
        vec!["read".as_ref(), "samples/cut.pcap".as_ref(), "-w".as_ref(), out.as_os_str()],
        vec!["read".as_ref(), "samples/absent.pcap".as_ref()],
        vec!["plugins".as_ref(), "check".as_ref(), "samples/absent.star".as_ref()],
    ] {
        let (reader, writer) = std::io::pipe().expect("pipes can be had");
        drop(reader);
        let heard = nettool(&arguments).code;
        let deaf = Command::new(NETTOOL)
            .current_dir(ROOT)
            .args(&arguments)
            .stderr(writer)
            .status()
            .expect("nettool starts")
            .code();
        assert_eq!(deaf, Some(heard), "{arguments:?}");
    }
    assert!(out.exists());
}
