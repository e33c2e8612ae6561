//! I85: an entry of staff to read, behind both walls: nothing that it sends changes a row, whatever it is written in.

use crate::armed::support::walled::wall_two;
use crate::armed::world::{A, B, SEEN, Seen, World, invoices, new};
use diesel::result::DatabaseErrorKind::ReadOnlyTransaction;
use diesel::result::Error as DieselError;
use tenancy::ScopeError;
use tenancy::prelude::*;

/// Every statement of the query layer that writes, and raw SQL that says so: refused before it is sent.
#[tokio::test(flavor = "multi_thread")]
async fn every_write_is_refused_unsent() {
    let world = World::new().await;
    let (db, sam) = (world.db(), world.kit.staff_scope(A, false));
    let before = (world.rows_of(A), world.rows_of(B));
    let mut conn = db.scoped(&sam).await.expect("a connection");
    let conn = &mut conn;
    let own = invoices::id.eq(1);
    let upsert = sam.insert_into(invoices::table).values(new(1)).on_conflict((invoices::org_id, invoices::id));
    let copied = sam.from(invoices::table).select((invoices::id + 100, invoices::number));
    let refused = [
        sam.insert_into(invoices::table).values(new(99)).execute(conn).await.map(drop),
        sam.insert_into(invoices::table).values(vec![new(98), new(99)]).execute(conn).await.map(drop),
        sam.insert_into(invoices::table).values(new(99)).returning(invoices::id).load::<i32>(conn).await.map(drop),
        upsert.do_update().set(invoices::number.eq("x")).execute(conn).await.map(drop),
        sam.insert_into(invoices::table)
            .values(copied)
            .into_columns((invoices::id, invoices::number))
            .execute(conn)
            .await
            .map(drop),
        sam.insert_many(invoices::table, [new(98), new(99)]).execute(conn).await.map(drop),
        sam.update(invoices::table).filter(own).set(invoices::number.eq("x")).execute(conn).await.map(drop),
        sam.update(invoices::table)
            .filter(own)
            .set(invoices::number.eq("x"))
            .returning(invoices::id)
            .get_result::<i32>(conn)
            .await
            .map(drop),
        sam.delete(invoices::table).filter(own).execute(conn).await.map(drop),
        conn.transaction(async |conn| sam.delete(invoices::table).execute(conn).await).await.map(drop),
        conn.raw_sql(wall_two(), "DELETE FROM invoices", "the attack").execute().await.map(drop),
        conn.raw_sql(wall_two(), "( insert into invoices values (1))", "the attack").execute().await.map(drop),
    ];
    for (at, refused) in refused.into_iter().enumerate() {
        let error = refused.expect_err("a write");
        assert_eq!(ScopeError::in_error(&error), Some(ScopeError::ReadOnly), "{at}: {error:?}");
    }
    assert_eq!(sam.from(invoices::table).count().get_result::<i64>(conn).await, Ok(20));
    assert_eq!((world.rows_of(A), world.rows_of(B)), before);
}

/// The server refuses what begins as a statement that reads; the token refuses what would end the transaction's READ ONLY.
// attack: F20, H12
#[tokio::test(flavor = "multi_thread")]
async fn what_reads_by_its_first_word_is_refused_by_the_server() {
    let world = World::new().await;
    world.wall.db.psql("CREATE SEQUENCE counted; GRANT USAGE ON SEQUENCE counted TO PUBLIC");
    let (db, sam, alice) = (world.db(), world.kit.staff_scope(A, false), world.a());
    let before = (world.rows_of(A), world.rows_of(B));
    let off = "SELECT set_config('transaction_read_only', 'off', true) AS t";
    for in_transaction in [false, true] {
        for sql in [
            "WITH gone AS (DELETE FROM invoices RETURNING id) SELECT count(*) FROM gone",
            "WITH x AS (SELECT 1) DELETE FROM invoices",
            "SELECT id FROM invoices FOR UPDATE",
            "SELECT nextval('counted')",
            &format!("WITH s AS MATERIALIZED ({off}) DELETE FROM invoices USING s WHERE t IS NOT NULL"),
        ] {
            let mut conn = db.scoped(&sam).await.expect("a connection");
            let done = if in_transaction {
                conn.transaction(async |conn| {
                    let _ = conn
                        .transaction(async |conn| conn.raw_sql(wall_two(), off, "the attack").execute().await)
                        .await;
                    conn.raw_sql(wall_two(), sql, "the attack").execute().await
                })
                .await
            } else {
                conn.raw_sql(wall_two(), sql, "the attack").execute().await
            };
            assert!(matches!(done, Err(DieselError::DatabaseError(..))), "{sql}: {done:?}");
            if !in_transaction && !sql.contains("set_config") {
                assert!(matches!(done, Err(DieselError::DatabaseError(ReadOnlyTransaction, _))), "{sql}: {done:?}");
            }
        }
    }
    assert_eq!((world.rows_of(A), world.rows_of(B)), before);
    // The next borrower of the connection writes.
    let mut conn = db.scoped(&alice).await.expect("a connection");
    assert_eq!(alice.insert_into(invoices::table).values(new(99)).execute(&mut conn).await, Ok(1));
}

/// An entry to change writes its own organization's rows, and is no member of another.
#[tokio::test(flavor = "multi_thread")]
async fn an_entry_to_change_reaches_one_organization() {
    let world = World::new().await;
    let (db, sam, before) = (world.db(), world.kit.staff_scope(A, true), world.rows_of(B));
    let mut conn = db.scoped(&sam).await.expect("a connection");
    assert_eq!(sam.delete(invoices::table).filter(invoices::id.gt(10)).execute(&mut conn).await, Ok(10));
    assert_eq!(conn.raw_sql(wall_two(), "UPDATE invoices SET cents = 7", "a test").execute().await, Ok(10));
    let seen: Seen = conn.raw_sql(wall_two(), SEEN, "a test").get_result().await.expect("a row");
    assert_eq!((seen.rows, seen.organizations), (10, 1));
    drop(conn);
    // To read alone it is lent as everybody's.
    let mut conn = db.scoped_read_only(wall_two(), &sam).await.expect("a connection");
    assert!(sam.delete(invoices::table).execute(&mut conn).await.is_err());
    assert_eq!(world.rows_of(B), before);
}
