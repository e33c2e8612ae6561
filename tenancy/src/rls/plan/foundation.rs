//! Roles, the schema `tenancy`, the keys, and what nobody may do in the database.

use super::{Context, Plan};
use crate::rls::{Level, quote};

const LIMITS: &str = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS";

/// The key table. What is stored is the key in the two forms that HMAC hashes with, so that a check is two hashes.
pub(super) const KEY_TABLE: &str = "CREATE TABLE IF NOT EXISTS tenancy.key (\n    \
    kid text PRIMARY KEY,\n    ipad bytea NOT NULL,\n    opad bytea NOT NULL,\n    \
    created_at timestamptz NOT NULL DEFAULT now(),\n    not_after timestamptz\n)";

pub(super) fn steps(context: &Context<'_>, plan: &mut Plan) {
    roles(context, plan);
    schema(context, plan);
    if context.options.level == Level::Sealed {
        key_table(context, plan);
    }
}

fn roles(context: &Context<'_>, plan: &mut Plan) {
    let (app, owner) = (&context.options.app_role, &context.options.owner_role);
    for (role, login, reason) in [
        (owner, "NOLOGIN", "owns the key and the verifier; nobody can log in as it"),
        (app, "LOGIN", "the service's role; it owns nothing, so no policy passes it by"),
    ] {
        let live = context.live.map(|live| live.role(role));
        if live.is_none_or(|role| role.is_none()) {
            plan.step("role", role, reason, [create_role(role, login)], []);
        }
        if live.is_none_or(|role| role.is_some_and(|role| role.unlimited)) {
            let reason = "may not go round row-level security, nor make a role that does";
            plan.step("role-limits", role, reason, [limit_role(role)], []);
        }
    }
    if context.live.is_none_or(|live| live.role(app).is_none()) {
        let (reason, sql) = ("a password is never in DDL: set it in psql", format!("\\password {}", quote::ident(app)));
        plan.advise("password", app, reason, [sql]);
    }
    memberships(context, plan);
}

fn create_role(role: &str, login: &str) -> String {
    let (name, ident) = (quote::literal(role), quote::ident(role));
    quote::block(&format!(
        "BEGIN\n    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {name}) THEN\n        \
         CREATE ROLE {ident} {login} {LIMITS};\n    END IF;\nEND"
    ))
}

/// Only when there is something to change: some of these need a superuser even to say what is already so.
fn limit_role(role: &str) -> String {
    let (name, ident) = (quote::literal(role), quote::ident(role));
    quote::block(&format!(
        "BEGIN\n    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {name}\n        \
         AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls)) THEN\n        \
         ALTER ROLE {ident} {LIMITS};\n    END IF;\nEND"
    ))
}

/// Whoever migrates must be able to act for the owner; the service must not.
fn memberships(context: &Context<'_>, plan: &mut Plan) {
    let (app, owner) = (&context.options.app_role, &context.options.owner_role);
    let (app_name, owner_name) = (quote::literal(app), quote::literal(owner));
    if context.live.is_none_or(|live| !live.acts_for_owner) {
        // From release 16 on, whoever creates a role is a member that may not act for it.
        let sql = quote::block(&format!(
            "BEGIN\n    IF NOT pg_catalog.pg_has_role({owner_name},\n        \
             CASE WHEN pg_catalog.current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END) \
             THEN\n        \
             EXECUTE pg_catalog.format('GRANT %I TO %I', {owner_name}, current_user);\n    END IF;\nEND"
        ));
        plan.step("owner-member", owner, "whoever migrates acts for the owner", [sql], []);
    }
    if context.live.is_none_or(|live| live.app_reaches_owner) {
        let sql = quote::block(&format!(
            "BEGIN\n    IF EXISTS (SELECT FROM pg_catalog.pg_auth_members m\n        \
             JOIN pg_catalog.pg_roles o ON o.oid = m.roleid AND o.rolname = {owner_name}\n        \
             JOIN pg_catalog.pg_roles a ON a.oid = m.member AND a.rolname = {app_name}) THEN\n        \
             REVOKE {} FROM {};\n    END IF;\nEND",
            context.owner(),
            context.app()
        ));
        plan.step("owner-apart", app, "the service's role must not become the owner", [sql], []);
    }
}

fn schema(context: &Context<'_>, plan: &mut Plan) {
    let (app, owner) = (context.app(), context.owner());
    let live = context.live.and_then(|live| live.schema("tenancy"));
    if live.is_none_or(|schema| schema.owner != context.options.owner_role) {
        let up = ["CREATE SCHEMA IF NOT EXISTS tenancy".to_owned(), format!("ALTER SCHEMA tenancy OWNER TO {owner}")];
        // Without CASCADE: it goes when it is empty.
        let down = ["DROP SCHEMA IF EXISTS tenancy".to_owned()];
        plan.step("schema", "tenancy", "holds the verifier and the keys", up, down);
    }
    let grants = |role: &str| live.map(|schema| schema.privileges(role)).unwrap_or_default();
    let apart = grants("").is_empty() && grants(&context.options.app_role) == ["USAGE"];
    if live.is_none() || !apart {
        let up = [
            "REVOKE ALL ON SCHEMA tenancy FROM PUBLIC".to_owned(),
            format!("REVOKE ALL ON SCHEMA tenancy FROM {app}"),
            format!("GRANT USAGE ON SCHEMA tenancy TO {app}"),
        ];
        let down = [format!("REVOKE ALL ON SCHEMA tenancy FROM {app}")];
        plan.step("schema-grants", "tenancy", "the service may call the verifier and make nothing here", up, down);
    }
}

