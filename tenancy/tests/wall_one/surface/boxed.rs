//! Boxed queries: filters added in a loop, and erased predicates.

use super::stage;
use crate::surface::billing::{customers, invoices};
use diesel::sql_types::Bool;
use tenancy::prelude::*;

type Predicate = Box<dyn BoxableExpression<invoices::table, super::Backend, SqlType = Bool>>;

// attack: B02
#[tokio::test(flavor = "multi_thread")]
async fn filters_in_a_loop() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let mut query = t.a.from(invoices::table).into_boxed();
    for number in [1, 3] {
        query = query.or_filter(invoices::number.eq(number));
    }
    let query = query.select(invoices::id).order(invoices::id);
    assert_eq!(load!(conn, "or_filter", query => i32), [11, 13]);
    let everything = t.a.from(invoices::table).into_boxed().filter(invoices::id.eq(0)).or_filter(invoices::id.gt(0));
    assert_eq!(load!(conn, "or everything", everything.count() => i64), [3]);
}

// attack: B11
#[tokio::test(flavor = "multi_thread")]
async fn an_erased_predicate_with_an_or() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let erased: Predicate = Box::new(invoices::amount.gt(200).or(invoices::amount.le(200)));
    let rows = t.a.from(invoices::table).filter(erased).select(invoices::id).order(invoices::id);
    assert_eq!(load!(conn, "erased", rows => i32), [11, 12, 13]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_boxed_join() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let mut query = t.a.from(invoices::table).inner_join(t.a.from(customers::table)).select(invoices::id).into_boxed();
    query = query.filter(customers::name.eq("Ada")).or_filter(customers::name.eq("Dan of B"));
    assert_eq!(load!(conn, "join", query.order(invoices::id.desc()).limit(5) => i32), [12, 11]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_boxed_subquery() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let late = t.a.from(invoices::table).filter(invoices::memo.eq("late")).select(invoices::customer_id).into_boxed();
    let names = t.a.from(customers::table).into_boxed().filter(customers::id.eq_any(late)).select(customers::name);
    assert_eq!(load!(conn, "subquery", names => String), ["Ada"]);
}
