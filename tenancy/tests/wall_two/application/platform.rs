//! The platform's database: its own tables and global tables, read and written; organization tables, never.

use crate::application::support::pg::Database;
use tenancy::db::{OrgConn, PlatformConn, PlatformDb, PlatformDbBuilder, PlatformScope, Postgres, Sqlite, TenantDb};
use tenancy::prelude::*;
use tenancy::scope::Finding;
use tenancy::{OrgId, ScopeError};
use tenancy_testkit::TestKit;
use uuid::Uuid;

tenancy::schema! {
    global(currencies);
    platform(teams, users, api_keys);

    diesel::table! { currencies (code) { code -> Text, label -> Text, } }
    diesel::table! { teams (id) { id -> Integer, name -> Text, } }
    diesel::table! { users (id) { id -> Integer, team_id -> Integer, currency -> Text, name -> Text, } }
    diesel::table! { api_keys (id) { id -> Integer, user_id -> Integer, hash -> Text, } }
    diesel::table! { invoices (org_id, id) { org_id -> Uuid, id -> Integer, currency -> Text, } }
    diesel::joinable!(users -> teams (team_id));
    diesel::joinable!(users -> currencies (currency));
    diesel::joinable!(api_keys -> users (user_id));
    diesel::joinable!(invoices -> currencies (currency));
    diesel::allow_tables_to_appear_in_same_query!(currencies, teams, users, api_keys, invoices);
}

const A: OrgId = OrgId::new(Uuid::from_u128(0xA));

const TABLES: &str = "
    CREATE TABLE currencies (code text PRIMARY KEY, label text NOT NULL);
    CREATE TABLE teams (id int PRIMARY KEY, name text NOT NULL);
    CREATE TABLE users (id int PRIMARY KEY, team_id int NOT NULL, currency text NOT NULL, name text NOT NULL);
    CREATE TABLE api_keys (id int PRIMARY KEY, user_id int NOT NULL, hash text NOT NULL);
    CREATE TABLE invoices (org_id uuid NOT NULL, id int NOT NULL, currency text NOT NULL, PRIMARY KEY (org_id, id));";

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = users)]
struct User {
    id: i32,
    team_id: i32,
    currency: &'static str,
    name: &'static str,
}

async fn sqlite(url: &str) -> PlatformDb<Sqlite> {
    let tables = TABLES.replace("uuid", "blob");
    PlatformDb::sqlite(url).migrations(&[&tables]).schema(schema_manifest()).build().await.expect("it opens")
}

/// A database with a role for the platform, which has no right on an organization table.
struct WithRole {
    database: Database,
    role: String,
}

impl WithRole {
    fn new() -> Self {
        let database = Database::create();
        // A role belongs to the whole server.
        let role = format!("platform_{}", database.url().rsplit('/').next().expect("a name"));
        database.psql(TABLES);
        database.psql(&format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'secret';
             GRANT SELECT, INSERT, UPDATE, DELETE ON currencies, teams, users, api_keys TO {role}",
        ));
        Self { database, role }
    }

    fn platform(&self) -> PlatformDbBuilder<Postgres> {
        PlatformDb::postgres(self.database.url_as(&self.role, "secret"))
    }
}

impl Drop for WithRole {
    fn drop(&mut self) {
        let _ = self.database.try_psql(&format!("DROP OWNED BY {0}; DROP ROLE {0}", self.role));
    }
}

