//! `nettool send`: packets onto the wire, at once or paced.

use crate::Global;
use crate::outcome::{Exit, Failure, stdout_failure};
use crate::save::duration;
use crate::sending::{Source, SourceOptions, counted, dry_run, not_sent, numeric};
use crate::show::ShowOptions;
use clap::Args;
use nettool_capture::live::Signals;
use nettool_dissect::decode::Settings;
use nettool_gen::send::{self, Account, Rate};
use std::io::Write;
use std::time::Duration;

/// Send packets
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  nettool send 'IP(dst=\"10.0.0.1\")/ICMP()'\n  nettool send -i eth0 'Ether(dst=\"02:00:00:00:00:02\")/IP(dst=\"10.0.0.0/24\")/UDP(dport=(1,1024))' --pps 5000\n  nettool send -i eth0 'Ether()/ARP(pdst=\"10.0.0.1\")' --loop --interval 1\n  nettool send -i eth0 --read trace.pcap --pps 1000 --count 10000\n  nettool send --read pings.pcap --dry-run"
)]
pub(crate) struct Options {
    /// Interface to send from; packets that begin with IP find theirs by the routing table
    #[arg(short, long, value_name = "IFACE")]
    interface: Option<String>,
    #[command(flatten)]
    source: SourceOptions,
    /// Send so many packets, beginning again where there are fewer
    #[arg(short, long, value_name = "N")]
    count: Option<u64>,
    /// Send again and again until interrupted
    #[arg(short = 'l', long = "loop", conflicts_with = "count")]
    for_ever: bool,
    /// Time between packets: seconds, or with a unit (100us, 20ms)
    #[arg(long, value_name = "TIME", value_parser = duration, conflicts_with = "pps")]
    interval: Option<Duration>,
    /// Packets a second
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pps: Option<f64>,
    /// Past the queueing discipline, straight to the driver; captures on this machine do not see such frames
    #[arg(long)]
    qdisc_bypass: bool,
    /// Show the packets instead of sending them
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    show: ShowOptions,
}

/// A positive number of packets a second.
fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| format!("`{text}` is no number"))?;
    if rate.is_finite() && rate > 0.0 { Ok(rate) } else { Err(format!("`{text}` is no rate")) }
}

pub(crate) fn run(options: &Options, global: &Global) -> Result<Exit, Failure> {
    let show = options.show.understand(&numeric(global), Settings::default())?.without_times();
    let (mut packets, _) = options.source.open(options.interface.as_deref(), !options.dry_run)?;
    if options.dry_run {
        return dry_run(&mut packets, &show, options.count);
    }
    let settings = send::Settings {
        interface: options.interface.clone(),
        bypass: options.qdisc_bypass,
        count: options.count,
        for_ever: options.for_ever,
        rate: options.interval.map(Rate::Every).or(options.pps.map(Rate::PerSecond)),
    };
    let signals = Signals::take().map_err(crate::capture::access)?;
    let mut account = Account::default();
    let done = send::send(&mut packets, &settings, &signals, &mut account);
    if done.is_ok() || account.sent.frames > 0 {
        report(&account, global)?;
    }
    if let Source::File(file) = &packets
        && file.cut() > 0
        && global.quiet < 2
    {
        let those = counted(file.cut(), "packet was cut", "packets were cut");
        tell!("nettool: {those} by the capture and sent as they are");
    }
    match done {
        Ok(()) if account.interrupted => Ok(Exit::Interrupted),
        Ok(()) => Ok(Exit::Done),
        Err(send::Failure::Making(error)) => Err(error.after(account.sent.frames)),
        Err(send::Failure::Opening(error)) => Err(not_sent(error, 0)),
        Err(send::Failure::Sending(number, error)) => {
            Err(not_sent(error, account.sent.frames).about(format_args!("packet {number}")))
        }
    }
}

/// Says what went out: on stderr, or as an object on stdout.
fn report(account: &Account, global: &Global) -> Result<(), Failure> {
    let Account { sent, elapsed, lateness, .. } = account;
    let seconds = elapsed.as_secs_f64().max(1e-9);
    let (rate, bits) = (sent.frames as f64 / seconds, sent.octets as f64 * 8.0 / seconds);
    if global.json {
        let mut object = serde_json::json!({
            "sent": sent.frames, "octets": sent.octets, "seconds": seconds,
            "packets_per_second": rate, "bits_per_second": bits, "waits": sent.waits,
        });
        if let (Some(late), Some(object)) = (lateness, object.as_object_mut()) {
            let told = serde_json::json!({
                "p50_ns": late.percentile(50.0).as_nanos() as u64,
                "p99_ns": late.percentile(99.0).as_nanos() as u64,
                "max_ns": late.most().as_nanos() as u64,
            });
            object.insert("lateness".to_owned(), told);
        }
        return writeln!(std::io::stdout(), "{object}").map_err(stdout_failure);
    }
    if global.quiet > 0 {
        return Ok(());
    }
    let what = counted(sent.frames, "packet", "packets");
    tell!(
        "nettool: sent {what}, {} octets in {seconds:.3} s: {rate:.0} packets/s, {:.3} Mbit/s",
        sent.octets,
        bits / 1e6
    );
    if let Some(late) = lateness.as_ref().filter(|late| late.total() > 0) {
        let [half, most, all] = [late.percentile(50.0), late.percentile(99.0), late.most()];
        tell!("nettool: late by {half:.1?} (median), {most:.1?} (99 %), {all:.1?} (worst)");
    }
    if sent.waits > 0 {
        let times = counted(sent.waits, "time", "times");
        tell!("nettool: waited {times} for room in the interface's queue");
    }
    Ok(())
}
