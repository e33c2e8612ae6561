//! The request that a grant is bound to.

use sha2::{Digest, Sha256};

const DOMAIN: &[u8] = b"tenancy org grant v1";

/// The body of a request, as far as a grant is bound to it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum RequestBody<'a> {
    /// The whole body; empty for a request without one.
    Bytes(&'a [u8]),
    /// A body that is read while it arrives. The grant is then bound to everything but the body: allow it by route.
    Streamed,
}

/// The request that a grant is for. Both sides compute it from what they see; none of it is read from the token.
#[derive(Debug, Clone, Copy)]
pub struct RequestContext<'a> {
    /// The method, in upper case: `GET`.
    pub method: &'a str,
    /// The authority, exactly as received: `billing.example:8443`.
    pub authority: &'a str,
    /// The path and query, exactly as received.
    pub path_and_query: &'a str,
    /// The body.
    pub body: RequestBody<'a>,
    /// SHA-256 of the certificate that the client showed, where it showed one (`x5t#S256` of RFC 8705): the sender says which
    /// it shows on the connection, the service which it saw.
    pub certificate: Option<[u8; 32]>,
}

impl RequestContext<'_> {
    /// The signed bytes that are not sent. Every field is preceded by its length, so no two requests share them.
    pub(crate) fn assertion(&self, audience: &str) -> Vec<u8> {
        let digest: [u8; 32];
        let body: &[u8] = match self.body {
            RequestBody::Bytes(bytes) => {
                digest = Sha256::digest(bytes).into();
                &digest
            }
            RequestBody::Streamed => b"streamed",
        };
        framed(&[
            DOMAIN,
            audience.as_bytes(),
            self.method.as_bytes(),
            self.authority.as_bytes(),
            self.path_and_query.as_bytes(),
            body,
            // Empty without one, which no digest is.
            self.certificate.as_ref().map_or(&[], |certificate| certificate.as_slice()),
        ])
    }
}

/// Each field behind its length, so that no two lists of fields have the same bytes.
pub fn framed(fields: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(fields.iter().map(|field| field.len() + 8).sum());
    for field in fields {
        out.extend_from_slice(&(field.len() as u64).to_le_bytes());
        out.extend_from_slice(field);
    }
    out
}
