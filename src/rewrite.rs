//! `nettool read … -w FILE`: what was read, written again: whole, selected, without switch tags, split by a field.

use crate::learning::KnownFrames;
use crate::outcome::{Exit, Failure};
use crate::read::{Run, file_failure, keep, threads};
use crate::save::{SaveOptions, write_failure};
use crate::show::{Show, unknown_field};
use nettool_capture::file::{
    Chunk, FileId, Format, Reader, Record, Selection, WriteOptions, Writer, for_each_chunk_ordered,
};
use nettool_dissect::decode::{Decoder, Dissection, Plan, Settings, Surroundings};
use nettool_dissect::frame::{Frame, LinkType};
use nettool_dissect::proto::dsa;
use nettool_dissect::registry::{FieldId, Registry};
use nettool_dissect::render::fields;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Files that a split may make: a field of many values is a slip.
const MOST_FILES: usize = 256;

/// How frames are written again.
pub(crate) struct Rewrite<'o> {
    pub(crate) save: &'o SaveOptions,
    pub(crate) split: &'o Option<String>,
    /// Octets to keep of each frame; 0: all.
    pub(crate) snaplen: u32,
    pub(crate) settings: Settings,
    pub(crate) show: &'o Show,
}

/// A chunk, and which of it is written; `None`: all.
type Kept = Result<(Chunk, Option<Selection>, KnownFrames), Failure>;

impl Rewrite<'_> {
    pub(crate) fn run(&self, reader: &mut Reader, run: &Run<'_>, untag: bool) -> Result<Exit, Failure> {
        let inputs: Vec<FileId> = reader.file_ids().collect();
        let mut out = self.target(inputs, untag)?;
        let mut left = run.limit.unwrap_or(u64::MAX);
        let result = for_each_chunk_ordered(
            reader,
            threads(),
            || run.select.map(crate::select::Select::selector),
            |selector, chunk| -> Kept {
                let learnt = run.learning.pass(&chunk, selector.as_mut())?;
                let Some(selector) = selector else { return Ok((chunk, None, learnt.known)) };
                selector.learn(learnt.known.clone());
                let mut kept = chunk.select();
                keep(&chunk, selector, learnt.times, &learnt.joined, &mut kept)?;
                Ok((chunk, Some(kept), learnt.known))
            },
            |kept| {
                let written = kept.and_then(|(chunk, kept, known)| {
                    let packets = kept.as_ref().map_or(chunk.packets(), Selection::packets);
                    let (chunk, kept) =
                        if packets > left { first_of(chunk, kept, left) } else { (chunk, kept) };
                    left -= packets.min(left);
                    out.take(&chunk, kept.as_ref(), &known)
                });
                match written {
                    Err(failure) => ControlFlow::Break(Some(failure)),
                    Ok(()) if left == 0 => ControlFlow::Break(None),
                    Ok(()) => ControlFlow::Continue(()),
                }
            },
        );
        let failure = match result {
            Ok(Some(failure)) => failure,
            Ok(None) => None,
            Err(error) => Some(file_failure(error)),
        };
        // What came before the damage is finished all the same.
        let finished = out.finish(reader);
        match failure {
            Some(failure) => Err(failure),
            None => finished.map(|()| Exit::Done),
        }
    }

    fn target(&self, inputs: Vec<FileId>, untag: bool) -> Result<Target<'_>, Failure> {
        let split = match self.split {
            None => None,
            Some(name) => {
                let registry = self.show.registry();
                let named = registry.named(name).ok_or_else(|| unknown_field(registry, name))?;
                let ids = named.fields().to_vec();
                let plan = Plan::of(registry, ids.iter().copied());
                let decoder = Decoder::with_plan(registry, plan).settings(self.settings.clone());
                Some(Split { registry, ids, decoder, dissection: Dissection::default() })
            }
        };
        Ok(Target {
            save: self.save,
            snaplen: self.snaplen,
            settings: &self.settings,
            inputs,
            untag,
            split,
            writers: BTreeMap::new(),
        })
    }
}

/// The first `left` packets of what is kept.
fn first_of(chunk: Chunk, kept: Option<Selection>, left: u64) -> (Chunk, Option<Selection>) {
    let wanted = usize::try_from(left).unwrap_or(usize::MAX);
    let mut first = chunk.select();
    match kept {
        None => chunk.records().take(wanted).for_each(|record| first.push(&record)),
        Some(kept) => chunk
            .records()
            .filter(|record| kept.contains(record))
            .take(wanted)
            .for_each(|record| first.push(&record)),
    }
    (chunk, Some(first))
}

struct Split {
    registry: &'static Registry,
    ids: Vec<FieldId>,
    decoder: Decoder<'static>,
    dissection: Dissection,
}

/// Where frames go: one file, or one for each value of a field.
struct Target<'o> {
    save: &'o SaveOptions,
    snaplen: u32,
    settings: &'o Settings,
    inputs: Vec<FileId>,
    untag: bool,
    split: Option<Split>,
    /// By value; without a split the only one has the empty value.
    writers: BTreeMap<String, Writer>,
}

