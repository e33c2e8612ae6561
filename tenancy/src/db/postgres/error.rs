//! tokio-postgres's errors as diesel's.

use crate::scope::ScopeError;
use crate::scope_error::OUTDATED;
use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};
use tokio_postgres::error::{DbError, ErrorPosition, SqlState};

pub(super) fn translated(error: tokio_postgres::Error) -> Error {
    let Some(reported) = error.as_db_error() else {
        let kind = if error.is_closed() {
            DatabaseErrorKind::ClosedConnection
        } else {
            DatabaseErrorKind::UnableToSendCommand
        };
        return Error::DatabaseError(kind, Box::new(error.to_string()));
    };
    if is_outdated(&error) {
        return ScopeError::Outdated.into();
    }
    logged(reported.code());
    Error::DatabaseError(kind(reported.code()), Box::new(Reported(reported.clone())))
}

/// The SQLSTATE, which diesel's error has no place for; never the server's text, which may quote values. What a constraint
/// refused is everyday work.
fn logged(code: &SqlState) {
    if code.code().starts_with("23") {
        tracing::debug!(target: "tenancy::db", sqlstate = code.code(), "PostgreSQL reported an error");
    } else {
        tracing::warn!(target: "tenancy::db", sqlstate = code.code(), "PostgreSQL reported an error");
    }
}

/// Whether `tenancy.standing` refused: the directory's epochs are other ones.
pub(super) fn is_outdated(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| code.code() == OUTDATED)
}

fn kind(code: &SqlState) -> DatabaseErrorKind {
    match *code {
        SqlState::UNIQUE_VIOLATION => DatabaseErrorKind::UniqueViolation,
        SqlState::FOREIGN_KEY_VIOLATION => DatabaseErrorKind::ForeignKeyViolation,
        SqlState::RESTRICT_VIOLATION => DatabaseErrorKind::RestrictViolation,
        SqlState::EXCLUSION_VIOLATION => DatabaseErrorKind::ExclusionViolation,
        SqlState::T_R_SERIALIZATION_FAILURE => DatabaseErrorKind::SerializationFailure,
        SqlState::READ_ONLY_SQL_TRANSACTION => DatabaseErrorKind::ReadOnlyTransaction,
        SqlState::NOT_NULL_VIOLATION => DatabaseErrorKind::NotNullViolation,
        SqlState::CHECK_VIOLATION => DatabaseErrorKind::CheckViolation,
        _ => DatabaseErrorKind::Unknown,
    }
}

/// Whether the server no longer knows the statement as this connection does: it was deallocated, or a table changed.
pub(super) fn forgets_the_statement(error: &tokio_postgres::Error) -> bool {
    error
        .code()
        .is_some_and(|code| *code == SqlState::INVALID_SQL_STATEMENT_NAME || *code == SqlState::FEATURE_NOT_SUPPORTED)
}

/// Whether the server may have refused the number of a type that was dropped and made again. It has no code of its own: an
/// unknown object, an operand of another type, or a cache lookup that failed.
pub(super) fn may_be_a_type(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| code.code().starts_with("42") || *code == SqlState::INTERNAL_ERROR)
}

struct Reported(DbError);

impl DatabaseErrorInformation for Reported {
    fn message(&self) -> &str {
        self.0.message()
    }

    fn details(&self) -> Option<&str> {
        self.0.detail()
    }

    fn hint(&self) -> Option<&str> {
        self.0.hint()
    }

    fn table_name(&self) -> Option<&str> {
        self.0.table()
    }

    fn column_name(&self) -> Option<&str> {
        self.0.column()
    }

    fn constraint_name(&self) -> Option<&str> {
        self.0.constraint()
    }

    fn statement_position(&self) -> Option<i32> {
        match *self.0.position()? {
            ErrorPosition::Original(position) | ErrorPosition::Internal { position, .. } => position.try_into().ok(),
        }
    }
}
