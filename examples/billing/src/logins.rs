//! Sign-ins that were begun and have not come back.

use secrecy::SecretString;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tenancy::gateway::oidc::LoginTransaction;

/// How long one may take.
pub(crate) const LIFE: Duration = Duration::from_secs(600);
/// How many are kept; the oldest goes for one more. Strangers can begin sign-ins, so there is an end to it.
const KEPT: usize = 10_000;

/// Kept in this process: a service of several processes keeps them in a table, sealed, and takes them out with
/// `DELETE … RETURNING`.
#[derive(Default)]
pub(crate) struct Logins(Mutex<HashMap<String, (Instant, SecretString)>>);

impl Logins {
    /// Keeps one.
    pub(crate) fn keep(&self, transaction: LoginTransaction) {
        self.keep_stored(transaction.key().to_owned(), transaction.into_stored());
    }

    fn keep_stored(&self, key: String, stored: SecretString) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.retain(|_, (at, _)| at.elapsed() < LIFE);
        }
        if kept.len() >= KEPT
            && let Some(oldest) = kept.iter().min_by_key(|(_, (at, _))| *at).map(|(key, _)| key.clone())
        {
            kept.remove(&oldest);
        }
        kept.insert(key, (Instant::now(), stored));
    }

    /// Takes one out, whatever comes of it: it is used once.
    pub(crate) fn take(&self, key: &str) -> Option<LoginTransaction> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, stored) = kept.remove(key)?;
        if at.elapsed() >= LIFE {
            return None;
        }
        LoginTransaction::from_stored(&stored).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_an_end_to_what_strangers_begin() {
        let logins = Logins::default();
        for number in 0..KEPT + 5 {
            logins.keep_stored(number.to_string(), "x".to_owned().into());
        }
        let kept = logins.0.lock().unwrap();
        assert_eq!(kept.len(), KEPT);
        assert!(kept.contains_key(&(KEPT + 4).to_string()) && !kept.contains_key("0"));
    }
}
