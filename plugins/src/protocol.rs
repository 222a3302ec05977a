//! `protocol(…)`: fields put together, checked against each other.

use crate::expr::{Mention, is_name};
use crate::fault::{Fault, Span};
use crate::fields::{Together, hex, name_of, parts};
use crate::names::MAX_SAMPLE;
use crate::options::{Options, entries, kind, unsigned, unsigned_list};
use crate::store::{Draft, MAX_FIELDS, Store};
use crate::structure::Given;
use nettool_dissect::decode::SLOTS;
use nettool_dissect::query::nearest;
use nettool_dissect::schema::{
    Auto, Ends, Field, Format, Framing, Item, Kind, Pattern, Protocol, Rules, Stream,
};
use starlark::eval::Evaluator;
use starlark::values::Value;
use std::collections::HashMap;

/// Protocols of a plugin.
const MAX_PROTOCOLS: usize = 32;
/// Tables of all plugins and of this program.
const MAX_TABLES: usize = 200;
/// Octets that a header's beginning may be told by.
const MAX_PATTERN: usize = 64;

/// `protocol(name, title, fields, …)`.
pub(crate) fn protocol<'v>(
    store: &Store,
    call: Span,
    name: &str,
    title: &str,
    fields: Value<'v>,
    given: Given<'v>,
    eval: &Evaluator<'v, '_, '_>,
) -> Result<(), Fault> {
    let mut options = Options::new(given, call, store);
    let head = store.head(call);
    let name = name_of(store, call, name)?;
    let place = store.span_of(call, name);
    if name.contains('.') {
        return Err(Fault::new(place, "the name of a protocol has no dots: they set its fields apart"));
    }
    if store.drafts.borrow().len() >= MAX_PROTOCOLS {
        return Err(Fault::new(place, format!("more than {MAX_PROTOCOLS} protocols")));
    }
    if store.drafts.borrow().iter().any(|draft| draft.protocol.name == name) {
        return Err(Fault::new(place, format!("`{name}` is declared twice")));
    }
    let mut whole = parts(store, call, fields, "fields")?;
    check_octets(&whole, &whole.items)?;
    if whole.declared.len() > MAX_FIELDS {
        return Err(Fault::new(place, format!("more than {MAX_FIELDS} fields")));
    }
    let mut protocol = Protocol::new(name, store.names().keep(title, head)?);
    protocol.plugin = true;
    protocol = std::mem::take(&mut whole.items).into_iter().fold(protocol, Protocol::field);
    protocol = protocol.extras(extra_fields(store, call, &mut options, &mut whole)?);
    described(store, &mut options, &mut protocol, head)?;
    if let Some(value) = options.value("payload") {
        let text = value.unpack_str().map_or_else(|| value.to_string(), str::to_owned);
        protocol.payload = Some(store.number(call, &text, &mut whole.mentions)?);
    }
    answers(store, &mut options, &mut protocol, &mut whole)?;
    check_fields(name, &whole, store.keyword(call, "fields"))?;
    either(&mut options, &mut protocol, &whole, store)?;
    check_filled(&protocol, &whole, head)?;
    let on = reached(&mut options)?;
    let (mut rules, guess) = rules(store, call, &mut options)?;
    message(store, call, &mut options, &mut protocol, &mut whole, &rules)?;
    let after = function(&mut options, "after", name, eval)?;
    let summary = summary(store, call, &mut options, name, &whole, eval, &mut rules)?;
    options.finish()?;
    let mut leads = Vec::new();
    for (option, names) in [("leads_to", &protocol.leads_to[..]), ("then", rules.then.as_slice())] {
        leads.extend(names.iter().map(|name| (*name, store.option(call, option, name))));
    }
    protocol.leads_to.extend(rules.then);
    protocol.rules = Some(Box::new(rules));
    store.drafts.borrow_mut().push(Draft { protocol, on, guess, leads, span: place, after, summary });
    Ok(())
}

