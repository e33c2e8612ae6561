//! Family G: code in policies, and what other logins gain (G06, G07).

use super::policies::is_generated_guard;
use super::views_and_functions::{calls_a_reader, invoker};
use crate::catalog::{Call, Function, Grant, Oid, PolicyTree, Relation};
use crate::context::Context;
use crate::rule::Check::Catalog;
use crate::rule::Severity::{Critical, High, Medium};
use crate::rule::{Hit, Rule};
use std::collections::BTreeSet;
use tenancy::schema::TableKind;

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "G06",
        severity: High,
        title: "a policy runs code that may tell rows",
        what: "Restrictive policies of organization tables, and policies of shared and platform tables: functions and operators of users, domains' checks, and the server's own functions that are not leakproof and are given a column.",
        why: "Restrictive policies run before ours, on rows of every organization; a notice, an error or a setting tells them. What a shared table's policy calls runs in armed sessions.",
        fix: "Compare columns with constants by the server's own operators, or drop the policy.",
        check: with_reach!(g06),
    },
    Rule {
        id: "G07",
        severity: High,
        title: "another login gains by a function, a view or the server's own objects",
        what: "SECURITY DEFINER functions that an undeclared role may execute; views with their owner's rights on platform, undeclared and secret tables that the service's role or an undeclared one may read; grants on the server's own tables and functions for files, passwords, statistics and replication; a database that may be copied as a template.",
        why: "Each shows or changes data without a decision about it.",
        fix: "Revoke it; once reviewed, name the function with `--definer` or the role with `--reader`.",
        check: with_reach!(g07),
    },
];

fn g06(cx: &Context<'_>) -> Vec<Hit> {
    let reach = &cx.catalog.reach;
    // Permissive ones of organization tables are compared as a whole (B05).
    let looked = |rel: Oid, restrictive: bool| if cx.holds_tenants(rel) { restrictive } else { cx.is_declared(rel) };
    let calls = reach.calls.iter().filter(|call| call.kind == "policy" && looked(call.rel, call.restrictive));
    let calls = calls.filter(|call| tells(cx, call));
    let calls = calls.map(|call| (call.rel, &call.name, format!("calls {}, which may tell rows", call.called)));
    let casts = reach.domain_casts.iter().filter(|cast| cast.kind == "policy" && looked(cast.rel, cast.restrictive));
    let casts = casts.map(|cast| (cast.rel, &cast.name, "runs the checks of a domain, which may tell rows".to_owned()));
    calls.chain(casts).map(|(rel, name, why)| Hit::new(format!("{} {name}", cx.catalog.name_of(rel)), why)).collect()
}

fn tells(cx: &Context<'_>, call: &Call) -> bool {
    if !call.own {
        return !cx.catalog.function(call.function).is_some_and(|function| cx.is_verifier(function));
    }
    let mut trees = cx.catalog.reach.policy_trees.iter();
    call.restrictive
        && !call.leakproof
        && call.takes > 0
        && !is_generated_guard(cx, call.rel, &call.name)
        && trees.any(|tree| tree.rel == call.rel && tree.name == call.name && given_a_column(tree, call.function))
}

/// Whether a call of the function holds a column: what is given constants alone says nothing of rows. An operator's tree
/// names its function as well.
fn given_a_column(tree: &PolicyTree, function: Oid) -> bool {
    let text = tree.tree.as_str();
    let names = ["funcid", "opfuncid"].map(|name| format!(":{name} {function} "));
    let mut places = names.iter().flat_map(|name| text.match_indices(name.as_str()));
    let direct = places.any(|(at, _)| node_around(text, at).contains("{VAR "));
    // A cast through text names no function.
    let mut casts = text.match_indices("{COERCEVIAIO ");
    let unnamed = !names.iter().any(|name| text.contains(name.as_str()));
    direct || (unnamed && casts.any(|(at, _)| node_around(text, at + 1).contains("{VAR ")))
}

/// The braces around a place of a tree.
fn node_around(text: &str, at: usize) -> &str {
    let begin = enclosing(text[..at].char_indices().rev(), '}', '{').unwrap_or(0);
    let end = enclosing(text[at..].char_indices(), '{', '}').map_or(text.len(), |end| at + end);
    &text[begin..end]
}

fn enclosing(mut letters: impl Iterator<Item = (usize, char)>, opens: char, closes: char) -> Option<usize> {
    let mut depth = 0usize;
    letters.find_map(|(at, letter)| {
        match letter {
            _ if letter == opens => depth += 1,
            _ if letter == closes && depth == 0 => return Some(at),
            _ if letter == closes => depth -= 1,
            _ => {}
        }
        None
    })
}

fn g07(cx: &Context<'_>) -> Vec<Hit> {
    let mut hits: Vec<Hit> = cx.catalog.functions.iter().filter_map(|function| definer(cx, function)).collect();
    hits.extend(cx.catalog.relations.iter().filter_map(|view| view_of_others(cx, view)));
    hits.extend(
        cx.catalog
            .server_grants
            .iter()
            .filter_map(|grant| server_grant(cx, &grant.object, grant.grantee, &grant.privilege)),
    );
    let database = format!("database {}", cx.catalog.server.database);
    let detail = "is a template: a role that may create databases can copy it";
    hits.extend(cx.catalog.reach.template.then(|| Hit::new(database, detail).at(Medium)));
    hits
}

