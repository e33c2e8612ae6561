//! Family D: readers and writers that reach a tenant table by a way of their own.

use super::catalog::{Function, Relation};
use super::context::Context;
use super::rule::Check::Catalog;
use super::rule::Severity::{Critical, High, Medium};
use super::rule::{Hit, Rule};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "D01",
        severity: Critical,
        title: "a view shows a tenant table with its owner's eyes",
        what: "Views that reach a tenant table, through other views too, without `security_invoker`.",
        why: "Policies are checked for the view's owner, who often sees everything.",
        fix: "`ALTER VIEW .. SET (security_invoker = true)`.",
        check: Catalog(d01),
    },
    Rule {
        id: "D02",
        severity: Critical,
        title: "a materialised view holds tenants' rows",
        what: "Materialised views over tenant tables.",
        why: "They hold a copy of every organization's rows and can have no policy.",
        fix: "Drop it, or make it a table with the organization in its key, and declare it.",
        check: Catalog(d02),
    },
    Rule {
        id: "D03",
        severity: High,
        title: "the service's role may call a SECURITY DEFINER function",
        what: "User functions with SECURITY DEFINER that the service's role or PUBLIC may execute. The verifier is known.",
        why: "It runs with its owner's rights, past the policies.",
        fix: "SECURITY INVOKER, or `REVOKE EXECUTE`; once reviewed, name it with `--definer`.",
        check: Catalog(d03),
    },
    Rule {
        id: "D04",
        severity: High,
        title: "a SECURITY DEFINER function has no fixed search_path",
        what: "`SET search_path` or a parsed body on every user function with SECURITY DEFINER.",
        why: "Its caller chooses what the names in it mean.",
        fix: "`ALTER FUNCTION .. SET search_path = pg_catalog, pg_temp`.",
        check: Catalog(d04),
    },
    Rule {
        id: "D05",
        severity: High,
        title: "a function is marked LEAKPROOF",
        what: "User functions with LEAKPROOF.",
        why: "They run before the policy's condition, on rows of every organization; an error or a message shows them.",
        fix: "`ALTER FUNCTION .. NOT LEAKPROOF`.",
        check: Catalog(d05),
    },
    Rule {
        id: "D06",
        severity: High,
        title: "a tenant table has a rewrite rule",
        what: "`CREATE RULE` on tenant tables and their partitions.",
        why: "It turns a checked statement into others that run with the owner's rights.",
        fix: "`DROP RULE`.",
        check: Catalog(d06),
    },
    Rule {
        id: "D07",
        severity: High,
        title: "a trigger of a tenant table runs with its owner's rights",
        what: "Triggers on tenant tables whose function is SECURITY DEFINER.",
        why: "What it reads and writes no policy sees.",
        fix: "SECURITY INVOKER; once reviewed, name the function with `--definer`.",
        check: Catalog(d07),
    },
    Rule {
        id: "D08",
        severity: Medium,
        title: "a tenant table is published without a row filter",
        what: "Publications that hold a tenant table by name or by its schema, without a filter.",
        why: "The subscriber gets every organization's rows; row-level security does not hold there.",
        fix: "Add a row filter, or accept it with the reason in the baseline.",
        check: Catalog(d08),
    },
    Rule {
        id: "D09",
        severity: Medium,
        title: "a publication holds all tables",
        what: "Publications FOR ALL TABLES.",
        why: "As D08, and every table to come.",
        fix: "Publish tables by name.",
        check: Catalog(d09),
    },
    Rule {
        id: "D10",
        severity: Medium,
        title: "the server can reach out of the database",
        what: "Extensions such as dblink, postgres_fdw, file_fdw and pg_cron, untrusted languages, foreign servers.",
        why: "They open connections or files with other rights than the session's.",
        fix: "`DROP EXTENSION`, or revoke their use.",
        check: Catalog(d10),
    },
    Rule {
        id: "D11",
        severity: Medium,
        title: "an event trigger belongs to a weak role",
        what: "Owners of event triggers are superusers.",
        why: "It runs when an administrator changes the schema: a way up.",
        fix: "`ALTER EVENT TRIGGER .. OWNER TO` a superuser, or drop it.",
        check: Catalog(d11),
    },
    Rule {
        id: "D12",
        severity: Medium,
        title: "a subscription writes into a tenant table",
        what: "Tenant tables that a logical subscription fills, and subscriptions whose tables cannot be told.",
        why: "Its rows are taken as they come; WITH CHECK does not hold for its worker.",
        fix: "Accept it with the reason in the baseline, or drop the subscription.",
        check: Catalog(d12),
    },
    Rule {
        id: "D13",
        severity: Medium,
        title: "a constraint, index or generated column calls a function that reads tables",
        what: "User functions in CHECK constraints, index expressions and generated columns of tenant tables.",
        why: "They run during writes and maintenance, with whose rights depends on who runs it.",
        fix: "Use built-in expressions, or a trigger that is reviewed.",
        check: Catalog(d13),
    },
];

