//! Family D: readers and writers that reach a tenant table by a way of their own. The texts are in `d_rules.rs`.

use super::catalog::{Call, Function, Oid, Publication, Relation};
use super::context::Context;
use super::policy_text::{always_true, canonical};
use super::rule::Hit;
use super::rule::Severity::{High, Low, Medium};
use super::written;
use crate::schema::TableKind;
use std::collections::BTreeSet;

pub(super) use super::d_rules::RULES;

pub(super) fn d01(cx: &Context<'_>) -> Vec<Hit> {
    let secrets = cx.catalog.relations.iter().filter(|view| view.shows_secrets && !view.extension && !invoker(view));
    let secrets = secrets.map(|view| Hit::new(view.full_name(), "shows the server's own statistics or passwords"));
    let views = cx.catalog.relations.iter().filter(|relation| relation.kind == "v" && !invoker(relation));
    showing(cx, views).into_iter().chain(secrets).collect()
}

pub(super) fn invoker(view: &Relation) -> bool {
    let mut options = view.options.iter().filter_map(|option| option.strip_prefix("security_invoker="));
    options.any(|value| matches!(value.to_lowercase().as_str(), "true" | "on" | "yes" | "1" | "t"))
}

pub(super) fn d02(cx: &Context<'_>) -> Vec<Hit> {
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
        function.definer
            && !cx.is_verifier(function)
            && !cx.is_standing(function)
            && !cx.options.definers.contains(&name)
    })
}

