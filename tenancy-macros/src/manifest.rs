//! The schema as data: what `tenancy::schema::Manifest` reads.
//!
//! One JSON literal instead of a struct expression a column: rustc type-checks nothing of it, so a service that never
//! asks for its manifest pays for one string.
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::Ident;
use syn::ext::IdentExt;

use crate::model::{Column, Joinable, Kind, Schema, Table};

/// `pub fn schema_manifest()`, beside the tables.
///
/// It comes through a glob, so it gives way to an item of that name that the service wrote itself, and two schemas in
/// one module clash only where the name is used.
pub(crate) fn function(schema: &Schema) -> TokenStream {
    let Some(first) = schema.tables.first() else {
        return TokenStream::new();
    };
    let krate = &schema.krate;
    let path = first.module.iter().chain([&first.name]).map(|part| part.unraw().to_string()).collect::<Vec<_>>();
    let module = format_ident!("__tenancy_manifest_of_{}", path.join("_"));
    let text = json(schema);
    quote! {
        #[doc(hidden)]
        #[allow(dead_code, unreachable_pub, missing_docs)]
        mod #module {
            /// This schema as data: each table with its columns, keys and kind, and the joins between them.
            pub fn schema_manifest() -> #krate::schema::Manifest {
                #krate::schema::Manifest::__declared(::core::module_path!(), #text)
            }
        }
        #[doc(inline)]
        #[allow(unused_imports, unreachable_pub)]
        pub use #module::*;
    }
}

/// The literal.
pub(crate) fn json(schema: &Schema) -> String {
    let tables = list(schema.tables.iter().map(table));
    let joins = list(schema.joins.iter().map(|it| join(schema, it)));
    format!(r#"{{"tables":{tables},"joins":{joins}}}"#)
}

fn table(table: &Table) -> String {
    let kind = match table.kind {
        Kind::Tenant => "tenant",
        Kind::Global => "global",
        Kind::Platform => "platform",
    };
    let sql_name = |name: &Ident| table.column(name).map(|index| string(&table.columns[index].sql_name));
    let organization = table.org_column.map(|index| string(&table.columns[index].sql_name));
    let schema = table.schema.as_ref().map(|schema| string(&plain(schema)));
    format!(
        r#"{{"path":{},"schema":{},"name":{},"kind":"{kind}","columns":{},"primary_key":{},"organization":{}}}"#,
        string(&table.display()),
        schema.as_deref().unwrap_or("null"),
        string(&table.sql_name),
        list(table.columns.iter().map(column)),
        list(table.primary_key.iter().filter_map(sql_name)),
        organization.as_deref().unwrap_or("null"),
    )
}

fn column(column: &Column) -> String {
    format!(
        r#"{{"path":{},"name":{},"sql_type":{},"nullable":{},"max_length":{}}}"#,
        string(&plain(&column.name)),
        string(&column.sql_name),
        string(&declared_type(column)),
        column.nullable(),
        column.max_length.as_ref().map_or_else(|| "null".to_owned(), |length| length.base10_digits().to_owned()),
    )
}

/// The type as written, without spaces and without the `Nullable<..>` around it.
fn declared_type(column: &Column) -> String {
    let text = column.sql_type.to_token_stream().to_string().replace(' ', "");
    let inner = text.split_once("Nullable<").filter(|(before, _)| before.is_empty() || before.ends_with("::"));
    match inner.and_then(|(_, inner)| inner.strip_suffix('>')) {
        Some(inner) if column.nullable() => inner.to_owned(),
        _ => text,
    }
}

fn join(schema: &Schema, join: &Joinable) -> String {
    let (child, parent) = (&schema.tables[join.child_table], &schema.tables[join.parent_table]);
    let column = child.column(&join.foreign_key).map(|index| child.columns[index].sql_name.as_str());
    format!(
        r#"{{"child":{},"column":{},"parent":{}}}"#,
        string(&child.display()),
        string(column.unwrap_or_default()),
        string(&parent.display()),
    )
}

fn plain(name: &Ident) -> String {
    name.unraw().to_string()
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

/// A JSON string: names in SQL may hold anything.
fn string(text: &str) -> String {
    let mut out = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            control if u32::from(control) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
