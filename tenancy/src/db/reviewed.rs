//! What a statement says of its review.

use uuid::Uuid;

/// How a statement stands to the review of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// It is sent for an organization: it is reviewed.
    For(Uuid),
    /// The same, and the service has read it itself: what the review cannot read passes.
    Excused(Uuid),
    /// Raw SQL, which runs behind wall two alone and by rules of its own.
    Free,
    /// A constant text of this crate.
    Own,
}

/// A statement that says how it stands.
pub trait Reviewed {
    /// How it stands.
    fn stands(&self) -> Stands;
}
