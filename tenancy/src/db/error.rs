//! What can go wrong around a statement. No text here holds SQL, an organization or a connection string.

use crate::scope::Refusal;

/// A scope was refused, or the database did not do as asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The scope or the statement was refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// No connection was to be had.
    #[error("no database connection")]
    Pool(#[source] PoolError),
    /// The database reported an error. Its own text, which may quote data, is only in the source.
    #[error("the database reported an error")]
    Database(#[source] diesel::result::Error),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        match Refusal::in_error(&error) {
            Some(refusal) => Self::Refused(refusal),
            None => Self::Database(error),
        }
    }
}

/// Why no connection was to be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PoolError {
    /// All connections were in use for as long as a caller may wait.
    #[error("every connection is in use")]
    Busy,
    /// The server did not answer in time.
    #[error("the server did not answer in time")]
    Unreachable,
    /// A connection could not be opened. The driver's own text is only in the source.
    #[error("a connection could not be opened")]
    Connect(#[source] diesel::ConnectionError),
    /// The pool was set up in a way that cannot work.
    #[error("the pool cannot be built: {0}")]
    Setup(&'static str),
}

impl From<PoolError> for Error {
    fn from(error: PoolError) -> Self {
        Self::Pool(error)
    }
}
