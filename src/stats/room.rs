//! Tables on a terminal that is too narrow for them: first numbers are rounded, then columns go that a reader misses least, and in the
//! end words are shortened. A line that the terminal would wrap tells less than a shorter one.
//!
//! What is no terminal gets whole tables, and so does JSON.

use super::sheet::{Cell, Column, Sheet};
use std::io::IsTerminal;

/// Columns that words keep at least.
const LEAST_WORDS: usize = 12;

/// Columns of a terminal that does not say how many it has.
const USUAL: usize = 80;

/// Columns of the terminal that standard output is; `None` if it is none. The environment's `COLUMNS` has the last word.
pub(crate) fn of_terminal() -> Option<usize> {
    let out = std::io::stdout();
    if !out.is_terminal() {
        return None;
    }
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let known = || rustix::termios::tcgetwinsize(&out).ok().map(|size| usize::from(size.ws_col));
    Some(told.or_else(known).filter(|columns| *columns > 0).unwrap_or(USUAL))
}

/// How a table is brought into a line.
pub(super) struct Fit<const N: usize> {
    /// Of each column; `None`: it is left out.
    widths: [Option<usize>; N],
}

impl<const N: usize> Fit<N> {
    /// Finds it for rows of rounded numbers.
    pub(super) fn new(columns: &[Column; N], rows: impl Iterator<Item = [Cell; N]>, room: usize) -> Fit<N> {
        let mut widths =
            columns.map(|column| (!column.head.is_empty()).then(|| column.narrow_head().chars().count()));
        for cells in rows {
            for ((cell, width), column) in cells.iter().zip(&mut widths).zip(columns) {
                if let Some(width) = width {
                    *width = (*width).max(narrow(cell, column).chars().count());
                }
            }
        }
        let mut fit = Fit { widths };
        if fit.len() > room {
            let clipped = columns.iter().zip(&mut fit.widths).filter(|(column, _)| column.clips > 0);
            clipped.for_each(|(column, width)| *width = width.map(|width| width.min(column.clips)));
        }
        while fit.len() > room && fit.leave_one_out(columns) {}
        while fit.len() > room && fit.shorten(columns) {}
        fit
    }

    /// Columns of a line.
    fn len(&self) -> usize {
        let all = self.widths.iter().flatten();
        all.fold(0_usize, |len, width| len.saturating_add(*width).saturating_add(2)).saturating_sub(2)
    }

    /// Columns of the table that are shown.
    fn shown(&self) -> usize {
        self.widths.iter().flatten().count()
    }

    /// Leaves the column out that is missed least; false where all that are left must stay.
    fn leave_one_out(&mut self, columns: &[Column; N]) -> bool {
        let there = columns.iter().zip(&mut self.widths).filter(|(_, width)| width.is_some());
        match there.max_by_key(|(column, _)| column.goes).filter(|(column, _)| column.goes > 0) {
            Some((_, width)) => {
                *width = None;
                true
            }
            None => false,
        }
    }

    /// Takes one off the widest column of words; false where all are short.
    fn shorten(&mut self, columns: &[Column; N]) -> bool {
        let words = columns.iter().zip(&mut self.widths).filter(|(column, _)| !column.holds.is_numeric());
        let widest = words.filter_map(|(_, width)| width.as_mut()).max_by_key(|width| **width);
        match widest.filter(|width| **width > LEAST_WORDS) {
            Some(width) => {
                *width = width.saturating_sub(1);
                true
            }
            None => false,
        }
    }
}

impl<const N: usize> Sheet<N> {
    /// Writes the table into lines of `room` columns; a blank line follows.
    pub(super) fn narrow_text(
        &self,
        out: &mut Vec<u8>,
        rows: impl Iterator<Item = [Cell; N]> + Clone,
        room: usize,
    ) {
        let fit = Fit::new(&self.columns, rows.clone(), room);
        let all = self.columns.iter().filter(|column| !column.head.is_empty()).count();
        let shown = fit.shown();
        let note =
            if shown < all { format!("{shown} of {all} columns have room here") } else { String::new() };
        match (self.title.is_empty(), note.is_empty()) {
            (true, true) => {}
            (false, true) => line(out, &self.title),
            (true, false) => line(out, &note),
            (false, false) => line(out, &format!("{} ({note})", self.title)),
        }
        let heads = self.columns.map(|column| Cell::name(column.narrow_head()));
        for cells in std::iter::once(heads).chain(rows) {
            let mut text = String::new();
            let mut at = 0_usize;
            for ((cell, column), width) in cells.iter().zip(&self.columns).zip(fit.widths) {
                let Some(width) = width else { continue };
                let cell = shortened(cell, narrow(cell, column), width);
                let free = width.saturating_sub(cell.chars().count());
                let before = if column.holds.is_numeric() { free } else { 0 };
                let written = text.chars().count();
                text.extend(std::iter::repeat_n(' ', at.saturating_sub(written).saturating_add(before)));
                text.push_str(&cell);
                at = at.saturating_add(width).saturating_add(2);
            }
            line(out, text.trim_end());
        }
        out.push(b'\n');
    }
}

