//! The text forms against those who read and write them: tcpdump's three dumps, and the assembler that takes labels.

mod filter_corpus;
#[path = "../../tests/harness/skip.rs"]
mod skip;

use nettool_capture::filter::assembler::read_program;
use nettool_capture::filter::insn::Instruction;
use nettool_capture::filter::text;
use nettool_capture::filter::{Goal, Options, compile};
use std::io::Write;
use std::process::{Command, Stdio};

/// Whether a program of another project is there; its absence is noted, so that the test does not pass unseen.
fn there(program: &str) -> bool {
    let found = skip::installed(program);
    if !found {
        skip::skip("text forms of programs", &format!("needs {program}"));
    }
    found
}

fn tcpdump(form: &str, case: &filter_corpus::Case) -> Option<String> {
    let link = case.link.name().unwrap();
    let output = Command::new("tcpdump")
        .args(["-y", link, "-s", "262144", form, "--", &case.expression])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(text)
}

#[test]
fn the_three_dumps_are_tcpdumps_text_of_the_same_program() {
    if !there("tcpdump") {
        return;
    }
    let mut compared = 0;
    for case in filter_corpus::cases() {
        let Some(decimal) = tcpdump("-ddd", &case) else { continue };
        let program = read_program(&decimal).unwrap();
        assert_eq!(text::decimal(&program), decimal, "{}", case.expression);
        assert_eq!(Some(text::listing(&program)), tcpdump("-d", &case), "{}", case.expression);
        assert_eq!(Some(text::c_initialisers(&program)), tcpdump("-dd", &case), "{}", case.expression);
        let plain: Vec<Instruction> = program.iter().map(|i| i.plain()).collect();
        for form in [text::listing(&program), text::assembly(&program).unwrap()] {
            assert_eq!(read_program(&form).as_deref(), Ok(plain.as_slice()), "{}", case.expression);
        }
        compared += 1;
    }
    assert!(compared > 200, "only {compared} programs compared");
}

/// An assembler's words for a text, each instruction as tcpdump's `-ddd` has it; what it said otherwise.
struct Assembler {
    program: &'static str,
    arguments: &'static [&'static str],
    read: fn(&str) -> String,
}

/// netsniff-ng's, and the kernel's (`tools/bpf`).
const ASSEMBLERS: [Assembler; 2] = [
    Assembler {
        program: "bpfc",
        arguments: &["-b", "-f", "tcpdump", "-i", "-"],
        read: |lines| format!("{}\n{lines}", lines.lines().count()),
    },
    Assembler { program: "bpf_asm", arguments: &["/dev/stdin"], read: |line| line.replace(',', "\n") },
];

impl Assembler {
    fn assemble(&self, text: &str) -> Result<Vec<Instruction>, String> {
        let mut child = Command::new(self.program)
            .args(self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let numbers = (self.read)(&String::from_utf8_lossy(&output.stdout));
        read_program(&numbers).map_err(|error| format!("{error}: {output:?}"))
    }
}

#[test]
fn the_label_form_of_every_program_assembles_to_it() {
    let assemblers: Vec<&Assembler> =
        ASSEMBLERS.iter().filter(|assembler| skip::installed(assembler.program)).collect();
    if assemblers.is_empty() {
        return skip::skip("assemblers", "needs bpfc (netsniff-ng) or the kernel's bpf_asm");
    }
    let mut compared = 0;
    for (case, at) in filter_corpus::cases().into_iter().zip(0..) {
        let plain = Options { netmask: Some(0), ..Options::new(case.link) };
        // Long programs come out the same whatever they are for.
        let kinds = [plain, Options { live: true, ..plain }, Options { optimize: Goal::Literal, ..plain }];
        for options in kinds.iter().skip(at % 2 * (at % 3)) {
            let Ok(program) = compile(&case.expression, options) else { continue };
            let program: Vec<Instruction> = program.instructions.iter().map(|i| i.plain()).collect();
            let text = text::assembly(&program).unwrap();
            assert_eq!(read_program(&text).as_deref(), Ok(program.as_slice()), "{}", case.expression);
            for assembler in &assemblers {
                let assembled = assembler.assemble(&text);
                let name = assembler.program;
                assert_eq!(assembled.as_deref(), Ok(program.as_slice()), "{name}: {}", case.expression);
                compared += 1;
            }
        }
    }
    assert!(compared > 300, "only {compared} programs compared");
}
