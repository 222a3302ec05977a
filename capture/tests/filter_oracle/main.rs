//! Verdicts of our programs against libpcap's, packet by packet: expressions from the manual page and from the random
//! generator, on made, captured, bent and cut packets of many link types.
//!
//! Run with `cargo test -p nettool-capture --features libpcap --test filter_oracle`. Variables widen it:
//! `NETTOOL_FILTER_RANDOM` is the number of random expressions (default 400), `NETTOOL_FILTER_SEED` the first seed,
//! `NETTOOL_FILTER_LINKS` a list of link types, `NETTOOL_FILTER_CAPTURES` a folder of capture files to mix in, and
//! `NETTOOL_FILTER_CASES` a file of further cases (link type, blank, expression), and `NETTOOL_FILTER_REPORT` a file that gets every failure, made small.
#![cfg(feature = "libpcap")]

#[path = "../filter_corpus/mod.rs"]
mod filter_corpus;
mod judge;
mod links;
mod packets;

use judge::{Reference, compare, steered};
use nettool_capture::filter::check::{check, check_user, loops};
use nettool_capture::filter::insn::{Instruction, code};
use nettool_capture::filter::names::SystemNames;
use nettool_capture::filter::random::Expressions;
use nettool_capture::filter::vm;
use nettool_capture::filter::{Options, compile};
use nettool_dissect::frame::LinkType;
use packets::{Specimen, specimens};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Link types that random expressions are tried on, the common ones more often.
const LINKS: &[LinkType] = &[
    LinkType::ETHERNET,
    LinkType::ETHERNET,
    LinkType::ETHERNET,
    LinkType::RAW,
    LinkType::LINUX_SLL,
    LinkType::LINUX_SLL2,
    LinkType::NULL,
    LinkType::LOOP,
    LinkType::PPP,
    LinkType::PPP_HDLC,
    LinkType::C_HDLC,
    LinkType::PPP_ETHER,
    LinkType::IPV4,
    LinkType::IPV6,
    LinkType::IEEE802_11,
    LinkType::IEEE802_11_RADIOTAP,
    LinkType::IEEE802_11_AVS,
    LinkType::PRISM,
    LinkType::PPI,
    LinkType::DSA_TAG_DSA,
    LinkType::DSA_TAG_BRCM,
    LinkType::SUNATM,
    LinkType::ATM_CLIP,
    LinkType::FDDI,
    LinkType::ENC,
    LinkType::PPP_BSDOS,
    LinkType::SYMANTEC_FIREWALL,
];

/// libpcap 1.10 takes class E and the broadcast address for `ip multicast`, its successor does not.
const NEWER_MULTICAST: [&str; 2] = ["ip multicast", "(ip[16] & 0xf0 = 0xe0)"];

fn libpcap(link: LinkType, expression: &str) -> Result<Reference, String> {
    let expression = &expression.replace(NEWER_MULTICAST[0], NEWER_MULTICAST[1]);
    let compile = |optimise| -> Result<Vec<Instruction>, String> {
        let capture = pcap::Capture::dead(pcap::Linktype(links::dlt(link))).map_err(|e| e.to_string())?;
        let program = capture.compile(expression, optimise).map_err(|e| e.to_string())?;
        Ok(program.get_instructions().iter().map(|i| instruction(&i.to_string())).collect())
    };
    let raw = compile(false)?;
    match compile(true) {
        Ok(optimised) => Ok(Reference { optimised, raw }),
        Err(error) if error.contains("rejects all packets") => {
            Ok(Reference { optimised: vec![Instruction::ret(0)], raw })
        }
        Err(error) => Err(error),
    }
}

/// The binding shows an instruction only as text: four decimal numbers.
fn instruction(text: &str) -> Instruction {
    let numbers: Vec<u32> = text.split(' ').map(|word| word.parse().unwrap()).collect();
    Instruction::new(numbers[0] as u16, numbers[1] as u8, numbers[2] as u8, numbers[3])
}

/// Our program for an expression.
fn ours(link: LinkType, expression: &str) -> Result<Vec<Instruction>, String> {
    let options = Options { snaplen: 65_535, netmask: Some(0), names: names(), ..Options::new(link) };
    compile(expression, &options)
        .map(|program| program.instructions)
        .map_err(|error| error.render(expression))
}

/// The system's names, read once.
fn names() -> &'static SystemNames {
    static NAMES: OnceLock<SystemNames> = OnceLock::new();
    NAMES.get_or_init(SystemNames::new)
}

