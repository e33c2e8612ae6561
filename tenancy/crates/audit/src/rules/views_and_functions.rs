//! Family D: views, functions, rewrite rules and triggers that reach an organization table with other rights (D01 to D07, D13).

use crate::catalog::{Call, Function, Oid, Relation};
use crate::context::Context;
use crate::plpgsql;
use crate::rule::Check::Catalog;
use crate::rule::Severity::{Critical, High, Medium};
use crate::rule::{Hit, Rule};
use std::collections::BTreeSet;

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "D01",
        severity: Critical,
        title: "a view shows an organization table with its owner's rights",
        what: "Views that reach an organization table, through other views too, or the server's own statistics and passwords, without `security_invoker`.",
        why: "Policies are checked for the view's owner, who often sees everything.",
        fix: "`ALTER VIEW .. SET (security_invoker = true)`.",
        check: Catalog(d01),
    },
    Rule {
        id: "D02",
        severity: Critical,
        title: "a materialised view holds tenants' rows",
        what: "Materialised views over organization tables.",
        why: "They hold a copy of every organization's rows and can have no policy.",
        fix: "Drop it, or make it a table with the organization in its key, and declare it.",
        check: Catalog(d02),
    },
    Rule {
        id: "D03",
        severity: High,
        title: "the service's role may call a SECURITY DEFINER function",
        what: "User functions with SECURITY DEFINER that the service's role or PUBLIC may execute, aggregates that run one included. The verifier is known.",
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
        what: "User functions with LEAKPROOF, and the server's own that were made so after `initdb`.",
        why: "They run before the policy's condition, on rows of every organization; an error or a message shows them.",
        fix: "`ALTER FUNCTION .. NOT LEAKPROOF`.",
        check: Catalog(d05),
    },
    Rule {
        id: "D06",
        severity: High,
        title: "a rewrite rule touches an organization table",
        what: "`CREATE RULE` on organization tables and their partitions, and on others when its action names one. Medium: on another declared table.",
        why: "It turns a checked statement into others that run with the owner's rights.",
        fix: "`DROP RULE`.",
        check: Catalog(d06),
    },
    Rule {
        id: "D07",
        severity: High,
        title: "a trigger runs with its owner's rights",
        what: "Triggers whose function is SECURITY DEFINER, on any table or view: what a session may write to, it may fire. Medium: one of an organization table that gives values to others: by notifications (`pg_notify`, the extension `tcn`), a setting that outlives the transaction, large objects, the number of a sequence, messages of logical decoding.",
        why: "What it reads and writes no policy sees. A notification is heard by every session of the database; settings stay with a connection that serves another organization next; large objects and sequences have no policies.",
        fix: "SECURITY INVOKER; once reviewed, name the function with `--definer`.",
        check: Catalog(d07),
    },
    Rule {
        id: "D13",
        severity: Medium,
        title: "a constraint, index, domain or computed value calls a function that reads tables",
        what: "Functions in CHECK constraints, checks of domains, index expressions, extended statistics, partition keys and generated columns of organization tables that read tables, themselves or by another that they name, or whose body is not seen; there and in defaults the server's own that run SQL or tell something outside of rows.",
        why: "They run during writes and maintenance, with whose rights depends on who runs it.",
        fix: "Use built-in expressions, or a trigger that is reviewed.",
        check: Catalog(d13),
    },
];

fn d01(cx: &Context<'_>) -> Vec<Hit> {
    let secrets = cx.catalog.relations.iter().filter(|view| view.shows_secrets && !view.extension && !invoker(view));
    let secrets = secrets.map(|view| Hit::new(view.full_name(), "shows the server's own statistics or passwords"));
    let views = cx.catalog.relations.iter().filter(|relation| relation.kind == "v" && !invoker(relation));
    showing(cx, views).into_iter().chain(secrets).collect()
}

