//! Parts that are not single fields: optional, sized, repeated and chosen parts, and lists of options.

use crate::fault::{Fault, Span};
use crate::fields::{Together, declared, heading, parts, range, size_of};
use crate::options::{Options, entries, integer, kind};
use crate::protocol::check_octets;
use crate::store::{Declared, Piece, Store};
use nettool_dissect::schema::{Count, Field, Item, Items, Size, Tlv, TlvCase};
use starlark::collections::SmallMap;
use starlark::values::Value;

/// Keyword arguments as Starlark hands them over.
pub(crate) type Given<'v> = SmallMap<String, Value<'v>>;

fn piece(item: Item, together: Together) -> Piece {
    let Together { mentions, declared, extra, .. } = together;
    Piece { item, mentions, declared, extra, case: None }
}

fn with_heading(
    store: &Store,
    call: Span,
    name: &str,
    options: &mut Options<'_, '_>,
    together: &mut Together,
) -> Result<Field, Fault> {
    let doc = options.text("doc")?.unwrap_or_default();
    let mut field = heading(store, call, name, &doc)?;
    field.hidden = options.flag("hidden")?;
    field.brief = options.flag("brief")?;
    together.declared.push(declared(store, call, &field));
    Ok(field)
}

/// `when(condition, fields)`.
pub(crate) fn when(store: &Store, call: Span, test: &str, fields: Value<'_>) -> Result<Piece, Fault> {
    let mut together = parts(store, call, fields, "fields")?;
    let test = store.condition(call, test, &mut together.mentions)?;
    let items = std::mem::take(&mut together.items);
    Ok(piece(Item::When(test, items.into()), together))
}

/// `block(name, size, fields)`.
pub(crate) fn block(
    store: &Store,
    call: Span,
    name: &str,
    size: Value<'_>,
    fields: Value<'_>,
    given: Given<'_>,
) -> Result<Piece, Fault> {
    let mut options = Options::new(given, call, store);
    let mut together = parts(store, call, fields, "fields")?;
    let field = with_heading(store, call, name, &mut options, &mut together)?;
    options.finish()?;
    let size = size_of(store, call, size, &mut together.mentions)?;
    let items = std::mem::take(&mut together.items);
    Ok(piece(Item::Block(field, size, items.into()), together))
}

/// `repeat(name, fields, count = …)`.
pub(crate) fn repeat(
    store: &Store,
    call: Span,
    name: &str,
    fields: Value<'_>,
    given: Given<'_>,
) -> Result<Piece, Fault> {
    let mut options = Options::new(given, call, store);
    let mut together = parts(store, call, fields, "fields")?;
    if together.items.is_empty() {
        return Err(Fault::new(store.head(call), format!("`{name}` repeats nothing; it needs a field")));
    }
    check_octets(&together, &together.items)?;
    let field = with_heading(store, call, name, &mut options, &mut together)?;
    let count = match options.value("count") {
        None => Count::ToEnd,
        Some(value) => match size_of(store, call, value, &mut together.mentions)? {
            Size::Octets(times) => Count::Times(times),
            Size::Rest => Count::ToEnd,
            _ => return Err(options.wrong("count", value, "a number or an expression")),
        },
    };
    options.finish()?;
    let items = std::mem::take(&mut together.items);
    Ok(piece(Item::Repeat(field, count, items.into()), together))
}

/// `behind(size, fields)`.
pub(crate) fn behind(store: &Store, call: Span, size: Value<'_>, fields: Value<'_>) -> Result<Piece, Fault> {
    let mut together = parts(store, call, fields, "fields")?;
    let Size::Octets(octets) = size_of(store, call, size, &mut together.mentions)? else {
        let message = "the size of the payload is a number of octets or an expression";
        return Err(Fault::new(store.head(call), message));
    };
    let items = std::mem::take(&mut together.items);
    Ok(piece(Item::Behind(octets, items.into()), together))
}

/// `switch(number, {value: fields, (first, last): fields}, other = fields)`.
pub(crate) fn switch(
    store: &Store,
    call: Span,
    on: &str,
    cases: Value<'_>,
    given: Given<'_>,
) -> Result<Piece, Fault> {
    let mut options = Options::new(given, call, store);
    let mut whole = Together::default();
    let on = store.number(call, on, &mut whole.mentions)?;
    let wrong = |what: &str| Fault::new(store.head(call), what.to_owned());
    let list = entries(cases)
        .ok_or_else(|| wrong("the cases are a dict of numbers, or (first, last), and lists of fields"))?;
    let mut known = Vec::with_capacity(list.len());
    for (key, fields) in list {
        let (first, last) = range(key)
            .ok_or_else(|| wrong("a case is a number or (first, last), where first is not above last"))?;
        let mut case = parts(store, call, fields, "a case")?;
        known.push((first, last, std::mem::take(&mut case.items)));
        absorb(&mut whole, case);
    }
    let other = match options.value("other") {
        None => Vec::new(),
        Some(fields) => {
            let mut other = parts(store, call, fields, "other")?;
            let items = std::mem::take(&mut other.items);
            absorb(&mut whole, other);
            items
        }
    };
    options.finish()?;
    let known = known.into_iter().map(|(low, high, items)| (low, high, Items::from(items)));
    Ok(piece(Item::Switch(on, known.collect(), other.into()), whole))
}

