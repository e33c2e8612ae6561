//! Roles, the schema `tenancy`, the keys, and privileges that are revoked from every role.

use super::context::Context;
use super::document::Plan;
use crate::options::Level;
use crate::quote;

const LIMITS: &str = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS";

/// The key table. What is stored is the key in the two forms that HMAC hashes with, so that a check is two hashes.
pub(super) const KEY_TABLE: &str = "CREATE TABLE IF NOT EXISTS tenancy.key (\n    \
    kid pg_catalog.text PRIMARY KEY,\n    ipad pg_catalog.bytea NOT NULL,\n    opad pg_catalog.bytea NOT NULL,\n    \
    created_at pg_catalog.timestamptz NOT NULL DEFAULT pg_catalog.now(),\n    not_after pg_catalog.timestamptz\n)";

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
        (owner, "NOLOGIN", "owns the key and the verifier; it cannot log in"),
        (app, "LOGIN", "the service's role; it owns nothing, so every policy holds for it"),
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
    session(context, plan);
}

/// What the service's role may do to its other sessions, which no grant on a table holds back.
fn session(context: &Context<'_>, plan: &mut Plan) {
    let app = &context.options.app_role;
    if let Some(settings) = context.live.map(|live| &live.app_settings).filter(|settings| !settings.is_empty()) {
        let reason = format!(
            "defaults are stored for the role ({}), and it may have stored them itself: they hold for every session to come",
            settings.join(", ")
        );
        let sql = settings.iter().map(|name| format!("ALTER ROLE {} RESET {}", context.app(), quote::ident(name)));
        plan.advise("role-settings", app, reason, sql);
    }
    if context.live.is_some_and(|live| live.app_signals) {
        let reason = "the role may end and cancel other sessions of its own: those of every other organization's requests. \
                      Only a superuser takes that away, from every role of this database";
        let functions = "pg_catalog.pg_terminate_backend(integer, bigint), pg_catalog.pg_cancel_backend(integer)";
        let sql = [
            format!("REVOKE EXECUTE ON FUNCTION {functions} FROM PUBLIC"),
            format!("GRANT EXECUTE ON FUNCTION {functions} TO pg_signal_backend"),
        ];
        plan.advise("signals", app, reason, sql);
    }
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

/// The role that migrates must be able to act for the owner; the service must not.
fn memberships(context: &Context<'_>, plan: &mut Plan) {
    let (app, owner) = (&context.options.app_role, &context.options.owner_role);
    let (app_name, owner_name) = (quote::literal(app), quote::literal(owner));
    if context.live.is_none_or(|live| !live.acts_for_owner) {
        // From release 16 on, the creator of a role is a member that may not act for it.
        let sql = quote::block(&format!(
            "BEGIN\n    IF NOT pg_catalog.pg_has_role({owner_name},\n        \
             CASE WHEN pg_catalog.current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END) \
             THEN\n        \
             EXECUTE pg_catalog.format('GRANT %I TO %I', {owner_name}, current_user);\n    END IF;\nEND"
        ));
        plan.step("owner-member", owner, "the role that migrates acts for the owner", [sql], []);
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
        let up = [
            "CREATE SCHEMA IF NOT EXISTS tenancy".to_owned(),
            unclaimed(
                context,
                "n.nspowner FROM pg_catalog.pg_namespace n WHERE n.nspname = 'tenancy'",
                "schema tenancy",
            ),
            format!("ALTER SCHEMA tenancy OWNER TO {owner}"),
        ];
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

/// Refuses to take over an object that another role made: it may hold a key or a function of that role.
fn unclaimed(context: &Context<'_>, owner: &str, what: &str) -> String {
    let ours = quote::literal(&context.options.owner_role);
    quote::block(&format!(
        "DECLARE\n    stranger pg_catalog.name;\nBEGIN\n    SELECT r.rolname INTO stranger FROM pg_catalog.pg_roles r\n     \
         WHERE r.oid = (SELECT {owner}) AND NOT r.rolsuper AND r.rolname <> current_user AND r.rolname <> {ours};\n    \
         IF stranger IS NOT NULL THEN\n        RAISE EXCEPTION 'the {what} is there already and belongs to %', stranger\n            \
         USING HINT = 'look at what is in it; then drop it, or give it to the role that migrates, and run this again';\n    \
         END IF;\nEND"
    ))
}

/// A view, a trigger or a default of the same name would run with the rights of the role that publishes a key.
fn as_made() -> String {
    quote::block(&format!(
        "DECLARE\n    why pg_catalog.text;\nBEGIN\n    SELECT ({}) INTO why;\n    IF why IS NOT NULL THEN\n        \
         RAISE EXCEPTION 'tenancy.key is not the table that this would make: %', why\n            \
         USING HINT = 'drop it, run this again, and publish a new key';\n    END IF;\nEND",
        crate::locked_reads::KEY
    ))
}

fn key_table(context: &Context<'_>, plan: &mut Plan) {
    let (app, owner) = (context.app(), context.owner());
    let live = context.live.and_then(|live| live.relation(("tenancy", "key")));
    if live.is_none_or(|table| table.owner != context.options.owner_role) {
        let up = [
            KEY_TABLE.to_owned(),
            unclaimed(
                context,
                "c.relowner FROM pg_catalog.pg_class c WHERE c.relname = 'key' \
                 AND c.relnamespace = pg_catalog.to_regnamespace('tenancy')",
                "table tenancy.key",
            ),
            as_made(),
            format!("ALTER TABLE tenancy.key OWNER TO {owner}"),
        ];
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
        plan.step("key-secret", "tenancy.key", "only its owner reads a key", up, []);
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
        let reason = "a temporary table would shadow an organization table, a schema could hold a planted operator";
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
        plan.step(
            "schema-create",
            schema,
            "an object that is made here can be found before an organization table",
            up,
            down,
        );
    }
    if !held(&context.options.app_role, "USAGE").unwrap_or(false) {
        let up = [format!("GRANT USAGE ON SCHEMA {ident} TO {app}")];
        let down = [format!("REVOKE USAGE ON SCHEMA {ident} FROM {app}")];
        plan.step("schema-usage", schema, "the service's tables lie here", up, down);
    }
}
