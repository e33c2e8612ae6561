//! Family C: what roles beside the service's can reach (C10, C13, C14). The keys themselves are compared in `keys.rs`.

use super::grants::holders;
use super::service_role::{DANGEROUS, powers, role};
use crate::catalog::{Oid, Relation, Role};
use crate::context::{Context, WALL_SCHEMA};
use crate::rule::Check::Catalog;
use crate::rule::Severity::{Critical, High, Medium};
use crate::rule::{Hit, Rule};
use std::collections::BTreeSet;
use tenancy::schema::TableKind;

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "C10",
        severity: High,
        title: "an undeclared role holds privileges on an organization table",
        what: "Grantees of organization tables that are neither the owner, nor the service's role, nor declared as readers; logins that can take the service's role, or one that is named to the audit. Medium: grants to such roles on platform tables, to write shared ones, and on sequences of organization tables.",
        why: "The policies were made for the service's role; it is not decided what this one may see.",
        fix: "Revoke, or declare the role with `--reader`.",
        check: Catalog(c10),
    },
    Rule {
        id: "C13",
        severity: Critical,
        title: "a role other than their owner reaches the keys",
        what: "Grants on the schema `tenancy` and its tables, who owns them, logins that can take their owner's role or read all data, and views, triggers, publications, children and copies of the table of keys; where the audit's role may read it: keys that `tenancy keys` did not make, that end late or never beside the one in use, two with one secret, none that is valid, and tables with a copy of one.",
        why: "A role that reads a key can make a token for any organization.",
        fix: "Revoke, then rotate the key: `tenancy keys rotate`.",
        check: Catalog(c13),
    },
    Rule {
        id: "C14",
        severity: Medium,
        title: "an undeclared login goes round the wall",
        what: "Roles that can log in and have BYPASSRLS, SUPERUSER, REPLICATION or (before release 16) CREATEROLE, reach the server's files, or the owner of organization tables, of their schemas or of the database; and the owner of the wall, when it can log in or has powers. Known are the role that `initdb` made, the one that runs the audit, and the owner of the database if it owns organization tables too.",
        why: "Each is a password with which every organization is read.",
        fix: "Name it with `--administrator` if it must be, or take its rights.",
        check: Catalog(c14),
    },
];

fn c10(cx: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for table in holders(cx) {
        let grants =
            cx.grants(table).filter(|grant| grant.grantee != table.owner && !cx.hands.contains(&grant.grantee));
        let strangers =
            grants.map(|grant| grant.grantee).filter(|&grantee| !cx.declared_role(grantee) && !cx.trusted(grantee));
        for stranger in strangers.collect::<BTreeSet<_>>() {
            let held = cx.grants_to(table, &BTreeSet::from([stranger]));
            let detail = format!("{} holds {}", cx.catalog.role_name(stranger), held.join(", "));
            hits.push(Hit::new(table.full_name(), detail));
        }
    }
    // A role that can take the service's role holds what that one holds.
    let app = cx.catalog.role(&cx.options.wall.app_role).map(|app| app.oid);
    let members = strangers(cx).filter(|member| app.is_some_and(|app| cx.reached_from(member.oid).contains(&app)));
    hits.extend(members.map(|member| Hit::new(role(&member.name), "can take the service's role")));
    hits.extend(takes_a_declared_role(cx));
    hits.extend(beside_tenant_tables(cx));
    hits
}

/// Logins that can act as a reader or an administrator, without being named themselves.
fn takes_a_declared_role(cx: &Context<'_>) -> Vec<Hit> {
    let named = cx.options.readers.iter().chain(&cx.options.administrators);
    let named: Vec<Oid> = named.filter_map(|name| Some(cx.catalog.role(name)?.oid)).collect();
    let hits = strangers(cx).filter(|login| !cx.declared_role(login.oid)).filter_map(|login| {
        let reach = cx.reached_from(login.oid);
        let taken = named.iter().find(|role| reach.contains(role))?;
        Some(Hit::new(role(&login.name), format!("can take the role {}", cx.catalog.role_name(*taken))))
    });
    hits.collect()
}

