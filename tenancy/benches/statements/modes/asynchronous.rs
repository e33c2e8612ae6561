//! `OrgConn`, against the diesel-async connection inside it.

use super::{Bench, scope};
use crate::list::{batches, statements};
use crate::pg::Database;
use crate::schema::{self, ORGANIZATION, ORGANIZATION_BYTES, plain_pg, plain_sqlite, scoped as t};
use diesel::dsl::{exists, sum};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use std::hint::black_box;
use tenancy::TenantDb;
use tenancy_testkit::TestKit;
use tokio::runtime::Runtime;

macro_rules! run {
    ($dsl:path, load $row:tt, $statement:expr, $conn:expr) => {{
        use $dsl as Dsl;
        black_box(Dsl::load::<$row>(black_box($statement), $conn).await.expect("rows"))
    }};
    ($dsl:path, execute $row:tt, $statement:expr, $conn:expr) => {{
        use $dsl as Dsl;
        black_box(Dsl::execute(black_box($statement), $conn).await.expect("a count"))
    }};
}

macro_rules! pairs {
    (
        ($bench:ident, $runtime:ident, $kit:ident, $db:ident, $theirs:ident, $organization:expr)
        $($name:literal $how:ident $row:tt |$s:ident| $scoped:expr, |$o:ident| $plain:expr;)*
    ) => {$({
        let $s = scope(&$kit);
        let $o = black_box($organization);
        let mut ours = $runtime.block_on($db.scoped(&$s)).expect("a connection");
        $bench.pair(
            $name,
            &mut || { $runtime.block_on(async { run!(tenancy::RunQueryDsl, $how $row, $scoped, &mut ours) }); },
            &mut || { $runtime.block_on(async { run!(diesel_async::RunQueryDsl, $how $row, $plain, &mut $theirs) }); },
        );
    })*};
}

/// The twin on both sides.
macro_rules! controls {
    (
        ($bench:ident, $runtime:ident, $one:ident, $other:ident)
        $($name:literal $how:ident $row:tt |$s:ident| $scoped:expr, |$o:ident| $plain:expr;)*
    ) => {$({
        let $o = black_box(ORGANIZATION);
        $bench.pair(
            $name,
            &mut || { $runtime.block_on(async { run!(diesel_async::RunQueryDsl, $how $row, $plain, &mut $one) }); },
            &mut || { $runtime.block_on(async { run!(diesel_async::RunQueryDsl, $how $row, $plain, &mut $other) }); },
        );
    })*};
}

pub(super) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
}

/// A raw connection for the twin, set up as ours is.
#[expect(clippy::disallowed_methods, reason = "the twin runs on a connection without a scope")]
pub(super) async fn open<C: AsyncConnection + SimpleAsyncConnection>(url: &str, setup: &str) -> C {
    let mut conn = C::establish(url).await.expect("a connection");
    conn.batch_execute(setup).await.expect("set up");
    conn
}

#[expect(clippy::disallowed_types, reason = "the twin runs on a connection without a scope")]
pub(super) fn sqlite(bench: &mut dyn Bench) {
    use diesel::sqlite::Sqlite as DB;
    use plain_sqlite as p;
    let (runtime, kit) = (runtime(), TestKit::new());
    let db = runtime
        .block_on(kit.sqlite(&[&schema::ddl(false)]).schema(t::schema_manifest()).pool_size(1).build())
        .expect("a database");
    let pragmas = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;";
    let setup = format!("{pragmas}{}", schema::ddl(false));
    let mut theirs: SyncConnectionWrapper<diesel::SqliteConnection> =
        runtime.block_on(open("file:/plain-twin?vfs=memdb", &setup));
    statements!(pairs!(bench, runtime, kit, db, theirs, ORGANIZATION_BYTES.as_slice()));
}

#[expect(clippy::disallowed_types, reason = "the twin runs on a connection without a scope")]
pub(super) fn postgres(bench: &mut dyn Bench) {
    use diesel::pg::Pg as DB;
    use plain_pg as p;
    let (runtime, kit) = (runtime(), TestKit::new());
    let (our_database, their_database) = (filled(), filled());
    let db = TenantDb::postgres(our_database.url(), kit.authority())
        .schema(t::schema_manifest())
        .pool_size(1)
        .build()
        .expect("a pool");
    let mut theirs: AsyncPgConnection = runtime.block_on(open(their_database.url(), "SELECT 1"));
    statements!(pairs!(bench, runtime, kit, db, theirs, ORGANIZATION));
    batches!(pairs!(bench, runtime, kit, db, theirs, ORGANIZATION));
}

#[expect(clippy::disallowed_types, reason = "the twin runs on a connection without a scope")]
pub(super) fn postgres_control(bench: &mut dyn Bench) {
    use diesel::pg::Pg as DB;
    use plain_pg as p;
    let runtime = runtime();
    let (one_database, other_database) = (filled(), filled());
    let mut one: AsyncPgConnection = runtime.block_on(open(one_database.url(), "SELECT 1"));
    let mut other: AsyncPgConnection = runtime.block_on(open(other_database.url(), "SELECT 1"));
    statements!(controls!(bench, runtime, one, other));
    batches!(controls!(bench, runtime, one, other));
}

/// A database on Postgres with the tables and rows.
pub(super) fn filled() -> Database {
    let database = Database::create();
    database.psql(&schema::ddl(true));
    database.psql("SELECT setval('invoices_id_seq', 5000); ANALYZE");
    database
}