/// `message = "length + 4"`: octets of a message in a TCP stream.
fn message(
    store: &Store,
    call: Span,
    options: &mut Options<'_, '_>,
    protocol: &mut Protocol,
    whole: &mut Together,
    rules: &Rules,
) -> Result<(), Fault> {
    let Some(value) = options.value("message") else { return Ok(()) };
    let text = value.unpack_str().map_or_else(|| value.to_string(), str::to_owned);
    let begins = || rules.begins.clone();
    if let Some(digits) = inside(&text, "until") {
        let octets = hex(digits).filter(|octets| (1..=MAX_PATTERN).contains(&octets.len()));
        let octets = octets.ok_or_else(|| {
            options.refuse("message", "`until` takes the octets that end a message, in hex digits")
        })?;
        protocol.stream = Some(stream(Framing::until(&octets, begins())));
        return Ok(());
    }
    if let Some(field) = inside(&text, "behind") {
        let known = whole.declared.iter().find(|declared| declared.name == field && declared.whole);
        let known = known.ok_or_else(|| options.refuse("message", unknown(field, protocol.name, whole)))?;
        let framing = Framing::behind(protocol.header(), known.name, begins())
            .map_err(|name| options.refuse("message", no_place(name)))?;
        protocol.stream = Some(stream(framing));
        return Ok(());
    }
    // Fields that are not known are told as of every expression: these are looked at before.
    let from = whole.mentions.len();
    let length = store.number(call, &text, &mut whole.mentions)?;
    let mentions = whole.mentions.get(from..).unwrap_or_default();
    if let Some(Mention { name, span }) =
        mentions.iter().find(|mention| whole.declared.iter().all(|declared| declared.name != mention.name))
    {
        return Err(Fault::new(*span, unknown(name, protocol.name, whole)));
    }
    let framing = Framing::new(protocol.header(), length, rules.begins.clone()).map_err(|name| {
        let message = match name {
            "left" => "a stream has no end that `left` counts to".to_owned(),
            _ => no_place(name),
        };
        options.refuse("message", message)
    })?;
    protocol.stream = Some(stream(framing));
    Ok(())
}

fn stream(framing: Framing) -> Stream {
    Stream { ends: Ends::Declared(Box::leak(Box::new(framing))), several: false, inner: None }
}

fn no_place(name: &str) -> String {
    format!("`{name}` has no fixed place: before it only numbers and parts of fixed size may stand")
}

/// What stands in the parentheses of `word(…)`.
fn inside<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    text.trim().strip_prefix(word)?.trim_start().strip_prefix('(')?.strip_suffix(')').map(str::trim)
}

/// `table(name, bits)`: a number that leads to protocols, for `next` and `on`.
pub(crate) fn table(store: &Store, call: Span, name: &str, bits: i32) -> Result<(), Fault> {
    let name = name_of(store, call, name)?;
    let place = store.span_of(call, name);
    let bits = u8::try_from(bits).ok().filter(|bits| (1..=64).contains(bits));
    let bits = bits.ok_or_else(|| Fault::new(store.head(call), "a table's numbers have 1 to 64 bits"))?;
    let mut tables = store.tables.borrow_mut();
    if tables.iter().any(|(known, _)| *known == name) {
        return Err(Fault::new(place, format!("there is a table `{name}` already")));
    }
    if tables.len() >= MAX_TABLES {
        return Err(Fault::new(place, format!("more than {MAX_TABLES} tables")));
    }
    tables.push((name, bits));
    Ok(())
}

/// How its messages answer each other.
fn answers(
    store: &Store,
    options: &mut Options<'_, '_>,
    protocol: &mut Protocol,
    whole: &mut Together,
) -> Result<(), Fault> {
    let Some(value) = options.value("answers") else { return Ok(()) };
    let wanted = "a list of rules such as same(\"id\")";
    let wrong = || options.wrong("answers", value, wanted);
    for entry in crate::options::sequence(value).ok_or_else(wrong)? {
        let (pair, mentions) = store.rule(entry).ok_or_else(|| {
            options.refuse("answers", format!("an entry is {}; {wanted} is wanted", kind(entry)))
        })?;
        protocol.answers.push(pair);
        whole.asked.extend(mentions);
    }
    Ok(())
}

/// Fields that the function behind the header gives, and those of checksums.
fn extra_fields(
    store: &Store,
    call: Span,
    options: &mut Options<'_, '_>,
    whole: &mut Together,
) -> Result<Vec<Field>, Fault> {
    let mut extra = std::mem::take(&mut whole.extra);
    let Some(value) = options.value("extra") else { return Ok(extra) };
    for item in parts(store, call, value, "extra")?.items {
        match item {
            Item::Field(mut field) if field.kind != Kind::Label => {
                // what a function gives is no part of the frame, whatever size it is declared with
                if matches!(field.kind, Kind::Text | Kind::Bytes) {
                    field.kind = Kind::Made;
                }
                extra.push(field);
            }
            _ => return Err(options.refuse("extra", "extra fields are single fields without parts")),
        }
    }
    Ok(extra)
}

