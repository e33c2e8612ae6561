//! Each entry of `clippy.toml` still fires: an `#[expect]` that nothing fulfils fails `cargo clippy -D warnings`, so a
//! path that a new diesel renamed cannot turn a ban into a silent line of text.

#![cfg(test)]
#![allow(dead_code, missing_docs, unused, reason = "only looked at by clippy")]
#![expect(clippy::disallowed_macros, reason = "the bans fire")]

/// The entries below are all of the list: a new one needs its line here.
#[test]
fn every_entry_is_tried_here() {
    let root = ui_tests::tree::workspace();
    let list = ui_tests::tree::read(&root.join("clippy.toml"));
    let here = ui_tests::tree::read(&root.join("ui-tests/tests/lints.rs"));
    let paths = list.lines().filter_map(|line| line.trim().strip_prefix("{ path = \"")?.split('"').next());
    let untried: Vec<&str> = paths.filter(|path| !here.contains(&format!("// {path}\n"))).collect();
    assert_eq!(untried, Vec::<&str>::new());
}

/// `tenancy` itself declares what the list calls `tenancy::..`; the rest of its own list is the same.
#[test]
fn the_crates_own_list_is_the_shipped_one() {
    let root = ui_tests::tree::workspace();
    let entries = |list: &str| -> Vec<String> {
        let lines = ui_tests::tree::read(&root.join(list));
        lines.lines().filter(|line| line.contains("{ path = ")).map(str::to_owned).collect()
    };
    let shipped = entries("clippy.toml").into_iter().filter(|line| !line.contains("\"tenancy::"));
    assert_eq!(entries("tenancy/clippy.toml"), shipped.collect::<Vec<_>>());
}

/// What the list sends services to is not on it: no `#[expect]` stands here.
mod passes {
    use tenancy::functions::{coalesce, date_trunc, lower};
    use tenancy::prelude::*;
    use ui_tests::billing::{customers, invoices};

    fn exists(scope: &OrgScope) {
        let _ = scope.select(diesel::dsl::exists(scope.from(invoices::table).filter(invoices::amount.gt(0))));
    }

    fn functions(scope: &OrgScope) {
        let named = scope.from(customers::table).filter(lower(customers::name).eq("ada"));
        let _ = (named, scope.from(invoices::table).select(coalesce(invoices::memo, "-")));
        let _ = scope.select(date_trunc("month", diesel::dsl::now.into_sql::<diesel::sql_types::Timestamptz>()));
    }
}

/// Macros. What they expand to carries attributes, and for such items clippy reports the macro at the crate's root: only
/// an attribute up there is heard. `check` sees to the rest: clippy warns of a path that leads nowhere.
mod macros {
    // diesel::table
    mod shadow {
        diesel::table! { invoices (id) { id -> Integer, } }
    }

    // diesel::alias
    fn alias() {
        let _ = diesel::alias!(super::plain::rows as twin);
    }

    // Each of these has a crate of its own in `benches`, so that each is known to fire:
    // diesel::define_sql_function
    // diesel::prelude::declare_sql_function
    // diesel::infix_operator
    // diesel::postfix_operator
    // diesel::prefix_operator
    // diesel::__diesel_infix_operator
    // what the four before expand to: diesel::__diesel_operator_body
    // diesel::__diesel_operator_body

    // These exist with diesel's feature `with-deprecated` only:
    // diesel::diesel_infix_operator
    // diesel::diesel_postfix_operator
    // diesel::diesel_prefix_operator
    // diesel::sql_function
}

mod plain {
    diesel::table! { rows (id) { id -> Integer, } }
}

/// Functions and methods.
mod methods {
    use super::plain::rows;
    use diesel::connection::SimpleConnection;
    use diesel::prelude::*;
    use diesel_async::{AsyncConnection, AsyncConnectionCore, SimpleAsyncConnection};
    use tenancy::OrgConn;
    use tenancy::db::{Sqlite, TenantDbBuilder};

    // diesel::sql_query
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn sql_query() {
        let _ = diesel::sql_query("");
    }

    // By the way that tenancy's re-export leads it is the same function.
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn sql_query_of_the_re_export() {
        let _ = tenancy::diesel::sql_query("");
    }

