//! What a person reads who may not do something in the organization.

use super::page;
use super::page_error::PageError;
use crate::desk::Desk;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use std::error::Error as _;
use tenancy::permit::Denied;

/// The answer to a request without a permit. `who` says which members have the permission; it names no person.
pub(super) fn page(desk: &Desk, organization: &str, denied: Denied, who: &str) -> Result<Response, PageError> {
    match denied {
        Denied::NotPermitted => Ok(not_permitted(desk, organization, who)),
        Denied::Unavailable(cause) => {
            let source = cause.source().map(ToString::to_string);
            tracing::warn!(%cause, source = source.as_deref(), "a permission could not be checked");
            Ok(unavailable(desk, organization))
        }
        Denied::Scope(ended) => Err(PageError::from(tenancy::Error::from(ended))),
        other => {
            tracing::error!(%other, "a permission could not be checked");
            Ok(unavailable(desk, organization))
        }
    }
}

/// 403.
pub(super) fn not_permitted(desk: &Desk, organization: &str, who: &str) -> Response {
    let content = html! {
        p { "You do not have permission to do this. Nothing was changed." }
        p { (who) " An owner can give you that role." }
        (back())
    };
    let page = page::inside(&desk.visitor, Some(organization), ("", "Not permitted"), content);
    (StatusCode::FORBIDDEN, page).into_response()
}

/// 503: without an answer nothing is permitted.
pub(super) fn unavailable(desk: &Desk, organization: &str) -> Response {
    let content = html! {
        p { "Permissions cannot be checked at the moment, so nothing was changed. Try again later; if that does not help, tell an \
             administrator of this service." }
        (back())
    };
    let page = page::inside(&desk.visitor, Some(organization), ("", "Not available"), content);
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], page).into_response()
}

fn back() -> Markup {
    html! { p { a.button href="/invoices" { "All invoices" } } }
}
