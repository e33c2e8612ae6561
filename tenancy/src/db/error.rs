//! What can go wrong around a statement. No text here holds SQL, an organization or a connection string.

use crate::scope::ScopeError;

/// A scope was refused, or the database did not do as asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The scope or the statement was refused.
    #[error(transparent)]
    Refused(#[from] ScopeError),
    /// No connection was available.
    #[error("no database connection")]
    Pool(#[source] PoolError),
    /// The database reported an error. Its own text, which may quote data, is only in the source.
    #[error("the database reported an error")]
    Database(#[source] diesel::result::Error),
}

impl Error {
    /// What kind of failure it was, for logs: it names no value, no text of the database's and no organization.
    ///
    /// What SQLite reports is named as SQLite does (`SQLITE_BUSY`). What PostgreSQL reports is named by diesel's kind; its
    /// SQLSTATE is in the log of `tenancy::db` where it came up.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Pool(PoolError::Busy) => "pool busy",
            Self::Pool(PoolError::Unreachable) => "unreachable",
            Self::Pool(PoolError::Connect(_)) => "connect",
            Self::Pool(PoolError::Setup(_)) => "setup",
            Self::Database(diesel::result::Error::DatabaseError(kind, told)) => {
                of_sqlite(told.message()).unwrap_or_else(|| of_diesel(kind))
            }
            Self::Database(diesel::result::Error::NotFound) => "not found",
            Self::Database(_) => "client",
        }
    }
}

/// SQLite's own name of a fault, by the fixed text that it has for each.
fn of_sqlite(message: &str) -> Option<&'static str> {
    const NAMES: [(&str, &str); 9] = [
        ("database is locked", "SQLITE_BUSY"),
        ("database table is locked", "SQLITE_LOCKED"),
        ("attempt to write a readonly database", "SQLITE_READONLY"),
        ("disk I/O error", "SQLITE_IOERR"),
        ("database or disk is full", "SQLITE_FULL"),
        ("unable to open database file", "SQLITE_CANTOPEN"),
        ("database disk image is malformed", "SQLITE_CORRUPT"),
        ("string or blob too big", "SQLITE_TOOBIG"),
        ("no such table", "SQLITE_ERROR"),
    ];
    NAMES.iter().find(|(text, _)| message.starts_with(text)).map(|(_, name)| *name)
}

fn of_diesel(kind: &diesel::result::DatabaseErrorKind) -> &'static str {
    use diesel::result::DatabaseErrorKind as Kind;
    match kind {
        Kind::UniqueViolation => "unique violation",
        Kind::ForeignKeyViolation => "foreign key violation",
        Kind::NotNullViolation => "not null violation",
        Kind::CheckViolation => "check violation",
        Kind::SerializationFailure => "serialization failure",
        Kind::ReadOnlyTransaction => "read-only transaction",
        Kind::ClosedConnection => "closed connection",
        Kind::UnableToSendCommand => "not sent",
        _ => "reported",
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        match ScopeError::in_error(&error) {
            Some(refusal) => Self::Refused(refusal),
            None => Self::Database(error),
        }
    }
}

/// Why no connection was available.
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

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::result::DatabaseErrorKind;

    #[test]
    fn a_failure_has_a_code_and_no_text_of_the_databases() {
        let reported = |kind, text: &str| {
            Error::from(diesel::result::Error::DatabaseError(kind, Box::new(text.to_owned()))).code()
        };
        assert_eq!(reported(DatabaseErrorKind::Unknown, "database is locked"), "SQLITE_BUSY");
        assert_eq!(reported(DatabaseErrorKind::Unknown, "attempt to write a readonly database"), "SQLITE_READONLY");
        assert_eq!(reported(DatabaseErrorKind::Unknown, "row of a customer: secret"), "reported");
        assert_eq!(reported(DatabaseErrorKind::ClosedConnection, "x"), "closed connection");
        assert_eq!(Error::from(PoolError::Busy).code(), "pool busy");
        assert_eq!(Error::from(ScopeError::Expired).code(), "refused");
    }
}
