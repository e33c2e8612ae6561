//! What a page answers when it cannot be shown.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tenancy::Error;
use tenancy_gateway::{DirectoryError, Rejection};

/// A status; the page for it is dressed later, by the status alone. So what is another organization's, and what does not
/// exist, look alike.
#[derive(Debug)]
pub(super) enum PageError {
    /// It is not there, or not the organization's.
    NotFound,
    /// What was sent is longer than anything here, or holds what no user types.
    Input,
    /// The gateway refused.
    Refused(Rejection),
    /// The database did not do as asked.
    Database(Error),
    /// The directory did not.
    Directory(DirectoryError),
}

impl From<Rejection> for PageError {
    fn from(refused: Rejection) -> Self {
        Self::Refused(refused)
    }
}

impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

impl From<DirectoryError> for PageError {
    fn from(error: DirectoryError) -> Self {
        Self::Directory(error)
    }
}

impl IntoResponse for PageError {
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
                // Without a connection nothing was done: the same may be sent again, as the gateway says it of its own.
                return match error {
                    Error::Pool(_) => (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")]).into_response(),
                    _ => StatusCode::SERVICE_UNAVAILABLE.into_response(),
                };
            }
            Self::Directory(error) => {
                tracing::error!(%error, "the directory failed");
                StatusCode::SERVICE_UNAVAILABLE
            }
        };
        status.into_response()
    }
}
