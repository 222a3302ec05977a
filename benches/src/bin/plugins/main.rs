//! `plugins`: protocols declared in a plugin beside the same protocols built in, as Markdown.
//!
//! Each clone says what the built-in declaration says. Both decode the same octets but for the number that leads to the
//! protocol, in one process and by turns; times are the best of the rounds. Run with
//! `cargo run --release -p nettool-benches --bin plugins`.

use nettool_dissect::decode::{Decoder, Dissection, Plan, Surroundings};
use nettool_dissect::frame::{Frame, LinkType, Meta};
use nettool_dissect::registry::Registry;
use nettool_dissect::render::line::{LinePrinter, LineStyle};
use nettool_dissect::render::time::TimeForm;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

const CLONES: &str = include_str!("clones.star");
const ROUNDS: usize = 15;
const FRAMES: u32 = 20_000;

/// A protocol and its clone: name, name, place of the number that leads there, the clone's number, a field.
const PAIRS: &[(&str, &str, usize, u16, &str)] = &[
    ("bfd", "bfd2", 36, 50_001, "my_discriminator"),
    ("radius", "radius2", 36, 50_002, "User_Name"),
    ("vlan", "vlan2", 12, 0x9999, "id"),
];

fn octets(registry: &Registry, name: &str) -> Option<Vec<u8>> {
    let protocol = registry.protocol(registry.protocol_named(name)?)?;
    let mut octets = protocol.samples.first()?.octets();
    // The checksum of UDP covers the ports: without one, both have the same work.
    if octets.get(12..14) == Some(&[8, 0]) && octets.get(23) == Some(&17) {
        octets.get_mut(40..42)?.fill(0);
    }
    Some(octets)
}

fn frame(octets: &[u8]) -> Frame<'_> {
    let len = u32::try_from(octets.len()).unwrap_or(u32::MAX);
    Frame { number: 1, data: octets, meta: Meta::new(LinkType::ETHERNET, len) }
}

/// The best time of both for a frame, taken by turns.
fn race(mut first: impl FnMut(), mut second: impl FnMut()) -> (Duration, Duration) {
    let (mut a, mut b) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        for (best, work) in [(&mut a, &mut first as &mut dyn FnMut()), (&mut b, &mut second)] {
            let start = Instant::now();
            for _ in 0..FRAMES {
                work();
            }
            *best = (*best).min(start.elapsed() / FRAMES);
        }
    }
    (a, b)
}

fn decode<'r>(registry: &'r Registry, plan: Plan, octets: &'r [u8]) -> impl FnMut() + 'r {
    let decoder = Decoder::with_plan(registry, plan);
    let mut out = Dissection::default();
    move || {
        decoder.decode(black_box(&frame(octets)), &Surroundings::default(), &mut out);
        black_box(&out);
    }
}

fn line<'r>(registry: &'r Registry, octets: &'r [u8]) -> impl FnMut() + 'r {
    let style = LineStyle { time: TimeForm::None, ..LineStyle::default() };
    let mut printer = LinePrinter::new(registry, style);
    let mut text = Vec::new();
    move || {
        text.clear();
        printer.print(black_box(&frame(octets)), &Surroundings::default(), None, &mut text);
        black_box(&text);
    }
}

fn row(work: &str, name: &str, (built_in, plugin): (Duration, Duration)) {
    let ratio = plugin.as_secs_f64() / built_in.as_secs_f64().max(1e-9);
    println!("| {name} | {work} | {} ns | {} ns | {ratio:.2} |", built_in.as_nanos(), plugin.as_nanos());
}

fn main() -> ExitCode {
    let start = Instant::now();
    black_box(Registry::builtin());
    let registry_time = start.elapsed();
    let start = Instant::now();
    let smallest = "protocol('x', 'x', [u8('a')])";
    black_box(nettool_plugins::from_text(Path::new("x.star"), smallest).is_ok());
    let host = start.elapsed();
    let start = Instant::now();
    let plugins = match nettool_plugins::from_text(Path::new("clones.star"), CLONES) {
        Ok(plugins) => plugins,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    let first = start.elapsed();
    let Ok(registry) = plugins.registry() else { return ExitCode::FAILURE };
    println!("| protocol | work | built in | plugin | ratio |\n|---|---|---|---|---|");
    for (name, clone, at, number, field) in PAIRS {
        let Some(own) = octets(&registry, name) else { return ExitCode::FAILURE };
        let mut cloned = own.clone();
        if let Some(place) = cloned.get_mut(*at..*at + 2) {
            place.copy_from_slice(&number.to_be_bytes());
        }
        let everything =
            race(decode(&registry, Plan::everything(), &own), decode(&registry, Plan::everything(), &cloned));
        row("every field", name, everything);
        let plan = |protocol: &str| Plan::of_names(&registry, [[protocol, ".", field].concat().as_str()]);
        let (Some(a), Some(b)) = (plan(name), plan(clone)) else { return ExitCode::FAILURE };
        row("one field", name, race(decode(&registry, a, &own), decode(&registry, b, &cloned)));
        row("line", name, race(line(&registry, &own), line(&registry, &cloned)));
    }
    let again: Duration = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            black_box(nettool_plugins::from_text(Path::new("clones.star"), black_box(CLONES)).is_ok());
            start.elapsed()
        })
        .min()
        .unwrap_or_default();
    println!(
        "\nmicroseconds: {} the built-in registry, {} the script host and a plugin of one field, {} these three protocols, \
         {} again",
        registry_time.as_micros(),
        host.as_micros(),
        first.as_micros(),
        again.as_micros()
    );
    ExitCode::SUCCESS
}
