//! The sealed scope: a token that the database believes, and the key that makes one.

use super::Text;
use crate::scope::OrgId;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use std::str::FromStr;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use zeroize::Zeroizing;

/// The setting that holds the token; always set for the transaction only, and only as a bind:
/// `SELECT set_config('tenancy.scope', $1, true)`, prepared.
pub const SETTING: &str = "tenancy.scope";

/// The longest life of a token. What shortens the worth of a stolen one is a short life: ask for 30 to 60 s.
pub const MAX_TTL: Duration = Duration::from_secs(60 * 60);

const BLOCK: usize = 64;
const PREFIX: &str = "tenancy1";

/// What a scope may do; the server checks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Only read.
    Read,
    /// Read and write.
    ReadWrite,
}

impl Access {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "r",
            Self::ReadWrite => "rw",
        }
    }
}

impl Text {
    fn access(self, access: Access) -> String {
        format!("{}{}", access.as_str(), if self == Self::Fixed { "t" } else { "" })
    }
}

/// Why no token or key was made.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SealError {
    /// The database's name cannot stand in a token.
    #[error("a database whose name is empty, or holds `|` or a null character, cannot be sealed for")]
    Database,
    /// The time is zero, or longer than [`MAX_TTL`].
    #[error("a token lives for at least one second and at most one hour")]
    Ttl,
    /// The clock is before 1970.
    #[error("the clock is wrong")]
    Clock,
    /// The text is no key.
    #[error("not a key: it is `tenancy1.<id>.<64 hexadecimal digits>`")]
    Key,
    /// The operating system gave no random bytes.
    #[error("the system gave no random bytes")]
    Random,
    /// The sealer has no key now: see [`Sealer::suspend`].
    #[error("sealing is suspended: its key could not be confirmed for too long")]
    Suspended,
}

/// A key, with the id that the database knows it by. It is wiped when it is dropped, and `Debug` does not show it.
pub struct SealKey {
    kid: String,
    secret: Zeroizing<[u8; 32]>,
}

impl SealKey {
    /// A new key of 32 random bytes with a random id.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn generate() -> Result<Self, SealError> {
        let mut secret = Zeroizing::new([0; 32]);
        let mut kid = [0; 6];
        getrandom::fill(secret.as_mut()).map_err(|_| SealError::Random)?;
        getrandom::fill(&mut kid).map_err(|_| SealError::Random)?;
        Ok(Self { kid: hex(&kid), secret })
    }

    /// The id, which is no secret.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The key as text, for a secret store. With it one can act for every organization.
    pub fn expose(&self) -> Zeroizing<String> {
        let secret = Zeroizing::new(hex(self.secret.as_ref()));
        Zeroizing::new(format!("{PREFIX}.{}.{}", self.kid, *secret))
    }

    /// The two blocks that HMAC-SHA256 hashes before its input, which is how the database stores the key.
    pub(crate) fn halves(&self) -> [Zeroizing<Vec<u8>>; 2] {
        [0x36, 0x5c].map(|pad| {
            let mut block = Zeroizing::new(vec![pad; BLOCK]);
            for (byte, key) in block.iter_mut().zip(self.secret.iter()) {
                *byte ^= key;
            }
            block
        })
    }
}

/// Reads what [`SealKey::expose`] wrote.
impl FromStr for SealKey {
    type Err = SealError;

