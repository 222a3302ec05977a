//! Fields: what their constructors and keyword arguments make.

use crate::expr::{self, Mention, RESERVED};
use crate::fault::{Fault, Span};
use crate::options::{Options, entries, fraction, kind, sequence, unsigned};
use crate::store::{Declared, Piece, Store};
use nettool_dissect::crc::{ALGORITHMS, Algorithm};
use nettool_dissect::query::nearest;
use nettool_dissect::schema::{
    Auto, Base, Checksum, Endian, Field, Item, Kind, Names, Over, Size, Span as Part, Table, Varint, lit,
};
use starlark::collections::SmallMap;
use starlark::values::Value;

/// Names of a field's values.
const MAX_VALUES: usize = 4096;

/// Meaning and size of what a constructor makes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) kind: Kind,
    pub(crate) width: u16,
    pub(crate) endian: Endian,
}

/// A number of so many bits.
pub(crate) const fn number(width: u16, endian: Endian) -> Shape {
    Shape { kind: Kind::Uint(Base::Dec), width, endian }
}

/// Something else of so many bits, in network order.
pub(crate) const fn fixed(kind: Kind, width: u16) -> Shape {
    Shape { kind, width, endian: Endian::Big }
}

/// The state of a checksum, as the built-in protocols say it.
const STATUS: &[(u64, &str)] = &[(0, "Bad"), (1, "Good"), (2, "Unverified")];

/// A field with its arguments.
pub(crate) fn field(
    store: &Store,
    call: Span,
    name: &str,
    shape: Shape,
    given: SmallMap<String, Value<'_>>,
) -> Result<Piece, Fault> {
    let size = match shape.kind {
        Kind::Ipv6 => Size::Octets(lit(16)),
        _ => Size::Bits(shape.width),
    };
    build(store, call, name, shape, size, Vec::new(), given)
}

/// A field whose size is a number, an expression, `rest` or `nul`.
pub(crate) fn sized(
    store: &Store,
    call: Span,
    name: &str,
    kind: Kind,
    size: Value<'_>,
    given: SmallMap<String, Value<'_>>,
) -> Result<Piece, Fault> {
    let mut mentions = Vec::new();
    let size = size_of(store, call, size, &mut mentions)?;
    build(store, call, name, fixed(kind, 0), size, mentions, given)
}

/// A number of as many octets as it needs.
pub(crate) fn varint(
    store: &Store,
    call: Span,
    name: &str,
    mut given: SmallMap<String, Value<'_>>,
) -> Result<Piece, Fault> {
    let own: SmallMap<String, Value<'_>> = ["coding", "octets"]
        .into_iter()
        .filter_map(|name| given.shift_remove(name).map(|value| (name.to_owned(), value)))
        .collect();
    let mut options = Options::new(own, call, store);
    let most = options.number::<u8>("octets", "octets from 1 to 10")?;
    let coding = options.text("coding")?;
    let varint = match (coding.as_deref(), most) {
        (None | Some("leb128"), most @ (None | Some(1..=10))) => Varint::Leb128(most.unwrap_or(10)),
        (Some("quic"), None) => Varint::Quic,
        (Some("quic"), Some(_)) => {
            return Err(options.refuse("octets", "a number of QUIC has up to 8 octets"));
        }
        (Some("leb128") | None, Some(_)) => {
            return Err(options.refuse("octets", "octets from 1 to 10 are wanted"));
        }
        (Some(_), _) => return Err(options.refuse("coding", "the codings are `leb128` and `quic`")),
    };
    let place = |option: &str| store.keyword(call, option);
    for option in ["signed", "boolean", "parts", "checksum"] {
        if given.contains_key(option) {
            let message =
                format!("`{option}` is for numbers of a fixed size; this one has as many octets as it needs");
            return Err(Fault::new(place(option), message));
        }
    }
    let part = given.get("length_of").and_then(|part| part.unpack_str());
    if let Some("@whole" | "@header") = part {
        let message = "a length of variable size counts what stands behind it: @after, @payload or a part";
        return Err(Fault::new(place("length_of"), message));
    }
    if part.is_some_and(|part| part.starts_with('@'))
        && (given.contains_key("length_unit") || given.contains_key("length_bias"))
    {
        return Err(Fault::new(place("length_of"), "such a length of variable size is one in octets"));
    }
    let shape = number(0, Endian::Big);
    build(store, call, name, shape, Size::Varint(varint), Vec::new(), given)
}

