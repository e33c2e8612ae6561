//! Making an invoice void, which needs a permit.

use super::page_error::PageError;
use super::{Books, denied, page};
use crate::desk::Desk;
use crate::permissions::actions::invoice;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use tenancy::permit::key;

/// How often a permit is asked for. A permission of the organization that was taken away since the first check, of this person or of
/// another, leaves the statement without rows; the second check says which of the two it was.
const ATTEMPTS: u8 = 2;

/// `POST /invoices/{id}/void`. An invoice of another organization is not found, like one that does not exist.
pub(super) async fn make(
    State(books): State<Books>,
    desk: Desk,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let id: i32 = key(&id).ok_or(PageError::NotFound)?;
    let mut ledger = books.ledger.open(&desk).await?;
    for _ in 0..ATTEMPTS {
        let permit = match books.permissions.authority().require(&desk.scope, invoice::Void(id)).await {
            Ok(permit) => permit,
            Err(refused) => {
                let name = ledger.letterhead().await?;
                return denied::page(
                    &desk,
                    &name,
                    refused,
                    "An owner or an accountant of the organization makes invoices void.",
                );
            }
        };
        if ledger.void(permit).await? {
            return Ok(Redirect::to(&format!("/invoices/{id}")).into_response());
        }
    }
    Err(PageError::NotFound)
}

/// The button. It is shown to those who may press it.
pub(super) fn form(token: &str, id: i32) -> Markup {
    html! {
        form method="post" action={ "/invoices/" (id) "/void" } {
            (page::token_field(token))
            button type="submit" { "Make void" }
        }
    }
}
