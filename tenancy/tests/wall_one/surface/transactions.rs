//! Transactions, savepoints, and connections that several organizations use in turn.

use super::stage;
use crate::surface::billing::{customers, invoices, new_invoice};
use crate::surface::stage::refusal;
use diesel::result::Error as DieselError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;
use tenancy::ScopeError;
use tenancy::prelude::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rolled_back_is_gone_and_what_is_committed_stays() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let lost: Result<(), DieselError> = conn
        .transaction(async |conn| {
            t.a.delete(customers::table).find(3).execute(conn).await?;
            Err(DieselError::RollbackTransaction)
        })
        .await;
    assert_eq!(lost, Err(DieselError::RollbackTransaction));
    assert_eq!(t.a.from(customers::table).count().get_result::<i64>(conn).await, Ok(3));
    let kept = conn.transaction(async |conn| t.a.delete(customers::table).find(3).execute(conn).await).await;
    assert_eq!(kept, Ok(1));
    assert_eq!(t.a.from(customers::table).count().get_result::<i64>(conn).await, Ok(2));
    assert_eq!(t.foreign(), foreign);
}

// attack: F25
#[tokio::test(flavor = "multi_thread")]
async fn a_savepoint_cannot_switch_the_organization() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let done = conn
        .transaction(async |conn| {
            t.a.update(customers::table).find(1).set(customers::name.eq("one")).execute(conn).await?;
            let switched = conn
                .transaction(async |conn| t.b.update(customers::table).set(customers::name.eq("B")).execute(conn).await)
                .await;
            assert_eq!(refusal(switched), Some(ScopeError::OtherScope));
            // The outer transaction goes on under its own organization.
            t.a.update(customers::table).find(2).set(customers::name.eq("two")).execute(conn).await
        })
        .await;
    assert_eq!(done, Ok(1));
    let names = t.a.from(customers::table).order(customers::id).select(customers::name).load::<String>(conn).await;
    assert_eq!(names.unwrap(), ["one", "two", "Cyd"]);
    assert_eq!(t.foreign(), foreign);
}

// attack: F24
#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_transaction_leaves_nothing_for_the_next_organization() {
    let t = stage().await;
    let foreign = t.foreign();
    let mut conn = t.conn().await;
    let half = conn.transaction(async |conn| {
        t.a.delete(invoices::table).execute(conn).await?;
        std::future::pending::<()>().await;
        Ok::<_, DieselError>(())
    });
    assert!(tokio::time::timeout(Duration::from_millis(200), half).await.is_err());
    drop(conn);
    for _ in 0..3 {
        let seen = t.b.from(invoices::table).count().get_result::<i64>(&mut t.conn_b().await).await;
        assert_eq!(seen, Ok(5));
    }
    assert_eq!(t.a.from(invoices::table).count().get_result::<i64>(&mut t.conn().await).await, Ok(3));
    assert_eq!(t.foreign(), foreign);
}

