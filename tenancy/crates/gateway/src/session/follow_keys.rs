//! The keys of the sessions follow their secret.

use crate::SessionKeys;
use tenancy_secrets::{Change, SecretError, SecretRef, Secrets, Watched};

/// Reads the session keys for a gateway, and replaces them whenever the secret changes. Keep the second of what it returns: when
/// that is dropped, the keys are followed no more.
///
/// The secret holds one to four keys, a line each ([`SessionKeys::from_lines`]; `openssl rand -hex 32` writes one). The first is in
/// use, the others are understood. To rotate without a session lost, where several processes follow the secret: add the new key as the last line;
/// when all have read that (30 s at most), put it first. The old line may go at once, because
/// [a key that was held stays understood](SessionKeys::replace) for as long as a session of it may live; a process that begins
/// later needs it, so leave it for that time (12 h unless set otherwise).
///
/// When the secret cannot be read again, or holds no such keys, those in use stay, however long it takes:
/// [`is_failing`](Watched::is_failing) tells. A session key proves nothing to others, so no one else's refusal waits for it.
///
/// # Errors
/// When the secret cannot be read now, or is no such text.
///
/// # Panics
/// Outside of a tokio runtime with its timers and I/O enabled.
pub async fn follow_session_keys(
    secrets: &Secrets,
    reference: &SecretRef,
) -> Result<(SessionKeys, Watched<SessionKeys>), SecretError> {
    const FORM: &str = "it is not one to four session keys of 64 hexadecimal digits, a line each";
    let watched = secrets
        .watch(std::slice::from_ref(reference), |values| match values {
            [value] => SessionKeys::from_lines(value).map_err(|_| FORM),
            _ => Err(FORM),
        })
        .await?;
    let keys = (*watched.get()?).clone();
    let live = keys.clone();
    watched.on_change(move |change| match change {
        Change::New(new) => live.replace(new),
        Change::Stale => {}
    });
    Ok((keys, watched))
}
