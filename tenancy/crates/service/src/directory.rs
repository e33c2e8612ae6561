//! The current epochs, from the gateway's own tables.

use super::epochs::{CurrentEpochs, CurrentEpochsError};
use crate::role_name::{RoleNameError, filled as grants_to};
use crate::store::named::NamedText;
use crate::store::sql::{Platform, Statement};
use crate::store::value::Value;
use futures_core::future::BoxFuture;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
#[cfg(feature = "postgres")]
use tenancy::__private::{PostgresSettings, postgres_store};
#[cfg(feature = "postgres")]
use tenancy::db::DatabaseUrl;
use tenancy::db::Error;
use tenancy::scope::{Actor, Epochs, OrgId, Subject};

/// How many connections are opened at most.
const CONNECTIONS: usize = 8;
/// How long a request waits for an answer unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(2);

/// Returns the statements that take every right on the gateway's tables from a role on PostgreSQL, and give it those that
/// [`DirectoryEpochs`] needs. Run them as the owner of the tables; `tenancy gateway grants --epochs` does.
///
/// # Errors
/// [`RoleNameError`] when the text cannot name a role.
pub fn epochs_grants(role: &str) -> Result<String, RoleNameError> {
    grants_to(include_str!("postgres_epochs_role.sql"), role)
}

crate::__statements! {
    /// Three index reads. A user who is disabled or no member, and an organization that is not active, has no row.
    FindEpochs { org: Id, issuer: Text, subject: Text } -> [Int, Int] =
        "SELECT o.epoch, u.epoch FROM gateway_organizations o \
         JOIN gateway_memberships m ON m.org_id = o.id \
         JOIN gateway_users u ON u.id = m.user_id AND u.disabled = 0 \
         WHERE o.id = :org AND o.state = 'active' AND u.issuer = :issuer AND u.subject = :subject";

    /// The epochs of staff whose access holds.
    FindEpochsOfStaff { entry: Id, org: Id, writes: Int, issuer: Text, subject: Text } -> [Int, Int] =
        "SELECT o.epoch, u.epoch FROM gateway_entries e \
         JOIN gateway_organizations o ON o.id = e.org_id AND o.state = 'active' \
         JOIN gateway_users u ON u.id = e.user_id AND u.disabled = 0 \
         JOIN gateway_staff t ON t.user_id = u.id \
         WHERE e.id = :entry AND e.org_id = :org AND e.writes = :writes AND u.issuer = :issuer AND u.subject = :subject \
         AND NOT EXISTS (SELECT 1 FROM gateway_entry_ends n WHERE n.entry = e.id) \
         AND NOT EXISTS (SELECT 1 FROM gateway_memberships m WHERE m.user_id = u.id)";
}

/// The texts, for the tests of the crate that makes the tables.
pub fn statements() -> &'static [NamedText] {
    ALL
}

/// The epochs that hold now, read from the gateway's tables for each request: a change of the directory takes effect at the
/// service's next request (`tenancy/tests/split/directory.rs`).
///
/// It reads those tables and nothing else. On PostgreSQL give it a role of its own ([`epochs_grants`]), neither the
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
        Self::on_postgres(url.into(), PostgresSettings::default())
    }

    /// The same over TLS and in no other way; see [`TenantDbBuilder::tls`](tenancy::db::TenantDbBuilder::tls).
    ///
    /// # Errors
    /// When the URL forbids TLS.
    #[cfg(feature = "postgres-tls")]
    pub fn postgres_over_tls(url: impl Into<DatabaseUrl>, config: rustls::ClientConfig) -> Result<Self, Error> {
        Self::on_postgres(url.into(), PostgresSettings::over_tls(config))
    }

    #[cfg(feature = "postgres")]
    fn on_postgres(url: DatabaseUrl, settings: PostgresSettings) -> Result<Self, Error> {
        let pool = postgres_store(url, CONNECTIONS, settings)?;
        Ok(Self { platform: Arc::new(pool), patience: PATIENCE })
    }

    /// The gateway's tables in a file, over at most 8 connections.
    ///
    /// # Errors
    /// When the database cannot be opened.
    #[cfg(feature = "sqlite")]
    pub async fn sqlite(url: impl Into<String>) -> Result<Self, Error> {
        let pool = tenancy::__private::sqlite_store(url.into(), CONNECTIONS).await?;
        Ok(Self { platform: Arc::new(pool), patience: PATIENCE })
    }

    /// How long a request waits, for a connection and for the answer together; 2 s unless set. Then it is `503`.
    #[must_use]
    pub fn wait_timeout(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    async fn read(&self, statement: Statement) -> Result<Option<Epochs>, CurrentEpochsError> {
        let answer = tokio::time::timeout(self.patience, self.platform.run(vec![statement], self.patience)).await;
        let mut answers = answer.map_err(CurrentEpochsError::new)?.map_err(CurrentEpochsError::new)?;
        let row = answers.pop().and_then(|answer| answer.rows.into_iter().next());
        row.map(|row| epochs(&row)).transpose()
    }
}

fn name(subject: &Subject) -> [Value; 2] {
    [&subject.issuer, &subject.subject].map(|text| Value::Text(text.clone()))
}

fn epochs(row: &[Value]) -> Result<Epochs, CurrentEpochsError> {
    let count = |value: &i64| (*value).try_into().map_err(CurrentEpochsError::new);
    match row {
        [Value::Int(org), Value::Int(sub)] => Ok(Epochs { org: count(org)?, sub: count(sub)? }),
        _ => Err(CurrentEpochsError::new("the gateway's tables have another shape than this version expects")),
    }
}

impl CurrentEpochs for DirectoryEpochs {
    fn epochs<'a>(
        &'a self,
        org: OrgId,
        subject: &'a Subject,
    ) -> BoxFuture<'a, Result<Option<Epochs>, CurrentEpochsError>> {
        let [issuer, subject] = name(subject);
        Box::pin(self.read(FindEpochs { org: Value::Id(*org.as_uuid()), issuer, subject }.statement()))
    }

    fn epochs_of_staff<'a>(
        &'a self,
        org: OrgId,
        actor: &'a Actor,
    ) -> BoxFuture<'a, Result<Option<Epochs>, CurrentEpochsError>> {
        let [issuer, subject] = name(&actor.staff);
        let find = FindEpochsOfStaff {
            entry: Value::Id(actor.entry),
            org: Value::Id(*org.as_uuid()),
            writes: Value::Int(actor.writes.into()),
            issuer,
            subject,
        };
        Box::pin(self.read(find.statement()))
    }
}

impl fmt::Debug for DirectoryEpochs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirectoryEpochs").field("patience", &self.patience).finish_non_exhaustive()
    }
}
