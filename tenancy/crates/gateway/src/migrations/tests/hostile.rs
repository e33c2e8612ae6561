//! A role that may create in the schema of the gateway's tables, and is up to no good.

use super::*;

/// A database in which a lesser role may create.
pub(super) struct Hostile {
    pub(super) database: Database,
    pub(super) mallory: String,
}

impl Hostile {
    pub(super) fn create() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let mallory = format!("m_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let database = Database::create();
        database.psql(&format!(
            "CREATE ROLE {mallory} LOGIN PASSWORD 'x'; GRANT USAGE, CREATE ON SCHEMA public TO {mallory}"
        ));
        Self { database, mallory }
    }

    /// Runs SQL as the lesser role.
    pub(super) fn plant(&self, sql: &str) {
        self.database.psql(&format!("SET SESSION AUTHORIZATION {}; {sql}", self.mallory));
    }

    pub(super) fn db(&self) -> GatewayDb {
        GatewayDb::postgres(self.database.url()).unwrap().wait_timeout(std::time::Duration::from_millis(200))
    }

    /// What migrating says, which changes nothing.
    pub(super) async fn refused(&self) -> RelationError {
        let before = self.relations();
        let db = self.db();
        let (status, error) = (db.migration_status().await.unwrap_err(), db.migrate().await.unwrap_err());
        assert_eq!(self.relations(), before, "nothing is made beside it");
        match (status, error) {
            (MigrationError::Relation(status), MigrationError::Relation(error)) if status == error => error,
            (status, error) => panic!("{status} / {error}"),
        }
    }

    fn relations(&self) -> String {
        self.database
            .psql("SELECT relname, relnamespace, relowner FROM pg_class WHERE starts_with(relname::text, 'gateway') ORDER BY 1, 2")
    }

    pub(super) fn is_superuser(&self) -> bool {
        self.database.psql(&format!("SELECT rolsuper FROM pg_roles WHERE rolname = '{}'", self.mallory)) == "t"
    }

    fn drop_all(&self) {
        self.database
            .psql(&format!("DROP OWNED BY {} CASCADE; GRANT USAGE, CREATE ON SCHEMA public TO {0}", self.mallory));
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        let _ = self.database.try_psql(&format!("DROP OWNED BY {} CASCADE; DROP ROLE {0}", self.mallory));
    }
}

