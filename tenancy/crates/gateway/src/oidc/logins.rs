//! Sign-ins that were begun, in the gateway's database: whichever process began one, any may finish it, and one does.

use super::{Callback, OidcClient, PendingLogin};
use crate::Gateway;
use crate::clock::seconds;
use crate::rejection::{Rejection, RejectionReason};
use crate::session::session_row::Cells;
use crate::state::Inner;
use crate::statements::{self, text};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tenancy_service::__private::sql::{StoreError, Value};

/// How many are kept unless told otherwise.
const MOST: u32 = 10_000;
/// How many that are over are taken away when there is no room.
const BATCH: i64 = 500;

/// The keys of what was sealed for a browser and has come back. It takes no room from what is kept.
const DONE: &str = "done:";

/// Sign-ins that were begun and have not come back, sealed with the session keys. From
/// [`Gateway::logins`](crate::Gateway::logins).
#[derive(Clone)]
pub struct Logins {
    inner: Arc<Inner>,
    /// In seconds.
    life: u64,
    most: u32,
}

impl Gateway {
    /// The sign-ins that were begun at this client, in the gateway's database. They are kept for as long as the client's
    /// [`Limits::sign_in`](super::Limits::sign_in) says; [`delete_expired`](crate::Sessions::delete_expired) takes away what did not
    /// come back.
    pub fn logins(&self, client: &OidcClient) -> Logins {
        let life = client.config.limits.sign_in.as_secs();
        Logins { inner: Arc::clone(&self.inner), life, most: MOST }
    }
}

impl Logins {
    /// How many are kept at once, by all clients and processes together; 10,000 unless set. Strangers can begin sign-ins, so
    /// there is an end to it; each takes 1 to 4 KB. Those that are counted at the same moment may exceed it by the number
    /// of the gateways' connections. Each beginning counts them, so it takes longer the more there are.
    #[must_use]
    pub fn at_most(mut self, most: u32) -> Self {
        self.most = most;
        self
    }

    /// How long one is kept: also for the cookie that holds the browser's secret.
    pub fn life(&self) -> Duration {
        Duration::from_secs(self.life)
    }

    /// Keeps one until its callback.
    ///
    /// # Errors
    /// [`RejectionReason::SignInsFull`] when there is no room, also after what is over was taken away; [`RejectionReason::Unavailable`].
    pub async fn keep(&self, transaction: PendingLogin) -> Result<(), Rejection> {
        let key = transaction.key().to_owned();
        let sealed = self.inner.keys.seal(&transaction.into_stored(), &about(&key));
        let sealed = sealed.ok_or_else(|| self.inner.refuse(RejectionReason::Unavailable))?;
        let done = match self.insert(&key, &sealed).await {
            Err(StoreError::Nothing) => self.insert_after_sweep(&key, &sealed).await,
            done => done,
        };
        done.map_err(|failure| match failure {
            StoreError::Nothing => self.inner.refuse(RejectionReason::SignInsFull),
            failure => self.inner.unavailable(&failure),
        })
    }

    /// Seals one for the browser that began it, instead of a row: put it into the cookie beside the browser's secret. `purpose`
    /// is what the sign-in is for, such as `step-up of` a session's handle: it comes back with [`take_from`](Self::take_from)
    /// alone, and nothing in an address can change it.
    ///
    /// Nothing is kept here, so strangers who begin sign-ins take no room from others.
    ///
    /// # Errors
    /// [`RejectionReason::Unavailable`] when the system has no randomness.
    pub fn seal_for_browser(&self, transaction: PendingLogin, purpose: &str) -> Result<SecretString, Rejection> {
        let about = self.in_browser(transaction.key(), purpose);
        let sealed = self.inner.keys.seal(&transaction.into_stored(), &about);
        let sealed = sealed.ok_or_else(|| self.inner.refuse(RejectionReason::Unavailable))?;
        Ok(URL_SAFE_NO_PAD.encode(sealed).into())
    }

