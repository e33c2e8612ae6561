//! A chunk of rows as one statement: an array a column, `INSERT … SELECT $1, each.* FROM unnest($2, $3, …) AS each`.
//!
//! The values are serialized row by row as ever and put together by column. PostgreSQL's binary form of an array is in the
//! source of its `array_recv`: the number of dimensions, whether there is a NULL, the element's type, then for each
//! dimension its length and first index, then each element behind its length.

use super::conn::PgConn;
use super::pipeline;
use super::prepared_statements::{Rendered, Value};
use super::render;
use crate::db::Postgres;
use crate::db::bulk::SentChunk;
use crate::db::driver::BoxFuture;
use crate::db::statement::ReviewedStatement;
use crate::isolation;
use crate::query::{Chunk, Privileges, column_names, lists};
use crate::schema::TenantTable;
use crate::scope::{ScopeError, ScopeKey};
use crate::sql_types::Stored;
use diesel::QueryResult;
use diesel::insertable::InsertValues;
use diesel::pg::{Pg, PgQueryBuilder, PgTypeMetadata};
use diesel::query_builder::bind_collector::RawBytesBindCollector;
use diesel::query_builder::{AstPass, QueryBuilder, QueryFragment, QueryId, ValuesClause};
use diesel::sql_types::HasSqlType;
use std::collections::HashMap;
use std::marker::PhantomData;
use tokio_postgres::types::Type;
use uuid::Uuid;

impl<T, V> SentChunk<Postgres> for Chunk<V, T>
where
    T: TenantTable + Privileges,
    V: InsertValues<Pg, T> + Send,
    T: Send + 'static,
    Pg: HasSqlType<T::OrganizationType>,
    Uuid: Stored<T::OrganizationType, Pg>,
{
    fn send(self, conn: &mut PgConn, scope: ScopeKey) -> BoxFuture<'_, QueryResult<usize>> {
        let statements = statements(conn, self, scope);
        Box::pin(async move {
            let mut rows = 0;
            for statement in statements? {
                rows += pipeline::execute(conn, statement).await?.count().await?;
            }
            Ok(rows)
        })
    }
}

/// Rows of one shape: the values are `$1, DEFAULT, $2`, say.
struct Shape<V, T> {
    rows: Vec<ValuesClause<V, T>>,
    columns: Option<Vec<String>>,
}

fn statements<T, V>(conn: &mut PgConn, chunk: Chunk<V, T>, scope: ScopeKey) -> QueryResult<Vec<Rendered>>
where
    T: TenantTable + Privileges,
    V: InsertValues<Pg, T>,
    Pg: HasSqlType<T::OrganizationType>,
    Uuid: Stored<T::OrganizationType, Pg>,
{
    let key = chunk.key;
    let mut shapes: Vec<Shape<V, T>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for row in chunk.rows {
        let mut builder = PgQueryBuilder::default();
        row.values.to_sql(&mut builder, &Pg)?;
        let text = builder.finish();
        let index = match known.get(&text) {
            Some(index) => *index,
            None => {
                let names = column_names::<T, V, Pg>(&row.values, &Pg)?;
                if lists(&names, T::ORGANIZATION) {
                    return Err(ScopeError::OrganizationAssigned.into());
                }
                let columns = bound_columns(&names, &text);
                shapes.push(Shape { rows: Vec::new(), columns });
                known.insert(text, shapes.len() - 1);
                shapes.len() - 1
            }
        };
        shapes[index].rows.push(row);
    }
    let mut statements = Vec::with_capacity(shapes.len());
    for shape in shapes {
        statements.extend(of_shape(conn, key, scope, shape)?);
    }
    Ok(statements)
}

fn of_shape<T, V>(conn: &mut PgConn, key: ScopeKey, scope: ScopeKey, shape: Shape<V, T>) -> QueryResult<Vec<Rendered>>
where
    T: TenantTable + Privileges,
    V: InsertValues<Pg, T>,
    Pg: HasSqlType<T::OrganizationType>,
    Uuid: Stored<T::OrganizationType, Pg>,
{
    if let Some(columns) = shape.columns {
        let binds = render::bound(conn, |binds, types| {
            shape.rows.iter().try_for_each(|row| row.values.collect_binds(binds, types, &Pg))
        })?;
        if let Some(arrays) = arrays(conn, binds, columns.len())? {
            let head = ReviewedStatement::new(Unnested::<T> { key, columns, table: PhantomData }, scope);
            return Ok(vec![render::statement_with(conn, &head, arrays)?]);
        }
    }
    row_by_row(conn, key, scope, shape.rows)
}

/// PostgreSQL takes at most this many values with a statement: their number is sent in 16 bits.
const MOST_VALUES: usize = 65_535;

