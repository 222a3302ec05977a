//! Hostile expressions: each ends with one sentence, a place and exit code 2, within the memory that it is given.

mod harness;

use harness::{NETTOOL, Scratch};
use std::process::Command;

/// Address space of a run, in KiB.
const ADDRESSES: &str = "4000000";

/// What is run with so much memory: exit code and stderr.
fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let script = format!("ulimit -v {ADDRESSES}; exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script, NETTOOL, "craft", "--hex"]).args(arguments);
    let out = command.output().expect("sh runs");
    (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned())
}

/// Each with words of the sentence that it ends with.
const HOSTILE: &[(&str, &str)] = &[
    ("(lambda l: [l.extend(l) for i in range(60)])([1])", "more memory than it may have"),
    ("(lambda l: [l . extend (l) or l.extend(l) for i in range(60)])([1])", "more memory than it may have"),
    ("(lambda l: [getattr(l, 'extend')(l) for i in range(60)])([1])", "more than it can be given"),
    ("range(10000000000)", "`range` takes numbers from -2147483648 to 2147483647"),
    ("[i for i in range(10000000000)]", "`range` takes numbers from -2147483648 to 2147483647"),
    ("list(range(2000000000))", "`range` gives at most 16777216 numbers"),
    ("range(1, 2, 0)", "the step, and cannot be 0"),
    ("IP()/('x'*10000000000)", "10000000000 entries or characters; the most are 16777216"),
    ("'x'*1000000000*1000000000", "1000000000 entries or characters"),
    ("[1]*10000000000", "10000000000 entries or characters"),
    ("(1,)*1000000000", "1000000000 entries or characters"),
    ("b'x'*1000000000", "1000000000 entries or characters"),
    ("('x'*1000000).replace('x', 'y'*1000000)", "entries or characters"),
    ("('%s'*1000) % tuple(['x'*1000000]*1000)", "entries or characters"),
    ("'{0}{0}{0}{0}'.format('x'*10000000)", "entries or characters"),
    ("','.join(['x'*1000000]*1000)", "entries or characters"),
    ("(lambda f: f(f))(lambda f: f(f))", "call each other deeper"),
    ("(lambda f: f(f, 'x'))(lambda f, s: f(f, s+s))", "33554432 entries or characters"),
    ("(lambda x: [x.append(x[-1]*x[-1]) for i in range(60)])([3])", "more than 4096 bits"),
    ("1<<100000", "a shift by 100000 places; the most are 4096"),
    ("1<<10000000000", "the most are 4096"),
    ("int('9'*10000000)", "a number of more than 4300 digits"),
    ("(lambda t: [t.append((t[-1],t[-1])) for i in range(60)] and str(t[-1]))([1])", "entries or characters"),
    (
        "(lambda t: [t.append([t[-1],t[-1]]) for i in range(60)] and '%s' % t[-1])([1])",
        "entries or characters",
    ),
    ("(lambda t: [t.append([t[-1]]) for i in range(10000)] and str(t[-1]))([1])", "entries or characters"),
    ("(lambda t: [t.append([t[-1]]) for i in range(10000)] and print(t[-1]))([1])", "entries or characters"),
    ("(lambda t: [t.append([t[-1]]) for i in range(10000)] and t[-1])([1])", "not packets"),
    (
        "(lambda t: [t.append((t[-1],)) for i in range(10000)] and IP(ttl=t[-1]))([1])",
        "nested more than 32 deep",
    ),
    (
        "(lambda p: [p.append(p[-1]/p[-1]) for i in range(60)])([IP()])",
        "256 layers; a packet has at most 255",
    ),
    ("3**3000", "3**3000 has more than 4096 bits"),
    ("IP()/RandString(1000000000)", "a random text has 0 to 65536 octets"),
    ("RandBin(10000000000)", "a random text has 0 to 65536 octets"),
    ("IP()/Raw(load='x'*16000000)", "more than 1048576 octets"),
    ("fuzz(IP()/('x'*16000000))", "more than 1048576 octets"),
];

