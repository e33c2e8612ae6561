//! The surface on SQLite in memory.

use crate::surface::stage::{self, Stage};

type Db = tenancy::db::Sqlite;
type Backend = diesel::sqlite::Sqlite;

async fn stage() -> Stage<Db> {
    stage::on_sqlite().await
}

/// A value of a request, of the type that the organization column has.
fn like_an_organization(value: uuid::Uuid) -> diesel::dsl::AsExprOf<Vec<u8>, diesel::sql_types::Binary> {
    diesel::IntoSql::into_sql::<diesel::sql_types::Binary>(value.as_bytes().to_vec())
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
#[path = "cached_texts.rs"]
mod cached_texts;
#[path = "deletes.rs"]
mod deletes;
#[path = "everyday.rs"]
mod everyday;
#[path = "inserts.rs"]
mod inserts;
#[path = "joins.rs"]
mod joins;
#[path = "reads.rs"]
mod reads;
#[path = "refusals.rs"]
mod refusals;
#[path = "second_opinion.rs"]
mod second_opinion;
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
