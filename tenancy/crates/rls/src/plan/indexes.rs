//! Indexes that do not begin with the organization: advice, because only a person knows who else needs them.
//!
//! A policy is asked about rows. An index finds the caller's value first, so whether and how many rows of *any* organization
//! have it shows in what the statement touched (`pg_stat_get_xact_tuples_fetched`, EXPLAIN with BUFFERS, time), and a unique
//! one says it in its error. Where the organization comes first, the search itself is inside one organization.

use super::context::Context;
use super::document::Plan;
use crate::catalog::{Index, Relation};
use crate::options::Level;
use crate::quote;
use tenancy::schema::DeclaredTable;

pub(super) fn advise(
    context: &Context<'_>,
    table: &DeclaredTable,
    organization: &str,
    live: &Relation,
    plan: &mut Plan,
) {
    let leads = |index: &Index| index.columns.first().is_some_and(|first| first.as_deref() == Some(organization));
    for index in live.indexes.iter().filter(|index| !leads(index)) {
        let of = format!("{} {}", context.label(table), index.name);
        let holds = index.columns.iter().flatten().any(|column| column == organization);
        let statements = || replacement(context, table, organization, live, index);
        if (index.unique || index.exclusion) && !holds {
            let reason = "it compares rows of all organizations: its error says that another one has the value, and \
                          before PostgreSQL 15.20 an upsert on it reads that row";
            plan.advise("key-without-organization", &of, reason, statements());
        } else if context.options.level == Level::Sealed {
            let reason = "it finds the caller's value in the rows of all organizations before the policy is asked: what a \
                          statement touched says how many there are";
            plan.advise("index-without-organization", &of, reason, statements());
        }
    }
}

/// The statements that put an index in its place which begins with the organization.
fn replacement(
    context: &Context<'_>,
    table: &DeclaredTable,
    organization: &str,
    live: &Relation,
    index: &Index,
) -> Vec<String> {
    let (sql, (schema, name)) = (context.sql(table), context.place(table));
    let old = quote::ident(&index.name);
    let Some(rest) = rest(index, organization) else {
        return vec![format!(
            "-- {old} is of the kind {}: it begins with {} with the extension btree_gin or btree_gist alone, or is \
             replaced by a btree index",
            index.method,
            quote::ident(organization)
        )];
    };
    let new = quote::ident(&quote::derived(name, &format!("{}_org", index.name)));
    // Neither is to be had for a partitioned table.
    let concurrently = if live.partitioned { "" } else { " CONCURRENTLY" };
    let unique = if index.unique { "UNIQUE " } else { "" };
    let mut statements = vec![format!("CREATE {unique}INDEX{concurrently} {new} ON {sql} USING {rest}")];
    let referrers = index.referrers.iter();
    statements.extend(referrers.map(|by| format!("-- {by} leads to {old}: let it lead to the new key first")));
    let Some(constraint) = &index.constraint else {
        statements.push(format!("DROP INDEX{concurrently} {}", quote::qualified(schema, &index.name)));
        return statements;
    };
    let constraint = quote::ident(constraint);
    let kind = if index.primary { "PRIMARY KEY" } else { "UNIQUE" };
    statements.push(match live.partitioned {
        false => format!(
            "ALTER TABLE {sql} DROP CONSTRAINT {constraint}, ADD CONSTRAINT {constraint} {kind} USING INDEX {new}{}",
            index.deferral()
        ),
        true => format!("-- then drop {constraint}, and add a {kind} of the same columns"),
    });
    statements
}

/// What follows USING in the new index; `None` for a kind that takes no organization, or a constraint that is no index
/// alone.
fn rest(index: &Index, organization: &str) -> Option<String> {
    let (method, columns) = index.definition.split_once(" (")?;
    if !matches!(method, "btree" | "hash") || index.exclusion {
        return None;
    }
    let mut columns = columns.to_owned();
    if index.columns.iter().flatten().any(|column| column == organization) {
        // It comes once. The server prints a name with quotes where it needs them.
        for printed in [organization.to_owned(), quote::ident(organization)] {
            for end in [",", ")"] {
                columns = columns.replacen(&format!(", {printed}{end}"), end, 1);
            }
        }
    }
    Some(format!("btree ({}, {columns}", quote::ident(organization)))
}
