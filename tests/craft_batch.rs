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

/// A comparison that no check sees: what is stopped is told by its own line, and the others are answered.
#[test]
fn a_line_without_an_end_is_stopped_and_the_others_are_answered() {
    let scratch = Scratch::new("batch-stuck");
    let endless = "(lambda a, b: [(a.append((a[-1], a[-1])), b.append((b[-1], b[-1]))) for i in range(60)] and a[-1] == b[-1])([1], [1])";
    let text = format!("Raw(\"a\")\n{endless}\nRaw(\"b\")\nIP(ttl=300)\n");
    let file = scratch.file("expressions.txt", text.as_bytes());
    let run = nettool(["craft", "--hex", "--batch", file.to_str().expect("a plain name")]);
    run.ends(1, &[]);
    let lines: Vec<String> = run.text().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 6, "{lines:?}");
    assert_eq!(lines[..2], ["# 1", "61"]);
    assert!(lines[2].starts_with("! 2 an operation of the script has no end in sight"), "{lines:?}");
    assert_eq!(lines[3..5], ["# 3", "62"]);
    assert!(lines[5].starts_with("! 4 `IP.ttl`"), "{lines:?}");
}

#[test]
fn what_an_option_or_entry_cannot_be_is_told_by_the_name_that_was_typed() {
    let scratch = Scratch::new("batch-names");
    let text = "DHCP(options=[(\"message-type\", \"discoverr\")])\nDHCP(options=[(\"requested_addr\", \"1.2.x\")])\n\
                DNS(qd=5)\n";
    let file = scratch.file("expressions.txt", text.as_bytes());
    let run = nettool(["craft", "--hex", "--batch", file.to_str().expect("a plain name")]);
    let wanted = ["`DHCP.message-type` takes", "`DHCP.requested_addr` takes", "`DNS.qd` takes"];
    assert_eq!(run.text().lines().count(), wanted.len(), "{}", run.text());
    for (line, wanted) in run.text().lines().zip(wanted) {
        assert!(line.starts_with('!') && line.contains(wanted), "{line}");
    }
}

#[test]
fn a_line_that_is_no_text_is_an_error_of_that_line_alone() {
    let scratch = Scratch::new("batch-octets");
    let file = scratch.file("expressions.txt", b"Raw(\"a\")\r\n\nIP(\xff)\nRaw(\"b\")");
    let run = nettool(["craft", "--hex", "--batch", file.to_str().expect("a plain name")]);
    run.ends(1, &[]);
    assert_eq!(run.text(), "# 1\n61\n# 2\n! 3 this is not text in UTF-8: octet ff (column 4)\n# 4\n62\n");
}
