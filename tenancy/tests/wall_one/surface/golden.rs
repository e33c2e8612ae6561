//! The texts of the statements: `sql/<module>.sql`, a statement an entry.

use crate::surface::support::sql;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::{env, fs};

/// Held while a file is rewritten: tests run side by side.
static BLESSING: Mutex<()> = Mutex::new(());

/// Checks that the statement carries the organization wherever it names an organization table, and that its text is the golden
/// one. `module` is `wall_one::surface::<database>::<file>`.
pub(crate) fn hold(module: &str, name: &str, rendered: &str) {
    if let Err(why) = sql::check(rendered, crate::surface::billing::TENANT_TABLES) {
        panic!("{why}");
    }
    let mut parts = module.split("::").skip(2);
    let (database, file) = (parts.next().expect("a database"), parts.next().expect("a file"));
    // Wall two changes nothing in the text: the walls read no common variable.
    let database = if database == "both_walls" { "postgres" } else { database };
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/wall_one/surface/sql").join(file).with_extension("sql");
    let key = format!("{name}, {database}");
    if env::var_os("TENANCY_BLESS").is_some() {
        let _guard = BLESSING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut entries = read(&path);
        entries.insert(key, rendered.to_owned());
        let text: Vec<_> = entries.iter().map(|(key, sql)| format!("-- {key}\n{sql}\n")).collect();
        fs::write(&path, text.join("\n")).expect("the golden file can be written");
        return;
    }
    let entries = read(&path);
    let golden = entries.get(&key).unwrap_or_else(|| panic!("no entry `{key}` in {}: TENANCY_BLESS=1", path.display()));
    assert_eq!(rendered, golden, "`{key}` of {} (TENANCY_BLESS=1 rewrites it)", path.display());
}

/// The statements of one database: where they stand, what they are called, and their text.
pub(crate) fn all(database: &str) -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/wall_one/surface/sql");
    let files = fs::read_dir(&folder).expect("the golden files").map(|file| file.expect("a file").path());
    let mut all = Vec::new();
    for path in files {
        let file = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let entries = read(&path).into_iter();
        let of_database =
            entries.filter_map(|(key, sql)| Some((key.strip_suffix(database)?.strip_suffix(", ")?.to_owned(), sql)));
        all.extend(of_database.map(|(name, sql)| (format!("{file}: {name}"), sql)));
    }
    all.sort();
    all
}

fn read(path: &PathBuf) -> BTreeMap<String, String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let entries = text.split("\n\n").filter(|entry| !entry.trim().is_empty());
    entries
        .map(|entry| {
            let (key, sql) = entry.trim().split_once('\n').expect("a name and a text");
            (key.trim_start_matches("-- ").to_owned(), sql.to_owned())
        })
        .collect()
}
