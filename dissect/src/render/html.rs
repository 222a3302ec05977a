//! A report as one HTML page that loads nothing: facts, charts, tables that sort, and a packet list that can be searched.
//!
//! Everything in it may come from strangers. Text is escaped, what scripts read is JSON without `<`, scripts put it into the
//! page as text alone, and the page's own policy allows neither loads nor connections.

use super::{json, put};

/// A chart of one value over time.
#[derive(Clone, Debug)]
pub struct Chart {
    /// Above it.
    pub title: String,
    /// Behind its numbers.
    pub unit: &'static str,
    /// Seconds that one value stands for.
    pub width: f64,
    /// The values, in order of time.
    pub values: Vec<f64>,
}

/// What stands in a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holds {
    /// Words.
    Words,
    /// Words that a click searches the packets for.
    Search,
    /// Numbers.
    Numbers,
    /// Numbers of packets, which a click shows.
    Frames,
}

impl Holds {
    /// Whether they are numbers.
    pub fn is_numeric(self) -> bool {
        matches!(self, Holds::Numbers | Holds::Frames)
    }

    /// Class of a cell.
    fn class(self) -> &'static str {
        match self {
            Holds::Words => "",
            Holds::Search => " class=\"s\"",
            Holds::Numbers => " class=\"n\"",
            Holds::Frames => " class=\"n f\"",
        }
    }
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Above it.
    pub name: &'static str,
    /// What stands in it.
    pub holds: Holds,
}

/// A table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Above it.
    pub title: String,
    /// A sentence under the title; empty: none.
    pub note: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Cells, and the class of the row (`error`, `warn`, `hint` or nothing).
    pub rows: Vec<(&'static str, Vec<String>)>,
}

/// Rows of the packet list, as the page's script reads them.
#[derive(Clone, Debug, Default)]
pub struct Packets {
    json: Vec<u8>,
    /// Where each row ends.
    ends: Vec<usize>,
}

impl Packets {
    /// Appends a packet: number, time as shown, innermost protocol, line; and what deserves attention, with a row's class.
    pub fn add(
        &mut self,
        number: u64,
        time: &[u8],
        protocol: &[u8],
        line: &[u8],
        remark: Option<(&'static str, &str)>,
    ) {
        self.json.extend_from_slice(if self.json.is_empty() { b"[" } else { b",\n[" });
        put::decimal(&mut self.json, number);
        let remark = remark.map(|(class, text)| [class.as_bytes(), text.as_bytes()]);
        for cell in [time, protocol, line].into_iter().chain(remark.into_iter().flatten()) {
            self.json.push(b',');
            let start = self.json.len();
            json::string(&mut self.json, cell);
            without_markup(&mut self.json, start);
        }
        self.json.push(b']');
        self.ends.push(self.json.len());
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Keeps the first `rows`.
    pub fn truncate(&mut self, rows: usize) {
        self.ends.truncate(rows);
        self.json.truncate(self.ends.last().copied().unwrap_or(0));
    }

    /// Appends the rows of `other` behind these.
    pub fn append(&mut self, other: Packets) {
        if !self.json.is_empty() && !other.json.is_empty() {
            self.json.extend_from_slice(b",\n");
        }
        let start = self.json.len();
        self.json.extend_from_slice(&other.json);
        self.ends.extend(other.ends.iter().map(|end| start.saturating_add(*end)));
    }
}

/// Writes `<` in a JSON string so that no script element can end in it.
fn without_markup(out: &mut Vec<u8>, start: usize) {
    let written = out.get(start..).unwrap_or_default();
    if !written.contains(&b'<') {
        return;
    }
    let text = written.to_vec();
    out.truncate(start);
    for octet in text {
        match octet {
            b'<' => out.extend_from_slice(b"\\u003c"),
            other => out.push(other),
        }
    }
}

/// A whole page.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Its title.
    pub title: String,
    /// What was looked at: names and values.
    pub facts: Vec<(&'static str, String)>,
    /// Charts, in order.
    pub charts: Vec<Chart>,
    /// Tables, in order.
    pub tables: Vec<Table>,
    /// A sentence above the packets.
    pub packets_note: String,
    /// The packets.
    pub packets: Packets,
}

impl Page {
    /// Writes the page.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(
            b"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\
<meta name=\"viewport\" content=\"width=device-width\"><title>",
        );
        text(out, &self.title);
        out.extend_from_slice(b"</title><style>\n");
        out.extend_from_slice(include_bytes!("html/page.css"));
        out.extend_from_slice(b"</style></head>\n<body><h1>");
        text(out, &self.title);
        out.extend_from_slice(b"</h1>\n<dl>");
        for (name, value) in &self.facts {
            out.extend_from_slice(b"<dt>");
            text(out, name);
            out.extend_from_slice(b"</dt><dd>");
            text(out, value);
            out.extend_from_slice(b"</dd>");
        }
        out.extend_from_slice(b"</dl>\n<header>");
        self.contents(out);
        out.extend_from_slice(
            b"<p><input id=\"find\" type=\"search\" placeholder=\"words, or /regular expression/\" \
aria-label=\"Search packets and tables\"> <span id=\"found\"></span></p></header>\n",
        );
        for chart in &self.charts {
            chart.write(out);
        }
        for (place, table) in self.tables.iter().enumerate() {
            table.write(out, place);
        }
        out.extend_from_slice(b"<h2 id=\"list-of-packets\">Packets</h2>\n<p class=\"note\">");
        text(out, &self.packets_note);
        out.extend_from_slice(
            b"</p>\n<div id=\"list\" class=\"scroll\" tabindex=\"0\"></div>\
<p id=\"whole\">Choose a packet to see its whole line.</p>\n\
<script type=\"application/json\" id=\"packets\">[",
        );
        out.extend_from_slice(&self.packets.json);
        out.extend_from_slice(b"]</script>\n<script>\n");
        out.extend_from_slice(include_bytes!("html/page.js"));
        out.extend_from_slice(b"</script></body></html>\n");
    }

