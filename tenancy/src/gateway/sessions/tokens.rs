//! The provider's tokens, sealed at rest.

use super::{Sessions, live};
use crate::db::platform::{Failure, Kind, Statement, Value};
use crate::gateway::changes::Changed;
use crate::gateway::clock::seconds;
use crate::gateway::facts::{Cells, Facts};
use crate::gateway::inner::Inner;
use crate::gateway::refusal::{Reason, Refused};
use crate::gateway::session::Session;
use secrecy::SecretString;
use uuid::Uuid;

/// For how long one request alone may use a refresh token, in seconds.
const LEASE: u64 = 30;

/// What a token is for. Sealed with it, so that one kind cannot be read as the other.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    IdToken,
    RefreshToken,
}

impl Purpose {
    /// Bound to the session as well: a row's sealed token is worth nothing in another row.
    fn about(self, handle: Uuid) -> Vec<u8> {
        let name: &[u8] = match self {
            Self::IdToken => b"id token of ",
            Self::RefreshToken => b"refresh token of ",
        };
        [name, handle.as_bytes()].concat()
    }
}

/// A token as a row keeps it.
pub(super) fn sealed(
    inner: &Inner,
    token: Option<&SecretString>,
    handle: Uuid,
    purpose: Purpose,
) -> Result<Value, Refused> {
    match token {
        None => Ok(Value::Null(Kind::Bytes)),
        Some(token) => {
            let sealed = inner.keys.seal(token, &purpose.about(handle));
            sealed.map(Value::Bytes).ok_or_else(|| inner.refuse(Reason::Unavailable))
        }
    }
}

const READ: &str = concat!("SELECT sealed_id_token FROM gateway_sessions WHERE id_hash = ? AND ", live!());

const LEND: &str = concat!(
    "UPDATE gateway_sessions SET refreshing_until = ? + ? WHERE id_hash = ? AND refreshing_until <= ? \
     AND sealed_refresh_token IS NOT NULL AND ",
    live!(),
    " RETURNING sealed_refresh_token"
);

/// Whoever changed or ended the session meanwhile wins: then nothing is kept.
const KEEP: &str = concat!(
    "UPDATE gateway_sessions SET version = version + 1, sealed_refresh_token = ?, refreshing_until = 0, \
     sealed_id_token = COALESCE(?, sealed_id_token) WHERE id_hash = ? AND version = ? AND ",
    live!()
);

impl Sessions {
    /// The id token of the sign-in, for a logout at the provider. Ask before the session ends.
    ///
    /// # Errors
    /// [`Reason::Unavailable`].
    pub async fn id_token(&self, session: &Session) -> Result<Option<SecretString>, Refused> {
        let now = || self.inner.db.now();
        let facts = session.facts();
        let values = vec![Value::Bytes(facts.id_hash.clone()), now(), now()];
        self.token(Statement::new(READ, values), facts, Purpose::IdToken).await
    }

    /// The refresh token, lent to one request alone for 30 s: providers end a whole sign-in when one is used twice.
    ///
    /// `None` when there is none, or another request has it.
    ///
    /// # Errors
    /// [`Reason::Unavailable`].
    pub async fn lend_refresh_token(&self, session: &Session) -> Result<Option<SecretString>, Refused> {
        let now = || self.inner.db.now();
        let facts = session.facts();
        let values = vec![now(), seconds(LEASE), Value::Bytes(facts.id_hash.clone()), now(), now(), now()];
        self.token(Statement::new(LEND, values), facts, Purpose::RefreshToken).await
    }

    async fn token(
        &self,
        statement: Statement,
        facts: &Facts,
        purpose: Purpose,
    ) -> Result<Option<SecretString>, Refused> {
        let read = async {
            let answers = self.inner.db.write(vec![statement.returning(&[Kind::Bytes])], &[]).await?;
            answers
                .into_iter()
                .flat_map(|answer| answer.rows)
                .next()
                .map(|row| Cells::new(row).bytes_or_none())
                .transpose()
        };
        let sealed = read.await.map_err(|failure| self.inner.unavailable(&failure))?.flatten();
        // One that was sealed under a key which is gone is as good as none.
        Ok(sealed.and_then(|sealed| self.inner.keys.open(&sealed, &purpose.about(facts.handle))))
    }

    /// Keeps what the provider gave for a lent refresh token, and ends the loan.
    ///
    /// # Errors
    /// [`Reason::DeadSession`] when the session ended meanwhile, and stays ended; [`Reason::Changed`] when another request
    /// changed it; [`Reason::Unavailable`]. Then nothing is kept.
    pub async fn keep_tokens(
        &self,
        session: &Session,
        refresh_token: Option<&SecretString>,
        id_token: Option<&SecretString>,
    ) -> Result<(), Refused> {
        let (facts, now) = (&*self.to_change(session).await?, || self.inner.db.now());
        // Not what a request is decided by, but the version that the next change asks for.
        let changed = &[Changed::Session(facts.handle)];
        let values = vec![
            sealed(&self.inner, refresh_token, facts.handle, Purpose::RefreshToken)?,
            sealed(&self.inner, id_token, facts.handle, Purpose::IdToken)?,
            Value::Bytes(facts.id_hash.clone()),
            Value::Int(facts.version),
            now(),
            now(),
        ];
        match self.inner.db.write(vec![Statement::new(KEEP, values).required()], changed).await {
            Ok(_) => Ok(()),
            Err(Failure::Nothing) => {
                let reason = self.gone(facts).await.unwrap_or(Reason::Changed);
                Err(self.inner.refuse(reason))
            }
            Err(failure) => Err(self.inner.unavailable(&failure)),
        }
    }
}
