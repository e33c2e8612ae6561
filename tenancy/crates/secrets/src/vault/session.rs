//! The token: signed in for, renewed, replaced.

use super::VaultStatus;
use super::auth::VaultAuth;
use crate::SourceError;
use arc_swap::ArcSwapOption;
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use vaultrs::api::AuthInfo;
use vaultrs::client::{Client as _, VaultClient};
use zeroize::Zeroize as _;

/// A token and its time.
pub(super) struct Session {
    pub(super) client: VaultClient,
    lease: Duration,
    renewable: bool,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.client.middle.token.zeroize();
        self.client.settings.token.zeroize();
    }
}

/// Makes a client without a token.
pub(super) type Connect = Box<dyn Fn() -> VaultClient + Send + Sync>;

/// The session of now, and how to get another.
pub(super) struct Sessions {
    connect: Connect,
    auth: VaultAuth,
    current: ArcSwapOption<Session>,
    /// One sign-in at a time: a task that waits takes what the first one got. It holds what the store refused last.
    signing_in: Mutex<Option<DeniedProof>>,
    logins: AtomicU64,
    renewals: AtomicU64,
    failures: AtomicU64,
}

/// The pauses between attempts while the store is away.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// For how long a refused proof is not shown again, unless it changes. OpenBao and Vault lock an AppRole for 15 minutes after five refused
/// sign-ins within 15 minutes, also for the right secret id.
const DENIED_PAUSE: Duration = Duration::from_secs(5 * 60);

/// A proof that the store refused.
struct DeniedProof {
    fingerprint: [u8; 32],
    at: Instant,
}

impl DeniedProof {
    fn covers(&self, fingerprint: &[u8; 32]) -> bool {
        self.fingerprint == *fingerprint && self.at.elapsed() < DENIED_PAUSE
    }
}

/// The shortest pause between renewals, whatever a lease says.
const SHORTEST: Duration = Duration::from_millis(500);

impl Sessions {
    pub(super) fn new(connect: Connect, auth: VaultAuth) -> Self {
        Self {
            connect,
            auth,
            current: ArcSwapOption::empty(),
            signing_in: Mutex::default(),
            logins: AtomicU64::new(0),
            renewals: AtomicU64::new(0),
            failures: AtomicU64::new(0),
        }
    }

    pub(super) fn status(&self) -> VaultStatus {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        VaultStatus { logins: read(&self.logins), renewals: read(&self.renewals), failures: read(&self.failures) }
    }

    pub(super) async fn current(&self) -> Result<Arc<Session>, SourceError> {
        match self.current.load_full() {
            Some(session) => Ok(session),
            None => self.sign_in(None).await,
        }
    }

    /// Signs in, unless another task did since `old`.
    pub(super) async fn sign_in_unless_newer(&self, old: &Arc<Session>) -> Result<Arc<Session>, SourceError> {
        self.sign_in(Some(old)).await
    }

    async fn sign_in(&self, old: Option<&Arc<Session>>) -> Result<Arc<Session>, SourceError> {
        let mut denied = self.signing_in.lock().await;
        if let Some(session) = self.current.load_full()
            && old.is_none_or(|old| !Arc::ptr_eq(old, &session))
        {
            return Ok(session);
        }
        let client = (self.connect)();
        let answer = self.ask(&client, &mut denied).await;
        let auth = answer.inspect_err(|_| {
            self.failures.fetch_add(1, Ordering::Relaxed);
        })?;
        self.logins.fetch_add(1, Ordering::Relaxed);
        Ok(self.install(client, auth))
    }

    async fn ask(&self, client: &VaultClient, denied: &mut Option<DeniedProof>) -> Result<AuthInfo, SourceError> {
        let proof = self.auth.read_proof().await?;
        let fingerprint = Sha256::digest(proof.expose_secret()).into();
        if denied.as_ref().is_some_and(|denied| denied.covers(&fingerprint)) {
            return Err(SourceError::Denied);
        }
        let answer = self.auth.sign_in(client, &proof).await;
        if let Err(SourceError::Denied) = answer {
            tracing::error!(
                "the secret store refused the sign-in: the same proof is shown again in 5 minutes, a changed one at once"
            );
            *denied = Some(DeniedProof { fingerprint, at: Instant::now() });
        }
        answer
    }

    fn install(&self, mut client: VaultClient, mut auth: AuthInfo) -> Arc<Session> {
        client.set_token(&auth.client_token);
        auth.client_token.zeroize();
        let lease = Duration::from_secs(auth.lease_duration);
        let session = Arc::new(Session { client, lease, renewable: auth.renewable });
        self.current.store(Some(Arc::clone(&session)));
        session
    }

    /// More time for the token, or another token.
    async fn renew(&self, session: &Arc<Session>) -> Result<(), SourceError> {
        if session.renewable
            && let Ok(auth) = vaultrs::token::renew_self(&session.client, None).await
            && auth.lease_duration * 2 > session.lease.as_secs()
        {
            self.renewals.fetch_add(1, Ordering::Relaxed);
            self.install((self.connect)(), auth);
            return Ok(());
        }
        // Near the end of its whole life a token is given less and less time, and then an error that looks like an outage
        // (500, `past the max TTL`). Whatever it was: signing in tells whether the store is there.
        self.sign_in_unless_newer(session).await.map(drop)
    }
}

/// Renews for as long as the source lives.
pub(super) async fn keep(sessions: Weak<Sessions>) {
    let mut pause: Option<Duration> = None;
    loop {
        let Some(lease) = sessions.upgrade().map(|sessions| sessions.current.load().as_ref().map(|now| now.lease))
        else {
            return;
        };
        let wait = pause.unwrap_or_else(|| two_thirds(lease.unwrap_or_default()));
        tokio::time::sleep(wait).await;
        let Some(sessions) = sessions.upgrade() else { return };
        let Some(session) = sessions.current.load_full() else { continue };
        pause = match sessions.renew(&session).await {
            Ok(()) => None,
            Err(fault) => {
                tracing::error!(%fault, "the session at the secret store was not renewed");
                let next = pause.map_or(PAUSE, |pause| (pause * 2).min(LONGEST_PAUSE));
                Some(next.mul_f64(0.75 + fastrand::f64() / 4.0))
            }
        };
    }
}

/// Two thirds of a lease, less up to a tenth: many processes that began together do not renew together. A token without
/// an end is looked at every hour.
fn two_thirds(lease: Duration) -> Duration {
    let lease = if lease.is_zero() { Duration::from_secs(3600 * 3 / 2) } else { lease };
    (lease * 2 / 3).mul_f64(0.9 + fastrand::f64() / 10.0).max(SHORTEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_renews_at_two_thirds_and_not_all_at_once() {
        let times: Vec<_> = (0..200).map(|_| two_thirds(Duration::from_secs(900))).collect();
        assert!(times.iter().all(|time| (540..=600).contains(&time.as_secs())), "{times:?}");
        assert!(times.iter().any(|time| time.as_secs() < 560) && times.iter().any(|time| time.as_secs() > 580));
        assert!(two_thirds(Duration::ZERO) > Duration::from_secs(3000));
    }
}
