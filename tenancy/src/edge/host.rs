//! The host that a request names.

use super::refusal::Reason;
use axum::http::{HeaderMap, Uri, header};

/// The one authority that a request names, exactly as it was received. No forwarded header has a say.
pub(crate) fn authority(uri: &Uri, headers: &HeaderMap) -> Result<String, Reason> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let named = match (hosts.next(), hosts.next()) {
        (Some(host), None) => Some(host.to_str().map_err(|_| Reason::Host)?),
        (None, _) => None,
        (Some(_), Some(_)) => return Err(Reason::Host),
    };
    match (uri.authority().map(|authority| authority.as_str()), named) {
        (Some(absolute), Some(host)) if !absolute.eq_ignore_ascii_case(host) => Err(Reason::Host),
        (Some(one), _) | (None, Some(one)) => Ok(one.to_owned()),
        (None, None) => Err(Reason::Host),
    }
}
