//! The statement cache: one text for all organizations, and ids that no other statement has.

use super::{Backend, stage};
use crate::surface::billing::{customers, invoices};
use crate::surface::support::sql::rendered;
use diesel::QueryResult;
use diesel::backend::Backend as DieselBackend;
use diesel::expression::is_aggregate;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Bool;
use tenancy::prelude::*;

/// The same SQL tables, declared without an organization.
mod shadow {
    diesel::table! {
        invoices (id) {
            id -> Integer,
            amount -> Integer,
        }
    }
}

// attack: B21
#[tokio::test(flavor = "multi_thread")]
async fn the_text_is_one_for_all_organizations() {
    let t = stage().await;
    let texts = |scope: &tenancy::OrgScope| {
        let joined = scope.from(invoices::table).inner_join(scope.from(customers::table));
        [
            rendered::<Backend, _>(&joined.filter(invoices::amount.gt(5)).select(invoices::id)),
            rendered::<Backend, _>(&scope.update(invoices::table).find(1).set(invoices::amount.eq(1))),
            rendered::<Backend, _>(&scope.delete(invoices::table).find(1)),
            rendered::<Backend, _>(&scope.insert_into(invoices::table).values(invoices::id.eq(1))),
        ]
    };
    assert_eq!(texts(&t.a), texts(&t.b));
    // Run in turn on the connections of one pool, the cached text serves each with its own rows.
    for _ in 0..4 {
        let ids = |scope: &tenancy::OrgScope| scope.from(invoices::table).select(invoices::id).order(invoices::id);
        assert_eq!(ids(&t.a).load::<i32>(&mut t.conn().await).await, Ok(vec![11, 12, 13]));
        assert_eq!(ids(&t.b).load::<i32>(&mut t.conn_b().await).await, Ok(vec![21, 22, 23, 24, 25]));
    }
}

/// A predicate that renders as told, and claims to be one and the same to the cache.
#[derive(Clone, Copy)]
struct Claims(&'static str);

impl QueryId for Claims {
    type QueryId = Claims;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl diesel::Expression for Claims {
    type SqlType = Bool;
}

impl<GB> diesel::expression::ValidGrouping<GB> for Claims {
    type IsAggregate = is_aggregate::No;
}

impl<QS> AppearsOnTable<QS> for Claims {}
impl<QS> SelectableExpression<QS> for Claims {}

impl<DB: DieselBackend> QueryFragment<DB> for Claims {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

fn id_of<Q: QueryId>(_query: &Q) -> Option<std::any::TypeId> {
    Q::query_id()
}

// attack: B20
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_claims_anothers_id_is_still_scoped() {
    let t = stage().await;
    let scoped = t.a.from(invoices::table).select(invoices::id);
    let shadow = shadow::invoices::table.select(shadow::invoices::id);
    assert!(id_of(&scoped).is_some());
    assert_ne!(id_of(&scoped), id_of(&shadow));
    // Two statements with one id: each runs under its own text, whatever the id says.
    let every = |claim: Claims| t.a.from(invoices::table).filter(claim).select(invoices::id).order(invoices::id);
    assert_eq!(id_of(&every(Claims("1 = 1"))), id_of(&every(Claims("1 = 0"))));
    let conn = &mut t.conn().await;
    assert_eq!(every(Claims("1 = 1 OR 1 = 1")).load::<i32>(conn).await, Ok(vec![11, 12, 13]));
    assert_eq!(every(Claims("1 = 0")).load::<i32>(conn).await, Ok(vec![]));
    let other = t.b.from(invoices::table).filter(Claims("1 = 0")).select(invoices::id).order(invoices::id);
    assert!(other.load::<i32>(&mut t.conn_b().await).await.unwrap().iter().all(|id| *id > 20));
}
