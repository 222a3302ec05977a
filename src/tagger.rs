//! Which switch tag the frames of a source have: as the user says, else as the file, the link type or the first frames tell.

use crate::outcome::Failure;
use nettool_capture::file::{Chunk, Reader};
use nettool_dissect::frame::Frame;
use nettool_dissect::proto::dsa::{self, Choice};

/// What the user names with an option.
pub(crate) fn named(option: &str, name: &str) -> Result<Choice, Failure> {
    match name {
        "auto" => Ok(Choice::Auto),
        "none" => Ok(Choice::None),
        name => dsa::tagger(name).map(Choice::Tagger).ok_or_else(|| {
            let names: Vec<&str> = dsa::taggers().map(|tagger| tagger.name).collect();
            Failure::usage(format!(
                "{option}: `{name}` is no tagger; there are: auto, none, {}",
                names.join(", ")
            ))
        }),
    }
}

/// The choice of an option, or what the first frames of a file look like where it is left to them.
pub(crate) fn of_source(
    option: &str,
    choice: Choice,
    paths: &[String],
    reader: &mut Reader,
) -> Result<Choice, Failure> {
    let [path] = paths else { return Ok(choice) };
    // Who writes into a pipe may want to see that something is done before.
    if !std::fs::metadata(path).is_ok_and(|data| data.is_file()) {
        return Ok(choice);
    }
    let Some(chunk) = reader.look_ahead() else { return Ok(choice) };
    let recorded = chunk.interfaces().iter().any(|interface| interface.dsa_tagger.is_some());
    if recorded || choice != Choice::Auto {
        return Ok(with_hosts(choice, chunk));
    }
    Ok(with_hosts(by_look(option, chunk), chunk))
}

/// The switch tagger that frames look like, which is said with what to type; those that they may be of are only named.
fn by_look(option: &str, chunk: &Chunk) -> Choice {
    let Some(found) = dsa::detect(chunk.frames()) else {
        if let Some(dsa::Hint { taggers, why }) = dsa::hint(chunk.frames()) {
            let first = taggers.first().copied().unwrap_or("none");
            tell!(
                "nettool: frames may bear switch tags of {}: {why}; {option} {first} reads them so, {option} none ends this",
                any_of(&taggers)
            );
        }
        return Choice::Auto;
    };
    let name = found.tagger.name;
    let mut names = vec![name];
    names.extend(&found.alike);
    tell!(
        "nettool: frames look like switch tags of {} ({} of {}, confidence {}); {option} {name} or {option} none says it for \
         certain",
        any_of(&names),
        found.hits,
        found.frames,
        found.confidence(),
    );
    Choice::Tagger(found.tagger)
}

/// Names in a sentence: `a`, `b` or `c`.
fn any_of(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match &names[..] {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// With the host's addresses, where the first frames tell them.
fn with_hosts(choice: Choice, chunk: &Chunk) -> Choice {
    let interface = |frame: &Frame<'_>| chunk.interfaces().get(frame.meta.interface);
    let tagged = |frame: &Frame<'_>| dsa::chosen(choice, frame.meta.link_type, interface(frame)).is_some();
    if !chunk.frames().take(1).any(|frame| tagged(&frame)) {
        return choice;
    }
    let hosts = dsa::learn(choice, chunk.frames(), interface);
    // Once a run: what frames are decoded by lives as long as they do.
    if hosts.is_empty() { choice } else { Choice::Learnt(Box::leak(Box::new(dsa::Learnt { choice, hosts }))) }
}
