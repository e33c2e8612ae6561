//! Row-level security of one organization table.

use super::context::Context;
use super::document::Plan;
use crate::catalog::Relation;
use crate::options::Target;
use crate::policy::{DELETE_POLICY, POLICY, Verifier, condition};
use crate::quote;
use crate::storage::storage;
use tenancy::schema::DeclaredTable;

pub(super) fn steps(context: &Context<'_>, table: &DeclaredTable, plan: &mut Plan) {
    let live = context.live.and_then(|live| live.relation(context.place(table)));
    owner(context, table, live, plan);
    policies(context, table, live, plan);
    security(context, table, live, plan);
    if context.options.target == Target::Postgres {
        children(context, table, live, plan);
    }
    if let Some(live) = live {
        column(context, table, live, plan);
        foreign_policies(context, table, live, plan);
    }
}

/// An owner may switch row-level security off.
fn owner(context: &Context<'_>, table: &DeclaredTable, live: Option<&Relation>, plan: &mut Plan) {
    let Some(live) = live.filter(|live| live.app_reaches_owner) else {
        return;
    };
    if !live.app_code.is_empty() {
        // Run by the server as the table's owner: at ANALYZE, and where a foreign key deletes a row.
        let reason = format!(
            "the service's role owns it, and functions that run for it ({}): as the wall's owner they would read its keys. \
             Give the functions, or the table, to the role that migrates",
            live.app_code.join(", ")
        );
        return plan.lack("owner", &context.label(table), reason, []);
    }
    let (sql, schema) = (context.sql(table), quote::ident(context.place(table).0));
    let owner = context.owner();
    let up =
        [format!("GRANT USAGE, CREATE ON SCHEMA {schema} TO {owner}"), format!("ALTER TABLE {sql} OWNER TO {owner}")];
    let down = [format!("ALTER TABLE {sql} OWNER TO {}", quote::ident(&live.owner))];
    let reason = "the service's role owns it, and an owner may switch row-level security off";
    plan.step("owner", &context.label(table), reason, up, down);
}

fn policies(context: &Context<'_>, table: &DeclaredTable, live: Option<&Relation>, plan: &mut Plan) {
    let (Some(column), Some(storage)) = (table.organization.as_deref(), storage(table)) else {
        return;
    };
    let (sql, label, app, target) = (context.sql(table), context.label(table), context.app(), context.options.target);
    let read = condition(column, storage, Verifier::Read, target);
    let write = condition(column, storage, Verifier::Write, target);
    let expected = context.live.and_then(|known| known.expected(live?.column(column)?, storage));
    let stands = |name: &str| {
        let found = live?.policy(name)?;
        Some(expected?.matches(found, &context.options.app_role))
    };
    if stands(POLICY) != Some(true) {
        let up = [
            format!("DROP POLICY IF EXISTS {POLICY} ON {sql}"),
            format!(
                "CREATE POLICY {POLICY} ON {sql} AS PERMISSIVE FOR ALL TO {app}\n    USING ({read})\n    WITH CHECK ({write})"
            ),
        ];
        let down = [format!("DROP POLICY IF EXISTS {POLICY} ON {sql}")];
        plan.step("policy", &label, "rows of the scope's organization, written with write access only", up, down);
    }
    if stands(DELETE_POLICY) != Some(true) {
        let up = [
            format!("DROP POLICY IF EXISTS {DELETE_POLICY} ON {sql}"),
            format!("CREATE POLICY {DELETE_POLICY} ON {sql} AS RESTRICTIVE FOR DELETE TO {app}\n    USING ({write})"),
        ];
        let down = [format!("DROP POLICY IF EXISTS {DELETE_POLICY} ON {sql}")];
        plan.step("delete-policy", &label, "DELETE has no WITH CHECK: it needs write access too", up, down);
    }
}

