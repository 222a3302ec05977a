//! Extended programs against the classic ones that they are made from: on our own strict machine, and in the kernel, where
//! the verifier has to take every program of the corpus and `BPF_PROG_TEST_RUN` has to give the same answers.
//!
//! The kernel's part needs the privilege to load programs.

mod filter_corpus;
#[path = "filter_oracle/packets.rs"]
#[allow(dead_code, reason = "the oracle uses the rest")]
mod packets;
#[path = "../../tests/harness/skip.rs"]
mod skip;

use nettool_capture::filter::check::check;
use nettool_capture::filter::ebpf::insn::Insn;
use nettool_capture::filter::ebpf::{Answers, Target, translate, vm as machine};
use nettool_capture::filter::insn::{Instruction, ancillary, code};
use nettool_capture::filter::names::SystemNames;
use nettool_capture::filter::random::{Dice, Expressions};
use nettool_capture::filter::vm::{self, Facts, Packet};
use nettool_capture::filter::{Goal, Options, compile};
use nettool_capture::live::bpf::Loaded;
use nettool_dissect::frame::LinkType;

/// What a packet socket knows of a frame: a tag moved out of every third one.
fn facts(dice: &mut Dice, data: &[u8]) -> Facts {
    let kind = data.get(12..14).map_or(0, |kind| u16::from_be_bytes([kind[0], kind[1]]));
    Facts {
        protocol: kind,
        pkttype: dice.below(5) as u8,
        ifindex: Some(7),
        mark: 99,
        queue: 3,
        hatype: Some(1),
        rxhash: 0x1234_5678,
        vlan: dice.once_in(3).then_some((0x8100, dice.below(4096) as u16)),
        ..Facts::default()
    }
}

/// What the extended program must answer where the classic one gives this verdict.
fn expected(answers: Answers, verdict: u32) -> i32 {
    match answers {
        Answers::Octets => verdict.cast_signed(),
        Answers::Numbers { matching, other } => {
            if verdict != 0 {
                matching
            } else {
                other
            }
        }
        // `XDP_REDIRECT`, `XDP_PASS`
        Answers::Redirect { .. } => {
            if verdict != 0 {
                4
            } else {
                2
            }
        }
    }
}

/// Runs both programs on a packet; sockets and tc know facts, XDP does not.
fn compare(
    classic: &[Instruction],
    target: Target,
    answers: Answers,
    packet: &Packet<'_>,
    what: &str,
) -> i32 {
    let extended = translate(classic, target, answers).unwrap_or_else(|error| panic!("{what}: {error}"));
    let verdict = vm::run_as_kernel(classic, packet).verdict;
    let outcome = machine::run(&extended, target, packet).unwrap_or_else(|fault| panic!("{what}: {fault}"));
    assert_eq!(outcome.answer, expected(answers, verdict), "{what} for {target:?} on {:02x?}", packet.data);
    if let Answers::Redirect { map } = answers {
        assert_eq!(outcome.redirected.map(|(map, _)| map), (verdict != 0).then_some(map), "{what}");
    }
    outcome.answer
}

fn kinds() -> [(Target, Answers); 5] {
    [
        (Target::Socket, Target::Socket.answers()),
        (Target::Tc, Target::Tc.answers()),
        (Target::Xdp, Target::Xdp.answers()),
        (Target::Xdp, Answers::Numbers { matching: 1, other: 2 }),
        (Target::Xdp, Answers::Redirect { map: 5 }),
    ]
}

/// Walks along headers: loops in classic programs for files, which extended ones cannot have.
const CHAINS: [&str; 3] = ["ip protochain 6", "ip6 protochain 17", "not protochain 58 and ip6"];

#[test]
fn extended_programs_give_the_verdicts_of_the_classic_ones() {
    let base = packets::specimens(LinkType::ETHERNET, 300, None);
    let mut dice = Dice::new(5);
    let mut expressions: Vec<String> =
        (0..150).map(|seed| Expressions::new(LinkType::ETHERNET, 9000 + seed).expression()).collect();
    let cases = filter_corpus::cases().into_iter().filter(|case| case.link == LinkType::ETHERNET);
    expressions.extend(cases.map(|case| case.expression));
    expressions.extend(CHAINS.map(str::to_owned));
    let names = SystemNames::new();
    let (mut compared, mut accepted) = (0, 0);
    for expression in &expressions {
        let goal = dice.one(&[Goal::Balanced, Goal::Literal]);
        for (target, answers) in kinds() {
            let options = Options {
                live: target.has_packet(),
                unrolled: true,
                netmask: Some(0),
                names: &names,
                optimize: goal,
                ..Options::new(LinkType::ETHERNET)
            };
            let Ok(program) = compile(expression, &options) else { continue };
            for _ in 0..24 {
                let data = &base[dice.below(base.len())].data;
                let facts = facts(&mut dice, data);
                let packet = Packet { facts: target.has_packet().then_some(&facts), ..Packet::whole(data) };
                let answer = compare(&program.instructions, target, answers, &packet, expression);
                compared += 1;
                accepted += usize::from(answer == expected(answers, options.snaplen));
            }
        }
    }
    assert!(compared > 20_000 && accepted > 2000, "{compared} compared, {accepted} accepted");
}

