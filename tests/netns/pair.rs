//! Two network namespaces joined by a pair of virtual interfaces, and captures that run in them.

use crate::harness::{self, NETTOOL, skip};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Side a: `v0`, 10.99.0.1. Side b: `v1`, 10.99.0.2. Gone when dropped.
pub(crate) struct Pair {
    pub(crate) a: Space,
    pub(crate) b: Space,
}

/// A network namespace.
pub(crate) struct Space(String);

fn ip(line: &str) -> bool {
    let status = Command::new("ip").args(line.split(' ')).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

impl Pair {
    /// `None`, counted as skipped, where namespaces cannot be made.
    pub(crate) fn new(test: &str) -> Option<Pair> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = |side: char| format!("nettool-{}-{number}{side}", std::process::id());
        let pair = Pair { a: Space(name('a')), b: Space(name('b')) };
        if !harness::installed("ip") || !pair.make() {
            skip(test, "needs root and network namespaces (ip netns, veth)");
            return None;
        }
        Some(pair)
    }

    fn make(&self) -> bool {
        let (a, b) = (&self.a.0, &self.b.0);
        ip(&format!("netns add {a}"))
            && ip(&format!("netns add {b}"))
            && ip(&format!("link add v0 netns {a} type veth peer name v1 netns {b}"))
            && ip(&format!("-n {a} addr add 10.99.0.1/24 dev v0"))
            && ip(&format!("-n {b} addr add 10.99.0.2/24 dev v1"))
            && ip(&format!("-n {a} link set v0 up"))
            && ip(&format!("-n {b} link set v1 up"))
            && ip(&format!("-n {a} link set lo up"))
            && ip(&format!("-n {b} link set lo up"))
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        for Space(name) in [&self.a, &self.b] {
            ip(&format!("netns del {name}"));
        }
    }
}

impl Space {
    /// Joins it to another by a pair of virtual interfaces, which are then up.
    #[track_caller]
    pub(crate) fn join(&self, interface: &str, other: &Space, peer: &str) {
        self.ip(&format!("link add {interface} type veth peer name {peer} netns {}", other.0));
        self.ip(&format!("link set {interface} up"));
        other.ip(&format!("link set {peer} up"));
    }

    /// Sets a parameter of its kernel, such as `net/ipv4/ip_forward`.
    pub(crate) fn set(&self, parameter: &str, value: &str) {
        self.inside(|| std::fs::write(Path::new("/proc/sys").join(parameter), value))
            .expect("root may set parameters of its namespace");
    }

    /// Runs `ip` on it.
    #[track_caller]
    pub(crate) fn ip(&self, line: &str) {
        assert!(ip(&format!("-n {} {line}", self.0)), "ip -n {} {line}", self.0);
    }

    /// Runs `work` on a thread inside the namespace.
    pub(crate) fn inside<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        let place = File::open(format!("/run/netns/{}", self.0)).expect("the namespace has a name");
        std::thread::scope(|scope| {
            let thread = scope.spawn(move || {
                move_into_link_name_space(place.as_fd(), Some(LinkNameSpaceType::Network))
                    .expect("root may enter it");
                work()
            });
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Runs nettool in it to its end.
    pub(crate) fn nettool(&self, arguments: &[&str]) -> harness::Run {
        self.inside(|| harness::nettool(arguments))
    }

    /// Starts `nettool capture` in it and returns when it captures.
    pub(crate) fn capture(&self, arguments: &[&str]) -> Capture {
        self.capture_with(arguments, &[])
    }

    /// The same with variables in its environment.
    pub(crate) fn capture_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Capture {
        let mut command = Command::new(NETTOOL);
        command
            .arg("capture")
            .args(arguments)
            .envs(variables.iter().copied())
            .env("TZ", "UTC")
            .env("NETTOOL_CONFIG", "none");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let shown = format!("{command:?}");
        let mut child = self.inside(move || command.spawn().expect("nettool starts"));
        let mut said = BufReader::new(child.stderr.take().expect("stderr is piped"));
        let err = Arc::new(Mutex::new(String::new()));
        let mut line = String::new();
        while said.read_line(&mut line).is_ok_and(|octets| octets > 0) {
            err.lock().unwrap().push_str(&line);
            if line.contains("capturing on") && !line.contains("there are") {
                break;
            }
            line.clear();
        }
        let rest = err.clone();
        let listener = std::thread::spawn(move || {
            let mut line = String::new();
            while said.read_line(&mut line).is_ok_and(|octets| octets > 0) {
                rest.lock().unwrap().push_str(&line);
                line.clear();
            }
        });
        Capture { child, shown, err, listener: Some(listener), out: None }
    }
}

/// A capture that runs.
pub(crate) struct Capture {
    pub(crate) child: Child,
    shown: String,
    err: Arc<Mutex<String>>,
    listener: Option<JoinHandle<()>>,
    out: Option<JoinHandle<Vec<u8>>>,
}

impl Capture {
    /// What it has said up to now.
    pub(crate) fn said(&self) -> String {
        self.err.lock().unwrap().clone()
    }

    /// Waits until it has said this.
    #[track_caller]
    pub(crate) fn says(&self, piece: &str) {
        harness::wait_for(&format!("{piece:?} in {:?}", self.said()), || self.said().contains(piece));
    }

    /// Reads its standard output to the end on a thread, so that it never waits for us.
    pub(crate) fn listening(mut self) -> Capture {
        let mut pipe = self.child.stdout.take().expect("stdout is piped");
        self.out = Some(std::thread::spawn(move || {
            let mut out = Vec::new();
            drop(pipe.read_to_end(&mut out));
            out
        }));
        self
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).expect("the capture runs");
    }

    /// Ends it as Ctrl-C does, and gives what it left.
    pub(crate) fn stop(self) -> harness::Run {
        self.signal(rustix::process::Signal::INT);
        self.end()
    }

    /// Waits, not for ever, until it ends by itself.
    #[track_caller]
    pub(crate) fn end(mut self) -> harness::Run {
        if self.out.is_none() && self.child.stdout.is_some() {
            self = self.listening();
        }
        let limit = Instant::now() + Duration::from_secs(20);
        let status = loop {
            match self.child.try_wait().expect("a child can be waited for") {
                Some(status) => break status,
                None if Instant::now() > limit => {
                    drop(self.child.kill());
                    panic!("{} did not end; said:\n{}", self.shown, self.said());
                }
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        let out = self.out.take().map(|out| out.join().expect("reading cannot fail")).unwrap_or_default();
        if let Some(listener) = self.listener.take() {
            listener.join().expect("reading cannot fail");
        }
        harness::Run {
            command: self.shown,
            code: status.code().unwrap_or(-1),
            out,
            err: self.err.lock().unwrap().clone(),
        }
    }
}
