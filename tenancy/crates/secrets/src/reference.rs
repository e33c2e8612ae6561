//! References to secrets, as configuration holds them.

use serde::de::{Deserialize, Deserializer, IgnoredAny, Visitor};
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use zeroize::Zeroize;

/// Where a secret is: `file:/path`, `env:NAME`, `credential:name` or `vault:mount/path#field`. It is not secret itself.
///
/// There is no `Deserialize`: a configuration's reader quotes what it could not read, which may be a secret that was
/// written in place of a reference. Use [`SecretField`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SecretRef(Place, Readers);

/// Who may read what lies there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Readers {
    /// Its owner, because it is a secret.
    Owner,
    /// Any account: it is a certificate, which is shown to every client that connects.
    AnyAccount,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place {
    File(String),
    Environment(String),
    Credential(String),
    Vault { mount: String, path: String, field: String },
}

/// Which kind of place a reference names; one [`SecretSource`](super::SecretSource) serves one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// `file:/path`
    File,
    /// `env:NAME`
    Environment,
    /// `credential:name`
    Credential,
    /// `vault:mount/path#field`
    Vault,
}

/// Why a text is no reference. It never holds the text, which may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RefError {
    /// It is no reference at all, so it may be the secret itself.
    #[error(
        "{0} holds a literal value: put the secret into a store and write where it is \
         (`file:/path`, `env:NAME`, `credential:name` or `vault:mount/path#field`)"
    )]
    Literal(String),
    /// It begins as a reference and goes wrong after that.
    #[error("{0} holds a reference that cannot be read: write {1}")]
    Form(String, &'static str),
}

impl RefError {
    fn of_field(self, field: &str) -> Self {
        let field = format!("`{field}`");
        match self {
            Self::Literal(_) => Self::Literal(field),
            Self::Form(_, fix) => Self::Form(field, fix),
        }
    }
}

impl SecretRef {
    /// The kind of place.
    pub fn scheme(&self) -> Scheme {
        match self.0 {
            Place::File(_) => Scheme::File,
            Place::Environment(_) => Scheme::Environment,
            Place::Credential(_) => Scheme::Credential,
            Place::Vault { .. } => Scheme::Vault,
        }
    }

    /// The name within its kind of place: for `env:NAME` it is `NAME`.
    pub fn name(&self) -> String {
        match &self.0 {
            Place::File(name) | Place::Environment(name) | Place::Credential(name) => name.clone(),
            Place::Vault { mount, path, field } => format!("{mount}/{path}#{field}"),
        }
    }

    pub(super) fn place(&self) -> &Place {
        &self.0
    }

    pub(super) fn readers(&self) -> Readers {
        self.1
    }

    /// Marks the reference as one to a certificate, which is no secret but is read together with one, its key: its file may be
    /// readable by every account.
    #[must_use]
    pub fn of_a_certificate(self) -> Self {
        Self(self.0, Readers::AnyAccount)
    }

    fn file(path: &str) -> Option<Place> {
        let steps = path.strip_prefix('/')?;
        let plain = |step: &str| !step.is_empty() && step != "." && step != ".." && !step.contains(char::is_control);
        steps.split('/').all(plain).then(|| Place::File(path.to_owned()))
    }

    fn environment(name: &str) -> Option<Place> {
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        (plain && !name.is_empty() && !name.starts_with(|first: char| first.is_ascii_digit()))
            .then(|| Place::Environment(name.to_owned()))
    }

    fn vault(rest: &str) -> Option<Place> {
        let (place, field) = rest.split_once('#')?;
        let (mount, path) = place.split_once('/')?;
        let plain = is_step(mount) && path.split('/').all(is_step) && is_step(field);
        plain.then(|| Place::Vault { mount: mount.to_owned(), path: path.to_owned(), field: field.to_owned() })
    }
}

/// A step of a path that means the same to us, to a URL and to a file system.
fn is_step(step: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    !step.is_empty() && step.len() <= 255 && step != "." && step != ".." && step.bytes().all(plain)
}

impl FromStr for SecretRef {
    type Err = RefError;

    /// # Errors
    /// When it is no reference, or one of a form that is not known; the error never shows the text.
    fn from_str(text: &str) -> Result<Self, RefError> {
        const WHERE: &str = "a secret";
        let (scheme, rest) = text.split_once(':').ok_or_else(|| RefError::Literal(WHERE.to_owned()))?;
        let (place, form) = match scheme {
            "file" => (Self::file(rest), "`file:/path`, an absolute path without `..` or empty steps"),
            "env" => (Self::environment(rest), "`env:NAME`, of letters, digits and `_`"),
            "credential" => (
                is_step(rest).then(|| Place::Credential(rest.to_owned())),
                "`credential:name`, of letters, digits, `.`, `_` and `-`",
            ),
            "vault" => (
                Self::vault(rest),
                "`vault:mount/path#field`, each step of letters, digits, `.`, `_` and `-`, without the `data/` of the API",
            ),
            _ => return Err(RefError::Literal(WHERE.to_owned())),
        };
        place.map(|place| Self(place, Readers::Owner)).ok_or_else(|| RefError::Form(WHERE.to_owned(), form))
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::File(path) => write!(f, "file:{path}"),
            Place::Environment(name) => write!(f, "env:{name}"),
            Place::Credential(name) => write!(f, "credential:{name}"),
            Place::Vault { mount, path, field } => write!(f, "vault:{mount}/{path}#{field}"),
        }
    }
}

/// A field of a configuration that must hold a reference.
///
/// Reading it from a file or a command line never fails, because the reader would quote the line; a literal is wiped at once, and
/// [`reference`](Self::reference) then refuses the field by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretField(Result<SecretRef, RefError>);

impl SecretField {
    /// The reference; `field` is the name that an error shows.
    ///
    /// # Errors
    /// When the field holds a literal value, or a reference that cannot be read.
    pub fn reference(&self, field: &str) -> Result<SecretRef, RefError> {
        self.0.clone().map_err(|error| error.of_field(field))
    }
}

impl From<SecretRef> for SecretField {
    fn from(reference: SecretRef) -> Self {
        Self(Ok(reference))
    }
}

/// From a command line or a variable. It never fails, because the code that reads those shows what could not be read.
impl FromStr for SecretField {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.parse()))
    }
}

impl<'de> Deserialize<'de> for SecretField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyField)
    }
}

struct AnyField;

/// What is no text is taken as it is, and refused later without a trace of it.
macro_rules! literals {
    ($($visit:ident: $kind:ty),*) => {$(
        fn $visit<E>(self, _: $kind) -> Result<SecretField, E> {
            Ok(SecretField(Err(RefError::Literal(String::new()))))
        }
    )*};
}

impl<'de> Visitor<'de> for AnyField {
    type Value = SecretField;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a reference to a secret")
    }

    fn visit_str<E>(self, text: &str) -> Result<SecretField, E> {
        Ok(SecretField(text.parse()))
    }

    fn visit_string<E>(self, mut text: String) -> Result<SecretField, E> {
        let field = SecretField(text.parse());
        text.zeroize();
        Ok(field)
    }

    literals!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_i128: i128, visit_u128: u128, visit_f64: f64);
    literals!(visit_bytes: &[u8]);

    fn visit_unit<E>(self) -> Result<SecretField, E> {
        Ok(SecretField(Err(RefError::Literal(String::new()))))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<SecretField, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        self.visit_unit()
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut entries: A) -> Result<SecretField, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.visit_unit()
    }
}
