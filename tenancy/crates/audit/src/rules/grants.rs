//! Family C: privileges on tables, schemas and the database (C04 to C09).

use super::service_role::role;
use crate::catalog::{Grant, Oid, Relation};
use crate::context::{Context, PUBLIC, WALL_SCHEMA};
use crate::rule::Check::Catalog;
use crate::rule::Severity::{Critical, High, Low, Medium};
use crate::rule::{Hit, Rule};
use std::collections::BTreeSet;
use tenancy::schema::TableKind;

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "C04",
        severity: High,
        title: "TRUNCATE, TRIGGER, REFERENCES or MAINTAIN is granted",
        what: "Grants of these on organization and global tables to roles other than the owner. Medium: the service's role writes a global table. Low: it reaches a platform table.",
        why: "Row-level security does not see them: TRUNCATE empties every organization, a trigger reads what others write, a foreign key asks whether a row exists.",
        fix: "`REVOKE` them; `tenancy rls plan` writes it for the service's role.",
        check: Catalog(c04),
    },
    Rule {
        id: "C05",
        severity: Critical,
        title: "PUBLIC holds a privilege on an organization table",
        what: "Grants to PUBLIC on organization tables, their columns and partitions, on platform tables, and to write global ones.",
        why: "Every role that exists or will exist has it.",
        fix: "`REVOKE ALL ON TABLE .. FROM PUBLIC`.",
        check: Catalog(c05),
    },
    Rule {
        id: "C06",
        severity: Medium,
        title: "a privilege may be handed on",
        what: "Grant options of roles other than the owner on organization tables, sequences, schemas and the database, and roles that the service's role may grant.",
        why: "Its holder can give the privilege to other roles without the owner.",
        fix: "`REVOKE GRANT OPTION FOR ..`.",
        check: Catalog(c06),
    },
    Rule {
        id: "C07",
        severity: High,
        title: "the service's role may create in a schema",
        what: "CREATE on any schema, granted to the service's role, to roles that it can take, or to PUBLIC. Medium: on a schema of declared tables or of the server's own, to another undeclared role.",
        why: "A function, operator or table that it creates can be found before ours, and then runs with the rights of a stronger role.",
        fix: "`REVOKE CREATE ON SCHEMA .. FROM ..`.",
        check: Catalog(c07),
    },
    Rule {
        id: "C08",
        severity: High,
        title: "the service's role may create in the database",
        what: "TEMPORARY and CREATE on the database, granted to the service's role or to PUBLIC. Medium: CREATE for another undeclared role.",
        why: "A temporary table of an organization table's name stands before it for the rest of the session; a schema can hold planted operators.",
        fix: "`REVOKE TEMPORARY, CREATE ON DATABASE .. FROM PUBLIC, <the service's role>`.",
        check: Catalog(c08),
    },
    Rule {
        id: "C09",
        severity: Medium,
        title: "default privileges hand out new tables",
        what: "`ALTER DEFAULT PRIVILEGES` for tables and schemas in favour of roles other than their owner. Low: for sequences and functions.",
        why: "The next table is readable before it has a policy.",
        fix: "`ALTER DEFAULT PRIVILEGES .. REVOKE ..`; grant table by table.",
        check: Catalog(c09),
    },
];

/// Organization tables, and their partitions and children.
pub(super) fn holders<'a>(cx: &'a Context<'a>) -> impl Iterator<Item = &'a Relation> {
    cx.catalog.relations.iter().filter(|relation| cx.holds_tenants(relation.oid))
}

/// Row-level security does not see what these do.
const NEVER: [&str; 4] = ["TRUNCATE", "TRIGGER", "REFERENCES", "MAINTAIN"];

const WRITES: [&str; 3] = ["INSERT", "UPDATE", "DELETE"];

/// Declared tables of a kind that exist.
fn of_kind<'a>(cx: &'a Context<'a>, kind: TableKind) -> impl Iterator<Item = &'a Relation> {
    cx.manifest.tables.iter().filter(move |table| table.kind == kind).filter_map(|table| cx.find(table))
}

fn c04(cx: &Context<'_>) -> Vec<Hit> {
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

fn c05(cx: &Context<'_>) -> Vec<Hit> {
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

fn c06(cx: &Context<'_>) -> Vec<Hit> {
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

fn c07(cx: &Context<'_>) -> Vec<Hit> {
    let open = cx.catalog.schemas.iter().filter_map(|schema| {
        let mut grants = schema.acl.iter().filter(|grant| grant.privilege == "CREATE");
        let by = grants.clone().find(|grant| cx.hands.contains(&grant.grantee));
        let servers = matches!(schema.name.as_str(), "pg_catalog" | "information_schema");
        let declared = servers || schema.name == WALL_SCHEMA || cx.schemas().contains(schema.name.as_str());
        // The owner of the tables creates tables.
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

fn c08(cx: &Context<'_>) -> Vec<Hit> {
    let grants = cx.catalog.database.acl.iter().filter(|grant| cx.hands.contains(&grant.grantee));
    let held: Vec<String> = grants
        .filter(|grant| matches!(grant.privilege.as_str(), "TEMPORARY" | "CREATE"))
        .map(|grant| format!("{} to {}", grant.privilege, cx.catalog.role_name(grant.grantee)))
        .collect();
    let object = || format!("database {}", cx.catalog.server.database);
    let hit = || Hit::new(object(), format!("granted: {}", held.join(", ")));
    // A schema with the name of the service's role comes before `public` in its search path.
    let others =
        cx.catalog.database.acl.iter().filter(|grant| grant.privilege == "CREATE" && cx.stranger(grant.grantee));
    let others = others.filter(|grant| !cx.builds(grant.grantee)).map(|grant| cx.catalog.role_name(grant.grantee));
    let others: Vec<Hit> =
        others.map(|name| Hit::new(object(), format!("{name} may make schemas in it")).at(Medium)).collect();
    (!held.is_empty()).then(hit).into_iter().chain(others).collect()
}

fn c09(cx: &Context<'_>) -> Vec<Hit> {
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
