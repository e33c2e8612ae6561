//! The proof that a database stands behind wall two.

/// Proof that a database stands behind wall two: only the builder of such a database gives it out
/// ([`TenantDbBuilder::wall_two`](crate::db::TenantDbBuilder::wall_two)).
///
/// [`OrgConn::raw_sql`](crate::OrgConn::raw_sql) and [`TenantDb::scoped_read_only`](crate::TenantDb::scoped_read_only) ask for it, so
/// they do not compile where wall two was never raised. Where a program has several databases, a connection that is not behind wall two
/// refuses the proof of another one when it runs.
#[derive(Debug, Clone)]
pub struct WallTwo(());

impl WallTwo {
    pub(super) fn new() -> Self {
        Self(())
    }
}

/// Proof that wall two stands: a reference to a [`WallTwo`]. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not prove that wall two stands",
    label = "without wall two, raw SQL would reach every organization",
    note = "raise wall two and take its proof: `let builder = TenantDb::postgres(url, &authority).sealed(sealer)?; builder.wall_two()`",
    note = "or write it from the scope: `scope.from(table)`, `scope.update(table)`, `scope.delete(table)`",
    note = "TEN0011: run `tenancy explain TEN0011`"
)]
pub trait ProvesWallTwo: sealed::Sealed {}
impl ProvesWallTwo for &WallTwo {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for &super::WallTwo {}
}
