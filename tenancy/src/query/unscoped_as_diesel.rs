//! Diesel's traits for what has no scope, under a bound that nothing satisfies.
//!
//! A function of diesel's (`insert_into`, `update`, `exists`, a join) asks for a trait and would say that it is missing. With
//! these impls it finds one, whose condition is not met, and the compiler's headline is the condition's: our message. They
//! confer nothing, because the bound is sealed and met by no type (`ui-tests/tests/fail/hostile/`).

use super::NoTableValue;
use super::no_table::NamesNoOrganization;
use super::unscoped::{AStatement, NamesAnOrganization, NeedsOrgScope, Unscoped};
use crate::schema::TenantTable;
use diesel::associations::{HasTable, Identifiable};
use diesel::backend::Backend;
use diesel::expression::array_comparison::{AsInExpression, InExpression};
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::internal::table_macro::StaticQueryFragment;
use diesel::query_builder::{AstPass, IntoUpdateTarget, Query, QueryFragment, QueryId, SelectQuery, UpdateTarget};
use diesel::query_source::QuerySource;
use diesel::sql_types::{Bool, SingleValue, SqlType};
use diesel::{QueryResult, Table};

/// Stands where a value is asked for that cannot exist.
fn no_value() -> ! {
    unreachable!("no value of an unscoped statement exists")
}

/// Diesel's `AsQuery` is there for whatever is a `Query`: of two impls the compiler would explain neither.
impl<T> Query for NeedsOrgScope<T>
where
    AStatement: NamesAnOrganization<T>,
{
    type SqlType = Bool;
}

impl<T> QuerySource for NeedsOrgScope<T>
where
    AStatement: NamesAnOrganization<T>,
{
    type FromClause = NamesNoOrganization<T>;
    type DefaultSelection = NamesNoOrganization<T>;

    fn from_clause(&self) -> NamesNoOrganization<T> {
        no_value()
    }

    fn default_selection(&self) -> NamesNoOrganization<T> {
        no_value()
    }
}

impl<T> Table for NeedsOrgScope<T>
where
    AStatement: NamesAnOrganization<T>,
{
    type PrimaryKey = NamesNoOrganization<T>;
    type AllColumns = NamesNoOrganization<T>;

    fn primary_key(&self) -> NamesNoOrganization<T> {
        no_value()
    }

    fn all_columns() -> NamesNoOrganization<T> {
        no_value()
    }
}

/// For COPY.
impl<T: 'static> StaticQueryFragment for NeedsOrgScope<T>
where
    AStatement: NamesAnOrganization<T>,
{
    type Component = ();
    const STATIC_COMPONENT: &'static () = &();
}

impl<T> SelectQuery for NeedsOrgScope<T>
where
    AStatement: NamesAnOrganization<T>,
{
    type SqlType = Bool;
}

impl<T, ST: SqlType> AsInExpression<ST> for NeedsOrgScope<T>
where
    AStatement: NamesAnOrganization<T>,
{
    type InExpression = NoMembers<T, ST>;

    fn as_in_expression(self) -> NoMembers<T, ST> {
        no_value()
    }
}

/// `update(table)` and `delete(table)`: diesel's `IntoUpdateTarget` is there for whatever is `Identifiable`.
impl<T: TenantTable> HasTable for NeedsOrgScope<T>
where
    AStatement: NamesAnOrganization<T>,
{
    type Table = T;

    fn table() -> T {
        no_value()
    }
}

impl<T: TenantTable> Identifiable for NeedsOrgScope<T>
where
    AStatement: NamesAnOrganization<T>,
{
    type Id = ();

    fn id(self) {
        no_value()
    }
}

impl<T> HasTable for NamesNoOrganization<T>
where
    AStatement: NamesAnOrganization<T>,
{
    type Table = NoTableValue<T>;

    fn table() -> NoTableValue<T> {
        no_value()
    }
}

impl<T> IntoUpdateTarget for NamesNoOrganization<T>
where
    AStatement: NamesAnOrganization<T>,
{
    type WhereClause = Self;

    fn into_update_target(self) -> UpdateTarget<NoTableValue<T>, Self> {
        no_value()
    }
}

/// `update(&record)` looks for the record's key in the record's table.
impl<T> Table for NamesNoOrganization<T>
where
    AStatement: NamesAnOrganization<T>,
{
    type PrimaryKey = Self;
    type AllColumns = Self;

    fn primary_key(&self) -> Self {
        no_value()
    }

    fn all_columns() -> Self {
        no_value()
    }
}

impl<T> QuerySource for NamesNoOrganization<T>
where
    AStatement: NamesAnOrganization<T>,
{
    type FromClause = Self;
    type DefaultSelection = Self;

    fn from_clause(&self) -> Self {
        no_value()
    }

    fn default_selection(&self) -> Self {
        no_value()
    }
}

// The first error was given where the chain began. Its end is taken for a query, an expression, and a target of a write.

impl<T> Expression for Unscoped<T> {
    type SqlType = Bool;
}

impl<T, GB> ValidGrouping<GB> for Unscoped<T> {
    type IsAggregate = is_aggregate::No;
}

impl<T, QS> AppearsOnTable<QS> for Unscoped<T> {}
impl<T, QS> SelectableExpression<QS> for Unscoped<T> {}

impl<T, DB: Backend> QueryFragment<DB> for Unscoped<T> {
    fn walk_ast<'b>(&'b self, _out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        Err(crate::scope::ScopeError::NoOrganization.into())
    }
}

impl<T> QueryId for Unscoped<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T> Query for Unscoped<T> {
    type SqlType = Bool;
}

impl<T> SelectQuery for Unscoped<T> {
    type SqlType = Bool;
}

impl<T: TenantTable> HasTable for Unscoped<T> {
    type Table = T;

    fn table() -> T {
        no_value()
    }
}

impl<T: TenantTable> IntoUpdateTarget for Unscoped<T> {
    type WhereClause = NamesNoOrganization<T>;

    fn into_update_target(self) -> UpdateTarget<T, NamesNoOrganization<T>> {
        no_value()
    }
}

impl<T, ST: SqlType> AsInExpression<ST> for Unscoped<T> {
    type InExpression = NoMembers<T, ST>;

    fn as_in_expression(self) -> NoMembers<T, ST> {
        NoMembers(std::marker::PhantomData)
    }
}

/// What `eq_any(invoices::table.select(..))` looks in.
#[doc(hidden)]
pub struct NoMembers<T, ST>(std::marker::PhantomData<fn() -> (T, ST)>);

impl<T, ST: SqlType + SingleValue> Expression for NoMembers<T, ST> {
    type SqlType = ST;
}

impl<T, ST: SqlType> InExpression for NoMembers<T, ST> {
    type SqlType = ST;

    fn is_empty(&self) -> bool {
        true
    }

    fn is_array(&self) -> bool {
        false
    }
}

impl<T, ST, GB> ValidGrouping<GB> for NoMembers<T, ST> {
    type IsAggregate = is_aggregate::No;
}

impl<T, ST: SqlType + SingleValue, QS> AppearsOnTable<QS> for NoMembers<T, ST> {}
impl<T, ST: SqlType + SingleValue, QS> SelectableExpression<QS> for NoMembers<T, ST> {}

impl<T, ST, DB: Backend> QueryFragment<DB> for NoMembers<T, ST> {
    fn walk_ast<'b>(&'b self, _out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        Err(crate::scope::ScopeError::NoOrganization.into())
    }
}

impl<T, ST> QueryId for NoMembers<T, ST> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
