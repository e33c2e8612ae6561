//! Inserts: the organization is stamped on every row, whatever form the rows have.

use super::stage;
use crate::surface::billing::{Invoice, customers, invoices, lines, new_invoice, payments};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use tenancy::OrgId;
use tenancy::prelude::*;

// attack: E01
#[tokio::test(flavor = "multi_thread")]
async fn a_record_a_tuple_and_batches() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let into = || t.a.insert_into(invoices::table);
    let record = new_invoice(31, 1, 31, 5);
    assert_eq!(execute!(conn, "record", into().values(&record)), 1);
    let tuple = (invoices::id.eq(32), invoices::number.eq(32), invoices::memo.eq(None::<String>));
    assert_eq!(execute!(conn, "tuple", into().values(tuple)), 1);
    assert_eq!(execute!(conn, "vec", into().values(vec![new_invoice(33, 1, 33, 5), new_invoice(34, 2, 34, 6)])), 2);
    let rows = [new_invoice(35, 1, 35, 5), new_invoice(36, 2, 36, 6)];
    assert_eq!(execute!(conn, "slice", into().values(rows.as_slice())), 2);
    assert_eq!(execute!(conn, "array", into().values([new_invoice(37, 1, 37, 7)])), 1);
    assert_eq!(execute!(conn, "no rows", into().values(Vec::<crate::surface::billing::NewInvoice<'_>>::new())), 0);
    let stamped = t.a.from(invoices::table).filter(invoices::id.gt(30)).select((invoices::id, invoices::org_id));
    let stamped = stamped.order(invoices::id).load::<(i32, OrgId)>(conn).await.unwrap();
    assert_eq!(stamped, (31..=37).map(|id| (id, t.a.org_id())).collect::<Vec<_>>());
    assert_eq!(t.foreign(), foreign);
}

// attack: E06
#[tokio::test(flavor = "multi_thread")]
async fn defaults_are_the_other_columns() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    assert_eq!(execute!(conn, "default_values", t.a.insert_into(invoices::table).default_values()), 1);
    let row =
        t.a.from(invoices::table).filter(invoices::number.eq(99)).select((invoices::org_id, invoices::customer_id));
    assert_eq!(row.get_result(conn).await, Ok((t.a.org_id(), 1)));
    assert_eq!(t.foreign(), foreign);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_qualified_table_and_a_composite_key() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    // Both keys are B's too.
    let payment = (payments::id.eq(4), payments::invoice_id.eq(12), payments::amount.eq(1));
    assert_eq!(execute!(conn, "qualified", t.a.insert_into(payments::table).values(payment)), 1);
    let line = (lines::invoice_id.eq(11), lines::position.eq(3), lines::item.eq("pen"), lines::quantity.eq(1));
    assert_eq!(execute!(conn, "composite", t.a.insert_into(lines::table).values(line)), 1);
    assert_eq!(t.foreign(), foreign);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_given_back() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let insert = t.a.insert_into(invoices::table).values(new_invoice(41, 2, 41, 5)).returning(Invoice::as_returning());
    let expected = Invoice { id: 41, customer_id: 2, number: 41, amount: 5 };
    assert_eq!(load!(conn, "returning", insert => Invoice), [expected]);
    let all = t.a.insert_into(customers::table).values((customers::id.eq(9), customers::name.eq("Eve")));
    let all = all.returning((customers::id, customers::org_id, customers::parent_id));
    let rows = load!(conn, "returning organization", all => (i32, OrgId, Option<i32>));
    assert_eq!(rows, [(9, t.a.org_id(), None)]);
}

// attack: E08
// attack: E09
#[tokio::test(flavor = "multi_thread")]
async fn rows_of_a_scoped_query() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let source = t.a.from(payments::table).select((payments::id + 50, payments::id + 50, payments::amount));
    let columns = (invoices::id, invoices::number, invoices::amount);
    let insert = t.a.insert_into(invoices::table).values(source).into_columns(columns);
    assert_eq!(execute!(conn, "from select", insert), 3);
    let source = t.a.from(customers::table).inner_join(t.a.from(invoices::table));
    let source = source.filter(invoices::number.eq(1)).select((customers::id + 20, customers::name));
    let insert = t.a.insert_into(customers::table).values(source).into_columns((customers::id, customers::name));
    let ids = load!(conn, "from join returning", insert.returning(customers::id) => i32);
    assert_eq!(ids, [21]);
    assert_eq!(t.foreign(), foreign);
}

// attack: E35
#[tokio::test(flavor = "multi_thread")]
async fn a_taken_key_is_one_opaque_error() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let mut of_others = Vec::new();
    // One id is B's, the other the own: the error of the library does not tell which, nor what key it was.
    for id in [21, 11] {
        let taken = t.a.insert_into(invoices::table).values(new_invoice(id, 1, 70, 1)).execute(conn).await;
        let error = taken.unwrap_err();
        assert!(matches!(error, DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)));
        of_others.push(tenancy::Error::from(error).to_string());
    }
    assert_eq!(of_others, ["the database reported an error"; 2]);
    // A key that contains the organization does not even meet B's: number 4 is B's.
    assert_eq!(t.a.insert_into(invoices::table).values(new_invoice(71, 1, 4, 1)).execute(conn).await, Ok(1));
}

// attack: E31
// attack: E32
#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_key_that_contains_the_organization_meets_own_rows_only() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    // Customer 4 is B's, customer 5 nobody's: the same refusal.
    for customer in [4, 5] {
        let orphan = t.a.insert_into(invoices::table).values(new_invoice(80, customer, 80, 1)).execute(conn).await;
        assert!(matches!(orphan, Err(DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _))));
    }
}
