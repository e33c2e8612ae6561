//! The rules of a schema. Every breach is reported, each on its own span.
use std::collections::HashMap;

use proc_macro2::Span;
use quote::ToTokens;
use syn::ext::IdentExt;

use crate::errors::{Code, Error, Errors, nearest};
use crate::model::{Joinable, Kind, Schema, Table};

/// The most columns that diesel supports, with its widest feature.
const MAX_COLUMNS: usize = 128;

/// Checks the whole schema. An `incomplete` one lost something to an earlier error.
pub(crate) fn validate(schema: &Schema, incomplete: bool, errors: &mut Errors) {
    if schema.tables.is_empty() && !incomplete {
        errors.push(no_tables());
    }
    for table in &schema.tables {
        organization(table, errors);
        primary_key(table, errors);
        shape(table, errors);
        reserved(table, errors);
    }
    duplicate_tables(&schema.tables, errors);
    for join in &schema.joins {
        direction(schema, join, errors);
        composite_parent(schema, join, errors);
        organization_join(schema, join, errors);
        organization_types_of_join(schema, join, errors);
    }
}

fn no_tables() -> Error {
    Error::new(Code::NoTables, Span::call_site(), "this schema has no tables")
        .help("paste what `diesel print-schema` writes, or name its file: `file = \"src/schema.rs\";`")
}

fn organization(table: &Table, errors: &mut Errors) {
    match (table.kind, table.organization()) {
        (Kind::Tenant, None) => errors.push(no_organization(table)),
        (Kind::Tenant, Some(index)) => organization_column(table, index, errors),
        (Kind::Global, Some(index)) => errors.push(global_with_organization(table, index)),
        (Kind::Global, None) | (Kind::Platform, _) => {}
    }
}

fn no_organization(table: &Table) -> Error {
    let (name, column) = (table.display(), &table.org_name);
    let headline = format!("`{name}` belongs to an organization, but has no column `{column}` that says to which");
    let error = Error::new(Code::NoOrganization, table.name.span(), headline);
    let columns = table.columns.iter().map(|column| column.name.to_string()).collect::<Vec<_>>();
    let error = match nearest(&column.to_string(), columns.iter().map(String::as_str)) {
        Some(near) => error.help(format!("if `{near}` is that column, write `organization({name} = {near});`")),
        None => error.help(format!("add the column in a migration: `{column} -> Uuid`")),
    };
    error.help(format!(
        "if all organizations share its rows, list it: `global({name});`; if they are the operator's: `platform({name});`"
    ))
}

fn organization_column(table: &Table, index: usize, errors: &mut Errors) {
    let column = &table.columns[index];
    let (name, span) = (table.display(), column.name.span());
    if column.nullable() {
        errors.push(
            Error::new(
                Code::NullableOrganization,
                span,
                format!("`{name}::{}` may be NULL: such a row would belong to no organization", column.name),
            )
            .help(format!("make it `NOT NULL` in a migration; the schema then says `{} -> Uuid`", column.name)),
        );
    } else if column.org_type().is_none() {
        let ty = column.sql_type.to_token_stream().to_string().replace(' ', "");
        errors.push(
            Error::new(
                Code::OrganizationType,
                span,
                format!("`{name}::{}` cannot hold an organization, which is a UUID: its type is `{ty}`", column.name),
            )
            .help(organization_types(&ty)),
        );
    }
}

fn organization_types(written: &str) -> &'static str {
    match written {
        // Diesel knows `Bytea` and `Binary` for one type; the database does not compare a `bytea` with a `uuid`.
        "Bytea" => {
            "PostgreSQL has a type for it; migrate the column: `ALTER COLUMN .. TYPE uuid USING encode(.., 'hex')::uuid`"
        }
        // Padded: compared as text it would need a cast for each row.
        "Bpchar" | "Char" => "store it as `uuid` (PostgreSQL) or as `text`; `char(36)` is compared with its padding",
        _ => "store it as `Uuid` (Postgres), as `Binary` (16 bytes), or as `Text` (with hyphens)",
    }
}