/// What does not concern octets.
fn described(
    store: &Store,
    options: &mut Options<'_, '_>,
    protocol: &mut Protocol,
    head: Span,
) -> Result<(), Fault> {
    protocol.source = store.names().keep(&options.text("source")?.unwrap_or_default(), head)?;
    for alias in options.texts("alias")? {
        protocol.aliases.push(store.names().keep(&alias, head)?);
    }
    let layers = options.texts("layer")?;
    let layers = if layers.is_empty() { vec![protocol.name.to_uppercase()] } else { layers };
    for layer in layers {
        if !is_name(&layer) || layer.contains('.') {
            let message = "the crafter's name of a layer has letters, digits and `_`";
            return Err(options.refuse("layer", message));
        }
        protocol.layers.push(store.names().keep(&layer, head)?);
    }
    for sample in options.texts("sample")? {
        if hex(&sample).is_none() {
            return Err(options.refuse("sample", "a sample is an Ethernet frame in pairs of hex digits"));
        }
        let digits: String = sample.chars().filter(|c| !c.is_whitespace()).collect();
        let kept = store.names().keep_up_to(&digits, head, MAX_SAMPLE)?;
        *protocol = std::mem::replace(protocol, Protocol::new("", "")).sample(kept);
    }
    for lead in options.texts("leads_to")? {
        protocol.leads_to.push(store.names().keep(&lead, head)?);
    }
    Ok(())
}

/// Every field that an expression speaks of is declared, once and in one way.
fn check_fields(protocol: &str, whole: &Together, list: Span) -> Result<(), Fault> {
    let mut known = HashMap::new();
    for declared in &whole.declared {
        let before = known.insert(declared.name, declared);
        if before.is_some_and(|before| before.shape != declared.shape) {
            let message = format!("`{}` is declared twice with different meanings", declared.name);
            return Err(Fault::new(declared.span, message));
        }
    }
    let mut spoken: Vec<&str> = Vec::new();
    for Mention { name, span } in whole.mentions.iter().chain(&whole.asked) {
        if !known.contains_key(name) {
            let near = near_field(name, known.keys().copied());
            let mend = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            return Err(Fault::new(*span, format!("`{name}` is not a field of `{protocol}`{mend}")));
        }
    }
    for mention in &whole.mentions {
        if known.get(mention.name).is_some_and(|declared| !declared.whole) {
            let message = format!("`{}` is no whole number; expressions compute with these", mention.name);
            return Err(Fault::new(mention.span, message));
        }
        if !spoken.contains(&mention.name) {
            spoken.push(mention.name);
        }
    }
    // Types and lengths of lists take slots as well; each has two at most.
    if spoken.len() > SLOTS / 2 {
        let message = format!("expressions speak of more than {} fields of a protocol", SLOTS / 2);
        return Err(Fault::new(list, message));
    }
    Ok(())
}

/// Parts of octets fill them, wherever what follows begins with a whole one.
pub(crate) fn check_octets(whole: &Together, items: &[Item]) -> Result<(), Fault> {
    // Bits behind the last whole octet, and the field that they end with; nothing where a condition adds some.
    let (mut over, mut last) = (0_u16, "");
    for item in items {
        match item {
            Item::Field(field) | Item::Group(field, _) => match field.width() {
                Some(width) => {
                    over = over.saturating_add(width) % 8;
                    last = field.name;
                }
                None if over != 0 && field.kind != Kind::Label => break,
                None => {}
            },
            Item::Block(..) | Item::Repeat(..) | Item::Tlv(_) if over != 0 => break,
            Item::Block(..) | Item::Repeat(..) | Item::Tlv(_) => {}
            _ => return Ok(()),
        }
    }
    if over == 0 {
        return Ok(());
    }
    let span = whole.declared.iter().find(|declared| declared.name == last).map(|declared| declared.span);
    let (has, lacks) = (over, 8_u16.saturating_sub(over));
    let message = format!("with `{last}` an octet has {has} bits of 8; bits(\"reserved\", {lacks}) fills it");
    Err(Fault::new(span.unwrap_or_default(), message))
}