/// What is wrong with our answer, in one word to compare by and in full.
enum Fault {
    Panics(String),
    WeRefuse(String),
    TheyRefuse(String),
    Unchecked(String),
    Verdict(String),
}

impl Fault {
    fn kind(&self) -> &'static str {
        match self {
            Fault::Panics(_) => "panics",
            Fault::WeRefuse(_) => "refused by us alone",
            Fault::TheyRefuse(_) => "refused by libpcap alone",
            Fault::Unchecked(_) => "not for the kernel",
            Fault::Verdict(_) => "verdict",
        }
    }

    fn detail(&self) -> &str {
        match self {
            Fault::Panics(s)
            | Fault::WeRefuse(s)
            | Fault::TheyRefuse(s)
            | Fault::Unchecked(s)
            | Fault::Verdict(s) => s,
        }
    }
}

fn is_wlan(link: LinkType) -> bool {
    matches!(
        link,
        LinkType::IEEE802_11
            | LinkType::IEEE802_11_RADIOTAP
            | LinkType::IEEE802_11_AVS
            | LinkType::PRISM
            | LinkType::PPI
    )
}

/// Expressions for which libpcap 1.10 makes a wrong program: `byte` with `&` and `|` compares without a load, before a
/// link header of variable length arithmetic and the offset share a scratch cell, behind PPI the look at the link type is
/// forgotten with a tunnel in the text, and IS-IS types are compared with their reserved bits, which its successor masks.
fn known_bug(link: LinkType, expression: &str) -> bool {
    let has =
        |word: &str| expression.split_whitespace().any(|part| part.trim_matches(['(', ')', '!']) == word);
    let isis = ["l1", "l2", "iih", "lsp", "snp", "csnp", "psnp"].into_iter().any(has)
        || expression.contains("isis proto");
    let tunnel = ["pppoes", "geneve", "vxlan"].into_iter().any(has);
    (!mended() && (isis || (has("byte") && (has("&") || has("|")))))
        || (link == LinkType::PPI && tunnel)
        || ((is_wlan(link) || link == LinkType::PFLOG) && expression.contains(['<', '>', '=']))
}

/// Whether libpcap is the successor of 1.10, which loads what `byte` compares: it compares IS-IS types without their reserved
/// bits, too.
fn mended() -> bool {
    static MENDED: OnceLock<bool> = OnceLock::new();
    *MENDED.get_or_init(|| {
        let program = libpcap(LinkType::ETHERNET, "byte 20 & 1");
        program.is_ok_and(|program| program.optimised.iter().any(|i| i.code == code::LD_B_ABS))
    })
}

/// Whether libpcap's program may read the offset of a tunnel that the packet does not have. When the cell was never
/// written, the judge sees it; arithmetic and the length of an 802.11 header use the same cells, and then what they left
/// there is taken for the offset.
fn offset_left_by_others(link: LinkType, expression: &str) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| expression.contains(word));
    let expression = expression.replace("!=", "=");
    has(&["geneve", "vxlan"])
        && (is_wlan(link) || expression.contains(['<', '>', '=']) || has(&["ip multicast"]))
        && (has(&[" or ", "||", "not "]) || expression.contains('!'))
}

#[derive(Default)]
struct Sums {
    ours: usize,
    theirs: usize,
    compared: usize,
    whole: usize,
    nobody: usize,
    short: usize,
    larger: usize,
    /// Larger programs that do not run in three quarters of libpcap's steps.
    unpaid: Vec<String>,
    both_refuse: usize,
    left_offsets: usize,
    /// Different verdicts of expressions that ask for what libpcap is known to get wrong.
    known_bugs: usize,
}

