//! What shells offer behind options whose values the program knows: the scripts are loaded into the shells themselves.

mod harness;

use harness::{NETTOOL, Scratch, installed, nettool, skip};
use std::path::Path;
use std::process::Command;

/// Runs a script in a shell that finds the program under its name.
fn run(shell: &str, script: &str) -> String {
    let folder = Path::new(NETTOOL).parent().map_or_else(String::new, |folder| folder.display().to_string());
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new(shell);
    command.env("NETTOOL_CONFIG", "none").env("NETTOOL_PLUGINS", "none");
    command.env("PATH", path).arg(if shell == "zsh" { "-fc" } else { "-c" }).arg(script);
    let output = command.output().unwrap_or_else(|error| panic!("{shell}: {error}"));
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Words typed last, and what must be offered for them.
const OFFERS: [(&str, &str); 8] = [
    ("nettool read -Y tcp.flags.sy", "tcp.flags.syn"),
    ("nettool read -Y 'ip and tcp.flags.sy", "ip and tcp.flags.syn"),
    ("nettool capture --query dns.qry.na", "dns.qry.name"),
    ("nettool read --fields frame.number,ip.sr", "frame.number,ip.src"),
    ("nettool read --split-by dsa.po", "dsa.port"),
    ("nettool read --stats lat", "latency"),
    ("nettool read --dsa ocel", "ocelot"),
    ("nettool read --decode-as udp.po", "udp.port=="),
];

#[test]
fn bash_offers_what_the_program_knows() {
    let test = "bash_offers_what_the_program_knows";
    if !installed("bash") {
        return skip(test, "bash is not installed");
    }
    let scratch = Scratch::new(test);
    let script = nettool(["completions", "bash"]).text();
    let file = scratch.file("nettool.bash", script.as_bytes());
    for (typed, wanted) in OFFERS {
        // As readline calls it: words of the line, of which the last is being completed; an open quotation is one word.
        let (before, last) =
            typed.split_at(typed.find('\'').or(typed.rfind(' ').map(|at| at + 1)).unwrap_or(0));
        let count = before.split_whitespace().count();
        let line = format!(
            "source {}; COMP_LINE={}; COMP_POINT=${{#COMP_LINE}}; COMP_WORDS=({before} {}); COMP_CWORD={count}; \
             _nettool_words nettool {} x; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            file.display(),
            quoted(typed),
            quoted(last),
            quoted(last),
        );
        let offered = run("bash", &line);
        assert!(offered.lines().any(|word| word == wanted), "{typed}: {offered}");
    }
    let plain = format!(
        "source {}; COMP_LINE='nettool re'; COMP_POINT=10; COMP_WORDS=(nettool re); COMP_CWORD=1; _nettool_words nettool re nettool; echo \"${{COMPREPLY[@]}}\"",
        file.display()
    );
    assert_eq!(run("bash", &plain).trim(), "read");
}

#[test]
fn fish_offers_what_the_program_knows() {
    let test = "fish_offers_what_the_program_knows";
    if !installed("fish") {
        return skip(test, "fish is not installed");
    }
    let scratch = Scratch::new(test);
    let script = nettool(["completions", "fish"]).text();
    let file = scratch.file("nettool.fish", script.as_bytes());
    for (typed, wanted) in OFFERS {
        let offered =
            run("fish", &format!("source {}; complete -C {}", file.display(), quoted_for_fish(typed)));
        // A description stands behind a tabulator; of a quotation the quote remains.
        let mut words = offered.lines().filter_map(|line| line.split('\t').next());
        assert!(words.any(|word| word.trim_start_matches('\'') == wanted), "{typed}: {offered}");
    }
}

#[test]
fn the_script_for_zsh_is_one() {
    let test = "the_script_for_zsh_is_one";
    if !installed("zsh") {
        return skip(test, "zsh is not installed");
    }
    let scratch = Scratch::new(test);
    let script = nettool(["completions", "zsh"]).text();
    let file = scratch.file("_nettool", script.as_bytes());
    // What is offered goes to a stand-in for zsh's own command, which works in its editor alone.
    let line = format!(
        "compdef() {{ :; }}; source {}; compadd() {{ print -l -- $found }}; PREFIX='ip and tcp.flags.sy'; _nettool_words query",
        file.display()
    );
    let offered = run("zsh", &line);
    assert!(offered.lines().any(|word| word == "ip and tcp.flags.syn"), "{offered}");
    for (option, kind) in [("QUERY", "query"), ("NAMES", "fields"), ("TABLE", "stats"), ("TAGGER", "dsa")] {
        assert!(script.contains(&format!(":{option}:{{_nettool_words {kind}}}")), "{option}");
    }
}

#[test]
fn what_a_value_may_become_is_printed_whole() {
    let words = |kind: &str, text: &str| nettool(["completions", "--words", kind, "--", text]).text();
    assert!(
        words("query", "tcp.port == 80 && dns.flags.rec")
            .contains("tcp.port == 80 && dns.flags.recdesired\t")
    );
    assert!(words("decode-as", "udp.port==5000:rt").contains("udp.port==5000:rtp\t"));
    assert!(words("stats", "conv,tc").contains("conv,tcp\t"));
    assert_eq!(words("dsa", "nosuch"), "");
    nettool(["completions"]).ends(2, &["<SHELL>"]);
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn quoted_for_fish(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
