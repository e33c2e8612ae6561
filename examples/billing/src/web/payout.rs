//! Where the organization is paid. Changing it needs a permit and a fresh proof of who it is.

use super::forms::{self, Wrong};
use super::page_error::PageError;
use super::{Books, denied, page};
use crate::desk::Desk;
use crate::front::FRESH;
use crate::permissions::actions::organization;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// Who sees the account.
const VIEW: &str = "A member with a role in the organization sees where it is paid.";
/// Who changes it.
const CHANGE: &str = "An owner of the organization changes where it is paid.";
/// How often a permit is asked for; see `void.rs`.
const ATTEMPTS: u8 = 2;
/// Where a proof is asked for, and comes back from.
const PROVE: &str = "/settings/prove?to=/payout";

/// `GET /payout`.
pub(super) async fn show(State(books): State<Books>, desk: Desk) -> Result<Response, PageError> {
    render(&books, &desk, "", None).await
}

/// What was typed.
#[derive(Deserialize)]
pub(super) struct Typed {
    iban: String,
}

/// `POST /payout`. The proof is the scope's, so this holds in a service behind a gateway too.
pub(super) async fn change(
    State(books): State<Books>,
    desk: Desk,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let Some(iban) = forms::iban(&typed.iban) else {
        let wrong = Wrong("iban", "Write an IBAN, such as DE89 3704 0044 0532 0130 00.");
        return render(&books, &desk, &typed.iban, Some(wrong)).await;
    };
    let mut ledger = books.ledger.open(&desk).await?;
    for _ in 0..ATTEMPTS {
        let permit = match books.permissions.authority().require(&desk.scope, organization::ChangePayout).await {
            Ok(permit) => permit,
            Err(refused) => return denied::page(&desk, &ledger.letterhead().await?, refused, CHANGE),
        };
        if !desk.scope.authenticated_within(FRESH) {
            return Ok(not_proved(&desk, &ledger.letterhead().await?));
        }
        if ledger.change_payout(permit, &iban).await? {
            return Ok(Redirect::to("/payout").into_response());
        }
    }
    Err(PageError::NotFound)
}

async fn render(books: &Books, desk: &Desk, typed: &str, wrong: Option<Wrong>) -> Result<Response, PageError> {
    let mut ledger = books.ledger.open(desk).await?;
    let name = ledger.letterhead().await?;
    if let Err(refused) = books.permissions.authority().require(&desk.scope, organization::View).await {
        return denied::page(desk, &name, refused, VIEW);
    }
    let iban = ledger.payout().await?;
    let may_change = books.permissions.shows(&desk.scope, organization::ChangePayout).await;
    let content = html! {
        p { "Customers pay to this account." }
        dl { dt { "IBAN" } dd { code { (grouped(&iban)) } } }
        (page::wrong(wrong))
        @if !may_change { p { (CHANGE) } }
        @else if desk.scope.authenticated_within(FRESH) { (form(&desk.visitor.form_token, typed, wrong)) }
        @else { (prove()) }
    };
    let page = page::inside(&desk.visitor, Some(&name), ("/payout", "Payout account"), content);
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page).into_response())
}

fn form(token: &str, typed: &str, wrong: Option<Wrong>) -> Markup {
    html! {
        h2 { "Change the account" }
        form.fields method="post" action="/payout" {
            (page::token_field(token))
            label for="iban" { "New IBAN" }
            input id="iban" name="iban" required maxlength="42" autocomplete="off" value=(typed)
                autofocus[wrong.is_some()] aria-invalid=[wrong.map(|_| "true")] aria-describedby=[Wrong::about(wrong, "iban")];
            button type="submit" { "Change account" }
        }
    }
}

fn prove() -> Markup {
    html! {
        p { "To change the account, prove again who you are." }
        p { a.button href=(PROVE) { "It is me" } }
    }
}

/// The permit is there, and the proof is too old.
fn not_proved(desk: &Desk, organization: &str) -> Response {
    let content = html! { p { "You signed in a while ago. Nothing was changed." } (prove()) };
    let page = page::inside(&desk.visitor, Some(organization), ("/payout", "Prove who you are"), content);
    (StatusCode::FORBIDDEN, page).into_response()
}

/// In groups of four, as it is printed.
fn grouped(iban: &str) -> String {
    let letters: Vec<char> = iban.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
