//! One-line forms as text: `reg {reg}, value {value:x}[, status {status}]`.
//!
//! `{field}` is the field's value as the tree shows it; `{field:name}` its name alone, `{field:d}` and `{field:x}` the
//! number; `{field:*}` every value, set apart by blanks; `{field:#}` how many there are. `{@length}` is the number of octets of the layer
//! with what follows. `[…]` is there only if all fields in it are. `{{`, `}}`, `[[` and `]]` stand for themselves.

/// A one-line form, understood.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Format {
    /// In order.
    pub parts: Vec<Piece>,
}

/// A part of a [`Format`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Piece {
    /// Written as it is.
    Text(String),
    /// A field by its declared name.
    Field(String, Form),
    /// Octets of the layer and what follows.
    Length,
    /// Left out unless every field in it is there.
    Optional(Vec<Piece>),
}

/// How a field is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// As the tree shows it.
    Plain,
    /// The value's name, or the number where it has none.
    Name,
    /// Decimal.
    Decimal,
    /// Hexadecimal.
    Hex,
    /// Every value.
    All,
    /// How many there are.
    Count,
}

/// What is wrong with a format, and at which octet of its text.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{what}")]
pub struct FormatError {
    /// Octet of the text.
    pub at: usize,
    /// Octets that are meant.
    pub len: usize,
    /// What is wrong, and the mend.
    pub what: &'static str,
}

fn error(at: usize, len: usize, what: &'static str) -> FormatError {
    FormatError { at, len, what }
}

impl Format {
    /// Understands a text.
    pub fn parse(text: &str) -> Result<Format, FormatError> {
        let mut parts = Vec::new();
        // The octet where the open optional part began, and what stands in it.
        let mut open: Option<(usize, Vec<Piece>)> = None;
        let mut rest = text.char_indices().peekable();
        while let Some((at, c)) = rest.next() {
            let doubled = matches!(rest.peek(), Some((_, next)) if *next == c);
            match c {
                '{' | '}' | '[' | ']' if doubled => {
                    rest.next();
                    push(&mut parts, &mut open, Piece::Text(c.to_string()));
                }
                '{' => {
                    let after = text.get(at.saturating_add(1)..).unwrap_or_default();
                    let len = after.find('}').ok_or(error(at, 1, "this brace is not closed"))?;
                    let inner = after.get(..len).unwrap_or_default();
                    push(&mut parts, &mut open, field(inner, at.saturating_add(1))?);
                    let end = at.saturating_add(len).saturating_add(1);
                    while rest.next_if(|(next, _)| *next <= end).is_some() {}
                }
                '[' if open.is_some() => {
                    return Err(error(at, 1, "an optional part within another; write `[[` for a bracket"));
                }
                '[' => open = Some((at, Vec::new())),
                ']' => match open.take() {
                    Some((_, inner)) => parts.push(Piece::Optional(inner)),
                    None => {
                        return Err(error(at, 1, "this bracket closes nothing; write `]]` for a bracket"));
                    }
                },
                '}' => return Err(error(at, 1, "this brace closes nothing; write `}}` for a brace")),
                _ => push(&mut parts, &mut open, Piece::Text(c.to_string())),
            }
        }
        match open {
            Some((at, _)) => Err(error(at, 1, "this bracket is not closed; write `[[` for a bracket")),
            None => Ok(Format { parts }),
        }
    }

    /// Names of the fields that it writes.
    pub fn fields(&self) -> Vec<&str> {
        fn of<'f>(parts: &'f [Piece], names: &mut Vec<&'f str>) {
            for part in parts {
                match part {
                    Piece::Field(name, _) => names.push(name),
                    Piece::Optional(inner) => of(inner, names),
                    Piece::Text(_) | Piece::Length => {}
                }
            }
        }
        let mut names = Vec::new();
        of(&self.parts, &mut names);
        names
    }
}

/// Adds a part to the optional part that is open, or to the whole; texts beside each other become one.
fn push(parts: &mut Vec<Piece>, open: &mut Option<(usize, Vec<Piece>)>, part: Piece) {
    let parts = open.as_mut().map_or(parts, |(_, inner)| inner);
    match (parts.last_mut(), part) {
        (Some(Piece::Text(before)), Piece::Text(more)) => before.push_str(&more),
        (_, part) => parts.push(part),
    }
}

fn field(inner: &str, at: usize) -> Result<Piece, FormatError> {
    if inner == "@length" {
        return Ok(Piece::Length);
    }
    let (name, form) = inner.split_once(':').unwrap_or((inner, ""));
    if name.is_empty() {
        return Err(error(at, inner.len().max(1), "a field's name is missing"));
    }
    let form = match form {
        "" => Form::Plain,
        "name" => Form::Name,
        "d" => Form::Decimal,
        "x" => Form::Hex,
        "*" => Form::All,
        "#" => Form::Count,
        _ => {
            let at = at.saturating_add(name.len()).saturating_add(1);
            return Err(error(at, form.len(), "no such form; there are `name`, `d`, `x`, `*` and `#`"));
        }
    };
    Ok(Piece::Field(name.to_owned(), form))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_texts_and_optional_parts_are_told_apart() {
        let format = Format::parse("reg {reg:x}[, {{value}} {value}] [[{@length}").expect("a format");
        assert_eq!(format.fields(), ["reg", "value"]);
        assert_eq!(format.parts.len(), 5);
        assert_eq!(format.parts.get(1), Some(&Piece::Field("reg".to_owned(), Form::Hex)));
        assert_eq!(
            format.parts.get(2),
            Some(&Piece::Optional(vec![
                Piece::Text(", {value} ".to_owned()),
                Piece::Field("value".to_owned(), Form::Plain)
            ]))
        );
    }

    #[test]
    fn errors_point_at_their_place() {
        for (text, at, len) in [
            ("a {b", 2, 1),
            ("a }", 2, 1),
            ("{}", 1, 1),
            ("ä{b:q}", 5, 1),
            ("[a [b]]", 3, 1),
            ("x [", 2, 1),
            ("a] b", 1, 1),
        ] {
            let found = Format::parse(text).map(|_| ()).expect_err(text);
            assert_eq!((found.at, found.len), (at, len), "{text}: {found}");
        }
    }
}
