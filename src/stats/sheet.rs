//! A table said once: its columns, and for each row its cells; written as text for people, as JSON objects, or for the page.
//!
//! Rows are made when they are written, so that a table of a million rows needs no memory of its own.

use super::tables::{digits, party_json, seconds_json};
use nettool_dissect::flow::Party;
use nettool_dissect::render::html::{Column as PageColumn, Holds, Table};
use nettool_dissect::render::{json, put};
use std::borrow::Cow;

/// Rows of a table in the page; a page is for reading.
const MOST_ROWS: usize = 500;

/// What stands in a row under a column.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    /// Nothing: the row has no such value.
    Blank,
    /// An end of a conversation.
    Party(Party),
    /// Words; for people, blanks in front are kept.
    Text(Cow<'static, str>),
    /// A number.
    Count(u64),
    /// A span in nanoseconds, shown in seconds.
    Seconds(i64),
    /// A span in nanoseconds, for people in milliseconds; JSON has seconds.
    Milliseconds(i64),
    /// Per cent.
    Share(f64),
}

impl Cell {
    /// A number, where there is one.
    pub(super) fn of(count: Option<u64>) -> Cell {
        count.map_or(Cell::Blank, Cell::Count)
    }

    /// Words that stand in the program.
    pub(super) fn name(text: &'static str) -> Cell {
        Cell::Text(Cow::Borrowed(text))
    }

    /// As it is written.
    pub(super) fn to_text(&self) -> String {
        let mut text = Vec::new();
        self.write(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Cell::Blank => {}
            Cell::Party(party) => party.write(out),
            Cell::Text(text) => out.extend_from_slice(text.as_bytes()),
            Cell::Count(count) => put::decimal(out, *count),
            Cell::Seconds(nanoseconds) => put::seconds(out, *nanoseconds, 6),
            Cell::Milliseconds(nanoseconds) => {
                out.extend_from_slice(format!("{:.3}", *nanoseconds as f64 / 1e6).as_bytes());
            }
            Cell::Share(share) => out.extend_from_slice(format!("{share:.1}").as_bytes()),
        }
    }

    /// Octets that it is written in; `spare` is for what must be written to be measured.
    fn width(&self, spare: &mut Vec<u8>) -> usize {
        match self {
            Cell::Blank => 0,
            Cell::Party(Party::Mac(_)) => "00:00:00:00:00:00".len(),
            Cell::Text(text) => text.len(),
            Cell::Count(count) => digits(*count),
            Cell::Seconds(nanoseconds) => {
                let around = if *nanoseconds < 0 { "-.000000" } else { ".000000" };
                digits(nanoseconds.unsigned_abs() / 1_000_000_000).saturating_add(around.len())
            }
            Cell::Party(_) | Cell::Milliseconds(_) | Cell::Share(_) => {
                spare.clear();
                self.write(spare);
                spare.len()
            }
        }
    }

    fn json(&self, out: &mut Vec<u8>, key: &str) {
        match self {
            Cell::Blank => {}
            Cell::Party(party) => party_json(out, key, party),
            Cell::Text(text) => {
                out.extend_from_slice(format!(",\"{key}\":").as_bytes());
                json::string(out, text.as_bytes());
            }
            Cell::Count(count) => out.extend_from_slice(format!(",\"{key}\":{count}").as_bytes()),
            Cell::Seconds(nanoseconds) | Cell::Milliseconds(nanoseconds) => {
                seconds_json(out, key, *nanoseconds);
            }
            Cell::Share(share) => out.extend_from_slice(format!(",\"{key}\":{share:.1}").as_bytes()),
        }
    }
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    /// For people; empty: they do not see it.
    pub(super) head: &'static str,
    /// In JSON; empty: it is not there.
    pub(super) key: &'static str,
    /// What stands in it.
    pub(super) holds: Holds,
    /// Its head where there is little room; empty: the same.
    pub(super) narrow: &'static str,
    /// Whether its numbers may be rounded there.
    pub(super) rounds: bool,
    /// Where there is not enough room even so, columns with the greatest number go first; 0: it stays.
    pub(super) goes: u8,
    /// Words are shortened to so much before columns go; 0: they are not.
    pub(super) clips: usize,
}

impl Column {
    /// A column of words.
    pub(super) const fn words(head: &'static str, key: &'static str) -> Column {
        Column { head, key, holds: Holds::Words, narrow: "", rounds: false, goes: 0, clips: 0 }
    }

    /// A column of numbers.
    pub(super) const fn numbers(head: &'static str, key: &'static str) -> Column {
        Column { head, key, holds: Holds::Numbers, narrow: "", rounds: false, goes: 0, clips: 0 }
    }

    /// With another head where there is little room.
    pub(super) const fn narrow(self, narrow: &'static str) -> Column {
        Column { narrow, ..self }
    }

    /// With numbers that may be rounded where there is little room.
    pub(super) const fn rounds(self) -> Column {
        Column { rounds: true, ..self }
    }

    /// With words that are shortened to so much before columns go.
    pub(super) const fn clips(self, clips: usize) -> Column {
        Column { clips, ..self }
    }

