//! Packets as text in scapy's ways: `p.sprintf("%IP.src%")`, `p.command()`, and the name of what a packet belongs to.

use super::functions::refused;
use super::packet::{PacketValue, Wanted, as_read};
use super::python::{self, repr};
use crate::craft::catalog::{Catalog, Class, NameId};
use crate::craft::value::{Packet, Value as Given};
use crate::craft::words;
use nettool_dissect::schema::{Field, Kind};
use starlark::eval::Evaluator;
use starlark::values::tuple::AllocTuple;
use starlark::values::{Heap, Value};

/// The name of a number of a field, as it would be typed: flags as letters, else scapy's word.
pub(crate) fn word(class: &Class, id: NameId, number: i128) -> Option<String> {
    let number = u64::try_from(number).ok()?;
    class.fields_of(id).iter().find_map(|field| word_of(class, class.name_of(id), field, number))
}

fn word_of(class: &Class, name: &str, field: &Field, number: u64) -> Option<String> {
    if !field.letters.is_empty() {
        return Some(super::flags::Flags::new(number, field.letters).to_string());
    }
    if !matches!(field.kind, Kind::Uint(_) | Kind::Int) {
        return None;
    }
    let own =
        field.words.iter().find(|(value, word)| *value == number && !word.is_empty()).map(|(_, word)| *word);
    let usual =
        || words::entries_of(class.name, name).find(|(value, _)| *value == number).map(|(_, word)| word);
    own.or_else(usual).or_else(|| field.names.get(number)).map(str::to_string)
}

/// `sprintf`: `%[format,]layer[:n].field%`, and `{layer:…}` for what is only said of packets with a layer.
pub(crate) fn sprintf<'v>(
    packet: &PacketValue,
    format: &str,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<String> {
    let mut out = String::new();
    let mut rest = format;
    // what is said of a layer alone may hold values, and nothing else of its kind
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        fill(packet, before, &mut out, eval)?;
        let inside = from.get(1..).unwrap_or_default();
        let end = inside.find('}').ok_or_else(|| refused(format!("`{format}` has a `{{` without `}}`")))?;
        let (part, after) = inside.split_at(end);
        let after = after.get(1..).unwrap_or_default();
        let named = part.split_once(':').filter(|(name, _)| {
            let name = name.trim_start_matches('!');
            !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        });
        let (name, text) =
            named.ok_or_else(|| refused(format!("`{{{part}}}` wants a layer and a colon, `{{TCP:…}}`")))?;
        let (unwanted, name) = match name.strip_prefix('!') {
            Some(name) => (true, name),
            None => (false, name),
        };
        if packet.find(&Wanted::Name(name.into()), 0).is_some() != unwanted {
            fill(packet, text, &mut out, eval)?;
        }
        rest = after;
    }
    fill(packet, rest, &mut out, eval)?;
    Ok(out)
}

fn fill<'v>(
    packet: &PacketValue,
    format: &str,
    out: &mut String,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<()> {
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let inside = from.get(1..).unwrap_or_default();
        let end = inside.find('%').ok_or_else(|| refused(format!("`{format}` has a `%` without another")))?;
        let (asked, after) = inside.split_at(end);
        rest = after.get(1..).unwrap_or_default();
        if asked.is_empty() {
            out.push('%');
            continue;
        }
        value(packet, asked, out, eval)?;
    }
    out.push_str(rest);
    Ok(())
}

/// One value: `TCP.sport`, `%-15s,IP.src`, `r,TCP.flags`, `IP:2.src`, `time`.
fn value<'v>(
    packet: &PacketValue,
    asked: &str,
    out: &mut String,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<()> {
    let heap = eval.heap();
    let (form, what) = asked.rsplit_once(',').unwrap_or(("s", asked));
    let form = form.trim_start_matches('%');
    let plain = form.ends_with('r');
    if what == "time" || what == "sent_time" {
        let seconds = packet.time().unwrap_or(0.0);
        let (whole, part) = (seconds.floor() as i64, seconds.fract());
        let day = whole.rem_euclid(86_400);
        let text =
            format!("{:02}:{:02}:{:02}.{:06}", day / 3600, day / 60 % 60, day % 60, (part * 1e6) as u32);
        return written(form, heap.alloc(text), out, eval);
    }
    let wrong = || refused(format!("`%{asked}%` wants a layer and a field, `%IP.src%`"));
    // a field without a layer is the first layer's
    let (layer, field) = what.split_once('.').unwrap_or(("", what));
    let (layer, nth) = match layer.split_once(':') {
        Some((layer, nth)) => (layer, nth.parse::<usize>().map_err(|_| wrong())?.max(1)),
        None => (layer, 1),
    };
    if layer.is_empty() == what.contains('.') || field.is_empty() {
        return Err(wrong());
    }
    let found = match layer.is_empty() {
        true => packet.deeper(0),
        false => packet.find(&Wanted::Name(layer.into()), nth - 1),
    };
    let Some(found) = found else { return unknown(form, out, eval) };
    let found = found.first_filled();
    if field == "payload" || field == "summary" {
        let text = super::functions::summary(&found)?;
        return written(form, heap.alloc(text), out, eval);
    }
    let Some(value) = found.value_of(field, heap) else { return unknown(form, out, eval) };
    let value = if plain { value } else { found.named(field, value, heap) };
    written(form, value, out, eval)
}

