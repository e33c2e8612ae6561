//! What can be wrong with a secret. No text here holds a value.

use super::SecretRef;
use std::fmt;

/// A secret was refused. It names the reference and what to do, and never the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretError {
    subject: String,
    fault: SourceError,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// Nothing of that name is there.
    #[error("there is no such secret: create it, or correct the reference")]
    Missing,
    /// It is there and holds nothing.
    #[error("the secret is empty: write its value")]
    Empty,
    /// Its value is one that everybody knows: from a tutorial, a template or this repository.
    #[error("the secret is a known default: make a value of its own, such as `openssl rand -hex 32` prints")]
    KnownDefault,
    /// Other accounts may read the file; the number is its mode.
    #[error(
        "others may read it (mode {mode:04o}): `chmod 600` it; on a Kubernetes volume set `defaultMode: 0400`, with \
         `runAsUser` or `fsGroup`"
    )]
    ReadableByOthers {
        /// The permission bits of the file.
        mode: u32,
    },
    /// The path names a folder, a device or a pipe.
    #[error("it is no regular file")]
    NotAFile,
    /// It is longer than a secret may be.
    #[error("the secret is longer than 1 MiB")]
    TooLong,
    /// Its bytes are no UTF-8.
    #[error("the secret is no UTF-8 text: encode it")]
    NotText,
    /// The operating system did not let us read it.
    #[error("it cannot be read ({0}): let the service's account read it")]
    Unreadable(std::io::ErrorKind),
    /// No source for this kind of reference was set up.
    #[error("no source serves this kind of reference: give one to `Secrets::with`")]
    NoSource,
    /// `$CREDENTIALS_DIRECTORY` is not set.
    #[error("the service was started without credentials: add `LoadCredential=` to its systemd unit")]
    NoCredentials,
    /// The secrets of one reading come from different kinds of places.
    #[error("secrets that belong together must come from one kind of place")]
    Apart,
    /// The store did not answer.
    #[error("the secret store cannot be reached: is it running, and its address and certificate right?")]
    Unreachable,
    /// The store is sealed, or not ready.
    #[error("the secret store is sealed or not ready: unseal it")]
    Sealed,
    /// The store refuses us.
    #[error("the secret store refuses it: check the service's role and the policy of its token")]
    Denied,
    /// The store answered something that is no secret.
    #[error("the secret store gave an answer that cannot be read: is it version 2 of the key-value store?")]
    Answer,
    /// The secret cannot be used for what it is for.
    #[error("the secret is unfit: {0}")]
    Unfit(&'static str),
    /// It could not be read again for longer than its source allows.
    #[error("the secret could not be read again for {0} s, which is longer than it may be trusted")]
    Stale(u64),
    /// The task that reads it again has ended.
    #[error("nothing reads the secret again any longer: the runtime ended, or its hook panicked")]
    Unwatched,
    /// A setting contradicts what is safe.
    #[error("{0}")]
    Setup(&'static str),
}

impl SecretError {
    /// For implementations of [`SecretSource`](super::SecretSource).
    pub fn new(reference: &SecretRef, fault: SourceError) -> Self {
        Self { subject: format!("`{reference}`"), fault }
    }

    pub(super) fn about(subject: impl Into<String>, fault: SourceError) -> Self {
        Self { subject: subject.into(), fault }
    }

    /// What is wrong.
    pub fn fault(&self) -> &SourceError {
        &self.fault
    }
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.fault)
    }
}

impl std::error::Error for SecretError {}
