//! Code of a lesser role that would run with the rights of the role that migrates.

use super::hostile::Hostile;
use super::*;
use crate::migrations::statements::FindTurnOnPostgres;

/// A group that another role administers, with an index on the record whose expression takes the session's own role back.
#[tokio::test(flavor = "multi_thread")]
async fn an_index_of_a_groups_record_is_not_run() {
    let hostile = Hostile::create();
    let group = format!("{}_team", hostile.mallory);
    hostile.database.psql(&format!(
        "CREATE ROLE {group}; GRANT {group} TO {} WITH ADMIN OPTION; GRANT USAGE, CREATE ON SCHEMA public TO {group}",
        hostile.mallory
    ));
    hostile.plant(&format!(
        "GRANT {group} TO owner; SET ROLE {group};
         {};
         CREATE TABLE gateway_migrations (version bigint PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at bigint NOT NULL);
         CREATE INDEX ON gateway_migrations (evil(version))",
        takes_the_session_back(&hostile, &group)
    ));
    let error = hostile.refused().await;
    assert!(matches!(&error, RelationError::Owner { owner, .. } if *owner == group), "{error}");
    assert!(!hostile.is_superuser());
    hostile.database.psql(&format!("DROP OWNED BY {group} CASCADE; DROP ROLE {group}"));
}

/// The owner of the database may set its `search_path`, so that an operator of its own comes before PostgreSQL's.
#[tokio::test(flavor = "multi_thread")]
async fn no_operator_of_a_path_before_the_catalog_is_run() {
    for printed in [false, true] {
        let hostile = Hostile::create();
        plant_a_path(&hostile);
        if printed {
            hostile.database.psql_script(&postgres_script(POSTGRES)).unwrap();
        }
        assert_eq!(hostile.db().migrate().await.unwrap().is_empty(), printed);
        hostile.db().check_migrations().await.unwrap();
        assert!(!hostile.is_superuser(), "printed: {printed}");
    }
}

fn plant_a_path(hostile: &Hostile) {
    let name = hostile.database.psql("SELECT current_database()");
    hostile.database.psql(&format!("ALTER DATABASE {name} OWNER TO {}", hostile.mallory));
    for (at, kind) in ["name", "oid", "int8", "int4", "text", "\"char\"", "boolean"].into_iter().enumerate() {
        hostile.plant(&format!(
            "CREATE SCHEMA IF NOT EXISTS evil; GRANT USAGE ON SCHEMA evil TO PUBLIC;
             CREATE FUNCTION evil.trap_{at}({kind}, {kind}) RETURNS boolean LANGUAGE plpgsql AS $t$ BEGIN
                 IF (SELECT rolsuper FROM pg_roles WHERE rolname OPERATOR(pg_catalog.=) current_user) THEN ALTER ROLE {} SUPERUSER; END IF; RETURN $1 OPERATOR(pg_catalog.=) $2; END $t$;
             CREATE OPERATOR evil.= (LEFTARG = {kind}, RIGHTARG = {kind}, FUNCTION = evil.trap_{at})",
            hostile.mallory
        ));
    }
    hostile.plant(&format!(
        "CREATE FUNCTION evil.chk(boolean) RETURNS boolean LANGUAGE plpgsql AS $t$ BEGIN
             IF (SELECT rolsuper FROM pg_roles WHERE rolname OPERATOR(pg_catalog.=) current_user) THEN ALTER ROLE {} SUPERUSER; END IF; RETURN true;
             EXCEPTION WHEN read_only_sql_transaction THEN RETURN true; END $t$;
         CREATE DOMAIN evil.name AS pg_catalog.name CHECK (evil.chk(VALUE IS NULL));
         CREATE DOMAIN evil.oid AS pg_catalog.oid CHECK (evil.chk(VALUE IS NULL));
         CREATE DOMAIN evil.text AS pg_catalog.text CHECK (evil.chk(VALUE IS NULL));
         ALTER DATABASE {name} SET search_path = public, evil, pg_catalog",
        hostile.mallory
    ));
}

