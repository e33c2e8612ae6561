//! A request that may change something, before its session is known: who started it, and its body.

use crate::rejection::RejectionReason;
use crate::request::csrf;
use crate::session::session_id::SessionId;
use crate::settings::Settings;
use crate::state::Inner;
use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use tenancy_service::__private::body::whole;
use tenancy_service::__private::timed::timed;

/// A form token, and the form's fields if it was one of them and did not hold for the id that came with it.
pub(crate) struct Form {
    pub(crate) token: Vec<u8>,
    pub(crate) fields: Option<Bytes>,
}

pub(crate) struct Received {
    /// What of it is left for the handler.
    pub(crate) body: Body,
    pub(crate) refused: Option<RejectionReason>,
    /// Whether the client said nothing of its origin.
    pub(crate) silent: bool,
    pub(crate) form: Option<Form>,
}

impl Received {
    fn good(body: Body) -> Self {
        Self { body, refused: None, silent: false, form: None }
    }

    fn proved(body: Body, token: Vec<u8>) -> Self {
        Self { form: Some(Form { token, fields: None }), ..Self::good(body) }
    }

    fn refused(reason: RejectionReason) -> Self {
        Self { refused: Some(reason), ..Self::good(Body::empty()) }
    }

    fn unproved(body: Body, form: Option<Form>) -> Self {
        Self { refused: Some(RejectionReason::FormToken), form, ..Self::good(body) }
    }
}

/// What receives the bodies of a layer's requests.
pub(crate) struct Receiver<'a> {
    pub(crate) inner: &'a Inner,
    /// Whether handlers read bodies while they arrive.
    pub(crate) streamed: bool,
}

impl Receiver<'_> {
    /// A body that nothing is read of here.
    pub(crate) fn unread(&self, body: Body) -> Received {
        Received::good(timed(body, self.inner.settings.body_time))
    }

    /// Whether the service's own page started the request, and its body, which is read whole where a session is named.
    pub(crate) async fn receive(&self, parts: &Parts, body: Body, id: Option<&SessionId>) -> Received {
        let silent = match csrf::is_silent(&parts.headers, &self.inner.settings.origin) {
            Ok(silent) => silent,
            Err(reason) => return Received::refused(reason),
        };
        // Without a session there is nothing that another site could make use of.
        let Some(id) = id else { return self.unread(body) };
        Received { silent, ..self.proved(parts, body, id).await }
    }

    /// The body of a request whose form token is of this id's session; else why not, and what is left of the body.
    async fn proved(&self, parts: &Parts, body: Body, id: &SessionId) -> Received {
        let Settings { body: longest, body_time: time, .. } = self.inner.settings;
        match csrf::of_header(&parts.headers) {
            // A stranger without a token cannot make the gateway read a body.
            Ok(Some(token)) if !self.holds(&token, id) => {
                Received::unproved(timed(body, time), Some(Form { token, fields: None }))
            }
            Ok(Some(token)) if self.streamed => Received::proved(timed(body, time), token),
            Ok(Some(token)) => match whole(body, longest, time).await {
                Ok(bytes) => Received::proved(Body::from(bytes), token),
                Err(reason) => Received::refused(reason),
            },
            Ok(None) if csrf::is_form(&parts.headers) => match whole(body, csrf::FORM_SIZE, time).await {
                Ok(bytes) => self.form(bytes, id),
                Err(RejectionReason::BodySize) => Received::refused(RejectionReason::FormSize),
                Err(reason) => Received::refused(reason),
            },
            Ok(None) | Err(_) => Received::unproved(timed(body, time), None),
        }
    }

    fn form(&self, bytes: Bytes, id: &SessionId) -> Received {
        match csrf::of_form(&bytes) {
            Ok(token) if self.holds(&token, id) => Received::proved(Body::from(bytes), token),
            Ok(token) => Received::unproved(Body::from(bytes.clone()), Some(Form { token, fields: Some(bytes) })),
            Err(_) => Received::unproved(Body::from(bytes), None),
        }
    }

    /// Whether a form token is one of the session that has this id, if there is one.
    fn holds(&self, token: &[u8], id: &SessionId) -> bool {
        self.inner.hashes(id).iter().any(|hash| self.inner.keys.form_token_holds(token, hash))
    }
}
