//! Interfaces that cannot be captured on: not there, down, not allowed. The sentence names the interface and the mend.

mod harness;

use harness::{NETTOOL, finish, installed, nettool, skip};
use std::fs;
use std::process::Command;

#[test]
fn an_interface_that_does_not_exist_is_named() {
    nettool(["capture", "nosuch0"]).ends(3, &["nosuch0"]);
    nettool(["capture", "nosuch0", "-w", "/dev/null"]).ends(3, &["nosuch0"]);
}

#[test]
fn without_privilege_the_mend_is_given_as_a_command() {
    let test = "without_privilege_the_mend_is_given_as_a_command";
    if !installed("setpriv") {
        return skip(test, "needs setpriv (util-linux)");
    }
    // Nobody may not enter the build folder of root: the program is copied where it can be read.
    let copy = std::env::temp_dir().join(format!("nettool-unprivileged-{}", std::process::id()));
    harness::copy_program(&copy);
    let mut command = Command::new(&copy);
    if finish(Command::new("id").arg("-u")).text().trim() == "0" {
        command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&copy);
    }
    let run = finish(command.args(["capture", "lo", "-c", "1"]).current_dir("/"));
    drop(fs::remove_file(&copy));
    run.ends(3, &["cap_net_raw", "setcap"]);
}

#[test]
fn an_interface_that_is_down_is_said_to_be() {
    let test = "an_interface_that_is_down_is_said_to_be";
    if !installed("ip") || finish(Command::new("id").arg("-u")).text().trim() != "0" {
        return skip(test, "needs root and iproute2");
    }
    let space = format!("nettool-down-{}", std::process::id());
    let ip = |arguments: &[&str]| finish(Command::new("ip").args(arguments));
    let made = ip(&["netns", "add", &space]);
    if made.code != 0 {
        return skip(test, &format!("network namespaces cannot be made: {}", made.err.trim()));
    }
    ip(&["-n", &space, "link", "add", "down0", "type", "veth", "peer", "name", "down1"]).ends(0, &[]);
    let run =
        finish(
            Command::new("ip")
                .args(["netns", "exec", &space, "timeout", "--signal=INT", "5", NETTOOL])
                .args(["capture", "down0", "-c", "1", "--duration", "1"]),
        );
    ip(&["netns", "del", &space]).ends(0, &[]);
    assert!(
        run.err.contains("down0") && run.err.contains("down") && !run.err.contains("panicked"),
        "{run:?}"
    );
}
