//! The plaintext door beside the real one.

use super::{Listener, ListenerHandle, TlsError};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, AUTHORIZATION, CACHE_CONTROL, LOCATION};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use std::io;
use std::net::TcpListener;
use std::sync::Arc;

/// Sends browsers over to TLS, and refuses everything else.
///
/// A GET or HEAD that wants HTML and carries no credentials is answered 308, to the same path at the origin that was
/// configured: never at a host that the client names. Everything else is answered 403 without being read: a client that
/// sends credentials or data in plaintext must learn of it, and would not if it was redirected (ASVS 4.1.2).
#[derive(Debug)]
#[must_use = "it serves nothing until `serve` is awaited"]
pub struct Redirects {
    listener: Listener,
    origin: Arc<str>,
}

impl Redirects {
    /// On a socket that may listen anywhere, to `https://host` or `https://host:port`.
    ///
    /// # Errors
    /// When `origin` is none, or one without TLS.
    pub fn new(socket: TcpListener, origin: &str) -> Result<Self, TlsError> {
        Ok(Self { listener: Listener::plaintext(socket), origin: checked(origin)?.into() })
    }

    /// To end it with.
    pub fn handle(&self) -> ListenerHandle {
        self.listener.handle()
    }

    /// Serves until it is shut down.
    ///
    /// # Errors
    /// When the socket fails.
    pub async fn serve(self) -> io::Result<()> {
        self.listener.serve(Router::new().fallback(answer).with_state(self.origin)).await
    }
}

fn checked(origin: &str) -> Result<String, TlsError> {
    let uri: Uri = origin.parse().map_err(|_| TlsError::Origin)?;
    let authority = uri.authority().ok_or(TlsError::Origin)?;
    let rebuilt = format!("https://{authority}");
    // Nothing but the scheme, the host and the port: no account, no path, no query.
    if origin.trim_end_matches('/') != rebuilt || authority.as_str().contains('@') {
        return Err(TlsError::Origin);
    }
    Ok(rebuilt)
}

async fn answer(State(origin): State<Arc<str>>, request: Request) -> Response {
    let location =
        if is_a_browsers(request.method(), request.headers()) { target(&origin, request.uri()) } else { None };
    let no_store = (CACHE_CONTROL, HeaderValue::from_static("no-store"));
    match location {
        Some(location) => (StatusCode::PERMANENT_REDIRECT, [(LOCATION, location), no_store]).into_response(),
        None => (StatusCode::FORBIDDEN, [no_store], "use HTTPS\n").into_response(),
    }
}

fn is_a_browsers(method: &Method, headers: &HeaderMap) -> bool {
    let wants_html = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| {
        accept.split(',').any(|kind| kind.split(';').next().is_some_and(|kind| kind.trim() == "text/html"))
    });
    (method == Method::GET || method == Method::HEAD) && wants_html && !headers.contains_key(AUTHORIZATION)
}

/// The same path and query, which must be a path: not another address, not `*`.
fn target(origin: &str, uri: &Uri) -> Option<HeaderValue> {
    if uri.authority().is_some() {
        return None;
    }
    let path = uri.path_and_query()?.as_str();
    path.starts_with('/').then(|| HeaderValue::from_str(&format!("{origin}{path}")).ok()).flatten()
}
