//! What the layer left for a handler: its [`Session`], and what its [`OrgScope`] is minted from.

use crate::rejection::{NotAMember, Rejection, RejectionReason};
use crate::request::request_state::RequestState;
use crate::sessions::session::Session;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{FromRequestParts, OptionalFromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::response::IntoResponse as _;
use tenancy::__private::{ScopeFuture, ScopeSource};
use tenancy::scope::RequestedOrg;

/// What the layer left. Without a layer there is no default: the route is set up wrongly.
pub(crate) fn carried(parts: &Parts) -> Result<RequestState, Rejection> {
    parts.extensions.get::<RequestState>().cloned().ok_or_else(|| {
        tracing::error!(target: "tenancy::gateway", path = parts.uri.path(), "the route has no gateway layer");
        Rejection::new(RejectionReason::NoLayer, NotAMember::default())
    })
}

/// The request's session; without one `401`.
impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Rejection> {
        carried(parts)?.session().await
    }
}

/// The request's session, if it has one. A database that does not answer is `503` before this, never `None`.
impl<S: Send + Sync> OptionalFromRequestParts<S> for Session {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Rejection> {
        carried(parts)?.session_if_any().await
    }
}

/// The request's scope, for the session that the layer found: what the extractor of [`OrgScope`](tenancy::OrgScope) asks for.
impl ScopeSource for RequestState {
    fn scope<'a>(&'a self, parts: &'a mut Parts) -> ScopeFuture<'a> {
        Box::pin(async move {
            let wish = wished(self, parts, &()).await;
            self.scope(wish).await.map_err(|refused| refused.into_response())
        })
    }
}

/// The organization that the client means, on a route that has the parameter for it.
pub(crate) async fn wished<S: Send + Sync>(
    carried: &RequestState,
    parts: &mut Parts,
    state: &S,
) -> Option<RequestedOrg> {
    let parameter = carried.path_parameter()?.to_owned();
    wish(parts, state, &parameter).await
}

/// What the client says in the path; nothing on a route without the parameter.
async fn wish<S: Send + Sync>(parts: &mut Parts, state: &S, parameter: &str) -> Option<RequestedOrg> {
    let params = match RawPathParams::from_request_parts(parts, state).await {
        Ok(params) => params,
        Err(RawPathParamsRejection::MissingPathParams(_)) => return None,
        // Something was said that is no text: a wish for no organization, never for the session's.
        Err(_) => return Some(RequestedOrg::new("")),
    };
    let mut said = params.iter().filter(|(name, _)| *name == parameter);
    match (said.next(), said.next()) {
        (None, _) => None,
        (Some((_, one)), None) => Some(RequestedOrg::new(one)),
        (Some(_), Some(_)) => Some(RequestedOrg::new("")),
    }
}
