//! What has to reach SpiceDB: the lines that triggers write in the transaction of each change, and what the adapter
//! reads of the relationships beside them.

mod texts;

use super::database::{Cell, Session, Value};
use super::dialect::Dialect;
use super::engine::SqlEngine;
use super::error::EngineError;
pub(crate) use super::question::time as from_seconds;
use super::question::{parts, seconds};
use super::read::{StoredRelationship, stored};
use super::{Levels, SchemaError};
use crate::{ObjectRef, SubjectRef};
use std::time::{Duration, Instant, SystemTime};
pub(crate) use texts::Texts;
use uuid::Uuid;

/// The version of the outbox's tables.
const VERSION: i64 = 1;

/// The tables, for PostgreSQL.
const POSTGRES: &str = include_str!("postgres.sql");
const SQLITE: &str = include_str!("sqlite.sql");

/// What takes them away.
const REMOVE_FROM_POSTGRES: &str = include_str!("remove_postgres.sql");
const REMOVE_FROM_SQLITE: &str = include_str!("remove_sqlite.sql");

/// One run at a time, as for the other tables.
const BEGIN_ON_POSTGRES: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '10s'; \
     SELECT pg_catalog.pg_advisory_xact_lock(29099062630543738); \
     CREATE TABLE IF NOT EXISTS permission_spicedb_migrations (version bigint PRIMARY KEY, applied_at bigint NOT NULL)";
const BEGIN_ON_SQLITE: &str = "BEGIN IMMEDIATE; \
     CREATE TABLE IF NOT EXISTS permission_spicedb_migrations \
     (version INTEGER NOT NULL PRIMARY KEY, applied_at INTEGER NOT NULL)";

/// Returns the outbox's tables and triggers as a script for `psql`.
pub(crate) fn postgres_script() -> String {
    format!(
        "-- The outbox of SpiceDB. Run it as the role that owns the tables of permissions, after theirs.\n\
         \\set ON_ERROR_STOP on\n\n{BEGIN_ON_POSTGRES};\n\n\
         INSERT INTO permission_spicedb_migrations (version, applied_at) VALUES ({VERSION}, {});\n\n{POSTGRES}COMMIT;\n",
        Dialect::Postgres.clock(),
    )
}

/// Whole seconds since 1970; of a time before, 0, which has passed.
pub(crate) fn to_seconds(time: SystemTime) -> i64 {
    seconds(time).unwrap_or_default()
}

/// What a check reads first, in one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gate {
    /// The organization's epoch.
    pub(crate) epoch: i64,
    /// Whether a permission was taken away, in the organization or above, that SpiceDB may still give.
    pub(crate) behind: bool,
}

/// The names of a relationship, and the organization that its object belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) organization: Option<Uuid>,
    pub(crate) resource: ObjectRef,
    pub(crate) relation: String,
    pub(crate) subject: SubjectRef,
}

/// A line of the outbox. `key` is `None` where the names are none that this crate writes.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) id: i64,
    pub(crate) key: Option<Key>,
}

/// A stored relationship.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) key: Option<Key>,
    /// In whole seconds since 1970.
    pub(crate) expires: Option<i64>,
}

/// How much waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Waiting {
    pub(crate) lines: u64,
    /// The age of the oldest, by the database's clock.
    pub(crate) oldest: Duration,
}

impl SqlEngine {
    pub(crate) fn levels(&self) -> &Levels {
        &self.inner.levels
    }

    /// Makes the outbox, and puts every stored relationship into it. Returns whether it was missing.
    pub(crate) async fn make_outbox(&self, texts: &Texts) -> Result<bool, SchemaError> {
        let mut session = self.session().await?;
        let postgres = self.inner.dialect == Dialect::Postgres;
        session.script(if postgres { BEGIN_ON_POSTGRES } else { BEGIN_ON_SQLITE }).await?;
        let found = outbox_version(&mut *session, texts).await?;
        newer(found)?;
        if found < VERSION {
            session.script(if postgres { POSTGRES } else { SQLITE }).await?;
            session.execute(texts.record_version.with(vec![Value::Int(VERSION)])).await?;
        }
        session.script("COMMIT").await?;
        session.keep();
        Ok(found < VERSION)
    }

