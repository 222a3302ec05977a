//! The command line: one file per subcommand, each with its options and one function that calls the libraries.

#![deny(clippy::print_stdout, clippy::print_stderr)]

#[macro_use]
mod outcome;

mod ask;
mod capture;
mod compare;
mod completions;
mod config;
mod craft;
mod filter;
mod follow;
mod habits;
mod joining;
mod learning;
mod looking_ahead;
mod man;
mod plugins;
mod printed;
mod protocols;
mod read;
mod rewrite;
mod save;
mod select;
mod send;
mod sending;
mod show;
mod stats;
mod tagger;

use clap::{Args, Parser, Subcommand, ValueEnum};
use outcome::Failure;
use std::process::ExitCode;

/// Packet capture, analysis and traffic generation.
#[derive(Parser)]
#[command(
    name = "nettool",
    version,
    max_term_width = 110,
    disable_version_flag = true,
    after_help = "Examples:\n  nettool capture eth0\n  nettool capture any -n 'tcp port 80' -w /tmp/trace.pcapng\n  \
nettool read -n trace.pcapng.zst\n  nettool read -Y 'dns.flags.rcode != 0' --json trace.pcap\n  \
nettool read --fields ip.src,tcp.dstport trace.pcap 'tcp[tcpflags] & tcp-syn != 0'\n  \
nettool filter --explain 'not port 22'\n  nettool craft --hex -e 'IP(dst=\"10.0.0.1\")/ICMP()'\n  \
nettool ask 'IP(dst=\"10.0.0.1\")/ICMP()'\n\nnettool COMMAND --help tells more and shows more examples."
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    /// Print the version
    #[arg(long, action = clap::ArgAction::Version)]
    version: Option<bool>,
    #[command(subcommand)]
    command: Command,
}

/// Options that mean the same in every subcommand.
#[derive(Args, Clone, Debug)]
struct Global {
    /// Show addresses, ports and protocols as numbers
    #[arg(short = 'n', global = true, action = clap::ArgAction::Count)]
    numeric: u8,
    /// One JSON object a line
    #[arg(long, global = true)]
    json: bool,
    /// Colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    color: Color,
    /// Options to put in front of those typed, by command; `none` for no file [usual: ~/.config/nettool/config]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<std::path::PathBuf>,
    /// A plugin, or a directory of them, beside those of ~/.config/nettool/plugins, plugins/ and the installation
    #[arg(long, global = true, value_name = "PATH")]
    plugin: Vec<std::path::PathBuf>,
    /// No plugins but those of --plugin
    #[arg(long, global = true)]
    no_plugins: bool,
    /// Say less; twice: only results
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    quiet: u8,
    /// Say more; up to three times
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
enum Command {
    Capture(Box<capture::Options>),
    Read(Box<read::Options>),
    Filter(Box<filter::Options>),
    Send(Box<send::Options>),
    Ask(Box<ask::Options>),
    Craft(Box<craft::Options>),
    Plugins(plugins::Options),
    Completions(completions::Options),
    Man(man::Options),
}

fn main() -> ExitCode {
    outcome::report(config::command_line().and_then(|cli| run(&cli)))
}

fn run(cli: &Cli) -> Result<outcome::Exit, Failure> {
    protocols::choose(&cli.global);
    match &cli.command {
        Command::Capture(options) => capture::run(options, &cli.global),
        Command::Read(options) => read::run(options, &cli.global),
        Command::Filter(options) => filter::run(options, cli.global.numeric > 0, cli.global.json),
        Command::Send(options) => send::run(options, &cli.global),
        Command::Ask(options) => ask::run(options, &cli.global),
        Command::Craft(options) => craft::run(options, &cli.global),
        Command::Plugins(options) => plugins::run(options, &cli.global),
        Command::Completions(options) => completions::run(options),
        Command::Man(options) => man::run(options),
    }
}
