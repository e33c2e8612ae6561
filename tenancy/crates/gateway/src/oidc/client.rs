//! A provider that was discovered.

use super::counts::Counts;
use super::http::Http;
use super::jwks::Jwks;
use super::token_endpoint::{self, TokenEndpoint};
use super::{Callback, CallbackError, Deviation, DiscoveryError, OidcConfig, discovery, discovery::Discovered};
use sha2::{Digest as _, Sha256};
use std::fmt;
use tenancy_service::__private::ReplayCache;

/// This service as the client of one provider. One for each provider; shared, and kept for the life of the process.
pub struct OidcClient {
    pub(super) config: OidcConfig,
    pub(super) provider: Discovered,
    pub(super) http: Http,
    pub(super) keys: Jwks,
    pub(super) wire: TokenEndpoint,
    /// By the hash of what was used: `digest`.
    pub(super) sign_ins: ReplayCache<[u8; 32]>,
    pub(super) logouts: ReplayCache<[u8; 32]>,
    pub(super) counts: Counts,
}

/// Names a state or a token's id in a cache of used ones, at a fixed length.
pub(super) fn digest(id: &str) -> [u8; 32] {
    Sha256::digest(id.as_bytes()).into()
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
        let unnamed = config.tolerates(Deviation::NoKeyIds);
        let (place, algorithms) = (provider.keys.clone(), provider.algorithms.clone());
        let keys = Jwks::fetch(&http, place, algorithms, unnamed, &config.limits).await?;
        let wire = token_endpoint::build(&config, &provider)?;
        let room = config.limits.remembered;
        let (sign_ins, logouts) = (ReplayCache::new(room), ReplayCache::new(room));
        Ok(Self { config, provider, http, keys, wire, sign_ins, logouts, counts: Counts::default() })
    }

    /// Parses a callback's query as [`Callback::parse`] does, and counts it when it is refused.
    ///
    /// # Errors
    /// [`CallbackError`]: too long, repeated, or incomplete.
    pub fn callback(&self, query: &str) -> Result<Callback, CallbackError> {
        Callback::parse(query).inspect_err(|error| self.counts.callback(error))
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