#[test]
fn what_asks_for_too_much_ends_with_a_sentence() {
    for (expression, said) in HOSTILE {
        let (code, error) = run(&["-e", expression]);
        assert_eq!(code, Some(2), "{expression}: {error}");
        assert!(error.contains(said) && !error.contains("panicked"), "{expression}: {error}");
    }
}

#[test]
fn texts_deeper_than_the_stack_are_refused_where_they_go_too_deep() {
    let folder = Scratch::new("craft-limits");
    let texts = [
        "(".repeat(100_000),
        "[".repeat(100_000),
        "{0:".repeat(100_000),
        "-".repeat(100_000) + "1",
        "~".repeat(100_000) + "1",
        "not ".repeat(100_000) + "1",
        "1+".repeat(100_000) + "1",
        "IP()/".repeat(100_000) + "IP()",
        "a".to_owned() + &".b".repeat(100_000),
        "a".to_owned() + &"[0]".repeat(100_000),
        "a".to_owned() + &"()".repeat(100_000),
        "lambda:".repeat(100_000) + "1",
        "1 if 1 else ".repeat(100_000) + "1",
        "1 or ".repeat(100_000) + "1",
        "f'".to_owned() + &"{f\"".repeat(10_000),
        "1".repeat(1_000_000),
        "x".repeat(1_000_000),
    ];
    for (at, text) in texts.iter().enumerate() {
        let file = folder.file(&format!("{at}.star"), text.as_bytes());
        let (code, error) = run(&[file.to_str().expect("a plain name")]);
        let start = text.get(..20).unwrap_or_default();
        assert_eq!(code, Some(2), "{start}: {error}");
        assert!(error.contains("this goes on too long") && error.contains(".star:1:"), "{start}: {error}");
    }
}

#[test]
fn statements_that_grow_what_they_name_are_bounded_too() {
    let folder = Scratch::new("craft-growth");
    let texts = [
        ("x = []\nfor i in range(60):\n    x += [1] + x\n", "memory", 2),
        ("x = 'a'\nfor i in range(60):\n    x *= 1000\n", "entries or characters", 3),
        ("x = 1\nfor i in range(60):\n    x *= x + 7\n", "more than 4096 bits", 3),
        ("x = [[1]]\ndef f():\n    return 0\nx[f()] *= 1000\n", "write this as `x = x * n`", 4),
    ];
    for (text, said, line) in texts {
        let file = folder.file("s.star", text.as_bytes());
        let (code, error) = run(&[file.to_str().expect("a plain name")]);
        assert!(code == Some(2) && error.contains(said), "{text}: {error}");
        assert!(error.contains(&format!(".star:{line}:")), "{text}: {error}");
    }
}

#[test]
fn lists_in_lists_as_deep_as_there_are_steps_are_collected() {
    let folder = Scratch::new("craft-deep");
    let deep = "x = []\nfor i in range(300000):\n    x = [x]\nprint('deep')\nemit(Raw('a'))\n";
    let file = folder.file("deep.star", deep.as_bytes());
    let (code, error) = run(&[file.to_str().expect("a plain name")]);
    assert_eq!(code, Some(0), "{error}");
}

#[test]
fn texts_without_an_end_are_not_read_to_it() {
    for arguments in [["/dev/zero"].as_slice(), &["--batch", "/dev/zero"]] {
        let (code, error) = run(arguments);
        assert!(code == Some(2) && error.contains("/dev/zero: is longer than"), "{error}");
    }
    let folder = Scratch::new("craft-endless");
    let file = folder.file("s.star", b"load(\"/dev/zero\", \"x\")\n");
    let (code, error) = run(&[file.to_str().expect("a plain name")]);
    assert!(code == Some(2) && error.contains("s.star:1:6"), "{error}");
}
