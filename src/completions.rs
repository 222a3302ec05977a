//! `nettool completions SHELL`: the completion script, on stdout.

use crate::outcome::{Exit, Failure};
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::io::Write;

/// Print the completion script for a shell
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  nettool completions bash > /etc/bash_completion.d/nettool\n  nettool completions zsh > ~/.zfunc/_nettool"
)]
pub(crate) struct Options {
    /// The shell to write for
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(options: &Options) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut crate::Cli::command(), "nettool", &mut script);
    std::io::stdout().write_all(&script).map_err(crate::outcome::stdout_failure)?;
    Ok(Exit::Done)
}
