//! What the service's role may do to a table, and the privileges that are revoked from every other role.

use super::context::Context;
use super::document::Plan;
use crate::catalog::Relation;
use crate::quote;
use tenancy::schema::DeclaredTable;

/// Row-level security does not see TRUNCATE; a trigger runs anything; a foreign key of one's own asks whether rows
/// exist; MAINTAIN rebuilds.
const NEVER: [&str; 3] = ["TRUNCATE", "REFERENCES", "TRIGGER"];

/// Everything but the organization column may be changed.
pub(super) fn tenant(context: &Context<'_>, table: &DeclaredTable, plan: &mut Plan) {
    let live = context.live.and_then(|live| live.relation(context.place(table)));
    everybody(context, table, live, plan);
    // A grant of UPDATE on the table covers every column, so it goes; the columns are granted one by one.
    revoke(context, table, live, &context.options.app_role, &["UPDATE"], plan);
    organization(context, table, live, plan);
    let (sql, app) = (context.sql(table), context.app());
    let wanted = ["SELECT", "INSERT", "DELETE"];
    let missing = missing(context, live, &wanted);
    let mut up: Vec<_> = missing.iter().map(|privilege| format!("GRANT {privilege} ON TABLE {sql} TO {app}")).collect();
    let mut down: Vec<_> =
        missing.iter().map(|privilege| format!("REVOKE {privilege} ON TABLE {sql} FROM {app}")).collect();
    let columns = updatable(context, table, live);
    if !columns.is_empty() {
        let columns = quote::idents(columns);
        up.push(format!("GRANT UPDATE ({columns}) ON TABLE {sql} TO {app}"));
        down.push(format!("REVOKE UPDATE ({columns}) ON TABLE {sql} FROM {app}"));
    }
    if !up.is_empty() {
        plan.step("grants", &context.label(table), "the four commands, without changing whose a row is", up, down);
    }
    sequences(context, table, live, plan);
}

/// Shared data: it can be read.
pub(super) fn global(context: &Context<'_>, table: &DeclaredTable, plan: &mut Plan) {
    let live = context.live.and_then(|live| live.relation(context.place(table)));
    revoke(context, table, live, &context.options.app_role, &[], plan);
    revoke(context, table, live, "", &[], plan);
    let (sql, app, label) = (context.sql(table), context.app(), context.label(table));
    if !missing(context, live, &["SELECT"]).is_empty() {
        let up = [format!("GRANT SELECT ON TABLE {sql} TO {app}")];
        let down = [format!("REVOKE SELECT ON TABLE {sql} FROM {app}")];
        plan.step("grants", &label, "shared data is read by every organization", up, down);
    }
    let writes = live.map(|live| live.held(&context.options.app_role, &["INSERT", "UPDATE", "DELETE"]));
    if let Some(writes) = writes.filter(|writes| !writes.is_empty()) {
        let sql = [format!("REVOKE {} ON TABLE {sql} FROM {app}", writes.join(", "))];
        plan.advise("global-writes", &label, "a request of one organization changes what all of them read", sql);
    }
}

/// The operator's: no step, because a service may still reach them by the same role.
pub(super) fn platform(context: &Context<'_>, table: &DeclaredTable, plan: &mut Plan) {
    let live = context.live.and_then(|live| live.relation(context.place(table)));
    let held = live.map(|live| live.held(&context.options.app_role, &["SELECT", "INSERT", "UPDATE", "DELETE"]));
    if let Some(held) = held.filter(|held| !held.is_empty()) {
        let sql = [format!("REVOKE ALL ON TABLE {} FROM {}", context.sql(table), context.app())];
        let reason = format!("the service's role holds {} on a table of the platform's own", held.join(", "));
        plan.advise("platform-grants", &context.label(table), reason, sql);
    }
}

fn everybody(context: &Context<'_>, table: &DeclaredTable, live: Option<&Relation>, plan: &mut Plan) {
    let held = live.map(|live| live.held("", &[]));
    if held.as_ref().is_some_and(Vec::is_empty) {
        return;
    }
    let sql = context.sql(table);
    let up = [format!("REVOKE ALL ON TABLE {sql} FROM PUBLIC")];
    let down = held.unwrap_or_default().into_iter().map(|held| format!("GRANT {held} ON TABLE {sql} TO PUBLIC"));
    plan.step("public", &context.label(table), "a grant to everybody is a grant to every role to come", up, down);
}

