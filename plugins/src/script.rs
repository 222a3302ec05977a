//! Imperative code: functions of a plugin that run for each frame.
//!
//! Slower by far than declarations, and bounded: a function that fails, takes too many steps or gives something else than
//! it should marks its layer as malformed, and the program goes on.

use crate::limits::{caught, limit};
use crate::options::{entries, fraction, integer, unsigned};
use crate::plugin::bounds;
use nettool_dissect::decode::{Around, Decoder, Dissection, Value as Decoded, Walk};
use nettool_dissect::frame::{Frame, Meta};
use nettool_dissect::render::line::{Body, Line};
use nettool_dissect::schema::{Kind, Protocol, Script};
use starlark::environment::Module;
use starlark::eval::Evaluator;
use starlark::values::dict::AllocDict;
use starlark::values::list::AllocList;
use starlark::values::{Heap, OwnedFrozenValue, Value};

/// Steps of a call.
const MAX_STEPS: u64 = 100_000;
/// Octets of a layer that a function sees.
const MAX_OCTETS: usize = 4096;
/// Octets of a line that a function writes.
const MAX_LINE: usize = 1000;

/// The functions of a protocol.
pub(crate) struct Function {
    after: Option<OwnedFrozenValue>,
    summary: Option<OwnedFrozenValue>,
    protocol: &'static str,
    extra: Vec<(&'static str, Kind)>,
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (after, summary) = (self.after.is_some(), self.summary.is_some());
        f.debug_struct("Function").field("after", &after).field("summary", &summary).finish_non_exhaustive()
    }
}

/// A value that a function gave, out of its heap.
enum Given {
    Number(u64),
    Fraction(f64),
    Text(String),
}

impl Function {
    pub(crate) fn new(
        after: Option<OwnedFrozenValue>,
        summary: Option<OwnedFrozenValue>,
        protocol: &Protocol,
    ) -> Self {
        let extra = protocol.generated().iter().map(|field| (field.name, field.kind)).collect();
        Function { after, summary, protocol: protocol.name, extra }
    }

    /// What the extra field of this name is.
    fn kind_of(&self, name: &str) -> Option<Kind> {
        self.extra.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }

    /// Calls a function; `None` when it fails or gives something else than `read` takes.
    fn call<T>(
        function: &OwnedFrozenValue,
        argument: impl for<'v> FnOnce(Heap<'v>) -> Value<'v>,
        read: impl for<'v> FnOnce(Value<'v>) -> Option<T>,
    ) -> Option<T> {
        caught(|| {
            Module::with_temp_heap(|module| {
                let mut eval = Evaluator::new(&module);
                let _run = limit(&mut eval, bounds(MAX_STEPS)).ok()?;
                let argument = argument(module.heap());
                let function = module.heap().access_owned_frozen_value(function);
                let given = eval.eval_function(function, &[argument], &[]).ok()?;
                read(given)
            })
        })
        .flatten()
    }
}

/// What `after` gives: a dict of extra fields, and of `next` and `payload`.
fn answers(value: Value<'_>) -> Option<Vec<(String, Given)>> {
    if value.is_none() {
        return Some(Vec::new());
    }
    let mut all = Vec::new();
    for (name, value) in entries(value)? {
        let given = match (value.unpack_str(), value.unpack_bool()) {
            (Some(text), _) => Given::Text(text.to_owned()),
            (None, Some(set)) => Given::Number(u64::from(set)),
            (None, None) => {
                let whole = unsigned(value).or_else(|| integer(value).map(i64::cast_unsigned));
                match whole {
                    Some(number) => Given::Number(number),
                    None => Given::Fraction(fraction(value)?),
                }
            }
        };
        all.push((name.unpack_str()?.to_owned(), given));
    }
    Some(all)
}

impl Script for Function {
    fn after(&self, walk: &mut Walk<'_, '_>) {
        let Some(function) = &self.after else { return };
        let octets = walk.layer_octets();
        let octets = octets.get(..MAX_OCTETS).unwrap_or(octets);
        let argument =
            Self::call(function, |heap| heap.alloc(AllocList(octets.iter().map(|o| i32::from(*o)))), answers);
        let Some(given) = argument else { return walk.malformed(0) };
        let at = walk.layer_offset();
        for (name, value) in given {
            match (name.as_str(), value) {
                ("next", Given::Text(protocol)) => walk.next_named(&protocol),
                ("payload", Given::Number(octets)) => {
                    walk.limit_payload(i64::try_from(octets).unwrap_or(i64::MAX));
                }
                (name, value) => match (self.kind_of(name), value) {
                    (Some(kind), Given::Fraction(number)) if kind.is_float() => {
                        walk.emit(name, at, 0, kind.float_bits(number));
                    }
                    (Some(kind), Given::Number(number)) if kind.is_float() => {
                        walk.emit(name, at, 0, kind.float_bits(number.cast_signed() as f64));
                    }
                    (Some(_), Given::Number(number)) => walk.emit(name, at, 0, number),
                    (Some(_), Given::Text(text)) => walk.emit_made(name, at, 0, |out| {
                        out.extend_from_slice(text.as_bytes());
                    }),
                    (_, Given::Fraction(_)) | (None, _) => walk.malformed(0),
                },
            }
        }
    }

    fn summary(&self, line: &mut Line<'_, '_>, body: Body<'_>) -> bool {
        let Some(function) = &self.summary else { return false };
        let Some(id) = line.registry.protocol_named(self.protocol) else { return false };
        let mut dissection = Dissection::default();
        let meta = Meta::new(line.frame.meta.link_type, u32::try_from(body.len).unwrap_or(u32::MAX));
        let part = Frame { number: line.frame.number, data: body.data, meta };
        let decoder = Decoder::new(line.registry);
        let _ = decoder.decode_layer(&part, &Around::default(), id, &mut dissection);
        let registry = line.registry;
        let text = Self::call(
            function,
            |heap| {
                let fields = dissection.nodes.iter().filter_map(|node| {
                    let info = registry.field(node.field).filter(|info| info.protocol == id)?;
                    let value = match dissection.value(registry, &part, node) {
                        Decoded::Bool(set) => heap.alloc(set),
                        Decoded::Uint(number) => heap.alloc(number),
                        Decoded::Int(number) => heap.alloc(number),
                        Decoded::Float(number) => heap.alloc(f64::from(number)),
                        Decoded::Double(number) => heap.alloc(number),
                        Decoded::None => return None,
                        _ => {
                            let mut text = Vec::new();
                            nettool_dissect::render::tree::value(
                                &mut text,
                                registry,
                                &part,
                                &dissection,
                                node,
                            );
                            heap.alloc(String::from_utf8_lossy(&text).into_owned())
                        }
                    };
                    Some((info.field.name, value))
                });
                // The first of several values stays.
                let mut seen = Vec::new();
                let fields: Vec<_> = fields
                    .filter(|(name, _)| {
                        let new = !seen.contains(name);
                        seen.push(*name);
                        new
                    })
                    .collect();
                heap.alloc(AllocDict(fields))
            },
            |value| value.unpack_str().map(str::to_owned),
        );
        match text {
            Some(text) => {
                let end = (0..=text.len().min(MAX_LINE)).rev().find(|at| text.is_char_boundary(*at));
                line.untrusted(text.get(..end.unwrap_or(0)).unwrap_or_default().as_bytes());
            }
            None => line.text("[the plugin's summary fails]"),
        }
        true
    }
}