/// What stands for a value that the packet does not have.
fn unknown<'v>(form: &str, out: &mut String, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<()> {
    let width: String = form.chars().take_while(|c| c.is_ascii_digit() || *c == '-').collect();
    written(&format!("{width}s"), eval.heap().alloc("??"), out, eval)
}

fn written<'v>(
    form: &str,
    value: Value<'v>,
    out: &mut String,
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<()> {
    let heap = eval.heap();
    // `r` is the value before it has a name; a form may stand before it
    let plain = form.strip_suffix('r').map(|form| {
        if form.ends_with(|c: char| c.is_ascii_alphabetic()) { form.to_string() } else { format!("{form}s") }
    });
    let form = plain.as_deref().unwrap_or(form);
    let value = if form.ends_with('s') { heap.alloc(repr::text(value)) } else { value };
    let text = python::percent(&format!("%{form}"), heap.alloc(AllocTuple([value])), eval)?;
    out.push_str(&text.to_str());
    Ok(())
}

/// What a packet belongs to, as scapy names it: `TCP 10.0.0.1:1024 > 10.0.0.2:80`.
pub(crate) fn session(packet: &PacketValue) -> String {
    let text = |layer: &PacketValue, field: &str| layer.text_of(field).unwrap_or_default();
    let layer = |name: &str| packet.find(&Wanted::Name(name.into()), 0);
    if layer("Ether").is_none() {
        return "Other".into();
    }
    if let Some(ip) = layer("IP").or_else(|| layer("IPv6")) {
        let (src, dst) = (text(&ip, "src"), text(&ip, "dst"));
        let bracketed = src.contains(':');
        for name in ["TCP", "UDP"] {
            if let Some(upper) = layer(name) {
                let end = |address: &str, field: &str| match bracketed {
                    true => format!("[{address}]:{}", text(&upper, field)),
                    false => format!("{address}:{}", text(&upper, field)),
                };
                return format!("{name} {} > {}", end(&src, "sport"), end(&dst, "dport"));
            }
        }
        if let Some(icmp) = layer("ICMP") {
            let id = text(&icmp, "id");
            let id = if id.is_empty() { "None".to_string() } else { id };
            return format!(
                "ICMP {src} > {dst} type={} code={} id={id}",
                text(&icmp, "type"),
                text(&icmp, "code")
            );
        }
        return match bracketed {
            true => format!("IPv6 {src} > {dst} nh={}", text(&ip, "nh")),
            false => format!("IP {src} > {dst} proto={}", text(&ip, "proto")),
        };
    }
    if let Some(arp) = layer("ARP") {
        return format!("ARP {} > {}", text(&arp, "psrc"), text(&arp, "pdst"));
    }
    match layer("Ether") {
        Some(ether) => format!("Ethernet type={:04x}", text(&ether, "type").parse::<u32>().unwrap_or(0)),
        None => "Other".into(),
    }
}

/// A packet as one types it in Python: `IP(ttl=5, src='1.1.1.1')/TCP(dport=80)`.
pub(crate) fn command(catalog: &Catalog, packet: &Packet, heap: Heap<'_>) -> String {
    let layers = packet.layers.iter().map(|layer| {
        let class = catalog.class(layer.class);
        let usual = super::listing::usual_names(class);
        let mut set: Vec<&(NameId, Given)> = layer.set.iter().collect();
        // in the order in which the layer's fields are listed
        let place = |id: NameId| {
            let same = class.same(id).iter().copied().chain([id]);
            let names: Vec<&str> = same.map(|id| class.name_of(id)).collect();
            usual.iter().position(|name| names.contains(name)).unwrap_or(usize::MAX)
        };
        set.sort_by_key(|(name, _)| (place(*name), class.order_of(*name)));
        let fields = set.into_iter().map(|(name, value)| {
            // a payload is octets, however it was given
            let value = match value {
                Given::Text(text) if class.name == "Raw" => &Given::octets(text.as_bytes()),
                value @ Given::Text(_) => &as_read(class, *name, value).unwrap_or_else(|| value.clone()),
                value => value,
            };
            format!("{}={}", class.name_of(*name), typed(catalog, value, heap))
        });
        format!("{}({})", class.name, fields.collect::<Vec<_>>().join(", "))
    });
    layers.collect::<Vec<_>>().join("/")
}

fn typed(catalog: &Catalog, value: &Given, heap: Heap<'_>) -> String {
    let all = |values: &[Given]| {
        values.iter().map(|value| typed(catalog, value, heap)).collect::<Vec<_>>().join(", ")
    };
    match value {
        Given::Auto => "None".into(),
        Given::Int(number) => number.to_string(),
        Given::Float(fraction) => fraction.to_string(),
        Given::Text(text) => repr::repr(heap.alloc(&**text)),
        Given::Octets(octets) => repr::repr(heap.alloc(starlark::values::bytes::StarlarkBytes::new(octets))),
        Given::List(values) => format!("[{}]", all(values)),
        Given::Tuple(values) if values.len() == 1 => format!("({},)", all(values)),
        Given::Tuple(values) => format!("({})", all(values)),
        Given::Packet(packet) => command(catalog, packet, heap),
        Given::Random(random) => super::random::typed(random),
    }
}
