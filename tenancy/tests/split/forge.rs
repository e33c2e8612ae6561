//! Tokens and statements that no gateway would sign, made with another implementation of Ed25519 than the one that verifies.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pasetors::keys::AsymmetricPublicKey;
use pasetors::paserk::{FormatAsPaserk as _, Id};
use pasetors::version4::V4;
use serde_json::{Value, json};
use tenancy::scope::PublicKey;
use tenancy_gateway::split::{BoxFuture, EndorseError, Endorser, Unendorsed};

/// An Ed25519 key that signs whatever it is told.
pub(crate) struct Key {
    pair: Ed25519KeyPair,
    seed: [u8; 32],
}

impl Key {
    pub(crate) fn of(seed: u8) -> Self {
        Self { pair: Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap(), seed: [seed; 32] }
    }

    pub(crate) fn public(&self) -> PublicKey {
        self.paserk("k4.public.", self.pair.public_key().as_ref()).parse().unwrap()
    }

    pub(crate) fn secret(&self) -> String {
        self.paserk("k4.secret.", &[&self.seed, self.pair.public_key().as_ref()].concat())
    }

    fn paserk(&self, kind: &str, bytes: &[u8]) -> String {
        format!("{kind}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    pub(crate) fn footer(&self) -> String {
        let key = AsymmetricPublicKey::<V4>::from(self.pair.public_key().as_ref()).unwrap();
        let mut kid = String::new();
        Id::from(&key).fmt(&mut kid).unwrap();
        format!(r#"{{"v":1,"kid":"{kid}"}}"#)
    }

    /// A v4.public token over these bytes, as the specification writes it.
    pub(crate) fn token(&self, payload: &str, footer: &str, assertion: &[u8]) -> String {
        let mut message = 4_u64.to_le_bytes().to_vec();
        message.extend(framed(&[b"v4.public.", payload.as_bytes(), footer.as_bytes(), assertion]));
        let signature = self.pair.sign(&message);
        let body = URL_SAFE_NO_PAD.encode([payload.as_bytes(), signature.as_ref()].concat());
        format!("v4.public.{body}.{}", URL_SAFE_NO_PAD.encode(footer))
    }

    /// A grant with this payload for this request.
    pub(crate) fn grant(&self, payload: &Value, request: &Asked) -> String {
        self.token(&payload.to_string(), &self.footer(), &request.assertion("billing"))
    }

    /// A key statement with this payload.
    pub(crate) fn statement(&self, payload: &Value) -> String {
        self.token(&payload.to_string(), &self.footer(), &framed(&[b"tenancy key statement v1", b"gateway"]))
    }
}

/// Each field behind its length.
pub(crate) fn framed(fields: &[&[u8]]) -> Vec<u8> {
    fields.iter().flat_map(|field| [&(field.len() as u64).to_le_bytes(), *field].concat()).collect()
}

/// A request that a grant is for.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) method: &'static str,
    pub(crate) host: &'static str,
    pub(crate) path: &'static str,
    pub(crate) body: &'static str,
}

pub(crate) const LIST: Asked = Asked { method: "GET", host: "billing.test", path: "/invoices", body: "" };
pub(crate) const CREATE: Asked = Asked { method: "POST", host: "billing.test", path: "/invoices", body: "a new one" };

impl Asked {
    pub(crate) fn assertion(&self, audience: &str) -> Vec<u8> {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, self.body.as_bytes());
        let fields: [&[u8]; 7] = [
            b"tenancy org grant v1",
            audience.as_bytes(),
            self.method.as_bytes(),
            self.host.as_bytes(),
            self.path.as_bytes(),
            digest.as_ref(),
            // The certificate that the client showed: none.
            b"",
        ];
        framed(&fields)
    }
}

/// What a good grant says, for Acme or Bravo, at this time; each has another id.
pub(crate) fn payload(org: tenancy::OrgId, now: u64) -> Value {
    json!({
        "iss": "gateway", "aud": "billing", "sub": {"issuer": "https://id.test", "subject": "alice"}, "org": org.to_string(),
        "sid": "s", "epo": {"org": 0, "sub": 0}, "rol": "org", "acr": "aal1", "aut": now, "act": null,
        "jti": uuid::Uuid::new_v4().to_string(), "iat": now, "nbf": now, "exp": now + 30,
    })
}

/// What a good statement says of these keys, by one gateway process.
pub(crate) fn stated(keys: &[&Key], seq: u64, now: u64) -> Value {
    let keys: Vec<Value> = keys
        .iter()
        .map(|key| json!({"key": key.public().to_string(), "aud": ["billing"], "nbf": now, "naf": now + 1800}))
        .collect();
    json!({"iss": "gateway", "gtw": uuid::Uuid::from_u128(1).to_string(), "seq": seq, "iat": now, "exp": now + 900,
        "keys": keys})
}

/// A root key in a safe: it signs the message that it is given, or does not answer.
pub(crate) struct Safe {
    pub(crate) key: Key,
    pub(crate) closed: std::sync::Arc<std::sync::atomic::AtomicBool>,
}

impl Endorser for Safe {
    fn endorse<'a>(&'a self, statement: &'a Unendorsed) -> BoxFuture<'a, Result<String, EndorseError>> {
        Box::pin(async move {
            if self.closed.load(std::sync::atomic::Ordering::SeqCst) {
                return Err(EndorseError::new("the safe is closed"));
            }
            let root = self.key.public();
            Ok(statement.signed(&root, self.key.pair.sign(&statement.message(&root)).as_ref()))
        })
    }
}