fn global_with_organization(table: &Table, index: usize) -> Error {
    let (name, column) = (table.display(), &table.columns[index]);
    let headline = format!("`{name}` is listed as `global`, but its column `{}` says who owns each row", column.name);
    Error::new(Code::GlobalWithOrganization, column.name.span(), headline)
        .help(format!("take `{name}` out of `global(..)`: it is an organization's table"))
        .help("if its rows are shared, the column means something else: give it another name")
}

fn primary_key(table: &Table, errors: &mut Errors) {
    let name = table.display();
    if table.primary_key.is_empty() {
        errors.push(
            Error::new(Code::NoPrimaryKey, table.name.span(), format!("`{name}` has no primary key"))
                .help(format!("name its columns: `{} (id) {{ .. }}`", table.name)),
        );
    }
    for (position, key) in table.primary_key.iter().enumerate() {
        if table.primary_key[..position].contains(key) {
            let headline = format!("`{key}` stands twice in the primary key of `{name}`");
            errors.push(Error::new(Code::Duplicate, key.span(), headline).help("name each column once"));
        }
        if table.column(key).is_some() {
            continue;
        }
        let headline = format!("the primary key of `{name}` names `{key}`, which is no column of it");
        let error = Error::new(Code::UnknownPrimaryKey, key.span(), headline);
        let columns = table.columns.iter().map(|column| column.name.to_string()).collect::<Vec<_>>();
        errors.push(match nearest(&key.to_string(), columns.iter().map(String::as_str)) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("add the column, or name another one"),
        });
    }
}

/// Columns: not too many, each once, none named like the table.
fn shape(table: &Table, errors: &mut Errors) {
    let name = table.display();
    if table.columns.len() > MAX_COLUMNS {
        let headline = format!("`{name}` has {} columns; diesel supports {MAX_COLUMNS}", table.columns.len());
        errors.push(
            Error::new(Code::TooManyColumns, table.name.span(), headline)
                .help("leave out columns that the service does not use, or split the table"),
        );
    }
    let mut rust_names = HashMap::new();
    let mut sql_names = HashMap::new();
    for column in &table.columns {
        let rust_name = column.name.unraw().to_string();
        // A second name for a column would be a way to write it around the scope. SQLite ignores case here.
        let same_rust = rust_names.insert(rust_name, ()).is_some();
        let same_sql = sql_names.insert(column.sql_name.to_ascii_lowercase(), ()).is_some();
        if same_rust || same_sql {
            let headline = format!("`{name}` has the column `{}` twice", column.sql_name);
            errors.push(Error::new(Code::Duplicate, column.name.span(), headline).help("remove one of them"));
        }
        if column.name == table.name {
            let (column, span) = (&column.name, column.name.span());
            errors.push(
                Error::new(Code::ColumnNamedLikeTable, span, format!("the column `{column}` is named like its table"))
                    .help(format!("rename it in Rust: `#[sql_name = \"{column}\"] {column}_ -> ..`")),
            );
        }
    }
}

/// Two names for one SQL table would let one of them be listed as `global` while the other is an organization's.
fn duplicate_tables(tables: &[Table], errors: &mut Errors) {
    let mut rust_names = HashMap::new();
    let mut sql_names = HashMap::new();
    for table in tables {
        let same_rust = rust_names.insert(table.display(), table).is_some();
        let same_sql = sql_names.insert(sql_identity(table), table);
        let headline = match same_sql {
            _ if same_rust => format!("the table `{}` is declared twice", table.display()),
            Some(first) => format!("`{}` and `{}` are the same table in SQL", first.display(), table.display()),
            None => continue,
        };
        errors.push(Error::new(Code::Duplicate, table.name.span(), headline).help("declare each table once"));
    }
}

/// What a database would take for the same table: default schemas are not told apart, nor is letter case, because
/// some databases do not tell them apart either and a mistake here would open a table.
fn sql_identity(table: &Table) -> (Option<String>, String) {
    let schema = table.schema.as_ref().map(|schema| schema.unraw().to_string().to_ascii_lowercase());
    let schema = schema.filter(|schema| schema != "public" && schema != "main");
    (schema, table.sql_name.to_ascii_lowercase())
}

