//! Many rows at once, and rows as they arrive.

use super::stage;
use crate::surface::billing::{NewInvoice, invoices, lines, new_invoice};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use std::future::poll_fn;
use std::num::NonZeroUsize;
use std::pin::Pin;
use tenancy::ScopeError;
use tenancy::prelude::*;

fn many(from: i32, to: i32) -> impl Iterator<Item = NewInvoice<'static>> + Clone + Send {
    (from..=to)
        .map(|id| NewInvoice { memo: (id % 3 == 0).then_some("third"), ..new_invoice(id, 1 + id % 3, id, id * 2) })
}

const TEN: NonZeroUsize = NonZeroUsize::new(10).expect("it is not zero");

// attack: E01
#[tokio::test(flavor = "multi_thread")]
async fn rows_are_the_organizations_chunk_by_chunk() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let mut told = Vec::new();
    let insert = t.a.insert_many(invoices::table, many(1001, 1025)).chunk_size(TEN);
    assert_eq!(insert.on_progress(|so_far| told.push((so_far.chunks, so_far.rows))).execute(conn).await, Ok(25));
    assert_eq!(told, [(1, 10), (2, 20), (3, 25)]);
    let rows = t.a.from(invoices::table).filter(invoices::id.gt(1000)).order(invoices::id);
    let rows = rows.select((invoices::org_id, invoices::id, invoices::customer_id, invoices::amount, invoices::memo));
    let rows = rows.load::<(tenancy::OrgId, i32, i32, i32, Option<String>)>(conn).await.unwrap();
    let expected =
        many(1001, 1025).map(|row| (t.a.org_id(), row.id, row.customer_id, row.amount, row.memo.map(str::to_owned)));
    assert_eq!(rows, expected.collect::<Vec<_>>());
    // The columns that no row names have their defaults, as in any insert.
    let defaults = t.a.from(invoices::table).filter(invoices::id.gt(1000)).filter(invoices::currency.eq("EUR"));
    assert_eq!(defaults.count().get_result::<i64>(conn).await, Ok(25));
    assert_eq!(t.foreign(), foreign);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_rows_than_one_statement_takes_values() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let rows = (0..20_000).map(|position| {
        (lines::invoice_id.eq(7), lines::position.eq(position), lines::item.eq("item"), lines::quantity.eq(1))
    });
    let insert = t.a.insert_many(lines::table, rows).chunk_size(NonZeroUsize::MAX);
    assert_eq!(insert.execute(conn).await, Ok(20_000));
    let inserted = t.a.from(lines::table).filter(lines::invoice_id.eq(7)).count();
    assert_eq!(inserted.get_result::<i64>(conn).await, Ok(20_000));
    assert_eq!(t.foreign(), foreign);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_rows_are_no_statement() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    assert_eq!(t.a.insert_many(invoices::table, Vec::<NewInvoice<'_>>::new()).execute(conn).await, Ok(0));
}

/// Whether rows may be inserted does not depend on how many there are.
#[tokio::test(flavor = "multi_thread")]
async fn no_rows_are_refused_where_rows_are() {
    let t = stage().await;
    let reads = t.kit.staff_scope(t.a.org_id(), false);
    let conn = &mut t.db.scoped(&reads).await.unwrap();
    let none = || Vec::<NewInvoice<'_>>::new();
    let refused = reads.insert_many(invoices::table, none()).execute(conn).await.unwrap_err();
    assert_eq!(ScopeError::in_error(&refused), Some(ScopeError::ReadOnly));
    let refused = reads.insert_into(invoices::table).values(none()).execute(conn).await.unwrap_err();
    assert_eq!(ScopeError::in_error(&refused), Some(ScopeError::ReadOnly));
    let conn = &mut t.conn().await;
    let refused = t.b.insert_many(invoices::table, none()).execute(conn).await.unwrap_err();
    assert_eq!(ScopeError::in_error(&refused), Some(ScopeError::OtherScope));
}

/// A record by reference, and a value that is no parameter.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_can_be_inserted_can_be_inserted_often() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let records: Vec<_> = many(2001, 2003).collect();
    assert_eq!(t.a.insert_many(invoices::table, &records).execute(conn).await, Ok(3));
    let sums = (2011..2014).map(|id| {
        (
            invoices::id.eq(id),
            invoices::number.eq(id),
            invoices::amount.eq(1.into_sql::<diesel::sql_types::Integer>() + id),
        )
    });
    assert_eq!(t.a.insert_many(invoices::table, sums).execute(conn).await, Ok(3));
    let amounts = t.a.from(invoices::table).filter(invoices::id.gt(2010)).order(invoices::id).select(invoices::amount);
    assert_eq!(amounts.load::<i32>(conn).await, Ok(vec![2012, 2013, 2014]));
    assert_eq!(t.foreign(), foreign);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_row_takes_all_with_it() {
    let t = stage().await;
    let (before, conn) = (t.foreign(), &mut t.conn().await);
    // The last row's number is taken.
    let rows = many(3001, 3024).chain([new_invoice(3025, 1, 1, 1)]);
    let failed = t.a.insert_many(invoices::table, rows).chunk_size(TEN).execute(conn).await;
    assert!(matches!(failed, Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))));
    let left = t.a.from(invoices::table).filter(invoices::id.gt(3000)).count();
    assert_eq!(left.get_result::<i64>(conn).await, Ok(0));
    // Inside another transaction it is a savepoint.
    conn.transaction(async |conn| {
        t.a.insert_many(invoices::table, many(3101, 3103)).execute(conn).await?;
        let rows = many(3104, 3110).chain([new_invoice(3111, 1, 1, 1)]);
        t.a.insert_many(invoices::table, rows).chunk_size(TEN).execute(conn).await.unwrap_err();
        Ok::<_, DieselError>(())
    })
    .await
    .unwrap();
    let left = t.a.from(invoices::table).filter(invoices::id.gt(3000)).count();
    assert_eq!(left.get_result::<i64>(conn).await, Ok(3));
    assert_eq!(t.foreign(), before);
}

