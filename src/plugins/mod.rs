//! `nettool plugins`: which are in use, whether they still show what they are expected to show, and a new one.

mod check;

use crate::Global;
use crate::outcome::{Exit, Failure, say, stdout_failure};
use clap::{Args, Subcommand};
use nettool_dissect::schema::Protocol;
use nettool_plugins::{Plugin, Plugins};
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Protocols declared in files: list them, check them, begin one
#[derive(Args)]
#[command(
    after_help = "Examples:\n  nettool plugins list\n  nettool plugins new lamp\n  nettool plugins check lamp.star\n  \
nettool --plugin lamp.star read -V lamp.pcap\n\ndocs/plugins.md has the declaration language."
)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// The plugins of this run: file, kind, state, protocols and the tables that lead to them
    List,
    /// Show each plugin's sample capture, and compare with what is expected
    Check {
        /// Plugins, or directories of them [usual: all in use]
        paths: Vec<PathBuf>,
        /// Write what is shown as what is expected from now on
        #[arg(long)]
        write: bool,
    },
    /// Write a plugin that works, to change: NAME.star
    New {
        /// Name of the protocol
        name: String,
        /// Directory to write it to
        #[arg(long, default_value = ".", value_name = "DIRECTORY")]
        directory: PathBuf,
    },
}

/// Runs the command.
pub(crate) fn run(options: &Options, global: &Global) -> Result<Exit, Failure> {
    match &options.action {
        Action::List => list(crate::protocols::plugins(), global.json),
        Action::Check { paths, write } => check::run(paths, *write),
        Action::New { name, directory } => new(name, directory),
    }
}

fn kind(plugin: &Plugin) -> &'static str {
    if plugin.imperative { "imperative" } else { "data" }
}

/// `udp.port 5000,5001`, for each table.
fn tables(plugins: &Plugins, protocol: &Protocol) -> Vec<String> {
    let on = protocol.on.iter().map(|(table, values)| {
        let values: Vec<String> = values.iter().map(u64::to_string).collect();
        format!("{} {}", plugins.table_name(*table), values.join(","))
    });
    let guesses = protocol.rules.iter().flat_map(|rules| &rules.guess);
    on.chain(guesses.map(|table| format!("{} by look", plugins.table_name(*table)))).collect()
}

fn list(plugins: &Plugins, json: bool) -> Result<Exit, Failure> {
    let mut out = Vec::new();
    if json {
        list_json(plugins, &mut out);
    } else {
        list_lines(plugins, &mut out);
    }
    std::io::stdout().write_all(&out).map_err(stdout_failure)?;
    Ok(if plugins.problems.is_empty() { Exit::Done } else { Exit::Found })
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn list_lines(plugins: &Plugins, out: &mut Vec<u8>) {
    let mut rows = vec![["file", "from", "kind", "state", "protocols and tables"].map(str::to_owned)];
    for plugin in &plugins.plugins {
        let protocols: Vec<String> = plugin
            .protocols
            .iter()
            .map(|protocol| match tables(plugins, protocol) {
                tables if tables.is_empty() => protocol.name.to_owned(),
                tables => format!("{} ({})", protocol.name, tables.join("; ")),
            })
            .collect();
        let origin = plugin.origin.word().to_owned();
        rows.push([
            shown(&plugin.path),
            origin,
            kind(plugin).to_owned(),
            "in use".to_owned(),
            protocols.join(", "),
        ]);
    }
    for (path, protocol, earlier) in &plugins.shadowed {
        let why = format!("{protocol} is declared by {}", shown(earlier));
        rows.push([shown(path), String::new(), String::new(), "gives way".to_owned(), why]);
    }
    for problem in &plugins.problems {
        let why = problem.message.clone();
        rows.push([shown(&problem.path), String::new(), String::new(), "broken".to_owned(), why]);
    }
    let widths: Vec<usize> =
        (0..4).map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)).collect();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.chars().count()) + 2));
        }
        line.push_str(&row[4]);
        out.extend_from_slice(line.trim_end().as_bytes());
        out.push(b'\n');
    }
}

fn list_json(plugins: &Plugins, out: &mut Vec<u8>) {
    let mut line = |value: serde_json::Value| {
        out.extend_from_slice(value.to_string().as_bytes());
        out.push(b'\n');
    };
    for plugin in &plugins.plugins {
        let protocols: Vec<_> = plugin
            .protocols
            .iter()
            .map(|protocol| {
                json!({"name": protocol.name, "title": protocol.title, "tables": tables(plugins, protocol)})
            })
            .collect();
        line(
            json!({"file": plugin.path.to_string_lossy(), "from": plugin.origin.word(), "kind": kind(plugin),
            "state": "in use", "protocols": protocols}),
        );
    }
    for (path, protocol, earlier) in &plugins.shadowed {
        line(json!({"file": path.to_string_lossy(), "state": "gives way", "protocol": protocol,
            "to": earlier.to_string_lossy()}));
    }
    for problem in &plugins.problems {
        let place = problem.place.map(|(line, column)| json!({"line": line, "column": column}));
        line(json!({"file": problem.path.to_string_lossy(), "state": "broken", "message": problem.message,
            "place": place}));
    }
}

fn new(name: &str, directory: &Path) -> Result<Exit, Failure> {
    let text = nettool_plugins::template(name).map_err(Failure::usage)?;
    let path = directory.join(format!("{name}.star"));
    let file = std::fs::File::create_new(&path);
    let mut file = file.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Failure::usage(format!("{} is there already; choose another name or remove it", shown(&path)))
        }
        _ => Failure::access(format!("{}: {error}", shown(&path))),
    })?;
    file.write_all(text.as_bytes()).map_err(|error| Failure::access(format!("{}: {error}", shown(&path))))?;
    let path = shown(&path);
    say(&path)?;
    tell!("next: nettool plugins check {path}; docs/plugins.md has the declaration language");
    Ok(Exit::Done)
}
