//! `nettool craft`: packets from expressions and scripts, shown, written to a file, or as hexadecimal.

pub(crate) mod files;
mod prompt;
pub(crate) mod watch;

use crate::Global;
use crate::outcome::{Exit, Failure, stdout_failure};
use crate::save::{SaveOptions, write_failure};
use crate::sending::counted;
use clap::Args;
use files::{Files, Recorder};
use nettool_gen::craft::{self, Host, Made, Packets, ScriptError};
use rayon::prelude::*;
use std::collections::HashMap;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Build packets from expressions as scapy's users type them
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  nettool craft --hex -e 'Ether()/IP(dst=\"10.0.0.1\")/UDP(dport=53)'\n  \
nettool craft -e 'IP(dst=\"10.0.0.0/30\", ttl=(1,4))/ICMP()'\n  \
nettool craft -e '[IP()/TCP(dport=d, flags=\"S\") for d in [80, 443]]' -w syn.pcap\n  \
nettool craft --show -e 'IP()/UDP()/DNS(qd=DNSQR(qname=\"example.com\"))'\n  \
nettool craft samples/syn-ports.star --set target=10.0.0.9 -w scan.pcapng\n  nettool craft --hex --batch expressions.txt\n  nettool craft    (a prompt)"
)]
pub(crate) struct Options {
    /// An expression that gives packets, or a script (`-`: stdin): packets are what it passes to `emit`, and the value of its last statement
    #[arg(value_name = "EXPR|SCRIPT", conflicts_with_all = ["expression", "batch"])]
    script: Option<PathBuf>,
    /// An expression that gives packets; several are answered one after the other
    #[arg(short = 'e', long = "expression", value_name = "EXPR", conflicts_with = "batch")]
    expression: Vec<String>,
    /// A file with an expression on each line; each answer begins with `# LINE`, or is `! LINE ERROR`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["show", "write"])]
    batch: Option<PathBuf>,
    /// Print each packet as a line of hexadecimal digits
    #[arg(long)]
    hex: bool,
    /// Print each packet as a tree
    #[arg(long, conflicts_with = "hex")]
    show: bool,
    /// Make this many packets: fewer, or more by beginning again
    #[arg(long, value_name = "N")]
    count: Option<u64>,
    /// A variable of the script
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    set: Vec<(String, String)>,
    /// Random values follow from this number; without it they differ from run to run
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// A batch that begins again: the last line that is answered
    #[arg(long, value_name = "LINE", hide = true, overrides_with = "answered")]
    answered: Option<usize>,
    /// A batch that begins again: up to this line each is worked on alone
    #[arg(long, value_name = "LINE", hide = true, overrides_with = "alone")]
    alone: Option<usize>,
    /// A batch that begins again: a line that was stopped, and why
    #[arg(long, value_name = "LINE:SENTENCE", hide = true)]
    stopped: Vec<String>,
    #[command(flatten)]
    save: SaveOptions,
}

pub(crate) fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !plain || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(format!("`{name}` is no name of a variable"));
    }
    Ok((name.into(), value.into()))
}

pub(crate) fn run(options: &Options, global: &Global) -> Result<Exit, Failure> {
    let catalog = std::thread::scope(|scope| {
        // Without a further thread this one does it all.
        let _ = std::thread::Builder::new().spawn_scoped(scope, Host::prepare);
        crate::protocols::catalog()
    })?;
    let host = Host::new(catalog, seed(options.seed));
    if let Some(path) = &options.batch {
        return batch(&host, options, path);
    }
    let _watch = watch::watch(1, None);
    let mut output = Output::new(options, global)?;
    // `nettool craft 'IP()/UDP()'`, as `send` and `ask` take it
    let given = options.script.as_deref().and_then(Path::to_str);
    let expression =
        given.filter(|given| given.contains('(') && !given.ends_with(".star") && !Path::new(given).exists());
    if let Some(path) = options.script.as_ref().filter(|_| expression.is_none()) {
        let text = text_of(path)?;
        let arguments: HashMap<String, String> = options.set.iter().cloned().collect();
        let grants = Files::default();
        let name = path.display().to_string();
        let packets = host.run(&name, &text, &arguments, &grants).map_err(Failure::usage)?;
        output.take(packets, options.count, &grants)?;
    } else if options.expression.is_empty() && expression.is_none() {
        if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
            drop(output);
            return prompt::run(&host, catalog);
        }
        return Err(no_input());
    }
    for text in options.expression.iter().map(String::as_str).chain(expression) {
        let arguments: HashMap<String, String> = options.set.iter().cloned().collect();
        let grants = Files::default();
        let packets = host.run("expression", text, &arguments, &grants).map_err(Failure::usage)?;
        output.take(packets, options.count, &grants)?;
    }
    output.finish()
}

