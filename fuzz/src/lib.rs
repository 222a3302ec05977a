//! What must hold for any octets, as plain functions that a mutator calls.
//!
//! A target takes octets and returns; a panic is a finding, and so is an input that takes many seconds. Targets also
//! assert what must hold between two ways to the same answer. The mutator in [`mutate`] runs on a stable toolchain for
//! a bounded count (`tests/run fuzz`); `libfuzzer/` gives the same functions to cargo-fuzz. An input that broke a
//! target is kept under `regressions/TARGET/` and tried by the normal tests for ever.

pub mod flows;
pub mod mutate;
pub mod packets;
pub mod targets;

use nettool_capture::file::{ReadOptions, Reader};
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// How a file becomes inputs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Split {
    /// It is one.
    Whole,
    /// Its lines, and the whole.
    Lines,
    /// Capture files: their packets, in the form that the target `decode` takes. Other files are inputs as they are.
    Packets,
}

/// A function to try, and where its first inputs come from.
pub struct Target {
    /// Name on the command line, and of its folders under `seeds/` and `regressions/`.
    pub name: &'static str,
    /// What is tried, in a few words.
    pub about: &'static str,
    /// The function.
    pub run: fn(&[u8]),
    /// Folders below the project whose files are first inputs, beside `fuzz/seeds/NAME`.
    pub corpora: &'static [&'static str],
    /// What one input costs, in those of the cheapest target: so many times fewer are tried for a count.
    pub cost: u64,
    /// How a file of the corpora becomes inputs.
    pub split: Split,
    /// Words of the input's language, put in by the mutator; empty for binary formats.
    pub words: &'static [&'static str],
}

/// Every target.
pub const TARGETS: &[Target] = &[
    targets::cbpf::TARGET,
    targets::assembler::TARGET,
    targets::explain::TARGET,
    targets::file::TARGET,
    targets::rewrite::TARGET,
    targets::decode::TARGET,
    targets::frames::TARGET,
    targets::joined::TARGET,
    targets::filter::TARGET,
    targets::query::TARGET,
    targets::plugins::TARGET,
    targets::craft::TARGET,
];

/// The project's folder.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// The files below a folder, sorted; none where it does not exist.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

impl Target {
    /// Its first inputs: the corpora, the seeds, and what once broke it; never empty.
    pub fn inputs(&self) -> Vec<Vec<u8>> {
        let own = ["fuzz/seeds", "fuzz/regressions"].map(|kind| project().join(kind).join(self.name));
        let folders = self.corpora.iter().map(|folder| project().join(folder)).chain(own);
        let mut inputs: Vec<_> =
            folders.flat_map(|folder| files(&folder)).filter_map(|file| std::fs::read(file).ok()).collect();
        let whole = std::mem::take(&mut inputs);
        for file in whole {
            match self.split {
                Split::Whole => inputs.push(file),
                Split::Lines => {
                    inputs.extend(
                        file.split(|&octet| octet == b'\n')
                            .filter(|line| !line.is_empty())
                            .map(<[u8]>::to_vec),
                    );
                    inputs.push(file);
                }
                Split::Packets => inputs.extend(packets(file)),
            }
        }
        inputs.extend(self.words.iter().map(|word| word.as_bytes().to_vec()));
        inputs.push(Vec::new());
        inputs
    }
}

/// The packets of a capture file as inputs of `decode`; of another file, itself.
fn packets(file: Vec<u8>) -> Vec<Vec<u8>> {
    let mut reader = Reader::from_reader(Cursor::new(file.clone()), "corpus", &ReadOptions::default());
    let mut found = Vec::new();
    while let Ok(Some(chunk)) = reader.next_chunk() {
        found.extend(chunk.frames().map(|frame| targets::decode::input(&frame)));
    }
    if found.is_empty() { vec![file] } else { found }
}
