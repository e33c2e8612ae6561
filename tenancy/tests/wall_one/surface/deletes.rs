//! Deletes: as updates.

use super::stage;
use crate::surface::billing::{customers, invoices, lines, payments};
use diesel::NotFound;
use tenancy::prelude::*;

// attack: E21
#[tokio::test(flavor = "multi_thread")]
async fn everything_is_everything_of_the_organization() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    assert_eq!(execute!(conn, "all", t.a.delete(lines::table)), 3);
    let or = t.a.delete(payments::table).filter(payments::id.eq(1)).or_filter(payments::id.gt(0));
    assert_eq!(execute!(conn, "or_filter", or), 3);
    assert_eq!(t.foreign(), foreign);
}

// attack: E23
// attack: E40
#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_id_is_not_found_like_an_absent_one() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    for id in [21, 999] {
        assert_eq!(t.a.delete(invoices::table).find(id).execute(conn).await, Ok(0));
        let row =
            t.a.delete(invoices::table).find(id).returning(invoices::memo).get_result::<Option<String>>(conn).await;
        assert_eq!(row, Err(NotFound));
    }
    let own = t.a.delete(invoices::table).find(12).returning((invoices::id, invoices::memo));
    assert_eq!(load!(conn, "find returning", own => (i32, Option<String>)), [(12, Some("late".to_owned()))]);
    assert_eq!(execute!(conn, "composite find", t.a.delete(lines::table).find((11, 1))), 1);
    assert_eq!(t.foreign(), foreign);
}

// attack: E24
#[tokio::test(flavor = "multi_thread")]
async fn subqueries_and_boxed_filters() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let of_late = t.a.from(invoices::table).filter(invoices::memo.eq("late")).select(invoices::id);
    assert_eq!(execute!(conn, "subquery", t.a.delete(payments::table).filter(payments::invoice_id.eq_any(of_late))), 1);
    let boxed = t.a.delete(lines::table).filter(lines::quantity.gt(0)).into_boxed::<super::Backend>();
    assert_eq!(execute!(conn, "boxed", boxed), 3);
    assert_eq!(t.foreign(), foreign);
}

// attack: E33
#[tokio::test(flavor = "multi_thread")]
async fn a_parent_with_children_stays() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    assert!(t.a.delete(customers::table).find(1).execute(conn).await.is_err());
    assert_eq!(t.a.delete(customers::table).find(3).execute(conn).await, Ok(1));
    assert_eq!(t.foreign(), foreign);
}
