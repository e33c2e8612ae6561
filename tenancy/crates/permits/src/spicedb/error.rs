//! What goes wrong between the database and SpiceDB.

use crate::sql::{EngineError, SchemaError};
use std::time::Duration;

/// Why a [`SpiceDbEngine`](super::SpiceDbEngine) cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpiceDbBuildError {
    /// The type's objects may belong to an organization or to none, and SpiceDB knows no organizations.
    #[error(
        "objects of the type `{kind}` may belong to an organization or to none, which SpiceDB cannot tell apart; \
         name the type in `above_organizations` or `within_organizations` of `SqlEngine`'s builder"
    )]
    UnclearLevel {
        /// The object type.
        kind: String,
    },
    /// A relation of a type above organizations takes subjects that are each organization's own.
    #[error(
        "`{relation}` is above organizations and takes `{subject}`, of which each organization has its own; \
         name `{subject}` in `above_organizations` of `SqlEngine`'s builder, or take it out of the relation"
    )]
    LeadsIntoOrganizations {
        /// The relation.
        relation: String,
        /// The subject's type.
        subject: String,
    },
    /// The model has a type of the name that the adapter uses for itself.
    #[error("the model has a type `{kind}`, which is the adapter's own; rename it")]
    ReservedType {
        /// The name.
        kind: &'static str,
    },
    /// The address of SpiceDB is not `http://host:port` or `https://host:port`.
    #[error("the address of SpiceDB must be `http://host:port` or `https://host:port`")]
    Address,
    /// The key would be sent unencrypted to another machine.
    #[error(
        "the address of SpiceDB is `http://` and names another machine, so that the key would be sent unencrypted; \
         use `https://`"
    )]
    KeyOverPlaintext,
    /// The key has characters that no header has.
    #[error("the key of SpiceDB must consist of visible ASCII characters")]
    Key,
    /// A setting has no effect that could be meant.
    #[error("`{setting}` must be at least {least}")]
    Setting {
        /// The setting.
        setting: &'static str,
        /// The least value.
        least: &'static str,
    },
    /// TLS cannot be set up.
    #[error("the certificates of the authority for SpiceDB are not usable: set PEM text in `authority`")]
    Authority(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A failed exchange with SpiceDB. Nothing is allowed by it.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum SpiceDbError {
    /// The deadline passed.
    #[error("SpiceDB did not answer in time")]
    Timeout,
    /// SpiceDB cannot be reached.
    #[error("SpiceDB is unavailable: {message}")]
    Unavailable {
        /// What the connection or SpiceDB says.
        message: String,
    },
    /// Several exchanges in a row failed, so that none is tried for a while.
    #[error("SpiceDB failed several times in a row; it is asked again after {wait:?}")]
    CircuitOpen {
        /// How long until the next try.
        wait: Duration,
    },
    /// SpiceDB refused the key.
    #[error("SpiceDB refused the key: set the one that the server was started with")]
    Unauthenticated,
    /// A condition of a write was not met.
    #[error("another worker writes to SpiceDB: {message}")]
    Precondition {
        /// What SpiceDB says.
        message: String,
    },
    /// Relationships lead further than SpiceDB follows them, or in a circle.
    #[error("the relationships are nested more deeply than SpiceDB follows them")]
    TooDeep,
    /// SpiceDB refused the request.
    #[error("SpiceDB refused the request ({code}): {message}")]
    Refused {
        /// The code of gRPC.
        code: String,
        /// What SpiceDB says.
        message: String,
    },
    /// The answer is not one that the protocol allows.
    #[error("SpiceDB's answer is not usable: {0}")]
    Malformed(&'static str),
}

impl SpiceDbError {
    /// Returns what kind of failure it is, for logs and metrics. It names no object and no organization.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Unavailable { .. } => "unavailable",
            Self::CircuitOpen { .. } => "circuit open",
            Self::Unauthenticated => "unauthenticated",
            Self::Precondition { .. } => "precondition",
            Self::TooDeep => "too deep",
            Self::Refused { .. } => "refused",
            Self::Malformed(_) => "malformed",
        }
    }
}

/// Why SpiceDB or the database beside it is not ready.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The tables, or the outbox beside them.
    #[error("the tables of permissions or their outbox: {0}")]
    Tables(#[from] SchemaError),
    /// SpiceDB has no schema.
    #[error("SpiceDB has no schema: run `SpiceDbEngine::write_schema`, then `SpiceDbSync::resync`")]
    NoSchema,
    /// SpiceDB's schema is not the model.
    #[error(
        "SpiceDB's schema is not this program's model: deploy the same model, or run `SpiceDbEngine::write_schema`"
    )]
    OtherSchema,
    /// SpiceDB's schema is not readable as a model.
    #[error("SpiceDB's schema has parts that a model cannot have: run `SpiceDbEngine::write_schema`")]
    UnreadableSchema,
    /// SpiceDB did not do as asked.
    #[error(transparent)]
    SpiceDb(#[from] SpiceDbError),
}

/// Why a list has no answer. Nothing is returned in part.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListError {
    /// There are more than the limit.
    #[error("there are more than {limit}; nothing is returned in part")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// The permission follows from an object's organization, which the relationships do not say.
    #[error(
        "`{permission}` follows from an object's organization, which is not in the relationships; \
         read the ids of the organization's rows, and ask about them"
    )]
    FromOrganization {
        /// The type and the permission.
        permission: String,
    },
    /// The model lacks the type or the permission.
    #[error("the model has no permission `{permission}`")]
    UnknownPermission {
        /// The type and the permission.
        permission: String,
    },
    /// The database did not answer.
    #[error(transparent)]
    Database(#[from] EngineError),
    /// SpiceDB did not answer.
    #[error(transparent)]
    SpiceDb(#[from] SpiceDbError),
}

/// Why SpiceDB could not be brought up to date. What is not sent waits in the outbox.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// The database did not do as asked.
    #[error(transparent)]
    Database(#[from] EngineError),
    /// SpiceDB did not do as asked.
    #[error(transparent)]
    SpiceDb(#[from] SpiceDbError),
}