/// A DNS name with compression pointers, counted from the protocol's first octet.
pub(crate) fn dns_name(
    store: &Store,
    call: Span,
    name: &str,
    given: SmallMap<String, Value<'_>>,
) -> Result<Piece, Fault> {
    build(store, call, name, fixed(Kind::Made, 0), Size::DnsName, Vec::new(), given)
}

/// A size: octets, an expression, `rest` or `nul`.
pub(crate) fn size_of(
    store: &Store,
    call: Span,
    size: Value<'_>,
    mentions: &mut Vec<Mention>,
) -> Result<Size, Fault> {
    match (size.unpack_str(), crate::options::integer(size)) {
        (Some("rest"), _) => Ok(Size::Rest),
        (Some("nul"), _) => Ok(Size::Nul),
        (Some(text), _) => Ok(Size::Octets(store.number(call, text, mentions)?)),
        (_, Some(octets)) if (0..=65_535).contains(&octets) => Ok(Size::Octets(lit(octets))),
        _ => Err(Fault::new(
            store.head(call),
            format!(
                "the size is {}; octets from 0 to 65535, an expression, \"rest\" or \"nul\" is wanted",
                kind(size)
            ),
        )),
    }
}

/// A name for a field, for good.
pub(crate) fn name_of(store: &Store, call: Span, name: &str) -> Result<&'static str, Fault> {
    let span = store.span_of(call, name);
    if RESERVED.contains(&name) {
        return Err(Fault::new(span, format!("`{name}` is a word of expressions and cannot be a field")));
    }
    if !expr::is_name(name) {
        let message = "a name has letters, digits, `_` and dots between them, and begins with a letter";
        return Err(Fault::new(span, message));
    }
    store.names().keep(name, span)
}

/// The heading of a part: a field without value.
pub(crate) fn heading(store: &Store, call: Span, name: &str, doc: &str) -> Result<Field, Fault> {
    let name = name_of(store, call, name)?;
    let doc = if doc.is_empty() { spoken(name) } else { doc.to_owned() };
    let doc = store.names().keep(&doc, store.head(call))?;
    Ok(Field::new(name, Kind::Label, Size::Rest).doc(doc))
}

/// What a field is called where the plugin says nothing: its name as words.
fn spoken(name: &str) -> String {
    name.rsplit('.').next().unwrap_or(name).replace('_', " ")
}

/// What two fields of one name must share.
pub(crate) fn shape_of(field: &Field) -> String {
    let varint = if let Size::Varint(varint) = &field.size { Some(*varint) } else { None };
    format!("{:?}", (field.kind, field.scale, field.endian, varint))
}

/// The declaration of a field at a call.
pub(crate) fn declared(store: &Store, call: Span, field: &Field) -> Declared {
    let whole = field.kind.is_number() && !field.kind.is_float();
    Declared { name: field.name, span: store.span_of(call, field.name), shape: shape_of(field), whole }
}

fn build(
    store: &Store,
    call: Span,
    name: &str,
    shape: Shape,
    size: Size,
    mut mentions: Vec<Mention>,
    given: SmallMap<String, Value<'_>>,
) -> Result<Piece, Fault> {
    let mut options = Options::new(given, call, store);
    let mut field = Field::new(name_of(store, call, name)?, shape.kind, size);
    field.endian = shape.endian;
    let head = store.head(call);
    let doc = options.text("doc")?.unwrap_or_else(|| spoken(name));
    field.doc = store.names().keep(&doc, head)?;
    if shape.kind.is_float() {
        whole_only(&mut options)?;
    }
    shown(store, &mut options, &mut field)?;
    field.unit = store.names().keep(&options.text("unit")?.unwrap_or_default(), head)?;
    for alias in options.texts("alias")? {
        field.aliases.push(store.names().keep(&alias, head)?);
    }
    for craft in options.texts("craft")? {
        field.craft.push(store.names().keep(&craft, head)?);
    }
    default(store, &mut options, &mut field, head)?;
    filled(store, &mut options, &mut field)?;
    let mut extra = checksum(store, &mut options, &mut field)?;
    if let Some(table) = options.text("next")? {
        field = field.next(table_named(store, &options, "next", &table)?);
    }
    field.brief = options.flag("brief")?;
    field.hidden = options.flag("hidden")?;
    let mut declared_here = vec![declared(store, call, &field)];
    let item = match options.value("parts") {
        None => Item::Field(field),
        Some(value) => {
            let parts = parts(store, call, value, "parts")?;
            let width = parts.width;
            if field.width() != width || width.is_none() {
                let message = "the parts do not have as many bits as the field together";
                return Err(options.refuse("parts", message));
            }
            declared_here.extend(parts.declared);
            mentions.extend(parts.mentions);
            extra.extend(parts.extra);
            let items = match field.endian {
                Endian::Little => turned(parts.items).map_err(|message| options.refuse("parts", message))?,
                Endian::Big | Endian::Native => parts.items,
            };
            Item::Group(field, items.into())
        }
    };
    options.finish()?;
    Ok(Piece { item, mentions, declared: declared_here, extra, case: None })
}