/// Every kind of statement.
macro_rules! every_kind {
    ($name:ident, $db:ty) => {
        async fn $name(platform: &PlatformScope, conn: &mut PlatformConn<'_, $db>) {
            let euro = (currencies::code.eq("EUR"), currencies::label.eq("Euro"));
            assert_eq!(platform.insert_into(currencies::table).values(euro).execute(conn).await, Ok(1));
            let again = (currencies::code.eq("EUR"), currencies::label.eq("euro"));
            let upsert = platform.insert_into(currencies::table).values(again).on_conflict(currencies::code);
            let upsert = upsert.do_update().set(currencies::label.eq("Euro (again)"));
            assert_eq!(upsert.execute(conn).await, Ok(1));
            let team = (teams::id.eq(1), teams::name.eq("ops"));
            let id: i32 =
                platform.insert_into(teams::table).values(team).returning(teams::id).get_result(conn).await.unwrap();
            let ada = User { id: 7, team_id: id, currency: "EUR", name: "ada" };
            platform.insert_into(users::table).values(&ada).execute(conn).await.unwrap();
            let key = (api_keys::id.eq(1), api_keys::user_id.eq(7), api_keys::hash.eq("9f86"));
            platform.insert_into(api_keys::table).values(key).execute(conn).await.unwrap();

            // What a request needs before its organization is known: one join over all of them.
            let who = platform.from(api_keys::table).inner_join(users::table.inner_join(teams::table));
            let who = who.filter(api_keys::hash.eq("9f86")).select((users::name, teams::name));
            assert_eq!(who.first(conn).await, Ok(("ada".to_owned(), "ops".to_owned())));
            // .. with a global table, and by an ON clause of its own.
            let label = users::table.inner_join(currencies::table.on(users::currency.eq(currencies::code)));
            let label = label.select(currencies::label).first::<String>(conn).await;
            assert_eq!(label.as_deref(), Ok("Euro (again)"));
            let both = teams::table.select(teams::name).union(currencies::table.select(currencies::code));
            assert_eq!(both.load::<String>(conn).await.map(|rows| rows.len()), Ok(2));

            let ada = User { name: "ada l.", ..ada };
            assert_eq!(platform.update(users::table.find(7)).set(&ada).execute(conn).await, Ok(1));
            assert_eq!(platform.update(teams::table).set(teams::name.eq("platform")).execute(conn).await, Ok(1));
            let undone: QueryResult<()> = conn
                .transaction(async |conn| {
                    platform.delete(users::table).execute(conn).await?;
                    Err(diesel::NotFound)
                })
                .await;
            assert_eq!(undone, Err(diesel::NotFound));
            assert_eq!(users::table.count().get_result(conn).await, Ok(1_i64));
            assert_eq!(platform.delete(users::table.filter(users::name.eq("ada l."))).execute(conn).await, Ok(1));
        }
    };
}
every_kind!(every_kind_on_sqlite, Sqlite);
every_kind!(every_kind_on_postgres, Postgres);

