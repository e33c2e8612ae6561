//! The current epochs, from the gateway's own tables.

use super::epochs::{CurrentEpochs, EpochsUnknown};
#[cfg(feature = "postgres")]
use crate::db::DatabaseUrl;
use crate::db::Error;
use crate::db::platform::{Kind, Platform, Statement, Value};
use crate::edge::BoxFuture;
use crate::scope::{Actor, Epochs, OrgId, Subject};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How many connections are opened at most.
const CONNECTIONS: usize = 8;
/// How long a request waits for an answer unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(2);

/// The grants for a role on PostgreSQL that [`DirectoryEpochs`] connects as. The role is called `epochs` in them.
pub const EPOCHS_GRANTS: &str = include_str!("postgres_epochs_role.sql");

/// Three index reads. Whoever is disabled or no member, and an organization that is not active, has no row.
const EPOCHS: &str = "SELECT o.epoch, u.epoch FROM gateway_organizations o \
                      JOIN gateway_memberships m ON m.org_id = o.id \
                      JOIN gateway_users u ON u.id = m.user_id AND u.disabled = 0 \
                      WHERE o.id = ? AND o.state = 'active' AND u.issuer = ? AND u.subject = ?";

/// The same of staff whose entry holds, whoever asks for which organization.
const EPOCHS_OF_STAFF: &str = "SELECT o.epoch, u.epoch FROM gateway_entries e \
                               JOIN gateway_organizations o ON o.id = e.org_id AND o.state = 'active' \
                               JOIN gateway_users u ON u.id = e.user_id AND u.disabled = 0 \
                               JOIN gateway_staff t ON t.user_id = u.id \
                               WHERE e.id = ? AND e.org_id = ? AND e.writes = ? AND u.issuer = ? AND u.subject = ? \
                               AND NOT EXISTS (SELECT 1 FROM gateway_entry_ends n WHERE n.entry = e.id) \
                               AND NOT EXISTS (SELECT 1 FROM gateway_memberships m WHERE m.user_id = u.id)";

/// The epochs that hold now, read from the gateway's tables for each request: a change of the directory takes effect at the
/// service's next request (`tenancy/tests/split/directory.rs`).
///
/// It reads those tables and nothing else. On PostgreSQL give it a role of its own ([`EPOCHS_GRANTS`]), neither the
/// gateway's nor the one that runs the service's statements. Nothing is remembered between requests. From a replica that
/// lags it reads what was.
#[derive(Clone)]
pub struct DirectoryEpochs {
    platform: Arc<dyn Platform>,
    patience: Duration,
}

impl DirectoryEpochs {
    /// The gateway's tables behind a `postgres://` URL, over at most 8 connections, which are opened when they are needed.
    ///
    /// They are not encrypted: use a socket or a private network, or `postgres_over_tls`.
    ///
    /// # Errors
    /// When the URL demands TLS.
    #[cfg(feature = "postgres")]
    pub fn postgres(url: impl Into<DatabaseUrl>) -> Result<Self, Error> {
        Self::on_postgres(url.into(), crate::db::pg::Settings::default())
    }

    /// The same over TLS and in no other way; see [`TenantDbBuilder::tls`](crate::db::TenantDbBuilder::tls).
    ///
    /// # Errors
    /// When the URL forbids TLS.
    #[cfg(feature = "postgres-tls")]
    pub fn postgres_over_tls(url: impl Into<DatabaseUrl>, config: rustls::ClientConfig) -> Result<Self, Error> {
        Self::on_postgres(url.into(), crate::db::pg::Settings::over_tls(config))
    }

    #[cfg(feature = "postgres")]
    fn on_postgres(url: DatabaseUrl, settings: crate::db::pg::Settings) -> Result<Self, Error> {
        let pool = crate::db::pg::platform(url, CONNECTIONS, settings)?;
        Ok(Self { platform: Arc::new(pool), patience: PATIENCE })
    }

    /// The gateway's tables in a file, over at most 8 connections.
    ///
    /// # Errors
    /// When the database cannot be opened.
    #[cfg(feature = "sqlite")]
    pub async fn sqlite(url: impl Into<String>) -> Result<Self, Error> {
        let pool = crate::db::sqlite::platform(url.into(), CONNECTIONS).await?;
        Ok(Self { platform: Arc::new(pool), patience: PATIENCE })
    }

    /// How long a request waits, for a connection and for the answer together; 2 s unless set. Then it is `503`.
    #[must_use]
    pub fn wait_timeout(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    async fn read(&self, statement: Statement) -> Result<Option<Epochs>, EpochsUnknown> {
        let statement = statement.returning(&[Kind::Int, Kind::Int]);
        let answer = tokio::time::timeout(self.patience, self.platform.run(vec![statement], self.patience)).await;
        let mut answers = answer.map_err(EpochsUnknown::new)?.map_err(EpochsUnknown::new)?;
        let row = answers.pop().and_then(|answer| answer.rows.into_iter().next());
        row.map(|row| epochs(&row)).transpose()
    }
}

fn name(subject: &Subject) -> [Value; 2] {
    [&subject.op, &subject.id].map(|text| Value::Text(text.clone()))
}

fn epochs(row: &[Value]) -> Result<Epochs, EpochsUnknown> {
    let count = |value: &i64| (*value).try_into().map_err(EpochsUnknown::new);
    match row {
        [Value::Int(org), Value::Int(sub)] => Ok(Epochs { org: count(org)?, sub: count(sub)? }),
        _ => Err(EpochsUnknown::new("the gateway's tables have another shape than this version expects")),
    }
}

impl CurrentEpochs for DirectoryEpochs {
    fn epochs<'a>(&'a self, org: OrgId, subject: &'a Subject) -> BoxFuture<'a, Result<Option<Epochs>, EpochsUnknown>> {
        let values = [&[Value::Id(*org.as_uuid())], &name(subject)[..]].concat();
        Box::pin(self.read(Statement::new(EPOCHS, values)))
    }

    fn epochs_of_staff<'a>(
        &'a self,
        org: OrgId,
        actor: &'a Actor,
    ) -> BoxFuture<'a, Result<Option<Epochs>, EpochsUnknown>> {
        let entry = [Value::Id(actor.entry), Value::Id(*org.as_uuid()), Value::Int(actor.writes.into())];
        let values = [&entry[..], &name(&actor.staff)].concat();
        Box::pin(self.read(Statement::new(EPOCHS_OF_STAFF, values)))
    }
}

impl fmt::Debug for DirectoryEpochs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirectoryEpochs").field("patience", &self.patience).finish_non_exhaustive()
    }
}
