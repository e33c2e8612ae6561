//! The service. It says `scope.from(table)` where diesel says `table`, and is diesel from there on.

use super::Db;
use crate::keys::{Caller, Door};
use crate::schema::{currencies, customers, invoices};
use axum::extract::{Json, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Extension, Router};
use diesel::dsl::sum;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tenancy::prelude::*;
use tenancy::{Error, TenantDb};

pub(crate) fn router(db: TenantDb<Db>, door: Arc<Door>) -> Router {
    Router::new()
        .route("/invoices", get(list).post(create))
        .route("/owed", get(owed))
        .layer(Extension(door))
        .with_state(db)
}

#[derive(Queryable, Selectable, Serialize)]
#[diesel(table_name = invoices)]
struct Invoice {
    number: String,
    cents: i32,
    paid: bool,
}

#[derive(Serialize)]
struct Line {
    number: String,
    customer: String,
    amount: String,
    paid: bool,
}

impl Line {
    fn new((invoice, customer, symbol): (Invoice, String, String)) -> Self {
        let amount = format!("{}.{:02} {symbol}", invoice.cents / 100, invoice.cents % 100);
        Self { number: invoice.number, customer, amount, paid: invoice.paid }
    }
}

/// Every invoice of the organization, its customer and its currency.
async fn list(State(db): State<TenantDb<Db>>, caller: Caller) -> Result<Json<Vec<Line>>, StatusCode> {
    let scope = &caller.scope;
    let mut conn = db.scoped(scope).await.map_err(failed)?;
    let rows = scope
        .from(invoices::table)
        .inner_join(scope.from(customers::table))
        .inner_join(currencies::table)
        .select((Invoice::as_select(), customers::name, currencies::symbol))
        .order(invoices::number)
        .load(&mut conn)
        .await
        .map_err(failed)?;
    Ok(Json(rows.into_iter().map(Line::new).collect()))
}

#[derive(Serialize)]
struct Owed {
    customer: String,
    amount: String,
}

impl Owed {
    fn new((customer, currency, cents): (String, String, Option<i64>)) -> Self {
        let cents = cents.unwrap_or_default();
        Self { customer, amount: format!("{}.{:02} {currency}", cents / 100, cents % 100) }
    }
}

/// What each customer owes. The `or_filter` at the end would open a hand-written filter; the scope is not a filter.
async fn owed(State(db): State<TenantDb<Db>>, caller: Caller) -> Result<Json<Vec<Owed>>, StatusCode> {
    let scope = &caller.scope;
    let mut conn = db.scoped(scope).await.map_err(failed)?;
    let rows = scope
        .from(invoices::table)
        .inner_join(scope.from(customers::table))
        .filter(invoices::paid.eq(false))
        .or_filter(invoices::cents.lt(0))
        .group_by((customers::name, invoices::currency))
        .select((customers::name, invoices::currency, sum(invoices::cents)))
        .order(customers::name)
        .load(&mut conn)
        .await
        .map_err(failed)?;
    Ok(Json(rows.into_iter().map(Owed::new).collect()))
}

/// A new invoice. There is no field for its organization; what a client states about it is not read.
#[derive(Deserialize, Insertable)]
#[diesel(table_name = invoices)]
struct NewInvoice {
    id: i32,
    customer_id: i32,
    number: String,
    cents: i32,
    currency: String,
    paid: bool,
}

async fn create(
    State(db): State<TenantDb<Db>>,
    caller: Caller,
    Json(new): Json<NewInvoice>,
) -> Result<StatusCode, StatusCode> {
    let scope = &caller.scope;
    let mut conn = db.scoped(scope).await.map_err(failed)?;
    conn.transaction(async |conn| {
        // A customer of another organization is not found, as if it did not exist.
        scope.from(customers::table).find(new.customer_id).select(customers::id).first::<i32>(conn).await?;
        scope.insert_into(invoices::table).values(&new).execute(conn).await
    })
    .await
    .map_err(failed)?;
    Ok(StatusCode::CREATED)
}

/// The client's status; the reason goes to the log.
fn failed(error: impl Into<Error>) -> StatusCode {
    match error.into() {
        Error::Refused(_) => StatusCode::UNAUTHORIZED,
        Error::Database(diesel::result::Error::NotFound) => StatusCode::NOT_FOUND,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
