//! Manifests and `Cargo.lock`: drivers, versions, patches, features, lints.

use super::files::{Package, relative};
use super::items;
use super::seen::Seen;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
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
    "sqlx-mysql",
    "sqlx-macros",
    "sea-orm-migration",
    "postgres-native-tls",
    "postgres-openssl",
    "tokio-postgres-rustls",
    "async-sqlite",
    "rorm",
    "prisma-client-rust",
];

/// Drivers that are not allowed as direct dependencies; diesel and tenancy may depend on them.
const UNDER_DIESEL: &[&str] = &[
    "pq-sys",
    "libpq",
    "libpq-sys",
    "libsqlite3-sys",
    "sqlite",
    "sqlite3-sys",
    "mysqlclient-sys",
    "mysql_common",
    "duckdb",
    "deadpool-diesel",
    "bb8-diesel",
    "diesel-oci",
];

/// The packages of tenancy that a service may depend on.
const OURS: &[&str] = &[
    "tenancy",
    "tenancy-macros",
    "tenancy-rls",
    "tenancy-audit",
    "tenancy-secrets",
    "tenancy-tls",
    "tenancy-service",
    "tenancy-gateway",
];

/// Packages that migrate.
const MIGRATE: &[&str] = &["diesel_migrations", "diesel-async-migrations", "refinery", "barrel", "sqlx-cli"];

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

/// What a package depends on to be built, on any platform. Not what its tests or its build script need.
pub(super) fn dependencies(table: &Table) -> impl Iterator<Item = (&String, &Value)> {
    let targets = table.get("target").and_then(Value::as_table).into_iter().flatten().map(|(_, target)| target);
    let normal = targets.filter_map(|target| target.get("dependencies")).chain(table.get("dependencies"));
    normal.filter_map(Value::as_table).flatten()
}

/// The line with the first occurrence of a name, for messages.
pub(super) fn line_of(text: &str, word: &str) -> usize {
    text.lines().position(|line| line.contains(word)).map_or(1, |at| at + 1)
}

/// The folder of the workspace that a folder belongs to: itself, or one above.
pub(super) fn workspace_of(root: &Path) -> PathBuf {
    let absolute = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let is_workspace = |folder: &&Path| {
        let text = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        text.parse::<Table>().is_ok_and(|table| table.contains_key("workspace"))
    };
    match absolute.ancestors().find(is_workspace) {
        // As it was given, so that names stay as they were given.
        Some(folder) if folder != absolute => folder.to_owned(),
        _ => root.to_owned(),
    }
}

/// What concerns the workspace: `Cargo.lock`, patches of its manifest, cargo's own configuration.
pub(super) fn workspace(root: &Path, workspace: &Path, seen: &mut Seen) {
    let manifest = workspace.join("Cargo.toml");
    if let Ok(text) = fs::read_to_string(&manifest) {
        let name = relative(root, &manifest);
        // One with a package below the root is read as such.
        let elsewhere = |table: &Table| !table.contains_key("package") || workspace != root;
        if let Some(table) = text.parse::<Table>().ok().filter(elsewhere) {
            patches(&name, &text, &table, seen);
        }
    }
    let path = workspace.join("Cargo.lock");
    if let Ok(text) = fs::read_to_string(&path) {
        let name = relative(root, &path);
        if let Some(table) = parse(&name, &text, seen) {
            lock(&name, &text, &table, seen);
        }
    }
    configuration(root, workspace, seen);
}

/// `.cargo/config.toml` replaces packages and switches lints off without a word in a manifest.
fn configuration(root: &Path, workspace: &Path, seen: &mut Seen) {
    let folders = if workspace == root { vec![root] } else { vec![root, workspace] };
    for path in folders.into_iter().flat_map(|at| ["config.toml", "config"].map(|name| at.join(".cargo").join(name))) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let name = relative(root, &path);
        let Some(table) = parse(&name, &text, seen) else { continue };
        patches(&name, &text, &table, seen);
        let paths = table.get("paths").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        if let Some(path) = paths.into_iter().find(|path| path.contains("tenancy")) {
            seen.add("S23", &name, line_of(&text, path), path, "replaces tenancy by another source");
        }
        if text.contains("cap-lints") {
            seen.add("S19", &name, line_of(&text, "cap-lints"), "cap-lints", "lints are switched off, `forbid` too");
        }
    }
}

fn lock(file: &str, text: &str, table: &Table, seen: &mut Seen) {
    let packages = table.get("package").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let field = |package: &Value, field: &str| package.get(field).and_then(Value::as_str).unwrap_or("").to_owned();
    for name in OURS {
        let versions: Vec<String> =
            packages.iter().filter(|package| field(package, "name") == *name).map(|p| field(p, "version")).collect();
        if versions.len() > 1 {
            let line = line_of(text, &format!("name = \"{name}\""));
            seen.add("S24", file, line, name, format!("versions {} of {name}", versions.join(", ")));
        }
    }
    let needs = |package: &Value, wanted: &str| {
        let needs = package.get("dependencies").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        needs.iter().filter_map(Value::as_str).any(|need| need.split(' ').next() == Some(wanted))
    };
    // Our own dependencies, if only tenancy asks for them.
    let only_ours =
        |name: &str| packages.iter().filter(|package| needs(package, name)).all(|by| field(by, "name") == "tenancy");
    for package in packages {
        let name = field(package, "name");
        let line = line_of(text, &format!("name = \"{name}\""));
        // tenancy and diesel-async depend on tokio-postgres; any other package that does is another way to the database.
        let ours = match name.as_str() {
            "tokio-postgres" | "tenancy" | "tenancy-rls" | "diesel-async" => true,
            "tokio-postgres-rustls" => only_ours("tokio-postgres-rustls"),
            _ => false,
        };
        if DRIVERS.contains(&name.as_str()) && !ours {
            seen.add("S15", file, line, &name, format!("the driver {name} is in the dependency tree"));
        }
        if needs(package, "tokio-postgres") && !ours && package.get("source").is_some() {
            seen.add("S15", file, line, &name, format!("{name} stands on tokio-postgres"));
        }
    }
}