    fn from_str(text: &str) -> Result<Self, SealError> {
        let parts: Vec<_> = text.trim().split('.').collect();
        let [PREFIX, kid, secret] = parts[..] else {
            return Err(SealError::Key);
        };
        let plain = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit();
        if kid.is_empty() || kid.len() > 32 || !kid.bytes().all(plain) || secret.len() != 64 {
            return Err(SealError::Key);
        }
        let mut bytes = Zeroizing::new([0; 32]);
        for (byte, pair) in bytes.iter_mut().zip(secret.as_bytes().chunks(2)) {
            let digits =
                std::str::from_utf8(pair).ok().filter(|pair| pair.bytes().all(|digit| digit.is_ascii_hexdigit()));
            *byte = digits.and_then(|pair| u8::from_str_radix(pair, 16).ok()).ok_or(SealError::Key)?;
        }
        Ok(Self { kid: kid.to_owned(), secret: bytes })
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// Makes tokens. Code that holds a sealer can act for every organization: it belongs to the connection pool, not to handlers.
///
/// Its key may be replaced while the service runs: share it in an [`Arc`](std::sync::Arc).
pub struct Sealer(RwLock<Option<Keyed>>);

struct Keyed {
    kid: String,
    /// Keyed once; a token costs a copy of it.
    mac: Hmac<Sha256>,
}

impl Keyed {
    fn new(key: &SealKey) -> Self {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mac = Hmac::<Sha256>::new_from_slice(key.secret.as_ref()).expect("HMAC takes a key of any length");
        Self { kid: key.kid.clone(), mac }
    }
}

impl Sealer {
    /// A sealer with this key.
    pub fn new(key: &SealKey) -> Self {
        Self(RwLock::new(Some(Keyed::new(key))))
    }

    /// A sealer without a key, which seals nothing until it is given one by [`replace`](Self::replace).
    pub fn suspended() -> Self {
        Self(RwLock::new(None))
    }

    /// Seals with another key from now on. Tokens of the old one hold until they expire or the database forgets it.
    pub fn replace(&self, key: &SealKey) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Keyed::new(key));
    }

    /// Forgets the key and seals nothing until it is given one by [`replace`](Self::replace).
    pub fn suspend(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn keyed(&self) -> RwLockReadGuard<'_, Option<Keyed>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A token for one organization in one database, for `ttl` from now.
    ///
    /// The server compares its end with the start of the transaction, so a long transaction does not end half-way.
    ///
    /// # Errors
    /// When the time is zero or over [`MAX_TTL`], the database's name cannot stand in a token, or the sealer is
    /// [suspended](Self::suspend).
    pub fn seal(&self, org: OrgId, access: Access, database: &str, ttl: Duration) -> Result<SealedToken, SealError> {
        self.sign(org, access.as_str(), database, end(ttl)?)
    }

    /// A token that ended a minute ago.
    pub(crate) fn seal_expired(&self, org: OrgId, database: &str) -> Result<SealedToken, SealError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| SealError::Clock)?;
        self.sign(org, Access::ReadWrite.as_str(), database, now.as_secs().saturating_sub(60))
    }

    /// As [`seal`](Self::seal), for a transaction whose statement has a fixed text: see [`Text`].
    pub(crate) fn seal_for(
        &self,
        text: Text,
        (org, access): (OrgId, Access),
        database: &str,
        ttl: Duration,
    ) -> Result<SealedToken, SealError> {
        self.sign(org, &text.access(access), database, end(ttl)?)
    }

    fn sign(&self, org: OrgId, access: &str, database: &str, expiry: u64) -> Result<SealedToken, SealError> {
        if database.is_empty() || database.contains(['|', '\0']) {
            return Err(SealError::Database);
        }
        let keyed = self.keyed();
        let keyed = keyed.as_ref().ok_or(SealError::Suspended)?;
        let signed = format!("{org}|{expiry}|{}|{access}|{database}", keyed.kid);
        let mac = keyed.mac.clone().chain_update(signed.as_bytes()).finalize().into_bytes();
        Ok(SealedToken(Zeroizing::new(format!("{signed}|{}", hex(&mac)))))
    }
}

/// The second since 1970 at which a token ends that lives for so long from now.
fn end(ttl: Duration) -> Result<u64, SealError> {
    if ttl < Duration::from_secs(1) || ttl > MAX_TTL {
        return Err(SealError::Ttl);
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| SealError::Clock)?;
    Ok((now + ttl).as_secs())
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("kid", &self.keyed().as_ref().map(|keyed| &keyed.kid)).finish_non_exhaustive()
    }
}

/// `org|expiry|kid|access|database|mac`. It is wiped when it is dropped, and `Debug` does not show it.
pub struct SealedToken(Zeroizing<String>);

impl SealedToken {
    /// The text, for a bind of a prepared statement. In the text of a statement every session of the same role could
    /// read it in `pg_stat_activity`.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SealedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedToken(..)")
    }
}

