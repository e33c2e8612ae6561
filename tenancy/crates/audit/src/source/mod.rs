//! The source pass: what no type and no database can see, in a service's own code.
//!
//! It reads every package below a folder: its manifest, `Cargo.lock`, `diesel.toml`, its migrations, and the Rust files
//! of `src/` and `build.rs` without what is compiled for tests only. It expands no macro and knows no types: it looks
//! for names, so that an alias at an import is seen and a name built by a macro is not (`docs/limits.md`).

mod cargo;
mod declared;
mod files;
mod imports;
mod items;
mod mark;
mod names;
mod seen;
mod tables;
mod tokens;

use super::finding::Report;
use files::Package;
use seen::Seen;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What is looked at.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SourceOptions {
    /// Paths below the root that are left out, with everything below them: the program that migrates.
    pub exclude: Vec<PathBuf>,
}

impl SourceOptions {
    /// Everything but these paths.
    pub fn new(exclude: Vec<PathBuf>) -> Self {
        Self { exclude }
    }
}

/// Reads a service's source.
///
/// # Errors
/// When the folder cannot be read, or holds no package.
pub fn audit(root: &Path, options: &SourceOptions) -> io::Result<Report> {
    let started = Instant::now();
    let packages = files::packages(root, &options.exclude)?;
    if packages.is_empty() {
        let why = format!("{} holds no Cargo.toml with a package", root.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, why));
    }
    let mut seen = Seen::default();
    let workspace = cargo::workspace_of(root);
    cargo::workspace(root, &workspace, &mut seen);
    let mut declared = declared::Declared::default();
    let marks: Vec<_> = packages.iter().map(|package| (package, mark::of(package, &mut seen))).collect();
    for (package, mark) in &marks {
        seen.mark.clone_from(mark);
        cargo::package(&workspace, package, &mut seen);
        read(package, &mut declared, &mut seen);
    }
    seen.mark = None;
    mark::carried(&marks, &mut seen);
    // One place is what reviewers look for.
    if seen.hits.get("S28").is_some_and(|places| places.len() == 1) {
        seen.hits.remove("S28");
    }
    declared.migrations(root, &options.exclude)?;
    tables::check(root, &declared, &mut seen);
    Ok(seen.report(started))
}

fn read(package: &Package, declared: &mut declared::Declared, seen: &mut Seen) {
    let mut parsed = Vec::new();
    for source in &package.sources {
        match items::parse(&source.text) {
            Ok(file) => parsed.push((source, file)),
            Err(why) => seen.add("S25", &source.name, why.span().start().line, "", format!("does not parse: {why}")),
        }
    }
    let tests: Vec<PathBuf> =
        parsed.iter().flat_map(|(source, file)| items::test_modules(&source.path, file)).collect();
    let mut read = Vec::new();
    for (source, file) in parsed {
        if items::is_test(&file) {
            continue;
        }
        if tests.iter().any(|test| source.path == *test || source.path.starts_with(test.with_extension(""))) {
            continue;
        }
        let file = items::without_tests(file);
        items::check(&source.name, &file, seen);
        read.push((source, tokens::flat(&file)));
    }
    // What one file imports by another name, or all of, another may use.
    let imports = imports::of(read.iter().map(|(_, tokens)| tokens.as_slice()));
    for (source, tokens) in &read {
        names::check(&source.name, tokens, &imports, seen);
        declared.read(&source.name, &package.folder, tokens, &imports);
    }
}
