//! What once broke a target, and every first input as it is, never breaks it again.

use nettool_fuzz::{TARGETS, files, project};

#[test]
fn every_kept_input_is_taken_by_its_target() {
    let mut tried = 0;
    for target in TARGETS {
        for input in target.inputs() {
            (target.run)(&input);
            tried += 1;
        }
    }
    assert!(tried > TARGETS.len(), "the corpora are there");
}

#[test]
fn kept_inputs_lie_in_the_folder_of_a_target() {
    for kind in ["fuzz/seeds", "fuzz/regressions"] {
        let folder = project().join(kind);
        for file in files(&folder) {
            let name = file.strip_prefix(&folder).ok().and_then(|path| path.components().next());
            let name = name.map(|part| part.as_os_str().to_string_lossy().into_owned()).unwrap_or_default();
            assert!(
                name == "README.md" || TARGETS.iter().any(|target| target.name == name),
                "{} belongs to no target",
                file.display()
            );
        }
    }
}
