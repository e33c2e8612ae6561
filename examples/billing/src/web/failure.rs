//! What a page answers when it cannot be shown.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tenancy::Error;
use tenancy::gateway::{DirectoryError, Refused};

/// A status; the page for it is dressed later, by the status alone. So what is another organization's, and what does not
/// exist, look alike.
#[derive(Debug)]
pub(super) enum Failure {
    /// It is not there, or not the organization's.
    NotFound,
    /// What was sent is longer than anything here, or holds what nobody types.
    Input,
    /// The gateway refused.
    Refused(Refused),
    /// The database did not do as asked.
    Database(Error),
    /// The directory did not.
    Directory(DirectoryError),
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

impl From<DirectoryError> for Failure {
    fn from(error: DirectoryError) -> Self {
        Self::Directory(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Input => StatusCode::BAD_REQUEST,
            Self::NotFound | Self::Database(Error::Database(diesel::NotFound)) => StatusCode::NOT_FOUND,
            Self::Refused(refused) => return refused.into_response(),
            // The scope ended while the request was under way.
            Self::Database(Error::Refused(refusal)) => {
                tracing::warn!(%refusal, "a statement was refused");
                StatusCode::UNAUTHORIZED
            }
            Self::Database(error) => {
                tracing::error!(%error, code = error.code(), "the database failed");
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Directory(error) => {
                tracing::error!(%error, "the directory failed");
                StatusCode::SERVICE_UNAVAILABLE
            }
        };
        status.into_response()
    }
}
