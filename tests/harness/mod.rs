//! What the end-to-end tests stand on: the built program, a fresh folder per test, peers where they are installed.
//!
//! A test that cannot run here calls [`skip`] with what is missing and returns: `tests/run` counts it as skipped.

#![allow(dead_code, reason = "each test binary takes what it needs")]

mod skip;
pub(crate) mod tshark;

pub(crate) use skip::{installed, skip};
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The project's folder; documented commands run from here.
pub(crate) const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// The program under test.
pub(crate) const NETTOOL: &str = env!("CARGO_BIN_EXE_nettool");

/// What a finished run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    /// The command line, for messages.
    pub(crate) command: String,
    /// Exit code; -1 when a signal ended it.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: Vec<u8>,
    /// Standard error, as text.
    pub(crate) err: String,
}

impl Run {
    /// Standard output as text; octets that are no UTF-8 are replaced.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }

    /// Lines on standard output.
    pub(crate) fn lines(&self) -> usize {
        self.out.iter().filter(|&&octet| octet == b'\n').count()
    }

    /// Holds the run against an exit code and pieces of stderr; a panic never passes.
    #[track_caller]
    pub(crate) fn ends(&self, code: i32, stderr: &[&str]) -> &Self {
        let lower = self.err.to_lowercase();
        let missing: Vec<_> = stderr.iter().filter(|piece| !lower.contains(&piece.to_lowercase())).collect();
        assert!(
            self.code == code && missing.is_empty() && !self.err.contains("panicked"),
            "{}\nexit {} (expected {code}); stderr lacks {missing:?}:\n{}\nstdout starts: {}",
            self.command,
            self.code,
            self.err,
            self.text().chars().take(400).collect::<String>(),
        );
        self
    }
}

/// Runs a command to its end without standard input and gives what it left.
#[track_caller]
pub(crate) fn finish(command: &mut Command) -> Run {
    let shown = format!("{command:?}");
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{shown}: {error}"));
    taken(shown, output)
}

fn taken(command: String, output: Output) -> Run {
    Run {
        command,
        code: output.status.code().unwrap_or(-1),
        out: output.stdout,
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Runs nettool with these arguments, in the project's folder.
#[track_caller]
pub(crate) fn nettool<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Run {
    finish(
        Command::new(NETTOOL)
            .current_dir(ROOT)
            .env("TZ", "UTC")
            .env("NETTOOL_CONFIG", "none")
            .env("NETTOOL_PLUGINS", "none")
            .env_remove("RUST_BACKTRACE")
            .args(arguments),
    )
}

/// Runs nettool with `input` on standard input.
#[track_caller]
pub(crate) fn nettool_fed<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>, input: &[u8]) -> Run {
    let mut command = Command::new(NETTOOL);
    command
        .current_dir(ROOT)
        .env("TZ", "UTC")
        .env("NETTOOL_CONFIG", "none")
        .env("NETTOOL_PLUGINS", "none")
        .env_remove("RUST_BACKTRACE")
        .args(arguments);
    let shown = format!("{command:?}");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{shown}: {error}"));
    let mut pipe = child.stdin.take().expect("standard input was asked for");
    let input = input.to_vec();
    // A reader that stops early closes the pipe: what it then says is what the test looks at.
    let feeder = std::thread::spawn(move || drop(pipe.write_all(&input)));
    let output = child.wait_with_output().unwrap_or_else(|error| panic!("{shown}: {error}"));
    feeder.join().expect("the feeding thread only writes");
    taken(shown, output)
}

/// Copies the program to where users without rights may run it. A process of its own writes the copy: what another test of this
/// program starts meanwhile would inherit the open file, and "Text file busy" be the answer until it has ended.
pub(crate) fn copy_program(to: &Path) {
    let copied = finish(Command::new("cp").arg(NETTOOL).arg(to));
    assert_eq!(copied.code, 0, "cp to {}: {}", to.display(), copied.err);
}

/// Runs a shell line in the project's folder with `nettool` in front of the search path.
#[track_caller]
pub(crate) fn shell(line: &str) -> Run {
    let folder = Path::new(NETTOOL).parent().expect("the program lies in a folder");
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("bash");
    finish(
        command
            .current_dir(ROOT)
            .env("PATH", path)
            .env("TZ", "UTC")
            .env("NETTOOL_CONFIG", "none")
            .env("NETTOOL_PLUGINS", "none")
            .env_remove("RUST_BACKTRACE")
            .args(["-c", line]),
    )
}

/// Runs a peer's program; `None`, counted as skipped, where it is not installed.
#[track_caller]
pub(crate) fn peer<S: AsRef<OsStr>>(
    test: &str,
    program: &str,
    arguments: impl IntoIterator<Item = S>,
) -> Option<Run> {
    if !installed(program) {
        skip(test, &format!("needs {program}"));
        return None;
    }
    Some(finish(
        Command::new(program)
            .env("TZ", "UTC")
            .env("NETTOOL_CONFIG", "none")
            .env("NETTOOL_PLUGINS", "none")
            .env_remove("RUST_BACKTRACE")
            .args(arguments),
    ))
}

/// A folder of its own for a test, removed when dropped.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// An empty folder named for the test.
    pub(crate) fn new(test: &str) -> Scratch {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-{}", std::process::id()));
        if folder.exists() {
            std::fs::remove_dir_all(&folder).expect("an old scratch folder can be removed");
        }
        std::fs::create_dir_all(&folder).expect("a scratch folder can be made");
        Scratch(folder)
    }

    /// A path in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A file in it with these octets.
    pub(crate) fn file(&self, name: &str, octets: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, octets).expect("a scratch file can be written");
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Waits until `ready` says so; panics with `what` after ten seconds. For events that no file descriptor announces.
#[track_caller]
pub(crate) fn wait_for(what: &str, mut ready: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(10);
    while !ready() {
        assert!(Instant::now() < end, "waited ten seconds for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Every capture file below a folder of the project, sorted; compressed ones too.
pub(crate) fn captures(below: impl AsRef<Path>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(ROOT).join(below)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if [".pcap", ".pcapng", ".cap"].iter().any(|end| {
                ["", ".gz", ".zst", ".lz4"].iter().any(|packed| name.ends_with(&format!("{end}{packed}")))
            }) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
