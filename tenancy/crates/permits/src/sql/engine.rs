//! The engine and how it is built.

use super::compile::graph::Graph;
use super::compile::{Levels, Statements, compile};
use super::database::{Database, Session};
use super::defaults::ModelSettings;
use super::dialect::Dialect;
use super::error::{BuildError, EngineError};
use super::fixed::Fixed;
use super::write::{CycleChecks, Guards, LastHolder, NamedGuard};
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
#[cfg(feature = "postgres")]
use tenancy::__private::{PostgresSettings, postgres_store};
#[cfg(feature = "postgres")]
use tenancy::db::DatabaseUrl;
use tenancy::db::PoolStatus;
use tenancy_permission_model::Model;

/// How many connections are opened at most, unless another number is set.
const CONNECTIONS: usize = 8;

/// How long a write or a migration waits for a connection and for other writers, unless another time is set.
const WAIT: Duration = Duration::from_secs(5);

/// Relationships in the service's own database, and the permissions that follow from them.
///
/// Each relation and permission of the model is one SQL statement, which is compiled when the engine is built. Cloning
/// is cheap and shares the connections.
#[derive(Clone)]
pub struct SqlEngine {
    pub(super) inner: Arc<Inner>,
}

/// What clones share.
pub(super) struct Inner {
    pub(super) database: Box<dyn Database>,
    pub(super) dialect: Dialect,
    pub(super) model: Model,
    pub(super) statements: Statements,
    pub(super) fixed: Fixed,
    pub(super) levels: Levels,
    pub(super) last_holders: Vec<LastHolder>,
    pub(super) guards: Guards,
    pub(super) negative: HashSet<(String, String)>,
    pub(super) cycles: CycleChecks,
    pub(super) wait: Duration,
}

impl SqlEngine {
    /// Returns a builder of engines for `model`.
    pub fn builder(model: Model) -> SqlEngineBuilder {
        SqlEngineBuilder { model, settings: ModelSettings::default(), connections: CONNECTIONS, wait: WAIT }
    }

    /// Returns an engine on the tables behind a `postgres://` URL, with the builder's defaults. Connections are opened
    /// when they are needed.
    ///
    /// # Errors
    /// When the model cannot be compiled, or the URL demands TLS.
    #[cfg(feature = "postgres")]
    pub fn postgres(url: impl Into<DatabaseUrl>, model: Model) -> Result<Self, BuildError> {
        Self::builder(model).postgres(url)
    }

    /// Returns an engine on the tables in a file, or in memory for `:memory:`, with the builder's defaults.
    ///
    /// # Errors
    /// When the model cannot be compiled, or the database cannot be opened.
    #[cfg(feature = "sqlite")]
    pub async fn sqlite(path: impl Into<String>, model: Model) -> Result<Self, BuildError> {
        Self::builder(model).sqlite(path).await
    }

    /// Returns the model.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.inner.model
    }

    /// Returns how the engine's connections are used.
    #[must_use]
    pub fn pool_status(&self) -> PoolStatus {
        self.inner.database.status()
    }

    /// Takes a connection for what is no check.
    pub(super) async fn session(&self) -> Result<Box<dyn Session>, EngineError> {
        self.inner.database.lend(self.inner.wait).await
    }
}

impl fmt::Debug for SqlEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlEngine").field("dialect", &self.inner.dialect).finish_non_exhaustive()
    }
}

/// How a [`SqlEngine`] is built.
#[must_use]
#[derive(Debug)]
pub struct SqlEngineBuilder {
    model: Model,
    settings: ModelSettings,
    connections: usize,
    wait: Duration,
}

impl SqlEngineBuilder {
    /// Sets the object type of organizations, whose ids are the organizations' UUIDs. Default: `organization`, if the
    /// model has that type.
    pub fn organization_type(mut self, name: impl Into<String>) -> Self {
        self.settings.organization = Some(name.into());
        self
    }

    /// Names an object type whose objects belong to no organization. Its relationships are written without an
    /// organization, and one that an organization has stored does not count. Call it once for each type. Default, to
    /// which this adds: `platform` and `tenant`, if the model has them and they are not the type of organizations.
    pub fn above_organizations(mut self, name: impl Into<String>) -> Self {
        self.settings.above.insert(name.into());
        self
    }

    /// Says that objects of a type belong to organizations, though the type has no relation to them: a `tenant` that
    /// rents a flat of an organization, or a `team` of an organization. Every writer of an organization can then change
    /// its relationships there, and none is stored without an organization.
    pub fn within_organizations(mut self, name: impl Into<String>) -> Self {
        self.settings.within.insert(name.into());
        self
    }

