//! Who has which role, and changing it.

use super::forms::{self, Wrong};
use super::page_error::PageError;
use super::{Books, denied, page};
use crate::desk::Desk;
use crate::permissions::actions::organization;
use crate::permissions::{Holder, Role, RoleError, WriteError, id_beside, shown};
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use tenancy::permit::subject_id;

/// Who sees the page.
const VIEW: &str = "A member with a role in the organization sees who has which one.";
/// Who changes what is on it.
const MANAGE: &str = "An owner of the organization changes who has which role.";

/// `GET /members`.
pub(super) async fn show(State(books): State<Books>, desk: Desk) -> Result<Response, PageError> {
    render(&books, &desk, Typed::default(), None).await
}

/// A person by the subject, and a role.
#[derive(Default, Deserialize)]
pub(super) struct Typed {
    subject: String,
    role: String,
}

/// `POST /members/grant`.
pub(super) async fn grant(
    State(books): State<Books>,
    desk: Desk,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let role = typed.role.parse::<Role>().map_err(|()| PageError::Input)?;
    let Some(subject) = forms::name(&typed.subject) else {
        let wrong = Wrong("subject", "A subject has 1 to 80 characters.");
        return render(&books, &desk, typed, Some(wrong)).await;
    };
    let person = id_beside(desk.scope.subject(), &subject);
    match books.permissions.grant(&desk.scope, role, &person).await {
        Ok(()) => Ok(Redirect::to("/members").into_response()),
        Err(refused) => refusal(&books, &desk, typed, refused).await,
    }
}

/// A role of a person in the list.
#[derive(Deserialize)]
pub(super) struct Held {
    person: String,
    role: String,
}

/// `POST /members/revoke`. A role that the person does not have, or not any more, is no error.
pub(super) async fn revoke(
    State(books): State<Books>,
    desk: Desk,
    Form(held): Form<Held>,
) -> Result<Response, PageError> {
    let role = held.role.parse::<Role>().map_err(|()| PageError::Input)?;
    match books.permissions.revoke(&desk.scope, role, &held.person).await {
        // It may have been the last role with which the person sees the page.
        Ok(()) if held.person == subject_id(desk.scope.subject()) => Ok(Redirect::to("/invoices").into_response()),
        Ok(()) => Ok(Redirect::to("/members").into_response()),
        Err(refused) => refusal(&books, &desk, Typed::default(), refused).await,
    }
}

/// What a person reads whose change was not made.
async fn refusal(books: &Books, desk: &Desk, typed: Typed, refused: RoleError) -> Result<Response, PageError> {
    let name = books.ledger.open(desk).await?.letterhead().await?;
    let wrong = match refused {
        RoleError::Scope(ended) => return Err(tenancy::Error::from(ended).into()),
        RoleError::Id(_) => return Err(PageError::Input),
        RoleError::Write(WriteError::LastHolder { .. }) => {
            Wrong("role", "An organization keeps at least one owner. Give another member that role first.")
        }
        RoleError::Write(WriteError::OwnRelationship { .. }) => {
            Wrong("subject", "You cannot give yourself a role. Ask another owner.")
        }
        RoleError::Staff
        | RoleError::Write(
            WriteError::NotPermitted { .. } | WriteError::NotHeld { .. } | WriteError::Unguarded { .. },
        ) => return Ok(denied::not_permitted(desk, &name, MANAGE)),
        other => {
            tracing::warn!(%other, "a role could not be changed");
            return Ok(denied::unavailable(desk, &name));
        }
    };
    render(books, desk, typed, Some(wrong)).await
}

async fn render(books: &Books, desk: &Desk, typed: Typed, wrong: Option<Wrong>) -> Result<Response, PageError> {
    let name = books.ledger.open(desk).await?.letterhead().await?;
    if let Err(refused) = books.permissions.authority().require(&desk.scope, organization::View).await {
        return denied::page(desk, &name, refused, VIEW);
    }
    let holders = match books.permissions.holders(&desk.scope).await {
        Ok(holders) => holders,
        Err(error) => {
            tracing::warn!(%error, "roles could not be read");
            return Ok(denied::unavailable(desk, &name));
        }
    };
    let manages = books.permissions.shows(&desk.scope, organization::ManageMembers).await;
    let content = html! {
        p { "A role counts for members of the organization. The people who run this service say who is a member." }
        (page::wrong(wrong))
        (table(&holders, desk, manages))
        @if manages { (new_form(desk, &typed, wrong)) } @else { p { (MANAGE) } }
    };
    let page = page::inside(&desk.visitor, Some(&name), ("/members", "Members and roles"), content);
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page).into_response())
}

fn table(holders: &[Holder], desk: &Desk, manages: bool) -> Markup {
    let own = subject_id(desk.scope.subject());
    html! {
        div.wide {
            table.stacked {
                thead { tr { th scope="col" { "Person" } th scope="col" { "Role" } td { span.unseen { "Take it away" } } } }
                tbody {
                    @for (holder, role) in holders.iter().flat_map(|one| one.roles.iter().map(move |role| (one, *role))) {
                        @let (person, you) = (shown(&holder.id), holder.id == own);
                        tr {
                            td data-label="Person" { (person) @if you { " " strong { "(you)" } } }
                            td data-label="Role" { (role.name()) }
                            td { @if manages || you { (revoke_form(desk, holder, role, &person, you)) } }
                        }
                    }
                }
            }
        }
    }
}

fn revoke_form(desk: &Desk, holder: &Holder, role: Role, person: &str, you: bool) -> Markup {
    html! {
        form method="post" action="/members/revoke" {
            (page::token_field(&desk.visitor.form_token))
            input type="hidden" name="person" value=(holder.id);
            input type="hidden" name="role" value=(role.name());
            button.quiet type="submit" {
                @if you { "Give up" } @else { "Revoke" }
                span.unseen { " the role " (role.name()) " of " (person) }
            }
        }
    }
}

fn new_form(desk: &Desk, typed: &Typed, wrong: Option<Wrong>) -> Markup {
    let about = |field| Wrong::about(wrong, field);
    html! {
        h2 { "Give a role" }
        p { "People find their subject on the page of settings." }
        form.fields method="post" action="/members/grant" {
            (page::token_field(&desk.visitor.form_token))
            label for="subject" { "Subject" }
            input id="subject" name="subject" required maxlength="80" autocomplete="off" value=(typed.subject)
                autofocus[about("subject").is_some()] aria-invalid=[about("subject").map(|_| "true")]
                aria-describedby=[about("subject")];
            label for="role" { "Role" }
            select id="role" name="role" required {
                @for role in Role::ALL.into_iter().rev() {
                    option value=(role.name()) selected[typed.role == role.name()] { (role.name()) }
                }
            }
            button type="submit" { "Give role" }
        }
    }
}
