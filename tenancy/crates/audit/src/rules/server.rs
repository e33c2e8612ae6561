//! Family F: server and session. F03 to F07 are tried in `probes.rs`.

use crate::context::Context;
use crate::rule::Check::{Catalog, Live};
use crate::rule::Severity::{Critical, High, Medium};
use crate::rule::{Hit, Rule};
use tenancy_rls::Target;

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "F01",
        severity: High,
        title: "the server lacks fixes of row-level security",
        what: "The release is at least 18.7, 17.12, 16.16 or 15.20.",
        why: "Below, `INSERT .. ON CONFLICT` reads rows that a policy hides (CVE-2026-120154), among others.",
        fix: "Install the newest minor release.",
        check: Catalog(f01),
    },
    Rule {
        id: "F02",
        severity: Medium,
        title: "a setting of the server weakens the wall or logs tokens",
        what: "`row_security` and `standard_conforming_strings` are on, `lo_compat_privileges` and `allow_system_table_mods` off, `session_replication_role` is origin, and with a sealed wall no setting logs bind values, parse trees or plans: of the server, of the audit's session, stored for the service's role, and of the service's own session where its URL was given.",
        why: "Replica sessions fire no foreign keys; a token in a log is worth its remaining life.",
        fix: "Reset it; set `log_parameter_max_length` and `log_parameter_max_length_on_error` to 0 where statements are logged.",
        check: Catalog(f02),
    },
    Rule {
        id: "F03",
        severity: Critical,
        title: "rows are read without a scope",
        what: "As the service's role, without a scope, one row of each organization table: the server must refuse, or show none.",
        why: "This is the wall itself, tried.",
        fix: "See what family B says; run `tenancy rls plan`.",
        check: Live,
    },
    Rule {
        id: "F04",
        severity: Critical,
        title: "a scope reads or writes another organization",
        what: "As the service's role, armed for one organization: no row of another is seen, and inserts and updates towards another are refused. Rolled back.",
        why: "This is the wall itself, tried.",
        fix: "See what family B says; run `tenancy rls plan`.",
        check: Live,
    },
    Rule {
        id: "F05",
        severity: Critical,
        title: "a forged or expired token is believed",
        what: "Tokens with a zero MAC, a changed organization, a later end, past their end, or for another database.",
        why: "Then injected SQL chooses the organization.",
        fix: "`tenancy rls plan` restores the verifier; see B13.",
        check: Live,
    },
    Rule {
        id: "F06",
        severity: Medium,
        title: "the plan of a scoped read shows no organization",
        what: "EXPLAIN of a read of each organization table holds the verifier or the organization's condition.",
        why: "Something removed the policy on the way to the executor.",
        fix: "Look for views, rules and inheritance in the plan that is shown.",
        check: Live,
    },
    Rule {
        id: "F07",
        severity: Critical,
        title: "a scope outlives its transaction",
        what: "A new connection has no scope; after COMMIT none is left; a second connection sees none.",
        why: "The next request on the connection would act for the last one's organization.",
        fix: "Reset the stored settings (C12), and set the scope for the transaction only.",
        check: Live,
    },
    Rule {
        id: "F08",
        severity: Medium,
        title: "PgBouncer is old",
        what: "The version that was named is at least 1.26.1.",
        why: "Below 1.21 it keeps no prepared statements in transaction mode; below 1.26.1 it lacks fixes.",
        fix: "Install a newer one.",
        check: Catalog(f08),
    },
    Rule {
        id: "F09",
        severity: Medium,
        title: "the database is not the target that the wall was built for",
        what: "Citus and CockroachDB against the target; on Citus: each organization table is distributed by its organization, in one colocation group.",
        why: "Policies of the wrong form are refused or slow, and a table that lies elsewhere cannot be joined by organization.",
        fix: "Plan again with the right `--target`; `create_distributed_table(.., 'organization', colocate_with => ..)`.",
        check: Catalog(f09),
    },
    Rule {
        id: "F10",
        severity: High,
        title: "the verifier does not take a scope of the given key",
        what: "As the service's role, `tenancy.org()` under a scope that was sealed with the key that was given: it names the scope's organization.",
        why: "The key is not known to the database or is over, or the verifier does not work: every request fails, and nothing else could be tried.",
        fix: "`tenancy keys list`, `tenancy keys rotate`; `tenancy rls plan` restores the verifier.",
        check: Live,
    },
];

/// The least release of each line of development that is supported.
const FIXED: [(u32, u32); 4] = [(15, 20), (16, 16), (17, 12), (18, 7)];

/// Whether rows are read through keys without the organization. An unknown line of development has its fixes.
pub(super) fn lacks_fixes(cx: &Context<'_>) -> bool {
    !f01(cx).is_empty()
}

fn f01(cx: &Context<'_>) -> Vec<Hit> {
    if cx.options.wall.target == Target::Cockroach {
        return Vec::new();
    }
    let version = cx.catalog.server.version;
    let (major, minor) = (version / 10_000, version % 10_000);
    let detail = match FIXED.iter().find(|(line, _)| *line == major) {
        Some((_, least)) if minor < *least => format!("is {major}.{minor}; {major}.{least} has the fixes"),
        None if major < 15 => format!("is {major}.{minor}, which is out of support"),
        _ => return Vec::new(),
    };
    vec![Hit::new("server", detail)]
}

