//! `tenancy gateway grants`: what a role may do on the gateway's tables, before and after.

use super::outcome::CommandError;
use diesel::sql_types::{Array, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};
use std::fmt;
use tenancy_gateway::migrations::postgres_guarded;

/// How many rights a message lists.
const LISTED: usize = 20;

/// Why a role is not limited to what it needs.
pub(super) enum GrantsError {
    /// It does not exist.
    NoRole(String),
    /// No grant limits it, for these reasons.
    Unlimited(String, Vec<Reason>),
    /// It has rights that the grants neither gave nor could take away.
    TooMuch(String, Vec<Right>),
}

#[derive(diesel::QueryableByName)]
pub(super) struct Reason {
    #[diesel(sql_type = Text)]
    reason: String,
}

/// A right on a table, and where it comes from.
#[derive(diesel::QueryableByName)]
pub(super) struct Right {
    #[diesel(sql_type = Text)]
    privilege: String,
    #[diesel(sql_type = Nullable<Text>)]
    attname: Option<String>,
    #[diesel(sql_type = Text)]
    relation: String,
    #[diesel(sql_type = Text)]
    giver: String,
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { privilege, attname, relation, giver } = self;
        match attname {
            Some(column) => write!(f, "{privilege} (`{column}`) on `{relation}` from {giver}"),
            None => write!(f, "{privilege} on `{relation}` from {giver}"),
        }
    }
}

impl fmt::Display for GrantsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRole(role) => write!(f, "--role {role}: the role does not exist. Create it, then run this again"),
            Self::Unlimited(role, reasons) => {
                let reasons: Vec<_> = reasons.iter().map(|one| one.reason.as_str()).collect();
                write!(
                    f,
                    "--role {role}: no grant limits this role: it {}. Take that away, or create a role of its own for this. Nothing was \
                     changed",
                    reasons.join(", and it ")
                )
            }
            Self::TooMuch(role, rights) => {
                let listed: Vec<_> = rights.iter().take(LISTED).map(Right::to_string).collect();
                let more = rights.len().saturating_sub(LISTED);
                let more = if more == 0 { String::new() } else { format!("; and {more} more") };
                write!(
                    f,
                    "--role {role}: the role has the rights that it needs, and also {}{more}. Revoke these from where they come (`REVOKE .. \
                     FROM ..`), then run this again",
                    listed.join("; ")
                )
            }
        }
    }
}

impl From<GrantsError> for CommandError {
    fn from(error: GrantsError) -> Self {
        Self::usage(error)
    }
}

/// The role, and those that it can act as.
const ACTS: &str = "WITH RECURSIVE who (oid) AS (SELECT r.oid FROM pg_catalog.pg_roles r WHERE CAST(r.rolname AS text) = $1), \
    acts (role) AS (SELECT who.oid FROM who UNION \
    SELECT m.roleid FROM pg_catalog.pg_auth_members m JOIN acts ON m.member = acts.role), \
    place (schema, owner) AS (SELECT c.relnamespace, c.relowner FROM pg_catalog.pg_class c \
    WHERE c.oid = CAST(pg_catalog.to_regclass('gateway_migrations') AS oid))";

/// Why no grant limits a role: what it is, or can act as.
const UNLIMITED: &str = "SELECT CASE WHEN acts.role IN (SELECT who.oid FROM who) THEN '' \
    ELSE pg_catalog.concat('can act as `', CAST(r.rolname AS text), '`, which ') END || l.what AS reason \
    FROM acts JOIN pg_catalog.pg_roles r ON r.oid = acts.role CROSS JOIN LATERAL (VALUES \
    (r.rolsuper, CAST('is a superuser' AS text)), (r.rolcreaterole, 'may create roles (CREATEROLE)'), \
    (r.rolbypassrls, 'passes row-level security (BYPASSRLS)'), (r.rolreplication, 'reads every table (REPLICATION)'), \
    (CAST(r.rolname AS text) IN ('pg_read_all_data', 'pg_write_all_data', 'pg_maintain'), 'has rights on every table'), \
    (CAST(r.rolname AS text) IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files'), \
    'reaches the files of the server'), \
    (r.oid IN (SELECT p.owner FROM place p), 'owns the gateway''s tables'), \
    (r.oid IN (SELECT n.nspowner FROM pg_catalog.pg_namespace n JOIN place p ON p.schema = n.oid), \
    'owns the schema of the gateway''s tables'), \
    (r.oid IN (SELECT d.datdba FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()), \
    'owns the database')) AS l (holds, what) WHERE l.holds ORDER BY 1";

