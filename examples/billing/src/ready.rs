//! Whether the process can serve, for the probe that decides if it is given requests.

use crate::ledger::Ledger;
use std::sync::Arc;
use std::time::Duration;
use tenancy::db::seal::SealKey;
use tenancy_gateway::Gateway;
use tenancy_gateway::split::SigningKeys;
use tenancy_secrets::Watched;

/// How long everything together may take to answer. Longer than a probe waits is as good as no answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Something without which requests fail.
pub(crate) enum Need {
    /// Sessions.
    Gateway(Gateway),
    /// The organizations' rows.
    Books(Ledger),
    /// A key that the database accepts. A process that cannot read it for too long seals nothing.
    Seal(Watched<SealKey>),
    /// A signing key that services trust.
    Signing(SigningKeys),
}

/// All that the process needs.
#[derive(Clone)]
pub(crate) struct Needs(Arc<Vec<Need>>);

impl Needs {
    pub(crate) fn of(needs: Vec<Need>) -> Self {
        Self(Arc::new(needs))
    }

    /// How the pools of the books stand, for Prometheus; the gateway tells of its own.
    pub(crate) fn pools(&self) -> String {
        let books = self.0.iter().filter_map(|need| match need {
            Need::Books(ledger) => Some(ledger.pool_status().metrics("books")),
            Need::Gateway(_) | Need::Seal(_) | Need::Signing(_) => None,
        });
        books.collect()
    }

    /// Whether all of it is there now. What is missing is for the log.
    pub(crate) async fn are_met(&self) -> bool {
        let all = async {
            for need in self.0.iter() {
                if !need.is_met().await {
                    return false;
                }
            }
            true
        };
        tokio::time::timeout(PATIENCE, all).await.unwrap_or_else(|_| {
            tracing::warn!("not ready: a database did not answer in time");
            false
        })
    }
}

impl Need {
    async fn is_met(&self) -> bool {
        match self {
            Self::Gateway(gateway) => gateway.is_ready().await,
            Self::Books(ledger) => {
                ledger.ping_to_write().await.inspect_err(|error| tracing::warn!(%error, "not ready: the books")).is_ok()
            }
            Self::Seal(key) => {
                key.get().inspect_err(|error| tracing::warn!(%error, "not ready: the seal's key")).is_ok()
            }
            Self::Signing(keys) => keys.is_ready(),
        }
    }
}
