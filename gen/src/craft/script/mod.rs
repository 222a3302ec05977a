//! The language: Starlark with layers as values. A text goes in, packets come out; scripts have a limit of steps and of memory,
//! and reach no file but through what the command grants.

mod answered;
mod bytes;
mod class;
mod convert;
mod defragment;
mod fault;
mod field;
mod files;
mod flags;
mod functions;
mod hooks;
mod listing;
mod lists;
mod net;
mod octets;
mod packet;
mod python;
mod random;
mod refusals;
mod session;
mod shown;
mod source;
mod stack;
#[allow(clippy::too_many_arguments, reason = "what a tag says is given by name")]
mod switch_tag;

pub use session::{Answer, Session, unfinished};

use super::catalog::{Catalog, Class, ClassId};
use super::error::{CraftError, ScriptError};
use super::expand::Expansion;
use super::random::Rng;
use super::value::Packet;
pub use hooks::{Argument, Script};
use nettool_dissect::frame::LinkType;
use nettool_dissect::schema::LINK_TYPE;
use nettool_plugins::limits::{self, Bounds, Extras};
use starlark::any::ProvidesStaticType;
use starlark::environment::{FrozenModule, Globals, GlobalsBuilder, LibraryExtension, Module};
use starlark::eval::{Evaluator, FileLoader};
use starlark::syntax::{AstModule, Dialect, DialectTypes};
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// What a script may reach outside of itself; a command grants what it likes, and refuses the rest with a sentence.
pub trait Grants: Sync {
    /// The text of a script that `load` names.
    fn load(&self, path: &Path) -> Result<String, String>;
    /// The frames of a capture file.
    fn read(&self, path: &Path) -> Result<Vec<Record>, String>;
    /// Writes frames to a capture file; `link_type` is the first one's. Gives how many there were.
    fn write(
        &self,
        path: &Path,
        link_type: LinkType,
        frames: &mut dyn Iterator<Item = Record>,
    ) -> Result<u64, String>;
    /// Shows text that the script prints.
    fn print(&self, text: &str);
}

/// A frame of a capture file.
#[derive(Clone, Debug)]
pub struct Record {
    /// Link type.
    pub link_type: LinkType,
    /// Octets.
    pub octets: Vec<u8>,
    /// When it was seen, in nanoseconds since 1970; `None` where nobody has seen it.
    pub time: Option<i64>,
}

/// Grants nothing; printed text is lost.
pub struct NoGrants;

impl Grants for NoGrants {
    fn load(&self, _: &Path) -> Result<String, String> {
        Err("`load` is not granted here".into())
    }

    fn read(&self, _: &Path) -> Result<Vec<Record>, String> {
        Err("reading files is not granted here".into())
    }

    fn write(&self, _: &Path, _: LinkType, _: &mut dyn Iterator<Item = Record>) -> Result<u64, String> {
        Err("writing files is not granted here".into())
    }

    fn print(&self, _: &str) {}
}

/// Limits of a script, unless a command sets others.
fn usual_limits() -> Bounds {
    Bounds { steps: 20_000_000, memory: 512 << 20, calls: 200, length: 1 << 24 }.within_process()
}

/// Turns texts into packets. Made once, it serves any number of texts.
pub struct Host {
    catalog: &'static Catalog,
    /// The words of the language and the layers that stand beside the fields of their protocols.
    usual: OnceLock<Globals>,
    /// The same and all other layers.
    whole: OnceLock<Globals>,
    limits: Bounds,
    seed: u64,
}

/// What functions of the language find besides their arguments.
#[derive(ProvidesStaticType)]
pub(crate) struct Context<'a> {
    pub(crate) catalog: &'static Catalog,
    pub(crate) grants: &'a dyn Grants,
    pub(crate) emitted: RefCell<Vec<(Packet, u64)>>,
    pub(crate) seed: u64,
    /// What functions draw from.
    pub(crate) rng: RefCell<Rng>,
    /// What the user gave with `--set`.
    pub(crate) options: &'a HashMap<String, String>,
    /// Names of options that the script has asked for.
    pub(crate) asked: RefCell<Vec<String>>,
}

impl Host {
    /// A host for the layers of `catalog`; random values follow from `seed`.
    pub fn new(catalog: &'static Catalog, seed: u64) -> Host {
        Host { catalog, usual: OnceLock::new(), whole: OnceLock::new(), limits: usual_limits(), seed }
    }

    /// The names that a text may use. Most texts name none of the layers for which all protocols must make their fields.
    fn globals(&self, text: &str) -> &Globals {
        match self.catalog.declares_all(text) {
            true => self.usual.get_or_init(|| self.names_of(self.catalog.declared())),
            false => self.whole(),
        }
    }

