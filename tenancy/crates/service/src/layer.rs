//! The layer: a request comes in with a grant and goes on with a scope, or not at all.

use super::admitted::Admitted;
use super::state::Inner;
use crate::http::body;
use crate::http::metrics::Event;
use crate::http::middleware::{Admit, Admitting};
use crate::http::rejection::RejectionReason;
use crate::http::{headers, host};
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, header, request::Parts};
use axum::response::{IntoResponse as _, Response};
use std::fmt;
use std::sync::Arc;
use tenancy::__private::provide_scope;
use tenancy::scope::{RequestBody, RequestContext, RequestGuard};
use tracing::Span;

/// The layer that turns a grant into a scope, for an axum `Router`. From [`Service::layer`](super::Service::layer) or
/// [`Service::streamed_layer`](super::Service::streamed_layer).
///
/// In this order: headers that speak of identity, host, the grant's header, the body, the grant, epochs; then the handler.
/// What a check refuses, no later check and no handler sees. Every refusal is counted. Add it to the outermost router: the
/// grant is for the path as it was received, and a nested router sees another.
#[derive(Clone)]
pub struct ServiceLayer {
    inner: Arc<Inner>,
    streamed: bool,
}

impl ServiceLayer {
    pub(super) fn new(inner: Arc<Inner>, streamed: bool) -> Self {
        Self { inner, streamed }
    }
}

/// The service that [`ServiceLayer`] makes.
pub type ServiceMiddleware<S> = Admitting<ServiceLayer, S>;

impl<S> tower_layer::Layer<S> for ServiceLayer {
    type Service = ServiceMiddleware<S>;

    fn layer(&self, service: S) -> ServiceMiddleware<S> {
        Admitting::new(self.clone(), service)
    }
}

impl Admit for ServiceLayer {
    type Kept = ();

    async fn admit(&self, request: Request, alive: &Arc<RequestGuard>) -> Result<(Request, Span, ()), Response> {
        let decided = self.decide(request, alive).await;
        // Its work is logged in whatever span the service itself opened.
        decided.map(|request| (request, Span::none(), ())).map_err(|reason| self.inner.refuse(reason).into_response())
    }

    fn panicked(&self) -> Response {
        tracing::error!(target: "tenancy::service", "a handler panicked");
        self.inner.refuse(RejectionReason::Panicked).into_response()
    }
}

impl ServiceLayer {
    /// The request as the handler may see it, with its scope.
    async fn decide(&self, request: Request, alive: &RequestGuard) -> Result<Request, RejectionReason> {
        let (mut parts, body) = request.into_parts();
        let inner = &self.inner;
        for _ in 0..headers::clean(&mut parts.headers, Some(&headers::GRANT))? {
            inner.did(Event::IdentityHeader);
        }
        let authority = host::authority(&parts.uri, &parts.headers)?;
        let token = grant(&mut parts.headers)?;
        let (bytes, body) = self.read(body).await?;
        let context = RequestContext {
            method: parts.method.as_str(),
            authority: &authority,
            path_and_query: parts.uri.path_and_query().map_or("/", |path| path.as_str()),
            body: bytes.as_deref().map_or(RequestBody::Streamed, RequestBody::Bytes),
            certificate: shown(&parts),
        };
        let scope = inner.admit(&token, &context, alive, changes(&parts)).await?;
        provide_scope(&mut parts.extensions, Arc::new(Admitted::new(scope, Arc::clone(inner))));
        Ok(Request::from_parts(parts, body))
    }

    /// The body's bytes, if the grant is bound to them, and the body for the handler.
    async fn read(&self, body: Body) -> Result<(Option<Bytes>, Body), RejectionReason> {
        if self.streamed {
            return Ok((None, body));
        }
        let bytes = body::whole(body, self.inner.body, self.inner.body_time).await?;
        Ok((Some(bytes.clone()), Body::from(bytes)))
    }
}

/// The one grant of a request, which is taken out: no handler passes it on.
fn grant(headers: &mut HeaderMap) -> Result<String, RejectionReason> {
    let mut grants = headers.get_all(headers::GRANT).iter();
    let grant = match (grants.next(), grants.next()) {
        (Some(grant), None) => grant.to_str().map_err(|_| RejectionReason::GatewayHeader)?.to_owned(),
        (None, _) => return Err(RejectionReason::NoGrant),
        (Some(_), Some(_)) => return Err(RejectionReason::GatewayHeader),
    };
    // A hop on the way may have joined two headers to one.
    if grant.contains(|sign: char| sign == ',' || sign.is_whitespace()) {
        return Err(RejectionReason::GatewayHeader);
    }
    headers.remove(headers::GRANT);
    Ok(grant)
}

/// The certificate that the client showed: a grant is for the connection of that one, and of no other.
#[cfg(feature = "tls")]
fn shown(parts: &Parts) -> Option<[u8; 32]> {
    parts.extensions.get::<tenancy_tls::ClientIdentity>().map(|identity| *identity.fingerprint())
}

#[cfg(not(feature = "tls"))]
fn shown(_: &Parts) -> Option<[u8; 32]> {
    None
}

/// Whether a request may change something, so that its grant serves once.
fn changes(parts: &Parts) -> bool {
    let reads = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    !reads || parts.headers.contains_key(header::UPGRADE)
}

impl fmt::Debug for ServiceLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceLayer").field("streamed", &self.streamed).finish_non_exhaustive()
    }
}
