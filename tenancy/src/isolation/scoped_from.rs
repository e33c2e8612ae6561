//! What an organization table renders in FROM, wherever it is read.

use super::key::ScopeKey;
use super::predicate;
use super::table::{ScopedFrom, TenantTable};
use crate::sql_types::Stored;
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::serialize::ToSql;
use diesel::sql_types::HasSqlType;
use uuid::Uuid;

impl<T, B> ScopedFrom<T, B> {
    /// The organization's rows without a name, for [`Alias`](diesel::query_source::Alias), which adds its own.
    #[doc(hidden)]
    pub fn walk_rows<'b, DB>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        T: TenantTable,
        DB: Backend + HasSqlType<T::OrganizationType>,
        ScopeKey: ToSql<T::OrganizationType, DB>,
    {
        predicate::rows_of::<T, DB>(&self.key, out)
    }
}

impl<T, B, DB> QueryFragment<DB> for ScopedFrom<T, B>
where
    T: TenantTable,
    DB: Backend + HasSqlType<T::OrganizationType>,
    Uuid: Stored<T::OrganizationType, DB>,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        predicate::derived_table::<T, DB>(&self.key, out)
    }
}
