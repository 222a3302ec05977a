//! `nettool man [COMMAND]`: the manual page, on stdout.

use crate::outcome::{Exit, Failure, stdout_failure};
use clap::{Args, CommandFactory};
use std::io::Write;

/// Print the manual page of nettool or of one of its commands
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  nettool man | man -l -\n  nettool man capture > nettool-capture.1")]
pub(crate) struct Options {
    /// The command; without one, nettool itself
    command: Option<String>,
}

pub(crate) fn run(options: &Options) -> Result<Exit, Failure> {
    let mut nettool = crate::Cli::command();
    nettool.build();
    let page = match &options.command {
        None => nettool,
        Some(name) => nettool
            .find_subcommand(name)
            .ok_or_else(|| Failure::usage(format!("`{name}` is no command; `nettool --help` lists them")))?
            .clone(),
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text).map_err(stdout_failure)?;
    std::io::stdout().write_all(&text).map_err(stdout_failure)?;
    Ok(Exit::Done)
}
