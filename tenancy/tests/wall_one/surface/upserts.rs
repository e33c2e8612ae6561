//! ON CONFLICT: an update carries the organization, and a key that contains the organization meets own rows only.

use super::stage;
use crate::surface::billing::{Change, customers, invoices, new_invoice, payments};
use diesel::upsert::excluded;
use tenancy::prelude::*;

// attack: E30
#[tokio::test(flavor = "multi_thread")]
async fn do_nothing_counts_own_rows() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let insert =
        |id, number| t.a.insert_into(invoices::table).values(new_invoice(id, 1, number, 7)).on_conflict_do_nothing();
    assert_eq!(execute!(conn, "do nothing", insert(51, 1)), 0);
    // Number 4 is taken by B, and free here: the count tells nothing of B.
    assert_eq!(insert(52, 4).execute(conn).await, Ok(1));
    let on_key = t.a.insert_into(invoices::table).values(new_invoice(53, 1, 2, 7));
    let on_key = on_key.on_conflict((invoices::org_id, invoices::number)).do_nothing();
    assert_eq!(execute!(conn, "on organization do nothing", on_key), 0);
    assert_eq!(t.foreign(), foreign);
}

/// Nothing was changed and nothing given back. Behind wall two PostgreSQL 15.20 and later says so with an error.
fn spared<T: PartialEq>(result: &diesel::QueryResult<T>, nothing: &T) -> bool {
    match result {
        Err(diesel::result::Error::DatabaseError(_, why)) => why.message().contains("row-level security"),
        Err(_) => false,
        Ok(something) => something == nothing,
    }
}

// attack: E25
// attack: E29
// attack: E42
#[tokio::test(flavor = "multi_thread")]
async fn an_update_on_the_primary_key_spares_a_foreign_row() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let upsert = |id, number| {
        let insert = t.a.insert_into(invoices::table).values(new_invoice(id, 1, number, 7)).on_conflict(invoices::id);
        insert.do_update().set(invoices::amount.eq(excluded(invoices::amount)))
    };
    assert_eq!(execute!(conn, "on primary key", upsert(11, 90)), 1);
    assert!(spared(&upsert(21, 91).execute(conn).await, &0));
    // Nor does it give back, or revive, what it did not change.
    let returned = held!("on primary key returning", upsert(22, 92).returning((invoices::id, invoices::memo)));
    assert!(spared(&returned.load::<(i32, Option<String>)>(conn).await, &vec![]));
    let own = t.a.from(invoices::table).find(11).select((invoices::number, invoices::amount)).get_result(conn).await;
    assert_eq!(own, Ok((1, 7)));
    assert_eq!(t.foreign(), foreign);
}

// attack: E28
#[tokio::test(flavor = "multi_thread")]
async fn an_update_on_a_key_with_the_organization() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let insert = t.a.insert_into(invoices::table).values(new_invoice(61, 2, 2, 7));
    let change = Change { amount: Some(8), memo: Some("twice") };
    let upsert = insert.on_conflict((invoices::org_id, invoices::number)).do_update().set(change);
    let rows = load!(conn, "on organization", upsert.returning((invoices::id, invoices::amount)) => (i32, i32));
    assert_eq!(rows, [(12, 8)]);
    let payment = (payments::id.eq(1), payments::invoice_id.eq(11), payments::amount.eq(5));
    let insert = t.a.insert_into(payments::table).values(payment).on_conflict((payments::org_id, payments::id));
    let upsert = insert.do_update().set(payments::amount.eq(payments::amount + excluded(payments::amount)));
    assert_eq!(execute!(conn, "qualified", upsert), 1);
    assert_eq!(t.a.from(payments::table).find(1).select(payments::amount).get_result(conn).await, Ok(65));
    assert_eq!(t.foreign(), foreign);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_with_a_filter_of_its_own() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let upsert = |number| {
        let insert = t.a.insert_into(invoices::table).values(new_invoice(62, 2, number, 7));
        let update = insert.on_conflict((invoices::org_id, invoices::number)).do_update().set(invoices::amount.eq(1));
        // An OR that would reach everything stays behind the organization.
        update.filter(invoices::amount.gt(200).or(invoices::memo.eq("late")))
    };
    assert_eq!(execute!(conn, "filter", upsert(1)), 0);
    assert_eq!(upsert(2).execute(conn).await, Ok(1));
    assert_eq!(t.foreign(), foreign);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_a_query() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let source = t.a.from(customers::table).select((customers::id + 1, customers::name));
    let insert = t.a.insert_into(customers::table).values(source).into_columns((customers::id, customers::name));
    let upsert = insert.on_conflict((customers::org_id, customers::id)).do_update();
    assert_eq!(execute!(conn, "from select", upsert.set(customers::name.eq(excluded(customers::name)))), 3);
    let names = t.a.from(customers::table).order(customers::id).select(customers::name).load::<String>(conn).await;
    assert_eq!(names.unwrap(), ["Ada", "Ada", "Bob", "Cyd"]);
    assert_eq!(t.foreign(), foreign);
}
