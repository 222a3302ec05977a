//! The whole way: text, tree, conditions, program, and what is asked on the way.

use super::ast::Tree;
use super::check::{self, CheckError};
use super::code::TooManyCells;
use super::diagram::Joint::{Chain, Merge};
use super::diagram::{self, Joint};
use super::emit::Emitted;
use super::error::{Error, Span};
use super::graph::Keep;
use super::insn::{Instruction, MAX_INSTRUCTIONS, code};
use super::lower::{self, Lowered};
use super::names::{Names, NoNames};
use super::{bitmap, dominance, emit, graph, least, literal, parse, sequence};
use nettool_dissect::frame::LinkType;

/// Which program to prefer where size and steps pull apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Goal {
    /// Both count.
    #[default]
    Balanced,
    /// As few instructions as possible.
    Size,
    /// As few steps for a packet as possible.
    Speed,
    /// Follow the expression word for word (`-O0`).
    Literal,
}

/// Reads a list named behind `@`: its text, or why not.
pub type ReadList<'a> = &'a (dyn Fn(&str) -> Result<String, String> + Sync);

/// What a program is compiled for.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// What frames start with.
    pub link_type: LinkType,
    /// Verdict for accepted packets: how many octets to keep; more than 0.
    pub snaplen: u32,
    /// For a packet socket: VLAN tags may have been moved out, directions and interfaces are known.
    pub live: bool,
    /// No loops, which extended programs cannot have: chains of headers are followed 16 headers far. Always so if `live`.
    pub unrolled: bool,
    /// Frames come from a capture file, whose loopback headers may be of any machine.
    pub from_file: bool,
    /// What to prefer.
    pub optimize: Goal,
    /// Mask of the network, for `ip broadcast`.
    pub netmask: Option<u32>,
    /// Where names are looked up.
    pub names: &'a dyn Names,
    /// How lists named behind `@` are read; `None`: not at all.
    pub read_list: Option<ReadList<'a>>,
}

impl Options<'_> {
    /// For frames of a link type, from no socket and no file: snapshot length 262144, no names.
    pub fn new(link_type: LinkType) -> Self {
        Options {
            link_type,
            snaplen: 262_144,
            live: false,
            unrolled: false,
            from_file: false,
            optimize: Goal::Balanced,
            netmask: None,
            names: &NoNames,
            read_list: None,
        }
    }
}

impl std::fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("link_type", &self.link_type)
            .field("snaplen", &self.snaplen)
            .field("live", &self.live)
            .field("unrolled", &self.unrolled)
            .field("from_file", &self.from_file)
            .field("optimize", &self.optimize)
            .field("netmask", &self.netmask)
            .finish_non_exhaustive()
    }
}

/// A compiled expression.
#[derive(Clone, Debug)]
pub struct Program {
    /// The program; passes the kernel's checks.
    pub instructions: Vec<Instruction>,
    /// The expression as parsed.
    pub tree: Tree,
    /// What frames start with.
    pub link_type: LinkType,
}

impl Program {
    /// Whether the program accepts a packet of which `data` was captured and that was `wire_len` octets long.
    pub fn matches(&self, data: &[u8], wire_len: u32) -> bool {
        let mut packet = super::vm::Packet::whole(data);
        packet.wire_len = wire_len;
        super::vm::run(&self.instructions, &packet).accepted()
    }
}

/// Compiles an expression; an empty text accepts everything.
///
/// # Errors
/// What is wrong with the text, with its place: see [`Error::render`].
pub fn compile(expression: &str, options: &Options<'_>) -> Result<Program, Error> {
    let whole = Span::new(0, expression.len());
    if options.snaplen == 0 {
        return Err(Error::new(whole, "a snapshot length of 0 rejects every packet"));
    }
    compile_tree(parse::parse(expression)?, expression.len(), options)
}

