//! Secrets in the environment.

use super::reference::Place;
use super::{BoxFuture, SecretError, SecretRef, SecretSource, SourceError};
use secrecy::SecretString;
use std::env;
use std::os::unix::ffi::OsStringExt as _;
use zeroize::Zeroizing;

/// `env:NAME`. The environment is fixed when the process starts, is handed to every child, and stays in the process's
/// memory: prefer a file.
pub(super) struct Environment;

impl SecretSource for Environment {
    fn read_together<'a>(
        &'a self,
        references: &'a [SecretRef],
    ) -> BoxFuture<'a, Result<Vec<SecretString>, SecretError>> {
        let read = |reference: &SecretRef| {
            let found = match reference.place() {
                Place::Environment(name) => env::var_os(name).ok_or(SourceError::Missing),
                _ => Err(SourceError::NoSource),
            };
            found
                .and_then(|value| super::decode::secret(Zeroizing::new(value.into_vec())))
                .map_err(|fault| SecretError::new(reference, fault))
        };
        let values = references.iter().map(read).collect();
        Box::pin(async move { values })
    }
}
