//! S01 to S09: the declared tables against each other, the migrations and `diesel.toml`.

use super::declared::{Declared, SchemaCall, Table};
use super::seen::Seen;
use std::fs;
use std::path::Path;

pub(super) fn check(root: &Path, declared: &Declared, seen: &mut Seen) {
    let tables: Vec<(&Table, Option<&SchemaCall>)> =
        declared.tables.iter().map(|table| (table, schema_of(root, declared, table))).collect();
    for (at, (table, schema)) in tables.iter().enumerate() {
        second(&tables, at, seen);
        kind(declared, table, *schema, seen);
        if let Some(schema) = schema {
            classified(table, schema, seen);
        }
    }
    joins(&tables, declared, seen);
    printed(root, declared, seen);
}

/// The `schema!` that contains a table, or that reads its file.
fn schema_of<'a>(root: &Path, declared: &'a Declared, table: &Table) -> Option<&'a SchemaCall> {
    let reads = |schema: &&SchemaCall| schema.reads.as_ref().is_some_and(|path| *path == root.join(&table.file));
    table.within.map(|at| &declared.schemas[at]).or_else(|| declared.schemas.iter().find(reads))
}

fn add(seen: &mut Seen, id: &'static str, table: &Table, detail: String) {
    seen.add(id, &table.file, table.line, &table.name, detail);
}

/// The later declaration of a name is reported, or the one outside of `schema!`.
fn second(tables: &[(&Table, Option<&SchemaCall>)], at: usize, seen: &mut Seen) {
    let (table, schema) = tables[at];
    let place = |table: &Table| table.schema.clone().unwrap_or_else(|| "public".to_owned());
    let twin = tables.iter().enumerate().find(|(other_at, (other, other_schema))| {
        let same_name = other.sql_name.eq_ignore_ascii_case(&table.sql_name);
        // Two SQL schemas may have a table of one name each.
        let twin = same_name && place(other).eq_ignore_ascii_case(&place(table));
        let first = match (schema.is_some(), other_schema.is_some()) {
            (true, true) | (false, false) => other_at < &at,
            (ours, _) => !ours,
        };
        *other_at != at && twin && first
    });
    if let Some((_, (other, _))) = twin {
        let detail = format!("`{}` is declared in {}:{} too", table.sql_name, other.file, other.line);
        add(seen, "S01", table, detail);
    }
}

fn kind(declared: &Declared, table: &Table, schema: Option<&SchemaCall>, seen: &mut Seen) {
    let sql_name = table.sql_name.to_lowercase();
    let place = table.schema.as_deref().unwrap_or("public");
    if matches!(place, "pg_catalog" | "information_schema") || sql_name.starts_with("pg_") {
        add(seen, "S02", table, format!("`{place}.{sql_name}` is the server's own"));
    }
    if table.view {
        add(seen, "S03", table, format!("`{sql_name}` is a view"));
    } else if declared.views.contains(&sql_name) {
        add(seen, "S03", table, format!("a migration makes `{sql_name}` as a view"));
    }
    if declared.partitions.contains(&sql_name) {
        add(seen, "S09", table, format!("a migration makes `{sql_name}` as a partition or child"));
    }
    if schema.is_none() && !table.view {
        add(seen, "S04", table, format!("`{sql_name}` is declared outside of `tenancy::schema!`"));
    }
}

fn classified(table: &Table, schema: &SchemaCall, seen: &mut Seen) {
    let path = table.path();
    let own = schema.organizations.iter().find(|(name, _)| *name == path);
    let organization = own.map_or(&schema.organization, |(_, column)| column);
    let column = table.columns.iter().find(|(name, _)| name == organization);
    let unowned = schema.unowned.iter().find(|(name, _)| *name == path);
    match (unowned, column) {
        (Some((_, "global")), Some(_)) => {
            add(seen, "S05", table, format!("is global and has the column `{organization}`"));
        }
        (None, Some((_, true))) => add(seen, "S08", table, format!("`{organization}` is nullable")),
        _ => {}
    }
}

fn joins(tables: &[(&Table, Option<&SchemaCall>)], declared: &Declared, seen: &mut Seen) {
    for join in &declared.joins {
        let find = |written: &str| {
            let within = join.module.as_ref().map(|module| format!("{module}::{written}"));
            let of = |path: &str| tables.iter().find(|(table, schema)| schema.is_some() && table.path() == path);
            // A path from elsewhere ends as the table's own does.
            let ends = || {
                tables
                    .iter()
                    .find(|(table, schema)| schema.is_some() && written.ends_with(&format!("::{}", table.path())))
            };
            within.as_deref().and_then(of).or_else(|| of(written)).or_else(ends)
        };
        let (Some((child, of_child)), Some((parent, of_parent))) = (find(&join.child), find(&join.parent)) else {
            continue;
        };
        if unowned(*of_child, child) && !unowned(*of_parent, parent) {
            let detail = format!(
                "`{}` hangs below the organization table `{}` and has no organization",
                child.name, parent.name
            );
            seen.add("S06", &join.file, join.line, &child.name, detail);
        }
    }
}

fn unowned(schema: Option<&SchemaCall>, table: &Table) -> bool {
    let path = table.path();
    schema.is_some_and(|schema| schema.unowned.iter().any(|(unowned, _)| *unowned == path))
}

/// Every `diesel.toml`: the file that it writes must be one that a `schema!` reads.
fn printed(root: &Path, declared: &Declared, seen: &mut Seen) {
    let mut folders: Vec<&Path> = declared.paths.iter().map(|(_, folder)| folder.as_path()).collect();
    folders.push(root);
    folders.sort_unstable();
    folders.dedup();
    for folder in folders {
        let path = folder.join("diesel.toml");
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let name = super::files::relative(root, &path);
        let table: toml::Table = match text.parse() {
            Ok(table) => table,
            Err(why) => {
                seen.add("S25", &name, 1, "", format!("does not parse: {}", why.message()));
                continue;
            }
        };
        let print = table.get("print_schema");
        let file = print.and_then(|print| print.get("file")).and_then(toml::Value::as_str).unwrap_or("src/schema.rs");
        let written = folder.join(file);
        let read = declared.schemas.iter().any(|schema| schema.reads.as_ref() == Some(&written));
        if print.is_some() && written.exists() && !read {
            seen.add("S07", &name, 1, file, format!("writes `{file}`, which no `schema!` reads"));
        }
    }
}