    /// Takes the outbox away.
    pub(crate) async fn remove_outbox(&self) -> Result<(), SchemaError> {
        let mut session = self.session().await?;
        let postgres = self.inner.dialect == Dialect::Postgres;
        session.begin().await?;
        session.script(if postgres { REMOVE_FROM_POSTGRES } else { REMOVE_FROM_SQLITE }).await?;
        session.commit().await?;
        session.keep();
        Ok(())
    }

    /// # Errors
    /// When the outbox is missing, or one of another program's.
    pub(crate) async fn verify_outbox(&self, texts: &Texts) -> Result<(), SchemaError> {
        let mut session = self.session().await?;
        let found = outbox_version(&mut *session, texts).await.map_err(|error| match error {
            // The table of versions is missing.
            EngineError::Database(_) => SchemaError::Outdated { found: 0, needed: VERSION },
            other => other.into(),
        })?;
        session.keep();
        newer(found)?;
        if found < VERSION { Err(SchemaError::Outdated { found, needed: VERSION }) } else { Ok(()) }
    }

    pub(crate) async fn gate(&self, texts: &Texts, organization: Uuid, deadline: Instant) -> Result<Gate, EngineError> {
        let rows = self.ask(deadline, texts.gate.with(vec![Value::Org(Some(organization))]));
        match rows.await?.first().map(Vec::as_slice) {
            Some([Cell::Int(epoch), Cell::Int(behind @ (0 | 1))]) => Ok(Gate { epoch: *epoch, behind: *behind == 1 }),
            _ => Err(EngineError::Answer("the epoch is missing")),
        }
    }

    /// What counts of a relation of an object, in an organization.
    pub(crate) async fn in_force(
        &self,
        organization: Uuid,
        object: &ObjectRef,
        relation: &str,
        most: usize,
        deadline: Instant,
    ) -> Result<Vec<StoredRelationship>, EngineError> {
        let names = [object.kind(), object.id(), relation].map(|name| Value::Text(name.to_owned()));
        let limit = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
        let rest = [Value::Int(seconds(SystemTime::now())?), Value::Org(Some(organization)), Value::Int(limit)];
        let rows = self.ask(deadline, self.inner.fixed.in_force.with([&names[..], &rest].concat()));
        let rows = rows.await?;
        if rows.len() > most {
            return Err(EngineError::TooMany { limit: most });
        }
        rows.into_iter().map(stored).collect()
    }

    /// The lines after `after`, in their order.
    pub(crate) async fn outbox(&self, texts: &Texts, after: i64, most: i64) -> Result<Vec<Line>, EngineError> {
        let mut session = self.session().await?;
        let rows = session.rows(texts.lines.with(vec![Value::Int(after), Value::Int(most)])).await?;
        session.keep();
        rows.into_iter().map(|row| named(row).map(|(id, key, _)| Line { id, key })).collect()
    }

    /// The stored relationships after `after`, in the order of their ids.
    pub(crate) async fn stored_after(&self, texts: &Texts, after: i64, most: i64) -> Result<Vec<Row>, EngineError> {
        let mut session = self.session().await?;
        let rows = session.rows(texts.rows.with(vec![Value::Int(after), Value::Int(most)])).await?;
        session.keep();
        rows.into_iter().map(|row| named(row).map(|(id, key, expires)| Row { id, key, expires })).collect()
    }

    /// What is stored of each relationship now: nothing, or its expiry.
    pub(crate) async fn stored_of(&self, keys: &[&Key]) -> Result<Vec<Option<Option<i64>>>, EngineError> {
        let mut session = self.session().await?;
        let mut found = Vec::with_capacity(keys.len());
        for key in keys {
            let rows = session.rows(self.inner.fixed.find.with(values(key))).await?;
            found.push(match rows.first().map(Vec::as_slice) {
                None => None,
                Some([Cell::Int(_), Cell::Null]) => Some(None),
                Some([Cell::Int(_), Cell::Int(expires)]) => Some(Some(*expires)),
                Some(_) => return Err(EngineError::Answer("a stored expiry is not readable")),
            });
        }
        session.keep();
        Ok(found)
    }