/// Compiles a parsed expression of `length` octets. With another node as [`Tree::root`] it is a part of the expression
/// that is compiled, behind the offsets that the tests before it have moved.
///
/// # Errors
/// As [`compile`].
pub fn compile_tree(tree: Tree, length: usize, options: &Options<'_>) -> Result<Program, Error> {
    let whole = Span::new(0, length);
    let mut lowered = lower::lower(&tree, options)?;
    if usize::from(lowered.numbers.variables) > MOST_VARIABLES {
        return Err(Error::new(
            whole,
            "tunnels inside tunnels: there are not enough scratch cells for their offsets",
        ));
    }
    let instructions = make(&mut lowered, &tree, options).map_err(|TooManyCells| {
        Error::new(whole, "the arithmetic nests too deep for the 16 scratch cells")
    })?;
    if instructions.len() > MAX_INSTRUCTIONS {
        let message = format!(
            "{} instructions, and the kernel takes {MAX_INSTRUCTIONS} at most; {}",
            instructions.len(),
            largest(&tree)
        );
        return Err(Error::new(whole, message));
    }
    let judge = if check::loops(&instructions) { check::check_user } else { check::check };
    judge(&instructions).map_err(|why| {
        Error::new(whole, format!("the program made of this would be refused by the kernel: {why}"))
    })?;
    Ok(Program { instructions, tree, link_type: options.link_type })
}

/// Longer programs of diagrams that have no more than the least number of instructions are hardly ever made smaller by those
/// that ask as libpcap does, unless they compute or read behind headers whose length is found out.
const LONGEST_OF_TESTS: usize = 24;

/// Variables share the 16 scratch cells with intermediate results.
const MOST_VARIABLES: usize = 13;

fn make(lowered: &mut Lowered, tree: &Tree, options: &Options<'_>) -> Result<Vec<Instruction>, TooManyCells> {
    if options.optimize == Goal::Literal || lowered.rebinds {
        return literal::program(lowered, options.snaplen);
    }
    let mut tried = Tried::default();
    for order in orders(lowered.conditions.len()) {
        tried.order(lowered, *order, options);
    }
    // What is no larger than the least is no larger than libpcap's, nearly always.
    let of_diagrams = tried.smallest();
    let computes = lowered.computes || lowered.numbers.variables > 0;
    if of_diagrams > tried.least {
        tried.text(lowered, of_diagrams, options);
    }
    let most = tried.smallest();
    if (most > tried.least || computes || most <= LONGEST_OF_TESTS)
        && lowered.conditions.len() <= sequence::MOST_CONDITIONS
    {
        tried.tests(tree, most, options);
    }
    match (choose(tried.made, options.optimize), tried.too_long) {
        (Some(best), _) => Ok(match lowered.numbers.given {
            Some(variable) => lower::behind_walk(&best.instructions, variable),
            None => best.instructions,
        }),
        (None, Some(long)) => Ok(long),
        (None, None) => {
            // Word for word, a walk in front is a condition like others.
            let options = Options { optimize: Goal::Literal, ..*options };
            let mut lowered = lower::lower(tree, &options).map_err(|_| TooManyCells)?;
            literal::program(&mut lowered, options.snaplen)
        }
    }
}

/// A program, and which form of the expression it was made of: 0 is that of the text.
struct Made {
    program: Emitted,
    form: usize,
}

/// What has been made of an expression.
#[derive(Default)]
struct Tried {
    made: Vec<Made>,
    /// A program that the kernel would not take.
    too_long: Option<Vec<Instruction>>,
    /// The diagrams: orders that lead to the same one are followed once.
    forms: Vec<Vec<u32>>,
    /// No program that loads every field from its own place has fewer instructions; 0 where that is not known.
    least: usize,
}

impl Tried {
    /// Instructions of the smallest program.
    fn smallest(&self) -> usize {
        self.made.iter().map(|made| made.program.instructions.len()).min().unwrap_or(usize::MAX)
    }

    /// Makes the programs that ask in the order of the text, where they may have no more than `most` instructions.
    fn text(&mut self, lowered: &mut Lowered, most: usize, options: &Options<'_>) {
        for blocks in sequence::blocks(lowered, most) {
            self.of_blocks(lowered, &blocks, options);
        }
    }

    /// Makes the program that asks what libpcap asks, in its order, where it has less than `most` instructions.
    fn tests(&mut self, tree: &Tree, most: usize, options: &Options<'_>) {
        let Ok(mut lowered) = lower::by_tests(tree, options) else { return };
        if usize::from(lowered.numbers.variables) > MOST_VARIABLES {
            return;
        }
        if let Some(blocks) = dominance::blocks(&mut lowered) {
            let before = self.made.len();
            self.of_blocks(&mut lowered, &blocks, options);
            if self.smallest() >= most {
                self.made.truncate(before);
            }
        }
    }