// attack: F26
#[tokio::test(flavor = "multi_thread")]
async fn two_organizations_side_by_side_and_in_turn() {
    let t = stage().await;
    let ask_a = async || t.a.from(customers::table).count().get_result::<i64>(&mut t.conn().await).await;
    let ask_b = async || t.b.from(customers::table).count().get_result::<i64>(&mut t.conn_b().await).await;
    for _ in 0..20 {
        assert_eq!(tokio::join!(ask_a(), ask_b(), ask_a()), (Ok(3), Ok(4), Ok(3)));
        assert_eq!((ask_a().await, ask_b().await), (Ok(3), Ok(4)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn branded_scopes_copy_from_one_to_the_other_by_hand() {
    let t = stage().await;
    let copied = t.a.enter(async |a| {
        let mut conn_a = t.db.scoped(&a).await?;
        let numbers = a.from(invoices::table).select(invoices::number).order(invoices::id);
        let numbers = numbers.load::<i32>(&mut conn_a).await?;
        drop(conn_a);
        t.b.enter(async |b| {
            let mut conn_b = t.db.scoped(&b).await?;
            for number in &numbers {
                let row = new_invoice(200 + number, 1, 200 + number, 1);
                b.insert_into(invoices::table).values(row).execute(&mut conn_b).await?;
            }
            Ok::<_, tenancy::Error>(b.from(invoices::table).count().get_result::<i64>(&mut conn_b).await?)
        })
        .await
    });
    assert_eq!(copied.await.unwrap(), 8);
    assert_eq!(t.a.from(invoices::table).count().get_result::<i64>(&mut t.conn().await).await, Ok(3));
}

/// Safe code can put another connection behind the `&mut` that the callback was given.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_was_swapped_away_is_not_answered_with_ok() {
    let t = stage().await;
    let foreign = t.foreign();
    let rename = || t.a.update(customers::table).find(1).set(customers::name.eq("lost"));
    let (mut one, mut other) = (t.conn().await, t.conn().await);
    let swapped = one
        .transaction(async |conn| {
            rename().execute(conn).await?;
            std::mem::swap(conn, &mut other);
            Ok::<_, DieselError>(())
        })
        .await;
    assert!(matches!(swapped, Err(DieselError::BrokenTransactionManager)), "{swapped:?}");
    // The one that is still in the transaction runs nothing that would be lost with it.
    assert!(matches!(rename().execute(&mut other).await, Err(DieselError::BrokenTransactionManager)));
    let nested = other.transaction(async |_| Ok::<_, DieselError>(())).await;
    assert!(matches!(nested, Err(DieselError::BrokenTransactionManager)), "{nested:?}");
    // The other one is whole.
    drop(other);
    assert_eq!(t.a.from(customers::table).count().get_result::<i64>(&mut one).await, Ok(3));
    drop(one);
    // Swapped back in time, nothing is amiss.
    let (mut one, mut other) = (t.conn().await, t.conn().await);
    let kept = one
        .transaction(async |conn| {
            std::mem::swap(conn, &mut other);
            std::mem::swap(conn, &mut other);
            t.a.update(customers::table).find(2).set(customers::name.eq("kept")).execute(conn).await
        })
        .await;
    assert_eq!(kept, Ok(1));
    drop((one, other));
    let names = t.a.from(customers::table).order(customers::id).select(customers::name);
    assert_eq!(names.load::<String>(&mut t.conn().await).await.unwrap(), ["Ada", "kept", "Cyd"]);
    assert_eq!(t.foreign(), foreign);
}

/// So is one whose future was forgotten: what follows would be inside it.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_runs_inside_a_transaction_that_was_forgotten() {
    let t = stage().await;
    let foreign = t.foreign();
    let rename = |id| t.a.update(customers::table).find(id).set(customers::name.eq("lost"));
    for nested in [false, true] {
        let mut conn = t.conn().await;
        let reached = AtomicBool::new(false);
        let mut work = Box::pin(conn.transaction(async |conn| {
            rename(1).execute(conn).await?;
            if nested {
                conn.transaction(async |conn| rename(2).execute(conn).await).await?;
            }
            reached.store(true, Ordering::Relaxed);
            std::future::pending::<Result<(), DieselError>>().await
        }));
        std::future::poll_fn(|cx| {
            assert!(work.as_mut().poll(cx).is_pending());
            if AtomicBool::load(&reached, Ordering::Relaxed) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        std::mem::forget(work);
        assert!(matches!(rename(3).execute(&mut conn).await, Err(DieselError::BrokenTransactionManager)));
        let next = conn.transaction(async |conn| rename(3).execute(conn).await).await;
        assert!(matches!(next, Err(DieselError::BrokenTransactionManager)), "{next:?}");
        let rows = t.a.insert_many(customers::table, vec![(customers::id.eq(9), customers::name.eq("lost"))]);
        assert!(matches!(rows.execute(&mut conn).await, Err(DieselError::BrokenTransactionManager)));
        drop(conn);
        let names = t.a.from(customers::table).order(customers::id).select(customers::name);
        assert_eq!(names.load::<String>(&mut t.conn().await).await.unwrap(), ["Ada", "Bob", "Cyd"]);
    }
    assert_eq!(t.foreign(), foreign);
}
