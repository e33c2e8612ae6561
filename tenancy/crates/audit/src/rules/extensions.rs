//! Family D: extensions, languages, native code and event triggers (D10, D11).

use crate::catalog::{EventTrigger, Oid};
use crate::context::Context;
use crate::plpgsql;
use crate::rule::Check::Catalog;
use crate::rule::Severity::{High, Low, Medium};
use crate::rule::{Hit, Rule};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "D10",
        severity: Medium,
        title: "the server can reach out of the database",
        what: "Extensions such as dblink, foreign data wrappers and pg_cron, languages beside SQL and PL/pgSQL, foreign servers; functions of extensions that look into tables without their policies (`pgrowlocks`, `pgstattuple`, `pg_visibility`, `pg_freespacemap`), where the service's role may call them; high: functions in C or of the server's own code and access methods that no extension made.",
        why: "They open connections or files with other rights than the session's.",
        fix: "`DROP EXTENSION`, or revoke their use.",
        check: Catalog(d10),
    },
    Rule {
        id: "D11",
        severity: Medium,
        title: "an event trigger runs at every change of the schema",
        what: "Event triggers that no extension made. Low when it and its function belong to superusers and it runs no statement.",
        why: "It runs when an administrator changes the schema: a way up.",
        fix: "`ALTER EVENT TRIGGER .. OWNER TO` a superuser, or drop it.",
        check: Catalog(d11),
    },
];

/// Foreign data wrappers are recognized by the ending `_fdw`.
const REACHING: [&str; 24] = [
    "dblink",
    "pg_cron",
    "adminpack",
    "plpython3u",
    "plperlu",
    "pltclu",
    "plsh",
    "pljava",
    "plr",
    "http",
    "pg_net",
    "pg_background",
    "pg_dirtyread",
    "pageinspect",
    "pg_surgery",
    "pg_walinspect",
    "pglogical",
    "multicorn",
    "aws_s3",
    "aws_lambda",
    "orafce",
    "pg_tle",
    "tcn",
    "xml2",
];

/// The server's own code behind an aggregate and a range type, which come with it.
const MADE_WITH_OTHERS: [&str; 6] = [
    "aggregate_dummy",
    "range_constructor2",
    "range_constructor3",
    "multirange_constructor0",
    "multirange_constructor1",
    "multirange_constructor2",
];

/// Functions of extensions that look into tables without their policies.
const LOOKING: [&str; 4] = ["pgstat", "pgrowlocks", "pg_visibility", "pg_freespace"];

fn d10(cx: &Context<'_>) -> Vec<Hit> {
    let reaches = |name: &&String| REACHING.contains(&name.as_str()) || name.ends_with("_fdw");
    let extensions = cx.catalog.extensions.iter().filter(reaches);
    let mut hits: Vec<Hit> = extensions.map(|name| Hit::new(format!("extension {name}"), "is installed")).collect();
    let languages = cx.catalog.untrusted_languages.iter().filter(|name| !REACHING.contains(&name.as_str()));
    hits.extend(languages.map(|name| Hit::new(format!("language {name}"), "is untrusted")));
    hits.extend(cx.catalog.foreign_servers.iter().map(|name| Hit::new(format!("foreign server {name}"), "exists")));
    let native = cx.catalog.functions.iter().filter(|function| !function.extension);
    let native = native.filter(|function| {
        matches!(function.language.as_str(), "c" | "internal") && !MADE_WITH_OTHERS.contains(&function.source.as_str())
    });
    hits.extend(native.map(|f| Hit::new(f.full_name(), "runs native code with the server's rights").at(High)));
    let reach = &cx.catalog.reach;
    let trusted = reach
        .languages
        .iter()
        .map(|name| Hit::new(format!("language {name}"), "is trusted, and code in it is not looked into"));
    let methods =
        reach.native.iter().map(|name| Hit::new(name.clone(), "is native code, and no extension made it").at(High));
    let looks = |name: &str| LOOKING.iter().any(|of| name.starts_with(of));
    let looking = cx.catalog.functions.iter().filter(|f| f.extension && f.language == "c" && looks(&f.name));
    let looking = looking.filter(|function| cx.app_executes(function));
    let looking = looking.map(|f| Hit::new(f.full_name(), "tells the service's role of rows that no policy shows it"));
    hits.extend(trusted.chain(methods).chain(looking));
    hits
}

fn d11(cx: &Context<'_>) -> Vec<Hit> {
    let superuser = |oid: Oid| cx.catalog.roles.iter().any(|role| role.oid == oid && role.superuser);
    let ours = cx.catalog.event_triggers.iter().filter(|trigger| !trigger.extension);
    let hit = |trigger: &EventTrigger| {
        let function = cx.catalog.function(trigger.function);
        let owners = [Some(trigger.owner), function.map(|function| function.owner)];
        let weak = owners.into_iter().flatten().find(|&owner| !superuser(owner));
        let object = format!("event trigger {}", trigger.name);
        match weak {
            Some(weak) => Hit::new(object, format!("may be changed by {}", cx.catalog.role_name(weak))),
            // What it runs is what others may have written.
            None if function.is_some_and(|function| function.definer || plpgsql::reads_tables(&function.source)) => {
                Hit::new(object, "runs statements with the rights of the role that changes the schema")
            }
            None => Hit::new(object, "runs with the rights of the role that changes the schema").at(Low),
        }
    };
    ours.map(hit).collect()
}
