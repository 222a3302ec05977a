//! How frames are saved: the options that `capture -w` and `read -w` share, and the writer that they make.

use crate::outcome::Failure;
use clap::{Args, ValueEnum};
use nettool_capture::file::{
    Finished, Format, Rotation, WriteError, WriteOptions, Writer, compression_of_name, format_of_name,
};
use nettool_capture::live;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Options that say where frames are saved.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "What is saved")]
pub(crate) struct SaveOptions {
    /// Write to this file, `-` for stdout; .pcap or .pcapng, with .gz, .zst or .lz4; %H:%M and such with rotation
    #[arg(short, long, value_name = "FILE")]
    pub(crate) write: Option<PathBuf>,
    /// Format of the file, whatever its name; pcapng if neither says
    #[arg(long, value_enum, value_name = "FORMAT", requires = "write")]
    file_format: Option<FormatChoice>,
    /// Begin a new file before one gets longer than this: a number alone is millions of octets
    #[arg(short = 'C', long, value_name = "SIZE", value_parser = millions, requires = "write")]
    rotate_size: Option<u64>,
    /// Begin a new file after this time: seconds, or 500ms, 5m, 1h
    #[arg(short = 'G', long, value_name = "TIME", value_parser = duration, requires = "write")]
    rotate_time: Option<Duration>,
    /// Begin a new file after this many frames
    #[arg(long, value_name = "N", requires = "write")]
    rotate_packets: Option<u64>,
    /// Keep this many files, deleting the oldest
    #[arg(short = 'W', long, value_name = "N", requires = "write")]
    files: Option<u32>,
    /// Run this program with the name of each file that is complete as its argument, beside the capture
    #[arg(short = 'z', long, value_name = "COMMAND", requires = "write")]
    postrotate_command: Option<PathBuf>,
    /// A comment on the file (pcapng)
    #[arg(long, value_name = "TEXT", requires = "write")]
    comment: Option<String>,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum FormatChoice {
    Pcap,
    Pcapng,
}

impl SaveOptions {
    /// The writer that is asked for, if any; `adjust` adds what the command knows.
    pub(crate) fn writer(&self, adjust: impl FnOnce(&mut WriteOptions)) -> Result<Option<Writer>, Failure> {
        let Some(path) = &self.write else { return Ok(None) };
        self.writer_to(path, None, adjust).map(Some)
    }

    /// A writer to another path than the one asked for, of the format that the options or the name say, else of
    /// `format`, else pcapng.
    pub(crate) fn writer_to(
        &self,
        path: &Path,
        format: Option<Format>,
        adjust: impl FnOnce(&mut WriteOptions),
    ) -> Result<Writer, Failure> {
        let format = match self.file_format {
            Some(FormatChoice::Pcap) => Format::Pcap,
            Some(FormatChoice::Pcapng) => Format::Pcapng,
            None => format_of_name(path).or(format).unwrap_or(Format::Pcapng),
        };
        let mut options = WriteOptions {
            compression: compression_of_name(path),
            rotation: Rotation {
                octets: self.rotate_size,
                time: self.rotate_time,
                packets: self.rotate_packets,
                files: self.files,
            },
            comment: self.comment.clone(),
            finished: self.postrotate_command.clone().map(after_each_file),
            ..WriteOptions::new(format)
        };
        adjust(&mut options);
        Writer::create(path, options).map_err(|error| write_failure(&error))
    }
}

/// Programs of `-z` that may run at a time: a slow one must not fill the machine.
const MOST_PROGRAMS: usize = 16;

/// Starts `command` with each complete file as its argument. Nobody waits for it: it has a process group of its own, so
/// that the end of the capture is not its end, and the lowest priority.
fn after_each_file(command: PathBuf) -> Finished {
    let running: Mutex<Vec<Child>> = Mutex::default();
    Finished(Arc::new(move |file| {
        let mut running = running.lock().unwrap_or_else(PoisonError::into_inner);
        running.retain_mut(|child| matches!(child.try_wait(), Ok(None)));
        if running.len() >= MOST_PROGRAMS {
            let (command, file) = (command.display(), file.display());
            tell!("nettool: {command} {file}: not started, {MOST_PROGRAMS} before it still run");
            return;
        }
        match Command::new(&command).arg(file).stdin(Stdio::null()).process_group(0).spawn() {
            Ok(child) => {
                live::lower_priority(child.id());
                running.push(child);
            }
            Err(error) => tell!("nettool: {} {}: {error}", command.display(), file.display()),
        }
    }))
}

/// An error of saving: a name that cannot be used is the user's, a file that cannot be made is one of access, the rest is
/// damage to the result.
pub(crate) fn write_failure(error: &WriteError) -> Failure {
    match error {
        WriteError::Create { .. } => Failure::access(error),
        WriteError::Write { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe => {
            Failure::closed_pipe()
        }
        WriteError::Write { .. } => Failure::found(error),
        _ => Failure::usage(error),
    }
}

/// A time with a unit (`ns`, `us`, `ms`, `s`, `m`, `h`) or in seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor = match unit {
        "" | "s" => 1.0,
        "ns" => 1e-9,
        "us" => 1e-6,
        "ms" => 1e-3,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(format!("`{unit}` is no unit of time; use ns, us, ms, s, m or h")),
    };
    let seconds: f64 = number.parse().map_err(|_| format!("`{number}` is no number"))?;
    Duration::try_from_secs_f64(seconds * factor).map_err(|error| error.to_string())
}

/// A number of octets with a unit: `K`, `M`, `G`, each with `iB` or `B` if liked, powers of 1024.
pub(crate) fn size(text: &str) -> Result<usize, String> {
    let octets = octets(text, 1)?;
    usize::try_from(octets).map_err(|_| format!("`{text}` is too much"))
}

/// As tcpdump's `-C`: a number without a unit is millions.
fn millions(text: &str) -> Result<u64, String> {
    octets(text, 1_000_000)
}

fn octets(text: &str, plain: u64) -> Result<u64, String> {
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor = match unit.to_ascii_lowercase().trim_end_matches('b').trim_end_matches('i') {
        "" if unit.is_empty() => plain,
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        _ => return Err(format!("`{unit}` is no unit of size; use K, M or G")),
    };
    let number: u64 = number.parse().map_err(|_| format!("`{text}` is no size"))?;
    number.checked_mul(factor).filter(|size| *size > 0).ok_or_else(|| format!("`{text}` is out of range"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_take_units_of_1024_and_rotation_takes_millions_without_one() {
        assert_eq!(size("8M"), Ok(8 << 20));
        assert_eq!(size("64KiB"), Ok(64 << 10));
        assert_eq!(size("4096"), Ok(4096));
        assert_eq!(size("4096B"), Ok(4096));
        assert_eq!(millions("5"), Ok(5_000_000));
        assert_eq!(millions("5k"), Ok(5120));
        for wrong in ["", "M", "8X", "-1", "0", "18446744073709551615G"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_take_units_and_are_seconds_without_one() {
        assert_eq!(duration("1.5"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        for wrong in ["", "s", "1x", "-1", "1e400"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
