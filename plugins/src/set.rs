//! All plugins of a run: read, checked against each other, and put beside the built-in protocols.

use crate::fault::{Fault, Problem, Span};
use crate::fields::table_mend;
use crate::places::{Origin, Places, files, trusted};
use crate::plugin::{Declaration, MAX_TEXT, declare};
use crate::store::Draft;
use nettool_dissect::query::nearest;
use nettool_dissect::registry::{Registry, SchemaError};
use nettool_dissect::schema::{BUILTIN_TABLES, Protocol, Table};
use std::collections::HashSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Protocols of all plugins together.
const MAX_PROTOCOLS: usize = 1000;

/// A plugin that is in use.
#[derive(Debug)]
pub struct Plugin {
    /// Its file.
    pub path: PathBuf,
    /// Where it was found.
    pub origin: Origin,
    /// What it declares.
    pub protocols: Vec<Protocol>,
    /// Whether it has functions that run for each frame.
    pub imperative: bool,
}

/// Plugins in use, and those left out.
#[derive(Debug, Default)]
pub struct Plugins {
    /// In use, the first of them counting most.
    pub plugins: Vec<Plugin>,
    /// Files that give way to an earlier one with a protocol of the same name: file, protocol, earlier file.
    pub shadowed: Vec<(PathBuf, &'static str, PathBuf)>,
    /// Left out, and why.
    pub problems: Vec<Problem>,
    /// Tables beside the built-in ones.
    tables: Vec<(&'static str, u8)>,
    /// The built-in protocols: names were checked against them, and the registry takes them over.
    builtin: Mutex<Option<Vec<Protocol>>>,
}

/// A file that has been run.
struct Run {
    origin: Origin,
    path: PathBuf,
    text: String,
    drafts: Vec<Draft>,
}

/// A file's text, and what it declares beside the built-in tables.
struct Found {
    text: String,
    declared: Result<Declaration, Problem>,
}

/// Files that have been run, in the order in which they count.
struct Runs {
    runs: Vec<Run>,
    tables: Vec<(&'static str, u8)>,
    shadowed: Vec<(PathBuf, &'static str, PathBuf)>,
    problems: Vec<Problem>,
    /// Texts of files that are left out: what they would have declared is named in them.
    left_out: Vec<String>,
    /// The built-in protocols, once a file's names had to be compared with theirs.
    builtin: Option<Vec<Protocol>>,
}

/// Octets of heap that the built-in protocols and some plugins take.
const ROOM: usize = 1 << 20;

/// Has the heap of a further thread grow. The C library lets it grow page by page, with a system call for each, which keeps the
/// other threads from their pages too; what it has grown to it keeps.
fn make_room() {
    // Smaller than what it maps by itself.
    const PART: usize = 120 << 10;
    let parts: Vec<Vec<u8>> = (0..ROOM / PART).map(|_| Vec::with_capacity(PART)).collect();
    drop(std::hint::black_box(parts));
}

impl Runs {
    fn new() -> Runs {
        Runs {
            runs: Vec::new(),
            tables: BUILTIN_TABLES.to_vec(),
            shadowed: Vec::new(),
            problems: Vec::new(),
            left_out: Vec::new(),
            builtin: None,
        }
    }

    /// Runs files; a second thread makes the built-in protocols and takes its share of the files.
    fn of(found: &[(Origin, PathBuf)]) -> Runs {
        let mut seen = HashSet::new();
        // A file that is named and lies in a usual place is one plugin.
        let mut new =
            |path: &PathBuf| seen.insert(std::fs::canonicalize(path).unwrap_or_else(|_| path.clone()));
        let found: Vec<_> = found.iter().filter(|(_, path)| new(path)).collect();
        let results: Vec<Mutex<Option<Result<Found, Problem>>>> =
            found.iter().map(|_| Mutex::default()).collect();
        // The longest first: whoever begins one last would be waited for.
        let mut order: Vec<usize> = (0..found.len()).collect();
        let size = |path: &Path| std::fs::metadata(path).map_or(0, |known| known.len());
        order.sort_by_cached_key(|at| std::cmp::Reverse(found.get(*at).map(|(_, path)| size(path))));
        let next = AtomicUsize::new(0);
        let work = || {
            let take = || order.get(next.fetch_add(1, Ordering::Relaxed)).copied().unwrap_or(usize::MAX);
            let mut at = take();
            while let (Some((_, path)), Some(result)) = (found.get(at), results.get(at)) {
                let read = read(path).map(|text| {
                    let declared = declare(path, &text, BUILTIN_TABLES);
                    Found { text, declared }
                });
                *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(read);
                at = take();
            }
        };
        let builtin = std::thread::scope(|scope| {
            let beside = || {
                make_room();
                let builtin = nettool_dissect::proto::all();
                work();
                builtin
            };
            // Without a further thread this one does it all, and the protocols are made when they are asked for.
            let beside = std::thread::Builder::new().spawn_scoped(scope, beside);
            work();
            beside.ok().and_then(|thread| thread.join().ok())
        });
        let mut runs = Runs { builtin, ..Runs::new() };
        for ((origin, path), result) in found.into_iter().zip(results) {
            match result.into_inner().unwrap_or_else(PoisonError::into_inner) {
                Some(Ok(Found { text, declared })) => runs.run(*origin, path, text, Some(declared)),
                Some(Err(problem)) => runs.problems.push(problem),
                None => {}
            }
        }
        runs
    }

    /// Runs a file's text, unless that was done beside the built-in tables and there are no others.
    fn run(
        &mut self,
        origin: Origin,
        path: &Path,
        text: String,
        declared: Option<Result<Declaration, Problem>>,
    ) {
        let declared = declared.filter(|_| self.tables.len() == BUILTIN_TABLES.len());
        match declared.unwrap_or_else(|| declare(path, &text, &self.tables)) {
            Err(problem) => {
                self.problems.push(problem);
                self.left_out.push(text);
            }
            Ok(declaration) => {
                let run = Run { origin, path: path.to_owned(), text, drafts: declaration.drafts };
                if self.takes(&run) {
                    self.tables = declaration.tables;
                    self.runs.push(run);
                } else {
                    self.left_out.push(run.text);
                }
            }
        }
    }

    /// Whether a file's protocols are new; if not, says why.
    fn takes(&mut self, run: &Run) -> bool {
        let count: usize = self.runs.iter().map(|run| run.drafts.len()).sum();
        if count.saturating_add(run.drafts.len()) > MAX_PROTOCOLS {
            let message = format!("more than {MAX_PROTOCOLS} protocols in all plugins");
            self.problems.push(Problem::whole(&run.path, message));
            return false;
        }
        let builtin = self.builtin.get_or_insert_with(nettool_dissect::proto::all);
        for draft in &run.drafts {
            let name = draft.protocol.name;
            if builtin.iter().any(|known| known.name == name) {
                let message = format!("`{name}` is built in; give the protocol another name");
                self.problems.push(Problem::at(&run.path, &run.text, &Fault::new(draft.span, message)));
                return false;
            }
            let earlier =
                self.runs.iter().find(|run| run.drafts.iter().any(|draft| draft.protocol.name == name));
            if let Some(earlier) = earlier {
                self.shadowed.push((run.path.clone(), name, earlier.path.clone()));
                return false;
            }
        }
        true
    }
}

impl Runs {
    /// Leaves out files whose protocols lead to one that there is not. Where a file that is left out names it, or is
    /// called so and could not be read, that is the reason, and is told already.
    fn check_leads(&mut self) {
        if self.runs.iter().flat_map(|run| &run.drafts).all(|d| d.leads.is_empty()) {
            return;
        }
        let builtin: &[Protocol] = self.builtin.get_or_insert_with(nettool_dissect::proto::all);
        let own = self.runs.iter().flat_map(|run| &run.drafts).map(|draft| &draft.protocol);
        let known: HashSet<&'static str> = builtin
            .iter()
            .chain(own)
            .flat_map(|protocol| std::iter::once(protocol.name).chain(protocol.aliases.iter().copied()))
            .collect();
        let called = |path: &Path, name: &str| path.file_stem().is_some_and(|stem| stem == name);
        let files: Vec<PathBuf> = self.problems.iter().map(|problem| problem.path.clone()).collect();
        let excused = |name: &str| {
            let quoted = [format!("\"{name}\""), format!("'{name}'")];
            files.iter().any(|path| called(path, name))
                || self.left_out.iter().any(|text| quoted.iter().any(|quoted| text.contains(quoted)))
        };
        let problems = &mut self.problems;
        self.runs.retain(|run| {
            let mut leads = run.drafts.iter().flat_map(|draft| &draft.leads);
            let lost = |name: &str| !known.contains(name) && !excused(name);
            let Some((name, span)) = leads.find(|(name, _)| lost(name)) else { return true };
            let near = nearest(name, known.iter().copied());
            let mend = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            let fault = Fault::new(*span, format!("`{name}` is no protocol{mend}"));
            problems.push(Problem::at(&run.path, &run.text, &fault));
            false
        });
    }
}

impl Plugins {
    /// Reads the plugins of the usual places and those named, files or directories.
    pub fn load(places: &Places, named: &[PathBuf]) -> Plugins {
        let mut plugins = Plugins::default();
        let found = files(places, named, &mut plugins.problems);
        if found.is_empty() {
            return plugins;
        }
        let mut runs = Runs::of(&found);
        runs.check_leads();
        plugins.builtin = Mutex::new(runs.builtin.take());
        plugins.take_over(runs);
        plugins
    }

    /// What came of running files.
    fn take_over(&mut self, runs: Runs) {
        self.problems.extend(runs.problems);
        self.shadowed.extend(runs.shadowed);
        for run in runs.runs {
            self.add(run, &runs.tables);
        }
        self.tables = runs.tables.get(BUILTIN_TABLES.len()..).unwrap_or_default().to_vec();
    }

    /// Looks the tables of a file up, and takes its protocols in.
    fn add(&mut self, run: Run, tables: &[(&'static str, u8)]) {
        let Run { origin, path, text, drafts } = run;
        let mut protocols = Vec::with_capacity(drafts.len());
        for draft in drafts {
            match reached(draft, tables) {
                Ok(protocol) => protocols.push(protocol),
                Err(fault) => return self.problems.push(Problem::at(&path, &text, &fault)),
            }
        }
        let scripted =
            |protocol: &Protocol| protocol.rules.as_ref().is_some_and(|rules| rules.script.is_some());
        let imperative = protocols.iter().any(scripted);
        self.plugins.push(Plugin { path, origin, protocols, imperative });
    }

    /// Whether nothing was found: the built-in registry will do.
    pub fn is_empty(&self) -> bool {
        self.plugins.is_empty()
    }

    /// The built-in protocols and those of the plugins. Where two lead from the same number, the earlier plugin counts
    /// most and a built-in protocol least.
    pub fn registry(&self) -> Result<Registry, SchemaError> {
        let ready = self.builtin.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut protocols = ready.unwrap_or_else(nettool_dissect::proto::all);
        for plugin in self.plugins.iter().rev() {
            protocols.extend(plugin.protocols.iter().cloned());
        }
        Registry::with_tables(protocols, &self.tables)
    }

    /// The name of a table.
    pub fn table_name(&self, table: Table) -> &'static str {
        let all = BUILTIN_TABLES.iter().chain(&self.tables);
        all.map(|(name, _)| *name).nth(usize::from(table.0)).unwrap_or("?")
    }
}

/// The text of a file that can be trusted.
fn read(path: &Path) -> Result<String, Problem> {
    let problem = |error: std::io::Error| Problem::whole(path, error.to_string());
    let file = std::fs::File::open(path).map_err(problem)?;
    if !file.metadata().map_err(problem)?.is_file() {
        return Err(Problem::whole(path, "is no regular file"));
    }
    trusted(path).map_err(|why| Problem::whole(path, why))?;
    let mut octets = Vec::new();
    let limit = u64::try_from(MAX_TEXT).unwrap_or(u64::MAX).saturating_add(1);
    file.take(limit).read_to_end(&mut octets).map_err(problem)?;
    String::from_utf8(octets).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let valid = error.as_bytes().get(..at).unwrap_or_default();
        let text = String::from_utf8_lossy(valid).into_owned();
        Problem::at(path, &text, &Fault::new(Span { begin: at, end: at }, "is not UTF-8 from here on"))
    })
}

/// The protocol with the numbers that lead to it.
fn reached(draft: Draft, tables: &[(&'static str, u8)]) -> Result<Protocol, Fault> {
    let Draft { mut protocol, on, guess, .. } = draft;
    let named = |name: &str, span: Span| {
        let at = tables.iter().position(|(known, _)| *known == name);
        let table = at.and_then(|at| Some((Table(u16::try_from(at).ok()?), tables.get(at)?.1)));
        table.ok_or_else(|| Fault::new(span, format!("`{name}` is no table{}", table_mend(name, tables))))
    };
    for (name, values, span) in on {
        let (table, bits) = named(&name, span)?;
        let wide = values.iter().find(|value| bits < 64 && **value >> bits != 0);
        if let Some(value) = wide {
            return Err(Fault::new(span, format!("{value} does not fit the {bits} bits of `{name}`")));
        }
        protocol.on.push((table, values));
    }
    if let Some(rules) = &mut protocol.rules {
        for (name, span) in guess {
            rules.guess.push(named(&name, span)?.0);
        }
    }
    Ok(protocol)
}

/// Reads a text as if it were a plugin's file, alone beside the built-in protocols.
pub fn from_text(path: &Path, text: &str) -> Result<Plugins, Problem> {
    let mut runs = Runs::new();
    runs.run(Origin::Named, path, text.to_owned(), None);
    runs.check_leads();
    let mut plugins = Plugins { builtin: Mutex::new(runs.builtin.take()), ..Plugins::default() };
    plugins.take_over(runs);
    match plugins.problems.pop() {
        Some(problem) => Err(problem),
        None => Ok(plugins),
    }
}
