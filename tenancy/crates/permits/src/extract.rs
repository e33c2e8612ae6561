//! `Permitted<invoice::Void>` as an argument of an axum handler.

use axum::extract::{FromRef, FromRequestParts, RawPathParams};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use std::fmt;
use tenancy::OrgScope;
use tenancy::permit::{Denied, DetachedPermit, NamedAction, PermitAuthority};
use tenancy::scope::ScopeRejection;

/// The request's scope, and a permit for `A` on the object that the path names. A request without it does not reach the handler.
///
/// The id is the path's parameter with the name of the object's type, or else `id`: `/invoices/{invoice}/void` or
/// `/invoices/{id}/void`. An action on the organization itself needs none. The state has the service's
/// [`PermitAuthority`] (`FromRef`).
///
/// ```
/// # mod actions {
/// #     tenancy::permissions! { file = "guide/permissions.zed"; ids(invoice = i32); }
/// # }
/// use actions::invoice;
/// use tenancy_permits::Permitted;
///
/// async fn void(Permitted { scope, permit }: Permitted<invoice::Void>) -> Result<(), tenancy::permit::Denied> {
///     let permit = permit.attach(&scope)?;
///     // scope.update(invoices::table).set(..).permitted(permit).execute(&mut conn).await
/// #   let _ = permit;
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct Permitted<A> {
    /// The request's scope, which a request has once.
    pub scope: OrgScope,
    /// The permit: [`attach`](DetachedPermit::attach) it to the scope.
    pub permit: DetachedPermit<A>,
}

/// Why a handler got no permit.
#[derive(Debug)]
#[non_exhaustive]
pub enum PermittedRejection {
    /// There is no scope: the answer of the layer that decided about the request.
    Scope(ScopeRejection),
    /// There is no permit. An id that is no key is [`Denied::NotPermitted`]: the answer does not say what exists.
    Denied(Denied),
    /// The route has no parameter for the id: HTTP status 500. The log says which names it may have.
    NoParameter,
}

impl fmt::Display for PermittedRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scope(rejection) => rejection.fmt(f),
            Self::Denied(denied) => denied.fmt(f),
            Self::NoParameter => f.write_str("the route is set up wrongly"),
        }
    }
}

impl std::error::Error for PermittedRejection {}

impl IntoResponse for PermittedRejection {
    fn into_response(self) -> Response {
        match self {
            Self::Scope(rejection) => rejection.into_response(),
            Self::Denied(denied) => denied.into_response(),
            Self::NoParameter => (StatusCode::INTERNAL_SERVER_ERROR, format!("{self}\n")).into_response(),
        }
    }
}

impl<A, S> FromRequestParts<S> for Permitted<A>
where
    A: NamedAction,
    S: Send + Sync,
    PermitAuthority: FromRef<S>,
{
    type Rejection = PermittedRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PermittedRejection> {
        let id = if A::HAS_ID { id(parts, state, A::OBJECT_TYPE).await? } else { String::new() };
        let scope = OrgScope::from_request_parts(parts, state).await.map_err(PermittedRejection::Scope)?;
        let action = A::with_id(&id).ok_or(PermittedRejection::Denied(Denied::NotPermitted))?;
        let permits = PermitAuthority::from_ref(state);
        let permit = permits.require(&scope, action).await.map_err(PermittedRejection::Denied)?.detach();
        Ok(Self { scope, permit })
    }
}

/// The object's id in the path.
async fn id<S: Send + Sync>(parts: &mut Parts, state: &S, object_type: &str) -> Result<String, PermittedRejection> {
    // A text that is not UTF-8 is no key.
    let found = RawPathParams::from_request_parts(parts, state).await;
    let found = found.map_err(|_| PermittedRejection::Denied(Denied::NotPermitted))?;
    let named = |name: &str| found.iter().find(|(parameter, _)| *parameter == name).map(|(_, value)| value.to_owned());
    // The type's name first: `{id}` may be that of what the route lies below.
    named(object_type).or_else(|| named("id")).ok_or_else(|| {
        let path = parts.uri.path();
        tracing::error!(target: "tenancy::permits", path, "the route needs a parameter `id`, or `{object_type}`");
        PermittedRejection::NoParameter
    })
}
