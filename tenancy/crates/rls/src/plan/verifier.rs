//! `tenancy.org()`, `tenancy.org_rw()` and `tenancy.may_plan()`: which organization this transaction may see, and may change,
//! and whether a statement may be planned at all.

use super::context::Context;
use super::document::Plan;
use crate::catalog::Function;
use crate::options::Level;
use crate::policy::Verifier;

/// The search path that no role but the owner can put anything into.
pub const SEARCH_PATH: &str = "pg_catalog, pg_temp";

pub(super) fn steps(context: &Context<'_>, plan: &mut Plan) {
    let (app, owner) = (context.app(), context.owner());
    for verifier in Verifier::ALL {
        let name = verifier.name();
        let body = body(context.options.level, verifier);
        let live = context.live.and_then(|live| live.function(name));
        if live.is_none_or(|live| !as_generated(live, context, verifier, &body)) {
            let up = [
                create(verifier, context.options.level, &body),
                format!("ALTER FUNCTION tenancy.{name}() OWNER TO {owner}"),
            ];
            let down = [format!("DROP FUNCTION IF EXISTS tenancy.{name}()")];
            plan.step("verifier", &format!("tenancy.{name}"), reason(context.options.level, verifier), up, down);
        }
        if live.is_none_or(|live| !granted_to_app_only(live, context)) {
            let mut up = vec![format!("REVOKE ALL ON FUNCTION tenancy.{name}() FROM PUBLIC")];
            up.push(format!("GRANT EXECUTE ON FUNCTION tenancy.{name}() TO {app}"));
            plan.step("verifier-grants", &format!("tenancy.{name}"), "only the service asks", up, []);
        }
    }
}

fn reason(level: Level, verifier: Verifier) -> &'static str {
    match (level, verifier) {
        (Level::Sealed, Verifier::Read) => "checks the token and names its organization, or refuses",
        (Level::Sealed, Verifier::Write) => "the same, and refuses a token that may only read",
        (Level::Unsealed, Verifier::Read) => {
            "names the organization of the setting, or refuses; the setting is NOT checked"
        }
        (Level::Unsealed, Verifier::Write) => "the same, and refuses a setting that may only read",
        (_, Verifier::MayPlan) => "without a scope no statement is planned, so nothing that depends on rows is said",
    }
}

/// The text between the dollar quotes.
pub fn body(level: Level, verifier: Verifier) -> String {
    let keys = if level == Level::Sealed { "    i bytea;\n    p bytea;\n" } else { "" };
    let (found, hint) = match level {
        Level::Sealed => {
            (sealed(verifier), "expired, sealed for another database or access, or not by a key that is known")
        }
        Level::Unsealed => (unsealed(verifier), "it is not an organization and an access"),
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

/// What the access of a token may be; with a `t` behind it, the statements of its transaction are of fixed text.
fn accesses(verifier: Verifier) -> &'static str {
    if verifier == Verifier::Write { "'rw', 'rwt'" } else { "'r', 'rw', 'rt', 'rwt'" }
}

/// Conditions of the caller that are cheaper than ten operators and "leakproof" may run before a policy's: PostgreSQL
/// compares their costs. At a cost of zero none is, so the organization is compared first, whatever else a statement says.
/// A statement of fixed text keeps its plan: an attacker cannot choose its conditions to find out what another organization's
/// rows hold. The setting ends with the transaction.
const ORGANIZATION_FIRST: &str =
    "        IF pg_catalog.right(pg_catalog.split_part(t, '|', {field}), 1) OPERATOR(pg_catalog.<>) 't'
           AND pg_catalog.current_setting('cpu_operator_cost') OPERATOR(pg_catalog.<>) '0' THEN
            PERFORM pg_catalog.set_config('cpu_operator_cost', '0', true);
        END IF;
        RETURN true;";

fn answer(verifier: Verifier, field: &str) -> String {
    match verifier {
        Verifier::MayPlan => ORGANIZATION_FIRST.replace("{field}", field),
        _ => "        RETURN pg_catalog.split_part(t, '|', 1)::pg_catalog.uuid;".to_owned(),
    }
}

/// One index read and two hashes. The checks are outside of the query, where PL/pgSQL evaluates them without an executor:
/// a quarter cheaper than one query that holds them all (measured). The comparison is one of 64 bytes, some nanoseconds in
/// 11 µs: hashing both sides once more, so that its time says nothing, would cost another 2 µs a table (measured).
fn sealed(verifier: Verifier) -> String {
    let (accesses, answer) = (accesses(verifier), answer(verifier, "4"));
    format!(
        "    SELECT k.ipad, k.opad INTO i, p FROM tenancy.key k
     WHERE k.kid = split_part(t, '|', 3) AND (k.not_after IS NULL OR k.not_after > now());
    IF i IS NOT NULL
       AND encode(sha256(p || sha256(i || convert_to(left(t, -65), 'UTF8'))), 'hex') = right(t, 64)
       AND split_part(t, '|', 4) IN ({accesses})
       AND split_part(t, '|', 5) = current_database()
       AND split_part(t, '|', 2)::float8 > date_part('epoch', now()) THEN
{answer}
    END IF;"
    )
}

/// Every name with its schema: so it needs no search path of its own, which would double its cost (measured).
fn unsealed(verifier: Verifier) -> String {
    let (accesses, answer) = (accesses(verifier), answer(verifier, "2"));
    format!(
        "    IF pg_catalog.split_part(t, '|', 2) OPERATOR(pg_catalog.=) ANY (ARRAY[{accesses}]) THEN
{answer}
    END IF;"
    )
}

fn create(verifier: Verifier, level: Level, body: &str) -> String {
    // The unsealed one reads no table, so it needs no rights of its own.
    let security = if level == Level::Sealed { "SECURITY DEFINER" } else { "SECURITY INVOKER" };
    let body = crate::quote::dollar(body);
    let path = if level == Level::Sealed { format!("    SET search_path = {SEARCH_PATH}\n") } else { String::new() };
    let volatility = if verifier == Verifier::MayPlan { "IMMUTABLE" } else { "STABLE" };
    format!(
        "CREATE OR REPLACE FUNCTION tenancy.{}() RETURNS {}\n    LANGUAGE plpgsql {volatility} PARALLEL SAFE NOT \
         LEAKPROOF {security}\n{path}    AS {body}",
        verifier.name(),
        verifier.returns(),
    )
}

fn as_generated(live: &Function, context: &Context<'_>, verifier: Verifier, body: &str) -> bool {
    let sealed = context.options.level == Level::Sealed;
    let settings: Vec<_> = sealed.then(|| format!("search_path={SEARCH_PATH}")).into_iter().collect();
    live.source == body
        && live.owner == context.options.owner_role
        && live.language == "plpgsql"
        && live.returns == verifier.returns()
        && live.definer == sealed
        && live.volatility == verifier.volatility()
        && live.parallel == "s"
        && !live.leakproof
        && live.plain
        && live.config == settings
}

pub(super) fn granted_to_app_only(live: &Function, context: &Context<'_>) -> bool {
    let app = &context.options.app_role;
    let ours = |grantee: &str| grantee == app || grantee == context.options.owner_role;
    live.acl.iter().any(|grant| &grant.grantee == app && !grant.grantable)
        && live.acl.iter().all(|grant| ours(&grant.grantee))
}