    fn whole(&self) -> &Globals {
        self.whole.get_or_init(|| self.names_of(self.catalog.classes()))
    }

    fn names_of<'a>(&self, layers: impl Iterator<Item = (ClassId, &'a Class)>) -> Globals {
        let mut builder = GlobalsBuilder::extended_by(&[LibraryExtension::StructType]);
        for (id, class) in layers {
            builder.set(class.name, class::ClassValue::new(self.catalog, id));
        }
        Self::words(&mut builder);
        builder.build()
    }

    /// Makes what all hosts share and the first would make, on a thread beside the one that makes the catalog.
    pub fn prepare() {
        Self::words(&mut GlobalsBuilder::extended_by(&[LibraryExtension::StructType]));
    }

    /// What scripts may call, for those who mistype it.
    fn function_names() -> &'static [String] {
        static NAMES: OnceLock<Vec<String>> = OnceLock::new();
        NAMES.get_or_init(|| {
            let mut builder = GlobalsBuilder::extended_by(&[LibraryExtension::StructType]);
            Self::words(&mut builder);
            let names = builder.build().names().map(|name| name.as_str().to_owned()).collect::<Vec<_>>();
            names.into_iter().filter(|name| !name.starts_with('_')).collect()
        })
    }

    /// The words of the language besides the layers.
    fn words(builder: &mut GlobalsBuilder) {
        functions::register(builder);
        switch_tag::register(builder);
        files::register(builder);
        listing::register(builder);
        lists::register(builder);
        net::register(builder);
        octets::register(builder);
        random::register(builder);
        random::of_python(builder);
        hooks::register(builder);
        refusals::register(builder);
        refusals::constants(builder);
        limits::checked(builder);
        python::register(builder);
        python::kinds::register(builder);
        python::modules::register(builder);
        python::constants(builder);
        python::iterate::functions(builder);
        python::iterate::register(builder);
        builder.set("bytes", bytes::BytesFunction { digits: false });
    }

    /// Other limits.
    pub fn with_limits(mut self, limits: Bounds) -> Host {
        self.limits = limits;
        self
    }

    /// The layers that it knows.
    pub fn catalog(&self) -> &'static Catalog {
        self.catalog
    }

    /// Names that expressions may use.
    pub fn names(&self) -> Vec<String> {
        // those with a `_` before them are the language's own
        self.whole()
            .names()
            .map(|name| name.as_str().to_string())
            .filter(|name| !name.starts_with('_'))
            .collect()
    }

    /// The packets that an expression describes.
    pub fn expression(&self, text: &str) -> Result<Packets, ScriptError> {
        self.run("expression", text, &HashMap::new(), &NoGrants)
    }

    /// The packets that a script describes: those that it passes to `emit`, and the value of its last statement.
    /// `arguments` are variables of the script; numbers among them are numbers.
    pub fn run(
        &self,
        file: &str,
        text: &str,
        arguments: &HashMap<String, String>,
        grants: &dyn Grants,
    ) -> Result<Packets, ScriptError> {
        let folder = Path::new(file).parent().map(Path::to_path_buf).unwrap_or_default();
        let list = stack::deep(text, self.limits.memory, || {
            let context = self.context(arguments, grants);
            let value = fault::caught(file, text, || {
                Module::with_temp_heap(|module| {
                    set_arguments(&module, arguments);
                    self.evaluate(&module, file, text, &context, &folder, 0)
                })
            })?;
            let mut list = context.emitted.into_inner();
            list.extend(value);
            Ok(list)
        })?;
        Ok(Packets::new(self.catalog, list, self.seed, file, text))
    }

    fn context<'a>(&self, options: &'a HashMap<String, String>, grants: &'a dyn Grants) -> Context<'a> {
        let (emitted, asked) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
        let rng = RefCell::new(Rng::new(self.seed.rotate_left(32)));
        Context { catalog: self.catalog, grants, emitted, seed: self.seed, rng, options, asked }
    }

    fn evaluate<'v>(
        &self,
        module: &Module<'v>,
        file: &str,
        text: &str,
        context: &Context<'_>,
        folder: &Path,
        depth: usize,
    ) -> Result<Vec<(Packet, u64)>, ScriptError> {
        let dialect = Dialect { enable_load: true, ..dialect() };
        let ast = parsed(file, text, &dialect).map_err(|error| {
            let fault = fault::of(&error, self.catalog, file, text);
            fault::unpaired(file, text).filter(|_| fault.message.starts_with("parse error")).unwrap_or(fault)
        })?;
        let loaded = self.loads(&ast, file, text, context, folder, depth)?;
        let mut evaluator = Evaluator::new(module);
        evaluator.extra = Some(context);
        evaluator.set_loader(&loaded);
        let failed = |error: starlark::Error| fault::of(&error, self.catalog, file, text);
        let _run = limits::limit(&mut evaluator, self.limits).map_err(failed)?;
        let value = evaluator.eval_module(ast, self.globals(text)).map_err(failed)?;
        let mut packets = Vec::new();
        // a script that has emitted packets may end with whatever it likes
        let said = file != "expression" && !context.emitted.borrow().is_empty();
        if convert::packets(value, &mut packets) || value.is_none() || depth > 0 || said {
            return Ok(packets);
        }
        let (first, _) =
            text.lines().enumerate().find(|(_, line)| !line.trim().is_empty()).unwrap_or((0, ""));
        Err(ScriptError {
            message: format!("this gives {}, not packets", fault::article(value.get_type())),
            file: file.into(),
            line: first + 1,
            column: 1,
            width: text.lines().nth(first).map_or(1, |line| line.chars().count().max(1)),
            text: text.lines().nth(first).unwrap_or_default().into(),
        })
    }

    /// The modules that a script loads.
    fn loads(
        &self,
        ast: &AstModule,
        file: &str,
        text: &str,
        context: &Context<'_>,
        folder: &Path,
        depth: usize,
    ) -> Result<Loaded, ScriptError> {
        let mut loaded = Loaded::default();
        for load in ast.loads() {
            let at = |message: String| {
                let span = load.span.resolve_span();
                fault::at(message, file, text, (span.begin.line, span.begin.column), span.end.column)
            };
            if depth > 16 {
                return Err(at("scripts load each other more than 16 deep".into()));
            }
            let path: PathBuf = folder.join(load.module_id);
            let inner = context.grants.load(&path).map_err(at)?;
            let name = path.display().to_string();
            let below = path.parent().map(Path::to_path_buf).unwrap_or_default();
            let frozen = Module::with_temp_heap(|module| {
                self.evaluate(&module, &name, &inner, context, &below, depth + 1)?;
                module.freeze().map_err(|error| at(error.err_msg))
            })?;
            loaded.modules.insert(load.module_id.to_string(), frozen);
        }
        Ok(loaded)
    }
}

