//! Objects, subjects, and the relationships between them.

use std::fmt;
use std::time::SystemTime;

/// The longest id of an object, in bytes, as in SpiceDB.
const MAX_ID: usize = 1024;

/// An id that no object may have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an object's id has 1 to 1024 ASCII letters, digits and characters of `/_|-=+`")]
pub struct InvalidIdError;

/// An object: `invoice:42`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectRef {
    kind: String,
    id: String,
}

impl ObjectRef {
    /// Names an object of the type `kind`.
    ///
    /// # Errors
    /// When the id is empty, longer than 1024 bytes, or has another character than ASCII letters, digits and `/_|-=+`.
    pub fn new(kind: impl Into<String>, id: impl Into<String>) -> Result<Self, InvalidIdError> {
        let id = id.into();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"/_|-=+".contains(&byte);
        if id.is_empty() || id.len() > MAX_ID || !id.bytes().all(allowed) {
            return Err(InvalidIdError);
        }
        Ok(Self { kind: kind.into(), id })
    }

    /// Returns the object's type.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Returns the object's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)
    }
}

/// A subject of a relationship.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SubjectRef {
    /// The object itself: `user:7`.
    Object(ObjectRef),
    /// Every subject that has a relation or permission of the object: `team:3#member`.
    Userset(ObjectRef, String),
    /// Every object of the type: `user:*`.
    Wildcard(String),
}

impl SubjectRef {
    /// Returns the object that is named, also by a userset. A wildcard names none.
    pub(crate) fn object(&self) -> Option<&ObjectRef> {
        match self {
            Self::Object(object) | Self::Userset(object, _) => Some(object),
            Self::Wildcard(_) => None,
        }
    }

    pub(crate) fn is_userset(&self, of: &ObjectRef, relation: &str) -> bool {
        matches!(self, Self::Userset(object, name) if object == of && name == relation)
    }
}

impl fmt::Display for SubjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(object) => object.fmt(f),
            Self::Userset(object, relation) => write!(f, "{object}#{relation}"),
            Self::Wildcard(kind) => write!(f, "{kind}:*"),
        }
    }
}

/// A relationship: `invoice:42#viewer@team:3#member`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Relationship {
    /// The object that it is about.
    pub resource: ObjectRef,
    /// The relation of the object.
    pub relation: String,
    /// The subject that has it.
    pub subject: SubjectRef,
    /// When the relationship ends; `None` for one without an expiry.
    pub expires_at: Option<SystemTime>,
}

impl fmt::Display for Relationship {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}@{}", self.resource, self.relation, self.subject)
    }
}
