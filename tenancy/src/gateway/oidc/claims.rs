//! Typed reading of a token's claims: a claim is of its type and size, or the token is refused.

use super::TokenRefusal;
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
    pub(super) fn text(&self, name: &'static str) -> Result<&'c str, TokenRefusal> {
        self.0.get(name).and_then(Value::as_str).filter(|text| word(text)).ok_or(TokenRefusal::Claim(name))
    }

    /// [`text`](Self::text), when the claim is there at all.
    pub(super) fn optional_text(&self, name: &'static str) -> Result<Option<&'c str>, TokenRefusal> {
        if self.has(name) { self.text(name).map(Some) } else { Ok(None) }
    }

    /// Whole seconds since 1970, before the year 10000; no text, no fraction, nothing negative.
    pub(super) fn time(&self, name: &'static str) -> Result<u64, TokenRefusal> {
        let time = self.0.get(name).and_then(Value::as_u64);
        time.filter(|seconds| *seconds < YEAR_10000).ok_or(TokenRefusal::Claim(name))
    }

    /// [`time`](Self::time), when the claim is there at all.
    pub(super) fn optional_time(&self, name: &'static str) -> Result<Option<u64>, TokenRefusal> {
        if self.has(name) { self.time(name).map(Some) } else { Ok(None) }
    }

    /// A list of words, or one word alone.
    pub(super) fn words(&self, name: &'static str) -> Result<Vec<&'c str>, TokenRefusal> {
        let words = match self.0.get(name) {
            Some(Value::String(one)) => Some(vec![one.as_str()]),
            Some(Value::Array(items)) if items.len() <= MAX_ITEMS => items.iter().map(Value::as_str).collect(),
            _ => None,
        };
        words.filter(|words| words.iter().all(|text| word(text))).ok_or(TokenRefusal::Claim(name))
    }

    /// [`words`](Self::words), empty when the claim is not there.
    pub(super) fn optional_words(&self, name: &'static str) -> Result<Vec<&'c str>, TokenRefusal> {
        if self.has(name) { self.words(name) } else { Ok(Vec::new()) }
    }
}

/// One to 255 visible ASCII characters.
pub(super) fn word(text: &str) -> bool {
    (1..=MAX_TEXT).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
