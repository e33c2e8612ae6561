//! A database with two organizations behind a wall, and what a session of the service's role gets out of it.
#![allow(clippy::disallowed_macros, reason = "`schema!` declares its global table with diesel's macro: docs/lints.md")]
#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "raw SQL as the service's role")]

use crate::walled::Walled;
use diesel::QueryableByName;
use diesel::result::Error::DatabaseError;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use std::time::Duration;
use tenancy::OrgId;
use tenancy::db::seal::{Access, Sealer};
use tenancy::schema::Manifest;
use tenancy_rls::live;

pub const A: &str = "00000000-0000-7000-8000-00000000000a";
pub const B: &str = "00000000-0000-7000-8000-00000000000b";

mod schema {
    tenancy::schema! {
        global(currencies);
        platform(operators);
        organization(parties = company);
        diesel::table! { invoices (id) { id -> Integer, org_id -> Uuid, currency -> Text, cents -> BigInt, } }
        diesel::table! { invoice_lines (org_id, id) { org_id -> Uuid, id -> Integer, invoice_id -> Integer, } }
        diesel::table! { billing.parties (id) { id -> Integer, #[sql_name = "Company"] company -> Uuid, name -> Text, } }
        diesel::table! { blobs (id) { id -> Integer, org_id -> Binary, } }
        diesel::table! { texts (id) { id -> Integer, org_id -> Text, } }
        diesel::table! { currencies (code) { code -> Text, } }
        diesel::table! { operators (id) { id -> Integer, } }
        diesel::joinable!(invoices -> currencies (currency));
        diesel::joinable!(invoice_lines -> invoices (invoice_id));
    }
}

/// What a service's own migrations would have made, with one row of each organization in every organization table.
pub const TABLES: &str = r#"
    CREATE SCHEMA billing;
    CREATE TABLE currencies (code text PRIMARY KEY);
    CREATE TABLE operators (id int PRIMARY KEY);
    CREATE TABLE invoices (id serial PRIMARY KEY, org_id uuid NOT NULL, currency text NOT NULL REFERENCES currencies,
                           cents bigint NOT NULL);
    CREATE TABLE invoice_lines (org_id uuid NOT NULL, id int, invoice_id int NOT NULL
                           REFERENCES invoices ON DELETE CASCADE, PRIMARY KEY (org_id, id));
    CREATE TABLE billing.parties (id int PRIMARY KEY, "Company" uuid NOT NULL, name text NOT NULL);
    CREATE TABLE blobs (id int PRIMARY KEY, org_id bytea NOT NULL);
    CREATE TABLE texts (id int PRIMARY KEY, org_id varchar(36) NOT NULL);
"#;

pub fn rows() -> String {
    let each = |id: i32, org: &str| {
        format!(
            "INSERT INTO invoices VALUES ({id}, '{org}', 'EUR', {id}00);
             INSERT INTO invoice_lines VALUES ('{org}', 1, {id});
             INSERT INTO billing.parties VALUES ({id}, '{org}', 'secret {id}');
             INSERT INTO blobs VALUES ({id}, uuid_send('{org}'));
             INSERT INTO texts VALUES ({id}, '{org}');"
        )
    };
    format!("INSERT INTO currencies VALUES ('EUR'); {} {}", each(101, A), each(102, B))
}

pub const TENANT: [&str; 5] = ["invoices", "invoice_lines", "billing.parties", "blobs", "texts"];

pub fn manifest() -> Manifest {
    schema::schema_manifest()
}

pub struct Wall(Walled);

impl std::ops::Deref for Wall {
    type Target = Walled;

    fn deref(&self) -> &Walled {
        &self.0
    }
}

impl Wall {
    /// The tables, with rows, and no wall.
    pub fn bare() -> Wall {
        Wall(Walled::bare(manifest(), &[TABLES, &rows()]))
    }

    /// The same behind a wall, with a key and a password.
    pub async fn built() -> Wall {
        Wall(Walled::built(manifest(), &[TABLES, &rows()]).await)
    }

    /// A session of the service's role, without a scope.
    pub async fn session(&self) -> Session {
        Session(AsyncPgConnection::establish(&self.app_url()).await.unwrap_or_else(|why| panic!("{why}")))
    }

    pub fn token(&self, org: &str, access: Access) -> String {
        self.token_for(org, access, &self.name)
    }

    pub fn token_for(&self, org: &str, access: Access, database: &str) -> String {
        let org: OrgId = org.parse().expect("a UUID");
        let sealed = Sealer::new(&self.key).seal(org, access, database, Duration::from_secs(60));
        sealed.expect("it is sealed").expose().to_owned()
    }

    /// Gives the database and its tables to a login without a superuser's rights, as managed services have it.
    pub fn hand_to_migrator(&self) -> Migrator<'_> {
        let name = format!("migrator_{}", self.name);
        self.db.psql(&format!(
            "CREATE ROLE {name} LOGIN CREATEROLE PASSWORD 'secret'; ALTER DATABASE {} OWNER TO {name};
             DO $$ DECLARE t regclass; BEGIN
               FOR t IN SELECT oid FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text IN ('public', 'billing')
               LOOP EXECUTE format('ALTER TABLE %s OWNER TO {name}', t); END LOOP; END $$;
             ALTER SCHEMA billing OWNER TO {name}",
            self.name
        ));
        Migrator { wall: self, name }
    }

    /// A session in a transaction that A may write in.
    pub async fn armed(&self) -> Session {
        let mut session = self.session().await;
        session.begin(&self.token(A, Access::ReadWrite)).await;
        session
    }
}

/// Who migrates; gone before the wall is.
pub struct Migrator<'a> {
    wall: &'a Wall,
    name: String,
}

