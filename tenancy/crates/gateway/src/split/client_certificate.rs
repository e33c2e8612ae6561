//! The certificate that a connection to a service began with.

use sha2::{Digest as _, Sha256};
use std::fmt;

/// The certificate that this end showed when a connection began: what the grants on it are bound to.
///
/// A connector of one's own that shows one puts this into the
/// [`Connected`](hyper_util::client::legacy::connect::Connected) of the connection, by its `extra`. Without it a service that saw the
/// certificate refuses the connection's grants. [`Gateway::proxy_over_tls`](crate::Gateway) does it by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ShownCertificate([u8; 32]);

impl ShownCertificate {
    /// Of a certificate in DER form: the own one, not its issuer's.
    pub fn of(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }

    pub(super) fn fingerprint(self) -> [u8; 32] {
        self.0
    }
}

impl fmt::Debug for ShownCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShownCertificate(..)")
    }
}
