//! Both ends of the door: the gateway that decides and signs, and the service's middleware that verifies.

use crate::data;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tenancy::scope::{Epochs, Grant, GrantSigner, RequestBody, RequestContext, RequestGuard, Subject, Tier};
use tenancy::{Authority, OrgId, OrgScope};

const NAME: &str = "quickstart gateway";
const SERVICE: &str = "invoices";
const MAX_BODY: usize = 64 * 1024;

/// The gateway: it knows the sessions, and for which organization each may act.
pub(crate) struct Gateway {
    signer: GrantSigner,
    sessions: Vec<(&'static str, &'static str, OrgId)>,
}

impl Gateway {
    pub(crate) fn new() -> Self {
        let signer = GrantSigner::generate(NAME).expect("the system has randomness");
        let sessions = vec![
            ("session-of-ada", "ada", data::org(data::HARBOUR)),
            ("session-of-bo", "bo", data::org(data::FREEWHEEL)),
        ];
        Self { signer, sessions }
    }

    /// What the service is configured with: the gateway's name and public key, and its own name.
    pub(crate) fn authority(&self) -> Authority {
        Authority::new(NAME, SERVICE, [self.signer.public_key()])
    }

    /// Signs a grant for exactly this request. The organization comes from the session; the request has no say.
    pub(crate) fn grant(&self, session: &str, context: &RequestContext<'_>) -> Option<String> {
        let (session, subject, org) = self.sessions.iter().find(|(id, ..)| *id == session)?;
        let grant = Grant {
            audience: SERVICE.to_owned(),
            org: *org,
            subject: Subject { op: "https://id.example".to_owned(), id: (*subject).to_owned() },
            session: (*session).to_owned(),
            epochs: Epochs { org: 1, sub: 1 },
            tier: Tier::Org,
            assurance: "aal1".to_owned(),
            authenticated_at: 0,
            actor: None,
            lifetime: Duration::from_secs(30),
        };
        self.signer.sign(&grant, context).ok()
    }
}

/// The service's middleware: verifies the grant, and keeps the request alive until its answer is made.
pub(crate) async fn admit(
    State(authority): State<Arc<Authority>>,
    request: Request,
    next: Next,
) -> Result<Response, StatusCode> {
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let live = RequestGuard::new();
    // One opaque answer, whatever is wrong with the grant; the reason is for the log.
    let scope = admitted(&authority, &parts, &body, &live).ok_or(StatusCode::UNAUTHORIZED)?;
    parts.extensions.insert(Once(Arc::new(Mutex::new(Some(scope)))));
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    // The handlers answer with complete bodies. A handler that streams moves the guard into its stream instead.
    drop(live);
    Ok(response)
}

fn admitted(authority: &Authority, parts: &Parts, body: &Bytes, live: &RequestGuard) -> Option<OrgScope> {
    let context = RequestContext {
        method: parts.method.as_str(),
        authority: the_one(&parts.headers, header::HOST)?,
        path_and_query: parts.uri.path_and_query()?.as_str(),
        body: RequestBody::Bytes(body),
        certificate: None,
    };
    let token = the_one(&parts.headers, header::AUTHORIZATION)?.strip_prefix("Bearer ")?;
    authority.admit(token, &context, live).ok()
}

/// A header's value, if there is exactly one.
fn the_one(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    if values.next().is_some() { None } else { value.to_str().ok() }
}

/// The scope on its way from the middleware to the handler. Private, so that nothing else puts one there.
#[derive(Clone)]
struct Once(Arc<Mutex<Option<OrgScope>>>);

/// The request's scope, as a handler's argument. It is taken out, so a request has it once.
pub(crate) struct Scope(pub(crate) OrgScope);

impl<S: Sync> FromRequestParts<S> for Scope {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let once = parts.extensions.remove::<Once>().ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
        let scope = once.0.lock().ok().and_then(|mut scope| scope.take());
        scope.map(Self).ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
