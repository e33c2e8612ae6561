//! Family C: roles and privileges. The texts are in `c_rules.rs`.

use super::catalog::{Oid, Relation, Role};
use super::context::{Context, PUBLIC, WALL_SCHEMA};
use super::rule::Hit;
use super::rule::Severity::High;
use std::collections::BTreeSet;

pub(super) use super::c_rules::RULES;

/// Predefined roles that read, write or run past every policy.
const DANGEROUS: [&str; 7] = [
    "pg_read_all_data",
    "pg_write_all_data",
    "pg_read_server_files",
    "pg_write_server_files",
    "pg_execute_server_program",
    "pg_create_subscription",
    "pg_maintain",
];

/// Predefined roles that see other sessions, their statements or settings.
const WATCHERS: [&str; 5] =
    ["pg_monitor", "pg_read_all_stats", "pg_read_all_settings", "pg_stat_scan_tables", "pg_signal_backend"];

fn app<'a>(cx: &Context<'a>) -> Option<&'a Role> {
    cx.catalog.role(&cx.options.wall.app_role)
}

fn powers(role: &Role) -> Vec<&'static str> {
    let powers = [
        (role.superuser, "SUPERUSER"),
        (role.bypassrls, "BYPASSRLS"),
        (role.createrole, "CREATEROLE"),
        (role.createdb, "CREATEDB"),
        (role.replication, "REPLICATION"),
    ];
    powers.into_iter().filter(|(has, _)| *has).map(|(_, name)| name).collect()
}

pub(super) fn c01(cx: &Context<'_>) -> Vec<Hit> {
    let Some(app) = app(cx) else {
        return vec![Hit::new(role(&cx.options.wall.app_role), "does not exist")];
    };
    let powers = powers(app);
    let hit = || Hit::new(role(&app.name), format!("has {}", powers.join(", ")));
    (!powers.is_empty()).then(hit).into_iter().collect()
}

fn role(name: &str) -> String {
    format!("role {name}")
}

/// The roles that the service's role can take, without itself.
fn reached<'a>(cx: &'a Context<'a>) -> impl Iterator<Item = &'a Role> {
    let roles = cx.catalog.roles.iter().filter(|role| cx.reach.contains(&role.oid));
    roles.filter(|role| role.name != cx.options.wall.app_role)
}

pub(super) fn c02(cx: &Context<'_>) -> Vec<Hit> {
    let dangerous = reached(cx).filter_map(|reached| {
        let powers = powers(reached);
        let predefined = DANGEROUS.contains(&reached.name.as_str());
        let detail = || match powers.is_empty() {
            true => "which row-level security does not hold".to_owned(),
            false => format!("which has {}", powers.join(", ")),
        };
        (predefined || !powers.is_empty())
            .then(|| Hit::new(role(&cx.options.wall.app_role), format!("can take `{}`, {}", reached.name, detail())))
    });
    dangerous.collect()
}

/// Tenant tables, and their partitions and children.
fn holders<'a>(cx: &'a Context<'a>) -> impl Iterator<Item = &'a Relation> {
    cx.catalog.relations.iter().filter(|relation| cx.holds_tenants(relation.oid))
}

pub(super) fn c03(cx: &Context<'_>) -> Vec<Hit> {
    let mut owned: Vec<String> =
        holders(cx).filter(|table| cx.reach.contains(&table.owner)).map(Relation::full_name).collect();
    let wall = cx.catalog.relations.iter().filter(|relation| relation.schema == WALL_SCHEMA);
    owned.extend(wall.filter(|relation| cx.reach.contains(&relation.owner)).map(Relation::full_name));
    let schemas = cx.catalog.schemas.iter().filter(|schema| cx.reach.contains(&schema.owner));
    owned.extend(schemas.map(|schema| format!("schema {}", schema.name)));
    let called = cx.policy_functions().into_iter().filter(|function| cx.reach.contains(&function.owner));
    owned.extend(called.map(|function| function.full_name()));
    if cx.reach.contains(&cx.catalog.database.owner) {
        owned.push(format!("database {}", cx.catalog.server.database));
    }
    owned.into_iter().map(|what| Hit::new(what, "the service's role owns it, or can take its owner's role")).collect()
}