fn absorb(whole: &mut Together, part: Together) {
    whole.mentions.extend(part.mentions);
    whole.declared.extend(part.declared);
    whole.extra.extend(part.extra);
}

/// `case(name, fields)`: a known type of a list.
pub(crate) fn case(
    store: &Store,
    call: Span,
    name: &str,
    fields: Value<'_>,
    given: Given<'_>,
) -> Result<Piece, Fault> {
    let mut options = Options::new(given, call, store);
    let mut together = parts(store, call, fields, "fields")?;
    let field = with_heading(store, call, name, &mut options, &mut together)?;
    options.finish()?;
    let items = std::mem::take(&mut together.items);
    let case = Some((field, items));
    Ok(Piece { case, ..piece(Item::When(never(), Vec::new().into()), together) })
}

/// A case is no item by itself; what stands in its place never shows.
fn never() -> nettool_dissect::schema::Test {
    nettool_dissect::schema::Test::Any(Vec::new())
}

/// `tlv(name, head, type = …, length = …, cases = {…}, …)`.
pub(crate) fn tlv(
    store: &Store,
    call: Span,
    name: &str,
    head: Value<'_>,
    given: Given<'_>,
) -> Result<Piece, Fault> {
    let mut options = Options::new(given, call, store);
    let mut whole = parts(store, call, head, "head")?;
    let head = std::mem::take(&mut whole.items);
    let (kind_name, len_name) = head_names(store, &mut options, call, &whole.declared)?;
    let entry = with_heading(store, call, name, &mut options, &mut whole)?;
    let cases = known_cases(store, call, &mut options, &mut whole)?;
    let other = match options.value("other") {
        None => Vec::new(),
        Some(fields) => {
            let mut other = parts(store, call, fields, "other")?;
            let items = std::mem::take(&mut other.items);
            absorb(&mut whole, other);
            items
        }
    };
    let single = options.numbers("single")?;
    let single = store.names().keep_list(single, store.head(call))?;
    let octets = "octets from 1 to 255";
    let tlv = Tlv {
        entry,
        head,
        kind: kind_name,
        len: len_name,
        unit: options.number("unit", octets)?.unwrap_or(1).max(1),
        len_covers_head: options.flag("covers_head")?,
        len_bias: options.number("bias", "octets from -128 to 127")?.unwrap_or(0),
        align: options.number("align", octets)?.unwrap_or(1).max(1),
        single,
        end: options.number::<u64>("end", "the number of a type")?,
        padding: None,
        cases,
        other,
    };
    options.finish()?;
    Ok(piece(tlv.into(), whole))
}

/// Names of the fields with type and length: by default the first and the second of the head.
fn head_names(
    store: &Store,
    options: &mut Options<'_, '_>,
    call: Span,
    head: &[Declared],
) -> Result<(&'static str, Option<&'static str>), Fault> {
    let named = |options: &Options<'_, '_>, option: &str, name: &str| {
        head.iter()
            .find(|declared| declared.name == name)
            .map(|declared| declared.name)
            .ok_or_else(|| options.refuse(option, format!("`{name}` is no field of the head")))
    };
    let kind_name = match options.text("type")? {
        Some(name) => named(options, "type", &name)?,
        None => head
            .first()
            .map(|first| first.name)
            .ok_or_else(|| Fault::new(store.head(call), "the head has at least the field with the type"))?,
    };
    let len_name = match options.value("length") {
        None => head.iter().map(|field| field.name).find(|name| *name != kind_name),
        Some(value) if value.unpack_bool() == Some(false) => None,
        Some(value) => {
            let name = value.unpack_str();
            let name = name.ok_or_else(|| options.wrong("length", value, "a field's name or False"))?;
            Some(named(options, "length", name)?)
        }
    };
    Ok((kind_name, len_name))
}

fn known_cases(
    store: &Store,
    call: Span,
    options: &mut Options<'_, '_>,
    whole: &mut Together,
) -> Result<Vec<TlvCase>, Fault> {
    let Some(value) = options.value("cases") else { return Ok(Vec::new()) };
    let wanted = "a dict of numbers and case(…)";
    let list = entries(value).ok_or_else(|| options.wrong("cases", value, wanted))?;
    let mut cases = Vec::with_capacity(list.len());
    for (key, value) in list {
        let number = integer(key).and_then(|number| u64::try_from(number).ok());
        let number = number.ok_or_else(|| options.wrong("cases", key, "the number of a type"))?;
        let Some(Piece { case: Some((field, items)), mentions, declared, extra, .. }) = store.piece(value)
        else {
            let message = format!("the case {number} is {}; case(\"name\", [fields]) is wanted", kind(value));
            return Err(Fault::new(store.keyword(call, "cases"), message));
        };
        absorb(whole, Together { mentions, declared, extra, ..Together::default() });
        cases.push(TlvCase { kind: number, field, items });
    }
    Ok(cases)
}
