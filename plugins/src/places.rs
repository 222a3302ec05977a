//! Where plugins come from, and which places are trusted.
//!
//! A directory that someone else can write would let him change what another user's, or root's, program shows. So
//! nothing is read from such a place, whoever runs the program; root reads only what root alone can write.

use crate::fault::Problem;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Plugin files of a directory.
const MAX_FILES: usize = 256;

/// Where a plugin was found; later ones give way to earlier ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Origin {
    /// Named by `--plugin`.
    Named,
    /// In a directory that `NETTOOL_PLUGINS` names.
    Environment,
    /// `$XDG_CONFIG_HOME/nettool/plugins`, or `~/.config/nettool/plugins`.
    User,
    /// `plugins` in the directory where the program was started.
    Here,
    /// `../share/nettool/plugins` beside the program.
    Installed,
}

impl Origin {
    /// A word for lists.
    pub fn word(self) -> &'static str {
        match self {
            Origin::Named => "named",
            Origin::Environment => "environment",
            Origin::User => "user",
            Origin::Here => "here",
            Origin::Installed => "installed",
        }
    }
}

/// The directories that are looked into without being named.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// In the order in which they count.
    pub directories: Vec<(Origin, PathBuf)>,
}

impl Places {
    /// Those of this user, this directory and this program.
    pub fn usual() -> Self {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let config =
            variable("XDG_CONFIG_HOME").or_else(|| variable("HOME").map(|home| home.join(".config")));
        let program = std::env::current_exe().ok();
        let beside = program.as_deref().and_then(Path::parent).and_then(Path::parent);
        let mut directories = Vec::new();
        directories.extend(config.map(|dir| (Origin::User, dir.join("nettool/plugins"))));
        directories.push((Origin::Here, PathBuf::from("plugins")));
        directories.extend(beside.map(|dir| (Origin::Installed, dir.join("share/nettool/plugins"))));
        Places { directories }
    }
}

/// Files found, each with its origin, in the order in which they count.
pub(crate) fn files(
    places: &Places,
    named: &[PathBuf],
    problems: &mut Vec<Problem>,
) -> Vec<(Origin, PathBuf)> {
    let mut found = Vec::new();
    for path in named {
        if path.is_dir() {
            directory(Origin::Named, path, &mut found, problems);
        } else {
            found.push((Origin::Named, path.clone()));
        }
    }
    for (origin, path) in &places.directories {
        directory(*origin, path, &mut found, problems);
    }
    found
}

/// The `*.star` files of a directory, by name.
fn directory(origin: Origin, path: &Path, found: &mut Vec<(Origin, PathBuf)>, problems: &mut Vec<Problem>) {
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => {
            // The usual places need not exist; one that was named must.
            if origin == Origin::Named {
                problems.push(Problem::whole(path, error.to_string()));
            }
            return;
        }
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "star"))
        .collect();
    if files.is_empty() {
        return;
    }
    if let Err(why) = trusted(path) {
        problems.push(Problem::whole(path, why));
        return;
    }
    files.sort();
    if files.len() > MAX_FILES {
        let message = format!("only the first {MAX_FILES} of its {} plugins are read", files.len());
        problems.push(Problem::whole(path, message));
        files.truncate(MAX_FILES);
    }
    found.extend(files.into_iter().map(|path| (origin, path)));
}

/// Whether only this user, or root, can change a file or directory; else why not, with the mend.
pub(crate) fn trusted(path: &Path) -> Result<(), String> {
    let whole = std::fs::canonicalize(path).map_err(|error| error.to_string())?;
    let me = rustix::process::geteuid().as_raw();
    for (depth, part) in whole.ancestors().enumerate() {
        let about = std::fs::metadata(part).map_err(|error| error.to_string())?;
        let owner = about.uid();
        if owner != me && owner != 0 {
            let who = if me == 0 { "root runs only what root owns".to_owned() } else { format!("user {me}") };
            return Err(format!(
                "not read: {} belongs to user {owner}, who can change it ({who}); copy it to a directory of your own",
                part.display()
            ));
        }
        // In a sticky directory such as /tmp nobody can replace what belongs to someone else.
        let sticky = depth > 0 && about.mode() & 0o1000 != 0;
        let others = if me == 0 { 0o022 } else { 0o002 };
        if about.mode() & others != 0 && !sticky {
            return Err(format!(
                "not read: others can write {}; `chmod go-w {}` closes it",
                part.display(),
                part.display()
            ));
        }
    }
    Ok(())
}
