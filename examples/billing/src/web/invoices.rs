//! Invoices: search, pages, new ones, paid ones.

use super::forms::{Draft, Wrong, sought};
use super::page_error::PageError;
use super::{Books, page, void};
use crate::desk::Desk;
use crate::ledger::{Invoice, Line, OpenLedger, Search};
use crate::permissions::actions::invoice::Void;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

/// How many invoices a page shows.
const PAGE: usize = 10;

/// What is looked for.
#[derive(Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    q: String,
    before: Option<i32>,
}

/// `GET /invoices`.
pub(super) async fn list(
    State(books): State<Books>,
    desk: Desk,
    Query(wanted): Query<Wanted>,
) -> Result<Markup, PageError> {
    let mut ledger = books.ledger.open(&desk).await?;
    render(&mut ledger, &desk, &wanted, &Draft::default(), None).await
}

/// `POST /invoices`.
pub(super) async fn create(
    State(books): State<Books>,
    desk: Desk,
    Form(draft): Form<Draft>,
) -> Result<Response, PageError> {
    let mut ledger = books.ledger.open(&desk).await?;
    let wrong = match draft.read(&ledger.currencies().await?) {
        Err(wrong) => wrong,
        // A customer of another organization is not found, like one that does not exist.
        Ok(new) => match ledger.add_invoice(&new).await? {
            Some(id) => return Ok(Redirect::to(&format!("/invoices/{id}")).into_response()),
            None => Wrong("number", "There is an invoice of that number."),
        },
    };
    let page = render(&mut ledger, &desk, &Wanted::default(), &draft, Some(wrong)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// `GET /invoices/{id}`.
pub(super) async fn show(State(books): State<Books>, desk: Desk, Path(id): Path<String>) -> Result<Markup, PageError> {
    let id = id.parse().map_err(|_| PageError::NotFound)?;
    let mut ledger = books.ledger.open(&desk).await?;
    let line = ledger.invoice(id).await?.ok_or(PageError::NotFound)?;
    let name = ledger.letterhead().await?;
    let invoice = &line.invoice;
    let may_void = !invoice.void && books.permissions.shows(&desk.scope, Void(invoice.id)).await;
    let content = html! {
        dl {
            dt { "Customer" } dd { (line.customer) }
            dt { "Month" } dd { (invoice.period) }
            dt { "Amount" } dd { (page::amount(invoice.cents.into())) " " (invoice.currency) }
            dt { "State" } dd { (state(invoice)) }
        }
        @if !invoice.paid && !invoice.void { (pay_form(&desk.visitor.form_token, invoice.id)) }
        @if may_void { (void::form(&desk.visitor.form_token, invoice.id)) }
        p { a href="/invoices" { "All invoices" } }
    };
    let title = format!("Invoice {}", invoice.number);
    Ok(page::inside(&desk.visitor, Some(&name), ("/invoices", &title), content))
}

/// `POST /invoices/{id}/pay`.
pub(super) async fn pay(State(books): State<Books>, desk: Desk, Path(id): Path<String>) -> Result<Redirect, PageError> {
    let id: i32 = id.parse().map_err(|_| PageError::NotFound)?;
    if !books.ledger.open(&desk).await?.pay(id).await? {
        return Err(PageError::NotFound);
    }
    Ok(Redirect::to(&format!("/invoices/{id}")))
}

async fn render(
    ledger: &mut OpenLedger<'_>,
    desk: &Desk,
    wanted: &Wanted,
    draft: &Draft,
    wrong: Option<Wrong>,
) -> Result<Markup, PageError> {
    // One more than is shown says whether there is another page.
    let text = sought(&wanted.q).ok_or(PageError::Input)?;
    let search = Search { text, before: wanted.before, most: PAGE as i64 + 1 };
    let name = ledger.letterhead().await?;
    let mut lines = ledger.invoices(&search).await?;
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let new = new_form(ledger, desk, draft, wrong).await?;
    let content = html! {
        form.search role="search" method="get" action="/invoices" {
            label for="q" { "Number or customer" }
            input id="q" name="q" type="search" maxlength="80" value=(search.text);
            button type="submit" { "Search" }
        }
        @if lines.is_empty() { p { "There are none." } } @else { (table(&lines)) }
        p.pages {
            @if search.before.is_some() { a href=(link(&search.text, None)) { "Latest" } }
            @if let Some(last) = lines.last().filter(|_| more) {
                " " a href=(link(&search.text, Some(last.invoice.id))) rel="next" { "Earlier" }
            }
        }
        h2 { "New invoice" }
        (page::wrong(wrong))
        (new)
    };
    Ok(page::inside(&desk.visitor, Some(&name), ("/invoices", "Invoices"), content))
}

fn table(lines: &[Line]) -> Markup {
    html! {
        div.wide {
            table.stacked {
                thead {
                    tr {
                        th scope="col" { "Number" } th scope="col" { "Customer" } th scope="col" { "Month" }
                        th.number scope="col" { "Amount" } th scope="col" { "State" }
                    }
                }
                tbody {
                    @for Line { invoice, customer } in lines {
                        tr {
                            td data-label="Number" { a href={ "/invoices/" (invoice.id) } { (invoice.number) } }
                            td data-label="Customer" { (customer) }
                            td data-label="Month" { (invoice.period) }
                            td.number data-label="Amount" { (page::amount(invoice.cents.into())) " " (invoice.currency) }
                            td data-label="State" { (state(invoice)) }
                        }
                    }
                }
            }
        }
    }
}

async fn new_form(
    ledger: &mut OpenLedger<'_>,
    desk: &Desk,
    draft: &Draft,
    wrong: Option<Wrong>,
) -> Result<Markup, PageError> {
    let about = |field| Wrong::about(wrong, field);
    let invalid = |field| about(field).map(|_| "true");
    let customers = ledger.customers().await?;
    let currencies = ledger.currencies().await?;
    Ok(html! {
        form.fields method="post" action="/invoices" {
            (page::token_field(&desk.visitor.form_token))
            label for="customer" { "Customer" }
            select id="customer" name="customer" required aria-invalid=[invalid("customer")]
                aria-describedby=[about("customer")] {
                @for one in &customers {
                    option value=(one.id) selected[draft.customer == one.id.to_string()] { (one.name) }
                }
            }
            label for="number" { "Number" }
            input id="number" name="number" required maxlength="80" autocomplete="off" value=(draft.number)
                autofocus[about("number").is_some()] aria-invalid=[invalid("number")] aria-describedby=[about("number")];
            label for="period" { "Month" }
            input id="period" name="period" required placeholder="2026-01" pattern="[0-9]{4}-[0-9]{2}"
                value=(draft.period) autofocus[about("period").is_some()] aria-invalid=[invalid("period")]
                aria-describedby=[about("period")];
            label for="amount" { "Amount" }
            input id="amount" name="amount" required inputmode="decimal" value=(draft.amount)
                autofocus[about("amount").is_some()] aria-invalid=[invalid("amount")] aria-describedby=[about("amount")];
            label for="currency" { "Currency" }
            select id="currency" name="currency" required aria-invalid=[invalid("currency")]
                aria-describedby=[about("currency")] {
                @for one in &currencies { option value=(one) selected[draft.currency == **one] { (one) } }
            }
            button type="submit" { "Add invoice" }
        }
    })
}

fn pay_form(token: &str, id: i32) -> Markup {
    html! {
        form method="post" action={ "/invoices/" (id) "/pay" } {
            (page::token_field(token))
            button type="submit" { "Mark as paid" }
        }
    }
}

fn state(invoice: &Invoice) -> &'static str {
    match (invoice.void, invoice.paid) {
        (true, _) => "void",
        (false, true) => "paid",
        (false, false) => "open",
    }
}

fn link(text: &str, before: Option<i32>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if !text.is_empty() {
        query.append_pair("q", text);
    }
    if let Some(before) = before {
        query.append_pair("before", &before.to_string());
    }
    format!("/invoices?{}", query.finish())
}
