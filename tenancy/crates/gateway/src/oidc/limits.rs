//! Bounds of everything that a provider or a browser can make long, large or many.

use super::ConfigError;
use std::time::Duration;

/// Bounds. The defaults are for production; a test shortens them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// To open a connection to the provider. Default 3 s.
    pub connect: Duration,
    /// For one request to the provider, from its first byte to its last. Default 10 s.
    pub request: Duration,
    /// Of one answer of the provider, in bytes. Default 256 KiB.
    pub answer: usize,
    /// Of an id token, in bytes. Default 16 KiB.
    pub id_token: usize,
    /// Keys in the provider's key set. Default 32.
    pub keys: usize,
    /// Between two looks at the key set for tokens that any client may send, which are logout tokens, and between two for its age.
    /// Default 30 s.
    pub key_interval: Duration,
    /// Between two looks at the key set for tokens that the provider itself gave. A sign-in whose key is not there waits as long,
    /// and looks: after a rotation at the provider none fails. Default 1 s.
    pub key_pause: Duration,
    /// How old the key set may be before it is looked at again. Default 15 min.
    pub key_age: Duration,
    /// How old it may be when the provider does not give it. Then nothing is verified any more. Default 24 h.
    pub key_death: Duration,
    /// How far two machines' clocks may differ; at most 120 s. Default 30 s.
    pub skew: Duration,
    /// From the beginning of a sign-in to its end. Default 10 min.
    pub sign_in: Duration,
    /// How old a logout token may be. Default 2 min.
    pub logout_age: Duration,
    /// Used sign-ins, and used logout tokens, that are remembered until they expire. More are refused. Default 100,000.
    pub remembered: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            request: Duration::from_secs(10),
            answer: 256 * 1024,
            id_token: 16 * 1024,
            keys: 32,
            key_interval: Duration::from_secs(30),
            key_pause: Duration::from_secs(1),
            key_age: Duration::from_secs(15 * 60),
            key_death: Duration::from_secs(24 * 60 * 60),
            skew: Duration::from_secs(30),
            sign_in: Duration::from_secs(600),
            logout_age: Duration::from_secs(120),
            remembered: 100_000,
        }
    }
}

impl Limits {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let times =
            [self.connect, self.request, self.key_interval, self.key_pause, self.key_age, self.key_death, self.sign_in];
        let sizes = [self.answer, self.id_token, self.keys, self.remembered];
        let zero = times.contains(&Duration::ZERO) || sizes.contains(&0) || self.logout_age.is_zero();
        if zero || self.skew > Duration::from_secs(120) { Err(ConfigError::Limits) } else { Ok(()) }
    }
}
