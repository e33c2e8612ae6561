//! Union, intersect, except.

use super::stage;
use crate::surface::billing::{currencies, customers, invoices, payments};
use tenancy::prelude::*;

fn sorted<T: Ord>(mut rows: Vec<T>) -> Vec<T> {
    rows.sort();
    rows
}

// attack: C19
#[tokio::test(flavor = "multi_thread")]
async fn both_arms_are_scoped() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let amounts = || t.a.from(invoices::table).select(invoices::amount);
    let paid = || t.a.from(payments::table).select(payments::amount);
    assert_eq!(sorted(load!(conn, "union", amounts().union(paid()) => i32)), [40, 60, 100, 250]);
    let all = sorted(load!(conn, "union_all", amounts().union_all(paid()) => i32));
    assert_eq!(all, [40, 60, 100, 100, 250, 250]);
}

// attack: C20
// attack: C21
#[tokio::test(flavor = "multi_thread")]
async fn differences_and_meets_tell_nothing_of_others() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let amounts = || t.a.from(invoices::table).select(invoices::amount);
    let paid = || t.a.from(payments::table).select(payments::amount);
    assert_eq!(load!(conn, "intersect", amounts().intersect(paid()) => i32), [100]);
    assert_eq!(load!(conn, "except", amounts().except(paid()) => i32), [250]);
    assert_eq!(sorted(load!(conn, "except flipped", paid().except(amounts()) => i32)), [40, 60]);
}

// attack: C22
#[tokio::test(flavor = "multi_thread")]
async fn inside_a_subquery() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let ids =
        t.a.from(invoices::table).select(invoices::customer_id).union(t.a.from(payments::table).select(payments::id));
    let names = t.a.from(customers::table).filter(customers::id.eq_any(ids)).count();
    assert_eq!(load!(conn, "in eq_any", names => i64), [3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_arm_that_belongs_to_nobody() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let used = t.a.from(invoices::table).select(invoices::currency).distinct();
    let unused = currencies::table.select(currencies::code).except(used);
    assert_eq!(load!(conn, "global arm", unused => String), [""; 0]);
}
