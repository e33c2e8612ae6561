//! Type-level places of columns, so that "is this the same column?" costs one impl a column instead of one a pair.
//!
//! Diesel's `table!` writes an impl for each pair of columns of a table. Compile times are in `docs/benchmarks.md`.

use diesel::expression::{IsContainedInGroupBy, is_contained_in_group_by};

/// Yes, as a type.
#[derive(Debug, Clone, Copy)]
pub struct Yes(());
/// No, as a type.
#[derive(Debug, Clone, Copy)]
pub struct No(());
/// No column.
#[derive(Debug, Clone, Copy)]
pub struct Never(());

/// A GROUP BY in which column `C` may be selected.
#[diagnostic::on_unimplemented(
    message = "`{C}` is selected and not grouped by",
    label = "the GROUP BY does not contain this column",
    note = "name each selected column in `group_by`: `.group_by((key, name))`; of an alias `.group_by(alias.grouping((key, name)))`",
    note = "an organization table stands in FROM as a derived table, whose primary key does not cover its row",
    note = "columns of several tables in one GROUP BY need diesel's `allow_columns_to_appear_in_same_group_by_clause!`",
    note = "TEN0023: run `tenancy explain TEN0023`"
)]
pub trait Groups<C> {}

#[diagnostic::do_not_recommend]
impl<C, GB: IsContainedInGroupBy<C, Output = Inside>> Groups<C> for GB {}

/// Whether two places are the same.
pub trait SameColumn<Other> {
    /// Diesel's answer type.
    type Output;
}

/// Both must hold.
pub trait Together<Other> {
    /// Diesel's answer type.
    type Output;
}

use is_contained_in_group_by::{No as Outside, Yes as Inside};

impl Together<Inside> for Inside {
    type Output = Inside;
}
impl Together<Outside> for Inside {
    type Output = Outside;
}
impl Together<Inside> for Outside {
    type Output = Outside;
}
impl Together<Outside> for Outside {
    type Output = Outside;
}

impl SameColumn<Yes> for Yes {
    type Output = Inside;
}
impl SameColumn<No> for No {
    type Output = Inside;
}
impl SameColumn<No> for Yes {
    type Output = Outside;
}
impl SameColumn<Yes> for No {
    type Output = Outside;
}
impl SameColumn<()> for () {
    type Output = Inside;
}

/// A place is a list of bits, `(bit, (bit, .. ()))`.
impl<A, B, RestA, RestB> SameColumn<(B, RestB)> for (A, RestA)
where
    A: SameColumn<B>,
    RestA: SameColumn<RestB>,
    A::Output: Together<RestA::Output>,
{
    type Output = <A::Output as Together<RestA::Output>>::Output;
}
