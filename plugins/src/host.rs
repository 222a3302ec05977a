//! The words of the declaration language, as functions of the Starlark host.
//!
//! Each hands over to [`crate::fields`], [`crate::structure`] or [`crate::protocol`]. There are no files, no network and
//! no clock; what a plugin does is bounded by steps, memory and depth.

use crate::answers::{self, Word};
use crate::fault::Fault;
use crate::fields::{Shape, field, fixed, number, sized, varint as varint_field};
use crate::limits::checked;
use crate::store::{Piece, Store, call_of};
use crate::structure::{self, Given};
use nettool_dissect::schema::{Endian, Kind};
use starlark::environment::{Globals, GlobalsBuilder};
use starlark::eval::Evaluator;
use starlark::starlark_module;
use starlark::values::Value;
use starlark::values::none::NoneType;
use std::sync::LazyLock;

/// Widest number.
const MAX_BITS: i32 = 64;

/// The words of the declaration language without the host's own functions. Most plugins need no more, and to describe its
/// functions to itself takes the host longer than to run five plugins.
pub(crate) static WORDS: LazyLock<Globals> = LazyLock::new(|| words(GlobalsBuilder::new().with(constants)));

/// Everything that a plugin can call.
pub(crate) static GLOBALS: LazyLock<Globals> = LazyLock::new(|| words(GlobalsBuilder::standard()));

fn words(behind: GlobalsBuilder) -> Globals {
    behind.with(numbers).with(others).with(parts).with(rules).with(checked).build()
}

fn constants(builder: &mut GlobalsBuilder) {
    builder.set("None", NoneType);
    builder.set("True", true);
    builder.set("False", false);
}

type Host<'v, 'a, 'e> = Evaluator<'v, 'a, 'e>;

/// A number in network order.
fn big<'v>(name: &str, bits: u16, given: Given<'v>, eval: &Host<'v, '_, '_>) -> starlark::Result<Value<'v>> {
    let (store, call) = (Store::of(eval)?, call_of(eval));
    put(field(store, call, name, number(bits, Endian::Big), given), eval)
}

/// A number, least significant octet first.
fn little<'v>(
    name: &str,
    bits: u16,
    given: Given<'v>,
    eval: &Host<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    let (store, call) = (Store::of(eval)?, call_of(eval));
    put(field(store, call, name, number(bits, Endian::Little), given), eval)
}

/// An address or a moment.
fn other<'v>(
    name: &str,
    kind: Kind,
    bits: u16,
    given: Given<'v>,
    eval: &Host<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    let (store, call) = (Store::of(eval)?, call_of(eval));
    put(field(store, call, name, fixed(kind, bits), given), eval)
}

fn float<'v>(
    name: &str,
    kind: Kind,
    endian: Endian,
    given: Given<'v>,
    eval: &Host<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    let (store, call) = (Store::of(eval)?, call_of(eval));
    let width = if kind == Kind::Double { 64 } else { 32 };
    put(field(store, call, name, Shape { kind, width, endian }, given), eval)
}

fn put<'v>(piece: Result<Piece, Fault>, eval: &Host<'v, '_, '_>) -> starlark::Result<Value<'v>> {
    let store = Store::of(eval)?;
    Ok(store.put(piece?, call_of(eval), eval.heap())?)
}

#[starlark_module]
fn numbers(builder: &mut GlobalsBuilder) {
    fn bits<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(require = pos)] width: i32,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        match u16::try_from(width) {
            Ok(width) if (1..=MAX_BITS).contains(&i32::from(width)) => big(name, width, given, eval),
            _ => {
                let span = Store::of(eval)?.head(call_of(eval));
                Err(Fault::new(span, format!("a width of {width} bits; 1 to {MAX_BITS} are possible")).into())
            }
        }
    }

    fn flag<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        other(name, Kind::Bool, 1, given, eval)
    }

    fn u8<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        big(name, 8, given, eval)
    }

    fn be16<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        big(name, 16, given, eval)
    }

    fn be24<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        big(name, 24, given, eval)
    }

    fn be32<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        big(name, 32, given, eval)
    }

    fn be48<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        big(name, 48, given, eval)
    }

    fn be64<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        big(name, 64, given, eval)
    }

    fn le16<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        little(name, 16, given, eval)
    }

    fn le24<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        little(name, 24, given, eval)
    }

    fn le32<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        little(name, 32, given, eval)
    }

    fn le48<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        little(name, 48, given, eval)
    }

    fn le64<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        little(name, 64, given, eval)
    }

    fn varint<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        put(varint_field(Store::of(eval)?, call_of(eval), name, given), eval)
    }

    fn be_f32<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        float(name, Kind::Float, Endian::Big, given, eval)
    }

    fn be_f64<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        float(name, Kind::Double, Endian::Big, given, eval)
    }

    fn le_f32<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        float(name, Kind::Float, Endian::Little, given, eval)
    }

    fn le_f64<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        float(name, Kind::Double, Endian::Little, given, eval)
    }
}