fn no_input() -> Failure {
    Failure::usage(
        "there is nothing to craft: give an expression with -e, a script, or --batch FILE; on a terminal there is a prompt",
    )
}

pub(crate) fn seed(given: Option<u64>) -> u64 {
    given.unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        (now.as_nanos() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}

/// The text of a script; `-` is standard input.
pub(crate) fn text_of(path: &Path) -> Result<String, Failure> {
    let octets = octets_of(path, files::MOST_TEXT)?;
    String::from_utf8(octets).map_err(|_| Failure::usage(format!("{} is not text in UTF-8", named(path))))
}

fn named(path: &Path) -> String {
    if path == Path::new("-") { "stdin".into() } else { path.display().to_string() }
}

/// What a file holds, or standard input: at most so many octets.
fn octets_of(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let read = if path == Path::new("-") {
        files::at_most(std::io::stdin().lock(), most)
    } else {
        std::fs::File::open(path).and_then(|file| files::at_most(file, most))
    };
    let failed = |error: std::io::Error| {
        let sentence = format!("{}: {error}", named(path));
        match error.kind() {
            std::io::ErrorKind::FileTooLarge => Failure::usage(sentence),
            _ => Failure::access(sentence),
        }
    };
    read.map_err(failed)
}

/// Where packets go.
struct Output<'a> {
    options: &'a Options,
    quiet: bool,
    out: BufWriter<std::io::Stdout>,
    recorder: Option<Recorder>,
    line: Vec<u8>,
}

impl<'a> Output<'a> {
    fn new(options: &'a Options, global: &Global) -> Result<Self, Failure> {
        let recorder = options.save.writer(|_| {})?.map(Recorder::new);
        // not locked: scripts print from a thread of their own
        let out = BufWriter::with_capacity(1 << 16, std::io::stdout());
        Ok(Output { options, quiet: global.quiet > 0, out, recorder, line: Vec::new() })
    }

    /// Takes the packets of a description.
    fn take(&mut self, mut packets: Packets, count: Option<u64>, grants: &Files) -> Result<(), Failure> {
        let mut left = count.unwrap_or(u64::MAX);
        while left > 0 {
            let before = left;
            while left > 0 {
                match packets.next_frame() {
                    Some(Ok(frame)) => self.packet(&frame)?,
                    Some(Err(error)) => return self.broken(&error),
                    None => break,
                }
                left -= 1;
            }
            if count.is_none() || before == left {
                break;
            }
            packets.begin_again();
        }
        if packets.descriptions().is_empty() && !grants.said() && !self.quiet {
            tell!(
                "no packets: a script gives its last line's value, and what `emit(packets)` is given, in loops too"
            );
        }
        let none = left == count.unwrap_or(u64::MAX) && left > 0;
        if none && !packets.descriptions().is_empty() && !self.quiet {
            tell!(
                "no packets: a set in the description is empty (a range counts up, `(1, 5)`), or is taken 0 times"
            );
        }
        Ok(())
    }

    /// A packet that cannot be built: what came before it stays.
    fn broken(&mut self, error: &ScriptError) -> Result<(), Failure> {
        self.out.flush().map_err(stdout_failure)?;
        let made = self.recorder.as_ref().map_or(0, Recorder::count);
        let before = match made {
            0 => String::new(),
            1 => "\n1 packet was written before".into(),
            made => format!("\n{made} packets were written before"),
        };
        Err(Failure::usage(format!("{error}{before}")))
    }

    #[inline]
    fn packet(&mut self, frame: &Made<'_>) -> Result<(), Failure> {
        let Made { octets, link_type, time, .. } = *frame;
        if let Some(recorder) = &mut self.recorder {
            recorder.write(octets, link_type, time)?;
            if !self.options.hex && !self.options.show {
                return Ok(());
            }
        }
        if self.options.hex {
            hex_line(&mut self.line, octets);
            return self.out.write_all(&self.line).map_err(stdout_failure);
        }
        let text = if self.options.show {
            craft::tree(crate::protocols::catalog()?, link_type, octets)
        } else {
            craft::line(crate::protocols::catalog()?, link_type, octets) + "\n"
        };
        self.out.write_all(text.as_bytes()).map_err(stdout_failure)
    }

    fn finish(mut self) -> Result<Exit, Failure> {
        self.out.flush().map_err(stdout_failure)?;
        if let Some(recorder) = self.recorder {
            let written = recorder.finish().map_err(|error| write_failure(&error))?;
            if !self.quiet {
                tell!("{} written", counted(written, "packet", "packets"));
            }
        }
        Ok(Exit::Done)
    }
}

