//! The connections to the tables, whatever the database, and what runs on them: texts of this crate with typed values.

use super::error::EngineError;
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::Error as DieselError;
use diesel::row::{Field as _, Row as _};
use diesel::sql_types::Untyped;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tenancy::__private::{ConstantText, StoreConn, StorePool};
use tenancy::db::{Driver, Error, PoolStatus};
use uuid::Uuid;

/// A future on the heap.
pub(super) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Int,
    Text,
    Org,
}

/// A value of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Int(i64),
    MaybeInt(Option<i64>),
    Text(String),
    Org(Option<Uuid>),
}

/// A value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Int(i64),
    Text(String),
    Org(Uuid),
    Null,
}

/// The SQL of a statement, with the types of the columns that it returns.
#[derive(Debug)]
pub(super) struct Text {
    /// Tells it apart from every other text of this process, for the prepared statements.
    id: usize,
    sql: String,
    columns: Vec<Kind>,
}

impl Text {
    pub(super) fn new(sql: String, columns: &[Kind]) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        Self { id: NEXT.fetch_add(1, Ordering::Relaxed), sql, columns: columns.to_vec() }
    }

    /// How the database would run it: a text that returns lines.
    #[cfg(test)]
    pub(super) fn explained(&self) -> Self {
        Self::new(format!("EXPLAIN {}", self.sql), &[Kind::Text])
    }

    /// A statement of this text. The values are in the order of the parameters' numbers.
    pub(super) fn with(&self, values: Vec<Value>) -> Statement<'_> {
        Statement { text: self, values }
    }
}

/// A text with its values.
#[derive(Debug)]
pub(super) struct Statement<'t> {
    text: &'t Text,
    values: Vec<Value>,
}

impl Query for Statement<'_> {
    type SqlType = Untyped;
}

impl QueryId for Statement<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl ConstantText for Statement<'_> {
    /// Not an address: a text's memory may be used again. No constant has this length.
    fn place(&self) -> (usize, usize) {
        (self.text.id, usize::MAX)
    }

    fn rendered(&self) -> u64 {
        0
    }
}

/// One connection on loan. It is closed unless [`keep`](Self::keep) gives it back: what was dropped half-way is not
/// used again.
pub(super) trait Session: Send {
    /// Runs a statement that returns rows.
    fn rows<'a>(&'a mut self, statement: Statement<'a>) -> BoxFuture<'a, Result<Vec<Vec<Cell>>, EngineError>>;

    /// Runs a statement; returns how many rows it changed.
    fn execute<'a>(&'a mut self, statement: Statement<'a>) -> BoxFuture<'a, Result<usize, EngineError>>;

    /// Runs SQL as it is.
    fn script(&mut self, sql: &'static str) -> BoxFuture<'_, Result<(), EngineError>>;

    /// Begins a transaction that may write.
    fn begin(&mut self) -> BoxFuture<'_, Result<(), EngineError>>;

    /// Commits it.
    fn commit(&mut self) -> BoxFuture<'_, Result<(), EngineError>>;

    /// Undoes it.
    fn rollback(&mut self) -> BoxFuture<'_, Result<(), EngineError>>;

    /// Gives the connection back: nothing is open on it.
    fn keep(self: Box<Self>);
}

/// Connections to the tables.
pub(super) trait Database: Send + Sync {
    /// Takes a connection, and waits so long for it.
    fn lend(&self, wait: Duration) -> BoxFuture<'_, Result<Box<dyn Session>, EngineError>>;

    /// Returns how the pool stands.
    fn status(&self) -> PoolStatus;
}

/// How a cell is read from a row of a backend.
pub(super) trait Read<DB: Backend>: Sized {
    fn read(kind: Kind, raw: DB::RawValue<'_>) -> diesel::deserialize::Result<Self>;
}

fn read<Db: Driver>(row: &Db::Row, columns: &[Kind]) -> QueryResult<Vec<Cell>>
where
    Cell: Read<Db::Backend>,
{
    let mut cells = Vec::with_capacity(columns.len());
    for (at, kind) in columns.iter().enumerate() {
        let field = row.get(at).ok_or(DieselError::NotFound)?;
        let cell = field.value().map(|raw| Cell::read(*kind, raw).map_err(DieselError::DeserializationError));
        cells.push(cell.transpose()?.unwrap_or(Cell::Null));
    }
    Ok(cells)
}

fn failed(error: DieselError) -> EngineError {
    EngineError::Database(Error::from(error))
}

/// What each session is set to.
pub(super) trait Settings {
    const SETTINGS: Option<&'static str>;
}

/// The cost of a compiled permission is overestimated: PostgreSQL would spend seconds on compiling it further. A plan
/// does not depend on the values, so that one is enough; it uses the indexes from the first row on. A write reads what
/// other writers committed while it waited for them, whatever isolation level the role is set to.
#[cfg(feature = "postgres")]
impl Settings for StorePool<tenancy::db::Postgres> {
    const SETTINGS: Option<&'static str> = Some(
        "SET jit = off; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; \
         SET default_transaction_isolation = 'read committed'; SET lock_timeout = '5s'",
    );
}

#[cfg(feature = "sqlite")]
impl Settings for StorePool<tenancy::db::Sqlite> {
    const SETTINGS: Option<&'static str> = None;
}

impl<Db: Driver> Database for StorePool<Db>
where
    Self: Settings,
    for<'t> Statement<'t>: QueryFragment<Db::Backend>,
    Cell: Read<Db::Backend>,
{
    fn lend(&self, wait: Duration) -> BoxFuture<'_, Result<Box<dyn Session>, EngineError>> {
        Box::pin(async move {
            let mut conn = StorePool::lend(self, wait).await.map_err(|error| EngineError::Database(error.into()))?;
            if conn.is_new()
                && let Some(settings) = Self::SETTINGS
            {
                conn.batch(settings).await.map_err(failed)?;
            }
            Ok(Box::new(conn) as Box<dyn Session>)
        })
    }