/// An operator that fits the types better than PostgreSQL's own is run with the rights of the role that migrates.
#[tokio::test(flavor = "multi_thread")]
async fn no_operator_or_function_of_a_lesser_role_is_run() {
    let hostile = Hostile::create();
    let body = format!(
        "BEGIN IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN ALTER ROLE {} SUPERUSER; END IF; RETURN true; END",
        hostile.mallory
    );
    for (at, (left, operator, right)) in [
        ("name", "~~", "name"),
        ("name", "=", "text"),
        ("\"char\"", "=", "text"),
        ("oid", "=", "int4"),
        ("oid", "<>", "int4"),
        ("int2", "=", "int8"),
        ("text", "=", "varchar"),
        ("int8", "<>", "int2"),
        ("name", "=", "varchar"),
        ("oid", "=", "regclass"),
        ("regclass", "=", "oid"),
    ]
    .into_iter()
    .enumerate()
    {
        hostile.plant(&format!(
            "CREATE FUNCTION trap_{at}({left}, {right}) RETURNS boolean LANGUAGE plpgsql AS $trap${body}$trap$;
             CREATE OPERATOR public.{operator} (LEFTARG = {left}, RIGHTARG = {right}, FUNCTION = trap_{at})"
        ));
    }
    let text = body.replace("RETURN true", "RETURN 'x'");
    for (at, function) in
        ["format_type(oid, int4)", "has_table_privilege(oid, name)", "starts_with(name, text)", "concat(text, text)"]
            .into_iter()
            .enumerate()
    {
        let (returns, body) = if at == 0 || at == 3 { ("text", &text) } else { ("boolean", &body) };
        hostile.plant(&format!(
            "CREATE FUNCTION public.{function} RETURNS {returns} LANGUAGE plpgsql AS $trap${body}$trap$"
        ));
    }
    hostile.db().migrate().await.unwrap();
    hostile.db().check_migrations().await.unwrap();
    let db = hostile.db();
    db.read(FindTurnOnPostgres {}.statement()).await.unwrap();
    assert!(!hostile.is_superuser());
}

/// A table that appears between the look and the first line of the record is not written to.
#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_appears_meanwhile_is_not_written_to() {
    let hostile = Hostile::create();
    let body = format!("BEGIN ALTER ROLE {} SUPERUSER; RETURN NEW; END", hostile.mallory);
    // It commits when the run waits for it: the name is taken, and not yet seen.
    let mut other = hostile.db().platform.session(WAIT).await.unwrap();
    let planted = format!(
        "BEGIN; SET LOCAL ROLE {}; CREATE FUNCTION steal() RETURNS trigger LANGUAGE plpgsql AS $t${body}$t$;
         CREATE TABLE gateway_migrations (version bigint PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at bigint NOT NULL);
         CREATE TRIGGER t BEFORE INSERT ON gateway_migrations FOR EACH ROW EXECUTE FUNCTION steal()",
        hostile.mallory
    );
    other.script(Box::leak(planted.into_boxed_str())).await.unwrap();
    let db = hostile.db().wait_timeout(WAIT);
    let run = tokio::spawn(async move { db.migrate().await });
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' \
                 AND query LIKE 'CREATE TABLE gateway_migrations%'";
    for _ in 0..400 {
        if hostile.database.psql(waits) == "1" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    other.script("COMMIT").await.unwrap();
    let error = run.await.unwrap().unwrap_err();
    assert!(matches!(error, MigrationError::Failed { version: 1, .. }), "{error}");
    assert!(!hostile.is_superuser());
}

/// An immutable function for an index. PostgreSQL runs no ALTER ROLE in one, but it runs the functions that it calls.
fn takes_the_session_back(hostile: &Hostile, role: &str) -> String {
    format!(
        "CREATE FUNCTION rise() RETURNS void LANGUAGE plpgsql AS $f$ BEGIN PERFORM set_config('role', 'none', false);
             IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN ALTER ROLE {} SUPERUSER; END IF;
             PERFORM set_config('role', '{role}', false); END $f$;
         CREATE FUNCTION evil(bigint) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS $f$ BEGIN PERFORM rise(); RETURN true; END $f$",
        hostile.mallory
    )
}

