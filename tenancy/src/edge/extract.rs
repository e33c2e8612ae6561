//! [`OrgScope`] as an argument of a handler, behind a gateway's layer or a service's.

use super::refusal::Refused;
use crate::scope::OrgScope;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// The request's scope. A request has it once: asking again is refused, and it ends when the response's body has.
///
/// There is no `Option<OrgScope>`: a handler acts for an organization or it does not.
impl<S: Send + Sync> FromRequestParts<S> for OrgScope {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        // A request never has both: the gateway's layer refuses the header that the service's asks for.
        #[cfg(feature = "service")]
        if let Some(scope) = crate::service::admitted(parts) {
            return scope;
        }
        #[cfg(feature = "gateway")]
        return crate::gateway::scope(parts, state).await;
        #[cfg(not(feature = "gateway"))]
        {
            let _ = state;
            tracing::error!(target: "tenancy::service", path = parts.uri.path(), "the route has no service layer");
            Err(Refused::new(super::refusal::Reason::NoLayer, Default::default()))
        }
    }
}
