//! Names of hosts where addresses are wanted: looked up as soon as they are given, in commands that send.

use super::catalog::{Class, NameId};
use super::encode::is_network;
use super::value::Value;
use nettool_dissect::schema::Kind;
use std::net::IpAddr;
use std::sync::OnceLock;

/// Finds the addresses of a host.
pub type LookUp = fn(&str) -> Vec<IpAddr>;

static LOOK_UP: OnceLock<LookUp> = OnceLock::new();

/// From now on names of hosts may be given for addresses. Crafting alone reaches no network, and takes none.
pub fn look_up_hosts(how: LookUp) {
    // The first word counts: a program has one way to find hosts.
    let _ = LOOK_UP.set(how);
}

/// The value with addresses in place of names; one that no host has stays as it is.
pub(super) fn addressed(class: &Class, id: NameId, value: Value) -> Value {
    let (Some(how), Some(kind)) = (LOOK_UP.get(), kind_of(class, id)) else { return value };
    match value {
        Value::Text(name) if is_host(kind, &name) => {
            let fits = |address: &IpAddr| address.is_ipv4() == (kind == Kind::Ipv4);
            match how(&name).into_iter().find(fits) {
                Some(address) => Value::text(&address.to_string()),
                None => Value::Text(name),
            }
        }
        Value::List(values) => {
            Value::List(values.iter().map(|value| addressed(class, id, value.clone())).collect())
        }
        value => value,
    }
}

fn kind_of(class: &Class, id: NameId) -> Option<Kind> {
    class.fields_of(id).iter().map(|field| field.kind).find(|kind| matches!(kind, Kind::Ipv4 | Kind::Ipv6))
}

/// Whether a text given for an address looks like the name of a host.
fn is_host(kind: Kind, text: &str) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let letters = text.chars().all(name) && text.contains(|c: char| c.is_ascii_alphabetic());
    letters && !is_network(kind, text) && text.parse::<IpAddr>().is_err()
}

/// What is said of a text that is no address, behind the text.
pub(super) fn said(kind: Kind, text: &str) -> &'static str {
    match (is_host(kind, text), LOOK_UP.get()) {
        (true, Some(_)) => ", and no host of that name has one",
        (true, None) => "; names of hosts are looked up by `nettool send` and `nettool ask` alone",
        (false, _) => "",
    }
}
