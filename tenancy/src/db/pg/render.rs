//! A diesel statement as what is sent: a name or a text, and the values' bytes.

use super::conn::PgConn;
#[cfg(any(feature = "gateway", feature = "service"))]
use crate::db::driver::Constant;
use crate::db::driver::Reviewed;
use crate::db::review::Verdict;
use crate::scope::{Finding, Refusal};
use bytes::{BufMut, BytesMut};
use diesel::pg::{FailedToLookupTypeError, Pg, PgMetadataCacheKey, PgMetadataLookup, PgQueryBuilder, PgTypeMetadata};
use diesel::query_builder::bind_collector::RawBytesBindCollector;
use diesel::query_builder::{QueryBuilder, QueryFragment};
use diesel::result::Error::SerializationError;
use diesel::{QueryResult, debug_query};
use std::borrow::Cow;
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
    /// The server knows it by a name.
    Named(Statement),
    /// Its text goes with it; with a key it gets a name for the next time.
    Text { sql: String, types: Vec<Type>, key: Option<Key>, verdict: Option<Arc<Verdict>> },
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

/// What tells two statements apart, beside the types of their values: the text, or the place of a constant one.
///
/// Not diesel's id, though it would save the rendering: a type that claims one id for two texts would have its values bound where
/// the other text has its organization (`docs/decisions/0019`).
#[derive(PartialEq, Eq, Hash, Clone)]
pub(super) enum Key {
    Text(String),
    #[cfg(any(feature = "gateway", feature = "service"))]
    Constant(Constant),
}

impl Key {
    /// The text; a constant one is written where it is needed.
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            #[cfg(any(feature = "gateway", feature = "service"))]
            Self::Constant(_) => None,
        }
    }
}

/// The statements that the server knows by a name.
#[derive(Clone)]
pub(super) struct Prepared {
    named: bool,
    statements: Arc<Mutex<HashMap<Key, Vec<Named>>>>,
}

/// A statement that has a name, the types of its values, and what the review said of its text.
#[derive(Clone)]
struct Named {
    statement: Statement,
    types: Box<[u32]>,
    verdict: Option<Arc<Verdict>>,
}

impl Named {
    fn takes(&self, types: &[Type]) -> bool {
        self.types.len() == types.len() && self.types.iter().zip(types).all(|(oid, of)| *oid == of.oid())
    }
}

impl Prepared {
    pub(super) fn new(named: bool) -> Self {
        Self { named, statements: Arc::default() }
    }

    fn get(&self, key: &Key, types: &[Type]) -> Option<Named> {
        let statements = self.statements.lock().unwrap_or_else(PoisonError::into_inner);
        statements.get(key)?.iter().find(|named| named.takes(types)).cloned()
    }

    /// Whether statements get names here, and there is room for another.
    fn may_keep(&self) -> bool {
        let statements = self.statements.lock().unwrap_or_else(PoisonError::into_inner);
        self.named && statements.values().map(Vec::len).sum::<usize>() < MOST_NAMED
    }

    /// Keeps a statement for values of these types.
    pub(super) fn keep(&self, key: Key, types: &[Type], statement: Statement, verdict: Option<Arc<Verdict>>) {
        let mut statements = self.statements.lock().unwrap_or_else(PoisonError::into_inner);
        let named = statements.entry(key).or_default();
        named.retain(|known| !known.takes(types));
        named.push(Named { statement, types: types.iter().map(Type::oid).collect(), verdict });
    }
}

/// The types that the database itself defines, as they were when the connection was opened.
pub(super) struct Types {
    known: HashMap<(String, String), (u32, u32)>,
    /// By the bare name, as the search path finds it.
    visible: HashMap<String, (u32, u32)>,
    stale: bool,
}

const TYPES: &str = "SELECT n.nspname::text, t.typname::text, t.oid, t.typarray, pg_catalog.pg_type_is_visible(t.oid) \
                     FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace \
                     WHERE t.oid >= 16384 AND t.typelem = 0 \
                     AND (t.typrelid = 0 OR EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))";

impl Types {
    pub(super) async fn read(client: &Client) -> Result<Self, tokio_postgres::Error> {
        let mut types = Self { known: HashMap::new(), visible: HashMap::new(), stale: false };
        for row in client.query_typed(TYPES, &[]).await? {
            let (schema, name): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            let oids = (row.try_get(2)?, row.try_get(3)?);
            if row.try_get(4)? {
                types.visible.insert(name.clone(), oids);
            }
            types.known.insert((schema, name), oids);
        }
        Ok(types)
    }

