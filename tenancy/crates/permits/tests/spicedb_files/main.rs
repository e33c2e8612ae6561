//! SpiceDB's own integration files, from a checkout of github.com/authzed/spicedb (Apache-2.0). None of them is in this repository.
//!
//! Run by hand, with the folder `internal/services/integrationtesting/testconfigs` of the checkout:
//!
//! ```sh
//! TENANCY_SPICEDB_FILES=folder cargo test -p tenancy-permits --features validation --test spicedb_files -- --nocapture
//! ```
//!
//! `unsupported.txt` names the files that this crate refuses, with the reason, so that the list cannot grow unseen.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::SystemTime;
use tenancy_permits::validation::{Report, ValidationFile, ValidationFileError};

#[test]
fn integration_files_of_spicedb_hold() {
    let folder = std::env::var("TENANCY_SPICEDB_FILES").expect("TENANCY_SPICEDB_FILES names the folder of the files");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    assert!(!files.is_empty(), "no .yaml file in the folder");
    let mut unsupported = BTreeMap::new();
    let (mut run, mut assertions, mut failed) = (0, 0, Vec::new());
    for path in &files {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        match outcome(&std::fs::read_to_string(path).expect("a text")) {
            Ok(report) => {
                run += 1;
                assertions += report.checked();
                failed.extend(report.failures().iter().map(|failure| format!("{name}: {failure}")));
            }
            Err(reason) => drop(unsupported.insert(name, reason)),
        }
    }
    println!("{} files: {run} run with {assertions} assertions, {} unsupported", files.len(), unsupported.len());
    assert!(failed.is_empty(), "{failed:#?}");
    let found: String = unsupported.iter().map(|(name, reason)| format!("{name}: {reason}\n")).collect();
    assert_eq!(found, include_str!("unsupported.txt"), "the list of unsupported files changed:\n{found}");
}

/// The first reason where there are several: each is enough.
fn outcome(text: &str) -> Result<Report, String> {
    let file = ValidationFile::parse(text).map_err(|error| match error {
        ValidationFileError::Schema(errors) => {
            errors.first().map_or_else(String::new, |error| format!("{:?}", error.kind))
        }
        other => other.to_string(),
    })?;
    let engine = file.memory_engine().map_err(|error| error.to_string())?;
    Ok(file.run(&engine, SystemTime::now()))
}
