//! What a write changes.

use crate::Relationship;
use uuid::Uuid;

/// What happens to a relationship.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Stores it, or replaces the expiry of the one that is stored.
    Touch,
    /// Stores it, and fails when it is stored already and has not expired.
    Create,
    /// Deletes it, whatever its expiry.
    Delete,
}

impl Operation {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Touch => "touch",
            Self::Create => "create",
            Self::Delete => "delete",
        }
    }
}

/// One change of a relationship.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What happens to it.
    pub operation: Operation,
    /// The organization that the relationship's object belongs to. `None`: a level above organizations.
    pub organization: Option<Uuid>,
    /// The relationship.
    pub relationship: Relationship,
}

impl Change {
    /// Returns a change that stores a relationship, or replaces its expiry.
    #[must_use]
    pub fn touch(organization: Option<Uuid>, relationship: Relationship) -> Self {
        Self { operation: Operation::Touch, organization, relationship }
    }

    /// Returns a change that stores a relationship which is not stored yet.
    #[must_use]
    pub fn create(organization: Option<Uuid>, relationship: Relationship) -> Self {
        Self { operation: Operation::Create, organization, relationship }
    }

    /// Returns a change that deletes a relationship.
    #[must_use]
    pub fn delete(organization: Option<Uuid>, relationship: Relationship) -> Self {
        Self { operation: Operation::Delete, organization, relationship }
    }
}

/// What a write did.
#[must_use = "it says how many deletes matched nothing"]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// How many relationships were stored or had their expiry replaced.
    pub stored: usize,
    /// How many of these were stored before with the same expiry: nothing changed about what they give.
    pub unchanged: usize,
    /// How many relationships were deleted.
    pub deleted: usize,
    /// How many deletes matched nothing.
    pub not_found: usize,
}
