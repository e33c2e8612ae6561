//! What the layer left for a handler: its [`Session`], and what its [`OrgScope`] is minted from.

use super::carried::Carried;
use super::refusal::{NotAMember, Reason, Refused};
use super::session::Session;
use crate::scope::{Claim, OrgScope};
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{FromRequestParts, OptionalFromRequestParts, RawPathParams};
use axum::http::request::Parts;

/// What the layer left. Without a layer there is no default: the route is set up wrongly.
pub(super) fn carried(parts: &Parts) -> Result<Carried, Refused> {
    parts.extensions.get::<Carried>().cloned().ok_or_else(|| {
        tracing::error!(target: "tenancy::gateway", path = parts.uri.path(), "the route has no gateway layer");
        Refused::new(Reason::NoLayer, NotAMember::default())
    })
}

/// The request's session; without one `401`.
impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        carried(parts)?.session().await
    }
}

/// The request's session, if it has one. A database that does not answer is `503` before this, never `None`.
impl<S: Send + Sync> OptionalFromRequestParts<S> for Session {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Refused> {
        carried(parts)?.session_if_any().await
    }
}

/// The request's scope, for the session that the layer found.
pub(crate) async fn scope<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<OrgScope, Refused> {
    let carried = carried(parts)?;
    let wish = wished(&carried, parts, state).await;
    carried.scope(wish).await
}

/// The organization that the client means, on a route that has the parameter for it.
pub(super) async fn wished<S: Send + Sync>(carried: &Carried, parts: &mut Parts, state: &S) -> Option<Claim> {
    let parameter = carried.path_parameter()?.to_owned();
    wish(parts, state, &parameter).await
}

/// What the client says in the path; nothing on a route without the parameter.
async fn wish<S: Send + Sync>(parts: &mut Parts, state: &S, parameter: &str) -> Option<Claim> {
    let params = match RawPathParams::from_request_parts(parts, state).await {
        Ok(params) => params,
        Err(RawPathParamsRejection::MissingPathParams(_)) => return None,
        // Something was said that is no text: a wish for no organization, never for the session's.
        Err(_) => return Some(Claim::new("")),
    };
    let mut said = params.iter().filter(|(name, _)| *name == parameter);
    match (said.next(), said.next()) {
        (None, _) => None,
        (Some((_, one)), None) => Some(Claim::new(one)),
        (Some(_), Some(_)) => Some(Claim::new("")),
    }
}
