//! The token profile "org grant, version 1": what a grant says and what it is bound to.
//!
//! A grant is a PASETO v4.public token (<https://github.com/paseto-standard/paseto-spec>): an Ed25519 signature over
//! a JSON payload, a footer that names the key, and an *implicit assertion*, bytes that are signed but not sent. The
//! assertion is the request itself, so a grant that was stolen on its way is worth nothing on another request.

use crate::identity::{Actor, Epochs, GrantError, LEEWAY, MAX_LIFETIME, OrgId, Subject, Tier};
use uuid::Uuid;

/// A token longer than this is refused before it is parsed, in bytes.
pub(crate) const MAX_TOKEN: usize = 2048;
/// A longer footer is refused before it is compared, in bytes.
pub(super) const MAX_FOOTER: usize = 128;
/// The payload. Every field must be there, once, and nothing else may be.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Payload {
    pub(crate) iss: String,
    /// One service, not a list.
    pub(crate) aud: String,
    pub(crate) sub: Subject,
    pub(crate) org: OrgId,
    pub(crate) sid: String,
    pub(crate) epo: Epochs,
    pub(crate) rol: Tier,
    pub(crate) acr: String,
    pub(crate) aut: u64,
    /// Present, as `null` or as the acting member of staff: a missing field is a refusal.
    #[serde(deserialize_with = "stated")]
    pub(crate) act: Option<Actor>,
    /// 128 random bits.
    pub(crate) jti: Uuid,
    pub(crate) iat: u64,
    pub(crate) nbf: u64,
    pub(crate) exp: u64,
}

/// A field that may be `null` but not absent: serde's default for `Option` would let it be left out.
fn stated<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Actor>, D::Error> {
    serde::Deserialize::deserialize(from)
}

/// What a verified grant says, as far as a scope remembers it.
pub(crate) struct Facts {
    pub(crate) org: OrgId,
    pub(crate) subject: Subject,
    pub(crate) session: String,
    pub(crate) epochs: Epochs,
    pub(crate) tier: Tier,
    pub(crate) assurance: String,
    /// In seconds since 1970; 0 for a proof that never was.
    pub(crate) authenticated_at: u64,
    /// There if and only if the tier is the platform's.
    pub(crate) actor: Option<Actor>,
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

    /// An actor is there if and only if the tier is the platform's, and is the subject: no one acts under another's name.
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
