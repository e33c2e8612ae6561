//! How a gateway's keys turn.

use super::root_signer::EndorseError;
use std::time::Duration;
use tenancy::scope::SignerError;
use tenancy_service::__private::{MAX_LIFE, MAX_WINDOW};
use tenancy_service::StatementError;

/// Signing keys that cannot work as they were set up, or that could not turn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SigningError {
    /// The times do not fit each other.
    #[error(
        "keys turn every 10 s to 45 min, are published for less than half of that before they sign, and a statement lives \
         for at least four times that long and at most an hour"
    )]
    Times,
    /// No service is named that the keys are for.
    #[error("signing keys are for at least one service")]
    Audiences,
    /// No key could be made.
    #[error(transparent)]
    Key(#[from] SignerError),
    /// The statement could not be endorsed.
    #[error(transparent)]
    Endorse(#[from] EndorseError),
    /// What the endorser gave back is no statement that services would take.
    #[error("what the endorser signed is refused: {0}")]
    Statement(#[from] StatementError),
}

/// What the keys were told; times in seconds.
#[derive(Debug)]
pub(super) struct Rotation {
    pub(super) issuer: String,
    pub(super) audiences: Vec<String>,
    pub(super) rotate: u64,
    pub(super) lead: u64,
    pub(super) life: u64,
}

impl Rotation {
    pub(super) fn new(issuer: String, audiences: Vec<String>) -> Self {
        Self { issuer, audiences, rotate: 15 * 60, lead: 30, life: 15 * 60 }
    }

    pub(super) fn check(&self) -> Result<(), SigningError> {
        if self.audiences.is_empty() {
            return Err(SigningError::Audiences);
        }
        let turns = (10..=45 * 60).contains(&self.rotate) && 2 * self.lead < self.rotate;
        // A key's time: twice its turn and what comes after, and what it is published before that.
        let window = 2 * self.rotate + 2 * 60 <= MAX_WINDOW;
        let lives = self.life >= 4 * self.lead.max(1) && self.life <= MAX_LIFE;
        if turns && window && lives { Ok(()) } else { Err(SigningError::Times) }
    }

    /// How often to look whether something is due.
    pub(super) fn step(&self) -> Duration {
        Duration::from_secs((self.lead / 2).clamp(1, 5))
    }

    /// Whether a statement of this age is to be signed again.
    pub(super) fn is_stale(&self, age: u64) -> bool {
        age >= self.life / 3
    }
}
