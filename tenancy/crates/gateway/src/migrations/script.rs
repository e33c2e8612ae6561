//! The migrations as a script for `psql`.

use super::{Dialect, Migration};
use std::fmt::Write as _;

const HEAD: &str = r"-- The gateway's tables. Run it as the role that owns them:
--
--     psql -X -f FILE postgres://owner@host/database
--
-- Another tool leaves the next line out. It has to send each part from BEGIN to COMMIT to one connection, and to stop at the first error.
\set ON_ERROR_STOP on

";

/// Rejects what a lesser role may have made, and lets unqualified names mean one schema until the transaction ends. `RELATIONS` and `FUNCTIONS` are
/// replaced.
///
/// Until its first `set_config` it has no operator, and types name their schema: `search_path` is not ours yet (`place.rs`).
const GUARD: &str = "DO $guard$
DECLARE
    schemas pg_catalog.name[] := pg_catalog.current_schemas(false);
    place pg_catalog.name;
BEGIN
    PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    place := (SELECT s.name FROM pg_catalog.unnest(schemas) WITH ORDINALITY AS s (name, at)
        WHERE NOT pg_catalog.starts_with(CAST(s.name AS text), 'pg_') AND s.name <> 'information_schema' ORDER BY s.at LIMIT 1);
    IF place IS NULL THEN
        RAISE EXCEPTION 'the role may use no schema of its `search_path`: set it to the schema of the gateway''s tables';
    END IF;
    IF SESSION_USER <> CURRENT_USER AND EXISTS (
        SELECT 1 FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
            CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS g (setting) WHERE s.setrole = CAST(0 AS oid)
            AND d.datname = pg_catalog.current_database() AND pg_catalog.starts_with(g.setting, 'role=')
    ) THEN
        RAISE EXCEPTION 'the settings of the database make this role act as another: run `ALTER DATABASE .. RESET role`';
    END IF;
    IF EXISTS (
        SELECT 1 FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_roles o ON o.oid = n.nspowner WHERE n.nspname = place
            AND NOT (o.rolname = CURRENT_USER OR o.rolsuper OR o.rolname = 'pg_database_owner' OR o.oid =
                (SELECT d.datdba FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()))
    ) THEN
        RAISE EXCEPTION 'the schema `%` belongs to a role that could drop the tables: `tenancy gateway migrate` says which', place;
    END IF;
    IF EXISTS (
        SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_roles o ON o.oid = c.relowner
            WHERE pg_catalog.starts_with(CAST(c.relname AS text), 'gateway_') AND (RELATIONS)
    ) OR EXISTS (
        SELECT 1 FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
            JOIN pg_catalog.pg_roles o ON o.oid = p.proowner
            WHERE pg_catalog.starts_with(CAST(p.proname AS text), 'gateway_') AND n.nspname = place AND (FUNCTIONS)
    ) THEN
        RAISE EXCEPTION 'relations or functions whose names begin with `gateway_` are not this role''s: `tenancy gateway migrate` says which';
    END IF;
    PERFORM pg_catalog.set_config('search_path', pg_catalog.concat(pg_catalog.quote_ident(CAST(place AS text)), ', pg_temp'), true);
END
$guard$;";

/// Relations of another role, of another kind, or with a trigger, a rule or row-level security that another role may have added.
const FOREIGN: &str = "n.nspname = place AND (o.rolname <> CURRENT_USER OR c.relkind NOT IN ('r', 'i', 'S') OR c.relhasrules \
                       OR c.relrowsecurity OR EXISTS (SELECT 1 FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal \
                       AND (t.tgqual IS NOT NULL OR t.tgname <> CAST(pg_catalog.concat(c.relname, '_append_only') AS name))))";

/// What the names of the gateway's may mean.
#[derive(Clone, Copy)]
enum Names {
    /// Nothing: the tables are made.
    Free,
    /// What this role owns.
    Owned,
}

fn guard(names: Names) -> String {
    match names {
        Names::Free => GUARD.replace("RELATIONS", "n.nspname = ANY (schemas)").replace("FUNCTIONS", "true"),
        Names::Owned => GUARD.replace("RELATIONS", FOREIGN).replace("FUNCTIONS", "o.rolname <> CURRENT_USER"),
    }
}

/// Returns statements on the gateway's tables, for instance grants, as a transaction: it fails before the first of them where another role owns a
/// table, or where the session acts as a role that it did not choose. The caller adds `COMMIT`.
pub fn postgres_guarded(sql: &str) -> String {
    let guard = guard(Names::Owned);
    format!(
        "BEGIN;\nSET LOCAL lock_timeout = '30s';\nSELECT pg_catalog.pg_advisory_xact_lock(29099062630543737);\n{guard}\n{sql}"
    )
}

/// Returns a script that applies and records these migrations on PostgreSQL, for `psql`. Each is one transaction under the lock of all
/// migrations. It fails where the migration before it is not recorded, and where the migration itself is.
///
/// The script adopts no tables: it fails where any are there that it did not make. `tenancy gateway migrate` compares and adopts them.
pub fn postgres_script(migrations: &[Migration]) -> String {
    let mut script = HEAD.to_owned();
    for migration in migrations {
        let Migration { version, name, sql } = migration;
        let postgres = Dialect::Postgres;
        let (begin, record) =
            (postgres.begin(), if *version == 1 { postgres.record_table() } else { postgres.lock_record() });
        let checksum = migration.checksum();
        let (sql, end) = terminated(sql);
        // Before the first there is no table, and before each later one there are this role's alone.
        let before = guard(if *version == 1 { Names::Free } else { Names::Owned });
        let after = guard(Names::Owned);
        let _ = writeln!(
            script,
            "-- Migration {version}: {name}\n{begin};\nSELECT pg_catalog.pg_advisory_xact_lock(29099062630543737);\n{before}\n{record};\n\
             DO $guard$\nBEGIN\n    IF (SELECT count(*) FROM gateway_migrations) <> {} THEN\n        \
             RAISE EXCEPTION 'migration {version} does not follow those that are recorded';\n    END IF;\nEND\n$guard$;\n\
             INSERT INTO gateway_migrations (version, name, checksum, applied_at)\n    \
             VALUES ({version}, '{name}', '{checksum}', CAST(floor(date_part('epoch', clock_timestamp())) AS bigint));\n\n\
             {sql}{end}\n\n{after}\nCOMMIT;\n",
            version - 1
        );
    }
    script
}

/// A text, and what ends its last statement.
fn terminated(sql: &str) -> (&str, &str) {
    let sql = sql.trim_end();
    (sql, if sql.ends_with(';') { "" } else { "\n;" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_statement_of_a_text_ends() {
        assert_eq!(terminated("SELECT 1;\n"), ("SELECT 1;", ""));
        assert_eq!(terminated("SELECT 1 -- one;x\n"), ("SELECT 1 -- one;x", "\n;"));
        assert_eq!(terminated("SELECT 1 -- one;\n"), ("SELECT 1 -- one;", ""), "a text of ours ends with a statement");
    }
}