    fn contents(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"<nav>");
        for (place, table) in self.tables.iter().enumerate() {
            out.extend_from_slice(format!("<a href=\"#table-{place}\">").as_bytes());
            text(out, &table.title);
            out.extend_from_slice(b"</a>");
        }
        out.extend_from_slice(b"<a href=\"#list-of-packets\">Packets</a></nav>\n");
    }
}

/// Size of a chart's drawing.
const WIDE: f64 = 1000.0;
const HIGH: f64 = 160.0;
/// Room above the bars and below, for words.
const ABOVE: f64 = 16.0;
const BELOW: f64 = 16.0;

impl Chart {
    fn write(&self, out: &mut Vec<u8>) {
        let most = self.values.iter().copied().fold(0.0, f64::max);
        out.extend_from_slice(b"<h2>");
        text(out, &self.title);
        out.extend_from_slice(
            format!("</h2>\n<svg viewBox=\"0 0 {WIDE} {HIGH}\" preserveAspectRatio=\"none\" role=\"img\">")
                .as_bytes(),
        );
        let step = WIDE / self.values.len().max(1) as f64;
        let floor = HIGH - BELOW;
        for (place, value) in self.values.iter().enumerate() {
            if *value <= 0.0 {
                continue;
            }
            let high = (value / most.max(f64::MIN_POSITIVE) * (floor - ABOVE)).max(1.0);
            out.extend_from_slice(
                format!(
                    "<rect x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{high:.2}\"><title>{} {} at {}</title></rect>",
                    place as f64 * step,
                    floor - high,
                    (step - 0.4).max(0.3),
                    short(*value),
                    self.unit,
                    span(place as f64 * self.width),
                )
                .as_bytes(),
            );
        }
        let end = span(self.values.len() as f64 * self.width);
        out.extend_from_slice(
            format!(
                "<line x1=\"0\" y1=\"{floor}\" x2=\"{WIDE}\" y2=\"{floor}\"/><text x=\"2\" y=\"11\">{} {}</text>\
<text x=\"2\" y=\"{}\">0 s</text><text x=\"{}\" y=\"{}\" text-anchor=\"end\">{end}</text></svg>\n",
                short(most),
                self.unit,
                HIGH - 4.0,
                WIDE - 2.0,
                HIGH - 4.0,
            )
            .as_bytes(),
        );
    }
}

/// Seconds, with as many decimals as tell something.
fn span(seconds: f64) -> String {
    if seconds >= 100.0 { format!("{seconds:.0} s") } else { format!("{seconds:.3} s") }
}

/// A number in three digits and a unit of thousands.
fn short(value: f64) -> String {
    let (mut value, mut unit) = (value, "");
    for next in ["k", "M", "G", "T"] {
        if value < 1000.0 {
            break;
        }
        (value, unit) = (value / 1000.0, next);
    }
    let decimals = if unit.is_empty() && value.fract() == 0.0 || value >= 100.0 { 0 } else { 1 };
    format!("{value:.decimals$} {unit}").trim_end().to_owned()
}

