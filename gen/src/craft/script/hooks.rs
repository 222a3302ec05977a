//! Functions of a script that are called after it has run, with what became of its packets; and the options that it asks for.

use super::packet::PacketValue;
use super::stack;
use super::{Context, Grants, Host, fault, functions};
use crate::craft::catalog::Catalog;
use crate::craft::error::{ScriptError, near};
use crate::craft::from_octets;
use crate::craft::random::Rng;
use nettool_dissect::frame::LinkType;
use nettool_plugins::limits::{self, Bounds};
use starlark::environment::{FrozenModule, GlobalsBuilder, Module};
use starlark::eval::Evaluator;
use starlark::values::float::StarlarkFloat;
use starlark::values::{Heap, Value, ValueLike};
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

/// A script that has run.
pub struct Script {
    catalog: &'static Catalog,
    limits: Bounds,
    seed: u64,
    module: FrozenModule,
    file: String,
    text: String,
}

/// What a function of a script is called with.
#[derive(Clone, Debug)]
pub enum Argument<'a> {
    /// A packet.
    Packet(LinkType, &'a [u8]),
    /// A number.
    Number(f64),
    /// Several, as a tuple.
    Tuple(Vec<Argument<'a>>),
    /// Several, as a list.
    List(Vec<Argument<'a>>),
}

impl Script {
    pub(super) fn new(host: &Host, module: FrozenModule, file: &str, text: &str) -> Script {
        let (catalog, limits, seed) = (host.catalog, host.limits, host.seed);
        Script { catalog, limits, seed, module, file: file.into(), text: text.into() }
    }

    /// Whether it has a function of that name.
    pub fn has(&self, function: &str) -> bool {
        let found = self.module.get_option(function).ok().flatten();
        found.is_some_and(|value| value.value().get_type() == "function")
    }

    /// A number among its variables.
    pub fn number(&self, name: &str) -> Option<f64> {
        let value = self.module.get_option(name).ok().flatten()?;
        number(value.value())
    }

    /// Calls a function of it: the text that it gives, `None` where it gives `None`.
    ///
    /// # Errors
    /// What goes wrong in the script, or that it gives something else.
    pub fn call(
        &self,
        function: &str,
        arguments: &[Argument<'_>],
        grants: &dyn Grants,
    ) -> Result<Option<String>, ScriptError> {
        let context = Context {
            catalog: self.catalog,
            grants,
            emitted: RefCell::new(Vec::new()),
            seed: self.seed,
            rng: RefCell::new(Rng::new(self.seed)),
            options: &HashMap::new(),
            asked: RefCell::new(Vec::new()),
        };
        let failed = |error: starlark::Error| fault::of(&error, self.catalog, &self.file, &self.text);
        let called = || {
            Module::with_temp_heap(|module| {
                let heap = module.heap();
                let Some(called) = self.module.get_option(function).ok().flatten() else { return Ok(None) };
                let called = heap.access_owned_frozen_value(&called);
                let arguments: Vec<Value<'_>> =
                    arguments.iter().map(|argument| self.value(argument, heap)).collect();
                let mut evaluator = Evaluator::new(&module);
                evaluator.extra = Some(&context);
                let _run = limits::limit(&mut evaluator, self.limits).map_err(failed)?;
                let given = evaluator.eval_function(called, &arguments, &[]).map_err(failed)?;
                if given.is_none() {
                    return Ok(None);
                }
                given.unpack_str().map(|text| Some(text.to_owned())).ok_or_else(|| {
                    let kind = fault::article(given.get_type());
                    ScriptError::plain(&format!("`{function}` is to give text or None, not {kind}"))
                })
            })
        };
        fault::caught(&self.file, &self.text, called)
    }

    fn value<'v>(&self, argument: &Argument<'_>, heap: Heap<'v>) -> Value<'v> {
        match argument {
            Argument::Packet(link_type, octets) => {
                let packet = from_octets::of_link(self.catalog, *link_type, octets);
                heap.alloc(PacketValue::new(self.catalog, packet))
            }
            Argument::Number(number) => heap.alloc(*number),
            Argument::Tuple(parts) => {
                let values: Vec<_> = parts.iter().map(|part| self.value(part, heap)).collect();
                heap.alloc(starlark::values::tuple::AllocTuple(values))
            }
            Argument::List(parts) => {
                let values: Vec<_> = parts.iter().map(|part| self.value(part, heap)).collect();
                heap.alloc(values)
            }
        }
    }
}

fn number(value: Value<'_>) -> Option<f64> {
    let fraction = || value.downcast_ref::<StarlarkFloat>().map(|fraction| fraction.0);
    value.unpack_i32().map(f64::from).or_else(fraction)
}

impl Host {
    /// The packets that a script describes, as [`Host::run`] gives them, and the script, whose functions may be called. Options that
    /// it does not ask for are an error.
    ///
    /// # Errors
    /// What goes wrong in it.
    pub fn script(
        &self,
        file: &str,
        text: &str,
        options: &HashMap<String, String>,
        grants: &dyn Grants,
    ) -> Result<(super::Packets, Script), ScriptError> {
        let (list, asked, module) = self.evaluate_with(file, text, options, grants)?;
        let known = |name: &str| asked.iter().any(|known| known == name) || text.contains(name);
        if let Some(name) = options.keys().find(|name| !known(name)) {
            let mut sentence = format!("the script has no option `{name}`");
            if let Some(near) = near(name, asked.iter().map(String::as_str)) {
                sentence.push_str(&format!("; did you mean `{near}`?"));
            } else if !asked.is_empty() {
                sentence.push_str(&format!("; it has {}", asked.join(", ")));
            }
            return Err(ScriptError::plain(&sentence));
        }
        let packets = super::Packets::new(self.catalog, list, self.seed, file, text);
        Ok((packets, Script::new(self, module, file, text)))
    }

    /// Runs a script: what it emitted and its last value, the names of options that it asked for, and its frozen module.
    #[expect(clippy::type_complexity, reason = "three results of one run, taken apart at once")]
    fn evaluate_with(
        &self,
        file: &str,
        text: &str,
        options: &HashMap<String, String>,
        grants: &dyn Grants,
    ) -> Result<(Vec<(super::Packet, u64)>, Vec<String>, FrozenModule), ScriptError> {
        stack::deep(text, self.limits.memory, || {
            let context = self.context(options, grants);
            let folder = Path::new(file).parent().map(Path::to_path_buf).unwrap_or_default();
            let run = || {
                Module::with_temp_heap(|module| {
                    super::set_arguments(&module, options);
                    let value = self.evaluate(&module, file, text, &context, &folder, 0)?;
                    let frozen = module.freeze().map_err(|error| ScriptError::plain(&error.err_msg))?;
                    Ok((value, frozen))
                })
            };
            let (value, module) = fault::caught(file, text, run)?;
            let mut list = context.emitted.into_inner();
            list.extend(value);
            Ok((list, context.asked.into_inner(), module))
        })
    }
}

#[starlark::starlark_module]
pub(crate) fn register(builder: &mut GlobalsBuilder) {
    /// An option that the user may give with `--set NAME=VALUE`; what is given is read as what `default` is.
    fn option<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(require = pos)] default: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let context = functions::context(eval)?;
        context.asked.borrow_mut().push(name.to_owned());
        let Some(given) = context.options.get(name) else { return Ok(default) };
        let heap = eval.heap();
        let wrong = |kind: &str| functions::refused(format!("`{name}` is to be {kind}, not `{given}`"));
        if default.unpack_bool().is_some() {
            return match given.as_str() {
                "1" | "true" | "True" | "yes" => Ok(Value::new_bool(true)),
                "0" | "false" | "False" | "no" => Ok(Value::new_bool(false)),
                _ => Err(wrong("true or false")),
            };
        }
        if default.unpack_i32().is_some() {
            return given
                .parse::<i32>()
                .map(|number| heap.alloc(number))
                .map_err(|_| wrong("a whole number"));
        }
        if default.downcast_ref::<StarlarkFloat>().is_some() {
            return given.parse::<f64>().map(|number| heap.alloc(number)).map_err(|_| wrong("a number"));
        }
        Ok(heap.alloc(given.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::craft::NoGrants;

    const TEXT: &str = r#"
name = option("name", "nobody")
count = option("count", 2)
loud = option("loud", False)
timeout = 0.5

def answered(probe, answer, ms):
    if ms > 100:
        return None
    return f"{name} {answer[IP].src} {ms} {loud}"

def report(answered, unanswered):
    return str([p[ICMP].seq for p, _, _ in answered]) + str(len(unanswered))

def wrong(probe):
    return probe.nothing

def number(probe):
    return 5

IP(dst = "10.0.0.1") / ICMP(seq = (1, count))
"#;

    fn script(options: &[(&str, &str)]) -> Result<(super::super::Packets, Script), ScriptError> {
        let options = options.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Host::new(Catalog::builtin(), 0).script("t.star", TEXT, &options, &NoGrants)
    }

    #[test]
    fn functions_are_called_with_packets_and_numbers() {
        let (mut packets, script) = script(&[("name", "x"), ("loud", "yes")]).unwrap();
        let mut made = Vec::new();
        while let Some(frame) = packets.next_frame() {
            made.push(frame.unwrap().octets.to_vec());
        }
        assert_eq!(made.len(), 2);
        let packet = |at: usize| Argument::Packet(LinkType::RAW, &made[at]);
        let call = |function, arguments: &[Argument<'_>]| script.call(function, arguments, &NoGrants);
        let said = call("answered", &[packet(0), packet(1), Argument::Number(1.5)]).unwrap();
        assert_eq!(said.as_deref(), Some("x 127.0.0.1 1.5 True"));
        assert_eq!(call("answered", &[packet(0), packet(1), Argument::Number(101.0)]).unwrap(), None);
        let pair = Argument::Tuple(vec![packet(1), packet(0), Argument::Number(1.0)]);
        let said = call("report", &[Argument::List(vec![pair]), Argument::List(vec![packet(0)])]).unwrap();
        assert_eq!(said.as_deref(), Some("[2]1"));
        assert_eq!(
            (script.has("answered"), script.has("unanswered"), script.has("count")),
            (true, false, false)
        );
        assert_eq!(
            (script.number("timeout"), script.number("count"), script.number("name")),
            (Some(0.5), Some(2.0), None)
        );
        let error = call("wrong", &[packet(0)]).unwrap_err();
        assert!(error.line == 16 && error.to_string().contains("probe.nothing"), "{error}");
        let error = call("number", &[packet(0)]).unwrap_err();
        assert!(error.message.starts_with("`number` is to give text or None, not "), "{error}");
    }

    #[test]
    fn options_are_read_as_their_defaults_are_and_none_goes_unheard() {
        let (packets, _) = script(&[("count", "7")]).unwrap();
        assert_eq!(packets.count(), Some(7));
        for (name, value, said) in [
            ("count", "many", "`count` is to be a whole number, not `many`"),
            ("loud", "perhaps", "`loud` is to be true or false, not `perhaps`"),
            ("cuont", "1", "the script has no option `cuont`; did you mean `count`?"),
        ] {
            let Err(error) = script(&[(name, value)]) else { panic!("{name} is taken") };
            assert!(error.message.contains(said), "{error}");
        }
    }
}