impl Migrator<'_> {
    pub async fn connect(&self) -> AsyncPgConnection {
        let url = self.wall.db.url_as(&self.name, "secret");
        live::connect(&url).await.expect("the server answers")
    }
}

impl Drop for Migrator<'_> {
    fn drop(&mut self) {
        let Self { wall, name } = self;
        wall.end_sessions();
        wall.db.psql(&format!(
            "ALTER DATABASE {} OWNER TO CURRENT_USER; REASSIGN OWNED BY {name} TO CURRENT_USER;
             REVOKE {name} FROM CURRENT_USER; DROP OWNED BY {name}; DROP ROLE {name}",
            wall.name
        ));
    }
}

/// A session of the service's role.
pub struct Session(pub AsyncPgConnection);

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = diesel::sql_types::Text)]
    answer: String,
}

impl Session {
    /// A transaction with this in the setting.
    pub async fn begin(&mut self, token: &str) {
        self.run("BEGIN").await.expect("it begins");
        self.arm(token).await;
    }

    pub async fn arm(&mut self, token: &str) {
        let set = diesel::sql_query("SELECT set_config('tenancy.scope', $1, true)");
        set.bind::<diesel::sql_types::Text, _>(token).execute(&mut self.0).await.expect("a setting takes any text");
    }

    /// SQL as text, or the server's message.
    pub async fn run(&mut self, sql: &str) -> Result<(), String> {
        self.0.batch_execute(sql).await.map_err(message)
    }

    /// One text.
    pub async fn ask(&mut self, sql: &str) -> Result<String, String> {
        let query = diesel::sql_query(format!("SELECT ({sql})::text AS answer"));
        query.get_result::<Answer>(&mut self.0).await.map(|row| row.answer).map_err(message)
    }

    /// How many rows a table shows.
    pub async fn count(&mut self, table: &str) -> Result<String, String> {
        self.ask(&format!("SELECT count(*) FROM {table}")).await
    }

    /// Tries, without ending the transaction; what it did is taken back.
    pub async fn attempt(&mut self, sql: &str) -> Result<(), String> {
        self.run("SAVEPOINT attempt").await.expect("a savepoint");
        let done = self.run(sql).await;
        self.run("ROLLBACK TO attempt").await.expect("the savepoint is there");
        done
    }

    /// Refused by the server, for a reason that holds this.
    pub async fn refused(&mut self, sql: &str, because: &str) {
        match self.attempt(sql).await {
            Err(why) if why.contains(because) => {}
            other => panic!("{sql}: {other:?}, and not {because:?}"),
        }
    }
}

fn message(error: diesel::result::Error) -> String {
    match error {
        DatabaseError(_, information) => information.message().to_owned(),
        other => other.to_string(),
    }
}

pub const NO_SCOPE: &str = "this transaction has no organization scope";
pub const REFUSED: &str = "the organization scope is refused";
pub const DENIED: &str = "permission denied";
pub const VIOLATES: &str = "violates row-level security policy";
