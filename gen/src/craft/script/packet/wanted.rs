//! A layer that a packet is asked for, by its class or its name.

use crate::craft::catalog::{Catalog, Class, ClassId};
use crate::craft::script::class::ClassValue;
use crate::craft::value::{Layer, Value as Given};
use nettool_dissect::schema::Given as Preset;
use starlark::values::Value;

/// A layer asked for by its class or its name.
pub(crate) enum Wanted {
    Class(ClassId),
    Name(String),
}

impl Wanted {
    pub(crate) fn of(value: Value<'_>) -> Option<Wanted> {
        if let Some(class) = ClassValue::from_value(value) {
            return Some(Wanted::Class(class.class));
        }
        value.unpack_str().map(|name| Wanted::Name(name.into()))
    }

    pub(super) fn is(&self, catalog: &Catalog, layer: &Layer) -> bool {
        let class = catalog.class(layer.class);
        match self {
            Wanted::Class(id) => {
                let wanted = catalog.class(*id);
                *id == layer.class
                    || !wanted.part
                        && wanted.sets.is_empty()
                        && wanted.protocol == class.protocol
                        && wanted.name.contains("error") == class.name.contains("error")
                        && !class.part
                    || is_body_in(wanted, layer, class)
            }
            Wanted::Name(name) => class.name == name || class.declaration.name == name,
        }
    }

    /// Whether it may be an entry of a list.
    pub(super) fn is_part(&self, catalog: &Catalog) -> bool {
        let class = match self {
            Wanted::Class(id) => Some(*id),
            Wanted::Name(name) => catalog.named(name),
        };
        class.is_some_and(|id| catalog.class(id).part && catalog.class(id).behind.is_none())
    }
}

/// Whether a layer has in it what is a layer of its own when it is made: the options of DHCP, which stand behind BOOTP.
fn is_body_in(wanted: &Class, layer: &Layer, class: &Class) -> bool {
    let Some(last) = wanted.behind.filter(|_| wanted.protocol == class.protocol && !class.part) else {
        return false;
    };
    let declared = |name: &str| {
        let mut ids = class.field_names().filter_map(|name| class.name(name));
        ids.any(|id| class.fields_of(id).iter().any(|field| field.name == name))
    };
    let holds = |(name, given): &(&'static str, Preset)| {
        // what is for building alone is no field that a header was read with
        !declared(name) || layer.set.iter().any(|(id, value)| {
            let named = class.fields_of(*id).iter().any(|field| field.name == *name);
            matches!((value, given), (Given::Int(value), Preset::Number(number)) if named && *value == i128::from(*number))
        })
    };
    let end = class.field_names().filter_map(|name| class.name(name));
    let end = end
        .filter(|id| class.fields_of(*id).iter().any(|field| field.name == last))
        .map(|id| class.order_of(id))
        .max();
    let more = layer.set.iter().any(|(id, _)| end.is_some_and(|end| class.order_of(*id) > end));
    more && wanted.sets.iter().all(holds)
}
