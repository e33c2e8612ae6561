//! The surface on a throwaway PostgreSQL 15.

use crate::surface::stage::{self, Stage};

type Db = tenancy::db::Postgres;
type Backend = diesel::pg::Pg;

async fn stage() -> Stage<Db> {
    stage::on_postgres().await
}

/// A value of a request, of the type that the organization column has.
fn like_an_organization(value: uuid::Uuid) -> diesel::dsl::AsExprOf<uuid::Uuid, diesel::sql_types::Uuid> {
    diesel::IntoSql::into_sql::<diesel::sql_types::Uuid>(value)
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
#[path = "locks.rs"]
mod locks;
#[path = "only_postgres.rs"]
mod only_postgres;
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
