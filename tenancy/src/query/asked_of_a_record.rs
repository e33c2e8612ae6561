//! What diesel offers on a record, and a record of an organization table cannot answer: `Invoice::query()`, `record.save_changes(conn)`.

use super::unscoped::{Outcome, Unscoped};
use super::write_target::StandsFor;
use crate::schema::ScopedModel;
use diesel::associations::HasTable;

/// Answers diesel's `Invoice::query()` with our message. In [`prelude`](crate::prelude) it is there without a name.
pub trait HasQuery: ScopedModel + Sized {
    /// Never satisfied: [`OrgScope::query`](crate::OrgScope::query) selects the rows of a model.
    fn query() -> Unscoped<Self::Table>
    where
        Self: QueriesThroughAScope,
    {
        Unscoped::new()
    }
}

impl<M: ScopedModel> HasQuery for M {}

/// Answers diesel's `record.save_changes(conn)` with our message. In [`prelude`](crate::prelude) it is there without a name.
pub trait SaveChangesDsl<Conn>: Sized {
    /// Never satisfied: an UPDATE of a record starts from the scope.
    fn save_changes<T>(self, _conn: Conn) -> Outcome<T>
    where
        Self: SavesThroughAScope,
    {
        Outcome::none()
    }
}

impl<R, Conn> SaveChangesDsl<Conn> for &R where R: HasTable<Table: StandsFor> {}

mod sealed {
    pub trait Sealed {}
}

/// Never satisfied.
#[diagnostic::on_unimplemented(
    message = "`{Self}::query()` names no organization",
    label = "no organization here",
    note = "start from the request's scope: `scope.query::<{Self}, _>()`",
    note = "TEN0001: run `tenancy explain TEN0001`"
)]
pub trait QueriesThroughAScope: sealed::Sealed {}

/// Never satisfied.
#[diagnostic::on_unimplemented(
    message = "`save_changes` of `{Self}` names no organization",
    label = "no organization here",
    note = "start from the request's scope: `scope.update(record).set(record).returning(..).get_result(conn)`",
    note = "TEN0001: run `tenancy explain TEN0001`"
)]
pub trait SavesThroughAScope: sealed::Sealed {}
