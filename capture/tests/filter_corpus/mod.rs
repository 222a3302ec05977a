//! The corpus of expressions, with its lists written out.

use nettool_dissect::frame::LinkType;

const TEXT: &str = include_str!("../data/filter/corpus.txt");

/// A link type and an expression for it.
pub(crate) struct Case {
    pub(crate) link: LinkType,
    pub(crate) expression: String,
}

/// All cases.
pub(crate) fn cases() -> Vec<Case> {
    TEXT.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let (link, expression) = line.split_once(' ').unwrap_or((line, ""));
            let link = LinkType::from_name(link).unwrap_or_else(|| panic!("no link type {link}"));
            Case { link, expression: written_out(expression) }
        })
        .collect()
}

/// `{3 host @H}` becomes `host 10.0.13.1 or host 10.37.104.2 or host 10.74.195.3`.
fn written_out(text: &str) -> String {
    let Some((before, rest)) = text.split_once('{') else { return text.to_owned() };
    let (inside, after) = rest.split_once('}').expect("a closing brace");
    let (count, template) = inside.split_once(' ').expect("a number and a text");
    let copies: Vec<String> = (0..count.parse().expect("a number")).map(|i| filled(template, i)).collect();
    format!("{before}{}{}", copies.join(" or "), written_out(after))
}

fn filled(template: &str, i: u64) -> String {
    let bits = 9 + 5 * i % 20;
    let address = ((1_103_515_245 * i + 12_345) & 0xffff_ffff) >> (32 - bits) << (32 - bits);
    let [a, b, c, d] = (address as u32).to_be_bytes();
    template
        .replace("@H", &format!("10.{}.{}.{}", 37 * i % 256, (91 * i + 13) % 256, i % 254 + 1))
        .replace("@P", &(1024 + 7919 * i % 60_000).to_string())
        .replace("@N", &format!("172.{}.{}.0/24", 16 + i % 16, 29 * i % 256))
        .replace("@M", &format!("{a}.{b}.{c}.{d}/{bits}"))
        .replace("@V", &format!("fd00:{:x}::{:x}", 257 * i % 65_536, i + 1))
        .replace("@E", &format!("02:00:00:{:02x}:{:02x}:{:02x}", 13 * i % 256, 101 * i % 256, i % 256))
}
