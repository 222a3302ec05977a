//! How a run ends: exit codes, and the sentence on stderr that goes with them.

use std::fmt;
use std::io::Write;
use std::process::ExitCode;

/// A line on stderr, as `eprintln!` writes it; where nobody reads stderr any more, the work goes on without it.
macro_rules! tell {
    ($($text:tt)*) => { $crate::outcome::tell(format_args!($($text)*)) };
}

/// What [`tell!`] does, in one write so that lines of several threads stay whole.
pub(crate) fn tell(text: fmt::Arguments<'_>) {
    let _ = std::io::stderr().write_all(format!("{text}\n").as_bytes());
}

/// A line of results on stdout.
pub(crate) fn say(text: impl fmt::Display) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{text}").map_err(stdout_failure)
}

/// Exit codes that scripts may rely on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// Did what was asked.
    Done = 0,
    /// Ran, but found what the user asked to fail on, or met input that was damaged.
    Found = 1,
    /// The command line, an expression or a script is wrong.
    Usage = 2,
    /// No privilege, or no such interface or file.
    Access = 3,
    /// Stopped by a signal, after a clean finish.
    Interrupted = 130,
}

/// Why a run could not do what was asked: what is wrong first, then the mend.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
}

impl Failure {
    /// Damaged input or a finding: exit 1.
    pub(crate) fn found(message: impl fmt::Display) -> Self {
        Failure { exit: Exit::Found, message: message.to_string() }
    }

    /// Wrong usage or expression: exit 2. Expressions bring their caret lines in the message.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Failure { exit: Exit::Usage, message: message.to_string() }
    }

    /// Missing privilege, interface or file: exit 3.
    pub(crate) fn access(message: impl fmt::Display) -> Self {
        Failure { exit: Exit::Access, message: message.to_string() }
    }

    /// The same, with what it is about in front.
    pub(crate) fn about(self, what: impl fmt::Display) -> Self {
        Failure { message: format!("{what}: {}", self.message), ..self }
    }

    /// A closed pipe (`| head`): a quiet end.
    pub(crate) fn closed_pipe() -> Self {
        Failure { exit: Exit::Done, message: String::new() }
    }
}

/// Prints the failure, if any, and turns the outcome into an exit code.
pub(crate) fn report(outcome: Result<Exit, Failure>) -> ExitCode {
    let exit = outcome.unwrap_or_else(|failure| {
        if !failure.message.is_empty() {
            tell!("nettool: {}", failure.message);
        }
        failure.exit
    });
    ExitCode::from(exit as u8)
}

/// An error of writing results: a closed pipe ends quietly, anything else is said.
pub(crate) fn stdout_failure(error: std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::BrokenPipe => Failure::closed_pipe(),
        _ => Failure::found(format!("writing to stdout: {error}")),
    }
}
