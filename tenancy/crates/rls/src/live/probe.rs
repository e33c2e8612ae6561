//! How this server writes our policies: it prints them in a form of its own, which releases may change.

use super::error::LiveError;
use super::json::json;
use crate::catalog::{Catalog, Column, Expected};
use crate::options::Options;
use crate::policy::{Verifier, condition};
use crate::quote;
use crate::storage::{Storage, storage};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use tenancy::schema::Manifest;

/// Asks for each kind of organization column once. Without the verifier there is nothing to ask: there is no policy yet.
pub(super) async fn policies(
    conn: &mut AsyncPgConnection,
    manifest: &Manifest,
    options: &Options,
    catalog: &Catalog,
) -> Result<Vec<Expected>, LiveError> {
    let exists = "SELECT (to_regprocedure('tenancy.org()') IS NOT NULL AND to_regprocedure('tenancy.org_rw()') IS NOT \
                  NULL AND to_regprocedure('tenancy.may_plan()') IS NOT NULL AND $1 = $2)::text AS json";
    if !json::<bool>(conn, exists, "", "").await? {
        return Ok(Vec::new());
    }
    let mut found: Vec<Expected> = Vec::new();
    for table in manifest.tenant_tables() {
        let place = (table.schema.as_deref().unwrap_or(&options.default_schema), table.name.as_str());
        let column = catalog.relation(place).zip(table.organization.as_deref());
        let column = column.and_then(|(relation, name)| relation.column(name));
        let (Some(column), Some(storage)) = (column, storage(table)) else {
            continue;
        };
        if !found.iter().any(|expected| expected.is_for(column, storage)) {
            found.push(ask(conn, options, column, storage, found.len()).await?);
        }
    }
    Ok(found)
}

async fn ask(
    conn: &mut AsyncPgConnection,
    options: &Options,
    column: &Column,
    storage: Storage,
    number: usize,
) -> Result<Expected, LiveError> {
    let table = format!("tenancy_probe_{number}");
    let read = condition(&column.name, storage, Verifier::Read, options.target);
    let write = condition(&column.name, storage, Verifier::Write, options.target);
    let create = format!(
        "CREATE TEMPORARY TABLE {table} ({} {}) ON COMMIT DROP;
         CREATE POLICY probe ON pg_temp.{table} USING ({read}) WITH CHECK ({write})",
        quote::ident(&column.name),
        column.sql_type
    );
    conn.batch_execute(&create).await.map_err(LiveError::Catalog)?;
    let printed = "SELECT json_build_array(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))::text \
                   AS json FROM pg_policy WHERE polrelid = $1::regclass AND polname = $2";
    let (read, write) = json(conn, printed, &format!("pg_temp.{table}"), "probe").await?;
    Ok(Expected { column: column.name.clone(), sql_type: column.sql_type.clone(), storage, read, write })
}
