//! What is wrong with an expression, and where.
//!
//! Every error holds the octets of the text that it speaks of; [`Error::render`] draws them with a caret line, as a
//! compiler does. Texts are lower case, say first what is wrong, then the mend.

use std::fmt;
use unicode_width::UnicodeWidthChar;

/// A range of octets in the text of an expression.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Span {
    /// First octet.
    pub start: usize,
    /// One past the last octet.
    pub end: usize,
}

impl Span {
    /// From `start` to before `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Span { start, end }
    }

    /// The shortest span that holds both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// Why an expression does not compile.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// The octets of the expression that are at fault; empty at the end of the text.
    pub span: Span,
    /// What is wrong, without the expression.
    pub message: String,
    /// What could stand there instead, for syntax errors.
    pub expected: Vec<&'static str>,
    /// The nearest word that would have been right.
    pub nearest: Option<String>,
    /// What to write instead, where that is known.
    pub mend: Option<String>,
}

impl Error {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        let message = with_short_words(message.into());
        Error { span, message, expected: Vec::new(), nearest: None, mend: None }
    }

    pub(crate) fn expecting(mut self, expected: &[&'static str]) -> Self {
        self.expected = expected.to_vec();
        self
    }

    /// With what to write instead; that is better than a word that is spelt alike.
    pub(crate) fn mended(mut self, mend: Option<String>) -> Self {
        if mend.is_some() {
            (self.mend, self.nearest) = (mend, None);
        }
        self
    }

    pub(crate) fn near<'a>(mut self, word: &str, words: impl IntoIterator<Item = &'a str>) -> Self {
        self.nearest = nearest(word, words);
        self
    }

    /// The sentence, the expression, and carets under the place. The text ends without a line break. Tabs and line
    /// breaks of the expression are shown as blanks; of a long expression only the surroundings are shown. Carets count
    /// columns: characters of East Asia take two, marks on a letter none.
    pub fn render(&self, expression: &str) -> String {
        const BEFORE: usize = 60;
        const AFTER: usize = 40;
        let clean: Vec<char> =
            expression.chars().map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c }).collect();
        let column = |octet: usize| expression.char_indices().take_while(|(at, _)| *at < octet).count();
        let (start, end) = (column(self.span.start), column(self.span.end).max(column(self.span.start) + 1));
        let (from, until) = if clean.len() <= 110 {
            (0, clean.len())
        } else {
            (start.saturating_sub(BEFORE), clean.len().min(end.min(start + BEFORE) + AFTER))
        };
        let shown: String = clean.get(from..until).unwrap_or_default().iter().collect();
        let (lead, tail) = (if from > 0 { "… " } else { "" }, if until < clean.len() { " …" } else { "" });
        let columns = |from: usize, until: usize| -> usize {
            clean.get(from..until.min(clean.len())).unwrap_or_default().iter().filter_map(|c| c.width()).sum()
        };
        let indent = columns(from.min(start), start) + lead.chars().count();
        let width = columns(start, end.min(until)).max(1);
        format!("{self}\n  {lead}{shown}{tail}\n  {}{}", " ".repeat(indent), "^".repeat(width))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(word) = &self.nearest {
            write!(f, "; did you mean `{word}`?")?;
        }
        if let Some(mend) = &self.mend {
            write!(f, "; {mend}")?;
        }
        match self.expected.split_last() {
            None => Ok(()),
            Some((only, [])) => write!(f, "; expected {only}"),
            Some((last, rest)) => write!(f, "; expected {} or {last}", rest.join(", ")),
        }
    }
}

impl std::error::Error for Error {}

/// Characters of a quoted word that are shown.
const MOST_OF_WORD: usize = 80;

/// A message in which words of any length were quoted, with the long ones cut.
fn with_short_words(message: String) -> String {
    if message.len() <= MOST_OF_WORD {
        return message;
    }
    let cut = |part: &str| match part.char_indices().nth(MOST_OF_WORD) {
        Some((at, _)) => format!("{}…", &part[..at]),
        None => part.to_owned(),
    };
    let parts = message.split('`').enumerate();
    let parts = parts.map(|(at, part)| if at % 2 == 1 { cut(part) } else { part.to_owned() });
    parts.collect::<Vec<_>>().join("`")
}

/// The word nearest to `word` by edit distance, all in lower case, when it is near enough to be meant.
pub fn nearest<'a>(word: &str, words: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let wanted = word.to_lowercase();
    let limit = match wanted.chars().count() {
        0 | 1 => return None,
        2..=4 => 1,
        5 | 6 => 2,
        7..=40 => 3,
        _ => return None,
    };
    words
        .into_iter()
        .map(|known| (distance(&wanted, known), known))
        .filter(|(far, known)| *far <= limit && *known != word)
        // The first letter is seldom wrong, and letters change places more often than one is another.
        .filter(|(far, known)| *far < 2 || known.chars().next() == wanted.chars().next())
        .min_by_key(|(far, known)| {
            (*far, letters(known) != letters(&wanted), known.len().abs_diff(word.len()))
        })
        .map(|(_, known)| known.to_owned())
}

