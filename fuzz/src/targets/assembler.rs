//! Any text as a filter program: the assembler answers with a program or a place, and a program that it read comes
//! back the same from its decimal text.

use crate::{Split, Target};
use nettool_capture::filter::assembler::read_program;
use nettool_capture::filter::{check, text};

/// See the module.
pub const TARGET: Target = Target {
    name: "assembler",
    about: "filter programs read from text, in all forms",
    run: try_text,
    corpora: &[],
    cost: 1,
    split: Split::Lines,
    words: &[
        "(000) ldh      [12]",
        "(001) jeq      #0x800           jt 2    jf 3",
        "{ 0x28, 0, 0, 0x0000000c },",
        "ldxb 4*([14]&0xf)",
        "jset #0x1fff, drop",
        "jeq #6, accept, drop",
        "drop: ret #0",
        "ld len",
        "ld #pktlen",
        "ldb [x + 14]",
        "st M[15]",
        "ja 4294967295",
        "mod #0",
        "rsh x",
        "40 0 0 12",
        "6 0 0 262144",
        "vlan_tci",
        "; comment",
        "0x",
        "-1",
    ],
};

fn try_text(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    match read_program(&text) {
        Ok(program) => {
            let decimal = text::decimal(&program);
            assert_eq!(
                read_program(&decimal).as_deref(),
                Ok(program.as_slice()),
                "read again from {decimal}"
            );
            // Neither may panic, whatever the instructions are.
            drop((text::listing(&program), text::c_initialisers(&program), text::assembly(&program)));
            let _ = check::check(&program);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
