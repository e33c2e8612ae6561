//! The layer: a request comes in with a cookie and goes on with a session, or not at all.

use super::carried::Carried;
use super::cookie;
use super::counters::Event;
use super::csrf;
use super::inner::Inner;
use super::refusal::{Reason, Refused};
use super::session::Session;
use super::sessions::Sessions;
use super::{headers, response, target};
use crate::edge::admission::{Admit, Admitting};
use crate::scope::RequestGuard;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, header, request::Parts};
use axum::response::{IntoResponse, Response};
use std::fmt;
use std::sync::Arc;
use tracing::{Span, field};

/// The layer that decides whose request this is, for an axum `Router`. From [`Gateway::layer`](super::Gateway::layer) or
/// [`Gateway::open_layer`](super::Gateway::open_layer).
///
/// In this order: headers that speak of identity, host, path, cookies, session, same origin; then the handler. What a check
/// refuses, no later check and no handler sees. Every refusal is counted.
#[derive(Clone)]
pub struct GatewayLayer {
    inner: Arc<Inner>,
    required: bool,
}

impl GatewayLayer {
    pub(super) fn new(inner: Arc<Inner>, required: bool) -> Self {
        Self { inner, required }
    }
}

/// The service that [`GatewayLayer`] makes.
pub type GatewayService<S> = Admitting<GatewayLayer, S>;

impl<S> tower_layer::Layer<S> for GatewayLayer {
    type Service = GatewayService<S>;

    fn layer(&self, service: S) -> GatewayService<S> {
        Admitting::new(self.clone(), service)
    }
}

impl Admit for GatewayLayer {
    async fn admit(&self, request: Request, alive: &Arc<RequestGuard>) -> Result<(Request, Span), Response> {
        self.decide(request, alive).await.map_err(|refused| refused_response(&refused))
    }

    fn complete(&self, headers: &mut HeaderMap) {
        response::complete(headers);
    }
}

impl GatewayLayer {
    /// The request as handlers may see it, with its session, and the span that its work is logged in.
    async fn decide(&self, request: Request, alive: &Arc<RequestGuard>) -> Result<(Request, Span), Refused> {
        let (mut parts, mut body) = request.into_parts();
        let inner = &self.inner;
        let (authority, id) = self.read(&mut parts).map_err(|reason| inner.refuse(reason))?;
        let session = match id {
            Some(id) => {
                let found = Sessions::new(Arc::clone(inner)).find(&id).await;
                let found = found.map_err(|failure| inner.unavailable(&failure))?;
                Some(found.ok_or(Reason::DeadSession))
            }
            None => None,
        };
        let session = match session {
            Some(Ok(session)) => Some(session),
            Some(Err(reason)) if self.required => return Err(inner.refuse(reason)),
            None if self.required => return Err(inner.refuse(Reason::NoSession)),
            Some(Err(_)) | None => None,
        };
        let session = if csrf::changes(&parts) {
            body = self.same_origin(&parts, body, session.as_ref()).await?;
            session
        } else {
            self.own_pages(&parts, session).await?
        };
        let span = span(&parts, session.as_ref());
        parts.extensions.insert(Carried::new(Arc::clone(inner), session, authority, alive));
        Ok((Request::from_parts(parts, body), span))
    }

    /// What can be said without the database. Takes the cookie out.
    fn read(&self, parts: &mut Parts) -> Result<(String, Option<super::id::SessionId>), Reason> {
        for _ in 0..headers::clean(&mut parts.headers, None)? {
            self.inner.did(Event::IdentityHeader);
        }
        let authority = target::host(&parts.uri, &parts.headers, &self.inner.settings.origin)?;
        target::path(&parts.method, &parts.uri)?;
        let id = cookie::take(&mut parts.headers).map_err(|cookie::BadCookies| Reason::Cookie)?;
        Ok((authority, id))
    }

    /// Refuses what another site started; returns the body, which may have been read for its form token.
    async fn same_origin(&self, parts: &Parts, body: Body, session: Option<&Session>) -> Result<Body, Refused> {
        let checked = self.started_here(parts, body, session).await;
        match (checked, session) {
            (Ok(body), _) => Ok(body),
            (Err(reason), Some(session)) => Err(self.inner.refuse_known(reason, session.facts()).await),
            (Err(reason), None) => Err(self.inner.refuse(reason)),
        }
    }

    /// Refuses what another origin's page loads of a session. On an open route the request goes on without the session:
    /// the page is everybody's, and a provider's frame may tell of a logout.
    async fn own_pages(&self, parts: &Parts, session: Option<Session>) -> Result<Option<Session>, Refused> {
        let embedded = csrf::is_embedded(&parts.headers).map_err(|reason| self.inner.refuse(reason))?;
        match session {
            Some(session) if embedded && self.required => {
                Err(self.inner.refuse_known(Reason::CrossSite, session.facts()).await)
            }
            Some(_) if embedded => Ok(None),
            session => Ok(session),
        }
    }

    async fn started_here(&self, parts: &Parts, body: Body, session: Option<&Session>) -> Result<Body, Reason> {
        let silent = csrf::is_silent(&parts.headers, &self.inner.settings.origin)?;
        // Without a session there is nothing that another site could make use of.
        let Some(session) = session else { return Ok(body) };
        let (token, body) = match csrf::of_header(&parts.headers)? {
            Some(token) => (token, body),
            None if csrf::is_form(&parts.headers) => {
                let bytes = axum::body::to_bytes(body, csrf::FORM_SIZE).await.map_err(|_| Reason::FormSize)?;
                (csrf::of_form(&bytes)?, Body::from(bytes))
            }
            None => return Err(Reason::FormToken),
        };
        if !self.inner.keys.form_token_holds(&token, &session.facts().id_hash) {
            return Err(Reason::FormToken);
        }
        if silent {
            self.inner.did(Event::UnknownOrigin);
            tracing::info!(target: "tenancy::gateway", session = %session.handle(), "no origin stated");
        }
        Ok(body)
    }
}

/// Names the session and nobody's organization: paths may hold one, so they are left out.
fn span(parts: &Parts, session: Option<&Session>) -> Span {
    let span =
        tracing::info_span!(target: "tenancy::gateway", "request", method = %parts.method, session = field::Empty);
    if let Some(session) = session {
        span.record("session", field::display(session.handle()));
    }
    span
}

/// A refusal; unreadable cookies are taken from the browser, so that the next request is readable.
fn refused_response(refused: &Refused) -> Response {
    let mut response = refused.into_response();
    if refused.reason() == Reason::Cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie::cleared());
    }
    response
}

impl fmt::Debug for GatewayLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatewayLayer").field("required", &self.required).finish_non_exhaustive()
    }
}