pub(super) fn c04(cx: &Context<'_>) -> Vec<Hit> {
    let never = ["TRUNCATE", "TRIGGER", "REFERENCES", "MAINTAIN"];
    let mut hits = Vec::new();
    for table in holders(cx) {
        let others = cx.grants(table).filter(|grant| grant.grantee != table.owner && grant.grantee != PUBLIC);
        let mut held: Vec<String> = others
            .filter(|grant| never.contains(&grant.privilege.as_str()))
            .filter(|grant| !trusted(cx, grant.grantee))
            .map(|grant| format!("{} to {}", grant.privilege, cx.catalog.role_name(grant.grantee)))
            .collect();
        held.dedup();
        if !held.is_empty() {
            hits.push(Hit::new(table.full_name(), format!("granted: {}", held.join(", "))));
        }
    }
    hits
}

/// Roles that are declared to administrate, and the owner of the wall.
fn trusted(cx: &Context<'_>, oid: Oid) -> bool {
    let name = cx.catalog.role_name(oid);
    name == cx.options.wall.owner_role || cx.options.administrators.iter().any(|known| known == name)
}

pub(super) fn c05(cx: &Context<'_>) -> Vec<Hit> {
    let everybody = BTreeSet::from([PUBLIC]);
    let held = holders(cx).filter_map(|table| {
        let held = cx.grants_to(table, &everybody);
        (!held.is_empty()).then(|| Hit::new(table.full_name(), format!("PUBLIC holds {}", held.join(", "))))
    });
    held.collect()
}

pub(super) fn c06(cx: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for table in holders(cx) {
        let on = cx.grants(table).filter(|grant| grant.grantable && grant.grantee != table.owner);
        let mut names: Vec<&str> = on.map(|grant| cx.catalog.role_name(grant.grantee)).collect();
        names.sort_unstable();
        names.dedup();
        if !names.is_empty() {
            hits.push(Hit::new(table.full_name(), format!("may be handed on by {}", names.join(", "))));
        }
    }
    hits
}

pub(super) fn c07(cx: &Context<'_>) -> Vec<Hit> {
    let open = cx.catalog.schemas.iter().filter_map(|schema| {
        let by = schema.acl.iter().find(|grant| grant.privilege == "CREATE" && cx.hands.contains(&grant.grantee))?;
        let name = cx.catalog.role_name(by.grantee);
        Some(Hit::new(format!("schema {}", schema.name), format!("CREATE is granted to {name}")))
    });
    open.collect()
}

pub(super) fn c08(cx: &Context<'_>) -> Vec<Hit> {
    let grants = cx.catalog.database.acl.iter().filter(|grant| cx.hands.contains(&grant.grantee));
    let held: Vec<String> = grants
        .filter(|grant| matches!(grant.privilege.as_str(), "TEMPORARY" | "CREATE"))
        .map(|grant| format!("{} to {}", grant.privilege, cx.catalog.role_name(grant.grantee)))
        .collect();
    let hit = || Hit::new(format!("database {}", cx.catalog.server.database), format!("granted: {}", held.join(", ")));
    (!held.is_empty()).then(hit).into_iter().collect()
}

pub(super) fn c09(cx: &Context<'_>) -> Vec<Hit> {
    let tables = cx.catalog.default_grants.iter().filter(|grant| grant.kind == "r");
    let others = tables.filter(|grant| grant.grantee != grant.role && !trusted(cx, grant.grantee));
    let mut hits: Vec<Hit> = others
        .map(|grant| {
            let by = cx.catalog.role_name(grant.role);
            let place = grant.schema.as_ref().map_or(String::new(), |schema| format!(" in {schema}"));
            let detail = format!("new tables of {by}{place} are granted to it");
            Hit::new(role(cx.catalog.role_name(grant.grantee)), detail)
        })
        .collect();
    hits.dedup_by(|one, other| (&one.object, &one.detail) == (&other.object, &other.detail));
    hits
}

pub(super) fn c10(cx: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for table in holders(cx) {
        let grants =
            cx.grants(table).filter(|grant| grant.grantee != table.owner && !cx.hands.contains(&grant.grantee));
        let strangers = grants.map(|grant| grant.grantee).filter(|&grantee| {
            !trusted(cx, grantee) && !cx.options.readers.iter().any(|known| known == cx.catalog.role_name(grantee))
        });
        for stranger in strangers.collect::<BTreeSet<_>>() {
            let held = cx.grants_to(table, &BTreeSet::from([stranger]));
            let detail = format!("{} holds {}", cx.catalog.role_name(stranger), held.join(", "));
            hits.push(Hit::new(table.full_name(), detail));
        }
    }
    hits
}

