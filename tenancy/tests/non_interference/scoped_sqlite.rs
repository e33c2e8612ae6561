//! The shapes through `tenancy` on SQLite.

pub(crate) use crate::schema::scoped::{currencies, customers, invoices, lines};
pub(crate) use tenancy::prelude::*;

pub(crate) type Backend = diesel::sqlite::Sqlite;
pub(crate) type Side<'s> = crate::side::Side<&'s OrgScope, tenancy::OrgConn<'s, tenancy::db::Sqlite>>;

#[macro_use]
#[path = "scoped_macros.rs"]
mod side_macros;
#[macro_use]
#[path = "run_macros.rs"]
mod run_macros;

/// A batch runs as any other write.
macro_rules! batch_counted {
    ($side:expr, $statement:expr) => {
        counted!($side, $statement)
    };
}

#[path = "aggregates.rs"]
mod aggregates;
#[path = "joins.rs"]
mod joins;
#[path = "predicates.rs"]
mod predicates;
#[path = "reads.rs"]
mod reads;
#[path = "set_operations.rs"]
mod set_operations;
#[path = "shapes.rs"]
pub(crate) mod shapes;
#[path = "subqueries.rs"]
mod subqueries;
#[path = "upserts.rs"]
mod upserts;
#[path = "writes.rs"]
mod writes;
