//! `nettool capture [IFACE…] [FILTER]`: frames from the wire, as lines or into a file.

mod account;
mod asked;
mod merge;
mod taker;

use crate::Global;
use crate::outcome::{Exit, Failure, stdout_failure};
use crate::save::{SaveOptions, duration, size, write_failure};
use crate::select::SelectOptions;
use crate::show::ShowOptions;
use account::Account;
use asked::{Asked, interface_lines};
use clap::{Args, ValueEnum};
use merge::Merge;
use nettool_capture::file::{InterfaceStatistics, Interfaces, Writer};
use nettool_capture::filter::{self, names::SystemNames};
use nettool_capture::live::session::{self, Ended, Limits, Outcome};
use nettool_capture::live::{self, Connection, Counts, Crossing, Signals, Source, TimeChoice, User};
use nettool_dissect::decode::Settings;
use nettool_dissect::flow::Follows;
use nettool_dissect::frame::{LinkType, Timestamp};
use std::collections::BTreeMap;
use std::io::Write;
use std::os::fd::AsFd;
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use taker::{Joins, Lines, Losses, Output, Screen, Taker};

/// Capture from interfaces: lines on stdout, or a file with -w
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  nettool capture eth0\n  nettool capture eth0 -n tcp port 80\n  nettool capture any -c 100 -w out.pcapng\n  nettool capture eth0 eth1 -w both.pcapng --stats 1\n  nettool capture -D"
)]
pub(crate) struct Options {
    /// Interfaces, `any`, and then a filter as tcpdump takes it; without an interface the one of the default route
    #[arg(value_name = "IFACE… FILTER", allow_hyphen_values = false)]
    words: Vec<String>,
    /// Interface to capture on, as tcpdump writes it; may be given several times
    #[arg(short, long = "interface", value_name = "IFACE")]
    interface: Vec<String>,
    /// List the interfaces
    #[arg(short = 'D', long)]
    list_interfaces: bool,
    /// Show the frames that are saved too
    #[arg(long)]
    print: bool,
    /// End after this many frames
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// End after this time: seconds, or with a unit (500ms, 10s, 5m, 1h)
    #[arg(long, value_name = "TIME", value_parser = duration)]
    duration: Option<Duration>,
    /// Octets to keep of each frame; 0 is 262144
    #[arg(short, long, value_name = "SNAPLEN", default_value_t = 262_144)]
    snaplen: u32,
    /// Do not put the interface into promiscuous mode
    #[arg(short = 'p', long)]
    no_promiscuous_mode: bool,
    /// Which frames, by direction
    #[arg(long, short = 'Q', value_enum, default_value_t = DirectionChoice::Inout, value_name = "DIRECTION")]
    direction: DirectionChoice,
    /// Memory for frames that wait to be written, such as 8M; 64M where the kernel gives it
    #[arg(long, value_name = "SIZE", value_parser = size)]
    buffer: Option<usize>,
    /// As --buffer, in KiB, as tcpdump has it
    #[arg(short = 'B', long, value_name = "KIB", hide = true, conflicts_with = "buffer")]
    buffer_size: Option<usize>,
    /// How to get frames from the kernel
    #[arg(long, value_enum, default_value_t = BackendChoice::Auto, value_name = "BACKEND")]
    backend: BackendChoice,
    /// Whose clock stamps the frames; `adapter` needs CAP_NET_ADMIN and hardware that stamps every frame
    #[arg(short = 'j', long, alias = "time-stamp-type", value_enum, default_value_t = TimesChoice::Host, value_name = "CLOCK")]
    timestamps: TimesChoice,
    /// Keep how large the segments are that the network card cuts or has joined (GSO, GRO)
    #[arg(long)]
    gso: bool,
    /// Keep the kernel's flow hash of each frame, which costs it some time
    #[arg(long)]
    rxhash: bool,
    /// Share each interface's frames among this many threads (PACKET_FANOUT, by flow)
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=64))]
    threads: u8,
    /// Leave out the SSH connection that this runs in
    #[arg(long)]
    not_my_ssh: bool,
    /// Become this user, without capabilities, once the sockets are open
    #[arg(long, short = 'Z', value_name = "NAME")]
    user: Option<String>,
    /// Nice value while it runs; -10 when frames are saved and it is permitted
    #[arg(long, value_name = "NICE", allow_negative_numbers = true, value_parser = clap::value_parser!(i8).range(-20..=19))]
    nice: Option<i8>,
    /// Show statistics on stderr every so many seconds
    #[arg(long, value_name = "SECONDS", value_parser = duration)]
    stats: Option<Duration>,
    /// List the link types of the interface
    #[arg(short = 'L', long)]
    list_data_link_types: bool,
    /// Refuse an interface whose frames do not start with this link type, by libpcap's name
    #[arg(short = 'y', long = "linktype", value_name = "LINKTYPE", value_parser = crate::filter::link_type)]
    link_type: Option<LinkType>,
    /// Show each line at once; this is what happens anyway
    #[arg(short = 'l', long, hide = true)]
    line_buffered: bool,
    /// Write each frame to the file at once; this is what happens anyway, as soon as the kernel hands frames over
    #[arg(short = 'U', long, hide = true)]
    packet_buffered: bool,
    /// Have frames without delay; this is what happens anyway, up to 10 ms with a file
    #[arg(long, hide = true)]
    immediate_mode: bool,
    #[command(flatten)]
    select: SelectOptions,
    #[command(flatten)]
    save: SaveOptions,
    #[command(flatten)]
    show: ShowOptions,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum DirectionChoice {
    /// Received
    In,
    /// Sent
    Out,
    /// Both
    Inout,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum BackendChoice {
    /// AF_PACKET
    Auto,
    /// AF_PACKET with a TPACKET_V3 ring
    Packet,
    /// AF_XDP: received frames only, which then do not reach the kernel
    Xdp,
    /// libpnet
    Pnet,
    /// libpcap, where it is built in
    Pcap,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum TimesChoice {
    /// The kernel's clock
    Host,
    /// The network card's clock
    #[value(alias = "adapter_unsynced")]
    Adapter,
}

/// An error of the live room: what is wrong with the command line apart from what cannot be had.
pub(crate) fn access(error: live::Error) -> Failure {
    match &error {
        live::Error::Privilege { needs, .. } => {
            let program = std::env::current_exe().map(|path| path.display().to_string());
            Failure::access(format!(
                "{error}: run with sudo, or once `sudo setcap cap_net_raw,cap_net_admin=eip {}`{}",
                program.as_deref().unwrap_or("$(command -v nettool)"),
                if *needs == "CAP_NET_RAW" {
                    ""
                } else {
                    " (the clock of a card is a setting of the interface)"
                },
            ))
        }
        live::Error::Backend { .. }
        | live::Error::NotBuilt(_)
        | live::Error::NoUser(_)
        | live::Error::NoSession => Failure::usage(error),
        _ => Failure::access(error),
    }
}

pub(crate) fn run(options: &Options, global: &Global) -> Result<Exit, Failure> {
    if options.list_interfaces {
        let mut text = interface_lines().join("\n");
        text.push('\n');
        std::io::stdout().write_all(text.as_bytes()).map_err(stdout_failure)?;
        return Ok(Exit::Done);
    }
    // Before anything is opened: what is wrong with the command line shall not cost privileges or files.
    let show = options.show.understand(global, Settings::default())?;
    let select = options.select.understand(&show, Settings::default(), String::new(), global.numeric > 0)?;
    let mut asked = Asked::resolve(&options.interface, &options.words)?;
    if options.list_data_link_types {
        return list_link_types(&asked.interfaces);
    }
    asked.filter = options.select.capture_filter(asked.filter)?;
    options.check_link_types(&asked.interfaces)?;
    let opened = open(options, &asked)?;
    raise_priority(options)?;
    if let Some(user) = &options.user {
        User::named(user).and_then(|user| user.become_for_good()).map_err(access)?;
    } else if !live::is_root() {
        live::drop_capabilities().map_err(access)?;
    }
    // As the new user, who is to own the file and those that follow it.
    let writer = options.save.writer(|write| {
        write.snaplen = options.snaplen();
        write.filter = (!asked.filter.is_empty()).then(|| asked.filter.clone());
    });
    let writer = match &options.user {
        // Whose right to the directory counts is not whose terminal it is.
        Some(user) => writer.map_err(|failure| failure.about(format!("--user {user}")))?,
        None => writer?,
    };
    let several = asked.interfaces.len() > 1 || asked.interfaces.iter().any(|name| name == "any");
    let show = if several { show.with_interfaces() } else { show };
    if global.quiet == 0 {
        account::start(&opened.sources, options.snaplen());
    }
    let losses = Losses::default();
    let interfaces = Interfaces::new(session::interfaces(&opened.sources));
    let printing = writer.is_none() || options.print;
    let (screen, queue) = match (&writer, printing) {
        (Some(_), true) => {
            let (screen, queue) = taker::queue();
            (screen, Some(queue))
        }
        _ => (Screen::Direct, None),
    };
    let joins = Joins::new(options.show.reassembly()?, select.as_ref(), &show, printing);
    let shown = if printing { show.follows() } else { Follows::default() };
    let follows = select.as_ref().map_or_else(Follows::default, |select| select.follows()).or(shown);
    // As with joins: the lines have the state themselves where every frame comes to them.
    let own_joins = joins.clone().filter(|_| select.is_none());
    let own_follows = if select.is_none() { shown } else { Follows::default() };
    let registry = || show.registry();
    let output = Output {
        merge: (opened.sources.len() > 1)
            .then(|| Mutex::new(Merge::new(opened.sources.len(), options.hold()))),
        writer: writer.map(Mutex::new),
        lines: printing.then(|| Mutex::new(Lines::new(&show, screen, own_joins, own_follows))),
        interfaces,
        select: select.as_ref(),
        joins,
        follows,
        registry: &registry,
        losses: &losses,
    };
    std::thread::scope(|scope| {
        let printer = queue.map(|queue| scope.spawn(move || taker::drain(&queue)));
        let ended = conduct(options, global.quiet < 2, opened, output);
        // The queue ends with the output that `conduct` has taken.
        match printer.map(|printer| printer.join()) {
            Some(Ok(Err(error))) => ended.and(Err(stdout_failure(error))),
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            Some(Ok(Ok(()))) | None => ended,
        }
    })
}

/// What the frames of each interface start with: one link type, which the kernel chooses.
fn list_link_types(interfaces: &[String]) -> Result<Exit, Failure> {
    let mut out = std::io::stdout();
    for name in interfaces {
        let link_type = live::link_type(name).map_err(access)?;
        writeln!(out, "{name}: {link_type}").map_err(stdout_failure)?;
    }
    Ok(Exit::Done)
}

/// Lets the capture run before others, so that a file is whole under load: while it saves, unless told otherwise. What
/// is not permitted is only said where it was asked for.
fn raise_priority(options: &Options) -> Result<(), Failure> {
    let usual = if options.save.write.is_some() { -10 } else { 0 };
    let nice = options.nice.unwrap_or(usual);
    if nice == 0 {
        return Ok(());
    }
    match live::set_nice(nice.into()) {
        Err(error) if options.nice.is_some() => Err(access(error)),
        _ => Ok(()),
    }
}

/// Runs the session to its end, and gives account of it if it is to `tell`.
fn conduct(options: &Options, tell: bool, opened: OpenedAll, output: Output<'_>) -> Result<Exit, Failure> {
    let OpenedAll { sources, names, signals } = opened;
    let start = now();
    let numbers = session::numbers(&sources);
    let limits = Limits {
        frames: options.count,
        duration: options.duration,
        report_every: options.stats,
        hold: options.hold(),
    };
    let takers = (0..sources.len()).map(|source| Taker::new(source, &output)).collect();
    let mut account = Account::new(names);
    let stdout = std::io::stdout();
    // Beside a file, lines are not what the capture is for.
    let to_stdout = options.save.write.as_deref().is_none_or(|path| path.as_os_str() == "-");
    let watched = to_stdout.then(|| stdout.as_fd());
    let mut report = |report: session::Report<'_>| account.report(report, output.losses);
    let outcome = session::run(sources, takers, &limits, &signals, watched, &mut report).map_err(access)?;
    let Outcome { mut ended, counts, taken, .. } = outcome;
    if let Err(failure) = output.release()
        && !matches!(ended, Ended::Consumer(_))
    {
        ended = Ended::Consumer(failure);
    }
    let losses = output.losses;
    let finished = match output.writer {
        Some(writer) => {
            let writer = writer.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
            let counts = numbers.into_iter().zip(counts.iter().copied());
            finish(writer, &output.interfaces, counts, start)
        }
        None => Ok(()),
    };
    if tell {
        account.end(&counts, taken, losses);
    }
    match ended {
        Ended::Consumer(failure) => return Err(failure),
        Ended::Source(error) => return Err(access(error)),
        Ended::Frames | Ended::Duration | Ended::Signal | Ended::Unwatched | Ended::Gone(_) => finished?,
    }
    match ended {
        Ended::Signal => Ok(Exit::Interrupted),
        Ended::Unwatched => Err(Failure::closed_pipe()),
        Ended::Gone(mut names) => {
            names.sort_unstable();
            names.dedup();
            Err(Failure::access(format!("{} gone: nothing left to capture on", are(&names))))
        }
        _ => Ok(Exit::Done),
    }
}

fn are(names: &[String]) -> String {
    format!("{} {}", names.join(", "), if names.len() == 1 { "is" } else { "are" })
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

/// Ends the file, with the counts of each interface in it where the format has room for them.
fn finish(
    mut writer: Writer,
    interfaces: &Interfaces,
    counts: impl Iterator<Item = (u32, Counts)>,
    start: Timestamp,
) -> Result<(), Failure> {
    writer.describe(interfaces);
    let end = now();
    let mut joined: BTreeMap<u32, Counts> = BTreeMap::new();
    for (interface, counts) in counts {
        joined.entry(interface).or_default().join(&counts);
    }
    for (index, counts) in joined {
        let statistics = InterfaceStatistics {
            time: end,
            start: Some(start),
            end: Some(end),
            received: None,
            dropped_by_interface: counts.interface_drops,
            accepted: Some(counts.received),
            dropped_by_kernel: Some(counts.kernel_drops),
            delivered: Some(counts.received.saturating_sub(counts.kernel_drops)),
        };
        writer.write_statistics(index, &statistics, interfaces).map_err(|error| write_failure(&error))?;
    }
    writer.finish().map(drop).map_err(|error| write_failure(&error))
}

/// Sources that are open.
struct OpenedAll {
    sources: Vec<Box<dyn Source>>,
    /// The interface of each source.
    names: Vec<String>,
    signals: Signals,
}

impl Options {
    /// How long frames may wait in the ring. Lines should follow their frames at once; a file gains nothing from that.
    fn hold(&self) -> Duration {
        Duration::from_millis(if self.save.write.is_some() && !self.print { 10 } else { 1 })
    }

    /// Octets to keep of each frame.
    fn snaplen(&self) -> u32 {
        if self.snaplen == 0 { MOST_SNAPLEN } else { self.snaplen.min(MOST_SNAPLEN) }
    }

    /// Memory: lines are wanted soon, and a large ring takes the kernel time to make; a file is wanted whole.
    fn buffer(&self) -> usize {
        const FOR_LINES: usize = 8 << 20;
        let usual = if self.save.write.is_some() { live::DEFAULT_BUFFER } else { FOR_LINES };
        self.asked_buffer().unwrap_or(usual)
    }

    fn asked_buffer(&self) -> Option<usize> {
        self.buffer.or(self.buffer_size.map(|kib| kib.saturating_mul(1024)))
    }

    /// Refuses interfaces whose frames do not start with the link type asked for: the kernel gives each interface one.
    fn check_link_types(&self, interfaces: &[String]) -> Result<(), Failure> {
        let Some(wanted) = self.link_type else { return Ok(()) };
        for name in interfaces {
            let link_type = live::link_type(name).map_err(access)?;
            if link_type != wanted {
                return Err(Failure::usage(format!(
                    "frames of {name} start with {link_type}, and nothing else can be had of it: -y {wanted} does not fit"
                )));
            }
        }
        Ok(())
    }
}

/// The longest frames that are kept, as tcpdump's.
const MOST_SNAPLEN: u32 = 262_144;

fn open(options: &Options, asked: &Asked) -> Result<OpenedAll, Failure> {
    // Before the sockets: a signal between opening and taking would kill the program.
    let signals = Signals::take().map_err(access)?;
    let without = options.not_my_ssh.then(Connection::of_ssh_session).transpose().map_err(access)?;
    let mut wanted = live::Options {
        backend: match options.backend {
            BackendChoice::Auto => live::Backend::Auto,
            BackendChoice::Packet => live::Backend::Packet,
            BackendChoice::Xdp => live::Backend::Xdp,
            BackendChoice::Pnet => live::Backend::Pnet,
            BackendChoice::Pcap => live::Backend::Pcap,
        },
        buffer: options.buffer(),
        exact: options.asked_buffer().is_some(),
        hold: options.hold(),
        snaplen: options.snaplen(),
        promiscuous: !options.no_promiscuous_mode,
        crossing: match options.direction {
            DirectionChoice::In => Crossing::In,
            DirectionChoice::Out => Crossing::Out,
            DirectionChoice::Inout => Crossing::InOut,
        },
        times: match options.timestamps {
            TimesChoice::Host => TimeChoice::Host,
            TimesChoice::Adapter => TimeChoice::Adapter,
        },
        gso: options.gso,
        hash: options.rxhash,
        without,
        filter: None,
        threads: usize::from(options.threads),
    };
    let mut opened_all = OpenedAll { sources: Vec::new(), names: Vec::new(), signals };
    for name in &asked.interfaces {
        wanted.filter = filter(&asked.filter, name, options)?;
        let opened = live::open(name, &wanted).map_err(access)?;
        for note in opened.notes {
            tell!("nettool: {note}");
        }
        for source in opened.sources {
            opened_all.names.push(name.clone());
            opened_all.sources.push(source);
        }
    }
    Ok(opened_all)
}

/// The filter for an interface; none when there are no words.
fn filter(expression: &str, interface: &str, options: &Options) -> Result<Option<live::Programs>, Failure> {
    if expression.is_empty() {
        return Ok(None);
    }
    let link_type = live::link_type(interface).map_err(access)?;
    let names = SystemNames::new();
    // Other backends cut frames themselves, because they could not tell their lengths if the kernel did.
    let cuts = matches!(options.backend, BackendChoice::Auto | BackendChoice::Packet);
    let wanted = filter::Options {
        snaplen: if cuts { options.snaplen() } else { MOST_SNAPLEN },
        netmask: live::netmask(interface),
        names: &names,
        unrolled: options.backend == BackendChoice::Xdp,
        ..filter::Options::new(link_type)
    };
    let compile = |live| {
        let compiled = filter::compile(expression, &filter::Options { live, ..wanted });
        compiled.map(|program| program.instructions)
    };
    let wrong = |error: filter::Error| Failure::usage(error.render(expression));
    Ok(Some(live::Programs {
        kernel: compile(true).map_err(wrong)?,
        octets: compile(false).or_else(|_| compile(true)).map_err(wrong)?,
    }))
}
