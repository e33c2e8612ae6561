//! What was written to what it means: names become tables, lists become kinds.
//!
//! Whatever cannot be resolved is reported here and left out; the rules on what was resolved are in `validate`.
mod privileges;

use std::collections::HashSet;

use proc_macro2::Span;
use syn::Ident;

use crate::errors::{Code, Error, Errors, nearest};
use crate::model::{Column, Joinable, Kind, Schema, Table};
use crate::parse::{Input, RawAllow, RawJoin, RawTable, Settings, TableRef};
use crate::paths;

/// Builds the model.
pub(crate) fn lower(input: Input, errors: &mut Errors) -> Schema {
    let Input { settings, incomplete, .. } = input;
    let mut tables = input.tables.into_iter().map(|raw| table(raw, &settings)).collect::<Vec<_>>();
    let mut names = Resolver { incomplete, errors };
    assign_columns(&mut tables, &settings, &mut names);
    assign_kinds(&mut tables, &settings, &mut names);
    for table in &mut tables {
        // Only an organization table's statements carry the organization; elsewhere the column is like any other.
        table.org_column = (table.kind == Kind::Tenant).then(|| table.organization()).flatten();
    }
    privileges::assign(&mut tables, &settings.privileged, &mut names);
    let joins: Vec<_> = input.joins.into_iter().filter_map(|raw| join(raw, &tables, &mut names)).collect();
    let joins = without_platform(joins, &mut tables);
    let pairs = pairs(&input.allows, &tables, &mut names);
    Schema {
        krate: settings.krate.unwrap_or_else(paths::default_crate),
        tables,
        joins,
        pairs,
        modules: input.modules,
        passthrough: input.passthrough,
        uses: input.uses,
        grouping: input.grouping,
        tracked_files: input.tracked_files,
    }
}

fn table(raw: RawTable, settings: &Settings) -> Table {
    let decl = raw.decl;
    let columns = decl.column_defs.into_iter().map(|column| Column {
        attrs: column.meta,
        name: column.column_name,
        sql_name: column.sql_name,
        sql_type: column.tpe,
        max_length: column.max_length,
    });
    let columns = columns.collect::<Vec<_>>();
    let primary_key = match decl.primary_keys {
        Some(keys) => keys.keys.into_iter().collect(),
        // Diesel's rule: without a list, a column `id` is the primary key.
        None => columns.iter().filter(|column| column.name == "id").map(|column| column.name.clone()).collect(),
    };
    Table {
        kind: Kind::Tenant,
        module: raw.module,
        attrs: decl.meta,
        imports: decl.use_statements,
        schema: decl.schema,
        name: decl.table_name,
        sql_name: decl.sql_name,
        primary_key,
        columns,
        org_column: None,
        org_name: settings.organization.clone().unwrap_or_else(|| Ident::new("org_id", Span::call_site())),
        privileges: None,
    }
}

fn assign_columns(tables: &mut [Table], settings: &Settings, names: &mut Resolver<'_>) {
    let mut seen = HashSet::new();
    for (named, column) in &settings.overrides {
        let Some(index) = names.find(tables, named, None, Code::UnknownListed, "`organization(..)`") else {
            continue;
        };
        if !seen.insert(index) {
            names.errors.push(twice(named, "listed twice in `organization(..)`"));
        }
        tables[index].org_name = column.clone();
    }
}

fn assign_kinds(tables: &mut [Table], settings: &Settings, names: &mut Resolver<'_>) {
    let global = settings.global.iter().map(|named| (named, Kind::Global, "`global(..)`"));
    let platform = settings.platform.iter().map(|named| (named, Kind::Platform, "`platform(..)`"));
    for (named, kind, list) in global.chain(platform) {
        let Some(index) = names.find(tables, named, None, Code::UnknownListed, list) else {
            // The error about the name is enough: the table that was meant is not reported for lacking what it needs
            // only because the name went wrong. With errors nothing is granted, so nothing is lost.
            if let Some(meant) = nearest_table(tables, named)
                && tables[meant].organization().is_none()
            {
                tables[meant].kind = kind;
            }
            continue;
        };
        match tables[index].kind {
            Kind::Tenant => tables[index].kind = kind,
            earlier if earlier == kind => names.errors.push(twice(named, &format!("listed twice in {list}"))),
            _ => names.errors.push(twice(named, "listed both as `global` and as `platform`")),
        }
    }
}

fn twice(named: &TableRef, what: &str) -> Error {
    Error::new(Code::ListedTwice, named.name.span(), format!("`{}` is {what}", named.display())).help(
        "a table's rows have one kind of owner: one organization (no list), all of them (`global`) or the operator \
         (`platform`)",
    )
}

fn join(raw: RawJoin, tables: &[Table], names: &mut Resolver<'_>) -> Option<Joinable> {
    let module = raw.module.as_ref();
    let child = names.find(tables, &raw.child, module, Code::UnknownName, "this `joinable!`");
    let parent = names.find(tables, &raw.parent, module, Code::UnknownName, "this `joinable!`");
    let (child, parent) = (child?, parent?);
    if tables[child].column(&raw.foreign_key).is_none() {
        names.errors.push(unknown_column(&tables[child], &raw.foreign_key));
        return None;
    }
    Some(Joinable {
        foreign_key: raw.foreign_key,
        child_table: child,
        parent_table: parent,
        child_span: raw.child.name.span(),
        span: raw.span,
    })
}