fn letters(word: &str) -> Vec<char> {
    let mut letters: Vec<char> = word.chars().collect();
    letters.sort_unstable();
    letters
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best = (above[j] + usize::from(x != y)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i - 1] == *y && a[i] == b[j - 1] {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_stand_under_the_words_at_fault() {
        let error =
            Error::new(Span::new(4, 8), "`prot` is not a keyword").near("prot", ["proto", "port", "host"]);
        assert_eq!(
            error.render("tcp prot 80"),
            "`prot` is not a keyword; did you mean `port`?\n  tcp prot 80\n      ^^^^"
        );
    }

    #[test]
    fn the_end_of_the_text_gets_a_caret_too() {
        let error =
            Error::new(Span::new(4, 4), "the expression ends here").expecting(&["a number", "a name"]);
        assert_eq!(
            error.render("port"),
            "the expression ends here; expected a number or a name\n  port\n      ^"
        );
    }

    #[test]
    fn carets_count_columns_not_characters() {
        for (text, word, indent, width) in [
            ("主机 prot 80", "prot", 5, 4),
            ("host 主机 80", "主机", 5, 4),
            ("e\u{301}a prot", "prot", 3, 4),
            ("host e\u{301}a", "e\u{301}a", 5, 2),
        ] {
            let start = text.find(word).expect("the word");
            let shown = Error::new(Span::new(start, start + word.len()), "no").render(text);
            let carets = shown.lines().last().unwrap_or_default().to_owned();
            assert_eq!(carets, " ".repeat(2 + indent) + &"^".repeat(width), "{text}");
        }
    }

    #[test]
    fn long_expressions_are_cut_around_the_place() {
        let text = "a".repeat(300) + " ? " + &"b".repeat(300);
        let shown = Error::new(Span::new(301, 302), "no").render(&text);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), 3);
        let caret = lines[2].chars().position(|c| c == '^').expect("a caret");
        assert_eq!(lines[1].chars().nth(caret), Some('?'));
    }

    #[test]
    fn long_words_are_cut() {
        let error = Error::new(Span::new(0, 1), format!("`{}` is no word", "ä".repeat(5000)));
        assert_eq!(error.message.chars().count(), 80 + "`…` is no word".chars().count());
    }

    #[test]
    fn wrong_operands_are_underlined_without_their_keyword() {
        use super::super::compile::{Options, compile};
        use nettool_dissect::frame::LinkType;
        // Expression, what is underlined, what is said of it.
        const ANY: [(&str, &str, &str); 14] = [
            ("vlan foo", "foo", "expected a VLAN number"),
            ("vlan 5000", "5000", "up to 4095"),
            ("ip and vlan 100-5000", "5000", "up to 4095"),
            ("mpls foo", "foo", "expected an MPLS label"),
            ("mpls 99999999", "99999999", "up to 1048575"),
            ("pppoes 99999", "99999", "up to 65535"),
            ("vxlan vni x", "x", "expected a number"),
            ("geneve 99999999", "99999999", "up to 16777215"),
            ("vpi x", "x", "expected a number"),
            ("llc zz", "zz", "expected `i`, `s`, `u`"),
            ("llc uii", "uii", "did you mean `ui`?"),
            ("tcp flags sin", "sin", "did you mean `fin`?"),
            ("dsa port x", "x", "expected a number"),
            ("decnet host 10.x", "10.x", "by number only"),
        ];
        const WLAN: [(&str, &str, &str); 4] = [
            ("type mgt subtype nope", "nope", "no 802.11 subtype of this type"),
            ("type mgt subtype becon", "becon", "did you mean `beacon`?"),
            ("type dta", "dta", "did you mean `data`?"),
            ("dir tods1", "tods1", "did you mean `tods`?"),
        ];
        const DSA: [(&str, &str, &str); 1] = [("dsa port 99999", "99999", "up to 31")];
        const ATM: [(&str, &str, &str); 1] = [("vpi 256", "256", "up to 255")];
        for (link, cases) in [
            (LinkType::ETHERNET, &ANY[..]),
            (LinkType::IEEE802_11, &WLAN),
            (LinkType::DSA_TAG_DSA, &DSA),
            (LinkType::SUNATM, &ATM),
        ] {
            for (text, word, said) in cases {
                let error = compile(text, &Options::new(link)).expect_err(text);
                assert_eq!(text.get(error.span.start..error.span.end), Some(*word), "{text}: {error}");
                assert!(error.to_string().contains(said), "{text}: {error}");
            }
        }
    }

    #[test]
    fn swapped_letters_count_once() {
        assert_eq!(distance("tpc", "tcp"), 1);
        assert_eq!(nearest("tpc", ["udp", "tcp", "ip"]).as_deref(), Some("tcp"));
        assert_eq!(nearest("zzzz", ["udp", "tcp", "ip"]), None);
    }
}
