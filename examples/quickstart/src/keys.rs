//! The service's own authentication: an API key belongs to one person in one organization.
//!
//! A service whose people sign in has a gateway instead: `examples/axum`.

use crate::data;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use std::sync::Arc;
use tenancy::scope::{FoundBy, LocalCheck, LocalDecision, LocalDoor, LocalError, RequestGuard, SignerError, Subject};
use tenancy::{OrgId, OrgScope};

/// The keys, whose they are, and for which organization they act. A real service stores hashes of its keys in a platform
/// table: docs/guide/own-authentication.md.
pub(crate) struct ApiKeys(Vec<(&'static str, &'static str, OrgId)>);

#[derive(Debug)]
pub(crate) struct UnknownKey;

impl LocalCheck for ApiKeys {
    type Shown = str;
    type Error = UnknownKey;

    #[expect(clippy::disallowed_methods, reason = "the organization is the one of the key's row")]
    async fn check(&self, key: &str, found: FoundBy) -> Result<LocalDecision, UnknownKey> {
        let (_, person, org) = self.0.iter().find(|(known, ..)| *known == key).ok_or(UnknownKey)?;
        Ok(found.this_check(*org, Subject { issuer: "api key".to_owned(), subject: (*person).to_owned() }))
    }
}

pub(crate) type Door = LocalDoor<ApiKeys>;

/// Makes scopes of the two people's keys. The database trusts its authority and no other.
pub(crate) fn door() -> Result<Arc<Door>, SignerError> {
    let keys = vec![("key-of-ada", "ada", data::org(data::HARBOUR)), ("key-of-bo", "bo", data::org(data::FREEWHEEL))];
    LocalDoor::new("invoices", ApiKeys(keys)).map(Arc::new)
}

/// Who calls, as a handler's argument: the scope of the organization that the key belongs to.
pub(crate) struct Caller {
    pub(crate) scope: OrgScope,
    /// The scope ends with it. A handler that streams its response moves it into the stream.
    _request: RequestGuard,
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let door = parts.extensions.get::<Arc<Door>>().ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
        let key = key(&parts.headers).ok_or(StatusCode::UNAUTHORIZED)?;
        let request = RequestGuard::new();
        let scope = door.admit(key, &request).await.map_err(|error| match error {
            LocalError::Check(UnknownKey) => StatusCode::UNAUTHORIZED,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        })?;
        Ok(Self { scope, _request: request })
    }
}

/// The key, if the request has exactly one.
fn key(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?;
    if values.next().is_some() { None } else { value.to_str().ok()?.strip_prefix("Bearer ") }
}