/// Parts of a number whose least significant octet comes first, most significant first as they are declared, in the
/// order of their octets.
fn turned(parts: Vec<Item>) -> Result<Vec<Item>, &'static str> {
    let mut runs: Vec<Vec<Item>> = Vec::new();
    let (mut run, mut bits) = (Vec::new(), 0_u16);
    for mut part in parts {
        let width = match &part {
            Item::Field(field) | Item::Group(field, _) => field.width().unwrap_or(0),
            _ => 0,
        };
        bits = bits.saturating_add(width);
        let whole = run.is_empty() && width % 8 == 0;
        if let (Item::Field(field), true) = (&mut part, whole && width > 8) {
            field.endian = Endian::Little;
        }
        run.push(part);
        match (whole, bits) {
            (true, _) | (false, 8) => {
                runs.push(std::mem::take(&mut run));
                bits = 0;
            }
            (false, ..8) => {}
            (false, _) => {
                return Err("a part of a little-endian field lies within an octet, or takes whole octets");
            }
        }
    }
    Ok(runs.into_iter().rev().flatten().collect())
}

/// What is said of whole numbers alone.
fn whole_only(options: &mut Options<'_, '_>) -> Result<(), Fault> {
    const OPTIONS: [&str; 10] =
        ["hex", "signed", "boolean", "scale", "names", "parts", "next", "checksum", "length_of", "count_of"];
    match OPTIONS.into_iter().find(|name| options.value(name).is_some()) {
        Some(name) => {
            Err(options.refuse(name, format!("`{name}` is for whole numbers; this one has a fraction")))
        }
        None => Ok(()),
    }
}

/// How the value is shown.
fn shown(store: &Store, options: &mut Options<'_, '_>, field: &mut Field) -> Result<(), Fault> {
    if options.flag("hex")? {
        field.kind = Kind::Uint(Base::Hex);
    }
    if options.flag("signed")? {
        field.kind = Kind::Int;
    }
    if options.flag("boolean")? {
        field.kind = Kind::Bool;
    }
    if let Some(scale) = options.number::<u16>("scale", "a factor from 1 to 65535")? {
        if scale == 0 {
            return Err(options.refuse("scale", "a factor from 1 to 65535 is wanted"));
        }
        field.scale = scale;
    }
    let Some(value) = options.value("names") else { return Ok(()) };
    let wanted = "a dict of numbers, or (first, last), and names";
    let list = entries(value).ok_or_else(|| options.wrong("names", value, wanted))?;
    if list.len() > MAX_VALUES {
        return Err(options.refuse("names", format!("more than {MAX_VALUES} names")));
    }
    let mut ranges = Vec::with_capacity(list.len());
    for (key, text) in list {
        let (first, last) = range(key).ok_or_else(|| options.wrong("names", value, wanted))?;
        let text = text.unpack_str().ok_or_else(|| options.wrong("names", value, wanted))?;
        if let Some(width) = field.width().filter(|width| *width < 64 && last >> *width != 0) {
            let number = if first >> width == 0 { last } else { first };
            return Err(options.refuse("names", format!("the name of {number} does not fit {width} bits")));
        }
        let place = options.place();
        ranges.push((first, last, store.names().keep(text, place)?));
    }
    let place = options.place();
    field.names = if ranges.iter().all(|(first, last, _)| first == last) {
        let list = ranges.into_iter().map(|(first, _, name)| (first, name)).collect();
        Names::List(store.names().keep_list(list, place)?)
    } else {
        Names::Ranges(store.names().keep_list(ranges, place)?)
    };
    Ok(())
}