/// The value of [`SETTING`] under `Level::Unsealed` of `tenancy-rls`, which is not checked.
pub fn unsealed(org: OrgId, access: Access) -> String {
    unsealed_for(Text::Free, org, access)
}

/// The same for a statement of this kind.
pub(crate) fn unsealed_for(text: Text, org: OrgId, access: Access) -> String {
    format!("{org}|{}", text.access(access))
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::Digest as _;

    fn sha256(bytes: &[u8]) -> [u8; 32] {
        Sha256::digest(bytes).into()
    }

    fn key() -> SealKey {
        format!("tenancy1.k1.{}", "0b".repeat(32)).parse().expect("it is a key")
    }

    fn org() -> OrgId {
        "0190a0c4-7d4b-7000-8000-00000000000a".parse().expect("it is a UUID")
    }

    #[test]
    fn the_halves_make_the_same_mac() {
        let sealer = Sealer::new(&key());
        let token = sealer.sign(org(), "rw", "billing", 1_800_000_000).expect("it is sealed");
        let (signed, mac) = token.expose().rsplit_once('|').expect("it has a MAC");
        assert_eq!(signed, "0190a0c4-7d4b-7000-8000-00000000000a|1800000000|k1|rw|billing");
        let [inner, outer] = key().halves();
        let inner = sha256(&[&inner[..], signed.as_bytes()].concat());
        assert_eq!(mac, hex(&sha256(&[&outer[..], &inner[..]].concat())));
        // Fixed: a token of an earlier version must stay a token.
        assert_eq!(mac, "b64fa65139200b360b2ab28807880f48b5868a2ff933f88d63e1712140e324a9");
    }

    #[test]
    fn a_key_is_text_and_back_and_never_shown() {
        let key = SealKey::generate().expect("there are random bytes");
        let text = key.expose();
        let again: SealKey = text.parse().expect("it is a key");
        assert_eq!((again.kid(), &*again.expose()), (key.kid(), &*text));
        let secret = text.rsplit('.').next().expect("it has a secret");
        let token = Sealer::new(&key).seal(org(), Access::Read, "d", Duration::from_secs(1)).expect("it is sealed");
        let shown = format!("{key:?} {:?} {token:?}", Sealer::new(&key));
        assert!(!shown.contains(secret) && !shown.contains(token.expose()) && shown.contains(key.kid()), "{shown}");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let digits = "0b".repeat(32);
        let none = ["", "tenancy1.k", &digits, "tenancy1..", "tenancy2.k.x"].map(str::to_owned);
        let more = [
            format!("tenancy1.K.{digits}"),
            format!("tenancy1.a|b.{digits}"),
            format!("tenancy1.k.{}", "+1".repeat(32)),
            format!("tenancy1.k.{}", "é".repeat(32)),
            format!("tenancy1.k.{digits}00"),
        ];
        for text in none.iter().chain(&more) {
            assert_eq!(text.parse::<SealKey>().map(drop), Err(SealError::Key), "{text}");
        }
    }

    #[test]
    fn a_suspended_sealer_seals_nothing_until_it_is_given_a_key() {
        let sealer = Sealer::suspended();
        let seal = || sealer.seal(org(), Access::Read, "shop", Duration::from_secs(9)).map(drop);
        assert_eq!(seal(), Err(SealError::Suspended));
        sealer.replace(&key());
        assert_eq!(seal(), Ok(()));
        sealer.suspend();
        assert_eq!(seal(), Err(SealError::Suspended));
    }

    #[test]
    fn what_cannot_be_sealed_is_refused() {
        let sealer = Sealer::new(&key());
        let seal = |database: &str, ttl| sealer.seal(org(), Access::Read, database, ttl).map(drop);
        assert_eq!(seal("a|rw", Duration::from_secs(9)), Err(SealError::Database));
        assert_eq!(seal("", Duration::from_secs(9)), Err(SealError::Database));
        assert_eq!(seal("a", Duration::ZERO), Err(SealError::Ttl));
        assert_eq!(seal("a", MAX_TTL + Duration::from_secs(1)), Err(SealError::Ttl));
    }
}
