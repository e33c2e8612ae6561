//! Typed reading of a token's claims: a claim is of its type and size, or the token is refused.

use super::TokenError;
use serde_json::{Map, Value};

/// Longer texts are refused, in bytes. `sub` has the same bound in the standard.
const MAX_TEXT: usize = 255;
/// More entries in a list are refused.
const MAX_ITEMS: usize = 64;
/// Later times are refused, so that sums of times do not overflow.
const YEAR_10000: u64 = 253_402_300_800;

/// The claims of a token whose keys are known not to repeat.
pub(super) struct Claims<'c>(pub(super) &'c Map<String, Value>);

impl<'c> Claims<'c> {
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A word of visible ASCII: ids are compared byte by byte, so no look-alike letters and no spaces.
    pub(super) fn text(&self, name: &'static str) -> Result<&'c str, TokenError> {
        self.value(name)?.as_str().filter(|text| word(text)).ok_or(TokenError::Claim(name))
    }

    fn value(&self, name: &'static str) -> Result<&'c Value, TokenError> {
        self.0.get(name).ok_or(TokenError::NoClaim(name))
    }

    /// [`text`](Self::text), when the claim is there at all.
    pub(super) fn optional_text(&self, name: &'static str) -> Result<Option<&'c str>, TokenError> {
        if self.has(name) { self.text(name).map(Some) } else { Ok(None) }
    }

    /// Whole seconds since 1970, before the year 10000; no text, nothing negative. Of a NumericDate with a fraction (RFC 7519,
    /// section 2) the whole seconds: an end is never later, and a beginning less than a second earlier, than was said.
    pub(super) fn time(&self, name: &'static str) -> Result<u64, TokenError> {
        let value = self.value(name)?;
        let time = value.as_u64().or_else(|| {
            let seconds = value.as_f64().filter(|seconds| (0.0..YEAR_10000 as f64).contains(seconds))?;
            Some(seconds as u64)
        });
        time.filter(|seconds| *seconds < YEAR_10000).ok_or(TokenError::Claim(name))
    }

    /// [`time`](Self::time), when the claim is there at all.
    pub(super) fn optional_time(&self, name: &'static str) -> Result<Option<u64>, TokenError> {
        if self.has(name) { self.time(name).map(Some) } else { Ok(None) }
    }

    /// A list of words, or one word alone.
    pub(super) fn words(&self, name: &'static str) -> Result<Vec<&'c str>, TokenError> {
        let words = match self.value(name)? {
            Value::String(one) => Some(vec![one.as_str()]),
            Value::Array(items) if items.len() <= MAX_ITEMS => items.iter().map(Value::as_str).collect(),
            _ => None,
        };
        words.filter(|words| words.iter().all(|text| word(text))).ok_or(TokenError::Claim(name))
    }

    /// For whom the token is: one name at least.
    pub(super) fn audiences(&self) -> Result<Vec<&'c str>, TokenError> {
        match self.0.get("aud") {
            None | Some(Value::Null) => Err(TokenError::NoAudience),
            Some(Value::String(one)) if one.is_empty() => Err(TokenError::NoAudience),
            Some(Value::Array(items)) if items.is_empty() => Err(TokenError::NoAudience),
            Some(_) => self.words("aud"),
        }
    }

    /// How the subject proved who it is; empty when the provider does not say. A text would have to be taken apart by guessing.
    pub(super) fn methods(&self) -> Result<Vec<&'c str>, TokenError> {
        match self.0.get("amr") {
            None => Ok(Vec::new()),
            Some(Value::String(_)) => Err(TokenError::Methods),
            Some(_) => self.words("amr"),
        }
    }
}

/// One to 255 visible ASCII characters.
pub(super) fn word(text: &str) -> bool {
    (1..=MAX_TEXT).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