/// Grants to roles that are not accepted: on platform tables, to write shared ones, on sequences of organization tables.
fn beside_tenant_tables(cx: &Context<'_>) -> Vec<Hit> {
    let numbers = |oid: Oid| {
        let mut sequences = cx.catalog.sequences.iter().filter(|of| of.sequence == oid);
        sequences.any(|of| of.used_by.iter().any(|&table| cx.holds_tenants(table)))
    };
    let hits = cx.catalog.relations.iter().flat_map(|relation| {
        let reading = match cx.kind_of(relation) {
            Some(TableKind::Platform) => true,
            Some(TableKind::Global) => false,
            _ if relation.kind == "S" && numbers(relation.oid) => false,
            _ => return Vec::new(),
        };
        let grants = cx.grants(relation).filter(|grant| grant.grantee != relation.owner && cx.stranger(grant.grantee));
        let grants =
            grants.filter(|grant| reading || !matches!(grant.privilege.as_str(), "SELECT" | "USAGE" | "REFERENCES"));
        // C04 names who may do these.
        let grants =
            grants.filter(|grant| reading || !matches!(grant.privilege.as_str(), "TRUNCATE" | "TRIGGER" | "MAINTAIN"));
        let others: BTreeSet<Oid> = grants.map(|grant| grant.grantee).collect();
        let detail = |&other: &Oid| {
            let held = cx.grants_to(relation, &BTreeSet::from([other]));
            format!("{} holds {}", cx.catalog.role_name(other), held.join(", "))
        };
        others.iter().map(|other| Hit::new(relation.full_name(), detail(other)).at(Medium)).collect()
    });
    hits.collect()
}

/// Login roles that the options do not name, without superusers (C14).
fn strangers<'a>(cx: &'a Context<'a>) -> impl Iterator<Item = &'a Role> {
    cx.catalog
        .roles
        .iter()
        .filter(|role| role.login && !role.superuser && role.name != cx.options.wall.app_role && !cx.builds(role.oid))
}

fn c13(cx: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    let wall = cx.catalog.relations.iter().filter(|relation| relation.schema == WALL_SCHEMA);
    for table in wall.filter(|relation| relation.kind != "S") {
        let others = cx.grants(table).map(|grant| grant.grantee).filter(|grantee| *grantee != table.owner);
        for other in others.collect::<BTreeSet<_>>() {
            let name = cx.catalog.role_name(other);
            hits.push(Hit::new(table.full_name(), format!("{name} holds privileges on it")));
        }
        if cx.catalog.role_name(table.owner) != cx.options.wall.owner_role {
            hits.push(Hit::new(table.full_name(), format!("belongs to {}", cx.catalog.role_name(table.owner))));
        }
        hits.extend(ways_out(cx, table).into_iter().map(|how| Hit::new(table.full_name(), how)));
    }
    hits.into_iter().chain(schema_of_the_wall(cx)).chain(copies(cx)).chain(key_holders(cx)).collect()
}

fn schema_of_the_wall(cx: &Context<'_>) -> Vec<Hit> {
    let Some(schema) = cx.catalog.schemas.iter().find(|schema| schema.name == WALL_SCHEMA) else { return Vec::new() };
    let wall = &cx.options.wall;
    let allowed = |name: &str, privilege: &str| {
        name == wall.owner_role || (name == wall.app_role && matches!(privilege, "USAGE" | "CREATE"))
    };
    let mut hits = Vec::new();
    for grant in schema.acl.iter().filter(|grant| grant.grantee != schema.owner) {
        let name = cx.catalog.role_name(grant.grantee);
        // CREATE of the service's role is C07's.
        if !allowed(name, &grant.privilege) {
            hits.push(Hit::new(format!("schema {WALL_SCHEMA}"), format!("{name} holds {} on it", grant.privilege)));
        }
    }
    if cx.catalog.role_name(schema.owner) != wall.owner_role {
        let owner = cx.catalog.role_name(schema.owner);
        hits.push(Hit::new(format!("schema {WALL_SCHEMA}"), format!("belongs to {owner}")));
    }
    hits
}

/// Ways on which a key's rows leave their table.
fn ways_out(cx: &Context<'_>, table: &Relation) -> Vec<String> {
    let catalog = cx.catalog;
    let views = catalog.relations.iter().filter(|view| matches!(view.kind.as_str(), "v" | "m"));
    let views = views.filter(|view| cx.shows(view.oid).contains(&table.oid));
    let triggers = catalog.triggers.iter().filter(|trigger| trigger.table == table.oid);
    let rules = catalog.rules.iter().filter(|rule| rule.table == table.oid);
    let published = catalog.publications.iter().filter(|publication| publication.holds(table));
    let kin = catalog.children.iter().filter(|pair| pair.child == table.oid || pair.parent == table.oid);
    views
        .map(|view| format!("is shown by {}", view.full_name()))
        .chain(triggers.map(|trigger| format!("has the trigger `{}`", trigger.name)))
        .chain(rules.map(|rule| format!("has the rule `{}`", rule.name)))
        .chain(published.map(|publication| format!("is published by `{}`", publication.name)))
        .chain(kin.map(|_| "is read through another table by inheritance".to_owned()))
        .collect()
}

