//! Headers that name a user's identity: not from outside.
//!
//! What reads a request later, here or one hop on, may take `X_Org_Id` for `X-Org-Id`, as every CGI-like server does. So
//! names are compared by their letters and digits alone.

use super::rejection::RejectionReason;
use axum::http::{HeaderMap, HeaderName, header};

/// The header that carries a grant from the gateway to a service. The only one that speaks of an organization.
pub const GRANT: HeaderName = HeaderName::from_static("tenancy-grant");

/// The header that carries a form's token where there is no form.
pub const FORM_HEADER: &str = "x-csrf-token";

/// Names that begin like this are the gateway's own: there is no reason for a client to send one.
const OURS: &str = "tenancy";

/// Beginnings of names under which proxies, gateways and services pass identities on. They are removed.
const IDENTITY: &[&str] = &[
    "xorg",
    "xtenant",
    "xcompany",
    "xworkspace",
    "xaccount",
    "xcustomer",
    "xuser",
    "xsubject",
    "xauth",
    "xidentity",
    "xemail",
    "xgroup",
    "xrole",
    "xsession",
    "xremote",
    "xpomerium",
    "xwebauth",
    "xamznoidc",
    "xgoogauthenticated",
    "xgoogiap",
    "xmsclient",
    "xforwardeduser",
    "xforwardedemail",
    "xforwardedgroup",
    "xforwardedpreferred",
    "xforwardedaccesstoken",
    "xforwardedclientcert",
    "xclientcert",
    "xsslclient",
    "sslclient",
    "clientcert",
    "remoteuser",
    "remotegroup",
    "remoteemail",
    "remotename",
    "authuser",
    "organization",
    "orgid",
    "tenant",
    "userid",
    "cfaccess",
    // Of gateways and providers in use: Zitadel, Hasura, Kong, APISIX, Vouch, mod_auth_openidc, Google's, Azure's, Kubernetes'.
    "xzitadel",
    "xhasura",
    "xconsumer",
    "xanonymousconsumer",
    "xcredential",
    "xaccesstoken",
    "xidtoken",
    "xvouch",
    "oidcclaim",
    "oidcaccess",
    "oidcid",
    "xendpointapiuserinfo",
    "xapigatewayapiuserinfo",
    "xarrclientcert",
    "ximpersonate",
    "impersonate",
    "xactas",
    "xonbehalfof",
    "xprincipal",
    "xspiffe",
    "xjwt",
    "xteam",
];

/// What speaks of an organization wherever it stands in a name: `x-current-org-id`, `my-tenant`.
const ORGANIZATION: &[&str] =
    &["orgid", "currentorg", "activeorg", "selectedorg", "organization", "organisation", "tenant"];

/// Headers by which the gateway decides: no client may ask a hop to drop one.
const READ: &[&str] = &["cookie", "host", "origin", "secfetch", "xcsrftoken", "authorization", "contenttype"];

/// Refuses what only an attack sends, and removes what names a user's identity; returns how many were removed.
///
/// `due` is the one of our own headers that is expected here, in that spelling.
pub fn clean(headers: &mut HeaderMap, due: Option<&HeaderName>) -> Result<usize, RejectionReason> {
    let mut removed = Vec::new();
    for name in headers.keys() {
        let letters = letters(name.as_str().as_bytes());
        if letters.starts_with(OURS) && Some(name) != due {
            return Err(RejectionReason::GatewayHeader);
        }
        // One of a name that the gateway reads, spelt otherwise, is read by another hop.
        let alias = READ.contains(&letters.as_str()) && !exact(name);
        if alias || is_identity(&letters) {
            removed.push(name.clone());
        }
    }
    for listed in headers.get_all(header::CONNECTION).iter().flat_map(|value| value.as_bytes().split(|b| *b == b',')) {
        let letters = letters(listed);
        if is_identity(&letters) || [&[OURS], READ].concat().iter().any(|beginning| letters.starts_with(beginning)) {
            return Err(RejectionReason::Connection);
        }
    }
    for name in &removed {
        headers.remove(name);
    }
    Ok(removed.len())
}

fn is_identity(letters: &str) -> bool {
    IDENTITY.iter().any(|beginning| letters.starts_with(beginning))
        || ORGANIZATION.iter().any(|word| letters.contains(word))
}

/// Whether a name means one of ours, in whatever spelling.
pub fn is_ours(name: &HeaderName) -> bool {
    letters(name.as_str().as_bytes()).starts_with(OURS)
}

/// Whether a name of [`READ`] is spelt as the gateway reads it.
fn exact(name: &HeaderName) -> bool {
    [
        header::COOKIE,
        header::HOST,
        header::ORIGIN,
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        HeaderName::from_static(FORM_HEADER),
    ]
    .contains(name)
}

/// A name's letters and digits, in lower case.
pub fn letters(name: &[u8]) -> String {
    name.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(|byte| char::from(byte.to_ascii_lowercase())).collect()
}
