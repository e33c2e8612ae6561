//! Inputs beside their outputs.
mod derives;
mod errors;
mod expansion;
mod file;
mod manifest;
mod pages;
mod permissions;
mod privileged;
mod samples;
mod settings;

use std::fmt::Write;
use std::path::Path;

use proc_macro2::TokenStream;

use crate::model::{Schema, Table};
use crate::read_schema::{Outcome, read};

/// What a schema means, or every error in it with line and column.
fn meaning(input: &str) -> String {
    let tokens = input.parse().expect("the test's input is Rust");
    let outcome = read(tokens, Path::new("/nowhere"));
    if outcome.errors.is_empty() { model(&outcome.schema) } else { messages(&outcome) }
}

fn messages(outcome: &Outcome) -> String {
    let mut text = String::new();
    for error in &outcome.errors.0 {
        let start = error.span.start();
        writeln!(text, "{}:{}: {}\n", start.line, start.column + 1, error.message()).expect("a string takes it");
    }
    text
}

/// The model, one line a fact.
fn model(schema: &Schema) -> String {
    let name = |index: usize| schema.tables[index].display();
    let mut lines = vec![format!("crate {}", tokens(&schema.krate))];
    lines.extend(schema.tables.iter().flat_map(table_lines));
    let joins = schema.joins.iter();
    lines.extend(joins.map(|join| {
        let (child, parent) = (name(join.child_table), name(join.parent_table));
        format!("join {child} -> {parent} ({})", join.foreign_key)
    }));
    let pairs = schema.pairs.iter();
    lines.extend(pairs.map(|&(left, right)| format!("pair {} {}", name(left), name(right))));
    lines.extend(schema.modules.iter().map(|module| {
        let inside = module.passthrough.iter().map(|inner| inner.ident.to_string());
        format!("module {} [{}]", module.name, inside.collect::<Vec<_>>().join(" "))
    }));
    let passed = |text: String| format!("passed through: {text}");
    lines.extend(schema.passthrough.iter().map(|module| passed(format!("mod {}", module.ident))));
    lines.extend(schema.uses.iter().map(|item| passed(tokens(item))));
    lines.extend(schema.grouping.iter().map(|(module, list)| {
        let place = module.as_ref().map(|module| format!(" in {module}")).unwrap_or_default();
        passed(format!("group by {}{place}", tokens(list)))
    }));
    lines.join("\n") + "\n"
}

fn table_lines(table: &Table) -> Vec<String> {
    let path = tokens(table.path());
    let schema = table.schema.as_ref().map(|schema| format!("{schema}.")).unwrap_or_default();
    let keys = table.primary_key.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let docs = table.attrs.len();
    let head = format!("{:?} {path} = \"{schema}{}\" key ({keys}), {docs} attributes", table.kind, table.sql_name);
    let imports = table.imports.iter().map(|item| format!("  {}", tokens(item)));
    let columns = table.columns.iter().enumerate().map(|(index, column)| {
        let length = column.max_length.as_ref().map(|length| format!(" max {length}")).unwrap_or_default();
        let organization = if table.org_column == Some(index) { "  <- organization" } else { "" };
        let ty = tokens(&column.sql_type);
        format!("  {} = \"{}\": {ty}{length}{organization}", column.name, column.sql_name)
    });
    std::iter::once(head).chain(imports).chain(columns).collect()
}

fn tokens(item: impl quote::ToTokens) -> String {
    item.to_token_stream().to_string().replace(" :: ", "::").replace(":: ", "::")
}

/// Rust as people write it.
fn pretty(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).expect("an expansion is Rust"))
}
