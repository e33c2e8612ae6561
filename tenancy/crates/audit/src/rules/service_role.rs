//! Family C: what the service's role is, can take, owns and watches, and which settings are stored for it (C01 to C03, C11, C12, C15).

use super::names::is_sound;
use crate::catalog::{Relation, Role};
use crate::context::Context;
use crate::rule::Check::{Catalog, Live};
use crate::rule::Severity::{Critical, High, Low, Medium};
use crate::rule::{Hit, Rule};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "C01",
        severity: Critical,
        title: "the service's role has powers of an administrator",
        what: "SUPERUSER, BYPASSRLS, CREATEROLE, CREATEDB and REPLICATION of the service's role, and that it exists.",
        why: "The first two pass every policy by; the others lead to them, or to a copy of everything.",
        fix: "`ALTER ROLE .. NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION`.",
        check: Catalog(c01),
    },
    Rule {
        id: "C02",
        severity: Critical,
        title: "the service's role can take a role that passes policies by",
        what: "Memberships, through any number of roles, in roles with such powers and in PostgreSQL's own roles for all data, server files and programs; grants on the server's own tables and functions that `initdb` does not make.",
        why: "`SET ROLE` is one statement. Statistics, passwords and files of the server hold every organization's data.",
        fix: "`REVOKE <role> FROM <the service's role>`.",
        check: Catalog(c02),
    },
    Rule {
        id: "C03",
        severity: Critical,
        title: "the service's role owns a part of the wall",
        what: "Owners of tables, views, sequences, schemas, functions, the verifier, the keys and the database: the service's role owns nothing.",
        why: "An owner may switch row-level security off, drop the policy or replace the verifier.",
        fix: "`ALTER .. OWNER TO` a role that cannot log in.",
        check: Catalog(c03),
    },
    Rule {
        id: "C11",
        severity: Medium,
        title: "the service's role watches other sessions",
        what: "Membership in `pg_monitor`, `pg_read_all_stats`, `pg_read_all_settings`, `pg_stat_scan_tables` or `pg_signal_backend`. High when the wall is sealed.",
        why: "Statements and settings of other sessions may hold other organizations' data, or a token.",
        fix: "`REVOKE <role> FROM <the service's role>`; give monitoring a role of its own.",
        check: Catalog(c11),
    },
    Rule {
        id: "C12",
        severity: High,
        title: "a stored setting decides about the scope",
        what: "`ALTER ROLE .. SET`, `ALTER DATABASE .. SET` and functions with `SET` of `tenancy.*`, `row_security`, `search_path`, `session_replication_role`, `role` and their like; settings that were granted to the service's role. Low: a `search_path` that leads to declared tables only, and any other setting that is stored for the service's role, which may have done it itself.",
        why: "Every session then begins with a scope that no request asked for, or with names that lead elsewhere.",
        fix: "`ALTER ROLE .. RESET ..` or `ALTER DATABASE .. RESET ..`.",
        check: Catalog(c12),
    },
    Rule {
        id: "C15",
        severity: Critical,
        title: "the service's URL reaches more than the service's role",
        what: "A connection by the service's URL: which role it is, and whether it can take the owner's.",
        why: "With the URL of the migrations in the service's configuration there is no wall two.",
        fix: "Give the service the URL of its own role.",
        check: Live,
    },
];

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

fn c01(cx: &Context<'_>) -> Vec<Hit> {
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

fn c02(cx: &Context<'_>) -> Vec<Hit> {
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

fn c03(cx: &Context<'_>) -> Vec<Hit> {
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

fn c11(cx: &Context<'_>) -> Vec<Hit> {
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

fn c12(cx: &Context<'_>) -> Vec<Hit> {
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
