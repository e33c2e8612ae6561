//! The crate's own platform tables, on connections of their own: how the gateway asks who somebody is, before there is
//! a scope.
//!
//! Nothing here is public and nothing here meets a service: a statement is a constant text of this crate with typed
//! values, and what comes back are plain values.

use super::driver::{BoxFuture, Constant, Driver};
use super::pool::{Connections, Lease, PATIENCE, lease_within};
use super::{Error, PoolError, PoolStatus};
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::deserialize;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::row::{Field, Row as _};
use diesel::sql_types::Untyped;
use futures_core::Stream as _;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;
use uuid::Uuid;

/// A value of a statement or of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
    Id(Uuid),
    /// No value, of a type.
    Null(Kind),
    /// The database's clock, in whole seconds since 1970. Only in statements.
    Now,
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    Text,
    Bytes,
    Id,
}

/// One statement: its text, with `?` for each value, in order.
#[derive(Debug)]
pub(crate) struct Statement {
    sql: &'static str,
    values: Vec<Value>,
    returns: &'static [Kind],
    required: bool,
}

impl Statement {
    /// A statement that returns no rows.
    pub(crate) fn new(sql: &'static str, values: Vec<Value>) -> Self {
        Self { sql, values, returns: &[], required: false }
    }

    /// The types of the columns that it returns.
    pub(crate) fn returning(mut self, columns: &'static [Kind]) -> Self {
        self.returns = columns;
        self
    }

    fn constant(&self) -> Constant {
        debug_assert!(self.values.len() <= 64, "one bit each");
        let clocks = self.values.iter().enumerate().filter(|(_, value)| matches!(value, Value::Now));
        let clocks = clocks.fold(0, |clocks, (at, _)| clocks | 1 << (at % 64));
        Constant { text: (self.sql.as_ptr().addr(), self.sql.len()), clocks }
    }

    /// When it changes (or returns) nothing, everything that runs with it is undone.
    pub(crate) fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

impl Query for Statement {
    type SqlType = Untyped;
}

/// Diesel caches the prepared statement by its text, which is a constant.
impl QueryId for Statement {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// What a statement did.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) rows: Vec<Vec<Value>>,
    /// How many rows it changed or returned.
    pub(crate) count: usize,
}

/// Why statements did not run. Nothing of them has happened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("a required statement found nothing")]
    Nothing,
    #[error("a unique value is taken")]
    Taken,
    #[error(transparent)]
    Database(#[from] Error),
}

impl Failure {
    /// What kind of failure it was, for the log. Never what the database said: that may quote values.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Taken => "taken",
            Self::Database(error) => error.code(),
        }
    }
}

impl From<DieselError> for Failure {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::Taken,
            other => Self::Database(other.into()),
        }
    }
}

/// A pool of connections to the platform's tables, whatever the database.
pub(crate) trait Platform: Send + Sync + 'static {
    /// Runs the statements in order: all or none. Waits so long for a connection.
    fn run(&self, statements: Vec<Statement>, wait: Duration) -> BoxFuture<'_, Result<Vec<Answer>, Failure>>;

    /// Runs SQL as it is: the crate's own migrations.
    fn script(&self, sql: &'static str) -> BoxFuture<'_, Result<(), Failure>>;

    fn status(&self) -> PoolStatus;
}

/// A connection that may be given back only when nothing is open on it.
struct Loan<Db: Driver> {
    lease: Option<Lease<Db>>,
    clean: bool,
}

impl<Db: Driver> Loan<Db> {
    fn conn(&mut self) -> QueryResult<&mut Db::Conn> {
        self.lease.as_deref_mut().ok_or(DieselError::BrokenTransactionManager)
    }
}

impl<Db: Driver> Drop for Loan<Db> {
    fn drop(&mut self) {
        if !self.clean
            && let Some(lease) = self.lease.take()
        {
            Db::discard(Lease::<Db>::take(lease));
        }
    }
}

