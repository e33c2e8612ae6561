//! `list.contains(invoices::id)`: the condition that a row is one of a permitted list.

use crate::permit::Claim;
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Bool;
use std::marker::PhantomData;

/// A condition of a [`PermittedList`](crate::permit::PermittedList). `E` compares the key with the list's ids.
pub struct InList<'s, E> {
    claim: Claim,
    all_but: bool,
    ids: E,
    scope: PhantomData<&'s ()>,
}

impl<E> InList<'_, E> {
    pub(crate) fn of(claim: Claim, all_but: bool, ids: E) -> Self {
        Self { claim, all_but, ids, scope: PhantomData }
    }
}

impl<E> std::fmt::Debug for InList<'_, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InList").finish_non_exhaustive()
    }
}

impl<E: Expression<SqlType = Bool>> Expression for InList<'_, E> {
    type SqlType = Bool;
}

impl<G, E: ValidGrouping<G>> ValidGrouping<G> for InList<'_, E> {
    type IsAggregate = E::IsAggregate;
}

impl<QS: ?Sized, E> AppearsOnTable<QS> for InList<'_, E>
where
    Self: Expression,
    E: AppearsOnTable<QS>,
{
}

impl<QS: ?Sized, E> SelectableExpression<QS> for InList<'_, E>
where
    Self: AppearsOnTable<QS>,
    E: SelectableExpression<QS>,
{
}

/// Rendering it compares it with the connection: another scope's list, one of another authority and one that ended are refused.
impl<DB: Backend, E: QueryFragment<DB>> QueryFragment<DB> for InList<'_, E> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.claim.check()?;
        out.push_sql(if self.all_but { "(NOT (" } else { "((" });
        self.ids.walk_ast(out.reborrow())?;
        out.push_sql("))");
        Ok(())
    }
}

impl<E> QueryId for InList<'_, E> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
