//! Inner and left joins, declared and explicit, two to four tables, with a global table at either end.

use super::stage;
use crate::surface::billing::{Customer, Invoice, currencies, customers, invoices, lines, payments};
use diesel::dsl::count_star;
use tenancy::prelude::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_declared_join_carries_both_organizations_and_their_equality() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let pairs = t.a.from(invoices::table).inner_join(t.a.from(customers::table));
    let pairs = pairs.select((invoices::id, customers::name)).order(invoices::id);
    let rows = load!(conn, "inner", pairs => (i32, String));
    assert_eq!(rows, [(11, "Ada".to_owned()), (12, "Ada".to_owned()), (13, "Bob".to_owned())]);
    let flipped = t.a.from(customers::table).inner_join(t.a.from(invoices::table)).count();
    assert_eq!(load!(conn, "inner flipped", flipped => i64), [3]);
}

// attack: C02
// attack: C03
#[tokio::test(flavor = "multi_thread")]
async fn a_left_join_keeps_the_left_rows_and_adds_none_of_others() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let all = t.a.from(customers::table).left_join(t.a.from(invoices::table));
    let all = all.select((customers::name, invoices::id.nullable())).order((customers::id, invoices::id));
    let rows = load!(conn, "left", all => (String, Option<i32>));
    let expected = [("Ada", Some(11)), ("Ada", Some(12)), ("Bob", Some(13)), ("Cyd", None)];
    assert_eq!(rows, expected.map(|(name, id)| (name.to_owned(), id)));
}

// attack: C04
#[tokio::test(flavor = "multi_thread")]
async fn an_anti_join_tells_nothing_of_others() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let unpaid = t.a.from(invoices::table).left_join(t.a.from(payments::table)).filter(payments::id.is_null());
    assert_eq!(load!(conn, "anti join", unpaid.select(invoices::id) => i32), [13]);
    let without = t.a.from(customers::table).left_join(t.a.from(invoices::table)).filter(invoices::id.is_null());
    assert_eq!(load!(conn, "anti join of customers", without.select(customers::id) => i32), [3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_both_sides() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let both = t.a.from(invoices::table).left_join(t.a.from(customers::table)).filter(invoices::number.eq(3));
    let both = both.select((Invoice::as_select(), Option::<Customer>::as_select()));
    let rows = load!(conn, "records", both => (Invoice, Option<Customer>));
    let bob = Customer { id: 2, name: "Bob".to_owned() };
    assert_eq!(rows, [(Invoice { id: 13, customer_id: 2, number: 3, amount: 250 }, Some(bob))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_join_with_a_global_table_at_either_end() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let labels = t.a.from(invoices::table).inner_join(currencies::table);
    let labels = labels.filter(currencies::label.eq("Euro")).select(invoices::id).order(invoices::id);
    assert_eq!(load!(conn, "global right", labels => i32), [11, 13]);
    let counts = currencies::table.left_join(t.a.from(invoices::table)).group_by(currencies::code);
    let counts = counts.select((currencies::code, count_star())).order(currencies::code);
    let rows = load!(conn, "global left", counts => (String, i64));
    assert_eq!(rows, [("CHF".to_owned(), 1), ("EUR".to_owned(), 2)]);
}

// attack: C07
#[tokio::test(flavor = "multi_thread")]
async fn three_and_four_tables() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let three = t.a.from(invoices::table).inner_join(t.a.from(customers::table)).inner_join(t.a.from(lines::table));
    let three = three.select((customers::name, lines::item)).order((lines::invoice_id, lines::position));
    let rows = load!(conn, "three", three => (String, String));
    assert_eq!(rows, [("Ada", "paper"), ("Ada", "ink"), ("Ada", "paper")].map(|(n, i)| (n.to_owned(), i.to_owned())));
    let nested =
        t.a.from(customers::table)
            .inner_join(t.a.from(invoices::table).left_join(t.a.from(lines::table)).inner_join(currencies::table));
    let nested = nested.select((customers::id, invoices::id, lines::item.nullable()));
    let nested = nested.order((invoices::id, lines::position)).filter(currencies::code.eq("EUR"));
    let rows = load!(conn, "nested", nested => (i32, i32, Option<String>));
    let expected = [(1, 11, Some("paper")), (1, 11, Some("ink")), (2, 13, None)];
    assert_eq!(rows, expected.map(|(c, i, item)| (c, i, item.map(str::to_owned))));
}

// attack: C05
// attack: C06
#[tokio::test(flavor = "multi_thread")]
async fn an_explicit_on_is_bounded_by_the_organization() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    // A condition that holds for every pair: a product, of the organization's rows.
    let always = customers::id.gt(0).or(invoices::id.gt(0));
    let product = t.a.from(invoices::table).inner_join(t.a.from(customers::table).on(always)).count();
    assert_eq!(load!(conn, "on everything", product => i64), [9]);
    let unequal = customers::org_id.ne(invoices::org_id);
    let across = t.a.from(invoices::table).inner_join(t.a.from(customers::table).on(unequal)).count();
    assert_eq!(load!(conn, "on another organization", across => i64), [0]);
    let left = t.a.from(customers::table).left_join(t.a.from(payments::table).on(payments::id.eq(customers::id)));
    let left = left.select((customers::id, payments::amount.nullable())).order(customers::id);
    assert_eq!(load!(conn, "left on", left => (i32, Option<i32>)), [(1, Some(60)), (2, Some(40)), (3, Some(100))]);
}
