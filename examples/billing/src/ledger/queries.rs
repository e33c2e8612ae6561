//! The queries. They say `scope.from(table)` where diesel says `table`, and are diesel from there on.

use super::{Backend, Db};
use crate::desk::Desk;
use crate::ledger::rows::{Customer, Invoice, Line, NewInvoice, Search, Total};
use crate::permissions::actions::{invoice, organization};
use crate::schema::{currencies, customers, invoices, letterheads, payouts};
use diesel::dsl::{case_when, count, count_star, sum};
use diesel::query_builder::QueryFragment;
use diesel::result::{DatabaseErrorKind, Error::DatabaseError};
use diesel::sql_types::Integer;
use tenancy::permit::Permit;
use tenancy::prelude::*;
use tenancy::{Error, OrgConn};

/// Keeps a statement's text for the page that shows it, and hands the statement on.
fn noted<Q: QueryFragment<Backend>>(desk: &Desk, query: Q) -> Q {
    desk.note(&diesel::debug_query::<Backend, _>(&query).to_string());
    query
}

pub(crate) async fn letterhead(conn: &mut OrgConn<'_, Db>, desk: &Desk) -> Result<String, Error> {
    let query = desk.scope.from(letterheads::table).select(letterheads::name).order(letterheads::id).limit(1);
    Ok(noted(desk, query).get_result(conn).await?)
}

pub(crate) async fn customers(conn: &mut OrgConn<'_, Db>, desk: &Desk) -> Result<Vec<Customer>, Error> {
    let of_customer = desk.scope.from(invoices::table).on(invoices::customer_id.eq(customers::id));
    let query = desk
        .scope
        .from(customers::table)
        .left_join(of_customer)
        .group_by((customers::id, customers::name))
        .select((customers::id, customers::name, count(invoices::id.nullable())))
        .order(customers::name);
    let rows: Vec<(i32, String, i64)> = noted(desk, query).load(conn).await?;
    Ok(rows.into_iter().map(|(id, name, invoices)| Customer { id, name, invoices }).collect())
}

pub(crate) async fn add_customer(conn: &mut OrgConn<'_, Db>, desk: &Desk, name: &str) -> Result<bool, Error> {
    let insert = desk.scope.insert_into(customers::table).values(customers::name.eq(name));
    match noted(desk, insert).execute(conn).await {
        Ok(_) => Ok(true),
        Err(DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn currencies(conn: &mut OrgConn<'_, Db>, _desk: &Desk) -> Result<Vec<String>, Error> {
    Ok(currencies::table.select(currencies::code).order(currencies::code).load(conn).await?)
}

pub(crate) async fn invoices(conn: &mut OrgConn<'_, Db>, desk: &Desk, search: &Search) -> Result<Vec<Line>, Error> {
    let mut query = desk
        .scope
        .from(invoices::table)
        .inner_join(desk.scope.from(customers::table))
        .select((Invoice::as_select(), customers::name))
        .order(invoices::id.desc())
        .limit(search.most)
        .into_boxed();
    if let Some(pattern) = search.pattern() {
        let number = contains!(invoices::number, pattern.clone());
        query = query.filter(number.or(contains!(customers::name, pattern)));
    }
    if let Some(before) = search.before {
        query = query.filter(invoices::id.lt(before));
    }
    let rows: Vec<(Invoice, String)> = noted(desk, query).load(conn).await?;
    Ok(rows.into_iter().map(|(invoice, customer)| Line { invoice, customer }).collect())
}

pub(crate) async fn invoice(conn: &mut OrgConn<'_, Db>, desk: &Desk, id: i32) -> Result<Option<Line>, Error> {
    let query = desk
        .scope
        .from(invoices::table)
        .inner_join(desk.scope.from(customers::table))
        .filter(invoices::id.eq(id))
        .select((Invoice::as_select(), customers::name));
    let row: Option<(Invoice, String)> = noted(desk, query).get_result(conn).await.optional()?;
    Ok(row.map(|(invoice, customer)| Line { invoice, customer }))
}

pub(crate) async fn add_invoice(
    conn: &mut OrgConn<'_, Db>,
    desk: &Desk,
    new: &NewInvoice,
) -> Result<Option<i32>, Error> {
    let written = conn
        .transaction(async |conn| {
            // Another organization's customer is not found, as if there were none.
            let customer = desk.scope.from(customers::table).find(new.customer_id).select(customers::id);
            noted(desk, customer).get_result::<i32>(conn).await?;
            let insert = desk.scope.insert_into(invoices::table).values(new).returning(invoices::id);
            noted(desk, insert).get_result::<i32>(conn).await
        })
        .await;
    match written {
        Ok(id) => Ok(Some(id)),
        Err(DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn pay(conn: &mut OrgConn<'_, Db>, desk: &Desk, id: i32) -> Result<bool, Error> {
    let update =
        desk.scope.update(invoices::table).find(id).filter(invoices::void.eq(false)).set(invoices::paid.eq(true));
    Ok(noted(desk, update).execute(conn).await? > 0)
}

pub(crate) async fn void(
    conn: &mut OrgConn<'_, Db>,
    desk: &Desk,
    permit: Permit<'_, invoice::Void>,
) -> Result<bool, Error> {
    // The permit's invoice becomes a part of the condition.
    let update = desk.scope.update(invoices::table).set(invoices::void.eq(true)).permitted(permit);
    Ok(noted(desk, update).execute(conn).await? > 0)
}

pub(crate) async fn payout(conn: &mut OrgConn<'_, Db>, desk: &Desk) -> Result<String, Error> {
    let query = desk.scope.from(payouts::table).select(payouts::iban).order(payouts::id).limit(1);
    Ok(noted(desk, query).get_result(conn).await?)
}

pub(crate) async fn change_payout(
    conn: &mut OrgConn<'_, Db>,
    desk: &Desk,
    permit: Permit<'_, organization::ChangePayout>,
    iban: &str,
) -> Result<bool, Error> {
    let update = desk.scope.update(payouts::table).set(payouts::iban.eq(iban)).permitted(permit);
    Ok(noted(desk, update).execute(conn).await? > 0)
}

pub(crate) async fn totals(conn: &mut OrgConn<'_, Db>, desk: &Desk) -> Result<Vec<Total>, Error> {
    let open = case_when(invoices::paid, 0_i32.into_sql::<Integer>()).otherwise(invoices::cents);
    let query = desk
        .scope
        .from(invoices::table)
        .filter(invoices::void.eq(false))
        .group_by((invoices::period, invoices::currency))
        .select((invoices::period, invoices::currency, count_star(), sum(invoices::cents), sum(open)))
        .order((invoices::period.desc(), invoices::currency));
    type Row = (String, String, i64, Option<i64>, Option<i64>);
    let rows: Vec<Row> = noted(desk, query).load(conn).await?;
    let total = |(period, currency, invoices, cents, open): Row| Total {
        period,
        currency,
        invoices,
        cents: cents.unwrap_or_default(),
        open: open.unwrap_or_default(),
    };
    Ok(rows.into_iter().map(total).collect())
}
