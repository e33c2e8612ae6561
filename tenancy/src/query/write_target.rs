//! What an UPDATE or a DELETE starts from: a table, or one record of it.

use super::target::{AndFilter, Unfiltered, primary_key_of};
use super::{NeedsOrgScope, NoTableValue};
use crate::schema::TenantTable;
use crate::scope::Request;
use diesel::associations::{HasTable, Identifiable};
use diesel::{EqAll, Table};

/// An organization table, or a reference to a record that derives [`Identifiable`](crate::Identifiable).
///
/// A query is not one, since its WHERE cannot be taken apart: filter the statement instead.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no target of an UPDATE or a DELETE of a scope",
    label = "neither an organization table nor a record of one",
    note = "filter the statement, not the target: `scope.update(table).filter(..)`, `scope.delete(table).find(id)`",
    note = "a record is given by reference and derives `tenancy::Identifiable`: `scope.update(&record)`",
    note = "global and platform tables are not written through a scope: write them through a `PlatformScope`, on a connection of a `PlatformDb`",
    note = "TEN0007: run `tenancy explain TEN0007`"
)]
pub trait WriteTarget {
    #[doc(hidden)]
    type Table: TenantTable;
    #[doc(hidden)]
    type Filter;
    #[doc(hidden)]
    fn filter(self) -> Self::Filter;
}

impl<T: TenantTable> WriteTarget for NeedsOrgScope<T> {
    type Table = T;
    type Filter = Unfiltered;

    fn filter(self) -> Unfiltered {
        Unfiltered
    }
}

/// The table that a record's stand-in stands for.
#[doc(hidden)]
pub trait StandsFor {
    type Table: TenantTable<Scoped<Request> = Self::Table>;
}

impl<T: TenantTable<Scoped<Request> = T>> StandsFor for NoTableValue<T> {
    type Table = T;
}

type TableOf<R> = <<R as HasTable>::Table as StandsFor>::Table;
type KeyIs<R> = <<TableOf<R> as Table>::PrimaryKey as EqAll<<R as Identifiable>::Id>>::Output;

impl<'a, R> WriteTarget for &'a R
where
    &'a R: Identifiable<Table: StandsFor>,
    <TableOf<&'a R> as Table>::PrimaryKey: EqAll<<&'a R as Identifiable>::Id>,
    Unfiltered: AndFilter<KeyIs<&'a R>>,
{
    type Table = TableOf<&'a R>;
    type Filter = <Unfiltered as AndFilter<KeyIs<&'a R>>>::Output;

    fn filter(self) -> Self::Filter {
        Unfiltered.and_filter(primary_key_of::<Self::Table>().eq_all(self.id()))
    }
}
