//! Aggregates, groups and windows.

use super::stage;
use crate::surface::billing::{customers, invoices, payments};
use diesel::dsl::{avg, count, count_star, exists, max, min, select, sum};
use diesel::expression_methods::{AggregateExpressionMethods as _, WindowExpressionMethods as _};
use tenancy::prelude::*;

#[tokio::test(flavor = "multi_thread")]
async fn aggregates_see_the_organization_only() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    assert_eq!(load!(conn, "count", t.a.from(invoices::table).count() => i64), [3]);
    let all = t.a.from(invoices::table);
    let extremes = all.select((max(invoices::amount), min(invoices::amount), sum(invoices::amount)));
    assert_eq!(
        load!(conn, "extremes", extremes => (Option<i32>, Option<i32>, Option<i64>)),
        [(Some(250), Some(100), Some(600))]
    );
    let distinct = all.select((count(invoices::amount).aggregate_distinct(), count(invoices::memo)));
    assert_eq!(load!(conn, "count_distinct", distinct => (i64, i64)), [(2, 1)]);
    let owners = all.select(count(invoices::customer_id).aggregate_distinct());
    assert_eq!(load!(conn, "owners", owners => i64), [2]);
    let _ = held!("avg", all.select(avg(invoices::amount)));
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_and_having() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let by_customer = t.a.from(invoices::table).group_by(invoices::customer_id);
    let sums = by_customer.select((invoices::customer_id, sum(invoices::amount), count_star()));
    let rows = load!(conn, "group_by", sums.order(invoices::customer_id) => (i32, Option<i64>, i64));
    assert_eq!(rows, [(1, Some(350), 2), (2, Some(250), 1)]);
    let big = t.a.from(invoices::table).group_by(invoices::customer_id).having(sum(invoices::amount).gt(300));
    assert_eq!(load!(conn, "having", big.select(invoices::customer_id) => i32), [1]);
}

// attack: A12
#[tokio::test(flavor = "multi_thread")]
async fn grouping_by_the_organization_lists_one() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let sizes = t.a.from(invoices::table).group_by(invoices::org_id).select((invoices::org_id, count_star()));
    assert_eq!(load!(conn, "group_by organization", sizes => (tenancy::OrgId, i64)), [(t.a.org_id(), 3)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_over_a_join() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let paid = t.a.from(invoices::table).inner_join(t.a.from(payments::table)).group_by(invoices::id);
    let paid = paid.select((invoices::id, sum(payments::amount))).order(invoices::id);
    assert_eq!(load!(conn, "group_by join", paid => (i32, Option<i64>)), [(11, Some(100)), (12, Some(100))]);
}

// attack: C24
#[tokio::test(flavor = "multi_thread")]
async fn windows_see_the_organization_only() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let running = sum(invoices::amount).over().partition_by(invoices::customer_id).window_order(invoices::id);
    let rows = t.a.from(invoices::table).select((invoices::id, running)).order(invoices::id);
    let rows = load!(conn, "window", rows => (i32, Option<i64>));
    assert_eq!(rows, [(11, Some(100)), (12, Some(350)), (13, Some(250))]);
    let of_all = t.a.from(customers::table).select(count_star().over()).order(customers::id).limit(1);
    assert_eq!(load!(conn, "window over all", of_all => i64), [3]);
}

// attack: B15
#[tokio::test(flavor = "multi_thread")]
async fn a_filtered_aggregate() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let late = count(invoices::id).aggregate_filter(invoices::number.eq(2));
    assert_eq!(load!(conn, "aggregate_filter", t.a.from(invoices::table).select(late) => i64), [1]);
}

// attack: A08
#[tokio::test(flavor = "multi_thread")]
async fn a_bare_exists_over_a_scoped_table() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    #[expect(clippy::disallowed_methods, reason = "the statement that a scoped connection accepts all the same")]
    let asked = |id: i32| select(exists(t.a.from(invoices::table).filter(invoices::id.eq(id))));
    assert_eq!(load!(conn, "select exists", asked(11) => bool), [true]);
    assert_eq!(asked(21).get_result::<bool>(conn).await, Ok(false));
}