fn security(context: &Context<'_>, table: &DeclaredTable, live: Option<&Relation>, plan: &mut Plan) {
    let sql = context.sql(table);
    let (enabled, forced) = live.map_or((false, false), |live| (live.rls, live.forced));
    if enabled && forced {
        return;
    }
    let up =
        [format!("ALTER TABLE {sql} ENABLE ROW LEVEL SECURITY"), format!("ALTER TABLE {sql} FORCE ROW LEVEL SECURITY")];
    let mut down = Vec::new();
    if !forced {
        down.push(format!("ALTER TABLE {sql} NO FORCE ROW LEVEL SECURITY"));
    }
    if !enabled {
        down.push(format!("ALTER TABLE {sql} DISABLE ROW LEVEL SECURITY"));
    }
    plan.step("security", &context.label(table), "policies hold, for the owner too", up, down);
}

/// A child that is named directly passes its parent's policies by.
fn children(context: &Context<'_>, table: &DeclaredTable, live: Option<&Relation>, plan: &mut Plan) {
    let (app, label) = (&context.options.app_role, context.label(table));
    let reason =
        "a statement that names a partition or child directly is not held by the parent's policies: no role may";
    if let Some(live) = live {
        for child in live.children.iter().filter(|child| !(child.rls && child.forced && !child.granted)) {
            let sql = quote::qualified(&child.schema, &child.name);
            plan.step(
                "child",
                &format!("{}.{}", child.schema, child.name),
                reason,
                close(&sql, &quote::ident(app)),
                [],
            );
        }
        return;
    }
    let (schema, name) = context.place(table);
    let place = quote::literal(&quote::qualified(schema, name));
    let close = close("%s", "%I").map(|statement| {
        let role = if statement.contains("%I") { format!(", {}", quote::literal(app)) } else { String::new() };
        format!("        EXECUTE pg_catalog.format('{statement}', child{role});\n")
    });
    let up = quote::block(&format!(
        "DECLARE\n    child regclass;\nBEGIN\n    FOR child IN\n        WITH RECURSIVE below AS (\n            \
         SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = {place}::regclass\n            \
         UNION ALL SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN below b ON i.inhparent = b.inhrelid)\n        \
         SELECT inhrelid::regclass FROM below\n    LOOP\n{}    END LOOP;\nEND",
        close.concat()
    ));
    plan.step("children", &label, reason, [up], []);
}

fn close(child: &str, app: &str) -> [String; 3] {
    [
        format!("REVOKE ALL ON TABLE {child} FROM PUBLIC, {app}"),
        format!("ALTER TABLE {child} ENABLE ROW LEVEL SECURITY"),
        format!("ALTER TABLE {child} FORCE ROW LEVEL SECURITY"),
    ]
}

/// What rows that exist may not allow.
fn column(context: &Context<'_>, table: &DeclaredTable, live: &Relation, plan: &mut Plan) {
    let (sql, label) = (context.sql(table), context.label(table));
    let name = table.organization.as_deref().unwrap_or_default();
    let Some(column) = live.column(name) else {
        plan.lack("organization", &label, format!("the table has no column `{name}`"), []);
        return;
    };
    let alter = |what: &str| [format!("ALTER TABLE {sql} ALTER COLUMN {} {what}", quote::ident(name))];
    if !column.not_null {
        let reason = "no scope sees a row without an organization";
        plan.advise("organization-null", &label, reason, alter("SET NOT NULL"));
    }
    if column.has_default {
        let reason = "a default of the organization hides a statement that names none";
        plan.advise("organization-default", &label, reason, alter("DROP DEFAULT"));
    }
}

/// Permissive policies are joined by OR: one that we did not make may widen ours.
fn foreign_policies(context: &Context<'_>, table: &DeclaredTable, live: &Relation, plan: &mut Plan) {
    for policy in &live.policies {
        let for_app = policy.roles.iter().any(|role| role.is_empty() || *role == context.options.app_role);
        if policy.permissive && policy.name != POLICY && for_app {
            let of = format!("{} {}", context.label(table), policy.name);
            let sql = [format!("DROP POLICY {} ON {}", quote::ident(&policy.name), context.sql(table))];
            plan.lack("policy-beside", &of, "permissive policies are joined by OR: it may show more rows", sql);
        }
    }
}
