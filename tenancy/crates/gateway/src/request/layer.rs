//! The layer: a request comes in with a cookie and goes on with a session, or not at all.

use super::request_target as target;
use super::security_headers;
use crate::headers;
use crate::metrics::Event;
use crate::rejection::{Rejection, RejectionReason};
use crate::request::csrf;
use crate::request::followed_response::followed;
use crate::request::received::{Form, Received, Receiver};
use crate::request::request_state::RequestState;
use crate::request::typed::Typed;
use crate::session::cookie;
use crate::session::session_id::SessionId;
use crate::sessions::Sessions;
use crate::sessions::session::Session;
use crate::state::Inner;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use std::fmt;
use std::sync::Arc;
use tenancy::__private::provide_scope;
use tenancy::scope::RequestGuard;
use tenancy_service::__private::middleware::{Admit, Admitting};
use tracing::{Span, field};

/// The layer that decides whose request this is, for an axum `Router`. From [`Gateway::layer`](crate::Gateway::layer),
/// [`Gateway::open_layer`](crate::Gateway::open_layer) or [`Gateway::streamed_layer`](crate::Gateway::streamed_layer).
///
/// In this order: headers that speak of identity, host, path, cookies, same origin, form token, the body; then, when nothing of
/// the client is waited for any more, the session; then the handler. What a check refuses, no later check and no handler sees.
/// Every refusal is counted.
///
/// A handler that panics is answered `500`. An answer whose length is not known at its beginning, a stream of events for
/// instance, breaks off when its session has ended, at the latest after a scope's lifetime. A browser's question whether another
/// site's page may send something (a CORS preflight) is answered `204`, and allowed nothing: a layer that allows something lies
/// outside this one.
#[derive(Clone)]
pub struct GatewayLayer {
    pub(crate) inner: Arc<Inner>,
    required: bool,
    pub(crate) streamed: bool,
}

impl GatewayLayer {
    pub(crate) fn new(inner: Arc<Inner>, required: bool) -> Self {
        Self { inner, required, streamed: false }
    }

    /// The same for handlers that read the body while it arrives.
    pub(crate) fn streamed(self) -> Self {
        Self { streamed: true, ..self }
    }
}

/// The service that [`GatewayLayer`] makes.
pub type GatewayMiddleware<S> = Admitting<GatewayLayer, S>;

impl<S> tower_layer::Layer<S> for GatewayLayer {
    type Service = GatewayMiddleware<S>;

    fn layer(&self, service: S) -> GatewayMiddleware<S> {
        Admitting::new(self.clone(), service)
    }
}

impl Admit for GatewayLayer {
    type Kept = Option<Session>;

    async fn admit(
        &self,
        request: Request,
        alive: &Arc<RequestGuard>,
    ) -> Result<(Request, Span, Option<Session>), Response> {
        self.decide(request, alive).await.map_err(Stopped::into_response)
    }

    fn panicked(&self) -> Response {
        tracing::error!(target: "tenancy::gateway", "a handler panicked");
        self.inner.refuse(RejectionReason::Panicked).into_response()
    }

    fn answered(&self, response: Response, session: Option<Session>) -> Response {
        match session {
            Some(session) => response.map(|body| followed(body, session, &self.inner)),
            None => response,
        }
    }

    fn complete(&self, headers: &mut HeaderMap) {
        security_headers::complete(headers);
    }
}

impl GatewayLayer {
    /// The request as handlers may see it, with its session, and the span that its work is logged in.
    ///
    /// Whatever the client can make us wait for comes before the session is looked up: when a form's last byte
    /// comes half an hour later, the request acts for the user whom the session names at that moment.
    async fn decide(
        &self,
        request: Request,
        alive: &Arc<RequestGuard>,
    ) -> Result<(Request, Span, Option<Session>), Stopped> {
        let (mut parts, body) = request.into_parts();
        let inner = &self.inner;
        let (authority, id) = self.read(&mut parts).map_err(|reason| inner.refuse(reason))?;
        if csrf::is_preflight(&parts) {
            return Err(Stopped::Preflight);
        }
        let changes = csrf::changes(&parts);
        let receiver = Receiver { inner, streamed: self.streamed };
        let received = if changes { receiver.receive(&parts, body, id.as_ref()).await } else { receiver.unread(body) };
        let session = self.look_up(id.as_ref(), !changes).await?;
        let Received { body, refused, silent, form } = received;
        let session = if changes {
            self.admitted(refused, silent, form, session).await?
        } else {
            self.own_pages(&parts, session).await?
        };
        let span = span(&parts, session.as_ref());
        let carried = RequestState::new(Arc::clone(inner), session.clone(), authority, alive);
        provide_scope(&mut parts.extensions, Arc::new(carried.clone()));
        parts.extensions.insert(carried);
        Ok((Request::from_parts(parts, body), span, session))
    }

