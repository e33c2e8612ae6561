//! A signed token's outer form, read strictly before anything believes it.

use super::{Algorithm, TokenError, strict_json};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use openidconnect::JsonWebKey;
use openidconnect::core::CoreJsonWebKey;
use serde_json::{Map, Value};

/// The longest key id that is taken, in bytes.
const MAX_KEY_ID: usize = 256;

/// A token in compact form with a header that says nothing but algorithm, key and type. Not verified.
pub(super) struct Jws<'t> {
    pub(super) algorithm: Algorithm,
    /// None only where that is tolerated.
    pub(super) key: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) payload: Map<String, Value>,
    signed: &'t str,
    signature: Vec<u8>,
}

impl<'t> Jws<'t> {
    /// Reads `token`, of at most `longest` bytes, signed with one of `algorithms`; `unnamed`: also one that names no key.
    pub(super) fn parse(
        token: &'t str,
        longest: usize,
        algorithms: &[Algorithm],
        unnamed: bool,
    ) -> Result<Self, TokenError> {
        if token.len() > longest {
            return Err(TokenError::TooLarge);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Form)?;
        let (header, payload) = signed.split_once('.').ok_or(TokenError::Form)?;
        let Header { algorithm, key, kind } = Header::read(&object(header)?, algorithms, unnamed)?;
        Ok(Self { algorithm, key, kind, payload: object(payload)?, signed, signature: decode(signature)? })
    }

    /// Checks the signature with `key`, which the caller chose by key id and algorithm.
    pub(super) fn verify(&self, key: &CoreJsonWebKey) -> Result<(), TokenError> {
        key.verify_signature(&self.algorithm.wire(), self.signed.as_bytes(), &self.signature)
            .map_err(|_| TokenError::Signature)
    }

    /// Whether the header's type is one of `kinds`; media types may be written in full.
    pub(super) fn is_of(&self, kinds: &[&str]) -> bool {
        let Some(kind) = &self.kind else { return false };
        let kind = kind.to_ascii_lowercase();
        kinds.contains(&kind.strip_prefix("application/").unwrap_or(&kind))
    }
}

struct Header {
    algorithm: Algorithm,
    key: Option<String>,
    kind: Option<String>,
}

impl Header {
    fn read(header: &Map<String, Value>, algorithms: &[Algorithm], unnamed: bool) -> Result<Self, TokenError> {
        // `x5t` only names a certificate, and some providers always send it. `jwk`, `jku`, `x5u`, `x5c`, `crit`, `cty`,
        // `b64`, `zip` and whatever is invented next are refused.
        let taken = ["alg", "kid", "typ", "x5t", "x5t#S256"];
        if header.keys().any(|name| !taken.contains(&name.as_str())) {
            return Err(TokenError::Header);
        }
        let text = |name: &str| header.get(name).and_then(Value::as_str);
        let algorithm = text("alg").and_then(Algorithm::named).filter(|it| algorithms.contains(it));
        let algorithm = algorithm.ok_or(TokenError::Algorithm)?;
        let key = match header.get("kid") {
            None if unnamed => None,
            None => return Err(TokenError::NoKeyId),
            Some(id) => Some(key_id(id).ok_or(TokenError::KeyId)?),
        };
        if header.contains_key("typ") && text("typ").is_none() {
            return Err(TokenError::Kind);
        }
        Ok(Self { algorithm, key, kind: text("typ").map(str::to_owned) })
    }
}

fn key_id(id: &Value) -> Option<String> {
    let id = id.as_str().filter(|id| (1..=MAX_KEY_ID).contains(&id.len()))?;
    id.bytes().all(|byte| byte.is_ascii_graphic()).then(|| id.to_owned())
}

fn decode(part: &str) -> Result<Vec<u8>, TokenError> {
    BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::Form)
}

pub(super) fn object(part: &str) -> Result<Map<String, Value>, TokenError> {
    strict_json::object(&decode(part)?).map_err(|fault| match fault {
        strict_json::JsonError::Malformed => TokenError::Form,
        strict_json::JsonError::DuplicateKey => TokenError::DuplicateKey,
    })
}
