//! `tenancy.standing(..)`: whether the epochs that a scope was granted under are still the directory's.

use super::context::Context;
use super::document::Plan;
use super::verifier::SEARCH_PATH;
use crate::catalog::Function;
use crate::quote;
use tenancy::__private::OUTDATED;

/// The organization, its epoch, the subject's issuer and name, and its epoch.
const PARAMETERS: &str = "uuid, bigint, text, text, bigint";

pub(super) fn steps(context: &Context<'_>, plan: &mut Plan) {
    let Some(schema) = &context.options.directory else { return };
    let (app, owner) = (context.app(), context.owner());
    let tables = ["gateway_users", "gateway_organizations"].map(|table| quote::qualified(schema, table)).join(", ");
    let body = body(schema);
    let live = context.live.and_then(|live| live.function("standing"));
    if live.is_none_or(|live| !as_generated(live, context, &body)) {
        let up = [
            format!("GRANT USAGE ON SCHEMA {} TO {owner}", quote::ident(schema)),
            format!("GRANT SELECT ON {tables} TO {owner}"),
            create(&body),
            format!("ALTER FUNCTION tenancy.standing({PARAMETERS}) OWNER TO {owner}"),
        ];
        let down = [
            format!("DROP FUNCTION IF EXISTS tenancy.standing({PARAMETERS})"),
            format!("REVOKE SELECT ON {tables} FROM {owner}"),
        ];
        plan.step("standing", "tenancy.standing", "refuses a scope whose epochs the directory has raised", up, down);
    }
    if live.is_none_or(|live| !super::verifier::granted_to_app_only(live, context)) {
        let up = [
            format!("REVOKE ALL ON FUNCTION tenancy.standing({PARAMETERS}) FROM PUBLIC"),
            format!("GRANT EXECUTE ON FUNCTION tenancy.standing({PARAMETERS}) TO {app}"),
        ];
        plan.step("standing-grants", "tenancy.standing", "only the service asks", up, []);
    }
}

/// Two index reads. It raises an error instead of returning false, so that a caller cannot ignore the result.
pub fn body(schema: &str) -> String {
    let (users, organizations) =
        (quote::qualified(schema, "gateway_users"), quote::qualified(schema, "gateway_organizations"));
    format!(
        "
BEGIN
    IF EXISTS (SELECT FROM {organizations} o, {users} u
                WHERE o.id = $1 AND o.epoch = $2 AND o.state = 'active'
                  AND u.issuer = $3 AND u.subject = $4 AND u.epoch = $5 AND u.disabled = 0) THEN
        RETURN true;
    END IF;
    RAISE EXCEPTION 'the scope is older than the organization or its member' USING ERRCODE = '{OUTDATED}';
END
"
    )
}

fn create(body: &str) -> String {
    format!(
        "CREATE OR REPLACE FUNCTION tenancy.standing({PARAMETERS}) RETURNS boolean\n    LANGUAGE plpgsql STABLE PARALLEL \
         SAFE NOT LEAKPROOF SECURITY DEFINER\n    SET search_path = {SEARCH_PATH}\n    AS {}",
        quote::dollar(body)
    )
}

fn as_generated(live: &Function, context: &Context<'_>, body: &str) -> bool {
    live.source == body
        && live.owner == context.options.owner_role
        && live.language == "plpgsql"
        && live.returns == "boolean"
        && live.definer
        && live.volatility == "s"
        && live.parallel == "s"
        && !live.leakproof
        && live.plain
        && live.config == [format!("search_path={SEARCH_PATH}")]
}