fn judge(link: LinkType, expression: &str, base: &[Specimen], seed: u64, sums: &mut Sums) -> Option<Fault> {
    let mine = std::panic::catch_unwind(|| ours(link, expression));
    let mine = match mine {
        Ok(mine) => mine,
        Err(_) => return Some(Fault::Panics(String::new())),
    };
    let (mine, theirs) = match (mine, libpcap(link, expression)) {
        // A shift that leaves nothing is refused by us with its place, however the distance was written.
        (Err(error), _) if error.contains("a shift by more than 31") => {
            sums.both_refuse += 1;
            return None;
        }
        // libpcap 1.10 takes this wherever there is no file, and asks the kernel.
        (Err(error), Ok(theirs)) if error.contains("say which way they went") && asks_kernel(&theirs.raw) => {
            sums.both_refuse += 1;
            return None;
        }
        (Err(_), Err(_)) => {
            sums.both_refuse += 1;
            return None;
        }
        (Err(error), Ok(_)) => return Some(Fault::WeRefuse(error)),
        (Ok(_), Err(error)) => return Some(Fault::TheyRefuse(error)),
        (Ok(mine), Ok(theirs)) => (mine, theirs),
    };
    match check(&mine) {
        Err(error) if !(loops(&mine) && loops(&theirs.optimised)) => {
            return Some(Fault::Unchecked(error.to_string()));
        }
        _ => {}
    }
    let (mut fault, mut contradicted) = (None, 0);
    let directed: Vec<Specimen> = [&theirs.optimised, &mine, &theirs.raw]
        .into_iter()
        .zip(seed..)
        .flat_map(|(program, seed)| steered(program, base, 40, seed))
        .collect();
    for packets in [base, &directed] {
        let tally = compare(&mine, &theirs, packets);
        sums.whole += tally.whole;
        sums.nobody += tally.nobody;
        contradicted += tally.contradicted;
        sums.short += tally.short;
        if let Some(d) = tally.first {
            let hex: String = d.packet.iter().map(|octet| format!("{octet:02x}")).collect();
            fault.get_or_insert(Fault::Verdict(format!(
                "libpcap {} ({:?} at {}), ours {} ({:?} at {}), wire {} packet {hex}",
                d.theirs.verdict,
                d.theirs.end,
                d.theirs.at,
                d.ours.verdict,
                d.ours.end,
                d.ours.at,
                d.wire_len
            )));
        }
    }
    if fault.is_none() {
        sums.compared += 1;
        sums.ours += mine.len();
        sums.theirs += theirs.optimised.len();
        // A program that leaves out what it should ask is no measure of how short one can be; nor is one that decides otherwise
        // than it did before libpcap shortened it, or that reads cells which it has not written and the kernel refuses.
        let wrong = known_bug(link, expression)
            || contradicted > 0
            || (check_user(&theirs.optimised).is_err() && check(&mine).is_ok());
        if mine.len() > theirs.optimised.len() && !wrong {
            sums.larger += 1;
            let (ours, libpcaps) = (steps(&mine, base), steps(&theirs.optimised, base));
            if ours * 4 > libpcaps * 3 {
                let share = ours as f64 / libpcaps.max(1) as f64;
                let sizes = format!("{}>{}", mine.len(), theirs.optimised.len());
                sums.unpaid.push(format!("{sizes} in {share:.2} of the steps -y {link} {expression}"));
            }
        }
    }
    fault
}

/// Whether a program loads words from beside the packet.
fn asks_kernel(program: &[Instruction]) -> bool {
    program.iter().any(|i| i.code & code::CLASS == code::LD && i.k >= 0xffff_f000)
}

/// Executed instructions, summed over packets.
fn steps(program: &[Instruction], packets: &[Specimen]) -> u64 {
    packets.iter().map(|specimen| u64::from(vm::run(program, &specimen.packet()).steps)).sum()
}

/// A shorter expression with the same kind of fault: words are left out as long as it stays.
fn smallest(link: LinkType, expression: &str, kind: &str, base: &[Specimen]) -> String {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('!', " ! ");
    let mut words: Vec<String> = spaced.split_whitespace().map(str::to_owned).collect();
    let mut width = words.len() / 2;
    let mut tries = 0;
    while width > 0 {
        let mut at = 0;
        while at + width <= words.len() && tries < 300 {
            let mut shorter = words.clone();
            shorter.drain(at..at + width);
            let text = shorter.join(" ");
            tries += 1;
            let same =
                judge(link, &text, base, 1, &mut Sums::default()).is_some_and(|fault| fault.kind() == kind);
            if same && !text.is_empty() {
                words = shorter;
            } else {
                at += 1;
            }
        }
        width /= 2;
    }
    words.join(" ")
}

