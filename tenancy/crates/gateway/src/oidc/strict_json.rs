//! JSON that says each thing once.
//!
//! A struct refuses a repeated key and a map silently keeps the last one, so two readers of one document can see two
//! issuers. Every document of the provider and every token passes here before anything else reads it.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::collections::HashSet;
use std::fmt;

/// What is wrong with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JsonError {
    /// It is no JSON, or nested too deeply for serde_json.
    Malformed,
    /// A key appears twice in one object.
    DuplicateKey,
}

/// Checks that `document` is JSON and that no object in it, at any depth, repeats a key.
pub(super) fn check(document: &[u8]) -> Result<(), JsonError> {
    // A value keeps the last of repeated keys; what fails only in the second pass is therefore a repeated key.
    serde_json::from_slice::<serde_json::Value>(document).map_err(|_| JsonError::Malformed)?;
    serde_json::from_slice::<UniqueKeys>(document).map(drop).map_err(|_| JsonError::DuplicateKey)
}

/// [`check`], then the object itself.
pub(super) fn object(document: &[u8]) -> Result<serde_json::Map<String, serde_json::Value>, JsonError> {
    check(document)?;
    serde_json::from_slice(document).map_err(|_| JsonError::Malformed)
}

struct UniqueKeys;

impl<'de> Deserialize<'de> for UniqueKeys {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Walk)
    }
}

struct Walk;

impl<'de> Visitor<'de> for Walk {
    type Value = UniqueKeys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without repeated keys")
    }

    fn visit_bool<E>(self, _: bool) -> Result<UniqueKeys, E> {
        Ok(UniqueKeys)
    }

    fn visit_i64<E>(self, _: i64) -> Result<UniqueKeys, E> {
        Ok(UniqueKeys)
    }

    fn visit_u64<E>(self, _: u64) -> Result<UniqueKeys, E> {
        Ok(UniqueKeys)
    }

    fn visit_f64<E>(self, _: f64) -> Result<UniqueKeys, E> {
        Ok(UniqueKeys)
    }

    fn visit_str<E>(self, _: &str) -> Result<UniqueKeys, E> {
        Ok(UniqueKeys)
    }

    fn visit_unit<E>(self) -> Result<UniqueKeys, E> {
        Ok(UniqueKeys)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<UniqueKeys, A::Error> {
        while items.next_element::<UniqueKeys>()?.is_some() {}
        Ok(UniqueKeys)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<UniqueKeys, A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            if !seen.insert(key) {
                return Err(A::Error::custom("a repeated key"));
            }
            entries.next_value::<UniqueKeys>()?;
        }
        Ok(UniqueKeys)
    }
}

#[cfg(test)]
mod tests {
    use super::{JsonError, check};

    #[test]
    fn a_repeated_key_is_told_from_broken_json() {
        assert_eq!(check(br#"{"a":1,"b":{"c":[1,2.5,null,true,"x",-3]}}"#), Ok(()));
        for twice in [r#"{"a":1,"a":1}"#, r#"{"b":{"a":1,"a":2}}"#, r#"{"b":[{"a":1,"a":2}]}"#, r#"{"a":1,"\u0061":2}"#]
        {
            assert_eq!(check(twice.as_bytes()), Err(JsonError::DuplicateKey), "{twice}");
        }
        for broken in [&b"{"[..], b"{\"a\":1}x", b"", b"{\"a\":\"\xff\"}", "[".repeat(500).as_bytes()] {
            assert_eq!(check(broken), Err(JsonError::Malformed));
        }
    }
}
