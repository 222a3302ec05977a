//! `nettool ask`: packets sent, and answers matched to them.

mod teller;

use crate::Global;
use crate::outcome::{Exit, Failure, stdout_failure};
use crate::save::duration;
use crate::sending::{SourceOptions, counted, dry_run, not_sent, numeric};
use crate::show::{Context, Renderer, Show, ShowOptions};
use clap::Args;
use nettool_capture::live::Signals;
use nettool_dissect::decode::Settings;
use nettool_dissect::frame::{Frame, Timestamp};
use nettool_gen::ask::{self, Account, Audience, Outcome, Probe};
use std::io::{BufWriter, Stdout, Write};
use std::ops::ControlFlow;
use std::time::Duration;
use teller::{NotTold, Teller};

/// Send packets and match what answers them
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  nettool ask 'IP(dst=\"10.0.0.1\")/ICMP()'\n  nettool ask 'IP(dst=\"10.0.0.1\")/TCP(dport=[22,80,443])' --timeout 500ms\n  nettool ask -i eth0 'Ether()/ARP(pdst=\"10.0.0.0/24\")'\n  nettool ask samples/traceroute.star --set dst=10.0.0.1\n  nettool ask -i eth0 --read requests.pcap --timeout 500ms --retry 2\n  nettool ask --read request.pcap --loop --inter 1"
)]
pub(crate) struct Options {
    /// Interface to send from and listen on; packets that begin with IP find theirs by the routing table
    #[arg(short, long, value_name = "IFACE")]
    interface: Option<String>,
    #[command(flatten)]
    source: SourceOptions,
    /// How long an answer may take
    #[arg(long, value_name = "TIME", value_parser = duration, help = "How long an answer may take [usual: 2 s]")]
    timeout: Option<Duration>,
    /// Send unanswered packets again so many times
    #[arg(long, value_name = "N")]
    retry: Option<u32>,
    /// Time between packets: seconds, or with a unit (100us, 20ms)
    #[arg(long, alias = "interval", value_name = "TIME", value_parser = duration)]
    inter: Option<Duration>,
    /// End with the first answer
    #[arg(short = '1', long)]
    first: bool,
    /// Send so many packets, beginning again where there are fewer
    #[arg(short, long, value_name = "N")]
    count: Option<u64>,
    /// Send again and again until interrupted
    #[arg(short = 'l', long = "loop", conflicts_with = "count")]
    for_ever: bool,
    /// Take every answer to a packet until its time is over
    #[arg(short, long)]
    multi: bool,
    /// No line for each packet, only the account at the end
    #[arg(long)]
    summary: bool,
    /// Show the packets instead of sending them
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    show: ShowOptions,
}

pub(crate) fn run(options: &Options, global: &Global) -> Result<Exit, Failure> {
    let show = options.show.understand(&numeric(global), Settings::default())?.without_times();
    let (mut packets, script) = options.source.open(options.interface.as_deref(), !options.dry_run)?;
    if options.dry_run {
        return dry_run(&mut packets, &show, options.count);
    }
    let number = |name: &str| script.as_ref().and_then(|script| script.number(name));
    let time = |name: &str| number(name).and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let settings = ask::Settings {
        interface: options.interface.clone(),
        timeout: options.timeout.or_else(|| time("timeout")).unwrap_or(Duration::from_secs(2)),
        retry: options.retry.or_else(|| number("retry").map(|times| times as u32)).unwrap_or(0),
        interval: options.inter.or_else(|| time("inter")),
        first: options.first,
        multi: options.multi,
        bypass: false,
        count: options.count,
        for_ever: options.for_ever,
        decode: Settings::default(),
    };
    let signals = Signals::take().map_err(crate::capture::access)?;
    let mut account = Account::default();
    let teller = script.map(|script| Teller::new(script, global.json || options.summary));
    let mut table = Table::new(&show, global, options.summary, settings.timeout, teller);
    let done = ask::ask(show.registry(), &mut packets, &settings, &signals, &mut table, &mut account);
    let done = match done.and_then(|()| table.report().map_err(ask::Failure::Telling)) {
        Err(ask::Failure::Telling(NotTold::Writing(error))) => return Err(stdout_failure(error)),
        done => done,
    };
    table.end(&account, global)?;
    match done {
        Ok(()) if account.interrupted => Ok(Exit::Interrupted),
        Ok(()) if account.answered == 0 && account.probes > 0 => Ok(Exit::Found),
        Ok(()) => Ok(Exit::Done),
        Err(ask::Failure::Making(error)) => Err(error.after(account.sent.frames)),
        Err(ask::Failure::Telling(NotTold::Script(error))) => Err(Failure::usage(error)),
        Err(ask::Failure::Telling(NotTold::Writing(error))) => Err(stdout_failure(error)),
        Err(ask::Failure::Sending(error)) => Err(not_sent(error, account.sent.frames)),
    }
}