/// A program of any instructions that the kernel's checker takes: short, with jumps, cells, wild offsets.
fn wild(dice: &mut Dice) -> Option<Vec<Instruction>> {
    let length = 2 + dice.below(14);
    let offsets = [
        0,
        1,
        12,
        13,
        14,
        23,
        60,
        0x7fff,
        0x8000,
        0xfffd,
        0xffff,
        0x1_0000,
        u32::MAX - 3,
        ancillary::LINK + 12,
    ];
    let mut program: Vec<Instruction> = (0..4).map(|cell| Instruction::statement(code::ST, cell)).collect();
    while program.len() < length + 4 {
        let left = (length + 4 - program.len()).min(9);
        let k = dice.one(&offsets);
        let small = dice.one(&[0, 1, 2, 5, 31]);
        program.push(match dice.below(13) {
            0 | 1 => Instruction::load(dice.one(&[1, 2, 4]), k),
            2 | 3 => Instruction::load_indexed(dice.one(&[1, 2, 4]), k),
            4 => Instruction::statement(code::LDX_B_MSH, k),
            5 => Instruction::statement(
                dice.one(&[code::TAX, code::TXA, code::NEG, code::LD_W_LEN, code::LDX_W_LEN]),
                0,
            ),
            6 => Instruction::statement(
                dice.one(&[code::LD_MEM, code::LDX_MEM, code::ST, code::STX]),
                small & 3,
            ),
            7 => Instruction::statement(
                dice.one(&[code::ADD_X, code::DIV_X, code::MOD_X, code::LSH_X, code::SUB_X]),
                0,
            ),
            8 => Instruction::statement(
                dice.one(&[code::ADD_K, code::MUL_K, code::AND_K, code::LSH_K, code::RSH_K, code::XOR_K]),
                small,
            ),
            9 => Instruction::statement(dice.one(&[code::LD_IMM, code::LDX_IMM]), k),
            10 if left > 1 => Instruction::jump(dice.below(left - 1) as u32),
            11 if left > 1 => Instruction::branch(
                dice.one(&[code::JEQ_X, code::JGT_X, code::JGE_X, code::JSET_X]),
                0,
                dice.below(left) as u8,
                dice.below(left) as u8,
            ),
            _ => Instruction::branch(
                dice.one(&[code::JEQ_K, code::JGT_K, code::JGE_K, code::JSET_K]),
                dice.one(&[0, 1, 6, 0x45, 0x800, 0x8000_0000, u32::MAX]),
                dice.below(left) as u8,
                dice.below(left) as u8,
            ),
        });
    }
    program.push(dice.one(&[
        Instruction::ret(0),
        Instruction::ret(7),
        Instruction::statement(code::RET_A, 0),
    ]));
    // Jumps over the end lead to it.
    let length = program.len();
    for (at, instruction) in program.iter_mut().enumerate() {
        let most = (length - at).saturating_sub(2);
        instruction.jt = instruction.jt.min(most as u8);
        instruction.jf = instruction.jf.min(most as u8);
        if instruction.code == code::JA {
            instruction.k = instruction.k.min(most as u32);
        }
    }
    check(&program).is_ok().then_some(program)
}

#[test]
fn any_classic_program_has_the_same_meaning_as_an_extended_one() {
    let base = packets::specimens(LinkType::ETHERNET, 100, None);
    let mut dice = Dice::new(77);
    for round in 0..3000 {
        let Some(program) = wild(&mut dice) else { continue };
        let facts = Facts { ifindex: Some(1), ..Facts::default() };
        for (target, answers) in kinds() {
            let data = &base[dice.below(base.len())].data;
            let packet = Packet {
                // In the kernel, a link-header load works in XDP as well.
                facts: Some(&facts),
                ..Packet::whole(data)
            };
            let reserved = |i: &Instruction| i.k >= ancillary::LINK;
            if program.iter().any(|i| reserved(i) && (target.has_packet() || i.code == code::LDX_B_MSH)) {
                continue;
            }
            compare(&program, target, answers, &packet, &format!("round {round}: {program:?}"));
        }
    }
}

