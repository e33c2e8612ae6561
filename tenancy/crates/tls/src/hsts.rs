//! Strict-Transport-Security.

use axum::http::HeaderValue;
use axum::http::header::STRICT_TRANSPORT_SECURITY;
use axum::response::Response;

const YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");
const WITH_SUBDOMAINS: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains");

/// Tells browsers to come back over TLS only, for a year. A [`Listener`](super::Listener) with TLS does so by itself;
/// behind a proxy that ends TLS: `router.layer(axum::middleware::map_response(hsts))`.
///
/// An answer that says it already is left alone: a service that wants `preload` writes it.
pub async fn hsts(response: Response) -> Response {
    saying(YEAR, response)
}

/// [`hsts`] for every name under the service's as well (`includeSubDomains`): a sibling that is reached in plaintext can
/// then no longer set cookies for the service's name. No name under it can be served in plaintext any more.
pub async fn hsts_for_subdomains(response: Response) -> Response {
    saying(WITH_SUBDOMAINS, response)
}

fn saying(policy: HeaderValue, mut response: Response) -> Response {
    response.headers_mut().entry(STRICT_TRANSPORT_SECURITY).or_insert(policy);
    response
}
