//! Why there is no permit.

use super::engine::EngineError;
use crate::scope_error::ScopeError;

/// Why there is no permit. Its text may be shown to clients: it does not say whether the object exists.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Denied {
    /// The subject does not have the permission: HTTP status 403.
    #[error("you do not have permission to do this")]
    NotPermitted,
    /// The engine gave no answer, so nothing is permitted: HTTP status 503. The source says why, for the log.
    #[error("permissions cannot be checked at the moment; try again later")]
    Unavailable(#[source] EngineError),
    /// A list has more objects than its limit, so there is no list: HTTP status 500. See
    /// [`list_limit`](super::PermitAuthority::list_limit).
    #[error("there is too much here to be listed by permission")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// The scope may no longer be used.
    #[error(transparent)]
    Scope(#[from] ScopeError),
}

/// 403 without the permission, 503 with `Retry-After: 1` without an answer, 500 for a list that is too long, 401 for a scope that ended. The body is the error's text.
#[cfg(feature = "axum")]
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
impl axum_core::response::IntoResponse for Denied {
    fn into_response(self) -> axum_core::response::Response {
        use http::{HeaderValue, StatusCode, header};
        let status = match self {
            Self::NotPermitted => StatusCode::FORBIDDEN,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooMany { .. } => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Scope(_) => StatusCode::UNAUTHORIZED,
        };
        let mut response = (status, format!("{self}\n")).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