fn line(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
    out.push(b'\n');
}

/// A cell with its number rounded, where its column allows that.
fn narrow(cell: &Cell, column: &Column) -> String {
    match cell {
        Cell::Count(count) if column.rounds => rounded(*count),
        Cell::Seconds(nanoseconds) if column.rounds => format!("{:.2}", *nanoseconds as f64 / 1e9),
        cell => cell.to_text(),
    }
}

/// Three digits of a number that has more than four, with the SI prefix of what they count.
fn rounded(count: u64) -> String {
    if count < 10_000 {
        return count.to_string();
    }
    let mut value = count as f64;
    let mut prefix = "";
    for next in ["k", "M", "G", "T", "P", "E"] {
        if value < 999.5 {
            break;
        }
        (value, prefix) = (value / 1000.0, next);
    }
    let places = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
    format!("{value:.places$}{prefix}")
}

/// A text of at most so many columns: an address keeps its beginning and its end, where the port stands, words their beginning.
fn shortened(cell: &Cell, text: String, width: usize) -> String {
    let len = text.chars().count();
    if len <= width {
        return text;
    }
    let kept = width.saturating_sub(1);
    let behind = if matches!(cell, Cell::Party(_)) { kept / 2 } else { 0 };
    let before = text.chars().take(kept.saturating_sub(behind));
    let end = text.chars().skip(len.saturating_sub(behind));
    before.chain(std::iter::once('…')).chain(end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nettool_dissect::flow::{Family, Party};

    fn table() -> (Sheet<5>, Vec<[Cell; 5]>) {
        let columns = [
            Column::words("A", "a"),
            Column::numbers("octets", "octets").rounds(),
            Column::numbers("first frame", "first_frame").narrow("frame").goes(1),
            Column::numbers("start", "start").rounds().goes(2),
            Column::words("what", "what"),
        ];
        let address = 0x2001_0db8_0000_0001_1234_5678_9abc_def0;
        let party = Cell::Party(Party::Socket(Family::V6, address, 443));
        let what = Cell::name("something that takes some words");
        let row = [party, Cell::Count(123_456_789), Cell::Count(7), Cell::Seconds(1_234_567_890), what];
        (Sheet { kind: "thing", level: None, title: "Things: 1".into(), columns }, vec![row])
    }

    fn text(room: usize) -> String {
        let (sheet, rows) = table();
        let mut out = Vec::new();
        sheet.text(&mut out, rows.into_iter(), Some(room));
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn what_has_room_is_whole() {
        let (sheet, rows) = table();
        let mut out = Vec::new();
        sheet.text(&mut out, rows.into_iter(), None);
        assert_eq!(text(200).as_bytes(), out);
        assert!(text(200).contains("123456789"));
    }

    #[test]
    fn numbers_are_rounded_then_columns_go_then_words_are_shortened() {
        let first = text(95);
        assert!(first.contains("123M") && first.contains("1.23") && first.contains("frame"), "{first}");
        let second = text(86);
        assert!(second.contains("(4 of 5 columns have room here)") && !second.contains("start"), "{second}");
        let third = text(45);
        assert!(third.contains('…') && third.contains("]:443") && third.contains("[2001:"), "{third}");
    }

    #[test]
    fn no_line_is_longer_than_there_is_room() {
        for room in 36..200 {
            for line in text(room).lines().skip(1) {
                assert!(line.chars().count() <= room, "{room}: {line}");
            }
        }
    }

    #[test]
    fn numbers_are_rounded_to_three_digits() {
        let known = [
            (0, "0"),
            (9999, "9999"),
            (10_000, "10.0k"),
            (163_320, "163k"),
            (999_499, "999k"),
            (999_600, "1.00M"),
            (1_409_012, "1.41M"),
            (u64::MAX, "18.4E"),
        ];
        for (number, text) in known {
            assert_eq!(rounded(number), text);
        }
    }
}
