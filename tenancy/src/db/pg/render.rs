//! A diesel statement as what is sent: a name or a text, and the values' bytes.

use super::arming::Text;
use super::conn::PgConn;
use super::types::Types;
#[cfg(any(feature = "gateway", feature = "service"))]
use crate::db::driver::Constant;
use crate::db::driver::Reviewed;
use crate::db::review::Verdict;
use crate::scope::{Finding, Refusal};
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
    Text { sql: String, types: Vec<Type>, key: Option<Key>, verdict: Option<Arc<Verdict>> },
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

/// A statement that has a name, the types of its values, whether it draws from a sequence, and what the review said of its text.
#[derive(Clone)]
struct Named {
    statement: Statement,
    types: Box<[u32]>,
    draws: bool,
    verdict: Option<Arc<Verdict>>,
}

impl Named {
    fn takes(&self, types: &[Type]) -> bool {
        self.types.len() == types.len() && self.types.iter().zip(types).all(|(oid, of)| *oid == of.oid())
    }

    fn how(self) -> How {
        How::Named { statement: self.statement, draws: self.draws }
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

    /// Keeps a statement for values of these types. `draws`: see [`draws`].
    pub(super) fn keep(
        &self,
        key: Key,
        types: &[Type],
        (statement, draws): (Statement, bool),
        verdict: Option<Arc<Verdict>>,
    ) {
        let mut statements = self.statements.lock().unwrap_or_else(PoisonError::into_inner);
        let named = statements.entry(key).or_default();
        named.retain(|known| !known.takes(types));
        named.push(Named { statement, types: types.iter().map(Type::oid).collect(), draws, verdict });
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
        Some(named) => named.how(),
        None => {
            let key = conn.prepared.may_keep().then_some(key);
            How::Text { sql: text(query)?, types, key, verdict: None }
        }
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
        Some(named) => named.how(),
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
