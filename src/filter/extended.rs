//! `nettool filter --target`: the program as extended BPF, shown or written as an object file.

use super::Options;
use crate::outcome::Failure;
use clap::ValueEnum;
use nettool_capture::filter::ebpf::insn::Insn;
use nettool_capture::filter::ebpf::{Answers, Target, XDP_DROP, XDP_PASS, object, text, translate};
use nettool_capture::filter::insn::Instruction;
use serde_json::{Value, json};
use std::path::Path;

/// What kind of program to make.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum TargetChoice {
    /// Classic BPF, as tcpdump prints it
    #[default]
    Cbpf,
    /// Extended BPF for a socket (SO_ATTACH_BPF)
    #[value(alias = "socket")]
    Ebpf,
    /// Extended BPF, a classifier for tc
    Tc,
    /// Extended BPF before the kernel makes a packet of the frame
    Xdp,
}

impl TargetChoice {
    /// The target of an extended program; `None` for a classic one.
    pub(super) fn extended(self) -> Option<Target> {
        match self {
            TargetChoice::Cbpf => None,
            TargetChoice::Ebpf => Some(Target::Socket),
            TargetChoice::Tc => Some(Target::Tc),
            TargetChoice::Xdp => Some(Target::Xdp),
        }
    }
}

/// Names of answers, in XDP and in tc (`enum xdp_action`, `TC_ACT_*`).
const XDP_NAMES: &[(&str, i32)] = &[("aborted", 0), ("drop", XDP_DROP), ("pass", XDP_PASS), ("tx", 3)];
const TC_NAMES: &[(&str, i32)] = &[("ok", 0), ("shot", 2), ("pipe", 3), ("unspec", -1)];

/// What `--verdicts` says for a target.
fn answers(asked: Option<&str>, target: Target) -> Result<Answers, Failure> {
    let Some(asked) = asked else { return Ok(target.answers()) };
    let names = match target {
        Target::Socket => {
            return Err(Failure::usage("--verdicts: a socket's program answers with octets to keep: use -s"));
        }
        Target::Tc => TC_NAMES,
        Target::Xdp => XDP_NAMES,
    };
    let number = |word: &str| {
        let named = names.iter().find(|(name, _)| *name == word).map(|(_, number)| *number);
        named.or_else(|| word.parse().ok()).ok_or_else(|| {
            let known: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
            Failure::usage(format_args!("--verdicts: `{word}` is no number and none of {}", known.join(", ")))
        })
    };
    let (matching, other) = asked.split_once(',').ok_or_else(|| {
        Failure::usage(format_args!(
            "--verdicts {asked}: two are needed, as in `drop,pass`: for matches, for all else"
        ))
    })?;
    let (matching, other) = (number(matching)?, number(other)?);
    if target == Target::Tc && other != 0 {
        let why = "the kernel answers 0 (`ok`) for packets that are too short, so the second must be 0";
        return Err(Failure::usage(format_args!("--verdicts {asked}: {why}")));
    }
    Ok(Answers::Numbers { matching, other })
}

/// Translates a classic program and gives the text that was asked for; with `-w` an object file is written, too.
pub(super) fn dump(
    options: &Options,
    classic: &[Instruction],
    target: Target,
    json: bool,
) -> Result<String, Failure> {
    let answers = answers(options.verdicts.as_deref(), target)?;
    let program = translate(classic, target, answers).map_err(|error| {
        Failure::usage(format_args!("no extended program: {error}; see the classic one with -d"))
    })?;
    if let Some(path) = &options.write {
        write(path, &program, target)?;
        if options.dump == 0 && !json {
            return Ok(String::new());
        }
    }
    if json {
        return Ok(program_json(options, &program, target));
    }
    Ok(match options.dump {
        0 | 1 => text::listing(&program),
        2 => text::c_initialisers(&program),
        _ => text::decimal(&program),
    })
}

fn write(path: &Path, program: &[Insn], target: Target) -> Result<(), Failure> {
    std::fs::write(path, object::object(program, target))
        .map_err(|error| Failure::access(format_args!("{}: {error}", path.display())))
}

fn program_json(options: &Options, program: &[Insn], target: Target) -> String {
    let instructions: Vec<Value> =
        program.iter().map(|i| json!([i.code, i.dst, i.src, i.off, i.imm])).collect();
    let object = json!({
        "expression": options.expression.join(" "),
        "target": target.section(),
        "length": program.len(),
        "instructions": instructions,
    });
    format!("{object}\n")
}