/// `INSERT … VALUES`, as often as the rows have too many values for one.
fn row_by_row<T, V>(
    conn: &mut PgConn,
    key: ScopeKey,
    scope: ScopeKey,
    mut rows: Vec<ValuesClause<V, T>>,
) -> QueryResult<Vec<Rendered>>
where
    T: TenantTable + Privileges,
    V: InsertValues<Pg, T>,
    Pg: HasSqlType<T::OrganizationType>,
    Uuid: Stored<T::OrganizationType, Pg>,
{
    // Rows of one shape have the same number of values, and the organization.
    let first = rows.first().map(|row| render::bound(conn, |binds, types| row.values.collect_binds(binds, types, &Pg)));
    let width = first.transpose()?.map_or(1, |binds| binds.binds.len() + 1);
    let mut statements = Vec::new();
    while !rows.is_empty() {
        let rest = rows.split_off((MOST_VALUES / width).clamp(1, rows.len()));
        statements.push(render::statement(conn, &ReviewedStatement::new(Chunk { key, rows }.insert(), scope))?);
        rows = rest;
    }
    Ok(statements)
}

/// `INSERT INTO t (org_id, a, b) SELECT $1, each.* FROM unnest($2, $3) AS each`; `$2` on are given beside it.
struct Unnested<T> {
    key: ScopeKey,
    /// In quotes.
    columns: Vec<String>,
    table: PhantomData<fn() -> T>,
}

impl<T> QueryId for Unnested<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T> QueryFragment<Pg> for Unnested<T>
where
    T: TenantTable,
    Pg: HasSqlType<T::OrganizationType>,
    Uuid: Stored<T::OrganizationType, Pg>,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let columns = |mut out: AstPass<'_, 'b, Pg>| {
            self.columns.iter().for_each(|name| out.push_sql(&format!(", {name}")));
            Ok(())
        };
        let selected = |mut out: AstPass<'_, 'b, Pg>| {
            let arrays: Vec<_> = (2..self.columns.len() + 2).map(|number| format!("${number}")).collect();
            out.push_sql(&format!(", each.* FROM unnest({}) AS each", arrays.join(", ")));
            Ok(())
        };
        isolation::insert_selected::<T, Pg>(&self.key, columns, selected, out)
    }
}

/// An array a column, unless a column's own type is an array or a composite: `unnest` would take it apart too.
fn arrays(conn: &PgConn, binds: RawBytesBindCollector<Pg>, columns: usize) -> QueryResult<Option<Vec<(Type, Value)>>> {
    let whole = |oid: &u32| conn.types.stays_whole(*oid);
    let of = |metadata: &PgTypeMetadata| {
        metadata.oid().ok().filter(whole).and(metadata.array_oid().ok().filter(|oid| *oid != 0))
    };
    let Some(types) = binds.metadata[..columns].iter().map(of).collect::<Option<Vec<_>>>() else {
        return Ok(None);
    };
    let rows = binds.binds.len() / columns;
    let mut arrays = Vec::with_capacity(columns);
    for (column, oid) in types.into_iter().enumerate() {
        let element = render::known_type(&binds.metadata[column])?.oid();
        let values = binds.binds.iter().skip(column).step_by(columns);
        arrays.push((render::type_of(oid), Value(Some(array(element, rows, values)?))));
    }
    Ok(Some(arrays))
}

fn array<'v>(
    element: u32,
    rows: usize,
    values: impl Iterator<Item = &'v Option<Vec<u8>>> + Clone,
) -> QueryResult<Vec<u8>> {
    let length =
        |bytes: usize| i32::try_from(bytes).map_err(|error| diesel::result::Error::SerializationError(Box::new(error)));
    let has_null = values.clone().any(Option::is_none);
    let mut out = Vec::new();
    for head in [1, i32::from(has_null), element.cast_signed(), length(rows)?, 1] {
        out.extend_from_slice(&head.to_be_bytes());
    }
    for value in values {
        out.extend_from_slice(&value.as_ref().map_or(Ok(-1), |bytes| length(bytes.len()))?.to_be_bytes());
        out.extend_from_slice(value.as_deref().unwrap_or_default());
    }
    Ok(out)
}

/// The columns of a row whose values are all binds or DEFAULT, without the latter.
fn bound_columns(names: &str, values: &str) -> Option<Vec<String>> {
    let names = quoted(names)?;
    let values: Vec<_> = values.split(", ").collect();
    let is_bind =
        |value: &str| value.strip_prefix('$').is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()));
    if names.len() != values.len() || !values.iter().all(|value| is_bind(value) || *value == "DEFAULT") {
        return None;
    }
    let bound: Vec<_> =
        names.into_iter().zip(&values).filter(|(_, value)| is_bind(value)).map(|(name, _)| name).collect();
    (!bound.is_empty()).then_some(bound)
}

/// `"a", "b"` as its parts; a quote inside a name is doubled.
fn quoted(names: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = names;
    while !rest.is_empty() {
        let mut end = rest.strip_prefix('"').map(|_| 1)?;
        loop {
            end += rest[end..].find('"')? + 1;
            if !rest[end..].starts_with('"') {
                break;
            }
            end += 1;
        }
        parts.push(rest[..end].to_owned());
        rest = rest[end..].strip_prefix(", ").unwrap_or(&rest[end..]);
    }
    Some(parts)
}