/// A stranger among those who hold one of the privileges.
fn holder(cx: &Context<'_>, acl: &[Grant], privileges: &[&str]) -> Option<String> {
    let held = acl.iter().filter(|grant| privileges.contains(&grant.privilege.as_str()));
    let stranger = held.map(|grant| grant.grantee).find(|&role| cx.stranger(role))?;
    Some(cx.catalog.role_name(stranger).to_owned())
}

/// Of the service's role and PUBLIC they are D03's.
fn definer(cx: &Context<'_>, function: &Function) -> Option<Hit> {
    let known = cx.options.definers.contains(&format!("{}.{}", function.schema, function.name));
    let callable = function.definer && !known && !matches!(function.result.as_str(), "trigger" | "event_trigger");
    if !callable || cx.is_verifier(function) || cx.is_standing(function) {
        return None;
    }
    let by = holder(cx, &function.acl, &["EXECUTE"])?;
    let owner = cx.catalog.role_name(function.owner);
    let hit = Hit::new(function.full_name(), format!("{by} may call it, and it runs with the rights of {owner}"));
    Some(if owner == cx.options.wall.owner_role { hit.at(Critical) } else { hit.at(Medium) })
}

/// A view with its owner's rights on other tables. Views of organization tables and passwords are reported by D01 and D02.
fn view_of_others(cx: &Context<'_>, view: &Relation) -> Option<Hit> {
    let blind = view.kind == "m" || (view.kind == "v" && !invoker(view));
    if !blind || view.extension || view.shows_secrets || cx.shows(view.oid).iter().any(|&shown| cx.holds_tenants(shown))
    {
        return None;
    }
    let hands = !cx.grants_to(view, &cx.hands).is_empty();
    let grants: Vec<Grant> = cx.grants(view).cloned().collect();
    let reader = if hands {
        Some("the service's role".to_owned())
    } else {
        holder(cx, &grants, &["SELECT", "INSERT", "UPDATE", "DELETE"])
    }?;
    let what = shown_in_secret(cx, view.oid)?;
    Some(Hit::new(view.full_name(), format!("shows {what} to {reader} with its owner's rights")))
}

fn shown_in_secret(cx: &Context<'_>, view: Oid) -> Option<String> {
    let shown: BTreeSet<Oid> = cx.shows(view).into_iter().chain([view]).collect();
    let relations = shown.iter().filter(|&&oid| oid != view).filter_map(|&oid| cx.catalog.relation(oid));
    let mut tables =
        relations.filter(|relation| relation.is_table() && !relation.extension && !cx.is_child(relation.oid));
    let undecided = tables.find(|table| {
        let known = cx.options.ignored_tables.contains(&table.full_name());
        !known && matches!(cx.kind_of(table), None | Some(TableKind::Platform))
    });
    // A view calls functions with the rights of who reads it, a materialised one with its owner's.
    let stored = |call: &&Call| call.kind == "view" && call.rel == view && calls_a_reader(cx, call.function);
    let filled = cx.catalog.relation(view).filter(|view| view.kind == "m");
    let filled = filled
        .and_then(|_| cx.catalog.reach.calls.iter().find(stored))
        .map(|call| format!("what {} reads", call.called));
    let mut secrets = cx.catalog.reach.reads.iter().filter(|read| read.kind == "view" && shown.contains(&read.rel));
    let secret = || secrets.find(|read| read.reads < 16_384).map(|read| read.read.clone());
    undecided.map(Relation::full_name).or_else(secret).or(filled)
}

/// Names of the server's own objects that show files, passwords, statistics or what is written.
const SECRET: [&str; 16] = [
    "pg_authid",
    "pg_shadow",
    "pg_statistic",
    "pg_largeobject",
    "pg_user_mapping",
    "pg_subscription",
    "pg_read_",
    "pg_ls_",
    "pg_stat_file",
    "lo_import",
    "lo_export",
    "lo_",
    "pg_hba",
    "pg_file_settings",
    "pg_logical_",
    "pg_create_",
];

/// Of the service's role and PUBLIC they are C02's.
fn server_grant(cx: &Context<'_>, object: &str, grantee: Oid, privilege: &str) -> Option<Hit> {
    let writes = !matches!(privilege, "SELECT" | "EXECUTE");
    // What monitoring asks for.
    let harmless = matches!(
        object.split('(').next(),
        Some("pg_ls_waldir" | "pg_ls_logdir" | "pg_ls_archive_statusdir" | "pg_ls_tmpdir")
    );
    let secret = writes || (!harmless && SECRET.iter().any(|name| object.starts_with(name)));
    let name = cx.catalog.role_name(grantee);
    (secret && cx.stranger(grantee))
        .then(|| Hit::new(object, format!("{privilege} is granted to {name}, which `initdb` does not do")))
}
