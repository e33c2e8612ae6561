//! A provider that was discovered.

use super::http::Http;
use super::keys::Keys;
use super::replay::Used;
use super::wire::{self, Wire};
use super::{DiscoveryError, OidcConfig, discovery, discovery::Discovered};
use std::fmt;

/// This service as the client of one provider. One for each provider; shared, and kept for the life of the process.
pub struct OidcClient {
    pub(super) config: OidcConfig,
    pub(super) provider: Discovered,
    pub(super) http: Http,
    pub(super) keys: Keys,
    pub(super) wire: Wire,
    pub(super) sign_ins: Used,
    pub(super) logouts: Used,
}

impl OidcClient {
    /// Reads what the provider says about itself, and its keys. A service that cannot does not start.
    ///
    /// # Errors
    /// [`DiscoveryError`]: the configuration cannot be, the provider is not there, is another one, or does less than is
    /// asked of it.
    pub async fn discover(config: OidcConfig) -> Result<Self, DiscoveryError> {
        let issuer = config.check()?;
        let http = Http::new(&config.limits, config.roots()?)?;
        let provider = discovery::discover(&http, &config, &issuer).await?;
        let keys = Keys::fetch(&http, provider.keys.clone(), provider.algorithms.clone(), &config.limits).await?;
        let wire = wire::build(&config, &provider)?;
        let room = config.limits.remembered;
        Ok(Self { config, provider, http, keys, wire, sign_ins: Used::new(room), logouts: Used::new(room) })
    }

    /// The issuer, spelled as the provider spells it.
    pub fn issuer(&self) -> &str {
        &self.config.issuer
    }
}

impl fmt::Debug for OidcClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcClient").field("issuer", &self.config.issuer).finish_non_exhaustive()
    }
}
