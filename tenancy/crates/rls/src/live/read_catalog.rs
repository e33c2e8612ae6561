//! Reads the catalogue, in two statements.

use super::error::LiveError;
use super::json::json;
use crate::catalog::{Catalog, Relation};
use crate::options::Options;
use diesel_async::AsyncPgConnection;

pub(super) async fn read_catalog(
    conn: &mut AsyncPgConnection,
    options: &Options,
    schemas: &[&str],
) -> Result<Catalog, LiveError> {
    let schemas = serde_json::to_string(schemas).map_err(LiveError::Shape)?;
    let roles = [&options.app_role, &options.owner_role];
    let roles = serde_json::to_string(&roles).map_err(LiveError::Shape)?;
    let mut catalog: Catalog = json(conn, include_str!("server.sql"), &roles, &schemas).await?;
    let mut relations: Vec<Relation> = json(conn, include_str!("relations.sql"), &options.app_role, &schemas).await?;
    relations.iter_mut().for_each(|relation| relation.without_owned(&options.app_role));
    catalog.relations = relations;
    Ok(catalog)
}
