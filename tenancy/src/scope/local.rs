//! The local door: the scope of a request that the service itself authenticated.
//!
//! It mints nothing by itself. It signs a grant with a key of its own and hands it to the authority that it belongs to, which verifies
//! it as every other. The key is made when the door is, and no function gives it away.

use super::{
    Authority, Epochs, Grant, GrantError, GrantSigner, NoReplayGuard, OrgId, OrgScope, PublicKey, RequestBody,
    RequestContext, RequestGuard, SignerError, Subject, Tier,
};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// As long as a grant may live; the scope ends with its request at the latest.
const LIFETIME: Duration = Duration::from_secs(60);

/// A service's own authentication: of API keys, of its own sign-in, of a partner's webhooks.
///
/// One type of a service implements it, and that is where a reviewer looks: **the organization is the one that the check found, in the
/// row of the key or of the membership, and never one that the request states.** Search a service for `LocalCheck`.
///
/// ```
/// use tenancy::OrgId;
/// use tenancy::scope::{FoundBy, LocalCheck, LocalDecision, LocalDoor, RequestGuard, Subject};
/// # use std::collections::HashMap;
///
/// /// Looks an API key up by its hash.
/// struct ApiKeys {
///     rows: HashMap<String, (OrgId, String)>,
/// }
///
/// impl LocalCheck for ApiKeys {
///     type Shown = str;
///     type Error = UnknownKey;
///
///     #[expect(clippy::disallowed_methods, reason = "the organization is the one of the key's row")]
///     async fn check(&self, key: &str, found: FoundBy) -> Result<LocalDecision, UnknownKey> {
///         let (org, name) = self.rows.get(&hash(key)).ok_or(UnknownKey)?;
///         Ok(found.this_check(*org, Subject { issuer: "api key".to_owned(), subject: name.clone() }))
///     }
/// }
///
/// # fn hash(key: &str) -> String { key.to_owned() }
/// # #[derive(Debug)] struct UnknownKey;
/// # #[tokio::main] async fn main() {
/// # let org: OrgId = "6a2f4ef1-8f0c-4a53-9d5c-1d1f6f7f0001".parse().unwrap();
/// # let keys = ApiKeys { rows: HashMap::from([("k1".to_owned(), (org, "nightly export".to_owned()))]) };
/// let door = LocalDoor::new("billing", keys).unwrap();
/// // For each request; a `TenantDb` is built for `door.authority()`.
/// let request = RequestGuard::new();
/// let scope = door.admit("k1", &request).await.unwrap();
/// assert_eq!(scope.org_id(), org);
/// assert!(door.admit("k2", &request).await.is_err());
/// # }
/// ```
pub trait LocalCheck: Send + Sync {
    /// What a request shows: a key, a cookie's value, a signature with its body. Data, never proof.
    type Shown: ?Sized + Sync;
    /// Why the check refused.
    type Error: Send;

    /// Finds out who it is, and for which organization. `found` makes the one decision of this check.
    ///
    /// # Errors
    /// When what is shown does not prove anything. Then there is no scope.
    fn check(
        &self,
        shown: &Self::Shown,
        found: FoundBy,
    ) -> impl Future<Output = Result<LocalDecision, Self::Error>> + Send;
}

impl<C: LocalCheck> LocalCheck for Arc<C> {
    type Shown = C::Shown;
    type Error = C::Error;

    fn check(&self, shown: &C::Shown, found: FoundBy) -> impl Future<Output = Result<LocalDecision, C::Error>> + Send {
        (**self).check(shown, found)
    }
}

/// What a [`LocalCheck`] is given to say what it found. Only a [`LocalDoor`] makes one, for one check.
#[derive(Debug)]
pub struct FoundBy(());

impl FoundBy {
    /// The check found that `subject` acts, for `org`.
    ///
    /// `clippy.toml` lists this function: its one caller is reviewed, and says so with `#[expect(clippy::disallowed_methods)]`.
    pub fn this_check(self, org: OrgId, subject: Subject) -> LocalDecision {
        LocalDecision {
            org,
            subject,
            session: String::new(),
            epochs: Epochs { org: 0, sub: 0 },
            tier: Tier::Org,
            assurance: String::new(),
            authenticated_at: None,
        }
    }
}

/// Who acts, and for which organization, as the service's own check found it. It is no scope, and only a [`LocalDoor`] makes one of it.
#[derive(Debug)]
#[must_use]
pub struct LocalDecision {
    org: OrgId,
    subject: Subject,
    session: String,
    epochs: Epochs,
    tier: Tier,
    assurance: String,
    authenticated_at: Option<SystemTime>,
}

impl LocalDecision {
    /// Names the session or the key, for the audit log: a keyed hash or an id, never the secret itself. Empty unless set.
    pub fn session(mut self, session: impl Into<String>) -> Self {
        self.session = session.into();
        self
    }

    /// The counters of the organization and the subject that the decision was made under; 0 unless set.
    pub fn epochs(mut self, epochs: Epochs) -> Self {
        self.epochs = epochs;
        self
    }

    /// The subject's coarse tier; a member of the organization unless set. The platform's staff do not come in here.
    pub fn tier(mut self, tier: Tier) -> Self {
        self.tier = tier;
        self
    }