fn direction(schema: &Schema, join: &Joinable, errors: &mut Errors) {
    let (child, parent) = join.tables(schema);
    if child.kind != Kind::Global || parent.kind != Kind::Tenant {
        return;
    }
    let (child, parent) = (child.display(), parent.display());
    let headline = format!("`{child}` belongs to no organization, but its rows point at an organization's `{parent}`");
    errors.push(
        Error::new(Code::GlobalJoinsTenant, join.child_span, headline)
            .help(format!(
                "if `{child}` is an organization's, take it out of `global(..)` and give it the organization column"
            ))
            .help("else remove this `joinable!` and the foreign key"),
    );
}

/// One column holds a key of one column: `joinable!` has no way to say more.
fn composite_parent(schema: &Schema, join: &Joinable, errors: &mut Errors) {
    let (child, parent) = join.tables(schema);
    let keys = join.keys(schema);
    if keys.len() < 2 {
        return;
    }
    let names = keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let (child, parent, column) = (child.display(), parent.display(), &join.foreign_key);
    let headline = format!(
        "`{child}::{column}` is one column, and the key of `{parent}` that it should hold is several: ({names})"
    );
    errors.push(
        Error::new(Code::CompositeParent, join.child_span, headline)
            .help(format!(
                "remove this `joinable!`, and join with `.on(..)`: `{child}.inner_join({parent}.on(..))` compares the \
                 organizations by itself"
            ))
            .help(format!(
                "if `{}` alone tells the rows of `{parent}` apart within an organization, declare that key: the \
                 organization and `{}`",
                keys[keys.len() - 1],
                keys[keys.len() - 1]
            )),
    );
}

/// Only the scope sets the organization column, so it equals no column but another table's organization.
fn organization_join(schema: &Schema, join: &Joinable, errors: &mut Errors) {
    let (child, parent) = join.tables(schema);
    let from = child.org_column.is_some_and(|index| child.columns[index].name == join.foreign_key);
    let keys = join.keys(schema);
    let to = parent.org_column.is_some_and(|index| keys.contains(&&parent.columns[index].name));
    if from == to || child.kind == Kind::Platform || parent.kind == Kind::Platform || keys.len() != 1 {
        return;
    }
    let (child, parent) = (child.display(), parent.display());
    let column = &join.foreign_key;
    let headline = format!("`{child}::{column}` and the key of `{parent}`: one is an organization, the other is not");
    errors.push(
        Error::new(Code::OrganizationJoin, join.child_span, headline)
            .help(format!("if a row of `{parent}` is an organization, its key is the organization column: `organization({parent} = id);`"))
            .help("else remove this `joinable!`: a scope already keeps every row to one organization"),
    );
}

/// Every join between organization tables compares their organizations, in one type.
fn organization_types_of_join(schema: &Schema, join: &Joinable, errors: &mut Errors) {
    let (child, parent) = join.tables(schema);
    let column = |table: &Table| table.org_column.map(|index| table.columns[index].sql_type.clone());
    let stored = |table: &Table| table.org_column.and_then(|index| table.columns[index].org_type());
    let (Some(child_type), Some(parent_type)) = (column(child), column(parent)) else {
        return;
    };
    // One that is no organization's type is an error already.
    if stored(child).is_none() || stored(parent).is_none() || stored(child) == stored(parent) {
        return;
    }
    let written = |ty: &syn::TypePath| ty.to_token_stream().to_string().replace(' ', "");
    let (child_type, parent_type) = (written(&child_type), written(&parent_type));
    let (child, parent) = (child.display(), parent.display());
    let headline = format!(
        "`{child}` stores its organization as `{child_type}`, `{parent}` as `{parent_type}`: no join compares them"
    );
    errors.push(
        Error::new(Code::OrganizationJoin, join.child_span, headline)
            .help("store organizations in one type in all tables that are joined, or remove this `joinable!`"),
    );
}

/// What a table's module is made of; a column of the name would hide it.
fn reserved(table: &Table, errors: &mut Errors) {
    const NAMES: [&str; 7] = ["table", "columns", "dsl", "all_columns", "SqlType", "BoxedQuery", "diesel"];
    for column in table.columns.iter().filter(|column| NAMES.iter().any(|name| column.name == name)) {
        let name = &column.name;
        let headline = format!("the column `{name}` has the name of something that every table's module contains");
        errors.push(
            Error::new(Code::ReservedName, name.span(), headline)
                .help(format!("rename it in Rust: `#[sql_name = \"{name}\"] {name}_ -> ..`")),
        );
    }
}
