//! Octets become layers again, each field with its value; what was not changed is written as it stood. Also how packets are shown:
//! as a tree, as a line, in hexadecimal.

use super::catalog::{Catalog, Class, ClassId, NameId};
use super::value::{Layer, Packet, Value};
use nettool_dissect::decode::{Decoder, Dissection, LayerSpan, Node, Surroundings};
use nettool_dissect::frame::{Frame, LinkType, Meta};
use nettool_dissect::registry::ProtoId;
use nettool_dissect::render::line::{LinePrinter, LineStyle};
use nettool_dissect::render::tree as tree_form;
use nettool_dissect::schema::{Field, Given, Kind};

pub(crate) fn frame(octets: &[u8], link_type: LinkType) -> Frame<'_> {
    let length = u32::try_from(octets.len()).unwrap_or(u32::MAX);
    Frame { number: 1, data: octets, meta: Meta::new(link_type, length) }
}

/// The layers of a frame that begins with the header of a link type.
pub fn of_link(catalog: &Catalog, link_type: LinkType, octets: &[u8]) -> Packet {
    let registry = catalog.registry();
    let protocol = match (registry.link(link_type).map(|id| catalog.class_of_protocol(id)), octets.first()) {
        // raw IP has no header of its own
        (Some(Some(class)), _) if class.declaration.name != "raw" => Some(class.protocol),
        (_, Some(first)) if first >> 4 == 6 => registry.protocol_named("ipv6"),
        _ => registry.protocol_named("ip"),
    };
    protocol.map_or_else(Packet::default, |protocol| packet(catalog, protocol, octets))
}

/// Layers, and what they are called where an error of ICMP quotes them.
const QUOTED: [(&str, &str); 5] = [
    ("IP", "IPerror"),
    ("IPv6", "IPerror6"),
    ("TCP", "TCPerror"),
    ("UDP", "UDPerror"),
    ("ICMP", "ICMPerror"),
];

/// The layers of octets that begin with a protocol.
pub fn packet(catalog: &Catalog, protocol: ProtoId, octets: &[u8]) -> Packet {
    let registry = catalog.registry();
    let mut out = Dissection::default();
    let frame = frame(octets, LinkType::ETHERNET);
    Decoder::new(registry).decode_part(&frame, protocol, &mut out);
    let mut layers = Vec::new();
    let mut quoted = false;
    let mut at = 0;
    let mut end = octets.len();
    for span in &out.layers {
        let (start, header_end) = (span.start as usize, span.header_end as usize);
        let class = catalog.class_of_protocol(span.protocol).filter(|class| class.name != "Raw");
        if span.source != 0 || start != at || header_end < start || header_end > octets.len() {
            break;
        }
        let Some(class) = class else { break };
        let mut class = special(catalog, class, &out, span);
        // what an error of ICMP quotes is a layer of its own to scapy's users
        if quoted
            && let Some(name) = QUOTED.iter().find(|(name, _)| *name == class.name).map(|(_, name)| *name)
        {
            class = catalog.named(name).map_or(class, |id| catalog.class(id));
        }
        quoted |= matches!(class.protocol_name(), "icmp" | "icmpv6");
        layers.push(layer(catalog, class, &out, &frame, span));
        at = header_end;
        end = end.min((span.end as usize).max(at));
    }
    let mut rest = |name: &str, octets: &[u8]| {
        if let (Some(id), false) = (catalog.named(name), octets.is_empty()) {
            let mut layer = Layer::new(id);
            if layer.set(catalog, "load", Value::octets(octets)).is_ok() {
                layers.push(layer);
            }
        }
    };
    rest("Raw", octets.get(at..end).unwrap_or_default());
    rest("Padding", octets.get(end.max(at)..).unwrap_or_default());
    Packet::new(layers)
}

/// The layers of octets that begin with a layer: also with one that stands behind another's head, as DHCP behind BOOTP.
pub(crate) fn of_class(catalog: &Catalog, class: ClassId, octets: &[u8]) -> Packet {
    let whole = packet_of_body(catalog, class, octets);
    whole.unwrap_or_else(|| packet(catalog, catalog.class(class).protocol, octets))
}

