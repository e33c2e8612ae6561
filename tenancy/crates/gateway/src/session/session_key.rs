//! A key of the sessions: how ids are hashed, form tokens made, and the provider's tokens sealed.

use crate::session::session_id::SessionId;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::Sha256;
use std::fmt;
use uuid::Uuid;
use zeroize::Zeroizing;

const KEY_ID: usize = 8;
const NONCE: usize = 24;
const FORM_NONCE: usize = 16;
const PROOF: usize = 32;
/// An id's hash is 32 bytes: nothing of that length begins like this by chance.
const OF_SESSION: &[u8] = b"of the session with the handle ";

/// A session key is not 32 bytes, or no randomness was available.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionKeyError {
    /// The text is not 64 hexadecimal digits.
    #[error("a session key is 64 hexadecimal digits: 32 random bytes")]
    Text,
    /// There are more keys than are held.
    #[error("four session keys are held at most")]
    Count,
    /// The operating system gave no random bytes.
    #[error("the system's random number generator failed")]
    Random,
}

/// What a session's rows are keyed with. Wiped when dropped; `Debug` shows nothing.
///
/// An attacker who holds it and the database can make form tokens and open sealed tokens. Ids of sessions stay unknown even
/// then: a row holds a hash of 256 random bits.
pub struct SessionKey {
    id: [u8; KEY_ID],
    hash: SecretBox<[u8; 32]>,
    form: SecretBox<[u8; 32]>,
    seal: SecretBox<[u8; 32]>,
}

impl SessionKey {
    /// Reads a key: 64 hexadecimal digits, from wherever the service keeps its secrets.
    ///
    /// # Errors
    /// When the text is anything else.
    pub fn from_hex(text: &SecretString) -> Result<Self, SessionKeyError> {
        let digits = text.expose_secret().as_bytes();
        if digits.len() != 64 {
            return Err(SessionKeyError::Text);
        }
        let mut bytes = Zeroizing::new([0; 32]);
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let digit = |at: usize| char::from(pair[at]).to_digit(16).ok_or(SessionKeyError::Text);
            *byte = (digit(0)? * 16 + digit(1)?) as u8;
        }
        Ok(Self::derived(&bytes))
    }

    /// A random key. Sessions end with the process that made it: for tests and development.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn generate() -> Result<Self, SessionKeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut()).map_err(|_| SessionKeyError::Random)?;
        Ok(Self::derived(&bytes))
    }

    /// One key a purpose, so that what one gives away says nothing about another.
    fn derived(master: &[u8; 32]) -> Self {
        let derive = |purpose: &[u8]| SecretBox::new(Box::new(mac(master, &[b"tenancy session v1 ", purpose])));
        let mut id = [0; KEY_ID];
        id.copy_from_slice(&derive(b"key id").expose_secret()[..KEY_ID]);
        Self { id, hash: derive(b"id"), form: derive(b"form"), seal: derive(b"seal") }
    }

    /// Names the key. Derived from it, and says nothing about it.
    pub(crate) fn id(&self) -> &[u8; KEY_ID] {
        &self.id
    }

    /// Of an id at an origin: at another one, also under this key and over the same tables, the id is unknown.
    pub(crate) fn hash(&self, id: &SessionId, origin: &str) -> [u8; 32] {
        mac(self.hash.expose_secret(), &[id.bytes(), origin.as_bytes()])
    }

    /// Two proofs over one nonce: of the id, which lets a form in, and of the session, whatever its id was then. The second covers
    /// the first, so neither is of use in another token.
    pub(crate) fn form_token(&self, id_hash: &[u8], handle: Uuid) -> Option<Vec<u8>> {
        let mut nonce = [0; FORM_NONCE];
        getrandom::fill(&mut nonce).ok()?;
        let proof = mac(self.form.expose_secret(), &[&nonce, id_hash]);
        let whose = mac(self.form.expose_secret(), &[&nonce, OF_SESSION, handle.as_bytes(), &proof]);
        Some([&nonce[..], &proof, &whose].concat())
    }

    /// Whether a form token is of this id. Whether it is whole, the session's [`form_token_was_of`](Self::form_token_was_of) says.
    pub(crate) fn form_token_holds(&self, token: &[u8], id_hash: &[u8]) -> bool {
        parts(token).is_some_and(|[nonce, proof, _]| self.proves(proof, &[nonce, id_hash]))
    }

    /// Whether a form token was made for this session, under the id that it has now or one that it had before.
    pub(crate) fn form_token_was_of(&self, token: &[u8], handle: Uuid) -> bool {
        parts(token)
            .is_some_and(|[nonce, proof, whose]| self.proves(whose, &[nonce, OF_SESSION, handle.as_bytes(), proof]))
    }

    fn proves(&self, proof: &[u8], about: &[&[u8]]) -> bool {
        let mut mac = begun(self.form.expose_secret());
        about.iter().for_each(|part| mac.update(part));
        mac.verify_slice(proof).is_ok()
    }

    pub(crate) fn sealed(&self, secret: &str, about: &[u8]) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).ok()?;
        let cipher = XChaCha20Poly1305::new(self.seal.expose_secret().into());
        let payload = Payload { msg: secret.as_bytes(), aad: about };
        let text = cipher.encrypt(&XNonce::from(nonce), payload).ok()?;
        Some([&self.id[..], &nonce, &text].concat())
    }

    pub(crate) fn opened(&self, sealed: &[u8], about: &[u8]) -> Option<SecretString> {
        let (id, rest) = sealed.split_at_checked(KEY_ID)?;
        let (nonce, text) = rest.split_at_checked(NONCE)?;
        if id != self.id {
            return None;
        }
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        let cipher = XChaCha20Poly1305::new(self.seal.expose_secret().into());
        let plain = cipher.decrypt(&XNonce::from(nonce), Payload { msg: text, aad: about }).ok()?;
        String::from_utf8(plain).ok().map(SecretString::from)
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionKey").finish_non_exhaustive()
    }
}

/// A form token's nonce and its two proofs.
fn parts(token: &[u8]) -> Option<[&[u8]; 3]> {
    let (nonce, proofs) = token.split_at_checked(FORM_NONCE)?;
    let (proof, whose) = proofs.split_at_checked(PROOF)?;
    (whose.len() == PROOF).then_some([nonce, proof, whose])
}

fn begun(key: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length")
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = begun(key);
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}