// attack: F04
#[tokio::test(flavor = "multi_thread")]
async fn rows_of_another_scope_than_the_connections_are_refused() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let refused = t.b.insert_many(invoices::table, many(4001, 4003)).execute(conn).await.unwrap_err();
    assert_eq!(ScopeError::in_error(&refused), Some(ScopeError::OtherScope));
    assert_eq!(t.foreign(), foreign);
    assert_eq!(t.a.from(invoices::table).filter(invoices::id.gt(4000)).count().get_result::<i64>(conn).await, Ok(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_future_that_is_dropped_inserts_nothing() {
    let t = stage().await;
    let foreign = t.foreign();
    let mut conn = t.conn().await;
    // Rows without end: whenever it is dropped, it is dropped half-way.
    let rows = many(5001, i32::MAX);
    let insert = t.a.insert_many(invoices::table, rows).chunk_size(TEN);
    assert!(tokio::time::timeout(std::time::Duration::from_millis(100), insert.execute(&mut conn)).await.is_err());
    drop(conn);
    let conn = &mut t.conn().await;
    assert_eq!(t.a.from(invoices::table).filter(invoices::id.gt(5000)).count().get_result::<i64>(conn).await, Ok(0));
    assert_eq!(t.foreign(), foreign);
}

// attack: I09
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_shows_the_organization_only_and_may_be_left() {
    let t = stage().await;
    let foreign = t.foreign();
    let mut conn = t.conn().await;
    t.a.insert_many(invoices::table, many(6001, 9000)).execute(&mut conn).await.unwrap();
    for all in [true, false] {
        let query = t.a.from(invoices::table).filter(invoices::id.gt(6000)).select((invoices::org_id, invoices::id));
        let mut stream = query.order(invoices::id).load_stream::<(tenancy::OrgId, i32)>(&mut conn).await.unwrap();
        let mut next = 6001;
        while let Some(row) = poll_fn(|cx| futures_core::Stream::poll_next(Pin::new(&mut stream), cx)).await {
            assert_eq!(row, Ok((t.a.org_id(), next)));
            next += 1;
            if !all && next == 6100 {
                break;
            }
        }
        assert_eq!(next, if all { 9001 } else { 6100 });
    }
    // What is not read is nobody else's.
    drop(conn);
    let conn = &mut t.conn_b().await;
    assert_eq!(t.b.from(invoices::table).filter(invoices::id.gt(6000)).count().get_result::<i64>(conn).await, Ok(0));
    assert_eq!(t.foreign(), foreign);
}
