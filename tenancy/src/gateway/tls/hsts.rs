//! Strict-Transport-Security.

use axum::http::HeaderValue;
use axum::http::header::STRICT_TRANSPORT_SECURITY;
use axum::response::Response;

/// Tells browsers to come back over TLS only, for a year. A [`Listener`](super::Listener) with TLS does so by itself;
/// behind a proxy that ends TLS: `router.layer(axum::middleware::map_response(hsts))`.
///
/// An answer that says it already is left alone: whoever wants `includeSubDomains` or `preload` writes it, because both
/// bind names that are not this service's.
pub async fn hsts(mut response: Response) -> Response {
    const YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");
    response.headers_mut().entry(STRICT_TRANSPORT_SECURITY).or_insert(YEAR);
    response
}