impl Table {
    fn write(&self, out: &mut Vec<u8>, place: usize) {
        out.extend_from_slice(format!("<h2 id=\"table-{place}\">").as_bytes());
        text(out, &self.title);
        out.extend_from_slice(b"</h2>\n");
        if !self.note.is_empty() {
            out.extend_from_slice(b"<p class=\"note\">");
            text(out, &self.note);
            out.extend_from_slice(b"</p>\n");
        }
        out.extend_from_slice(b"<div class=\"scroll\"><table><thead><tr>");
        for column in &self.columns {
            let numeric = if column.holds.is_numeric() { " class=\"n\"" } else { "" };
            out.extend_from_slice(format!("<th{numeric}><button>").as_bytes());
            text(out, column.name);
            out.extend_from_slice(b"</button></th>");
        }
        out.extend_from_slice(b"</tr></thead><tbody>\n");
        for (class, cells) in &self.rows {
            match class.is_empty() {
                true => out.extend_from_slice(b"<tr>"),
                false => out.extend_from_slice(format!("<tr class=\"{class}\">").as_bytes()),
            }
            for (cell, column) in cells.iter().zip(&self.columns) {
                out.extend_from_slice(format!("<td{}>", column.holds.class()).as_bytes());
                text(out, cell);
                out.extend_from_slice(b"</td>");
            }
            out.extend_from_slice(b"</tr>\n");
        }
        out.extend_from_slice(b"</tbody></table></div>\n");
    }
}

/// Text that cannot be taken for markup, without control codes.
fn text(out: &mut Vec<u8>, text: &str) {
    for character in text.chars() {
        match character {
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '&' => out.extend_from_slice(b"&amp;"),
            '"' => out.extend_from_slice(b"&quot;"),
            '\'' => out.extend_from_slice(b"&#39;"),
            control if control.is_control() => out.extend_from_slice("\u{fffd}".as_bytes()),
            plain => out.extend_from_slice(plain.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        let mut packets = Packets::default();
        let hostile = b"IP a > b: </script><script>alert(1)</script>\x1b[2J\xff";
        packets.add(1, b"0.000000", b"dns", hostile, None);
        let mut more = Packets::default();
        more.add(2, b"0.5", b"tcp", b"\"quoted\"\\", Some(("warn", "<odd>")));
        more.add(3, b"0.6", b"tcp", b"left out", None);
        more.truncate(1);
        packets.append(more);
        packets.append(Packets::default());
        assert_eq!(packets.len(), 2);
        Page {
            title: "<b>x</b> & \"y\"".into(),
            facts: vec![("File", "a<b>.pcap\u{7}".into())],
            charts: vec![Chart {
                title: "Rate".into(),
                unit: "bit/s",
                width: 0.1,
                values: vec![0.0, 5.0, 1500.0],
            }],
            tables: vec![Table {
                title: "Talkers".into(),
                note: String::new(),
                columns: vec![
                    Column { name: "Name", holds: Holds::Search },
                    Column { name: "Frames", holds: Holds::Frames },
                ],
                rows: vec![("warn", vec!["<i>".into(), "7".into()])],
            }],
            packets_note: "All.".into(),
            packets,
        }
    }

    #[test]
    fn nothing_from_outside_becomes_markup() {
        let mut out = Vec::new();
        page().write(&mut out);
        let written = String::from_utf8(out).expect("a page is UTF-8");
        assert!(
            !written.contains("<b>") && !written.contains("<i>") && !written.contains("alert(1)</script")
        );
        assert!(!written.contains('\u{1b}') && !written.contains('\u{7}'));
        assert_eq!(written.matches("<script").count(), 2, "{written}");
        for load in ["src=", "href=\"http", "url(", "@import"] {
            assert!(!written.contains(load), "{load}");
        }
    }

    #[test]
    fn the_list_is_json_in_order() {
        let mut out = Vec::new();
        page().write(&mut out);
        let written = String::from_utf8(out).expect("a page is UTF-8");
        let list = written.split("id=\"packets\">").nth(1).and_then(|rest| rest.split("</script>").next());
        let list = list.expect("the list is there");
        assert!(
            list.starts_with("[[1,\"0.000000\",\"dns\",")
                && list.ends_with(",\"\\\"quoted\\\"\\\\\",\"warn\",\"\\u003codd>\"]]"),
            "{list}"
        );
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            (short(7.0), short(1500.0), short(123_456.0)),
            ("7".into(), "1.5 k".into(), "123 k".into())
        );
    }
}