/// A number, or first and last of a range.
pub(crate) fn range(key: Value<'_>) -> Option<(u64, u64)> {
    if let Some(number) = unsigned(key) {
        return Some((number, number));
    }
    match sequence(key)?.as_slice() {
        [first, last] => Some((unsigned(*first)?, unsigned(*last)?)).filter(|(first, last)| first <= last),
        _ => None,
    }
}

/// What stands in it when a frame is built and nothing is said.
fn default(
    store: &Store,
    options: &mut Options<'_, '_>,
    field: &mut Field,
    place: Span,
) -> Result<(), Fault> {
    let Some(value) = options.value("default") else { return Ok(()) };
    if field.kind.is_float() {
        let number = fraction(value).ok_or_else(|| options.wrong("default", value, "a number"))?;
        field.default = field.kind.float_bits(number);
        return Ok(());
    }
    let octets = match (field.kind, value.unpack_str()) {
        (Kind::Text, Some(text)) => Some(text.as_bytes().to_vec()),
        (Kind::Bytes, Some(text)) => hex(text),
        (Kind::Mac | Kind::Eui64, Some(text)) => hex(&text.replace(':', "")),
        (Kind::Ipv4, Some(text)) => text.parse().ok().map(|ip: std::net::Ipv4Addr| ip.octets().to_vec()),
        (Kind::Ipv6, Some(text)) => text.parse().ok().map(|ip: std::net::Ipv6Addr| ip.octets().to_vec()),
        _ => None,
    };
    let number = match &octets {
        Some(octets) => octets
            .iter()
            .try_fold(0_u64, |all, octet| (all >> 56 == 0).then_some(all << 8 | u64::from(*octet))),
        None => unsigned(value),
    };
    let width = if let Size::Varint(varint) = &field.size { Some(varint.bits()) } else { field.width() };
    match (width, number, octets) {
        (Some(width), Some(number), _) if width >= 64 || number >> width == 0 => field.default = number,
        (None, _, Some(octets)) => field.default_bytes = store.names().keep_list(octets, place)?,
        (Some(width), Some(_), _) => {
            return Err(options.refuse("default", format!("the default does not fit {width} bits")));
        }
        _ => return Err(options.wrong("default", value, "a value that the field can hold")),
    }
    Ok(())
}

/// Octets from hex digits; blanks do not matter.
pub(crate) fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |octet, digit| octet << 4 | digit)).collect())
}

/// What fills it when a frame is built: a length or a count.
fn filled(store: &Store, options: &mut Options<'_, '_>, field: &mut Field) -> Result<(), Fault> {
    let unit = options.number::<u16>("length_unit", "octets from 1 to 65535")?.unwrap_or(1).max(1);
    let bias = options.number::<i32>("length_bias", "a number")?.unwrap_or(0);
    if let Some(part) = options.text("length_of")? {
        let of = match part.as_str() {
            "@header" => Some(Part::Header),
            "@payload" => Some(Part::Payload),
            "@whole" => Some(Part::Whole),
            "@after" => Some(Part::After),
            other if other.starts_with('@') => {
                let message = format!("`{other}` is none of @header, @payload, @whole and @after");
                return Err(options.refuse("length_of", message));
            }
            _ => None,
        };
        field.auto = match of {
            Some(of) => Auto::Len { of, unit, bias },
            None => Auto::LenOf { part: store.names().keep(&part, options.place())?, unit, bias },
        };
    }
    if let Some(part) = options.text("count_of")? {
        field.auto = Auto::Count(store.names().keep(&part, options.place())?);
    }
    Ok(())
}

/// A checksum, and the fields that say whether it is right.
fn checksum(store: &Store, options: &mut Options<'_, '_>, field: &mut Field) -> Result<Vec<Field>, Fault> {
    let over = options.text("over")?;
    let Some(name) = options.text("checksum")? else {
        return match over {
            Some(_) => Err(options.refuse("over", "`over` says what a `checksum` covers; there is none")),
            None => Ok(Vec::new()),
        };
    };
    let algorithm = Algorithm::named(&name).ok_or_else(|| {
        let near = nearest(&name, ALGORITHMS.iter().map(|(name, _)| *name));
        let all = || ALGORITHMS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let mend =
            near.map_or_else(|| format!("there are {}", all()), |near| format!("did you mean `{near}`?"));
        options.refuse("checksum", format!("`{name}` is no checksum; {mend}"))
    })?;
    if field.width() != Some(algorithm.width()) {
        let message = format!("`{name}` has {} bits, the field has not", algorithm.width());
        return Err(options.refuse("checksum", message));
    }
    let over = match over.as_deref() {
        None | Some("before") => Over::Before,
        Some("after") => Over::After,
        Some("whole") => Over::Whole,
        Some(_) => return Err(options.refuse("over", "a checksum covers `before`, `after` or `whole`")),
    };
    field.auto = Auto::Sum(Checksum::By(algorithm, over));
    let place = options.place();
    let named = |suffix: &str| store.names().keep(&[field.name, suffix].concat(), place);
    let (status, calculated) = (named(".status")?, named(".calculated")?);
    let mut state = Field::new(status, Kind::Uint(Base::Dec), Size::Bits(8)).doc("checksum status");
    state.names = Names::List(STATUS);
    let right = Field::new(calculated, Kind::Uint(Base::Hex), Size::Bits(algorithm.width()));
    Ok(vec![state, right.doc("checksum that would be right")])
}

