//! `nettool filter`: compile a capture filter, show the program, explain it, try it on a file.

mod extended;

use crate::outcome::{Exit, Failure, stdout_failure};
use clap::{ArgAction, Args, ValueEnum};
use extended::TargetChoice;
use nettool_capture::file::{FileError, ReadOptions, Reader};
use nettool_capture::filter::ebpf::Target;
use nettool_capture::filter::insn::Instruction;
use nettool_capture::filter::landmarks::landmarks;
use nettool_capture::filter::names::{Names, NoNames, SystemNames};
use nettool_capture::filter::trace::{Finding, Reason, Tracer};
use nettool_capture::filter::vm::{self, Facts, Packet};
use nettool_capture::filter::{self, Goal, Options as CompileOptions};
use nettool_capture::filter::{assembler, check, explain, text, trace, traps};
use nettool_dissect::frame::{Frame, LinkType};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Write;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

/// Compile a capture filter, explain it, try it
///
/// Prints the classic BPF program of an expression in libpcap's filter language.
#[derive(Args, Debug)]
#[command(after_long_help = EXTENSIONS)]
pub(crate) struct Options {
    /// Filter expression, as for tcpdump; several words are joined by blanks
    #[arg(value_name = "EXPR", allow_negative_numbers = true, conflicts_with = "program")]
    expression: Vec<String>,
    /// What packets start with, by libpcap's name, as EN10MB or LINUX_SLL2 [default: EN10MB, or that of the traced file]
    #[arg(short = 'y', long = "linktype", value_name = "LINKTYPE", value_parser = link_type)]
    link: Option<LinkType>,
    /// Octets to keep of an accepted packet: the verdict; 0 is 262144
    #[arg(short = 's', long, value_name = "SNAPLEN", default_value_t = DEFAULT_SNAPLEN)]
    snaplen: u32,
    /// For a socket: VLAN tags and directions from the kernel's words beside the packet
    #[arg(long)]
    live: bool,
    /// Assembly (-d), C initialisers (-dd), or decimal numbers (-ddd), as tcpdump prints them
    #[arg(short = 'd', action = ArgAction::Count)]
    dump: u8,
    /// Assembly with labels, as bpf_asm takes it
    #[arg(long, conflicts_with_all = ["dump", "explain", "trace"])]
    asm: bool,
    /// Say what the expression was understood as, and what may surprise
    #[arg(long, conflicts_with_all = ["dump", "trace", "program"])]
    explain: bool,
    /// For each packet of a capture file, say which test decided
    #[arg(long, value_name = "FILE", conflicts_with = "dump")]
    trace: Option<PathBuf>,
    /// Stop after this many packets of the trace
    #[arg(short = 'c', long, value_name = "N", requires = "trace")]
    count: Option<u64>,
    /// 0: translate word for word, without optimising
    #[arg(short = 'O', value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(0..=1), default_value_t = 1)]
    level: u8,
    /// What to prefer where size and steps pull apart
    #[arg(long, value_enum, value_name = "FOR", default_value_t = Preference::Both)]
    optimize: Preference,
    /// What kind of program to make
    #[arg(long, value_enum, value_name = "TARGET", default_value_t = TargetChoice::Cbpf, conflicts_with_all = ["explain", "trace", "asm"])]
    target: TargetChoice,
    /// What an XDP or tc program answers to matches and to all else, as `drop,pass`
    #[arg(long, value_name = "MATCH,OTHER")]
    verdicts: Option<String>,
    /// Write the extended program as an object file, for `ip link set … xdp obj`, `tc filter … bpf obj`, bpftool
    #[arg(short = 'w', long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Netmask of the network, for `ip broadcast`
    #[arg(long, value_name = "MASK")]
    netmask: Option<Ipv4Addr>,
    /// Take a program from a file instead of an expression: tcpdump's -d, -dd or -ddd, or bpf_asm text; - is stdin
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

const DEFAULT_SNAPLEN: u32 = 262_144;

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Preference {
    /// Few instructions
    Size,
    /// Few steps for a packet
    Speed,
    /// A balance
    Both,
}

const EXTENSIONS: &str = "\
The language is that of pcap-filter(7). It also takes:
  vlan 100-200                       a range of VLANs
  port in {80, 443, 8000-8080}       a set of ports; also host in {…}, net in {…}
  net in @blocked.txt                a set from a file, one value a line, # begins a comment
  tcp flags syn,!ack                 flags that are set, flags that are clear
  ip.ttl < 5                         header fields by their display-filter names
  vxlan vni 42 and inner host 10.1.1.1
  dsa port 3                         the switch port of a DSA tag
Old expressions keep their meaning.

Examples:
  nettool filter 'tcp port 80 or 443'
  nettool filter -ddd 'host 10.0.0.1' > program.txt
  nettool filter --explain 'port 80 and host 10.0.0.1 or 10.0.0.2'
  nettool filter --trace trace.pcap -c 20 'udp port 53'
  tcpdump -ddd ip | nettool filter --program - --asm
  nettool filter --live --asm 'vlan 100 and ip'
  nettool filter --target xdp --verdicts drop,pass -w drop.o 'udp dst port 53'";

/// A link type by libpcap's name or its number.
pub(crate) fn link_type(name: &str) -> Result<LinkType, String> {
    if let Some(link) = LinkType::from_name(name) {
        return Ok(link);
    }
    if let Ok(number) = name.parse() {
        return Ok(LinkType(number));
    }
    let names: Vec<String> = LinkType::named().map(|(_, name)| name.to_lowercase()).collect();
    Err(match filter::error::nearest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("no link type has this name; did you mean {}?", near.to_uppercase()),
        None => "no link type has this name; they are libpcap's, such as EN10MB, RAW, LINUX_SLL2 and IEEE802_11_RADIO, \
                 or numbers"
            .to_owned(),
    })
}

