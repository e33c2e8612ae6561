//! Family G: the wall's own schema against what `rls apply` makes (G04, G05).

use crate::catalog::{Grant, WallObject};
use crate::context::{Context, WALL_SCHEMA};
use crate::rule::Check::Catalog;
use crate::rule::Severity::{Critical, High};
use crate::rule::{Hit, Rule};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "G04",
        severity: Critical,
        title: "the wall's own schema or owner has more than `rls apply` makes",
        what: "Every object in the schema `tenancy`; the columns, defaults, constraints, indexes, statistics and policies of `tenancy.key`; and what else belongs to the owner of the wall.",
        why: "A check, an index expression or a function of the keys' owner is code that reads the keys.",
        fix: "Drop it, then rotate the key: `tenancy keys rotate`.",
        check: with_reach!(g04),
    },
    Rule {
        id: "G05",
        severity: High,
        title: "code outside of the wall names the token or the keys",
        what: "Functions, views, rules, defaults and checks that name `tenancy.scope`, `tenancy.key` or both halves of a key.",
        why: "A token that is copied acts for its organization as long as it lives; a key acts for all of them.",
        fix: "Drop it, or ask `tenancy.org()` for the organization.",
        check: with_reach!(g05),
    },
];

/// The columns of the table of keys, as the server prints them.
const KEY_COLUMNS: [&str; 5] = [
    "kid text not null",
    "ipad bytea not null",
    "opad bytea not null",
    "created_at timestamp with time zone not null default now()",
    "not_after timestamp with time zone",
];

/// Functions that `rls apply` makes; B13 looks into them.
const FUNCTIONS: [&str; 4] = ["org", "org_rw", "may_plan", "standing"];

fn made(object: &WallObject) -> bool {
    match object.kind.as_str() {
        "function" => FUNCTIONS.contains(&object.name.as_str()),
        "relation" => object.name == "key",
        "constraint" | "index" => object.name == "key_pkey",
        _ => false,
    }
}

fn g04(cx: &Context<'_>) -> Vec<Hit> {
    let reach = &cx.catalog.reach;
    let more = reach.wall.iter().filter(|object| !made(object));
    let more = more.map(|object| Hit::new(object.object.clone(), "is not of what `rls apply` makes"));
    more.chain(key_table(cx)).chain(of_the_owner(cx)).chain(shut(cx)).collect()
}

/// What the verifier cannot do without.
fn shut(cx: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    let schema = cx.catalog.schemas.iter().find(|schema| schema.name == WALL_SCHEMA);
    let enters = |grant: &Grant| grant.privilege == "USAGE" && cx.hands.contains(&grant.grantee);
    // A role that does not exist is C01's.
    if !cx.reach.is_empty() && schema.is_some_and(|schema| !schema.acl.iter().any(enters)) {
        hits.push(Hit::new("schema tenancy", "is shut to the service's role: every request is refused").at(High));
    }
    let reads = |grant: &Grant| {
        grant.privilege == "SELECT" && cx.catalog.role_name(grant.grantee) == cx.options.wall.owner_role
    };
    if let Some(table) = cx.catalog.named(WALL_SCHEMA, "key").filter(|table| !table.acl.iter().any(reads)) {
        hits.push(
            Hit::new(table.full_name(), "is shut to the owner of the verifier: every request is refused").at(High),
        );
    }
    hits
}

fn key_table(cx: &Context<'_>) -> Vec<Hit> {
    let Some(table) = cx.catalog.named(WALL_SCHEMA, "key") else { return Vec::new() };
    let live = &cx.catalog.reach.key_columns;
    let expected = |column: &&String| KEY_COLUMNS.contains(&column.as_str());
    let differs = live.iter().filter(|column| !expected(column)).map(|column| format!("has the column `{column}`"));
    let missing = KEY_COLUMNS.iter().filter(|column| !live.iter().any(|live| live == *column));
    let missing = missing.map(|column| format!("has no column `{column}`"));
    let kind = (table.kind != "r").then(|| "is no ordinary table".to_owned());
    let policies = table.rls.then(|| "has row-level security, which `rls apply` does not give it".to_owned());
    let lacks = cx.catalog.reach.key_lacks.iter().cloned();
    differs
        .chain(missing)
        .chain(kind)
        .chain(policies)
        .chain(lacks)
        .map(|why| Hit::new(table.full_name(), why))
        .collect()
}

/// The owner of the wall owns the wall, and tables that were handed to it; code of its own reads the keys.
fn of_the_owner(cx: &Context<'_>) -> Vec<Hit> {
    let Some(owner) = cx.catalog.role(&cx.options.wall.owner_role) else { return Vec::new() };
    let owned = cx.catalog.reach.owned.iter().filter(|owned| owned.owner == owner.oid && owned.schema != WALL_SCHEMA);
    let other = owned.filter(|owned| !cx.is_declared(owned.oid) && owned.kind != "sequence" && owned.kind != "schema");
    other.map(|owned| Hit::new(owned.object.clone(), "belongs to the owner of the keys, so it reads them")).collect()
}

fn g05(cx: &Context<'_>) -> Vec<Hit> {
    let mentions = cx.catalog.reach.mentions.iter().filter(|mention| mention.schema != WALL_SCHEMA);
    mentions.map(|mention| Hit::new(mention.object.clone(), "names the token or the keys of the wall")).collect()
}
