//! What a service writes every day in diesel's own words, each through the review of its text.

use super::stage;
use crate::surface::billing::{currencies, customers, invoices, lines, notes};
use diesel::dsl::{
    case_when, count_star, dense_rank, exists, first_value, lag, lead, not, now, ntile, rank, row_number, sum,
};
use diesel::expression_methods::{AggregateExpressionMethods as _, WindowExpressionMethods as _};
use diesel::sql_types::Text;
use diesel::upsert::excluded;
use tenancy::functions::{coalesce, lower, substr, upper};
use tenancy::prelude::*;

#[tokio::test(flavor = "multi_thread")]
async fn predicates() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let all = || t.a.from(invoices::table).select(invoices::id).order(invoices::id);
    let late = all().filter(invoices::memo.is_not_null().and(invoices::memo.ne("early")));
    assert_eq!(late.load::<i32>(conn).await, Ok(vec![12]));
    assert_eq!(all().filter(invoices::amount.between(200, 300)).load::<i32>(conn).await, Ok(vec![12, 13]));
    assert_eq!(all().filter(invoices::amount.not_between(200, 300)).load::<i32>(conn).await, Ok(vec![11]));
    assert_eq!(all().filter(invoices::id.eq_any([11, 13, 21])).load::<i32>(conn).await, Ok(vec![11, 13]));
    assert_eq!(all().filter(invoices::id.ne_all([11, 13])).load::<i32>(conn).await, Ok(vec![12]));
    assert_eq!(all().filter(invoices::id.eq_any(Vec::<i32>::new())).load::<i32>(conn).await, Ok(vec![]));
    let like = all().filter(invoices::memo.like("l!%%").escape('!').or(invoices::memo.not_like("x%")));
    assert_eq!(like.load::<i32>(conn).await, Ok(vec![12]));
    assert_eq!(all().filter(not(invoices::amount.gt(100))).load::<i32>(conn).await, Ok(vec![11]));
    let computed = all().filter((invoices::amount + invoices::number * 2 - 1).gt(252));
    assert_eq!(computed.load::<i32>(conn).await, Ok(vec![12, 13]));
    assert_eq!(all().filter(lower(invoices::currency).eq("chf")).load::<i32>(conn).await, Ok(vec![12]));
    assert_eq!(all().filter(now.is_not_null()).load::<i32>(conn).await, Ok(vec![11, 12, 13]));
}