/// Runs the subcommand; `numeric` turns look-ups of names off.
pub(crate) fn run(options: &Options, numeric: bool, json: bool) -> Result<Exit, Failure> {
    let extended = options.target.extended();
    if extended.is_none() && (options.write.is_some() || options.verdicts.is_some()) {
        return Err(Failure::usage(
            "-w and --verdicts are for extended programs: add --target xdp, tc or ebpf",
        ));
    }
    if extended == Some(Target::Xdp) && options.live {
        return Err(Failure::usage("--live: XDP sees frames before tags are moved out; leave it away"));
    }
    match (&options.program, &options.trace) {
        (Some(program), Some(file)) => trace_program(options, &read_program(program)?, file, json),
        (Some(program), None) => print(&dump(options, &read_program(program)?, None, json)?),
        (None, Some(file)) => trace_expression(options, numeric, file, json),
        (None, None) => print(&compiled(options, numeric, json)?),
    }
}

fn print(out: &str) -> Result<Exit, Failure> {
    std::io::stdout().write_all(out.as_bytes()).map_err(stdout_failure)?;
    Ok(Exit::Done)
}

/// What the compiler is told, but for the link type and the names.
fn compile_options<'a>(options: &Options, link_type: LinkType, names: &'a dyn Names) -> CompileOptions<'a> {
    CompileOptions {
        link_type,
        snaplen: if options.snaplen == 0 { DEFAULT_SNAPLEN } else { options.snaplen },
        // Programs for sockets and tc see packets as a packet socket does.
        live: options.live || options.target.extended().is_some_and(Target::has_packet),
        unrolled: options.target.extended().is_some(),
        from_file: options.trace.is_some(),
        optimize: match (options.level, options.optimize) {
            (0, _) => Goal::Literal,
            (_, Preference::Size) => Goal::Size,
            (_, Preference::Speed) => Goal::Speed,
            (_, Preference::Both) => Goal::Balanced,
        },
        netmask: options.netmask.map(u32::from),
        names,
        read_list: Some(&crate::select::read_list),
    }
}

fn chosen_names(numeric: bool) -> Box<dyn Names> {
    if numeric { Box::new(NoNames) } else { Box::new(SystemNames::new()) }
}