    /// Left out where there is no room for it: the greatest number first.
    pub(super) const fn goes(self, goes: u8) -> Column {
        Column { goes, ..self }
    }

    /// Its head where there is little room.
    pub(super) const fn narrow_head(&self) -> &'static str {
        if self.narrow.is_empty() { self.head } else { self.narrow }
    }

    /// This column, or none.
    pub(super) const fn when(self, there: bool) -> Column {
        if there { self } else { Column::words("", "") }
    }
}

/// A table without its rows.
#[derive(Clone, Debug)]
pub(super) struct Sheet<const N: usize> {
    /// What a row is, in JSON.
    pub(super) kind: &'static str,
    /// The level of conversations and endpoints, in JSON.
    pub(super) level: Option<&'static str>,
    /// Above it; empty: none.
    pub(super) title: String,
    pub(super) columns: [Column; N],
}

impl<const N: usize> Sheet<N> {
    /// Writes an object for each row.
    pub(super) fn json(&self, out: &mut Vec<u8>, rows: impl Iterator<Item = [Cell; N]>) {
        for cells in rows {
            out.extend_from_slice(format!("{{\"kind\":\"{}\"", self.kind).as_bytes());
            if let Some(level) = self.level {
                out.extend_from_slice(format!(",\"level\":\"{level}\"").as_bytes());
            }
            for (column, cell) in self.columns.iter().zip(&cells).filter(|(column, _)| !column.key.is_empty())
            {
                cell.json(out, column.key);
            }
            out.extend_from_slice(b"}\n");
        }
    }

    /// Writes it for people, each column as wide as it has to be; a blank line follows. `room`: columns of the terminal, if it is one.
    pub(super) fn text(
        &self,
        out: &mut Vec<u8>,
        rows: impl Iterator<Item = [Cell; N]> + Clone,
        room: Option<usize>,
    ) {
        let mut widths = self.columns.map(|column| column.head.chars().count());
        let mut most = [0_u64; N];
        let mut spare = Vec::new();
        let mut count = 0_usize;
        for cells in rows.clone() {
            count = count.saturating_add(1);
            for ((cell, width), most) in cells.iter().zip(&mut widths).zip(&mut most) {
                match cell {
                    // The greatest number is the widest.
                    Cell::Count(count) => *most = (*most).max(*count),
                    _ => *width = cell.width(&mut spare).max(*width),
                }
            }
        }
        widths.iter_mut().zip(most).for_each(|(width, most)| *width = digits(most).max(*width));
        if let Some(room) = room.filter(|room| self.row_len(&widths).saturating_sub(2) > *room) {
            return self.narrow_text(out, rows, room);
        }
        if !self.title.is_empty() {
            out.extend_from_slice(self.title.as_bytes());
            out.push(b'\n');
        }
        self.line(out, &widths, &self.columns.map(|column| Cell::name(column.head)), &mut spare);
        let blanks = vec![b' '; self.row_len(&widths)];
        out.reserve(count.saturating_mul(blanks.len().saturating_add(1)));
        for cells in rows {
            self.row(out, &widths, &blanks, &cells, &mut spare);
        }
        out.push(b'\n');
    }

    /// Octets of a row before blanks at its end are taken off.
    fn row_len(&self, widths: &[usize; N]) -> usize {
        let all = self.columns.iter().zip(widths).filter(|(column, _)| !column.head.is_empty());
        all.fold(0_usize, |len, (_, width)| len.saturating_add(*width).saturating_add(2))
    }

    /// A row, no cell of which is longer than its column is wide: each is put into its place in a line of `blanks`.
    fn row(
        &self,
        out: &mut Vec<u8>,
        widths: &[usize; N],
        blanks: &[u8],
        cells: &[Cell; N],
        spare: &mut Vec<u8>,
    ) {
        let start = out.len();
        out.extend_from_slice(blanks);
        let line = out.get_mut(start..).unwrap_or_default();
        let mut at = 0_usize;
        for ((column, cell), width) in self.columns.iter().zip(cells).zip(widths) {
            if column.head.is_empty() {
                continue;
            }
            let behind = at.saturating_add(*width);
            let place = line.get_mut(at..behind).unwrap_or_default();
            match cell {
                Cell::Count(count) if column.holds.is_numeric() => put::decimal_at_end(place, *count),
                _ => {
                    spare.clear();
                    cell.write(spare);
                    let before =
                        if column.holds.is_numeric() { width.saturating_sub(spare.len()) } else { 0 };
                    let place = place.get_mut(before..).unwrap_or_default();
                    let len = place.len().min(spare.len());
                    place[..len].copy_from_slice(&spare[..len]);
                }
            }
            at = behind.saturating_add(2);
        }
        while out.last() == Some(&b' ') && out.len() > start {
            out.pop();
        }
        out.push(b'\n');
    }