/// The table of pairs, a line as each is known.
struct Table<'s> {
    renderer: Renderer<'s>,
    out: BufWriter<Stdout>,
    json: bool,
    summary: bool,
    timeout: Duration,
    /// What a script says instead.
    teller: Option<Teller>,
    times: Times,
    /// When the first answered packet was sent, and when the last answer came.
    span: Option<(Timestamp, Timestamp)>,
    line: Vec<u8>,
    probe: String,
    answer: String,
}

/// Round-trip times.
#[derive(Default)]
struct Times {
    count: u64,
    sum: f64,
    squares: f64,
    least: f64,
    most: f64,
}

impl Times {
    fn add(&mut self, milliseconds: f64) {
        self.least = if self.count == 0 { milliseconds } else { self.least.min(milliseconds) };
        self.most = self.most.max(milliseconds);
        self.count = self.count.saturating_add(1);
        self.sum += milliseconds;
        self.squares += milliseconds * milliseconds;
    }

    /// Mean, and mean deviation as ping tells it.
    fn mean(&self) -> (f64, f64) {
        let count = self.count.max(1) as f64;
        let mean = self.sum / count;
        (mean, (self.squares / count - mean * mean).max(0.0).sqrt())
    }
}

impl<'s> Table<'s> {
    fn new(
        show: &'s Show,
        global: &Global,
        summary: bool,
        timeout: Duration,
        teller: Option<Teller>,
    ) -> Self {
        Table {
            renderer: show.renderer(),
            out: BufWriter::with_capacity(64 << 10, std::io::stdout()),
            json: global.json,
            summary,
            timeout,
            teller,
            times: Times::default(),
            span: None,
            line: Vec::new(),
            probe: String::new(),
            answer: String::new(),
        }
    }

    fn render(&mut self, frame: &Frame<'_>) -> String {
        self.line.clear();
        self.renderer.render(frame, &Context::default(), &mut self.line);
        String::from_utf8_lossy(&self.line).trim_end().to_owned()
    }

    fn end(&mut self, account: &Account, global: &Global) -> Result<(), Failure> {
        if self.json {
            self.summary_object(account).map_err(stdout_failure)?;
        }
        self.out.flush().map_err(stdout_failure)?;
        let Account { sent, answered, answers, unanswered, counts, elapsed, .. } = account;
        if global.quiet > 0 {
            return Ok(());
        }
        if account.probes == 0 && !account.interrupted {
            tell!("nettool: there is nothing to send: what was given describes no packets");
        }
        if account.answered == 0 && account.unanswered == 0 {
            return Ok(());
        }
        let part = *unanswered as f64 * 100.0 / (answered.saturating_add(*unanswered)).max(1) as f64;
        let more = if answers > answered { format!(" ({answers} answers)") } else { String::new() };
        tell!(
            "nettool: sent {}, {answered} answered{more}, {unanswered} unanswered ({part:.0} %) in {:.3} s{}",
            counted(sent.frames, "packet", "packets"),
            elapsed.as_secs_f64(),
            self.rate(),
        );
        if self.times.count > 0 {
            let ((mean, deviation), Times { least, most, .. }) = (self.times.mean(), &self.times);
            tell!("nettool: round trip min/avg/max/mdev {least:.3}/{mean:.3}/{most:.3}/{deviation:.3} ms");
        }
        if counts.kernel_drops > 0 {
            tell!("nettool: the kernel dropped {} frames that may have been answers", counts.kernel_drops);
        }
        Ok(())
    }

    /// What the script says at the end.
    fn report(&mut self) -> Result<(), NotTold> {
        if let Some(teller) = self.teller.as_mut().filter(|teller| teller.tells())
            && let Some(text) = teller.report()?
        {
            writeln!(self.out, "{text}")?;
        }
        Ok(())
    }

    /// Answers a second from the first packet to the last answer, where there are enough to speak of a rate.
    fn rate(&self) -> String {
        match self.per_second() {
            Some(rate) if self.times.count >= 1000 => format!(": {rate:.0} answers/s"),
            _ => String::new(),
        }
    }

