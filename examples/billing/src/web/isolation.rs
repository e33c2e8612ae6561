//! What keeps organizations apart, shown: the last statements, and attempts that are refused.

use super::organizations::Wish;
use super::page_error::PageError;
use super::{Accounts, Books, page};
use crate::desk::Desk;
use crate::statements::{Piece, Statement};
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;
use tenancy::RequestedOrg;
use tenancy_gateway::{RejectionReason, Session};

/// How many statements are shown.
const SHOWN: usize = 12;

/// An invoice to ask for, of any organization.
#[derive(Deserialize)]
pub(super) struct Attempt {
    invoice: Option<i32>,
}

/// `GET /isolation`.
pub(super) async fn show(
    State(books): State<Books>,
    desk: Desk,
    Query(attempt): Query<Attempt>,
) -> Result<Markup, PageError> {
    let mut ledger = books.ledger.open(&desk).await?;
    let name = ledger.letterhead().await?;
    let asked = match attempt.invoice {
        Some(id) => Some((id, ledger.invoice(id).await?.map(|line| line.invoice.number))),
        None => None,
    };
    drop(ledger);
    let statements = desk.statements.of(desk.scope.session(), SHOWN);
    let content = html! {
        p { (books.ledger.walls()) "." }
        h2 { "Ask for what is another organization's" }
        @if let Some((id, number)) = &asked { (answer(*id, number.as_deref())) }
        form.search method="get" action="/isolation" {
            label for="invoice" { "An invoice's id, of whichever organization" }
            input id="invoice" name="invoice" type="number" min="1" required value=[attempt.invoice];
            button type="submit" { "Ask for it" }
        }
        form.search method="post" action="/isolation/claim" {
            (page::token_field(&desk.visitor.form_token))
            label for="organization" { "An organization to act for, by name or id" }
            input id="organization" name="organization" required autocomplete="off";
            button type="submit" { "Claim it" }
        }
        h2 { "Your last statements" }
        p { "As the database got them, the latest first. The organization is marked; its value comes from the session alone." }
        ol.statements { @for one in &statements { li { (statement(one)) } } }
    };
    Ok(page::inside(&desk.visitor, Some(&name), ("/isolation", "Isolation"), content))
}

fn answer(id: i32, number: Option<&str>) -> Markup {
    html! {
        p.alert role="status" {
            @match number {
                Some(number) => { "Invoice " (id) " is your organization's: number " (number) "." }
                None => {
                    strong { "404 Not Found." }
                    " For your organization there is no invoice " (id) ". Whether another one has it, the answer does not \
                     say: the statement below asked for the rows of yours."
                }
            }
        }
    }
}

fn statement(statement: &Statement) -> Markup {
    html! {
        code.sql {
            @for piece in statement.pieces() {
                @match piece { Piece::Text(text) => (text), Piece::Organization(text) => mark { (text) } }
            }
        }
        " " small { "values: " (statement.binds) }
    }
}

/// `POST /isolation/claim`: a claim like that of the switcher, made by hand.
pub(super) async fn claim(
    State(accounts): State<Arc<Accounts>>,
    session: Session,
    Form(wish): Form<Wish>,
) -> Result<Response, PageError> {
    match accounts.gateway.sessions().switch(&session, &RequestedOrg::new(wish.organization)).await {
        Ok((_, cookie)) => Ok((cookie, Redirect::to("/isolation")).into_response()),
        Err(refused) if refused.reason() == RejectionReason::NotAMember => {
            let content = html! {
                h1 { "Rejection" }
                p.alert role="status" {
                    strong { (StatusCode::NOT_FOUND) "." }
                    " You are no member of that organization, or there is none: one answer for both. Your session acts for \
                     the same organization as before, and the audit log has a line more."
                }
                p { a.button href="/isolation" { "Back" } }
            };
            Ok((refused.status(), page::outside("Rejection", content)).into_response())
        }
        Err(refused) => Err(refused.into()),
    }
}
