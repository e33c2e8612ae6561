//! The session cookie: `__Host-tenancy`, one of it, or a refusal.

use crate::session::session_id::SessionId;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};
use std::convert::Infallible;
use std::fmt;

/// The cookie's name. Browsers take a `__Host-` cookie only from the host itself, over TLS and without a domain, so a
/// sibling host cannot plant one.
pub(crate) const NAME: &str = "__Host-tenancy";

/// The most that all cookies of a request may take, in bytes.
const MOST: usize = 8 * 1024;

/// Every attribute but how long it lives. `Lax`, because the return from the identity provider and deep links are
/// navigations from another site; what changes something is checked for itself.
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";

/// The request's cookies cannot be trusted to name one session.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BadCookies {
    /// There are two of the name, or one that the gateway did not write.
    Unclear,
    /// They are too many to be read.
    TooMany,
}

/// The session id of a request's cookies, which is taken out of them: nothing behind the gateway sees it.
///
/// Two cookies of the name, or one whose value the gateway did not write, are a refusal and not a guess. The name is compared
/// without regard to case, because browsers differ in that.
pub(crate) fn take(headers: &mut HeaderMap) -> Result<Option<SessionId>, BadCookies> {
    let all: Vec<HeaderValue> = headers.get_all(header::COOKIE).iter().cloned().collect();
    if all.iter().map(HeaderValue::len).sum::<usize>() > MOST {
        return Err(BadCookies::TooMany);
    }
    let mut found = None;
    let mut others: Vec<&[u8]> = Vec::new();
    for cookie in all.iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b';')) {
        let cookie = cookie.trim_ascii();
        let (name, value) = match cookie.iter().position(|byte| *byte == b'=') {
            Some(at) => (cookie[..at].trim_ascii(), &cookie[at + 1..]),
            None => (cookie, &b""[..]),
        };
        if !name.eq_ignore_ascii_case(NAME.as_bytes()) {
            others.push(cookie);
        } else if name != NAME.as_bytes() || found.is_some() {
            return Err(BadCookies::Unclear);
        } else {
            found = Some(SessionId::parse(value).ok_or(BadCookies::Unclear)?);
        }
    }
    if found.is_some() {
        headers.remove(header::COOKIE);
        let rest = HeaderValue::from_bytes(&others.join(&b"; "[..])).map_err(|_| BadCookies::Unclear)?;
        if !rest.is_empty() {
            headers.insert(header::COOKIE, rest);
        }
    }
    Ok(found)
}

/// Gives the browser its session's new cookie: return it with the response, before the body.
#[must_use = "without it the browser keeps an id that is unknown from now on"]
pub struct SetSession(HeaderValue);

impl SetSession {
    pub(crate) fn to(id: &SessionId) -> Self {
        let text = format!("{NAME}={}; {ATTRIBUTES}", &*id.text());
        let mut value = HeaderValue::try_from(text).expect("letters, digits and a few signs are a header's value");
        value.set_sensitive(true);
        Self(value)
    }

    /// The `Set-Cookie` header's value, for servers other than axum. It holds the session's id: log it nowhere.
    pub fn header_value(&self) -> &HeaderValue {
        &self.0
    }
}

impl fmt::Debug for SetSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetSession").finish_non_exhaustive()
    }
}

impl IntoResponseParts for SetSession {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        parts.headers_mut().append(header::SET_COOKIE, self.0);
        Ok(parts)
    }
}

impl IntoResponse for SetSession {
    fn into_response(self) -> Response {
        (self, ()).into_response()
    }
}

/// Takes the cookie from the browser, and what the browser stored for the site: return it with the response.
#[derive(Debug)]
#[must_use = "without it the browser keeps sending the cookie"]
pub struct EndSession(());

impl EndSession {
    pub(crate) fn new() -> Self {
        Self(())
    }
}

impl IntoResponseParts for EndSession {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        parts.headers_mut().append(header::SET_COOKIE, cleared());
        let everything = HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"");
        parts.headers_mut().insert("clear-site-data", everything);
        Ok(parts)
    }
}

impl IntoResponse for EndSession {
    fn into_response(self) -> Response {
        (self, ()).into_response()
    }
}

/// The header that takes the cookie away, with the attributes that it was given with.
pub(crate) fn cleared() -> HeaderValue {
    HeaderValue::try_from(format!("{NAME}=; Max-Age=0; {ATTRIBUTES}")).expect("a constant")
}
