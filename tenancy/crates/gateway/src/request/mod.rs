//! A request on its way from the browser to a scope: headers, host, origin, cookie, form token, session, membership.

pub(crate) mod csrf;
pub(crate) mod extract;
pub(crate) mod followed_response;
pub(crate) mod layer;
pub(crate) mod received;
pub(crate) mod request_state;
pub(crate) mod request_target;
pub(crate) mod security_headers;
pub(crate) mod typed;
