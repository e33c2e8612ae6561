//! Sign-ins that were begun, in the gateway's database: whichever process began one, any may finish it, and one does.

use super::{Callback, LoginTransaction, OidcClient};
use crate::db::platform::{Failure, Kind, Statement, Value};
use crate::gateway::Gateway;
use crate::gateway::clock::seconds;
use crate::gateway::facts::Cells;
use crate::gateway::inner::Inner;
use crate::gateway::refusal::{Reason, Refused};
use crate::gateway::sessions::janitor;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How many are kept unless told otherwise.
const MOST: u32 = 10_000;
/// How many that are over are taken away when there is no room.
const BATCH: i64 = 500;

/// Counted up to the bound and no further.
const KEEP: &str = "INSERT INTO gateway_logins (key, sealed, expires_at) SELECT ?, ?, ? + ? \
                    WHERE (SELECT count(*) FROM (SELECT 1 FROM gateway_logins WHERE key NOT LIKE 'done:%' LIMIT ?) kept) < ?";
/// What was sealed for a browser and has come back. It takes no room from what is kept.
const DONE: &str = "done:";
const DO: &str = "INSERT INTO gateway_logins (key, sealed, expires_at) VALUES (?, ?, ? + ?)";
/// Two callbacks at once meet on the row: one of them has it.
const TAKE: &str = "DELETE FROM gateway_logins WHERE key = ? AND ? < expires_at RETURNING sealed";

/// Sign-ins that were begun and have not come back, sealed with the session keys. From
/// [`Gateway::logins`](crate::gateway::Gateway::logins).
#[derive(Clone)]
pub struct Logins {
    inner: Arc<Inner>,
    /// In seconds.
    life: u64,
    most: u32,
}

impl Gateway {
    /// The sign-ins that were begun at this client, in the gateway's database. They are kept for as long as the client's
    /// [`Limits::sign_in`](super::Limits::sign_in) says; [`sweep`](crate::gateway::Sessions::sweep) takes away what did not
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
    /// [`Reason::SignInsFull`] when there is no room, also after what is over was taken away; [`Reason::Unavailable`].
    pub async fn keep(&self, transaction: LoginTransaction) -> Result<(), Refused> {
        let key = transaction.key().to_owned();
        let sealed = self.inner.keys.seal(&transaction.into_stored(), &about(&key));
        let sealed = sealed.ok_or_else(|| self.inner.refuse(Reason::Unavailable))?;
        let done = match self.insert(&key, &sealed).await {
            Err(Failure::Nothing) => self.insert_after_sweep(&key, &sealed).await,
            done => done,
        };
        done.map_err(|failure| match failure {
            Failure::Nothing => self.inner.refuse(Reason::SignInsFull),
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
    /// [`Reason::Unavailable`] when the system has no randomness.
    pub fn seal_for_browser(&self, transaction: LoginTransaction, purpose: &str) -> Result<SecretString, Refused> {
        let about = self.in_browser(transaction.key(), purpose);
        let sealed = self.inner.keys.seal(&transaction.into_stored(), &about);
        let sealed = sealed.ok_or_else(|| self.inner.refuse(Reason::Unavailable))?;
        Ok(URL_SAFE_NO_PAD.encode(sealed).into())
    }

    /// Opens what a browser brings back, if it is of this callback and for this purpose, and remembers that it was: of any number
    /// of callbacks, at any process, one has it. Ask before anything else is looked at.
    ///
    /// # Errors
    /// [`Reason::SignInUnknown`]: it is another sign-in's, for another purpose, was taken before, or nobody here sealed it;
    /// [`Reason::Unavailable`]. That it is over says [`OidcClient::finish`].
    pub async fn take_from(
        &self,
        sealed: &SecretString,
        callback: &Callback,
        purpose: &str,
    ) -> Result<LoginTransaction, Refused> {
        let unknown = || self.inner.refuse(Reason::SignInUnknown);
        let key = callback.key();
        let bytes = URL_SAFE_NO_PAD.decode(sealed.expose_secret()).map_err(|_| unknown())?;
        let stored = self.inner.keys.open(&bytes, &self.in_browser(key, purpose)).ok_or_else(unknown)?;
        let transaction = LoginTransaction::from_stored(&stored).map_err(|_| unknown())?;
        let values = vec![
            Value::Text(format!("{DONE}{key}")),
            Value::Bytes(Vec::new()),
            self.inner.db.now(),
            seconds(self.life),
        ];
        match self.inner.db.write(vec![Statement::new(DO, values)], &[]).await {
            Ok(_) => Ok(transaction),
            Err(Failure::Taken) => Err(unknown()),
            Err(failure) => Err(self.inner.unavailable(&failure)),
        }
    }

    fn in_browser(&self, key: &str, purpose: &str) -> Vec<u8> {
        let origin = self.inner.settings.origin.text();
        format!("sign-in at {origin} in a browser under {key} for {purpose}").into_bytes()
    }

    async fn insert(&self, key: &str, sealed: &[u8]) -> Result<(), Failure> {
        let most = || Value::Int(self.most.into());
        let (key, sealed) = (Value::Text(key.to_owned()), Value::Bytes(sealed.to_owned()));
        let values = vec![key, sealed, self.inner.db.now(), seconds(self.life), most(), most()];
        self.inner.db.write(vec![Statement::new(KEEP, values).required()], &[]).await.map(drop)
    }

    async fn insert_after_sweep(&self, key: &str, sealed: &[u8]) -> Result<(), Failure> {
        let over = vec![self.inner.db.now(), Value::Int(BATCH)];
        self.inner.db.write(vec![Statement::new(janitor::LOGINS, over)], &[]).await?;
        self.insert(key, sealed).await
    }

    /// Takes out the one that this callback answers, whatever comes of it: of any number of callbacks one has it. Ask before
    /// anything else is looked at.
    ///
    /// # Errors
    /// [`Reason::SignInUnknown`]: it was begun elsewhere, is over, was taken before, or its row was changed;
    /// [`Reason::Unavailable`].
    pub async fn take(&self, callback: &Callback) -> Result<LoginTransaction, Refused> {
        let key = callback.key();
        let take = Statement::new(TAKE, vec![Value::Text(key.to_owned()), self.inner.db.now()]);
        let read = async {
            let answers = self.inner.db.write(vec![take.returning(&[Kind::Bytes])], &[]).await?;
            let row = answers.into_iter().flat_map(|answer| answer.rows).next();
            row.map(|row| Cells::new(row).bytes()).transpose()
        };
        let sealed = read.await.map_err(|failure| self.inner.unavailable(&failure))?;
        let sealed = sealed.ok_or_else(|| self.inner.refuse(Reason::SignInUnknown))?;
        let stored = self.inner.keys.open(&sealed, &about(key));
        stored.and_then(|stored| LoginTransaction::from_stored(&stored).ok()).ok_or_else(|| {
            tracing::warn!(target: "tenancy::gateway", "a begun sign-in was sealed with another key, or its row was changed");
            self.inner.refuse(Reason::SignInUnknown)
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