    // diesel::dsl::sql
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn sql() {
        let _ = diesel::dsl::sql::<diesel::sql_types::Bool>("");
    }

    // diesel::connection::SimpleConnection::batch_execute
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn batch_execute(connection: &mut impl SimpleConnection) {
        let _ = connection.batch_execute("");
    }

    // diesel_async::SimpleAsyncConnection::batch_execute
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    async fn batch_execute_async(connection: &mut impl SimpleAsyncConnection) {
        let _ = connection.batch_execute("").await;
    }

    // diesel::insert_into
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn insert_into() {
        let _ = diesel::insert_into(rows::table);
    }

    // diesel::insert_or_ignore_into
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn insert_or_ignore_into() {
        let _ = diesel::insert_or_ignore_into(rows::table);
    }

    // diesel::replace_into
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn replace_into() {
        let _ = diesel::replace_into(rows::table);
    }

    // diesel::update
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn update() {
        let _ = diesel::update(rows::table);
    }

    // diesel::delete
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn delete() {
        let _ = diesel::delete(rows::table);
    }

    // diesel::dsl::copy_from
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn copy_from() {
        let _ = diesel::dsl::copy_from(rows::table);
    }

    // diesel::dsl::copy_to
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn copy_to() {
        let _ = diesel::dsl::copy_to(rows::table);
    }

    // diesel::select
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn select() {
        let _ = diesel::select(diesel::dsl::now);
    }

    // tenancy::db::unscoped_sql::run_unscoped_sql
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn run_unscoped_sql() {
        drop(tenancy::db::unscoped_sql::run_unscoped_sql::<tenancy::db::Sqlite>("", &[]));
    }

    // tenancy::db::unscoped_sql::run_unscoped_sql_over_tls
    // exists with the feature `postgres-tls` only; tried in the reference service, `examples/billing/src/setup.rs`

    // tenancy::db::PlatformDbBuilder::without_statement_review
    // tenancy::db::PlatformDbBuilder::functions
    // tenancy::db::PlatformDbBuilder::operators
    // tenancy::db::PlatformDbBuilder::types
    #[expect(clippy::disallowed_methods, reason = "each of the bans fires")]
    fn of_the_platform(db: tenancy::db::PlatformDbBuilder<Sqlite>) {
        let db = db.functions(["slug"]).operators(["<=>"]).types(["mood"]);
        drop(db.without_statement_review("a test"));
    }

    // tenancy::scope::FoundBy::this_check
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn this_check(found: tenancy::scope::FoundBy, org: tenancy::OrgId, subject: tenancy::scope::Subject) {
        drop(found.this_check(org, subject));
    }

    // tenancy::db::TenantDbBuilder::without_statement_review
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn without_statement_review(db: TenantDbBuilder<Sqlite>) {
        drop(db.without_statement_review("a test"));
    }

    // tenancy::db::OrgConn::next_statement_is_unreadable
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn next_statement_is_unreadable(conn: &mut OrgConn<'_, Sqlite>) {
        conn.next_statement_is_unreadable("a test");
    }

    // tenancy::db::TenantDbBuilder::functions
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn functions(db: TenantDbBuilder<Sqlite>) {
        drop(db.functions(["slug"]));
    }

    // tenancy::db::TenantDbBuilder::operators
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn operators(db: TenantDbBuilder<Sqlite>) {
        drop(db.operators(["<=>"]));
    }

    // tenancy::db::TenantDbBuilder::types
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn types(db: TenantDbBuilder<Sqlite>) {
        drop(db.types(["mood"]));
    }

    // diesel::Connection::establish
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn establish<C: Connection>() {
        let _ = C::establish("");
    }

    // diesel_async::AsyncConnection::establish
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    async fn establish_async<C: AsyncConnection>() {
        let _ = C::establish("").await;
    }

    // diesel::Connection::begin_test_transaction
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn begin_test_transaction(connection: &mut impl Connection) {
        let _ = connection.begin_test_transaction();
    }

    // diesel_async::AsyncConnection::begin_test_transaction
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    async fn begin_test_transaction_async(connection: &mut impl AsyncConnection) {
        let _ = connection.begin_test_transaction().await;
    }