/// The rights of a role on the gateway's tables that its own grants by their owner do not have. `$2` are the tables that the grants
/// name: what the role had there beyond the grants is revoked.
///
/// An entry counts for each role that it can act as, whether or not it inherits that role's rights. What PostgreSQL says of a right that no
/// entry gives counts as well: a predefined role gives it.
const RIGHTS: &str = ", relation (oid, name, owner, acl) AS (SELECT c.oid, CAST(c.relname AS text), c.relowner, c.relacl \
    FROM pg_catalog.pg_class c JOIN place p ON p.schema = c.relnamespace \
    WHERE pg_catalog.starts_with(CAST(c.relname AS text), 'gateway_') AND c.relkind IN ('r', 'S')), \
    entry (oid, name, owner, attname, grantee, grantor, privilege, grantable) AS (\
    SELECT r.oid, r.name, r.owner, CAST(NULL AS text), e.grantee, e.grantor, e.privilege_type, e.is_grantable \
    FROM relation r CROSS JOIN LATERAL pg_catalog.aclexplode(r.acl) e \
    UNION ALL SELECT r.oid, r.name, r.owner, CAST(a.attname AS text), e.grantee, e.grantor, e.privilege_type, e.is_grantable \
    FROM relation r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid \
    CROSS JOIN LATERAL pg_catalog.aclexplode(a.attacl) e), \
    given (oid, name, attname, grantee, grantor, privilege, grantable, own) AS (\
    SELECT e.oid, e.name, e.attname, e.grantee, e.grantor, e.privilege, e.grantable, \
    e.grantee IN (SELECT who.oid FROM who) AND e.grantor = e.owner AND e.name = ANY ($2) AND NOT e.grantable FROM entry e \
    WHERE e.grantee = CAST(0 AS oid) OR e.grantee IN (SELECT acts.role FROM acts)) \
    SELECT CASE WHEN g.grantable THEN pg_catalog.concat(g.privilege, ' WITH GRANT OPTION') ELSE g.privilege END AS privilege, g.attname, \
    g.name AS relation, CASE WHEN g.grantee = CAST(0 AS oid) THEN 'PUBLIC' \
    WHEN g.grantee IN (SELECT who.oid FROM who) THEN pg_catalog.concat('a grant by `', CAST(s.rolname AS text), '`') \
    ELSE pg_catalog.concat('its membership in `', CAST(t.rolname AS text), '`') END AS giver \
    FROM given g LEFT JOIN pg_catalog.pg_roles t ON t.oid = g.grantee LEFT JOIN pg_catalog.pg_roles s ON s.oid = g.grantor \
    WHERE NOT g.own AND (g.grantable OR NOT EXISTS (SELECT 1 FROM given o WHERE o.own AND o.oid = g.oid \
    AND o.privilege = g.privilege AND (o.attname IS NULL OR o.attname = g.attname))) \
    UNION ALL SELECT v.privilege, CAST(NULL AS text), r.name, 'a predefined role or an attribute' \
    FROM relation r CROSS JOIN who CROSS JOIN (VALUES (CAST('SELECT' AS text), true), ('INSERT', true), ('UPDATE', true), \
    ('REFERENCES', true), ('DELETE', false), ('TRUNCATE', false), ('TRIGGER', false)) AS v (privilege, columns) \
    JOIN pg_catalog.pg_class c ON c.oid = r.oid AND c.relkind = 'r' \
    WHERE NOT EXISTS (SELECT 1 FROM given o WHERE o.oid = r.oid AND o.privilege = v.privilege) \
    AND CASE WHEN v.columns THEN pg_catalog.has_any_column_privilege(who.oid, r.oid, v.privilege) \
    ELSE pg_catalog.has_table_privilege(who.oid, r.oid, v.privilege) END ORDER BY 3, 1, 2, 4";

/// Runs grants for a role that they limit, and compares what the role may do afterwards.
pub(super) async fn apply(conn: &mut AsyncPgConnection, role: &str, grants: &str) -> Result<(), CommandError> {
    #[expect(clippy::disallowed_methods, reason = "this is the program that grants")]
    conn.batch_execute(&postgres_guarded("")).await?;
    let exists = format!("{ACTS} SELECT 'exists' AS reason FROM who");
    if asked::<Reason>(conn, &exists, role).await?.is_empty() {
        return Err(GrantsError::NoRole(role.to_owned()).into());
    }
    let reasons = asked(conn, &format!("{ACTS} {UNLIMITED}"), role).await?;
    if !reasons.is_empty() {
        return Err(GrantsError::Unlimited(role.to_owned(), reasons).into());
    }
    #[expect(clippy::disallowed_methods, reason = "this is the program that grants")]
    conn.batch_execute(grants).await?;
    #[expect(clippy::disallowed_methods, reason = "this is the program that grants")]
    let asking = diesel::sql_query(format!("{ACTS}{RIGHTS}")).bind::<Text, _>(role);
    let rights: Vec<Right> = asking.bind::<Array<Text>, _>(tables(grants)).load(conn).await?;
    // What the role needs it has from here on, also where it has more from elsewhere.
    #[expect(clippy::disallowed_methods, reason = "this is the program that grants")]
    conn.batch_execute("COMMIT").await?;
    if rights.is_empty() { Ok(()) } else { Err(GrantsError::TooMuch(role.to_owned(), rights).into()) }
}

async fn asked<T>(conn: &mut AsyncPgConnection, sql: &str, role: &str) -> Result<Vec<T>, CommandError>
where
    T: diesel::deserialize::QueryableByName<diesel::pg::Pg> + Send + 'static,
{
    #[expect(clippy::disallowed_methods, reason = "this is the program that grants")]
    let asking = diesel::sql_query(sql).bind::<Text, _>(role);
    Ok(asking.load(conn).await?)
}

/// The tables whose rights the grants revoke: the names in their first statement.
fn tables(grants: &str) -> Vec<&str> {
    let first =
        grants.split_once("REVOKE ALL ON ").and_then(|(_, rest)| rest.split_once(" FROM ")).map(|(names, _)| names);
    first.unwrap_or_default().split(',').map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_grants_revoke_on_every_table_first() {
        let gateway = tenancy_gateway::migrations::postgres_grants("a FROM b").unwrap();
        let epochs = tenancy_service::epochs_grants("a FROM b").unwrap();
        assert_eq!((tables(&gateway).len(), tables(&gateway)), (14, tables(&epochs)));
        for name in tables(&gateway) {
            let made =
                tenancy_gateway::migrations::POSTGRES.iter().any(|one| one.sql().contains(&format!("EXISTS {name} (")));
            assert!(made || name == "gateway_migrations", "{name}");
        }
    }
}
