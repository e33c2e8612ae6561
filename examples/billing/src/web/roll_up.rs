//! What was invoiced, by month and currency.

use super::failure::Failure;
use super::{Books, page};
use crate::desk::Desk;
use axum::extract::State;
use maud::{Markup, html};

/// `GET /roll-up`.
pub(super) async fn show(State(books): State<Books>, desk: Desk) -> Result<Markup, Failure> {
    let name = books.ledger.letterhead(&desk).await?;
    let totals = books.ledger.totals(&desk).await?;
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