fn f02(cx: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut setting = |name: &str, why: String| hits.push(Hit::new(format!("setting {name}"), why));
    if cx.catalog.setting("row_security") == Some("off") {
        setting("row_security", "is off: statements of the service fail".to_owned());
    }
    let replication = cx.catalog.setting("session_replication_role").filter(|role| *role != "origin");
    if let Some(role) = replication {
        setting("session_replication_role", format!("is {role}: foreign keys and triggers are not fired"));
    }
    for (name, safe, why) in [
        ("lo_compat_privileges", "off", "large objects are everybody's"),
        ("allow_system_table_mods", "off", "the server's own tables may be changed"),
        ("transform_null_equals", "off", "`= NULL` then finds rows"),
        ("standard_conforming_strings", "on", "a backslash ends a quoted string: text that is quoted well is SQL"),
    ] {
        if let Some(value) = cx.catalog.setting(name).filter(|value| *value != safe) {
            setting(name, format!("is {value}: {why}"));
        }
    }
    if cx.options.sealed() {
        for (name, why) in logs_tokens(cx) {
            setting(name, why);
        }
    }
    hits
}

/// Settings by which bind values, and so tokens, come into the log. What is stored for the service's role comes first.
fn logs_tokens(cx: &Context<'_>) -> Vec<(&'static str, String)> {
    let app = cx.catalog.role(&cx.options.wall.app_role).map(|role| role.oid);
    let value = |name: &str| {
        let of = |role| cx.catalog.role_settings.iter().find(|stored| stored.name == name && stored.role == role);
        let stored = app.and_then(of).or_else(|| of(0));
        stored.map(|stored| stored.value.as_str()).or_else(|| cx.catalog.setting(name)).unwrap_or_default()
    };
    let never = |name: &str| matches!(value(name), "" | "-1");
    let shown = |name: &str| value(name) != "0" && !value(name).is_empty();
    let mut found = Vec::new();
    if shown("log_parameter_max_length") {
        if value("log_statement") == "all" {
            found.push(("log_statement", "logs every statement with its values".to_owned()));
        }
        if !matches!(value("log_transaction_sample_rate"), "" | "0") {
            found.push(("log_transaction_sample_rate", "logs statements with their values".to_owned()));
        }
        for name in ["log_min_duration_statement", "log_min_duration_sample"] {
            if !never(name) {
                found.push((name, "logs statements with their values".to_owned()));
            }
        }
    }
    if shown("log_parameter_max_length_on_error") {
        found.push(("log_parameter_max_length_on_error", "logs the values of statements that fail".to_owned()));
    }
    for name in ["debug_print_parse", "debug_print_rewritten", "debug_print_plan"] {
        if matches!(value(name), "on" | "true" | "1" | "yes") {
            found.push((name, "logs plans with the values of statements".to_owned()));
        }
    }
    if matches!(value("pgaudit.log_parameter"), "on" | "true" | "1" | "yes") {
        found.push(("pgaudit.log_parameter", "logs the values of statements".to_owned()));
    }
    // Before release 16 it shows all values and has no setting for it.
    if !never("auto_explain.log_min_duration") && value("auto_explain.log_parameter_max_length") != "0" {
        found.push(("auto_explain.log_min_duration", "logs plans with their values".to_owned()));
    }
    found
}

fn f08(cx: &Context<'_>) -> Vec<Hit> {
    let Some(told) = cx.options.pgbouncer.as_deref() else { return Vec::new() };
    let digits = told.trim_start_matches(|c: char| !c.is_ascii_digit());
    let mut parts = digits.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let version = (next(), next(), next());
    let why = match version {
        old if old < (1, 21, 0) => "keeps no prepared statements in transaction mode",
        old if old < (1, 26, 1) => "lacks the fixes of 1.26.1",
        _ => return Vec::new(),
    };
    vec![Hit::new("PgBouncer", format!("{told}: {why}"))]
}

fn f09(cx: &Context<'_>) -> Vec<Hit> {
    let target = cx.options.wall.target;
    let banner = &cx.catalog.server.banner;
    let cockroach = banner.contains("CockroachDB");
    let hit = |detail: &str| vec![Hit::new("database", detail)];
    match (target, &cx.catalog.citus) {
        (Target::Cockroach, _) if !cockroach => hit("is not CockroachDB"),
        (Target::Postgres | Target::Citus, _) if cockroach => hit("is CockroachDB"),
        (Target::Postgres, Some(_)) => hit("has Citus, and the wall was built for plain PostgreSQL"),
        (Target::Citus, None) => hit("has no Citus"),
        (Target::Citus, Some(_)) => distribution(cx),
        _ => Vec::new(),
    }
}

fn distribution(cx: &Context<'_>) -> Vec<Hit> {
    let placed = cx.catalog.citus.iter().flatten();
    let of = |table| placed.clone().find(|distribution| distribution.table == table);
    let mut groups: Vec<i64> = Vec::new();
    let mut hits = Vec::new();
    for (organization, table, _) in cx.organizations() {
        match of(table.oid) {
            None => hits.push(Hit::new(table.full_name(), "is not distributed")),
            Some(found) if found.column.as_deref() != Some(organization) => {
                let by = found.column.as_deref().unwrap_or("nothing: it is a reference table");
                hits.push(Hit::new(table.full_name(), format!("is distributed by {by}")));
            }
            Some(found) => groups.push(found.colocation),
        }
    }
    groups.sort_unstable();
    groups.dedup();
    if groups.len() > 1 {
        hits.push(Hit::new("colocation", format!("organization tables lie in {} groups", groups.len())));
    }
    hits
}
