//! Subqueries: in conditions, in the select list, in ORDER BY.

use super::stage;
use crate::surface::billing::{customers, invoices, lines, payments};
use diesel::dsl::{exists, max, not};
use tenancy::prelude::*;

// attack: C09
// attack: C10
#[tokio::test(flavor = "multi_thread")]
async fn membership() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let owners = || t.a.from(invoices::table).select(invoices::customer_id);
    let with = t.a.from(customers::table).filter(customers::id.eq_any(owners())).order(customers::id);
    assert_eq!(load!(conn, "eq_any", with.select(customers::id) => i32), [1, 2]);
    let without = t.a.from(customers::table).filter(customers::id.ne_all(owners()));
    assert_eq!(load!(conn, "ne_all", without.select(customers::id) => i32), [3]);
}

// attack: C11
#[tokio::test(flavor = "multi_thread")]
async fn existence() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let gold = || t.a.from(lines::table).filter(lines::invoice_id.eq(invoices::id));
    let with = t.a.from(invoices::table).filter(exists(gold())).order(invoices::id).select(invoices::id);
    assert_eq!(load!(conn, "exists", with => i32), [11, 12]);
    // B has a line of gold at the same key.
    let none = t.a.from(invoices::table).filter(exists(gold().filter(lines::item.eq("gold")))).count();
    assert_eq!(load!(conn, "exists of others", none => i64), [0]);
    let without = t.a.from(invoices::table).filter(not(exists(gold()))).select(invoices::id);
    assert_eq!(load!(conn, "not exists", without => i32), [13]);
}

// attack: C13
// attack: C14
// attack: C15
#[tokio::test(flavor = "multi_thread")]
async fn scalars() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let largest = || t.a.from(payments::table).select(max(payments::amount)).single_value();
    let beside = t.a.from(invoices::table).select((invoices::id, largest())).order(invoices::id).limit(1);
    assert_eq!(load!(conn, "in select", beside => (i32, Option<i32>)), [(11, Some(100))]);
    let equal = t.a.from(invoices::table).filter(invoices::amount.nullable().eq(largest())).select(invoices::id);
    assert_eq!(load!(conn, "in a comparison", equal => i32), [11]);
    let of_customer =
        t.a.from(customers::table).filter(customers::id.eq(invoices::customer_id)).select(customers::name);
    let ordered =
        t.a.from(invoices::table).order((of_customer.single_value().desc(), invoices::id)).select(invoices::id);
    assert_eq!(load!(conn, "in order", ordered => i32), [13, 11, 12]);
}

#[tokio::test(flavor = "multi_thread")]
async fn three_deep() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let paid = t.a.from(payments::table).select(payments::invoice_id);
    let owners = t.a.from(invoices::table).filter(invoices::id.eq_any(paid)).select(invoices::customer_id);
    let names = t.a.from(customers::table).filter(customers::id.eq_any(owners)).select(customers::name);
    assert_eq!(load!(conn, "three deep", names => String), ["Ada"]);
}
