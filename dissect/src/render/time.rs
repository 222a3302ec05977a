//! Time stamps as tcpdump's `-t` options show them.

use super::put;
use crate::frame::Timestamp;

/// How the time of a line is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TimeForm {
    /// `22:13:20.000001`, local time (no `-t`).
    #[default]
    Clock,
    /// None (`-t`).
    None,
    /// Seconds since 1970 (`-tt`).
    Epoch,
    /// Since the line before (`-ttt`).
    Delta,
    /// `2023-11-14 22:13:20.000001` (`-tttt`).
    Date,
    /// Since the first line (`-ttttt`).
    SinceFirst,
}

/// Local time: seconds east of Greenwich at a time. The command line brings the system's rules.
pub type Zone = fn(i64) -> i32;

/// Universal time.
pub fn utc(_: i64) -> i32 {
    0
}

/// Writes a time in a form, with `decimals` of the second (6 or 9). `earlier` is the line before or the first line.
pub fn write(
    out: &mut Vec<u8>,
    form: TimeForm,
    time: Timestamp,
    earlier: Timestamp,
    zone: Zone,
    decimals: usize,
) {
    let (seconds, nanoseconds) = time.split();
    match form {
        TimeForm::None => {}
        TimeForm::Clock => clock(out, seconds, nanoseconds, zone, decimals),
        TimeForm::Epoch => {
            put::signed(out, seconds);
            put::fraction(out, nanoseconds, decimals);
        }
        TimeForm::Delta | TimeForm::SinceFirst => {
            let span = time.since(earlier);
            out.push(if span < 0 { b'-' } else { b' ' });
            let span = span.unsigned_abs();
            let seconds = span / 1_000_000_000;
            put::padded(out, seconds / 3600, 2);
            out.push(b':');
            put::two(out, seconds / 60 % 60);
            out.push(b':');
            put::two(out, seconds % 60);
            put::fraction(out, (span % 1_000_000_000) as u32, decimals);
        }
        TimeForm::Date => {
            date(out, seconds.saturating_add(i64::from(zone(seconds))));
            out.push(b' ');
            clock(out, seconds, nanoseconds, zone, decimals);
        }
    }
}

fn clock(out: &mut Vec<u8>, seconds: i64, nanoseconds: u32, zone: Zone, decimals: usize) {
    let of_day = seconds.saturating_add(i64::from(zone(seconds))).rem_euclid(86_400).cast_unsigned();
    put::two(out, of_day / 3600);
    out.push(b':');
    put::two(out, of_day / 60 % 60);
    out.push(b':');
    put::two(out, of_day % 60);
    put::fraction(out, nanoseconds, decimals);
}

/// `2023-11-14` of seconds since 1970 in the zone wanted.
pub fn date(out: &mut Vec<u8>, seconds: i64) {
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    put::padded(out, year.unsigned_abs(), 4);
    out.push(b'-');
    put::two(out, u64::from(month));
    out.push(b'-');
    put::two(out, u64::from(day));
}

/// `Nov 14, 2023 22:13:20.000001000 UTC`.
pub fn long(out: &mut Vec<u8>, time: Timestamp) {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (seconds, nanoseconds) = time.split();
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let month = usize::from(month).checked_sub(1).and_then(|at| MONTHS.get(at));
    out.extend_from_slice(month.copied().unwrap_or_default().as_bytes());
    out.push(b' ');
    if day < 10 {
        out.push(b' ');
    }
    put::decimal(out, u64::from(day));
    out.extend_from_slice(b", ");
    put::decimal(out, year.unsigned_abs());
    out.push(b' ');
    clock(out, seconds, nanoseconds, utc, 9);
    out.extend_from_slice(b" UTC");
}

/// `2023-11-14T22:13:20.000001Z`.
pub fn iso(out: &mut Vec<u8>, time: Timestamp, decimals: usize) {
    let (seconds, nanoseconds) = time.split();
    date(out, seconds);
    out.push(b'T');
    clock(out, seconds, nanoseconds, utc, decimals);
    out.push(b'Z');
}

/// Year, month and day of a day number (0 is 1970-01-01) in the Gregorian calendar: years are counted from March, so
/// that the leap day is the last of the year.
fn civil(day: i64) -> (i64, u8, u8) {
    let day = day.saturating_add(719_468);
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let leap = (of_era / 1460).saturating_sub(of_era / 36_524).saturating_add(of_era / 146_096);
    let year_of_era = of_era.saturating_sub(leap) / 365;
    let before =
        year_of_era.saturating_mul(365).saturating_add(year_of_era / 4).saturating_sub(year_of_era / 100);
    let of_year = of_era.saturating_sub(before);
    let shifted = of_year.saturating_mul(5).saturating_add(2) / 153;
    let start = shifted.saturating_mul(153).saturating_add(2) / 5;
    let day = of_year.saturating_sub(start).saturating_add(1);
    let month = if shifted < 10 { shifted.saturating_add(3) } else { shifted.saturating_sub(9) };
    let year = era.saturating_mul(400).saturating_add(year_of_era).saturating_add(i64::from(month <= 2));
    (year, u8::try_from(month).unwrap_or(1), u8::try_from(day).unwrap_or(1))
}
