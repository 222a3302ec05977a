//! Names of capture files: what they tell of format and compression, and how a ring of files is numbered.

use super::error::{Compression, Format};
use super::sink::WriteError;
use nettool_dissect::frame::Timestamp;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The compression that a file name asks for by its last extension: `.gz`, `.zst`, `.lz4`.
pub fn compression_of_name(path: &Path) -> Compression {
    match extension(path).as_deref() {
        Some("gz") => Compression::Gzip,
        Some("zst" | "zstd") => Compression::Zstd,
        Some("lz4") => Compression::Lz4,
        _ => Compression::None,
    }
}

/// The format that a file name asks for by its extension, before one of compression; `None` when it does not say.
pub fn format_of_name(path: &Path) -> Option<Format> {
    let plain = match compression_of_name(path) {
        Compression::None => path.to_path_buf(),
        _ => path.with_extension(""),
    };
    match extension(&plain)?.as_str() {
        "pcapng" | "ntar" => Some(Format::Pcapng),
        "pcap" | "cap" | "dmp" => Some(Format::Pcap),
        _ => None,
    }
}

fn extension(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}

/// Names of one output after the other.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    path: PathBuf,
    /// The name with its `%` of strftime.
    pattern: Option<String>,
    rotated: bool,
    number: u64,
    last: Option<PathBuf>,
}

impl Names {
    /// Names for `path`; with `rotated`, more than one. A `%` in the name is a time format (strftime, local time) of
    /// the first packet in the file; `%%` is a percent sign.
    pub(crate) fn new(path: &Path, rotated: bool) -> Result<Names, WriteError> {
        let stdout = path.as_os_str() == "-";
        if stdout && rotated {
            return Err(WriteError::RotatedStdout);
        }
        let pattern = path.to_str().filter(|name| !stdout && name.contains('%')).map(str::to_owned);
        let names = Names { path: path.to_path_buf(), pattern, rotated, number: 0, last: None };
        // A format that is wrong should be said before the first packet comes.
        names.formatted(Timestamp(0))?;
        Ok(names)
    }

    /// Whether the name can be told before the first packet.
    pub(crate) fn timeless(&self) -> bool {
        self.pattern.is_none()
    }

    fn formatted(&self, time: Timestamp) -> Result<PathBuf, WriteError> {
        let Some(pattern) = &self.pattern else { return Ok(self.path.clone()) };
        let wrong = |reason: jiff::Error| WriteError::Pattern {
            pattern: pattern.clone(),
            reason: reason.to_string(),
        };
        let time = jiff::Timestamp::from_nanosecond(time.0.into()).map_err(wrong)?;
        let zoned = time.to_zoned(jiff::tz::TimeZone::system());
        jiff::fmt::strtime::format(pattern, &zoned).map(PathBuf::from).map_err(wrong)
    }

    /// The next name, for a file whose first packet was captured at `time`.
    ///
    /// Rotated files without a time format get a number, `_00001` and on, before the extension; those with one get a
    /// number only when the time has not changed.
    pub(crate) fn next(&mut self, time: Timestamp) -> Result<PathBuf, WriteError> {
        self.number = self.number.saturating_add(1);
        let mut path = self.formatted(time)?;
        if self.rotated {
            if self.pattern.is_none() {
                path = numbered(&path, self.number);
            } else if self.last.as_ref() == Some(&path) {
                return Ok(numbered(&path, self.number));
            }
        }
        self.last = Some(path.clone());
        Ok(path)
    }
}

/// A name with a number before its extensions.
fn numbered(path: &Path, number: u64) -> PathBuf {
    let mut stem = path.to_path_buf();
    let mut extensions = Vec::new();
    if compression_of_name(&stem) != Compression::None {
        extensions.extend(stem.extension().map(OsString::from));
        stem = stem.with_extension("");
    }
    if format_of_name(&stem).is_some() {
        extensions.extend(stem.extension().map(OsString::from));
        stem = stem.with_extension("");
    }
    let mut name = stem.into_os_string();
    name.push(format!("_{number:05}"));
    for extension in extensions.into_iter().rev() {
        name.push(".");
        name.push(extension);
    }
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_tell_format_and_compression() {
        for (name, format, compression) in [
            ("a.pcap", Some(Format::Pcap), Compression::None),
            ("a.PCAPNG.zst", Some(Format::Pcapng), Compression::Zstd),
            ("dir.pcap/a", None, Compression::None),
            ("a.cap.gz", Some(Format::Pcap), Compression::Gzip),
            ("a.lz4", None, Compression::Lz4),
            ("-", None, Compression::None),
        ] {
            assert_eq!(format_of_name(Path::new(name)), format, "{name}");
            assert_eq!(compression_of_name(Path::new(name)), compression, "{name}");
        }
    }

    #[test]
    fn rotated_files_are_numbered_before_their_extensions() {
        let mut names = Names::new(Path::new("/tmp/x.y.pcapng.gz"), true).expect("no pattern");
        assert_eq!(names.next(Timestamp(0)).expect("a name"), Path::new("/tmp/x.y_00001.pcapng.gz"));
        assert_eq!(names.next(Timestamp(0)).expect("a name"), Path::new("/tmp/x.y_00002.pcapng.gz"));
        let mut plain = Names::new(Path::new("out"), true).expect("no pattern");
        assert_eq!(plain.next(Timestamp(0)).expect("a name"), Path::new("out_00001"));
    }

    #[test]
    fn time_formats_are_of_the_first_packet_and_stay_unique() {
        let mut names = Names::new(Path::new("%s-100%%.pcap"), true).expect("a good pattern");
        let time = Timestamp::new(1_700_000_000, 0);
        assert_eq!(names.next(time).expect("a name"), Path::new("1700000000-100%.pcap"));
        assert_eq!(names.next(time).expect("a name"), Path::new("1700000000-100%_00002.pcap"));
        assert_eq!(names.next(time).expect("a name"), Path::new("1700000000-100%_00003.pcap"));
        assert!(matches!(Names::new(Path::new("%!.pcap"), false), Err(WriteError::Pattern { .. })));
    }

    #[test]
    fn standard_output_is_never_rotated() {
        assert!(matches!(Names::new(Path::new("-"), true), Err(WriteError::RotatedStdout)));
    }
}
