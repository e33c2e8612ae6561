//! The provider's keys: fetched, bounded, and looked at again when a token names one that is not there.

use super::http::Http;
use super::jws::Jws;
use super::{Algorithm, FetchError, KeysError, Limits, strict_json};
use arc_swap::ArcSwap;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use openidconnect::core::CoreJsonWebKey;
use openidconnect::url::Url;
use serde_json::Value;
use std::sync::Arc;
use std::time::Instant;

/// RSA moduli outside of these bounds, in bytes, are not used.
const RSA: std::ops::RangeInclusive<usize> = 256..=512;

/// The provider's key set, kept.
pub(super) struct Jwks {
    url: Url,
    algorithms: Vec<Algorithm>,
    /// Whether keys without an id are kept.
    unnamed: bool,
    limits: Limits,
    kept: ArcSwap<KeySet>,
    /// Held while asking, so that one asks and the others wait.
    looks: tokio::sync::Mutex<Looks>,
}

/// When the set was asked for, with whatever result.
struct Looks {
    last: Instant,
    /// The last request for the sake of a token that any client may send. The request at the start does not count here.
    for_strangers: Option<Instant>,
}

/// Where a token came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The provider's own token endpoint, over TLS.
    Provider,
    /// A request that any client may send.
    AnyClient,
}

/// Why the set is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// It is old, and has the key.
    Age,
    /// It does not have the key of a token from there.
    Key(Source),
}

struct KeySet {
    keys: Vec<ProviderKey>,
    at: Instant,
}

struct ProviderKey {
    /// None only where that is tolerated.
    id: Option<String>,
    algorithm: Algorithm,
    key: CoreJsonWebKey,
}

impl Jwks {
    /// Fetches the set for the first time.
    pub(super) async fn fetch(
        http: &Http,
        url: Url,
        algorithms: Vec<Algorithm>,
        unnamed: bool,
        limits: &Limits,
    ) -> Result<Self, KeysError> {
        let keys = read(http, &url, &algorithms, unnamed, limits.keys).await?;
        let now = Instant::now();
        Ok(Self {
            url,
            algorithms,
            unnamed,
            limits: limits.clone(),
            kept: ArcSwap::from_pointee(KeySet { keys, at: now }),
            looks: tokio::sync::Mutex::new(Looks { last: now, for_strangers: None }),
        })
    }

    /// The key that the token names, for its algorithm; of a token that names none, the key that verifies it.
    ///
    /// A key that is not there, or a set that is too old, leads to another look at the provider's set. For a token that the provider
    /// itself gave there is always one, after a pause, and one for all that wait: after a rotation no sign-in fails. For what any
    /// client may send there is one in each interval, however many tokens with made-up ids arrive, and it takes nothing from the
    /// sign-ins. When the look fails the kept keys go on, until they are too old.
    pub(super) async fn find(&self, http: &Http, token: &Jws<'_>, source: Source) -> Result<CoreJsonWebKey, KeysError> {
        let kept = self.kept();
        let found = kept.find(token);
        let need = if found.is_some() { Need::Age } else { Need::Key(source) };
        if let Some(key) = found.filter(|_| kept.at.elapsed() < self.limits.key_age) {
            return Ok(key);
        }
        self.look_again(http, need, Instant::now()).await;
        let kept = self.kept();
        if kept.at.elapsed() >= self.limits.key_death {
            return Err(KeysError::Stale);
        }
        kept.find(token).ok_or(if token.key.is_some() { KeysError::Unknown } else { KeysError::Unverified })
    }

    async fn look_again(&self, http: &Http, need: Need, arrived: Instant) {
        let mut looks = self.looks.lock().await;
        // Another task looked while this one waited.
        if looks.last > arrived {
            return;
        }
        let limits = &self.limits;
        match need {
            Need::Age if looks.last.elapsed() < limits.key_interval => return,
            Need::Key(Source::AnyClient) => {
                if looks.for_strangers.is_some_and(|at| at.elapsed() < limits.key_interval) {
                    return;
                }
                looks.for_strangers = Some(Instant::now());
            }
            Need::Key(Source::Provider) => {
                let pause = limits.key_pause.min(limits.key_interval);
                tokio::time::sleep(pause.saturating_sub(looks.last.elapsed())).await;
            }
            Need::Age => {}
        }
        // Set before the answer is there: a look that is dropped half-way counts as well.
        looks.last = Instant::now();
        if let Ok(keys) = read(http, &self.url, &self.algorithms, self.unnamed, limits.keys).await {
            self.kept.store(Arc::new(KeySet { keys, at: Instant::now() }));
        }
    }

    fn kept(&self) -> Arc<KeySet> {
        self.kept.load_full()
    }
}

impl KeySet {
    fn find(&self, token: &Jws<'_>) -> Option<CoreJsonWebKey> {
        let mut of_algorithm = self.keys.iter().filter(|key| key.algorithm == token.algorithm);
        let found = match &token.key {
            Some(id) => of_algorithm.find(|key| key.id.as_ref() == Some(id)),
            // As many as the set's bound allows, with public keys: none of it can be guessed.
            None => of_algorithm.find(|key| token.verify(&key.key).is_ok()),
        };
        found.map(|key| key.key.clone())
    }
}

async fn read(
    http: &Http,
    url: &Url,
    algorithms: &[Algorithm],
    unnamed: bool,
    most: usize,
) -> Result<Vec<ProviderKey>, KeysError> {
    let document = http.get(url).await.map_err(KeysError::Fetch)?;
    let document = strict_json::object(&document).map_err(|_| KeysError::Fetch(FetchError::NotJson))?;
    let listed = document.get("keys").and_then(Value::as_array).ok_or(KeysError::Shape)?;
    if listed.len() > most {
        return Err(KeysError::TooMany);
    }
    let keys: Vec<ProviderKey> = listed.iter().filter_map(|key| usable(key, algorithms, unnamed)).collect();
    for (at, key) in keys.iter().enumerate() {
        if key.id.is_some() && keys[..at].iter().any(|other| other.id == key.id && other.algorithm == key.algorithm) {
            return Err(KeysError::Ambiguous);
        }
    }
    match keys.is_empty() {
        false => Ok(keys),
        true if !unnamed && listed.iter().any(|key| usable(key, algorithms, true).is_some()) => Err(KeysError::NoIds),
        true => Err(KeysError::NoneUsable),
    }
}

/// A key with an id that may check signatures of a configured algorithm; `unnamed`: also one without. Others are left out: a
/// provider may have keys for encryption, for other clients, and of kinds that are not known yet.
fn usable(key: &Value, algorithms: &[Algorithm], unnamed: bool) -> Option<ProviderKey> {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let id = match key.get("kid") {
        None if unnamed => None,
        _ => Some(text("kid").filter(|id| !id.is_empty())?.to_owned()),
    };
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
    Some(ProviderKey { id, algorithm, key: parsed })
}