    /// Makes a program of blocks in the order of the text.
    fn of_blocks(&mut self, lowered: &mut Lowered, blocks: &graph::Blocks, options: &Options<'_>) {
        if let Ok(mut program) = emit::program(&mut lowered.numbers, blocks, usize::MAX, options.snaplen)
            && cells_written(&mut program)
            && check::check(&program.instructions).is_ok()
        {
            self.made.push(Made { program, form: 0 });
        }
    }

    /// Makes the programs of one order of questions.
    fn order(&mut self, lowered: &mut Lowered, order: diagram::Order, options: &Options<'_>) {
        let Ok((diagram, root)) = diagram::build(lowered, order) else { return };
        let form = diagram.form(root);
        // A larger diagram makes no smaller program, nearly always.
        let least = self.forms.iter().map(Vec::len).min().unwrap_or(form.len());
        if self.forms.contains(&form) || form.len() > least + least / 10 + 12 {
            return;
        }
        self.forms.push(form);
        if self.forms.len() == 1 && lowered.conditions.len() <= sequence::MOST_CONDITIONS {
            let shape = graph::Shape { share: None, keep: Keep::None };
            let apart = graph::blocks(&diagram, root, &mut lowered.numbers, shape);
            self.least = apart.map_or(0, |blocks| least::instructions(&blocks, &lowered.numbers));
        }
        // Long lists are worth only what is sure to help them.
        let long = lowered.conditions.len() > 1200;
        for keep in [Keep::None, Keep::All] {
            if keep != Keep::None && lowered.numbers.variables == 0 {
                continue;
            }
            // Shared parts cost a step now and then, and nearly never an instruction.
            let apart = options.optimize == Goal::Speed && !long;
            for share in [Some(2), None].into_iter().take(if apart { 2 } else { 1 }) {
                let shape = graph::Shape { share, keep };
                let Ok(blocks) = graph::blocks(&diagram, root, &mut lowered.numbers, shape) else { continue };
                let shared = blocks.shared;
                let bitmaps = blocks.has_lists().then(|| bitmap::with_bitmaps(&blocks, &mut lowered.numbers));
                for blocks in [Some(blocks), bitmaps.flatten()].into_iter().flatten() {
                    self.emit(lowered, &blocks, options);
                }
                if !shared {
                    break;
                }
            }
        }
    }

    fn emit(&mut self, lowered: &mut Lowered, blocks: &graph::Blocks, options: &Options<'_>) {
        let leaves = leaves(options.optimize);
        for leaf in if blocks.has_lists() { leaves } else { leaves.get(..1).unwrap_or_default() } {
            match emit::program(&mut lowered.numbers, blocks, *leaf, options.snaplen) {
                Ok(program) if program.instructions.len() > MAX_INSTRUCTIONS => {
                    self.too_long = Some(program.instructions);
                }
                Ok(program) if check::check(&program.instructions).is_ok() => {
                    self.made.push(Made { program, form: self.forms.len() });
                }
                _ => {}
            }
        }
    }
}

/// Writes 0 into cells that some way would read without having written them. Says whether all are written then.
fn cells_written(program: &mut Emitted) -> bool {
    let mut first = None;
    while let Err(CheckError::CellNotWritten { cell, .. }) = check::check(&program.instructions) {
        let at = *first.get_or_insert_with(|| {
            program.instructions.insert(0, Instruction::statement(code::LDX_IMM, 0));
            program.steps += 1000;
            1
        });
        if program.instructions.len() > MAX_INSTRUCTIONS {
            return false;
        }
        program.instructions.insert(at, Instruction::statement(code::STX, cell));
        program.steps += 1000;
    }
    true
}

