//! Many rows in one transaction, chunk by chunk.

use super::driver::BoxFuture;
use super::transaction::Open;
use super::{Driver, OrgConn};
use crate::query::{Chunk, InsertMany, Progress};
use crate::schema::TenantTable;
use crate::scope::ScopeKey;
use diesel::query_builder::ValuesClause;
use diesel::{Insertable, QueryResult};

/// A chunk of rows that a driver can send.
pub trait SentChunk<Db: Driver>: Sized + Send {
    /// Inserts the chunk's rows on a connection that is lent to `scope`; how many.
    fn send(self, conn: &mut Db::Conn, scope: ScopeKey) -> BoxFuture<'_, QueryResult<usize>>;
}

impl<T, Rows, Tell, B> InsertMany<T, Rows, Tell, B> {
    /// Inserts the rows, all or none, and returns their number.
    ///
    /// In one transaction, or in a savepoint of the one that is open. Dropping the future rolls all of it back.
    ///
    /// # Errors
    /// The database's, and refusals; then no row was inserted.
    pub async fn execute<V, Db>(mut self, conn: &mut OrgConn<'_, Db, B>) -> QueryResult<usize>
    where
        Db: Driver,
        T: TenantTable,
        Rows: Iterator<Item: Insertable<T, Values = ValuesClause<V, T>>>,
        Tell: FnMut(Progress),
        Chunk<V, T>: SentChunk<Db>,
    {
        // Also when there is no row: whether it is allowed does not depend on how many there are.
        conn.allows_rows(self.key)?;
        let mut open = Open::begin(conn).await?;
        let mut done = Progress { rows: 0, chunks: 0 };
        loop {
            let rows: Vec<_> = self.rows.by_ref().take(self.chunk.get()).map(Insertable::values).collect();
            if rows.is_empty() {
                return open.commit().await.map(|()| done.rows);
            }
            let chunk = Chunk { key: self.key.unbranded(), rows };
            match open.inside(|conn| conn.insert_chunk(chunk)).await {
                Ok(rows) => done = Progress { rows: done.rows + rows, chunks: done.chunks + 1 },
                Err(error) => {
                    open.rollback().await?;
                    return Err(error);
                }
            }
            (self.tell)(done);
        }
    }
}
