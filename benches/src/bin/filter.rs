//! `filter CAPTURE`: the filter compiler and the machine of user space beside libpcap's, as Markdown.
//!
//! Compile times are the best of several runs, libpcap's with its optimiser on. Times for a packet are of all packets of the
//! capture (`mixed` makes one), which lie in memory one behind the other; libpcap's machine runs libpcap's optimised program,
//! ours the prepared form of our program, 512 packets in a call as the reader does. Both must accept as many packets. A capture is larger than the cache, and most of
//! the time is waiting for memory then: the second pair is of packets that have been looked at just before, as they are
//! when a file is read. Run with
//! `cargo run --release -p nettool-benches --features libpcap --bin filter -- CAPTURE`; with expressions behind the capture
//! only these are measured.

use nettool_capture::file::{ReadOptions, Reader};
use nettool_capture::filter::batch::{Batch, MANY, WIDTH};
use nettool_capture::filter::insn::Instruction;
use nettool_capture::filter::vm::{self, Packet};
use nettool_capture::filter::{Options, compile};
use nettool_dissect::frame::LinkType;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// libpcap's optimiser needs minutes for longer lists.
const LIBPCAP_LONGEST: usize = 200;

fn hosts(count: usize) -> String {
    let one = |i: usize| format!("host 10.{}.{}.{}", i * 7919 % 251, i * 104_729 % 253, i % 254 + 1);
    (0..count).map(one).collect::<Vec<_>>().join(" or ")
}

fn ports(count: usize) -> String {
    (0..count).map(|i| format!("port {}", 1024 + 7919 * i % 60_000)).collect::<Vec<_>>().join(" or ")
}

fn expressions() -> Vec<(String, String)> {
    let mut list: Vec<(String, String)> = [
        "ip",
        "tcp port 443",
        "tcp port 80 or tcp port 443",
        "port 53 and not host 8.8.8.8",
        "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0 and not src and dst net 192.168.0.0/16",
        "tcp port 80 and (((ip[2:2] - ((ip[0]&0xf)<<2)) - ((tcp[12]&0xf0)>>2)) != 0)",
        "not (tcp and (port 80 or port 443)) and not (udp and (port 53 or port 123)) and not arp",
        "vlan and tcp port 80",
    ]
    .into_iter()
    .map(|text| (text.to_owned(), text.to_owned()))
    .collect();
    list.extend([10, 50, 200].map(|count| (format!("{count} hosts"), hosts(count))));
    list.extend([10, 50].map(|count| (format!("{count} ports"), ports(count))));
    list
}

/// The best time of `runs` runs.
fn best<T>(runs: u32, mut run: impl FnMut() -> T) -> (Duration, T) {
    let mut timed = || {
        let start = Instant::now();
        let result = run();
        (start.elapsed(), result)
    };
    let mut kept = timed();
    for _ in 1..runs {
        let next = timed();
        if next.0 < kept.0 {
            kept = next;
        }
    }
    kept
}

fn per_packet(time: Duration, packets: usize) -> f64 {
    time.as_secs_f64() * 1e9 / packets.max(1) as f64
}

fn milliseconds(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1e3)
}

/// The packets of a capture, one behind the other.
fn packets(path: &str) -> Result<(Vec<u8>, Vec<std::ops::Range<usize>>), String> {
    let mut reader = Reader::open(&[path], &ReadOptions::default()).map_err(|error| error.to_string())?;
    let (mut octets, mut ranges) = (Vec::new(), Vec::new());
    while let Some(chunk) = reader.next_chunk().map_err(|error| error.to_string())? {
        for frame in chunk.frames() {
            let start = octets.len();
            octets.extend_from_slice(frame.data);
            ranges.push(start..octets.len());
        }
    }
    Ok((octets, ranges))
}

/// Packets that fit into the cache nearest but one to the processor.
const STRETCH: usize = 1000;

/// The time for all packets when each stretch of them has been looked at just before; the best of several runs.
fn warm(packets: &[Packet<'_>], mut pass: impl FnMut(&[Packet<'_>]) -> usize) -> Duration {
    let mut one = |stretch| {
        std::hint::black_box(pass(stretch));
        let start = Instant::now();
        std::hint::black_box(pass(stretch));
        start.elapsed()
    };
    (0..5).map(|_| packets.chunks(STRETCH).map(&mut one).sum()).min().unwrap_or_default()
}

