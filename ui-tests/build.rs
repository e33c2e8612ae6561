//! Writes the list of twins as modules of one crate: far cheaper than a program each.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let pass = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("tests/pass");
    println!("cargo::rerun-if-changed={}", pass.display());
    let mut twins = Vec::new();
    collect(&pass, &mut twins);
    twins.sort();
    let mut modules = String::new();
    for twin in &twins {
        let name = twin.strip_prefix(&pass).expect("below pass").with_extension("");
        let name = name.to_str().expect("UTF-8").replace(['/', '-'], "__");
        writeln!(modules, "#[path = {twin:?}]\nmod {name};").expect("to a string");
    }
    writeln!(modules, "const TWINS: usize = {};", twins.len()).expect("to a string");
    let out = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("twins.rs");
    fs::write(out, modules).expect("OUT_DIR is writable");
}

fn collect(folder: &Path, twins: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("readable folder").path();
        if path.is_dir() {
            collect(&path, twins);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            twins.push(path);
        }
    }
}
