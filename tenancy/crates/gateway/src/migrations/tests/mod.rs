//! Migrations, statements and grants, on real databases.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests of the tables themselves, which no scope reaches"
)]

mod failures;
mod grants;
mod hostile;
mod hostile_code;

use super::columns::{Columns, RECORD};
use super::shape::Shape;
use super::statements::{ColumnsOnPostgres, ColumnsOnSqlite, ShapeOnPostgres};
use super::*;
use crate::GatewayDb;
use crate::statements::texts;
use diesel::Connection as _;
use diesel::connection::SimpleConnection as _;
use diesel::sqlite::SqliteConnection;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use tenancy_service::__private::epoch_statements;
use tenancy_service::__private::named::NamedText;
use tenancy_service::__private::sql::{Kind, Statement, Value};
use tenancy_service::epochs_grants;
use tenancy_test_support::pg::Database;

const ADD_COLUMN: Migration = Migration::new(2, "names", "ALTER TABLE gateway_users ADD COLUMN name text");
const POSTGRES_LATER: &[Migration] = &[POSTGRES[0], ADD_COLUMN];
const SQLITE_LATER: &[Migration] = &[SQLITE[0], ADD_COLUMN];

const WAIT: std::time::Duration = std::time::Duration::from_secs(5);

fn public() -> Value {
    Value::Text("public".to_owned())
}

/// A database of one of the two kinds.
enum Place {
    Server(Database),
    File(PathBuf),
}

impl Place {
    fn both() -> [Place; 2] {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("tenancy-migrations-{}-{}.db", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        [Place::Server(Database::create()), Place::File(std::env::temp_dir().join(name))]
    }

    async fn db(&self) -> GatewayDb {
        match self {
            Place::Server(database) => GatewayDb::postgres(database.url()).unwrap(),
            Place::File(file) => GatewayDb::sqlite(file.to_str().unwrap()).await.unwrap(),
        }
    }

    fn execute(&self, sql: &str) {
        match self {
            Place::Server(database) => drop(database.psql(sql)),
            Place::File(file) => {
                SqliteConnection::establish(file.to_str().unwrap()).unwrap().batch_execute(sql).unwrap();
            }
        }
    }

    fn script(&self, script: &str) {
        match self {
            Place::Server(database) => database.psql_script(script).unwrap(),
            Place::File(_) => self.execute(script),
        }
    }

    fn migrations(&self) -> &'static [Migration] {
        match self {
            Place::Server(_) => POSTGRES,
            Place::File(_) => SQLITE,
        }
    }

