//! Compares a database's tables and their record with the program's migrations.

use super::columns::{Columns, RECORD};
use super::place::Place;
use super::relations::{self, Purpose, Relations};
use super::shape::Shape;
use super::statements::{
    ColumnsOnPostgres, ColumnsOnSqlite, ListMigrations, RelationsOnPostgres, RelationsOnSqlite, SchemaOwnerOnPostgres,
    ShapeOnPostgres,
};
use super::{Dialect, Migration, MigrationError, MigrationStatus, RelationError};
use crate::session::session_row::Cells;
use std::time::Duration;
use tenancy_service::__private::sql::{Platform, Session, Statement, StoreError, Value};

/// A line of the record.
struct Recorded {
    version: i64,
    name: String,
    checksum: String,
}

/// Which of these migrations a database has, as one moment left it.
///
/// # Errors
/// As [`MigrationError`] says, [`Unreadable`](MigrationError::Unreadable) to [`Relation`](MigrationError::Relation).
pub(crate) async fn status(
    platform: &dyn Platform,
    dialect: Dialect,
    migrations: &[Migration],
    wait: Duration,
    purpose: Purpose,
) -> Result<MigrationStatus, MigrationError> {
    let mut session = platform.session(wait).await.map_err(unasked)?;
    session.script(dialect.begin_reading()).await.map_err(unasked)?;
    let found = match Place::open(&mut *session, dialect).await {
        Ok(place) => look(&mut *session, &place, migrations, purpose).await,
        Err(error) => Err(error),
    };
    if session.script("ROLLBACK").await.is_ok() {
        session.done();
    }
    Ok(found?.status)
}

/// What a look inside a transaction found.
pub(super) struct Found {
    pub(super) status: MigrationStatus,
    /// Whether the record exists.
    pub(super) recorded: bool,
}

/// The same inside a transaction. Afterwards unqualified names mean the schema of the tables.
pub(super) async fn look(
    session: &mut dyn Session,
    place: &Place,
    migrations: &[Migration],
    purpose: Purpose,
) -> Result<Found, MigrationError> {
    place.in_catalog(session).await?;
    // Before anything is read from a table: a view in its place would run its owner's code.
    let relations = relations(session, place, purpose).await?;
    let schema = relations.schema().or(place.schemas.first().map(String::as_str)).unwrap_or_default();
    let columns = columns(session, place.dialect, schema).await?;
    if columns.unreadable.contains(RECORD) {
        return Err(MigrationError::Unreadable);
    }
    place.in_schema(session, schema).await?;
    let recorded = columns.tables.contains_key(RECORD);
    let record = if recorded { ask(session, ListMigrations {}.statement()).await? } else { Vec::new() };
    let (applied, pending) = migrations.split_at(compare(record, migrations)?);
    let adopts = applied.is_empty() && !columns.is_empty();
    match (migrations.first(), applied.last()) {
        (Some(first), Some(last)) => exists(&columns, &relations, first, last, place.dialect)?,
        (Some(first), None) if adopts => different(columns.difference(&Columns::made_by(first, place.dialect)))?,
        _ => {}
    }
    if adopts && purpose == Purpose::Migrate {
        constraints(session, place, schema).await?;
    }
    let status = MigrationStatus { applied: applied.to_vec(), pending: pending.to_vec(), adopts };
    Ok(Found { status, recorded })
}

/// Compares the constraints, defaults and indexes of the tables that the first migration makes, as far as they are there. SQLite has
/// constraints as text alone. Unqualified names mean the schema of the tables, as the definitions have them.
pub(super) async fn constraints(session: &mut dyn Session, place: &Place, schema: &str) -> Result<(), MigrationError> {
    if place.dialect == Dialect::Sqlite {
        return Ok(());
    }
    let columns = columns(session, place.dialect, schema).await?;
    let shape = ShapeOnPostgres { schema: Value::Text(schema.to_owned()) }.statement();
    let shape = Shape::read(ask(session, shape).await?).map_err(unasked)?;
    different(shape.difference(columns.tables.keys()))
}

