//! Family G: what names mean (G02, G03).

use crate::catalog::{Namesake, Oid, Schema};
use crate::context::Context;
use crate::rule::Check::Catalog;
use crate::rule::Severity::{Critical, High, Low, Medium};
use crate::rule::{Hit, Rule};
use std::collections::BTreeSet;

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "G02",
        severity: High,
        title: "a name without a schema may lead elsewhere",
        what: "The `search_path` of the service's role, of the database and of the server, and those that other roles have stored: each declared table without a schema is found where it was declared; no schema of the path, one of the role's own name among them, belongs to others or lets others create; no operator or function of a user has a name of the server's own. Critical: a declared table's name leads to another relation. Low: a function of numbers and dates only.",
        why: "Diesel writes names without a schema: the owner of the object that a name leads to sees and answers the service's statements.",
        fix: "Drop what stands before, `REVOKE CREATE ON SCHEMA`, `ALTER ROLE .. RESET search_path`.",
        check: with_reach!(g02),
    },
    Rule {
        id: "G03",
        severity: Critical,
        title: "an object stands among the server's own, or replaces one",
        what: "Objects in `pg_catalog` and `information_schema` that neither `initdb` nor an extension made; functions, operators, casts, types and operator families of the server's own that were changed afterwards; casts between its types; members that were added to an extension by hand. Grants alone are no change.",
        why: "The verifier and every statement use the server's own names: they are found before any other, and nothing else looks at them.",
        fix: "Drop it; restore the server's own from a dump of a fresh cluster; `ALTER EXTENSION .. DROP ..`.",
        check: with_reach!(g03),
    },
];

/// The schemas of a path, in their order; those that do not exist are left out, as the server does.
fn schemas_of(cx: &Context<'_>, path: &str, role: &str) -> Vec<String> {
    let names = path.split(',').map(|name| name.trim().trim_matches('"'));
    let names = names.map(|name| if name == "$user" { role } else { name });
    names.filter(|name| *name == "pg_temp" || schema(cx, name).is_some()).map(str::to_owned).collect()
}

fn schema<'a>(cx: &Context<'a>, name: &str) -> Option<&'a Schema> {
    cx.catalog.schemas.iter().find(|schema| schema.name == name)
}

/// What is stored for a role in this database, and what comes in its place.
fn stored<'a>(cx: &Context<'a>, role: Option<Oid>) -> Option<&'a str> {
    let settings = || cx.catalog.role_settings.iter().filter(|setting| setting.name == "search_path");
    let of =
        |role: Oid, here: bool| settings().find(|setting| setting.role == role && setting.database.is_some() == here);
    let own = role.and_then(|role| of(role, true).or_else(|| of(role, false)));
    own.or_else(|| of(0, true)).or_else(|| of(0, false)).map(|setting| setting.value.as_str())
}

/// The server's own, unless something that is stored hides it from the audit's session.
fn of_the_server<'a>(cx: &Context<'a>) -> Option<&'a str> {
    let paths = &cx.catalog.reach.paths;
    let user = cx.catalog.role(&cx.catalog.server.user).map(|role| role.oid);
    // A session of ours begins with this one, whatever the server says.
    let ours = paths.start.starts_with("pg_catalog");
    (stored(cx, user).is_none() && !ours && paths.start != paths.made).then_some(paths.start.as_str())
}

fn effective<'a>(cx: &Context<'a>) -> &'a str {
    let app = cx.catalog.role(&cx.options.wall.app_role).map(|role| role.oid);
    stored(cx, app).or_else(|| of_the_server(cx)).unwrap_or("\"$user\", public")
}

/// Where the service's role looks for a name without a schema.
pub(super) fn path(cx: &Context<'_>) -> Vec<String> {
    schemas_of(cx, effective(cx), &cx.options.wall.app_role)
}

fn g02(cx: &Context<'_>) -> Vec<Hit> {
    let path = path(cx);
    let mut hits = leads_elsewhere(cx, &path);
    hits.extend(path.iter().filter_map(|name| of_others(cx, name, &cx.options.wall.app_role)));
    hits.extend(own_name(cx, &path));
    hits.extend(
        cx.catalog.reach.namesakes.iter().filter(|name| path.contains(&name.schema)).map(|name| namesake(cx, name)),
    );
    hits.extend(
        of_the_server(cx)
            .map(|path| Hit::new("setting search_path", format!("is `{path}` for the whole server")).at(Medium)),
    );
    hits.extend(of_other_roles(cx));
    hits
}