/// What the language has beyond the host's.
fn parsed(file: &str, text: &str, dialect: &Dialect) -> starlark::Result<AstModule> {
    let extras = Extras {
        methods: &python::methods::METHODS,
        caller: "_called_",
        changing: &python::methods::CHANGING,
        changer: "_changed_",
        operators: &[
            ("/", "_over_"),
            ("==", "_same_"),
            ("!=", "_differs_"),
            ("<", "_less_"),
            (">", "_greater_"),
        ],
        each: "_each_",
    };
    limits::parse_with(file, text, dialect, source::rewrites, extras)
}

/// The language that lines, expressions and scripts have in common.
fn dialect() -> Dialect {
    Dialect {
        enable_top_level_stmt: true,
        enable_f_strings: true,
        enable_lambda: true,
        enable_load: false,
        enable_keyword_only_arguments: true,
        // taken, and not looked at
        enable_types: DialectTypes::ParseOnly,
        ..Dialect::Standard
    }
}

/// Makes the user's arguments variables of a script; numbers among them are numbers.
fn set_arguments(module: &Module<'_>, arguments: &HashMap<String, String>) {
    for (name, value) in arguments {
        match value.parse::<i32>() {
            Ok(number) => module.set(name, module.heap().alloc(number)),
            Err(_) => module.set(name, module.heap().alloc(value.as_str())),
        }
    }
}

#[derive(Default)]
struct Loaded {
    modules: HashMap<String, FrozenModule>,
}

impl FileLoader for Loaded {
    fn load(&self, path: &str) -> starlark::Result<FrozenModule> {
        self.modules.get(path).cloned().ok_or_else(|| functions::refused(format!("`{path}` is not loaded")))
    }
}

/// A frame that was made: valid until the next one is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Made<'a> {
    /// Octets.
    pub octets: &'a [u8],
    /// Link type of the first layer.
    pub link_type: LinkType,
    /// Name of the first layer.
    pub first_layer: &'static str,
    /// When the packet that it was made from was seen, in nanoseconds since 1970.
    pub time: Option<i64>,
}

/// The packets of an expression or script, made one at a time in one buffer.
pub struct Packets {
    catalog: &'static Catalog,
    list: Vec<(Packet, u64)>,
    at: usize,
    repeated: u64,
    current: Option<Expansion<'static>>,
    /// The place of the description that `current` was prepared from.
    prepared: usize,
    /// Whether `current` has packets left.
    under_way: bool,
    link_type: LinkType,
    first_layer: &'static str,
    seed: u64,
    file: String,
    text: String,
}