fn setting<T: std::str::FromStr>(name: &str, default: T) -> T {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

struct Lab {
    captures: Option<PathBuf>,
    packets: BTreeMap<LinkType, Vec<Specimen>>,
    sums: Sums,
    faults: Vec<(LinkType, String, Fault)>,
}

impl Lab {
    fn new() -> Self {
        let captures = std::env::var_os("NETTOOL_FILTER_CAPTURES").map(PathBuf::from);
        Lab { captures, packets: BTreeMap::new(), sums: Sums::default(), faults: vec![] }
    }

    fn ask(&mut self, link: LinkType, expression: &str, seed: u64) {
        let captures = self.captures.as_deref();
        let base = self.packets.entry(link).or_insert_with(|| specimens(link, 2000, captures));
        if let Some(fault) = judge(link, expression, base, seed, &mut self.sums) {
            if matches!(fault, Fault::Verdict(_)) && offset_left_by_others(link, expression) {
                self.sums.left_offsets += 1;
                return;
            }
            // Most that ask for it get the same verdicts all the same: only what differs is left out.
            if matches!(fault, Fault::Verdict(_)) && known_bug(link, expression) {
                self.sums.known_bugs += 1;
                return;
            }
            self.faults.push((link, expression.to_owned(), fault));
        }
    }

    /// The report, with up to twelve failures of each kind made small.
    fn report(&mut self) -> String {
        let s = &self.sums;
        let mut out = format!(
            "compared {} expressions ({} refused by both): {} instructions, libpcap {}; larger {}, unpaid {}; packets judged {}, \
             without judge {}, cut and different {}; \
             offsets left by others {}, known bugs {}\n",
            s.compared,
            s.both_refuse,
            s.ours,
            s.theirs,
            s.larger,
            s.unpaid.len(),
            s.whole,
            s.nobody,
            s.short,
            s.left_offsets,
            s.known_bugs
        );
        for larger in &s.unpaid {
            let _ = writeln!(out, "larger: {larger}");
        }
        let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
        for (link, expression, fault) in &self.faults {
            let count = shown.entry(fault.kind()).or_default();
            *count += 1;
            // What libpcap has no code for is said once.
            if *count > if matches!(fault, Fault::TheyRefuse(_)) { 1 } else { 12 } {
                continue;
            }
            let small = smallest(*link, expression, fault.kind(), &self.packets[link]);
            let again = judge(*link, &small, &self.packets[link], 1, &mut Sums::default());
            let detail = again.as_ref().map_or(fault.detail(), Fault::detail);
            let _ =
                writeln!(out, "\n{} -y {link}: {small}\n    {detail}\n    from: {expression}", fault.kind());
        }
        let _ = writeln!(out, "\nfaults by kind: {shown:?}");
        out
    }

    fn finish(mut self) {
        let report = self.report();
        if let Some(path) = std::env::var_os("NETTOOL_FILTER_REPORT") {
            std::fs::write(path, &report).unwrap();
        }
        println!("{report}");
        let worst: Vec<_> =
            self.faults.iter().filter(|(_, _, f)| !matches!(f, Fault::TheyRefuse(_))).collect();
        assert!(worst.is_empty(), "{} expressions differ from libpcap\n{report}", worst.len());
        assert!(self.sums.compared > 0, "nothing was compared");
        let unpaid = self.sums.unpaid.len();
        assert!(unpaid == 0, "{unpaid} larger programs without fewer steps\n{report}");
    }
}

#[test]
fn random_expressions_give_the_verdicts_of_libpcap() {
    let mut lab = Lab::new();
    let count: u64 = setting("NETTOOL_FILTER_RANDOM", 400);
    let first: u64 = setting("NETTOOL_FILTER_SEED", 1);
    let only: Vec<LinkType> = std::env::var("NETTOOL_FILTER_LINKS")
        .map(|names| names.split(',').filter_map(LinkType::from_name).collect())
        .unwrap_or_default();
    let links = if only.is_empty() { LINKS } else { &only };
    for i in 0..count {
        let link = links[(i as usize) % links.len()];
        let expression = Expressions::new(link, first + i).expression();
        lab.ask(link, &expression, first + i);
    }
    lab.finish();
}

/// Cases from elsewhere, such as another compiler's own tests.
#[test]
fn further_cases_give_the_verdicts_of_libpcap() {
    let Some(path) = std::env::var_os("NETTOOL_FILTER_CASES") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let mut lab = Lab::new();
    for (line, seed) in text.lines().zip(1..) {
        let (link, expression) = line.split_once(' ').unwrap_or((line, ""));
        lab.ask(LinkType::from_name(link).expect(link), expression, seed);
    }
    lab.finish();
}

#[test]
fn the_corpus_gives_the_verdicts_of_libpcap_in_fewer_instructions() {
    let mut lab = Lab::new();
    for (case, seed) in filter_corpus::cases().into_iter().zip(1..) {
        lab.ask(case.link, &case.expression, seed);
    }
    assert!(lab.sums.compared > 200, "{} compared", lab.sums.compared);
    assert!(
        lab.sums.ours * 10 <= lab.sums.theirs * 8,
        "{} instructions, libpcap {}",
        lab.sums.ours,
        lab.sums.theirs
    );
    lab.finish();
}