    /// Opens what a browser brings back, if it is of this callback and for this purpose, and remembers that it was: of any number
    /// of callbacks, at any process, one has it. Ask before anything else is looked at.
    ///
    /// # Errors
    /// [`RejectionReason::SignInUnknown`]: it is another sign-in's, for another purpose, was taken before, or was not sealed here;
    /// [`RejectionReason::Unavailable`]. That it is over says [`OidcClient::finish`].
    pub async fn take_from(
        &self,
        sealed: &SecretString,
        callback: &Callback,
        purpose: &str,
    ) -> Result<PendingLogin, Rejection> {
        let unknown = || self.inner.refuse(RejectionReason::SignInUnknown);
        let key = callback.key();
        let bytes = URL_SAFE_NO_PAD.decode(sealed.expose_secret()).map_err(|_| unknown())?;
        let stored = self.inner.keys.open(&bytes, &self.in_browser(key, purpose)).ok_or_else(unknown)?;
        let transaction = PendingLogin::from_stored(&stored).map_err(|_| unknown())?;
        let mark = statements::MarkLoginUsed {
            key: Value::Text(format!("{DONE}{key}")),
            sealed: Value::Bytes(Vec::new()),
            now: self.inner.db.now(),
            life: seconds(self.life),
        };
        match self.inner.db.write(vec![mark.statement()], &[]).await {
            Ok(_) => Ok(transaction),
            Err(StoreError::Taken) => Err(unknown()),
            Err(failure) => Err(self.inner.unavailable(&failure)),
        }
    }

    fn in_browser(&self, key: &str, purpose: &str) -> Vec<u8> {
        let origin = self.inner.settings.origin.text();
        format!("sign-in at {origin} in a browser under {key} for {purpose}").into_bytes()
    }

    async fn insert(&self, key: &str, sealed: &[u8]) -> Result<(), StoreError> {
        let keep = statements::KeepLogin {
            key: text(key),
            sealed: Value::Bytes(sealed.to_owned()),
            now: self.inner.db.now(),
            life: seconds(self.life),
            most: Value::Int(self.most.into()),
        };
        self.inner.db.write(vec![keep.required()], &[]).await.map(drop)
    }

    async fn insert_after_sweep(&self, key: &str, sealed: &[u8]) -> Result<(), StoreError> {
        let over = statements::DeleteLogins { now: self.inner.db.now(), most: Value::Int(BATCH) }.statement();
        self.inner.db.write(vec![over], &[]).await?;
        self.insert(key, sealed).await
    }

    /// Takes out the one that this callback answers, whatever comes of it: of any number of callbacks one has it. Ask before
    /// anything else is looked at.
    ///
    /// # Errors
    /// [`RejectionReason::SignInUnknown`]: it was begun elsewhere, is over, was taken before, or its row was changed;
    /// [`RejectionReason::Unavailable`].
    pub async fn take(&self, callback: &Callback) -> Result<PendingLogin, Rejection> {
        let key = callback.key();
        let take = statements::TakeLogin { key: text(key), now: self.inner.db.now() };
        let read = async {
            let answers = self.inner.db.write(vec![take.statement()], &[]).await?;
            let row = answers.into_iter().flat_map(|answer| answer.rows).next();
            row.map(|row| Cells::new(row).bytes()).transpose()
        };
        let sealed = read.await.map_err(|failure| self.inner.unavailable(&failure))?;
        let sealed = sealed.ok_or_else(|| self.inner.refuse(RejectionReason::SignInUnknown))?;
        let stored = self.inner.keys.open(&sealed, &about(key));
        stored.and_then(|stored| PendingLogin::from_stored(&stored).ok()).ok_or_else(|| {
            tracing::warn!(target: "tenancy::gateway", "a begun sign-in was sealed with another key, or its row was changed");
            self.inner.refuse(RejectionReason::SignInUnknown)
        })
    }
}

/// Sealed with it: a row is worth nothing under another key, and no token of a session passes for it.
fn about(key: &str) -> Vec<u8> {
    format!("sign-in begun under {key}").into_bytes()
}

impl fmt::Debug for Logins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logins").field("life", &self.life).field("most", &self.most).finish_non_exhaustive()
    }
}