    /// Refuses every write that would leave an object of the type without a `user` who has the relation directly and
    /// without an expiry. Call it once for each relation. Default, to which this adds: `owner` of the type of
    /// organizations, if the model has that relation and it takes a `user` without an expiry.
    pub fn last_holder(mut self, kind: impl Into<String>, relation: impl Into<String>) -> Self {
        self.settings.last_holders.push(LastHolder { kind: kind.into(), relation: relation.into() });
        self
    }

    /// Switches off the default of [`last_holder`](Self::last_holder): organizations may be left without an owner.
    pub fn without_last_holder(mut self, kind: impl Into<String>, relation: impl Into<String>) -> Self {
        self.settings.without_last_holder.push(LastHolder { kind: kind.into(), relation: relation.into() });
        self
    }

    /// Names the permission that guards a relation of a type: a person writes the relation with
    /// [`write_as`](SqlEngine::write_as) if the person has that permission of the object. Call it once for each relation.
    /// Default: the type's permission `grant_owner` for `owner`, or else `manage_owners`; `ban` for `banned`.
    pub fn guard(
        mut self,
        kind: impl Into<String>,
        relation: impl Into<String>,
        permission: impl Into<String>,
    ) -> Self {
        let (kind, relation, permission) = (kind.into(), relation.into(), permission.into());
        self.settings.guards.push(NamedGuard { kind, relation, permission });
        self
    }

    /// Sets how many connections the engine opens at most. Default: 8.
    pub fn connections(mut self, most: usize) -> Self {
        self.connections = most;
        self
    }

    /// Sets how long writes and migrations wait for a connection. The whole write may take six times as long. Default:
    /// 5 s.
    pub fn wait_timeout(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Builds an engine on the tables behind a `postgres://` URL. Connections are not encrypted: use a socket or a
    /// private network, or `postgres_over_tls`.
    ///
    /// # Errors
    /// When the model cannot be compiled, a setting does not fit the model, or the URL demands TLS.
    #[cfg(feature = "postgres")]
    pub fn postgres(self, url: impl Into<DatabaseUrl>) -> Result<SqlEngine, BuildError> {
        self.on_postgres(url.into(), PostgresSettings::default())
    }

    /// Builds an engine on PostgreSQL over TLS and in no other way; see
    /// [`TenantDbBuilder::tls`](tenancy::db::TenantDbBuilder::tls).
    ///
    /// # Errors
    /// When the model cannot be compiled, a setting does not fit the model, or the URL forbids TLS.
    #[cfg(feature = "postgres-tls")]
    pub fn postgres_over_tls(
        self,
        url: impl Into<DatabaseUrl>,
        config: rustls::ClientConfig,
    ) -> Result<SqlEngine, BuildError> {
        self.on_postgres(url.into(), PostgresSettings::over_tls(config))
    }

    #[cfg(feature = "postgres")]
    fn on_postgres(self, url: DatabaseUrl, settings: PostgresSettings) -> Result<SqlEngine, BuildError> {
        let pool = postgres_store(url, self.connections, settings)?;
        self.on(Box::new(pool), Dialect::Postgres)
    }

    /// Builds an engine on the tables in a file, or in memory for `:memory:`. It needs tokio's multi-threaded runtime.
    ///
    /// # Errors
    /// When the model cannot be compiled, a setting does not fit the model, or the database cannot be opened.
    #[cfg(feature = "sqlite")]
    pub async fn sqlite(self, path: impl Into<String>) -> Result<SqlEngine, BuildError> {
        let pool = tenancy::__private::sqlite_store(path.into(), self.connections).await?;
        self.on(Box::new(pool), Dialect::Sqlite)
    }

    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    fn on(self, database: Box<dyn Database>, dialect: Dialect) -> Result<SqlEngine, BuildError> {
        let levels = self.settings.levels(&self.model)?;
        let last_holders = self.settings.last_holders(&self.model, &levels)?;
        let guards = Guards::of(&self.model, self.settings.guards(&self.model)?);
        let statements = compile(&self.model, dialect, &levels)?;
        let cycles = CycleChecks::of(&Graph::of(&self.model)?, dialect)?;
        let owned = |(kind, relation): (&str, &str)| (kind.to_owned(), relation.to_owned());
        let negative = self.model.relations_used_negatively().into_iter().map(owned).collect();
        let inner = Inner {
            database,
            dialect,
            statements,
            fixed: Fixed::new(dialect),
            levels,
            last_holders,
            guards,
            negative,
            cycles,
            wait: self.wait,
            model: self.model,
        };
        Ok(SqlEngine { inner: Arc::new(inner) })
    }
}