/// Another relation with the two halves of a key.
fn copies<'a>(cx: &'a Context<'a>) -> impl Iterator<Item = Hit> + 'a {
    let others = cx.catalog.relations.iter().filter(|relation| relation.is_table() && relation.schema != WALL_SCHEMA);
    let halves =
        |relation: &&Relation| ["ipad", "opad"].into_iter().all(|half| cx.catalog.column(relation.oid, half).is_some());
    others.filter(halves).map(|copy| Hit::new(copy.full_name(), "has the columns of the table of keys"))
}

/// Logins that read or write the keys by a role that they can take.
fn key_holders<'a>(cx: &'a Context<'a>) -> impl Iterator<Item = Hit> + 'a {
    let owner = cx.catalog.role(&cx.options.wall.owner_role).map(|owner| owner.oid);
    let all_data = ["pg_read_all_data", "pg_write_all_data"];
    let all_data: Vec<Oid> = all_data.into_iter().filter_map(|name| Some(cx.catalog.role(name)?.oid)).collect();
    strangers(cx).filter_map(move |stranger| {
        let reach = cx.reached_from(stranger.oid);
        let through = owner.iter().chain(&all_data).find(|role| reach.contains(role))?;
        let detail = format!("can log in and take `{}`, which reaches the keys", cx.catalog.role_name(*through));
        Some(Hit::new(role(&stranger.name), detail))
    })
}

fn c14(cx: &Context<'_>) -> Vec<Hit> {
    let catalog = cx.catalog;
    let mut owners: BTreeSet<Oid> = holders(cx).map(|table| table.owner).collect();
    owners.extend(catalog.schemas.iter().filter(|s| cx.schemas().contains(s.name.as_str())).map(|s| s.owner));
    owners.insert(catalog.database.owner);
    // Superusers own what they made; owning it does not let another role take theirs.
    owners.retain(|owner| !catalog.roles.iter().any(|role| role.oid == *owner && role.superuser));
    let strangers = catalog.roles.iter().filter(|role| {
        role.login && role.name != cx.options.wall.app_role && !cx.known_login(role.oid) && !cx.trusted(role.oid)
    });
    let hits = strangers.filter_map(|stranger| {
        let reach = cx.reached_from(stranger.oid);
        let reached: Vec<&Role> = catalog.roles.iter().filter(|role| reach.contains(&role.oid)).collect();
        let any = |of: fn(&Role) -> bool| reached.iter().any(|role| of(role));
        let builds = cx.owns_and_builds(stranger.oid);
        let detail = match () {
            () if any(|role| role.superuser || role.bypassrls) => "can log in and goes round row-level security",
            () if any(|role| role.replication) => "can log in and copy the whole server by replication",
            () if any(|role| DANGEROUS[2..].contains(&role.name.as_str())) => {
                "can log in and reach the server's files or programs"
            }
            // Before release 16 it may make itself a member of any role but superusers: of the owner too.
            () if any(|role| role.createrole) && catalog.server.version < 160_000 && !builds => {
                "can log in and make itself a member of any role"
            }
            () if !builds && owners.iter().any(|owner| reach.contains(owner)) => {
                "can log in and owns organization tables, their schema or the database, or can take their owner's role"
            }
            () => return None,
        };
        Some(Hit::new(role(&stranger.name), detail))
    });
    hits.chain(owner_of_the_wall(cx)).collect()
}

/// The owner of the verifier and the keys cannot log in.
fn owner_of_the_wall(cx: &Context<'_>) -> Option<Hit> {
    let owner = cx.catalog.role(&cx.options.wall.owner_role)?;
    let why = match powers(owner)[..] {
        _ if owner.login => "owns the wall and can log in".to_owned(),
        [] => return None,
        ref powers => format!("owns the wall and has {}", powers.join(", ")),
    };
    Some(Hit::new(role(&owner.name), why))
}
