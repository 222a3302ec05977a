//! The protocols of this run: those built in, and those of plugins. Every command takes them from here.

use crate::Global;
use crate::outcome::Failure;
use nettool_dissect::registry::Registry;
use nettool_gen::craft::Catalog;
use nettool_plugins::{Places, Plugins};
use std::path::PathBuf;
use std::sync::OnceLock;

/// What the command line says about plugins.
#[derive(Debug, Default)]
struct Choice {
    named: Vec<PathBuf>,
    none: bool,
    quiet: bool,
}

static CHOICE: OnceLock<Choice> = OnceLock::new();
static PLUGINS: OnceLock<Plugins> = OnceLock::new();
static REGISTRY: OnceLock<&'static Registry> = OnceLock::new();

/// Notes what the command line says; called once, before anything asks for protocols.
pub(crate) fn choose(global: &Global) {
    let (named, none) = (global.plugin.clone(), global.no_plugins);
    // A second call would come from the same command line.
    let _ = CHOICE.set(Choice { named, none, quiet: global.quiet > 1 });
}

/// The plugins of this run. What is wrong with them has been said on stderr.
pub(crate) fn plugins() -> &'static Plugins {
    PLUGINS.get_or_init(|| {
        let usual = Choice::default();
        let choice = CHOICE.get().unwrap_or(&usual);
        let plugins = Plugins::load(&places(choice.none), &choice.named);
        if !choice.quiet {
            for problem in &plugins.problems {
                tell!("nettool: plugin {problem}");
            }
        }
        plugins
    })
}

/// The directories that are looked into: `NETTOOL_PLUGINS` is `none` or names others than the usual ones.
fn places(none: bool) -> Places {
    let from_environment = std::env::var_os("NETTOOL_PLUGINS").filter(|value| !value.is_empty());
    match from_environment {
        _ if none => Places::default(),
        None => Places::usual(),
        Some(value) if value == "none" => Places::default(),
        Some(value) => Places {
            directories: std::env::split_paths(&value)
                .map(|path| (nettool_plugins::Origin::Environment, path))
                .collect(),
        },
    }
}

/// The registry that all commands share.
pub(crate) fn registry() -> Result<&'static Registry, Failure> {
    if let Some(registry) = REGISTRY.get() {
        return Ok(registry);
    }
    let registry = if plugins().is_empty() { Registry::builtin() } else { Box::leak(Box::new(fresh()?)) };
    Ok(REGISTRY.get_or_init(|| registry))
}

/// A registry of one's own, to be changed by `--decode-as`.
pub(crate) fn fresh() -> Result<Registry, Failure> {
    let plugins = plugins();
    let made = match plugins.is_empty() {
        true => Registry::new(nettool_dissect::proto::all()),
        false => plugins.registry(),
    };
    made.map_err(Failure::usage)
}

/// The crafter's layers of this run.
pub(crate) fn catalog() -> Result<&'static Catalog, Failure> {
    static CATALOG: OnceLock<&'static Catalog> = OnceLock::new();
    if let Some(catalog) = CATALOG.get() {
        return Ok(catalog);
    }
    let catalog = match plugins().is_empty() {
        true => Catalog::builtin(),
        false => Box::leak(Box::new(Catalog::new(registry()?))),
    };
    Ok(CATALOG.get_or_init(|| catalog))
}