    fn later(&self) -> &'static [Migration] {
        match self {
            Place::Server(_) => POSTGRES_LATER,
            Place::File(_) => SQLITE_LATER,
        }
    }

    fn dialect(&self) -> Dialect {
        match self {
            Place::Server(_) => Dialect::Postgres,
            Place::File(_) => Dialect::Sqlite,
        }
    }

    /// The tables as they are, without the record.
    async fn columns(&self) -> Columns {
        let statement: Statement = match self {
            Place::Server(_) => ColumnsOnPostgres { schema: public() }.statement(),
            Place::File(_) => ColumnsOnSqlite {}.statement(),
        };
        let mut columns = Columns::read(self.db().await.read(statement).await.unwrap().rows).unwrap();
        columns.tables.remove(RECORD);
        columns
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Place::File(file) = self {
            let _ = std::fs::remove_file(file);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_database_is_migrated_once() {
    for place in Place::both() {
        let db = place.db().await;
        assert!(matches!(db.check_migrations().await, Err(MigrationError::Missing)));
        assert_eq!(db.migrate().await.unwrap(), place.migrations());
        assert_eq!(db.migrate().await.unwrap(), []);
        db.check_migrations().await.unwrap();
        // What the adoption of older tables compares with is what a migration makes.
        assert_eq!(place.columns().await, Columns::made_by(&place.migrations()[0], place.dialect()));
        assert_eq!(place.columns().await.tables.len(), 13);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_migration_changes_a_table_and_stops_older_programs() {
    for place in Place::both() {
        let db = place.db().await;
        db.migrate().await.unwrap();
        assert_eq!(db.migrate_with(place.later()).await.unwrap(), [ADD_COLUMN]);
        place.execute("UPDATE gateway_users SET name = 'Alice'");
        let error = db.check_migrations().await.unwrap_err();
        assert!(matches!(&error, MigrationError::Newer { version: 2, name } if name == "names"), "{error}");
        assert!(error.to_string().contains("Run that version or a later one"), "{error}");
        assert!(matches!(db.migrate().await, Err(MigrationError::Newer { .. })));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_schema_is_outdated_for_a_newer_program() {
    for place in Place::both() {
        let db = place.db().await;
        db.migrate().await.unwrap();
        let platform = &*db.platform;
        let status = status(platform, place.dialect(), place.later(), WAIT, Purpose::Use).await.unwrap();
        assert_eq!((status.applied.as_slice(), status.pending.as_slice()), (place.migrations(), &[ADD_COLUMN][..]));
        let error = status.check().unwrap_err();
        assert!(matches!(error, MigrationError::Outdated { applied: 1, needed: 2 }));
        assert!(error.to_string().contains("run `tenancy gateway migrate`"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_migration_and_a_gap_are_rejected() {
    for place in Place::both() {
        let db = place.db().await;
        db.migrate_with(place.later()).await.unwrap();
        let changed =
            [place.migrations()[0], Migration::new(2, "names", "ALTER TABLE gateway_users ADD COLUMN n text")];
        assert!(matches!(db.migrate_with(&changed).await, Err(MigrationError::Changed { version: 2, name: "names" })));
        // The form of line ends is not a change.
        let windows = Box::leak(place.migrations()[0].sql().replace('\n', "\r\n").into_boxed_str());
        assert_eq!(Migration::new(1, "tables", windows).checksum(), place.migrations()[0].checksum());
        place.execute("DELETE FROM gateway_migrations WHERE version = 1");
        assert!(matches!(db.migrate_with(place.later()).await, Err(MigrationError::Gap { version: 1 })));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_fails_leaves_nothing_behind() {
    for place in Place::both() {
        let db = place.db().await;
        let broken = "ALTER TABLE gateway_users ADD COLUMN name text; SELECT * FROM gateway_nowhere";
        let migrations = [place.migrations()[0], Migration::new(2, "broken", broken)];
        assert!(matches!(db.migrate_with(&migrations).await, Err(MigrationError::Failed { version: 2, .. })));
        assert_eq!(place.columns().await, Columns::made_by(&migrations[0], place.dialect()));
        // The connection that failed holds no lock.
        assert_eq!(db.migrate_with(place.later()).await.unwrap(), [ADD_COLUMN]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_without_a_record_are_adopted_when_their_columns_agree() {
    for place in Place::both() {
        let db = place.db().await;
        place.execute(place.migrations()[0].sql());
        // An older release did not have every table yet.
        place.execute("DROP TABLE gateway_removed_members; INSERT INTO gateway_organizations (id, slug, created_at) VALUES ('00000000000000000000000000000001', 'acme', 0)");
        assert!(matches!(db.check_migrations().await, Err(MigrationError::Unrecorded)));
        let status = db.migration_status().await.unwrap();
        assert!(status.adopts && status.applied.is_empty());
        assert_eq!(db.migrate().await.unwrap(), place.migrations());
        db.check_migrations().await.unwrap();
        assert_eq!(place.columns().await, Columns::made_by(&place.migrations()[0], place.dialect()));
        place.execute("UPDATE gateway_organizations SET state = 'suspended' WHERE slug = 'acme'");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_with_other_columns_are_not_adopted() {
    let changes = [
        ("ALTER TABLE gateway_sessions DROP COLUMN agent", "the table `gateway_sessions` lacks the column `agent`"),
        (
            "ALTER TABLE gateway_staff ADD COLUMN note text",
            "the table `gateway_staff` has a column `note` of another origin",
        ),
    ];
    for (change, said) in changes {
        for place in Place::both() {
            place.execute(place.migrations()[0].sql());
            place.execute(change);
            let before = place.columns().await;
            let error = place.db().await.migrate().await.unwrap_err();
            assert!(matches!(&error, MigrationError::Different(what) if what == said), "{error}");
            assert_eq!(place.columns().await, before);
        }
    }
    let [server, _] = Place::both();
    server.execute(POSTGRES[0].sql());
    server.execute("ALTER TABLE gateway_users ALTER COLUMN epoch TYPE int");
    let error = server.db().await.migrate().await.unwrap_err().to_string();
    assert!(error.contains("`gateway_users.epoch` is `integer NOT NULL` and should be `bigint NOT NULL`"), "{error}");
}

/// What the adoption of older tables compares with is what a migration makes.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_migration_makes_the_constraints_that_are_compared() {
    let [server, _] = Place::both();
    server.db().await.migrate().await.unwrap();
    let rows = server.db().await.read(ShapeOnPostgres { schema: public() }.statement()).await.unwrap().rows;
    let made = Shape::read(rows).unwrap();
    assert_eq!(made, Shape::made_by_the_first(), "{}", made.text());
    assert!(made.text().lines().count() > 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_with_other_constraints_are_not_adopted() {
    for (change, said) in [
        (
            "ALTER TABLE gateway_users DROP CONSTRAINT gateway_users_issuer_subject_key",
            "lacks the constraint `UNIQUE (issuer, subject)`",
        ),
        (
            "ALTER TABLE gateway_memberships DROP CONSTRAINT gateway_memberships_org_id_fkey",
            "lacks the constraint `FOREIGN KEY (org_id)",
        ),
        ("ALTER TABLE gateway_entries DROP CONSTRAINT gateway_entries_check", "lacks the constraint `CHECK "),
        (
            "ALTER TABLE gateway_staff ADD CHECK (created_at > 7)",
            "has the constraint `CHECK ((created_at > 7))` of another origin",
        ),
        ("CREATE UNIQUE INDEX one ON gateway_sessions (user_id)", "has the unique index `CREATE UNIQUE INDEX one "),
        ("ALTER TABLE gateway_users ALTER COLUMN disabled SET DEFAULT 1", "lacks the default `disabled 0`"),
        (
            "DROP INDEX gateway_sessions_end; CREATE INDEX gateway_sessions_end ON gateway_sessions (amr)",
            "has the index `CREATE INDEX gateway_sessions_end ",
        ),
    ] {
        let [server, _] = Place::both();
        server.execute(POSTGRES[0].sql());
        server.execute(change);
        let error = server.db().await.migrate().await.unwrap_err();
        assert!(matches!(&error, MigrationError::Different(what) if what.contains(said)), "{error}");
    }
    // An index that is missing is made, and an operator's own one stays.
    let [server, _] = Place::both();
    server.execute(POSTGRES[0].sql());
    server.execute("DROP INDEX gateway_sessions_end; CREATE INDEX own ON gateway_sessions (amr)");
    assert_eq!(server.db().await.migrate().await.unwrap(), POSTGRES);
}

/// Migrates, and again where the wait for the other migrations took longer than a migration waits: the machine may be busy.
async fn in_turn(db: &GatewayDb, migrations: &'static [Migration]) -> Vec<Migration> {
    loop {
        match db.migrate_with(migrations).await {
            Err(MigrationError::Waited(_) | MigrationError::Locked { .. }) => {}
            Err(error) if format!("{error:?}").contains("database is locked") => {}
            done => return done.unwrap(),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_at_once_apply_each_migration_once() {
    for place in Place::both() {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (db, later) = (place.db().await, place.later());
            tasks.spawn(async move { in_turn(&db, later).await });
        }
        let mut applied: Vec<_> = tasks.join_all().await.into_iter().flatten().map(|one| one.version()).collect();
        applied.sort_unstable();
        assert_eq!(applied, [1, 2]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_without_rights_is_told_what_to_run() {
    let database = Database::create();
    let role = format!("gateway_bare_{}", std::process::id());
    database.psql(&format!("CREATE ROLE {role} LOGIN PASSWORD 'secret'"));
    let db = GatewayDb::postgres(database.url_as(&role, "secret")).unwrap();
    let said = async |db: &GatewayDb| db.check_migrations().await.unwrap_err().to_string();
    assert!(said(&db).await.contains("run `tenancy gateway migrate`"));
    assert!(matches!(db.migrate().await, Err(MigrationError::Failed { version: 1, .. })), "it may create nothing");
    GatewayDb::postgres(database.url()).unwrap().migrate().await.unwrap();
    assert!(said(&db).await.contains("run `tenancy gateway grants --role NAME --apply`"));
    database.psql(&postgres_grants(&role).unwrap());
    db.check_migrations().await.unwrap();
    database.psql(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}

#[test]
fn a_printed_script_applies_and_records() {
    let database = Database::create();
    database.psql_script(&postgres_script(POSTGRES)).unwrap();
    let recorded = database.psql("SELECT version, name, checksum FROM gateway_migrations");
    assert_eq!(recorded, format!("1|tables|{}", POSTGRES[0].checksum()));
    assert!(database.psql_script(&postgres_script(POSTGRES)).is_err(), "it is recorded already");
}

#[test]
fn migrations_are_numbered_from_one() {
    for migrations in [POSTGRES, SQLITE] {
        assert!(migrations.iter().zip(1..).all(|(migration, number)| migration.version() == number));
    }
    assert_eq!(POSTGRES.len(), SQLITE.len());
}

/// A statement for `PREPARE`: the type of each value, and the text with numbers.
fn prepared(text: &NamedText, name: &str) -> String {
    let types = text.parameters.iter().map(|(_, kind)| match kind {
        Kind::Int => "bigint",
        Kind::Text => "text",
        Kind::Bytes => "bytea",
        Kind::Id => "uuid",
    });
    let types = types.collect::<Vec<_>>().join(", ");
    let types = if types.is_empty() { types } else { format!("({types})") };
    let (mut sql, mut from) = (String::new(), 0);
    for place in text.places {
        sql += &format!("{}${}", &text.sql[from..place.start], place.value + 1);
        from = place.end;
    }
    format!("PREPARE {name}{types} AS {sql}{};", &text.sql[from..])
}

fn on_postgres() -> Vec<&'static NamedText> {
    texts().into_iter().filter(|text| !text.name.ends_with("OnSqlite")).collect()
}

#[test]
fn both_databases_take_every_statement() {
    let [server, file] = Place::both();
    server.script(&postgres_script(POSTGRES));
    let all = on_postgres();
    assert!(all.len() > 60, "{}", all.len());
    for text in all.iter().copied().chain(epoch_statements()) {
        server.execute(&prepared(text, "one"));
    }
    file.execute(SQLITE[0].sql());
    file.execute(Dialect::Sqlite.record_table());
    // SQLite has named values of its own.
    for text in texts().into_iter().filter(|text| !text.name.ends_with("OnPostgres")).chain(epoch_statements()) {
        file.execute(&format!("EXPLAIN {}", text.sql));
    }
}
