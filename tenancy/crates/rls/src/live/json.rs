//! Queries that return one JSON text.

use super::error::LiveError;
use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::de::DeserializeOwned;

/// A row of one JSON text.
#[derive(QueryableByName)]
struct Json {
    #[diesel(sql_type = Text)]
    json: String,
}

/// What a query that returns one JSON text returns, with JSON as its two parameters.
pub(super) async fn json<T: DeserializeOwned>(
    conn: &mut AsyncPgConnection,
    sql: &str,
    one: &str,
    two: &str,
) -> Result<T, LiveError> {
    let query = diesel::sql_query(sql).bind::<Text, _>(one).bind::<Text, _>(two);
    let row: Json = query.get_result(conn).await.map_err(LiveError::Catalog)?;
    serde_json::from_str(&row.json).map_err(LiveError::Shape)
}