/// Octets of a layer that stands behind a head, with such a head before them, and where they begin.
fn behind_head(catalog: &Catalog, id: ClassId, octets: &[u8]) -> Option<(Vec<u8>, usize)> {
    let class = catalog.class(id);
    class.behind?;
    let mut body = Layer::new(id);
    body.verbatim = Some(octets.into());
    let head = Layer::new(catalog.of_protocol(class.protocol)?);
    let built = super::build::build(catalog, &Packet::new(vec![head, body])).ok()?;
    let begin = *built.starts.get(1)?;
    Some((built.octets, begin))
}

/// The layers of octets that begin behind a head: they are read with the head that they are built on.
fn packet_of_body(catalog: &Catalog, id: ClassId, octets: &[u8]) -> Option<Packet> {
    let class = catalog.class(id);
    let (whole, begin) = behind_head(catalog, id, octets)?;
    let mut out = Dissection::default();
    let frame = frame(&whole, LinkType::ETHERNET);
    Decoder::new(catalog.registry()).decode_part(&frame, class.protocol, &mut out);
    let span = out.layers.first().filter(|span| span.header_end as usize >= begin)?;
    let mut read = packet(catalog, class.protocol, &whole).layers.to_vec();
    let first = read.first_mut().filter(|layer| catalog.class(layer.class).protocol == class.protocol)?;
    let nodes = own(catalog, class, &out, span).into_iter().filter(|(.., node)| node.offset() >= begin);
    *first = of_nodes(catalog, class, &out, &frame, nodes.collect());
    first.verbatim = whole.get(begin..span.header_end as usize).map(Into::into);
    Some(Packet::new(read))
}

/// The class that stands for values which a header has: an echo request of ICMPv6 rather than any message.
fn special<'c>(catalog: &'c Catalog, class: &'c Class, out: &Dissection, span: &LayerSpan) -> &'c Class {
    let inside = |node: &&Node| {
        node.source == 0
            && node.start >= span.start.saturating_mul(8)
            && node.offset() < span.header_end as usize
    };
    let holds = |(name, given): &(&'static str, Given)| {
        let named =
            |node: &&Node| catalog.registry().field(node.field).is_some_and(|info| info.field.name == *name);
        let node = out.nodes.iter().filter(inside).find(named);
        matches!((node, given), (Some(node), Given::Number(number)) if node.value == *number)
    };
    let mut best = class;
    for (_, known) in catalog.declared() {
        let fits = known.protocol == class.protocol && !known.part && known.sets.len() > best.sets.len();
        if fits && known.sets.iter().all(holds) {
            best = known;
        }
    }
    best
}

fn layer(catalog: &Catalog, class: &Class, out: &Dissection, frame: &Frame<'_>, span: &LayerSpan) -> Layer {
    let mut layer = of_nodes(catalog, class, out, frame, own(catalog, class, out, span));
    let header = span.start as usize..span.header_end as usize;
    layer.verbatim = frame.data.get(header).map(Into::into);
    layer
}

