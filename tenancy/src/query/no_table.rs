//! The table value that a record of an organization table cannot give.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AsQuery, AstPass, Query, QueryFragment};
use diesel::query_source::QuerySource;
use diesel::{QueryResult, Table};
use std::marker::PhantomData;

/// Stands where diesel's derives want a table value that an organization table does not have.
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
/// Its name is what a compile error says of `update(&record)`.
pub struct NamesNoOrganization<T>(PhantomData<T>);

impl<T> Clone for NamesNoOrganization<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for NamesNoOrganization<T> {}

impl<T> Expression for NamesNoOrganization<T> {
    type SqlType = diesel::sql_types::Bool;
}

impl<GB, T> ValidGrouping<GB> for NamesNoOrganization<T> {
    type IsAggregate = is_aggregate::No;
}

impl<QS, T> AppearsOnTable<QS> for NamesNoOrganization<T> {}
impl<QS, T> SelectableExpression<QS> for NamesNoOrganization<T> {}

impl<DB: Backend, T> QueryFragment<DB> for NamesNoOrganization<T> {
    fn walk_ast<'b>(&'b self, _out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        Err(crate::scope::ScopeError::NoOrganization.into())
    }
}

impl<T> Query for NamesNoOrganization<T> {
    type SqlType = diesel::sql_types::Bool;
}

// So that a compile error stops here, at the name that says what is missing.
impl<T, Id> diesel::EqAll<Id> for NamesNoOrganization<T> {
    type Output = Self;

    fn eq_all(self, _id: Id) -> Self {
        self
    }
}

impl<T> QuerySource for NoTableValue<T> {
    type FromClause = NamesNoOrganization<T>;
    type DefaultSelection = NamesNoOrganization<T>;

    fn from_clause(&self) -> NamesNoOrganization<T> {
        NamesNoOrganization(PhantomData)
    }

    fn default_selection(&self) -> NamesNoOrganization<T> {
        NamesNoOrganization(PhantomData)
    }
}

impl<T> AsQuery for NoTableValue<T> {
    type SqlType = diesel::sql_types::Bool;
    type Query = NamesNoOrganization<T>;

    fn as_query(self) -> NamesNoOrganization<T> {
        NamesNoOrganization(PhantomData)
    }
}

impl<T> Table for NoTableValue<T> {
    type PrimaryKey = NamesNoOrganization<T>;
    type AllColumns = NamesNoOrganization<T>;

    fn primary_key(&self) -> NamesNoOrganization<T> {
        NamesNoOrganization(PhantomData)
    }

    fn all_columns() -> NamesNoOrganization<T> {
        NamesNoOrganization(PhantomData)
    }
}

/// Never satisfied: what `Child::belonging_to(&parent)` is answered with.
#[diagnostic::on_unimplemented(
    message = "`{Child}::belonging_to` names no organization",
    label = "no organization here",
    note = "start from the request's scope: `scope.belonging_to::<{Child}, _>(parent)`",
    note = "TEN0002: run `tenancy explain TEN0002`"
)]
pub trait BelongsThroughAScope<Child> {}
