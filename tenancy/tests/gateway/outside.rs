//! The database from outside: as whoever stole it would look at it.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "these tests look at the gateway's own tables, past the gateway"
)]

use crate::gateway::world::Place;
use diesel::sql_types::Text;
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _};

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    text: String,
}

/// The column `text` of every row.
pub(crate) async fn texts(place: &Place, sql: &str) -> Vec<String> {
    let lines: Vec<Line> = match place {
        Place::File(file) => {
            type Conn = SyncConnectionWrapper<diesel::SqliteConnection>;
            let mut conn = Conn::establish(file.to_str().unwrap()).await.unwrap();
            diesel::sql_query(sql).load(&mut conn).await.unwrap()
        }
        Place::Server(database) => {
            let mut conn = AsyncPgConnection::establish(database.url()).await.unwrap();
            diesel::sql_query(sql).load(&mut conn).await.unwrap()
        }
    };
    lines.into_iter().map(|line| line.text).collect()
}

/// Another process's transaction that has written something and has not ended: PostgreSQL only.
pub(crate) struct Open(AsyncPgConnection);

impl Open {
    pub(crate) async fn after(place: &Place, sql: &str) -> Option<Self> {
        let Place::Server(database) = place else { return None };
        let mut conn = AsyncPgConnection::establish(database.url()).await.unwrap();
        conn.batch_execute(&format!("BEGIN; {sql}")).await.unwrap();
        Some(Self(conn))
    }

    pub(crate) async fn commit(mut self) {
        self.0.batch_execute("COMMIT").await.unwrap();
    }
}
