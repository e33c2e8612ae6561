//! What a request is for: one host, one path, read alike by everybody.

use crate::origin::Origin;
use crate::rejection::RejectionReason;
use axum::http::{HeaderMap, Method, Uri};
use percent_encoding::percent_decode_str;
use tenancy_service::__private::host::authority;

/// Checks that the request names the configured host, once, and returns the authority as it was received.
pub(crate) fn host(uri: &Uri, headers: &HeaderMap, origin: &Origin) -> Result<String, RejectionReason> {
    let authority = authority(uri, headers)?;
    if origin.is_authority(&authority) { Ok(authority) } else { Err(RejectionReason::Host) }
}

/// Refuses a path that two readers may understand differently: dot segments, doubled slashes, encoded separators,
/// backslashes, parameters of segments, control characters, broken or overlong encodings.
///
/// No decision of the gateway is made by path; this protects routers, proxies and handlers from disagreeing.
pub(crate) fn path(method: &Method, uri: &Uri) -> Result<(), RejectionReason> {
    let path = uri.path();
    if method == Method::CONNECT || !path.starts_with('/') || !well_encoded(path) {
        return Err(RejectionReason::Path);
    }
    let decoded = percent_decode_str(path).decode_utf8().map_err(|_| RejectionReason::Path)?;
    let separators = decoded.matches('/').count() != path.matches('/').count();
    let strange = decoded.contains(['\\', ';']) || decoded.chars().any(char::is_control);
    let dots = decoded.split('/').any(|segment| matches!(segment, "." | ".."));
    // `%252e` is a trap for code that decodes twice.
    let twice = percent_decode_str(&decoded).count() != decoded.len();
    if separators || strange || dots || twice || decoded.contains("//") {
        return Err(RejectionReason::Path);
    }
    Ok(())
}

/// Whether each `%` is followed by two hexadecimal digits.
fn well_encoded(path: &str) -> bool {
    path.split('%').skip(1).all(|rest| {
        let digits = rest.as_bytes();
        digits.len() >= 2 && digits[..2].iter().all(u8::is_ascii_hexdigit)
    })
}
