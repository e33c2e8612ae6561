//! Children of loaded parents: the query starts from the scope, `grouped_by` is diesel's.

use super::stage;
use crate::surface::billing::{Customer, Invoice, customers, invoices};
use diesel::associations::Identifiable as _;
use tenancy::prelude::*;

// attack: D01
// attack: D02
// attack: D04
// attack: D13
#[tokio::test(flavor = "multi_thread")]
async fn children_are_the_organizations_whatever_the_parents() {
    let t = stage().await;
    let of_b = t.b.from(customers::table).select(Customer::as_select()).order(customers::id);
    let mut parents = of_b.load::<Customer>(&mut t.conn_b().await).await.unwrap();
    let conn = &mut t.conn().await;
    let own =
        t.a.from(customers::table).select(Customer::as_select()).order(customers::id).load::<Customer>(conn).await;
    // Keys of both organizations in one batch, as a careless loader would send them.
    parents.extend(own.unwrap());
    let keys: Vec<i32> = parents.iter().map(|parent| parent.id).collect();
    let children = t.a.from(invoices::table).filter(invoices::customer_id.eq_any(keys)).select(Invoice::as_select());
    let children = load!(conn, "children", children.order(invoices::id) => Invoice);
    assert_eq!(children.iter().map(|child| child.id).collect::<Vec<_>>(), [11, 12, 13]);
    let grouped = children.grouped_by(&parents[4..]);
    let sizes: Vec<usize> = grouped.iter().map(Vec::len).collect();
    assert_eq!(sizes, [2, 1, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn children_of_one_parent() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let ada = t.a.from(customers::table).find(1).select(Customer::as_select()).first::<Customer>(conn).await.unwrap();
    let children = t.a.from(invoices::table).filter(invoices::customer_id.eq(ada.id)).select(invoices::number);
    assert_eq!(load!(conn, "children of one", children.order(invoices::id) => i32), [1, 2]);
    assert_eq!(*(&ada).id(), 1);
}