/// A layer with the values of nodes.
fn of_nodes(
    catalog: &Catalog,
    class: &Class,
    out: &Dissection,
    frame: &Frame<'_>,
    nodes: Vec<(NameId, &'static Field, &Node)>,
) -> Layer {
    let mut layer = Layer::new(catalog.named(class.name).unwrap_or(ClassId(0)));
    for (id, field, node) in nodes {
        let octets = out.octets(frame, node);
        match layer.set.iter_mut().find(|(known, _)| *known == id) {
            // entries of a list stand one after the other
            Some((_, Value::Octets(before))) if field.kind == Kind::Label => {
                let mut all = before.to_vec();
                all.extend_from_slice(octets);
                *before = all.into();
            }
            Some(_) => {}
            None => layer.put(&[], id, value_of(field, node, octets)),
        }
    }
    layer
}

/// What a field has in octets that were read, where it lies in a part whose octets are one value: one value, or all in their order.
pub(crate) fn within_parts(catalog: &Catalog, class: &Class, octets: &[u8], id: NameId) -> Option<Value> {
    let mut out = Dissection::default();
    let frame = frame(octets, LinkType::ETHERNET);
    Decoder::new(catalog.registry()).decode_part(&frame, class.protocol, &mut out);
    let span = out.layers.first()?;
    let value = |node: &Node| {
        let field = catalog.registry().field(node.field)?.field;
        let named = field.kind != Kind::Label && class.name_of_field(field) == Some(id);
        let inside = node.source == 0 && node.bits > 0 && node.offset() < span.header_end as usize;
        (named && inside).then(|| value_of(field, node, out.octets(&frame, node)))
    };
    let mut values: Vec<Value> = out.nodes.iter().filter_map(value).collect();
    match values.len() {
        0 => None,
        1 if !class.is_repeated(id) => values.pop(),
        _ => Some(Value::List(values.into())),
    }
}

/// The nodes of a layer that have values: what a value's octets hold is not read again, but for the numbers that divide another.
fn own<'o>(
    catalog: &Catalog,
    class: &Class,
    out: &'o Dissection,
    span: &LayerSpan,
) -> Vec<(NameId, &'static Field, &'o Node)> {
    let registry = catalog.registry();
    let layer_field = registry.layer_field(span.protocol);
    let inside = |node: &&Node| {
        node.source == 0 && node.offset() >= span.start as usize && node.offset() < span.header_end as usize
    };
    let depth = out
        .nodes
        .iter()
        .filter(inside)
        .find(|node| Some(node.field) == layer_field && node.offset() == span.start as usize)
        .map_or(1, |node| node.depth + 1);
    let mut found = Vec::new();
    // where what has a value already ends, and where what is held as octets does
    let (mut covered, mut held) = (0, 0);
    for node in out.nodes.iter().filter(inside).filter(|node| node.depth >= depth && node.bits > 0) {
        let Some(field) = registry.field(node.field).map(|info| info.field) else { continue };
        let named = match field.kind {
            Kind::Label => class.label(field.name),
            _ => class.name_of_field(field),
        };
        let Some(id) = named else { continue };
        let label = field.kind == Kind::Label;
        if node.start < held || node.start < covered && (label || !class.is_part(id)) {
            continue;
        }
        covered = covered.max(node.start.saturating_add(node.bits));
        held = if label { covered } else { held };
        found.push((id, field, node));
    }
    found
}

/// Where a field lies in a header.
pub(super) struct Placed {
    pub(super) name: NameId,
    pub(super) field: &'static Field,
    /// First bit from the header's first.
    pub(super) bit: usize,
    pub(super) bits: usize,
}

/// Where the fields of a header lie.
pub(super) fn places(catalog: &Catalog, class: &Class, octets: &[u8]) -> Vec<Placed> {
    let mut out = Dissection::default();
    let headed = catalog.named(class.name).and_then(|id| behind_head(catalog, id, octets));
    let (octets, begin) = headed.as_ref().map_or((octets, 0), |(whole, begin)| (whole.as_slice(), begin * 8));
    Decoder::new(catalog.registry()).decode_part(
        &frame(octets, LinkType::ETHERNET),
        class.protocol,
        &mut out,
    );
    let Some(span) = out.layers.first() else { return Vec::new() };
    let place = |(name, field, node): (NameId, &'static Field, &Node)| {
        let bit = (node.start as usize).checked_sub(begin)?;
        Some(Placed { name, field, bit, bits: node.bits as usize })
    };
    own(catalog, class, &out, span).into_iter().filter_map(place).collect()
}

/// The value of a field as scripts see it.
pub(super) fn value_of(field: &Field, node: &Node, octets: &[u8]) -> Value {
    match field.kind {
        Kind::Ipv4 => Value::text(&std::net::Ipv4Addr::from(node.value as u32).to_string()),
        Kind::Ipv6 => match <[u8; 16]>::try_from(octets) {
            Ok(octets) => Value::text(&std::net::Ipv6Addr::from(octets).to_string()),
            Err(_) => Value::octets(octets),
        },
        Kind::Mac if octets.len() == 6 => {
            let text: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
            Value::text(&text.join(":"))
        }
        Kind::Label | Kind::Bytes | Kind::Text | Kind::Made | Kind::Eui64 | Kind::Mac => {
            Value::octets(octets)
        }
        Kind::Int => Value::Int(signed(node)),
        _ if field.fraction > 0 => Value::Float(node.value as f64 / (1_u64 << field.fraction.min(63)) as f64),
        kind => match kind.float_of(node.value) {
            Some(number) => Value::Float(number),
            None => Value::Int(i128::from(node.value)),
        },
    }
}

