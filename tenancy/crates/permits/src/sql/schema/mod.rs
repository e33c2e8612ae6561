//! The tables, by version.

use super::database::{Cell, Session, Value};
use super::dialect::Dialect;
use super::engine::SqlEngine;
use super::error::EngineError;
use std::fmt::Write as _;
use tenancy_permission_model::Model;

/// A version of the tables: its number, one more than the version before, and what makes it of that version.
struct Version {
    number: i64,
    postgres: &'static str,
    sqlite: &'static str,
}

/// All versions, in order. A text never changes once it is released.
const VERSIONS: &[Version] = &[Version {
    number: 1,
    postgres: include_str!("postgres/0001_tables.sql"),
    sqlite: include_str!("sqlite/0001_tables.sql"),
}];

/// One run at a time. PostgreSQL: an advisory lock of the transaction, at READ COMMITTED, so that what comes after it
/// sees what other runs committed.
const BEGIN_ON_POSTGRES: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '10s'; \
     SELECT pg_catalog.pg_advisory_xact_lock(29099062630543738); \
     CREATE TABLE IF NOT EXISTS permission_migrations (version bigint PRIMARY KEY, applied_at bigint NOT NULL)";
const BEGIN_ON_SQLITE: &str = "BEGIN IMMEDIATE; \
     CREATE TABLE IF NOT EXISTS permission_migrations \
     (version INTEGER NOT NULL PRIMARY KEY, applied_at INTEGER NOT NULL)";

/// Why the tables or the model in the database do not fit this program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// The tables are older than this program needs, or missing.
    #[error(
        "the tables of permissions have the version {found}, and this program needs {needed}: run `SqlEngine::migrate`"
    )]
    Outdated {
        /// The version of the tables.
        found: i64,
        /// The version that is needed.
        needed: i64,
    },
    /// The tables are newer than this program.
    #[error(
        "the tables of permissions have the version {found}, which is newer than this program's {needed}: \
         deploy a newer program"
    )]
    Newer {
        /// The version of the tables.
        found: i64,
        /// The version that this program knows.
        needed: i64,
    },
    /// The database is used with another model.
    #[error(
        "the database is used with another permission model: deploy the same model, or run `SqlEngine::adopt_model`"
    )]
    OtherModel,
    /// The new model may give a permission to more subjects than the one that the database is used with.
    #[error("the new model may give more than the one in use: {}; compare the two, then adopt it without this check", .permissions.join(", "))]
    Widens {
        /// The permissions that became wider, or of which that is not known, as `type#permission`.
        permissions: Vec<String>,
    },
    /// The model that the database is used with cannot be read, so that nothing can be compared with it.
    #[error("this program cannot read the model that the database is used with; compare the two by other means")]
    StoredModel,
    /// The database reported an error, or did not answer.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Returns a script for `psql` that makes the tables on PostgreSQL. Run it as the role that owns them. It fails where
/// they are already.
#[must_use]
pub fn postgres_script() -> String {
    let mut script = format!(
        "-- The tables of permissions. Run it as the role that owns them:\n\
         -- psql -X -f FILE postgres://owner@host/database\n\
         \\set ON_ERROR_STOP on\n\n{BEGIN_ON_POSTGRES};\n\n"
    );
    for Version { number, postgres, .. } in VERSIONS {
        // A version that is there already stops the script before anything else.
        let _ = writeln!(
            script,
            "-- Version {number}\n\
             INSERT INTO permission_migrations (version, applied_at) VALUES ({number}, {});\n\n{postgres}",
            Dialect::Postgres.clock(),
        );
    }
    script.push_str("COMMIT;\n");
    script
}

/// Returns the grants that the engine's role needs on PostgreSQL, for `psql`. Run it as the role that owns the tables.
///
/// Give the engine a role of its own, with rights on these tables alone. The service's role needs none on them but for
/// `permission_epochs`, which is a table of the service's schema. Where wall two stands, the engine's role also needs
/// `BYPASSRLS`: it counts the epochs of all organizations.
#[must_use]
pub fn postgres_grants(role: &str) -> String {
    let role = format!("\"{}\"", role.replace('"', "\"\""));
    format!(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON permission_relationships TO {role};\n\
         GRANT SELECT, INSERT, UPDATE ON permission_epochs TO {role};\n\
         GRANT SELECT, INSERT ON permission_log, permission_model TO {role};\n\
         GRANT UPDATE (written_by, reason, relationship) ON permission_log TO {role};\n\
         GRANT SELECT ON permission_migrations TO {role};\n"
    )
}

impl SqlEngine {
    /// Makes the tables, or brings them to this program's version, and returns the versions that were applied. It may
    /// run at every start, and in several processes at once. On PostgreSQL it needs the role that owns the tables.
    ///
    /// # Errors
    /// When the tables are newer than this program, or the database reports an error. Nothing is left half-done.
    pub async fn migrate(&self) -> Result<Vec<i64>, SchemaError> {
        let mut session = self.session().await?;
        let postgres = self.inner.dialect == Dialect::Postgres;
        session.script(if postgres { BEGIN_ON_POSTGRES } else { BEGIN_ON_SQLITE }).await?;
        // An error from here on closes the connection, and the transaction ends with it.
        let found = self.version(&mut *session).await?;
        not_newer(found)?;
        let mut applied = Vec::new();
        for version in VERSIONS.iter().filter(|version| version.number > found) {
            session.script(if postgres { version.postgres } else { version.sqlite }).await?;
            session.execute(self.inner.fixed.record_version.with(vec![Value::Int(version.number)])).await?;
            applied.push(version.number);
        }
        session.script("COMMIT").await?;
        session.keep();
        Ok(applied)
    }

