//! Why a statement or a scope was refused.

mod finding;

pub use finding::Finding;

use diesel::result::Error::QueryBuilderError;

/// Why a statement or a scope was refused. Never names an organization, a secret or SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScopeError {
    /// The statement was built without a scope, through hidden plumbing.
    #[error("TEN0201: the statement carries no organization; build it from a scope: `scope.from(..)`")]
    NoOrganization,
    /// The statement belongs to another scope than the connection.
    #[error(
        "TEN0202: the statement was built from another scope than its connection; \
         build it from the scope that `db.scoped(&scope)` received"
    )]
    OtherScope,
    /// The scope's time is over.
    #[error("TEN0203: the scope has expired; ask the gateway for a new one")]
    Expired,
    /// The scope's request was answered already.
    #[error("TEN0204: the scope outlived its request; a scope is used inside the request that received it")]
    RequestEnded,
    /// The scope was minted by an authority that this database does not trust.
    #[error("TEN0205: the scope was minted by another authority than the one this database trusts")]
    OtherAuthority,
    /// The statement reads a table of the platform's on an organization's connection.
    #[error("TEN0206: the statement reaches a platform table; no organization's connection does")]
    PlatformTable,
    /// Raw SQL that is no single statement of the allowed kinds, or has no reason.
    #[error(
        "TEN0207: raw SQL is one SELECT, INSERT, UPDATE, DELETE, MERGE, WITH, VALUES or TABLE statement, \
         and needs a reason"
    )]
    RawSql,
    /// The directory's epochs are other ones than those that the scope was granted under.
    #[error(
        "TEN0208: the organization or its member changed after the gateway decided; \
         ask the gateway for a new scope"
    )]
    Outdated,
    /// A statement that writes, for a scope that only reads.
    #[error("TEN0209: the scope only reads: staff of the platform entered this organization to read, not to change")]
    ReadOnly,
    /// A write that names the organization column among its own: only the scope sets it.
    #[error(
        "TEN0230: the statement sets the organization column; leave it out, the scope decides it. \
         A column or changeset that was written by hand names its columns in quotes"
    )]
    OrganizationAssigned,
    /// The statement reads or writes an organization table on a connection of the platform's.
    #[error(
        "TEN0211: the statement reaches an organization table, and a platform connection does not; \
         run it through the organization's scope"
    )]
    OrganizationTable,
    /// Raw SQL on a connection that is not behind wall two, with the proof of another database.
    #[error(
        "TEN0212: raw SQL needs wall two, and this connection is not behind it: the proof is of another database; \
         take it from the builder of the database that lent the connection"
    )]
    NoWallTwo,
    /// The permit of the statement was issued by an authority that this database does not trust.
    #[error(
        "TEN0213: the permit was issued by another authority than the one this database trusts; \
         build the database with `.permits(&authority)`, and ask that authority"
    )]
    OtherPermitAuthority,
    /// The permit of the statement belongs to another scope than the connection.
    #[error("TEN0214: the permit belongs to another scope than the connection; ask for it with the connection's scope")]
    PermitOfAnotherScope,
    /// The permit of the statement is too old.
    #[error("TEN0215: the permit has expired; ask for it right before its statement")]
    PermitExpired,
    /// The statement sets a column that is set with a permit alone, and has none for its action.
    #[error(
        "TEN0216: the statement sets a privileged column without its permit; \
         ask for the permit of the action that `privileged(..)` names, and give it to the UPDATE: `.permitted(permit)`"
    )]
    PrivilegedColumn,
    /// The review of its text did not approve the statement. It was not sent.
    #[error("TEN0210: the statement was not sent, because {0}")]
    Text(Finding),
}

impl From<ScopeError> for diesel::result::Error {
    fn from(refusal: ScopeError) -> Self {
        QueryBuilderError(Box::new(refusal))
    }
}

impl ScopeError {
    /// The refusal inside a diesel error, if it is one.
    pub fn in_error(error: &diesel::result::Error) -> Option<Self> {
        match error {
            QueryBuilderError(inner) => inner.downcast_ref::<Self>().copied(),
            _ => None,
        }
    }
}

/// The SQLSTATE of [`ScopeError::Outdated`], of no class of PostgreSQL's.
#[cfg(feature = "postgres")]
pub(crate) const OUTDATED: &str = "TEN08";
