//! The gateway's own tables, on connections of their own: how a gateway asks who a user is, and a service whether that still
//! holds, before there is a scope.
//!
//! Nothing here is public and nothing here meets an organization's rows: a statement is a constant text of these crates with
//! typed values, and what comes back are plain values.

use super::named::NamedText;
use super::value::{Kind, Value};
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::deserialize;
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::row::{Field, Row as _};
use diesel::sql_types::Untyped;
use futures_core::future::BoxFuture;
use std::time::Duration;
use tenancy::__private::{ConstantText, StoreConn, StorePool};
use tenancy::db::{Driver, Error, PoolStatus};
#[cfg(any(feature = "postgres", feature = "sqlite"))]
use uuid::Uuid;

/// One statement with its values. `__statements!` declares what there is.
#[derive(Debug)]
pub struct Statement {
    text: &'static NamedText,
    values: Vec<Value>,
    required: bool,
}

impl Statement {
    /// A statement with its values, in the order of the text's parameters.
    pub fn named(text: &'static NamedText, values: Vec<Value>) -> Self {
        Self { text, values, required: false }
    }

    /// When it changes (or returns) nothing, everything that runs with it is undone.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

impl Query for Statement {
    type SqlType = Untyped;
}

impl ConstantText for Statement {
    fn place(&self) -> (usize, usize) {
        (self.text.sql.as_ptr().addr(), self.text.sql.len())
    }

    fn rendered(&self) -> u64 {
        let clocks = self.values.iter().enumerate().filter(|(_, value)| matches!(value, Value::Now));
        clocks.fold(0, |clocks, (at, _)| clocks | 1 << (at % 64))
    }
}

/// The prepared statement is cached by its text, which is a constant.
impl QueryId for Statement {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// What a statement did.
#[derive(Debug, Default)]
pub struct Answer {
    /// The rows that it returned.
    pub rows: Vec<Vec<Value>>,
    /// How many rows it changed or returned.
    pub count: usize,
}

/// Why statements did not run. Nothing of them has happened.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A required statement found nothing.
    #[error("a required statement found nothing")]
    Nothing,
    /// A unique value is taken.
    #[error("a unique value is taken")]
    Taken,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl StoreError {
    /// What kind of failure it was, for the log. Never what the database said: that may quote values.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Taken => "taken",
            Self::Database(error) => error.code(),
        }
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::Taken,
            other => Self::Database(other.into()),
        }
    }
}

/// One connection, for statements that begin and end their own transaction: migrations. It is closed unless
/// [`done`](Self::done) gives it back, and what was not committed is then undone.
pub trait Session: Send {
    /// Runs SQL as it is.
    fn script(&mut self, sql: &'static str) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Runs a statement.
    fn ask(&mut self, statement: Statement) -> BoxFuture<'_, Result<Answer, StoreError>>;

    /// Gives the connection back: nothing is open on it.
    fn done(self: Box<Self>);
}

/// A pool of connections to the platform's tables, whatever the database.
pub trait Platform: Send + Sync + 'static {
    /// Runs the statements in order: all or none. Waits so long for a connection.
    fn run(&self, statements: Vec<Statement>, wait: Duration) -> BoxFuture<'_, Result<Vec<Answer>, StoreError>>;

    /// Takes one connection. Waits so long for it.
    fn session(&self, wait: Duration) -> BoxFuture<'_, Result<Box<dyn Session>, StoreError>>;

    /// How the pool stands.
    fn status(&self) -> PoolStatus;
}