fn unknown_column(table: &Table, foreign_key: &Ident) -> Error {
    let headline =
        format!("this `joinable!` names the column `{foreign_key}`, which `{}` does not have", table.display());
    let error = Error::new(Code::UnknownName, foreign_key.span(), headline);
    let columns = table.columns.iter().map(|column| column.name.to_string()).collect::<Vec<_>>();
    match nearest(&foreign_key.to_string(), columns.iter().map(String::as_str)) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(format!("the foreign key is a column of the first table, `{}`", table.display())),
    }
}

/// No query holds a platform table and an organization's, so what `diesel print-schema` writes of a foreign key between them is left
/// out. The child's documentation says so: a warning could not be silenced in a file that a program writes.
fn without_platform(joins: Vec<Joinable>, tables: &mut [Table]) -> Vec<Joinable> {
    let (apart, kept): (Vec<_>, Vec<_>) = joins.into_iter().partition(|join| {
        let kinds = [tables[join.child_table].kind, tables[join.parent_table].kind];
        kinds.contains(&Kind::Platform) && kinds.contains(&Kind::Tenant)
    });
    for join in apart {
        let (child, parent) = (tables[join.child_table].display(), tables[join.parent_table].display());
        let note = format!(
            " `joinable!({child} -> {parent} ({}))` is left out: one of the tables is the platform's, so no query holds both. \
             Look the platform's row up in a statement of its own.",
            join.foreign_key
        );
        tables[join.child_table].attrs.push(syn::parse_quote!(#[doc = ""]));
        tables[join.child_table].attrs.push(syn::parse_quote!(#[doc = #note]));
    }
    kept
}

/// Every pair once, in source order, whichever lists it is in.
///
/// The command line lists every table, so a platform table among others is no mistake; it just stays apart from the
/// organizations'.
fn pairs(allows: &[RawAllow], tables: &[Table], names: &mut Resolver<'_>) -> Vec<(usize, usize)> {
    let mut seen = HashSet::new();
    let mut pairs = Vec::new();
    for allow in allows {
        let list = "this `allow_tables_to_appear_in_same_query!`";
        let find = |named| names.find(tables, named, allow.module.as_ref(), Code::UnknownName, list);
        let found = allow.tables.iter().filter_map(find).collect::<Vec<_>>();
        for (position, &left) in found.iter().enumerate() {
            for &right in &found[position + 1..] {
                let kinds = [tables[left].kind, tables[right].kind];
                let apart = kinds.contains(&Kind::Platform) && kinds.contains(&Kind::Tenant);
                if left != right && !apart && seen.insert((left.min(right), left.max(right))) {
                    pairs.push((left, right));
                }
            }
        }
    }
    pairs
}

/// Finds tables by name and keeps the complaints.
struct Resolver<'e> {
    incomplete: bool,
    errors: &'e mut Errors,
}

impl Resolver<'_> {
    /// The table that `named` means inside of `module`: that module's, else one outside of modules, else the only
    /// one of that name (a foreign key may lead into another schema, and `diesel print-schema` writes no path then).
    fn find(
        &mut self,
        tables: &[Table],
        named: &TableRef,
        module: Option<&Ident>,
        code: Code,
        place: &str,
    ) -> Option<usize> {
        let candidates = tables.iter().enumerate().filter(|(_, table)| table.name == named.name).collect::<Vec<_>>();
        let within = |module: Option<&Ident>| {
            candidates.iter().find(|(_, table)| table.module.as_ref() == module).map(|(index, _)| *index)
        };
        let found = match &named.module {
            // `crate::schema::invoices`: no module of the schema is called `schema`, so it leads to the macro itself.
            Some(module) => within(Some(module)).or_else(|| named.anchored.then(|| within(None)).flatten()),
            None if named.anchored => within(None),
            None => within(module).or_else(|| within(None)),
        };
        match (found, candidates.as_slice(), &named.module) {
            (Some(index), ..) => return Some(index),
            (None, [(index, _)], None) => return Some(*index),
            (None, [_, _, ..], None) => self.errors.push(ambiguous(named, &candidates, code, place)),
            // A table that could not be read is not "unknown": its own error says what is wrong.
            _ if self.incomplete => {}
            _ => self.errors.push(unknown_table(tables, named, code, place)),
        }
        None
    }
}

fn ambiguous(named: &TableRef, candidates: &[(usize, &Table)], code: Code, place: &str) -> Error {
    let paths = candidates.iter().map(|(_, table)| format!("`{}`", table.display())).collect::<Vec<_>>();
    Error::new(code, named.name.span(), format!("{place} names `{}`, which is more than one table", named.name))
        .help(format!("write one of {}", paths.join(", ")))
}

fn unknown_table(tables: &[Table], named: &TableRef, code: Code, place: &str) -> Error {
    let headline = format!("{place} names `{}`, but the schema has no such table", named.display());
    let error = Error::new(code, named.name.span(), headline);
    match nearest_table(tables, named) {
        Some(near) => error.help(format!("did you mean `{}`?", tables[near].display())),
        None => error.help("name a table of this schema, or remove the name"),
    }
}

fn nearest_table(tables: &[Table], named: &TableRef) -> Option<usize> {
    let known = tables.iter().map(Table::display).collect::<Vec<_>>();
    let near = nearest(&named.display(), known.iter().map(String::as_str))?;
    known.iter().position(|name| name == near)
}
