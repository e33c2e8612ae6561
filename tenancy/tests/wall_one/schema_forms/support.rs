//! A scope, and what a statement renders to.
use diesel::query_builder::QueryFragment;
use tenancy::OrgScope;
use tenancy::scope::OrgId;

/// A scope of some organization.
pub(crate) fn scope() -> OrgScope {
    let kit = tenancy_testkit::TestKit::new();
    kit.scope(OrgId::new(uuid::Uuid::from_u128(7)))
}

/// The SQL on SQLite, without the binds.
#[cfg(feature = "sqlite")]
pub(crate) fn sql<Q: QueryFragment<diesel::sqlite::Sqlite>>(query: &Q) -> String {
    without_binds(diesel::debug_query::<diesel::sqlite::Sqlite, _>(query).to_string())
}

/// The SQL on PostgreSQL, without the binds.
#[cfg(feature = "postgres")]
pub(crate) fn pg_sql<Q: QueryFragment<diesel::pg::Pg>>(query: &Q) -> String {
    without_binds(diesel::debug_query::<diesel::pg::Pg, _>(query).to_string())
}

fn without_binds(text: String) -> String {
    text.split_once(" -- binds").map(|(sql, _)| sql.to_owned()).unwrap_or(text)
}