/// A record that is complete, as a text of SQL.
fn record() -> String {
    format!(
        "SELECT CAST(1 AS bigint) AS version, 'tables' AS name, '{}' AS checksum, CAST(0 AS bigint) AS applied_at",
        POSTGRES[0].checksum()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_lesser_role_made_is_not_adopted() {
    let hostile = Hostile::create();
    let users = "CREATE TABLE gateway_users (id uuid PRIMARY KEY, issuer text NOT NULL, subject text NOT NULL, \
                 epoch bigint NOT NULL DEFAULT 1, session_epoch bigint NOT NULL DEFAULT 1, \
                 disabled bigint NOT NULL DEFAULT 0, created_at bigint NOT NULL)";
    let whole = POSTGRES[0].sql();
    let record = record();
    let plants = [
        (users.to_owned(), "belongs to the role"),
        (whole.to_owned(), "belongs to the role"),
        (format!("{whole}; CREATE TABLE gateway_migrations AS {record}"), "belongs to the role"),
        // The record alone made the tables up to date, which did not exist.
        (
            format!("CREATE TABLE gateway_migrations AS {record}; GRANT SELECT ON gateway_migrations TO PUBLIC"),
            "belongs to the role",
        ),
        (
            format!("CREATE VIEW gateway_migrations AS {record}; GRANT SELECT ON gateway_migrations TO PUBLIC"),
            "is a view",
        ),
        ("CREATE MATERIALIZED VIEW gateway_staff AS SELECT 1 AS id".to_owned(), "is a materialized view"),
        ("CREATE TABLE gateway_logins (key text) PARTITION BY HASH (key)".to_owned(), "is partitioned"),
        (
            "CREATE TABLE decoy (id int); CREATE INDEX gateway_sessions_end ON decoy (id)".to_owned(),
            "is an index of another table",
        ),
        ("CREATE SEQUENCE gateway_audit_at".to_owned(), "is a sequence of no table"),
        ("CREATE TYPE gateway_entries AS (id int)".to_owned(), "is a composite type"),
    ];
    for (plant, said) in plants {
        hostile.plant(&plant);
        let error = hostile.refused().await.to_string();
        assert!(error.contains(said), "{plant}: {error}");
        hostile.drop_all();
    }
    assert_eq!(hostile.db().migrate().await.unwrap(), POSTGRES);
}

/// Before PostgreSQL 16 a role may make any other one its member, and a superuser is a member of each.
#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_made_the_migrating_one_its_member_is_no_owner() {
    let hostile = Hostile::create();
    let (migrator, group) = (format!("{}_migrator", hostile.mallory), format!("{}_owners", hostile.mallory));
    hostile.database.psql(&format!(
        "CREATE ROLE {migrator} LOGIN PASSWORD 'secret'; CREATE ROLE {group}; GRANT USAGE, CREATE ON SCHEMA public TO {migrator}, {group};
         GRANT {} TO {migrator}", hostile.mallory
    ));
    hostile.plant(POSTGRES[0].sql());
    let db = GatewayDb::postgres(hostile.database.url_as(&migrator, "secret")).unwrap();
    let error = db.migrate().await.unwrap_err();
    assert!(
        matches!(&error, MigrationError::Relation(RelationError::Owner { owner, .. }) if *owner == hostile.mallory),
        "{error}"
    );
    hostile.drop_all();
    // A group of the migrating role is not the migrating role: its administrator or another member could have made this.
    hostile.database.psql(&format!("GRANT {group} TO {migrator}; SET ROLE {group}; {}", POSTGRES[0].sql()));
    let error = db.migrate().await.unwrap_err();
    assert!(
        matches!(&error, MigrationError::Relation(RelationError::Owner { owner, .. }) if *owner == group),
        "{error}"
    );
    // The message's way: an administrator says that the role acts as the group.
    hostile.database.psql(&format!("ALTER ROLE {migrator} SET role = {group}"));
    let db = GatewayDb::postgres(hostile.database.url_as(&migrator, "secret")).unwrap();
    assert_eq!(db.migrate().await.unwrap(), POSTGRES);
    let owners = "SELECT DISTINCT relowner::regrole FROM pg_class WHERE relname LIKE 'gateway%'";
    assert_eq!(hostile.database.psql(owners), group);
    hostile.database.psql(&format!("DROP OWNED BY {group}, {migrator} CASCADE; DROP ROLE {group}, {migrator}"));
}

/// A schema of another role, which could drop the tables in it: with `"$user"`, any role that may create one makes it.
#[tokio::test(flavor = "multi_thread")]
async fn a_schema_of_a_lesser_role_holds_no_tables() {
    let hostile = Hostile::create();
    hostile.database.psql(&format!(
        "GRANT CREATE ON DATABASE {} TO {}",
        hostile.database.psql("SELECT current_database()"),
        hostile.mallory
    ));
    hostile.plant("CREATE SCHEMA owner; GRANT ALL ON SCHEMA owner TO owner");
    let error = hostile.refused().await;
    assert!(matches!(&error, RelationError::SchemaOwner { schema, .. } if schema == "owner"), "{error}");
    let error = hostile.database.psql_script(&postgres_script(POSTGRES)).unwrap_err();
    assert!(error.contains("the schema `owner` belongs to a role that could drop the tables"), "{error}");
    assert_eq!(hostile.relations(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_without_its_key_is_said() {
    let hostile = Hostile::create();
    hostile.db().migrate().await.unwrap();
    hostile.database.psql(
        "ALTER TABLE gateway_migrations DROP CONSTRAINT gateway_migrations_pkey;
         INSERT INTO gateway_migrations SELECT * FROM gateway_migrations",
    );
    for error in [hostile.db().migrate().await.unwrap_err(), hostile.db().check_migrations().await.unwrap_err()] {
        assert!(matches!(error, MigrationError::Repeated { version: 1 }), "{error}");
    }
}

/// A trigger of our name that sees TRUNCATE alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_lesser_trigger_of_our_name_keeps_no_rows() {
    let hostile = Hostile::create();
    hostile.db().migrate().await.unwrap();
    hostile.database.psql(
        "DROP TRIGGER gateway_audit_append_only ON gateway_audit; CREATE TRIGGER gateway_audit_append_only BEFORE TRUNCATE ON gateway_audit
         FOR EACH STATEMENT EXECUTE FUNCTION gateway_audit_append_only()",
    );
    let error = hostile.refused().await.to_string();
    assert!(error.contains("has the trigger `gateway_audit_append_only`, which no migration added"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_added_to_a_table_is_said() {
    let hostile = Hostile::create();
    let db = hostile.db();
    db.migrate().await.unwrap();
    hostile.database.psql(&format!("GRANT TRIGGER ON gateway_users TO {}", hostile.mallory));
    hostile.plant(
        "CREATE FUNCTION steal() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
         CREATE TRIGGER gateway_users_append_only BEFORE INSERT ON gateway_users FOR EACH ROW EXECUTE FUNCTION steal()",
    );
    let error = hostile.refused().await.to_string();
    assert!(
        error.contains("`public.gateway_users` has the trigger `gateway_users_append_only`, which no migration added"),
        "{error}"
    );
    // The gateway's own role asks too.
    assert!(matches!(db.check_migrations().await, Err(MigrationError::Relation(_))));
    hostile.database.psql("DROP TRIGGER gateway_users_append_only ON gateway_users");
    for (add, take, said) in [
        ("CREATE RULE r AS ON INSERT TO gateway_staff DO ALSO NOTHING", "DROP RULE r ON gateway_staff", "a rule"),
        (
            "ALTER TABLE gateway_staff ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE gateway_staff DISABLE ROW LEVEL SECURITY",
            "row-level",
        ),
        ("CREATE POLICY p ON gateway_staff", "DROP POLICY p ON gateway_staff", "row-level"),
        ("CREATE TABLE kin () INHERITS (gateway_staff)", "DROP TABLE kin", "a parent, a child"),
        ("ALTER TABLE gateway_logins SET UNLOGGED", "ALTER TABLE gateway_logins SET LOGGED", "that a restart loses"),
        (
            "ALTER TABLE gateway_audit DISABLE TRIGGER ALL",
            "ALTER TABLE gateway_audit ENABLE TRIGGER ALL",
            "lacks the trigger that keeps its rows",
        ),
    ] {
        hostile.database.psql(add);
        let error = hostile.refused().await.to_string();
        assert!(error.contains(said), "{add}: {error}");
        hostile.database.psql(take);
    }
    db.check_migrations().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_without_its_tables_is_said() {
    for place in Place::both() {
        let db = place.db().await;
        db.migrate().await.unwrap();
        place.execute("DROP TABLE gateway_removed_members");
        for error in [db.check_migrations().await.unwrap_err(), db.migrate().await.unwrap_err()] {
            let absent = matches!(error, MigrationError::Relation(RelationError::Absent { version: 1, .. }));
            assert!(
                absent && error.to_string().contains("the table `gateway_removed_members` does not exist"),
                "{error}"
            );
        }
    }
    let [_, file] = Place::both();
    file.execute("CREATE VIEW gateway_users AS SELECT 1 AS id");
    let error = file.db().await.migrate().await.unwrap_err().to_string();
    assert!(error.contains("`gateway_users` is a view"), "{error}");
}

/// New tables in a schema before the old ones would take their place: empty, and with them no session and no suspension.
#[tokio::test(flavor = "multi_thread")]
async fn tables_in_another_schema_are_not_shadowed() {
    let hostile = Hostile::create();
    hostile.database.psql(POSTGRES[0].sql());
    hostile.database.psql("CREATE SCHEMA app");
    hostile.database.psql(&format!(
        "ALTER DATABASE {} SET search_path = app, public",
        hostile.database.psql("SELECT current_database()")
    ));
    let error = hostile.refused().await;
    assert!(matches!(&error, RelationError::Schema { current, .. } if current == "app"), "{error}");
    assert!(error.to_string().contains("in the schema `app`, where they would take its place"), "{error}");
}

/// Tables that no name reaches, of an earlier place, stop no migration.
#[tokio::test(flavor = "multi_thread")]
async fn tables_that_are_not_reached_are_no_obstacle() {
    let hostile = Hostile::create();
    hostile.database.psql(POSTGRES[0].sql());
    hostile.database.psql("CREATE SCHEMA app");
    let database = hostile.database.psql("SELECT current_database()");
    hostile.database.psql(&format!("ALTER DATABASE {database} SET search_path = app"));
    assert_eq!(hostile.db().migrate().await.unwrap(), POSTGRES);
    hostile.database.psql(&format!("ALTER DATABASE {database} SET search_path = app, public"));
    hostile.db().check_migrations().await.unwrap();
    assert_eq!(hostile.db().migrate().await.unwrap(), []);
}

/// What was decided before the wait for the lock is asked again after it.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_while_a_run_waits_is_seen() {
    let hostile = Hostile::create();
    let db = hostile.db().wait_timeout(std::time::Duration::from_secs(5));
    let mut other = db.platform.session(WAIT).await.unwrap();
    other.script("BEGIN; SELECT pg_advisory_xact_lock(29099062630543737)").await.unwrap();
    let run = tokio::spawn({
        let db = db.clone();
        async move { db.migrate().await }
    });
    // It has looked, and waits: its transaction is open.
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%try_advisory%' \
                 AND pid <> pg_backend_pid()";
    for _ in 0..200 {
        if hostile.database.psql(waits) == "1" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    hostile.plant("CREATE TABLE gateway_memberships (user_id uuid, org_id uuid)");
    other.script("COMMIT").await.unwrap();
    let error = run.await.unwrap().unwrap_err();
    assert!(matches!(error, MigrationError::Relation(RelationError::Owner { .. })), "{error}");
    assert_eq!(hostile.database.psql("SELECT count(*) FROM pg_class WHERE relname LIKE 'gateway%'"), "1");
}

/// Between the look and the migration's own statements too: what it finds instead of making it is seen before COMMIT.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_while_a_migration_runs_is_seen() {
    let hostile = Hostile::create();
    hostile.db().migrate().await.unwrap();
    let planted = format!(
        "SET LOCAL ROLE {}; CREATE TABLE gateway_names (id int); RESET ROLE; CREATE TABLE IF NOT EXISTS gateway_names (id int);",
        hostile.mallory
    );
    let migrations = [POSTGRES[0], Migration::new(2, "names", Box::leak(planted.into_boxed_str()))];
    let error = hostile.db().migrate_with(&migrations).await.unwrap_err();
    assert!(matches!(error, MigrationError::Relation(RelationError::Owner { .. })), "{error}");
    assert_eq!(hostile.database.psql("SELECT to_regclass('gateway_names')"), "");
    assert_eq!(hostile.database.psql("SELECT count(*) FROM gateway_migrations"), "1");
}

/// The function of the audit log's trigger: `CREATE OR REPLACE` keeps its owner, who may replace it again.
#[tokio::test(flavor = "multi_thread")]
async fn a_function_of_a_lesser_role_is_no_trigger_of_ours() {
    let hostile = Hostile::create();
    hostile.plant(
        "CREATE FUNCTION gateway_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    );
    let error = hostile.db().migrate().await.unwrap_err();
    assert!(
        matches!(&error, MigrationError::Relation(RelationError::Added { what, .. }) if what.contains("append_only")),
        "{error}"
    );
    assert_eq!(hostile.database.psql("SELECT to_regclass('gateway_users')"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roles_name_is_no_sql() {
    let hostile = Hostile::create();
    hostile.db().migrate().await.unwrap();
    let super_ = format!("ALTER ROLE {} SUPERUSER", hostile.mallory);
    for name in [
        format!("',r;{super_};-- FROM gateway;"),
        format!("\";{super_};-- TO gateway;"),
        format!("@role@;{super_};--"),
        format!("a FROM @role@;{super_};-- TO @role@;"),
    ] {
        let quoted = format!("\"{}\"", name.replace('"', "\"\""));
        hostile.database.psql(&format!("CREATE ROLE {quoted}"));
        for grants in [postgres_grants(&name).unwrap(), epochs_grants(&name).unwrap()] {
            hostile.database.psql(&grants);
            assert!(!hostile.is_superuser(), "{name}");
        }
        let rights = hostile.database.psql(&format!(
            "SELECT count(*) > 5 FROM information_schema.column_privileges WHERE grantee = '{}'",
            name.replace('\'', "''")
        ));
        assert_eq!(rights, "t", "{name}");
        hostile.database.psql(&format!("DROP OWNED BY {quoted}; DROP ROLE {quoted}"));
    }
    // Also inside quotes, PostgreSQL grants to every role here.
    hostile.database.psql("CREATE TABLE open (id int); GRANT SELECT ON open TO \"public\"");
    assert_eq!(
        hostile.database.psql(
            "SELECT relacl::text LIKE '%{=r/%' OR relacl::text LIKE '%,=r/%' FROM pg_class WHERE relname = 'open'"
        ),
        "t"
    );
    assert_eq!(postgres_grants("public").unwrap_err(), RoleNameError::Reserved);
    assert_eq!(epochs_grants(&"x".repeat(64)).unwrap_err(), RoleNameError::TooLong);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_another_session_holds_is_named() {
    let hostile = Hostile::create();
    let db = hostile.db();
    let mut other = db.platform.session(WAIT).await.unwrap();
    other.script("SELECT pg_advisory_lock(29099062630543737)").await.unwrap();
    let error = db.migrate().await.unwrap_err();
    let pid = hostile.database.psql("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
    assert!(
        matches!(&error, MigrationError::Waited(holder) if holder.contains(&format!("the process {pid} of the role `owner`"))),
        "{error}"
    );
    other.script("SELECT pg_advisory_unlock_all()").await.unwrap();
    assert_eq!(db.migrate().await.unwrap(), POSTGRES);
    // A lock on a table, which a migration needs.
    other.script("BEGIN; LOCK TABLE gateway_users IN ACCESS SHARE MODE").await.unwrap();
    let error = db.migrate_with(POSTGRES_LATER).await.unwrap_err();
    assert!(matches!(error, MigrationError::Locked { version: 2, .. }), "{error}");
}
