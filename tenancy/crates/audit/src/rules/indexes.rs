//! Family E: keys and indexes of organization tables (E01, E04, E05, E14).

use super::server::lacks_fixes;
use crate::catalog::{Index, Relation};
use crate::context::Context;
use crate::rule::Check::Catalog;
use crate::rule::Severity::{Critical, High, Low, Medium};
use crate::rule::{Hit, Rule, Severity};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "E01",
        severity: Critical,
        title: "a key does not contain the organization",
        what: "Unique, primary and exclusion indexes of organization tables and their partitions; an exclusion compares the organization by `=`. On a server with the fixes a primary key is less (medium), and low are keys of UUIDs alone, which cannot be guessed, and primary keys that a sequence numbers.",
        why: "It compares rows of all organizations: its error tells that another one has the value, and before PostgreSQL 15.20, 16.16, 17.12 and 18.7 an upsert on it reads that row.",
        fix: "Replace the key by one that contains the organization.",
        check: Catalog(e01),
    },
    Rule {
        id: "E04",
        severity: High,
        title: "no index begins with the organization",
        what: "A valid index over every row of each organization table that begins with the organization column.",
        why: "Every statement asks for one organization; without the index it reads all of them.",
        fix: "`CREATE INDEX CONCURRENTLY .. (organization, ..)`.",
        check: Catalog(e04),
    },
    Rule {
        id: "E05",
        severity: Low,
        title: "row-level security keeps an index from being used",
        what: "Indexes of organization tables with operators that are not leakproof.",
        why: "Under a policy their conditions run after it, so the index does not find by them. Wall one's predicate still finds the organization first.",
        fix: "Nothing, if an organization is small; otherwise another type or operator class.",
        check: Catalog(e05),
    },
    Rule {
        id: "E14",
        severity: High,
        title: "an index does not begin with the organization",
        what: "On a sealed wall, every index of an organization table or of a partition or child of one, primary and unique keys too, begins with the organization column. A key that is critical by E01 on every server is not reported again.",
        why: "It finds a caller's value in the rows of all organizations before the policy is asked. What a statement has touched then says whether, and how often, another organization has the value: EXPLAIN with BUFFERS, `pg_stat_get_xact_tuples_fetched`, the time. A primary key `(id)` says that an id exists.",
        fix: "`tenancy rls plan` lists each one with the statements that replace it: `CREATE INDEX CONCURRENTLY .. (organization, ..)`, then `ADD CONSTRAINT .. USING INDEX` or `DROP INDEX CONCURRENTLY`.",
        check: Catalog(e14),
    },
];

/// Compares rows of one organization only.
fn has(index: &Index, organization: &str) -> bool {
    let place = index.columns.iter().position(|column| column.as_deref() == Some(organization));
    // An exclusion may compare by anything.
    place.is_some_and(|place| index.operators.get(place).is_none_or(|operator| operator == "="))
}

/// Indexes of organization tables, and of partitions and children that do not repeat their root's: with the organization.
pub(super) fn indexes<'a>(cx: &'a Context<'a>) -> impl Iterator<Item = (&'a Index, &'a str)> {
    let roots = cx.catalog.indexes.iter().filter_map(|index| Some((index, cx.organization(index.table)?)));
    let below = cx.children().flat_map(move |(child, root)| {
        let indexes = cx.catalog.indexes.iter().filter(move |index| index.table == child.oid);
        indexes.filter_map(move |index| Some((index, cx.organization(root)?)))
    });
    roots.chain(below)
}

fn e01(cx: &Context<'_>) -> Vec<Hit> {
    let keys = indexes(cx).filter(|(index, organization)| {
        (index.unique || index.primary || index.exclusion) && !has(index, organization)
    });
    let hit = |(index, organization): (&Index, &str)| {
        let columns: Vec<&str> =
            index.columns.iter().map(|column| column.as_deref().unwrap_or("an expression")).collect();
        let detail = format!("({}) is unique without `{organization}`", columns.join(", "));
        let hit = Hit::new(format!("{} {}", cx.catalog.name_of(index.table), index.name), detail);
        match guessed(cx, index) {
            _ if lacks_fixes(cx) => hit,
            Some(severity) => hit.at(severity),
            None => hit,
        }
    };
    keys.map(hit).collect()
}

/// How bad a key without the organization is where nothing is read through it: who can say the value of another
/// organization's row? `None`: it is a value that people give.
fn guessed(cx: &Context<'_>, index: &Index) -> Option<Severity> {
    let mut columns = index.columns.iter();
    let made = columns.all(|column| {
        let column = column.as_deref().and_then(|name| cx.catalog.column(index.table, name));
        // That a number was given out says what the sequence says (E07): how many rows there are.
        let numbered = |name: &String| {
            let mut sequences = cx.catalog.sequences.iter();
            sequences.any(|of| of.column.as_ref() == Some(name) && of.used_by.contains(&index.table))
        };
        column.is_some_and(|column| column.r#type == "uuid" || (index.primary && numbered(&column.name)))
    });
    match (made, index.primary) {
        (true, _) => Some(Low),
        (false, true) => Some(Medium),
        (false, false) => None,
    }
}

/// Valid, and over every row.
pub(super) fn whole(index: &Index) -> bool {
    index.valid && !index.partial
}

fn e04(cx: &Context<'_>) -> Vec<Hit> {
    let without = cx.organizations().filter(|(organization, table, _)| {
        let leads = |index: &&Index| index.columns.first().is_some_and(|first| first.as_deref() == Some(organization));
        !cx.catalog.indexes.iter().filter(|index| index.table == table.oid).any(|index| whole(index) && leads(&index))
    });
    let hit = |(organization, table, _): (&str, &Relation, _)| {
        Hit::new(table.full_name(), format!("no index begins with `{organization}`"))
    };
    without.map(hit).collect()
}

fn e05(cx: &Context<'_>) -> Vec<Hit> {
    let leaky = indexes(cx).filter(|(index, _)| index.leaky);
    let hit = |(index, _): (&Index, &str)| {
        let detail = format!("an operator of this {} index is not leakproof", index.method);
        Hit::new(format!("{} {}", cx.catalog.name_of(index.table), index.name), detail)
    };
    leaky.map(hit).collect()
}

/// One that is critical by E01, whatever the server, is not reported twice.
fn e14(cx: &Context<'_>) -> Vec<Hit> {
    let late = indexes(cx).filter(|(index, organization)| {
        let leads = index.columns.first().is_some_and(|first| first.as_deref() == Some(organization));
        let keeps = index.unique || index.primary || index.exclusion;
        let by_e01 = keeps && !has(index, organization) && guessed(cx, index).is_none();
        cx.options.sealed() && !leads && !by_e01
    });
    let hit = |(index, organization): (&Index, &str)| {
        let detail = format!("does not begin with `{organization}`: it finds a value in the rows of all organizations");
        Hit::new(format!("{} {}", cx.catalog.name_of(index.table), index.name), detail)
    };
    late.map(hit).collect()
}