/// The program or the explanation of an expression, as text.
fn compiled(options: &Options, numeric: bool, json: bool) -> Result<String, Failure> {
    let expression = options.expression.join(" ");
    let names = chosen_names(numeric);
    let settings = compile_options(options, options.link.unwrap_or(LinkType::ETHERNET), names.as_ref());
    let refused = |error: filter::Error| Failure::usage(error.render(&expression));
    if options.explain {
        let explanation = explain::explain(&expression, &settings).map_err(refused)?;
        return Ok(if json { explanation_json(&explanation) } else { explanation.to_string() });
    }
    let program = filter::compile(&expression, &settings);
    dump(options, &program.map_err(refused)?.instructions, Some(&settings), json)
}

/// A program in the form that was asked for; `settings` where it comes from an expression.
fn dump(
    options: &Options,
    program: &[Instruction],
    settings: Option<&CompileOptions<'_>>,
    json: bool,
) -> Result<String, Failure> {
    if let Some(target) = options.target.extended() {
        return extended::dump(options, program, target, json);
    }
    if json {
        return Ok(program_json(options, program, settings));
    }
    if options.asm {
        return text::assembly(program).map_err(|at| {
            Failure::usage(format_args!("instruction {at} has no assembly; show the program with -d"))
        });
    }
    Ok(match options.dump {
        0 | 1 => text::listing(program),
        2 => text::c_initialisers(program),
        _ => text::decimal(program),
    })
}

fn program_json(options: &Options, program: &[Instruction], settings: Option<&CompileOptions<'_>>) -> String {
    let instructions: Vec<Value> = program.iter().map(|i| json!([i.code, i.jt, i.jf, i.k])).collect();
    let mut object = json!({ "length": program.len(), "instructions": instructions });
    if let (Some(settings), Some(object)) = (settings, object.as_object_mut()) {
        object.insert("expression".to_owned(), options.expression.join(" ").into());
        object.insert("linktype".to_owned(), settings.link_type.to_string().into());
        object.insert("snaplen".to_owned(), settings.snaplen.into());
        object.insert("live".to_owned(), settings.live.into());
    }
    format!("{object}\n")
}

fn explanation_json(explanation: &explain::Explanation) -> String {
    let tree: Vec<Value> = explanation
        .lines
        .iter()
        .map(|line| {
            json!({ "depth": line.depth, "test": line.text, "meaning": line.meaning, "instructions": line.instructions })
        })
        .collect();
    let remarks: Vec<Value> = explanation
        .remarks
        .iter()
        .map(|remark| {
            let weight = if remark.weight == traps::Weight::Warning { "warning" } else { "note" };
            json!({ "kind": weight, "start": remark.span.start, "end": remark.span.end, "message": remark.message })
        })
        .collect();
    let object = json!({
        "expression": explanation.expression,
        "understood": explanation.canonical,
        "instructions": explanation.instructions,
        "literal_instructions": explanation.literal,
        "always": explanation.always,
        "tree": tree,
        "remarks": remarks,
    });
    format!("{object}\n")
}

/// Reads a program from a file or stdin; what the kernel would refuse is said, and still shown.
fn read_program(path: &Path) -> Result<Vec<Instruction>, Failure> {
    let read = if path == Path::new("-") {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(path)
    };
    let shown = path.display();
    let text = read.map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidData => {
            Failure::usage(format_args!("{shown}: not text; a program is read as text"))
        }
        _ => Failure::access(format_args!("{shown}: {error}")),
    })?;
    let program = assembler::read_program(&text).map_err(|error| {
        Failure::usage(format_args!("{shown}: {error}; write it as tcpdump -ddd or bpf_asm text"))
    })?;
    if let Err(error) = check::check(&program) {
        tell!("nettool: {shown}: the kernel refuses this program: {error}");
    }
    Ok(program)
}