impl Packets {
    fn new(
        catalog: &'static Catalog,
        list: Vec<(Packet, u64)>,
        seed: u64,
        file: &str,
        text: &str,
    ) -> Packets {
        Packets {
            catalog,
            list,
            at: 0,
            repeated: 0,
            current: None,
            prepared: 0,
            under_way: false,
            link_type: LinkType::ETHERNET,
            first_layer: "",
            seed,
            file: file.into(),
            text: text.into(),
        }
    }

    /// Packets that a program described with [`Packet`] values.
    pub fn of(catalog: &'static Catalog, packets: Vec<Packet>, seed: u64) -> Packets {
        Packets::new(catalog, packets.into_iter().map(|packet| (packet, 1)).collect(), seed, "packets", "")
    }

    /// The descriptions that the packets are made from, each with how often it is repeated.
    pub fn descriptions(&self) -> &[(Packet, u64)] {
        &self.list
    }

    /// The same, to be completed before the first is made.
    pub fn descriptions_mut(&mut self) -> impl Iterator<Item = &mut Packet> {
        self.list.iter_mut().map(|(packet, _)| packet)
    }

    /// How many there are from the first one on; `None` where they are more than can be counted.
    pub fn count(&self) -> Option<u64> {
        self.list.iter().try_fold(0_u64, |sum, (packet, times)| {
            let each = Expansion::new(self.catalog, packet.clone(), self.seed).ok()?.count()?;
            sum.checked_add(each.checked_mul(*times)?)
        })
    }

    /// The place among the descriptions of the one that the last packet was made from.
    pub fn place(&self) -> usize {
        self.at
    }

    /// Begins again at the first packet; random values go on.
    pub fn begin_again(&mut self) {
        (self.at, self.repeated, self.under_way) = (0, 0, false);
        self.seed = super::random::Rng::new(self.seed).draw_bits();
    }

    /// Link type of the first packet.
    pub fn link_type(&self) -> LinkType {
        self.list.first().map_or(LinkType::ETHERNET, |(packet, _)| first_link(self.catalog, packet).0)
    }

    /// The next packet, until the next call; `None` at the end.
    #[inline]
    pub fn next_frame(&mut self) -> Option<Result<Made<'_>, ScriptError>> {
        while !self.under_way || !self.current.as_mut().is_some_and(Expansion::advance) {
            if std::mem::take(&mut self.under_way) {
                continue;
            }
            let (packet, times) = self.list.get(self.at)?;
            if self.repeated >= *times {
                (self.at, self.repeated) = (self.at + 1, 0);
                continue;
            }
            let seed = self.seed.wrapping_add(self.at as u64).wrapping_add(self.repeated << 32);
            self.repeated += 1;
            let same = self.prepared == self.at;
            if !(same && self.current.as_mut().is_some_and(|current| current.again(seed))) {
                (self.link_type, self.first_layer) = first_link(self.catalog, packet);
                match Expansion::new(self.catalog, packet.clone(), seed) {
                    // none of no packets are no packets
                    Ok(expansion) if expansion.is_empty() => {
                        self.repeated = *times;
                        continue;
                    }
                    Ok(expansion) => (self.current, self.prepared) = (Some(expansion), self.at),
                    Err(error) => return Some(Err(self.fault(&error))),
                }
            }
            self.under_way = true;
        }
        let (link_type, first_layer) = (self.link_type, self.first_layer);
        let time = self.list.get(self.at).and_then(|(packet, _)| packet.time);
        let expansion = self.current.as_ref()?;
        match expansion.result() {
            Ok(octets) => Some(Ok(Made { octets, link_type, first_layer, time })),
            Err(error) => Some(Err(self.fault(error))),
        }
    }

    /// The layers of the packet that was made last, each field with its one value.
    pub fn current(&mut self) -> Option<Packet> {
        self.current.as_mut().map(Expansion::current)
    }

    fn fault(&self, error: &CraftError) -> ScriptError {
        fault::of_build(error, &self.file, &self.text)
    }
}

/// Link type and name of a packet's first layer.
pub(crate) fn first_link(catalog: &'static Catalog, packet: &Packet) -> (LinkType, &'static str) {
    let Some(first) = packet.layers.get(packet.below) else { return (LinkType::ETHERNET, "") };
    let class = catalog.class(first.class);
    let link = match class.declaration.name {
        "ip" | "ipv6" => LinkType::RAW,
        _ => {
            let on = class.declaration.on.iter().find(|(table, _)| *table == LINK_TYPE);
            let value = on.and_then(|(_, values)| values.first().copied());
            value.and_then(|value| u32::try_from(value).ok()).map_or(LinkType(147), LinkType)
        }
    };
    (link, class.name)
}