/// How a value is read from a row of a backend.
pub trait Read<DB: Backend>: Sized {
    /// The value of this kind that a row holds.
    ///
    /// # Errors
    /// When it is of another kind.
    fn read(kind: Kind, raw: Option<DB::RawValue<'_>>) -> deserialize::Result<Self>;
}

async fn one<Db: Driver>(conn: &mut StoreConn<Db>, statement: Statement) -> Result<Answer, StoreError>
where
    Statement: QueryFragment<Db::Backend>,
    Value: Read<Db::Backend>,
{
    let (returns, required) = (statement.text.returns, statement.required);
    let answer = if returns.is_empty() {
        Answer { rows: Vec::new(), count: conn.execute(statement).await? }
    } else {
        let rows = conn.load(statement, |row| read::<Db>(row, returns)).await?;
        Answer { count: rows.len(), rows }
    };
    if required && answer.count == 0 { Err(StoreError::Nothing) } else { Ok(answer) }
}

async fn all<Db: Driver>(conn: &mut StoreConn<Db>, statements: Vec<Statement>) -> Result<Vec<Answer>, StoreError>
where
    Statement: QueryFragment<Db::Backend>,
    Value: Read<Db::Backend>,
{
    let mut answers = Vec::with_capacity(statements.len());
    for statement in statements {
        answers.push(one(conn, statement).await?);
    }
    Ok(answers)
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

impl<Db: Driver> Platform for StorePool<Db>
where
    Statement: QueryFragment<Db::Backend>,
    Value: Read<Db::Backend>,
{
    fn run(&self, mut statements: Vec<Statement>, wait: Duration) -> BoxFuture<'_, Result<Vec<Answer>, StoreError>> {
        Box::pin(async move {
            let mut conn = self.lend(wait).await.map_err(Error::from)?;
            // One statement is its own transaction.
            let done = match (statements.pop(), statements.is_empty()) {
                (Some(only), true) => one(&mut conn, only).await.map(|answer| vec![answer]),
                (last, _) => {
                    statements.extend(last);
                    conn.begin().await?;
                    match all(&mut conn, statements).await {
                        Ok(answers) => conn.commit().await.map(|()| answers).map_err(StoreError::from),
                        Err(failure) => conn.rollback().await.map_err(StoreError::from).and(Err(failure)),
                    }
                }
            };
            // After an error of the database the connection's state is unknown.
            conn.is_clean(!matches!(done, Err(StoreError::Database(_))));
            done
        })
    }

    fn session(&self, wait: Duration) -> BoxFuture<'_, Result<Box<dyn Session>, StoreError>> {
        Box::pin(async move {
            let conn = self.lend(wait).await.map_err(Error::from)?;
            Ok(Box::new(conn) as Box<dyn Session>)
        })
    }

    fn status(&self) -> PoolStatus {
        StorePool::status(self)
    }
}

impl<Db: Driver> Session for StoreConn<Db>
where
    Statement: QueryFragment<Db::Backend>,
    Value: Read<Db::Backend>,
{
    fn script(&mut self, sql: &'static str) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move { Ok(self.batch(sql).await?) })
    }

    fn ask(&mut self, statement: Statement) -> BoxFuture<'_, Result<Answer, StoreError>> {
        Box::pin(one(self, statement))
    }

    fn done(mut self: Box<Self>) {
        self.is_clean(true);
    }
}

/// Renders and reads for one backend: diesel's types, and the text of its clock.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
macro_rules! backend {
    ($backend:ty, $uuid:ty, $now:literal, |$id:ident| $bound:expr, $read_id:expr) => {
        impl QueryFragment<$backend> for Statement {
            fn walk_ast<'b>(&'b self, mut out: diesel::query_builder::AstPass<'_, 'b, $backend>) -> QueryResult<()> {
                use diesel::sql_types::{BigInt, Binary, Nullable, Text};
                let (text, mut from) = (self.text, 0);
                if self.values.len() != text.parameters.len() {
                    return Err(DieselError::QueryBuilderError("a statement has as many values as it declares".into()));
                }
                for place in text.places {
                    out.push_sql(&text.sql[from..place.start]);
                    let value = &self.values[place.value];
                    if value.kind() != text.parameters[place.value].1 {
                        return Err(DieselError::QueryBuilderError(
                            "a value has the type that its statement declares".into(),
                        ));
                    }
                    match value {
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
                    from = place.end;
                }
                out.push_sql(&text.sql[from..]);
                Ok(())
            }
        }

        impl Read<$backend> for Value {
            /// The value of this kind that a row holds.
            ///
            /// # Errors
            /// When it is of another kind.
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
