//! The host that a request names.

use super::rejection::RejectionReason;
use axum::http::{HeaderMap, Uri, header};

/// The one authority that a request names, exactly as it was received. No forwarded header has a say.
pub fn authority(uri: &Uri, headers: &HeaderMap) -> Result<String, RejectionReason> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let named = match (hosts.next(), hosts.next()) {
        (Some(host), None) => Some(host.to_str().map_err(|_| RejectionReason::Host)?),
        (None, _) => None,
        (Some(_), Some(_)) => return Err(RejectionReason::Host),
    };
    match (uri.authority().map(|authority| authority.as_str()), named) {
        (Some(absolute), Some(host)) if !absolute.eq_ignore_ascii_case(host) => Err(RejectionReason::Host),
        (Some(one), _) | (None, Some(one)) => Ok(one.to_owned()),
        (None, None) => Err(RejectionReason::Host),
    }
}
