//! Family G: who owns what the service's statements reach (G01). The texts are in `g_rules.rs`.

use super::catalog::{Oid, Possession};
use super::context::{Context, WALL_SCHEMA};
use super::g_names::path;
use super::rule::Hit;
use super::rule::Severity::Medium;
use std::collections::{BTreeMap, BTreeSet};

/// Objects without a schema that run code, or decide what code means. Event triggers are D11's.
const EVERYWHERE: [&str; 3] = ["pg_language", "pg_extension", "pg_foreign_data_wrapper"];

impl Context<'_> {
    pub(super) fn superuser(&self, oid: Oid) -> bool {
        self.catalog.roles.iter().any(|role| role.oid == oid && role.superuser)
    }

    /// Who may own what the service's statements reach, and create beside it.
    pub(super) fn accepted(&self, oid: Oid) -> bool {
        let database = self.catalog.database.owner;
        let virtually = self.catalog.role_name(oid) == "pg_database_owner" && oid != database;
        self.superuser(oid)
            || self.trusted(oid)
            || self.known_login(oid)
            || oid == database
            || (virtually && self.accepted(database))
            || self.main_owner() == Some(oid)
    }

    /// The role that owns most tenant tables. Logins that can take it are C14's.
    fn main_owner(&self) -> Option<Oid> {
        let mut owned: BTreeMap<Oid, usize> = BTreeMap::new();
        self.tenants().for_each(|(_, table)| *owned.entry(table.owner).or_default() += 1);
        let all = self.tenants().count();
        owned.into_iter().find(|(_, count)| count * 2 > all).map(|(owner, _)| owner)
    }

    /// A login can act as this role.
    pub(super) fn taken_by_a_login(&self, oid: Oid) -> bool {
        let logins = self.catalog.roles.iter().filter(|role| role.login && !role.superuser);
        logins.into_iter().any(|login| self.reached_from(login.oid).contains(&oid))
    }

    /// Neither accepted nor declared, nor one of the server's own roles, nor the service's.
    pub(super) fn stranger(&self, oid: Oid) -> bool {
        let name = self.catalog.role_name(oid);
        !(self.hands.contains(&oid) || self.accepted(oid) || self.declared_role(oid) || name.starts_with("pg_"))
    }

    /// A declared table of any kind, or a partition or child of a tenant table.
    pub(super) fn is_declared(&self, oid: Oid) -> bool {
        let relation = self.catalog.relation(oid);
        self.holds_tenants(oid) || relation.is_some_and(|relation| self.declared(relation).is_some())
    }

    /// Schemas whose objects the service's statements may reach.
    fn watched(&self) -> BTreeSet<String> {
        let mut watched: BTreeSet<String> = self.schemas().into_iter().map(str::to_owned).collect();
        watched.extend(path(self).into_iter().chain(["pg_catalog".to_owned(), "information_schema".to_owned()]));
        watched
    }
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

pub(super) fn g01(cx: &Context<'_>) -> Vec<Hit> {
    let (watched, used) = (cx.watched(), used(cx));
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
