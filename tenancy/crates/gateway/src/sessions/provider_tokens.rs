//! The provider's tokens, sealed at rest.

use super::Sessions;
use crate::clock::seconds;
use crate::rejection::{Rejection, RejectionReason};
use crate::session::invalidation::Changed;
use crate::session::session_row::{Cells, SessionRow};
use crate::sessions::session::Session;
use crate::state::Inner;
use crate::statements;
use secrecy::SecretString;
use tenancy_service::__private::sql::{Kind, Statement, StoreError, Value};
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
) -> Result<Value, Rejection> {
    match token {
        None => Ok(Value::Null(Kind::Bytes)),
        Some(token) => {
            let sealed = inner.keys.seal(token, &purpose.about(handle));
            sealed.map(Value::Bytes).ok_or_else(|| inner.refuse(RejectionReason::Unavailable))
        }
    }
}

impl Sessions {
    /// The id token of the sign-in, for a logout at the provider. Ask before the session ends.
    ///
    /// # Errors
    /// [`RejectionReason::Unavailable`].
    pub async fn id_token(&self, session: &Session) -> Result<Option<SecretString>, Rejection> {
        let facts = session.facts();
        let read = statements::ReadIdToken { id_hash: Value::Bytes(facts.id_hash.clone()), now: self.inner.db.now() };
        self.token(read.statement(), facts, Purpose::IdToken).await
    }

    /// The refresh token, lent to one request alone for 30 s: providers end a whole sign-in when one is used twice.
    ///
    /// `None` when there is none, or another request has it.
    ///
    /// # Errors
    /// [`RejectionReason::Unavailable`].
    pub async fn lend_refresh_token(&self, session: &Session) -> Result<Option<SecretString>, Rejection> {
        let facts = session.facts();
        let (id_hash, now) = (Value::Bytes(facts.id_hash.clone()), self.inner.db.now());
        let lend = statements::LendRefreshToken { now, lease: seconds(LEASE), id_hash };
        self.token(lend.statement(), facts, Purpose::RefreshToken).await
    }

    async fn token(
        &self,
        statement: Statement,
        facts: &SessionRow,
        purpose: Purpose,
    ) -> Result<Option<SecretString>, Rejection> {
        let read = async {
            let answers = self.inner.db.write(vec![statement], &[]).await?;
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
    /// [`RejectionReason::DeadSession`] when the session ended meanwhile, and stays ended; [`RejectionReason::Changed`] when another request
    /// changed it; [`RejectionReason::Unavailable`]. Then nothing is kept. Where it is [`RejectionReason::NoConnection`], call it again: a provider that
    /// rotates takes the old token no more.
    pub async fn keep_tokens(
        &self,
        session: &Session,
        refresh_token: Option<&SecretString>,
        id_token: Option<&SecretString>,
    ) -> Result<(), Rejection> {
        let facts = &*self.to_change(session).await?;
        // Not what a request is decided by, but the version that the next change asks for.
        let changed = &[Changed::Session(facts.handle)];
        let keep = statements::KeepTokens {
            refresh_token: sealed(&self.inner, refresh_token, facts.handle, Purpose::RefreshToken)?,
            id_token: sealed(&self.inner, id_token, facts.handle, Purpose::IdToken)?,
            id_hash: Value::Bytes(facts.id_hash.clone()),
            version: Value::Int(facts.version),
            now: self.inner.db.now(),
        };
        match self.inner.db.write(vec![keep.required()], changed).await {
            Ok(_) => Ok(()),
            Err(StoreError::Nothing) => {
                let reason = self.gone(facts).await.unwrap_or(RejectionReason::Changed);
                Err(self.inner.refuse(reason))
            }
            Err(failure) => Err(self.inner.unavailable(&failure)),
        }
    }
}
