//! Tokens of every shape, signed by another implementation than the one that verifies them.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, RSA_PKCS1_SHA256};
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use aws_lc_rs::{digest, hmac};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::sync::OnceLock;

pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// A key pair of the provider's, or of somebody else.
pub enum Key {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ec384(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Key {
    pub fn rsa() -> Key {
        Key::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    pub fn ec() -> Key {
        Key::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    pub fn ec384() -> Key {
        Key::Ec384(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap())
    }

    pub fn ed() -> Key {
        Key::Ed(Ed25519KeyPair::generate().unwrap())
    }

    /// The provider's key, made once a test process.
    pub fn main() -> &'static Key {
        static KEY: OnceLock<Key> = OnceLock::new();
        KEY.get_or_init(Key::rsa)
    }

    /// A key that no provider publishes.
    pub fn stranger() -> &'static Key {
        static KEY: OnceLock<Key> = OnceLock::new();
        KEY.get_or_init(Key::rsa)
    }

    pub fn algorithm(&self) -> &'static str {
        match self {
            Key::Rsa(_) => "RS256",
            Key::Ec(_) => "ES256",
            Key::Ec384(_) => "ES384",
            Key::Ed(_) => "EdDSA",
        }
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Key::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
            Key::Ec(pair) | Key::Ec384(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Key::Ed(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    /// The public key as a provider publishes it.
    pub fn public(&self, id: &str) -> Value {
        let mut key = match self {
            Key::Rsa(pair) => {
                let public = pair.public_key();
                let (n, e) = (public.modulus(), public.exponent());
                json!({ "kty": "RSA", "n": encode(n.big_endian_without_leading_zero()),
                    "e": encode(e.big_endian_without_leading_zero()) })
            }
            Key::Ec(pair) => {
                let point = pair.public_key().as_ref();
                json!({ "kty": "EC", "crv": "P-256", "x": encode(&point[1..33]), "y": encode(&point[33..]) })
            }
            Key::Ec384(pair) => {
                let point = pair.public_key().as_ref();
                json!({ "kty": "EC", "crv": "P-384", "x": encode(&point[1..49]), "y": encode(&point[49..]) })
            }
            Key::Ed(pair) => json!({ "kty": "OKP", "crv": "Ed25519", "x": encode(pair.public_key().as_ref()) }),
        };
        key["kid"] = id.into();
        key["use"] = "sig".into();
        key["alg"] = self.algorithm().into();
        key
    }

    /// The public key as bytes that anybody has: what a confused verifier would take for a shared secret.
    pub fn public_bytes(&self) -> Vec<u8> {
        let Key::Rsa(pair) = self else { unreachable!("only asked of RSA keys") };
        AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()).unwrap().as_ref().to_vec()
    }
}

/// A token of these parts, signed by `key`. The payload is text, so that it can be broken.
pub fn token(key: &Key, header: &Value, payload: &str) -> String {
    let signed = format!("{}.{}", encode(header.to_string()), encode(payload));
    format!("{signed}.{}", encode(key.sign(signed.as_bytes())))
}

/// The same with a shared secret.
pub fn shared_secret_token(secret: &[u8], header: &Value, payload: &str) -> String {
    let signed = format!("{}.{}", encode(header.to_string()), encode(payload));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
    format!("{signed}.{}", encode(tag))
}

/// `at_hash` of an access token under SHA-256.
pub fn access_token_hash(token: &str) -> String {
    encode(&digest::digest(&digest::SHA256, token.as_bytes()).as_ref()[..16])
}
