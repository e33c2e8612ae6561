//! Global and platform tables in FROM.

use super::PlainTable;
use crate::isolation::an_organization_is_expected;
use crate::scope_error::ScopeError;
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use std::marker::PhantomData;

/// `"t"`, or `"schema"."t" AS "schema.t"`.
pub struct PlainFrom<T>(PhantomData<fn() -> T>);

impl<T> PlainFrom<T> {
    #[doc(hidden)]
    pub const NEW: Self = Self(PhantomData);
}

impl<T> Clone for PlainFrom<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for PlainFrom<T> {}

impl<T> std::fmt::Debug for PlainFrom<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a table without an organization")
    }
}

impl<T: 'static> QueryId for PlainFrom<T> {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<T: PlainTable, DB: Backend> QueryFragment<DB> for PlainFrom<T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        walk::<T, DB>(out.reborrow())?;
        if T::SCHEMA.is_some() {
            out.push_sql(" AS ");
            out.push_identifier(T::ALIAS)?;
        }
        Ok(())
    }
}

/// What the table's columns are qualified with.
pub(crate) fn walk_alias<T: PlainTable, DB: Backend>(mut out: AstPass<'_, '_, DB>) -> QueryResult<()> {
    refuse_platform::<T>()?;
    out.push_identifier(T::ALIAS)
}

/// The table's name. Types keep a platform table out of an organization's FROM clause, but not out of its subqueries, where
/// diesel forgets the source; there the connection that renders it is asked.
pub fn walk<T: PlainTable, DB: Backend>(mut out: AstPass<'_, '_, DB>) -> QueryResult<()> {
    refuse_platform::<T>()?;
    if let Some(schema) = T::SCHEMA {
        out.push_identifier(schema)?;
        out.push_sql(".");
    }
    out.push_identifier(T::NAME)
}

fn refuse_platform<T: PlainTable>() -> QueryResult<()> {
    if T::PLATFORM && an_organization_is_expected() { Err(ScopeError::PlatformTable.into()) } else { Ok(()) }
}
