//! Keyword arguments: taken one by one, each checked, and what nobody has asked for is an error with the nearest word.

use crate::fault::{Fault, Span};
use crate::store::Store;
use nettool_dissect::query::nearest;
use starlark::collections::SmallMap;
use starlark::values::dict::DictRef;
use starlark::values::float::StarlarkFloat;
use starlark::values::list::ListRef;
use starlark::values::tuple::TupleRef;
use starlark::values::{UnpackValue, Value, ValueLike};

/// The keyword arguments of a call.
pub(crate) struct Options<'v, 's> {
    given: SmallMap<String, Value<'v>>,
    asked: Vec<&'static str>,
    call: Span,
    store: &'s Store,
}

impl<'v, 's> Options<'v, 's> {
    pub(crate) fn new(given: SmallMap<String, Value<'v>>, call: Span, store: &'s Store) -> Self {
        Options { given, asked: Vec::new(), call, store }
    }

    /// The argument as it is; `None` counts as not given.
    pub(crate) fn value(&mut self, name: &'static str) -> Option<Value<'v>> {
        self.asked.push(name);
        self.given.shift_remove(name).filter(|value| !value.is_none())
    }

    /// The place of the call.
    pub(crate) fn place(&self) -> Span {
        self.store.head(self.call)
    }

    /// The place of a literal in the call, or of the keyword.
    pub(crate) fn span(&self, name: &str, literal: &str) -> Span {
        match self.store.span_of(self.call, literal) {
            head if head == self.place() => self.store.keyword(self.call, name),
            place => place,
        }
    }

    /// An argument that is not what it should be.
    pub(crate) fn wrong(&self, name: &str, value: Value<'_>, wanted: &str) -> Fault {
        let message = format!("`{name}` is {}; {wanted} is wanted", kind(value));
        Fault::new(self.store.keyword(self.call, name), message)
    }

    /// An argument whose value cannot be.
    pub(crate) fn refuse(&self, name: &str, message: impl Into<String>) -> Fault {
        Fault::new(self.store.keyword(self.call, name), message)
    }

    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, Fault> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let text = value.unpack_str().ok_or_else(|| self.wrong(name, value, "a text"))?;
        Ok(Some(text.to_owned()))
    }

    /// A text, or several in a list.
    pub(crate) fn texts(&mut self, name: &'static str) -> Result<Vec<String>, Fault> {
        let Some(value) = self.value(name) else { return Ok(Vec::new()) };
        if let Some(text) = value.unpack_str() {
            return Ok(vec![text.to_owned()]);
        }
        let texts = sequence(value).and_then(|values| {
            values.iter().map(|value| value.unpack_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
        });
        texts.ok_or_else(|| self.wrong(name, value, "a text or a list of texts"))
    }

    pub(crate) fn flag(&mut self, name: &'static str) -> Result<bool, Fault> {
        let Some(value) = self.value(name) else { return Ok(false) };
        value.unpack_bool().ok_or_else(|| self.wrong(name, value, "True or False"))
    }

    /// A number that `T` holds.
    pub(crate) fn number<T: TryFrom<i64>>(
        &mut self,
        name: &'static str,
        wanted: &str,
    ) -> Result<Option<T>, Fault> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let number = integer(value).and_then(|number| T::try_from(number).ok());
        number.map(Some).ok_or_else(|| self.wrong(name, value, wanted))
    }

    /// A number or a list of numbers.
    pub(crate) fn numbers(&mut self, name: &'static str) -> Result<Vec<u64>, Fault> {
        let Some(value) = self.value(name) else { return Ok(Vec::new()) };
        unsigned_list(value).ok_or_else(|| self.wrong(name, value, "a number or a list of numbers"))
    }

    /// Everything must have been asked for.
    pub(crate) fn finish(self) -> Result<(), Fault> {
        let Some((name, _)) = self.given.iter().next() else { return Ok(()) };
        let near = nearest(name, self.asked.iter().copied());
        let mend = near.map_or_else(
            || format!("; there are {}", self.asked.join(", ")),
            |near| format!("; did you mean `{near}`?"),
        );
        Err(Fault::new(self.store.keyword(self.call, name), format!("no option `{name}`{mend}")))
    }
}

/// What a value is, with an article.
pub(crate) fn kind(value: Value<'_>) -> String {
    match value.get_type() {
        "string" => "a text".to_owned(),
        "int" => "a number".to_owned(),
        "float" => "a number with decimals".to_owned(),
        "bool" => "True or False".to_owned(),
        "NoneType" => "None".to_owned(),
        "struct" => "a field or part".to_owned(),
        other => format!("a {other}"),
    }
}

/// An integer; True and False are none.
pub(crate) fn integer(value: Value<'_>) -> Option<i64> {
    if value.unpack_bool().is_some() {
        return None;
    }
    i64::unpack_value(value).ok().flatten()
}

/// A number that may have a fraction.
pub(crate) fn fraction(value: Value<'_>) -> Option<f64> {
    let fraction = value.downcast_ref::<StarlarkFloat>().map(|fraction| fraction.0);
    fraction.or_else(|| integer(value).map(|number| number as f64))
}

/// An integer of up to 64 bits without sign.
pub(crate) fn unsigned(value: Value<'_>) -> Option<u64> {
    if value.unpack_bool().is_some() {
        return None;
    }
    u64::unpack_value(value).ok().flatten()
}

/// A number, or several in a list.
pub(crate) fn unsigned_list(value: Value<'_>) -> Option<Vec<u64>> {
    match unsigned(value) {
        Some(number) => Some(vec![number]),
        None => sequence(value)?.into_iter().map(unsigned).collect(),
    }
}

/// The entries of a list or tuple.
pub(crate) fn sequence<'v>(value: Value<'v>) -> Option<Vec<Value<'v>>> {
    let list = ListRef::from_value(value).map(|list| list.content().to_vec());
    list.or_else(|| TupleRef::from_value(value).map(|tuple| tuple.content().to_vec()))
}

/// The entries of a dict.
pub(crate) fn entries<'v>(value: Value<'v>) -> Option<Vec<(Value<'v>, Value<'v>)>> {
    Some(DictRef::from_value(value)?.iter().collect())
}
