//! What every response behind the gateway says to browsers and caches, unless the handler said otherwise.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Pages of one session are kept by no cache, shown in no other site's frame, loaded into no other site's page, and named to
/// no other site.
const DEFAULTS: [(HeaderName, &str); 7] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, "frame-ancestors 'none'"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

pub(crate) fn complete(headers: &mut HeaderMap) {
    for (name, value) in DEFAULTS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    // Whatever is cached all the same is another page for another cookie.
    headers.append(header::VARY, HeaderValue::from_static("cookie"));
}
