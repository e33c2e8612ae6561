//! The model, the rows, and a plain connection.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Text};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};
use std::marker::PhantomData;
use std::time::Duration;
use tenancy_permission_model::Model;
use tenancy_permits::sql::{BoundCondition, Context, SqlEngine};
use tenancy_test_support::pg::Database;
use uuid::Uuid;

/// The organization of all rows.
pub const ORG: Uuid = Uuid::from_u128(0xaaaa_aaaa_aaaa_4aaa_8aaa_aaaa_aaaa_aaaa);

/// Teams contain teams, so that a team's members are a recursive query.
const MODEL: &str = "
    definition user {}
    definition team {
        relation member: user | team#member
    }
    definition organization {
        relation owner: user
        relation viewer: user | team#member
        relation banned: user
        permission view = (owner + viewer) - banned
    }
    definition folder {
        relation organization: organization
        relation viewer: user | team#member
        permission view = viewer + organization->view
        permission read = viewer
    }
    definition invoice {
        relation organization: organization
        relation folder: folder
        relation viewer: user | team#member
        permission view = viewer + folder->view + organization->view
        permission read = folder->read
    }
";

pub const COLUMNS: &str = "organization_id, resource_type, resource_id, relation, subject_type, subject_id, \
                           subject_relation, expires_at, written_at, written_by";

pub struct Data {
    pub engine: SqlEngine,
    /// The server's process of the engine's one connection.
    pub engine_pid: u32,
    pub database: Database,
}

impl Data {
    pub async fn new() -> Self {
        let database = Database::create();
        let model = Model::parse(MODEL).expect("a model");
        let engine = SqlEngine::builder(model).connections(1).postgres(database.url()).expect("an engine");
        engine.migrate().await.expect("the tables");
        let engine_pid = other_pid(&database, 0);
        Self { engine, engine_pid, database }
    }

    /// Stores relationships of the organization: type, id, relation, subject's type, id and relation, for each `n`.
    pub fn relate(&self, count: usize, names: &str) {
        self.database.psql(&format!(
            "INSERT INTO permission_relationships ({COLUMNS}) \
             SELECT '{ORG}', {names}, NULL, 0, 'bench' FROM generate_series(1, {count}) AS s (n)"
        ));
    }

    /// The same for each row of `rows`.
    pub fn relate_from(&self, names: &str, rows: &str) {
        self.database.psql(&format!(
            "INSERT INTO permission_relationships ({COLUMNS}) SELECT '{ORG}', {names}, NULL, 0, 'bench' FROM {rows}"
        ));
    }

    pub fn settle(&self) {
        self.database.psql("VACUUM ANALYZE");
    }

    /// A connection that is set as the engine's are, and its process.
    pub async fn plain(&self) -> (AsyncPgConnection, u32) {
        let mut conn = AsyncPgConnection::establish(self.database.url()).await.expect("a connection");
        conn.batch_execute("SET jit = off; SET plan_cache_mode = force_generic_plan").await.expect("a setting");
        let pid = other_pid(&self.database, self.engine_pid);
        (conn, pid)
    }
}

/// The process of the newest connection that is not `known`.
fn other_pid(database: &Database, known: u32) -> u32 {
    let pid = database.psql(&format!(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' \
         AND pid NOT IN ({known}, pg_backend_pid()) ORDER BY backend_start DESC LIMIT 1"
    ));
    pid.parse().expect("the connection's process")
}

pub fn context() -> Context {
    Context::new(Some(ORG), Duration::from_secs(60)).implying_organization()
}

/// A part of a statement.
pub enum Part<'c> {
    Sql(&'c str),
    Int(i64),
    Text(&'c str),
    Org(Uuid),
    Condition(BoundCondition<'c>),
}

/// A statement that returns rows of `T`, prepared once on each connection, as its text is the same each time.
pub struct Statement<'c, T> {
    parts: Vec<Part<'c>>,
    rows: PhantomData<fn() -> T>,
}

impl<'c, T> Statement<'c, T> {
    pub fn new(parts: Vec<Part<'c>>) -> Self {
        Self { parts, rows: PhantomData }
    }
}

impl<T> QueryFragment<Pg> for Statement<'_, T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for part in &self.parts {
            match part {
                Part::Sql(sql) => out.push_sql(sql),
                Part::Int(value) => out.push_bind_param::<BigInt, _>(value)?,
                Part::Text(value) => out.push_bind_param::<Text, _>(*value)?,
                Part::Org(value) => out.push_bind_param::<diesel::sql_types::Uuid, _>(value)?,
                Part::Condition(condition) => condition.walk_ast(out.reborrow())?,
            }
        }
        Ok(())
    }
}

impl<T> QueryId for Statement<'_, T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T> Query for Statement<'_, T> {
    type SqlType = T;
}

/// SplitMix64, so that each run asks for the same rows.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).expect("a small number")
    }
}