fn d01(cx: &Context<'_>) -> Vec<Hit> {
    let invoker = |view: &Relation| {
        let mut options = view.options.iter().filter_map(|option| option.strip_prefix("security_invoker="));
        options.any(|value| matches!(value.to_lowercase().as_str(), "true" | "on" | "yes" | "1" | "t"))
    };
    let views = cx.catalog.relations.iter().filter(|relation| relation.kind == "v" && !invoker(relation));
    showing(cx, views)
}

fn d02(cx: &Context<'_>) -> Vec<Hit> {
    showing(cx, cx.catalog.relations.iter().filter(|relation| relation.kind == "m"))
}

fn showing<'a>(cx: &Context<'_>, views: impl Iterator<Item = &'a Relation>) -> Vec<Hit> {
    let hits = views.filter_map(|view| {
        let table = cx.shows(view.oid).into_iter().find(|&oid| cx.holds_tenants(oid))?;
        Some(Hit::new(view.full_name(), format!("shows {}", cx.catalog.name_of(table))))
    });
    hits.collect()
}

/// Definer functions that nobody reviewed.
fn definers<'a>(cx: &'a Context<'a>) -> impl Iterator<Item = &'a Function> {
    cx.catalog.functions.iter().filter(|function| {
        let name = format!("{}.{}", function.schema, function.name);
        function.definer && !cx.is_verifier(function) && !cx.options.definers.contains(&name)
    })
}

fn d03(cx: &Context<'_>) -> Vec<Hit> {
    // A trigger function cannot be called.
    let callable = definers(cx).filter(|function| function.result != "trigger" && function.result != "event_trigger");
    let open = callable.filter(|function| cx.app_executes(function));
    open.map(|function| Hit::new(function.full_name(), "the service's role may call it")).collect()
}

fn d04(cx: &Context<'_>) -> Vec<Hit> {
    let definers = cx.catalog.functions.iter().filter(|function| function.definer && !function.extension);
    let loose = definers.filter(|function| !function.has_fixed_path());
    loose.map(|function| Hit::new(function.full_name(), "its search_path is not fixed")).collect()
}

fn d05(cx: &Context<'_>) -> Vec<Hit> {
    let leakproof = cx.catalog.functions.iter().filter(|function| function.leakproof && !function.extension);
    leakproof.map(|function| Hit::new(function.full_name(), "is marked LEAKPROOF")).collect()
}

fn d06(cx: &Context<'_>) -> Vec<Hit> {
    let rules = cx.catalog.rules.iter().filter(|rule| cx.holds_tenants(rule.table));
    rules.map(|rule| Hit::new(cx.catalog.name_of(rule.table), format!("has the rule `{}`", rule.name))).collect()
}