impl Target<'_> {
    fn take(&mut self, chunk: &Chunk, kept: Option<&Selection>, known: &KnownFrames) -> Result<(), Failure> {
        if !self.untag && self.split.is_none() {
            let format = chunk.records().next().map(|record| record.format());
            return self.writer("", format)?.write_chunk(chunk, kept).map_err(|error| write_failure(&error));
        }
        let mut octets = Vec::new();
        for record in chunk.records().filter(|record| kept.is_none_or(|kept| kept.contains(record))) {
            self.one(chunk, &record, known, &mut octets)?;
        }
        Ok(())
    }

    fn one(
        &mut self,
        chunk: &Chunk,
        record: &Record<'_>,
        known: &KnownFrames,
        octets: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        let mut frame = record.frame();
        let interface = chunk.interfaces().get(frame.meta.interface);
        let value = match &mut self.split {
            None => String::new(),
            Some(split) => {
                let facts = known.of(frame.number);
                split.value(&frame, &Surroundings { interface, facts, ..Surroundings::default() })
            }
        };
        let tag = if self.untag { dsa::of_frame(self.settings.dsa, &frame, interface) } else { None };
        if let Some((_, tag)) = &tag {
            octets.clear();
            tag.untagged(frame.data, octets);
            let taken = frame.data.len().abs_diff(octets.len());
            let shrunk = octets.len() <= frame.data.len();
            let len = u64::from(frame.meta.original_len);
            let len =
                if shrunk { len.saturating_sub(taken as u64) } else { len.saturating_add(taken as u64) };
            frame.data = octets;
            frame.meta.original_len = u32::try_from(len).unwrap_or(u32::MAX);
        }
        let format = Some(record.format());
        let interfaces = if self.untag { untagged_interfaces(chunk) } else { chunk.interfaces().clone() };
        if self.untag {
            frame.meta.link_type = plain(frame.meta.link_type);
        }
        self.writer(&value, format)?.write(&frame, &interfaces).map_err(|error| write_failure(&error))
    }

    fn writer(&mut self, value: &str, format: Option<Format>) -> Result<&mut Writer, Failure> {
        if !self.writers.contains_key(value) {
            if self.writers.len() >= MOST_FILES {
                return Err(Failure::usage(format!("--split-by makes more than {MOST_FILES} files")));
            }
            let path = self.save.write.as_deref().unwrap_or(Path::new("-"));
            let path = if self.split.is_some() { with_value(path, value) } else { path.to_owned() };
            let inputs = self.inputs.clone();
            let snaplen = self.snaplen;
            let adjust = |options: &mut WriteOptions| {
                options.inputs = inputs;
                options.snaplen = snaplen;
            };
            let writer = self.save.writer_to(&path, format, adjust)?;
            self.writers.insert(value.to_owned(), writer);
        }
        self.writers.get_mut(value).ok_or_else(|| Failure::found("a writer just made is gone"))
    }

    fn finish(mut self, reader: &Reader) -> Result<(), Failure> {
        if self.split.is_none() && self.writers.is_empty() {
            let format = reader.formats().flatten().next();
            self.writer("", format)?;
        }
        for (_, mut writer) in std::mem::take(&mut self.writers) {
            if !self.untag {
                writer.describe(reader.interfaces());
            }
            writer.finish().map_err(|error| write_failure(&error))?;
        }
        Ok(())
    }
}

impl Split {
    /// The field's values in a frame, joined; `none` where it has none.
    fn value(&mut self, frame: &Frame<'_>, around: &Surroundings<'_>) -> String {
        self.decoder.decode(frame, around, &mut self.dissection);
        let mut text = Vec::new();
        for node in self.dissection.nodes.iter().filter(|node| self.ids.contains(&node.field)) {
            if !text.is_empty() {
                text.push(b'+');
            }
            fields::value(&mut text, self.registry, frame, &self.dissection, node);
        }
        if text.is_empty() {
            return "none".to_owned();
        }
        let plain = |c: char| if c.is_ascii_alphanumeric() || "+-.:".contains(c) { c } else { '_' };
        String::from_utf8_lossy(&text).chars().map(plain).take(64).collect()
    }
}

/// The link type of frames whose switch tag was taken out.
fn plain(link_type: LinkType) -> LinkType {
    match link_type {
        LinkType::DSA_TAG_BRCM
        | LinkType::DSA_TAG_BRCM_PREPEND
        | LinkType::DSA_TAG_DSA
        | LinkType::DSA_TAG_EDSA
        | LinkType::DEBUG_ONLY => LinkType::ETHERNET,
        other => other,
    }
}

/// Interfaces of a chunk as they are without switch tags.
fn untagged_interfaces(chunk: &Chunk) -> nettool_capture::file::Interfaces {
    let plain = |interface: &nettool_dissect::frame::Interface| {
        let mut interface = interface.clone();
        interface.link_type = plain(interface.link_type);
        interface.dsa_tagger = None;
        interface
    };
    nettool_capture::file::Interfaces::new(chunk.interfaces().iter().map(plain))
}

/// `out.pcapng` and `3` make `out-3.pcapng`.
fn with_value(path: &Path, value: &str) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let at = name.find('.').filter(|at| *at > 0).unwrap_or(name.len());
    let (stem, ending) = name.split_at(at);
    path.with_file_name(format!("{stem}-{value}{ending}"))
}
