//! Why a statement's text is not sent.

/// Why the review of a statement's text did not approve it. Names no table, no value and no SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Finding {
    /// The parser cannot read it, or it has a form that the review does not know.
    #[error("the review cannot read it")]
    Unreadable,
    /// It is more or less than one SELECT, INSERT, UPDATE or DELETE.
    #[error("it is not exactly one SELECT, INSERT, UPDATE or DELETE")]
    Kind,
    /// It names a relation that no declaration of the pool has.
    #[error("it names a relation that no `schema!` of this pool declares")]
    Undeclared,
    /// It names a table of the platform's.
    #[error("it names a platform table")]
    Platform,
    /// It names an organization table, on a connection of the platform's.
    #[error("it names an organization table, which a platform connection does not reach")]
    Organization,
    /// It names an organization table outside of the forms that carry the scope's organization.
    #[error("it names an organization table without the scope's organization")]
    Unscoped,
    /// It writes to a table whose rows belong to no organization.
    #[error("it writes to a table whose rows belong to no organization")]
    Target,
    /// It sets the organization column.
    #[error("it sets the organization column")]
    OrganizationSet,
    /// A value that is not the scope's organization is bound where the text has the organization.
    #[error("a value that is not the scope's organization is bound where the text has the organization")]
    OtherOrganization,
    /// It calls a function that is not known to run no SQL.
    #[error("it calls a function that is not known to run no SQL")]
    Function,
    /// It uses an operator that is not known to run no SQL.
    #[error("it uses an operator that is not known to run no SQL")]
    Operator,
    /// It casts to a type that is not known to run no SQL.
    #[error("it casts to a type that is not known to run no SQL")]
    Type,
    /// It reads a column that no declaration has: PostgreSQL calls a function of that name instead.
    #[error("it reads a column that no `schema!` of this pool declares")]
    Column,
    /// A value, a change or a condition that is written to a table with permits is more than that: it ends its parentheses, holds a
    /// comment, or a clause of the statement.
    #[error("a part of it holds a clause, a comment or an unmatched parenthesis, and its table has permits")]
    Fragment,
}
