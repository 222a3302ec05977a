//! What is left when a run is cut off: by a kill, by Ctrl-C, by a full disk, by a file that shrinks while it is read.

mod harness;

use harness::{NETTOOL, Scratch, finish, installed, nettool, shell, skip, wait_for};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const RECORD: usize = 16 + 64;

fn header() -> Vec<u8> {
    [0xa1b2_c3d4u32, 2 | 4 << 16, 0, 0, 65535, 1].iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// Records of 64 octets that differ from each other.
fn records(from: u32, count: u32) -> Vec<u8> {
    let mut made = Vec::new();
    for number in from..from + count {
        for word in [1_767_225_600 + number / 1_000_000, number % 1_000_000, 64, 64] {
            made.extend_from_slice(&word.to_le_bytes());
        }
        made.extend_from_slice(&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5]);
        made.extend_from_slice(&number.to_be_bytes());
        made.resize(made.len() + 46, 0);
    }
    made
}

fn writer(out: &Path) -> Child {
    Command::new(NETTOOL)
        .args(["read".as_ref(), "-".as_ref(), "-w".as_ref(), out.as_os_str()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("nettool starts")
}

/// What a writer left under or beside the name that it was given.
fn left_behind(out: &Path) -> Vec<PathBuf> {
    let name = out.file_name().expect("a file").to_string_lossy().into_owned();
    let stem = name.split('.').next().expect("a name").to_owned();
    let mut found: Vec<_> = fs::read_dir(out.parent().expect("a folder"))
        .expect("the folder is there")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().contains(&stem)))
        .collect();
    found.sort();
    found
}

fn count(file: &Path) -> (u64, i32) {
    let run = nettool(["read".as_ref(), "--count".as_ref(), file.as_os_str()]);
    assert!((0..=1).contains(&run.code) && !run.err.contains("panicked"), "{run:?}");
    let count = run.text().lines().last().and_then(|line| line.trim().parse().ok());
    (count.unwrap_or_else(|| panic!("{run:?}")), run.code)
}

/// Whether a file that is being written has a whole record yet.
fn holds_a_record(file: &Path) -> bool {
    let run = nettool(["read".as_ref(), "--count".as_ref(), file.as_os_str()]);
    let count = run.text().lines().last().and_then(|line| line.trim().parse::<u64>().ok());
    count.is_some_and(|count| count > 0)
}

#[test]
fn a_killed_writer_leaves_a_file_readable_up_to_the_last_whole_record() {
    let scratch = Scratch::new("killed");
    for (turn, name) in ["out.pcap", "out.pcapng", "out.pcap.gz", "out.pcapng.zst"].into_iter().enumerate() {
        let out = scratch.path(&format!("{turn}-{name}"));
        let mut child = writer(&out);
        let mut pipe = child.stdin.take().expect("it was asked for");
        let fed = 40_000 + 7 * turn as u32;
        // More than pipe and buffers hold: when this returns, most of it has been taken.
        pipe.write_all(&[header(), records(0, fed)].concat()).expect("the writer takes all of it");
        // A compressed file shows its first record later than its first octets.
        wait_for("the first record of output", || left_behind(&out).iter().any(|file| holds_a_record(file)));
        child.kill().expect("it runs");
        child.wait().expect("it ends");
        drop(pipe);
        let files = left_behind(&out);
        assert_eq!(files.len(), 1, "{files:?}");
        let (packets, _) = count(&files[0]);
        assert!(packets > 0 && packets <= fed.into(), "{packets} of {fed} in {files:?}");
        if installed("tshark") && !name.contains(".pcap.") && !name.contains(".pcapng.") {
            let theirs = finish(
                Command::new("tshark").args(["-T", "fields", "-e", "frame.number", "-r"]).arg(&files[0]),
            );
            assert_eq!(theirs.lines() as u64, packets, "tshark counts differently in {files:?}");
        }
    }
}