/// The table of this name.
pub(crate) fn table_named(
    store: &Store,
    options: &Options<'_, '_>,
    option: &str,
    name: &str,
) -> Result<Table, Fault> {
    let tables = store.tables.borrow();
    let at = tables.iter().position(|(known, _)| *known == name);
    at.and_then(|at| u16::try_from(at).ok())
        .map(Table)
        .ok_or_else(|| options.refuse(option, format!("`{name}` is no table{}", table_mend(name, &tables))))
}

/// The nearest table, or all of them.
pub(crate) fn table_mend(name: &str, tables: &[(&'static str, u8)]) -> String {
    let names = || tables.iter().map(|(name, _)| *name);
    nearest(name, names()).map_or_else(
        || format!("; there are {}, and table(…) makes another", names().collect::<Vec<_>>().join(", ")),
        |near| format!("; did you mean `{near}`?"),
    )
}

/// Pieces in order, put together.
#[derive(Debug, Default)]
pub(crate) struct Together {
    pub(crate) items: Vec<Item>,
    pub(crate) mentions: Vec<Mention>,
    /// Fields that are spoken of, but not computed with.
    pub(crate) asked: Vec<Mention>,
    pub(crate) declared: Vec<Declared>,
    pub(crate) extra: Vec<Field>,
    /// Bits, where all of them are of fixed size.
    pub(crate) width: Option<u16>,
}

/// Whether an item is a field of the same name and meaning; of two meanings the protocol tells.
fn is_like(item: &Item, field: &Field) -> bool {
    let (Item::Field(other) | Item::Group(other, _)) = item else { return false };
    other.name == field.name && shape_of(other) == shape_of(field)
}

/// Two fields of a list that would be told apart by nothing.
fn twice(piece: &Piece, field: &Field) -> Fault {
    let declared = piece.declared.iter().find(|declared| declared.name == field.name);
    let span = declared.map(|declared| declared.span).unwrap_or_default();
    let message =
        format!("`{0}` is declared twice; call the second `{0}_2`, say, or use repeat(…)", field.name);
    Fault::new(span, message)
}

/// The pieces in a list.
pub(crate) fn parts(store: &Store, call: Span, value: Value<'_>, what: &str) -> Result<Together, Fault> {
    let wrong = |message: String| Fault::new(store.head(call), message);
    let list = sequence(value)
        .ok_or_else(|| wrong(format!("`{what}` is {}; a list of fields is wanted", kind(value))))?;
    let mut together = Together { width: Some(0), ..Together::default() };
    for (at, value) in list.into_iter().enumerate() {
        let piece = store.piece(value).ok_or_else(|| {
            wrong(format!(
                "`{what}`, entry {at}, is {}; a field such as u8(\"version\") is wanted",
                kind(value)
            ))
        })?;
        if piece.case.is_some() {
            return Err(wrong(format!("`{what}`, entry {at}, is a case(…), which belongs into a tlv(…)")));
        }
        let width = match &piece.item {
            Item::Field(field) | Item::Group(field, _) => field.width(),
            _ => None,
        };
        // In one list both are there at once; parts that exclude each other may share a name.
        if let Item::Field(field) | Item::Group(field, _) = &piece.item
            && together.items.iter().any(|before| is_like(before, field))
        {
            return Err(twice(&piece, field));
        }
        together.width = together.width.zip(width).and_then(|(all, width)| all.checked_add(width));
        together.items.push(piece.item);
        together.mentions.extend(piece.mentions);
        together.declared.extend(piece.declared);
        together.extra.extend(piece.extra);
    }
    Ok(together)
}
