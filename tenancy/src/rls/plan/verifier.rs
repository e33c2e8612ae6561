//! `tenancy.org()` and `tenancy.org_rw()`: which organization this transaction may see, and may change.

use super::{Context, Plan};
use crate::rls::Level;
use crate::rls::live::Function;

/// The functions, and whether each asks for write access.
const VERIFIERS: [(&str, bool); 2] = [("org", false), ("org_rw", true)];

/// The search path that no role but the owner can put anything into.
pub(crate) const SEARCH_PATH: &str = "pg_catalog, pg_temp";

pub(super) fn steps(context: &Context<'_>, plan: &mut Plan) {
    let (app, owner) = (context.app(), context.owner());
    for (name, write) in VERIFIERS {
        let body = body(context.options.level, write);
        let live = context.live.and_then(|live| live.function(name));
        if live.is_none_or(|live| !as_generated(live, context, &body)) {
            let up = [
                create(name, context.options.level, &body),
                format!("ALTER FUNCTION tenancy.{name}() OWNER TO {owner}"),
            ];
            let down = [format!("DROP FUNCTION IF EXISTS tenancy.{name}()")];
            plan.step("verifier", &format!("tenancy.{name}"), reason(context.options.level, write), up, down);
        }
        if live.is_none_or(|live| !granted_to_app_only(live, context)) {
            let mut up = vec![format!("REVOKE ALL ON FUNCTION tenancy.{name}() FROM PUBLIC")];
            up.push(format!("GRANT EXECUTE ON FUNCTION tenancy.{name}() TO {app}"));
            plan.step("verifier-grants", &format!("tenancy.{name}"), "only the service asks", up, []);
        }
    }
}

fn reason(level: Level, write: bool) -> &'static str {
    match (level, write) {
        (Level::Sealed, false) => "checks the token and names its organization, or refuses",
        (Level::Sealed, true) => "the same, and refuses a token that may only read",
        (Level::Unsealed, false) => "names the organization of the setting, or refuses; the setting is NOT checked",
        (Level::Unsealed, true) => "the same, and refuses a setting that may only read",
    }
}

/// The text between the dollar quotes.
pub(crate) fn body(level: Level, write: bool) -> String {
    let access = if write { "= 'rw'" } else { "IN ('r', 'rw')" };
    let keys = if level == Level::Sealed { "    i bytea;\n    p bytea;\n" } else { "" };
    let (found, hint) = match level {
        Level::Sealed => {
            (sealed(access), "expired, sealed for another database or access, or not by a key that is known")
        }
        Level::Unsealed => (unsealed(write), "it is not an organization and an access"),
    };
    // What is refused may take its time to say why.
    format!(
        "
DECLARE
    t pg_catalog.text := pg_catalog.current_setting('tenancy.scope', true);
{keys}BEGIN
{found}
    IF t IS NULL OR t OPERATOR(pg_catalog.=) '' THEN
        RAISE EXCEPTION 'this transaction has no organization scope' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RAISE EXCEPTION 'the organization scope is refused' USING ERRCODE = 'insufficient_privilege',
        DETAIL = '{hint}';
END
"
    )
}

/// One index read and two hashes. The checks stand outside of the query, where PL/pgSQL evaluates them without an executor:
/// a quarter cheaper than one query that holds them all (measured). The comparison is one of 64 bytes, some nanoseconds in
/// 11 µs: hashing both sides once more, so that its time says nothing, would cost another 2 µs a table (measured).
fn sealed(access: &str) -> String {
    format!(
        "    SELECT k.ipad, k.opad INTO i, p FROM tenancy.key k
     WHERE k.kid = split_part(t, '|', 3) AND (k.not_after IS NULL OR k.not_after > now());
    IF i IS NOT NULL
       AND encode(sha256(p || sha256(i || convert_to(left(t, -65), 'UTF8'))), 'hex') = right(t, 64)
       AND split_part(t, '|', 4) {access}
       AND split_part(t, '|', 5) = current_database()
       AND split_part(t, '|', 2)::float8 > date_part('epoch', now()) THEN
        RETURN split_part(t, '|', 1)::uuid;
    END IF;"
    )
}

/// Every name with its schema: so it needs no search path of its own, which would double its cost (measured).
fn unsealed(write: bool) -> String {
    let access = if write { "ARRAY['rw']" } else { "ARRAY['r', 'rw']" };
    format!(
        "    IF pg_catalog.split_part(t, '|', 2) OPERATOR(pg_catalog.=) ANY ({access}) THEN
        RETURN pg_catalog.split_part(t, '|', 1)::pg_catalog.uuid;
    END IF;"
    )
}

fn create(name: &str, level: Level, body: &str) -> String {
    // The unsealed one reads no table, so it needs no rights of its own.
    let security = if level == Level::Sealed { "SECURITY DEFINER" } else { "SECURITY INVOKER" };
    let body = crate::rls::quote::dollar(body);
    let path = if level == Level::Sealed { format!("    SET search_path = {SEARCH_PATH}\n") } else { String::new() };
    format!(
        "CREATE OR REPLACE FUNCTION tenancy.{name}() RETURNS uuid\n    LANGUAGE plpgsql STABLE PARALLEL SAFE NOT \
         LEAKPROOF {security}\n{path}    AS {body}"
    )
}

fn as_generated(live: &Function, context: &Context<'_>, body: &str) -> bool {
    let sealed = context.options.level == Level::Sealed;
    let settings: Vec<_> = sealed.then(|| format!("search_path={SEARCH_PATH}")).into_iter().collect();
    live.source == body
        && live.owner == context.options.owner_role
        && live.language == "plpgsql"
        && live.returns == "uuid"
        && live.definer == sealed
        && live.volatility == "s"
        && live.parallel == "s"
        && !live.leakproof
        && live.config == settings
}

pub(super) fn granted_to_app_only(live: &Function, context: &Context<'_>) -> bool {
    let app = &context.options.app_role;
    let ours = |grantee: &str| grantee == app || grantee == context.options.owner_role;
    live.acl.iter().any(|grant| &grant.grantee == app && !grant.grantable)
        && live.acl.iter().all(|grant| ours(&grant.grantee))
}
