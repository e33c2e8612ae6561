//! The local door as a layer: a request that the service itself authenticates goes on with a scope, or not at all.

use crate::http::middleware::{Admit, Admitting};
use crate::sync::locked;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use std::fmt;
use std::sync::{Arc, Mutex};
use tenancy::__private::{ScopeFuture, ScopeSource, provide_scope};
use tenancy::scope::{LocalCheck, LocalDoor, LocalError, OrgScope, RequestGuard};
use tracing::Span;

/// The layer of a service's own authentication, for an axum `Router`: API keys, a sign-in of the service's own, webhooks.
///
/// The door's check reads the request's head ([`Parts`]) and says who acts, for which organization. A request that it refuses
/// reaches no handler: the check's error is the response. A handler of an admitted request takes its
/// [`OrgScope`] as behind a gateway, once; the scope ends when the response's body has. Of several layers that decide about one
/// request, the innermost gives the scope: do not nest it with a gateway's layer, whose session is another identity.
///
/// ```
/// use axum::http::StatusCode;
/// use axum::http::request::Parts;
/// use axum::{Router, routing::get};
/// use std::sync::Arc;
/// use tenancy::OrgScope;
/// use tenancy::scope::{FoundBy, LocalCheck, LocalDecision, LocalDoor, Subject};
/// use tenancy_service::LocalLayer;
///
/// struct ApiKeys;
///
/// impl LocalCheck for ApiKeys {
///     type Shown = Parts;
///     type Error = StatusCode;
///
///     async fn check(&self, shown: &Parts, found: FoundBy) -> Result<LocalDecision, StatusCode> {
///         let mut keys = shown.headers.get_all("authorization").iter();
///         let (Some(key), None) = (keys.next(), keys.next()) else { return Err(StatusCode::UNAUTHORIZED) };
///         // Look the key up, and take the organization from its row.
/// #       let _ = (key, found);
/// #       Err(StatusCode::UNAUTHORIZED)
///     }
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let door = Arc::new(LocalDoor::new("billing", ApiKeys)?);
/// let app: Router = Router::new()
///     .route("/who", get(async |scope: OrgScope| scope.subject().subject.clone()))
///     .layer(LocalLayer::new(door));
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
pub struct LocalLayer<C> {
    door: Arc<LocalDoor<C>>,
}

impl<C> LocalLayer<C> {
    /// The layer of this door. A [`TenantDb`](tenancy::TenantDb) for its requests is built for `door.authority()`.
    pub fn new(door: Arc<LocalDoor<C>>) -> Self {
        Self { door }
    }
}

impl<C> Clone for LocalLayer<C> {
    fn clone(&self) -> Self {
        Self { door: Arc::clone(&self.door) }
    }
}

impl<C> fmt::Debug for LocalLayer<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalLayer").finish_non_exhaustive()
    }
}

/// The service that [`LocalLayer`] makes.
pub type LocalMiddleware<C, S> = Admitting<LocalLayer<C>, S>;

impl<C, S> tower_layer::Layer<S> for LocalLayer<C> {
    type Service = LocalMiddleware<C, S>;

    fn layer(&self, service: S) -> LocalMiddleware<C, S> {
        Admitting::new(self.clone(), service)
    }
}

impl<C> Admit for LocalLayer<C>
where
    C: LocalCheck<Shown = Parts, Error: IntoResponse> + 'static,
{
    type Kept = ();

    async fn admit(&self, request: Request, alive: &Arc<RequestGuard>) -> Result<(Request, Span, ()), Response> {
        let (mut parts, body) = request.into_parts();
        let scope = self.door.admit(&parts, alive).await.map_err(refusal)?;
        provide_scope(&mut parts.extensions, Arc::new(Once(Mutex::new(Some(scope)))));
        Ok((Request::from_parts(parts, body), Span::none(), ()))
    }

    fn panicked(&self) -> Response {
        tracing::error!(target: "tenancy::service", "a handler or the service's own check panicked");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

/// The check's own answer; what the service decided and could not be signed or admitted is the service's fault.
fn refusal<E: IntoResponse>(error: LocalError<E>) -> Response {
    match error {
        LocalError::Check(refused) => refused.into_response(),
        other => {
            let reason = match &other {
                LocalError::Sign(error) => error.to_string(),
                LocalError::Refused(error) => error.to_string(),
                _ => "unknown".to_owned(),
            };
            tracing::error!(target: "tenancy::service", reason, "the local door refused what the service's check decided");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The request's scope, to be taken once.
struct Once(Mutex<Option<OrgScope>>);

impl ScopeSource for Once {
    fn scope<'a>(&'a self, _: &'a mut Parts) -> ScopeFuture<'a> {
        let taken = locked(&self.0).take().ok_or_else(|| {
            tracing::error!(target: "tenancy::service", "a handler asks for the request's scope a second time");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        });
        Box::pin(std::future::ready(taken))
    }
}