/// The field that is meant: one of nearly the same name, or a part of another that was asked for behind that one's name.
fn near_field<'a>(name: &'a str, known: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let last = name.rsplit('.').next().filter(|last| *last != name);
    let part = || last.and_then(|last| known.clone().find(|known| *known == last));
    nearest(name, known.clone()).or_else(part)
}

/// Names for any of several fields.
fn either(
    options: &mut Options<'_, '_>,
    protocol: &mut Protocol,
    whole: &Together,
    store: &Store,
) -> Result<(), Fault> {
    let Some(value) = options.value("either") else { return Ok(()) };
    let wanted = "a dict of names and lists of fields' names";
    for (name, fields) in entries(value).ok_or_else(|| options.wrong("either", value, wanted))? {
        let fields = crate::options::sequence(fields).unwrap_or_default();
        let mut kept = Vec::new();
        for field in fields {
            let field = field.unpack_str().ok_or_else(|| options.wrong("either", value, wanted))?;
            let known = whole.declared.iter().find(|declared| declared.name == field);
            let known =
                known.ok_or_else(|| options.refuse("either", unknown(field, protocol.name, whole)))?;
            kept.push(known.name);
        }
        let name = name.unpack_str().filter(|name| is_name(name));
        let name = name.ok_or_else(|| options.wrong("either", value, wanted))?;
        protocol.either.push((store.names().keep(name, options.place())?, kept));
    }
    Ok(())
}

fn unknown(field: &str, protocol: &str, whole: &Together) -> String {
    let near = near_field(field, whole.declared.iter().map(|declared| declared.name));
    let mend = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    format!("`{field}` is not a field of `{protocol}`{mend}")
}

/// Lengths and counts speak of parts that are there.
fn check_filled(protocol: &Protocol, whole: &Together, head: Span) -> Result<(), Fault> {
    let mut missing = None;
    each_field(protocol.header(), &mut |field| {
        if let Auto::Count(part) | Auto::LenOf { part, .. } = field.auto
            && whole.declared.iter().all(|declared| declared.name != part)
        {
            missing = Some((field.name, part));
        }
    });
    match missing {
        None => Ok(()),
        Some((field, part)) => {
            let span = whole.declared.iter().find(|declared| declared.name == field);
            let span = span.map_or(head, |declared| declared.span);
            let near = near_field(part, whole.declared.iter().map(|declared| declared.name));
            let mend = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            let sentence =
                format!("`{field}` counts `{part}`, which `{}` does not have{mend}", protocol.name);
            Err(Fault::new(span, sentence))
        }
    }
}

fn each_field(items: &[Item], see: &mut impl FnMut(&Field)) {
    for item in items {
        match item {
            Item::Field(field) => see(field),
            Item::Group(field, inner) | Item::Block(field, _, inner) | Item::Repeat(field, _, inner) => {
                see(field);
                each_field(inner, see);
            }
            Item::When(_, inner) | Item::Behind(_, inner) => each_field(inner, see),
            Item::Switch(_, cases, other) => {
                cases.iter().for_each(|(_, _, inner)| each_field(inner, see));
                each_field(other, see);
            }
            Item::Tlv(tlv) => {
                each_field(&tlv.head, see);
                tlv.cases.iter().for_each(|case| each_field(&case.items, see));
                each_field(&tlv.other, see);
            }
            Item::Custom(fields, ..) => fields.iter().for_each(&mut *see),
        }
    }
}

/// Tables and numbers that lead to the protocol.
fn reached(options: &mut Options<'_, '_>) -> Result<Vec<(String, Vec<u64>, Span)>, Fault> {
    let Some(value) = options.value("on") else { return Ok(Vec::new()) };
    let wanted = "a dict of tables and numbers, such as {\"udp.port\": 5000}";
    let mut on = Vec::new();
    for (table, values) in entries(value).ok_or_else(|| options.wrong("on", value, wanted))? {
        let table = table.unpack_str().ok_or_else(|| options.wrong("on", value, wanted))?;
        let values = unsigned_list(values)
            .ok_or_else(|| options.wrong("on", values, "a number or a list of numbers"))?;
        on.push((table.to_owned(), values, options.span("on", table)));
    }
    Ok(on)
}