pub(super) fn invoker(view: &Relation) -> bool {
    let mut options = view.options.iter().filter_map(|option| option.strip_prefix("security_invoker="));
    options.any(|value| matches!(value.to_lowercase().as_str(), "true" | "on" | "yes" | "1" | "t"))
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

/// SECURITY DEFINER functions that are not listed as reviewed.
fn definers<'a>(cx: &'a Context<'a>) -> impl Iterator<Item = &'a Function> {
    cx.catalog.functions.iter().filter(|function| {
        let name = format!("{}.{}", function.schema, function.name);
        function.definer
            && !cx.is_verifier(function)
            && !cx.is_standing(function)
            && !cx.options.definers.contains(&name)
    })
}

fn d03(cx: &Context<'_>) -> Vec<Hit> {
    // A trigger function cannot be called.
    let callable = definers(cx).filter(|function| function.result != "trigger" && function.result != "event_trigger");
    let runs = |function: &Function| {
        let mut aggregates = cx.catalog.functions.iter().filter(|other| other.runs.contains(&function.oid));
        aggregates.find(|aggregate| cx.app_executes(aggregate))
    };
    let open = callable.filter_map(|function| match runs(function) {
        _ if cx.app_executes(function) => Some(Hit::new(function.full_name(), "the service's role may call it")),
        Some(aggregate) => Some(Hit::new(function.full_name(), format!("{} runs it", aggregate.full_name()))),
        None => None,
    });
    open.collect()
}

fn d04(cx: &Context<'_>) -> Vec<Hit> {
    let definers = cx.catalog.functions.iter().filter(|function| function.definer && !function.extension);
    let loose = definers.filter(|function| !function.has_fixed_path());
    loose.map(|function| Hit::new(function.full_name(), "its search_path is not fixed")).collect()
}

fn d05(cx: &Context<'_>) -> Vec<Hit> {
    // An extension's native code is its author's word; what is written in SQL may have been added to it.
    let native = |function: &Function| function.extension && function.language == "c";
    let leakproof = cx.catalog.functions.iter().filter(|function| function.leakproof && !native(function));
    let made = cx.catalog.made_leakproof.iter().map(|name| Hit::new(name.clone(), "was made LEAKPROOF after `initdb`"));
    leakproof.map(|function| Hit::new(function.full_name(), "is marked LEAKPROOF")).chain(made).collect()
}

fn d06(cx: &Context<'_>) -> Vec<Hit> {
    let touches = |oid: Oid| cx.holds_tenants(oid) || cx.is_wall(oid);
    let rules = cx.catalog.rules.iter();
    let hits = rules.filter_map(|rule| {
        let used = || rule.uses.iter().copied().find(|&used| touches(used));
        let what = format!("has the rule `{}`", rule.name);
        let detail = match touches(rule.table) {
            true => what,
            // A rule acts with the rights of its table's owner.
            false if cx.is_declared(rule.table) => match used() {
                Some(used) => format!("{what}, which names {}", cx.catalog.name_of(used)),
                None => return Some(Hit::new(cx.catalog.name_of(rule.table), what).at(Medium)),
            },
            false => format!("{what}, which names {}", cx.catalog.name_of(used()?)),
        };
        Some(Hit::new(cx.catalog.name_of(rule.table), detail))
    });
    hits.collect()
}

fn d07(cx: &Context<'_>) -> Vec<Hit> {
    let hits = cx.catalog.triggers.iter().filter_map(|trigger| {
        let object = cx.catalog.name_of(trigger.table);
        if let Some(function) = definers(cx).find(|function| function.oid == trigger.function) {
            let detail = format!("the trigger `{}` runs {}", trigger.name, function.full_name());
            return Some(Hit::new(object, detail));
        }
        let function = cx.catalog.function(trigger.function).filter(|_| cx.holds_tenants(trigger.table))?;
        let told = plpgsql::tells_others(&function.source)?;
        Some(Hit::new(object, format!("the trigger `{}` {told}", trigger.name)).at(Medium))
    });
    hits.collect()
}

fn d13(cx: &Context<'_>) -> Vec<Hit> {
    let reach = &cx.catalog.reach;
    let tables_of = |call: &Call| match call.kind.as_str() {
        "domain" => reach.types.iter().find(|of| of.oid == call.rel).map_or_else(Vec::new, |of| of.tables.clone()),
        "constraint" | "index" | "generated column" | "statistics" | "partition key" => vec![call.rel],
        // What a default calls runs with the rights of the role that inserts.
        "default" if call.own => vec![call.rel],
        _ => Vec::new(),
    };
    let hits = reach.calls.iter().filter(|call| call.own || calls_a_reader(cx, call.function)).filter_map(|call| {
        let table = tables_of(call).into_iter().find(|&table| cx.holds_tenants(table))?;
        let object = format!("{} {} {}", cx.catalog.name_of(table), call.kind, call.name);
        Some(Hit::new(object, format!("calls {}", call.called)))
    });
    hits.collect()
}

/// Whether a user's function reads tables, itself or by another one that its body names.
pub(super) fn calls_a_reader(cx: &Context<'_>, function: Oid) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![function];
    while let Some(function) = open.pop().and_then(|oid| cx.catalog.function(oid)) {
        if function.extension {
            continue;
        }
        // A parsed body has no text, and other languages are not looked into.
        let unseen = function.parsed_body || !matches!(function.language.as_str(), "sql" | "plpgsql");
        if function.definer || unseen || plpgsql::reads_tables(&function.source) {
            return true;
        }
        let source = function.source.to_lowercase();
        let words: BTreeSet<&str> = source.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let named = cx.catalog.functions.iter().filter(|other| words.contains(other.name.as_str()));
        open.extend(named.map(|other| other.oid).filter(|&oid| seen.insert(oid)));
    }
    false
}
