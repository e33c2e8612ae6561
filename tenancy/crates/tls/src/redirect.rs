//! The plaintext door beside the real one.

use super::{Listener, ListenerHandle, TlsError};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, COOKIE, LOCATION};
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
///
/// Credentials are an `Authorization` header, any cookie, and a query that names what only its receiver should read: a
/// provider's `code`, a `token` of any kind, a `state`, a `session`, a `password`, a `secret` or a `key`. A person is shown a link
/// to the origin, without the path.
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
    /// When `origin` is not an origin, or one without TLS.
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
        None if wants_html(request.headers()) => {
            let kind = (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
            // An origin, as it was checked: nothing in it has to be escaped.
            let page = format!(
                "<!doctype html><meta charset=utf-8><title>Use HTTPS</title><p>What was sent here was sent in plaintext, and not \
                 passed on. <a href=\"{origin}/\">{origin}</a>\n"
            );
            (StatusCode::FORBIDDEN, [kind, no_store], page).into_response()
        }
        None => (StatusCode::FORBIDDEN, [no_store], "use HTTPS\n").into_response(),
    }
}

fn wants_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| {
        accept.split(',').any(|kind| kind.split(';').next().is_some_and(|kind| kind.trim() == "text/html"))
    })
}

/// Whether a query holds what only its receiver should read: the names that OAuth, OpenID Connect and mailed links use.
fn carries_credentials(query: Option<&str>) -> bool {
    const NAMES: [&str; 9] = ["code", "state", "token", "session", "password", "passwd", "secret", "assertion", "key"];
    let fields = query.unwrap_or_default().split(['&', ';']);
    fields.map(|field| field.split('=').next().unwrap_or_default()).any(|name| {
        // An encoded name is one that its author wants to be overlooked.
        let name = name.to_ascii_lowercase();
        name.contains('%') || NAMES.iter().any(|known| name.ends_with(known))
    })
}

fn is_a_browsers(method: &Method, headers: &HeaderMap) -> bool {
    let credentials = headers.contains_key(AUTHORIZATION) || headers.contains_key(COOKIE);
    (method == Method::GET || method == Method::HEAD) && wants_html(headers) && !credentials
}

/// The same path and query, which must be a path: not another address, not `*`.
fn target(origin: &str, uri: &Uri) -> Option<HeaderValue> {
    if uri.authority().is_some() || carries_credentials(uri.query()) {
        return None;
    }
    let path = uri.path_and_query()?.as_str();
    path.starts_with('/').then(|| HeaderValue::from_str(&format!("{origin}{path}")).ok()).flatten()
}
