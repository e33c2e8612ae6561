//! A diesel statement as what is sent: a name or a text, and the values' bytes.

use super::arming::Text;
use super::conn::PgConn;
use super::types::Types;
#[cfg(any(feature = "gateway", feature = "service"))]
use crate::db::driver::Constant;
use bytes::{BufMut, BytesMut};
use diesel::pg::{Pg, PgQueryBuilder, PgTypeMetadata};
use diesel::query_builder::bind_collector::RawBytesBindCollector;
use diesel::query_builder::{QueryBuilder, QueryFragment};
use diesel::result::Error::SerializationError;
use diesel::{QueryResult, debug_query};
use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use tokio_postgres::types::{IsNull, Kind, ToSql, Type};
use tokio_postgres::{Client, Statement};

/// More statements than these are sent without a name: a service whose texts vary without end does not fill the
/// server's memory.
const MOST_NAMED: usize = 1_000;

/// A statement that is ready to be sent.
pub(super) struct Rendered {
    pub(super) how: How,
    pub(super) values: Vec<Value>,
    /// For diesel's instrumentation; `None` when there is none.
    pub(super) announced: Option<String>,
}

/// How a statement is sent.
pub(super) enum How {
    /// The server knows it by a name. `draws`: see [`draws`].
    Named { statement: Statement, draws: bool },
    /// Its text goes with it; with a key it gets a name for the next time.
    Text { sql: String, types: Vec<Type>, key: Option<Key> },
}

impl How {
    pub(super) fn draws(&self) -> bool {
        match self {
            Self::Named { draws, .. } => *draws,
            Self::Text { sql, .. } => draws(sql),
        }
    }

    /// Whether types alone decide its text: only such a statement may be kept.
    pub(super) fn text(&self) -> Text {
        match self {
            Self::Named { .. } | Self::Text { key: Some(_), .. } => Text::Fixed,
            Self::Text { key: None, .. } => Text::Free,
        }
    }
}

/// Whether a statement may draw a number from a sequence, as its text says: a default or a trigger does it for every
/// statement that writes. What a function of the service's own does is not seen.
pub(super) fn draws(sql: &str) -> bool {
    !sql.starts_with("SELECT") || sql.contains("nextval")
}

/// A value as diesel serialized it.
#[derive(Debug)]
pub(super) struct Value(pub(super) Option<Vec<u8>>);

impl ToSql for Value {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        Ok(self.0.as_ref().map_or(IsNull::Yes, |bytes| {
            out.put_slice(bytes);
            IsNull::No
        }))
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    // The types were given with the statement, by the same collector that made the bytes.
    fn to_sql_checked(&self, of: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.to_sql(of, out)
    }
}

/// What tells two statements apart: the text, or the place of a constant one, and the types of the values.
///
/// Not diesel's id, though it would save the rendering: a type that claims one id for two texts would have its values bound where
/// the other text has its organization (`docs/decisions/0019`).
#[derive(PartialEq, Eq, Hash, Clone)]
pub(super) enum Key {
    Text(String, Box<[u32]>),
    #[cfg(any(feature = "gateway", feature = "service"))]
    Constant(Constant, Box<[u32]>),
}

/// The statements that the server knows by a name.
#[derive(Clone)]
pub(super) struct Prepared {
    named: bool,
    statements: Arc<Mutex<HashMap<Key, (Statement, bool)>>>,
}

impl Prepared {
    pub(super) fn new(named: bool) -> Self {
        Self { named, statements: Arc::default() }
    }

    fn get(&self, key: &Key) -> Option<How> {
        let known = self.statements.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned();
        known.map(|(statement, draws)| How::Named { statement, draws })
    }

    /// Whether statements get names here, and there is room for another.
    fn may_keep(&self) -> bool {
        self.named && self.statements.lock().unwrap_or_else(PoisonError::into_inner).len() < MOST_NAMED
    }

    pub(super) fn keep(&self, key: Key, statement: Statement, draws: bool) {
        self.statements.lock().unwrap_or_else(PoisonError::into_inner).insert(key, (statement, draws));
    }
}

