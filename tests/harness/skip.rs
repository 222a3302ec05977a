//! How a test says that it cannot run here. Test files of the crates take it with `#[path]`.
//!
//! `tests/run` names a log in `NETTOOL_SKIP_LOG` and counts its lines as skipped tests.

#![allow(dead_code, reason = "each test binary takes what it needs")]

/// Whether a program is in the search path, or where root's programs lie.
pub(crate) fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin"].map(Into::into))
        .any(|folder| folder.join(program).is_file())
}

/// Notes that `test` cannot run here because `missing`; the caller returns after it.
pub(crate) fn skip(test: &str, missing: &str) {
    use std::io::Write;
    eprintln!("SKIPPED: {test}: {missing}");
    if let Some(log) = std::env::var_os("NETTOOL_SKIP_LOG") {
        let mut log =
            std::fs::OpenOptions::new().create(true).append(true).open(log).expect("the skip log opens");
        writeln!(log, "{test}: {missing}").expect("the skip log takes a line");
    }
}
