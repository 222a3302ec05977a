//! `docs/protocols.md` is made from the declarations: every protocol and field, as they stand in the program.
//!
//! `NETTOOL_WRITE_DOCS=1 cargo test --test protocol_reference` writes it anew.

use nettool_dissect::registry::{ProtoId, Registry};
use nettool_dissect::schema::{Base, Field, Kind, Names, Size};
use nettool_plugins::{Places, Plugins};
use std::fmt::Write;
use std::path::Path;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/protocols.md");
const PLUGINS_PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/plugin-protocols.md");
/// Value names listed at a field; longer lists are in the source.
const NAMED: usize = 12;

/// What the value is in JSON.
fn json(field: &Field) -> &'static str {
    match field.kind {
        Kind::Label => "true",
        Kind::Bool => "boolean",
        Kind::Uint(_) | Kind::Int | Kind::Time | Kind::NtpTime | Kind::UnixTime => "number",
        Kind::Duration | Kind::Milliseconds | Kind::Float | Kind::Double | Kind::Fixed(_) => "number",
        Kind::Bytes => "hex digits",
        Kind::Mac | Kind::Eui64 | Kind::Ipv4 | Kind::Ipv6 | Kind::Text | Kind::Made => "string",
    }
}

fn size(field: &Field) -> String {
    match &field.size {
        Size::Bits(bits) if bits % 8 == 0 => format!("{} octets", bits / 8).replace("1 octets", "1 octet"),
        Size::Bits(1) => "1 bit".to_owned(),
        Size::Bits(bits) => format!("{bits} bits"),
        Size::Octets(_) | Size::Varint(_) | Size::Nul | Size::DnsName => "by content".to_owned(),
        Size::Rest => "rest".to_owned(),
    }
}

fn names(field: &Field) -> String {
    let hex = matches!(field.kind, Kind::Uint(Base::Hex));
    let number = |value: u64| if hex { format!("{value:#x}") } else { value.to_string() };
    let listed = match field.names {
        Names::List(list) => list.iter().map(|(value, name)| format!("{} {name}", number(*value))).collect(),
        Names::Ranges(list) => list
            .iter()
            .map(|(first, last, name)| match first == last {
                true => format!("{} {name}", number(*first)),
                false => format!("{}–{} {name}", number(*first), number(*last)),
            })
            .collect(),
        Names::None | Names::Of(_) => Vec::new(),
    };
    let more = listed.len().saturating_sub(NAMED);
    let mut text = listed.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
    if more > 0 {
        write!(text, " and {more} more").expect("a text takes text");
    }
    text
}

/// Text that a table cell holds as it is.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

fn page() -> String {
    let registry = Registry::builtin();
    let mut page = format!(
        "# Protocols and fields\n\n\
         Made from the declarations in `dissect/src/proto`; {} protocols, {} fields. The names are those of `--fields`, of `-Y`\n\
         queries, and of JSON objects, and do not change without a line in the changelog. Fields with octets of their own \
         stand in\nwire order; a size of \"by content\" depends on other fields, and fields that are worked out have none.\n",
        registry.protocols().len(),
        registry.fields().count()
    );
    sections(&mut page, registry, false);
    page
}

/// The page of the plugins that come along.
fn plugins_page() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins");
    let plugins = Plugins::load(&Places::default(), &[folder]);
    assert!(plugins.problems.is_empty(), "{:?}", plugins.problems);
    let registry = plugins.registry().expect("what comes along makes a registry");
    let mut page = "# Protocols of the plugins that come along\n\n\
         Made from the declarations in `plugins/*.star`, which [plugins](plugins.md) explains; otherwise as the page of the\n\
         [built-in protocols](protocols.md).\n"
        .to_owned();
    sections(&mut page, &registry, true);
    page
}

/// Every protocol that is built in, or that a plugin declares.
fn sections(page: &mut String, registry: &Registry, of_plugins: bool) {
    for (at, protocol) in registry.protocols().iter().enumerate() {
        if protocol.plugin != of_plugins {
            continue;
        }
        let id = ProtoId(at as u16);
        write!(page, "\n## {}: {}\n\n{}", protocol.name, protocol.title, protocol.source).expect("a text");
        let mut reached: Vec<String> = Vec::new();
        for (table, values) in &protocol.on {
            let name = registry.table_names().nth(usize::from(table.0)).unwrap_or("?");
            let values: Vec<_> = values.iter().map(|value| format!("{value:#x}")).collect();
            reached.push(format!("`{name}` {}", values.join(", ")));
        }
        if !reached.is_empty() {
            write!(page, ". Reached by {}", reached.join("; ")).expect("a text");
        }
        page.push_str(".\n\n| field | is | JSON | size | values |\n|---|---|---|---|---|\n");
        for (_, info) in registry.fields_of(id).filter(|(_, info)| !info.field.hidden) {
            let field = &info.field;
            let unit = if field.unit.is_empty() { String::new() } else { format!(" ({})", field.unit) };
            let made = matches!(field.kind, Kind::Made);
            writeln!(
                page,
                "| `{}` | {}{} | {} | {} | {} |",
                info.name,
                cell(field.doc),
                cell(&unit),
                json(field),
                if made { String::new() } else { size(field) },
                cell(&names(field))
            )
            .expect("a text");
        }
        for (name, fields) in &protocol.either {
            // What begins with `=` is a whole name.
            let whole = |name: &str| match name.strip_prefix('=') {
                Some(whole) => format!("`{whole}`"),
                None => format!("`{}.{name}`", protocol.name),
            };
            let fields: Vec<_> = fields.iter().map(|field| whole(field)).collect();
            writeln!(page, "| {} | any of {} | | | |", whole(name), fields.join(", ")).expect("a text");
        }
    }
}

#[test]
fn the_protocol_reference_is_that_of_this_program() {
    compare(PAGE, &page());
}

#[test]
fn the_reference_of_plugins_is_that_of_the_plugins_that_come_along() {
    compare(PLUGINS_PAGE, &plugins_page());
}

fn compare(path: &str, real: &str) {
    if std::env::var_os("NETTOOL_WRITE_DOCS").is_some() {
        std::fs::write(path, real).expect("the page can be written");
        return;
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    let differ = kept.lines().zip(real.lines()).find(|(kept, real)| kept != real);
    assert!(
        kept == real,
        "{path} is not of this program; NETTOOL_WRITE_DOCS=1 cargo test --test protocol_reference writes it \
         anew\n{differ:?}"
    );
}

#[test]
fn every_protocol_and_every_shown_field_has_its_line() {
    let page = page();
    let registry = Registry::builtin();
    for protocol in registry.protocols() {
        assert!(page.contains(&format!("\n## {}: ", protocol.name)), "{}", protocol.name);
    }
    for (_, info) in registry.fields().filter(|(_, info)| !info.field.hidden) {
        assert!(page.contains(&format!("| `{}` |", info.name)), "{}", info.name);
    }
}