pub(super) fn d03(cx: &Context<'_>) -> Vec<Hit> {
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

pub(super) fn d04(cx: &Context<'_>) -> Vec<Hit> {
    let definers = cx.catalog.functions.iter().filter(|function| function.definer && !function.extension);
    let loose = definers.filter(|function| !function.has_fixed_path());
    loose.map(|function| Hit::new(function.full_name(), "its search_path is not fixed")).collect()
}

pub(super) fn d05(cx: &Context<'_>) -> Vec<Hit> {
    // An extension's native code is its author's word; what is written in SQL may have been added to it.
    let native = |function: &Function| function.extension && function.language == "c";
    let leakproof = cx.catalog.functions.iter().filter(|function| function.leakproof && !native(function));
    let made = cx.catalog.made_leakproof.iter().map(|name| Hit::new(name.clone(), "was made LEAKPROOF after `initdb`"));
    leakproof.map(|function| Hit::new(function.full_name(), "is marked LEAKPROOF")).chain(made).collect()
}

pub(super) fn d06(cx: &Context<'_>) -> Vec<Hit> {
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

pub(super) fn d07(cx: &Context<'_>) -> Vec<Hit> {
    let hits = cx.catalog.triggers.iter().filter_map(|trigger| {
        let object = cx.catalog.name_of(trigger.table);
        if let Some(function) = definers(cx).find(|function| function.oid == trigger.function) {
            let detail = format!("the trigger `{}` runs {}", trigger.name, function.full_name());
            return Some(Hit::new(object, detail));
        }
        let function = cx.catalog.function(trigger.function).filter(|_| cx.holds_tenants(trigger.table))?;
        let source = function.source.to_lowercase();
        let mut words = source.split(|c: char| !c.is_alphanumeric() && c != '_');
        // The last is the function of the extension `tcn`.
        let notifies = words.any(|word| matches!(word, "pg_notify" | "notify" | "triggered_change_notification"));
        let detail = || format!("the trigger `{}` notifies, and every session may listen", trigger.name);
        notifies.then(|| Hit::new(object, detail()).at(Medium))
    });
    hits.collect()
}

pub(super) fn d08(cx: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for publication in cx.catalog.publications.iter().filter(|publication| !publication.all_tables) {
        let platform = |table: &Relation| cx.kind_of(table) == Some(TableKind::Platform);
        let tables = cx.catalog.relations.iter().filter(|table| cx.holds_tenants(table.oid) || platform(table));
        for table in tables.filter(|table| publication.holds(table) && !filtered(cx, publication, table)) {
            let whose = if platform(table) { "the platform" } else { "every organization" };
            let detail = format!("the publication `{}` holds rows of {whose}", publication.name);
            hits.push(Hit::new(table.full_name(), detail));
        }
    }
    hits
}

/// Whether a publication shows only rows that its filter chooses by the organization.
fn filtered(cx: &Context<'_>, publication: &Publication, table: &Relation) -> bool {
    let filter = publication.filters.iter().find(|filter| filter.table == table.oid);
    let Some((filter, organization)) = filter.zip(cx.root_organization(table.oid)) else { return false };
    let names = |word: &String| word == organization;
    !always_true(&filter.filter) && canonical(&filter.filter).iter().any(names)
}

pub(super) fn d09(cx: &Context<'_>) -> Vec<Hit> {
    let all = cx.catalog.publications.iter().filter(|publication| publication.all_tables);
    let all = all.map(|publication| Hit::new(format!("publication {}", publication.name), "holds all tables"));
    // The server's own plugin shows what a publication holds; others show everything.
    let slots = cx.catalog.slots.iter().filter(|slot| slot.plugin != "pgoutput");
    let slots = slots.map(|slot| {
        let detail = format!("decodes every table with `{}`, without a publication", slot.plugin);
        Hit::new(format!("replication slot {}", slot.name), detail)
    });
    all.chain(slots).collect()
}

/// Foreign data wrappers are told by their ending.
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

pub(super) fn d10(cx: &Context<'_>) -> Vec<Hit> {
    let reaches = |name: &&String| REACHING.contains(&name.as_str()) || name.ends_with("_fdw");
    let extensions = cx.catalog.extensions.iter().filter(reaches);
    let mut hits: Vec<Hit> = extensions.map(|name| Hit::new(format!("extension {name}"), "is installed")).collect();
    let languages = cx.catalog.untrusted_languages.iter().filter(|name| !REACHING.contains(&name.as_str()));
    hits.extend(languages.map(|name| Hit::new(format!("language {name}"), "is untrusted")));
    hits.extend(cx.catalog.foreign_servers.iter().map(|name| Hit::new(format!("foreign server {name}"), "exists")));
    let native = cx.catalog.functions.iter().filter(|function| !function.extension);
    // An aggregate has the language of its own dummy.
    let native = native.filter(|function| {
        matches!(function.language.as_str(), "c" | "internal") && function.source != "aggregate_dummy"
    });
    hits.extend(native.map(|f| Hit::new(f.full_name(), "runs native code with the server's rights").at(High)));
    let reach = &cx.catalog.reach;
    let trusted = reach
        .languages
        .iter()
        .map(|name| Hit::new(format!("language {name}"), "is trusted, and code in it is not looked into"));
    let methods =
        reach.native.iter().map(|name| Hit::new(name.clone(), "is native code, and no extension made it").at(High));
    hits.extend(trusted.chain(methods));
    hits
}

pub(super) fn d11(cx: &Context<'_>) -> Vec<Hit> {
    let superuser = |oid: Oid| cx.catalog.roles.iter().any(|role| role.oid == oid && role.superuser);
    let ours = cx.catalog.event_triggers.iter().filter(|trigger| !trigger.extension);
    let hit = |trigger: &super::catalog::EventTrigger| {
        let function = cx.catalog.function(trigger.function);
        let owners = [Some(trigger.owner), function.map(|function| function.owner)];
        let weak = owners.into_iter().flatten().find(|&owner| !superuser(owner));
        let object = format!("event trigger {}", trigger.name);
        match weak {
            Some(weak) => Hit::new(object, format!("may be changed by {}", cx.catalog.role_name(weak))),
            // What it runs is what others may have written.
            None if function.is_some_and(|function| function.definer || written::reads_tables(&function.source)) => {
                Hit::new(object, "runs statements with the rights of whoever changes the schema")
            }
            None => Hit::new(object, "runs with the rights of whoever changes the schema").at(Low),
        }
    };
    ours.map(hit).collect()
}

pub(super) fn d12(cx: &Context<'_>) -> Vec<Hit> {
    let tables = cx.catalog.subscribed.iter().filter(|&&table| cx.is_declared(table));
    let mut hits: Vec<Hit> =
        tables.map(|&table| Hit::new(cx.catalog.name_of(table), "a subscription writes into it")).collect();
    // One whose tables are not known yet (never refreshed) may write into any.
    if cx.catalog.subscribed.is_empty() {
        let unknown = cx.catalog.subscriptions.iter();
        hits.extend(unknown.map(|name| Hit::new(format!("subscription {name}"), "its tables are not known yet")));
    }
    hits
}

pub(super) fn d13(cx: &Context<'_>) -> Vec<Hit> {
    let reach = &cx.catalog.reach;
    let tables_of = |call: &Call| match call.kind.as_str() {
        "domain" => reach.types.iter().find(|of| of.oid == call.rel).map_or_else(Vec::new, |of| of.tables.clone()),
        "constraint" | "index" | "generated column" | "statistics" | "partition key" => vec![call.rel],
        // What a default calls runs with the rights of whoever inserts.
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
        if function.definer || unseen || written::reads_tables(&function.source) {
            return true;
        }
        let source = function.source.to_lowercase();
        let words: BTreeSet<&str> = source.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let named = cx.catalog.functions.iter().filter(|other| words.contains(other.name.as_str()));
        open.extend(named.map(|other| other.oid).filter(|&oid| seen.insert(oid)));
    }
    false
}
