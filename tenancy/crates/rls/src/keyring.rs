//! The keys that the database knows.
//!
//! Several live at once. A rotation publishes the new one first, gives the old ones an end that is later than the last
//! token that they will have sealed, and forgets them after it: no request is refused in between.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "keys are published by the role that migrates, never by a service"
)]

use super::locked_reads::Keys;
use diesel::QueryableByName;
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Bytea, Double, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use std::time::Duration;
use tenancy::__private::seal_key_blocks;
use tenancy::db::seal::SealKey;

/// A key as the database knows it, without the key.
#[derive(Clone, Debug, PartialEq, Serialize, QueryableByName)]
#[non_exhaustive]
pub struct KeyInfo {
    /// Its id.
    #[diesel(sql_type = Text)]
    pub kid: String,
    /// How long it has been there, in seconds.
    #[diesel(sql_type = BigInt)]
    pub age_seconds: i64,
    /// How long the database still accepts it, in seconds; negative once it no longer does, `None` without an end.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub seconds_left: Option<i64>,
}

/// Makes a key known: from now on its tokens are believed.
///
/// # Errors
/// When there is no wall, the role may not act for its owner, or the id is taken. [`UntrustedError`](super::live::UntrustedError),
/// inside of `QueryBuilderError`, when something on `tenancy.key` would run code with the rights of this role.
pub async fn publish(conn: &mut AsyncPgConnection, key: &SealKey) -> QueryResult<()> {
    let [inner, outer] = seal_key_blocks(key);
    let keys = Keys::open(conn).await?;
    // As binds: in the text of the statement the key would appear in logs and in `pg_stat_activity`.
    let insert = diesel::sql_query("INSERT INTO tenancy.key (kid, ipad, opad) VALUES ($1, $2, $3)")
        .bind::<Text, _>(key.kid())
        .bind::<Bytea, _>(inner.as_slice())
        .bind::<Bytea, _>(outer.as_slice());
    let done = insert.execute(conn).await.map(drop);
    keys.close(conn, done).await
}

/// The keys, oldest first.
///
/// # Errors
/// As [`publish`].
pub async fn list(conn: &mut AsyncPgConnection) -> QueryResult<Vec<KeyInfo>> {
    // `infinity` cannot be subtracted; only an UPDATE by hand writes it.
    let sql = "SELECT kid, CASE WHEN isfinite(created_at) THEN extract(epoch FROM now() - created_at) ELSE 0 END::bigint \
               AS age_seconds, CASE WHEN isfinite(not_after) THEN extract(epoch FROM not_after - now()) \
               WHEN not_after = '-infinity' THEN -1 END::bigint AS seconds_left FROM tenancy.key ORDER BY created_at, kid";
    let keys = Keys::open(conn).await?;
    let done = diesel::sql_query(sql).load(conn).await;
    keys.close(conn, done).await
}

/// Ends a key after `grace`: until then its tokens are believed. An earlier end that it has stays.
///
/// # Errors
/// As [`publish`]. An unknown id is no error: `false`.
pub async fn retire(conn: &mut AsyncPgConnection, kid: &str, grace: Duration) -> QueryResult<bool> {
    let sql = "UPDATE tenancy.key SET not_after = least(not_after, now() + make_interval(secs => $2)) WHERE kid = $1";
    let ended = diesel::sql_query(sql).bind::<Text, _>(kid).bind::<Double, _>(grace.as_secs_f64());
    let keys = Keys::open(conn).await?;
    let done = ended.execute(conn).await.map(|keys| keys > 0);
    keys.close(conn, done).await
}

/// Publishes `new` and ends every other key after `grace`, in one statement.
///
/// By then every process must seal with the new key, and the last token of an old one must have expired.
///
/// # Errors
/// As [`publish`].
pub async fn rotate(conn: &mut AsyncPgConnection, new: &SealKey, grace: Duration) -> QueryResult<()> {
    let [inner, outer] = seal_key_blocks(new);
    let sql = "WITH ended AS (UPDATE tenancy.key SET not_after = least(not_after, now() + make_interval(secs => $4))) \
               INSERT INTO tenancy.key (kid, ipad, opad) VALUES ($1, $2, $3)";
    let rotate = diesel::sql_query(sql)
        .bind::<Text, _>(new.kid())
        .bind::<Bytea, _>(inner.as_slice())
        .bind::<Bytea, _>(outer.as_slice())
        .bind::<Double, _>(grace.as_secs_f64());
    let keys = Keys::open(conn).await?;
    let done = rotate.execute(conn).await.map(drop);
    keys.close(conn, done).await
}

/// Deletes the keys whose end is past. The database stopped believing them then; this only forgets them.
///
/// # Errors
/// As [`publish`].
pub async fn forget(conn: &mut AsyncPgConnection) -> QueryResult<usize> {
    let keys = Keys::open(conn).await?;
    let done = diesel::sql_query("DELETE FROM tenancy.key WHERE not_after <= now()").execute(conn).await;
    keys.close(conn, done).await
}