async fn columns(session: &mut dyn Session, dialect: Dialect, schema: &str) -> Result<Columns, MigrationError> {
    let columns = match dialect {
        Dialect::Postgres => ColumnsOnPostgres { schema: Value::Text(schema.to_owned()) }.statement(),
        Dialect::Sqlite => ColumnsOnSqlite {}.statement(),
    };
    Columns::read(ask(session, columns).await?).map_err(unasked)
}

fn different(what: Option<String>) -> Result<(), MigrationError> {
    what.map_or(Ok(()), |what| Err(MigrationError::Different(what)))
}

/// Whether what the record says is applied exists.
fn exists(
    columns: &Columns,
    relations: &Relations,
    first: &Migration,
    last: &Migration,
    dialect: Dialect,
) -> Result<(), RelationError> {
    let lacks = columns.lacks(&Columns::made_by(first, dialect)).or_else(|| relations.without_trigger());
    lacks.map_or(Ok(()), |what| Err(RelationError::Absent { version: last.version(), what }))
}

async fn ask(session: &mut dyn Session, statement: Statement) -> Result<Vec<Vec<Value>>, MigrationError> {
    Ok(session.ask(statement).await.map_err(unasked)?.rows)
}

async fn relations(session: &mut dyn Session, place: &Place, purpose: Purpose) -> Result<Relations, MigrationError> {
    if place.dialect == Dialect::Sqlite {
        let rows = ask(session, RelationsOnSqlite {}.statement()).await?;
        relations::check_on_sqlite(rows).map_err(unasked)??;
        return Ok(Relations::default());
    }
    let current = place.current()?;
    let mut relations = Relations::default();
    for schema in &place.schemas {
        let rows = ask(session, RelationsOnPostgres { schema: Value::Text(schema.clone()) }.statement()).await?;
        relations.add(schema, schema == current, rows).map_err(unasked)?;
    }
    relations.check(purpose, current)?;
    if purpose == Purpose::Migrate {
        schema_owner(session, current).await?;
    }
    Ok(relations)
}

/// The owner of the schema may drop every table in it.
async fn schema_owner(session: &mut dyn Session, schema: &str) -> Result<(), MigrationError> {
    let rows = ask(session, SchemaOwnerOnPostgres { schema: Value::Text(schema.to_owned()) }.statement()).await?;
    for row in rows {
        let mut row = Cells::new(row);
        let (owner, trusted, role) =
            (row.text().map_err(unasked)?, row.int().map_err(unasked)?, row.text().map_err(unasked)?);
        if trusted != 1 {
            return Err(RelationError::SchemaOwner { schema: schema.to_owned(), owner, role }.into());
        }
    }
    Ok(())
}

/// How many of the migrations are recorded.
fn compare(rows: Vec<Vec<Value>>, migrations: &[Migration]) -> Result<usize, MigrationError> {
    let read = |row| {
        let mut row = Cells::new(row);
        Ok(Recorded { version: row.int()?, name: row.text()?, checksum: row.text()? })
    };
    let recorded: Vec<Recorded> = rows.into_iter().map(read).collect::<Result<_, StoreError>>().map_err(unasked)?;
    let is_known = |one: &&Recorded| migrations.iter().any(|known| i64::from(known.version()) == one.version);
    if let Some(newer) = recorded.iter().find(|one| !is_known(one)) {
        return Err(MigrationError::Newer { version: newer.version, name: newer.name.clone() });
    }
    if let Some(two) = recorded.windows(2).find(|two| two[0].version == two[1].version) {
        return Err(MigrationError::Repeated { version: two[0].version });
    }
    for (known, one) in migrations.iter().zip(&recorded) {
        if i64::from(known.version()) != one.version {
            return Err(MigrationError::Gap { version: known.version() });
        }
        if known.name() != one.name || known.checksum() != one.checksum {
            return Err(MigrationError::Changed { version: known.version(), name: known.name() });
        }
    }
    Ok(recorded.len())
}

pub(super) fn unasked(failure: StoreError) -> MigrationError {
    match failure {
        StoreError::Database(error) => MigrationError::Database(error),
        StoreError::Nothing | StoreError::Taken => MigrationError::Contended,
    }
}