pub(super) fn c11(cx: &Context<'_>) -> Vec<Hit> {
    let watchers = reached(cx).filter(|role| WATCHERS.contains(&role.name.as_str()));
    let hit = |watcher: &Role| {
        let hit = Hit::new(role(&cx.options.wall.app_role), format!("can take `{}`", watcher.name));
        if cx.options.sealed() { hit.at(High) } else { hit }
    };
    watchers.map(hit).collect()
}

pub(super) fn c12(cx: &Context<'_>) -> Vec<Hit> {
    let decides = |name: &str| {
        name.starts_with("tenancy.")
            || matches!(name, "row_security" | "search_path" | "session_replication_role" | "role")
    };
    let settings = cx.catalog.role_settings.iter().filter(|setting| {
        // A setting comes with the session's own role; of the roles that it can take it comes with none.
        let app = app(cx).is_some_and(|app| app.oid == setting.role);
        (app || setting.role == 0) && decides(&setting.name)
    });
    let hit = |setting: &super::catalog::RoleSetting| {
        let whose = if setting.role == 0 { "every role" } else { cx.catalog.role_name(setting.role) };
        Hit::new(format!("setting {}", setting.name), format!("is set for {whose} to `{}`", setting.value))
    };
    settings.map(hit).collect()
}

pub(super) fn c13(cx: &Context<'_>) -> Vec<Hit> {
    let keys = cx.catalog.relations.iter().filter(|relation| relation.schema == WALL_SCHEMA);
    let mut hits = Vec::new();
    for table in keys.filter(|relation| relation.kind != "S") {
        let others = cx.grants(table).map(|grant| grant.grantee).filter(|grantee| *grantee != table.owner);
        for other in others.collect::<BTreeSet<_>>() {
            let name = cx.catalog.role_name(other);
            hits.push(Hit::new(table.full_name(), format!("{name} holds privileges on it")));
        }
        if cx.catalog.role_name(table.owner) != cx.options.wall.owner_role {
            hits.push(Hit::new(table.full_name(), format!("belongs to {}", cx.catalog.role_name(table.owner))));
        }
    }
    hits
}

/// The role that `initdb` makes: every cluster has one, and it cannot lose its rights.
const BOOTSTRAP: Oid = 10;

pub(super) fn c14(cx: &Context<'_>) -> Vec<Hit> {
    let owners: BTreeSet<Oid> = holders(cx).map(|table| table.owner).collect();
    let strangers = cx.catalog.roles.iter().filter(|role| {
        // Whoever runs the audit is known to exist.
        let known = role.oid == BOOTSTRAP || role.name == cx.catalog.server.user;
        role.login && !known && role.name != cx.options.wall.app_role && !trusted(cx, role.oid)
    });
    let hits = strangers.filter_map(|stranger| {
        let reach = cx.reached_from(stranger.oid);
        let bypasses = cx.catalog.roles.iter().any(|r| reach.contains(&r.oid) && (r.superuser || r.bypassrls));
        // The owner of the wall owns nothing that its members must not reach: they are who migrates.
        let owns = owners.iter().any(|owner| reach.contains(owner) && *owner != BOOTSTRAP);
        let detail = match (bypasses, owns) {
            (true, _) => "can log in and goes round row-level security",
            (_, true) => "can log in and owns tenant tables, or can take their owner's role",
            _ => return None,
        };
        Some(Hit::new(role(&stranger.name), detail))
    });
    hits.chain(owner_of_the_wall(cx)).collect()
}

/// Nobody logs in as the owner of the verifier and the keys.
fn owner_of_the_wall(cx: &Context<'_>) -> Option<Hit> {
    let owner = cx.catalog.role(&cx.options.wall.owner_role)?;
    let why = match powers(owner)[..] {
        _ if owner.login => "owns the wall and can log in".to_owned(),
        [] => return None,
        ref powers => format!("owns the wall and has {}", powers.join(", ")),
    };
    Some(Hit::new(role(&owner.name), why))
}
