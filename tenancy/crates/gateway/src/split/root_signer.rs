//! Who says that a signing key is this gateway's: a longer-lived root key, which signs key statements and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pasetors::keys::{AsymmetricKeyPair, AsymmetricPublicKey, AsymmetricSecretKey, Generate as _};
use pasetors::paserk::FormatAsPaserk;
use pasetors::version4::{PublicToken, V4};
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use std::path::Path;
use tenancy::__private::framed;
use tenancy::scope::{PublicKey, SignerError};
use tenancy_service::BoxFuture;
use zeroize::Zeroizing;

/// The first part of a PASETO v4.public token.
const HEADER: &str = "v4.public.";
/// The longest key file, in bytes.
const LONGEST: usize = 1024;

/// A statement could not be endorsed. The one before stays until it is over.
#[derive(Debug, thiserror::Error)]
#[error("the key statement could not be endorsed")]
pub struct EndorseError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl EndorseError {
    /// For this reason, which is logged.
    pub fn new(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(why.into())
    }
}

/// A root key, wherever it lies: in a file ([`FileEndorser`]), or in a safe that signs on request, such as a Vault transit
/// key of type `ed25519`.
pub trait Endorser: Send + Sync + 'static {
    /// Signs a statement into its token.
    ///
    /// # Errors
    /// When the key cannot be reached, or does not sign.
    fn endorse<'a>(&'a self, statement: &'a Unendorsed) -> BoxFuture<'a, Result<String, EndorseError>>;
}

/// A key statement that no root has signed yet.
pub struct Unendorsed {
    pub(super) payload: Vec<u8>,
    pub(super) assertion: Vec<u8>,
}

impl Unendorsed {
    /// The bytes that `root` has to sign with Ed25519, for a key that lies in a safe.
    pub fn message(&self, root: &PublicKey) -> Vec<u8> {
        let fields: [&[u8]; 4] = [HEADER.as_bytes(), &self.payload, root.footer(), &self.assertion];
        // PASETO's pre-authentication encoding: how many fields there are, then each behind its length.
        let mut message = (fields.len() as u64).to_le_bytes().to_vec();
        message.extend(framed(&fields));
        message
    }

    /// The token of that message's signature, 64 bytes.
    pub fn signed(&self, root: &PublicKey, signature: &[u8]) -> String {
        let body = URL_SAFE_NO_PAD.encode([&self.payload, signature].concat());
        format!("{HEADER}{body}.{}", URL_SAFE_NO_PAD.encode(root.footer()))
    }
}

impl fmt::Debug for Unendorsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unendorsed").finish_non_exhaustive()
    }
}

/// A key file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// It cannot be read.
    #[error("the key file cannot be read")]
    Read(#[source] std::io::Error),
    /// It cannot be written, or is there already.
    #[error("the key file cannot be written, or is there already")]
    Write(#[source] std::io::Error),
    /// Others than its owner may read or write it.
    #[error("the key file may be read or written by others than its owner; chmod it to 600 or 400")]
    Mode,
    /// It holds no `k4.secret.` key.
    #[error(transparent)]
    Key(#[from] SignerError),
}

/// A root key from a file that holds one line, `k4.secret.…` (PASERK).
pub struct FileEndorser {
    secret: AsymmetricSecretKey<V4>,
    root: PublicKey,
}

impl FileEndorser {
    /// The key of this file, which only its owner may read.
    ///
    /// # Errors
    /// When it cannot be read, others may read it, or it holds no such key.
    pub fn open(file: impl AsRef<Path>) -> Result<Self, KeyFileError> {
        use std::io::Read as _;
        let file = std::fs::File::open(file).map_err(KeyFileError::Read)?;
        // Of the file that is open, not of whatever has its name a moment later.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = file.metadata().map_err(KeyFileError::Read)?.permissions().mode();
            if mode & 0o077 != 0 {
                return Err(KeyFileError::Mode);
            }
        }
        // As long as it may become from the start, so that no shorter copy is left behind.
        let mut text = Zeroizing::new(String::with_capacity(LONGEST));
        file.take(LONGEST as u64).read_to_string(&mut text).map_err(KeyFileError::Read)?;
        Self::of(text.trim())
    }

    /// A new random key in a new file that only its owner may read. Give services its [`public_key`](Self::public_key).
    ///
    /// # Errors
    /// When the file is there already or cannot be written, or the system has no randomness.
    pub fn create(file: impl AsRef<Path>) -> Result<Self, KeyFileError> {
        use std::io::Write as _;
        let secret = AsymmetricKeyPair::<V4>::generate().map_err(|_| SignerError::Random)?.secret;
        let mut text = Zeroizing::new(String::with_capacity(LONGEST));
        FormatAsPaserk::fmt(&secret, &mut *text).map_err(|_| SignerError::Key)?;
        let endorser = Self::of(&text)?;
        text.push('\n');
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(file).map_err(KeyFileError::Write)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(KeyFileError::Write)?;
        Ok(endorser)
    }

    /// The key of this text, `k4.secret.…`.
    ///
    /// # Errors
    /// When it is no such key.
    pub fn from_paserk(secret: &SecretString) -> Result<Self, KeyFileError> {
        Self::of(secret.expose_secret())
    }

    fn of(paserk: &str) -> Result<Self, KeyFileError> {
        let secret = AsymmetricSecretKey::<V4>::try_from(paserk).map_err(|_| SignerError::Key)?;
        let public = AsymmetricPublicKey::<V4>::try_from(&secret).map_err(|_| SignerError::Key)?;
        let mut text = String::new();
        FormatAsPaserk::fmt(&public, &mut text).map_err(|_| SignerError::Key)?;
        Ok(Self { secret, root: text.parse().map_err(|_| SignerError::Key)? })
    }

    /// The root that services trust.
    pub fn public_key(&self) -> PublicKey {
        self.root.clone()
    }
}

impl Endorser for FileEndorser {
    fn endorse<'a>(&'a self, statement: &'a Unendorsed) -> BoxFuture<'a, Result<String, EndorseError>> {
        let (footer, assertion) = (Some(self.root.footer()), Some(&*statement.assertion));
        let signed = PublicToken::sign(&self.secret, &statement.payload, footer, assertion);
        let signed = signed.map_err(|_| EndorseError::new(SignerError::Sign));
        Box::pin(std::future::ready(signed))
    }
}

impl fmt::Debug for FileEndorser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileEndorser").field("root", &self.root).finish_non_exhaustive()
    }
}
