//! What may enter the dependency tree: `deny.toml`, held against the lock file on every machine.

mod harness;

use harness::{ROOT, finish};
use std::process::Command;

/// The strings of a one-line TOML array.
fn array(toml: &str, key: &str) -> Vec<String> {
    let line = toml
        .lines()
        .find_map(|line| line.strip_prefix(key)?.trim().strip_prefix('='))
        .expect("the key is there");
    line.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Whether an SPDX expression without parentheses beyond one level can be met with the allowed licences.
fn allowed(expression: &str, licences: &[String]) -> bool {
    let flat = expression.replace(['(', ')'], " ").replace('/', " OR ");
    let met = |name: &str| licences.iter().any(|licence| licence == name.trim());
    // `A OR B AND C` written either way: each AND part must have one OR choice that is allowed.
    if expression.contains(") AND") || expression.contains("AND (") {
        flat.split(" AND ").all(|part| part.split(" OR ").any(met))
    } else {
        flat.split(" OR ").any(|choice| choice.split(" AND ").all(met))
    }
}

#[test]
fn every_dependency_is_under_an_allowed_licence() {
    let deny = std::fs::read_to_string(format!("{ROOT}/deny.toml")).expect("deny.toml is in the project");
    let licences = array(&deny, "allow");
    assert!(licences.iter().any(|licence| licence == "MIT"));
    let tree = finish(Command::new(env!("CARGO")).current_dir(ROOT).args([
        "tree",
        "--locked",
        "--workspace",
        "--all-features",
        "--prefix",
        "none",
        "--format",
        "{p} | {l}",
    ]));
    tree.ends(0, &[]);
    let text = tree.text();
    let mut refused: Vec<_> = text
        .lines()
        .filter(|line| !line.is_empty())
        .filter(|line| {
            !line
                .rsplit_once(" | ")
                .is_some_and(|(_, licence)| allowed(licence.trim_end_matches(" (*)"), &licences))
        })
        .collect();
    refused.sort_unstable();
    refused.dedup();
    assert!(refused.is_empty(), "not allowed by deny.toml:\n{}", refused.join("\n"));
}

#[test]
fn every_dependency_comes_from_the_registry_or_this_workspace() {
    let lock = std::fs::read_to_string(format!("{ROOT}/Cargo.lock")).expect("the lock file is kept");
    let sources: Vec<_> = lock.lines().filter_map(|line| line.strip_prefix("source = ")).collect();
    assert!(!sources.is_empty());
    let strange: Vec<_> = sources.iter().filter(|source| !source.starts_with("\"registry+")).collect();
    assert!(strange.is_empty(), "sources other than the registry: {strange:?}");
}

#[test]
fn licence_expressions_are_judged_as_spdx_means_them() {
    let mine: Vec<_> = ["MIT", "Apache-2.0", "Unicode-3.0"].map(str::to_owned).to_vec();
    for good in
        ["MIT", "MIT OR GPL-3.0", "MIT/Apache-2.0", "(MIT OR Apache-2.0) AND Unicode-3.0", "Unlicense OR MIT"]
    {
        assert!(allowed(good, &mine), "{good}");
    }
    for bad in ["", "GPL-3.0", "MIT AND GPL-2.0", "(MIT OR Apache-2.0) AND OpenSSL"] {
        assert!(!allowed(bad, &mine), "{bad}");
    }
}
