//! [`OrgScope`] as an argument of an axum handler, from whichever layer decided about the request.

use super::OrgScope;
use axum_core::extract::FromRequestParts;
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;
use http::{Extensions, HeaderValue, StatusCode, header};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

/// What a layer leaves for the extractor: it gives the request's scope, once, or the answer that refuses it.
///
/// It confers nothing: a scope comes from a verified grant, whichever layer passes it on.
pub trait ScopeSource: Send + Sync + 'static {
    /// The scope of the request whose parts these are.
    fn scope<'a>(&'a self, parts: &'a mut Parts) -> ScopeFuture<'a>;
}

/// A scope, or the answer that refuses it.
pub type ScopeFuture<'a> = Pin<Box<dyn Future<Output = Result<OrgScope, Response>> + Send + 'a>>;

/// The type is not public, so nothing but the extractor reads it.
#[derive(Clone)]
struct Source(Arc<dyn ScopeSource>);

/// Leaves a source in a request, in place of one that another layer left.
pub fn provide(extensions: &mut Extensions, source: Arc<dyn ScopeSource>) {
    extensions.insert(Source(source));
}

/// Why a handler got no scope: the answer of the layer that decided about the request.
pub struct ScopeRejection(Box<Response>);

impl ScopeRejection {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }

    /// What the layer says of it in the answer's extensions, for instance its `Rejection`.
    pub fn reason<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.0.extensions().get()
    }
}

impl fmt::Debug for ScopeRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ScopeRejection").field(&self.status()).finish()
    }
}

impl fmt::Display for ScopeRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the request has no scope: {}", self.status())
    }
}

impl std::error::Error for ScopeRejection {}

impl IntoResponse for ScopeRejection {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// The request's scope. A request has it once: asking again is refused, and it ends when the response's body has.
///
/// There is no `Option<OrgScope>`: a handler acts for an organization or it does not.
impl<S: Send + Sync> FromRequestParts<S> for OrgScope {
    type Rejection = ScopeRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ScopeRejection> {
        let scope = match parts.extensions.get::<Source>().cloned() {
            Some(source) => source.0.scope(parts).await,
            None => Err(no_layer(parts)),
        };
        scope.map_err(|response| ScopeRejection(Box::new(response)))
    }
}

/// Without a layer there is no default: the route is set up wrongly.
fn no_layer(parts: &Parts) -> Response {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    tracing::error!(target: "tenancy::scope", path = parts.uri.path(), "the route has no gateway layer or service layer");
    let mut response = (status, status.canonical_reason().unwrap_or("refused")).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
