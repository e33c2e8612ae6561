//! Why a live database could not be read or changed.

use crate::locked_reads::UntrustedError;
use crate::plan::PlanError;

/// Why a live database could not be read or changed. The server's own text is in the source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LiveError {
    /// The declaration or the options contradict themselves.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The catalogue could not be read.
    #[error("the database's catalogue could not be read")]
    Catalog(#[source] diesel::result::Error),
    /// The catalogue holds something that this version does not know.
    #[error("the database's catalogue was not understood")]
    Shape(#[source] serde_json::Error),
    /// Something would run another role's code with this role's rights. Nothing was changed.
    #[error(transparent)]
    Untrusted(#[from] UntrustedError),
    /// A step failed. On PostgreSQL nothing was changed; elsewhere the steps before it stay, and may be run again.
    #[error("the step `{id}` failed")]
    Step {
        /// The step's id.
        id: String,
        /// What the server said.
        #[source]
        source: diesel::result::Error,
    },
}
