//! Defaults from a configuration file: they come in front of what is typed, and are refused where they are wrong or others'.

mod harness;

use harness::{NETTOOL, Run, Scratch, finish};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

fn with(config: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::new(NETTOOL);
    finish(command.current_dir(harness::ROOT).env("NETTOOL_CONFIG", config).env("TZ", "UTC").args(arguments))
}

#[test]
fn options_of_a_command_and_of_all_are_put_in_front_and_what_is_typed_counts() {
    let scratch = Scratch::new("config");
    let config = scratch.file("config", b"# defaults\n* -n\nread -t -c 3   # three\nfilter -y RAW\n");
    let run = with(&config, &["read", "samples/dns.pcap"]);
    run.ends(0, &[]);
    assert_eq!(run.lines(), 3, "{}", run.text());
    assert!(run.text().starts_with("IP 192.0.2.1.40001 > 192.0.2.2.53: "), "{}", run.text());
    let run = with(&config, &["read", "samples/dns.pcap", "-c", "1"]);
    assert_eq!(run.lines(), 1, "what is typed counts: {}", run.text());
    let raw = with(&config, &["filter", "-ddd", "tcp"]);
    let typed = with(Path::new("none"), &["filter", "-y", "RAW", "-ddd", "tcp"]);
    assert_eq!(raw.text(), typed.text());
    let none = with(&config, &["--config", "none", "read", "-n", "samples/dns.pcap"]);
    assert_eq!(none.lines(), 12, "{}", none.text());
}

#[test]
fn what_is_wrong_in_it_is_said_with_the_place() {
    let scratch = Scratch::new("config-wrong");
    let config = scratch.file("config", b"read -n\nread --colour\n");
    with(&config, &["read", "samples/dns.pcap"]).ends(2, &["config: ", "--colour"]);
    let config = scratch.file("open", b"read -n\nread 'x\n");
    with(&config, &["read", "samples/dns.pcap"]).ends(2, &["open:2: a quote is not closed"]);
    with(&scratch.path("absent"), &["read", "samples/dns.pcap"]).ends(3, &["absent", "no such file"]);
    // What was typed wrongly is clap's to say.
    let config = scratch.file("good", b"read -n\n");
    let run = with(&config, &["read", "--colour"]);
    run.ends(2, &["--colour"]);
    assert!(!run.err.contains("good"), "{}", run.err);
}

#[test]
fn a_file_that_others_can_write_is_left_out() {
    let scratch = Scratch::new("config-others");
    fs::create_dir_all(scratch.path("nettool")).expect("a folder");
    let config = scratch.file("nettool/config", b"read -n -c 1\n");
    let run = || {
        let mut command = Command::new(NETTOOL);
        command
            .current_dir(harness::ROOT)
            .env_remove("NETTOOL_CONFIG")
            .env("XDG_CONFIG_HOME", scratch.path(""));
        finish(command.args(["read", "samples/dns.pcap"]))
    };
    fs::set_permissions(&config, fs::Permissions::from_mode(0o644)).expect("own file");
    assert_eq!(run().lines(), 1);
    fs::set_permissions(&config, fs::Permissions::from_mode(0o666)).expect("own file");
    let loose = run();
    loose.ends(0, &["others can write it"]);
    assert_eq!(loose.lines(), 12);
}
