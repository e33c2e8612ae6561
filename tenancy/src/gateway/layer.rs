//! The layer: a request comes in with a cookie and goes on with a session, or not at all.

use super::builder::Settings;
use super::carried::Carried;
use super::cookie;
use super::counters::Event;
use super::csrf;
use super::id::SessionId;
use super::inner::Inner;
use super::refusal::{Reason, Refused};
use super::session::Session;
use super::sessions::Sessions;
use super::{headers, response, target};
use crate::edge::admission::{Admit, Admitting};
use crate::edge::body::whole;
use crate::scope::RequestGuard;
use crate::timed::timed;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, header, request::Parts};
use axum::response::{IntoResponse, Response};
use std::fmt;
use std::sync::Arc;
use tracing::{Span, field};

/// The layer that decides whose request this is, for an axum `Router`. From [`Gateway::layer`](super::Gateway::layer),
/// [`Gateway::open_layer`](super::Gateway::open_layer) or [`Gateway::streamed_layer`](super::Gateway::streamed_layer).
///
/// In this order: headers that speak of identity, host, path, cookies, same origin, form token, the body; then, when nothing of
/// the client is waited for any more, the session; then the handler. What a check refuses, no later check and no handler sees.
/// Every refusal is counted.
#[derive(Clone)]
pub struct GatewayLayer {
    inner: Arc<Inner>,
    required: bool,
    streamed: bool,
}

impl GatewayLayer {
    pub(super) fn new(inner: Arc<Inner>, required: bool) -> Self {
        Self { inner, required, streamed: false }
    }

    /// The same for handlers that read the body while it arrives.
    pub(super) fn streamed(self) -> Self {
        Self { streamed: true, ..self }
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
    ///
    /// Whatever the client can make us wait for comes before the session is looked up: who sends a form's last byte half an
    /// hour later is then whoever the session says at that moment.
    async fn decide(&self, request: Request, alive: &Arc<RequestGuard>) -> Result<(Request, Span), Refused> {
        let (mut parts, body) = request.into_parts();
        let inner = &self.inner;
        let (authority, id) = self.read(&mut parts).map_err(|reason| inner.refuse(reason))?;
        let changes = csrf::changes(&parts);
        let received = if changes { self.receive(&parts, body, id.as_ref()).await } else { self.unread(body) };
        let session = self.look_up(id.as_ref()).await?;
        let session = if changes {
            self.admitted(received.refused, received.silent, session).await?
        } else {
            self.own_pages(&parts, session).await?
        };
        let span = span(&parts, session.as_ref());
        parts.extensions.insert(Carried::new(Arc::clone(inner), session, authority, alive));
        Ok((Request::from_parts(parts, received.body), span))
    }

    /// The live session of an id. Without one the request ends here, where one is asked for.
    async fn look_up(&self, id: Option<&SessionId>) -> Result<Option<Session>, Refused> {
        let inner = &self.inner;
        let found = match id {
            Some(id) => {
                Sessions::new(Arc::clone(inner)).find(id).await.map_err(|failure| inner.unavailable(&failure))?
            }
            None => None,
        };
        match (found, id) {
            (None, Some(_)) if self.required => Err(inner.refuse(Reason::DeadSession)),
            (None, None) if self.required => Err(inner.refuse(Reason::NoSession)),
            (found, _) => Ok(found),
        }
    }

    /// What can be said without the database. Takes the cookie out.
    fn read(&self, parts: &mut Parts) -> Result<(String, Option<SessionId>), Reason> {
        for _ in 0..headers::clean(&mut parts.headers, None)? {
            self.inner.did(Event::IdentityHeader);
        }
        let authority = target::host(&parts.uri, &parts.headers, &self.inner.settings.origin)?;
        target::path(&parts.method, &parts.uri)?;
        let id = cookie::take(&mut parts.headers).map_err(|cookie::BadCookies| Reason::Cookie)?;
        Ok((authority, id))
    }

    /// A body that nothing is read of here.
    fn unread(&self, body: Body) -> Received {
        Received { body: timed(body, self.inner.settings.body_time), refused: None, silent: false }
    }

    /// Whether the service's own page started the request, and its body, which is read whole where a session is named.
    async fn receive(&self, parts: &Parts, body: Body, id: Option<&SessionId>) -> Received {
        let silent = match csrf::is_silent(&parts.headers, &self.inner.settings.origin) {
            Ok(silent) => silent,
            Err(reason) => return Received::refused(reason),
        };
        // Without a session there is nothing that another site could make use of.
        let Some(id) = id else { return self.unread(body) };
        let (body, refused) = match self.proved(parts, body, id).await {
            Ok(body) => (body, None),
            Err((reason, body)) => (body, Some(reason)),
        };
        Received { body, refused, silent }
    }

    /// The body of a request whose form token is of this id's session; else why not, and what is left of the body.
    async fn proved(&self, parts: &Parts, body: Body, id: &SessionId) -> Result<Body, (Reason, Body)> {
        let Settings { body: longest, body_time: time, .. } = self.inner.settings;
        let lost = |reason| (reason, Body::empty());
        match csrf::of_header(&parts.headers) {
            // A stranger without a token makes nobody read a body.
            Ok(Some(token)) if !self.holds(&token, id) => Err((Reason::FormToken, timed(body, time))),
            Ok(Some(_)) if self.streamed => Ok(timed(body, time)),
            Ok(Some(_)) => whole(body, longest, time).await.map(Body::from).map_err(lost),
            Ok(None) if csrf::is_form(&parts.headers) => {
                let read = whole(body, csrf::FORM_SIZE, time).await;
                let bytes =
                    read.map_err(|reason| lost(if reason == Reason::BodySize { Reason::FormSize } else { reason }))?;
                let token = csrf::of_form(&bytes).ok().filter(|token| self.holds(token, id));
                token.map_or_else(
                    || Err((Reason::FormToken, Body::from(bytes.clone()))),
                    |_| Ok(Body::from(bytes.clone())),
                )
            }
            Ok(None) | Err(_) => Err((Reason::FormToken, timed(body, time))),
        }
    }

    /// Whether a form token is one of the session that has this id, if there is one.
    fn holds(&self, token: &[u8], id: &SessionId) -> bool {
        let keys = &self.inner.keys;
        keys.hashes(id).iter().any(|hash| keys.form_token_holds(token, hash))
    }

    /// The session of a request that the service's own page started; or the refusal, with its line in the audit log if the
    /// session is known.
    async fn admitted(
        &self,
        refused: Option<Reason>,
        silent: bool,
        session: Option<Session>,
    ) -> Result<Option<Session>, Refused> {
        match (refused, session) {
            (Some(reason), Some(session)) => Err(self.inner.refuse_known(reason, session.facts()).await),
            // The cookie is of no session: there is nothing that another site could make use of.
            (Some(Reason::FormToken) | None, None) => Ok(None),
            (Some(reason), None) => Err(self.inner.refuse(reason)),
            (None, Some(session)) => {
                if silent {
                    self.inner.did(Event::UnknownOrigin);
                    tracing::info!(target: "tenancy::gateway", session = %session.handle(), "no origin stated");
                }
                Ok(Some(session))
            }
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
}

/// A request that may change something, before its session is known.
struct Received {
    /// What of it is left for the handler.
    body: Body,
    refused: Option<Reason>,
    /// Whether the client said nothing of its origin.
    silent: bool,
}

impl Received {
    fn refused(reason: Reason) -> Self {
        Self { body: Body::empty(), refused: Some(reason), silent: false }
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