    /// Returns the versions that [`migrate`](Self::migrate) would apply, and changes nothing.
    ///
    /// # Errors
    /// When the tables are newer than this program, or the database reports an error.
    pub async fn pending_migrations(&self) -> Result<Vec<i64>, SchemaError> {
        let mut session = self.session().await?;
        let rows = session.rows(self.inner.fixed.is_migrated.with(Vec::new())).await?;
        let found = if rows == [[Cell::Int(1)]] { self.version(&mut *session).await? } else { 0 };
        session.keep();
        not_newer(found)?;
        Ok(VERSIONS.iter().map(|version| version.number).filter(|number| *number > found).collect())
    }

    /// Succeeds when the tables have this program's version and the database is used with this model. Call it at start.
    ///
    /// # Errors
    /// When the tables are older or newer, or the model is another one.
    pub async fn verify(&self) -> Result<(), SchemaError> {
        let mut session = self.session().await?;
        let found = self.version(&mut *session).await?;
        not_newer(found)?;
        if found < newest() {
            return Err(SchemaError::Outdated { found, needed: newest() });
        }
        let rows = session.rows(self.inner.fixed.newest_model.with(Vec::new())).await?;
        session.keep();
        match &rows[..] {
            [row] if row[..] == [Cell::Text(self.fingerprint())] => Ok(()),
            _ => Err(SchemaError::OtherModel),
        }
    }

    /// Records that the database is used with this model from now on. Returns whether it was used with another one, or
    /// with none.
    ///
    /// Stored relationships stay. Those that the model does not allow have no effect.
    ///
    /// # Errors
    /// When the database reports an error.
    pub async fn adopt_model(&self) -> Result<bool, SchemaError> {
        self.adopt(false).await
    }

    /// Does what [`adopt_model`](Self::adopt_model) does, unless the model may give a permission to more subjects than the one that
    /// the database is used with. The first model is adopted.
    ///
    /// # Errors
    /// When the model may give more, the model in use cannot be read, or the database reports an error.
    pub async fn adopt_model_unless_wider(&self) -> Result<bool, SchemaError> {
        self.adopt(true).await
    }

    /// Fails if the model may give more than the one that is in use.
    async fn is_not_wider(&self, session: &mut dyn Session) -> Result<(), SchemaError> {
        let rows = session.rows(self.inner.fixed.newest_text.with(Vec::new())).await?;
        let Some([Cell::Text(text)]) = rows.first().map(Vec::as_slice) else { return Ok(()) };
        let before = Model::parse(text).map_err(|_| SchemaError::StoredModel)?;
        let changes = self.inner.model.changes_since(&before);
        let wider = changes.iter().filter(|change| change.kind.is_widening());
        let permissions: Vec<_> = wider.map(|change| format!("{}#{}", change.definition, change.name)).collect();
        if permissions.is_empty() { Ok(()) } else { Err(SchemaError::Widens { permissions }) }
    }

    async fn adopt(&self, unless_wider: bool) -> Result<bool, SchemaError> {
        let mut session = self.session().await?;
        session.begin().await?;
        // All writers wait here.
        session.rows(self.inner.fixed.raise.with(vec![Value::Org(Some(uuid::Uuid::nil())), Value::Int(1)])).await?;
        let rows = session.rows(self.inner.fixed.newest_model.with(Vec::new())).await?;
        let fingerprint = self.fingerprint();
        let other = rows != [[Cell::Text(fingerprint.clone())]];
        if other {
            if unless_wider {
                // The connection is closed on an error, and the transaction ends with it.
                self.is_not_wider(&mut *session).await?;
            }
            let text = self.inner.model.to_string();
            session
                .execute(self.inner.fixed.record_model.with(vec![Value::Text(fingerprint), Value::Text(text)]))
                .await?;
            // Another model may take permissions away everywhere.
            self.raise_all(&mut *session).await?;
        }
        session.commit().await?;
        session.keep();
        Ok(other)
    }

    fn fingerprint(&self) -> String {
        format!("{:032x}", self.inner.model.fingerprint())
    }

    async fn version(&self, session: &mut dyn Session) -> Result<i64, EngineError> {
        let rows = session.rows(self.inner.fixed.version.with(Vec::new())).await?;
        match rows.first().map(Vec::as_slice) {
            Some([Cell::Int(version)]) => Ok(*version),
            _ => Err(EngineError::Answer("the version of the tables is missing")),
        }
    }
}

fn newest() -> i64 {
    VERSIONS.last().map_or(0, |version| version.number)
}

fn not_newer(found: i64) -> Result<(), SchemaError> {
    if found > newest() { Err(SchemaError::Newer { found, needed: newest() }) } else { Ok(()) }
}