#[starlark_module]
fn others(builder: &mut GlobalsBuilder) {
    fn mac<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        other(name, Kind::Mac, 48, given, eval)
    }

    fn eui64<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        other(name, Kind::Eui64, 64, given, eval)
    }

    fn ipv4<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        other(name, Kind::Ipv4, 32, given, eval)
    }

    fn ipv6<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        other(name, Kind::Ipv6, 128, given, eval)
    }

    fn unix_time<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        other(name, Kind::UnixTime, 32, given, eval)
    }

    fn ntp_time<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        other(name, Kind::NtpTime, 64, given, eval)
    }

    fn bytes<'v>(
        #[starlark(require = pos)] name: &str,
        size: Value<'v>,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        put(sized(Store::of(eval)?, call_of(eval), name, Kind::Bytes, size, given), eval)
    }

    fn text<'v>(
        #[starlark(require = pos)] name: &str,
        size: Value<'v>,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        put(sized(Store::of(eval)?, call_of(eval), name, Kind::Text, size, given), eval)
    }

    fn dns_name<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let (store, call) = (Store::of(eval)?, call_of(eval));
        put(crate::fields::dns_name(store, call, name, given), eval)
    }
}

#[starlark_module]
fn parts(builder: &mut GlobalsBuilder) {
    fn when<'v>(
        #[starlark(require = pos)] condition: &str,
        fields: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        put(structure::when(Store::of(eval)?, call_of(eval), condition, fields), eval)
    }

    fn block<'v>(
        #[starlark(require = pos)] name: &str,
        size: Value<'v>,
        fields: Value<'v>,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        put(structure::block(Store::of(eval)?, call_of(eval), name, size, fields, given), eval)
    }

    fn repeat<'v>(
        #[starlark(require = pos)] name: &str,
        fields: Value<'v>,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        put(structure::repeat(Store::of(eval)?, call_of(eval), name, fields, given), eval)
    }

    fn behind<'v>(
        size: Value<'v>,
        fields: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        put(structure::behind(Store::of(eval)?, call_of(eval), size, fields), eval)
    }

    fn switch<'v>(
        #[starlark(require = pos)] number: &str,
        cases: Value<'v>,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        put(structure::switch(Store::of(eval)?, call_of(eval), number, cases, given), eval)
    }

    fn case<'v>(
        #[starlark(require = pos)] name: &str,
        fields: Value<'v>,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        put(structure::case(Store::of(eval)?, call_of(eval), name, fields, given), eval)
    }

    fn tlv<'v>(
        #[starlark(require = pos)] name: &str,
        head: Value<'v>,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        put(structure::tlv(Store::of(eval)?, call_of(eval), name, head, given), eval)
    }

    fn table<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(require = pos)] bits: i32,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<NoneType> {
        crate::protocol::table(Store::of(eval)?, call_of(eval), name, bits)?;
        Ok(NoneType)
    }

    fn protocol<'v>(
        #[starlark(require = pos)] name: &str,
        #[starlark(require = pos)] title: &str,
        fields: Value<'v>,
        #[starlark(kwargs)] given: Given<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<NoneType> {
        let (store, call) = (Store::of(eval)?, call_of(eval));
        crate::protocol::protocol(store, call, name, title, fields, given, eval)?;
        Ok(NoneType)
    }
}

#[starlark_module]
fn rules(builder: &mut GlobalsBuilder) {
    fn same<'v>(
        #[starlark(require = pos)] field: &str,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let (store, call) = (Store::of(eval)?, call_of(eval));
        let rule = answers::rule(store, call, Word::Same, field, None)?;
        Ok(store.put_rule(rule, call, eval.heap())?)
    }

    fn within<'v>(
        #[starlark(require = pos)] field: &str,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let (store, call) = (Store::of(eval)?, call_of(eval));
        let rule = answers::rule(store, call, Word::Within, field, None)?;
        Ok(store.put_rule(rule, call, eval.heap())?)
    }

    fn quoted<'v>(
        #[starlark(require = pos)] field: &str,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let (store, call) = (Store::of(eval)?, call_of(eval));
        let rule = answers::rule(store, call, Word::Quoted, field, None)?;
        Ok(store.put_rule(rule, call, eval.heap())?)
    }

    fn swapped<'v>(
        #[starlark(require = pos)] field: &str,
        #[starlark(require = pos)] second: &str,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let (store, call) = (Store::of(eval)?, call_of(eval));
        let rule = answers::rule(store, call, Word::Swapped, field, Some(second))?;
        Ok(store.put_rule(rule, call, eval.heap())?)
    }

    fn hosts<'v>(
        #[starlark(require = pos)] field: &str,
        #[starlark(require = pos)] second: &str,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let (store, call) = (Store::of(eval)?, call_of(eval));
        let rule = answers::rule(store, call, Word::Hosts, field, Some(second))?;
        Ok(store.put_rule(rule, call, eval.heap())?)
    }

    fn echoed<'v>(
        #[starlark(require = pos)] field: &str,
        #[starlark(require = pos)] second: &str,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let (store, call) = (Store::of(eval)?, call_of(eval));
        let rule = answers::rule(store, call, Word::Echoed, field, Some(second))?;
        Ok(store.put_rule(rule, call, eval.heap())?)
    }

    fn turned<'v>(
        #[starlark(require = pos)] field: &str,
        #[starlark(require = pos)] kinds: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let (store, call) = (Store::of(eval)?, call_of(eval));
        let rule = answers::turned(store, call, field, kinds)?;
        Ok(store.put_rule(rule, call, eval.heap())?)
    }
}
