//! A diesel statement as what is sent: a name or a text, and the values' bytes.

use super::conn::PgConn;
use super::prepared_statements::{How, Key, Rendered, Value};
use super::types::Types;
use crate::db::driver::Constant;
use crate::db::review::Verdict;
use crate::db::reviewed::Reviewed;
use crate::db::statement::columns_read;
use crate::permit::take_end;
use crate::scope::{Finding, ScopeError};
use diesel::pg::{Pg, PgQueryBuilder, PgTypeMetadata};
use diesel::query_builder::bind_collector::RawBytesBindCollector;
use diesel::query_builder::{QueryBuilder, QueryFragment};
use diesel::result::Error::SerializationError;
use diesel::{QueryResult, debug_query};
use std::sync::Arc;
use tokio_postgres::types::{Kind, Type};

/// The type of a value, unless it was asked for by a name that does not exist.
pub(super) fn known_type(metadata: &PgTypeMetadata) -> QueryResult<Type> {
    metadata.oid().map(type_of).map_err(|error| SerializationError(Box::new(error)))
}

pub(super) fn type_of(oid: u32) -> Type {
    let unknown = || Type::new(format!("type {oid}"), oid, Kind::Simple, "public".to_owned());
    Type::from_oid(oid).unwrap_or_else(unknown)
}

/// As long as most texts are. Diesel's builder cannot be told how long a text will be, and would allocate for it seven times.
const ROOM: &str = match str::from_utf8(&[b' '; 512]) {
    Ok(room) => room,
    Err(_) => unreachable!(),
};

pub(super) fn text<Q: QueryFragment<Pg>>(query: &Q) -> QueryResult<String> {
    let mut builder = PgQueryBuilder::default();
    builder.push_sql(ROOM);
    query.to_sql(&mut builder, &Pg)?;
    let mut sql = builder.finish();
    sql.drain(..ROOM.len());
    Ok(sql)
}

/// Renders a statement and serializes its values. Nothing is sent.
pub(super) fn statement<Q: QueryFragment<Pg> + Reviewed>(conn: &mut PgConn, query: &Q) -> QueryResult<Rendered> {
    statement_with(conn, query, Vec::new())
}

/// The same for a constant text, which is rendered when it has no name yet.
pub(super) fn constant<Q: QueryFragment<Pg>>(
    conn: &mut PgConn,
    constant: Constant,
    query: &Q,
) -> QueryResult<Rendered> {
    let announced = conn.announce(&debug_query::<Pg, _>(query));
    let (types, values) = collected(conn, query)?;
    let key = Key::Constant(constant);
    conn.driver.drive_background();
    let how = match conn.prepared.get(&key, &types) {
        Some(named) => named.how(),
        None => {
            let key = conn.prepared.may_keep().then_some(key);
            How::Text { sql: text(query)?, types: known_types(&types)?, key, verdict: None }
        }
    };
    Ok(Rendered { how, values, announced, until: None })
}

fn collected<Q: QueryFragment<Pg>>(conn: &mut PgConn, query: &Q) -> QueryResult<(Vec<PgTypeMetadata>, Vec<Value>)> {
    let binds = bound(conn, |binds, types| query.collect_binds(binds, types, &Pg))?;
    Ok((binds.metadata, binds.binds.into_iter().map(Value).collect()))
}

fn known_types(metadata: &[PgTypeMetadata]) -> QueryResult<Vec<Type>> {
    metadata.iter().map(known_type).collect()
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
    take_end();
    let announced = conn.announce(&debug_query::<Pg, _>(query));
    let (mut types, mut values) = collected(conn, query)?;
    for (of, value) in further {
        types.push(PgTypeMetadata::new(of.oid(), 0));
        values.push(value);
    }
    let how = how(conn, query, types, &values)?;
    Ok(Rendered { how, values, announced, until: take_end() })
}

/// Its name, or its text; reviewed, and with the organization where the text has it.
fn how<Q: QueryFragment<Pg> + Reviewed>(
    conn: &PgConn,
    query: &Q,
    types: Vec<PgTypeMetadata>,
    values: &[Value],
) -> QueryResult<How> {
    // Free text never runs as a statement whose text types fix, not even where the texts are one: it has a token of its own.
    let fixed = conn.prepared.named && query.is_safe_to_cache_prepared(&Pg)?;
    let sql = text(query)?;
    if !fixed {
        let verdict = reviewed(conn, query, &sql, None, values)?;
        return Ok(How::Text { sql, types: known_types(&types)?, key: None, verdict });
    }
    let key = Key::Text(sql);
    conn.driver.drive_background();
    let named = conn.prepared.get(&key, &types);
    let known = named.as_ref().and_then(|named| named.verdict.clone());
    let sql = key.text().unwrap_or_default();
    let verdict = reviewed(conn, query, sql, known, values)?;
    Ok(match named {
        Some(named) => named.how(),
        None => {
            let (sql, types) = (sql.to_owned(), known_types(&types)?);
            How::Text { sql, types, key: conn.prepared.may_keep().then_some(key), verdict }
        }
    })
}

/// The review's verdict on a text, `known` when there was one before, and its look at the values, which is taken each time.
fn reviewed<Q: QueryFragment<Pg> + Reviewed>(
    conn: &PgConn,
    query: &Q,
    sql: &str,
    known: Option<Arc<Verdict>>,
    values: &[Value],
) -> QueryResult<Option<Arc<Verdict>>> {
    if known.is_none() && !conn.review.as_ref().is_some_and(|review| review.knows(sql)) {
        columns_read(query, &Pg)?;
    }
    let Some(review) = &conn.review else { return Ok(None) };
    let Some((verdict, organization)) = review.judge(sql, query.stands(), known)? else { return Ok(None) };
    let value = |place: usize| values.get(place).and_then(|value| value.0.as_deref());
    if verdict.admits(organization, value) {
        Ok(Some(verdict))
    } else {
        Err(ScopeError::Text(Finding::OtherOrganization).into())
    }
}
