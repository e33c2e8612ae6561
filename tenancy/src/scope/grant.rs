//! The token profile "org grant, version 1": what a grant says and what it is bound to.
//!
//! A grant is a PASETO v4.public token (<https://github.com/paseto-standard/paseto-spec>): an Ed25519 signature over
//! a JSON payload, a footer that names the key, and an *implicit assertion*, bytes that are signed but not sent. The
//! assertion is the request itself, so a grant that was stolen on its way is worth nothing on another request.

use super::OrgId;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A token longer than this is refused before it is parsed, in bytes.
pub(super) const MAX_TOKEN: usize = 2048;
/// A longer footer is refused before it is compared, in bytes.
pub(super) const MAX_FOOTER: usize = 128;
/// A grant may not live longer than this, in seconds.
pub(crate) const MAX_LIFETIME: u64 = 60;
/// How far two machines' clocks may differ, in seconds.
pub(crate) const LEEWAY: u64 = 5;

const DOMAIN: &[u8] = b"tenancy org grant v1";

/// Why a grant was refused: for logs and metrics. The client gets one opaque refusal, whatever the reason.
///
/// No variant carries anything that the token said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GrantError {
    /// The token is longer than 2 KiB.
    #[error("the grant is longer than 2048 bytes")]
    TooLong,
    /// The token is no PASETO v4.public token.
    #[error("the grant is no v4.public token")]
    NotAToken,
    /// The footer names no key that this service trusts.
    #[error("the grant was signed with a key that this service does not trust")]
    UnknownKey,
    /// The footer names a key whose time has not come or is over.
    #[error("the grant was signed with a key outside its time")]
    KeyTime,
    /// The signature does not hold for this request.
    #[error("the grant's signature does not hold for this request")]
    Signature,
    /// The payload is not what the profile says: a field is missing, unknown, repeated or of another type.
    #[error("the grant's payload does not follow the profile")]
    Payload,
    /// The grant was issued by another gateway deployment.
    #[error("the grant was issued by another gateway")]
    Issuer,
    /// The grant is for another service.
    #[error("the grant is for another service")]
    Audience,
    /// The grant's times contradict each other, or it would live longer than 60 s.
    #[error("the grant's times contradict each other or span more than 60 s")]
    Lifetime,
    /// The grant is not valid yet.
    #[error("the grant is not valid yet")]
    NotYetValid,
    /// The grant's time is over.
    #[error("the grant has expired")]
    Expired,
    /// The grant is for staff of the platform where they are not admitted, or its tier and its actor contradict each other.
    #[error("the grant's tier does not act through this door")]
    Tier,
    /// The grant serves once and did.
    #[error("the grant was used before")]
    Replayed,
    /// It cannot be known whether the grant was used before: too many are remembered, or the clock was set back.
    #[error("it cannot be known whether the grant was used before")]
    ReplayMemory,
}

/// Who acts: the identity provider and its stable name for the subject.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The issuer of the identity provider.
    pub op: String,
    /// The provider's stable subject.
    pub id: String,
}

/// Counters that the directory raises to end what was granted before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Epochs {
    /// The organization's.
    pub org: u64,
    /// The subject's.
    pub sub: u64,
}

/// The coarse tier of a subject. Fine decisions are the permit engine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Tier {
    /// A member of the organization.
    Org,
    /// A member of the tenant that owns the organization.
    Tenant,
    /// The platform's staff.
    Platform,
}

/// A member of the platform's staff who acts in an organization, and the audited entry that allows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// Who acts. Staff act as themselves: the grant's subject is the same one.
    pub staff: Subject,
    /// Names the entry in the gateway's tables, with its reason.
    pub entry: Uuid,
    /// Whether the entry is to change something; else it only reads, and every write is refused.
    pub writes: bool,
}

/// The payload. Every field must be there, once, and nothing else may be.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Payload {
    pub(super) iss: String,
    /// One service, not a list.
    pub(super) aud: String,
    pub(super) sub: Subject,
    pub(super) org: OrgId,
    pub(super) sid: String,
    pub(super) epo: Epochs,
    pub(super) rol: Tier,
    pub(super) acr: String,
    pub(super) aut: u64,
    /// Present, as `null` or as the acting member of staff: a missing field is a refusal.
    #[serde(deserialize_with = "stated")]
    pub(super) act: Option<Actor>,
    /// 128 random bits.
    pub(super) jti: Uuid,
    pub(super) iat: u64,
    pub(super) nbf: u64,
    pub(super) exp: u64,
}

/// A field that may be `null` but not absent: serde's default for `Option` would let it be left out.
fn stated<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Actor>, D::Error> {
    serde::Deserialize::deserialize(from)
}

/// What a verified grant says, as far as a scope remembers it.
pub(crate) struct Facts {
    pub(crate) org: OrgId,
    pub(crate) subject: Subject,
    pub(super) session: String,
    pub(crate) epochs: Epochs,
    pub(super) tier: Tier,
    pub(super) assurance: String,
    /// In seconds since 1970; 0 for a proof that never was.
    pub(super) authenticated_at: u64,
    /// There if and only if the tier is the platform's.
    pub(crate) actor: Option<Actor>,
}

/// Whether a proof is at most `seconds` old at `now`. One that claims to be of the future is not.
pub(crate) fn is_recent(authenticated_at: u64, now: u64, seconds: u64) -> bool {
    authenticated_at <= now.saturating_add(LEEWAY) && now.saturating_sub(authenticated_at) <= seconds
}

impl Payload {
    /// Checks everything that a signature does not say, at `now` (seconds since 1970). `staff`: whether the platform's may
    /// act here.
    pub(super) fn check(&self, issuer: &str, audience: &str, staff: bool, now: u64) -> Result<(), GrantError> {
        if self.iss != issuer {
            return Err(GrantError::Issuer);
        }
        if self.aud != audience {
            return Err(GrantError::Audience);
        }
        if self.nbf < self.iat || self.exp <= self.nbf || self.exp - self.iat > MAX_LIFETIME {
            return Err(GrantError::Lifetime);
        }
        let latest = now.saturating_add(LEEWAY);
        if self.iat > latest || self.nbf > latest {
            return Err(GrantError::NotYetValid);
        }
        if self.exp.saturating_add(LEEWAY) <= now {
            return Err(GrantError::Expired);
        }
        if self.acts(staff) { Ok(()) } else { Err(GrantError::Tier) }
    }

    /// An actor is there if and only if the tier is the platform's, and is the subject: nobody acts as somebody else.
    fn acts(&self, staff: bool) -> bool {
        match &self.act {
            None => self.rol != Tier::Platform,
            Some(actor) => staff && self.rol == Tier::Platform && actor.staff == self.sub,
        }
    }

    pub(super) fn into_facts(self) -> Facts {
        Facts {
            org: self.org,
            subject: self.sub,
            session: self.sid,
            epochs: self.epo,
            tier: self.rol,
            assurance: self.acr,
            authenticated_at: self.aut,
            actor: self.act,
        }
    }
}

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
    pub(super) fn assertion(&self, audience: &str) -> Vec<u8> {
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
pub(crate) fn framed(fields: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(fields.iter().map(|field| field.len() + 8).sum());
    for field in fields {
        out.extend_from_slice(&(field.len() as u64).to_le_bytes());
        out.extend_from_slice(field);
    }
    out
}