fn signed(node: &Node) -> i128 {
    if node.bits == 0 || node.bits >= 64 {
        return i128::from(node.value as i64);
    }
    let sign = 1_u64 << (node.bits - 1);
    let value = i128::from(node.value);
    if node.value & sign != 0 { value - (1_i128 << node.bits) } else { value }
}

/// A frame as a tree.
pub fn tree(catalog: &Catalog, link_type: LinkType, octets: &[u8]) -> String {
    let mut out = Dissection::default();
    let frame = frame(octets, link_type);
    Decoder::new(catalog.registry()).decode(&frame, &Surroundings::default(), &mut out);
    let mut text = Vec::new();
    tree_form::write(&mut text, catalog.registry(), &frame, &out);
    String::from_utf8_lossy(&text).into_owned()
}

/// A frame on one line, as tcpdump prints it.
pub fn line(catalog: &Catalog, link_type: LinkType, octets: &[u8]) -> String {
    let mut text = Vec::new();
    let style = LineStyle { ..LineStyle::default() };
    LinePrinter::new(catalog.registry(), style).print(
        &frame(octets, link_type),
        &Surroundings::default(),
        None,
        &mut text,
    );
    String::from_utf8_lossy(&text).trim_end().to_string()
}

/// Octets in hexadecimal and as characters, sixteen a line.
pub fn hexdump(octets: &[u8]) -> String {
    let mut text = String::new();
    for (at, line) in octets.chunks(16).enumerate() {
        text.push_str(&format!("{:04x}  ", at * 16));
        for position in 0..16 {
            match line.get(position) {
                Some(octet) => text.push_str(&format!("{octet:02X} ")),
                None => text.push_str("   "),
            }
        }
        text.push(' ');
        text.extend(
            line.iter().map(|octet| if (0x20..0x7f).contains(octet) { char::from(*octet) } else { '.' }),
        );
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::{Catalog, Host, NoGrants};

    /// What a script's packet is in octets.
    fn made(text: &str) -> Vec<u8> {
        let host = Host::new(Catalog::builtin(), 0);
        let (mut packets, _) = host.script("t.star", text, &Default::default(), &NoGrants).expect(text);
        packets.next_frame().expect(text).expect(text).octets.to_vec()
    }

    /// Octets of layers that stand behind a head are read as scapy 2.8.0 reads them: what is read builds the same with other fields.
    #[test]
    fn layers_behind_a_head_are_read_without_it() {
        for (body, changed) in [
            (r#"DHCP(options=[("message-type", "discover"), "end"])"#, r#"options=r.options[:1] + ["end"]"#),
            ("BGPOpen(my_as=7, hold_time=9)", "my_as=r.my_as, hold_time=r.hold_time"),
            (
                "EAPOL_KEY(key_descriptor_type=2, key_length=7)",
                "key_descriptor_type=2, key_length=r.key_length",
            ),
            ("TFTP_DATA(block=7)", "block=r.block"),
            ("PIMv2Hello()", ""),
            ("NetflowHeaderV9(count=1, sysUptime=5)", "count=r.count, sysUptime=r.sysUptime"),
        ] {
            let class = body.split('(').next().unwrap_or_default();
            let whole = made(body);
            assert_eq!(made(&format!("{class}(bytes({body}))")), whole, "{body}");
            assert_eq!(made(&format!("r = {class}(bytes({body}))\n{class}({changed})")), whole, "{body}");
        }
    }

    #[test]
    fn a_field_of_what_stands_behind_a_head_is_changed_where_it_lies() {
        let script = "d = DHCP(bytes.fromhex('350101ff'))\nd.options = [('message-type', 'request')] + d.options[1:]\nd";
        assert_eq!(made(script), [0x35, 1, 3, 0xff]);
        assert_eq!(made("b = BGPOpen(bytes(BGPOpen(my_as=7)))\nb.my_as = 9\nb"), made("BGPOpen(my_as=9)"));
    }
    #[test]
    fn numbers_with_bits_behind_the_point_are_read_in_whole_units() {
        for (packet, value) in
            [("STP(hellotime=3)", "r.hellotime == 3.0"), ("STP(hellotime=1.5)", "r.hellotime * 2 == 3")]
        {
            let class = packet.split('(').next().unwrap_or_default();
            let script = format!("r = {class}(bytes({packet}))\nRaw('yes' if {value} else 'no')");
            assert_eq!(made(&script), b"yes", "{packet}");
        }
    }
}
