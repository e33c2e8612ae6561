//! SpiceDB's own integration files, from a checkout of github.com/authzed/spicedb (Apache-2.0). None of them is in this
//! repository.
//!
//! Run by hand, with the folder `internal/services/integrationtesting/testconfigs` of the checkout:
//!
//! ```sh
//! TENANCY_SPICEDB_FILES=folder cargo test -p tenancy-permits --features validation,postgres,sqlite \
//!     --test spicedb_files -- --nocapture
//! ```
//!
//! `unsupported.txt` names the files that this crate refuses, with the reason, so that the list cannot grow unseen.
//! The engines on databases refuse no others.

mod on_sql;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::SystemTime;
use tenancy_permits::validation::{Report, ValidationFile, ValidationFileError};

/// The files, by name.
fn files() -> BTreeMap<String, String> {
    let folder = std::env::var("TENANCY_SPICEDB_FILES").expect("TENANCY_SPICEDB_FILES names the folder of the files");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    assert!(!files.is_empty(), "no .yaml file in the folder");
    let name = |path: &PathBuf| path.file_name().expect("a name").to_string_lossy().into_owned();
    files.iter().map(|path| (name(path), std::fs::read_to_string(path).expect("a text"))).collect()
}

/// What the files came to.
#[derive(Default)]
struct Outcome {
    run: usize,
    assertions: usize,
    failed: Vec<String>,
    unsupported: BTreeMap<String, String>,
}

impl Outcome {
    fn add(&mut self, name: String, outcome: Result<Report, String>) {
        match outcome {
            Ok(report) => {
                self.run += 1;
                self.assertions += report.checked();
                self.failed.extend(report.failures().iter().map(|failure| format!("{name}: {failure}")));
            }
            Err(reason) => drop(self.unsupported.insert(name, reason)),
        }
    }

    /// Fails unless every assertion holds and these files alone are unsupported.
    fn holds(&self, engine: &str, unsupported: &str) {
        let Self { run, assertions, failed, .. } = self;
        println!("{engine}: {run} files run with {assertions} assertions, {} unsupported", self.unsupported.len());
        assert!(failed.is_empty(), "{engine}: {failed:#?}");
        let found: String = self.unsupported.iter().map(|(name, reason)| format!("{name}: {reason}\n")).collect();
        assert_eq!(found, unsupported, "{engine}: the list of unsupported files changed:\n{found}");
    }
}

#[test]
fn integration_files_of_spicedb_hold() {
    let mut outcome = Outcome::default();
    for (name, text) in files() {
        outcome.add(name, in_memory(&text));
    }
    outcome.holds("in memory", include_str!("unsupported.txt"));
}

fn in_memory(text: &str) -> Result<Report, String> {
    let file = parsed(text)?;
    let engine = file.memory_engine().map_err(|error| error.to_string())?;
    Ok(file.run(&engine, SystemTime::now()))
}

/// The first reason where there are several: each is enough.
fn parsed(text: &str) -> Result<ValidationFile, String> {
    ValidationFile::parse(text).map_err(|error| match error {
        ValidationFileError::Schema(errors) => {
            errors.first().map_or_else(String::new, |error| format!("{:?}", error.kind))
        }
        other => other.to_string(),
    })
}
