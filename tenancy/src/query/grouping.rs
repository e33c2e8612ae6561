//! `alias.grouping((a, b))`: an alias grouped by several of its columns.
//!
//! A table is grouped by a tuple of its columns. Diesel knows no tuple of an alias' columns in a GROUP BY, and grouping by the
//! alias' key alone is refused by the database: a derived table's key does not cover its row.

use crate::schema::Groups;
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, ValidGrouping, is_aggregate};
use diesel::internal::operators_macro::FieldAliasMapper;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::query_source::{Alias, AliasSource, AliasedField, Column};
use std::marker::PhantomData;

/// Columns of an alias, for `group_by`: [`AliasGrouping::grouping`].
#[derive(Debug, Clone, Copy)]
pub struct Grouping<S, Columns, Fields> {
    fields: Fields,
    of: PhantomData<fn() -> (S, Columns)>,
}

/// Groups an alias by several of its columns.
pub trait AliasGrouping<S: AliasSource> {
    /// These columns of the alias, to be given to `group_by`; each of them can then be selected.
    ///
    /// ```ignore
    /// let c = scope.from(tenancy::alias!(customers as c));
    /// c.group_by(c.grouping((customers::id, customers::name)))
    ///     .select((c.field(customers::id), c.field(customers::name), count_star()));
    /// ```
    fn grouping<Columns: FieldAliasMapper<S>>(&self, columns: Columns) -> Grouping<S, Columns, Columns::Out>;
}

impl<S: AliasSource> AliasGrouping<S> for Alias<S> {
    fn grouping<Columns: FieldAliasMapper<S>>(&self, columns: Columns) -> Grouping<S, Columns, Columns::Out> {
        Grouping { fields: self.fields(columns), of: PhantomData }
    }
}

impl<S: 'static, Columns: 'static, Fields: QueryId> QueryId for Grouping<S, Columns, Fields> {
    type QueryId = Grouping<S, Columns, Fields::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = Fields::HAS_STATIC_QUERY_ID;
}

impl<S, Columns, Fields: Expression> Expression for Grouping<S, Columns, Fields> {
    type SqlType = Fields::SqlType;
}

impl<QS, S, Columns, Fields: AppearsOnTable<QS>> AppearsOnTable<QS> for Grouping<S, Columns, Fields> {}

impl<S, Columns, Fields: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Grouping<S, Columns, Fields> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.fields.walk_ast(out)
    }
}

#[diagnostic::do_not_recommend]
impl<S, Columns, Fields, C> ValidGrouping<Grouping<S, Columns, Fields>> for AliasedField<S, C>
where
    S: AliasSource,
    C: Column<Table = S::Target>,
    Columns: Groups<C>,
{
    type IsAggregate = is_aggregate::Yes;
}