fn row(name: &str, text: &str, octets: &[u8], ranges: &[std::ops::Range<usize>]) -> Result<String, String> {
    let options = Options::new(LinkType::ETHERNET);
    let ours = || compile(text, &options);
    let (our_compile, program) = best(20, ours);
    let program: Vec<Instruction> = program.map_err(|error| error.render(text))?.instructions;
    let capture = pcap::Capture::dead(pcap::Linktype(1)).map_err(|error| error.to_string())?;
    let (their_compile, theirs) =
        best(if text.len() > 1000 { 2 } else { 20 }, || capture.compile(text, true));
    let theirs = theirs.map_err(|error| error.to_string())?;
    let data = |range: &std::ops::Range<usize>| Packet::whole(octets.get(range.clone()).unwrap_or_default());
    let packets: Vec<Packet<'_>> = ranges.iter().map(data).collect();
    let mut batch = Batch::new(&program);
    let mut bits = [0u64; MANY / WIDTH];
    let mut our_pass = |packets: &[Packet<'_>]| {
        packets.chunks(MANY).fold(0, |count, packets| {
            batch.accepted_of_many(packets, &mut bits);
            count + bits.iter().map(|bits| bits.count_ones() as usize).sum::<usize>()
        })
    };
    let their_pass =
        |packets: &[Packet<'_>]| packets.iter().filter(|packet| theirs.filter(packet.data)).count();
    let (our_time, our_count) = best(9, || our_pass(&packets));
    let (their_time, their_count) = best(9, || their_pass(&packets));
    if our_count != their_count {
        return Err(format!("{name}: {our_count} packets accepted, libpcap accepts {their_count}"));
    }
    let (our_warm, their_warm) = (warm(&packets, &mut our_pass), warm(&packets, their_pass));
    let steps: u64 = packets.iter().map(|packet| u64::from(vm::run(&program, packet).steps)).sum();
    let [mine, other, warm, other_warm] =
        [our_time, their_time, our_warm, their_warm].map(|time| per_packet(time, ranges.len()));
    Ok(format!(
        "| {} | {} / {} | {:.1} | {} / {} | {mine:.1} / {other:.1} ns | **{:.1}×** | {warm:.1} / {other_warm:.1} ns | **{:.1}×** |",
        name.replace('|', "\\|"),
        program.len(),
        theirs.get_instructions().len(),
        steps as f64 / ranges.len().max(1) as f64,
        milliseconds(our_compile),
        milliseconds(their_compile),
        other / mine.max(0.001),
        other_warm / warm.max(0.001),
    ))
}

/// How compile time grows with the length of a list, past the kernel's limit too.
fn growth() {
    println!("\n| hosts | compile | per host | answer |\n|--|--|--|--|");
    for count in [50, 100, 200, 400, 500, 1000, 2000, 4000] {
        let text = hosts(count);
        let (time, program) = best(5, || compile(&text, &Options::new(LinkType::ETHERNET)));
        let answer = match program {
            Ok(program) => format!("{} instructions", program.instructions.len()),
            Err(error) => error.message,
        };
        let each = time.as_secs_f64() * 1e6 / count as f64;
        println!("| {count} | {} | {each:.1} µs | {answer} |", milliseconds(time));
    }
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(path) = arguments.next() else {
        eprintln!("usage: filter CAPTURE [EXPRESSION…]");
        return ExitCode::from(2);
    };
    let asked: Vec<(String, String)> = arguments.map(|text| (text.clone(), text)).collect();
    let (octets, ranges) = match packets(&path) {
        Ok(read) => read,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(3);
        }
    };
    println!("{} packets; libpcap's lists stop at {LIBPCAP_LONGEST} entries\n", ranges.len());
    println!(
        "| expression | instructions | steps | compile, libpcap's | from memory, libpcap's | | from the cache, libpcap's | |\n\
         |--|--|--|--|--|--|--|--|"
    );
    let mut failed = false;
    let all = asked.is_empty();
    for (name, text) in if all { expressions() } else { asked } {
        match row(&name, &text, &octets, &ranges) {
            Ok(row) => println!("{row}"),
            Err(error) => {
                eprintln!("{error}");
                failed = true;
            }
        }
    }
    if all {
        growth();
    }
    ExitCode::from(u8::from(failed))
}
