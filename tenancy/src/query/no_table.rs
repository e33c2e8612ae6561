//! The table value that a record of a tenant table cannot give.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AsQuery, AstPass, Query, QueryFragment};
use diesel::query_source::QuerySource;
use diesel::{QueryResult, Table};
use std::marker::PhantomData;

/// Stands where diesel's derives want a table value that a tenant table does not have.
///
/// A record can be identified and grouped; `update(&record)`, `delete(&record)` and `belonging_to` do not compile.
/// Proof: `ui-tests/tests/fail/d_associations/`.
#[derive(Debug)]
pub struct NoTableValue<T>(PhantomData<T>);

impl<T> NoTableValue<T> {
    #[doc(hidden)]
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Clone for NoTableValue<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for NoTableValue<T> {}

/// An expression of no source, and a query of no rows: neither is rendered, and neither has diesel's query methods.
#[derive(Debug, Clone, Copy)]
pub struct Nothing(());

impl Expression for Nothing {
    type SqlType = diesel::sql_types::Bool;
}

impl<GB> ValidGrouping<GB> for Nothing {
    type IsAggregate = is_aggregate::No;
}

impl<QS> AppearsOnTable<QS> for Nothing {}
impl<QS> SelectableExpression<QS> for Nothing {}

impl<DB: Backend> QueryFragment<DB> for Nothing {
    fn walk_ast<'b>(&'b self, _out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        Err(crate::scope::Refusal::NoOrganization.into())
    }
}

impl Query for Nothing {
    type SqlType = diesel::sql_types::Bool;
}

impl<T> QuerySource for NoTableValue<T> {
    type FromClause = Nothing;
    type DefaultSelection = Nothing;

    fn from_clause(&self) -> Nothing {
        Nothing(())
    }

    fn default_selection(&self) -> Nothing {
        Nothing(())
    }
}

impl<T> AsQuery for NoTableValue<T> {
    type SqlType = diesel::sql_types::Bool;
    type Query = Nothing;

    fn as_query(self) -> Nothing {
        Nothing(())
    }
}

impl<T> Table for NoTableValue<T> {
    type PrimaryKey = Nothing;
    type AllColumns = Nothing;

    fn primary_key(&self) -> Nothing {
        Nothing(())
    }

    fn all_columns() -> Nothing {
        Nothing(())
    }
}