#[tokio::test(flavor = "multi_thread")]
async fn platform_and_global_tables_are_read_and_written_on_sqlite() {
    let db = sqlite(":memory:").await;
    let platform = db.scope_for("test");
    every_kind_on_sqlite(&platform, &mut db.scoped(&platform).await.expect("a connection")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn platform_and_global_tables_are_read_and_written_on_postgres() {
    let database = WithRole::new();
    let db = database.platform().schema(schema_manifest()).build().expect("a pool");
    let platform = db.scope_for("test");
    every_kind_on_postgres(&platform, &mut db.scoped(&platform).await.expect("a connection")).await;
}

/// Diesel forgets the table of a subquery: there the statement is refused while it is rendered.
#[tokio::test(flavor = "multi_thread")]
async fn an_organization_table_in_a_subquery_is_refused() {
    let (url, kit) = (format!("file:/platform-{}?vfs=memdb", Uuid::new_v4()), TestKit::new());
    let db = sqlite(&url).await;
    let (platform, org) = (db.scope_for("test"), kit.scope(A));
    let mut conn = db.scoped(&platform).await.expect("a connection");
    let used = org.from(invoices::table).select(invoices::currency);
    let read = currencies::table.filter(currencies::code.eq_any(used)).count().get_result::<i64>(&mut conn).await;
    assert_eq!(ScopeError::in_error(&read.expect_err("refused")), Some(ScopeError::OrganizationTable));
    let codes = org.from(invoices::table).select((invoices::currency, invoices::currency));
    let copied =
        platform.insert_into(currencies::table).values(codes).into_columns((currencies::code, currencies::label));
    let copied = copied.execute(&mut conn).await;
    assert_eq!(ScopeError::in_error(&copied.expect_err("refused")), Some(ScopeError::OrganizationTable));
    let deleted = platform
        .delete(currencies::table.filter(diesel::dsl::exists(org.from(invoices::table).filter(invoices::id.gt(0)))));
    let deleted = deleted.execute(&mut conn).await.expect_err("refused");
    assert_eq!(ScopeError::in_error(&deleted), Some(ScopeError::OrganizationTable));
    assert!(deleted.to_string().starts_with("TEN0211"), "{deleted}");
}

/// The text is read as well: a table that was declared a second time, as the platform's, is an organization's to the review.
#[tokio::test(flavor = "multi_thread")]
async fn the_review_of_texts_refuses_what_the_types_do_not_see() {
    mod again {
        tenancy::schema! {
            platform(invoices);
            diesel::table! { invoices (id) { id -> Integer, currency -> Text, } }
            diesel::table! { others (id) { id -> Integer, org_id -> Uuid, } }
        }
    }
    let db = sqlite(":memory:").await;
    let platform = db.scope_for("test");
    let mut conn = db.scoped(&platform).await.expect("a connection");
    let refused = |error| ScopeError::in_error(&error) == Some(ScopeError::Text(Finding::Organization));
    let read = again::invoices::table.count().get_result::<i64>(&mut conn).await;
    assert!(refused(read.expect_err("refused")));
    let update = platform.update(again::invoices::table).set(again::invoices::currency.eq("EUR"));
    assert!(refused(update.execute(&mut conn).await.expect_err("refused")));
    let delete = platform.delete(again::invoices::table).execute(&mut conn).await;
    assert!(refused(delete.expect_err("refused")));
    let insert =
        platform.insert_into(again::invoices::table).values(again::invoices::id.eq(1)).execute(&mut conn).await;
    assert!(refused(insert.expect_err("refused")));
}

/// A platform table in the FROM clause of an organization's connection does not compile; a statement that was built there by
/// an ordinary one does not run here either.
#[tokio::test(flavor = "multi_thread")]
async fn each_database_runs_its_own_scopes_only() {
    let (url, kit) = (format!("file:/platform-{}?vfs=memdb", Uuid::new_v4()), TestKit::new());
    let (db, other) = (sqlite(&url).await, PlatformDb::sqlite(":memory:").schema(schema_manifest()));
    let other = other.build().await.expect("it opens");
    let platform = other.scope_for("test");
    let refused = db.scoped(&platform).await.map(drop).expect_err("refused");
    assert!(matches!(refused, tenancy::Error::Refused(ScopeError::OtherAuthority)), "{refused:?}");

    // A global table is read through an organization as well; a platform table does not compile there.
    let tenant_db = TenantDb::sqlite(&*url, kit.authority()).schema(schema_manifest()).build().await.expect("it opens");
    let org = kit.scope(A);
    let mut conn: OrgConn<'_, Sqlite> = tenant_db.scoped(&org).await.expect("a connection");
    assert_eq!(currencies::table.count().get_result::<i64>(&mut conn).await, Ok(0));
}

/// The role is the last line: it has no right on an organization table.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_review_the_role_still_has_no_right() {
    let database = WithRole::new();
    let unreviewed = database.platform().without_statement_review("a test of the database's own rights");
    let db = unreviewed.build().expect("a pool");
    let platform = db.scope_for("test");
    let mut conn = db.scoped(&platform).await.expect("a connection");
    mod again {
        tenancy::schema! {
            platform(invoices);
            diesel::table! { invoices (id) { id -> Integer, currency -> Text, } }
            diesel::table! { others (id) { id -> Integer, org_id -> Uuid, } }
        }
    }
    let read = again::invoices::table.count().get_result::<i64>(&mut conn).await;
    assert!(matches!(read, Err(diesel::result::Error::DatabaseError(..))), "{read:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_database_needs_its_schema_as_every_other() {
    let refused = PlatformDb::sqlite(":memory:").build().await.expect_err("no schema");
    assert!(refused.to_string().contains("no database connection"), "{refused}");
}