fn key_table(context: &Context<'_>, plan: &mut Plan) {
    let (app, owner) = (context.app(), context.owner());
    let live = context.live.and_then(|live| live.relation(("tenancy", "key")));
    if live.is_none_or(|table| table.owner != context.options.owner_role) {
        let up = [KEY_TABLE.to_owned(), format!("ALTER TABLE tenancy.key OWNER TO {owner}")];
        // The keys are the service's too: what is dropped here can be published again.
        let down = ["DROP TABLE IF EXISTS tenancy.key".to_owned()];
        plan.step("key-table", "tenancy.key", "the keys that tokens are checked with, in padded halves", up, down);
    }
    if live.is_none_or(|table| table.acl.iter().any(|grant| grant.grantee != context.options.owner_role)) {
        let mut up = vec![
            "REVOKE ALL ON TABLE tenancy.key FROM PUBLIC".to_owned(),
            format!("REVOKE ALL ON TABLE tenancy.key FROM {app}"),
        ];
        let others =
            live.map(|table| table.grantees_beside(&[&context.options.owner_role, &context.options.app_role, ""]));
        for other in others.unwrap_or_default() {
            up.push(format!("REVOKE ALL ON TABLE tenancy.key FROM {}", quote::ident(other)));
        }
        plan.step("key-secret", "tenancy.key", "nobody but its owner reads a key", up, []);
    }
}

/// What would let a session shadow a table or plant an operator.
pub(super) fn revokes(context: &Context<'_>, plan: &mut Plan) {
    database(context, plan);
    for schema in context.schemas() {
        // One that is not there yet comes with the tables' own migration.
        if context.live.is_none_or(|live| live.schema(schema).is_some()) {
            schema_revokes(context, schema, plan);
        }
    }
}

fn database(context: &Context<'_>, plan: &mut Plan) {
    let app = &context.options.app_role;
    // A database without an ACL lets everybody make temporary tables.
    let held: Vec<(&str, &str)> = match context.live {
        Some(live) => [("", "PUBLIC"), (app.as_str(), "")]
            .into_iter()
            .flat_map(|(role, _)| live.database_privileges(role).into_iter().map(move |held| (role, held)))
            .filter(|(_, held)| ["TEMPORARY", "CREATE"].contains(held))
            .collect(),
        None => vec![("", "TEMPORARY")],
    };
    if !held.is_empty() {
        let app = quote::literal(app);
        let up = quote::block(&format!(
            "BEGIN\n    EXECUTE pg_catalog.format('REVOKE TEMPORARY, CREATE ON DATABASE %I FROM PUBLIC, %I', \
             current_database(), {app});\nEND"
        ));
        let down = held.into_iter().map(|(role, privilege)| {
            let role = if role.is_empty() { "PUBLIC".to_owned() } else { quote::ident(role) };
            quote::block(&format!(
                "BEGIN\n    EXECUTE pg_catalog.format('GRANT {privilege} ON DATABASE %I TO %s', current_database(), \
                 {});\nEND",
                quote::literal(&role)
            ))
        });
        let reason = "a temporary table would shadow a tenant table, a schema could hold a planted operator";
        plan.step("database", "create", reason, [up], down);
    }
}

fn schema_revokes(context: &Context<'_>, schema: &str, plan: &mut Plan) {
    let (app, ident) = (context.app(), quote::ident(schema));
    let live = context.live.and_then(|live| live.schema(schema));
    let held = |role: &str, privilege: &str| live.map(|live| live.privileges(role).contains(&privilege));
    let creators: Vec<_> = [("", "PUBLIC".to_owned()), (&context.options.app_role, app.clone())]
        .into_iter()
        .filter(|(role, _)| held(role, "CREATE").unwrap_or(context.live.is_none()))
        .map(|(_, role)| role)
        .collect();
    if !creators.is_empty() {
        let up = creators.iter().map(|role| format!("REVOKE CREATE ON SCHEMA {ident} FROM {role}"));
        let known = live.is_some();
        let down = creators.iter().filter(|_| known).map(|role| format!("GRANT CREATE ON SCHEMA {ident} TO {role}"));
        plan.step("schema-create", schema, "whoever makes objects here can stand before a tenant table", up, down);
    }
    if !held(&context.options.app_role, "USAGE").unwrap_or(false) {
        let up = [format!("GRANT USAGE ON SCHEMA {ident} TO {app}")];
        let down = [format!("REVOKE USAGE ON SCHEMA {ident} FROM {app}")];
        plan.step("schema-usage", schema, "the service's tables lie here", up, down);
    }
}
