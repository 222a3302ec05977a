//! Expressions of a batch are worked on side by side: answers still come in the order of the lines, whole or as an error.

mod harness;

use harness::{Scratch, nettool};

#[test]
fn answers_come_in_the_order_of_the_lines() {
    let scratch = Scratch::new("batch");
    let mut text = String::new();
    let mut expected = String::new();
    for line in 1..=300_u32 {
        // Long answers, which are made when it is their turn, beside short ones and errors.
        match line % 50 {
            0 => {
                text.push_str("Raw(\"y\" * 40) * 20000\n");
                expected.push_str(&format!("# {line}\n{}", format!("{}\n", "79".repeat(40)).repeat(20_000)));
            }
            7 => {
                text.push_str("IP(ttl=300)\n");
                expected.push_str(&format!("! {line} `IP.ttl` takes 0 to 255, not 300 (column 4)\n"));
            }
            _ => {
                text.push_str(&format!("Raw(\"{line:04}\")\n"));
                let digits: String =
                    format!("{line:04}").bytes().map(|digit| format!("{digit:02x}")).collect();
                expected.push_str(&format!("# {line}\n{digits}\n"));
            }
        }
    }
    let file = scratch.file("expressions.txt", text.as_bytes());
    let run = nettool(["craft", "--hex", "--batch", file.to_str().expect("a plain name")]);
    run.ends(1, &[]);
    assert!(run.text() == expected, "{}", run.text().chars().take(600).collect::<String>());
}