    /// What can be said without the database. Takes the cookie out.
    fn read(&self, parts: &mut Parts) -> Result<(String, Option<SessionId>), RejectionReason> {
        for _ in 0..headers::clean(&mut parts.headers, None)? {
            self.inner.did(Event::IdentityHeader);
        }
        let authority = target::host(&parts.uri, &parts.headers, &self.inner.settings.origin)?;
        target::path(&parts.method, &parts.uri)?;
        let id = cookie::take(&mut parts.headers).map_err(|bad| match bad {
            cookie::BadCookies::Unclear => RejectionReason::Cookie,
            cookie::BadCookies::TooMany => RejectionReason::Cookies,
        })?;
        Ok((authority, id))
    }

    /// The live session of an id. Without one the request ends here, where one is asked for.
    async fn look_up(&self, id: Option<&SessionId>, reads: bool) -> Result<Option<Session>, Rejection> {
        let inner = &self.inner;
        let sessions = Sessions::new(Arc::clone(inner));
        let find = async {
            let Some(id) = id else { return Ok(None) };
            match sessions.find(id).await? {
                None if reads => sessions.find_by_previous(id).await,
                found => Ok(found),
            }
        };
        match (find.await.map_err(|failure| inner.unavailable(&failure))?, id) {
            (None, Some(_)) if self.required => Err(inner.refuse(RejectionReason::DeadSession)),
            (None, None) if self.required => Err(inner.refuse(RejectionReason::NoSession)),
            (found, _) => Ok(found),
        }
    }

    /// The session of a request that the service's own page started; or the refusal, with its line in the audit log if the
    /// session is known.
    async fn admitted(
        &self,
        refused: Option<RejectionReason>,
        silent: bool,
        form: Option<Form>,
        session: Option<Session>,
    ) -> Result<Option<Session>, Stopped> {
        // Of this session, whatever its id was when the form was made.
        let own = |session: &Session, form: &Form| self.inner.keys.form_token_was_of(&form.token, session.handle());
        match (refused, session) {
            // Of this id, and not whole: it was changed on the way.
            (None, Some(session)) if !form.as_ref().is_some_and(|form| own(&session, form)) => {
                Err(self.inner.refuse_known(RejectionReason::FormToken, session.facts()).await.into())
            }
            (Some(reason), Some(session)) => {
                let old = form.filter(|form| own(&session, form));
                let reason = if old.is_some() { RejectionReason::OldForm } else { reason };
                let typed = old.and_then(|form| form.fields).map(|fields| Typed::of(&fields));
                Err(Stopped::Refused(self.inner.refuse_known(reason, session.facts()).await, typed))
            }
            // The cookie is of no session: there is nothing that another site could make use of.
            (Some(RejectionReason::FormToken) | None, None) => Ok(None),
            (Some(reason), None) => Err(self.inner.refuse(reason).into()),
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
    async fn own_pages(&self, parts: &Parts, session: Option<Session>) -> Result<Option<Session>, Rejection> {
        let embedded = csrf::is_embedded(&parts.headers).map_err(|reason| self.inner.refuse(reason))?;
        match session {
            Some(session) if embedded && self.required => {
                Err(self.inner.refuse_known(RejectionReason::CrossSite, session.facts()).await)
            }
            Some(_) if embedded => Ok(None),
            session => Ok(session),
        }
    }
}

/// A request that no handler sees.
enum Stopped {
    /// With what was typed, if it was a form from before the session's id changed.
    Refused(Rejection, Option<Typed>),
    /// A browser asks whether another site's page may send something. The answer allows nothing, so it may not.
    Preflight,
}

impl From<Rejection> for Stopped {
    fn from(refused: Rejection) -> Self {
        Self::Refused(refused, None)
    }
}

impl Stopped {
    /// Unreadable cookies are taken from the browser, so that the next request is readable.
    fn into_response(self) -> Response {
        let Self::Refused(refused, typed) = self else { return StatusCode::NO_CONTENT.into_response() };
        let mut response = refused.into_response();
        if refused.reason() == RejectionReason::Cookie {
            response.headers_mut().append(header::SET_COOKIE, cookie::cleared());
        }
        if let Some(typed) = typed {
            response.extensions_mut().insert(typed);
        }
        response
    }
}

/// Names the session and no organization: paths may hold one, so they are left out.
fn span(parts: &Parts, session: Option<&Session>) -> Span {
    let span =
        tracing::info_span!(target: "tenancy::gateway", "request", method = %parts.method, session = field::Empty);
    if let Some(session) = session {
        span.record("session", field::display(session.handle()));
    }
    span
}

impl fmt::Debug for GatewayLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatewayLayer").field("required", &self.required).finish_non_exhaustive()
    }
}
