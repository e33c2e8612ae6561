//! A statement inside a transaction that nobody listens to to its end.

use crate::armed::support::walled::wall_two;
use crate::armed::world::{A, World, invoices};
use diesel::result::Error as DieselError;
use std::future::poll_fn;
use std::pin::Pin;
use tenancy::prelude::*;

#[derive(diesel::QueryableByName)]
struct Quotient {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    quotient: i32,
}

/// It fails after its first rows, behind the back of whoever left. COMMIT would be answered with ROLLBACK and no error.
#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_is_not_committed_in_name_only() {
    for world in World::with_each_pipeline().await {
        let (db, a, before) = (world.db(), world.a(), world.rows_of(A));
        for fails in [true, false] {
            let mut conn = db.scoped(&a).await.expect("a connection");
            let done = conn
                .transaction(async |conn| {
                    a.update(invoices::table)
                        .set(invoices::number.eq("x"))
                        .filter(invoices::id.eq(1))
                        .execute(conn)
                        .await?;
                    let last = if fails { 0 } else { 1 };
                    let rows = format!(
                        "SELECT 100 / (CASE n WHEN 200000 THEN {last} ELSE 1 END) AS quotient \
                                          FROM generate_series(1, 200000) n"
                    );
                    let mut stream = conn.raw_sql(wall_two(), &rows, "a test").load_stream::<Quotient>().await?;
                    let first = poll_fn(|cx| futures_core::Stream::poll_next(Pin::new(&mut stream), cx)).await;
                    assert_eq!(first.expect("a row")?.quotient, 100);
                    Ok::<_, DieselError>(())
                })
                .await;
            assert_eq!(done.is_err(), fails, "{done:?}");
            drop(conn);
            assert_eq!(world.rows_of(A) == before, fails, "what returned an error changed nothing");
        }
    }
}

/// The same of a statement of the DSL: raw SQL would be noticed by what is cleaned up behind it.
#[tokio::test(flavor = "multi_thread")]
async fn nor_after_a_statement_of_the_dsl() {
    for world in World::with_each_pipeline().await {
        let (db, a, before) = (world.db(), world.a(), world.rows_of(A));
        for (fails, last) in [(true, 2000_i64), (false, 2001)] {
            let mut conn = db.scoped(&a).await.expect("a connection");
            let done = conn
                .transaction(async |conn| {
                    a.update(invoices::table)
                        .set(invoices::number.eq("x"))
                        .filter(invoices::id.eq(1))
                        .execute(conn)
                        .await?;
                    let rows = a.from(invoices::table).filter(invoices::id.ne(1));
                    let rows = rows.select(invoices::cents / (invoices::cents - last));
                    let mut stream = rows.load_stream::<i64>(conn).await?;
                    let first = poll_fn(|cx| futures_core::Stream::poll_next(Pin::new(&mut stream), cx)).await;
                    first.expect("a row").map(drop)
                })
                .await;
            assert_eq!(done.is_err(), fails, "{done:?}");
            drop(conn);
            assert_eq!(world.rows_of(A) == before, fails, "what returned an error changed nothing");
        }
    }
}