    /// Deletes lines of which SpiceDB has confirmed the relationships.
    pub(crate) async fn acknowledge(&self, texts: &Texts, ids: &[i64]) -> Result<(), EngineError> {
        let json = format!("[{}]", ids.iter().map(i64::to_string).collect::<Vec<_>>().join(","));
        let mut session = self.session().await?;
        session.execute(texts.acknowledge.with(vec![Value::Text(json)])).await?;
        session.keep();
        Ok(())
    }

    /// Puts a relationship into the outbox that differs in SpiceDB.
    pub(crate) async fn send_again(&self, texts: &Texts, key: &Key) -> Result<(), EngineError> {
        let mut session = self.session().await?;
        session.execute(texts.again.with(values(key))).await?;
        session.keep();
        Ok(())
    }

    /// Demands a comparison of both sides. The database answers every question until it is done.
    pub(crate) async fn demand_comparison(&self, texts: &Texts) -> Result<(), EngineError> {
        let mut session = self.session().await?;
        session.execute(texts.demand.with(Vec::new())).await?;
        session.keep();
        Ok(())
    }

    /// The lines that demand a comparison, for [`acknowledge`](Self::acknowledge) after it.
    pub(crate) async fn demands(&self, texts: &Texts) -> Result<Vec<i64>, EngineError> {
        let mut session = self.session().await?;
        let rows = session.rows(texts.demands.with(Vec::new())).await?;
        session.keep();
        let id = |row: &Vec<Cell>| match row[..] {
            [Cell::Int(id)] => Ok(id),
            _ => Err(EngineError::Answer("the id of a line is missing")),
        };
        rows.iter().map(id).collect()
    }

    pub(crate) async fn waiting(&self, texts: &Texts) -> Result<Waiting, EngineError> {
        let mut session = self.session().await?;
        let rows = session.rows(texts.waiting.with(Vec::new())).await?;
        session.keep();
        match rows.first().map(Vec::as_slice) {
            Some([Cell::Int(lines), Cell::Int(age)]) => Ok(Waiting {
                lines: u64::try_from(*lines).unwrap_or_default(),
                oldest: Duration::from_secs(u64::try_from(*age).unwrap_or_default()),
            }),
            _ => Err(EngineError::Answer("the number of waiting lines is missing")),
        }
    }
}

async fn outbox_version(session: &mut dyn Session, texts: &Texts) -> Result<i64, EngineError> {
    match session.rows(texts.version.with(Vec::new())).await?.first().map(Vec::as_slice) {
        Some([Cell::Int(version)]) => Ok(*version),
        _ => Err(EngineError::Answer("the version of the outbox is missing")),
    }
}

fn newer(found: i64) -> Result<(), SchemaError> {
    if found > VERSION { Err(SchemaError::Newer { found, needed: VERSION }) } else { Ok(()) }
}

/// The values of a key, as the fixed texts take them.
fn values(key: &Key) -> Vec<Value> {
    let (kind, id, relation) = parts(&key.subject);
    let names = [key.resource.kind(), key.resource.id(), &key.relation, kind, id, relation];
    let names = names.map(|name| Value::Text(name.to_owned()));
    names.into_iter().chain([Value::Org(key.organization)]).collect()
}

/// Reads an id, the names and an expiry.
fn named(row: Vec<Cell>) -> Result<(i64, Option<Key>, Option<i64>), EngineError> {
    const UNREADABLE: EngineError = EngineError::Answer("a stored relationship is not readable");
    let Some((Cell::Int(id), rest)) = row.split_first() else { return Err(UNREADABLE) };
    // `stored` reads the time and the account of the write too, which do not matter here.
    let expires = match rest.last() {
        Some(Cell::Int(expires)) => Some(*expires),
        Some(Cell::Null) => None,
        _ => return Err(UNREADABLE),
    };
    let read = stored(rest.iter().cloned().chain([Cell::Int(0), Cell::Text(String::new())]).collect());
    let key = read.ok().map(|StoredRelationship { organization, relationship, .. }| Key {
        organization,
        resource: relationship.resource,
        relation: relationship.relation,
        subject: relationship.subject,
    });
    Ok((*id, key, expires))
}
