//! How connections are opened.

use super::row_security::RowSecurity;
use super::tls::Encryption;
use crate::db::review::Review;
use std::sync::Arc;

/// How connections are opened.
#[derive(Clone)]
pub struct Settings {
    /// `None`: only wall one stands.
    pub(super) row_security: Option<Arc<dyn RowSecurity>>,
    /// Statements are prepared under names, which a pooler that shares server connections may not keep apart.
    pub(super) named: bool,
    /// Each transaction begins by comparing the scope's epochs with the directory's.
    pub(super) epochs: bool,
    /// The token and the statement behind it are one request.
    pub(super) sync_elision: bool,
    pub(super) encryption: Encryption,
    /// `None`: no text is reviewed.
    pub(super) review: Option<Arc<Review>>,
}

impl Default for Settings {
    fn default() -> Self {
        let encryption = Encryption::default();
        Self { row_security: None, named: true, epochs: false, sync_elision: false, encryption, review: None }
    }
}

#[cfg(feature = "postgres-tls")]
impl Settings {
    /// Over TLS and in no other way.
    pub fn over_tls(config: rustls::ClientConfig) -> Self {
        Self { encryption: config.into(), ..Self::default() }
    }
}
