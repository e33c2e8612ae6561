//! What diesel offers on PostgreSQL only: DISTINCT ON, INTERSECT ALL and EXCEPT ALL, batches with defaults.

use super::stage;
use crate::surface::billing::{customers, invoices, payments};
use diesel::result::Error as DieselError;
use tenancy::prelude::*;

#[tokio::test(flavor = "multi_thread")]
async fn distinct_on() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let newest = t.a.from(invoices::table).distinct_on(invoices::customer_id);
    let newest = newest.order((invoices::customer_id, invoices::id.desc())).select(invoices::id);
    assert_eq!(load!(conn, "distinct_on", newest => i32), [12, 13]);
    let owners = t.a.from(invoices::table).distinct_on(invoices::org_id).select(invoices::org_id);
    assert_eq!(load!(conn, "distinct_on organization", owners => tenancy::OrgId), [t.a.org_id()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn set_operations_that_keep_duplicates() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let amounts = || t.a.from(invoices::table).select(invoices::amount);
    let paid = || t.a.from(payments::table).select(payments::amount);
    assert_eq!(load!(conn, "intersect_all", amounts().intersect_all(paid()) => i32), [100]);
    assert_eq!(load!(conn, "except_all", amounts().except_all(paid()) => i32), [250, 250]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_whose_rows_leave_columns_to_their_defaults() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let row = |id: i32, parent: Option<i32>| {
        (customers::id.eq(id), customers::name.eq("new"), parent.map(|p| customers::parent_id.eq(p)))
    };
    let insert = t.a.insert_into(customers::table).values(vec![row(7, Some(1)), row(8, None)]);
    assert_eq!(execute!(conn, "batch with defaults", insert), 2);
    assert_eq!(t.foreign(), foreign);
}

#[tokio::test(flavor = "multi_thread")]
async fn case_insensitive_patterns_and_arrays() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let names = t.a.from(customers::table).filter(customers::name.ilike("%B%").or(customers::id.eq_any(vec![4, 1])));
    assert_eq!(load!(conn, "ilike", names.order(customers::id).select(customers::name) => String), ["Ada", "Bob"]);
}

/// Two connections in a transaction of their own each: neither future ends the other's.
#[tokio::test(flavor = "multi_thread")]
async fn swapped_connections_do_not_commit_for_each_other() {
    let t = stage().await;
    let (mut one, mut other) = (t.conn().await, t.conn().await);
    let outer = one
        .transaction(async |one| {
            t.a.update(customers::table).find(1).set(customers::name.eq("lost")).execute(one).await?;
            let inner = other
                .transaction(async |other| {
                    t.a.update(customers::table).find(2).set(customers::name.eq("lost")).execute(other).await?;
                    std::mem::swap(one, other);
                    Ok::<_, DieselError>(())
                })
                .await;
            assert!(matches!(inner, Err(DieselError::BrokenTransactionManager)), "{inner:?}");
            Ok::<_, DieselError>(())
        })
        .await;
    assert!(matches!(outer, Err(DieselError::BrokenTransactionManager)), "{outer:?}");
    drop((one, other));
    let names = t.a.from(customers::table).order(customers::id).select(customers::name);
    assert_eq!(names.load::<String>(&mut t.conn().await).await.unwrap(), ["Ada", "Bob", "Cyd"]);
}
