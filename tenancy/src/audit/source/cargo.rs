//! Manifests and `Cargo.lock`: drivers, versions, patches, features, lints.

use super::Seen;
use super::files::{Package, relative};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use toml::{Table, Value};

/// Packages that reach a database by themselves.
const DRIVERS: &[&str] = &[
    "tokio-postgres",
    "postgres",
    "sqlx",
    "sqlx-core",
    "sqlx-postgres",
    "sqlx-sqlite",
    "rusqlite",
    "tokio-rusqlite",
    "sea-orm",
    "mysql",
    "mysql_async",
    "tiberius",
    "deadpool-postgres",
    "deadpool-sqlite",
    "bb8-postgres",
    "r2d2_postgres",
    "r2d2_sqlite",
    "rbatis",
    "rbdc-pg",
    "toasty",
    "welds",
    "ormlite",
    "libsql",
    "turso",
    "cornucopia_async",
    "clorinde",
    "pg-embed",
    "odbc-api",
];

fn parse(name: &str, text: &str, seen: &mut Seen) -> Option<Table> {
    match text.parse() {
        Ok(table) => Some(table),
        Err(why) => {
            let why: toml::de::Error = why;
            seen.add("S25", name, 1, "", format!("does not parse: {}", why.message()));
            None
        }
    }
}

/// The line on which a name first stands, for people.
fn line_of(text: &str, word: &str) -> usize {
    text.lines().position(|line| line.contains(word)).map_or(1, |at| at + 1)
}

/// What concerns the workspace: `Cargo.lock`, and patches of its manifest.
pub(super) fn workspace(root: &Path, seen: &mut Seen) {
    let manifest = root.join("Cargo.toml");
    if let Ok(text) = fs::read_to_string(&manifest) {
        let name = relative(root, &manifest);
        if let Some(table) = text.parse::<Table>().ok().filter(|table| !table.contains_key("package")) {
            patches(&name, &text, &table, seen);
        }
    }
    if let Ok(text) = fs::read_to_string(root.join("Cargo.lock"))
        && let Some(table) = parse("Cargo.lock", &text, seen)
    {
        lock(&text, &table, seen);
    }
}

fn lock(text: &str, table: &Table, seen: &mut Seen) {
    let packages = table.get("package").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let field = |package: &Value, field: &str| package.get(field).and_then(Value::as_str).unwrap_or("").to_owned();
    for name in ["tenancy", "tenancy-macros"] {
        let versions: Vec<String> =
            packages.iter().filter(|package| field(package, "name") == name).map(|p| field(p, "version")).collect();
        if versions.len() > 1 {
            let line = line_of(text, &format!("name = \"{name}\""));
            seen.add("S24", "Cargo.lock", line, name, format!("versions {} of {name}", versions.join(", ")));
        }
    }
    for package in packages {
        let name = field(package, "name");
        let line = line_of(text, &format!("name = \"{name}\""));
        // diesel-async stands on tokio-postgres; whatever else does is another way to the database.
        if DRIVERS.contains(&name.as_str()) && name != "tokio-postgres" {
            seen.add("S15", "Cargo.lock", line, &name, format!("the driver {name} is in the dependency tree"));
        }
        let needs = package.get("dependencies").and_then(Value::as_array);
        let postgres =
            |need: &Value| need.as_str().is_some_and(|need| need.split(' ').next() == Some("tokio-postgres"));
        let through = needs.is_some_and(|needs| needs.iter().any(postgres));
        if through && name != "diesel-async" && package.get("source").is_some() {
            seen.add("S15", "Cargo.lock", line, &name, format!("{name} stands on tokio-postgres"));
        }
    }
}

fn patches(name: &str, text: &str, table: &Table, seen: &mut Seen) {
    let ours = |key: &str, value: &Value| {
        let package = value.get("package").and_then(Value::as_str);
        let named = key.split(':').next().unwrap_or(key);
        [Some(named), package].into_iter().flatten().any(|name| name == "tenancy" || name == "tenancy-macros")
    };
    let sources = table.get("patch").and_then(Value::as_table).into_iter().flatten().map(|(_, value)| value);
    for patched in sources.chain(table.get("replace")).filter_map(Value::as_table).flatten() {
        if ours(patched.0, patched.1) {
            seen.add("S23", name, line_of(text, patched.0), patched.0, "replaces tenancy by another source");
        }
    }
}

