//! The surface on SQLite in memory.

use crate::stage::{self, Stage};

type Db = tenancy::db::Sqlite;
type Backend = diesel::sqlite::Sqlite;

async fn stage() -> Stage<Db> {
    stage::on_sqlite().await
}

#[path = "aggregates.rs"]
mod aggregates;
#[path = "aliases.rs"]
mod aliases;
#[path = "associations.rs"]
mod associations;
#[path = "boxed.rs"]
mod boxed;
#[path = "bulk.rs"]
mod bulk;
#[path = "by_hand.rs"]
mod by_hand;
#[path = "cache.rs"]
mod cache;
#[path = "deletes.rs"]
mod deletes;
#[path = "inserts.rs"]
mod inserts;
#[path = "joins.rs"]
mod joins;
#[path = "reads.rs"]
mod reads;
#[path = "refusals.rs"]
mod refusals;
#[path = "set_operations.rs"]
mod set_operations;
#[path = "subqueries.rs"]
mod subqueries;
#[path = "transactions.rs"]
mod transactions;
#[path = "updates.rs"]
mod updates;
#[path = "upserts.rs"]
mod upserts;
