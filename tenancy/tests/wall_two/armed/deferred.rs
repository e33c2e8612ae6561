//! Constraints that PostgreSQL checks at the end of the transaction: a statement is answered when that end is known.

use crate::armed::support::folder::until;
use crate::armed::support::walled::wall_two;
use crate::armed::world::{A, Db, World, invoices};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use tenancy::TenantDb;
use tenancy::prelude::*;

/// Two invoices of one organization may not cost the same, at the end.
const DEFERRED: &str = "ALTER TABLE invoices ADD UNIQUE (org_id, cents) DEFERRABLE INITIALLY DEFERRED";

fn is_taken<T: std::fmt::Debug>(answer: Result<T, DieselError>) {
    let taken = matches!(answer, Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)));
    assert!(taken, "{answer:?}");
}

async fn world() -> (World, TenantDb<Db>) {
    let world = World::new().await;
    world.wall.db.psql(DEFERRED);
    let db = world.db();
    (world, db)
}

/// A statement alone has no COMMIT of its own that could fail: the end of its request does.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_alone_fails_with_its_end() {
    let (world, db) = world().await;
    let a = world.a();
    let costs = || world.wall.db.psql(&format!("SELECT sum(cents) FROM invoices WHERE org_id = '{A}'"));
    let before = costs();
    let mut conn = db.scoped(&a).await.expect("a connection");
    for _ in 0..2 {
        let all = || a.update(invoices::table).set(invoices::cents.eq(7));
        is_taken(all().execute(&mut conn).await);
        is_taken(all().returning(invoices::id).get_results::<i32>(&mut conn).await);
        is_taken(all().returning(invoices::id).get_result::<i32>(&mut conn).await);
        assert_eq!(costs(), before);
        let count = a.from(invoices::table).count().get_result::<i64>(&mut conn).await;
        assert_eq!(count, Ok(20), "the connection goes on");
    }
    let swapped = a.update(invoices::table).set(invoices::cents.eq(invoices::cents + 100));
    assert_eq!(swapped.execute(&mut conn).await, Ok(20), "what holds at the end may be wrong on the way");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_fails_with_its_commit() {
    let (world, db) = world().await;
    let a = world.a();
    let before = world.rows_of(A);
    let mut conn = db.scoped(&a).await.expect("a connection");
    let work = conn.transaction(async |conn| {
        a.update(invoices::table).set(invoices::cents.eq(7)).execute(conn).await?;
        a.delete(invoices::table).filter(invoices::id.eq(1)).execute(conn).await
    });
    is_taken(work.await);
    assert_eq!(world.rows_of(A), before);
    drop(conn);
    let b = world.b();
    let mut conn = db.scoped(&b).await.expect("a connection");
    assert_eq!(b.from(invoices::table).count().get_result::<i64>(&mut conn).await, Ok(20));
}

/// After raw SQL there is something to clean up behind the end, and an end that fails skips it: no lock is left to the next
/// borrower, in a statement alone as in a transaction.
// attack: F23
#[tokio::test(flavor = "multi_thread")]
async fn raw_sql_fails_with_its_end_and_leaves_no_lock() {
    let (world, db) = world().await;
    let (a, b, before) = (world.a(), world.b(), world.rows_of(A));
    let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'";
    let attack = "WITH l AS MATERIALIZED (SELECT pg_advisory_lock(42)::text AS t, set_config('work_mem', '1MB', false) AS s) \
                  UPDATE invoices SET cents = 7 FROM l WHERE t IS NOT NULL AND s IS NOT NULL";
    for in_transaction in [false, true] {
        let mut conn = db.scoped(&a).await.expect("a connection");
        if in_transaction {
            is_taken(
                conn.transaction(async |conn| conn.raw_sql(wall_two(), attack, "the attack").execute().await).await,
            );
        } else {
            is_taken(conn.raw_sql(wall_two(), attack, "the attack").execute().await);
        }
        drop(conn);
        // Also when nobody borrows after it.
        until("the connection is closed", || world.wall.db.psql(locks) == "0").await;
        let mut conn = db.scoped(&b).await.expect("a connection");
        assert_eq!(b.from(invoices::table).count().get_result::<i64>(&mut conn).await, Ok(20));
        let memory = "SELECT count(*) AS rows, pg_size_bytes(current_setting('work_mem')) AS organizations, 1 AS session FROM invoices";
        let seen: crate::armed::world::Seen =
            conn.raw_sql(wall_two(), memory, "a look").get_result().await.expect("a row");
        assert_eq!(seen.organizations, 4 << 20, "the server's own setting");
        assert_eq!(world.rows_of(A), before);
    }
}
