//! What stands between people's texts and the language: scapy has a field named `load`, which is a word of Starlark's own. Where
//! it names an argument or an attribute it is spelled with a nought; columns stay as they are.

use nettool_plugins::limits::behind_string;

/// How `load` is spelled within the language.
pub(crate) const LOAD: &str = "l0ad";

/// The text with `load=` and `.load` spelled otherwise; strings and comments stay.
pub(crate) fn prepared(text: &str) -> String {
    let mut out = text.as_bytes().to_vec();
    let octets = text.as_bytes();
    let mut at = 0;
    while let Some(octet) = octets.get(at) {
        match octet {
            b'#' => at += octets.get(at..).unwrap_or_default().iter().take_while(|c| **c != b'\n').count(),
            b'"' | b'\'' => at = behind_string(octets, at),
            b'l' if is_word(octets, at) && is_name(octets, at) => {
                if let Some(letter) = out.get_mut(at + 1) {
                    *letter = b'0';
                }
                at += 4;
            }
            _ => at += 1,
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_string())
}

/// Whether `load` stands at `at`, alone.
fn is_word(octets: &[u8], at: usize) -> bool {
    let part_of_name = |octet: &u8| octet.is_ascii_alphanumeric() || *octet == b'_';
    octets.get(at..at + 4) == Some(b"load")
        && !at.checked_sub(1).and_then(|before| octets.get(before)).is_some_and(part_of_name)
        && !octets.get(at + 4).is_some_and(part_of_name)
}

/// Whether it is an attribute, or followed by one `=`.
fn is_name(octets: &[u8], at: usize) -> bool {
    let before = octets.get(..at).unwrap_or_default().iter().rev().find(|octet| !octet.is_ascii_whitespace());
    let mut after =
        octets.get(at + 4..).unwrap_or_default().iter().skip_while(|octet| octet.is_ascii_whitespace());
    before == Some(&b'.') || after.next() == Some(&b'=') && after.next() != Some(&b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn load_is_another_word_where_it_is_a_name_alone() {
        assert_eq!(prepared("Raw(load = \"load=\")"), "Raw(l0ad = \"load=\")");
        assert_eq!(prepared("p[Raw].load == 'x'  # .load"), "p[Raw].l0ad == 'x'  # .load");
        assert_eq!(prepared("load(\"a.star\", \"b\")"), "load(\"a.star\", \"b\")");
        assert_eq!(prepared("payload=1; load == 2"), "payload=1; load == 2");
    }
}
