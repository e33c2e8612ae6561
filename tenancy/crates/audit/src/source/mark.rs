//! What a package says of itself: that it is the platform's, or that it is for tests.
//!
//! ```toml
//! [package.metadata.tenancy]
//! audit = "platform"                  # or "tests"
//! reason = "migrates, and imports reference data"
//! ```
//!
//! What a marked package may do is reported as accepted, with its reason, and not as wrong. A package without the mark that depends on a
//! marked one is wrong (S27): the mark would carry raw SQL into the service.

use super::cargo::{dependencies, line_of};
use super::files::Package;
use super::seen::{Mark, MarkedFor, Seen};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// The mark of a package, by its manifest. One that is not understood is reported and has no effect.
pub(super) fn of(package: &Package, seen: &mut Seen) -> Option<Mark> {
    let table: Table = package.manifest.parse().ok()?;
    let mark = table.get("package")?.get("metadata")?.get("tenancy")?;
    let text = |key: &str| mark.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let whom = match text("audit") {
        Some("platform") => Some(MarkedFor::Platform),
        Some("tests") => Some(MarkedFor::Tests),
        _ => None,
    };
    match (whom, text("reason")) {
        (Some(whom), Some(reason)) => Some(Mark { whom, reason: reason.to_owned() }),
        _ => {
            let line = line_of(&package.manifest, "metadata.tenancy");
            let why =
                "`[package.metadata.tenancy]` needs `audit = \"platform\"` or `audit = \"tests\"`, and a `reason`";
            seen.add("S25", &package.manifest_name, line, "package.metadata.tenancy", why);
            None
        }
    }
}

/// S27: a package without a mark that depends on one with a mark, other than for its tests.
pub(super) fn carried(packages: &[(&Package, Option<Mark>)], seen: &mut Seen) {
    let name = |package: &Package| -> Option<String> {
        let table: Table = package.manifest.parse().ok()?;
        Some(table.get("package")?.get("name")?.as_str()?.to_owned())
    };
    let marked = packages.iter().filter_map(|(package, mark)| Some((name(package)?, mark.as_ref()?)));
    let marked: BTreeMap<String, &Mark> = marked.collect();
    for (package, _) in packages.iter().filter(|(_, mark)| mark.is_none()) {
        let Ok(table) = package.manifest.parse::<Table>() else { continue };
        for (key, value) in dependencies(&table) {
            let needed = value.get("package").and_then(Value::as_str).unwrap_or(key);
            if marked.contains_key(needed) {
                let line = line_of(&package.manifest, key);
                let detail = format!("{needed} is marked as the platform's or as tests, and is a dependency here");
                seen.add("S27", &package.manifest_name, line, needed, detail);
            }
        }
    }
}
