//! The token profile "job, version 1": a PASETO v4.public token like a grant, under a domain of its own.
//!
//! The row is in the implicit assertion: the queue, the key and the payload's SHA-256, each behind its length. So a token
//! that is copied to another row, or whose payload was changed, does not verify.

use super::{Job, JobError};
use crate::clock::{since_1970, unix_time};
use crate::identity::{LEEWAY, framed};
use crate::isolation::grant::MAX_TOKEN;
use crate::isolation::key_set::of_footer;
use crate::isolation::paseto::verified;
use crate::scope::{Authority, GrantError, GrantSigner, Subject};
use crate::{OrgId, OrgScope};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::time::Duration;

/// The longest life of a token. The public keys must be kept for as long.
pub const MAX_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

const DOMAIN: &[u8] = b"tenancy job v1";

/// A signed statement that a member of an organization queued one job. Keep it in the job's row.
///
/// It is bound to that row, so it is no secret that opens anything else; `Debug` does not show it all the same.
#[derive(Clone, PartialEq, Eq)]
pub struct JobToken(String);

impl JobToken {
    /// A token as it came from the row; it is verified when the job runs.
    pub fn from_row(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the row.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for JobToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JobToken(..)")
    }
}

/// What a token says. Every field must be there, once, and nothing else may be.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    iss: String,
    aud: String,
    pub(super) sub: Subject,
    pub(super) org: OrgId,
    pub(super) iat: u64,
    exp: u64,
}

fn assertion(audience: &str, job: &Job<'_>) -> Vec<u8> {
    let payload: [u8; 32] = Sha256::digest(job.payload).into();
    framed(&[DOMAIN, audience.as_bytes(), job.queue.as_bytes(), job.id.as_bytes(), &payload])
}

pub(super) fn issue<B>(
    signer: &GrantSigner,
    audience: &str,
    scope: &OrgScope<B>,
    job: &Job<'_>,
    lifetime: Duration,
) -> Result<JobToken, JobError> {
    if lifetime < Duration::from_secs(1) || lifetime > MAX_LIFETIME {
        return Err(JobError::Lifetime);
    }
    if scope.actor().is_some() {
        return Err(JobError::Staff);
    }
    let iat = since_1970().as_secs();
    let said = Said {
        iss: signer.issuer().to_owned(),
        aud: audience.to_owned(),
        sub: scope.subject().clone(),
        org: scope.org_id(),
        iat,
        exp: iat.saturating_add(lifetime.as_secs()),
    };
    let payload = serde_json::to_vec(&said).map_err(|_| JobError::Token(GrantError::Payload))?;
    let token = signer.sign_bytes(&payload, &assertion(audience, job));
    token.map(JobToken).map_err(|error| JobError::Scope(error.into()))
}

pub(super) fn verify(authority: &Authority, token: &JobToken, job: &Job<'_>) -> Result<Said, GrantError> {
    let (issuer, audience) = (authority.issuer(), authority.audience());
    let now = since_1970().as_secs();
    let keys = authority.keys().now();
    let of_key = |footer: &[u8]| of_footer(&keys, footer, unix_time(now));
    let payload = verified(&token.0, MAX_TOKEN, &assertion(audience, job), of_key)?;
    // Into a struct, never into a map: a map would keep the last of two fields with one name.
    let said: Said = serde_json::from_str(&payload).map_err(|_| GrantError::Payload)?;
    if said.iss != issuer {
        return Err(GrantError::Issuer);
    }
    if said.aud != audience {
        return Err(GrantError::Audience);
    }
    if said.exp <= said.iat || said.exp - said.iat > MAX_LIFETIME.as_secs() {
        return Err(GrantError::Lifetime);
    }
    if said.iat > now.saturating_add(LEEWAY) {
        return Err(GrantError::NotYetValid);
    }
    if said.exp.saturating_add(LEEWAY) <= now {
        return Err(GrantError::Expired);
    }
    Ok(said)
}
