//! Updates: everything that the caller filters stands behind the organization.

use super::stage;
use crate::surface::billing::{Change, Invoice, customers, invoices, lines, payments};
use diesel::NotFound;
use diesel::dsl::max;
use tenancy::prelude::*;

// attack: E11
// attack: E19
#[tokio::test(flavor = "multi_thread")]
async fn every_filter_stays_inside_the_organization() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let update = || t.a.update(invoices::table);
    assert_eq!(execute!(conn, "all", update().set(invoices::memo.eq("seen"))), 3);
    let or = update().filter(invoices::amount.gt(0).or(invoices::id.gt(0))).or_filter(invoices::id.lt(100));
    assert_eq!(execute!(conn, "or_filter", or.set(invoices::amount.eq(invoices::amount + 1))), 3);
    let both = update().filter(invoices::number.ge(2)).filter(invoices::number.le(2));
    assert_eq!(execute!(conn, "filters", both.set((invoices::amount.eq(5), invoices::memo.eq(None::<String>)))), 1);
    assert_eq!(t.foreign(), foreign);
}

// attack: E12
// attack: E40
#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_id_is_not_found_like_an_absent_one() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    for id in [21, 999] {
        let update = || t.a.update(invoices::table).find(id).set(invoices::amount.eq(0));
        assert_eq!(update().execute(conn).await, Ok(0));
        // Asked for a row, the statement cannot be taken for a success.
        assert_eq!(update().returning(invoices::id).get_result::<i32>(conn).await, Err(NotFound));
    }
    let own = held!("find", t.a.update(invoices::table).find(11).set(invoices::amount.eq(0)).returning(invoices::id));
    assert_eq!(own.get_result::<i32>(conn).await, Ok(11));
    let overlapping = t.a.update(payments::table).find(1).set(payments::amount.eq(61));
    assert_eq!(execute!(conn, "qualified find", overlapping), 1);
    let composite = t.a.update(lines::table).find((11, 1)).set(lines::quantity.eq(lines::quantity * 2));
    assert_eq!(execute!(conn, "composite find", composite), 1);
    assert_eq!(t.a.update(lines::table).find((11, 3)).set(lines::quantity.eq(0)).execute(conn).await, Ok(0));
    assert_eq!(t.foreign(), foreign);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_and_what_they_give_back() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let change = Change { amount: Some(9), memo: None };
    let update =
        t.a.update(invoices::table).filter(invoices::number.eq(3)).set(change).returning(Invoice::as_returning());
    let expected = Invoice { id: 13, customer_id: 2, number: 3, amount: 9 };
    assert_eq!(load!(conn, "record", update => Invoice), [expected]);
    let nothing = t.a.update(invoices::table).set(Change { amount: None, memo: None }).execute(conn).await;
    assert!(matches!(nothing, Err(diesel::result::Error::QueryBuilderError(_))));
    assert_eq!(t.foreign(), foreign);
}

// attack: C17
#[tokio::test(flavor = "multi_thread")]
async fn subqueries_in_set_filter() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let largest = t.a.from(payments::table).select(max(payments::amount)).single_value().assume_not_null();
    let with_payments = invoices::id.eq_any(t.a.from(payments::table).select(payments::invoice_id));
    let update = t.a.update(invoices::table).filter(with_payments).set(invoices::amount.eq(largest));
    assert_eq!(execute!(conn, "subqueries", update), 2);
    let amounts = t.a.from(invoices::table).order(invoices::id).select(invoices::amount).load::<i32>(conn).await;
    assert_eq!(amounts, Ok(vec![100, 100, 250]));
    assert_eq!(t.foreign(), foreign);
}

#[tokio::test(flavor = "multi_thread")]
async fn boxed_filters() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let mut update = t.a.update(customers::table).filter(customers::id.gt(1)).into_boxed();
    for name in ["Ada", "Cyd"] {
        update = update.filter(customers::name.ne(name));
    }
    assert_eq!(execute!(conn, "boxed", update.set(customers::name.eq("Bea"))), 1);
    let unfiltered = t.a.update(customers::table).into_boxed::<super::Backend>().set(customers::parent_id.eq(1));
    assert_eq!(execute!(conn, "boxed unfiltered", unfiltered), 3);
    assert_eq!(t.foreign(), foreign);
}