/// Lower-case digits and a line's end.
fn hex_line(line: &mut Vec<u8>, octets: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    line.clear();
    line.extend(
        octets.iter().flat_map(|octet| [DIGITS[usize::from(octet >> 4)], DIGITS[usize::from(octet & 15)]]),
    );
    line.push(b'\n');
}

/// An expression on each line of a file.
fn batch(host: &Host, options: &Options, path: &Path) -> Result<Exit, Failure> {
    let piped = path == Path::new("-");
    let text = octets_of(path, MOST_BATCH)?;
    let answered = options.answered.unwrap_or(0);
    let progress = Arc::new(watch::Lines::new(answered, piped));
    let _watch = watch::watch(rayon::current_num_threads(), Some(Arc::clone(&progress)));
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let arguments: HashMap<String, String> = options.set.iter().cloned().collect();
    let answer = |number, expression: &[u8], most| {
        let expression = std::str::from_utf8(expression)
            .map_err(|error| ScriptError::plain(&not_text(expression, error.valid_up_to())))?;
        let packets = {
            let _working = progress.working(number);
            host.run("expression", expression, &arguments, &craft::NoGrants)?
        };
        answer_lines(packets, options, number, most)
    };
    let stopped: HashMap<usize, &str> = options
        .stopped
        .iter()
        .filter_map(|stopped| stopped.split_once(':'))
        .filter_map(|(line, sentence)| Some((line.parse().ok()?, sentence)))
        .collect();
    let alone = options.alone.unwrap_or(0);
    let whole = text.strip_suffix(b"\n").unwrap_or(&text);
    let lines = whole.split(|octet| *octet == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let lines: Vec<(usize, &[u8])> = (1..).zip(lines).filter(|_| !text.is_empty()).skip(answered).collect();
    // what began again has stopped a line
    let mut failed = !stopped.is_empty();
    for block in lines.chunks(BLOCK) {
        let kept = |(number, expression): &(usize, &[u8])| match stopped.get(number) {
            Some(_) => Ok(None),
            None => answer(*number, expression, KEPT),
        };
        // Expressions know nothing of each other: each processor takes some, and answers come in order.
        let side_by_side = block.first().is_some_and(|(number, _)| *number > alone);
        let answers: Vec<_> = if side_by_side {
            block.par_iter().map(kept).collect()
        } else {
            block.iter().map(kept).collect()
        };
        for ((number, expression), answered) in block.iter().zip(answers) {
            let answered = match (answered, stopped.get(number)) {
                (_, Some(sentence)) => {
                    writeln!(out, "! {number} {sentence}").map_err(stdout_failure)?;
                    continue;
                }
                (Ok(None), None) => answer(*number, expression, ANSWER),
                (answered, None) => answered,
            };
            match answered {
                Ok(Some(lines)) => out.write_all(&lines),
                Ok(None) => {
                    failed = true;
                    writeln!(out, "! {number} this gives more packets than one answer of a batch may have")
                }
                Err(error) => {
                    failed = true;
                    writeln!(out, "! {number} {}", error.on_one_line())
                }
            }
            .map_err(stdout_failure)?;
        }
        // what is out is not answered again
        out.flush().map_err(stdout_failure)?;
        progress.answered(block.last().map_or(0, |(number, _)| *number));
    }
    Ok(if failed { Exit::Found } else { Exit::Done })
}

/// What is wrong with a line that has other octets than text has.
fn not_text(line: &[u8], valid: usize) -> String {
    let before = line.get(..valid).and_then(|before| std::str::from_utf8(before).ok()).unwrap_or_default();
    let octet = line.get(valid).copied().unwrap_or_default();
    format!("this is not text in UTF-8: octet {octet:02x} (column {})", before.chars().count() + 1)
}

/// Octets of a batch: its lines stay in memory until all are answered.
const MOST_BATCH: u64 = 1 << 30;
/// Expressions of a batch that are worked on side by side.
const BLOCK: usize = 64;
/// Octets of an answer that waits for those before it; a longer one is made when it is its turn.
const KEPT: usize = 1 << 20;
/// Octets of one answer of a batch that are kept before they are printed.
const ANSWER: usize = 256 << 20;

/// The lines of one answer; `None` where they would be more than `most` octets.
fn answer_lines(
    mut packets: Packets,
    options: &Options,
    number: usize,
    most: usize,
) -> Result<Option<Vec<u8>>, ScriptError> {
    let mut answer = format!("# {number}\n").into_bytes();
    let mut line = Vec::new();
    let mut left = options.count.unwrap_or(u64::MAX);
    while left > 0
        && let Some(frame) = packets.next_frame()
    {
        let frame = frame?;
        hex_line(&mut line, frame.octets);
        answer.extend_from_slice(&line);
        left -= 1;
        if answer.len() > most {
            return Ok(None);
        }
    }
    Ok(Some(answer))
}
