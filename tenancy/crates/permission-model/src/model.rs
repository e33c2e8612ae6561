//! What a model says, after reading and resolving it.

use crate::ModelError;
use crate::error::Errors;
use crate::parser::{Parsed, parse};
use crate::resolve::resolve;

/// A place in the text of a model, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// A permission model: its object types, with their relations and permissions, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Model {
    /// The object types.
    pub definitions: Vec<Definition>,
}

/// An object type: `definition invoice { .. }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its name, with its prefix if it has one.
    pub name: String,
    /// The lines of the `///` or `/** */` comment above it, without the marks.
    pub docs: Vec<String>,
    /// What is stored of its objects.
    pub relations: Vec<Relation>,
    /// What is computed from what is stored.
    pub permissions: Vec<Permission>,
    /// The name.
    pub span: Span,
}

/// A relation: `relation viewer: user | team#member | user:* with expiration`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Its name, unique among the relations and permissions of its type.
    pub name: String,
    /// The lines of the comment above it.
    pub docs: Vec<String>,
    /// Which subjects it takes.
    pub subjects: Vec<SubjectType>,
    /// The name.
    pub span: Span,
}

/// One kind of subject that a relation takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectType {
    /// The subject's object type.
    pub definition: String,
    /// `member` in `team#member`; `None` for the object itself.
    pub relation: Option<String>,
    /// `user:*`: every object of the type. Never together with `relation`.
    pub wildcard: bool,
    /// `with expiration`: such a relationship must say when it ends.
    pub expires: bool,
    /// The whole entry.
    pub span: Span,
}

/// A permission: `permission view = viewer + organization->view`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// Its name, unique among the relations and permissions of its type.
    pub name: String,
    /// The lines of the comment above it.
    pub docs: Vec<String>,
    /// How it is computed.
    pub expression: Expression,
    /// The name.
    pub span: Span,
}

/// How a permission is computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// `nil`: no subject has it.
    Nil,
    /// A relation or permission of the same object.
    Name(String, Span),
    /// `relation->name`, also written `relation.any(name)`: some object of the relation gives `name`.
    ///
    /// As in SpiceDB, a stored subject `team:1#member` counts as the object `team:1` here.
    Arrow(String, String, Span),
    /// `relation.all(name)`: there are objects of the relation, and each gives `name`. No objects give nothing.
    AllArrow(String, String, Span),
    /// `a + b`: two operands or more.
    Union(Vec<Expression>),
    /// `a & b`: two operands or more.
    Intersection(Vec<Expression>),
    /// `a - b`.
    Exclusion(Box<Expression>, Box<Expression>),
}

impl Model {
    /// Reads a text in SpiceDB's schema language, and resolves it.
    ///
    /// The supported subset has no caveats, partials, imports, type annotations and no `use` other than `use
    /// expiration`. Texts of more than 256 KiB, and expressions of more than 64 levels, are refused.
    ///
    /// # Errors
    ///
    /// Returns every mistake that was found, in the order of the text, and at most 100. Names are resolved only if all
    /// declarations could be read: otherwise each of them would be reported as missing.
    pub fn parse(text: &str) -> Result<Self, Vec<ModelError>> {
        read(text).map(|parsed| parsed.model)
    }

    /// Returns the object type of this name.
    #[must_use]
    pub fn definition(&self, name: &str) -> Option<&Definition> {
        self.definitions.iter().find(|definition| definition.name == name)
    }
}

/// Reads and resolves a text.
pub(crate) fn read(text: &str) -> Result<Parsed, Vec<ModelError>> {
    let mut errors = Errors::default();
    let parsed = parse(text, &mut errors);
    if parsed.names_complete {
        resolve(&parsed.model, &mut errors);
    }
    if errors.is_empty() { Ok(parsed) } else { Err(errors.finish(text)) }
}

impl Definition {
    /// Returns the relation of this name.
    #[must_use]
    pub fn relation(&self, name: &str) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.name == name)
    }

    /// Returns the permission of this name.
    #[must_use]
    pub fn permission(&self, name: &str) -> Option<&Permission> {
        self.permissions.iter().find(|permission| permission.name == name)
    }

    /// Returns whether the type has a relation or permission of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.relation(name).is_some() || self.permission(name).is_some()
    }
}
