//! Family G: who owns what the service's statements reach (G01).

use super::names::path;
use crate::catalog::{Oid, Possession};
use crate::context::{Context, WALL_SCHEMA};
use crate::rule::Check::Catalog;
use crate::rule::Severity::{High, Medium};
use crate::rule::{Hit, Rule};
use std::collections::BTreeSet;

pub(super) static RULES: &[Rule] = &[Rule {
    id: "G01",
    severity: High,
    title: "an object that statements reach belongs to a role that is not accepted",
    what: "Owners of every object in the schemas of declared tables and of the service's `search_path`, of the server's own schemas, of languages and extensions, and of the types, functions, triggers and sequences that declared tables use anywhere. Accepted are superusers, the owner of the database, the owner of the wall, the role that owns most organization tables, the one that runs the audit, and those named with `--administrator`. Medium where no login can take the owner's role.",
    why: "An owner may replace a function, a view, a type's check or a table's trigger, and every session of the service then runs what it wrote.",
    fix: "`ALTER .. OWNER TO` the role that migrates, or name the owner with `--administrator`.",
    check: with_reach!(g01),
}];

/// Objects without a schema that run code, or decide what code means. Event triggers are D11's.
const EVERYWHERE: [&str; 3] = ["pg_language", "pg_extension", "pg_foreign_data_wrapper"];

/// Schemas whose objects the service's statements may reach.
fn watched(cx: &Context<'_>) -> BTreeSet<String> {
    let mut watched: BTreeSet<String> = cx.schemas().into_iter().map(str::to_owned).collect();
    watched.extend(path(cx).into_iter().chain(["pg_catalog".to_owned(), "information_schema".to_owned()]));
    watched
}

/// Types and functions that declared tables use, wherever they lie.
fn used(cx: &Context<'_>) -> BTreeSet<Oid> {
    let reach = &cx.catalog.reach;
    let types = reach.types.iter().filter(|used| used.tables.iter().any(|&table| cx.is_declared(table)));
    let types: BTreeSet<Oid> = types.map(|used| used.oid).collect();
    let calls = reach.calls.iter().filter(|call| cx.is_declared(call.rel) || types.contains(&call.rel));
    let triggers = cx.catalog.triggers.iter().filter(|trigger| cx.is_declared(trigger.table));
    let sequences = cx.catalog.sequences.iter().filter(|of| of.used_by.iter().any(|&table| cx.is_declared(table)));
    let functions = calls.map(|call| call.function).chain(triggers.map(|trigger| trigger.function));
    functions.chain(sequences.map(|of| of.sequence)).chain(types.iter().copied()).collect()
}

fn g01(cx: &Context<'_>) -> Vec<Hit> {
    let (watched, used) = (watched(cx), used(cx));
    let reached = |owned: &Possession| match owned.schema.as_str() {
        // B13, C13 and G04 look there.
        WALL_SCHEMA => false,
        "" => EVERYWHERE.contains(&owned.class.as_str()),
        schema => watched.contains(schema) || used.contains(&owned.oid),
    };
    // What the service's role owns is C03's.
    let strange =
        cx.catalog.reach.owned.iter().filter(|owned| !cx.accepted(owned.owner) && !cx.reach.contains(&owned.owner));
    let hits = strange.filter(|owned| reached(owned)).map(|owned| {
        let hit = Hit::new(owned.object.clone(), format!("belongs to {}", cx.catalog.role_name(owned.owner)));
        if cx.taken_by_a_login(owned.owner) { hit } else { hit.at(Medium) }
    });
    hits.collect()
}
