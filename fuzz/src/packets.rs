//! Frames to try languages on: those of the sample captures, read once.

use crate::{files, project};
use nettool_capture::file::{ReadOptions, Reader};
use nettool_dissect::frame::{LinkType, Meta};
use std::sync::OnceLock;

/// A frame that stays.
pub struct Kept {
    /// Its octets.
    pub data: Vec<u8>,
    /// Its length on the wire.
    pub original_len: u32,
    /// What it starts with.
    pub link_type: LinkType,
    /// When it was captured.
    pub meta: Meta<'static>,
}

/// The frames of `samples/`; each also once cut short.
pub fn samples() -> &'static [Kept] {
    static KEPT: OnceLock<Vec<Kept>> = OnceLock::new();
    KEPT.get_or_init(|| {
        let mut kept = Vec::new();
        for path in files(&project().join("samples")) {
            let Ok(mut reader) = Reader::open(&[path], &ReadOptions::default()) else { continue };
            while let Ok(Some(chunk)) = reader.next_chunk() {
                for frame in chunk.frames() {
                    let (original_len, link_type) = (frame.meta.original_len, frame.meta.link_type);
                    let mut meta = Meta::new(link_type, original_len);
                    meta.time = frame.meta.time;
                    let cut = frame.data.len() * 2 / 3;
                    for data in [frame.data, frame.data.get(..cut).unwrap_or_default()] {
                        kept.push(Kept { data: data.to_vec(), original_len, link_type, meta });
                    }
                }
            }
        }
        kept
    })
}