/// Takes `NEVER` and `also` from a role (everybody has the empty name), and whatever it may hand on.
fn revoke(
    context: &Context<'_>,
    table: &DeclaredTable,
    live: Option<&Relation>,
    role: &str,
    also: &[&str],
    plan: &mut Plan,
) {
    let mut taken: Vec<&str> = NEVER.iter().chain(also).copied().collect();
    let mut handed_on = Vec::new();
    if let Some(live) = live {
        taken = live.held(role, &[&taken[..], &["MAINTAIN"]].concat());
        handed_on = live.grantable(role);
    }
    if taken.is_empty() && handed_on.is_empty() {
        return;
    }
    let what = if role.is_empty() { "public-revokes" } else { "revokes" };
    let (sql, role) = (context.sql(table), if role.is_empty() { "PUBLIC".to_owned() } else { quote::ident(role) });
    let known = live.is_some();
    let (mut up, mut down) = (Vec::new(), Vec::new());
    if !taken.is_empty() {
        let list = taken.join(", ");
        up.push(format!("REVOKE {list} ON TABLE {sql} FROM {role}"));
        if known {
            down.push(format!("GRANT {list} ON TABLE {sql} TO {role}"));
        }
    }
    for held in handed_on {
        up.push(format!("REVOKE GRANT OPTION FOR {held} ON TABLE {sql} FROM {role}"));
    }
    plan.step(what, &context.label(table), "row-level security does not see what these do", up, down);
}

/// A grant on the organization column itself.
fn organization(context: &Context<'_>, table: &DeclaredTable, live: Option<&Relation>, plan: &mut Plan) {
    let name = table.organization.as_deref().unwrap_or_default();
    let Some(column) = live.and_then(|live| live.column(name)) else {
        return;
    };
    if column.held(&context.options.app_role, "UPDATE") || column.held("", "UPDATE") {
        let sql = format!("UPDATE ({}) ON TABLE {}", quote::ident(name), context.sql(table));
        let up = [format!("REVOKE {sql} FROM PUBLIC, {}", context.app())];
        let down = [format!("GRANT {sql} TO {}", context.app())];
        plan.step("organization-fixed", &context.label(table), "a row never changes its organization", up, down);
    }
}

fn missing<'p>(context: &Context<'_>, live: Option<&Relation>, wanted: &[&'p str]) -> Vec<&'p str> {
    let held = live.map(|live| live.held(&context.options.app_role, wanted)).unwrap_or_default();
    wanted.iter().filter(|wanted| !held.contains(wanted)).copied().collect()
}

/// The declared columns that the role cannot change yet, or that it could only by a grant on the whole table.
fn updatable<'t>(context: &Context<'_>, table: &'t DeclaredTable, live: Option<&Relation>) -> Vec<&'t str> {
    let app = &context.options.app_role;
    let whole = live.is_some_and(|live| !live.held(app, &["UPDATE"]).is_empty());
    let ours = table.columns.iter().map(|column| column.name.as_str());
    ours.filter(|name| Some(*name) != table.organization.as_deref())
        .filter(|name| {
            let column = live.and_then(|live| live.column(name));
            // REVOKE on the table takes the grants on its columns too.
            live.is_none() || column.is_some_and(|column| !column.generated && (whole || !column.held(app, "UPDATE")))
        })
        .collect()
}

/// `serial` columns take their values from a sequence that the role must be able to use.
fn sequences(context: &Context<'_>, table: &DeclaredTable, live: Option<&Relation>, plan: &mut Plan) {
    let (app, reason) = (context.app(), "an insert takes the next number");
    if let Some(live) = live {
        for sequence in live.sequences.iter().filter(|sequence| !sequence.usable) {
            let sql = quote::qualified(&sequence.schema, &sequence.name);
            let up = [format!("GRANT USAGE ON SEQUENCE {sql} TO {app}")];
            let down = [format!("REVOKE USAGE ON SEQUENCE {sql} FROM {app}")];
            plan.step("sequence", &format!("{}.{}", sequence.schema, sequence.name), reason, up, down);
        }
        return;
    }
    let place = quote::literal(&context.sql(table));
    let up = quote::block(&format!(
        "DECLARE\n    sequence regclass;\nBEGIN\n    FOR sequence IN\n        SELECT d.objid::regclass FROM \
         pg_catalog.pg_depend d JOIN pg_catalog.pg_class c ON c.oid = d.objid AND c.relkind = 'S'\n        \
         WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass\n          \
         AND d.refobjid = {place}::regclass AND d.deptype = 'a'\n    LOOP\n        \
         EXECUTE pg_catalog.format('GRANT USAGE ON SEQUENCE %s TO %I', sequence, {});\n    END LOOP;\nEND",
        quote::literal(&context.options.app_role)
    ));
    plan.step("sequences", &context.label(table), reason, [up], []);
}
