//! Frames in a row through what a user asks of them: decoded, asked for, written as lines and JSON, and followed in flows,
//! requests and reassembly. Lean, so that millions are tried; what the forms must be is the target `decode`'s to say.

use super::decode::frame;
use crate::{Split, Target};
use nettool_dissect::registry::Registry;

/// See the module.
pub const TARGET: Target = Target {
    name: "frames",
    about: "frames of every link type in a row: decoded, asked for, written, followed",
    run: try_frame,
    corpora: &["samples", "tests/data", "dissect/tests/data", "capture/tests/data"],
    cost: 1,
    split: Split::Packets,
    words: &[],
};

fn try_frame(octets: &[u8]) {
    if let Some(frame) = frame(octets) {
        crate::flows::follow(Registry::builtin(), &frame);
    }
}