    // diesel::Connection::test_transaction
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn test_transaction(connection: &mut impl Connection) {
        connection.test_transaction(|_| Ok::<(), ()>(()));
    }

    // diesel_async::AsyncConnection::test_transaction
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    async fn test_transaction_async(connection: &mut impl AsyncConnection) {
        connection.test_transaction(async |_| Ok::<(), ()>(())).await;
    }

    // diesel_async::AsyncConnectionCore::load
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn load(connection: &mut diesel_async_pg::Connection) {
        drop(AsyncConnectionCore::load(connection, rows::table));
    }

    // diesel_async::AsyncConnectionCore::execute_returning_count
    #[expect(clippy::disallowed_methods, reason = "the ban fires")]
    fn execute_returning_count(connection: &mut diesel_async_pg::Connection) {
        drop(AsyncConnectionCore::execute_returning_count(connection, rows::table.select(rows::id)));
    }

    #[expect(clippy::disallowed_types, reason = "the two above need some connection")]
    mod diesel_async_pg {
        pub(super) type Connection = diesel_async::AsyncPgConnection;
    }
}

/// Types.
mod types {
    // diesel::query_builder::SqlQuery
    #[expect(clippy::disallowed_types, reason = "the ban fires")]
    type RawQuery = diesel::query_builder::SqlQuery;

    // diesel::expression::SqlLiteral
    #[expect(clippy::disallowed_types, reason = "the ban fires")]
    type RawFragment = diesel::expression::SqlLiteral<diesel::sql_types::Bool>;

    // diesel_async::AsyncPgConnection
    #[expect(clippy::disallowed_types, reason = "the ban fires")]
    type Postgres = diesel_async::AsyncPgConnection;

    // diesel_async::sync_connection_wrapper::SyncConnectionWrapper
    #[expect(clippy::disallowed_types, reason = "the ban fires")]
    type Sync<C> = diesel_async::sync_connection_wrapper::SyncConnectionWrapper<C>;

    // diesel_async::async_connection_wrapper::AsyncConnectionWrapper
    #[expect(clippy::disallowed_types, reason = "the ban fires")]
    type Async<C> = diesel_async::async_connection_wrapper::AsyncConnectionWrapper<C>;

    // diesel_async::pooled_connection::AsyncDieselConnectionManager
    #[expect(clippy::disallowed_types, reason = "the ban fires")]
    type Manager<C> = diesel_async::pooled_connection::AsyncDieselConnectionManager<C>;

    // diesel::SqliteConnection
    #[expect(clippy::disallowed_types, reason = "the ban fires")]
    type Sqlite = diesel::SqliteConnection;

    // diesel_async::AsyncMigrationHarness
    // exists with diesel-async's feature `migrations` only

    // diesel::PgConnection
    // exists with diesel's feature `postgres` (libpq) only

    // diesel::expression::KnownCastSqlTypeName
    #[expect(clippy::disallowed_types, reason = "the ban fires")]
    mod cast {
        use diesel::expression::KnownCastSqlTypeName;
    }

    // tenancy::schema::TenantTable
    #[expect(clippy::disallowed_types, reason = "the ban fires")]
    mod tenant {
        use tenancy::schema::TenantTable;
    }

    // tenancy::schema::PlainTable
    #[expect(clippy::disallowed_types, reason = "the ban fires")]
    mod plain {
        use tenancy::schema::PlainTable;
    }

    // tenancy::schema::GlobalTable
    #[expect(clippy::disallowed_types, reason = "the ban fires")]
    mod global {
        use tenancy::schema::GlobalTable;
    }

    // tenancy::schema::PlatformTable
    #[expect(clippy::disallowed_types, reason = "the ban fires")]
    mod platform {
        use tenancy::schema::PlatformTable;
    }

    // tenancy::query::LeafSource
    #[expect(clippy::disallowed_types, reason = "the ban fires")]
    mod leaf {
        use tenancy::query::LeafSource;
    }

    // tenancy::query::ScopeTarget
    #[expect(clippy::disallowed_types, reason = "the ban fires")]
    mod target {
        use tenancy::query::ScopeTarget;
    }

    // tenancy::query::AliasName
    #[expect(clippy::disallowed_types, reason = "the ban fires")]
    mod alias {
        use tenancy::query::AliasName;
    }
}
