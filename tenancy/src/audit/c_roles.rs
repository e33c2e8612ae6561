//! Family C: roles and privileges. The texts are in `c_rules.rs`.

use super::catalog::{Grant, Oid, Relation, Role};
use super::context::{Context, PUBLIC, WALL_SCHEMA};
use super::g_names::is_sound;
use super::rule::Hit;
use super::rule::Severity::{High, Low, Medium};
use crate::schema::TableKind;
use std::collections::BTreeSet;

pub(super) use super::c_rules::RULES;

/// Predefined roles that read, write or run past every policy.
pub(super) const DANGEROUS: [&str; 7] = [
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

pub(super) fn powers(role: &Role) -> Vec<&'static str> {
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

pub(super) fn role(name: &str) -> String {
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
    let granted = cx.catalog.server_grants.iter().filter(|grant| cx.hands.contains(&grant.grantee));
    let granted = granted.map(|grant| {
        let to = cx.catalog.role_name(grant.grantee);
        Hit::new(grant.object.clone(), format!("{} is granted to {to}, which `initdb` does not do", grant.privilege))
    });
    dangerous.chain(granted).collect()
}

/// Tenant tables, and their partitions and children.
pub(super) fn holders<'a>(cx: &'a Context<'a>) -> impl Iterator<Item = &'a Relation> {
    cx.catalog.relations.iter().filter(|relation| cx.holds_tenants(relation.oid))
}

pub(super) fn c03(cx: &Context<'_>) -> Vec<Hit> {
    let relations = cx.catalog.relations.iter().filter(|relation| cx.reach.contains(&relation.owner));
    let mut owned: Vec<String> = relations.map(Relation::full_name).collect();
    let schemas = cx.catalog.schemas.iter().filter(|schema| cx.reach.contains(&schema.owner));
    owned.extend(schemas.map(|schema| format!("schema {}", schema.name)));
    let functions = cx.catalog.functions.iter().filter(|function| cx.reach.contains(&function.owner));
    owned.extend(functions.map(|function| function.full_name()));
    let others = cx.catalog.owned.iter().filter(|owned| cx.reach.contains(&owned.owner));
    owned.extend(others.map(|other| other.object.clone()));
    if cx.reach.contains(&cx.catalog.database.owner) {
        owned.push(format!("database {}", cx.catalog.server.database));
    }
    owned.into_iter().map(|what| Hit::new(what, "the service's role owns it, or can take its owner's role")).collect()
}

/// Row-level security does not see what these do.
const NEVER: [&str; 4] = ["TRUNCATE", "TRIGGER", "REFERENCES", "MAINTAIN"];

const WRITES: [&str; 3] = ["INSERT", "UPDATE", "DELETE"];

/// Declared tables of a kind that exist.
fn of_kind<'a>(cx: &'a Context<'a>, kind: TableKind) -> impl Iterator<Item = &'a Relation> {
    cx.manifest.tables.iter().filter(move |table| table.kind == kind).filter_map(|table| cx.find(table))
}

pub(super) fn c04(cx: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for table in holders(cx).chain(of_kind(cx, TableKind::Global)) {
        let others = cx.grants(table).filter(|grant| grant.grantee != table.owner && grant.grantee != PUBLIC);
        let mut held: Vec<String> = others
            .filter(|grant| NEVER.contains(&grant.privilege.as_str()))
            .filter(|grant| !cx.trusted(grant.grantee))
            .map(|grant| format!("{} to {}", grant.privilege, cx.catalog.role_name(grant.grantee)))
            .collect();
        held.dedup();
        if !held.is_empty() {
            hits.push(Hit::new(table.full_name(), format!("granted: {}", held.join(", "))));
        }
    }
    hits.into_iter().chain(shared(cx)).collect()
}

/// What the service's role may do to tables that are no organization's.
fn shared<'a>(cx: &'a Context<'a>) -> impl Iterator<Item = Hit> + 'a {
    let held = |table: &Relation| cx.grants_to(table, &cx.reach);
    let global = of_kind(cx, TableKind::Global).filter_map(move |table| {
        let mut held = held(table);
        held.retain(|privilege| WRITES.iter().any(|write| privilege.starts_with(write)));
        let detail = || format!("a request of one organization changes what all read: {}", held.join(", "));
        (!held.is_empty()).then(|| Hit::new(table.full_name(), detail()).at(Medium))
    });
    let platform = of_kind(cx, TableKind::Platform).filter_map(move |table| {
        let held = held(table);
        let detail = || format!("is the platform's own, and the service's role holds {}", held.join(", "));
        (!held.is_empty()).then(|| Hit::new(table.full_name(), detail()).at(Low))
    });
    global.chain(platform)
}

pub(super) fn c05(cx: &Context<'_>) -> Vec<Hit> {
    let everybody = BTreeSet::from([PUBLIC]);
    let owned = holders(cx).chain(of_kind(cx, TableKind::Platform)).map(|table| (table, true));
    // Everybody may read what is shared.
    let tables = owned.chain(of_kind(cx, TableKind::Global).map(|table| (table, false)));
    let held = tables.filter_map(|(table, reading)| {
        let mut held = cx.grants_to(table, &everybody);
        held.retain(|privilege| reading || !privilege.starts_with("SELECT"));
        (!held.is_empty()).then(|| Hit::new(table.full_name(), format!("PUBLIC holds {}", held.join(", "))))
    });
    held.collect()
}

pub(super) fn c06(cx: &Context<'_>) -> Vec<Hit> {
    let handed_on = |object: String, owner: Oid, grants: Vec<&Grant>| {
        let on = grants.into_iter().filter(|grant| grant.grantable && grant.grantee != owner);
        let names: BTreeSet<&str> = on.map(|grant| cx.catalog.role_name(grant.grantee)).collect();
        let names: Vec<&str> = names.into_iter().collect();
        (!names.is_empty()).then(|| Hit::new(object, format!("may be handed on by {}", names.join(", "))))
    };
    let sequences = cx.catalog.relations.iter().filter(|relation| relation.kind == "S");
    let relations = holders(cx).chain(sequences);
    let relations = relations.map(|table| (table.full_name(), table.owner, cx.grants(table).collect()));
    let schemas = cx.catalog.schemas.iter();
    let schemas = schemas.map(|schema| (format!("schema {}", schema.name), schema.owner, schema.acl.iter().collect()));
    let database = &cx.catalog.database;
    let database = (format!("database {}", cx.catalog.server.database), database.owner, database.acl.iter().collect());
    let objects = relations.chain(schemas).chain([database]);
    let members = cx.catalog.memberships.iter().filter(|m| m.admin && cx.reach.contains(&m.member));
    let members = members.map(|m| {
        let (role_name, member) = (cx.catalog.role_name(m.role), cx.catalog.role_name(m.member));
        Hit::new(role(role_name), format!("may be handed on by {member}"))
    });
    objects.filter_map(|(object, owner, grants)| handed_on(object, owner, grants)).chain(members).collect()
}

pub(super) fn c07(cx: &Context<'_>) -> Vec<Hit> {
    let open = cx.catalog.schemas.iter().filter_map(|schema| {
        let mut grants = schema.acl.iter().filter(|grant| grant.privilege == "CREATE");
        let by = grants.clone().find(|grant| cx.hands.contains(&grant.grantee));
        let servers = matches!(schema.name.as_str(), "pg_catalog" | "information_schema");
        let declared = servers || schema.name == WALL_SCHEMA || cx.schemas().contains(schema.name.as_str());
        // Whoever owns the tables makes tables.
        let mut stranger =
            || grants.find(|grant| declared && grant.grantee != schema.owner && !cx.builds(grant.grantee));
        let (by, severity) = match by {
            Some(by) => (by, High),
            None => (stranger()?, Medium),
        };
        let name = cx.catalog.role_name(by.grantee);
        Some(Hit::new(format!("schema {}", schema.name), format!("CREATE is granted to {name}")).at(severity))
    });
    open.collect()
}

pub(super) fn c08(cx: &Context<'_>) -> Vec<Hit> {
    let grants = cx.catalog.database.acl.iter().filter(|grant| cx.hands.contains(&grant.grantee));
    let held: Vec<String> = grants
        .filter(|grant| matches!(grant.privilege.as_str(), "TEMPORARY" | "CREATE"))
        .map(|grant| format!("{} to {}", grant.privilege, cx.catalog.role_name(grant.grantee)))
        .collect();
    let object = || format!("database {}", cx.catalog.server.database);
    let hit = || Hit::new(object(), format!("granted: {}", held.join(", ")));
    // Whoever makes a schema of the service's role's name stands before `public`.
    let others =
        cx.catalog.database.acl.iter().filter(|grant| grant.privilege == "CREATE" && cx.stranger(grant.grantee));
    let others = others.filter(|grant| !cx.builds(grant.grantee)).map(|grant| cx.catalog.role_name(grant.grantee));
    let others: Vec<Hit> =
        others.map(|name| Hit::new(object(), format!("{name} may make schemas in it")).at(Medium)).collect();
    (!held.is_empty()).then(hit).into_iter().chain(others).collect()
}

pub(super) fn c09(cx: &Context<'_>) -> Vec<Hit> {
    let others = cx.catalog.default_grants.iter();
    let others = others.filter(|grant| grant.grantee != grant.role && !cx.trusted(grant.grantee));
    let mut hits: Vec<Hit> = Vec::new();
    for grant in others {
        let (what, severity) = match grant.kind.as_str() {
            "r" => ("tables", Medium),
            "n" => ("schemas", Medium),
            "S" => ("sequences", Low),
            // Everybody may call functions anyway.
            "f" if grant.grantee != PUBLIC => ("functions", Low),
            _ => continue,
        };
        let by = cx.catalog.role_name(grant.role);
        let place = grant.schema.as_ref().map_or(String::new(), |schema| format!(" in {schema}"));
        let detail = format!("new {what} of {by}{place} are granted to it");
        hits.push(Hit::new(role(cx.catalog.role_name(grant.grantee)), detail).at(severity));
    }
    hits.dedup_by(|one, other| (&one.object, &one.detail) == (&other.object, &other.detail));
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

/// Settings that decide what a session sees, or what its statements mean.
fn decides(name: &str) -> bool {
    let known = [
        "row_security",
        "search_path",
        "session_replication_role",
        "role",
        "session_authorization",
        "session_preload_libraries",
        "local_preload_libraries",
        "standard_conforming_strings",
        "lo_compat_privileges",
        "transform_null_equals",
        "backslash_quote",
        "dynamic_library_path",
        "extension_control_path",
        "plpgsql.variable_conflict",
        "gin_fuzzy_search_limit",
        "default_table_access_method",
    ];
    name.starts_with("tenancy.") || known.contains(&name)
}

/// Settings that say how a role's statements are run, not what they mean; and those that F02 looks at.
fn usual(name: &str) -> bool {
    let known = [
        "timezone",
        "datestyle",
        "intervalstyle",
        "client_encoding",
        "application_name",
        "work_mem",
        "maintenance_work_mem",
        "jit",
        "statement_timeout",
        "lock_timeout",
        "idle_in_transaction_session_timeout",
        "idle_session_timeout",
        "transaction_timeout",
        "random_page_cost",
        "seq_page_cost",
        "effective_io_concurrency",
        "effective_cache_size",
        "plan_cache_mode",
        "temp_buffers",
        "default_transaction_isolation",
        "synchronous_commit",
        "temp_file_limit",
        "bytea_output",
        "extra_float_digits",
        "hash_mem_multiplier",
        "client_min_messages",
        "from_collapse_limit",
        "join_collapse_limit",
        "default_statistics_target",
        "tcp_keepalives_idle",
    ];
    let name = name.to_lowercase();
    known.contains(&name.as_str())
        || ["log_", "enable_", "auto_explain.", "debug_print_", "jit_", "max_parallel_", "track_", "lc_"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
}

pub(super) fn c12(cx: &Context<'_>) -> Vec<Hit> {
    let settings = cx.catalog.role_settings.iter().filter(|setting| {
        // A setting comes with the session's own role; of the roles that it can take it comes with none.
        let app = app(cx).is_some_and(|app| app.oid == setting.role);
        (app || setting.role == 0) && (decides(&setting.name) || (app && !usual(&setting.name)))
    });
    let stored = settings.map(|setting| {
        let whose = if setting.role == 0 { "every role" } else { cx.catalog.role_name(setting.role) };
        let hit = Hit::new(format!("setting {}", setting.name), format!("is set for {whose} to `{}`", setting.value));
        let sound = setting.name == "search_path" && is_sound(cx, &setting.value);
        // A role may store settings for itself: that one is there is said, whatever it does.
        if sound || !decides(&setting.name) { hit.at(Low) } else { hit }
    });
    let parameters = cx.catalog.parameters.iter().filter_map(|parameter| {
        let ours = parameter.acl.iter().find(|grant| cx.hands.contains(&grant.grantee));
        let by = ours.or_else(|| parameter.acl.iter().find(|grant| cx.stranger(grant.grantee)))?;
        let (what, to) = (&by.privilege, cx.catalog.role_name(by.grantee));
        let hit = Hit::new(format!("setting {}", parameter.name), format!("{what} is granted to {to}"));
        Some(if ours.is_some() { hit } else { hit.at(Medium) })
    });
    let functions = cx.catalog.functions.iter().filter(|function| !function.extension && !cx.is_verifier(function));
    let functions = functions.filter_map(|function| {
        let names = function.config.iter().filter_map(|setting| setting.split_once('='));
        let (name, _) = names.into_iter().find(|(name, _)| decides(name) && *name != "search_path")?;
        Some(Hit::new(function.full_name(), format!("sets `{name}` while it runs")))
    });
    stored.chain(parameters).chain(functions).collect()
}