/// What follows and how the protocol is recognised; with the tables in which it is guessed.
fn rules(
    store: &Store,
    call: Span,
    options: &mut Options<'_, '_>,
) -> Result<(Rules, Vec<(String, Span)>), Fault> {
    let mut rules = Rules::default();
    if let Some(then) = options.text("then")? {
        rules.then = Some(store.names().keep(&then, store.keyword(call, "then"))?);
    }
    if let Some(value) = options.value("begins") {
        rules.begins = patterns(options, value)?;
    }
    let tables = options.texts("guess")?;
    if !tables.is_empty() && rules.begins.is_empty() {
        return Err(options.refuse("guess", "a guess needs `begins`, which says what the octets look like"));
    }
    let guess = tables.into_iter().map(|table| (table.clone(), options.span("guess", &table))).collect();
    Ok((rules, guess))
}

/// `begins = {offset: "hex digits", offset: ("hex digits", "mask in hex digits")}`.
fn patterns(options: &Options<'_, '_>, value: Value<'_>) -> Result<Vec<Pattern>, Fault> {
    let wanted = "a dict of offsets and hex digits, or (hex digits, mask)";
    let wrong = |value| options.wrong("begins", value, wanted);
    let mut patterns = Vec::new();
    for (at, octets) in entries(value).ok_or_else(|| wrong(value))? {
        let at = unsigned(at).and_then(|at| usize::try_from(at).ok()).filter(|at| *at < 65_536);
        let at = at.ok_or_else(|| options.refuse("begins", "an offset is a number below 65536"))?;
        let (octets, mask) = match (octets.unpack_str(), crate::options::sequence(octets).as_deref()) {
            (Some(octets), _) => (hex(octets), None),
            (None, Some([octets, mask])) => {
                (octets.unpack_str().and_then(hex), Some(mask.unpack_str().and_then(hex)))
            }
            _ => (None, None),
        };
        let octets = octets.ok_or_else(|| wrong(value))?;
        let mask = match mask {
            None => vec![0xff; octets.len()],
            Some(mask) => mask.ok_or_else(|| wrong(value))?,
        };
        if mask.len() != octets.len() || octets.len() > MAX_PATTERN || octets.is_empty() {
            let message = format!("octets and mask have the same size, of at most {MAX_PATTERN} octets");
            return Err(options.refuse("begins", message));
        }
        patterns.push(Pattern { at, mask, octets });
    }
    Ok(patterns)
}

/// The line: a form, or a function.
fn summary<'v>(
    store: &Store,
    call: Span,
    options: &mut Options<'v, '_>,
    name: &str,
    whole: &Together,
    eval: &Evaluator<'v, '_, '_>,
    rules: &mut Rules,
) -> Result<Option<String>, Fault> {
    let Some(value) = options.value("summary") else { return Ok(None) };
    let Some(text) = value.unpack_str() else {
        let kept = keep_function(options, value, "summary", name, eval)?;
        rules.line = Some(Format { parts: Vec::new() });
        return Ok(Some(kept));
    };
    let place = store.span_of(call, text);
    let within = |at: usize, len: usize| match text.len() == place.end.saturating_sub(place.begin) {
        true => {
            let begin = place.begin.saturating_add(at);
            Span { begin, end: begin.saturating_add(len.max(1)) }
        }
        false => place,
    };
    let format =
        Format::parse(text).map_err(|error| Fault::new(within(error.at, error.len), error.to_string()))?;
    for field in format.fields() {
        let known = whole.declared.iter().any(|declared| declared.name == field);
        let status = [".status", ".calculated"].iter().any(|end| field.ends_with(end));
        if !known && !status {
            let at = text.find(&format!("{{{field}")).map_or(0, |at| at.saturating_add(1));
            return Err(Fault::new(within(at, field.len()), unknown(field, name, whole)));
        }
    }
    rules.line = Some(format);
    Ok(None)
}

fn function<'v>(
    options: &mut Options<'v, '_>,
    option: &'static str,
    name: &str,
    eval: &Evaluator<'v, '_, '_>,
) -> Result<Option<String>, Fault> {
    let Some(value) = options.value(option) else { return Ok(None) };
    keep_function(options, value, option, name, eval).map(Some)
}

/// Keeps a function under a name that no plugin can write.
fn keep_function<'v>(
    options: &Options<'v, '_>,
    value: Value<'v>,
    option: &str,
    name: &str,
    eval: &Evaluator<'v, '_, '_>,
) -> Result<String, Fault> {
    if value.get_type() != "function" {
        let message = format!("`{option}` is {}; a function is wanted", kind(value));
        return Err(options.refuse(option, message));
    }
    let kept = format!("{option} of {name}");
    eval.module().set(&kept, value);
    Ok(kept)
}