    fn status(&self) -> PoolStatus {
        StorePool::status(self)
    }
}

impl<Db: Driver> Session for StoreConn<Db>
where
    for<'t> Statement<'t>: QueryFragment<Db::Backend>,
    Cell: Read<Db::Backend>,
{
    fn rows<'a>(&'a mut self, statement: Statement<'a>) -> BoxFuture<'a, Result<Vec<Vec<Cell>>, EngineError>> {
        let columns = &statement.text.columns;
        Box::pin(async move { self.load(statement, |row| read::<Db>(row, columns)).await.map_err(failed) })
    }

    fn execute<'a>(&'a mut self, statement: Statement<'a>) -> BoxFuture<'a, Result<usize, EngineError>> {
        Box::pin(async move { StoreConn::execute(self, statement).await.map_err(failed) })
    }

    fn script(&mut self, sql: &'static str) -> BoxFuture<'_, Result<(), EngineError>> {
        Box::pin(async move { self.batch(sql).await.map_err(failed) })
    }

    fn begin(&mut self) -> BoxFuture<'_, Result<(), EngineError>> {
        Box::pin(async move { StoreConn::begin(self).await.map_err(failed) })
    }

    fn commit(&mut self) -> BoxFuture<'_, Result<(), EngineError>> {
        Box::pin(async move { StoreConn::commit(self).await.map_err(failed) })
    }

    fn rollback(&mut self) -> BoxFuture<'_, Result<(), EngineError>> {
        Box::pin(async move { StoreConn::rollback(self).await.map_err(failed) })
    }

    fn keep(mut self: Box<Self>) {
        self.is_clean(true);
    }
}

/// Renders and reads for one backend. A text has its parameters in it, by number, so that one value may stand in many
/// places.
macro_rules! backend {
    ($backend:ty, $uuid:ty, |$id:ident| $bound:expr, |$read:ident: $as:ty| $org:expr) => {
        impl QueryFragment<$backend> for Statement<'_> {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, $backend>) -> QueryResult<()> {
                use diesel::sql_types::{BigInt, Nullable, Text};
                out.push_sql(&self.text.sql);
                for value in &self.values {
                    match value {
                        Value::Int(value) => out.push_bind_param_value_only::<BigInt, _>(value)?,
                        Value::MaybeInt(value) => out.push_bind_param_value_only::<Nullable<BigInt>, _>(value)?,
                        Value::Text(value) => out.push_bind_param_value_only::<Text, _>(value)?,
                        Value::Org(Some($id)) => out.push_bind_param_value_only::<$uuid, _>($bound)?,
                        Value::Org(None) => out.push_bind_param_value_only::<Nullable<$uuid>, _>(&None::<$as>)?,
                    }
                }
                Ok(())
            }
        }

        impl Read<$backend> for Cell {
            fn read(kind: Kind, raw: <$backend as Backend>::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                use diesel::deserialize::FromSql;
                use diesel::sql_types::{BigInt, Text};
                Ok(match kind {
                    Kind::Int => Cell::Int(<i64 as FromSql<BigInt, $backend>>::from_sql(raw)?),
                    Kind::Text => Cell::Text(<String as FromSql<Text, $backend>>::from_sql(raw)?),
                    Kind::Org => {
                        let $read = <$as as FromSql<$uuid, $backend>>::from_sql(raw)?;
                        Cell::Org($org)
                    }
                })
            }
        }
    };
}

#[cfg(feature = "postgres")]
backend!(diesel::pg::Pg, diesel::sql_types::Uuid, |id| id, |read: Uuid| read);

#[cfg(feature = "sqlite")]
backend!(diesel::sqlite::Sqlite, diesel::sql_types::Binary, |id| id.as_bytes().as_slice(), |read: Vec<u8>| {
    Uuid::from_slice(&read)?
});
