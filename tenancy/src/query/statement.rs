//! Which statements a scoped connection runs.

/// A statement whose every table reference in FROM is scoped under brand `B`, or global.
///
/// Sealed: a connection runs nothing that this crate did not build or look through
/// (`ui-tests/tests/fail/f_connection/`).
#[diagnostic::on_unimplemented(
    message = "this statement is not scoped to an organization, so a scoped connection does not run it",
    label = "not built from an `OrgScope`",
    note = "start from the scope: `scope.from(table)`, `scope.insert_into(table)`, `scope.update(table)`, `scope.delete(table)`",
    note = "raw SQL, a re-declared table and a statement of another brand are refused here on purpose",
    note = "TEN0006: see docs/errors/TEN0006.md"
)]
pub trait ScopedStatement<B>: sealed::Sealed {}

pub(crate) mod sealed {
    pub trait Sealed {}
}