    fn per_second(&self) -> Option<f64> {
        let (first, last) = self.span?;
        let seconds = last.since(first) as f64 / 1e9;
        (seconds > 0.0).then(|| self.times.count as f64 / seconds)
    }

    fn summary_object(&mut self, account: &Account) -> std::io::Result<()> {
        let Account { sent, answered, answers, unanswered, counts, elapsed, .. } = account;
        let ((mean, deviation), Times { least, most, .. }) = (self.times.mean(), &self.times);
        let object = serde_json::json!({
            "sent": sent.frames, "octets": sent.octets, "answered": answered, "answers": answers,
            "unanswered": unanswered, "seconds": elapsed.as_secs_f64(), "dropped": counts.kernel_drops,
            "answers_per_second": self.per_second(), "rtt_min_ms": least, "rtt_avg_ms": mean,
            "rtt_max_ms": most, "rtt_mdev_ms": deviation,
        });
        writeln!(self.out, "{object}")
    }

    fn object(&mut self, outcome: &Outcome) -> std::io::Result<()> {
        let (Outcome::Answered { probe, .. } | Outcome::Unanswered(probe) | Outcome::Unsent(probe, _)) =
            outcome;
        let whole = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap_or_default();
        let object = match outcome {
            Outcome::Answered { reply, nanoseconds, .. } => serde_json::json!({
                "number": probe.number, "answered": true, "rtt_ms": *nanoseconds as f64 / 1e6,
                "tries": probe.tries, "probe": whole(&self.probe), "answer": whole(&self.answer),
                "probe_hex": hex(&probe.octets), "answer_hex": hex(&reply.octets),
            }),
            Outcome::Unanswered(_) => serde_json::json!({
                "number": probe.number, "answered": false, "tries": probe.tries, "probe": whole(&self.probe),
                "probe_hex": hex(&probe.octets),
            }),
            Outcome::Unsent(_, error) => serde_json::json!({
                "number": probe.number, "answered": false, "tries": 0, "probe": whole(&self.probe),
                "probe_hex": hex(&probe.octets), "error": error.to_string(),
            }),
        };
        writeln!(self.out, "{object}")
    }

    fn text(&mut self, outcome: &Outcome) -> std::io::Result<()> {
        let Table { out, probe, answer, .. } = self;
        match outcome {
            Outcome::Answered { probe: Probe { number, .. }, nanoseconds, .. } => {
                writeln!(out, "{number:>4}  {:>9.3} ms  {probe}  =>  {answer}", *nanoseconds as f64 / 1e6)
            }
            Outcome::Unanswered(Probe { number, .. }) => {
                writeln!(out, "{number:>4}  {:>9}     {probe}  =>  no answer in {:?}", "-", self.timeout)
            }
            Outcome::Unsent(Probe { number, .. }, error) => {
                writeln!(out, "{number:>4}  {:>9}     {probe}  =>  not sent: {error}", "-")
            }
        }
    }
}

fn hex(octets: &[u8]) -> String {
    octets
        .iter()
        .flat_map(|octet| [octet >> 4, octet & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

impl Audience for Table<'_> {
    type Error = NotTold;

    fn hear(&mut self, outcome: Outcome) -> Result<ControlFlow<()>, NotTold> {
        if let Outcome::Answered { probe, nanoseconds, .. } = &outcome {
            self.times.add(*nanoseconds as f64 / 1e6);
            let back = Timestamp(probe.sent.0.saturating_add(*nanoseconds));
            let (first, last) = self.span.unwrap_or((probe.sent, back));
            self.span = Some((first.min(probe.sent), last.max(back)));
        }
        if self.summary {
            return Ok(ControlFlow::Continue(()));
        }
        if let Some(teller) = self.teller.as_mut().filter(|teller| teller.tells()) {
            if let Some(text) = teller.hear(outcome)? {
                writeln!(self.out, "{text}")?;
            }
            return Ok(ControlFlow::Continue(()));
        }
        let (Outcome::Answered { probe, .. } | Outcome::Unanswered(probe) | Outcome::Unsent(probe, _)) =
            &outcome;
        self.probe = self.render(&probe.frame());
        if let Outcome::Answered { reply, .. } = &outcome {
            self.answer = self.render(&reply.frame());
        }
        if self.json { self.object(&outcome) } else { self.text(&outcome) }?;
        Ok(ControlFlow::Continue(()))
    }

    fn pause(&mut self) -> Result<(), NotTold> {
        Ok(self.out.flush()?)
    }
}
