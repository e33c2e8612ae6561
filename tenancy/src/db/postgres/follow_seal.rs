//! The key of wall two's seal follows its secret.

use super::row_security::seal::{SealKey, Sealer};
use std::sync::Arc;
use tenancy_secrets::{Change, ExposeSecret as _, SecretError, SecretRef, Secrets, Watched};

/// Reads the sealing key and gives it to `sealer`, now and whenever the secret changes. Keep what it returns: when that is
/// dropped, the key is followed no more.
///
/// The database must know a key before a service seals with it: publish it first (`tenancy keys rotate`), then write it
/// into the secret store. When the store could not be read for longer than its source allows, the sealer seals nothing
/// until it can be read again.
///
/// # Errors
/// When the secret cannot be read now, or is no key.
///
/// # Panics
/// Outside of a tokio runtime with its timers and I/O enabled.
pub async fn follow_seal_key(
    secrets: &Secrets,
    reference: &SecretRef,
    sealer: Arc<Sealer>,
) -> Result<Watched<SealKey>, SecretError> {
    const FORM: &str = "it is no sealing key: `tenancy keys mint` writes one";
    let key = secrets
        .watch(std::slice::from_ref(reference), |values| match values {
            [value] => value.expose_secret().parse().map_err(|_| FORM),
            _ => Err(FORM),
        })
        .await?;
    key.on_change(move |change| match change {
        Change::New(key) => sealer.replace(key),
        Change::Stale => sealer.suspend(),
    });
    Ok(key)
}