#[tokio::test(flavor = "multi_thread")]
async fn selections() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let all = || t.a.from(invoices::table).order(invoices::id);
    let size = case_when(invoices::amount.gt(200), invoices::amount).when(invoices::number.eq(9), 0).otherwise(1);
    assert_eq!(all().select(size).load::<i32>(conn).await, Ok(vec![1, 250, 250]));
    let named = all().select((invoices::currency.concat("-"), coalesce(invoices::memo, "none")));
    let rows = [("EUR-", "none"), ("CHF-", "late"), ("EUR-", "none")];
    let rows = rows.map(|(currency, memo)| (currency.to_owned(), memo.to_owned())).to_vec();
    assert_eq!(named.load::<(String, String)>(conn).await, Ok(rows));
    let short = t.a.from(customers::table).select(upper(substr(customers::name, 1, 1))).order(customers::id);
    assert_eq!(short.load::<String>(conn).await, Ok(vec!["A".to_owned(), "B".to_owned(), "C".to_owned()]));
    let literal = all().select("x".into_sql::<Text>()).limit(1);
    assert_eq!(literal.first::<String>(conn).await, Ok("x".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn windows() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let all = || t.a.from(invoices::table).order(invoices::id);
    let numbered = all().select(row_number().partition_by(invoices::customer_id).window_order(invoices::id));
    assert_eq!(numbered.load::<i64>(conn).await, Ok(vec![1, 2, 1]));
    let ranked = all().select((
        rank().window_order(invoices::amount.desc()),
        dense_rank().window_order(invoices::amount.desc()),
        ntile(2).window_order(invoices::id),
    ));
    assert_eq!(ranked.load::<(i64, i64, i32)>(conn).await, Ok(vec![(3, 2, 1), (1, 1, 1), (1, 1, 2)]));
    let beside = all().select((
        lag(invoices::amount).window_order(invoices::id),
        lead(invoices::amount).window_order(invoices::id),
        first_value(invoices::amount).partition_by(invoices::customer_id).window_order(invoices::id),
    ));
    type Beside = (Option<i32>, Option<i32>, i32);
    let expected: Vec<Beside> = vec![(None, Some(250), 100), (Some(100), Some(250), 100), (Some(250), None, 250)];
    assert_eq!(beside.load::<Beside>(conn).await, Ok(expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_joins_and_subqueries() {
    let t = stage().await;
    let conn = &mut t.conn().await;
    let late = sum(invoices::amount).aggregate_filter(invoices::memo.is_not_null());
    let grouped = t.a.from(invoices::table).group_by((invoices::customer_id, invoices::currency));
    let grouped = grouped.having(count_star().ge(1)).select((invoices::customer_id, late));
    let grouped = grouped.order((invoices::customer_id, invoices::currency.desc()));
    assert_eq!(grouped.load::<(i32, Option<i64>)>(conn).await, Ok(vec![(1, None), (1, Some(250)), (2, None)]));
    let of_invoice = t.a.from(lines::table).filter(lines::invoice_id.eq(invoices::id));
    let with_lines = t.a.from(invoices::table).filter(exists(of_invoice)).select(invoices::id).order(invoices::id);
    assert_eq!(with_lines.load::<i32>(conn).await, Ok(vec![11, 12]));
    let of_paper = t.a.from(lines::table).filter(lines::item.eq("paper")).select(lines::invoice_id);
    let paper = t.a.from(invoices::table).filter(invoices::id.eq_any(of_paper)).count();
    assert_eq!(paper.get_result::<i64>(conn).await, Ok(2));
    let most = t.a.from(invoices::table).select(diesel::dsl::max(invoices::number)).single_value();
    let top = t.a.from(lines::table).filter(lines::quantity.nullable().gt(most)).select(lines::item);
    assert_eq!(top.load::<String>(conn).await, Ok(vec!["paper".to_owned()]));
    let labels = t.a.from(invoices::table).inner_join(currencies::table).select((invoices::id, currencies::label));
    let labels = labels.filter(currencies::code.eq("CHF")).load::<(i32, String)>(conn).await;
    assert_eq!(labels, Ok(vec![(12, "Franc".to_owned())]));
}

#[tokio::test(flavor = "multi_thread")]
async fn writes() {
    let t = stage().await;
    let (foreign, conn) = (t.foreign(), &mut t.conn().await);
    let row = |id: i32, body: &str| (notes::id.eq(id), notes::body.eq(body.to_owned()));
    let inserted = t.a.insert_into(notes::table).values(vec![row(7, "a"), row(8, "b")]).returning(notes::id);
    assert_eq!(inserted.load::<i32>(conn).await.map(|ids| ids.len()), Ok(2));
    let upsert = t.a.insert_into(notes::table).values(row(7, "c")).on_conflict((notes::org_id, notes::id));
    let upsert = upsert.do_update().set(notes::body.eq(excluded(notes::body).concat("!")));
    assert_eq!(upsert.returning(notes::body).get_result::<String>(conn).await, Ok("c!".to_owned()));
    let nothing = t.a.insert_into(notes::table).values(row(7, "d")).on_conflict_do_nothing();
    assert_eq!(nothing.execute(conn).await, Ok(0));
    let update = t.a.update(notes::table).filter(notes::id.gt(6)).set(notes::body.eq(notes::body.concat("?")));
    assert_eq!(update.execute(conn).await, Ok(2));
    let deleted = t.a.delete(notes::table).filter(notes::id.eq_any([7, 8, 99])).returning(notes::body);
    let mut deleted = deleted.load::<String>(conn).await.unwrap();
    deleted.sort();
    assert_eq!(deleted, ["b?", "c!?"]);
    drop(t.conn().await);
    assert_eq!(t.foreign(), foreign);
}