pub(super) fn package(root: &Path, package: &Package, seen: &mut Seen) {
    let name = &package.manifest_name;
    let Some(table) = parse(name, &package.manifest, seen) else { return };
    patches(name, &package.manifest, &table, seen);
    let targets = table.get("target").and_then(Value::as_table).into_iter().flatten().map(|(_, target)| target);
    let normal = targets.filter_map(|target| target.get("dependencies")).chain(table.get("dependencies"));
    for (key, value) in normal.filter_map(Value::as_table).flatten() {
        let package_name = value.get("package").and_then(Value::as_str).unwrap_or(key);
        let inherited = inherited(root, key, value);
        let value = inherited.as_ref().unwrap_or(value);
        dependency(name, &package.manifest, (key, package_name), value, seen);
    }
    lints(root, package, &table, seen);
}

/// `x.workspace = true`: what the workspace says of it.
fn inherited(root: &Path, key: &str, value: &Value) -> Option<Value> {
    value.get("workspace").and_then(Value::as_bool).filter(|inherited| *inherited)?;
    let text = fs::read_to_string(root.join("Cargo.toml")).ok()?;
    let table: Table = text.parse().ok()?;
    let mut base = table.get("workspace")?.get("dependencies")?.get(key)?.clone();
    // Features of the two places add up.
    if let (Some(base), Some(own)) = (base.as_table_mut(), value.get("features").and_then(Value::as_array)) {
        let features = base.entry("features").or_insert_with(|| Value::Array(Vec::new()));
        if let Some(features) = features.as_array_mut() {
            features.extend(own.iter().cloned());
        }
    } else if let Some(own) = value.get("features") {
        let mut with = Table::new();
        with.insert("features".to_owned(), own.clone());
        return Some(Value::Table(with));
    }
    Some(base)
}

fn dependency(file: &str, text: &str, (key, package): (&str, &str), value: &Value, seen: &mut Seen) {
    let line = line_of(text, key);
    let name = value.get("package").and_then(Value::as_str).unwrap_or(package);
    if DRIVERS.contains(&name) {
        seen.add("S15", file, line, name, format!("{name} is a direct dependency"));
    }
    if name == "diesel_migrations" || name == "diesel-async-migrations" {
        seen.add("S16", file, line, name, format!("{name} is a direct dependency"));
    }
    if name == "tenancy-testkit" {
        seen.add("S21", file, line, name, "the test kit is a normal dependency");
    }
    if name != "tenancy" {
        return;
    }
    let features = value.get("features").and_then(Value::as_array).into_iter().flatten();
    if features.filter_map(Value::as_str).any(|feature| feature == "signer") {
        seen.add("S21", file, line, "signer", "the feature that signs grants is on");
    }
    if value.get("git").is_some() || value.get("path").is_some() {
        seen.add("S23", file, line, "tenancy", "tenancy comes from git or a folder, not from a registry");
    }
}

/// S19: a crate root that does not forbid `unsafe`.
fn lints(root: &Path, package: &Package, table: &Table, seen: &mut Seen) {
    let forbids = |table: &Value| {
        let level = table.get("rust").and_then(|rust| rust.get("unsafe_code"));
        let level = level.map(|level| level.get("level").unwrap_or(level));
        level.and_then(Value::as_str) == Some("forbid")
    };
    let own = table.get("lints");
    let by_workspace = own.and_then(|lints| lints.get("workspace")).and_then(Value::as_bool) == Some(true) && {
        let text = fs::read_to_string(root.join("Cargo.toml")).unwrap_or_default();
        let workspace: Table = text.parse().unwrap_or_default();
        workspace.get("workspace").and_then(|workspace| workspace.get("lints")).is_some_and(forbids)
    };
    if own.is_some_and(forbids) || by_workspace {
        return;
    }
    let mut named: BTreeSet<String> = BTreeSet::new();
    let targets = table.get("bin").and_then(Value::as_array).into_iter().flatten().chain(table.get("lib"));
    named.extend(targets.filter_map(|target| target.get("path")).filter_map(Value::as_str).map(str::to_owned));
    for source in &package.sources {
        let below = relative(&package.folder, &source.path);
        let bin = below.strip_prefix("src/bin/").is_some_and(|rest| !rest.contains('/') || rest.ends_with("/main.rs"));
        let is_root = matches!(below.as_str(), "src/lib.rs" | "src/main.rs") || bin || named.contains(&below);
        let spaceless: String = source.text.chars().filter(|c| !c.is_whitespace()).collect();
        if is_root && !spaceless.contains("#![forbid(unsafe_code") {
            seen.add("S19", &source.name, 1, "", "does not forbid `unsafe`");
        }
    }
}
