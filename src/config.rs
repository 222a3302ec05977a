//! The user's defaults: options that a file puts in front of those that were typed.
//!
//! A line holds a command, or `*` for every command, and options as they would be typed; `#` starts a comment, quotes and
//! backslashes are the shell's. What is typed comes later, and the later one of two values counts.

use crate::outcome::Failure;
use crate::{Cli, habits};
use clap::{CommandFactory, FromArgMatches};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The most octets that a configuration may have.
const MOST_OCTETS: u64 = 1 << 20;

/// The command line with the configuration's options in it, parsed. Wrong usage ends the program, as clap does it.
pub(crate) fn command_line() -> Result<Cli, Failure> {
    let typed: Vec<OsString> = std::env::args_os().collect();
    let known = known();
    let Some(at) = command_at(&typed, &known) else { return Ok(parse(known, &typed)) };
    let Some(file) = file(&typed)? else { return Ok(parse(known, &typed)) };
    let command = typed.get(at).and_then(|word| word.to_str()).unwrap_or_default();
    let Some(words) = words(&file, command)? else { return Ok(parse(known, &typed)) };
    let mut whole = typed.clone();
    let behind = at.saturating_add(1).min(whole.len());
    whole.splice(behind..behind, words.into_iter().map(OsString::from));
    match known.clone().try_get_matches_from(&whole) {
        Ok(matches) => built(&matches),
        // What was typed alone may be wrong by itself; then clap says so without the file.
        Err(error) => {
            parse(known, &typed);
            Err(Failure::usage(format!("{}: {}", file.display(), error.to_string().trim_end())))
        }
    }
}

/// The command line's definition; the later one of two values counts.
fn known() -> clap::Command {
    Cli::command().mut_subcommands(|command| command.args_override_self(true))
}

fn parse(known: clap::Command, typed: &[OsString]) -> Cli {
    let matches = known.try_get_matches_from(typed).unwrap_or_else(|error| {
        let hint = habits::hint(typed.get(1), &error);
        let _ = error.print();
        if let Some(hint) = hint {
            tell!("\n  {hint}");
        }
        std::process::exit(error.exit_code())
    });
    built(&matches).unwrap_or_else(|_| <Cli as clap::Parser>::parse_from(typed))
}

fn built(matches: &clap::ArgMatches) -> Result<Cli, Failure> {
    Cli::from_arg_matches(matches).map_err(|error| Failure::usage(error.to_string().trim_end()))
}

/// Where the command stands: the first word that is one, and no value of an option before it.
fn command_at(typed: &[OsString], known: &clap::Command) -> Option<usize> {
    let takes_value = |word: &OsStr| {
        let long = word.to_str().and_then(|word| word.strip_prefix("--"));
        known.get_arguments().any(|argument| {
            argument.get_long() == long && long.is_some() && argument.get_action().takes_values()
        })
    };
    let mut words = typed.iter().enumerate().skip(1);
    while let Some((at, word)) = words.next() {
        if takes_value(word) {
            words.next();
        } else if known.get_subcommands().any(|command| command.get_name() == word) {
            return Some(at);
        }
    }
    None
}

/// The file to read: `--config FILE`, or the environment's, or the user's; none where there is none.
fn file(typed: &[OsString]) -> Result<Option<PathBuf>, Failure> {
    let named =
        asked_for(typed).or_else(|| std::env::var_os("NETTOOL_CONFIG").filter(|name| !name.is_empty()));
    if let Some(named) = named {
        if named == "none" {
            return Ok(None);
        }
        return match std::fs::metadata(&named) {
            Ok(_) => Ok(Some(named.into())),
            Err(error) => Err(Failure::access(format!("--config {}: {error}", Path::new(&named).display()))),
        };
    }
    let folder = std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".config")));
    let usual = folder.map(|folder| folder.join("nettool/config")).filter(|path| path.is_file());
    Ok(usual.filter(|path| is_own(path)))
}

/// The value of `--config` among the words.
fn asked_for(typed: &[OsString]) -> Option<OsString> {
    let mut words = typed.iter();
    while let Some(word) = words.next() {
        if word == "--" {
            return None;
        }
        if word == "--config" {
            return words.next().cloned();
        }
        if let Some(value) = word.to_str().and_then(|word| word.strip_prefix("--config=")) {
            return Some(value.into());
        }
    }
    None
}

/// Whether nobody but this user and root can have written it: options can name files to write.
fn is_own(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let own = std::fs::metadata("/proc/self").map_or(0, |own| own.uid());
    let Ok(file) = std::fs::metadata(path) else { return false };
    let safe = (file.uid() == own || file.uid() == 0) && file.mode() & 0o022 == 0;
    if !safe {
        tell!("nettool: {}: left out, since others can write it", path.display());
    }
    safe
}

/// The words of a file for a command; none where no line is for it.
fn words(file: &Path, command: &str) -> Result<Option<Vec<String>>, Failure> {
    let wrong = |what: String| Failure::usage(format!("{}{what}", file.display()));
    let size = std::fs::metadata(file).map_or(0, |file| file.len());
    if size > MOST_OCTETS {
        return Err(wrong(format!(": {size} octets are no configuration, at most {MOST_OCTETS} are read")));
    }
    let text = std::fs::read_to_string(file).map_err(|error| wrong(format!(": {error}")))?;
    let mut all = Vec::new();
    let mut any = false;
    for (number, line) in text.lines().enumerate() {
        let line_words =
            split(line).map_err(|what| wrong(format!(":{}: {what}", number.saturating_add(1))))?;
        let [of, options @ ..] = line_words.as_slice() else { continue };
        if of == "*" || of == command {
            any = true;
            all.extend_from_slice(options);
        }
    }
    Ok(any.then_some(all))
}

/// Words as the shell would make them, without its expansions.
fn split(line: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            '#' if word.is_none() => break,
            quote @ ('\'' | '"') => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next().ok_or("a quote is not closed")? {
                        end if end == quote => break,
                        '\\' if quote == '"' => word.extend(characters.next()),
                        inner => word.push(inner),
                    }
                }
            }
            '\\' => word.get_or_insert_default().extend(characters.next()),
            space if space.is_whitespace() => words.extend(word.take()),
            plain => word.get_or_insert_default().push(plain),
        }
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_shells() {
        let of = |line| split(line).unwrap();
        assert_eq!(of("read -n  --color 'never ' # -V"), ["read", "-n", "--color", "never "]);
        assert_eq!(of(r#"* "a\"b"c d\ e '' x#y"#), ["*", "a\"bc", "d e", "", "x#y"]);
        assert!(of("  # nothing").is_empty());
        assert!(split("read 'x").is_err());
    }

    #[test]
    fn the_command_is_found_behind_options_with_values() {
        let at = |words: &[&str]| command_at(&words.iter().map(OsString::from).collect::<Vec<_>>(), &known());
        assert_eq!(at(&["nettool", "--color", "never", "-n", "read", "read"]), Some(4));
        assert_eq!(at(&["nettool", "--config", "filter", "read"]), Some(3));
        assert_eq!(at(&["nettool", "--config=filter", "read"]), Some(2));
        assert_eq!(at(&["nettool", "--help"]), None);
    }
}
