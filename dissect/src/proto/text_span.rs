//! Pieces of text with where they stand: what protocols of text lines cut their values into.

/// A piece of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span<'a> {
    /// Offset of its first octet in the source.
    pub(super) at: usize,
    /// Its octets.
    pub(super) text: &'a [u8],
}

impl<'a> Span<'a> {
    pub(super) fn new(at: usize, text: &'a [u8]) -> Self {
        Span { at, text }
    }

    /// Whether nothing is in it.
    pub(super) fn is_empty(self) -> bool {
        self.text.is_empty()
    }

    /// From an offset on.
    pub(super) fn from(self, start: usize) -> Self {
        let start = start.min(self.text.len());
        Span { at: self.at.saturating_add(start), text: self.text.get(start..).unwrap_or_default() }
    }

    /// Up to an offset.
    pub(super) fn to(self, end: usize) -> Self {
        Span { at: self.at, text: self.text.get(..end).unwrap_or(self.text) }
    }

    /// Without blanks at both ends.
    pub(super) fn trimmed(self) -> Self {
        let blanks = self.text.iter().take_while(|octet| octet.is_ascii_whitespace()).count();
        let left = self.from(blanks);
        let end = left.text.iter().rposition(|octet| !octet.is_ascii_whitespace());
        left.to(end.map_or(0, |end| end.saturating_add(1)))
    }

    /// What stands before the first octet that is `mark`, and what stands behind it.
    pub(super) fn cut(self, mark: u8) -> Option<(Self, Self)> {
        let at = self.text.iter().position(|octet| *octet == mark)?;
        Some((self.to(at), self.from(at.saturating_add(1))))
    }

    /// The same, all of it and nothing where there is no such octet.
    pub(super) fn split(self, mark: u8) -> (Self, Self) {
        self.cut(mark).unwrap_or((self, self.from(self.text.len())))
    }

    /// Its parts between octets that are `mark`, without empty ones.
    pub(super) fn parts(self, mark: u8) -> impl Iterator<Item = Span<'a>> {
        let mut left = Some(self);
        std::iter::from_fn(move || {
            let (part, rest) = left?.split(mark);
            left = (!rest.is_empty()).then_some(rest);
            Some(part)
        })
        .filter(|part| !part.is_empty())
    }

    /// Its decimal number, if it is one.
    pub(super) fn number(self) -> Option<u64> {
        let digits = self.text.iter().take_while(|octet| octet.is_ascii_digit()).count();
        if digits == 0 || digits != self.text.len() || digits > 18 {
            return None;
        }
        Some(
            self.text.iter().fold(0, |number: u64, digit| {
                number.saturating_mul(10).saturating_add(u64::from(digit & 15))
            }),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Span;

    #[test]
    fn parts_know_where_they_stand() {
        let span = Span::new(10, b"a  bc d");
        let parts: Vec<_> = span.parts(b' ').map(|part| (part.at, part.text)).collect();
        assert_eq!(parts, [(10, &b"a"[..]), (13, b"bc"), (16, b"d")]);
        assert_eq!(Span::new(0, b" x ").trimmed().at, 1);
        assert_eq!(Span::new(0, b"077").number(), Some(77));
        assert_eq!(Span::new(0, b"7a").number(), None);
    }
}
