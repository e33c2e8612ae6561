//! A database with the rows of two organizations, a scope for each, and a look behind the scopes.

use crate::surface::billing;
use crate::surface::support::pg::Database;
use crate::surface::support::walled::Walled;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _};
use tenancy::db::{Driver, OrgConn, Postgres, Sqlite, TenantDb};
use tenancy::{OrgId, OrgScope};
use tenancy_testkit::TestKit;
use uuid::Uuid;

pub(crate) struct Stage<Db: Driver> {
    pub(crate) kit: TestKit,
    pub(crate) db: TenantDb<Db>,
    pub(crate) a: OrgScope,
    pub(crate) b: OrgScope,
    behind: Behind,
}

/// The database without any scope.
enum Behind {
    Sqlite(String),
    Postgres(Database),
    Walled(Box<Walled>),
}

impl<Db: Driver> Stage<Db> {
    /// A connection armed for A.
    pub(crate) async fn conn(&self) -> OrgConn<'_, Db> {
        self.db.scoped(&self.a).await.expect("a connection for A")
    }

    /// A connection armed for B.
    pub(crate) async fn conn_b(&self) -> OrgConn<'_, Db> {
        self.db.scoped(&self.b).await.expect("a connection for B")
    }

    /// Every row of every organization but A, byte for byte: read without `tenancy`.
    pub(crate) fn foreign(&self) -> String {
        match &self.behind {
            Behind::Sqlite(url) => foreign_on_sqlite(url),
            Behind::Postgres(database) => database.psql(&foreign_on_postgres()),
            Behind::Walled(wall) => wall.db.psql(&foreign_on_postgres()),
        }
    }
}

impl Stage<Sqlite> {
    /// The same database for a service that reviews no text.
    pub(crate) async fn unreviewed(&self) -> TenantDb<Sqlite> {
        let Behind::Sqlite(url) = &self.behind else { unreachable!("it is on SQLite") };
        let db = TenantDb::sqlite(url.clone(), self.kit.authority()).without_statement_review("the types alone");
        db.build().await.expect("SQLite opens")
    }
}

impl Stage<Postgres> {
    /// The same database for a service that reviews no text.
    pub(crate) async fn unreviewed(&self) -> TenantDb<Postgres> {
        let Behind::Postgres(database) = &self.behind else { unreachable!("it is on PostgreSQL") };
        let db = TenantDb::postgres(database.url(), self.kit.authority());
        db.without_statement_review("the types alone").build().expect("a pool")
    }
}

fn organizations() -> (OrgId, OrgId) {
    (OrgId::new(Uuid::from_u128(billing::A)), OrgId::new(Uuid::from_u128(billing::B)))
}

fn staged<Db: Driver>(kit: TestKit, db: TenantDb<Db>, behind: Behind) -> Stage<Db> {
    let (a, b) = organizations();
    Stage { a: kit.scope(a), b: kit.scope(b), kit, db, behind }
}

pub(crate) async fn on_sqlite() -> Stage<Sqlite> {
    let kit = TestKit::new();
    let url = format!("file:/surface-{}?vfs=memdb", Uuid::new_v4());
    let setup = billing::setup("blob", "integer", |org| format!("x'{}'", org.as_simple()));
    let setup: Vec<&str> = setup.iter().map(String::as_str).collect();
    let db = TenantDb::sqlite(url.clone(), kit.authority()).schema(billing::schema_manifest());
    let db = db.migrations(&setup).pool_size(3).build().await;
    staged(kit, db.expect("SQLite opens"), Behind::Sqlite(url))
}

fn setup_of_postgres() -> String {
    let mut setup = billing::setup("uuid", "serial", |org| format!("'{}'", org.as_hyphenated()));
    setup.insert(0, "CREATE SCHEMA main;".to_owned());
    setup.concat()
}

pub(crate) async fn on_postgres() -> Stage<Postgres> {
    let kit = TestKit::new();
    let database = Database::create();
    database.psql(&setup_of_postgres());
    let db = TenantDb::postgres(database.url(), kit.authority()).schema(billing::schema_manifest());
    let db = db.pool_size(3).build().expect("a pool");
    staged(kit, db, Behind::Postgres(database))
}