/// The type of a value, unless it was asked for by a name that does not exist.
pub(super) fn known_type(metadata: &PgTypeMetadata) -> QueryResult<Type> {
    metadata.oid().map(type_of).map_err(|error| SerializationError(Box::new(error)))
}

pub(super) fn type_of(oid: u32) -> Type {
    let unknown = || Type::new(format!("type {oid}"), oid, Kind::Simple, "public".to_owned());
    Type::from_oid(oid).unwrap_or_else(unknown)
}

pub(super) fn text<Q: QueryFragment<Pg>>(query: &Q) -> QueryResult<String> {
    let mut builder = PgQueryBuilder::default();
    query.to_sql(&mut builder, &Pg)?;
    Ok(builder.finish())
}

/// Renders a statement and serializes its values. Nothing is sent.
pub(super) fn statement<Q: QueryFragment<Pg>>(conn: &mut PgConn, query: &Q) -> QueryResult<Rendered> {
    statement_with(conn, query, Vec::new())
}

/// The same for a constant text, which is rendered when it has no name yet.
#[cfg(any(feature = "gateway", feature = "service"))]
pub(super) fn constant<Q: QueryFragment<Pg>>(
    conn: &mut PgConn,
    constant: Constant,
    query: &Q,
) -> QueryResult<Rendered> {
    let announced = conn.announce(&debug_query::<Pg, _>(query));
    let (types, values) = collected(conn, query)?;
    let key = Key::Constant(constant, types.iter().map(Type::oid).collect());
    conn.wire.take_aside();
    let how = match conn.prepared.get(&key) {
        Some(named) => named,
        None => How::Text { sql: text(query)?, types, key: conn.prepared.may_keep().then_some(key) },
    };
    Ok(Rendered { how, values, announced })
}

fn collected<Q: QueryFragment<Pg>>(conn: &mut PgConn, query: &Q) -> QueryResult<(Vec<Type>, Vec<Value>)> {
    let binds = bound(conn, |binds, types| query.collect_binds(binds, types, &Pg))?;
    let types = binds.metadata.iter().map(known_type).collect::<QueryResult<_>>()?;
    Ok((types, binds.binds.into_iter().map(Value).collect()))
}

/// Serializes values; a type that is not found says why.
pub(super) fn bound(
    conn: &mut PgConn,
    collect: impl FnOnce(&mut RawBytesBindCollector<Pg>, &mut Types) -> QueryResult<()>,
) -> QueryResult<RawBytesBindCollector<Pg>> {
    let mut binds = RawBytesBindCollector::<Pg>::new();
    let collected = collect(&mut binds, &mut conn.types);
    conn.types.refused()?;
    collected.map(|()| binds)
}

/// The same with values behind its own, which its text counts on.
pub(super) fn statement_with<Q: QueryFragment<Pg>>(
    conn: &mut PgConn,
    query: &Q,
    further: Vec<(Type, Value)>,
) -> QueryResult<Rendered> {
    let announced = conn.announce(&debug_query::<Pg, _>(query));
    let (mut types, mut values) = collected(conn, query)?;
    for (of, value) in further {
        types.push(of);
        values.push(value);
    }
    Ok(Rendered { how: how(conn, query, types)?, values, announced })
}

fn how<Q: QueryFragment<Pg>>(conn: &PgConn, query: &Q, types: Vec<Type>) -> QueryResult<How> {
    let cached = conn.prepared.named && query.is_safe_to_cache_prepared(&Pg)?;
    if !cached {
        return Ok(How::Text { sql: text(query)?, types, key: None });
    }
    let sql = text(query)?;
    let key = Key::Text(sql.clone(), types.iter().map(Type::oid).collect());
    conn.wire.take_aside();
    if let Some(named) = conn.prepared.get(&key) {
        return Ok(named);
    }
    Ok(How::Text { sql, types, key: conn.prepared.may_keep().then_some(key) })
}

/// Gives a statement a name, for the next time.
pub(super) async fn prepare(
    client: Arc<Client>,
    sql: String,
    types: Vec<Type>,
) -> Result<Statement, tokio_postgres::Error> {
    client.prepare_typed(&sql, &types).await
}
