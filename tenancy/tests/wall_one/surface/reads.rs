//! Select, filter, find, order, limit, distinct, records, pages.

use super::stage;
use crate::surface::billing::{Customer, Invoice, currencies, customers, invoices, lines, notes, payments};
use diesel::NotFound;
use tenancy::OrgId;
use tenancy::prelude::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_its_organizations_rows() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let all =
        load!(conn, "table", t.a.from(customers::table).select((customers::id, customers::org_id)) => (i32, OrgId));
    assert_eq!(all.len(), 3);
    assert!(all.iter().all(|row| row.1 == t.a.org_id()));
    let names =
        load!(conn, "select", t.a.from(customers::table).select(customers::name).order(customers::id) => String);
    assert_eq!(names, ["Ada", "Bob", "Cyd"]);
    let other = t.b.from(customers::table).count().get_result::<i64>(&mut t.conn_b().await).await;
    assert_eq!(other, Ok(4));
}

// attack: B01
// attack: B03
#[tokio::test(flavor = "multi_thread")]
async fn an_or_stays_inside_the_organization() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let late = t.a.from(invoices::table).filter(invoices::amount.gt(200)).or_filter(invoices::memo.eq("late"));
    assert_eq!(load!(conn, "or_filter", late.order(invoices::id).select(invoices::id) => i32), [12, 13]);
    let any = t.a.from(invoices::table).find(11).or_filter(invoices::id.gt(0)).select(invoices::id);
    assert_eq!(load!(conn, "find or_filter", any.order(invoices::id) => i32), [11, 12, 13]);
    let of_all = t.a.from(invoices::table).filter(diesel::dsl::not(invoices::id.eq(0)).or(invoices::id.is_not_null()));
    assert_eq!(load!(conn, "not or", of_all.order(invoices::id).select(invoices::id) => i32), [11, 12, 13]);
}

// attack: D06
#[tokio::test(flavor = "multi_thread")]
async fn a_guessed_key_of_another_organization_is_not_found_like_an_absent_one() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let name = held!("find", t.a.from(invoices::table).find(21).select(invoices::number));
    assert_eq!(name.get_result::<i32>(conn).await, Err(NotFound));
    assert_eq!(
        t.a.from(invoices::table).find(999).select(invoices::number).get_result::<i32>(conn).await,
        Err(NotFound)
    );
    let overlapping =
        load!(conn, "find overlapping", t.a.from(customers::table).find(2).select(customers::name) => String);
    assert_eq!(overlapping, ["Bob"]);
    let composite = t.a.from(lines::table).find((11, 1)).select(lines::quantity);
    assert_eq!(load!(conn, "find composite", composite => i32), [2]);
    assert_eq!(t.a.from(lines::table).find((11, 3)).count().get_result::<i64>(conn).await, Ok(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn order_limit_and_offset() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let page = t.a.from(invoices::table).order((invoices::amount.desc(), invoices::id.asc())).limit(2).offset(1);
    assert_eq!(load!(conn, "page", page.select(invoices::id) => i32), [13, 11]);
    let then = t.a.from(payments::table).order_by(payments::amount).then_order_by(payments::id.desc()).limit(1);
    assert_eq!(load!(conn, "then_order_by", then.select((payments::id, payments::amount)) => (i32, i32)), [(2, 40)]);
    let first = t.a.from(payments::table).order(payments::amount.desc()).select(payments::amount);
    assert_eq!(first.first::<i32>(conn).await, Ok(100));
}

#[tokio::test(flavor = "multi_thread")]
async fn distinct_rows() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let amounts = t.a.from(invoices::table).select(invoices::amount).distinct().order(invoices::amount);
    assert_eq!(load!(conn, "distinct", amounts => i32), [100, 250]);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_selected() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let bob = t.a.from(customers::table).filter(customers::name.like("B%")).select(Customer::as_select());
    assert_eq!(load!(conn, "as_select", bob => Customer), [Customer { id: 2, name: "Bob".to_owned() }]);
    let second = t.a.from(invoices::table).filter(invoices::number.eq(2)).select(Invoice::as_select());
    let expected = Invoice { id: 12, customer_id: 1, number: 2, amount: 250 };
    assert_eq!(load!(conn, "has_query", second => Invoice), [expected]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_organization_can_be_read_and_compared_with_a_rows() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let owners = t.a.from(invoices::table).select(invoices::org_id).distinct();
    assert_eq!(load!(conn, "organizations", owners => OrgId), [t.a.org_id()]);
    let own = t.a.from(notes::table).filter(notes::org_id.eq(t.a.org_id())).select(notes::body);
    assert_eq!(load!(conn, "organization as text", own => String), ["call back"]);
}

/// What a client may sort and filter by, as a service writes it: an enum of columns, never a name.
fn sort(
    field: &str,
) -> Option<Box<dyn BoxableExpression<invoices::table, super::Backend, SqlType = diesel::sql_types::Integer>>> {
    match field {
        "amount" => Some(Box::new(invoices::amount)),
        "number" => Some(Box::new(invoices::number)),
        _ => None,
    }
}

// attack: D12
#[tokio::test(flavor = "multi_thread")]
async fn a_clients_filter_on_the_organization_finds_nothing_foreign() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let foreign = t.a.from(invoices::table).filter(invoices::org_id.eq(t.b.org_id())).select(invoices::id);
    assert_eq!(load!(conn, "filter by another organization", foreign => i32), [0; 0]);
    let or = t.a.from(invoices::table).filter(invoices::org_id.eq(t.b.org_id()).or(invoices::id.gt(0)));
    assert_eq!(load!(conn, "filter by another organization or", or.count() => i64), [3]);
    assert!(sort("org_id").is_none());
    let by_amount = t.a.from(invoices::table).order(sort("amount").unwrap()).select(invoices::amount);
    assert_eq!(load!(conn, "sort by a chosen column", by_amount => i32), [100, 250, 250]);
}

