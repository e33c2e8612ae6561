//! Customers.

use super::forms::Wrong;
use super::page_error::PageError;
use super::{Books, forms, page};
use crate::desk::Desk;
use crate::ledger::OpenLedger;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// `GET /customers`.
pub(super) async fn list(State(books): State<Books>, desk: Desk) -> Result<Markup, PageError> {
    let mut ledger = books.ledger.open(&desk).await?;
    render(&mut ledger, &desk, "", None).await
}

/// What was typed.
#[derive(Deserialize)]
pub(super) struct Typed {
    name: String,
}

/// `POST /customers`.
pub(super) async fn create(
    State(books): State<Books>,
    desk: Desk,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let mut ledger = books.ledger.open(&desk).await?;
    let wrong = match forms::name(&typed.name) {
        None => Wrong("name", "A name has 1 to 80 characters."),
        Some(name) if ledger.add_customer(&name).await? => {
            return Ok(Redirect::to("/customers").into_response());
        }
        Some(_) => Wrong("name", "There is a customer of that name."),
    };
    let page = render(&mut ledger, &desk, &typed.name, Some(wrong)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn render(
    ledger: &mut OpenLedger<'_>,
    desk: &Desk,
    typed: &str,
    wrong: Option<Wrong>,
) -> Result<Markup, PageError> {
    let name = ledger.letterhead().await?;
    let customers = ledger.customers().await?;
    let content = html! {
        div.wide {
            table {
                thead { tr { th scope="col" { "Name" } th.number scope="col" { "Invoices" } } }
                tbody { @for one in &customers { tr { td { (one.name) } td.number { (one.invoices) } } } }
            }
        }
        h2 { "New customer" }
        (page::wrong(wrong))
        form.fields method="post" action="/customers" {
            (page::token_field(&desk.visitor.form_token))
            label for="name" { "Name" }
            input id="name" name="name" required maxlength="80" autocomplete="off" value=(typed)
                autofocus[wrong.is_some()] aria-invalid=[wrong.map(|_| "true")] aria-describedby=[Wrong::about(wrong, "name")];
            button type="submit" { "Add customer" }
        }
    };
    Ok(page::inside(&desk.visitor, Some(&name), ("/customers", "Customers"), content))
}
