//! Choosing an organization.

use super::page_error::PageError;
use super::{Accounts, page};
use crate::demo;
use crate::desk::Visitor;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;
use tenancy::RequestedOrg;
use tenancy_gateway::{Membership, Session};

/// The organizations of the session's user, and the name of the one that it acts for.
pub(super) async fn of(accounts: &Accounts, session: &Session) -> Result<(Vec<Membership>, Option<String>), PageError> {
    let memberships = accounts.gateway.directory("billing").memberships(session).await?;
    let current = memberships.iter().find(|one| session.organization() == Some(one.org));
    let current = current.map(|one| demo::name_of(&one.slug).to_owned());
    Ok((memberships, current))
}

/// `GET /organizations`.
pub(super) async fn list(State(accounts): State<Arc<Accounts>>, session: Session) -> Result<Markup, PageError> {
    let (memberships, current) = of(&accounts, &session).await?;
    let visitor = Visitor::of(&session)?;
    let content = if memberships.is_empty() {
        none(&session)
    } else {
        html! {
            p { "For which organization do you act?" }
            form method="post" action="/organizations/switch" {
                (page::token_field(&visitor.form_token))
                ul.choices {
                    @for one in &memberships {
                        @let here = session.organization() == Some(one.org);
                        li {
                            button type="submit" name="organization" value=(one.slug)
                                aria-current=[here.then_some("true")] {
                                strong { (demo::name_of(&one.slug)) }
                                @if here { " " span { "now" } }
                            }
                        }
                    }
                }
            }
        }
    };
    Ok(page::inside(&visitor, current.as_deref(), ("/organizations", "Organizations"), content))
}

/// For a user who is a member of no organization. What an operator needs to add them is shown: it is their own.
fn none(session: &Session) -> Markup {
    html! {
        p { "You are signed in, and a member of no organization yet." }
        p { "An administrator can add you by this name:" }
        dl {
            dt { "Subject" } dd { code { (session.subject().subject) } }
            dt { "Issuer" } dd { code { (session.subject().issuer) } }
        }
    }
}

/// The button that was pressed: a claim, which the memberships decide on.
#[derive(Deserialize)]
pub(super) struct Wish {
    pub(super) organization: String,
}

/// `POST /organizations/switch`.
pub(super) async fn switch(
    State(accounts): State<Arc<Accounts>>,
    session: Session,
    Form(wish): Form<Wish>,
) -> Result<Response, PageError> {
    let (_, cookie) = accounts.gateway.sessions().switch(&session, &RequestedOrg::new(wish.organization)).await?;
    Ok((cookie, Redirect::to("/invoices")).into_response())
}
