//! Which files are read.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// A package, with its Rust files.
pub(super) struct Package {
    /// Its folder.
    pub(super) folder: PathBuf,
    /// Its manifest, relative to the root.
    pub(super) manifest_name: String,
    /// The manifest's text.
    pub(super) manifest: String,
    pub(super) sources: Vec<Source>,
}

/// A file, with its name relative to the root.
pub(super) struct Source {
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// Every package below a folder.
pub(super) fn packages(root: &Path, exclude: &[PathBuf]) -> io::Result<Vec<Package>> {
    let mut found = Vec::new();
    for folder in folders(root, exclude)? {
        let path = folder.join("Cargo.toml");
        let Ok(manifest) = fs::read_to_string(&path) else { continue };
        if !has_package(&manifest) {
            continue;
        }
        let mut sources = Vec::new();
        for folder in folders(&folder.join("src"), &[]).unwrap_or_default() {
            sources.extend(files(&folder, "rs")?);
        }
        sources.extend(files(&folder, "rs")?.into_iter().filter(|path| path.ends_with("build.rs")));
        let table: toml::Table = manifest.parse().unwrap_or_default();
        sources.extend(named(&folder, &table));
        sources.sort();
        sources.dedup();
        let excluded = |path: &PathBuf| exclude.iter().any(|exclude| path.starts_with(root.join(exclude)));
        let sources: io::Result<Vec<Source>> =
            sources.into_iter().filter(|path| !excluded(path)).map(|path| read(root, path)).collect();
        found.push(Package { folder, manifest_name: relative(root, &path), manifest, sources: sources? });
    }
    Ok(found)
}

/// The files that a manifest names as its programs, library and build script.
pub(super) fn targets(table: &toml::Table) -> impl Iterator<Item = &str> {
    let programs = table.get("bin").and_then(toml::Value::as_array).into_iter().flatten();
    let paths = programs.chain(table.get("lib")).filter_map(|target| target.get("path"));
    let build = table.get("package").and_then(|package| package.get("build"));
    paths.chain(build).filter_map(toml::Value::as_str)
}

/// Those outside of `src/`, and the files beside them, which are their modules.
fn named(folder: &Path, table: &toml::Table) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in targets(table).map(|target| folder.join(target)).filter(|path| path.is_file()) {
        let beside = path.parent().filter(|beside| *beside != folder);
        for folder in beside.and_then(|beside| folders(beside, &[]).ok()).unwrap_or_default() {
            found.extend(files(&folder, "rs").unwrap_or_default());
        }
        found.push(path);
    }
    found
}

/// A manifest without a package is a workspace's own; one that does not parse is reported later.
fn has_package(manifest: &str) -> bool {
    manifest.parse::<toml::Table>().map_or(true, |table| table.contains_key("package"))
}

fn read(root: &Path, path: PathBuf) -> io::Result<Source> {
    let text = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
    Ok(Source { name: relative(root, &path), path, text })
}

/// A path as findings name it.
pub(super) fn relative(root: &Path, path: &Path) -> String {
    let text = |path: &Path| path.to_string_lossy().replace('\\', "/");
    if let Ok(below) = path.strip_prefix(root) {
        return text(below);
    }
    // The workspace above: by as many steps up as it takes.
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let above = root.ancestors().enumerate().find_map(|(steps, above)| Some((steps, path.strip_prefix(above).ok()?)));
    above.map_or_else(|| text(path), |(steps, below)| "../".repeat(steps) + &text(below))
}

/// The folder and all below it, without links, hidden ones, and what programs fill.
pub(super) fn folders(root: &Path, exclude: &[PathBuf]) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let skipped = name.starts_with('.') || matches!(name.as_str(), "target" | "node_modules");
            let excluded = exclude.iter().any(|exclude| entry.path().starts_with(root.join(exclude)));
            if entry.file_type()?.is_dir() && !skipped && !excluded {
                open.push(entry.path());
            }
        }
        found.push(folder);
    }
    found.sort();
    Ok(found)
}

/// The files of one folder with that ending.
pub(super) fn files(folder: &Path, ending: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == ending) && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