/// Whether the kernel lets this process load programs; else the reason.
fn may_load() -> Result<(), String> {
    let program = [Insn::alu(nettool_capture::filter::ebpf::insn::code::MOV, 0, 0), Insn::exit()];
    Loaded::new(&program, Target::Xdp).map(drop).map_err(|error| error.to_string())
}

#[test]
fn the_kernels_verifier_takes_every_program_and_its_answers_are_ours() {
    const NAME: &str = "the_kernels_verifier_takes_every_program_and_its_answers_are_ours";
    if let Err(missing) = may_load() {
        return skip::skip(NAME, &missing);
    }
    let base = packets::specimens(LinkType::ETHERNET, 200, None);
    let base: Vec<_> = base.iter().filter(|each| (15..1500).contains(&each.data.len())).collect();
    let names = SystemNames::new();
    let mut dice = Dice::new(21);
    let (mut loaded, mut accepted) = (0, 0);
    let mut programs: Vec<(String, [Vec<Instruction>; 2])> = Vec::new();
    let cases = filter_corpus::cases().into_iter().filter(|case| case.link == LinkType::ETHERNET);
    for expression in cases.map(|case| case.expression).chain(CHAINS.map(str::to_owned)) {
        let plain =
            Options { unrolled: true, netmask: Some(0), names: &names, ..Options::new(LinkType::ETHERNET) };
        let made = |live| compile(&expression, &Options { live, ..plain });
        if let (Ok(file), Ok(socket)) = (made(false), made(true)) {
            programs.push((expression, [file.instructions, socket.instructions]));
        }
    }
    for round in 0..200 {
        if let Some(program) = wild(&mut dice).filter(|program| program.iter().all(|i| i.k < ancillary::LINK))
        {
            programs.push((format!("round {round}: {program:?}"), [program.clone(), program]));
        }
    }
    for (what, [file, socket]) in &programs {
        for target in [Target::Socket, Target::Tc, Target::Xdp] {
            let answers = target.answers();
            let classic = if target.has_packet() { socket } else { file };
            let extended = translate(classic, target, answers).unwrap();
            let kernel = Loaded::new(&extended, target).unwrap_or_else(|error| {
                panic!(
                    "{what} for {target:?}: {error}\n{}",
                    nettool_capture::filter::ebpf::text::listing(&extended)
                )
            });
            loaded += 1;
            for _ in 0..6 {
                let data = &base[dice.below(base.len())].data;
                // The test's packet begins with the header of its own that a socket's program does not see.
                let header = if target == Target::Socket { &data[..14] } else { &[][..] };
                let answer = match kernel.answer(&[header, data].concat()) {
                    Ok(answer) => answer,
                    // The kernel wants the IP header that the type speaks of to be whole.
                    Err(error) if error.kind() == std::io::ErrorKind::InvalidInput && data.len() < 60 => {
                        continue;
                    }
                    Err(error) => {
                        panic!("{what} for {target:?}: BPF_PROG_TEST_RUN: {error} for {} octets", data.len())
                    }
                };
                let facts = Facts {
                    protocol: u16::from_be_bytes([data[12], data[13]]),
                    ifindex: Some(1),
                    ..Facts::default()
                };
                // Words beside the packet are not all ours to choose here; the live test on a pair judges them.
                if target.has_packet() && classic.iter().any(|i| i.k >= ancillary::AREA) {
                    continue;
                }
                let packet = Packet { facts: target.has_packet().then_some(&facts), ..Packet::whole(data) };
                let verdict = vm::run_as_kernel(classic, &packet).verdict;
                assert_eq!(answer, expected(answers, verdict), "{what} for {target:?} on {data:02x?}");
                accepted += usize::from(verdict != 0);
            }
        }
    }
    println!("{loaded} programs loaded, {accepted} packets accepted");
    assert!(loaded > 600 && accepted > 300, "{loaded} programs, {accepted} packets");
}

#[test]
fn what_a_kind_of_program_is_not_told_is_refused_with_its_place() {
    let asks = |word| [Instruction::load_ancillary(word), Instruction::statement(code::RET_A, 0)];
    let refused = |word, target: Target| {
        translate(&asks(word), target, target.answers()).map(drop).unwrap_err().to_string()
    };
    assert!(refused(ancillary::VLAN_TAG, Target::Xdp).contains("instruction 0: `vlan_tci`"));
    assert!(refused(ancillary::HATYPE, Target::Socket).contains("`hatype`"));
    let network = [Instruction::load(1, ancillary::NETWORK), Instruction::ret(1)];
    assert!(translate(&network, Target::Xdp, Target::Xdp.answers()).is_err());
    assert!(translate(&network, Target::Tc, Target::Tc.answers()).is_ok());
    assert!(translate(&[], Target::Xdp, Target::Xdp.answers()).is_err());
}