/// The program that serves the goal best. One of the smallest, which are no larger than libpcap's; or one that differs from
/// such a one in nothing but how values are told apart, when close to half of the steps are foreseen to be saved. What is
/// foreseen of different orders of questions is too far from what packets do.
fn choose(made: Vec<Made>, goal: Goal) -> Option<Emitted> {
    let size = |made: &Made| made.program.instructions.len() as u64;
    let smallest = made.iter().map(|made| (size(made), made.program.steps)).min()?;
    let forms: Vec<usize> =
        made.iter().filter(|made| size(made) == smallest.0).map(|made| made.form).collect();
    made.into_iter()
        .filter(|made| {
            let saves = made.program.steps * 100 <= smallest.1 * 55 && forms.contains(&made.form);
            goal == Goal::Speed || size(made) == smallest.0 || saves
        })
        .min_by_key(|made| match goal {
            Goal::Size => (size(made), made.program.steps),
            Goal::Speed => (made.program.steps, size(made)),
            _ => (size(made) * size(made) * made.program.steps, 0),
        })
        .map(|made| made.program)
}

const fn order(protocol_first: bool, addresses_first: bool, joint: Joint) -> diagram::Order {
    diagram::Order { protocol_first, addresses_first, joint }
}

/// The orders of questions worth trying; long expressions take the first only.
fn orders(conditions: usize) -> &'static [diagram::Order] {
    // Beside the order of the text, which is tried too, a third and a fourth would make programs smaller by 3 in 1000, and
    // take as long as these two.
    const SHORT: [diagram::Order; 2] = [order(false, true, Merge), order(false, false, Chain)];
    const LONG: [diagram::Order; 2] = [order(false, true, Merge), order(true, false, Merge)];
    match conditions {
        0..=200 => &SHORT,
        201..=1200 => &LONG,
        _ => &LONG[..1],
    }
}

/// How many single values may be compared in a row, tried in turn.
fn leaves(goal: Goal) -> &'static [usize] {
    match goal {
        Goal::Size => &[usize::MAX],
        Goal::Speed => &[2],
        _ => &[usize::MAX, 4],
    }
}