#[test]
fn an_interrupted_writer_finishes_its_file_and_ends_with_130() {
    let scratch = Scratch::new("interrupted");
    for name in ["out.pcap", "out.pcapng", "out.pcapng.gz"] {
        let out = scratch.path(name);
        let mut child = writer(&out);
        let mut pipe = child.stdin.take().expect("it was asked for");
        let fed = 20_000;
        pipe.write_all(&[header(), records(0, fed)].concat()).expect("the writer takes all of it");
        let pid = child.id();
        shell(&format!("kill -INT {pid}")).ends(0, &[]);
        let output = child.wait_with_output().expect("it ends");
        drop(pipe);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{name}: {stderr}");
        let (packets, code) = count(&out);
        // What the pipe still held when the signal came was never read.
        assert!(code == 0 && packets <= fed.into(), "{name}: {packets} packets, exit {code}: {stderr}");
        assert!(
            packets + (1 << 16) / RECORD as u64 + 1 >= fed.into(),
            "{name}: only {packets} of {fed}: {stderr}"
        );
    }
}

#[test]
fn a_disk_that_fills_up_leaves_whole_records_and_says_what_was_lost() {
    let test = "a_disk_that_fills_up_leaves_whole_records_and_says_what_was_lost";
    let scratch = Scratch::new("full");
    let disk = scratch.path("disk");
    fs::create_dir(&disk).expect("a folder can be made");
    let input = scratch.file("in.pcap", &[header(), records(0, 20_000)].concat());
    let may = finish(Command::new("unshare").args(["-m", "true"]));
    if may.code != 0 {
        return skip(test, &format!("needs a mount namespace: {}", may.err.trim()));
    }
    for name in ["out.pcap", "out.pcapng"] {
        let line = format!(
            "mount -t tmpfs -o size=256k none {disk}; {NETTOOL} read {input} -w {disk}/{name}; echo exit $?; cp {disk}/* {keep}/",
            disk = disk.display(),
            input = input.display(),
            keep = scratch.path("").display()
        );
        let run = finish(Command::new("unshare").args(["-m", "bash", "-c", &line]));
        run.ends(0, &[name, "no space left"]);
        assert!(run.text().contains("exit 1"), "{run:?}");
        let files = left_behind(&scratch.path(name));
        let file =
            files.iter().find(|file| file.is_file() && **file != input).expect("something was written");
        let (packets, _) = count(file);
        assert!(packets > 1000 && packets < 20_000, "{packets} packets in {files:?}");
        for file in files.iter().filter(|file| file.is_file() && **file != input) {
            fs::remove_file(file).expect("it can be removed");
        }
    }
}

#[test]
fn a_file_that_shrinks_while_it_is_read_ends_the_reading_with_a_sentence() {
    let scratch = Scratch::new("shrinks");
    let file = scratch.file("in.pcap", &[header(), records(0, 400_000)].concat());
    let mut child = Command::new(NETTOOL)
        .args(["read".as_ref(), "-n".as_ref(), file.as_os_str()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("nettool starts");
    let mut pipe = child.stdout.take().expect("it was asked for");
    let mut first = [0; 100];
    pipe.read_exact(&mut first).expect("it prints");
    // It now waits for us to take more output.
    fs::OpenOptions::new()
        .write(true)
        .open(&file)
        .and_then(|file| file.set_len(1000))
        .expect("it can be cut");
    let mut rest = Vec::new();
    pipe.read_to_end(&mut rest).expect("it ends");
    let output = child.wait_with_output().expect("it ends");
    let stderr = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code();
    // What was already decoded may still be shown, and if all of it was, that is a success.
    assert!(code == Some(0) || code == Some(1), "{:?}: {stderr}", output.status);
    assert!(!stderr.contains("panicked"), "{stderr}");
    if code == Some(1) {
        assert!(stderr.contains("in.pcap") && stderr.contains("truncated"), "{stderr}");
    }
}