/// How a value is read from a row of a backend.
pub(crate) trait Read<DB: Backend>: Sized {
    fn read(kind: Kind, raw: Option<DB::RawValue<'_>>) -> deserialize::Result<Self>;
}

/// Connections to the platform's tables, and what keeps the database alive.
pub(crate) struct Pool<Db: Driver> {
    pub(super) connections: Connections<Db>,
    pub(super) _anchor: Db::Anchor,
}

impl<Db: Driver> Pool<Db>
where
    Statement: QueryFragment<Db::Backend>,
    Value: Read<Db::Backend>,
{
    async fn loan(&self, wait: Duration) -> Result<Loan<Db>, PoolError> {
        Ok(Loan { lease: Some(lease_within(&self.connections, wait).await?), clean: false })
    }

    async fn one(conn: &mut Db::Conn, statement: Statement) -> Result<Answer, Failure> {
        let (returns, required) = (statement.returns, statement.required);
        let answer = if returns.is_empty() {
            Answer { rows: Vec::new(), count: Db::execute(conn, statement).await? }
        } else {
            let mut stream = Db::load_constant(conn, statement.constant(), statement).await?;
            let mut rows = Vec::new();
            while let Some(row) = poll_fn(|cx| Pin::new(&mut stream).poll_next(cx)).await {
                rows.push(read::<Db>(&row?, returns)?);
            }
            Answer { count: rows.len(), rows }
        };
        if required && answer.count == 0 { Err(Failure::Nothing) } else { Ok(answer) }
    }

    async fn all(conn: &mut Db::Conn, statements: Vec<Statement>) -> Result<Vec<Answer>, Failure> {
        let mut answers = Vec::with_capacity(statements.len());
        for statement in statements {
            answers.push(Self::one(conn, statement).await?);
        }
        Ok(answers)
    }
}

fn read<Db: Driver>(row: &Db::Row, columns: &[Kind]) -> QueryResult<Vec<Value>>
where
    Value: Read<Db::Backend>,
{
    let mut values = Vec::with_capacity(columns.len());
    for (at, kind) in columns.iter().enumerate() {
        let field = row.get(at).ok_or(DieselError::NotFound)?;
        values.push(Value::read(*kind, field.value()).map_err(DieselError::DeserializationError)?);
    }
    Ok(values)
}

impl<Db: Driver> Platform for Pool<Db>
where
    Statement: QueryFragment<Db::Backend>,
    Value: Read<Db::Backend>,
{
    fn run(&self, mut statements: Vec<Statement>, wait: Duration) -> BoxFuture<'_, Result<Vec<Answer>, Failure>> {
        Box::pin(async move {
            let mut loan = self.loan(wait).await.map_err(Error::from)?;
            let conn = loan.conn()?;
            // One statement is its own transaction.
            let done = match (statements.pop(), statements.is_empty()) {
                (Some(only), true) => Self::one(conn, only).await.map(|answer| vec![answer]),
                (last, _) => {
                    statements.extend(last);
                    Db::begin(conn).await?;
                    match Self::all(conn, statements).await {
                        Ok(answers) => Db::commit(conn).await.map(|()| answers).map_err(Failure::from),
                        Err(failure) => Db::rollback(conn).await.map_err(Failure::from).and(Err(failure)),
                    }
                }
            };
            // After an error of the database nobody knows the connection's state.
            loan.clean = !matches!(done, Err(Failure::Database(_)));
            done
        })
    }

    fn script(&self, sql: &'static str) -> BoxFuture<'_, Result<(), Failure>> {
        Box::pin(async move {
            let mut loan = self.loan(PATIENCE).await.map_err(Error::from)?;
            Db::batch(loan.conn()?, sql, super::driver::OURS).await?;
            loan.clean = true;
            Ok(())
        })
    }

    fn status(&self) -> PoolStatus {
        PoolStatus::of(&self.connections)
    }
}

/// Renders and reads for one backend: diesel's types, and the text of its clock.
macro_rules! backend {
    ($backend:ty, $uuid:ty, $now:literal, |$id:ident| $bound:expr, $read_id:expr) => {
        impl QueryFragment<$backend> for Statement {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, $backend>) -> QueryResult<()> {
                use diesel::sql_types::{BigInt, Binary, Nullable, Text};
                let mut values = self.values.iter();
                let mut pieces = self.sql.split('?');
                out.push_sql(pieces.next().unwrap_or_default());
                for piece in pieces {
                    match values.next().ok_or(DieselError::NotFound)? {
                        Value::Int(value) => out.push_bind_param::<BigInt, _>(value)?,
                        Value::Text(value) => out.push_bind_param::<Text, _>(value)?,
                        Value::Bytes(value) => out.push_bind_param::<Binary, _>(value)?,
                        Value::Id($id) => out.push_bind_param::<$uuid, _>($bound)?,
                        Value::Null(Kind::Int) => out.push_bind_param::<Nullable<BigInt>, _>(&None::<i64>)?,
                        Value::Null(Kind::Text) => out.push_bind_param::<Nullable<Text>, _>(&None::<String>)?,
                        Value::Null(Kind::Bytes) => out.push_bind_param::<Nullable<Binary>, _>(&None::<Vec<u8>>)?,
                        Value::Null(Kind::Id) => out.push_bind_param::<Nullable<$uuid>, _>(&None::<Bound>)?,
                        Value::Now => out.push_sql($now),
                    }
                    out.push_sql(piece);
                }
                if values.next().is_some() { Err(DieselError::NotFound) } else { Ok(()) }
            }
        }

        impl Read<$backend> for Value {
            fn read(kind: Kind, raw: Option<<$backend as Backend>::RawValue<'_>>) -> deserialize::Result<Self> {
                use diesel::deserialize::FromSql;
                use diesel::sql_types::{BigInt, Binary, Text};
                let Some(raw) = raw else { return Ok(Value::Null(kind)) };
                Ok(match kind {
                    Kind::Int => Value::Int(<i64 as FromSql<BigInt, $backend>>::from_sql(raw)?),
                    Kind::Text => Value::Text(<String as FromSql<Text, $backend>>::from_sql(raw)?),
                    Kind::Bytes => Value::Bytes(<Vec<u8> as FromSql<Binary, $backend>>::from_sql(raw)?),
                    Kind::Id => {
                        let bound: Bound = FromSql::<$uuid, $backend>::from_sql(raw)?;
                        Value::Id($read_id(bound)?)
                    }
                })
            }
        }
    };
}

#[cfg(feature = "postgres")]
mod pg {
    use super::*;
    type Bound = Uuid;
    backend!(
        diesel::pg::Pg,
        diesel::sql_types::Uuid,
        "CAST(floor(date_part('epoch', clock_timestamp())) AS BIGINT)",
        |id| id,
        Ok::<Uuid, uuid::Error>
    );
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::*;
    type Bound = Vec<u8>;
    backend!(
        diesel::sqlite::Sqlite,
        diesel::sql_types::Binary,
        "CAST(strftime('%s', 'now') AS INTEGER)",
        |id| id.as_bytes(),
        |bytes: Vec<u8>| Uuid::from_slice(&bytes)
    );
}
