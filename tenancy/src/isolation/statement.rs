//! What a scoped connection runs. Which statements and sources these are is said in `query/`, for types of this crate and of
//! diesel's; no other crate can say it (`ui-tests/tests/fail/hostile/`).

/// A statement whose every source in FROM is scoped under brand `B`, or global.
///
/// `How` tells how that is known and is always inferred.
#[diagnostic::on_unimplemented(
    message = "this statement names no organization, so a scoped connection does not run it",
    label = "not built from the `OrgScope` of this connection",
    note = "start from the scope: `scope.from(table)`, `scope.insert_into(table)`, `scope.update(table)`, `scope.delete(table)`",
    note = "raw SQL, a table declared outside `tenancy::schema!` and a statement of another brand are refused here on purpose",
    note = "global tables are read here and written on a `PlatformConn` of a `PlatformDb`, which also reads and writes platform tables, and no organization table",
    note = "TEN0006: run `tenancy explain TEN0006`"
)]
pub trait ScopedStatement<B, How>: sealed::Statement<B, How> {}

#[diagnostic::do_not_recommend]
impl<B, How, Q: sealed::Statement<B, How>> ScopedStatement<B, How> for Q {}

/// A source of rows that is scoped under brand `B`, or global. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither scoped to the organization of this connection nor a global table",
    label = "names no organization",
    note = "start from the scope: `scope.from(table)`",
    note = "TEN0006: run `tenancy explain TEN0006`"
)]
pub trait ScopedSource<B>: sealed::Source<B> {}

#[diagnostic::do_not_recommend]
impl<B, T: sealed::Source<B>> ScopedSource<B> for T {}

/// Only this crate can name what is in here.
pub(crate) mod sealed {
    pub trait Source<B> {}
    pub trait Statement<B, How> {}
}
