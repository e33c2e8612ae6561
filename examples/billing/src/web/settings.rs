//! The user's sessions.

use super::agent::readable;
use super::page_error::PageError;
use super::{Accounts, organizations, page};
use crate::desk::Visitor;
use crate::front::FRESH;
use axum::extract::{Form, State};
use axum::response::Redirect;
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;
use std::time::SystemTime;
use tenancy::permit::subject_id;
use tenancy_gateway::{Rejection, RejectionReason, Session};
use uuid::Uuid;

/// `GET /settings`.
pub(super) async fn show(State(accounts): State<Arc<Accounts>>, session: Session) -> Result<Markup, PageError> {
    let (_, current) = organizations::of(&accounts, &session).await?;
    let sessions = accounts.gateway.sessions().list(&session).await?;
    let visitor = Visitor::of(&session)?;
    let fresh = session.authenticated_within(FRESH);
    let content = html! {
        h2 { "Where you are signed in" }
        div.wide {
            table.stacked {
                thead { tr { th scope="col" { "Browser" } th scope="col" { "Signed in" } th scope="col" { "Last used" } td { span.unseen { "End it" } } } }
                tbody {
                    @for (nth, one) in (1..).zip(&sessions) {
                        @let browser = readable(one.agent.as_deref());
                        tr {
                            td data-label="Browser" { (browser) @if one.current { " " strong { "(this one)" } } }
                            td data-label="Signed in" { (ago(one.created_at)) }
                            td data-label="Last used" { (ago(one.seen_at)) }
                            td {
                                @if !one.current && fresh {
                                    form method="post" action="/settings/end" {
                                        (page::token_field(&visitor.form_token))
                                        input type="hidden" name="session" value=(one.handle);
                                        button.quiet type="submit" {
                                            "Sign out"
                                            span.unseen { " of " (browser) ", signed in " (ago(one.created_at)) ", " (nth) " in the list" }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        h2 { "Everywhere" }
        @if fresh {
            p { "Ends all of your sessions, this one too." }
            form method="post" action="/sign-out/everywhere" {
                (page::token_field(&visitor.form_token))
                button type="submit" { "Sign out everywhere" }
            }
        } @else {
            p { "To end sessions other than this one, prove again who you are." }
            p { a.button href="/settings/prove" { "It is me" } }
        }
        h2 { "Who you are" }
        dl {
            dt { "Subject" } dd { code { (session.subject().subject) } }
            dt { "Issuer" } dd { code { (session.subject().issuer) } }
            dt { "In relationships" } dd { code { "user:" (subject_id(session.subject())) } }
        }
    };
    Ok(page::inside(&visitor, current.as_deref(), ("/settings", "Settings"), content))
}

/// A session from the list.
#[derive(Deserialize)]
pub(super) struct Which {
    session: Uuid,
}

/// `POST /settings/end`. A handle that is not the user's ends nothing, and an old proof leads back to the page that asks for one.
pub(super) async fn end(
    State(accounts): State<Arc<Accounts>>,
    session: Session,
    Form(which): Form<Which>,
) -> Result<Redirect, PageError> {
    let ended = accounts.gateway.sessions().end_own(&session, which.session).await;
    unless_stale(ended)?;
    Ok(Redirect::to("/settings"))
}

/// What was done, or `None` where the proof is too old.
pub(super) fn unless_stale<T>(done: Result<T, Rejection>) -> Result<Option<T>, Rejection> {
    match done {
        Err(refused) if refused.reason() == RejectionReason::StaleProof => Ok(None),
        done => done.map(Some),
    }
}

fn ago(then: SystemTime) -> String {
    match SystemTime::now().duration_since(then).unwrap_or_default().as_secs() {
        0..60 => "just now".to_owned(),
        seconds @ 60..3600 => format!("{} min ago", seconds / 60),
        seconds => format!("{} h ago", seconds / 3600),
    }
}
