//! Applies what a database lacks.

use super::look::{look, unasked};
use super::place::Place;
use super::relations::Purpose;
use super::statements::{FindTurnOnPostgres, RecordMigration, TakeTurnOnPostgres};
use super::{Dialect, Migration, MigrationError};
use crate::session::session_row::Cells;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use std::time::{Duration, Instant};
use tenancy::db::Error;
use tenancy_service::__private::sql::{Platform, Session, StoreError, Value};

/// How often as long as for a connection a run waits for its turn.
const TURN: u32 = 6;
/// How long it waits before it asks again.
const PAUSE: Duration = Duration::from_millis(50);

/// Applies what a database lacks, each migration in a transaction of its own, and returns it.
///
/// # Errors
/// As [`MigrationError`] says. Those before the one that fails are applied.
pub(crate) async fn apply(
    platform: &dyn Platform,
    dialect: Dialect,
    migrations: &[Migration],
    wait: Duration,
    now: impl Fn() -> Value,
) -> Result<Vec<Migration>, MigrationError> {
    let mut done = Vec::new();
    // Without the lock: where nothing is to do, no run waits for another. What is to do is asked again under it.
    if super::look::status(platform, dialect, migrations, wait, Purpose::Migrate).await?.pending.is_empty() {
        return Ok(done);
    }
    loop {
        let mut session = platform.session(wait).await.map_err(unasked)?;
        match next(&mut *session, dialect, migrations, wait, now()).await {
            Ok(Some(migration)) => done.push(migration),
            Ok(None) => {
                session.done();
                return Ok(done);
            }
            Err(error) => {
                // The connection is closed as well, whatever this answers.
                let _ = session.script("ROLLBACK").await;
                return Err(error);
            }
        }
        session.done();
    }
}

/// Applies the next migration, if one is pending. What is decided is read under the lock, and compared again before it is committed:
/// a role that does not take the lock may have made a table meanwhile.
async fn next(
    session: &mut dyn Session,
    dialect: Dialect,
    migrations: &[Migration],
    wait: Duration,
    now: Value,
) -> Result<Option<Migration>, MigrationError> {
    let place = begin(session, dialect, wait).await?;
    let found = look(session, &place, migrations, Purpose::Migrate).await?;
    let Some(next) = found.status.pending.first() else {
        session.script("COMMIT").await.map_err(unasked)?;
        return Ok(None);
    };
    let failed = |failure| failed(next, failure);
    if found.recorded {
        // A role that may add a trigger to the record could have added one since the look. From here on it waits.
        session.script(dialect.lock_record()).await.map_err(failed)?;
        if look(session, &place, migrations, Purpose::Migrate).await?.status != found.status {
            return Err(MigrationError::Contended);
        }
    } else {
        // One that is there now, although the look saw none, is an error before it is written to.
        session.script(dialect.record_table()).await.map_err(failed)?;
    }
    let record = RecordMigration {
        version: Value::Int(next.version().into()),
        name: Value::Text(next.name().to_owned()),
        checksum: Value::Text(next.checksum()),
        now,
        before: Value::Int(i64::try_from(found.status.applied.len()).unwrap_or(i64::MAX)),
    };
    // The record comes first: where it cannot be written, nothing is changed.
    match session.ask(record.required()).await {
        Err(StoreError::Nothing | StoreError::Taken) => return Err(MigrationError::Contended),
        recorded => recorded.map_err(failed)?,
    };
    session.script(next.sql()).await.map_err(failed)?;
    look(session, &place, migrations, Purpose::Migrate).await?;
    // Only of tables that were there before: a later PostgreSQL may word a constraint that was just made otherwise.
    if found.status.adopts {
        super::look::constraints(session, &place, place.current().unwrap_or_default()).await?;
    }
    session.script("COMMIT").await.map_err(|failure| uncommitted(next, failure))?;
    Ok(Some(*next))
}

/// Begins a transaction, after those of other runs.
async fn begin(session: &mut dyn Session, dialect: Dialect, wait: Duration) -> Result<Place, MigrationError> {
    match session.script(dialect.begin()).await {
        Err(StoreError::Database(error)) if error.code() == "SQLITE_BUSY" => {
            return Err(MigrationError::Waited("another process, which writes the file".to_owned()));
        }
        begun => begun.map_err(unasked)?,
    }
    let place = Place::open(session, dialect).await?;
    if dialect == Dialect::Sqlite {
        return Ok(place);
    }
    let until = Instant::now() + wait * TURN;
    loop {
        let taken = session.ask(TakeTurnOnPostgres {}.statement()).await.map_err(unasked)?;
        if taken.rows == [[Value::Int(1)]] {
            return Ok(place);
        }
        if Instant::now() >= until {
            return Err(MigrationError::Waited(holder(session).await?));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Which session holds the lock.
async fn holder(session: &mut dyn Session) -> Result<String, MigrationError> {
    let found = session.ask(FindTurnOnPostgres {}.statement()).await.map_err(unasked)?;
    let Some(row) = found.rows.into_iter().next() else { return Ok("a session that ended meanwhile".to_owned()) };
    let mut row = Cells::new(row);
    let (pid, role) = (row.int().map_err(unasked)?, row.text().map_err(unasked)?);
    let role = super::relation_error::Shown(role);
    Ok(format!("the process {pid} of the role `{role}` (`SELECT pg_terminate_backend({pid})` ends it)"))
}

fn failed(migration: &Migration, failure: StoreError) -> MigrationError {
    let (version, name, source) = (migration.version(), migration.name(), source(failure));
    match &source {
        Error::Database(DieselError::DatabaseError(_, told)) if told.message().contains("lock timeout") => {
            MigrationError::Locked { version, name, source }
        }
        _ => MigrationError::Failed { version, name, source },
    }
}

/// Whether the server said that it did not commit, or said nothing.
fn uncommitted(migration: &Migration, failure: StoreError) -> MigrationError {
    let answered = match &failure {
        StoreError::Database(Error::Database(DieselError::DatabaseError(kind, _))) => {
            !matches!(kind, DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand)
        }
        StoreError::Taken => true,
        _ => false,
    };
    if answered {
        return failed(migration, failure);
    }
    MigrationError::Unconfirmed { version: migration.version(), name: migration.name(), source: source(failure) }
}

fn source(failure: StoreError) -> Error {
    let told = match failure {
        StoreError::Database(error) => return error,
        StoreError::Taken => "a unique value is taken",
        StoreError::Nothing => "a statement changed nothing",
    };
    Error::Database(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, Box::new(told.to_owned())))
}