    fn line(&self, out: &mut Vec<u8>, widths: &[usize; N], cells: &[Cell; N], spare: &mut Vec<u8>) {
        let start = out.len();
        let mut at = start;
        for ((column, cell), width) in self.columns.iter().zip(cells).zip(widths) {
            if column.head.is_empty() {
                continue;
            }
            let before = if column.holds.is_numeric() { width.saturating_sub(cell.width(spare)) } else { 0 };
            out.resize(at.saturating_add(before).max(out.len()), b' ');
            cell.write(out);
            at = at.saturating_add(*width).saturating_add(2);
        }
        while out.last() == Some(&b' ') && out.len() > start {
            out.pop();
        }
        out.push(b'\n');
    }

    /// Makes the page's table of its first rows. `by`: what they have most of, where not all are there.
    pub(super) fn page(&self, rows: impl ExactSizeIterator<Item = [Cell; N]>, by: &str) -> Table {
        let all = rows.len();
        let note = if all > MOST_ROWS {
            format!("The {MOST_ROWS} {by} of {all}; --stats has all.")
        } else {
            String::new()
        };
        let shown = |at: usize| self.columns.get(at).is_some_and(|column| !column.head.is_empty());
        let cells = |cells: [Cell; N]| {
            let cells = cells.iter().enumerate().filter(|(at, _)| shown(*at));
            cells.map(|(_, cell)| for_page(cell)).collect()
        };
        let columns = self.columns.iter().filter(|column| !column.head.is_empty());
        Table {
            title: self.title.clone(),
            note,
            columns: columns.map(|column| PageColumn { name: column.head, holds: column.holds }).collect(),
            rows: rows.take(MOST_ROWS).map(|row| ("", cells(row))).collect(),
        }
    }
}

/// A cell's text; blanks in front that do not collapse.
fn for_page(cell: &Cell) -> String {
    let mut text = Vec::new();
    cell.write(&mut text);
    let text = String::from_utf8_lossy(&text);
    let words = text.trim_start_matches(' ');
    let blanks = text.len().saturating_sub(words.len());
    format!("{}{words}", "\u{a0}".repeat(blanks))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> (Sheet<4>, Vec<[Cell; 4]>) {
        let columns = [
            Column::words("name", "name"),
            Column::numbers("frames", "frames"),
            Column::numbers("", "first_frame"),
            Column::numbers("ms", "time"),
        ];
        let rows = vec![
            [Cell::name("a"), Cell::Count(12_345_678), Cell::Count(1), Cell::Milliseconds(1_500_000)],
            [Cell::name("  <b>"), Cell::Count(1), Cell::Count(2), Cell::Blank],
        ];
        (Sheet { kind: "thing", level: None, title: "Things".into(), columns }, rows)
    }

    #[test]
    fn columns_are_as_wide_as_what_stands_in_them() {
        let (sheet, rows) = sheet();
        let mut out = Vec::new();
        sheet.text(&mut out, rows.into_iter(), None);
        let text = String::from_utf8(out).expect("text");
        assert_eq!(text, "Things\nname     frames     ms\na      12345678  1.500\n  <b>         1\n\n");
    }

    #[test]
    fn rows_are_written_as_heads_are() {
        let (sheet, rows) = sheet();
        let widths = [9, 12, 3, 20];
        let more = [Cell::Share(12.5), Cell::Seconds(-1), Cell::Count(u64::MAX), Cell::Count(u64::MAX)];
        for cells in rows.into_iter().chain([more]) {
            let (mut row, mut line, mut spare) = (Vec::new(), Vec::new(), Vec::new());
            sheet.row(&mut row, &widths, &vec![b' '; sheet.row_len(&widths)], &cells, &mut spare);
            sheet.line(&mut line, &widths, &cells, &mut spare);
            assert_eq!(String::from_utf8_lossy(&row), String::from_utf8_lossy(&line));
        }
    }

    #[test]
    fn widths_are_those_of_what_is_written() {
        let mut spare = Vec::new();
        for value in [0, 9, 10, 99_999, 1_000_000_000, 12_000_000_000, i64::MAX, -1, -12_345_678_901] {
            for cell in [Cell::Seconds(value), Cell::Count(value.unsigned_abs()), Cell::Milliseconds(value)] {
                let mut out = Vec::new();
                cell.write(&mut out);
                assert_eq!(cell.width(&mut spare), out.len(), "{cell:?}");
            }
        }
    }

    #[test]
    fn json_has_what_people_do_not_see_and_leaves_blanks_out() {
        let (sheet, rows) = sheet();
        let mut out = Vec::new();
        sheet.json(&mut out, rows.into_iter());
        let text = String::from_utf8(out).expect("text");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "{\"kind\":\"thing\",\"name\":\"a\",\"frames\":12345678,\"first_frame\":1,\"time\":0.001500000}",
                "{\"kind\":\"thing\",\"name\":\"  <b>\",\"frames\":1,\"first_frame\":2}",
            ]
        );
    }

    #[test]
    fn the_page_has_what_people_see() {
        let (sheet, rows) = sheet();
        let table = sheet.page(rows.into_iter(), "first");
        assert_eq!(table.columns.len(), 3);
        assert_eq!(table.rows[1].1, ["\u{a0}\u{a0}<b>", "1", ""]);
    }
}