/// Names of declared tables as diesel writes them: without a schema, unless one was declared.
fn leads_elsewhere(cx: &Context<'_>, path: &[String]) -> Vec<Hit> {
    let names = &cx.catalog.reach.names;
    let unqualified = cx.manifest.tables.iter().filter(|table| table.schema.is_none());
    let existing = unqualified.filter_map(|table| Some((table, cx.find(table)?)));
    let hits = existing.filter_map(|(table, relation)| {
        let mut found = path
            .iter()
            .filter_map(|schema| names.iter().find(|name| name.schema == *schema && name.name == table.name));
        match found.next() {
            Some(name) if name.oid == relation.oid => None,
            Some(name) => {
                let detail = format!("its name without a schema leads to {}.{}", name.schema, name.name);
                Some(Hit::new(relation.full_name(), detail).at(Critical))
            }
            None => Some(
                Hit::new(relation.full_name(), "its name without a schema is not found by the service's role")
                    .at(Medium),
            ),
        }
    });
    hits.collect()
}

/// A schema of a path in which others may put things. Those of declared tables are C07's.
fn of_others(cx: &Context<'_>, name: &str, whose: &str) -> Option<Hit> {
    let schema = schema(cx, name).filter(|_| !cx.schemas().contains(name))?;
    let creators = schema.acl.iter().filter(|grant| grant.privilege == "CREATE").map(|grant| grant.grantee);
    let other = creators.chain([schema.owner]).find(|&role| !cx.accepted(role) && !cx.reach.contains(&role))?;
    let detail = format!("{} may create in it, and {whose} looks for names there", cx.catalog.role_name(other));
    Some(Hit::new(format!("schema {name}"), detail))
}

/// `"$user"` comes first, so a schema of the role's name is searched before all others.
fn own_name(cx: &Context<'_>, path: &[String]) -> Option<Hit> {
    let app = &cx.options.wall.app_role;
    let stands = path.contains(app) && !cx.schemas().contains(app.as_str());
    stands.then(|| {
        Hit::new(format!("schema {app}"), "has the name of the service's role, so its objects stand before all others")
    })
}

fn namesake(cx: &Context<'_>, name: &Namesake) -> Hit {
    let kind = if name.operator { "operator " } else { "" };
    let hit = Hit::new(format!("{kind}{}", name.object), "has a name of the server's own, and may be taken for it");
    match name {
        _ if !cx.accepted(name.owner) || name.operator => hit,
        Namesake { plain: true, .. } => hit.at(Low),
        _ => hit.at(Medium),
    }
}

/// What names mean under the search path of other roles: a superuser's statement can do more than the service's.
fn of_other_roles(cx: &Context<'_>) -> Vec<Hit> {
    let app = cx.catalog.role(&cx.options.wall.app_role).map(|role| role.oid);
    let settings = cx.catalog.role_settings.iter().filter(|setting| setting.name == "search_path" && setting.role != 0);
    let roles: BTreeSet<Oid> =
        settings.map(|setting| setting.role).filter(|&role| Some(role) != app && cx.accepted(role)).collect();
    let hits = roles.into_iter().flat_map(|role| {
        let name = cx.catalog.role_name(role);
        let path = schemas_of(cx, stored(cx, Some(role)).unwrap_or_default(), name);
        path.into_iter().filter_map(move |schema| of_others(cx, &schema, name))
    });
    hits.collect()
}

/// Every name is found where it was declared, and no schema of other roles is searched before the server's own.
pub(super) fn is_sound(cx: &Context<'_>, value: &str) -> bool {
    let path = schemas_of(cx, value, &cx.options.wall.app_role);
    let server_first = path.iter().position(|name| name == "pg_catalog").is_none_or(|at| at == 0);
    let first = path.iter().find(|name| *name != "pg_catalog");
    server_first
        && first == Some(&cx.options.wall.default_schema)
        && path.iter().all(|name| name == "pg_catalog" || cx.schemas().contains(name.as_str()))
        && leads_elsewhere(cx, &path).is_empty()
}

fn g03(cx: &Context<'_>) -> Vec<Hit> {
    cx.catalog.reach.odd.iter().map(|odd| Hit::new(odd.object.clone(), odd.why.clone())).collect()
}