// attack: D11
#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_another_organization_pages_through_the_own() {
    let t = stage().await;
    let page = |scope: &tenancy::OrgScope, after: (i32, i32)| {
        let (amount, id) = after;
        let later = invoices::amount.gt(amount).or(invoices::amount.eq(amount).and(invoices::id.gt(id)));
        scope
            .from(invoices::table)
            .filter(later)
            .order((invoices::amount, invoices::id))
            .limit(2)
            .select((invoices::amount, invoices::id))
    };
    let of_b = page(&t.b, (0, 0)).load::<(i32, i32)>(&mut t.conn_b().await).await.unwrap();
    assert_eq!(of_b, [(1, 25), (100, 21)]);
    let conn = &mut t.conn().await;
    assert_eq!(load!(conn, "keyset", page(&t.a, of_b[1]) => (i32, i32)), [(250, 12), (250, 13)]);
    let own = page(&t.a, (0, 0)).load::<(i32, i32)>(conn).await.unwrap();
    assert_eq!(own, [(100, 11), (250, 12)]);
    assert_eq!(page(&t.a, own[1]).load::<(i32, i32)>(conn).await.unwrap(), [(250, 13)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn global_tables_need_no_scope() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let labels = load!(conn, "global", currencies::table.order(currencies::code).select(currencies::label) => String);
    assert_eq!(labels, ["Franc", "Euro"]);
}

/// A helper whose type `auto_type` writes; it starts from the scope that it is given.
#[diesel::dsl::auto_type]
fn over(scope: &tenancy::OrgScope, amount: i32) -> _ {
    let scoped: invoices::table = scope.from(invoices::table);
    scoped.filter(invoices::amount.gt(amount))
}

#[tokio::test(flavor = "multi_thread")]
async fn helpers_that_auto_type_names() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    assert_eq!(load!(conn, "auto_type", over(&t.a, 200).order(invoices::id).select(invoices::id) => i32), [12, 13]);
}
