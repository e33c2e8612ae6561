//! The provider's keys: fetched, bounded, and looked at again when a token names one that is not there.

use super::http::Http;
use super::{Algorithm, FetchError, KeysError, Limits, json};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use openidconnect::core::CoreJsonWebKey;
use openidconnect::url::Url;
use serde_json::Value;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// RSA moduli outside of these bounds, in bytes, are not used.
const RSA: std::ops::RangeInclusive<usize> = 256..=512;

/// The provider's key set, kept.
pub(super) struct Keys {
    url: Url,
    algorithms: Vec<Algorithm>,
    most: usize,
    interval: Duration,
    age: Duration,
    death: Duration,
    kept: RwLock<Arc<Kept>>,
    /// When the set was last asked for, with whatever result. Held while asking, so that one asks and the others wait.
    asked: tokio::sync::Mutex<Instant>,
}

struct Kept {
    keys: Vec<Key>,
    at: Instant,
}

struct Key {
    id: String,
    algorithm: Algorithm,
    key: CoreJsonWebKey,
}

impl Keys {
    /// Fetches the set for the first time.
    pub(super) async fn fetch(
        http: &Http,
        url: Url,
        algorithms: Vec<Algorithm>,
        limits: &Limits,
    ) -> Result<Self, KeysError> {
        let keys = read(http, &url, &algorithms, limits.keys).await?;
        let now = Instant::now();
        Ok(Self {
            url,
            algorithms,
            most: limits.keys,
            interval: limits.key_interval,
            age: limits.key_age,
            death: limits.key_death,
            kept: RwLock::new(Arc::new(Kept { keys, at: now })),
            asked: tokio::sync::Mutex::new(now),
        })
    }

    /// The key of this id for this algorithm.
    ///
    /// An unknown id, or a set that is too old, leads to one look at the provider's set; at most one in each interval,
    /// however many tokens with made-up ids arrive. When that look fails the kept keys go on, until they are too old.
    pub(super) async fn find(&self, http: &Http, id: &str, algorithm: Algorithm) -> Result<CoreJsonWebKey, KeysError> {
        let kept = self.kept();
        if kept.at.elapsed() < self.age
            && let Some(key) = kept.find(id, algorithm)
        {
            return Ok(key);
        }
        self.look_again(http).await;
        let kept = self.kept();
        if kept.at.elapsed() >= self.death {
            return Err(KeysError::Stale);
        }
        kept.find(id, algorithm).ok_or(KeysError::Unknown)
    }

    async fn look_again(&self, http: &Http) {
        let mut asked = self.asked.lock().await;
        if asked.elapsed() < self.interval {
            return;
        }
        // Set before the answer is there: a look that is dropped half-way counts as well.
        *asked = Instant::now();
        if let Ok(keys) = read(http, &self.url, &self.algorithms, self.most).await {
            *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Kept { keys, at: Instant::now() });
        }
    }

    fn kept(&self) -> Arc<Kept> {
        Arc::clone(&self.kept.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Kept {
    fn find(&self, id: &str, algorithm: Algorithm) -> Option<CoreJsonWebKey> {
        let mut of_id = self.keys.iter().filter(|key| key.id == id && key.algorithm == algorithm);
        of_id.next().map(|key| key.key.clone())
    }
}

async fn read(http: &Http, url: &Url, algorithms: &[Algorithm], most: usize) -> Result<Vec<Key>, KeysError> {
    let document = http.get(url).await.map_err(KeysError::Fetch)?;
    let document = json::object(&document).map_err(|_| KeysError::Fetch(FetchError::NotJson))?;
    let listed = document.get("keys").and_then(Value::as_array).ok_or(KeysError::Shape)?;
    if listed.len() > most {
        return Err(KeysError::TooMany);
    }
    let keys: Vec<Key> = listed.iter().filter_map(|key| usable(key, algorithms)).collect();
    for (at, key) in keys.iter().enumerate() {
        if keys[..at].iter().any(|other| other.id == key.id && other.algorithm == key.algorithm) {
            return Err(KeysError::Ambiguous);
        }
    }
    if keys.is_empty() { Err(KeysError::NoneUsable) } else { Ok(keys) }
}

/// A key with an id that may check signatures of a configured algorithm. Others are left out: a provider may have keys
/// for encryption, for other clients, and of kinds that nobody knows yet.
fn usable(key: &Value, algorithms: &[Algorithm]) -> Option<Key> {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let id = text("kid").filter(|id| !id.is_empty())?;
    let algorithm = algorithms.iter().copied().find(|algorithm| {
        let (kind, curve) = algorithm.key();
        text("kty") == Some(kind) && curve.is_none_or(|curve| text("crv") == Some(curve))
    })?;
    // What a key says about itself must agree; a member of another type is no agreement.
    let agrees = |name: &str, expected: &str| key.get(name).is_none_or(|value| value.as_str() == Some(expected));
    let for_checking = key.get("key_ops").is_none_or(|operations| {
        operations.as_array().is_some_and(|operations| operations.iter().any(|one| one.as_str() == Some("verify")))
    });
    if !agrees("use", "sig") || !agrees("alg", algorithm.name()) || !for_checking {
        return None;
    }
    if algorithm == Algorithm::Rs256 {
        let modulus = BASE64_URL_SAFE_NO_PAD.decode(text("n")?).ok()?;
        let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
        RSA.contains(&(modulus.len() - zeros)).then_some(())?;
    }
    let parsed = serde_json::from_value(key.clone()).ok()?;
    Some(Key { id: id.to_owned(), algorithm, key: parsed })
}
