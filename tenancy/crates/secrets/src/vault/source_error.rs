//! What an answer of the store means.
//!
//! An error of the client may hold the body of the answer, that is, the secret: nothing of it is passed on.

use crate::SourceError;
use rustify::errors::ClientError as HttpError;
use vaultrs::error::ClientError;

pub(super) fn source_error(error: &ClientError) -> SourceError {
    match error {
        ClientError::APIError { code, .. } => of_status(*code),
        // A deleted version has metadata and no data.
        ClientError::ResponseDataEmptyError => SourceError::Missing,
        ClientError::RestClientError { source } => match source {
            HttpError::ServerResponseError { code, .. } => of_status(*code),
            HttpError::RequestError { .. } | HttpError::ResponseError { .. } => SourceError::Unreachable,
            _ => SourceError::Answer,
        },
        _ => SourceError::Answer,
    }
}

fn of_status(code: u16) -> SourceError {
    match code {
        401 | 403 => SourceError::Denied,
        404 => SourceError::Missing,
        // 503: sealed, or under maintenance. 472 and 473: a standby of another kind. 429: a standby, or a quota.
        429 | 472 | 473 | 503 => SourceError::Sealed,
        500 | 502 | 504 => SourceError::Unreachable,
        _ => SourceError::Answer,
    }
}
