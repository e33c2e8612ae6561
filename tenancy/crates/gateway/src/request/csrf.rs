//! Whether the service's own pages started a request: one that changes something, and one that loads something.
//!
//! For a change three checks, each of which can refuse: where the browser says the request comes from (`Sec-Fetch-Site`), from which
//! origin (`Origin`), and the session's form token. The first two are passed over when a client sends neither, the token
//! never is.

use crate::origin::Origin;
use crate::rejection::RejectionReason;
use axum::http::{HeaderMap, HeaderName, Method, header, request::Parts};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The form's field that carries the session's form token.
pub const FORM_FIELD: &str = "form_token";
/// The header that carries it where there is no form.
pub const FORM_HEADER: &str = tenancy_service::__private::headers::FORM_HEADER;

/// The longest form, in bytes, in which the token is looked for.
pub(crate) const FORM_SIZE: usize = 64 * 1024;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// Whether a request may change something: everything but reading, and whatever opens a channel of its own.
///
/// The method is the one on the request line: a header that overrides it has no say.
pub(crate) fn changes(parts: &Parts) -> bool {
    let reads = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    !reads || parts.headers.contains_key(header::UPGRADE)
}

/// Whether a browser asks, without any cookie, whether another site's page may send something that a form could not.
pub(crate) fn is_preflight(parts: &Parts) -> bool {
    parts.method == Method::OPTIONS && parts.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Checks what the browser says about where the request comes from; `true` when it says nothing.
pub(crate) fn is_silent(headers: &HeaderMap, origin: &Origin) -> Result<bool, RejectionReason> {
    let site = at_most_one(headers, SEC_FETCH_SITE)?;
    let from = at_most_one(headers, header::ORIGIN)?;
    let same_site = site.is_none_or(|site| matches!(site, b"same-origin" | b"none"));
    let same_origin = from.is_none_or(|from| origin.is(from));
    if same_site && same_origin { Ok(site.is_none() && from.is_none()) } else { Err(RejectionReason::CrossSite) }
}

/// Whether a page of another origin loads this into itself: as an image, a script, a frame, by `fetch`. A link of anywhere
/// may lead here, and a client that says nothing is no browser of today.
pub(crate) fn is_embedded(headers: &HeaderMap) -> Result<bool, RejectionReason> {
    let own = at_most_one(headers, SEC_FETCH_SITE)?.is_none_or(|site| matches!(site, b"same-origin" | b"none"));
    let mode = at_most_one(headers, SEC_FETCH_MODE)?;
    let dest = at_most_one(headers, SEC_FETCH_DEST)?;
    let followed = mode == Some(b"navigate") && dest == Some(b"document");
    Ok(!own && !followed)
}

fn at_most_one(headers: &HeaderMap, name: HeaderName) -> Result<Option<&[u8]>, RejectionReason> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (one, None) => Ok(one.map(|value| value.as_bytes())),
        _ => Err(RejectionReason::CrossSite),
    }
}

/// The form token that a header carries.
pub(crate) fn of_header(headers: &HeaderMap) -> Result<Option<Vec<u8>>, RejectionReason> {
    let token = at_most_one(headers, HeaderName::from_static(FORM_HEADER)).map_err(|_| RejectionReason::FormToken)?;
    token.map(|token| URL_SAFE_NO_PAD.decode(token).map_err(|_| RejectionReason::FormToken)).transpose()
}

/// Whether the body is a form that may carry the token in a field.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else { return false };
    let kind = kind.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
    kind.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}

/// The form token of a form's one field of that name.
pub(crate) fn of_form(body: &[u8]) -> Result<Vec<u8>, RejectionReason> {
    let mut tokens = form_urlencoded::parse(body).filter(|(name, _)| name == FORM_FIELD);
    match (tokens.next(), tokens.next()) {
        (Some((_, token)), None) => URL_SAFE_NO_PAD.decode(token.as_bytes()).map_err(|_| RejectionReason::FormToken),
        _ => Err(RejectionReason::FormToken),
    }
}