/// Opens a capture file and gives each of its frames, up to `-c`, to `each`.
fn for_each_frame(
    options: &Options,
    path: &Path,
    mut each: impl FnMut(&Frame<'_>) -> Result<String, Failure>,
) -> Result<Exit, Failure> {
    let failed = |error: FileError| {
        if error.is_access() { Failure::access(error) } else { Failure::found(error) }
    };
    let mut reader = Reader::open(&[path], &ReadOptions::default()).map_err(failed)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut left = options.count.unwrap_or(u64::MAX);
    let mut damage = None;
    'file: while left > 0 {
        let chunk = match reader.next_chunk() {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break,
            Err(error) => {
                damage = Some(failed(error));
                break;
            }
        };
        for frame in chunk.frames() {
            if left == 0 {
                break 'file;
            }
            left = left.saturating_sub(1);
            out.write_all(each(&frame)?.as_bytes()).map_err(stdout_failure)?;
        }
    }
    out.flush().map_err(stdout_failure)?;
    damage.map_or(Ok(Exit::Done), Err)
}

/// For each packet, which test of the expression decided.
fn trace_expression(options: &Options, numeric: bool, path: &Path, json: bool) -> Result<Exit, Failure> {
    let expression = options.expression.join(" ");
    let names = chosen_names(numeric);
    let mut tracers: HashMap<LinkType, Tracer> = HashMap::new();
    for_each_frame(options, path, |frame| {
        let link = options.link.unwrap_or(frame.meta.link_type);
        let tracer = match tracers.entry(link) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let settings = compile_options(options, link, names.as_ref());
                let refused = |error: filter::Error| Failure::usage(error.render(&expression));
                new.insert(Tracer::new(&expression, &settings).map_err(refused)?)
            }
        };
        let facts = Facts::of(frame);
        let finding = tracer.packet(&vm_packet(frame, &facts, options.live));
        Ok(if json {
            finding_json(frame.number, &finding.outcome, &finding.reasons)
        } else {
            format!("{} {finding}\n", frame.number)
        })
    })
}

/// For each packet, what a program says and reads.
fn trace_program(
    options: &Options,
    program: &[Instruction],
    path: &Path,
    json: bool,
) -> Result<Exit, Failure> {
    for_each_frame(options, path, |frame| {
        let facts = Facts::of(frame);
        let packet = vm_packet(frame, &facts, options.live);
        let marks = landmarks(options.link.unwrap_or(frame.meta.link_type), frame.data);
        let (outcome, values) = trace::values_read(program, &packet, &marks);
        let test = text::Line {
            at: outcome.at,
            instruction: program.get(outcome.at).copied().unwrap_or(Instruction::ret(0)),
        };
        let reason =
            Reason { test: test.to_string().trim_end().to_owned(), holds: Some(outcome.accepted()), values };
        Ok(if json {
            finding_json(frame.number, &outcome, &[reason])
        } else {
            format!("{} {}\n", frame.number, Finding { outcome, reasons: vec![reason], more: 0 })
        })
    })
}

/// A frame as the machine sees it: with the kernel's words only for a socket's program.
fn vm_packet<'a>(frame: &Frame<'a>, facts: &'a Facts, live: bool) -> Packet<'a> {
    Packet { data: frame.data, wire_len: frame.meta.original_len, facts: live.then_some(facts) }
}

fn finding_json(number: u64, outcome: &vm::Outcome, reasons: &[Reason]) -> String {
    let reasons: Vec<Value> = reasons
        .iter()
        .map(|reason| {
            let values: serde_json::Map<String, Value> =
                reason.values.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
            json!({ "test": reason.test, "holds": reason.holds, "values": values })
        })
        .collect();
    let ended = match outcome.end {
        vm::End::Returned => "return",
        vm::End::OutOfRange => "out-of-range",
        vm::End::DivisionByZero => "division-by-zero",
        vm::End::NoInstruction => "no-instruction",
        vm::End::Endless => "endless",
    };
    let object = json!({
        "packet": number,
        "verdict": outcome.verdict,
        "steps": outcome.steps,
        "end": ended,
        "reasons": reasons,
    });
    format!("{object}\n")
}