/// Behind both walls, as the service's role.
pub(crate) async fn on_both_walls() -> Stage<Postgres> {
    static TEMPLATE: tokio::sync::OnceCell<Walled> = tokio::sync::OnceCell::const_new();
    let kit = TestKit::new();
    let wall = Walled::copy(&TEMPLATE, billing::schema_manifest(), &[&setup_of_postgres()]).await;
    // The wall adds the foreign keys that `joinable!` declares and these tables never had; the tests delete freely.
    wall.db.psql("ALTER TABLE lines DROP CONSTRAINT lines_invoice_id_tenancy_fkey");
    wall.db.psql("ALTER TABLE main.payments DROP CONSTRAINT payments_invoice_id_tenancy_fkey");
    let db = wall.tenant_db(kit.authority()).pool_size(3).build().expect("a pool");
    staged(kit, db, Behind::Walled(Box::new(wall)))
}

#[derive(QueryableByName)]
struct Dump {
    #[diesel(sql_type = diesel::sql_types::Text)]
    rows: String,
}

#[expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "looks behind the scopes, as no service may")]
fn foreign_on_sqlite(url: &str) -> String {
    let org = Uuid::from_u128(billing::A);
    let table = |name: &str, columns: &str, own: &str| {
        format!("SELECT json_array('{name}', {columns}) AS one FROM {name} WHERE org_id <> {own}")
    };
    let (bytes, text) = (format!("x'{}'", org.as_simple()), format!("'{}'", org.as_hyphenated()));
    let tables = [
        table("customers", "hex(org_id), id, name, parent_id", &bytes),
        table("invoices", "hex(org_id), id, customer_id, number, amount, currency, memo", &bytes),
        table("lines", "hex(org_id), invoice_id, position, item, quantity", &bytes),
        table("payments", "hex(org_id), id, invoice_id, amount", &bytes),
        table("notes", "org_id, id, body", &text),
    ];
    let all = format!("SELECT group_concat(one, char(10)) AS rows FROM ({} ORDER BY one)", tables.join(" UNION ALL "));
    let mut conn = diesel::SqliteConnection::establish(url).expect("the database in memory");
    diesel::sql_query(all).get_result::<Dump>(&mut conn).expect("a dump").rows
}

fn foreign_on_postgres() -> String {
    let org = Uuid::from_u128(billing::A);
    let tables = ["customers", "invoices", "lines", "main.payments", "notes"];
    let each =
        tables.map(|table| format!("SELECT '{table}', t::text AS one FROM {table} t WHERE org_id::text <> '{org}'"));
    format!("{} ORDER BY 1, 2", each.join(" UNION ALL "))
}

/// Holds a statement's text, and hands the statement on.
macro_rules! held {
    ($name:expr, $query:expr) => {{
        let query = $query;
        let rendered = crate::surface::support::sql::rendered::<super::Backend, _>(&query);
        crate::surface::support::ids::hold::<super::Backend, _>(&query, &rendered).unwrap();
        crate::surface::golden::hold(module_path!(), $name, &rendered);
        query
    }};
}

/// Holds a statement's text, runs it, and gives its rows.
macro_rules! load {
    ($conn:expr, $name:expr, $query:expr => $row:ty) => {{
        let query = held!($name, $query);
        query.load::<$row>($conn).await.unwrap()
    }};
}

/// Holds a statement's text, runs it, and gives the number of rows that it touched.
macro_rules! execute {
    ($conn:expr, $name:expr, $query:expr) => {{
        let query = held!($name, $query);
        query.execute($conn).await.unwrap()
    }};
}

/// The refusal inside a result.
pub(crate) fn refusal<T: std::fmt::Debug>(result: diesel::QueryResult<T>) -> Option<tenancy::ScopeError> {
    tenancy::ScopeError::in_error(&result.expect_err("a refusal"))
}