fn d07(cx: &Context<'_>) -> Vec<Hit> {
    let triggers = cx.catalog.triggers.iter().filter(|trigger| cx.holds_tenants(trigger.table));
    let hits = triggers.filter_map(|trigger| {
        let function = definers(cx).find(|function| function.oid == trigger.function)?;
        let detail = format!("the trigger `{}` runs {}", trigger.name, function.full_name());
        Some(Hit::new(cx.catalog.name_of(trigger.table), detail))
    });
    hits.collect()
}

fn d08(cx: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for publication in cx.catalog.publications.iter().filter(|publication| !publication.all_tables) {
        let tables = cx.catalog.relations.iter().filter(|relation| cx.holds_tenants(relation.oid));
        let published = |table: &&Relation| {
            publication.unfiltered.contains(&table.oid) || publication.schemas.contains(&table.schema)
        };
        for table in tables.filter(published) {
            hits.push(Hit::new(
                table.full_name(),
                format!("the publication `{}` holds all its rows", publication.name),
            ));
        }
    }
    hits
}

fn d09(cx: &Context<'_>) -> Vec<Hit> {
    let all = cx.catalog.publications.iter().filter(|publication| publication.all_tables);
    all.map(|publication| Hit::new(format!("publication {}", publication.name), "holds all tables")).collect()
}

const REACHING: [&str; 9] =
    ["dblink", "postgres_fdw", "file_fdw", "pg_cron", "adminpack", "plpython3u", "plperlu", "pltclu", "http"];

fn d10(cx: &Context<'_>) -> Vec<Hit> {
    let extensions = cx.catalog.extensions.iter().filter(|name| REACHING.contains(&name.as_str()));
    let mut hits: Vec<Hit> = extensions.map(|name| Hit::new(format!("extension {name}"), "is installed")).collect();
    let languages = cx.catalog.untrusted_languages.iter().filter(|name| !REACHING.contains(&name.as_str()));
    hits.extend(languages.map(|name| Hit::new(format!("language {name}"), "is untrusted")));
    hits.extend(cx.catalog.foreign_servers.iter().map(|name| Hit::new(format!("foreign server {name}"), "exists")));
    hits
}

fn d11(cx: &Context<'_>) -> Vec<Hit> {
    let weak = cx.catalog.event_triggers.iter().filter(|trigger| {
        let owner = cx.catalog.roles.iter().find(|role| role.oid == trigger.owner);
        !owner.is_some_and(|role| role.superuser)
    });
    let hit = |trigger: &super::catalog::EventTrigger| {
        let owner = cx.catalog.role_name(trigger.owner);
        Hit::new(format!("event trigger {}", trigger.name), format!("belongs to {owner}"))
    };
    weak.map(hit).collect()
}

fn d12(cx: &Context<'_>) -> Vec<Hit> {
    let tables = cx.catalog.subscribed.iter().filter(|&&table| cx.holds_tenants(table));
    let mut hits: Vec<Hit> =
        tables.map(|&table| Hit::new(cx.catalog.name_of(table), "a subscription writes into it")).collect();
    // One whose tables are not known yet (never refreshed) may write into any.
    if cx.catalog.subscribed.is_empty() {
        let unknown = cx.catalog.subscriptions.iter();
        hits.extend(unknown.map(|name| Hit::new(format!("subscription {name}"), "its tables are not known yet")));
    }
    hits
}

fn d13(cx: &Context<'_>) -> Vec<Hit> {
    let calls = cx.catalog.expression_calls.iter().filter(|call| cx.holds_tenants(call.table));
    let hits = calls.filter_map(|call| {
        let function = cx.catalog.function(call.function)?;
        let source = function.source.to_lowercase();
        let words = || source.split(|c: char| !c.is_alphanumeric() && c != '_');
        let reads =
            function.definer || words().any(|word| matches!(word, "from" | "join" | "table" | "execute" | "perform"));
        let object = format!("{} {}", cx.catalog.name_of(call.table), call.object);
        // A parsed body has no text; what it reads is not told here.
        (reads || function.parsed_body).then(|| Hit::new(object, format!("calls {}", function.full_name())))
    });
    hits.collect()
}