/// The owner of the database makes every session act as its own role. What that role owns is not the migrating role's.
#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_the_database_sets_migrates_nothing() {
    for printed in [false, true] {
        let hostile = Hostile::create();
        let name = hostile.database.psql("SELECT current_database()");
        hostile.database.psql(&format!("ALTER DATABASE {name} OWNER TO {}", hostile.mallory));
        hostile.plant(&format!(
            "{}; CREATE TABLE gateway_migrations (version bigint PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at bigint NOT NULL);
             CREATE INDEX ON gateway_migrations (evil(version)); ALTER DATABASE {name} SET role = {}",
            takes_the_session_back(&hostile, &hostile.mallory),
            hostile.mallory
        ));
        if printed {
            // Without what was planted, the script would make tables of the other role.
            hostile.database.psql("DROP TABLE gateway_migrations");
            let error = hostile.database.psql_script(&postgres_script(POSTGRES)).unwrap_err();
            assert!(error.contains("ALTER DATABASE .. RESET role"), "{error}");
        } else {
            let error = hostile.db().migrate().await.unwrap_err();
            assert!(matches!(&error, MigrationError::ActsAs { role, .. } if *role == hostile.mallory), "{error}");
        }
        assert!(!hostile.is_superuser());
        hostile
            .database
            .psql(&format!("SET ROLE NONE; ALTER DATABASE {name} RESET role; ALTER DATABASE {name} OWNER TO owner"));
    }
}

/// `CREATE OR REPLACE` keeps the owner of a function, who may replace it again.
#[tokio::test(flavor = "multi_thread")]
async fn a_printed_script_takes_no_function_of_a_lesser_role() {
    let hostile = Hostile::create();
    hostile.plant(
        "CREATE FUNCTION gateway_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    );
    let error = hostile.database.psql_script(&postgres_script(POSTGRES)).unwrap_err();
    assert!(error.contains("relations or functions whose names begin with `gateway_`"), "{error}");
    assert_eq!(hostile.database.psql("SELECT to_regclass('gateway_audit')"), "");
    // Nor do the grants, once the tables are there: what is called by a name of ours is this role's.
    hostile.database.psql("DROP FUNCTION gateway_audit_append_only()");
    hostile.db().migrate().await.unwrap();
    hostile.plant("CREATE FUNCTION gateway_later() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'");
    let grants = postgres_guarded(&postgres_grants(&hostile.mallory).unwrap());
    let error = hostile.database.psql_script(&format!("\\set ON_ERROR_STOP on\n{grants}COMMIT;")).unwrap_err();
    assert!(error.contains("relations or functions whose names begin with `gateway_`"), "{error}");
}

/// The right TRIGGER is enough to replace a trigger of ours by one that runs a condition first, and to add one that calls our function.
#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_with_a_condition_is_not_ours() {
    let hostile = Hostile::create();
    hostile.db().migrate().await.unwrap();
    hostile.database.psql(&format!("GRANT TRIGGER ON gateway_audit, gateway_sessions TO {}", hostile.mallory));
    hostile.plant("CREATE FUNCTION w() RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN false; END'");
    for (table, name) in [("gateway_sessions", "zz"), ("gateway_audit", "gateway_audit_append_only")] {
        hostile.plant(&format!(
            "CREATE OR REPLACE TRIGGER {name} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT WHEN (w())
             EXECUTE FUNCTION gateway_audit_append_only()"
        ));
        let error = hostile.refused().await.to_string();
        assert!(error.contains(&format!("has the trigger `{name}`, which no migration added")), "{error}");
        let grants = postgres_guarded(&postgres_grants(&hostile.mallory).unwrap());
        let error = hostile.database.psql_script(&format!("\\set ON_ERROR_STOP on\n{grants}COMMIT;")).unwrap_err();
        assert!(error.contains("are not this role's"), "{error}");
        hostile.database.psql(&format!("DROP TRIGGER {name} ON {table}"));
        if table == "gateway_audit" {
            hostile.database.psql(
                "CREATE TRIGGER gateway_audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON gateway_audit
                 FOR EACH STATEMENT EXECUTE FUNCTION gateway_audit_append_only(); \
                 ALTER TABLE gateway_audit ENABLE ALWAYS TRIGGER gateway_audit_append_only",
            );
        }
    }
    assert_eq!(hostile.db().migrate().await.unwrap(), []);
}

/// A foreign key of another role's table runs its triggers in our DELETE, and its deferred ones in our COMMIT.
#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_key_of_another_role_is_said() {
    let hostile = Hostile::create();
    hostile.db().migrate().await.unwrap();
    hostile.database.psql(&format!("GRANT REFERENCES ON gateway_users TO {}", hostile.mallory));
    hostile.plant("CREATE TABLE mine (u uuid REFERENCES gateway_users (id) ON DELETE CASCADE)");
    let error = hostile.refused().await.to_string();
    assert!(error.contains("a foreign key of another role's table `mine`"), "{error}");
    hostile.database.psql("DROP TABLE mine; CREATE TABLE ours (u uuid REFERENCES gateway_users (id))");
    assert_eq!(hostile.db().migrate().await.unwrap(), []);
}
