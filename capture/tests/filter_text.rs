//! The text forms against those who read and write them: tcpdump's three dumps, and the assembler that takes labels.

mod filter_corpus;
#[path = "../../tests/harness/skip.rs"]
mod skip;

use nettool_capture::filter::assembler::read_program;
use nettool_capture::filter::insn::Instruction;
use nettool_capture::filter::text;
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

#[test]
fn the_label_form_assembles_to_the_same_program() {
    if !there("tcpdump") || !there("bpfc") {
        return;
    }
    let mut compared = 0;
    for case in filter_corpus::cases().into_iter().step_by(4) {
        let Some(decimal) = tcpdump("-ddd", &case) else { continue };
        let program = read_program(&decimal).unwrap();
        let mut child = Command::new("bpfc")
            .args(["-f", "tcpdump", "-i", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text::assembly(&program).unwrap().as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let plain: Vec<Instruction> = program.iter().map(|i| i.plain()).collect();
        let lines = String::from_utf8_lossy(&output.stdout).into_owned();
        let assembled = read_program(&format!("{}\n{lines}", lines.lines().count()));
        assert_eq!(assembled.as_deref(), Ok(plain.as_slice()), "{}: {output:?}", case.expression);
        compared += 1;
    }
    assert!(compared > 50, "only {compared} programs compared");
}
