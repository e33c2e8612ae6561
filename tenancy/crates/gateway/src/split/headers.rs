//! Which headers pass, in either direction.

use axum::http::{HeaderMap, HeaderName, header};
use tenancy_service::__private::headers::{FORM_HEADER, is_ours, letters};

/// Of one connection, not of the request: each hop has its own.
const HOP: &[&str] = &[
    "connection",
    "keepalive",
    "proxyconnection",
    "proxyauthenticate",
    "proxyauthorization",
    "te",
    "trailer",
    "trailers",
    "transferencoding",
    "upgrade",
    "http2settings",
];

/// What services have no use for: the browser's proofs, and what claims to say how a request came here or what it means
/// instead of what it says.
const INWARD: &[&str] = &["cookie", "cookie2", "authorization", "expect", "contentlength", "host", "forwarded"];
const INWARD_BEGINNINGS: &[&str] =
    &["xforwarded", "xoriginal", "xrewrite", "xhttpmethod", "xmethodoverride", "xrealip", "xenvoy", "xhost"];

/// A request's headers as the service gets them. The gateway's layer has removed what speaks of identity.
pub(super) fn inward(from: &HeaderMap) -> HeaderMap {
    passed(from, |letters| {
        INWARD.contains(&letters) || INWARD_BEGINNINGS.iter().any(|beginning| letters.starts_with(beginning))
    })
}

/// An answer's headers as the browser gets them. Cookies are the gateway's alone: a service could plant a session.
pub(super) fn outward(from: &HeaderMap) -> HeaderMap {
    passed(from, |letters| matches!(letters, "setcookie" | "setcookie2" | "clearsitedata" | "altsvc"))
}

/// All headers but those of the hop, those that the hop's own header names, our own, and those whose names two readers may
/// spell differently.
fn passed(from: &HeaderMap, dropped: impl Fn(&str) -> bool) -> HeaderMap {
    let listed: Vec<String> = from
        .get_all(header::CONNECTION)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .map(letters)
        .collect();
    let mut to = HeaderMap::with_capacity(from.len());
    for (name, value) in from {
        let letters = letters(name.as_str().as_bytes());
        let hop = HOP.contains(&letters.as_str()) || listed.contains(&letters);
        if plain(name) && !hop && !is_ours(name) && name != FORM_HEADER && !dropped(&letters) {
            to.append(name.clone(), value.clone());
        }
    }
    to
}

/// Whether a name holds letters, digits and single dashes alone. CGI-like readers take `_` and `.` for a dash.
fn plain(name: &HeaderName) -> bool {
    let name = name.as_str();
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') && !name.contains("--")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(headers: &[(&str, &str)]) -> HeaderMap {
        headers.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn what_is_of_one_hop_or_of_the_gateway_does_not_pass() {
        let sent = map(&[
            ("accept", "text/html"),
            ("content-type", "text/plain"),
            ("connection", "close, X-Secret-Hop"),
            ("x-secret-hop", "1"),
            ("transfer-encoding", "chunked"),
            ("te", "trailers"),
            ("upgrade", "websocket"),
            ("cookie", "a=b"),
            ("authorization", "Bearer x"),
            ("x-forwarded-host", "evil.test"),
            ("x-http-method-override", "DELETE"),
            ("x_custom", "1"),
            ("x.custom", "1"),
            ("x--custom", "1"),
            ("tenancy-grant", "v4.public.x"),
            ("tenancy_grant", "v4.public.x"),
            ("x-csrf-token", "t"),
        ]);
        assert_eq!(inward(&sent), map(&[("accept", "text/html"), ("content-type", "text/plain")]));
    }

    #[test]
    fn a_service_sets_no_cookie() {
        let sent = map(&[
            ("content-type", "text/plain"),
            ("set-cookie", "__Host-tenancy=A"),
            ("set-cookie", "other=1"),
            ("keep-alive", "timeout=5"),
            ("tenancy-anything", "1"),
            ("clear-site-data", "\"*\""),
        ]);
        assert_eq!(outward(&sent), map(&[("content-type", "text/plain")]));
    }
}
