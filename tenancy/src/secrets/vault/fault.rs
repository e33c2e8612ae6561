//! What an answer of the store means.
//!
//! An error of the client may hold the body of the answer, that is, the secret: nothing of it is passed on.

use crate::secrets::Fault;
use rustify::errors::ClientError as HttpError;
use vaultrs::error::ClientError;

pub(super) fn fault_of(error: &ClientError) -> Fault {
    match error {
        ClientError::APIError { code, .. } => of_status(*code),
        // A deleted version has metadata and no data.
        ClientError::ResponseDataEmptyError => Fault::Missing,
        ClientError::RestClientError { source } => match source {
            HttpError::ServerResponseError { code, .. } => of_status(*code),
            HttpError::RequestError { .. } | HttpError::ResponseError { .. } => Fault::Unreachable,
            _ => Fault::Answer,
        },
        _ => Fault::Answer,
    }
}

fn of_status(code: u16) -> Fault {
    match code {
        401 | 403 => Fault::Denied,
        404 => Fault::Missing,
        // 503: sealed, or under maintenance. 472 and 473: a standby of another kind. 429: a standby, or a quota.
        429 | 472 | 473 | 503 => Fault::Sealed,
        500 | 502 | 504 => Fault::Unreachable,
        _ => Fault::Answer,
    }
}