/// What there is most of in the expression, and what else there is nearly as much of.
fn largest(tree: &Tree) -> String {
    use super::ast::{ArithmeticKind, Kind, NodeKind, Special, Value};
    const NAMES: [&str; 7] =
        ["addresses", "ports", "hardware addresses", "relations", "operations", "tags", "tests"];
    let mut counts = [0usize; NAMES.len()];
    for node in &tree.nodes {
        let (slot, many) = match &node.kind {
            NodeKind::And(..) | NodeKind::Or(..) | NodeKind::Not(_) => continue,
            NodeKind::Relation { .. } => (3, 1),
            NodeKind::Primitive { value: Value::Ether(_), .. } => (2, 1),
            NodeKind::Primitive { qualifiers, value, .. } => {
                let many = if let Value::Set(values) = value { values.len() } else { 1 };
                match qualifiers.kind {
                    Some(Kind::Port | Kind::PortRange) => (1, many),
                    Some(Kind::Proto | Kind::ProtoChain) => (6, many),
                    _ => (0, many),
                }
            }
            NodeKind::Special(
                Special::Vlan(_)
                | Special::Mpls(_)
                | Special::PppoeSession(_)
                | Special::Geneve(_)
                | Special::Vxlan(_),
            ) => (5, 1),
            _ => (6, 1),
        };
        counts[slot] += many;
    }
    let binary = |kind: &ArithmeticKind| matches!(kind, ArithmeticKind::Binary(..));
    let operations = tree.arithmetic.iter().filter(|number| binary(&number.kind)).count();
    // Up to three in each relation are usual.
    if operations > counts[3].saturating_mul(3) {
        counts[4] = operations;
    }
    // Names of protocols stand around what is listed.
    if counts[..6].iter().any(|count| *count > counts[6] / 4) {
        counts[6] = 0;
    }
    let mut order: Vec<(usize, &str)> =
        counts.into_iter().zip(NAMES).filter(|(count, _)| *count > 0).collect();
    order.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let most = order.first().map_or(0, |(count, _)| *count);
    let shown: Vec<String> = order
        .iter()
        .take_while(|(count, _)| count.saturating_mul(2) >= most)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    let mend = match order.first() {
        Some((_, "addresses" | "ports")) => "shorten the list, or join neighbours to networks and ranges",
        _ => "shorten it",
    };
    format!("it has {}: {mend}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(expression: &str, frame: &[u8]) -> bool {
        let options = Options::new(LinkType::ETHERNET);
        let program = match compile(expression, &options) {
            Ok(program) => program,
            Err(error) => panic!("{}", error.render(expression)),
        };
        program.matches(frame, frame.len() as u32)
    }

    /// TCP from 10.0.0.1 port 80 to 10.0.0.2 port 1234, flags SYN and ACK.
    fn web() -> Vec<u8> {
        let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0];
        frame.extend([0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        frame.extend([0, 80, 4, 210, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x12, 1, 0, 0, 0, 0, 0]);
        frame
    }

    #[test]
    fn primitives_see_what_they_are_for() {
        let frame = web();
        for expression in [
            "",
            "ip",
            "tcp",
            "not udp",
            "tcp port 80",
            "src host 10.0.0.1 and dst 10.0.0.2",
            "net 10.0.0.0/8",
            "port 80 or 443",
            "tcp[tcpflags] & (tcp-syn|tcp-ack) = 18",
            "ether src 02:00:00:00:00:01",
            "ip.ttl = 64",
            "tcp flags syn,ack,!fin",
            "port in {80, 8000-8010}",
            "host in {10.0.0.9, 10.0.0.2}",
            "ip protochain 6",
        ] {
            assert!(accepts(expression, &frame), "{expression}");
        }
        for expression in
            ["udp", "port 81", "host 10.0.0.3", "vlan", "less 20", "vlan 5 or udp", "tcp[100] = 0"]
        {
            assert!(!accepts(expression, &frame), "{expression}");
        }
    }

    /// Instructions of libpcap 1.10.3 and 1.11, the fewer of the two, where an order of questions of our own is no better.
    #[test]
    fn programs_whose_parts_have_little_in_common_are_no_larger_than_libpcaps() {
        let least = [
            (LinkType::PPP_ETHER, "dst 192.168.243.1 || !(ip host (1.2.3.4 or 255.255.255.255))", 11),
            (LinkType::ETHERNET, "ip or udp dst port 65535 || udp dst and src port 4789", 12),
            (LinkType::IPV4, "(port (80 or 53) or udp)", 16),
            (
                LinkType::ETHERNET,
                "(ether proto 0x800 or not portrange 53-67 and !udp dst and src port 22)",
                29,
            ),
            (LinkType::IPV6, "geneve 1 or byte 4 = 1", 39),
            (LinkType::IEEE802_11_RADIOTAP, "decnet src 1.2", 66),
            (LinkType::NULL, "src and dst :: || less 1514 and udp or decnet", 32),
        ];
        for (link, expression, least) in least {
            let program = compile(expression, &Options::new(link)).expect("it compiles");
            let size = program.instructions.len();
            assert!(size <= least, "{expression}: {size}, libpcap {least}");
        }
    }

    #[test]
    fn offsets_move_with_the_text() {
        let mut tagged = web();
        tagged.splice(12..12, [0x81, 0, 0, 5]);
        assert!(accepts("vlan 5 and ip", &tagged));
        assert!(accepts("vlan 1-10 and tcp port 80", &tagged));
        assert!(!accepts("ip and vlan 5", &tagged));
        assert!(!accepts("vlan 10 or vlan 5", &tagged), "the second reads behind a second tag");
    }

    #[test]
    fn deep_and_long_texts_neither_crash_nor_hang() {
        let options = Options::new(LinkType::ETHERNET);
        for text in [
            "(".repeat(40_000) + "ip" + &")".repeat(40_000),
            "!".repeat(40_000) + "ip",
            "len = ".to_owned() + &"-".repeat(40_000) + "1",
            "len = ".to_owned() + &"1+".repeat(40_000) + "1",
            "ip[".repeat(13_000) + "0" + &"]".repeat(13_000) + " = 0",
            "tcp or ".repeat(5_000) + "tcp",
            "vlan and ".repeat(5_000) + "ip",
            "geneve and ".repeat(5_000) + "ip",
            "len+".repeat(10_000) + "1 = 0",
            "ip and udp or ".repeat(3_000) + "ip",
        ] {
            let _ = compile(&text, &options);
        }
    }

    #[test]
    fn rare_link_types_take_what_libpcap_takes() {
        let judged = |link, text| compile(text, &Options::new(link)).is_ok();
        for (link, text) in [
            (LinkType::PFLOG, "action noscrub"),
            (LinkType::PFLOG, "action synproxy-drop"),
            (LinkType::SUNATM, "vpi 255 and vci 65535"),
            (LinkType::IEEE802_11, "type mgt subtype 0x80"),
        ] {
            assert!(judged(link, text), "{text}");
        }
        for (link, text) in [
            (LinkType::SUNATM, "vpi 256"),
            (LinkType::SUNATM, "vci 65536"),
            (LinkType::IEEE802_11, "subtype 0"),
        ] {
            assert!(!judged(link, text), "{text}");
        }
    }

    #[test]
    fn a_range_of_services_is_of_their_transport_where_both_have_the_same() {
        let names = crate::filter::names::SystemNames::new();
        let options = Options { names: &names, ..Options::new(LinkType::RAW) };
        let same = |one: &str, other: &str| {
            let program = |text| compile(text, &options).map(|program| program.instructions);
            assert_eq!(program(one), program(other), "{one}");
        };
        same("portrange smtp-80", "portrange 25-80");
        same("portrange bootps-bootpc", "udp portrange 67-68");
        same("tcp portrange bootps-68", "tcp portrange 67-68");
        assert!(compile("tcp portrange bootps-bootpc", &options).is_err());
    }

    #[test]
    fn decnet_nodes_go_to_1023() {
        let options = Options::new(LinkType::ETHERNET);
        let program = |text| compile(text, &options).map(|program| program.instructions.len());
        assert_eq!(program("decnet src 12.500"), program("decnet src 12.5"));
        for text in
            ["decnet src 64.1", "decnet src 63.1024", "host 12.500", "net 12.500", "decnet net 12.500"]
        {
            assert!(program(text).is_err(), "{text}");
        }
    }

    #[test]
    fn errors_point_at_the_word_at_fault() {
        let options = Options::new(LinkType::ETHERNET);
        for (text, at) in
            [("tcp prot 80", 4), ("port 70000", 5), ("host 10.0.0.0/8", 5), ("ip or 80", 6), ("tcp and", 7)]
        {
            let error = compile(text, &options).expect_err(text);
            assert_eq!(error.span.start, at, "{text}: {error}");
        }
    }

    /// A frame bent at random: tags, other protocols, other addresses, cut or grown.
    fn bent(dice: &mut crate::filter::random::Dice) -> Vec<u8> {
        let mut frame = web();
        if dice.once_in(3) {
            frame.splice(12..12, [0x81, 0, 0, dice.one(&[1, 7, 10, 100])]);
        }
        for _ in 0..dice.below(6) {
            let at = dice.below(frame.len());
            frame[at] = dice.one(&[0, 1, 6, 8, 17, 22, 53, 64, 80, 0x45, 0x60, 0x86, 0xdd, 0xff]);
        }
        frame.resize(60 + dice.below(100), 0);
        frame
    }

    #[test]
    fn programs_agree_with_the_literal_ones_on_random_expressions_and_frames() {
        use crate::filter::random::{Dice, Expressions};
        use crate::filter::vm::{End, Packet, run};
        let mut dice = Dice::new(11);
        let mut expressions = Expressions::new(LinkType::ETHERNET, 5);
        let options = Options::new(LinkType::ETHERNET);
        let literal = Options { optimize: Goal::Literal, ..options };
        let mut compared = 0;
        for _ in 0..250 {
            let text = expressions.expression();
            let (Ok(small), Ok(plain)) = (compile(&text, &options), compile(&text, &literal)) else {
                continue;
            };
            for _ in 0..60 {
                let frame = bent(&mut dice);
                let packet = Packet::whole(&frame);
                let (one, other) = (run(&small.instructions, &packet), run(&plain.instructions, &packet));
                if other.end == End::Returned {
                    assert_eq!(one.accepted(), other.accepted(), "{text}: {frame:02x?}");
                    compared += 1;
                }
            }
        }
        assert!(compared > 5_000, "{compared}");
    }
}
