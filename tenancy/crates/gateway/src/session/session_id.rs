//! A session's id: 256 random bits that only the browser keeps.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

/// The length of an id in its cookie, in characters.
const TEXT: usize = 43;

/// The id that a browser holds. It is hashed at once and never stored; it has no `Debug`.
pub(crate) struct SessionId(Zeroizing<[u8; 32]>);

impl SessionId {
    /// `None` when the operating system has no randomness.
    pub(crate) fn generate() -> Option<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut()).ok()?;
        Some(Self(bytes))
    }

    /// Reads a cookie's value: exactly the text that [`text`](Self::text) wrote.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        // The decoder refuses padding, other alphabets and trailing bits: one id has one text.
        let read = text.len() == TEXT && URL_SAFE_NO_PAD.decode_slice(text, bytes.as_mut()) == Ok(32);
        read.then_some(Self(bytes))
    }

    pub(crate) fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0.as_ref()))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_id_has_one_text() {
        let id = SessionId::generate().unwrap();
        let text = id.text();
        assert_eq!(SessionId::parse(text.as_bytes()).unwrap().bytes(), id.bytes());
        // The last of 43 characters carries four bits; its other two must be zero.
        let accepted = (0..128u8).filter(|last| {
            let mut other = text.as_bytes().to_vec();
            other[42] = *last;
            SessionId::parse(&other).is_some()
        });
        assert_eq!(accepted.count(), 16);
    }

    #[test]
    fn other_texts_are_no_ids() {
        let text = SessionId::generate().unwrap().text();
        for other in [&text[1..], &format!("{}=", &*text), &format!("\"{}\"", &*text), &"+".repeat(43), ""] {
            assert!(SessionId::parse(other.as_bytes()).is_none(), "{other}");
        }
    }
}