    /// How strongly the subject proved who it is, and when. Unless set there is no proof, so none is fresh.
    pub fn authenticated(mut self, assurance: impl Into<String>, at: SystemTime) -> Self {
        self.assurance = assurance.into();
        self.authenticated_at = Some(at);
        self
    }
}

/// Why a request got no scope.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LocalError<E> {
    /// The service's own check refused.
    #[error("the service's own check refused the request")]
    Check(#[source] E),
    /// The grant could not be signed.
    #[error(transparent)]
    Sign(SignerError),
    /// The authority refused the grant: the decision is for the platform's staff, or too long.
    #[error(transparent)]
    Refused(GrantError),
}

/// Mints scopes for requests that the service authenticates itself, by its one [`LocalCheck`].
///
/// A scope from here is a scope like any other: it ends with its request and after 65 s at the latest, and only a
/// [`TenantDb`](crate::TenantDb) of the same authority runs statements for it. The door's key is made with the door, is trusted by no
/// other door and by no authority elsewhere, and never leaves the process.
pub struct LocalDoor<C> {
    authority: Arc<Authority>,
    signer: GrantSigner,
    check: C,
}

impl<C: LocalCheck> LocalDoor<C> {
    /// A door with an authority of its own, for a service whose requests all come in this way.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn new(service: impl Into<String>, check: C) -> Result<Self, SignerError> {
        let service = service.into();
        Self::beside(Authority::new(service.clone(), service, []), check)
    }

    /// A door beside the grants of a gateway or of a job worker: both ways lead to scopes of one authority, hence to one database.
    ///
    /// It takes the authority itself: code that only borrows one cannot open a door to it.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn beside(authority: Authority, check: C) -> Result<Self, SignerError> {
        let signer = GrantSigner::generate(authority.issuer())?;
        Ok(Self { authority: Arc::new(authority), signer, check })
    }

    /// The authority whose scopes these are, for [`TenantDb`](crate::TenantDb), a gateway's service or a job worker.
    pub fn authority(&self) -> &Arc<Authority> {
        &self.authority
    }

    /// Has the check decide on what the request shows, and mints the request's scope.
    ///
    /// # Errors
    /// What the check says, and when the decision is for the platform's staff.
    pub async fn admit(&self, shown: &C::Shown, request: &RequestGuard) -> Result<OrgScope, LocalError<C::Error>> {
        let decision = self.check.check(shown, FoundBy(())).await.map_err(LocalError::Check)?;
        let (grant, context) = (self.grant(decision), self.context());
        let token = self.signer.sign(&grant, &context).map_err(LocalError::Sign)?;
        let key = self.signer.public_key();
        admitted(&self.authority, &key, &token, &context, request).map_err(LocalError::Refused)
    }

    /// The grant goes from this function to the authority and nowhere else: it is bound to no request of a client's.
    fn context(&self) -> RequestContext<'_> {
        RequestContext {
            method: "LOCAL",
            authority: self.authority.audience(),
            path_and_query: "",
            body: RequestBody::Bytes(&[]),
            certificate: None,
        }
    }

    fn grant(&self, decision: LocalDecision) -> Grant {
        let LocalDecision { org, subject, session, epochs, tier, assurance, authenticated_at } = decision;
        Grant {
            audience: self.authority.audience().to_owned(),
            org,
            subject,
            session,
            epochs,
            tier,
            assurance,
            authenticated_at,
            actor: None,
            lifetime: LIFETIME,
        }
    }
}

/// The scope of a grant that the door signed under `key` for this call.
fn admitted(
    authority: &Authority,
    key: &PublicKey,
    token: &str,
    context: &RequestContext<'_>,
    request: &RequestGuard,
) -> Result<OrgScope, GrantError> {
    let now = SystemTime::now();
    let of_door = |footer: &[u8]| if footer == key.footer() { Ok(key) } else { Err(GrantError::UnknownKey) };
    Ok(authority.verify_under(token, context, now, &NoReplayGuard, of_door)?.scope(request, now))
}

impl<C> fmt::Debug for LocalDoor<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalDoor").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;
    use uuid::Uuid;

    struct Always(OrgId);

    impl LocalCheck for Always {
        type Shown = ();
        type Error = Infallible;

        async fn check(&self, (): &(), found: FoundBy) -> Result<LocalDecision, Infallible> {
            Ok(found.this_check(self.0, Subject { issuer: "test".to_owned(), subject: "test".to_owned() }))
        }
    }

    /// Its key is worth something inside `LocalDoor::admit` only.
    #[test]
    fn no_authority_trusts_the_key_of_a_door() {
        let door = LocalDoor::new("shop", Always(OrgId::new(Uuid::from_u128(1)))).expect("randomness");
        let found = FoundBy(());
        let decision =
            found.this_check(door.check.0, Subject { issuer: "test".to_owned(), subject: "test".to_owned() });
        let token = door.signer.sign(&door.grant(decision), &door.context()).expect("it signs");
        let request = RequestGuard::new();
        let refused = door.authority.admit(&token, &door.context(), &request).map(drop);
        assert_eq!(refused, Err(GrantError::UnknownKey));
        let key = door.signer.public_key();
        assert!(admitted(&door.authority, &key, &token, &door.context(), &request).is_ok());
        let other = GrantSigner::generate("shop").expect("randomness").public_key();
        let refused = admitted(&door.authority, &other, &token, &door.context(), &request).map(drop);
        assert_eq!(refused, Err(GrantError::UnknownKey));
    }
}
