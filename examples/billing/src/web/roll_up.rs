//! What was invoiced, by month and currency.

use super::page_error::PageError;
use super::{Books, page};
use crate::desk::Desk;
use axum::extract::State;
use maud::{Markup, html};

/// `GET /roll-up`.
pub(super) async fn show(State(books): State<Books>, desk: Desk) -> Result<Markup, PageError> {
    let mut ledger = books.ledger.open(&desk).await?;
    let name = ledger.letterhead().await?;
    let totals = ledger.totals().await?;
    let content = html! {
        div.wide {
            table.stacked {
                thead {
                    tr {
                        th scope="col" { "Month" } th scope="col" { "Currency" } th.number scope="col" { "Invoices" }
                        th.number scope="col" { "Invoiced" } th.number scope="col" { "Open" }
                    }
                }
                tbody {
                    @for one in &totals {
                        tr {
                            td data-label="Month" { (one.period) } td data-label="Currency" { (one.currency) }
                            td.number data-label="Invoices" { (one.invoices) }
                            td.number data-label="Invoiced" { (page::amount(one.cents)) }
                            td.number data-label="Open" { (page::amount(one.open)) }
                        }
                    }
                }
            }
        }
    };
    Ok(page::inside(&desk.visitor, Some(&name), ("/roll-up", "Roll-up"), content))
}
