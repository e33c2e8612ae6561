//! Two statements on `things (org, name)`: what the query layer's own statements are to the connection.

#[cfg(feature = "postgres")]
use crate::scope::Request;
use crate::scope::{OrgScope, ScopeKey};
use crate::sql_types::Organization;
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, Text};

pub(super) struct Names<B> {
    key: ScopeKey<B>,
    like: &'static str,
}

pub(super) struct Add<B> {
    key: ScopeKey<B>,
    name: &'static str,
    before: &'static str,
}

pub(super) fn names<B>(scope: &OrgScope<B>, like: &'static str) -> Names<B> {
    Names { key: scope.key(), like }
}

/// As a connection sends it.
#[cfg(feature = "postgres")]
pub(super) fn armed_names(scope: &OrgScope) -> crate::db::statement::ReviewedStatement<Names<Request>, Request> {
    crate::db::statement::ReviewedStatement::new(names(scope, "%"), scope.key())
}

pub(super) fn add<B>(scope: &OrgScope<B>, name: &'static str) -> Add<B> {
    Add { key: scope.key(), name, before: "" }
}

/// The same, beginning as a statement may that reads.
pub(super) fn add_under_a_with<B>(scope: &OrgScope<B>, name: &'static str) -> Add<B> {
    Add { before: "WITH x AS (SELECT 1) ", ..add(scope, name) }
}

macro_rules! statement {
    ($name:ident, $cached:literal) => {
        impl<B> crate::isolation::sealed::Statement<B, crate::query::ByType> for $name<B> {}
        impl<B> Query for $name<B> {
            type SqlType = Text;
        }
        impl QueryId for $name<crate::scope::Request> {
            type QueryId = Self;
            const HAS_STATIC_QUERY_ID: bool = $cached;
        }
    };
}
statement!(Names, true);
// Its text may have a beginning.
statement!(Add, false);

impl<DB, B> QueryFragment<DB> for Names<B>
where
    DB: Backend + HasSqlType<Organization> + HasSqlType<Text>,
    ScopeKey<B>: ToSql<Organization, DB>,
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.key.checked()?;
        pass.push_sql("SELECT name FROM things WHERE org = ");
        pass.push_bind_param::<Organization, _>(&self.key)?;
        pass.push_sql(" AND name LIKE ");
        pass.push_bind_param::<Text, str>(self.like)?;
        pass.push_sql(" ORDER BY name");
        Ok(())
    }
}

impl<DB, B> QueryFragment<DB> for Add<B>
where
    DB: Backend + HasSqlType<Organization> + HasSqlType<Text>,
    ScopeKey<B>: ToSql<Organization, DB>,
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.key.checked()?;
        pass.push_sql(self.before);
        pass.push_sql("INSERT INTO things (org, name) VALUES (");
        pass.push_bind_param::<Organization, _>(&self.key)?;
        pass.push_sql(", ");
        pass.push_bind_param::<Text, str>(self.name)?;
        pass.push_sql(")");
        Ok(())
    }
}
