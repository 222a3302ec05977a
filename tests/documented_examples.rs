//! Every example in the documents that needs no interface and no privilege runs as it stands, from the project's folder.
//!
//! Examples are the lines of fenced blocks that start with `nettool` and a command that reads, compiles or prints. One
//! that is meant to end otherwise than with 0 says so behind it: `# exit 1`. Files are written below `/tmp` alone.

mod harness;

use harness::{ROOT, installed, nettool, shell};
use std::path::{Path, PathBuf};

/// The commands whose examples run anywhere.
const ANYWHERE: [&str; 7] = ["read", "filter", "craft", "plugins", "completions", "man", "phy import"];

fn documents() -> Vec<PathBuf> {
    let mut found = vec![Path::new(ROOT).join("README.md"), Path::new(ROOT).join("CONTRIBUTING.md")];
    let mut folders = vec![Path::new(ROOT).join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Lines of shell blocks, with the document they stand in.
fn shell_lines() -> Vec<(PathBuf, String)> {
    let mut lines = Vec::new();
    for path in documents() {
        let text = std::fs::read_to_string(&path).expect("documents are text");
        let mut inside: Option<bool> = None;
        for line in text.lines() {
            match (line.trim_start().strip_prefix("```"), inside) {
                (Some(kind), None) => {
                    inside = Some(["", "sh", "bash", "console", "shell"].contains(&kind.trim()))
                }
                (Some(_), Some(_)) => inside = None,
                (None, Some(true)) => {
                    lines.push((path.clone(), line.trim().trim_start_matches("$ ").to_owned()));
                }
                _ => {}
            }
        }
        assert!(inside.is_none(), "{}: a block is not closed", path.display());
    }
    lines
}

fn runs_anywhere(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("nettool ") else { return false };
    let command = ANYWHERE.iter().any(|command| {
        rest.strip_prefix(command).is_some_and(|after| after.is_empty() || after.starts_with(' '))
    });
    // Placeholders, files that grow and interfaces are for the reader to fill in.
    let placeholder = ["<", "…", "...", "--follow", "-i ", "/dev/"].iter().any(|mark| rest.contains(mark));
    command && !placeholder && !rest.ends_with('\\')
}

#[test]
fn every_documented_example_ends_as_it_says() {
    let examples: Vec<_> = shell_lines().into_iter().filter(|(_, line)| runs_anywhere(line)).collect();
    assert!(examples.len() >= 40, "{} examples", examples.len());
    let mut wrong = Vec::new();
    for (path, line) in examples {
        let missing = ["tcpdump", "tshark", "man", "jq", "zstd", "dot"]
            .iter()
            .any(|tool| line.contains(&format!("| {tool} ")) && !installed(tool));
        if missing {
            continue;
        }
        let expected =
            line.rsplit_once("# exit ").and_then(|(_, code)| code.trim().parse().ok()).unwrap_or(0);
        let run = shell(&line);
        if run.code != expected {
            wrong.push(format!("{}: {line}\n  exit {}: {}", path.display(), run.code, run.err.trim()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The document with the output of each command of its `console` blocks as it is now.
fn with_real_output(text: &str, commands: &mut usize) -> String {
    let mut real = String::new();
    let mut inside = false;
    for line in text.lines() {
        let fence = line.trim_start().starts_with("```");
        if fence {
            inside = !inside && line.trim() == "```console";
        }
        match line.strip_prefix("$ ").filter(|command| inside && runs_anywhere(command)) {
            Some(command) => {
                let output = shell(command).text();
                real.extend([line, "\n", output.trim_end()]);
                real.push_str(if output.trim_end().is_empty() { "" } else { "\n" });
                *commands += 1;
            }
            None if inside && !fence => {} // output as it was
            None => real.extend([line, "\n"]),
        }
    }
    real
}

/// With `NETTOOL_WRITE_DOCS=1`, the documents are written anew.
#[test]
fn every_output_that_is_shown_is_real() {
    let mut commands = 0;
    for path in documents() {
        let text = std::fs::read_to_string(&path).expect("documents are text");
        let real = with_real_output(&text, &mut commands);
        if real == text {
            continue;
        }
        if std::env::var_os("NETTOOL_WRITE_DOCS").is_some() {
            std::fs::write(&path, real).expect("a document can be written");
            continue;
        }
        let differ = text.lines().zip(real.lines()).find(|(shown, real)| shown != real);
        panic!(
            "{} shows what is not so; NETTOOL_WRITE_DOCS=1 cargo test --test documented_examples writes it anew\n{differ:?}",
            path.display()
        );
    }
    assert!(commands >= 10, "{commands} commands with their output");
}

#[test]
fn examples_write_only_below_tmp() {
    for (path, line) in shell_lines().into_iter().filter(|(_, line)| runs_anywhere(line)) {
        // What is quoted is an expression.
        let bare: String = line.split('\'').step_by(2).collect();
        for flag in [" -w ", " --html ", " > "] {
            if let Some((_, target)) = bare.split_once(flag) {
                let fine = target.starts_with("/tmp/") || target.starts_with("- ") || target.trim() == "-";
                assert!(fine, "{}: {line}", path.display());
            }
        }
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut broken = Vec::new();
    for path in documents() {
        let text = std::fs::read_to_string(&path).expect("documents are text");
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            let folder = path.parent().expect("a document lies in a folder");
            if !folder.join(file).exists() {
                broken.push(format!("{}: {target}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_help_of_every_command_shows_examples() {
    let alone = nettool([] as [&str; 0]);
    let shown = alone.text() + &alone.err;
    let examples = shown.lines().filter(|line| line.starts_with("  nettool ")).count();
    assert!(examples >= 5 && shown.lines().count() <= 60, "{shown}");
    let help = nettool(["--help"]).text();
    let commands: Vec<_> = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    assert!(commands.len() >= 2, "{help}");
    for command in commands {
        let text = nettool([command, "--help"]).text();
        assert!(
            text.contains("Examples:") && text.contains(&format!("nettool {command}")),
            "{command}: {text}"
        );
    }
}