fn patches(name: &str, text: &str, table: &Table, seen: &mut Seen) {
    let ours = |key: &str, value: &Value| {
        let package = value.get("package").and_then(Value::as_str);
        let named = key.split(':').next().unwrap_or(key);
        [Some(named), package].into_iter().flatten().any(|name| OURS.contains(&name))
    };
    let sources = table.get("patch").and_then(Value::as_table).into_iter().flatten().map(|(_, value)| value);
    for patched in sources.chain(table.get("replace")).filter_map(Value::as_table).flatten() {
        if ours(patched.0, patched.1) {
            seen.add("S23", name, line_of(text, patched.0), patched.0, "replaces tenancy by another source");
        }
    }
}

pub(super) fn package(workspace: &Path, package: &Package, seen: &mut Seen) {
    let name = &package.manifest_name;
    let Some(table) = parse(name, &package.manifest, seen) else { return };
    patches(name, &package.manifest, &table, seen);
    for (key, value) in dependencies(&table) {
        let package_name = value.get("package").and_then(Value::as_str).unwrap_or(key);
        let inherited = inherited(workspace, key, value);
        let value = inherited.as_ref().unwrap_or(value);
        dependency(name, &package.manifest, (key, package_name), value, seen);
    }
    features(name, &package.manifest, &table, seen);
    lints(workspace, package, &table, seen);
}

/// A feature of the package's own that switches the signer on.
fn features(file: &str, text: &str, table: &Table, seen: &mut Seen) {
    let features = table.get("features").and_then(Value::as_table).into_iter().flatten();
    for (name, enables) in features {
        let enables = enables.as_array().into_iter().flatten().filter_map(Value::as_str);
        if enables.into_iter().any(|enabled| enabled.ends_with("/signing")) {
            let detail = format!("the feature `{name}` switches on the one that signs grants");
            seen.add("S21", file, line_of(text, "/signing"), name, detail);
        }
    }
}

/// `x.workspace = true`: what the workspace says of it.
fn inherited(workspace: &Path, key: &str, value: &Value) -> Option<Value> {
    value.get("workspace").and_then(Value::as_bool).filter(|inherited| *inherited)?;
    let text = fs::read_to_string(workspace.join("Cargo.toml")).ok()?;
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
    if DRIVERS.contains(&name) || UNDER_DIESEL.contains(&name) {
        seen.add("S15", file, line, name, format!("{name} is a direct dependency"));
    }
    if name == "diesel-dynamic-schema" || name == "diesel_dynamic_schema" {
        seen.add("S13", file, line, name, "tables and columns by text are raw SQL");
    }
    if MIGRATE.contains(&name) {
        seen.add("S16", file, line, name, format!("{name} is a direct dependency"));
    }
    if name == "tenancy-testkit" {
        seen.add("S21", file, line, name, "the test kit is a normal dependency");
    }
    if !OURS.contains(&name) {
        return;
    }
    let features = value.get("features").and_then(Value::as_array).into_iter().flatten();
    if name == "tenancy" && features.filter_map(Value::as_str).any(|feature| feature == "signing") {
        seen.add("S21", file, line, "signing", "the feature that signs grants is on");
    }
    if value.get("git").is_some() || value.get("path").is_some() {
        seen.add("S23", file, line, name, format!("{name} comes from git or a folder, not from a registry"));
    }
}

/// S19: a crate root that does not forbid `unsafe`.
fn lints(workspace: &Path, package: &Package, table: &Table, seen: &mut Seen) {
    let forbids = |table: &Value| {
        let level = table.get("rust").and_then(|rust| rust.get("unsafe_code"));
        let level = level.map(|level| level.get("level").unwrap_or(level));
        level.and_then(Value::as_str) == Some("forbid")
    };
    let own = table.get("lints");
    let by_workspace = own.and_then(|lints| lints.get("workspace")).and_then(Value::as_bool) == Some(true) && {
        let text = fs::read_to_string(workspace.join("Cargo.toml")).unwrap_or_default();
        let workspace: Table = text.parse().unwrap_or_default();
        workspace.get("workspace").and_then(|workspace| workspace.get("lints")).is_some_and(forbids)
    };
    if own.is_some_and(forbids) || by_workspace {
        return;
    }
    let named: BTreeSet<String> = super::files::targets(table).map(str::to_owned).collect();
    for source in &package.sources {
        let below = relative(&package.folder, &source.path);
        let bin = below.strip_prefix("src/bin/").is_some_and(|rest| !rest.contains('/') || rest.ends_with("/main.rs"));
        let is_root = matches!(below.as_str(), "src/lib.rs" | "src/main.rs") || bin || named.contains(&below);
        if is_root && !items::forbids_unsafe(&source.text) {
            seen.add("S19", &source.name, 1, "", "does not forbid `unsafe`");
        }
    }
}