    /// A type was asked for that did not exist when the connection was opened: the next connection will know it.
    pub(super) fn is_stale(&self) -> bool {
        self.stale
    }
}

impl PgMetadataLookup for Types {
    fn lookup_type(&mut self, name: &str, schema: Option<&str>) -> PgTypeMetadata {
        let found = match schema {
            Some(schema) => self.known.get(&(schema.to_owned(), name.to_owned())),
            None => self.visible.get(name),
        };
        PgTypeMetadata::from_result(found.copied().ok_or_else(|| {
            self.stale = true;
            let key = PgMetadataCacheKey::new(schema.map(Cow::Borrowed), Cow::Borrowed(name));
            FailedToLookupTypeError::new(key.into_owned())
        }))
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
pub(super) fn statement<Q: QueryFragment<Pg> + Reviewed>(conn: &mut PgConn, query: &Q) -> QueryResult<Rendered> {
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
    let key = Key::Constant(constant);
    conn.wire.take_aside();
    let how = match conn.prepared.get(&key, &types) {
        Some(named) => How::Named(named.statement),
        None => {
            let key = conn.prepared.may_keep().then_some(key);
            How::Text { sql: text(query)?, types, key, verdict: None }
        }
    };
    Ok(Rendered { how, values, announced })
}

fn collected<Q: QueryFragment<Pg>>(conn: &mut PgConn, query: &Q) -> QueryResult<(Vec<Type>, Vec<Value>)> {
    let mut binds = RawBytesBindCollector::<Pg>::new();
    query.collect_binds(&mut binds, &mut conn.types, &Pg)?;
    let types = binds.metadata.iter().map(known_type).collect::<QueryResult<_>>()?;
    Ok((types, binds.binds.into_iter().map(Value).collect()))
}

/// The same with values behind its own, which its text counts on.
pub(super) fn statement_with<Q: QueryFragment<Pg> + Reviewed>(
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
    Ok(Rendered { how: how(conn, query, types, &values)?, values, announced })
}

/// Its name, or its text; reviewed, and with the organization where the text has it.
fn how<Q: QueryFragment<Pg> + Reviewed>(
    conn: &PgConn,
    query: &Q,
    types: Vec<Type>,
    values: &[Value],
) -> QueryResult<How> {
    let cached = conn.prepared.named && query.is_safe_to_cache_prepared(&Pg)?;
    let sql = text(query)?;
    if !cached {
        let verdict = reviewed(conn, query, &sql, None, values)?;
        return Ok(How::Text { sql, types, key: None, verdict });
    }
    let key = Key::Text(sql);
    conn.wire.take_aside();
    let named = conn.prepared.get(&key, &types);
    let known = named.as_ref().and_then(|named| named.verdict.clone());
    let sql = key.text().unwrap_or_default();
    let verdict = reviewed(conn, query, sql, known, values)?;
    Ok(match named {
        Some(named) => How::Named(named.statement),
        None => How::Text { sql: sql.to_owned(), types, key: conn.prepared.may_keep().then_some(key), verdict },
    })
}

/// The review's verdict on a text, `known` when there was one before, and its look at the values, which is taken each time.
fn reviewed<Q: Reviewed>(
    conn: &PgConn,
    query: &Q,
    sql: &str,
    known: Option<Arc<Verdict>>,
    values: &[Value],
) -> QueryResult<Option<Arc<Verdict>>> {
    let Some(review) = &conn.review else { return Ok(None) };
    let Some((verdict, organization)) = review.judge(sql, query.stands(), known)? else { return Ok(None) };
    let value = |place: usize| values.get(place).and_then(|value| value.0.as_deref());
    if verdict.admits(organization, value) {
        Ok(Some(verdict))
    } else {
        Err(Refusal::Text(Finding::OtherOrganization).into())
    }
}

/// Gives a statement a name, for the next time.
pub(super) async fn prepare(
    client: Arc<Client>,
    sql: String,
    types: Vec<Type>,
) -> Result<Statement, tokio_postgres::Error> {
    client.prepare_typed(&sql, &types).await
}
